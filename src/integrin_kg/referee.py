"""An independent check of proofs: replays each step against the ontology, and each leaf against
what is asserted.

It shares no code with the reasoner, the rules or the proofs, and looks at nothing but the proof's
JSON document and two rdflib graphs, so that a fault of theirs is not a fault of its own. What it
knows of OWL is the direct semantics of the few constructs below
(https://www.w3.org/TR/owl2-direct-semantics/).
"""

from __future__ import annotations

from typing import Any

from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from integrin_kg.errors import MeantToBeRead

Fact = tuple[Node, Node, Node]
IKG = "https://w3id.org/integrin-kg/schema/"


class Refuted(MeantToBeRead, ValueError):
    """A proof that does not hold; the message names the step."""


def check(proof: dict[str, Any], ontology: Graph, asserted: Graph) -> None:
    """Raise :class:`Refuted` where a step of ``proof`` does not follow from its premises by an axiom
    of ``ontology``, or where a leaf is not in ``asserted`` or not what its claims say."""
    conclusion = _fact(proof)
    if proof.get("asserted"):
        if conclusion not in asserted:
            raise Refuted(f"{conclusion} is not asserted")
        for claim in proof["claims"]:
            if (URIRef(claim["iri"]), URIRef(IKG + "claimSubject"), conclusion[0]) not in asserted:
                raise Refuted(f"{claim['iri']} is not about {conclusion[0]}")
        return
    for premise in proof["premises"]:
        check(premise, ontology, asserted)
    premises = {_fact(premise) for premise in proof["premises"]}
    if not (_by_class(conclusion, premises, ontology) or _by_property(conclusion, premises, ontology)):
        raise Refuted(f"{conclusion} does not follow from {premises} by any axiom")


def _fact(proof: dict[str, Any]) -> Fact:
    s, p, o = (URIRef(proof["conclusion"][part]) for part in ("subject", "predicate", "object"))
    return s, p, o


def _is(thing: Node, cls: Node, premises: set[Fact], onto: Graph) -> bool:
    """Whether the premises make ``thing`` a member of the class expression ``cls``."""
    if not isinstance(cls, BNode):
        return cls == OWL.Thing or (thing, RDF.type, cls) in premises
    if parts := onto.value(cls, OWL.intersectionOf):
        return all(_is(thing, part, premises, onto) for part in Collection(onto, parts))
    if parts := onto.value(cls, OWL.unionOf):
        return any(_is(thing, part, premises, onto) for part in Collection(onto, parts))
    if parts := onto.value(cls, OWL.oneOf):
        return thing in Collection(onto, parts)
    reached = {o for s, p, o in premises if s == thing and p == onto.value(cls, OWL.onProperty)}
    if value := onto.value(cls, OWL.hasValue):
        return value in reached
    if filler := onto.value(cls, OWL.someValuesFrom):
        return any(_is(other, filler, premises, onto) for other in reached)
    return False


def _above(cls: Node, onto: Graph) -> set[Node]:
    """What is stated of the members of ``cls``, conjunctions taken apart."""
    found = {*onto.objects(cls, RDFS.subClassOf), *onto.objects(cls, OWL.equivalentClass)}
    found |= set(onto.subjects(OWL.equivalentClass, cls))
    for node in list(found):
        if parts := onto.value(node, OWL.intersectionOf):
            found |= set(Collection(onto, parts))
    return found


def _classes(onto: Graph) -> set[Node]:
    edges = (*onto.subject_objects(RDFS.subClassOf), *onto.subject_objects(OWL.equivalentClass))
    return {end for edge in edges for end in edge}


def _by_class(conclusion: Fact, premises: set[Fact], onto: Graph) -> bool:
    s, p, o = conclusion
    for cls in _classes(onto):
        above = _above(cls, onto)
        if p == RDF.type and o in above and _is(s, cls, premises, onto):
            return True
        values = {
            node for node in above if (node, OWL.onProperty, p) in onto and (node, OWL.hasValue, o) in onto
        }
        if values and _is(s, cls, premises, onto):
            return True
    edges = ((subject, prop, value) for subject, prop, value in premises)
    return p == RDF.type and any(
        (subject == s and (prop, RDFS.domain, o) in onto) or (value == s and (prop, RDFS.range, o) in onto)
        for subject, prop, value in edges
    )


def _by_property(conclusion: Fact, premises: set[Fact], onto: Graph) -> bool:
    s, p, o = conclusion
    if (p, RDF.type, OWL.SymmetricProperty) in onto and (o, p, s) in premises:
        return True
    chains = [list(Collection(onto, chain)) for chain in onto.objects(p, OWL.propertyChainAxiom)]
    if (p, RDF.type, OWL.TransitiveProperty) in onto:
        chains.append([p, p])
    chains += [[sub] for sub in onto.subjects(RDFS.subPropertyOf, p)]
    inverses = {*onto.objects(p, OWL.inverseOf), *onto.subjects(OWL.inverseOf, p)}
    return any((o, q, s) in premises for q in inverses) or any(o in _along(s, c, premises) for c in chains)


def _along(start: Node, chain: list[Node], premises: set[Fact]) -> set[Node]:
    ends = {start}
    for link in chain:
        ends = {o for s, p, o in premises if p == link and s in ends}
    return ends
