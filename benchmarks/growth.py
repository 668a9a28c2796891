"""A graph of any size that grows as the real one would: the shipped entities, once for each species.

Every copy has integrins, subunits, agents and diseases of its own under the same ontology, motifs and
ligands, so that the rules have as much to do for each as for the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, Quad

from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Term
from integrin_kg.vocab import BASE, IKG, SCHEMA_GRAPH

_SHARED = ("motif", "domain", "ligand", "schema", "publication", "section", "evidence", "graph")


def grown(knowledge: Knowledge, size: int) -> Iterator[Quad]:
    """Yield ``size`` quads at least, whole copies only: the schema once, then the rest copy by copy."""
    schema = [quad for quad in knowledge.asserted if quad.graph_name == SCHEMA_GRAPH]
    data = [quad for quad in knowledge.asserted if quad.graph_name != SCHEMA_GRAPH]
    yield from schema
    made = len(schema)
    copy = 0
    while made < size:
        yield from (renamed(quad, copy) for quad in data)
        made += len(data)
        copy += 1


def renamed(quad: Quad, copy: int) -> Quad:
    """Return ``quad`` about the entities of the copy of that number; copy 0 is the shipped one."""
    if copy == 0:
        return quad
    return Quad(_term(quad.subject, copy), quad.predicate, _term(quad.object, copy), quad.graph_name)


def _term(term: Term, copy: int) -> Term:
    if isinstance(term, BlankNode):
        return BlankNode(f"{term.value}c{copy}")
    own = isinstance(term, NamedNode) and term.value.startswith(BASE) and not term.value.startswith(IKG)
    if not own:
        return term
    kind, _, slug = term.value.removeprefix(BASE).partition("/")
    return term if kind in _SHARED else NamedNode(f"{BASE}{kind}/{slug}-species-{copy}")
