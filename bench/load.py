"""Asks addresses for a while, over so many connections at once, and says how they were answered.

The clients are written in C, so that they do not become the limit. Without a pause it is wrk: it is
interrupted when the moment is over, and a script of ours has it print each time it saw, so that
percentiles of many rounds are those of all requests. Readers who take their time are h2load: wrk
counts the pause before a reader's first page as waiting.
"""

import shutil
import signal
import subprocess
import tempfile
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
    for program, package in (("wrk", "wrk"), ("h2load", "nghttp2-client")):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing. Install it: apt-get install {package}")


def ask(
    url: str,
    *,
    connections: int,
    seconds: float,
    paths: Sequence[str] = (),
    while_it_runs: Callable[[], None] = lambda: None,
) -> Answers:
    """Keeps `connections` requests under way for that long: for the URL, or in turn for the paths
    of its host."""
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
        *(url, "--", *paths),
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


def read_at_leisure(
    base: str,
    paths: Sequence[str],
    *,
    readers: int,
    seconds: int,
    while_it_runs: Callable[[], None] = lambda: None,
) -> Answers:
    """Each reader asks for a page a second, in turn for all of them; at any time each page is asked
    for by as many as any other, and they do not ask in step."""
    each = readers // len(paths)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processes = [
            _readers_beginning_with(
                base, [*paths[at:], *paths[:at]], each, seconds, folder / f"{at}"
            )
            for at in range(len(paths))
        ]
        try:
            while any(process.poll() is None for process in processes):
                while_it_runs()
                time.sleep(1)
        finally:
            for process in processes:
                process.kill()
        lines = [
            line.split() for log in folder.glob("*.log") for line in log.read_text().splitlines()
        ]
    if len(lines) != each * len(paths) * seconds:
        raise SystemExit("h2load did not ask for as many pages as it was told to.")
    times = Counter(int(microseconds) for _begun, _status, microseconds in lines)
    failed = sum(status != "200" for _begun, status, _microseconds in lines)
    return Answers(times, failed, seconds)


def _readers_beginning_with(
    base: str, paths: Sequence[str], readers: int, seconds: int, place: Path
) -> subprocess.Popen[bytes]:
    place.write_text("".join(f"{base}{path}\n" for path in paths))
    command = [
        *("h2load", "--h1", "--rps", "1", "--clients", str(readers)),
        # All of them within a second.
        *("--rate", "1", "--rate-period", f"{1000 // readers}ms"),
        *("--requests", str(readers * seconds)),
        *("--input-file", str(place), "--log-file", f"{place}.log"),
        *(part for header in HEADERS for part in ("--header", header)),
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


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
