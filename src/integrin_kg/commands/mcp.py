"""``integrin-kg mcp``: the graph for assistants."""

from __future__ import annotations

import argparse

from integrin_kg.settings import Settings
from integrin_kg.startup import ServeError

_NO_MCP = (
    "the package 'mcp' is missing: pip install 'integrin-kg[mcp]' brings it "
    "(in a checkout: .venv/bin/pip install --editable '.[mcp]')"
)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the client hangs up or, over HTTP, until told to stop."""
    try:
        from integrin_kg.mcp_server.serve import serve  # its package is an extra
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] != "mcp":
            raise
        raise ServeError(_NO_MCP) from error
    serve(Settings.from_arguments(arguments), arguments.http, arguments.ontology)
    return 0
