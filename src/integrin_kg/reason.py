"""Forward chaining to the fixpoint, keeping for every inferred triple how it was derived.

Semi-naive in its finest grain: facts are taken one by one, and a fact is joined with those taken
before it, so that each combination of premises is met exactly once, when its last premise comes.
A recorded derivation rests on earlier facts only, so the record is never circular; that is what
makes retraction exact. An added or retracted fact costs its consequences, not the graph.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad, Triple

from integrin_kg.apart import TELLING, groups_apart, tell_apart
from integrin_kg.backward import Backward, Derivation, Index, Limits, RuleExplosion
from integrin_kg.facts import Facts
from integrin_kg.plans import FREE, Fact, Plan, bound
from integrin_kg.progress import progress
from integrin_kg.rules import SAME_AS, Rule
from integrin_kg.vocab import INFERRED_GRAPH, RDF_TYPE


@dataclass(frozen=True)
class Change:
    """What an addition or retraction did to the inferred triples."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class Growing(Index, Protocol):
    """Facts that more are added to: see :class:`~integrin_kg.facts.Facts`."""

    def add(self, fact: Fact) -> None: ...
    def remove(self, fact: Fact) -> None: ...
    def has_predicate(self, predicate: int) -> bool: ...
    def is_ground(self, fact: Fact) -> bool: ...
    def ground(self) -> Iterable[Fact]: ...
    def ground_size(self) -> int: ...


