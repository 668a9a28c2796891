"""The short way: plain queries answered in the server's own thread, from what is kept or by a worker that
is idle.

What takes longer than a moment gets a thread that waits for it, and the server's own goes on. Who asks,
what is logged, counted and refused is the same on either way.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from typing import IO, TYPE_CHECKING
from wsgiref.handlers import format_date_time

from integrin_kg.engine.admission import Place
from integrin_kg.engine.cache import Answer
from integrin_kg.engine.call import Call
from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem
from integrin_kg.settings import Settings
from integrin_kg.web import compression, problems, responses, versions
from integrin_kg.web.asked import PATH, Asked, Reader
from integrin_kg.web.channel import Channel
from integrin_kg.web.exchanges import Exchange, Observers, attend, id_of
from integrin_kg.web.gone import is_gone
from integrin_kg.web.headers import COMMON, REASONING_HEADER, REQUEST_ID_HEADER

if TYPE_CHECKING:
    from integrin_kg.web.server import Server

_MOMENT = 0.05
_PACKED_AT_ONCE = 64 * 1024
_ALWAYS = "".join(f"{name}: {value}\r\n" for name, value in COMMON.items())
_ALWAYS += "Vary: Accept, Accept-Encoding\r\n"
_log = logging.getLogger(__name__)
_BUG = Problem(500, "Internal error", "The server failed; its log says how.")


@dataclass(frozen=True)
class Page:
    """A response, but for what differs each time: its first line and headers, its content, and the length
    of that."""

    status: int
    head: bytes
    content: bytes | IO[bytes]
    length: int


class Visit:
    """A request on the short way; while a worker is at it, the ``call``, the place that it takes, and the
    ``number`` of its connection, by which the loop of the server has it hear what there is.
    """

    __slots__ = ("asked", "call", "channel", "exchange", "fails", "hears", "number", "place")

    accepting = False

    def __init__(
        self,
        channel: Channel,
        asked: Asked,
        exchange: Exchange,
        hears: Callable[[Visit], None],
        fails: Callable[[Visit], None],
    ) -> None:
        self.channel, self.asked, self.exchange = channel, asked, exchange
        self.hears, self.fails = hears, fails
        self.call: Call | None = None
        self.place: Place | None = None
        self.number = -1

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def handle_read_event(self) -> None:
        self.hears(self)

    handle_close = handle_read_event

    def handle_error(self) -> None:
        _log.exception("what a worker said was not understood")
        if self.number >= 0:
            self.fails(self)


class Express:
    """Answers what a :class:`Server` lets it :meth:`take`, from ``engine``; ``observers`` hear of it."""

    server: Server

    def __init__(self, engine: Engine, settings: Settings, observers: Observers) -> None:
        self.engine, self.settings, self.observers = engine, settings, observers
        self.lanes = max(1, engine.staff.usual - 1)
        self.running: dict[int, Visit] = {}
        self.waiting: deque[Visit] = deque()
        self.done: deque[tuple[Visit, Page]] = deque()  # by threads

    def attach(self, server: Server) -> None:
        """Work for ``server``."""
        self.server, self.reader = server, Reader(server.adj, self.settings)

    def take(self, channel: Channel, data: bytes) -> bool:
        """Answer what came on ``channel``, now or soon; return False where it is to go the long way."""
        asked = self.reader.read(channel.addr[0], data)
        if asked is None:
            return False
        headers = asked.headers
        exchange = Exchange(
            id_of(headers.request_id),
            asked.method,
            PATH,
            headers.client,
            headers.agent,
            route=PATH,
            form=asked.form,
            query_sha256=asked.sha256,
        )
        self.observers.begin(exchange)
        visit = Visit(channel, asked, exchange, self._hear, self._fail)
        channel.requests.append(visit)  # nothing more is read before this is answered
        known = None if headers.fresh else self.engine.cache.get(asked.query, self.engine.version)
        if known:
            self._carry(visit, known)
        else:
            self._ask(visit)
        return True

    def turn(self) -> None:
        """See to what has taken a moment, and to what threads have done."""
        while self.done:
            self._respond(*self.done.popleft())
        now = time.perf_counter()
        for visit in [one for one in self.running.values() if _is_late(one, now)]:
            self._hand_over(visit)
        while self.waiting and _is_late(self.waiting[0], now):
            visit = self.waiting.popleft()
            self._delegate(visit, partial(self._run, visit))

    @property
    def busy(self) -> bool:
        """Whether a turn should not wait long."""
        return bool(self.running or self.waiting)

    # ---- asking -------------------------------------------------------------------------------

    def _ask(self, visit: Visit) -> None:
        if len(self.running) >= self.lanes:
            self.waiting.append(visit)
        elif begun := self.engine.begin(visit.asked.query, visit.asked.payload):
            visit.call, visit.place = begun
            contact, visit.number = visit.call.contact, visit.call.connection.fileno()
            self.running[visit.number] = self.server._map[visit.number] = visit
            if not contact.watched:
                contact.watched = True
                self.server.watch.forget(visit.number)  # another's, of the same number
            self.server.watch.read(visit.number)
        else:
            self._delegate(visit, partial(self._run, visit))

    def _hear(self, visit: Visit) -> None:
        assert visit.call
        assert visit.place
        answer, refusal = None, None
        try:
            answer = visit.call.look()
        except Problem as problem:
            refusal = _refusal(problem, visit.exchange)
        except (EOFError, OSError):  # why, is worth waiting for
            self._hand_over(visit)
        if answer or refusal:
            visit.place.leave()
            self._take_off(visit)
        if answer:
            self.engine.keep(visit.asked.query, answer)
            self._carry(visit, answer)
        elif refusal:
            self._respond(visit, refusal)

    def _hand_over(self, visit: Visit) -> None:
        """Have a thread wait for ``visit``."""
        self.server.watch.forget(visit.number)
        self._take_off(visit)
        self._delegate(visit, partial(self._finished, visit))

    def _take_off(self, visit: Visit) -> None:
        """Expect no more of ``visit``, and have the next one asked. Its connection stays watched: mostly
        the next one is asked on it."""
        del self.running[visit.number], self.server._map[visit.number]
        visit.number = -1
        if self.waiting:
            self._ask(self.waiting.popleft())

    def _fail(self, visit: Visit) -> None:
        """Give up ``visit``, of whose answer nothing came but a bug."""
        assert visit.call
        assert visit.place
        self.server.watch.forget(visit.number)
        self._take_off(visit)
        visit.call.let_go()
        visit.place.leave()
        self._respond(visit, _refusal(_BUG, visit.exchange))

    # ---- in a thread --------------------------------------------------------------------------

    def _delegate(self, visit: Visit, work: Callable[[], Page]) -> None:
        self.server.add_task(_Errand(visit, work, self._done))

    def _done(self, visit: Visit, page: Page) -> None:
        self.done.append((visit, page))
        self.server.pull_trigger()

    def _run(self, visit: Visit) -> Page:
        asked = visit.asked
        gone = partial(is_gone, visit.channel.socket)
        return _page(asked, self.engine.run(asked.query, gone, fresh=asked.headers.fresh))

    def _finished(self, visit: Visit) -> Page:
        assert visit.call
        assert visit.place
        gone = partial(is_gone, visit.channel.socket)
        return _page(visit.asked, self.engine.finish(visit.call, visit.place, gone))

    # ---- answering ----------------------------------------------------------------------------

    def _carry(self, visit: Visit, answer: Answer) -> None:
        if page := answer.carried.get(visit.asked.wish):
            self._respond(visit, page)
        elif _is_packed(visit.asked, answer) and answer.length > _PACKED_AT_ONCE:
            self._delegate(visit, partial(_page, visit.asked, answer))
        else:
            self._respond(visit, _page(visit.asked, answer))

    def _respond(self, visit: Visit, page: Page) -> None:
        exchange, closing = visit.exchange, visit.asked.headers.closing
        further = f"{REQUEST_ID_HEADER}: {exchange.request_id}\r\nDate: {_date(int(time.time()))}\r\n"
        further += "Connection: close\r\n\r\n" if closing else "\r\n"
        visit.channel.reply(page.head + further.encode(), page.content, page.length, closing)
        exchange.status, exchange.bytes, exchange.whole = page.status, page.length, True
        self.observers.end(exchange)


class _Errand:
    """Work for one of the server's threads, which ``done`` hears of whatever comes of it."""

    def __init__(self, visit: Visit, work: Callable[[], Page], done: Callable[[Visit, Page], None]) -> None:
        self.visit, self.work, self.done = visit, work, done

    def service(self) -> None:
        attend(self.visit.exchange)
        page = _refusal(_BUG, self.visit.exchange)
        try:
            page = self.work()
        except Problem as problem:
            page = _refusal(problem, self.visit.exchange)
        finally:
            self.done(self.visit, page)

    def cancel(self) -> None:
        self.visit.channel.cancel()


