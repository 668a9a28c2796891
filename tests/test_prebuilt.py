"""What was built once is opened thereafter, and never where anything has changed."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import IO

import pytest

from integrin_kg import prebuilt, resources
from integrin_kg.knowledge import Knowledge


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(prebuilt.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, shipped: Knowledge) -> list[object]:
    """The builds that are made, each of which gives the shipped graph."""
    made: list[object] = []

    def assemble(**options: object) -> Knowledge:
        made.append(options)
        return shipped

    monkeypatch.setattr(Knowledge, "assemble", assemble)
    return made


def test_the_second_time_it_is_opened(cache: Path, builds: list[object]) -> None:
    first, second = prebuilt.knowledge(), prebuilt.knowledge()
    assert len(builds) == 1
    assert set(first.quads()) == set(second.quads())
    assert len(list(cache.iterdir())) == 1


def test_other_options_are_another_graph(cache: Path, builds: list[object]) -> None:
    prebuilt.knowledge()
    prebuilt.knowledge(reasoning=False)
    prebuilt.knowledge(as_stored=True)
    assert len(builds) == 3
    assert len(list(cache.iterdir())) == 3


def test_a_changed_source_is_built(
    cache: Path, builds: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(resources.ontology_folder(), folder)
    monkeypatch.setattr(resources, "ontology_folder", lambda: folder)
    prebuilt.knowledge()
    table = folder / "data" / "ligands.tsv"
    table.write_text(table.read_text("utf-8") + "\n", "utf-8")
    prebuilt.knowledge()
    assert len(builds) == 2


def test_other_code_builds(cache: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    prebuilt.knowledge()
    monkeypatch.setattr(prebuilt, "_built_by", lambda: "another")
    prebuilt.knowledge()
    assert len(builds) == 2


def test_with_an_ontology_of_ones_own_it_is_built(cache: Path, builds: list[object], tmp_path: Path) -> None:
    prebuilt.knowledge(beside=[tmp_path / "own.ttl"])
    prebuilt.knowledge(beside=[tmp_path / "own.ttl"])
    assert len(builds) == 2
    assert not cache.exists()


def test_an_empty_variable_keeps_nothing(
    cache: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(prebuilt.VARIABLE, "")
    prebuilt.knowledge()
    prebuilt.knowledge()
    assert len(builds) == 2
    assert not cache.exists()


def test_where_nothing_can_be_kept_it_is_built(cache: Path, builds: list[object]) -> None:
    cache.write_text("a file, and no folder")
    assert prebuilt.knowledge() is prebuilt.knowledge()
    assert len(builds) == 2


def test_a_file_that_is_broken_is_built_anew(cache: Path, builds: list[object]) -> None:
    prebuilt.knowledge()
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text("utf-8")[:-40], "utf-8")
    prebuilt.knowledge()
    assert len(builds) == 2
    prebuilt.knowledge()
    assert len(builds) == 2


def test_a_full_disk_keeps_no_half_of_a_file(
    cache: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(quads: object, file: IO[bytes], format: object) -> None:
        file.write(b"<urn:x:half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(prebuilt, "serialize", full)
    prebuilt.knowledge()
    assert len(builds) == 1
    assert list(cache.iterdir()) == []


def test_old_ones_go(cache: Path, builds: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        monkeypatch.setattr(prebuilt, "_built_by", lambda number=number: str(number))
        prebuilt.knowledge()
    assert len(list(cache.iterdir())) == 8
