"""Keys of a Vietnamese keyboard that reached the text as they were: “dduongf”, “nha2”."""

import re
import unicodedata

from vietnamese.normalizing import is_syllable

_TELEX_TONES = {"f": "\u0300", "s": "\u0301", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"2": "\u0300", "1": "\u0301", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_VNI_MARKS = {"9": (("d", "đ"),), "8": (("a", "ă"),), "6": (("a", "â"), ("e", "ê"), ("o", "ô"))}
_DOUBLED = (("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"))
_VOWELS = "aăâeêioôơuưy"
_KEYS = re.compile(r"[a-z][a-z0-9]*$")


def read_leftover(word: str) -> str:
    """The syllable that was meant: “đường” for “dduongwf” or “duong72”; "" where none was."""
    word = word.lower()
    if not word.isascii() or not _KEYS.match(word) or len(word) > 12:
        return ""
    for read in (_read_telex, _read_vni):
        meant = read(word)
        # “xaa” too, of which the tone or the end is missing.
        if meant and meant != word and (is_syllable(meant) or is_syllable(f"{meant}n")):
            return meant
    return ""


def _read_telex(word: str) -> str:
    if not word.isalpha():
        return ""
    tones = [letter for letter in word[1:] if letter in _TELEX_TONES]
    # A tone key stands at the end, or right after the vowels: “tees”, “dduwowngf”, “dduwowfng”.
    bare = word
    tone = ""
    for at in range(len(word) - 1, 0, -1):
        if word[at] in _TELEX_TONES and (at == len(word) - 1 or word[at - 1] in "aeiouyw"):
            tone, bare = _TELEX_TONES[word[at]], word[:at] + word[at + 1 :]
            break
    if not tones and not any(pair in word for pair, _letter in _DOUBLED) and "w" not in word:
        return ""
    bare = _doubled_apart(bare)
    for pair, letter in _DOUBLED:
        bare = bare.replace(pair, letter)
    return _with_tone(_with_horns(bare), tone)


def _doubled_apart(word: str) -> str:
    """“duongd” and “tete” style: the second letter of a pair may be typed at the end."""
    if len(word) > 2 and word[-1] == "d" and word[0] == "d" and word[1] != "d":
        return "d" + word[:-1]
    return word


def _with_horns(word: str) -> str:
    if "w" not in word[1:] and not word.startswith("w"):
        return word
    bare = word.replace("w", "")
    for plain, horned in (("uo", "ươ"), ("u", "ư"), ("o", "ơ"), ("a", "ă")):
        if plain in bare:
            return bare.replace(plain, horned, 1)
    return ""


def _read_vni(word: str) -> str:
    digits = "".join(filter(str.isdigit, word))
    bare = "".join(filter(str.isalpha, word))
    tones = [digit for digit in digits if digit in _VNI_TONES]
    # “nu7o7c1” has a horn on each of its two vowels.
    marks = dict.fromkeys(digit for digit in digits if digit not in _VNI_TONES)
    if not digits or not bare or len(tones) > 1 or len(marks) > 2:
        return ""
    for digit in marks:
        marked = _with_mark(bare, digit)
        if marked == bare:
            return ""
        bare = marked
    return _with_tone(bare, _VNI_TONES[tones[0]] if tones else "")


def _with_mark(word: str, digit: str) -> str:
    """As it was, where the digit marks none of its letters."""
    if digit == "7":
        return _with_horns(word + "w")
    for plain, marked in _VNI_MARKS.get(digit, ()):
        if plain in word:
            return word.replace(plain, marked, 1)
    return word


def _with_tone(word: str, tone: str) -> str:
    """The tone on the last vowel that carries one; where exactly does not matter to search."""
    if not tone:
        return word
    if not word.startswith("qu"):
        # Many leave the horns out, and no syllable has “uo” before a consonant: “dduongf”.
        word = re.sub("uo(?=[a-z])", "ươ", word)
    marked = [at for at, letter in enumerate(word) if letter in "ăâêôơư"]
    start = 2 if word.startswith("qu") and len(word) > 2 else 0
    vowels = [at for at, letter in enumerate(word) if at >= start and letter in _VOWELS]
    if not vowels:
        return ""
    at = marked[-1] if marked else vowels[0] if len(vowels) < 3 else vowels[1]
    return unicodedata.normalize("NFC", word[: at + 1] + tone + word[at + 1 :])
