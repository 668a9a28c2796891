"""The checks of the data: each finds nothing in the graphs, and something where its rule is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import QuerySolution, QuerySolutions, RdfFormat, Store

from integrin_kg import resources
from integrin_kg.engine.evaluation import evaluate
from integrin_kg.engine.messages import Query
from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import BASE, ENTITIES_GRAPH, PREFIXES

CHECKS = {path.stem: path for path in sorted((resources.queries_folder() / "checks").glob("*.rq"))}

AGENT_CLAIM = "<claim/x> a ikg:Claim ; ikg:claimSubject <therapeutic/ouabain> ;"

VIOLATIONS = {
    "agent-acting-on-a-denied-target": [
        """<claim/x> ikg:claimSubject <therapeutic/abituzumab> ; ikg:claimPredicate ikg:targets ;
               ikg:claimObject <integrin/alphaV-beta8> ; ikg:polarity "negative" ."""
    ],
    "category-stated": [
        "<integrin/alpha4-beta1> a ikg:RGDReceptor .",
        "<therapeutic/natalizumab> a ikg:LDVReceptorAgent .",
    ],
    "claim-affirmed-and-denied": [
        f"""{AGENT_CLAIM} ikg:claimPredicate ikg:decreasesExpressionOf ; ikg:claimObject <subunit/ITGA4> ;
               ikg:polarity "negative" ; ikg:inDisease <disease/breast-cancer> ;
               ikg:inModel <model/cell-culture> .""",
        """<claim/x> a ikg:Claim ; ikg:claimSubject <integrin/alphaV-beta6> ; ikg:claimPredicate ikg:affects ;
               ikg:effect "requires" ; ikg:claimObject <process/tumor-growth> ; ikg:polarity "positive" ;
               ikg:inDisease <disease/triple-negative-breast-cancer> .""",
    ],
    "claim-anchor-malformed": [
        f'<claim/x> ikg:anchorStart 7 ; ikg:anchorEnd 7 ; ikg:anchorSha256 "{"0" * 64}" .',
        f'<claim/x> ikg:anchorStart -1 ; ikg:anchorEnd 7 ; ikg:anchorSha256 "{"0" * 64}" .',
        '<claim/x> ikg:anchorStart 6 ; ikg:anchorEnd 7 ; ikg:anchorSha256 "00" .',
    ],
    "claim-contradicting-itself": [
        "<claim/x> a ikg:Claim ; ikg:contradicts <claim/x> .",
        "<claim/x> a ikg:Claim ; ikg:contradicts <disease/cancer> .",
    ],
    "claim-flattened-without-effect": [
        "<integrin/alphaV-beta6> ikg:affects <process/metastasis> .",
        "<gene/ITGAV> ikg:correlatesWith <phenotype/overall-survival> .",
    ],
    "claim-incomplete": [
        f"""{AGENT_CLAIM} ikg:claimPredicate ikg:affects ; ikg:evidenceKind <evidence/in-vivo> ;
               ikg:inSection <section/Tumours> ; ikg:anchorStart 1 ; ikg:anchorEnd 2 ; ikg:anchorSha256 "00" ;
               prov:wasDerivedFrom <publication/xiong-2021> .""",
        f"""{AGENT_CLAIM} ikg:claimPredicate ikg:affects ; ikg:evidenceKind <evidence/in-vivo> ;
               ikg:inSection <section/Tumours> ; ikg:polarity "positive" ;
               prov:wasDerivedFrom <publication/xiong-2021> .""",
    ],
    "claim-number-malformed": [
        '<claim/x> a ikg:Claim ; ikg:minValue 35.0 ; ikg:maxValue 30.0 ; ikg:unit "percent" .',
        "<claim/x> a ikg:Claim ; ikg:value 35.0 .",
        '<claim/x> a ikg:Claim ; ikg:unit "percent" .',
    ],
    "claim-without-object-or-value": [f"{AGENT_CLAIM} ikg:claimPredicate ikg:affects ."],
    "data-property-with-a-thing": ["<subunit/ITGB6> ikg:hasCount <integrin/alphaV-beta6> ."],
    "exact-match-shared": ["<subunit/ITGB1> skos:exactMatch <http://purl.uniprot.org/uniprot/P06756> ."],
    "gene-that-encodes-nothing": [
        '<gene/ITGB8> a ikg:Gene ; ikg:geneSymbol "ITGB8" .',
        '<gene/ITGB8> a ikg:Gene ; ikg:geneSymbol "ITGB8" ; ikg:encodes <subunit/ITGB1> .',
    ],
    "integrin-in-no-ligand-category": ["<integrin/alpha9-beta1> a ikg:Integrin ."],
    "integrin-of-unknown-pair": [
        """<integrin/alpha6-beta3> a ikg:Integrin ; ikg:hasAlphaSubunit <subunit/ITGA6> ;
               ikg:hasBetaSubunit <subunit/ITGB3> ."""
    ],
    "integrin-without-its-two-chains": [
        "<integrin/alpha9-beta1> a ikg:Integrin ; ikg:hasBetaSubunit <subunit/ITGB1> .",
        "<integrin/alphaV-beta3> ikg:hasBetaSubunit <subunit/ITGB5> .",
    ],
    "label-shared-by-two-entities": [
        '<integrin/other> a owl:NamedIndividual ; rdfs:label "integrin αvβ3" .',
        '<integrin/alphaV-beta3> rdfs:label "vitronectin receptor" .',
    ],
    "plain-triple-without-claim": [
        # It is said of tumour vessels only.
        "<integrin/alphaV-beta3> ikg:bindsLigand <ligand/vitronectin> .",
        # It is denied.
        "<subunit/ITGA6> ikg:hasDomain <domain/alphaI> .",
        # Nothing is said of it.
        "<integrin/alphaV-beta8> ikg:bindsLigand <ligand/TGFbeta> .",
    ],
    "reference-without-publication": [
        "<claim/x> ikg:citesReference <publication/xiong-2021-ref-999> .",
        "<claim/x> ikg:referenceNumber 999 .",
        "<publication/other> a ikg:Publication ; ikg:referenceNumber 46 .",
    ],
    "role-in-disease-without-claim": [
        "<integrin/alphaV-beta6> ikg:suppressesIn <disease/cancer> .",
        "<integrin/alphaV-beta6> ikg:promotesIn <disease/triple-negative-breast-cancer> .",
        "<subunit/ITGA6> ikg:stemCellMarkerIn <disease/colon-cancer> .",
    ],
    "subtype-of-itself": [
        "<disease/cancer> ikg:subtypeOf <disease/cancer> .",
        "<disease/cancer> ikg:subtypeOf <disease/breast-cancer> .",
    ],
    "subunit-in-no-integrin": ["<subunit/ITGA9> a ikg:AlphaSubunit ."],
    "subunit-in-the-wrong-slot": [
        "<integrin/alphaV-beta3> ikg:hasBetaSubunit <subunit/ITGA2> .",
        "<integrin/alphaV-beta3> ikg:hasAlphaSubunit <subunit/ITGB8> .",
    ],
    "term-without-label-or-definition": [
        '<integrin/other> a owl:NamedIndividual ; rdfs:label "other" .',
        '<integrin/other> a owl:NamedIndividual ; obo:IAO_0000115 "Some other." .',
        "ikg:likes a owl:ObjectProperty .",
    ],
}
"""For each check what breaks its rule, in Turtle: each alone is to be found once it is stated among
the entities of the tiny graph."""

HEADER = f"@base <{BASE}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

every_check = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)


def violations(store: Store, check: Path) -> list[QuerySolution]:
    """Return what a check finds, as the engine would."""
    query = Query(check.read_text("utf-8"), "application/sparql-results+json", "text/turtle")
    results, _ = evaluate(store, query)
    assert isinstance(results, QuerySolutions)
    return list(results)


def test_every_check_has_violations_and_all_violations_a_check() -> None:
    assert set(CHECKS) == set(VIOLATIONS)
    assert all(VIOLATIONS.values())


@every_check
def test_first_line_says_the_rule(check: Path) -> None:
    first = check.read_text("utf-8").splitlines()[0]
    assert first.startswith("# ")
    assert first.endswith(".")


@every_check
def test_shipped_graph_keeps_the_rule(check: Path, shipped_store: Store) -> None:
    assert violations(shipped_store, check) == []


@every_check
def test_tiny_graph_keeps_the_rule(check: Path, tiny_store: Store) -> None:
    assert violations(tiny_store, check) == []


@pytest.mark.parametrize(
    ("name", "turtle"), [(name, each) for name in VIOLATIONS for each in VIOLATIONS[name]]
)
def test_broken_rule_is_found(name: str, turtle: str, tiny: Knowledge) -> None:
    store = tiny.store()
    store.load((HEADER + turtle).encode("utf-8"), format=RdfFormat.TURTLE, to_graph=ENTITIES_GRAPH)
    assert violations(store, CHECKS[name])


def test_contradiction_that_is_linked_is_content(tiny: Knowledge) -> None:
    linked = VIOLATIONS["claim-affirmed-and-denied"][1] + (
        "<claim/x> ikg:contradicts"
        " <claim/alphaV-beta6-not-requires-tumor-growth-in-triple-negative-breast-cancer> ."
    )
    store = tiny.store()
    store.load((HEADER + linked).encode("utf-8"), format=RdfFormat.TURTLE, to_graph=ENTITIES_GRAPH)
    assert violations(store, CHECKS["claim-affirmed-and-denied"]) == []
