"""What must hold of every parser of ours, as functions of bytes that raise where it does not."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from pathlib import Path

from pyoxigraph import QueryBoolean, Store
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from integrin_kg import tsv
from integrin_kg.classify import DescriptionError, read
from integrin_kg.engine import messages
from integrin_kg.engine.tokens import keywords, mentions, with_other_word
from integrin_kg.records import Problem
from integrin_kg.vocab import PREFIXES
from integrin_kg.web.negotiation import HTML, SOLUTIONS, TRIPLES, best

# No piece is an address, so that nothing can be connected to: the engine stops at these with an error.
SERVICE_PIECES = ["SERVICE", "service", "SERVICE<x:y>{}", "SERVICE ?z {}", "<x:y>", "SELECT * {", "ASK {",
                  "{", "}", "(", ")", "[", "]", "'", '"', "'''", '"""', "\\", "\\'", '\\"', "\\u0053",
                  "\\U00000053", "<", ">", "<a#>", "#", "\n", "\r", " ", "\t", "\u2028", "?a", "$a",
                  "?s ?p ", "a", "ikg:a", "ikg:", ":", "_:b", "@en", "^^", "xsd:integer", ".", ",", ";",
                  "5e3", "1", "1.", "-", "+", "*", "/", "|", "!", "^", "=", "&&", "||", "true", "false",
                  "FILTER", "FILTER(1<2)", "BIND(1 AS ?x)", "OPTIONAL", "UNION", "EXISTS", "NOT", "GRAPH",
                  "VALUES ?v {", "UNDEF", "SELECT", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "%41", "\\-",
                  "\u00e9", "\u0301", "\0"]  # fmt: skip
SERVICE_ERRORS = ("A URI scheme must be set", "The variable encoding the service name")
MEDIA_TYPES = (
    "text/turtle",
    "application/trig",
    "application/n-triples",
    "application/n-quads",
    "text/n3",
    "application/ld+json",
    "application/rdf+xml",
)
LARGEST_REQUEST = 1000


def service(data: bytes) -> None:
    """No query made of these pieces has SERVICE evaluated without our noticing before."""
    text = "".join(SERVICE_PIECES[byte % len(SERVICE_PIECES)] for byte in data)
    for query in (text, f"SELECT * {{ {text} }}", f"SELECT * {{ {text} SERVICE <x:y> {{}} }}"):
        if _reaches_service(query):
            assert _noticed(query), query


def _reaches_service(query: str) -> bool:
    try:
        results = Store().query(query, prefixes=PREFIXES)
        if not isinstance(results, QueryBoolean):
            list(results)
    except (SyntaxError, ValueError):
        return False
    except (OSError, RuntimeError) as error:
        return any(said in str(error) for said in SERVICE_ERRORS)
    return False


def _noticed(query: str) -> bool:
    """What a worker does before it evaluates a query."""
    if mentions(query, "SERVICE"):
        return True
    try:
        Store().query(with_other_word(query, "SERVICE"), prefixes=PREFIXES)
    except SyntaxError:
        return True
    except (ValueError, RuntimeError, OSError):
        return False
    return False


def tokens(data: bytes) -> None:
    """No text makes the scan raise, and escapes hide nothing that stands plainly."""
    text = data.decode("utf-8", "replace")
    plainly = any(word in ("SERVICE", "LOAD", "FROM") for word in keywords(text))
    assert mentions(text, "SERVICE", "LOAD", "FROM") or not plainly
    assert len(with_other_word(text, "LOAD")) == len(text)


def accept(data: bytes) -> None:
    """Every Accept header chooses what is on offer, or nothing."""
    header = parse_accept_header(data.decode("latin-1"), MIMEAccept)
    for offered in ([*SOLUTIONS, HTML], list(TRIPLES)):
        assert best(header, offered) in (None, *offered)


def frames(data: bytes) -> None:
    """Whatever comes, receiving ends: with a frame no longer than allowed, or with an error."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(5)
        theirs.sendall(data[:60_000])
        theirs.shutdown(socket.SHUT_WR)
        with contextlib.suppress(EOFError, ValueError):
            while True:
                kind, payload = messages.receive(ours, LARGEST_REQUEST)
                assert len(kind) == 1
                assert len(payload) <= LARGEST_REQUEST


def description(data: bytes) -> None:
    """A description is read or refused with a reason; the first byte chooses its media type."""
    media_type = MEDIA_TYPES[data[0] % len(MEDIA_TYPES)] if data else "text/turtle"
    with contextlib.suppress(DescriptionError):
        for triple in read(data[1:], media_type):
            assert str(triple)


def table(data: bytes) -> None:
    """A table is read or its problems are named; what is read loosely and rendered is tidy."""
    with tempfile.NamedTemporaryFile(suffix=".tsv") as file:
        path = Path(file.name)
        path.write_bytes(data)
        problems: list[Problem] = []
        found = tsv.read(path, problems)
        assert all(len(row.cells) == len(set(found.header)) for row in found.rows)
        try:
            loose = tsv.read_loosely(path)
        except tsv.Malformed:
            return
        cells = [[row[column] for column in loose.header] for row in loose.rows]
        path.write_text(tsv.render(loose.header, cells), "utf-8", newline="")
        problems = []
        again = tsv.read(path, problems)
        told = [problem for problem in problems if "control character" not in str(problem)]
        assert not told, told
        assert again.header == loose.header
        assert [row.cells for row in again.rows] == [row.cells for row in loose.rows]


PROPERTIES = {check.__name__: check for check in (service, tokens, accept, frames, description, table)}
