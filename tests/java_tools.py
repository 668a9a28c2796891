"""HermiT and the OWL API, from the jar that owlready2 carries; both need Java."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import owlready2
import pytest
from pyoxigraph import RdfFormat, Triple, parse, serialize

_HERMIT = Path(owlready2.__file__).parent / "hermit"
# owlready2's corrections of HermiT's classes lie beside its jar, and come before it.
_CLASSES = f"{_HERMIT}{os.pathsep}{_HERMIT / 'HermiT.jar'}"
_PROFILE = Path(__file__).parent / "java" / "Profile.java"
_ENTAILMENTS = Path(__file__).parent / "java" / "Entailments.java"


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
    command = [need_java(), "-cp", _CLASSES, str(_PROFILE), str(ontology)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    *violations, count = result.stdout.splitlines()
    assert int(count.removeprefix("axioms: ")) > 0
    return violations


class OutsideDL(Exception):
    """An ontology that HermiT refuses to reason over; the message is its own."""


class Hermit:
    """HermiT in a process that answers for one ontology after another."""

    def __init__(self) -> None:
        need_java("javac")
        command = [need_java(), "-cp", _CLASSES, str(_ENTAILMENTS)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def answer(self, ontology: list[Triple], path: Path) -> set[Triple] | None:
        """Return what HermiT finds to follow from ``ontology``, which is handed over in the file ``path``:
        types, property values and owl:sameAs of its named things, and its class hierarchy. None where it
        is inconsistent; :class:`OutsideDL` where it is not in OWL 2 DL."""
        serialize(ontology, str(path), RdfFormat.RDF_XML)
        assert self._process.stdin
        assert self._process.stdout
        print(path, file=self._process.stdin, flush=True)
        lines = []
        while (line := self._process.stdout.readline()) != "\n":
            assert line, f"HermiT came to its end over {path}"
            lines.append(line)
        verdict = lines[0] if lines and lines[0].startswith("#") else ""
        if verdict.startswith("# refused: "):
            raise OutsideDL(verdict.removeprefix("# refused: ").strip())
        if verdict:
            return None
        return {quad.triple for quad in parse("".join(lines), format=RdfFormat.N_TRIPLES)}

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=20)
