"""digits_cnn (QLinear operators) and digits_cnn_qdq (the same network between QuantizeLinear and DequantizeLinear)."""
import numpy as np
from digits import SIZE, data_set
from graph import Graph, load_parameters, model_of, save_arrays, save_checked, value
from reference import F, Margins, conv_sums, dequantise, matmul_sums, quantise, range_parameters, requantise, \
    saturated, symmetric
from train import Net, columns, images, max_pool, train

# name, what it reads, attributes
CONVS = [
    ("conv1", "image", dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])),
    ("conv2", "pool", dict(kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])),
    ("depthwise", "conv2", dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=16)),
    ("pointwise", "depthwise", dict(kernel_shape=[1, 1])),
]
RELU = {"conv1", "conv2", "pointwise"}
SAMPLES, MARGIN = 4, 1e-4


def parameters_of(net, pictures):
    """Of both models by initializer name: activations uint8 over the range seen, weights int8 per channel."""
    seen, p = net.forward(pictures), {}
    for name in ("image", "conv1", "conv2", "depthwise", "pointwise", "features", "product", "logits"):
        p[name + "_scale"], p[name + "_zero"] = range_parameters(seen[name].min(), seen[name].max())
    p["pool_scale"], p["pool_zero"] = p["conv1_scale"], p["conv1_zero"]
    for name, source, _ in CONVS:
        add_weight(p, name, source, net.convs[name].w, net.convs[name].b)
    add_weight(p, "fc", "features", np.ascontiguousarray(net.fc_w.T), net.fc_b)
    # QLinearMatMul takes its weight as [24, 10] and has no bias: it is added as float.
    p["product_w"], p["product_bias"] = np.ascontiguousarray(p["fc_w"].T), net.fc_b
    return p


def add_weight(p, name, source, w, bias):
    p[name + "_w"], p[name + "_w_scale"] = symmetric(w, 0)
    p[name + "_w_zero"] = np.zeros(len(w), np.int8)
    p[name + "_b_scale"] = p[source + "_scale"] * p[name + "_w_scale"]
    p[name + "_b_zero"] = np.zeros(len(w), np.int32)
    p[name + "_b"] = np.rint(bias / p[name + "_b_scale"]).astype(np.int32)


def conv_arguments(attributes):
    pads = attributes.get("pads", [0, 0, 0, 0])  # ONNX' order: top, left, bottom, right
    return attributes.get("strides", [1])[0], pads, attributes.get("group", 1)


def features(p, image, margins, largest):
    """Up to the uint8 features [B, 24], which both models have alike. Relu is in the saturation: the zero point
    after one is 0, the least uint8. `largest`: of each product the sum of greatest magnitude."""
    t = {"image": quantise(image, p["image_scale"], p["image_zero"], margins)}
    for name, source, attributes in CONVS:
        sums = conv_sums(t[source], p[source + "_zero"], p[name + "_w"], p[name + "_b"], *conv_arguments(attributes))
        largest[name] = max(largest.get(name, 0), int(np.abs(sums).max()))
        t[name] = requantise(sums, p[source + "_scale"], p[name + "_w_scale"][:, None, None], p[name + "_scale"],
                             p[name + "_zero"], margins)
        if name == "conv1":
            t["pool"] = max_pool(t["conv1"])
    mean = dequantise(t["pointwise"], p["pointwise_scale"], p["pointwise_zero"]).mean((2, 3), dtype=F)
    return quantise(mean, p["features_scale"], p["features_zero"], margins)


def qlinear_reference(p, image, margins=None, largest=None):
    margins, largest = margins or Margins(), {} if largest is None else largest
    x = features(p, image, margins, largest)
    sums = matmul_sums(x, p["features_zero"], p["product_w"], p["fc_w_zero"])
    largest["product"] = int(np.abs(sums).max())
    y = requantise(sums, p["features_scale"], p["fc_w_scale"], p["product_scale"], p["product_zero"], margins)
    return {"logits": dequantise(y, p["product_scale"], p["product_zero"]) + p["product_bias"]}


def qdq_reference(p, image, margins=None):
    """Product, bias, Relu and QuantizeLinear as one step, as onnxruntime fuses them."""
    margins = margins or Margins()
    x = features(p, image, margins, {})
    sums = matmul_sums(x, p["features_zero"], p["fc_w"].T, p["fc_w_zero"]) + p["fc_b"]
    y = requantise(sums, p["features_scale"], p["fc_w_scale"], p["logits_scale"], p["logits_zero"], margins)
    return {"logits": dequantise(y, p["logits_scale"], p["logits_zero"])}


