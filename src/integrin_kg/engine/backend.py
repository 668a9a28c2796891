"""What a host answers from, and what it makes of changes: a store in its own memory, or one elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any, Protocol

from integrin_kg.engine.messages import Change, Task
from integrin_kg.engine.state import Version

Report = dict[str, Any]


class Backend(Protocol):
    """The statements, wherever they are.

    ``services`` are other endpoints that queries may call; a ``sealed`` one needs no socket, so that the
    process gives up the right to open any.
    """

    @property
    def version(self) -> Version: ...

    @property
    def services(self) -> frozenset[str]: ...

    @property
    def sealed(self) -> bool: ...

    def answer(self, task: Task, sink: IO[bytes]) -> str:
        """Write the answer of ``task`` to ``sink``; return its media type. :class:`Problem` where it has
        none."""

    def make(self, change: Change, documents: Sequence[IO[bytes]], stack: int) -> Report:
        """Make ``change``, with the ``documents`` that it uploads, and return what it did. What a client
        wrote is evaluated on a stack of ``stack`` bytes.

        Raises :class:`Problem`, and then this is spoilt: the process is to end.
        """
