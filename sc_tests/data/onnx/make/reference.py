"""The arithmetic of quantised operators in plain NumPy: integer products in int32, rescaling in float32. Shares
nothing with the program under test."""
import math

import numpy as np
from train import columns, images

F = np.float32


class Margins:
    """How near to a rounding tie values came, by sample: results with a good margin are the same on every libm and
    in every order of summation. `exact`: what was rounded came of integers; `real`: of float operators."""

    def __init__(self):
        self.least = {"exact": F(0.5), "real": F(0.5)}

    def note(self, values, zero, low, high, kind):
        inside = (values + zero >= low) & (values + zero <= high)  # what saturates rounds either way
        distance = np.where(inside, np.abs(values - np.floor(values) - F(0.5)), F(0.5))
        by_sample = distance.reshape(len(distance), -1).min(1)
        self.least[kind] = np.minimum(self.least[kind], by_sample)

    def good(self, exact, real=0.0):
        return (self.least["exact"] > exact) & (self.least["real"] > real)


def limits(dtype):
    return np.iinfo(dtype).min, np.iinfo(dtype).max


def saturated(values, zero, margins, kind):
    """Rounded half to even, moved by the zero point, clipped to the zero point's type."""
    low, high = limits(zero.dtype)
    offset = zero.astype(np.int32)
    margins.note(values, offset, low, high, kind)
    return np.clip(np.rint(values).astype(np.int32) + offset, low, high).astype(zero.dtype)


def quantise(x, scale, zero, margins, kind="real"):
    return saturated(x.astype(F) / scale, zero, margins, kind)


def dequantise(q, scale, zero):
    return (q.astype(np.int32) - zero.astype(np.int32)).astype(F) * scale


def requantise(sums, a_scale, w_scale, y_scale, y_zero, margins):
    multiplier = (a_scale * w_scale) / y_scale
    assert sums.dtype == np.int32 and multiplier.dtype == F
    return saturated(sums.astype(F) * multiplier, y_zero, margins, "exact")


def matmul_sums(a, a_zero, b, b_zero):
    return (a.astype(np.int32) - a_zero.astype(np.int32)) @ (b.astype(np.int32) - b_zero.astype(np.int32))


def conv_sums(x, x_zero, w, bias, stride, pads, groups):
    """Of x [B, C, H, W] and w [M, C/groups, k, k] with zero point 0, bias added; padding is the zero point."""
    cols, size = columns(x.astype(np.int32) - x_zero.astype(np.int32), w.shape[2], stride, pads, groups)
    matrix = w.astype(np.int32).reshape(groups, len(w) // groups, -1).transpose(0, 2, 1)
    return images(cols @ matrix, len(x), size) + bias[:, None, None]


def range_parameters(low, high):
    """Scale and uint8 zero point for low..high with 0 in it."""
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    scale = F((high - low) / 255)
    return scale, np.uint8(np.clip(np.rint(-low / scale), 0, 255))


def symmetric(w, axis=None):
    """int8 with zero point 0: -127..127; one scale, or one for each index of `axis`."""
    others = None if axis is None else tuple(i for i in range(w.ndim) if i != axis)
    largest = np.abs(w).max(others, keepdims=True)
    scale = (largest / 127).astype(F)
    q = np.clip(np.rint(w / scale), -127, 127).astype(np.int8)
    return q, scale.reshape(-1) if axis is not None else F(scale.reshape(()))


def asymmetric(w, dtype, axis=None):
    """All 256 values, a zero point as the range asks; one pair, or one for each index of `axis`."""
    others = None if axis is None else tuple(i for i in range(w.ndim) if i != axis)
    lowest, highest = w.min(others, keepdims=True), w.max(others, keepdims=True)
    low, high = limits(dtype)
    scale = ((highest - lowest) / 255).astype(F)
    zero = np.clip(np.rint(low - lowest / scale), low, high)
    q = np.clip(np.rint(w / scale) + zero, low, high).astype(dtype)
    shape = (-1,) if axis is not None else ()
    return q, scale.reshape(shape).astype(F), zero.reshape(shape).astype(dtype)


def erf(x):
    return np.vectorize(math.erf, otypes=[np.float64])(x).astype(x.dtype)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def layer_norm(x, gain, bias, epsilon=1e-5):
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred * centred).mean(-1, keepdims=True)
    return centred / np.sqrt(variance + x.dtype.type(epsilon)) * gain + bias
