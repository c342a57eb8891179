"""Turns what staff upload into pictures that are safe and light to serve.

Nothing of the uploaded file is served: it is decoded, turned upright, stripped of its metadata
(cameras write the place a photo was taken) and encoded anew in a closed list of widths and formats.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from editing.uploads import refuse_if_not_kept

WIDTHS = (480, 960, 1600)
# Best first: a browser takes the first that it knows. JPEG is what everything knows.
FORMATS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
# Of the closed list below; a photo whose files follow an older one is made anew by the runner.
RENDITIONS_VERSION = 3
AVIF_SINCE, SOCIAL_SINCE, CARDS_SINCE = 2, 2, 3
CARD_WIDTHS = (240, 480, 960)  # of the crops that stand on cards
CARD_SHAPE = (3, 2)
SOCIAL = (1200, 630)  # what social networks show beside a link
MASTER_WIDTH = 3200  # of what is kept to make renditions from; never served
_ENCODING: dict[str, dict[str, object]] = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 8},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
    "jpg": {"format": "JPEG", "quality": 82, "progressive": True, "optimize": True},
}

ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF")
LARGEST_FILE = 30 * 1024 * 1024  # bytes
LARGEST_PICTURE = 60_000_000  # pixels: a bomb of 20000 × 20000 is refused before it is decoded


@dataclass(frozen=True)
class Rendition:
    """One picture of a photo, as it is stored and served."""

    width: int
    height: int
    extension: str
    content: bytes


def read_photo(file: IO[bytes]) -> Image.Image:
    """The picture upright, in RGB and without metadata. Raises ValidationError for the uploader."""
    _check_size(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=ACCEPTED)
            _check_picture(picture)
            picture.load()
    except ValidationError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # Pillow's decoders raise many kinds on a broken file
        raise ValidationError(_why_not(file), code="unreadable") from error
    return _upright_rgb(picture)


_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_DRAWINGS = (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x01\x00\x00\x00")


def _why_not(file: IO[bytes]) -> str:
    """What to do with kinds that people often have."""
    file.seek(0)
    head = file.read(48)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return str(
            _(
                "This is a HEIC photo of an iPhone, which few programs read. Send it to yourself by "
                "Zalo or e-mail, which makes a JPEG of it, or choose Settings › Camera › Formats › "
                "Most Compatible before taking photos."
            )
        )
    if head.startswith(_DRAWINGS[:2]) or (head.startswith(_DRAWINGS[2]) and head[40:44] == b" EMF"):
        return str(
            _(
                "This is a drawing (WMF or EMF), no photo. In Word, click on it with the right button, "
                "choose “Save as Picture” and PNG, and add that file."
            )
        )
    return str(
        _("This file is not a photo that can be read. Choose a JPEG, PNG, WebP or AVIF file.")
    )


def _check_size(file: IO[bytes]) -> None:
    refuse_if_not_kept(file)
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if size > LARGEST_FILE:
        raise ValidationError(
            _(
                "The photo has %(size)s MB; at most %(most)s MB can be taken. Make it smaller first."
            ),
            code="too_large",
            params={"size": size // 2**20, "most": LARGEST_FILE // 2**20},
        )


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The photo has too many pixels; at most %(most)s million can be taken. Make it smaller."),
        code="too_many_pixels",
        params={"most": LARGEST_PICTURE // 10**6},
    )


def _check_picture(picture: Image.Image) -> None:
    if picture.width * picture.height > LARGEST_PICTURE:
        raise _too_many_pixels()
    # A phone may keep a second picture (depth, brightness) behind a photo: that does not move.
    if picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1:
        raise ValidationError(_("Moving pictures cannot be taken."), code="animated")


def _upright_rgb(picture: Image.Image) -> Image.Image:
    upright = _in_srgb(ImageOps.exif_transpose(picture))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        upright = Image.new("RGBA", layer.size, "white")
        upright.alpha_composite(layer)
    plain = Image.new("RGB", upright.size)
    plain.paste(upright.convert("RGB"))
    return plain


def _in_srgb(picture: Image.Image) -> Image.Image:
    """In the colours that every screen expects; the profile itself is dropped with the metadata."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def renditions(picture: Image.Image) -> Iterator[Rendition]:
    """Every width that the picture can fill (at least one) in every format."""
    for width in widths_for(picture.width):
        height = max(1, round(picture.height * width / picture.width))
        resized = picture.resize((width, height), Image.Resampling.LANCZOS)
        for extension in FORMATS:
            yield Rendition(width, height, extension, _encode(resized, extension))


def master(picture: Image.Image) -> bytes:
    """What is kept to make renditions from: upright, without metadata, in a size for print."""
    kept = picture.copy()
    kept.thumbnail((MASTER_WIDTH, MASTER_WIDTH), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    kept.save(buffer, format="JPEG", quality=92, optimize=True)
    return buffer.getvalue()


def social(picture: Image.Image, focus: tuple[float, float]) -> bytes:
    """The crop for social networks around the focal point, given from 0 to 1."""
    return _encode(ImageOps.fit(picture, SOCIAL, Image.Resampling.LANCZOS, centering=focus), "jpg")


def cards(picture: Image.Image, focus: tuple[float, float]) -> Iterator[Rendition]:
    """The crops for cards around the focal point, in every format."""
    for width in card_widths_for(picture.width, picture.height):
        size = width, width * CARD_SHAPE[1] // CARD_SHAPE[0]
        cropped = ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=focus)
        for extension in FORMATS:
            yield Rendition(*size, extension, _encode(cropped, extension))


def card_widths_for(width: int, height: int) -> list[int]:
    """The widths of the crops that a photo of this size can fill (at least one), smallest first."""
    widest = min(width, height * CARD_SHAPE[0] // CARD_SHAPE[1])
    return [each for each in CARD_WIDTHS if each <= widest] or [CARD_WIDTHS[0]]


def widths_for(width: int) -> list[int]:
    """The widths in which a photo of this width is kept, smallest first."""
    smaller = [each for each in WIDTHS if each <= width]
    return smaller or [width]


def _encode(picture: Image.Image, extension: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, **_ENCODING[extension])  # type: ignore[arg-type]
    return buffer.getvalue()


def fingerprint(file: IO[bytes]) -> str:
    """SHA-256 of the content, to find a file that is there already."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(2**20):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
