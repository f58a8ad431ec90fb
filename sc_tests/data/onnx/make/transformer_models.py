"""transformer_block: one encoder block whose products are QLinearMatMul, the two of the attention (activation by
activation) included; transformer_dynamic: one projection quantised while it runs. Weights are random, of a fixed
seed."""
import numpy as np
from graph import Graph, model_of, save_arrays, save_checked, value
from onnx import TensorProto
from reference import F, Margins, asymmetric, dequantise, erf, layer_norm, matmul_sums, quantise, \
    range_parameters, requantise, saturated, softmax, symmetric

TOKENS, WIDTH, HEADS, HIDDEN = 12, 32, 4, 64
HEAD = WIDTH // HEADS
SAMPLES, EXACT_MARGIN, REAL_MARGIN = 3, 1e-4, 1e-3
ACTIVATIONS = ("norm1", "query", "key", "value", "scores", "weights", "mixed", "attended", "norm2", "wide", "gelu",
               "narrow", "block")


def float_parameters(rng):
    def matrix(rows, columns):
        return (rng.normal(0.01, 1 / np.sqrt(rows), (rows, columns))).astype(F)

    f = {name: matrix(WIDTH, WIDTH) for name in ("query_w", "key_w", "value_w", "attended_w")}
    f["query_w"] *= F(2)  # attention that is not flat
    f["wide_w"], f["narrow_w"] = matrix(WIDTH, HIDDEN), matrix(HIDDEN, WIDTH)
    f["wide_bias"] = rng.normal(0, 0.2, HIDDEN).astype(F)
    for norm in ("norm1", "norm2"):
        f[norm + "_gain"] = rng.uniform(0.7, 1.3, WIDTH).astype(F)
        f[norm + "_bias"] = rng.normal(0, 0.2, WIDTH).astype(F)
    f["root"] = F(1 / np.sqrt(HEAD))
    return f


def heads(x, order=(0, 2, 1, 3)):
    return x.reshape(len(x), TOKENS, HEADS, HEAD).transpose(order)


def gelu(x):
    kind = x.dtype.type
    return x * (erf(x / kind(np.sqrt(2))) + kind(1)) * kind(0.5)


def float_block(f, x):
    """All activations that are quantised, by name, to find their ranges."""
    t = {"norm1": layer_norm(x, f["norm1_gain"], f["norm1_bias"])}
    for name in ("query", "key", "value"):
        t[name] = t["norm1"] @ f[name + "_w"]
    t["scores"] = heads(t["query"]) @ heads(t["key"], (0, 2, 3, 1))
    t["weights"] = softmax(t["scores"] * f["root"])
    t["mixed"] = (t["weights"] @ heads(t["value"])).transpose(0, 2, 1, 3).reshape(x.shape)
    t["attended"] = t["mixed"] @ f["attended_w"]
    middle = x + t["attended"]
    t["norm2"] = layer_norm(middle, f["norm2_gain"], f["norm2_bias"])
    t["wide"] = t["norm2"] @ f["wide_w"]
    t["gelu"] = gelu(t["wide"] + f["wide_bias"])
    t["narrow"] = t["gelu"] @ f["narrow_w"]
    t["block"] = middle + t["narrow"]
    return t


def parameters_of(f, x):
    """By initializer name. Of the activations one in 500 saturates; the weights are quantised in six ways, as
    different exporters do."""
    p = {name: f[name] for name in f if not name.endswith("_w")}
    for name, tensor in float_block(f, x).items():
        least, most = np.percentile(tensor, [0.1, 99.9])
        if name == "weights":
            least = -0.02  # room below 0, so that its zero point is not 0 either
        p[name + "_scale"], p[name + "_zero"] = range_parameters(least, most)
    ways = {"query": (np.uint8, None), "value": (np.int8, None), "attended": (np.uint8, 1), "narrow": (np.int8, 1)}
    for name, (dtype, axis) in ways.items():
        p[name + "_w"], p[name + "_w_scale"], p[name + "_w_zero"] = asymmetric(f[name + "_w"], dtype, axis)
    for name, axis in (("key", 1), ("wide", None)):
        p[name + "_w"], p[name + "_w_scale"] = symmetric(f[name + "_w"], axis)
        p[name + "_w_zero"] = np.zeros(p[name + "_w_scale"].shape, np.int8)
    p["split"], p["split_any"] = np.array([0, 0, HEADS, HEAD]), np.array([-1, TOKENS, HEADS, HEAD])
    p["join"] = np.array([0, 0, WIDTH])
    p["root_2"], p["one"], p["half"] = F(np.sqrt(2)), F(1), F(0.5)
    return p


