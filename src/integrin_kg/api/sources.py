"""Where answers come from: the graph in this process, or an endpoint somewhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from pyoxigraph import NamedNode, Store, Triple

from integrin_kg import prebuilt
from integrin_kg.classify import classify, read
from integrin_kg.engine.evaluation import evaluate, write
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.explain import Document
from integrin_kg.knowledge import Knowledge

JSON, NTRIPLES = "application/sparql-results+json", "application/n-triples"

_PROBLEM = "application/problem+json"


class Source(Protocol):
    """Something that answers queries and gives reasons."""

    def answer(self, query: str) -> tuple[bytes, str]:
        """Return the answer to a query, as :data:`JSON` or :data:`NTRIPLES`, and which of them it is."""

    def explain(self, triple: tuple[str, str, str], every: bool) -> Document:
        """Return why a triple of IRIs holds, or why not."""

    def classify(self, description: bytes, media_type: str) -> Document:
        """Return what would follow from a description."""


@dataclass(frozen=True)
class Local:
    """The graph in this process. Its queries may call the endpoints ``services``."""

    knowledge: Knowledge
    store: Store
    services: frozenset[str] = frozenset()

    @classmethod
    def opened(cls, reasoning: bool, beside: Iterable[Path], services: Iterable[str]) -> Local:
        """Return the shipped graph, built once for all that ask for the same."""
        knowledge, store = _built(reasoning, tuple(path.resolve() for path in beside))
        return cls(knowledge, store, frozenset(services))

    def answer(self, query: str) -> tuple[bytes, str]:
        sink = io.BytesIO()
        task = Query(query, JSON, NTRIPLES, reasoning=self.knowledge.inference is not None)
        results, media_type = evaluate(self.store, task, services=self.services)
        try:
            write(results, media_type, sink)
        except OSError as error:  # of another endpoint: the sink is in memory
            raise Problem(502, "Service failed", str(error)) from error
        return sink.getvalue(), media_type

    def explain(self, triple: tuple[str, str, str], every: bool) -> Document:
        subject, predicate, value = map(NamedNode, triple)
        return self.knowledge.explainer().explain(Triple(subject, predicate, value), every=every)

    def classify(self, description: bytes, media_type: str) -> Document:
        return classify(self.knowledge.explainer(), read(description, media_type))


@lru_cache(maxsize=4)
def _built(reasoning: bool, beside: tuple[Path, ...]) -> tuple[Knowledge, Store]:
    knowledge = prebuilt.knowledge(reasoning=reasoning, beside=beside)
    return knowledge, knowledge.store()


@dataclass(frozen=True)
class Remote:
    """A running endpoint, by its base URL; ``timeout`` is in seconds."""

    url: str
    reasoning: bool
    timeout: float

    def answer(self, query: str) -> tuple[bytes, str]:
        form = {"query": query, "reasoning": json.dumps(self.reasoning)}
        return self._get("sparql", f"{JSON}, {NTRIPLES}", urlencode(form).encode())

    def explain(self, triple: tuple[str, str, str], every: bool) -> Document:
        form = dict(zip(("subject", "predicate", "object"), triple, strict=True), all=json.dumps(every))
        return _document(self._get(f"explain?{urlencode(form)}", "application/json")[0])

    def classify(self, description: bytes, media_type: str) -> Document:
        return _document(self._get("classify", "application/json", description, media_type)[0])

    def _get(
        self, path: str, accept: str, body: bytes | None = None, media_type: str = ""
    ) -> tuple[bytes, str]:
        headers = {"Accept": accept, "User-Agent": "integrin-kg"}
        headers |= {"Content-Type": media_type} if media_type else {}
        try:
            with urlopen(Request(f"{self.url}/{path}", body, headers), timeout=self.timeout) as reply:
                return reply.read(), reply.headers.get_content_type()
        except HTTPError as error:
            content, kind = error.read(), error.headers.get_content_type()
            if kind == "application/json":  # a triple that does not hold is explained in a 404
                return content, kind
            raise _problem(content, kind, error) from error


def _document(content: bytes) -> Document:
    document: dict[str, Any] = json.loads(content)
    return document


def _problem(content: bytes, media_type: str, error: HTTPError) -> Problem:
    if media_type == _PROBLEM:
        return Problem.decode(content)
    return Problem(error.code, str(error.reason), f"{error.url} answered so")
