"""Facts by number: terms interned, triples indexed from both ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pyoxigraph import Triple

from integrin_kg.ontology import Term
from integrin_kg.plans import Atom, Fact

_NONE: dict[int, dict[int, None]] = {}

Index = defaultdict[int, defaultdict[int, dict[int, None]]]


class Facts:
    """An index of facts, which says what matches an atom."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self._numbers: dict[Term, int] = {}
        self._by_subject: Index = defaultdict(_sets)
        self._by_object: Index = defaultdict(_sets)

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

    def add(self, fact: Fact) -> None:
        """Index ``fact``."""
        s, p, o = fact
        self._by_subject[p][s][o] = None
        self._by_object[p][o][s] = None

    def remove(self, fact: Fact) -> None:
        """Take ``fact`` out of the index, if it is there."""
        s, p, o = fact
        self._by_subject[p][s].pop(o, None)
        self._by_object[p][o].pop(s, None)

    def has_predicate(self, predicate: int) -> bool:
        """Return whether any fact was ever indexed under ``predicate``."""
        return predicate in self._by_subject

    def objects(self, subject: int, predicate: int) -> dict[int, None]:
        """Return the objects of the facts with that subject and predicate."""
        return self._by_subject.get(predicate, _NONE).get(subject, {})

    def subjects(self, predicate: int, value: int) -> dict[int, None]:
        """Return the subjects of the facts with that predicate and object."""
        return self._by_object.get(predicate, _NONE).get(value, {})

    def matches(self, atom: Atom) -> Iterator[Fact]:
        """Yield the facts that fit ``atom``, save that a variable may stand in it twice."""
        s, p, o = atom
        for predicate in [p] if p >= 0 else list(self._by_subject):
            if s >= 0 and o >= 0:
                if o in self.objects(s, predicate):
                    yield (s, predicate, o)
            elif s >= 0:
                yield from ((s, predicate, value) for value in self.objects(s, predicate))
            elif o >= 0:
                yield from ((subject, predicate, o) for subject in self.subjects(predicate, o))
            else:
                for subject, values in self._by_subject.get(predicate, _NONE).items():
                    yield from ((subject, predicate, value) for value in values)


def _sets() -> defaultdict[int, dict[int, None]]:
    return defaultdict(dict)
