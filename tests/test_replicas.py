"""Two servers of one release, behind a proxy: one service to whoever asks."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import ROOT
from documents import blocks
from integrin_kg import prebuilt
from loopback import send
from test_sparql import query
from timing import in_time

LEFT = "SELECT ?x WHERE { ?x a ikg:LDVReceptor }"


@dataclass(frozen=True)
class Replica:
    """A server, where it listens, and the seconds that it took to answer."""

    process: subprocess.Popen[bytes]
    url: str
    seconds: float


def rows(url: str, text: str) -> list[str]:
    return sorted(map(str, query(url, text).json()["results"]["bindings"]))


def ask(url: str, text: str) -> bool:
    answer: bool = query(url, text).json()["boolean"]
    return answer


def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def awaited(url: str, path: str, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            if send(url, path).status == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < end, f"nothing at {url}{path}"
        time.sleep(0.01)


def replica(release: Path, *options: str) -> Replica:
    number, begun = port(), time.monotonic()
    command = [sys.executable, "server.py", "--port", str(number), "--release", str(release), *options]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{number}"
    awaited(url, "/health/ready")
    return Replica(process, url, time.monotonic() - begun)


@pytest.fixture(scope="module")
def release(dist: Path) -> Path:
    return dist / "integrin-kg.nq"


@pytest.fixture(scope="module")
def replicas(release: Path) -> Iterator[list[Replica]]:
    started = [replica(release, "--trusted-proxy", "127.0.0.1") for _ in range(2)]
    yield started
    for one in started:
        one.process.terminate()
    for one in started:
        one.process.wait(timeout=20)


@pytest.fixture(scope="module")
def proxy(replicas: list[Replica], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """nginx, with the upstream that docs/scaling.md shows."""
    program = shutil.which("nginx")
    if program is None:
        pytest.fail("nginx is missing, so nothing was checked: apt-get install nginx-light")
    folder, number = tmp_path_factory.mktemp("nginx"), port()
    (shown,) = (b.text for b in blocks(ROOT / "docs" / "scaling.md") if b.language == "nginx")
    for written, one in zip(("127.0.0.1:8001", "127.0.0.1:8002"), replicas, strict=True):
        assert written in shown
        shown = shown.replace(written, one.url.removeprefix("http://"))
    (folder / "nginx.conf").write_text(f"""
        pid {folder}/pid; error_log {folder}/error.log; daemon off; events {{}}
        http {{
            access_log off;
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
            uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
            {shown}
            server {{
                listen 127.0.0.1:{number};
                location / {{
                    proxy_pass http://integrin_kg;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $host;
                }}
            }}
        }}""")
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    awaited(f"http://127.0.0.1:{number}", "/health/live")
    yield f"http://127.0.0.1:{number}"
    process.terminate()
    process.wait(timeout=10)


def queries_answered(url: str) -> float:
    text = send(url, "/metrics").body.decode()
    counts = re.findall(r'^integrin_kg_requests_total{[^}]*route="/sparql"[^}]*} (\S+)$', text, re.MULTILINE)
    return sum(map(float, counts))


def test_a_replica_answers_as_the_service_that_was_built(
    replicas: list[Replica], server: str, proxy: str
) -> None:
    for text in (LEFT, "SELECT * WHERE { ?a ikg:actsOn ?b }", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"):
        expected = rows(server, text)
        assert expected
        for url in (proxy, *(one.url for one in replicas)):
            assert rows(url, text) == expected


def test_a_replica_gives_proofs_and_pages(replicas: list[Replica], server: str) -> None:
    kind, said = (
        "http%3A%2F%2Fwww.w3.org%2F1999%2F02%2F22-rdf-syntax-ns%23type",
        "https://w3id.org/integrin-kg",
    )
    proof = f"/explain?subject={said}/integrin/alphaV-beta3&predicate={kind}&object={said}/schema/RGDReceptor"
    one = replicas[0].url
    assert send(one, proof).json() == send(server, proof).json()
    assert send(one, proof).json()["holds"]
    page = send(one, "/integrin/alphaV-beta3", headers={"Accept": "text/html"})
    assert page.status == 200
    assert "integrin αvβ3" in page.body.decode()


def test_a_replica_starts_sooner_than_a_service_that_builds(release: Path, serve: Callable[..., str]) -> None:
    building, opening = [], []
    for _ in range(3):  # the least of three: whatever else runs only adds
        begun = time.monotonic()
        awaited(serve(env={prebuilt.VARIABLE: ""}), "/health/ready")
        building.append(time.monotonic() - begun)
        one = replica(release)
        one.process.terminate()
        one.process.wait(timeout=20)
        opening.append(one.seconds)
    in_time(min(opening), min(building))


def test_what_one_replica_gave_is_still_good_at_the_other(replicas: list[Replica]) -> None:
    path, host = "/sparql?query=ASK%7B%7D", {"Host": "kg.example.org"}  # which the proxy passes on
    first = send(replicas[0].url, path, headers=host)
    other = send(replicas[1].url, path, headers={**host, "If-None-Match": first.headers["ETag"]})
    assert first.status == 200
    assert other.status == 304


def test_the_proxy_has_both_work(replicas: list[Replica], proxy: str) -> None:
    before = [queries_answered(one.url) for one in replicas]
    for number in range(20):
        assert ask(proxy, f"ASK {{ VALUES ?x {{ {number} }} }}")
    assert all(queries_answered(one.url) >= then + 5 for one, then in zip(replicas, before, strict=True))


def test_a_replica_takes_no_changes(replicas: list[Replica]) -> None:
    form = {"Content-Type": "application/sparql-update", "Authorization": "Bearer secret"}
    assert send(replicas[0].url, "/update", "POST", b"CLEAR ALL", form).status == 403


@pytest.mark.parametrize(
    "options", [["--writable"], ["--store", "x"], ["--empty"], ["--unlock"], ["--ontology", "x.ttl"]], ids=str
)
def test_a_release_is_served_as_it_is_and_not_otherwise(release: Path, options: list[str]) -> None:
    if options[0] == "--ontology":
        own = release.parent.parent / "x.ttl"
        own.write_text("")
        options = ["--ontology", str(own)]
    command = [sys.executable, "server.py", "--port", "0", "--release", str(release), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert f"leave out {options[0]}" in done.stderr


def test_a_file_that_is_no_release_is_named_and_nothing_is_served(tmp_path: Path) -> None:
    other = tmp_path / "other.nq"
    other.write_text("<x:s> <x:p> <x:o> .\n")
    command = [sys.executable, "server.py", "--port", "0", "--release", str(other)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert str(other) in done.stderr
    assert "Traceback" not in done.stderr


def test_when_one_dies_nobody_notices(release: Path, replicas: list[Replica], proxy: str) -> None:
    replicas[1].process.send_signal(signal.SIGKILL)
    replicas[1].process.wait(timeout=20)
    for number in range(20):
        assert ask(proxy, f"ASK {{ VALUES ?y {{ {number} }} }}")
