"""The checks of the data: each finds nothing in the graphs, and something where its rule is broken."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Store

from integrin_kg import checks, resources
from integrin_kg.checks import Check
from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import BASE, ENTITIES_GRAPH, PREFIXES

CHECKS = {check.name: check for check in checks.load_all(resources.queries_folder() / "checks")}

AGENT_CLAIM = "<claim/x> a ikg:Claim ; ikg:claimSubject <therapeutic/ouabain> ;"

RETIRED = "<protein/old> owl:deprecated true ; obo:IAO_0000231 obo:IAO_0000227 ;"

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
    "claim-outside-domain-or-range": [
        f"{AGENT_CLAIM} ikg:claimPredicate ikg:hasAffinity ; ikg:claimObject <disease/cancer> .",
        f"{AGENT_CLAIM} ikg:claimPredicate ikg:targets ; ikg:claimObject <disease/cancer> .",
    ],
    "claim-without-object-or-value": [f"{AGENT_CLAIM} ikg:claimPredicate ikg:affects ."],
    "class-badly-defined": [
        """ikg:Odd a owl:Class ; owl:equivalentClass [ a owl:Restriction ; owl:onProperty ikg:bindsLigand ;
               owl:someValuesFrom ikg:Ligand ] .""",
        "ikg:RGDReceptor owl:equivalentClass [ a owl:Class ; owl:unionOf ( ikg:Integrin ) ] .",
    ],
    "class-undeclared": ["<integrin/alphaV-beta3> a ikg:Receptor ."],
    "class-without-superclass": ["ikg:Receptor a owl:Class ."],
    "classes-equivalent-by-accident": [
        "ikg:Integrin owl:equivalentClass ikg:Protein .",
        "ikg:Entity rdfs:subClassOf ikg:Integrin .",
        "ikg:Integrin rdfs:subClassOf owl:Nothing .",
    ],
    "classes-neither-disjoint-nor-overlapping": [
        "ikg:Receptor a owl:Class ; rdfs:subClassOf ikg:Entity .",
        "ikg:Receptor rdfs:subClassOf ikg:Entity ; owl:disjointWith ikg:Gene .",
    ],
    "built-in-term-redefined": ['rdfs:label rdfs:label "name" .', "owl:Thing rdfs:subClassOf ikg:Entity ."],
    "data-property-with-a-thing": ["<subunit/ITGB6> ikg:hasCount <integrin/alphaV-beta6> ."],
    "definition-badly-formed": [
        '<integrin/other> obo:IAO_0000115 "a lower case." .',
        '<integrin/other> obo:IAO_0000115 "No full stop" .',
    ],
    "definition-shared-by-two-terms": [
        '<integrin/other> obo:IAO_0000115 "Anything that a claim can be about." .'
    ],
    "definition-that-only-repeats-the-label": [
        '<integrin/other> rdfs:label "other receptor" ; obo:IAO_0000115 "An other receptor." .'
    ],
    "definition-without-source": [
        '<integrin/other> obo:IAO_0000115 "Some other." .',
        '<integrin/other> obo:IAO_0000115 "Some other." ; obo:IAO_0000117 "somebody" .',
    ],
    "deprecated-term-badly-marked": [
        f'{RETIRED} rdfs:label "old name" .',
        '<protein/old> rdfs:label "obsolete old name" .',
        '<protein/old> rdfs:label "obsolete old name" ; owl:deprecated true .',
        "<protein/old> obo:IAO_0100001 <protein/FAK> .",
        '<protein/old> owl:deprecated "true" .',
    ],
    "deprecated-term-in-use": [
        f"{RETIRED} a ikg:Protein .",
        f"{RETIRED} rdfs:subClassOf ikg:Entity .",
        f"{RETIRED} ikg:interactsWith <protein/FAK> .",
        f"{RETIRED} obo:IAO_0000231 obo:IAO_0000227 . <claim/x> ikg:claimSubject <protein/old> .",
        f"{RETIRED} obo:IAO_0000231 obo:IAO_0000227 . <protein/FAK> <protein/old> <protein/FAK> .",
    ],
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
    "iri-described-nowhere": ["<integrin/alphaV-beta3> ikg:bindsLigand <ligand/nowhere> ."],
    "iri-malformed": [
        "<integrin/alphaV-beta3> skos:closeMatch <http:/nohost/x> .",
        "<integrin/alphaV-beta3> skos:closeMatch <urn:x:y> .",
    ],
    "iri-of-no-known-prefix": [
        "<integrin/alphaV-beta3> skos:closeMatch <http://www.example.org/x> .",
        '<integrin/alphaV-beta3> skos:exactMatch "GO:0034683" .',
    ],
    "label-shared-by-two-terms": [
        '<integrin/other> a owl:NamedIndividual ; rdfs:label "integrin αvβ3" .',
        '<integrin/alphaV-beta3> rdfs:label "vitronectin receptor" .',
        'obo:RO_0002436 rdfs:label "binds ligand", "molecularly interacts with" .',
        '<http://example.org/x> rdfs:label "binds ligand" .',
        'ikg:hasPart rdfs:label "has part" .',  # as BFO's, which it is a close match of
    ],
    "match-both-exact-and-close": [
        "<motif/RGD> skos:exactMatch <https://doi.org/10.1/x> ; skos:closeMatch <https://doi.org/10.1/x> ."
    ],
    "ontology-without-metadata": [
        "<schema/other> a owl:Ontology .",
        '<schema> dcterms:title "Another title" .',
        '<schema> dcterms:license "CC BY" .',
        "<schema> owl:versionIRI <schema/0.0.9> .",
    ],
    "plain-triple-without-claim": [
        # It is said of tumour vessels only.
        "<integrin/alphaV-beta3> ikg:bindsLigand <ligand/vitronectin> .",
        # It is denied.
        "<subunit/ITGA6> ikg:hasDomain <domain/alphaI> .",
        # Nothing is said of it.
        "<integrin/alphaV-beta8> ikg:bindsLigand <ligand/TGFbeta> .",
    ],
    "property-below-an-undescribed-one": [
        "ikg:targets rdfs:subPropertyOf obo:RO_0002436 .",
        'obo:RO_0002436 a owl:ObjectProperty ; rdfs:label "x" ; obo:IAO_0000115 "X." .'
        " ikg:targets rdfs:subPropertyOf obo:RO_0002436 .",
    ],
    "property-undeclared": ["<integrin/alphaV-beta3> ikg:likes <integrin/alphaV-beta5> ."],
    "property-without-domain-or-range": [
        "ikg:likes a owl:ObjectProperty .",
        "ikg:likes a owl:ObjectProperty ; rdfs:domain ikg:Entity .",
        "ikg:likes a owl:DatatypeProperty ; rdfs:range xsd:string .",
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
        "<integrin/alphaV-beta6> ikg:implicatedIn <disease/colon-cancer> .",
        # It is only suggested.
        "<integrin/alphaV-beta6> ikg:suppressesIn <disease/cancer> . <claim/x> ikg:certainty 'suggested' ;"
        " ikg:claimSubject <integrin/alphaV-beta6> ; ikg:claimPredicate ikg:suppressesIn ;"
        " ikg:claimObject <disease/cancer> ; ikg:polarity 'positive' .",
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
    "synonym-given-twice": [
        '<integrin/alphaV-beta3> oboInOwl:hasExactSynonym "integrin αvβ3" .',
        '<integrin/alphaV-beta3> oboInOwl:hasExactSynonym "x" ; oboInOwl:hasBroadSynonym "x" .',
    ],
    "synonym-of-no-scope": [
        '<integrin/alphaV-beta3> ikg:hasSynonym "x" .',
        '<integrin/alphaV-beta3> skos:altLabel "x" .',
    ],
    "synonym-shared-by-two-terms": [
        '<integrin/alphaV-beta3> oboInOwl:hasExactSynonym "integrin αvβ5" .',
        """<integrin/alphaV-beta3> oboInOwl:hasExactSynonym "x" .
           <integrin/alphaV-beta5> oboInOwl:hasExactSynonym "x" .""",
    ],
    "term-of-two-kinds": [
        "ikg:Integrin a owl:NamedIndividual .",
        "ikg:targets a owl:DatatypeProperty .",
    ],
    "term-without-label-or-definition": [
        '<integrin/alphaV-beta3> obo:IAO_0000115 "Another definition." .',
        '<integrin/other> a owl:NamedIndividual ; rdfs:label "" ; obo:IAO_0000115 "Some other." .',
        '<integrin/other> a owl:NamedIndividual ; rdfs:label "other" .',
        '<integrin/other> a owl:NamedIndividual ; obo:IAO_0000115 "Some other." .',
        "ikg:likes a owl:ObjectProperty .",
    ],
    "text-badly-spaced": [
        '<integrin/alphaV-beta3> skos:editorialNote "two  spaces" .',
        '<integrin/alphaV-beta3> skos:editorialNote "behind " .',
        '<integrin/alphaV-beta3> skos:editorialNote "a\\u00A0b" .',
        '<integrin/alphaV-beta3> skos:editorialNote "a\\tb" .',
    ],
    "text-with-language-tag": ['<integrin/alphaV-beta3> skos:editorialNote "a"@en .'],
    "thing-related-to-itself": ["<integrin/alphaV-beta3> ikg:interactsWith <integrin/alphaV-beta3> ."],
}
"""For each check what breaks its rule, in Turtle: each alone is to be found once it is stated among
the entities of the tiny graph."""

HEADER = f"@base <{BASE}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())

every_check = pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)


def violations(store: Store, check: Check) -> list[list[object]]:
    """Return the rows that a check finds."""
    found = checks.violations(store, check)
    return found.rows if found else []


def test_every_check_has_violations_and_all_violations_a_check() -> None:
    assert set(CHECKS) == set(VIOLATIONS)
    assert all(VIOLATIONS.values())


@every_check
def test_first_line_says_the_rule(check: Check) -> None:
    assert check.text.startswith(f"# {check.rule}\n")
    assert check.rule.endswith(".")


@every_check
def test_shipped_graph_keeps_the_rule(check: Check, shipped_store: Store) -> None:
    assert violations(shipped_store, check) == []


@every_check
def test_tiny_graph_keeps_the_rule(check: Check, tiny_store: Store) -> None:
    # The tiny graph has neither every chain and family that an axiom names nor a description of itself.
    left_out = {f"{BASE}{term}" for term in ("subunit/ITGB2", "family/beta2-integrins", "dataset")}
    found = [row for row in violations(tiny_store, check) if str(row[0]).strip("<>") not in left_out]
    assert found == []


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
