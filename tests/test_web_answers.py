"""What the query page offers without scripts: downloads, a query to look at first, the query in code."""

from __future__ import annotations

import html
import io
import re
import subprocess
from contextlib import redirect_stdout
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import rdflib
from flask import Flask

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.names import Index
from integrin_kg.saved import SavedQuery
from integrin_kg.web import bundle, negotiation
from integrin_kg.web.answers import Asked, as_shell, as_string, columns, unknown
from integrin_kg.web.saved_questions import by_keyword
from test_pages import page
from test_sparql import BROWSER, LONG, RECEPTORS, Reply, problem, query, send
from timing import within

GRAPH = "CONSTRUCT { ?x a ikg:Chain } { ?x a ikg:Subunit }"
HOSTILE = 'SELECT ?x { ?x rdfs:label ?l } # \'; echo $(id) """ " \\" \\\\ \\u0022 `id` </code><b>'


def shown(server: str, text: str, **further: str) -> Reply:
    return send(server, "/sparql?" + urlencode({"query": text, **further}), Accept=BROWSER)


# Downloads.


@pytest.mark.parametrize(
    ("media_types", "text"), [(negotiation.SOLUTIONS, RECEPTORS), (negotiation.TRIPLES, GRAPH)]
)
def test_an_answer_is_downloaded_in_every_format(server: str, media_types: dict[str, str], text: str) -> None:
    for suffix in set(media_types.values()):
        reply = send(server, f"/sparql.{suffix}?query={quote(text)}")
        standard = next(name for name, short in media_types.items() if short == suffix)
        assert (reply.status, reply.media_type) == (200, standard)
        assert reply.headers["Content-Disposition"] == f'attachment; filename="integrins.{suffix}"'
        assert sorted(reply.body) == sorted(query(server, text, accept=standard).body)


def test_the_page_of_an_answer_links_to_its_downloads_and_each_answers(server: str) -> None:
    for text, suffixes in ((RECEPTORS, negotiation.SOLUTIONS), (GRAPH, negotiation.TRIPLES)):
        links = [link for link in page(server, "/sparql?query=" + quote(text)).links if "/sparql." in link]
        assert {link.partition("?")[0].removeprefix("/sparql.") for link in links} == set(suffixes.values())
        assert [send(server, link).status for link in links] == [200] * len(links)


def test_a_download_keeps_reasoning_off(server: str) -> None:
    (link,) = [
        link
        for link in page(server, f"/sparql?reasoning=false&query={quote(RECEPTORS)}").links
        if "/sparql.csv" in link
    ]
    assert send(server, link).text.split() == ["x"]


def test_what_cannot_be_downloaded_says_why(server: str) -> None:
    assert "ttl" in problem(send(server, f"/sparql.exe?query={quote(RECEPTORS)}"))["detail"]
    assert send(server, "/sparql.csv").status == 400
    assert send(server, f"/sparql.ttl?query={quote(RECEPTORS)}").status == 406
    assert send(server, f"/sparql.csv?query={quote('SELECT')}").status == 400
    assert send(server, f"/sparql.csv?reasoning=maybe&query={quote(RECEPTORS)}").status == 400


# Saved questions, for people.


def test_a_saved_question_shows_each_thing_once_under_its_label(server: str) -> None:
    shown = page(server, "/queries/trial-outcomes")
    assert shown.inside("th") == [
        "Agent", "Phase", "Diseases", "Partners", "Predicate", "Outcome", "Note", "Claim", "Polarity",
        "References", "Section",
    ]  # fmt: skip
    text = send(server, "/queries/trial-outcomes", Accept=BROWSER).text
    assert '<a href="/therapeutic/abituzumab">abituzumab</a>' in text
    assert re.search(r'<a href="/claim/[\w.-]+">claim<span class="hidden"> [\w.-]+</span></a>', text)


def test_a_label_that_follows_its_thing_names_it(server: str) -> None:
    shown = page(server, "/queries/rgd-receptors")
    assert shown.inside("th") == ["Integrin"]
    assert "integrin αvβ3" in shown.inside("td")


