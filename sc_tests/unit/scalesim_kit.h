#pragma once
#include <sstream>
#include <string>
#include <vector>

#include "host/import_scalesim.h"
#include "traces/error.h"

// Topologies of SCALE-Sim for tests, what comes of them and what is said about them.
namespace sosa::tests {

using host::import_scalesim;
using host::ScaleSimOptions;
using host::ScaleSimPadding;
using host::Workload;
using Lines = std::vector<std::string>;

inline const std::string kConv =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";
inline const std::string kGemm = "Layer, M, N, K,\n";
inline const std::string kAllowedHeaders =
    ", allowed a header row \"Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, "
    "Num Filter, Strides,\" or \"Layer, M, N, K,\"";

// The layers of ResNet-18, shortcuts included, in the layout of SCALE-Sim's own files.
inline const std::string kResnet18 = kConv +
                                     "Conv1,224,224,7,7,3,64,2,\n"
                                     "Conv2_1a,56,56,3,3,64,64,1,\n"
                                     "Conv2_1b,56,56,3,3,64,64,1,\n"
                                     "Conv2_2a,56,56,3,3,64,64,1,\n"
                                     "Conv2_2b,56,56,3,3,64,64,1,\n"
                                     "Conv3_1a,56,56,3,3,64,128,2,\n"
                                     "Conv3_1b,28,28,3,3,128,128,1,\n"
                                     "Conv3_s,56,56,1,1,64,128,2,\n"
                                     "Conv3_2a,28,28,3,3,128,128,1,\n"
                                     "Conv3_2b,28,28,3,3,128,128,1,\n"
                                     "Conv4_1a,28,28,3,3,128,256,2,\n"
                                     "Conv4_1b,14,14,3,3,256,256,1,\n"
                                     "Conv4_s,28,28,1,1,128,256,2,\n"
                                     "Conv4_2a,14,14,3,3,256,256,1,\n"
                                     "Conv4_2b,14,14,3,3,256,256,1,\n"
                                     "Conv5_1a,14,14,3,3,256,512,2,\n"
                                     "Conv5_1b,7,7,3,3,512,512,1,\n"
                                     "Conv5_s,14,14,1,1,256,512,2,\n"
                                     "Conv5_2a,7,7,3,3,512,512,1,\n"
                                     "Conv5_2b,7,7,3,3,512,512,1,\n"
                                     "FC,1,1,1,1,512,1000,1,";

struct Imported {
    Workload workload;
    Lines repairs;
};

inline Imported imported(const std::string& text, ScaleSimPadding padding = ScaleSimPadding::valid) {
    Imported result;
    ScaleSimOptions options;
    options.padding = padding;
    result.workload = import_scalesim(text, "dir/F.csv", options, result.repairs);
    return result;
}

// "name op m k n kernel deps"
inline std::string layer_text(const Workload& w, std::size_t index) {
    const auto& l = w.layers.at(index);
    std::ostringstream text;
    text << l.name << ' ' << l.op << ' ' << l.m << ' ' << l.k << ' ' << l.n << ' ' << l.kernel_h << 'x'
         << l.kernel_w;
    for (const auto dep : l.deps) text << " <" << dep;
    return text.str();
}

inline std::string error_of(const std::string& text, const ScaleSimOptions& options = {}) {
    Lines repairs;
    try {
        import_scalesim(text, "F.csv", options, repairs);
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "no error";
}

// What a row of a convolution earns, without the place.
inline std::string row_error(const std::string& row) {
    const std::string error = error_of(kConv + row + "\n"), place = "F.csv: line 2 \"c\": ";
    return error.rfind(place, 0) == 0 ? error.substr(place.size()) : error;
}

}  // namespace sosa::tests
