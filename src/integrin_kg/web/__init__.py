"""The HTTP service: thin Flask blueprints over the engine, with no SPARQL but ``queries/*.rq``."""

from __future__ import annotations

from functools import partial

from flask import Flask, Response

from integrin_kg.engine.client import Engine
from integrin_kg.lookup import names
from integrin_kg.lookup.current import Current
from integrin_kg.lookup.questions import Questions
from integrin_kg.settings import Settings
from integrin_kg.web import (
    answers,
    browse,
    bundle,
    cells,
    completions,
    compression,
    context,
    dataset,
    entity,
    explain,
    graphs,
    health,
    linked,
    logs,
    metrics,
    openapi,
    pages,
    problems,
    saved_questions,
    search,
    sparql,
    update,
    views,
    vocabulary,
)
from integrin_kg.web.access import Make, Token, nobody
from integrin_kg.web.gone import client_gone
from integrin_kg.web.headers import COMMON
from integrin_kg.web.linked import Documents
from integrin_kg.web.links import NAVIGATION

_NO_TOKEN = Token("")


def create_app(engine: Engine, settings: Settings, make: Make = nobody, token: Token = _NO_TOKEN) -> Flask:
    """Return the WSGI application that answers from ``engine``, and has ``make`` make the changes of
    whoever shows ``token``."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_limit * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 16 * 1024 * 1024
    app.url_map.merge_slashes = False  # what is not there is a 404 and no redirect
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {"navigation": NAVIGATION, "why": cells.why}
    questions = Questions(engine, settings, client_gone)
    app.register_blueprint(sparql.blueprint(engine, settings, questions))
    app.register_blueprint(update.blueprint(make, settings, token))
    app.register_blueprint(graphs.blueprint(engine, make, settings, token))
    app.register_blueprint(explain.blueprint(engine, settings))
    app.register_blueprint(dataset.blueprint(engine, settings, questions))
    app.register_blueprint(openapi.blueprint())
    app.register_blueprint(pages.blueprint(questions))
    known = Current(engine, partial(vocabulary.read, questions))
    index = Current(engine, partial(names.read, questions))
    documents = Documents(engine, settings, questions, known, index, partial(entity.page, questions))
    app.register_blueprint(browse.blueprint(known))
    app.register_blueprint(search.blueprint(questions, index))
    app.register_blueprint(context.blueprint(known))
    app.register_blueprint(linked.blueprint(documents))
    app.register_blueprint(entity.blueprint(questions))
    app.register_blueprint(views.blueprint(engine, settings, questions))
    app.register_blueprint(answers.blueprint(engine, settings, index))
    app.register_blueprint(saved_questions.blueprint(engine, settings, questions))
    app.register_blueprint(completions.blueprint(engine, questions))
    app.register_blueprint(health.blueprint(engine, settings))
    bundle.register(app)
    problems.register(app)
    compression.register(app)
    logs.register(app, settings.log_level)
    metrics.register(app, lambda: _state(engine))

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in COMMON.items():
            response.headers.setdefault(name, value)
        return response

    return app


def _state(engine: Engine) -> metrics.EngineState | None:
    host = engine.current()
    if host is None or not host.alive:
        return None
    admission, cache = engine.admission, engine.cache
    return metrics.EngineState(
        admission.waiting,
        admission.refused,
        host.staff,
        host.serial,
        engine.killed.copy(),
        cache.hits,
        cache.misses,
        cache.size,
    )
