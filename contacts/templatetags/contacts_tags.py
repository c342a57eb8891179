from typing import Any

from django import template

from contacts.hotline import hotline_officials

register = template.Library()


@register.inclusion_tag("contacts/hotline_box.html")
def hotline_box() -> dict[str, Any]:
    return {"officials": hotline_officials()}
