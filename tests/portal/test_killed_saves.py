"""kill -9 in the middle of a save or a publication: it is done, or it is not done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.stats import served

pytestmark = pytest.mark.served


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Of a portal with a database of its own."""
    with ExitStack() as stack:
        environment = served.environment_of(tmp_path_factory.mktemp("var"), 1)
        folder = Path(environment["VAR_DIR"])
        yield environment | stack.enter_context(served.copied(folder))


@pytest.mark.parametrize("thing", ["save", "publish"])
def test_killed_before_any_of_its_statements_it_is_done_or_not_done(
    environment: dict[str, str], thing: str
) -> None:
    printed = served.run(environment, "-m", "tests.portal.killed_writer", thing)
    before, *killed, done = json.loads(printed)
    # What is killed before its transaction is committed is not done; after it, done.
    undone = [state for state in killed if state == before]
    assert len(undone) > 10
    assert killed == undone + [done] * (len(killed) - len(undone))
    if thing == "publish":
        assert (before["live"], done["live"]) == (["Trước khi lưu"], ["Sau khi lưu"])
    else:
        assert done["texts"] == ["Sau khi lưu", "<p>Sau khi lưu</p>", "Sau khi lưu"]
    assert before["opens"] == done["opens"] == 200
    # What was typed is kept until it is saved.
    assert before["kept"]
