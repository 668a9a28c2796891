"""What is said of a thing but by claims: its names, its kinds, and its statements property by property."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from integrin_kg import resources, tsv
from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.questions import Questions, Row
from integrin_kg.lookup.things import Thing, local_name, thing
from integrin_kg.vocab import (
    BASE,
    CLOSE_MATCH,
    DEFINITION,
    EDITORIAL_NOTE,
    EXACT_MATCH,
    EXACT_SYNONYM,
    IKG,
    INFERRED_GRAPH,
    OWL,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    USER_GRAPHS,
)

if TYPE_CHECKING:
    from curies import Converter

CLAIMS = BASE + "claim/"
"""What the IRIs of claims begin with."""

_FOLD = 12
_RELATED_SYNONYM = PREFIXES["oboInOwl"] + "hasRelatedSynonym"
_FIRST = """
    hasAlphaSubunit hasBetaSubunit hasSubunit subunitOf encodedBy encodes recognizesMotif selectiveFor
    bindsLigand ligandOf promotesIn suppressesIn stemCellMarkerIn targets actsOn actsAgainst hasOutcome
    susceptibleTo
    signalsThrough activates inhibits
""".split()  # noqa: SIM905 (as a list it is no easier to read)
_LAST = ("implicatedIn", "sharesLigandClassWith", "facesRedundancyFrom")
_IN_HEADING = {
    RDFS_LABEL.value,
    DEFINITION.value,
    EXACT_SYNONYM.value,
    _RELATED_SYNONYM,
    EXACT_MATCH.value,
    CLOSE_MATCH.value,
    EDITORIAL_NOTE.value,
    RDF_TYPE.value,
}


@dataclass(frozen=True)
class Statement:
    """A value that a property has, and how it is known; ``triple`` is what to ask a proof of, nothing
    where the value is a literal."""

    value: Thing
    inferred: bool
    graph: str
    triple: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """What one property says of a thing, or of other things about it (``inward``)."""

    relation: Thing
    inward: bool
    statements: list[Statement]

    @property
    def shown(self) -> list[Statement]:
        """The statements that are seen at once."""
        return self.statements if len(self.statements) <= _FOLD + 2 else self.statements[:_FOLD]

    @property
    def folded(self) -> list[Statement]:
        """The others."""
        return self.statements[len(self.shown) :]


@dataclass(frozen=True)
class About:
    """All that is said of a thing but by claims."""

    thing: Thing
    kinds: list[Statement]
    definition: str
    synonyms: list[str]
    identifiers: list[tuple[str, Thing]]
    notes: list[str]
    panels: list[Panel]

    def neighbours(self) -> Iterator[tuple[Panel, Statement]]:
        """The statements that lead to another entity."""
        for panel in self.panels:
            for statement in panel.statements:
                if statement.value.kind not in ("", "schema", "claim"):
                    yield panel, statement


def about(questions: Questions, iri: str) -> About:
    """Return what is said of ``iri``, sorted; :class:`Problem` where nothing is."""
    rows = questions.rows(questions.about("entity", iri))
    if not rows:
        raise Problem(404, "Nothing here", f"Nothing is said of <{iri}>.")
    own = [row for row in rows if row["direction"]["value"] == "is"]

    def texts(*properties: str) -> list[str]:
        found = {row["value"]["value"] for row in own if row["property"]["value"] in properties}
        return sorted(found, key=str.casefold)

    def matches(words: str, property_: str) -> list[tuple[str, Thing]]:
        return [(words, Thing(_curie(value), value)) for value in texts(property_)]

    label = (texts(RDFS_LABEL.value) or [local_name(iri)])[0]
    told = _panels(iri, rows)
    return About(
        Thing(label, iri),
        _kinds(told),
        " ".join(texts(DEFINITION.value)),
        [name for name in texts(EXACT_SYNONYM.value, _RELATED_SYNONYM) if name != label],
        [*matches("same as", EXACT_MATCH.value), *matches("close to", CLOSE_MATCH.value)],
        texts(EDITORIAL_NOTE.value),
        [panel for panel in told if panel.inward or panel.relation.iri not in _IN_HEADING],
    )


def _panels(iri: str, rows: Iterable[Row]) -> list[Panel]:
    """The statements by property, those that people look for first, and none a second time."""
    panels: dict[tuple[bool, str], Panel] = {}
    known: dict[tuple[bool, str, str], Statement] = {}
    rows = sorted(rows, key=lambda row: row["direction"]["value"])  # what it is before what is said of it
    for row in rows:
        property_, value = thing(row, "property"), thing(row, "value")
        inward = row["direction"]["value"] == "of"
        if (
            value.iri == iri
            or value.iri.startswith((OWL, CLAIMS))
            or (inward and _said_already(row, value, known))
        ):
            continue
        inferred = row["graph"]["value"] == INFERRED_GRAPH.value
        subject, object_ = (value.iri, iri) if inward else (iri, value.iri)
        triple = (subject, property_.iri, object_) if value.iri else ()
        statement = Statement(value, inferred, _graph(row), triple)
        before = known.get((inward, property_.iri, row["value"]["value"]))
        if before is None or before.inferred:
            known[inward, property_.iri, row["value"]["value"]] = statement
            panels.setdefault((inward, property_.iri), Panel(property_, inward, []))
    for (inward, name, _), statement in known.items():
        panels[inward, name].statements.append(statement)
    for panel in panels.values():
        panel.statements.sort(key=lambda statement: (statement.inferred, statement.value.name))
    return sorted(panels.values(), key=_rank)


def _said_already(row: Row, value: Thing, known: dict[tuple[bool, str, str], Statement]) -> bool:
    """Whether an inward statement is what the thing itself says by the same (a symmetric) or the inverse
    property."""
    properties = {row[name]["value"] for name in ("property", "inverse") if name in row}
    return any((False, property_, value.iri) in known for property_ in properties)


def _rank(panel: Panel) -> tuple[bool, int, str]:
    local = local_name(panel.relation.iri)
    place = _FIRST.index(local) if local in _FIRST else 999 if local in _LAST else 500
    return (panel.inward, place, panel.relation.name)


def _kinds(panels: Iterable[Panel]) -> list[Statement]:
    types = [panel for panel in panels if panel.relation.iri == RDF_TYPE.value and not panel.inward]
    found = [statement for panel in types for statement in panel.statements]
    return [kind for kind in found if kind.value.iri != IKG + "Entity"]


def _graph(row: Row) -> str:
    """The user's graph that a statement stands in, nothing for those of the project."""
    graph = row["graph"]["value"]
    return graph.removeprefix(USER_GRAPHS) if graph.startswith(USER_GRAPHS) else ""


def _curie(iri: str) -> str:
    return _converter().compress(iri) or iri


@cache
def _converter() -> Converter:
    """The prefixes of other databases, as the tables have them."""
    from curies import Converter  # a quarter of a second, which no start need wait for

    table = tsv.read(resources.ontology_folder() / "data" / "prefixes.tsv", [])
    return Converter.from_prefix_map({row["prefix"]: row["namespace"] for row in table.rows})
