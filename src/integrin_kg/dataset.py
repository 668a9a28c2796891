"""The description of the dataset, which the machines of others read: VoID and DCAT.

``dataset.ttl`` in ``ontology/description/`` says what is known beforehand, each query beside it is a
CONSTRUCT of what is counted. https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, QueryTriples, RdfFormat, Store, Triple, parse

from integrin_kg.vocab import DATASET, PREFIXES, RDF_TYPE, VOID_GRAPH, xsd


def describe(store: Store, folder: Path) -> list[Quad]:
    """Return the description of what is in ``store`` that the files in ``folder`` make, sorted, in its own
    graph; nothing where there are none."""
    queries = sorted(folder.glob("*.rq"))
    if not queries:
        return []
    triples = {quad.triple for quad in parse(path=str(folder / "dataset.ttl"), format=RdfFormat.TURTLE)}
    for path in queries:
        answer = store.query(path.read_text("utf-8"), use_default_graph_as_union=True)
        if not isinstance(answer, QueryTriples):
            raise TypeError(f"{path}: a part of the description must be a CONSTRUCT")
        triples.update(answer)
    found = (Quad(triple.subject, triple.predicate, triple.object, VOID_GRAPH) for triple in triples)
    return sorted(found, key=str)


def size(graph: NamedNode, triples: int) -> list[Quad]:
    """Return that ``graph`` is a part of the dataset and has so many ``triples``: all that is said of one
    with too many to look at each."""
    said = [
        Triple(DATASET, _void("subset"), graph),
        Triple(graph, RDF_TYPE, _void("Dataset")),
        Triple(graph, _void("triples"), Literal(str(triples), datatype=xsd("integer"))),
    ]
    return [Quad(triple.subject, triple.predicate, triple.object, VOID_GRAPH) for triple in said]


def _void(local: str) -> NamedNode:
    return NamedNode(PREFIXES["void"] + local)
