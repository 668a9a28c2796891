"""The dumps and the description of a release: what they say is what lies there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from pyshacl import validate
from rdflib.namespace import DCTERMS, RDF, VOID

from integrin_kg import resources
from integrin_kg.knowledge import Knowledge
from integrin_kg.release import ARTEFACTS, description
from integrin_kg.release.edition import UndescribedError
from integrin_kg.vocab import BASE, PREFIXES, VOID_GRAPH

DCAT = rdflib.Namespace(PREFIXES["dcat"])
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
RELEASE = rdflib.Namespace(f"{BASE}release/0.1.0/")
FOLDER = resources.ontology_folder() / "description"
SHAPES = rdflib.Graph().parse(FOLDER / "shapes.ttl").parse(FOLDER / "release-shapes.ttl")
DUMPS = ("integrin-kg.nq", "integrin-kg.jsonld")
NAMES = (*DUMPS, "context.jsonld", "integrin-kg-nanopublications.trig", "mappings.sssom.tsv")


@pytest.fixture(scope="module")
def folder(shipped: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    for name in (*NAMES, description.VOID):
        ARTEFACTS[name](shipped, folder / name)
    return folder


@pytest.fixture(scope="module")
def described(folder: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(folder / description.VOID)


def test_the_dumps_hold_everything_in_its_graph_and_nothing_else(folder: Path, shipped: Knowledge) -> None:
    quads = set(shipped.quads())
    assert set(parse(path=str(folder / "integrin-kg.nq"), format=RdfFormat.N_QUADS)) == quads
    assert set(parse(path=str(folder / "integrin-kg.jsonld"), format=RdfFormat.JSON_LD)) == quads


def test_json_with_the_context_is_rdf(folder: Path) -> None:
    known = json.loads((folder / "context.jsonld").read_text("utf-8"))
    told = known | {"@id": f"{BASE}integrin/alphaV-beta3", "recognizesMotif": f"{BASE}motif/RGD"}
    (quad,) = parse(json.dumps(told), format=RdfFormat.JSON_LD)
    assert str(quad.triple.predicate) == f"<{BASE}schema/recognizesMotif>"
    assert str(quad.triple.object) == f"<{BASE}motif/RGD>"


def test_the_description_has_the_shape_of_one(described: rdflib.Graph) -> None:
    accepted, _, report = validate(described, shacl_graph=SHAPES, inplace=True)
    assert accepted, report


@pytest.mark.parametrize(
    "missing",
    [
        *(
            DCAT.byteSize,
            DCAT.mediaType,
            DCAT.accessURL,
            DCAT.downloadURL,
            DCTERMS.conformsTo,
            DCTERMS.issued,
        ),
        *(SPDX.checksum, SPDX.checksumValue, SPDX.algorithm),
    ],
)
def test_a_file_without_its_particulars_has_not(missing: rdflib.URIRef) -> None:
    assert validate(rdflib.Graph().parse(data=_FILE), shacl_graph=SHAPES)[0]
    bare = _FILE.replace(f"<{missing}>", "<urn:x:other>")
    assert bare != _FILE
    assert not validate(rdflib.Graph().parse(data=bare), shacl_graph=SHAPES)[0]


def test_each_file_has_its_address_size_and_checksum(described: rdflib.Graph, folder: Path) -> None:
    for name in NAMES:
        own = RELEASE[f"{description.VOID}#{name}"]
        content = (folder / name).read_bytes()
        assert (rdflib.URIRef(f"{BASE}dataset"), DCAT.distribution, own) in described
        assert described.value(own, DCAT.downloadURL) == RELEASE[name]
        assert described.value(own, DCAT.accessURL) == RELEASE[name]
        assert int(described.value(own, DCAT.byteSize)) == len(content)  # type: ignore[arg-type]
        checksum = described.value(own, SPDX.checksum)
        assert str(described.value(checksum, SPDX.checksumValue)) == hashlib.sha256(content).hexdigest()


def test_a_file_that_is_not_there_is_not_announced(described: rdflib.Graph) -> None:
    urls = set(described.objects(None, DCAT.downloadURL))
    assert urls == {RELEASE[name] for name in NAMES}
    assert set(described.subjects(DCAT.mediaType)) == {
        RELEASE[f"{description.VOID}#{name}"] for name in NAMES
    }
    assert set(described.objects(None, VOID.dataDump)) == {RELEASE[name] for name in DUMPS}


def test_a_dump_has_the_triples_that_are_counted_and_says_that_the_description_is_in_it(
    described: rdflib.Graph, folder: Path
) -> None:
    dataset = rdflib.URIRef(f"{BASE}dataset")
    quads = list(parse(path=str(folder / "integrin-kg.nq"), format=RdfFormat.N_QUADS))
    counted = {quad.triple for quad in quads if quad.graph_name != VOID_GRAPH}
    assert int(str(described.value(dataset, VOID.triples))) == len(counted)
    for name in DUMPS:
        said = described.value(RELEASE[f"{description.VOID}#{name}"], DCTERMS.description)
        assert "graph/void" in str(said)


def test_the_description_of_the_graph_is_in_it(described: rdflib.Graph, shipped: Knowledge) -> None:
    assert len(described) > len(shipped.description)
    assert (rdflib.URIRef(f"{BASE}dataset"), RDF.type, VOID.Dataset) in described


def test_the_table_of_files_is_that_of_the_artefacts() -> None:
    base = str(RELEASE[description.VOID])
    known = rdflib.Graph().parse(FOLDER / "release.ttl", publicID=base)
    named = {str(subject).rpartition("#")[2] for subject in known.subjects(DCAT.mediaType)}
    assert named == ARTEFACTS.keys() - {description.VOID}
    assert list(ARTEFACTS)[-1] == description.VOID


def test_a_file_that_nothing_describes_is_named(shipped: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "new.bin").write_bytes(b"")
    with pytest.raises(UndescribedError, match=r"new\.bin: .*release\.ttl"):
        description.write(shipped, tmp_path / description.VOID)


_FILE = f"""
<{BASE}x> <{VOID.dataDump}> <{RELEASE}x.nq> .
<{RELEASE}void.ttl#x.nq> a <{DCAT.Distribution}> ; <{DCTERMS.title}> "x" ;
    <{DCTERMS.license}> <urn:x:licence> ; <{DCTERMS.conformsTo}> <urn:x:standard> ;
    <{DCTERMS.issued}> "2026-11-26"^^<http://www.w3.org/2001/XMLSchema#date> ;
    <{DCAT.accessURL}> <{RELEASE}x.nq> ; <{DCAT.downloadURL}> <{RELEASE}x.nq> ;
    <{DCAT.mediaType}> <https://www.iana.org/assignments/media-types/application/n-quads> ;
    <{DCAT.byteSize}> "1"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger> ;
    <{SPDX.checksum}> <urn:x:sum> .
<urn:x:sum> a <{SPDX.Checksum}> ; <{SPDX.algorithm}> <{SPDX.checksumAlgorithm_sha256}> ;
    <{SPDX.checksumValue}> "{"0" * 64}"^^<http://www.w3.org/2001/XMLSchema#hexBinary> .
"""
