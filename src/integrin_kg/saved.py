"""The saved queries: ``.rq`` files whose header says what they ask.

A header is the comment lines at a file's top, ``# question:``, ``# description:`` and
``# keywords:`` (separated by commas); everything below it is SPARQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FIELD = re.compile(r"#\s*(question|description|keywords):\s*(.+)")


class SavedQueryError(ValueError):
    """A saved query without a full header; the message names the file and what is missing."""


@dataclass(frozen=True)
class SavedQuery:
    """A question that the graph answers."""

    name: str
    question: str
    description: str
    keywords: tuple[str, ...]
    text: str


def load(path: Path) -> SavedQuery:
    """Return the saved query at ``path``; :class:`SavedQueryError` where its header lacks a field."""
    text = path.read_text("utf-8")
    lines = filter(None, (_FIELD.fullmatch(line.strip()) for line in text.splitlines()))
    header = {match[1]: match[2] for match in lines}
    missing = [name for name in ("question", "description", "keywords") if name not in header]
    if missing:
        raise SavedQueryError(f"{path}: its header has no '# {missing[0]}:' line")
    keywords = tuple(word.strip() for word in header["keywords"].split(",") if word.strip())
    return SavedQuery(path.stem, header["question"], header["description"], keywords, text)


def load_all(folder: Path) -> list[SavedQuery]:
    """Return the saved queries in ``folder``, by name."""
    return [load(path) for path in sorted(folder.glob("*.rq"))]
