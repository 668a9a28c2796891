"""The built graph: what claims become, what they never become, and the same bytes every time."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from integrin_kg import files, resources, tables
from integrin_kg.knowledge import ClashError, Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.records import Claim, Curation
from integrin_kg.tables import TableError
from integrin_kg.vocab import (
    BACKGROUND_GRAPH,
    BASE,
    CLAIMS_GRAPH,
    CLOSE_MATCH,
    DEFINITION,
    DEFINITION_SOURCE,
    DERIVED_FROM,
    DEVELOPERS,
    ENTITIES_GRAPH,
    EXACT_MATCH,
    IKG,
    INFERRED_GRAPH,
    MAPPINGS_GRAPH,
    OBSOLESCENCE_REASON,
    RDF_TYPE,
    RDFS_LABEL,
    REPLACED_BY,
    REVIEW,
    SCHEMA_GRAPH,
    TERM_EDITOR,
    ikg,
    owl,
    xsd,
)
from test_tables import Cells, Mini, claim, entity

Plain = tuple[str, str, str]
FILES = ["integrin-kg-inferred.ttl", "integrin-kg.nq", "integrin-kg.owl", "integrin-kg.ttl"]


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    return Mini(tmp_path)


@pytest.fixture(scope="module")
def curation() -> Curation:
    folder = resources.ontology_folder()
    return tables.load(folder, Ontology.load(folder))


def short(term: object) -> str:
    return term.value.removeprefix(BASE).removeprefix("schema/") if isinstance(term, NamedNode) else str(term)


def plain(knowledge: Knowledge) -> set[Plain]:
    """The statements between entities, asserted or inferred, that are no claim's own."""
    return {
        (short(quad.subject), short(quad.predicate), short(quad.object))
        for quad in knowledge.quads()
        if quad.graph_name in (ENTITIES_GRAPH, BACKGROUND_GRAPH, INFERRED_GRAPH)
        and isinstance(quad.object, NamedNode)
        and quad.predicate.value.startswith(IKG)
        and not short(quad.subject).startswith("claim/")
    }


def said(mini: Mini, *claims: Cells) -> set[Plain]:
    """What follows from the mini tables with these claims, and does not without them."""
    without = json.dumps(mini.tables)
    if without not in STATED:
        STATED[without] = plain(Knowledge.assemble(mini.write()))
    mini.add("claims-more", *claims)
    return plain(Knowledge.assemble(mini.write())) - STATED[without]


STATED: dict[str, set[Plain]] = {}
"""What follows from some tables, by their content: most tests start from the same."""


def asserted(mini: Mini) -> list[Quad]:
    return Knowledge.assemble(mini.write()).asserted


# --- plain triples -------------------------------------------------------------------------------


def test_a_claim_without_context_states_a_plain_triple(mini: Mini) -> None:
    found = said(mini, claim("cilengitide", "targets", "αvβ3"))
    assert {predicate for _, predicate, _ in found} >= {"targets", "actsOn"}
    assert graphs_of(mini, ("therapeutic/cilengitide", "targets", "integrin/alphaV-beta3")) == {
        "graph/entities"
    }
    assert graphs_of(mini, ("therapeutic/cilengitide", "actsOn", "integrin/alphaV-beta3")) == set()


CONTEXTS = {
    "disease": "breast cancer",
    "model": "mouse model",
    "anatomy": "bone",
    "cell population": "platelet",
    "pathway": "PI3K pathway",
    "molecule": "vitronectin",
    "combined with": "cilengitide",
}


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_claim_in_a_context_states_none(context: str, mini: Mini) -> None:
    mini.add("anatomy", entity("bone", "anatomical or cellular structure"))
    mini.add("cell-populations", entity("platelet", "cell population"))
    contextual = claim("cilengitide", "targets", "αvβ3") | {context: CONTEXTS[context]}
    assert said(mini, contextual) == set()


def test_what_is_no_context_leaves_the_plain_triple(mini: Mini) -> None:
    further = {"phase": "preclinical", "references": "1; 2", "note": "largely"}
    assert ("therapeutic/cilengitide", "targets", "integrin/alphaV-beta3") in said(
        mini, claim("cilengitide", "targets", "αvβ3") | further
    )


