"""The site: what its pages show, where their links lead, and each thing as linked data."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
import rdflib

from integrin_kg import resources, saved
from test_sparql import BROWSER, problem, query, send

BASE = "https://w3id.org/integrin-kg/"
INFERRED = BASE + "graph/inferred"
RECEPTOR = "/integrin/alphaV-beta3"
GRAPHS = {"text/turtle": "turtle", "application/ld+json": "json-ld", "application/rdf+xml": "xml",
          "application/n-triples": "nt"}  # fmt: skip
SUFFIXES = (".ttl", ".jsonld")
VOID = {"link", "meta", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """A page's links, its table rows and the text of what a class or tag encloses; every tag that it
    opens it must close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.rows: list[tuple[str, list[str]]] = []
        self.stack: list[str] = []
        self.feed(text)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        if tag == "tr":
            self.rows.append((given.get("class") or "", []))
        if tag in ("td", "th"):
            self.rows[-1][1].append("")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((tuple(self.stack), data.strip()))
        if {"td", "th"} & set(self.stack):
            self.rows[-1][1][-1] += data.strip()

    def inside(self, tag: str) -> list[str]:
        return [text for stack, text in self.texts if tag in stack and text]


def page(server: str, path: str) -> Page:
    reply = send(server, path, Accept=BROWSER)
    assert (reply.status, reply.media_type) == (200, "text/html"), path
    assert reply.headers.get_content_charset() == "utf-8"
    return Page(reply.text)


def local(links: list[str]) -> list[str]:
    return sorted({link for link in links if link.startswith("/")})


def broken(server: str, links: list[str]) -> list[tuple[str, int]]:
    """The links within the site that do not answer 200, with what they do answer."""

    def status(link: str) -> tuple[str, int]:
        return link, send(server, quote(link, safe="/?=&%+#"), Accept=BROWSER).status

    with ThreadPoolExecutor(8) as pool:
        return [(link, code) for link, code in pool.map(status, local(links)) if code != 200]


# The start page.


def test_the_start_page_counts_what_the_graph_holds(server: str) -> None:
    home = page(server, "/")
    counts = dict(zip(home.inside("dt"), map(int, home.inside("dd")), strict=True))
    claims = {"claims of the review": "claims", "background claims": "background"}
    assert list(counts) == ["integrins", "subunits", "ligands", "diseases", "therapeutics", *claims]
    for name in counts:
        kind = "Claim" if name in claims else name.removesuffix("s").title()
        where = f"GRAPH <{BASE}graph/{claims[name]}>" if name in claims else ""
        rows = query(server, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {where} {{ ?x a ikg:{kind} }} }}").rows()
        assert counts[name] == int(rows[0]["n"]) > 0, name


def test_the_start_page_lists_the_four_ligand_categories(server: str) -> None:
    reply = send(server, "/", Accept=BROWSER)
    sections = reply.text.split('<section class="category">')[1:]
    found = {Page(section.partition("</section>")[0]).inside("a")[0]: section for section in sections}
    members = {name: section.partition("</section>")[0].count("<li>") for name, section in found.items()}
    assert list(members) == ["RGD receptors", "LDV receptors", "laminin receptors", "collagen receptors"]
    assert list(members.values()) == [8, 8, 4, 4]
    assert "αvβ3" in found["RGD receptors"]
    assert 'href="/integrin/alphaV-beta3"' in found["RGD receptors"]


def test_every_link_of_the_start_page_answers(server: str) -> None:
    links = page(server, "/").links
    assert {RECEPTOR, "/schema/RGDReceptor", "/sparql", "/queries", "/queries/rgd-receptors"} <= set(links)
    assert not broken(server, links)


@pytest.mark.parametrize(
    "path",
    ["/", "/sparql", "/queries", "/browse", "/search?q=x", RECEPTOR, "/schema/RGDReceptor", "/schema/actsOn"],
)
def test_every_page_is_in_english_titled_and_serves_itself(server: str, path: str) -> None:
    text = send(server, path, Accept=BROWSER).text
    found = Page(text)
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert len(found.inside("h1")) == 1
    assert "Integrin Knowledge Graph" in found.inside("title")[0]
    resources_ = [link for link in found.links if link.startswith("/static/")]
    assert {"/static/style.css", "/static/icon.svg"} <= set(resources_)
    assert not broken(server, resources_)
    assert "style=" not in text
    data, modules = '<script type="application/ld+json">', '<script type="module" src="/static/bundle/'
    assert text.count("<script") == text.count(data) + text.count(modules)


# Saved queries.


def test_every_saved_query_has_a_page_that_shows_its_answer(server: str) -> None:
    queries = saved.load_all(resources.queries_folder())
    assert queries
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda found: page(server, f"/queries/{found.name}"), queries))
    for found, shown in zip(queries, pages, strict=True):
        assert shown.inside("h1") == [found.question]
        assert "Answer" in shown.inside("h2"), found.name
        assert found.text.strip() in "".join(shown.inside("textarea")), found.name


def test_the_list_of_questions_links_to_every_saved_query(server: str) -> None:
    links = set(page(server, "/queries").links)
    assert {f"/queries/{found.name}" for found in saved.load_all(resources.queries_folder())} <= links


def test_the_page_of_a_saved_query_links_to_what_it_found(server: str) -> None:
    shown = page(server, "/queries/rgd-receptors")
    assert RECEPTOR in shown.links
    assert len(shown.rows) == 1 + 8
    assert not broken(server, shown.links)


def test_a_saved_query_that_there_is_not_is_a_404_that_names_it(server: str) -> None:
    assert "nothing" in problem(send(server, "/queries/nothing"))["detail"]
    assert send(server, "/queries/..%2fpages%2fcounts").status == 404
    assert send(server, "/queries/counts").status == 404


