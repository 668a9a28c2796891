"""What an update consists of, told from its tokens, and the same put in other ways.

See https://www.w3.org/TR/sparql11-update/#sparqlUpdateGrammar.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Store

from integrin_kg.engine.tokens import mentions, tokens
from integrin_kg.vocab import PREFIXES

# What may be otherwise when it is evaluated again, if only by the order of what it is about.
_VAGUE = (
    *("NOW", "RAND", "UUID", "STRUUID", "BNODE", "LIMIT", "OFFSET"),
    *("SAMPLE", "GROUP_CONCAT", "SUM", "AVG"),
)
# The words of an update by a pattern by letters, for which B is a block in braces.
_OPERATIONS = {
    **{"PREFIX": "P", "BASE": "P", "WITH": "G", "DELETE": "D", "INSERT": "I"},
    **{"USING": "U", "NAMED": "N", "WHERE": "W"},
}
_IN_LINE = re.compile(r"[^\r\n]")
_MODIFICATION = re.compile("P*G?(?:(?:DB)?IB|DB?)(?:UN?)*WB")
_DATASET = {"U": ["FROM"], "N": ["NAMED"]}


def carry_out(update: str, store: Store, base: str | None) -> None:
    """Make ``update`` on ``store``; what the engine raises where it cannot."""
    for operation in operations(update):
        store.update(operation, base_iri=base, prefixes=PREFIXES)


def operations(update: str) -> Iterator[str]:
    """Yield what is to be made one after another: ``update`` itself or, where a BASE or PREFIX stands behind
    its first operation, which the engine does not take, the operations, each with what is declared before it.
    All keep their places, for errors to tell.

    >>> list(operations("CLEAR ALL ; PREFIX : <x:> INSERT DATA { :a :b 1 }"))
    ['CLEAR ALL ', '            PREFIX : <x:> INSERT DATA { :a :b 1 }']
    >>> list(operations("PREFIX : <x:> CLEAR ALL ; CREATE GRAPH :g"))
    ['PREFIX : <x:> CLEAR ALL ; CREATE GRAPH :g']
    """
    declared, found, late = _parts(update)
    if late:
        yield from _apart(update, declared, found)
    else:
        yield update


def each_operation(update: str, most: int) -> Iterator[str]:
    """Yield the operations of ``update``, each with what is declared before it; none where they are more than
    ``most``.

    >>> list(each_operation("PREFIX : <x:> CLEAR ALL ; CREATE GRAPH :g", 2))
    ['PREFIX : <x:> CLEAR ALL ', 'PREFIX : <x:>             CREATE GRAPH :g']
    """
    declared, found, _ = _parts(update)
    if len(found) <= most:
        yield from _apart(update, declared, found)


def _parts(update: str) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]], bool]:
    """Where there are declarations; where there are operations, and how many of the former stand before each;
    and whether any stands behind one."""
    declared: list[tuple[int, int]] = []
    found: list[tuple[int, int, int]] = []
    before, begun, late = 0, -1, False
    for token, text, depth in tokens(update):
        if depth:
            continue
        if token.lastgroup == "end" and begun >= 0:
            found.append((len(declared), begun, token.start()))
            before, begun = token.end(), -1
        elif begun < 0 and token.lastgroup == "words" and text.upper() not in ("BASE", "PREFIX"):
            begun = token.start()
            declared.append((before, begun))
        elif begun < 0 and token.lastgroup == "words":
            late = late or bool(found)
    return declared, found + ([(len(declared), begun, len(update))] if begun >= 0 else []), late


def _apart(update: str, declared: list[tuple[int, int]], found: list[tuple[int, int, int]]) -> Iterator[str]:
    for count, start, end in found:
        yield _alone(update, [*declared[:count], (start, end)])


def _alone(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` as far as the last of the ``spans``, with nothing but line ends between them."""
    parts, done = [], 0
    for start, end in spans:
        parts += [_IN_LINE.sub(" ", text[done:start]), text[start:end]]
        done = end
    return "".join(parts)


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
    before, where, opened = "", -1, 0
    for token, text, depth in tokens(update):
        if depth:
            continue
        if text == "{":
            opened = token.start()
        elif text == "}" and where >= 0:
            yield before, where, update[opened : token.end()]
            where = -1
        elif token.lastgroup == "words" and text.upper() == "WHERE":
            where = token.start()
        if where < 0:
            before = text.upper()


