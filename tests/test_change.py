"""Changes to the statements: what they may touch, what follows from them, what is refused whole."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Triple

from integrin_kg.backward import Limits
from integrin_kg.engine.change import Report, make
from integrin_kg.engine.messages import Change, Drop, Patch, Problem, Update, Upload
from integrin_kg.engine.state import GraphName, State, Version
from integrin_kg.explain import Explainer
from integrin_kg.kept import Kept
from integrin_kg.knowledge import Knowledge, with_axioms
from integrin_kg.ontology import Ontology
from integrin_kg.reason import Reasoner, reason
from integrin_kg.rules import compile_rules
from integrin_kg.vocab import BASE, CLAIMS_GRAPH, INFERRED_GRAPH, RDF_TYPE, ikg

STACK = 64 * 1024 * 1024
MINE, YOURS = f"{BASE}graph/user/mine", f"{BASE}graph/user/yours"
ELSEWHERE = "http://example.org/g"
RGD_RECEPTOR = f"<{BASE}integrin/alphaV-beta7> a ikg:Integrin ; ikg:recognizesMotif <{BASE}motif/RGD> ."
NEW = NamedNode(f"{BASE}integrin/alphaV-beta7")


def state_of(knowledge: Knowledge, **further: Any) -> State:
    """The state that a host of ``knowledge`` has, a test's own."""
    reasoner = reason(knowledge.asserted, knowledge.rules.rules)
    store = Store()
    store.extend([*knowledge.asserted, *reasoner.quads()])
    return State(
        store,
        Version("r"),
        Explainer(reasoner, knowledge.support),
        knowledge.ontology,
        knowledge.rules,
        knowledge.shipped | {INFERRED_GRAPH},
        **further,
    )


def empty(*, reasoning: bool = True, kept: Kept | None = None, limits: Limits | None = None) -> State:
    """The state that a host of ``--empty`` has."""
    explainer = Explainer(Reasoner([], limits), {}) if reasoning else None
    return State(Store(), Version("empty"), explainer, union=False, kept=kept)


@pytest.fixture
def state(tiny: Knowledge) -> State:
    return state_of(tiny)


def do(state: State, change: Change | str, *documents: str | bytes) -> Report:
    wanted = Update(change) if isinstance(change, str) else change
    opened = [io.BytesIO(d.encode() if isinstance(d, str) else d) for d in documents]
    return make(state, wanted, opened, STACK)


