"""The statements in this process's memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple

from integrin_kg.backward import RuleExplosion
from integrin_kg.classify import DescriptionError, classify, read
from integrin_kg.engine import change
from integrin_kg.engine.backend import Report
from integrin_kg.engine.evaluation import evaluate, write
from integrin_kg.engine.messages import Change, Classify, Explain, Problem, Query, ReadGraph, Task
from integrin_kg.engine.state import State, Version
from integrin_kg.explain import Document, Explainer
from integrin_kg.reason import Reasoner
from integrin_kg.vocab import PREFIXES

REASONING_OFF = Problem(409, "Reasoning is off", "This server was started without reasoning.")


@dataclass
class Embedded:
    """Answers from ``state``: see :class:`~integrin_kg.engine.backend.Backend`."""

    state: State

    @property
    def version(self) -> Version:
        """Which state of the statements this is."""
        return self.state.version

    @property
    def services(self) -> frozenset[str]:
        """The other endpoints that queries may call."""
        return self.state.services

    @property
    def sealed(self) -> bool:
        """Whether no socket is needed."""
        return not self.state.services

    def answer(self, task: Task, sink: IO[bytes]) -> str:
        """Write the answer of ``task`` to ``sink``; return its media type."""
        state = self.state
        if isinstance(task, Query):
            results, media_type = evaluate(state.store, task, union=state.union, services=state.services)
            write(results, media_type, sink)
            return media_type
        if isinstance(task, ReadGraph):
            _write_graph(state, task, sink)
            return task.media_type
        sink.write(json.dumps(reasoned(state.explainer, task), ensure_ascii=False).encode())
        return "application/json"

    def make(self, wanted: Change, documents: Sequence[IO[bytes]], stack: int) -> Report:
        """Make the change that is ``wanted``; return what it did."""
        return change.make(self.state, wanted, documents, stack)


def _write_graph(state: State, task: ReadGraph, sink: IO[bytes]) -> None:
    rdf_format = RdfFormat.from_media_type(task.media_type)
    if task.whole:
        state.store.dump(sink, rdf_format, prefixes=PREFIXES)
        return
    graph = DefaultGraph() if task.graph is None else NamedNode(task.graph)
    if isinstance(graph, NamedNode) and not state.store.contains_named_graph(graph):
        raise Problem(404, "No such graph", f"There is no graph <{task.graph}>.")
    state.store.dump(sink, rdf_format, from_graph=graph, prefixes=PREFIXES)


def reasoned(explainer: Explainer[Reasoner] | None, task: Explain | Classify) -> Document:
    """Return the document of an explanation or of what would follow; :class:`Problem` where there is none."""
    if explainer is None:
        raise REASONING_OFF
    if isinstance(task, Explain):
        return explained(explainer, task)
    with refusals():
        return classify(explainer, read(task.description.encode(), task.media_type))


def explained(explainer: Explainer[Any], task: Explain) -> Document:
    """Return the explanation of a triple; :class:`Problem` where it is none."""
    with refusals():
        s, p, o = (NamedNode(iri) for iri in (task.subject, task.predicate, task.object))
        return explainer.explain(Triple(s, p, o), every=task.every)


@contextmanager
def refusals() -> Iterator[None]:
    """Raise, for what reasoning refuses, the :class:`Problem` that says so."""
    try:
        yield
    except DescriptionError as error:
        raise Problem(400, "Description refused", str(error), **error.place) from error
    except RuleExplosion as error:
        raise Problem(422, "Too much follows", str(error)) from error
    except ValueError as error:
        raise Problem(400, "No such triple", str(error)) from error
