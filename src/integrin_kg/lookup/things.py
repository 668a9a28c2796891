"""Things with a name and an IRI, as a query's answers have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrin_kg.lookup.questions import Row
from integrin_kg.vocab import BASE


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