def refused(state: State, change: Change | str, *documents: str | bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        do(state, change, *documents)
    return caught.value


def statements(state: State, graph: str | None = None) -> set[Triple]:
    name: GraphName = NamedNode(graph) if graph else DefaultGraph()
    return {quad.triple for quad in state.store.quads_for_pattern(None, None, None, name)}


def inferred(state: State) -> set[Triple]:
    return statements(state, INFERRED_GRAPH.value)


def from_scratch(ontology: Ontology, state: State) -> Reasoner:
    """A reasoner that knows nothing but what is stated now."""
    stated = {quad.triple for quad in state.store if quad.graph_name != INFERRED_GRAPH}
    reasoner = Reasoner(compile_rules(with_axioms(ontology, stated)).rules)
    reasoner.add(stated)
    return reasoner


def is_sound(state: State) -> bool:
    return inferred(state) == set(from_scratch(state.ontology, state).triples())


def insert(facts: str, graph: str = MINE) -> str:
    return f"INSERT DATA {{ GRAPH <{graph}> {{ {facts} }} }}"


# --- policy ----------------------------------------------------------------------------------------

CLAIM = "?claim a ikg:Claim"
FORBIDDEN = [
    "DROP ALL", "DROP NAMED", "CLEAR ALL", "CLEAR NAMED", "CLEAR SILENT NAMED", "drop silent all",
    f"DROP GRAPH <{CLAIMS_GRAPH.value}>",
    f"CLEAR GRAPH <{CLAIMS_GRAPH.value}>",
    f"DROP SILENT GRAPH <{CLAIMS_GRAPH.value}>",
    f"BASE <{BASE}graph/> DROP GRAPH <claims>",
    f"PREFIX g: <{BASE}graph/> CLEAR GRAPH g:claims",
    f"CLEAR GRAPH <{BASE}graph/cl\\u0061ims>",
    f"MOVE <{CLAIMS_GRAPH.value}> TO <{MINE}>",
    f"MOVE <{BASE}graph/entities> TO DEFAULT",
    f"COPY <{BASE}graph/entities> TO <{CLAIMS_GRAPH.value}>",
    f"COPY <{BASE}graph/entities> TO DEFAULT",
    f"ADD <{BASE}graph/entities> TO <{CLAIMS_GRAPH.value}>",
    f"ADD SILENT <{BASE}graph/entities> TO <{BASE}graph/new>",
    f"CREATE GRAPH <{BASE}graph/new>",
    f"CREATE SILENT GRAPH <{BASE}schema/>",
    f"INSERT DATA {{ GRAPH <{CLAIMS_GRAPH.value}> {{ <x:s> <x:p> 1 }} }}",
    "INSERT DATA { <x:s> <x:p> 1 }",
    f"INSERT DATA {{ GRAPH <{BASE}> {{ <x:s> <x:p> 1 }} }}",
    f"INSERT DATA {{ GRAPH <{BASE}graph/user> {{ <x:s> <x:p> 1 }} }}",
    f"INSERT DATA {{ GRAPH <{BASE}integrin/alphaV-beta3> {{ <x:s> <x:p> 1 }} }}",
    f"WITH <{CLAIMS_GRAPH.value}> DELETE {{ {CLAIM} }} WHERE {{ {CLAIM} }}",
    f"WITH <{CLAIMS_GRAPH.value}> INSERT {{ ?claim <x:p> 1 }} WHERE {{ {CLAIM} }}",
    f"DELETE WHERE {{ GRAPH <{CLAIMS_GRAPH.value}> {{ {CLAIM} }} }}",
    f"DELETE WHERE {{ GRAPH ?g {{ {CLAIM} }} }}",
    f"DELETE {{ GRAPH ?g {{ {CLAIM} }} }} WHERE {{ GRAPH ?g {{ {CLAIM} }} }}",
    f"INSERT {{ <x:s> <x:p> ?claim }} WHERE {{ {CLAIM} }}",
    f"INSERT {{ GRAPH ?g {{ <x:s> <x:p> 1 }} }} WHERE {{ GRAPH ?g {{ {CLAIM} }} }}",
    f"INSERT {{ GRAPH ?g {{ <x:s> <x:p> 1 }} }} WHERE {{ BIND (IRI('{CLAIMS_GRAPH.value}') AS ?g) }}",
    "INSERT { GRAPH ?g { <x:s> <x:p> 1 } } WHERE { BIND (BNODE() AS ?g) }",
    f"{insert('<x:s> <x:p> 1')} ; DROP GRAPH <{CLAIMS_GRAPH.value}>",
]  # fmt: skip


@pytest.mark.parametrize("text", FORBIDDEN)
def test_no_spelling_of_an_update_changes_what_is_shipped(state: State, text: str) -> None:
    problem = refused(state, text)
    assert (problem.status, problem.title) == (403, "Read-only graph")
    assert "graph/user/" in problem.detail


def change_of(graph: str | None) -> list[tuple[Change, tuple[str, ...]]]:
    return [
        (Upload(graph, ["text/turtle"], replace=False), ("<x:s> <x:p> 1 .",)),
        (Upload(graph, ["text/turtle"], replace=True), ("<x:s> <x:p> 1 .",)),
        (Patch(graph, "INSERT DATA { <x:s> <x:p> 1 }"), ()),
    ]


@pytest.mark.parametrize("graph", [None, CLAIMS_GRAPH.value, INFERRED_GRAPH.value])
@pytest.mark.parametrize("kind", range(3))
def test_no_graph_operation_changes_what_is_shipped(state: State, graph: str | None, kind: int) -> None:
    change, documents = change_of(graph)[kind]
    assert refused(state, change, *documents).status == 403


@pytest.mark.parametrize("graph", [CLAIMS_GRAPH.value, INFERRED_GRAPH.value])
def test_no_shipped_graph_is_dropped(state: State, graph: str) -> None:
    assert refused(state, Drop(graph)).status == 403


@pytest.mark.parametrize("graph", [MINE, ELSEWHERE, "urn:uuid:0", "https://w3id.org/integrin-kgx"])
def test_a_graph_of_a_user_s_own_is_open(state: State, graph: str) -> None:
    assert do(state, insert("<x:s> <x:p> 1", graph))["added"] == 1
    assert do(state, Drop(graph))["removed"] == 1
    assert is_sound(state)


def test_who_unlocks_may_change_what_is_shipped(tiny: Knowledge) -> None:
    state = state_of(tiny, unlocked=True)
    assert do(state, f"DELETE WHERE {{ GRAPH <{CLAIMS_GRAPH.value}> {{ {CLAIM} }} }}")["removed"] > 10
    assert is_sound(state)
    assert do(state, "DROP ALL")["removed"] > 1000
    assert list(state.store) == []
    assert do(state, "INSERT DATA { <x:s> <x:p> 1 }")["added"] == 1


STOLEN = f"<{BASE}integrin/alphaV-beta3> a ikg:RGDReceptor"
FAKED = f"<{BASE}integrin/alpha4-beta1> a ikg:RGDReceptor"


@pytest.mark.parametrize("unlocked", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        f"INSERT DATA {{ GRAPH <{INFERRED_GRAPH.value}> {{ {FAKED} }} }}",
        f"DELETE DATA {{ GRAPH <{INFERRED_GRAPH.value}> {{ {STOLEN} }} }}",
        f"DELETE WHERE {{ GRAPH <{INFERRED_GRAPH.value}> {{ ?x a ikg:RGDReceptor }} }}",
        f"DROP GRAPH <{INFERRED_GRAPH.value}>",
        f"CLEAR GRAPH <{INFERRED_GRAPH.value}>",
        f"COPY <{MINE}> TO <{INFERRED_GRAPH.value}>",
        f"{insert('<x:s> <x:p> 1')} ; CLEAR GRAPH <{INFERRED_GRAPH.value}>",
    ],
)
def test_what_follows_can_be_neither_faked_nor_taken_away(tiny: Knowledge, text: str, unlocked: bool) -> None:
    state = state_of(tiny, unlocked=unlocked)
    do(state, insert("<x:a> <x:b> 1"))
    problem = refused(state, text)
    assert (problem.status, problem.title) == (403, "Read-only graph")
    assert INFERRED_GRAPH.value in problem.detail


def test_in_an_empty_dataset_everything_can_be_dropped_with_what_follows(tmp_path: Path) -> None:
    state = empty()
    do(state, "INSERT DATA { <x:A> rdfs:subClassOf <x:B> . <x:i> a <x:A> . GRAPH <x:g> { <x:j> a <x:A> } }")
    assert Triple(NamedNode("x:i"), RDF_TYPE, NamedNode("x:B")) in inferred(state)
    assert do(state, "DROP ALL")["removed"] == 3
    assert list(state.store) == []
    assert refused(state, insert("<x:s> <x:p> 1", INFERRED_GRAPH.value)).status == 403


