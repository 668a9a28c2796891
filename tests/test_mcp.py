"""The MCP server as an assistant meets it: the SDK's client, the real process, the shipped graph."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult

from conftest import ROOT
from documents import blocks
from integrin_kg.vocab import BASE
from test_engine import children
from timing import in_time

TIMEOUT = 3.0
OPTIONS = ["--query-timeout", str(TIMEOUT), "--query-memory", "256", "--workers", "2"]
COMMAND = [sys.executable, "-m", "integrin_kg.cli", "mcp", *OPTIONS]
AVB3 = f"{BASE}integrin/alphaV-beta3"
RGD_RECEPTORS = [
    f"<{BASE}integrin/alpha{pair}>"
    for pair in (
        "5-beta1",
        "8-beta1",
        "IIb-beta3",
        "V-beta1",
        "V-beta3",
        "V-beta5",
        "V-beta6",
        "V-beta8",
    )
]
DEEP = "SELECT * " + "{" * 30_000 + "}" * 30_000
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@dataclass(frozen=True)
class Assistant:
    """A connected client, called from outside its event loop."""

    portal: BlockingPortal
    client: Client
    hang_up: Callable[[], None]

    def run(self, call: Callable[..., Any], *arguments: Any) -> Any:
        return self.portal.call(call, *arguments)

    def result(self, tool: str, **arguments: Any) -> CallToolResult:
        result = self.run(self.client.call_tool, tool, arguments)
        assert isinstance(result, CallToolResult)
        return result

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured half of an answer, which the client has checked against the tool's schema."""
        result = self.result(tool, **arguments)
        assert not result.is_error, said(result)
        assert result.structured_content is not None
        return result.structured_content

    def text(self, tool: str, **arguments: Any) -> str:
        return said(self.result(tool, **arguments))

    def error(self, tool: str, **arguments: Any) -> str:
        """What is told of a failure; it is text for people, and the next call is answered."""
        result = self.result(tool, **arguments)
        assert result.is_error
        assert "Traceback" not in said(result)
        assert self.ask("query", sparql="ASK {}")["yes"] is True
        return said(result)


def said(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if block.type == "text")


@contextmanager
def connected(server: Any) -> Iterator[Assistant]:
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        client = Client(server)
        stack.enter_context(portal.wrap_async_context_manager(client))
        yield Assistant(portal, client, stack.close)


@dataclass(frozen=True)
class Streams:
    """Where what the server wrote is kept."""

    out: Path
    err: Path


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Streams:
    folder = tmp_path_factory.mktemp("mcp")
    return Streams(folder / "stdout", folder / "stderr")


@pytest.fixture(scope="module")
def assistant(streams: Streams) -> Iterator[Assistant]:
    """A client over the pipes of a server that it started, whose stdout is written down on the way."""
    recorded = StdioServerParameters(
        command="sh", args=["-c", '"$@" | tee "$0"', str(streams.out), *COMMAND], cwd=ROOT
    )
    with streams.err.open("w") as errors, connected(stdio_client(recorded, errlog=errors)) as client:
        yield client


def named(things: list[dict[str, Any]]) -> list[str]:
    return [thing["name"] for thing in things]


# --- what is offered -----------------------------------------------------------------------------


def test_every_tool_is_described_read_only_and_has_the_schema_of_its_answer(assistant: Assistant) -> None:
    tools = {tool.name: tool for tool in assistant.run(assistant.client.list_tools).tools}
    assert set(tools) == {"search", "entity", "query", "explain", "saved_questions", "ask_saved"}
    for tool in tools.values():
        assert tool.title
        assert tool.description
        assert tool.annotations
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
        assert tool.output_schema
        assert tool.output_schema["type"] == "object"
    assert tools["entity"].input_schema["required"] == ["name_or_iri"]


def test_the_instructions_tell_the_three_values_and_how_to_cite(assistant: Assistant) -> None:
    instructions = assistant.client.instructions
    assert instructions
    for words in ("claimed true", "claimed false", "not claimed", "claim's IRI", "section"):
        assert words in instructions


