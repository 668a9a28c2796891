"""What every service begins with: an engine that answers its queries, a socket to listen on."""

from __future__ import annotations

import errno
import json
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from integrin_kg.engine import sandbox
from integrin_kg.engine.client import Engine
from integrin_kg.engine.keeper import Counted, HostError, Keeper
from integrin_kg.engine.staff import Staff
from integrin_kg.errors import MeantToBeRead
from integrin_kg.settings import Settings


class ServeError(MeantToBeRead, RuntimeError):
    """The service cannot start; the message says why and what to do."""


def check_release(settings: Settings, beside: Sequence[Path]) -> None:
    """Raise :class:`ServeError` where a release is to be served as what it is not."""
    others = {
        "--store": settings.store != "memory",
        "--writable": settings.writable,
        "--unlock": settings.unlock,
        "--empty": settings.empty,
        "--ontology": bool(beside),
    }
    if settings.release and any(others.values()):
        given = " and ".join(option for option, is_given in others.items() if is_given)
        raise ServeError(f"--release serves a file as it is: leave out {given}")


@contextmanager
def keeping(settings: Settings, beside: Sequence[Path] = (), kept: Counted | None = None) -> Iterator[Keeper]:
    """Give the keeper of a process that builds the knowledge graph, with the ontologies ``beside`` ours,
    and answers from it: :func:`start` starts it, the context's end ends it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the orphans that the keeper adopts
    keeper = Keeper(_command(settings, beside), kept)
    try:
        yield keeper
    finally:
        keeper.close()


def start(keeper: Keeper) -> None:
    """Start what ``keeper`` keeps and wait for it; :class:`ServeError` where the graph cannot be built."""
    try:
        keeper.start()
    except HostError as error:
        raise ServeError(str(error)) from error
    if not sandbox.known():
        print("no network barrier on this machine: SERVICE is refused by its name only", file=sys.stderr)


def engine_of(keeper: Keeper, settings: Settings) -> Engine:
    """Return the engine whose queries the current host of ``keeper`` answers."""
    staff = Staff(settings.workers, settings.concurrency)
    return Engine(lambda: keeper.current, staff, settings.cache * 1024 * 1024)


def _command(settings: Settings, beside: Sequence[Path]) -> list[str]:
    ontologies = [str(path.resolve()) for path in beside]
    given = [json.dumps(asdict(settings)), json.dumps(ontologies)]
    return [sys.executable, "-m", "integrin_kg.engine.main", *given]


def url(listener: socket.socket) -> str:
    """Return the URL at which what serves on ``listener`` is found."""
    host, port = listener.getsockname()[:2]
    return f"http://{_authority(host, port)}/"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens on the host and port of ``settings``; :class:`ServeError` where it
    cannot."""
    where = _authority(settings.host, settings.port)
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OverflowError as error:
        raise ServeError(f"cannot listen on {where}: a port is a number up to 65535") from error
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        hint = "is another server running there? Try another port" if taken else "check host and port"
        raise ServeError(f"cannot listen on {where}: {error.strerror or error}; {hint}") from error
    return listener
