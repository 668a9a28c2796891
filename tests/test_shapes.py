"""The SHACL shapes: the shipped graph conforms, and each shape refuses a row that breaks it."""

from __future__ import annotations

import pytest
import rdflib
from pyoxigraph import RdfFormat, serialize
from pyshacl import validate
from rdflib.namespace import RDF, SH

from integrin_kg import resources
from integrin_kg.knowledge import Knowledge

SHAPES = rdflib.Graph().parse(resources.ontology_folder() / "shapes.ttl")
SHAPE = rdflib.Namespace("https://w3id.org/integrin-kg/shape/")

PREFIXES = """
@prefix : <http://example.org/> .
@prefix ikg: <https://w3id.org/integrin-kg/schema/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ikg:AlphaSubunit rdfs:subClassOf ikg:Subunit . ikg:BetaSubunit rdfs:subClassOf ikg:Subunit .
ikg:Subunit rdfs:subClassOf ikg:Entity . ikg:Integrin rdfs:subClassOf ikg:Entity .
"""

# For each shape one thing that it must refuse.
VIOLATIONS = {
    "Labelled": ':x a owl:NamedIndividual ; rdfs:label "one" , "another" .',
    "Defined": ":x a ikg:Integrin .",
    "Integrin": ":x a ikg:Integrin ; ikg:hasAlphaSubunit :b ; ikg:hasBetaSubunit :b . :b a ikg:BetaSubunit .",
    "Subunit": ':x a ikg:AlphaSubunit ; ikg:geneSymbol "ITGAV" .',
    "Gene": ":x a ikg:Gene .",
    "Motif": ":x ikg:recognizesMotif :laminin . :laminin a ikg:Ligand .",
    "Target": ":x ikg:targets :egfr . :egfr a ikg:Protein .",
    "Therapeutic": ":x a ikg:Therapeutic ; ikg:targets :b ; ikg:actsAgainst :b . :b a ikg:BetaSubunit .",
    "Role": ':x a ikg:Phenotype ; ikg:tumourRole "bad" .',
    "Subtype": ':x ikg:subtypeOf "cancer" .',
    "Publication": ":x ikg:referenceNumber 12 .",
    "Claim": ':x a ikg:Claim ; ikg:polarity "maybe" .',
    "Review": ":x a ikg:Claim ; prov:wasDerivedFrom <https://w3id.org/integrin-kg/publication/xiong-2021> .",
    "Anchor": ":x ikg:inSection :s ; ikg:anchorStart 20 ; ikg:anchorEnd 10 .",
    "Says": ":x a ikg:Claim ; ikg:claimSubject :s .",
    "Quantity": ':x ikg:unit "percent" .',
    "Effect": ":x a ikg:Claim ; ikg:claimPredicate ikg:affects ; ikg:claimObject :o .",
}


def refusing(data: rdflib.Graph) -> set[str]:
    """Return the names of the node shapes that refuse ``data``."""
    _, report, _ = validate(data, shacl_graph=SHAPES)
    sources = {
        report.value(result, SH.sourceShape) for result in report.subjects(RDF.type, SH.ValidationResult)
    }
    names = {str(s).removeprefix(SHAPE) for s in sources if isinstance(s, rdflib.URIRef)}
    owners = {owner for source in sources for owner in SHAPES.subjects(SH.property, source)}
    return names | {str(owner).removeprefix(SHAPE) for owner in owners}


def test_the_shipped_graph_conforms(shipped: Knowledge) -> None:
    triples = serialize({quad.triple for quad in shipped.asserted}, format=RdfFormat.N_TRIPLES)
    conforms, _, report = validate(
        rdflib.Graph().parse(data=triples, format="nt"), shacl_graph=SHAPES, inplace=True
    )
    assert conforms, report


def test_every_shape_has_a_violation_to_refuse() -> None:
    named = {str(shape).removeprefix(SHAPE) for shape in SHAPES.subjects(RDF.type, SH.NodeShape)}
    assert named == set(VIOLATIONS)


@pytest.mark.parametrize("shape", VIOLATIONS)
def test_each_shape_refuses_what_breaks_it(shape: str) -> None:
    assert shape in refusing(rdflib.Graph().parse(data=PREFIXES + VIOLATIONS[shape], format="turtle"))
