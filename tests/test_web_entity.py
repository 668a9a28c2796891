"""The page of an entity: asserted and inferred told apart, its evidence, what lies around it."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from integrin_kg.lookup.questions import Row, first_of_each
from test_pages import BASE, RECEPTOR, SUFFIXES, Page, broken, page
from test_sparql import BROWSER, Reply, foreign_scripts, problem, query, send

LARGEST = ["/disease/cancer", RECEPTOR, "/family/integrins", "/subunit/ITGB1", "/integrin/alphaV-beta6",
           "/disease/breast-cancer", "/integrin/alphaV-beta5", "/cell/cancer-stem-cell",
           "/evidence/author-statement", "/publication/xiong-2021"]  # fmt: skip


def html(server: str, path: str) -> Reply:
    reply = send(server, path, Accept=BROWSER)
    assert reply.status == 200, path
    return reply


def statements(text: str) -> dict[tuple[str, str], bool]:
    """The statements of a page: by property and value, whether each is inferred."""
    found = {}
    for block in re.findall(r"<div>\n<dt>.*?</dd>", text, re.S):
        name = re.search(r'<dt>.*?href="([^"]+)"', block)
        assert name
        for item in re.findall(r"<li>(.*?)</li>", block, re.S):
            inferred, asserted = ('class="mark inferred"' in item, 'class="mark asserted"' in item)
            assert inferred != asserted, item
            words = re.sub(r"<span class=.*", "", item, flags=re.S)
            value = re.search(r'href="([^"]+)"', words)
            found[name[1], value[1] if value else words.strip()] = inferred
    return found


def test_the_heading_names_the_thing_its_kind_its_synonyms_and_where_else_it_is(server: str) -> None:
    shown = page(server, "/subunit/ITGAV")
    head = " ".join(shown.inside("header"))
    assert shown.inside("h1") == ["integrin subunit αv"]
    assert "integrin alpha subunit" in head
    assert "CD51" in head
    assert "uniprot:P06756" in head
    assert "http://purl.uniprot.org/uniprot/P06756" in shown.links


@pytest.mark.parametrize(
    ("path", "name", "iri"),
    [
        (
            "/subunit/ITGAV",
            "ensembl:ENSG00000138448",
            "http://rdf.ebi.ac.uk/resource/ensembl/ENSG00000138448",
        ),
        ("/therapeutic/abituzumab", "drugbank:DB12775", "http://bio2rdf.org/drugbank:DB12775"),
    ],
)
def test_a_person_is_led_to_the_registry_s_page_and_not_to_rdf(
    server: str, path: str, name: str, iri: str
) -> None:
    links = page(server, path).links
    assert f"https://identifiers.org/{name}" in links
    assert iri not in links
    assert iri in send(server, f"{path}.nt").text


def test_what_is_inferred_is_told_from_what_is_asserted_in_words(server: str) -> None:
    known = statements(html(server, RECEPTOR).text)
    assert known["/schema/hasAlphaSubunit", "/subunit/ITGAV"] is False
    assert known["/schema/hasSubunit", "/subunit/ITGAV"] is True
    rows = query(
        server,
        f"SELECT ?p ?o (MIN(?asserted) AS ?none) {{ GRAPH ?g {{ <{BASE}{RECEPTOR[1:]}> ?p ?o }} "
        f"FILTER(isIRI(?o) && STRSTARTS(STR(?p), '{BASE}schema/') && ?o != <{BASE}{RECEPTOR[1:]}>) "
        f"BIND(?g = <{BASE}graph/inferred> AS ?asserted) }} GROUP BY ?p ?o",
    ).rows()
    expected = {
        ("/" + row["p"].removeprefix(BASE), "/" + row["o"].removeprefix(BASE)): row["none"] == "true"
        for row in rows
    }
    assert len(expected) > 40
    assert {key: known.get(key) for key in expected} == expected


def test_every_inferred_line_has_a_why_that_leads_to_its_proof(server: str) -> None:
    text = html(server, RECEPTOR).text
    proofs = re.findall(
        r'<details class="why" data-proof="([^"]+)"><summary>why\?</summary><a href="([^"]+)"', text
    )
    assert len(proofs) == text.count('class="mark inferred"') > 20
    assert all(opened == followed for opened, followed in proofs)
    for proof in [proofs[0][0], proofs[-1][0]]:
        assert "It holds, because" in html(server, proof.replace("&amp;", "&")).text


def test_no_target_of_an_agent_stands_in_for_itself(server: str) -> None:
    shown = html(server, "/therapeutic/MK0429").text.partition("/schema/facesRedundancyFrom")[2]
    spared = shown.partition("</dd>")[0]
    assert 'href="/integrin/alphaV-beta5"' in spared
    assert 'href="/integrin/alphaV-beta3"' not in spared
    agents = html(server, "/integrin/alphaV-beta3").text.partition("/schema/facesRedundancyFrom")[2]
    assert 'href="/therapeutic/volociximab"' in agents.partition("</dd>")[0]
    assert 'href="/therapeutic/MK0429"' not in agents.partition("</dd>")[0]


def test_members_and_their_families_lead_to_one_another(server: str) -> None:
    assert 'href="/family/beta3-integrins"' in html(server, "/integrin/alphaV-beta3").text
    assert 'href="/integrin/alphaV-beta3"' in html(server, "/family/beta3-integrins").text
    assert 'href="/disease/leukocyte-adhesion-deficiency-1"' in html(server, "/subunit/ITGB2").text


def test_what_is_required_is_said_the_right_way_round(server: str) -> None:
    path = "/claim/alpha3-beta1-requires-tumorigenesis-in-breast-cancer"
    text = html(server, path).text
    assert "integrin α3β1 is required for tumorigenesis in breast cancer" in text
    assert "requires" not in re.sub(r"<[^>]*>", "", text).replace(path[1:], "").split("IRI ")[0]


def test_what_is_only_suggested_says_so(server: str) -> None:
    assert "only suggested" in html(server, "/claim/CAR-T-cells-suppresses-in-cancer").text
    assert "only suggested" not in html(server, "/claim/natalizumab-targets-ITGA4").text


def test_what_an_inverse_says_the_other_way_round_is_not_said_twice(server: str) -> None:
    text = html(server, RECEPTOR).text.partition("What refers to it")[2]
    assert 'href="/schema/subunitOf"' not in text
    assert 'href="/schema/targets"' in text


@pytest.mark.parametrize(
    "path", [RECEPTOR, "/disease/glioblastoma", "/therapeutic/cilengitide", "/subunit/ITGB4"]
)
def test_the_evidence_holds_every_claim_about_the_thing(server: str, path: str) -> None:
    rows = query(
        server,
        f"SELECT DISTINCT ?c ?polarity {{ ?c a ikg:Claim ; ?p <{BASE}{path[1:]}> ; ikg:polarity ?polarity "
        "FILTER(?p != ikg:claimPredicate) }",
    ).rows()
    reply = send(server, f"{path}/evidence.csv")
    assert reply.media_type == "text/csv"
    listed = list(csv.DictReader(io.StringIO(reply.text)))
    assert {(row["claim"], row["polarity"]) for row in listed} == {
        (row["c"], row["polarity"]) for row in rows
    }
    assert len(listed) == len(rows) > 0
    shown = html(server, path).text
    assert f"{len(rows)} claim{'s' * (len(rows) > 1)} about it" in shown
    table = shown.partition('<table class="evidence"')[2].partition("</table>")[0]
    assert table.count("<tr") - 1 == min(len(rows), 50)


def test_a_claim_stands_where_it_is_first_named() -> None:
    def row(claim: str, role: str) -> Row:
        return {"claim": {"value": claim}, "role": {"value": role}}

    subject, other, again = row("one", "subject"), row("two", "subject"), row("one", "disease")
    assert first_of_each([subject, other, again], "claim") == [subject, other]


def test_the_pages_of_long_evidence_hold_each_claim_once(server: str) -> None:
    claims: list[str] = []
    for number in (1, 2, 3):
        text = html(server, f"{RECEPTOR}?page={number}").text
        table = text.partition('<table class="evidence"')[2].partition("</table>")[0]
        claims += re.findall(r'<td><a href="(/claim/[^"]+)">[^<]*<span class="hidden"> \(the claim', table)
    listed = send(server, f"{RECEPTOR}/evidence.csv").text.count("\r\n") - 1
    assert len(claims) == len(set(claims)) == listed > 100


NO_PAGES = ["0", "4", "-1", "x", "1.5", "99999999999999999999", "²", "", "0000000011"]


@pytest.mark.parametrize(
    "number", [*NO_PAGES, pytest.param("000000001" + "0" * 5000, id="thousands of digits")]
)
def test_a_page_of_the_evidence_that_there_is_not_is_a_404(server: str, number: str) -> None:
    assert send(server, f"{RECEPTOR}?page={quote(number)}", Accept=BROWSER).status == 404


def test_denied_and_contradicted_claims_are_marked_in_words(server: str) -> None:
    denied = html(server, "/therapeutic/ouabain").text
    rows = re.findall(r'<tr class="denied">.*?</tr>', denied, re.S)
    assert sum("✗ denied" in row for row in rows) >= 2
    assert "✗ 2 denied" in denied or "✗ 3 denied" in denied
    contradicted = html(server, "/gene/ITGA1").text
    assert "⚡ contradicted" in contradicted


def test_a_therapeutic_shows_its_course_in_the_clinic(server: str) -> None:
    text = html(server, "/therapeutic/cilengitide").text
    clinic = text.partition('id="clinic"')[2].partition("</section>")[0]
    assert "✗ no gain in" in clinic
    assert "/failure-reason/lack-of-efficacy" in clinic
    assert ">III<" in clinic
    assert 'id="clinic"' not in html(server, RECEPTOR).text


def test_a_claim_shows_its_place_and_what_contradicts_it(server: str) -> None:
    iri = "claim/ITGB1-promotes-metastasis-in-solid-tumor"
    row = query(
        server,
        f"SELECT * {{ <{BASE}{iri}> ikg:anchorStart ?start ; ikg:anchorEnd ?end ; ikg:anchorSha256 ?sha ; "
        "ikg:contradicts ?other ; ikg:inSection/rdfs:label ?section ; ikg:citesReference ?cited }",
    ).rows()[0]
    shown = page(server, "/" + iri)
    text = " ".join(text for _, text in shown.texts)
    assert f"{row['start']} to {row['end']}" in text
    assert row["sha"] in text
    assert row["section"] in text
    assert {"/" + row[name].removeprefix(BASE) for name in ("other", "cited")} <= set(shown.links)


def test_the_network_is_what_the_page_says(server: str) -> None:
    found = send(server, f"{RECEPTOR}/network").json()
    ids = {node["id"] for node in found["nodes"]}
    thing = BASE + RECEPTOR[1:]
    assert len(ids) == len(found["nodes"]) > 20
    assert all({edge["source"], edge["target"]} <= ids for edge in found["edges"])
    assert all(thing in (edge["source"], edge["target"]) for edge in found["edges"])
    edges = {(edge["source"], edge["label"], edge["target"]): edge["inferred"] for edge in found["edges"]}
    assert edges[thing, "has alpha subunit", BASE + "subunit/ITGAV"] is False
    assert edges[thing, "has subunit", BASE + "subunit/ITGAV"] is True
    assert edges[BASE + "therapeutic/cilengitide", "targets", thing] is False
    assert not broken(server, [node["href"] for node in found["nodes"]][:20])


def test_what_is_denied_is_never_an_edge_like_any_other(server: str) -> None:
    edges = send(server, "/therapeutic/ouabain/network").json()["edges"]
    denied = [edge for edge in edges if edge["target"] == BASE + "subunit/ITGB1"]
    assert denied
    assert all(edge["label"].startswith("not: ") for edge in denied)


@pytest.mark.parametrize(
    "path", ["/integrin/nothing", "/nothing/alphaV-beta3", "/integrin/x%3E", "/integrin/é"]
)
@pytest.mark.parametrize("part", ["network", "evidence.csv"])
def test_of_what_there_is_not_there_is_no_network_and_no_evidence(server: str, path: str, part: str) -> None:

    reply = send(server, quote(f"{path}/{part}", safe="/%"))
    assert problem(reply)["status"] == 404


@pytest.mark.parametrize(
    "path",
    [
        RECEPTOR,
        "/therapeutic/cilengitide",
        "/claim/ITGB1-promotes-metastasis-in-solid-tumor",
    ],
)
def test_every_link_of_a_page_answers_and_its_queries_are_only_opened(server: str, path: str) -> None:
    links = page(server, path).links
    assert any(link.startswith("/sparql?run=false&query=") for link in links)
    assert not broken(server, [link for link in links if not link.endswith(SUFFIXES)])


def test_the_query_behind_a_panel_gives_what_the_panel_shows(server: str) -> None:

    links = [link for link in page(server, RECEPTOR).links if link.startswith("/sparql?run=false")]
    behind = [parse_qs(urlsplit(link).query)["query"][0] for link in links]
    evidence = next(text for text in behind if "claims about one thing" in text)
    assert evidence.startswith("PREFIX ")
    claims = {row["claim"] for row in query(server, evidence).rows()}
    assert len(claims) == send(server, f"{RECEPTOR}/evidence.csv").text.count("\r\n") - 1


@pytest.mark.parametrize("path", LARGEST)
def test_the_largest_pages_stay_small_and_need_no_inline_style_or_script(server: str, path: str) -> None:
    reply = html(server, path)
    assert len(reply.body) < 300_000
    assert "style=" not in reply.text
    assert foreign_scripts(reply.text) == []
    Page(reply.text)


def test_a_claim_whose_plain_statement_stands_leads_to_its_proof_and_no_other_does(server: str) -> None:
    plain = page(server, "/claim/alphaV-beta3-recognizes-motif-RGD-2").links
    assert any(link.startswith("/explain?") for link in plain)
    contextual = page(server, "/claim/ITGB1-promotes-metastasis-in-solid-tumor").links
    assert not any(link.startswith("/explain?") for link in contextual)
