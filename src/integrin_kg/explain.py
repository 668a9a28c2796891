"""Explanations: a proof, or what is missing for one, as JSON, indented text or RDF.

The JSON document is the explanation itself; the other forms are written from it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from integrin_kg.backward import Backward, Derivation
from integrin_kg.build import Support
from integrin_kg.errors import MeantToBeRead
from integrin_kg.ontology import Term, local_name
from integrin_kg.proof import Gap, Proof, gaps, prove, prove_all
from integrin_kg.rules import Rule, Slot, Var
from integrin_kg.spelling import with_article
from integrin_kg.vocab import DERIVED_FROM, PREFIXES, RDF, RDF_TYPE, RDFS_LABEL, ikg, rdfs

Document = dict[str, Any]
R = TypeVar("R", bound=Backward)


class NoProofError(MeantToBeRead, ValueError):
    """A triple that no proof can be asked of; the message says why."""


@dataclass(frozen=True)
class Explainer(Generic[R]):
    """Explains triples by what a reasoner holds and the claims that support plain triples."""

    reasoner: R
    support: Support

    def explain(self, triple: Triple, *, every: bool = False) -> Document:
        """Return why ``triple`` holds, or why not; ``every`` adds the other minimal proofs.

        Raises :class:`NoProofError` for a triple about a literal or a blank node.
        """
        if not all(isinstance(t, NamedNode) for t in (triple.subject, triple.predicate, triple.object)):
            raise NoProofError("a proof is of a triple of three IRIs: no literal and no blank node")
        proof = prove(self.reasoner, triple)
        document: Document = {
            "triple": self._triple(triple),
            "holds": proof is not None,
            "denied": [self._claim(claim) for claim in self._claims(triple, "negative")],
        }
        if proof is None:
            document["missing"] = [self._gap(gap) for gap in gaps(self.reasoner, triple)]
            return document
        document["proof"] = self._proof(proof)
        if every:
            document["proofs"] = [self._proof(other) for other in prove_all(self.reasoner, triple)]
        return document

    def clash(self, clash: Derivation) -> Document:
        """Return a contradiction as a document: the axiom, and proofs of the premises it forbids."""
        proofs = (prove(self.reasoner, premise) for premise in clash.premises)
        return {"axiom": _axiom(clash.rule), "premises": [self._proof(proof) for proof in proofs if proof]}

    def _proof(self, proof: Proof) -> Document:
        if proof.rule:
            return {
                "conclusion": self._triple(proof.conclusion),
                "axiom": _axiom(proof.rule),
                "premises": [self._proof(premise) for premise in proof.premises],
            }
        claims = {*self.support.get(proof.conclusion, ()), *self._claims(proof.conclusion, "positive")}
        return {
            "conclusion": self._triple(proof.conclusion),
            "asserted": True,
            "claims": [self._claim(claim) for claim in sorted(claims, key=str)],
        }

    def _claims(self, triple: Triple, polarity: str) -> Iterator[NamedNode]:
        """The claims that state ``triple`` itself, affirmed or denied, in whatever context."""
        for claim in self.reasoner.subjects(ikg("claimSubject"), triple.subject):
            said = self.reasoner.objects(claim, ikg("claimPredicate"))
            about = self.reasoner.objects(claim, ikg("claimObject"))
            judged = self.reasoner.objects(claim, ikg("polarity"))
            if (said, about, judged) == ([triple.predicate], [triple.object], [Literal(polarity)]):
                assert isinstance(claim, NamedNode)
                if polarity == "negative" or triple in self.support:
                    yield claim

    def _claim(self, claim: NamedNode) -> Document:
        sections = self.reasoner.objects(claim, ikg("inSection"))
        cited = self.reasoner.objects(claim, ikg("citesReference"))
        numbers = [
            n for publication in cited for n in self.reasoner.objects(publication, ikg("referenceNumber"))
        ]
        return {
            "iri": claim.value,
            "polarity": self._first(claim, "polarity"),
            "section": self._label(sections[0]) if sections else None,
            "anchor": [self._first(claim, "anchorStart"), self._first(claim, "anchorEnd")],
            "sha256": self._first(claim, "anchorSha256"),
            "sources": [self._label(source) for source in self.reasoner.objects(claim, DERIVED_FROM)],
            "references": sorted(int(_text(number)) for number in numbers),
        }

    def _first(self, claim: NamedNode, local: str) -> str | int | None:
        for value in self.reasoner.objects(claim, ikg(local)):
            return int(_text(value)) if local in ("anchorStart", "anchorEnd") else _text(value)
        return None

    def _gap(self, gap: Gap) -> Document:
        lacking = [" ".join(map(self._slot, pattern)) for pattern in gap.missing]
        return {"axiom": _axiom(gap.rule), "lacks": lacking}

    def _triple(self, triple: Triple) -> Document:
        terms = {"subject": triple.subject, "predicate": triple.predicate, "object": triple.object}
        document: Document = {name: _text(term) for name, term in terms.items()}
        words = [self._slot(term) for term in terms.values()]
        if triple.predicate == RDF_TYPE:
            words[1:] = ["is", with_article(words[2])]
        return document | {"words": " ".join(words)}

    def _slot(self, slot: Slot) -> str:
        if isinstance(slot, Var):
            return f"?{slot.name}"
        if isinstance(slot, NamedNode):
            return "is a" if slot == RDF_TYPE else self._label(slot)
        return _text(slot)

    def _label(self, term: Term) -> str:
        labels = self.reasoner.objects(term, RDFS_LABEL)
        if labels:
            return _text(labels[0])
        return local_name(term) if isinstance(term, NamedNode) else _text(term)


def _axiom(rule: Rule) -> Document:
    return {"iri": rule.axiom, "words": rule.words}


def _text(term: Term) -> str:
    return term.value if isinstance(term, (NamedNode, Literal, BlankNode)) else str(term)


def as_text(document: Document) -> str:
    """Return an explanation as indented text."""
    words = document["triple"]["words"]
    if document["holds"]:
        lines = list(_proof_lines(document["proof"], 0))
        for number, proof in enumerate(document.get("proofs", [])[1:], start=2):
            lines += ["", f"also (proof {number}):", *_proof_lines(proof, 1)]
    else:
        lines = [f"{words}: this does not follow."]
        for gap in document["missing"]:
            lines.append(f"  It would, by {gap['axiom']['words']}, if")
            lines += [f"    {pattern}" for pattern in gap["lacks"]]
    if document["denied"]:
        lines += ["", "The source denies it:", *(_claim_line(claim) for claim in document["denied"])]
    return "\n".join(lines)


def classification_as_text(document: Document) -> str:
    """Return what follows from a description as indented text."""
    lines = []
    for clash in document["clashes"]:
        lines += [f"This contradicts {clash['axiom']['words']}:"]
        lines += [line for premise in clash["premises"] for line in _proof_lines(premise, 1)]
    for found in document["follows"]:
        lines += [*_proof_lines(found["proof"], 0), ""]
    return "\n".join(lines).rstrip() or "Nothing follows."


def _proof_lines(proof: Document, depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{proof['conclusion']['words']}"
    if "axiom" in proof:
        yield f"{indent}  by {proof['axiom']['words']}, since"
        for premise in proof["premises"]:
            yield from _proof_lines(premise, depth + 2)
    for claim in proof.get("claims", []):
        yield f"{indent}  {_claim_line(claim)}"
    if proof.get("asserted") and not proof["claims"]:
        yield f"{indent}  asserted"


def _claim_line(claim: Document) -> str:
    cited = f", references {', '.join(map(str, claim['references']))}" if claim["references"] else ""
    start, end = claim["anchor"]
    where = f"{claim['section']}, {start}-{end}" if claim["section"] else "; ".join(claim["sources"])
    return f"claimed: {claim['iri']} ({where}{cited})"


def as_turtle(document: Document) -> bytes:
    """Return the proof in an explanation as RDF: PROV's activities, each a step by an axiom."""
    nodes: dict[str, BlankNode] = {}
    triples = list(_step_triples(document["proof"], nodes)) if document["holds"] else []
    sink = io.BytesIO()
    serialize(dict.fromkeys(triples), sink, RdfFormat.TURTLE, prefixes=PREFIXES)
    return sink.getvalue()


