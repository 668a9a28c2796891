"""How the documents become a site: ``make docs`` writes it into ``build/docs``."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

import generated

project = "Integrin Knowledge Graph"
author = "The Integrin Knowledge Graph developers"
copyright = author
version = release = installed("integrin-kg")

extensions = ["myst_parser"]
nitpicky = True

myst_enable_extensions = ["fieldlist"]
myst_heading_anchors = 3
myst_heading_slug_func = "generated.anchor"
highlight_language = "text"
pygments_dark_style = "github-dark"

html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_logo = html_favicon = "../src/integrin_kg/web/static/icon.svg"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5d70", "color-brand-content": "#0b5d70"},
    "dark_css_variables": {"color-brand-primary": "#7ccfe0", "color-brand-content": "#7ccfe0"},
}


def setup(app: Sphinx) -> None:
    """Fill in what is generated, and give Pygments the names that it lacks."""
    app.add_lexer("caddyfile", TextLexer)
    app.add_lexer("csv", TextLexer)
    app.add_lexer("manchester", TextLexer)
    app.connect("source-read", generated.fill_in)
    app.connect("doctree-read", generated.name_first)
