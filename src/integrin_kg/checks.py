"""The rules of the graph: queries that find what must not be, a file each; its first line says the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QuerySolutions, Store

from integrin_kg.vocab import PREFIXES


@dataclass(frozen=True)
class Check:
    """A rule, and the query that finds what breaks it."""

    name: str
    rule: str
    text: str


@dataclass(frozen=True)
class Broken:
    """A rule with what breaks it: the names of the columns, and the rows of terms."""

    check: Check
    header: list[str]
    rows: list[list[object]]


def load(path: Path) -> Check:
    """Return the check at ``path``."""
    text = path.read_text("utf-8")
    return Check(path.stem, text.partition("\n")[0].removeprefix("# "), text)


def load_all(folder: Path) -> list[Check]:
    """Return the checks in ``folder``, by name."""
    return [load(path) for path in sorted(folder.glob("*.rq"))]


def violations(store: Store, check: Check) -> Broken | None:
    """Return what breaks the rule in the union of all graphs of ``store``, None where it is kept."""
    found = store.query(check.text, prefixes=PREFIXES, use_default_graph_as_union=True)
    if not isinstance(found, QuerySolutions):
        raise TypeError(f"{check.name}: a check must be a SELECT of what breaks its rule")
    header = [variable.value for variable in found.variables]
    rows: list[list[object]] = [[solution[name] for name in header] for solution in found]
    return Broken(check, header, rows) if rows else None


def broken(store: Store, checks: list[Check]) -> Iterator[Broken]:
    """Yield the rules that ``store`` does not keep, in the order of ``checks``."""
    yield from filter(None, (violations(store, check) for check in checks))
