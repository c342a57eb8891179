"""Strings that break programs which take what is typed for what was meant, by kind."""

from __future__ import annotations

from itertools import product

# What means something to one of the engines, to SQL, to a shell, to a template, to a browser.
_SIGNS = (
    '"',
    "'",
    "`",
    "*",
    "^",
    ":",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "+",
    "-",
    "|",
    "&",
    "!",
    "<",
    ">",
)
_SIGNS += (
    "<->",
    "<2>",
    "%",
    "_",
    "\\",
    "/",
    "//",
    "--",
    "/*",
    "#",
    "$",
    "@",
    "~",
    "=",
    ";",
    ",",
    "?",
    "\0",
)
_WORDS = (
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "NEAR(a b, 2)",
    "tokens:đất",
    "____vi",
    "__đất",
    "_dat",
    "0x41",
)
_INVISIBLE = (
    "\u200b",
    "\u200d",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u00ad",
    "\u00a0",
    "\u3000",
)
_INVISIBLE += (
    "\x01",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\ufffe",
    "\uffff",
    "\U0010ffff",
    "\U000e0041",
)
_HALVES = ("\ud800", "\udfff", "\ud83d", "\udcff")
_LETTERS = (
    "đ",
    "Đ",
    "ư\u0323",
    "a\u0301\u0301\u0301",
    "ﬁ",
    "ﷺ",
    "ß",
    "İ",
    "ı",
    "ǅ",
    "٣",
    "①",
    "½",
    "Ⅷ",
    "ℵ",
)
_LETTERS += (
    "漢字",
    "ひらがな",
    "한국어",
    "ไทย",
    "עברית",
    "العربية",
    "ελ",
    "кириллица",
    "😀",
    "👩‍👩‍👧",
    "🇻🇳",
)
_CODE = (
    *(
        "' OR 1=1 --",
        "'; SELECT 1; --",
        '" UNION SELECT 1 --',
        "1; COMMIT",
        "$$a$$",
        "%s",
        "%(a)s",
        "%%",
    ),
    *(
        "{{ 7|add:7 }}",
        "{% load i18n %}",
        "${7*7}",
        "<b onclick=x>",
        "</title><x>",
        "&lt;&amp;",
        "]]>",
    ),
    *(
        "../../x",
        "..\\..\\x",
        "file:///x",
        "http://[",
        "//x/y",
        "C:\\x",
        "$(x)",
        "`x`",
        "|x",
        "\r\nX: y",
    ),
    *(
        "null",
        "None",
        "undefined",
        "NaN",
        "true",
        "-1",
        "0",
        "1e999",
        "9" * 40,
        "0x7f",
        "-0.0",
        "1/0",
    ),
)


def nasty_strings() -> list[str]:
    found = ["", " ", "\t\n", *_SIGNS, *_WORDS, *_INVISIBLE, *_HALVES, *_LETTERS, *_CODE]
    found += [sign * 10 for sign in _SIGNS]
    found += [f"đất{sign}đai" for sign in (*_SIGNS, *_INVISIBLE, *_HALVES)]
    found += [f"{sign}đất" for sign in _SIGNS] + [f"đất {sign}" for sign in _SIGNS]
    found += [f"{one}{two}" for one, two in product(_SIGNS[:12], _SIGNS[:12])]
    found += [f'"{text}"' for text in (*_SIGNS, *_WORDS, *_LETTERS)]
    found += [f"-{text}" for text in (*_WORDS, *_LETTERS)]
    found += [
        text * 10_000
        for text in ("a", "đ", "😀", '"', "(", "-", "a ", "\u0301", "\ud800", " ", "a-")
    ]
    found += [
        " ".join(["đất"] * 3_000),
        '"a" ' * 2_500,
        "-a " * 3_000,
        "ab" * 5_000,
        "(((a" * 2_500,
    ]
    return list(dict.fromkeys(found))
