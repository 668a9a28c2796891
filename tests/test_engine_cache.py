"""Answers that are kept: within their bytes, of the current version, and only if they would be the same."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrin_kg.engine.cache import Answer, Cache
from integrin_kg.engine.messages import Classify, Query, ReadGraph, Task

JSON, CSV = "application/sparql-results+json", "text/csv"
ASK = Query("ASK {}", JSON, None)


def answer(content: bytes = b"true", version: str = "r1") -> Answer:
    return Answer(JSON, len(content), version, content)


def keeping(*tasks: Task, most: int = 1 << 20) -> Cache:
    """A cache that was given an answer to each of the tasks, the number of it."""
    cache = Cache(most)
    for number, task in enumerate(tasks):
        cache.put(task, answer(b"%d" % number), "r1")
    return cache


def test_what_was_put_is_found_and_counted() -> None:
    cache = keeping(ASK)
    assert cache.get(Query("ASK {}", JSON, None, timeout=1.0), "r1") == answer(b"0")
    assert cache.get(Query("ASK { }", JSON, None), "r1") is None
    assert (cache.hits, cache.misses) == (1, 1)


def test_all_that_shapes_an_answer_tells_it_from_others() -> None:
    others = [
        Query("ASK {}", CSV, None),
        Query("ASK {}", JSON, "text/turtle"),
        Query("ASK {}", JSON, None, reasoning=False),
        Query("ASK {}", JSON, None, default_graphs=["x:g"]),
        Query("ASK {}", JSON, None, named_graphs=["x:g"]),
        Query("ASK {}", JSON, None, base="http://x/"),
        Query("ASK {}", JSON, None, most=10),
        ReadGraph(None, JSON),
        ReadGraph("x:g", JSON),
        ReadGraph(None, JSON, whole=True),
    ]
    cache = keeping(ASK, *others)
    for number, task in enumerate([ASK, *others]):
        found = cache.get(task, "r1")
        assert found
        assert found.content == b"%d" % number


def test_a_new_version_knows_nothing_of_the_old() -> None:
    cache = keeping(ASK)
    assert cache.get(ASK, "r2") is None
    assert cache.size == 0
    assert cache.get(ASK, "r1") is None


def test_an_answer_that_is_old_when_it_comes_is_not_kept() -> None:
    cache = Cache(1 << 20)
    cache.put(ASK, answer(version="r1"), "r2")
    assert cache.get(ASK, "r2") is None
    assert cache.get(ASK, "r1") is None


@pytest.mark.parametrize(
    "expression", ["NOW()", "now()", "RAND()", "UUID()", "STRUUID()", "N\\u004fW()", "1 + rand()"]
)
def test_what_may_differ_each_time_is_not_kept(expression: str) -> None:
    query = Query(f"SELECT ({expression} AS ?x) {{}}", JSON, None)
    assert keeping(query).size == 0


def test_such_a_word_elsewhere_is_no_reason() -> None:
    assert keeping(Query("SELECT ?now { ?now <http://x/RAND> 'UUID' } # NOW", JSON, None)).size > 0


def test_neither_files_nor_other_tasks_are_kept() -> None:
    cache = keeping(Classify("", "text/turtle"))
    cache.put(ASK, Answer(JSON, 4, "r1", io.BytesIO(b"true")), "r1")
    assert cache.size == 0
    assert (cache.get(Classify("", "text/turtle"), "r1"), cache.misses) == (None, 0)


def test_it_never_holds_more_than_it_may_and_who_was_not_asked_for_goes_first() -> None:
    cache = Cache(100_000)
    for number in range(200):
        cache.put(Query(f"ASK {{}} #{number}", JSON, None), answer(b"x" * 5_000), "r1")
        cache.get(Query("ASK {} #0", JSON, None), "r1")
        assert cache.size <= 100_000
    kept = [n for n in range(200) if cache.get(Query(f"ASK {{}} #{n}", JSON, None), "r1")]
    assert kept[0] == 0
    assert kept[1:] == list(range(201 - len(kept), 200))


def test_one_large_answer_does_not_push_out_all_others() -> None:
    cache = keeping(ASK, most=100_000)
    cache.put(Query("ASK {} #", JSON, None), answer(b"x" * 50_000), "r1")
    assert cache.get(ASK, "r1")
    assert cache.size < 50_000


def test_an_answer_again_takes_the_place_of_the_one_before() -> None:
    cache = keeping(ASK, ASK)
    before = cache.size
    cache.put(ASK, answer(b"2"), "r1")
    assert cache.size == before
    assert cache.get(ASK, "r1") == answer(b"2")


def test_one_of_no_size_keeps_and_counts_nothing() -> None:
    cache = keeping(ASK, most=0)
    assert cache.get(ASK, "r1") is None
    assert (cache.size, cache.hits, cache.misses) == (0, 0, 0)


def test_many_at_once_leave_its_size_right() -> None:
    cache = Cache(50_000)

    def use(number: int) -> None:
        query = Query(f"ASK {{}} #{number % 60}", JSON, None)
        version = f"r{number // 500}"
        cache.get(query, version)
        cache.put(query, answer(b"x" * (number % 1000), version), version)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(2_000)))
    assert cache.size == sum(size for _, size in cache._kept.values()) <= 50_000
