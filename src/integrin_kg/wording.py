"""Claims in words: the sentence that each is known by, from the labels of what it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode

from integrin_kg.ontology import Ontology
from integrin_kg.records import Claim, Quantity
from integrin_kg.vocab import ikg

EFFECTS = {
    "promotes": ("promotes", "does not promote"),
    "suppresses": ("suppresses", "does not suppress"),
    "requires": ("is required for", "is not required for"),
    "marks": ("marks", "does not mark"),
    "correlatesPositively": ("correlates positively with", "does not correlate positively with"),
    "correlatesNegatively": ("correlates negatively with", "does not correlate negatively with"),
    "neutral": ("leaves unchanged", "does not leave unchanged"),
}
"""How each effect reads between subject and object, affirmed and denied.

What is called ``requires`` is needed *by the object*: without the subject there is none of it."""

_PREPOSITIONS = ("against", "by", "for", "from", "in", "of", "on", "through", "to", "with")

CONTEXT = {
    "inModel": "in",
    "inAnatomy": "in",
    "inCellPopulation": "in",
    "viaPathway": "via",
    "viaMolecule": "via",
    "combinedWith": "with",
}
"""The context beside the disease, and the word that introduces each part of it."""


def verb(label: str, *, denied: bool = False) -> str:
    """Return how a property's label reads between subject and object.

    >>> verb("targets"), verb("upregulated in", denied=True), verb("failure reason")
    ('targets', 'is not upregulated in', 'has failure reason')
    >>> verb("has adverse event", denied=True), verb("suppresses in", denied=True)
    ('does not have adverse event', 'does not suppress in')
    """
    first, space, rest = label.partition(" ")
    if first == "has" or (first.endswith("s") and not first.endswith("ss")):
        return f"does not {_infinitive(first)}{space}{rest}" if denied else label
    if label.endswith(tuple(f" {word}" for word in _PREPOSITIONS)):
        return f"is {'not ' if denied else ''}{label}"
    return f"has {'no ' if denied else ''}{label}"


def _infinitive(third_person: str) -> str:
    if third_person == "has":
        return "have"
    return third_person.removesuffix("es" if third_person.endswith("sses") else "s")


def agreeing(said: str, subject: str) -> str:
    """Return what is said of a subject in the number that its name has: a drug is one, a family many.

    >>> agreeing("is required for", "integrins"), agreeing("does not bind", "loss of integrins")
    ('are required for', 'does not bind')
    """
    head = subject.partition(" of ")[0]
    if not head.endswith("s") or head.endswith(("ss", "is", "us")):
        return said
    first, space, rest = said.partition(" ")
    return f"{_PLURALS.get(first) or _infinitive(first)}{space}{rest}"


_PLURALS = {"is": "are", "has": "have", "does": "do"}


def titles(ontology: Ontology, claims: Collection[Claim]) -> dict[str, str]:
    """Return the title of each claim by its slug: what it says and in which disease, then as much of its
    phase, its context and its place as tells it apart from all others."""
    words = {claim.slug: _sentence(ontology, claim) for claim in claims}
    for further in (_phase, _context, _place, lambda claim: f" ({claim.slug})"):
        often = Counter(words.values())
        for claim in claims:
            if often[words[claim.slug]] > 1:
                words[claim.slug] += further(claim)
    return words


def _sentence(ontology: Ontology, claim: Claim) -> str:
    denied = claim.polarity == "negative"
    said = (
        EFFECTS[claim.effect][denied]
        if claim.effect
        else verb(ontology.label(NamedNode(claim.predicate)), denied=denied)
    )
    about = claim.object.label if claim.object else ""
    hedge = f"({claim.certainty})" if claim.certainty else ""
    said = agreeing(said, claim.subject.label)
    words = (claim.subject.label, said, amount(claim.quantity, claim.unit), about, *_diseases(claim), hedge)
    return " ".join(filter(None, words))


def _diseases(claim: Claim) -> Iterator[str]:
    diseases = (entity for prop, entity in claim.context if prop == ikg("inDisease").value)
    return (f"in {disease.label}" for disease in diseases if disease != claim.object)


def _phase(claim: Claim) -> str:
    return f", phase {claim.phase}" if claim.phase else ""


def _context(claim: Claim) -> str:
    words = {ikg(name).value: word for name, word in CONTEXT.items()}
    return "".join(f" {words[prop]} {entity.label}" for prop, entity in claim.context if prop in words)


def _place(claim: Claim) -> str:
    return f" ({claim.section.name}, {claim.anchor})" if claim.section and claim.anchor else ""


def amount(quantity: Quantity | None, unit: str) -> str:
    """Return the number that a claim gives, with its unit.

    >>> from decimal import Decimal
    >>> amount(Quantity(Decimal(150), approximate=True), "nanometre")
    'about 150 nanometre'
    """
    if quantity is None:
        return ""
    low, high = quantity.minimum, quantity.maximum
    bounds = f"{low}–{high}" if low and high else f"at least {low}" if low else f"up to {high}"
    number = bounds if quantity.value is None else str(quantity.value)
    return f"{'about ' if quantity.approximate else ''}{number} {unit if unit != 'count' else ''}".strip()
