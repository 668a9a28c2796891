"""The description of a release: what the dataset is and holds, and each file with its size and checksum.

``ontology/description/release.ttl`` says what each file is. https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from integrin_kg.knowledge import Knowledge
from integrin_kg.release import edition
from integrin_kg.release.edition import Edition, UndescribedError
from integrin_kg.vocab import DATASET, PREFIXES, RDF_TYPE, xsd

VOID = "void.ttl"

_SPDX = "http://spdx.org/rdf/terms#"


def write(knowledge: Knowledge, path: Path) -> None:
    """Write the description of the dataset with a distribution for each file that lies beside ``path``.

    Raises :class:`~integrin_kg.release.edition.UndescribedError` for a file of which ``release.ttl`` says
    nothing.
    """
    files = sorted(other for other in path.parent.iterdir() if other != path)
    found = {quad.triple for quad in knowledge.description}
    found.update(distributions(knowledge, files))
    serialize(sorted(found, key=str), str(path), RdfFormat.TURTLE, prefixes={**PREFIXES, "spdx": _SPDX})


def distributions(knowledge: Knowledge, files: list[Path]) -> Iterator[Triple]:
    """Yield what is said of ``files`` as distributions of the dataset."""
    published = edition.edition(knowledge)
    known = list(_known(knowledge, published))
    described = {triple.subject for triple in known}
    names = {path.name for path in files}
    for path in files:
        distribution = NamedNode(f"{published.folder}{VOID}#{path.name}")
        if distribution not in described:
            raise UndescribedError(f"{path.name}: ontology/description/release.ttl does not say what it is")
        yield from _distribution(distribution, path, published)
    for triple in known:  # what is not written, as without an extra, is not announced
        about = triple.object if triple.subject == DATASET else triple.subject
        if isinstance(about, NamedNode) and about.value.replace("#", "/").rsplit("/", 1)[1] in names:
            yield triple


def _known(knowledge: Knowledge, published: Edition) -> Iterator[Triple]:
    if knowledge.folder is None:
        return
    path = knowledge.folder / "description" / "release.ttl"
    for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=published.folder + VOID):
        yield quad.triple


def _distribution(own: NamedNode, path: Path, published: Edition) -> Iterator[Triple]:
    content = path.read_bytes()
    checksum = NamedNode(f"{own.value}-sha256")
    sha256 = Literal(hashlib.sha256(content).hexdigest(), datatype=xsd("hexBinary"))
    size = Literal(str(len(content)), datatype=xsd("nonNegativeInteger"))
    yield Triple(DATASET, _dcat("distribution"), own)
    yield Triple(own, RDF_TYPE, _dcat("Distribution"))
    yield Triple(own, edition.LICENSE, published.license)
    yield Triple(own, edition.ISSUED, Literal(published.issued, datatype=xsd("date")))
    for address in ("accessURL", "downloadURL"):  # the file is had by nothing but its own address
        yield Triple(own, _dcat(address), NamedNode(published.folder + path.name))
    yield Triple(own, _dcat("byteSize"), size)
    yield Triple(own, _spdx("checksum"), checksum)
    yield Triple(checksum, RDF_TYPE, _spdx("Checksum"))
    yield Triple(checksum, _spdx("algorithm"), _spdx("checksumAlgorithm_sha256"))
    yield Triple(checksum, _spdx("checksumValue"), sha256)


def _dcat(local: str) -> NamedNode:
    return NamedNode(PREFIXES["dcat"] + local)


def _spdx(local: str) -> NamedNode:
    return NamedNode(_SPDX + local)
