"""Axioms as rules: each named after its axiom, what is beyond RL reported and never dropped."""

from __future__ import annotations

import pytest

from constructs import triples
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology, OntologyError
from integrin_kg.rules import compile_rules


def test_a_rule_is_named_after_its_axiom_in_words(shipped: Knowledge) -> None:
    words = {rule.words for rule in shipped.rules.rules}
    assert "Integrin and (recognizesMotif value RGD) SubClassOf RGDReceptor" in words
    assert "targets o subunitOf SubPropertyOf actsOn" in words
    assert all(rule.axiom.startswith("https://w3id.org/integrin-kg/axiom/") for rule in shipped.rules.rules)


def test_the_sufficient_direction_of_every_definition_is_a_rule(shipped: Knowledge) -> None:
    defined = {
        str(t.subject) for t in shipped.ontology.triples if t.predicate.value.endswith("#equivalentClass")
    }
    concluded = {str(rule.head[2]) for rule in shipped.rules.rules if rule.head}
    assert defined <= concluded


@pytest.mark.parametrize(
    ("axiom", "named"),
    [
        (
            ":C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ] .",
            "C SubClassOf p some D",
        ),
        (":C rdfs:subClassOf [ a owl:Class ; owl:unionOf ( :A :B ) ] .", "C SubClassOf A or B"),
        (
            "[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :D ] rdfs:subClassOf :C .",
            "p only D SubClassOf C",
        ),
        ("[ a owl:Class ; owl:complementOf :D ] rdfs:subClassOf :C .", "not D SubClassOf C"),
    ],
)
def test_what_is_beyond_rl_is_reported_by_name(axiom: str, named: str) -> None:
    rules = compile_rules(Ontology(triples(axiom)))
    assert rules.rules == []
    assert len(rules.beyond) == 1
    assert rules.beyond[0].startswith(named)


def test_one_conjunct_beyond_rl_does_not_take_the_others_with_it() -> None:
    axiom = (
        ":C owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A"
        " [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ] ) ] ."
    )
    rules = compile_rules(Ontology(triples(axiom)))
    assert len(rules.beyond) == 1
    assert {str(rule.head[2]) for rule in rules.rules if rule.head} == {
        "<http://example.org/A>",
        "<http://example.org/C>",
    }


@pytest.mark.parametrize(
    ("axiom", "missing"),
    [
        (":C rdfs:subClassOf [ a owl:Restriction ; owl:hasValue :x ] .", "onProperty"),
        (":C rdfs:subClassOf [ owl:onProperty :p , :q ; owl:hasValue :x ] .", "onProperty"),
        (":C rdfs:subClassOf [ owl:onProperty [] ; owl:hasValue :x ] .", "inverseOf"),
        (
            "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x ; owl:targetIndividual :y .",
            "assertionProperty",
        ),
        (
            "[] a owl:NegativePropertyAssertion ; owl:assertionProperty :p ; owl:targetIndividual :y .",
            "sourceIndividual",
        ),
    ],
)
def test_an_axiom_that_lacks_a_part_is_refused(axiom: str, missing: str) -> None:
    with pytest.raises(OntologyError, match=f"{missing}.*needs just one"):
        compile_rules(Ontology(triples(axiom)))


def test_a_list_without_an_end_is_refused() -> None:
    axiom = (
        ":C owl:equivalentClass [ a owl:Class ; owl:intersectionOf _:l ] ."
        " _:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> :A ."
    )
    with pytest.raises(OntologyError, match="no end"):
        compile_rules(Ontology(triples(axiom)))
