"""What a store must do, wherever the statements lie: one suite for the embedded one, in memory and with a
folder, and for other engines behind HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Triple, parse, parse_query_results, serialize
from rdflib import Graph
from rdflib.compare import isomorphic

from conftest import TINY
from engines import ENGINES, Engine
from integrin_kg import referee, resources, saved
from integrin_kg.engine.backend import Backend, Report
from integrin_kg.engine.embedded import Embedded
from integrin_kg.engine.messages import (
    Change,
    Classify,
    Drop,
    Explain,
    Problem,
    Query,
    ReadGraph,
    Task,
    Update,
    Upload,
)
from integrin_kg.kept import Kept
from integrin_kg.knowledge import Knowledge
from integrin_kg.remote.backend import Remote, connect
from integrin_kg.vocab import BASE, INFERRED_GRAPH, RDF_TYPE
from test_change import state_of

STACK = 64 * 1024 * 1024
JSON, TURTLE, NTRIPLES = "application/sparql-results+json", "text/turtle", "application/n-triples"
MINE = f"{BASE}graph/user/mine"
QUESTIONS = {question.name: question for question in saved.load_all(resources.queries_folder())}
INFERRED = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {INFERRED_GRAPH} {{ ?s ?p ?o }} }}"

# Faults of engines, each told in docs/scaling.md: once one is mended its line is to go.
FAULTS = {
    "virtuoso": {
        "altered-integrin-genes",  # VALUES before a UNION: no row
        "pan-cancer-landscape-numbers",  # true is given back as "1"^^xsd:boolean
    }
}

Store = Callable[..., Backend]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """Start an engine, once each."""
    started: dict[str, Engine] = {}

    def engine(name: str) -> Engine:
        if name not in started:
            started[name] = ENGINES[name](tmp_path_factory.mktemp(name)).start()
        return started[name]

    yield engine
    for one in started.values():
        one.kill()


@pytest.fixture(scope="module", params=["memory", "folder", "oxigraph", "virtuoso"])
def store(
    request: pytest.FixtureRequest,
    tiny: Knowledge,
    running: Callable[[str], Engine],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Store]:
    """Return what answers from the tiny graph. For a test that changes it, an embedded one is ``fresh``,
    since a refused change spoils its process; another engine it leaves as it found it."""
    if request.param in ("memory", "folder"):
        folders = request.param == "folder"
        kept = (lambda: Kept(tmp_path_factory.mktemp("kept"))) if folders else (lambda: None)
        shared = Embedded(state_of(tiny, kept=kept()))
        yield lambda *, fresh=False: Embedded(state_of(tiny, kept=kept())) if fresh else shared
        return
    engine = running(request.param)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in engine.environment.items():
            patch.setenv(name, value)
        remote = connect(replace(engine.settings, query_timeout=60.0), tiny, "tiny")
        yield lambda *, fresh=False: remote


# ---- asking -----------------------------------------------------------------------------------------


def answer(store: Backend, task: Task) -> bytes:
    sink = io.BytesIO()
    store.answer(task, sink)
    return sink.getvalue()


def rows(store: Backend, text: str, **further: Any) -> list[dict[str, str]]:
    found = json.loads(answer(store, Query(text, JSON, NTRIPLES, **further)))
    return [{name: cell["value"] for name, cell in row.items()} for row in found["results"]["bindings"]]


def asks(store: Backend, text: str, **further: Any) -> bool:
    said: bool = json.loads(answer(store, Query(text, JSON, NTRIPLES, **further)))["boolean"]
    return said


def triples(store: Backend, text: str) -> set[Triple]:
    return {quad.triple for quad in parse(answer(store, Query(text, JSON, NTRIPLES)), RdfFormat.N_TRIPLES)}


def explain(store: Backend, triple: Triple) -> Report:
    parts = (triple.subject.value, triple.predicate.value, triple.object.value)
    document: Report = json.loads(answer(store, Explain(*parts)))
    return document


def refused(store: Backend, task: Task | Change, *documents: bytes) -> Problem:
    is_change = isinstance(task, (Update, Upload, Drop))
    with pytest.raises(Problem) as caught:
        _ = do(store, task, *documents) if is_change else answer(store, task)
    return caught.value


def do(store: Backend, change: Change | str, *documents: bytes) -> Report:
    wanted = Update(change) if isinstance(change, str) else change
    return store.make(wanted, [io.BytesIO(document) for document in documents], STACK)


def answers_exactly(store: Backend, name: str) -> bool:
    query = Query(QUESTIONS[name].text, "text/tab-separated-values", TURTLE)
    heading, *found = answer(store, query).decode().splitlines()
    expected_heading, *expected = (TINY / "expected" / f"{name}.tsv").read_text("utf-8").splitlines()
    assert heading == expected_heading, name
    return sorted(found) == sorted(expected)


def test_every_saved_question_has_its_exact_answer(store: Store, request: pytest.FixtureRequest) -> None:
    asked = store()
    wrong = {name for name in QUESTIONS if not answers_exactly(asked, name)}
    assert wrong == FAULTS.get(request.node.callspec.params["store"], set())


def test_what_is_inferred_is_what_the_embedded_reasoner_infers(store: Store, tiny: Knowledge) -> None:
    assert tiny.inference
    assert triples(store(), INFERRED) == set(tiny.inference.triples())


def test_without_reasoning_nothing_inferred_is_seen(store: Store) -> None:
    receptors = "ASK { ?x a ikg:RGDReceptor }"
    anywhere = "ASK { GRAPH ?g { ?x a ikg:RGDReceptor } }"
    assert asks(store(), receptors)
    assert asks(store(), anywhere)
    assert not asks(store(), receptors, reasoning=False)
    assert not asks(store(), anywhere, reasoning=False)


def test_each_format_says_the_same(store: Store) -> None:
    asked = store()
    text = 'SELECT ?x ?label { ?x a ikg:Integrin ; rdfs:label ?label FILTER (CONTAINS(?label, "α")) }'
    tables = [(JSON, QueryResultsFormat.JSON), ("application/sparql-results+xml", QueryResultsFormat.XML),
              ("text/tab-separated-values", QueryResultsFormat.TSV)]  # fmt: skip
    found = [
        sorted(str(row) for row in parse_query_results(answer(asked, Query(text, wanted, None)), form))
        for wanted, form in tables
    ]
    assert len(found[0]) > 3
    assert found[0] == found[1] == found[2]
    assert answer(asked, Query(text, "text/csv", None)).count(b"\r\n") == len(found[0]) + 1
    graph = "CONSTRUCT { ?x rdfs:label ?label } WHERE { ?x a ikg:Integrin ; rdfs:label ?label }"
    as_turtle = {quad.triple for quad in parse(answer(asked, Query(graph, None, TURTLE)), RdfFormat.TURTLE)}
    assert as_turtle == triples(asked, graph) != set()


def test_the_request_and_the_query_may_name_their_dataset(store: Store) -> None:
    asked = store()
    labels = "SELECT (COUNT(*) AS ?n) { ?x rdfs:label ?label }"
    whole = rows(asked, labels)
    only = rows(asked, labels, default_graphs=[f"{BASE}graph/entities"])
    said = rows(asked, labels.replace("{", f"FROM <{BASE}graph/entities> {{", 1))
    assert 0 < int(only[0]["n"]) == int(said[0]["n"]) < int(whole[0]["n"])
    assert not asks(asked, "ASK { ?x rdfs:label ?label }", default_graphs=["http://example.org/none"])


def test_no_graph_of_ours_that_is_not_for_readers_is_seen(store: Store) -> None:
    seen = {row["g"] for row in rows(store(), "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    assert f"{BASE}graph/claims" in seen
    assert not {graph for graph in seen if "graph/work" in graph or "graph/state" in graph}
    assert not [graph for graph in seen if not graph.startswith(f"{BASE}graph/")]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
        ("SELECT * { SERVICE SILENT ?anywhere { ?s ?p ?o } }", 403),
        ("SELECT * { S\\u0045RVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403),
        ("SELECT * {\n ?s ?p }", 400),
        ("ASK { ?s ?p ?o } LIMIT", 400),
    ],
)
def test_what_is_refused_is_refused_alike(store: Store, text: str, status: int) -> None:
    problem = refused(store(), Query(text, JSON, TURTLE))
    assert problem.status == status
    if status == 400:
        assert {"line", "column"} <= problem.further.keys()


def test_a_form_that_no_format_is_accepted_for_is_a_406(store: Store) -> None:
    assert refused(store(), Query("ASK {}", None, TURTLE)).status == 406
    assert refused(store(), Query("CONSTRUCT WHERE { ?s ?p ?o }", JSON, None)).status == 406


# ---- reasons ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judge:
    """The independent checker, over what is stated in the tiny graph and what a test states."""

    ontology: Graph
    stated: Graph

    @classmethod
    def of(cls, tiny: Knowledge, *further: Triple) -> Judge:
        return cls(_graph(tiny.ontology.triples), _graph({*(q.triple for q in tiny.asserted), *further}))

    def accepts(self, proof: Report) -> bool:
        referee.check(proof, self.ontology, self.stated)
        return True


def _graph(given: Any) -> Graph:
    return Graph().parse(data=serialize(set(given), format=RdfFormat.N_TRIPLES), format="nt")


def test_the_proofs_are_accepted_by_the_independent_checker(store: Store, tiny: Knowledge) -> None:
    assert tiny.inference
    asked, judge = store(), Judge.of(tiny)
    named = [t for t in sorted(tiny.inference.triples(), key=str) if isinstance(t.object, NamedNode)]
    for triple in named[:: len(named) // 8]:
        document = explain(asked, triple)
        assert document["holds"]
        assert judge.accepts(document["proof"])


def test_a_proof_leads_down_to_claims(store: Store) -> None:
    receptor = Triple(
        NamedNode(f"{BASE}integrin/alphaV-beta3"), RDF_TYPE, NamedNode(f"{BASE}schema/RGDReceptor")
    )
    proof = json.dumps(explain(store(), receptor)["proof"])
    assert "/claim/alphaV-beta3-recognizes-motif-RGD" in proof


def test_what_does_not_follow_is_told_what_it_lacks(store: Store) -> None:
    not_so = Triple(
        NamedNode(f"{BASE}integrin/alpha4-beta1"), RDF_TYPE, NamedNode(f"{BASE}schema/RGDReceptor")
    )
    document = explain(store(), not_so)
    assert not document["holds"]
    assert any("RGD" in lacking for gap in document["missing"] for lacking in gap["lacks"])


DESCRIPTION = "<urn:x:new> a ikg:Integrin ; ikg:recognizesMotif <https://w3id.org/integrin-kg/motif/RGD> ."


def test_classifying_says_what_would_follow_and_stores_nothing(store: Store) -> None:
    asked = store()
    header = f"@prefix ikg: <{BASE}schema/> .\n"
    found = json.loads(answer(asked, Classify(header + DESCRIPTION, TURTLE)))
    assert found["consistent"]
    assert any(f["triple"]["object"] == f"{BASE}schema/RGDReceptor" for f in found["follows"])
    clash = f"{header}<{BASE}integrin/alphaV-beta3> a ikg:Disease ."
    assert not json.loads(answer(asked, Classify(clash, TURTLE)))["consistent"]
    assert not asks(asked, "ASK { <urn:x:new> ?p ?o }")


# ---- changes ----------------------------------------------------------------------------------------


def state(store: Backend) -> set[Triple]:
    return triples(
        store, "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER (isIRI(?s) && !isBlank(?o)) }"
    )


ENGINEERED = NamedNode("urn:x:engineered")
STATED = (
    f"<urn:x:engineered> a ikg:Integrin ; ikg:recognizesMotif <{BASE}motif/RGD> ; rdfs:label 'γ\\n\"1\"'@en"
)


def test_the_consequences_of_a_change_come_and_go_with_it(store: Store, tiny: Knowledge) -> None:
    changed, ours = store(fresh=True), Embedded(state_of(tiny))
    before, version = state(changed), str(changed.version)
    addition = f"INSERT DATA {{ GRAPH <{MINE}> {{ {STATED} }} }}"
    report = do(changed, addition)
    assert report["inferred"] == do(ours, addition)["inferred"]
    assert report["added"] == 3
    assert report["version"] == str(changed.version) != version
    assert triples(changed, INFERRED) == triples(ours, INFERRED)
    assert asks(changed, "ASK { <urn:x:engineered> a ikg:RGDReceptor }")
    follows = Triple(ENGINEERED, RDF_TYPE, NamedNode(f"{BASE}schema/RGDReceptor"))
    given = (NamedNode(f"{BASE}schema/Integrin"), NamedNode(f"{BASE}motif/RGD"))
    stated = [Triple(ENGINEERED, RDF_TYPE, given[0]),
              Triple(ENGINEERED, NamedNode(f"{BASE}schema/recognizesMotif"), given[1])]  # fmt: skip
    assert Judge.of(tiny, *stated).accepts(explain(changed, follows)["proof"])
    removal = "DELETE WHERE { GRAPH ?g { <urn:x:engineered> ?p ?o } }"
    assert do(changed, removal)["inferred"] == do(ours, removal)["inferred"]
    assert triples(changed, INFERRED) == triples(ours, INFERRED)
    assert not asks(changed, "ASK { <urn:x:engineered> a ikg:RGDReceptor }")
    assert state(changed) == before


BESIDE = "<urn:x:other> rdfs:label 'not made either' ."
CLASHES = {
    "two kinds": f"<{BASE}integrin/alphaV-beta3> a ikg:Disease",
    "a second alpha subunit": f"<{BASE}integrin/alphaV-beta3> ikg:hasAlphaSubunit <{BASE}subunit/ITGA4>",
    "by what follows": f"<urn:x:d> a ikg:Disease . <urn:x:d> ikg:hasAlphaSubunit <{BASE}subunit/ITGAV>",
}


@pytest.mark.parametrize("facts", CLASHES.values(), ids=CLASHES)
def test_what_contradicts_the_ontology_is_refused_whole_with_the_proof(store: Store, facts: str) -> None:
    changed = store(fresh=True)
    if isinstance(changed, Remote):
        before, version = state(changed), changed.version
    problem = refused(changed, Update(f"INSERT DATA {{ GRAPH <{MINE}> {{ {BESIDE} {facts} }} }}"))
    assert (problem.status, problem.title) == (409, "Contradiction")
    (first, *_) = problem.further["clashes"]
    assert len(first["premises"]) == 2
    if isinstance(changed, Remote):  # the embedded state is spoilt, and its process ends
        assert (state(changed), changed.version) == (before, version)


AXIOM = f"""@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix ikg: <{BASE}schema/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:x:Favourite> a owl:Class ; rdfs:label "favourite" .
[ a owl:Class ; owl:intersectionOf ( ikg:Integrin [ a owl:Restriction ; owl:onProperty ikg:recognizesMotif ;
  owl:hasValue <{BASE}motif/RGD> ] ) ] rdfs:subClassOf <urn:x:Favourite> .
