"""The ontologies of a release and what each holds.

They have the names of OBO's releases: https://oboacademy.github.io/obook/reference/release-artefacts/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad, Triple

from integrin_kg.hierarchy import Above, nearest
from integrin_kg.knowledge import Knowledge
from integrin_kg.reason import Reasoner, reason
from integrin_kg.release.biolink import Biolink
from integrin_kg.vocab import (
    BASE,
    CLAIMS_GRAPH,
    DB_XREF,
    DEFINITION,
    EXACT_MATCH,
    INFERRED_GRAPH,
    MAPPINGS_GRAPH,
    PREFIXES,
    RDF_TYPE,
    RDFS_LABEL,
    SCHEMA_GRAPH,
    ikg,
    owl,
    rdfs,
)

_SCHEMA = NamedNode(f"{BASE}schema")
_VERSION_IRI = owl("versionIRI")
_TITLE = NamedNode(PREFIXES["dcterms"] + "title")
_CITATION = NamedNode(PREFIXES["dcterms"] + "bibliographicCitation")
_DESCRIPTION = NamedNode(PREFIXES["dcterms"] + "description")
_CONFIGURATION = set(
    map(ikg, ("iriPath", "labelPrefix", "mayOverlapWith", "neverFlattened", "objectIsContext"))
)
"""The annotations by which our build and checks are told what to do, and that tell others nothing."""
_MEMBER = "urn:any:"  # what the IRI of a made-up member begins with


@dataclass(frozen=True)
class Product:
    """An ontology of a release: ``content`` takes its statements from the knowledge, and it has the header
    of the schema with a ``title`` and ``description`` of its own, where it has them."""

    name: str
    content: Callable[[Knowledge], Iterable[Quad]]
    title: str = ""
    description: str = ""

    @property
    def iri(self) -> NamedNode:
        """The ontology's IRI."""
        return NamedNode(f"{BASE}{self.name}")

    def triples(self, knowledge: Knowledge) -> list[Triple]:
        """Return its statements without repetition: its header, then all others by subject, the types and
        the label of each first. What configures the build is no part of it."""
        left_out = {_SCHEMA, *_CONFIGURATION}
        found = {
            quad.triple
            for quad in self.content(knowledge)
            if quad.subject not in left_out and quad.predicate not in _CONFIGURATION
        }
        return sorted({*self._header(knowledge), *found}, key=self._place)

    def _place(self, triple: Triple) -> tuple[bool, str, bool, bool, str]:
        subject, predicate, _ = triple
        is_header = subject == self.iri
        return not is_header, str(subject), predicate != RDF_TYPE, predicate != RDFS_LABEL, str(triple)

    def version(self, knowledge: Knowledge) -> NamedNode:
        """Return the IRI of this version of it; :class:`ValueError` where the schema has none."""
        version = knowledge.ontology.value(_SCHEMA, _VERSION_IRI)
        if not isinstance(version, NamedNode):
            raise ValueError(f"{_SCHEMA} has no owl:versionIRI to release it under")
        return NamedNode(version.value.replace(_SCHEMA.value, self.iri.value))

    def _citation(self, knowledge: Knowledge) -> Literal | None:
        """How the schema is to be cited, with the title and version IRI of this ontology."""
        said, title, version = (
            knowledge.ontology.value(_SCHEMA, predicate) for predicate in (_CITATION, _TITLE, _VERSION_IRI)
        )
        if not (isinstance(said, Literal) and isinstance(title, Literal) and isinstance(version, NamedNode)):
            return None
        renamed = said.value.replace(title.value, self.title or title.value)
        return Literal(renamed.replace(version.value, self.version(knowledge).value))

    def _header(self, knowledge: Knowledge) -> Iterator[Triple]:
        own = {
            _VERSION_IRI: self.version(knowledge),
            _CITATION: self._citation(knowledge),
            _TITLE: Literal(self.title) if self.title else None,
            _DESCRIPTION: Literal(self.description) if self.description else None,
        }
        for predicate, value in knowledge.ontology.about(_SCHEMA):
            yield Triple(self.iri, predicate, own.get(predicate) or value)


def schema(knowledge: Knowledge) -> Iterator[Quad]:
    """Yield the terms and axioms, and what the individuals are that axioms name."""
    own = [quad for quad in knowledge.asserted if quad.graph_name == SCHEMA_GRAPH]
    yield from own
    yield from _hierarchy(knowledge, reason(own, knowledge.rules.rules))  # what holds whatever the data
    named = {quad.object for quad in own}
    for quad in knowledge.asserted:
        if quad.subject in named and quad.predicate in (RDF_TYPE, RDFS_LABEL, DEFINITION):
            yield quad
    yield from (quad for quad in _xrefs(knowledge) if quad.subject in named)