def block_reference(p, x, margins=None, real=F, largest=None):
    """`real`: what the float operators between the products compute in."""
    margins, largest, t = margins or Margins(), {} if largest is None else largest, {}

    def product(name, a, b, a_name, b_name):
        sums = matmul_sums(a, p[a_name + "_zero"], b, p[b_name + "_zero"])
        largest[name] = int(np.abs(sums).max())
        t[name] = requantise(sums, p[a_name + "_scale"], p[b_name + "_scale"], p[name + "_scale"], p[name + "_zero"],
                             margins)
        return t[name]

    def rounded(name, values):
        t[name] = quantise(values, p[name + "_scale"], p[name + "_zero"], margins)
        return t[name]

    def value_of(name):
        return dequantise(t[name], p[name + "_scale"], p[name + "_zero"]).astype(real)

    def normalised(name, values):
        return rounded(name, layer_norm(values.astype(real), p[name + "_gain"], p[name + "_bias"]))

    a = normalised("norm1", x)
    q, k, v = (product(name, a, p[name + "_w"], "norm1", name + "_w") for name in ("query", "key", "value"))
    product("scores", heads(q), heads(k, (0, 2, 3, 1)), "query", "key")
    w = rounded("weights", softmax(value_of("scores") * real(p["root"])))
    mixed = product("mixed", w, heads(v), "weights", "value").transpose(0, 2, 1, 3).reshape(x.shape)
    product("attended", mixed, p["attended_w"], "mixed", "attended_w")
    middle = (x + value_of("attended")).astype(F)
    product("wide", normalised("norm2", middle), p["wide_w"], "norm2", "wide_w")
    b = rounded("gelu", gelu(value_of("wide") + p["wide_bias"].astype(real)))
    product("narrow", b, p["narrow_w"], "gelu", "narrow_w")
    y = rounded("block", (middle + value_of("narrow")).astype(F))
    return {"block_q": y, "block": dequantise(y, p["block_scale"], p["block_zero"])}


def scaled(name):
    return [name + "_scale", name + "_zero"]


def block_model(p):
    g = Graph(p)

    def rounded(x, name):
        return g.add("QuantizeLinear", [x, *scaled(name)], name + "_q")

    def real(name):
        return g.add("DequantizeLinear", [name + "_q", *scaled(name)], name)

    def product(name, a, b, a_name, b_name):
        return g.add("QLinearMatMul", [a, *scaled(a_name), b, *scaled(b_name), *scaled(name)], name + "_q")

    def normalised(x, name):
        y = g.add("LayerNormalization", [x, name + "_gain", name + "_bias"], name, axis=-1, epsilon=1e-5)
        return rounded(y, name)

    a = normalised("tokens", "norm1")
    for name, split, order in (("query", "split", [0, 2, 1, 3]), ("key", "split_any", [0, 2, 3, 1]),
                               ("value", "split", [0, 2, 1, 3])):
        product(name, a, name + "_w", "norm1", name + "_w")
        g.add("Reshape", [name + "_q", split], name + "_split")
        g.add("Transpose", [name + "_split"], name + "_heads", perm=order)
    product("scores", "query_heads", "key_heads", "query", "key")
    y = g.add("Mul", [real("scores"), "root"], "scores_scaled")
    rounded(g.add("Softmax", [y], "weights", axis=-1), "weights")
    y = product("mixed", "weights_q", "value_heads", "weights", "value")
    y = g.add("Transpose", [y], "mixed_tokens", perm=[0, 2, 1, 3])
    y = g.add("Reshape", [y, "join"], "mixed_joined")
    product("attended", y, "attended_w", "mixed", "attended_w")
    middle = g.add("Add", ["tokens", real("attended")], "middle")
    product("wide", normalised(middle, "norm2"), "wide_w", "norm2", "wide_w")
    x = g.add("Add", [real("wide"), "wide_bias"], "wide_biased")
    y = g.add("Div", [x, "root_2"], "gelu_div")
    y = g.add("Add", [g.add("Erf", [y], "gelu_erf"), "one"], "gelu_sum")
    rounded(g.add("Mul", [g.add("Mul", [x, y], "gelu_product"), "half"], "gelu"), "gelu")
    product("narrow", "gelu_q", "narrow_w", "gelu", "narrow_w")
    rounded(g.add("Add", [middle, real("narrow")], "sum"), "block")
    real("block")
    shape = ["batch", TOKENS, WIDTH]
    outputs = [value("block", shape), value("block_q", shape, TensorProto.UINT8)]
    return model_of(g, "transformer_block", [value("tokens", shape)], outputs, 17)


