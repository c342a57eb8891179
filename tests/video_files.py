"""Videos and captions for tests, made of as few bytes as they may have."""

from io import BytesIO

PLACE = b"+10.9804+106.6519/"


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return (8 + len(inside)).to_bytes(4, "big") + kind + inside


def mp4(
    *more: bytes, brand: bytes = b"isom", frames: bytes = b"\x00" * 2000, codec: bytes = b"avc1"
) -> BytesIO:
    """Plays nothing, and is built as what plays is; with the place where it was filmed."""
    description = box(b"stsd", bytes(7) + b"\x01", box(codec, bytes(70)))
    media = box(b"mdia", box(b"minf", box(b"stbl", description)))
    about = box(b"udta", box(b"\xa9xyz", len(PLACE).to_bytes(2, "big"), b"\x15\xc7", PLACE))
    moov = box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", media, about), about)
    return BytesIO(box(b"ftyp", brand, bytes(4)) + moov + box(b"mdat", frames) + b"".join(more))


def captions(text: str = "Lễ khởi công bắt đầu.") -> BytesIO:
    return BytesIO(f"WEBVTT\n\n00:01.000 --> 00:04.000\n{text}\n".encode())
