"""The command line, as a person at a terminal meets it: real processes, exit statuses, messages."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

import integrin_kg
from conftest import ROOT
from integrin_kg import resources
from integrin_kg.kept import Kept
from integrin_kg.saved import SavedQueryError, load, load_all
from integrin_kg.settings import Settings, add_arguments
from integrin_kg.startup import ServeError, listen, url
from test_tables import Mini, claim
from test_update import TOKEN, Serve, count, done, holds

RECEPTORS = {f"integrin α{pair}" for pair in ("5β1", "8β1", "IIbβ3", "vβ1", "vβ3", "vβ5", "vβ6", "vβ8")}
Result = tuple[int, str, str]

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?i a ikg:RGDReceptor }"


def run(*arguments: str | Path, input: str | bytes = "", cwd: Path = ROOT) -> Result:
    """Run ``integrin-kg`` with these arguments; return its status, output and messages."""
    done = subprocess.run(
        [sys.executable, "-m", "integrin_kg.cli", *map(str, arguments)],
        input=input if isinstance(input, bytes) else input.encode(),
        capture_output=True,
        timeout=60,
        cwd=cwd,
    )
    output, messages = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in messages, messages
    return done.returncode, output, messages


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    return Mini(tmp_path)


def run_all(calls: dict[str, tuple[list[str], str]]) -> dict[str, Result]:
    """Run several calls at once: each is a process of its own, and most of a second."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda call: run(*call[0], input=call[1]), calls.values())
        return dict(zip(calls, results, strict=True))


# --- help and usage ------------------------------------------------------------------------------

COMMANDS = [
    "build",
    "release",
    "serve",
    "mcp",
    "query",
    "explain",
    "check",
    "anchors",
    "backup",
    "restore",
    "fmt",
]


def test_each_command_has_help() -> None:
    for command, (status, output, messages) in run_all({c: ([c, "--help"], "") for c in COMMANDS}).items():
        assert (status, messages) == (0, "")
        assert output.startswith(f"usage: integrin-kg {command}")


def test_the_help_names_every_command() -> None:
    status, output, _ = run("--help")
    listed = {line.split()[0] for line in output.splitlines() if line.startswith("    ") and line.strip()}
    assert status == 0
    assert set(COMMANDS) <= listed


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["query", COUNT, "--format", "png"]])
def test_a_wrong_call_is_told_how_to_call(arguments: list[str]) -> None:
    status, output, messages = run(*arguments)
    assert (status, output) == (2, "")
    assert messages.startswith("usage: integrin-kg")


def test_the_installed_command_and_server_py_take_the_same_options() -> None:
    command = Path(sys.executable).with_name("integrin-kg")
    helps = [
        subprocess.run(line, capture_output=True, text=True, timeout=60, check=True, cwd="/").stdout
        for line in ([command, "serve", "--help"], [sys.executable, ROOT / "server.py", "--help"])
    ]
    assert helps[0] == helps[1]
    assert "--query-timeout" in helps[0]


# --- check ---------------------------------------------------------------------------------------


def test_check_says_that_the_shipped_graph_keeps_every_rule() -> None:
    status, output, messages = run("check")
    rules = len(list((ROOT / "queries" / "checks").glob("*.rq")))
    assert (status, messages) == (0, "")
    assert output.endswith(f"no problem\n{rules} rules, all kept\n")


def test_check_writes_every_error_of_every_table_and_exits_1(mini: Mini) -> None:
    mini.change("integrins", 2, definition="")
    mini.change("claims-function", 2, subject="avb33", polarity="no")
    status, output, messages = run("check", mini.write())
    assert status == 1
    assert output.splitlines() == [
        f"{mini.data}/claims-function.tsv:2: polarity: 'no' is none of positive, negative",
        f"{mini.data}/claims-function.tsv:2: subject: no entity 'avb33', did you mean 'αvβ3'?",
        f"{mini.data}/integrins.tsv:2: definition: must not be empty",
    ]
    assert messages == "3 problems\n"


def test_check_counts_what_a_folder_holds(mini: Mini) -> None:
    assert run("check", "--no-graph", mini.write()) == (0, "18 entities and 8 claims, no problem\n", "")


