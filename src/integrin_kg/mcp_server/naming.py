"""What a caller means by a name."""

from __future__ import annotations

import re

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.names import EXACT, Entry, Index
from integrin_kg.vocab import BASE, PREFIXES, RDF_TYPE

_ABSOLUTE = re.compile(r"(https?://|urn:)", re.IGNORECASE)
_PATH = re.compile(r"[a-zA-Z-]+/[\w.~-]+", re.ASCII)
# RFC 3987, as SPARQL's IRIREF has it: nothing else can end an IRI in a query.
_IRI = re.compile(r'[^\x00-\x20<>"{}|^`\\]+')


def meant(index: Index, given: str) -> list[str]:
    """Return the IRIs that may be meant by ``given``, the likeliest first: an IRI in full, as
    ``prefix:name`` or as a path of this graph's, ``a``, or the name of things.

    Raises :class:`Problem` where nothing is called that, with what may have been meant.
    """
    given = given.strip()
    if given in ("a", "is a"):
        return [RDF_TYPE.value]
    prefix, colon, local = given.partition(":")
    if colon and prefix in PREFIXES:
        return [_checked(PREFIXES[prefix] + local)]
    if given in index.entries or (_ABSOLUTE.match(given) and not called(index, given)):
        return [_checked(given)]
    if found := called(index, given):
        return [entry.iri for entry in found]
    if _PATH.fullmatch(given):
        return [BASE + given]
    raise unknown(index, given)


def called(index: Index, name: str) -> list[Entry]:
    """Return the things that have just this name, or this identifier in another database."""
    return [hit.name.entry for hit in index.find(name) if hit.rank == EXACT]


def unknown(index: Index, given: str) -> Problem:
    """Return the problem of a name that nothing has, with what may have been meant."""
    near = ", ".join(f"{entry.label} <{entry.iri}>" for entry in index.near(given))
    hint = f"Did you mean {near}?" if near else "Use the tool search with another name of it."
    return Problem(404, "Unknown name", f"Nothing is called {given[:200]!r}. {hint}")


def _checked(iri: str) -> str:
    if not _IRI.fullmatch(iri):
        raise Problem(400, "Not an IRI", f"{iri[:200]!r} holds a character that no IRI may hold.")
    return iri
