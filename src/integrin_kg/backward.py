"""Rules run backwards: from a triple to the premises that it may rest on, wherever the facts lie."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Triple

from integrin_kg.datatypes import contains
from integrin_kg.errors import MeantToBeRead
from integrin_kg.ontology import Term
from integrin_kg.plans import FREE, Atom, Bindings, Fact, Plan, bound, plans, unify
from integrin_kg.rules import DIFFERENT, DISTINCT, Pattern, Rule, Var

_MOST_MATCHES = 100


class RuleExplosion(MeantToBeRead, RuntimeError):
    """More follows than is allowed, or it takes more to find; the message names the axiom to blame."""


@dataclass(frozen=True)
class Limits:
    """How many triples may be inferred, in all and beyond that for each one asserted, and how many
    ``matches`` of facts with a rule's body may be tried in one run for each triple that may be inferred.

    Matches are what time goes into. They are counted, not timed, so that what one machine refuses
    every machine does.
    """

    triples: int = 1_000_000
    for_each: int = 5
    matches: int = 5

    def most(self, asserted: int) -> int:
        """Return how many triples may be inferred from ``asserted`` of them."""
        return self.triples + self.for_each * asserted


@dataclass(frozen=True)
class Derivation:
    """One step of a proof: a rule and the premises that it was applied to."""

    rule: Rule
    premises: tuple[Triple, ...]


class Index(Protocol):
    """Facts by number, to be asked for those that match: see :class:`~integrin_kg.facts.Facts`."""

    terms: list[Term]

    def number(self, term: Term) -> int: ...
    def fact(self, triple: Triple) -> Fact: ...
    def objects(self, subject: int, predicate: int) -> Iterable[int]: ...
    def subjects(self, predicate: int, value: int) -> Iterable[int]: ...
    def matches(self, atom: Atom) -> Iterable[Fact]: ...


class Backward(ABC):
    """The rules and the facts that proofs are made of."""

    def __init__(self, rules: Iterable[Rule], facts: Index, limits: Limits | None = None) -> None:
        self.rules = list(rules)
        self.limits = limits or Limits()
        self._index = facts
        self._matches = [0] * len(self.rules)
        self._matches_left = 0
        self._different: defaultdict[int, set[int]] = defaultdict(set)
        self._groups = 0
        self._heads: defaultdict[int, list[Plan]] = defaultdict(list)
        self._triggers: list[Plan] = []
        for index, rule in enumerate(self.rules):
            triggered, concluding = plans(index, rule, facts.number)
            self._triggers += triggered
            if concluding and concluding.head:
                self._heads[max(concluding.head[1], FREE)].append(concluding)

    def tell_apart(self, groups: Iterable[Iterable[Term]]) -> None:
        """Take the members of each group for different things."""
        for members in groups:
            for member in members:
                self._different[self._index.number(member)].add(self._groups)
            self._groups += 1

    @abstractmethod
    def holds(self, triple: Triple) -> bool:
        """Return whether ``triple`` is asserted or follows."""

    @abstractmethod
    def is_asserted(self, triple: Triple) -> bool:
        """Return whether ``triple`` is one of the facts added."""

    @abstractmethod
    def _size(self) -> int:
        """How many triples are asserted."""

    def derivations(self, triple: Triple) -> Iterator[Derivation]:
        """Yield every way to conclude ``triple`` in one step from what holds, in the rules' order."""
        fact = self._index.fact(triple)
        for rule, premises in self._one_step(fact):
            yield self._derivation(rule, premises)

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return what holds of ``subject`` under ``predicate``."""
        values = self._index.objects(self._index.number(subject), self._index.number(predicate))
        return [self._index.terms[value] for value in values]

    def subjects(self, predicate: NamedNode, value: Term) -> list[Term]:
        """Return what ``value`` holds of under ``predicate``."""
        subjects = self._index.subjects(self._index.number(predicate), self._index.number(value))
        return [self._index.terms[subject] for subject in subjects]

    def shortfalls(self, triple: Triple) -> Iterator[tuple[Rule, tuple[Pattern, ...]]]:
        """Yield each rule whose head fits ``triple``, with the premises that are missing under the
        bindings that need fewest."""
        fact = self._index.fact(triple)
        for plan in [*self._heads.get(fact[1], ()), *self._heads.get(FREE, ())]:
            bindings = [FREE] * plan.variables
            if unify(plan.trigger, fact, bindings):
                missing = self._fewest_missing(plan.joins, bindings, len(plan.joins) + 1)
                yield self.rules[plan.rule], tuple(self._pattern(atom) for atom in missing or ())

    def _fewest_missing(self, atoms: tuple[Atom, ...], bindings: Bindings, most: int) -> list[Atom] | None:
        """The atoms left unmatched in the best match, bound as far as it binds them; None where
        every match leaves ``most`` or more."""
        if not atoms:
            return [] if most > 0 else None
        first, rest = bound(atoms[0], bindings), atoms[1:]
        best = None
        for fact in islice(self._index.matches(first), _MOST_MATCHES):
            extended = bindings.copy()
            if unify(first, fact, extended):
                found = self._fewest_missing(rest, extended, most)
                if found is not None:
                    best, most = found, len(found)
        if most > 1:
            found = self._fewest_missing(rest, bindings, most - 1)
            if found is not None:
                best = [first, *found]
        return best

    def _pattern(self, atom: Atom) -> Pattern:
        s, p, o = (Var(f"v{-slot}") if slot < 0 else self._index.terms[slot] for slot in atom)
        return (s, p, o)

    def _firings(self, plan: Plan, fact: Fact) -> Iterator[Bindings]:
        bindings = [FREE] * plan.variables
        if not unify(plan.trigger, fact, bindings):
            return
        if not plan.joins and not plan.guards:
            yield bindings
            return
        for found in self._join(plan, 0, bindings):
            if all(self._guard(kind, found[a], found[b]) for kind, a, b in plan.guards):
                yield found

    def _one_step(self, fact: Fact) -> Iterator[tuple[int, tuple[Fact, ...]]]:
        """The ways to conclude ``fact`` from what is indexed; a step from itself is none."""
        _, p, _ = fact
        seen = set()
        self._count_matches()
        for plan in [*self._heads.get(p, ()), *self._heads.get(FREE, ())]:
            for bindings in self._firings(plan, fact):
                step = plan.rule, tuple(bound(atom, bindings) for atom in plan.body)
                if fact not in step[1] and step not in seen:
                    seen.add(step)
                    yield step

    def _guard(self, kind: str, left: int, right: int) -> bool:
        if kind == DIFFERENT:
            both_literals = isinstance(self._index.terms[left], Literal) and isinstance(
                self._index.terms[right], Literal
            )
            groups = self._different.get(left, set()) & self._different.get(right, set())
            return left != right and (both_literals or bool(groups))
        if kind == DISTINCT:
            return left != right and not self._guard(DIFFERENT, left, right)
        value = self._index.terms[left]
        return isinstance(value, Literal) and not contains(kind, value)

    def _join(self, plan: Plan, depth: int, bindings: Bindings) -> Iterator[Bindings]:
        if depth == len(plan.joins):
            yield bindings
            return
        for fact in self._index.matches(bound(plan.joins[depth], bindings)):
            extended = bindings.copy()
            if unify(plan.joins[depth], fact, extended):
                self._matches[plan.rule] += 1
                self._matches_left -= 1
                if self._matches_left < 0:
                    raise self._too_many_matches()
                yield from self._join(plan, depth + 1, extended)

    def _derivation(self, rule: int, premises: tuple[Fact, ...]) -> Derivation:
        triples = (Triple(*(self._index.terms[n] for n in fact)) for fact in premises)  # type: ignore[arg-type]
        return Derivation(self.rules[rule], tuple(triples))

    def _count_matches(self) -> None:
        self._matches = [0] * len(self.rules)
        self._matches_left = self.limits.matches * self.limits.most(self._size())

    def _too_many_matches(self) -> RuleExplosion:
        by_rule = Counter(dict(enumerate(self._matches)))
        return self._explosion(f"{by_rule.total()} matches of rules were tried on", by_rule)

    def _explosion(self, what: str, by_rule: Counter[int]) -> RuleExplosion:
        index, count = by_rule.most_common(1)[0]
        return RuleExplosion(
            f"{what} {self._size()} triples, and no end in sight; {count} of them by the axiom "
            f"{self.rules[index].words!r}: leave it out, or state less that it applies to"
        )
