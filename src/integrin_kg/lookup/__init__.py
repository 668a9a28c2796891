"""What readers look up, pages and assistants alike: things by name, what is said of them, claims.

Asked of the engine with ``queries/pages/*.rq``; who shows the answer, and how, is not known here.
"""
