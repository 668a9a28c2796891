"""The graph as a Python library: what ``from integrin_kg import KnowledgeGraph`` gives.

A *source* answers, here or over HTTP; what it answers becomes a data frame (*frames*), an entity with its
claims (*entity*) or a proof (*explanation*); the *graph* is what a user holds.
"""
