"""Where ``ontology/`` and ``queries/`` lie.

In a checkout (and an editable install of it) they stand at its root, where people edit them; a
wheel carries them inside the package. Nothing else in the package knows the difference.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def root() -> Path:
    """Return the folder that holds ``ontology/`` and ``queries/``.

    Raises :class:`FileNotFoundError` where the installation carries neither.

    >>> (root() / "ontology" / "integrin.ttl").is_file()
    True
    """
    for folder in (_PACKAGE / "resources", _CHECKOUT):
        if (folder / "ontology" / "integrin.ttl").is_file():
            return folder
    raise FileNotFoundError(
        f"no ontology/integrin.ttl in {_PACKAGE / 'resources'} or {_CHECKOUT}: reinstall integrin-kg"
    )


def ontology_folder() -> Path:
    """Return the folder of the ontology and its data tables."""
    return root() / "ontology"


def queries_folder() -> Path:
    """Return the folder of the saved queries."""
    return root() / "queries"
