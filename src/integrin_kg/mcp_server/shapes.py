"""What the tools answer: the structured half, whose JSON schema a client is told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Named(BaseModel):
    """Something by its name."""

    name: str
    iri: str = Field("", description="empty for a literal")


class Hit(Named):
    """Something that a search found."""

    kind: str = Field(description="the class that it is stated to be in")
    matched: str = Field(description="the name or identifier that it was found by")
    definition: str = ""


class Hits(BaseModel):
    """What a search found, the best first."""

    kind: str | None = Field(description="the kind that was asked for")
    hits: list[Hit]
    found: int = Field(description="how many there are in all")
    truncated: str | None = Field(description="how much is not shown; null where everything is")
    did_you_mean: list[Named] = Field(description="names spelled alike, where nothing was found")


class Claim(BaseModel):
    """One claim of the source, with the context that it holds in and the place where it stands."""

    iri: str
    says: str
    verdict: Literal["claimed true", "claimed false"]
    subject: Named | None
    predicate: Named | None
    object: Named | None
    effect: str = Field(
        description="promotes, suppresses, ... of the object, or requires: the object requires the subject"
    )
    certainty: str = Field(description="suggested: a possibility or proposal, no finding; empty: stated")
    quantity: str
    context: list[str] = Field(description="it is claimed in this context only; empty: without one")
    evidence: list[str] = Field(description="kind of evidence, trial phase")
    section: str = Field(description="of the source")
    anchor: list[int] = Field(description="first and last character in the source's text")
    references: list[str] = Field(description="numbers are the source's own; else the publication")
    contradicts: list[Named] = Field(description="the claims that say otherwise")


class Kind(Named):
    """A class that something is in."""

    inferred: bool


class Value(Named):
    """What a property has for a value, or whose value the thing is."""

    inferred: bool = Field(description="it follows, and explain has the proof; else it is stated")


class Property(BaseModel):
    """What one property says of a thing, context-free."""

    property: Named
    inward: bool = Field(description="the values say it of the thing: value, property, thing")
    values: list[Value]
    total: int


class Entity(Named):
    """All that the graph says of a thing."""

    definition: str
    synonyms: list[str]
    identifiers: list[Named] = Field(description="the same in other databases")
    kinds: list[Kind]
    statements: list[Property]
    claims: list[Claim] = Field(description="claimed true of it")
    denials: list[Claim] = Field(description="claimed false of it")
    claims_total: int
    denials_total: int
    truncated: list[str] = Field(description="what is not shown")
    others: list[Named] = Field(description="other things of the same name")


class Solutions(BaseModel):
    """The answer of a query."""

    form: Literal["table", "yes or no", "graph"]
    columns: list[str]
    rows: list[list[str | None]] = Field(description="terms as SPARQL writes them; null: unbound")
    yes: bool | None = Field(description="of an ASK")
    triples: list[str] = Field(description="of a CONSTRUCT or DESCRIBE, in N-Triples")
    total: int = Field(description="how many rows or triples there are in all")
    truncated: str | None = Field(description="how much is not shown; null where everything is")
    reasoning: bool
    note: str


class SavedQuestion(BaseModel):
    """A question that somebody wrote the query for."""

    name: str = Field(description="what ask_saved takes")
    question: str
    description: str
    keywords: list[str]


class SavedQuestions(BaseModel):
    """Saved questions."""

    questions: list[SavedQuestion]
    keywords: list[str] = Field(description="of all of them")


class SavedAnswer(Solutions):
    """A saved question's answer, and the query that gave it."""

    question: str
    description: str
    sparql: str


class Step(BaseModel):
    """A step of a proof: it follows by an axiom from other steps, or it is stated, by claims or as such."""

    number: int
    says: str
    axiom: Named | None
    since: list[int] = Field(description="the steps that it follows from")
    claims: list[str] = Field(description="the IRIs of the claims that state it")


class Lacking(BaseModel):
    """What would make a triple follow."""

    axiom: Named
    lacks: list[str]


class Explanation(BaseModel):
    """Why a triple holds, or does not."""

    says: str
    subject: str
    predicate: str
    object: str
    verdict: Literal["follows", "stated", "claimed false", "both", "claimed, qualified", "not claimed"] = (
        Field(description="both: it holds or is claimed true, and is claimed false")
    )
    meaning: str = Field(description="the verdict in a sentence")
    proof: list[Step]
    missing: list[Lacking]
    others: list[Named] = Field(description="what the names may mean too, and was not held to be meant")
    claims: list[Claim] = Field(description="the claims at the proof's leaves, and those that say just this")
    denials: list[Claim] = Field(description="the claims that deny just this")


Answer = Hits | Entity | Solutions | SavedQuestions | Explanation
