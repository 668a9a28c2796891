"""Queries in expendable processes.

pyoxigraph cannot time out or cancel a query, and a hostile one can crash or fill the process that
parses it. So nothing is parsed where it matters: one single-threaded *host* holds the store and
forks *workers*; each takes a query from a Unix socket under a deadline, a memory cap, an output
cap and no right to open a socket. A *client* in the web process sends queries and learns, when a
worker dies, from the host what it died of.
"""
