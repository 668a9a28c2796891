"""``/health``: whether the process lives, and whether it can answer a query."""

from __future__ import annotations

import json
from importlib.metadata import version

from flask import Blueprint, Response

from integrin_kg.engine.client import Engine
from integrin_kg.engine.messages import Problem, Query
from integrin_kg.lookup.questions import JSON
from integrin_kg.settings import Settings

_PATIENCE = 2.0  # seconds: whoever asks for health has given up by then


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the three resources over ``engine``: ``/health/live`` is 200 as long as anything answers;
    ``/health/ready`` and ``/health`` are 503 where the engine does not answer ``ASK {}``."""
    health = Blueprint("health", __name__)
    timeout = min(_PATIENCE, settings.query_timeout)

    @health.get("/health")
    def whole() -> Response:
        obstacle = _obstacle(engine, timeout)
        about: dict[str, object] = {
            "status": "unavailable" if obstacle else "ok",
            "live": True,
            "ready": obstacle is None,
            "version": version("integrin-kg"),
            "reasoning": settings.reasoning,
        }
        return _respond(about | ({"detail": obstacle} if obstacle else {}), obstacle is None)

    @health.get("/health/live")
    def live() -> Response:
        return _respond({"live": True}, True)

    @health.get("/health/ready")
    def ready() -> Response:
        obstacle = _obstacle(engine, timeout)
        about: dict[str, object] = {"ready": obstacle is None}
        return _respond(about | ({"detail": obstacle} if obstacle else {}), obstacle is None)

    return health


def _obstacle(engine: Engine, timeout: float) -> str | None:
    """What keeps the engine from answering, None where it answers."""
    try:
        answer = json.loads(engine.run(Query("ASK {}", JSON, None, timeout=timeout), fresh=True).read())
    except Problem as problem:
        return problem.title
    except (ConnectionError, ValueError) as error:  # it broke off, or what it said is no answer
        return str(error)
    true = isinstance(answer, dict) and answer.get("boolean") is True
    return None if true else "The engine does not say that ASK {} is true"


def _respond(about: dict[str, object], well: bool) -> Response:
    return Response(
        json.dumps(about) + "\n",
        status=200 if well else 503,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
