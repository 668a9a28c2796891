"""The endpoint beside other SPARQL servers on the same data, all measured in turn, round by round, once it is
known whether they answer alike.

    python benchmarks/serving                          # three rounds, 1, 8 and 32 clients
    python benchmarks/serving --clients 8 --questions point,aggregation --peers ours,memory
    python benchmarks/serving --into docs/performance.md

It takes wrk (Debian's package of that name). A rate by itself says little on a machine that does other
things: what is told are ratios to Oxigraph in memory within one round, their median and their range.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from load import FailedError, extent, measure
from peers import PEERS, Peer, is_there
from questions import QUESTIONS
from report import Loads, put, report
from tqdm import tqdm

from integrin_kg.files import write
from integrin_kg.knowledge import Knowledge


def main() -> int:
    """Measure what the command line asks for, and print it."""
    options = _options()
    if not shutil.which("wrk"):
        print("wrk is missing: apt-get install wrk", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        write(Knowledge.assemble(), Path(folder))
        data = Path(folder) / "integrin-kg.nq"
        peers = [running.enter_context(PEERS[name](data, Path(folder))) for name in options.peers]
        compare(peers, options.questions)
        loads = _measured(peers, options)
        found = report(loads, [peer.name for peer in peers], {peer.name: peer.memory() for peer in peers})
        print(found)
        if options.into:
            put(found, options.into)
    return 0


def _options() -> argparse.Namespace:
    there = [name for name in PEERS if is_there(name)]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1, help="how long each measurement takes")
    parser.add_argument("--clients", type=_names, default=["1", "8", "32"])
    parser.add_argument("--questions", type=_names, default=list(QUESTIONS), help=", ".join(QUESTIONS))
    parser.add_argument("--peers", type=_names, default=there, help=f"of those installed: {', '.join(there)}")
    parser.add_argument("--into", type=Path, help="the document to put it into, where it was before")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def compare(peers: list[Peer], questions: Iterable[str]) -> None:
    """Say of which question which servers do not answer as many rows or triples as the first one does."""
    for question in map(QUESTIONS.__getitem__, questions):
        found = {peer.name: extent(peer, question) for peer in peers if peer.answers(question)}
        if len(set(found.values())) > 1:
            print(f"{question.name} is not answered alike: {found}", file=sys.stderr)


def _measured(peers: list[Peer], options: argparse.Namespace) -> Loads:
    todo = [
        (QUESTIONS[question], int(clients), peer)
        for _ in range(options.rounds)
        for question in options.questions
        for clients in options.clients
        for peer in peers
    ]
    found: Loads = defaultdict(list)
    for question, clients, peer in tqdm(todo, disable=not sys.stderr.isatty()):
        if peer.answers(question):
            load = measure(peer, question, clients, options.seconds)
            found[question.name, clients, peer.name].append(load)
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FailedError as error:
        sys.exit(str(error))
