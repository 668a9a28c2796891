"""An engine behind HTTP: the SPARQL 1.1 Protocol and the Graph Store HTTP Protocol, as a client of both.

What may be repeated without harm (queries, and a graph put in its place) is, a few times; an update never:
who does not know whether it was made must look.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, cast
from urllib.parse import urlsplit

import requests
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from integrin_kg.engine.messages import Problem
from integrin_kg.errors import MeantToBeRead
from integrin_kg.remote.body import Body, broken_off
from integrin_kg.remote.login import PASSWORD, TOKEN, USER, credentials
from integrin_kg.settings import Settings

JSON, NTRIPLES = "application/sparql-results+json", "application/n-triples"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_PAUSES = (0.1, 0.4, 1.0)
_CONNECT = 3.0
_BUSY = (429, 502, 503, 504)
_REFUSED = (401, 403)
_MOST_TOLD = 500

# Where engines whose paths are known have the other two: by the path of their query endpoint.
_LAYOUTS = (
    (re.compile(r"/query"), "/update", "/store"),  # Oxigraph
    (re.compile(r"(.*/repositories/[^/]+)"), r"\1/statements", r"\1/rdf-graphs/service"),  # GraphDB, RDF4J
)

# Virtuoso answers ASK with a table of one cell, and a header is all that it says of a table that it has cut.
_ASKED, _CUT = "__ASK_RETVAL", "X-SPARQL-MaxRows"

Row = QuerySolution


class StoreError(MeantToBeRead, RuntimeError):
    """The engine cannot be used as it is set up; the message says why and what to do."""


@dataclass(frozen=True)
class Dataset:
    """The graphs of a query's default graph, and those that GRAPH may name."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def parameters(self) -> list[tuple[str, str]]:
        """Return the protocol's parameters for it."""
        default = [("default-graph-uri", graph) for graph in self.default]
        return default + [("named-graph-uri", graph) for graph in self.named]


@dataclass(frozen=True)
class Addresses:
    """Where an engine takes queries, updates and, if it does, whole graphs."""

    query: str
    update: str
    graphs: str | None

    @classmethod
    def of(cls, settings: Settings) -> Addresses:
        """Return the addresses that ``settings`` give, or that follow from ``--store`` for engines whose
        paths are known; :class:`StoreError` where they do not.

        >>> Addresses.of(Settings(store="http://localhost:7878/query")).update
        'http://localhost:7878/update'
        """
        parts = urlsplit(settings.store)
        if parts.username or parts.password:
            raise StoreError(f"--store: put credentials into {USER} and {PASSWORD}, not into the URL")
        update, graphs = settings.update_url, settings.graph_store_url
        for path, updates, stores in _LAYOUTS:
            if match := path.fullmatch(parts.path):
                update = update or parts._replace(path=match.expand(updates)).geturl()
                graphs = graphs or parts._replace(path=match.expand(stores)).geturl()
        if not update:
            raise StoreError(f"{settings.store}: where does it take updates? Give --update-url")
        return cls(settings.store, update, graphs or None)


