"""The views across: what they show is what their query gives, told by signs and words, not by colour."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from integrin_kg.lookup.questions import Row
from integrin_kg.web.heatmap import LEGEND, Cell, heat_map
from integrin_kg.web.views import VIEWS
from test_pages import BASE, broken, page
from test_sparql import BROWSER, foreign_scripts, problem, query, send

PATHS = ["/views", "/family", *(f"/views/{name}" for name in VIEWS if name != "family")]


@pytest.mark.parametrize("path", PATHS)
def test_every_view_is_a_small_page_whose_links_answer(server: str, path: str) -> None:
    text = send(server, path, Accept=BROWSER).text
    shown = page(server, path)
    assert len(shown.inside("h1")) == 1
    assert len(text.encode()) < 300_000
    assert "style=" not in text
    assert foreign_scripts(text) == []
    assert not broken(server, shown.links)


def test_the_index_leads_to_every_view(server: str) -> None:
    links = set(page(server, "/views").links)
    assert set(PATHS) - {"/views"} <= links


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_has_its_rows_as_csv_and_its_query_in_the_editor(server: str, name: str) -> None:
    reply = send(server, f"/views/{name}.csv")
    assert (reply.status, reply.media_type) == (200, "text/csv")
    links = page(server, f"/views/{name}" if name != "family" else "/family").links
    behind = next(link for link in links if link.startswith("/sparql?run=false"))
    text = parse_qs(urlsplit(behind).query)["query"][0]
    listed = list(csv.DictReader(io.StringIO(reply.text)))
    assert len(listed) == len(query(server, text).rows()) > 0


@pytest.mark.parametrize(
    "path", ["/views/nothing", "/views/nothing.csv", "/views/..%2fcounts", "/views/x/y/z"]
)
def test_a_view_that_there_is_not_is_a_404(server: str, path: str) -> None:
    assert problem(send(server, path))["status"] == 404


# The heat map.


def cells(text: str) -> dict[tuple[str, str], str]:
    """The cells of the heat map: by integrin and disease, the class of each."""
    table = text.partition('<table class="heat">')[2]
    diseases = re.findall(r'class="upright"><a href="([^"]+)"', table)
    found = {}
    for row in table.split('<th scope="row">')[1:]:
        integrin = re.search(r'href="([^"]+)"', row)
        kinds = re.findall(r'<td class="([^"]+)">', row)
        assert integrin
        assert len(kinds) == len(diseases)
        found |= {(integrin[1], disease): kind for disease, kind in zip(diseases, kinds, strict=True)}
    return found


def test_the_heat_map_tells_what_the_graph_says(server: str) -> None:
    found = cells(send(server, "/views/heat-map", Accept=BROWSER).text)
    assert len({integrin for integrin, _ in found}) == 24
    assert found["/integrin/alphaV-beta3", "/disease/pancreatic-cancer"] == "promotes"
    assert found["/integrin/alpha2-beta1", "/disease/breast-cancer"] == "suppresses"
    assert found["/integrin/alpha2-beta1", "/disease/cancer"].split() == ["both", "by-inference"]
    assert found["/integrin/alphaV-beta3", "/disease/prostate-cancer"].split() == ["promotes", "by-inference"]
    assert found["/integrin/alphaX-beta2", "/disease/breast-cancer"] == "silent"
    assert found["/integrin/alphaV-beta6", "/disease/triple-negative-breast-cancer"] == "else"
    assert found["/integrin/alphaV-beta6", "/disease/breast-cancer"] == "else"
    assert found["/integrin/alphaV-beta6", "/disease/metastatic-colorectal-cancer"] == "else"
    assert found["/integrin/alphaV-beta3", "/disease/epithelial-cancer"] == "else"
    assert found["/integrin/alphaV-beta5", "/disease/pancreatic-cancer"] == "implicated"
    assert found["/integrin/alphaV-beta3", "/disease/gastric-cancer"] == "promotes"
    for property_, kinds in {
        "promotesIn": ("promotes", "both"),
        "suppressesIn": ("suppresses", "both"),
    }.items():
        rows = query(server, f"SELECT DISTINCT ?i ?d {{ ?i a ikg:Integrin ; ikg:{property_} ?d }}").rows()
        said = {(row["i"].replace(BASE, "/"), row["d"].replace(BASE, "/")) for row in rows}
        assert {pair for pair, kind in found.items() if kind.split()[0] in kinds} == said


def test_every_kind_of_cell_has_a_sign_and_a_meaning_of_its_own(server: str) -> None:
    signs, words, meanings = (list(parts) for parts in zip(*LEGEND.values(), strict=True))
    assert len(set(signs)) == len(set(words)) == len(set(meanings)) == len(LEGEND)
    text = send(server, "/views/heat-map", Accept=BROWSER).text
    assert all(meaning in text for meaning in meanings)


def test_a_cell_beside_a_denial_says_so(server: str) -> None:
    text = send(server, "/views/heat-map", Accept=BROWSER).text
    cell = re.search(r'title="α2β1, breast cancer: ([^"]*)".*?</td>', text)
    assert cell
    assert "denied" in cell[1]
    assert "✗ not" in cell[0]


def test_no_cell_is_silent_where_the_graph_has_a_claim_and_each_leads_to_it(server: str) -> None:
    text = send(server, "/views/heat-map", Accept=BROWSER).text
    found = cells(text)
    said = query(
        server, "SELECT DISTINCT ?i ?d { ?i a ikg:Integrin . ?c ikg:claimSubject ?i ; ikg:inDisease ?d }"
    ).rows()
    assert said
    assert not [pair for row in said if found[pair := (at(row["i"]), at(row["d"]))] == "silent"]
    assert 'href="/claim/alphaV-beta6-upregulated-in-breast-cancer" title="αvβ6, breast cancer' in text


def at(iri: str) -> str:
    return iri.replace(BASE, "/")


def row(role: str, known: str = "asserted", claim: str = "") -> Row:
    return {
        "integrin": {"type": "uri", "value": BASE + "integrin/x"},
        "disease": {"type": "uri", "value": BASE + "disease/y"},
        "role": {"type": "literal", "value": role},
        "known": {"type": "literal", "value": known},
    } | ({"claim": {"type": "uri", "value": claim}} if claim else {})


def the_cell(*rows: Row) -> Cell:
    return heat_map(rows).rows[0][1][0]


def test_nothing_claimed_is_not_denied_and_denied_is_not_claimed() -> None:
    silent = heat_map([{"integrin": {"type": "uri", "value": BASE + "integrin/x"}}])
    assert silent.rows[0][1] == []
    assert the_cell(row("denied", claim=BASE + "claim/c")).kind == "denied"
    assert the_cell(row("denied", claim=BASE + "claim/c")).link == "/claim/c"
    assert the_cell(row("promotes"), row("implicated", "inferred")).kind == "promotes"
    assert the_cell(row("promotes"), row("suppresses", "inferred")).kind == "both"


def test_a_cell_is_inferred_only_where_nothing_of_it_is_asserted() -> None:
    assert not the_cell(row("promotes"), row("promotes", "inferred")).inferred
    assert the_cell(row("promotes", "inferred")).inferred
    assert not the_cell(row("promotes", "inferred"), row("suppresses")).inferred


# The others.


def test_the_pipeline_holds_every_agent_and_every_finding(server: str) -> None:
    shown = page(server, "/views/pipeline")
    agents = query(server, "SELECT DISTINCT ?a { ?a a ikg:IntegrinTargetingAgent }").rows()
    findings = query(
        server,
        "SELECT DISTINCT ?c { ?a a ikg:IntegrinTargetingAgent . ?c ikg:claimSubject ?a ; "
        "ikg:claimPredicate ?p FILTER(?p IN (ikg:hasOutcome, ikg:hasAdverseEvent, ikg:failureReason)) }",
    ).rows()
    assert agents
    assert findings
    assert {row["a"].replace(BASE, "/") for row in agents} <= set(shown.links)
    assert {row["c"].replace(BASE, "/") for row in findings} <= set(shown.links)


def test_an_outcome_that_was_not_seen_says_what_was_not_gained(server: str) -> None:
    text = send(server, "/views/pipeline", Accept=BROWSER).text
    denied = query(
        server,
        'SELECT ?c { ?a a ikg:IntegrinTargetingAgent . ?c ikg:claimSubject ?a ; ikg:polarity "negative" ; '
        "ikg:claimPredicate ikg:hasOutcome }",
    ).rows()
    assert denied
    for found in denied:
        href = found["c"].replace(BASE, "/")
        assert re.search(rf'<a class="mark denied" href="{href}">✗ no gain in ', text), href


def test_a_harm_that_was_not_seen_is_no_bad_news(server: str) -> None:
    text = send(server, "/views/pipeline", Accept=BROWSER).text
    harmless = re.findall(r'<a class="mark (\w+)" [^>]*>✓ none seen: systemic toxicity', text)
    assert harmless
    assert set(harmless) == {"affirmed"}


@pytest.mark.parametrize("path", ["/views/pipeline", "/therapeutic/abituzumab"])
def test_a_benefit_of_some_patients_says_of_which_and_with_what(server: str, path: str) -> None:
    text = send(server, path, Accept=BROWSER).text
    benefit = text.partition("✓ clinical benefit" if path == "/views/pipeline" else ">clinical benefit<")[2]
    assert "only some patients, with high αvβ6 expression" in benefit[:400]
    assert "cetuximab" in benefit[:700]


def test_the_walk_begins_where_it_is_told_and_follows_from_step_to_step(server: str) -> None:
    text = send(server, "/views/signalling?from=integrin/alpha2-beta1", Accept=BROWSER).text
    walk = text.partition('class="walk"')[2]
    assert 'href="/protein/FAK"' in walk
    assert 'href="/protein/GLI1"' not in walk
    found = send(server, "/views/signalling/network?from=integrin/alpha2-beta1").json()
    ids = {node["id"] for node in found["nodes"]}
    assert BASE + "protein/FAK" in ids
    assert all({edge["source"], edge["target"]} <= ids for edge in found["edges"])
    reached, frontier = set(), {BASE + "integrin/alpha2-beta1"}
    while frontier:
        reached |= frontier
        frontier = {edge["target"] for edge in found["edges"] if edge["source"] in frontier} - reached
    assert reached == ids


def test_a_walk_never_follows_what_is_denied(server: str) -> None:
    rows = send(server, "/views/signalling.csv").text
    denied = query(server, 'SELECT ?c { ?c ikg:polarity "negative" }').rows()
    assert denied
    assert not any(row["c"] + "," in rows or row["c"] + "\r" in rows for row in denied)


@pytest.mark.parametrize(
    "start", ["", "integrin/nothing", "protein/FAK", "https://w3id.org/integrin-kg/integrin/x"]
)
def test_a_start_that_there_is_not_is_a_404_that_names_one(server: str, start: str) -> None:
    for path in ("/views/signalling", "/views/signalling/network"):
        reply = send(server, f"{path}?from={start}")
        assert reply.status == 404
        assert "/" in problem(send(server, f"{path}?from={start}", Accept="application/json"))["detail"]


def test_exosomes_lead_to_the_organs_that_are_claimed(server: str) -> None:
    rows = {cells[0]: cells for _, cells in page(server, "/views/exosomes").rows}
    assert "lung" in rows["α6β4"][2]
    assert "liver" in rows["αvβ5"][3]
    assert "lung" not in rows["αvβ5"][2]
    assert "goes with liver metastasis" in rows["αvβ5"][2]


def test_the_landscape_draws_percentages_to_scale_and_says_every_number(server: str) -> None:
    text = send(server, "/views/landscape", Accept=BROWSER).text
    for value in ("70.05", "33.4"):
        assert f"{value} percent" in text
        assert f'<rect class="part" width="{value}"' in text
    assert "10953 patients" in text
    assert "all genes together" in text
    assert "average of the individual genes" in text


def test_both_sides_of_every_contradiction_are_shown_once(server: str) -> None:
    rows = query(
        server,
        "SELECT DISTINCT ?a ?b { ?a ikg:contradicts|^ikg:contradicts ?b FILTER(STR(?a) < STR(?b)) }",
    ).rows()
    text = send(server, "/views/contradictions", Accept=BROWSER).text
    assert text.count('<article class="side">') == 2 * len(rows) > 0
    for found in rows:
        for side in found.values():
            assert f'<h2><a href="{side.replace(BASE, "/")}">' in text
