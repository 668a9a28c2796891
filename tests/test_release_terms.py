"""The terms that were released once: none may vanish."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from conftest import ROOT
from integrin_kg.knowledge import Knowledge
from integrin_kg.release.terms import keep_promises, write
from integrin_kg.releases import DEPRECATED, Release, ReleaseError, write_terms
from integrin_kg.vocab import BASE, ENTITIES_GRAPH

RGD = NamedNode(f"{BASE}motif/RGD")


@pytest.fixture
def past(tiny: Knowledge, tmp_path: Path) -> Path:
    """A folder with the list of a release of the tiny graph."""
    write_terms(Release.of("", tiny.quads()), tmp_path / "0.0.1.tsv")
    return tmp_path


def test_no_term_of_a_past_release_has_vanished(shipped: Knowledge, tmp_path: Path) -> None:
    lists = list((ROOT / "ontology" / "releases").glob("*.tsv"))
    assert lists
    write(shipped, tmp_path / "terms.tsv")
    with (tmp_path / "terms.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    kinds = {row["iri"].removeprefix(BASE): row["kind"] for row in rows}
    assert kinds["schema/RGDReceptor"] == "class"
    assert kinds["integrin/alphaV-beta3"] == "Integrin"
    assert len(kinds) == len(rows)


def test_a_term_that_vanished_is_named_with_the_release_that_had_it(tiny: Knowledge, past: Path) -> None:
    now = Release.of("", (quad for quad in tiny.quads() if quad.subject != RGD))
    with pytest.raises(ReleaseError, match=r"RecognitionMotif RGD <.*motif/RGD>, released in 0\.0\.1"):
        keep_promises(now, past)


def test_a_term_that_is_deprecated_keeps_the_promise(tiny: Knowledge, past: Path) -> None:
    retired = Quad(RGD, DEPRECATED, Literal(True), ENTITIES_GRAPH)
    keep_promises(Release.of("", [*tiny.quads(), retired]), past)


def test_what_was_never_released_promises_nothing(tiny: Knowledge, tmp_path: Path) -> None:
    keep_promises(Release.of("", ()), None)
    keep_promises(Release.of("", ()), tmp_path)
