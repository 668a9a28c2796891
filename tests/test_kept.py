"""What outlasts the process: whole or not at all, and never silently lost or damaged."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from integrin_kg import kept as kept_module
from integrin_kg.kept import Difference, Kept, KeptError, lines, restore
from integrin_kg.vocab import CLAIMS_GRAPH, xsd

P = NamedNode("http://example.org/p")
G, H = NamedNode("http://example.org/g"), NamedNode("http://example.org/h")
FILE = "statements.sqlite"
SHIPPED = frozenset({CLAIMS_GRAPH})


def quad(value: object = 1, graph: NamedNode = G) -> Quad:
    return Quad(NamedNode("http://example.org/s"), P, Literal(value), graph)  # type: ignore[call-overload]


def adding(*quads: Quad) -> Difference:
    return Difference(added=frozenset(quads))


def removing(*quads: Quad) -> Difference:
    return Difference(removed=frozenset(quads))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "store")


# --- statements ------------------------------------------------------------------------------------


def test_a_new_folder_keeps_nothing(kept: Kept) -> None:
    assert (kept.serial, list(kept.statements()), list(kept.statements(holding=False)), kept.graphs()) == (
        0, [], [], [],
    )  # fmt: skip


def test_what_is_committed_is_there_for_the_next_to_open_the_folder(kept: Kept) -> None:
    kept.commit(Difference(frozenset({quad(1), quad(2)}), graphs_added=frozenset({G, H})), 1)
    again = Kept(kept.folder)
    assert (again.serial, again.origin) == (1, kept.origin)
    assert set(again.statements()) == {quad(1), quad(2)}
    assert set(again.graphs()) == {G, H}


@pytest.mark.parametrize(
    "value",
    [
        Literal("001", datatype=xsd("integer")),
        Literal("+1.50", datatype=xsd("decimal")),
        Literal("1E0", datatype=xsd("double")),
        Literal("TRUE?", datatype=xsd("boolean")),
        Literal("colour", language="en-GB"),
        Literal(""),
        Literal("a\nb\r\nc\td"),
        Literal('she said "α\\β" \\n'),
        Literal("\x00\x01\x1f\x7f\x85\u2028\u2029\ufeff"),
        Literal("αvβ3 🧬 e\u0301"),
        Literal("x" * 1_000_000),
        BlankNode("b0"),
        NamedNode("http://example.org/%20ä?q#f"),
    ],
    ids=lambda value: ascii(str(value))[:24],
)
def test_a_term_is_kept_to_the_letter(kept: Kept, value: Literal) -> None:
    statement = Quad(BlankNode("s"), P, value, G)
    kept.commit(adding(statement, quad()), 1)
    assert set(kept.statements()) == {statement, quad()}
    kept.commit(removing(statement), 2)
    assert list(kept.statements()) == [quad()]


def test_spellings_of_one_value_are_statements_of_their_own(kept: Kept) -> None:
    spelt = [Quad(P, P, Literal(digits, datatype=xsd("integer")), G) for digits in ("1", "01", "001")]
    kept.commit(adding(*spelt), 1)
    kept.commit(removing(spelt[1]), 2)
    assert set(kept.statements()) == {spelt[0], spelt[2]}


def test_the_default_graph_and_graphs_without_an_iri_are_kept_apart(kept: Kept) -> None:
    spelt = [Quad(P, P, P, graph) for graph in (DefaultGraph(), BlankNode("g"), G)]
    kept.commit(Difference(frozenset(spelt), graphs_added=frozenset({BlankNode("g"), G})), 1)
    assert set(kept.statements()) == set(spelt)
    assert set(kept.graphs()) == {BlankNode("g"), G}


def test_a_graph_is_there_while_empty_and_gone_once_dropped(kept: Kept) -> None:
    kept.commit(Difference(graphs_added=frozenset({G})), 1)
    assert (kept.graphs(), list(kept.statements())) == ([G], [])
    kept.commit(Difference(graphs_removed=frozenset({G})), 2)
    assert kept.graphs() == []


def test_what_is_taken_from_a_shipped_graph_is_remembered_until_it_is_put_back(kept: Kept) -> None:
    built, own = quad(1, CLAIMS_GRAPH), quad(1, G)
    kept.commit(adding(own), 1, SHIPPED)
    kept.commit(removing(built, own), 2, SHIPPED)
    assert list(kept.statements(holding=False)) == [built]
    assert list(kept.statements()) == []
    kept.commit(adding(built), 3, SHIPPED)
    assert list(kept.statements(holding=False)) == []
    assert list(kept.statements()) == [built]


def test_more_statements_than_one_batch_are_all_read(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrin_kg.kept._BATCH", 7)
    kept.commit(adding(*(quad(n) for n in range(50))), 1)
    assert set(kept.statements()) == {quad(n) for n in range(50)}


TERMS = st.one_of(
    st.builds(Literal, st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
    st.sampled_from(
        [P, G, BlankNode("x"), Literal("01", datatype=xsd("integer")), Literal("a", language="en-GB")]
    ),
)
GRAPHS = st.sampled_from([G, H, CLAIMS_GRAPH, BlankNode("g")])
QUADS = st.frozensets(st.builds(Quad, st.just(P), st.just(P), TERMS, GRAPHS), max_size=6)


@settings(max_examples=40, deadline=None)
@given(history=st.lists(st.tuples(QUADS, QUADS, st.frozensets(GRAPHS), st.frozensets(GRAPHS)), max_size=6))
def test_any_history_leaves_what_a_set_would_hold(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[frozenset[Quad], frozenset[Quad], frozenset[NamedNode], frozenset[NamedNode]]],
) -> None:
    kept = Kept(tmp_path_factory.mktemp("history"))
    held: set[Quad] = set()
    taken: set[Quad] = set()
    graphs: set[NamedNode] = set()
    for serial, (add, remove, come, go) in enumerate(history, start=1):
        change = Difference(add, remove - add, come, go - come)
        kept.commit(change, serial, SHIPPED)
        shipped = {quad for quad in change.removed if quad.graph_name == CLAIMS_GRAPH}
        held = (held | change.added) - change.removed
        taken = (taken - change.added) | shipped
        graphs = (graphs | change.graphs_added) - change.graphs_removed
        again = Kept(kept.folder)
        assert set(again.statements()) == held
        assert set(again.statements(holding=False)) == taken
        assert set(again.graphs()) == graphs
        assert again.serial == serial


# --- whole or not at all ---------------------------------------------------------------------------


@pytest.mark.parametrize("serial", [0, 1, 3])
def test_a_change_that_does_not_follow_the_last_is_refused_whole(kept: Kept, serial: int) -> None:
    kept.commit(adding(quad(1)), 1)
    with pytest.raises(KeptError, match="another process has written"):
        kept.commit(adding(quad(2)), serial)
    assert (kept.serial, list(kept.statements())) == (1, [quad(1)])


def test_of_two_who_make_the_same_change_at_once_one_is_told(kept: Kept) -> None:
    told: list[KeptError] = []
    start = threading.Barrier(8)

    def commit(number: int) -> None:
        start.wait()
        try:
            kept.commit(adding(quad(number)), 1)
        except KeptError as error:
            told.append(error)

    threads = [threading.Thread(target=commit, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7
    assert (kept.serial, len(list(kept.statements()))) == (1, 1)


_COMMIT = """
import sys
from pathlib import Path
from pyoxigraph import Literal, NamedNode, Quad
from integrin_kg.kept import Difference, Kept, KeptError
g = NamedNode("http://example.org/g")
try:
    kept = Kept(Path(sys.argv[1]))
    print("open", flush=True)
    many = frozenset(Quad(g, g, Literal(f"{n:060}"), g) for n in range(int(sys.argv[2])))
    kept.commit(Difference(many), kept.serial + 1)
    print("kept", flush=True)
