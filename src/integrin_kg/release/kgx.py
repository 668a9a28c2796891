"""The graph in KGX: a table of nodes and one of edges, in the words of the Biolink Model.

A node is called as most graphs call it, where it is the same thing: who merges graphs joins on ids. An edge
is a claim, with its polarity and context in columns of their own, or a statement that no claim makes by
itself.
https://github.com/biolink/kgx/blob/master/specification/kgx-format.md
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from integrin_kg.knowledge import Knowledge
from integrin_kg.release.biolink import Biolink
from integrin_kg.vocab import (
    DEFINITION,
    DERIVED_FROM,
    EDITORIAL_NOTE,
    EXACT_SYNONYM,
    IKG,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA_GRAPH,
    ikg,
    rdfs,
)

NODES = "integrin-kg_nodes.tsv"
EDGES = "integrin-kg_edges.tsv"

SOURCE = "infores:integrin-kg"

Record = dict[str, list[str]]
"""What a row says, by column."""

_NODE_COLUMNS = (
    "id",
    "category",
    "name",
    "description",
    "synonym",
    "equivalent_identifiers",
    "xref",
    "iri",
    "ikg_class",
    "provided_by",
)
_EDGE_COLUMNS = (
    "id", "subject", "predicate", "object", "category", "original_predicate", "negated", "knowledge_level",
    "agent_type", "primary_knowledge_source", "publications",
)  # fmt: skip
_ASSERTED = {"knowledge_level": ["knowledge_assertion"], "agent_type": ["manual_agent"]}
_ENTAILED = {"knowledge_level": ["logical_entailment"], "agent_type": ["automated_agent"]}
_STATEMENT = {ikg("claimSubject"), ikg("claimPredicate"), ikg("claimObject"), ikg("polarity")}

Statements = dict[NamedNode, list[NamedNode | Literal]]
"""What is said of a thing, by property."""


def write_nodes(knowledge: Knowledge, path: Path) -> None:
    """Write the entities of ``knowledge``."""
    _write(path, _NODE_COLUMNS, nodes(knowledge))


def write_edges(knowledge: Knowledge, path: Path) -> None:
    """Write the claims of ``knowledge`` that have an object, and what follows."""
    _write(path, _EDGE_COLUMNS, edges(knowledge))


def nodes(knowledge: Knowledge) -> Iterator[Record]:
    """Yield a record of each entity."""
    words, said = Biolink(knowledge), _said(knowledge.asserted)
    inferred: dict[NamedNode, list[NamedNode]] = defaultdict(list)
    for triple in _inferred(knowledge):
        if triple.predicate == RDF_TYPE:
            inferred[triple.subject].append(triple.object)  # type: ignore[index, arg-type]
    for entity in _entities(knowledge, said):
        about = said[entity]
        kinds = [kind for kind in about[RDF_TYPE] if isinstance(kind, NamedNode)]
        yield {
            "id": [words.identifier(entity)],
            "category": [c for kind in kinds if (c := words.category(entity, kind))],
            "name": _texts(about[RDFS_LABEL]),
            "description": _texts(about[DEFINITION]),
            "synonym": _texts(about[EXACT_SYNONYM]),
            "equivalent_identifiers": [words.own(entity), *words.same_as(entity)],
            "xref": words.close_to(entity),
            "iri": [entity.value],
            "ikg_class": [
                words.own(kind) for kind in (*kinds, *inferred[entity]) if kind.value.startswith(IKG)
            ],
            "provided_by": [SOURCE],
        }


def edges(knowledge: Knowledge) -> Iterator[Record]:
    """Yield a record of each claim that has an object, then of what else holds between two entities: of what
    follows nothing that says less than another edge between the two, as in the words of RO, nor that a thing
    is like itself."""
    words, said = Biolink(knowledge), _said(knowledge.asserted)
    stated = dict(_claims(said))
    context = _context_properties(knowledge)
    for claim, statement in stated.items():
        about = said[claim]
        denied = "negative" in _texts(about[ikg("polarity")])
        negated = {"negated": ["True"] if denied else []}  # kgx reads every word here as true, False too
        yield (
            _edge(words, words.own(claim), statement) | _ASSERTED | negated | _context(words, about, context)
        )
    entities = set(_entities(knowledge, said))
    asserted = {quad.triple for quad in knowledge.asserted if quad.graph_name != SCHEMA_GRAPH}
    holding = {t for t in asserted | set(_inferred(knowledge)) if {t.subject, t.object} <= entities}
    repeated = {above for triple in holding for above in words.less_said(triple)}
    for triple in sorted(holding, key=str):
        support = knowledge.support.get(triple, ())
        if any(stated.get(claim) == triple for claim in support):
            continue
        if triple in asserted and not support:
            yield _edge(words, _name(triple), triple) | _ASSERTED
        elif triple not in repeated and triple.subject != triple.object:
            behind = {"supporting_claims": [words.own(claim) for claim in support]}
            yield _edge(words, _name(triple), triple) | _ENTAILED | behind


def _edge(words: Biolink, name: str, statement: Triple) -> Record:
    subject, predicate, object_ = statement.subject, statement.predicate, statement.object
    return {
        "id": [name],
        "subject": [words.identifier(subject)],  # type: ignore[arg-type]
        "predicate": [words.predicate(predicate)],
        "object": [words.identifier(object_)],  # type: ignore[arg-type]
        "category": ["biolink:Association"],
        "original_predicate": [words.own(predicate)],
        "primary_knowledge_source": [SOURCE],
    }


def _context(words: Biolink, about: Statements, properties: list[NamedNode]) -> Record:
    """All that a claim says beside its statement, by association slot."""
    found: Record = defaultdict(list)
    for prop in properties:
        for value in about.get(prop, ()):
            told = words.identifier(value) if isinstance(value, NamedNode) else value.value
            found[words.slot(prop)].append(told)
    return dict(found)


def _context_properties(knowledge: Knowledge) -> list[NamedNode]:
    """What claims have beside their statement, the sources they are drawn from first."""
    of_claims = {
        t.subject
        for t in knowledge.ontology.triples
        if (t.predicate, t.object) == (rdfs("domain"), ikg("Claim"))
    }
    return [DERIVED_FROM, *sorted(of_claims - _STATEMENT, key=str), EDITORIAL_NOTE]  # type: ignore[list-item]


def _claims(said: dict[NamedNode, Statements]) -> Iterator[tuple[NamedNode, Triple]]:
    """The claims that relate two things, with what each states or denies."""
    for claim, about in said.items():
        if ikg("Claim") in about[RDF_TYPE] and about[ikg("claimObject")]:
            parts = (about[ikg(part)][0] for part in ("claimSubject", "claimPredicate", "claimObject"))
            yield claim, Triple(*parts)  # type: ignore[arg-type]


def _said(quads: Iterable[Quad]) -> dict[NamedNode, Statements]:
    """What is asserted of each thing that has an IRI, by property."""
    found: dict[NamedNode, Statements] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            found[quad.subject][quad.predicate].append(quad.object)
    return found


def _entities(knowledge: Knowledge, said: dict[NamedNode, Statements]) -> list[NamedNode]:
    def is_entity(about: Statements) -> bool:
        kinds = (kind for kind in about[RDF_TYPE] if isinstance(kind, NamedNode))
        return any(knowledge.ontology.is_a(kind, ikg("Entity")) for kind in kinds)

    return [thing for thing, about in said.items() if is_entity(about)]


def _inferred(knowledge: Knowledge) -> list[Triple]:
    return [quad.triple for quad in knowledge.inference.quads()] if knowledge.inference else []


def _name(triple: Triple) -> str:
    """A name for a statement that has none: the same for the same statement."""
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, str(triple))}"


def _texts(values: Iterable[NamedNode | Literal]) -> list[str]:
    return [value.value for value in values]


def _write(path: Path, first: tuple[str, ...], records: Iterable[Record]) -> None:
    """Write a table with the columns ``first`` and then all others; values of one cell stand between bars."""
    rows = list(records)
    columns = [*first, *sorted({column for row in rows for column in row} - set(first))]
    lines = [
        "\t".join(columns),
        *("\t".join(_cell(row.get(column, [])) for column in columns) for row in rows),
    ]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _cell(values: list[str]) -> str:
    """The values of a cell; :class:`ValueError` where one holds what KGX has no escape for."""
    for value in values:
        if any(sign in value for sign in "|\t\n\r"):
            raise ValueError(f"{value!r} holds a bar, tab or line end, which no cell of KGX can")
    return "|".join(dict.fromkeys(values))
