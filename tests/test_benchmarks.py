"""What is measured against each other is the same thing."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from pyoxigraph import QuerySolutions, Store

from conftest import ROOT
from integrin_kg.vocab import INFERRED_GRAPH


def module(name: str) -> ModuleType:
    """A module of bench-serve."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / "serving" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_a_category_and_the_path_that_stands_for_it_have_the_same_members(shipped_store: Store) -> None:
    asked = module("questions").QUESTIONS
    (category,), (path,) = (asked[name].queries for name in ("category", "category-by-path"))
    stated = [graph for graph in shipped_store.named_graphs() if graph != INFERRED_GRAPH]
    inferred = shipped_store.query(category, use_default_graph_as_union=True)
    told = shipped_store.query(path, default_graph=stated, named_graphs=stated)
    assert isinstance(inferred, QuerySolutions)
    assert isinstance(told, QuerySolutions)
    members = {str(agent) for (agent,) in inferred}
    assert len(members) > 10
    assert members == {str(agent) for (agent,) in told}
    assert not list(shipped_store.query(category, default_graph=stated, named_graphs=stated)), "it is stated"


@dataclass(frozen=True)
class Measured:
    rate: float
    p50: float = 1.0
    p99: float = 2.0
    cpu: float = 0.5


def test_a_ratio_is_of_one_round_and_its_range_is_told() -> None:
    loads = {
        ("point", 8, "ours"): [Measured(50), Measured(90), Measured(30)],
        ("point", 8, "memory"): [Measured(100), Measured(100), Measured(100)],
        ("point", 8, "gone"): [Measured(0)],
    }
    told = module("report").report(loads, ["ours", "memory", "gone"], {"ours": 5 * 1024**2})
    assert "| point | 8 | 0.50 (0.30-0.90) | 0.0 (0.0-0.0) |" in told
    assert "| point | 8 | 50 | 1.0 | 2.0 | 0.50 |" in told
    assert "| ours | 5 |" in told


def test_what_was_measured_takes_the_place_of_what_was_before(tmp_path: Path) -> None:
    document, put = tmp_path / "x.md", module("report").put
    document.write_text("a\n<!-- measured -->\nold\n<!-- /measured -->\nb\n")
    put("new", document)
    put("newer", document)
    assert document.read_text() == "a\n<!-- measured -->\n\nnewer\n\n<!-- /measured -->\nb\n"


def test_a_document_without_a_place_for_it_is_not_touched(tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text("<!-- measured -->")
    with pytest.raises(ValueError, match=r"x\.md has no place"):
        module("report").put("new", document)
    assert document.read_text() == "<!-- measured -->"
