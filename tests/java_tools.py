"""HermiT and the OWL API; both need Java.

HermiT comes from the jar that owlready2 carries, with the OWL API 3.4 inside of it. Protege reads files with
the OWL API 5, which is Debian's package libowlapi-java.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import owlready2
import pytest
from pyoxigraph import RdfFormat, Triple, parse, serialize

_HERMIT = Path(owlready2.__file__).parent / "hermit"
# owlready2's corrections of HermiT's classes lie beside its jar, and come before it.
_CLASSES = f"{_HERMIT}{os.pathsep}{_HERMIT / 'HermiT.jar'}"
_PROFILE = Path(__file__).parent / "java" / "Profile.java"
_ARTEFACTS = Path(__file__).parent / "java" / "Artefacts.java"
_ENTAILMENTS = Path(__file__).parent / "java" / "Entailments.java"


# In a run of seconds Java's second compiler costs twice what it saves.
_SHORT_RUN = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_DEBIAN = Path("/usr/share/java")
_OWL_API = (
    "owlapi-distribution", "atinject-jsr330-api", "caffeine", "commons-io", "commons-rdf-api", "guava",
    "hppcrt", "jsr305", "slf4j-api", "slf4j-nop", "xz", "rdf4j-*",
)  # fmt: skip


def need_java(program: str = "java") -> str:
    """Return the path of a Java program. Without it the test could not run: in CI it fails, and
    elsewhere it is skipped with that reason."""
    path = shutil.which(program)
    return path or _missing(program, "default-jdk-headless")


def _missing(what: str, package: str) -> NoReturn:
    reason = f"{what} is missing, so nothing was checked: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def read_by_the_owl_api(paths: Iterable[Path]) -> dict[str, dict[str, list[str]]]:
    """Return what the OWL API 5 finds in ontology files, by the name of the file: how many classes,
    individuals, axioms... there are, and each fault. Files are compared whose names differ in the suffix."""
    need_java("javac")
    jars = [jar for name in _OWL_API for jar in sorted(_DEBIAN.glob(f"{name}.jar"))]
    if len(jars) < len(_OWL_API):
        _missing("the OWL API", "libowlapi-java")
    classes = os.pathsep.join(map(str, jars))
    command = [need_java(), *_SHORT_RUN, "-cp", classes, str(_ARTEFACTS), *map(str, paths)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in result.stdout.splitlines():
        name, what, value = line.split("\t")
        found[name][what].append(value)
    return found


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
        command = [need_java(), *_SHORT_RUN, "-cp", _CLASSES, str(_ENTAILMENTS)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def answer(self, ontology: list[Triple], path: Path) -> set[Triple] | None:
        """Return what HermiT finds to follow from ``ontology``, which is handed over in the file ``path``:
        types, property values and owl:sameAs of its named things, and its class hierarchy. None where it
        is inconsistent; :class:`OutsideDL` where it is not in OWL 2 DL."""
        serialize(ontology, str(path), RdfFormat.RDF_XML)
        return self._asked(f"entailments {path}")

    def empty(self, path: Path) -> set[str] | None:
        """Return the IRIs of the classes of the ontology in the file ``path`` that nothing can be in. None
        where it is inconsistent; :class:`OutsideDL` where it is not in OWL 2 DL."""
        found = self._asked(f"verdict {path}")
        return None if found is None else {triple.subject.value for triple in found}

    def members(self, expression: str) -> set[str]:
        """Return the IRIs of what is in a class by the last ontology that was asked about. ``expression``
        is in Manchester syntax; :class:`OutsideDL` where it is not, or names what there is not."""
        found = self._asked(f"members {expression}")
        assert found is not None
        return {triple.subject.value for triple in found}

    def _asked(self, request: str) -> set[Triple] | None:
        assert self._process.stdin
        assert self._process.stdout
        print(request, file=self._process.stdin, flush=True)
        lines = []
        while (line := self._process.stdout.readline()) != "\n":
            assert line, f"HermiT came to its end over {request!r}"
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
