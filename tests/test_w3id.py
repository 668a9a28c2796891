"""The rules of ``w3id/.htaccess``, read as Apache's mod_rewrite reads those of them that there are.

https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from urllib.parse import unquote

import pytest

from conftest import ROOT
from integrin_kg.release import ARTEFACTS, CHECKSUMS
from test_sparql import send

RULES = (ROOT / "w3id" / ".htaccess").read_text("utf-8")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PROTEGE = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
BASE = "https://w3id.org/integrin-kg/"

Reply = tuple[int, str]


@dataclass
class Request:
    """What a client asks for below the folder, and the variables that rules may set and look at."""

    path: str
    accept: str = "*/*"
    query: str = ""

    def __post_init__(self) -> None:
        self.variables = {"HTTP_ACCEPT": self.accept, "QUERY_STRING": self.query}

    def expanded(self, text: str) -> str:
        return re.sub(r"%\{([A-Z_:]+)\}", lambda match: self.variables.get(match[1], ""), text)


def rewritten(request: Request, rules: str = RULES) -> Reply | None:
    """The status and place that ``rules`` redirect to; None where they let the request pass. What is
    written in a way that is not known here is an error, and so is never passed over."""
    holds = True
    for line in rules.splitlines():
        directive, *given = split(line)
        if directive == "RewriteCond":
            holds = holds and condition(request, *given)
        elif directive == "RewriteRule":
            reply = rule(request, *given) if holds else None
            holds = True
            if reply:
                return reply
        else:
            assert line.strip() in ("", "RewriteEngine on", "Options +FollowSymLinks") or line.startswith("#")
    return None


def split(line: str) -> list[str]:
    words = shlex.shlex(line, posix=True)
    words.whitespace_split, words.escape, words.commenters = True, "", "#" if line.startswith("#") else ""
    return list(words) or [""]


def condition(request: Request, test: str, pattern: str, flags: str = "") -> bool:
    assert flags in ("", "[NC]"), flags
    found = re.search(pattern.removeprefix("!"), request.expanded(test), re.IGNORECASE if flags else 0)
    return bool(found) != pattern.startswith("!")


def rule(request: Request, pattern: str, place: str, flags: str = "") -> Reply | None:
    match = re.search(pattern, request.path)
    if not match:
        return None
    given = dict(flag.partition("=")[::2] for flag in flags.strip("[]").split(","))
    assert set(given) <= {"R", "L", "E", "NE"}, flags
    if "E" in given:
        name, _, value = given["E"].partition(":")
        request.variables[f"ENV:{name}"] = value
    if place == "-":
        return None
    assert "L" in given, "a redirect that does not end the rules"
    filled = re.sub(r"(?<!\\)\$(\d)", lambda number: match[int(number[1])] or "", request.expanded(place))
    unescaped = filled.replace("\\%", "%")
    query = f"?{request.query}" if request.query and "?" not in unescaped else ""
    return int(given["R"]), unescaped + query


SERVICE = re.search(r"E=SERVICE:(\S+)\]", RULES)[1]  # type: ignore[index]
RELEASES = re.search(r"E=RELEASES:(\S+)\]", RULES)[1]  # type: ignore[index]


def asked(path: str, accept: str = "*/*", query: str = "") -> Reply | None:
    reply = rewritten(Request(path, accept, query))
    if reply is None:
        return None
    assert reply[1].startswith(SERVICE + "/")
    return reply[0], reply[1].removeprefix(SERVICE)


@pytest.mark.parametrize("accept", ["*/*", BROWSER, "text/turtle", PROTEGE])
@pytest.mark.parametrize("path", ["integrin/alphaV-beta3", "schema/RGDReceptor", "claim/a-claim.1"])
def test_a_thing_is_a_303_to_the_document_about_it_whatever_is_accepted(path: str, accept: str) -> None:
    assert asked(path, accept) == (303, f"/{path}")


@pytest.mark.parametrize("suffix", ["html", "ttl", "jsonld", "rdf", "nt", "csv"])
@pytest.mark.parametrize("path", ["integrin/alphaV-beta3", "schema/RGDReceptor", "schema"])
def test_a_document_is_a_302_to_itself(path: str, suffix: str) -> None:
    assert asked(f"{path}.{suffix}", "text/html") == (302, f"/{path}.{suffix}")


@pytest.mark.parametrize("path", ["schema", "schema/"])
@pytest.mark.parametrize(
    ("accept", "place"),
    [
        (BROWSER, "/schema"),
        ("*/*", "/schema"),
        ("application/ld+json", "/schema"),
        (PROTEGE, "/schema.rdf"),
        ("text/turtle", "/schema.ttl"),
        ("Text/Turtle, text/html;q=0.5", "/schema"),
    ],
)
def test_the_ontology_is_a_303_to_what_the_client_reads(path: str, accept: str, place: str) -> None:
    assert asked(path, accept) == (303, place)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("schema/0.1.0", "0.1.0/integrin-kg-schema"),
        ("base/0.1.0", "0.1.0/integrin-kg-base"),
        ("full/0.1.0", "0.1.0/integrin-kg-full"),
        ("base", "latest/integrin-kg-base"),
        ("full", "latest/integrin-kg-full"),
    ],
)
@pytest.mark.parametrize(
    ("accept", "suffix"), [(PROTEGE, "owl"), ("*/*", "owl"), ("text/turtle", "ttl"), (BROWSER, "owl")]
)
def test_an_ontology_of_a_release_is_a_303_to_its_file(
    path: str, place: str, accept: str, suffix: str
) -> None:
    assert rewritten(Request(path, accept)) == (303, f"{RELEASES}/{place}.{suffix}")


def test_every_file_of_a_release_has_an_iri() -> None:
    for name in (*ARTEFACTS, CHECKSUMS):
        assert rewritten(Request(f"release/0.1.0/{name}")) == (302, f"{RELEASES}/0.1.0/{name}")
    assert rewritten(Request("release/0.1.0/")) == (302, f"{RELEASES}/0.1.0/")
    for path in ("release/../x", "release/0.1.0/../x", "release/0.1.0/a/b"):
        assert rewritten(Request(path)) is None


def test_the_parameters_of_a_query_are_kept() -> None:
    assert asked("sparql", query="query=ASK%20%7B%7D") == (302, "/sparql?query=ASK%20%7B%7D")
    assert asked("search", query="q=CD51") == (302, "/search?q=CD51")


def test_a_named_graph_is_a_303_to_the_graph_store() -> None:
    reply = asked("graph/user/mine")
    assert reply
    assert (reply[0], unquote(reply[1])) == (303, f"/graphs?graph={BASE}graph/user/mine")


@pytest.mark.parametrize(
    "path",
    ["nothing", "a/b/c", "integrin/", "integrin/x y", "../x", "x/..", "//evil.example/x", "x%0d"],
)
def test_what_is_no_iri_of_ours_is_let_pass(path: str) -> None:
    assert asked(path) is None


def test_no_request_chooses_the_host() -> None:
    for path in ("@evil.example/x", "evil.example/x", ".evil.example/x", "-.evil/x"):
        reply = rewritten(Request(path))
        assert reply is None or reply[1].startswith(SERVICE + "/")


def test_every_place_that_the_rules_lead_to_answers(server: str) -> None:
    paths = ["", "sparql", "search", "browse", "queries", "queries/rgd-receptors", "dataset", "openapi.json",
             "context.jsonld", ".well-known/void", "schema", "schema.ttl", "graph/claims",
             "integrin/alphaV-beta3", "integrin/alphaV-beta3.jsonld", "schema/RGDReceptor"]  # fmt: skip
    for path in paths:
        reply = asked(path, "text/turtle" if path.startswith("graph/") else BROWSER)
        assert reply, path
        accept = "*/*" if path.startswith("graph/") else BROWSER
        assert send(server, reply[1], Accept=accept).status == 200, path
