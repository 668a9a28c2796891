"""What growth costs: graphs of other species, samples and observations, served beside the shipped graph.

    python benchmarks/scale                            # 100,000 triples and a million
    python benchmarks/scale --sizes 10000000           # ten million: 10 GB of memory and some minutes

For each size a server is started on the data as a user would start it, asked, changed, and stopped.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import requests
from tqdm import tqdm
from world import GROWTH, TERMS, World

from integrin_kg.knowledge import Knowledge
from integrin_kg.table import aligned
from integrin_kg.vocab import BASE, IKG, RDF_TYPE

_TOKEN = "scale"
_PREFIXES = f"PREFIX g: <{GROWTH}> PREFIX ikg: <{IKG}> PREFIX motif: <{BASE}motif/> "
QUESTIONS = {
    "point": f"SELECT ?r {{ <{GROWTH}observation/7-3> g:ofReceptor ?r }}",
    "category": "SELECT ?agent { ?agent a ikg:RGDReceptorAgent }",
    "path": "SELECT DISTINCT ?agent { "
    "?integrin a/rdfs:subClassOf* ikg:Integrin ; ikg:recognizesMotif motif:RGD . "
    "?agent ikg:targets/(^ikg:hasAlphaSubunit|^ikg:hasBetaSubunit)? ?integrin ; "
    "a/rdfs:subClassOf* ikg:Therapeutic }",
    "join": f"SELECT ?o ?n {{ ?o a g:RGDInteraction ; g:inSample <{GROWTH}sample/7> ; g:score ?n }}",
    "aggregation": "SELECT ?c (COUNT(*) AS ?n) { ?o a g:RGDInteraction ; g:receiver ?c } GROUP BY ?c",
}
_NEW = f"<{GROWTH}observation/new>"
_FACT = f"{_NEW} g:ofReceptor <{GROWTH}integrin/alphaV-beta3-0>"
_IN = "{ GRAPH <" + BASE + "graph/user/new> { %s } }"
_UPDATES = {
    "added": _PREFIXES + "INSERT DATA " + _IN % _FACT,
    "removed": _PREFIXES + "DELETE DATA " + _IN % _FACT,
    "removed by a pattern": _PREFIXES + "DELETE WHERE " + _IN % f"{_NEW} ?p ?o",
}


class Service:
    """A server of the shipped graph and of the files at ``paths``."""

    def __init__(self, paths: list[Path]) -> None:
        beside = [argument for path in paths for argument in ("--ontology", str(path))]
        command = [
            str(Path(sys.executable).parent / "integrin-kg"),
            *("serve", "--port", "0", "--writable", "--log-level", "error", "--query-timeout", "300"),
            *("--update-timeout", "300", "--update-memory", "8192", *beside),
        ]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={"INTEGRIN_KG_TOKEN": _TOKEN}
        )
        assert self._process.stderr
        said = []
        for line in self._process.stderr:
            said.append(line)
            if match := re.search(r"http://\S+", line):
                self.url = match.group().rstrip("/")
                # Kept, and no more than the standard library's: its own time is told as the server's.
                self._connection = HTTPConnection(urlsplit(self.url).netloc, timeout=600)
                return
        raise RuntimeError("the server did not start:\n" + "".join(said))

    def ask(self, text: str) -> list[Any]:
        """Return the rows of a query, evaluated now."""
        self._connection.close()  # a kept one that rested may be gone
        rows: list[Any] = json.loads(self._answer(text))["results"]["bindings"]
        return rows

    def seconds(self, text: str, **further: str) -> float:
        """Return how long the answer to a query takes, evaluated anew each time, asked with ``further``
        parameters."""
        self.ask(text)
        return seconds(lambda: self._answer(text, **further), 25)

    def _answer(self, text: str, **further: str) -> bytes:
        headers = {"Accept": "application/sparql-results+json", "Cache-Control": "no-cache"}
        asked = urlencode({"query": _PREFIXES + text, **further})
        self._connection.request("GET", f"/sparql?{asked}", headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body.decode()
        return body

    def explain(self, subject: str, kind: str) -> Any:
        """Return why ``subject`` is of a ``kind``."""
        triple = {"subject": subject, "predicate": RDF_TYPE.value, "object": kind}
        return requests.get(f"{self.url}/explain?{urlencode(triple)}", timeout=600).json()

    def update(self, text: str) -> Any:
        """Return what an update did."""
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {_TOKEN}"}
        answer = requests.post(f"{self.url}/update", text, headers=headers, timeout=600)
        answer.raise_for_status()
        return answer.json()

    def memory(self) -> float:
        """Return the GB that all processes take, each page shared among those that have it."""
        first, found = psutil.Process(self._process.pid), 0
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # a worker that was on its way out
                found += process.memory_full_info().pss
        return found / 1e9

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=120)


def seconds(work: Callable[[], Any], times: int = 1) -> float:
    """Return how long ``work`` takes, the middle one of so many ``times``."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return median(spent)


