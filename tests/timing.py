"""How late is too late, on a machine that has other things to do as well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Late(AssertionError):
    """What was to be in time was not. Whatever else a machine does only adds to a time, so this failure,
    and no other, is tried again: a test fails that is late three times (``only_rerun`` in pyproject.toml)."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where what is done inside takes as long as ``seconds`` or longer."""
    begun = time.monotonic()
    yield
    in_time(time.monotonic() - begun, seconds)


def in_time(took: float, seconds: float, what: str = "it") -> None:
    """Fail where ``took`` seconds are not below ``seconds``."""
    if took >= seconds:
        raise Late(f"{what} took {took:.2f} s, not less than {seconds:g} s")