def base(knowledge: Knowledge) -> Iterator[Quad]:
    """Yield what is asserted, claims aside, and the hierarchy of the classes."""
    claims = {
        quad.subject
        for quad in knowledge.asserted
        if quad.predicate == RDF_TYPE and quad.object == ikg("Claim")
    }
    yield from (q for q in knowledge.asserted if q.graph_name != CLAIMS_GRAPH and q.subject not in claims)
    yield from _hierarchy(knowledge, _reasoner(knowledge))
    yield from _xrefs(knowledge)


def full(knowledge: Knowledge) -> Iterator[Quad]:
    """Yield all that is asserted, and what follows of named things and classes.

    Of types and superclasses only the nearest are given, since what does not reason still climbs the
    hierarchy: a class would else list all things below it as its own. No tool follows a chain, an
    inverse or a superproperty by itself, so that every relation is given.
    """
    yield from knowledge.asserted
    yield from _xrefs(knowledge)
    reasoner = _reasoner(knowledge)
    yield from (quad for quad in reasoner.quads() if quad.predicate != RDF_TYPE)
    above = _superclasses(knowledge, reasoner)
    yield from _inferred(rdfs("subClassOf"), nearest(above))
    classes = set(above)
    for thing, kind in _types([*(quad.triple for quad in knowledge.asserted), *reasoner.triples()]):
        if kind in classes:
            above.setdefault(thing, set()).add(kind)
    yield from _inferred(
        RDF_TYPE, {name: kinds for name, kinds in nearest(above).items() if name not in classes}
    )


def _xrefs(knowledge: Knowledge) -> Iterator[Quad]:
    """Yield what is the same thing elsewhere as OBO's tools read it: a CURIE, where ours lead by IRIs."""
    words = Biolink(knowledge)
    matched = (q.subject for q in knowledge.asserted if q.predicate == EXACT_MATCH)
    for thing in dict.fromkeys(term for term in matched if isinstance(term, NamedNode)):
        yield from (Quad(thing, DB_XREF, Literal(curie), MAPPINGS_GRAPH) for curie in words.same_as(thing))


def _hierarchy(knowledge: Knowledge, reasoner: Reasoner) -> Iterator[Quad]:
    """Yield the nearest superclasses of each class, as those need them who do not read its definition."""
    return _inferred(rdfs("subClassOf"), nearest(_superclasses(knowledge, reasoner)))


def _inferred(predicate: NamedNode, above: Above) -> Iterator[Quad]:
    for name, parents in above.items():
        yield from (Quad(NamedNode(name), predicate, NamedNode(parent), INFERRED_GRAPH) for parent in parents)


def _reasoner(knowledge: Knowledge) -> Reasoner:
    if knowledge.inference is None:
        raise ValueError("reasoning is off: there is nothing to write out")
    return knowledge.inference


def _superclasses(knowledge: Knowledge, reasoner: Reasoner) -> Above:
    """All named classes above each: those that a made-up member of it falls under. The reasoner is left as
    it was."""
    classes = [kind for kind in knowledge.ontology.instances(owl("Class")) if isinstance(kind, NamedNode)]
    members = [Triple(NamedNode(_MEMBER + kind.value), RDF_TYPE, kind) for kind in classes]
    found: Above = {kind.value: set() for kind in classes}
    try:
        for member, kind in _types(reasoner.add(members).added):
            if member.startswith(_MEMBER):
                found[member.removeprefix(_MEMBER)].add(kind)
    finally:
        reasoner.retract(members)
    return found


def _types(triples: Iterable[Triple]) -> Iterator[tuple[str, str]]:
    for subject, predicate, value in triples:
        if predicate == RDF_TYPE and isinstance(subject, NamedNode) and isinstance(value, NamedNode):
            yield subject.value, value.value


PRODUCTS = (
    Product("schema", schema),
    Product(
        "base",
        base,
        "Integrin Knowledge Graph, base",
        "The integrin ontology with its integrins, subunits, ligands, diseases and agents, the relations "
        "between them and links to other databases, as asserted: no claim, and of what a reasoner finds the "
        "hierarchy of the classes only.",
    ),
    Product(
        "full",
        full,
        "Integrin Knowledge Graph, full",
        "The integrin ontology with its entities and every claim about them, and what follows written out "
        "for tools that do not reason.",
    ),
)
