"""The difference of two releases, term by term and claim by claim, and what it asks of the version.

No term may vanish: who has cited one finds it deprecated, with what replaces it.
https://obofoundry.org/principles/fp-019-term-stability.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integrin_kg.releases import CLAIM, Release, ReleasedTerm


@dataclass(frozen=True)
class Change:
    """A term that both releases have: what is no longer stated of it and what is new."""

    term: ReleasedTerm
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """What leads from one release to another: terms and claims added, vanished, newly deprecated and
    changed, and what is now inferred or no longer is (statements as text)."""

    added: tuple[ReleasedTerm, ...]
    vanished: tuple[ReleasedTerm, ...]
    deprecated: tuple[ReleasedTerm, ...]
    changed: tuple[Change, ...]
    axioms: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    inferred: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def needs(self) -> str:
        """The least step of the version that tells users the truth (https://semver.org/): ``major`` where a
        term has vanished, ``minor`` where one came or means something else, ``patch`` where none of that
        happened, and nothing where the two say the same."""
        if self.vanished:
            return "major"
        if self.added or self.deprecated or self.changed or any(self.axioms):
            return "minor"
        return "patch" if any(self.inferred) else ""

    def document(self) -> dict[str, Any]:
        """Return the difference as JSON."""
        return {
            "needs": self.needs,
            "added": [_told(term) for term in self.added],
            "vanished": [_told(term) for term in self.vanished],
            "deprecated": [_told(term) | {"replacedBy": term.replaced_by} for term in self.deprecated],
            "changed": [_told(c.term) | {"lost": c.lost, "gained": c.gained} for c in self.changed],
            "axioms": dict(zip(("lost", "gained"), self.axioms, strict=True)),
            "inferred": dict(zip(("lost", "gained"), self.inferred, strict=True)),
        }


def compare(old: Release, new: Release) -> Difference:
    """Return what leads from ``old`` to ``new``. Where one is a list of terms only, what is stated and
    inferred is not compared.

    >>> term = ReleasedTerm("https://w3id.org/integrin-kg/motif/KGD", "RecognitionMotif", "KGD")
    >>> compare(Release("1", {term.iri: term}), Release("2", {})).needs
    'major'
    """
    both = [(old.terms[iri], new.terms[iri]) for iri in new.terms if iri in old.terms]
    return Difference(
        added=tuple(term for iri, term in new.terms.items() if iri not in old.terms),
        vanished=tuple(term for iri, term in old.terms.items() if iri not in new.terms),
        deprecated=tuple(now for before, now in both if now.deprecated and not before.deprecated),
        changed=tuple(_changes(both)),
        axioms=_moved(old.axioms, new.axioms),
        inferred=_moved(old.inferred, new.inferred),
    )


def _changes(both: list[tuple[ReleasedTerm, ReleasedTerm]]) -> Iterator[Change]:
    for before, now in both:
        lost, gained = _moved(before.statements, now.statements)
        if lost or gained:
            yield Change(now, lost, gained)
        elif (before.kind, before.label) != (now.kind, now.label):
            yield Change(now, (f"{before.kind} {before.label!r}",), (f"{now.kind} {now.label!r}",))


def _moved(old: frozenset[str] | None, new: frozenset[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if old is None or new is None:
        return (), ()
    return tuple(sorted(old - new)), tuple(sorted(new - old))


def _told(term: ReleasedTerm) -> dict[str, Any]:
    return {"iri": term.iri, "kind": term.kind, "label": term.label}


def as_text(difference: Difference) -> str:
    """Return the difference as a person reads it: a line a term, the claims behind the terms."""
    lines = [line for part in _parts(difference) for line in part]
    needs = f"\nThe version needs a {difference.needs} step." if difference.needs else "They say the same."
    return "\n".join([*lines, needs]).strip()


def _parts(difference: Difference) -> Iterator[list[str]]:
    for what, claims in (("terms", False), ("claims", True)):
        for word, terms in (("added", difference.added), ("vanished", difference.vanished)):
            yield _listing(f"{what} {word}", [_line(t) for t in terms if (t.kind == CLAIM) == claims])
        yield _listing(
            f"{what} deprecated",
            [
                f"{_line(t)}, use {t.replaced_by or 'nothing in its place'}"
                for t in difference.deprecated
                if (t.kind == CLAIM) == claims
            ],
        )
        changed = [change for change in difference.changed if (change.term.kind == CLAIM) == claims]
        lines = [
            line for change in changed for line in [_line(change.term), *_signed(change.lost, change.gained)]
        ]
        yield _listing(f"{what} changed", lines, len(changed))
    yield _listing("axioms changed", _signed(*difference.axioms))
    yield _listing("inferred differently", _signed(*difference.inferred))


def _listing(title: str, lines: list[str], count: int | None = None) -> list[str]:
    return (
        ["", f"{title}: {len(lines) if count is None else count}", *(f"  {line}" for line in lines)]
        if lines
        else []
    )


def _line(term: ReleasedTerm) -> str:
    return f"{term.kind} {term.label} <{term.iri}>"


def _signed(lost: tuple[str, ...], gained: tuple[str, ...]) -> list[str]:
    return [*(f"  - {each}" for each in lost), *(f"  + {each}" for each in gained)]
