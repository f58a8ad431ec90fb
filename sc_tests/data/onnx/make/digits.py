"""Pictures of digits: glyphs of 5x7 points drawn for this project, shifted, blurred, with worn points and noise."""
import numpy as np

SIZE = 12
GLYPHS = [
    ".###. #...# #..## #.#.# ##..# #...# .###.",
    "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    ".###. #...# ....# ...#. ..#.. .#... #####",
    "####. ....# ....# .###. ....# ....# ####.",
    "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "##### #.... ####. ....# ....# #...# .###.",
    ".###. #.... #.... ####. #...# #...# .###.",
    "##### ....# ...#. ..#.. ..#.. .#... .#...",
    ".###. #...# #...# .###. #...# #...# .###.",
    ".###. #...# #...# .#### ....# ....# .###.",
]
BITMAPS = np.array([[[c == "#" for c in row] for row in glyph.split()] for glyph in GLYPHS], np.float32)


def blurred(image, amount):
    """The picture and its four neighbours; a row that leaves on one side is empty there, so it may wrap."""
    shifted = [np.roll(image, step, axis) for step in (-1, 1) for axis in (0, 1)]
    return image + amount * sum(shifted)


def picture(rng, digit):
    """[12, 12], about 0 to 1 before the noise; points of the glyph fade at random."""
    glyph = BITMAPS[digit] * rng.uniform(0.7, 1.0, BITMAPS[digit].shape)
    glyph *= rng.random(glyph.shape) > 0.02
    image = np.zeros((SIZE, SIZE))
    top, left = rng.integers(1, 5), rng.integers(1, 7)
    image[top:top + 7, left:left + 5] = glyph
    return blurred(image, rng.uniform(0.0, 0.2)) + rng.normal(0, 0.1, image.shape)


def data_set(seed, count):
    """Pictures [count, 1, 12, 12] around 0 in float32, and their digits."""
    rng = np.random.default_rng(seed)
    digits = rng.integers(0, 10, count)
    images = np.stack([picture(rng, digit) for digit in digits])[:, None]
    return ((images - 0.3) / 0.5).astype(np.float32), digits
