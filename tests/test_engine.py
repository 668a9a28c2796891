"""Queries that try to outlast, outgrow or kill their worker; none may harm the next one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, Store

from integrin_kg.engine import allocator, call, messages
from integrin_kg.engine.client import Engine
from integrin_kg.engine.evaluation import evaluate
from integrin_kg.engine.keeper import Generation, Keeper
from integrin_kg.engine.leash import Leash
from integrin_kg.engine.messages import DATA, HEAD, PROBLEM, WORKER, Problem, Query
from integrin_kg.engine.pool import Contact
from integrin_kg.engine.staff import Staff
from timing import within

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason=f"memory caps and /proc are Linux's, this is {sys.platform}"
)

JSON, TURTLE = "application/sparql-results+json", "text/turtle"
WORKERS = 2
MIB = 1024 * 1024

# What the process of the host runs: a small graph, the limits that a test gives, and no service around it.
_HOST = """
import json, socket, sys
from pyoxigraph import Literal, NamedNode, Quad, Store
from integrin_kg.engine import embedded, host, leash, main, state, worker
from integrin_kg.vocab import INFERRED_GRAPH

staff, patience, limits = json.loads(sys.argv[1])
worker._REQUEST_TIMEOUT = patience
listener, end = (socket.socket(fileno=int(given)) for given in sys.argv[2:4])
stated, p = NamedNode("http://x/stated"), NamedNode("http://x/p")
quads = [Quad(NamedNode(f"http://x/s{i}"), p, Literal(f"value {i}"), stated) for i in range(300)]
quads.append(Quad(NamedNode("http://x/s0"), NamedNode("http://x/q"), Literal("inferred"), INFERRED_GRAPH))
store = Store()
store.extend(quads)
held = embedded.Embedded(state.State(store, state.Version("test")))
main.serve(host.Host(held, listener, leash.Leash(end), host.Staff(**staff), worker.Limits(**limits)))
"""

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@dataclass(frozen=True)
class Hosted:
    """A host of a test's own, and the engine in front of it."""

    engine: Engine
    keeper: Keeper

    @property
    def pid(self) -> int:
        return self.host.pid

    @property
    def host(self) -> Generation:
        assert self.keeper.current
        return self.keeper.current

    def ask(self, text: str, timeout: float = 5.0, **further: Any) -> bytes:
        return self.engine.run(Query(text, JSON, TURTLE, timeout=timeout, **further)).read()

    def refusal(self, text: str, timeout: float = 5.0) -> Problem:
        with pytest.raises(Problem) as caught:
            self.ask(text, timeout)
        return caught.value

    def status(self, text: str, timeout: float = 5.0) -> int:
        try:
            self.ask(text, timeout)
        except Problem as problem:
            return problem.status
        return 200

    def workers(self) -> set[int]:
        return children(self.pid)


Start = Callable[..., Hosted]