class Reasoner(Backward):
    """The facts, what follows from them by the rules, and how. ``facts`` are those that it begins with.

    >>> from integrin_kg.rules import Rule, X, Y
    >>> p, q = NamedNode("http://example.org/p"), NamedNode("http://example.org/q")
    >>> reasoner = Reasoner([Rule("", "p SubPropertyOf q", ((X, p, Y),), (X, q, Y))])
    >>> [str(t.predicate) for t in reasoner.add([Triple(p, p, q)]).added]
    ['<http://example.org/q>']
    >>> len(reasoner.retract([Triple(p, p, q)]).removed)
    1
    """

    def __init__(
        self, rules: Iterable[Rule], limits: Limits | None = None, facts: Growing | None = None
    ) -> None:
        self._facts = facts or Facts()
        super().__init__(rules, self._facts, limits)
        self._asserted: set[Fact] = set()
        self._derived: dict[Fact, tuple[int, tuple[Fact, ...]]] = {}
        self._clashes: dict[tuple[int, tuple[Fact, ...]], None] = {}
        self._queue: list[Fact] = []
        self._most = 0
        self._type = self._facts.number(RDF_TYPE)
        self._any_predicate: list[Plan] = []
        self._plans: defaultdict[tuple[int, int], list[Plan]] = defaultdict(list)
        self._prepare()
        self._run()

    # ---- what there is ------------------------------------------------------------------------

    @property
    def clashes(self) -> list[Derivation]:
        """The ways in which the facts contradict the rules; the same premises are told once."""
        unique = {(rule, frozenset(premises)): (rule, premises) for rule, premises in self._clashes}
        return [self._derivation(*clash) for clash in unique.values()]

    def __len__(self) -> int:
        return len(self._derived)

    def holds(self, triple: Triple) -> bool:
        """Return whether ``triple`` is asserted or follows."""
        return self._is_known(self._facts.fact(triple))

    def is_asserted(self, triple: Triple) -> bool:
        """Return whether ``triple`` is one of the facts added."""
        return self._is_stated(self._facts.fact(triple))

    def triples(self) -> Iterator[Triple]:
        """Yield the inferred triples between named things and literals."""
        return self._shown(self._derived)

    def quads(self) -> list[Quad]:
        """Return :meth:`triples` in the graph of inferred statements, sorted."""
        found = [Quad(t.subject, t.predicate, t.object, INFERRED_GRAPH) for t in self.triples()]
        return sorted(found, key=str)

    def recorded(self, triple: Triple) -> Derivation | None:
        """Return the derivation that is on record for ``triple``; None where it is not inferred."""
        found = self._derived.get(self._facts.fact(triple))
        return self._derivation(*found) if found else None

    # ---- change -------------------------------------------------------------------------------

    def add(self, triples: Iterable[Triple]) -> Change:
        """Assert ``triples`` and draw the consequences; :class:`RuleExplosion` past the limits."""
        facts = list(triples)
        if self._size() and tell_apart(facts):
            return self._restarted([*self._held(), *facts])
        self.tell_apart(groups_apart(facts))
        before = set()
        for triple in facts:
            fact = self._facts.fact(triple)
            if self._is_stated(fact):
                continue
            self._asserted.add(fact)
            if self._derived.pop(fact, None) is None:
                self._queue.append(fact)
            else:
                before.add(fact)
        new = self._run()
        return Change(frozenset(self._shown(new)), frozenset(self._shown(before)))

    def retract(self, triples: Iterable[Triple]) -> Change:
        """Withdraw ``triples`` and what no longer follows without them.

        First all that the record rests on them is taken out, then whatever of it can still be
        concluded from the rest is put back with a derivation of its own.
        """
        given = dict.fromkeys(triples)
        if tell_apart(given):
            return self.begin_again_without(given)
        self._count_matches()
        withdrawn = [fact for fact in map(self._facts.fact, given) if self._is_stated(fact)]
        self._asserted.difference_update(withdrawn)
        fallen = self._fall(withdrawn)
        inferred = set(fallen).difference(withdrawn)
        for fact in fallen:
            self._derived.pop(fact, None)
            self._facts.remove(fact)
        gone = set(fallen)
        self._clashes = {c: None for c in self._clashes if not gone.intersection(c[1])}
        for fact in fallen:
            step = next(self._one_step(fact), None)
            if step and fact not in self._derived:
                self._derived[fact] = step
                self._queue.append(fact)
        self._run()
        now = {fact for fact in fallen if fact in self._derived}
        return Change(frozenset(self._shown(now - inferred)), frozenset(self._shown(inferred - now)))

    def begin_again_without(self, triples: Iterable[Triple]) -> Change:
        """Withdraw ``triples`` and conclude everything anew, as after a :class:`RuleExplosion` of theirs."""
        given = set(triples)
        return self._restarted([triple for triple in self._held() if triple not in given])

    def _held(self) -> list[Triple]:
        terms = self._facts.terms
        stated = chain(self._facts.ground(), self._asserted)
        return [Triple(terms[s], terms[p], terms[o]) for s, p, o in stated]  # type: ignore[arg-type]

    def _restarted(self, triples: list[Triple]) -> Change:
        """Begin anew with ``triples``: which things are different is no fact that a rule joins, but a
        condition of rules, like a change to the ontology itself."""
        before = frozenset(self.triples())
        fresh = Founded(self.rules, triples, self.limits)
        self.__dict__.update(fresh.__dict__)
        after = frozenset(self.triples())
        return Change(after - before, before - after)

    def _fall(self, facts: Iterable[Fact]) -> list[Fact]:
        """``facts`` and all whose recorded derivation rests on one of them, in order."""
        fallen = dict.fromkeys(facts)
        queue = list(fallen)
        for fact in queue:
            for plan in self._triggered(fact):
                for bindings in self._firings(plan, fact):
                    if plan.head is None:
                        continue
                    conclusion = bound(plan.head, bindings)
                    record = self._derived.get(conclusion)
                    if record and fact in record[1] and conclusion not in fallen:
                        fallen[conclusion] = None
                        queue.append(conclusion)
        return queue

    # ---- terms and facts ----------------------------------------------------------------------

    def _shown(self, facts: Iterable[Fact]) -> Iterator[Triple]:
        for s, p, o in facts:
            subject, predicate, value = self._facts.terms[s], self._facts.terms[p], self._facts.terms[o]
            named = isinstance(subject, NamedNode) and isinstance(value, (NamedNode, Literal))
            if named and (s != o or predicate != SAME_AS):
                yield Triple(subject, predicate, value)  # type: ignore[arg-type]

    def _size(self) -> int:
        return self._facts.ground_size() + len(self._asserted)

    def _is_stated(self, fact: Fact) -> bool:
        return fact in self._asserted or self._facts.is_ground(fact)

    def _is_known(self, fact: Fact) -> bool:
        return fact in self._derived or self._is_stated(fact)

    # ---- plans --------------------------------------------------------------------------------

    def _prepare(self) -> None:
        for plan in self._triggers:
            _, p, o = plan.trigger
            if p < 0:
                self._any_predicate.append(plan)
            else:
                self._plans[p, o if p == self._type and o >= 0 else FREE].append(plan)
        for plan in (plan for plans in self._heads.values() for plan in plans):
            if plan.head and not plan.body:  # an enumeration's members are in it whatever else holds
                self._derived[plan.head] = (plan.rule, ())
                self._queue.append(plan.head)

    def _triggered(self, fact: Fact) -> list[Plan]:
        _, p, o = fact
        plans = [*self._plans.get((p, FREE), ()), *self._any_predicate]
        return [*plans, *self._plans.get((p, o), ())] if p == self._type else plans

    # ---- running ------------------------------------------------------------------------------

    def _run(self) -> list[Fact]:
        """Take the facts of the queue to the fixpoint; return those newly derived."""
        queue, self._queue = self._queue, []
        already = len(queue)
        self._begin()
        for fact in queue:  # which grows meanwhile
            self._facts.add(fact)
            for plan in self._triggered(fact):
                if plan.mirrored or (
                    plan.joins and plan.joins[0][1] >= 0 and not self._facts.has_predicate(plan.joins[0][1])
                ):
                    continue  # said already, or nothing to join with: most rules, most of the time
                self._fire(plan, fact, queue)
        return queue[already:]

    def _begin(self) -> None:
        self._most = self.limits.most(self._size())
        self._count_matches()

    def _fire(self, plan: Plan, fact: Fact, queue: list[Fact]) -> None:
        """Draw what ``plan`` concludes from ``fact``; put what is new at the end of ``queue``."""
        for bindings in self._firings(plan, fact):
            conclusion = bound(plan.head, bindings) if plan.head else None
            if conclusion and self._is_known(conclusion):
                continue
            if len(self._derived) + len(self._clashes) > self._most:
                raise self._too_many_inferred()
            premises = tuple(bound(atom, bindings) for atom in plan.body)
            if conclusion is None:
                self._clashes[plan.rule, premises] = None
            elif not isinstance(self._facts.terms[conclusion[0]], Literal):
                self._derived[conclusion] = (plan.rule, premises)
                queue.append(conclusion)

    def _too_many_inferred(self) -> RuleExplosion:
        by_rule = Counter(rule for rule, _ in [*self._derived.values(), *self._clashes])
        return self._explosion(f"{by_rule.total()} triples were inferred from", by_rule)