def test_without_reasoning_an_empty_dataset_has_no_graph_of_its_own() -> None:
    state = empty(reasoning=False)
    assert do(state, insert("<x:s> <x:p> 1", INFERRED_GRAPH.value))["added"] == 1
    assert do(state, insert("<x:s> <x:p> 1", CLAIMS_GRAPH.value))["added"] == 1


# --- consequences ----------------------------------------------------------------------------------


def test_a_twenty_fifth_integrin_is_classified_and_forgotten(state: State) -> None:
    before = inferred(state)
    report = do(state, insert(f"{RGD_RECEPTOR} <{NEW.value}> ikg:hasAlphaSubunit <{BASE}subunit/ITGAV> ."))
    assert Triple(NEW, RDF_TYPE, ikg("RGDReceptor")) in inferred(state)
    assert Triple(NamedNode(f"{BASE}therapeutic/abituzumab"), ikg("actsOn"), NEW) in inferred(state)
    assert report["inferred"] == {"added": len(inferred(state) - before), "removed": 0}
    assert (report["added"], report["removed"], report["version"]) == (3, 0, "r--1")
    assert "rules" not in report
    do(state, Drop(MINE))
    assert inferred(state) == before


def test_a_triple_stated_in_two_graphs_outlives_one_of_them(state: State) -> None:
    do(state, insert(RGD_RECEPTOR, MINE))
    report = do(state, insert(RGD_RECEPTOR, YOURS))
    assert report["inferred"] == {"added": 0, "removed": 0}
    do(state, Drop(MINE))
    assert Triple(NEW, RDF_TYPE, ikg("RGDReceptor")) in inferred(state)
    assert is_sound(state)
    do(state, Drop(YOURS))
    assert Triple(NEW, RDF_TYPE, ikg("RGDReceptor")) not in inferred(state)


def test_a_statement_moved_from_graph_to_graph_changes_nothing_that_follows(state: State) -> None:
    do(state, insert(RGD_RECEPTOR, MINE))
    before = inferred(state)
    report = do(state, f"MOVE <{MINE}> TO <{YOURS}>")
    assert (report["added"], report["removed"], report["inferred"]) == (2, 2, {"added": 0, "removed": 0})
    assert inferred(state) == before


def test_what_follows_and_is_stated_too_is_no_inferred_statement_meanwhile(state: State) -> None:
    known = Triple(NamedNode(f"{BASE}integrin/alphaV-beta3"), RDF_TYPE, ikg("RGDReceptor"))
    assert known in inferred(state)
    assert do(state, insert(f"{known} ."))["inferred"] == {"added": 0, "removed": 1}
    assert known not in inferred(state)
    assert do(state, Drop(MINE))["inferred"] == {"added": 1, "removed": 0}
    assert known in inferred(state)


