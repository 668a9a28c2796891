"""What the documents show is what happens."""

from __future__ import annotations

import re
import subprocess
import sys

from conftest import ROOT


def blocks(document: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a document: (language, text)."""
    text = (ROOT / document).read_text("utf-8")
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_readme_begins_with_its_two_commands() -> None:
    language, commands = blocks("README.md")[0]
    assert language == "sh"
    assert [line.split("#")[0].strip() for line in commands.splitlines()] == ["make serve", "make test"]


def test_the_readmes_query_has_the_answer_that_it_shows() -> None:
    shown = blocks("README.md")
    command = next(text for language, text in shown if language == "sh" and "integrin-kg query '" in text)
    answer = next(text for language, text in shown if language == "" and "natalizumab" in text)
    query = re.search(r"query '(.*)'", command, re.DOTALL)
    assert query
    result = subprocess.run(
        [sys.executable, "-m", "integrin_kg.cli", "query", query[1]],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert result.stdout.strip() == answer.strip()


def test_every_command_named_in_the_readme_exists() -> None:
    help_text = subprocess.run(
        [sys.executable, "-m", "integrin_kg.cli", "--help"], capture_output=True, text=True, check=True
    ).stdout
    named = set(re.findall(r"integrin-kg ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))
    named |= set(re.findall(r"integrin-kg ([a-z]+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert named
    assert all(command in help_text for command in named)
