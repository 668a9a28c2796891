"""What pages make of a query's answers: things with a name and a page, and links that carry a query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from integrin_kg.vocab import BASE, PREFIXES
from integrin_kg.web.questions import Row

_PREFIXES = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())


@dataclass(frozen=True, order=True)
class Thing:
    """Something with an IRI, under the name that people know it by; a literal has no IRI."""

    name: str
    iri: str = ""

    @property
    def kind(self) -> str:
        """The path segment under which its kind has its IRIs, nothing for what is not ours."""
        return self.iri.removeprefix(BASE).partition("/")[0] if self.iri.startswith(BASE) else ""

    @property
    def short(self) -> str:
        """Its name without the words that every name of its kind begins with.

        >>> Thing("integrin subunit αv", BASE + "subunit/ITGAV").short
        'αv'
        """
        lead = {"integrin": "integrin ", "subunit": "integrin subunit "}.get(self.kind, "")
        return self.name.removeprefix(lead) or self.name


def thing(row: Row, name: str) -> Thing:
    """Return what column ``name`` of a solution holds, labelled by column ``nameLabel``."""
    cell, label = row[name], row.get(f"{name}Label")
    if cell["type"] != "uri":
        return Thing(cell["value"])
    return Thing(label["value"] if label else local_name(cell["value"]), cell["value"])


def local_name(iri: str) -> str:
    """Return the last segment of an IRI, for what has no label.

    >>> local_name("http://www.w3.org/2000/01/rdf-schema#label")
    'label'
    """
    return re.split("[/#]", iri.rstrip("/#"))[-1]


def why(subject: str, predicate: str, value: str) -> str:
    """Return the path of the page that proves a triple.

    >>> why(BASE + "motif/RGD", BASE + "schema/recognizedBy", BASE + "integrin/alphaV-beta3")[:44]
    '/explain?subject=https://w3id.org/integrin-k'
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