INTEGRINS = ["integrin/alphaV-beta7", "integrin/alphaV-beta3"]
FACTS = [
    *(f"<{BASE}{i}> a ikg:Integrin" for i in INTEGRINS),
    *(f"<{BASE}{i}> ikg:recognizesMotif <{BASE}motif/{m}>" for i in INTEGRINS for m in ("RGD", "LDV")),
    *(f"<{BASE}{i}> ikg:hasAlphaSubunit <{BASE}subunit/{s}>" for i in INTEGRINS for s in ("ITGAV", "ITGA4")),
    f"<{BASE}integrin/alphaV-beta7> ikg:hasBetaSubunit <{BASE}subunit/ITGB7>",
    f"<{BASE}therapeutic/x> a ikg:MonoclonalAntibody",
    f"<{BASE}therapeutic/x> ikg:targets <{BASE}subunit/ITGAV>",
    f"<{BASE}therapeutic/x> ikg:targets <{BASE}integrin/alphaV-beta7>",
    f"<{BASE}integrin/alphaV-beta7> ikg:interactsWith <{BASE}protein/EGFR>",
    f"<{BASE}disease/x> ikg:subtypeOf <{BASE}disease/breast-cancer>",
    f"<{BASE}integrin/alphaV-beta7> ikg:promotesIn <{BASE}disease/x>",
    f"<{BASE}integrin/alphaV-beta7> a ikg:RGDReceptor",
    "<x:Mine> rdfs:subClassOf ikg:Therapeutic",
    f"<{BASE}therapeutic/x> a <x:Mine>",
    "<x:p> rdfs:subPropertyOf ikg:targets",
    f"<{BASE}therapeutic/y> <x:p> <{BASE}subunit/ITGA4>",
    "<x:s> rdfs:label '001'^^xsd:integer , 'a'@en-GB",
]
SOME = st.lists(st.sampled_from(FACTS), min_size=1, max_size=4).map(lambda facts: " . ".join([*facts, ""]))
GRAPH = st.sampled_from([MINE, YOURS])
UPDATES = st.one_of(
    st.builds(insert, SOME, GRAPH),
    st.builds(insert, SOME, GRAPH),
    st.builds(lambda facts, g: f"DELETE DATA {{ GRAPH <{g}> {{ {facts} }} }}", SOME, GRAPH),
    st.builds(
        lambda fact, g: f"WITH <{g}> DELETE {{ ?s ?p ?o }} INSERT {{ {fact} }} "
        f"WHERE {{ ?s ?p ?o {{ {fact} }} }}",
        st.sampled_from(FACTS[:-1]),
        GRAPH,
    ),
    st.builds(
        lambda p, g: f"DELETE {{ GRAPH <{g}> {{ ?s {p} ?o }} }} INSERT {{ GRAPH <{YOURS}> {{ ?s {p} ?o }} }} "
        f"WHERE {{ GRAPH <{g}> {{ ?s {p} ?o }} }}",
        st.sampled_from(["ikg:hasAlphaSubunit", "ikg:recognizesMotif", "ikg:targets", "a"]),
        GRAPH,
    ),
    st.builds(lambda g: f"DELETE WHERE {{ GRAPH <{g}> {{ ?s ikg:targets ?o }} }}", GRAPH),
    st.builds(lambda g: f"CLEAR SILENT GRAPH <{g}>", GRAPH),
    st.just(
        f"INSERT {{ GRAPH <{MINE}> {{ ?s a ikg:RGDReceptor }} }} "
        f"WHERE {{ ?s ikg:recognizesMotif <{BASE}motif/LDV> }}"
    ),
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(history=st.lists(UPDATES, min_size=1, max_size=6))
def test_after_any_updates_all_is_as_from_scratch(
    tiny: Knowledge, tmp_path_factory: pytest.TempPathFactory, history: list[str]
) -> None:
    state = state_of(tiny, kept=(kept := Kept(tmp_path_factory.mktemp("kept"))))
    for text in history:
        before = set(state.store)
        try:
            report = do(state, text)
        except Problem as problem:
            assert problem.status == 409  # noqa: PT017 (either is right, each for a reason)
            assert from_scratch(tiny.ontology, state).clashes  # a refusal is never unfounded
            return
        after, scratch = set(state.store), from_scratch(tiny.ontology, state)
        assert not scratch.clashes
        assert inferred(state) == set(scratch.triples())
        come, gone = after - before, before - after
        follows = {quad for quad in come | gone if quad.graph_name == INFERRED_GRAPH}
        assert (report["added"], report["removed"]) == (len(come - follows), len(gone - follows))
        assert report["inferred"] == {"added": len(come & follows), "removed": len(gone & follows)}
        own = {quad for quad in after if quad.graph_name not in state.shipped}
        assert set(kept.statements()) == own
        assert kept.serial == state.version.serial


# --- contradictions --------------------------------------------------------------------------------

CLASHES = [
    f"<{BASE}integrin/alphaV-beta3> ikg:hasAlphaSubunit <{BASE}subunit/ITGA4>",
    f"<{BASE}subunit/ITGAV> a ikg:BetaSubunit",
    f"<{BASE}disease/breast-cancer> a ikg:Therapeutic",
]


@pytest.mark.parametrize("facts", CLASHES)
def test_what_contradicts_the_ontology_is_refused_with_its_proof(
    tiny: Knowledge, tmp_path: Path, facts: str
) -> None:
    kept = Kept(tmp_path)
    problem = refused(state_of(tiny, kept=kept), insert(f"<x:harmless> <x:p> 1 . {facts}"))
    assert (problem.status, problem.title) == (409, "Contradiction")
    clashes = problem.further["clashes"]
    assert clashes
    subject = facts.split(">")[0][1:]
    assert subject in str(clashes)
    assert Problem.decode(problem.encode()).further["clashes"] == clashes
    assert (kept.serial, list(kept.statements()), kept.graphs()) == (0, [], [])


def test_a_contradiction_in_two_steps_is_told_at_the_second(state: State) -> None:
    do(state, insert("<x:s> a ikg:AlphaSubunit"))
    assert refused(state, insert("<x:s> a ikg:BetaSubunit", YOURS)).status == 409


def test_an_axiom_that_makes_what_is_stated_contradictory_is_refused(state: State) -> None:
    do(state, insert("<x:s> a <x:A> , <x:B>"))
    problem = refused(state, insert("<x:A> owl:disjointWith <x:B>", YOURS))
    assert problem.status == 409
    assert "x:s" in str(problem.further["clashes"])


# --- the ontology ----------------------------------------------------------------------------------


def test_an_axiom_is_compiled_and_its_rule_told(state: State) -> None:
    report = do(
        state, insert("<x:Avenger> rdfs:subClassOf ikg:Therapeutic . <x:Avenger> rdfs:label 'avenger'")
    )
    assert any("Avenger" in rule for rule in report["rules"]["added"])
    assert report["rules"]["removed"] == report["rules"]["forTheDLReasoner"] == []
    do(state, insert("<x:i> a <x:Avenger>"))
    assert Triple(NamedNode("x:i"), RDF_TYPE, ikg("Therapeutic")) in inferred(state)
    again = do(state, "DELETE WHERE { GRAPH ?g { <x:Avenger> rdfs:subClassOf ?c } }")
    assert again["rules"] == {
        "added": [], "removed": report["rules"]["added"], "forTheDLReasoner": [],
    }  # fmt: skip
    assert Triple(NamedNode("x:i"), RDF_TYPE, ikg("Therapeutic")) not in inferred(state)
    assert is_sound(state)


def test_an_axiom_that_no_rule_can_express_is_said_to_be_for_the_dl_reasoner(state: State) -> None:
    some = "a owl:Restriction ; owl:onProperty ikg:targets ; owl:someValuesFrom ikg:Gene"
    report = do(state, insert(f"<x:A> rdfs:subClassOf [ {some} ]"))
    assert len(report["rules"]["forTheDLReasoner"]) == 1
    assert is_sound(state)


def test_a_definition_of_a_user_s_own_classifies_what_is_shipped(state: State) -> None:
    report = do(
        state,
        Upload(MINE, ["text/turtle"], replace=True),
        """@prefix ikg: <https://w3id.org/integrin-kg/schema/> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        <x:AlphaVBinder> owl:equivalentClass [ a owl:Restriction ; owl:onProperty ikg:targets ;
            owl:hasValue <https://w3id.org/integrin-kg/subunit/ITGAV> ] .""",
    )
    assert report["rules"]["added"]
    assert Triple(
        NamedNode(f"{BASE}therapeutic/abituzumab"), RDF_TYPE, NamedNode("x:AlphaVBinder")
    ) in inferred(state)
    assert is_sound(state)


def test_a_broken_list_is_no_ontology(state: State) -> None:
    problem = refused(
        state, insert("<x:A> owl:equivalentClass [ a owl:Class ; owl:intersectionOf [ rdf:first <x:B> ] ]")
    )
    assert (problem.status, problem.title) == (422, "Not an ontology")
    assert problem.detail


def test_an_axiom_that_lacks_a_part_is_no_ontology(state: State) -> None:
    problem = refused(state, insert("<x:C> rdfs:subClassOf [ a owl:Restriction ; owl:hasValue <x:v> ]"))
    assert (problem.status, problem.title) == (422, "Not an ontology")
    assert "onProperty" in problem.detail


def test_a_list_without_an_end_is_no_ontology(state: State) -> None:
    loop = "<x:l> rdf:first <x:B> ; rdf:rest <x:l> . <x:A> owl:equivalentClass [ owl:intersectionOf <x:l> ]"
    assert refused(state, insert(loop)).status == 422


def test_a_rule_explosion_is_refused_with_the_rule_that_explodes() -> None:
    state = empty(limits=Limits(triples=5000, for_each=0))
    do(state, "INSERT DATA { <x:p> a owl:TransitiveProperty }")
    chain = " . ".join(f"<x:{n}> <x:p> <x:{n + 1}>" for n in range(200))
    problem = refused(state, f"INSERT DATA {{ {chain} }}")
    assert (problem.status, problem.title) == (422, "Too much follows")
    assert "x:p" in problem.detail or "p Transitive" in problem.detail


# --- the dataset of an update ----------------------------------------------------------------------


def test_a_pattern_sees_all_graphs_as_one_as_queries_do(state: State) -> None:
    text = (
        f"INSERT {{ GRAPH <{MINE}> {{ ?x <x:seen> true }} }} WHERE {{ ?x a ikg:RGDReceptor ; rdfs:label ?l }}"
    )
    assert do(state, text)["added"] == 5
    text = f"INSERT {{ GRAPH <{YOURS}> {{ ?g <x:seen> true }} }} WHERE {{ GRAPH ?g {{ ?x a ikg:Claim }} }}"
    assert do(state, text)["added"] == 1


def test_in_an_empty_dataset_the_default_graph_is_the_one_with_no_name() -> None:
    state = empty()
    do(state, "INSERT DATA { <x:a> <x:p> 1 . GRAPH <x:g> { <x:b> <x:p> 1 } }")
    assert do(state, "INSERT { ?s <x:seen> true } WHERE { ?s <x:p> 1 }")["added"] == 1
    assert do(state, "DELETE WHERE { ?s ?p ?o }")["removed"] == 2
    assert len(statements(state, "x:g")) == 1


def test_the_request_s_dataset_is_that_of_every_pattern(state: State) -> None:
    do(state, f"{insert('<x:a> <x:p> 1')} ; {insert('<x:b> <x:p> 1', YOURS)}")
    both = f"INSERT {{ GRAPH <{ELSEWHERE}> {{ ?s <x:q> 1 }} }} WHERE {{ ?s <x:p> 1 }}"
    assert do(state, Update(both, default_graphs=[MINE]))["added"] == 1
    named = f"INSERT {{ GRAPH <{ELSEWHERE}> {{ ?s <x:r> ?g }} }} WHERE {{ GRAPH ?g {{ ?s <x:p> 1 }} }}"
    assert do(state, Update(named, named_graphs=[YOURS]))["added"] == 1
    assert do(state, Update(named, default_graphs=[MINE]))["added"] == 0
    assert do(state, Update(both, default_graphs=["x:none"]))["added"] == 0
    assert statements(state, ELSEWHERE) == {
        Triple(NamedNode("x:a"), NamedNode("x:q"), Literal(1)),
        Triple(NamedNode("x:b"), NamedNode("x:r"), NamedNode(YOURS)),
    }


@pytest.mark.parametrize("clause", [f"USING <{MINE}>", f"USING NAMED <{MINE}>", "using <x:g>"])
def test_a_dataset_in_the_request_and_one_in_its_text_are_a_conflict(state: State, clause: str) -> None:
    text = f"INSERT {{ GRAPH <{MINE}> {{ ?s ?p 1 }} }} {clause} WHERE {{ ?s ?p ?o }}"
    problem = refused(state, Update(text, default_graphs=[MINE]))
    assert (problem.status, problem.title) == (400, "Two datasets")


def test_with_in_the_text_is_a_conflict_too(state: State) -> None:
    text = f"WITH <{MINE}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"
    assert refused(state, Update(text, named_graphs=[MINE])).status == 400


def test_the_words_using_and_with_elsewhere_are_no_conflict(state: State) -> None:
    text = f"INSERT {{ GRAPH <{MINE}> {{ <x:with> <x:p> 'USING <x:g>' }} }} WHERE {{ }} # WITH"
    assert do(state, Update(text, default_graphs=[MINE]))["added"] == 1


def test_a_syntax_error_is_where_the_client_wrote_it(state: State) -> None:
    text = f"INSERT {{ GRAPH <{MINE}> {{ ?s <x:p> 1 }} }} WHERE {{ ?s a ?c . oops }}"
    problem = refused(state, text)
    assert (problem.status, problem.title) == (400, "Syntax error")
    assert problem.further["line"] == 1
    assert text.index("oops") <= problem.further["column"] <= len(text) + 1
    at_once = f"INSERT {{ GRAPH <{MINE}> {{ ?s <x:p> 1 }} }}\nWHERE {{ }} ;\nINSERT NOTHING"
    assert refused(state, at_once).further["line"] == 3


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("CREATE GRAPH <x:g>", 409),
        ("DROP GRAPH <x:h>", 404),
        ("CLEAR GRAPH <x:h>", 404),
        ("MOVE <x:h> TO <x:i>", 404),
    ],
)
def test_a_graph_that_is_not_as_expected_is_said_to_be_so_unless_silent(
    state: State, text: str, status: int
) -> None:
    do(state, "CREATE GRAPH <x:g>")
    assert refused(state, text).status == status


