"""Running the server: over stdin and stdout for a client that starts it, or over HTTP on this machine."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import uvicorn
from mcp.server.mcpserver import MCPServer

from integrin_kg.engine.keeper import Keeper
from integrin_kg.mcp_server.server import create
from integrin_kg.settings import Settings
from integrin_kg.startup import ServeError, check_release, engine_of, keeping, listen, start, url

_FAREWELL = 2


def serve(settings: Settings, http: int | None = None, beside: Sequence[Path] = ()) -> None:
    """Serve the knowledge graph, with the ontologies ``beside`` ours, until the client hangs up or, on the
    port ``http`` where that is given, until told to stop.

    Raises :class:`~integrin_kg.startup.ServeError` where the port is taken or the graph cannot be built.
    """
    check_release(settings, beside)
    _log(settings.log_level)
    listener = listen(replace(settings, port=http)) if http is not None else None
    with keeping(settings, beside) as keeper:
        server = create(engine_of(keeper, settings), settings)
        if listener:
            start(keeper)
            _over_http(server, listener)
        else:
            _over_pipes(server, keeper)


def _log(level: str) -> None:
    """Log to stderr: over pipes stdout is the protocol's. The SDK, and what it uses, warnings only."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("integrin_kg").setLevel(level.upper())


def _over_pipes(server: MCPServer[None], keeper: Keeper) -> None:
    def leave(status: int) -> None:
        # The thread that reads stdin cannot be interrupted, and the process would wait for it.
        keeper.close()
        os._exit(status)

    def begin() -> None:
        try:
            start(keeper)
        except ServeError as error:
            if not keeper.closed:  # the client is still there
                print(error, file=sys.stderr, flush=True)
                leave(1)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave(0))
    # A client need not wait to be greeted until the graph is built.
    threading.Thread(target=begin, name="start", daemon=True).start()
    try:
        server.run("stdio")
    except* BrokenPipeError:
        pass  # the client is gone: nobody is left to tell


def _over_http(server: MCPServer[None], listener: socket.socket) -> None:
    # The SDK lets in what comes from this machine and says so itself: DNS rebinding is refused.
    app = server.streamable_http_app(host="127.0.0.1")
    print(f"Integrin Knowledge Graph for assistants on {url(listener)}mcp", file=sys.stderr, flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # uvicorn raises anew what it was stopped by
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=_FAREWELL)
    uvicorn.Server(config).run(sockets=[listener])