def test_a_disease_that_is_the_object_itself_is_no_further_context(mini: Mini) -> None:
    cells = claim("cilengitide", "tested in", "breast cancer", disease="breast cancer")
    assert ("therapeutic/cilengitide", "testedIn", "disease/breast-cancer") in said(mini, cells)
    other = claim("cilengitide", "tested in", "prostate cancer", disease="breast cancer; prostate cancer")
    assert said(mini, other) == set()


@pytest.mark.parametrize(
    ("subject", "predicate", "object_", "further"),
    [
        ("cilengitide", "targets", "αvβ3", {}),
        ("αvβ3", "stem cell marker in", "breast cancer", {}),
        ("αvβ3", "affects", "metastasis", {"effect": "promotes", "disease": "breast cancer"}),
        ("αvβ3", "affects", "metastasis", {"effect": "suppresses", "disease": "breast cancer"}),
    ],
)
def test_what_a_claim_denies_is_never_a_plain_triple(
    subject: str, predicate: str, object_: str, further: Cells, mini: Mini
) -> None:
    denied = claim(subject, predicate, object_, polarity="negative") | further
    assert said(mini, denied) == set()
    (kept,) = [
        quad
        for quad in asserted(mini)
        if quad.object == Literal("negative") and quad.graph_name == CLAIMS_GRAPH
    ]
    assert short(kept.subject) == f"claim/{denied['claim']}"


@pytest.mark.parametrize("predicate", ["affects", "correlates with"])
@pytest.mark.parametrize("effect", ["promotes", "suppresses", "requires", "neutral", "correlatesPositively"])
def test_a_claim_that_says_nothing_without_its_effect_is_never_a_plain_triple(
    predicate: str, effect: str, mini: Mini
) -> None:
    assert said(mini, claim("αvβ3", predicate, "metastasis", effect=effect)) == set()


def test_a_number_is_no_plain_triple(mini: Mini) -> None:
    assert said(mini, claim("αvβ3", "has length", "RGD", value="30", unit="nanometre")) == set()


def test_a_claim_and_its_denial_are_both_kept(mini: Mini) -> None:
    yes = claim("cilengitide", "targets", "αvβ3", claim="yes", contradicts="no")
    no = claim("cilengitide", "targets", "αvβ3", claim="no", polarity="negative", contradicts="yes")
    assert ("therapeutic/cilengitide", "targets", "integrin/alphaV-beta3") in said(mini, yes, no)
    contradictions = {
        (short(quad.subject), short(quad.object))
        for quad in asserted(mini)
        if quad.predicate == ikg("contradicts") and quad.graph_name == CLAIMS_GRAPH
    }
    assert contradictions == {("claim/yes", "claim/no"), ("claim/no", "claim/yes")}


# --- background ----------------------------------------------------------------------------------


def background(*claims: Cells) -> list[Cells]:
    """The claims as a table of background knowledge has them."""
    kept = ("claim", "subject", "predicate", "object", "polarity", "evidence")
    return [{column: row[column] for column in kept} | {"source": "Hynes 2002"} for row in claims]


def graphs_of(mini: Mini, triple: Plain) -> set[str]:
    return {
        short(quad.graph_name)
        for quad in asserted(mini)
        if (short(quad.subject), short(quad.predicate), short(quad.object)) == triple
    }


def test_what_only_other_sources_say_is_in_the_background_graph_alone(mini: Mini) -> None:
    mini.add("background-publications", entity("Hynes 2002", "publication"))
    mini.add("background-claims", *background(claim("cilengitide", "targets", "αvβ3")))
    triple = ("therapeutic/cilengitide", "targets", "integrin/alphaV-beta3")
    assert graphs_of(mini, triple) == {"graph/background"}
    mini.add("claims-more", claim("cilengitide", "targets", "αvβ3", claim="and-the-review"))
    assert graphs_of(mini, triple) == {"graph/entities"}


