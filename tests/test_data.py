"""The shipped data held against the facts that were looked up for it, and against the review."""

from __future__ import annotations

import csv
import re

import bioregistry
import pytest
from pyoxigraph import NamedNode

from conftest import REVIEW, ROOT
from integrin_kg import resources, tables
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.records import Curation
from integrin_kg.text import fold
from integrin_kg.vocab import CLOSE_MATCH, EXACT_MATCH

FACTS = REVIEW.parents[1] / "facts" / "identifiers.tsv"

# What the facts call by the name of another database.
CALLED = {
    "integrin": "integrins",
    "TGFβ (isoform unspecified)": "TGFβ",
    "extracellular matrix disassembly": "ECM degradation",
    "vesicle-mediated transport": "intracellular vesicle trafficking",
    "MAPK cascade": "ERK/MAPK pathway",
    "transforming growth factor beta receptor signaling pathway": "TGFβ signaling",
    "smoothened signaling pathway": "Hedgehog pathway",
    "canonical NF-kappaB signal transduction": "NF-κB signaling",
    "cellular extravasation": "extravasation",
    "lactate biosynthetic process": "lactate production",
    "Arp2/3 protein complex": "ARP2/3 complex",
    "androgen receptor signaling pathway": "",  # the review names the receptor only
}
IDENTIFIER = re.compile(
    r"(?:HGNC|NCBIGene|MONDO|CHEBI|MESH|UniProt|Ensembl|GO|DRUGBANK|PubChem|EFO):([A-Z0-9]+)"
)


@pytest.fixture(scope="module")
def curation() -> Curation:
    folder = resources.ontology_folder()
    return tables.load(folder, Ontology.load(folder))


def test_every_confirmed_identifier_is_linked(curation: Curation) -> None:
    if not FACTS.is_file():
        pytest.skip(f"the confirmed identifiers are not at {FACTS}: the links could not be checked")
    linked: dict[str, str] = {}
    for entity in curation.entities:
        matches = " ".join((*entity.exact_matches, *entity.close_matches))
        for name in (entity.name, *entity.synonyms):
            linked[fold(name)] = linked.get(fold(name), "") + " " + matches
    missing = []
    with FACTS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name = CALLED.get(row["name"], row["name"])
            wanted = IDENTIFIER.findall(row["identifiers"].split("HGNC gene group")[0]) if name else []
            missing += [(name, one) for one in wanted if one not in linked.get(fold(name), "")]
    assert missing == []


def test_the_24_pairs_and_26_subunits_are_there(curation: Curation) -> None:
    kinds = [entity.kind.rsplit("/", 1)[-1] for entity in curation.entities]
    assert kinds.count("Integrin") == 24
    assert kinds.count("AlphaSubunit") == 18
    assert kinds.count("BetaSubunit") == 8


def test_every_section_of_the_review_has_claims(curation: Curation) -> None:
    claimed = {claim.section for claim in curation.claims if claim.section}
    assert claimed == set(curation.sections)


def test_negative_findings_and_contradictions_are_kept(curation: Curation) -> None:
    assert sum(claim.polarity == "negative" for claim in curation.claims) >= 40
    assert sum(bool(claim.contradicts) for claim in curation.claims) >= 10


def words(text: str) -> list[str]:
    return re.findall(r"[0-9a-z\u0370-\u03ff]+", re.sub(r"-\n", "", text).lower())


def test_no_sentence_of_the_review_is_copied(review: str) -> None:
    length = 10
    source = words(review)
    runs = {tuple(source[i : i + length]) for i in range(len(source) - length + 1)}
    copied = []
    for folder in ("ontology", "queries", "docs", "src"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".tsv", ".ttl", ".rq", ".md", ".py"):
                found = words(path.read_text("utf-8"))
                copied += [
                    path.name for i in range(len(found) - length + 1) if tuple(found[i : i + length]) in runs
                ]
    assert copied == []


def test_every_link_out_is_a_curie_that_the_registry_knows(curation: Curation) -> None:
    links = [curie for e in curation.entities for curie in (*e.exact_matches, *e.close_matches)]
    links += [curie for reference in curation.references for curie in reference.identifiers]
    unknown = [prefix for prefix in curation.prefixes if bioregistry.normalize_prefix(prefix) != prefix]
    malformed = []
    for curie in sorted(set(links)):
        prefix, _, local = curie.partition(":")
        pattern = bioregistry.get_pattern(prefix)
        if pattern and not re.fullmatch(pattern, local):
            malformed.append(f"{curie}: {pattern}")
    assert len(links) > 500
    assert (unknown, malformed) == ([], [])


def test_terms_of_the_ontology_are_linked_to_by_registered_prefixes(shipped: Knowledge) -> None:
    found = [bioregistry.get_resource(name) for name in ("biolink", "bfo", "cito", "eco", "go", "ro", "skos")]
    known = {resource.get_rdf_uri_prefix() or resource.get_uri_prefix() for resource in found if resource}
    links = {
        triple.object.value
        for triple in shipped.ontology.triples
        if triple.predicate in (CLOSE_MATCH, EXACT_MATCH) and isinstance(triple.object, NamedNode)
    }
    assert len(links) > 20
    assert [link for link in links if not link.startswith(tuple(filter(None, known)))] == []


def test_the_rule_on_prefixes_knows_those_of_the_table(curation: Curation) -> None:
    rule = (resources.queries_folder() / "checks" / "iri-of-no-known-prefix.rq").read_text("utf-8")
    assert set(curation.prefixes.values()) <= set(re.findall('"(http[^"]+)"', rule))
