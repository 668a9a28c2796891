"""The search: what finds what, in which order, how fast, and what it must not find."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from integrin_kg.lookup.names import LONGEST, Index
from test_pages import Page
from test_sparql import BROWSER, problem, send
from timing import in_time, within

RECEPTOR, CHAIN, GENE = "/integrin/alphaV-beta3", "/subunit/ITGAV", "/gene/ITGAV"


def search(server: str, text: str) -> list[dict[str, Any]]:
    reply = send(server, f"/search?format=json&q={quote(text)}")
    assert (reply.status, reply.media_type) == (200, "application/json")
    found: list[dict[str, Any]] = reply.json()
    return found


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("avb3", RECEPTOR),
        ("αvβ3", RECEPTOR),
        ("AVB3", RECEPTOR),
        ("ανβ3", RECEPTOR),  # with the Greek nu of some printers
        ("alpha v beta 3", RECEPTOR),
        ("alphavbeta3", RECEPTOR),
        ("integrin alpha-V/beta-3", RECEPTOR),
        ("vitronectin receptor", RECEPTOR),
        ("GO:0034683", RECEPTOR),
        ("https://w3id.org/integrin-kg/integrin/alphaV-beta3", RECEPTOR),
        ("αv", CHAIN),
        ("CD51", CHAIN),
        ("P06756", CHAIN),
        ("uniprot:P06756", CHAIN),
        ("http://purl.uniprot.org/uniprot/P06756", CHAIN),
        ("hgnc:6150", GENE),
        ("RGD receptor", "/schema/RGDReceptor"),
        ("actsOn", "/schema/actsOn"),
        ("FERMT2", "/protein/Kindlin"),
        ("kindlin-2", "/protein/Kindlin"),
        ("glioma", "/disease/high-grade-glioma"),
    ],
)
def test_every_way_to_write_a_name_finds_the_thing_first(server: str, text: str, path: str) -> None:
    assert search(server, text)[0]["href"] == path


def test_a_gene_symbol_finds_the_chain_and_its_integrins(server: str) -> None:
    found = [hit["href"] for hit in search(server, "ITGAV")]
    assert set(found[:2]) == {CHAIN, GENE}
    assert RECEPTOR in found


def test_a_hit_says_what_it_is_and_by_which_name_it_was_found(server: str) -> None:
    hit = search(server, "cd51")[0]
    assert hit | {"definition": ""} == {
        "label": "integrin subunit αv",
        "iri": "https://w3id.org/integrin-kg/subunit/ITGAV",
        "href": CHAIN,
        "kind": "integrin alpha subunit",
        "match": "CD51",
        "definition": "",
    }


@pytest.mark.parametrize(
    "text", ["", " ", "+", "zzzzzzzz", "<script>alert(1)</script>", "receptor\n\n\x00zz", "%"]
)
def test_what_names_nothing_finds_nothing(server: str, text: str) -> None:
    assert search(server, text) == []


def test_claims_are_not_found_by_name(server: str) -> None:
    assert not [hit for hit in search(server, "claim") if hit["href"].startswith("/claim/")]


def named(*labels: str) -> Index:
    return Index({"thing": f"urn:x:{n}", "role": "label", "text": label} for n, label in enumerate(labels))


def labels(index: Index, text: str) -> list[str]:
    return [hit.name.entry.label for hit in index.find(text)]


def test_hits_come_exact_then_as_prefix_then_as_word_then_as_part() -> None:
    index = named("unlamininated", "anti laminin antibody", "laminin receptor", "laminin")
    expected = ["laminin", "laminin receptor", "anti laminin antibody", "unlamininated"]
    assert labels(index, "Laminin") == expected


def test_words_in_another_order_find_what_has_them_all_and_only_where_nothing_else_does() -> None:
    index = named("vitronectin receptor", "receptor", "vitronectin")
    assert [hit.name.entry.label for hit in index.find("receptor vitronectin")] == ["vitronectin receptor"]
    assert [hit.name.entry.label for hit in index.find("vitronectin")] == [
        "vitronectin",
        "vitronectin receptor",
    ]


def test_an_abbreviation_is_of_greek_letters_and_no_others() -> None:
    index = named("αvβ3", "avastin")
    assert labels(index, "alphav") == ["αvβ3"]
    assert set(labels(index, "av")) == {"αvβ3", "avastin"}


def test_what_is_misspelled_is_guessed(server: str) -> None:
    text = send(server, "/search?q=cilengitdie", Accept=BROWSER).text
    assert "/therapeutic/cilengitide" in Page(text).links


def test_the_page_of_results_links_to_what_json_has(server: str) -> None:
    reply = send(server, "/search?q=avb3", Accept=BROWSER)
    assert (reply.status, reply.media_type) == (200, "text/html")
    assert {hit["href"] for hit in search(server, "avb3")} <= set(Page(reply.text).links)


def test_what_was_typed_is_shown_as_text(server: str) -> None:
    text = send(server, "/search?q=" + quote('"><script>alert(1)</script>'), Accept=BROWSER).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_accept_asks_for_json_too(server: str) -> None:
    reply = send(server, "/search?q=CD51", Accept="application/json")
    assert reply.json() == search(server, "CD51")
    assert "Accept" in reply.headers["Vary"].split(", ")
    assert problem(send(server, "/search?q=CD51&format=xml"))["status"] == 400
    assert send(server, "/search?q=CD51", Accept="image/png").status == 406


def test_the_index_follows_the_graph(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTEGRIN_KG_TOKEN", "secret")
    server = serve("--writable")
    assert search(server, "quuxin") == []
    graph = "https://w3id.org/integrin-kg/graph/user/mine"
    update = f'INSERT DATA {{ GRAPH <{graph}> {{ <urn:x:q> rdfs:label "quuxin" }} }}'
    reply = send(server, "/update", "POST", update, Authorization="Bearer secret",
                 **{"Content-Type": "application/sparql-update"})  # fmt: skip
    assert reply.status in (200, 204), reply.text
    assert [hit["iri"] for hit in search(server, "quuxin")] == ["urn:x:q"]
    assert 'href="urn:x:q"' not in send(server, "/search?q=quuxin", Accept=BROWSER).text


def test_a_search_takes_less_than_50_ms(server: str) -> None:
    search(server, "avb3")

    def quickest(text: str) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            search(server, text)
            times.append(time.perf_counter() - started)
        return min(times)

    for text in ("a", "avb3", "alpha v beta 3", "receptor vitronectin", "integrin", "zzzzzz"):
        in_time(quickest(text), 0.05, text)


def test_a_text_that_is_longer_than_any_name_is_refused(server: str) -> None:
    assert search(server, "x" * LONGEST) == []
    for accepted in ("application/json", BROWSER):
        reply = send(server, f"/search?q={'x' * (LONGEST + 1)}", Accept=accepted)
        assert reply.status == 400
        assert str(LONGEST) in reply.text


def test_a_word_that_is_said_often_is_looked_for_once() -> None:
    index = named(*(f"{chr(97 + number % 26)} {number}" for number in range(2000)))
    with within(1.0):
        assert labels(index, "q z " * 5000) == []
        assert index.near("q z " * 5000) == []


def test_nothing_is_guessed_of_what_is_longer_than_any_name(server: str) -> None:
    assert problem(send(server, "/therapeutic/cilengitdie"))["suggestions"]
    assert "suggestions" not in problem(send(server, f"/therapeutic/{'cilengitide' * 20}"))


def test_many_may_search_at_once(server: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(
            found[0]["href"] == RECEPTOR for found in pool.map(lambda _: search(server, "avb3"), range(32))
        )
