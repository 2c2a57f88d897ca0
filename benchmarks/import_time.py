"""How long `import iamlogic` takes, and what it loads: the aim is under 60 ms, without z3 and lark.

    python benchmarks/import_time.py

Each run is a fresh interpreter; the time is that of the import alone, taken inside. The fastest of
many runs is the figure to compare: everything slower is the machine's noise.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

RUNS = 20
AIM = 0.060
SCRIPT = """
import sys, time
start = time.perf_counter()
import iamlogic
print(time.perf_counter() - start, *sorted({"z3", "lark"} & set(sys.modules)))
"""


def main() -> None:
    """Measure and print."""
    seconds: list[float] = []
    loaded: set[str] = set()
    for _ in range(RUNS):
        output = subprocess.run(
            [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
        ).stdout.split()
        seconds.append(float(output[0]))
        loaded.update(output[1:])
    best, median = min(seconds), statistics.median(seconds)
    print(f"import iamlogic: best {best * 1e3:.1f} ms, median {median * 1e3:.1f} ms of {RUNS} runs")
    print(f"aim: {AIM * 1e3:.0f} ms: {'met' if best < AIM else 'MISSED'}")
    print(f"loaded that should not be: {', '.join(sorted(loaded)) or 'nothing'}")


if __name__ == "__main__":
    main()
