"""The line between keeper and host."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrin_kg.engine.leash import Leash


@pytest.fixture
def ends() -> Iterator[tuple[Leash, Leash]]:
    here, there = map(Leash, socket.socketpair())
    yield here, there
    here.close()
    there.close()


def test_messages_arrive_in_their_order(ends: tuple[Leash, Leash]) -> None:
    here, there = ends
    for number in range(5):
        here.send({"kill": number})
    arrived: list[object] = []
    while len(arrived) < 5:
        arrived += [message["kill"] for message, _ in there.read()]
    assert arrived == [0, 1, 2, 3, 4]


@given(st.lists(st.dictionaries(st.text(), st.text()), min_size=1, max_size=5))
def test_any_message_arrives_as_it_was_sent(messages: list[dict[str, str]]) -> None:
    here, there = map(Leash, socket.socketpair())
    messages = [{key: value for key, value in message.items() if key != "files"} for message in messages]
    for message in messages:
        here.send(message)
    arrived: list[dict[str, str]] = []
    while len(arrived) < len(messages):
        arrived += [message for message, _ in there.read()]
    assert arrived == messages
    here.close()
    there.close()


def test_a_message_that_comes_in_pieces_is_one() -> None:
    near, far = socket.socketpair()
    leash = Leash(far)
    near.sendall(b'{"kill"')
    assert leash.read() == []
    near.sendall(b': 3}\n{"ki')
    assert leash.read() == [({"kill": 3}, [])]
    near.close()
    with pytest.raises(EOFError):
        leash.read()
    leash.close()


def test_open_files_come_along_with_their_message(ends: tuple[Leash, Leash]) -> None:
    here, there = ends
    with tempfile.TemporaryFile() as first, tempfile.TemporaryFile() as second:
        for file, content in ((first, b"one"), (second, b"two")):
            file.write(content)
            file.seek(0)
        here.send({"slow": 1})
        here.send({"change": True}, [first.fileno(), second.fileno()])
    arrived: list[tuple[dict[str, object], list[int]]] = []
    while len(arrived) < 2:
        arrived += there.read()
    assert arrived[0] == ({"slow": 1}, [])
    message, files = arrived[1]
    assert message == {"change": True}
    assert [os.read(file, 10) for file in files] == [b"one", b"two"]
    for file in files:
        os.close(file)


def test_the_end_of_one_end_is_heard_at_the_other(ends: tuple[Leash, Leash]) -> None:
    here, there = ends
    here.close()
    with pytest.raises(EOFError):
        there.read()
    with pytest.raises(OSError, match=r"[Bb]roken|closed|[Rr]eset"):
        there.send({"died": 1})
