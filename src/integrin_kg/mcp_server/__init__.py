"""The graph for assistants: a server of the Model Context Protocol over the guarded engine.

Thin: its tools ask what pages ask (:mod:`integrin_kg.lookup`), or hand a query to the engine's workers.
https://modelcontextprotocol.io/specification/
"""
