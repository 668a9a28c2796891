"""The connections to a host's idle workers, kept from one query to the next."""

from __future__ import annotations

import contextlib
import socket

from integrin_kg.engine.messages import Problem

_PATIENCE = 5.0
_LOOK = int(socket.MSG_PEEK) | int(socket.MSG_DONTWAIT)


class NobodyThereError(Problem):
    """No worker took the query: it can be asked again."""

    def __init__(self, detail: str) -> None:
        super().__init__(503, "Query engine unavailable", detail, **{"retry-after": 1})


class Contact:
    """A connection to a worker, which answers one task after another on it; ``worker`` is its process,
    None until it has said who it is. It is ``watched`` once somebody waits for many of them at once."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.worker: int | None = None
        self.watched = False

    @property
    def open(self) -> bool:
        """Whether the worker at the other end is still there, and as idle as it should be."""
        try:
            self.connection.recv(1, _LOOK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False  # it left, or says what nobody asked for

    def close(self) -> None:
        """Let go of the worker."""
        self.connection.close()


class Pool:
    """Idle contacts to the workers that listen at ``path``, the one used last first.

    A worker with a contact takes no other: there are never more contacts than workers, and who finds none
    idle makes one, which the next worker without any takes.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.closed = False
        self._idle: list[Contact] = []  # appending and popping are atomic

    def idle(self) -> Contact | None:
        """Return a contact to an idle worker, if there is one."""
        while True:
            try:
                contact = self._idle.pop()
            except IndexError:
                return None
            if contact.open:
                return contact
            contact.close()

    def connect(self) -> Contact:
        """Return a new contact, whose worker is yet to come; :class:`NobodyThereError` where nobody
        listens."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_PATIENCE)
            connection.connect(self.path)
        except OSError as error:
            connection.close()
            raise NobodyThereError(f"It does not answer ({error}).") from error
        return Contact(connection)

    def give_back(self, contact: Contact) -> None:
        """Keep ``contact``, whose worker has answered."""
        if contact.connection.gettimeout() != 0:
            contact.connection.settimeout(0)
        self._idle.append(contact)
        if self.closed:
            self.close()

    def close(self) -> None:
        """Let go of all idle workers, now and whenever one is given back."""
        self.closed = True
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()
