"""Who may run a query now, who waits, and who is told to come back later."""

from __future__ import annotations

import threading
from collections.abc import Callable

from integrin_kg.engine.messages import Problem

_PATIENCE = 1.0


class Admission:
    """Lets ``places`` queries run at once and as many wait a moment for a place, in their order.

    >>> leave = Admission(1).enter()
    >>> leave()
    """

    def __init__(self, places: int, patience: float = _PATIENCE) -> None:
        self.places, self.patience = places, patience
        self.running = self.waiting = self.refused = 0
        self._free = threading.Condition()

    def enter(self, changed: Callable[[int], None] = lambda _: None) -> Callable[[], None]:
        """Take a place; return what gives it back, once however often it is called.

        ``changed`` hears how many run, whenever that changes. Raises :class:`Problem` (429) where too
        many wait already, or waiting takes too long.
        """
        with self._free:
            if self.running >= self.places and not self._wait():
                self.refused += 1
                detail = f"{self.running} queries are running and {self.waiting} wait: ask again later."
                raise Problem(429, "Too many queries", detail, **{"retry-after": 2})
            self.running += 1
            changed(self.running)
        return _Leave(self, changed)

    def _wait(self) -> bool:
        if self.waiting >= self.places:
            return False
        self.waiting += 1
        try:
            return self._free.wait_for(lambda: self.running < self.places, self.patience)
        finally:
            self.waiting -= 1

    def leave(self, changed: Callable[[int], None]) -> None:
        """Give a place back."""
        with self._free:
            self.running -= 1
            self._free.notify()
            changed(self.running)


class _Leave:
    def __init__(self, admission: Admission, changed: Callable[[int], None]) -> None:
        self.admission, self.changed, self.done = admission, changed, False
        self._once = threading.Lock()

    def __call__(self) -> None:
        with self._once:
            if self.done:
                return
            self.done = True
        self.admission.leave(self.changed)