def _step_triples(proof: Document, nodes: dict[str, BlankNode]) -> Iterator[Triple]:
    statement = _statement(proof, nodes)
    yield Triple(statement, RDF_TYPE, NamedNode(RDF + "Statement"))
    for part in ("subject", "predicate", "object"):
        yield Triple(statement, NamedNode(RDF + part), NamedNode(proof["conclusion"][part]))
    yield Triple(statement, rdfs("comment"), Literal(proof["conclusion"]["words"]))
    for claim in proof.get("claims", []):
        yield Triple(statement, DERIVED_FROM, NamedNode(claim["iri"]))
    if "axiom" not in proof:
        return
    step = BlankNode(f"{statement.value}by")
    yield Triple(step, RDF_TYPE, ikg("ProofStep"))
    yield Triple(step, RDF_TYPE, NamedNode(PREFIXES["prov"] + "Activity"))
    yield Triple(step, ikg("appliesAxiom"), NamedNode(proof["axiom"]["iri"]))
    yield Triple(step, rdfs("comment"), Literal(proof["axiom"]["words"]))
    yield Triple(statement, NamedNode(PREFIXES["prov"] + "wasGeneratedBy"), step)
    for premise in proof["premises"]:
        yield Triple(step, NamedNode(PREFIXES["prov"] + "used"), _statement(premise, nodes))
        yield from _step_triples(premise, nodes)


def _statement(proof: Document, nodes: dict[str, BlankNode]) -> BlankNode:
    parts = (proof["conclusion"][part] for part in ("subject", "predicate", "object"))
    return nodes.setdefault(" ".join(parts), BlankNode(f"statement{len(nodes)}"))
