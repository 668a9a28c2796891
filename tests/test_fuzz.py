"""What must hold of every parser of bytes, tried with bytes of all kinds; ``make fuzz`` tries longer."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fuzz import properties

MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

XML = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:"><x:a x:p="1"/></r:RDF>'
RDF = [b"<x:a>", b" ", b'"', b"'", b'"""', b"[", b"]", b"(", b")", b"{", b"}", b"<<", b">>", b"<<(", b")>>",
       b"{|", b"|}", b".", b";", b",", b"@prefix x: <x:> .\n", b"@en", b"^^", b"x:p", b"_:b", b"\\u0041",
       b"\\uD800", b"\xff", b"\0", b"#", b"\n", b"1", b"true", b"~", b"=>", b'{"@id":"x:a","x:p":',
       b'"@context":', b'"@graph":[', b"null", b"<!DOCTYPE r [", b"<!ENTITY e 'a'>", b"]>", b"&e;", b"&#0;",
       XML]  # fmt: skip
CELLS = [b"\t", b"\n", b"\r\n", b"\r", b'"', b'""', b" ", b";", b"; ", b"a", b"name", b"\xef\xbb\xbf",
         b"\xc3\xa9", b"\xe2\x80\xa8", b"\0", b"\x0b", b"\x1c", b"\x85", b"\xc2\x85", b"\xff", b"=",
         b"\xc2\xa0"]  # fmt: skip
RANGES = [b"text/csv", b"text/*", b"*/*", b"text/html", b"*", b"/", b";q=", b";", b",", b" ", b"0", b"1",
          b"0.5", b"-1", b"nan", b"inf", b"9" * 400, b'"', b"\\", b"=", b"\xb2",
          b"charset=utf-8", b"q"]  # fmt: skip


def made_of(pieces: list[bytes], size: int = 40) -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(pieces), max_size=size).map(b"".join)


@MANY
@given(st.binary(max_size=12))
def test_no_query_has_service_evaluated_unnoticed(data: bytes) -> None:
    properties.service(data)


PIECES = [bytes([number]) for number in range(len(properties.SERVICE_PIECES))]


@pytest.mark.parametrize("after", PIECES, ids=lambda piece: repr(properties.SERVICE_PIECES[piece[0]]))
def test_no_piece_or_pair_of_them_hides_service(after: bytes) -> None:
    for before in PIECES:
        properties.service(before + after)


@MANY
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_no_text_breaks_the_scan_for_words(data: bytes) -> None:
    properties.tokens(data)


@MANY
@given(made_of(RANGES) | st.binary(max_size=200))
def test_every_accept_header_chooses_what_is_on_offer_or_nothing(data: bytes) -> None:
    properties.accept(data)


@MANY
@given(
    st.binary(max_size=200)
    | st.tuples(st.binary(min_size=1, max_size=1), st.integers(0, 2**32 - 1), st.binary(max_size=50)).map(
        lambda frame: frame[0] + struct.pack("!I", frame[1]) + frame[2]
    )
)
@example(b"T\xff\xff\xff\xff")
def test_receiving_ends_whatever_length_is_announced(data: bytes) -> None:
    properties.frames(data)


@MANY
@given(st.tuples(st.binary(min_size=1, max_size=1), made_of(RDF) | st.binary(max_size=200)).map(b"".join))
def test_a_description_is_read_or_refused_with_a_reason(data: bytes) -> None:
    properties.description(data)


@MANY
@given(made_of(CELLS) | st.binary(max_size=200))
def test_a_table_is_read_or_its_problems_are_named(data: bytes) -> None:
    properties.table(data)
