"""The HTTP service: thin Flask blueprints over the engine, with no SPARQL but ``queries/*.rq``."""

from __future__ import annotations

from flask import Flask, Response

from integrin_kg.engine.client import Engine
from integrin_kg.engine.keeper import Keeper
from integrin_kg.settings import Settings
from integrin_kg.web import explain, graphs, pages, problems, sparql, update
from integrin_kg.web.access import Token
from integrin_kg.web.questions import Questions

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match",
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
    "Access-Control-Expose-Headers": f"ETag, Location, Retry-After, {sparql.REASONING_HEADER}",
}


def create_app(engine: Engine, settings: Settings, keeper: Keeper, token: Token) -> Flask:
    """Return the WSGI application that answers from ``engine``, and has ``keeper`` make the changes of
    whoever shows ``token``."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_limit * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 16 * 1024 * 1024
    app.url_map.merge_slashes = False  # what is not there is a 404 and no redirect
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    questions = Questions(engine, settings)
    app.register_blueprint(sparql.blueprint(engine, settings))
    app.register_blueprint(update.blueprint(keeper, settings, token))
    app.register_blueprint(graphs.blueprint(engine, keeper, settings, token))
    app.register_blueprint(explain.blueprint(engine, settings))
    app.register_blueprint(pages.blueprint(engine, settings, questions))
    problems.register(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
