"""The curated tables: every error is named with its place, all of them in one run.

:class:`Mini` is a small ontology folder of a test's own; other test modules use it too.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrin_kg import resources, tables
from integrin_kg.anchors import Anchor
from integrin_kg.claim_rows import BACKGROUND_COLUMNS, CLAIM_COLUMNS, quantity, section_at
from integrin_kg.entity_rows import ENTITY_COLUMNS
from integrin_kg.ontology import Ontology
from integrin_kg.records import Curation, Problem, Section
from integrin_kg.spelling import did_you_mean
from integrin_kg.tables import TableError
from integrin_kg.text import slug
from integrin_kg.tsv import render

Cells = dict[str, str]


def entity(name: str, kind: str, slug_: str = "", **further: str) -> Cells:
    """A row of an entity table, in order unless ``further`` spoils it."""
    row = {"name": name, "class": kind, "slug": slug_ or slug(name), "definition": f"What {name} is."}
    return row | {column.replace("_", " "): cell for column, cell in further.items()}


def claim(subject: str, predicate: str, object_: str = "", **further: str) -> Cells:
    """A row of a claims table, in order unless ``further`` spoils it."""
    said = [subject, further.get("effect", ""), predicate, object_, further.get("disease", "")]
    row = {
        "claim": slug(" ".join(said)),
        "subject": subject,
        "predicate": predicate,
        "object": object_,
        "polarity": "positive",
        "evidence": "author statement",
        "anchor": "10-90",
        "sha256": "0123456789abcdef" * 4,
    }
    return row | {column.replace("_", " "): cell for column, cell in further.items()}


TABLES: dict[str, list[Cells]] = {
    "prefixes": [
        {"prefix": "go", "namespace": "http://purl.obolibrary.org/obo/GO_"},
        {"prefix": "pubmed", "namespace": "http://identifiers.org/pubmed/"},
        {"prefix": "uniprot", "namespace": "http://purl.uniprot.org/uniprot/"},
    ],
    "sections": [
        {"section": "Introduction", "start": "0", "end": "400"},
        {"section": "Figure 1 legend", "start": "400", "end": "500"},
        {"section": "Introduction", "start": "500", "end": "1000"},
    ],
    "references": [
        {"number": "1", "exact match": "pubmed:12297042", "confirmed": "title and year"},
        {"number": "2"},
    ],
    "evidence-kinds": [entity("author statement", "evidence kind")],
    "subunits": [
        entity("αv", "integrin alpha subunit", "ITGAV", exact_match="uniprot:P06756"),
        entity("α2", "integrin alpha subunit", "ITGA2"),
        entity("β1", "integrin beta subunit", "ITGB1"),
        entity("β3", "integrin beta subunit", "ITGB3"),
    ],
    "integrins": [
        entity("αvβ3", "integrin", "alphaV-beta3", synonyms="avb3; CD51/CD61", exact_match="go:0034683"),
        entity("α2β1", "integrin", "alpha2-beta1", synonyms="VLA-2"),
    ],
    "ligands": [entity("vitronectin", "extracellular matrix ligand")],
    "motifs": [entity("RGD", "recognition motif")],
    "diseases": [
        entity("cancer", "disease"),
        entity("breast cancer", "cancer", subtype_of="cancer"),
        entity("prostate cancer", "cancer", subtype_of="cancer"),
    ],
    "processes": [
        entity("metastasis", "biological process", tumour_role="tumour-promoting"),
        entity("apoptosis", "biological process", tumour_role="tumour-restraining"),
        entity("endocytosis", "biological process"),
    ],
    "pathways": [entity("PI3K pathway", "signalling pathway")],
    "model-systems": [entity("mouse model", "model system")],
    "therapeutics": [entity("cilengitide", "therapeutic peptide")],
    "claims-structure": [
        claim("αvβ3", "has alpha subunit", "αv"),
        claim("αvβ3", "has beta subunit", "β3", anchor="110-190"),
        claim("α2β1", "has alpha subunit", "α2", anchor="200-210"),
        claim("α2β1", "has beta subunit", "β1", anchor="210-220"),
        claim("αvβ3", "recognizes motif", "RGD", references="1; 2", anchor="300-390"),
    ],
    "claims-function": [
        claim("αvβ3", "binds ligand", "vitronectin"),
        claim(
            "α2β1", "affects", "metastasis", effect="suppresses", disease="breast cancer", anchor="500-550"
        ),
        claim(
            "α2β1", "affects", "metastasis", effect="promotes", disease="prostate cancer", anchor="551-600"
        ),
    ],
}


class Mini:
    """A small ontology folder: the real axioms and shortcuts over tables to change at will."""

    def __init__(self, folder: Path) -> None:
        real = resources.ontology_folder()
        self.folder = folder / "ontology"
        self.data = self.folder / "data"
        self.data.mkdir(parents=True)
        shutil.copy(real / "integrin.ttl", self.folder)
        shutil.copytree(real / "shortcuts", self.folder / "shortcuts")
        self.tables = deepcopy(TABLES)
        self.headers = {name: self._header(name) for name in self.tables}

    def _header(self, name: str) -> list[str]:
        columns = list(tables.columns_of(Path(f"{name}.tsv")))
        return list(dict.fromkeys([*columns, *(column for row in self.tables[name] for column in row)]))

    def add(self, table: str, *rows: Cells) -> None:
        """Add rows to a table, which may be a new one."""
        self.tables.setdefault(table, []).extend(rows)
        self.headers[table] = self._header(table)

    def change(self, table: str, line: int, **cells: str) -> None:
        """Change cells of the row in that line of a table's file."""
        self.tables[table][line - 2] |= {column.replace("_", " "): cell for column, cell in cells.items()}

    def path(self, table: str) -> Path:
        return self.data / f"{table}.tsv"

    def write(self) -> Path:
        """Write the tables as they are now; return the ontology folder."""
        for name, rows in self.tables.items():
            header = self.headers[name]
            lines = [[row.get(column, "") for column in header] for row in rows]
            self.path(name).write_text(render(header, lines), "utf-8")
        return self.folder

    def load(self) -> Curation:
        folder = self.write()
        return tables.load(folder, Ontology.load(folder))

    def problems(self) -> list[str]:
        """The problems of the tables, in the order reported, with the files' names alone."""
        try:
            self.load()
        except TableError as error:
            return [str(problem).removeprefix(f"{self.data}/") for problem in error.problems]
        return []


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    return Mini(tmp_path)


