"""``/update`` as its clients meet it: the protocol, what readers see, what hostile updates get."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from conftest import ROOT
from integrin_kg.vocab import BASE
from test_engine import children, lives, soon
from test_sparql import FORM, Reply, connect, problem, query, send
from timing import in_time, within

UPDATE = "application/sparql-update"
KEY = {"Authorization": "Bearer s3cret"}
TOKEN = {"INTEGRIN_KG_TOKEN": "s3cret"}
WRITABLE = ("--empty", "--no-reasoning", "--writable", "--workers", "2")
MINE = f"{BASE}graph/user/mine"
COUNTED = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CROSS = f"INSERT {{ <x:s> <x:n> ?n }} WHERE {{ {COUNTED} }}"
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

Serve = Callable[..., str]


@pytest.fixture(scope="module")
def writable(serve: Serve) -> str:
    """An empty dataset that is open to those who have the token."""
    return serve(*WRITABLE, "--update-timeout", "20", "--update-memory", "512", env=TOKEN)


@pytest.fixture(scope="module")
def shipped(serve: Serve) -> str:
    """The shipped graph, open to those who have the token."""
    return serve("--writable", "--workers", "2", env=TOKEN)


@pytest.fixture
def there(writable: str) -> str:
    """The empty dataset, emptied."""
    assert update(writable, "DROP ALL").status == 200
    return writable


def update(server: str, text: str, *further: tuple[str, str]) -> Reply:
    """Send an update as the body, with parameters in the URL."""
    path = "/update" + (f"?{urlencode(further)}" if further else "")
    return send(server, path, "POST", text.encode(), Content_Type=UPDATE, **KEY)


def done(server: str, text: str, *further: tuple[str, str]) -> dict[str, Any]:
    reply = update(server, text, *further)
    assert reply.status == 200, reply.text
    report: dict[str, Any] = reply.json()
    return report


def form(server: str, *fields: tuple[str, str], path: str = "/update", media_type: str = FORM) -> Reply:
    return send(server, path, "POST", urlencode(fields), Content_Type=media_type, **KEY)


def count(server: str, pattern: str = "?s ?p ?o") -> int:
    reply = query(server, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    assert reply.status == 200, reply.text
    return int(reply.rows()[0]["n"])


def holds(server: str, pattern: str) -> bool:
    answer: bool = query(server, f"ASK {{ {pattern} }}").json()["boolean"]
    return answer


def facts(name: str, number: int) -> str:
    return " . ".join(f"<x:{name}> <x:p> {n}" for n in range(number))


# --- the protocol (SPARQL 1.1 Protocol, section 2.2) ------------------------------------------------


def test_an_update_comes_as_a_form_or_as_the_body(there: str) -> None:
    first = form(there, ("update", "INSERT DATA { <x:α> <x:p> 'β' }"))
    second = update(there, "INSERT DATA { <x:α> <x:p> 'γ' }")
    assert (first.status, second.status) == (200, 200)
    assert first.media_type == "application/json"
    assert (first.json()["added"], second.json()["added"]) == (1, 1)
    assert first.json()["version"] != second.json()["version"]
    assert holds(there, "<x:α> <x:p> 'β', 'γ'")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_may_be_said(there: str, charset: str) -> None:
    reply = send(there, "/update", "POST", "CLEAR ALL", Content_Type=f"{UPDATE}; charset={charset}", **KEY)
    assert reply.status == 200


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "nonsense"])
def test_another_charset_is_a_415(there: str, charset: str) -> None:
    reply = send(there, "/update", "POST", "CLEAR ALL", Content_Type=f"{UPDATE}; charset={charset}", **KEY)
    assert (reply.status, problem(reply)["title"]) == (415, "Unsupported charset")


def test_bytes_that_are_not_utf_8_are_a_400(there: str) -> None:
    text = b"INSERT DATA { <x:s> <x:p> '\xe9' }"
    assert send(there, "/update", "POST", text, Content_Type=UPDATE, **KEY).status == 400
    assert send(there, "/update", "POST", b"update=%E9", Content_Type=FORM, **KEY).status == 400
    assert count(there) == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_another_method_is_a_405_that_names_post(there: str, method: str) -> None:
    path = "/update?" + urlencode({"update": "INSERT DATA { <x:s> <x:p> 1 }"})
    reply = send(there, path, method, **KEY)
    assert reply.status == 405
    assert "POST" in reply.headers["Allow"]
    assert count(there) == 0


INSERT = ("update", "INSERT DATA { <x:s> <x:p> 1 }")


@pytest.mark.parametrize(
    "fields",
    [[INSERT, INSERT], [INSERT, ("update", "CLEAR ALL")], [INSERT, ("query", "ASK {}")],
     [("query", "ASK {}")], []]
)  # fmt: skip
def test_what_is_not_one_update_is_a_400(there: str, fields: list[tuple[str, str]]) -> None:
    assert form(there, *fields).status == 400
    assert count(there) == 0


def test_an_update_in_the_url_beside_one_in_the_body_is_a_400(there: str) -> None:
    assert update(there, INSERT[1], INSERT).status == 400
    assert form(there, INSERT, path="/update?" + urlencode([INSERT])).status == 400
    assert update(there, INSERT[1], ("query", "ASK {}")).status == 400
    assert count(there) == 0


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/sparql-query", "application/json", "multipart/form-data", "x"]
)
def test_another_media_type_is_a_415(there: str, media_type: str) -> None:
    assert send(there, "/update", "POST", INSERT[1], Content_Type=media_type, **KEY).status == 415
    assert count(there) == 0


def test_a_body_of_no_media_type_is_no_update(there: str) -> None:
    assert send(there, "/update", "POST", urlencode([INSERT]), **KEY).status in (400, 415)
    assert count(there) == 0


def test_an_update_is_no_query_and_a_query_no_update(there: str) -> None:
    assert problem(update(there, "ASK {}"))["title"] == "Syntax error"
    assert problem(query(there, "CLEAR ALL"))["title"] == "Syntax error"


def test_an_empty_update_does_nothing(there: str) -> None:
    version = done(there, "")["version"]
    assert done(there, "PREFIX x: <x:>")["version"] == version


def test_a_relative_iri_is_resolved_against_the_url(there: str) -> None:
    done(there, "INSERT DATA { <a> <x:p> 1 }")
    assert holds(there, f"<{there}/a> <x:p> 1")


def test_a_syntax_error_has_its_line_and_column(there: str) -> None:
    document = problem(update(there, "INSERT DATA { <x:s> <x:p> 1 } ;\nINSERT DATA { oops }"))
    assert (document["status"], document["line"]) == (400, 2)
    assert count(there) == 0  # the first of the two has not happened


def test_the_dataset_of_the_request_counts(there: str) -> None:
    done(there, "INSERT DATA { <x:d> <x:p> 1 . GRAPH <x:g> { <x:a> <x:p> 1 } GRAPH <x:h> { <x:b> <x:p> 1 } }")
    text = "INSERT { ?s <x:seen> true } WHERE { ?s <x:p> 1 }"
    assert done(there, text, ("using-graph-uri", "x:g"), ("using-graph-uri", "x:h"))["added"] == 2
    fields = ("update", "DELETE { ?s <x:seen> true } WHERE { GRAPH <x:g> { ?s <x:p> 1 } }")
    assert form(there, fields, ("using-named-graph-uri", "x:g")).json()["removed"] == 1
    both = update(there, "INSERT { ?s <x:q> 1 } USING <x:g> WHERE { ?s ?p ?o }", ("using-graph-uri", "x:h"))
    assert problem(both)["title"] == "Two datasets"
    assert problem(update(there, text, ("using-graph-uri", "no iri")))["title"] == "No IRI"


def test_leaving_the_server_is_a_403(there: str) -> None:
    for text in ("LOAD <http://127.0.0.1:9/>", "INSERT { ?s ?p ?o } WHERE { SERVICE <x:> { ?s ?p ?o } }"):
        assert update(there, text).status == 403


def test_what_is_shipped_is_a_403_and_what_contradicts_it_a_409(shipped: str) -> None:
    before = query(shipped, "ASK {}").headers["ETag"]
    assert problem(update(shipped, "DROP ALL"))["title"] == "Read-only graph"
    clash = f"INSERT DATA {{ GRAPH <{MINE}> {{ <{BASE}subunit/ITGAV> a ikg:BetaSubunit }} }}"
    document = problem(update(shipped, clash))
    assert (document["title"], document["status"]) == ("Contradiction", 409)
    assert document["clashes"]
    assert query(shipped, "ASK {}").headers["ETag"] == before


def test_what_a_user_states_is_reasoned_over_and_forgotten(shipped: str) -> None:
    new = f"<{BASE}integrin/mine>"
    report = done(
        shipped,
        f"INSERT DATA {{ GRAPH <{MINE}> {{ "
        f"{new} a ikg:Integrin ; ikg:recognizesMotif <{BASE}motif/RGD> }} }}",
    )
    assert report["inferred"]["added"] > 0
    assert holds(shipped, f"{new} a ikg:RGDReceptor")
    assert done(shipped, f"DROP GRAPH <{MINE}>")["inferred"]["removed"] == report["inferred"]["added"]
    assert not holds(shipped, f"{new} ?p ?o")


# --- versions --------------------------------------------------------------------------------------


def test_an_answer_need_not_be_sent_again_until_something_changes(there: str) -> None:
    text = "SELECT * { ?s ?p ?o }"
    path = "/sparql?" + urlencode({"query": text})
    first = query(there, text)
    assert send(there, path, If_None_Match=first.headers["ETag"]).status == 304
    assert send(there, path, "HEAD", If_None_Match=first.headers["ETag"]).status == 304
    assert send(there, path, If_None_Match=f'"x", {first.headers["ETag"]}').status == 304
    assert send(there, path, If_None_Match='"x"').status == 200
    unchanged = send(there, path, If_None_Match=first.headers["ETag"])
    assert (unchanged.body, unchanged.headers["ETag"]) == (b"", first.headers["ETag"])
    done(there, "INSERT DATA { <x:s> <x:p> 1 }")
    assert send(there, path, If_None_Match=first.headers["ETag"]).status == 200
    # There and back is another version: nobody compares what they hold.
    done(there, "DELETE DATA { <x:s> <x:p> 1 }")
    assert query(there, text).headers["ETag"] not in (None, "")


def test_a_tag_is_of_the_format_and_of_the_dataset_too(there: str) -> None:
    text = "SELECT * { ?s ?p ?o }"
    tags = [
        query(there, text, accept=accept, *further).headers["ETag"]  # noqa: B026
        for accept in ("text/csv", "application/json")
        for further in ([], [("default-graph-uri", "x:g")], [("named-graph-uri", "x:g")])
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("text", ["NOW()", "RAND()", "UUID()", "STRUUID()", "now ( )", "\\u0052AND()"])
def test_an_answer_that_differs_each_time_has_no_tag(there: str, text: str) -> None:
    reply = query(there, f"SELECT ({text} AS ?x) {{}}")
    assert reply.headers["ETag"] is None
    path = "/sparql?" + urlencode({"query": f"SELECT ({text} AS ?x) {{}}"})
    assert send(there, path, If_None_Match="*").status in (200, 400)


def test_an_answer_that_names_a_new_blank_node_is_still_of_its_version(there: str) -> None:
    assert query(there, "SELECT (BNODE() AS ?x) {}").status == 200


# --- what readers see ------------------------------------------------------------------------------


def test_whoever_has_written_reads_what_was_written(there: str) -> None:
    def write(writer: int) -> None:
        for number in range(40):
            done(there, f"INSERT DATA {{ <x:{writer}> <x:wrote> {number} }}")
            assert holds(there, f"<x:{writer}> <x:wrote> {number}")

    with ThreadPoolExecutor(5) as pool:
        for result in [pool.submit(write, writer) for writer in range(5)]:
            result.result(120)
    assert count(there) == 200


def test_nobody_sees_half_a_change(there: str) -> None:
    seen: set[int] = set()
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            rows = query(there, "SELECT ?s (COUNT(*) AS ?n) { ?s <x:p> ?o } GROUP BY ?s").rows()
            seen.update(int(row["n"]) for row in rows if "s" in row)

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for number in range(25):
                done(there, f"INSERT DATA {{ {facts(str(number), 100)} }}")
                if number % 2:
                    done(there, f"DELETE WHERE {{ <x:{number}> ?p ?o }}")
                    done(
                        there,
                        f"DELETE WHERE {{ <x:{number - 1}> ?p ?o }} ; "
                        f"INSERT DATA {{ {facts('again', 100)} }}",
                    )
        finally:
            over.set()
        for reader in readers:
            reader.result(20)
    assert seen == {100}


def test_a_long_answer_is_of_one_version_though_it_changes_meanwhile(there: str) -> None:
    done(there, f"INSERT DATA {{ {facts('s', 300)} }}")
    text = "SELECT ?a ?b ?c { <x:s> <x:p> ?a . <x:s> <x:p> ?b . <x:s> <x:p> ?c FILTER (?c < 2) }"
    with closing(connect(there)) as connection:
        connection.request("GET", "/sparql?" + urlencode({"query": text}), headers={"Accept": "text/csv"})
        response = connection.getresponse()
        assert response.status == 200
        first = response.read(100_000)
        done(there, "DELETE WHERE { <x:s> ?p ?o }")
        assert count(there) == 0
        rest = response.read()
    assert (first + rest).count(b"\n") == 180_001


def tree(pid: int) -> set[int]:
    """A process's living descendants."""
    below = children(pid)
    return below.union(*map(tree, below))


