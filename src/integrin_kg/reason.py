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
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from integrin_kg.datatypes import contains
from integrin_kg.facts import Facts
from integrin_kg.ontology import Ontology, Term
from integrin_kg.plans import FREE, Atom, Bindings, Fact, Plan, bound, plans, unify
from integrin_kg.rules import DIFFERENT, DISTINCT, SAME_AS, Pattern, Rule, Var
from integrin_kg.vocab import INFERRED_GRAPH, RDF_FIRST, RDF_REST, RDF_TYPE, owl

_MOST_MATCHES = 100


class RuleExplosion(RuntimeError):
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


@dataclass(frozen=True)
class Change:
    """What an addition or retraction did to the inferred triples."""

    added: frozenset[Triple]
    removed: frozenset[Triple]


class Reasoner:
    """The facts, what follows from them by the rules, and how.

    >>> from integrin_kg.rules import Rule, X, Y
    >>> p, q = NamedNode("http://example.org/p"), NamedNode("http://example.org/q")
    >>> reasoner = Reasoner([Rule("", "p SubPropertyOf q", ((X, p, Y),), (X, q, Y))])
    >>> [str(t.predicate) for t in reasoner.add([Triple(p, p, q)]).added]
    ['<http://example.org/q>']
    >>> len(reasoner.retract([Triple(p, p, q)]).removed)
    1
    """

    def __init__(self, rules: Iterable[Rule], limits: Limits | None = None) -> None:
        self.rules = list(rules)
        self.limits = limits or Limits()
        self._facts = Facts()
        self._asserted: set[Fact] = set()
        self._derived: dict[Fact, tuple[int, tuple[Fact, ...]]] = {}
        self._clashes: dict[tuple[int, tuple[Fact, ...]], None] = {}
        self._queue: list[Fact] = []
        self._matches = [0] * len(self.rules)
        self._matches_left = 0
        self._different: defaultdict[int, set[int]] = defaultdict(set)
        self._type = self._facts.number(RDF_TYPE)
        self._any_predicate: list[Plan] = []
        self._plans: defaultdict[tuple[int, int], list[Plan]] = defaultdict(list)
        self._heads: defaultdict[int, list[Plan]] = defaultdict(list)
        for index, rule in enumerate(self.rules):
            self._plan(index, rule)
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
        fact = self._facts.fact(triple)
        return fact in self._asserted or fact in self._derived

    def is_asserted(self, triple: Triple) -> bool:
        """Return whether ``triple`` is one of the facts added."""
        return self._facts.fact(triple) in self._asserted

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

    def derivations(self, triple: Triple) -> Iterator[Derivation]:
        """Yield every way to conclude ``triple`` in one step from what holds, in the rules' order."""
        fact = self._facts.fact(triple)
        for rule, premises in self._one_step(fact):
            yield self._derivation(rule, premises)

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return what holds of ``subject`` under ``predicate``."""
        values = self._facts.objects(self._facts.number(subject), self._facts.number(predicate))
        return [self._facts.terms[value] for value in values]

    def subjects(self, predicate: NamedNode, value: Term) -> list[Term]:
        """Return what ``value`` holds of under ``predicate``."""
        subjects = self._facts.subjects(self._facts.number(predicate), self._facts.number(value))
        return [self._facts.terms[subject] for subject in subjects]

    def shortfalls(self, triple: Triple) -> Iterator[tuple[Rule, tuple[Pattern, ...]]]:
        """Yield each rule whose head fits ``triple``, with the premises that are missing under the
        bindings that need fewest."""
        fact = self._facts.fact(triple)
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
        for fact in islice(self._facts.matches(first), _MOST_MATCHES):
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
        s, p, o = (Var(f"v{-slot}") if slot < 0 else self._facts.terms[slot] for slot in atom)
        return (s, p, o)

    # ---- change -------------------------------------------------------------------------------

    def add(self, triples: Iterable[Triple]) -> Change:
        """Assert ``triples`` and draw the consequences; :class:`RuleExplosion` past the limits."""
        facts = list(triples)
        if self._asserted and _tell_apart(facts):
            return self._restarted([*self._held(), *facts])
        self._learn_differences(facts)
        before = set()
        for triple in facts:
            fact = self._facts.fact(triple)
            if fact in self._asserted:
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
        if _tell_apart(given):
            return self._restarted([triple for triple in self._held() if triple not in given])
        self._count_matches()
        withdrawn = [fact for fact in map(self._facts.fact, given) if fact in self._asserted]
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

    def _held(self) -> list[Triple]:
        terms = self._facts.terms
        return [Triple(terms[s], terms[p], terms[o]) for s, p, o in self._asserted]  # type: ignore[arg-type]

    def _restarted(self, triples: list[Triple]) -> Change:
        """Begin anew with ``triples``: which things are different is no fact that a rule joins, but a
        condition of rules, like a change to the ontology itself."""
        before = frozenset(self.triples())
        fresh = Reasoner(self.rules, self.limits)
        fresh.add(triples)
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

    def _learn_differences(self, triples: list[Triple]) -> None:
        """Read owl:AllDifferent and owl:differentFrom: things that share a group are different."""
        lists = Ontology(triple for triple in triples if triple.predicate in _LIST_PREDICATES)
        heads = [t.object for t in lists.triples if t.predicate in _MEMBER_PREDICATES]
        groups: list[list[Term]] = [lists.items(h) for h in heads if isinstance(h, (NamedNode, BlankNode))]
        groups += [[t.subject, t.object] for t in triples if t.predicate == _DIFFERENT_FROM]
        for index, members in enumerate(groups):
            for member in members:
                self._different[self._facts.number(member)].add(index)

    # ---- plans --------------------------------------------------------------------------------

    def _plan(self, index: int, rule: Rule) -> None:
        triggered, concluding = plans(index, rule, self._facts.number)
        for plan in triggered:
            _, p, o = plan.trigger
            if p < 0:
                self._any_predicate.append(plan)
            else:
                self._plans[p, o if p == self._type and o >= 0 else FREE].append(plan)
        if concluding and concluding.head:
            self._heads[max(concluding.head[1], FREE)].append(concluding)
            if not rule.body:  # the members of an enumeration are in its class whatever else holds
                self._derived[concluding.head] = (index, ())
                self._queue.append(concluding.head)

    def _triggered(self, fact: Fact) -> list[Plan]:
        _, p, o = fact
        plans = [*self._plans.get((p, FREE), ()), *self._any_predicate]
        return [*plans, *self._plans.get((p, o), ())] if p == self._type else plans

    # ---- running ------------------------------------------------------------------------------

    def _run(self) -> list[Fact]:
        """Take the facts of the queue to the fixpoint; return those newly derived."""
        queue, self._queue = self._queue, []
        new: list[Fact] = []
        most = self.limits.most(len(self._asserted))
        self._count_matches()
        for fact in queue:  # which grows meanwhile
            self._facts.add(fact)
            for plan in self._triggered(fact):
                if plan.mirrored or (
                    plan.joins and plan.joins[0][1] >= 0 and not self._facts.has_predicate(plan.joins[0][1])
                ):
                    continue  # said already, or nothing to join with: most rules, most of the time
                for bindings in self._firings(plan, fact):
                    premises = tuple(bound(atom, bindings) for atom in plan.body)
                    if len(self._derived) + len(self._clashes) > most:
                        raise self._too_many_inferred()
                    if plan.head is None:
                        self._clashes[plan.rule, premises] = None
                        continue
                    conclusion = bound(plan.head, bindings)
                    if conclusion in self._derived or conclusion in self._asserted:
                        continue
                    if isinstance(self._facts.terms[conclusion[0]], Literal):
                        continue
                    self._derived[conclusion] = (plan.rule, premises)
                    queue.append(conclusion)
                    new.append(conclusion)
        return new

    def _count_matches(self) -> None:
        self._matches = [0] * len(self.rules)
        self._matches_left = self.limits.matches * self.limits.most(len(self._asserted))

    def _too_many_inferred(self) -> RuleExplosion:
        by_rule = Counter(rule for rule, _ in [*self._derived.values(), *self._clashes])
        return self._explosion(f"{by_rule.total()} triples were inferred from", by_rule)

    def _too_many_matches(self) -> RuleExplosion:
        by_rule = Counter(dict(enumerate(self._matches)))
        return self._explosion(f"{by_rule.total()} matches of rules were tried on", by_rule)

    def _explosion(self, what: str, by_rule: Counter[int]) -> RuleExplosion:
        index, count = by_rule.most_common(1)[0]
        return RuleExplosion(
            f"{what} {len(self._asserted)} triples, and no end in sight; {count} of them by the axiom "
            f"{self.rules[index].words!r}: leave it out, or state less that it applies to"
        )

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
            both_literals = isinstance(self._facts.terms[left], Literal) and isinstance(
                self._facts.terms[right], Literal
            )
            groups = self._different.get(left, set()) & self._different.get(right, set())
            return left != right and (both_literals or bool(groups))
        if kind == DISTINCT:
            return left != right and not self._guard(DIFFERENT, left, right)
        value = self._facts.terms[left]
        return isinstance(value, Literal) and not contains(kind, value)

    def _join(self, plan: Plan, depth: int, bindings: Bindings) -> Iterator[Bindings]:
        if depth == len(plan.joins):
            yield bindings
            return
        for fact in self._facts.matches(bound(plan.joins[depth], bindings)):
            extended = bindings.copy()
            if unify(plan.joins[depth], fact, extended):
                self._matches[plan.rule] += 1
                self._matches_left -= 1
                if self._matches_left < 0:
                    raise self._too_many_matches()
                yield from self._join(plan, depth + 1, extended)

    def _derivation(self, rule: int, premises: tuple[Fact, ...]) -> Derivation:
        triples = (Triple(*(self._facts.terms[n] for n in fact)) for fact in premises)  # type: ignore[arg-type]
        return Derivation(self.rules[rule], tuple(triples))


def reason(quads: Iterable[Quad], rules: Iterable[Rule], limits: Limits | None = None) -> Reasoner:
    """Return a reasoner with the facts in ``quads`` and what follows from them by ``rules``."""
    reasoner = Reasoner(rules, limits)
    reasoner.add(quad.triple for quad in quads)
    return reasoner


def _tell_apart(triples: Iterable[Triple]) -> bool:
    """Return whether any of ``triples`` says, or is part of saying, that things are different."""
    return any(t.predicate == _DIFFERENT_FROM or t.predicate in _LIST_PREDICATES for t in triples)


_DIFFERENT_FROM = owl("differentFrom")
_MEMBER_PREDICATES = frozenset({owl("distinctMembers"), owl("members")})
_LIST_PREDICATES = _MEMBER_PREDICATES | {RDF_FIRST, RDF_REST}
