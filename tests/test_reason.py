"""What follows, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from constructs import CASES, Case, triples
from integrin_kg.knowledge import ClashError, Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.reason import Reasoner, reason
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import BASE, INFERRED_GRAPH, RDF_TYPE, ikg


def inferred(given: list[Triple]) -> Reasoner:
    rules = compile_rules(Ontology(given)).rules
    return reason([Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in given], rules)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_construct_gives_what_follows_and_nothing_that_must_not(case: Case) -> None:
    result = inferred(triples(case.given))
    assert bool(result.clashes) == case.clash
    found = set(result.triples())
    assert set(triples(case.follows)) <= found
    assert not set(triples(case.not_so)) & found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_derivation_rests_on_facts_that_came_before_it(case: Case) -> None:
    given = triples(case.given)
    result = inferred(given)
    earlier = set(given)
    for triple in result.triples():
        derivation = result.recorded(triple)
        assert derivation is not None
        named = [p for p in derivation.premises if not isinstance(p.subject, Literal)]
        assert all(premise in earlier or result.recorded(premise) for premise in named)
        assert triple not in derivation.premises
        earlier.add(triple)


_NODES = [NamedNode(f"http://example.org/{letter}") for letter in "abcdef"]
_LINK = NamedNode("http://example.org/p")


@given(st.lists(st.tuples(st.sampled_from(_NODES), st.sampled_from(_NODES)), max_size=12))
@settings(max_examples=100, deadline=None)
def test_transitive_closure_is_reachability(edges: list[tuple[NamedNode, NamedNode]]) -> None:
    schema = triples(":p a owl:ObjectProperty , owl:TransitiveProperty .")
    given = [*schema, *(Triple(a, _LINK, b) for a, b in edges)]
    closed = {(t.subject, t.object) for t in inferred(given).triples() if t.predicate == _LINK} | set(edges)
    reachable = set(edges)
    while more := {(a, d) for a, b in reachable for c, d in reachable if b == c} - reachable:
        reachable |= more
    assert closed == reachable


@given(st.permutations(triples(CASES[-1].given)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_facts_does_not_matter(shuffled: list[Triple]) -> None:
    assert set(inferred(shuffled).triples()) == set(inferred(triples(CASES[-1].given)).triples())


# ---- the shipped graph --------------------------------------------------------------------------


def entity(path: str) -> NamedNode:
    return NamedNode(BASE + path)


def members(knowledge: Knowledge, local: str) -> set[str]:
    return {
        quad.subject.value.removeprefix(BASE + "integrin/")
        for quad in knowledge.quads()
        if quad.predicate == RDF_TYPE and quad.object == ikg(local)
    }


CATEGORIES = {
    "RGDReceptor": "alphaV-beta1 alphaV-beta3 alphaV-beta5 alphaV-beta6 alphaV-beta8 "
    "alpha5-beta1 alpha8-beta1 alphaIIb-beta3",
    "LDVReceptor": "alpha4-beta1 alpha4-beta7 alpha9-beta1 alphaE-beta7 "
    "alphaL-beta2 alphaM-beta2 alphaX-beta2 alphaD-beta2",
    "LamininReceptor": "alpha6-beta4 alpha3-beta1 alpha6-beta1 alpha7-beta1",
    "CollagenReceptor": "alpha1-beta1 alpha2-beta1 alpha10-beta1 alpha11-beta1",
}


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_ligand_category_has_exactly_its_members(shipped: Knowledge, category: str) -> None:
    assert members(shipped, category) == set(CATEGORIES[category].split())


def test_the_categories_share_no_integrin_and_cover_all_24(shipped: Knowledge) -> None:
    found = [members(shipped, category) for category in CATEGORIES]
    assert sum(map(len, found)) == len(set.union(*found)) == 24


def test_binding_laminin_does_not_make_a_laminin_receptor(shipped: Knowledge) -> None:
    triple = Triple(entity("integrin/alpha10-beta1"), ikg("bindsLigand"), entity("ligand/laminin"))
    assert triple in {quad.triple for quad in shipped.quads()}
    assert "alpha10-beta1" not in members(shipped, "LamininReceptor")


def acts_on(knowledge: Knowledge, agent: str) -> set[str]:
    return {
        quad.object.value.removeprefix(BASE + "integrin/")
        for quad in knowledge.quads()
        if quad.subject == entity(f"therapeutic/{agent}")
        and quad.predicate == ikg("actsOn")
        and quad.object.value.startswith(BASE + "integrin/")
    }


def test_an_agent_against_alpha_v_acts_on_all_five_and_is_an_rgd_receptor_agent(shipped: Knowledge) -> None:
    five = {"alphaV-beta1", "alphaV-beta3", "alphaV-beta5", "alphaV-beta6", "alphaV-beta8"}
    assert acts_on(shipped, "abituzumab") == five
    kinds = {q.object for q in shipped.quads() if q.subject == entity("therapeutic/abituzumab")}
    assert {ikg("RGDReceptorAgent"), ikg("PanAlphaVAgent"), ikg("IntegrinTargetingAgent")} <= kinds
    assert not {ikg("LDVReceptorAgent"), ikg("LamininReceptorAgent"), ikg("CollagenReceptorAgent")} & kinds


def test_an_agent_against_alpha_4_acts_on_two_and_is_no_rgd_receptor_agent(shipped: Knowledge) -> None:
    assert acts_on(shipped, "natalizumab") == {"alpha4-beta1", "alpha4-beta7"}
    kinds = {q.object for q in shipped.quads() if q.subject == entity("therapeutic/natalizumab")}
    assert ikg("LDVReceptorAgent") in kinds
    assert ikg("RGDReceptorAgent") not in kinds


def test_an_agent_against_two_av_integrins_is_no_pan_av_agent(shipped: Knowledge) -> None:
    assert acts_on(shipped, "cilengitide") == {"alphaV-beta3", "alphaV-beta5"}
    kinds = {q.object for q in shipped.quads() if q.subject == entity("therapeutic/cilengitide")}
    assert ikg("PanAlphaVAgent") not in kinds


def test_a_subunit_never_passes_promotion_to_its_integrins_only_implication(shipped: Knowledge) -> None:
    passed = [
        shipped.inference.recorded(quad.triple)
        for quad in shipped.inference.quads()
        if quad.predicate in (ikg("promotesIn"), ikg("suppressesIn"))
    ]
    assert passed
    assert not any(
        premise.predicate in (ikg("hasSubunit"), ikg("subunitOf"))
        for derivation in passed
        for premise in derivation.premises
    )


def test_what_holds_in_a_subtype_holds_in_the_disease_but_not_the_reverse(shipped: Knowledge) -> None:
    quads = {quad.triple for quad in shipped.quads()}
    integrin = entity("integrin/alphaV-beta3")
    assert (
        Triple(integrin, ikg("promotesIn"), entity("disease/castration-resistant-prostate-cancer")) in quads
    )
    assert Triple(integrin, ikg("promotesIn"), entity("disease/prostate-cancer")) in quads
    assert Triple(integrin, ikg("promotesIn"), entity("disease/triple-negative-breast-cancer")) not in quads


def test_nothing_inferred_is_stated_or_about_blank_nodes(shipped: Knowledge) -> None:
    assert shipped.inference is not None
    inferred_quads = shipped.inference.quads()
    stated = {quad.triple for quad in shipped.asserted}
    assert all(quad.graph_name == INFERRED_GRAPH for quad in inferred_quads)
    assert not any(quad.triple in stated for quad in inferred_quads)
    assert all(isinstance(quad.subject, NamedNode) for quad in inferred_quads)
    assert not any(
        "owl#" in quad.object.value for quad in inferred_quads if isinstance(quad.object, NamedNode)
    )


def test_an_integrin_with_two_alpha_subunits_is_refused_with_the_proof(shipped: Knowledge) -> None:
    second = Quad(
        entity("integrin/alphaV-beta3"), ikg("hasAlphaSubunit"), entity("subunit/ITGA4"), DefaultGraph()
    )
    clashes = reason([*shipped.asserted, second], shipped.rules.rules).clashes
    assert clashes
    message = str(ClashError(clashes))
    assert "hasAlphaSubunit Functional" in message
    assert "ITGA4" in message
    assert "ITGAV" in message
