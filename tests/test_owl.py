"""The shipped ontology before the judges of the field: the OWL API's DL profile and HermiT."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import owlready2
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from integrin_kg import files
from integrin_kg.knowledge import Knowledge
from integrin_kg.reason import reason
from integrin_kg.vocab import CLAIMS_GRAPH, IKG, MAPPINGS_GRAPH, RDF_TYPE, SCHEMA_GRAPH, ikg, owl
from java_tools import dl_violations, hermit

pytestmark = pytest.mark.filterwarnings("ignore")


def written(triples: list[Triple], path: Path) -> Path:
    serialize(triples, str(path), RdfFormat.RDF_XML)
    return path


def without_claims(knowledge: Knowledge) -> list[Triple]:
    # Claims have no axiom of their own to prove, and take HermiT five times as long.
    graphs = (CLAIMS_GRAPH, MAPPINGS_GRAPH)
    return [quad.triple for quad in knowledge.asserted if quad.graph_name not in graphs]


def test_the_whole_graph_is_in_owl_2_dl(shipped: Knowledge, tmp_path: Path) -> None:
    files.write(shipped, tmp_path)
    assert dl_violations(tmp_path / "integrin-kg.owl") == []


def test_the_profile_check_sees_a_violation(shipped: Knowledge, tmp_path: Path) -> None:
    # actsOn has a chain, so it is not simple, and OWL 2 DL forbids a cardinality on it (section 11.2).
    broken = [
        *(quad.triple for quad in shipped.asserted if quad.graph_name == SCHEMA_GRAPH),
        Triple(ikg("actsOn"), RDF_TYPE, owl("FunctionalProperty")),
    ]
    assert dl_violations(written(broken, tmp_path / "broken.owl")) != []


def test_hermit_finds_it_consistent_and_classifies_as_the_rules_do(
    shipped: Knowledge, tmp_path: Path
) -> None:
    world = hermit(written(without_claims(shipped), tmp_path / "entities.owl"))
    assert list(world.inconsistent_classes()) == []
    by_hermit = {
        (individual.iri, cls.iri) for cls in world.classes() for individual in cls.instances(world=world)
    }
    stated_and_inferred = defaultdict(set)
    for quad in shipped.quads():
        if quad.predicate == RDF_TYPE and isinstance(quad.subject, NamedNode):
            stated_and_inferred[quad.object.value].add(quad.subject.value)
    by_rules = {
        (individual, cls.iri) for cls in world.classes() for individual in stated_and_inferred[cls.iri]
    }
    claims = {s for s, c in by_rules if c == f"{IKG}Claim"}
    by_rules, by_hermit = ({(s, c) for s, c in found if s not in claims} for found in (by_rules, by_hermit))
    assert by_rules == by_hermit


def test_hermit_refuses_an_integrin_with_two_alpha_subunits(shipped: Knowledge, tmp_path: Path) -> None:
    base = "https://w3id.org/integrin-kg/"
    second = Triple(
        NamedNode(f"{base}integrin/alphaV-beta3"), ikg("hasAlphaSubunit"), NamedNode(f"{base}subunit/ITGA4")
    )
    path = written([*without_claims(shipped), second], tmp_path / "clash.owl")
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        hermit(path)


def test_no_category_is_stated(shipped: Knowledge) -> None:
    defined = {quad.subject for quad in shipped.asserted if quad.predicate == owl("equivalentClass")}
    stated: list[Quad] = [
        quad for quad in shipped.asserted if quad.predicate == RDF_TYPE and quad.object in defined
    ]
    assert len(defined) >= 21
    assert stated == []


def local(iri: str) -> str:
    return iri.removeprefix(IKG)


def test_the_class_hierarchy_is_hermits(shipped: Knowledge, tmp_path: Path) -> None:
    world = hermit(written(without_claims(shipped), tmp_path / "hierarchy.owl"))
    ours = {cls.iri for cls in world.classes() if cls.iri.startswith(IKG)}
    theirs = {
        (local(cls.iri), local(above.iri))
        for cls in world.classes()
        for above in cls.ancestors()
        if cls.iri in ours and above.iri in ours and above is not cls
    }
    reasoner = reason(shipped.asserted, shipped.rules.rules)
    thing = NamedNode("http://example.org/thing")
    found = set()
    for iri in ours:
        reasoner.add([Triple(thing, RDF_TYPE, NamedNode(iri))])
        above = {term.value for term in reasoner.objects(thing, RDF_TYPE) if isinstance(term, NamedNode)}
        found |= {(local(iri), local(other)) for other in above if other != iri and other in ours}
        reasoner.retract([Triple(thing, RDF_TYPE, NamedNode(iri))])
    assert found == theirs


def test_what_hermit_finds_of_properties_the_rules_find(shipped: Knowledge, tmp_path: Path) -> None:
    world = hermit(written(without_claims(shipped), tmp_path / "properties.owl"))
    held = {
        (q.subject.value, q.predicate.value, q.object.value)
        for q in shipped.quads()
        if isinstance(q.object, NamedNode)
    }
    theirs = {
        (subject.iri, prop.iri, value.iri)
        for prop in world.object_properties()
        for subject, value in prop.get_relations()
        if prop.iri.startswith(IKG)
    }
    assert len(theirs) > 500
    assert theirs - held == set()
