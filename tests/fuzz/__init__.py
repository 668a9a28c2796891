"""What parses bytes from outside, and what must hold whatever the bytes are.

:mod:`fuzz.properties` says what must hold; ``tests/test_fuzz.py`` tries it briefly, and
``python tests/fuzz/run.py`` for as long as one likes (``make fuzz``).
"""
