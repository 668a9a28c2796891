"""Claims as nanopublications: each whole by the guidelines, all of them together the claims and no more."""

from __future__ import annotations

import warnings
from collections import defaultdict
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from integrin_kg.knowledge import Knowledge
from integrin_kg.release import nanopublications
from integrin_kg.release.edition import UndescribedError
from integrin_kg.vocab import BASE, DERIVED_FROM, PREFIXES, RDF_TYPE, REVIEW, ikg, xsd

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from nanopub import Nanopub

VERSION = "0.1.0"
PARTS = ("head", "assertion", "provenance", "pubinfo")

Graphs = dict[str, set[Triple]]


@pytest.fixture(scope="module")
def file(shipped: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nanopublications") / "claims.trig"
    nanopublications.write(shipped, path)
    return path


@pytest.fixture(scope="module")
def published(file: Path) -> dict[str, Graphs]:
    """The graphs of each claim's nanopublication, by claim and part."""
    found: dict[str, Graphs] = defaultdict(lambda: defaultdict(set))
    for quad in parse(path=str(file), format=RdfFormat.TRIG):
        claim, _, part = quad.graph_name.value.partition("#")
        found[claim][part.removesuffix(f"-{VERSION}")].add(quad.triple)
    return found


def claims(knowledge: Knowledge) -> set[str]:
    typed = (quad for quad in knowledge.asserted if quad.predicate == RDF_TYPE)
    return {quad.subject.value for quad in typed if quad.object == ikg("Claim")}


def claim(slug: str) -> str:
    return f"{BASE}claim/{slug}"


def test_every_claim_has_one_of_four_graphs(published: dict[str, Graphs], shipped: Knowledge) -> None:
    assert published.keys() == claims(shipped)
    assert {tuple(sorted(graphs)) for graphs in published.values()} == {tuple(sorted(PARTS))}


def test_each_is_a_nanopublication_by_the_guidelines(published: dict[str, Graphs]) -> None:
    # One in forty: the library takes its time. The tests below look at all.
    for iri, graphs in sorted(published.items())[::40]:
        quads = [
            Quad(t.subject, t.predicate, t.object, NamedNode(f"{iri}#{part}-{VERSION}"))
            for part, triples in graphs.items()
            for t in triples
        ]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            data = rdflib.ConjunctiveGraph().parse(
                data=serialize(quads, format=RdfFormat.N_QUADS), format="nquads"
            )
            found = Nanopub(rdf=rdflib.ConjunctiveGraph(store=data.store))
            assert found.is_valid, iri
        assert str(found.metadata.np_uri) == f"{iri}#nanopublication-{VERSION}"


def test_head_names_the_three_others_and_nothing_else(published: dict[str, Graphs]) -> None:
    np = "http://www.nanopub.org/nschema#"
    for iri, graphs in published.items():
        own = NamedNode(f"{iri}#nanopublication-{VERSION}")
        assert graphs["head"] == {
            Triple(own, RDF_TYPE, NamedNode(f"{np}Nanopublication")),
            Triple(own, NamedNode(f"{np}hasAssertion"), NamedNode(f"{iri}#assertion-{VERSION}")),
            Triple(own, NamedNode(f"{np}hasProvenance"), NamedNode(f"{iri}#provenance-{VERSION}")),
            Triple(own, NamedNode(f"{np}hasPublicationInfo"), NamedNode(f"{iri}#pubinfo-{VERSION}")),
        }


def test_together_they_are_the_claims_nothing_lost_and_nothing_invented(
    published: dict[str, Graphs], shipped: Knowledge
) -> None:
    known = claims(shipped)
    stated = {q.triple for q in shipped.asserted if getattr(q.subject, "value", "") in known}
    said = {triple for graphs in published.values() for part in PARTS[1:3] for triple in graphs[part]}
    about_assertions = {t for t in said if t.subject.value.endswith(f"#assertion-{VERSION}")}
    assert said - about_assertions - stated == set(shipped.support)
    assert stated <= said
    assert {triple.predicate for triple in about_assertions} == {DERIVED_FROM}


def test_a_plain_triple_stands_only_in_the_claims_that_support_it(
    published: dict[str, Graphs], shipped: Knowledge
) -> None:
    for iri, graphs in published.items():
        plain = {triple for triple in graphs["assertion"] if triple.subject.value != iri}
        assert all(NamedNode(iri) in shipped.support[triple] for triple in plain), iri


def test_a_denial_is_never_flattened(published: dict[str, Graphs]) -> None:
    denied = {
        iri: graphs
        for iri, graphs in published.items()
        if Triple(NamedNode(iri), ikg("polarity"), Literal("negative")) in graphs["assertion"]
    }
    assert len(denied) >= 40
    assert all({t.subject.value for t in graphs["assertion"]} == {iri} for iri, graphs in denied.items())


def test_what_holds_in_a_context_only_keeps_it_and_is_never_flattened(published: dict[str, Graphs]) -> None:
    contextual = 0
    for iri, graphs in published.items():
        said = {
            triple.predicate: triple.object for triple in graphs["assertion"] if triple.subject.value == iri
        }
        if ikg("inModel") in said and said[ikg("claimPredicate")] != ikg("stemCellMarkerIn"):
            contextual += 1
            stated = Triple(
                said[ikg("claimSubject")], said[ikg("claimPredicate")], said.get(ikg("claimObject"), REVIEW)
            )
            assert stated not in graphs["assertion"], iri
    assert contextual >= 50


def test_provenance_leads_to_the_place_in_the_review_or_to_another_source(
    published: dict[str, Graphs],
) -> None:
    for iri, graphs in published.items():
        said = {triple.predicate for triple in graphs["provenance"] if triple.subject.value == iri}
        sources = {t.object for t in graphs["provenance"] if t.subject.value == f"{iri}#assertion-{VERSION}"}
        assert said >= {ikg("evidenceKind"), DERIVED_FROM}
        assert sources
        if sources == {REVIEW}:
            assert said >= {ikg(p) for p in ("inSection", "anchorStart", "anchorEnd", "anchorSha256")}, iri


def test_the_date_is_that_of_the_release_and_never_the_clocks(
    published: dict[str, Graphs], shipped: Knowledge
) -> None:
    terms = PREFIXES["dcterms"]
    (issued,) = {q.object for q in shipped.description if q.predicate.value == f"{terms}issued"}
    midnight = Literal(f"{issued.value}T00:00:00Z", datatype=xsd("dateTime"))
    for iri, graphs in published.items():
        told = {
            t.predicate.value: t.object
            for t in graphs["pubinfo"]
            if t.subject.value == f"{iri}#nanopublication-{VERSION}"
        }
        assert told[f"{terms}created"] == midnight
        assert told[f"{terms}license"] == NamedNode("https://creativecommons.org/licenses/by/4.0/")
        assert told[f"{terms}creator"] == NamedNode(f"{BASE}dataset#developers")
        assert told[f"{PREFIXES['dcat']}version"] == Literal(VERSION)


def test_the_same_knowledge_is_the_same_bytes(file: Path, shipped: Knowledge, tmp_path: Path) -> None:
    nanopublications.write(shipped, tmp_path / "again.trig")
    assert (tmp_path / "again.trig").read_bytes() == file.read_bytes()


def test_what_nothing_describes_is_not_published(tiny: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(UndescribedError, match=r"dataset\.ttl"):
        nanopublications.write(tiny, tmp_path / "claims.trig")
