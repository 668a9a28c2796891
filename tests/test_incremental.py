"""Additions and retractions: after any history, what holds and why is what a run from scratch gives."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from constructs import triples
from integrin_kg.backward import Limits, RuleExplosion
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.proof import prove
from integrin_kg.reason import Reasoner, reason
from integrin_kg.resume import Resumed
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import BASE, RDF_TYPE, ikg
from timing import in_time

SCHEMA = triples(
    """
    :A rdfs:subClassOf :B . :B rdfs:subClassOf :A .
    :C owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :A
        [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ] ) ] .
    :p a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:subPropertyOf :q .
    :q a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:range :E .
    :r a owl:ObjectProperty , owl:FunctionalProperty ; owl:propertyChainAxiom ( :p :q ) .
    [] a owl:AllDisjointClasses ; owl:members ( :D :F ) .
    """
)
RULES = compile_rules(Ontology(SCHEMA)).rules


def node(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


THINGS = [node(name) for name in "wxyz"]
FACTS = st.one_of(
    st.builds(Triple, st.sampled_from(THINGS), st.just(RDF_TYPE), st.sampled_from(list(map(node, "ABCDF")))),
    st.builds(
        Triple, st.sampled_from(THINGS), st.sampled_from(list(map(node, "pqr"))), st.sampled_from(THINGS)
    ),
)
HISTORY = st.lists(st.tuples(st.booleans(), st.lists(FACTS, min_size=1, max_size=4)), max_size=10)


def state(reasoner: Reasoner) -> tuple[object, ...]:
    inferred = frozenset(reasoner.triples())
    clashes = frozenset((c.rule.words, frozenset(c.premises)) for c in reasoner.clashes)
    return inferred, clashes, frozenset((t, prove(reasoner, t)) for t in inferred)


@given(HISTORY)
@settings(max_examples=30, deadline=None)
def test_after_any_history_all_is_as_from_scratch(history: list[tuple[bool, list[Triple]]]) -> None:
    reasoner = Reasoner(RULES)
    asserted: dict[Triple, None] = {}
    for adding, facts in history:
        if adding:
            reasoner.add(facts)
            asserted |= dict.fromkeys(facts)
        else:
            reasoner.retract(facts)
            asserted = {fact: None for fact in asserted if fact not in facts}
    fresh = Reasoner(RULES)
    fresh.add(sorted(asserted, key=str))
    assert state(reasoner) == state(fresh)


@given(st.lists(FACTS, max_size=6), HISTORY)
@settings(max_examples=15, deadline=None)
def test_what_was_concluded_elsewhere_is_gone_on_from_as_if_concluded_here(
    given: list[Triple], history: list[tuple[bool, list[Triple]]]
) -> None:
    fresh = Reasoner(RULES)
    fresh.add(given)
    assume(not fresh.clashes)
    resumed = Resumed(RULES, given, list(fresh.triples()))
    assert state(resumed) == state(fresh)
    for adding, facts in history:
        change, expected = (
            (resumed.add(facts), fresh.add(facts))
            if adding
            else (resumed.retract(facts), fresh.retract(facts))
        )
        assert change == expected
        assert state(resumed) == state(fresh)


def test_a_derivation_that_was_not_recorded_is_found_all_the_same() -> None:
    triple, premise = triples(":x a :B . :x a :A .")
    rules = compile_rules(Ontology(triples(":A rdfs:subClassOf :B ."))).rules
    derivation = Resumed(rules, [premise], [triple]).recorded(triple)
    assert derivation
    assert derivation.premises == (premise,)
    assert Resumed(rules, [premise], [triple]).recorded(premise) is None


@given(HISTORY)
@settings(max_examples=20, deadline=None)
def test_a_change_reports_exactly_what_came_and_went(history: list[tuple[bool, list[Triple]]]) -> None:
    reasoner = Reasoner(RULES)
    for adding, facts in history:
        before = set(reasoner.triples())
        change = reasoner.add(facts) if adding else reasoner.retract(facts)
        after = set(reasoner.triples())
        assert change.added == after - before
        assert change.removed == before - after


def test_a_fact_with_two_derivations_outlives_one_of_them() -> None:
    reasoner = reason_over(":p rdfs:subPropertyOf :r . :q rdfs:subPropertyOf :r . :x :p :y ; :q :y .")
    (goal,) = triples(":x :r :y .")
    reasoner.retract(triples(":x :p :y ."))
    assert reasoner.holds(goal)
    reasoner.retract(triples(":x :q :y ."))
    assert not reasoner.holds(goal)


def test_facts_that_derive_one_another_do_not_keep_one_another_alive() -> None:
    reasoner = reason_over(":A rdfs:subClassOf :B . :B rdfs:subClassOf :A . :x a :A .")
    assert reasoner.holds(triples(":x a :B .")[0])
    reasoner.retract(triples(":x a :A ."))
    assert not reasoner.holds(triples(":x a :A .")[0])
    assert not reasoner.holds(triples(":x a :B .")[0])


def test_a_retracted_fact_that_still_follows_becomes_inferred() -> None:
    reasoner = reason_over(":A rdfs:subClassOf :B . :x a :A , :B .")
    (fact,) = triples(":x a :B .")
    change = reasoner.retract([fact])
    assert change.added == {fact}
    assert reasoner.holds(fact)
    assert not reasoner.is_asserted(fact)


def reason_over(turtle: str) -> Reasoner:
    given = triples(turtle)
    quads = [Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in given]
    return reason(quads, compile_rules(Ontology(given)).rules)


def test_that_things_are_different_counts_whenever_it_is_said() -> None:
    reasoner = reason_over(":p a owl:ObjectProperty , owl:FunctionalProperty . :x :p :y , :z .")
    (same,) = triples(":y owl:sameAs :z .")
    different = triples(":y owl:differentFrom :z .")
    assert reasoner.holds(same)
    assert reasoner.add(different).removed >= {same}
    assert reasoner.clashes
    assert reasoner.retract(different).added >= {same}
    assert not reasoner.clashes


def test_a_twenty_fifth_integrin_comes_and_goes_without_a_trace(shipped: Knowledge) -> None:
    reasoner = reason(shipped.asserted, shipped.rules.rules)
    before = state_of_types(reasoner)
    new = NamedNode(f"{BASE}integrin/alphaV-beta7")
    facts = [
        Triple(new, RDF_TYPE, ikg("Integrin")),
        Triple(new, ikg("hasAlphaSubunit"), NamedNode(f"{BASE}subunit/ITGAV")),
        Triple(new, ikg("recognizesMotif"), NamedNode(f"{BASE}motif/RGD")),
    ]
    added = reasoner.add(facts).added
    assert Triple(new, RDF_TYPE, ikg("RGDReceptor")) in added
    assert Triple(NamedNode(f"{BASE}therapeutic/abituzumab"), ikg("actsOn"), new) in added
    assert reasoner.retract(facts).removed == added
    assert state_of_types(reasoner) == before


def state_of_types(reasoner: Reasoner) -> frozenset[Triple]:
    return frozenset(reasoner.triples())


def test_an_added_fact_costs_its_consequences_and_not_the_graph(shipped: Knowledge) -> None:
    from time import perf_counter

    started = perf_counter()
    reasoner = reason(shipped.asserted, shipped.rules.rules)
    whole = perf_counter() - started
    fact = Triple(node("drug"), ikg("targets"), NamedNode(f"{BASE}subunit/ITGA4"))
    started = perf_counter()
    for _ in range(20):
        reasoner.add([fact])
        reasoner.retract([fact])
    in_time((perf_counter() - started) / 40, whole / 100)


def test_a_new_member_of_a_class_in_a_definition_is_not_joined_with_all_of_another() -> None:
    schema = """
        :Seen a owl:Class ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( :Observation
            [ a owl:Restriction ; owl:onProperty :of ; owl:someValuesFrom :Kind ] ) ] .
    """
    observations = [Triple(node(f"o{i}"), RDF_TYPE, node("Observation")) for i in range(100)]
    things = [Triple(node(f"t{i}"), RDF_TYPE, node("Kind")) for i in range(100)]
    of = [
        Triple(observation.subject, node("of"), thing.subject)
        for observation, thing in zip(observations, things, strict=True)
    ]
    rules = compile_rules(Ontology(triples(schema))).rules
    reasoner = Reasoner(rules, Limits(triples=1000, for_each=0, matches=1))
    reasoner.add([*observations, *of, *things])
    assert len(reasoner) == 100


def explosion(schema: str, facts: list[Triple], limits: Limits) -> RuleExplosion:
    with pytest.raises(RuleExplosion) as refused:
        Reasoner(compile_rules(Ontology(triples(schema))).rules, limits).add(facts)
    return refused.value


def test_a_rule_explosion_is_refused_with_the_rule_that_explodes() -> None:
    schema = ":p a owl:ObjectProperty , owl:TransitiveProperty ."
    chain = [Triple(node(f"n{i}"), node("p"), node(f"n{i + 1}")) for i in range(200)]
    inferred = explosion(schema, chain, Limits(triples=5000, for_each=0, matches=100))
    assert str(inferred).startswith("5001 triples were inferred from 200 triples")
    assert "'p Transitive'" in str(inferred)
    matched = explosion(schema, chain, Limits(triples=5000, for_each=0, matches=1))
    assert str(matched).startswith("5001 matches of rules were tried on 200 triples")
    assert "'p Transitive'" in str(matched)


def test_after_a_rule_explosion_what_caused_it_is_let_go() -> None:
    schema = ":p a owl:ObjectProperty , owl:TransitiveProperty ."
    limits = Limits(triples=5000, for_each=0, matches=100)
    reasoner = Reasoner(compile_rules(Ontology(triples(schema))).rules, limits)
    reasoner.add(triples(":x :p :y . :y :p :z ."))
    before = state_of_types(reasoner)
    chain = [Triple(node(f"n{i}"), node("p"), node(f"n{i + 1}")) for i in range(200)]
    with pytest.raises(RuleExplosion):
        reasoner.add(chain)
    reasoner.begin_again_without(chain)
    assert state_of_types(reasoner) == before
    assert not reasoner.is_asserted(chain[0])


def test_a_rule_that_is_tried_without_end_and_concludes_nothing_is_refused() -> None:
    schema = ":s a owl:ObjectProperty ; owl:propertyChainAxiom ( :p :q :r ) . :r a owl:ObjectProperty ."
    hub = [Triple(node(f"a{i}"), node("p"), node("hub")) for i in range(100)]
    hub += [Triple(node("hub"), node("q"), node(f"b{i}")) for i in range(100)]
    told = str(explosion(schema, [*triples(":x :r :y ."), *hub], Limits(triples=5000, for_each=0, matches=1)))
    assert "'p o q o r SubPropertyOf s'" in told


def test_a_refusal_depends_on_the_facts_and_not_on_what_was_done_before() -> None:
    rules = compile_rules(Ontology(triples(":p a owl:ObjectProperty , owl:TransitiveProperty ."))).rules
    chain = [Triple(node(f"n{i}"), node("p"), node(f"n{i + 1}")) for i in range(20)]
    reasoner = Reasoner(rules, Limits(triples=3000, for_each=0, matches=1))
    for _ in range(10):
        reasoner.add(chain)
        assert len(reasoner) == 190
        reasoner.retract(chain)
        assert len(reasoner) == 0
