"""The ontology as the other layers need it: its triples, and its terms by the names people write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from integrin_kg.errors import MeantToBeRead
from integrin_kg.text import fold, slug
from integrin_kg.vocab import IKG, RDF_FIRST, RDF_NIL, RDF_REST, RDF_TYPE, RDFS_LABEL, ikg, owl, rdfs

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple


class OntologyError(MeantToBeRead, ValueError):
    """An ontology that cannot be read; the message names the file and the place."""


class Ontology:
    """The triples of an ontology and the look-ups on them.

    >>> onto = Ontology.load(__import__("integrin_kg.resources").resources.ontology_folder())
    >>> onto.class_named("monoclonal antibody").value.rsplit("/", 1)[1]
    'MonoclonalAntibody'
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = list(triples)
        self._by_subject: dict[Node, dict[NamedNode, list[Term]]] = {}
        for triple in self.triples:
            about = self._by_subject.setdefault(as_node(triple.subject), defaultdict(list))
            about[triple.predicate].append(triple.object)

    @classmethod
    def load(cls, folder: Path) -> Ontology:
        """Read ``integrin.ttl`` in ``folder``; :class:`OntologyError` where it is no Turtle."""
        return cls.read(folder / "integrin.ttl")

    @classmethod
    def read(cls, path: Path) -> Ontology:
        """Read one ontology file, its format told by its suffix."""
        return cls(rename_blank_nodes(triples_of(path), slug(path.stem)))

    def about(self, subject: Node) -> Iterator[tuple[NamedNode, Term]]:
        """Yield what the ontology says of ``subject``, each with its predicate, in file order."""
        for predicate, objects in self._by_subject.get(subject, {}).items():
            yield from ((predicate, value) for value in objects)

    def objects(self, subject: Node, predicate: NamedNode) -> list[Term]:
        """Return what the ontology says of ``subject`` under ``predicate``, in file order."""
        return self._by_subject.get(subject, {}).get(predicate, [])

    def value(self, subject: Node, predicate: NamedNode) -> Term | None:
        """Return the first of :meth:`objects`, or None."""
        return next(iter(self.objects(subject, predicate)), None)

    def nodes(self, subject: Node, predicate: NamedNode) -> list[Node]:
        """Return those of :meth:`objects` that are no literals."""
        return [o for o in self.objects(subject, predicate) if isinstance(o, (NamedNode, BlankNode))]

    def node(self, subject: Node, predicate: NamedNode) -> Node:
        """Return the only one of :meth:`nodes`; :class:`OntologyError` where there is none, or more."""
        found = self.nodes(subject, predicate)
        if len(found) != 1:
            raise OntologyError(f"{subject} has {len(found)} values of {predicate} and needs just one")
        return found[0]

    def items(self, head: Node) -> list[Term]:
        """Return what the RDF list at ``head`` holds; :class:`OntologyError` where it has no end."""
        found: list[Term] = []
        seen = set()
        while head != RDF_NIL:
            rest = self.nodes(head, RDF_REST)
            if not rest or head in seen:
                raise OntologyError(f"the list at {head} has no end")
            seen.add(head)
            found += self.objects(head, RDF_FIRST)
            head = rest[0]
        return found

    def members(self, head: Node) -> list[Node]:
        """Return those of :meth:`items` that are no literals."""
        return [item for item in self.items(head) if isinstance(item, (NamedNode, BlankNode))]

    def instances(self, kind: NamedNode) -> list[Node]:
        """Return the subjects that are stated to be of type ``kind``."""
        return list(self._instances.get(kind, ()))

    @cached_property
    def _instances(self) -> dict[Term, list[Node]]:
        found: defaultdict[Term, list[Node]] = defaultdict(list)
        for triple in self.triples:
            if triple.predicate == RDF_TYPE:
                found[triple.object].append(as_node(triple.subject))
        return found

    def label(self, term: NamedNode) -> str:
        """Return the label of ``term``, or its last segment where it has none."""
        value = self.value(term, RDFS_LABEL)
        return value.value if isinstance(value, Literal) else local_name(term)

    def class_named(self, name: str) -> NamedNode | None:
        """Return the class whose label or local name is ``name``, however it is spelled."""
        return self.class_names.get(fold(name))

    def property_named(self, name: str) -> NamedNode | None:
        """Return the object or datatype property whose label or local name is ``name``."""
        return self.property_names.get(fold(name))

    @cached_property
    def class_names(self) -> dict[str, NamedNode]:
        """The schema's classes by folded label and local name."""
        return self._names(owl("Class"))

    @cached_property
    def property_names(self) -> dict[str, NamedNode]:
        """The schema's object and datatype properties by folded label and local name."""
        return self._names(owl("ObjectProperty")) | self._names(owl("DatatypeProperty"))

    def _names(self, kind: NamedNode) -> dict[str, NamedNode]:
        named = [n for n in self.instances(kind) if isinstance(n, NamedNode) and n.value.startswith(IKG)]
        return {fold(name): term for term in named for name in (local_name(term), self.label(term))}

    def superclasses(self, term: NamedNode) -> Iterator[NamedNode]:
        """Yield ``term`` and its stated named superclasses, nearest first."""
        seen, queue = {term}, [term]
        for current in queue:
            yield current
            for parent in self.nodes(current, rdfs("subClassOf")):
                if isinstance(parent, NamedNode) and parent not in seen:
                    seen.add(parent)
                    queue.append(parent)

    def is_a(self, term: NamedNode, ancestor: NamedNode) -> bool:
        """Return whether ``term`` is stated to be, or to be below, ``ancestor``."""
        return ancestor in self.superclasses(term)

    def inherited(self, term: NamedNode, annotation: str) -> str | None:
        """Return the schema annotation of ``term`` or of the nearest class above that has it."""
        for current in self.superclasses(term):
            value = self.value(current, ikg(annotation))
            if isinstance(value, Literal):
                return value.value
        return None

    def domains(self, term: NamedNode) -> list[NamedNode]:
        """Return the classes that a subject of property ``term`` is in one of; none where any will do."""
        return self._inherited_classes(term, rdfs("domain"))

    def ranges(self, term: NamedNode) -> list[NamedNode]:
        """Return the classes that an object of property ``term`` is in one of; none where any will do."""
        return self._inherited_classes(term, rdfs("range"))

    def _inherited_classes(self, term: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        queue: list[Node] = [term]
        for current in queue:
            for value in self.nodes(current, predicate):
                if found := self._alternatives(value):
                    return found
            queue += [p for p in self.nodes(current, rdfs("subPropertyOf")) if p not in queue]
        return []

    def _alternatives(self, value: Node) -> list[NamedNode]:
        if isinstance(value, NamedNode):
            return [value]
        members = [m for head in self.nodes(value, owl("unionOf")) for m in self.members(head)]
        return [member for member in members if isinstance(member, NamedNode)]


def as_node(term: Term) -> Node:
    """Return ``term`` where it is an IRI or a blank node; :class:`OntologyError` for all else.

    >>> as_node(Literal("x"))
    Traceback (most recent call last):
    ...
    integrin_kg.ontology.OntologyError: "x" stands where an IRI or a blank node must
    """
    if not isinstance(term, (NamedNode, BlankNode)):
        raise OntologyError(f"{term} stands where an IRI or a blank node must")
    return term


def local_name(term: NamedNode) -> str:
    """Return the last segment of an IRI.

    >>> local_name(NamedNode("http://www.w3.org/2002/07/owl#Thing"))
    'Thing'
    """
    return term.value.replace("#", "/").rstrip("/").rsplit("/", 1)[-1]


def rdf_format_of(path: Path) -> RdfFormat | None:
    """Return the format that the suffix of ``path`` stands for, None where that is none of RDF: ontologies
    in RDF/XML are called ``.owl``, and ``.json`` is as likely an OBO Graph, which as JSON-LD says nothing.

    >>> rdf_format_of(Path("ro.owl")).name, rdf_format_of(Path("ro.json"))
    ('RDF/XML', None)
    """
    suffix = path.suffix[1:].lower()
    if suffix == "json":
        return None
    return RdfFormat.RDF_XML if suffix == "owl" else RdfFormat.from_extension(suffix)


def triples_of(path: Path) -> Iterator[Triple]:
    """Yield the triples in the file at ``path``, its format told by its suffix.

    Raises :class:`OntologyError` where it cannot be read, with the line.
    """
    rdf_format = rdf_format_of(path)
    if rdf_format is None:
        raise OntologyError(f"{path}: its suffix is none of RDF (.ttl, .owl, .rdf, .nt, .jsonld)")
    try:
        yield from (quad.triple for quad in parse(path=str(path), format=rdf_format))
    except SyntaxError as error:
        raise OntologyError(f"{path}:{error.lineno}: {error.msg}") from error
    except OSError as error:
        raise OntologyError(f"{path}: {error.strerror or error}") from error


def rename_blank_nodes(triples: Iterable[Triple], prefix: str = "b") -> Iterator[Triple]:
    """Yield ``triples`` with blank nodes numbered in the order met, so that two readings of one
    file are the same."""
    names: dict[BlankNode, BlankNode] = {}

    def renamed(term: Term) -> Term:
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"{prefix}{len(names)}"))
        return term

    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, BlankNode) or isinstance(value, BlankNode):
            triple = Triple(renamed(subject), triple.predicate, renamed(value))  # type: ignore[arg-type]
        yield triple
