"""Which allocator the processes that hold the statements have."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrin_kg.engine import allocator


def test_what_is_preloaded_is_there() -> None:
    found = allocator.environment()
    if not found:
        pytest.fail("jemalloc is missing, so nothing was checked: apt-get install libjemalloc2")
    assert Path(found["LD_PRELOAD"]).is_file()


def test_where_it_is_not_nothing_is_preloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(allocator, "_FOLDERS", (str(tmp_path), str(tmp_path / "none")))
    assert allocator.environment() == {}


def test_the_wish_of_whoever_starts_the_service_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "")
    assert allocator.environment() == {}
