from typing import Any

from django import template

from portal.sections import Section, section_of

register = template.Library()


@register.simple_tag
def heading_of(opts: Any) -> Section:
    """Under which heading staff find what a page of theirs is about."""
    return section_of(opts.model)
