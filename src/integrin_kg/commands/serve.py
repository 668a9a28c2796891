"""``integrin-kg serve``: the graph over HTTP."""

from __future__ import annotations

import argparse

from integrin_kg.serve import serve
from integrin_kg.settings import Settings


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    serve(Settings.from_arguments(arguments), arguments.ontology)
    return 0
