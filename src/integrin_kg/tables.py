"""The curated tables, checked: TSV files in, records out, every error of every table in one run.

Which table a file is, its name tells: ``claims-*.tsv`` hold claims of the review and
``background-claims*.tsv`` those of other sources, ``prefixes.tsv``,
``sections.tsv`` and ``references.tsv`` what they say, ``deprecated.tsv`` what is no more, and every other
file entities.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from integrin_kg import tsv
from integrin_kg.claim_rows import BACKGROUND_COLUMNS, CLAIM_COLUMNS, ClaimReader
from integrin_kg.entity_rows import ENTITY_COLUMNS, SCOPED_SYNONYMS, SLUG, EntityReader, curies
from integrin_kg.errors import MeantToBeRead
from integrin_kg.ontology import Ontology
from integrin_kg.records import Curation, Entity, Place, Problem, Reference, Retired, Section
from integrin_kg.spelling import did_you_mean
from integrin_kg.text import slug
from integrin_kg.tsv import Row, Table

PREFIX_COLUMNS = ("prefix", "namespace")
SECTION_COLUMNS = ("section", "start", "end")
REFERENCE_COLUMNS = ("number", "exact match", "confirmed")
RETIRED_COLUMNS = ("path", "label", "replaced by", "reason")

_SMALL_TABLES = {
    "prefixes": PREFIX_COLUMNS,
    "sections": SECTION_COLUMNS,
    "references": REFERENCE_COLUMNS,
    "deprecated": RETIRED_COLUMNS,
}

OBSOLESCENCE_REASONS = {
    "placeholder removed": "http://purl.obolibrary.org/obo/IAO_0000226",
    "terms merged": "http://purl.obolibrary.org/obo/IAO_0000227",
    "term imported": "http://purl.obolibrary.org/obo/IAO_0000228",
    "term split": "http://purl.obolibrary.org/obo/IAO_0000229",
    "out of scope": "http://purl.obolibrary.org/obo/OMO_0001000",
}
"""The reasons for which an entity is retired, as the Information Artifact Ontology has them."""

_PATH = re.compile(rf"[a-z-]+/{SLUG.pattern}")
_IRI = re.compile(r"[A-Za-z][\w+.-]*://[^\s<>\"{}|\\^`]+", re.ASCII)


class TableError(MeantToBeRead, ValueError):
    """The tables are not fit to build from; ``problems`` says why, all of it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def load(ontology_folder: Path, ontology: Ontology) -> Curation:
    """Return what the tables in ``ontology_folder``/data say.

    Raises :class:`TableError` with every problem of every table where there is one.
    """
    paths = sorted((ontology_folder / "data").glob("*.tsv"))
    if not paths:
        raise TableError([Problem(Place(str(ontology_folder / "data"), 0), "holds no table (*.tsv)")])
    reader = _Reader(ontology)
    curation = reader.read(paths)
    if reader.problems:
        raise TableError(reader.problems)
    return curation


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the columns that the table at ``path`` must have, in canonical order.

    >>> columns_of(Path("sections.tsv"))
    ('section', 'start', 'end')
    """
    if path.stem.startswith("claims"):
        return CLAIM_COLUMNS
    if path.stem.startswith("background-claims"):
        return BACKGROUND_COLUMNS
    return _SMALL_TABLES.get(path.stem, ENTITY_COLUMNS)


def holds_claims(path: Path) -> bool:
    """Return whether the table at ``path`` is one of claims, of the review or of other sources."""
    return columns_of(path) in (CLAIM_COLUMNS, BACKGROUND_COLUMNS)


@dataclass
class _Reader:
    """Reads tables, gathering problems instead of stopping at the first."""

    ontology: Ontology
    problems: list[Problem] = field(default_factory=list)

    def read(self, paths: list[Path]) -> Curation:
        rows: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for path in paths:
            rows[columns_of(path)] += self._table(path).rows
        prefixes = self._prefixes(rows[PREFIX_COLUMNS])
        sections = self._sections(rows[SECTION_COLUMNS])
        references = self._references(rows[REFERENCE_COLUMNS], prefixes)
        reader = EntityReader(self.ontology, prefixes, self.problems)
        entities = reader.read(rows[ENTITY_COLUMNS])
        claims = ClaimReader(self.ontology, entities, sections, references, self.problems, reader.unreadable)
        return Curation(
            entities=tuple(entities.values()),
            claims=tuple(claims.read(rows[CLAIM_COLUMNS] + rows[BACKGROUND_COLUMNS])),
            sections=tuple(sections),
            references=tuple(references.values()),
            prefixes=prefixes,
            retired=tuple(self._retired(rows[RETIRED_COLUMNS], entities)),
        )

    def _report(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.place(column), text))

    def _table(self, path: Path) -> Table:
        table = tsv.read(path, self.problems)
        wanted = columns_of(path)
        optional = self._property_labels() | set(SCOPED_SYNONYMS) if wanted is ENTITY_COLUMNS else set()
        header = Row({}, table.file, 1)
        for column in wanted:
            if table.header and column not in table.header:
                self._report(header, column, f"this column is missing{did_you_mean(column, table.header)}")
        for column in table.header:
            if column and column not in wanted and column not in optional:
                self._report(header, column, f"unknown column{did_you_mean(column, [*wanted, *optional])}")
        return table

    def _property_labels(self) -> set[str]:
        return set(map(self.ontology.label, self.ontology.property_names.values()))

    def _prefixes(self, rows: list[Row]) -> dict[str, str]:
        prefixes: dict[str, str] = {}
        for row in rows:
            if not row["prefix"]:
                self._report(row, "prefix", "must not be empty")
            if row["prefix"] in prefixes:
                self._report(row, "prefix", f"{row['prefix']!r} is there already")
            if not _IRI.fullmatch(row["namespace"]):
                self._report(row, "namespace", f"{row['namespace']!r} is no IRI")
            for other in [prefix for prefix, space in prefixes.items() if space == row["namespace"]]:
                self._report(row, "namespace", f"{row['namespace']!r} is that of {other!r} already")
            prefixes[row["prefix"]] = row["namespace"]
        return prefixes

    def _sections(self, rows: list[Row]) -> list[Section]:
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in rows:
            if not row["section"]:
                self._report(row, "section", "must not be empty")
            start, end = self._number(row, "start"), self._number(row, "end")
            if start is not None and end is not None:
                spans[row["section"]].append((start, end))
                if start >= end:
                    self._report(row, "end", f"{end} is not behind the start, {start}")
        return [Section(name, slug(name), tuple(found)) for name, found in spans.items()]

    def _references(self, rows: list[Row], prefixes: dict[str, str]) -> dict[int, Reference]:
        references: dict[int, Reference] = {}
        for row in rows:
            number = self._number(row, "number")
            if number is None:
                continue
            if number in references:
                self._report(row, "number", f"reference {number} is there already")
            matches = curies(row, "exact match", prefixes, self.problems)
            if matches and not row["confirmed"]:
                self._report(row, "confirmed", "say how the identifier was confirmed to be this paper's")
            references[number] = Reference(number, matches, row["confirmed"])
        return references

    def _retired(self, rows: list[Row], entities: dict[str, Entity]) -> Iterator[Retired]:
        taken = {f"{entity.path}/{entity.slug}": entity.name for entity in entities.values()}
        for row in rows:
            path, name, reason = row["path"], row["replaced by"], row["reason"]
            if not _PATH.fullmatch(path):
                self._report(row, "path", f"{path!r} is no path/slug")
            elif path in taken:
                self._report(row, "path", f"{path!r} is that of {taken[path]!r}, which is in use")
            if not row["label"] or row["label"].startswith("obsolete"):
                self._report(row, "label", "the label that it had must stand here")
            if name and name not in entities:
                self._report(row, "replaced by", f"no entity {name!r}{did_you_mean(name, entities)}")
            if reason not in OBSOLESCENCE_REASONS:
                self._report(row, "reason", f"{reason!r} is none of {', '.join(OBSOLESCENCE_REASONS)}")
            taken[path] = row["label"]
            yield Retired(path, row["label"], name, OBSOLESCENCE_REASONS.get(reason, ""))

    def _number(self, row: Row, column: str) -> int | None:
        if row[column].isascii() and row[column].isdecimal():
            return int(row[column])
        self._report(row, column, f"{row[column]!r} is no whole number")
        return None
