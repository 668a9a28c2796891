"""Fuzz every parser of bytes with coverage to guide: ``python tests/fuzz/run.py [seconds each]``.

Needs atheris (``make fuzz`` installs it). An input that breaks a property is left in
``.fuzz/<property>/`` and its name printed; give it instead of the seconds to see it fail again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
with atheris.instrument_imports(include=["integrin_kg", "fuzz", "werkzeug.http", "werkzeug.datastructures"]):
    from fuzz.properties import PROPERTIES

FOLDER = Path(".fuzz")


def main() -> int:
    """Run each property in a process of its own: libFuzzer ends the process that it runs in."""
    given = sys.argv[1] if len(sys.argv) > 1 else "60"
    if len(sys.argv) > 2:
        _fuzz(sys.argv[1], sys.argv[2])
    if not given.isdecimal():
        return _again(Path(given))
    broken = [name for name in PROPERTIES if subprocess.call([sys.executable, __file__, name, given])]
    print("broken:", ", ".join(broken) or "none")
    return len(broken)


def _fuzz(name: str, seconds: str) -> None:
    corpus = FOLDER / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={FOLDER / name}/",
        "-max_len=2000",
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    print(f"-- {name}", flush=True)
    atheris.Setup([__file__, *options, str(corpus)], PROPERTIES[name])
    atheris.Fuzz()


def _again(found: Path) -> int:
    PROPERTIES[found.parent.name](found.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