def test_a_graph_that_is_not_as_expected_is_nothing_to_one_who_is_silent(state: State) -> None:
    assert do(state, "CREATE GRAPH <x:g>")["version"] == "r--1"
    assert do(state, "CREATE SILENT GRAPH <x:g> ; DROP SILENT GRAPH <x:h>")["version"] == "r--1"


# --- uploads ---------------------------------------------------------------------------------------


def turtle(
    graph: str | None = MINE, *, replace: bool = False, count: int = 1, base: str | None = None
) -> Upload:
    return Upload(graph, ["text/turtle"] * count, replace, base)


def test_what_is_put_is_replaced_and_what_is_posted_is_added(state: State) -> None:
    first = do(state, turtle(replace=True), "<x:a> <x:p> 1 , 2 .")
    assert (first["existed"], first["added"]) == (False, 2)
    second = do(state, turtle(), "<x:a> <x:p> 2 , 3 .")
    assert (second["existed"], second["added"], second["removed"]) == (True, 1, 0)
    third = do(state, turtle(replace=True), "<x:a> <x:p> 3 , 4 .")
    assert (third["existed"], third["added"], third["removed"]) == (True, 1, 2)
    assert {triple.object for triple in statements(state, MINE)} == {Literal(3), Literal(4)}


def test_an_empty_document_makes_an_empty_graph(state: State, tmp_path: Path) -> None:
    state.kept = Kept(tmp_path)
    assert do(state, turtle(replace=True), "")["existed"] is False
    assert state.store.contains_named_graph(NamedNode(MINE))
    assert Kept(tmp_path).graphs() == [NamedNode(MINE)]
    assert do(state, turtle(replace=True), "")["existed"] is True


