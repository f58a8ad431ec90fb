"""Writes ONNX models and the arrays that belong to them."""
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent.parent


class Graph:
    """Nodes in order; of the parameters {name: array} those that a node reads become initializers."""

    def __init__(self, parameters):
        self.parameters, self.nodes, self.used = parameters, [], []

    def add(self, op, inputs, output, **attributes):
        """One node named as its first result, which is returned."""
        outputs = [output] if isinstance(output, str) else output
        self.nodes.append(helper.make_node(op, inputs, outputs, name=outputs[0], **attributes))
        for name in inputs:
            if name in self.parameters and name not in self.used:
                self.used.append(name)
        return outputs[0]

    def initializers(self):
        return [numpy_helper.from_array(np.asarray(self.parameters[name]), name) for name in self.used]


def value(name, shape, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def model_of(graph, name, inputs, outputs, opset):
    """IR 7 came with opset 13, IR 8 with opset 15."""
    made = helper.make_graph(graph.nodes, name, inputs, outputs, graph.initializers())
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=7 if opset < 15 else 8,
                             producer_name="sosa make-test-models")


def save_checked(model, name):
    """After shape inference in its strictest way, and the checker."""
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    onnx.checker.check_model(inferred, full_check=True)
    known = {v.name for v in inferred.graph.value_info} | {v.name for v in inferred.graph.output}
    missing = [o for node in inferred.graph.node for o in node.output if o not in known]
    assert not missing, f"{name}: no shape for {missing}"
    onnx.save(model, FOLDER / f"{name}.onnx")


def save_arrays(name, folder, arrays):
    place = FOLDER / name / folder
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob("*.npy"):
        old.unlink()
    for key, array in arrays.items():
        np.save(place / f"{key}.npy", np.ascontiguousarray(array))


def load_arrays(name, folder):
    return {path.stem: np.load(path) for path in sorted((FOLDER / name / folder).glob("*.npy"))}


def load_parameters(name):
    model = onnx.load(FOLDER / f"{name}.onnx")
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
