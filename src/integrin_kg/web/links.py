"""Where a page may link to: its own terms and entities by their paths here, the web by its IRIs."""

from __future__ import annotations

from integrin_kg.vocab import BASE

NAVIGATION = (
    ("/family", "Family"),
    ("/views", "Views"),
    ("/browse", "Ontology"),
    ("/queries", "Questions"),
    ("/sparql", "Query"),
    ("/dataset", "Data"),
)
"""What the head of each page leads to: path and name."""


def local_link(iri: str) -> str:
    """Return the path of a term's or entity's page here, and any other IRI as it is.

    >>> local_link("https://w3id.org/integrin-kg/motif/RGD")
    '/motif/RGD'
    """
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def linkable(iri: str) -> bool:
    """Return whether a page may link to ``iri``: to the web, and never to a script.

    >>> linkable("javascript:alert(1)")
    False
    """
    return iri.startswith(("http://", "https://"))
