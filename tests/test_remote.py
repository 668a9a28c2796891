"""Another engine as the store, when things go wrong: it dies, refuses, lies, or is not there."""

from __future__ import annotations

import io
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from engines import Engine, oxigraph
from integrin_kg.cli import main
from integrin_kg.engine.messages import Problem, Query, Update
from integrin_kg.knowledge import Knowledge
from integrin_kg.remote import graphs
from integrin_kg.remote.backend import Remote, connect, with_prologue
from integrin_kg.remote.endpoint import Addresses, Dataset, Endpoint, StoreError
from integrin_kg.remote.loading import load
from integrin_kg.remote.login import PASSWORD, TOKEN, USER
from integrin_kg.settings import Settings
from integrin_kg.vocab import BASE, IKG, INFERRED_GRAPH
from loopback import served
from test_sparql import problem, query, send

JSON = "application/sparql-results+json"
YES = b'{"head": {}, "boolean": true}'
MINE = f"{BASE}graph/user/mine"

# ---- an engine that dies ------------------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = oxigraph(tmp_path, durable=True).start()
    yield started
    started.kill()


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> Callable[[Engine, int], None]:
    """Have an engine die before the request of that number is sent to it."""
    send_on = Endpoint._sent

    def arm(engine: Engine, number: int) -> None:
        left = iter(range(number))

        def sent(self: Endpoint, *arguments: Any, **further: Any) -> Any:
            if next(left, None) is None:
                engine.kill()
            return send_on(self, *arguments, **further)

        monkeypatch.setattr(Endpoint, "_sent", sent)

    yield arm
    monkeypatch.undo()


def inferred(endpoint: Endpoint) -> set[Any]:
    return set(graphs.content(endpoint, INFERRED_GRAPH.value))


