"""Solutions as CSV: "SPARQL 1.1 Query Results CSV and TSV Formats", section 3.

https://www.w3.org/TR/sparql11-results-csv-tsv/#csv

pyoxigraph 0.5.13 writes an IRI with a comma (<http://example.org/a,b>) without quotes, so that its row has
a cell too many, and a lone empty cell as an empty line, which many readers skip. Its TSV is right.
"""

from __future__ import annotations

import codecs
import csv
from typing import IO

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

_PLAIN = (NamedNode, Literal)


def write_csv(solutions: QuerySolutions, sink: IO[bytes]) -> None:
    r"""Write ``solutions`` to ``sink``, row by row: a header of the variables' names, CRLF after each row,
    quotes where a cell holds a comma, a quote, or a line break.

    >>> import io
    >>> from pyoxigraph import Store
    >>> out = io.BytesIO()
    >>> write_csv(Store().query("SELECT (<http://example.org/a,b> AS ?x) ('a\\nb' AS ?y) ?z {}"), out)
    >>> out.getvalue()
    b'x,y,z\r\n"http://example.org/a,b","a\nb",\r\n'
    """
    # The module's default dialect is that of RFC 4180.
    rows = csv.writer(codecs.getwriter("utf-8")(sink))
    rows.writerow([variable.value for variable in solutions.variables])
    rows.writerows(map(_cell, solution) for solution in solutions)


def _cell(term: NamedNode | BlankNode | Literal | Triple | None) -> str:
    """Return section 3.2's plain string of a term; what is unbound is the empty string."""
    if term is None:
        return ""
    return term.value if isinstance(term, _PLAIN) else str(term)