@dataclass
class Endpoint:
    """An engine at ``addresses``. ``patience`` is how many seconds a request may take; ``pauses`` are
    slept through between attempts at what may be repeated."""

    addresses: Addresses
    patience: float = 60.0
    pauses: Sequence[float] = _PAUSES
    _session: tuple[int, requests.Session] | None = field(default=None, repr=False)

    # ---- queries ------------------------------------------------------------------------------

    def table(self, text: str, dataset: Dataset = Dataset()) -> QuerySolutions:
        """Return the solutions of a SELECT."""
        results = self.results(text, dataset)
        assert isinstance(results, QuerySolutions)
        return results

    def results(self, text: str, dataset: Dataset) -> QuerySolutions | QueryBoolean:
        """Return what a SELECT or ASK finds in ``dataset``, the engine's own where that is empty."""
        try:
            found = parse_query_results(self._asked(text, dataset, JSON), QueryResultsFormat.JSON)
        except SyntaxError as error:
            raise broken_off(str(error)) from error
        if isinstance(found, QuerySolutions) and [v.value for v in found.variables] == [_ASKED]:
            return _truth(any(cast(Literal, row[0]).value in ("1", "true") for row in found))
        return found

    def triples(self, text: str, dataset: Dataset) -> Iterator[Triple]:
        """Yield what a CONSTRUCT or DESCRIBE answers with."""
        try:
            for quad in parse(self._asked(text, dataset, NTRIPLES), format=RdfFormat.N_TRIPLES):
                yield quad.triple
        except SyntaxError as error:
            raise broken_off(str(error)) from error

    def _asked(self, text: str, dataset: Dataset, accepted: str) -> IO[bytes]:
        form = [("query", text), *dataset.parameters()]
        response = self._sent(
            "POST", self.addresses.query, repeat=True, data=form, headers={"Accept": accepted}
        )
        if most := response.headers.get(_CUT):
            response.close()
            detail = f"The store gives {most} rows at most: add a LIMIT, or raise its ResultSetMaxRows."
            raise Problem(413, "Answer too large", detail)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if media_type != accepted:
            response.close()
            raise Problem(
                502, "Store failed", f"It answers with {media_type or 'no media type'}, not {accepted}."
            )
        return cast(IO[bytes], Body(response))

    # ---- changes ------------------------------------------------------------------------------

    def update(self, text: str) -> None:
        """Have an update made, in one request, once."""
        self._sent("POST", self.addresses.update, repeat=False, data={"update": text}).close()

    def put(self, graph: str, document: bytes) -> None:
        """Put the N-Triples of ``document`` into the place of what ``graph`` holds."""
        assert self.addresses.graphs
        self._sent(
            "PUT",
            self.addresses.graphs,
            repeat=True,
            params={"graph": graph},
            data=document,
            headers={"Content-Type": NTRIPLES},
        ).close()

    # ---- HTTP ---------------------------------------------------------------------------------

    def _sent(self, method: str, url: str, *, repeat: bool, **further: Any) -> requests.Response:
        pauses = iter(self.pauses if repeat else ())
        while True:
            try:
                # What is sent is waited for as long as a connection is: a large graph takes its time.
                timeout = (
                    self.patience if method == "PUT" or not repeat else min(_CONNECT, self.patience),
                    self.patience,
                )
                response = self._connection().request(
                    method, url, stream=True, timeout=timeout, allow_redirects=False, **further
                )
                if response.status_code not in _BUSY:
                    break
                problem = _told(response)
            except requests.Timeout as error:
                problem = Problem(
                    503, "Store timed out", f"{_host(url)} did not answer in {self.patience:g} s."
                )
                problem.__cause__ = error
            except requests.RequestException as error:
                problem = Problem(
                    503, "Store unavailable", f"{_host(url)} does not answer.", **{"retry-after": 5}
                )
                problem.__cause__ = error
            pause = next(pauses, None)
            if pause is None:
                raise problem
            time.sleep(pause)
        if response.status_code >= 300:
            raise _told(response)
        return response

    def _connection(self) -> requests.Session:
        """The connections of this process: those of another are not ours to write to."""
        if self._session is None or self._session[0] != os.getpid():
            session = requests.Session()
            session.auth = credentials()
            session.trust_env = False  # no .netrc, no proxy that nobody asked for
            session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
            self._session = os.getpid(), session
        return self._session[1]

    def close(self) -> None:
        """Let go of all connections; the next request opens new ones."""
        if self._session and self._session[0] == os.getpid():
            self._session[1].close()
        self._session = None


def _told(response: requests.Response) -> Problem:
    """What an engine's error means to whoever asked us."""
    status = response.status_code
    try:
        told: bytes = next(response.iter_content(4096), b"")
    except requests.RequestException:
        told = b""  # it failed and then said no more
    response.close()
    said = " ".join(told.decode("utf-8", "replace").split())[:_MOST_TOLD]
    where = _host(response.url)
    if status in _REFUSED:
        return Problem(
            502, "Store refuses us", f"{where} answers {status}: set {USER} and {PASSWORD}, or {TOKEN}."
        )
    if status in _BUSY:
        return Problem(503, "Store unavailable", f"{where} answers {status}: {said}", **{"retry-after": 5})
    if (
        re.search(r"out of memory|memory (limit|pool)|insufficient memory", said, re.IGNORECASE)
        or status == 507
    ):
        return Problem(507, "Out of memory", f"{where} says: {said}")
    if re.search(r"timed? ?out|time limit|execution time", said, re.IGNORECASE):
        return Problem(503, "Query timed out", f"{where} says: {said}")
    if status in (400, 422):
        return Problem(400, "Store refuses the request", f"{where} says: {said}")
    return Problem(502, "Store failed", f"{where} answers {status}: {said}")


def _truth(true: bool) -> QueryBoolean:
    document = b'{"head": {}, "boolean": %s}' % (b"true" if true else b"false")
    answer = parse_query_results(document, QueryResultsFormat.JSON)
    assert isinstance(answer, QueryBoolean)
    return answer


def _host(url: str) -> str:
    return f"The store at {urlsplit(url).netloc}"


def iri(term: object) -> str:
    """Return the IRI that a solution binds."""
    assert isinstance(term, NamedNode)
    return term.value
