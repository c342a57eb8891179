"""What a browser makes of a staff form."""

from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse


def sent_by_a_browser(page: HttpResponse) -> dict[str, Any]:
    """Names and values of the form of a row, as they stand in the page; no button is pressed."""
    soup = BeautifulSoup(page.content, "html.parser")
    sent: dict[str, Any] = {}
    for field in soup.select("#content-main form[method=post] [name]"):
        if not field.has_attr("disabled"):
            _read(field, sent)
    return sent


def _read(field: Tag, sent: dict[str, Any]) -> None:
    name, kind = str(field["name"]), field.get("type")
    if field.name == "textarea":
        # A browser drops the line break that stands first.
        sent[name] = field.text.removeprefix("\n")
    elif field.name == "select":
        chosen = [str(option["value"]) for option in field.select("option[selected]")]
        sent[name] = chosen if field.has_attr("multiple") else (chosen or [""])[0]
    elif kind in ("checkbox", "radio"):
        if field.has_attr("checked"):
            sent.setdefault(name, []).append(field.get("value", "on"))
    elif field.name == "input" and kind not in ("file", "submit"):
        sent[name] = field.get("value", "")
