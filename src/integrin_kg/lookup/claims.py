"""Claims as pages show them: what is said, affirmed or denied, of what, in what context, on what evidence."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from integrin_kg import wording
from integrin_kg.lookup.questions import Questions, Row, first_of_each
from integrin_kg.lookup.things import Thing, local_name

CONTEXT = {name: word for name, word in wording.CONTEXT.items() if name != "inModel"}
"""The context beside disease and model, and the word that introduces each part of it."""

EFFECTS = {
    "promotes": "↑",
    "suppresses": "↓",
    "requires": "●",
    "marks": "◆",
    "correlatesPositively": "↗",
    "correlatesNegatively": "↘",
    "neutral": "=",
}
"""The sign that stands beside the word of each effect."""

_COLUMNS = (
    "claim", "says", "polarity", "subject", "predicate", "effect", "object", "quantity", "diseases", "models",
    "context", "phase", "evidence", "references", "section", "start", "end", "sha256", "contradicts",
)  # fmt: skip


@dataclass
class Claim:
    """One claim. ``values`` holds what it points to by the local name of the property."""

    iri: str
    values: dict[str, list[Thing]] = field(default_factory=lambda: defaultdict(list))

    def first(self, name: str) -> Thing | None:
        """Return the value of a property that has one at most."""
        return self.values[name][0] if self.values.get(name) else None

    def text(self, name: str) -> str:
        """Return the name of :meth:`first`, nothing where there is none."""
        found = self.first(name)
        return found.name if found else ""

    @property
    def name(self) -> str:
        """What it says, in words."""
        return self.text("label") or local_name(self.iri)

    @property
    def denied(self) -> bool:
        """Whether the source says that it is not so."""
        return self.text("polarity") == "negative"

    @property
    def effect(self) -> str:
        """The direction of what it says, in words, behind its sign."""
        return f"{EFFECTS.get(self.text('effect'), '')} {self.verb or self.text('effect')}".strip()

    @property
    def seen(self) -> str:
        """How a claim of the clinic begins: no outcome is bad news, no harm is good news."""
        denials = {"has outcome": "✗ no gain in", "has adverse event": "✓ none seen:"}
        return denials.get(self.text("claimPredicate"), "✗ not") if self.denied else "✓"

    @property
    def verb(self) -> str:
        """The direction of what it says, in words, between subject and object."""
        return wording.EFFECTS.get(self.text("effect"), ("", ""))[0]

    @property
    def quantity(self) -> str:
        """The number that it gives, with its unit."""
        low, high = self.text("minValue"), self.text("maxValue")
        bounds = f"{low}–{high}" if low and high else f"at least {low}" if low else f"up to {high}"
        number = self.text("value") or (bounds if low or high else "")
        about = "about " if self.text("approximate") == "true" else ""
        unit = self.text("unit")
        return f"{about}{number} {unit if unit != 'count' else ''}".strip() if number else ""

    @property
    def context(self) -> list[tuple[str, Thing]]:
        """What it holds in or by beside disease and model, each part behind the word for it."""
        return [(word, thing) for name, word in CONTEXT.items() for thing in self.values.get(name, [])]

    @property
    def references(self) -> list[Thing]:
        """What it cites: by number where the review does, in the order of the numbers."""
        cited = self.values.get("citesReference") or self.values.get("wasDerivedFrom", [])
        return sorted(cited, key=lambda cited: (not cited.name.isdigit(), cited.name.zfill(9)))


def describe(questions: Questions, iris: Iterable[str]) -> list[Claim]:
    """Return the claims of those ``iris`` with what they say, in their order."""
    claims = {iri: Claim(iri) for iri in iris}
    for row in questions.rows(questions.about("claims", *claims)) if claims else ():
        name, value = local_name(row["property"]["value"]), row["value"]
        found = row.get("number") or row.get("label") or value
        is_iri = value["type"] == "uri"
        text = found["value"] if found is not value or not is_iri else local_name(value["value"])
        claims[row["thing"]["value"]].values[name].append(Thing(text, value["value"] if is_iri else ""))
    for claim in claims.values():
        for things in claim.values.values():
            things.sort()
    return list(claims.values())


def evidence(questions: Questions, iri: str) -> list[Row]:
    """Return the claims about a thing, each once, those that it is the subject of first."""
    return first_of_each(questions.rows(questions.about("evidence", iri)), "claim")


def as_csv(claims: Iterable[Claim]) -> str:
    """Return claims as CSV (RFC 4180), one a line, several values of a cell apart by ``; ``."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows(map(_line, claims))
    return text.getvalue()


def _line(claim: Claim) -> list[str]:
    def names(property_: str) -> str:
        return "; ".join(thing.name for thing in claim.values.get(property_, []))

    context = "; ".join(f"{word} {thing.name}" for word, thing in claim.context)
    said = ["label", "polarity", "claimSubject", "claimPredicate"]
    where = ["inSection", "anchorStart", "anchorEnd", "anchorSha256", "contradicts"]
    return [
        claim.iri,
        *(names(property_) for property_ in said),
        claim.verb,
        names("claimObject"),
        claim.quantity,
        names("inDisease"),
        names("inModel"),
        context,
        names("trialPhase"),
        names("evidenceKind"),
        "; ".join(thing.name for thing in claim.references),
        *(names(property_) for property_ in where),
    ]
