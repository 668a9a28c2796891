"""The whole graph, with a user's ontology beside it, and what contradicts refused whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from integrin_kg.kept import Difference
from integrin_kg.knowledge import ClashError, Knowledge
from integrin_kg.ontology import OntologyError
from integrin_kg.vocab import BASE, RDF_TYPE, USER_GRAPHS, owl

OWN = """
@prefix : <http://example.org/> .
@prefix ikg: <https://w3id.org/integrin-kg/schema/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:Redundant a owl:Class ;
    owl:equivalentClass [ a owl:Class ; owl:intersectionOf ( ikg:RGDReceptor ikg:Beta1Integrin ) ] .
:Redundant rdfs:subClassOf
    [ a owl:Restriction ; owl:onProperty :replacedBy ; owl:someValuesFrom ikg:Integrin ] .
:replacedBy a owl:ObjectProperty .
"""


def written(folder: Path, text: str, name: str = "own.ttl") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_users_ontology_is_reasoned_over_with_ours(tmp_path: Path) -> None:
    knowledge = Knowledge.assemble(beside=[written(tmp_path, OWN)])
    found = {
        quad.subject.value.removeprefix(BASE + "integrin/")
        for quad in knowledge.quads()
        if quad.predicate == RDF_TYPE and quad.object == NamedNode("http://example.org/Redundant")
    }
    assert found == {"alpha5-beta1", "alpha8-beta1", "alphaV-beta1"}
    assert {quad.graph_name.value for quad in knowledge.stated()} >= {USER_GRAPHS + "own"}


def test_what_of_it_is_for_a_dl_reasoner_is_said_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, OWN)
    command = [sys.executable, "-m", "integrin_kg.cli", "query", "ASK {}", "--ontology", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "this axiom is for the DL reasoner: Redundant SubClassOf replacedBy some Integrin" in done.stderr


def test_a_users_data_that_contradict_the_ontology_are_refused_with_the_proof(tmp_path: Path) -> None:
    clash = """
    @prefix ikg: <https://w3id.org/integrin-kg/schema/> .
    <https://w3id.org/integrin-kg/subunit/ITGAV> a ikg:BetaSubunit .
    """
    with pytest.raises(ClashError, match="BetaSubunit DisjointWith AlphaSubunit"):
        Knowledge.assemble(beside=[written(tmp_path, clash)])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("own.ttl", "@prefix : <http://x/> .\n:a :b", "own.ttl:2"),
        ("own.doc", "", "suffix"),
        ("own.json", "{}", "suffix"),  # an OBO Graph, which as JSON-LD would say nothing
    ],
)
def test_an_ontology_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(OntologyError, match=said):
        Knowledge.assemble(beside=[written(tmp_path, text, name)])


def test_an_ontology_in_rdf_xml_is_called_owl(tmp_path: Path) -> None:
    own = Knowledge.assemble(beside=[written(tmp_path, OWN)]).own
    document = serialize((quad.triple for quad in own), format=RdfFormat.RDF_XML) or b""
    again = Knowledge.assemble(beside=[written(tmp_path, document.decode(), "own.owl")]).own
    assert len(again) == len(own) > 0


def test_a_missing_ontology_is_named(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"nowhere\.ttl"):
        Knowledge.assemble(beside=[tmp_path / "nowhere.ttl"])


def test_reasoning_off_leaves_what_is_asserted(shipped: Knowledge) -> None:
    knowledge = Knowledge.assemble(reasoning=False)
    assert knowledge.inference is None
    assert list(knowledge.quads()) == [*shipped.asserted, *knowledge.description]


def test_an_agent_that_is_its_own_target_is_refused(tmp_path: Path) -> None:
    clash = (
        "@prefix ikg: <https://w3id.org/integrin-kg/schema/> . <http://x/drug> ikg:targets <http://x/drug> ."
    )
    with pytest.raises(ClashError, match="targets Irreflexive"):
        Knowledge.assemble(beside=[written(tmp_path, clash)])


def test_statements_that_contradict_one_another_are_refused_though_nothing_follows_from_them() -> None:
    a, b, x = (NamedNode(f"http://example.org/{name}") for name in "abx")
    added = frozenset(
        Quad(s, p, o) for s, p, o in [(a, owl("disjointWith"), b), (x, RDF_TYPE, a), (x, RDF_TYPE, b)]
    )
    with pytest.raises(ClashError, match="Disjoint"):
        Knowledge.assemble(empty=True, since=Difference(added))


def test_a_shipped_literal_that_the_store_rewrites_stays_away_once_it_was_removed(shipped: Knowledge) -> None:
    as_stored = set(shipped.store())
    rewritten = [quad for quad in shipped.asserted if quad not in as_stored]
    assert rewritten, "no shipped literal is written otherwise by the store: take one that is"
    told = {(quad.subject, quad.predicate): quad for quad in as_stored}
    removed = frozenset(told[quad.subject, quad.predicate] for quad in rewritten)
    without = Knowledge.assemble(since=Difference(removed=removed), as_stored=True)
    assert without.inference is not None
    assert not [quad for quad in removed if without.inference.holds(quad.triple)]
    assert not removed & set(without.store())
