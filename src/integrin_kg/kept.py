"""What outlasts the process: the statements that users wrote, in a SQLite file.

SQLite commits a change whole or not at all, whenever it is cut off, and says when the disk is full;
the store that answers queries is in memory and is filled from here when the service starts. A
statement is a line of N-Quads, kept to the letter.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, parse, serialize

from integrin_kg.errors import MeantToBeRead

GraphName = NamedNode | BlankNode

_FILE, _LOCK = "statements.sqlite", "lock"
_FORMAT = 1
_PATIENCE = 5.0
_BATCH = 50_000
_SCHEMA = """
CREATE TABLE statement (line TEXT PRIMARY KEY, holds INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE graph (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE state (format INTEGER NOT NULL, origin TEXT NOT NULL, serial INTEGER NOT NULL);
"""


class KeptError(MeantToBeRead, RuntimeError):
    """The folder of statements cannot be used; the message says why and how to mend it."""


@dataclass(frozen=True)
class Difference:
    """What a change does to the statements: those added, those removed, and the graphs that come and go."""

    added: frozenset[Quad] = frozenset()
    removed: frozenset[Quad] = frozenset()
    graphs_added: frozenset[GraphName] = frozenset()
    graphs_removed: frozenset[GraphName] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.graphs_added or self.graphs_removed)


class Kept:
    """The statements in ``folder``, which is made where it is not there, unless ``found`` says that it is
    to be.

    Nothing is held open between calls, so that a process may fork meanwhile.
    """

    def __init__(self, folder: Path, *, found: bool = False) -> None:
        self.folder, self.path = folder, folder / _FILE
        if found and not self.path.is_file():
            raise KeptError(f"{folder}: no statements are kept there; give the folder of serve --store")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KeptError(f"{folder}: {error.strerror}; --store names a folder to write to") from error
        with self._connected() as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone():
                connection.execute("BEGIN EXCLUSIVE")
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    connection.execute(statement)
                connection.execute("INSERT INTO state VALUES (?, ?, 0)", (_FORMAT, _new_origin()))
                connection.execute("COMMIT")
            self.origin = _checked(connection, self.path)

    @property
    def serial(self) -> int:
        """How many changes were made since the folder was."""
        with self._connected() as connection:
            return int(connection.execute("SELECT serial FROM state").fetchone()[0])

    def statements(self, *, holding: bool = True) -> Iterator[Quad]:
        """Yield what users stated; with ``holding`` false, what they took from the shipped graphs."""
        with self._connected() as connection:
            rows = connection.execute("SELECT line FROM statement WHERE holds = ?", (holding,))
            while batch := "\n".join(line for (line,) in islice(rows, _BATCH)):
                try:
                    yield from parse(batch, format=RdfFormat.N_QUADS)
                except SyntaxError as error:
                    raise KeptError(f"{self.path}: damaged ({error}); restore a backup") from error

    def graphs(self) -> list[GraphName]:
        """Return the named graphs that users made, the empty ones too."""
        with self._connected() as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM graph")]
        return [BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name) for name in names]

    def commit(self, change: Difference, serial: int, shipped: frozenset[NamedNode] = frozenset()) -> None:
        """Make ``change`` the one of number ``serial``, whole or not at all, on the disk when this returns.

        What is removed from one of the ``shipped`` graphs is remembered, since it will be built again.
        Raises :class:`KeptError` where it cannot be written, or where the folder has changed since.
        """
        remembered = [quad for quad in change.removed if quad.graph_name in shipped]
        forgotten = [quad for quad in change.removed if quad.graph_name not in shipped]
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            moved = connection.execute("UPDATE state SET serial = ? WHERE serial = ?", (serial, serial - 1))
            if moved.rowcount != 1:
                raise KeptError(f"{self.path}: another process has written to it since it was read")
            say = "INSERT OR REPLACE INTO statement VALUES (?, ?)"
            connection.executemany(say, ((line, True) for line in lines(change.added)))
            connection.executemany(say, ((line, False) for line in lines(remembered)))
            gone = ((line,) for line in lines(forgotten))
            connection.executemany("DELETE FROM statement WHERE line = ?", gone)
            made = ((_name(graph),) for graph in change.graphs_added)
            connection.executemany("INSERT OR IGNORE INTO graph VALUES (?)", made)
            dropped = ((_name(graph),) for graph in change.graphs_removed)
            connection.executemany("DELETE FROM graph WHERE name = ?", dropped)
            connection.execute("COMMIT")

    def lock(self) -> int:
        """Take the folder for this process until the returned descriptor is closed.

        Raises :class:`KeptError` where another process has it.
        """
        descriptor = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise KeptError(
                f"{self.folder}: in use by process {holder or 'unknown'}; stop it, or give another --store"
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        return descriptor

    def backup(self, target: Path) -> int:
        """Write all that is kept, as it stands at one moment, to the file ``target``; return its serial.

        The service may be running. Raises :class:`KeptError` where ``target`` is there already.
        """
        if target.exists():
            raise _there_already(target)
        with self._connected() as source:
            return _copied(source, target, self.origin)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(_opened(self.path)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise KeptError(f"{self.path}: {error}{_HINTS.get(_code(error), '')}") from error


def restore(backup: Path, folder: Path) -> int:
    """Put a backup's statements into ``folder``, which must hold none; return the backup's serial.

    The folder gets an origin of its own: what is changed from here on is not what was changed there.
    Raises :class:`KeptError` where the backup is damaged or there is something in ``folder``.
    """
    if (folder / _FILE).exists():
        raise KeptError(f"{folder}: there are statements already; move them away first")
    if not backup.is_file():
        raise KeptError(f"{backup}: there is no such file")
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as source:
            (verdict,) = source.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise KeptError(f"{backup}: damaged ({verdict})")
            _checked(source, backup)
            folder.mkdir(parents=True, exist_ok=True)
            return _copied(source, folder / _FILE, _new_origin())
    except sqlite3.Error as error:
        raise KeptError(f"{backup}: no backup of statements ({error})") from error


def lines(quads: Iterable[Quad]) -> list[str]:
    """Return each of ``quads`` as a line of N-Quads.

    >>> p = NamedNode("http://example.org/p")
    >>> lines([Quad(p, p, p)])
    ['<http://example.org/p> <http://example.org/p> <http://example.org/p> .']
    """
    written = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return written.decode("utf-8").split("\n")[:-1]


def _opened(path: Path) -> sqlite3.Connection:
    # Transactions are begun and ended by hand. The rollback journal needs no shared memory, and FULL
    # has the disk confirm before a change counts as made.
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _new_origin() -> str:
    return secrets.token_hex(4)


def _checked(connection: sqlite3.Connection, path: Path) -> str:
    """The origin of the statements in the database at ``path``, made sure to be of our format."""
    found, origin = connection.execute("SELECT format, origin FROM state").fetchone()
    if found != _FORMAT:
        raise KeptError(f"{path}: its format is {found}, this version reads {_FORMAT} only")
    for table in ("statement", "graph"):
        connection.execute(f"SELECT 1 FROM {table}").fetchone()
    return str(origin)


def _copied(source: sqlite3.Connection, target: Path, origin: str) -> int:
    """Copy ``source`` to the file ``target``, whole or not at all, under ``origin``; return its serial."""
    draft = target.with_name(f".{target.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        with closing(_opened(draft)) as copy:
            source.backup(copy)
            copy.execute("UPDATE state SET origin = ?", (origin,))
            (serial,) = copy.execute("SELECT serial FROM state").fetchone()
        _put(draft, target)
    except FileExistsError as error:
        raise _there_already(target) from error
    except (sqlite3.Error, OSError) as error:
        raise KeptError(f"{target}: {error}; nothing was written") from error
    finally:
        for left in target.parent.glob(f"{draft.name}*"):  # the draft, and a journal of its own
            left.unlink()
    return int(serial)


def _put(draft: Path, target: Path) -> None:
    """Give ``draft`` the name ``target``; :class:`FileExistsError` where something has it."""
    try:
        os.link(draft, target)  # to rename it would overwrite what came meanwhile
    except PermissionError:  # there are file systems without links
        draft.rename(target)


def _there_already(target: Path) -> KeptError:
    return KeptError(f"{target}: it is there already; nothing is overwritten")


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _name(graph: GraphName) -> str:
    return str(graph) if isinstance(graph, BlankNode) else graph.value


_HINTS = {
    sqlite3.SQLITE_FULL: "; nothing was changed: make room on the disk and try again",
    sqlite3.SQLITE_BUSY: "; another program holds it: nothing was changed, try again",
    sqlite3.SQLITE_READONLY: "; nothing was changed: the file or its folder is not writable",
    sqlite3.SQLITE_NOTADB: "; it is no file of ours",
    sqlite3.SQLITE_CORRUPT: "; restore a backup",
}
