"""The canonical form: reached in one step, kept by the next, and never at the cost of a cell."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrin_kg import resources, tables
from integrin_kg.anchors import digest
from integrin_kg.claim_rows import BACKGROUND_COLUMNS
from integrin_kg.entity_rows import ENTITY_COLUMNS
from integrin_kg.fmt import LIST_COLUMNS, Names, formatted
from integrin_kg.ontology import Ontology
from integrin_kg.tables import TableError
from test_tables import TABLES, Cells, Mini, claim, entity

SOURCE = (
    "On the cell αvβ3 binds vitro-\nnectin, which holds it. In the breast α2β1 keeps tumours from\n"
    "spreading; in the prostate α2β1 helps them. Which of the two it does depends on the tissue.\n"
).ljust(1000, ".")

unhurried = settings(deadline=None, max_examples=60)


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return Ontology.load(resources.ontology_folder())


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    return Mini(tmp_path)


def fmt(mini: Mini, table: str, ontology: Ontology, source: str | None = None) -> list[Cells]:
    """Write the tables, put one into canonical form in its file, and return its rows."""
    mini.write()
    return again(mini.path(table), ontology, source)


def again(path: Path, ontology: Ontology, source: str | None = None) -> list[Cells]:
    text = formatted(path, ontology, Names.read(sorted(path.parent.glob("*.tsv"))), source)
    path.write_text(text, "utf-8")
    header, *lines = (line.split("\t") for line in text.removesuffix("\n").split("\n"))
    return [dict(zip(header, line, strict=True)) for line in lines]


def column(rows: list[Cells], name: str) -> list[str]:
    return [row[name] for row in rows]


def new_claim(subject: str, predicate: str, object_: str = "", **further: str) -> Cells:
    """A claim as a person writes it, without a slug."""
    return claim(subject, predicate, object_, **further) | {"claim": ""}


def test_the_shipped_tables_are_in_canonical_form(ontology: Ontology) -> None:
    paths = sorted((resources.ontology_folder() / "data").glob("*.tsv"))
    names = Names.read(paths)
    changed = [path.name for path in paths if formatted(path, ontology, names).encode() != path.read_bytes()]
    assert not changed, f"run: integrin-kg fmt  # for {', '.join(changed)}"


@pytest.mark.parametrize("table", TABLES)
def test_formatting_twice_changes_nothing_more(table: str, mini: Mini, ontology: Ontology) -> None:
    for row in mini.tables[table]:
        row.pop("slug", None)
        row.pop("claim", None)
    random.Random(1).shuffle(mini.tables[table])
    first = fmt(mini, table, ontology, SOURCE)
    assert again(mini.path(table), ontology, SOURCE) == first


@pytest.mark.parametrize("table", TABLES)
def test_the_order_of_the_rows_does_not_matter(table: str, mini: Mini, ontology: Ontology) -> None:
    first = fmt(mini, table, ontology)
    mini.tables[table].reverse()
    assert fmt(mini, table, ontology) == first


@pytest.mark.parametrize("table", TABLES)
def test_a_checked_table_stays_without_a_problem(table: str, mini: Mini, ontology: Ontology) -> None:
    fmt(mini, table, ontology)
    assert tables.load(mini.folder, ontology).claims


def test_columns_are_put_in_order_missing_ones_added_and_others_kept(mini: Mini, ontology: Ontology) -> None:
    mini.headers["motifs"] = ["gene symbol", "class", "weather", "definition", "name"]
    mini.tables["motifs"] = [
        {"name": "RGD", "class": "recognition motif", "definition": "x", "weather": "fine"}
    ]
    rows = fmt(mini, "motifs", ontology)
    assert list(rows[0]) == [*ENTITY_COLUMNS, "gene symbol", "weather"]
    assert rows[0]["weather"] == "fine"


def test_the_further_columns_of_a_table_without_rows_are_kept(mini: Mini, ontology: Ontology) -> None:
    mini.tables["motifs"] = []
    mini.headers["motifs"] += ["subtype of"]
    fmt(mini, "motifs", ontology)
    assert mini.path("motifs").read_text("utf-8").rstrip("\n").split("\t") == [*ENTITY_COLUMNS, "subtype of"]


def test_an_empty_slug_is_filled_and_another_is_left(mini: Mini, ontology: Ontology) -> None:
    mini.tables["integrins"] = [
        entity("αvβ5", "integrin") | {"slug": ""},
        entity("αvβ6", "integrin", "alphaV-beta6"),
    ]
    assert column(fmt(mini, "integrins", ontology), "slug") == ["alphavbeta5", "alphaV-beta6"]


def test_positive_and_negative_cells_get_two_slugs(mini: Mini, ontology: Ontology) -> None:
    cells = [entity(f"CD90{sign} cells", "cell population") | {"slug": ""} for sign in "+-"]
    mini.add("cell-populations", *cells)
    slugs = column(fmt(mini, "cell-populations", ontology), "slug")
    assert sorted(slugs) == ["CD90minus-cells", "CD90plus-cells"]


def claim_slugs(mini: Mini, ontology: Ontology, *claims: Cells) -> list[str]:
    for number, row in enumerate(claims):
        row["anchor"] = f"{number}-{number + 5}"
    mini.tables["claims-function"] = list(claims)
    return column(fmt(mini, "claims-function", ontology), "claim")


def test_a_claim_without_a_slug_is_named_by_what_it_says(mini: Mini, ontology: Ontology) -> None:
    assert claim_slugs(
        mini,
        ontology,
        new_claim("αvβ3", "binds ligand", "vitronectin"),
        new_claim("αvβ3", "binds ligand", "vitronectin", polarity="negative"),
        new_claim("α2β1", "affects", "metastasis", effect="promotes", disease="breast cancer"),
        new_claim("α2β1", "has length", value="~30", unit="nanometre"),
        new_claim("α2β1", "alteration frequency", value="40", unit="%"),
        {"claim": "chosen-by-hand"} | new_claim("α2β1", "binds ligand") | {"claim": "chosen-by-hand"},
    ) == [
        "alphaV-beta3-binds-ligand-vitronectin",
        "alphaV-beta3-not-binds-ligand-vitronectin",
        "alpha2-beta1-promotes-metastasis-in-breast-cancer",
        "alpha2-beta1-has-length-30-nanometre",
        "alpha2-beta1-alteration-frequency-40",
        "chosen-by-hand",
    ]


def test_claims_that_say_the_same_are_told_apart_by_context_and_then_by_number(
    mini: Mini, ontology: Ontology
) -> None:
    plain = new_claim("cilengitide", "targets", "αvβ3")
    assert claim_slugs(
        mini,
        ontology,
        dict(plain),
        plain | {"phase": "II"},
        plain | {"phase": "II", "model": "mouse model"},
        plain | {"phase": "II"},
        dict(plain),
    ) == [
        "cilengitide-targets-alphaV-beta3",
        "cilengitide-targets-alphaV-beta3-II",
        "cilengitide-targets-alphaV-beta3-II-mouse-model",
        "cilengitide-targets-alphaV-beta3-II-2",
        "cilengitide-targets-alphaV-beta3-2",
    ]


def test_a_new_claim_takes_no_slug_of_another_table(mini: Mini, ontology: Ontology) -> None:
    taken = "alphaV-beta3-binds-ligand-vitronectin"
    mini.change("claims-structure", 6, claim=taken)
    assert claim_slugs(mini, ontology, new_claim("αvβ3", "binds ligand", "vitronectin")) == [f"{taken}-2"]


def test_background_claims_are_formatted_as_those_of_the_review(mini: Mini, ontology: Ontology) -> None:
    row = {"subject": "avb3", "predicate": "bindsLigand", "object": "vitronectin", "source": "Hynes 2002"}
    mini.add("background-claims", row)
    del mini.headers["background-claims"][0]
    (found,) = fmt(mini, "background-claims", ontology)
    assert list(found) == list(BACKGROUND_COLUMNS)
    assert found["claim"] == "alphaV-beta3-binds-ligand-vitronectin"
    assert (found["subject"], found["predicate"], found["source"]) == ("αvβ3", "binds ligand", "Hynes 2002")


@pytest.mark.parametrize(
    ("given_", "canonical"),
    [
        ("avb3", "αvβ3"),
        ("α\u03bdβ3", "αvβ3"),
        ("alphav-beta3", "αvβ3"),
        ("cd51/cd61", "αvβ3"),
        ("αvβ3", "αvβ3"),
        ("VLA2", "α2β1"),
    ],
)
def test_a_synonym_becomes_the_name(given_: str, canonical: str, mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, subject=given_, combined_with=f"{given_}; cilengitide;{given_}")
    row = fmt(mini, "claims-function", ontology)[0]
    assert (row["subject"], row["combined with"]) == (canonical, f"{canonical}; cilengitide")


@pytest.mark.parametrize("unknown", ["αvβ5", "avb33", "αvβ3 agent"])
def test_an_unknown_name_is_left_for_check_to_report(unknown: str, mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, subject=unknown)
    assert fmt(mini, "claims-function", ontology)[0]["subject"] == unknown


def test_a_synonym_of_two_entities_stands_for_neither(mini: Mini, ontology: Ontology) -> None:
    mini.change("integrins", 3, synonyms="CD51/CD61")
    mini.change("claims-function", 2, subject="cd51/CD61")
    assert fmt(mini, "claims-function", ontology)[0]["subject"] == "cd51/CD61"


@pytest.mark.parametrize(
    ("known", "written"), [("CD90+ cells", "CD90- cells"), ("CD90- cells", "CD90+ cells")]
)
def test_a_negative_marker_never_becomes_the_positive_one(
    known: str, written: str, mini: Mini, ontology: Ontology
) -> None:
    mini.add("cell-populations", entity(known, "cell population"))
    mini.change("claims-function", 2, cell_population=written)
    assert fmt(mini, "claims-function", ontology)[0]["cell population"] == written


def test_no_entity_is_put_where_none_was_named(mini: Mini, ontology: Ontology) -> None:
    mini.tables = {name: rows for name, rows in mini.tables.items() if name.startswith("claims")}
    mini.tables["claims-function"][1:] = []
    mini.add("integrins", entity("αvβ3", "integrin"))
    row = fmt(mini, "claims-function", ontology)[0]
    assert {row[context] for context in ("disease", "model", "anatomy", "pathway", "combined with")} == {""}


def test_classes_and_predicates_get_their_labels(mini: Mini, ontology: Ontology) -> None:
    mini.change("therapeutics", 2, **{"class": "Peptide"})
    mini.change("claims-function", 2, predicate="bindsLigand")
    assert fmt(mini, "therapeutics", ontology)[0]["class"] == "therapeutic peptide"
    assert fmt(mini, "claims-function", ontology)[0]["predicate"] == "binds ligand"


def test_rows_are_sorted_as_people_count(mini: Mini, ontology: Ontology) -> None:
    names = ["α10", "αv", "β1", "α2", "α1", "αIIb", "α11"]
    mini.tables["subunits"] = [entity(name, "integrin alpha subunit") for name in names]
    assert column(fmt(mini, "subunits", ontology), "name") == ["α1", "α2", "α10", "α11", "αIIb", "αv", "β1"]


def test_rows_whose_names_differ_by_a_sign_have_one_order(mini: Mini, ontology: Ontology) -> None:
    rows = [entity(f"CD90{sign} cells", "cell population") for sign in "+-"]
    mini.add("cell-populations", *rows)
    first = fmt(mini, "cell-populations", ontology)
    mini.tables["cell-populations"].reverse()
    assert fmt(mini, "cell-populations", ontology) == first


def test_sections_references_and_claims_are_in_the_order_of_the_text(mini: Mini, ontology: Ontology) -> None:
    mini.tables["sections"].reverse()
    mini.tables["references"] = [{"number": number} for number in ("10", "9", "100", "1")]
    for line, anchor in enumerate(["100-110", "20-40", "20-30"], start=2):
        mini.change("claims-function", line, anchor=anchor)
    assert column(fmt(mini, "sections", ontology), "start") == ["0", "400", "500"]
    assert column(fmt(mini, "references", ontology), "number") == ["1", "9", "10", "100"]
    assert column(fmt(mini, "claims-function", ontology), "anchor") == ["20-30", "20-40", "100-110"]


def test_the_references_of_a_claim_are_in_their_order(mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, references="10;9 ; 2;10")
    assert fmt(mini, "claims-function", ontology)[0]["references"] == "2; 9; 10"


def test_a_quotation_becomes_its_span_and_hash(mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, anchor="αvβ3 binds vitronectin", sha256="")
    row = next(r for r in fmt(mini, "claims-function", ontology, SOURCE) if r["object"] == "vitronectin")
    start, end = map(int, row["anchor"].split("-"))
    assert SOURCE[start:end] == "αvβ3 binds vitro-\nnectin"
    assert row["sha256"] == digest("αvβ3 binds vitronectin")


def test_a_span_without_a_hash_gets_it(mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, anchor="12-41", sha256="")
    row = next(r for r in fmt(mini, "claims-function", ontology, SOURCE) if r["object"] == "vitronectin")
    assert (row["anchor"], row["sha256"]) == ("12-41", digest(SOURCE[12:41]))


def test_a_span_with_a_hash_is_left_as_it_is(mini: Mini, ontology: Ontology) -> None:
    before = mini.tables["claims-function"][0]["sha256"]
    assert {row["sha256"] for row in fmt(mini, "claims-function", ontology, SOURCE)} == {before}


def test_without_the_source_a_quotation_is_kept(mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, anchor="αvβ3 binds ... vitronectin", sha256="")
    row = next(r for r in fmt(mini, "claims-function", ontology) if r["object"] == "vitronectin")
    assert (row["anchor"], row["sha256"]) == ("αvβ3 binds ... vitronectin", "")


def refusal(mini: Mini, table: str, ontology: Ontology, source: str | None = None) -> list[str]:
    path = mini.path(table)
    before = path.read_bytes()
    with pytest.raises(TableError) as error:
        again(path, ontology, source)
    assert path.read_bytes() == before
    return [str(problem).removeprefix(f"{mini.data}/") for problem in error.value.problems]


def test_every_quotation_that_is_not_found_is_named_with_its_place(mini: Mini, ontology: Ontology) -> None:
    mini.change("claims-function", 2, anchor="αvβ5 binds")
    mini.change("claims-function", 4, anchor="α2β1")
    mini.change("claims-function", 3, anchor="800-2000", sha256="")
    mini.write()
    assert refusal(mini, "claims-function", ontology, SOURCE) == [
        "claims-function.tsv:2: anchor: 'αvβ5 binds' does not occur in the source",
        "claims-function.tsv:3: anchor: 800-2000 is not a span of the source's 1000 characters",
        "claims-function.tsv:4: anchor: 'α2β1' occurs 2 times in the source: give more words",
    ]


def test_the_line_of_a_quotation_is_that_of_the_file_with_its_empty_lines(
    mini: Mini, ontology: Ontology
) -> None:
    mini.change("claims-function", 2, anchor="αvβ5 binds")
    mini.write()
    path = mini.path("claims-function")
    header, rest = path.read_text("utf-8").split("\n", 1)
    path.write_text(f"{header}\n\n\n{rest}", "utf-8")
    assert [problem.split(": ")[0] for problem in refusal(mini, "claims-function", ontology, SOURCE)] == [
        "claims-function.tsv:4"
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("name\tclass\nRGD\tx\n\nLDV\tx\ty\n", "motifs.tsv:4: 3 cells where the header has 2 columns"),
        ("name\tclass\tclass\nRGD\tx\ty\n", "motifs.tsv:1: class: this column stands twice in the header"),
        ("nam\tclass\nRGD\tx\n", "motifs.tsv:1: name: this column is missing, did you mean 'nam'?"),
        ("", "motifs.tsv:1: the table is empty"),
        ('name\tclass\nRGD\t"x\nLDV\ty\n', "motifs.tsv:2: unexpected end of data: "),
        ("name\tclass\nRGD\t\udce4\n", "motifs.tsv:2: not UTF-8 (byte 15): save it as UTF-8"),
    ],
)
def test_a_table_that_would_lose_a_cell_is_refused(
    content: str, problem: str, mini: Mini, ontology: Ontology
) -> None:
    mini.write()
    mini.path("motifs").write_bytes(content.encode("utf-8", "surrogateescape"))
    (found,) = refusal(mini, "motifs", ontology)
    assert found.startswith(problem)


def as_a_spreadsheet_saves(path: Path, rows: list[list[str]], *, quote_all: bool) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, "excel-tab", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows(rows)
    path.write_bytes(("\ufeff" + buffer.getvalue()).encode())


@pytest.mark.parametrize("quote_all", [False, True])
@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_a_spreadsheet_saved_is_repaired(
    table: str, quote_all: bool, mini: Mini, ontology: Ontology
) -> None:
    fmt(mini, table, ontology)
    path = mini.path(table)
    before = path.read_bytes()
    lines = [line.split("\t") for line in before.decode().removesuffix("\n").split("\n")]
    as_a_spreadsheet_saves(path, [*lines, [""] * len(lines[0])], quote_all=quote_all)
    again(path, ontology)
    assert path.read_bytes() == before


CELL = st.text(st.characters(exclude_categories=("Cs",)), max_size=10).filter(
    lambda cell: not cell.lstrip("; \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029").strip().startswith('"')
)
COLUMNS = ["name", "class", "definition", "synonyms", "exact match", "note", "weather"]


def folded(column: str, cell: str) -> str:
    cell = " ".join(cell.split())
    if column in LIST_COLUMNS:
        return "; ".join(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))
    return cell


@unhurried
@given(st.lists(st.lists(CELL, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=4))
def test_no_cell_of_an_entity_table_is_lost_and_the_next_run_changes_nothing(rows: list[list[str]]) -> None:
    ontology = Ontology([])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "motifs.tsv"
        as_a_spreadsheet_saves(path, [COLUMNS, *rows], quote_all=False)
        found = again(path, ontology)
        content = path.read_bytes()
        again(path, ontology)
        assert path.read_bytes() == content
    wanted = [dict(zip(COLUMNS, map(folded, COLUMNS, row), strict=True)) for row in rows]
    held = [{name: row[name] for name in COLUMNS} for row in found]
    assert sorted(held, key=str) == sorted((row for row in wanted if any(row.values())), key=str)


@unhurried
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(["subject", "object", "note", "model", "anchor"], CELL))))
def test_no_cell_of_a_claims_table_is_lost_and_the_next_run_changes_nothing(rows: list[Cells]) -> None:
    ontology = Ontology([])
    columns = ["subject", "object", "note", "model", "anchor"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "claims-some.tsv"
        as_a_spreadsheet_saves(path, [columns, *([row[c] for c in columns] for row in rows)], quote_all=True)
        found = again(path, ontology)
        content = path.read_bytes()
        again(path, ontology)
        assert path.read_bytes() == content
    spaced = {"subject", "object"}

    def listed(cell: str) -> str:
        return "; ".join(part.strip() for part in " ".join(cell.split()).split(";"))

    wanted = [
        {
            c: "; ".join(p.strip() for p in folded(c, row[c]).split(";"))
            if c in spaced
            else folded(c, row[c])
            for c in columns
        }
        for row in rows
        if any(map(str.strip, row.values()))
    ]
    assert sorted(({c: row[c] for c in columns} for row in found), key=str) == sorted(wanted, key=str)
    slugs = column(found, "claim")
    assert len(set(slugs)) == len(slugs)