def test_the_query_page_shows_the_variables_as_they_were_asked_for(server: str) -> None:
    text = "SELECT ?x ?xLabel { ?x a ikg:RGDReceptor ; rdfs:label ?xLabel }"
    assert page(server, "/sparql?query=" + quote(text)).inside("th") == ["x", "xLabel"]


@pytest.mark.parametrize(
    ("names", "headings"),
    [
        (["agentClass", "agentClassLabel"], ["Agent class"]),
        (["xLabel", "x", "geneSymbol"], ["X", "Gene symbol"]),
        (["alphaLabel", "numberSpared", "statement1"], ["Alpha", "Number spared", "Statement 1"]),
        (["integrin", "label"], ["Integrin"]),
        (["label", "Label"], ["Label", "Label"]),
    ],
)
def test_columns_are_named_in_words(names: list[str], headings: list[str]) -> None:
    assert [column.heading for column in columns(names)] == headings


# Nothing found.


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        ("SELECT ?x { ?x ikg:target ?y }", "ikg:target", "/schema/targets"),
        ("ASK { ?x ikg:hasSubunitt ?y }", "ikg:hasSubunitt", "/schema/hasSubunit"),
        ("SELECT ?p { <https://w3id.org/integrin-kg/integrin/alphaV-beta33> ?p ?o }",
         "integrin/alphaV-beta33", "/integrin/alphaV-beta3"),
    ],
)  # fmt: skip
def test_a_name_that_the_graph_does_not_have_is_told_with_what_may_be_meant(
    server: str, text: str, name: str, meant: str
) -> None:
    (hint,) = re.findall(r"<p class=\"note\">Nothing in the graph.*?</p>", shown(server, text).text)
    assert f"<code>{name}</code>" in hint
    assert f'href="{meant}"' in hint


def test_an_answer_needs_no_hint_to_be_given() -> None:
    class Busy:
        def get(self) -> Index:
            raise Problem(503, "Busy")

    assert unknown("ASK { ?x ikg:target ?y }", Busy()) == []


def test_of_many_unknown_names_a_few_are_told(server: str) -> None:
    path = " | ".join(f"ikg:nothing{number}" for number in range(2000))
    text = f"SELECT ?x {{ ?x {path} ?y }}"
    with within(5):
        hints = shown(server, text).text.count("Nothing in the graph")
    assert hints == 3


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX ikg: <https://w3id.org/integrin-kg/schema/> SELECT ?x { ?x ikg:targets ikg:Integrin }",
        "SELECT ?x { GRAPH <https://w3id.org/integrin-kg/graph/claims> { ?x rdfs:label 'nothing' } }",
        "SELECT ?x { ?x ikg:hasSubunit ?y OPTIONAL { ?x ikg:target ?z } } LIMIT 1",
    ],
)
def test_where_something_is_found_or_all_names_are_known_there_is_no_hint(server: str, text: str) -> None:
    assert "Nothing in the graph" not in shown(server, text).text


# The page.


def test_a_query_may_be_looked_at_before_it_is_run(server: str) -> None:
    reply = shown(server, LONG, run="false", reasoning="false")
    assert reply.status == 200
    assert html.escape(LONG) in reply.text
    assert '<option value="false" selected>' in reply.text
    assert "<table" not in reply.text
    assert shown(server, RECEPTORS, run="true").text.count("<tr>") == 1 + 8


def test_a_program_s_query_is_run_whatever_a_page_would_do(server: str) -> None:
    assert len(query(server, RECEPTORS, ("run", "false")).rows()) == 8


def test_terms_are_written_as_queries_have_them_with_language_and_datatype(server: str) -> None:
    text = 'SELECT (ikg:Integrin AS ?a) ("x"@de AS ?b) ("2021"^^xsd:gYear AS ?c) (7 AS ?d) {}'
    found = page(server, "/sparql?query=" + quote(text))
    assert found.rows[-1][1] == ["ikg:Integrin", "x@de", "2021xsd:gYear", "7"]
    assert "/schema/Integrin" in found.links


