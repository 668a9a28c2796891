"""The ontologies of a release as files: RDF/XML, Turtle, OWL's functional syntax and OBO Graphs JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from pyhornedowl import open_ontology_from_string
from pyhornedowl.model import DisjointClasses
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from integrin_kg.files import NAME
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Node, Ontology
from integrin_kg.release.obo_graph import obo_graph
from integrin_kg.release.products import PRODUCTS, Product
from integrin_kg.release.turtle import turtle
from integrin_kg.vocab import BASE, PREFIXES, ikg, owl

_CATALOG_BEGINS = """\
<?xml version="1.0" encoding="UTF-8"?>
<catalog prefer="public" xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">"""


def _write_xml(product: Product, knowledge: Knowledge, path: Path) -> None:
    triples = product.triples(knowledge)
    serialize(triples, str(path), RdfFormat.RDF_XML, prefixes=_prefixes(knowledge.ontology, triples))


def _write_turtle(product: Product, knowledge: Knowledge, path: Path) -> None:
    triples = product.triples(knowledge)
    path.write_text(turtle(triples, _prefixes(knowledge.ontology, triples)), "utf-8")


def _write_functional(product: Product, knowledge: Knowledge, path: Path) -> None:
    triples = product.triples(knowledge)
    document = serialize(triples, format=RdfFormat.RDF_XML) or b""
    ontology = open_ontology_from_string(document.decode(), "owl")
    for classes in _all_disjoint(Ontology(triples)):  # which Horned-OWL 2.0 passes over in RDF
        ontology.add_axiom(DisjointClasses([ontology.class_(kind.value) for kind in classes]))
    for prefix, namespace in _prefixes(knowledge.ontology, triples).items():
        ontology.prefix_mapping.add_prefix(prefix, namespace)
    ontology.save_to_file(str(path), "ofn")


def _all_disjoint(ontology: Ontology) -> Iterator[list[Node]]:
    for axiom in ontology.instances(owl("AllDisjointClasses")):
        yield from (ontology.members(head) for head in ontology.nodes(axiom, owl("members")))


def _write_graph(product: Product, knowledge: Knowledge, path: Path) -> None:
    path.write_text(obo_graph(product.iri, product.triples(knowledge)), "utf-8")


def _write_catalog(knowledge: Knowledge, path: Path) -> None:
    """Tell Protege which of the files beside ``path`` is which ontology, by its IRI and that of its version:
    https://protegewiki.stanford.edu/wiki/Importing_Ontologies_in_P41"""
    entries = [
        f'  <uri name="{iri.value}" uri="{NAME}-{product.name}.owl"/>'
        for product in PRODUCTS
        for iri in (product.iri, product.version(knowledge))
    ]
    path.write_text("\n".join([_CATALOG_BEGINS, *entries, "</catalog>\n"]), "utf-8")


def _prefixes(ontology: Ontology, triples: list[Triple]) -> dict[str, str]:
    """The prefixes of which there is something in ``triples``. Those of entities are the segments of paths
    that the ontology gives to their classes."""
    segments = [
        t.object.value
        for t in ontology.triples
        if t.predicate == ikg("iriPath") and isinstance(t.object, Literal)
    ]
    known = PREFIXES | {segment: f"{BASE}{segment}/" for segment in sorted(segments)}
    names = {term.value for triple in triples for term in triple if isinstance(term, NamedNode)}
    used = {re.sub("[^/#]*$", "", name) for name in names}
    return {prefix: namespace for prefix, namespace in known.items() if namespace in used}


_FORMATS: dict[str, Callable[[Product, Knowledge, Path], None]] = {
    "owl": _write_xml,
    "ttl": _write_turtle,
    "ofn": _write_functional,
    "json": _write_graph,
}

ARTEFACTS: dict[str, Callable[[Knowledge, Path], None]] = {
    f"{NAME}-{product.name}.{suffix}": partial(write, product)
    for product in PRODUCTS
    for suffix, write in _FORMATS.items()
}
ARTEFACTS["catalog-v001.xml"] = _write_catalog
"""The files of the three ontologies, and what writes each."""
