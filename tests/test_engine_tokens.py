"""Words of a request: found wherever they are keywords, never in strings, IRIs, comments or names."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from integrin_kg.engine.tokens import keywords, mentions, with_other_word
from timing import in_time

KEYWORD_SPELLINGS = [
    "SELECT * { SERVICE <http://x/> {} }",
    "SELECT * { service <http://x/> {} }",
    "SELECT * { SeRvIcE SILENT <http://x/> {} }",
    "SELECT*{SERVICE<http://x/>{}}",
    "SELECT * {\nSERVICE\n<http://x/>\n{} }",
    "SELECT * {\r\n\tSERVICE\t<http://x/> {} }",
    "SELECT * { # a comment\nSERVICE # another\n<http://x/> {} }",
    "SELECT * { #SERVICE\rSERVICE <http://x/> {} }",
    "SELECT * { SERVICE#\n<http://x/> {} }",
    "SELECT * { ?s a ikg:Integrin . SERVICE <http://x/> {} }",
    "SELECT * { ?s a ikg:Integrin SERVICE <http://x/> {} }",
    "SELECT * { ?s a : SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p 'it''s' SERVICE <http://x/> {} }",
    'SELECT * { ?s ?p "\\"" SERVICE <http://x/> {} }',
    'SELECT * { ?s ?p """a"b""c""" SERVICE <http://x/> {} }',
    "SELECT * { ?s ?p '''a'b''c\\'''' SERVICE <http://x/> {} }",
    'SELECT * { ?s ?p "" SERVICE <http://x/> {} }',
    'SELECT * { ?s ?p "a"@en SERVICE <http://x/> {} }',
    "SELECT * { ?s ?p 5 SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p 1.SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p ?o.SERVICE <http://x/> {} }",
    "SELECT * { ?s ?p -1.5 SERVICE <http://x/> {} }",
    "SELECT * { ?s <p#> ?o SERVICE <http://x/> {} }",
    "SELECT * { FILTER(?a<?b) SERVICE <http://x/> {} }",
    "SELECT * { FILTER(?a<5 && ?b>3) SERVICE <http://x/> {} }",
    "SELECT * { FILTER(?a<=?b) SERVICE ?s {} }",
]

NO_KEYWORD = [
    'SELECT * { ?s ?p "SERVICE" }',
    "SELECT * { ?s ?p 'SERVICE' }",
    'SELECT * { ?s ?p """a\nSERVICE\n""" }',
    "SELECT * { ?s ?p '''a\nSERVICE\n''' }",
    'SELECT * { ?s ?p "\\" SERVICE \\" SERVICE" }',
    "SELECT * { ?s ?p '\\' SERVICE \\\\' }",
    'SELECT * { ?s ?p """\\""" SERVICE " "" SERVICE""" }',
    "SELECT * { ?s ?p '''\\''' SERVICE ' '' SERVICE''' }",
    'SELECT * { ?s ?p "# \' SERVICE" }',
    "SELECT * { ?s ?p '# \" <SERVICE>' }",
    "SELECT * { ?s ?p <http://SERVICE> }",
    "SELECT * { ?s ?p <http://x/SERVICE> }",
    "SELECT * { ?s ?p <http://x/#SERVICE> }",
    "SELECT * { ?s ?p <http://x/a'SERVICE> }",
    "SELECT * { ?s ?p <http://x/(SERVICE)> }",
    "SELECT * { ?s ?p <http://x/?a=1&b=SERVICE> }",
    "SELECT * { ?s ?p <http://x/\\u00e9/SERVICE> }",
    "SELECT * { ?s ?p <SERVICE> }",
    "SELECT * { } # SERVICE",
    "# SERVICE <http://x> 'it\nSELECT * { }",
    "SELECT * { ?SERVICE ?p $service }",
    "SELECT * { ?s SERVICE:p SERVICE: }",
    "SELECT * { ?s x:SERVICE :SERVICE }",
    "SELECT * { ?s x:a.SERVICE x:a-SERVICE }",
    "SELECT * { ?s x-SERVICE:a x.SERVICE:a }",
    "SELECT * { ?s x:%20SERVICE x:\\-SERVICE x:a:SERVICE }",
    "SELECT * { _:SERVICE ?p ?o }",
    'SELECT * { ?s ?p "a"@SERVICE }',
    'SELECT * { ?s ?p "a"@en-SERVICE }',
    "SELECT * { ?s ?p SERVICES . ?s ?p MYSERVICE . ?s ?p MY_SERVICE_1 }",
    "ASK {}",
    "",
]


