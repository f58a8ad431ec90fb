#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/onnx_reader.h"
#include "host/op_eval_parts.h"
#include "host/op_eval_types.h"
#include "host/tensor_file.h"

// ONNX' own cases (package libonnx-testdata): a model, its inputs, and the outputs that NumPy gave.
namespace sosa::host::cases {

inline const std::filesystem::path kFolder = "/usr/share/libonnx-testdata/data";

// How far two tensors are apart. A NaN equals a NaN.
struct Difference {
    bool same_form = true;      // types and dims
    std::int64_t elements = 0;  // that differ
    std::int64_t ulps = 0;      // of float32 or float64, or of the 16-bit floats; steps of whole numbers
    double relative = 0;        // the difference over the greatest magnitude of the expected tensor
};

// Floats as whole numbers that count their representable values; whole numbers as themselves.
template <class T>
std::int64_t ordinal(const T& stored) {
    if constexpr (kIsReal<T>) {
        using Bits = std::conditional_t<sizeof(T) == 2, std::int16_t,
                                        std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>;
        Bits bits{};
        std::memcpy(&bits, &stored, sizeof bits);
        return bits < 0 ? std::numeric_limits<Bits>::min() - std::int64_t{bits} : std::int64_t{bits};
    } else {
        return static_cast<std::int64_t>(load(stored));
    }
}

inline Difference compare(const TensorValue& actual, const TensorValue& expected) {
    Difference result;
    result.same_form = actual.type == expected.type && actual.dims == expected.dims;
    if (!result.same_form) return result;
    visit_type(expected.type, [&](auto tag) {
        using T = typename decltype(tag)::type;
        double greatest = 0, furthest = 0;
        for (std::int64_t i = 0; i < element_count(expected.dims); ++i) {
            const T& a = elements<T>(actual)[i];
            const T& b = elements<T>(expected)[i];
            const auto real_a = static_cast<double>(load(a)), real_b = static_cast<double>(load(b));
            if (std::isfinite(real_b)) greatest = std::max(greatest, std::abs(real_b));
            if ((std::isnan(real_a) && std::isnan(real_b)) || std::memcmp(&a, &b, sizeof a) == 0) continue;
            ++result.elements;
            result.ulps = std::max(result.ulps, std::abs(ordinal(a) - ordinal(b)));
            furthest = std::max(furthest, std::abs(real_a - real_b));
        }
        result.relative = furthest == 0 ? 0 : furthest / greatest;
    });
    return result;
}

// The worst of both.
inline Difference worst(const Difference& a, const Difference& b) {
    return {a.same_form && b.same_form, a.elements + b.elements, std::max(a.ulps, b.ulps),
            std::max(a.relative, b.relative)};
}

// ONNX 1.12 keeps the bfloat16 tensors of its cases as uint16 of the same bits.
inline TensorValue read_as(const std::filesystem::path& file, const OpValue& declared) {
    TensorValue tensor = read_tensor_file(file);
    const bool is_brain = declared.type == ElementType::bf16 && tensor.type == ElementType::u16;
    if (is_brain) tensor.type = ElementType::bf16;
    return tensor;
}

// Computes test data set 0 of the case; throws UserError for what the host does not take.
inline Difference run(const OpGraph& graph, const std::filesystem::path& folder) {
    const auto file = [&folder](const char* kind, std::size_t i) {
        return folder / "test_data_set_0" / (kind + std::to_string(i) + ".pb");
    };
    std::map<std::uint32_t, TensorValue> inputs;
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
        inputs[graph.inputs[i]] = read_as(file("input_", i), graph.values[graph.inputs[i]]);
    }
    const auto results = evaluate(graph, std::move(inputs));
    Difference total;
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
        const TensorValue expected = read_as(file("output_", i), graph.values[graph.outputs[i]]);
        total = worst(total, compare(results.at(graph.outputs[i]), expected));
    }
    return total;
}

inline std::set<std::string> ops_of(const std::vector<const std::vector<EvalEntry>*>& families) {
    std::set<std::string> ops;
    for (const auto* family : families) {
        for (const EvalEntry& entry : *family) ops.insert(entry.op);
    }
    return ops;
}

struct CaseReport {
    std::string name;           // of the folder
    std::set<std::string> ops;  // in its graph, without constants
    std::string refused;        // the sentence; empty if it was computed
    Difference difference;
};

// Runs all cases of a group ("node") whose operators are all among `ops`, in the order of their names. Cases
// that the reader refuses are not among them: which operators they have is not known then.
inline std::vector<CaseReport> run_group(const std::string& group, const std::set<std::string>& ops) {
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder / group))
        folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    std::vector<CaseReport> reports;
    for (const auto& folder : folders) {
        CaseReport report{folder.filename().string(), {}, {}, {}};
        OpGraph graph;
        try {
            graph = read_onnx(folder / "model.onnx", {});
        } catch (const UserError&) {
            continue;
        }
        for (const OpNode& node : graph.nodes) {
            const bool is_known = !node.outputs.empty() && graph.has_bytes(node.outputs[0]);  // "Constant"
            if (!is_known) report.ops.insert(node.op);
        }
        if (report.ops.empty() ||
            !std::includes(ops.begin(), ops.end(), report.ops.begin(), report.ops.end())) {
            continue;
        }
        try {
            report.difference = run(graph, folder);
        } catch (const UserError& error) {
            report.refused = error.what();
        }
        reports.push_back(report);
    }
    return reports;
}

}  // namespace sosa::host::cases
