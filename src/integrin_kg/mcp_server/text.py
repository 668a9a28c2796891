"""What the tools answer: the readable half, every claim with its verdict, IRI and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch

from integrin_kg.mcp_server.shapes import (
    Claim,
    Entity,
    Explanation,
    Hits,
    Named,
    Property,
    SavedAnswer,
    SavedQuestions,
    Solutions,
    Step,
)


@singledispatch
def lines(answer: object) -> Iterator[str]:
    """Yield the lines that say what ``answer`` says."""
    raise TypeError(f"{type(answer).__name__} has no readable form")


def _named(thing: Named) -> str:
    return f"{thing.name} <{thing.iri}>" if thing.iri else thing.name


@lines.register
def _(answer: Hits) -> Iterator[str]:
    for hit in answer.hits:
        found_by = f", found by {hit.matched!r}" if hit.matched != hit.name else ""
        definition = f": {hit.definition}" if hit.definition else ""
        yield f"- {_named(hit)} ({hit.kind}{found_by}){definition}"
    if answer.truncated:
        yield answer.truncated
    if not answer.found:
        nothing = f"Nothing of the kind {answer.kind!r}" if answer.kind else "Nothing"
        yield f"{nothing} is called that: the graph says nothing of it under this name."
    if answer.did_you_mean:
        yield f"Did you mean {', '.join(map(_named, answer.did_you_mean))}?"


@lines.register
def _(answer: Entity) -> Iterator[str]:
    yield _named(answer)
    yield from filter(None, [answer.definition])
    for words, values in (
        ("also called", answer.synonyms),
        ("the same as", map(_named, answer.identifiers)),
        ("is in", (_named(kind) + _inferred(kind.inferred) for kind in answer.kinds)),
        ("other things of this name", map(_named, answer.others)),
    ):
        if found := "; ".join(values):
            yield f"{words}: {found}"
    yield from map(_property, answer.statements)
    yield ""
    yield f"Claimed true ({answer.claims_total}):"
    yield from _claims(answer.claims)
    yield f"Claimed false ({answer.denials_total}):"
    yield from _claims(answer.denials)
    yield "What is in neither list is not claimed, which is no denial."
    yield from answer.truncated


def _property(property_: Property) -> str:
    values = "; ".join(_named(value) + _inferred(value.inferred) for value in property_.values)
    return (
        f"{values} {property_.property.name} it"
        if property_.inward
        else f"{property_.property.name}: {values}"
    )


def _inferred(inferred: bool) -> str:
    return " (inferred)" if inferred else ""


def _claims(claims: Iterable[Claim]) -> Iterator[str]:
    for claim in claims:
        context = f" [{'; '.join(claim.context)}]" if claim.context else ""
        about = "; ".join(filter(None, [claim.quantity, *claim.evidence]))
        yield f"- {claim.verdict.upper()}: {claim.says}{context}{f' ({about})' if about else ''}"
        place = f"section {claim.section!r}, characters {'-'.join(map(str, claim.anchor))}"
        cited = f"references {', '.join(claim.references)}" if claim.references else "no reference"
        yield f"  {claim.iri} ({place if claim.section else 'not of the review'}; {cited})"
        for other in claim.contradicts:
            yield f"  CONTRADICTED by {_named(other)}"


@lines.register
def _(answer: Solutions) -> Iterator[str]:
    if answer.form == "yes or no":
        yield "yes" if answer.yes else "no"
    elif answer.form == "graph":
        yield from answer.triples
    else:
        yield "\t".join(answer.columns)
        yield from ("\t".join(cell or "" for cell in row) for row in answer.rows)
        yield f"{answer.total} row" + ("" if answer.total == 1 else "s")
    if not answer.reasoning:
        yield "Asserted statements only: what follows was left out."
    yield from filter(None, [answer.truncated, answer.note])


@lines.register
def _(answer: SavedAnswer) -> Iterator[str]:
    yield answer.question
    yield answer.description
    yield ""
    yield from lines.dispatch(Solutions)(answer)


@lines.register
def _(answer: SavedQuestions) -> Iterator[str]:
    for question in answer.questions:
        yield f"- {question.name}: {question.question} {question.description}"
    if not answer.questions:
        yield f"No saved question has this keyword. There are: {', '.join(answer.keywords)}"


@lines.register
def _(answer: Explanation) -> Iterator[str]:
    yield f"{answer.says}: {answer.verdict.upper()}. {answer.meaning}"
    yield from map(_step, answer.proof)
    for gap in answer.missing:
        yield f"It would follow by {gap.axiom.name}, if: {'; '.join(gap.lacks)}"
    if answer.others:
        yield f"A name means {', '.join(map(_named, answer.others))} too; give an IRI to ask of that."
    for words, claims in (("Claims for it:", answer.claims), ("Claims against it:", answer.denials)):
        if claims:
            yield words
            yield from _claims(claims)


def _step(step: Step) -> str:
    if step.axiom:
        why = f"by {step.axiom.name}, since {', '.join(map(str, step.since))}"
    else:
        why = f"stated by {', '.join(f'<{claim}>' for claim in step.claims)}" if step.claims else "asserted"
    return f"{step.number}. {step.says} ({why})"
