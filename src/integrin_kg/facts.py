"""Facts by number: terms interned, triples indexed from both ends."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from pyoxigraph import Triple

from integrin_kg.ground import Ground
from integrin_kg.ontology import Term
from integrin_kg.plans import Atom, Fact

_NONE: dict[int, dict[int, None]] = {}
_NOTHING: dict[int, None] = {}

Index = defaultdict[int, defaultdict[int, dict[int, None]]]


class Numbered:
    """Terms by number, in the order met."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self._numbers: dict[Term, int] = {}

    def number(self, term: Term) -> int:
        """Return the number of ``term``, a new one for a term not met before."""
        found = self._numbers.get(term)
        if found is None:
            found = self._numbers[term] = len(self.terms)
            self.terms.append(term)
        return found

    def fact(self, triple: Triple) -> Fact:
        """Return ``triple`` as numbers."""
        return (self.number(triple.subject), self.number(triple.predicate), self.number(triple.object))


class Facts(Numbered):
    """An index of facts, which says what matches an atom. What is there from the beginning, the ground, lies
    packed; what comes later lies beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._ground: dict[int, Ground] = {}
        self._by_subject: Index = defaultdict(_sets)
        self._by_object: Index = defaultdict(_sets)

    # ---- the ground ---------------------------------------------------------------------------

    def lay(self, triples: Iterable[Triple]) -> None:
        """Lay the ground: index ``triples``, once and before all else. What of them is there already is
        theirs."""
        found: defaultdict[int, array[int]] = defaultdict(lambda: array("Q"))
        for triple in triples:
            s, p, o = self.fact(triple)
            found[p].append(s << 32 | o)
        while found:
            predicate, pairs = found.popitem()
            self._ground[predicate] = Ground(pairs)
        for fact in [fact for fact in self._later() if self.is_ground(fact)]:
            self._forget(fact)

    def is_ground(self, fact: Fact) -> bool:
        """Return whether ``fact`` is of the ground, and was not taken away."""
        ground = self._ground.get(fact[1])
        return ground is not None and ground.has(fact[0], fact[2])

    def ground(self) -> Iterator[Fact]:
        """Yield the facts of the ground."""
        for predicate, ground in self._ground.items():
            yield from ((s, predicate, o) for s, o in ground)

    def ground_size(self) -> int:
        """Return how many these are."""
        return sum(map(len, self._ground.values()))

    # ---- one fact -----------------------------------------------------------------------------

    def add(self, fact: Fact) -> None:
        """Index ``fact``."""
        if self.is_ground(fact):
            return
        s, p, o = fact
        self._by_subject[p][s][o] = None
        self._by_object[p][o][s] = None

    def remove(self, fact: Fact) -> None:
        """Take ``fact`` out of the index, if it is there."""
        if self.is_ground(fact):
            self._ground[fact[1]].take(fact[0], fact[2])
        else:
            self._forget(fact)

    def _forget(self, fact: Fact) -> None:
        s, p, o = fact
        self._by_subject[p][s].pop(o, None)
        self._by_object[p][o].pop(s, None)

    # ---- what matches -------------------------------------------------------------------------

    def has_predicate(self, predicate: int) -> bool:
        """Return whether any fact was ever indexed under ``predicate``."""
        return predicate in self._by_subject or predicate in self._ground

    def count(self, atom: Atom) -> int:
        """Return how many facts :meth:`matches` would yield, or more."""
        s, p, o = atom
        if p < 0:
            return self.ground_size() + sum(1 for _ in self._later())
        later, ground = self._by_subject.get(p, _NONE), self._ground.get(p)
        if s < 0 and o < 0:
            return sum(map(len, later.values())) + (len(ground) if ground else 0)
        return len(self.objects(s, p)) if o < 0 else len(self.subjects(p, o))

    def objects(self, subject: int, predicate: int) -> Collection[int]:
        """Return the objects of the facts with that subject and predicate."""
        later = self._by_subject.get(predicate, _NONE).get(subject, _NOTHING)
        ground = self._ground.get(predicate)
        return [*ground.objects(subject), *later] if ground else later

    def subjects(self, predicate: int, value: int) -> Collection[int]:
        """Return the subjects of the facts with that predicate and object."""
        later = self._by_object.get(predicate, _NONE).get(value, _NOTHING)
        ground = self._ground.get(predicate)
        return [*ground.subjects(value), *later] if ground else later

    def matches(self, atom: Atom) -> Iterator[Fact]:
        """Yield the facts that fit ``atom``, save that a variable may stand in it twice."""
        s, p, o = atom
        for predicate in [p] if p >= 0 else list({**self._ground, **self._by_subject}):
            if s >= 0 and o >= 0:
                if o in self._by_subject.get(predicate, _NONE).get(s, _NOTHING) or self.is_ground(
                    (s, predicate, o)
                ):
                    yield (s, predicate, o)
            elif s >= 0:
                yield from ((s, predicate, value) for value in self.objects(s, predicate))
            elif o >= 0:
                yield from ((subject, predicate, o) for subject in self.subjects(predicate, o))
            else:
                if predicate in self._ground:
                    yield from ((subject, predicate, value) for subject, value in self._ground[predicate])
                for subject, values in self._by_subject.get(predicate, _NONE).items():
                    yield from ((subject, predicate, value) for value in values)

    def one_each(self, predicate: int, *, by_object: bool) -> Iterator[Fact]:
        """Yield one fact under ``predicate`` for each subject or, ``by_object``, for each object."""
        seen: set[int] = set()
        if predicate in self._ground:
            for s, o in self._ground[predicate].one_each(by_object=by_object):
                seen.add(o if by_object else s)
                yield (s, predicate, o)
        ends = (self._by_object if by_object else self._by_subject).get(predicate, _NONE)
        for end, others in ends.items():
            if end not in seen and others:
                other = next(iter(others))
                yield (other, predicate, end) if by_object else (end, predicate, other)

    def _later(self) -> Iterator[Fact]:
        for predicate, by_subject in self._by_subject.items():
            for subject, values in by_subject.items():
                yield from ((subject, predicate, value) for value in values)


def _sets() -> defaultdict[int, dict[int, None]]:
    return defaultdict(dict)
