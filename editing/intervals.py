"""A database constraint against overlapping intervals, the same on PostgreSQL and SQLite.

PostgreSQL has exclusion constraints; SQLite gets two triggers that refuse what PostgreSQL would.
Both are made by Django's schema editor, so they come back when SQLite rebuilds a table.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import Q


class NoOverlap(models.BaseConstraint):
    """Rows with the same integer `group` and a `state` among `states` have half-open intervals
    `start`–`end` (no end: for ever) that do not overlap."""

    def __init__(
        self, *, name: str, group: str, start: str, end: str, state: str, states: Sequence[str]
    ) -> None:
        super().__init__(
            name=name,
            violation_error_code="overlap",
        )
        self.group, self.start, self.end = group, start, end
        self.state, self.states = state, list(states)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs.pop("violation_error_code", None)
        names = ("group", "start", "end", "state", "states")
        return path, args, kwargs | {name: getattr(self, name) for name in names}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)

    # The schema editor calls these three.

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        # Nothing inside CREATE TABLE: the statements wait until the table has its final name.
        schema_editor.deferred_sql.extend(self._statements(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        *first, last = self._statements(model, schema_editor)
        for statement in first:
            schema_editor.execute(statement, params=None)
        return last

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        if schema_editor.connection.vendor == "postgresql":
            table = Table(model._meta.db_table, quote)
            return Statement(
                f"ALTER TABLE %(table)s DROP CONSTRAINT {quote(self.name)}", table=table
            )
        schema_editor.execute(f"DROP TRIGGER {quote(self.name + '_insert')}", params=None)
        return f"DROP TRIGGER {quote(self.name + '_update')}"

    def _statements(self, model: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        table = Table(model._meta.db_table, schema_editor.quote_name)
        if schema_editor.connection.vendor == "postgresql":
            return [Statement(self._exclusion(model), table=table)]
        return [
            Statement(self._trigger(model, event), table=table) for event in ("insert", "update")
        ]

    def _columns(self, model: Any) -> tuple[str, str, str, str]:
        column = model._meta.get_field
        group, start, end, state = (
            f'"{column(name).column}"' for name in (self.group, self.start, self.end, self.state)
        )
        return group, start, end, state

    def _listed_states(self) -> str:
        return ", ".join(f"'{state}'" for state in self.states)

    def _exclusion(self, model: Any) -> str:
        group, start, end, state = self._columns(model)
        # A range of one integer, because plain equality in GiST would need an extension.
        return (
            f'ALTER TABLE %(table)s ADD CONSTRAINT "{self.name}" EXCLUDE USING gist ('
            f"int8range({group}, {group}, '[]') WITH &&, tstzrange({start}, {end}) WITH &&"
            f") WHERE ({state} IN ({self._listed_states()}))"
        )

    def _trigger(self, model: Any, event: str) -> str:
        group, start, end, state = self._columns(model)
        return (
            f'CREATE TRIGGER "{self.name}_{event}" BEFORE {event.upper()} ON %(table)s '
            f"WHEN NEW.{state} IN ({self._listed_states()}) BEGIN "
            f"SELECT RAISE(ABORT, 'CHECK constraint failed: {self.name}') WHERE EXISTS ("
            f"SELECT 1 FROM %(table)s AS other WHERE other.{group} = NEW.{group} "
            f'AND other."id" IS NOT NEW."id" AND other.{state} IN ({self._listed_states()}) '
            f"AND (other.{end} IS NULL OR NEW.{start} < other.{end}) "
            f"AND (NEW.{end} IS NULL OR other.{start} < NEW.{end})); END"
        )

    def validate(
        self,
        model: Any,
        instance: Any,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        start, end = getattr(instance, self.start), getattr(instance, self.end)
        if getattr(instance, self.state) not in self.states or start is None:
            return
        group = model._meta.get_field(self.group).attname
        overlapping = Q(**{f"{self.end}__isnull": True}) | Q(**{f"{self.end}__gt": start})
        if end is not None:
            overlapping &= Q(**{f"{self.start}__lt": end})
        others = model._base_manager.using(using).exclude(pk=instance.pk)
        rows = {group: getattr(instance, group), f"{self.state}__in": self.states}
        if others.filter(overlapping, **rows).exists():
            raise ValidationError(self.get_violation_error_message(), code="overlap")
