"""Which pages are asked for again and again."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from threading import get_ident

_HALF = 600.0  # seconds, after which having been built counts half
# A page that has just become known must be able to stay until it is asked for again; all are written
# anew each time.
_MOST = 64


class Often:
    """How often each page had to be built or asked about again, lately: not more than once while it
    is kept, however many read it. Processes that write at once may lose each other's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, key: str) -> None:
        scores, now = self._read(), time.time()
        scores[key] = (self._worth(scores.get(key, (0.0, now)), now) + 1, now)
        while len(scores) > _MOST:
            del scores[min(scores, key=lambda each: self._worth(scores[each], now))]
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.{get_ident()}")
        with suppress(OSError):
            temporary.write_text(json.dumps(scores))
            temporary.replace(self._path)

    def keys(self) -> list[str]:
        """Those asked for most come first."""
        scores, now = self._read(), time.time()
        return sorted(scores, key=lambda key: -self._worth(scores[key], now))

    def _read(self) -> dict[str, tuple[float, float]]:
        with suppress(OSError, ValueError, AttributeError, TypeError):
            read = json.loads(self._path.read_bytes())
            return {key: (float(score), float(at)) for key, (score, at) in read.items()}
        return {}

    @staticmethod
    def _worth(noted: tuple[float, float], now: float) -> float:
        score, at = noted
        return float(score * 0.5 ** (max(0.0, now - at) / _HALF))