def test_what_other_sources_deny_is_never_a_plain_triple(mini: Mini) -> None:
    mini.add("background-publications", entity("Hynes 2002", "publication"))
    before = plain(Knowledge.assemble(mini.write()))
    denied = claim("cilengitide", "targets", "αvβ3", polarity="negative")
    mini.add("background-claims", *background(denied))
    assert plain(Knowledge.assemble(mini.write())) == before


# --- shortcuts -----------------------------------------------------------------------------------

PROMOTES = {("promotes", "metastasis"), ("requires", "metastasis"), ("suppresses", "apoptosis")}
SUPPRESSES = {("suppresses", "metastasis"), ("promotes", "apoptosis"), ("requires", "apoptosis")}
EFFECTS = [
    "promotes", "suppresses", "marks", "requires", "correlatesPositively", "correlatesNegatively", "neutral",
]  # fmt: skip


@pytest.mark.parametrize("object_", ["metastasis", "apoptosis", "endocytosis"])
@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_in_a_disease_promotes_or_suppresses_as_the_process_is_for_the_tumour(
    effect: str, object_: str, mini: Mini
) -> None:
    found = said(mini, claim("αvβ3", "affects", object_, effect=effect, disease="breast cancer"))
    said_of_breast = {p for s, p, o in found if (s, o) == ("integrin/alphaV-beta3", "disease/breast-cancer")}
    said_of_cancer = {p for s, p, o in found if (s, o) == ("integrin/alphaV-beta3", "disease/cancer")}
    wanted = set()
    if (effect, object_) in PROMOTES:
        wanted = {"promotesIn", "implicatedIn"}
    if (effect, object_) in SUPPRESSES:
        wanted = {"suppressesIn", "implicatedIn"}
    assert said_of_breast == said_of_cancer == wanted
    assert bool(found) == bool(wanted)


@pytest.mark.parametrize("effect", EFFECTS)
def test_correlation_is_not_promotion(effect: str, mini: Mini) -> None:
    cells = claim("αvβ3", "correlates with", "metastasis", effect=effect, disease="breast cancer")
    assert said(mini, cells) == set()


@pytest.mark.parametrize(
    "cells",
    [
        claim("αvβ3", "affects", "metastasis", effect="promotes", disease="breast cancer"),
        claim("αvβ3", "affects", "apoptosis", effect="requires", disease="breast cancer"),
        claim("αvβ3", "suppresses in", "cancer"),
        claim("αvβ3", "stem cell marker in", "breast cancer"),
        claim("αvβ3", "implicated in", "metastasis", disease="breast cancer"),
        claim("cilengitide", "targets", "αvβ3"),
    ],
    ids=lambda cells: str(cells["claim"]),
)
def test_what_is_only_suggested_stays_a_claim(cells: Cells, mini: Mini) -> None:
    assert said(mini, cells | {"certainty": "suggested"}) == set()
    hedged = Knowledge.assemble(mini.write()).asserted
    assert [q for q in hedged if q.predicate == ikg("certainty") and q.object == Literal("suggested")]


def test_what_plays_a_part_in_a_process_of_a_disease_plays_one_in_the_disease(mini: Mini) -> None:
    cells = claim("αvβ3", "implicated in", "metastasis", disease="breast cancer", model="mouse model")
    assert ("integrin/alphaV-beta3", "implicatedIn", "disease/breast-cancer") in said(mini, cells)


def test_an_effect_in_no_disease_promotes_in_none(mini: Mini) -> None:
    assert said(mini, claim("αvβ3", "affects", "metastasis", effect="promotes", model="mouse model")) == set()


def test_an_effect_in_two_diseases_promotes_in_both(mini: Mini) -> None:
    cells = claim(
        "αvβ3", "affects", "metastasis", effect="promotes", disease="breast cancer; prostate cancer"
    )
    found = {o for _, p, o in said(mini, cells) if p == "promotesIn"}
    assert found == {"disease/breast-cancer", "disease/prostate-cancer", "disease/cancer"}


