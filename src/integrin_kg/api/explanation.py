"""Proofs as objects, read from the documents that explanations are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from integrin_kg.anchors import Anchor
from integrin_kg.explain import Document, as_text, classification_as_text
from integrin_kg.vocab import RDF_TYPE


@dataclass(frozen=True)
class Cited:
    """A claim that a proof rests on, and where its source makes it; ``references`` are the numbers that the
    review cites there."""

    iri: str
    section: str | None
    anchor: Anchor | None
    references: tuple[int, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A conclusion, the axiom that it follows by and the steps to its premises; where it is asserted
    neither, but the claims that state it."""

    words: str
    triple: tuple[str, str, str]
    axiom: str | None
    premises: tuple[Step, ...]
    claims: tuple[Cited, ...]

    def leaves(self) -> Iterator[Step]:
        """Yield the asserted steps that all others follow from."""
        if self.axiom is None:
            yield self
        for premise in self.premises:
            yield from premise.leaves()


@dataclass(frozen=True)
class Explanation:
    """Why a triple holds, or what is missing for it. As text it is what ``integrin-kg explain`` prints."""

    document: Document = field(repr=False)

    @property
    def triple(self) -> tuple[str, str, str]:
        """The triple that it is about."""
        return _triple(self.document["triple"])

    @property
    def holds(self) -> bool:
        """Whether the triple is stated or follows."""
        return bool(self.document["holds"])

    @property
    def proof(self) -> Step | None:
        """The shortest proof, None where the triple does not hold."""
        return _step(self.document["proof"]) if self.holds else None

    @property
    def claims(self) -> tuple[Cited, ...]:
        """The claims that the proof rests on, each once."""
        leaves = self.proof.leaves() if self.proof else ()
        return tuple(dict.fromkeys(claim for leaf in leaves for claim in leaf.claims))

    @property
    def denied(self) -> tuple[Cited, ...]:
        """The claims that say that it is not so, in whatever context."""
        return tuple(map(_cited, self.document["denied"]))

    def to_dict(self) -> Document:
        """Return the whole of it, as ``/explain`` gives it in JSON."""
        return self.document

    def __str__(self) -> str:
        return as_text(self.document)


@dataclass(frozen=True)
class Classification:
    """What would follow from a description. As text it is what ``integrin-kg classify`` prints."""

    document: Document = field(repr=False)

    @property
    def consistent(self) -> bool:
        """Whether the description contradicts nothing that is known."""
        return bool(self.document["consistent"])

    @property
    def follows(self) -> tuple[Explanation, ...]:
        """What follows, each with its proof."""
        return tuple(map(Explanation, self.document["follows"]))

    @property
    def types(self) -> dict[str, tuple[str, ...]]:
        """The classes that things follow to be in, by the IRI of the thing."""
        found: dict[str, tuple[str, ...]] = {}
        for subject, predicate, kind in (explanation.triple for explanation in self.follows):
            if predicate == RDF_TYPE.value:
                found[subject] = (*found.get(subject, ()), kind)
        return found

    def to_dict(self) -> Document:
        """Return the whole of it, as ``/classify`` gives it in JSON."""
        return self.document

    def __str__(self) -> str:
        return classification_as_text(self.document)


def _triple(document: dict[str, Any]) -> tuple[str, str, str]:
    return document["subject"], document["predicate"], document["object"]


def _step(document: dict[str, Any]) -> Step:
    conclusion = document["conclusion"]
    return Step(
        conclusion["words"],
        _triple(conclusion),
        document["axiom"]["words"] if "axiom" in document else None,
        tuple(map(_step, document.get("premises", ()))),
        tuple(map(_cited, document.get("claims", ()))),
    )


def _cited(document: dict[str, Any]) -> Cited:
    start, end = document["anchor"]
    return Cited(
        document["iri"],
        document["section"],
        None if start is None else Anchor(start, end, document["sha256"]),
        tuple(document["references"]),
        tuple(document["sources"]),
    )
