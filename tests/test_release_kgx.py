"""The graph as KGX reads it: valid by the Biolink Model, each claim with its context, none turned round."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode

from conftest import ROOT
from integrin_kg import resources, tsv
from integrin_kg.knowledge import Knowledge
from integrin_kg.release import kgx
from integrin_kg.release.biolink import Biolink
from integrin_kg.vocab import BASE, IKG, RDF_TYPE, ikg, owl, rdfs

PYTHON = ROOT / ".venv" / "kgx" / "bin" / "python"

Rows = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def folder(shipped: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kgx")
    kgx.write_nodes(shipped, folder / kgx.NODES)
    kgx.write_edges(shipped, folder / kgx.EDGES)
    return folder


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))
    by_id = {row["id"]: row for row in found}
    assert len(by_id) == len(found)
    return by_id


@pytest.fixture(scope="module")
def nodes(folder: Path) -> Rows:
    return rows(folder / kgx.NODES)


@pytest.fixture(scope="module")
def edges(folder: Path) -> Rows:
    return rows(folder / kgx.EDGES)


@pytest.fixture(scope="module")
def loaded(folder: Path) -> dict[str, Any]:
    """What KGX makes of the two files."""
    if not PYTHON.is_file():
        reason = "KGX is not installed, so nothing was checked: make .venv/kgx/ready"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [str(PYTHON), str(ROOT / "tests" / "kgx" / "check.py")]
    files = [str(folder / name) for name in (kgx.NODES, kgx.EDGES, "found.json")]
    result = subprocess.run([*command, *files], capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(Path(files[2]).read_text("utf-8"))
    return found


def claim(slug: str) -> str:
    return f"ikg.claim:{slug}"


# --- what KGX says -------------------------------------------------------------------------------


def test_kgx_knows_every_category_predicate_and_slot(loaded: dict[str, Any]) -> None:
    messages = {message for kinds in loaded["errors"].values() for told in kinds.values() for message in told}
    beyond = {message for message in messages if not re.search(r"prefix 'ikg\.[a-z-]+'", message)}
    # kgx 2.7 wants a small letter behind each capital, which the model's own name has not.
    assert beyond <= {"Category 'MicroRNA' is not in CamelCase form"}
    assert loaded["model"] >= "4.4"


def test_no_category_is_an_abstract_one(loaded: dict[str, Any], nodes: Rows) -> None:
    assert loaded["abstract"] == []
    assert {row["category"] for name, row in nodes.items() if name.startswith("UniProtKB:")} == {
        "biolink:Protein"
    }


def test_a_denial_is_one_to_kgx_and_nothing_else_is(loaded: dict[str, Any], edges: Rows) -> None:
    denied = {name for name, row in edges.items() if row["negated"]}
    assert len(denied) >= 40
    told = {edge["id"] for *_, edge in loaded["edges"] if edge.get("negated")}
    assert told
    assert told <= denied


def test_kgx_loads_every_node_and_connects_the_same(loaded: dict[str, Any], nodes: Rows, edges: Rows) -> None:
    assert loaded["nodes"].keys() == nodes.keys()
    assert {(s, o) for s, o, *_ in loaded["edges"]} == {
        (row["subject"], row["object"]) for row in edges.values()
    }
    ends = {row[end] for row in edges.values() for end in ("subject", "object")}
    assert ends <= nodes.keys()


# --- nodes ---------------------------------------------------------------------------------------


def test_a_node_is_called_as_other_graphs_call_it(nodes: Rows) -> None:
    by_iri = {row["iri"].removeprefix(BASE): row for row in nodes.values()}
    known = {
        "subunit/ITGAV": ("UniProtKB:P06756", "biolink:Protein"),
        "integrin/alphaV-beta3": ("GO:0034683", "biolink:MacromolecularComplex"),
        "gene/ITGAV": ("NCBIGene:3685", "biolink:Gene"),
        "therapeutic/cilengitide": ("CHEBI:177833", "biolink:SmallMolecule"),
        "therapeutic/natalizumab": (None, "biolink:Drug"),
        "motif/RGD": ("ikg.motif:RGD", "biolink:Polypeptide"),
        "ligand/fibronectin": ("UniProtKB:P02751", "biolink:Protein"),
        "ligand/collagen": ("CHEBI:3815", "biolink:ChemicalEntity"),
        "ligand/laminin": ("MESH:D007797", "biolink:ChemicalEntity"),
        "protein/ARP2-3-complex": ("GO:0005885", "biolink:MacromolecularComplex"),
        "family/alphaV-integrins": ("ikg.family:alphaV-integrins", "biolink:ProteinFamily"),
    }
    for path, (name, category) in known.items():
        assert by_iri[path]["category"] == category
        assert name is None or by_iri[path]["id"] == name
        assert f"ikg.{path.replace('/', ':')}" in by_iri[path]["equivalent_identifiers"].split("|")
    assert "DRUGBANK:DB11890" in by_iri["therapeutic/cilengitide"]["equivalent_identifiers"].split("|")
    assert "PUBCHEM.COMPOUND:3385" in by_iri["therapeutic/5-FU"]["equivalent_identifiers"].split("|")


def test_what_is_only_close_never_names_a_node(nodes: Rows, shipped: Knowledge) -> None:
    words = Biolink(shipped)
    for name, row in nodes.items():
        assert name not in row["xref"].split("|"), name
        assert name == words.own(NamedNode(row["iri"])) or name in words.same_as(NamedNode(row["iri"]))


def test_categories_are_those_that_are_inferred_too(nodes: Rows) -> None:
    receptor = nodes["GO:0034683"]
    assert {"ikg:Integrin", "ikg:RGDReceptor", "ikg:AlphaVIntegrin"} <= set(receptor["ikg_class"].split("|"))


def test_every_entity_is_a_node(nodes: Rows, shipped: Knowledge) -> None:
    kinds = {
        q.subject.value for q in shipped.asserted if q.predicate == RDF_TYPE and _is_entity(shipped, q.object)
    }
    assert {row["iri"] for row in nodes.values()} == kinds


def _is_entity(knowledge: Knowledge, kind: object) -> bool:
    return isinstance(kind, NamedNode) and knowledge.ontology.is_a(kind, ikg("Entity"))


# --- edges ---------------------------------------------------------------------------------------


def test_every_claim_about_two_things_is_an_edge_of_its_own(edges: Rows, shipped: Knowledge) -> None:
    with_object = {q.subject.value for q in shipped.asserted if q.predicate == ikg("claimObject")}
    told = {name for name in edges if name.startswith("ikg.claim:")}
    assert told == {iri.replace(f"{BASE}claim/", "ikg.claim:") for iri in with_object}


def test_no_context_effect_or_polarity_of_a_claim_is_lost(edges: Rows, shipped: Knowledge) -> None:
    columns = {"inDisease": "disease_context_qualifier", "inAnatomy": "anatomical_context_qualifier",
               "inModel": "in_model", "inCellPopulation": "in_cell_population", "viaPathway": "via_pathway",
               "viaMolecule": "via_molecule", "combinedWith": "combined_with", "effect": "effect",
               "value": "value", "unit": "unit", "trialPhase": "trial_phase"}  # fmt: skip
    words, seen = Biolink(shipped), set()
    for quad in shipped.asserted:
        local = quad.predicate.value.removeprefix(ikg("").value)
        name = getattr(quad.subject, "value", "").replace(f"{BASE}claim/", "ikg.claim:")
        if name in edges and local in columns:
            told = words.identifier(quad.object) if isinstance(quad.object, NamedNode) else quad.object.value
            assert told in edges[name][columns[local]].split("|"), (name, local)
            seen.add(local)
        if name in edges and local == "polarity":
            assert bool(edges[name]["negated"]) == (quad.object == Literal("negative")), name
    assert seen == columns.keys()


def test_only_what_a_claim_states_or_a_curator_wrote_is_an_assertion(edges: Rows, shipped: Knowledge) -> None:
    words = Biolink(shipped)
    inferred = {q.triple for q in shipped.inference.quads()}  # type: ignore[union-attr]
    entailed = {t for t in inferred if isinstance(t.object, NamedNode) and t.predicate != RDF_TYPE}
    ends = {t: (words.identifier(t.subject), words.own(t.predicate), words.identifier(t.object))
            for t in entailed}  # fmt: skip
    levels = {"knowledge_assertion": "manual_agent", "logical_entailment": "automated_agent"}
    for name, row in edges.items():
        assert row["agent_type"] == levels[row["knowledge_level"]]
        assert row["primary_knowledge_source"] == kgx.SOURCE
        if name.startswith("ikg.claim:"):
            assert row["knowledge_level"] == "knowledge_assertion"
    told = {(r["subject"], r["original_predicate"], r["object"]) for r in edges.values()
            if r["knowledge_level"] == "logical_entailment"}  # fmt: skip
    all_told = {
        (r["subject"], r["original_predicate"], r["object"]) for r in edges.values() if not r["negated"]
    }
    for triple in (t for t in entailed if ends[t] not in told and t.subject != t.object):
        below = [p for p in _properties(shipped) if triple.predicate in _above(shipped, p)]
        assert {(ends[triple][0], words.own(prop), ends[triple][2]) for prop in below} & all_told, triple


def _properties(knowledge: Knowledge) -> list[NamedNode]:
    found = knowledge.ontology.instances(owl("ObjectProperty"))
    return [prop for prop in found if isinstance(prop, NamedNode)]


def _above(knowledge: Knowledge, prop: NamedNode) -> Iterator[NamedNode]:
    for parent in knowledge.ontology.nodes(prop, rdfs("subPropertyOf")):
        assert isinstance(parent, NamedNode)
        yield parent
        yield from _above(knowledge, parent)


def test_what_follows_is_no_edge_where_it_says_less_than_another_or_relates_a_thing_to_itself(
    edges: Rows, shipped: Knowledge
) -> None:
    entailed = {(row["subject"], row["original_predicate"], row["object"]) for row in edges.values()
                if row["knowledge_level"] == "logical_entailment"}  # fmt: skip
    assert all(subject != object_ for subject, _, object_ in entailed)
    assert {row["original_predicate"].partition(":")[0] for row in edges.values()} == {"ikg"}
    words, ours = Biolink(shipped), [p for p in _properties(shipped) if p.value.startswith(IKG)]
    for subject, predicate, object_ in entailed:
        prop = ikg(predicate.removeprefix("ikg:"))
        below = [words.own(p) for p in ours if prop in _above(shipped, p)]
        assert not [(subject, p, object_) for p in below if (subject, p, object_) in entailed], predicate
    # What a claim says of αv more exactly.
    assert ("GO:0034683", "ikg:hasSubunit", "UniProtKB:P06756") not in entailed


def test_a_claim_in_a_context_has_no_edge_without_it(edges: Rows) -> None:
    for row in edges.values():
        if row["original_predicate"] == "ikg:affects":
            assert (
                row["knowledge_level"] == "knowledge_assertion"
            )  # what depends on an effect is never derived


def test_publications_are_those_a_claim_is_from_and_cites(edges: Rows) -> None:
    row = edges[claim("cilengitide-tested-in-glioblastoma")]
    assert row["publications"].split("|")[0] == "PMID:34715893"
    assert all(row["publications"] for name, row in edges.items() if name.startswith("ikg.claim:"))


# --- the tables ----------------------------------------------------------------------------------


def test_the_prefixes_are_biolinks_own(loaded: dict[str, Any]) -> None:
    table = tsv.read(resources.ontology_folder() / "biolink" / "identifiers.tsv", [])
    assert {row["biolink"] for row in table.rows} <= set(loaded["prefixes"])


def test_the_same_knowledge_is_the_same_bytes(folder: Path, shipped: Knowledge, tmp_path: Path) -> None:
    kgx.write_edges(shipped, tmp_path / kgx.EDGES)
    assert (tmp_path / kgx.EDGES).read_bytes() == (folder / kgx.EDGES).read_bytes()


def test_what_a_cell_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="bar, tab or line end"):
        kgx._cell(["one|two"])
