"""Five hundred readers at once while an editor publishes: no error, how long they wait, how memory
grows, and after how long they see what was published.

Each reader asks for a page once a second, through nginx and directly; then once more without
any pause, which is as much as the machine can do. `make bench PARTS=readers` runs it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))

import load
import servers
from rich.console import Console
from rich.table import Table

READERS = 500
# What the machine can do without a pause is soon seen, and wrk takes minutes to tell many times apart.
LONGEST_WITHOUT_A_PAUSE = 15  # seconds
# Not search, which is answered afresh for each question: a seventh of all readers would ask nothing else.
PAGES = ("home", "list", "article", "hotline", "list, last number", "oldest article")

# What an editor has left who was stopped.
TAKE_AWAY = """
from news.models import Article
Article.objects.filter(origin__startswith="bench:").delete()
"""


@dataclass
class Run:
    name: str
    base: str
    server: servers.Server
    has_pauses: bool
    bound: int  # milliseconds within which 99 of 100 should be answered; 0 is none
    answers: load.Answers | None = None
    delays: list[float | None] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        return servers.BEHIND_NGINX if self.base.startswith("https:") else {}

    def go(self, variables: dict[str, str], paths: list[str], readers: int, seconds: int) -> None:
        if not self.has_pauses:
            seconds = min(seconds, LONGEST_WITHOUT_A_PAUSE)
        # A portal that has just been started is another question (`make bench PARTS=start`): each worker
        # has built pages, of which nginx's cache would ask for few, and nginx has them.
        for base in dict.fromkeys((self.server.base, self.base)):
            load.ask(base + "/", connections=8, seconds=2, paths=paths)
        editor = subprocess.Popen(
            [sys.executable, "bench/editor.py"],
            cwd=servers.ROOT,
            env=servers.environment(
                **variables, **self.settings, BASE=self.base, SECONDS=str(seconds - 5)
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert editor.stdout is not None
        try:
            editor.stdout.readline()
            if self.has_pauses:
                self.answers = load.read_at_leisure(
                    self.base, paths, readers=readers, seconds=seconds, while_it_runs=self._weigh
                )
            else:
                self.answers = load.ask(
                    self.base + "/",
                    connections=readers,
                    seconds=seconds,
                    paths=paths,
                    while_it_runs=self._weigh,
                )
            self.delays = json.loads(editor.communicate(timeout=120)[0] or "[]")
        finally:
            editor.kill()

    def _weigh(self) -> None:
        sizes = [servers.memory(pid)[1] for pid in self.server.workers()]
        self.megabytes.append(sum(sizes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=READERS)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    load.check_client()
    servers.KEPT.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    with ExitStack() as stack:
        with console.status(f"A portal with {options.articles} articles …"):
            variables = servers.prepared(options.articles)
            servers.manage(variables, "shell", "--no-imports", "-c", TAKE_AWAY)
        paths = [path for page, path in servers.addresses(variables).items() if page in PAGES]
        runs = _runs(stack, variables)
        for run in runs:
            with console.status(f"{options.readers} readers, {run.name} …"):
                run.go(variables, paths, options.readers, options.seconds)
    title = f"{options.readers} readers, {options.articles} articles, {options.seconds} s each"
    (Console() if Console().is_terminal else Console(width=200)).print(_table(title, runs))


def _runs(stack: ExitStack, variables: dict[str, str]) -> list[Run]:
    direct = stack.enter_context(servers.portal(variables))
    runs = [Run("directly", direct.base, direct, True, 250)]
    if servers.NGINX is not None:
        behind = stack.enter_context(servers.behind_nginx(variables))
        front = _front(stack, behind, variables, keeps=True)
        proxied = _front(stack, behind, variables, keeps=False)
        runs += [
            Run("through nginx", front, behind, True, 50),
            Run("through nginx without its cache", proxied, behind, True, 250),
            Run("through nginx, without a pause", front, behind, False, 0),
        ]
    return [*runs, Run("directly, without a pause", direct.base, direct, False, 0)]


def _front(
    stack: ExitStack, behind: servers.Server, variables: dict[str, str], *, keeps: bool
) -> str:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
    folder.chmod(0o755)
    port, var = urlsplit(behind.base).port or 0, Path(variables["VAR_DIR"])
    made = servers.nginx(folder, port, var, var / "pages", many_from_one=True, keeps=keeps)
    return stack.enter_context(made)[0].base


def _table(title: str, runs: list[Run]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("", "answers", "failed", "requests/s", "p50 ms", "p99 ms", "wanted"):
        table.add_column(heading, justify="right" if heading else "left")
    for heading in ("MB of the workers, at first", "after a third", "at last"):
        table.add_column(heading, justify="right")
    table.add_column("articles published, and seen within ms", justify="right")
    for run in runs:
        if run.answers is not None:
            table.add_row(run.name, *_cells(run, run.answers))
    return table


def _cells(run: Run, answers: load.Answers) -> list[str]:
    slow = load.percentile(answers.times, 0.99)
    colour = "green" if slow <= run.bound else "red"
    failed = str(answers.failed)
    seen = [delay for delay in run.delays if delay is not None]
    missed = len(run.delays) - len(seen)
    weights = run.megabytes or [0.0]
    return [
        *(str(answers.count), failed if failed == "0" else f"[red]{failed}[/]"),
        *(f"{answers.per_second:.0f}", f"{load.percentile(answers.times, 0.5):.1f}"),
        f"{slow:.1f}",
        f"[{colour}]≤ {run.bound}[/]" if run.bound else "",
        *(f"{weight:.0f}" for weight in (weights[0], weights[len(weights) // 3], weights[-1])),
        f"{len(run.delays)}, {max(seen, default=0):.0f}" + (f", {missed} missed" if missed else ""),
    ]


if __name__ == "__main__":
    main()
