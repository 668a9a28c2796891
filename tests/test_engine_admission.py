"""Who runs, who waits and who is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrin_kg.engine.admission import Admission
from integrin_kg.engine.messages import Problem


def test_as_many_enter_as_there_are_places_and_the_next_waits_for_the_first_to_leave() -> None:
    admission = Admission(2, patience=10)
    leave, _ = admission.enter().leave, admission.enter()
    with ThreadPoolExecutor(1) as pool:
        third = pool.submit(admission.enter)
        while not admission.waiting:
            assert not third.done()
        leave()
        assert third.result(5)
    assert (admission.running, admission.waiting, admission.refused) == (2, 0, 0)


def test_who_waits_too_long_is_told_when_to_come_back() -> None:
    admission = Admission(1, patience=0.01)
    admission.enter()
    with pytest.raises(Problem) as caught:
        admission.enter()
    assert caught.value.status == 429
    assert caught.value.further["retry-after"] > 0
    assert (admission.running, admission.waiting, admission.refused) == (1, 0, 1)


def test_no_more_wait_than_there_are_places() -> None:
    admission = Admission(1, patience=5)
    leave = admission.enter().leave
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(admission.enter)
        while not admission.waiting:
            pass
        with pytest.raises(Problem, match="429"):  # at once, with all that patience left
            admission.enter()
        leave()
        waits.result(5).leave()


def test_a_place_is_given_back_once_however_often_that_is_said() -> None:
    admission = Admission(2)
    leave = admission.enter().leave
    admission.enter()
    for _ in range(3):
        leave()
    assert admission.running == 1


def test_whoever_asks_hears_how_many_run() -> None:
    heard: list[int] = []
    admission = Admission(3)
    leaves: list[Callable[[], None]] = [admission.enter(heard.append).leave for _ in range(3)]
    for leave in leaves:
        leave()
    assert heard == [1, 2, 3, 2, 1, 0]


def test_never_more_run_than_there_are_places() -> None:
    admission = Admission(3, patience=10)
    most, now, lock = 0, 0, threading.Lock()

    def visit(_: int) -> None:
        nonlocal most, now
        leave = admission.enter().leave
        with lock:
            now += 1
            most = max(most, now)
        with lock:
            now -= 1
        leave()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(visit, range(600)))
    assert most <= 3
    assert (admission.running, admission.waiting, admission.refused) == (0, 0, 0)


def test_beside_the_places_there_are_short_turns() -> None:
    admission = Admission(2, turns=1, patience=0.01)
    places = [admission.enter() for _ in range(3)]
    assert [place.seconds is None for place in places] == [True, True, False]
    with pytest.raises(Problem, match="429"):
        admission.enter()
    places[0].leave()
    assert admission.enter().seconds is None  # a place, as soon as there is one
    for place in places:
        place.leave()
    assert (admission.running, admission.short) == (1, 0)
