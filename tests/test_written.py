"""A build read back: the same knowledge, with nothing concluded again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from integrin_kg import files, written
from integrin_kg.knowledge import Knowledge
from integrin_kg.reason import Reasoner
from integrin_kg.vocab import BASE, RDF_TYPE, ikg


@pytest.fixture(scope="module")
def path(shipped: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(p for p in files.write(shipped, tmp_path_factory.mktemp("build")) if p.suffix == ".nq")


@pytest.fixture(scope="module")
def back(path: Path) -> Knowledge:
    return written.read(path)


def test_what_is_read_back_is_what_was_built(shipped: Knowledge, back: Knowledge) -> None:
    assert set(back.quads()) == set(shipped.quads())
    assert back.asserted == shipped.asserted
    assert back.support == shipped.support
    assert back.shipped == shipped.shipped
    assert sorted(rule.words for rule in back.rules.rules) == sorted(
        rule.words for rule in shipped.rules.rules
    )
    assert back.names().iri("integrin αvβ3") == f"{BASE}integrin/alphaV-beta3"


def test_the_proof_of_every_inferred_triple_is_the_same(shipped: Knowledge, back: Knowledge) -> None:
    assert shipped.inference
    explained = [t for t in shipped.inference.triples() if isinstance(t.object, NamedNode)]
    assert len(explained) > 2000
    for triple in explained[::100]:
        assert back.explainer().explain(triple) == shipped.explainer().explain(triple)


def test_nothing_is_concluded_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def concludes(*_: object) -> object:
        raise AssertionError("a rule was fired")

    monkeypatch.setattr(Reasoner, "_firings", concludes)
    assert len(written.read(path).inference or ()) > 2000


def test_a_fact_more_is_reasoned_over(path: Path) -> None:
    inference = written.read(path).inference
    assert inference
    new = NamedNode(f"{BASE}integrin/new")
    added = inference.add(
        [
            Triple(new, RDF_TYPE, ikg("Integrin")),
            Triple(new, ikg("hasAlphaSubunit"), NamedNode(f"{BASE}subunit/ITGAV")),
            Triple(new, ikg("recognizesMotif"), NamedNode(f"{BASE}motif/RGD")),
        ]
    ).added
    assert Triple(new, RDF_TYPE, ikg("RGDReceptor")) in added


def test_without_reasoning_nothing_explains(path: Path) -> None:
    with pytest.raises(ValueError, match="reasoning is off"):
        written.read(path, reasoning=False).explainer()


@pytest.mark.parametrize(
    ("text", "said"),
    [("<a", "x.nq:1: "), ("<x:s> <x:p> <x:o> .", "nothing in the graph"), ("", "nothing in the graph")],
)
def test_a_file_that_no_build_wrote_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.nq").write_text(text)
    with pytest.raises(written.NotWrittenError, match=said) as raised:
        written.read(tmp_path / "x.nq")
    assert "integrin-kg build" in str(raised.value)
    assert str(tmp_path / "x.nq") in str(raised.value)
