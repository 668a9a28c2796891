"""The IRIs that code refers to: namespaces, named graphs and the few terms with a meaning to it."""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

BASE: Final = "https://w3id.org/integrin-kg/"
IKG: Final = BASE + "schema/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"

PREFIXES: Final[dict[str, str]] = {
    "ikg": IKG,
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "obo": "http://purl.obolibrary.org/obo/",
    "oboInOwl": "http://www.geneontology.org/formats/oboInOwl#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vann": "http://purl.org/vocab/vann/",
}
"""The prefixes of every file that is written and every query that is run."""

SCHEMA_GRAPH: Final = NamedNode(BASE + "graph/schema")
ENTITIES_GRAPH: Final = NamedNode(BASE + "graph/entities")
CLAIMS_GRAPH: Final = NamedNode(BASE + "graph/claims")
BACKGROUND_GRAPH: Final = NamedNode(BASE + "graph/background")
MAPPINGS_GRAPH: Final = NamedNode(BASE + "graph/mappings")
INFERRED_GRAPH: Final = NamedNode(BASE + "graph/inferred")
VOID_GRAPH: Final = NamedNode(BASE + "graph/void")

USER_GRAPHS: Final = BASE + "graph/user/"
"""What the names of the graphs that users add begin with."""

DATASET: Final = NamedNode(BASE + "dataset")
"""All that is published, as its description names it."""

REVIEW: Final = NamedNode(BASE + "publication/xiong-2021")
"""The review that the claims are drawn from."""

DEVELOPERS: Final = NamedNode(BASE + "dataset#developers")
"""Those who word what no work says, as the description of the dataset names them."""

RDF_TYPE: Final = NamedNode(RDF + "type")
RDF_FIRST: Final = NamedNode(RDF + "first")
RDF_REST: Final = NamedNode(RDF + "rest")
RDF_NIL: Final = NamedNode(RDF + "nil")
RDFS_LABEL: Final = NamedNode(RDFS + "label")
DEFINITION: Final = NamedNode(PREFIXES["obo"] + "IAO_0000115")
DEFINITION_SOURCE: Final = NamedNode(PREFIXES["obo"] + "IAO_0000119")
TERM_EDITOR: Final = NamedNode(PREFIXES["obo"] + "IAO_0000117")
REPLACED_BY: Final = NamedNode(PREFIXES["obo"] + "IAO_0100001")
OBSOLESCENCE_REASON: Final = NamedNode(PREFIXES["obo"] + "IAO_0000231")
EXACT_SYNONYM: Final = NamedNode(PREFIXES["oboInOwl"] + "hasExactSynonym")
DB_XREF: Final = NamedNode(PREFIXES["oboInOwl"] + "hasDbXref")
EXACT_MATCH: Final = NamedNode(SKOS + "exactMatch")
CLOSE_MATCH: Final = NamedNode(SKOS + "closeMatch")
EDITORIAL_NOTE: Final = NamedNode(SKOS + "editorialNote")
DERIVED_FROM: Final = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")


def ikg(local: str) -> NamedNode:
    """Return the schema term of that local name.

    >>> ikg("RGDReceptor").value
    'https://w3id.org/integrin-kg/schema/RGDReceptor'
    """
    return NamedNode(IKG + local)


def owl(local: str) -> NamedNode:
    """Return the OWL term of that local name."""
    return NamedNode(OWL + local)


def rdfs(local: str) -> NamedNode:
    """Return the RDF Schema term of that local name."""
    return NamedNode(RDFS + local)


def xsd(local: str) -> NamedNode:
    """Return the XML Schema datatype of that local name."""
    return NamedNode(XSD + local)
