"""The reasoner before two others: owlrl's closure and HermiT, on hand-made and generated ontologies."""

from __future__ import annotations

import os
import warnings
from itertools import permutations
from pathlib import Path

import owlrl
import pytest
import rdflib
from hypothesis import HealthCheck, assume, event, example, given, reject, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from constructs import BEYOND, CASES, Case, triples
from entailed import Compared
from integrin_kg.ontology import Ontology
from integrin_kg.reason import Reasoner, reason
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import RDF_TYPE
from java_tools import Hermit, OutsideDL

HERE = "http://example.org/"
ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"

Answer = set[tuple[str, str, str]]


def ours(given: list[Triple]) -> Reasoner:
    rules = compile_rules(Ontology(given)).rules
    return reason([Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in given], rules)


def about_things(rows: list[tuple[str, str, str]], given: list[Triple]) -> Answer:
    """The rows about the ontology's own things: memberships in its classes, and its properties. What
    the referees add about owl:Thing, datatypes and the schema itself is their noise."""
    stated = {(t.subject.value, t.predicate.value, getattr(t.object, "value", "")) for t in given}
    schema = {t.predicate.value for t in given} | classes(given)
    types = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    kept = set()
    for s, p, o in rows:
        named = (
            s.startswith(HERE)
            and s not in schema
            and (p.startswith(HERE) or (p == types and o.startswith(HERE)))
        )
        if named and (s, p, o) not in stated:
            kept.add((s, p, o))
    return kept


def classes(given: list[Triple]) -> set[str]:
    vocabulary = (
        "http://www.w3.org/2000/01/rdf-schema#subClassOf",
        "http://www.w3.org/2002/07/owl#equivalentClass",
    )
    ends = [end for t in given if t.predicate.value in vocabulary for end in (t.subject, t.object)]
    return {end.value for end in ends if isinstance(end, NamedNode)}


def our_answer(given: list[Triple]) -> tuple[Answer, bool]:
    result = ours(given)
    rows = [(t.subject.value, t.predicate.value, t.object.value) for t in result.triples()]
    return about_things(rows, given), bool(result.clashes)


