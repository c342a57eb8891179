"""Sees every statement that changes what pages show, whichever way it comes: a form, a command, an
update of a whole table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.db.transaction import TransactionManagementError
from django.db.utils import Error as DatabaseError

from editing.asked import Asked, is_question, note, present
from portal.page_cache.ahead import build_ahead
from portal.page_cache.places import marks

# Tables of which no kept page shows a row; a test reads every kept page to prove it. Whatever is not
# named here ends the generation: a table forgotten costs speed, never a stale page.
SILENT = frozenset(
    (
        # staff at work
        *("django_session", "django_admin_log", "usersessions_usersession", "mfa_authenticator"),
        *("account_emailaddress", "account_emailconfirmation", "editing_trustedcomputer"),
        *("editing_onetimelink", "editing_autosave", "editing_presence", "editing_notification"),
        *("editing_checkedlink", "editing_auditentry", "editing_user", "editing_user_groups"),
        *("editing_user_user_permissions", "news_dismissal", "news_remark", "news_reviewer"),
        *("news_sharelink", "news_sharelink_editions", "news_onetimecode", "news_linkapproval"),
        "news_edition_editors",
        # what readers send, and staff read
        *("news_rating", "news_readerremark", "portal_subscription", "portal_topic"),
        *("portal_announced", "portal_alertstate", "portal_alert", "portal_missingaddress"),
        *("portal_vainsearch", "portal_vainkey", "portal_vainseats"),
        # the runner, and what it reads of files for the search, whose pages are not kept
        *("portal_task", "portal_backup", "portal_filetext"),
        # visits, which may be as old as a kept page
        *("stats_hourtotal", "stats_daytotal", "stats_daypage", "stats_dayreferrer"),
        *("stats_daydevice", "stats_daylanguage", "stats_visitinterval", "stats_dailysalt"),
        *("stats_spooloffset", "stats_counterstate"),
    )
)
# Of search: the tables of its engines, which no model has.
_SILENT_BEGINNINGS = ("portal_search",)

_WRITE = re.compile(
    r"\s*(?:(?:INSERT|REPLACE)(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?"
    r"|DELETE\s+FROM(?:\s+ONLY)?|TRUNCATE(?:\s+TABLE)?)\s+\"?(\w+)",
    re.IGNORECASE,
)
# What a query is called that the server has planned already; it reads, as `editing.written` does.
PLANNED = "planned_"
_HARMLESS = re.compile(
    r"[\s(]*(?:(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|START|COMMIT|PRAGMA|SET|SHOW|EXPLAIN|VALUES"
    rf"|LOCK|ANALYZE|VACUUM|DECLARE|FETCH|CLOSE)\b|EXECUTE {PLANNED})",
    re.IGNORECASE,
)
_WRITES_WITHIN = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def is_noticed(sql: str) -> bool:
    """Whether a statement may change what a page shows. What is not understood does."""
    if _HARMLESS.match(sql):
        return False
    if found := _WRITE.match(sql):
        table = found[1].lower()
        return table not in SILENT and not table.startswith(_SILENT_BEGINNINGS)
    if sql.lstrip()[:4].upper() == "WITH":
        return bool(_WRITES_WITHIN.search(sql))
    return True


class NoticesChanges:
    """Mixed into a database's connection: marks a change before it is committed, and after."""

    execute_wrappers: list[Callable[..., Any]]
    in_atomic_block: bool
    needs_rollback: bool
    run_on_commit: list[Any]
    ops: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._has_changed = False
        self._stays_open = False
        self.execute_wrappers.append(self._notice)

    def _notice(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if (asked := present()) is not None:
            return self._noted(asked, execute, sql, params, many, context)
        return self._marked(execute, sql, params, many, context)

    def _noted(self, asked: Asked, *statement: Any) -> Any:
        """For what a page is built from."""
        _execute, sql, params, many, context = statement
        text = self.written_as(str(sql))
        if many or not is_question(text):
            asked.is_known = False
            return self._marked(*statement)
        try:
            answer = self._marked(*statement)
            rows = self.rows_of(context["cursor"].cursor)
        except Exception:
            # Whoever catches it shows a page that lacks something.
            asked.is_known = False
            raise
        note(asked, text, text != sql, params, rows, self.ops)
        return answer

    def written_as(self, sql: str) -> str:
        """The text of a query that is called by a name."""
        return sql

    def rows_of(self, cursor: Any) -> list[Any]:
        """What whoever asked will read, too."""
        raise NotImplementedError

    def _marked(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if not settings.PAGE_CACHE or not is_noticed(str(sql)):
            return execute(sql, params, many, context)
        if self.in_atomic_block or not self.get_autocommit():  # type: ignore[attr-defined]
            self._has_changed = True
            return execute(sql, params, many, context)
        # Committed by itself.
        with marks().change():
            answer = execute(sql, params, many, context)
        _look_after_moments()
        return answer

    def commit(self) -> None:
        if not self._has_changed:
            super().commit()  # type: ignore[misc]
            return
        ahead = build_ahead(self)
        if self.needs_rollback:
            # PostgreSQL would roll back what it is told to commit, and not say so.
            raise TransactionManagementError("What a page has done could not be undone.")
        with marks().change(ahead):
            super().commit()  # type: ignore[misc]
        self._has_changed = False
        # Asks the database, which this connection can do again only when all is said.
        self.run_on_commit.insert(0, (set(), _look_after_moments, True))

    @contextmanager
    def for_requests_within(self) -> Iterator[None]:
        """At the end of a transaction, before its commit: whole requests may be answered within it."""
        # To Django it is over already; but each of them is a part of it.
        self.in_atomic_block = self._stays_open = True
        try:
            yield
        finally:
            self.in_atomic_block = self._stays_open = False

    def close_if_unusable_or_obsolete(self) -> None:
        """At the beginning and at the end of each request."""
        if not self._stays_open:
            super().close_if_unusable_or_obsolete()  # type: ignore[misc]

    def rollback(self) -> None:
        super().rollback()  # type: ignore[misc]
        self._has_changed = False

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        self._has_changed = False


def _look_after_moments() -> None:
    # Of models, which are there only later.
    from portal.page_cache.moments import look_after

    with suppress(DatabaseError):
        look_after()
