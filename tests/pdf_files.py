"""PDF files for tests, written by hand: pages of text in any letters, or of none."""

from __future__ import annotations

from io import BytesIO

_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap end end"""


def pdf_file(*pages: str) -> BytesIO:
    """One page for each text, its lines below each other."""
    objects = [b"", b"", _font(), _descendant(), _stream(_TO_UNICODE)]
    kids = []
    for text in pages:
        objects.append(_stream(_drawn(text)))
        kids.append(len(objects) + 1)
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
        objects.append(f"{page} /Resources << /Font << /F 3 0 R >> >> >>".encode())
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode()
    return BytesIO(_file_of(objects))


def _font() -> bytes:
    return (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H"
        b" /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>"
    )


def _descendant() -> bytes:
    return b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /DW 500 >>"


def _drawn(text: str) -> bytes:
    if not text:
        return b"0 0 595 842 re f"
    lines = (f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in text.splitlines())
    return f"BT /F 12 Tf 14 TL 50 780 Td {' '.join(lines)} ET".encode()


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _file_of(objects: list[bytes]) -> bytes:
    file, places = BytesIO(), []
    file.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, start=1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.writelines(b"%010d 00000 n \n" % place for place in places)
    file.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    file.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return file.getvalue()
