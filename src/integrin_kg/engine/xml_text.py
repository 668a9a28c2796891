"""What XML makes of characters that RDF literals may hold.

https://www.w3.org/TR/xml/#charsets and https://www.w3.org/TR/xml/#sec-line-ends

pyoxigraph 0.5.13 writes them as they are, in query results and in RDF/XML: a carriage return, which every XML
parser then reads as a line feed, and the control characters, with which no XML 1.0 document is well formed.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import IO, Any

_NO_CHARACTER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class UnwritableCharacter(ValueError):
    """A literal holds a character that XML 1.0 cannot express, not even as a reference."""


class XmlText(io.RawIOBase):
    r"""A sink of XML that writes on to ``sink``: carriage returns as references, so that they stay what
    they are; :class:`UnwritableCharacter` for what XML cannot hold.

    >>> out = io.BytesIO()
    >>> XmlText(out).write(b"<literal>a\rb</literal>")
    22
    >>> out.getvalue()
    b'<literal>a&#13;b</literal>'
    """

    def __init__(self, sink: IO[bytes]) -> None:
        super().__init__()
        self.sink = sink
        # A write may end in the middle of a character.
        self.decoder = codecs.getincrementaldecoder("utf-8")()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        text = self.decoder.decode(data)
        if found := _NO_CHARACTER.search(text):
            raise UnwritableCharacter(
                f"a literal holds U+{ord(found[0]):04X}, which XML cannot express: ask for JSON or Turtle"
            )
        # The engine's own markup has no carriage return: each is of a literal's text.
        self.sink.write(text.replace("\r", "&#13;").encode())
        return len(data)
