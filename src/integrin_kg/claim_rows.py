"""Claims tables, checked: a row in, a claim out, or every problem of the row."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import NamedNode

from integrin_kg.anchors import Anchor
from integrin_kg.entity_rows import SLUG, allowed_values
from integrin_kg.ontology import Ontology
from integrin_kg.records import Claim, Entity, Place, Problem, Quantity, Section
from integrin_kg.spelling import did_you_mean, with_article
from integrin_kg.text import fold
from integrin_kg.tsv import Row
from integrin_kg.vocab import RDF_TYPE, ikg, owl

CLAIM_COLUMNS = (
    "claim", "subject", "predicate", "object", "polarity", "effect", "disease", "model", "anatomy",
    "cell population", "pathway", "molecule", "evidence", "certainty", "phase", "value", "unit",
    "combined with", "references", "contradicts", "note", "anchor", "sha256",
)  # fmt: skip

BACKGROUND_COLUMNS = ("claim", "subject", "predicate", "object", "polarity", "evidence", "source", "note")
"""The columns of a table of background claims: what is known beside the review, by its sources."""

NAME_COLUMNS = {
    "subject": "claimSubject",
    "object": "claimObject",
    "evidence": "evidenceKind",
    "disease": "inDisease",
    "model": "inModel",
    "anatomy": "inAnatomy",
    "cell population": "inCellPopulation",
    "pathway": "viaPathway",
    "molecule": "viaMolecule",
    "combined with": "combinedWith",
}
"""The columns that name entities, and the property of a claim that each is; the property's range
is the class that they must be in."""

SINGLE = ("subject", "object", "evidence")
"""Those of them that name one entity, and are no context."""

PHASES = ("preclinical", "I", "I/II", "II", "III", "approved")

TRIALS = ("I", "I/II", "II", "III")
"""Those of the phases that are trials in patients."""

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_QUANTITY = re.compile(f"(<=|>=|<|>|~)?({_NUMBER})|(~)?({_NUMBER})-({_NUMBER})")
_SPAN = re.compile(r"(\d+)-(\d+)")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RESOLVE = "run integrin-kg fmt --source review.txt"

Named = dict[str, tuple[Entity, ...]]


def section_at(sections: Iterable[Section], offset: int) -> Section | None:
    """Return the section that the character at ``offset`` stands in, or None outside the text."""
    inside = (s for s in sections if any(start <= offset < end for start, end in s.spans))
    return next(inside, None)


def quantity(text: str) -> Quantity:
    """Return the quantity that a value cell gives; :class:`ValueError` where it is none.

    >>> quantity("<75").maximum, quantity("30-100").minimum, quantity("~150").approximate
    (Decimal('75'), Decimal('30'), True)
    """
    match = _QUANTITY.fullmatch(text)
    if match is None or (match[4] and Decimal(match[4]) > Decimal(match[5])):
        raise ValueError(f"{text!r} is no number like 40, 33.4, <75, >=10, ~150 or 30-100")
    if match[4]:
        return Quantity(minimum=Decimal(match[4]), maximum=Decimal(match[5]), approximate=match[3] == "~")
    sign, first = match[1], Decimal(match[2])
    if sign in ("<", "<="):
        return Quantity(maximum=first)
    if sign in (">", ">="):
        return Quantity(minimum=first)
    return Quantity(first, approximate=sign == "~")


@dataclass
class ClaimReader:
    """Turns rows into claims by the ontology and by what the other tables name."""

    ontology: Ontology
    entities: Mapping[str, Entity]
    sections: Collection[Section]
    references: Collection[int]
    problems: list[Problem]
    unreadable: Collection[str] = ()
    """The names of entities whose own rows are at fault: reported there, and not again here."""

    def read(self, rows: list[Row]) -> list[Claim]:
        """Return the claims; a slug taken twice and a contradiction with none are problems."""
        claims: dict[str, Claim] = {}
        places: dict[str, Place] = {}
        for row in rows:
            claim = self._claim(row)
            if row["claim"] in places:
                self._report(row, "claim", f"{row['claim']!r} is taken, at {places[row['claim']]}")
            elif row["claim"]:
                places[row["claim"]] = row.place("claim")
            if claim:
                claims.setdefault(claim.slug, claim)
        slugs = {row["claim"] for row in rows}
        for row in rows:
            for other in row.values("contradicts"):
                if other not in slugs:
                    self._report(row, "contradicts", f"no claim {other!r}{did_you_mean(other, slugs)}")
        self._check_denials(claims.values())
        return list(claims.values())

    def _check_denials(self, claims: Collection[Claim]) -> None:
        """Report what is affirmed and denied in one and the same context, no contradiction noted."""
        affirmed = {_said(claim): claim for claim in claims if claim.polarity == "positive"}
        for claim in claims:
            other = affirmed.get(_said(claim)) if claim.polarity == "negative" else None
            if other and claim.slug not in other.contradicts and other.slug not in claim.contradicts:
                text = f"denies what {other.slug!r} affirms in the same context: note it in 'contradicts'"
                self.problems.append(Problem(claim.place, text))

    def _report(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.place(column), text))

    def _claim(self, row: Row) -> Claim | None:
        before = len(self.problems)
        named = {column: self._named(row, column) for column in NAME_COLUMNS}
        predicate = self._predicate(row, named)
        amount = self._quantity(row)
        self._check_enumerated(row)
        self._check_cells(row)
        anchor = self._anchor(row)
        section = self._section(row, anchor)
        sources = self._sources(row)
        unread = any(name in self.unreadable for column in NAME_COLUMNS for name in row.values(column))
        if unread or len(self.problems) > before or predicate is None:
            return None
        return Claim(
            slug=row["claim"],
            subject=named["subject"][0],
            predicate=predicate.value,
            object=next(iter(named["object"]), None),
            polarity=row["polarity"],
            effect=row["effect"],
            certainty=row["certainty"],
            evidence=named["evidence"][0],
            anchor=anchor,
            section=section,
            sources=sources,
            context=tuple(
                (ikg(prop).value, entity)
                for column, prop in NAME_COLUMNS.items()
                for entity in named[column]
                if column not in SINGLE
            ),
            phase=row["phase"],
            quantity=amount,
            unit=row["unit"],
            references=tuple(int(number) for number in row.values("references")),
            contradicts=tuple(row.values("contradicts")),
            note=row["note"],
            place=row.place("claim"),
        )

    def _named(self, row: Row, column: str) -> tuple[Entity, ...]:
        found = []
        kinds = self.ontology.ranges(ikg(NAME_COLUMNS[column]))
        for name in row.values(column):
            entity = self.entities.get(name)
            if entity is None and name in self.unreadable:
                continue
            if entity is None:
                self._report(row, column, f"no entity {name!r}{self._near(name)}")
            elif kinds and not self._is_a(entity, *kinds):
                wanted = f"{self._either(kinds)} must stand"
                self._report(row, column, f"{name!r} is {self._kind(entity)}, where {wanted}")
            else:
                found.append(entity)
        if not row[column] and column in ("subject", "evidence"):
            self._report(row, column, "must not be empty")
        if len(found) > 1 and column in SINGLE:
            self._report(row, column, "names more than one entity: write a claim for each")
        return tuple(found)

    def _near(self, name: str) -> str:
        for entity in self.entities.values():
            if fold(name) in map(fold, (entity.name, *entity.synonyms)):
                return f", did you mean {entity.name!r}?"
        return did_you_mean(name, self.entities)

    def _is_a(self, entity: Entity, *kinds: NamedNode) -> bool:
        return any(self.ontology.is_a(NamedNode(entity.kind), kind) for kind in kinds)

    def _either(self, kinds: Iterable[NamedNode]) -> str:
        return " or ".join(with_article(self.ontology.label(kind)) for kind in kinds)

    def _kind(self, entity: Entity) -> str:
        return with_article(self.ontology.label(NamedNode(entity.kind)))

    def _predicate(self, row: Row, named: Named) -> NamedNode | None:
        term = self.ontology.property_named(row["predicate"]) if row["predicate"] else None
        if term is None:
            known = map(self.ontology.label, self.ontology.property_names.values())
            near = did_you_mean(row["predicate"], known)
            self._report(row, "predicate", f"no property {row['predicate']!r}{near}")
            return None
        self._check_effect(row, term)
        self._check_trial(row, named)
        self._check_end(row, "subject", self.ontology.domains(term), named)
        if owl("ObjectProperty") in self.ontology.objects(term, RDF_TYPE):  # else its value is the number
            self._check_end(row, "object", self.ontology.ranges(term), named)
        return term

    def _check_effect(self, row: Row, predicate: NamedNode) -> None:
        needed = self.ontology.value(predicate, ikg("neverFlattened")) is not None
        if needed and not row["effect"]:
            self._report(row, "effect", f"{row['predicate']!r} says nothing without an effect")
        if row["effect"] and not needed:
            self._report(row, "effect", f"{row['predicate']!r} takes no effect: it says which way itself")

    def _check_trial(self, row: Row, named: Named) -> None:
        somewhere = row["disease"] or any(self._is_a(entity, ikg("Disease")) for entity in named["object"])
        if row["phase"] in TRIALS and not somewhere:
            self._report(row, "disease", f"an effect in phase {row['phase']} is one in a disease: name it")

    def _check_end(self, row: Row, column: str, wanted: list[NamedNode], named: Named) -> None:
        for entity in named[column]:
            if wanted and not self._is_a(entity, *wanted):
                rule = f"the {column} of {row['predicate']!r} must be {self._either(wanted)}"
                self._report(row, column, f"{entity.name!r} is {self._kind(entity)}; {rule}")

    def _check_enumerated(self, row: Row) -> None:
        allowed = {
            "polarity": allowed_values(self.ontology, ikg("polarity")),
            "effect": ["", *allowed_values(self.ontology, ikg("effect"))],
            "certainty": ["", *allowed_values(self.ontology, ikg("certainty"))],
            "phase": ["", *PHASES],
        }
        for column, values in allowed.items():
            if row[column] not in values:
                self._report(row, column, f"{row[column]!r} is none of {', '.join(filter(None, values))}")

    def _check_cells(self, row: Row) -> None:
        if not SLUG.fullmatch(row["claim"]):
            self._report(row, "claim", f"{row['claim']!r} is no slug: leave it empty and run integrin-kg fmt")
        if not row["object"] and not row["value"]:
            self._report(row, "object", "a claim needs an object or a value")
        if bool(row["value"]) != bool(row["unit"]):
            self._report(row, "unit", "a value and its unit go together")
        for number in row.values("references"):
            if not (number.isascii() and number.isdecimal()) or int(number) not in self.references:
                self._report(row, "references", f"{number!r} is no reference that the text cites")

    def _quantity(self, row: Row) -> Quantity | None:
        try:
            return quantity(row["value"]) if row["value"] else None
        except ValueError as error:
            self._report(row, "value", str(error))
            return None

    def _sources(self, row: Row) -> tuple[Entity, ...]:
        found = []
        kind = ikg("Publication")
        for name in row.values("source"):
            if name in self.entities and self._is_a(self.entities[name], kind):
                found.append(self.entities[name])
            elif name not in self.unreadable:
                known = (other.name for other in self.entities.values() if self._is_a(other, kind))
                self._report(row, "source", f"no publication {name!r}{did_you_mean(name, known)}")
        if _is_background(row) and not row["source"]:
            self._report(row, "source", "background knowledge names where it comes from")
        return tuple(found)

    def _anchor(self, row: Row) -> Anchor | None:
        if _is_background(row):
            return None
        span = _SPAN.fullmatch(row["anchor"])
        if span is None:
            self._report(row, "anchor", f"{row['anchor']!r} is no span start-end: {_RESOLVE}")
        elif int(span[1]) >= int(span[2]):
            self._report(row, "anchor", f"{row['anchor']} ends before it starts")
        elif not _SHA256.fullmatch(row["sha256"]):
            self._report(row, "sha256", f"{row['sha256']!r} is no SHA-256: {_RESOLVE}")
        else:
            return Anchor(int(span[1]), int(span[2]), row["sha256"])
        return None

    def _section(self, row: Row, anchor: Anchor | None) -> Section | None:
        if anchor is None:
            return None
        first, last = (section_at(self.sections, offset) for offset in (anchor.start, anchor.end - 1))
        if first is None or last is None:
            self._report(row, "anchor", f"{anchor} lies in no section of sections.tsv: is it in the text?")
        elif first != last:
            self._report(row, "anchor", f"{anchor} starts in {first.name!r} and ends in {last.name!r}")
        return first


def _is_background(row: Row) -> bool:
    return "source" in row.cells


def _said(claim: Claim) -> tuple[object, ...]:
    """What a claim says and where it says that it holds, its polarity aside."""
    context = frozenset((prop, entity.name) for prop, entity in claim.context)
    value = claim.object.name if claim.object else claim.quantity
    return claim.subject.name, claim.predicate, value, claim.effect, claim.phase, context
