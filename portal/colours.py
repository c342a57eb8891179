"""Contrast of the agency's accent colour, by the formula of WCAG 2.2."""

# On white for text, and under white for buttons and the masthead; AAA for ordinary text.
LEAST_CONTRAST = 7.0


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of a colour written #rrggbb (WCAG 2.2, “relative luminance”)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """From 1 to 21 (WCAG 2.2, “contrast ratio”)."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def is_readable_accent(colour: str) -> bool:
    return contrast(colour, "#ffffff") >= LEAST_CONTRAST
