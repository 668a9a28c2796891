"""Tab-separated tables, read strictly: one line a row, one tab between cells, nothing quoted.

``csv.DictReader`` accepts short rows, long rows and doubled headers without a word; here each is
a :class:`~integrin_kg.records.Problem` with its file, line and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from integrin_kg.records import Place, Problem

SEPARATOR = "; "
"""Between the values of a cell that may hold several."""


# What no XML can hold, and so no .owl file.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Plain(csv.excel_tab):
    quoting = csv.QUOTE_NONE


class Malformed(ValueError):
    """A table that cannot be read; ``problem`` says where and why."""

    def __init__(self, place: Place, text: str) -> None:
        self.problem = Problem(place, text)
        super().__init__(str(self.problem))


def values(cell: str) -> list[str]:
    """Return the values of a cell that may hold several, in order.

    >>> values("1; 2;")
    ['1', '2']
    """
    return [value for part in cell.split(";") if (value := part.strip())]


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
        return values(self[column])


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
        text = _text(path)
    except Malformed as error:
        problems.append(error.problem)
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


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        text = f"not UTF-8 (byte {error.start}): save it as UTF-8"
        raise Malformed(Place(str(path), number), text) from error


def _header_problems(file: str, header: list[str]) -> Iterator[Problem]:
    for column in sorted({c for c in header if header.count(c) > 1}):
        yield Problem(Place(file, 1, column), "this column stands twice in the header")
    if "" in header:
        yield Problem(Place(file, 1), "a column has no header")


def _row(file: str, line: int, header: list[str], cells: list[str]) -> tuple[Row | None, list[Problem]]:
    if cells == [""]:
        return None, [Problem(Place(file, line), "an empty line: take it out")]
    if len(cells) != len(header):
        return None, [Problem(Place(file, line), _wrong_width(cells, header))]
    problems = []
    for column, cell in zip(header, cells, strict=True):
        if cell != cell.strip() or cell.startswith('"'):
            text = f"{cell!r} is quoted or padded with space: run integrin-kg fmt"
            problems.append(Problem(Place(file, line, column), text))
        elif _CONTROL.search(cell):
            text = f"{cell!r} holds a control character: take it out"
            problems.append(Problem(Place(file, line, column), text))
    return Row({c: v.strip() for c, v in zip(header, cells, strict=True)}, file, line), problems


def _wrong_width(cells: list[str], header: list[str]) -> str:
    return f"{len(cells)} cells where the header has {len(header)} columns"


def read_loosely(path: Path) -> Table:
    """Return the table as a spreadsheet may have saved it: byte order mark, Windows line ends,
    quoted cells, missing or surplus empty cells at a row's end. Empty rows are left out.

    Raises :class:`Malformed` where a cell would be lost: no UTF-8, a row longer than the header, a
    column without a name or of a name that another has, quotation marks that do not pair.
    """
    name = str(path)
    text = _text(path).replace("\ufeff", "")  # files put together have one inside
    quoted = any(cell.startswith('"') for line in text.splitlines() for cell in line.split("\t"))
    (first, header), *lines = list(_csv_lines(name, text, quoted)) or [(1, [])]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Malformed(Place(name, first), "the table is empty")
    for problem in _header_problems(name, header):
        raise Malformed(problem.place, problem.text)
    rows = []
    for number, cells in lines:
        if any(cells[len(header) :]):
            raise Malformed(Place(name, number), _wrong_width(cells, header))
        padded = (cells + [""] * len(header))[: len(header)]
        for column, cell in zip(header, padded, strict=True):
            if cell.lstrip("; ").startswith('"'):
                text = f"{cell!r} begins with a quotation mark: put a word before it"
                raise Malformed(Place(name, number, column), text)
        rows.append(Row(dict(zip(header, padded, strict=True)), name, number))
    return Table(name, header, rows)


def _csv_lines(file: str, text: str, quoted: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, each with the line that it begins in."""
    dialect = "excel-tab" if quoted else _Plain
    reader = csv.reader(io.StringIO(text, newline=""), dialect, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, [" ".join(cell.split()) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "a quotation mark is never closed, or text follows one that closes"
        raise Malformed(Place(file, line), f"{error}: {hint}" if quoted else str(error)) from error


def render(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table's text.

    >>> render(["name", "class"], [["RGD", "recognition motif"]])
    'name\\tclass\\nRGD\\trecognition motif\\n'
    """
    return "".join("\t".join(cells) + "\n" for cells in [header, *rows])
