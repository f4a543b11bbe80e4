"""What `judge sandbox` prints."""

from __future__ import annotations

from judge.verdict import escaped
from sandbox.housekeeping import Found, Removed
from sandbox.image import BUILD, Image

UNITS = ("bytes", "kB", "MB", "GB", "TB")


def built(image: Image) -> str:
    """That the image is there."""
    packages = ", ".join(package.replace("==", " ") for package in image.packages.split())
    return (
        f"{image.name} is built: {size(image.size_bytes)}, with {packages}.\n"
        "`judge run FILE --sandbox docker` runs a file in it; `judge doctor` attacks it.\n"
    )


def render(found: Found) -> str:
    """The headline first, then engine, images, containers."""
    headline = (
        "The docker sandbox is ready."
        if found.ready
        else f"The docker sandbox has no image of this version: {BUILD} makes it."
    )
    lines = [headline, "", f"  Engine      {escaped(found.engine)} at {escaped(found.place)}"]
    for number, image in enumerate(found.images):
        state = "in use" if image.current else "of another version"
        lines.append(
            f"  {'Images' if number == 0 else '':<10}  {escaped(image.name)}  {size(image.size_bytes)}  {state}  {escaped(image.packages)}"
        )
    if not found.images:
        lines.append("  Images      none")
    parts = [(found.running, "of judges at work"), (len(found.left), "left behind")]
    lines.append("  Containers  " + (", ".join(f"{count} {which}" for count, which in parts if count) or "none"))
    if found.left or any(not image.current for image in found.images):
        lines += ["", "`judge sandbox clean` removes what was left behind, and images of other versions."]
    return "\n".join(lines) + "\n"


def cleaned(removed: Removed) -> str:
    """What is gone."""
    lines = [f"Removed: {_counted(removed.containers, 'container')}, {_counted(len(removed.images), 'image')}."]
    lines += [f"  {escaped(image.name)}  {size(image.size_bytes)}" for image in removed.images]
    lines += [escaped(sentence) for sentence in removed.kept]
    return "\n".join(lines) + "\n"


def size(count: float) -> str:
    """Bytes in words, as engines count them: 1.2 GB."""
    for unit in UNITS[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit in UNITS[:2] else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {UNITS[-1]}"


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
