"""The axioms of an ontology in words: the frames of Manchester syntax.

https://www.w3.org/TR/owl2-manchester-syntax/#Ontologies_and_Annotations
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from integrin_kg.manchester import expression, property_expression
from integrin_kg.ontology import Node, Ontology, Term, as_node
from integrin_kg.vocab import RDF_TYPE, owl, rdfs

_ORDER = ("EquivalentTo", "SubClassOf", "Domain", "Range", "Characteristics", "SubPropertyOf",
          "SubPropertyChain", "InverseOf", "DisjointWith")  # fmt: skip
_CLASSES = {
    rdfs("subClassOf"): "SubClassOf",
    owl("equivalentClass"): "EquivalentTo",
    owl("disjointWith"): "DisjointWith",
}
_PROPERTIES = {
    rdfs("subPropertyOf"): "SubPropertyOf",
    owl("equivalentProperty"): "EquivalentTo",
    owl("inverseOf"): "InverseOf",
    owl("propertyDisjointWith"): "DisjointWith",
}
_MUTUAL = ("EquivalentTo", "DisjointWith", "InverseOf")
_USAGE = {rdfs("domain"): "Domain", rdfs("range"): "Range"}
_CHARACTERISTIC = {
    owl(f"{name}Property"): name
    for name in (
        "Functional",
        "InverseFunctional",
        "Transitive",
        "Symmetric",
        "Asymmetric",
        "Reflexive",
        "Irreflexive",
    )
}


@dataclass(frozen=True)
class Axiom:
    """An axiom: a keyword of the frame of ``subject`` (a term's IRI, or the words of an expression), and
    the words behind it."""

    subject: str
    keyword: str
    words: str


def axioms(ontology: Ontology) -> list[Axiom]:
    """Return every axiom of ``ontology``, each once, by subject and in the order of a frame.

    >>> from integrin_kg import resources
    >>> found = axioms(Ontology.load(resources.ontology_folder()))
    >>> [axiom.words for axiom in found if axiom.subject.endswith("/actsOn")][2:]
    ['targets o subunitOf']
    """
    found = {axiom for triple in ontology.triples for axiom in _read(ontology, triple)}
    return sorted(found, key=lambda axiom: (axiom.subject, _ORDER.index(axiom.keyword), axiom.words))


def _read(ontology: Ontology, triple: Triple) -> Iterator[Axiom]:
    """The axioms that ``triple`` states, none where it is only part of one."""
    subject, predicate, value = as_node(triple.subject), triple.predicate, triple.object
    if predicate == RDF_TYPE:
        yield from _typed(ontology, subject, value)
    elif not isinstance(value, NamedNode | BlankNode):
        return
    elif keyword := _CLASSES.get(predicate):
        yield from _both(keyword, subject, value, lambda node: expression(ontology, node))
    elif keyword := _PROPERTIES.get(predicate):
        if isinstance(subject, NamedNode):  # an inverse without a name is an expression
            yield from _both(keyword, subject, value, lambda node: property_expression(ontology, node))
    elif keyword := _USAGE.get(predicate):
        yield Axiom(subject.value, keyword, expression(ontology, value))
    elif predicate == owl("propertyChainAxiom"):
        links = [property_expression(ontology, link) for link in ontology.members(value)]
        yield Axiom(subject.value, "SubPropertyChain", " o ".join(links))


def _both(keyword: str, one: Node, other: Node, words: Callable[[Node], str]) -> Iterator[Axiom]:
    yield Axiom(one.value if isinstance(one, NamedNode) else words(one), keyword, words(other))
    if keyword in _MUTUAL and isinstance(other, NamedNode):
        yield Axiom(other.value, keyword, words(one))


def _typed(ontology: Ontology, subject: Node, kind: Term) -> Iterator[Axiom]:
    if kind == owl("AllDisjointClasses"):
        members = [m for head in ontology.nodes(subject, owl("members")) for m in ontology.members(head)]
        for member in members:
            others = sorted(expression(ontology, other) for other in members if other != member)
            yield Axiom(member.value, "DisjointWith", ", ".join(others))
    elif isinstance(kind, NamedNode) and kind in _CHARACTERISTIC:
        yield Axiom(subject.value, "Characteristics", _CHARACTERISTIC[kind])
