"""HermiT and the OWL API, from the jar that owlready2 carries; both need Java."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import owlready2
import pytest

_JAR = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
_PROFILE = Path(__file__).parent / "java" / "Profile.java"


def need_java(program: str = "java") -> str:
    """Return the path of a Java program. Without it the test could not run: in CI it fails, and
    elsewhere it is skipped with that reason."""
    path = shutil.which(program)
    if path:
        return path
    reason = f"{program} is missing, so nothing was checked: apt-get install default-jdk-headless"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def dl_violations(ontology: Path) -> list[str]:
    """Return the OWL API's complaints about the ontology file: each a violation of OWL 2 DL."""
    need_java("javac")
    command = [need_java(), "-cp", str(_JAR), str(_PROFILE), str(ontology)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    *violations, count = result.stdout.splitlines()
    assert int(count.removeprefix("axioms: ")) > 0
    return violations


def hermit(ontology: Path) -> owlready2.World:
    """Return a world with ``ontology`` as HermiT leaves it: instances classified, or
    owlready2.OwlReadyInconsistentOntologyError."""
    need_java()
    world = owlready2.World()
    world.get_ontology(ontology.as_uri()).load()
    owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0)
    return world
