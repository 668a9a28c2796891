"""``--store``: whatever is killed and whenever, no acknowledged write is lost and none is half there.

``make crash`` does this many times; here it is done a few times.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from conftest import ROOT
from integrin_kg.kept import Difference, Kept
from integrin_kg.knowledge import Knowledge, with_axioms
from integrin_kg.ontology import Ontology
from integrin_kg.reason import reason
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import BASE, INFERRED_GRAPH
from test_engine import lives, soon
from test_sparql import query, send
from test_update import KEY, Live, count, done, tree, update

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

CRASHES = int(os.environ.get("CRASHES", "1"))
KINDS = ("--empty --no-reasoning", "--empty", "shipped")
TARGETS = ("group", "web", "host", "change")
# A crash on the shipped graph takes long: of two kinds there `make crash` alone makes some.
TRIALS = [
    (kind, target)
    for kind in KINDS
    for target in TARGETS
    if CRASHES > 1 or kind != "shipped" or target in ("group", "host")
]
USER = f"{BASE}graph/user/"
AXIOM = f"INSERT DATA {{ GRAPH <{USER}axioms> {{ ikg:MonoclonalAntibody rdfs:subClassOf ikg:Therapeutic }} }}"
WRITABLE = ("--writable", "--workers", "2")


@pytest.fixture
def live() -> Iterator[Callable[..., Live]]:
    """Start a server that a test may harm."""
    running: list[Live] = []

    def start(*options: str) -> Live:
        running.append(Live(*options, *WRITABLE))
        return running[-1]

    yield start
    for server in running:
        server.end()


@dataclass
class Book:
    """What was written, as far as the writer knows: how many statements each batch may have."""

    chance: random.Random
    sizes: dict[int, set[int]] = field(default_factory=dict)
    acknowledged: int = 0

    def write(self, server: str) -> bool:
        """Write once more, or take something back; return whether anybody answered."""
        full = [batch for batch, sizes in self.sizes.items() if len(sizes) == 1 and sizes != {0}]
        if full and self.chance.random() < 0.25:
            return self._remove(server, self.chance.choice(full))
        batch = len(self.sizes)
        size = self.chance.choice([1, 50, 50, 50, 2500])
        self.sizes[batch] = {0, size}
        facts = " ".join(
            f"<x:{batch}/{n}> a <{BASE}schema/MonoclonalAntibody> ; <x:batch> {batch} ." for n in range(size)
        )
        graph = f"{USER}{batch % 3}"
        try:
            if size < 100:
                status = update(server, f"INSERT DATA {{ GRAPH <{graph}> {{ {facts} }} }}").status
            else:
                path = "/graphs?" + urlencode({"graph": graph})
                status = send(server, path, "POST", facts.encode(), Content_Type="text/turtle", **KEY).status
        except (OSError, http.client.HTTPException):
            return False
        assert status in (200, 201, 204, 503), status
        if status != 503:
            self.acknowledged += 1
            self.sizes[batch] = {size}
        return True

    def _remove(self, server: str, batch: int) -> bool:
        (size,) = self.sizes[batch]
        self.sizes[batch] = {0, size}
        pattern = f"GRAPH ?g {{ ?s <x:batch> {batch} ; ?p ?o }}"
        text = f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ {pattern} }}"
        try:
            status = update(server, text).status
        except (OSError, http.client.HTTPException):
            return False
        assert status in (200, 503), status
        if status == 200:
            self.acknowledged += 1
            self.sizes[batch] = {0}
        return True

    def compare(self, server: str) -> None:
        """Check that all is there that must be, whole; from now on that is what was written."""
        rows = query(server, "SELECT ?b (COUNT(*) AS ?n) { GRAPH ?g { ?s <x:batch> ?b } } GROUP BY ?b").rows()
        held = Counter({int(row["b"]): int(row["n"]) for row in rows if "b" in row})
        for batch, sizes in self.sizes.items():
            assert held[batch] in sizes, f"batch {batch} has {held[batch]} statements of {sizes}"
            self.sizes[batch] = {held[batch]}
        assert set(held) <= set(self.sizes)


def is_sound(server: str, ontology: Ontology, *, reasoning: bool) -> bool:
    """Whether the inferred graph is that of a fresh run over what is stated."""
    quads = set(parse(send(server, "/graphs", Accept="application/n-quads").body, RdfFormat.N_QUADS))
    follows = {quad for quad in quads if quad.graph_name == INFERRED_GRAPH}
    stated = quads - follows
    if not reasoning:
        return not follows
    rules = compile_rules(with_axioms(ontology, (quad.triple for quad in stated))).rules
    return follows == set(reason(stated, rules).quads())


def reads(server: str) -> bool:
    try:
        return query(server, "ASK {}").status == 200
    except (OSError, http.client.HTTPException):
        return False


def writes(server: str) -> bool:
    try:
        return update(server, f"CREATE SILENT GRAPH <{USER}0>").status == 200
    except (OSError, http.client.HTTPException):
        return False


def once(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition has come true at a moment within some seconds: a killed host's workers may
    answer one more query before they die too."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def kill(server: Live, target: str, chance: random.Random) -> None:
    """Kill at a random moment."""
    if target == "change":
        before = tree(server.process.pid)
        new: set[int] = set()
        soon(lambda: bool(new.update(tree(server.process.pid) - before) or new), 2)
        time.sleep(chance.choice([0, 0, 0.005, 0.01, 0.02, 0.05]))
        for pid in new:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert soon(lambda: not any(map(lives, new)))
        return
    time.sleep(chance.uniform(0, 0.4))
    if target == "group":
        os.killpg(server.process.pid, signal.SIGKILL)
    elif target == "web":
        server.process.kill()
    else:
        for pid in server.hosts():
            with contextlib.suppress(ProcessLookupError):  # one that has just retired
                os.kill(pid, signal.SIGKILL)
            assert soon(lambda pid=pid: not lives(pid))  # type: ignore[misc]


@pytest.mark.parametrize(("kind", "target"), TRIALS)
def test_no_kill_loses_or_halves_a_write(
    live: Callable[..., Live], tmp_path: Path, shipped: Knowledge, kind: str, target: str
) -> None:
    options = ["--store", str(tmp_path / "store"), *(kind.split() if kind != "shipped" else [])]
    ontology = shipped.ontology if kind == "shipped" else Ontology([])
    chance = random.Random(f"{kind} {target}")
    book = Book(chance)
    server = live(*options)
    done(server.url, AXIOM)
    for _ in range(CRASHES):
        with ThreadPoolExecutor(1) as pool:
            over: list[bool] = []

            def work(url: str = server.url, over: list[bool] = over) -> None:
                while book.write(url) and not over:
                    pass

            writer = pool.submit(work)
            everybody = {server.process.pid, *tree(server.process.pid)}
            try:
                kill(server, target, chance)
                if target in ("group", "web"):
                    writer.result(30)
                    server = live(*options)
                    assert soon(lambda those=everybody: not any(map(lives, those)), 5)  # type: ignore[misc]
                assert once(lambda url=server.url: reads(url), 20)  # type: ignore[misc]
            finally:
                over.append(True)
            writer.result(30)
        assert once(lambda url=server.url: writes(url), 30)  # type: ignore[misc]
        book.compare(server.url)
        assert is_sound(server.url, ontology, reasoning="--no-reasoning" not in options)
    print(
        f"{kind}, {target}: {CRASHES} crashes, {book.acknowledged} acknowledged of {len(book.sizes)} batches"
    )
    server.end(signal.SIGKILL)
    kept = set(Kept(tmp_path / "store").statements())
    again = live(*options)
    book.compare(again.url)
    assert len(kept) == 1 + 2 * sum(size for sizes in book.sizes.values() for size in sizes)


def test_after_the_host_s_death_reading_and_writing_go_on_within_seconds(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    server = live("--empty", "--store", str(tmp_path / "store"))
    done(server.url, "INSERT DATA { <x:s> <x:p> 1 }")
    for number in range(2, 5):
        version = query(server.url, "ASK {}").headers["ETag"]
        host = server.host
        os.kill(host, signal.SIGKILL)
        started = time.monotonic()
        assert soon(lambda host=host: not lives(host))  # type: ignore[misc]
        assert once(lambda: reads(server.url), 15)
        assert server.host != host
        print(f"read again after {time.monotonic() - started:.2f} s")
        assert query(server.url, "ASK {}").headers["ETag"] == version
        done(server.url, f"INSERT DATA {{ <x:s> <x:p> {number} }}")
        assert count(server.url) == number


def test_a_change_that_hangs_as_the_service_is_killed_is_never_made(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    options = ["--empty", "--no-reasoning", "--store", str(tmp_path / "store")]
    server = live(*options)
    facts = " . ".join(f"<x:s> <x:p> {n}" for n in range(400))
    done(server.url, f"INSERT DATA {{ {facts} }}")
    # Some seconds of work, at whose end it would be kept.
    work = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c < 30) }"
    slow = f"INSERT {{ <x:s> <x:n> ?n }} WHERE {{ {work} }}"
    everybody = {server.process.pid, *tree(server.process.pid)}
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(update, server.url, slow)
        assert soon(lambda: bool(tree(server.process.pid) - everybody), 10)
        maker = tree(server.process.pid) - everybody
        server.process.kill()
        assert busy.exception(10)
    again = live(*options)
    assert soon(lambda: not any(map(lives, maker | everybody)), 10)
    done(again.url, "INSERT DATA { <x:t> <x:p> 1 }")
    assert count(again.url) == 401


def test_what_was_kept_and_not_acknowledged_does_not_stop_the_next_change(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    server = live("--empty", "--no-reasoning", "--store", str(tmp_path / "store"))
    done(server.url, "INSERT DATA { <x:s> <x:p> 1 }")
    # As a change would leave it that was kept, its process dying before it could say so.
    kept = Kept(tmp_path / "store")
    orphan = next(iter(parse("<x:s> <x:p> <x:orphan> .", RdfFormat.N_QUADS)))
    kept.commit(Difference(frozenset({Quad(*orphan)})), kept.serial + 1)
    reply = update(server.url, "INSERT DATA { <x:s> <x:p> 2 }")
    assert (reply.status, reply.json()["title"]) == (503, "Change interrupted")
    assert once(lambda: writes(server.url), 15)
    done(server.url, "INSERT DATA { <x:s> <x:p> 3 }")
    values = {row["o"] for row in query(server.url, "SELECT ?o { ?s <x:p> ?o }").rows()}
    assert values == {"1", "3", "x:orphan"}


def test_a_second_server_on_one_store_is_refused_by_the_number_of_the_first(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    server = live("--empty", "--no-reasoning", "--store", str(tmp_path / "store"))
    command = [
        sys.executable,
        str(ROOT / "server.py"),
        "--port",
        "0",
        "--empty",
        "--store",
        str(tmp_path / "store"),
    ]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert f"in use by process {server.process.pid};" in second.stderr
    assert "Traceback" not in second.stderr
    done(server.url, "INSERT DATA { <x:s> <x:p> 1 }")


def test_a_store_survives_an_orderly_end_with_its_empty_graphs_and_blank_nodes(
    live: Callable[..., Live], tmp_path: Path
) -> None:
    options = ["--empty", "--store", str(tmp_path / "store")]
    server = live(*options)
    done(
        server.url,
        "CREATE GRAPH <x:empty> ; "
        "INSERT DATA { _:b <x:p> [ <x:q> 'a\\nb\\u2028αβ'@en-GB ] . <x:A> rdfs:subClassOf <x:B> }",
    )
    done(server.url, "INSERT DATA { GRAPH <x:g> { <x:i> a <x:A> } }")
    before = sorted(send(server.url, "/graphs", Accept="application/n-quads").body.splitlines())
    tag = send(server.url, "/graphs").headers["ETag"]
    server.end(signal.SIGTERM)
    again = live(*options)
    assert sorted(send(again.url, "/graphs", Accept="application/n-quads").body.splitlines()) == before
    assert send(again.url, "/graphs?" + urlencode({"graph": "x:empty"})).status == 200
    assert send(again.url, "/graphs").headers["ETag"] == tag
    assert any(b"<x:B>" in line and b"inferred" in line for line in before)


def test_a_damaged_store_is_no_reason_to_start_empty(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.path.write_bytes(b"scrambled " * 1000)
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0", "--empty", "--store", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert refused.returncode == 1
    assert str(kept.path) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert kept.path.read_bytes().startswith(b"scrambled")
