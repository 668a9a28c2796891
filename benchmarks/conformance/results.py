"""What queries answer, read from every format and compared up to the names of blank nodes."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from endpoint import Failed, Response, SameValue, triples
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

Term = NamedNode | BlankNode | Literal | Triple
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

_BY_SUFFIX = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".csv": QueryResultsFormat.CSV,
    ".tsv": QueryResultsFormat.TSV,
}
# A cell of CSV has no datatype; a number's value is told by its look.
_CELL = NamedNode("urn:x-csv:cell")
_FLOATS = {_CELL.value} | {f"{XSD}{name}" for name in ("double", "float")}
_SIZES = ("long", "int", "short", "byte")
_SIGNS = ("nonNegative", "positive", "nonPositive", "negative")
_EXACT = {f"{XSD}{name}" for name in ("decimal", "integer", *_SIZES)}
_EXACT |= {f"{XSD}{sign}Integer" for sign in _SIGNS} | {f"{XSD}unsigned{size.title()}" for size in _SIZES}


@dataclass(frozen=True)
class Table:
    """Solutions, in the order in which they came."""

    variables: frozenset[str]
    rows: list[dict[str, Term]]


Answer = Table | bool | list[Triple]


def accept_for(path: Path) -> str:
    """Return the media type to ask for where the expected answer is in ``path``: the file's own, so that
    each of the server's writers is put to the test."""
    known = _BY_SUFFIX.get(path.suffix)
    if known is not None:
        return bare(known.media_type)
    return bare(QueryResultsFormat.XML.media_type) if is_result_set(path) else RdfFormat.TURTLE.media_type


def bare(media_type: str) -> str:
    """Return a media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_result_set(path: Path) -> bool:
    """Say whether an RDF file describes solutions (and is not itself the graph that is expected)."""
    return any(t.predicate == RDF_TYPE and t.object == NamedNode(f"{RS}ResultSet") for t in triples(path))


def expected(path: Path) -> Answer:
    """Return the answer that a file of the suite describes."""
    known = _BY_SUFFIX.get(path.suffix)
    if known is not None:
        return _table(path.read_bytes(), known)
    return _described(triples(path)) if is_result_set(path) else triples(path)


def received(response: Response, base: str | None = None) -> Answer:
    """Return the answer that a response holds, by its content type; :class:`Failed` where unreadable."""
    results, rdf = (kind.from_media_type(response.media_type) for kind in (QueryResultsFormat, RdfFormat))
    try:
        if results is not None:
            return _table(response.body, results)
        if rdf is not None:
            return [quad.triple for quad in parse(response.body, rdf, base_iri=base)]
    except (SyntaxError, ValueError) as error:
        raise Failed(f"unreadable {response.media_type}: {error}") from error
    raise Failed(f"expected results or RDF, came {response.excerpt()}")


def compare(wanted: Answer, came: Answer, query: str = "") -> None:
    """Raise :class:`Failed` where the two answers differ, :class:`SameValue` where only their numbers'
    lexical forms or their language tags' case do. Rows may come in any order that ``query`` allows."""
    if type(wanted) is not type(came):
        raise Failed(f"expected a {_kind(wanted)}, came a {_kind(came)}")
    if isinstance(wanted, bool):
        if wanted != came:
            raise Failed(f"expected {wanted}, came {came}")
        return
    if isinstance(wanted, Table) and isinstance(came, Table):
        if wanted.variables != came.variables:
            raise Failed(f"expected the variables {_names(wanted)}, came {_names(came)}")
        if len(wanted.rows) != len(came.rows):
            raise Failed(
                f"expected {len(wanted.rows)} rows, came {len(came.rows)}; {_difference(wanted, came)}"
            )
        _compare_order(wanted, came, query)
    if isomorphic(_as_triples(wanted), _as_triples(came)):
        return
    by_value = isomorphic(map(_valued, _as_triples(wanted)), map(_valued, _as_triples(came)))
    raise (SameValue if by_value else Failed)(_difference(wanted, came))


def _compare_order(wanted: Table, came: Table, query: str) -> None:
    # Rows that the variables of the outermost ORDER BY do not tell apart may come in any order.
    last = re.search(r"ORDER\s+BY([^{}]*)$", query, re.IGNORECASE)
    keys = re.findall(r"[?$](\w+)", last[1]) if last else []
    some, others = _sequence(wanted, keys), _sequence(came, keys)
    if some != others and Counter(some) == Counter(others):
        raise Failed(f"the rows are not in the order of ORDER BY {' '.join(keys)}")


def _sequence(table: Table, keys: list[str]) -> list[str]:
    terms = ([row.get(key) for key in keys] for row in table.rows)
    return ["\t".join("" if term is None else _shown(_valued_term(term)) for term in row) for row in terms]


def isomorphic(some: Iterable[Triple], others: Iterable[Triple]) -> bool:
    """Say whether two graphs differ in nothing but their blank nodes' names."""
    return _canonical(some) == _canonical(others)


