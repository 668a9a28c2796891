"""What was measured as Markdown, and its place in a document."""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from load import Load

BASE = "memory"
"""The peer that the others are told as ratios of."""

Loads = dict[tuple[str, int, str], list["Load"]]
"""What was measured by question, number of clients and peer, round by round."""

_BEGIN, _END = "<!-- measured -->", "<!-- /measured -->"


def report(loads: Loads, peers: Iterable[str], memory: dict[str, int]) -> str:
    """Return the machine, a table of ratios to :data:`BASE` with their ranges, one of what was measured of
    the first of the ``peers``, and the bytes of ``memory`` of each."""
    first, *others = peers
    shown = [first, *(peer for peer in others if peer != BASE)]
    asked = list(dict.fromkeys((question, clients) for question, clients, _ in loads))
    ratios = [[q, str(c), *(_ratio(loads, q, c, peer) for peer in shown)] for q, c in asked]
    figures = [[q, str(c), *_figures(loads[q, c, first])] for q, c in asked]
    taken = [[peer, f"{size / 1024**2:.0f}"] for peer, size in memory.items()]
    return "\n\n".join(
        [
            machine(),
            table(["question", "clients", *shown], ratios),
            table([first, "clients", "a second", "median, ms", "p99, ms", "CPU, ms"], figures),
            table(["server", "memory, MiB"], taken),
        ]
    )


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows))


def machine() -> str:
    """Return what it was measured on, and when."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} processors ({model[1] if model else platform.processor()}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"{time.strftime('%-d %B %Y')}."
    )


def put(text: str, document: Path) -> None:
    """Put ``text`` in the place of what was measured before in ``document``; :class:`ValueError` where it
    has no such place."""
    whole = document.read_text("utf-8")
    before, begun, rest = whole.partition(_BEGIN)
    _, ended, after = rest.partition(_END)
    if not (begun and ended):
        raise ValueError(f"{document} has no place for it: a line {_BEGIN} and a line {_END}")
    document.write_text(f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}", "utf-8")


def _ratio(loads: Loads, question: str, clients: int, peer: str) -> str:
    own, base = (loads.get((question, clients, name), []) for name in (peer, BASE))
    ratios = [one.rate / other.rate for one, other in zip(own, base, strict=False) if other.rate]
    if not ratios:
        return ""
    return f"{_brief(statistics.median(ratios))} ({_brief(min(ratios))}-{_brief(max(ratios))})"


def _figures(loads: list[Load]) -> list[str]:
    members = map(attrgetter, ("rate", "p50", "p99", "cpu"))
    return [_brief(statistics.median(map(member, loads))) for member in members]


def _brief(value: float) -> str:
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:#.2g}"
