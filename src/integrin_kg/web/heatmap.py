"""Integrins by diseases: what is claimed of each pair, what follows, what is denied, what else is said, what
is said by nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from integrin_kg.lookup import things
from integrin_kg.lookup.questions import Row
from integrin_kg.lookup.things import Thing
from integrin_kg.vocab import IKG
from integrin_kg.web import cells
from integrin_kg.web.links import local_link

LEGEND = {
    "promotes": ("▲", "pro", "promotes the tumour"),
    "suppresses": ("▼", "sup", "suppresses the tumour"),
    "both": ("◐", "both", "promotes and suppresses, in different contexts"),
    "marks": ("◆", "mark", "marks its stem cells, no direction claimed"),
    "implicated": ("○", "impl", "implicated, no direction claimed (by itself or through a subunit)"),
    "denied": ("✗", "not", "an effect is denied"),
    "else": (
        "…",
        "else",
        "no role, but something else is claimed of it there (its expression, signals, outcomes)",
    ),
    "silent": ("·", "", "no claim about the integrin itself in that very disease"),
}
"""The sign, the word and the meaning of each kind of cell."""

_PROPERTIES = {
    "promotes": "promotesIn",
    "suppresses": "suppressesIn",
    "marks": "stemCellMarkerIn",
    "implicated": "implicatedIn",
}


@dataclass(frozen=True)
class Cell:
    """What an integrin does in a disease: the kind of the cell, whether all of it is inferred, the denials
    beside it, and the path of the page that says why."""

    kind: str
    inferred: bool = False
    denials: tuple[str, ...] = ()
    link: str = ""

    @property
    def words(self) -> str:
        """All that the cell says."""
        words = LEGEND[self.kind][2] + (" (inferred)" if self.inferred else "")
        return words + ("; an effect is denied" if self.denials and self.kind != "denied" else "")


@dataclass(frozen=True)
class HeatMap:
    """Rows of cells by integrin, one for each of the diseases."""

    diseases: list[Thing]
    rows: list[tuple[Thing, list[Cell]]]


def heat_map(rows: Iterable[Row]) -> HeatMap:
    """Return the map of the answer to ``queries/pages/roles.rq``, the diseases that most is said of first."""
    known: dict[Thing, dict[Thing, list[Row]]] = {}
    spoken: dict[Thing, int] = defaultdict(int)
    for row in rows:
        of_integrin = known.setdefault(things.thing(row, "integrin"), defaultdict(list))
        if "disease" in row:
            disease = things.thing(row, "disease")
            of_integrin[disease].append(row)
            spoken[disease] += row["role"]["value"] not in ("implicated", "else")
    diseases = sorted(spoken, key=lambda disease: (-spoken[disease], disease.name))
    table = [
        (integrin, [_cell(integrin, disease, found.get(disease, [])) for disease in diseases])
        for integrin, found in known.items()
    ]
    return HeatMap(
        diseases, sorted(table, key=lambda row: (sum(not _direct(cell) for cell in row[1]), row[0]))
    )


def _direct(cell: Cell) -> bool:
    return cell.kind not in ("silent", "else", "implicated")


def _cell(integrin: Thing, disease: Thing, found: list[Row]) -> Cell:
    denials, others = (
        tuple(row["claim"]["value"] for row in found if row["role"]["value"] == role)
        for role in ("denied", "else")
    )
    roles: dict[str, set[str]] = defaultdict(set)
    for row in found:
        roles[row["role"]["value"]].add(row["known"]["value"])
    if {"promotes", "suppresses"} <= set(roles):
        kind, shown = "both", ("promotes", "suppresses")
    else:
        kind = next((role for role in LEGEND if role in roles), "silent")
        shown = (kind, kind)
    if kind in ("denied", "else", "silent"):
        return Cell(kind, denials=denials, link=_to_claims(integrin, denials or others))
    inferred = all(roles[role] == {"inferred"} for role in shown)
    link = cells.why(integrin.iri, IKG + _PROPERTIES[shown[0]], disease.iri)
    return Cell(kind, inferred, denials, link)


def _to_claims(integrin: Thing, claims: tuple[str, ...]) -> str:
    """The path of the one claim of a cell, or of the evidence that its claims are in."""
    if len(claims) > 1:
        return local_link(integrin.iri) + "#evidence"
    return local_link(claims[0]) if claims else ""
