"""A sample picture: the sky at dusk."""

import struct
import zlib

_WIDTH, _HEIGHT = 240, 180
_TOP, _BOTTOM = (64, 96, 148), (244, 190, 150)


def picture() -> bytes:
    """The picture as PNG."""
    rows = b"".join(b"\0" + bytes(_colour(line)) * _WIDTH for line in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _colour(line: int) -> list[int]:
    share = line / (_HEIGHT - 1)
    return [round(top + (bottom - top) * share) for top, bottom in zip(_TOP, _BOTTOM, strict=True)]


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum
