"""The description of the dataset: its numbers are those of the graph, and it is no part of what it counts."""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, parse, serialize
from pyshacl import validate
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SH, VOID

from conftest import ROOT, TINY, ontology_copy
from integrin_kg import files, resources, tables
from integrin_kg.dataset import describe
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.vocab import BASE, INFERRED_GRAPH, MAPPINGS_GRAPH, PREFIXES, RDF_TYPE, REVIEW, VOID_GRAPH
from test_shapes import SHAPE
from test_sparql import BROWSER, problem, query, send

FOLDER = resources.ontology_folder() / "description"
SHAPES = rdflib.Graph().parse(FOLDER / "shapes.ttl")
DATASET = rdflib.URIRef(BASE + "dataset")
DCAT = rdflib.Namespace(PREFIXES["dcat"])
PROV = rdflib.Namespace(PREFIXES["prov"])

Numbers = dict[object, tuple[int, ...]]


def stored(quads: Iterable[Quad]) -> Store:
    store = Store()
    store.extend(quads)
    return store


def as_graph(quads: Iterable[Quad]) -> rdflib.Graph:
    data = serialize({quad.triple for quad in quads}, format=RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=data, format="nt")


@pytest.fixture(scope="module")
def description(shipped: Knowledge) -> rdflib.Graph:
    return as_graph(shipped.description)


@pytest.fixture(scope="module")
def counted(shipped: Knowledge) -> list[Quad]:
    """What the description is of, as a store holds it: two spellings of a number are one value there."""
    return [quad for quad in shipped.store() if quad.graph_name != VOID_GRAPH]


def parts(quads: list[Quad]) -> dict[str, set[tuple[object, ...]]]:
    """The distinct triples of the whole and of each named graph."""
    found: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for quad in quads:
        triple = (quad.subject, quad.predicate, quad.object)
        found[str(DATASET)].add(triple)
        found[quad.graph_name.value].add(triple)
    return found


def number(graph: rdflib.Graph, subject: rdflib.term.Node, *properties: str) -> tuple[int, ...]:
    values = [graph.value(subject, VOID[name], any=False) for name in properties]
    return tuple(int(str(value)) for value in values)


# --- the numbers ---------------------------------------------------------------------------------


def test_the_whole_and_each_graph_are_counted_as_the_triples_are(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    for iri, triples in parts(counted).items():
        subjects, predicates, objects = (set(terms) for terms in zip(*triples, strict=True))
        classes = {o for _, p, o in triples if p == RDF_TYPE}
        told = number(
            description,
            rdflib.URIRef(iri),
            *("triples", "classes", "properties", "distinctSubjects", "distinctObjects"),
        )
        assert told == (len(triples), len(classes), len(predicates), len(subjects), len(objects)), iri


def test_the_subsets_are_the_named_graphs_and_the_linksets(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    subsets = set(description.objects(DATASET, VOID.subset))
    linksets = set(description.subjects(RDF.type, VOID.Linkset))
    graphs = {rdflib.URIRef(quad.graph_name.value) for quad in counted}
    assert subsets == graphs | linksets
    assert not graphs & linksets
    assert all(description.value(graph, DCTERMS.title) for graph in graphs)


def test_an_entity_is_a_thing_with_a_class_and_an_iri_of_ours(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    typed = {quad.subject for quad in counted if quad.predicate == RDF_TYPE}
    ours = {thing for thing in typed if isinstance(thing, NamedNode) and thing.value.startswith(BASE)}
    assert number(description, DATASET, "entities") == (len(ours),)


def test_every_class_is_counted_in_the_whole_and_in_each_graph(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    for iri, triples in parts(counted).items():
        members = Counter(o.value for _, p, o in triples if p == RDF_TYPE)  # type: ignore[attr-defined]
        partitions = list(description.objects(rdflib.URIRef(iri), VOID.classPartition))
        told = {
            str(description.value(part, VOID["class"], any=False)): number(description, part, "entities")[0]
            for part in partitions
        }
        assert told == members, iri
        assert len(partitions) == len(members)


def test_every_property_is_counted_in_the_whole_and_in_each_graph(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    for iri, triples in parts(counted).items():
        uses = defaultdict(list)
        for s, p, o in triples:
            uses[p.value].append((s, o))  # type: ignore[attr-defined]
        expected = {
            name: (len(pairs), len({s for s, _ in pairs}), len({o for _, o in pairs}))
            for name, pairs in uses.items()
        }
        partitions = list(description.objects(rdflib.URIRef(iri), VOID.propertyPartition))
        told = {
            str(description.value(part, VOID.property, any=False)): number(
                description, part, "triples", "distinctSubjects", "distinctObjects"
            )
            for part in partitions
        }
        assert told == expected, iri
        assert len(partitions) == len(expected)


def test_every_link_out_is_in_one_linkset_by_the_namespace_that_the_table_of_prefixes_has(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    matches = {PREFIXES["skos"] + kind for kind in ("exactMatch", "closeMatch", "broadMatch")}
    links = [
        (quad.predicate.value, quad.object.value, quad.graph_name)
        for quad in counted
        if quad.predicate.value in matches and isinstance(quad.object, NamedNode)
    ]
    told = {}
    for linkset in description.subjects(RDF.type, VOID.Linkset):
        target = description.value(linkset, VOID.objectsTarget, any=False)
        link = str(description.value(linkset, VOID.linkPredicate, any=False))
        space = str(description.value(target, VOID.uriSpace, any=False))
        told[link, space] = number(description, linkset, "triples")[0]
    spaces = {space for _, space in told}
    of = {iri: [space for space in spaces if iri.startswith(space)] for _, iri, _ in links}
    assert all(len(found) == 1 for found in of.values())
    assert told == Counter((link, of[iri][0]) for link, iri, _ in links)
    folder = resources.ontology_folder()
    prefixes = tables.load(folder, Ontology.load(folder)).prefixes
    assert {of[iri][0] for _, iri, graph in links if graph == MAPPINGS_GRAPH} <= set(prefixes.values())


def test_the_vocabularies_are_those_that_terms_are_from(
    description: rdflib.Graph, counted: list[Quad]
) -> None:
    terms = {quad.predicate.value for quad in counted}
    terms |= {quad.object.value for quad in counted if quad.predicate == RDF_TYPE}
    namespaces = {term[: max(term.rfind("/"), term.rfind("#")) + 1] for term in terms}
    assert {str(iri) for iri in description.objects(DATASET, VOID.vocabulary)} == namespaces
    assert PREFIXES["ikg"] in namespaces
    assert PREFIXES["void"] not in namespaces  # the description's own are not the data's


# --- what it is no part of -----------------------------------------------------------------------


def test_the_description_does_not_count_itself(description: rdflib.Graph, shipped: Knowledge) -> None:
    assert (DATASET, VOID.subset, rdflib.URIRef(VOID_GRAPH.value)) not in description
    assert (None, VOID["property"], VOID.triples) not in description
    again = describe(stored([*shipped.asserted, *shipped.inferred()]), FOLDER)
    assert again == shipped.description


def test_nothing_of_it_is_asserted_reasoned_over_or_in_the_ontology_file(
    shipped: Knowledge, tmp_path: Path
) -> None:
    assert shipped.inference
    assert not any(shipped.inference.is_asserted(quad.triple) for quad in shipped.description)
    assert not {quad.triple for quad in shipped.asserted} & {quad.triple for quad in shipped.description}
    files.write(shipped, tmp_path)
    for name in ("integrin-kg.ttl", "integrin-kg.owl", "integrin-kg-inferred.ttl"):
        rdf_format = RdfFormat.from_extension(Path(name).suffix[1:] if "owl" not in name else "rdf")
        written = {quad.predicate.value for quad in parse(path=str(tmp_path / name), format=rdf_format)}
        assert not {iri for iri in written if iri.startswith((PREFIXES["void"], PREFIXES["dcat"]))}, name
    dump = parse(path=str(tmp_path / "integrin-kg.nq"), format=RdfFormat.N_QUADS)
    assert {quad for quad in dump if quad.graph_name == VOID_GRAPH} == set(shipped.description)


def test_without_reasoning_nothing_inferred_is_counted(shipped: Knowledge) -> None:
    off = Knowledge.assemble(reasoning=False)
    description = as_graph(off.description)
    assert number(description, DATASET, "triples") == (len({quad.triple for quad in off.asserted}),)
    assert (DATASET, VOID.subset, rdflib.URIRef(INFERRED_GRAPH.value)) not in description
    category = rdflib.URIRef(PREFIXES["ikg"] + "RGDReceptor")
    assert (None, VOID["class"], category) not in description
    assert (None, VOID["class"], category) in as_graph(shipped.description)


def test_what_two_graphs_say_is_one_triple_of_the_whole(tmp_path: Path, shipped: Knowledge) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(f"<{BASE}motif/RGD> a <{BASE}schema/RecognitionMotif> ; <urn:x:seen> <urn:x:y> .", "utf-8")
    knowledge = Knowledge.assemble(beside=[own])
    description, before = as_graph(knowledge.description), as_graph(shipped.description)
    assert number(description, rdflib.URIRef(BASE + "graph/user/own"), "triples") == (2,)
    assert number(description, DATASET, "triples") == (number(before, DATASET, "triples")[0] + 1,)


def test_of_statements_that_are_too_many_to_look_at_only_the_number_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrin_kg.knowledge._MOST_COUNTED", 1)
    own = tmp_path / "own.ttl"
    own.write_text("<urn:x:a> <urn:x:b> <urn:x:c> , <urn:x:d> .", "utf-8")
    knowledge = Knowledge.assemble(beside=[own])
    description, graph = as_graph(knowledge.description), rdflib.URIRef(BASE + "graph/user/own")
    assert number(description, graph, "triples") == (2,)
    assert number(description, rdflib.URIRef(INFERRED_GRAPH.value), "triples") == (
        len(list(knowledge.inferred())),
    )
    assert (DATASET, VOID.subset, graph) in description
    assert (None, VOID["property"], rdflib.URIRef("urn:x:b")) not in description
    assert set(knowledge.description) <= set(knowledge.store())


def test_an_ontology_without_a_description_has_none(tiny: Knowledge) -> None:
    assert tiny.description == []
    assert {quad.graph_name for quad in tiny.quads()} & {VOID_GRAPH} == set()


def test_another_graph_is_described_by_its_own_numbers(tmp_path: Path) -> None:
    folder = ontology_copy(tmp_path, TINY / "data")
    (folder / "description").symlink_to(FOLDER)
    knowledge = Knowledge.assemble(folder)
    triples = {quad.triple for quad in knowledge.quads() if quad.graph_name != VOID_GRAPH}
    assert number(as_graph(knowledge.description), DATASET, "triples") == (len(triples),)


def test_a_part_that_constructs_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "dataset.ttl").write_text("", "utf-8")
    (tmp_path / "wrong.rq").write_text("ASK {}", "utf-8")
    with pytest.raises(TypeError, match=r"wrong\.rq.*CONSTRUCT"):
        describe(Store(), tmp_path)


# --- the same every time -------------------------------------------------------------------------


def test_the_order_of_the_quads_does_not_matter(counted: list[Quad], shipped: Knowledge) -> None:
    assert describe(stored(reversed(counted)), FOLDER) == shipped.description


def test_every_node_of_it_has_a_name_and_every_quad_its_graph(shipped: Knowledge) -> None:
    assert {quad.graph_name for quad in shipped.description} == {VOID_GRAPH}
    nodes = {term for quad in shipped.description for term in (quad.subject, quad.object)}
    assert not {node for node in nodes if isinstance(node, BlankNode)}


def test_the_only_date_in_it_is_the_release_s(shipped: Knowledge) -> None:
    dates = {
        quad.object.value
        for quad in shipped.description
        if isinstance(quad.object, Literal) and "date" in quad.object.datatype.value.lower()
    }
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert dates == set(re.findall(r"^date-released: (\S+)$", citation, re.MULTILINE))


# --- what is not counted -------------------------------------------------------------------------


def test_licence_creator_version_and_source_are_what_the_project_says(description: rdflib.Graph) -> None:
    ontology = rdflib.Graph().parse(resources.ontology_folder() / "integrin.ttl")
    schema = rdflib.URIRef(BASE + "schema")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for same in (DCTERMS.license, DCTERMS.source):
        assert set(description.objects(DATASET, same)) == set(ontology.objects(schema, same))
    creator = description.value(DATASET, DCTERMS.creator, any=False)
    assert creator == ontology.value(schema, DCTERMS.creator, any=False)
    assert description.value(creator, FOAF.name) == ontology.value(creator, RDFS.label)
    assert f'name: "{description.value(creator, FOAF.name)}"' in (ROOT / "CITATION.cff").read_text("utf-8")
    assert str(description.value(DATASET, DCAT.version, any=False)) == project["version"]
    assert (DATASET, PROV.wasDerivedFrom, rdflib.URIRef(REVIEW.value)) in description


def test_every_example_is_something_that_is_described(description: rdflib.Graph, counted: list[Quad]) -> None:
    described = {quad.subject.value for quad in counted}
    examples = {str(iri) for iri in description.objects(DATASET, VOID.exampleResource)}
    assert examples
    assert examples <= described
    assert all(iri.startswith(str(description.value(DATASET, VOID.uriSpace))) for iri in examples)


# --- its shapes ----------------------------------------------------------------------------------

CHANGES: dict[str, tuple[rdflib.URIRef, rdflib.URIRef]] = {
    "Dataset": (DATASET, DCTERMS.license),
    "Size": (rdflib.URIRef(BASE + "graph/claims"), VOID.triples),
    "Distribution": (rdflib.URIRef(BASE + "dataset#sparql"), DCAT.accessURL),
    "DataService": (rdflib.URIRef(BASE + "dataset#sparql-service"), DCAT.endpointURL),
}
"""For each shape of one thing what to take away from that thing."""


def refusing(graph: rdflib.Graph) -> set[str]:
    _, report, _ = validate(graph, shacl_graph=SHAPES)
    sources = {
        report.value(result, SH.sourceShape) for result in report.subjects(RDF.type, SH.ValidationResult)
    }
    owners = sources | {owner for source in sources for owner in SHAPES.subjects(SH.property, source)}
    return {str(owner).removeprefix(SHAPE) for owner in owners if isinstance(owner, rdflib.URIRef)}


def test_the_description_conforms_to_its_shapes(description: rdflib.Graph) -> None:
    assert refusing(description) == set()


def without(graph: rdflib.Graph, subject: rdflib.term.Node, predicate: rdflib.URIRef) -> rdflib.Graph:
    changed = rdflib.Graph()
    changed += graph
    changed.remove((subject, predicate, None))
    assert len(changed) < len(graph)
    return changed


def test_each_shape_refuses_what_lacks_what_it_wants(description: rdflib.Graph) -> None:
    partition = description.value(DATASET, VOID.classPartition)
    use = description.value(DATASET, VOID.propertyPartition)
    linkset = description.value(None, RDF.type, VOID.Linkset)
    changes = CHANGES | {
        "ClassPartition": (partition, VOID.entities),
        "PropertyPartition": (use, VOID["property"]),
        "Linkset": (linkset, VOID.objectsTarget),
    }
    named = {str(shape).removeprefix(SHAPE) for shape in SHAPES.subjects(RDF.type, SH.NodeShape)}
    assert named == set(changes)
    for shape, (subject, predicate) in changes.items():
        assert refusing(without(description, subject, predicate)) == {shape}


# --- over HTTP -----------------------------------------------------------------------------------

PATHS = ["/.well-known/void", "/dataset"]
FORMATS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("media_type", FORMATS)
def test_it_is_served_whole_in_every_format_with_the_endpoint_that_was_asked(
    server: str, path: str, media_type: str, description: rdflib.Graph
) -> None:
    reply = send(server, path, Accept=media_type)
    assert (reply.status, reply.media_type) == (200, media_type)
    assert reply.headers["Vary"] == "Accept, Host, Accept-Encoding"
    served = rdflib.Graph().parse(data=reply.body, format=FORMATS[media_type])
    assert set(served) == set(description) | {
        (DATASET, VOID.sparqlEndpoint, rdflib.URIRef(f"{server}/sparql"))
    }


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        ("/.well-known/void", "*/*", "text/turtle"),
        ("/.well-known/void", BROWSER, "text/html"),
        ("/dataset", "*/*", "text/html"),
        ("/dataset", "text/html;q=0.5, application/ld+json", "application/ld+json"),
    ],
)
def test_a_machine_gets_data_and_a_browser_a_page(
    server: str, path: str, accept: str, media_type: str
) -> None:
    reply = send(server, path, Accept=accept)
    assert (reply.status, reply.media_type) == (200, media_type)


@pytest.mark.parametrize("path", PATHS)
def test_a_format_that_there_is_not_is_a_406(server: str, path: str) -> None:
    assert problem(send(server, path, Accept="image/png"))["status"] == 406


@pytest.mark.parametrize("host", ["a b", 'x"><script>', "x/y", ""])
def test_a_host_that_is_none_gets_into_no_description(server: str, host: str) -> None:
    for path in (*PATHS, "/sparql", "/openapi.json"):
        reply = send(server, path, Host=host, Accept="text/turtle")
        assert reply.status == 400, (path, reply.text[:200])
        assert "script" not in reply.text


def test_the_page_lists_graphs_classes_and_links_with_their_sizes(
    server: str, description: rdflib.Graph
) -> None:
    page = send(server, "/dataset", Accept=BROWSER).text
    claims = number(description, rdflib.URIRef(BASE + "graph/claims"), "triples")[0]
    assert f'href="/graph/claims">{BASE}graph/claims</a></td><td>{claims}</td>' in page
    assert ">RGD receptor</td>" in page
    assert "http://purl.uniprot.org/uniprot/" in page


def test_it_is_part_of_what_is_queried(server: str, description: rdflib.Graph) -> None:
    text = f"SELECT ?n {{ GRAPH <{VOID_GRAPH.value}> {{ <{DATASET}> void:triples ?n }} }}"
    for reasoning in ("true", "false"):
        assert query(server, text, ("reasoning", reasoning)).rows() == [
            {"n": str(number(description, DATASET, "triples")[0])}
        ]


def test_the_page_of_a_class_does_not_list_where_it_is_counted(server: str) -> None:
    page = send(server, "/schema/Integrin", Accept=BROWSER)
    assert page.status == 200
    assert "dataset#" not in page.text


def test_a_store_of_the_graph_holds_it(shipped: Knowledge) -> None:
    assert VOID_GRAPH in set(Store.named_graphs(shipped.store()))