except KeptError as error:
    print(error)
"""


def start(folder: Path, count: int = 1, **further: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _COMMIT, str(folder), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **further)  # type: ignore[call-overload,no-any-return]


def told(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=30)
    return output


def test_a_commit_cut_off_anywhere_is_whole_or_absent(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    journal = tmp_path / f"{FILE}-journal"
    count, cut = 0, 0
    for trial in range(6):
        process = start(tmp_path, 100_000)
        assert process.stdout
        process.stdout.readline()
        while not journal.exists() and process.poll() is None:
            pass
        if trial % 2:  # at the start of the transaction, or well into it
            while (
                journal.exists() and (tmp_path / FILE).stat().st_size < 5_000_000 and process.poll() is None
            ):
                pass
        process.send_signal(signal.SIGKILL)
        output = told(process)
        if "kept" in output:
            count = 100_000
        serial, held = Kept(tmp_path).serial, len(list(kept.statements()))
        assert (serial > 0, held) in ((False, 0), (True, 100_000))
        assert held >= count
        cut += process.returncode == -signal.SIGKILL
        if held:
            break
    assert cut


def limited(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("no small disk: mounting one takes root, and a kernel that lets it")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_is_said_to_be_full_and_nothing_has_changed(small_disk: Path) -> None:
    kept = Kept(small_disk)
    kept.commit(adding(quad(1)), 1)
    with pytest.raises(KeptError, match="make room on the disk"):
        kept.commit(adding(*(quad(f"{n:060}") for n in range(50_000))), 2)
    assert (kept.serial, list(kept.statements())) == (1, [quad(1)])
    kept.commit(adding(quad(2)), 2)
    assert kept.serial == 2


def test_a_database_that_may_not_grow_refuses_whole(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    from integrin_kg import kept as module

    whole = module._opened

    def small(path: Path) -> sqlite3.Connection:
        connection = whole(path)
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    monkeypatch.setattr(module, "_opened", small)
    with pytest.raises(KeptError, match="nothing was changed: make room"):
        kept.commit(adding(*(quad(f"{n:060}") for n in range(5_000))), 1)
    assert (kept.serial, list(kept.statements())) == (0, [])


def test_a_file_that_may_not_grow_refuses_whole(kept: Kept) -> None:
    process = start(kept.folder, 50_000, preexec_fn=limited(200_000))
    assert "kept" not in (said := told(process))
    assert str(kept.path) in said
    assert (kept.serial, list(kept.statements())) == (0, [])


@contextmanager
def nobody() -> Iterator[None]:
    """Be a user who may write to nothing of ours, for a while."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as another user")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("writable", ["folder", "nothing"])
