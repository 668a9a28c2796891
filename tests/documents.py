"""The documents' fenced blocks, run as a reader would run them.

The rules that writers follow are in CONTRIBUTING.md, "Change the documents".
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markdown_it import MarkdownIt
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from conftest import ROOT
from integrin_kg import cli, table
from integrin_kg.vocab import PREFIXES
from test_sparql import send

RUN = ("sh", "sparql", "python")
TOKEN = "secret"
WRITTEN = "http://127.0.0.1:8000"
"""Where a reader's server listens."""

_ANSWERS = "application/sparql-results+json, text/turtle;q=0.9"
_STAY = ("serve", "mcp")  # what does not end by itself
_QUOTED_OR_REMARK = re.compile(r"""'[^']*'|"[^"$`]*"|(?:^|\s)#.*""")
_FOR_A_SHELL = re.compile(r"[|&;<>$`*?~]")


def documents() -> list[Path]:
    """Return the documents whose blocks are run."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block: what it is written in, the ``remark`` behind that, and the block directly below it
    that shows what comes of it."""

    document: str
    line: int
    language: str
    remark: str
    text: str
    shown: str | None
    shown_as: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    @property
    def why_not(self) -> str | None:
        """Why it is not run, where its remark says so."""
        return self.remark.removeprefix("no-run").strip() if self.remark.startswith("no-run") else None


def blocks(document: Path, text: str | None = None) -> list[Block]:
    """Return the fenced blocks of a document (or of ``text`` in its place), but those that are directives
    of the site."""
    tokens = MarkdownIt("commonmark").parse(document.read_text("utf-8") if text is None else text)
    found = []
    for token, below in zip(tokens, [*tokens[1:], None], strict=True):
        language, _, remark = token.info.partition(" ")
        if token.type != "fence" or language.startswith("{"):
            continue
        shows = below is not None and below.type == "fence" and below.info.split(" ")[0] not in RUN
        shown, shown_as = (below.content, below.info) if below and shows and language in RUN else (None, "")
        line = token.map[0] + 1 if token.map else 0
        name = str(document.relative_to(ROOT))
        found.append(Block(name, line, language, remark.strip(), token.content, shown, shown_as))
    return found


def links(document: Path) -> list[str]:
    """Return what the links of a document point to."""
    tokens = MarkdownIt("commonmark").enable("table").parse(document.read_text("utf-8"))
    children = [child for token in tokens for child in token.children or ()]
    return [str(child.attrs["href"]) for child in children if child.type == "link_open"]


# --- commands ------------------------------------------------------------------------------------


def commands(script: str) -> Iterator[str]:
    """Yield the commands of a script, each with all of its lines.

    >>> list(commands("make serve  # it's a comment\\ncurl \\\\\\n  'a\\nb'\\n"))
    ["make serve  # it's a comment\\n", "curl \\\\\\n  'a\\nb'\\n"]
    """
    command = ""
    for line in script.splitlines(keepends=True):
        command += line
        if not command.rstrip("\n").endswith("\\") and _words(command) is not None:
            yield command
            command = ""
    if command:
        yield command


