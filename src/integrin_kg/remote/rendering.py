"""Rules as SPARQL: what follows as an update, what clashes as a query.

A rule that is run over everything reads the default graph; one that is run for what is new has one atom of
its body read from a named graph instead, so that an added fact costs its consequences only. What is
concluded goes to several graphs at once. Only statements between named things and literals are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from integrin_kg.datatypes import FORMS
from integrin_kg.remote.endpoint import Dataset
from integrin_kg.rules import DIFFERENT, DISTINCT, SAME_AS, Guard, Pattern, Rule, Slot, Var
from integrin_kg.vocab import BASE, RDF_TYPE, XSD

APART = NamedNode(f"{BASE}graph/work#apart")
"""Relates a thing to each group of different things that it is in, in a graph of its own."""


@dataclass(frozen=True)
class Reading:
    """The graphs that rules read as one, those ``beside`` that they read by name, and which of these says
    what is ``apart``: which things are different."""

    graphs: tuple[str, ...]
    apart: str
    beside: tuple[str, ...] = ()

    @property
    def dataset(self) -> Dataset:
        """What a query is asked of."""
        return Dataset(self.graphs, (self.apart, *self.beside))

    @property
    def using(self) -> str:
        """What an update is made with."""
        default = [f"USING <{graph}>" for graph in self.dataset.default]
        return " ".join([*default, *(f"USING NAMED <{graph}>" for graph in self.dataset.named)])


Trigger = tuple[NamedNode | None, NamedNode | None]
"""The predicate of a fact and, where that is rdf:type, its object; None where any will do."""


def conclusion(
    rule: Rule, reading: Reading, into: Sequence[str], atom: int | None = None, among: str = ""
) -> str:
    """Return the update that writes ``into`` those graphs what ``rule`` concludes and nobody knows yet;
    where ``atom`` is given, from what the graph ``among`` holds for that atom of its body.

    >>> from integrin_kg.rules import X, Y
    >>> p, q = NamedNode("urn:p"), NamedNode("urn:q")
    >>> rule = Rule("", "p SubPropertyOf q", ((X, p, Y),), (X, q, Y))
    >>> reading = Reading(("urn:all",), "urn:apart", ("urn:delta",))
    >>> print(conclusion(rule, reading, ["urn:new"], 0, "urn:delta"))
    INSERT { GRAPH <urn:new> { ?x <urn:q> ?y } }
    USING <urn:all> USING NAMED <urn:apart> USING NAMED <urn:delta>
    WHERE { GRAPH <urn:delta> { ?x <urn:p> ?y }
      FILTER (isIRI(?x) && !isBlank(?y)) FILTER NOT EXISTS { ?x <urn:q> ?y } }
    """
    assert rule.head is not None
    head = triple(rule.head)
    written = " ".join(f"GRAPH <{graph}> {{ {head} }}" for graph in into)
    subject, predicate, value = rule.head
    named = " && ".join([*_named(subject, "isIRI({})"), *_named(value, "!isBlank({})")])
    conditions = [f"FILTER ({named})"] if named else []
    if predicate == SAME_AS:
        conditions.append(f"FILTER ({_slot(subject)} != {_slot(value)})")
    conditions.append(f"FILTER NOT EXISTS {{ {head} }}")
    body = " ".join([*_body(rule, atom, among), *(_not_apart(guard, reading.apart) for guard in rule.guards)])
    return f"INSERT {{ {written} }}\n{reading.using}\nWHERE {{ {body}\n  {' '.join(conditions)} }}"


def clash(rule: Rule, apart: str, atom: int | None = None, among: str = "") -> Iterator[str]:
    """Yield the patterns that bind the variables of a clash test ``rule``, in all the ways it may hold."""
    for guards in _alternatives(rule.guards, apart):
        yield " ".join([*_body(rule, atom, among), *guards])


def _alternatives(guards: Sequence[Guard], apart: str) -> list[list[str]]:
    if not guards:
        return [[]]
    first, *rest = guards
    ways = _ways(first, apart)
    return [[way, *others] for way in ways for others in _alternatives(rest, apart)]


def _ways(guard: Guard, apart: str) -> list[str]:
    """Return the patterns of which one must match for ``guard`` to hold. That a literal is outside a
    datatype they do not decide: they find those that may be."""
    left, right = _slot(guard.left), _slot(guard.right)
    if guard.kind == DIFFERENT:
        literals = f"FILTER (isLiteral({left}) && isLiteral({right}) && !sameTerm({left}, {right}))"
        together = f"{left} {APART} ?group . {right} {APART} ?group"
        return [literals, f"GRAPH <{apart}> {{ {together} }} FILTER ({left} != {right})"]
    if guard.kind == DISTINCT:
        return [_not_apart(guard, apart)]
    form = FORMS.get(guard.kind.removeprefix(XSD), "").replace("\\", "\\\\")
    misshapen = f' || !REGEX(STR({left}), "^({form})$")' if form and guard.kind != XSD + "string" else ""
    return [f"FILTER (isLiteral({left}) && (DATATYPE({left}) != <{guard.kind}>{misshapen}))"]


def _not_apart(guard: Guard, apart: str) -> str:
    """Return the pattern that holds where the two are distinct and not known to be different."""
    assert guard.kind == DISTINCT
    left, right = _slot(guard.left), _slot(guard.right)
    together = f"{left} {APART} ?group . {right} {APART} ?group"
    things = f"FILTER (!isLiteral({left}) && !isLiteral({right}) && {left} != {right})"
    return f"{things} FILTER NOT EXISTS {{ GRAPH <{apart}> {{ {together} }} }}"


def _body(rule: Rule, atom: int | None, among: str) -> list[str]:
    """The patterns of a body, the one that is read from a graph of its own first."""
    patterns = [triple(pattern) for pattern in rule.body]
    if atom is None:
        return [f"{pattern} ." for pattern in patterns]
    rest = [f"{pattern} ." for index, pattern in enumerate(patterns) if index != atom]
    return [f"GRAPH <{among}> {{ {patterns[atom]} }}", *rest]


def trigger_of(pattern: Pattern) -> Trigger:
    """Return what a fact must be for ``pattern`` to match it."""
    _, predicate, value = pattern
    if not isinstance(predicate, NamedNode):
        return None, None
    typed = predicate == RDF_TYPE and isinstance(value, NamedNode)
    return predicate, value if typed and isinstance(value, NamedNode) else None


def triple(pattern: Pattern) -> str:
    """Return ``pattern`` as SPARQL writes it."""
    return " ".join(map(_slot, pattern))


def _slot(slot: Slot) -> str:
    return f"?{slot.name}" if isinstance(slot, Var) else str(slot)


def _named(slot: Slot, test: str) -> list[str]:
    return [test.format(_slot(slot))] if isinstance(slot, Var) else []
