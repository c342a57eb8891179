"""A progress bar where somebody watches, plain lines where nobody does."""

from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


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
