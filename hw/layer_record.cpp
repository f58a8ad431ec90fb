#include "hw/layer_record.h"

#include <cstring>

namespace sosa::hw {

namespace {

struct Head {
    std::uint32_t op, relu, kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left, inputs, host_step;
    pods::LaneOp lane;
    VectorTensor out;
};

}  // namespace

void encode(const VectorStep& s, std::vector<unsigned char>& bytes) {
    const Head head{static_cast<std::uint32_t>(s.op),
                    s.relu,
                    s.kernel_h,
                    s.kernel_w,
                    s.stride_h,
                    s.stride_w,
                    s.pad_top,
                    s.pad_left,
                    static_cast<std::uint32_t>(s.inputs.size()),
                    s.host_step,
                    s.lane,
                    s.out};
    bytes.resize(sizeof head + s.inputs.size() * sizeof(VectorTensor));
    std::memcpy(bytes.data(), &head, sizeof head);
    std::memcpy(bytes.data() + sizeof head, s.inputs.data(), s.inputs.size() * sizeof(VectorTensor));
}

std::string decode(const unsigned char* bytes, std::size_t size, VectorStep& step) {
    Head head{};
    if (size >= sizeof head) std::memcpy(&head, bytes, sizeof head);
    const std::size_t wanted = sizeof head + head.inputs * sizeof(VectorTensor);
    if (size != wanted)
        return "a vector step has " + std::to_string(size) + " bytes, allowed " + std::to_string(wanted);
    if (head.op > static_cast<std::uint32_t>(VectorOp::lanes))
        return "a vector step has operation " + std::to_string(head.op) + ", which is unknown";
    step = {static_cast<VectorOp>(head.op),
            head.relu,
            head.kernel_h,
            head.kernel_w,
            head.stride_h,
            head.stride_w,
            head.pad_top,
            head.pad_left,
            head.host_step,
            head.lane,
            head.out,
            {}};
    step.inputs.resize(head.inputs);
    std::memcpy(step.inputs.data(), bytes + sizeof head, head.inputs * sizeof(VectorTensor));
    return {};
}

}  // namespace sosa::hw
