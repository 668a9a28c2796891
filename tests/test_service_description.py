"""What the endpoint says of itself is what it does (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import rdflib
from pyoxigraph import QueryResultsFormat, RdfFormat, Store, Triple, serialize
from pyshacl import validate
from rdflib.namespace import RDF, VOID

from integrin_kg.knowledge import Knowledge
from integrin_kg.settings import Settings
from integrin_kg.vocab import BASE
from integrin_kg.web.description import describe
from integrin_kg.web.negotiation import SOLUTIONS, TRIPLES, for_engine
from test_sparql import BROWSER, INFERRED, count, problem, query, send

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}
URL = "http://example.org/sparql"

SHAPE = rdflib.Graph().parse(
    format="turtle",
    data="""
    @prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix void: <http://rdfs.org/ns/void#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    [] a sh:NodeShape ; sh:targetClass sd:Service ; sh:property
        [ sh:path sd:endpoint ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path sd:supportedLanguage ; sh:minCount 1 ;
          sh:in ( sd:SPARQL10Query sd:SPARQL11Query sd:SPARQL11Update ) ] ,
        [ sh:path sd:feature ; sh:in ( sd:DereferencesURIs sd:UnionDefaultGraph sd:RequiresDataset
          sd:EmptyGraphs sd:BasicFederatedQuery ) ] ,
        [ sh:path sd:resultFormat ; sh:minCount 1 ; sh:pattern "^http://www.w3.org/ns/formats/" ] ,
        [ sh:path sd:defaultEntailmentRegime ; sh:maxCount 1 ;
          sh:pattern "^http://www.w3.org/ns/entailment/" ] ,
        [ sh:path sd:defaultDataset ; sh:minCount 1 ; sh:maxCount 1 ; sh:class sd:Dataset ] .
    [] a sh:NodeShape ; sh:targetClass sd:Dataset ; sh:property
        [ sh:path sd:defaultGraph ; sh:minCount 1 ; sh:maxCount 1 ; sh:class sd:Graph ] ,
        [ sh:path sd:namedGraph ; sh:class sd:NamedGraph ] .
    [] a sh:NodeShape ; sh:targetClass sd:NamedGraph ; sh:property
        [ sh:path sd:name ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path sd:graph ; sh:minCount 1 ; sh:maxCount 1 ; sh:class sd:Graph ] .
    [] a sh:NodeShape ; sh:targetClass sd:Graph ; sh:property
        [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] .
    """,
)
"""The schema of section 3 as far as it is used here, closed lists where the vocabulary has them."""


def as_graph(triples: Iterable[Triple]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")


def described(server: str) -> rdflib.Graph:
    reply = send(server, "/sparql")
    assert (reply.status, reply.media_type) == (200, "text/turtle"), reply.text
    return rdflib.Graph().parse(data=reply.body, format="turtle")


def said(graph: rdflib.Graph, local: str) -> set[str]:
    """What the description says of the service under a property, by local name where it is SD's own."""
    return {str(value).removeprefix(SD) for value in graph.objects(None, SD[local])}


# --- the three tests of the W3C's suite, sparql11/service-description ----------------------------


@pytest.mark.parametrize("accept", [None, "*/*", *FORMATS])
def test_get_on_the_endpoint_returns_rdf(server: str, accept: str | None) -> None:
    reply = send(server, "/sparql", **({"Accept": accept} if accept else {}))
    assert reply.status == 200
    assert reply.media_type == (accept if accept in FORMATS else "text/turtle")
    assert len(rdflib.Graph().parse(data=reply.body, format=FORMATS[reply.media_type])) > 50


def test_the_description_contains_a_matching_endpoint_triple(server: str) -> None:
    assert said(described(server), "endpoint") == {f"{server}/sparql"}
    other = send(server, "/sparql", Host="kg.example.org")
    graph = rdflib.Graph().parse(data=other.body, format="turtle")
    assert said(graph, "endpoint") == {"http://kg.example.org/sparql"}
    assert "Host" in other.headers["Vary"]


def test_the_description_conforms_to_the_schema(server: str) -> None:
    conforms, _, report = validate(described(server), shacl_graph=SHAPE)
    assert conforms, report


def test_the_schema_refuses_what_is_no_description() -> None:
    sizes = [{"triples": "1"}, {"graph": BASE + "graph/claims", "triples": "1"}]
    whole = as_graph(describe(URL, sizes, Settings()))
    assert validate(whole, shacl_graph=SHAPE)[0]
    for required in ("endpoint", "supportedLanguage", "defaultDataset", "defaultGraph", "name", "graph"):
        broken = rdflib.Graph()
        broken += whole
        broken.remove((None, SD[required], None))
        assert not validate(broken, shacl_graph=SHAPE)[0], required


# --- what it says is so --------------------------------------------------------------------------


def test_every_graph_is_named_with_the_size_that_a_query_counts(server: str) -> None:
    graph = described(server)
    rows = query(server, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").rows()
    told = {
        str(graph.value(node, SD.name)): str(graph.value(graph.value(node, SD.graph), VOID.triples))
        for node in graph.subjects(RDF.type, SD.NamedGraph)
    }
    assert told == {row["g"]: row["n"] for row in rows}
    default = next(graph.objects(None, SD.defaultGraph))
    assert int(str(graph.value(default, VOID.triples))) == count(
        server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    )


def test_the_formats_are_those_that_answers_come_in(server: str) -> None:
    solutions = {
        QueryResultsFormat.from_media_type(for_engine(name, triples=False) or "") for name in SOLUTIONS
    }
    triples = {RdfFormat.from_media_type(for_engine(name, triples=True) or "") for name in TRIPLES}
    names = {found.iri for found in solutions | triples if found}
    # The W3C's list of formats has another IRI of JSON-LD than the engine.
    names = {"http://www.w3.org/ns/formats/JSON-LD" if "JSON-LD" in name else name for name in names}
    assert said(described(server), "resultFormat") == names


def test_the_default_graph_is_the_union_as_the_feature_says(server: str) -> None:
    assert "UnionDefaultGraph" in said(described(server), "feature")
    in_no_graph = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }"
    assert count(server, in_no_graph) == 0
    assert query(server, "ASK { ?x ikg:polarity ?y }").json()["boolean"]


