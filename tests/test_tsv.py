"""Tables as files: what is malformed is named with its place, and nothing is accepted in silence."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrin_kg import tsv
from integrin_kg.records import Problem
from integrin_kg.tsv import Malformed

unhurried = settings(deadline=None)

HEADER = ["name", "class", "note"]
TIDY = "name\tclass\tnote\nRGD\tmotif\t\nLDV\tmotif\tof leukocytes\n"


def spoiled(content: str | bytes, folder: Path) -> tuple[list[list[str]], list[str]]:
    """The rows that reading ``content`` gives, and the problems, without the folder."""
    path = folder / "motifs.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems: list[Problem] = []
    table = tsv.read(path, problems)
    rows = [[row[column] for column in table.header] for row in table.rows]
    return rows, [str(problem).removeprefix(f"{folder}/") for problem in problems]


def test_a_tidy_table_is_read_without_a_problem(tmp_path: Path) -> None:
    assert spoiled(TIDY, tmp_path) == ([["RGD", "motif", ""], ["LDV", "motif", "of leukocytes"]], [])


def test_a_row_knows_its_file_line_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "motifs.tsv"
    path.write_text(TIDY, "utf-8")
    table = tsv.read(path, [])
    assert [str(row.place("note")) for row in table.rows] == [f"{path}:2: note", f"{path}:3: note"]
    assert table.rows[0]["no such column"] == ""


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ("name\tclass\tnote\nRGD\tmotif\n", ["motifs.tsv:2: 2 cells where the header has 3 columns"]),
        ("name\tclass\tnote\nRGD\tmotif\t\tx\n", ["motifs.tsv:2: 4 cells where the header has 3 columns"]),
        ("name\tclass\tnote\nRGD\tmotif\t\t\n", ["motifs.tsv:2: 4 cells where the header has 3 columns"]),
        (
            "name\tclass\tname\nRGD\tmotif\tLDV\n",
            ["motifs.tsv:1: name: this column stands twice in the header"],
        ),
        ("name\tclass\t\nRGD\tmotif\tx\n", ["motifs.tsv:1: a column has no header"]),
        ("name\tclass\tnote\n\nRGD\tmotif\t\n", ["motifs.tsv:2: an empty line: take it out"]),
        (TIDY + "\n", ["motifs.tsv:4: an empty line: take it out"]),
        ("", ["motifs.tsv:1: a column has no header"]),
        (
            f"\ufeff{TIDY}",
            ["motifs.tsv:1: has a byte order mark or Windows line ends: run integrin-kg fmt"],
        ),
        (
            TIDY.replace("\n", "\r\n"),
            ["motifs.tsv:1: has a byte order mark or Windows line ends: run integrin-kg fmt"],
        ),
        (
            TIDY.replace("of leukocytes", "of\rleukocytes"),
            ["motifs.tsv:1: has a byte order mark or Windows line ends: run integrin-kg fmt"],
        ),
        (
            TIDY.replace("of leukocytes", '"of leukocytes"'),
            ["motifs.tsv:3: note: '\"of leukocytes\"' is quoted or padded with space: run integrin-kg fmt"],
        ),
        (
            TIDY.replace("of leukocytes", "of leukocytes "),
            ["motifs.tsv:3: note: 'of leukocytes ' is quoted or padded with space: run integrin-kg fmt"],
        ),
        (
            TIDY.replace("RGD", "\u00a0RGD"),
            ["motifs.tsv:2: name: '\\xa0RGD' is quoted or padded with space: run integrin-kg fmt"],
        ),
        (
            TIDY.replace("of leukocytes", "of\x0bleukocytes"),
            ["motifs.tsv:3: note: 'of\\x0bleukocytes' holds a control character: take it out"],
        ),
        (TIDY.encode("utf-16"), ["motifs.tsv:1: not UTF-8 (byte 0): save it as UTF-8"]),
        (
            TIDY.replace("leuko", "leuk\u00f6").encode("latin-1"),
            ["motifs.tsv:3: not UTF-8 (byte 44): save it as UTF-8"],
        ),
    ],
)
def test_what_is_malformed_is_named_with_its_place(
    content: str | bytes, problems: list[str], tmp_path: Path
) -> None:
    assert spoiled(content, tmp_path)[1] == problems


def test_every_problem_of_a_table_is_named_and_the_sound_rows_are_read(tmp_path: Path) -> None:
    rows, problems = spoiled("name\tname\tnote\nRGD\n\nLDV\tLDV\tx\n a\tb\tc\nd\te\tf\tg\n", tmp_path)
    assert problems == [
        "motifs.tsv:1: name: this column stands twice in the header",
        "motifs.tsv:2: 1 cells where the header has 3 columns",
        "motifs.tsv:3: an empty line: take it out",
        "motifs.tsv:5: name: ' a' is quoted or padded with space: run integrin-kg fmt",
        "motifs.tsv:6: 4 cells where the header has 3 columns",
    ]
    assert len(rows) == 2


def test_a_quotation_mark_inside_a_cell_is_its_own(tmp_path: Path) -> None:
    assert spoiled(TIDY.replace("of leukocytes", 'printed "LVD"'), tmp_path)[1] == []


def test_a_line_separator_of_unicode_ends_no_row(tmp_path: Path) -> None:
    rows, problems = spoiled(TIDY.replace("of leukocytes", "of\u2028\x85leukocytes"), tmp_path)
    assert (rows[1], problems) == (["LDV", "motif", "of\u2028\x85leukocytes"], [])


def test_a_cell_may_hold_several_values(tmp_path: Path) -> None:
    path = tmp_path / "motifs.tsv"
    path.write_text("name\tnote\nRGD\ta; b;c ;; \n".replace("; \n", ";\n"), "utf-8")
    assert tsv.read(path, []).rows[0].values("note") == ["a", "b", "c"]


PLAIN = st.characters(exclude_characters="\ufffe\uffff", exclude_categories=("Cs", "Cc"))
PLAIN_CELL = st.text(PLAIN, max_size=12).filter(
    lambda cell: cell == cell.strip() and not cell.startswith('"')
)


@unhurried
@given(st.lists(st.lists(PLAIN_CELL, min_size=3, max_size=3), max_size=5))
def test_what_is_rendered_is_read_again(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        assert spoiled(tsv.render(HEADER, rows), Path(folder)) == (rows, [])


@unhurried
@given(st.lists(st.lists(PLAIN_CELL, min_size=1, max_size=5), max_size=5))
def test_a_row_is_read_or_named_but_never_dropped(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        read, problems = spoiled(tsv.render(HEADER, rows), Path(folder))
    assert len(read) + len(problems) == len(rows)


def saved_by_a_spreadsheet(rows: list[list[str]], folder: Path) -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, "excel-tab").writerows(rows)
    path = folder / "motifs.tsv"
    path.write_bytes(("\ufeff" + buffer.getvalue()).encode())
    return path


SPREADSHEET_CELL = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\ufeff"), max_size=12
).filter(lambda cell: not " ".join(cell.split()).lstrip("; ").startswith('"'))


@unhurried
@given(st.lists(st.lists(SPREADSHEET_CELL, min_size=3, max_size=3), max_size=5))
def test_what_a_spreadsheet_saves_is_read_loosely(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        table = tsv.read_loosely(saved_by_a_spreadsheet([HEADER, *rows], Path(folder)))
    folded = [[" ".join(cell.split()) for cell in row] for row in rows]
    assert [[row[column] for column in HEADER] for row in table.rows] == [row for row in folded if any(row)]


def test_missing_and_surplus_empty_cells_at_the_end_are_mended(tmp_path: Path) -> None:
    path = tmp_path / "motifs.tsv"
    path.write_text("name\tclass\tnote\t\t\nRGD\tmotif\nLDV\tmotif\t\t\t\t\n\t\t\n", "utf-8")
    table = tsv.read_loosely(path)
    assert table.header == HEADER
    assert [[row[column] for column in HEADER] for row in table.rows] == [
        ["RGD", "motif", ""],
        ["LDV", "motif", ""],
    ]


@pytest.mark.parametrize("content", ["\n\ufeffname\nRGD\n", "name\n\ufeff\nRGD\n", "name\nRGD\n\ufeff"])
def test_a_byte_order_mark_is_no_content_wherever_it_stands(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(content, "utf-8", newline="")
    table = tsv.read_loosely(path)
    assert (table.header, [row.cells for row in table.rows]) == (["name"], [{"name": "RGD"}])


def test_a_row_that_is_read_loosely_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "motifs.tsv"
    path.write_text('name\tclass\tnote\r\n\r\n"two\nlines"\tmotif\t\r\nRGD\tmotif\t\r\n', "utf-8", newline="")
    assert [(row["name"], row.line) for row in tsv.read_loosely(path).rows] == [("two lines", 3), ("RGD", 5)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "motifs.tsv:1: the table is empty"),
        ("\n\t\n", "motifs.tsv:1: the table is empty"),
        (
            "name\tclass\nRGD\tmotif\n\nLDV\tmotif\tx\n",
            "motifs.tsv:4: 3 cells where the header has 2 columns",
        ),
        ("name\tclass\t\nRGD\tmotif\tx\n", "motifs.tsv:2: 3 cells where the header has 2 columns"),
        (
            "name\tclass\tname\nRGD\tmotif\tLDV\n",
            "motifs.tsv:1: name: this column stands twice in the header",
        ),
        ("name\t\tclass\nRGD\tx\tmotif\n", "motifs.tsv:1: a column has no header"),
        ('name\tclass\nRGD\t"motif\nLDV\tmotif\n', "motifs.tsv:2: unexpected end of data: "),
        ('name\tclass\nRGD\t"motif" of\nLDV\tmotif\n', "motifs.tsv:2: '\t' expected after '\"': "),
        (
            'name\tclass\nRGD\t"""so"" called"\n',
            "motifs.tsv:2: class: '\"so\" called' begins with a quotation mark",
        ),
        (b"name\tclass\nRGD\tm\xf6tif\n", "motifs.tsv:2: not UTF-8 (byte 16): save it as UTF-8"),
    ],
)
def test_what_cannot_be_read_without_loss_is_refused(
    content: str | bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "motifs.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(Malformed) as error:
        tsv.read_loosely(path)
    assert str(error.value).removeprefix(f"{tmp_path}/").startswith(message)


def test_a_rendered_table_ends_each_row_with_one_line_feed() -> None:
    assert tsv.render(["name"], [["αv"], ["RGD"]]) == "name\nαv\nRGD\n"