def qdq_unfused(p, image):
    """The same operator by operator, every product in float32."""
    def weight(name):
        shape = (-1, *[1] * (p[name + "_w"].ndim - 1))
        w = dequantise(p[name + "_w"], p[name + "_w_scale"].reshape(shape), p[name + "_w_zero"].reshape(shape))
        return w, dequantise(p[name + "_b"], p[name + "_b_scale"], p[name + "_b_zero"])

    def requantised(x, name):
        q = saturated(x / p[name + "_scale"], p[name + "_zero"], Margins(), "real")
        return dequantise(q, p[name + "_scale"], p[name + "_zero"])

    t = {"image": requantised(image, "image")}
    for name, source, attributes in CONVS:
        (w, b), (stride, pads, groups) = weight(name), conv_arguments(attributes)
        cols, size = columns(t[source], w.shape[2], stride, pads, groups)
        y = images(cols @ w.reshape(groups, len(w) // groups, -1).transpose(0, 2, 1), len(image), size)
        y = y + b[:, None, None]
        t[name] = requantised(np.maximum(y, 0) if name in RELU else y, name)
        if name == "conv1":
            t["pool"] = requantised(max_pool(t["conv1"]), "pool")
    w, b = weight("fc")
    return {"logits": requantised(requantised(t["pointwise"].mean((2, 3)), "features") @ w.T + b, "logits")}


def scaled(name):
    return [name + "_scale", name + "_zero"]


def qlinear_model(p):
    g = Graph(p)
    g.add("QuantizeLinear", ["image", *scaled("image")], "image_q")
    for name, source, attributes in CONVS:
        g.add("QLinearConv", [source + "_q", *scaled(source), name + "_w", *scaled(name + "_w"), *scaled(name),
                              name + "_b"], name + "_q", **attributes)
        if name == "conv1":
            g.add("MaxPool", ["conv1_q"], "pool_q", kernel_shape=[2, 2], strides=[2, 2])
    g.add("DequantizeLinear", ["pointwise_q", *scaled("pointwise")], "pointwise_real")
    g.add("GlobalAveragePool", ["pointwise_real"], "mean")
    g.add("QuantizeLinear", ["mean", *scaled("features")], "mean_q")
    g.add("Flatten", ["mean_q"], "features_q", axis=1)
    g.add("QLinearMatMul", ["features_q", *scaled("features"), "product_w", *scaled("fc_w"), *scaled("product")],
          "product_q")
    g.add("DequantizeLinear", ["product_q", *scaled("product")], "product")
    g.add("Add", ["product", "product_bias"], "logits")
    return finished(g, "digits_cnn")


def qdq_model(p):
    g = Graph(p)

    def requantised(x, name):
        q = g.add("QuantizeLinear", [x, *scaled(name)], name + "_q")
        return g.add("DequantizeLinear", [q, *scaled(name)], "logits" if name == "logits" else name + "_real")

    def weights(name):
        return [g.add("DequantizeLinear", [f"{name}_{part}", *scaled(f"{name}_{part}")], f"{name}_{part}_real", axis=0)
                for part in ("w", "b")]

    requantised("image", "image")
    for name, source, attributes in CONVS:
        y = g.add("Conv", [source + "_real", *weights(name)], name + "_sum", **attributes)
        if name in RELU:
            y = g.add("Relu", [y], name + "_relu")
        requantised(y, name)
        if name == "conv1":
            requantised(g.add("MaxPool", ["conv1_real"], "pool", kernel_shape=[2, 2], strides=[2, 2]), "pool")
    mean = g.add("GlobalAveragePool", ["pointwise_real"], "mean")
    x = requantised(g.add("Flatten", [mean], "flat", axis=1), "features")
    requantised(g.add("Gemm", [x, *weights("fc")], "gemm", transB=1), "logits")
    return finished(g, "digits_cnn_qdq")


def finished(g, name):
    return model_of(g, name, [value("image", ["batch", 1, SIZE, SIZE])], [value("logits", ["batch", 10])], 13)


MODELS = {"digits_cnn": (qlinear_model, qlinear_reference), "digits_cnn_qdq": (qdq_model, qdq_reference)}


def chosen(p, pictures, digits):
    """The first samples of different digits that no model brings near to a tie."""
    margins = Margins()
    for _, reference in MODELS.values():
        reference(p, pictures, margins)
    good = np.flatnonzero(margins.good(MARGIN, MARGIN))
    firsts = sorted(good[digits[good] == digit][0] for digit in range(10) if digit in digits[good])
    return np.array(firsts[:SAMPLES])


def make():
    """Returns lines for a report."""
    rng = np.random.default_rng(20240501)
    pictures, digits = data_set(1, 6000)
    net = Net(rng)
    train(net, pictures, digits, rng)
    p = parameters_of(net, pictures[:1000])
    held_out, truth = data_set(2, 2000)
    pick = chosen(p, held_out, truth)
    lines = [f"digits_cnn, float32: {np.mean(net.forward(held_out)['logits'].argmax(1) == truth):.2%} of 2000"]
    for name, (build, reference) in MODELS.items():
        save_checked(build(p), name)
        saved, image = load_parameters(name), held_out[pick]
        right = np.mean(reference(saved, held_out)["logits"].argmax(1) == truth)
        save_arrays(name, "inputs", {"image": image})
        save_arrays(name, "outputs", reference(saved, image))
        lines.append(f"{name}: {right:.2%} of 2000; samples {pick}, digits {truth[pick]}")
    largest = {}
    qlinear_reference(p, held_out, largest=largest)
    lines.append(f"digits_cnn: sums of greatest magnitude, bias included: {largest}")
    same = np.array_equal(qdq_unfused(p, image)["logits"], qdq_reference(p, image)["logits"])
    assert same, "the samples tell the fused from the unfused order"
    return lines
