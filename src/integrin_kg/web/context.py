"""``/context.jsonld``: the ontology's terms as JSON keys, and a graph written with them.

https://www.w3.org/TR/json-ld11/#the-context
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize
from rdflib import Graph
from rdflib.plugins.serializers.jsonld import from_rdf

from integrin_kg.ontology import Ontology
from integrin_kg.vocab import IKG, PREFIXES, XSD, rdfs
from integrin_kg.web.current import Current
from integrin_kg.web.vocabulary import Vocabulary

JSONLD = "application/ld+json"

Context = dict[str, Any]


def blueprint(vocabulary: Current[Vocabulary]) -> Blueprint:
    """Return the context."""
    published = Blueprint("context", __name__)

    @published.get("/context.jsonld")
    def jsonld_context() -> Response:
        document = {"@context": context(vocabulary.get())}
        body = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        return Response(body, content_type=JSONLD)

    return published


def context(vocabulary: Vocabulary) -> Context:
    """Return the context of ``vocabulary``: a key for each class and property, by its local name where it is
    a word and else by its label, with the type of its values where the ontology fixes one."""
    found: Context = dict(PREFIXES)
    found["label"] = PREFIXES["rdfs"] + "label"
    for term in sorted(vocabulary.terms.values(), key=lambda term: (not term.iri.startswith(IKG), term.iri)):
        key = term.name if term.name.isalpha() else _camel(term.label)
        found.setdefault(key, _definition(vocabulary.ontology, term.iri, term.kind))
    return found


def _definition(ontology: Ontology, iri: str, kind: str) -> str | dict[str, str]:
    if kind == "object property":
        return {"@id": iri, "@type": "@id"}
    for datatype in ontology.nodes(NamedNode(iri), rdfs("range")):
        if isinstance(datatype, NamedNode) and datatype.value.startswith(XSD) and kind == "data property":
            return iri if datatype.value == XSD + "string" else {"@id": iri, "@type": datatype.value}
    return iri


def _camel(label: str) -> str:
    first, *others = label.split() or [""]
    return first.lower() + "".join(word.title() for word in others)


def compact(triples: Iterable[Triple], known: Context) -> dict[str, Any]:
    """Return ``triples`` as JSON-LD with the keys of ``known`` that they need (section 5.2 of the
    JSON-LD 1.1 API): whole in itself, so that nothing is fetched to read it."""
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