def test_several_documents_are_one_change(state: State) -> None:
    assert do(state, turtle(count=2), "<x:a> <x:p> 1 .", "<x:a> <x:p> 2 .")["added"] == 2
    assert refused(state, turtle(count=2), "<x:a> <x:p> 3 .", "oops").status == 400


@pytest.mark.parametrize(
    ("media_type", "document"),
    [
        ("text/turtle", "<s> <x:p> 1 ."),
        ("application/n-triples", "<http://e/s> <x:p> '1' .".replace("'", '"')),
        ("application/n-quads", '<http://e/s> <x:p> "1" .'),
        ("application/trig", "{ <s> <x:p> 1 }"),
        ("application/ld+json", '{"@id": "s", "x:p": 1}'),
        ("text/n3", "<s> <x:p> 1 ."),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="s"><p xmlns="x:">1</p></rdf:Description></rdf:RDF>',
        ),
    ],
)
def test_every_format_is_read_and_relative_iris_resolved(
    state: State, media_type: str, document: str
) -> None:
    do(state, Upload(MINE, [media_type], replace=True, base="http://e/"), document)
    assert [str(triple.subject) for triple in statements(state, MINE)] == ["<http://e/s>"]


@pytest.mark.parametrize(
    ("media_type", "document"),
    [
        ("application/trig", f"<{CLAIMS_GRAPH.value}> {{ <x:s> <x:p> 1 }}"),
        ("application/trig", f"<{MINE}> {{ <x:s> <x:p> 1 }}"),
        ("application/n-quads", "<x:s> <x:p> <x:o> _:g ."),
        ("application/ld+json", '{"@id": "x:g", "@graph": [{"@id": "x:s", "x:p": 1}]}'),
    ],
)
def test_a_document_that_names_graphs_is_refused(state: State, media_type: str, document: str) -> None:
    problem = refused(state, Upload(MINE, [media_type], replace=False), document)
    assert problem.status == 400
    assert "names a graph" in problem.detail


@pytest.mark.parametrize(
    ("media_type", "document", "line"),
    [
        ("text/turtle", "<x:s> <x:p> 1 .\n\n<x:s> oops .", 3),
        ("application/n-triples", "<x:s> <x:p> <x:o> .\n<x:s> <x:p>", 2),
        ("application/ld+json", '{\n"@id": oops}', 2),
    ],
)
def test_a_syntax_error_in_a_document_has_its_line(
    state: State, media_type: str, document: str, line: int
) -> None:
    problem = refused(state, Upload(MINE, [media_type], replace=False), document)
    assert (problem.status, problem.title, problem.further["line"]) == (400, "Syntax error", line)
    assert problem.further["column"] > 0


XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">\n'
    '<rdf:Description rdf:about="urn:a"><x:p>v</x:p></rdf:Description>\n'
    '<rdf:Description rdf:about="urn:b"><x:p>whole</x:p></rdf:Description>\n</rdf:RDF>'
)


@pytest.mark.parametrize("length", [0, 20, 90, 140, 160, 210, len(XML) - 1])
def test_xml_that_breaks_off_is_refused_and_replaces_nothing(state: State, length: int) -> None:
    put = Upload(MINE, ["application/rdf+xml"], replace=True)
    problem = refused(state, put, XML[:length])
    assert (problem.status, problem.title) == (400, "Syntax error")
    assert problem.further.keys() == {"line", "column"}
    do(state, put, XML)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="x:s"><p xmlns="x:">&b;</p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-7"])
