"""What would follow from a description: an engineered integrin, a new ligand, a candidate drug."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from integrin_kg.backward import Derivation, RuleExplosion
from integrin_kg.errors import MeantToBeRead
from integrin_kg.explain import Explainer, R
from integrin_kg.ontology import Node, OntologyError, Term, as_node
from integrin_kg.reason import Reasoner
from integrin_kg.vocab import BASE

_MOST_TRIPLES = 10_000
_GENID = BASE + ".well-known/genid/"


class DescriptionError(MeantToBeRead, ValueError):
    """A description that cannot be read; the message says why, and ``line`` and ``column`` where, if anybody
    knows."""

    def __init__(self, why: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(why)
        self.place = {name: n for name, n in (("line", line), ("column", column)) if n}


def read(content: bytes, media_type: str) -> list[Triple]:
    """Return the triples of a description, blank nodes given names (RDF 1.1, section 3.5).

    Raises :class:`DescriptionError` for what is no RDF of that type, is too large, or declares XML
    entities, which a parser would expand without bound.
    """
    rdf_format = RdfFormat.from_media_type(media_type)
    if rdf_format is None:
        raise DescriptionError(f"{media_type!r} is no media type of RDF")
    triples: list[Triple] = []
    try:
        refuse_bad_xml(content, rdf_format)
        for quad in parse(content, format=rdf_format):
            if len(triples) == _MOST_TRIPLES:
                raise DescriptionError(f"more than {_MOST_TRIPLES} triples")
            triples.append(Triple(_named(as_node(quad.subject)), quad.predicate, _value(quad.object)))
    except SyntaxError as error:
        raise DescriptionError(error.msg, error.lineno, error.offset) from error
    except OntologyError as error:
        raise DescriptionError(str(error)) from error
    return triples


def refuse_bad_xml(content: bytes, rdf_format: RdfFormat) -> None:
    """Refuse what the parser of RDF/XML lets through: :class:`DescriptionError` for XML that declares
    entities, which it would expand without bound, and :class:`SyntaxError` for XML that breaks off, of which
    it takes what there is."""
    if rdf_format != RdfFormat.RDF_XML:
        return
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DescriptionError("a document type declaration is refused: entities are expanded without bound")
    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError as error:
        where = (None, error.lineno, error.offset + 1, None)
        raise SyntaxError(f"not well-formed XML: {expat.ErrorString(error.code)}", where) from error


def _named(node: Node) -> NamedNode:
    return NamedNode(_GENID + node.value) if isinstance(node, BlankNode) else node


def _value(term: Term) -> NamedNode | Literal:
    return term if isinstance(term, Literal) else _named(as_node(term))


def classify(explainer: Explainer[Reasoner], triples: Iterable[Triple]) -> dict[str, Any]:
    """Return what follows from ``triples`` beside what is known, with proofs, and what they clash with.

    The reasoner behind ``explainer`` is left as it was, after a :class:`RuleExplosion` too.
    """
    reasoner = explainer.reasoner
    new = [triple for triple in triples if not reasoner.is_asserted(triple)]
    before = len(reasoner.clashes)
    try:
        change = reasoner.add(new)
    except RuleExplosion:
        reasoner.begin_again_without(new)
        raise
    try:
        return classified(explainer, change.added, reasoner.clashes[before:])
    finally:
        reasoner.retract(new)


def classified(
    explainer: Explainer[R], follows: Iterable[Triple], clashes: Iterable[Derivation]
) -> dict[str, Any]:
    """Return as a document what ``follows`` from a description and how it ``clashes`` with what is known."""
    contradictions = [explainer.clash(clash) for clash in clashes]
    named = (triple for triple in sorted(follows, key=str) if isinstance(triple.object, NamedNode))
    return {
        "consistent": not contradictions,
        "follows": [explainer.explain(triple) for triple in named],
        "clashes": contradictions,
    }
