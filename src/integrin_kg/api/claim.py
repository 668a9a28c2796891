"""Claims as objects: what is said, affirmed or denied, of what, in what context, on what evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, QuerySolution

from integrin_kg.anchors import Anchor
from integrin_kg.api.frames import Value, value
from integrin_kg.ontology import local_name

CONTEXT = (
    "inDisease", "inModel", "inAnatomy", "inCellPopulation", "viaPathway", "viaMolecule", "combinedWith",
    "trialPhase", "value", "minValue", "maxValue", "approximate", "unit",
)  # fmt: skip
"""What a claim may hold in, by or for: the local names of the properties."""


@dataclass(frozen=True, order=True)
class Named:
    """Something with an IRI, under the name that people know it by."""

    name: str
    iri: str = field(repr=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Claim:
    """What a source says. ``context`` has the values of the properties in :data:`CONTEXT` by their local
    names; ``certainty`` is "suggested" where the source offers no finding; ``references`` are the numbers
    that the review cites, ``sources`` the publications that the claim is drawn from, ``anchor`` where in its
    text."""

    iri: str
    says: str
    denied: bool
    subject: Named | Value
    predicate: Named | Value
    object: Named | Value
    effect: str | None
    certainty: str | None
    context: dict[str, tuple[str, ...]] = field(hash=False)
    evidence: tuple[str, ...]
    references: tuple[int, ...]
    sources: tuple[str, ...]
    section: str | None
    anchor: Anchor | None
    contradicts: tuple[str, ...]

    def __str__(self) -> str:
        return self.says


@dataclass
class _Said:
    """The values of a claim's properties, by their local names, and the numbers of its references."""

    values: dict[str, list[Named | Value]] = field(default_factory=lambda: defaultdict(list))
    references: set[int] = field(default_factory=set)

    def first(self, name: str) -> Named | Value:
        return self.values[name][0] if name in self.values else None

    def text(self, name: str) -> str | None:
        return None if (found := self.first(name)) is None else str(found)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(map(str, self.values.get(name, ()))))

    def iris(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(thing.iri for thing in self.values.get(name, ()) if isinstance(thing, Named)))


def named(term: object, label: object) -> Named | Value:
    """Return a thing under its label, or else the last segment of its IRI; a literal as its value."""
    if isinstance(term, NamedNode):
        return Named(str(value(label) or local_name(term)), term.value)
    return value(term)


def read(solutions: Iterable[QuerySolution], order: Iterable[str]) -> tuple[Claim, ...]:
    """Return the claims that an answer to ``queries/pages/claims.rq`` tells of, in that ``order`` of IRIs."""
    said: dict[str, _Said] = {iri: _Said() for iri in order}
    for row in solutions:
        claim = said[row["thing"].value]
        claim.values[local_name(row["property"])].append(named(row["value"], row["label"]))
        if row["number"] is not None:
            claim.references.add(int(row["number"].value))
    return tuple(_claim(iri, claim) for iri, claim in said.items())


def _claim(iri: str, said: _Said) -> Claim:
    start, end, sha256 = (said.text(f"anchor{part}") for part in ("Start", "End", "Sha256"))
    return Claim(
        iri=iri,
        says=said.text("label") or local_name(NamedNode(iri)),
        denied=said.text("polarity") == "negative",
        subject=said.first("claimSubject"),
        predicate=said.first("claimPredicate"),
        object=said.first("claimObject"),
        effect=said.text("effect"),
        certainty=said.text("certainty"),
        context={name: said.texts(name) for name in CONTEXT if name in said.values},
        evidence=said.texts("evidenceKind"),
        references=tuple(sorted(said.references)),
        sources=said.texts("wasDerivedFrom"),
        section=said.text("inSection"),
        anchor=Anchor(int(start), int(end), sha256) if start and end and sha256 else None,
        contradicts=said.iris("contradicts"),
    )
