"""``integrin-kg classify``: what would follow from a description."""

from __future__ import annotations

import argparse
import json

from integrin_kg.classify import DescriptionError, classify, read
from integrin_kg.commands.known import knowledge
from integrin_kg.explain import classification_as_text
from integrin_kg.ontology import rdf_format_of


def run(arguments: argparse.Namespace) -> int:
    """Print what follows, and what it contradicts; the status says whether it contradicts anything."""
    rdf_format = rdf_format_of(arguments.file)
    if rdf_format is None:
        raise DescriptionError(
            f"{arguments.file}: its suffix is none of RDF (.ttl, .owl, .rdf, .jsonld, .nt)"
        )
    description = read(arguments.file.read_bytes(), rdf_format.media_type)
    document = classify(knowledge(arguments).explainer(), description)
    if arguments.format == "json":
        print(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print(classification_as_text(document))
    return 0 if document["consistent"] else 1
