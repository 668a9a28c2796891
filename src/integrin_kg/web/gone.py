"""Whether the client of a request still waits for its answer."""

from __future__ import annotations

import socket

from flask import request

from integrin_kg.web.channel import SOCKET


def client_gone() -> bool:
    """Return whether the client of the current request has closed its connection, where that is known."""
    return is_gone(request.environ.get(SOCKET))


def is_gone(connection: socket.socket | None) -> bool:
    """Return whether the other end of ``connection`` is closed; False where nobody knows."""
    if connection is None:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
