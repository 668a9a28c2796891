"""``/update``: the SPARQL 1.1 Protocol's update operation.

https://www.w3.org/TR/sparql11-protocol/#update-operation
"""

from __future__ import annotations

import json

from flask import Blueprint, Response

from integrin_kg.engine.messages import MAX_REQUEST, Problem, Update
from integrin_kg.settings import Settings
from integrin_kg.web import protocol
from integrin_kg.web.access import Make, Token, demand


def blueprint(make: Make, settings: Settings, token: Token) -> Blueprint:
    """Return the endpoint, that has changes made by ``make`` for whoever shows ``token``."""
    endpoint = Blueprint("update", __name__)

    @endpoint.post("/update")
    def update() -> Response:
        demand(settings, token)
        text = protocol.operation("update", protocol.UPDATE)
        if text is None:
            raise Problem(400, "No update", "POST one as the form field 'update', or as the body.")
        if len(text) > MAX_REQUEST:
            raise Problem(413, "Update too large", f"It has more than {MAX_REQUEST} characters: PUT a graph.")
        change = Update(
            text,
            protocol.base(),
            protocol.graphs("using-graph-uri"),
            protocol.graphs("using-named-graph-uri"),
            protocol.timeout(settings.update_timeout),
        )
        report = make(change, [])
        return Response(json.dumps(report, indent=2) + "\n", content_type="application/json")

    return endpoint
