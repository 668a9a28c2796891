"""What ``docs/operating.md`` tells operators is what the service has."""

from __future__ import annotations

import argparse
import io
import json
import logging
import re

from flask import Flask

from conftest import ROOT
from integrin_kg.settings import add_arguments
from integrin_kg.web import logs, metrics
from integrin_kg.web.metrics import EngineState
from loopback import Client

DOCUMENT = (ROOT / "docs" / "operating.md").read_text("utf-8")
STATE = EngineState(queued=0, refused=0, workers_alive=1, graph_version=1)


def block(language: str) -> str:
    """The document's first fenced block in that language."""
    found = re.search(rf"^```{language}\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, language
    return found[1]


def test_every_setting_is_in_the_table_with_its_default() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    add_arguments(parser)
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `--")]
    for action in parser._actions:
        (row,) = [row for row in rows if f"`{action.option_strings[0]}`" in row.split("|")[1]]
        if action.default not in (True, False, []):
            default = format(action.default, "g" if isinstance(action.default, float) else "")
            assert re.search(rf"\b{re.escape(default)}\b", row), row


def test_the_metrics_it_names_are_those_that_are_served() -> None:
    app = Flask(__name__)
    app.test_client_class = Client
    metrics.register(app, lambda: STATE)
    client = app.test_client()
    client.get("/metrics")
    served = set(re.findall(r"^# TYPE (integrin_kg_\w+)", client.get("/metrics").text, re.MULTILINE))
    table = set(re.findall(r"^\| `(integrin_kg_\w+)`", DOCUMENT, re.MULTILINE))
    assert {name for name in served if not name.endswith("_created")} == table
    alerts = set(re.findall(r"integrin_kg_\w+", block("yaml")))
    assert {name.removesuffix("_bucket") for name in alerts} <= table


def test_the_line_that_it_shows_has_the_members_of_a_line() -> None:
    written = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:]
    app = Flask(__name__)
    app.test_client_class = Client
    logs.register(app, "info", written)
    app.test_client().get("/")
    root.handlers[:] = before
    assert list(json.loads(block("json"))) == list(json.loads(written.getvalue()))


def test_the_proxies_let_through_what_the_service_takes() -> None:
    assert "client_max_body_size 16m;" in block("nginx")
    assert "max_size 16MiB" in block("caddyfile")
    assert "proxy_buffering off;" in block("nginx")