def _words(command: str) -> list[str] | None:
    """The words of a command without the variables that it sets first, None where it is not whole."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        return None
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        del words[0]
    return words


def _is_ours(words: list[str]) -> bool:
    return Path(words[0]).name == "integrin-kg"


def _is_plain(command: str) -> bool:
    """Whether a shell would only pass the words of a command on.

    >>> _is_plain("integrin-kg query 'ASK { ?a ?b ?c }'  # yes | no"), _is_plain("integrin-kg check | head")
    (True, False)
    """
    return not _FOR_A_SHELL.search(_QUOTED_OR_REMARK.sub("", command))


class Reader:
    """Runs the blocks of one document, from a folder that looks like a checkout, beside a server."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server = folder, server
        self.names: dict[str, Any] = {"__name__": "__main__"}
        for entry in {*ROOT.iterdir()} - {ROOT / name for name in (".git", ".venv", "build")}:
            (folder / entry.name).symlink_to(entry)
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / ".curlrc").write_text("silent\nshow-error\n")  # as on a terminal, where nothing is piped

    def try_out(self, block: Block) -> None:
        """Run a block; :class:`AssertionError` where it fails, or comes to something else than is shown."""
        run: Callable[[Block], tuple[bool, str]] = {
            "sh": self._sh,
            "sparql": self._sparql,
            "python": self._python,
        }[block.language]
        well, came = run(block)
        came = came.replace(self.server, WRITTEN)
        if block.shown is None:
            assert well, f"{block}: failed, or answered nothing\n{came}"
        else:
            assert same(block, came), f"{block}: shows\n{block.shown}\nbut this comes\n{came}"

    def _here(self, text: str) -> str:
        return text.replace(WRITTEN, self.server)

    def _sh(self, block: Block) -> tuple[bool, str]:
        whole = [(command, words) for command in commands(block.text) if (words := _words(command))]
        left = [(command, words) for command, words in whole if not _stands_already(words)]
        if all(_is_ours(words) and _is_plain(command) for command, words in left):
            done = [_command_line(words[1:]) for _, words in left]
            return all(well for well, _ in done), "".join(said for _, said in done)
        return self._bash("".join(command for command, _ in left))

    def _bash(self, script: str) -> tuple[bool, str]:
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._here(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder), "INTEGRIN_KG_TOKEN": TOKEN},
        )
        return result.returncode == 0, result.stdout.decode()

    def _sparql(self, block: Block) -> tuple[bool, str]:
        form = urlencode([("query", block.text), *parse_qsl(block.remark.replace(" ", "&"))])
        kind = "application/x-www-form-urlencoded"
        reply = send(self.server, "/sparql", "POST", form, Accept=_ANSWERS, Content_Type=kind)
        if reply.status != 200 or reply.media_type == "text/turtle":
            return reply.status == 200 and bool(graph(reply.text)), reply.text
        said = table.render(parse_query_results(reply.body, QueryResultsFormat.JSON))
        return said != "no" and not said.endswith("\n\n0 rows"), said

    def _python(self, block: Block) -> tuple[bool, str]:
        program = "\n" * block.line + self._here(block.text)
        with redirect_stdout(io.StringIO()) as said:
            exec(compile(program, block.document, "exec"), self.names)
        return True, said.getvalue()


def _stands_already(words: list[str]) -> bool:
    """Whether a command is one that the test's own server, or the running of the test, stands for; that it
    is right is looked at all the same."""
    if words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert set(words[1:2]) <= set(targets), f"make {words[1]}: no such target"
        return True
    if _is_ours(words) and words[1] in _STAY:
        cli._parser().parse_args(words[1:])
        return True
    if words[0].endswith("pip") and words[1] == "install":
        known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
            "optional-dependencies"
        ]
        wanted = re.findall(r"\.\[([\w,]+)\]", " ".join(words))
        assert {extra for group in wanted for extra in group.split(",")} <= set(known), (
            f"{wanted}: no such extra"
        )
        return True
    return False


def _command_line(arguments: list[str]) -> tuple[bool, str]:
    """Run ``integrin-kg`` in this process, which costs no second for each."""
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        try:
            status = cli.main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return status == 0, said.buffer.getvalue().decode()  # type: ignore[attr-defined]


# --- what is shown -------------------------------------------------------------------------------


def same(block: Block, came: str) -> bool:
    """Return whether what came is what a block shows: Turtle by its triples, all else by its text, in which
    ``...`` stands for anything. Where Turtle says ``# ...`` there may be more triples."""
    shown = block.shown or ""
    if block.shown_as == "turtle":
        want, got = graph(shown), graph(came)
        return want <= got if "# ..." in shown else want == got
    return re.fullmatch(_pattern(_neat(shown)), _neat(came)) is not None


def _neat(text: str) -> str:
    """A text without what no one sees: what is blank at the ends of lines, empty lines around it."""
    return re.sub(r"[ \t\r]+$", "", text.strip("\r\n"), flags=re.MULTILINE) + "\n"


def _pattern(shown: str) -> str:
    """A regular expression for what is shown: ``...`` is any lines, or within one any words.

    >>> bool(re.fullmatch(_pattern("a ...\\n...\\nd\\n"), "a b\\nd\\n"))
    True
    """
    lines = (r"(?:.*\n)*?" if line.strip() == "..." else _line(line) + r"\n" for line in shown.splitlines())
    return "".join(lines)


def _line(line: str) -> str:
    return ".*".join(map(re.escape, line.split("...")))


def graph(turtle: str) -> set[Any]:
    """Return the triples of a text in Turtle, which may leave out the prefixes of the project."""
    prefixes = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in PREFIXES.items())
    return {quad.triple for quad in parse((prefixes + turtle).encode(), format=RdfFormat.TURTLE)}
