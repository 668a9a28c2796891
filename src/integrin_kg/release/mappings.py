"""The links to other databases, and of the schema to other ontologies, as one SSSOM mapping set.

https://mapping-commons.github.io/sssom/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import sssom_pydantic as sssom
from curies import Converter, NamableReference, Reference
from pydantic import AnyUrl
from pyoxigraph import Literal, NamedNode

from integrin_kg.knowledge import Knowledge
from integrin_kg.release import edition
from integrin_kg.release.identifiers import converter, curie
from integrin_kg.vocab import BASE, MAPPINGS_GRAPH, OWL, RDFS_LABEL, SCHEMA_GRAPH, SKOS, rdfs

NAME = "mappings.sssom.tsv"

_CURATED = Reference.from_curie("semapv:ManualMappingCuration")
_OURS = Reference.from_curie("ikg.source:dataset")
_FURTHER = {
    "ikg.source": BASE,
    "semapv": "https://w3id.org/semapv/vocab/",
    "bioregistry": "https://bioregistry.io/registry/",
}
_ALIGNING = {rdfs("subClassOf"), rdfs("subPropertyOf")}


def write(knowledge: Knowledge, path: Path) -> None:
    """Write the mappings of ``knowledge`` as SSSOM/TSV."""
    published = edition.edition(knowledge)
    known = converter(knowledge)
    for prefix, namespace in _FURTHER.items():
        known.add_prefix(prefix, namespace)
    about = sssom.MappingSet(
        id=AnyUrl(published.folder + NAME),
        title=f"{published.title}: mappings",
        version=published.version,
        description="Links of entities to the identifiers of other databases, and of the schema's terms "
        "to those of other ontologies.",
        license=AnyUrl(published.license.value),
        creator_label=[published.creator_name],
        publication_date=date.fromisoformat(published.issued),
    )
    sssom.write(mappings(knowledge, known), path, metadata=about, converter=known, sort=True)


def mappings(knowledge: Knowledge, known: Converter) -> Iterator[sssom.SemanticMapping]:
    """Yield each link from a thing of ours to one of others."""
    labels = {
        quad.subject: quad.object.value
        for quad in knowledge.asserted
        if quad.predicate == RDFS_LABEL and isinstance(quad.object, Literal)
    }
    for subject, predicate, object_ in _links(knowledge):
        other = NamableReference.from_curie(curie(known, object_))
        yield sssom.SemanticMapping(
            subject=NamableReference.from_curie(curie(known, subject), name=labels.get(subject)),
            predicate=NamableReference.from_curie(curie(known, predicate)),
            object=other,
            justification=_CURATED,
            subject_source=_OURS,
            object_source=Reference.from_curie(f"bioregistry:{other.prefix}"),
        )


def _links(knowledge: Knowledge) -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    """What relates a thing of ours to one of others: the curated links, and the schema's alignments."""
    for quad in knowledge.asserted:
        subject, predicate, object_ = quad.subject, quad.predicate, quad.object
        aligning = predicate in _ALIGNING or predicate.value.startswith(SKOS)
        if not (quad.graph_name == MAPPINGS_GRAPH or (quad.graph_name == SCHEMA_GRAPH and aligning)):
            continue
        if not (isinstance(subject, NamedNode) and isinstance(object_, NamedNode)):
            continue
        if subject.value.startswith(BASE) and not object_.value.startswith((BASE, OWL)):
            yield subject, predicate, object_
