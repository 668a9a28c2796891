"""Entities as objects: their names, what is stated of them and what follows, and the claims about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, QuerySolution

from integrin_kg.api.claim import Claim, Named, named
from integrin_kg.api.frames import Value
from integrin_kg.ontology import local_name
from integrin_kg.vocab import (
    BASE,
    DEFINITION,
    EXACT_MATCH,
    EXACT_SYNONYM,
    INFERRED_GRAPH,
    OWL,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
)

_SYNONYMS = (EXACT_SYNONYM.value, PREFIXES["oboInOwl"] + "hasRelatedSynonym")
_ASIDE = (BASE + "claim/", OWL)  # claims are told apart; that a thing is an individual says nothing


@dataclass(frozen=True)
class Statement:
    """A triple about an entity, as its subject or its object; whether it is inferred or stated."""

    subject: Named
    predicate: Named
    object: Named | Value
    inferred: bool

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"


@dataclass(frozen=True)
class Entity:
    """A thing of the graph, with all that is said of it: ``statements`` are sorted, stated ones first."""

    iri: str
    label: str
    statements: tuple[Statement, ...] = field(repr=False)
    claims: tuple[Claim, ...] = field(repr=False)

    @property
    def definition(self) -> str:
        """What it is, in a sentence."""
        return " ".join(map(str, self.values(DEFINITION.value)))

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Its other names."""
        return tuple(str(name) for property_ in _SYNONYMS for name in self.values(property_))

    @property
    def matches(self) -> tuple[str, ...]:
        """The IRIs that other databases have for it."""
        return tuple(match.iri for match in self.values(EXACT_MATCH.value) if isinstance(match, Named))

    @property
    def types(self) -> tuple[Named, ...]:
        """The classes that it is stated to be in."""
        return self._types(inferred=False)

    @property
    def inferred_types(self) -> tuple[Named, ...]:
        """The classes that it follows to be in."""
        return self._types(inferred=True)

    @property
    def affirmed(self) -> tuple[Claim, ...]:
        """The claims about it that their sources affirm."""
        return tuple(claim for claim in self.claims if not claim.denied)

    @property
    def denied(self) -> tuple[Claim, ...]:
        """The claims about it that their sources deny."""
        return tuple(claim for claim in self.claims if claim.denied)

    def values(self, predicate: str) -> tuple[Named | Value, ...]:
        """Return what a property (its IRI, local name or label) has for it."""
        return tuple(statement.object for statement in self._own(predicate))

    def _own(self, predicate: str) -> list[Statement]:
        own = (said for said in self.statements if said.subject.iri == self.iri)
        return [said for said in own if predicate in _names(said.predicate)]

    def _types(self, inferred: bool) -> tuple[Named, ...]:
        found = (said.object for said in self._own(RDF_TYPE.value) if said.inferred == inferred)
        return tuple(kind for kind in found if isinstance(kind, Named))

    def __str__(self) -> str:
        kinds = dict.fromkeys((*self.types, *self.inferred_types))
        return f"{self.label} ({', '.join(map(str, kinds))})"


def _names(predicate: Named) -> tuple[str, str, str]:
    return predicate.iri, predicate.name, local_name(NamedNode(predicate.iri))


def read(iri: str, solutions: Iterable[QuerySolution], claims: tuple[Claim, ...]) -> Entity:
    """Return the entity ``iri`` that an answer to ``queries/pages/entity.rq`` tells of."""
    rows = list(solutions)
    labels = [row["value"].value for row in rows if _is_own(row) and row["property"] == RDFS_LABEL]
    itself = Named(min(labels, default=local_name(NamedNode(iri))), iri)
    said: dict[tuple[object, ...], Statement] = {}
    for row in sorted((row for row in rows if _tells(row)), key=_order):
        statement = _statement(itself, row)
        said.setdefault((statement.subject, statement.predicate, statement.object), statement)
    return Entity(iri, itself.name, tuple(said.values()), claims)


def _is_own(row: QuerySolution) -> bool:
    return bool(row["direction"].value == "is")


def _tells(row: QuerySolution) -> bool:
    return not (isinstance(row["value"], NamedNode) and row["value"].value.startswith(_ASIDE))


def _order(row: QuerySolution) -> tuple[bool, bool, str, str]:
    inferred = row["graph"] == INFERRED_GRAPH
    return inferred, not _is_own(row), str(row["property"]), str(row["valueLabel"] or row["value"])


def _statement(itself: Named, row: QuerySolution) -> Statement:
    predicate, other = named(row["property"], row["propertyLabel"]), named(row["value"], row["valueLabel"])
    assert isinstance(predicate, Named)
    inferred = row["graph"] == INFERRED_GRAPH
    if _is_own(row):
        return Statement(itself, predicate, other, inferred)
    assert isinstance(other, Named)
    return Statement(other, predicate, itself, inferred)
