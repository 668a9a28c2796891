"""What the site holds that no one writes: its contents, the reference of terms, and how to cite.

A page has ``<!-- generated: NAME -->`` where it goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from integrin_kg import resources
from integrin_kg.knowledge import Knowledge
from reference import Terms

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
CITATION = ROOT / "CITATION.cff"

CONTENTS = {
    "Learn": ["model", "tutorial", "terms"],
    "Use": ["http", "python", "integration", "mcp", "formats"],
    "Run": ["operating", "performance", "scaling", "conformance"],
    "Background": ["curation", "quality", "reasoning", "citing"],
    "Project": ["contributing", "release", "versions", "changelog"],
}
"""The pages by part, in order. Those that are not there are left out; one named nowhere is an error."""

_PAGES = {"../CHANGELOG.md": "changelog.md", "../CONTRIBUTING.md": "contributing.md"}


def fill_in(app: Sphinx, page: str, source: list[str]) -> None:
    """Put what is generated into a page as Sphinx reads it, and turn links out of ``docs/`` to where the
    site has them; what it does not have is named only."""
    makers: dict[str, tuple[Callable[[], str], list[Path]]] = {
        "terms": (lambda: "\n".join(Terms(Knowledge.assemble()).lines()), _tables()),
        "citation": (citation, [CITATION]),
        "contents": (contents, [FOLDER]),
    }
    for name, (make, depends) in makers.items():
        mark = f"<!-- generated: {name} -->"
        if mark in source[0]:
            source[0] = source[0].replace(mark, make())
            for path in (*depends, *FOLDER.glob("*.py")):
                app.env.note_dependency(str(path), docname=page)
    source[0] = re.sub(r"\[([^\]]+)\]\((\.\./[^)]+)\)", _inside, source[0])


def _tables() -> list[Path]:
    return [path for path in resources.ontology_folder().rglob("*") if path.is_file()]


def _inside(link: re.Match[str]) -> str:
    return f"[{link[1]}]({_PAGES[link[2]]})" if link[2] in _PAGES else link[1]


def name_first(_app: Sphinx, document: nodes.document) -> None:
    """Have a heading's link to itself say its anchor as :func:`anchor` has it, and not in lower case."""
    for section in document.findall(nodes.section):
        if (name := section.get("slug")) in section["ids"]:
            section["ids"] = [name, *(other for other in section["ids"] if other != name)]


def anchor(title: str) -> str:
    """Return a heading's anchor: a term's name as it is (``#RGDReceptor``), all else as GitHub has it.

    >>> anchor("RGDReceptor"), anchor("What it is, and why")
    ('RGDReceptor', 'what-it-is-and-why')
    """
    if re.fullmatch(r"[A-Za-z]\w*", title):
        return title
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def contents() -> str:
    """Return a table of contents for each part, of those of its pages that are there."""
    return "\n".join(
        f"```{{toctree}}\n:caption: {part}\n:hidden:\n\n" + "\n".join(filter(_is_there, pages)) + "\n```\n"
        for part, pages in CONTENTS.items()
    )


def _is_there(page: str) -> bool:
    return (FOLDER / f"{page}.md").is_file()


def citation() -> str:
    """Return ``CITATION.cff`` as prose, and as BibTeX for the graph and for the review."""
    cited = yaml.safe_load(CITATION.read_text("utf-8"))
    review = cited["references"][0]
    names = [f"{author['family-names']}, {author['given-names']}" for author in review["authors"]]
    return f"""\
> {cited["authors"][0]["name"]}: *{cited["title"]}*, version {cited["version"]},
> {cited["date-released"].year}. {" and ".join(cited["license"])}.
>
> {"; ".join(name.replace(", ", " ") for name in names)}: *{review["title"]}*.
> {review["journal"]} {review["year"]};{review["volume"]}:{review["start"]}.
> [doi:{review["doi"]}](https://doi.org/{review["doi"]})

```bibtex
@misc{{integrin-kg,
  title   = {{{cited["title"]}}},
  author  = {{{{{cited["authors"][0]["name"]}}}}},
  year    = {{{cited["date-released"].year}}},
  version = {{{cited["version"]}}}
}}

@article{{xiong2021integrins,
  title   = {{{review["title"]}}},
  author  = {{{" and ".join(names)}}},
  journal = {{{review["journal"].replace("&", chr(92) + "&")}}},
  year    = {{{review["year"]}}},
  volume  = {{{review["volume"]}}},
  pages   = {{{review["start"]}}},
  doi     = {{{review["doi"]}}}
}}
```
"""
