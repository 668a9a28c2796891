"""The family picture: what it shows is what the graph holds, and nothing is told by colour alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from integrin_kg.lookup.things import Thing
from integrin_kg.web.family import Picture, arrange, crossings, picture
from test_pages import broken, page
from test_sparql import BROWSER, query, send

ROWS = [
    {"part": "alpha", "thing": "urn:a1", "label": "integrin subunit α1"},
    {"part": "alpha", "thing": "urn:lonely"},
    {"part": "beta", "thing": "urn:b1"},
    {"part": "pair", "thing": "urn:a1b1", "alpha": "urn:a1", "beta": "urn:b1", "label": "α1β1"},
    {"part": "pair", "thing": "urn:a2b9", "alpha": "urn:a2", "beta": "urn:b9"},
    {"part": "category", "thing": "urn:a1b1", "category": "urn:c/RGDReceptor",
     "categoryLabel": "RGD receptor"},
    {"part": "ligand", "thing": "urn:a1b1", "ligand": "fibronectin"},
]  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> Picture:
    return picture(ROWS)


def test_every_chain_is_drawn_paired_or_not_labelled_or_not(drawn: Picture) -> None:
    assert {chain.thing.iri for chain in drawn.alphas} == {"urn:a1", "urn:a2", "urn:lonely"}
    assert {chain.thing.iri for chain in drawn.betas} == {"urn:b1", "urn:b9"}


def test_a_pair_without_a_category_is_drawn_and_says_so(drawn: Picture) -> None:
    known, unknown = sorted(drawn.pairs, key=lambda pair: pair.thing.iri)
    assert (known.tag, known.style) == ("RGD", "RGDReceptor")
    assert known.words == "α1β1: RGD receptor. Binds fibronectin."
    assert (unknown.tag, unknown.style) == ("?", "no-category")
    assert "no ligand category inferred" in unknown.words


def test_no_two_chains_stand_on_one_another(drawn: Picture) -> None:
    for column in (drawn.alphas, drawn.betas):
        heights = sorted(chain.y for chain in column)
        assert all(low + 30 < high for low, high in pairwise(heights))
        assert all(0 < height < drawn.height for height in heights)


def test_the_picture_of_no_pairs_is_empty() -> None:
    empty = picture([])
    assert (empty.alphas, empty.betas, empty.pairs, empty.legend) == ([], [], [], [])


def test_a_pair_of_two_categories_shows_both() -> None:
    second = {"part": "category", "thing": "urn:a1b1", "category": "urn:L", "categoryLabel": "LDV receptor"}
    found = next(pair for pair in picture([*ROWS, second]).pairs if pair.thing.iri == "urn:a1b1")
    assert found.tag == "RGD+LDV"
    assert found.categories == (Thing("RGD receptor", "urn:c/RGDReceptor"), Thing("LDV receptor", "urn:L"))


def test_lines_are_untangled() -> None:
    pairs = frozenset({("a", "z"), ("b", "y"), ("c", "x"), ("c", "y")})
    left, right = arrange(frozenset("abc"), frozenset("xyz"), pairs)
    assert crossings(left, right, pairs) == 0
    assert crossings(list("abc"), list("xyz"), pairs) > 0


def test_the_shipped_family_is_drawn_with_one_crossing_at_most(server: str) -> None:
    text = "SELECT ?a ?b ?i { ?i ikg:hasAlphaSubunit ?a ; ikg:hasBetaSubunit ?b }"
    rows = query(server, text).rows()
    pairs = frozenset((row["a"], row["b"]) for row in rows)
    alphas, betas = (frozenset(ends) for ends in zip(*pairs, strict=True))
    assert len(rows) == len(pairs) == 24
    assert crossings(*arrange(alphas, betas, pairs), pairs) <= 1


@pytest.mark.parametrize("path", ["/", "/family"])
def test_the_picture_shows_the_24_pairs_each_a_link_with_its_words(server: str, path: str) -> None:
    text = send(server, path, Accept=BROWSER).text
    lines = re.findall(r'<a class="pair (\w+)" href="([^"]+)"><title>([^<]+)', text)
    assert len(lines) == len({href for _, href, _ in lines}) == 24
    rows = query(
        server,
        "SELECT ?i ?c { ?i a ?c FILTER(?c IN "
        "(ikg:RGDReceptor, ikg:LDVReceptor, ikg:LamininReceptor, ikg:CollagenReceptor)) }",
    ).rows()
    base = "https://w3id.org/integrin-kg"
    assert {(base + href, style) for style, href, _ in lines} == {
        (row["i"], row["c"].rpartition("/")[2]) for row in rows
    }
    assert "style=" not in text


def test_a_category_is_told_by_a_tag_and_by_a_pattern_of_its_own(server: str) -> None:
    text = send(server, "/family", Accept=BROWSER).text
    tags = dict(re.findall(r'class="pair (\w+)".*?<text class="tag"[^>]*>([^<]+)</text></a>', text))
    assert len(tags) == len(set(tags.values())) == 4
    css = send(server, "/static/views.css").text
    patterns = re.findall(r"\.family \.\w+Receptor \.line[^{]*\{([^}]*)\}", css)
    dashes = [re.findall(r"stroke-dasharray: ([\d ]+)", pattern) for pattern in patterns]
    assert len(dashes) == len({str(dash) for dash in dashes}) == 4


def test_what_the_picture_links_to_answers(server: str) -> None:
    assert not broken(server, page(server, "/family").links)


PAIR = """PREFIX ikg: <https://w3id.org/integrin-kg/schema/> PREFIX i: <https://w3id.org/integrin-kg/integrin/>
PREFIX s: <https://w3id.org/integrin-kg/subunit/> PREFIX m: <https://w3id.org/integrin-kg/motif/>
INSERT DATA { GRAPH <https://w3id.org/integrin-kg/graph/user/me> {
  i:alpha9-beta9 a ikg:Integrin ; ikg:hasAlphaSubunit s:ITGA9 ; ikg:hasBetaSubunit s:ITGB9 ;
    ikg:recognizesMotif m:RGD . } }"""


def test_a_pair_that_a_user_adds_appears_with_the_category_that_follows(
    serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INTEGRIN_KG_TOKEN", "family-token-0123456789")
    writable = serve("--writable")
    before = send(writable, "/family", Accept=BROWSER).text
    assert "alpha9-beta9" not in before
    written = send(
        writable,
        "/update",
        "POST",
        PAIR,
        **{"Content-Type": "application/sparql-update", "Authorization": "Bearer family-token-0123456789"},
    )
    assert written.status < 300, written.text
    after = send(writable, "/family", Accept=BROWSER).text
    assert after.count('<a class="pair') == 25
    assert re.search(r'class="pair RGDReceptor" href="/integrin/alpha9-beta9"', after)
    assert 'href="/subunit/ITGB9"' in after
    own = send(writable, "/integrin/alpha9-beta9", Accept=BROWSER).text
    assert "asserted by me" in own
    assert "RGD receptor" in own
