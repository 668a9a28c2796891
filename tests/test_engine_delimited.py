"""CSV of solutions says what the solutions say: to Python's csv module, whatever the terms hold."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    parse_query_results,
)

from integrin_kg.engine.delimited import write_csv

Term = NamedNode | BlankNode | Literal

text = st.text(st.one_of(st.sampled_from(",\"'\r\n\t\\;= \0\x0b\x85\u2028"), st.characters(codec="utf-8")))
terms = st.one_of(
    st.none(),
    st.builds(Literal, text),
    st.builds(lambda value: Literal(value, language="en"), text),
    st.builds(lambda value: Literal(value, datatype=NamedNode("http://example.org/a,type")), text),
    st.builds(lambda end: NamedNode(f"http://example.org/{end}"), st.text(",;'()!*é/")),
    st.builds(lambda number: BlankNode(f"b{number}"), st.integers(0, 3)),
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[terms] * width)).map(lambda r: (width, r))
)


def solutions(width: int, rows: list[tuple[Term | None, ...]]) -> QuerySolutions:
    """Return solutions of exactly these terms, which no store has rewritten."""
    names = [f"v{number}" for number in range(width)]
    bindings = [{n: described(t) for n, t in zip(names, row, strict=True) if t is not None} for row in rows]
    document = {"head": {"vars": names}, "results": {"bindings": bindings}}
    parsed = parse_query_results(json.dumps(document), QueryResultsFormat.JSON)
    assert isinstance(parsed, QuerySolutions)
    return parsed


def described(term: Term) -> dict[str, str]:
    """Return a term as SPARQL JSON has it."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def plain(term: Term | None) -> str:
    return "" if term is None else f"_:{term.value}" if isinstance(term, BlankNode) else term.value


def written(found: QuerySolutions) -> str:
    sink = io.BytesIO()
    write_csv(found, sink)
    return sink.getvalue().decode()


def query(text: str) -> QuerySolutions:
    found = Store().query(text)
    assert isinstance(found, QuerySolutions)
    return found


@given(tables)
def test_a_csv_reader_finds_every_cell_of_every_row(table: tuple[int, list[tuple[Term | None, ...]]]) -> None:
    width, rows = table
    header, *lines = csv.reader(io.StringIO(written(solutions(width, rows)), newline=""), strict=True)
    assert header == [f"v{number}" for number in range(width)]
    assert lines == [list(map(plain, row)) for row in rows]


@given(tables)
def test_the_engines_tsv_is_right_and_needs_no_writer_of_ours(
    table: tuple[int, list[tuple[Term | None, ...]]],
) -> None:
    width, rows = table
    lines = solutions(width, rows).serialize(format=QueryResultsFormat.TSV)
    assert lines is not None
    cells = [line.split("\t") for line in lines.decode().split("\n")]
    assert cells[0] == [f"?v{number}" for number in range(width)]
    assert cells[-1] == [""], "the last line is ended too"
    assert len(cells) == len(rows) + 2, "no literal breaks a line"
    assert all(len(row) == width for row in cells[1:-1]), "no literal breaks a cell"
    again = parse_query_results(lines, QueryResultsFormat.TSV)
    assert isinstance(again, QuerySolutions)
    assert [tuple(row) for row in again] == rows


@pytest.mark.parametrize(
    ("select", "line"),
    [
        ("<http://example.org/a,b>", '"http://example.org/a,b"'),
        (r'"a,b"', '"a,b"'),
        (r'"say \"x\""', '"say ""x"""'),
        (r'"a\nb"', '"a\nb"'),
        (r'"a\rb"', '"a\rb"'),
        (r'"a\tb"', "a\tb"),
        (r'"a\\b"', "a\\b"),
        ('" a "', " a "),
        ('"chat"@fr', "chat"),
        ("4.5", "4.5"),
        ("true", "true"),
    ],
)
def test_quotes_stand_where_they_must_and_nowhere_else(select: str, line: str) -> None:
    assert written(query(f"SELECT ({select} AS ?x) {{}}")) == f"x\r\n{line}\r\n"


def test_an_unbound_cell_and_an_empty_literal_are_the_empty_string() -> None:
    assert written(query('SELECT ("" AS ?a) ?b ("c" AS ?c) {}')) == "a,b,c\r\n,,c\r\n"


def test_a_row_of_one_empty_cell_is_not_an_empty_line_that_readers_skip() -> None:
    text = written(query("SELECT ?a { VALUES ?a { UNDEF UNDEF } }"))
    assert list(csv.DictReader(io.StringIO(text, newline=""))) == [{"a": ""}, {"a": ""}]


def test_without_solutions_there_is_the_header() -> None:
    assert written(query("SELECT ?a ?b { FILTER(false) }")) == "a,b\r\n"


def test_rows_are_written_as_they_come_and_a_full_sink_stops_them() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() > 100:
                raise BlockingIOError("full")
            return super().write(data)  # type: ignore[arg-type]

    found = query("SELECT ?x { VALUES ?x { 1 2 3 4 5 } VALUES ?y { 1 2 3 4 5 } VALUES ?z { 1 2 3 4 5 } }")
    sink = Full()
    with pytest.raises(BlockingIOError, match="full"):
        write_csv(found, sink)
    assert sink.tell() < 110
    assert next(found) is not None, "the rest was not asked for"
