"""What pages read from the graph once for each version of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from integrin_kg.engine.client import Engine

T = TypeVar("T")


class Current(Generic[T]):
    """What ``read`` finds in the graph as it is now: read when it is first asked for and when the graph has
    changed, by one request while others wait for it."""

    def __init__(self, engine: Engine, read: Callable[[], T]) -> None:
        self.engine, self.read = engine, read
        self._lock = threading.Lock()
        self._known: tuple[str, T] | None = None

    def get(self) -> T:
        """Return it."""
        with self._lock:
            version = self.engine.version
            if self._known is None or self._known[0] != version:
                self._known = version, self.read()
            return self._known[1]
