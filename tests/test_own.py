"""A user's own statements: read once, into a store, with the axioms told from the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad

from integrin_kg.ontology import OntologyError
from integrin_kg.own import Own
from integrin_kg.vocab import USER_GRAPHS

ONTOLOGY = """
@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:A a owl:Class ; rdfs:label "an A" ;
    rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] .
:x a :A ; rdfs:label "not the name of an axiom" ; :p :y .
"""
DATA = """
<http://example.org/z> <http://example.org/p> <http://example.org/x> .
_:b <http://example.org/p> _:b .
"""


@pytest.fixture
def own(tmp_path: Path) -> Own:
    (tmp_path / "the ontology.ttl").write_text(ONTOLOGY)
    (tmp_path / "data.nt").write_text(DATA)
    return Own([tmp_path / "the ontology.ttl", tmp_path / "data.nt"])


def test_each_file_is_a_graph(own: Own) -> None:
    names = [f"{USER_GRAPHS}the-ontology", f"{USER_GRAPHS}data"]
    assert [graph.value for graph in own.graphs] == names
    assert {quad.graph_name.value for quad in own} == set(names)  # type: ignore[union-attr]
    assert len(own) == 11


def test_axioms_and_the_names_in_them_are_told_from_the_rest(own: Own) -> None:
    said = " ".join(map(str, own.axioms))
    assert '"an A"' in said
    assert "someValuesFrom" in said
    assert "not the name" not in said
    assert "example.org/z" not in said


def test_what_is_for_a_dl_reasoner_is_told_with_its_file(
    own: Own, capsys: pytest.CaptureFixture[str]
) -> None:
    own.tell_what_is_beyond()
    assert (
        "the ontology.ttl: this axiom is for the DL reasoner: A SubClassOf p some B"
        in capsys.readouterr().err
    )


def test_what_is_removed_is_gone_and_nothing_else(own: Own) -> None:
    x, p, z = (NamedNode(f"http://example.org/{name}") for name in "xpz")
    one = Quad(z, p, x, NamedNode(f"{USER_GRAPHS}data"))
    assert one in own
    own.remove([one, Quad(z, p, x)])
    assert one not in own
    assert len(own) == 10


def test_two_readings_call_blank_nodes_the_same(own: Own) -> None:
    again = Own(own.paths)
    assert set(own) == set(again)
    assert any(isinstance(quad.subject, BlankNode) for quad in again)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("a.nt", "<x:a> <x:b> <x:c> .\n<x:a", r"a\.nt:2: "), ("a.doc", "", "suffix"), ("", "", "suffix")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    if name:
        (tmp_path / name).write_text(text)
    with pytest.raises(OntologyError, match=said):
        Own([tmp_path / name])


def test_nothing_is_said_of_progress_in_a_pipe(own: Own, capfd: pytest.CaptureFixture[str]) -> None:
    Own(own.paths)
    assert capfd.readouterr() == ("", "")
