"""The Biolink Model's words for ours, as the ontology aligns them, and the identifiers that others join on.

https://biolink.github.io/biolink-model/
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from pyoxigraph import NamedNode, Triple

from integrin_kg import tsv
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology, local_name
from integrin_kg.release.identifiers import converter, curie
from integrin_kg.vocab import CLOSE_MATCH, EXACT_MATCH, MAPPINGS_GRAPH, SKOS, rdfs

BIOLINK = "https://w3id.org/biolink/vocab/"

_ALIGNMENTS = (EXACT_MATCH, CLOSE_MATCH, NamedNode(SKOS + "broadMatch"))
_UNALIGNED = "related_to"


class Biolink:
    """What the classes, properties and things of ``knowledge`` are called in Biolink."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._ontology: Ontology = knowledge.ontology
        self._known = converter(knowledge)
        self._links = {
            EXACT_MATCH: _links(knowledge, EXACT_MATCH),
            CLOSE_MATCH: _links(knowledge, CLOSE_MATCH),
        }
        self._identifiers: dict[NamedNode, str] = {}
        self._prefixes = {row["prefix"]: row["biolink"] for row in _table(knowledge, "identifiers.tsv")}
        self._categories = {
            (self._ontology.class_named(row["class"]), row["prefix"]): row["biolink"]
            for row in _table(knowledge, "categories.tsv")
        }

    def category(self, thing: NamedNode, kind: NamedNode) -> str | None:
        """Return the category of ``thing``, a member of the class ``kind``: that of the nearest class above
        that has one, for identifiers like that of ``thing`` or else for all its members."""
        prefix = self.identifier(thing).partition(":")[0]
        names = (
            self._categories.get((k, prefix)) or self._term(k) for k in self._ontology.superclasses(kind)
        )
        return next((f"biolink:{name}" for name in names if name), None)

    def predicate(self, prop: NamedNode) -> str:
        """Return the predicate for a property: that of the nearest property above that has one."""
        names = (name for one in self._above(prop) if (name := self._term(one)))
        return f"biolink:{next(names, _UNALIGNED)}"

    def less_said(self, statement: Triple) -> Iterator[Triple]:
        """Yield what ``statement`` says in the words of each property above its own."""
        for prop in self._above(statement.predicate):
            if prop != statement.predicate:
                yield Triple(statement.subject, prop, statement.object)

    def slot(self, prop: NamedNode) -> str:
        """Return the association slot for what a property says of a claim, or its own name in snake case."""
        return self._term(prop) or re.sub(r"(?<=[a-z])([A-Z])", r"_\1", local_name(prop)).lower()

    def identifier(self, thing: NamedNode) -> str:
        """Return the CURIE of ``thing`` that others know it by, where it is the same as theirs; else ours."""
        if thing not in self._identifiers:
            self._identifiers[thing] = next(iter(self.same_as(thing)), self.own(thing))
        return self._identifiers[thing]

    def same_as(self, thing: NamedNode) -> list[str]:
        """Return the CURIEs of what ``thing`` is the same as, the preferred one first."""
        return self._theirs(thing, EXACT_MATCH)

    def close_to(self, thing: NamedNode) -> list[str]:
        """Return the CURIEs of what is close to ``thing``."""
        return self._theirs(thing, CLOSE_MATCH)

    def own(self, term: NamedNode) -> str:
        """Return our CURIE of a term or thing."""
        return curie(self._known, term)

    def _theirs(self, thing: NamedNode, link: NamedNode) -> list[str]:
        references = (
            self._known.parse_uri(iri.value, strict=True) for iri in self._links[link].get(thing, ())
        )
        found = [one for one in references if one.prefix in self._prefixes]
        found.sort(key=lambda one: (self._rank[one.prefix], one.identifier))
        return [f"{self._prefixes[one.prefix]}:{one.identifier}" for one in found]

    @cached_property
    def _rank(self) -> dict[str, int]:
        return {prefix: place for place, prefix in enumerate(self._prefixes)}

    def _term(self, term: NamedNode) -> str | None:
        for alignment in _ALIGNMENTS:
            for other in self._ontology.nodes(term, alignment):
                if isinstance(other, NamedNode) and other.value.startswith(BIOLINK):
                    return other.value.removeprefix(BIOLINK)
        return None

    def _above(self, prop: NamedNode) -> Iterator[NamedNode]:
        queue = [prop]
        for current in queue:
            yield current
            parents = self._ontology.nodes(current, rdfs("subPropertyOf"))
            queue += [parent for parent in parents if isinstance(parent, NamedNode) and parent not in queue]


def _table(knowledge: Knowledge, name: str) -> list[tsv.Row]:
    path = knowledge.folder / "biolink" / name if knowledge.folder else None
    return tsv.read(path, []).rows if path else []


def _links(knowledge: Knowledge, link: NamedNode) -> dict[NamedNode, list[NamedNode]]:
    found: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for quad in knowledge.asserted:
        if quad.graph_name == MAPPINGS_GRAPH and quad.predicate == link:
            found[quad.subject].append(quad.object)  # type: ignore[index, arg-type]
    return found
