"""Near spellings: what a person may have meant by a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from integrin_kg.text import abbreviated, fold, latin


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``, did you mean ...?`` with the nearest of ``known``, or nothing.

    >>> did_you_mean("avb3", ["αvβ3", "αvβ5"])
    ", did you mean 'αvβ3'?"
    """
    keys = {_key(name): name for name in known}
    near = difflib.get_close_matches(_key(word), keys, 1, 0.6)
    return f", did you mean {keys[near[0]]!r}?" if near else ""


def with_article(name: str) -> str:
    """Return ``name`` behind its indefinite article, initialisms read letter by letter.

    >>> with_article("integrin"), with_article("RGD receptor"), with_article("β1 integrin")
    ('an integrin', 'an RGD receptor', 'a β1 integrin')
    """
    initialism = name[:2].isupper() and name.isascii()
    vowels = "aefhilmnorsx" if initialism else "aeiou"
    return f"an {name}" if latin(name)[:1].lower() in vowels else f"a {name}"


def _key(name: str) -> str:
    return abbreviated(fold(name))
