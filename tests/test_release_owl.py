"""A release as an ontologist opens it: in Protege's own library, under HermiT, and file by file."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import bioregistry
import obographs
import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, RdfFormat, Store, Triple, parse

from conftest import ROOT
from documents import blocks
from integrin_kg.engine.evaluation import evaluate
from integrin_kg.engine.messages import Query
from integrin_kg.hierarchy import closure
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.release import ARTEFACTS, CHECKSUMS
from integrin_kg.vocab import BASE, DB_XREF, DEVELOPERS, EXACT_MATCH, PREFIXES, RDF_TYPE, ikg, owl, rdfs
from java_tools import Hermit, OutsideDL, read_by_the_owl_api

PRODUCTS = ("schema", "base", "full")
CONFIGURATION = set(
    map(ikg, ("iriPath", "labelPrefix", "mayOverlapWith", "neverFlattened", "objectIsContext"))
)
SYNTAXES = ("owl", "ttl", "ofn")
FAULTS = (
    "unparsed", "guessed", "undeclared", "punned", "violation",
    "without label", "without definition", "lacks", "adds",
)  # fmt: skip

Read = dict[str, dict[str, list[str]]]


def triples(dist: Path, product: str, suffix: str = "ttl") -> list[Triple]:
    rdf_format = RdfFormat.TURTLE if suffix == "ttl" else RdfFormat.RDF_XML
    return [
        quad.triple for quad in parse(path=str(dist / f"integrin-kg-{product}.{suffix}"), format=rdf_format)
    ]


@pytest.fixture(scope="module")
def base(dist: Path) -> Ontology:
    return Ontology(triples(dist, "base"))


@pytest.fixture(scope="module")
def full(dist: Path) -> Ontology:
    return Ontology(triples(dist, "full"))


# --- the folder ----------------------------------------------------------------------------------


def test_a_release_is_its_artefacts_and_their_checksums_and_nothing_else(dist: Path) -> None:
    assert {path.name for path in dist.iterdir()} == {*ARTEFACTS, CHECKSUMS}
    assert {f"integrin-kg-{product}.{suffix}" for product in PRODUCTS for suffix in SYNTAXES} <= set(
        ARTEFACTS
    )


def test_sha256sum_accepts_what_is_released_and_refuses_what_was_changed(dist: Path, tmp_path: Path) -> None:
    check = ["sha256sum", "--check", "--strict", CHECKSUMS]
    accepted = subprocess.run(check, capture_output=True, text=True, cwd=dist, check=True)
    assert accepted.stdout.splitlines() == [f"{name}: OK" for name in sorted(ARTEFACTS)]
    copy = Path(shutil.copytree(dist, tmp_path / "copy"))
    (copy / "integrin-kg-base.ttl").write_bytes((dist / "integrin-kg-base.ttl").read_bytes() + b"\n")
    refused = subprocess.run(check, capture_output=True, text=True, cwd=copy, check=False)
    assert refused.returncode == 1
    assert [line for line in refused.stdout.splitlines() if "OK" not in line] == [
        "integrin-kg-base.ttl: FAILED"
    ]


def test_no_artefact_names_a_place_on_the_machine_or_a_made_up_thing(dist: Path) -> None:
    paths = re.compile(rb"urn:any:|file:/|localhost|/tmp/|/home/|/root/|" + re.escape(str(ROOT)).encode())
    assert [path.name for path in dist.iterdir() if paths.search(path.read_bytes())] == []


def test_the_catalog_leads_from_each_iri_to_the_file_that_has_it(dist: Path) -> None:
    led = {}
    for entry in ElementTree.parse(dist / "catalog-v001.xml").getroot():
        led[entry.attrib["name"]] = entry.attrib["uri"]
    for product in PRODUCTS:
        header = Ontology(triples(dist, product))
        (iri,) = header.instances(owl("Ontology"))
        version = header.value(iri, owl("versionIRI"))
        assert isinstance(version, NamedNode)
        assert led.pop(iri.value) == led.pop(version.value) == f"integrin-kg-{product}.owl"
    assert led == {}


def test_the_catalog_of_the_sources_has_the_version_that_they_have(shipped: Knowledge) -> None:
    catalog = (ROOT / "ontology" / "catalog-v001.xml").read_text("utf-8")
    version = shipped.ontology.value(NamedNode(f"{BASE}schema"), owl("versionIRI"))
    assert isinstance(version, NamedNode)
    assert catalog.count(f'name="{version.value}" uri="integrin.ttl"') == 1


# --- what is in them -----------------------------------------------------------------------------


def test_no_category_is_stated_in_base(base: Ontology) -> None:
    defined = {t.subject for t in base.triples if t.predicate == owl("equivalentClass")}
    assert len(defined) >= 21
    assert [t for t in base.triples if t.predicate == RDF_TYPE and t.object in defined] == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_defined_class_has_a_place_in_the_hierarchy(dist: Path, product: str) -> None:
    ontology = Ontology(triples(dist, product))
    defined = [
        kind for kind in ontology.instances(owl("Class")) if ontology.nodes(kind, owl("equivalentClass"))
    ]
    named = [kind for kind in defined if isinstance(kind, NamedNode)]
    assert len(named) >= 21
    for kind in named:
        for definition in ontology.nodes(kind, owl("equivalentClass")):
            heads = ontology.nodes(definition, owl("intersectionOf"))
            genera = {part for head in heads for part in ontology.items(head) if isinstance(part, NamedNode)}
            assert genera <= set(ontology.superclasses(kind)), kind
    is_a = {
        edge.sub for edge in obographs.read(dist / f"integrin-kg-{product}.json").edges if edge.pred == "is_a"
    }
    assert {kind.value for kind in named} <= is_a


def test_what_depends_on_the_data_is_in_no_hierarchy_of_the_terms_alone(dist: Path, base: Ontology) -> None:
    # An agent on all αv integrins is one on RGD receptors because these integrins recognise RGD.
    pan, agent = ikg("PanAlphaVAgent"), ikg("RGDReceptorAgent")
    assert base.is_a(pan, agent)
    assert not Ontology(triples(dist, "schema")).is_a(pan, agent)


def test_base_has_no_claim_and_full_has_all(shipped: Knowledge, base: Ontology, full: Ontology) -> None:
    claims = {q.subject for q in shipped.asserted if q.predicate == RDF_TYPE and q.object == ikg("Claim")}
    assert len(claims) > 1500
    assert {term for triple in base.triples for term in triple if term in claims} == set()
    assert set(full.instances(ikg("Claim"))) == claims


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_configures_our_build_is_no_part_of_an_ontology(dist: Path, product: str) -> None:
    assert [t for t in triples(dist, product) if CONFIGURATION & {*t}] == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_claim_that_says_nothing_without_its_context_is_never_flattened(
    shipped: Knowledge, dist: Path, product: str
) -> None:
    found = triples(dist, product)
    never = {t.subject for t in shipped.ontology.triples if t.predicate == ikg("neverFlattened")}
    assert {ikg("affects"), ikg("correlatesWith")} <= never
    assert [t for t in found if t.predicate in never] == []


def test_full_states_all_that_is_asserted_and_every_relation_that_follows(
    shipped: Knowledge, full: Ontology
) -> None:
    stated = set(full.triples)
    header = NamedNode(f"{BASE}schema")
    no_blank = {
        q.triple
        for q in shipped.asserted
        if "_:" not in str(q.triple) and q.subject != header and not CONFIGURATION & {*q.triple}
    }
    assert no_blank - stated == set()
    assert shipped.inference
    assert {t for t in shipped.inference.triples() if t.predicate != RDF_TYPE} - stated == set()


def test_what_climbs_the_hierarchy_of_full_finds_every_type_that_follows(
    shipped: Knowledge, full: Ontology
) -> None:
    direct = {kind.value: set[str]() for kind in full.instances(owl("Class")) if isinstance(kind, NamedNode)}
    for subject, predicate, value in full.triples:
        if (
            predicate == rdfs("subClassOf")
            and isinstance(subject, NamedNode)
            and isinstance(value, NamedNode)
        ):
            direct[subject.value].add(value.value)
    above = closure(direct)
    assert shipped.inference
    inferred = [t for t in shipped.inference.triples() if t.predicate == RDF_TYPE]
    assert len(inferred) > 1000
    for thing, _, kind in inferred:
        found = {own.value for own in full.nodes(thing, RDF_TYPE)}  # type: ignore[arg-type]
        assert kind.value in found.union(*(above.get(own, ()) for own in found)), (thing, kind)


def test_a_thing_in_full_is_listed_under_its_nearest_classes_only(full: Ontology) -> None:
    types = set(full.nodes(NamedNode(f"{BASE}integrin/alphaV-beta3"), RDF_TYPE))
    assert types == {owl("NamedIndividual"), *map(ikg, ("Integrin", "RGDReceptor", "AlphaVIntegrin"))}
    assert full.instances(ikg("Entity")) == []


# --- the same in every format --------------------------------------------------------------------


@pytest.mark.parametrize("product", PRODUCTS)
def test_turtle_and_rdf_xml_are_the_same_graph(dist: Path, product: str) -> None:
    graphs = []
    for suffix in ("ttl", "owl"):
        rdf_format = RdfFormat.TURTLE if suffix == "ttl" else RdfFormat.RDF_XML
        graph = Dataset(parse(path=str(dist / f"integrin-kg-{product}.{suffix}"), format=rdf_format))
        graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        graphs.append(graph)
    assert len(graphs[0]) > 1000
    assert graphs[0] == graphs[1]


@pytest.mark.parametrize("product", PRODUCTS)
def test_turtle_has_no_name_for_a_blank_node(dist: Path, product: str) -> None:
    assert "_:" not in (dist / f"integrin-kg-{product}.ttl").read_text("utf-8")


@pytest.mark.parametrize("product", PRODUCTS)
def test_an_obo_graph_has_every_term_and_every_edge_of_its_hierarchies(dist: Path, product: str) -> None:
    ontology = Ontology(triples(dist, product))
    graph = obographs.read(dist / f"integrin-kg-{product}.json")
    kinds = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "NamedIndividual")
    terms = {t for kind in kinds for t in ontology.instances(owl(kind)) if isinstance(t, NamedNode)}
    assert {node.id for node in graph.nodes} == {term.value for term in terms}
    assert all(node.lbl == ontology.label(NamedNode(node.id)) for node in graph.nodes)
    names = {rdfs("subClassOf"): "is_a", rdfs("subPropertyOf"): "subPropertyOf", RDF_TYPE: "type"}
    expected = {
        (t.subject.value, names.get(t.predicate, t.predicate.value), t.object.value)
        for t in ontology.triples
        if t.subject in terms and t.object in terms
        and (t.predicate in names or owl("ObjectProperty") in ontology.objects(t.predicate, RDF_TYPE))
    }  # fmt: skip
    edges = {(edge.sub, edge.pred, edge.obj) for edge in graph.edges}
    assert len(expected) > 70
    assert expected - edges == set()
    beyond = {pred for _, pred, _ in edges - expected}
    assert beyond == {"inverseOf", ikg("hasAlphaSubunit").value, ikg("hasBetaSubunit").value}


def test_what_is_the_same_elsewhere_and_what_a_definition_follows_are_cross_references(dist: Path) -> None:
    graph = obographs.read(dist / "integrin-kg-base.json")
    meta = {node.id.removeprefix(BASE): node.meta for node in graph.nodes if node.meta}
    xrefs = {iri: [xref.val for xref in said.xrefs or ()] for iri, said in meta.items()}
    assert "GO:0034683" in xrefs["integrin/alphaV-beta3"]
    assert "UniProtKB:P06756" in xrefs["subunit/ITGAV"]
    assert all(bioregistry.normalize_curie(curie) for curies in xrefs.values() for curie in curies)
    definitions = {iri: said.definition.xrefs or [] for iri, said in meta.items() if said.definition}
    assert "PMID:34715893" in definitions["schema/RGDReceptor"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_cross_reference_is_an_exact_match_by_its_curie(
    shipped: Knowledge, dist: Path, product: str
) -> None:
    ontology = Ontology(triples(dist, product))
    told = {(t.subject, t.object.value) for t in ontology.triples if t.predicate == DB_XREF}
    matched = {q.subject for q in shipped.asserted if q.predicate == EXACT_MATCH}
    assert told
    assert {subject for subject, _ in told} <= matched
    assert (product == "schema") == (len(told) < 100)


def test_the_header_of_an_obo_graph_says_what_it_is_and_under_which_terms(dist: Path) -> None:
    graph = obographs.read(dist / "integrin-kg-base.json")
    assert (graph.id, graph.version_iri, graph.version) == (f"{BASE}base", f"{BASE}base/0.1.0", "0.1.0")
    assert graph.license == "https://creativecommons.org/licenses/by/4.0/"
    assert graph.name == "Integrin Knowledge Graph, base"


@pytest.mark.parametrize("product", PRODUCTS)
def test_each_ontology_cites_its_own_version_and_says_who_made_it(dist: Path, product: str) -> None:
    ontology = Ontology(triples(dist, product))
    header, terms = NamedNode(BASE + product), PREFIXES["dcterms"]
    citation, title = (
        ontology.value(header, NamedNode(terms + p)) for p in ("bibliographicCitation", "title")
    )
    assert isinstance(citation, Literal)
    assert isinstance(title, Literal)
    assert citation.value.endswith(f" {BASE}{product}/0.1.0")
    assert f". {title.value}, version 0.1.0" in citation.value
    assert ontology.value(header, NamedNode(f"{terms}creator")) == DEVELOPERS
    assert ontology.label(DEVELOPERS) == "The Integrin Knowledge Graph developers"
    assert NamedNode(PREFIXES["prov"] + "Agent") in ontology.nodes(DEVELOPERS, RDF_TYPE)


# --- before Protege's own library ----------------------------------------------------------------


@pytest.fixture(scope="module")
def read(dist: Path) -> Read:
    """What the OWL API makes of each file."""
    return read_by_the_owl_api(dist / f"integrin-kg-{p}.{suffix}" for p in PRODUCTS for suffix in SYNTAXES)


@pytest.mark.parametrize("suffix", SYNTAXES)
@pytest.mark.parametrize("product", PRODUCTS)
def test_the_owl_api_reads_every_file_without_a_fault(read: Read, product: str, suffix: str) -> None:
    found = read[f"integrin-kg-{product}.{suffix}"]
    claims = [one for one in found.pop("without definition", []) if f"<{BASE}claim/" in one]
    assert bool(claims) == (product == "full"), "a claim is what it says, and has a label alone"
    assert {fault: found[fault] for fault in FAULTS if fault in found} == {}
    assert (found["imports"], found["anonymous"]) == (["0"], ["0"])
    assert found["iri"] == [BASE + product]
    assert found["version"] == [f"{BASE}{product}/0.1.0"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_owl_api_counts_what_the_triples_say(read: Read, dist: Path, product: str) -> None:
    found = read[f"integrin-kg-{product}.owl"]
    ontology = Ontology(triples(dist, product, "owl"))
    counted = {
        "classes": "Class",
        "object properties": "ObjectProperty",
        "data properties": "DatatypeProperty",
        "individuals": "NamedIndividual",
    }
    for what, kind in counted.items():
        named = [term for term in ontology.instances(owl(kind)) if isinstance(term, NamedNode)]
        assert [str(len(named))] == found[what], what
    relations = set(ontology.instances(owl("ObjectProperty")))
    assert found["relations"] == [str(len([t for t in ontology.triples if t.predicate in relations]))]


def test_the_owl_api_sees_each_fault_that_is_looked_for(tmp_path: Path) -> None:
    faulty = """\
        @prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        <http://example.org> a owl:Ontology ; owl:versionIRI :1 .
        :Punned a owl:Class , owl:DatatypeProperty , owl:ObjectProperty . :x :undeclared :y .
        :C a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :q ] ."""
    for suffix, text in (("ttl", faulty), ("less", faulty.replace(":x :undeclared :y .", ""))):
        (tmp_path / f"faulty.{suffix}").write_text(text, "utf-8")
    found = read_by_the_owl_api(tmp_path / f"faulty.{suffix}" for suffix in ("ttl", "less"))
    seen = {fault for name in found for fault in found[name]}
    assert {"undeclared", "punned", "violation", "without label", "without definition", "lacks"} <= seen
    # What it cannot parse it most often makes an entity of.
    assert [one for one in found["faulty.ttl"]["undeclared"] if "owlapi/error#" in one] != []


# --- before HermiT -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(dist: Path, hermit: Hermit) -> dict[str, set[str] | None]:
    """The classes of each ontology that nothing can be in, as HermiT finds; base comes last, so that
    questions are asked of it."""
    return {p: hermit.empty(dist / f"integrin-kg-{p}.owl") for p in ("schema", "full", "base")}


@pytest.mark.parametrize("product", PRODUCTS)
def test_hermit_finds_no_contradiction_and_no_class_that_nothing_can_be_in(
    empty: dict[str, set[str] | None], product: str
) -> None:
    assert empty[product] == set()


def shown(language: str) -> list[str]:
    found = blocks(ROOT / "docs" / "release.md")
    return [block.text.strip() for block in found if block.language == language]


QUESTIONS = list(zip(shown("manchester"), shown("sparql"), strict=True))
OFTEN = 4


@pytest.mark.parametrize(
    ("expression", "query"),
    [
        *QUESTIONS[:OFTEN],
        *(pytest.param(*question, marks=pytest.mark.extra) for question in QUESTIONS[OFTEN:]),
    ],
)
def test_protege_and_the_endpoint_agree_on_who_is_in_a_class(
    expression: str, query: str, empty: object, hermit: Hermit, shipped_store: Store
) -> None:
    results, _ = evaluate(shipped_store, Query(query, "application/sparql-results+json", "text/turtle"))
    expected = {solution["x"].value for solution in results}
    assert expected
    assert hermit.members(expression) == expected


def test_a_name_that_two_things_share_is_refused_and_a_label_is_not(empty: object, hermit: Hermit) -> None:
    # The gene and its subunit are both ITGAV.
    with pytest.raises(OutsideDL, match="ITGAV"):
        hermit.members("Integrin and hasAlphaSubunit value ITGAV")
    assert "'integrin subunit αv'" in "".join(expression for expression, _ in QUESTIONS)