@pytest.mark.parametrize("word", ["SERVICE", "FROM", "LOAD"])
@pytest.mark.parametrize("request_", KEYWORD_SPELLINGS)
def test_a_keyword_is_found_in_every_spelling(request_: str, word: str) -> None:
    assert mentions(_about(request_, word), word)


@pytest.mark.parametrize("word", ["SERVICE", "FROM", "LOAD"])
@pytest.mark.parametrize("request_", NO_KEYWORD)
def test_a_word_that_is_no_keyword_is_not_found(request_: str, word: str) -> None:
    assert not mentions(_about(request_, word), word)


def _about(request: str, word: str) -> str:
    """The request with ``word``, in the same case, in the place of SERVICE."""
    for change in (str.upper, str.lower, str.title):
        request = request.replace(change("service"), change(word))
    return request.replace("SeRvIcE", word[0] + word[1:].lower())


@pytest.mark.parametrize("word", ["SERVICE", "FROM", "LOAD"])
@pytest.mark.parametrize("escape", ["\\u{:04x}", "\\u{:04X}", "\\U{:08x}", "\\U{:08X}"])
def test_a_keyword_is_found_in_code_point_escapes(word: str, escape: str) -> None:
    wholly = "".join(escape.format(ord(letter)) for letter in word)
    partly = word[0] + escape.format(ord(word[1].lower())) + word[2:]
    assert mentions(f"SELECT * {{ {wholly} <http://x/> {{}} }}", word)
    assert mentions(f"SELECT * {{ {partly} <http://x/> {{}} }}", word)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("ASK FROMNAMED<x:g>{}", ["ASK", "FROM", "NAMED"]),
        ("ASKFROM<x:g>{}", ["ASK", "FROM"]),
        ("askFromNamed<x:g>{}", ["ASK", "FROM", "NAMED"]),
        ("CONSTRUCTFROM<x:g>WHERE{}", ["CONSTRUCT", "FROM", "WHERE"]),
        ("LOADSILENT<x:g>", ["LOAD", "SILENT"]),
        ("ASK{SERVICESILENT<x:g>{}}", ["ASK", "SERVICE", "SILENT"]),
        ("ASK { ?s ?p LOADSILENTLY, FROMAGE, NAMED }", ["ASK", "LOADSILENTLY", "FROMAGE", "NAMED"]),
    ],
)
def test_keywords_that_the_parser_takes_without_a_space_are_told_apart(
    request_: str, expected: list[str]
) -> None:
    assert list(keywords(request_)) == expected


@pytest.mark.parametrize(
    "head", ["ASK FROMNAMED<x:g>", "ASKFROM<x:g>", "SELECT*FROMNAMED<x:g>", "CONSTRUCT{}FROM<x:g>"]
)
def test_a_dataset_that_the_parser_sees_is_seen(head: str) -> None:
    Store().query(head + "{}")  # it parses
    assert "FROM" in keywords(head + "{}")


def test_any_of_several_words_is_found() -> None:
    assert mentions("LOAD <http://x/>", "SERVICE", "LOAD")
    assert not mentions("ASK {}", "SERVICE", "LOAD")


def test_keywords_come_in_order_and_in_upper_case() -> None:
    request = "select ?x from <http://g> where { ?x a ikg:Integrin } limit 5"
    assert list(keywords(request)) == ["SELECT", "FROM", "WHERE", "A", "LIMIT"]


