"""``integrin-kg load``: the graph into another engine."""

from __future__ import annotations

import argparse
import sys

from integrin_kg.engine.main import elsewhere
from integrin_kg.remote.endpoint import StoreError
from integrin_kg.settings import Settings


def run(arguments: argparse.Namespace) -> int:
    """Load the engine and have it reason."""
    wanted = Settings.from_arguments(arguments)
    if not wanted.remote:
        raise StoreError("give the URL of an engine's endpoint as --store")
    remote = elsewhere(wanted, arguments.ontology, anew=True)
    print(f"{wanted.store} holds {remote.version}", file=sys.stderr)
    return 0
