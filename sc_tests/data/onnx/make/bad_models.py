"""Models that a reader has to refuse with a sentence, and one with odd names that it has to take."""
import numpy as np
import onnx
from graph import FOLDER, Graph, model_of, value
from onnx import TensorProto, external_data_helper, helper

W = {"w": np.arange(12, dtype=np.float32).reshape(4, 3)}


def model(g, inputs, outputs, opset=13):
    return model_of(g, "bad", inputs, outputs, opset)


def cycle():
    g = Graph({})
    g.add("Add", ["x", "c"], "a")
    g.add("Relu", ["a"], "b")
    g.add("Neg", ["b"], "c")
    return model(g, [value("x", [1, 4])], [value("b", [1, 4])])


def unknown_operators():
    """Two of ONNX' own domain, one of another; a Relu between them is known."""
    g = Graph({})
    g.add("FancyAttention", ["x"], "encoder/attention")
    g.add("Relu", ["encoder/attention"], "encoder/relu")
    g.add("Swish6", ["encoder/relu"], "head/swish")
    g.add("Warp", ["head/swish"], "head/warp", domain="com.example")
    made = model(g, [value("x", [1, 4])], [value("head/warp", [1, 4])])
    made.opset_import.append(helper.make_opsetid("com.example", 1))
    return made


def unbound_dims():
    """One with a name, one without."""
    g = Graph({})
    g.add("MaxPool", ["image"], "y", kernel_shape=[2, 2])
    return model(g, [value("image", ["batch", 3, None, 8])], [value("y", None)])


def opset_18():
    g = Graph({})
    g.add("Relu", ["x"], "y")
    return model(g, [value("x", [1, 4])], [value("y", [1, 4])], 18)


def shapes_misfit():
    """[2, 5] times [4, 3]."""
    g = Graph(W)
    g.add("MatMul", ["x", "w"], "projection")
    return model(g, [value("x", [2, 5])], [value("projection", [2, 3])])


def zero_scale():
    """A result of scale 0: x * s / 0."""
    one, byte = np.float32(1), np.uint8(3)
    g = Graph({"s": one, "z": byte, "y_s": np.float32(0), "w": np.ones((4, 3), np.uint8)})
    g.add("QLinearMatMul", ["x", "s", "z", "w", "s", "z", "y_s", "z"], "projection")
    return model(g, [value("x", [2, 4], TensorProto.UINT8)], [value("projection", [2, 3], TensorProto.UINT8)])


def external(location):
    """The weight lies in another file."""
    g = Graph(W)
    g.add("MatMul", ["x", "w"], "projection")
    made = model(g, [value("x", [2, 4])], [value("projection", [2, 3])])
    weight = made.graph.initializer[0]
    external_data_helper.set_external_data(weight, location, offset=0, length=len(weight.raw_data))
    weight.ClearField("raw_data")
    return made


def non_ascii_names():
    """Valid."""
    g = Graph({"größe": W["w"]})
    g.add("MatMul", ["x", "größe"], "Schicht/größe")
    g.add("Relu", ["Schicht/größe"], "层/激活")
    g.add("Neg", ["层/激活"], "y")
    g.nodes[-1].name = "выход \"🙂\""
    return model(g, [value("x", [2, 4])], [value("y", [2, 3])])


MODELS = {
    "cycle": cycle, "unknown_operators": unknown_operators, "unbound_dims": unbound_dims, "opset_18": opset_18,
    "shapes_misfit": shapes_misfit, "zero_scale": zero_scale, "non_ascii_names": non_ascii_names,
    "missing_external": lambda: external("weights.bin"), "outside_external": lambda: external("../../secret.bin"),
}


def make():
    """Returns lines for a report. Beside those above: digits_cnn cut off in its middle."""
    folder = FOLDER / "bad"
    folder.mkdir(exist_ok=True)
    for name, build in MODELS.items():
        (folder / f"{name}.onnx").write_bytes(build().SerializeToString(deterministic=True))
    onnx.checker.check_model(onnx.load(folder / "non_ascii_names.onnx"), full_check=True)
    whole = (FOLDER / "digits_cnn.onnx").read_bytes()
    (folder / "truncated.onnx").write_bytes(whole[:len(whole) // 2])
    return [f"bad: {len(MODELS) + 1} models"]
