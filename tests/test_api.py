"""``KnowledgeGraph``: one graph in Python, in this process or over HTTP, and the same answers from both."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from integrin_kg import KnowledgeGraph
from integrin_kg.api import frames
from integrin_kg.api.sources import Local
from integrin_kg.classify import DescriptionError
from integrin_kg.engine.messages import Problem
from integrin_kg.knowledge import Knowledge
from integrin_kg.naming import UnknownName
from integrin_kg.saved import SavedQueryError
from integrin_kg.vocab import BASE, IKG, XSD

AVB3 = BASE + "integrin/alphaV-beta3"
TYPES = f"SELECT ?type WHERE {{ <{AVB3}> a ?type }} ORDER BY ?type"

ONTOLOGY = """
@prefix ikg: <https://w3id.org/integrin-kg/schema/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:x:engineered> a ikg:Integrin ; rdfs:label "engineered integrin" ;
    ikg:recognizesMotif <https://w3id.org/integrin-kg/motif/RGD> .
"""


@pytest.fixture(scope="module")
def local(shipped: Knowledge) -> KnowledgeGraph:
    return KnowledgeGraph.of(shipped)


@pytest.fixture(scope="module")
def remote(server: str) -> KnowledgeGraph:
    return KnowledgeGraph.at(server)


@pytest.fixture(params=["local", "remote"])
def graph(request: pytest.FixtureRequest) -> KnowledgeGraph:
    found: KnowledgeGraph = request.getfixturevalue(request.param)
    return found


def test_the_package_is_cheap_to_import_and_has_no_other_name() -> None:
    code = "import integrin_kg, sys; print('pyoxigraph' in sys.modules, hasattr(integrin_kg, 'Nothing'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_a_saved_question_and_sparql_answer_with_typed_columns(graph: KnowledgeGraph) -> None:
    receptors = graph.query("rgd-receptors")
    assert (len(receptors), AVB3 in set(receptors["integrin"])) == (8, True)
    frame = graph.query(
        """SELECT ?integrin (COUNT(?ligand) AS ?n) (SAMPLE(?end) AS ?anchor) (SAMPLE(?none) AS ?nothing)
           (1.5 AS ?half) (true AS ?yes) ("2021-06-01"^^xsd:date AS ?day) WHERE {
             ?integrin a ikg:RGDReceptor ; ikg:bindsLigand ?ligand
             OPTIONAL { ?claim ikg:claimSubject ?integrin ; ikg:claimObject ?ligand ; ikg:anchorEnd ?end }
           } GROUP BY ?integrin ORDER BY ?integrin""",
        short=True,
    )
    dtypes = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert dtypes == {
        "integrin": "string", "n": "Int64", "anchor": "Int64", "nothing": "object", "half": "Float64",
        "yes": "boolean", "day": "datetime64[s]",
    }  # fmt: skip
    assert frame["integrin"][0] == "integrin/alpha5-beta1"
    assert frame["anchor"].isna().any(), "what the text does not say has no anchor, and is no 0"


def test_an_answer_without_rows_still_has_its_columns(graph: KnowledgeGraph) -> None:
    frame = graph.query("SELECT ?a ?b WHERE { ?a <urn:x:nothing> ?b }")
    assert (list(frame.columns), len(frame)) == (["a", "b"], 0)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Literal("7", datatype=NamedNode(XSD + "unsignedByte")), 7),
        (Literal("300", datatype=NamedNode(XSD + "unsignedByte")), "300"),
        (Literal("many", datatype=NamedNode(XSD + "integer")), "many"),
        (Literal("0.10", datatype=NamedNode(XSD + "decimal")), Decimal("0.10")),
        (Literal("INF", datatype=NamedNode(XSD + "double")), float("inf")),
        (Literal("0", datatype=NamedNode(XSD + "boolean")), False),
        (Literal("2021-06-01", datatype=NamedNode(XSD + "date")), date(2021, 6, 1)),
        (Literal("2021-06-01Z", datatype=NamedNode(XSD + "date")), "2021-06-01Z"),
        (Literal("2021-06-01T08:00:00", datatype=NamedNode(XSD + "dateTime")), datetime(2021, 6, 1, 8)),
        (Literal("007"), "007"),
    ],
)
def test_a_literal_is_the_value_that_it_is_or_its_text(term: Literal, expected: frames.Value) -> None:
    found = frames.value(term)
    assert (found, type(found)) == (expected, type(expected))


def test_columns_of_mixed_values_lose_none() -> None:
    found = frames.frame(
        ["a", "b", "c"], [{"a": 1, "b": 2**70, "c": 1}, {"a": Decimal("0.5"), "b": 1, "c": "x"}]
    )
    assert [str(kind) for kind in found.dtypes] == ["Float64", "object", "object"]
    assert (list(found["b"]), list(found["c"])) == ([2**70, 1], [1, "x"])


def test_yes_or_no_and_graphs_have_methods_of_their_own(graph: KnowledgeGraph) -> None:
    assert graph.ask(f"ASK {{ <{AVB3}> a ikg:RGDReceptor }}")
    assert not graph.ask(f"ASK {{ <{AVB3}> a ikg:CollagenReceptor }}")
    assert len(graph.construct("CONSTRUCT WHERE { ?x a ikg:CollagenReceptor }")) == 4
    for method, query in ((graph.query, "ASK {}"), (graph.ask, "rgd-receptors"), (graph.construct, "ASK {}")):
        with pytest.raises(ValueError, match="use "):
            method(query)


def test_a_wrong_query_says_where(graph: KnowledgeGraph) -> None:
    with pytest.raises(Problem, match="Syntax error") as caught:
        graph.query("SELECT ?x WHERE {\n ?x ?y }")
    assert caught.value.further["line"] == 2
    with pytest.raises(SavedQueryError, match="did you mean 'rgd-receptors'"):
        graph.query("rgd-receptor")


def test_an_entity_has_its_names_types_statements_and_claims(graph: KnowledgeGraph) -> None:
    entity = graph.entity("avb3")
    assert (entity.iri, entity.label) == (AVB3, "integrin αvβ3")
    assert "vitronectin receptor" in entity.synonyms
    assert [kind.name for kind in entity.types] == ["integrin"]
    assert "RGD receptor" in [kind.name for kind in entity.inferred_types]
    assert "http://purl.obolibrary.org/obo/GO_0034683" in entity.matches
    assert [str(value) for value in entity.values("recognizesMotif")] == ["RGD"]
    inward = [said for said in entity.statements if said.predicate.iri == IKG + "targets"]
    assert "MK0429" in [said.subject.name for said in inward if not said.inferred]
    assert all(claim.anchor or claim.sources for claim in entity.claims)


def test_claims_keep_their_context_and_their_polarity(graph: KnowledgeGraph) -> None:
    integrin = graph.entity("α2β1")
    in_breast = [claim for claim in integrin.claims if "breast cancer" in claim.context.get("inDisease", ())]
    assert {claim.effect for claim in in_breast} == {"suppresses"}
    ouabain = graph.entity("ouabain")
    assert ouabain.denied
    assert not set(ouabain.denied) & set(ouabain.affirmed)
    claim = ouabain.denied[0]
    assert (claim.denied, claim.references != (), claim.section is not None) == (True, True, True)
    assert claim.anchor is not None
    assert claim.anchor.start < claim.anchor.end


def test_here_and_over_http_are_the_same(local: KnowledgeGraph, remote: KnowledgeGraph) -> None:
    for name in ("αvβ3", "natalizumab", "ITGB1", "RGD receptor"):
        assert local.entity(name) == remote.entity(name)
    triple = ("natalizumab", "a", "LDV receptor agent")
    assert local.explain(*triple, every=True) == remote.explain(*triple, every=True)
    assert local.classify(ONTOLOGY) == remote.classify(ONTOLOGY)
    assert local.query("trial-outcomes").equals(remote.query("trial-outcomes"))


def test_a_proof_leads_to_claims_and_a_gap_says_what_is_missing(graph: KnowledgeGraph) -> None:
    explanation = graph.explain("natalizumab", "a", "LDV receptor agent")
    assert (explanation.holds, explanation.denied) == (True, ())
    assert explanation.proof is not None
    assert explanation.proof.axiom == "Therapeutic and (actsOn some LDVReceptor) SubClassOf LDVReceptorAgent"
    assert BASE + "claim/natalizumab-targets-ITGA4" in [claim.iri for claim in explanation.claims]
    assert str(explanation).startswith("natalizumab is an LDV receptor agent\n  by ")
    other = graph.explain("natalizumab", "a", "RGD receptor agent")
    assert (other.holds, other.proof, other.claims) == (False, None, ())
    assert "this does not follow" in str(other)
    assert other.to_dict()["missing"]


def test_a_description_is_classified_and_forgotten(graph: KnowledgeGraph) -> None:
    found = graph.classify(ONTOLOGY)
    assert (found.consistent, IKG + "RGDReceptor" in found.types["urn:x:engineered"]) == (True, True)
    assert not graph.ask("ASK { <urn:x:engineered> ?p ?o }")
    two = f"<urn:x:y> a <{IKG}Integrin>, <{IKG}Therapeutic> ."
    assert not graph.classify(two).consistent


def test_an_unknown_name_is_told_with_what_may_be_meant(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownName, match="did you mean 'natalizumab'"):
        graph.entity("natalizumap")
    with pytest.raises(UnknownName, match="nothing is said of"):
        graph.entity("integrin/alphaV-beta99")
    with pytest.raises(UnknownName, match="did you mean 'RGD receptor'"):
        graph.explain("αvβ3", "a", "RGD receptors")


def test_without_reasoning_nothing_is_inferred(shipped: Knowledge, server: str) -> None:
    here = KnowledgeGraph.of(replace(shipped, inference=None))
    for stated in (here, KnowledgeGraph.at(server, reasoning=False)):
        assert IKG + "RGDReceptor" not in set(stated.query(TYPES)["type"])
        assert stated.entity("αvβ3").inferred_types == ()
    with pytest.raises(ValueError, match="reasoning is off"):
        here.explain("αvβ3", "a", "RGD receptor")


def test_an_ontology_beside_is_reasoned_over_with_ours_and_another_graph_is_not_changed(
    local: KnowledgeGraph, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(ONTOLOGY, "utf-8")
    graph = KnowledgeGraph(beside=[mine])
    assert "RGD receptor" in str(graph.entity("engineered integrin"))
    assert KnowledgeGraph(beside=[mine]).ask("ASK { <urn:x:engineered> a ikg:RGDReceptor }")  # built once
    with pytest.raises(UnknownName):
        local.entity("engineered integrin")


def test_what_is_refused_over_http_is_told_as_it_is_here(graph: KnowledgeGraph) -> None:
    with pytest.raises((Problem, DescriptionError), match="Parser error at line 1"):
        graph.classify("this is no Turtle")


def test_where_nothing_listens_that_is_said() -> None:
    with pytest.raises(OSError, match="refused"):
        KnowledgeGraph.at("http://127.0.0.1:9").query("rgd-receptors")


def test_only_named_services_are_called(local: KnowledgeGraph, shipped: Knowledge, server: str) -> None:
    federated = f"SELECT ?x {{ SERVICE <{server}/sparql> {{ ?x a ikg:CollagenReceptor }} }}"
    with pytest.raises(Problem, match="403"):
        local.query(federated)
    gone = "http://127.0.0.1:9/sparql"
    source = Local(shipped, Store(), frozenset([f"{server}/sparql", gone]))
    assert source.answer(federated)[0].count(b"alpha") == 4
    with pytest.raises(Problem, match="502"):
        source.answer(federated.replace(f"{server}/sparql", gone))
