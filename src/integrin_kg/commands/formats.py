"""The formats of answers by the names that the command line has for them: of a table, of a graph."""

from __future__ import annotations

FORMATS = {
    "json": ("application/sparql-results+json", "application/ld+json"),
    "xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "csv": ("text/csv", "text/turtle"),
    "tsv": ("text/tab-separated-values", "text/turtle"),
    "ttl": ("text/csv", "text/turtle"),
    "nt": ("text/csv", "application/n-triples"),
    "table": ("application/sparql-results+json", "text/turtle"),
}
