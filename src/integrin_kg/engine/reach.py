"""What an update can make a difference to, told before it is made: of millions of statements, none of the
others need be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from integrin_kg.engine.updates import (
    Modification,
    as_insertions,
    as_modification,
    carry_out,
    each_operation,
)
from integrin_kg.vocab import PREFIXES

Value = NamedNode | BlankNode | Literal | Triple
GraphName = NamedNode | BlankNode | DefaultGraph

_MARK = f"urn:uuid:{uuid4()}#"
"""What an IRI begins with that stands for a variable: no client knows it."""
_MOST = 100


@dataclass(frozen=True)
class Step:
    """A part of an update, ``text``, that inserts and deletes what its ``templates`` make of the solutions of
    a ``query``, if it has one; what they put into no graph is of the graph ``into``."""

    text: str
    base: str | None
    templates: list[Quad]
    into: GraphName
    modification: Modification | None

    def make(self, store: Store) -> None:
        """Make it; what the engine raises where it cannot."""
        carry_out(self.text, store, self.base)

    def reach(self, store: Store) -> Iterator[Quad]:
        """Yield what it would insert into or delete from ``store`` as it is, whether that is news or not."""
        for values in self._solutions(store):
            yield from _filled(self.templates, values, self.into)

    def _solutions(self, store: Store) -> Iterable[Mapping[str, Value | None]]:
        asked = self.modification
        if asked is None or not asked.variables:
            return [{}]
        dataset: dict[str, Any] = {} if asked.dataset else {"default_graph": [self.into]}
        solutions = store.query(asked.query, base_iri=self.base, prefixes=PREFIXES, **dataset)
        assert isinstance(solutions, QuerySolutions)
        return ({name: solution[name] for name in asked.variables} for solution in solutions)


def foreseen(update: str, base: str | None) -> list[Step] | None:
    """Return the steps of an ``update`` of which it can be told what each makes a difference to, once those
    before it are made; None where only making it tells, or it cannot be made. It names its dataset itself
    where that is not the default graph, and calls no service."""
    try:
        data = data_of(update, base)
        if data is not None:
            return _known([_data_step(update, base, data)])
        return _known([_step(part, base) for part in each_operation(update, _MOST)])
    except (SyntaxError, ValueError, RuntimeError):
        return None


def data_of(update: str, base: str | None) -> Store | None:
    """Return what is inserted or deleted by an ``update`` that consists of data; None for any other.

    Raises :class:`SyntaxError` and what else the engine does where it cannot be made.
    """
    data = as_insertions(update)
    return None if data is None else _inserted(data, base)


def _known(steps: list[Step | None]) -> list[Step] | None:
    known = [step for step in steps if step is not None]
    return known if known and len(known) == len(steps) else None


def _data_step(text: str, base: str | None, data: Store) -> Step | None:
    return None if _is_anonymous(data) else Step(text, base, list(data), DefaultGraph(), None)


def _step(text: str, base: str | None) -> Step | None:
    data = data_of(text, base)
    if data is not None:
        return _data_step(text, base, data)
    modification = as_modification(text, _MARK)
    if modification is None or _is_anonymous(templates := _inserted(modification.templates, base)):
        return None
    graph: GraphName = DefaultGraph()
    if modification.into is not None:
        (graph,) = (quad.graph_name for quad in _inserted(modification.into, base))
    step = Step(text, base, list(templates), graph, modification)
    step.make(Store())  # or it does not parse
    return step


def _inserted(data: str, base: str | None) -> Store:
    alone = Store()
    carry_out(data, alone, base)
    return alone


def _is_anonymous(named: Store) -> bool:
    """Whether a blank node or a triple is part of ``named``: that of an insertion is another each time, and a
    triple term may hold a variable."""
    terms: Iterator[Any] = (term for quad in named for term in quad)
    return any(isinstance(term, (BlankNode, Triple)) for term in terms)


def _filled(templates: Iterable[Quad], values: Mapping[str, Value | None], into: GraphName) -> Iterator[Quad]:
    """``templates`` with ``values`` in the place of variables, as far as that makes statements (SPARQL 1.1
    Update, section 3.1.3), and ``into`` in that of no graph."""

    def value(term: Any) -> Any:
        named = isinstance(term, NamedNode) and term.value.startswith(_MARK)
        return values[term.value.removeprefix(_MARK)] if named else term

    for template in templates:
        subject, predicate, object, graph = map(value, template)
        if (
            isinstance(subject, (NamedNode, BlankNode))
            and isinstance(predicate, NamedNode)
            and object is not None
            and isinstance(graph, (NamedNode, BlankNode, DefaultGraph))
        ):
            yield Quad(subject, predicate, object, into if graph == DefaultGraph() else graph)
