"""A knowledge graph as its N-Quads have it: opened, not built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from integrin_kg import resources
from integrin_kg.build import support_of
from integrin_kg.errors import MeantToBeRead
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.resume import Resumed
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import INFERRED_GRAPH, SCHEMA_GRAPH, VOID_GRAPH

_HINT = "give the .nq file that 'integrin-kg build' or 'release' wrote"


class NotWrittenError(MeantToBeRead, ValueError):
    """A file that no build wrote; the message names it and says what is wrong with it."""


def read(path: Path, *, reasoning: bool = True) -> Knowledge:
    """Return the knowledge graph that ``integrin-kg build`` or ``release`` wrote to the N-Quads at ``path``:
    what it says was inferred is taken as that, not concluded again.

    What was concluded about blank nodes is not in the file, so no proof goes by way of it. Raises
    :class:`NotWrittenError` and :class:`OSError`.
    """
    try:
        quads = list(parse(path=str(path), format=RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise NotWrittenError(f"{path}:{error.lineno}: {error.msg}; {_HINT}") from error
    asserted = [quad for quad in quads if quad.graph_name not in (INFERRED_GRAPH, VOID_GRAPH)]
    ontology = Ontology(_triples(asserted, SCHEMA_GRAPH))
    if not ontology.triples:
        raise NotWrittenError(f"{path}: nothing in the graph {SCHEMA_GRAPH}; {_HINT}")
    rules = compile_rules(ontology)
    folder = resources.ontology_folder()
    stated = (quad.triple for quad in asserted)
    return Knowledge(
        ontology,
        rules,
        asserted,
        support_of(asserted, (folder / "shortcuts").glob("*.rq")),
        Resumed(rules.rules, stated, _triples(quads, INFERRED_GRAPH)) if reasoning else None,
        frozenset(quad.graph_name for quad in asserted if isinstance(quad.graph_name, NamedNode)),
        folder,
        [quad for quad in quads if quad.graph_name == VOID_GRAPH],
    )


def _triples(quads: Iterable[Quad], graph: NamedNode) -> Iterator[Triple]:
    return (quad.triple for quad in quads if quad.graph_name == graph)
