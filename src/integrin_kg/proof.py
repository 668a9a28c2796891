"""Proofs: why a triple holds, down to the claims, and what is missing where it does not.

A proof is found from what holds, not from the order in which it came to hold, so it does not depend
on the history of additions and retractions: of all proofs the one with the fewest steps, ties broken
by the names of axioms and premises.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice, product

from pyoxigraph import Triple

from integrin_kg.backward import Backward, Derivation
from integrin_kg.rules import EQUALITY, Pattern, Rule

_MOST_TRIED = 2_000
_MOST_ALTERNATIVES = 25


@dataclass(frozen=True)
class Proof:
    """Why ``conclusion`` holds: the rule applied and proofs of its premises, or, without a rule, that
    it is asserted."""

    conclusion: Triple
    rule: Rule | None = None
    premises: tuple[Proof, ...] = ()

    @property
    def leaves(self) -> frozenset[Triple]:
        """The asserted triples that the proof rests on."""
        if self.rule is None:
            return frozenset([self.conclusion])
        return frozenset(leaf for premise in self.premises for leaf in premise.leaves)

    def steps(self) -> Iterator[Proof]:
        """Yield the proof's steps, premises before what is concluded from them, each once."""
        seen: set[Triple] = set()
        yield from self._steps(seen)

    def _steps(self, seen: set[Triple]) -> Iterator[Proof]:
        if self.conclusion in seen:
            return
        seen.add(self.conclusion)
        for premise in self.premises:
            yield from premise._steps(seen)
        yield self


@dataclass(frozen=True)
class Gap:
    """A rule that could have concluded a triple, and the premises that it lacks. A variable that is
    still open stands for whatever would do."""

    rule: Rule
    missing: tuple[Pattern, ...]


def prove(reasoner: Backward, triple: Triple) -> Proof | None:
    """Return the shortest proof of ``triple``; None where it does not hold."""
    if not reasoner.holds(triple):
        return None
    best = _cheapest(_ways_back(reasoner, triple))
    return _assembled(triple, best)


Ways = dict[Triple, list[Derivation]]


def _ways_back(reasoner: Backward, triple: Triple) -> Ways:
    """For ``triple`` and all that it may rest on, the one-step derivations; none for asserted ones."""
    ways: Ways = {}
    queue = [triple]
    for current in queue:
        if current in ways:
            continue
        asserted = reasoner.is_asserted(current)
        ways[current] = [] if asserted else sorted(reasoner.derivations(current), key=_name)
        queue += [premise for way in ways[current] for premise in way.premises if premise not in ways]
    return ways


def _name(way: Derivation) -> tuple[str, list[str]]:
    return way.rule.axiom, [str(premise) for premise in way.premises]


def _cheapest(ways: Ways) -> dict[Triple, Derivation | None]:
    """The derivation of each triple in its proof of fewest steps (Knuth 1977, A generalization of
    Dijkstra's algorithm): triples are settled in the order of their cost."""
    users: defaultdict[Triple, list[tuple[Triple, int]]] = defaultdict(list)
    open_premises: dict[tuple[Triple, int], set[Triple]] = {}
    number = count()
    heap: list[tuple[int, int, int, Triple, Derivation | None]] = []
    for triple, derivations in ways.items():
        if not derivations:
            heap.append((0, 0, next(number), triple, None))
        for index, way in enumerate(derivations):
            open_premises[triple, index] = set(way.premises)
            for premise in set(way.premises):
                users[premise].append((triple, index))
            if not way.premises:
                heap.append((1, index, next(number), triple, way))
    heapq.heapify(heap)
    cost: dict[Triple, int] = {}
    best: dict[Triple, Derivation | None] = {}
    while heap:
        price, _, _, triple, settled = heapq.heappop(heap)
        if triple in cost:
            continue
        cost[triple], best[triple] = price, settled
        for user, index in users[triple]:
            waiting = open_premises[user, index]
            waiting.discard(triple)
            if not waiting and user not in cost:
                derivation = ways[user][index]
                total = 1 + sum(cost[premise] for premise in derivation.premises)
                heapq.heappush(heap, (total, index, next(number), user, derivation))
    return best


def _assembled(triple: Triple, best: dict[Triple, Derivation | None]) -> Proof:
    way = best[triple]
    if way is None:
        return Proof(triple)
    return Proof(triple, way.rule, tuple(_assembled(premise, best) for premise in way.premises))


def prove_all(reasoner: Backward, triple: Triple, most: int = _MOST_ALTERNATIVES) -> list[Proof]:
    """Return proofs of ``triple`` that rest on different facts, the smallest first, ``most`` at most.

    Minimal ones only: none rests on all that another rests on and more. Of very many, not all are
    looked at.
    """
    if not reasoner.holds(triple):
        return []
    ways = _ways_back(reasoner, triple)
    found = sorted(islice(_alternatives(triple, ways, ()), _MOST_TRIED), key=_size)
    minimal: list[Proof] = []
    for proof in found:
        if not any(smaller.leaves <= proof.leaves for smaller in minimal):
            minimal.append(proof)
    return minimal[:most]


def _size(proof: Proof) -> int:
    return sum(1 for step in proof.steps() if step.rule)


def _alternatives(triple: Triple, ways: Ways, path: tuple[Triple, ...]) -> Iterator[Proof]:
    if not ways[triple]:
        yield Proof(triple)
        return
    for way in ways[triple]:
        if any(premise in path or premise == triple for premise in way.premises):
            continue
        options = (
            list(islice(_alternatives(p, ways, (*path, triple)), _MOST_ALTERNATIVES)) for p in way.premises
        )
        for premises in product(*options):
            yield Proof(triple, way.rule, premises)


def gaps(reasoner: Backward, triple: Triple) -> list[Gap]:
    """Return, for each rule that could conclude ``triple``, what it lacks to do so; those that lack
    least first."""
    named = ((rule, missing) for rule, missing in reasoner.shortfalls(triple) if rule.axiom != EQUALITY)
    found = [Gap(rule, missing) for rule, missing in named]
    return sorted(found, key=lambda gap: len(gap.missing))
