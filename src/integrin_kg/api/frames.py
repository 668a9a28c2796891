"""Answers as Python values and as data frames."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import Literal, NamedNode, QuerySolutions

from integrin_kg import datatypes
from integrin_kg.table import short as shortened
from integrin_kg.vocab import XSD

if TYPE_CHECKING:
    import pandas

Value = str | int | float | bool | Decimal | date | datetime | None
Row = dict[str, Value]

_READ: dict[str, Callable[[str], Value]] = {
    "boolean": lambda text: text in ("true", "1"),
    "decimal": Decimal,
    "double": float,
    "float": float,
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
}
_DTYPES = {bool: "boolean", str: "string", date: "datetime64[s]", datetime: None}  # pandas finds the zone
_LARGEST = 2**63


def value(term: object, short: bool = False) -> Value:
    """Return a term as Python has it: numbers, booleans and dates as such, all else as text; what no Python
    value can be (a date with a time zone, a number that is none) as it is written.

    >>> value(Literal(3)), value(NamedNode("urn:x")), value(Literal("x", language="en")), value(None)
    (3, 'urn:x', 'x', None)
    """
    if isinstance(term, Literal):
        return _of_literal(term)
    if term is None or short:
        return shortened(term) or None
    return term.value if isinstance(term, NamedNode) else str(term)


def _of_literal(literal: Literal) -> Value:
    kind = literal.datatype.value.removeprefix(XSD)
    whole = kind in datatypes.INTEGERS
    if (whole or kind in _READ) and datatypes.contains(literal.datatype.value, literal):
        with suppress(ValueError):
            return int(literal.value) if whole else _READ[kind](literal.value)
    return literal.value


def rows(solutions: QuerySolutions, short: bool) -> list[Row]:
    """Return solutions as dicts from variable to value, None where it is unbound."""
    names = [variable.value for variable in solutions.variables]
    return [{name: value(solution[name], short) for name in names} for solution in solutions]


def frame(names: list[str], found: list[Row]) -> pandas.DataFrame:
    """Return rows as a data frame whose columns are typed and may lack values.

    Raises :class:`ImportError` where pandas is not installed, saying how to.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError("data frames need pandas: pip install 'integrin-kg[frames]'") from error
    columns = {name: [row[name] for row in found] for name in names}
    return pandas.DataFrame({name: _column(values) for name, values in columns.items()})


def _column(values: list[Value]) -> pandas.Series[Any]:
    import pandas

    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        fit = all(value is None or -_LARGEST <= cast(int, value) < _LARGEST for value in values)
        return pandas.Series(values, dtype="Int64" if fit else "object")
    if kinds and kinds <= {int, float, Decimal}:
        numbers = [None if value is None else float(cast(float, value)) for value in values]
        return pandas.Series(numbers, dtype="Float64")
    return pandas.Series(values, dtype=_DTYPES.get(*kinds) if len(kinds) == 1 else "object")
