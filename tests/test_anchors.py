"""Anchors: found through whatever a PDF does to a line, and broken by a single changed letter."""

from __future__ import annotations

import re
import string
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrin_kg import resources, tables
from integrin_kg.anchors import Anchor, AnchorError, anchor, digest, locate, verify
from integrin_kg.ontology import Ontology
from integrin_kg.records import Curation

unhurried = settings(deadline=None)

SOURCE = (
    "Cells hold on to their sur-\nroundings by integrins. A heterodimer such as α\u03bdβ3 spans\n"
    "the mem\u2010\nbrane\u00a0once and binds vitro-\n  nectin outside, \u201ctalin\u201d inside; "
    "the cell\u2019s own\n"
    "skeleton pulls on it. It is not the only recep\u00adtor there. Cells die without it."
)
PLAIN = re.findall(
    r"\w+",
    "Every adherent cell feels how stiff its matrix is because force opens talin so that vinculin "
    "joins and kinases fire whereas detached ones soon perish",
)


@pytest.fixture(scope="module")
def curation() -> Curation:
    folder = resources.ontology_folder()
    return tables.load(folder, Ontology.load(folder))


@pytest.mark.parametrize(
    ("quotation", "first", "last"),
    [
        ("surroundings by integrins", "sur-", "integrins"),
        ("A heterodimer such as αvβ3", "A hetero", "\u03bdβ3"),
        ("membrane once", "mem", "once"),
        ("binds vitronectin outside", "binds", "outside"),
        ('"talin" inside', "\u201ctalin", "inside"),
        ("the cell's own skeleton", "the cell", "skeleton"),
        ("the cell\u2019s own skeleton", "the cell", "skeleton"),
        ("the only receptor there", "the only", "there"),
        ("A heterodimer ... vitronectin outside", "A hetero", "outside"),
        ("A heterodimer \u2026 pulls on it", "A hetero", "pulls on it"),
        ("  the  only\nreceptor ", "the only", "tor there"),
    ],
)
def test_a_quotation_is_found_through_hyphens_line_ends_and_lookalikes(
    quotation: str, first: str, last: str
) -> None:
    found = locate(SOURCE, quotation)
    span = SOURCE[found.start : found.end]
    assert span.startswith(first)
    assert span.endswith(last.removesuffix(" there"))
    assert found.sha256 == digest(span)


def test_of_the_last_words_the_nearest_place_is_taken() -> None:
    text = "One cell binds. Another binds. A third binds."
    assert locate(text, "Another ... binds").end == len("One cell binds. Another binds")


@pytest.mark.parametrize(
    ("quotation", "message"),
    [
        ("fibronectin", "'fibronectin' does not occur in the source"),
        ("A Heterodimer", "'A Heterodimer' does not occur in the source"),
        ("αvβ5", "'αvβ5' does not occur in the source"),
        ("Cells", "'Cells' occurs 2 times in the source: give more words"),
        ("Cells ... integrins", "'Cells' occurs 2 times in the source: give more words"),
        ("spans ... fibronectin", "'fibronectin' does not follow 'spans' in the source"),
        ("spans ... heterodimer", "'heterodimer' does not follow 'spans' in the source"),
        ("Cells hold ... spans ... binds", "more than one ellipsis in 'Cells hold ... spans ... binds'"),
        ("", "'' has no word to look for"),
        ("- \u2013", "'- –' has no word to look for"),
        ("spans ...", "'' has no word to look for"),
        ("... spans", "'' has no word to look for"),
    ],
)
def test_a_quotation_that_is_not_there_once_is_refused(quotation: str, message: str) -> None:
    with pytest.raises(AnchorError) as error:
        locate(SOURCE, quotation)
    assert str(error.value).startswith(message)


def test_a_phrase_that_overlaps_itself_is_not_unique() -> None:
    with pytest.raises(AnchorError, match="occurs 2 times"):
        locate("the motif GFGFG binds", "GFG")


def test_a_word_with_an_underscore_is_found() -> None:
    assert locate("the gene hsa_circ_1 rises", "hsa_circ_1") == anchor("the gene hsa_circ_1 rises", 9, 19)


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 3), (3, 3), (5, 3), (0, len(SOURCE) + 1), (len(SOURCE), len(SOURCE))]
)
def test_a_span_outside_the_source_is_refused(start: int, end: int) -> None:
    with pytest.raises(
        AnchorError, match=f"^{start}-{end} is not a span of the source's {len(SOURCE)} characters"
    ):
        anchor(SOURCE, start, end)
    with pytest.raises(AnchorError, match="is not a span"):
        verify(SOURCE, Anchor(start, end, digest("")))


def test_the_whole_source_is_a_span() -> None:
    verify(SOURCE, anchor(SOURCE, 0, len(SOURCE)))


def test_an_anchor_says_its_span() -> None:
    assert str(anchor(SOURCE, 3, 8)) == "3-8"


