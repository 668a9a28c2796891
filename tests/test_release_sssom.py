"""The mapping set: every link out, in registered CURIEs, as SSSOM's own tools read it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bioregistry
import pytest
import sssom_pydantic
from pyoxigraph import NamedNode

from integrin_kg.knowledge import Knowledge
from integrin_kg.release import mappings
from integrin_kg.release.edition import UndescribedError
from integrin_kg.release.identifiers import converter, curie
from integrin_kg.vocab import BASE, MAPPINGS_GRAPH, OWL, SCHEMA_GRAPH


@pytest.fixture(scope="module")
def file(shipped: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sssom") / mappings.NAME
    mappings.write(shipped, path)
    return path


@pytest.fixture(scope="module")
def read(file: Path) -> sssom_pydantic.SemanticMappingPack:
    return sssom_pydantic.read(file)


def test_sssoms_own_validator_has_nothing_to_say(file: Path, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("sssom")), "validate", str(file)]
    accepted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert accepted.returncode == 0, accepted.stderr
    assert "Error" not in accepted.stderr + accepted.stdout


def test_every_link_is_in_it_and_leads_where_it_did(
    read: sssom_pydantic.SemanticMappingPack, shipped: Knowledge
) -> None:
    expand = read.converter.expand
    told = {
        tuple(expand(one.curie, strict=True) for one in (m.subject, m.predicate, m.object))
        for m in read.mappings
    }
    assert len(told) == len(read.mappings)
    links = {q.triple for q in shipped.asserted if q.graph_name == MAPPINGS_GRAPH}
    linked = {(t.subject.value, t.predicate.value, t.object.value) for t in links}
    assert linked <= told
    aligned = told - linked
    schema = {q.triple for q in shipped.asserted if q.graph_name == SCHEMA_GRAPH}
    assert aligned == {
        (t.subject.value, t.predicate.value, t.object.value)
        for t in schema
        if isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
        if t.subject.value.startswith(BASE) and not t.object.value.startswith((BASE, OWL))
        if t.predicate.value.endswith(("Match", "subClassOf", "subPropertyOf"))
    }
    assert (f"{BASE}schema/activates", "http://www.w3.org/2004/02/skos/core#closeMatch",
            "http://purl.obolibrary.org/obo/RO_0002213") in aligned  # fmt: skip


def test_prefixes_and_identifiers_of_others_are_those_of_the_bioregistry(
    read: sssom_pydantic.SemanticMappingPack,
) -> None:
    for mapping in read.mappings:
        prefix, identifier = mapping.object.prefix, mapping.object.identifier
        assert bioregistry.normalize_prefix(prefix) == prefix
        assert bioregistry.is_valid_identifier(prefix, identifier) is not False, mapping.object.curie


def test_every_mapping_says_what_it_is_of_and_why(read: sssom_pydantic.SemanticMappingPack) -> None:
    for mapping in read.mappings:
        assert mapping.subject.name
        assert mapping.justification.curie == "semapv:ManualMappingCuration"
        assert mapping.object_source
        assert mapping.object_source.curie == f"bioregistry:{mapping.object.prefix}"


def test_the_set_says_whose_it_is(read: sssom_pydantic.SemanticMappingPack) -> None:
    about = read.mapping_set
    assert about
    assert str(about.id) == f"{BASE}release/0.1.0/{mappings.NAME}"
    assert (about.version, str(about.license)) == ("0.1.0", "https://creativecommons.org/licenses/by/4.0/")
    assert about.creator_label == ["The Integrin Knowledge Graph developers"]


def test_the_same_knowledge_is_the_same_bytes(file: Path, shipped: Knowledge, tmp_path: Path) -> None:
    mappings.write(shipped, tmp_path / "again.tsv")
    assert (tmp_path / "again.tsv").read_bytes() == file.read_bytes()


def test_a_namespace_without_a_prefix_is_named(shipped: Knowledge) -> None:
    with pytest.raises(UndescribedError, match=r"urn:x:y.*prefixes\.tsv"):
        curie(converter(shipped), NamedNode("urn:x:y"))