def test_tables_in_order_have_no_problem_and_become_records(mini: Mini) -> None:
    curation = mini.load()
    by_name = {found.name: found for found in curation.entities}
    assert by_name["αvβ3"].iri == "https://w3id.org/integrin-kg/integrin/alphaV-beta3"
    assert by_name["αvβ3"].label == "integrin αvβ3"
    assert by_name["αvβ3"].synonyms == ("avb3", "CD51/CD61")
    assert by_name["breast cancer"].relations == (
        ("https://w3id.org/integrin-kg/schema/subtypeOf", "cancer"),
    )
    by_slug = {found.slug: found for found in curation.claims}
    motif = by_slug["alphavbeta3-recognizes-motif-RGD"]
    assert (motif.subject, motif.object) == (by_name["αvβ3"], by_name["RGD"])
    assert motif.references == (1, 2)
    assert motif.anchor == Anchor(300, 390, "0123456789abcdef" * 4)
    assert motif.context == ()
    suppressed = by_slug["alpha2beta1-suppresses-affects-metastasis-breast-cancer"]
    assert suppressed.context == (
        ("https://w3id.org/integrin-kg/schema/inDisease", by_name["breast cancer"]),
    )


def test_the_shipped_tables_have_no_problem() -> None:
    folder = resources.ontology_folder()
    assert tables.load(folder, Ontology.load(folder)).claims


Spoil = Callable[[Mini], None]


def changed(table: str, line: int, **cells: str) -> Spoil:
    return lambda mini: mini.change(table, line, **cells)


def added(table: str, *rows: Cells) -> Spoil:
    return lambda mini: mini.add(table, *rows)


def header_changed(table: str, old: str, *new: str) -> Spoil:
    def spoil(mini: Mini) -> None:
        at = mini.headers[table].index(old)
        mini.headers[table][at : at + 1] = new

    return spoil


def retired(**cells: str) -> Spoil:
    """A row of what is no more, in order unless ``cells`` spoil it."""
    row = {"path": "integrin/old", "label": "old", "replaced by": "αvβ3", "reason": "terms merged"}
    return added("deprecated", row | {column.replace("_", " "): cell for column, cell in cells.items()})


FUNCTION, STRUCTURE = "claims-function", "claims-structure"

