"""Releases as they are compared: their terms, what is stated of each, and what was inferred.

A release is read from the folder that ``make release`` writes, from one RDF file of it, or from a list
of its terms, which is all that the project itself keeps of past releases (``ontology/releases/``).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, parse

from integrin_kg.errors import MeantToBeRead
from integrin_kg.ontology import Term as Node
from integrin_kg.ontology import local_name, rdf_format_of
from integrin_kg.table import short
from integrin_kg.vocab import (
    IKG,
    INFERRED_GRAPH,
    RDF_FIRST,
    RDF_NIL,
    RDF_REST,
    RDF_TYPE,
    RDFS_LABEL,
    REPLACED_BY,
    VOID_GRAPH,
    ikg,
    owl,
)

STATEMENTS = "integrin-kg.nq"
"""The file of a release's folder that holds all that it says."""

COLUMNS = ("iri", "kind", "label", "deprecated", "replaced by")
CLAIM = "Claim"
"""The kind of what is no term and is told apart."""

DEPRECATED = owl("deprecated")

_SCHEMA_KINDS = {
    owl("Class"): "class",
    owl("ObjectProperty"): "object property",
    owl("DatatypeProperty"): "data property",
    owl("AnnotationProperty"): "annotation property",
}
_INDIVIDUAL = owl("NamedIndividual")


class ReleaseError(MeantToBeRead, ValueError):
    """A release that cannot be read; the message names the file and what would help."""


@dataclass(frozen=True)
class ReleasedTerm:
    """A declared term: its IRI, what kind of thing it is, its label, whether it is deprecated and in favour
    of what. ``statements`` is what is stated of it, None where only a list of terms is left."""

    iri: str
    kind: str
    label: str
    deprecated: bool = False
    replaced_by: str = ""
    statements: frozenset[str] | None = None


@dataclass(frozen=True)
class Release:
    """The terms of a release by IRI, the axioms that no one term heads, and what was inferred (None where
    that is not known)."""

    name: str
    terms: dict[str, ReleasedTerm]
    axioms: frozenset[str] | None = None
    inferred: frozenset[str] | None = None

    @classmethod
    def read(cls, path: Path) -> Release:
        """Read a release's folder, an RDF file or a list of terms; :class:`ReleaseError` where it is none, or
        has no term but claims: whatever it is compared with, no term of it would be missing."""
        file = path / STATEMENTS if path.is_dir() else path
        if not file.is_file():
            raise ReleaseError(f"{file}: there is no such file; `integrin-kg release` writes one")
        release = cls(str(path), _listed(file)) if file.suffix == ".tsv" else cls._parsed(str(path), file)
        if all(term.kind == CLAIM for term in release.terms.values()):
            raise ReleaseError(
                f"{file}: no term is declared in it; give the whole release or an ontology of it"
            )
        return release

    @classmethod
    def _parsed(cls, name: str, file: Path) -> Release:
        rdf_format = rdf_format_of(file)
        if rdf_format is None:
            raise ReleaseError(
                f"{file}: its suffix is none of a list (.tsv) or of RDF (.nq, .trig, .ttl, .owl, .jsonld)"
            )
        try:
            return cls.of(name, parse(path=str(file), format=rdf_format))
        except SyntaxError as error:
            raise ReleaseError(f"{file}:{error.lineno}: {error.msg}") from error

    @classmethod
    def of(cls, name: str, quads: Iterable[Quad]) -> Release:
        """Return the release that consists of ``quads``."""
        stated = _Stated(name)
        inferred = set()
        for quad in quads:
            if quad.graph_name == INFERRED_GRAPH:
                inferred.add(f"{short(quad.subject)} {short(quad.predicate)} {short(quad.object)}")
            elif quad.graph_name != VOID_GRAPH:
                stated.about[quad.subject].add((quad.predicate, quad.object))
        terms = {term.iri: term for term in stated.terms()}
        return cls(name, dict(sorted(terms.items())), stated.axioms(), frozenset(inferred) or None)


