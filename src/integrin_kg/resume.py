"""Reasoning that goes on from what was concluded before, without concluding it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Triple

from integrin_kg.apart import groups_apart
from integrin_kg.backward import Derivation
from integrin_kg.facts import Facts
from integrin_kg.plans import Fact
from integrin_kg.reason import Change, Reasoner
from integrin_kg.rules import Rule

_UNRECORDED: Final[tuple[int, tuple[Fact, ...]]] = (-1, ())


class Resumed(Reasoner):
    """A reasoner that takes over, from a run with the same ``rules``, what was ``asserted`` and all that was
    ``inferred``. It proves and adds at once; how a triple was derived is not on record, so that whoever
    takes back or asks for what was taken over has everything concluded anew, once.

    >>> from pyoxigraph import NamedNode
    >>> from integrin_kg.rules import Rule, X, Y
    >>> p, q = NamedNode("http://example.org/p"), NamedNode("http://example.org/q")
    >>> rule = Rule("", "p SubPropertyOf q", ((X, p, Y),), (X, q, Y))
    >>> reasoner = Resumed([rule], [Triple(p, p, q)], [Triple(p, q, q)])
    >>> [str(premise.predicate) for premise in next(reasoner.derivations(Triple(p, q, q))).premises]
    ['<http://example.org/p>']
    """

    def __init__(self, rules: Iterable[Rule], asserted: Iterable[Triple], inferred: Iterable[Triple]) -> None:
        facts = Facts()
        super().__init__(rules, facts=facts)
        stated = list(asserted)
        self.tell_apart(groups_apart(stated))
        facts.lay(stated)
        for triple in inferred:
            facts.add(fact := facts.fact(triple))
            self._derived[fact] = _UNRECORDED
        self._inferred = frozenset(self._derived)
        self._recorded = False

    def retract(self, triples: Iterable[Triple]) -> Change:
        """Withdraw ``triples`` and what no longer follows without them."""
        given = list(triples)
        if any(self._was_taken_over(self._facts.fact(triple)) for triple in given):
            self._conclude_anew()
        return super().retract(given)

    def recorded(self, triple: Triple) -> Derivation | None:
        """Return the derivation that is on record for ``triple``; None where it is not inferred."""
        if self._was_taken_over(self._facts.fact(triple)):
            self._conclude_anew()
        return super().recorded(triple)

    def _was_taken_over(self, fact: Fact) -> bool:
        return not self._recorded and (self._facts.is_ground(fact) or fact in self._inferred)

    def _conclude_anew(self) -> None:
        self._restarted(self._held())
        self._recorded = True
