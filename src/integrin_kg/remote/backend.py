"""Tasks answered and changes made by an engine elsewhere, behind the guards of the embedded store.

A query is parsed here first, in a process that may die of it: what does not parse, or would have the engine
call others, never gets there. What the engine answers is read and written anew, so that every format is as it
is elsewhere in this service and an answer that breaks off is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import IO

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, serialize

from integrin_kg.classify import read
from integrin_kg.engine.backend import Report
from integrin_kg.engine.embedded import REASONING_OFF, explained, refusals
from integrin_kg.engine.evaluation import no_format, prefixes_in, refuse_calls, syntax_problem, write
from integrin_kg.engine.messages import Change, Classify, Explain, Problem, Query, ReadGraph, Task
from integrin_kg.engine.state import Version
from integrin_kg.engine.tokens import keywords
from integrin_kg.knowledge import Knowledge
from integrin_kg.remote import graphs
from integrin_kg.remote.change import classify, explainer, make
from integrin_kg.remote.endpoint import Addresses, Dataset, Endpoint
from integrin_kg.remote.loading import Loaded, load
from integrin_kg.settings import Settings
from integrin_kg.vocab import INFERRED_GRAPH, PREFIXES, VOID_GRAPH

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_GRAPHS = ("CONSTRUCT", "DESCRIBE")


def connect(settings: Settings, knowledge: Knowledge, release: str, *, anew: bool = False) -> Remote:
    """Return what answers from the engine that ``settings`` name, which holds ``knowledge`` then, of
    ``release``; see :func:`~integrin_kg.remote.loading.load` for what is raised."""
    endpoint = Endpoint(Addresses.of(settings), max(settings.query_timeout, settings.update_timeout))
    try:
        loaded = load(endpoint, knowledge, release, reasoning=settings.reasoning, anew=anew)
    finally:
        endpoint.close()  # the process is about to fork, and a connection belongs to one
    return Remote(endpoint, loaded, settings.reasoning, frozenset(settings.allow_service))


@dataclass
class Remote:
    """Answers from ``endpoint``: see :class:`~integrin_kg.engine.backend.Backend`. The engine itself, and
    no process here, calls the other endpoints that queries may, the ``allowed`` ones."""

    endpoint: Endpoint
    loaded: Loaded
    reasoning: bool = True
    allowed: frozenset[str] = frozenset()
    services: frozenset[str] = field(default=frozenset(), init=False)
    sealed = False

    @property
    def version(self) -> Version:
        """Which state of the statements this is."""
        return self.loaded.standing.version

    @property
    def readable(self) -> tuple[str, ...]:
        """The graphs that readers see."""
        return (*self.loaded.asserted, INFERRED_GRAPH.value, VOID_GRAPH.value)

    # ---- answers ------------------------------------------------------------------------------

    def answer(self, task: Task, sink: IO[bytes]) -> str:
        """Write the answer of ``task`` to ``sink``; return its media type."""
        if isinstance(task, Query):
            return self._answer_query(task, sink)
        if isinstance(task, ReadGraph):
            self._write_graph(task, sink)
            return task.media_type
        sink.write(json.dumps(self._reason(task), ensure_ascii=False).encode())
        return "application/json"

    def _answer_query(self, query: Query, sink: IO[bytes]) -> str:
        parsed = refuse_calls(query.text, self.allowed)
        try:
            Store().query(parsed, base_iri=query.base, prefixes=PREFIXES)
        except SyntaxError as error:
            raise syntax_problem(str(error)) from error
        except (ValueError, RuntimeError, OSError):
            pass  # it parses; the engine may know functions that are unknown here
        form = next((word for word in keywords(query.text) if word in _FORMS), "SELECT")
        media_type = query.triples if form in _GRAPHS else query.solutions
        if media_type is None:
            raise no_format(form in _GRAPHS)
        text, dataset = with_prologue(query.text, query.base), self._dataset(query)
        if form in _GRAPHS:
            write(self.endpoint.triples(text, dataset), media_type, sink)
        else:
            write(self.endpoint.results(text, dataset), media_type, sink)
        return media_type

    def _dataset(self, query: Query) -> Dataset:
        if query.default_graphs or query.named_graphs:
            return Dataset(tuple(query.default_graphs), tuple(query.named_graphs))
        if "FROM" in keywords(query.text):
            return Dataset()  # the query names its own
        seen = tuple(g for g in self.readable if query.reasoning or g != INFERRED_GRAPH.value)
        return Dataset(seen, seen)

    def _write_graph(self, task: ReadGraph, sink: IO[bytes]) -> None:
        rdf_format = RdfFormat.from_media_type(task.media_type)
        if task.whole:
            quads = chain.from_iterable(self._quads(graph) for graph in self.readable)
            serialize(quads, sink, rdf_format, prefixes=PREFIXES)
            return
        held = iter(graphs.content(self.endpoint, task.graph)) if task.graph in self.readable else iter(())
        first = next(held, None)
        if first is None and task.graph is not None:
            raise Problem(404, "No such graph", f"There is no graph <{task.graph}>.")
        serialize(chain([first] if first else [], held), sink, rdf_format, prefixes=PREFIXES)

    def _quads(self, graph: str) -> Iterator[Quad]:
        name = NamedNode(graph)
        return (Quad(t.subject, t.predicate, t.object, name) for t in graphs.content(self.endpoint, graph))

    # ---- reasons ------------------------------------------------------------------------------

    def _reason(self, task: Explain | Classify) -> Report:
        if not self.reasoning:
            raise REASONING_OFF
        if isinstance(task, Explain):
            return explained(explainer(self.endpoint, self.loaded), task)
        with refusals():
            return classify(self.endpoint, self.loaded, read(task.description.encode(), task.media_type))

    # ---- changes ------------------------------------------------------------------------------

    def make(self, change: Change, documents: Sequence[IO[bytes]], stack: int) -> Report:
        """Make ``change``, with the ``documents`` that it uploads, and return what it did."""
        report, self.loaded = make(self.endpoint, self.loaded, change, documents, stack, self.reasoning)
        self.endpoint.close()
        return report


def with_prologue(text: str, base: str | None) -> str:
    """Return the query ``text`` with its base, and with those of our prefixes that it may use, declared.

    >>> with_prologue("ASK { ?x a ikg:Integrin }", "http://example.org/")
    'BASE <http://example.org/> PREFIX ikg: <https://w3id.org/integrin-kg/schema/> ASK { ?x a ikg:Integrin }'
    """
    used = (f"PREFIX {prefix}: <{iri}>" for prefix, iri in prefixes_in(text).items())
    return " ".join([*([f"BASE <{base}>"] if base else []), *used, text])
