"""Hostile requests: each gets a right status in time, and the next client notices nothing.

The requests are data, in ``hostile/``. They are all under way a few at a time from the first test on;
each test awaits its own.
"""

from __future__ import annotations

import http.client
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from hostile import (
    encodings,
    escapes,
    evaluation_bombs,
    injection,
    malformed_http,
    misuse,
    parser_bombs,
    planner_bombs,
    uploads,
    writes,
)
from hostile.request import CLOSED, STOPPED, Request, query
from hostile.service import ALIVE, Outcome, Service, Trap, running, trap
from timing import in_time

DEADLINE = 2.0
PATIENCE = DEADLINE + 3.0
WELL_UNDER_A_SECOND = 1.0
AT_ONCE = 4
GROUPS = {
    "parser": parser_bombs,
    "planner": planner_bombs,
    "evaluation": evaluation_bombs,
    "escape": escapes,
    "HTTP": malformed_http,
    "encoding": encodings,
    "misuse": misuse,
    "upload": uploads,
    "injection": injection,
}
ROWS = {f"{group}: {name}": row for group, module in GROUPS.items() for name, row in module.ROWS.items()}
WRITES = {f"write: {name}": row for name, row in writes.ROWS.items()}
EXTRA = {
    f"{group}: {name}"
    for group, module in {**GROUPS, "write": writes}.items()
    for name in getattr(module, "EXTRA", ())
}
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = (
    b"GET /sparql?query=SELECT*%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff%7DLIMIT%20200000 HTTP/1.1\r\n"
    b"Host: a\r\nAccept: text/csv\r\n\r\n"
)
POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
INJECTED = re.compile(
    rb"<script[^>]*>alert|<img src=x|<svg/onload|href=[\"']?\s*javascript:|961346?7969", re.IGNORECASE
)


@dataclass(frozen=True)
class Aftermath:
    """What a request was answered, and how the next client fared."""

    outcome: Outcome
    asked: Outcome
    fetched: bool


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A server of the shipped graph with a short deadline."""
    folder = tmp_path_factory.mktemp("hostile")
    with running(folder, "--query-timeout", str(DEADLINE), "--query-memory", "256") as started:
        yield started


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One with the deadline that is usual, long enough that nothing ends by it in a test."""
    with running(tmp_path_factory.mktemp("patient"), "--query-memory", "256") as started:
        yield started


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An empty server that takes updates."""
    options = (
        "--empty",
        "--writable",
        "--no-reasoning",
        "--query-timeout",
        str(DEADLINE),
        "--query-memory",
        "256",
        "--update-timeout",
        str(DEADLINE),
        "--update-memory",
        "256",
    )
    with running(tmp_path_factory.mktemp("writable"), *options, INTEGRIN_KG_TOKEN=writes.TOKEN) as started:
        yield started


@pytest.fixture(scope="module")
def set_trap() -> Iterator[Trap]:
    with trap() as listening:
        yield listening


class Campaign:
    """Requests on their way to a server, so many at once, and what becomes of each."""

    def __init__(
        self, service: Service, rows: dict[str, Request], set_trap: Trap, pool: ThreadPoolExecutor
    ) -> None:
        self.service, self.rows, self.set_trap, self.pool = service, rows, set_trap, pool
        self.under_way: dict[str, Future[Aftermath]] = {}

    def begin(self, chosen: list[str]) -> Campaign:
        self.under_way = {name: self.pool.submit(self.one, name) for name in chosen}
        return self

    def one(self, name: str) -> Aftermath:
        outcome = self.service.send(self.rows[name], self.set_trap.port)
        return Aftermath(outcome, self.service.ask(), self.set_trap.sprung())

    def judge(self, name: str) -> None:
        """Judge what became of a request; of one that is judged again, what becomes of it then."""
        under_way = self.under_way.pop(name, None)
        judge(self.rows[name], under_way.result() if under_way else self.one(name))


def _chosen(request: pytest.FixtureRequest, rows: dict[str, Request]) -> list[str]:
    """The rows of which a test is to run."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    names = [item.callspec.params.get("name") for item in items if hasattr(item, "callspec")]
    return [name for name in names if name in rows]


