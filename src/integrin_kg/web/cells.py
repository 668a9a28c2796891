"""Links that carry a query: why a triple is so, and the editor with a query in it."""

from __future__ import annotations

import re
from urllib.parse import quote

from integrin_kg.vocab import PREFIXES

_PREFIXES = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())


def why(subject: str, predicate: str, value: str) -> str:
    """Return the path of the page that proves a triple.

    >>> why("https://w3id.org/integrin-kg/motif/RGD", "https://w3id.org/integrin-kg/schema/isA", "urn:x:y")
    '/explain?subject=https://w3id.org/integrin-kg/motif/RGD&predicate=ikg:isA&object=urn:x:y'
    """
    parts = (f"{name}={_in_url(iri)}" for name, iri in zip(_PARTS, (subject, predicate, value), strict=True))
    return f"/explain?{'&'.join(parts)}"


_PARTS = ("subject", "predicate", "object")


def _in_url(iri: str) -> str:
    for prefix, space in PREFIXES.items():
        if iri.startswith(space) and "/" not in iri[len(space) :]:
            return f"{prefix}:{quote(iri[len(space) :], safe='')}"
    return quote(iri, safe=":/")


def editor(text: str) -> str:
    """Return the path of the query page with the query ``text`` in its editor, not yet run."""
    head = "" if "PREFIX " in text else "".join(p + "\n" for p in _PREFIXES.splitlines() if _used(p, text))
    return f"/sparql?run=false&query={quote(head + text, safe=':/?')}"


def _used(line: str, text: str) -> bool:
    return re.search(rf"(?<![\w/]){line.split()[1]}\w", text) is not None
