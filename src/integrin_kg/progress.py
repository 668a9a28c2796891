"""Bars for what takes longer than a moment: on a terminal only, silent in pipes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Iterable[T], what: str, unit: str) -> Iterable[T]:
    """Pass ``items`` on, which are ``unit`` of ``what``."""
    shown: Iterable[T] = bar(what, unit, items=items)
    return shown


def bar(what: str, unit: str, total: int | None = None, items: Iterable[Any] | None = None) -> Any:
    """Return tqdm's bar of ``what``, to be told (``update``) how many ``unit`` there are."""
    tqdm.monitor_interval = 0  # no thread: the process may be about to fork
    return tqdm(items, what, total, unit=f" {unit}", unit_scale=True, delay=1, leave=False, disable=None)