@pytest.fixture(scope="module")
def requests(request: pytest.FixtureRequest, service: Service, set_trap: Trap) -> Iterator[Campaign]:
    """Each chosen request, under way."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield Campaign(service, ROWS, set_trap, pool).begin(_chosen(request, ROWS))


@pytest.fixture(scope="module")
def write_requests(request: pytest.FixtureRequest, writable: Service, set_trap: Trap) -> Iterator[Campaign]:
    """The same for writes, one after another: a write may wait for another."""
    with ThreadPoolExecutor(1) as pool:
        yield Campaign(writable, WRITES, set_trap, pool).begin(_chosen(request, WRITES))


def _parameters(rows: dict[str, Request]) -> list[Any]:
    """The names of ``rows``, those of much like others marked as extra."""
    return [pytest.param(name, id=name, marks=[pytest.mark.extra] * (name in EXTRA)) for name in rows]


@pytest.mark.parametrize("name", _parameters(ROWS))
def test_a_hostile_request_is_answered_rightly_and_harms_nobody(name: str, requests: Campaign) -> None:
    requests.judge(name)


@pytest.mark.parametrize("name", _parameters(WRITES))
def test_a_hostile_write_is_answered_rightly_and_harms_nobody(name: str, write_requests: Campaign) -> None:
    write_requests.judge(name)


def judge(row: Request, after: Aftermath) -> None:
    """Fail unless all is well: the status, its form, the time, the next client, nothing let out or in."""
    outcome = after.outcome
    said = outcome.body[:300]
    assert not after.fetched, "somebody was connected to"
    assert outcome.status in row.right, (outcome.status, said)
    in_time(outcome.seconds, PATIENCE)
    if outcome.status != CLOSED:
        assert outcome.whole, f"{outcome.status}, and an answer cut off after {len(outcome.body)} bytes"
        assert not outcome.further, f"a second response: {outcome.further[:100]!r}"
        judge_form(outcome, row.method)
    served_at_once(after.asked)


def served_at_once(*asked: Outcome) -> None:
    """Fail unless every ``ASK {}`` got its answer, and well under a second."""
    for outcome in asked:
        assert outcome.yes, (outcome.status, outcome.body[:300])
        in_time(outcome.seconds, WELL_UNDER_A_SECOND, "an ASK {}")


def judge_form(outcome: Outcome, method: str) -> None:
    """Fail unless an error is a problem document (RFC 9457) or a page, with nothing injected."""
    assert not [name for name, _ in outcome.headers if "injected" in name.lower()]
    if outcome.media_type == "text/html":
        assert not INJECTED.search(outcome.body), INJECTED.search(outcome.body)
    if outcome.status < 400 or method == "HEAD":
        return
    assert outcome.media_type in ("application/problem+json", "text/html"), (
        outcome.media_type,
        outcome.body[:200],
    )
    if outcome.media_type == "application/problem+json":
        document = outcome.document()
        assert document["status"] == outcome.status
        assert document["title"]
    else:
        assert str(outcome.status).encode() in outcome.body, "a page that does not name its status"
        assert outcome.header("content-security-policy"), "a page without a Content-Security-Policy"


def test_nothing_hostile_was_written_into_the_log_as_a_line_of_its_own(
    service: Service, requests: Campaign
) -> None:
    for answer in requests.under_way.values():
        answer.result()
    log = service.log.read_bytes()
    assert b"\x1b" not in log
    assert not re.search(rb"^\s*FORGED", log, re.MULTILINE)
    assert b"Traceback" not in log, log[log.index(b"Traceback") :][:3000].decode("utf-8", "replace")


# Many at once.


@pytest.mark.parametrize("count", [16, 64])
def test_bombs_at_once_let_an_ask_pass(service: Service, count: int) -> None:
    bomb = query(BOMB, *STOPPED, 429)
    with ThreadPoolExecutor(count) as pool:
        bombs = [pool.submit(service.send, bomb) for _ in range(count)]
        asked = [service.ask() for _ in range(5)]
        outcomes = [future.result() for future in bombs]
    if count == 16:
        served_at_once(*asked)
    else:  # more than there are places and turns: the first may be told to come back, and then is served
        assert asked[-1].yes, asked
        in_time(max(outcome.seconds for outcome in asked), 2 * PATIENCE)
    for outcome in outcomes:
        assert outcome.status in bomb.right, (outcome.status, outcome.body[:200])
        in_time(outcome.seconds, PATIENCE)
        judge_form(outcome, "POST")


def test_who_is_turned_away_is_told_when_to_come_back(service: Service) -> None:
    with ThreadPoolExecutor(64) as pool:
        bombs = [pool.submit(service.send, query(BOMB)) for _ in range(64)]
        outcomes = [future.result() for future in bombs]
    turned_away = [outcome for outcome in outcomes if outcome.status == 429]
    assert turned_away
    assert all(outcome.header("retry-after").isdigit() for outcome in turned_away)


BEGINNINGS = {
    "say nothing": b"",
    "kept alive": ALIVE.replace(b"close", b"keep-alive"),
    "stop in their first line": b"GET /sparql?qu",
    "stop in their headers": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ",
    "stop in their body": POST + b"Content-Length: 100\r\n\r\nASK",
    "stop in a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n64\r\nASK",
    "await a go-ahead": POST + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
    "do not read": LARGE,
}


@pytest.mark.parametrize("begun", BEGINNINGS.values(), ids=BEGINNINGS.keys())
def test_three_hundred_connections_that_idle_are_in_nobody_s_way(service: Service, begun: bytes) -> None:
    with ExitStack() as held:
        for _ in range(300 if begun != LARGE else 40):
            connection = held.enter_context(service.connect())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(begun)
        asked = [service.ask() for _ in range(2)]
    served_at_once(*asked)


def test_three_hundred_connections_that_were_reset_are_in_nobody_s_way(service: Service) -> None:
    for begun in (*BEGINNINGS.values(), *[ALIVE] * 300):
        with service.connect() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(begun)
    served_at_once(service.ask())


def test_bombs_in_a_pipeline_let_an_ask_pass(service: Service) -> None:
    bomb = query(BOMB).encode().replace(b"Connection: close\r\n", b"")
    with service.connect() as connection:
        connection.sendall(bomb * 50)
        asked = [service.ask() for _ in range(2)]
    served_at_once(*asked)


def test_a_body_that_awaits_a_go_ahead_gets_it(service: Service) -> None:
    head, _, body = query("ASK {}").encode().partition(b"\r\n\r\n")
    with service.connect(timeout=5) as connection:
        connection.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        said = connection.recv(1000)
        assert said.startswith((b"HTTP/1.1 100 ", b"HTTP/1.1 417 ")), said
        connection.sendall(body)
        if said.startswith(b"HTTP/1.1 100 "):
            assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("half", [False, True], ids=["closed", "reset"])
def test_the_workers_of_clients_that_left_are_freed(patient: Service, half: bool) -> None:
    for _ in range(3):
        gone = [patient.connect() for _ in range(4)]
        for connection in gone:
            connection.sendall(query(BOMB).encode())
        assert _soon(lambda: patient.busy() > 0.5), "the bombs do not run"
        for connection in gone:
            if half:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        served_at_once(patient.ask())
        assert _soon(lambda: patient.busy() < 0.5, 30), "their queries still run"


def test_an_answer_to_a_slow_reader_is_whole_or_seen_not_to_be(service: Service) -> None:
    with service.connect() as connection:
        connection.sendall(LARGE)
        time.sleep(DEADLINE + 1)  # long enough for a deadline to strike while nobody reads
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status in (200, 413, 503)
        body = response.read()  # raises where the answer is cut off
    assert response.status != 200 or body.count(b"\n") == 200_001


def _soon(happens: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something happens within a few seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happens():
            return True
    return False