def test_what_is_not_writable_is_said_to_be_so(writable: str) -> None:
    with tempfile.TemporaryDirectory() as given:  # pytest's own folders are for their owner only
        folder = Path(given)
        kept = Kept(folder)
        folder.chmod(0o777 if writable == "folder" else 0o755)
        with nobody(), pytest.raises(KeptError, match="is not writable") as caught:
            kept.commit(adding(quad()), 1)
        assert str(kept.path) in str(caught.value)
        with nobody():
            assert (kept.serial, list(Kept(folder).statements())) == (0, [])  # it can be read


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeptError, match=r"file.*--store"):
        Kept(tmp_path / "file" / "store")
    with pytest.raises(KeptError, match=r"file.*--store"):
        Kept(tmp_path / "file")


# --- damaged, foreign ------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"my dissertation, the only copy\n" * 500)
    with pytest.raises(KeptError, match="it is no file of ours"):
        Kept(tmp_path)
    assert (tmp_path / FILE).read_bytes().startswith(b"my dissertation")


def test_a_damaged_file_is_said_to_be_damaged(kept: Kept) -> None:
    kept.commit(adding(*(quad(f"{n:060}") for n in range(5_000))), 1)
    content = bytearray(kept.path.read_bytes())
    content[8192 : len(content) - 8192] = b"\xff" * (len(content) - 16384)
    kept.path.write_bytes(content)
    with pytest.raises(KeptError, match="restore a backup"):
        list(Kept(kept.folder).statements())


