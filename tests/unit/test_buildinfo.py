"""buildinfo: Go's inline format, and nothing but None from what only looks like it."""

from __future__ import annotations

import io
import random

import pytest
from elf_image import ElfSpec, build_elf

from golang.facts import BuildInfo
from golang.inspect import inspect_stream
from golang.inspect.buildinfo import MAGIC, MAX_CANDIDATES, find_build_info, parse_build_info
from golang.inspect.reader import Reader

HEADER = MAGIC + bytes((8, 2)) + bytes(16)
TEXT = (
    "path\texample.com/app/cmd\n"
    "mod\texample.com/app\t(devel)\t\n"
    "dep\texample.com/dep\tv1.2.3\th1:abc=\n"
    "=>\texample.com/fork\tv1.2.4\t\n"
    "build\t-buildmode=exe\n"
    'build\t-ldflags="-s -w -X \\"main.v=1\\t\\u00e9\\x41\\""\n'
    "build\tCGO_ENABLED=0\n"
    "build\tCGO_CFLAGS=\n"
    'build\t"odd key"=`raw \\n`\n'
    "build\t-tags=netgo,osusergo\n"
)
SENTINEL = bytes(range(16))


def encode(text: bytes) -> bytes:
    size, data = len(text), b""
    while size > 0x7F:
        data += bytes((size & 0x7F | 0x80,))
        size >>= 7
    return data + bytes((size,)) + text


def make_info(text: str = TEXT, version: bytes = b"go1.26.8") -> bytes:
    module = SENTINEL + text.encode() + SENTINEL if text else b""
    return HEADER + encode(version) + encode(module)


def find(data: bytes) -> BuildInfo | None:
    return find_build_info(Reader(io.BytesIO(data), "app"), [(0, len(data))])


def test_reads_version_module_and_settings() -> None:
    assert parse_build_info(make_info()) == BuildInfo(
        go_version="go1.26.8",
        path="example.com/app/cmd",
        module="example.com/app",
        settings={
            "-buildmode": "exe",
            "-ldflags": '-s -w -X "main.v=1\té' + 'A"',
            "CGO_ENABLED": "0",
            "CGO_CFLAGS": "",
            "odd key": "raw \\n",
            "-tags": "netgo,osusergo",
        },
    )


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), (None, None)])
def test_cgo_enabled(value: str | None, expected: bool | None) -> None:
    info = parse_build_info(make_info(f"build\tCGO_ENABLED={value}\n" if value else "path\tx\n"))
    assert info is not None
    assert info.cgo_enabled is expected


def test_version_without_module_information() -> None:
    assert parse_build_info(make_info("")) == BuildInfo(go_version="go1.26.8")


def test_module_information_without_sentinels_is_ignored() -> None:
    data = HEADER + encode(b"go1.26.8") + encode(TEXT.encode())
    assert parse_build_info(data) == BuildInfo(go_version="go1.26.8")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        HEADER,
        HEADER + b"\0\0",
        HEADER + b"\xff" * 64,
        HEADER + encode(b"go1.26")[:-1],
        HEADER + b"\x80\x80\x80\x80\x80\x01go",
        HEADER + encode(b"\xff\xfe"),
        make_info().replace(HEADER, MAGIC + bytes((8, 0)) + bytes(16)),
        HEADER + b"\xff" * (1 << 20),
    ],
    ids=range(10),
)
def test_what_is_no_build_information_is_none(data: bytes) -> None:
    assert parse_build_info(data) is None


def test_every_truncation_is_none_or_less() -> None:
    data = make_info()
    for size in range(len(data)):
        info = parse_build_info(data[:size])
        assert info is None or not info.settings


def test_random_bytes_raise_nothing() -> None:
    generator = random.Random(7)
    for _ in range(2000):
        data = bytearray(make_info())
        for _ in range(generator.randint(1, 20)):
            data[generator.randrange(len(data))] = generator.randrange(256)
        parse_build_info(bytes(data))


@pytest.mark.parametrize("offset", [0, 16, (1 << 20) - 16, 1 << 20])
def test_found_at_16_bytes(offset: int) -> None:
    info = find(b"\1" * offset + make_info())
    assert info is not None
    assert info.path == "example.com/app/cmd"


@pytest.mark.parametrize("offset", [1, 8, (1 << 20) - 8])
def test_not_found_elsewhere(offset: int) -> None:
    assert find(b"\1" * offset + make_info()) is None


def test_invalid_candidates_are_passed_over() -> None:
    decoy = MAGIC + b"\0\0" + bytes(16)
    assert find(decoy * 3 + make_info()) is not None


def test_search_ends_after_many_candidates() -> None:
    decoy = MAGIC + b"\0\0" + bytes(16)
    assert find(decoy * MAX_CANDIDATES + make_info()) is None


def test_length_beyond_the_segment_is_none() -> None:
    data = make_info()
    assert find_build_info(Reader(io.BytesIO(data), "app"), [(0, 36)]) is None


def test_read_only_data_is_not_searched() -> None:
    """Go's linker writes it into a writable segment; elsewhere it is of an embedded program."""
    image = build_elf(ElfSpec(data=make_info()))
    image.put(image.at["PT_1"] + 56 + 4, "I", 4)
    elf = inspect_stream(io.BytesIO(bytes(image.data)), "app").elf
    assert elf is not None
    assert elf.build_info is None


def test_program_is_go_by_build_information_alone() -> None:
    data = build_elf(ElfSpec(data=make_info())).data
    elf = inspect_stream(io.BytesIO(bytes(data)), "app").elf
    assert elf is not None
    assert elf.go
    assert elf.build_info is not None
    assert elf.build_info.cgo_enabled is False