def test_check_shows_what_breaks_a_rule_and_exits_1(mini: Mini) -> None:
    mini.change("motifs", 2, definition="no capital")
    status, output, messages = run("check", mini.write())
    rule = "A definition begins with a capital letter and ends with a full stop. (definition-badly-formed)"
    assert status == 1
    assert f"\n{rule}\n\nterm       definition\n---------  ----------\nmotif/RGD  no capital\n" in output
    assert re.search(r"\n\d+ of \d+ rules are broken\n$", messages)


def test_an_ontology_that_is_no_turtle_is_named_with_its_line(mini: Mini) -> None:
    ontology = mini.write() / "integrin.ttl"
    lines = ontology.read_text("utf-8").splitlines(keepends=True)
    ontology.write_text("".join([*lines[:30], "ikg:broken a [ .\n", *lines[30:]]), "utf-8")
    status, output, messages = run("check", mini.folder)
    assert (status, output) == (1, "")
    assert messages.startswith(f"{ontology}:31: ")
    assert len(messages.splitlines()) == 1


@pytest.mark.parametrize("missing", ["no/such/folder", "."])
def test_a_folder_without_an_ontology_is_named(missing: str, tmp_path: Path) -> None:
    status, output, messages = run("check", missing, cwd=tmp_path)
    assert (status, output) == (1, "")
    assert messages == f"{Path(missing) / 'integrin.ttl'}: No such file or directory (os error 2)\n"


# --- build ---------------------------------------------------------------------------------------


def test_build_writes_four_files_and_names_them(tmp_path: Path) -> None:
    status, output, messages = run("build", cwd=tmp_path)
    assert (status, messages) == (0, "")
    names = ["integrin-kg.ttl", "integrin-kg.owl", "integrin-kg-inferred.ttl", "integrin-kg.nq"]
    assert output.splitlines() == [f"build/{name}" for name in names]
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == sorted(names)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    status, output, messages = run("build", "--output", tmp_path / "taken")
    assert (status, output) == (1, "")
    assert str(tmp_path / "taken") in messages
    assert (tmp_path / "taken").read_text("utf-8") == "a file"


# --- query ---------------------------------------------------------------------------------------


def test_a_saved_query_is_asked_by_its_name_from_anywhere(tmp_path: Path) -> None:
    status, output, _ = run("query", "rgd-receptors", cwd=tmp_path)
    header, rule, *rows, blank, count = output.splitlines()
    assert status == 0
    assert header.split() == ["integrin", "label"]
    assert set(rule) == {"-", " "}
    assert {row.split("  ")[-1] for row in rows} == RECEPTORS
    assert (blank, count) == ("", "8 rows")


def test_a_query_is_read_from_a_file_and_without_reasoning_no_category_has_a_member(tmp_path: Path) -> None:
    (tmp_path / "count.rq").write_text(COUNT, "utf-8")
    assert run("query", "count.rq", "--no-reasoning", cwd=tmp_path) == (0, "n\n-\n0\n\n1 row\n", "")


