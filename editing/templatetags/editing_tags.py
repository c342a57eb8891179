from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from editing.codes import qr_in_page
from editing.models import Photo
from editing.photos import CARD_SHAPE
from editing.richtext import safe_html
from editing.shared import shared
from editing.translated import language_of, text_of

register = template.Library()


@register.simple_tag
def printed_code(text: str) -> SafeString:
    """A QR code for paper."""
    return _printed_code(text)


# A page is built again after each change, and its address is still the same.
_printed_code = lru_cache(maxsize=256)(qr_in_page)


class SharedNode(template.Node):
    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> SafeString:
        return shared(("part", self.name), lambda: self.nodelist.render(context))


@register.tag("shared")
def shared_part(parser: Parser, token: Token) -> SharedNode:
    """`{% shared name %}…{% endshared %}`: the same on every page of a language (`editing.shared`)."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endshared",))
    parser.delete_first_token()
    return SharedNode(name, nodelist)


register.filter("rich_text", safe_html)


register.filter("text_of", text_of)
register.filter("language_of", language_of)


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """The day of a moment in Viet Nam, for people and for programs."""
    return _day(timezone.localdate(moment), get_language())


# A list prints dozens of them, and neither the day nor the language says anything else.
@lru_cache(maxsize=4096)
def _day(value: date, _language: str | None) -> SafeString:
    shown = date_format(value, "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.inclusion_tag("components/picture.html")
def picture(
    photo: Photo, alt: str = "", sizes: str = "100vw", *, is_first: bool = False
) -> dict[str, Any]:
    """The photo in every format and width; `is_first` for one that is seen at once."""
    return _sources(photo, photo.widths, photo.url) | {
        "alt": alt,
        "sizes": sizes,
        "is_first": is_first,
        "width": photo.width,
        "height": photo.height,
    }


@register.inclusion_tag("components/picture.html")
def card_picture(photo: Photo, sizes: str, *, is_first: bool = False) -> dict[str, Any]:
    """The crop around the focal point, for a card whose words say all; of a photo whose crops are
    still to be made, the whole."""
    if not photo.has_cards:
        return picture(photo, "", sizes, is_first=is_first)
    widths, (across, down) = photo.card_widths, CARD_SHAPE
    return _sources(photo, widths, photo.card_url) | {
        "alt": "",
        "sizes": sizes,
        "is_first": is_first,
        "width": widths[-1],
        "height": widths[-1] * down // across,
    }


def _sources(photo: Photo, widths: list[int], url: Callable[[int, str], str]) -> dict[str, Any]:
    sources = {
        extension: ", ".join(f"{url(width, extension)} {width}w" for width in widths)
        for extension in photo.formats
    }
    return {"photo": photo, "src": url(widths[0], "jpg"), "avif": None, **sources}
