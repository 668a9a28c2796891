"""The saved queries: exact answers on the tiny graph, and what must and must not be answered on the
shipped one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, Store

from conftest import TINY
from integrin_kg import resources, saved
from integrin_kg.anchors import anchor
from integrin_kg.cli import main
from integrin_kg.engine.evaluation import evaluate
from integrin_kg.engine.messages import Query
from integrin_kg.knowledge import Knowledge
from integrin_kg.saved import SavedQuery
from integrin_kg.vocab import BASE
from timing import in_time

QUERIES = {query.name: query for query in saved.load_all(resources.queries_folder())}
EXPECTED = TINY / "expected"
SECONDS = 0.5

Row = dict[str, str]

every_query = pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)


def solutions(store: Store, query: SavedQuery) -> QuerySolutions:
    """Answer a saved query as the engine would."""
    results, _ = evaluate(store, Query(query.text, "text/tab-separated-values", "text/turtle"))
    assert isinstance(results, QuerySolutions)
    return results


def as_tsv(store: Store, query: SavedQuery) -> str:
    serialized = solutions(store, query).serialize(format=QueryResultsFormat.TSV)
    assert serialized is not None
    return serialized.decode("utf-8")


def cell(term: object) -> str:
    """Return a term as the tests write it: our own IRIs by their path, unbound as nothing."""
    if isinstance(term, NamedNode):
        return term.value.removeprefix(BASE)
    return term.value if isinstance(term, Literal) else ""


def rows(store: Store, name: str) -> list[Row]:
    """Return the answer of the saved query ``name`` as rows of column and text."""
    results = solutions(store, QUERIES[name])
    columns = [variable.value for variable in results.variables]
    return [{column: cell(solution[column]) for column in columns} for solution in results]


def matching(found: list[Row], wanted: Row) -> list[Row]:
    """Return the rows that have all the cells of ``wanted``."""
    assert not found or wanted.keys() <= found[0].keys(), f"no such column: {wanted.keys() - found[0].keys()}"
    return [row for row in found if wanted.items() <= row.items()]


def column(found: list[Row], name: str, **where: str) -> set[str]:
    return {row[name] for row in matching(found, where)}


# ---- the files -----------------------------------------------------------------------------------


def test_at_least_twenty_questions_are_saved() -> None:
    assert len(QUERIES) >= 20


def test_every_query_has_an_expected_answer_and_every_expected_answer_a_query() -> None:
    assert {path.stem for path in EXPECTED.glob("*.tsv")} == set(QUERIES)


@every_query
def test_header_stands_first_and_is_complete(query: SavedQuery) -> None:
    head = query.text.splitlines()[:3]
    assert [line.partition(":")[0] for line in head] == ["# question", "# description", "# keywords"]
    assert query.question.endswith("?")
    assert query.description.endswith(".")
    assert query.keywords


def test_no_question_is_asked_twice() -> None:
    assert len({query.question for query in QUERIES.values()}) == len(QUERIES)


@every_query
def test_order_is_fixed(query: SavedQuery) -> None:
    assert "ORDER BY" in query.text.splitlines()[-1]


# ---- the tiny graph ------------------------------------------------------------------------------


@every_query
def test_answer_on_the_tiny_graph_is_exact(query: SavedQuery, tiny_store: Store) -> None:
    expected = (EXPECTED / f"{query.name}.tsv").read_text("utf-8")
    assert as_tsv(tiny_store, query).splitlines() == expected.splitlines()


@every_query
def test_query_brings_its_own_prefixes(query: SavedQuery, tiny_store: Store) -> None:
    anywhere = tiny_store.query(query.text, use_default_graph_as_union=True)
    assert isinstance(anywhere, QuerySolutions)
    serialized = anywhere.serialize(format=QueryResultsFormat.TSV)
    assert serialized is not None
    assert serialized.decode("utf-8") == as_tsv(tiny_store, query)


# ---- the shipped graph ---------------------------------------------------------------------------


@every_query
def test_answer_on_the_shipped_graph_is_not_empty(query: SavedQuery, shipped_store: Store) -> None:
    assert next(solutions(shipped_store, query), None) is not None


@every_query
def test_query_is_quick(query: SavedQuery, shipped_store: Store) -> None:
    def seconds() -> float:
        start = time.perf_counter()
        as_tsv(shipped_store, query)
        return time.perf_counter() - start

    in_time(min(seconds() for _ in range(3)), SECONDS)


@every_query
def test_rows_with_a_claim_say_where_it_stands(query: SavedQuery, shipped_store: Store) -> None:
    for row in rows(shipped_store, query.name):
        for suffix in ("", "1", "2"):
            if f"claim{suffix}" in row:
                assert row[f"claim{suffix}"].startswith("claim/")
                assert row[f"polarity{suffix}"] in ("positive", "negative")
                assert row[f"section{suffix}"]
                assert f"references{suffix}" in row


MUST = [
    ("agents-by-ligand-category", {"agent": "therapeutic/abciximab", "integrin": "integrin/alphaV-beta3",
                                   "how": "through a subunit", "targetLabel": "integrin subunit β3"}),
    ("agents-by-ligand-category", {"agent": "therapeutic/cilengitide", "integrin": "integrin/alphaV-beta5",
                                   "how": "directly"}),
    ("agents-by-ligand-category", {"agentClassLabel": "laminin receptor agent",
                                   "agent": "therapeutic/ITGB4-BiAb", "integrin": "integrin/alpha6-beta4"}),
    ("alphav-beta6-tgfbeta-mechanism", {"subject": "integrin/alphaV-beta6", "predicateLabel": "releases",
                                        "objectLabel": "TGFβ", "references": "33"}),
    ("altered-integrin-genes", {"geneLabel": "ITGA1", "predicateLabel": "deleted in"}),
    ("altered-integrin-genes", {"geneLabel": "ITGA10", "predicateLabel": "amplified in", "tcgaCode": "LUSC"}),
    ("claims-citing-reference-46", {"subjectLabel": "integrin αvβ3", "predicateLabel": "recruits",
                                    "objectLabel": "KRAS", "references": "46"}),
    ("claims-in-breast-cancer", {"disease": "disease/triple-negative-breast-cancer",
                                 "subject": "integrin/alphaV-beta6", "objectLabel": "SOX4"}),
    ("context-dependent-integrins", {"integrin": "integrin/alpha2-beta1", "role": "suppresses",
                                     "disease": "disease/breast-cancer", "references": "22"}),
    ("contradictions", {"claim1": "claim/ITGB1-promotes-metastasis-in-solid-tumor", "references1": "12",
                        "references2": "59"}),
    ("drivers-of-therapy-resistance", {"resistanceLabel": "erlotinib resistance",
                                       "subjectLabel": "integrin subunit β1", "pathways": "Src/AKT pathway"}),
    ("drivers-of-therapy-resistance", {"resistanceLabel": "EGFR inhibitor resistance",
                                       "molecules": "FAK, osteopontin", "references": "44"}),
    ("drivers-of-therapy-resistance", {"resistanceLabel": "5-FU resistance", "diseases": "colon cancer",
                                       "pathways": "ERK/MAPK pathway, mitochondrial apoptotic pathway"}),
    ("exosome-organotropism", {"integrinLabel": "integrin α6β4", "predicateLabel": "homes to",
                               "objectLabel": "lung"}),
    ("exosome-organotropism", {"integrinLabel": "integrin αvβ5", "objectLabel": "F4/80+ macrophage",
                               "places": "liver"}),
    ("exosome-organotropism", {"integrinLabel": "integrin αvβ5", "predicateLabel": "correlates with",
                               "objectLabel": "liver metastasis"}),
    ("failure-reasons", {"agentLabel": "abituzumab", "scope": "of its class",
                         "reasonLabel": "unstratified trial populations",
                         "denied": "anti-tumor efficacy, progression-free survival"}),
    ("failure-reasons", {"agentLabel": "volociximab", "scope": "of the agent itself",
                         "reasonLabel": "lack of efficacy"}),
    ("failure-reasons", {"agentLabel": "anti-integrin agents",
                         "reasonLabel": "functional redundancy between integrins"}),
    ("growth-factor-receptor-crosstalk", {"subjectLabel": "integrin α5β1", "predicateLabel": "activates",
                                          "receptorLabel": "MET", "molecules": "fibronectin"}),
    ("imaging-probes", {"probeLabel": "18F-fluciclatide", "predicateLabel": "images",
                        "objectLabel": "tumor angiogenesis"}),
    ("implied-claims", {"subjectLabel": "integrin αLβ2", "predicateLabel": "has beta subunit"}),
    ("integrin-roles-by-cancer", {"subjectLabel": "integrin subunit β1", "role": "suppresses",
                                  "disease": "disease/triple-negative-breast-cancer"}),
    ("ligands-of-each-integrin", {"integrinLabel": "integrin α10β1", "ligandLabel": "laminin",
                                  "predicateLabel": "binds ligand"}),
    ("integrin-roles-by-cancer", {"subjectLabel": "integrin αvβ3", "role": "promotes",
                                  "disease": "disease/gastric-cancer"}),
    ("integrin-roles-by-cancer", {"subjectLabel": "integrin subunit α6", "role": "promotes",
                                  "disease": "disease/solid-tumor", "effect": "is required for"}),
    ("ligands-of-each-integrin", {"integrinLabel": "integrin αXβ2", "ligandLabel": "iC3b",
                                  "section": "background: beyond the review"}),
    ("marker-combinations", {"components": "integrin subunit α6, integrin subunit β3",
                             "objectLabel": "paclitaxel resistance"}),
    ("natural-product-effects", {"productLabel": "ouabain", "object": "subunit/ITGB1",
                                 "polarity": "negative"}),
    ("natural-product-effects", {"productLabel": "ouabain", "object": "subunit/ITGB4",
                                 "polarity": "negative"}),
    ("pan-cancer-landscape-numbers", {"predicateLabel": "alteration frequency", "value": "33.4",
                                      "unit": "percent"}),
    ("redundant-integrins-spared-by-agents", {"agentLabel": "volociximab", "hit": "integrin α5β1",
                                              "numberSpared": "7"}),
    ("signalling-downstream-of-fak", {"fromLabel": "PI3K", "predicateLabel": "activates", "toLabel": "AKT"}),
    ("splice-variants-with-opposite-roles", {"one": "splice-variant/alpha6A-beta1",
                                             "other": "splice-variant/alpha6B-beta1", "references2": "62"}),
    ("stem-cell-markers-by-cancer", {"disease": "disease/glioblastoma", "marker": "subunit/ITGA6"}),
    ("trial-outcomes", {"agentLabel": "abituzumab", "phase": "I/II", "partners": "cetuximab, irinotecan",
                        "outcomeLabel": "progression-free survival", "polarity": "negative"}),
    ("uniprot-links-of-subunits", {"geneSymbol": "ITGAV",
                                   "uniprot": "http://purl.uniprot.org/uniprot/P06756"}),
]  # fmt: skip

MUST_NOT = [
    ("agents-by-ligand-category", {"agent": "therapeutic/cilengitide", "integrin": "integrin/alphaV-beta6"}),
    ("agents-by-ligand-category", {"agent": "therapeutic/bevacizumab"}),
    ("agents-by-ligand-category", {"agent": "therapeutic/18F-fluciclatide",
                                   "integrin": "integrin/alpha5-beta1"}),
    ("alpha-i-integrins", {"integrin": "integrin/alpha4-beta1"}),
    ("altered-integrin-genes", {"geneLabel": "ITGA1", "predicateLabel": "amplified in"}),
    ("claims-in-breast-cancer", {"disease": "disease/prostate-cancer"}),
    ("context-dependent-integrins", {"integrin": "integrin/alphaV-beta3"}),
    ("context-dependent-integrins", {"integrin": "integrin/alpha2-beta1", "role": "promotes",
                                     "disease": "disease/breast-cancer"}),
    # An antibody binds cells too, and travels on no vesicle.
    ("exosome-organotropism", {"integrin": "therapeutic/MMG49"}),
    ("failure-reasons", {"agentLabel": "natalizumab"}),
    ("imaging-probes", {"probe": "therapeutic/cilengitide"}),
    # It is only suggested.
    ("integrin-roles-by-cancer", {"subjectLabel": "integrin subunit α1", "disease": "disease/cancer"}),
    ("integrin-roles-by-cancer", {"polarity": "negative"}),
    ("integrins-by-category", {"category": ""}),
    ("ligand-category-members", {"category": "schema/LamininReceptor", "integrin": "integrin/alpha10-beta1"}),
    ("ligands-of-each-integrin", {"integrinLabel": "integrin α10β1", "predicateLabel": "selective for"}),
    ("marker-combinations", {"combination": "integrin/alpha6-beta3"}),
    ("natural-product-effects", {"productLabel": "ouabain", "object": "subunit/ITGB1",
                                 "polarity": "positive"}),
    ("natural-product-effects", {"productLabel": "ouabain", "object": "subunit/ITGB4",
                                 "polarity": "positive"}),
    ("negative-findings", {"polarity": "positive"}),
    ("pan-alphav-agents", {"agent": "therapeutic/cilengitide"}),
    ("pan-alphav-agents", {"agent": "therapeutic/etaracizumab"}),
    ("reasons-that-apply-to-an-agent", {"agentLabel": "natalizumab"}),
    ("reasons-that-apply-to-an-agent", {"agentLabel": "abciximab"}),
    ("reasons-that-apply-to-an-agent", {"agentLabel": "18F-fluciclatide"}),
    ("redundant-integrins-spared-by-agents", {"agentLabel": "abituzumab", "numberSpared": "0"}),
    ("rgd-receptors", {"integrin": "integrin/alpha4-beta1"}),
    ("signalling-downstream-of-fak", {"toLabel": "TBK1"}),
    ("trial-outcomes", {"phase": "preclinical"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted"), MUST)
def test_answer_has_the_row(name: str, wanted: Row, shipped_store: Store) -> None:
    assert matching(rows(shipped_store, name), wanted)


@pytest.mark.parametrize(("name", "unwanted"), MUST_NOT)
def test_answer_lacks_the_row(name: str, unwanted: Row, shipped_store: Store) -> None:
    assert matching(rows(shipped_store, name), unwanted) == []


def test_four_categories_share_out_the_24_integrins(shipped_store: Store) -> None:
    found = rows(shipped_store, "integrins-by-category")
    assert len(found) == len(column(found, "integrin")) == 24
    sizes = {
        label: len(matching(found, {"categoryLabel": label})) for label in column(found, "categoryLabel")
    }
    assert sizes == {"RGD receptor": 8, "LDV receptor": 8, "laminin receptor": 4, "collagen receptor": 4}


def test_natalizumab_acts_on_exactly_its_two_integrins(shipped_store: Store) -> None:
    found = rows(shipped_store, "integrins-reached-through-alpha4")
    assert column(found, "integrinLabel", agentLabel="natalizumab") == {"integrin α4β1", "integrin α4β7"}
    found = rows(shipped_store, "agents-by-ligand-category")
    assert column(found, "integrinLabel", agentLabel="natalizumab") == {"integrin α4β1", "integrin α4β7"}


def test_agents_on_the_chain_are_pan_alphav_and_those_on_some_of_its_integrins_are_not(
    shipped_store: Store,
) -> None:
    found = column(rows(shipped_store, "pan-alphav-agents"), "agentLabel")
    assert {"abituzumab", "intetumumab"} <= found
    assert not {"cilengitide", "etaracizumab", "18F-fluciclatide"} & found


def test_exactly_nine_integrins_have_an_i_domain(shipped_store: Store) -> None:
    names = ("α1β1", "α2β1", "α10β1", "α11β1", "αDβ2", "αEβ7", "αLβ2", "αMβ2", "αXβ2")
    found = rows(shipped_store, "alpha-i-integrins")
    assert column(found, "integrinLabel") == {f"integrin {name}" for name in names}


def test_each_contradiction_is_told_once(shipped_store: Store) -> None:
    found = rows(shipped_store, "contradictions")
    pairs = [frozenset((row["claim1"], row["claim2"])) for row in found]
    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)


def test_all_26_subunits_have_one_uniprot_entry_each(shipped_store: Store) -> None:
    found = rows(shipped_store, "uniprot-links-of-subunits")
    assert len(found) == len(column(found, "subunit")) == len(column(found, "uniprot")) == 26


def test_claims_of_an_integrin_are_affirmed_or_denied(shipped_store: Store) -> None:
    for row in rows(shipped_store, "claim-counts-by-integrin"):
        assert int(row["claims"]) == int(row["affirmedClaims"]) + int(row["deniedClaims"])


def test_no_query_says_a_row_twice(shipped_store: Store) -> None:
    for name in QUERIES:
        found = [tuple(row.items()) for row in rows(shipped_store, name)]
        assert len(set(found)) == len(found), name


def test_the_review_is_counted_apart_from_the_background(shipped_store: Store) -> None:
    found = {row["integrin"]: row for row in rows(shipped_store, "claim-counts-by-integrin")}
    assert found["integrin/alphaX-beta2"]["claims"] == "3"
    assert found["integrin/alphaX-beta2"]["backgroundClaims"] == "6"


def test_categories_follow_from_reasoning_alone(tiny: Knowledge) -> None:
    store = Store()
    store.extend(tiny.asserted)
    assert rows(store, "rgd-receptors") == []
    assert rows(store, "pan-alphav-agents") == []


# ---- the tiny tables -----------------------------------------------------------------------------


def test_tiny_tables_are_in_canonical_form() -> None:
    tables = [str(path) for path in sorted((TINY / "data").glob("*.tsv"))]
    assert main(["fmt", "--check", "--source", str(TINY / "source.txt"), *tables]) == 0


def test_tiny_tables_pass_the_check(tiny_folder: Path) -> None:
    assert main(["check", "--no-graph", str(tiny_folder)]) == 0


def test_tiny_anchors_are_those_of_the_tiny_text(tiny: Knowledge) -> None:
    source = (TINY / "source.txt").read_text("utf-8")
    store = tiny.store()
    found = store.query(
        "PREFIX ikg: <https://w3id.org/integrin-kg/schema/> SELECT * WHERE"
        " { ?claim ikg:anchorStart ?start ; ikg:anchorEnd ?end ; ikg:anchorSha256 ?sha256 }",
        use_default_graph_as_union=True,
    )
    assert isinstance(found, QuerySolutions)
    for solution in found:
        start, end, sha256 = (cell(solution[name]) for name in ("start", "end", "sha256"))
        assert anchor(source, int(start), int(end)).sha256 == sha256, cell(solution["claim"])