class Founded(Reasoner):
    """A reasoner over ``triples`` that are there from the beginning, which are read once and may be many.

    Each rule is run over all of them at once, from that atom of its body which fewest match; what it
    concludes is then taken fact by fact, as whatever comes later.
    """

    def __init__(
        self, rules: Iterable[Rule], triples: Iterable[Triple], limits: Limits | None = None
    ) -> None:
        facts = Facts()
        super().__init__(rules, limits, facts)
        apart: list[Triple] = []
        facts.lay(progress(_overheard(triples, apart), "Taking in", "triples"))
        self.tell_apart(groups_apart(apart))
        for fact in [fact for fact in self._derived if facts.is_ground(fact)]:
            del self._derived[fact]
        self._begin()
        plans = list(self._cheapest(facts))
        for plan in progress(plans, "Reasoning", "rules"):
            for fact in _worth_trying(plan, facts):
                self._fire(plan, fact, self._queue)
        self._run()

    def _cheapest(self, facts: Facts) -> Iterator[Plan]:
        """One plan for each rule of which every atom has a match."""
        by_rule: defaultdict[int, list[Plan]] = defaultdict(list)
        for plan in self._triggers:
            by_rule[plan.rule].append(plan)
        for plans in by_rule.values():
            counts = [facts.count(plan.trigger) for plan in plans]
            if all(counts):
                yield min(zip(counts, range(len(plans)), plans, strict=True))[2]


def _overheard(triples: Iterable[Triple], apart: list[Triple]) -> Iterator[Triple]:
    """Pass ``triples`` on; copy to ``apart`` what may say that things are different."""
    for triple in triples:
        if triple.predicate in TELLING:
            apart.append(triple)
        yield triple


def _worth_trying(plan: Plan, facts: Facts) -> Iterable[Fact]:
    """The facts that ``plan`` may be triggered by; one of many that would all conclude the same."""
    s, p, o = plan.trigger
    if plan.joins or plan.guards or not plan.head or p < 0 or s >= 0 or o >= 0 or s == o:
        return facts.matches(plan.trigger)
    if o not in plan.head:
        return facts.one_each(p, by_object=False)
    if s not in plan.head:
        return facts.one_each(p, by_object=True)
    return facts.matches(plan.trigger)


def reason(quads: Iterable[Quad], rules: Iterable[Rule], limits: Limits | None = None) -> Reasoner:
    """Return a reasoner with the facts in ``quads`` and what follows from them by ``rules``."""
    return Founded(rules, (quad.triple for quad in quads), limits)