def test_the_two_faces_of_one_integrin_are_both_kept(mini: Mini) -> None:
    found = plain(Knowledge.assemble(mini.write()))
    assert ("integrin/alpha2-beta1", "suppressesIn", "disease/breast-cancer") in found
    assert ("integrin/alpha2-beta1", "promotesIn", "disease/prostate-cancer") in found
    assert ("integrin/alpha2-beta1", "promotesIn", "disease/breast-cancer") not in found
    assert ("integrin/alpha2-beta1", "suppressesIn", "disease/prostate-cancer") not in found


def test_what_a_subunit_promotes_its_integrins_are_only_implicated_in(mini: Mini) -> None:
    cells = claim("β3", "affects", "metastasis", effect="promotes", disease="breast cancer")
    found = {
        p for s, p, o in said(mini, cells) if (s, o) == ("integrin/alphaV-beta3", "disease/breast-cancer")
    }
    assert found == {"implicatedIn"}


@pytest.mark.parametrize("context", [{}, {"model": "mouse model"}, {"cell_population": "cancer stem cell"}])
def test_a_marker_of_stem_cells_is_one_in_whatever_model_it_was_seen(context: Cells, mini: Mini) -> None:
    mini.add("cell-populations", entity("cancer stem cell", "cancer stem cell population"))
    found = said(mini, claim("αvβ3", "stem cell marker in", "breast cancer", **context))
    assert ("integrin/alphaV-beta3", "stemCellMarkerIn", "disease/breast-cancer") in found
    assert {p for _, p, _ in found}.isdisjoint({"promotesIn", "suppressesIn"})


def test_a_marker_of_other_cells_is_no_stem_cell_marker(mini: Mini) -> None:
    mini.add("cell-populations", entity("platelet", "cell population"))
    found = {p for _, p, _ in said(mini, claim("αvβ3", "marks", "platelet"))}
    assert "marks" in found
    assert "stemCellMarkerIn" not in found


def supported(found: Claim, role: str, never: set[str], numbers: set[str]) -> set[Plain]:
    """The plain triples that a claim supports, told without the queries that derive them."""
    context = {(short(NamedNode(prop)), item.name) for prop, item in found.context}
    diseases = [item for prop, item in found.context if prop == ikg("inDisease").value]
    if found.polarity != "positive" or found.object is None or found.certainty:
        return set()
    subject, predicate, about = (
        value.removeprefix(BASE) for value in (found.subject.iri, found.predicate, found.object.iri)
    )
    predicate = predicate.removeprefix("schema/")
    if predicate == "affects":
        verbs = {
            ("promotes", "tumour-promoting"): "promotesIn",
            ("requires", "tumour-promoting"): "promotesIn",
            ("suppresses", "tumour-restraining"): "promotesIn",
            ("suppresses", "tumour-promoting"): "suppressesIn",
            ("promotes", "tumour-restraining"): "suppressesIn",
            ("requires", "tumour-restraining"): "suppressesIn",
        }
        verb = verbs.get((found.effect, role))
        return {(subject, verb, disease.iri.removeprefix(BASE)) for disease in diseases} if verb else set()
    further = context - {("inDisease", found.object.name)}
    if predicate == "implicatedIn" and diseases:
        return {(subject, predicate, disease.iri.removeprefix(BASE)) for disease in diseases}
    if predicate in never | numbers or (further and predicate != "stemCellMarkerIn"):
        return set()
    return {(subject, predicate, about)}