def dynamic_reference(p, x, margins=None):
    """The scale is that of the whole input, 0 in its range; sum * (scale * weight scale) + bias in float32."""
    scale = (np.maximum(x.max(), F(0)) - np.minimum(x.min(), F(0))) / F(255)
    margins = margins or Margins()
    zero = saturated(np.array([-np.minimum(x.min(), F(0)) / scale]), np.array(0, np.uint8), margins, "exact")[0]
    sums = matmul_sums(quantise(x, scale, zero, margins), zero, p["projection_w"], p["projection_w_zero"])
    return {"projected": sums.astype(F) * (scale * p["projection_w_scale"]) + p["projection_bias"]}


def dynamic_model(p):
    g = Graph(p)
    g.add("DynamicQuantizeLinear", ["tokens"], ["tokens_q", "tokens_scale", "tokens_zero"])
    g.add("MatMulInteger", ["tokens_q", "projection_w", "tokens_zero", "projection_w_zero"], "sums")
    g.add("Cast", ["sums"], "sums_real", to=TensorProto.FLOAT)
    g.add("Mul", ["tokens_scale", "projection_w_scale"], "scale")
    g.add("Mul", ["sums_real", "scale"], "product")
    g.add("Add", ["product", "projection_bias"], "projected")
    shape = ["batch", TOKENS, WIDTH]
    return model_of(g, "transformer_dynamic", [value("tokens", shape)], [value("projected", shape)], 17)


MODELS = {"transformer_block": (block_model, block_reference),
          "transformer_dynamic": (dynamic_model, dynamic_reference)}


def tokens(rng, count):
    """Neighbouring tokens are alike, and some channels are louder, as in a trained network."""
    noise = rng.normal(0, 1, (count, TOKENS + 2, WIDTH))
    loud = rng.uniform(0.5, 2.0, WIDTH)
    return ((noise[:, :-2] + noise[:, 1:-1] + noise[:, 2:]) / np.sqrt(3) * loud + 0.2).astype(F)


def save(name, p, x):
    build, reference = MODELS[name]
    save_checked(build(p), name)
    save_arrays(name, "inputs", {"tokens": x})
    save_arrays(name, "outputs", reference(p, x))


def make_block(rng):
    f = float_parameters(rng)
    p = parameters_of(f, tokens(rng, 256))
    many, margins, largest = tokens(rng, 2000), Margins(), {}
    block_reference(p, many, margins, largest=largest)
    good = np.flatnonzero(margins.good(EXACT_MARGIN, REAL_MARGIN))[:SAMPLES]
    assert len(good) == SAMPLES, f"only {len(good)} samples have the margins"
    x = many[good]
    y = block_reference(p, x)
    same = np.array_equal(block_reference(p, x, real=np.float64)["block_q"], y["block_q"])
    assert same, "the samples tell float32 from float64 between the products"
    save("transformer_block", p, x)
    error = np.abs(y["block"] - float_block(f, x)["block"]).mean() / p["block_scale"]
    zeros = {name: int(p[name + "_zero"]) for name in ACTIVATIONS}
    return [f"transformer_block: samples {good} of 2000, {error:.1f} steps from the float block in the mean",
            f"transformer_block: zero points {zeros}",
            f"transformer_block: sums of greatest magnitude {largest}"]


def make_dynamic(rng):
    p = {"projection_bias": rng.normal(0, 0.2, WIDTH).astype(F)}
    w = rng.normal(0.05, 1 / np.sqrt(WIDTH), (WIDTH, WIDTH))
    p["projection_w"], p["projection_w_scale"], p["projection_w_zero"] = asymmetric(w, np.int8)
    for attempt in range(100):
        x, margins = tokens(rng, SAMPLES), Margins()
        dynamic_reference(p, x, margins)
        if margins.good(EXACT_MARGIN, EXACT_MARGIN).all():
            save("transformer_dynamic", p, x)
            return [f"transformer_dynamic: attempt {attempt}, weights' zero point {p['projection_w_zero']}"]
    raise AssertionError("no input has the margins")


def make():
    """Returns lines for a report."""
    rng = np.random.default_rng(20240502)
    return make_block(rng) + make_dynamic(rng)
