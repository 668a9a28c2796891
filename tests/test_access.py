"""Who may write: whoever shows the token, where writing is on; and the token goes nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT
from integrin_kg.engine.messages import Problem
from integrin_kg.settings import Settings
from integrin_kg.web.access import VARIABLE, Token, demand
from test_sparql import problem, send

UPDATE = "application/sparql-update"
INSERT = "INSERT DATA { <x:s> <x:p> 1 }"
WRITES = [
    ("POST", "/update", UPDATE, INSERT),
    ("PUT", "/graphs?graph=http://example.org/g", "text/turtle", "<x:s> <x:p> 1 ."),
    ("POST", "/graphs?default", "text/turtle", "<x:s> <x:p> 1 ."),
    ("POST", "/graphs", "text/turtle", "<x:s> <x:p> 1 ."),
    ("PATCH", "/graphs?default", UPDATE, INSERT),
    ("DELETE", "/graphs?default", "", None),
    ("PUT", "/graphs/direct", "text/turtle", "<x:s> <x:p> 1 ."),
    ("DELETE", "/graphs/direct", "", None),
    ("PATCH", "/graphs/direct", UPDATE, INSERT),
]
Serve = Callable[..., str]
EMPTY = ("--empty", "--no-reasoning", "--workers", "1")


@pytest.fixture(scope="module")
def guarded(serve: Serve) -> str:
    """A writable server with a token in its environment."""
    return serve(*EMPTY, "--writable", env={VARIABLE: "s3cret"})


def write(
    server: str, kind: tuple[str, str, str, str | None], *authorization: str
) -> tuple[int, str | None, str]:
    method, path, media_type, body = kind
    headers = {"Content-Type": media_type} if media_type else {}
    headers |= {"Authorization": authorization[0]} if authorization else {}
    reply = send(server, path, method, body, **headers)
    title = problem(reply)["title"] if reply.status >= 400 else ""
    return reply.status, reply.headers["WWW-Authenticate"], title


@pytest.mark.parametrize("kind", WRITES, ids=lambda kind: " ".join(kind[:2]))
def test_no_write_is_done_without_the_token(guarded: str, kind: tuple[str, str, str, str | None]) -> None:
    assert write(guarded, kind) == (401, 'Bearer realm="integrin-kg"', "Token needed")
    wrong = 'Bearer realm="integrin-kg", error="invalid_token"'
    assert write(guarded, kind, "Bearer wrong") == (401, wrong, "Token needed")
    assert send(guarded, "/graphs").body == b""


@pytest.mark.parametrize(
    "shown",
    ["", "s3cret", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crett", "Bearer S3CRET",
     "Bearer s3cret s3cret", "Basic s3cret", "Basic czNjcmV0Og==", "Bearer\u00e9",
     "Bearer " + "x" * 10_000, 'Bearer "s3cret"', "Digest x"],
)  # fmt: skip
def test_what_is_not_the_token_is_a_401(guarded: str, shown: str) -> None:
    assert write(guarded, WRITES[0], shown)[0] == 401


def test_the_token_in_the_url_or_the_form_counts_for_nothing(guarded: str) -> None:
    assert write(guarded, ("POST", "/update?access_token=s3cret&token=s3cret", UPDATE, INSERT))[0] == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_token_is_shown_under_any_spelling_of_the_scheme(guarded: str, scheme: str) -> None:
    assert write(guarded, ("POST", "/update", UPDATE, "CLEAR ALL"), f"{scheme} s3cret")[0] == 200


def test_reading_takes_no_token(guarded: str) -> None:
    for path in ("/graphs", "/graphs?default", "/sparql?query=ASK%20%7B%7D"):
        assert send(guarded, path).status == 200


@pytest.mark.parametrize("kind", WRITES, ids=lambda kind: " ".join(kind[:2]))
def test_nobody_writes_where_writing_is_off(server: str, kind: tuple[str, str, str, str | None]) -> None:
    assert write(server, kind) == (403, None, "Read-only")
    assert write(server, kind, "Bearer anything") == (403, None, "Read-only")


@pytest.mark.parametrize("options", [(), ("--writable",)], ids=["token only", "writable only"])
def test_either_alone_is_not_enough(serve: Serve, options: tuple[str, ...]) -> None:
    there = serve(*EMPTY, *options, env={VARIABLE: "  " if options else "s3cret"})
    for shown in ("Bearer s3cret", "Bearer ", "Bearer   "):
        assert write(there, WRITES[0], shown)[0] == 403


def test_the_token_may_stand_in_a_file(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-the-file\n", "utf-8")
    there = serve(*EMPTY, "--writable", "--token-file", str(file), env={VARIABLE: "from-the-environment"})
    assert write(there, WRITES[0], "Bearer from-the-file")[0] == 200
    assert write(there, WRITES[0], "Bearer from-the-environment")[0] == 401


def test_an_empty_token_file_is_told_from_a_variable_that_is_not_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("\n", "utf-8")
    monkeypatch.delenv(VARIABLE, raising=False)
    for settings, named, other in (
        (Settings(writable=True, token_file=str(file)), "--token-file", VARIABLE),
        (Settings(writable=True), VARIABLE, "--token-file"),
    ):
        with pytest.raises(Problem) as caught:
            demand(settings, Token.of(settings))
        assert named in caught.value.detail
        assert other not in caught.value.detail


def test_a_token_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0", *EMPTY, "--writable"]
    done = subprocess.run(
        [*command, "--token-file", str(tmp_path / "none")], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert str(tmp_path / "none") in done.stderr
    assert "Traceback" not in done.stderr


def test_the_token_is_in_no_answer_no_log_and_no_list_of_processes(tmp_path: Path) -> None:
    secret = "do-not-tell-anybody-4711"
    file = tmp_path / "token"
    file.write_text(secret)
    log = tmp_path / "log"
    command = [
        sys.executable,
        str(ROOT / "server.py"),
        "--port",
        "0",
        *EMPTY,
        "--writable",
        "--token-file",
        str(file),
    ]
    with log.open("w") as messages:
        process = subprocess.Popen(command, stderr=messages, stdout=messages, cwd=ROOT)
    try:
        while "http://" not in log.read_text():
            assert process.poll() is None, log.read_text()
        address = log.read_text().split("http://")[1].split("/")[0]
        told = b""
        for kind in [*WRITES, ("POST", "/update", UPDATE, "oops"), ("POST", "/update", "text/html", "x")]:
            for shown in (f"Bearer {secret}", f"Basic {secret}", f"Bearer {secret}x"):
                headers = {"Authorization": shown} | ({"Content-Type": kind[2]} if kind[2] else {})
                reply = send(f"http://{address}", kind[1], kind[0], kind[3], **headers)
                told += reply.body + str(reply.headers).encode()
        for path in ("/", "/graphs", "/health", "/sparql", "/none"):
            told += (page := send(f"http://{address}", path, Authorization=f"Bearer {secret}")).body
            told += str(page.headers).encode()
        seen = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True).stdout
    finally:
        process.terminate()
        process.wait(20)
    assert "--token-file" in seen
    for place in (told.decode("utf-8", "replace"), seen, log.read_text()):
        assert secret not in place


def test_a_token_shows_itself_to_nobody() -> None:
    token = Token("s3cret")
    assert "s3cret" not in f"{token} {token!r} {[token]}"
    assert (bool(token), bool(Token(""))) == (True, False)
    assert not Token("").admits("")
    assert Token("tökén").admits("tökén")
    assert not Token("s3cret").admits("\udcff")


def test_a_token_is_read_without_its_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(" a b \n", "utf-8")
    monkeypatch.setenv(VARIABLE, "\tc\n")
    assert Token.of(Settings(token_file=str(tmp_path / "token"))).secret == "a b"
    assert Token.of(Settings()).secret == "c"
    monkeypatch.delenv(VARIABLE)
    assert not Token.of(Settings())
    assert "s3cret" not in json.dumps(Settings().__dict__)
