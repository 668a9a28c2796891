"""Waiting for what happens on a server's sockets, at a cost that does not grow with those on which nothing
does. (waitress's own loop asks each of them at each turn.)"""

from __future__ import annotations

import select
import selectors
from collections.abc import Iterable
from typing import Any

from waitress import wasyncore

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_FLAGS = {_READ: select.POLLIN, _WRITE: select.POLLOUT, _READ | _WRITE: select.POLLIN | select.POLLOUT}


class Watch:
    """Watches the ``dispatchers``, by their descriptors. Whose wants may have changed is told it by
    :meth:`look_again`, who is about to be closed by :meth:`forget`; when the ``bell`` rings, which threads
    do, everybody's may have. Who does not want to read any longer is watched as before until there is
    something to read: mostly it wants to again by then."""

    def __init__(self, dispatchers: dict[int, Any], bell: int) -> None:
        self.dispatchers, self.bell = dispatchers, bell
        self.doubtful: set[int] = set(dispatchers)
        self._wants: dict[int, int] = {}
        self._selector = selectors.DefaultSelector()

    def look_again(self, numbers: Iterable[int] | None = None) -> None:
        """Ask these dispatchers, or all, what they want before the next turn."""
        self.doubtful.update(self.dispatchers if numbers is None else numbers)

    def read(self, number: int) -> None:
        """Watch a new dispatcher, that wants to read and nothing else, where its descriptor is not watched
        from before."""
        if not self._wants.get(number):
            self._set(number, _READ)

    def forget(self, number: int | None) -> None:
        """Watch ``number`` no longer."""
        if number is not None:
            self.doubtful.discard(number)
            if self._wants.pop(number, 0):
                self._selector.unregister(number)

    def turn(self, patience: float) -> None:
        """Wait up to ``patience`` seconds for something to happen, and have it seen to."""
        while self.doubtful:
            self._settle(self.doubtful.pop())
        for key, events in self._selector.select(patience):
            dispatcher = self.dispatchers.get(key.fd)
            if dispatcher is None:
                self.forget(key.fd)
                continue
            self.doubtful.add(key.fd)
            wanted = _wanted(dispatcher)
            if events & ~wanted:
                self._set(key.fd, wanted)
            if events & wanted:
                wasyncore.readwrite(dispatcher, _FLAGS[events & wanted])
            if key.fd == self.bell:
                self.look_again()

    def _settle(self, number: int) -> None:
        dispatcher = self.dispatchers.get(number)
        if dispatcher is None:
            return  # until something happens there
        known = self._wants.get(number, 0)
        wanted = known & _READ | _wanted(dispatcher)
        if wanted != known:
            self._set(number, wanted)

    def _set(self, number: int, wanted: int) -> None:
        if not self._wants.get(number, 0):
            self._selector.register(number, wanted)
        elif not wanted:
            self._selector.unregister(number)
        else:
            self._selector.modify(number, wanted)
        self._wants[number] = wanted


def _wanted(dispatcher: Any) -> int:
    wanted = _READ if dispatcher.readable() else 0
    return wanted | _WRITE if dispatcher.writable() and not dispatcher.accepting else wanted
