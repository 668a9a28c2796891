"""What proofs are found from where the facts lie in another engine: rules run backwards here, facts asked of
the engine there.

All that is known of one thing is asked for at once and remembered, and of many things together: what a proof
wants next is nearly always more about a thing that it has met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import BlankNode, NamedNode, Triple

from integrin_kg.apart import groups_apart
from integrin_kg.backward import Backward
from integrin_kg.facts import Facts, Numbered
from integrin_kg.plans import Atom, Fact
from integrin_kg.reason import Change, Reasoner
from integrin_kg.remote.endpoint import Dataset, Endpoint
from integrin_kg.rules import Rule

_MOST = 1_000
_TOGETHER = 200
_BESIDE = 50

About = dict[int, dict[int, None]]


class AskedFacts(Numbered):
    """The facts of an engine's graphs, by number, as they are asked for: see
    :class:`~integrin_kg.backward.Index`. Of facts about nothing in particular only some are found."""

    def __init__(self, endpoint: Endpoint, graphs: Sequence[str]) -> None:
        super().__init__()
        self.endpoint, self.dataset = endpoint, Dataset(tuple(graphs))
        self._about: dict[int, About] = {}
        self._subjects: dict[tuple[int, int], list[int]] = {}
        self._pointed: dict[int, About] = {}
        self._some: dict[int, list[Fact]] = {}
        self._met: list[int] = []

    def objects(self, subject: int, predicate: int) -> Iterable[int]:
        """Return the objects of the facts with that subject and predicate."""
        return self._known(subject).get(predicate, {})

    def subjects(self, predicate: int, value: int) -> Iterable[int]:
        """Return the subjects of the facts with that predicate and object."""
        key = predicate, value
        if value in self._pointed:
            return self._pointed[value].get(predicate, ())
        if key not in self._subjects:
            self._subjects[key] = list(self._ask_subjects(predicate, value))
            self.learn(self._subjects[key][:_TOGETHER])
            self._met += self._subjects[key][_TOGETHER:]
        return self._subjects[key]

    def matches(self, atom: Atom) -> Iterator[Fact]:
        """Yield the facts that fit ``atom``, save that a variable may stand in it twice."""
        s, p, o = atom
        if s >= 0:
            known = self._known(s)
            for predicate in [p] if p >= 0 else list(known):
                values = known.get(predicate, {})
                yield from ((s, predicate, value) for value in values if o < 0 or value == o)
        elif p < 0:
            return  # what holds of something under whatever property: no step of a proof begins there
        elif o >= 0:
            yield from ((subject, p, o) for subject in self.subjects(p, o))
        else:
            yield from self._any(p)

    # ---- asking -------------------------------------------------------------------------------

    def _known(self, subject: int) -> About:
        if subject not in self._about:
            latest, self._met = self._met[-_BESIDE:], self._met[:-_BESIDE]
            self.learn([subject, *latest])
        return self._about[subject]

    def learn(self, subjects: Iterable[int]) -> None:
        """Ask for all that is known of ``subjects``, at once."""
        new = [number for number in dict.fromkeys(subjects) if number not in self._about]
        for number in new:
            self._about[number] = defaultdict(dict)
        things = [str(self.terms[n]) for n in new if isinstance(self.terms[n], NamedNode)]
        if not things:
            return  # of a blank node nothing can be asked, and a literal has no facts
        rows = self.endpoint.table(
            f"SELECT ?s ?p ?o {{ VALUES ?s {{ {' '.join(things)} }} ?s ?p ?o }}", self.dataset
        )
        for row in rows:
            s, p, o = (self.number(row[name]) for name in ("s", "p", "o"))
            self._about[s][p][o] = None
            if o not in self._about:
                self._met.append(o)

    def learn_pointing(self, values: Iterable[int]) -> None:
        """Ask for all facts that have one of ``values`` as their object, at once."""
        things = [n for n in dict.fromkeys(values) if isinstance(self.terms[n], NamedNode)]
        for number in things:
            self._pointed[number] = defaultdict(dict)
        named = " ".join(str(self.terms[n]) for n in things)
        rows = self.endpoint.table(f"SELECT ?s ?p ?o {{ VALUES ?o {{ {named} }} ?s ?p ?o }}", self.dataset)
        for row in rows:
            s, p, o = (self.number(row[name]) for name in ("s", "p", "o"))
            self._pointed[o][p][s] = None

    def _ask_subjects(self, predicate: int, value: int) -> Iterator[int]:
        if not any(True for _ in self._any(predicate)) or isinstance(self.terms[value], BlankNode):
            return
        pattern = f"?s {self.terms[predicate]} {self.terms[value]}"
        for row in self.endpoint.table(f"SELECT DISTINCT ?s {{ {pattern} }}", self.dataset):
            yield self.number(row["s"])

    def _any(self, predicate: int) -> list[Fact]:
        """Some facts under ``predicate``."""
        if predicate not in self._some:
            text = f"SELECT DISTINCT ?s ?o {{ ?s {self.terms[predicate]} ?o }} LIMIT {_MOST}"
            rows = self.endpoint.table(text, self.dataset)
            self._some[predicate] = [
                (self.number(row["s"]), predicate, self.number(row["o"])) for row in rows
            ]
        return self._some[predicate]


class AskedReasoner(Backward):
    """What follows by ``rules`` in an engine, of which ``asserted`` and all ``graphs`` are read; ``apart``
    are the triples by which things are different."""

    def __init__(
        self,
        endpoint: Endpoint,
        rules: Iterable[Rule],
        asserted: Sequence[str],
        graphs: Sequence[str],
        apart: Iterable[Triple] = (),
    ) -> None:
        self._all = AskedFacts(endpoint, graphs)
        self._stated = AskedFacts(endpoint, asserted)
        super().__init__(rules, self._all)
        self.tell_apart(groups_apart(apart))

    def holds(self, triple: Triple) -> bool:
        """Return whether ``triple`` is asserted or follows."""
        return _there(self._all, triple)

    def is_asserted(self, triple: Triple) -> bool:
        """Return whether ``triple`` is stated; one about a blank node, about which nothing is ever
        concluded, is."""
        return isinstance(triple.subject, BlankNode) or _there(self._stated, triple)

    def _size(self) -> int:
        return 0  # the limit is then what may be tried on little, which is enough for one proof


class Supposed(AskedFacts):
    """An engine's facts, and some that are supposed beside them."""

    def __init__(self, endpoint: Endpoint, graphs: Sequence[str]) -> None:
        super().__init__(endpoint, graphs)
        self._added = Facts()

    def add(self, fact: Fact) -> None:
        """Suppose ``fact``."""
        self._added.add(fact)

    def remove(self, fact: Fact) -> None:
        """Suppose it no longer."""
        self._added.remove(fact)

    def is_ground(self, fact: Fact) -> bool:
        """Return whether ``fact`` was there before all that was supposed: none that is known here."""
        return False

    def ground(self) -> Iterable[Fact]:
        """Yield these."""
        return ()

    def ground_size(self) -> int:
        """Return how many these are."""
        return 0

    def has_predicate(self, predicate: int) -> bool:
        """Return whether there may be a fact under ``predicate``: only asking would tell."""
        return True

    def objects(self, subject: int, predicate: int) -> Iterable[int]:
        """Return the objects of the facts with that subject and predicate."""
        both = *super().objects(subject, predicate), *self._added.objects(subject, predicate)
        return dict.fromkeys(both)

    def subjects(self, predicate: int, value: int) -> Iterable[int]:
        """Return the subjects of the facts with that predicate and object."""
        both = *super().subjects(predicate, value), *self._added.subjects(predicate, value)
        return dict.fromkeys(both)

    def matches(self, atom: Atom) -> Iterator[Fact]:
        """Yield the facts that fit ``atom``, save that a variable may stand in it twice."""
        yield from dict.fromkeys((*super().matches(atom), *self._added.matches(atom)))


