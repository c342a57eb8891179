"""Equations of Word in one line, as they are typed on a keyboard: (a+b)/2, x^2, √(x)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from editing.numbering import attribute, child, children, local


def line_of(element: Element | None) -> str:
    if element is None:
        return ""
    name = local(element)
    if name == "t":
        return element.text or ""
    part = {local(each): line_of(each) for each in element}
    if name == "f":
        return f"{_bracketed(part.get('num', ''))}/{_bracketed(part.get('den', ''))}"
    if name == "rad":
        return f"{part.get('deg', '')}√{_bracketed(part.get('e', ''))}"
    if name in ("sSup", "sSub", "sSubSup", "sPre"):
        below, above = part.get("sub", ""), part.get("sup", "")
        marks = (f"_{_bracketed(below)}" if below else "") + (
            f"^{_bracketed(above)}" if above else ""
        )
        return part.get("e", "") + marks
    if name == "nary":
        sign = attribute(child(element, "naryPr", "chr")) or "∫"
        return f"{sign}_{_bracketed(part.get('sub', ''))}^{_bracketed(part.get('sup', ''))} {part.get('e', '')}"
    if name == "d":
        begin = attribute(child(element, "dPr", "begChr")) or "("
        end = attribute(child(element, "dPr", "endChr")) or ")"
        return begin + ", ".join(line_of(each) for each in children(element, "e")) + end
    return "".join(map(line_of, element))


def _bracketed(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"
