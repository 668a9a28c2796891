"""Hostile requests as data: what a public endpoint is sent, and the statuses that are right.

Each module but :mod:`request` and :mod:`service` is a table, ``ROWS``, by name; some name in ``EXTRA``
those that take long and are much like others, which ``make fuzz`` tries and ``make test`` does not.
Everything is sent as bytes on a socket: what no HTTP library would send is what these are about.
"""
