"""The shipped ontology before the judges of the field: the OWL API's DL profile and HermiT."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from entailed import Compared
from integrin_kg import files
from integrin_kg.knowledge import Knowledge
from integrin_kg.reason import reason
from integrin_kg.vocab import CLAIMS_GRAPH, MAPPINGS_GRAPH, RDF_TYPE, SCHEMA_GRAPH, ikg, owl, rdfs
from java_tools import Hermit, dl_violations

Answers = tuple[set[Triple], set[Triple]]

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


@pytest.fixture(scope="module")
def answers(shipped: Knowledge, hermit: Hermit, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What follows from the shipped graph without its claims by the rules, and what HermiT finds to."""
    stated = without_claims(shipped)
    compared = Compared(stated)
    rules = reason((Quad(t.subject, t.predicate, t.object) for t in stated), shipped.rules.rules)
    assert rules.clashes == []
    theirs = hermit.answer(stated, tmp_path_factory.mktemp("shipped") / "entities.owl")
    assert theirs is not None
    return compared.concluded(rules, stated), compared.of(theirs)


def alike(answers: Answers, *predicates: NamedNode, but: bool = False) -> int:
    """Assert that both answers have the same triples under ``predicates`` (``but`` them, if so said);
    return how many."""
    ours, theirs = ({t for t in found if (t.predicate in predicates) != but} for found in answers)
    assert ours - theirs == set()
    assert theirs - ours == set()
    return len(ours)


def test_every_thing_is_of_the_classes_that_hermit_finds(answers: Answers) -> None:
    assert alike(answers, RDF_TYPE) > 1500


def test_the_class_hierarchy_is_hermits(answers: Answers) -> None:
    assert alike(answers, rdfs("subClassOf")) > 100


def test_every_relation_is_one_that_hermit_finds_and_the_reverse(answers: Answers) -> None:
    assert alike(answers, RDF_TYPE, rdfs("subClassOf"), but=True) > 1500


def test_no_class_is_below_all_others_so_each_can_have_members(answers: Answers) -> None:
    below = Counter(t.subject for t in answers[1] if t.predicate == rdfs("subClassOf"))
    assert max(below.values()) < 10


def test_hermit_refuses_an_integrin_with_two_alpha_subunits(
    shipped: Knowledge, hermit: Hermit, tmp_path: Path
) -> None:
    base = "https://w3id.org/integrin-kg/"
    second = Triple(
        NamedNode(f"{base}integrin/alphaV-beta3"), ikg("hasAlphaSubunit"), NamedNode(f"{base}subunit/ITGA4")
    )
    assert hermit.answer([*without_claims(shipped), second], tmp_path / "clash.owl") is None


def test_no_category_is_stated(shipped: Knowledge) -> None:
    defined = {quad.subject for quad in shipped.asserted if quad.predicate == owl("equivalentClass")}
    stated: list[Quad] = [
        quad for quad in shipped.asserted if quad.predicate == RDF_TYPE and quad.object in defined
    ]
    assert len(defined) >= 21
    assert stated == []
