"""Reads a file as what it holds: unpacked by its first bytes, never by its name, and loud where it breaks off."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from types import ModuleType, TracebackType
from typing import Any, Protocol, Self

import zstandard

from model.errors import Interrupted

_inflate: ModuleType
_inflate_error: Any
try:
    from isal import igzip_lib, isal_zlib

    _inflate, _inflate_error = isal_zlib, igzip_lib.IsalError
except ImportError:  # no wheel for this machine: the standard library does the same, slower
    _inflate, _inflate_error = zlib, zlib.error

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = b"\x2a\x4d\x18"  # RFC 8878, section 3.1.2: 0x184D2A50 to 0x184D2A5F, little endian
_SLICE = 1024  # zstd unpacks up to 128 kB from 4 bytes: small pieces bound the memory of a hostile file
_PLAIN = 1 << 17  # larger blocks are fresh pages of the system each time: a quarter slower
_BROKEN = (_inflate_error, zlib.error, zstandard.ZstdError, EOFError)


class _Source(Protocol):
    """What bytes are taken from: an unbuffered file, or standard input."""

    def read(self, size: int, /) -> bytes | None: ...

    def close(self) -> None: ...


class _Gzip:
    """One member of a gzip file (RFC 1952)."""

    piece = 1 << 16

    def __init__(self) -> None:
        self._state = _inflate.decompressobj(wbits=31)
        self.rest = b""

    @property
    def ended(self) -> bool:
        return bool(self._state.eof)

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while True:
            piece = self._state.decompress(packed, _PLAIN)
            yield piece
            packed = self._state.unconsumed_tail
            if self.ended or not (packed or len(piece) == _PLAIN):
                self.rest = self._state.unused_data if self.ended else b""
                return


class _Zstd:
    """One frame of a zstd file (RFC 8878), fed in pieces so small that a hostile one can not fill the memory."""

    piece = 1 << 18

    def __init__(self) -> None:
        self._state = zstandard.ZstdDecompressor().decompressobj()
        self.rest = b""

    @property
    def ended(self) -> bool:
        return bool(self._state.eof)

    def feed(self, packed: bytes) -> Iterator[bytes]:
        for at in range(0, len(packed), _SLICE):
            yield self._state.decompress(packed[at : at + _SLICE])
            if self.ended:
                self.rest = self._state.unused_data + packed[at + _SLICE :]
                return


class Unpacked(io.BufferedIOBase):
    """The bytes of a file, unpacked: gzip (any number of members), zstd (any number of frames) or plain.

    Where the file breaks off (cut short, corrupt, a read error), `read` returns all that came before and the next
    call raises Interrupted; leaving the context raises it where no call did, so that no break goes unnoticed.
    """

    def __init__(self, raw: _Source, *, keep_open: bool = False) -> None:
        """Read from `raw`, which stays open on closing where `keep_open` is set."""
        super().__init__()
        self._raw = raw
        self._keep_open = keep_open
        self._buffer = b""
        self._at = 0
        self._pieces = self._unpack()
        self._break: Interrupted | None = None
        self._told = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes (all where negative), fewer only at the end. Raises Interrupted after a break."""
        self._need(size if size is not None and size >= 0 else None)
        return self._take(len(self._buffer) if size is None or size < 0 else self._at + size)

    def read1(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes of what is at hand. Raises Interrupted after a break."""
        self._need(1)
        return self._take(len(self._buffer) if size < 0 else self._at + size)

    def readline(self, size: int | None = -1, /) -> bytes:
        r"""Return the bytes up to and with the next `\n`, at most `size`. Raises Interrupted after a break."""
        limit = size if size is not None and size >= 0 else None
        searched = self._at
        while (end := self._buffer.find(b"\n", searched)) < 0:
            held = len(self._buffer) - self._at
            if (limit is not None and held >= limit) or not self._grow():
                break
            searched = held
        self._tell()
        stop = end + 1 if end >= 0 else len(self._buffer)
        return self._take(stop if limit is None else min(stop, self._at + limit))

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if not self._keep_open and not self.closed:
            self._raw.close()
        super().close()

    def __enter__(self) -> Self:
        """Return the stream itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close the file. Raises Interrupted where it broke off and no read has said so yet."""
        self.close()
        if kind is None and self._break is not None and not self._told:
            raise self._break

    def _need(self, size: int | None) -> None:
        pieces = [self._buffer[self._at :]]
        held = len(pieces[0])
        while (size is None or held < size) and (piece := self._next()):
            pieces.append(piece)
            held += len(piece)
        if len(pieces) > 1:
            self._buffer, self._at = b"".join(pieces), 0
        self._tell()

    def _grow(self) -> bool:
        piece = self._next()
        self._buffer, self._at = self._buffer[self._at :] + piece, 0
        return bool(piece)

    def _next(self) -> bytes:
        """Return the next bytes of the file, b"" at its end or break."""
        if self._break is None:
            try:
                return next(self._pieces, b"")
            except Interrupted as error:
                self._break = error
        return b""

    def _tell(self) -> None:
        if self._break is not None and self._at >= len(self._buffer):
            self._told = True
            raise self._break

    def _take(self, stop: int) -> bytes:
        taken = self._buffer[self._at : stop]
        self._at += len(taken)
        return taken

    def _packed(self, size: int) -> bytes:
        try:
            return self._raw.read(size) or b""
        except OSError as error:
            raise Interrupted(f"the file could not be read to its end: {error.strerror}") from None

    def _unpack(self) -> Iterator[bytes]:
        head = b""
        while len(head) < len(_ZSTD) and (piece := self._packed(_PLAIN)):
            head += piece
        if head.startswith(_GZIP):
            yield from self._members(head, _Gzip)
        elif head.startswith(_ZSTD) or (head[1:4] == _SKIPPABLE and head[0] & 0xF0 == 0x50):
            yield from self._members(head, _Zstd)
        else:
            while head:
                yield head
                head = self._packed(_PLAIN)

    def _members(self, packed: bytes, fresh: type[_Gzip | _Zstd]) -> Iterator[bytes]:
        while packed:
            member = fresh()
            while not member.ended:
                if not packed:
                    raise Interrupted("the file is cut short: it ends in the middle of the packed data")
                try:
                    yield from filter(None, member.feed(packed))
                except _BROKEN:
                    raise Interrupted("the file is damaged: it could not be unpacked to its end") from None
                packed = member.rest or self._packed(fresh.piece)
            packed = self._after_padding(packed, fresh.piece)

    def _after_padding(self, packed: bytes, size: int) -> bytes:
        """Return what follows a member; the zeros that tapes and block devices pad with are no member."""
        while packed and not (packed := packed.lstrip(b"\0")):
            packed = self._packed(size)
        return packed
