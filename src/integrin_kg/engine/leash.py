"""The line between a host and its keeper: JSON messages, a line each, that can carry open files.

The end of either process ends the line: a host without a keeper ends too, and a keeper whose host
has ended starts another.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Sequence
from typing import Any

Message = dict[str, Any]

_MOST_FILES = 253  # what one message may carry, SCM_MAX_FD in Linux
_CHUNK = 65536


class Leash:
    """One end of the line.

    >>> here, there = map(Leash, socket.socketpair())
    >>> here.send({"dismiss": 7})
    >>> there.read()
    [({'dismiss': 7}, [])]
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._sending = threading.Lock()
        self._received = bytearray()
        self._files: list[int] = []

    def fileno(self) -> int:
        """Return the descriptor to wait on for messages."""
        return self.connection.fileno()

    def send(self, message: Message, files: Sequence[int] = ()) -> None:
        """Send ``message`` and the open ``files``; :class:`OSError` where the other end is gone."""
        line = json.dumps({**message, "files": len(files)} if files else message).encode() + b"\n"
        with self._sending:
            sent = socket.send_fds(self.connection, [line], files) if files else 0
            self.connection.sendall(line[sent:])

    def read(self) -> list[tuple[Message, list[int]]]:
        """Wait until something comes; return the messages that are complete, each with its files.

        Raises :class:`EOFError` where the other end is gone.
        """
        try:
            data, files, _, _ = socket.recv_fds(self.connection, _CHUNK, _MOST_FILES)
        except ConnectionError:
            data, files = b"", []
        if not data:
            raise EOFError("the other end of the line is gone")
        self._received += data
        self._files += files
        *lines, self._received = self._received.split(b"\n")
        return [self._message(line) for line in lines]

    def _message(self, line: bytearray) -> tuple[Message, list[int]]:
        message: Message = json.loads(line)
        count = message.pop("files", 0)
        files, self._files = self._files[:count], self._files[count:]
        return message, files

    def close(self) -> None:
        """Let go of the line, and of files that came and that nobody took."""
        for file in self._files:
            os.close(file)
        self._files = []
        self.connection.close()
