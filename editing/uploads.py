"""How what is sent comes in: in pieces onto the disk, never more of a file than any form takes.

What is too large, or finds the disk full, is read to its end and thrown away, so that the form that
brought it comes back with all that was typed and one line about this file.
"""

from __future__ import annotations

from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext_lazy as _

LARGEST_UPLOAD = 60 * 2**20  # bytes of one file
TOO_LARGE, NO_SPACE = "too_large", "no_space"


class BoundedUploadHandler(TemporaryFileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.why_not = ""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.why_not:
            return
        if start + len(raw_data) > LARGEST_UPLOAD:
            self._give_up(TOO_LARGE)
            return
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            self._give_up(NO_SPACE)

    def _give_up(self, why: str) -> None:
        self.why_not = why
        self.file.seek(0)
        self.file.truncate()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        try:
            super().file_complete(file_size)
        except OSError:  # what stood in the buffer found no room
            self._give_up(NO_SPACE)
            self.file.size = file_size
        self.file.why_not = self.why_not  # type: ignore[attr-defined]
        return self.file


def refuse_if_not_kept(file: IO[bytes]) -> None:
    """Raises ValidationError for an upload of which nothing was kept."""
    match getattr(file, "why_not", ""):
        case "too_large":
            raise ValidationError(
                _("The file is larger than %(most)s MB and was not taken."),
                code=TOO_LARGE,
                params={"most": LARGEST_UPLOAD // 2**20},
            )
        case "no_space":
            raise no_space()


def no_space() -> ValidationError:
    """When a file could not be written; what was written of it is gone again."""
    return ValidationError(
        _("The file could not be stored: the disk is full or not writable. Tell the operator."),
        code=NO_SPACE,
    )
