"""What each file of a release says of itself: whose it is, of which version, from when.

``ontology/description/dataset.ttl`` says all of it, so that no file depends on the day it was written.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import BASE, DATASET, PREFIXES

CREATOR = NamedNode(PREFIXES["dcterms"] + "creator")
ISSUED = NamedNode(PREFIXES["dcterms"] + "issued")
LICENSE = NamedNode(PREFIXES["dcterms"] + "license")
TITLE = NamedNode(PREFIXES["dcterms"] + "title")
VERSION = NamedNode(PREFIXES["dcat"] + "version")
NAME = NamedNode(PREFIXES["foaf"] + "name")


class UndescribedError(ValueError):
    """Something that cannot be released because nothing describes it; the message says where to."""


@dataclass(frozen=True)
class Edition:
    """A dated version of the dataset."""

    title: str
    creator: NamedNode
    creator_name: str
    license: NamedNode
    issued: str  # xsd:date
    version: str

    @property
    def folder(self) -> str:
        """The IRI under which the files of the release are found."""
        return f"{BASE}release/{self.version}/"


def edition(knowledge: Knowledge) -> Edition:
    """Return which edition ``knowledge`` is; :class:`UndescribedError` where its description leaves
    something open."""
    said = {(quad.subject, quad.predicate): quad.object for quad in knowledge.description}

    def value(subject: NamedNode, predicate: NamedNode) -> NamedNode | Literal:
        found = said.get((subject, predicate))
        if not isinstance(found, NamedNode | Literal):
            raise UndescribedError(
                f"{subject} has no {predicate}: a release takes it from ontology/description/dataset.ttl"
            )
        return found

    creator = NamedNode(value(DATASET, CREATOR).value)
    return Edition(
        value(DATASET, TITLE).value,
        creator,
        value(creator, NAME).value,
        NamedNode(value(DATASET, LICENSE).value),
        value(DATASET, ISSUED).value,
        value(DATASET, VERSION).value,
    )
