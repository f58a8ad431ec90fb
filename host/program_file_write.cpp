#include <charconv>
#include <ostream>

#include "host/program_derive.h"
#include "host/program_file.h"
#include "traces/error.h"
#include "traces/format.h"

namespace sosa::host {

namespace {

class ProgramWriter {
  public:
    ProgramWriter(const Program& program, std::ostream& out) : p_(program), out_(out) {}

    void run() {
        write_head();
        write_layers();
        for (std::uint32_t s = 0; s < p_.slices(); ++s) write_slice(s);
        text("end layers ")
            .number(p_.layers.size())
            .text(" slices ")
            .number(p_.slices())
            .text(" ops ")
            .number(p_.ops.size())
            .text(" posts ")
            .number(p_.posts.size());
        if (!p_.vectors.empty()) text(" vectors ").number(p_.vectors.size());
        text("\n");
        flush();
    }

  private:
    ProgramWriter& text(std::string_view words) {
        buffer_ += words;
        return *this;
    }
    ProgramWriter& number(std::uint64_t value) {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        buffer_.append(digits, static_cast<std::size_t>(end - digits));
        return *this;
    }
    ProgramWriter& tile(std::string_view word, const pods::TileRef& tile) {
        return text(word).number(tile.bank).text(".").number(tile.tag);
    }
    void flush() {
        out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.clear();
    }

    void write_head() {
        text("sosa-program 1\nchip pods ").number(p_.pods).text(" topology ").text(p_.topology);
        text(" rows ").number(p_.shape.rows).text(" cols ").number(p_.shape.cols);
        text(" partition ").number(p_.shape.partition).text(" psum_bytes ").number(p_.shape.psum_bytes);
        if (!p_.vectors.empty()) {
            text(" lanes ").number(p_.shape.lanes);
            text(" simple ").number(p_.shape.simple_cycles);
            text(" special ").number(p_.shape.special_cycles);
        }
        text("\npolicy ").text(traces::json_string(p_.policy)).text("\n");
    }

    void write_layers() {
        const auto begins = copy_begins(p_);
        for (std::uint32_t l = 0; l < p_.layers.size(); ++l) {
            const ProgramLayer& layer = p_.layers[l];
            const std::uint32_t copy = copy_of(layer);
            if (begins[l] == l && copy == 0)
                text("workload ").text(traces::json_string(p_.workloads[layer.tenant])).text("\n");
            else if (begins[l] == l)
                text("copy ").number(copy).text("\n");
            write_layer(l, begins[l]);
        }
    }

    void write_layer(std::uint32_t index, std::uint32_t copy_begin) {
        const Layer& layer = p_.layers[index].layer;
        text("layer ").number(index).text(" ").text(traces::json_string(layer.name));
        text(" ").text(traces::json_string(layer.op));
        if (layer.is_vector()) {
            text(" vector ").number(layer.vector.elements).text(" simple ").number(layer.vector.simple);
            text(" special ").number(layer.vector.special);
        } else {
            text(" m ").number(layer.m).text(" k ").number(layer.k).text(" n ").number(layer.n);
            text(" kernel ").number(layer.kernel_h).text("x").number(layer.kernel_w);
            if (layer.groups != 1) text(" groups ").number(layer.groups);
        }
        text(p_.layers[index].x_from_dram ? " x dram" : " x chip");
        if (layer.w_on_chip) text(" w chip");
        const char* before = " deps ";
        for (const auto dep : layer.deps) {
            text(before).number(copy_begin + std::uint64_t{dep});
            before = ",";
        }
        text("\n");
    }

    void write_slice(std::uint32_t slice) {
        text("slice ").number(slice).text("\n");
        for (std::uint32_t i = p_.op_begin[slice]; i < p_.op_begin[slice + 1]; ++i) {
            const pods::TileOp& op = p_.ops[i];
            text("op ").number(op.layer).text(".").number(op.op).text(" pod ").number(op.pod);
            tile(" x ", op.x).tile(" w ", op.w);
            if (op.pin.exists()) tile(" pin ", op.pin);
            tile(" out ", op.pout).text("\n");
        }
        for (std::uint32_t i = p_.post_begin[slice]; i < p_.post_begin[slice + 1]; ++i) {
            const pods::PostOp& post = p_.posts[i];
            text("post ").number(post.layer).text(".").number(post.op).text(" unit ").number(post.unit);
            tile(" a ", post.a).tile(" b ", post.b).tile(" out ", post.out).text("\n");
        }
        for (std::uint32_t i = p_.vector_begin[slice]; i < p_.vector_begin[slice + 1]; ++i) {
            const pods::VectorOp& op = p_.vectors[i];
            text("vector ").number(op.layer).text(".").number(op.op).text(" unit ").number(op.unit).text(
                "\n");
        }
        constexpr std::size_t chunk = std::size_t{1} << 20;
        if (buffer_.size() > chunk) flush();
    }

    const Program& p_;
    std::ostream& out_;
    std::string buffer_;
};

}  // namespace

void write_program(const Program& program, std::ostream& out) {
    if (program.slices() > kMaxProgramSlices || program.layers.size() > kMaxLayers)
        throw UserError("program file: found " + std::to_string(program.layers.size()) + " layers in " +
                        std::to_string(program.slices()) + " slices, allowed " + std::to_string(kMaxLayers) +
                        " in " + std::to_string(kMaxProgramSlices));
    ProgramWriter(program, out).run();
}

}  // namespace sosa::host
