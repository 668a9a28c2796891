"""Formats: which one Accept chooses, and that each holds the same answer for its own parser."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.util import from_n3
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best, for_engine
from test_sparql import BROWSER, FORM, QUERY, Reply, problem, query, send

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV, TSV, TURTLE = "text/csv", "text/tab-separated-values", "text/turtle"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"

SELECT = "SELECT ?x ?label { ?x a ikg:RGDReceptor ; rdfs:label ?label } ORDER BY ?x"
AWKWARD = """SELECT ?kind ?value { VALUES (?kind ?value) {
  ("comma" "a,b") ("quote" 'say "no"') ("line" "one\\ntwo") ("tab" "a\\tb") ("greek" "αvβ3"@el)
  ("number" 5) ("decimal" 1.5) ("iri" <https://example.org/a?b=c&d='e'>) ("mark" "<b>&amp;") ("none" UNDEF)
} }"""
CONSTRUCT = (
    "CONSTRUCT { ?x rdfs:label ?label ; a ikg:RGDReceptor } { ?x a ikg:RGDReceptor ; rdfs:label ?label }"
)
DESCRIBE = "DESCRIBE <https://w3id.org/integrin-kg/integrin/alphaV-beta3>"
GRAPHS = {TURTLE: "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml",
          "application/ld+json": "json-ld", "text/n3": "n3"}  # fmt: skip
QUADS = {"application/n-quads": "nquads", "application/trig": "trig"}

Rows = list[dict[str, str]]


def from_json(body: bytes) -> Rows:
    found = json.loads(body)["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in found]


def from_xml(body: bytes) -> Rows:
    results = ElementTree.fromstring(body).iter(f"{RESULTS}result")
    return [{cell.attrib["name"]: cell[0].text or "" for cell in row} for row in results]


def from_csv(body: bytes) -> Rows:
    rows = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)
    return [{name: value for name, value in row.items() if value} for row in rows]


def from_tsv(body: bytes) -> Rows:
    header, *lines = body.decode("utf-8").rstrip("\n").split("\n")
    names = [name.removeprefix("?") for name in header.split("\t")]
    split = [zip(names, line.split("\t"), strict=True) for line in lines]
    return [{name: str(from_n3(value)) for name, value in row if value} for row in split]


READERS = {JSON: from_json, XML: from_xml, CSV: from_csv, TSV: from_tsv}


def graph(body: bytes, form: str) -> rdflib.Graph:
    """The graph of a body; of a dataset, its default graph."""
    if form in ("nquads", "trig"):
        found = rdflib.Dataset(default_union=False)
        found.parse(data=body, format=form)
        return rdflib.Graph() + found.default_graph
    return rdflib.Graph().parse(data=body, format=form)


def ways(server: str, text: str, accept: str) -> list[Reply]:
    """The replies to a query by GET, as a form and as a body."""
    form = urlencode({"query": text})
    return [
        query(server, text, accept=accept),
        send(server, "/sparql", "POST", form, Content_Type=FORM, Accept=accept),
        send(server, "/sparql", "POST", text, Content_Type=QUERY, Accept=accept),
    ]


# Each format, each way to ask, one answer.


@pytest.mark.parametrize("media_type", READERS)
def test_a_select_has_the_same_rows_in_every_format(server: str, media_type: str) -> None:
    expected = from_json(query(server, SELECT, accept=JSON).body)
    assert len(expected) == 8
    for reply in ways(server, SELECT, media_type):
        assert (reply.status, reply.media_type) == (200, media_type)
        assert READERS[media_type](reply.body) == expected


@pytest.mark.parametrize("media_type", READERS)
def test_awkward_values_survive_every_format(server: str, media_type: str) -> None:
    rows = READERS[media_type](query(server, AWKWARD, accept=media_type).body)
    assert {row["kind"]: row.get("value") for row in rows} == {
        "comma": "a,b",
        "quote": 'say "no"',
        "line": "one\ntwo",
        "tab": "a\tb",
        "greek": "αvβ3",
        "number": "5",
        "decimal": "1.5",
        "iri": "https://example.org/a?b=c&d='e'",
        "mark": "<b>&amp;",
        "none": None,
    }


@pytest.mark.parametrize(("text", "expected"), [("ASK {}", True), ("ASK { FILTER(false) }", False)])
def test_an_ask_has_the_same_answer_in_every_format(server: str, text: str, expected: bool) -> None:
    for reply in ways(server, text, JSON):
        assert json.loads(reply.body)["boolean"] is expected
    for reply in ways(server, text, XML):
        assert ElementTree.fromstring(reply.body).findtext(f"{RESULTS}boolean") == str(expected).lower()
    for media_type in (CSV, TSV):
        for reply in ways(server, text, media_type):
            assert (reply.status, reply.media_type) == (200, media_type)
            assert reply.text.strip() == str(expected).lower()


@pytest.mark.parametrize("text", [CONSTRUCT, DESCRIBE], ids=["construct", "describe"])
@pytest.mark.parametrize(("media_type", "form"), [*GRAPHS.items(), *QUADS.items()])
def test_a_graph_is_the_same_in_every_format(server: str, text: str, media_type: str, form: str) -> None:
    expected = graph(query(server, text, accept="application/n-triples").body, "nt")
    assert len(expected) >= 16
    for reply in ways(server, text, media_type):
        assert (reply.status, reply.media_type) == (200, media_type)
        assert isomorphic(graph(reply.body, form), expected)


@pytest.mark.parametrize("accept", ["application/json", "application/xml", "text/xml", "text/plain"])
def test_what_older_clients_ask_for_is_named_by_its_own_name(server: str, accept: str) -> None:
    table, triples = query(server, SELECT, accept=accept), query(server, CONSTRUCT, accept=accept)
    if accept == "text/plain":
        assert table.status == 406
    else:
        assert table.media_type == for_engine(accept, triples=False)
        assert len(READERS[table.media_type](table.body)) == 8
    assert triples.media_type == for_engine(accept, triples=True)
    form = {**GRAPHS}[triples.media_type]
    assert len(graph(triples.body, form)) == 16


def test_text_formats_say_that_they_are_utf_8(server: str) -> None:
    for text, accept in ((SELECT, CSV), (SELECT, TSV), (CONSTRUCT, TURTLE)):
        reply = query(server, text, accept=accept)
        assert reply.headers.get_content_charset() == "utf-8"
        assert "αvβ3" in reply.text


# Which format Accept chooses.

CHOICES: list[tuple[str | None, str, str]] = [
    (None, JSON, TURTLE),
    ("", JSON, TURTLE),
    ("*/*", JSON, TURTLE),
    ("*/*;q=0.1", JSON, TURTLE),
    ("text/csv, */*;q=0.1", CSV, TURTLE),
    ("text/*", CSV, TURTLE),
    ("application/*", JSON, "application/n-triples"),
    ("text/csv;q=0.5, text/tab-separated-values", TSV, ""),
    ("text/csv;q=0.9, text/tab-separated-values;q=0.8", CSV, ""),
    ("text/csv;q=0.001, application/sparql-results+xml;q=0.002", XML, ""),
    ("text/csv;q=0, */*", JSON, TURTLE),
    ("application/sparql-results+json;q=0, text/turtle;q=0, */*", XML, "application/n-triples"),
    ("text/*;q=0, */*;q=0.5", JSON, "application/n-triples"),
    ("text/*;q=0.9, text/csv;q=0.1", TSV, TURTLE),
    ("TEXT/CSV, Text/Turtle;Q=0.5", CSV, TURTLE),
    ("text/csv , text/turtle", CSV, TURTLE),
    ("text/csv; charset=utf-8", CSV, ""),
    ("application/sparql-results+json; charset=utf-8; q=0.5, text/csv; q=0.4", JSON, ""),
    ('application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', "", "application/ld+json"),
    ("image/png, text/csv;q=0.1", CSV, ""),
    ("application/rdf+xml, text/csv", CSV, "application/rdf+xml"),
    ("text/turtle", "", TURTLE),
    ("text/csv", CSV, ""),
    ("image/png", "", ""),
    ("*/*;q=0", "", ""),
    ("nonsense", "", ""),
    (BROWSER, HTML, HTML),
    ("text/html", HTML, HTML),
    ("text/html;q=0.5, text/turtle", HTML, TURTLE),
    ("text/html;q=0.5, text/csv", CSV, HTML),
    ("text/html, text/turtle;q=0.9, text/csv;q=0.9", HTML, HTML),
]


@pytest.mark.parametrize(("accept", "table", "triples"), CHOICES)
def test_accept_chooses_the_format(server: str, accept: str | None, table: str, triples: str) -> None:
    for text, expected in ((SELECT, table), ("ASK {}", table), (CONSTRUCT, triples), (DESCRIBE, triples)):
        reply = query(server, text, accept=accept)
        assert "Accept" in reply.headers["Vary"]
        if expected:
            assert (reply.status, reply.media_type) == (200, expected), text
        else:
            assert reply.status == 406, text
            assert problem(reply)["title"] == "Not acceptable"


@pytest.mark.parametrize(
    ("accept", "form"),
    [(None, "json"), ("*/*", "json"), ("text/csv", "json"), ("application/json", "json"),
     ("application/problem+json, text/html", "json"), ("text/turtle", "json"), ("image/png", "json"),
     (BROWSER, "html"), ("text/html", "html"), ("text/html, application/json;q=0.5", "html")],
)  # fmt: skip
def test_an_error_comes_in_a_form_that_the_client_reads(server: str, accept: str | None, form: str) -> None:
    reply = query(server, "SELEC", accept=accept)
    assert reply.status == 400
    assert "Accept" in reply.headers["Vary"]
    if form == "html":
        assert reply.media_type == HTML
        assert "Syntax error</h" in reply.text
    else:
        assert problem(reply)["title"] == "Syntax error"


# The choice itself.


def accepted(header: str) -> MIMEAccept:
    return parse_accept_header(header, MIMEAccept)


@pytest.mark.parametrize("offered", [list(SOLUTIONS), list(TRIPLES), [HTML, *TRIPLES]])
def test_every_format_on_offer_can_be_chosen(offered: list[str]) -> None:
    for media_type in offered:
        assert best(accepted(media_type), offered) == media_type
        assert best(accepted(f"*/*;q=0.5, {media_type}"), offered) == media_type
        assert best(accepted(f"{media_type};charset=utf-8"), offered) == media_type


@pytest.mark.parametrize("header", ["", "*/*", "*/*;q=0.01"])
def test_without_a_preference_the_first_on_offer_is_taken(header: str) -> None:
    assert best(accepted(header), list(SOLUTIONS)) == JSON
    assert best(accepted(header), list(TRIPLES)) == TURTLE


@pytest.mark.parametrize("header", ["image/png", "*/*;q=0", "text/csv;q=0", "image/*", "csv", ";;,q"])
def test_what_fits_nothing_chooses_nothing(header: str) -> None:
    assert best(accepted(header), list(SOLUTIONS)) is None


def test_every_format_has_a_name_that_the_engine_writes() -> None:
    tables = {for_engine(media_type, triples=False) for media_type in SOLUTIONS}
    triples = {for_engine(media_type, triples=True) for media_type in TRIPLES}
    assert tables == set(READERS)
    assert triples == {*GRAPHS, *QUADS}
    assert for_engine(None, triples=True) is None


def test_a_short_name_means_one_format_of_each_kind() -> None:
    def targets(offered: dict[str, str], triples: bool) -> dict[str, Any]:
        found: dict[str, set[str | None]] = {}
        for media_type, name in offered.items():
            found.setdefault(name, set()).add(for_engine(media_type, triples=triples))
        return found

    for offered, triples in ((SOLUTIONS, False), (TRIPLES, True)):
        assert {len(found) for found in targets(offered, triples).values()} == {1}
