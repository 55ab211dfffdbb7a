"""PE bytes to ImageFacts, through pefile.

Source: "PE Format" of Microsoft's documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pefile

from ..facts import ImageFacts
from .image_file import find_go

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .reader import Reader

_IMPORTS = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")
_LISTS = ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT")
_SECURITY = "IMAGE_DIRECTORY_ENTRY_SECURITY"


def read_pe(reader: Reader) -> ImageFacts:
    """Return the facts of a PE file. Raises InspectError where it is malformed or truncated."""
    try:
        image = pefile.PE(data=reader.read_whole(), fast_load=True)
        with image:
            return _make_facts(reader, image)
    except (pefile.PEFormatError, ValueError, IndexError, AttributeError) as error:
        reader.reject(f"PE headers that cannot be read: {error}")


def _make_facts(reader: Reader, image: Any) -> ImageFacts:
    header, optional = image.FILE_HEADER, image.OPTIONAL_HEADER
    sections = [(one, int(one.PointerToRawData), int(one.SizeOfRawData)) for one in image.sections]
    contents = [(offset, size) for _, offset, size in sections if size]
    return ImageFacts(
        type="DLL" if header.IMAGE_FILE_DLL else "EXE" if header.IMAGE_FILE_EXECUTABLE_IMAGE else "OBJECT",
        machine=str(pefile.MACHINE_TYPE.get(header.Machine, hex(header.Machine))).removeprefix("IMAGE_FILE_MACHINE_"),
        system=f"Windows {optional.MajorSubsystemVersion}.{optional.MinorSubsystemVersion}",
        libraries=tuple(dict.fromkeys(_libraries(reader, image))),
        signed=bool(_directory(image, _SECURITY).Size),
        **find_go(
            reader,
            contents,
            [(offset, size) for one, offset, size in sections if size and one.IMAGE_SCN_MEM_WRITE],
        ),
    )


def _directory(image: Any, name: str) -> Any:
    return image.OPTIONAL_HEADER.DATA_DIRECTORY[pefile.DIRECTORY_ENTRY[name]]


def _libraries(reader: Reader, image: Any) -> Iterable[str]:
    """Yield the names of the DLLs. What pefile skips with a warning Windows may load all the same: it is no answer."""
    known = len(image.get_warnings())
    image.parse_data_directories([pefile.DIRECTORY_ENTRY[name] for name in _IMPORTS])
    warnings = image.get_warnings()[known:]
    if warnings:
        reader.reject(f"imports that cannot be read: {warnings[0]}")
    for name, entries in zip(_IMPORTS, _LISTS, strict=True):
        found = getattr(image, entries, None)
        if found is None and _directory(image, name).Size:
            reader.reject(f"imports that cannot be read: {name}")
        for entry in found or ():
            yield entry.dll.decode("utf-8", "backslashreplace")
