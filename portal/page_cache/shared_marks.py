"""Marks of several hosts, in Redis or Valkey; the pages themselves lie on each host."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis

from portal.page_cache.marks import CHANGING, GRACE, Ahead, Folder, new_name

logger = logging.getLogger(__name__)

# No commit takes longer; a writer that is not heard of again within it was killed. In seconds.
LONGEST_COMMIT = 60

# Atomic, by the clock of the server alone. KEYS: now, writers, the latest of them.
# ARGV: the writer. Gives the generation that was good.
_BEGIN = f"""
local time = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[2], time + {LONGEST_COMMIT}, ARGV[1])
redis.call('SET', KEYS[3], ARGV[1])
local name = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], '{CHANGING}')
return name
"""
_GIVE_UP = f"""
local time = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[2], 'XX', time + {GRACE:.0f}, ARGV[1])
"""
# ARGV: the new generation, the writer that has finished or "", the generation that it built ahead or "".
_SETTLE = f"""
local time = tonumber(redis.call('TIME')[1])
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', time)
local name = redis.call('GET', KEYS[1])
local is_quiet = redis.call('ZCARD', KEYS[2]) == 0
if is_quiet and (ARGV[2] ~= '' or not name or name == '{CHANGING}') then
  local is_alone = name == '{CHANGING}' and redis.call('GET', KEYS[3]) == ARGV[2]
  local following = (ARGV[3] ~= '' and is_alone) and ARGV[3] or ARGV[1]
  redis.call('SET', KEYS[1], following)
  return following
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
        self._keys = [f"{prefix}:{name}" for name in ("now", "writers", "latest")]
        # A server that is gone must not hold readers up.
        self._server = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=0.5)

    def current(self) -> str | None:
        try:
            name = self._read()
            if name in ("", CHANGING):
                name = self._run(_SETTLE, new_name(), "", "")
        except redis.RedisError:
            return None
        return None if name == CHANGING else name

    def renew(self, ended: str) -> None:
        with suppress(redis.RedisError):
            self._run(_RENEW, new_name(), ended)
            self.point_here()

    @contextmanager
    def change(self, ahead: Ahead | None = None) -> Iterator[None]:
        writer = secrets.token_hex(8)
        before = self._tell(_BEGIN, writer)
        try:
            yield
        except BaseException:
            self._tell(_GIVE_UP, writer)
            raise
        following = ahead.name if ahead is not None and ahead.of == before else ""
        self._tell(_SETTLE, new_name(), writer, following)

    def point_here(self) -> None:
        """Lets this host's link follow; the runner does so twice a second for other hosts' changes.

        The name is read while the lock is held, so that no slower process sets an older one.
        """
        with self.folder.locked():
            name = self._read()
            if name and name != self.folder.pointed_to():
                self.folder.point(name)

    def _tell(self, script: str, *arguments: str) -> str:
        try:
            said = self._run(script, *arguments)
            self.point_here()
            return said
        except (redis.RedisError, OSError):
            # Other hosts may show pages of before until their time is over (`entries.LIFE`).
            logger.exception("A change of the pages could not be marked.")
            self.folder.forget_where_to_point()
            return ""

    def _read(self) -> str:
        found = self._server.get(self._keys[0])
        return found.decode() if isinstance(found, bytes) else ""

    def _run(self, script: str, *arguments: str) -> str:
        found = self._server.eval(script, len(self._keys), *self._keys, *arguments)
        return found.decode() if isinstance(found, bytes) else ""
