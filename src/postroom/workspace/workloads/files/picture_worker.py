"""The process that reads one picture; see pictures.py. Its answer is what it prints."""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from datetime import datetime
from typing import Any, Final

from PIL import ExifTags, Image, ImageOps

from postroom.confinement import confine, silence

MEMORY_BYTES: Final = 768 << 20
CPU_S: Final = 15
MOST_PIXELS: Final = 100_000_000
QUALITY: Final = 85
_DATE: Final = "%Y:%m:%d %H:%M:%S"


def main() -> None:
    path, what, *rest = sys.argv[1:]
    told = os.fdopen(os.dup(1), "wb")
    silence()
    confine(MEMORY_BYTES, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(path, formats=("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise SystemExit(1)
        answer = _measured(picture) if what == "measure" else _rendered(picture, int(rest[0]), int(rest[1]), rest[2])
    told.write(answer)
    told.close()


def _measured(picture: Image.Image) -> bytes:
    exif = picture.getexif()
    turned = exif.get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    width, height = (picture.height, picture.width) if turned else picture.size
    found: dict[str, Any] = {"image": {"width": width, "height": height}}
    photo = {name: value for name, value in _photo(exif).items() if value is not None}
    if photo:
        found["photo"] = photo
    return json.dumps(found).encode()


def _photo(exif: Image.Exif) -> dict[str, Any]:
    """Facets of `photo` that the camera told."""
    more = exif.get_ifd(ExifTags.IFD.Exif)
    exposure = more.get(ExifTags.Base.ExposureTime)
    return {
        "cameraMake": _text(exif.get(ExifTags.Base.Make)),
        "cameraModel": _text(exif.get(ExifTags.Base.Model)),
        "takenDateTime": _date(more.get(ExifTags.Base.DateTimeOriginal)),
        "fNumber": _number(more.get(ExifTags.Base.FNumber)),
        "focalLength": _number(more.get(ExifTags.Base.FocalLength)),
        "iso": _whole(more.get(ExifTags.Base.ISOSpeedRatings)),
        "orientation": _whole(exif.get(ExifTags.Base.Orientation)),
        "exposureNumerator": _number(getattr(exposure, "numerator", None)),
        "exposureDenominator": _number(getattr(exposure, "denominator", None)),
    }


def _text(value: Any) -> str | None:
    found = value.strip("\0 ")[:200] if isinstance(value, str) else ""
    return found.encode("utf-8", "replace").decode() or None


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return found if abs(found) < 1e12 else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 1 << 31 else None


def _date(value: Any) -> str | None:
    try:
        return datetime.strptime(str(value).strip("\0 "), _DATE).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return None


def _rendered(picture: Image.Image, width: int, height: int, how: str) -> bytes:
    picture.draft("RGB", (width, height))
    turned = ImageOps.exif_transpose(picture)
    shown = turned.convert("RGBA") if turned.mode in ("P", "LA", "RGBA", "PA") else turned.convert("RGB")
    if how == "crop":
        shown = ImageOps.fit(shown, (width, height))
    else:
        shown.thumbnail((width, height))
    if shown.mode == "RGBA":
        ground = Image.new("RGB", shown.size, "white")
        ground.paste(shown, mask=shown.getchannel("A"))
        shown = ground
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
