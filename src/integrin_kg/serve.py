"""Running the endpoint: an engine for the queries, a server for HTTP, one command for both."""

from __future__ import annotations

import os
import resource
import socket
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from integrin_kg.engine.keeper import Counted, Keeper
from integrin_kg.kept import Kept
from integrin_kg.settings import Settings
from integrin_kg.startup import ServeError, check_release, engine_of, keeping, listen, start, url


def serve(settings: Settings, beside: Sequence[Path] = ()) -> None:
    """Build the knowledge graph, with the ontologies ``beside`` ours, and serve it until told to stop.

    Raises :class:`~integrin_kg.startup.ServeError` where the address is taken or the graph cannot be
    built, and :class:`~integrin_kg.kept.KeptError` where another process has the store.
    """
    _check_store(settings)
    check_release(settings, beside)
    listener = listen(settings)
    kept = Kept(Path(settings.folder)) if settings.folder else None
    lock = kept.lock() if kept else None
    try:
        with keeping(settings, beside, _elsewhere(settings) if settings.remote else kept) as keeper:
            with ThreadPoolExecutor(1) as pool:
                starting = pool.submit(start, keeper)
                run = _site(keeper, settings)  # meanwhile
                starting.result()
            _allow_many_files()
            print(f"Integrin Knowledge Graph on {url(listener)}", file=sys.stderr, flush=True)
            run(listener)
    finally:
        if lock is not None:
            os.close(lock)


def _site(keeper: Keeper, settings: Settings) -> Callable[[socket.socket], None]:
    """Return what serves the site on a socket."""
    from integrin_kg.web import create_app, server  # while the graph is being built
    from integrin_kg.web.access import Token, lacking
    from integrin_kg.web.exchanges import observers_of
    from integrin_kg.web.express import Express

    token = Token.of(settings)
    if settings.writable and not token:
        print(f"--writable without {lacking(settings)}: every write is refused", file=sys.stderr)
    engine = engine_of(keeper, settings)
    app = create_app(engine, settings, keeper.change, token)
    express = Express(engine, settings, observers_of(app))
    return lambda listener: server.run(app, listener, settings, express)


def _elsewhere(settings: Settings) -> Counted:
    from integrin_kg.remote.graphs import Counter  # the embedded store needs no HTTP client

    return Counter(settings)


def _check_store(settings: Settings) -> None:
    if "://" in settings.store and not settings.remote:
        raise ServeError(f"--store {settings.store}: only http and https lead to another engine")
    if settings.remote and (settings.empty or settings.unlock):
        raise ServeError("--empty and --unlock are for the embedded store: give no URL as --store")


def _allow_many_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
