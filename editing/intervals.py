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
    """Rows with the same integer `group` have half-open intervals `start`–`end`, of days or of
    instants, that do not overlap. No start: since ever; no end: for ever.

    Left alone are rows without a group and, where a `state` is named, those not in `states`.
    """

    def __init__(
        self,
        *,
        name: str,
        group: str,
        start: str,
        end: str,
        state: str = "",
        states: Sequence[str] = (),
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

    def _column(self, model: Any, name: str) -> str:
        return f'"{model._meta.get_field(name).column}"'

    def _condition(self, model: Any, row: str = "") -> str:
        """Which rows the rule is about; `row` is the name of the row in a trigger, with its dot."""
        condition = f"{row}{self._column(model, self.group)} IS NOT NULL"
        if self.state:
            states = ", ".join(f"'{state}'" for state in self.states)
            condition += f" AND {row}{self._column(model, self.state)} IN ({states})"
        return condition

    def _exclusion(self, model: Any) -> str:
        group, start, end = (self._column(model, name) for name in self._names())
        has_instants = isinstance(model._meta.get_field(self.start), models.DateTimeField)
        interval = "tstzrange" if has_instants else "daterange"
        # A range of one integer, because plain equality in GiST would need an extension.
        return (
            f'ALTER TABLE %(table)s ADD CONSTRAINT "{self.name}" EXCLUDE USING gist ('
            f"int8range({group}, {group}, '[]') WITH &&, {interval}({start}, {end}) WITH &&"
            f") WHERE ({self._condition(model)})"
        )

    def _names(self) -> tuple[str, str, str]:
        return self.group, self.start, self.end

    def _trigger(self, model: Any, event: str) -> str:
        group, start, end = (self._column(model, name) for name in self._names())
        return (
            f'CREATE TRIGGER "{self.name}_{event}" BEFORE {event.upper()} ON %(table)s '
            f"WHEN {self._condition(model, 'NEW.')} BEGIN "
            f"SELECT RAISE(ABORT, 'CHECK constraint failed: {self.name}') WHERE EXISTS ("
            f"SELECT 1 FROM %(table)s AS other WHERE other.{group} = NEW.{group} "
            f'AND other."id" IS NOT NEW."id" AND {self._condition(model, "other.")} '
            f"AND (other.{end} IS NULL OR NEW.{start} IS NULL OR NEW.{start} < other.{end}) "
            f"AND (NEW.{end} IS NULL OR other.{start} IS NULL OR other.{start} < NEW.{end})); END"
        )

    def validate(
        self,
        model: Any,
        instance: Any,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        group = model._meta.get_field(self.group).attname
        if self.group in (exclude or ()) or getattr(instance, group) is None:
            return
        if self.state and getattr(instance, self.state) not in self.states:
            return
        others = model._base_manager.using(using).exclude(pk=instance.pk)
        rows = {group: getattr(instance, group)}
        if self.state:
            rows[f"{self.state}__in"] = self.states
        start, end = getattr(instance, self.start), getattr(instance, self.end)
        if others.filter(self.overlapping(start, end), **rows).exists():
            raise ValidationError(self.get_violation_error_message(), code="overlap")

    def overlapping(self, start: Any, end: Any) -> Q:
        """Rows whose interval has an instant in common with this one."""
        rows = Q()
        if start is not None:
            rows &= Q(**{f"{self.end}__isnull": True}) | Q(**{f"{self.end}__gt": start})
        if end is not None:
            rows &= Q(**{f"{self.start}__isnull": True}) | Q(**{f"{self.start}__lt": end})
        return rows
