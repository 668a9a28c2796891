"""``/openapi.json``: the HTTP surface as OpenAPI 3.1.

``openapi.json`` beside this module describes all that the service may offer; what this server does not
offer (updates, on one that only reads) is left out. https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app
from werkzeug.routing import Map

from integrin_kg.web.description import own_url

_FILE = Path(__file__).with_name("openapi.json")
_VARIABLE = re.compile(r"<[^>]*>|\{[^}]*\}")


def blueprint() -> Blueprint:
    """Return the resource."""
    about = Blueprint("openapi", __name__)
    document = json.loads(_FILE.read_text("utf-8"))
    document["info"]["version"] = version("integrin-kg")

    @about.get("/openapi.json")
    def openapi() -> Response:
        here = {"servers": [{"url": own_url("")}], "paths": offered(document["paths"], current_app.url_map)}
        body = json.dumps(document | here, ensure_ascii=False, indent=2) + "\n"
        return Response(body, content_type="application/json", headers={"Vary": "Host"})

    return about


def offered(paths: dict[str, Any], routes: Map) -> dict[str, Any]:
    """Return those of the described ``paths`` and their methods that ``routes`` has."""
    methods: dict[str, set[str]] = {}
    for rule in routes.iter_rules():
        methods.setdefault(_pattern(rule.rule), set()).update(rule.methods or ())
    return {
        path: {key: value for key, value in item.items() if _is_offered(key, methods[_pattern(path)])}
        for path, item in paths.items()
        if _pattern(path) in methods
    }


def _pattern(path: str) -> str:
    return _VARIABLE.sub("{}", path)


def _is_offered(key: str, methods: set[str]) -> bool:
    return key in ("summary", "description", "parameters") or key.upper() in methods
