"""What templates of pages may call (`portal.templating`)."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
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


def printed_code(text: str) -> SafeString:
    """A QR code for paper."""
    return _printed_code(text)


# A page is built again after each change, and its address is still the same.
_printed_code = lru_cache(maxsize=256)(qr_in_page)


def shared_part(name: str, caller: Callable[[], str]) -> str:
    """`{% call shared_part("name") %}…{% endcall %}`: the same on every page of a language
    (`editing.shared`)."""
    return shared(("part", name), caller)


def day(moment: datetime) -> SafeString:
    """The day of a moment in Viet Nam, for people and for programs."""
    return _day(timezone.localdate(moment), get_language())


# A list prints dozens of them, and neither the day nor the language says anything else.
@lru_cache(maxsize=4096)
def _day(value: date, _language: str | None) -> SafeString:
    shown = date_format(value, "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


def picture(
    photo: Photo, alt: str = "", sizes: str = "100vw", *, is_first: bool = False
) -> SafeString:
    """The photo in every format and width; `is_first` for one that is seen at once."""
    facts = _sources(photo, photo.widths, photo.url) | {
        "alt": alt,
        "sizes": sizes,
        "is_first": is_first,
        "width": photo.width,
        "height": photo.height,
    }
    return render_to_string("components/picture.html", facts)


def card_picture(photo: Photo, sizes: str, *, is_first: bool = False) -> SafeString:
    """The crop around the focal point, for a card whose words say all; of a photo whose crops are
    still to be made, the whole."""
    if not photo.has_cards:
        return picture(photo, "", sizes, is_first=is_first)
    widths, (across, down) = photo.card_widths, CARD_SHAPE
    facts = _sources(photo, widths, photo.card_url) | {
        "alt": "",
        "sizes": sizes,
        "is_first": is_first,
        "width": widths[-1],
        "height": widths[-1] * down // across,
    }
    return render_to_string("components/picture.html", facts)


def _sources(photo: Photo, widths: list[int], url: Callable[[int, str], str]) -> dict[str, Any]:
    sources = {
        extension: ", ".join(f"{url(width, extension)} {width}w" for width in widths)
        for extension in photo.formats
    }
    return {"photo": photo, "src": url(widths[0], "jpg"), "avif": None, **sources}


FUNCTIONS = {
    "card_picture": card_picture,
    "day": day,
    "picture": picture,
    "printed_code": printed_code,
    "shared_part": shared_part,
}
FILTERS = {"language_of": language_of, "rich_text": safe_html, "text_of": text_of}