def owlrl_answer(given: list[Triple]) -> tuple[Answer, bool]:
    graph = rdflib.Graph().parse(data=serialize(given, format=RdfFormat.N_TRIPLES), format="nt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    rows = [(str(s), str(p), str(o)) for s, p, o in graph if isinstance(s, rdflib.URIRef)]
    clash = any(p == rdflib.URIRef(ERROR) or "error" in str(p).lower() for _, p, _ in graph)
    return about_things(rows, given), clash


# owlrl 7 has no test for these: it closes the graph and reports no contradiction.
UNSEEN_BY_OWLRL = {
    "functional, two literals",
    "all disjoint properties",
    "datatype",
    "datatype, ill-formed",
    "key of different things",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_owlrl_agrees_on_each_construct(case: Case) -> None:
    given = triples(case.given)
    found, clash = our_answer(given)
    theirs, their_clash = owlrl_answer(given)
    if case.name not in UNSEEN_BY_OWLRL:
        assert their_clash == clash
    if not clash:
        assert found == theirs


# ---- HermiT -------------------------------------------------------------------------------------


def declared(case: Case) -> list[Triple]:
    """Return what is given, with its classes declared: OWL 2 DL wants it and the fragments leave it out.
    They are what is a class in the ontology or in what must or must not follow."""
    stated = triples(case.given)
    told = [*stated, *triples(case.follows), *triples(case.not_so)]
    types = {t.object.value for t in told if t.predicate == RDF_TYPE and isinstance(t.object, NamedNode)}
    kinds = classes(stated) | {kind for kind in types if kind.startswith(HERE)}
    return [*triples(" ".join(f"<{kind}> a owl:Class ." for kind in sorted(kinds))), *stated]


def both(
    ontology: list[Triple], hermit: Hermit, folder: Path
) -> tuple[set[Triple] | None, set[Triple] | None]:
    """Return what follows by the rules and what HermiT finds to; None where that is a contradiction."""
    compared, reasoner = Compared(ontology), ours(ontology)
    theirs = hermit.answer(ontology, folder / "case.owl")
    found = None if reasoner.clashes else compared.concluded(reasoner, ontology)
    return found, None if theirs is None else compared.of(theirs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hermit_finds_the_same_for_each_construct(case: Case, hermit: Hermit, tmp_path: Path) -> None:
    found, theirs = both(declared(case), hermit, tmp_path)
    assert found == theirs
    assert (theirs is None) == case.clash
    assert set(triples(case.follows)) <= (theirs or set())


@pytest.mark.parametrize("case", BEYOND, ids=lambda case: case.name)
def test_what_hermit_finds_beyond_the_rules_is_told(case: Case, hermit: Hermit, tmp_path: Path) -> None:
    ontology, missed = declared(case), set(triples(case.follows))
    found, theirs = both(ontology, hermit, tmp_path)
    assert compile_rules(Ontology(ontology)).beyond
    assert found is not None
    assert theirs == (None if case.clash else found | missed)
    assert not found & missed


# ---- generated ontologies -----------------------------------------------------------------------

CLASSES, PROPERTIES, THINGS = ("A", "B", "C", "D"), ("p", "q", "r"), ("x", "y", "z")
NAME = st.sampled_from(CLASSES).map(":{}".format)
PROPERTY = st.sampled_from(PROPERTIES).map(":{}".format)
THING = st.sampled_from(THINGS).map(":{}".format)


def restriction(kind: str, filler: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        "[ a owl:Restriction ; owl:onProperty {} ; owl:{} {} ]".format, PROPERTY, st.just(kind), filler
    )


def junction(kind: str, part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("[ a owl:Class ; owl:{} ( {} {} ) ]".format, st.just(kind), part, part)


SUB = st.recursive(
    NAME | restriction("hasValue", THING),
    lambda part: (
        junction("intersectionOf", part) | junction("unionOf", part) | restriction("someValuesFrom", part)
    ),
    max_leaves=3,
)
SUPER = st.recursive(
    NAME | restriction("hasValue", THING),
    lambda part: junction("intersectionOf", part) | restriction("allValuesFrom", part),
    max_leaves=3,
)
AXIOM = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, SUB, SUPER),
    st.builds(
        "{} owl:equivalentClass {} .".format,
        NAME,
        junction("intersectionOf", NAME | restriction("hasValue", THING)),
    ),
    st.builds("{} rdfs:subPropertyOf {} .".format, PROPERTY, PROPERTY),
    st.builds("{} owl:inverseOf {} .".format, PROPERTY, PROPERTY),
    st.builds("{} a owl:{} .".format, PROPERTY, st.sampled_from(["SymmetricProperty", "TransitiveProperty"])),
    st.builds("{} owl:propertyChainAxiom ( {} {} ) .".format, PROPERTY, PROPERTY, PROPERTY),
    st.builds("{} rdfs:domain {} .".format, PROPERTY, NAME),
    st.builds("{} rdfs:range {} .".format, PROPERTY, NAME),
)
FACT = st.one_of(
    st.builds("{} a {} .".format, THING, NAME), st.builds("{} {} {} .".format, THING, PROPERTY, THING)
)
DECLARED = " ".join(
    [f":{p} a owl:ObjectProperty ." for p in PROPERTIES] + [f":{c} a owl:Class ." for c in CLASSES]
)


@given(st.lists(AXIOM, min_size=1, max_size=5), st.lists(FACT, min_size=1, max_size=6))
@settings(
    max_examples=int(os.environ.get("REFEREE", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_owlrl_agrees_on_generated_ontologies(axioms: list[str], facts: list[str]) -> None:
    given = triples(" ".join([DECLARED, *axioms, *facts]))
    assert our_answer(given) == owlrl_answer(given)


def pairs(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Two that differ: the OWL API reads what is said to be disjoint as a set, so of a property
    that is disjoint with itself it keeps nothing."""
    return st.sampled_from(list(permutations(names, 2)))


# What owlrl cannot judge, or not in good time: contradictions and what makes two things one.
AT_MOST = '[ a owl:Restriction ; owl:onProperty {} ; owl:maxCardinality "{}"^^xsd:nonNegativeInteger ]'
FURTHER = st.one_of(
    st.builds("{} rdfs:subClassOf [ a owl:Class ; owl:complementOf {} ] .".format, NAME, SUB),
    st.builds(f"{{}} rdfs:subClassOf {AT_MOST} .".format, NAME, PROPERTY, st.sampled_from("01")),
    st.builds("[ a owl:Class ; owl:oneOf ( {} {} ) ] rdfs:subClassOf {} .".format, THING, THING, NAME),
    st.builds(
        "[ a owl:Restriction ; owl:onProperty [ owl:inverseOf {} ] ; owl:someValuesFrom {} ]"
        " rdfs:subClassOf {} .".format,
        PROPERTY,
        NAME,
        SUPER,
    ),
    pairs(CLASSES).map(":{0[0]} owl:disjointWith :{0[1]} .".format),
    st.builds("{} owl:equivalentProperty {} .".format, PROPERTY, PROPERTY),
    pairs(PROPERTIES).map(":{0[0]} owl:propertyDisjointWith :{0[1]} .".format),
    st.builds("{} a owl:{}Property .".format, PROPERTY, st.sampled_from(["Functional", "InverseFunctional"])),
    st.builds("{} a owl:{}Property .".format, PROPERTY, st.sampled_from(["Asymmetric", "Irreflexive"])),
)
NAMES = st.builds("{} owl:{} {} .".format, THING, st.sampled_from(["sameAs", "differentFrom"]), THING)
INDIVIDUALS = " ".join(f":{thing} a owl:NamedIndividual ." for thing in THINGS)


OWL = "http://www.w3.org/2002/07/owl#"
CHARACTERISTICS = {
    f"{OWL}{kind}Property" for kind in ("Functional", "InverseFunctional", "Asymmetric", "Irreflexive")
}


def simple_everywhere(given: list[Triple]) -> bool:
    """Whether no property that must be simple is composite (OWL 2 Structural Specification, 11.2):
    HermiT takes no note of what is composite only because it is equivalent to what is."""
    composite, simple, below = set[str](), set[str](), set[tuple[str, str]]()
    for t in given:
        subject, predicate, value = (
            getattr(term, "value", "") for term in (t.subject, t.predicate, t.object)
        )
        if value == f"{OWL}TransitiveProperty" or predicate == f"{OWL}propertyChainAxiom":
            composite.add(subject)
        elif value in CHARACTERISTICS:
            simple.add(subject)
        elif predicate == f"{OWL}propertyDisjointWith":
            simple |= {subject, value}
        elif predicate == f"{OWL}maxCardinality":
            simple |= {
                o.object.value
                for o in given
                if o.subject == t.subject and o.predicate.value == f"{OWL}onProperty"
            }
        elif predicate.endswith("#subPropertyOf"):
            below.add((subject, value))
        elif predicate in (f"{OWL}equivalentProperty", f"{OWL}inverseOf"):
            below |= {(subject, value), (value, subject)}
    while further := {upper for lower, upper in below if lower in composite} - composite:
        composite |= further
    return not composite & simple


EQUIVALENT_TO_TRANSITIVE = ":q a owl:TransitiveProperty . :p owl:equivalentProperty :q ."


@given(st.lists(AXIOM | FURTHER, min_size=2, max_size=6), st.lists(FACT | NAMES, min_size=2, max_size=6))
@example([EQUIVALENT_TO_TRANSITIVE, ":p a owl:InverseFunctionalProperty ."], [":x :p :y .", ":y :p :x ."])
@example([EQUIVALENT_TO_TRANSITIVE, ":r a owl:InverseFunctionalProperty ."], [":x :p :y .", ":y :p :x ."])
@settings(
    max_examples=int(os.environ.get("REFEREE", "200")), deadline=None, suppress_health_check=list(HealthCheck)
)
def test_hermit_finds_the_same_for_generated_ontologies(
    hermit: Hermit, tmp_path_factory: pytest.TempPathFactory, axioms: list[str], facts: list[str]
) -> None:
    given = triples(" ".join([DECLARED, INDIVIDUALS, *axioms, *facts]))
    assert compile_rules(Ontology(given)).beyond == []
    assume(simple_everywhere(given))
    try:
        found, theirs = both(given, hermit, tmp_path_factory.getbasetemp())
    except OutsideDL:  # what OWL 2 DL forbids (section 11.2), as a chain in a circle
        reject()
    event("a contradiction" if found is None else f"{len(found - set(given))} statements follow")
    assert found == theirs
