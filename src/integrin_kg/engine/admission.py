"""Who may run a query now, who has a short turn, who waits, and who is told to come back later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from integrin_kg.engine.messages import Problem

_PATIENCE = 2.0
_TURN = 0.15


@dataclass(frozen=True)
class Place:
    """A place that was given: to be called, once or more, when it is not needed any longer. ``seconds``
    is how long it may be held, where that is short."""

    seconds: float | None
    leave: Callable[[], None]


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
        self._free = threading.Condition()

    def enter(self, changed: Callable[[int], None] = lambda _: None) -> Place:
        """Take a place. ``changed`` hears how many run, whenever that changes.

        Raises :class:`Problem` (429) where too many wait already, or waiting takes too long.
        """
        with self._free:
            if not self._is_free() and not self._wait():
                raise self.refuse()
            short = self.running - self.short >= self.places
            self.short += short
            self.running += 1
            changed(self.running)
        return Place(_TURN if short else None, _Leave(self, changed, short))

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

    def leave(self, changed: Callable[[int], None], short: bool) -> None:
        """Give a place back."""
        with self._free:
            self.short -= short
            self.running -= 1
            self._free.notify()
            changed(self.running)


class _Leave:
    def __init__(self, admission: Admission, changed: Callable[[int], None], short: bool) -> None:
        self.admission, self.changed, self.short, self.done = admission, changed, short, False
        self._once = threading.Lock()

    def __call__(self) -> None:
        with self._once:
            if self.done:
                return
            self.done = True
        self.admission.leave(self.changed, self.short)
