"""XML of results and of graphs says to any XML parser what the literals say, or nothing."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    serialize,
)

from integrin_kg.engine.xml_text import UnwritableCharacter, XmlText

IRI = NamedNode("http://example.org/p")
UNWRITABLE = [*map(chr, range(9)), "\x0b", "\x0c", *map(chr, range(14, 32)), "\ufffe", "\uffff"]

readable = st.text(
    st.one_of(
        st.sampled_from("\r\n\t <>&\"'\x85\u2028]"),
        st.characters(codec="utf-8", exclude_characters="".join(UNWRITABLE)),
    )
)


def results(value: str) -> bytes:
    store = Store()
    store.add(Quad(IRI, IRI, Literal(value)))
    found = store.query("SELECT ?x { ?s ?p ?x }")
    assert isinstance(found, QuerySolutions)
    sink = io.BytesIO()
    found.serialize(XmlText(sink), QueryResultsFormat.XML)  # type: ignore[arg-type]
    return sink.getvalue()


def graph(value: str) -> bytes:
    sink = io.BytesIO()
    serialize([Quad(IRI, IRI, Literal(value))], XmlText(sink), RdfFormat.RDF_XML)  # type: ignore[arg-type]
    return sink.getvalue()


@given(readable)
def test_an_xml_parser_reads_the_literal_of_a_result(value: str) -> None:
    (literal,) = ElementTree.fromstring(results(value)).iter(
        "{http://www.w3.org/2005/sparql-results#}literal"
    )
    assert (literal.text or "") == value


@given(readable)
def test_an_xml_parser_reads_the_literal_of_a_graph(value: str) -> None:
    (literal,) = ElementTree.fromstring(graph(value)).iter("{http://example.org/}p")
    assert (literal.text or "") == value


@pytest.mark.parametrize("character", UNWRITABLE)
@pytest.mark.parametrize("write", [results, graph])
def test_what_xml_cannot_hold_is_refused_by_its_number(write: object, character: str) -> None:
    with pytest.raises(UnwritableCharacter, match=f"U\\+{ord(character):04X}.*ask for JSON"):
        write(f"a{character}b")  # type: ignore[operator]


def test_a_character_cut_by_the_end_of_a_write_is_whole() -> None:
    sink = io.BytesIO()
    out = XmlText(sink)
    for byte in "β1\r".encode():
        out.write(bytes([byte]))
    assert sink.getvalue().decode() == "β1&#13;"
