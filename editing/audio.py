"""Sound files: known by the frames that they hold."""

from __future__ import annotations

from typing import IO

# Between the tag and the first frame some programs leave a gap.
_LARGEST_GAP = 4096
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s, MPEG 1
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG 2 and 2.5
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def is_mp3(file: IO[bytes]) -> bool:
    """Whether two frames of MPEG audio, layer 3, follow each other at its beginning (ISO/IEC 11172-3;
    the tag before them is ID3v2)."""
    file.seek(0)
    file.seek(_after_tag(file.read(10)))
    data = file.read(_LARGEST_GAP + 4 * 1441)
    file.seek(0)
    for start in range(min(_LARGEST_GAP, len(data))):
        if length := _frame_length(data[start : start + 4]):
            return _frame_length(data[start + length : start + length + 4]) > 0
    return False


def _after_tag(head: bytes) -> int:
    if len(head) < 10 or not head.startswith(b"ID3"):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame_length(header: bytes) -> int:
    """Bytes of the frame that begins so; 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or not 0 < bitrate < 15 or rate == 3:
        return 0
    kilobits = (_BITRATES if version == 3 else _BITRATES_2)[bitrate]
    samples = 144 if version == 3 else 72
    return samples * kilobits * 1000 // _RATES[version][rate] + (header[2] >> 1 & 1)
