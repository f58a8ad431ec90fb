#!/usr/bin/python3
"""Makes the quantised ONNX models of sc_tests/data/onnx with their inputs and outputs, or checks the outputs.

    scripts/make-test-models.py           makes all of it anew
    scripts/make-test-models.py --check   computes the outputs of the models as they stand and compares

For developers: the tests use the committed files only. Needs Debian's python3-onnx and python3-numpy. The models are
trained and quantised here, on data that are drawn here from fixed seeds; the outputs come from integer arithmetic in
NumPy (sc_tests/data/onnx/make/reference.py), which shares nothing with the program. On another processor or NumPy the
training may round otherwise and give other models, equally valid: then models, inputs and outputs change together.
"""
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # one order of summation
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "sc_tests/data/onnx/make"))

import numpy as np  # noqa: E402
import bad_models  # noqa: E402
import digits_models  # noqa: E402
import transformer_models  # noqa: E402
from graph import load_arrays, load_parameters  # noqa: E402

REFERENCES = {name: reference for family in (digits_models, transformer_models)
              for name, (_, reference) in family.MODELS.items()}


def check():
    """The names of the models whose committed outputs are not those of the reference."""
    wrong = []
    for name, reference in REFERENCES.items():
        expected = load_arrays(name, "outputs")
        found = reference(load_parameters(name), *load_arrays(name, "inputs").values())
        same = found.keys() == expected.keys() and all(
            found[key].dtype == expected[key].dtype and np.array_equal(found[key], expected[key]) for key in found)
        if not same:
            wrong.append(name)
    return wrong


def main():
    if len(sys.argv) > 1 and sys.argv[1:] != ["--check"]:
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    if len(sys.argv) == 1:
        for line in digits_models.make() + transformer_models.make() + bad_models.make():
            print(line)
    wrong = check()
    print("outputs that are not the reference's: " + (", ".join(wrong) if wrong else "none"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
