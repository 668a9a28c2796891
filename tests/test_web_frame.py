"""The frame of every page: headings, labels and landmarks, contrast, size, and what its policy allows."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from conftest import ROOT
from test_sparql import BROWSER, send

STYLE = (ROOT / "src/integrin_kg/web/static/style.css").read_text("utf-8")
PATHS = ["/", "/browse", "/search?q=avb3", "/search", "/schema/RGDReceptor", "/schema/actsOn", "/queries",
         "/dataset", "/integrin/nothing"]  # fmt: skip


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


def elements(server: str, path: str) -> Elements:
    return Elements(send(server, path, Accept=BROWSER).text)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_its_landmarks_and_a_way_past_the_navigation(server: str, path: str) -> None:
    page = elements(server, path)
    assert len(page.of("main")) == len(page.of("header")) == len(page.of("footer")) == 1
    first = page.of("a")[0]
    assert first["href"] == "#main"
    assert page.of("main")[0]["id"] == "main"
    assert all(nav.get("aria-label") for nav in page.of("nav"))


@pytest.mark.parametrize("path", PATHS)
def test_headings_skip_no_level(server: str, path: str) -> None:
    levels = [int(tag[1]) for tag, _ in elements(server, path).found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PATHS)
def test_every_field_has_a_label_every_image_a_text_and_every_id_is_one_thing_s(
    server: str, path: str
) -> None:
    page = elements(server, path)
    labelled = {label["for"] for label in page.of("label")}
    fields = [field for field in page.of("input", "select", "textarea") if field.get("type") != "hidden"]
    assert {field["id"] for field in fields} <= labelled
    assert all("alt" in image for image in page.of("img"))
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PATHS)
def test_what_scrolls_is_reached_by_keyboard_and_named(server: str, path: str) -> None:
    for box in elements(server, path).of("div"):
        if box.get("class") == "scroll":
            assert (box["tabindex"], box["role"]) == ("0", "region")
            assert box["aria-label"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_small_and_wants_nothing_from_elsewhere(server: str, path: str) -> None:
    reply = send(server, path, Accept=BROWSER)
    page = Elements(reply.text)
    loaded = [image["src"] for image in page.of("img")]
    loaded += [link["href"] for link in page.of("link") if link["rel"] in ("stylesheet", "icon")]
    assert all((target or "").startswith("/static/") for target in loaded)
    size = len(reply.body) + sum(len(send(server, target or "").body) for target in set(loaded))
    assert size < 300_000, path
    assert not [
        told for _, told in page.found if "style" in told or any(name.startswith("on") for name in told)
    ]


@pytest.mark.parametrize("path", ["/", "/browse", "/schema/actsOn"])
def test_the_page_where_one_is_is_marked_in_the_navigation(server: str, path: str) -> None:
    current = [link["href"] for link in elements(server, path).of("a") if link.get("aria-current") == "page"]
    assert current == ([path] if path in ("/", "/browse") else [])


# Colours.


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))


LIGHT = tokens(STYLE.partition("@media (prefers-color-scheme: dark)")[0])
DARK = tokens(STYLE.partition("@media (prefers-color-scheme: dark)")[2].partition("\n}")[0])
TEXT = [("ink", "paper"), ("ink", "wash"), ("quiet", "paper"), ("quiet", "wash"), ("link", "paper"),
        ("link", "wash"), ("link-strong", "paper"), ("link-strong", "wash"), ("on-link", "link"),
        ("on-link", "link-strong"), ("inferred", "inferred-wash"), ("inferred", "paper")]  # fmt: skip
MARKS = [(name, "paper") for name in
         ("edge", "focus", "rgd", "ldv", "laminin", "collagen")]  # fmt: skip


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_the_contrast_that_they_need(scheme: dict[str, str]) -> None:
    weak = [(one, other, contrast(scheme[one], scheme[other])) for one, other in TEXT
            if contrast(scheme[one], scheme[other]) < 4.5]  # fmt: skip
    weak += [(one, other, contrast(scheme[one], scheme[other])) for one, other in MARKS
             if contrast(scheme[one], scheme[other]) < 3]  # fmt: skip
    assert not weak


def test_every_colour_stands_in_both_schemes_and_nowhere_else() -> None:
    assert LIGHT.keys() == DARK.keys()
    rest = re.sub(r":root \{.*?\n\s*\}", "", STYLE, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", rest)
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLE))
    assert used <= LIGHT.keys() | {"radius", "page", "wide", "table", "measure", "shade", "sans", "mono"}
