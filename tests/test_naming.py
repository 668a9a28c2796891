"""Names: what a person calls a thing leads to that thing, or to nothing, and never to another."""

from __future__ import annotations

import pytest

from integrin_kg.knowledge import Knowledge
from integrin_kg.naming import Names, UnknownName
from integrin_kg.vocab import BASE


@pytest.fixture(scope="module")
def names(shipped: Knowledge) -> Names:
    return shipped.names()


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("αvβ3", "integrin/alphaV-beta3"),
        ("Integrin alphaV-beta3", "integrin/alphaV-beta3"),
        ("CD51/CD61", "integrin/alphaV-beta3"),
        ("ITGAV_ITGB3", "integrin/alphaV-beta3"),
        ("ITGAV", "gene/ITGAV"),
        ("integrin subunit αv", "subunit/ITGAV"),
        ("integrin subunit alpha V", "gene/ITGAV"),  # so the gene's name is written
        ("ikg:RGDReceptor", "schema/RGDReceptor"),
        ("RGD receptor", "schema/RGDReceptor"),
        ("motif/RGD", "motif/RGD"),
    ],
)
def test_a_thing_is_found_by_any_of_its_names(names: Names, given: str, path: str) -> None:
    assert names.iri(given) == BASE + path


def test_names_that_a_sign_tells_apart_are_two_names(names: Names) -> None:
    positive, negative = names.iri("CD90+α7+ cell"), names.iri("CD90-α7- cell")
    assert ("plus" in positive, "minus" in negative) == (True, True)


def test_a_heading_of_the_source_is_not_taken_for_the_chain_that_it_is_about(names: Names) -> None:
    assert names.iri("integrin alpha6") == BASE + "subunit/ITGA6"


def test_what_nothing_is_called_is_told_with_what_may_be_meant(names: Names) -> None:
    with pytest.raises(UnknownName, match="nothing is called 'natalizumap', did you mean 'natalizumab'"):
        names.iri("natalizumap")


def test_a_name_that_two_things_have_is_refused_with_both() -> None:
    names = Names([("urn:x:one", "synonym", "VLA-4"), ("urn:x:two", "synonym", "VLA-4")])
    with pytest.raises(UnknownName, match="several things are called 'vla 4': urn:x:one, urn:x:two"):
        names.iri("vla 4")


@pytest.mark.parametrize("given", ["http://x/a b", "urn:x:a>", "motif/<RGD>"])
def test_what_is_no_iri_is_refused(names: Names, given: str) -> None:
    with pytest.raises(UnknownName, match="is no IRI"):
        names.iri(given)


def test_a_name_of_no_letter_is_nobodys(names: Names) -> None:
    with pytest.raises(UnknownName, match="nothing is called"):
        names.iri("+")
