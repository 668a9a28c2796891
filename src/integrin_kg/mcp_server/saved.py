"""The saved questions: found by keyword, answered by name."""

from __future__ import annotations

from collections.abc import Mapping

from integrin_kg.engine.messages import Problem
from integrin_kg.lookup.questions import Questions
from integrin_kg.mcp_server.shapes import SavedAnswer, SavedQuestion, SavedQuestions
from integrin_kg.mcp_server.solutions import solve
from integrin_kg.saved import SavedQuery
from integrin_kg.spelling import did_you_mean
from integrin_kg.text import fold


def listed(known: Mapping[str, SavedQuery], keyword: str | None) -> SavedQuestions:
    """Return the saved questions that ``keyword`` is in, all where there is none."""
    wanted = fold(keyword or "")
    found = [query for query in known.values() if any(wanted in fold(words) for words in _words(query))]
    keywords = {word for query in known.values() for word in query.keywords}
    return SavedQuestions(
        questions=[
            SavedQuestion(
                name=query.name,
                question=query.question,
                description=query.description,
                keywords=list(query.keywords),
            )
            for query in found
        ],
        keywords=sorted(keywords, key=str.casefold),
    )


def _words(query: SavedQuery) -> list[str]:
    return [query.name, query.question, query.description, *query.keywords]


def ask(questions: Questions, known: Mapping[str, SavedQuery], name: str, most: int) -> SavedAnswer:
    """Return the answer of the saved question ``name``; :class:`Problem` where there is none."""
    if name not in known:
        hint = did_you_mean(name, known) or ": the tool saved_questions lists them"
        raise Problem(404, "No such question", f"There is no saved question {name!r}{hint}")
    saved = known[name]
    answer = solve(questions, saved.text, most)
    return SavedAnswer(
        **answer.model_dump(), question=saved.question, description=saved.description, sparql=saved.text
    )
