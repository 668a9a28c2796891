"""What changed between two releases: terms, claims, axioms, inferences, and what that asks of the version."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from integrin_kg.diff import Difference, as_text, compare
from integrin_kg.knowledge import Knowledge
from integrin_kg.releases import COLUMNS, DEPRECATED, REPLACED_BY, Release, ReleaseError, write_terms
from integrin_kg.vocab import (
    BASE,
    ENTITIES_GRAPH,
    INFERRED_GRAPH,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA_GRAPH,
    ikg,
    owl,
)

AVB3 = NamedNode(f"{BASE}integrin/alphaV-beta3")
RGD = NamedNode(f"{BASE}motif/RGD")


@pytest.fixture(scope="module")
def quads(tiny: Knowledge) -> list[Quad]:
    return list(tiny.quads())


def changed(quads: list[Quad], *, without: NamedNode | None = None, plus: Sequence[Quad] = ()) -> Difference:
    kept = [quad for quad in quads if without not in (quad.subject, quad.object)]
    return compare(Release.of("old", quads), Release.of("new", [*kept, *plus]))


def test_a_release_is_the_same_as_itself_however_its_nameless_nodes_are_called(
    quads: list[Quad], tmp_path: Path
) -> None:
    path = tmp_path / "again.nq"
    serialize(quads, str(path), RdfFormat.N_QUADS)
    text = path.read_text("utf-8").replace("_:integrin", "_:other")
    assert text != path.read_text("utf-8")
    path.write_text(text, "utf-8")
    difference = compare(Release.of("old", quads), Release.read(path))
    assert difference == Difference((), (), (), ())
    assert difference.needs == ""
    assert as_text(difference) == "They say the same."


def test_a_term_that_vanished_asks_for_a_major_step(quads: list[Quad]) -> None:
    difference = changed(quads, without=RGD)
    assert [term.iri for term in difference.vanished] == [RGD.value]
    assert difference.needs == "major"
    assert "terms vanished: 1" in as_text(difference)


def test_a_term_that_came_asks_for_a_minor_step_and_is_no_change_of_another(quads: list[Quad]) -> None:
    new = NamedNode(f"{BASE}motif/KGD")
    statements = [(RDF_TYPE, owl("NamedIndividual")), (RDF_TYPE, ikg("RecognitionMotif"))]
    plus = [Quad(new, p, o, ENTITIES_GRAPH) for p, o in statements]
    difference = changed(quads, plus=[*plus, Quad(new, RDFS_LABEL, Literal("KGD"), ENTITIES_GRAPH)])
    assert [(term.label, term.kind) for term in difference.added] == [("KGD", "RecognitionMotif")]
    assert (difference.changed, difference.vanished, difference.needs) == ((), (), "minor")


def test_a_deprecated_term_has_not_vanished_and_its_successor_is_named(quads: list[Quad]) -> None:
    plus = [
        Quad(RGD, DEPRECATED, Literal(True), ENTITIES_GRAPH),
        Quad(RGD, REPLACED_BY, AVB3, ENTITIES_GRAPH),
    ]
    difference = changed(quads, plus=plus)
    assert [term.iri for term in difference.deprecated] == [RGD.value]
    assert (difference.vanished, difference.needs) == ((), "minor")
    assert f"use {AVB3.value}" in as_text(difference)


def test_a_changed_definition_of_a_class_is_shown_as_what_it_was_and_is(quads: list[Quad]) -> None:
    definition = next(
        q for q in quads if q.subject == ikg("RGDReceptor") and q.predicate == owl("equivalentClass")
    )
    rest = [quad for quad in quads if quad != definition]
    plus = Quad(ikg("RGDReceptor"), owl("equivalentClass"), ikg("AlphaVIntegrin"), SCHEMA_GRAPH)
    (change,) = (
        c
        for c in compare(Release.of("old", quads), Release.of("new", [*rest, plus])).changed
        if c.term.iri == ikg("RGDReceptor").value
    )
    (lost,) = change.lost
    assert "owl:hasValue motif/RGD" in lost
    assert change.gained == ("owl:equivalentClass ikg:AlphaVIntegrin",)


ENDLESS = {
    "a list that goes on with itself": "_:x rdf:first ikg:A ; rdf:rest _:x .",
    "a list that comes back to its middle": "_:x rdf:first 1 ; rdf:rest _:y . "
    "_:y rdf:first 2 ; rdf:rest _:z . _:z rdf:first 3 ; rdf:rest _:y .",
    "a list that is a member of itself": "_:x rdf:first _:x ; rdf:rest rdf:nil .",
    "a class in terms of itself": "_:x owl:complementOf _:y . _:y owl:complementOf _:x .",
}


def turtle(text: str, path: Path) -> Path:
    prefixes = f"@prefix ikg: <{BASE}schema/> . " + "".join(
        f"@prefix {prefix}: <{PREFIXES[prefix]}> . " for prefix in ("owl", "rdf", "rdfs")
    )
    path.write_text(prefixes + text, "utf-8")
    return path


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS.keys())
def test_what_is_nameless_and_a_part_of_itself_is_refused_by_its_node(text: str, tmp_path: Path) -> None:
    path = turtle(f"ikg:A a owl:Class ; rdfs:subClassOf _:x . {text}", tmp_path / "endless.ttl")
    with pytest.raises(ReleaseError, match=r"endless\.ttl: _:\w+ is a part of itself"):
        Release.read(path)


def test_a_list_without_an_item_where_one_should_be_is_refused_by_its_node(tmp_path: Path) -> None:
    text = "ikg:A a owl:Class ; owl:oneOf _:x . _:x rdf:first ikg:B ; rdf:rest _:y . _:y rdf:rest rdf:nil ."
    with pytest.raises(ReleaseError, match=r"cut\.ttl: _:\w+ is no item of a list"):
        Release.read(turtle(text, tmp_path / "cut.ttl"))


def test_what_is_nameless_may_be_referred_to_twice_and_have_nothing_said_of_it(tmp_path: Path) -> None:
    text = "ikg:A a owl:Class ; rdfs:seeAlso _:x, [ rdfs:seeAlso _:x ], [] . _:x rdfs:seeAlso ikg:B ."
    (term,) = Release.read(turtle(text, tmp_path / "twice.ttl")).terms.values()
    assert term.statements == {
        "rdf:type owl:Class",
        "rdfs:seeAlso [ rdfs:seeAlso ikg:B ]",
        "rdfs:seeAlso [ rdfs:seeAlso [ rdfs:seeAlso ikg:B ] ]",
        "rdfs:seeAlso [  ]",
    }


def test_claims_are_told_apart_from_terms(quads: list[Quad]) -> None:
    claim = next(q.subject for q in quads if q.predicate == RDF_TYPE and q.object == ikg("Claim"))
    assert isinstance(claim, NamedNode)
    text = as_text(changed(quads, without=claim))
    assert "claims vanished: 1" in text
    assert "terms vanished" not in text


def test_what_is_inferred_is_compared_apart_and_asks_for_no_more_than_a_patch(quads: list[Quad]) -> None:
    lost = next(quad for quad in quads if quad.graph_name == INFERRED_GRAPH)
    difference = compare(Release.of("old", quads), Release.of("new", [q for q in quads if q != lost]))
    assert len(difference.inferred[0]) == 1
    assert (difference.inferred[1], difference.changed, difference.needs) == ((), (), "patch")


def test_an_axiom_without_a_head_is_compared_too(quads: list[Quad]) -> None:
    disjoint = next(
        quad for quad in quads if quad.predicate == RDF_TYPE and quad.object == owl("AllDisjointClasses")
    )
    rest = [quad for quad in quads if quad.subject != disjoint.subject]
    lost, gained = compare(Release.of("old", quads), Release.of("new", rest)).axioms
    assert len(lost) == 1
    assert "owl:members" in lost[0]
    # Its list stands alone then, which is an axiom no more, but a statement all the same.
    assert all("owl:members" not in each for each in gained)


def test_a_list_of_terms_tells_what_vanished_and_claims_no_knowledge_of_the_rest(
    quads: list[Quad], tmp_path: Path
) -> None:
    release = Release.of("old", quads)
    write_terms(release, tmp_path / "terms.tsv")
    listed = Release.read(tmp_path / "terms.tsv")
    assert listed.terms.keys() == release.terms.keys()
    assert compare(listed, release) == Difference((), (), (), ())
    gone = compare(listed, Release.of("new", [q for q in quads if q.subject != RGD]))
    assert [term.iri for term in gone.vanished] == [RGD.value]


def diff(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "integrin_kg.cli", "diff", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_fails_on_a_vanished_term_where_it_is_asked_to(quads: list[Quad], tmp_path: Path) -> None:
    for name, statements in (("old", quads), ("new", [q for q in quads if q.subject != RGD])):
        (tmp_path / name).mkdir()
        serialize(statements, str(tmp_path / name / "integrin-kg.nq"), RdfFormat.N_QUADS)
    checked = diff(str(tmp_path / "old"), str(tmp_path / "new"), "--check", "--format", "json")
    assert checked.returncode == 1
    assert [term["iri"] for term in json.loads(checked.stdout)["vanished"]] == [RGD.value]
    assert diff(str(tmp_path / "old"), str(tmp_path / "new")).returncode == 0


def test_an_ontology_of_a_release_is_compared_by_its_owl_file(quads: list[Quad], tmp_path: Path) -> None:
    for name, statements in (("old", quads), ("new", [q for q in quads if q.subject != RGD])):
        triples = {quad.triple for quad in statements if quad.graph_name != INFERRED_GRAPH}
        serialize(triples, str(tmp_path / f"{name}.owl"), RdfFormat.RDF_XML)
    difference = compare(*(Release.read(tmp_path / f"{name}.owl") for name in ("old", "new")))
    assert [term.iri for term in difference.vanished] == [RGD.value]


def test_the_command_says_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "table.tsv").write_text("iri\tlabel\n")
    (tmp_path / "broken.ttl").write_text("<a> <b>")
    (tmp_path / "graph.json").write_text('{"graphs": [{"id": "urn:x:y"}]}')
    (tmp_path / "empty.nq").write_text("")
    (tmp_path / "empty.tsv").write_text("\t".join(COLUMNS) + "\n")
    claim = f"<urn:x:claim> a <{owl('NamedIndividual').value}> , <{ikg('Claim').value}>"  # a nanopublication
    (tmp_path / "claims.trig").write_text(f"<urn:x:g> {{ {claim} }}")
    for name, says in (
        ("absent", "no such file"),
        ("notes.md", "suffix"),
        ("table.tsv", "columns are iri"),
        ("broken.ttl", "broken.ttl:1"),
        ("graph.json", "suffix"),
        ("empty.nq", "no term is declared"),
        ("empty.tsv", "no term is declared"),
        ("claims.trig", "no term is declared"),
    ):
        result = diff(str(tmp_path / name), str(tmp_path / name))
        assert (result.returncode, result.stdout) == (1, "")
        assert says in result.stderr
        assert "Traceback" not in result.stderr
