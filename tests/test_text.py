"""Spellings: what is one and the same text, and what must stay apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from integrin_kg.entity_rows import SLUG
from integrin_kg.text import fold, latin, normalise, slug

unhurried = settings(deadline=None)

GREEK = "αβγδεζηθικλμξοπρσςτυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"

# Text of the kind that PDFs are made of: lookalikes, marks that combine, hyphens at line ends.
AWKWARD = st.text(
    st.sampled_from("abeév-\n\r\t \u00a0\u00ad\u0301\u0303\u2010\u2011\u2013\u03bd\u1100\u1161αβ1.’")
)


@pytest.mark.parametrize(
    ("greek", "spelled"),
    [
        ("αvβ3", "alphavbeta3"),
        ("TGFβ/SMAD", "TGFbeta/SMAD"),
        ("NF-κB", "NF-kappaB"),
        ("PKCζ", "PKCzeta"),
        ("14-3-3σ", "14-3-3sigma"),
        ("ΔNp63", "DeltaNp63"),
        ("5 µg", "5 mug"),
        ("β1 integrin", "beta1 integrin"),
    ],
)
def test_greek_letters_are_spelled_out(greek: str, spelled: str) -> None:
    assert latin(greek) == spelled


@pytest.mark.parametrize("letter", GREEK)
def test_every_greek_letter_is_spelled_as_unicode_names_it(letter: str) -> None:
    name = unicodedata.name(letter).rsplit(" ", 1)[-1].replace("LAMDA", "LAMBDA").lower()
    assert latin(letter) == (name.capitalize() if letter.isupper() else name)


def test_two_greek_letters_are_never_one_name() -> None:
    capitals = [letter for letter in GREEK if letter.isupper()]
    small = [letter for letter in GREEK if letter.islower() and letter != "ς"]
    for letters in (capitals, small):
        assert len({slug(f"PKC{letter}") for letter in letters}) == len(letters)
        assert len({fold(f"PKC{letter}") for letter in letters}) == len(letters)


def test_the_greek_nu_that_printers_set_for_v_is_v() -> None:
    assert normalise("α\u03bdβ3") == "αvβ3"
    assert slug("α\u03bdβ3") == slug("αvβ3")


def test_no_greek_letter_but_nu_becomes_latin_in_normalised_text() -> None:
    assert normalise("αβγκω") == "αβγκω"


@pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u202f", "\t", "\n", "\r\n", "  \n "])
def test_every_white_space_is_one_space(space: str) -> None:
    assert normalise(f"{space}integrin{space}αvβ3{space}") == "integrin αvβ3"


def test_no_space_appears_or_disappears_where_there_was_none() -> None:
    assert normalise("α2 β1") != normalise("α2β1")


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "\u2012", "\u2013", "\u2212"])
def test_every_hyphen_and_minus_is_one_hyphen(hyphen: str) -> None:
    assert normalise(f"E{hyphen}cadherin") == "E-cadherin"


def test_an_em_dash_is_no_hyphen() -> None:
    assert normalise("integrins\u2014receptors") != normalise("integrins-receptors")


def test_a_soft_hyphen_is_nothing() -> None:
    assert normalise("inte\u00adgrin") == "integrin"


@pytest.mark.parametrize(
    "broken", ["recep-\ntor", "recep- \n tor", "recep\u2010\ntor", "recep\u00ad\ntor".replace("\n", "")]
)
def test_a_word_hyphenated_at_a_line_end_is_joined(broken: str) -> None:
    assert normalise(f"a {broken} binds") == "a receptor binds"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("CD-\n44", "CD- 44"),
        ("αvβ3-\n5", "αvβ3- 5"),
        ("alpha- and", "alpha- and"),
        ("binds -\nand", "binds - and"),
        ("recep-\n\ntor", "recep- tor"),
    ],
)
def test_a_hyphen_is_kept_where_it_parts_no_word(text: str, kept: str) -> None:
    assert normalise(text) == kept


def test_typographic_quotation_marks_are_plain_ones() -> None:
    assert normalise("\u201cthe cell\u2019s \u2018anchor\u2019\u201d") == "\"the cell's 'anchor'\""


def test_case_counts_in_normalised_text() -> None:
    assert normalise("Src") != normalise("SRC")


@unhurried
@given(st.one_of(st.text(), AWKWARD))
@example("e\u00ad\u0301")
@example("\u03bd\u0303")
@example("\u1100-\n\u1161")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@unhurried
@given(st.one_of(st.text(), AWKWARD))
def test_normalised_text_is_composed_and_holds_no_lookalike(text: str) -> None:
    found = normalise(text)
    assert unicodedata.is_normalized("NFC", found)
    assert not set(found) & set("\u00a0\u00ad\u2010\u2011\u2013\u2212\u03bd\n\t")
    assert found == found.strip()
    assert "  " not in found


@unhurried
@given(st.text())
def test_text_that_is_spelled_in_composed_and_in_single_characters_is_the_same(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NF-κB", "NF-kappa B"),
        ("αvβ3", "alphav beta3"),
        ("TGF-β", "TGFβ"),
        ("Mac-1", "mac 1"),
        ("α\u03bd", "αv"),
    ],
)
def test_spellings_of_one_name_fold_to_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("αvβ3", "αvβ5"), ("α1", "β1"), ("α2β1", "α21β"), ("CD44", "CD4")]
)
def test_names_of_two_things_do_not_fold_to_one_key(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("αvβ3", "alphavbeta3"),
        ("CD90+ α7+ cells", "CD90plus-alpha7plus-cells"),
        ("CD44+/CD24- cell", "CD44plus-CD24minus-cell"),
        ("CD44+/CD24\u2212 cell", "CD44plus-CD24minus-cell"),
        ("Na+/K+-ATPase", "Naplus-Kplus-ATPase"),
        ("E-cadherin", "E-cadherin"),
        ("2.5F-Fc", "2-5F-Fc"),
        ("disease (general)", "disease-general"),
        ("naïve T cell", "naive-T-cell"),
    ],
)
def test_a_slug_is_readable(name: str, segment: str) -> None:
    assert slug(name) == segment


@unhurried
@given(st.text(), st.sampled_from("aZ7αβκ"), st.text())
def test_a_slug_of_whatever_has_a_letter_or_digit_is_a_valid_segment(
    before: str, letter: str, behind: str
) -> None:
    assert SLUG.fullmatch(slug(f"{before} {letter} {behind}"))


@unhurried
@given(st.text())
def test_a_slug_is_its_own_slug(text: str) -> None:
    assert slug(slug(text)) == slug(text)


@unhurried
@given(
    st.from_regex(r"[A-Za-zαβγ][A-Za-z0-9αβγ]{0,8}", fullmatch=True), st.sampled_from(["", " cells", "/CD24"])
)
def test_a_positive_and_a_negative_marker_have_two_slugs(marker: str, rest: str) -> None:
    assert len({slug(f"{marker}{sign}{rest}") for sign in ("+", "-", "\u2212", "")}) == 3
