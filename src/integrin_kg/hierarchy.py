"""What is above what, as sets of names: all that is, or the nearest."""

from __future__ import annotations

Above = dict[str, set[str]]


def closure(direct: Above) -> Above:
    """Return every class above each, by its ``direct`` superclasses; rings are walked once.

    >>> sorted(closure({"a": {"b"}, "b": {"c"}, "c": {"b"}})["a"])
    ['b', 'c']
    """
    found: Above = {}
    for iri, parents in direct.items():
        queue = list(parents)
        for parent in queue:
            queue += [above for above in direct.get(parent, ()) if above not in queue]
        found[iri] = set(queue)
    return found


def nearest(above: Above) -> Above:
    """Return of all classes ``above`` each those with none in between.

    >>> nearest({"a": {"b", "c"}, "b": {"c"}, "c": set()})["a"]
    {'b'}
    """
    return {
        iri: {parent for parent in parents if not _between(iri, parent, above)}
        for iri, parents in above.items()
    }


def _between(iri: str, parent: str, above: Above) -> bool:
    if parent == iri:
        return True
    return any(
        parent in above.get(other, ()) and other not in above.get(parent, ())
        for other in above[iri] - {parent, iri}
        if iri not in above.get(other, ())
    )
