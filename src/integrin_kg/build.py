"""The knowledge graph from the ontology and the curated records: pure, and the same every time.

What a claim states plainly, and which shortcuts from an entity to a disease follow from it, the
queries in ``ontology/shortcuts/`` say; each answers with the claim and the triple it supports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from integrin_kg import wording
from integrin_kg.ontology import Ontology, local_name
from integrin_kg.records import Claim, Curation, Entity, Quantity, Reference, Retired, Section
from integrin_kg.vocab import (
    BACKGROUND_GRAPH,
    CLAIMS_GRAPH,
    CLOSE_MATCH,
    DEFINITION,
    DEFINITION_SOURCE,
    DERIVED_FROM,
    DEVELOPERS,
    EDITORIAL_NOTE,
    ENTITIES_GRAPH,
    EXACT_MATCH,
    EXACT_SYNONYM,
    MAPPINGS_GRAPH,
    OBSOLESCENCE_REASON,
    RDF_FIRST,
    RDF_NIL,
    RDF_REST,
    RDF_TYPE,
    RDFS_LABEL,
    REPLACED_BY,
    REVIEW,
    SCHEMA_GRAPH,
    TERM_EDITOR,
    ikg,
    owl,
    xsd,
)

Statement = tuple[NamedNode, NamedNode | Literal]


Support = dict[Triple, tuple[NamedNode, ...]]
"""For each plain triple the claims that support it."""


def build(ontology: Ontology, curation: Curation, shortcuts: Iterable[Path]) -> tuple[list[Quad], Support]:
    """Return the asserted quads, sorted and without repetition, and the claims behind plain triples.

    ``shortcuts`` are the paths of the queries that derive plain triples from claims.
    """
    quads = {*schema_quads(ontology), *entity_quads(curation), *mapping_quads(curation)}
    quads.update(claim_quads(ontology, curation))
    quads.update(different_quads(ontology, curation))
    support = support_of(quads, shortcuts)
    background = {NamedNode(claim.iri) for claim in curation.claims if claim.sources}
    for triple, claims in support.items():
        # In one graph only: the engine lists a triple once for each graph of a union that has it.
        graph = BACKGROUND_GRAPH if background.issuperset(claims) else ENTITIES_GRAPH
        quads.add(Quad(triple.subject, triple.predicate, triple.object, graph))
    return sorted(quads, key=str), support


def support_of(quads: Iterable[Quad], shortcuts: Iterable[Path]) -> Support:
    """Return the claims behind each plain triple that the queries at ``shortcuts`` derive from ``quads``."""
    found: dict[Triple, set[NamedNode]] = defaultdict(set)
    for claim, s, p, o in plain_triples(quads, shortcuts):
        found[Triple(s, p, o)].add(claim)
    return {triple: tuple(sorted(claims, key=str)) for triple, claims in found.items()}


def schema_quads(ontology: Ontology) -> Iterator[Quad]:
    """Yield the ontology's own triples."""
    for triple in ontology.triples:
        yield Quad(triple.subject, triple.predicate, triple.object, SCHEMA_GRAPH)


def entity_quads(curation: Curation) -> Iterator[Quad]:
    """Yield what the entity tables, the sections and the references say, links out aside."""
    by_name = {entity.name: entity for entity in curation.entities}
    for entity in curation.entities:
        graph = BACKGROUND_GRAPH if entity.background else ENTITIES_GRAPH
        yield from _quads(NamedNode(entity.iri), _entity_statements(entity, by_name), graph)
    for section in curation.sections:
        yield from _quads(NamedNode(section.iri), _section_statements(section), ENTITIES_GRAPH)
    for reference in curation.references:
        yield from _quads(NamedNode(reference.iri), _reference_statements(reference), ENTITIES_GRAPH)
    for retired in curation.retired:
        yield from _quads(NamedNode(retired.iri), _retired_statements(retired, by_name), ENTITIES_GRAPH)


def _entity_statements(entity: Entity, by_name: dict[str, Entity]) -> Iterator[Statement]:
    yield RDF_TYPE, owl("NamedIndividual")
    yield RDF_TYPE, NamedNode(entity.kind)
    yield RDFS_LABEL, Literal(entity.label)
    yield DEFINITION, Literal(entity.definition)
    yield _worded_after(entity)
    for synonym in entity.synonyms if entity.label == entity.name else (entity.name, *entity.synonyms):
        yield EXACT_SYNONYM, Literal(synonym)
    for prop, text in entity.facts:
        yield NamedNode(prop), Literal(text)
    for prop, name in entity.relations:
        yield NamedNode(prop), NamedNode(by_name[name].iri)
    if entity.note:
        yield EDITORIAL_NOTE, Literal(entity.note)


