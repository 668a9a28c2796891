"""The queries that pages ask: ``queries/pages/*.rq`` run on the engine, answers as plain rows."""

from __future__ import annotations

import json
import socket
from functools import cache, lru_cache

from flask import request
from pyoxigraph import RdfFormat, Triple, parse

from integrin_kg import resources, saved
from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.settings import Settings
from integrin_kg.web.channel import SOCKET

JSON = "application/sparql-results+json"

_DEEPEST = 200
NTRIPLES = "application/n-triples"

Cell = dict[str, str]
Row = dict[str, Cell]


class Questions:
    """Asks the engine on behalf of a page."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings
        self.folder = resources.queries_folder()
        self.saved = {query.name: query for query in saved.load_all(self.folder)}

    @cache  # noqa: B019 (as many entries as there are page queries)
    def text(self, name: str) -> str:
        """Return the text of the page query of that name."""
        return (self.folder / "pages" / f"{name}.rq").read_text("utf-8")

    def about(self, name: str, *iris: str) -> str:
        """Return the page query of that name with ``?thing`` bound to each of ``iris``.

        Bound by VALUES inside the pattern: the engine is wrong with VALUES behind it. An IRI must
        hold no character that an IRI may not (the routes see to that).
        """
        head, where, tail = self.text(name).partition("WHERE {")
        return f"{head}{where} VALUES ?thing {{ {' '.join(f'<{iri}>' for iri in iris)} }}{tail}"

    def rows(self, text: str, *, reasoning: bool = True) -> list[Row]:
        """Return the solutions of a SELECT as its JSON results have them."""
        query = Query(text, JSON, None, reasoning, self.settings.query_timeout)
        answer = json.loads(self.engine.run(query, client_gone).read())
        rows: list[Row] = answer["results"]["bindings"]
        return rows

    def values(self, name: str, about: str | None = None, *, reasoning: bool = True) -> list[dict[str, str]]:
        """Return the solutions of a page query, about one thing where given, as bare values."""
        text = self.about(name, about) if about else self.text(name)
        return [
            {key: cell["value"] for key, cell in row.items()} for row in self.rows(text, reasoning=reasoning)
        ]

    def triples(self, name: str, *, reasoning: bool = True) -> list[Triple]:
        """Return the triples that a page query constructs, each once."""
        query = Query(self.text(name), None, NTRIPLES, reasoning, self.settings.query_timeout)
        answer = self.engine.run(query, client_gone).read()
        return parsed(answer)

    @lru_cache(maxsize=2)  # noqa: B019 (one engine, and its version before)
    def sizes(self, version: str) -> list[dict[str, str]]:
        """Return the size of each graph in that version, which is the current one."""
        return self.values("graphs")


def parsed(ntriples: bytes) -> list[Triple]:
    """Return the triples of an answer, each once.

    >>> len(parsed(b"<urn:a> <urn:b> <urn:c> .\\n" * 2))
    1
    """
    content = shallow(ntriples.decode("utf-8"))
    return list(dict.fromkeys(quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)))


def shallow(content: str) -> str:
    """Return ``content``, in Turtle or N-Triples; :class:`Problem` where its triple terms could be nested
    so deeply that to parse it would end this process, which is not expendable."""
    if content.count("<<(") > _DEEPEST:
        raise Problem(422, "Too deep for a page", "It holds triple terms in triple terms: ask for Turtle.")
    return content


def client_gone() -> bool:
    """Return whether the client of the current request has closed its connection, where that is known."""
    connection = request.environ.get(SOCKET)
    if connection is None:
        return False
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"")
    except BlockingIOError:
        return False
    except OSError:
        return True
