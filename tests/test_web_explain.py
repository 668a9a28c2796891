"""``/explain`` and ``/classify`` over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
import rdflib

BASE = "https://w3id.org/integrin-kg/"


def fetch(url: str, accept: str = "*/*", body: bytes | None = None, **headers: str) -> tuple[int, str, str]:
    """Return status, media type and body."""
    request = urllib.request.Request(url, body, {"Accept": accept, **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read().decode()


def explain_url(server: str, subject: str, predicate: str, value: str, **more: str) -> str:
    parts = {"subject": subject, "predicate": predicate, "object": value, **more}
    return f"{server}/explain?{urllib.parse.urlencode(parts)}"


def rgd(server: str, integrin: str, **more: str) -> str:
    return explain_url(server, f"{BASE}integrin/{integrin}", "rdf:type", "ikg:RGDReceptor", **more)


def test_a_proof_comes_as_json_turtle_text_and_page(server: str) -> None:
    status, kind, body = fetch(rgd(server, "alphaV-beta3"))
    assert (status, kind) == (200, "application/json")
    assert json.loads(body)["proof"]["axiom"]["words"].startswith("Integrin and (recognizesMotif value RGD)")
    status, kind, body = fetch(rgd(server, "alphaV-beta3"), "text/turtle")
    assert (status, kind) == (200, "text/turtle")
    assert len(rdflib.Graph().parse(data=body, format="turtle")) > 5
    status, kind, body = fetch(rgd(server, "alphaV-beta3"), "text/plain")
    assert (status, kind) == (200, "text/plain")
    assert "integrin αvβ3 is an RGD receptor" in body
    status, kind, body = fetch(rgd(server, "alphaV-beta3"), "text/html")
    assert (status, kind) == (200, "text/html")
    assert "/claim/alphaV-beta3-recognizes-motif-RGD" in body


def test_all_minimal_proofs_come_on_request(server: str) -> None:
    url = explain_url(
        server, f"{BASE}therapeutic/natalizumab", "rdf:type", "ikg:LDVReceptorAgent", all="true"
    )
    assert len(json.loads(fetch(url)[2])["proofs"]) == 2


def test_what_does_not_follow_is_a_404_that_says_what_is_missing(server: str) -> None:
    status, kind, body = fetch(rgd(server, "alpha10-beta1"))
    assert (status, kind) == (404, "application/json")
    assert json.loads(body)["missing"][0]["lacks"] == ["integrin α10β1 recognizes motif RGD"]
    assert fetch(rgd(server, "alpha10-beta1"), "text/turtle")[0] == 404
    assert "It would, by" in fetch(rgd(server, "alpha10-beta1"), "text/html")[2]


def test_what_the_source_denies_is_told_apart_from_what_nobody_claims(server: str) -> None:
    denied = explain_url(
        server, f"{BASE}therapeutic/ouabain", "ikg:decreasesExpressionOf", f"{BASE}subunit/ITGB1"
    )
    silent = explain_url(
        server, f"{BASE}therapeutic/ouabain", "ikg:decreasesExpressionOf", f"{BASE}subunit/ITGB8"
    )
    assert [fetch(denied)[0], fetch(silent)[0]] == [404, 404]
    assert json.loads(fetch(denied)[2])["denied"]
    assert not json.loads(fetch(silent)[2])["denied"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "subject=x",
        f"subject=no-iri&predicate=rdf:type&object={BASE}schema/Integrin",
        f"subject={BASE}a&subject={BASE}b&predicate=rdf:type&object={BASE}schema/Integrin",
        f"subject={BASE}a&predicate=rdf:type&object={BASE}schema/Integrin&all=perhaps",
        f"subject=_:b&predicate=rdf:type&object={BASE}schema/Integrin",
    ],
)
def test_a_triple_that_is_none_is_a_400(server: str, query: str) -> None:
    status, kind, _ = fetch(f"{server}/explain?{query}")
    assert (status, kind) == (400, "application/problem+json")


def test_formats_nobody_writes_are_a_406(server: str) -> None:
    assert fetch(rgd(server, "alphaV-beta3"), "image/png")[0] == 406


DRUG = (
    f"<http://example.org/drug> a <{BASE}schema/SmallMolecule> ;"
    f" <{BASE}schema/targets> <{BASE}subunit/ITGA4> ."
)


def test_a_description_is_classified_and_nothing_is_stored(server: str) -> None:
    for _ in range(3):
        status, kind, body = fetch(
            f"{server}/classify", body=DRUG.encode(), **{"Content-Type": "text/turtle"}
        )
        assert (status, kind) == (200, "application/json")
        words = {found["triple"]["words"] for found in json.loads(body)["follows"]}
        assert "drug is an LDV receptor agent" in words
    ask = urllib.parse.urlencode({"query": "ASK { <http://example.org/drug> ?p ?o }"})
    assert (
        json.loads(fetch(f"{server}/sparql?{ask}", "application/sparql-results+json")[2])["boolean"] is False
    )


def test_a_description_in_json_ld_is_classified_alike(server: str) -> None:
    description = {
        "@id": "http://example.org/drug",
        "@type": f"{BASE}schema/SmallMolecule",
        f"{BASE}schema/targets": {"@id": f"{BASE}subunit/ITGA4"},
    }
    body = json.dumps(description).encode()
    _, _, answer = fetch(f"{server}/classify", body=body, **{"Content-Type": "application/ld+json"})
    assert "drug acts on integrin α4β7" in {
        found["triple"]["words"] for found in json.loads(answer)["follows"]
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no turtle", "text/turtle"),
        (b"\xff", "text/turtle"),
        (b"a,b", "text/csv"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "application/rdf+xml"),
        (b"[" * 200_000, "text/turtle"),
        (b'{"@context": "http://127.0.0.1:9/context", "@id": "x:y"}', "application/ld+json"),
    ],
)
def test_a_hostile_description_is_refused_and_the_next_one_served(
    server: str, body: bytes, kind: str
) -> None:
    status, media_type, _ = fetch(f"{server}/classify", body=body, **{"Content-Type": kind})
    assert (status, media_type) == (400, "application/problem+json")
    assert fetch(f"{server}/classify", body=DRUG.encode(), **{"Content-Type": "text/turtle"})[0] == 200