SELECT = "SELECT ?label WHERE { ?i a ikg:Integrin ; rdfs:label ?label FILTER(CONTAINS(?label, 'αv')) }"
CONSTRUCT = "CONSTRUCT { ?i a ikg:Integrin } WHERE { ?i a ikg:Integrin }"
ALPHA_V = {f"integrin αvβ{n}" for n in (1, 3, 5, 6, 8)}
TABLE_FORMATS = ["json", "xml", "csv", "tsv"]
GRAPH_FORMATS = ["ttl", "json"]
ASKED: dict[str, tuple[list[str], str]] = {
    "standard input": (["-", "--format", "csv"], COUNT),
    "no": (["ASK{?x a ikg:RGDReceptor}", "--no-reasoning"], ""),
    "error": (["-", "--no-reasoning"], "SELECT ?x\nWHERE {\n  ?x a ) }"),
    "service": (["SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "--no-reasoning"], ""),
    **{f"table as {form}": ([SELECT, "--no-reasoning", "--format", form], "") for form in TABLE_FORMATS},
    **{f"graph as {form}": ([CONSTRUCT, "--no-reasoning", "--format", form], "") for form in GRAPH_FORMATS},
}


@pytest.fixture(scope="module")
def asked() -> dict[str, Result]:
    """What ``integrin-kg query`` does with each of these."""
    return run_all({name: (["query", *arguments], text) for name, (arguments, text) in ASKED.items()})


def test_a_query_is_taken_from_standard_input(asked: dict[str, Result]) -> None:
    assert asked["standard input"] == (0, "n\r\n8\r\n", "")


def test_a_yes_or_no_is_answered_as_such(asked: dict[str, Result]) -> None:
    assert asked["no"] == (0, "no\n", "")


def labels(format: str, output: str) -> set[str]:
    if format == "json":
        return {row["label"]["value"] for row in json.loads(output)["results"]["bindings"]}
    if format == "xml":
        literals = ET.fromstring(output).iter("{http://www.w3.org/2005/sparql-results#}literal")
        return {literal.text or "" for literal in literals}
    header, *rows = csv.reader(io.StringIO(output), "excel-tab" if format == "tsv" else "excel")
    assert header == (["?label"] if format == "tsv" else ["label"])
    return {row[0].strip('"') for row in rows}


@pytest.mark.parametrize("format", TABLE_FORMATS)
def test_a_table_is_answered_in_every_format(format: str, asked: dict[str, Result]) -> None:
    status, output, _ = asked[f"table as {format}"]
    assert status == 0
    assert labels(format, output) == ALPHA_V


@pytest.mark.parametrize(
    ("format", "begins", "holds"),
    [
        ("ttl", "@prefix", "integrin/alphaV-beta3> a ikg:Integrin ."),
        ("json", "[", "alphaV-beta3"),
    ],
)
def test_a_graph_is_answered_in_every_format(
    format: str, begins: str, holds: str, asked: dict[str, Result]
) -> None:
    status, output, _ = asked[f"graph as {format}"]
    assert status == 0
    assert output.startswith(begins)
    assert holds in output


def test_a_syntax_error_is_told_with_line_and_column(asked: dict[str, Result]) -> None:
    status, output, messages = asked["error"]
    assert (status, output) == (1, "")
    assert re.match(r"Syntax error, line 3, column \d+: \S", messages)


def test_a_query_that_would_leave_the_machine_is_refused(asked: dict[str, Result]) -> None:
    status, output, messages = asked["service"]
    assert (status, output) == (1, "")
    assert messages.startswith("Federated query refused: ")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nosuch.rq", "no file and no saved query 'nosuch.rq'"),
        ("rgd-receptor", "no file and no saved query 'rgd-receptor', did you mean 'rgd-receptors'?"),
    ],
)
def test_a_query_that_is_not_there_is_named(name: str, message: str) -> None:
    status, output, messages = run("query", name)
    assert (status, output) == (1, "")
    assert messages.startswith(message)


@pytest.mark.parametrize("given", ["latin.rq", "-"])
def test_a_query_that_is_no_utf_8_is_named(given: str, tmp_path: Path) -> None:
    content = "ASK { ?x rdfs:label 'naïve' }".encode("latin-1")
    (tmp_path / "latin.rq").write_bytes(content)
    status, output, messages = run("query", given, input=content, cwd=tmp_path)
    assert (status, output) == (1, "")
    assert messages == f"{'standard input' if given == '-' else given}: not UTF-8 (byte 23)\n"


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    query = ["query", "SELECT ?s ?p ?o { ?s ?p ?o }", "--format", "csv", "--no-reasoning"]
    command = [sys.executable, "-m", "integrin_kg.cli", *query]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"s,p,o\r\n"
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


def test_a_saved_query_has_a_question_a_description_and_keywords() -> None:
    saved = {query.name: query for query in load_all(resources.queries_folder())}
    assert saved["rgd-receptors"].question == "Which integrins are RGD receptors?"
    assert all(query.description and query.keywords for query in saved.values())


@pytest.mark.parametrize("missing", ["question", "description", "keywords"])
def test_a_saved_query_without_a_full_header_is_named(missing: str, tmp_path: Path) -> None:
    lines = [f"# {name}: x" for name in ("question", "description", "keywords") if name != missing]
    path = tmp_path / "bare.rq"
    path.write_text("\n".join([*lines, "ASK {}"]), "utf-8")
    with pytest.raises(SavedQueryError, match=f"bare.rq: its header has no '# {missing}:' line"):
        load(path)


# --- fmt -----------------------------------------------------------------------------------------


def test_fmt_check_finds_nothing_to_change_in_the_shipped_tables() -> None:
    assert run("fmt", "--check") == (0, "", "")