def _canonical(graph: Iterable[Triple]) -> Dataset:
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in graph)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _as_triples(answer: Answer) -> list[Triple]:
    """Return an answer as a graph: a blank node for each distinct row, with how often it occurs."""
    if not isinstance(answer, Table):
        assert isinstance(answer, list)
        return answer
    rows = Counter(tuple(sorted(row.items(), key=lambda item: item[0])) for row in answer.rows)
    graph = []
    for row, count in rows.items():
        node = BlankNode()
        graph.append(Triple(node, NamedNode("urn:x-row:count"), Literal(count)))
        graph += [Triple(node, NamedNode(f"urn:x-row:variable:{name}"), term) for name, term in row]
    return graph


def _valued(triple: Triple) -> Triple:
    """Return a triple whose object is written in one form a value."""
    return Triple(triple.subject, triple.predicate, _valued_term(triple.object))


def _valued_term(literal: Term) -> Term:
    if not isinstance(literal, Literal):
        return literal
    if literal.language:
        return Literal(literal.value, language=literal.language.lower())
    kind = literal.datatype.value
    try:
        if kind in _FLOATS:
            return Literal(repr(float(literal.value)), datatype=literal.datatype)
        if kind == f"{XSD}boolean":
            return Literal(
                {"1": "true", "0": "false"}.get(literal.value, literal.value), datatype=literal.datatype
            )
        if kind in _EXACT:
            return Literal(f"{Decimal(literal.value).normalize():f}", datatype=literal.datatype)
    except (ValueError, InvalidOperation):
        pass  # ill-typed: its lexical form is all it has
    return literal


def _table(body: bytes, form: QueryResultsFormat) -> Table | bool:
    if form == QueryResultsFormat.CSV:
        return _delimited(body)
    parsed = parse_query_results(body, form)
    if isinstance(parsed, QueryBoolean):
        return bool(parsed)
    names = [variable.value for variable in parsed.variables]
    rows = [{name: row[name] for name in names if row[name] is not None} for row in parsed]
    return Table(frozenset(names), rows)


def _delimited(body: bytes) -> Table:
    """Read CSV, which tells blank nodes from strings only by their look and nothing else apart."""
    header, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
    # An empty line is one empty cell.
    cells = (zip(header, line or [""], strict=True) for line in lines)
    rows = [{name: _plain(cell) for name, cell in row if cell} for row in cells]
    return Table(frozenset(header), rows)


def _plain(cell: str) -> Term:
    return BlankNode(cell[2:]) if cell.startswith("_:") else Literal(cell, datatype=_CELL)


def _described(graph: list[Triple]) -> Table | bool:
    """Read a result set in RDF, of the DAWG's test vocabulary."""

    def objects(subject: object, name: str) -> list[Term]:
        return [t.object for t in graph if t.subject == subject and t.predicate == NamedNode(RS + name)]

    (root,) = (
        t.subject for t in graph if t.predicate == RDF_TYPE and t.object == NamedNode(f"{RS}ResultSet")
    )
    for truth in objects(root, "boolean"):
        return truth.value == "true"
    indexed = []
    for solution in objects(root, "solution"):
        bound = {
            objects(b, "variable")[0].value: objects(b, "value")[0] for b in objects(solution, "binding")
        }
        index = [int(place.value) for place in objects(solution, "index")]
        indexed.append((index, bound))
    # Places, where there are any, are written out: rows are in the order of the file otherwise.
    rows = [row for _, row in sorted(indexed, key=lambda pair: pair[0])]
    return Table(frozenset(v.value for v in objects(root, "resultVariable")), rows)


def _difference(wanted: Answer, came: Answer) -> str:
    """Tell what is missing and what is too much, blank nodes left out of account."""
    some, others = (Counter(_lines(answer)) for answer in (wanted, came))
    missing, further = list((some - others).elements()), list((others - some).elements())
    if not missing and not further:
        return "the same rows, their blank nodes connected otherwise"
    return f"missing {_few(missing)}; not expected {_few(further)}"


def _lines(answer: Answer) -> list[str]:
    if isinstance(answer, Table):
        return [" ".join(f"?{n}={_shown(row[n])}" for n in sorted(row)) or "(nothing)" for row in answer.rows]
    assert isinstance(answer, list)
    return [" ".join(_shown(term) for term in triple) for triple in answer]


def _shown(term: object) -> str:
    return "[]" if isinstance(term, BlankNode) else str(term).replace(f"^^{_CELL}", "").replace(XSD, "xsd:")


def _few(lines: list[str]) -> str:
    return (
        " | ".join(lines[:2]) + (f" and {len(lines) - 2} more" if len(lines) > 2 else "")
        if lines
        else "nothing"
    )


def _names(table: Table) -> str:
    return " ".join(f"?{name}" for name in sorted(table.variables)) or "(none)"


def _kind(answer: Answer) -> str:
    return "yes or no" if isinstance(answer, bool) else "table" if isinstance(answer, Table) else "graph"
