"""The pictures of a document, as it shows them."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from PIL import Image, ImageOps

from editing.numbering import attribute, child
from editing.photos import ACCEPTED, LARGEST_PICTURE

# What only old programs write, and what becomes PNG.
_OTHER_KINDS = ("BMP", "GIF", "TIFF")
_THOUSANDTHS = 100_000  # of a percent, in which a crop is told
_RIGHT_ANGLE = 90 * 60_000


@dataclass(frozen=True)
class Look:
    """How much is cut off each side, from 0 to 1, and how the rest stands."""

    edges: tuple[float, ...]  # left, top, right, bottom
    turns: int = 0  # of ninety degrees, clockwise
    is_mirrored: bool = False

    @classmethod
    def of_word(cls, element: Element) -> Look:
        crop = child(element, "blipFill", "srcRect")
        place = child(element, "spPr", "xfrm")
        return cls(
            edges=tuple(
                min(max(_whole(attribute(crop, side)) / _THOUSANDTHS, 0), 0.99) for side in "ltrb"
            ),
            turns=round(_whole(attribute(place, "rot")) / _RIGHT_ANGLE) % 4,
            is_mirrored=attribute(place, "flipH") in ("1", "true"),
        )

    @property
    def is_plain(self) -> bool:
        return not any(self.edges) and not self.turns and not self.is_mirrored

    def apply(self, picture: Image.Image) -> Image.Image:
        width, height = picture.size
        left, top = int(width * self.edges[0]), int(height * self.edges[1])
        right, bottom = int(width * (1 - self.edges[2])), int(height * (1 - self.edges[3]))
        shown = picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
        shown = ImageOps.mirror(shown) if self.is_mirrored else shown
        return shown.rotate(-90 * self.turns, expand=True)


def as_shown(content: bytes, look: Look) -> bytes:
    """A picture without what its author has cut off: that was not to be seen. What cannot be read
    stays as it is, to be refused with its reason."""
    try:
        picture = Image.open(io.BytesIO(content), formats=(*ACCEPTED, *_OTHER_KINDS))
        if look.is_plain and picture.format not in _OTHER_KINDS:
            return content
        if picture.width * picture.height > LARGEST_PICTURE or _moves(picture):
            return content
        profile = picture.info.get("icc_profile")
        return _encoded(look.apply(ImageOps.exif_transpose(picture)), profile)
    except Exception:  # noqa: BLE001 - Pillow's decoders raise many kinds
        return content


def _moves(picture: Image.Image) -> bool:
    return picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1


def _encoded(picture: Image.Image, profile: bytes | None) -> bytes:
    file = io.BytesIO()
    if picture.mode in ("RGB", "L", "CMYK"):
        picture.save(file, "JPEG", quality=95, icc_profile=profile)
    else:
        picture.convert("RGBA").save(file, "PNG")
    return file.getvalue()


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,10}", text) else 0
