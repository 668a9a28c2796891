"""The ontology's terms as JSON keys, and a graph written with them.

https://www.w3.org/TR/json-ld11/#the-context
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from integrin_kg.ontology import Ontology, local_name
from integrin_kg.vocab import (
    DEFINITION_SOURCE,
    IKG,
    OBSOLESCENCE_REASON,
    PREFIXES,
    RDF_TYPE,
    REPLACED_BY,
    SKOS,
    TERM_EDITOR,
    XSD,
    ikg,
    owl,
    rdfs,
)

JSONLD = "application/ld+json"

Context = dict[str, Any]

_LEADING = {
    *map(ikg, ("appliesAxiom", "claimPredicate", "mayOverlapWith")),
    *(NamedNode(SKOS + name) for name in ("exactMatch", "closeMatch", "broadMatch")),
    *(NamedNode(PREFIXES["dcterms"] + name) for name in ("creator", "license", "source")),
    NamedNode(PREFIXES["foaf"] + "homepage"),
    NamedNode(PREFIXES["oboInOwl"] + "consider"),
    *(DEFINITION_SOURCE, TERM_EDITOR, REPLACED_BY, OBSOLESCENCE_REASON),
}
"""The annotation properties whose values are things: OWL knows no kind of them that would tell."""


def context(ontology: Ontology) -> Context:
    """Return the context of ``ontology``: a key for each class and property, which is the local name of ours;
    of others the local name too where it is a word, and else the label, if none of ours is called so. With
    the type of its values where that is fixed."""
    found: Context = dict(PREFIXES)
    found["label"] = PREFIXES["rdfs"] + "label"
    for term in sorted(_terms(ontology), key=lambda term: (not term.value.startswith(IKG), term.value)):
        name = local_name(term)
        is_word = term.value.startswith(IKG) or name.isalpha()
        key = name if is_word else _camel(ontology.label(term))
        found[name if key in found else key] = _definition(ontology, term)
    return found


def context_document(ontology: Ontology) -> str:
    """Return the context of ``ontology`` as the document that is published."""
    return json.dumps({"@context": context(ontology)}, ensure_ascii=False, indent=1) + "\n"


def _terms(ontology: Ontology) -> Iterator[NamedNode]:
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"):
        yield from (term for term in ontology.instances(owl(kind)) if isinstance(term, NamedNode))


def _definition(ontology: Ontology, term: NamedNode) -> str | dict[str, str]:
    kinds = ontology.nodes(term, RDF_TYPE)
    if owl("ObjectProperty") in kinds or term in _LEADING:
        return {"@id": term.value, "@type": "@id"}
    for datatype in ontology.nodes(term, rdfs("range")) if owl("DatatypeProperty") in kinds else ():
        if isinstance(datatype, NamedNode) and datatype.value.startswith(XSD):
            is_text = datatype.value == XSD + "string"
            return term.value if is_text else {"@id": term.value, "@type": datatype.value}
    return term.value


def _camel(label: str) -> str:
    first, *others = label.split() or [""]
    return first.lower() + "".join(word.title() for word in others)


def compact(triples: Iterable[Triple], known: Context) -> dict[str, Any]:
    """Return ``triples`` as JSON-LD with the keys of ``known`` that they need (section 5.2 of the
    JSON-LD 1.1 API): whole in itself, so that nothing is fetched to read it."""
    from rdflib import Graph  # not before it is needed: no start waits for it
    from rdflib.plugins.serializers.jsonld import from_rdf

    triples = list(triples)
    graph = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")
    used = {str(node) for triple in graph for node in triple}
    needed = {key: value for key, value in known.items() if key in PREFIXES or _iri(value) in used}
    document: dict[str, Any] = from_rdf(  # type: ignore[no-untyped-call]
        graph, needed, auto_compact=True
    )
    return document


def _iri(definition: str | dict[str, str]) -> str:
    return definition if isinstance(definition, str) else definition["@id"]