def _worded_after(entity: Entity) -> Statement:
    """What an entity's definition follows: the review, save where the entity is not the review's."""
    if entity.background or entity.kind in _OURS:
        return TERM_EDITOR, DEVELOPERS
    return DEFINITION_SOURCE, REVIEW


_OURS = {ikg(name).value for name in ("EvidenceKind", "Publication")}


def _retired_statements(retired: Retired, by_name: dict[str, Entity]) -> Iterator[Statement]:
    yield RDF_TYPE, owl("NamedIndividual")
    yield RDFS_LABEL, Literal(f"obsolete {retired.label}")
    yield owl("deprecated"), Literal("true", datatype=xsd("boolean"))
    yield OBSOLESCENCE_REASON, NamedNode(retired.reason)
    if retired.replacement:
        yield REPLACED_BY, NamedNode(by_name[retired.replacement].iri)


def _section_statements(section: Section) -> Iterator[Statement]:
    yield RDF_TYPE, owl("NamedIndividual")
    yield RDF_TYPE, ikg("SourceSection")
    yield RDFS_LABEL, Literal(section.name)
    yield DEFINITION, Literal(f"The part of the review headed {section.name!r}.")
    yield DEFINITION_SOURCE, REVIEW


def _reference_statements(reference: Reference) -> Iterator[Statement]:
    yield RDF_TYPE, owl("NamedIndividual")
    yield RDF_TYPE, ikg("Publication")
    yield RDFS_LABEL, Literal(f"reference {reference.number} of Xiong 2021")
    yield DEFINITION, Literal(f"The work that stands as number {reference.number} in the review's list.")
    yield DEFINITION_SOURCE, REVIEW
    yield ikg("referenceNumber"), _integer(reference.number)
    if reference.confirmed:
        yield EDITORIAL_NOTE, Literal(reference.confirmed)


def different_quads(ontology: Ontology, curation: Curation) -> Iterator[Quad]:
    """Yield that the possible values of each functional property are different things.

    Without it an integrin with two alpha subunits would make the two one instead of being a clash:
    OWL 2 has no unique name assumption. Only where it matters, for a DL reasoner compares each pair.
    """
    functional = ontology.instances(owl("FunctionalProperty"))
    named = (prop for prop in functional if isinstance(prop, NamedNode))
    for kind in sorted({kind for prop in named for kind in ontology.ranges(prop)}, key=str):
        members = [e.iri for e in curation.entities if ontology.is_a(NamedNode(e.kind), kind)]
        if len(members) > 1:
            yield from _all_different(BlankNode(f"different{local_name(kind)}"), sorted(members))


def _all_different(axiom: BlankNode, iris: list[str]) -> Iterator[Quad]:
    nodes = [BlankNode(f"{axiom.value}{number}") for number in range(len(iris))]
    rests: list[BlankNode | NamedNode] = [*nodes[1:], RDF_NIL]
    yield Quad(axiom, RDF_TYPE, owl("AllDifferent"), ENTITIES_GRAPH)
    yield Quad(axiom, owl("distinctMembers"), nodes[0], ENTITIES_GRAPH)
    for node, rest, iri in zip(nodes, rests, iris, strict=True):
        yield Quad(node, RDF_FIRST, NamedNode(iri), ENTITIES_GRAPH)
        yield Quad(node, RDF_REST, rest, ENTITIES_GRAPH)


def mapping_quads(curation: Curation) -> Iterator[Quad]:
    """Yield the links out, in the IRIs that the other datasets use in their own RDF."""
    for entity in curation.entities:
        for predicate, found in ((EXACT_MATCH, entity.exact_matches), (CLOSE_MATCH, entity.close_matches)):
            for curie in found:
                iri = _expanded(curie, curation)
                yield Quad(NamedNode(entity.iri), predicate, iri, MAPPINGS_GRAPH)
    for reference in curation.references:
        for curie in reference.identifiers:
            iri = _expanded(curie, curation)
            yield Quad(NamedNode(reference.iri), EXACT_MATCH, iri, MAPPINGS_GRAPH)


