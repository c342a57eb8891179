"""Marks of several hosts, in Redis or Valkey; the pages themselves lie on each host."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis

from portal.page_cache.marks import CHANGING, GRACE, Folder

logger = logging.getLogger(__name__)

# No commit takes longer; a writer that is not heard of again within it was killed. In seconds.
LONGEST_COMMIT = 60

# Atomic, by the clock of the server alone. KEYS: now, writers.
_BEGIN = f"""
local time = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[2], time + {LONGEST_COMMIT}, ARGV[1])
redis.call('SET', KEYS[1], '{CHANGING}')
"""
_GIVE_UP = f"""
local time = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[2], 'XX', time + {GRACE:.0f}, ARGV[1])
"""
# ARGV: the new generation, the writer that has finished or "".
_SETTLE = f"""
local time = tonumber(redis.call('TIME')[1])
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', time)
local name = redis.call('GET', KEYS[1])
local is_quiet = redis.call('ZCARD', KEYS[2]) == 0
if is_quiet and (ARGV[2] ~= '' or not name or name == '{CHANGING}') then
  redis.call('SET', KEYS[1], ARGV[1])
  return ARGV[1]
end
return name
"""
# ARGV: the new generation, the one that has ended.
_RENEW = """
if redis.call('GET', KEYS[1]) == ARGV[2] then redis.call('SET', KEYS[1], ARGV[1]) end
"""


class SharedMarks:
    def __init__(self, folder: Folder, url: str, *, prefix: str) -> None:
        self.folder = folder
        self._keys = [f"{prefix}:now", f"{prefix}:writers"]
        # A server that is gone must not hold readers up.
        self._server = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=0.5)

    def current(self) -> str | None:
        try:
            name = self._read()
            if name in ("", CHANGING):
                name = self._run(_SETTLE, secrets.token_hex(8), "")
        except redis.RedisError:
            return None
        return None if name == CHANGING else name

    def renew(self, ended: str) -> None:
        with suppress(redis.RedisError):
            self._run(_RENEW, secrets.token_hex(8), ended)
            self.point_here()

    @contextmanager
    def change(self) -> Iterator[None]:
        writer = secrets.token_hex(8)
        self._tell(_BEGIN, writer)
        try:
            yield
        except BaseException:
            self._tell(_GIVE_UP, writer)
            raise
        self._tell(_SETTLE, secrets.token_hex(8), writer)

    def point_here(self) -> None:
        """Lets this host's link follow; the runner does so twice a second for other hosts' changes.

        The name is read while the lock is held, so that no slower process sets an older one.
        """
        with self.folder.locked():
            name = self._read()
            if name and name != self._pointed_to():
                self.folder.point(name)

    def _pointed_to(self) -> str:
        with suppress(OSError):
            return self.folder.now()
        return ""

    def _tell(self, script: str, *arguments: str) -> None:
        try:
            self._run(script, *arguments)
            self.point_here()
        except (redis.RedisError, OSError):
            # Other hosts may show pages of before until their time is over (`entries.LIFE`).
            logger.exception("A change of the pages could not be marked.")
            self.folder.forget_where_to_point()

    def _read(self) -> str:
        found = self._server.get(self._keys[0])
        return found.decode() if isinstance(found, bytes) else ""

    def _run(self, script: str, *arguments: str) -> str:
        found = self._server.eval(script, len(self._keys), *self._keys, *arguments)
        return found.decode() if isinstance(found, bytes) else ""
