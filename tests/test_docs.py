"""What the documents show is what happens, and they become a site that is whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

import integrin_kg.release
from conftest import ROOT
from documents import RUN, TOKEN, Reader, blocks, documents, links
from integrin_kg import checks, cli
from integrin_kg.knowledge import Knowledge
from integrin_kg.ontology import local_name
from integrin_kg.vocab import IKG, RDF_TYPE, RDFS_LABEL, ikg, owl
from test_sparql import query, send

SHOWN = {
    "manchester",
    "",
    "text",
    "json",
    "turtle",
    "csv",
    "yaml",
    "ini",
    "nginx",
    "caddyfile",
    "toml",
    "bibtex",
    "html",
}
"""What a block that is not run may be in; a command in another language would escape its test."""

BLOCKS = [block for document in documents() for block in blocks(document)]


@pytest.fixture(scope="module")
def server(serve: Callable[..., str]) -> str:
    """A server that readers may write to."""
    return serve("--writable", env={"INTEGRIN_KG_TOKEN": TOKEN})


@pytest.fixture
def reader(
    server: str,
    shipped: Knowledge,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Reader]:
    """A reader of one document; what they write into the graph is gone afterwards."""
    if not shutil.which("curl"):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("apt-get install curl: it is missing")
    assemble = Knowledge.assemble

    def once(*given: Any, **how: Any) -> Knowledge:
        as_shipped = not given and how in ({}, {"reasoning": True, "beside": []})
        return shipped if as_shipped else assemble(*given, **how)

    def released(knowledge: Knowledge, folder: Path) -> list[Path]:
        assert knowledge is shipped
        shutil.copytree(request.getfixturevalue("dist"), folder)
        return sorted(folder.iterdir())

    monkeypatch.setattr(Knowledge, "assemble", once)
    monkeypatch.setattr(integrin_kg.release, "release", released)
    monkeypatch.chdir(tmp_path)
    before = graphs(server)
    yield Reader(tmp_path, server)
    if added := graphs(server) - before:
        update = ";".join(f"DROP GRAPH <{name}>" for name in added)
        kind = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
        assert send(server, "/update", "POST", update, **kind).status < 300


def graphs(server: str) -> set[str]:
    return {row["g"] for row in query(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").rows()}


# --- blocks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.stem)
def test_every_block_of_a_document_runs_and_comes_to_what_is_shown(
    document: Path, reader: Reader, subtests: pytest.Subtests
) -> None:
    for block in blocks(document):
        if block.language in RUN and block.why_not is None:
            with subtests.test(msg=str(block)):
                reader.try_out(block)


def test_a_block_that_is_not_run_says_why_and_is_rare() -> None:
    runnable = [block for block in BLOCKS if block.language in RUN]
    left_out = {str(block): block.why_not for block in runnable if block.why_not is not None}
    assert all(len(why.split()) >= 3 for why in left_out.values()), left_out
    assert len(left_out) <= len(runnable) // 10, left_out


def test_a_query_that_is_not_run_is_a_query_all_the_same(server: str) -> None:
    for block in BLOCKS:
        if block.language == "sparql" and block.why_not is not None:
            assert query(server, block.text).status != 400, block


def test_every_command_and_query_is_in_a_language_that_is_run() -> None:
    assert {block.language for block in BLOCKS} <= SHOWN | set(RUN)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("```sparql\nASK { ?x a ikg:RGDReceptor }\n```\n```\nno\n```", "but this comes\\s+yes"),
        ("```sparql\nSELECT * { ?x a ikg:Nothing }\n```", "answered nothing"),
        ("```sparql\nSELECT {\n```", "answered nothing"),
        ("```sh\nfalse\n```", "failed"),
        ("```sh\ncurl http://127.0.0.1:8000/no/where -f\n```", "404"),
        ("```sh\n.venv/bin/integrin-kg query rgd-receptor\n```", "did you mean"),
        ("```sh\nmake tea\n```", "no such target"),
        ("```sh\n.venv/bin/pip install '.[tea]'\n```", "no such extra"),
        ("```python\nprint(1)\n```\n```text\n2\n```", "but this comes\\s+1"),
        ("```sparql\nDESCRIBE ikg:Integrin\n```\n```turtle\n<urn:x:a> a <urn:x:b> .\n# ...\n```", "shows"),
    ],
)  # fmt: skip
def test_a_document_that_is_wrong_is_found_out(text: str, complaint: str, reader: Reader) -> None:
    (block, *_) = blocks(ROOT / "docs" / "wrong.md", text)
    with pytest.raises(AssertionError, match=complaint):
        reader.try_out(block)


def test_an_option_that_serve_does_not_have_is_found_out(reader: Reader) -> None:
    (block,) = blocks(ROOT / "README.md", "```sh\nA=b .venv/bin/integrin-kg serve --writeable\n```")
    with pytest.raises(SystemExit):
        reader.try_out(block)


def test_the_readme_begins_with_its_two_commands() -> None:
    first = blocks(ROOT / "README.md")[0]
    assert first.language == "sh"
    assert [line.split("#")[0].strip() for line in first.text.splitlines()] == ["make serve", "make test"]


def test_every_link_to_a_file_of_the_project_leads_to_one() -> None:
    for document in documents():
        for target in links(document):
            if not re.match(r"[a-z]+:|#", target):
                assert (document.parent / target.partition("#")[0]).exists(), f"{document.name}: {target}"


def test_every_command_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = set(re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE))
    text = "".join(document.read_text("utf-8") for document in documents())
    named = set(re.findall(r"`integrin-kg ([a-z]+)|\.venv/bin/integrin-kg ([a-z]+)", text))
    assert {either or other for either, other in named} <= known


# --- what single pages promise -------------------------------------------------------------------


def test_every_path_of_the_service_has_its_command_in_the_reference() -> None:
    described = json.loads((ROOT / "src/integrin_kg/web/openapi.json").read_text("utf-8"))["paths"]
    page = ROOT / "docs" / "http.md"
    headings = set(re.findall(r"`(/[^`]*)`", "".join(re.findall(r"^#.*$", page.read_text("utf-8"), re.M))))
    assert headings == set(described)
    commands = "".join(block.text for block in blocks(page) if block.language == "sh")
    for path in described:
        shape = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
        address = r"127\.0\.0\.1:8000" + re.sub(r"{[^}]*}", r"[^\\s/'?]+", shape) + r"(?=[\s'?]|$)"
        assert re.search(address, commands, re.MULTILINE), f"no command asks for {path}"


def test_the_tutorial_has_twenty_queries_with_their_answers() -> None:
    page = ROOT / "docs" / "tutorial.md"
    asked = re.findall(r"^## (\d+)\. .*\?$", page.read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number in asked] == list(range(1, 21))
    assert all(block.shown for block in blocks(page) if block.language in RUN and block.why_not is None)


def test_what_is_cited_is_the_version_that_ships(shipped: Knowledge) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == version
    (ontology,) = shipped.ontology.instances(owl("Ontology"))
    assert shipped.ontology.value(ontology, owl("versionInfo")).value == version  # type: ignore[union-attr]
    changes = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert changes[0] in (version, "Unreleased")


def test_the_day_of_the_release_is_the_same_wherever_it_is_named(shipped: Knowledge) -> None:
    day = str(yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["date-released"])
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version} ({day})" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    issued = {quad.object.value for quad in shipped.quads() if quad.predicate.value.endswith("/issued")}  # type: ignore[union-attr]
    assert issued == {day}


# --- the site ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BeautifulSoup]:
    """The pages of the site by name, built as ``make docs`` does: every warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", folder / "doctrees"]
    done = subprocess.run([*command, ROOT / "docs", folder / "html"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    pages = sorted((folder / "html").glob("*.html"))
    return {page.stem: BeautifulSoup(page.read_text("utf-8"), "html.parser") for page in pages}


def test_a_page_without_a_place_and_a_link_that_leads_nowhere_are_errors(tmp_path: Path) -> None:
    for name in ("conf.py", "generated.py", "reference.py"):
        shutil.copy(ROOT / "docs" / name, tmp_path)
    (tmp_path / "index.md").write_text("# Start\n\n<!-- generated: contents -->\n")
    (tmp_path / "model.md").write_text("# Model\n\n[Nothing](index.md#nothing)\n")
    (tmp_path / "lost.md").write_text("# Lost\n")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "dummy"]
    done = subprocess.run([*command, tmp_path, tmp_path / "out"], capture_output=True, text=True)
    assert done.returncode != 0
    assert re.findall(r"/(\w+)\.md:.*WARNING", done.stderr) == ["lost", "model"], done.stderr


def test_every_page_is_in_the_contents(site: dict[str, BeautifulSoup]) -> None:
    written = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert written <= set(site)
    links = {link["href"] for link in site["index"].select(".sidebar-tree a")}
    assert {f"{name}.html" for name in written - {"index"}} <= links


def test_nothing_is_loaded_from_another_host(site: dict[str, BeautifulSoup]) -> None:
    loaded = [
        element.get("src") or element.get("href", "")
        for page in site.values()
        for element in page.select("[src], link[href]:not([rel=canonical])")
    ]
    assert loaded
    assert not [address for address in loaded if "//" in address]


def test_the_reference_has_every_term_under_its_name(
    site: dict[str, BeautifulSoup], shipped: Knowledge
) -> None:
    kinds = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    terms = {term for kind in kinds for term in shipped.ontology.instances(owl(kind))}
    names = {local_name(term) for term in terms if str(term).startswith(f"<{IKG}")}
    assert names <= {element["id"] for element in site["terms"].select("[id]")}


def test_the_reference_names_the_members_of_a_defined_class(
    site: dict[str, BeautifulSoup], shipped: Knowledge
) -> None:
    text = entry(site["terms"], "RGDReceptor")
    assert "Integrin and (recognizesMotif value RGD)" in text
    assert shipped.inference is not None
    for member in shipped.inference.subjects(RDF_TYPE, ikg("RGDReceptor")):
        (label,) = shipped.inference.objects(member, RDFS_LABEL)
        assert label.value in text  # type: ignore[union-attr]
    assert "integrin α10β1" not in entry(site["terms"], "LamininReceptor")


def entry(page: BeautifulSoup, name: str) -> str:
    """The text of a term's entry in the reference."""
    place = page.find(id=name)
    section = place if place.name == "section" else place.find_parent("section")  # type: ignore[union-attr]
    return " ".join(section.get_text(" ").split()).replace("( ", "(").replace(" )", ")")  # type: ignore[union-attr]


def test_the_site_says_how_to_cite_the_review_and_the_graph(site: dict[str, BeautifulSoup]) -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    text = site["citing"].get_text()
    assert f"version {cited['version']}" in text
    assert cited["references"][0]["doi"] in text


def test_the_rules_are_listed_as_their_files_say_them() -> None:
    listed = re.findall(
        r"^\| \[([\w-]+)\]\(\.\./queries/checks/\1\.rq\) \| (.+) \|$",
        (ROOT / "docs" / "quality.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert listed == [(check.name, check.rule) for check in checks.load_all(ROOT / "queries" / "checks")]
