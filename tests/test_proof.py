"""Proofs: each inferred triple has one that an independent referee accepts."""

from __future__ import annotations

import copy

import pytest
import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from constructs import triples
from integrin_kg.explain import Document, Explainer, NoProofError, as_text, as_turtle
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.proof import gaps, prove, prove_all
from integrin_kg.reason import Reasoner, reason
from integrin_kg.referee import Refuted, check
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import BASE, RDF_TYPE, SCHEMA_GRAPH, ikg


def graph_of(quads: list[Quad]) -> rdflib.Graph:
    data = serialize({quad.triple for quad in quads}, format=RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=data, format="nt")


@pytest.fixture(scope="module")
def explainer(shipped: Knowledge) -> Explainer:
    return shipped.explainer()


@pytest.fixture(scope="module")
def ontology(shipped: Knowledge) -> rdflib.Graph:
    return graph_of([quad for quad in shipped.asserted if quad.graph_name == SCHEMA_GRAPH])


@pytest.fixture(scope="module")
def asserted(shipped: Knowledge) -> rdflib.Graph:
    return graph_of(shipped.asserted)


def entity(path: str) -> NamedNode:
    return NamedNode(BASE + path)


LDV_AGENT = Triple(entity("therapeutic/natalizumab"), RDF_TYPE, ikg("LDVReceptorAgent"))


@pytest.mark.parametrize("one_in", [pytest.param(1, marks=pytest.mark.extra), 8])
def test_the_referee_accepts_the_proof_of_every_inferred_triple(
    shipped: Knowledge, explainer: Explainer, ontology: rdflib.Graph, asserted: rdflib.Graph, one_in: int
) -> None:
    inferred = [quad.triple for quad in shipped.inferred()]
    assert len(inferred) > 1500
    for triple in inferred[::one_in]:
        check(explainer.explain(triple)["proof"], ontology, asserted)


def steps(proof: Document) -> list[Document]:
    return [proof, *(step for premise in proof.get("premises", []) for step in steps(premise))]


def test_the_referee_refuses_a_proof_with_a_premise_taken_out(
    explainer: Explainer, ontology: rdflib.Graph, asserted: rdflib.Graph
) -> None:
    proof = explainer.explain(LDV_AGENT)["proof"]
    check(proof, ontology, asserted)
    number = sum(len(step.get("premises", [])) for step in steps(proof))
    assert number > 5
    for index in range(number):
        broken = copy.deepcopy(proof)
        slots = [(step, i) for step in steps(broken) for i in range(len(step.get("premises", [])))]
        step, position = slots[index]
        del step["premises"][position]
        with pytest.raises(Refuted):
            check(broken, ontology, asserted)


def test_the_referee_refuses_another_conclusion_and_an_unasserted_leaf(
    explainer: Explainer, ontology: rdflib.Graph, asserted: rdflib.Graph
) -> None:
    proof = explainer.explain(LDV_AGENT)["proof"]
    broken = copy.deepcopy(proof)
    broken["conclusion"]["object"] = ikg("RGDReceptorAgent").value
    with pytest.raises(Refuted):
        check(broken, ontology, asserted)
    leaf = {"conclusion": dict(broken["conclusion"]), "asserted": True, "claims": []}
    with pytest.raises(Refuted, match="not asserted"):
        check(leaf, ontology, asserted)


def test_the_leaves_are_claims_with_section_anchor_and_references(explainer: Explainer) -> None:
    proof = explainer.explain(Triple(entity("therapeutic/abituzumab"), RDF_TYPE, ikg("PanAlphaVAgent")))[
        "proof"
    ]
    claimed = [claim for step in steps(proof) for claim in step.get("claims", [])]
    assert claimed
    assert all(claim["section"] and claim["anchor"][0] < claim["anchor"][1] for claim in claimed)
    assert {2} <= {number for claim in claimed for number in claim["references"]}