@unhurried
@given(st.data())
def test_an_anchor_fails_when_any_letter_of_its_span_changes(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SOURCE) - 1))
    end = data.draw(st.integers(start + 1, len(SOURCE)))
    taken = anchor(SOURCE, start, end)
    letters = [place for place in range(start, end) if SOURCE[place].isalpha()]
    if not letters:
        return
    place = data.draw(st.sampled_from(letters))
    other = data.draw(st.sampled_from(string.ascii_letters + "αβ"))
    changed = SOURCE[:place] + other + SOURCE[place + 1 :]
    if other == SOURCE[place].replace("\u03bd", "v"):
        verify(changed, taken)
        return
    with pytest.raises(AnchorError, match=f"^the text at {start}-{end} is not the text"):
        verify(changed, taken)


@unhurried
@given(st.data())
def test_an_anchor_holds_when_a_letter_outside_its_span_changes(data: st.DataObject) -> None:
    start = data.draw(st.integers(1, len(SOURCE) - 2))
    end = data.draw(st.integers(start + 1, len(SOURCE) - 1))
    place = data.draw(st.integers(0, len(SOURCE) - 1).filter(lambda at: not start <= at < end))
    verify(SOURCE[:place] + "#" + SOURCE[place + 1 :], anchor(SOURCE, start, end))


@unhurried
@given(
    st.lists(st.sampled_from([" ", "\n", "\t", "\u00a0", "\u202f"]), min_size=len(PLAIN), max_size=len(PLAIN))
)
def test_an_anchor_holds_when_only_white_space_changes(spaces: list[str]) -> None:
    source = " ".join(PLAIN)
    changed = "".join(word + space for word, space in zip(PLAIN, spaces, strict=True)).strip()
    assert len(changed) == len(source)
    verify(changed, anchor(source, 0, len(source)))


def test_an_anchor_fails_when_a_space_is_lost() -> None:
    with pytest.raises(AnchorError):
        verify("the cell sbind", anchor("the cells bind", 0, 14))


@st.composite
def typeset(draw: st.DrawFn) -> str:
    """The plain words as some PDF might have them: words broken, spaces of every kind."""
    words = []
    for word in PLAIN:
        cut = draw(st.integers(0, len(word)))
        broken = draw(st.sampled_from(["", "-\n", "\u2010\n", "- \n  ", "\u00ad"]))
        words.append(word[:cut] + broken + word[cut:] if 0 < cut < len(word) else word)
    return "".join(word + draw(st.sampled_from([" ", "\n", "\u00a0", "  \n"])) for word in words).strip()


@unhurried
@given(typeset(), st.data())
def test_words_are_found_however_they_are_typeset(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PLAIN) - 3))
    end = data.draw(st.integers(start + 3, len(PLAIN)))
    quotation = " ".join(PLAIN[start:end])
    found = locate(source, quotation)
    verify(source, found)
    assert found.sha256 == digest(quotation)


@unhurried
@given(typeset(), st.data())
def test_first_and_last_words_give_what_lies_between_them(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(PLAIN) - 6))
    end = data.draw(st.integers(start + 6, len(PLAIN)))
    found = locate(source, f"{' '.join(PLAIN[start : start + 3])} ... {' '.join(PLAIN[end - 3 : end])}")
    assert found.sha256 == digest(" ".join(PLAIN[start:end]))


def test_every_anchor_of_every_shipped_claim_verifies(review: str, curation: Curation) -> None:
    failed = []
    for claim in curation.claims:
        try:
            if claim.anchor:
                verify(review, claim.anchor)
        except AnchorError as error:
            failed.append(f"{claim.place}: {error}")
    assert not failed, "\n".join(failed)


def test_every_shipped_claim_has_a_place_in_the_text_or_a_source(curation: Curation) -> None:
    assert len([claim for claim in curation.claims if claim.anchor and claim.section]) > 1000
    assert [c.slug for c in curation.claims if bool(c.anchor and c.section) == bool(c.sources)] == []


def test_every_shipped_claim_lies_in_its_section(review: str, curation: Curation) -> None:
    outside = [
        f"{claim.place}: {claim.anchor} in {claim.section.name}"
        for claim in curation.claims
        if claim.anchor and claim.section
        for offset in (claim.anchor.start, claim.anchor.end - 1)
        if not any(start <= offset < end for start, end in claim.section.spans)
    ]
    assert not outside, "\n".join(outside)


def test_the_shipped_sections_divide_the_whole_text(review: str, curation: Curation) -> None:
    spans = sorted(span for section in curation.sections for span in section.spans)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(review)
    assert all(end == start for (_, end), (start, _) in pairwise(spans))


def test_no_shipped_anchor_verifies_against_the_text_moved_by_a_character(
    review: str, curation: Curation
) -> None:
    anchors = {claim.anchor for claim in curation.claims if claim.anchor}
    held = []
    for claimed in anchors:
        try:
            verify(f"x{review}", claimed)
            held.append(str(claimed))
        except AnchorError:
            continue
    assert held == []
