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


_MACHINES_ONLY = ("http://bio2rdf.org/", "http://rdf.ebi.ac.uk/", "http://rdf.ncbi.nlm.nih.gov/")


def local_link(iri: str) -> str:
    """Return the path of a term's or entity's page here, and any other IRI as it is.

    >>> local_link("https://w3id.org/integrin-kg/motif/RGD")
    '/motif/RGD'
    """
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri


def registry_page(iri: str, curie: str) -> str:
    """Return where a person reads about ``iri`` of another database, which is ``curie`` by the registered
    prefixes of ``prefixes.tsv``: the IRI, or where that is for machines only what the registry leads to.

    >>> registry_page("http://bio2rdf.org/drugbank:DB00054", "drugbank:DB00054")
    'https://identifiers.org/drugbank:DB00054'
    >>> registry_page("http://purl.uniprot.org/uniprot/P06756", "uniprot:P06756")
    'http://purl.uniprot.org/uniprot/P06756'
    """
    return f"https://identifiers.org/{curie}" if iri.startswith(_MACHINES_ONLY) and curie != iri else iri


def linkable(iri: str) -> bool:
    """Return whether a page may link to ``iri``: to the web, and never to a script.

    >>> linkable("javascript:alert(1)")
    False
    """
    return iri.startswith(("http://", "https://"))