def write_terms(release: Release, path: Path) -> None:
    """Write the list of a release's terms: tab-separated, by IRI."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, "excel-tab", lineterminator="\n")
        table.writerow(COLUMNS)
        for term in release.terms.values():
            table.writerow(
                [term.iri, term.kind, term.label, "true" if term.deprecated else "", term.replaced_by]
            )


def _listed(path: Path) -> dict[str, ReleasedTerm]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, "excel-tab") if path.stat().st_size else [[]]
    if tuple(header) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise ReleaseError(f"{path}: no list of terms; its columns are {', '.join(COLUMNS)}")
    terms = (
        ReleasedTerm(iri, kind, label, deprecated == "true", other)
        for iri, kind, label, deprecated, other in rows
    )
    return {term.iri: term for term in terms}


@dataclass
class _Stated:
    """What is stated of each subject in the release of that name, and how it reads."""

    name: str
    about: defaultdict[Node, set[tuple[NamedNode, Node]]] = field(default_factory=lambda: defaultdict(set))

    def terms(self) -> Iterable[ReleasedTerm]:
        for subject, statements in self.about.items():
            kinds = {value for predicate, value in statements if predicate == RDF_TYPE}
            if isinstance(subject, NamedNode) and (kinds & _SCHEMA_KINDS.keys() or _INDIVIDUAL in kinds):
                yield ReleasedTerm(
                    subject.value,
                    _kind(kinds),
                    self._text(subject, RDFS_LABEL) or local_name(subject),
                    self._text(subject, DEPRECATED) == "true",
                    self._text(subject, REPLACED_BY),
                    frozenset(f"{short(predicate)} {self._reads(value)}" for predicate, value in statements),
                )

    def _text(self, subject: Node, predicate: NamedNode) -> str:
        found = (value for said, value in self.about[subject] if said == predicate)
        return min((v.value for v in found if isinstance(v, (Literal, NamedNode))), default="")

    def axioms(self) -> frozenset[str]:
        """Return what is said of nameless things that nothing refers to: disjointness of many, say."""
        referred = {value for statements in self.about.values() for _, value in statements}
        heads = (node for node in self.about if isinstance(node, BlankNode) and node not in referred)
        return frozenset(map(self._reads, heads))

    def _reads(self, node: Node, within: frozenset[Node] = frozenset()) -> str:
        """Return a value as in Turtle, nameless things by what is said of them; :class:`ReleaseError` where
        that has no end: where it stands ``within`` itself."""
        if isinstance(node, Literal):
            return str(node)
        if not isinstance(node, BlankNode):
            return short(node)
        if node in within:
            raise self._endless(node)
        statements = self.about.get(node, set())
        if any(predicate == RDF_FIRST for predicate, _ in statements):
            items = self._items(node)
            inside = within.union(items)
            return f"( {' '.join(self._reads(item, inside) for item in items.values())} )"
        inside = within | {node}
        said = sorted(f"{short(predicate)} {self._reads(value, inside)}" for predicate, value in statements)
        return f"[ {' ; '.join(said)} ]"

    def _items(self, head: Node) -> dict[Node, Node]:
        """Return the items of a list, each by the nameless thing that holds it."""
        items: dict[Node, Node] = {}
        while head != RDF_NIL and head in self.about:
            if head in items:
                raise self._endless(head)
            said = dict(self.about[head])
            if RDF_FIRST not in said:
                raise ReleaseError(f"{self.name}: {head} is no item of a list, where one should be")
            items[head] = said[RDF_FIRST]
            head = said.get(RDF_REST, RDF_NIL)
        return items

    def _endless(self, node: Node) -> ReleaseError:
        return ReleaseError(f"{self.name}: {node} is a part of itself, so that it cannot be told in words")


def _kind(kinds: set[Node]) -> str:
    for kind, words in _SCHEMA_KINDS.items():
        if kind in kinds:
            return words
    named = sorted(local_name(k) for k in kinds if isinstance(k, NamedNode) and k.value.startswith(IKG))
    return CLAIM if ikg("Claim") in kinds else " ".join(named) or "individual"
