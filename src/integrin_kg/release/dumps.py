"""The whole graph in one file, and the context that names its terms in JSON."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat, serialize

from integrin_kg.jsonld import context_document
from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import PREFIXES


def write_jsonld(knowledge: Knowledge, path: Path) -> None:
    """Write what the N-Quads have as JSON-LD, with the prefixes as its context."""
    quads = sorted(set(knowledge.quads()), key=lambda quad: (str(quad.graph_name), str(quad)))
    serialize(quads, str(path), RdfFormat.JSON_LD, prefixes=PREFIXES)


def write_context(knowledge: Knowledge, path: Path) -> None:
    """Write the JSON-LD context that the service publishes."""
    path.write_text(context_document(knowledge.ontology), "utf-8")
