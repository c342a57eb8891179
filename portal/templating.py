"""The language of the templates that readers see: Jinja2, which compiles a template to Python. The
staff's pages extend those of Django's admin, and are in its language, as mails are
(`templates/django`).

What a page may call stands in `page_parts` of each app. Texts are translated with the words that
Django's templates have for it, so that `makemessages` finds them in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.template import defaultfilters
from django.template.backends.jinja2 import Jinja2, Template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]
from django.utils.translation import (
    get_language,
    gettext,
    ngettext,
    npgettext,
    override,
    pgettext,
    trim_whitespace,
)
from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

import contacts.page_parts
import editing.page_parts
import news.page_parts
import portal.page_parts
import stats.page_parts
from editing.addresses import address


class Pages(Jinja2):
    """Django's backend, but that what is rendered is safe, as it is of Django's own templates."""

    def from_string(self, template_code: str) -> Page:
        return Page(self.env.from_string(template_code), self)

    def get_template(self, template_name: str) -> Page:
        return Page(super().get_template(template_name).template, self)


class Page(Template):
    def render(self, context: Any = None, request: HttpRequest | None = None) -> SafeString:
        return mark_safe(super().render(context, request))  # noqa: S308


class OneForAll(Environment):
    """Jinja2's own, whose templates have the same names at hand, none of its own: a dictionary, not a
    chain of two, which is copied and compared many times in each page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def environment(**options: Any) -> Environment:
    made = OneForAll(  # noqa: S701
        **options, keep_trailing_newline=True, lstrip_blocks=True, extensions=[Translations]
    )
    made.globals |= {
        "_": translated,
        "current_language": get_language,
        "gettext": gettext,
        "ngettext": ngettext,
        "npgettext": npgettext,
        "pgettext": pgettext,
        "icon": _icon(made),
        "in_language": in_language,
        "now": now,
        "static": cache(static),
        "url_for": address,
    }
    made.filters |= {
        "capfirst": capfirst,
        "date": date,
        "filesizeformat": defaultfilters.filesizeformat,
        "intcomma": intcomma,
        "linebreaks": defaultfilters.linebreaks_filter,
        "linebreaksbr": defaultfilters.linebreaksbr,
        "truncatechars": defaultfilters.truncatechars,
        "truncatewords": defaultfilters.truncatewords,
        "urlencode": defaultfilters.urlencode,
    }
    for app in (editing, news, contacts, stats, portal):
        made.globals |= app.page_parts.FUNCTIONS
    for app in (editing, contacts, portal):
        made.filters |= app.page_parts.FILTERS
    return made


def translated(text: str) -> SafeString:
    """Of the catalogues, which may have tags, as the templates have."""
    return mark_safe(gettext(text))  # noqa: S308


def in_language(code: str, caller: Callable[[], str]) -> str:
    """`{% call in_language(code) %}…{% endcall %}`"""
    with override(code):
        return caller()


def date(value: Any, pattern: str) -> str:
    """By the clock of Viet Nam, as Django's own filter."""
    return defaultfilters.date(template_localtime(value), pattern)


def now(pattern: str) -> str:
    return date(timezone.now(), pattern)


def _icon(made: Environment) -> Callable[[str], SafeString]:
    @cache
    def icon(name: str) -> SafeString:
        return mark_safe(made.get_template("components/icon.html").render(name=name))  # noqa: S308

    return icon


class Translations(Extension):
    """`{% translate "text" context "where" %}` and
    `{% blocktranslate trimmed context "where" with a=… count n=… %}…{% plural %}…{% endblocktranslate %}`,
    as in Django's templates, but that what follows `=` is Jinja2's.
    """

    tags = {"translate", "blocktranslate"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node:
        tag = next(parser.stream)
        texts = [parser.stream.expect("string").value] if tag.value == "translate" else []
        is_trimmed = parser.stream.skip_if("name:trimmed")
        found, values, count = None, {}, None
        while parser.stream.current.type != "block_end":
            word = parser.stream.expect("name").value
            if word == "context":
                found = parser.stream.expect("string").value
            elif parser.stream.skip_if("assign"):
                values[word] = parser.parse_expression()
            elif word == "count":
                name = parser.stream.expect("name").value
                parser.stream.expect("assign")
                values[name] = count = parser.parse_expression()
            elif word != "with":
                parser.fail(f"{tag.value} knows nothing of {word!r}.", tag.lineno)
        if not texts:
            next(parser.stream)
            texts = list(self._texts_within(parser, values))
        if is_trimmed:
            texts = list(map(trim_whitespace, texts))
        node = _call(texts, found, count)
        if tag.value == "blocktranslate":
            pairs = [nodes.Pair(nodes.Const(name), value) for name, value in values.items()]
            node = nodes.Mod(node, nodes.Dict(pairs))
        return nodes.Output([node]).set_lineno(tag.lineno)

    def _texts_within(self, parser: Parser, values: dict[str, nodes.Expr]) -> Iterator[str]:
        """The singular, and the plural if there is one; what they name is among the values then."""
        text = ""
        while True:
            token = next(parser.stream)
            if token.type == "data":
                text += token.value.replace("%", "%%")
            elif token.type == "variable_begin":
                name = parser.stream.expect("name").value
                values.setdefault(name, nodes.Name(name, "load"))
                parser.stream.expect("variable_end")
                text += f"%({name})s"
            else:
                word = parser.stream.expect("name").value
                yield text
                text = ""
                if word == "endblocktranslate":
                    return
                if word != "plural":
                    parser.fail(f"No {word!r} within a text to translate.", token.lineno)
                parser.stream.expect("block_end")


def _call(texts: list[str], found: str | None, count: nodes.Expr | None) -> nodes.Expr:
    """Of what the catalogue has for it."""
    arguments: list[nodes.Expr] = [nodes.Const(text) for text in texts]
    if found is not None:
        arguments.insert(0, nodes.Const(found))
    if count is not None:
        arguments.append(count)
    name = ("n" if count is not None else "") + ("p" if found is not None else "") + "gettext"
    return nodes.MarkSafe(nodes.Call(nodes.Name(name, "load"), arguments, [], None, None))
