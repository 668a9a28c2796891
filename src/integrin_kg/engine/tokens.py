"""The words of a SPARQL request, told apart from strings, IRIs, comments and names.

Not a parser: just enough to know, before anything is parsed, whether a request names a dataset of
its own or wants to leave the process. See https://www.w3.org/TR/sparql11-query/#sparqlGrammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"[^\W\d]\w*")
# Keywords that leave the dataset or the process, with those that the engine's parser takes before or
# behind them without a space.
_GLUED = re.compile(r"(ASK|CONSTRUCT)?(FROM)(NAMED)?|(SERVICE|LOAD)(SILENT)")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


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
    return any(word in words for spelling in {request, _unescaped(request)} for word in keywords(spelling))


def with_other_word(request: str, word: str) -> str:
    """Return the request with a word that it does not hold, and that is no keyword, in the place of
    every ``word``, wherever it stands; all else keeps its place.

    Where ``word`` is part of a string or name a parser takes both; where it is a keyword, one only.

    >>> with_other_word("ASK { SERVICE ?service {} }", "SERVICE")
    'ASK { QERVICE ?qervice {} }'
    """
    rest = word[1:].lower()
    first = next((letter for letter in "qjxkzvyw" if letter + rest not in request.lower()), "q")
    pattern = re.compile(re.escape(word), re.IGNORECASE | re.ASCII)

    def other(match: re.Match[str]) -> str:
        found = match.group()
        return (first.upper() if found[0].isupper() else first) + found[1:]

    return pattern.sub(other, request)


def with_dataset(update: str, default_graphs: Iterable[str], named_graphs: Iterable[str]) -> str:
    """Return ``update`` with a dataset for each operation that has a pattern, as USING clauses would
    name it (SPARQL 1.1 Protocol, section 2.2.3). The graphs are IRIs; the update names none itself.

    >>> with_dataset("DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", ["x:a"], [])
    'DELETE { ?s ?p 1 } USING <x:a> WHERE { ?s ?p 1 }'
    >>> with_dataset("DELETE WHERE { ?s ?p 1 }", [], ["x:b"])
    'DELETE { ?s ?p 1 } USING NAMED <x:b> WHERE { ?s ?p 1 }'
    """
    clauses = [f"USING <{graph}> " for graph in default_graphs]
    using = "".join([*clauses, *(f"USING NAMED <{graph}> " for graph in named_graphs)])
    parts, done = [], 0
    for before, where, pattern in _patterns(update):
        # DELETE WHERE has no place for a dataset: its pattern is its template as well.
        template = f"{pattern} " if before == "DELETE" else ""
        parts += [update[done:where], template, using]
        done = where
    return "".join([*parts, update[done:]])


def _patterns(update: str) -> Iterator[tuple[str, int, str]]:
    """Each WHERE of an update's operations: the token before it, its place, and the group behind it."""
    depth, before, where, opened = 0, "", -1, 0
    for match in _TOKEN.finditer(update):
        token = match.group().upper()
        if token == "{":
            opened = match.start() if depth == 0 else opened
            depth += 1
        elif token == "}":
            depth -= 1
            if depth == 0 and where >= 0:
                yield before, where, update[opened : match.end()]
                where = -1
        elif depth == 0 and match.lastgroup == "words" and token == "WHERE":
            where = match.start()
            continue
        if where < 0 and match.lastgroup != "comment":
            before = token


def as_insertions(update: str) -> str | None:
    """Return an update that has nothing but INSERT DATA and DELETE DATA with its data all inserted, which
    tells what it is about; None where it has more.

    >>> as_insertions("DELETE DATA { <x:a> <x:b> 1 } ; INSERT DATA { <x:a> <x:b> 2 }")
    'INSERT DATA { <x:a> <x:b> 1 } ; INSERT DATA { <x:a> <x:b> 2 }'
    >>> as_insertions("DELETE WHERE { ?s ?p 1 }") is None
    True
    """
    parts, depth, done = [], 0, 0
    for match in _TOKEN.finditer(update):
        token = match.group().upper()
        depth += (token == "{") - (token == "}")
        if depth or match.lastgroup != "words":
            continue
        if token == "DELETE":
            parts += [update[done : match.start()], "INSERT"]
            done = match.end()
        elif token not in ("BASE", "PREFIX", "INSERT", "DATA"):
            return None
    return "".join([*parts, update[done:]])


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
