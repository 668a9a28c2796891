"""The log: a line a request, which tells what operators ask and nothing that must stay with the client."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask import Flask, Response

from conftest import ROOT
from integrin_kg.web import compression, logs, problems
from loopback import Client, connect, send, served

SECRET = "hunter2"
QUERY = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
GRAPHIC = re.compile(r"[ -~]*")


class Lines(io.TextIOBase):
    """A stream that keeps what is written to it, line by line, for whoever waits for it."""

    def __init__(self) -> None:
        self.written: queue.Queue[str] = queue.Queue()

    def write(self, text: str) -> int:
        if '"logger": "waitress.queue"' not in text:  # which tells of a busy machine, at any time
            self.written.put(text)
        return len(text)

    def next(self) -> dict[str, Any]:
        """The next line's members, once it is there."""
        line = self.written.get(timeout=20)
        assert GRAPHIC.fullmatch(line.rstrip("\n")), f"not one line of printable ASCII: {line!r}"
        members: dict[str, Any] = json.loads(line)
        return members

    def request(self) -> dict[str, Any]:
        """The next line that is about a request as a whole."""
        while (members := self.next())["message"] != "request":
            continue
        return members


@dataclass(frozen=True)
class Live:
    """A service and its log."""

    url: str
    log: Lines


@pytest.fixture(scope="module", params=["info", "debug"])
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    """The whole service, logging at either level."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "server.py"), "--port", "0", "--log-level", request.param],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    started = re.search(r"http://[^/]*", process.stderr.readline())
    assert started
    log = Lines()
    threading.Thread(target=pass_on, args=(process.stderr, log), daemon=True).start()
    yield Live(started.group(), log)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)


def pass_on(lines: IO[str], log: Lines) -> None:
    for line in lines:
        log.write(line)


@pytest.fixture
def log() -> Iterator[Lines]:
    """What an application in this process logs. The process's logging is as before afterwards."""
    root, package = logging.getLogger(), logging.getLogger("integrin_kg")
    handlers, level = root.handlers[:], package.level
    yield Lines()
    root.handlers[:] = handlers
    package.setLevel(level)


def application(log: Lines, level: str = "info") -> Flask:
    """An application with a log, and with routes that go wrong in several ways."""
    app = Flask(__name__)
    app.test_client_class = Client
    app.config["go_on"] = threading.Event()
    compression.register(app)
    problems.register(app)
    logs.register(app, level, log)

    @app.get("/well")
    def well() -> str:
        return "well"

    @app.get("/bug")
    def bug() -> str:
        raise KeyError("a\nbug")

    @app.get("/breaks")
    def breaks() -> Response:
        def chunks() -> Iterator[bytes]:
            yield b"first"
            raise ConnectionError("the rest is lost")

        return Response(chunks(), content_type="image/png")

    @app.get("/endless")
    def endless() -> Response:
        def chunks() -> Iterator[bytes]:
            while True:
                yield bytes(1 << 16)

        return Response(chunks(), content_type="image/png")

    return app


def test_a_service_outlives_the_reader_of_its_log() -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "server.py"), "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    started = re.search(r"http://[^/]*", process.stderr.readline())
    assert started
    process.stderr.close()
    asked = [send(started.group(), f"/sparql?query=ASK%7B%7D%23{n}").status for n in range(3)]
    asked += [send(started.group(), "/integrin/alphaV-beta3").status for _ in range(2)]
    assert asked == [200] * 5
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_a_request_is_one_line_with_all_that_is_promised(live: Live) -> None:
    reply = send(live.url, "/health/live", headers={"User-Agent": "test/1.0"})
    line = live.log.request()
    assert line["level"] == "info"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert line["request"] == reply.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["route"]) == ("GET", "/health/live", "/health/live")
    assert (line["status"], line["bytes"], line["whole"]) == (200, len(reply.body), True)
    assert 0 < line["milliseconds"] < 20_000
    assert (line["form"], line["client"], line["agent"]) == (None, "127.0.0.1", "test/1.0")


