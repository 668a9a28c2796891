"""Queries of the caller's own, on the engine's workers, with answers of a bounded size."""

from __future__ import annotations

from integrin_kg.engine.cache import Answer
from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup.questions import NTRIPLES, Questions
from integrin_kg.mcp_server.shapes import Solutions

TSV = "text/tab-separated-values"
LARGEST = 8 * 1024 * 1024
"""How many bytes an answer may have before it is cut to what is shown."""

SHOWN = 60_000
"""How many characters of rows are shown."""

_NOTHING = "Nothing matches: in this graph that is not claimed, which is not a denial."
_NO = "No: this pattern is not claimed, and does not follow; that is not a denial."


def solve(questions: Questions, text: str, most: int, *, reasoning: bool = True) -> Solutions:
    """Return the answer of a query, ``most`` rows or triples of it; :class:`Problem` where it has none."""
    timeout = questions.settings.query_timeout
    query = Query(text, TSV, NTRIPLES, reasoning=reasoning, timeout=timeout, most=LARGEST)
    answer = _run(questions.engine, query, questions)
    lines = answer.read().decode("utf-8").removesuffix("\n").split("\n")
    if answer.media_type == NTRIPLES:
        return _graph([line for line in dict.fromkeys(lines) if line], most, reasoning)
    if lines[0] in ("true", "false"):  # a header's names begin with a question mark
        yes = lines[0] == "true"
        return _solutions("yes or no", reasoning, "" if yes else _NO, yes=yes, total=1)
    return _table(lines, most, reasoning)


def _run(engine: Engine, query: Query, questions: Questions) -> Answer:
    try:
        return engine.run(query, questions.gone)
    except Problem as problem:
        if problem.status == 413:
            raise Problem(413, problem.title, f"{problem.detail} Or count first.") from problem
        raise


def _table(lines: list[str], most: int, reasoning: bool) -> Solutions:
    header, *found = lines
    shown = within(found, most)
    return _solutions(
        "table",
        reasoning,
        "" if found else _NOTHING,
        columns=[name.removeprefix("?") for name in header.split("\t") if name],
        rows=[[cell or None for cell in line.split("\t")] for line in shown],
        total=len(found),
        truncated=truncated(len(shown), len(found), "rows", "add conditions, or LIMIT and OFFSET"),
    )


def _graph(found: list[str], most: int, reasoning: bool) -> Solutions:
    shown = within(found, most)
    cut = truncated(len(shown), len(found), "triples", "construct less")
    note = "" if found else _NOTHING
    return _solutions("graph", reasoning, note, triples=shown, total=len(found), truncated=cut)


def _solutions(form: str, reasoning: bool, note: str, **further: object) -> Solutions:
    empty: dict[str, object] = {"columns": [], "rows": [], "triples": [], "yes": None, "truncated": None}
    return Solutions.model_validate({**empty, "form": form, "reasoning": reasoning, "note": note, **further})


def within(lines: list[str], most: int) -> list[str]:
    """Return the first of the ``lines``, ``most`` of them and no more than :data:`SHOWN` characters.

    Raises :class:`Problem` where already the first is larger.

    >>> within(["ab", "cd"], 1)
    ['ab']
    """
    room = SHOWN
    for count, line in enumerate(lines[:most]):
        room -= len(line) + 1
        if room < 0 and count == 0:
            detail = f"One row has {len(line)} characters, of {SHOWN} that can be shown: select less."
            raise Problem(413, "Answer too large", detail)
        if room < 0:
            return lines[:count]
    return lines[:most]


def truncated(shown: int, total: int, what: str, hint: str) -> str | None:
    """Return how much is not shown, and how to see it; None where everything is.

    >>> truncated(10, 12, "rows", "add LIMIT and OFFSET")
    'truncated: 10 of 12 rows are shown; for the others add LIMIT and OFFSET'
    """
    if shown == total:
        return None
    return f"truncated: {shown} of {total} {what} are shown; for the others {hint}"
