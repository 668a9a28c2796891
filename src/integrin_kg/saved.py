"""The saved queries: ``.rq`` files whose header says what they ask.

A header is the comment lines at a file's top, ``# question:``, ``# description:`` and
``# keywords:`` (separated by commas); everything below it is SPARQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from integrin_kg.errors import MeantToBeRead
from integrin_kg.spelling import did_you_mean

_NAME = re.compile(r"[\w./-]+")  # SPARQL has a space or a brace somewhere
_FIELD = re.compile(r"#\s*(question|description|keywords):\s*(.+)")


class SavedQueryError(MeantToBeRead, ValueError):
    """A saved query that is not there, or without a full header; the message names it and what is missing."""


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


def find(given: str, folder: Path) -> Path | None:
    """Return the file that ``given`` names, by its path or as a query saved in ``folder``; None where it is
    a query itself.

    Raises :class:`SavedQueryError` for a name that no file has.

    >>> find("ASK { ?integrin a ikg:RGDReceptor }", Path("queries"))
    """
    for path in (Path(given), folder / f"{given}.rq"):
        if given.isprintable() and len(given) < 250 and path.is_file():
            return path
    if _NAME.fullmatch(given):
        names = [saved.stem for saved in folder.glob("*.rq")]
        raise SavedQueryError(f"no file and no saved query {given!r}{did_you_mean(given, names)}")
    return None


def about(query: str, *iris: str) -> str:
    """Return a query that leaves ``?thing`` open with it bound to each of ``iris``.

    Bound by VALUES inside the pattern: the engine is wrong with VALUES behind it. An IRI must hold no
    character that an IRI may not.

    >>> about("SELECT ?value WHERE { ?thing ?property ?value }", "urn:x")
    'SELECT ?value WHERE { VALUES ?thing { <urn:x> } ?thing ?property ?value }'
    """
    head, where, tail = query.partition("WHERE {")
    return f"{head}{where} VALUES ?thing {{ {' '.join(f'<{iri}>' for iri in iris)} }}{tail}"