ERRORS: dict[str, tuple[Spoil, str]] = {
    "unknown class": (
        changed("ligands", 2, **{"class": "extracelular matrix ligand"}),
        "ligands.tsv:2: class: no class 'extracelular matrix ligand', "
        "did you mean 'extracellular matrix ligand'?",
    ),
    "unknown class, nothing near": (
        changed("ligands", 2, **{"class": "xyzzy"}),
        "ligands.tsv:2: class: no class 'xyzzy'",
    ),
    "defined class stated": (
        added("integrins", entity("αvβ5", "RGD receptor")),
        "integrins.tsv:4: class: 'RGD receptor' is never stated: its members are inferred",
    ),
    "class too general": (
        added("integrins", entity("αvβ5", "entity")),
        "integrins.tsv:4: class: 'entity' is too general: name a class below it",
    ),
    "no class": (added("integrins", entity("αvβ5", "")), "integrins.tsv:4: class: must not be empty"),
    "no name": (
        added("integrins", entity("", "integrin", "alphaV-beta5")),
        "integrins.tsv:4: name: must not be empty",
    ),
    "no definition": (
        changed("integrins", 2, definition=""),
        "integrins.tsv:2: definition: must not be empty",
    ),
    "bad slug": (
        changed("integrins", 2, slug="alphaV/beta3"),
        "integrins.tsv:2: slug: 'alphaV/beta3' is no slug: leave it empty and run integrin-kg fmt",
    ),
    "no slug": (
        changed("integrins", 2, slug=""),
        "integrins.tsv:2: slug: '' is no slug: leave it empty and run integrin-kg fmt",
    ),
    "bad value of an entity": (
        changed("processes", 2, tumour_role="bad"),
        "processes.tsv:2: tumour role: 'bad' is none of tumour-promoting, tumour-restraining",
    ),
    "unknown entity in a further column": (
        changed("diseases", 3, subtype_of="cancr"),
        "diseases.tsv:3: subtype of: no entity 'cancr', did you mean 'cancer'?",
    ),
    "bad CURIE": (
        changed("integrins", 2, exact_match="0034683"),
        "integrins.tsv:2: exact match: '0034683' is no prefix:identifier of prefixes.tsv",
    ),
    "CURIE without identifier": (
        changed("integrins", 2, exact_match="go:"),
        "integrins.tsv:2: exact match: 'go:' is no prefix:identifier of prefixes.tsv, did you mean 'go'?",
    ),
    "bad identifier": (
        changed("integrins", 2, exact_match="go:0034 683"),
        "integrins.tsv:2: exact match: '0034 683' in 'go:0034 683' is no identifier",
    ),
    "unknown prefix": (
        changed("integrins", 2, close_match="unipro:P06756"),
        "integrins.tsv:2: close match: 'unipro:P06756' is no prefix:identifier of prefixes.tsv, "
        "did you mean 'uniprot'?",
    ),
    "doubled name": (
        added("integrins", entity("αvβ3", "integrin", "alphaV-beta3-again")),
        "integrins.tsv:4: name: 'αvβ3' or its IRI https://w3id.org/integrin-kg/integrin/alphaV-beta3-again "
        "is taken, at DATA/integrins.tsv:2: name",
    ),
    "doubled IRI": (
        added("integrins", entity("αv-β3", "integrin", "alphaV-beta3")),
        "integrins.tsv:4: name: 'αv-β3' or its IRI https://w3id.org/integrin-kg/integrin/alphaV-beta3 "
        "is taken, at DATA/integrins.tsv:2: name",
    ),
    "doubled name in another table": (
        added("ligands", entity("endocytosis", "soluble ligand")),
        "processes.tsv:4: name: 'endocytosis' or its IRI https://w3id.org/integrin-kg/process/endocytosis "
        "is taken, at DATA/ligands.tsv:3: name",
    ),
    "missing column": (
        header_changed("motifs", "note"),
        "motifs.tsv:1: note: this column is missing",
    ),
    "unknown column": (
        header_changed("motifs", "note", "note", "weather"),
        "motifs.tsv:1: weather: unknown column",
    ),
    "a property is no column of a claims table": (
        header_changed(STRUCTURE, "note", "note", "subtype of"),
        "claims-structure.tsv:1: subtype of: unknown column",
    ),
    "unknown predicate": (
        changed(FUNCTION, 2, predicate="binds ligant"),
        "claims-function.tsv:2: predicate: no property 'binds ligant', did you mean 'binds ligand'?",
    ),
    "no predicate": (changed(FUNCTION, 2, predicate=""), "claims-function.tsv:2: predicate: no property ''"),
    "annotation as predicate": (
        changed(FUNCTION, 2, predicate="IRI path"),
        "claims-function.tsv:2: predicate: no property 'IRI path'",
    ),
    "unknown entity, a synonym": (
        changed(FUNCTION, 2, subject="CD51/CD61"),
        "claims-function.tsv:2: subject: no entity 'CD51/CD61', did you mean 'αvβ3'?",
    ),
    "unknown entity, Greek typed as Latin": (
        changed(FUNCTION, 2, subject="avb33"),
        "claims-function.tsv:2: subject: no entity 'avb33', did you mean 'αvβ3'?",
    ),
    "unknown entity, Greek nu": (
        changed(FUNCTION, 2, subject="α\u03bdβ3"),
        "claims-function.tsv:2: subject: no entity 'α\u03bdβ3', did you mean 'αvβ3'?",
    ),
    "unknown entity, nothing near": (
        changed(FUNCTION, 2, object="xyzzy"),
        "claims-function.tsv:2: object: no entity 'xyzzy'",
    ),
    "unknown effect": (
        changed(FUNCTION, 3, effect="promote"),
        "claims-function.tsv:3: effect: 'promote' is none of promotes, suppresses, marks, requires, "
        "correlatesPositively, correlatesNegatively, neutral",
    ),
    "unknown polarity": (
        changed(FUNCTION, 2, polarity="no"),
        "claims-function.tsv:2: polarity: 'no' is none of positive, negative",
    ),
    "no polarity": (
        changed(FUNCTION, 2, polarity=""),
        "claims-function.tsv:2: polarity: '' is none of positive, negative",
    ),
    "unknown phase": (
        changed(FUNCTION, 2, phase="IV"),
        "claims-function.tsv:2: phase: 'IV' is none of preclinical, I, I/II, II, III, approved",
    ),
    "effect missing": (
        changed(FUNCTION, 3, effect=""),
        "claims-function.tsv:3: effect: 'affects' says nothing without an effect",
    ),
    "effect superfluous": (
        changed(FUNCTION, 2, effect="promotes"),
        "claims-function.tsv:2: effect: 'binds ligand' takes no effect: it says which way itself",
    ),
    "retired, without a path": (
        retired(path="old"),
        "deprecated.tsv:2: path: 'old' is no path/slug",
    ),
    "retired, and in use": (
        retired(path="integrin/alphaV-beta3"),
        "deprecated.tsv:2: path: 'integrin/alphaV-beta3' is that of 'αvβ3', which is in use",
    ),
    "retired, replaced by what is not there": (
        retired(replaced_by="αvβ33"),
        "deprecated.tsv:2: replaced by: no entity 'αvβ33', did you mean 'αvβ3'?",
    ),
    "retired, without a label": (
        retired(label=""),
        "deprecated.tsv:2: label: the label that it had must stand here",
    ),
    "retired, for no reason": (
        retired(reason="merged"),
        "deprecated.tsv:2: reason: 'merged' is none of placeholder removed, terms merged, term imported, "
        "term split, out of scope",
    ),
    "no one of the classes of a range": (
        added("claims-function", claim("αvβ3", "signals through", "RGD")),
        "claims-function.tsv:5: object: 'RGD' is a recognition motif; "
        "the object of 'signals through' must be a biological process or a protein",
    ),
    "no subject": (changed(FUNCTION, 2, subject=""), "claims-function.tsv:2: subject: must not be empty"),
    "no evidence": (changed(FUNCTION, 2, evidence=""), "claims-function.tsv:2: evidence: must not be empty"),
    "two subjects": (
        changed(FUNCTION, 2, subject="αvβ3; α2β1"),
        "claims-function.tsv:2: subject: names more than one entity: write a claim for each",
    ),
    "neither object nor value": (
        changed(FUNCTION, 2, object=""),
        "claims-function.tsv:2: object: a claim needs an object or a value",
    ),
    "β subunit in the α slot": (
        changed(STRUCTURE, 2, object="β3"),
        "claims-structure.tsv:2: object: 'β3' is an integrin beta subunit; "
        "the object of 'has alpha subunit' must be an integrin alpha subunit",
    ),
    "domain of a superproperty": (
        changed(STRUCTURE, 2, subject="cilengitide"),
        "claims-structure.tsv:2: subject: 'cilengitide' is a therapeutic peptide; "
        "the subject of 'has alpha subunit' must be an integrin",
    ),
    "range": (
        changed(FUNCTION, 2, object="RGD"),
        "claims-function.tsv:2: object: 'RGD' is a recognition motif; "
        "the object of 'binds ligand' must be an integrin ligand",
    ),
    "range of a context": (
        changed(FUNCTION, 2, disease="mouse model"),
        "claims-function.tsv:2: disease: 'mouse model' is a model system, where a disease must stand",
    ),
    "range of the evidence": (
        changed(FUNCTION, 2, evidence="mouse model"),
        "claims-function.tsv:2: evidence: 'mouse model' is a model system, where an evidence kind must stand",
    ),
    "anchor not resolved": (
        changed(FUNCTION, 2, anchor="αvβ3 binds ... vitronectin"),
        "claims-function.tsv:2: anchor: 'αvβ3 binds ... vitronectin' is no span start-end: "
        "run integrin-kg fmt --source review.txt",
    ),
    "no anchor": (
        changed(FUNCTION, 2, anchor=""),
        "claims-function.tsv:2: anchor: '' is no span start-end: run integrin-kg fmt --source review.txt",
    ),
    "no hash": (
        changed(FUNCTION, 2, sha256=""),
        "claims-function.tsv:2: sha256: '' is no SHA-256: run integrin-kg fmt --source review.txt",
    ),
    "anchor backwards": (
        changed(FUNCTION, 2, anchor="90-10"),
        "claims-function.tsv:2: anchor: 90-10 ends before it starts",
    ),
    "anchor outside the text": (
        changed(FUNCTION, 2, anchor="1000-1010"),
        "claims-function.tsv:2: anchor: 1000-1010 lies in no section of sections.tsv: is it in the text?",
    ),
    "anchor that ends outside the text": (
        changed(FUNCTION, 2, anchor="990-1001"),
        "claims-function.tsv:2: anchor: 990-1001 lies in no section of sections.tsv: is it in the text?",
    ),
    "anchor that ends in another section": (
        changed(FUNCTION, 2, anchor="390-410"),
        "claims-function.tsv:2: anchor: 390-410 starts in 'Introduction' and ends in 'Figure 1 legend'",
    ),
    "bad value": (
        changed(FUNCTION, 2, value="many", unit="count"),
        "claims-function.tsv:2: value: 'many' is no number like 40, 33.4, <75, >=10, ~150 or 30-100",
    ),
    "value without unit": (
        changed(FUNCTION, 2, value="40"),
        "claims-function.tsv:2: unit: a value and its unit go together",
    ),
    "unit without value": (
        changed(FUNCTION, 2, unit="percent"),
        "claims-function.tsv:2: unit: a value and its unit go together",
    ),
    "reference that the text never cites": (
        changed(FUNCTION, 2, references="1; 3"),
        "claims-function.tsv:2: references: '3' is no reference that the text cites",
    ),
    "reference that is no number": (
        changed(FUNCTION, 2, references="[1]"),
        "claims-function.tsv:2: references: '[1]' is no reference that the text cites",
    ),
    "contradicts an unknown claim": (
        changed(FUNCTION, 2, contradicts="alphavbeta3-recognises-motif-RGD"),
        "claims-function.tsv:2: contradicts: no claim 'alphavbeta3-recognises-motif-RGD', "
        "did you mean 'alphavbeta3-recognizes-motif-RGD'?",
    ),
    "doubled claim slug": (
        changed(FUNCTION, 4, claim="alphavbeta3-binds-ligand-vitronectin"),
        "claims-function.tsv:4: claim: 'alphavbeta3-binds-ligand-vitronectin' is taken, "
        "at DATA/claims-function.tsv:2: claim",
    ),
    "doubled claim slug in another table": (
        changed(STRUCTURE, 2, claim="alphavbeta3-binds-ligand-vitronectin"),
        "claims-structure.tsv:2: claim: 'alphavbeta3-binds-ligand-vitronectin' is taken, "
        "at DATA/claims-function.tsv:2: claim",
    ),
    "no claim slug": (
        changed(FUNCTION, 2, claim=""),
        "claims-function.tsv:2: claim: '' is no slug: leave it empty and run integrin-kg fmt",
    ),
    "doubled prefix": (
        added("prefixes", {"prefix": "go", "namespace": "http://example.org/"}),
        "prefixes.tsv:5: prefix: 'go' is there already",
    ),
    "doubled namespace": (
        added("prefixes", {"prefix": "up", "namespace": "http://purl.uniprot.org/uniprot/"}),
        "prefixes.tsv:5: namespace: 'http://purl.uniprot.org/uniprot/' is that of 'uniprot' already",
    ),
    "no prefix": (
        added("prefixes", {"prefix": "", "namespace": "http://example.org/"}),
        "prefixes.tsv:5: prefix: must not be empty",
    ),
    "namespace that is no IRI": (
        changed("prefixes", 2, namespace="GO_"),
        "prefixes.tsv:2: namespace: 'GO_' is no IRI",
    ),
    "namespace with a space": (
        changed("prefixes", 2, namespace="http://purl.obolibrary.org/obo /GO_"),
        "prefixes.tsv:2: namespace: 'http://purl.obolibrary.org/obo /GO_' is no IRI",
    ),
    "section without a number": (
        changed("sections", 3, start="four hundred"),
        "sections.tsv:3: start: 'four hundred' is no whole number",
    ),
    "section without a name": (
        changed("sections", 3, section=""),
        "sections.tsv:3: section: must not be empty",
    ),
    "section backwards": (
        changed("sections", 3, end="400"),
        "sections.tsv:3: end: 400 is not behind the start, 400",
    ),
    "doubled reference": (
        added("references", {"number": "2"}),
        "references.tsv:4: number: reference 2 is there already",
    ),
    "reference without a number": (
        added("references", {"number": "2a"}),
        "references.tsv:4: number: '2a' is no whole number",
    ),
    "reference not confirmed": (
        changed("references", 2, confirmed=""),
        "references.tsv:2: confirmed: say how the identifier was confirmed to be this paper's",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_named_once_with_file_line_and_column(name: str, mini: Mini) -> None:
    spoil, problem = ERRORS[name]
    spoil(mini)
    assert mini.problems() == [problem.replace("DATA", str(mini.data))]


def with_background(mini: Mini, **further: str) -> None:
    mini.add("background-publications", entity("Hynes 2002", "publication"))
    row = {
        "claim": "cilengitide-targets-alphaV-beta3",
        "subject": "cilengitide",
        "predicate": "targets",
        "object": "αvβ3",
        "polarity": "positive",
        "evidence": "author statement",
        "source": "Hynes 2002",
    }
    mini.add("background-claims", row | further)


def test_background_knowledge_has_sources_instead_of_a_place_in_the_review(mini: Mini) -> None:
    with_background(mini)
    claims = {found.slug: found for found in mini.load().claims}
    found = claims.pop("cilengitide-targets-alphaV-beta3")
    assert [source.name for source in found.sources] == ["Hynes 2002"]
    assert (found.anchor, found.section) == (None, None)
    assert all(other.anchor and other.section and not other.sources for other in claims.values())


@pytest.mark.parametrize(
    ("further", "problem"),
    [
        ({"source": ""}, "source: background knowledge names where it comes from"),
        ({"source": "Hynes 2020"}, "source: no publication 'Hynes 2020', did you mean 'Hynes 2002'?"),
        ({"source": "mouse model"}, "source: no publication 'mouse model'"),
        ({"subject": "cilengitid"}, "subject: no entity 'cilengitid', did you mean 'cilengitide'?"),
        ({"object": "β3", "predicate": "has alpha subunit", "subject": "αvβ3"}, None),
    ],
)
def test_background_knowledge_is_checked_as_the_review_is(
    further: Cells, problem: str | None, mini: Mini
) -> None:
    with_background(mini, **further)
    found = mini.problems()
    assert len(found) == 1
    assert found[0].startswith("background-claims.tsv:2: ")
    if problem:
        assert found == [f"background-claims.tsv:2: {problem}"]


def test_all_errors_of_all_tables_come_out_of_one_run_sorted(mini: Mini) -> None:
    mini.change("integrins", 3, definition="", exact_match="gp:1")
    mini.change("prefixes", 2, namespace="GO_")
    mini.change(FUNCTION, 2, polarity="no", evidence="", phase="IV", anchor="5000-5001")
    mini.change(STRUCTURE, 4, predicate="has alfa subunits")
    mini.add("motifs", entity("LDV", "recogniton motif"))
    mini.headers["ligands"].append("name")
    reported = mini.problems()
    assert reported == [
        "claims-function.tsv:2: anchor: 5000-5001 lies in no section of sections.tsv: is it in the text?",
        "claims-function.tsv:2: evidence: must not be empty",
        "claims-function.tsv:2: phase: 'IV' is none of preclinical, I, I/II, II, III, approved",
        "claims-function.tsv:2: polarity: 'no' is none of positive, negative",
        "claims-structure.tsv:4: predicate: no property 'has alfa subunits', "
        "did you mean 'has alpha subunit'?",
        "integrins.tsv:3: definition: must not be empty",
        "integrins.tsv:3: exact match: 'gp:1' is no prefix:identifier of prefixes.tsv",
        "ligands.tsv:1: name: this column stands twice in the header",
        "motifs.tsv:3: class: no class 'recogniton motif', did you mean 'recognition motif'?",
        "prefixes.tsv:2: namespace: 'GO_' is no IRI",
    ]


def test_a_misspelled_column_is_missing_and_unknown_and_each_says_what_may_be_meant(mini: Mini) -> None:
    header_changed("motifs", "synonyms", "synonims")(mini)
    assert mini.problems() == [
        "motifs.tsv:1: synonims: unknown column, did you mean 'synonyms'?",
        "motifs.tsv:1: synonyms: this column is missing, did you mean 'synonims'?",
    ]


def test_lines_are_sorted_as_numbers(mini: Mini) -> None:
    mini.tables["motifs"] += [entity(f"M{n}", "recognition motif", definition="") for n in range(12)]
    assert [int(problem.split(":")[1]) for problem in mini.problems()] == list(range(3, 15))


def test_errors_of_different_columns_have_one_form(mini: Mini) -> None:
    for name, (spoil, _) in ERRORS.items():
        if name != "missing column":
            spoil(mini)
    folder = mini.write()
    with pytest.raises(TableError) as error:
        tables.load(folder, Ontology.load(folder))
    form = re.compile(rf"{re.escape(str(mini.data))}/[\w-]+\.tsv:\d+: ([\w ]+: )?\S.*")
    lines = str(error.value).splitlines()
    assert [line for line in lines if not form.fullmatch(line)] == []
    assert lines == list(map(str, sorted(error.value.problems)))
    assert len(lines) > 30


def test_an_entity_with_an_error_is_not_called_unknown_where_it_is_named(mini: Mini) -> None:
    mini.change("integrins", 2, **{"class": "integrn"})
    mini.change("diseases", 2, **{"class": "diseas"})
    assert mini.problems() == [
        "diseases.tsv:2: class: no class 'diseas', did you mean 'disease'?",
        "integrins.tsv:2: class: no class 'integrn', did you mean 'integrin'?",
    ]


def test_a_doubled_claim_is_reported_beside_the_other_errors_of_its_rows(mini: Mini) -> None:
    mini.change(FUNCTION, 2, polarity="no")
    mini.add(FUNCTION, claim("αvβ3", "binds ligand", "vitronectin", phase="IV"))
    assert mini.problems() == [
        "claims-function.tsv:2: polarity: 'no' is none of positive, negative",
        "claims-function.tsv:5: claim: 'alphavbeta3-binds-ligand-vitronectin' is taken, "
        f"at {mini.data}/claims-function.tsv:2: claim",
        "claims-function.tsv:5: phase: 'IV' is none of preclinical, I, I/II, II, III, approved",
    ]


def test_a_doubled_entity_is_reported_beside_the_other_errors_of_its_rows(mini: Mini) -> None:
    mini.change("motifs", 2, **{"class": "motive"})
    mini.add("motifs", entity("RGD", "recognition motif", "RGD-2"))
    assert [problem.split(": ")[:2] for problem in mini.problems()] == [
        ["motifs.tsv:2", "class"],
        ["motifs.tsv:3", "name"],
    ]


def test_a_folder_without_tables_is_an_error(mini: Mini) -> None:
    with pytest.raises(TableError, match=r"data:0: holds no table \(\*\.tsv\)$"):
        tables.load(mini.folder, Ontology.load(mini.folder))


def test_two_claims_may_contradict_across_tables(mini: Mini) -> None:
    mini.change(FUNCTION, 2, contradicts="alphavbeta3-recognizes-motif-RGD")
    assert mini.problems() == []


def test_a_cell_may_name_several_contexts(mini: Mini) -> None:
    mini.change(FUNCTION, 3, disease="breast cancer; prostate cancer", model="mouse model")
    claims = {found.place.line: found for found in mini.load().claims if "function" in found.place.file}
    assert [named.name for _, named in claims[3].context] == [
        "breast cancer",
        "prostate cancer",
        "mouse model",
    ]


def test_a_pathway_may_stand_where_a_process_must(mini: Mini) -> None:
    mini.change(FUNCTION, 3, pathway="PI3K pathway")
    assert mini.problems() == []


def test_an_anchor_may_span_the_legend_that_interrupts_its_section(mini: Mini) -> None:
    mini.change(FUNCTION, 2, anchor="390-510")
    claims = {found.slug: found for found in mini.load().claims}
    assert claims["alphavbeta3-binds-ligand-vitronectin"].section.name == "Introduction"


def test_the_section_of_an_offset_is_that_of_its_span() -> None:
    sections = [Section("A", "a", ((0, 5), (8, 10))), Section("B", "b", ((5, 8),))]
    names = [found.name if (found := section_at(sections, offset)) else None for offset in range(-1, 12)]
    assert names == [None, *"AAAAA", *"BBB", *"AA", None, None]


def test_a_class_or_property_may_be_named_however_it_is_spelled(mini: Mini) -> None:
    mini.change("integrins", 2, **{"class": "Integrin"})
    mini.change(FUNCTION, 2, predicate="bindsLigand")
    assert mini.problems() == []


@pytest.mark.parametrize(
    ("text", "value", "minimum", "maximum", "approximate"),
    [
        ("40", "40", None, None, False),
        ("33.4", "33.4", None, None, False),
        ("~150", "150", None, None, True),
        ("<75", None, None, "75", False),
        ("<=75", None, None, "75", False),
        (">10", None, "10", None, False),
        (">=10", None, "10", None, False),
        ("30-100", None, "30", "100", False),
        ("~30-100", None, "30", "100", True),
    ],
)
def test_a_quantity_is_a_number_or_bounds(
    text: str, value: str | None, minimum: str | None, maximum: str | None, approximate: bool
) -> None:
    found = quantity(text)
    bounds = [
        None if number is None else str(number) for number in (found.value, found.minimum, found.maximum)
    ]
    assert (*bounds, found.approximate) == (value, minimum, maximum, approximate)


@pytest.mark.parametrize(
    "text",
    ["", "many", "1,5", "5 %", "-3", "1e3", ".5", "5.", "100-30", "<30-100", "30-", "<~5", "４０", "1.2.3"],
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no number like"):
        quantity(text)


@given(st.decimals(0, 10**9, allow_nan=False, places=3), st.sampled_from(["", "<", ">", "~", "<=", ">="]))
def test_no_digit_of_a_quantity_is_lost(number: Decimal, sign: str) -> None:
    found = quantity(f"{sign}{number:f}")
    assert number in (found.value, found.minimum, found.maximum)


def test_the_nearest_name_is_offered_and_no_far_one() -> None:
    assert did_you_mean("avb33", ["αvβ5", "αvβ3", "α5β1"]) == ", did you mean 'αvβ3'?"
    assert did_you_mean("cilengtide", ["cilengitide", "etaracizumab"]) == ", did you mean 'cilengitide'?"
    assert did_you_mean("fibronectin", ["αvβ3"]) == ""
    assert did_you_mean("x", []) == ""


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("claims-structure.tsv", CLAIM_COLUMNS),
        ("claims.tsv", CLAIM_COLUMNS),
        ("background-claims.tsv", BACKGROUND_COLUMNS),
        ("background-ligands.tsv", ENTITY_COLUMNS),
        ("integrins.tsv", ENTITY_COLUMNS),
        ("prefixes.tsv", tables.PREFIX_COLUMNS),
        ("references.tsv", tables.REFERENCE_COLUMNS),
    ],
)
def test_the_name_of_a_file_tells_its_columns(file: str, columns: tuple[str, ...]) -> None:
    assert tables.columns_of(Path("data") / file) == columns


def test_a_problem_that_two_checks_find_is_reported_once() -> None:
    problem = TableError([]).problems
    assert problem == []
    found = ERRORS["no subject"][1]
    place = tables.Place("claims-function.tsv", 2, "subject")
    assert str(TableError([Problem(place, "must not be empty")] * 2)) == found


def denial(**further: str) -> Cells:
    return claim("αvβ3", "recognizes motif", "RGD", polarity="negative", **further) | {"claim": "denial"}


def test_what_is_affirmed_and_denied_in_one_context_is_refused(mini: Mini) -> None:
    mini.add("claims-more", denial())
    (problem,) = mini.problems()
    assert problem.startswith("claims-more.tsv:2: claim: denies what 'alphavbeta3-recognizes-motif-RGD'")


def test_a_noted_contradiction_and_another_context_are_not(mini: Mini) -> None:
    mini.add("claims-more", denial(contradicts="alphavbeta3-recognizes-motif-RGD"))
    assert mini.problems() == []
    mini.tables["claims-more"] = [denial(disease="breast cancer")]
    assert mini.problems() == []


def test_a_trial_effect_without_its_disease_is_named(mini: Mini) -> None:
    row = claim("αvβ3", "recognizes motif", "RGD", phase="II") | {"claim": "trial"}
    mini.add("claims-more", row)
    assert mini.problems() == [
        "claims-more.tsv:2: disease: an effect in phase II is one in a disease: name it"
    ]
    mini.tables["claims-more"] = [row | {"disease": "breast cancer"}]
    assert mini.problems() == []
