"""Rich text that is clean whichever way it comes in.

`RichTextField` cleans on every road into the database (save, bulk write, update), so that what is
stored is always clean HTML of the few elements an article needs; `safe_html` is the one place that
marks it safe. Another editor than CKEditor 4 would change `editing.widgets` and nothing else.
"""

import html
import re
import unicodedata
from typing import Any

import nh3
from django.db import models
from django.forms import Field
from django.utils.safestring import SafeString, mark_safe

ELEMENTS = {
    *("p", "br", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "sub", "sup"),
    *("a", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href", "hreflang", "lang"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "ol": {"start", "type"},
}
# Their text is no text for a reader.
DROPPED_WITH_CONTENT = {"script", "style", "title", "template", "noscript", "xml"}
SCHEMES = {"http", "https", "mailto", "tel"}

# nh3 drops what is not on the list to bare text, so what means the same is renamed before.
_RENAMED = {"b": "strong", "i": "em", "h1": "h2", "h5": "h4", "h6": "h4", "div": "p"}
_RENAME = re.compile(r"<(/?)(b|i|h1|h5|h6|div)(?=[\s/>])", re.IGNORECASE)
# Indents typed with no-break spaces, and paragraphs that hold nothing else.
_ODD_SPACES = re.compile(
    r"(?:&nbsp;|&#160;|&#xa0;|[\u00a0\u2000-\u200a\u202f\u3000])+", re.IGNORECASE
)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff\ud800-\udfff]")
_BLOCK_EDGE = re.compile(r"(<(?:p|li|td|th|h[234]|blockquote|caption)(?:\s[^>]*)?>)\s+")
_BLOCK_TAIL = re.compile(r"(?<!\s)\s+(</(?:p|li|td|th|h[234]|blockquote|caption)>)")
_EMPTY_BLOCK = re.compile(r"<(p|h[234]|strong|em|li)>(?:\s|<br>)*</\1>\s*")
_TAG = re.compile(r"<[^>]*>")
_BLOCK_END = re.compile(r"</(?:p|li|h[234]|td|th|tr|blockquote|caption)>|<br>")


def clean_html(value: str) -> str:
    """The same text with only ELEMENTS and ATTRIBUTES left, in NFC; cleaning twice changes nothing."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", value))
    text = _RENAME.sub(lambda tag: f"<{tag[1]}{_RENAMED[tag[2].lower()]}", text)
    text = _sanitise(text)
    text = _BLOCK_EDGE.sub(r"\1", _ODD_SPACES.sub(" ", text))
    text = _BLOCK_TAIL.sub(r"\1", text)
    while (shorter := _EMPTY_BLOCK.sub("", text)) != text:
        text = shorter
    return text.strip()


def _sanitise(text: str) -> str:
    return nh3.clean(
        text,
        tags=ELEMENTS,
        attributes=ATTRIBUTES,
        clean_content_tags=DROPPED_WITH_CONTENT,
        url_schemes=SCHEMES,
        link_rel="noopener",
        strip_comments=True,
        attribute_filter=_kept_value,
    )


_SCHEME = re.compile(r"([^/?#]*?):")


def _kept_value(_tag: str, attribute: str, value: str) -> str | None:
    """The value, or None for one that no article needs: “java script:” is no address."""
    if attribute == "href":
        scheme = _SCHEME.match(value)
        return None if scheme and scheme[1].lower() not in SCHEMES else value
    if attribute in ("colspan", "rowspan", "start"):
        return value if value.isascii() and value.isdigit() and len(value) < 4 else None
    if attribute == "type":
        return value if value in ("a", "A", "i", "I") else None
    return value


def safe_html(value: str) -> SafeString:
    """What templates may print as it is. Cleans again: a preview shows what was never stored."""
    return mark_safe(clean_html(value))  # noqa: S308


def plain_text(value: str) -> str:
    """The text a reader sees of clean HTML, one block a line."""
    return html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", value))).strip()


def paragraphs(lines: list[str]) -> str:
    """Clean HTML of plain lines, a paragraph each."""
    return clean_html("\n".join(f"<p>{html.escape(line)}</p>" for line in lines))


class RichTextField(models.TextField):
    """Clean HTML. Whatever is assigned, what reaches the database has passed `clean_html`."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return clean_html(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Field:  # type: ignore[override]
        # Asked for only here: commands that show no form need no editor.
        from editing.widgets import Editor

        kwargs["widget"] = Editor()
        return super().formfield(**kwargs)  # type: ignore[return-value]
