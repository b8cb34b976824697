"""A PDF of one page with a text layer, written by hand: objects, cross-reference table, trailer (PDF 1.4)."""

from collections.abc import Sequence

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"


def make_pdf(title: str, lines: Sequence[str]) -> bytes:
    """Return a PDF that shows *lines* one below the other and names *title* in its information dictionary.

    Only characters of Latin-1: the standard fonts have no others.
    """
    drawn = b"".join(b"(" + _text(line) + b") Tj T*\n" for line in lines)
    stream = b"BT /F1 11 Tf 14 TL 56 780 Td\n" + drawn + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        FONT,
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Title (" + _text(title) + b") /Producer (hyperai-archive demo) >>",
    )
    return _assemble(objects)


def _assemble(objects: Sequence[bytes]) -> bytes:
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start, size = len(body), len(objects) + 1
    body += b"xref\n0 %d\n0000000000 65535 f \n" % size
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, size - 1, start)
    return bytes(body)


def _text(line: str) -> bytes:
    return line.encode("latin-1").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
