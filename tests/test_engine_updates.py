"""Updates told apart into their operations, and put in other ways, without being parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from integrin_kg.engine.updates import as_modification, operations

MADE = [
    "INSERT DATA { :a :p 1 ; :q ';' }",
    "INSERT { ?s :q ?o } WHERE { ?s :p ?o }",
    "DELETE WHERE { ?s :p 1 }",
    "CREATE SILENT GRAPH :g",
    "CLEAR DEFAULT # ; PREFIX : <x:>\n",
]


def made(updates: list[str]) -> set[str]:
    store = Store()
    for update in updates:
        store.update(update)
    return {*map(str, store), *map(str, store.named_graphs())}


@given(st.lists(st.sampled_from(MADE), min_size=1, max_size=5), st.data())
def test_operations_with_declarations_between_do_what_they_do_with_all_before(
    wanted: list[str], data: st.DataObject
) -> None:
    declaration = st.sampled_from(
        ["", "PREFIX : <x:>", "base <x:>", "# PREFIX ;\n", "PREFIX other: <y:>\nprefix : <x:>"]
    )
    pieces = ["PREFIX : <x:> " + wanted[0], *(f"{data.draw(declaration)} {one}" for one in wanted[1:])]
    update = " ; ".join(pieces) + data.draw(st.sampled_from(["", " ; ", " ; PREFIX z: <z:>"]))
    assert made(list(operations(update))) == made(["PREFIX : <x:> " + " ; ".join(wanted)])


def test_a_prefix_that_is_declared_again_is_another_from_there_on() -> None:
    update = "PREFIX : <x:> INSERT DATA { :a :b 1 } ; PREFIX : <y:> INSERT DATA { :a :b 1 }"
    assert made(list(operations(update))) == made(["INSERT DATA { <x:a> <x:b> 1 . <y:a> <y:b> 1 }"])


@pytest.mark.parametrize(
    "update",
    [
        "PREFIX : <x:> CLEAR ALL ; CREATE GRAPH :g ;",
        "INSERT DATA { <x:a> <x:b> '; PREFIX : <x:>' }",
        "INSERT DATA { <x:a> <x:b> 1 ; <x:c> 2 }",
        "",
        "; CLEAR ALL",
        "CLEAR ALL ; ;",
        "PREFIX : <x:>",
        "} ; PREFIX",
    ],
)
def test_what_the_engine_takes_or_refuses_by_itself_is_left_as_it_is(update: str) -> None:
    assert list(operations(update)) == [update]


def test_an_error_keeps_its_place() -> None:
    update = "CLEAR ALL ;\nPREFIX : <x:>\nINSERT DATA { :a :b }"
    *_, last = operations(update)
    with pytest.raises(SyntaxError, match="error at 3:21"):
        Store().update(last)


@given(st.text(alphabet="PREFIX :<x>;{}#'\"INSERT DATA\n?a.", max_size=60))
def test_nothing_is_lost_of_any_text(update: str) -> None:
    *_, last = operations(update)
    assert len(last) == len(update) or update[len(last) :].lstrip()[:1] in ("", ";")


@pytest.mark.parametrize(
    "update", ["", ";", "DELETE", "WHERE { }", "INSERT { } { }", "INSERT DATA { ?s ?p ?o }"]
)
def test_what_is_no_modification_is_none(update: str) -> None:
    assert as_modification(update, "x:") is None