"""


def test_an_axiom_in_a_user_s_graph_is_a_rule_as_long_as_it_stands(store: Store) -> None:
    changed = store(fresh=True)
    before = state(changed)
    report = do(changed, Upload(MINE, [TURTLE], replace=True), AXIOM.encode())
    assert report["rules"]["added"]
    assert asks(changed, f"ASK {{ <{BASE}integrin/alphaV-beta3> a <urn:x:Favourite> }}")
    held = Graph().parse(data=answer(changed, ReadGraph(MINE, NTRIPLES)), format="nt")
    assert isomorphic(held, Graph().parse(data=AXIOM, format="turtle"))
    assert do(changed, Drop(MINE))["rules"]["removed"] == report["rules"]["added"]
    assert state(changed) == before
    assert refused(changed, ReadGraph(MINE, NTRIPLES)).status == 404


@pytest.mark.parametrize(
    "change",
    [
        Update(f"DROP GRAPH <{BASE}graph/claims>"),
        Update("DELETE WHERE { GRAPH ?g { ?s a ikg:Claim } }"),
        Update(
            f"INSERT DATA {{ GRAPH {INFERRED_GRAPH} {{ <{BASE}integrin/alpha4-beta1> a ikg:RGDReceptor }} }}"
        ),
        Update(f"INSERT DATA {{ GRAPH <{BASE}graph/state> {{ <urn:x:a> <urn:x:b> 1 }} }}"),
        Update(f"INSERT DATA {{ GRAPH <{BASE}graph/work/apart> {{ <urn:x:a> <urn:x:b> 1 }} }}"),
        Update("INSERT DATA { <urn:x:a> <urn:x:b> 1 }"),
        Drop(f"{BASE}graph/entities"),
    ],
    ids=["drop", "delete", "fake", "state", "work", "default", "drop by name"],
)
def test_graphs_that_are_not_the_user_s_stay_as_they_are(store: Store, change: Change) -> None:
    problem = refused(store(fresh=True), change)
    assert (problem.status, problem.title) == (403, "Read-only graph")


@pytest.mark.parametrize("text", ["LOAD <http://127.0.0.1:9/x>", "INSERT { GRAPH <urn:x:g> { ?s ?p ?o } } "
                                  "WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"])  # fmt: skip
def test_no_update_leaves_the_store(store: Store, text: str) -> None:
    assert refused(store(fresh=True), Update(text)).status == 403
