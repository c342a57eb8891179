"""Sound files are known by their frames, not by their names."""

from io import BytesIO

import pytest

from editing.audio import is_mp3

# One frame of MPEG 1, layer 3, 128 kbit/s, 44.1 kHz: 417 bytes.
FRAME = b"\xff\xfb\x90\x00" + bytes(413)
# The same with one byte more.
PADDED = b"\xff\xfb\x92\x00" + bytes(414)
# MPEG 2, 64 kbit/s, 22.05 kHz: 208 bytes.
SLOW = b"\xff\xf3\x80\x00" + bytes(204)
TAG = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)


@pytest.mark.parametrize(
    "content",
    [FRAME * 3, PADDED + FRAME, SLOW * 2, TAG + FRAME * 2, TAG + bytes(100) + FRAME * 2],
    ids=["frames", "padded", "slow", "tagged", "gap"],
)
def test_frames_are_sound(content):
    assert is_mp3(BytesIO(content))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3",
        TAG,
        FRAME,  # nothing follows
        b"<script>alert(1)</script>" * 50,
        TAG + b"<html><script>alert(1)</script></html>" * 20,
        b"\xff\xfb\xf0\x00" + bytes(2000),  # no such rate
        b"MZ" + bytes(5000),
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + FRAME * 3,  # a tag longer than the file
    ],
)
def test_anything_else_is_none(content):
    assert not is_mp3(BytesIO(content))
