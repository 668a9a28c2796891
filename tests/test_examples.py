"""The examples run as a user runs them, against stand-ins for other sources, and print what is true."""

from __future__ import annotations

import csv
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from conftest import ROOT

EXAMPLES = ROOT / "examples"


def run(name: str, *arguments: str | Path, cwd: Path = ROOT) -> str:
    """Run an example; return what it prints."""
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(printed: str) -> list[list[str]]:
    """Return the lines of what was printed, their words apart."""
    return [line.split() for line in printed.splitlines()]


def free_port() -> int:
    """Return a port that nobody listens on: two servers that call one another must know both."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def endpoints(serve: Callable[..., str]) -> tuple[str, str]:
    """Our endpoint, and one with the stand-in for UniProt's data, each allowed to call the other."""
    port = free_port()
    theirs = serve(
        "--empty", "--no-reasoning", "--writable", f"--allow-service=http://127.0.0.1:{port}/sparql",
        env={"INTEGRIN_KG_TOKEN": "demo"},
    )  # fmt: skip
    headers = {"Authorization": "Bearer demo", "Content-Type": "text/turtle"}
    body = (EXAMPLES / "data" / "uniprot.ttl").read_bytes()
    with urlopen(Request(f"{theirs}/graphs?default", body, headers, method="PUT"), timeout=20) as reply:
        assert reply.status in (201, 204)
    ours = serve("--port", str(port), f"--allow-service={theirs}/sparql")
    return ours, f"{theirs}/sparql"


def test_federation_answers_the_same_from_either_side(endpoints: tuple[str, str]) -> None:
    printed = run("federation.py", *endpoints)
    joined = [" ".join(row) for row in table(printed) if row[:1] == ["integrin"]][1:]
    assert joined == [
        "integrin α4β1 ITA4_HUMAN Integrin",
        "integrin α4β1 ITB1_HUMAN Integrin",
        "integrin α4β7 ITA4_HUMAN Integrin",
        "integrin α9β1 ITB1_HUMAN Integrin",
    ]
    assert printed.endswith("the same answer: True\n")
    assert "CD44_HUMAN" not in printed


def test_annotations_join_on_go_complex_terms_and_a_denied_one_does_not(endpoints: tuple[str, str]) -> None:
    printed = run("go_annotations.py", EXAMPLES / "data" / "goa_human.gaf", endpoints[0])
    assert "integrin αvβ3 GO:0034683  ITGAV  part_of      IDA     RGD receptor              yes" in printed
    assert [row[2] for row in table(printed) if row[-1:] == ["graph"]] == ["GO:0034674"]
    assert "ITGB4" not in printed, "NOT|part_of is no part_of"
    assert "4 of 24 complex terms are annotated here; 1 annotation says NOT" in printed


def test_receptors_of_single_cell_tools_get_their_category_and_none_is_guessed(
    endpoints: tuple[str, str],
) -> None:
    printed = run("ligand_receptors.py", endpoints[0])
    category = {row[3]: " ".join(row[5:]) for row in table(printed)[1:9]}
    assert category == {
        "ITGAV_ITGB3": "RGD receptor",
        "ITGA4_ITGB1": "LDV receptor",
        "ITGA2_ITGB1": "collagen receptor",
        "ITGA6_ITGB4": "laminin receptor",
        "CD44": "no integrin",
        "ITGB1": "one chain only",
        "ITGA9_ITGB3": "no such heterodimer",
        "MMP14_ITGAV_ITGB3": "no such heterodimer",
    }
    assert [" ".join(row[3:]) for row in table(printed)[-5:]] == [
        "RGD receptor", "LDV receptor", "collagen receptor", "no integrin", "no such heterodimer",
    ]  # fmt: skip


def test_a_frame_comes_back_from_parquet_as_it_was(endpoints: tuple[str, str], tmp_path: Path) -> None:
    printed = run("parquet.py", tmp_path / "claims.parquet", endpoints[0])
    assert ["start", "Int64"] in table(printed)
    assert "claims, as they were: True" in printed


def test_kgx_becomes_tables_that_neo4j_can_import(tmp_path: Path) -> None:
    data = EXAMPLES / "data"
    printed = run("neo4j_import.py", data / "kgx_nodes.tsv", data / "kgx_edges.tsv", tmp_path)
    assert printed.startswith("5 nodes, 2 edges, every edge between two of the nodes\n")
    nodes, edges = (rows(tmp_path / name) for name in ("nodes.tsv", "edges.tsv"))
    assert list(nodes[0])[:4] == ["id:ID", ":LABEL", "name", "synonym:string[]"]
    assert [row["negated:boolean"] for row in edges] == ["", "True"], "what is denied is marked so"
    assert {row[end] for row in edges for end in (":START_ID", ":END_ID")} <= {row["id:ID"] for row in nodes}
    assert {row[":TYPE"] for row in edges} == {"biolink:affects"}


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table by their headers."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_an_edge_to_nowhere_is_refused(tmp_path: Path) -> None:
    edges = tmp_path / "edges.tsv"
    edges.write_text("id\tsubject\tpredicate\tobject\nx\tUniProtKB:P13612\tp\tikg:nothing\n", "utf-8")
    command = [EXAMPLES / "neo4j_import.py", EXAMPLES / "data" / "kgx_nodes.tsv", edges, tmp_path / "out"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert "1 ends are no node" in done.stderr


def test_a_network_keeps_each_claim_and_its_context_and_needs_no_endpoint(tmp_path: Path) -> None:
    printed = run("network.py", cwd=tmp_path)
    assert "α2β1 suppresses metastasis in breast cancer" in printed
    assert "α2β1 promotes metastasis in colorectal cancer" in printed


def test_the_readme_names_every_example() -> None:
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    assert [path.name for path in EXAMPLES.glob("*.py") if f"`{path.name}`" not in readme] == []