def test_another_word_of_equal_length_takes_the_place_of_every_occurrence() -> None:
    request = "ASK { SERVICE ?service { 'SerVice' } }"
    changed = with_other_word(request, "SERVICE")
    assert "service" not in changed.lower()
    assert len(changed) == len(request)
    assert changed == "ASK { QERVICE ?qervice { 'QerVice' } }"


def test_the_other_word_is_one_that_the_request_does_not_hold() -> None:
    assert with_other_word("ASK { ?service ?qervice ?o }", "SERVICE") == "ASK { ?jervice ?qervice ?o }"


def test_a_request_without_the_word_stays_as_it_is() -> None:
    assert with_other_word("ASK { ?s ?p 'serv ice' }", "SERVICE") == "ASK { ?s ?p 'serv ice' }"


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    list(keywords(text))
    mentions(text, "SERVICE")
    with_other_word(text, "SERVICE")


PIECES = ["FROM", "'", '"', "'''", '"""', "\\", "<", ">", "#", "\n", "?", "@", ":", ".", "-", "%", " ", "é",
          "\\u0045", "\\U0010FFFF", "\\UFFFFFFFF", "\\uD800", "{", "}", "(", ")", "a", "1"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_mixture_of_delimiters_makes_it_raise(text: str) -> None:
    list(keywords(text))
    mentions(text, "SERVICE")


@given(st.text())
def test_a_keyword_before_anything_is_found(text: str) -> None:
    assert mentions("SELECT * { SERVICE <http://x/> {} } " + text, "SERVICE")


@given(st.text(st.characters(exclude_characters='"\\\r\n', exclude_categories=["Cs"])))
def test_a_string_hides_what_is_in_it_and_nothing_behind_it(text: str) -> None:
    assert list(keywords(f'ASK {{ ?s ?p "{text}" }} LIMIT')) == ["ASK", "LIMIT"]


@given(st.text(st.characters(exclude_characters="\r\n")))
def test_a_comment_hides_what_is_in_it_and_nothing_behind_it(text: str) -> None:
    assert list(keywords(f"ASK #{text}\nLIMIT")) == ["ASK", "LIMIT"]


PATHOLOGICAL = {
    "double quotes": lambda n: '"' * n,
    "single quotes": lambda n: "'" * n,
    "escaped double quotes": lambda n: '"' + '\\"' * (n // 2),
    "escaped single quotes": lambda n: "'''" + "\\'" * (n // 2),
    "escaped quotes and a last backslash": lambda n: '"""' + '\\"' * (n // 2) + "\\",
    "backslashes": lambda n: "\\" * n,
    "less than": lambda n: "<" * n,
    "unclosed IRIs": lambda n: "<a" * (n // 2),
    "one unclosed IRI": lambda n: "<" + "a" * n,
    "IRIs with escapes": lambda n: "<" + "\\u0041" * (n // 6),
    "colons": lambda n: ":" * n,
    "full stops": lambda n: "." * n,
    "hyphens": lambda n: "-" * n,
    "words with hyphens": lambda n: "a-." * (n // 3),
    "one long word": lambda n: "a" * n,
    "mixed quotes": lambda n: "'\"" * (n // 2),
    "unclosed long strings": lambda n: "'''\"\"" * (n // 5),
    "comments": lambda n: "<#>" * (n // 3),
    "code point escapes": lambda n: "\\u0022" * (n // 6),
    "at signs": lambda n: "@a-" * (n // 3),
    "line ends": lambda n: "'\n" * (n // 2),
}


@pytest.mark.parametrize("make", PATHOLOGICAL.values(), ids=PATHOLOGICAL.keys())
def test_a_megabyte_costs_as_much_more_as_it_is_larger(make: Callable[[int], str]) -> None:
    small, large = 1_000_000 // 16, 1_000_000
    # Quadratic time would be 256 times as much for 16 times the text.
    in_time(_seconds(make(large)), 64 * max(_seconds(make(small)), 0.005))


def _seconds(request: str) -> float:
    def once() -> float:
        start = time.process_time()
        mentions(request, "SERVICE")
        return time.process_time() - start

    return min(once() for _ in range(4))
