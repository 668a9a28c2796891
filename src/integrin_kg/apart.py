"""What says that things are different from one another: no fact that a rule joins, but a condition of rules.

https://www.w3.org/TR/owl2-syntax/#Individual_Inequality
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import BlankNode, NamedNode, Triple

from integrin_kg.ontology import Ontology, Term
from integrin_kg.vocab import RDF_FIRST, RDF_REST, owl

_DIFFERENT_FROM = owl("differentFrom")
_MEMBER_PREDICATES = frozenset({owl("distinctMembers"), owl("members")})
_LIST_PREDICATES = _MEMBER_PREDICATES | {RDF_FIRST, RDF_REST}
TELLING = _LIST_PREDICATES | {_DIFFERENT_FROM}
"""The predicates of what says so."""


def tell_apart(triples: Iterable[Triple]) -> bool:
    """Return whether any of ``triples`` says, or is part of saying, that things are different."""
    return any(triple.predicate in TELLING for triple in triples)


def groups_apart(triples: Iterable[Triple]) -> list[list[Term]]:
    """Return the groups of things that are different from one another, by owl:AllDifferent and
    owl:differentFrom."""
    given = list(triples)
    lists = Ontology(triple for triple in given if triple.predicate in _LIST_PREDICATES)
    heads = [t.object for t in lists.triples if t.predicate in _MEMBER_PREDICATES]
    groups: list[list[Term]] = [lists.items(h) for h in heads if isinstance(h, (NamedNode, BlankNode))]
    return groups + [[t.subject, t.object] for t in given if t.predicate == _DIFFERENT_FROM]
