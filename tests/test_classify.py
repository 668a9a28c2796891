"""What would follow from a description, and that it leaves no trace."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Triple

from integrin_kg.backward import Limits, RuleExplosion
from integrin_kg.classify import DescriptionError, classify, read
from integrin_kg.explain import Explainer, classification_as_text
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.reason import Reasoner
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import RDF_TYPE, owl

PREFIXES = """
@prefix : <http://example.org/> .
@prefix ikg: <https://w3id.org/integrin-kg/schema/> .
@prefix integrin: <https://w3id.org/integrin-kg/integrin/> .
@prefix subunit: <https://w3id.org/integrin-kg/subunit/> .
@prefix motif: <https://w3id.org/integrin-kg/motif/> .
"""


@pytest.fixture(scope="module")
def explainer(shipped: Knowledge) -> Explainer:
    return shipped.explainer()


def follows(explainer: Explainer, turtle: str) -> set[str]:
    document = classify(explainer, read((PREFIXES + turtle).encode(), "text/turtle"))
    assert document["consistent"]
    return {found["triple"]["words"] for found in document["follows"]}


def test_an_engineered_integrin_is_classified_by_what_it_recognises(explainer: Explainer) -> None:
    found = follows(
        explainer,
        ":chimera a ikg:Integrin ; ikg:hasAlphaSubunit subunit:ITGAV ; ikg:recognizesMotif motif:RGD .",
    )
    assert {"chimera is an RGD receptor", "chimera is an αv integrin", "abituzumab acts on chimera"} <= found
    assert not {"chimera is an LDV receptor", "natalizumab acts on chimera"} & found


def test_a_candidate_drug_is_classified_through_its_subunit(explainer: Explainer) -> None:
    found = follows(explainer, ":drug a ikg:SmallMolecule ; ikg:targets subunit:ITGB4 .")
    assert {"drug acts on integrin α6β4", "drug is a laminin receptor agent"} <= found
    assert "drug susceptible to functional redundancy between integrins" in found
    assert "drug is an RGD receptor agent" not in found


def test_a_thing_without_a_name_is_classified_too(explainer: Explainer) -> None:
    found = follows(explainer, "[] a ikg:SolubleLigand ; ikg:containsMotif motif:RGD .")
    assert any(words.endswith("is an RGD ligand") for words in found)


def test_each_consequence_comes_with_its_proof(explainer: Explainer) -> None:
    turtle = PREFIXES + ":drug a ikg:SmallMolecule ; ikg:targets subunit:ITGA4 ."
    document = classify(explainer, read(turtle.encode(), "text/turtle"))
    assert all(found["holds"] and "axiom" in found["proof"] for found in document["follows"])
    assert "drug acts on integrin α4β7" in classification_as_text(document)


def test_a_description_that_contradicts_the_ontology_is_told_so_with_the_proof(explainer: Explainer) -> None:
    turtle = PREFIXES + "integrin:alphaV-beta3 ikg:hasAlphaSubunit subunit:ITGA4 ."
    document = classify(explainer, read(turtle.encode(), "text/turtle"))
    assert not document["consistent"]
    told = classification_as_text(document)
    assert "hasAlphaSubunit Functional" in told
    assert "alphaV-beta3-has-alpha-subunit-ITGAV" in told


def test_a_description_leaves_no_trace(explainer: Explainer) -> None:
    before = set(explainer.reasoner.triples())
    follows(explainer, ":drug a ikg:SmallMolecule ; ikg:targets subunit:ITGAV .")
    turtle = PREFIXES + "integrin:alphaV-beta3 ikg:hasAlphaSubunit subunit:ITGA4 ."
    classify(explainer, read(turtle.encode(), "text/turtle"))
    assert set(explainer.reasoner.triples()) == before
    assert explainer.reasoner.clashes == []


def test_a_description_that_explodes_leaves_no_trace_either(explainer: Explainer) -> None:
    axiom = Triple(NamedNode("urn:x:p"), RDF_TYPE, owl("TransitiveProperty"))
    reasoner = Reasoner(compile_rules(Ontology([axiom])).rules, Limits(triples=500, for_each=0, matches=100))
    chain = [Triple(NamedNode(f"urn:x:{n}"), axiom.subject, NamedNode(f"urn:x:{n + 1}")) for n in range(100)]
    with pytest.raises(RuleExplosion):
        classify(Explainer(reasoner, explainer.support), chain)
    assert not reasoner.holds(chain[0])
    assert list(reasoner.triples()) == []


def test_what_is_known_already_adds_nothing(explainer: Explainer) -> None:
    assert (
        follows(explainer, "integrin:alphaV-beta3 a ikg:Integrin ; ikg:recognizesMotif motif:RGD .") == set()
    )


@pytest.mark.parametrize(
    ("content", "media_type", "said"),
    [
        (b"no turtle", "text/turtle", "line 1"),
        (b"{", "application/ld+json", "."),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "application/rdf+xml", "document type declaration"),
        (
            b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
            "application/rdf+xml",
            "well-formed",
        ),
        (b"a,b", "text/csv", "no media type of RDF"),
        (b"".join(b"<x:%d> <x:p> <x:o> .\n" % n for n in range(10_001)), "text/turtle", "more than"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, media_type: str, said: str) -> None:
    with pytest.raises(DescriptionError, match=said):
        read(content, media_type)