def measured(size: int, world: World, folder: Path) -> list[str]:
    """Return a column of the table: a server of ``size`` triples more than there are."""
    terms, data = folder / "terms.ttl", folder / "growth.nt"
    terms.write_text(TERMS, "utf-8")
    lines = tqdm(
        world.lines(size), "Making", size, unit=" triples", unit_scale=True, disable=None, leave=False
    )
    with data.open("w", encoding="utf-8") as file:
        made = seconds(lambda: file.writelines(lines))
    begun = time.perf_counter()
    service = Service([terms, data])
    try:
        started = time.perf_counter() - begun
        (counted,) = service.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        idle = service.memory()
        spent = {name: service.seconds(text) for name, text in QUESTIONS.items()}
        spent["stated"] = service.seconds(QUESTIONS["path"], reasoning="false")
        members = {name: _told(service.ask(QUESTIONS[name])) for name in ("category", "path")}
        assert members["category"] == members["path"], "the same is asked in two ways"
        (example, *_) = service.ask("SELECT ?o { ?o a g:RGDInteraction } LIMIT 1")
        proof = seconds(lambda: service.explain(example["o"]["value"], f"{GROWTH}RGDInteraction"), 3)
        assert service.explain(example["o"]["value"], f"{GROWTH}RGDInteraction")["holds"]
        follows: list[int] = []

        def changed(how: str) -> float:
            begun = time.perf_counter()
            report = service.update(_UPDATES[how])
            follows.append(report["inferred"][how.partition(" ")[0]])
            return time.perf_counter() - begun

        order = ("added", "removed", "added", "removed by a pattern")
        spent |= {how: changed(how) for how in order}
        assert len(set(follows)) == 1
        assert follows[0] > 0
        return [
            f"{int(counted['n']['value']):,}", f"{data.stat().st_size / 1e6:,.0f} MB", f"{made:.1f} s",
            f"{started:.1f} s", f"{idle:.2f} GB", f"{service.memory():.2f} GB",
            *(f"{spent[name] * 1000:,.1f} ms" for name in [*QUESTIONS, "stated"]), f"{proof * 1000:.1f} ms",
            *(f"{spent[how]:.2f} s ({follows[0]})" for how in _UPDATES),
        ]  # fmt: skip
    finally:
        service.stop()
        data.unlink()


def _told(rows: list[dict[str, Any]]) -> set[str]:
    return {row["agent"]["value"] for row in rows}


_ROWS = [
    "triples served", "file", "made in", "first answer after", "memory then", "memory at the end",
    *QUESTIONS, "path over what is stated", "explain",
    "a fact added (what follows)", "and removed", "by a pattern",
]  # fmt: skip


def main() -> None:
    """Measure each size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="100000,1000000", help="triples, separated by commas")
    parser.add_argument("--folder", type=Path, help="where the data are written (default: a temporary one)")
    given = parser.parse_args()
    world = World(Knowledge.assemble(reasoning=False))
    columns = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for size in map(int, given.sizes.split(",")):
            columns.append(measured(size, world, Path(folder)))
    print(aligned(["", *given.sizes.split(",")], [list(row) for row in zip(_ROWS, *columns, strict=True)]))


if __name__ == "__main__":
    main()