def test_entity_declarations_are_refused_in_every_encoding(state: State, encoding: str) -> None:
    upload = Upload(MINE, ["application/rdf+xml"], replace=False)
    assert refused(state, upload, ENTITIES.encode(encoding)).status == 400


def test_a_media_type_that_is_no_rdf_is_a_415(state: State) -> None:
    for media_type in ("text/html", "", "application/octet-stream", "nonsense"):
        assert refused(state_of_nothing(), Upload(MINE, [media_type], replace=False), "x").status == 415


def state_of_nothing() -> State:
    return empty(reasoning=False)


@pytest.mark.parametrize("document", [b"<x:s> <x:p> '\xff' .", b"<x:s> <x:p> <x:o> .\x00"])
def test_bytes_that_are_no_text_are_a_400(state: State, document: bytes) -> None:
    assert refused(state, turtle(), document).status == 400


def test_a_blank_node_is_a_new_one_in_every_upload(state: State) -> None:
    for _ in range(3):
        do(state, turtle(), "_:b <x:p> 1 .")
    do(state, turtle(count=2), "_:b <x:p> 1 .", "_:b <x:p> 1 .")
    subjects = {triple.subject for triple in statements(state, MINE)}
    assert len(subjects) == 5
    assert BlankNode("b") not in subjects


def test_a_blank_node_of_a_user_is_never_one_of_ours(tiny: Knowledge) -> None:
    ours = next(q.subject for q in tiny.asserted if isinstance(q.subject, BlankNode))
    state = state_of(tiny)
    do(state, turtle(), f"{ours} <x:p> 1 .")
    do(state, insert(f"{ours} <x:p> 2"))
    assert ours not in {triple.subject for triple in statements(state, MINE)}


# --- patch and drop --------------------------------------------------------------------------------


def test_a_patch_sees_its_graph_as_the_default_one_and_nothing_else(state: State) -> None:
    do(state, insert("<x:a> <x:p> 1 . _:b <x:p> 2"))
    kept = [triple.subject for triple in statements(state, MINE) if isinstance(triple.subject, BlankNode)]
    counted = "{ SELECT (COUNT(*) AS ?n) { ?a ?b ?c } }"
    text = f"DELETE {{ ?s <x:p> 1 }} INSERT {{ ?s <x:p> ?n }} WHERE {{ ?s <x:p> 1 {counted} }}"
    report = do(state, Patch(MINE, text))
    assert (report["added"], report["removed"]) == (1, 1)
    assert statements(state, MINE) == {
        Triple(NamedNode("x:a"), NamedNode("x:p"), Literal(2)),
        Triple(kept[0], NamedNode("x:p"), Literal(2)),
    }


@pytest.mark.parametrize(
    "text",
    [
        f"INSERT DATA {{ GRAPH <{MINE}> {{ <x:s> <x:p> 1 }} }}",
        f"INSERT DATA {{ GRAPH <{CLAIMS_GRAPH.value}> {{ <x:s> <x:p> 1 }} }}",
        "CREATE GRAPH <x:g>",
        "COPY DEFAULT TO <x:g>",
    ],
)
def test_a_patch_of_another_graph_is_a_422(state: State, text: str) -> None:
    do(state, insert("<x:a> <x:p> 1"))
    assert refused(state, Patch(MINE, text)).status == 422


def test_a_patch_of_a_graph_that_is_not_there_is_a_404(state: State) -> None:
    assert refused(state, Patch(MINE, "INSERT DATA { <x:s> <x:p> 1 }")).status == 404


def test_a_patch_that_empties_its_graph_leaves_it_there(state: State) -> None:
    do(state, insert(RGD_RECEPTOR))
    do(state, Patch(MINE, "DELETE WHERE { ?s ?p ?o }"))
    assert state.store.contains_named_graph(NamedNode(MINE))
    assert is_sound(state)


def test_a_graph_that_is_dropped_is_gone_and_one_that_is_not_there_a_404(state: State) -> None:
    do(state, insert(RGD_RECEPTOR))
    do(state, Drop(MINE))
    assert not state.store.contains_named_graph(NamedNode(MINE))
    assert is_sound(state)
    assert refused(state, Drop(MINE)).status == 404


def test_the_default_graph_is_emptied_and_stays() -> None:
    state = empty()
    do(state, "INSERT DATA { <x:A> rdfs:subClassOf <x:B> . <x:i> a <x:A> }")
    assert do(state, Drop(None))["removed"] == 2
    assert inferred(state) == set()
    assert do(state, Drop(None))["removed"] == 0


# --- nothing leaves --------------------------------------------------------------------------------