def zombies(pid: int) -> int:
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found += int(fields[1]) == pid and fields[0] == "Z"
    return found


def resident(pid: int) -> int:
    """The memory that a process has for itself, in MiB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    private = [int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private")]
    return sum(private) // 1024


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


class Live:
    """A server of a test's own, and its process."""

    def __init__(self, *options: str) -> None:
        self.log: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", "0", *options],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **TOKEN},
            start_new_session=True,
        )
        assert self.process.stderr
        for line in self.process.stderr:
            self.log.append(line)
            if "http://" in line:
                break
        else:
            self.process.wait()
            raise AssertionError("".join(self.log))
        self.url = "http://" + line.split("http://")[1].strip().rstrip("/")
        self.reader = threading.Thread(target=self._drain, daemon=True)
        self.reader.start()

    def _drain(self) -> None:
        assert self.process.stderr
        self.log += list(self.process.stderr)

    def hosts(self) -> list[int]:
        """The processes that have workers: the host, and for a moment the one before it."""
        return [pid for pid in tree(self.process.pid) if children(pid)]

    @property
    def host(self) -> int:
        """The process that holds the statements."""
        assert soon(lambda: len(self.hosts()) == 1, 10), "there is not one host"
        return self.hosts()[0]

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End the whole group of processes."""
        for pid in [self.process.pid, *tree(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        self.process.wait(20)
        self.reader.join(20)


@pytest.fixture
def live() -> Iterator[Callable[..., Live]]:
    """Start a server that a test may harm."""
    running: list[Live] = []

    def start(*options: str) -> Live:
        running.append(Live(*options))
        return running[-1]

    yield start
    for server in running:
        server.end()


@linux
def test_many_changes_leave_nothing_behind(live: Callable[..., Live]) -> None:
    server = live(*WRITABLE)

    def settled() -> bool:
        return len(tree(server.process.pid)) == 3 and zombies(server.process.pid) == 0

    def change(number: int) -> None:
        done(
            server.url,
            f"DELETE {{ ?s ?p ?o }} INSERT {{ <x:s> <x:p> {number} }} WHERE {{ OPTIONAL {{ ?s ?p ?o }} }}",
        )
        assert update(server.url, "oops").status == 400
        assert count(server.url) == 1

    for number in range(30):
        change(number)
    assert soon(settled, 10)
    before = [f(pid) for pid in (server.process.pid, server.host) for f in (files, resident)]
    for number in range(200):
        change(number)
    assert soon(settled, 10), tree(server.process.pid)
    after = [f(pid) for pid in (server.process.pid, server.host) for f in (files, resident)]
    assert after[0] <= before[0] + 5
    assert after[2] <= before[2]
    assert after[1] <= before[1] + 20
    assert after[3] <= before[3] + 20
    assert threads(server.process.pid) < 100


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def bound(pattern: str) -> str:
    return f"INSERT {{ <x:s> <x:p> ?x }} WHERE {{ {pattern} }}"


DOUBLING = " ".join(f"BIND (CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
ANYWHERE = "(<x:p>|!<x:p>)*"


# --- hostile updates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (CROSS, {503}),
        ("INSERT { ?a <x:p> ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", {503, 507}),
        (bound("{" * 200_000), {400}),
        (bound(f"BIND ({'(' * 100_000}1{')' * 100_000} AS ?x)"), {400, 503, 507}),
        (bound(f"BIND (1{'+1' * 300_000} AS ?x)"), {200, 400, 503, 507}),
        (bound(f"BIND ('{'a' * 32}' AS ?x0) {DOUBLING} BIND (?x40 AS ?x)"), {400, 503, 507}),
        (bound(f"?s {'/'.join([ANYWHERE] * 3)} ?x . ?a ?b ?c . ?d ?e ?f"), {200, 503, 507}),
    ],
    ids=["cross product", "cross product kept", "braces", "brackets", "sums", "doubling", "paths"],
)  # fmt: skip
def test_a_hostile_update_is_refused_in_time_while_others_read(
    there: str, text: str, statuses: set[int]
) -> None:
    done(there, f"INSERT DATA {{ {facts('s', 300)} }}")
    slowest = 0.0
    with ThreadPoolExecutor(1) as pool:
        started = time.monotonic()
        bomb = pool.submit(update, there, text, ("timeout", "3"))
        while not bomb.done():
            asked = time.monotonic()
            assert count(there) >= 300
            slowest = max(slowest, time.monotonic() - asked)
        took = time.monotonic() - started
    reply = bomb.result()
    assert reply.status in statuses, reply.text[:300]
    in_time(took, 3 + 4)
    in_time(slowest, 3, "a query beside it")
    if reply.status != 200:
        assert count(there) == 300
    done(there, "CLEAR ALL")


def test_a_change_that_waits_for_a_bomb_is_made_after_it(there: str) -> None:
    done(there, f"INSERT DATA {{ {facts('s', 300)} }}")
    with ThreadPoolExecutor(4) as pool:
        bomb = pool.submit(update, there, CROSS, ("timeout", "3"))
        waiting = [pool.submit(update, there, f"INSERT DATA {{ <x:w> <x:p> {n} }}") for n in range(3)]
        assert bomb.result(30).status == 503
        statuses = [reply.result(30).status for reply in waiting]
    assert set(statuses) <= {200, 503}
    assert count(there, "<x:w> ?p ?o") == statuses.count(200)


def test_a_shorter_time_may_be_asked_for_and_a_longer_one_not(serve: Serve) -> None:
    hasty = serve(*WRITABLE, "--update-timeout", "3", env=TOKEN)
    done(hasty, f"INSERT DATA {{ {facts('s', 300)} }}")
    for asked, longest in (("0.3", 2.5), ("1000", 6.0)):
        with within(longest):
            assert update(hasty, CROSS, ("timeout", asked)).status == 503
    assert update(hasty, "CLEAR ALL", ("timeout", "soon")).status == 400


# --- the end ---------------------------------------------------------------------------------------


@linux
def test_an_update_that_is_being_made_is_answered_before_the_server_ends(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    server = live(*WRITABLE, "--store", str(tmp_path / "store"))
    many = facts("s", 60_000)
    processes = {server.process.pid, *tree(server.process.pid)}
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(update, server.url, f"INSERT DATA {{ {many} }}")
        assert soon(lambda: bool(tree(server.process.pid) - processes), 10)  # the change is being made
        server.process.send_signal(signal.SIGTERM)
        assert busy.result(20).status == 200
    assert server.process.wait(20) == 0
    assert not any(map(lives, processes))
    again = live(*WRITABLE, "--store", str(tmp_path / "store"))
    assert count(again.url) == 60_000
    assert "Traceback" not in "".join(server.log)


@linux
def test_an_update_that_takes_too_long_is_not_made_after_the_server_has_ended(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    server = live(*WRITABLE, "--store", str(tmp_path / "store"), "--update-timeout", "60")
    done(server.url, f"INSERT DATA {{ {facts('s', 300)} }}")
    processes = {server.process.pid, *tree(server.process.pid)}
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(update, server.url, CROSS)
        assert soon(lambda: bool(tree(server.process.pid) - processes), 10)
        maker = tree(server.process.pid) - processes
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(25) == 0
        assert soon(lambda: not any(map(lives, processes | maker)), 3), "a process outlived the server"
        assert busy.exception(20) or busy.result().status >= 500


@linux
def test_a_download_is_finished_before_the_server_ends(live: Callable[..., Live]) -> None:
    server = live(*WRITABLE)
    done(server.url, f"INSERT DATA {{ {facts('s', 1000)} }}")
    text = "SELECT ?a ?b { <x:s> <x:p> ?a . <x:s> <x:p> ?b }"
    with closing(connect(server.url)) as connection:
        connection.request("GET", "/sparql?" + urlencode({"query": text}), headers={"Accept": "text/csv"})
        response = connection.getresponse()
        first = response.read(1000)
        server.process.send_signal(signal.SIGTERM)
        assert (first + response.read()).count(b"\n") == 1_000_001
    assert server.process.wait(20) == 0


def test_reports_are_json_documents_of_their_own(there: str) -> None:
    report = json.loads(update(there, "INSERT DATA { <x:s> <x:p> 1 }").body)
    assert set(report) == {"version", "existed", "added", "removed", "inferred"}
