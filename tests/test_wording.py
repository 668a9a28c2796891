"""Claims in words: what is said is said the right way round, in the words that readers use, and once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from integrin_kg import tables, wording
from integrin_kg.entity_rows import allowed_values
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.vocab import RDFS_LABEL, ikg
from test_tables import Cells, Mini, claim


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    return Mini(tmp_path)


def titles(mini: Mini, *claims: Cells) -> list[str]:
    mini.add("claims-more", *claims)
    folder = mini.write()
    ontology = Ontology.load(folder)
    found = wording.titles(ontology, tables.load(folder, ontology).claims)
    return [found[cells["claim"]] for cells in claims]


def test_what_a_process_requires_is_required_for_it(mini: Mini) -> None:
    needed = claim("αvβ3", "affects", "metastasis", effect="requires", disease="breast cancer")
    denied = claim("α2β1", "affects", "metastasis", effect="requires", polarity="negative")
    assert titles(mini, needed, denied) == [
        "integrin αvβ3 is required for metastasis in breast cancer",
        "integrin α2β1 is not required for metastasis",
    ]


def test_a_title_has_the_names_of_things_and_words_for_relations(mini: Mini) -> None:
    mini.add("phenotypes", {"name": "patient survival", "class": "phenotype", "slug": "patient-survival"})
    mini.change("phenotypes", 2, definition="How long patients live.")
    said = [
        claim("αvβ3", "correlates with", "patient survival", effect="correlatesPositively", disease="cancer"),
        claim("αvβ3", "co-expressed with", "α2β1"),
        claim("αvβ3", "upregulated in", "breast cancer", polarity="negative"),
        claim("αvβ3", "has length", value="~150", unit="residue"),
        claim("cilengitide", "suppresses in", "cancer", certainty="suggested"),
    ]
    assert titles(mini, *said) == [
        "integrin αvβ3 correlates positively with patient survival in cancer",
        "integrin αvβ3 is co-expressed with integrin α2β1",
        "integrin αvβ3 is not upregulated in breast cancer",
        "integrin αvβ3 has length about 150 residue",
        "cilengitide suppresses in cancer (suggested)",
    ]


def test_of_many_it_is_said_in_the_plural(mini: Mini) -> None:
    mini.add(
        "families",
        {"name": "integrins", "class": "integrin family", "slug": "integrins", "definition": "All."},
    )
    said = [
        claim("integrins", "affects", "metastasis", effect="promotes"),
        claim("integrins", "implicated in", "metastasis"),
        claim("integrins", "has as part", "αv", polarity="negative"),
    ]
    assert titles(mini, *said) == [
        "integrins promote metastasis",
        "integrins are implicated in metastasis",
        "integrins do not have as part integrin subunit αv",
    ]


def test_claims_that_say_the_same_are_told_apart_by_their_context_or_their_place(mini: Mini) -> None:
    same = {"effect": "promotes", "disease": "cancer"}
    said = [
        claim("αvβ3", "affects", "metastasis", **same, claim="a", model="mouse model"),
        claim("αvβ3", "affects", "metastasis", **same, claim="b", anchor="20-30"),
        claim("αvβ3", "affects", "metastasis", **same, claim="c", anchor="40-50"),
    ]
    assert titles(mini, *said) == [
        "integrin αvβ3 promotes metastasis in cancer in mouse model",
        "integrin αvβ3 promotes metastasis in cancer (Introduction, 20-30)",
        "integrin αvβ3 promotes metastasis in cancer (Introduction, 40-50)",
    ]


def test_every_effect_has_words(mini: Mini) -> None:
    assert set(wording.EFFECTS) == set(allowed_values(Ontology.load(mini.write()), ikg("effect")))


def test_no_title_of_the_shipped_graph_is_a_slug_or_is_given_twice(shipped: Knowledge) -> None:
    claims = {quad.subject for quad in shipped.asserted if quad.predicate == ikg("claimPredicate")}
    labels = [
        quad.object.value
        for quad in shipped.asserted
        if quad.predicate == RDFS_LABEL and quad.subject in claims
    ]
    assert len(labels) == len(claims)
    assert not [label for label, count in Counter(labels).items() if count > 1]
    for slug in ("alphaV", "correlatesPositively", "co expressed", " requires "):
        assert not [label for label in labels if slug in label]