@pytest.mark.parametrize(("graph", "background"), [(ENTITIES_GRAPH, False), (BACKGROUND_GRAPH, True)])
def test_the_shipped_graph_states_what_its_claims_support_and_nothing_else(
    graph: NamedNode, background: bool, shipped: Knowledge, curation: Curation
) -> None:
    ontology = shipped.ontology
    never = {short(t.subject) for t in ontology.triples if t.predicate == ikg("neverFlattened")}
    numbers = {short(term) for term in ontology.instances(owl("DatatypeProperty"))}
    assert never == {"affects", "correlatesWith"}
    role = ikg("tumourRole").value
    roles = {found.name: text for found in curation.entities for prop, text in found.facts if prop == role}
    iris = {found.name: found.iri.removeprefix(BASE) for found in curation.entities}
    wanted = {
        (iris[found.name], short(NamedNode(prop)), iris[other])
        for found in curation.entities
        if found.background == background
        for prop, other in found.relations
    }
    by_origin: dict[bool, set[Plain]] = {True: set(), False: set()}
    for found in curation.claims:
        if found.object:
            role_ = roles.get(found.object.name, "")
            by_origin[bool(found.sources)] |= supported(found, role_, never, numbers)
    wanted |= by_origin[True] - by_origin[False] if background else by_origin[False]
    stated = {
        (short(quad.subject), short(quad.predicate), short(quad.object))
        for quad in shipped.asserted
        if quad.graph_name == graph
        and not short(quad.subject).startswith("claim/")
        and quad.predicate.value.startswith(IKG)
        and isinstance(quad.object, NamedNode)
    }
    assert stated == wanted
    assert stated


def test_no_triple_of_the_shipped_graph_stands_in_two_of_its_graphs(shipped: Knowledge) -> None:
    graphs: dict[Triple, list[str]] = {}
    for quad in shipped.quads():
        graphs.setdefault(quad.triple, []).append(short(quad.graph_name))
    assert {triple: found for triple, found in graphs.items() if len(found) > 1} == {}


def test_nothing_affects_or_correlates_in_a_plain_triple_of_the_shipped_graph(shipped: Knowledge) -> None:
    verbs = {ikg("affects"), ikg("correlatesWith")}
    assert [
        quad for quad in shipped.quads() if quad.predicate in verbs and quad.graph_name != SCHEMA_GRAPH
    ] == []


# --- categories, claims, links -------------------------------------------------------------------


def test_no_category_is_asserted_of_anything(shipped: Knowledge) -> None:
    ontology, equivalent = shipped.ontology, owl("equivalentClass")
    defined = {kind for kind in ontology.instances(owl("Class")) if ontology.objects(kind, equivalent)}
    types = [quad for quad in shipped.quads() if quad.predicate == RDF_TYPE]
    stated = {quad.object for quad in types if quad.graph_name not in (SCHEMA_GRAPH, INFERRED_GRAPH)}
    assert stated & defined == set()
    assert ikg("Integrin") in stated
    followed = {quad.object for quad in types if quad.graph_name == INFERRED_GRAPH}
    assert ikg("RGDReceptor") in followed & defined


def test_what_is_asserted_is_sorted_and_stands_once(shipped: Knowledge) -> None:
    lines = list(map(str, shipped.asserted))
    assert lines == sorted(set(lines))
    graphs = {SCHEMA_GRAPH, ENTITIES_GRAPH, BACKGROUND_GRAPH, CLAIMS_GRAPH, MAPPINGS_GRAPH}
    assert {quad.graph_name for quad in shipped.asserted} == graphs


def test_every_claim_leads_back_to_its_place_in_the_review_or_to_its_sources(
    shipped: Knowledge, curation: Curation
) -> None:
    found: dict[str, dict[str, set[str]]] = {}
    graphs: dict[str, set[NamedNode]] = {}
    for quad in shipped.asserted:
        if isinstance(quad.subject, NamedNode) and short(quad.subject).startswith("claim/"):
            graphs.setdefault(quad.subject.value, set()).add(quad.graph_name)  # type: ignore[arg-type]
            value = quad.object.value if isinstance(quad.object, (NamedNode, Literal)) else ""
            of = found.setdefault(quad.subject.value, {})
            of.setdefault(quad.predicate.value.removeprefix(IKG), set()).add(value)
    assert set(found) == {claimed.iri for claimed in curation.claims}
    for claimed in curation.claims:
        of = found[claimed.iri]
        assert graphs[claimed.iri] == {BACKGROUND_GRAPH if claimed.sources else CLAIMS_GRAPH}
        assert of["claimPredicate"] == {claimed.predicate}
        assert of["evidenceKind"] == {claimed.evidence.iri}
        if claimed.anchor and claimed.section:
            assert of[DERIVED_FROM.value] == {REVIEW.value}
            assert of["inSection"] == {claimed.section.iri}
            assert of["anchorSha256"] == {claimed.anchor.sha256}
            assert (of["anchorStart"], of["anchorEnd"]) == (
                {str(claimed.anchor.start)},
                {str(claimed.anchor.end)},
            )
        else:
            assert of[DERIVED_FROM.value] == {source.iri for source in claimed.sources} != set()
            assert of.keys().isdisjoint({"inSection", "anchorStart", "anchorEnd", "anchorSha256"})


