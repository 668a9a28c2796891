"""The description of the dataset, which the machines of others read: VoID and DCAT.

``dataset.ttl`` in ``ontology/description/`` says what is known beforehand, each query beside it is a
CONSTRUCT of what is counted. https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Quad, QueryTriples, RdfFormat, Store, parse

from integrin_kg.vocab import VOID_GRAPH


def describe(quads: Iterable[Quad], folder: Path) -> list[Quad]:
    """Return the description of ``quads`` that the files in ``folder`` make, sorted, in its own graph;
    nothing where there are none."""
    queries = sorted(folder.glob("*.rq"))
    if not queries:
        return []
    triples = {quad.triple for quad in parse(path=str(folder / "dataset.ttl"), format=RdfFormat.TURTLE)}
    store = Store()
    store.extend(quads)
    for path in queries:
        answer = store.query(path.read_text("utf-8"), use_default_graph_as_union=True)
        if not isinstance(answer, QueryTriples):
            raise TypeError(f"{path}: a part of the description must be a CONSTRUCT")
        triples.update(answer)
    found = (Quad(triple.subject, triple.predicate, triple.object, VOID_GRAPH) for triple in triples)
    return sorted(found, key=str)
