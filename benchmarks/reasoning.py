"""Reasoning time, memory and answers beside the packaged reasoners, each in a process of its own.

    python benchmarks/reasoning.py                     # the shipped graph and 100,000 quads
    python benchmarks/reasoning.py --sizes 1000000 --peers ours,reasonable

A timing is of reasoning alone, facts already in memory; peers that only read files are timed with
their reading, which is said. Quote the ratios: machines differ and are noisy.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from growth import grown
from pyoxigraph import RdfFormat, Triple, parse, serialize
from tqdm import tqdm

from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.reason import reason
from integrin_kg.rules import compile_rules
from integrin_kg.table import aligned
from integrin_kg.vocab import BASE, IKG, RDF_TYPE, ikg

_ASKED = ("RGDReceptor", "PanAlphaVAgent", "IntegrinTargetingAgent")


def answers(pairs: Iterable[tuple[str, str]], acting: int) -> dict[str, int]:
    """Count members of three defined classes, the last reached by a chain only, and actsOn edges."""
    counted = Counter(cls.removeprefix(IKG) for _, cls in set(pairs))
    return {**{name: counted[name] for name in _ASKED}, "actsOn": acting}


def ours(path: Path) -> dict[str, object]:
    quads = list(parse(path=str(path)))
    rules = compile_rules(Ontology(quad.triple for quad in quads)).rules
    started = time.perf_counter()
    reasoner = reason(quads, rules)
    seconds = time.perf_counter() - started
    new = Triple(ikg("x"), ikg("targets"), type(ikg("x"))(f"{BASE}subunit/ITGA4"))
    started = time.perf_counter()
    for _ in range(100):
        reasoner.add([new])
        reasoner.retract([new])
    one = (time.perf_counter() - started) / 200
    held = [*(quad.triple for quad in quads), *reasoner.triples()]
    return {"seconds": seconds, "one fact": one, "answers": _of_triples(held)}


def _of_triples(held: list[Triple]) -> dict[str, int]:
    types = ((t.subject.value, t.object.value) for t in held if t.predicate == RDF_TYPE)
    return answers(types, len({(t.subject, t.object) for t in held if t.predicate == ikg("actsOn")}))


def reasonable(path: Path) -> dict[str, object]:
    import reasonable as library

    started = time.perf_counter()
    reasoner = library.PyReasoner()
    reasoner.load_file(str(path))
    found = reasoner.reason()
    seconds = time.perf_counter() - started
    rows = [tuple(map(str, row)) for row in found]
    types = ((s, o) for s, p, o in rows if p == RDF_TYPE.value)
    acting = len({(s, o) for s, p, o in rows if p == ikg("actsOn").value})
    return {"seconds": seconds, "note": "with reading the file", "answers": answers(types, acting)}


def owlrl(path: Path) -> dict[str, object]:
    import owlrl as library
    import rdflib

    graph = rdflib.Graph().parse(str(path))
    started = time.perf_counter()
    library.DeductiveClosure(library.OWLRL_Semantics).expand(graph)
    seconds = time.perf_counter() - started
    types = ((str(s), str(o)) for s, o in graph.subject_objects(rdflib.RDF.type))
    acting = len(set(graph.subject_objects(rdflib.URIRef(ikg("actsOn").value))))
    return {"seconds": seconds, "answers": answers(types, acting)}


def hermit(path: Path) -> dict[str, object]:
    import owlready2

    world = owlready2.World()
    with tempfile.TemporaryDirectory() as folder:
        owl = Path(folder) / "graph.owl"
        serialize((quad.triple for quad in parse(path=str(path))), str(owl), RdfFormat.RDF_XML)
        world.get_ontology(owl.as_uri()).load()
    started = time.perf_counter()
    owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0)
    seconds = time.perf_counter() - started
    types = ((i.iri, f"{IKG}{name}") for name in _ASKED for i in world[f"{IKG}{name}"].instances(world=world))
    return {"seconds": seconds, "answers": answers(types, -1)}


PEERS: dict[str, Callable[[Path], dict[str, object]]] = {
    "ours": ours,
    "reasonable": reasonable,
    "owlrl": owlrl,
    "hermit": hermit,
}


def measured(peer: str, path: Path, seconds: float) -> dict[str, object]:
    """Run one peer on one file in a process of its own; what went wrong is in its ``note``."""
    command = [sys.executable, __file__, "--run", peer, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"note": f"stopped after {seconds:.0f} s"}
    if done.returncode:
        return {"note": (done.stderr.strip().splitlines() or ["failed"])[-1][:60]}
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="30000,100000", help="quads, separated by commas")
    parser.add_argument("--peers", default="ours,reasonable,owlrl,hermit")
    parser.add_argument("--seconds", type=float, default=600, help="the most that one peer may take")
    parser.add_argument("--run", nargs=2, metavar=("PEER", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        result = PEERS[given.run[0]](Path(given.run[1]))
        print(json.dumps({**result, "memory": peak_memory()}))
        return
    knowledge, rows = Knowledge.assemble(), []
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, given.sizes.split(",")):
            path = Path(folder) / f"{size}.ttl"
            triples = {quad.triple for quad in grown(knowledge, size)}
            serialize(sorted(triples, key=str), str(path), RdfFormat.TURTLE)
            base = None
            for peer in tqdm(given.peers.split(","), desc=f"{len(triples)} triples", disable=None):
                found = measured(peer, path, given.seconds)
                base = base or found.get("seconds")
                rows.append(row(len(triples), peer, found, base))
    header = ["triples", "reasoner", "seconds", "ratio", "peak MB", *_ASKED, "actsOn", "one fact", "note"]
    print(aligned(header, rows))


def peak_memory() -> float:
    """Return this process's peak resident memory in MB (Linux). What getrusage tells would count the
    parent's from before the exec."""
    (line,) = (n for n in Path("/proc/self/status").read_text("ascii").splitlines() if n.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def row(size: int, peer: str, found: dict[str, object], base: object) -> list[str]:
    """Return a line of the table; the ratio is to the first peer's time."""
    seconds, counts = found.get("seconds"), found.get("answers")
    asked = [*_ASKED, "actsOn"]
    one = found.get("one fact")
    return [
        str(size),
        peer,
        f"{seconds:.2f}" if isinstance(seconds, float) else "",
        f"{seconds / base:.2f}" if isinstance(seconds, float) and isinstance(base, float) else "",
        f"{found['memory']:.0f}" if "memory" in found else "",
        *(str(counts[name]) if isinstance(counts, dict) and counts[name] >= 0 else "" for name in asked),
        f"1/{seconds / one:.0f}" if isinstance(one, float) and isinstance(seconds, float) else "",
        str(found.get("note", "")),
    ]


if __name__ == "__main__":
    main()
