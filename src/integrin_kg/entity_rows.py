"""Entity tables, checked: a row in, an entity out, or every problem of the row.

A further column of an entity table is a property of the ontology, by its label: a datatype
property's cell is text, an object property's the names of other entities.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from integrin_kg.ontology import Ontology
from integrin_kg.records import Entity, Place, Problem
from integrin_kg.spelling import did_you_mean
from integrin_kg.tsv import Row
from integrin_kg.vocab import PREFIXES, owl, rdfs

ENTITY_COLUMNS = ("name", "class", "slug", "definition", "synonyms", "exact match", "close match", "note")
SCOPED_SYNONYMS = {
    "narrow synonyms": PREFIXES["oboInOwl"] + "hasNarrowSynonym",
    "broad synonyms": PREFIXES["oboInOwl"] + "hasBroadSynonym",
}
"""Further columns that any entity table may have, and the properties that they are: names that mean less
(a member of a set) or more (what people say for it), by which an entity is found."""

SLUG = re.compile(r"[0-9A-Za-z]+(?:[-.][0-9A-Za-z]+)*")

_LOCAL = re.compile(r"[\w.:/()\-]+", re.ASCII)

Pairs = tuple[tuple[str, str], ...]


def allowed_values(ontology: Ontology, term: NamedNode) -> list[str]:
    """Return the values that a datatype property's range lists; none where it lists none."""
    for node in ontology.nodes(term, rdfs("range")):
        for head in ontology.nodes(node, owl("oneOf")):
            return [value.value for value in ontology.items(head) if isinstance(value, Literal)]
    return []


def curies(row: Row, column: str, prefixes: Iterable[str], problems: list[Problem]) -> tuple[str, ...]:
    """Return the CURIEs of a cell; those of no known prefix go to ``problems``."""
    known = list(prefixes)
    for curie in row.values(column):
        prefix, _, local = curie.partition(":")
        if not local or prefix not in known:
            text = f"{curie!r} is no prefix:identifier of prefixes.tsv{did_you_mean(prefix, known)}"
            problems.append(Problem(row.place(column), text))
        elif not _LOCAL.fullmatch(local):
            problems.append(Problem(row.place(column), f"{local!r} in {curie!r} is no identifier"))
    return tuple(row.values(column))


@dataclass
class EntityReader:
    """Turns rows into entities by an ontology and the known prefixes."""

    ontology: Ontology
    prefixes: Collection[str]
    problems: list[Problem]
    unreadable: set[str] = field(default_factory=set)
    """The names whose rows gave no entity: known, and no cause for another problem."""

    def read(self, rows: Iterable[Row]) -> dict[str, Entity]:
        """Return the entities by name; a name or an IRI taken twice is a problem."""
        entities: dict[str, Entity] = {}
        places: dict[str, Place] = {}
        for row in rows:
            entity = self._entity(row)
            taken = {row["name"]: f"{row['name']!r}"} if row["name"] else {}
            if entity:
                taken[entity.iri] = f"its IRI {entity.iri}"
            first = next((places[key] for key in taken if key in places), None)
            if first:
                self._report(row, "name", f"{' or '.join(taken.values())} is taken, at {first}")
                continue
            places |= dict.fromkeys(taken, row.place("name"))
            if entity:
                entities[entity.name] = entity
            else:
                self.unreadable.add(row["name"])
        for entity in entities.values():
            self._check_relations(entity, entities)
        return entities

    def _report(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.place(column), text))

    def _entity(self, row: Row) -> Entity | None:
        for column in ("name", "class", "definition"):
            if not row[column]:
                self._report(row, column, "must not be empty")
        kind = self._kind(row)
        path = self.ontology.inherited(kind, "iriPath") if kind else None
        if kind is None or path is None or not row["name"]:
            return None
        if not SLUG.fullmatch(row["slug"]):
            self._report(row, "slug", f"{row['slug']!r} is no slug: leave it empty and run integrin-kg fmt")
        facts, relations = self._further_columns(row)
        return Entity(
            name=row["name"],
            kind=kind.value,
            path=path,
            slug=row["slug"],
            label=(self.ontology.inherited(kind, "labelPrefix") or "") + row["name"],
            definition=row["definition"],
            synonyms=tuple(row.values("synonyms")),
            exact_matches=curies(row, "exact match", self.prefixes, self.problems),
            close_matches=curies(row, "close match", self.prefixes, self.problems),
            facts=facts,
            relations=relations,
            note=row["note"],
            background=Path(row.file).stem.startswith("background"),
            place=row.place("name"),
        )

    def _kind(self, row: Row) -> NamedNode | None:
        if not row["class"]:
            return None
        kind = self.ontology.class_named(row["class"])
        if kind is None:
            known = map(self.ontology.label, self.ontology.class_names.values())
            self._report(row, "class", f"no class {row['class']!r}{did_you_mean(row['class'], known)}")
        elif self.ontology.objects(kind, owl("equivalentClass")):
            self._report(row, "class", f"{row['class']!r} is never stated: its members are inferred")
            return None
        elif self.ontology.inherited(kind, "iriPath") is None:
            self._report(row, "class", f"{row['class']!r} is too general: name a class below it")
        return kind

    def _further_columns(self, row: Row) -> tuple[Pairs, Pairs]:
        facts = [(prop, name) for column, prop in SCOPED_SYNONYMS.items() for name in row.values(column)]
        relations: list[tuple[str, str]] = []
        for column in row.cells:
            term = None if column in ENTITY_COLUMNS else self.ontology.property_named(column)
            if term is None:
                continue
            is_text = term in self.ontology.instances(owl("DatatypeProperty"))
            if is_text:
                self._check_allowed(row, column, term)
            (facts if is_text else relations).extend((term.value, value) for value in row.values(column))
        return tuple(facts), tuple(relations)

    def _check_allowed(self, row: Row, column: str, term: NamedNode) -> None:
        allowed = allowed_values(self.ontology, term)
        if row[column] and allowed and row[column] not in allowed:
            self._report(row, column, f"{row[column]!r} is none of {', '.join(allowed)}")

    def _check_relations(self, entity: Entity, entities: dict[str, Entity]) -> None:
        for prop, name in entity.relations:
            if name not in entities and name not in self.unreadable:
                column = self.ontology.label(NamedNode(prop))
                place = Place(entity.place.file, entity.place.line, column)
                self.problems.append(Problem(place, f"no entity {name!r}{did_you_mean(name, entities)}"))
