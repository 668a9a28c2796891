"""The site's scripts, bundled from ``frontend/`` by ``make frontend``: which files a page has to load.

Pages work without them; a page without its bundle says so.
"""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, Response, request, url_for
from markupsafe import Markup

FOLDER = Path(__file__).with_name("static") / "bundle"
_PATH = "/static/bundle/"
_YEAR = 365 * 24 * 60 * 60

_STYLE = Markup('<link rel="stylesheet" href="{}">')
_SCRIPT = Markup('<script type="module" src="{}"></script>')


def register(app: Flask, folder: Path = FOLDER) -> None:
    """Give the templates of ``app`` ``bundle(name)``, the elements that load that entry of the bundle in
    ``folder`` (nothing where there is no bundle), and ``bundled``, whether there is one."""
    manifest = read(folder)

    def bundle(name: str) -> Markup:
        files = manifest.get(name, {})
        kinds = [(_STYLE, files.get("style")), (_SCRIPT, files.get("script"))]
        return Markup("\n").join(
            element.format(url_for("static", filename=f"bundle/{file}")) for element, file in kinds if file
        )

    @app.after_request
    def keep(response: Response) -> Response:
        hashed = request.path.startswith(_PATH) and request.path.endswith((".js", ".css"))
        if hashed and response.status_code in (200, 304):
            # A name has its content's hash in it (RFC 8246).
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        return response

    app.jinja_env.globals.update(bundle=bundle, bundled=bool(manifest))


def read(folder: Path) -> dict[str, dict[str, str]]:
    """Return for each entry of the bundle in ``folder`` its ``script`` and ``style``; nothing where it
    was not built."""
    try:
        manifest: dict[str, dict[str, str]] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return manifest