def as_insertions(update: str) -> str | None:
    """Return an update that has nothing but INSERT DATA and DELETE DATA with its data all inserted, which
    tells what it is about; None where it has more.

    >>> as_insertions("DELETE DATA { <x:a> <x:b> 1 } ; INSERT DATA { <x:a> <x:b> 2 }")
    'INSERT DATA { <x:a> <x:b> 1 } ; INSERT DATA { <x:a> <x:b> 2 }'
    >>> as_insertions("DELETE WHERE { ?s ?p 1 }") is None
    True
    """
    parts, done = [], 0
    for token, text, depth in tokens(update):
        if depth or token.lastgroup != "words":
            continue
        if text.upper() == "DELETE":
            parts += [update[done : token.start()], "INSERT"]
            done = token.end()
        elif text.upper() not in ("BASE", "PREFIX", "INSERT", "DATA"):
            return None
    return "".join([*parts, update[done:]])


@dataclass(frozen=True)
class Modification:
    """An update by a pattern: its ``templates`` as INSERT DATA, with an IRI in the place of each of their
    ``variables``; the ``query`` for what these are, which may or not name its ``dataset``; and, where it is
    WITH a graph, an insertion ``into`` that, of a single triple."""

    templates: str
    variables: frozenset[str]
    query: str
    dataset: bool
    into: str | None


def as_modification(update: str, mark: str) -> Modification | None:
    """Return an update that is one DELETE or INSERT or both by a pattern, and would do the same if it were
    made again; None where it is anything else. The IRIs begin with ``mark``, which is to be in no request.

    >>> found = as_modification("DELETE { ?s <x:p> 1 } USING <x:g> WHERE { ?s a <x:C> }", "x-variable:")
    >>> found.templates
    'INSERT DATA { <x-variable:s> <x:p> 1 }'
    >>> found.query
    'SELECT DISTINCT ?s FROM <x:g> WHERE { ?s a <x:C> }'
    """
    if "\\" in update or mentions(update, *_VAGUE):
        return None
    shape, graph, opened = "", "", 0
    dataset: list[str] = []
    blocks = defaultdict[str, list[str]](list)
    starts: list[int] = []
    for token, text, depth in tokens(update):
        if depth or token.lastgroup == "end":
            continue
        if text == "{":
            opened = token.start()
        elif text == "}":
            blocks[shape[-1:]].append(update[opened : token.end()])
            shape += "B"
        elif token.lastgroup == "words":
            shape += _OPERATIONS.get(text.upper(), "?")
            starts += [token.start()] if shape[-1] in "GDI" else []
            dataset += _DATASET.get(shape[-1], [])
        elif shape[-1:] == "G":
            graph = text
        elif starts:
            dataset.append(text)
    if not _MODIFICATION.fullmatch(shape):
        return None
    (pattern,) = blocks["W"]
    templates = [*blocks["D"], *blocks["I"]] or [pattern]  # as in DELETE WHERE
    head = update[: starts[0]]
    variables = sorted({text[1:] for block in templates for _, text in _variables(block)})
    selected = " ".join(f"?{name}" for name in variables)
    return Modification(
        head + " ; ".join(f"INSERT DATA {_grounded(block, mark)}" for block in templates),
        frozenset(variables),
        " ".join([f"{head}SELECT DISTINCT {selected}", *dataset, "WHERE", pattern]),
        bool(dataset),
        f"{head}INSERT DATA {{ GRAPH {graph} {{ <x:s> <x:p> <x:o> }} }}" if graph else None,
    )


def _variables(text: str) -> Iterator[tuple[re.Match[str], str]]:
    return ((token, name) for token, name, _ in tokens(text) if token.lastgroup == "variable")


def _grounded(template: str, mark: str) -> str:
    parts, done = [], 0
    for token, name in _variables(template):
        parts += [template[done : token.start()], f"<{mark}{name[1:]}>"]
        done = token.end()
    return "".join([*parts, template[done:]])
