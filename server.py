"""``python server.py``: ``integrin-kg serve`` for those who look for a server.py."""

import sys

from integrin_kg.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