def test_the_vocabulary_and_the_saved_questions_are_resources(assistant: Assistant) -> None:
    listed = {str(resource.uri) for resource in assistant.run(assistant.client.list_resources).resources}
    files = {path.stem for path in (ROOT / "queries").glob("*.rq")}
    assert listed == {"integrin-kg://schema"} | {f"integrin-kg://questions/{name}" for name in files}
    schema = read(assistant, "integrin-kg://schema")
    assert f"- `ikg:` <{BASE}schema/>" in schema
    assert "- `ikg:RGDReceptor` (RGD receptor): An integrin that recognises" in schema
    assert "- `ikg:recognizesMotif` (recognizes motif)" in schema
    example = schema.split("```sparql\n")[1].split("```")[0]
    assert assistant.ask("query", sparql=example)["total"] > 5
    question = read(assistant, "integrin-kg://questions/rgd-receptors")
    assert question == (ROOT / "queries" / "rgd-receptors.rq").read_text("utf-8")


def read(assistant: Assistant, uri: str) -> str:
    (content,) = assistant.run(assistant.client.read_resource, uri).contents
    assert isinstance(content.text, str)
    return content.text


def test_prompts_carry_what_they_are_given(assistant: Assistant) -> None:
    assert set(named([p.model_dump() for p in assistant.run(assistant.client.list_prompts).prompts])) == {
        "evidence",
        "why",
    }
    (message,) = assistant.run(assistant.client.get_prompt, "evidence", {"topic": "αvβ6"}).messages
    assert "αvβ6" in message.content.text


# --- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["αvβ3", "avb3", "alpha v beta 3", "vitronectin receptor", "GO:0034683"])
def test_a_thing_is_found_first_by_any_of_its_names(assistant: Assistant, text: str) -> None:
    hit = assistant.ask("search", text=text)["hits"][0]
    assert (hit["iri"], hit["name"], hit["kind"]) == (AVB3, "integrin αvβ3", "integrin")


def test_a_kind_takes_in_what_its_subclasses_have(assistant: Assistant) -> None:
    found = assistant.ask("search", text="cilengitide", kind="therapeutic")
    assert found["hits"][0]["iri"] == f"{BASE}therapeutic/cilengitide"
    assert found["hits"][0]["kind"] != "therapeutic"
    assert assistant.ask("search", text="cilengitide", kind="integrin")["hits"] == []
    assert named(assistant.ask("search", text="acts on", kind="property")["hits"])[0] == "acts on"
    assert "therapeutic" in assistant.error("search", text="x", kind="therapeutics")


def test_hits_that_are_not_shown_are_counted(assistant: Assistant) -> None:
    found = assistant.ask("search", text="integrin", limit=2)
    assert len(found["hits"]) == 2
    assert found["truncated"].startswith(f"truncated: 2 of {found['found']} hits")
    assert found["truncated"] in assistant.text("search", text="integrin", limit=2)


def test_what_is_misspelled_is_guessed_and_nothing_found_is_no_denial(assistant: Assistant) -> None:
    found = assistant.ask("search", text="cilengitdie")
    assert (found["hits"], named(found["did_you_mean"])) == ([], ["cilengitide"])
    assert "says nothing of it" in assistant.text("search", text="cilengitdie")


# --- entity --------------------------------------------------------------------------------------


def test_an_entity_has_its_kinds_stated_and_inferred_and_what_it_recognises(assistant: Assistant) -> None:
    found = assistant.ask("entity", name_or_iri="avb3", claims_limit=3)
    assert found["iri"] == AVB3
    kinds = {kind["name"]: kind["inferred"] for kind in found["kinds"]}
    assert (kinds["integrin"], kinds["RGD receptor"]) == (False, True)
    statements = {s["property"]["name"]: s["values"] for s in found["statements"] if not s["inward"]}
    (motif,) = statements["recognizes motif"]
    assert motif == {"name": "RGD", "iri": f"{BASE}motif/RGD", "inferred": False}
    assert "vitronectin" in named(statements["binds ligand"])
    assert len(found["claims"]) == 3 < found["claims_total"]
    assert found["truncated"][0].startswith(f"truncated: 3 of {found['claims_total']} claims")
    following = assistant.ask("entity", name_or_iri=AVB3, claims_limit=3, claims_from=3)
    assert not {claim["iri"] for claim in following["claims"]} & {claim["iri"] for claim in found["claims"]}


