"""What the tests share: the shipped graph, the tiny one, and live servers."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings
from pyoxigraph import Store

from integrin_kg import prebuilt, resources
from integrin_kg.knowledge import Knowledge
from integrin_kg.release import release
from java_tools import Hermit

# What they want is installed by `make fuzz`, and into an environment of its own.
collect_ignore = ["fuzz/run.py", "kgx/check.py"]

# The same examples in every run, so that a change that breaks nothing fails nothing; others each time by
# `make fuzz`.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("repeatable")

# What is built once is there for all, for those also whose home is another.
os.environ.setdefault(prebuilt.VARIABLE, str(prebuilt.folder() or ""))

ROOT = Path(__file__).resolve().parents[1]
TINY = Path(__file__).parent / "tiny"
REVIEW = ROOT.parent / "shared" / "source" / "review.txt"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that share an id: pytest-xdist would run one of them, and say nothing."""
    shared = [nodeid for nodeid, count in Counter(item.nodeid for item in items).items() if count > 1]
    if shared:
        raise pytest.UsageError(f"several tests have one id: {', '.join(shared)}")


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    """The knowledge graph as it ships."""
    return Knowledge.assemble()


@pytest.fixture(scope="session")
def dist(shipped: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of the shipped graph."""
    folder = tmp_path_factory.mktemp("dist")
    release(shipped, folder)
    return folder


def ontology_copy(folder: Path, data: Path) -> Path:
    """Return an ontology folder in ``folder``: the real axioms over the tables in ``data``."""
    real = resources.ontology_folder()
    copy = folder / "ontology"
    copy.mkdir()
    shutil.copy(real / "integrin.ttl", copy)
    shutil.copytree(real / "shortcuts", copy / "shortcuts")
    shutil.copytree(data, copy / "data")
    return copy


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """An ontology folder of a test's own, with the tiny tables, to change at will."""
    return ontology_copy(tmp_path, TINY / "data")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The tiny knowledge graph: frozen, so that answers are exact."""
    return Knowledge.assemble(ontology_copy(tmp_path_factory.mktemp("tiny"), TINY / "data"))


@pytest.fixture(scope="module")
def shipped_store(shipped: Knowledge) -> Store:
    """A store of the shipped graph and what follows, a module's own."""
    return shipped.store()


@pytest.fixture(scope="module")
def tiny_store(tiny: Knowledge) -> Store:
    """A store of the tiny graph and what follows, a module's own."""
    return tiny.store()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Start ``server.py`` with further options and variables; return the base URL once it listens."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str, env: Mapping[str, str] = {}) -> str:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", "0", *options],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
        )
        running.append(process)
        assert process.stderr
        for line in process.stderr:
            if match := re.search(r"http://\S+", line):
                # A server that logs into a full pipe would stand still.
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return match.group().rstrip("/")
        raise AssertionError(f"the server ended with status {process.wait()} before it listened")

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(serve: Callable[..., str]) -> str:
    """The base URL of a server of the shipped graph."""
    return serve("--query-timeout", "20", "--query-memory", "256")


@pytest.fixture(scope="session")
def hasty(serve: Callable[..., str]) -> str:
    """The base URL of another, where a query may take two seconds."""
    return serve("--query-timeout", "2", "--query-memory", "256")


@pytest.fixture(scope="session")
def hermit() -> Iterator[Hermit]:
    """HermiT, waiting for ontologies."""
    process = Hermit()
    yield process
    process.close()


@pytest.fixture(scope="session")
def review() -> str:
    """The text of the review, where it lies beside the project."""
    if not REVIEW.is_file():
        pytest.skip(f"the review's text is not at {REVIEW}: its anchors could not be checked")
    return REVIEW.read_text("utf-8")