def test_fmt_check_only_names_what_fmt_changes_and_then_there_is_nothing_more(mini: Mini) -> None:
    mini.tables["subunits"].reverse()
    mini.write()
    path, other = mini.path("subunits"), mini.path("motifs")
    before = path.read_bytes()
    assert run("fmt", "--check", path, other) == (1, f"{path}\n", "")
    assert path.read_bytes() == before
    assert run("fmt", path, other) == (0, f"{path}\n", "")
    assert path.read_bytes() != before
    assert run("fmt", "--check", path, other) == (0, "", "")


def test_fmt_mends_what_check_says_that_fmt_mends(mini: Mini) -> None:
    paths = [mini.path("ligands"), mini.path("motifs")]
    mini.write()
    tidy = [path.read_bytes() for path in paths]
    paths[0].write_bytes(tidy[0].replace(b"\n", b"\r\n"))
    paths[1].write_bytes(b"\xef\xbb\xbf" + tidy[1])
    said = run("check", mini.folder)[1].splitlines()
    assert [line.endswith("run integrin-kg fmt") for line in said] == [True, True]
    assert run("fmt", *paths) == (0, "".join(f"{path}\n" for path in paths), "")
    assert [path.read_bytes() for path in paths] == tidy


def test_fmt_resolves_quotations_in_the_source_that_it_is_given(mini: Mini, tmp_path: Path) -> None:
    (tmp_path / "source.txt").write_text("Here αvβ3 binds vitro-\nnectin.", "utf-8")
    mini.tables["claims-function"] = [
        claim("avb3", "binds ligand", "vitronectin", claim="", anchor="αvβ3 binds vitronectin", sha256="")
    ]
    mini.write()
    path = mini.path("claims-function")
    assert run("fmt", path, "--source", tmp_path / "source.txt") == (0, f"{path}\n", "")
    row = path.read_text("utf-8").splitlines()[1].split("\t")
    assert row[:4] == ["alphaV-beta3-binds-ligand-vitronectin", "αvβ3", "binds ligand", "vitronectin"]
    assert "5-29" in row


def test_fmt_reports_the_errors_of_all_tables_and_still_mends_the_others(mini: Mini, tmp_path: Path) -> None:
    (tmp_path / "source.txt").write_text("Nothing of it.", "utf-8")
    for table in ("claims-function", "claims-structure"):
        mini.change(table, 2, anchor="binds vitronectin")
    mini.tables["subunits"].reverse()
    mini.write()
    paths = [mini.path(table) for table in ("claims-function", "claims-structure", "subunits")]
    status, output, messages = run("fmt", *paths, "--source", tmp_path / "source.txt")
    assert (status, output) == (1, f"{paths[2]}\n")
    assert messages.splitlines() == [
        f"{path}:2: anchor: 'binds vitronectin' does not occur in the source" for path in paths[:2]
    ]


@pytest.mark.parametrize(
    "arguments",
    [["fmt", "--source", "no.txt"], ["fmt", "no.tsv"], ["fmt", "."]],
)
def test_a_file_that_is_missing_or_a_folder_is_named(arguments: list[str], tmp_path: Path) -> None:
    status, output, messages = run(*arguments, cwd=tmp_path)
    assert (status, output) == (1, "")
    assert f"'{arguments[-1]}'" in messages
    assert len(messages.splitlines()) == 1