def mappings(knowledge: Knowledge) -> set[tuple[str, str, str]]:
    return {
        (short(quad.subject), quad.predicate.value, quad.object.value)
        for quad in knowledge.asserted
        if quad.graph_name == MAPPINGS_GRAPH and isinstance(quad.object, NamedNode)
    }


@pytest.mark.parametrize(
    ("thing", "iri"),
    [
        ("subunit/ITGAV", "http://purl.uniprot.org/uniprot/P06756"),
        ("integrin/alphaV-beta3", "http://purl.obolibrary.org/obo/GO_0034683"),
        ("integrin/alphaV-beta3", "http://id.nlm.nih.gov/mesh/D039302"),
        ("gene/ITGA1", "http://identifiers.org/hgnc/6134"),
        ("gene/ITGA1", "http://rdf.ebi.ac.uk/resource/ensembl/ENSG00000213949"),
        ("publication/xiong-2021", "https://doi.org/10.1186/s13045-021-01192-1"),
    ],
)
def test_a_link_out_is_the_iri_that_the_other_dataset_uses(thing: str, iri: str, shipped: Knowledge) -> None:
    assert (thing, EXACT_MATCH.value, iri) in mappings(shipped)


def test_a_name_that_means_less_or_more_is_no_exact_synonym(mini: Mini) -> None:
    mini.add(
        "diseases",
        entity("glioma", "cancer", narrow_synonyms="GBM; oligodendroglioma", broad_synonyms="tumour"),
    )
    found = {
        (quad.predicate.value.rpartition("#")[2], quad.object.value)
        for quad in asserted(mini)
        if quad.subject == NamedNode(BASE + "disease/glioma") and "Synonym" in quad.predicate.value
    }
    assert found == {
        ("hasNarrowSynonym", "GBM"), ("hasNarrowSynonym", "oligodendroglioma"), ("hasBroadSynonym", "tumour"),
    }  # fmt: skip


def test_a_close_match_is_no_exact_one(mini: Mini) -> None:
    mini.change("integrins", 2, exact_match="", close_match="go:0034683")
    mapped = {
        entry for entry in mappings(Knowledge.assemble(mini.write())) if entry[0] == "integrin/alphaV-beta3"
    }
    assert mapped == {
        ("integrin/alphaV-beta3", CLOSE_MATCH.value, "http://purl.obolibrary.org/obo/GO_0034683")
    }


def test_links_out_are_in_the_mappings_graph_alone(shipped: Knowledge) -> None:
    links = {EXACT_MATCH, CLOSE_MATCH}
    assert {quad.graph_name for quad in shipped.asserted if quad.predicate in links} == {
        MAPPINGS_GRAPH,
        SCHEMA_GRAPH,
    }


def numbers_of(mini: Mini, value: str) -> dict[str, str]:
    mini.tables["claims-more"] = [claim("αvβ3", "has length", value=value, unit="nanometre")]
    mini.headers["claims-more"] = mini.headers["claims-function"]
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    return {
        short(quad.predicate): quad.object.value
        for quad in asserted(mini)
        if isinstance(quad.object, Literal) and quad.object.datatype.value == decimal
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("40", {"value": "40"}),
        ("70.05", {"value": "70.05"}),
        ("6.0", {"value": "6.0"}),
        ("<75", {"maxValue": "75"}),
        (">=10", {"minValue": "10"}),
        ("30-100", {"minValue": "30", "maxValue": "100"}),
        ("0.0000001", {"value": "0.0000001"}),
    ],
)
def test_a_number_is_written_as_the_source_has_it(value: str, written: dict[str, str], mini: Mini) -> None:
    assert numbers_of(mini, value) == written


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(0, 10**12, allow_nan=False, places=9))
def test_every_number_is_a_decimal_of_xml_schema(mini: Mini, number: Decimal) -> None:
    written = numbers_of(mini, f"{number:f}")["value"]
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", written)
    assert Decimal(written) == number


