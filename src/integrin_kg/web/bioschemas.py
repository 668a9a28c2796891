"""What pages say of themselves to search engines: schema.org and Bioschemas, as JSON-LD.

https://bioschemas.org/profiles/; which class of the ontology is which type there stands in
``bioschemas.json``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from integrin_kg.lookup.names import Entry, identifier
from integrin_kg.vocab import BASE, PREFIXES
from integrin_kg.web.vocabulary import Vocabulary

Markup = dict[str, Any]

_TYPES: dict[str, str] = json.loads(Path(__file__).with_name("bioschemas.json").read_text("utf-8"))
_PROFILES = {
    "Protein": "https://bioschemas.org/profiles/Protein/0.11-RELEASE",
    "Gene": "https://bioschemas.org/profiles/Gene/1.0-RELEASE",
    "Dataset": "https://bioschemas.org/profiles/Dataset/1.0-RELEASE",
}
_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
_ONTOLOGY = BASE + "schema"


def thing(entry: Entry, vocabulary: Vocabulary) -> Markup:
    """Return what the page of an entity says it is about."""
    kind = _type(entry, vocabulary)
    same = entry.names.get("exact", [])
    markup = {
        "@context": "https://schema.org",
        "@type": kind,
        "@id": entry.iri,
        "identifier": [identifier(iri) for iri in same] or entry.iri,
        "name": entry.label,
        "url": entry.iri,
        "alternateName": entry.names.get("synonym", []),
        "sameAs": same,
        "description": entry.definition,
        "subjectOf": {"@type": "Dataset", "@id": BASE + "dataset"},
    }
    return _profiled({key: value for key, value in markup.items() if value})


def term(entry: Entry) -> Markup:
    """Return what the page of a class or property says it is about."""
    markup = {
        "@context": "https://schema.org",
        "@type": "DefinedTerm",
        "@id": entry.iri,
        "name": entry.label,
        "url": entry.iri,
        "description": entry.definition,
        "inDefinedTermSet": {"@type": "DefinedTermSet", "@id": _ONTOLOGY, "name": "Integrin ontology"},
    }
    return {key: value for key, value in markup.items() if value}


def dataset() -> Markup:
    """Return what the start page says of the whole."""
    return _profiled(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": BASE + "dataset",
            "name": "Integrin Knowledge Graph",
            "description": "Integrins, what they bind, what they do in solid tumours and the agents against "
            "them: claims curated from a review, an OWL ontology, and what follows from both.",
            "identifier": BASE + "dataset",
            "url": BASE,
            "license": _LICENSE,
            "keywords": ["integrin", "cancer", "ligand", "RGD", "ontology", "knowledge graph"],
            "isBasedOn": "https://doi.org/10.1186/s13045-021-01192-1",
            "creator": {"@type": "Organization", "name": "The Integrin Knowledge Graph developers"},
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": "SPARQL endpoint",
                    "contentUrl": f"{BASE}sparql",
                    "encodingFormat": "application/sparql-results+json",
                },
                {
                    "@type": "DataDownload",
                    "name": "Ontology",
                    "contentUrl": f"{BASE}schema.ttl",
                    "encodingFormat": "text/turtle",
                },
            ],
        }
    )


def _type(entry: Entry, vocabulary: Vocabulary) -> str:
    for iri in entry.types:
        for above in vocabulary.ontology.superclasses(NamedNode(iri)):
            local = above.value.removeprefix(PREFIXES["ikg"])
            if local in _TYPES:
                return _TYPES[local]
    return "Thing"


def _profiled(markup: Markup) -> Markup:
    profile = _PROFILES.get(markup["@type"])
    return markup | ({PREFIXES["dcterms"] + "conformsTo": {"@id": profile}} if profile else {})
