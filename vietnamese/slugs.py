from vietnamese.folding import fold


def slugify(text: str, max_length: int = 80) -> str:
    """ASCII words between hyphens, cut at a word; "" when nothing of the text can be kept."""
    words = [word for word in (_ascii(part) for part in fold(text).split()) if word]
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word
        if len(longer) > max_length:
            break
        slug = longer
    return slug or (words[0][:max_length] if words else "")


def _ascii(word: str) -> str:
    return "".join(letter for letter in word if letter.isascii() and letter.isalnum())
