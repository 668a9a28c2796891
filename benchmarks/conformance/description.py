"""The tests of SPARQL 1.1 Service Description; the suite names them and leaves it open how to check.

https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from endpoint import Failed, Server, expect
from manifest import Test
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node
from results import received

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

# Section 3: properties whose values are resources, those whose values have names, those of which a subject
# has one value, and which individuals the vocabulary itself has for a property.
_NODES = ("defaultDataset", "availableGraphs", "defaultGraph", "namedGraph", "graph")
_IRIS = (
    "endpoint",
    "feature",
    "defaultEntailmentRegime",
    "entailmentRegime",
    "defaultSupportedEntailmentProfile",
    "supportedEntailmentProfile",
    "extensionFunction",
    "extensionAggregate",
    "languageExtension",
    "supportedLanguage",
    "propertyFeature",
    "inputFormat",
    "resultFormat",
    "name",
)
_ONCE = ("endpoint", "defaultDataset", "defaultGraph", "name", "graph", "defaultEntailmentRegime")
_OWN = {
    "feature": {
        "DereferencesURIs",
        "UnionDefaultGraph",
        "RequiresDataset",
        "EmptyGraphs",
        "BasicFederatedQuery",
    },
    "supportedLanguage": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
}


def description(test: Test, server: Server) -> None:
    """Get the endpoint without a query and judge what it says of itself."""
    url = urlunsplit(urlsplit(server.query_url)._replace(query=""))
    response = expect(server.send(url, "GET", {"Accept": "text/turtle"}), 200)
    triples = received(response, url)
    if not isinstance(triples, list):
        raise Failed(f"expected RDF, came {response.excerpt()}")
    if test.name == "returns-rdf":
        return
    graph = Graph().parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    if test.name == "has-endpoint-triple":
        if URIRef(url) not in set(graph.objects(None, SD.endpoint)):
            raise Failed(f"no sd:endpoint is {url}: {[str(o) for o in graph.objects(None, SD.endpoint)]}")
        return
    if faults := [*_faults(graph)]:
        raise Failed("; ".join(faults[:3]))


def _faults(graph: Graph) -> Iterator[str]:
    services = set(graph.subjects(RDF.type, SD.Service)) | set(graph.subjects(SD.endpoint))
    if not services:
        yield "there is no sd:Service"
    for name in _NODES + _IRIS:
        for value in graph.objects(None, SD[name]):
            if isinstance(value, Literal) or (name in _IRIS and not isinstance(value, URIRef)):
                yield f"sd:{name} has the value {value.n3()}"
            elif str(value).startswith(SD) and str(value).removeprefix(SD) not in _OWN.get(name, set()):
                yield f"sd:{name} has the value {value.n3()}, which the vocabulary does not have"
    for subject, name in ((s, n) for n in _ONCE for s in set(graph.subjects(SD[n]))):
        if len(set(graph.objects(subject, SD[name]))) > 1:
            yield f"{_short(subject)} has more than one sd:{name}"
    for node in set(graph.objects(None, SD.namedGraph)) - set(graph.subjects(SD.name)):
        yield f"the sd:namedGraph {_short(node)} has no sd:name"


def _short(node: Node) -> str:
    return node.n3() if isinstance(node, URIRef) else "[]"
