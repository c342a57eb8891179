"""Word files for tests, put together as Word does: parts of XML in a zip."""

from __future__ import annotations

import zipfile
from io import BytesIO

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_WPG = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_V = "urn:schemas-microsoft-com:vml"
_NAMES = {"w": _W, "r": _R, "a": _A, "wp": _WP, "pic": _PIC, "mc": _MC, "wps": _WPS, "wpg": _WPG}
_NAMES |= {"m": _M, "v": _V}
NAMESPACES = " ".join(f'xmlns:{name}="{address}"' for name, address in _NAMES.items())
_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_NUMBERING = f"""<?xml version="1.0"?><w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def paragraph(
    text: str = "", *, bold: bool = False, font: str = "", style: str = "", point: bool = False
) -> str:
    look = f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}"/>' if font else ""
    look += "<w:b/>" if bold else ""
    place = f'<w:pStyle w:val="{style}"/>' if style else ""
    place += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if point else ""
    run = f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
    return f"<w:p><w:pPr>{place}</w:pPr>{run}</w:p>"


def part(kind: str, content: str) -> bytes:
    """One part of a file: `part("styles", "<w:style …/>")`."""
    return f'<?xml version="1.0"?><w:{kind} {NAMESPACES}>{content}</w:{kind}>'.encode()


def picture(number: int, *, link: bool = False) -> str:
    kind = "link" if link else "embed"
    return (
        f"<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill>"
        f'<a:blip r:{kind}="rPic{number}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def word_file(
    *paragraphs: str, pictures: tuple[bytes, ...] = (), linked: tuple[str, ...] = (), **parts: bytes
) -> BytesIO:
    """`linked`: addresses of pictures that lie outside; `parts`: content by the name of the part,
    in place of what would stand there."""
    file = BytesIO()
    relations = [
        *(
            f'<Relationship Id="r{kind}" Type="{_R}/{kind}" Target="{kind}.xml"/>'
            for kind in ("styles", "footnotes")
            if f"word/{kind}.xml" in parts
        ),
        f'<Relationship Id="rNum" Type="{_R}/numbering" Target="numbering.xml"/>',
        *(
            f'<Relationship Id="rPic{at}" Type="{_R}/image" Target="media/image{at}.png"/>'
            for at in range(1, len(pictures) + 1)
        ),
        *(
            f'<Relationship Id="rPic{at}" Type="{_R}/image" Target="{address}" TargetMode="External"/>'
            for at, address in enumerate(linked, start=1)
        ),
    ]
    document = part("document", f"<w:body>{''.join(paragraphs)}</w:body>")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_REL}"><Relationship Id="r1" Type="{_R}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        package.writestr("word/document.xml", parts.get("document", document))
        if "word/numbering.xml" not in parts:
            package.writestr("word/numbering.xml", _NUMBERING)
        package.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{_REL}">{"".join(relations)}</Relationships>',
        )
        for at, content in enumerate(pictures, start=1):
            package.writestr(f"word/media/image{at}.png", content)
        for name, content in parts.items():
            if name != "document":
                package.writestr(name, content)
    file.seek(0)
    return file