def _expanded(curie: str, curation: Curation) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(curation.prefixes[prefix] + local)


def claim_quads(ontology: Ontology, curation: Curation) -> Iterator[Quad]:
    """Yield the claims."""
    numbers = {reference.number: reference for reference in curation.references}
    by_slug = {claim.slug: claim for claim in curation.claims}
    titles = wording.titles(ontology, curation.claims)
    for claim in curation.claims:
        statements = [(RDFS_LABEL, Literal(titles[claim.slug])), *_claim_statements(claim)]
        statements += _amount(claim.quantity, claim.unit)
        statements += [(NamedNode(prop), NamedNode(entity.iri)) for prop, entity in _context(ontology, claim)]
        statements += [(ikg("citesReference"), NamedNode(numbers[n].iri)) for n in claim.references]
        statements += [(ikg("contradicts"), NamedNode(by_slug[other].iri)) for other in claim.contradicts]
        graph = BACKGROUND_GRAPH if claim.sources else CLAIMS_GRAPH
        yield from _quads(NamedNode(claim.iri), statements, graph)


def _context(ontology: Ontology, claim: Claim) -> Iterator[tuple[str, Entity]]:
    """The context of a claim, with the disease that is its object where the object is that."""
    yield from claim.context
    about_disease = claim.object and ontology.is_a(NamedNode(claim.object.kind), ikg("Disease"))
    if claim.object and about_disease and ontology.value(NamedNode(claim.predicate), ikg("objectIsContext")):
        yield ikg("inDisease").value, claim.object


def _claim_statements(claim: Claim) -> Iterator[Statement]:
    yield RDF_TYPE, owl("NamedIndividual")
    yield RDF_TYPE, ikg("Claim")
    yield ikg("claimSubject"), NamedNode(claim.subject.iri)
    yield ikg("claimPredicate"), NamedNode(claim.predicate)
    if claim.object:
        yield ikg("claimObject"), NamedNode(claim.object.iri)
    yield ikg("polarity"), Literal(claim.polarity)
    if claim.effect:
        yield ikg("effect"), Literal(claim.effect)
    if claim.certainty:
        yield ikg("certainty"), Literal(claim.certainty)
    if claim.phase:
        yield ikg("trialPhase"), Literal(claim.phase)
    yield ikg("evidenceKind"), NamedNode(claim.evidence.iri)
    if claim.section:
        yield ikg("inSection"), NamedNode(claim.section.iri)
    if claim.anchor:
        yield ikg("anchorStart"), _integer(claim.anchor.start)
        yield ikg("anchorEnd"), _integer(claim.anchor.end)
        yield ikg("anchorSha256"), Literal(claim.anchor.sha256)
    for source in claim.sources:
        yield DERIVED_FROM, NamedNode(source.iri)
    if not claim.sources:
        yield DERIVED_FROM, REVIEW
    if claim.note:
        yield EDITORIAL_NOTE, Literal(claim.note)


def _amount(quantity: Quantity | None, unit: str) -> Iterator[Statement]:
    if quantity is None:
        return
    bounds = {"value": quantity.value, "minValue": quantity.minimum, "maxValue": quantity.maximum}
    for local, number in bounds.items():
        if number is not None:
            yield ikg(local), Literal(f"{number:f}", datatype=xsd("decimal"))
    if quantity.approximate:
        yield ikg("approximate"), Literal("true", datatype=xsd("boolean"))
    yield ikg("unit"), Literal(unit)


def plain_triples(
    quads: Iterable[Quad], shortcuts: Iterable[Path]
) -> Iterator[tuple[NamedNode, NamedNode, NamedNode, NamedNode]]:
    """Yield (claim, subject, predicate, object) for each plain triple that a claim supports."""
    store = Store()
    store.extend(quads)
    for path in sorted(shortcuts):
        answer = store.query(path.read_text("utf-8"), use_default_graph_as_union=True)
        if not isinstance(answer, QuerySolutions):
            raise TypeError(f"{path}: a shortcut must be a SELECT of ?claim ?s ?p ?o")
        for solution in answer:
            claim, s, p, o = (solution[name] for name in ("claim", "s", "p", "o"))
            yield claim, s, p, o


def _quads(subject: NamedNode, statements: Iterable[Statement], graph: NamedNode) -> Iterator[Quad]:
    for predicate, value in statements:
        yield Quad(subject, predicate, value, graph)


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=xsd("integer"))
