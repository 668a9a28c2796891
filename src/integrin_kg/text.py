"""How text is normalised: the one place that knows Greek letters, hyphens and odd spaces.

Everything that compares two spellings (an anchor and its source, a table cell and a name,
a search and a label) goes through a function of this module.
"""

from __future__ import annotations

import re
import unicodedata

# What a PDF prints for one and the same character. The Greek nu is what some printers set for
# the v of αv; it is no letter of any integrin.
_LOOKALIKES = str.maketrans(
    {
        "\u00a0": " ",  # no-break space
        "\u2007": " ",  # figure space
        "\u202f": " ",  # narrow no-break space
        "\u00ad": "",  # soft hyphen
        "\u2010": "-",  # hyphen
        "\u2011": "-",  # non-breaking hyphen
        "\u2012": "-",  # figure dash
        "\u2013": "-",  # en dash
        "\u2212": "-",  # minus sign
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u03bd": "v",
    }
)

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau "
    "upsilon phi chi psi omega"
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(), strict=True))
_GREEK |= {letter.upper(): name.capitalize() for letter, name in _GREEK.items()}
_GREEK |= {"ς": "sigma", "\u00b5": "mu"}  # at a word's end; the micro sign

_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[^\W\d_])")
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^0-9A-Za-z]+")


def normalise(text: str) -> str:
    """Return ``text`` with lookalike characters unified, line-end hyphens joined and white space
    folded: what an anchor's SHA-256 is taken of.

    >>> normalise("the recep-\\ntor\\u2019s  \\u03b1\\u03bd\\u00a0chain")
    "the receptor's αv chain"
    """
    unified = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    folded = _SPACES.sub(" ", _LINE_HYPHEN.sub("", unified)).strip()
    return unicodedata.normalize("NFC", folded)  # what stood apart may combine now


def latin(text: str) -> str:
    """Return ``text`` with Greek letters spelled out in Latin ones.

    >>> latin("TGFβ/SMAD")
    'TGFbeta/SMAD'
    """
    return "".join(_GREEK.get(char, char) for char in normalise(text))


def fold(text: str) -> str:
    """Return the key under which two spellings of one name are the same: no case, no Greek, no
    punctuation and no space.

    >>> fold("NF-κB") == fold("NF-kappa B")
    True
    """
    return _NOT_WORD.sub("", latin(text)).lower()


def abbreviated(key: str) -> str:
    """Return a folded name with the Greek letters of chains as people type them.

    >>> abbreviated(fold("αvβ3"))
    'avb3'
    """
    return key.replace("alpha", "a").replace("beta", "b")


def slug(text: str) -> str:
    """Return ``text`` as a readable last segment of an IRI. A sign that tells two names apart
    (``CD90+`` from ``CD90-``) is spelled out.

    >>> slug("CD90+ α7+ cells"), slug("Na+/K+-ATPase"), slug("αvβ3")
    ('CD90plus-alpha7plus-cells', 'Naplus-Kplus-ATPase', 'alphavbeta3')
    """
    signed = re.sub(r"(?<=\w)\+", "plus", latin(text))
    signed = re.sub(r"(?<=\w)-(?=\s|$|/)", "minus", signed)
    ascii_only = unicodedata.normalize("NFKD", signed).encode("ascii", "ignore").decode()
    return _NOT_WORD.sub("-", ascii_only).strip("-")


def spelling(text: str) -> str:
    """Return the key under which two spellings of one name are the same, but not those of two names that
    a sign tells apart.

    >>> spelling("NF-κB") == spelling("NF kappa-B"), spelling("CD90+ cell") == spelling("CD90- cell")
    (True, False)
    """
    return fold(slug(text))