# The page of a thing.


@pytest.mark.parametrize("path", [RECEPTOR, "/schema/RGDReceptor", "/subunit/ITGAV", "/motif/RGD"])
def test_every_link_of_a_thing_s_page_answers(server: str, path: str) -> None:
    assert not broken(server, [link for link in page(server, path).links if not link.endswith(SUFFIXES)])


def test_links_out_of_the_site_are_the_other_dataset_s_own(server: str) -> None:
    links = page(server, "/subunit/ITGAV").links
    assert "http://purl.uniprot.org/uniprot/P06756" in links


# Things as linked data.


@pytest.mark.parametrize("path", [RECEPTOR, "/schema/RGDReceptor"])
@pytest.mark.parametrize(("media_type", "form"), GRAPHS.items())
def test_a_thing_is_linked_data_in_every_format(server: str, path: str, media_type: str, form: str) -> None:
    reply = send(server, path, Accept=media_type)
    assert (reply.status, reply.media_type) == (200, media_type)
    assert "Accept" in reply.headers["Vary"]
    found = rdflib.Graph().parse(data=reply.body, format=form)
    thing = rdflib.URIRef(BASE + path[1:])
    stated = query(server, f"SELECT (COUNT(DISTINCT *) AS ?n) {{ <{thing}> ?p ?o }}").rows()
    assert len(list(found.triples((thing, None, None)))) == int(stated[0]["n"]) > 3
    assert found.value(thing, rdflib.RDFS.label)


def test_what_a_thing_points_to_comes_with_its_label(server: str) -> None:
    found = rdflib.Graph().parse(data=send(server, RECEPTOR, Accept="text/turtle").body)
    subunit = rdflib.URIRef(BASE + "subunit/ITGAV")
    assert (None, None, subunit) in found
    assert str(found.value(subunit, rdflib.RDFS.label)) == "integrin subunit αv"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ({}, "text/html"),
        ({"Accept": "*/*"}, "text/html"),
        ({"Accept": BROWSER}, "text/html"),
        ({"Accept": "text/turtle;q=0.5, application/ld+json"}, "application/ld+json"),
        ({"Accept": "text/turtle, text/html;q=0.9"}, "text/turtle"),
        ({"Accept": "text/html;q=0.3, application/rdf+xml;q=0.8, */*;q=0.1"}, "application/rdf+xml"),
        ({"Accept": "application/json"}, "application/ld+json"),
        ({"Accept": "text/turtle; charset=utf-8"}, "text/turtle"),
    ],
)
def test_accept_chooses_between_the_page_and_the_data(
    server: str, accept: dict[str, str], media_type: str
) -> None:
    reply = send(server, RECEPTOR, **accept)
    assert (reply.status, reply.media_type) == (200, media_type)
    assert "Accept" in reply.headers["Vary"]


@pytest.mark.parametrize("accept", ["image/png", "application/sparql-results+json", "*/*;q=0"])
def test_a_format_that_there_is_not_is_a_406(server: str, accept: str) -> None:
    assert "text/turtle" in problem(send(server, RECEPTOR, Accept=accept))["detail"]
    assert send(server, RECEPTOR, Accept=accept).status == 406


@pytest.mark.parametrize(
    "path", ["/integrin/nothing", "/nothing/alphaV-beta3", "/schema/rgdreceptor", "/a/b"]
)
@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "text/html", "*/*"])
def test_a_thing_of_which_nothing_is_said_is_a_404(server: str, path: str, accept: str) -> None:
    reply = send(server, path, Accept=accept)
    assert reply.status == 404
    if accept == "text/html":
        assert Page(reply.text).inside("h1") == ["Nothing here"]
    else:
        assert problem(reply)["title"] == "Nothing here"


@pytest.mark.parametrize(
    "slug",
    ["x>", "x> ?p ?o } #", 'x"', "x{}", "x y", "x\\u003E", "x|y", "x^y", "x`", "x<", "x\n", "%", "x}", "é"],
)
def test_a_path_cannot_reach_into_the_query(server: str, slug: str) -> None:
    for accept in ("text/turtle", "text/html"):
        reply = send(server, "/integrin/" + quote(slug, safe=""), Accept=accept)
        assert reply.status == 404, slug


def test_head_of_a_thing_is_get_without_its_body(server: str) -> None:
    get, head = (send(server, RECEPTOR, method, Accept="text/turtle") for method in ("GET", "HEAD"))
    assert (head.status, head.body, head.media_type) == (200, b"", get.media_type)
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("path", ["/", "/queries", "/queries/rgd-receptors", "/health", RECEPTOR])
def test_pages_are_for_reading_only(server: str, path: str) -> None:
    reply = send(server, path, "POST", "x=y")
    assert problem(reply)["status"] == 405
    assert "GET" in reply.headers["Allow"]


def test_health_is_told_in_json(server: str) -> None:
    reply = send(server, "/health")
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert json.loads(reply.body)["status"] == "ok"


def test_nothing_outside_the_static_folder_is_served(server: str) -> None:
    for path in (
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/..%2fpages.py",
        "/static/%2Fetc%2Fpasswd",
    ):
        assert send(server, path).status == 404, path


def test_no_link_leads_to_a_script(server: str) -> None:
    text = quote("SELECT (<javascript:alert(1)> AS ?x) {}")
    reply = send(server, f"/sparql?query={text}", Accept=BROWSER)
    assert "javascript:alert(1)" in reply.text
    assert 'href="javascript' not in reply.text


def test_the_ontology_has_a_page_at_its_own_iri(server: str) -> None:
    assert page(server, "/schema").inside("h1")
    assert b"owl:Ontology" in send(server, "/schema", Accept="text/turtle").body