# --- serve ---------------------------------------------------------------------------------------


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("entry", [["-m", "integrin_kg.cli", "serve"], ["server.py"]])
def test_a_port_in_use_is_told_without_a_traceback(entry: list[str], taken_port: int) -> None:
    done = subprocess.run(
        [sys.executable, *entry, "--port", str(taken_port)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"cannot listen on 127.0.0.1:{taken_port}: Address already in use; "
        "is another server running there? Try another port\n"
    )


@pytest.mark.parametrize("option", [["--port", "-1"]])
def test_a_wrong_setting_is_told_how_to_set_it(option: list[str]) -> None:
    status, output, messages = run("serve", *option)
    assert (status, output) == (2, "")
    assert messages.startswith("usage: integrin-kg serve")


def settings(option: str) -> Settings:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_arguments(parser)
    return Settings.from_arguments(parser.parse_args([option]))


@pytest.mark.parametrize(
    "name", ["workers", "concurrency", "query-timeout", "update-timeout", "query-memory"]
)
def test_what_nothing_works_without_is_above_0(name: str) -> None:
    assert getattr(settings(f"--{name}=1"), name.replace("-", "_")) == 1
    with pytest.raises(argparse.ArgumentError, match=f"--{name}: invalid (whole )?number above 0 value: '0'"):
        settings(f"--{name}=0")


@pytest.mark.parametrize("name", ["port", "cache", "upload-limit"])
def test_other_numbers_may_be_0_and_none_is_below(name: str) -> None:
    assert getattr(settings(f"--{name}=0"), name.replace("-", "_")) == 0
    with pytest.raises(argparse.ArgumentError, match=f"--{name}: invalid whole number value: '-1'"):
        settings(f"--{name}=-1")


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("name", ["query-timeout", "update-timeout"])
def test_what_no_clock_shows_is_no_time(name: str, number: str) -> None:
    with pytest.raises(argparse.ArgumentError, match=f"--{name}: invalid number"):
        settings(f"--{name}={number}")


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_an_address_is_shown_as_a_url_has_it(host: str, shown: str) -> None:
    try:
        listener = listen(Settings(host=host, port=0))
    except ServeError as error:
        pytest.skip(f"this machine has no such address: {error}")
    with listener:
        port = listener.getsockname()[1]
        assert url(listener) == f"http://{shown}:{port}/"
        with pytest.raises(ServeError, match=re.escape(f"cannot listen on {shown}:{port}: ")):
            listen(Settings(host=host, port=port))


def test_server_py_serves_until_it_is_told_to_stop() -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "server.py"), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr
    try:
        line = process.stderr.readline()
        assert line.startswith("Integrin Knowledge Graph on http://127.0.0.1:")
        port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            assert client.recv(12).startswith(b"HTTP/1.")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        process.stderr.close()


def test_a_port_that_is_none_is_told_without_a_traceback() -> None:
    status, _, messages = run("serve", "--port", "99999")
    assert status == 1
    assert "a port is a number up to 65535" in messages


def test_explain_gives_a_proof_that_the_independent_checker_accepts() -> None:
    status, output, messages = run("explain", "natalizumab", "a", "ikg:LDVReceptorAgent", "--all", "--verify")
    assert status == 0
    assert "natalizumab targets integrin subunit α4" in output
    assert "also (proof 2)" in output
    assert "the independent checker accepts the proof" in messages


def test_explain_says_what_is_missing_and_exits_1() -> None:
    status, output, _ = run("explain", "α10β1", "a", "ikg:LaminiReceptor")
    assert status == 1
    status, output, _ = run("explain", "a10b1", "is a", "laminin receptor")
    assert status == 1
    assert "integrin α10β1 selective for laminin" in output


def test_explain_of_a_name_that_nothing_has_suggests_one() -> None:
    status, _, messages = run("explain", "natalizumap", "targets", "α4")
    assert status == 1
    assert "did you mean 'natalizumab'?" in messages


def test_classify_says_what_follows_from_a_file_and_stores_nothing(tmp_path: Path) -> None:
    file = tmp_path / "drug.ttl"
    base = "https://w3id.org/integrin-kg/"
    file.write_text(
        f"<http://x/drug> a <{base}schema/SmallMolecule> ; <{base}schema/targets> <{base}subunit/ITGA4> ."
    )
    status, output, _ = run("classify", file)
    assert status == 0
    assert "drug is an LDV receptor agent" in output
    assert run("classify", tmp_path / "drug.doc")[0] == 1


# --- backup and restore --------------------------------------------------------------------------


def test_a_backup_of_a_store_in_use_is_restored_elsewhere_and_served(tmp_path: Path, serve: Serve) -> None:
    options = ("--empty", "--no-reasoning", "--writable", "--workers", "1")
    first = serve(*options, "--store", str(tmp_path / "store"), env=TOKEN)
    over: list[bool] = []

    def write() -> int:
        number = 0
        while not over:
            done(first, f"INSERT DATA {{ <x:{number}> <x:p> 1 , 2 , 3 }}")
            number += 1
        return number

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            status, output, messages = run("backup", tmp_path / "store", tmp_path / "backup")
        finally:
            over.append(True)
        assert (status, messages) == (0, "")
        changes = int(output.split()[-1])
        assert written.result(20) >= changes
    status, output, _ = run("restore", tmp_path / "backup", tmp_path / "new" / "store")
    assert (status, int(output.split()[-1])) == (0, changes)
    second = serve(*options, "--store", str(tmp_path / "new" / "store"), env=TOKEN)
    assert count(second) == 3 * changes  # whole changes only
    done(second, "INSERT DATA { <x:new> <x:p> 1 }")
    assert count(second) == 3 * changes + 1
    assert not holds(first, "<x:new> ?p ?o")


