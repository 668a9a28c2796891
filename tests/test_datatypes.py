"""Datatypes: which literals are in them."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Store

from integrin_kg.datatypes import FORMS, contains
from integrin_kg.vocab import XSD

NUMBERS = {
    "decimal": "-1.5",
    "integer": "12",
    "byte": "12",
    "double": "1.5E3",
    "float": "1e0",
    "date": "2021-06-01+01:00",
    "dateTime": "2021-06-01T08:00:00.5Z",
}
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(("name", "text"), NUMBERS.items())
def test_a_number_or_date_has_digits_of_ascii(name: str, text: str) -> None:
    datatype = NamedNode(XSD + name)
    assert contains(datatype.value, Literal(text, datatype=datatype))
    assert not contains(datatype.value, Literal(text.translate(ARABIC), datatype=datatype))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text in NUMBERS.items() if name in FORMS])
def test_a_form_is_the_same_in_sparql(name: str, text: str) -> None:
    form = FORMS[name].replace("\\", "\\\\")
    for written, fits in ((text, True), (text.translate(ARABIC), False), (f"x{text}", False)):
        asked = Store().query(f'ASK {{ FILTER REGEX("{written}", "^({form})$") }}')
        assert bool(asked) is fits, written
