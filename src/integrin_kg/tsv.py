"""Tab-separated tables, read strictly: one line a row, one tab between cells, nothing quoted.

``csv.DictReader`` accepts short rows, long rows and doubled headers without a word; here each is
a :class:`~integrin_kg.records.Problem` with its file, line and column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from integrin_kg.records import Place, Problem

SEPARATOR = "; "
"""Between the values of a cell that may hold several."""


class _Plain(csv.excel_tab):
    quoting = csv.QUOTE_NONE


@dataclass(frozen=True)
class Row:
    """A row's cells by column header, and where it stands."""

    cells: dict[str, str]
    file: str
    line: int

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def place(self, column: str = "") -> Place:
        """Return the place of the row, or of one of its cells."""
        return Place(self.file, self.line, column)

    def values(self, column: str) -> list[str]:
        """Return the values of a cell that may hold several, in order."""
        return [value for part in self[column].split(";") if (value := part.strip())]


@dataclass(frozen=True)
class Table:
    """A table as it stands in its file."""

    file: str
    header: list[str]
    rows: list[Row]


def read(path: Path, problems: list[Problem]) -> Table:
    """Return the table at ``path``; what is malformed goes to ``problems`` and is left out."""
    name = str(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(Place(name, number), f"not UTF-8 (byte {error.start}): save it as UTF-8"))
        return Table(name, [], [])
    if text.startswith("\ufeff") or "\r" in text:
        found = Problem(Place(name, 1), "has a byte order mark or Windows line ends: run integrin-kg fmt")
        problems.append(found)
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    first, *lines = text.removesuffix("\n").split("\n")
    header = first.split("\t")
    problems += _header_problems(name, header)
    rows = []
    for number, line in enumerate(lines, start=2):
        row, found_here = _row(name, number, header, line.split("\t"))
        problems += found_here
        if row:
            rows.append(row)
    return Table(name, header, rows)


def _header_problems(file: str, header: list[str]) -> Iterator[Problem]:
    for column in sorted({c for c in header if header.count(c) > 1}):
        yield Problem(Place(file, 1, column), "this column stands twice in the header")
    if "" in header:
        yield Problem(Place(file, 1), "a column has no header")


def _row(file: str, line: int, header: list[str], cells: list[str]) -> tuple[Row | None, list[Problem]]:
    if cells == [""]:
        return None, [Problem(Place(file, line), "an empty line: take it out")]
    if len(cells) != len(header):
        text = f"{len(cells)} cells where the header has {len(header)} columns"
        return None, [Problem(Place(file, line), text)]
    problems = []
    for column, cell in zip(header, cells, strict=True):
        if cell != cell.strip() or cell.startswith('"'):
            text = f"{cell!r} is quoted or padded with space: run integrin-kg fmt"
            problems.append(Problem(Place(file, line, column), text))
    return Row({c: v.strip() for c, v in zip(header, cells, strict=True)}, file, line), problems


def read_loosely(path: Path) -> list[list[str]]:
    """Return header and rows as a spreadsheet may have saved them: byte order mark, Windows line
    ends, quoted cells, missing or surplus empty cells at a row's end. Empty rows are left out.

    Raises :class:`ValueError` where a row has more cells than the header, or no UTF-8 is found.
    """
    text = path.read_bytes().decode("utf-8-sig")
    quoted = any(cell.startswith('"') for line in text.splitlines() for cell in line.split("\t"))
    dialect = "excel-tab" if quoted else _Plain
    lines = list(csv.reader(io.StringIO(text, newline=""), dialect))
    rows = [[" ".join(cell.split()) for cell in line] for line in lines if any(map(str.strip, line))]
    if not rows:
        raise ValueError(f"{path}: the table is empty")
    width = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if any(row[width:]):
            raise ValueError(f"{path}:{number}: {len(row)} cells where the header has {width} columns")
    return [(row + [""] * width)[:width] for row in rows]


def render(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table's text.

    >>> render(["name", "class"], [["RGD", "recognition motif"]])
    'name\\tclass\\nRGD\\trecognition motif\\n'
    """
    return "".join("\t".join(cells) + "\n" for cells in [header, *rows])
