"""What an assistant reads beforehand: instructions, the vocabulary, prompts."""

from __future__ import annotations

from importlib.resources import files

from integrin_kg.lookup.questions import Questions
from integrin_kg.vocab import IKG, PREFIXES

INSTRUCTIONS = files(__package__).joinpath("instructions.md").read_text("utf-8")


def schema(questions: Questions) -> str:
    """Return the vocabulary as Markdown: prefixes, classes and properties with their definitions."""
    rows = [row for row in questions.values("vocabulary") if row["iri"].startswith(IKG)]
    parts = [files(__package__).joinpath("schema.md").read_text("utf-8").rstrip(), ""]
    parts += [f"- `{prefix}:` <{namespace}>" for prefix, namespace in PREFIXES.items()]
    for title, kind in (("Classes", "class"), ("Properties", "property")):
        parts += ["", f"## {title}", "", *(_term(row) for row in rows if row["kind"] == kind)]
    return "\n".join(parts) + "\n"


def _term(row: dict[str, str]) -> str:
    definition = f": {row['definition']}" if "definition" in row else ""
    return f"- `ikg:{row['iri'].removeprefix(IKG)}` ({row['label']}){definition}"


def evidence(topic: str) -> str:
    """What speaks for and against something, with citations."""
    return (
        f"What does the integrin knowledge graph say of {topic}? Find it with the tool search and read all "
        "of its claims with the tool entity. Report what is claimed true and what is claimed false, each "
        "with its context, claim IRI, section and references; put contradictions side by side; and name "
        "what one may expect but nobody claims."
    )


def why(statement: str) -> str:
    """Why a statement holds, or why it cannot be said."""
    return (
        f"Is it so that {statement}? Put it as a triple (subject, predicate, object), use the tool explain, "
        "and retell the proof step by step down to its claims, with their IRIs and sections. Where it is not "
        "claimed say so, and what would be needed for it to follow."
    )
