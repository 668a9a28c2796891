"""Putting a table into canonical form: what ``integrin-kg fmt`` does.

A person edits in a text editor or a spreadsheet and leaves slugs empty, names a thing by a
synonym and gives an anchor as a quotation; the canonical form has the columns in their order,
names as the entity tables have them, slugs, resolved anchors, and rows sorted. Formatting twice
changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from integrin_kg import tsv
from integrin_kg.anchors import AnchorError, anchor, locate
from integrin_kg.claim_rows import NAME_COLUMNS, SINGLE
from integrin_kg.entity_rows import ENTITY_COLUMNS, SCOPED_SYNONYMS
from integrin_kg.ontology import Ontology
from integrin_kg.records import Place, Problem
from integrin_kg.spelling import did_you_mean
from integrin_kg.tables import TableError, columns_of, holds_claims
from integrin_kg.text import fold, normalise, slug, spelling
from integrin_kg.tsv import SEPARATOR, Malformed, Table

LIST_COLUMNS = frozenset(
    (
        "synonyms",
        *SCOPED_SYNONYMS,
        "exact match",
        "close match",
        "references",
        "contradicts",
        "source",
        *NAME_COLUMNS,
    )
).difference(SINGLE)

_SPAN = re.compile(r"([0-9]+)-([0-9]+)")

Cells = dict[str, str]


@dataclass(frozen=True)
class Names:
    """The names of the entities, however they are spelled, their slugs, and those of the claims
    by the table that has them."""

    canonical: Mapping[str, str]
    slugs: Mapping[str, str]
    claims: Mapping[str, Path]

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Names:
        """Read the names in the tables at ``paths``.

        A spelling that two entities share stands for neither of them.
        """
        spellings: dict[str, set[str]] = {}
        slugs: dict[str, str] = {}
        claims: dict[str, Path] = {}
        for path in paths:
            columns, rows = columns_of(path), [row.cells for row in _read(path).rows]
            if holds_claims(path):
                claims |= {row["claim"]: path for row in rows if row.get("claim")}
            for row in rows if columns is ENTITY_COLUMNS else ():
                slugs[row["name"]] = row.get("slug") or slug(row["name"])
                for written in (row["name"], *row.get("synonyms", "").split(";")):
                    spellings.setdefault(spelling(written), set()).add(row["name"])
        unique = {key: found.pop() for key, found in spellings.items() if key and len(found) == 1}
        return cls(unique, slugs, claims)

    def name(self, text: str) -> str:
        """Return the entity's name that ``text`` spells, or ``text`` itself where none is known."""
        return text if text in self.slugs else self.canonical.get(spelling(text), text)


def formatted(path: Path, ontology: Ontology, names: Names, source: str | None = None) -> str:
    """Return the canonical text of the table at ``path``.

    ``source`` is the text that quoted anchors are looked up in. Raises
    :class:`~integrin_kg.tables.TableError` where a row is too long or a quotation is not found.
    """
    columns = columns_of(path)
    table = _read(path)
    rows = [row.cells for row in table.rows]
    extra = [column for column in table.header if column not in columns]
    if holds_claims(path):
        _format_claims(path, table, ontology, names, source)
    elif columns is ENTITY_COLUMNS:
        _format_entities(rows, ontology)
    header = [*columns, *extra]
    rows.sort(key=lambda row: _order(columns, row))
    return tsv.render(header, [[_cell(column, row.get(column, "")) for column in header] for row in rows])


def _read(path: Path) -> Table:
    try:
        table = tsv.read_loosely(path)
    except Malformed as error:
        raise TableError([error.problem]) from error
    needed = columns_of(path)[0]
    if not holds_claims(path) and needed not in table.header:
        text = f"this column is missing{did_you_mean(needed, table.header)}"
        raise TableError([Problem(Place(str(path), 1, needed), text)])
    return table


def _cell(column: str, text: str) -> str:
    if column not in LIST_COLUMNS:
        return text
    values = tsv.values(text)
    if column == "references":
        values.sort(key=lambda value: (len(value), value))
    return SEPARATOR.join(dict.fromkeys(values))


def _order(columns: tuple[str, ...], row: Cells) -> tuple[object, ...]:
    if columns[0] == "claim":
        start, _, end = row.get("anchor", "").partition("-")
        return (int(start) if start.isdecimal() else 0, int(end) if end.isdecimal() else 0, row["claim"])
    if "start" in columns:
        return _natural(row.get("start", ""))
    return _natural(row[columns[0]]), row[columns[0]]  # CD90+ and CD90- fold to one key


def _natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """The key under which α2 stands before α10."""
    parts = re.split(r"([0-9]+)", fold(text) or text)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def _format_entities(rows: list[Cells], ontology: Ontology) -> None:
    for row in rows:
        row["slug"] = row.get("slug") or slug(row["name"])
        kind = ontology.class_named(row.get("class", ""))
        row["class"] = ontology.label(kind) if kind else row.get("class", "")


def _format_claims(path: Path, table: Table, ontology: Ontology, names: Names, source: str | None) -> None:
    rows = [row.cells for row in table.rows]
    taken = {slug_ for slug_, elsewhere in names.claims.items() if elsewhere != path}
    taken |= {row["claim"] for row in rows if row.get("claim")}
    problems = []
    for place, row in zip([row.place("anchor") for row in table.rows], rows, strict=True):
        for column in NAME_COLUMNS:
            values = row.get(column, "").split(";")
            row[column] = SEPARATOR.join(names.name(value.strip()) for value in values)
        predicate = ontology.property_named(row.get("predicate", ""))
        row["predicate"] = ontology.label(predicate) if predicate else row.get("predicate", "")
        try:
            _resolve(row, source)
        except AnchorError as error:
            problems.append(Problem(place, str(error)))
        row["claim"] = row.get("claim") or _claim_slug(row, names, taken)
        taken.add(row["claim"])
    if problems:
        raise TableError(problems)


def _resolve(row: Cells, source: str | None) -> None:
    span = _SPAN.fullmatch(row.get("anchor", ""))
    if source is None or not row.get("anchor") or (span and row.get("sha256")):
        return
    found = anchor(source, int(span[1]), int(span[2])) if span else locate(source, row["anchor"])
    row["anchor"], row["sha256"] = str(found), found.sha256


def _claim_slug(row: Cells, names: Names, taken: set[str]) -> str:
    """A readable slug that no other claim of the table has: what the claim says, then as much of
    its context as tells it apart."""

    def part(column: str) -> list[str]:
        values = tsv.values(row.get(column, ""))
        return [part for value in values if (part := names.slugs.get(value, slug(normalise(value))))]

    verb = row.get("effect") or row["predicate"]
    denied = ["not"] if row.get("polarity") == "negative" else []
    number = [] if row.get("object") else part("value") + part("unit")
    words = [*part("subject"), *denied, slug(verb), *part("object"), *number]
    words += ["in", *part("disease")] if row.get("disease") else []
    for column in ("phase", "combined with", "model", "cell population", "pathway", "molecule", "anatomy"):
        if "-".join(words) not in taken:
            break
        words += part(column)
    base = "-".join(words)
    suffixed = (f"{base}-{count}" for count in range(2, len(taken) + 3))
    return base if base not in taken else next(s for s in suffixed if s not in taken)