def test_federation_is_neither_described_nor_done_unless_it_is_allowed(server: str) -> None:
    assert "BasicFederatedQuery" not in said(described(server), "feature")
    refused = query(server, f"SELECT * {{ SERVICE <{server}/sparql> {{ ?s ?p ?o }} }}")
    assert problem(refused)["status"] == 403
    assert "BasicFederatedQuery" in said(
        as_graph(describe(URL, [], Settings(allow_service=(URL,)))), "feature"
    )


def test_updates_are_described_only_where_they_are_taken(server: str) -> None:
    assert said(described(server), "supportedLanguage") == {"SPARQL11Query"}
    writable = as_graph(describe(URL, [], Settings(writable=True)))
    assert said(writable, "supportedLanguage") == {"SPARQL11Query", "SPARQL11Update"}


def test_nothing_is_dereferenced_and_no_input_format_claimed(server: str) -> None:
    graph = described(server)
    assert said(graph, "inputFormat") == set()
    assert said(graph, "propertyFeature") == set()
    assert "DereferencesURIs" not in said(graph, "feature")
    remote = "SELECT (COUNT(*) AS ?n) FROM <http://www.w3.org/ns/formats/Turtle> { ?s ?p ?o }"
    assert count(server, remote) == 0


def test_the_engine_has_every_function_that_is_described(server: str) -> None:
    functions = said(described(server), "extensionFunction")
    assert len(functions) > 50
    store = Store()

    def known(iri: str) -> bool:
        for arguments in ("1", "1, 2", "1, 2, 3"):
            try:
                list(store.query(f"SELECT (<{iri}>({arguments}) AS ?x) {{}}"))  # type: ignore[arg-type]
            except (RuntimeError, SyntaxError):
                continue
            return True
        return False

    assert {iri for iri in functions if not known(iri)} == set()
    assert not known("http://example.org/none")


@pytest.mark.parametrize(
    "text",
    [
        'ASK { FILTER(ADJUST("2020-01-01T00:00:00Z"^^xsd:dateTime, "PT1H"^^xsd:dayTimeDuration) = '
        '"2020-01-01T01:00:00+01:00"^^xsd:dateTime) }',
        "ASK { ?x a ikg:Integrin LATERAL { SELECT ?label { ?x rdfs:label ?label } LIMIT 1 } }",
    ],
    ids=["sep-0002", "sep-0006"],
)
def test_the_described_extensions_of_the_language_are_there(server: str, text: str) -> None:
    assert query(server, text).json() == {"head": {}, "boolean": True}
    assert len(said(described(server), "languageExtension")) == 2


def test_the_entailment_regime_is_that_of_matching(server: str, shipped: Knowledge) -> None:
    assert said(described(server), "defaultEntailmentRegime") == {"http://www.w3.org/ns/entailment/Simple"}
    # Every answer is a triple that stands in a graph, those that follow by rules in one of their own ...
    inferred = f"GRAPH <{INFERRED}> {{ ?x a ikg:RGDReceptor }}"
    receptors = f"{{ ?x a ikg:RGDReceptor FILTER NOT EXISTS {{ {inferred} }} }}"
    assert count(server, f"SELECT (COUNT(*) AS ?n) {receptors}") == 0
    # ... and these OWL's regimes would want, which no rule writes out.
    for entailed in ("ikg:AlphaSubunit rdfs:subClassOf ikg:Entity", "ikg:Integrin rdfs:subClassOf owl:Thing"):
        assert not query(server, f"ASK {{ {entailed} }}").json()["boolean"]


def test_the_description_of_the_data_is_linked(server: str) -> None:
    graph = described(server)
    links = {str(found) for found in graph.objects(None, rdflib.RDFS.seeAlso)}
    assert links == {f"{server}/.well-known/void"}
    assert (rdflib.URIRef(BASE + "dataset"), VOID.sparqlEndpoint, rdflib.URIRef(f"{server}/sparql")) in graph
    assert send(server, "/.well-known/void").status == 200


def test_head_is_get_without_its_body(server: str) -> None:
    reply = send(server, "/sparql", "HEAD")
    assert (reply.status, reply.media_type, reply.body) == (200, "text/turtle", b"")


# --- and what is no request for it ---------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/sparql", "Accept": "text/csv"},
        {"path": "/sparql", "Accept": "application/sparql-results+json"},
        {"path": "/sparql?quer=ASK%7B%7D"},
        {"path": "/sparql?default-graph-uri=urn:x:y"},
        {"path": "/sparql", "method": "POST", "Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_query_that_was_lost_is_a_400_and_no_description(server: str, request_: dict[str, Any]) -> None:
    assert problem(send(server, **request_))["title"] == "No query"


def test_a_browser_gets_the_query_page(server: str) -> None:
    page = send(server, "/sparql", Accept=BROWSER)
    assert (page.status, page.media_type) == (200, "text/html")
    assert "<textarea" in page.text
