"""What is installed works: from a wheel that carries its data, and from an editable checkout."""

from __future__ import annotations

import filecmp
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT
from integrin_kg.files import write
from integrin_kg.knowledge import Knowledge


def python(*arguments: str, path: Path | None, cwd: Path, **variables: str) -> str:
    """Run Python from ``cwd``, with ``path`` before the environment's own packages."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables
    if path:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, cwd=cwd, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), path=None, cwd=ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel is installed in."""
    target = tmp_path_factory.mktemp("installed")
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    python(*pip, "--target", str(target), str(wheel), path=None, cwd=target)
    return target


def test_a_wheel_carries_the_ontology_the_queries_and_the_pages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    carried = {f"integrin_kg/resources/{path.relative_to(ROOT)}" for path in files("ontology", "queries")}
    assert carried - names == set()
    code = {str(path.relative_to(ROOT / "src")) for path in files("src/integrin_kg")}
    sources = {name for name in code if name.startswith("integrin_kg/web/frontend/")}
    assert sources
    assert code - sources - names == set()
    assert sources & names == set(), "what the bundle is made of is for those who make it"


def test_a_wheel_carries_the_bundle_that_was_built(wheel: Path) -> None:
    built = {str(path.relative_to(ROOT / "src")) for path in files("src/integrin_kg/web/static/bundle")}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if "/static/bundle/" in name} == built
    assert not built or "integrin_kg/web/static/bundle/licences.txt" in built


def files(*folders: str) -> list[Path]:
    """The files in folders of the checkout, compiled ones aside."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in found if "__pycache__" not in path.parts]


def test_a_wheel_carries_no_test_and_nothing_that_was_compiled_or_built(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if not name.startswith(("integrin_kg/", "integrin_kg-0"))] == []
    assert [name for name in names if "__pycache__" in name or name.endswith(".pyc")] == []
    assert len(names) == len(set(names))


def test_a_wheel_names_both_licences_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        parts = {name.split(".dist-info/")[1]: name for name in archive.namelist() if ".dist-info/" in name}
        assert {"licenses/LICENSE", "licenses/LICENSE-DATA"} <= set(parts)
        assert "integrin-kg = integrin_kg.cli:main" in archive.read(parts["entry_points.txt"]).decode()


@pytest.mark.parametrize("install", ["wheel", "editable"])
def test_an_installation_checks_and_answers_from_another_folder(
    install: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path: Path | None = request.getfixturevalue("installed") if install == "wheel" else None
    home = path or ROOT / "src"
    where = "import integrin_kg, integrin_kg.resources as r; print(integrin_kg.__file__); print(r.root())"
    module, root = python("-c", where, path=path, cwd=tmp_path).splitlines()
    assert module == str(home / "integrin_kg" / "__init__.py")
    assert root == str(path / "integrin_kg" / "resources" if path else ROOT)
    assert "no problem" in python("-m", "integrin_kg.cli", "check", path=path, cwd=tmp_path)
    answer = python("-m", "integrin_kg.cli", "query", "rgd-receptors", path=path, cwd=tmp_path)
    assert answer.endswith("\n8 rows\n")
    assert "integrin αvβ3" in answer


def test_the_wheel_and_the_checkout_build_the_same_bytes(
    shipped: Knowledge, installed: Path, tmp_path: Path
) -> None:
    wheel, checkout = tmp_path / "wheel", tmp_path / "checkout"
    python("-m", "integrin_kg.cli", "build", "--output", "wheel", path=installed, cwd=tmp_path)
    write(shipped, checkout)
    names = sorted(path.name for path in wheel.iterdir())
    assert names == sorted(path.name for path in checkout.iterdir())
    assert filecmp.cmpfiles(wheel, checkout, names, shallow=False) == (names, [], [])


def test_the_wheel_and_the_checkout_release_the_same_bytes_whatever_the_order_of_sets(
    dist: Path, installed: Path, tmp_path: Path
) -> None:
    release = ("-m", "integrin_kg.cli", "release", "--output", "wheel")
    printed = python(*release, path=installed, cwd=tmp_path, PYTHONHASHSEED="1")
    names = sorted(path.name for path in dist.iterdir())
    assert sorted(printed.splitlines()) == [f"wheel/{name}" for name in names]
    assert filecmp.cmpfiles(tmp_path / "wheel", dist, names, shallow=False) == (names, [], [])


def test_the_wheel_finds_its_pages(installed: Path, tmp_path: Path) -> None:
    code = "import integrin_kg.web as web; print(web.create_app.__module__, web.__file__)"
    module, file = python("-c", code, path=installed, cwd=tmp_path).split()
    assert module == "integrin_kg.web"
    for page in ("templates/base.html", "static/style.css"):
        assert (Path(file).parent / page).read_bytes() == (ROOT / "src/integrin_kg/web" / page).read_bytes()
