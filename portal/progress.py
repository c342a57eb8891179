"""A progress bar where somebody watches, plain lines where nobody does."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


def shown_progress(
    steps: Iterable[int], *, total: int, label: str, output: TextIO
) -> Iterator[int]:
    """Passes the counts on while showing them; each is how many are done so far."""
    console = Console(file=output)
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(label, total=total)
        for done in steps:
            progress.update(task, completed=done)
            yield done


@contextmanager
def reported_progress(
    output: TextIO, *, is_quiet: bool = False
) -> Iterator[Callable[[str, int, int], None]]:
    """Shows several pieces of work: each report is a label, how much is done, how much there is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(file=output), disable=is_quiet) as progress:
        tasks: dict[str, TaskID] = {}

        def report(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = progress.add_task(label, total=total or None)
            progress.update(tasks[label], completed=done, total=total or None)

        yield report
