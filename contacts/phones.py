"""Phone numbers as Vietnamese offices write them, and as machines dial them.

Formats seen on the sites of agencies: “0257. 3503 168 - 0913 705 521”, “(0251)3892378”,
“02363.666.117”, “0236.3881888, nhánh 830”, “+84-24-85872007”, “0251.1022”, 1022, 113, 1900 6868.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from vietnamese.normalizing import clean_line

REGION = "VN"


class PhoneError(ValueError):
    """What was typed is no phone number. `code` names the reason, `params` its details."""

    def __init__(self, code: str, **params: str) -> None:
        self.code, self.params = code, params
        super().__init__(f"{code}: {params}")


@dataclass(frozen=True)
class ParsedNumber:
    raw: str  # as it was typed
    kind: str  # landline, mobile, fax, short or toll
    e164: str  # "+842573503168"; empty for what is dialled as it is
    extension: str
    dial: str  # digits as they are dialled within the country
    replaces: str = ""  # the digits that were typed, when they are of before 2017 or 2018
    label: str = ""  # “Văn phòng” in “Văn phòng: 0257 3828 250”
    is_internal: bool = False  # “(nội bộ)” stands beside it


# Area codes of before 2017 and what they became, in the three phases of the Ministry's plan
# (Decision 2036/QĐ-BTTTT of 21 November 2016).
_AREA_PAIRS = """
20:214 22:212 230:215 231:213 240:204 241:222 25:205 26:206 27:207 280:208 281:209 29:216 30:229 31:225
320:220 321:221 33:203 350:228 351:226 36:227 37:237 38:238 39:239 4:24 500:262 501:261 510:235 511:236
52:232 53:233 54:234 55:255 56:256 57:257 58:258 59:269 60:260 61:251 62:252 63:263 64:254 650:274
651:271 66:276 67:277 68:259 70:270 710:292 711:293 72:272 73:273 74:294 75:275 76:296 77:297 780:290
781:291 79:299 8:28
"""
_OLD_AREAS: dict[str, str] = dict(pair.split(":") for pair in _AREA_PAIRS.split())

# Eleven-digit mobile prefixes of before 15 September 2018 and their ten-digit successors
# (Ministry of Information and Communications, plan of 2018).
_OLD_MOBILES = {
    **{f"16{digit}": f"3{digit}" for digit in "23456789"},
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "186": "56",
    "188": "58",
    "199": "59",
}

_EXTENSION = re.compile(
    r"[\s,;(]*(?:máy\s+lẻ|số\s+lẻ|máy\s+nhánh|số\s+nhánh|nhánh|lẻ|\bext(?:ension)?\b\.?|(?<=\d)\s*x(?=\s*\d)|#)"
    r"\s*(?:số\s+)?[:.]?\s*(\d{1,6})\s*\)?",
    re.IGNORECASE,
)
_FAX = re.compile(r"\bfax\b[:.]?", re.IGNORECASE)
_INTERNAL = re.compile(r"[\s,;(]*(?:\bnội bộ\b|\binternal\b)[\s)]*", re.IGNORECASE)
# What says no more than that a number follows.
_LABEL = re.compile(
    r"^\s*(?:số điện thoại|điện thoại|đt|sđt|đtdđ|tel|phone|mobile|hotline|di động|cố định|số máy|"
    r"máy bàn)\b\s*[:.]?\s*",
    re.IGNORECASE,
)
_OWN_LABEL = re.compile(
    r"^\s*([^\d:+(]{1,59}[^\d:+(\s])\s*(?::|\s)\s*(?=[\d(+])|\s*\(([^()\d]{2,40})\)\s*$"
)
# Always between two numbers; a hyphen only where both sides could be one.
_SEPARATOR = re.compile(
    r"\s*(?:[;/\n]|\bhoặc\b|\bvà\b|,(?!\s*(?:nhánh|máy|số\s+lẻ|ext)))\s*", re.IGNORECASE
)
# “0257 3503 168 - 169”, not “0257 3503 168-12”, which may mean an extension.
_ENDING = re.compile(r"(\d[\d. ]{7,}\d)(?:\s*/\s*|\s+[-–]\s+)((?!11\d)\d{2,3})(?![. ]?\d)")
_HYPHEN = re.compile(r"\s*[-‐–—]\s*")
_ALLOWED = re.compile(r"^[\d\s().+\-‐–—]+$")
_MOST_PARTS = 6  # of one number, between hyphens
# “(08) 38223344”: written so, it is a landline of before 2017, though a mobile begins alike.
_OLD_SAIGON = re.compile(r"^(?:\(08\)\s*|08[.\s-]\s?)(\d{8}|\d{4}[.\s]\d{4})$")


def parse_numbers(raw: str) -> list[ParsedNumber]:
    """Every number in what was typed, in its order. Raises PhoneError for the first that is none."""
    lines = [clean_line(line) for line in unicodedata.normalize("NFKC", raw).splitlines()]
    text = _LABEL.sub("", "\n".join(line for line in lines if line))
    texts = _ENDING.sub(_whole_number, text)
    parts = [part for each in _SEPARATOR.split(texts) for part in _at_hyphens(each) if part.strip()]
    if not parts:
        raise PhoneError("empty")
    return [_parse(part.strip()) for part in parts]


def _whole_number(match: re.Match[str]) -> str:
    """“0257 3503 168/169” names two numbers; the second is written by its ending alone."""
    first, ending = match[1], match[2]
    if not _is_whole(first):
        return match[0]
    return f"{first} / {first[: -len(ending)]}{ending}"


def _at_hyphens(text: str) -> list[str]:
    """The text cut at the hyphens that stand between two whole numbers; “0257-3503168” is one."""
    pieces = _HYPHEN.split(text)
    # From the end: how the pieces from each on can be cut into whole numbers, if they can.
    cuts: dict[int, list[str]] = {len(pieces): []}
    for start in reversed(range(len(pieces))):
        for end in range(start + 1, min(start + _MOST_PARTS, len(pieces)) + 1):
            number = "-".join(pieces[start:end])
            if end in cuts and _is_whole(number):
                cuts[start] = [number, *cuts[end]]
                break
    return cuts.get(0) or ["-".join(pieces)]


def _is_whole(text: str) -> bool:
    try:
        _parse(text)
    except PhoneError:
        return False
    return True


def _parse(text: str) -> ParsedNumber:
    rest, is_internal = _INTERNAL.subn(" ", text)
    extension = _EXTENSION.search(rest)
    rest, is_fax = _FAX.subn("", _EXTENSION.sub("", rest))
    rest = _LABEL.sub("", rest)
    label = ""
    if own := _OWN_LABEL.search(rest):
        label = own[1] or own[2]
        rest = _OWN_LABEL.sub("", rest)
    number = _LABEL.sub("", rest).strip(" .,:-")
    if not number or not _ALLOWED.match(number):
        raise PhoneError("not_a_number", typed=text)
    parsed = _parse_digits(text, number, extension, is_fax=bool(is_fax))
    return replace(parsed, label=label.strip(), is_internal=bool(is_internal))


def _parse_digits(
    text: str, number: str, extension: re.Match[str] | None, *, is_fax: bool
) -> ParsedNumber:
    digits = "".join(filter(str.isdigit, number))
    if _OLD_SAIGON.match(number):
        return _finish(text, "02" + digits[1:], extension, is_fax, typed=digits)
    is_abroad = number.lstrip("(").startswith("+") or digits.startswith("00")
    if is_abroad:
        digits = digits.removeprefix("00")
    # “84 913 705 521”: the plus was forgotten.
    if digits.startswith("84") and (is_abroad or len(digits) in (11, 12)):
        # “+84 (0)257…”: the zero is dialled within the country only.
        digits = "0" + digits.removeprefix("84").removeprefix("0")
    elif is_abroad:
        return _finish(text, "+" + digits, extension, is_fax)
    if short := _short(text, digits):
        return short
    return _finish(text, _renewed(digits), extension, is_fax, typed=digits)


def _short(text: str, digits: str) -> ParsedNumber | None:
    """113, 1022, 1900 6868: dialled as they are; also with an area code before a short code."""
    if re.fullmatch(r"1(?:800|900)\d{4,6}", digits):
        return ParsedNumber(text, "toll", "", "", digits)
    if digits in ("1800", "1900"):
        raise PhoneError("too_short", typed=text, digits="4")
    if re.fullmatch(r"1\d{2,5}", digits) or re.fullmatch(r"02\d{1,2}1\d{2,3}", digits):
        return ParsedNumber(text, "short", "", "", digits)
    return None


def _renewed(digits: str) -> str:
    """The digits as they are dialled today, where they are of before 2017 or 2018."""
    if not digits.startswith("0"):
        raise PhoneError("no_leading_zero", typed=digits)
    rest = digits[1:]
    if len(digits) == 11 and rest[:3] in _OLD_MOBILES:
        return "0" + _OLD_MOBILES[rest[:3]] + rest[3:]
    if not _is_possible(digits):
        for length in (3, 2, 1):
            new = _OLD_AREAS.get(rest[:length])
            if new and _is_possible(candidate := f"0{new}{rest[length:]}"):
                return candidate
    return digits


def _is_possible(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, REGION))
    except NumberParseException:
        return False


def _finish(
    text: str, number: str, extension: re.Match[str] | None, is_fax: bool, *, typed: str = ""
) -> ParsedNumber:
    try:
        parsed = phonenumbers.parse(number, REGION)
    except NumberParseException as error:
        raise PhoneError("not_a_number", typed=text) from error
    if not phonenumbers.is_valid_number(parsed):
        raise PhoneError(_reason(number), typed=text, digits=str(len(number.lstrip("+"))))
    dial = (
        number if parsed.country_code == 84 and number.startswith("0") else _national_digits(parsed)
    )
    return ParsedNumber(
        raw=text,
        kind="fax" if is_fax else _kind(parsed),
        e164=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        extension=extension[1] if extension else "",
        dial=dial,
        replaces=typed if typed and typed != number else "",
    )


def _national_digits(parsed: phonenumbers.PhoneNumber) -> str:
    if parsed.country_code != 84:
        return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return f"0{parsed.national_number}"


def _reason(number: str) -> str:
    """Too short, too long, or a prefix that nobody has."""
    digits = number.lstrip("+")
    expected = 11 if digits.startswith("02") else 10
    if number.startswith("+"):
        return "unknown"
    if len(digits) < expected:
        return "too_short"
    return "too_long" if len(digits) > expected else "unknown"


def _kind(parsed: phonenumbers.PhoneNumber) -> str:
    kind = phonenumbers.number_type(parsed)
    if kind == PhoneNumberType.MOBILE:
        return "mobile"
    if kind in (
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
    ):
        return "toll"
    return "landline"


def renew_text(raw: str) -> str:
    """What was typed, with numbers of before 2017 and 2018 written as they are dialled today."""
    text = raw
    for number in parse_numbers(raw):
        if number.replaces:
            digits = r"[\s.\-‐–—()]*".join(number.replaces)
            text = re.sub(rf"\(?{digits}", national(number), text, count=1)
    return text


def tel_uri(number: ParsedNumber) -> str:
    """For a link that dials, by RFC 3966: “tel:+842573503168;ext=830”, “tel:1022”."""
    extension = f";ext={number.extension}" if number.extension else ""
    return f"tel:{number.e164 or number.dial}{extension}"


_MOBILE_GROUPS = (4, 3, 3)


def national(number: ParsedNumber) -> str:
    """Grouped as Vietnamese read it: “0257 3503 168”, “0913 705 521”, “1900 6868”."""
    if number.kind == "toll":
        return _grouped(number.dial, (4, 4) if len(number.dial) == 8 else (4, 2, 2, 2))
    if not number.e164:
        return number.dial
    if not number.e164.startswith("+84"):
        return international(number)
    groups = _MOBILE_GROUPS if len(number.dial) == 10 else _landline_groups(number.dial)
    return _grouped(number.dial, groups)


def _landline_groups(digits: str) -> tuple[int, ...]:
    # Hà Nội and Hồ Chí Minh City have short area codes and eight digits after them.
    return (3, 4, 4) if digits.startswith(("024", "028")) else (4, 4, 3)


def _grouped(digits: str, groups: tuple[int, ...]) -> str:
    parts, at = [], 0
    for size in groups:
        parts.append(digits[at : at + size])
        at += size
    parts.append(digits[at:])
    return " ".join(part for part in parts if part)


def international(number: ParsedNumber) -> str:
    """With the country code: “+84 257 3503 168”; what cannot be dialled from abroad as it is."""
    if not number.e164:
        return national(number)
    if not number.e164.startswith("+84"):
        parsed = phonenumbers.parse(number.e164)
        return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    digits = number.e164.removeprefix("+84")
    inside = national(ParsedNumber(number.raw, number.kind, number.e164, "", f"0{digits}"))
    return f"+84 {inside.removeprefix('0')}"
