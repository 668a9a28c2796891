"""Whether a literal is in a datatype: lexical form and value space (XML Schema part 2).

Of the datatypes of OWL 2 RL (https://www.w3.org/TR/owl2-profiles/#Entities_3) those that data use;
of any other a literal is taken to be in its own datatype and in no other.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pyoxigraph import Literal

from integrin_kg.vocab import RDF, RDFS, XSD

# Written for Python and for SPARQL's REGEX; in either \d is a digit of any script.
_NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
_DOUBLE = _NUMBER + r"([eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_DATE = r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})?"

FORMS = {
    "string": r"(?s:.*)",
    "boolean": r"true|false|1|0",
    "decimal": _NUMBER,
    "integer": r"[+-]?[0-9]+",
    "double": _DOUBLE,
    "float": _DOUBLE,
    "date": f"{_DATE}{_ZONE}",
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
    "anyURI": r"\S*",
}

# Derived integers and their bounds.
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}

INTEGERS = frozenset(_BOUNDS)
"""The local names of ``xsd:integer`` and of what is derived from it."""


def contains(datatype: str, literal: Literal) -> bool:
    """Return whether ``literal`` is a value of the datatype of that IRI.

    >>> contains(XSD + "decimal", Literal(3)), contains(XSD + "integer", Literal("x"))
    (True, False)
    >>> contains(XSD + "byte", Literal("300", datatype=Literal(1).datatype))
    False
    """
    own = literal.datatype.value
    if datatype in (own, RDFS + "Literal") and not own.startswith(XSD):
        return True
    if not _well_formed(own, literal.value):
        return False
    if datatype == RDFS + "Literal" or (datatype == RDF + "PlainLiteral" and own == XSD + "string"):
        return True
    wanted, given = datatype.removeprefix(XSD), own.removeprefix(XSD)
    if wanted == "decimal":
        return given == "decimal" or given in _BOUNDS
    if wanted in _BOUNDS and (given in _BOUNDS or given == "decimal"):
        return _within(wanted, Decimal(literal.value))
    return wanted == given


def _well_formed(datatype: str, text: str) -> bool:
    local = datatype.removeprefix(XSD)
    if local in _BOUNDS:
        return bool(re.fullmatch(FORMS["integer"], text)) and _within(local, Decimal(text))
    return local not in FORMS or bool(re.fullmatch(FORMS[local], text))


def _within(local: str, number: Decimal) -> bool:
    low, high = _BOUNDS[local]
    whole = number == number.to_integral_value()
    return whole and (low is None or number >= low) and (high is None or number <= high)