def _is_late(visit: Visit, now: float) -> bool:
    return now - visit.exchange.started > _MOMENT


def _is_packed(asked: Asked, answer: Answer) -> bool:
    return asked.headers.gzip and compression.is_worthwhile(answer.media_type, answer.length)


def _page(asked: Asked, answer: Answer) -> Page:
    """The page that carries ``answer``, made once where that is kept."""
    content, length = answer.content, answer.length
    packed = _is_packed(asked, answer)
    if packed:
        content, length = compression.pack(content)
    head = _head_of(asked, answer.media_type, answer.version, packed) + _length(length)
    page = Page(200, head, content, length)
    if isinstance(answer.content, bytes):
        answer.carried[asked.wish] = page
    return page


def _refusal(problem: Problem, exchange: Exchange) -> Page:
    status, fields, document = problems.as_document(problem, exchange.request_id)
    return Page(status, _head(status, fields) + _length(len(document)), document, len(document))


@lru_cache(1024)
def _head_of(asked: Asked, media_type: str, version: str, packed: bool) -> bytes:
    """The head of each answer to ``asked`` of one version of the graph, but for its length."""
    fields = {**responses.fields(media_type), REASONING_HEADER: str(asked.query.reasoning).lower()}
    fields |= versions.fields(version, asked.shape)
    return _head(200, fields | ({"Content-Encoding": "gzip"} if packed else {}))


def _head(status: int, fields: Mapping[str, str]) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in fields.items() if name != "Vary"]
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{_ALWAYS}"
    return f"{first}{''.join(lines)}".encode("latin-1")


def _length(length: int) -> bytes:
    return b"Content-Length: %d\r\n" % length


@lru_cache(2)
def _date(seconds: int) -> str:
    return format_date_time(seconds)
