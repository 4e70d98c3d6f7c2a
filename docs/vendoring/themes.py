"""Make a municipality's theme: ``static/css/themes/<name>.css`` from a few choices.

    python docs/vendoring/themes.py

``themes.json`` holds for each municipality a brand colour, a grey, the colour of the thin stripe
under the header and the roundness of corners. Each colour becomes a ramp of eight steps. A step is
fixed by its contrast with white, so every theme is as readable as the next one, whatever the
brand colour is. The ramps override the lowest layer of the design system's example theme; all
other tokens follow from them. The colour space is Oklab (Björn Ottosson, "A perceptual color space
for image processing", 2020), in which steps of one hue look like one hue.
"""

import json
import math
from pathlib import Path

HERE = Path(__file__).resolve().parent
THEMES = HERE.parents[1] / "static" / "css" / "themes"

# step: (contrast with white, share of the brand colour's chroma)
STEPS = {
    700: (15.5, 0.62), 600: (10.5, 0.85), 500: (7.4, 1.0), 400: (5.2, 1.0),
    300: (1.75, 0.62), 200: (1.34, 0.36), 100: (1.15, 0.18), 50: (1.06, 0.08),
}  # fmt: skip
# The example theme colours links with a second brand colour; a municipality here has one.
LINK_PARTS = ("color-default", "color-hover", "color-active")

Colour = tuple[float, float, float]


def main() -> None:
    """Write one style sheet for each entry of ``themes.json``."""
    for name, choices in json.loads((HERE / "themes.json").read_text()).items():
        (THEMES / f"{name}.css").write_text(theme(name, choices), encoding="utf-8", newline="\n")


def theme(name: str, choices: dict) -> str:
    """Return the style sheet of one municipality."""
    lines = ramp("violet", choices["accent"]) + ramp("grijs", choices["grey"])
    lines += [
        f"--basis-color-action-2-{part}: var(--basis-color-accent-1-{part});" for part in LINK_PARTS
    ]
    lines += [f"--basis-border-radius-{s}: {value};" for s, value in choices["radius"].items()]
    lines.append(f"--pb-stripe: {choices['stripe']};")
    body = "".join(f"  {line}\n" for line in lines)
    note = f"/* {choices['municipality']}. Made by docs/vendoring/themes.py; do not edit. */"
    return f"{note}\n.voorbeeld-theme.{name} {{\n{body}}}\n"


def ramp(name: str, colour: str) -> list[str]:
    """Return the eight steps of one colour as declarations, from dark to light."""
    _, a, b = to_oklab(colour)
    return [
        f"--voorbeeld-kleuren-{name}-{step}: {at_contrast(a * share, b * share, contrast_wanted)};"
        for step, (contrast_wanted, share) in STEPS.items()
    ]


def at_contrast(a: float, b: float, wanted: float) -> str:
    """Return the colour of this hue and chroma with the wanted contrast against white."""
    dark, light = 0.0, 1.0
    for _ in range(40):
        middle = (dark + light) / 2
        if contrast(from_oklab(middle, a, b), "#ffffff") > wanted:
            dark = middle
        else:
            light = middle
    return from_oklab(dark, a, b)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(colour: str) -> Colour:
    """Return the three channels of ``#rrggbb``, from 0 to 1, in proportion to light."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return red, green, blue


def to_oklab(colour: str) -> Colour:
    """Return lightness and the two colour axes of ``#rrggbb``."""
    r, g, b = linear(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_oklab(lightness: float, a: float, b: float) -> str:
    """Return ``#rrggbb``; what a screen cannot show is cut off at the edge."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * companded(channel)):02x}" for channel in channels)


def companded(channel: float) -> float:
    """Return a channel as sRGB stores it, from 0 to 1."""
    inside = min(1.0, max(0.0, channel))
    return inside * 12.92 if inside <= 0.0031308 else 1.055 * inside ** (1 / 2.4) - 0.055


if __name__ == "__main__":
    main()
