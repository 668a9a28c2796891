"""Load: as many clients as asked for, each with one request after another, and what comes of it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from peers import Peer
from questions import Question

_PATIENCE = 30
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}

# wrk calls `request` for each request and `done` at the end.
_SCRIPT = """
local paths = {%s}
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


class FailedError(RuntimeError):
    """A server that did not answer as it should; the message is what wrk said."""


@dataclass(frozen=True)
class Load:
    """Answers a second, the median and the 99th percentile of the time to one (ms), and the server's CPU
    time for one (ms)."""

    rate: float
    p50: float
    p99: float
    cpu: float


def extent(peer: Peer, question: Question) -> int:
    """Return how many rows or triples ``peer`` answers the first of the question's queries with.

    Raises :class:`FailedError` where the answer is not a 200.
    """
    headers = {"Accept": question.accept, **peer.headers}
    request = Request(f"{peer.address}{peer.path}{quote(question.queries[0], safe='')}", headers=headers)
    try:
        with urlopen(request, timeout=_PATIENCE) as response:
            answer: bytes = response.read()
    except HTTPError as error:
        raise FailedError(f"{peer.name}, {question.name}: {error.read().decode()}") from error
    if question.accept.endswith("json"):
        return len(json.loads(answer)["results"]["bindings"])
    return len(answer.splitlines()) - question.accept.endswith("tab-separated-values")


def measure(peer: Peer, question: Question, clients: int, seconds: int) -> Load:
    """Ask ``peer`` for ``seconds``, or as long as the question takes.

    Raises :class:`FailedError` where an answer is not a 200.
    """
    before = peer.cpu()
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        paths = ", ".join(f'"{peer.path}{quote(query, safe="")}"' for query in question.queries)
        script.write(_SCRIPT % paths)
        script.flush()
        headers = {"Accept": question.accept, **peer.headers}
        command = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{max(seconds, question.least)}s",
            f"--timeout={_PATIENCE}s",
            "--latency",
        ]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        said = subprocess.run(
            [*command, "-s", script.name, peer.address], capture_output=True, text=True, check=True
        ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise FailedError(f"{peer.name}, {question.name}, {clients} clients:\n{said}")
    return _read(said, peer.cpu() - before)


def _read(said: str, cpu: float) -> Load:
    count = int(re.findall(r"(\d+) requests in", said)[0])
    return Load(_rate(said), _percentile(said, 50), _percentile(said, 99), 1000 * cpu / max(count, 1))


def _rate(said: str) -> float:
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def _percentile(said: str, which: int) -> float:
    number, unit = re.findall(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)", said, re.MULTILINE)[0]
    return float(number) * _UNITS[unit]
