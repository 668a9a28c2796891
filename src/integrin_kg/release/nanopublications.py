"""Every claim as a nanopublication: what is said, where it comes from, and who published it, apart.

http://nanopub.net/guidelines/working_draft/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from integrin_kg.knowledge import Knowledge
from integrin_kg.release import edition
from integrin_kg.release.edition import Edition
from integrin_kg.vocab import DATASET, DERIVED_FROM, EDITORIAL_NOTE, PREFIXES, RDF_TYPE, ikg, xsd

_NP = "http://www.nanopub.org/nschema#"
_CREATED = NamedNode(PREFIXES["dcterms"] + "created")
_PART_OF = NamedNode(PREFIXES["dcterms"] + "isPartOf")

_PROVENANCE = {
    DERIVED_FROM,
    EDITORIAL_NOTE,
    *map(ikg, ("evidenceKind", "citesReference", "inSection", "anchorStart", "anchorEnd", "anchorSha256")),
}
"""The properties of a claim that tell where it comes from; all others are what it says."""


@dataclass(frozen=True)
class Nanopublication:
    """The nanopublication of ``claim``, of which ``said`` is all that is stated of it, and ``plain`` the
    triples that hold because of it (none where it holds in a context only, or denies)."""

    claim: NamedNode
    said: tuple[Triple, ...]
    plain: tuple[Triple, ...]
    edition: Edition

    def part(self, name: str) -> NamedNode:
        """Return the IRI of one of its graphs, or its own: below the claim's, so that it leads there, and
        another in each version, for a nanopublication never changes."""
        return NamedNode(f"{self.claim.value}#{name}-{self.edition.version}")

    def quads(self) -> Iterator[Quad]:
        """Yield its four graphs, one after the other, each sorted."""
        graphs = {
            "head": self._head(),
            "assertion": self._assertion(),
            "provenance": self._provenance(),
            "pubinfo": self._publication(),
        }
        for name, triples in graphs.items():
            for triple in sorted(set(triples), key=str):
                yield Quad(triple.subject, triple.predicate, triple.object, self.part(name))

    def _head(self) -> Iterator[Triple]:
        own = self.part("nanopublication")
        yield Triple(own, RDF_TYPE, NamedNode(f"{_NP}Nanopublication"))
        yield Triple(own, NamedNode(f"{_NP}hasAssertion"), self.part("assertion"))
        yield Triple(own, NamedNode(f"{_NP}hasProvenance"), self.part("provenance"))
        yield Triple(own, NamedNode(f"{_NP}hasPublicationInfo"), self.part("pubinfo"))

    def _assertion(self) -> Iterator[Triple]:
        yield from (triple for triple in self.said if triple.predicate not in _PROVENANCE)
        yield from self.plain

    def _provenance(self) -> Iterator[Triple]:
        for triple in self.said:
            if triple.predicate in _PROVENANCE:
                yield triple
            if triple.predicate == DERIVED_FROM:
                yield Triple(self.part("assertion"), DERIVED_FROM, triple.object)

    def _publication(self) -> Iterator[Triple]:
        own = self.part("nanopublication")
        yield Triple(own, edition.CREATOR, self.edition.creator)
        yield Triple(self.edition.creator, edition.NAME, Literal(self.edition.creator_name))
        yield Triple(own, edition.LICENSE, self.edition.license)
        yield Triple(own, _CREATED, Literal(f"{self.edition.issued}T00:00:00Z", datatype=xsd("dateTime")))
        yield Triple(own, edition.VERSION, Literal(self.edition.version))
        yield Triple(own, _PART_OF, DATASET)


def nanopublications(knowledge: Knowledge) -> Iterator[Nanopublication]:
    """Yield the nanopublication of each claim, in the order of their IRIs."""
    published = edition.edition(knowledge)
    plain: dict[NamedNode, list[Triple]] = defaultdict(list)
    for triple, claims in knowledge.support.items():
        for claim in claims:
            plain[claim].append(triple)
    for claim, said in sorted(_claims(knowledge.asserted).items(), key=lambda item: item[0].value):
        yield Nanopublication(claim, tuple(said), tuple(plain[claim]), published)


def _claims(quads: Iterable[Quad]) -> dict[NamedNode, list[Triple]]:
    said: dict[NamedNode, list[Triple]] = defaultdict(list)
    claims = set()
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            said[quad.subject].append(quad.triple)
            if quad.predicate == RDF_TYPE and quad.object == ikg("Claim"):
                claims.add(quad.subject)
    return {claim: said[claim] for claim in claims}


def write(knowledge: Knowledge, path: Path) -> None:
    """Write the claims of ``knowledge`` as nanopublications in TriG."""
    quads = [quad for one in nanopublications(knowledge) for quad in one.quads()]
    serialize(quads, str(path), RdfFormat.TRIG, prefixes={**PREFIXES, "np": _NP})