def host_command(staff: dict[str, int], patience: float, **limits: int) -> list[str]:
    given = {"memory": 192 * MIB, "output": 8 * MIB, "held": MIB // 4, **limits}
    return [sys.executable, "-c", _HOST, json.dumps([{"turns": 0, **staff}, patience, given])]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start a host with the given limits."""
    running: list[Keeper] = []

    def begin(workers: int = WORKERS, patience: float = 5.0, most: int = 8, **limits: int) -> Hosted:
        staff = Staff(workers, max(workers, most), turns=0)
        keeper = Keeper(host_command({"usual": workers, "most": staff.most}, patience, **limits))
        running.append(keeper)
        keeper.start()
        return Hosted(Engine(lambda: keeper.current, staff), keeper)

    yield begin
    for keeper in running:
        keeper.close()


@pytest.fixture(scope="module")
def hosted(start: Start) -> Hosted:
    """A host that the tests of this module share."""
    return start()


def children(pid: int) -> set[int]:
    """The living children of a process."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[1]) == pid and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def soon(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether the condition comes true within some seconds."""
    end = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return held


def answers(hosted: Hosted) -> bool:
    return json.loads(hosted.ask("ASK {}"))["boolean"] is True


# What is asked is answered.


def test_a_query_of_somebody_who_left_takes_no_place_and_no_worker(hosted: Hosted) -> None:
    assert answers(hosted)
    workers, killed = hosted.workers(), hosted.engine.killed.total()
    hosted.engine.admission.running += hosted.engine.admission.places  # they are all taken
    try:
        with pytest.raises(Problem) as caught:
            hosted.engine.run(Query("ASK {}", JSON, None), lambda: True)
    finally:
        hosted.engine.admission.running -= hosted.engine.admission.places
    assert caught.value.status == 499
    assert (hosted.workers(), hosted.engine.killed.total()) == (workers, killed)


def test_the_host_has_the_allocator_that_was_found(hosted: Hosted) -> None:
    assert ("jemalloc" in Path(f"/proc/{hosted.pid}/maps").read_text()) == bool(allocator.environment())


def test_a_query_of_each_form_is_answered(hosted: Hosted) -> None:
    assert answers(hosted)
    rows = json.loads(hosted.ask('SELECT ?s { ?s ?p "value 7" }'))["results"]["bindings"]
    assert [row["s"]["value"] for row in rows] == ["http://x/s7"]
    graph = hosted.ask('CONSTRUCT { ?s a <http://x/C> } { ?s ?p "value 7" }')
    assert graph.decode().split("\n")[-2] == "<http://x/s7> a <http://x/C> ."
    assert b'"value 7"' in hosted.ask("DESCRIBE <http://x/s7>")


def test_an_answer_tells_its_length_and_a_large_one_is_a_file(hosted: Hosted) -> None:
    moderate = hosted.engine.run(Query("SELECT * { ?s ?p ?o }", JSON, None))
    assert moderate.length == len(moderate.read()) > 10_000
    large = hosted.engine.run(Query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 10000", "text/csv", None))
    assert not isinstance(large.content, bytes)
    content = large.read()
    assert content.count(b"\r\n") == 10_001
    assert large.length == len(content)


def test_reasoning_decides_whether_the_inferred_graph_is_seen(hosted: Hosted) -> None:
    for text in ('ASK { ?s ?p "inferred" }', 'ASK { GRAPH ?g { ?s ?p "inferred" } }'):
        assert json.loads(hosted.ask(text))["boolean"] is True
        assert json.loads(hosted.ask(text, reasoning=False))["boolean"] is False


def test_the_dataset_is_the_request_s_before_the_query_s(hosted: Hosted) -> None:
    count = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"

    def counted(text: str, **dataset: Any) -> str:
        value: str = json.loads(hosted.ask(text, **dataset))["results"]["bindings"][0]["n"]["value"]
        return value

    assert counted(count.format("")) == "301"
    assert counted(count.format("FROM <http://x/stated>")) == "300"
    assert counted(count.format("FROM <http://x/no>")) == "0"
    assert counted(count.format("FROM <http://x/no>"), default_graphs=["http://x/stated"]) == "300"
    assert counted(count.format(""), named_graphs=["http://x/stated"]) == "0"


def test_the_word_from_in_a_string_with_escapes_leaves_the_dataset_alone(hosted: Hosted) -> None:
    text = r'SELECT * { ?s ?p ?o FILTER(?o != "a\u0022 FROM \u0022b") }'
    assert len(json.loads(hosted.ask(text))["results"]["bindings"]) == 301


@pytest.mark.xfail(strict=True, reason="pyoxigraph 0.5.13 lists a triple once for each graph of a union")
@pytest.mark.parametrize("graphs", [[], ["http://x/g", "http://x/h"]], ids=["union", "chosen"])
def test_a_triple_in_two_graphs_is_one_triple_of_their_union(graphs: list[str]) -> None:
    store, name = Store(), NamedNode("http://x/s")
    store.extend(Quad(name, name, name, NamedNode(graph)) for graph in ("http://x/g", "http://x/h"))
    results, _ = evaluate(store, Query("SELECT * { ?s ?p ?o }", JSON, None, default_graphs=graphs))
    assert len(list(results)) == 1


def test_many_clients_at_once_are_all_answered(hosted: Hosted) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: answers(hosted), range(200)))


