"""Running the service: an engine for the queries, a server for HTTP, one command for both."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from integrin_kg.engine import sandbox
from integrin_kg.engine.client import Engine
from integrin_kg.engine.host import Staff
from integrin_kg.engine.keeper import HostError, Keeper
from integrin_kg.kept import Kept
from integrin_kg.settings import Settings
from integrin_kg.web import create_app, server
from integrin_kg.web.access import Token


class ServeError(RuntimeError):
    """The service cannot start; the message says why and what to do."""


def serve(settings: Settings, beside: Iterable[Path] = ()) -> None:
    """Build the knowledge graph, with the ontologies ``beside`` ours, and serve it until told to stop.

    Raises :class:`ServeError` where the address is taken or the graph cannot be built, and
    :class:`~integrin_kg.kept.KeptError` where another process has the store.
    """
    listener = _listen(settings)
    token = Token.of(settings)
    kept = Kept(Path(settings.store)) if settings.store != "memory" else None
    lock = kept.lock() if kept else None
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the orphans that the keeper adopts
    keeper = Keeper(_command(settings, beside), kept)
    try:
        keeper.start()
        _warn(settings, token)
        _allow_many_files()
        address, port = listener.getsockname()[:2]
        print(f"Integrin Knowledge Graph on http://{address}:{port}/", file=sys.stderr, flush=True)
        engine = Engine(lambda: keeper.current, Staff(settings.workers, settings.concurrency))
        server.run(create_app(engine, settings, keeper.change, token), listener, settings)
    except HostError as error:
        raise ServeError(str(error)) from error
    finally:
        keeper.close()
        if lock is not None:
            os.close(lock)


def _command(settings: Settings, beside: Iterable[Path]) -> list[str]:
    ontologies = [str(path.resolve()) for path in beside]
    given = [json.dumps(asdict(settings)), json.dumps(ontologies)]
    return [sys.executable, "-m", "integrin_kg.engine.main", *given]


def _warn(settings: Settings, token: Token) -> None:
    if not sandbox.known():
        print("no network barrier on this machine: SERVICE is refused by its name only", file=sys.stderr)
    if settings.writable and not token:
        print("--writable without a token: set INTEGRIN_KG_TOKEN, or every write is refused", file=sys.stderr)


def _allow_many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen(settings: Settings) -> socket.socket:
    where = f"{settings.host}:{settings.port}"
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
        hint = "is another server running there? Try --port" if taken else "check --host and --port"
        raise ServeError(f"cannot listen on {where}: {error.strerror or error}; {hint}") from error
    return listener
