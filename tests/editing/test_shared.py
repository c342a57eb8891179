"""What is the same on every page is made once for each state, and afresh where the state is unknown."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial

import pytest
from django.template import engines
from django.utils import translation

from editing.shared import LIFE, shared, under


@pytest.fixture
def made() -> Iterator[int]:
    return itertools.count()


def ask(made: Iterator[int], key: str = "part") -> int:
    return shared(key, lambda: next(made))


def test_under_no_state_everything_is_made_afresh(made: Iterator[int]) -> None:
    assert [ask(made), ask(made)] == [0, 1]
    with under(lambda: None):
        assert [ask(made), ask(made)] == [2, 3]


def test_under_one_state_it_is_made_once_for_each_key_and_language(made: Iterator[int]) -> None:
    with under(lambda: "one"):
        assert [ask(made), ask(made), ask(made, "another"), ask(made, "another")] == [0, 0, 1, 1]
        with translation.override("en"):
            assert [ask(made), ask(made)] == [2, 2]
        assert ask(made) == 0
    assert ask(made) == 3


def test_nothing_of_another_state_is_given(made: Iterator[int]) -> None:
    answers = []
    for state in ("a", "b", "a"):
        with under(partial(str, state)):
            answers += [ask(made), ask(made)]
    assert answers == [0, 0, 1, 1, 2, 2]


def test_what_is_changed_behind_our_back_is_seen_after_some_time(
    made: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1000.0
    monkeypatch.setattr("editing.shared.time.monotonic", lambda: moment)
    with under(lambda: "an old state"):
        assert [ask(made), ask(made)] == [0, 0]
        moment += LIFE
        assert ask(made) == 0
        moment += 0.001
        assert [ask(made), ask(made)] == [1, 1]


def test_the_state_is_asked_for_once_and_only_for_a_part(made: Iterator[int]) -> None:
    asked: list[str] = []

    def state() -> str:
        asked.append("asked")
        return "asked for"

    with under(state):
        assert asked == []
        assert [ask(made), ask(made)] == [0, 0]
    assert asked == ["asked"]


def test_what_could_not_be_made_is_tried_again(made: Iterator[int]) -> None:
    with under(lambda: "broken"):
        with pytest.raises(ZeroDivisionError):
            shared("part", lambda: 1 // 0)
        assert ask(made) == 0


def test_a_part_of_a_template_is_escaped_once() -> None:
    template = engines["templating"].from_string(
        '{% call shared_part("name") %}{{ text }}{% endcall %}'
    )
    with under(lambda: "escaping"):
        pages = [template.render({"text": text}) for text in ("<&>", "another")]
    assert pages == ["&lt;&amp;&gt;"] * 2
    assert template.render({"text": "another"}) == "another"