def test_claims_for_and_against_are_told_apart_and_can_be_cited(assistant: Assistant) -> None:
    found = assistant.ask("entity", name_or_iri="ouabain")
    assert {claim["verdict"] for claim in found["claims"]} == {"claimed true"}
    denial = next(claim for claim in found["denials"] if claim["iri"].endswith("-ITGB1-in-lung-cancer"))
    assert denial["verdict"] == "claimed false"
    assert denial["iri"] == f"{BASE}claim/ouabain-not-decreases-expression-of-ITGB1-in-lung-cancer"
    assert denial["object"] == {"name": "integrin subunit β1", "iri": f"{BASE}subunit/ITGB1"}
    assert denial["context"] == ["in lung cancer", "in tumor cell"]
    assert denial["section"] == "Targeting integrins by small molecule inhibitors"
    assert denial["references"] == ["16"]
    text = assistant.text("entity", name_or_iri="ouabain")
    assert f"CLAIMED FALSE: {denial['says']} [in lung cancer; in tumor cell]" in text
    assert denial["iri"] in text
    assert "not claimed, which is no denial" in text


def test_a_contradiction_is_shown_and_its_context_kept(assistant: Assistant) -> None:
    iri = f"{BASE}claim/ITGB1-suppresses-lung-metastasis-in-triple-negative-breast-cancer"
    (claim,) = assistant.ask("entity", name_or_iri=iri)["claims"]
    assert claim["iri"] == iri
    assert claim["effect"] == "suppresses"
    assert "in triple-negative breast cancer" in claim["context"]
    other = f"{BASE}claim/ITGB1-promotes-metastasis-in-solid-tumor"
    assert [contradicted["iri"] for contradicted in claim["contradicts"]] == [other]
    assert (
        f"CONTRADICTED by integrin subunit β1 promotes metastasis in solid tumor <{other}>"
        in assistant.text("entity", name_or_iri=iri)
    )


def test_of_things_with_one_name_the_one_most_is_claimed_of_is_told_and_the_others_named(
    assistant: Assistant,
) -> None:
    found = assistant.ask("entity", name_or_iri="ITGB1", claims_limit=1)
    assert found["iri"] == f"{BASE}subunit/ITGB1"
    assert [other["iri"] for other in found["others"]] == [f"{BASE}gene/ITGB1"]


def test_an_unknown_name_is_told_what_may_have_been_meant(assistant: Assistant) -> None:
    assert f"Did you mean cilengitide <{BASE}therapeutic/cilengitide>?" in assistant.error(
        "entity", name_or_iri="cilengitdie"
    )
    assert f"<{AVB3}>" in assistant.error("entity", name_or_iri=f"{BASE}integrin/alphaV-beta33")
    assert "Use the tool search" in assistant.error("entity", name_or_iri="qqqqqqqq")


# --- query ---------------------------------------------------------------------------------------


def test_a_select_has_its_rows_as_sparql_writes_them(assistant: Assistant) -> None:
    sparql = "SELECT ?i ?none { ?i a ikg:RGDReceptor OPTIONAL { ?i <x:none> ?none } } ORDER BY ?i"
    found = assistant.ask("query", sparql=sparql)
    assert (found["form"], found["columns"], found["total"]) == ("table", ["i", "none"], 8)
    assert found["rows"] == [[iri, None] for iri in RGD_RECEPTORS]
    assert found["truncated"] is None
    assert assistant.text("query", sparql=sparql).endswith("8 rows")


def test_without_reasoning_nothing_follows_and_no_row_is_no_denial(assistant: Assistant) -> None:
    found = assistant.ask("query", sparql="SELECT ?i { ?i a ikg:RGDReceptor }", reasoning=False)
    assert (found["rows"], found["reasoning"]) == ([], False)
    assert "not a denial" in found["note"]


def test_asks_and_graphs_have_forms_of_their_own(assistant: Assistant) -> None:
    yes = assistant.ask("query", sparql=f"ASK {{ <{AVB3}> a ikg:RGDReceptor }}")
    no = assistant.ask("query", sparql=f"ASK {{ <{AVB3}> a ikg:LDVReceptor }}")
    assert (yes["form"], yes["yes"], yes["note"], no["yes"]) == ("yes or no", True, "", False)
    assert "not a denial" in no["note"]
    graph = assistant.ask(
        "query", sparql="CONSTRUCT { ?i a <x:R> } { ?i a ikg:RGDReceptor } ORDER BY ?i", limit=1
    )
    assert graph["triples"] == [
        f"{RGD_RECEPTORS[0]} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <x:R> ."
    ]
    assert graph["truncated"].startswith("truncated: 1 of 8 triples")


