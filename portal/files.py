"""Files that others read while they are written."""

import os
from pathlib import Path
from threading import get_ident


def replace_text(path: Path, text: str) -> None:
    """Whoever reads it meanwhile sees the old file or the new one. What is there already is left."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
