"""Claims as an assistant can cite them."""

from __future__ import annotations

from collections.abc import Iterable

from integrin_kg.lookup.claims import Claim, describe
from integrin_kg.lookup.questions import Questions
from integrin_kg.lookup.things import Thing
from integrin_kg.mcp_server import shapes


def claims_of(questions: Questions, iris: Iterable[str]) -> list[shapes.Claim]:
    """Return the claims of those ``iris``, in their order."""
    return [_claim(claim) for claim in describe(questions, iris) if claim.values]


def named(thing: Thing) -> shapes.Named:
    """Return a thing as answers have it."""
    return shapes.Named(name=thing.name, iri=thing.iri)


def _claim(claim: Claim) -> shapes.Claim:
    subject, predicate, object_ = map(claim.first, ("claimSubject", "claimPredicate", "claimObject"))
    return shapes.Claim(
        iri=claim.iri,
        says=claim.name,
        verdict="claimed false" if claim.denied else "claimed true",
        subject=named(subject) if subject else None,
        predicate=named(predicate) if predicate else None,
        object=named(object_) if object_ else None,
        effect=claim.text("effect"),
        certainty=claim.text("certainty"),
        quantity=claim.quantity,
        context=_context(claim),
        evidence=_evidence(claim),
        section=claim.text("inSection"),
        anchor=[int(claim.text(end)) for end in ("anchorStart", "anchorEnd") if claim.text(end)],
        references=[cited.name for cited in claim.references],
        contradicts=[named(other) for other in claim.values.get("contradicts", [])],
    )


def _context(claim: Claim) -> list[str]:
    places = [*claim.values.get("inDisease", []), *claim.values.get("inModel", [])]
    return [f"in {place.name}" for place in places] + [
        f"{word} {thing.name}" for word, thing in claim.context
    ]


def _evidence(claim: Claim) -> list[str]:
    phases = [f"phase {phase.name}" for phase in claim.values.get("trialPhase", [])]
    return [kind.name for kind in claim.values.get("evidenceKind", [])] + phases