def test_two_alpha_subunits_of_one_integrin_are_a_clash(mini: Mini) -> None:
    mini.add("claims-more", claim("αvβ3", "has alpha subunit", "α2"))
    with pytest.raises(ClashError, match=r"has alpha subunit|hasAlphaSubunit"):
        Knowledge.assemble(mini.write())


# --- files ---------------------------------------------------------------------------------------


def test_what_is_retired_keeps_its_iri_and_says_what_to_use_instead(tiny: Knowledge) -> None:
    old = NamedNode(f"{BASE}protein/focal-adhesion-kinase-1")
    assert {(quad.predicate, quad.object) for quad in tiny.asserted if quad.subject == old} == {
        (RDF_TYPE, owl("NamedIndividual")),
        (RDFS_LABEL, Literal("obsolete focal adhesion kinase 1")),
        (owl("deprecated"), Literal("true", datatype=xsd("boolean"))),
        (OBSOLESCENCE_REASON, NamedNode("http://purl.obolibrary.org/obo/IAO_0000227")),
        (REPLACED_BY, NamedNode(f"{BASE}protein/FAK")),
    }
    assert not [quad for quad in tiny.asserted if quad.object == old]


def test_a_definition_follows_the_review_only_where_the_entity_is_the_reviews(shipped: Knowledge) -> None:
    sources = {quad.subject: quad.object for quad in shipped.asserted if quad.predicate == DEFINITION_SOURCE}
    editors = {quad.subject: quad.object for quad in shipped.asserted if quad.predicate == TERM_EDITOR}
    defined = (quad for quad in shipped.asserted if quad.predicate == DEFINITION)
    background = {quad.subject for quad in defined if quad.graph_name == BACKGROUND_GRAPH}
    assert sources[NamedNode(f"{BASE}therapeutic/cilengitide")] == REVIEW
    assert editors[NamedNode(f"{BASE}evidence/in-vivo")] == DEVELOPERS
    assert len(background) > 50
    assert all(editors[term] == DEVELOPERS and term not in sources for term in background)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def build(
    folder: Path, *, hash_seed: str = "0", file_size: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``integrin-kg build`` in a process of its own."""

    def limit() -> None:
        if file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))

    return subprocess.run(
        [sys.executable, "-m", "integrin_kg.cli", "build", "--output", str(folder)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that ``integrin-kg build`` has filled."""
    folder = tmp_path_factory.mktemp("built") / "new" / "build"
    done = build(folder, hash_seed="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.split()) == [str(folder / name) for name in FILES]
    return folder


def test_two_builds_in_two_processes_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    assert build(tmp_path, hash_seed="2").returncode == 0
    first, second = contents(built), contents(tmp_path)
    assert list(first) == list(second) == FILES
    assert [name for name in FILES if first[name] != second[name]] == []


def test_two_builds_in_one_process_are_the_same_bytes(
    shipped: Knowledge, built: Path, tmp_path: Path
) -> None:
    files.write(shipped, tmp_path)
    files.write(shipped, tmp_path)
    assert contents(tmp_path) == contents(built)


def test_the_order_of_the_rows_and_tables_does_not_matter(mini: Mini) -> None:
    first = asserted(mini)
    for rows in mini.tables.values():
        rows.reverse()
    assert asserted(mini) == first
    mini.path("claims-function").rename(mini.path("claims-aaa"))
    again = Knowledge.assemble(mini.folder).asserted
    assert again == first


def ground(graph: rdflib.Graph) -> set[tuple[object, ...]]:
    return {triple for triple in graph if not any(isinstance(term, rdflib.BNode) for term in triple)}


def test_the_owl_file_says_what_the_turtle_file_says(built: Path) -> None:
    xml = rdflib.Graph().parse(built / "integrin-kg.owl", format="xml")
    turtle = rdflib.Graph().parse(built / "integrin-kg.ttl", format="turtle")
    assert len(xml) == len(turtle) > 10000
    assert ground(xml) == ground(turtle)


def test_the_files_say_what_the_graph_says(shipped: Knowledge, built: Path) -> None:
    assert set(parse(path=str(built / "integrin-kg.nq"), format=RdfFormat.N_QUADS)) == set(shipped.quads())
    inferred = {quad.triple for quad in shipped.quads() if quad.graph_name == INFERRED_GRAPH}
    written = parse(path=str(built / "integrin-kg-inferred.ttl"), format=RdfFormat.TURTLE)
    assert {quad.triple for quad in written} == inferred
    assert inferred
    turtle = list(parse(path=str(built / "integrin-kg.ttl"), format=RdfFormat.TURTLE))
    assert len(turtle) == len({quad.triple for quad in shipped.asserted})


def test_everybody_may_read_the_files(built: Path) -> None:
    assert {oct(path.stat().st_mode & 0o444) for path in built.iterdir()} == {"0o444"}


def test_a_build_that_fails_while_writing_leaves_every_old_file_as_it_was(
    built: Path, tmp_path: Path
) -> None:
    sizes = {path.name: path.stat().st_size for path in built.iterdir()}
    assert sizes["integrin-kg.ttl"] < sizes["integrin-kg.owl"]  # which is written second
    for name in FILES:
        (tmp_path / name).write_text("old", "utf-8")
    failed = build(tmp_path, file_size=sizes["integrin-kg.ttl"] + 1)
    assert failed.returncode == 1
    assert contents(tmp_path) == dict.fromkeys(FILES, b"old")
    assert "Traceback" not in failed.stderr
    assert "File too large" in failed.stderr


@pytest.mark.parametrize("where", ["table", "ontology", "clash"])
def test_a_build_from_what_is_wrong_writes_nothing(where: str, mini: Mini, tmp_path: Path) -> None:
    if where == "table":
        mini.change("integrins", 2, definition="")
    if where == "clash":
        mini.add("claims-more", claim("αvβ3", "has alpha subunit", "α2"))
    folder = mini.write()
    if where == "ontology":
        (folder / "integrin.ttl").write_text("<a> <b> .", "utf-8")
    output = tmp_path / "output"
    with pytest.raises((TableError, ClashError, ValueError)):
        files.write(Knowledge.assemble(folder), output)
    assert not output.exists()


def test_text_that_no_xml_can_hold_is_refused_before_it_is_built(mini: Mini) -> None:
    mini.change("integrins", 2, note="a bell\x07")
    assert mini.problems() == ["integrins.tsv:2: note: 'a bell\\x07' holds a control character: take it out"]


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20
    )
)
def test_whatever_text_a_cell_holds_the_xml_and_the_turtle_give_it_back(mini: Mini, note: str) -> None:
    note = note.strip().lstrip('"').strip() or "-"
    mini.tables["integrins"][0]["note"] = note
    mini.headers["integrins"] = mini._header("integrins")
    output = mini.folder.parent / "output"
    files.write(Knowledge.assemble(mini.write()), output)
    for name, form in (("integrin-kg.owl", RdfFormat.RDF_XML), ("integrin-kg.ttl", RdfFormat.TURTLE)):
        about = {
            quad.object.value
            for quad in parse(path=str(output / name), format=form)
            if isinstance(quad.object, Literal) and quad.predicate.value.endswith("editorialNote")
        }
        assert note in about


def test_a_claim_about_a_disease_holds_in_that_disease(shipped: Knowledge) -> None:
    in_disease = {(q.subject, q.object) for q in shipped.asserted if q.predicate == ikg("inDisease")}
    tested = NamedNode(f"{BASE}claim/cilengitide-tested-in-glioblastoma")
    assert (tested, NamedNode(f"{BASE}disease/glioblastoma")) in in_disease
    subtype = NamedNode(f"{BASE}claim/castration-resistant-prostate-cancer-subtype-of-prostate-cancer")
    assert not any(claim == subtype for claim, _ in in_disease)
