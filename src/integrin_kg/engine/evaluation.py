"""Evaluating one query on a store: what is refused, what the dataset is, how an answer is written."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import IO, Any, cast
from urllib.parse import urlsplit

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from integrin_kg.engine.delimited import write_csv
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.engine.tokens import mentions, names_dataset, service_calls, with_other_word
from integrin_kg.engine.xml_text import UnwritableCharacter, XmlText
from integrin_kg.vocab import INFERRED_GRAPH, PREFIXES

Results = QuerySolutions | QueryBoolean | QueryTriples
Answers = QuerySolutions | QueryBoolean | Iterable[Triple]

_DECLARED = [(f"{prefix}:", prefix, iri) for prefix, iri in PREFIXES.items()]
_PIECE = 64 * 1024
_POSITION = re.compile(r"error at (\d+):(\d+): ?")


def evaluate(
    store: Store, query: Query, *, union: bool = True, services: frozenset[str] = frozenset()
) -> tuple[Results, str]:
    """Return the results of ``query`` and the media type to write them in. With ``union`` a query that
    names no dataset sees all graphs as one. Of other endpoints it may call the ``services``.

    Raises :class:`Problem` where it does not parse, is refused, or has no acceptable format.
    """
    refuse_calls(query.text, services)
    try:
        dataset = _dataset(store, query, union)
        results = store.query(query.text, base_iri=query.base, prefixes=prefixes_in(query.text), **dataset)
    except SyntaxError as error:
        raise syntax_problem(str(error)) from error
    except OSError as error:
        raise Problem(502, "Service failed", str(error)) from error
    except (ValueError, RuntimeError) as error:
        raise _failure(error) from error
    is_graph = isinstance(results, QueryTriples)
    media_type = query.triples if is_graph else query.solutions
    if media_type is None:
        raise no_format(is_graph)
    return results, media_type


def prefixes_in(text: str) -> dict[str, str]:
    """Return those of our prefixes that the request ``text`` may use: a parser takes a while over each."""
    if "\\" in text:
        return PREFIXES  # any of its letters may be escaped
    return {prefix: iri for start, prefix, iri in _DECLARED if start in text}


def no_format(is_graph: bool) -> Problem:
    """Return the problem of an answer that has no format which its client accepts."""
    form = "a graph" if is_graph else "a table or a yes or no"
    return Problem(406, "Not acceptable", f"The answer is {form}, and Accept allows no format for one.")


def refuse_calls(text: str, services: frozenset[str] = frozenset()) -> str:
    """Raise :class:`Problem` where the query ``text`` calls another endpoint than those of ``services``;
    return it with these calls taken for graphs, so that to parse it calls nobody."""
    without = _without(services, text) if services else text
    refuse_escape(without, lambda other: Store().query(other, prefixes=PREFIXES), "SERVICE")
    return without


def refuse_escape(text: str, parse: Callable[[str], object], *words: str) -> None:
    """Raise :class:`Problem` where one of the ``words`` (SERVICE, LOAD), with which a request leaves the
    process, is a keyword of ``text``. ``parse`` is given a text that is free of them."""
    if mentions(text, *words):
        detail = f"{' or '.join(words)} would leave this server, which its operator has not allowed."
        raise Problem(403, "Federated query refused", detail)
    other = text
    for word in words:
        other = with_other_word(other, word)
    if other == text:
        return
    # The parser also finds a word where no token starts (SERVICESILENT, 5e3SERVICE, ?a<?b)SERVICE?s#>):
    # what still parses with another word in its place holds it in strings and names only.
    try:
        parse(other)
    except SyntaxError as error:
        raise syntax_problem(str(error)) from error
    except (ValueError, RuntimeError, OSError):
        return  # it parses; what else is wrong the real evaluation says


def _without(services: frozenset[str], text: str) -> str:
    """``text`` with a word of the same grammar in the place of SERVICE wherever it calls one of ``services``.

    Raises :class:`Problem` where one has an address within a private network that nobody named.
    """
    parts, done = [], 0
    for start, end, iri in service_calls(text):
        if iri in services:
            _refuse_private(iri)
            parts += [text[done:start], "GRAPH"]
            done = end
    return "".join([*parts, text[done:]])


def _refuse_private(url: str) -> None:
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        ip_address(host)
        return  # the operator named this very address
    if host == "localhost":
        return
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise Problem(502, "Service not found", f"{host} has no address ({error.strerror}).") from error
    private = [address for address in found if not ip_address(address.partition("%")[0]).is_global]
    if private:
        raise Problem(403, "Federated query refused", f"{host} is at a private address ({private[0]}).")


def _dataset(store: Store, query: Query, union: bool) -> dict[str, Any]:
    if query.default_graphs or query.named_graphs:
        return {
            "default_graph": [NamedNode(iri) for iri in query.default_graphs],
            "named_graphs": [NamedNode(iri) for iri in query.named_graphs],
        }
    if not union or names_dataset(query.text):
        return {}  # the graph with no name, or the query names its own
    if query.reasoning:
        return {"use_default_graph_as_union": True}
    asserted = [graph for graph in store.named_graphs() if graph != INFERRED_GRAPH]
    return {"default_graph": asserted, "named_graphs": asserted}


def write(results: Answers, media_type: str, sink: IO[bytes]) -> None:
    """Write ``results`` to ``sink``; :class:`Problem` where evaluating them fails half-way."""
    if media_type.endswith("xml"):
        sink = cast("IO[bytes]", XmlText(sink))
    try:
        if isinstance(results, QuerySolutions) and media_type == "text/csv":
            rows = io.BufferedWriter(cast("io.RawIOBase", sink), _PIECE)  # each would be a call
            write_csv(results, rows)
            rows.detach()  # which writes what is left, and lets go of the sink
        elif isinstance(results, (QuerySolutions, QueryBoolean)):
            results.serialize(sink, format=QueryResultsFormat.from_media_type(media_type))
        else:
            serialize(results, sink, RdfFormat.from_media_type(media_type), prefixes=PREFIXES)
    except UnwritableCharacter as error:
        raise Problem(406, "Not acceptable", str(error)) from error
    except (ValueError, RuntimeError) as error:
        raise _failure(error) from error


def _failure(error: ValueError | RuntimeError) -> Problem:
    status = 501 if str(error).endswith("is not supported") else 422
    return Problem(status, "Query failed", str(error))


def syntax_problem(message: str) -> Problem:
    """Return the problem of a query that does not parse, with line and column.

    >>> syntax_problem("error at 3:2: expected FROM").further
    {'line': 3, 'column': 2}
    """
    match = _POSITION.match(message)
    detail = _POSITION.sub("", message, count=1) or message
    place = {"line": int(match[1]), "column": int(match[2])} if match else {}
    return Problem(400, "Syntax error", detail, **place)
