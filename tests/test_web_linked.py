"""Linked data: variants by suffix, what Link says of them, the ontology whole, JSON-LD with its context."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import rdflib
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, Triple, parse

from integrin_kg.jsonld import compact, context, context_document
from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import CLAIMS_GRAPH, ENTITIES_GRAPH, IKG, SCHEMA_GRAPH, owl
from integrin_kg.web.vocabulary import Vocabulary
from test_pages import BASE, RECEPTOR, Page, page
from test_sparql import BROWSER, Reply, problem, send

VARIANTS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
    "csv": "text/csv",
}
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}
TERM = "/schema/RGDReceptor"


def links(reply: Reply) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """The links of the Link header by their relations (RFC 8288), with their other attributes."""
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for header in reply.headers.get_all("Link") or []:
        for target, told in re.findall(r"<([^>]*)>((?:;\s*\w+=\"[^\"]*\")*)", header):
            attributes = dict(re.findall(r'(\w+)="([^"]*)"', told))
            for relation in attributes.pop("rel").split():
                found.setdefault(relation, []).append((target, attributes))
    return found


@pytest.mark.parametrize("path", [RECEPTOR, TERM, "/schema/actsOn"])
@pytest.mark.parametrize(("suffix", "media_type"), VARIANTS.items())
def test_a_suffix_decides_whatever_accept_says(server: str, path: str, suffix: str, media_type: str) -> None:
    for accept in ("image/png", BROWSER, "text/turtle"):
        reply = send(server, f"{path}.{suffix}", Accept=accept)
        assert (reply.status, reply.media_type) == (200, media_type)
        assert reply.headers["Content-Location"] == f"{path}.{suffix}"


@pytest.mark.parametrize("path", [RECEPTOR, TERM, "/schema"])
def test_every_format_says_the_same(server: str, path: str) -> None:
    graphs = [
        rdflib.Graph().parse(data=send(server, f"{path}.{suffix}").body, format=form)
        for suffix, form in FORMATS.items()
    ]
    assert len(graphs[0]) > 5
    first, *others = map(canonical, graphs)
    assert all(other == first for other in others)


def canonical(graph: rdflib.Graph) -> Dataset:
    """The statements of a graph with its blank nodes named by what is said of them."""
    dataset = Dataset(parse(graph.serialize(format="nt"), format=RdfFormat.N_TRIPLES))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_the_document_negotiated_names_the_variant_that_it_is(server: str) -> None:
    for suffix, media_type in VARIANTS.items():
        reply = send(server, RECEPTOR, Accept=media_type)
        assert reply.headers["Content-Location"] == f"{RECEPTOR}.{suffix}"
        assert "Accept" in reply.headers["Vary"]
    assert send(server, RECEPTOR, Accept="application/json").headers["Content-Location"].endswith(".jsonld")


@pytest.mark.parametrize("path", [RECEPTOR, TERM, "/schema"])
@pytest.mark.parametrize("accept", [BROWSER, "text/turtle"])
def test_links_lead_to_every_variant_and_name_the_thing(server: str, path: str, accept: str) -> None:
    found = links(send(server, path, Accept=accept))
    alternates = {told["type"]: target for target, told in found["alternate"]}
    wanted = {
        kind: f"{path}.{suffix}" for suffix, kind in VARIANTS.items() if (path, suffix) != ("/schema", "csv")
    }
    assert alternates == wanted
    for media_type, target in alternates.items():
        assert send(server, target).media_type == media_type
    assert found["canonical"] == found["describes"] == [(BASE + path[1:], {})]
    assert found["describedby"] == [(f"{path}.ttl", {"type": "text/turtle", "anchor": BASE + path[1:]})]


def test_a_page_has_the_links_of_its_header_as_elements(server: str) -> None:
    reply = send(server, RECEPTOR, Accept=BROWSER)
    told = links(reply)
    for relation in ("alternate", "canonical", "describedby"):
        for target, attributes in told[relation]:
            kind = f' type="{attributes["type"]}"' if "type" in attributes else ""
            assert f'<link rel="{relation}" href="{target}"{kind}>' in reply.text


def test_an_error_claims_no_variants(server: str) -> None:
    reply = send(server, "/integrin/nothing.ttl")
    assert reply.status == 404
    assert not links(reply)
    assert "Content-Location" not in reply.headers


@pytest.mark.parametrize(
    "path", [RECEPTOR + ".exe", RECEPTOR + ".ttl.ttl", RECEPTOR + ".", "/schema.csv", "/schema.x"]
)
def test_a_suffix_that_there_is_not_is_no_iri(server: str, path: str) -> None:
    reply = send(server, path, Accept="text/turtle")
    assert reply.status == 404, path


def test_nothing_here_is_redirected(server: str) -> None:
    # The 303 that a thing needs is given where its IRI is: see w3id/ and test_w3id.py.
    for path in (RECEPTOR, TERM, "/schema", RECEPTOR + ".ttl"):
        assert "Location" not in send(server, path, Accept=BROWSER).headers


def test_a_thing_that_is_not_suggests_its_neighbours(server: str) -> None:
    reply = send(server, "/integrin/alphaV-beta33", Accept=BROWSER)
    assert reply.status == 404
    assert RECEPTOR in Page(reply.text).links
    suggested = problem(send(server, "/integrin/alphaV-beta33"))["suggestions"]
    assert {"label": "integrin αvβ3", "iri": BASE + RECEPTOR[1:]} in suggested
    assert "suggestions" not in problem(send(server, "/integrin/qqqqqqqqqqqqq"))


def test_what_has_not_changed_is_not_sent_again(server: str) -> None:
    for path in (RECEPTOR + ".ttl", RECEPTOR + ".jsonld", "/schema.rdf"):
        tag = send(server, path).headers["ETag"]
        again = send(server, path, **{"If-None-Match": tag})
        assert (again.status, again.body) == (304, b"")
        assert links(again)["canonical"]
    assert send(server, RECEPTOR + ".nt").headers["ETag"] != send(server, RECEPTOR + ".ttl").headers["ETag"]


def test_the_namespace_of_the_terms_leads_to_the_ontology(server: str) -> None:
    reply = send(server, "/schema/", Accept="text/turtle")
    assert (reply.status, reply.headers["Location"]) == (303, "/schema")


def test_the_ontology_is_whole_at_its_iri_and_at_that_of_its_version(server: str, shipped: Knowledge) -> None:
    shipped_triples = {q.triple for q in shipped.asserted if q.graph_name == SCHEMA_GRAPH}
    for path in ("/schema", "/schema/0.1.0", "/schema.nt"):
        reply = send(server, path, Accept="application/n-triples")
        assert len(list(parse(reply.body, format=RdfFormat.N_TRIPLES))) == len(shipped_triples) > 900
        assert reply.headers["Content-Location"] == "/schema.nt"
    assert send(server, "/schema/9.9.9", Accept="text/turtle").status == 404


def test_the_axioms_of_a_term_come_with_it_to_their_ends(server: str) -> None:
    found = rdflib.Graph().parse(data=send(server, TERM + ".ttl").body)
    definition = found.value(rdflib.URIRef(BASE + "schema/RGDReceptor"), rdflib.OWL.equivalentClass)
    members = list(found.items(found.value(definition, rdflib.OWL.intersectionOf)))
    assert members[0] == rdflib.URIRef(BASE + "schema/Integrin")
    assert found.value(members[1], rdflib.OWL.hasValue) == rdflib.URIRef(BASE + "motif/RGD")
    subjects = {node for node in found.subjects() if isinstance(node, rdflib.BNode)}
    assert {node for node in found.objects() if isinstance(node, rdflib.BNode)} == subjects
    assert not list(found.triples((rdflib.URIRef(BASE + "schema/Integrin"), rdflib.RDFS.subClassOf, None)))


# JSON-LD.


def vocabulary(shipped: Knowledge) -> Vocabulary:
    return Vocabulary(shipped.ontology)


def test_the_context_has_a_key_for_every_term_of_the_ontology(server: str, shipped: Knowledge) -> None:
    reply = send(server, "/context.jsonld")
    assert (reply.status, reply.media_type) == (200, "application/ld+json")
    assert reply.text == context_document(shipped.ontology)  # which a release ships
    found: dict[str, Any] = reply.json()["@context"]
    named = {value if isinstance(value, str) else value["@id"] for value in found.values()}
    assert named >= vocabulary(shipped).terms.keys()
    assert found["actsOn"] == {"@id": BASE + "schema/actsOn", "@type": "@id"}
    assert found["RGDReceptor"] == BASE + "schema/RGDReceptor"
    assert found["definition"] == "http://purl.obolibrary.org/obo/IAO_0000115"


def test_the_key_of_each_term_of_ours_is_its_local_name(shipped: Knowledge) -> None:
    found = context(shipped.ontology)
    ours = [iri for iri in vocabulary(shipped).terms if iri.startswith(IKG)]
    assert {IKG + name for name in ("Beta1Integrin", "Beta2Integrin", "anchorSha256")} <= set(ours)
    for iri in ours:
        definition = found[iri.removeprefix(IKG)]
        assert (definition if isinstance(definition, str) else definition["@id"]) == iri


def test_what_leads_to_a_thing_needs_no_more_than_its_iri(shipped: Knowledge) -> None:
    found = context(shipped.ontology)
    of_things = ("exactMatch", "closeMatch", "broadMatch", "definitionSource", "termReplacedBy", "license",
                 "homepage", "claimPredicate", "termEditor", "hasObsolescenceReason")  # fmt: skip
    assert {key: found[key]["@type"] for key in of_things} == dict.fromkeys(of_things, "@id")
    declared = {t.subject for t in shipped.ontology.triples if t.object == owl("AnnotationProperty")}
    leading = {q.predicate.value for q in shipped.asserted if isinstance(q.object, NamedNode)}
    typed = {d["@id"] for d in found.values() if isinstance(d, dict) and d["@type"] == "@id"}
    assert {p.value for p in declared if isinstance(p, NamedNode) and p.value in leading} <= typed


def read(document: dict[str, Any]) -> set[Triple]:
    return {quad.triple for quad in parse(json.dumps(document), format=RdfFormat.JSON_LD)}


@pytest.mark.parametrize("graph", [ENTITIES_GRAPH, CLAIMS_GRAPH])
def test_what_is_written_with_the_context_expands_to_the_same_triples(
    shipped: Knowledge, graph: NamedNode
) -> None:
    def named(quad: Quad) -> bool:
        return all(isinstance(term, NamedNode) or hasattr(term, "datatype") for term in quad.triple)

    triples = [quad.triple for quad in shipped.asserted if quad.graph_name == graph and named(quad)]
    assert len(triples) > 1000
    known = context(shipped.ontology)
    document = compact(triples, known)
    assert read(document) == set(triples)
    assert read(document | {"@context": known}) == set(triples)  # the published one says the same


def test_json_ld_is_whole_in_itself(server: str) -> None:
    document = send(server, RECEPTOR + ".jsonld").json()
    assert isinstance(document["@context"], dict)
    assert "http" not in json.dumps([key for node in document["@graph"] for key in node])
    thing = next(node for node in document["@graph"] if node["@id"] == BASE + RECEPTOR[1:])
    assert thing["hasAlphaSubunit"] == BASE + "subunit/ITGAV"
    assert "RGDReceptor" in thing["@type"]


# Markup for search engines.


def markup(server: str, path: str) -> dict[str, Any]:
    text = send(server, path, Accept=BROWSER).text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    document: dict[str, Any] = json.loads(found[0])
    return document


def test_pages_say_what_they_are_about_in_schema_org(server: str) -> None:
    chain = markup(server, "/subunit/ITGAV")
    assert (chain["@type"], chain["name"]) == ("Protein", "integrin subunit αv")
    assert "http://purl.uniprot.org/uniprot/P06756" in chain["sameAs"]
    assert "uniprot:P06756" in chain["identifier"]
    assert "CD51" in chain["alternateName"]
    assert markup(server, "/gene/ITGAV")["@type"] == "Gene"
    assert markup(server, "/therapeutic/cilengitide")["@type"] == "Drug"
    assert markup(server, TERM)["@type"] == "DefinedTerm"
    start = markup(server, "/")
    assert (start["@type"], start["license"]) == ("Dataset", "https://creativecommons.org/licenses/by/4.0/")


def test_markup_is_data_that_no_label_can_break_out_of(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRIN_KG_TOKEN", "secret")
    server = serve("--writable")
    label = "</script><script>alert(1)</script>"
    synonym = f'<{BASE}motif/RGD> oboInOwl:hasExactSynonym "{label}"'
    update = f"INSERT DATA {{ GRAPH <{BASE}graph/user/mine> {{ {synonym} }} }}"
    reply = send(server, "/update", "POST", update, Authorization="Bearer secret",
                 **{"Content-Type": "application/sparql-update"})  # fmt: skip
    assert reply.status in (200, 204), reply.text
    shown = send(server, "/motif/RGD", Accept=BROWSER)
    assert label not in shown.text
    assert label in markup(server, "/motif/RGD")["alternateName"]
    assert (
        "script-src" not in shown.headers["Content-Security-Policy"]
        or "unsafe" not in shown.headers["Content-Security-Policy"]
    )


def test_the_page_of_a_thing_links_to_its_data(server: str) -> None:
    assert f"{TERM}.ttl" in page(server, TERM).links