# What goes wrong is told, and harms nobody else.


def test_a_query_that_takes_too_long_is_stopped_within_a_second_of_its_time(hosted: Hosted) -> None:
    begun = time.monotonic()
    with within(1.5):
        problem = hosted.refusal(CROSS, timeout=0.5)
    assert problem.status == 503
    assert "0.5 s" in problem.detail
    assert time.monotonic() - begun >= 0.5
    assert answers(hosted)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f",
        "SELECT DISTINCT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT ?c (COUNT(DISTINCT ?x) AS ?n) "
        "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(CONCAT(?c, ?f, ?i) AS ?x) } GROUP BY ?c",
    ],
    ids=["order", "distinct", "groups"],
)
def test_a_query_that_takes_too_much_memory_is_a_507(start: Start, roomy: Hosted, text: str) -> None:
    assert roomy.refusal(text, timeout=30).status == 507
    assert answers(roomy)


@pytest.fixture(scope="module")
def roomy(start: Start) -> Hosted:
    """A host whose answers may be larger than its memory."""
    return start(memory=40 * MIB, output=1024 * MIB, held=512 * MIB)


DEPTH = 100_000
DEEP = {
    "groups": "SELECT * " + "{" * DEPTH + "}" * DEPTH,
    "optionals": "SELECT * { " + "OPTIONAL {" * DEPTH + "}" * (DEPTH + 1),
    "parentheses": "SELECT * { FILTER" + "(" * DEPTH + "1" + ")" * DEPTH + " }",
    "sums": "SELECT * { FILTER(1" + "+1" * DEPTH + ") }",
    "negations": "SELECT * { FILTER(" + "!" * DEPTH + "true) }",
    "paths": "SELECT * { ?s " + "(" * DEPTH + "<http://x/p>" + ")" * DEPTH + " ?o }",
    "path steps": "SELECT * { ?s <http://x/p>" + "/<http://x/p>" * DEPTH + " ?o }",
    "collections": "SELECT * { ?s ?p " + "(" * DEPTH + "1" + ")" * DEPTH + " }",
    "blank nodes": "SELECT * { ?s ?p " + "[<http://x/p> " * DEPTH + "1" + "]" * DEPTH + " }",
    "selects": "SELECT * { " + "{ SELECT * {" * DEPTH + "}}" * DEPTH + " }",
    "unions": "SELECT * { {}" + "UNION{}" * DEPTH + " }",
    "unclosed": "SELECT * " + "{" * DEPTH,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
def test_a_very_deep_query_is_answered_or_refused_and_harms_nobody(hosted: Hosted, text: str) -> None:
    assert hosted.status(text, timeout=3) in (200, 400, 503, 507)
    assert answers(hosted)


@pytest.mark.parametrize("kind", ["groups", "parentheses", "unclosed"])
def test_nesting_that_overflows_the_stack_is_called_that(start: Start, kind: str) -> None:
    problem = start(workers=1, memory=1024 * MIB).refusal(DEEP[kind], timeout=20)
    assert (problem.status, problem.title) == (400, "Query too deep")


def test_an_answer_over_the_cap_is_a_413_while_none_of_it_is_out(start: Start) -> None:
    strict = start(output=MIB // 8)
    problem = strict.refusal(LONG)
    assert problem.status == 413
    assert "LIMIT" in problem.detail
    assert answers(strict)


def test_a_query_too_large_to_hand_over_is_a_413(hosted: Hosted) -> None:
    for text in ("#" + "a" * messages.MAX_REQUEST, "#" + "é" * (messages.MAX_REQUEST // 3)):
        assert hosted.refusal(text + "\nASK {}").status == 413
    assert answers(hosted)


def test_a_query_that_does_not_parse_is_a_400_with_its_place(hosted: Hosted) -> None:
    problem = hosted.refusal("SELECT * {\n ?x ?y }")
    assert (problem.status, problem.title, problem.further["line"]) == (400, "Syntax error", 2)


@pytest.mark.parametrize(
    "text",
    ["SELECT (<http://x/f>(1) AS ?y) {}", "ASK { FILTER(<http://x/f>(1)) }", "SELECT * { ?s ?p ?o } HAVING (<http://x/f>(1))"],
)  # fmt: skip
def test_a_function_that_there_is_not_is_a_501_that_names_it(hosted: Hosted, text: str) -> None:
    problem = hosted.refusal(text)
    assert problem.status == 501
    assert "http://x/f" in problem.detail


SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:9999/> {} }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:9999/> {} }",
    "SELECT * { BIND(<http://127.0.0.1:9999/> AS ?s) service ?s {} }",
    "SELECT * {SERVICESILENT<http://127.0.0.1:9999/>{}}",
    "SELECT * { ?s ?p 5e3SERVICE SILENT <http://127.0.0.1:9999/> {} }",
    "SELECT * { ?s ?p trueSERVICE SILENT <http://127.0.0.1:9999/> {} }",
    "PREFIX x: <http://127.0.0.1:9999/> SELECT * { SERVICESILENTx:y {} }",
    "SELECT * { BIND(1 AS ?a) FILTER(?a<3)SERVICE SILENT?s#>\n{} }",
    "SELECT * { BIND(1 AS ?a) FILTER(?a<3#>'''\n)SERVICE SILENT<http://127.0.0.1:9999/>{} #'''\n }",
    "ASK { SERVICESILENT<http://127.0.0.1:9999/>{} }",
    "CONSTRUCT { ?s ?p ?o } { SERVICESILENT<http://127.0.0.1:9999/>{ ?s ?p ?o } }",
    "SELECT * { FILTER EXISTS { SERVICESILENT<http://127.0.0.1:9999/>{} } }",
    "SELECT * { S\\u0045RVICE SILENT <http://127.0.0.1:9999/> {} }",
]


@pytest.mark.parametrize("text", SERVICES)
def test_no_spelling_of_service_is_evaluated(hosted: Hosted, text: str) -> None:
    assert hosted.refusal(text).status in (400, 403)


@pytest.mark.parametrize(
    "text",
    [
        'ASK { BIND("SERVICE" AS ?service) }',
        "PREFIX service: <http://service/> ASK { FILTER(service:x != <http://x/SERVICE>) } # SERVICE",
        "ASK { BIND(\"\"\"SERVICE\"\"\" AS ?SERVICE) BIND('''SERVICE <x> {}''' AS ?service) }",
    ],
)
def test_the_word_service_elsewhere_is_no_reason_to_refuse(hosted: Hosted, text: str) -> None:
    assert json.loads(hosted.ask(text))["boolean"] is True


def test_a_syntax_error_beside_the_word_service_is_called_a_syntax_error(hosted: Hosted) -> None:
    problem = hosted.refusal("SELECT ?service {\n ?service ?p }")
    assert (problem.status, problem.title, problem.further["line"]) == (400, "Syntax error", 2)


def test_a_large_answer_that_runs_out_of_time_is_no_answer(start: Start) -> None:
    slow = start(output=1024 * MIB)
    assert slow.refusal(LONG, timeout=0.7).status == 503


def test_a_large_answer_that_grows_past_the_cap_is_no_answer(hosted: Hosted) -> None:
    assert hosted.refusal(LONG, timeout=10).status == 413
    assert answers(hosted)


def test_an_answer_that_nobody_reads_holds_no_worker(start: Start) -> None:
    only = start(workers=1, most=1, output=1024 * MIB)
    unread = [only.engine.run(Query(f"{LONG} LIMIT 20000", JSON, None, timeout=10)) for _ in range(3)]
    with within(2):
        assert answers(only)
    assert [json.loads(answer.read())["results"]["bindings"][0].keys() for answer in unread]


# Workers die and are replaced.


def test_as_many_workers_live_after_their_deaths_as_before(start: Start) -> None:
    mortal = start(workers=3, most=3)
    assert len(mortal.workers()) == 3
    for _ in range(4):
        mortal.refusal(CROSS, timeout=0.2)
        mortal.refusal(DEEP["groups"])
    for worker in mortal.workers():
        os.kill(worker, signal.SIGKILL)
    assert soon(lambda: len(mortal.workers()) == 3)
    assert answers(mortal)


def test_a_worker_that_did_its_share_is_replaced_without_a_loss(start: Start) -> None:
    brief = start(most=WORKERS, queries=3)
    first = brief.workers()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: answers(brief), range(40)))
    assert soon(lambda: len(brief.workers()) == WORKERS)
    assert not first & brief.workers()


