"""Rules run to the fixpoint inside the engine, over everything or from what is new.

Semi-naive by rounds: what one round concludes is what the next one starts from, and only rules with an atom
that some of it matches are sent. All is concluded into graphs that no reader sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode, Triple

from integrin_kg.backward import Derivation, Limits, RuleExplosion
from integrin_kg.datatypes import contains
from integrin_kg.remote.endpoint import Dataset, Endpoint, Row, iri
from integrin_kg.remote.graphs import Workspace, sizes
from integrin_kg.remote.rendering import Reading, Trigger, clash, conclusion, trigger_of
from integrin_kg.rules import DIFFERENT, DISTINCT, Pattern, Rule, Var
from integrin_kg.vocab import RDF_TYPE

_AT_ONCE = 40
_MOST_CLASHES = 100
_GUARDS = (DIFFERENT, DISTINCT)


@dataclass(frozen=True)
class Chainer:
    """Runs ``rules`` over what ``reading`` says, in the graphs of ``work``."""

    endpoint: Endpoint
    rules: Sequence[Rule]
    reading: Reading
    work: Workspace
    limits: Limits = field(default_factory=Limits)

    # ---- what follows -------------------------------------------------------------------------

    def saturate(self) -> None:
        """Conclude all that follows; :class:`RuleExplosion` where that is too much."""
        reading = self._reading(self.work.concluded)
        self._run(conclusion(rule, reading, self._into) for rule in self.rules if rule.head)
        self._spread(reading)

    def extend(self) -> None:
        """Conclude all that follows because of the triples in ``work.given``."""
        self.endpoint.update(f"ADD SILENT GRAPH <{self.work.given}> TO GRAPH <{self.work.coming}>")
        self._spread(self._reading(self.work.given, self.work.concluded))

    def _reading(self, *further: str) -> Reading:
        return replace(self.reading, graphs=(*self.reading.graphs, *further), beside=(self.work.last,))

    @property
    def _into(self) -> list[str]:
        return [self.work.concluded, self.work.coming]

    def _spread(self, reading: Reading) -> None:
        last, coming = self.work.last, self.work.coming
        most = self.limits.most(sum(sizes(self.endpoint, self.reading.graphs).values()))
        while True:
            self.endpoint.update(
                f"CLEAR SILENT GRAPH <{last}> ;\nADD SILENT GRAPH <{coming}> TO GRAPH <{last}> ;\n"
                f"CLEAR SILENT GRAPH <{coming}>"
            )
            met = self._triggers(last)
            if not met:
                return
            if sizes(self.endpoint, [self.work.concluded]).get(self.work.concluded, 0) > most:
                raise self._explosion(most)
            self._run(
                conclusion(rule, reading, self._into, atom, last)
                for rule, atom in _triggered(self.rules, met)
                if rule.head
            )

    def _run(self, updates: Iterable[str]) -> None:
        for update in updates:  # one by one: together, some engines plan them as one, and badly
            self.endpoint.update(update)

    def _triggers(self, graph: str) -> set[Trigger]:
        """What kinds of facts ``graph`` holds."""
        alone = Dataset((graph,))
        found: set[Trigger] = set()
        for row in self.endpoint.table("SELECT DISTINCT ?p { ?s ?p ?o }", alone):
            found.add((NamedNode(iri(row["p"])), None))
        if (RDF_TYPE, None) in found:
            for row in self.endpoint.table(f"SELECT DISTINCT ?o {{ ?s {RDF_TYPE} ?o }}", alone):
                if isinstance(row["o"], NamedNode):
                    found.add((RDF_TYPE, row["o"]))
        return found

    def _explosion(self, most: int) -> RuleExplosion:
        rows = self.endpoint.table(
            "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 1",
            Dataset((self.work.concluded,)),
        )
        worst = next(iri(row["p"]) for row in rows)
        blamed = sorted({rule.words for rule in self.rules if rule.head and rule.head[1] == NamedNode(worst)})
        return RuleExplosion(
            f"more than {most} triples follow, and no end in sight; most of them by one of the axioms "
            f"{', '.join(map(repr, blamed))}: leave it out, or state less that it applies to"
        )

    # ---- what must not be ---------------------------------------------------------------------

    def clashes(self) -> list[Derivation]:
        """Return the ways in which what is read, with what was concluded, contradicts the rules."""
        reading = self._reading(self.work.concluded)
        asked = [(rule, way) for rule in self._tests for way in clash(rule, reading.apart)]
        return self._found(asked, reading)

    def new_clashes(self) -> list[Derivation]:
        """Return those that rest on ``work.given`` or on what was concluded from it."""
        new = (self.work.given, self.work.concluded)
        reading = replace(self._reading(*new), beside=new)
        asked = [
            (rule, way)
            for among in new
            for rule, atom in _triggered(self._tests, self._triggers(among))
            for way in clash(rule, reading.apart, atom, among)
        ]
        return self._found(asked, reading)

    @property
    def _tests(self) -> list[Rule]:
        return [rule for rule in self.rules if rule.head is None]

    def _found(self, asked: list[tuple[Rule, str]], reading: Reading) -> list[Derivation]:
        found = [
            step
            for batch in _batches(sorted(asked, key=lambda pair: _is_datatype(pair[0])))
            for step in self._clashing(batch, reading)
        ]
        return list({(step.rule, frozenset(step.premises)): step for step in found}.values())

    def _clashing(self, tests: Sequence[tuple[Rule, str]], reading: Reading) -> Iterator[Derivation]:
        parts = (f"{{ {way} BIND ({index} AS ?test) }}" for index, (_, way) in enumerate(tests))
        # Of literals only we know which are outside a datatype: all that may be are wanted.
        limit = "" if any(_is_datatype(rule) for rule, _ in tests) else f" LIMIT {_MOST_CLASHES}"
        text = f"SELECT DISTINCT * WHERE {{ {' UNION '.join(parts)} }}{limit}"
        for row in self.endpoint.table(text, reading.dataset):
            number = row["test"]
            assert isinstance(number, Literal)
            rule = tests[int(number.value)][0]
            if all(_outside(guard.kind, row[guard.left.name]) for guard in rule.guards):
                yield Derivation(rule, tuple(_bound(pattern, row) for pattern in rule.body))


def _triggered(rules: Iterable[Rule], met: set[Trigger]) -> Iterator[tuple[Rule, int]]:
    """Each rule and the atoms of its body that facts of the kinds ``met`` may match."""
    for rule in rules:
        for index, pattern in enumerate(rule.body):
            trigger = trigger_of(pattern)
            if trigger in met or trigger == (None, None):
                yield rule, index


def _batches(items: Sequence[tuple[Rule, str]]) -> Iterator[Sequence[tuple[Rule, str]]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def _is_datatype(rule: Rule) -> bool:
    return any(guard.kind not in _GUARDS for guard in rule.guards)


def _outside(kind: str, term: object) -> bool:
    return kind in _GUARDS or (isinstance(term, Literal) and not contains(kind, term))


def _bound(pattern: Pattern, row: Row) -> Triple:
    s, p, o = (row[slot.name] if isinstance(slot, Var) else slot for slot in pattern)
    return Triple(s, p, o)  # type: ignore[arg-type]
