"""What a checked row of a table is: entities, claims, sections and references. No RDF here."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from integrin_kg.anchors import Anchor
from integrin_kg.vocab import BASE


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a file, a line (from 1) and a column's header.

    >>> str(Place("data/ligands.tsv", 7, "class"))
    'data/ligands.tsv:7: class'
    """

    file: str
    line: int
    column: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f": {self.column}" if self.column else "")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it is and how to mend it."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True)
class Entity:
    """A reference entity: what claims are about. ``kind`` is its class's IRI, ``path`` the segment
    of its own IRI that the class gives, ``facts`` and ``relations`` the further columns of its
    table as (property IRI, text) and (property IRI, name of an entity)."""

    name: str
    kind: str
    path: str
    slug: str
    label: str
    definition: str
    synonyms: tuple[str, ...] = ()
    exact_matches: tuple[str, ...] = ()
    close_matches: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    note: str = ""
    background: bool = False
    place: Place = field(default=Place("", 0), compare=False)

    @property
    def iri(self) -> str:
        """The entity's public IRI."""
        return f"{BASE}{self.path}/{self.slug}"


@dataclass(frozen=True)
class Quantity:
    """A number as a claim gives it: exact, rounded, or between bounds."""

    value: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    approximate: bool = False


@dataclass(frozen=True)
class Claim:
    """One atomic statement of the source. ``predicate`` is a property's IRI, ``context`` the
    (property IRI, entity) pairs under which it holds, empty where the source states none.

    A claim of the review has an anchor and a section; background knowledge names its ``sources``."""

    slug: str
    subject: Entity
    predicate: str
    object: Entity | None
    polarity: str
    effect: str
    evidence: Entity
    anchor: Anchor | None = None
    section: Section | None = None
    sources: tuple[Entity, ...] = ()
    context: tuple[tuple[str, Entity], ...] = ()
    phase: str = ""
    quantity: Quantity | None = None
    unit: str = ""
    certainty: str = ""
    references: tuple[int, ...] = ()
    contradicts: tuple[str, ...] = ()
    note: str = ""
    place: Place = field(default=Place("", 0), compare=False)

    @property
    def iri(self) -> str:
        """The claim's public IRI."""
        return f"{BASE}claim/{self.slug}"


@dataclass(frozen=True)
class Section:
    """A part of the source and the spans of text that it is made of: a figure's legend may
    interrupt it."""

    name: str
    slug: str
    spans: tuple[tuple[int, int], ...]

    @property
    def iri(self) -> str:
        """The section's public IRI."""
        return f"{BASE}section/{self.slug}"


@dataclass(frozen=True)
class Reference:
    """An entry of the review's reference list, by its number there."""

    number: int
    identifiers: tuple[str, ...] = ()
    confirmed: str = ""

    @property
    def iri(self) -> str:
        """The cited publication's public IRI."""
        return f"{BASE}publication/xiong-2021-ref-{self.number}"


@dataclass(frozen=True)
class Retired:
    """An entity that was published and is no more: its ``path`` (``protein/FAK1``) is never given to another.

    ``replacement`` is the name of the entity to use instead, empty where there is none, and ``reason`` the
    IRI of the reason for which it was retired."""

    path: str
    label: str
    replacement: str = ""
    reason: str = ""

    @property
    def iri(self) -> str:
        """The IRI that it had and keeps."""
        return f"{BASE}{self.path}"


@dataclass(frozen=True)
class Curation:
    """All that the tables say."""

    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    prefixes: dict[str, str]
    retired: tuple[Retired, ...] = ()