def test_a_load_goes_on_where_the_engine_died(
    engine: Engine, tiny: Knowledge, deadly: Callable[[Engine, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = Endpoint(Addresses.of(engine.settings), pauses=())
    endpoint.update("INSERT DATA { GRAPH <urn:x:theirs> { <urn:x:a> <urn:x:b> 1 } }")
    user = f"INSERT DATA {{ GRAPH <{MINE}> {{ <urn:x:mine> a <{BASE}schema/Integrin> }} }}"
    endpoint.update(user)
    for number in (3, 7, 12, 40, 160):
        deadly(engine, number)
        with pytest.raises(Problem) as caught:
            load(endpoint, tiny, "tiny")
        assert caught.value.status == 503
        monkeypatch.undo()
        engine.start()
    put: list[str] = []
    fill = graphs.fill
    monkeypatch.setattr(graphs, "fill", lambda e, graph, held: (put.append(graph), fill(e, graph, held)))
    loaded = load(endpoint, tiny, "tiny")
    assert not set(put) & {graph.value for graph in tiny.shipped}  # what was whole is not sent again
    assert loaded.users == (MINE,)
    assert tiny.inference
    entity = f"<urn:x:mine> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}schema/Entity>"
    theirs = inferred(endpoint)
    assert set(tiny.inference.triples()) < theirs
    member = f"<urn:x:mine> <{BASE}schema/memberOf> <{BASE}family/integrins>"
    assert {str(t) for t in theirs - set(tiny.inference.triples())} == {entity, member}
    assert endpoint.results("ASK { <urn:x:a> <urn:x:b> 1 }", Dataset(("urn:x:theirs",)))
    del put[:]
    load(endpoint, tiny, "tiny")
    assert put == []  # nothing is left to do


def test_what_the_engine_lost_or_does_not_have_as_it_should_is_loaded_again(
    engine: Engine, tiny: Knowledge
) -> None:
    endpoint = Endpoint(Addresses.of(engine.settings))
    load(endpoint, tiny, "tiny")
    before = graphs.sizes(endpoint)
    endpoint.update(f"DELETE WHERE {{ GRAPH <{BASE}graph/claims> {{ ?s <{BASE}schema/polarity> ?o }} }}")
    load(endpoint, tiny, "tiny")
    assert graphs.sizes(endpoint) == before


def test_without_a_graph_store_graphs_are_loaded_in_batches(
    engine: Engine, tiny: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "_BATCH", 300)
    addresses = replace(Addresses.of(engine.settings), graphs=None)
    endpoint = Endpoint(addresses)
    load(endpoint, tiny, "tiny")
    assert tiny.inference
    assert inferred(endpoint) == set(tiny.inference.triples())


MOMENTS = (0, 4, 12, 30)
FACTS = f"<urn:x:new> a ikg:Integrin ; ikg:recognizesMotif <{BASE}motif/RGD>"
ADDITION = f"INSERT DATA {{ GRAPH <{MINE}> {{ {FACTS} }} }}"


def test_a_change_that_the_engine_dies_of_is_made_whole_or_not_at_all(
    engine: Engine, tiny: Knowledge, deadly: Callable[[Engine, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = engine.settings
    remote = connect(settings, tiny, "tiny")
    without = inferred(remote.endpoint)
    for moment in MOMENTS:
        deadly(engine, moment)
        with pytest.raises(Problem) as caught:
            remote.make(Update(ADDITION), [], 1 << 26)
        assert caught.value.status == 503
        monkeypatch.undo()
        engine.start()
        remote = connect(settings, tiny, "tiny")  # as the service does after an interruption
        made = remote.version.serial > 0
        assert _holds(remote, "<urn:x:new> a ikg:Integrin") is made
        assert _holds(remote, "<urn:x:new> a ikg:RGDReceptor") is made
        assert (inferred(remote.endpoint) == without) is not made
    assert not made
    remote.make(Update(ADDITION), [], 1 << 26)
    assert _holds(remote, "<urn:x:new> a ikg:RGDReceptor")


def _holds(remote: Remote, pattern: str) -> bool:
    sink = io.BytesIO()
    remote.answer(Query(f"ASK {{ {pattern} }}", JSON, None), sink)
    held: bool = json.loads(sink.getvalue())["boolean"]
    return held


# ---- the service before it ------------------------------------------------------------------------------


def test_the_service_says_that_its_engine_is_down_and_is_well_when_it_is_back(
    engine: Engine, serve: Callable[..., str]
) -> None:
    options = [*engine.options, "--workers", "2", "--writable", "--query-timeout", "20"]
    server = serve(*options, env={"INTEGRIN_KG_TOKEN": "s3cret"})
    ask = "ASK { ?x a ikg:RGDReceptor }"
    well = query(server, ask)
    assert well.json()["boolean"] is True
    for page in ("/", "/queries", "/integrin/alphaV-beta3", "/search?q=beta3", "/dataset"):
        assert send(server, page, Accept="text/html").status == 200, page
    engine.kill()
    down = query(server, ask + " # another, that no cache has")
    assert down.status == 503
    assert problem(down)["title"] == "Store unavailable"
    assert down.headers["Retry-After"]
    assert send(server, "/health").status == 503
    refused = send(server, "/update", "POST", ADDITION, Authorization="Bearer s3cret",
                   Content_Type="application/sparql-update")  # fmt: skip
    assert refused.status == 503
    engine.start()
    assert query(server, ask + " # again").json()["boolean"] is True
    assert send(server, "/health").status == 200
    done = send(server, "/update", "POST", ADDITION, Authorization="Bearer s3cret",
                Content_Type="application/sparql-update")  # fmt: skip
    assert done.status == 200, done.text
    assert query(server, ask).headers["ETag"] != well.headers["ETag"]
    assert query(server, "ASK { <urn:x:new> a ikg:RGDReceptor }").json()["boolean"] is True


# ---- an engine that is not as it should be --------------------------------------------------------------


@dataclass
class Awkward:
    """An engine that gives one answer after another, the last one ever after, and keeps what it is asked."""

    answers: list[tuple[str, dict[str, str], bytes]]
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read()
        self.asked.append(
            {"path": environ["PATH_INFO"], "authorization": environ.get("HTTP_AUTHORIZATION", "")}
        )
        status, headers, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        start_response(status, list({"Content-Type": JSON, **headers}.items()))
        return [body]


WELL = ("200 OK", {}, YES)


def asked(engine: Awkward, *, update: bool = False, patience: float = 5.0) -> bool:
    with served(engine) as base:
        settings = Settings(store=f"{base}/query")
        endpoint = Endpoint(Addresses.of(settings), patience, pauses=(0.01, 0.01))
        try:
            if update:
                endpoint.update("CLEAR ALL")
            return update or bool(endpoint.results("ASK {}", Dataset()))
        finally:
            endpoint.close()


def refusal(answer: tuple[str, dict[str, str], bytes]) -> Problem:
    with pytest.raises(Problem) as caught:
        asked(Awkward([answer]))
    return caught.value


def test_a_query_is_asked_again_where_the_engine_is_busy_and_an_update_is_not() -> None:
    busy = ("503 Service Unavailable", {}, b"")
    engine = Awkward([busy, busy, WELL])
    assert asked(engine)
    assert len(engine.asked) == 3
    engine = Awkward([busy, WELL])
    with pytest.raises(Problem) as caught:
        asked(engine, update=True)
    assert caught.value.status == 503
    assert len(engine.asked) == 1


@pytest.mark.parametrize("name", ["ikg:Integrin", r"\u0069kg:Integrin", r"ikg\u003AIntegrin"])
def test_a_prefix_is_declared_however_it_is_written(name: str) -> None:
    assert f"PREFIX ikg: <{IKG}>" in with_prologue(f"ASK {{ ?x a {name} }}", None)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (("401 Unauthorized", {"WWW-Authenticate": "Basic"}, b""), 502, USER),
        (("403 Forbidden", {}, b""), 502, TOKEN),
        (("404 Not Found", {}, b"nothing here"), 502, "404: nothing here"),
        (("400 Bad Request", {}, b"no such   function"), 400, "no such function"),
        (("500 Oops", {}, b"Insufficient memory for the operation"), 507, "Insufficient memory"),
        (("500 Oops", {}, b"Transaction timed out"), 503, "timed out"),
        (("500 Oops", {}, b"oops"), 502, "500: oops"),
        (("302 Found", {"Location": "http://127.0.0.1:9/"}, b""), 502, "302"),
        (("200 OK", {"X-SPARQL-MaxRows": "10000"}, YES), 413, "10000 rows"),
        (("200 OK", {"Content-Type": "text/html"}, b"<p>Welcome"), 502, "text/html"),
        (("200 OK", {}, b'{"head": {}, "boo'), 502, "broke off"),
    ],
    ids=[
        "unknown",
        "forbidden",
        "elsewhere",
        "refused",
        "memory",
        "time",
        "broken",
        "moved",
        "few rows",
        "a page",
        "cut",
    ],
)
def test_what_an_engine_says_is_passed_on_as_what_it_means(
    answer: tuple[str, dict[str, str], bytes], status: int, words: str
) -> None:
    problem = refusal(answer)
    assert problem.status == status
    assert words in problem.detail


def test_an_engine_that_fails_and_then_says_no_more_is_told_of() -> None:
    class Stalling(Awkward):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
            super().__call__(environ, start_response)

            def body() -> Iterator[bytes]:
                yield b"o"
                time.sleep(1.5)
                yield b"ops"

            return body()

    with pytest.raises(Problem) as caught:
        asked(Stalling([("500 Oops", {"Content-Length": "4"}, b"")]), update=True, patience=0.3)
    assert caught.value.status == 502


def test_an_engine_that_is_silent_is_not_waited_for_without_end() -> None:
    class Silent(Awkward):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
            time.sleep(1.5)
            return super().__call__(environ, start_response)

    with pytest.raises(Problem) as caught:
        asked(Silent([WELL]), update=True, patience=0.3)
    assert (caught.value.status, caught.value.title) == (503, "Store timed out")


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "me")
    monkeypatch.setenv(PASSWORD, "s3cret")


@pytest.mark.usefixtures("login")
def test_a_password_is_shown_to_an_engine_that_asks_for_it_only() -> None:
    open_to_all = Awkward([WELL])
    assert asked(open_to_all)
    assert open_to_all.asked[0]["authorization"] == ""
    basic = Awkward([("401 Unauthorized", {"WWW-Authenticate": 'Basic realm="x"'}, b""), WELL])
    assert asked(basic)
    assert basic.asked[1]["authorization"] == f"Basic {b64encode(b'me:s3cret').decode()}"
    offer = 'Digest realm="SPARQL", nonce="abc", qop="auth", algorithm="MD5"'
    digest = Awkward([("401 Unauthorized", {"WWW-Authenticate": offer}, b""), WELL])
    assert asked(digest)
    shown = digest.asked[1]["authorization"]
    assert shown.startswith('Digest username="me"')
    assert "s3cret" not in shown


def test_a_token_is_shown_as_a_bearer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "t0ken")
    engine = Awkward([WELL])
    assert asked(engine)
    assert engine.asked[0]["authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    ("store", "update", "whole_graphs"),
    [
        ("http://h:1/query", "http://h:1/update", "http://h:1/store"),
        ("https://h/repositories/kg", "https://h/repositories/kg/statements",
         "https://h/repositories/kg/rdf-graphs/service"),
    ],
)  # fmt: skip
def test_the_paths_of_known_engines_need_not_be_given(store: str, update: str, whole_graphs: str) -> None:
    assert Addresses.of(Settings(store=store)) == Addresses(store, update, whole_graphs)


def test_what_cannot_be_an_engine_s_address_is_told() -> None:
    with pytest.raises(StoreError, match="--update-url"):
        Addresses.of(Settings(store="http://h/sparql"))
    with pytest.raises(StoreError, match=USER):
        Addresses.of(Settings(store="http://me:s3cret@h/query"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["load", "--store", "memory"], "--store"),
        (["serve", "--port", "0", "--store", "ftp://h/x"], "only http and https"),
        (["serve", "--port", "0", "--store", "http://h/query", "--empty"], "--empty"),
        (["serve", "--port", "0", "--store", "http://h/query", "--unlock"], "--unlock"),
    ],
)
def test_the_command_line_says_what_does_not_go_together(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert words in capsys.readouterr().err
