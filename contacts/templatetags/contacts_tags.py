from typing import Any

from django import template

from contacts.hotline import hotline_officials

register = template.Library()


@register.inclusion_tag("contacts/hotline_box.html")
def hotline_box() -> dict[str, Any]:
    officials = hotline_officials()
    open_ones = [official for official in officials if not official.is_confirmed]
    return {"officials": officials, "unconfirmed": open_ones[0] if open_ones else None}
