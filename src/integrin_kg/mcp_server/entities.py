"""Things: found by name, and all that is said of one, its claims for and against with it."""

from __future__ import annotations

from collections.abc import Iterator

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.about import CLAIMS, About, Panel, about
from integrin_kg.lookup.claims import evidence
from integrin_kg.lookup.names import Hit, Index
from integrin_kg.lookup.questions import Questions
from integrin_kg.lookup.things import local_name
from integrin_kg.mcp_server import shapes
from integrin_kg.mcp_server.claims import claims_of, named
from integrin_kg.mcp_server.naming import called, meant, unknown
from integrin_kg.mcp_server.solutions import truncated
from integrin_kg.vocab import OWL

VALUES = 30
"""How many values of a property are shown."""

_OF_THE_SCHEMA = ("class", "property")


def search(questions: Questions, index: Index, text: str, kind: str | None, most: int) -> shapes.Hits:
    """Return what ``text`` names, of one ``kind`` where given; :class:`Problem` for an unknown kind."""
    members = _members(questions, index, kind) if kind else None
    found = [hit for hit in index.find(text) if members is None or hit.name.entry.iri in members]
    near = [] if found else [shapes.Named(name=entry.label, iri=entry.iri) for entry in index.near(text)]
    return shapes.Hits(
        kind=kind,
        hits=[_hit(index, hit) for hit in found[:most]],
        found=len(found),
        truncated=truncated(min(most, len(found)), len(found), "hits", "raise limit or be more specific"),
        did_you_mean=near,
    )


def _hit(index: Index, hit: Hit) -> shapes.Hit:
    entry = hit.name.entry
    return shapes.Hit(
        name=entry.label,
        iri=entry.iri,
        kind=index.kind(entry),
        matched=hit.name.text,
        definition=entry.definition,
    )


def _members(questions: Questions, index: Index, kind: str) -> set[str]:
    """The IRIs of what is in a class, what follows included."""
    if kind.lower() in _OF_THE_SCHEMA:
        return {entry.iri for entry in index.entries.values() if index.kind(entry) == kind.lower()}
    classes = [entry.iri for entry in called(index, kind) if f"{OWL}Class" in entry.types]
    iri = (classes or meant(index, kind))[0]
    return {row["member"] for row in questions.values("belonging", iri)}


def entity(questions: Questions, index: Index, given: str, most: int, start: int) -> shapes.Entity:
    """Return what is said of the thing that ``given`` names or is the IRI of, with ``most`` of the claims
    on either side, from number ``start`` on. Of several things of one name it is the one that most is
    claimed of.

    Raises :class:`Problem` where there is none.
    """
    sides = {iri: _sides(questions, iri) for iri in meant(index, given)}
    iri = max(sides, key=lambda iri: sum(map(len, sides[iri])))
    try:
        known = about(questions, iri)
    except Problem as problem:
        if problem.status != 404:
            raise
        raise unknown(index, local_name(iri)) from problem
    claims, denials = (claims_of(questions, side[start : start + most]) for side in sides[iri])
    panels = [] if iri.startswith(CLAIMS) else known.panels  # of a claim they say what the claim says
    return shapes.Entity(
        name=known.thing.name,
        iri=iri,
        definition=known.definition,
        synonyms=known.synonyms,
        identifiers=[named(other) for _, other in known.identifiers],
        kinds=[_kind(kind.value.name, kind.value.iri, kind.inferred) for kind in known.kinds],
        statements=[_property(panel) for panel in panels],
        claims=claims,
        denials=denials,
        claims_total=len(sides[iri][0]),
        denials_total=len(sides[iri][1]),
        truncated=list(_cut(known, sides[iri], most, start)),
        others=[shapes.Named(name=index.entries[other].label, iri=other) for other in sides if other != iri],
    )


def _sides(questions: Questions, iri: str) -> tuple[list[str], list[str]]:
    """The IRIs of the claims that affirm, and of those that deny, something of a thing; of a claim itself."""
    if iri.startswith(CLAIMS):
        polarity = {claim.iri: claim.verdict == "claimed false" for claim in claims_of(questions, [iri])}
    else:
        rows = evidence(questions, iri)
        polarity = {row["claim"]["value"]: row["polarity"]["value"] == "negative" for row in rows}
    return [claim for claim in polarity if not polarity[claim]], [
        claim for claim in polarity if polarity[claim]
    ]


def _kind(name: str, iri: str, inferred: bool) -> shapes.Kind:
    return shapes.Kind(name=name, iri=iri, inferred=inferred)


def _property(panel: Panel) -> shapes.Property:
    values = [
        shapes.Value(name=statement.value.name, iri=statement.value.iri, inferred=statement.inferred)
        for statement in panel.statements[:VALUES]
    ]
    return shapes.Property(
        property=named(panel.relation), inward=panel.inward, values=values, total=len(panel.statements)
    )


def _cut(known: About, sides: tuple[list[str], list[str]], most: int, start: int) -> Iterator[str]:
    """What of it is not shown."""
    for what, side in zip(("claims", "denials"), sides, strict=True):
        following = start + most if start + most < len(side) else 0
        hint = f"ask again with claims_from={following}"
        if note := truncated(len(side[start : start + most]), len(side), what, hint):
            yield note
    for panel in known.panels:
        shown, total = min(VALUES, len(panel.statements)), len(panel.statements)
        if note := truncated(shown, total, f"values of {panel.relation.name!r}", "use the tool query"):
            yield note
