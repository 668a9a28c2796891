"""Running the service: a host for the queries, gunicorn for HTTP, one command for both."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from integrin_kg.engine import host, sandbox
from integrin_kg.engine.client import Engine
from integrin_kg.engine.worker import Limits
from integrin_kg.knowledge import Knowledge
from integrin_kg.settings import Settings
from integrin_kg.web import create_app

_THREADS = 32


class ServeError(RuntimeError):
    """The service cannot start; the message says why and what to do."""


def serve(settings: Settings, beside: Iterable[Path] = ()) -> None:
    """Build the knowledge graph, with the ontologies ``beside`` ours, and serve it until told to stop.

    Raises :class:`ServeError` where the address is taken, and what
    :meth:`~integrin_kg.knowledge.Knowledge.assemble` raises.
    """
    listener = _listen(settings)
    knowledge = Knowledge.assemble(reasoning=settings.reasoning, beside=beside)
    folder = Path(tempfile.mkdtemp(prefix="integrin-kg-"))
    try:
        limits = Limits(memory=settings.query_memory * 1024 * 1024)
        explainer = knowledge.explainer() if settings.reasoning else None
        pid = host.start(knowledge.quads(), folder, settings.workers, limits, [listener], explainer)
        del knowledge, explainer
        if not sandbox.known():
            print("no network barrier on this machine: SERVICE is refused by its name only", file=sys.stderr)
        address, port = listener.getsockname()[:2]
        print(f"Integrin Knowledge Graph on http://{address}:{port}/", file=sys.stderr, flush=True)
        try:
            _Server(settings, listener, folder).run()
        finally:
            _end(pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        return  # it is gone already


class _Server(BaseApplication):
    """gunicorn with our settings instead of its command line."""

    def __init__(self, settings: Settings, listener: socket.socket, folder: Path) -> None:
        self.settings, self.listener, self.folder = settings, listener, folder
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"fd://{self.listener.fileno()}",
            "workers": 1,
            "threads": _THREADS,
            "worker_class": "gthread",
            "worker_tmp_dir": str(self.folder),
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 15,
            "accesslog": None,
            "loglevel": "warning",
            "limit_request_line": 8190,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(Engine(self.folder), self.settings)
