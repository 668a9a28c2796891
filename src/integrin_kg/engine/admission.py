"""Who may run a query now, who has a short turn, who waits, and who is told to come back later."""

from __future__ import annotations

import threading
from collections.abc import Callable

from integrin_kg.engine.messages import Problem

_PATIENCE = 2.0
_TURN = 0.15


class Place:
    """A place that was given. ``seconds`` is how long it may be held, where that is short."""

    __slots__ = ("_admission", "_changed", "_left", "seconds")

    def __init__(
        self, admission: Admission, changed: Callable[[int], None], seconds: float | None = None
    ) -> None:
        self._admission, self._changed, self.seconds = admission, changed, seconds
        self._left = False

    def leave(self) -> None:
        """Give it back, when it is not needed any longer; once or more."""
        with self._admission.lock:
            if not self._left:
                self._left = True
                self._admission.take_back(self, self._changed)


class Admission:
    """Lets ``places`` queries run at once. When they are taken, ``turns`` more may run for a moment, so
    that who asks little is served beside those who ask too much; as many as there are places wait for
    either, in their order.

    >>> place = Admission(1).enter()
    >>> place.leave()
    """

    def __init__(self, places: int, turns: int = 0, patience: float = _PATIENCE) -> None:
        self.places, self.turns, self.patience = places, turns, patience
        self.running = self.waiting = self.refused = self.short = 0
        self.lock = threading.Lock()
        self._free = threading.Condition(self.lock)

    def enter(self, changed: Callable[[int], None] = lambda _: None) -> Place:
        """Take a place. ``changed`` hears how many run, whenever that changes.

        Raises :class:`Problem` (429) where too many wait already, or waiting takes too long.
        """
        with self.lock:
            if not self._is_free() and not self._wait():
                raise self.refuse()
            short = self.running - self.short >= self.places
            self.short += short
            self.running += 1
            changed(self.running)
        return Place(self, changed, _TURN if short else None)

    def enter_at_once(self, changed: Callable[[int], None] = lambda _: None) -> Place | None:
        """Take a place if there is one for as long as it takes; None where that means to wait."""
        with self.lock:
            if self.running >= self.places:
                return None
            self.running += 1
            changed(self.running)
        return Place(self, changed)

    def refuse(self) -> Problem:
        """Return what somebody is told for whom there is no place."""
        self.refused += 1
        detail = f"{self.running} queries are running and {self.waiting} wait: ask again later."
        return Problem(429, "Too many queries", detail, **{"retry-after": 2})

    def _is_free(self) -> bool:
        return self.running < self.places + self.turns

    def _wait(self) -> bool:
        if self.waiting >= self.places:
            return False
        self.waiting += 1
        try:
            return self._free.wait_for(self._is_free, self.patience)
        finally:
            self.waiting -= 1

    def take_back(self, place: Place, changed: Callable[[int], None]) -> None:
        """Take ``place`` back, under the lock."""
        self.short -= place.seconds is not None
        self.running -= 1
        if self.waiting:
            self._free.notify()
        changed(self.running)
