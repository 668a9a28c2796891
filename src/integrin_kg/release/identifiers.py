"""Names of things as CURIEs: those of other databases by their registered prefixes, ours below ``ikg``.

A thing of ours is ``ikg.KIND:NAME``, for its IRI is ``.../KIND/NAME`` and a CURIE has no slash that every
tool would bear; a term of the schema is ``ikg:TERM``.
"""

from __future__ import annotations

import curies
from pyoxigraph import Literal, NamedNode

from integrin_kg import tsv
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import Ontology
from integrin_kg.release.edition import UndescribedError
from integrin_kg.vocab import BASE, IKG, RDF, RDFS, ikg


def converter(knowledge: Knowledge) -> curies.Converter:
    """Return what turns the IRIs of ``knowledge`` into CURIEs, by ``prefixes.tsv`` and our own prefixes."""
    prefixes = {"rdf": RDF, "rdfs": RDFS, **_others(knowledge), **_ours(knowledge.ontology)}
    return curies.Converter.from_prefix_map(prefixes)


def _others(knowledge: Knowledge) -> dict[str, str]:
    if knowledge.folder is None:
        return {}
    table = tsv.read(knowledge.folder / "data" / "prefixes.tsv", [])
    return {row["prefix"]: row["namespace"] for row in table.rows}


def _ours(ontology: Ontology) -> dict[str, str]:
    paths = {
        t.object.value
        for t in ontology.triples
        if t.predicate == ikg("iriPath") and isinstance(t.object, Literal)
    }
    return {"ikg": IKG, **{f"ikg.{path}": f"{BASE}{path}/" for path in sorted(paths)}}


def curie(known: curies.Converter, iri: NamedNode) -> str:
    """Return the CURIE of ``iri``; :class:`~integrin_kg.release.edition.UndescribedError` where no prefix
    fits."""
    found = known.compress(iri.value)
    if found is None:
        raise UndescribedError(f"{iri} has no CURIE: add its namespace to ontology/data/prefixes.tsv")
    return found