def test_a_graph_is_a_table_with_links(server: str) -> None:
    found = page(server, "/sparql?query=" + quote(GRAPH))
    assert ["subunit/ITGAV", "rdf:type", "ikg:Chain"] in [cells for _, cells in found.rows]
    assert "/subunit/ITGAV" in found.links


def test_a_graph_that_is_larger_than_a_page_says_so(server: str) -> None:
    text = shown(server, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1200").text
    assert text.count("<tr>") == 1 + 1000
    assert "the first 1000 are shown" in text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_error_quotes_its_line_and_keeps_the_query(server: str, method: str) -> None:
    given = urlencode({"query": "SELECT ?x {\n  ?x a <b> . <i>\n}", "reasoning": "false"})
    body = {"body": given, "Content_Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    path = "/sparql" if method == "POST" else f"/sparql?{given}"
    reply = send(server, path, method, Accept=BROWSER, **body)
    assert reply.status == 400
    quoted = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", reply.text.partition('role="alert"')[2], re.S)
    assert quoted
    line, caret = html.unescape(re.sub("<.*?>", "", quoted[1])).rstrip().split("\n")
    assert (line, caret.strip()) in (("}", "^"), ("  ?x a <b> . <i>", "^"))
    assert "?x a &lt;b&gt; . &lt;i&gt;" in reply.text
    assert '<option value="false" selected>' in reply.text


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"query=" + b"x" * (17 * 1024 * 1024), {"Content_Type": "application/x-www-form-urlencoded"}),
        (b"\xff\xfe", {"Content_Type": "application/sparql-query"}),
        (b"no gzip", {"Content_Type": "application/sparql-query", "Content_Encoding": "gzip"}),
        (b"query=%FF", {"Content_Type": "application/x-www-form-urlencoded"}),
    ],
)
def test_a_body_that_cannot_be_read_is_an_error_page_too(
    server: str, body: bytes, headers: dict[str, str]
) -> None:
    for path in ("/sparql", "/sparql?run=false"):
        reply = send(server, path, "POST", body, Accept=BROWSER, **headers)
        assert reply.media_type == "text/html"
        assert 400 <= reply.status < 500 or (path.endswith("false") and reply.status == 200)


# The query in code.


def code(server: str, text: str, language: str, **further: str) -> str:
    """What a reader copies."""
    source = shown(server, text, run="false", **further).text
    found = re.search(rf"<summary>{language}</summary>\s*<pre[^>]*><code>(.*?)</code>", source, re.DOTALL)
    assert found, language
    return html.unescape(found[1])


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("text", [RECEPTORS, HOSTILE.replace("?l }", "?l } LIMIT 8")])
def test_the_curl_of_a_query_runs(server: str, text: str) -> None:
    assert run(["sh", "-c", code(server, text, "curl")]).count("\n") == 9


def test_the_curl_of_a_graph_runs(server: str) -> None:
    answer = run(["sh", "-c", code(server, GRAPH, "curl")])
    assert len(rdflib.Graph().parse(data=answer)) == 26


@pytest.mark.parametrize("language", ["Python: SPARQLWrapper", "Python: rdflib"])
@pytest.mark.parametrize("text", [RECEPTORS, HOSTILE.replace("?l }", "?l } LIMIT 8")])
def test_the_python_of_a_query_runs(server: str, language: str, text: str) -> None:
    prefixed = f"PREFIX ikg: <https://w3id.org/integrin-kg/schema/>\nPREFIX rdfs: <{rdflib.RDFS}>\n{text}"
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code(server, prefixed, language), {})
    assert out.getvalue().count("https://w3id.org/integrin-kg/") == 8


def test_code_asks_without_reasoning_where_the_page_does(server: str) -> None:
    assert run(["sh", "-c", code(server, RECEPTORS, "curl", reasoning="false")]).split() == ["x"]


