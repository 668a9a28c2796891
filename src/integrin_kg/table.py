"""Query results as a table that a person reads in a terminal."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from integrin_kg.vocab import BASE, PREFIXES


def render(results: QuerySolutions | QueryBoolean | QueryTriples) -> str:
    """Return solutions as an aligned table with a count, and a yes or no as such."""
    if isinstance(results, QueryBoolean):
        return "yes" if results else "no"
    if isinstance(results, QueryTriples):
        return "\n".join(map(str, results))
    header = [variable.value for variable in results.variables]
    rows = [[short(solution[name]) for name in header] for solution in results]
    counted = f"{len(rows)} row" + ("" if len(rows) == 1 else "s")
    return f"{aligned(header, rows)}\n\n{counted}"


def aligned(header: list[str], rows: list[list[str]]) -> str:
    """Return a header and rows in columns.

    >>> print(aligned(["name", "count"], [["β1", "12"]]))
    name  count
    ----  -----
    β1    12
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [header, ["-" * width for width in widths], *rows]
    cells = (zip(line, widths, strict=True) for line in lines)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in cells)


def short(term: object) -> str:
    """Return a term as briefly as it can be read.

    >>> short(NamedNode(BASE + "schema/RGDReceptor")), short(NamedNode(BASE + "motif/RGD")), short(None)
    ('ikg:RGDReceptor', 'motif/RGD', '')
    """
    if isinstance(term, NamedNode):
        for prefix, namespace in PREFIXES.items():
            if term.value.startswith(namespace):
                return f"{prefix}:{term.value.removeprefix(namespace)}"
        return term.value.removeprefix(BASE) if term.value.startswith(BASE) else f"<{term.value}>"
    return term.value if isinstance(term, Literal) else "" if term is None else str(term)