def test_neither_backup_nor_restore_overwrites_or_invents(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    store = Kept(tmp_path / "store")
    refusals = [
        (("backup", tmp_path / "none", tmp_path / "backup"), "no statements are kept there"),
        (("backup", store.folder, tmp_path / "there"), "it is there already"),
        (("restore", tmp_path / "there", store.folder), "there are statements already"),
        (("restore", tmp_path / "there", tmp_path / "new"), "no backup of statements"),
        (("restore", tmp_path / "none", tmp_path / "new"), "there is no such file"),
    ]
    for arguments, said in refusals:
        status, output, messages = run(*arguments)
        assert (status, output) == (1, "")
        assert said in messages
    assert (tmp_path / "there").read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store", "there"]


# --- more follows than is allowed ----------------------------------------------------------------

KIND = "<http://x/p> a <http://www.w3.org/2002/07/owl#{}Property> ."
LITTLE_ROOM = """
from functools import partial
from integrin_kg import backward
backward.Limits = partial(backward.Limits, triples=5_000, for_each=0, matches=50)
"""


@pytest.fixture
def explosive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an ontology from which more follows than the processes started now allow: what
    the shipped graph takes fits, and a long transitive chain does not."""
    (tmp_path / "sitecustomize.py").write_text(LITTLE_ROOM, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    chain = [f"<http://x/n{i}> <http://x/p> <http://x/n{i + 1}> ." for i in range(150)]
    axioms = [KIND.format(kind) for kind in ("Object", "Transitive")]
    (tmp_path / "chain.ttl").write_text("\n".join(chain), "utf-8")
    (tmp_path / "axioms.ttl").write_text("\n".join(axioms), "utf-8")
    (tmp_path / "all.ttl").write_text("\n".join([*axioms, *chain]), "utf-8")
    return tmp_path


def test_an_ontology_from_which_too_much_follows_is_refused_by_every_command(explosive: Path) -> None:
    beside = ["--ontology", str(explosive / "all.ttl")]
    calls = {
        "query": ["query", "ASK {}", *beside],
        "explain": ["explain", "natalizumab", "a", "ikg:LDVReceptorAgent", *beside],
        "classify": ["classify", str(explosive / "chain.ttl"), *beside],
        "serve": ["serve", "--port", "0", *beside],
    }
    for status, output, messages in run_all({name: (call, "") for name, call in calls.items()}).values():
        assert (status, output) == (1, "")
        assert re.fullmatch(
            r"50\d\d triples were inferred from \d+ triples, and no end in sight; \d+ of them by the axiom "
            r"'p Transitive': leave it out, or state less that it applies to\n",
            messages,
        )


def test_a_description_from_which_too_much_follows_is_refused(explosive: Path) -> None:
    status, output, messages = run(
        "classify", explosive / "chain.ttl", "--ontology", explosive / "axioms.ttl"
    )
    assert (status, output) == (1, "")
    assert "no end in sight" in messages
    assert "'p Transitive'" in messages


def test_what_does_not_explode_is_answered_all_the_same(explosive: Path) -> None:
    stated = "ASK { <http://x/n0> <http://x/p> <http://x/n1> }"
    calls = {
        "the axioms": ["query", COUNT, "--format", "csv", "--ontology", str(explosive / "axioms.ttl")],
        "the chain": ["query", stated, "--ontology", str(explosive / "chain.ttl")],
        "both": ["query", stated, "--no-reasoning", "--ontology", str(explosive / "all.ttl")],
    }
    answers = run_all({name: (call, "") for name, call in calls.items()})
    assert answers == {
        "the axioms": (0, "n\r\n8\r\n", ""),
        "the chain": (0, "yes\n", ""),
        "both": (0, "yes\n", ""),
    }


def test_the_version_is_that_of_the_installed_package() -> None:
    status, output, _ = run("--version")
    assert (status, output) == (0, f"integrin-kg {version('integrin-kg')}\n")
    assert integrin_kg.__version__ == version("integrin-kg")
