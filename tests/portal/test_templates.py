"""The templates of the pages, and what the portal adds to their language."""

import inspect
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.template import engines
from django.utils.translation import override
from jinja2 import TemplateSyntaxError, nodes

from contacts.models import Appointment
from news.models import Article, Category, Edition
from portal.models import Emergency
from portal.templating import environment

OWN = ("contacts", "editing", "news", "portal", "stats")
FOLDER = Path(settings.BASE_DIR) / "templates"
PAGES = sorted(
    str(path.relative_to(FOLDER))
    for path in FOLDER.rglob("*.html")
    if "django" not in path.relative_to(FOLDER).parts
)


def rendered(template: str, **context: Any) -> str:
    return str(engines["templating"].from_string(template).render(context))


def tree(name: str) -> nodes.Template:
    return environment().parse((FOLDER / name).read_text())


def test_there_are_pages() -> None:
    assert "base.html" in PAGES
    assert len(PAGES) > 80


@pytest.mark.parametrize("name", PAGES)
def test_every_template_is_understood(name: str) -> None:
    assert engines["templating"].get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_no_template_says_what_is_safe(name: str) -> None:
    used = {node.name for node in tree(name).find_all(nodes.Filter)}
    assert not used & {"safe", "forceescape"}
    assert not list(tree(name).find_all(nodes.ScopedEvalContextModifier))
    # What the catalogue has is printed as it is.
    calls = [call for call in tree(name).find_all(nodes.Call) if _is_named(call.node, "_")]
    assert all(isinstance(call.args[0], nodes.Const) for call in calls)


def _is_named(node: nodes.Expr, name: str) -> bool:
    return isinstance(node, nodes.Name) and node.name == name


@cache
def methods_of(model: type[Model]) -> set[str]:
    return {name for name in dir(model) if inspect.isfunction(getattr(model, name, None))}


MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in OWN]
# Whatever row it is; and of those that some row has as a text, those of the rows that are called so.
EVERYWHERE = {"all", "items", *set.union(*map(methods_of, MODELS))} - {
    name for model in MODELS for name in dir(model) if name not in methods_of(model)
}
ROWS: dict[str, type[Model]] = {
    "edition": Edition,
    "official": Appointment,
    "category": Category,
    "article": Article,
    "banner": Emergency,
}


def methods_not_called(page: nodes.Template) -> list[str]:
    called = {id(call.node) for call in page.find_all(nodes.Call)}
    found = [node for node in page.find_all(nodes.Getattr) if id(node) not in called]
    return [node.attr for node in found if node.attr in EVERYWHERE | _methods_of_row(node.node)]


def _methods_of_row(node: nodes.Expr) -> set[str]:
    is_row = isinstance(node, nodes.Name) and node.name in ROWS
    return methods_of(ROWS[node.name]) if is_row else set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PAGES)
def test_a_method_is_called(name: str) -> None:
    """Unlike Django's own, these templates call nothing by themselves, and a method is always true."""
    assert methods_not_called(tree(name)) == []


@pytest.mark.parametrize(
    ("text", "forgotten"),
    [
        ("{% if not official.is_current %}a{% endif %}", ["is_current"]),
        ("{% if not official.is_current() %}a{% endif %}", []),
        ("{{ front.lead.get_absolute_url }}", ["get_absolute_url"]),
        ("{{ official.person.get_honorific_display }}", ["get_honorific_display"]),
        ("{% for tag in edition.tags.all %}{{ tag.name }}{% endfor %}", ["all"]),
        ("{{ edition.is_notice }}{{ entry.is_current }}", []),
    ],
)
def test_a_method_that_is_not_called_is_seen(text: str, forgotten: list[str]) -> None:
    assert methods_not_called(environment().parse(text)) == forgotten


def test_what_is_printed_is_escaped() -> None:
    assert rendered("{{ text }}", text="<b>") == "&lt;b&gt;"
    assert rendered(
        "{% blocktranslate %}Page {{ number }}{% endblocktranslate %}", number="<b>"
    ) == ("Trang &lt;b&gt;")


def test_texts_are_those_of_the_catalogue() -> None:
    text = '{% translate "News" %}, {{ _("News") }}, {% translate "Search" context "short, on a phone" %}'
    with override("vi"):
        assert rendered(text) == "Tin tức, Tin tức, Tìm"
    with override("en"):
        assert rendered(text) == "News, News, Search"


@pytest.mark.parametrize(("count", "shown"), [(1, "1 result"), (2, "2 results"), (0, "0 results")])
def test_a_plural_follows_its_count(count: int, shown: str) -> None:
    text = (
        "{% blocktranslate count count=found %}{{ count }} result"
        "{% plural %}{{ count }} results{% endblocktranslate %}"
    )
    with override("en"):
        assert rendered(text, found=count) == shown


def test_white_space_of_a_text_is_trimmed() -> None:
    text = (
        "{% blocktranslate trimmed with agency=name %}\n  News, notices and the hotline\n"
        "  of {{ agency }}.\n{% endblocktranslate %}"
    )
    with override("en"):
        assert rendered(text, name="us") == "News, notices and the hotline of us."


def test_a_percent_sign_is_one() -> None:
    text = "{% blocktranslate with part=part %}{{ part }} % of all{% endblocktranslate %}"
    with override("en"):
        assert rendered(text, part=5) == "5 % of all"


@pytest.mark.parametrize(
    "text",
    [
        "{% translate name %}",
        "{% blocktranslate %}a {% if b %}c{% endif %}{% endblocktranslate %}",
        "{% blocktranslate asvar x %}a{% endblocktranslate %}",
        "{% blocktranslate %}a {{ row.title }}{% endblocktranslate %}",
    ],
)
def test_what_the_catalogue_could_not_have_is_refused(text: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        engines["templating"].from_string(text)


def test_a_part_in_another_language() -> None:
    text = '{% call in_language("en") %}{% translate "News" %}{% endcall %}, {% translate "News" %}'
    with override("vi"):
        assert rendered(text) == "News, Tin tức"
