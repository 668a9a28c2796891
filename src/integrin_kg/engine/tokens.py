"""The words of a SPARQL request, told apart from strings, IRIs, comments and names.

Not a parser: just enough to know, before anything is parsed, whether a request names a dataset of
its own or wants to leave the process. See https://www.w3.org/TR/sparql11-query/#sparqlGrammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Possessive quantifiers, and strings that may end with the request, keep the scan linear: nothing is
# looked at again because an end was missing.
_TOKEN = re.compile(
    r"""
    (?P<string> \"\"\" (?: [^"\\] | \\.? | "{1,2}(?!") )*+ (?: \"\"\" | \Z )
              | ''' (?: [^'\\] | \\.? | '{1,2}(?!') )*+ (?: ''' | \Z )
              | " (?: [^"\\\n\r] | \\.? )*+ "?
              | ' (?: [^'\\\n\r] | \\.? )*+ '? )
  | (?P<iri> < (?: [^<>"{}|^`\\\x00-\x20] | \\u[0-9A-Fa-f]{4} | \\U[0-9A-Fa-f]{8} )*+ > )
  | (?P<comment> \# [^\n\r]* )
  | (?P<variable> [?$] \w+ )
  | (?P<name> [\w\-.]*+ : (?: [\w\-.:%] | \\. )* )
  | (?P<language> @ [A-Za-z]+ (?: - \w+ )* )
  | (?P<words> [\w\-.]+ )
  | (?P<brace> [{}] )
  | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[^\W\d]\w*")
# Keywords that leave the dataset or the process, with those that the engine's parser takes before or
# behind them without a space.
_GLUED = re.compile(r"(ASK|CONSTRUCT)?(FROM)(NAMED)?|(SERVICE|LOAD)(SILENT)")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def tokens(request: str) -> Iterator[tuple[re.Match[str], str, int]]:
    """Yield each token but comments, its text, and the depth of braces that it stands at; a brace stands
    outside of what it encloses.

    >>> [(text, depth) for _, text, depth in tokens("ASK { ?s ?p 1 }")]
    [('ASK', 0), ('{', 0), ('?s', 1), ('?p', 1), ('1', 1), ('}', 0)]
    """
    depth = 0
    for match in _TOKEN.finditer(request):
        text = match.group()
        depth -= text == "}" and match.lastgroup == "brace"
        if match.lastgroup != "comment":
            yield match, text, depth
        depth += text == "{" and match.lastgroup == "brace"


def keywords(request: str) -> Iterator[str]:
    """Yield the bare words of a query or update, in upper case.

    >>> list(keywords('ASK { ?from <http://SERVICE> "SERVICE" } # SERVICE'))
    ['ASK']
    >>> list(keywords("ASK FROMNAMED<x:>{}"))
    ['ASK', 'FROM', 'NAMED']
    """
    for match in _TOKEN.finditer(request):
        if match.lastgroup == "words":
            for word in _WORD.findall(match.group().upper()):
                glued = _GLUED.fullmatch(word)
                yield from filter(None, glued.groups()) if glued else [word]


def mentions(request: str, *words: str) -> bool:
    """Return whether any of the ``words`` stands in the request as a keyword, written plainly or
    with code point escapes (section 19.2), which some parsers undo before they look at tokens.

    >>> mentions("SELECT * { S\\\\u0045RVICE <x:> {} }", "SERVICE")
    True
    """
    for spelling in {request, _unescaped(request)} if "\\" in request else (request,):
        capitals = spelling.upper()
        if any(word in capitals for word in words) and any(word in words for word in keywords(spelling)):
            return True  # the first is seldom so, and spares the scan
    return False


def names_dataset(query: str) -> bool:
    """Return whether a query has a FROM.

    >>> names_dataset("ASK FROM <x:> {}"), names_dataset("ASK { ?from ?p 'FROM' }")
    (True, False)
    """
    return "FROM" in query.upper() and "FROM" in keywords(query)


def with_other_word(request: str, word: str) -> str:
    """Return the request with a word that it does not hold, and that is no keyword, in the place of
    every ``word``, wherever it stands; all else keeps its place.

    Where ``word`` is part of a string or name a parser takes both; where it is a keyword, one only.

    >>> with_other_word("ASK { SERVICE ?service {} }", "SERVICE")
    'ASK { QERVICE ?qervice {} }'
    """
    if word not in request.upper():
        return request
    rest = word[1:].lower()
    first = next((letter for letter in "qjxkzvyw" if letter + rest not in request.lower()), "q")
    pattern = re.compile(re.escape(word), re.IGNORECASE | re.ASCII)

    def other(match: re.Match[str]) -> str:
        found = match.group()
        return (first.upper() if found[0].isupper() else first) + found[1:]

    return pattern.sub(other, request)


def service_calls(request: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield where each SERVICE, with its SILENT, stands in a query, and the IRI that it names; None
    where it names none plainly.

    >>> text = "SELECT * { SERVICE SILENT <http://example.org/sparql> { ?s ?p ?o } SERVICE ?any {} }"
    >>> [(text[start:end], iri) for start, end, iri in service_calls(text)]
    [('SERVICE SILENT', 'http://example.org/sparql'), ('SERVICE', None)]
    """
    begin = end = -1
    for match in _TOKEN.finditer(request):
        if match.lastgroup == "comment":
            continue
        word = match.group().upper() if match.lastgroup == "words" else ""
        if begin >= 0 and word == "SILENT":
            end = match.end()
            continue
        if begin >= 0:
            named = match.lastgroup == "iri" and "\\" not in match.group()
            yield begin, end, match.group()[1:-1] if named else None
        begin, end = (match.start(), match.end()) if word == "SERVICE" else (-1, -1)
    if begin >= 0:
        yield begin, end, None


def _unescaped(request: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code < 0x110000 else match.group()

    return _ESCAPE.sub(character, request)