def test_a_worker_killed_in_mid_query_is_a_problem_at_once(start: Start) -> None:
    only = start(workers=1, most=1)
    (worker,) = only.workers()
    threading.Timer(0.4, os.kill, (worker, signal.SIGKILL)).start()
    with within(1.5):
        problem = only.refusal(CROSS, timeout=20)
    assert (problem.status, problem.title) == (503, "Query stopped")
    assert answers(only)


def test_a_client_that_hangs_up_frees_its_worker(start: Start) -> None:
    only = start(workers=1, most=1)
    for _ in range(3):
        leaves = time.monotonic() + 0.3
        with within(1.5), pytest.raises(Problem, match="499"):
            only.engine.run(Query(CROSS, JSON, None, timeout=20), lambda end=leaves: time.monotonic() > end)
        assert answers(only)


def test_a_client_that_hangs_up_while_it_queues_is_let_go(start: Start) -> None:
    only = start(workers=1, most=1)
    patient = Engine(lambda: only.host, Staff(1, 2, 0))
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(only.refusal, CROSS, 1.5)
        time.sleep(0.3)
        with within(0.5), pytest.raises(Problem, match="499"):
            patient.run(Query("ASK {}", JSON, None), lambda: True)
        assert busy.result().status == 503
    assert answers(only)


