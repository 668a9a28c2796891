"""What is raised for a person to read, not to debug."""

from __future__ import annotations


class MeantToBeRead(Exception):
    """Says in its message what is wrong, where, and how to mend it: a command prints it and ends with
    status 1."""

    @property
    def message(self) -> str:
        """What a command prints."""
        return str(self)
