"""How many work for the engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Staff:
    """How many workers there are: ``usual`` ones always, ``most`` when many queries come at once, and for
    ``turns`` more that are short. All together they may take ``memory`` bytes."""

    usual: int = 6
    most: int = 32
    turns: int = 8
    memory: int = 6 * 1024**3
