from typing import Any

from django import template
from django.utils.safestring import SafeString

from editing.codes import qr_in_page
from editing.models import Photo
from editing.richtext import safe_html
from editing.translated import language_of, text_of

register = template.Library()


@register.simple_tag
def printed_code(text: str) -> SafeString:
    """A QR code for paper."""
    return qr_in_page(text)


register.filter("rich_text", safe_html)


register.filter("text_of", text_of)
register.filter("language_of", language_of)


@register.inclusion_tag("components/picture.html")
def picture(
    photo: Photo, alt: str = "", sizes: str = "100vw", *, is_first: bool = False
) -> dict[str, Any]:
    """The photo in every format and width; `is_first` for one that is seen at once."""
    sources = {
        extension: ", ".join(f"{photo.url(width, extension)} {width}w" for width in photo.widths)
        for extension in photo.formats
    }
    return {
        "photo": photo,
        "alt": alt,
        "sizes": sizes,
        "is_first": is_first,
        "avif": sources.get("avif"),
        "webp": sources["webp"],
        "jpg": sources["jpg"],
        "src": photo.url(photo.widths[0]),
    }
