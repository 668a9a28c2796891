"""The queries of a reader: ``queries/pages/*.rq`` run on the engine, answers as plain rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cache, cached_property, lru_cache

from pyoxigraph import RdfFormat, Triple, parse

from integrin_kg import resources, saved
from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.saved import SavedQuery
from integrin_kg.settings import Settings

JSON = "application/sparql-results+json"

_DEEPEST = 200
NTRIPLES = "application/n-triples"

Cell = dict[str, str]
Row = dict[str, Cell]


class Questions:
    """Asks the engine on behalf of a reader, as long as that one has not ``gone`` (:meth:`Engine.run`)."""

    def __init__(self, engine: Engine, settings: Settings, gone: Callable[[], bool] = lambda: False) -> None:
        self.engine, self.settings, self.gone = engine, settings, gone

    @cached_property
    def saved(self) -> dict[str, SavedQuery]:
        """The saved questions, by name."""
        return {query.name: query for query in saved.load_all(resources.queries_folder())}

    def text(self, name: str) -> str:
        """Return the text of the page query of that name."""
        return _page_query(name)

    def about(self, name: str, *iris: str) -> str:
        """Return the page query of that name with ``?thing`` bound to each of ``iris``.

        An IRI must hold no character that an IRI may not (whoever takes one from a client sees to that).
        """
        return saved.about(self.text(name), *iris)

    def rows(self, text: str, *, reasoning: bool = True) -> list[Row]:
        """Return the solutions of a SELECT as its JSON results have them."""
        query = Query(text, JSON, None, reasoning, self.settings.query_timeout)
        answer = json.loads(self.engine.run(query, self.gone).read())
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
        answer = self.engine.run(query, self.gone).read()
        return parsed(answer)

    @lru_cache(maxsize=2)  # noqa: B019 (one engine, and its version before)
    def sizes(self, version: str) -> list[dict[str, str]]:
        """Return the size of each graph in that version, which is the current one."""
        return self.values("graphs")


def first_of_each(rows: Iterable[Row], name: str) -> list[Row]:
    """Return, of ``rows`` in which the variable ``name`` has one value, the first, in their order."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[name]["value"], row)
    return list(found.values())


@cache
def _page_query(name: str) -> str:
    return (resources.queries_folder() / "pages" / f"{name}.rq").read_text("utf-8")


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
