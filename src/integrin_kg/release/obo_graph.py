"""An ontology as an OBO Graph, made as the OWL API's converter makes it.

The format has no place for much of OWL: of class expressions it takes "some" restrictions only, alone or
together with named classes. What has no place is left out. https://github.com/geneontology/obographs
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from curies.vocabulary import SynonymScopeOIO
from obographs import (
    Definition,
    DomainRangeAxiom,
    Edge,
    ExistentialRestrictionExpression,
    Graph,
    GraphDocument,
    LogicalDefinition,
    Meta,
    Node,
    NodeType,
    Property,
    PropertyChainAxiom,
    PropertyType,
    Synonym,
    Xref,
)
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from integrin_kg.ontology import Ontology, Term
from integrin_kg.vocab import DB_XREF, DEFINITION, DEFINITION_SOURCE, PREFIXES, RDF_TYPE, owl, rdfs

_KINDS: dict[NamedNode, tuple[NodeType, PropertyType | None]] = {
    owl("Class"): ("CLASS", None),
    owl("AnnotationProperty"): ("PROPERTY", "ANNOTATION"),
    owl("ObjectProperty"): ("PROPERTY", "OBJECT"),
    owl("DatatypeProperty"): ("PROPERTY", "DATA"),
    owl("NamedIndividual"): ("INDIVIDUAL", None),
}
_EDGES = {
    rdfs("subClassOf"): "is_a",
    rdfs("subPropertyOf"): "subPropertyOf",
    owl("inverseOf"): "inverseOf",
    RDF_TYPE: "type",
}
_BUILT_IN = {owl("versionInfo"), rdfs("comment")}
_SYNONYMS: dict[NamedNode, SynonymScopeOIO] = {
    NamedNode(PREFIXES["oboInOwl"] + scope): scope for scope in get_args(SynonymScopeOIO)
}


def obo_graph(iri: NamedNode, triples: Iterable[Triple]) -> str:
    """Return the ontology ``iri`` that ``triples`` state, in JSON. The order is that of ``triples``."""
    ontology = Ontology(triples)
    version = ontology.value(iri, owl("versionIRI"))
    about = _meta(ontology, iri)
    about.version = version.value if isinstance(version, NamedNode) else None
    graph = Graph(
        id=iri.value,
        meta=about,
        nodes=list(_nodes(ontology)),
        edges=list(_edges(ontology)),
        equivalentNodesSets=[],
        logicalDefinitionAxioms=list(_logical_definitions(ontology)),
        domainRangeAxioms=list(_domains_and_ranges(ontology)),
        propertyChainAxioms=list(_chains(ontology)),
    )
    document = GraphDocument(graphs=[graph])
    return document.model_dump_json(indent=2, exclude_unset=True, exclude_none=True) + "\n"


def _nodes(ontology: Ontology) -> Iterator[Node]:
    for kind, (node_type, property_type) in _KINDS.items():
        for term in ontology.instances(kind):
            if isinstance(term, NamedNode):
                yield Node(
                    id=term.value,
                    lbl=ontology.label(term),
                    type=node_type,
                    propertyType=property_type,
                    meta=_meta(ontology, term),
                )


def _meta(ontology: Ontology, term: NamedNode) -> Meta:
    """What annotations and data properties say of ``term``, its label aside."""
    said = [(p, _text(value)) for p, value in ontology.about(term) if _is_annotation(ontology, p)]
    sources = [xref for work in ontology.nodes(term, DEFINITION_SOURCE) for xref in _xrefs(ontology, work)]
    definitions = [Definition(val=text, xrefs=sources or None) for p, text in said if p == DEFINITION]
    return Meta(
        definition=next(iter(definitions), None),
        xrefs=[Xref(val=text) for predicate, text in said if predicate == DB_XREF] or None,
        synonyms=[
            Synonym(pred=_SYNONYMS[p], val=text, synonymType=None) for p, text in said if p in _SYNONYMS
        ]
        or None,
        basicPropertyValues=[
            Property(pred=p.value, val=text)
            for p, text in said
            if p not in (DEFINITION, DB_XREF) and p not in _SYNONYMS
        ]
        or None,
    )


def _xrefs(ontology: Ontology, work: NamedNode | BlankNode) -> list[str]:
    """What a work is called elsewhere, or else its IRI."""
    return [_text(xref) for xref in ontology.objects(work, DB_XREF) or [work]]


def _is_annotation(ontology: Ontology, predicate: NamedNode) -> bool:
    kinds = ontology.objects(predicate, RDF_TYPE)
    return predicate in _BUILT_IN or owl("AnnotationProperty") in kinds or owl("DatatypeProperty") in kinds


def _text(value: Term) -> str:
    return value.value if isinstance(value, Literal | NamedNode) else str(value)


def _edges(ontology: Ontology) -> Iterator[Edge]:
    relations = {*ontology.instances(owl("ObjectProperty")), *_EDGES}
    for subject, predicate, value in ontology.triples:
        if not isinstance(subject, NamedNode) or predicate not in relations:
            continue
        if isinstance(value, NamedNode) and ontology.objects(value, RDF_TYPE):  # no word of OWL's own
            yield Edge(sub=subject.value, pred=_EDGES.get(predicate, predicate.value), obj=value.value)
        elif predicate == rdfs("subClassOf") and (some := _some(ontology, value)):
            yield Edge(sub=subject.value, pred=some.propertyId, obj=some.fillerId)


def _some(ontology: Ontology, node: Term) -> ExistentialRestrictionExpression | None:
    """The restriction at ``node``, if it is that to some of a class with a name."""
    if not isinstance(node, BlankNode):
        return None
    on, of = (ontology.value(node, owl(name)) for name in ("onProperty", "someValuesFrom"))
    if isinstance(on, NamedNode) and isinstance(of, NamedNode):
        return ExistentialRestrictionExpression(propertyId=on.value, fillerId=of.value)
    return None


def _logical_definitions(ontology: Ontology) -> Iterator[LogicalDefinition]:
    for kind in ontology.instances(owl("Class")):
        for node in ontology.nodes(kind, owl("equivalentClass")):
            heads = ontology.nodes(node, owl("intersectionOf"))
            parts = [part for head in heads for part in ontology.items(head)]
            genera = [part.value for part in parts if isinstance(part, NamedNode)]
            restrictions = [some for part in parts if (some := _some(ontology, part))]
            if parts and len(genera) + len(restrictions) == len(parts):
                yield LogicalDefinition(definedClassId=kind.value, genusIds=genera, restrictions=restrictions)


def _domains_and_ranges(ontology: Ontology) -> Iterator[DomainRangeAxiom]:
    for prop in ontology.instances(owl("ObjectProperty")):
        domains, ranges = (
            [node.value for node in ontology.nodes(prop, rdfs(name)) if isinstance(node, NamedNode)]
            for name in ("domain", "range")
        )
        if domains or ranges:
            yield DomainRangeAxiom(predicateId=prop.value, domainClassIds=domains, rangeClassIds=ranges)


def _chains(ontology: Ontology) -> Iterator[PropertyChainAxiom]:
    for prop in ontology.instances(owl("ObjectProperty")):
        for head in ontology.nodes(prop, owl("propertyChainAxiom")):
            links = [link.value for link in ontology.members(head)]
            yield PropertyChainAxiom(predicateId=prop.value, chainPredicateIds=links)