class SupposingReasoner(Reasoner):
    """What would follow in an engine by ``rules`` from facts that are added here and nowhere else: joined
    with those of the engine's ``graphs``, of which some are ``asserted``."""

    def __init__(
        self,
        endpoint: Endpoint,
        rules: Iterable[Rule],
        asserted: Sequence[str],
        graphs: Sequence[str],
        apart: Iterable[Triple] = (),
    ) -> None:
        self._supposed = Supposed(endpoint, graphs)
        self._stated = AskedFacts(endpoint, asserted)
        super().__init__(rules, facts=self._supposed)
        self.tell_apart(groups_apart(apart))

    def suppose(self, triples: Iterable[Triple]) -> Change:
        """Add those of ``triples`` that are not stated already; return what follows, as :meth:`add` does."""
        given = list(triples)
        for facts in (self._supposed, self._stated):
            subjects = [facts.number(triple.subject) for triple in given]
            facts.learn(subjects)
            facts.learn_pointing(subjects)
        return self.add(triple for triple in given if not self.is_asserted(triple))

    def holds(self, triple: Triple) -> bool:
        """Return whether ``triple`` is asserted or follows, there or here."""
        return super().holds(triple) or _there(self._supposed, triple)

    def is_asserted(self, triple: Triple) -> bool:
        """Return whether ``triple`` is stated there or supposed here."""
        stated = isinstance(triple.subject, BlankNode) or _there(self._stated, triple)
        return stated or super().is_asserted(triple)

    def _is_known(self, fact: Fact) -> bool:
        return super()._is_known(fact) or any(True for _ in self._supposed.matches(fact))


def _there(facts: AskedFacts, triple: Triple) -> bool:
    return any(True for _ in facts.matches(facts.fact(triple)))