@pytest.mark.parametrize("form", ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
@pytest.mark.parametrize("way", ["url", "form", "body", "gzip"])
def test_a_querys_form_is_told_however_it_came(live: Live, form: str, way: str) -> None:
    rest = {"SELECT": "* {}", "ASK": "{}", "CONSTRUCT": "{} WHERE {}", "DESCRIBE": "<http://x/>"}[form]
    text = f"PREFIX ask: <http://x/select> # construct\n{form.lower()} {rest}"
    encoded = urlencode({"query": text})
    if way == "url":
        reply = send(live.url, f"/sparql?{encoded}")
    elif way == "form":
        reply = send(live.url, "/sparql", "POST", encoded, {"Content-Type": FORM})
    elif way == "body":
        reply = send(live.url, "/sparql", "POST", text, {"Content-Type": QUERY})
    else:
        headers = {"Content-Type": QUERY, "Content-Encoding": "gzip"}
        reply = send(live.url, "/sparql", "POST", gzip.compress(text.encode()), headers)
    line = live.log.request()
    assert reply.status == 200, reply.body
    assert (line["form"], line["route"], line["path"]) == (form, "/sparql", "/sparql")
    if "querySha256" in line:
        assert line["querySha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_neither_query_nor_token_is_ever_logged(live: Live) -> None:
    text = f'SELECT * {{ ?s ?p "{SECRET}" }}'
    headers = {"Authorization": f"Bearer {SECRET}", "Cookie": SECRET, "X-Token": SECRET}
    attempts = [
        ("GET", "/sparql?" + urlencode({"query": text, "token": SECRET}), None, {}),
        ("POST", "/sparql", text, {"Content-Type": QUERY}),
        ("POST", "/sparql", urlencode({"query": text}), {"Content-Type": FORM}),
        ("GET", "/sparql?" + urlencode({"query": text + "}"}), None, {}),
        ("POST", "/update", f"DELETE {{ <{SECRET}> ?p ?o }}", {"Content-Type": FORM}),
        ("GET", f"/nowhere?{SECRET}", None, {}),
    ]
    for method, path, body, further in attempts:
        send(live.url, path, method, body, {**headers, **further})
        line = live.log.next()
        assert line["message"] == "request"
        assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("given", ["a", "A-b_c.9", "0" * 64, "5d41402abc4b2a76b9719d911017c592"])
def test_a_well_formed_id_is_taken_over(live: Live, given: str) -> None:
    reply = send(live.url, "/nowhere", headers={"X-Request-Id": given})
    assert reply.headers.get_all("X-Request-Id") == [given]
    assert reply.json()["requestId"] == given
    assert live.log.request()["request"] == given


@pytest.mark.parametrize("given", ["", "0" * 65, "a b", "ä", 'a"b', "a/b", "urn:uuid:x", "a\tb"])
def test_any_other_id_is_replaced(live: Live, given: str) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(live.url).port or 0), timeout=20) as client:
        client.sendall(f"GET /nowhere HTTP/1.0\r\nX-Request-Id: {given}\r\n\r\n".encode("latin-1"))
        head, _, body = client.makefile("rb").read().partition(b"\r\n\r\n")
    made = json.loads(body)["requestId"]
    assert str(uuid.UUID(made)) == made
    assert f"X-Request-Id: {made}".encode() in head.splitlines()
    assert live.log.request()["request"] == made


def test_an_error_page_names_the_request(live: Live) -> None:
    reply = send(live.url, "/nowhere", headers={"Accept": "text/html", "X-Request-Id": "find-me"})
    assert b"find-me" in reply.body
    assert live.log.request()["request"] == "find-me"


NASTY = ["\n", "\r\n", "\x1b[2J", "\u2028", "\u2029", "\x85", "\x7f", '"}\n{"level": "error', "\0", "\x9b1m"]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_path_can_forge_a_line(live: Live, nasty: str) -> None:
    send(live.url, "/integrin/" + quote(f"x{nasty}y", safe=""))
    assert live.log.request()["path"] == f"/integrin/x{nasty}y"