def test_rows_that_are_not_shown_are_counted(assistant: Assistant) -> None:
    count = assistant.ask("query", sparql="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")["rows"][0][0]
    assert count
    total = int(count.split("^^")[0].strip('"'))
    found = assistant.ask("query", sparql="SELECT * { ?s ?p ?o }", limit=5)
    assert (len(found["rows"]), found["total"]) == (5, total)
    note = f"truncated: 5 of {total} rows are shown"
    assert found["truncated"].startswith(note)
    assert note in assistant.text("query", sparql="SELECT * { ?s ?p ?o }", limit=5)


def test_a_literal_cannot_break_a_row_or_forge_one(assistant: Assistant) -> None:
    found = assistant.ask("query", sparql=r'SELECT ("a\tb\nc\rd\u2028e" AS ?x) (1 AS ?y) {}')
    assert (len(found["rows"]), len(found["rows"][0])) == (1, 2)


def test_a_syntax_error_is_told_by_line_and_column(assistant: Assistant) -> None:
    assert assistant.error("query", sparql="SELECT * {\n ?s ?p }").startswith(
        "Syntax error, line 2, column 9: expected"
    )


HOSTILE = {
    "nested so deeply that it kills its parser": (DEEP, "too deep"),
    "endless": (BOMB, "timed out"),
    "SERVICE": ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "Federated query refused"),
    "SERVICE in disguise": ("SELECT * { S\\u0045RVICE SILENT <http://127.0.0.1:9/> {} }", "refused"),
    "LOAD": ("LOAD <http://127.0.0.1:9/>", "Syntax error"),
    "INSERT": ("INSERT DATA { <x:a> <x:b> <x:c> }", "Syntax error"),
    "DROP": ("DROP ALL", "Syntax error"),
    "a huge answer": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "Answer too large"),
    "a huge row": ("SELECT (GROUP_CONCAT(STR(?p)) AS ?all) { ?s ?p ?o }", "One row has"),
    "nothing": ("", "Syntax error"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_is_an_error_and_the_next_is_answered(assistant: Assistant, name: str) -> None:
    sparql, told = HOSTILE[name]
    assert told in assistant.error("query", sparql=sparql)


def test_nothing_was_written(assistant: Assistant) -> None:
    assert assistant.ask("query", sparql="ASK { <x:a> <x:b> <x:c> }")["yes"] is False


INJECTIONS = [
    AVB3 + "> } } INSERT DATA { <x:a> <x:b> <x:c",
    "'; DROP ALL",
    "urn:x:a\n\n}",
    "ikg:a>b",
    "\x00",
]


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_name_is_never_a_piece_of_a_query(assistant: Assistant, name: str) -> None:
    assert assistant.error("entity", name_or_iri=name).startswith(("Not an IRI", "Unknown name"))
    assert assistant.error("explain", subject=name, predicate="a", object="RGD receptor").startswith(
        ("Not an IRI", "Unknown name")
    )


def test_punctuation_in_a_name_is_passed_over(assistant: Assistant) -> None:
    assert assistant.ask("entity", name_or_iri='"αvβ3" } #', claims_limit=1)["iri"] == AVB3


def test_wrong_arguments_are_told_by_name(assistant: Assistant) -> None:
    assert "limit" in assistant.error("query", sparql="ASK {}", limit=0)
    assert "sparql" in assistant.error("query")
    assert "claims_limit" in assistant.error("entity", name_or_iri="αvβ3", claims_limit=10_000)


# --- explain -------------------------------------------------------------------------------------


def test_what_follows_is_proved_down_to_its_claims(assistant: Assistant) -> None:
    found = assistant.ask("explain", subject="natalizumab", predicate="a", object="LDV receptor agent")
    assert (found["verdict"], found["proof"][0]["since"] != []) == ("follows", True)
    leaves = {claim for step in found["proof"] for claim in step["claims"]}
    assert f"{BASE}claim/natalizumab-targets-ITGA4" in leaves
    cited = {claim["iri"]: claim for claim in found["claims"]}
    assert leaves <= set(cited)
    assert cited[f"{BASE}claim/natalizumab-targets-ITGA4"]["section"] == (
        "Integrins as therapeutic targets in cancer"
    )


def test_denied_and_not_claimed_are_two_verdicts(assistant: Assistant) -> None:
    denied = assistant.ask("explain", subject="ouabain", predicate="decreases expression of", object="ITGB1")
    assert (denied["verdict"], denied["object"]) == ("claimed false", f"{BASE}subunit/ITGB1")
    assert [claim["references"] for claim in denied["denials"]] == [["16"]]
    silent = assistant.ask("explain", subject="cilengitide", predicate="targets", object="α6β4")
    assert (silent["verdict"], silent["denials"], silent["proof"]) == ("not claimed", [], [])
    assert "no denial" in silent["meaning"]


def test_what_would_be_needed_is_told(assistant: Assistant) -> None:
    found = assistant.ask("explain", subject="α6β4", predicate="a", object="RGD receptor")
    assert found["verdict"] == "not claimed"
    assert any("recognizes motif RGD" in lack for gap in found["missing"] for lack in gap["lacks"])


def test_a_claim_with_a_direction_or_context_is_never_told_without(assistant: Assistant) -> None:
    found = assistant.ask("explain", subject="ITGB1", predicate="affects", object="lung metastasis")
    assert (found["verdict"], found["proof"]) == ("claimed, qualified", [])
    assert [claim["effect"] for claim in found["claims"]] == ["suppresses"]
    assert "in triple-negative breast cancer" in found["claims"][0]["context"]


def test_an_unknown_part_of_a_triple_is_guessed(assistant: Assistant) -> None:
    assert AVB3 in assistant.error("explain", subject="avb33", predicate="a", object="RGD receptor")
    assert "acts on" in assistant.error("explain", subject="avb3", predicate="akts on", object="RGD")


def test_the_documented_calls_are_answered_as_documented(assistant: Assistant) -> None:
    shown = [block for block in blocks(ROOT / "docs" / "mcp.md") if block.language == "json"]
    documented = [
        (call, block.shown or "") for block in shown if "arguments" in (call := json.loads(block.text))
    ]
    assert len(documented) == 2
    for call, answer in documented:
        text = assistant.text(call["name"], **call["arguments"])
        assert f"{text}\n".startswith(answer.removesuffix("...\n"))


# --- saved questions -----------------------------------------------------------------------------


def test_saved_questions_are_found_by_keyword_and_answered_by_name(assistant: Assistant) -> None:
    listed = assistant.ask("saved_questions", keyword="rgd")
    assert "rgd-receptors" in named(listed["questions"])
    assert "contradictions" not in named(listed["questions"])
    answer = assistant.ask("ask_saved", name="rgd-receptors")
    assert {row[0] for row in answer["rows"]} == set(RGD_RECEPTORS)
    assert "ikg:RGDReceptor" in answer["sparql"]
    assert "did you mean 'rgd-receptors'" in assistant.error("ask_saved", name="rgd-receptor")
    nothing = assistant.ask("saved_questions", keyword="zzzz")
    assert nothing["questions"] == []
    assert "RGD" in nothing["keywords"]


def test_the_saved_denials_are_shown_as_such(assistant: Assistant) -> None:
    answer = assistant.ask("ask_saved", name="negative-findings", limit=500)
    polarity = answer["columns"].index("polarity")
    assert {row[polarity] for row in answer["rows"]} == {'"negative"'}
    assert answer["total"] == len(answer["rows"]) > 10


# --- many, hang-ups, streams ---------------------------------------------------------------------


def test_many_calls_at_once_are_all_answered(assistant: Assistant) -> None:
    async def calls() -> list[Any]:
        answers: list[Any] = []

        async def one() -> None:
            answers.append(await assistant.client.call_tool("query", {"sparql": "ASK {}"}))

        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(one)
        return answers

    assert [answer.is_error for answer in assistant.run(calls)] == [False] * 50


def host_of_ours() -> int:
    """The process that forks the workers of this module's server."""
    found = {os.getpid()}
    for _ in range(4):
        found |= {child for pid in found for child in children(pid)}
        for pid in found:
            if Path(f"/proc/{pid}/cmdline").read_bytes().startswith("\0".join(COMMAND[:4]).encode()):
                (host,) = children(pid)
                return host
    raise AssertionError("the server is not running")


def test_a_call_that_is_cancelled_frees_its_worker_at_once(assistant: Assistant) -> None:
    assert assistant.ask("query", sparql="ASK {}")["yes"] is True
    in_time(freed_after_cancelling(assistant, host_of_ours()), TIMEOUT)
    assert assistant.ask("query", sparql="ASK {}")["yes"] is True


def freed_after_cancelling(assistant: Assistant, host: int) -> float:
    """How many seconds after it was asked a long query, cancelled soon, has no worker any more."""
    before = children(host)
    started = time.monotonic()

    async def cancelled() -> None:
        with anyio.move_on_after(0.5):
            await assistant.client.call_tool("query", {"sparql": BOMB})

    assistant.run(cancelled)
    while before <= children(host) and time.monotonic() - started < 20:
        time.sleep(0.02)
    return time.monotonic() - started


def test_stdout_carries_the_protocol_only_and_stderr_nothing(assistant: Assistant, streams: Streams) -> None:
    assistant.error("query", sparql=DEEP)
    lines = streams.out.read_text("utf-8").removesuffix("\n").split("\n")
    assert len(lines) >= 3
    assert {json.loads(line)["jsonrpc"] for line in lines} == {"2.0"}
    assert streams.err.read_text("utf-8") == ""


def test_hanging_up_in_the_middle_of_a_query_ends_everything(assistant: Assistant) -> None:
    host = host_of_ours()
    running = {host, *children(host)}
    assistant.portal.start_task_soon(assistant.client.call_tool, "query", {"sparql": BOMB})
    time.sleep(0.5)
    assistant.hang_up()  # the last test over the pipes
    assert_ended(*running)


def assert_ended(*pids: int) -> None:
    """Processes end soon; one that only waits to be buried has."""
    deadline = time.monotonic() + 10
    while left := [pid for pid in pids if runs(pid)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_that_is_hung_up_on_while_it_starts_leaves_nothing_and_is_silent() -> None:
    done = subprocess.run(COMMAND, input=b"", capture_output=True, timeout=60, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_graph_that_cannot_be_built_is_told_and_the_server_ends(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttl"
    bad.write_text("this is no Turtle")
    process = subprocess.Popen(
        [*COMMAND, "--ontology", str(bad)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.wait(timeout=60) == 1  # while the client has not hung up
    output, messages = process.communicate()
    assert output == b""
    assert messages.decode().startswith(f"{bad}:1: ")


def test_without_the_sdk_it_is_told_how_to_install_it() -> None:
    code = "import sys; sys.modules['mcp'] = None; from integrin_kg.cli import main; sys.exit(main(['mcp']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'integrin-kg[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr


# --- over HTTP -----------------------------------------------------------------------------------


def test_over_http_it_answers_this_machine_only_and_ends_in_order() -> None:
    process = subprocess.Popen(
        [*COMMAND, "--query-timeout", "20", "--http", "0"], stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stderr
    line = process.stderr.readline()
    url = line.split()[-1]
    try:
        host = next(iter(children(process.pid)))
        assert urlsplit(url).hostname == "127.0.0.1"
        with connected(url) as assistant:
            hit = assistant.ask("search", text="avb3")["hits"][0]
            assert hit["iri"] == AVB3
            assert "line 1" in assistant.error("query", sparql="SELECT")
            in_time(freed_after_cancelling(assistant, host), 15)
        assert status(url) not in (403, 421)
        assert status(url, Host=f"evil.example:{urlsplit(url).port}") == 421
        assert status(url, Origin="http://evil.example") == 403
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert_ended(host)
    assert [message.split(": ")[1] for message in process.stderr.read().splitlines()] == [
        "Invalid Host header",
        "Invalid Origin header",
    ]


def status(url: str, **headers: str) -> int:
    """The status of a request as another website's page may send it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    wanted = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    connection.request("POST", parts.path, ping, wanted | headers)
    found = connection.getresponse().status
    connection.close()
    return found
