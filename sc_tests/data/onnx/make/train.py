"""A small convolutional network in float32 NumPy, trained with Adam."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def columns(x, kernel, stride, pads, groups, fill=0):
    """Windows of x [B, C, H, W] as [groups, B*oh*ow, C/groups*kernel*kernel], and (oh, ow). pads: top, left,
    bottom, right."""
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    windows = sliding_window_view(x, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]
    batch, channels, oh, ow = windows.shape[:4]
    grouped = windows.reshape(batch, groups, channels // groups, oh, ow, kernel, kernel)
    grouped = grouped.transpose(1, 0, 3, 4, 2, 5, 6)
    return np.ascontiguousarray(grouped).reshape(groups, batch * oh * ow, -1), (oh, ow)


def images(rows, batch, size):
    """The inverse order: [groups, B*oh*ow, M/groups] to [B, M, oh, ow]."""
    groups, _, per_group = rows.shape
    rows = rows.reshape(groups, batch, *size, per_group).transpose(1, 0, 4, 2, 3)
    return rows.reshape(batch, groups * per_group, *size)


class Conv:
    def __init__(self, rng, out, per_group, kernel, stride=1, pads=(0, 0, 0, 0), groups=1):
        fan_in = per_group * kernel * kernel
        self.w = rng.normal(0, np.sqrt(2 / fan_in), (out, per_group, kernel, kernel)).astype(np.float32)
        self.b = np.zeros(out, np.float32)
        self.kernel, self.stride, self.pads, self.groups = kernel, stride, pads, groups

    def matrix(self):
        return self.w.reshape(self.groups, len(self.w) // self.groups, -1).transpose(0, 2, 1)

    def forward(self, x):
        self.x_shape = x.shape
        self.cols, self.size = columns(x, self.kernel, self.stride, self.pads, self.groups)
        return images(self.cols @ self.matrix(), len(x), self.size) + self.b[:, None, None]

    def backward(self, dy):
        batch, channels, height, width = self.x_shape
        rows = dy.reshape(batch, self.groups, -1, *self.size).transpose(1, 0, 3, 4, 2)
        rows = rows.reshape(self.groups, -1, len(self.w) // self.groups)
        self.db = dy.sum((0, 2, 3))
        self.dw = (self.cols.transpose(0, 2, 1) @ rows).transpose(0, 2, 1).reshape(self.w.shape)
        dcols = (rows @ self.matrix().transpose(0, 2, 1)).reshape(
            self.groups, batch, *self.size, channels // self.groups, self.kernel, self.kernel)
        dcols = dcols.transpose(1, 0, 4, 2, 3, 5, 6).reshape(batch, channels, *self.size, self.kernel, self.kernel)
        top, left, bottom, right = self.pads
        dx = np.zeros((batch, channels, height + top + bottom, width + left + right), np.float32)
        for k in range(self.kernel):
            for l in range(self.kernel):
                last = [k + self.stride * self.size[0], l + self.stride * self.size[1]]
                dx[:, :, k:last[0]:self.stride, l:last[1]:self.stride] += dcols[..., k, l]
        return dx[:, :, top:top + height, left:left + width]


def max_pool(x):
    """2x2, stride 2."""
    batch, channels, height, width = x.shape
    return x.reshape(batch, channels, height // 2, 2, width // 2, 2).max((3, 5))


def max_pool_backward(x, y, dy):
    def spread(t):
        return t.repeat(2, 2).repeat(2, 3)
    return (x == spread(y)) * spread(dy)


class Net:
    """12x12 -> conv 3x3, relu, max pool -> conv 3x3 / 2 padded below and right, relu -> depthwise 3x3 without
    relu (a linear bottleneck: its zero point is not 0) -> conv 1x1, relu -> mean -> 10 classes."""

    def __init__(self, rng):
        self.convs = {
            "conv1": Conv(rng, 8, 1, 3, pads=(1, 1, 1, 1)),
            "conv2": Conv(rng, 16, 8, 3, stride=2, pads=(0, 0, 1, 1)),
            "depthwise": Conv(rng, 16, 1, 3, pads=(1, 1, 1, 1), groups=16),
            "pointwise": Conv(rng, 24, 16, 1),
        }
        self.fc_w = rng.normal(0, np.sqrt(2 / 24), (24, 10)).astype(np.float32)
        self.fc_b = np.zeros(10, np.float32)

    def forward(self, x):
        """All activations by name."""
        c, t = self.convs, {"image": x}
        t["conv1"] = np.maximum(c["conv1"].forward(x), 0)
        t["pool"] = max_pool(t["conv1"])
        t["conv2"] = np.maximum(c["conv2"].forward(t["pool"]), 0)
        t["depthwise"] = c["depthwise"].forward(t["conv2"])
        t["pointwise"] = np.maximum(c["pointwise"].forward(t["depthwise"]), 0)
        t["features"] = t["pointwise"].mean((2, 3))
        t["product"] = t["features"] @ self.fc_w
        t["logits"] = t["product"] + self.fc_b
        return t

    def gradients(self, x, digits):
        """Of the cross entropy, as pairs of parameter and gradient."""
        c, t = self.convs, self.forward(x)
        p = np.exp(t["logits"] - t["logits"].max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(len(x)), digits] -= 1
        d = p / len(x)
        pairs = [(self.fc_w, t["features"].T @ d), (self.fc_b, d.sum(0))]
        size = t["pointwise"].shape[2:]
        d = (d @ self.fc_w.T / (size[0] * size[1]))[:, :, None, None] * (t["pointwise"] > 0)
        d = c["depthwise"].backward(c["pointwise"].backward(d)) * (t["conv2"] > 0)
        d = max_pool_backward(t["conv1"], t["pool"], c["conv2"].backward(d)) * (t["conv1"] > 0)
        c["conv1"].backward(d)
        for conv in c.values():
            pairs += [(conv.w, conv.dw), (conv.b, conv.db)]
        return pairs


def train(net, x, digits, rng, epochs=12, batch=64, rate=4e-3):
    moments, step = None, 0
    steps = epochs * (len(x) // batch)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for first in range(0, len(x) - batch + 1, batch):
            pick = order[first:first + batch]
            pairs = net.gradients(x[pick], digits[pick])
            moments = moments or [(np.zeros_like(p), np.zeros_like(p)) for p, _ in pairs]
            step += 1
            for (parameter, gradient), (mean, square) in zip(pairs, moments):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient * gradient - square)
                bias = np.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
                parameter -= np.float32(rate * (1 - step / (steps + 1)) * bias) * mean / (np.sqrt(square) + 1e-8)