def test_without_a_premise_the_conclusion_goes_or_has_another_proof(shipped: Knowledge) -> None:
    reasoner = reason(shipped.asserted, shipped.rules.rules)
    proof = prove(reasoner, LDV_AGENT)
    assert proof
    for leaf in sorted(proof.leaves, key=str):
        reasoner.retract([leaf])
        other = prove(reasoner, LDV_AGENT)
        assert reasoner.holds(LDV_AGENT) == (other is not None)
        assert other is None or leaf not in other.leaves
        reasoner.add([leaf])
    assert prove(reasoner, LDV_AGENT) == proof


def test_all_proofs_rest_on_different_facts_and_none_on_more_than_another(explainer: Explainer) -> None:
    proofs = prove_all(explainer.reasoner, LDV_AGENT)
    assert len(proofs) == 2  # by α4β1 and by α4β7
    first, second = (proof.leaves for proof in proofs)
    assert not first <= second
    assert not second <= first


def small(turtle: str) -> Reasoner:
    given = triples(turtle)
    rules = compile_rules(Ontology(given)).rules
    return reason([Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in given], rules)


def test_of_two_proofs_the_shorter_is_given_and_cycles_are_not_gone_round() -> None:
    reasoner = small(
        ":p a owl:ObjectProperty , owl:TransitiveProperty , owl:SymmetricProperty ."
        " :a :p :b . :b :p :c . :c :p :d . :a :p :c ."
    )
    (goal,) = triples(":a :p :d .")
    proof = prove(reasoner, goal)
    assert proof
    assert proof.leaves == set(triples(":a :p :c . :c :p :d ."))
    assert {frozenset(other.leaves) for other in prove_all(reasoner, goal)} == {
        frozenset(triples(":a :p :c . :c :p :d .")),
        frozenset(triples(":a :p :b . :b :p :c . :c :p :d .")),
    }


def test_an_asserted_triple_is_its_own_proof() -> None:
    reasoner = small(":p rdfs:subPropertyOf :q . :x :p :y . :x :q :y .")
    (goal,) = triples(":x :q :y .")
    assert prove(reasoner, goal).rule is None


def test_a_triple_that_does_not_hold_is_told_what_it_lacks(explainer: Explainer) -> None:
    goal = Triple(entity("integrin/alpha10-beta1"), RDF_TYPE, ikg("LamininReceptor"))
    document = explainer.explain(goal)
    assert not document["holds"]
    assert [gap["lacks"] for gap in document["missing"]] == [["integrin α10β1 selective for laminin"]]
    (gap,) = gaps(explainer.reasoner, goal)
    explainer.reasoner.add([Triple(*gap.missing[0])])
    assert explainer.reasoner.holds(goal)
    explainer.reasoner.retract([Triple(*gap.missing[0])])
    assert not explainer.reasoner.holds(goal)


def test_what_the_source_denies_is_said_to_be_denied(explainer: Explainer) -> None:
    goal = Triple(entity("therapeutic/ouabain"), ikg("decreasesExpressionOf"), entity("subunit/ITGB1"))
    document = explainer.explain(goal)
    assert not document["holds"]
    assert [claim["polarity"] for claim in document["denied"]] == ["negative"]
    assert "The source denies it" in as_text(document)


def test_a_proof_of_a_literal_or_blank_node_is_refused(explainer: Explainer) -> None:
    (triple,) = triples(':x rdfs:label "a label" .')
    with pytest.raises(NoProofError, match="three IRIs"):
        explainer.explain(triple)


def test_the_rdf_of_a_proof_leads_from_the_conclusion_to_its_claims(explainer: Explainer) -> None:
    graph = rdflib.Graph().parse(data=as_turtle(explainer.explain(LDV_AGENT)), format="turtle")
    answer = graph.query(
        """
        PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX ikg: <https://w3id.org/integrin-kg/schema/>
        SELECT DISTINCT ?claim WHERE {
          ?top rdf:object ikg:LDVReceptorAgent ; (prov:wasGeneratedBy/prov:used)+ ?leaf .
          ?leaf prov:wasDerivedFrom ?claim .
        }"""
    )
    assert {str(row[0]).rsplit("/", 1)[-1] for row in answer} == {
        "natalizumab-targets-ITGA4",
        "alpha4-beta1-has-alpha-subunit-ITGA4",
        "alpha4-beta1-recognizes-motif-LDV",
    }
