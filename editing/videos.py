"""Videos: which addresses show one, and what an uploaded one must be.

Nothing of other sites is ever embedded: their player would tell them who reads what here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup

LARGEST_CAPTIONS = 2**20  # bytes

# Site → the addresses that show a video there.
_SITES = {
    "YouTube": re.compile(
        r"(?:(?:www|m)\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?|embed/|shorts/|live/)|youtu\.be/)"
        r"[\w?&=%.-]+"
    ),
    "Facebook": re.compile(
        r"(?:(?:www|m|web)\.)?facebook\.com/(?:watch/?\?|reel/\d|share/[vr]/|[\w.%-]+/videos/)\S*"
        r"|fb\.watch/\S+"
    ),
    "TikTok": re.compile(
        r"(?:www\.)?tiktok\.com/(?:@[\w.-]+/video/|embed/)\S+|v[mt]\.tiktok\.com/\S+"
    ),
    "Zalo": re.compile(r"(?:video\.zalo\.me|zalo\.video|(?:www\.)?zalo\.me/video)/\S+"),
    "Vimeo": re.compile(r"(?:www\.|player\.)?vimeo\.com/(?:video/)?\d+\S*"),
}
_YOUTUBE = re.compile(r"(?:/embed/|youtu\.be/|/shorts/|/live/|[?&]v=)([\w-]{6,20})")


def site_of(address: str) -> str:
    """The name of the site on which a video is watched; empty for what is no such address."""
    found = re.fullmatch(r"https?://(\S+)", address.strip())
    shown = (name for name, pattern in _SITES.items() if found and pattern.fullmatch(found[1]))
    return next(shown, "")


def watched_at(address: str) -> str:
    """The page of a video whose player or address this is; empty for what leads nowhere."""
    address = address.strip()
    address = f"https:{address}" if address.startswith("//") else address
    if not address.startswith(("https://", "http://")):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # Facebook's player carries the page of its video.
    inner = parse_qs(parts.query).get("href", [""])[0]
    if parts.path.startswith("/plugins/video") and inner:
        return watched_at(inner)
    if site_of(address) == "YouTube" and (match := _YOUTUBE.search(address)):
        return f"https://www.youtube.com/watch?v={match[1]}"
    return address


def videos_in(body: str) -> Iterator[tuple[str, str]]:
    """Address and words of each link to a video that stands alone in its paragraph."""
    for paragraph in BeautifulSoup(body, "html.parser").find_all("p"):
        links = paragraph.find_all("a")
        if len(links) == 1 and links[0].get_text(strip=True) == paragraph.get_text(strip=True):
            address = str(links[0].get("href") or "")
            if site_of(address):
                yield address, links[0].get_text(strip=True)


# What is uploaded

_BRANDS = {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"}
_BRANDS |= {b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5", b"mmp4"}
# Place, device, names: no player needs them.
_ABOUT = {b"udta", b"meta", b"uuid"}
_Box = tuple[bytes, int, int, int]  # kind, where it begins, where its content does, where it ends


def is_mp4(file: IO[bytes]) -> bool:
    """Whether it is built as an MP4 from its first byte to its last."""
    try:
        boxes = list(_boxes(file, 0, _size(file)))
        file.seek(8)
        brand = file.read(4)
    except ValueError:
        return False
    finally:
        file.seek(0)
    kinds = {kind for kind, *_rest in boxes}
    return bool(boxes) and boxes[0][0] == b"ftyp" and brand in _BRANDS and b"moov" in kinds


# What many phones' and computers' browsers do not play, by the name in the track's description.
_UNPLAYED = dict.fromkeys((b"hvc1", b"hev1", b"dvh1", b"dvhe"), "HEVC (H.265)")
_UNPLAYED |= {b"mp4v": "MPEG-4 Visual", b"s263": "H.263"}
_TO_DESCRIPTION = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")


def unplayed_codec(file: IO[bytes]) -> str:
    """How its pictures are coded, where many readers could not see them; else empty."""
    boxes = list(_boxes(file, 0, _size(file)))
    try:
        for name in _TO_DESCRIPTION:
            found = [box for box in boxes if box[0] == name]
            # A count stands before the descriptions.
            gap = 8 if name == b"stsd" else 0
            boxes = [each for box in found for each in _boxes(file, box[2] + gap, box[3])]
    except ValueError:
        return ""
    finally:
        file.seek(0)
    return next((_UNPLAYED[kind] for kind, *_rest in boxes if kind in _UNPLAYED), "")


def forget_place(file: IO[bytes]) -> None:
    """Overwrites, in the file itself, what a phone wrote of the place, of itself and of its owner."""
    for kind, _start, content, end in list(_boxes(file, 0, _size(file))):
        inside = list(_boxes(file, content, end)) if kind == b"moov" else []
        tracks = [
            box for each in inside if each[0] == b"trak" for box in _boxes(file, each[2], each[3])
        ]
        for box in [(kind, _start, content, end), *inside, *tracks]:
            if box[0] in _ABOUT:
                file.seek(box[1] + 4)
                file.write(b"free")
                file.seek(box[2])
                file.write(bytes(box[3] - box[2]))
    file.seek(0)


def _boxes(file: IO[bytes], at: int, end: int) -> Iterator[_Box]:
    """Raises ValueError where the sizes do not fit."""
    while at < end:
        file.seek(at)
        head = file.read(16)
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        content = at + 8
        if size == 1:
            size, content = int.from_bytes(head[8:16], "big"), at + 16
        elif size == 0:
            size = end - at
        if len(head) < 8 or size < content - at or at + size > end:
            raise ValueError(at)
        yield kind, at, content, at + size
        at += size


def _size(file: IO[bytes]) -> int:
    return file.seek(0, io.SEEK_END) or file.tell()


_SRT_TIME = re.compile(r"(\d{1,2}:\d{2}:\d{2}),(\d{3})")


def captions_from_srt(text: str) -> str:
    """WebVTT of SubRip, which editing programs write; its looks are no HTML's business."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip())
    cues = []
    for block in blocks:
        lines = block.split("\n")
        at = next((at for at, line in enumerate(lines) if "-->" in line), None)
        if at is None:
            continue
        times = _SRT_TIME.sub(r"\1.\2", lines[at]).strip()
        times = re.sub(r"\b(\d):(?=\d{2}:\d{2}\.)", r"0\1:", times)
        words = [
            re.sub(r"<[^>]*>|\{\\[^}]*\}", "", line).replace("-->", "→") for line in lines[at + 1 :]
        ]
        cues.append("\n".join([times, *(word for word in words if word.strip())]))
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


_CUE = re.compile(
    r"^(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}", re.M
)


def is_captions(file: IO[bytes]) -> bool:
    """Whether it is WebVTT that says something."""
    file.seek(0)
    content = file.read(LARGEST_CAPTIONS + 1)
    file.seek(0)
    if len(content) > LARGEST_CAPTIONS or b"\x00" in content:
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(re.match(r"WEBVTT(?:[ \t\r\n]|$)", text) and _CUE.search(text))