@pytest.fixture
def bait() -> Iterator[socket.socket]:
    """A socket that nobody is to connect to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_what_is_declared_between_operations_holds_from_there_on(state: State) -> None:
    first, then = (f"INSERT DATA {{ GRAPH <{MINE}> {{ :a :p {value} }} }}" for value in (1, 2))
    do(state, f"PREFIX : <x:> {first} ;\nPREFIX : <y:>\n{then} ; BASE <y:> CREATE GRAPH <{YOURS}> ;")
    found = {(t.subject.value, t.object.value) for t in statements(state, MINE)}
    assert found == {("x:a", "1"), ("y:a", "2")}
    assert state.store.contains_named_graph(NamedNode(YOURS))


def test_an_error_behind_a_declaration_is_told_at_its_place(state: State) -> None:
    problem = refused(state, f"{insert('<x:a> <x:p> 1')} ;\nPREFIX : <x:>\nINSERT DATA {{ :a :p }}")
    assert (problem.status, problem.further["line"]) == (400, 3)


ESCAPES: list[Callable[[str], str]] = [
    lambda url: f"LOAD <{url}>",
    lambda url: f"LOAD SILENT <{url}> INTO GRAPH <{MINE}>",
    lambda url: f"load<{url}>into graph<{MINE}>",
    lambda url: f"lOaD SILENT<{url}>",
    lambda url: f"LOADSILENT<{url}>",
    lambda url: f"\\u004cOAD <{url}>",
    lambda url: f"{insert('<x:s> <x:p> 1')};LOAD<{url}>",
    lambda url: f"# a comment\nLOAD # another\n<{url}>",
    lambda url: f"PREFIX l: <{url}> LOAD l:",
    lambda url: f"CLEAR SILENT GRAPH <{MINE}> ; PREFIX l: <{url}> LOAD l:",
    lambda url: f"CLEAR SILENT GRAPH <{MINE}> ; BASE <{url}> LOADSILENT<>",
    lambda url: f"INSERT {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    lambda url: f"INSERT {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }} WHERE {{SERVICESILENT<{url}>{{ ?s ?p ?o }} }}",
    lambda url: (
        f"INSERT {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }} WHERE {{ s\\u0065rvice <{url}> {{ ?s ?p ?o }} }}"
    ),
    lambda url: f"DELETE {{ ?s ?p ?o }} WHERE {{ BIND (<{url}> AS ?u) SERVICE ?u {{ ?s ?p ?o }} }}",
    lambda url: (
        f"INSERT {{ GRAPH <{MINE}> {{ ?s ?p ?o }} }} "
        f"WHERE {{ FILTER EXISTS {{ SERVICE SILENT <{url}> {{ }} }} }}"
    ),
]


@pytest.mark.parametrize("spelling", ESCAPES)
@pytest.mark.parametrize("patch", [False, True])
def test_no_spelling_of_load_or_service_is_followed(
    state: State, bait: socket.socket, spelling: Callable[[str], str], patch: bool
) -> None:
    text = spelling(f"http://127.0.0.1:{bait.getsockname()[1]}/")
    do(state, insert("<x:a> <x:p> 1"))
    problem = refused(state, Patch(MINE, text) if patch else text)
    assert problem.status in (403, 400)
    assert problem.status == 403 or problem.title == "Syntax error"


def test_a_remote_context_is_not_fetched(state: State, bait: socket.socket) -> None:
    url = f"http://127.0.0.1:{bait.getsockname()[1]}/context.jsonld"
    upload = Upload(MINE, ["application/ld+json"], replace=False)
    assert refused(state, upload, f'{{"@context": "{url}", "@id": "x:s", "p": 1}}').status == 400


def test_an_import_is_not_fetched(state: State, bait: socket.socket) -> None:
    url = f"http://127.0.0.1:{bait.getsockname()[1]}/ontology"
    do(state, insert(f"<x:o> a owl:Ontology ; owl:imports <{url}>"))


@pytest.mark.parametrize("word", ["download", "reload", "service", "webservice", "SERVICE", "LOAD"])
def test_the_words_load_and_service_in_names_and_strings_are_no_reason_to_refuse(
    state: State, word: str
) -> None:
    graph = f"http://example.org/{word}"
    do(state, insert(f"<x:a> <x:p> '{word}' # {word}\n", graph))
    do(state, f"CLEAR GRAPH <{graph}> ; DROP GRAPH <{graph}> ; CREATE GRAPH <{graph}>")
    do(state, f"{insert('<x:a> <x:p> 1', graph)} ; MOVE <{graph}> TO <{MINE}>")
    do(state, Patch(MINE, f"INSERT DATA {{ <x:b> <x:p> '{word}' }}"))
    assert len(statements(state, MINE)) == 2


# --- what is kept ----------------------------------------------------------------------------------


def test_a_change_that_changes_nothing_makes_no_version(tiny: Knowledge, tmp_path: Path) -> None:
    state = state_of(tiny, kept=Kept(tmp_path))
    shipped = f"<{BASE}integrin/alphaV-beta3> a ikg:Integrin"
    for text in (insert(shipped, f"{BASE}graph/entities"), "DELETE WHERE { ?s <x:none> ?o }", ""):
        assert do(state, text)["version"] == "r"
    assert Kept(tmp_path).serial == 0


def test_a_change_that_cannot_be_kept_is_a_507(tiny: Knowledge, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    state = state_of(tiny, kept=kept)
    kept.path.write_bytes(b"scrambled" * 1000)
    problem = refused(state, insert("<x:s> <x:p> 1"))
    assert (problem.status, problem.title) == (507, "Not kept")


def test_what_is_taken_from_a_shipped_graph_stays_away(tiny_folder: Path, tmp_path: Path) -> None:
    knowledge = Knowledge.assemble(tiny_folder)
    kept = Kept(tmp_path / "kept")
    state = state_of(knowledge, unlocked=True, kept=kept)
    taken = [
        q for q in knowledge.asserted if q.predicate == ikg("value") or q.object == ikg("MonoclonalAntibody")
    ]
    assert len(taken) > 2
    do(
        state,
        "DELETE { GRAPH ?g { ?s ?p ?o } } "
        "WHERE { GRAPH ?g { ?s ?p ?o } FILTER (?p = ikg:value || ?o = ikg:MonoclonalAntibody) }",
    )
    assert set(kept.statements(holding=False)) <= set(state_of(knowledge).store)
    assert not set(taken) & set(state.store)
    assert is_sound(state)
