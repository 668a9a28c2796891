"""The service's settings: one table of names, defaults and help, shared by every entry point."""

from __future__ import annotations

import argparse
from collections.abc import Container
from dataclasses import dataclass, field, fields
from math import inf
from typing import Any


def _setting(
    default: Any, help: str, choices: tuple[str, ...] | None = None, *, above_0: bool = False
) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices, "above_0": above_0})


@dataclass(frozen=True)
class Settings:
    """How to serve."""

    host: str = _setting("127.0.0.1", "the address to listen on")
    port: int = _setting(8000, "the port to listen on; 0 takes a free one")
    workers: int = _setting(
        6, "how many processes run queries; more come when they are all busy", above_0=True
    )
    concurrency: int = _setting(
        32, "how many queries may run at once; as many may wait, the rest get a 429", above_0=True
    )
    query_timeout: float = _setting(10.0, "how many seconds a query may take", above_0=True)
    query_memory: int = _setting(1024, "how many MiB of memory a query may take", above_0=True)
    update_timeout: float = _setting(
        60.0, "how many seconds a change may take, what follows included", above_0=True
    )
    update_memory: int = _setting(4096, "how many MiB of memory a change may take", above_0=True)
    cache: int = _setting(64, "how many MiB of answers to keep for who asks again; 0 keeps none")
    upload_limit: int = _setting(64, "how many MiB an uploaded document may have, unpacked")
    store: str = _setting(
        "memory", "a folder that keeps what users write, the URL of another engine's endpoint, or 'memory'"
    )
    update_url: str = _setting("", "where the engine of --store takes updates")
    graph_store_url: str = _setting("", "where the engine of --store takes whole graphs")
    release: str = _setting(
        "", "an .nq file that 'build' or 'release' wrote, to serve as it is: starts at once, takes no changes"
    )
    writable: bool = _setting(False, "let those who have the token of INTEGRIN_KG_TOKEN write")
    token_file: str = _setting("", "a file to read the token from instead")
    unlock: bool = _setting(False, "let updates change the shipped graphs too")
    allow_service: tuple[str, ...] = _setting((), "an endpoint that SERVICE may call; may be repeated")
    empty: bool = _setting(False, "start with an empty dataset, whose default graph is the one with no name")
    trusted_proxy: str = _setting(
        "", "the address of a reverse proxy whose X-Forwarded- headers are believed"
    )
    log_level: str = _setting("info", "how much to log", choices=("debug", "info", "warning", "error"))
    reasoning: bool = _setting(True, "serve what follows beside what is asserted")

    @property
    def remote(self) -> bool:
        """Whether the store is an engine of its own, behind HTTP."""
        return self.store.startswith(("http://", "https://"))

    @property
    def folder(self) -> str | None:
        """The folder that keeps what users write; None where there is none."""
        return None if self.remote or self.store == "memory" else self.store

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace) -> Settings:
        """Return the settings that the parsed command line gives, and the defaults of those that it has
        no option for."""
        given = vars(arguments)
        return cls(**{setting.name: given[setting.name] for setting in fields(cls) if setting.name in given})


def add_arguments(parser: argparse.ArgumentParser, names: Container[str] | None = None) -> None:
    """Add an option for each setting, or for those of the ``names`` only; a setting that is on by default
    gets ``--no-...``."""
    for setting in fields(Settings):
        if names is not None and setting.name not in names:
            continue
        option = setting.name.replace("_", "-")
        if setting.default == ():
            parser.add_argument(
                f"--{option}", action="append", default=[], metavar="URL", help=setting.metadata["help"]
            )
        elif setting.default is False:
            parser.add_argument(f"--{option}", action="store_true", help=setting.metadata["help"])
        elif setting.default is True:
            parser.add_argument(
                f"--no-{option}",
                dest=setting.name,
                action="store_false",
                help=f"do not {setting.metadata['help']}",
            )
        else:
            parser.add_argument(
                f"--{option}",
                type=_reader(type(setting.default), above_0=setting.metadata["above_0"]),
                default=setting.default,
                choices=setting.metadata["choices"],
                metavar=None if setting.metadata["choices"] else type(setting.default).__name__.upper(),
                help=f"{setting.metadata['help']} (default: {setting.default})",
            )


def _reader(kind: type, *, above_0: bool) -> Any:
    """Return what reads an option of that ``kind``: text, or a number that is finite and not below 0."""
    if kind is str:
        return str

    def read(text: str) -> Any:
        value = kind(text)
        if not 0 <= value < inf or (above_0 and value == 0):
            raise ValueError(text)
        return value

    read.__name__ = (
        "whole number" if kind is int else "number"
    ) + " above 0" * above_0  # as argparse tells it
    return read