@pytest.mark.parametrize("nasty", NASTY)
def test_no_header_can_forge_a_line_even_where_the_server_lets_it_in(log: Lines, nasty: str) -> None:
    headers = {"HTTP_USER_AGENT": f"x{nasty}y", "HTTP_X_REQUEST_ID": f"x{nasty}y"}
    reply = application(log).test_client().get("/nowhere", environ_overrides=headers)
    line = log.request()
    assert line["agent"] == f"x{nasty}y"
    assert line["request"] == reply.json["requestId"] == str(uuid.UUID(line["request"]))
    assert log.written.empty()


def test_what_clients_can_make_long_is_cut(live: Live) -> None:
    send(live.url, "/" + "p" * 5000, headers={"User-Agent": "a" * 5000})
    line = live.log.request()
    assert len(line["path"]) == len(line["agent"]) == 256
    assert line["route"] is None


def test_bytes_are_counted_as_sent(live: Live) -> None:
    path = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o }"})
    reply = send(live.url, path, headers={"Accept-Encoding": "gzip", "Accept": "text/csv"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert live.log.request()["bytes"] == len(reply.body)
    assert send(live.url, path, "HEAD").body == b""
    assert live.log.request()["bytes"] == 0


def test_an_answer_that_breaks_off_is_a_warning_and_its_cause_has_the_same_id(log: Lines) -> None:
    with served(application(log)) as url, closing(connect(url)) as connection:
        connection.request("GET", "/breaks", headers={"X-Request-Id": "broken"})
        response = connection.getresponse()
        with pytest.raises(Exception, match="IncompleteRead"):
            response.read()
        line, cause = log.next(), log.next()
    assert (line["message"], line["level"], line["status"]) == ("request", "warning", 200)
    assert (line["whole"], line["bytes"], line["request"]) == (False, 5, "broken")
    assert (cause["logger"], cause["request"]) == ("waitress", "broken")
    assert "ConnectionError: the rest is lost" in cause["traceback"]


def test_a_client_that_leaves_is_told_from_one_that_got_all(log: Lines) -> None:
    with served(application(log)) as url:
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=20) as client:
            client.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000)
        line = log.request()
    assert (line["route"], line["status"], line["whole"]) == ("/endless", 200, False)
    assert line["bytes"] > 0


def test_a_bug_is_logged_once_with_its_traceback_and_the_id_that_the_client_got(log: Lines) -> None:
    with served(application(log)) as url:
        reply = send(url, "/bug")
    error, line = log.next(), log.next()
    assert reply.status == 500
    assert b"KeyError" not in reply.body
    assert (error["level"], line["level"], line["status"]) == ("error", "warning", 500)
    assert error["traceback"].startswith("Traceback (most recent call last):\n")
    assert error["traceback"].endswith("KeyError: 'a\\nbug'")
    assert reply.json()["requestId"] == error["request"] == line["request"]
    assert log.written.empty()


def test_lines_of_other_loggers_are_json_too_from_warnings_on(log: Lines) -> None:
    application(log)
    logging.getLogger("somebody.else").info("not worth a word")
    logging.getLogger("somebody.else").warning("look\nat %s", "\u2028this")
    assert log.next()["message"] == "look\nat \u2028this"
    assert log.written.empty()


def test_a_higher_level_leaves_only_what_went_wrong(log: Lines) -> None:
    client = application(log, "error").test_client()
    client.get("/well")
    client.get("/bug")
    assert log.next()["message"] == "Exception on /bug [GET]"
    assert log.written.empty()


def test_a_second_application_does_not_double_the_lines(log: Lines) -> None:
    application(log)
    application(log).test_client().get("/well")
    assert log.request()["path"] == "/well"
    assert log.written.empty()


def test_a_level_that_there_is_not_is_refused(log: Lines) -> None:
    with pytest.raises(ValueError, match="no log level 'loud'; use one of debug, info, warning, error"):
        application(log, "loud")
