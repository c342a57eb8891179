"""Many tests store the same photo; what it becomes depends on its pixels alone, and takes long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest
from PIL import Image

from editing import photos

MOST = 50  # of each kind; up to a megabyte each


@contextmanager
def encoded_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("renditions", "cards", "social", "master"):
            patch.setattr(photos, name, _remembering(getattr(photos, name)))
        yield


def _remembering(encode: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[Any, ...], Any] = {}

    def encode_or_remember(picture: Image.Image, *options: Any) -> Any:
        pixels = sha256(picture.tobytes()).digest()
        # What a picture carries beside its pixels would come into the files.
        key = (picture.mode, picture.size, pixels, repr(picture.info), *options)
        if key not in known:
            while len(known) >= MOST:
                del known[next(iter(known))]
            made = encode(picture, *options)
            known[key] = made if isinstance(made, bytes) else tuple(made)
        return known[key]

    return encode_or_remember