def test_a_line_that_is_no_statement_is_said_to_be_damage(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("INSERT INTO statement VALUES ('no statement', 1)")
    with pytest.raises(KeptError, match="restore a backup"):
        list(kept.statements())


def test_another_format_is_refused_by_number(kept: Kept) -> None:
    with closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE state SET format = 2")
    with pytest.raises(KeptError, match="its format is 2, this version reads 1"):
        Kept(kept.folder)


def test_another_program_s_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("CREATE TABLE state (mine TEXT)")
        connection.execute("INSERT INTO state VALUES ('precious')")
    with pytest.raises(KeptError):
        Kept(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("SELECT mine FROM state").fetchall() == [("precious",)]


# --- one at a time ---------------------------------------------------------------------------------

_LOCK = """
import sys
from pathlib import Path
from integrin_kg.kept import Kept, KeptError
try:
    lock = Kept(Path(sys.argv[1])).lock()
except KeptError as error:
    print(error, flush=True)
    sys.exit(1)
print("locked", flush=True)
sys.stdin.read()
"""


def locking(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _LOCK, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_second_process_is_told_who_has_the_folder(kept: Kept) -> None:
    first = locking(kept.folder)
    assert first.stdout
    assert first.stdout.readline() == "locked\n"
    second = locking(kept.folder)
    assert f"in use by process {first.pid};" in told(second)
    assert second.returncode == 1
    with pytest.raises(KeptError, match=f"in use by process {first.pid};"):
        kept.lock()
    first.kill()
    first.wait()
    os.close(kept.lock())  # the dead hold nothing


def test_a_lock_names_its_last_holder_only(kept: Kept) -> None:
    (kept.folder / "lock").write_text("1234567890123")
    lock = kept.lock()
    assert (kept.folder / "lock").read_text() == str(os.getpid())
    os.close(lock)


# --- backup and restore ----------------------------------------------------------------------------


def test_a_backup_restored_elsewhere_has_all_of_it(kept: Kept, tmp_path: Path) -> None:
    kept.commit(
        Difference(frozenset({quad(1)}), frozenset({quad(2, CLAIMS_GRAPH)}), frozenset({H})), 1, SHIPPED
    )
    assert kept.backup(tmp_path / "backup") == 1
    assert restore(tmp_path / "backup", tmp_path / "new" / "folder") == 1
    new = Kept(tmp_path / "new" / "folder")
    assert (set(new.statements()), set(new.statements(holding=False)), new.graphs(), new.serial) == (
        {quad(1)}, {quad(2, CLAIMS_GRAPH)}, [H], 1,
    )  # fmt: skip
    new.commit(adding(quad(3)), 2)
    assert not [path for path in tmp_path.rglob("*") if "draft" in path.name]


def test_a_restored_folder_s_versions_are_not_taken_for_those_of_the_first(
    kept: Kept, tmp_path: Path
) -> None:
    kept.backup(tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new")
    # Both go on to change 1, with other statements: an ETag of the one must not fit the other.
    assert Kept(tmp_path / "new").origin != kept.origin


def test_a_backup_made_during_writes_is_of_one_moment(kept: Kept, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        for serial in range(1, 60):  # each change takes the last one's statements and adds its own
            before = (
                removing(*(quad(f"{serial - 1}-{n}") for n in range(50))).removed
                if serial > 1
                else frozenset()
            )
            kept.commit(Difference(frozenset(quad(f"{serial}-{n}") for n in range(50)), before), serial)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    taken = 0
    while not done.is_set():
        target = tmp_path / f"backup-{taken}"
        serial = kept.backup(target)
        restore(target, tmp_path / f"restored-{taken}")
        held = set(Kept(tmp_path / f"restored-{taken}").statements())
        assert held == ({quad(f"{serial}-{n}") for n in range(50)} if serial else set())
        taken += 1
    writer.join()
    assert taken > 1
    assert kept.serial == 59


def test_nothing_is_overwritten_by_a_backup_or_a_restore(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    with pytest.raises(KeptError, match="it is there already"):
        kept.backup(tmp_path / "there")
    assert (tmp_path / "there").read_text() == "precious"
    kept.backup(tmp_path / "backup")
    kept.commit(adding(quad()), 1)
    with pytest.raises(KeptError, match="there are statements already"):
        restore(tmp_path / "backup", kept.folder)
    assert list(kept.statements()) == [quad()]


def appearing(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have somebody write to ``target`` once it was looked whether it is there."""
    opened = kept_module._opened

    def late(path: Path) -> sqlite3.Connection:
        target.write_text("precious")
        return opened(path)

    monkeypatch.setattr(kept_module, "_opened", late)


def test_what_comes_while_a_backup_is_written_is_not_overwritten(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backups" / "backup"
    target.parent.mkdir()
    appearing(target, monkeypatch)
    with pytest.raises(KeptError, match=f"{target}: it is there already; nothing is overwritten"):
        kept.backup(target)
    assert target.read_text() == "precious"
    assert list(target.parent.iterdir()) == [target]


def test_what_comes_while_a_backup_is_restored_is_not_overwritten(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.backup(tmp_path / "backup")
    target = tmp_path / "new" / FILE
    appearing(target, monkeypatch)
    with pytest.raises(KeptError, match=f"{target}: it is there already; nothing is overwritten"):
        restore(tmp_path / "backup", target.parent)
    assert target.read_text() == "precious"


def test_a_backup_goes_where_a_file_can_have_one_name_only(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")  # as FAT has it

    kept.commit(adding(quad()), 1)
    monkeypatch.setattr(os, "link", link)
    assert kept.backup(tmp_path / "backup") == 1
    assert restore(tmp_path / "backup", tmp_path / "new") == 1


@pytest.mark.parametrize(
    "damage", ["cut", "scrambled", "empty", "text", "other database", "other format", "absent"]
)
def test_what_is_no_sound_backup_is_refused_and_leaves_nothing(
    kept: Kept, tmp_path: Path, damage: str
) -> None:
    kept.commit(adding(*(quad(f"{n:060}") for n in range(5_000))), 1)
    backup = tmp_path / "backup"
    kept.backup(backup)
    content = backup.read_bytes()
    if damage == "cut":
        backup.write_bytes(content[: len(content) // 2])
    elif damage == "scrambled":
        backup.write_bytes(content[:20_000] + b"\xff" * 50_000 + content[70_000:])
    elif damage == "empty":
        backup.write_bytes(b"")
    elif damage == "text":
        backup.write_text("<http://a> <http://b> <http://c> .\n" * 1000)
    elif damage == "absent":
        backup.unlink()
    else:
        with closing(sqlite3.connect(backup)) as connection, connection:
            other = damage == "other database"
            connection.execute("DROP TABLE statement" if other else "UPDATE state SET format = 9")
    with pytest.raises(KeptError, match=str(backup)):
        restore(backup, tmp_path / "new")
    assert not list((tmp_path / "new").glob("*")) if (tmp_path / "new").exists() else True


def test_a_backup_to_a_full_or_missing_place_leaves_no_file(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(KeptError, match="missing"):
        kept.backup(tmp_path / "missing" / "backup")


def test_a_backup_to_a_full_disk_leaves_no_file(kept: Kept, small_disk: Path) -> None:
    kept.commit(adding(*(quad(f"{n:060}") for n in range(20_000))), 1)
    with pytest.raises(KeptError, match="full"):
        kept.backup(small_disk / "backup")
    assert list(small_disk.iterdir()) == []


def test_lines_are_one_for_each_statement() -> None:
    assert len(lines([quad("a\nb"), quad("c\u2028d\r")])) == 2
    assert lines([]) == []
