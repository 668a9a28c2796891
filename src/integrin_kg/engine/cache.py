"""Answers that are kept, so that what is asked again is not evaluated again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Any

from integrin_kg.engine.messages import Query, ReadGraph, Task
from integrin_kg.engine.tokens import mentions

_VOLATILE = ("NOW", "RAND", "UUID", "STRUUID", "SERVICE")
_OVERHEAD = 4096  # bytes that an entry takes beside its query and its content, rather more than less
_LARGEST = 8  # an answer may take this part of all there is


@dataclass(frozen=True)
class Answer:
    """A query's answer, whole: its media type, its length in bytes, the version of the graph that it is
    of, and its content, an open file where it is large. ``carried`` is what whoever sends it on made of
    it, to be made once."""

    media_type: str
    length: int
    version: str
    content: bytes | IO[bytes]
    carried: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def read(self) -> bytes:
        """Return the whole answer, once."""
        if isinstance(self.content, bytes):
            return self.content
        with self.content as file:
            return file.read()


@lru_cache(256)
def is_repeatable(text: str) -> bool:
    """Return whether a query has the same answer as long as the graph is the same.

    >>> is_repeatable("ASK {}"), is_repeatable("SELECT (NOW() AS ?t) {}")
    (True, False)
    """
    return not mentions(text, *_VOLATILE)


class Cache:
    """Answers about one version of the graph, in ``most`` bytes: who comes last pushes out what was not
    asked for the longest. Large answers, which are files, are not kept.

    >>> cache, ask = Cache(100_000), Query("ASK {}", "text/csv", None)
    >>> cache.put(ask, Answer("text/csv", 4, "r1", b"true"), "r1")
    >>> cache.get(ask, "r1").content, cache.get(ask, "r2")
    (b'true', None)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = self.hits = self.misses = 0
        self._version = ""
        self._kept: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, task: Task, version: str) -> Answer | None:
        """Return the answer to ``task`` of the graph in ``version``, which is the current one, if it is
        known."""
        key = _key(task) if self.most else None
        if key is None:
            return None
        with self._lock:
            self._turn_to(version)
            found = self._kept.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._kept.move_to_end(key)
            return found[0]

    def put(self, task: Task, answer: Answer, version: str) -> None:
        """Keep ``answer`` where it is of ``version``, the current one, not too large, and would be the same
        again."""
        if answer.version != version:
            return
        key = _key(task) if self.most and isinstance(answer.content, bytes) else None
        # A quarter more: the content may come to be there in gzip as well.
        size = answer.length * 5 // 4 + _OVERHEAD + (len(task.text) if isinstance(task, Query) else 0)
        if key is None or size > self.most // _LARGEST or not _is_repeatable(task):
            return
        with self._lock:
            self._turn_to(version)
            _, before = self._kept.pop(key, (None, 0))
            self._kept[key] = answer, size
            self.size += size - before
            while self.size > self.most:
                _, (_, gone) = self._kept.popitem(last=False)
                self.size -= gone

    def _turn_to(self, version: str) -> None:
        if version != self._version:
            self._version = version
            self._kept.clear()
            self.size = 0


def _key(task: Task) -> Hashable | None:
    """All of ``task`` that shapes its answer; None where answers to its kind are not kept."""
    if isinstance(task, Query):
        dataset = tuple(task.default_graphs), tuple(task.named_graphs)
        return task.text, task.solutions, task.triples, task.reasoning, *dataset, task.base, task.most
    if isinstance(task, ReadGraph):
        return task.graph, task.media_type, task.whole
    return None


def _is_repeatable(task: Task) -> bool:
    return not isinstance(task, Query) or is_repeatable(task.text)
