"""The web side of the engine: sends a query, brings the answer, keeps it for whoever asks next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from integrin_kg.engine.admission import Admission, Place
from integrin_kg.engine.cache import Answer, Cache
from integrin_kg.engine.call import TIMED_OUT, Call, client_gone
from integrin_kg.engine.keeper import Generation
from integrin_kg.engine.messages import MAX_REQUEST, Problem, Task, encode
from integrin_kg.engine.pool import NobodyThereError
from integrin_kg.engine.staff import Staff

_ATTEMPTS = 3


class Engine:
    """Runs queries on the workers of the current host, no more than ``staff.most`` at once, and keeps up
    to ``cache`` bytes of answers."""

    def __init__(self, current: Callable[[], Generation | None], staff: Staff, cache: int = 0) -> None:
        self.current, self.staff = current, staff
        self.admission = Admission(staff.most, staff.turns)
        self.cache = Cache(cache)
        self.killed: Counter[str] = Counter()

    @property
    def version(self) -> str:
        """The version of the graph that a query would meet now."""
        host = self.current()
        return host.version if host else ""

    def run(self, task: Task, gone: Callable[[], bool] = lambda: False, *, fresh: bool = False) -> Answer:
        """Return the answer of ``task``, a known one unless it must be ``fresh``; :class:`Problem` where
        it has none.

        ``gone`` is asked now and then whether the client still waits; when it does not the query
        is stopped and its worker freed.
        """
        if not fresh and (known := self.cache.get(task, self.version)):
            return known
        payload = encode(task)
        if len(payload) > MAX_REQUEST:
            raise Problem(413, "Query too large", f"It has more than {MAX_REQUEST} bytes, escapes counted.")
        if gone():  # or those who left would take the places of those who wait
            raise client_gone()
        place = self.admission.enter(self._hire)
        try:
            answer = self._in_place(place, task, payload, gone)
        finally:
            place.leave()
        self.keep(task, answer)
        return answer

    def begin(self, task: Task, payload: bytes | None = None) -> tuple[Call, Place] | None:
        """Have an idle worker begin with ``task``, which ``payload`` is, encoded, if that is known; return
        the call, to be looked at and then, where that takes too long, to be finished, and the place that it
        takes; None where there is no idle worker or no place."""
        host = self.current()
        place = self.admission.enter_at_once(self._hire) if host and host.alive else None
        if host is None or place is None:
            return None
        if contact := host.pool.idle():
            call = Call(host, task, payload or encode(task), contact, self.killed)
            try:
                call.begin()
            except OSError:
                call.let_go()
            else:
                return call, place
        place.leave()
        return None

    def finish(self, call: Call, place: Place, gone: Callable[[], bool]) -> Answer:
        """Return the answer of a call that was begun, as :meth:`run` does."""
        try:
            answer = call.finish(gone)
        except NobodyThereError:
            answer = self._asked(call.task, call.payload, gone)
        finally:
            place.leave()
        self.keep(call.task, answer)
        return answer

    def keep(self, task: Task, answer: Answer) -> None:
        """Keep ``answer`` for whoever asks next."""
        self.cache.put(task, answer, self.version)

    def _in_place(self, place: Place, task: Task, payload: bytes, gone: Callable[[], bool]) -> Answer:
        if place.seconds is None or place.seconds >= task.timeout:
            return self._asked(task, payload, gone)
        task = replace(task, timeout=place.seconds)
        try:
            return self._asked(task, encode(task), gone)
        except Problem as problem:
            if problem.title != TIMED_OUT:
                raise
            raise self.admission.refuse() from problem  # for more than a moment there is no place

    def _hire(self, running: int) -> None:
        """See that there are as many workers as queries, and one more, within bounds."""
        host = self.current()
        wanted = max(self.staff.usual, min(running + 1, self.staff.most + self.staff.turns))
        if host and host.workers != wanted and (wanted > host.workers or running == 0):
            host.workers = wanted
            host.tell({"workers": wanted})

    def _asked(self, task: Task, payload: bytes, gone: Callable[[], bool]) -> Answer:
        for attempt in range(_ATTEMPTS):
            host = self.current()
            if host is None or not host.alive:
                raise Problem(503, "Starting", "The query engine is being started.", **{"retry-after": 5})
            try:
                contact = (host.pool.idle() if attempt == 0 else None) or host.pool.connect()
                return Call(host, task, payload, contact, self.killed).finish(gone)
            except NobodyThereError:
                if attempt == _ATTEMPTS - 1:
                    raise
                # the worker has left, or the host has retired, since we looked
        raise AssertionError("unreachable")
