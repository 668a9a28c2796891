"""The ontology's pages: the class tree told apart, axioms in words, members, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from integrin_kg.hierarchy import closure, nearest
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.vocab import IKG
from integrin_kg.web.vocabulary import Branch, Vocabulary
from test_pages import broken, page
from test_sparql import BROWSER, problem, query, send


def test_the_tree_tells_what_is_stated_from_what_follows(server: str) -> None:
    text = send(server, "/browse", Accept=BROWSER).text
    assert '<li class="follows"><a href="/schema/RGDReceptor">' in text
    assert '<li class="follows"><a href="/schema/PanAlphaVAgent">' in text
    assert '<li><a href="/schema/MonoclonalAntibody">' in text
    assert '<li class="follows"><a href="/schema/MonoclonalAntibody">' not in text
    stated = send(server, "/browse?tree=asserted", Accept=BROWSER).text
    assert 'class="follows"' not in stated
    assert '<a href="/schema/RGDReceptor">' in stated
    assert problem(send(server, "/browse?tree=x"))["status"] == 400


def test_what_is_above_each_class_is_what_the_reasoner_says_of_its_members(server: str) -> None:
    text = "SELECT DISTINCT ?sub ?sup { ?x a ?sub , ?sup . ?sub a owl:Class . ?sup a owl:Class }"
    together = {(row["sub"], row["sup"]) for row in query(server, text).rows()}
    shown = page(server, "/schema/PanAlphaVAgent")
    assert "/schema/RGDReceptorAgent" in shown.links
    assert (IKG + "PanAlphaVAgent", IKG + "RGDReceptorAgent") in together


def test_every_term_is_on_the_page_with_its_definition_and_every_link_answers(
    server: str, shipped: Knowledge
) -> None:
    shown = page(server, "/browse")
    vocabulary = Vocabulary(shipped.ontology)
    for term in vocabulary.terms.values():
        if term.iri.startswith(IKG):
            assert "/schema/" + term.name in shown.links
    assert not broken(server, shown.links)


def test_counts_are_the_graph_s(server: str) -> None:
    text = send(server, "/browse", Accept=BROWSER).text
    rows = query(server, "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ikg:RGDReceptor }").rows()
    entry = text.partition('href="/schema/RGDReceptor">')[2].partition("</li>")[0]
    assert f"{rows[0]['n']}, all inferred" in entry


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/schema/RGDReceptor", "Integrin and (recognizesMotif value RGD)"),
        ("/schema/actsOn", "targets o subunitOf"),
        ("/schema/hasAlphaSubunit", "Functional"),
        ("/schema/CollagenLigand", "Ligand and ({collagen} or (subtypeOf value collagen))"),
        ("/schema/Integrin", "hasAlphaSubunit some AlphaSubunit"),
    ],
)
def test_axioms_stand_on_a_term_s_page_in_manchester_syntax(server: str, path: str, words: str) -> None:
    shown = page(server, path)
    inline = "".join(text if text else "" for stack, text in shown.texts if "code" in stack).replace(" ", "")
    assert words.replace(" ", "") in inline


def test_what_an_axiom_names_is_a_link_and_its_keywords_are_not(server: str) -> None:
    links = page(server, "/schema/RGDReceptor").links
    assert {"/schema/Integrin", "/schema/recognizesMotif", "/motif/RGD"} <= set(links)
    assert "/schema/value" not in links


def test_a_term_lists_the_axioms_that_name_it(server: str) -> None:
    links = page(server, "/schema/RGDReceptor").links
    assert "/schema/RGDReceptorAgent" in links


def test_the_page_of_a_class_lists_its_members_and_says_how_they_are_known(server: str) -> None:
    shown = page(server, "/schema/RGDReceptor")
    members = {cells[0]: cells[1] for kind, cells in shown.rows if kind == "inferred"}
    assert len(members) == 8
    assert members["integrin αvβ3"].startswith("inferred")
    assert not [link for link in shown.links if "alpha2-beta1" in link]
    stated = page(server, "/schema/Integrin")
    assert {cells[1] for _, cells in stated.rows[1:]} == {"asserted"}


def test_a_long_list_says_that_it_is_not_whole(server: str) -> None:
    text = send(server, "/schema/Claim", Accept=BROWSER).text
    assert "The first 200 by name" in text
    assert "The first" not in send(server, "/schema/Integrin", Accept=BROWSER).text


def test_what_follows_of_every_member_is_shown_with_its_axioms(server: str) -> None:
    text = send(server, "/schema/LamininReceptor", Accept=BROWSER).text
    follows = text.partition("What follows of each member")[2]
    assert 'href="/ligand/laminin"' in follows
    assert "urn:any:" not in text  # the made-up member


@pytest.mark.parametrize(
    "path", ["/schema/Integrin", "/schema/actsOn", "/schema/polarity", "/schema/PanAlphaVAgent"]
)
def test_every_link_of_a_term_s_page_answers(server: str, path: str) -> None:
    assert not broken(server, page(server, path).links)


def test_without_reasoning_the_tree_is_as_stated_and_says_so(serve: Any) -> None:
    server = serve("--no-reasoning")
    text = send(server, "/browse", Accept=BROWSER).text
    assert "does not reason" in text
    assert 'class="follows"' not in text
    assert send(server, "/schema/RGDReceptor", Accept=BROWSER).status == 200


def test_an_empty_graph_has_an_empty_tree(serve: Any) -> None:
    server = serve("--empty")
    assert send(server, "/browse", Accept=BROWSER).status == 200
    assert send(server, "/schema/RGDReceptor", Accept=BROWSER).status == 404


def test_a_class_that_a_user_adds_takes_its_place(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRIN_KG_TOKEN", "secret")
    server = serve("--writable")
    update = """INSERT DATA { GRAPH <https://w3id.org/integrin-kg/graph/user/mine> {
        ikg:OddReceptor a owl:Class ; rdfs:label "odd receptor" ; rdfs:subClassOf ikg:RGDReceptor } }"""
    reply = send(server, "/update", "POST", update, Authorization="Bearer secret",
                 **{"Content-Type": "application/sparql-update"})  # fmt: skip
    assert reply.status in (200, 204), reply.text
    assert "/schema/OddReceptor" in page(server, "/browse").links
    assert "/schema/RGDReceptor" in page(server, "/schema/OddReceptor").links


# The tree itself.


def test_the_nearest_classes_leave_out_what_lies_between_and_survive_a_ring() -> None:
    direct = {"a": {"b", "d"}, "b": {"c"}, "c": {"b", "d"}, "d": set[str]()}
    above = closure(direct)
    assert above["a"] == {"b", "c", "d"}
    assert nearest(above)["a"] == {"b", "c"}
    assert nearest(above)["d"] == set()


def test_a_ring_of_classes_ends_the_tree(tmp_path: Any) -> None:
    path = tmp_path / "ring.ttl"
    path.write_text(
        """@prefix : <urn:x:> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :top a owl:Class . :a a owl:Class ; rdfs:subClassOf :b , :top .
        :b a owl:Class ; rdfs:subClassOf :a ."""
    )
    vocabulary = Vocabulary(Ontology.read(path))

    def names(branches: list[Branch]) -> list[Any]:
        return [(branch.term.name, names(branch.below)) for branch in branches]

    for inferred in (True, False):
        assert "urn:x:a" in str(names(vocabulary.tree(inferred=inferred)))


def test_words_that_are_keywords_do_not_mention_a_property_of_that_name(shipped: Knowledge) -> None:
    vocabulary = Vocabulary(shipped.ontology)
    assert not [axiom for axiom in vocabulary.mentions(IKG + "value") if " value " in axiom.words]
