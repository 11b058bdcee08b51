"""Files that open with a password only: AES-256 by the PDF and Excel formats themselves.

Nothing is written to disk here; the password is kept nowhere.
"""

from __future__ import annotations

from io import BytesIO


def lock_file(content: bytes, suffix: str, password: str) -> bytes:
    """The same file behind a password; `suffix` is pdf or xlsx."""
    return _lock_pdf(content, password) if suffix == "pdf" else _lock_xlsx(content, password)


def _lock_pdf(content: bytes, password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    writer.encrypt(password, algorithm="AES-256")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _lock_xlsx(content: bytes, password: str) -> bytes:
    """Agile encryption of Office 2010 and later: AES-256 in CBC, SHA-512, with integrity."""
    from msoffcrypto.format.ooxml import OOXMLFile

    made = BytesIO()
    OOXMLFile(BytesIO(content)).encrypt(password, made)
    return made.getvalue()