@pytest.mark.parametrize("text", ["'", "''", "a'b", "$(id)`id`\\", "\n"])
def test_a_shell_reads_what_was_written(text: str) -> None:
    assert run(["sh", "-c", f"printf %s {as_shell(text)}"]) == text


@pytest.mark.parametrize("text", ['"', '"""', '""""', "\\", '\\"', '\\"""', "\\u0022", "'", "\n"])
def test_python_reads_what_was_written(text: str) -> None:
    assert eval(as_string(f"\n{text}\n", '"""')) == f"\n{text}\n"
    if "\n" not in text:
        assert eval(as_string(text, '"')) == text


def test_the_url_of_a_query_is_its_own() -> None:
    assert Asked("ASK {}", False).url("/x", run="false") == "/x?query=ASK+%7B%7D&reasoning=false&run=false"


# The vocabulary.


def test_the_vocabulary_has_the_words_of_the_graph(server: str) -> None:
    document = send(server, "/vocabulary.json").json()
    terms = {term["iri"].removeprefix(document["base"]): term for term in document["terms"]}
    assert document["prefixes"]["ikg"] == document["base"] + "schema/"
    assert terms["schema/RGDReceptor"]["kind"] == "class"
    assert terms["schema/hasSubunit"]["kind"] == "property"
    receptor = terms["integrin/alphaV-beta3"]
    assert (receptor["kind"], receptor["label"]) == ("entity", "integrin αvβ3")
    assert "vitronectin receptor" in receptor["synonyms"]
    assert len(terms) == len(document["terms"]), "each word once"
    assert not [iri for iri in terms if iri.startswith("claim/")]


def test_the_vocabulary_is_not_sent_again(server: str) -> None:
    tag = send(server, "/vocabulary.json").headers["ETag"]
    again = send(server, "/vocabulary.json", If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    assert send(server, "/vocabulary.json", If_None_Match='W/"other"').status == 200


# The saved questions.


def test_questions_are_found_by_keyword(server: str) -> None:
    links = page(server, "/queries?keyword=RGD").links
    assert "/queries/rgd-receptors" in links
    assert "/queries/splice-variants-with-opposite-roles" not in links
    assert "No question has this keyword" in send(server, "/queries?keyword=%3Cb%3E", Accept=BROWSER).text


def test_keywords_come_by_how_many_questions_have_them() -> None:
    one, other = (SavedQuery(name, "?", "", words, "") for name, words in (("a", ("x", "y")), ("b", ("y",))))
    assert by_keyword([one, other]) == {"y": [one, other], "x": [one]}


# The bundle.


def test_without_a_bundle_pages_load_nothing_of_it_and_say_so(tmp_path: Path) -> None:
    app = Flask("integrin_kg.web")
    bundle.register(app, tmp_path)
    with app.test_request_context("/"):
        source = app.jinja_env.get_template("base.html").render()
    assert "<script" not in source
    assert "make frontend" in source


def test_with_a_bundle_pages_load_what_the_manifest_names(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"site": {"script": "site-A.js", "style": "site-B.css"}}')
    app = Flask("integrin_kg.web")
    bundle.register(app, tmp_path)
    with app.test_request_context("/"):
        source = app.jinja_env.get_template("base.html").render()
    assert '<script type="module" src="/static/bundle/site-A.js"></script>' in source
    assert '<link rel="stylesheet" href="/static/bundle/site-B.css">' in source
    assert "make frontend" not in source


def test_a_file_of_the_bundle_is_kept_for_good_and_other_files_are_not(server: str) -> None:
    files = [name for entry in bundle.read(bundle.FOLDER).values() for name in entry.values()]
    for name in files:
        reply = send(server, f"/static/bundle/{name}")
        assert "immutable" in reply.headers["Cache-Control"]
    for path in ("/static/style.css", "/static/bundle/manifest.json", "/static/bundle/nothing.js"):
        assert "immutable" not in send(server, path).headers.get("Cache-Control", "")


def test_pages_run_the_site_s_own_scripts_and_nothing_else(server: str) -> None:
    policy = send(server, "/", Accept=BROWSER).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in policy
