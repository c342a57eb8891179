"""Asks one address for a moment, over so many connections at once, and says how it was answered.

The client is wrk: written in C, so that it does not become the limit. It is interrupted when the
moment is over, and a script of ours has it print each time it saw: percentiles of many rounds are
those of all requests.
"""

import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# What a reader's browser says, so that visits are counted as a reader's are; but for the codings, so
# that all answer the same bytes.
HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept: text/html,application/xhtml+xml",
    "Accept-Language: vi,en;q=0.5",
)
SCRIPT = Path(__file__).with_name("times.lua")


@dataclass(frozen=True)
class Answers:
    """How often each time was seen, in microseconds, and how many answers were not good."""

    times: Counter[int]
    failed: int
    seconds: float

    @property
    def count(self) -> int:
        return self.times.total()

    @property
    def per_second(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0


def check_client() -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing. Install it: apt-get install wrk")


def ask(
    url: str,
    *,
    connections: int,
    seconds: float,
    paths: Sequence[str] = (),
    pause: int = 0,
    while_it_runs: Callable[[], None] = lambda: None,
) -> Answers:
    """Keeps `connections` requests under way for that long: for the URL, or in turn for the paths
    of its host, each after a pause of so many milliseconds, more or less."""
    command = [
        # Its first line says that it has begun, and can be interrupted.
        *(
            "stdbuf",
            "--output=L",
            "wrk",
            "--threads",
            "1",
            "--connections",
            str(connections),
            "--timeout",
            "30s",
        ),
        *("--duration", "1h", "--script", str(SCRIPT)),
        *(part for header in HEADERS for part in ("--header", header)),
        *(url, "--", str(pause), *paths),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        process.stdout.readline()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            while_it_runs()
            time.sleep(min(left, 1))
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return _read(output)


def _read(output: str) -> Answers:
    lines = [line[1:].split() for line in output.splitlines() if line.startswith("=")]
    if not lines:
        raise SystemExit(f"wrk says: {output}")
    (microseconds, failed), *rest = [(int(first), int(second)) for first, second in lines]
    return Answers(Counter(dict(rest)), failed, microseconds / 1_000_000)


def percentile(times: Counter[int], part: float) -> float:
    """Milliseconds within which that part of the requests was answered, such as 0.99."""
    wanted, seen = part * times.total(), 0
    for microseconds in sorted(times):
        seen += times[microseconds]
        if seen >= wanted:
            return microseconds / 1000
    return 0.0
