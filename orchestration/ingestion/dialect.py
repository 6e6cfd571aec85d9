"""How a delimited file is written: its delimiter, its encoding, and the rows around its header.

A pack says it once, beside the pattern of the files; whatever it is, the lake holds the same rows as of a plain file.
How numbers and days are written is no part of it: those stay texts in the lake, and base models turn them.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import IO

from orchestration.ingestion.errors import LandingError

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "latin-1": "Latin-1", "windows-1252": "Windows-1252"}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# The longest header, and row above or below it.
LONGEST_HEADER = 1 << 20
_BLOCK_BYTES = 4 << 20
# Control characters that no text holds. Where Latin-1 has them, Windows-1252 has the euro sign and quotation marks.
_CONTROLS = re.compile("[\x80-\x9f]")


@dataclass(frozen=True)
class Dialect:
    """How the files of a raw table are written.

    `delimiter` is one of `DELIMITERS`, `encoding` one of `ENCODINGS`. `rows_above_header` are titles and the like,
    `rows_below_header` explain the columns (two in Qualtrics' exports); a row may hold quoted line breaks.
    Raises ValueError for what is none of these.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    rows_above_header: int = 0
    rows_below_header: int = 0

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS or self.encoding not in ENCODINGS:
            raise ValueError(
                f"delimiter={self.delimiter!r}, encoding={self.encoding!r}: a delimiter is one of "
                f"{', '.join(map(repr, DELIMITERS))}, an encoding one of {', '.join(ENCODINGS)}."
            )

    def told(self) -> str:
        """The dialect in words."""
        parts = [f"separated by {DELIMITERS[self.delimiter]}", ENCODINGS[self.encoding]]
        for count, where in ((self.rows_above_header, "above"), (self.rows_below_header, "below")):
            if count:
                parts.append(f"{count} row{'s' if count > 1 else ''} {where} the header")
        return ", ".join(parts)


PLAIN = Dialect()


def in_utf_8(stream: IO[bytes], dialect: Dialect, where: str) -> IO[bytes]:
    """`stream` in UTF-8, to be read row by row.

    What is said to be UTF-8 is passed on as it is, for the reader to judge. Of another encoding, a byte that it does
    not have raises LandingError while it is read; `where` is what the message calls the file.
    """
    if dialect.encoding == "utf-8":
        return stream
    return io.BufferedReader(_Recoded(stream, dialect.encoding, where), _BLOCK_BYTES)


class _Recoded(io.RawIOBase):
    """A stream of bytes in one encoding as a stream of UTF-8."""

    def __init__(self, stream: IO[bytes], encoding: str, where: str) -> None:
        self._stream, self._encoding, self._where = stream, encoding, where
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._lines = 0
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._ready:
            block = self._stream.read(_BLOCK_BYTES)
            text = self._decoded(block)
            if not block and not text:
                return 0
            self._lines += text.count("\n")
            self._ready = memoryview(text.encode())
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _decoded(self, block: bytes) -> str:
        try:
            text = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(error.encoding, "ignore")
            raise self._refusal(before, f"the byte 0x{error.object[error.start]:02X}, which is not") from None
        except UnicodeError:
            raise LandingError(
                f"{self._where}: the file does not begin with the byte order mark of UTF-16. Nothing was loaded. "
                "Export it as UTF-8, or say its encoding beside the pattern of the files."
            ) from None
        if self._encoding == "latin-1" and (control := _CONTROLS.search(text)):
            raise self._refusal(
                text[: control.start()],
                f"the byte 0x{ord(control[0]):02X}, a character in Windows-1252 and none in",
            )
        return text

    def _refusal(self, before: str, what: str) -> LandingError:
        return LandingError(
            f"{self._where}: line {self._lines + before.count(chr(10)) + 1} holds {what} "
            f"{ENCODINGS[self._encoding]}. Nothing was loaded. Export the file as UTF-8, or say its encoding beside "
            "the pattern of the files."
        )


def next_row(stream: IO[bytes]) -> bytes:
    """The next row of a stream in UTF-8, with the line breaks that its quotes hold; at most `LONGEST_HEADER` bytes."""
    row = b""
    while line := stream.readline(LONGEST_HEADER - len(row)):
        row += line
        if row.count(b'"') % 2 == 0:
            break
    return row