def test_idle_connections_hold_no_worker_longer_than_a_request_may_take(start: Start) -> None:
    impatient = start(most=WORKERS, patience=1.0)
    idle = []
    for _ in range(2 * WORKERS):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(impatient.host.queries)
        idle.append(connection)
    with within(3.5):
        assert answers(impatient)
    for connection in idle:
        connection.close()


@pytest.mark.parametrize(
    "sent", [b"", b"T", b"T\xff\xff\xff\xff", b"T\0\0\0\2[]", b"T\0\0\0\2no", b"\0" * 100]
)
def test_nonsense_on_the_socket_costs_no_more_than_its_worker(hosted: Hosted, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(hosted.host.queries)
        connection.sendall(sent)
    for _ in range(2 * WORKERS):
        assert answers(hosted)


def test_a_host_with_nobody_to_speak_to_ends_and_says_no_more() -> None:
    program = """
import socket
from integrin_kg.engine.host import Host
from integrin_kg.engine.leash import Leash
from integrin_kg.engine.staff import Staff
here, there = socket.socketpair()
there.close()
Host(None, None, Leash(here), Staff(), None)._tell({"staff": 1})
print("still here")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("stderr", ["", "sys.stderr.close()"], ids=["heard", "heard by nobody"])
def test_a_worker_that_cannot_begin_says_why_and_never_becomes_a_host(stderr: str) -> None:
    program = f"""
import os, socket, sys
from integrin_kg.engine.host import Host
from integrin_kg.engine.leash import Leash
from integrin_kg.engine.staff import Staff
here, there = socket.socketpair()
host = Host(None, None, Leash(here), Staff(), None)
if not (worker := os.fork()):
    {stderr}
    host._become_worker(False)
print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (0, "1\n")
    assert stderr or "AttributeError: 'NoneType' object has no attribute 'memory'" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_the_end_of_the_host_ends_its_workers(start: Start, number: signal.Signals) -> None:
    mortal = start(workers=3, most=3)
    workers = mortal.workers()
    assert len(workers) == 3
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(mortal.refusal, CROSS, 20)
        time.sleep(0.3)
        host = mortal.pid
        os.kill(host, number)
        assert soon(lambda: not any(map(lives, [host, *workers])))
        assert 500 <= busy.result(5).status < 600


def test_a_host_that_ended_is_replaced(start: Start) -> None:
    mortal = start()
    first = mortal.pid
    os.kill(first, signal.SIGKILL)
    assert soon(lambda: mortal.host.alive and mortal.host.pid != first, 10)
    assert answers(mortal)


_KEEPER = """
import json, sys
from integrin_kg.engine.keeper import Keeper

keeper = Keeper(json.loads(sys.argv[1]))
keeper.start()
print(keeper.current.pid, flush=True)
sys.stdin.read()
"""


def test_the_end_of_the_keeper_ends_all() -> None:
    command = json.dumps(host_command({"usual": 3, "most": 3}, 5))
    keeper = subprocess.Popen(
        [sys.executable, "-c", _KEEPER, command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout
    host = int(keeper.stdout.readline())
    workers = children(host)
    assert len(workers) == 3
    keeper.kill()
    keeper.communicate(timeout=20)
    assert soon(lambda: not any(map(lives, [host, *workers])))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("delay", [0, 0.005, 0.01, 0.02])
def test_a_host_that_ends_while_it_forks_leaves_nobody_behind(
    start: Start, number: signal.Signals, delay: float
) -> None:
    mortal = start(workers=2, most=40)
    mortal.host.tell({"workers": 40})
    time.sleep(delay)
    seen = mortal.workers()
    group = os.getpgid(mortal.pid)
    host = mortal.pid
    os.kill(host, number)
    assert soon(lambda: not any(map(lives, [host, *seen])))
    assert soon(lambda: len(mortal.workers()) == 2, 10), group


# Connections that are kept.


def test_a_worker_answers_one_query_after_another_on_one_connection(start: Start) -> None:
    only = start(workers=1, most=1)
    assert answers(only)
    contact = only.host.pool.idle()
    assert contact
    for _ in range(3):
        assert json.loads(exchange(contact, Query("ASK {}", JSON, None)))["boolean"] is True
    only.host.pool.give_back(contact)
    assert answers(only)
    assert len(only.workers()) == 1


def exchange(contact: Contact, task: Query, before_reading: float = 0.0) -> bytes:
    """Have a worker answer, and begin to read what it says only after so many seconds."""
    messages.send(contact.connection, messages.TASK, messages.encode(task))
    contact.connection.settimeout(5)
    time.sleep(before_reading)
    incoming, frames = messages.Incoming(), []
    while len(frames) < 2:
        incoming.read(contact.connection)
        frames += incoming
    assert [kind for kind, _ in frames] == [HEAD, DATA]
    return frames[1][1]


def test_a_deadline_ends_with_the_answer_and_never_strikes_the_next_query(start: Start) -> None:
    only = start(workers=1, most=1, held=4 * MIB)
    assert answers(only)
    contact = only.host.pool.idle()
    assert contact
    rows = exchange(contact, Query(f"{LONG} LIMIT 4000", JSON, None, timeout=1.0), before_reading=1.5)
    assert len(rows) > 1_000_000  # more than the socket takes: it is sent when the time is over
    assert len(json.loads(rows)["results"]["bindings"]) == 4000
    assert json.loads(exchange(contact, Query("ASK {}", JSON, None)))["boolean"] is True


def test_a_query_is_asked_again_where_its_worker_was_stopped_for_one_before_it(start: Start) -> None:
    only = start(workers=1, most=1)
    assert answers(only)
    (worker,) = only.workers()
    dismiss = threading.Timer(0.1, only.host.tell, ({"dismiss": worker},))
    dismiss.start()
    begun = time.monotonic()
    found = json.loads(
        only.ask(
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . { SELECT ?g { ?g ?h ?i } LIMIT 100 } }",
            timeout=30,
        )
    )
    assert time.monotonic() - begun > 0.1
    assert found["results"]["bindings"][0]["n"]["value"] == str(301 * 301 * 100)
    assert not {worker} & only.workers()


def test_an_idle_worker_is_asked_at_once(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    only = start(workers=1, most=1)
    assert answers(only)
    monkeypatch.setattr(call, "_POLL", 5.0)  # how long it would be listened to first
    with within(2.5):
        assert answers(only)


def test_an_idle_worker_that_died_is_nobody_s_answer(start: Start) -> None:
    mortal = start(workers=1, most=1)
    for _ in range(5):
        assert answers(mortal)
        (worker,) = mortal.workers()
        os.kill(worker, signal.SIGKILL)
        # Buried, and not only dead: the first of its threads may be before the one with the connection.
        assert soon(lambda worker=worker: not Path(f"/proc/{worker}").exists())
    assert answers(mortal)


def test_what_is_begun_without_waiting_is_looked_at_or_finished(hosted: Hosted) -> None:
    engine, ask = hosted.engine, Query("ASK {}", JSON, None)
    assert answers(hosted)
    for _ in range(3):
        begun = engine.begin(ask)
        assert begun
        call, place = begun
        end = time.monotonic() + 5
        while (found := call.look()) is None:
            assert time.monotonic() < end
        assert b"true" in found.read()
        place.leave()
    call, place = engine.begin(ask) or pytest.fail("nobody is idle")
    assert b"true" in engine.finish(call, place, lambda: False).read()
    assert engine.admission.running == 0


def test_nothing_is_begun_where_nobody_is_idle_or_there_is_no_place(start: Start) -> None:
    only = start(workers=1, most=1)
    ask = Query("ASK {}", JSON, None)
    assert only.engine.begin(ask) is None  # nobody knows a worker yet
    assert answers(only)
    call, place = only.engine.begin(ask) or pytest.fail("the worker is idle")
    assert only.engine.begin(ask) is None
    only.engine.finish(call, place, lambda: False)
    assert only.engine.begin(ask)


def test_a_retired_host_s_workers_are_asked_no_more(start: Start) -> None:
    retired = start()
    assert answers(retired)
    retired.host.retire()
    assert retired.host.pool.idle() is None
    assert soon(lambda: not retired.workers())


def test_a_bomb_that_was_begun_without_waiting_dies_of_what_it_would_otherwise(start: Start) -> None:
    only = start(workers=1, most=1)
    for text, timeout, status in ((CROSS, 0.3, 503), (DEEP["groups"], 5.0, 400), ("ASK {}", 5.0, 200)):
        assert answers(only)
        bomb = Query(text, JSON, None, timeout=timeout)
        begun = only.engine.begin(bomb)
        if begun is None:  # too large to be handed over at once
            continue
        try:
            only.engine.finish(*begun, lambda: False)
            found = 200
        except Problem as problem:
            found = problem.status
        assert found == status


# How many may ask at once.


def test_a_short_query_is_answered_within_a_second_while_sixteen_bombs_run(start: Start) -> None:
    crowded = start(most=20)
    with ThreadPoolExecutor(16) as pool:
        bombs = [pool.submit(crowded.status, CROSS, 3.0) for _ in range(16)]
        assert soon(lambda: crowded.engine.admission.running == 16)
        for _ in range(5):
            with within(1):
                assert answers(crowded)
        assert {bomb.result() for bomb in bombs} <= {503, 507}


def test_who_comes_when_all_places_and_seats_are_taken_is_told_to_come_back(start: Start) -> None:
    full = start(workers=1, most=2)
    with ThreadPoolExecutor(12) as pool:
        statuses = [query.result() for query in [pool.submit(full.status, CROSS, 2.5) for _ in range(12)]]
    assert sorted(set(statuses)) == [429, 503]
    assert statuses.count(503) == 2
    assert (full.engine.admission.running, full.engine.admission.waiting) == (0, 0)
    assert full.engine.admission.refused == 10
    assert answers(full)


def test_a_short_query_has_its_turn_while_long_ones_have_all_places_and_wait(start: Start) -> None:
    besieged = start(workers=1, most=5)
    engine = Engine(lambda: besieged.host, Staff(1, 3, turns=2))

    def status(text: str) -> int:
        try:
            engine.run(Query(text, JSON, None, timeout=4.0)).read()
        except Problem as problem:
            return problem.status
        return 200

    with ThreadPoolExecutor(8) as pool:
        bombs = [pool.submit(status, CROSS) for _ in range(8)]
        assert soon(lambda: engine.admission.running >= 3)
        assert status("ASK {}") in (200, 429)
        assert soon(lambda: engine.admission.waiting == 0)
        for _ in range(3):
            assert status("ASK {}") == 200
        statuses = [bomb.result() for bomb in bombs]
    assert set(statuses) <= {429, 503, 507}
    assert 429 in statuses


def test_workers_that_were_hired_for_a_rush_leave_after_it(start: Start) -> None:
    seasonal = start(workers=1, most=6)
    with ThreadPoolExecutor(6) as pool:
        queries = [pool.submit(seasonal.status, CROSS, 1.5) for _ in range(6)]
        assert soon(lambda: len(seasonal.workers()) == 6, 10)
        assert {query.result() for query in queries} <= {503, 507}
    assert soon(lambda: len(seasonal.workers()) == 1, 40)
    assert answers(seasonal)


def test_all_workers_together_are_kept_below_their_share_of_memory() -> None:
    greedy = "SELECT (GROUP_CONCAT(?c) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    staff = {"usual": 1, "most": 6, "memory": 60 * MIB}
    keeper = Keeper(host_command(staff, 5, memory=1024 * MIB))
    keeper.start()
    roomy = Hosted(Engine(lambda: keeper.current, Staff(**staff, turns=0)), keeper)
    try:
        with ThreadPoolExecutor(4) as pool:
            statuses = {
                query.result() for query in [pool.submit(roomy.status, greedy, 30.0) for _ in range(4)]
            }
        assert 507 in statuses
        assert answers(roomy)
    finally:
        keeper.close()


# What the client does without a host or with half an answer.


def test_of_what_else_a_problem_says_only_line_and_column_are_told_as_its_place() -> None:
    further = {"line": 3, "column": 2, "retry-after": 5, "suggestions": [{"label": "RGD"}]}
    problem = Problem(400, "Syntax error", "expected FROM", **further)
    assert problem.message == "Syntax error, line 3, column 2: expected FROM"
    assert Problem.decode(problem.encode()).document() == problem.document()
    assert further.items() <= problem.document().items()


def test_without_a_host_there_is_a_503_at_once() -> None:
    with pytest.raises(Problem, match="503 Starting"):
        Engine(lambda: None, Staff()).run(Query("ASK {}", JSON, None))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket's."""
    path = Path(tempfile.mkdtemp(prefix="ikg-"))
    yield path
    shutil.rmtree(path)


def _pretend(folder: Path, talk: Callable[[socket.socket], None]) -> Engine:
    """An engine whose only worker says what ``talk`` says, and whose host says nothing."""
    path = folder / "queries.sock"
    ours, theirs = socket.socketpair()
    host = Generation(path, Leash(ours), lambda _: theirs.close())
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with listener, connection:
            talk(connection)

    threading.Thread(target=serve, daemon=True).start()
    return Engine(lambda: host, Staff())


def _hang_up_after_greeting(connection: socket.socket) -> None:
    messages.send(connection, WORKER, b"1")


def _break_off_in_a_frame(connection: socket.socket) -> None:
    messages.send(connection, WORKER, b"1")
    messages.receive(connection)
    connection.sendall(HEAD + b"\0\0\0\x20[")


@pytest.mark.parametrize("talk", [_hang_up_after_greeting, _break_off_in_a_frame, lambda connection: None])
@pytest.mark.parametrize("text", ["ASK {}", "#" * 4_000_000], ids=["small", "large"])
def test_a_worker_that_breaks_off_is_a_problem(
    folder: Path, talk: Callable[[socket.socket], None], text: str
) -> None:
    with pytest.raises(Problem) as caught:
        _pretend(folder, talk).run(Query(text, JSON, None, timeout=1))
    assert 500 <= caught.value.status < 600


def test_what_a_worker_refuses_reaches_the_caller_as_it_was_said(folder: Path) -> None:
    said = Problem(400, "Syntax error", "expected {", line=3, column=4)

    def refuse(connection: socket.socket) -> None:
        messages.send(connection, WORKER, b"1")
        messages.receive(connection)
        messages.send(connection, PROBLEM, said.encode())

    with pytest.raises(Problem) as caught:
        _pretend(folder, refuse).run(Query("ASK {}", JSON, None))
    assert caught.value.document() == said.document()
