"""Run the W3C's SPARQL 1.1 tests against a server and tell what passes, what does not, and why.

    python benchmarks/conformance rdf-tests/sparql/sparql11 \\
        --query http://127.0.0.1:8000/sparql --update http://127.0.0.1:8000/update \\
        --graphs http://127.0.0.1:8000/graphs --token secret

The suite is a checkout of the W3C's repository rdf-tests. Every test begins with DROP ALL: a server that
holds data is not touched unless --erase says so. Left out: entailment regimes, which ask for another
semantics, and federation (SERVICE), whose evaluation needs further endpoints and whose syntax is tried with
--federation only.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path

from description import description
from endpoint import Failed, SameValue, Server
from evaluate import negative_syntax, positive_syntax, query_evaluation, update_evaluation
from exchange import graph_store, graph_store_2012, protocol
from manifest import Dataset, Test, read
from tqdm import tqdm

from integrin_kg.table import aligned

RUNS: dict[str, Callable[[Test, Server], str | None]] = {
    "QueryEvaluationTest": query_evaluation,
    "CSVResultFormatTest": query_evaluation,
    "UpdateEvaluationTest": update_evaluation,
    "PositiveSyntaxTest11": positive_syntax,
    "PositiveUpdateSyntaxTest11": positive_syntax,
    "NegativeSyntaxTest11": negative_syntax,
    "NegativeUpdateSyntaxTest11": negative_syntax,
    "ProtocolTest": protocol,
    "GraphStoreProtocolTest": graph_store,
    "ServiceDescriptionTest": description,
}
ORDER = ["query", "results", "update", "protocol", "graph-store", "graph-store-2012", "service-description"]
LEFT_OUT = ["federation", "entailment"]
VERDICTS = ["passed", "same value", "failed", "left out"]


@dataclass(frozen=True)
class Outcome:
    """What became of a test; ``cause`` says why it did not pass, or what is to be known of its passing."""

    group: str
    suite: str
    name: str
    verdict: str
    cause: str = ""


def run(test: Test, server: Server, federation: bool) -> Outcome:
    """Run one test."""

    def outcome(verdict: str, cause: str = "") -> Outcome:
        return Outcome(test.group, test.suite, test.name, verdict, cause)

    untried = test.group in LEFT_OUT and not (federation and test.suite == "syntax-fed")
    if untried or (test.group.startswith("graph-store") and server.graphs_url is None):
        return outcome("left out")
    play = graph_store_2012 if test.group == "graph-store-2012" else RUNS[test.kind]
    try:
        note = play(test, server)
    except SameValue as failure:
        return outcome("same value", str(failure))
    except Failed as failure:
        return outcome("failed", str(failure))
    except (HTTPException, OSError) as error:
        return outcome("failed", f"no response: {type(error).__name__} {error}")
    return outcome("passed", note or "")


def holds_data(server: Server, seconds: float) -> bool:
    """Say whether the server holds anything; give one that is only just starting up to ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return server.holds_data()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def report(outcomes: list[Outcome]) -> str:
    """Return a table of suites and groups, then what is to be said of single tests."""
    groups = [group for group in ORDER + LEFT_OUT if any(o.group == group for o in outcomes)]
    rows = []
    for group in groups:
        mine = [o for o in outcomes if o.group == group]
        suites = dict.fromkeys(o.suite for o in mine)
        if len(suites) > 1:
            rows += [_row("", suite, [o for o in mine if o.suite == suite]) for suite in suites]
        rows.append(_row(group, "", mine))
    table = aligned(["group", "suite", "tests", *VERDICTS], [*rows, _row("all", "", outcomes)])
    further = [o for o in outcomes if o.cause]
    return "\n".join([table, "", *(f"{o.verdict}: {o.suite}/{o.name}\n    {o.cause}" for o in further)])


def _row(group: str, suite: str, outcomes: list[Outcome]) -> list[str]:
    counted = Counter(o.verdict for o in outcomes)
    return [group, suite, str(len(outcomes)), *(str(counted[verdict] or "") for verdict in VERDICTS)]


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        prog="conformance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="sparql/sparql11 of the rdf-tests repository")
    parser.add_argument("--query", required=True, metavar="URL", help="the query endpoint")
    parser.add_argument("--update", required=True, metavar="URL", help="the update endpoint")
    parser.add_argument("--graphs", metavar="URL", help="the graph store")
    parser.add_argument(
        "--token", default=os.environ.get("INTEGRIN_KG_TOKEN"), help="bearer token for writing"
    )
    parser.add_argument(
        "--load-by", choices=["graphs", "update"], default="graphs", help="by what data are loaded"
    )
    parser.add_argument("--only", metavar="GROUP,...", help=f"of {', '.join(ORDER + LEFT_OUT)}")
    parser.add_argument("--federation", action="store_true", help="try the syntax of SERVICE too")
    parser.add_argument("--erase", action="store_true", help="drop what the server holds")
    parser.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="for a server that is starting"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every outcome there")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    server = Server(
        given.query, given.update, given.graphs, given.token, load_by_graphs=given.load_by == "graphs"
    )
    wanted = set(given.only.split(",")) if given.only else {*ORDER, *LEFT_OUT}
    if unknown := wanted - {*ORDER, *LEFT_OUT}:
        raise SystemExit(
            f"--only: no such group as {', '.join(sorted(unknown))}; {', '.join(ORDER + LEFT_OUT)}"
        )
    tests = [test for test in read(given.folder) if test.group in wanted]
    try:
        if holds_data(server, given.wait) and not given.erase:
            raise SystemExit(
                f"{given.query} holds data, which the tests would drop: point at an empty server or --erase"
            )
        outcomes = [run(test, server, given.federation) for test in tqdm(tests, disable=None)]
        server.replace(Dataset())
    except (Failed, HTTPException, OSError) as error:
        raise SystemExit(f"{given.query} or {given.update}: {error}") from error
    if given.json:
        given.json.write_text(json.dumps([asdict(o) for o in outcomes], indent=1) + "\n", "utf-8")
    print(report(outcomes))


if __name__ == "__main__":
    main()
