"""Small documents of every kind, made here, and what is wrong with some."""

from __future__ import annotations

import io
import struct
import zipfile

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
LOCKED_PDF = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 5 0 R")
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 8, 8, 8, 2, 0, 0, 0) + b"IEND"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04ab"
    + b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 60, 80) + b"\x01\x01\x11\x00"
    + b"\xff\xd9"
)  # fmt: skip
PROGRAM = b"MZ\x90\x00" + bytes(200)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
LOCKED_OFFICE = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le")

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
WORDS = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "{}</w:body></w:document>"
)


def archive(parts: dict[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            # Without a date of its own a part bears the present one, and no two archives are equal.
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def docx(*paragraphs: str, types: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """Return a Word document with paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    parts: dict[str, str | bytes] = {}
    parts |= {"[Content_Types].xml": TYPES.format(types), "word/document.xml": WORDS.format(body)}
    return archive({**parts, **(more or {})})


def bomb() -> bytes:
    """Return a Word document that unpacks to a thousand times its size."""
    return docx("x", more={"word/media/picture.bmp": bytes(40 * 1024 * 1024)})
