// The reader of program files: chip, policy, workloads and layers.
#include <algorithm>

#include "host/program_file_parts.h"
#include "hw/config.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

class HeadParser {
  public:
    explicit HeadParser(LineReader& in) : in_(in) {}

    ProgramHead run() {
        read_head();
        for (next_statement(in_); !in_.accept("slice"); next_statement(in_)) {
            read_line();
            in_.expect_end();
        }
        end_group();
        if (p_.layers.empty()) in_.fail("a slice before the first layer", "it after the layers");
        return std::move(head_);
    }

  private:
    std::uint32_t chip_number(const char* word, std::string_view config_key, std::uint32_t min_instead = 1) {
        in_.expect(word);
        const auto& keys = hw::config_keys();
        const auto key =
            std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.path == config_key; });
        return static_cast<std::uint32_t>(
            in_.number(min_instead, static_cast<std::uint64_t>(key->max), "a number"));
    }

    void read_head() {
        next_statement(in_);
        if (!(in_.accept("sosa-program") && in_.accept("1") && in_.at_end()))
            in_.fail("another first line or version", "\"sosa-program 1\"");
        next_statement(in_);
        in_.expect("chip");
        p_.pods = chip_number("pods", "pods.count");
        in_.expect("topology");
        for (const auto& name : noc::Topology::names())
            if (p_.topology.empty() && in_.accept(name)) p_.topology = name;
        if (p_.topology.empty()) in_.fail(traces::join(noc::Topology::names()));
        p_.shape.rows = chip_number("rows", "pods.rows");
        p_.shape.cols = chip_number("cols", "pods.cols");
        p_.shape.partition = chip_number("partition", "tiling.partition", 0);
        in_.expect("psum_bytes");
        p_.shape.psum_bytes = static_cast<std::uint32_t>(in_.number(2, 4, "a number"));
        has_lanes_ = in_.accept("lanes");
        if (has_lanes_) {
            p_.shape.lanes = static_cast<std::uint32_t>(in_.number(1, 1024, "a number"));
            p_.shape.simple_cycles = chip_number("simple", "post.simple_cycles");
            p_.shape.special_cycles = chip_number("special", "post.special_cycles");
        }
        in_.expect_end();
        next_statement(in_);
        in_.expect("policy");
        p_.policy = in_.quoted_name("a policy");
        in_.expect_end();
    }

    void read_line() {
        if (in_.accept("layer"))
            read_layer();
        else if (in_.accept("workload"))
            read_workload();
        else if (in_.accept("copy"))
            read_copy();
        else
            in_.fail("workload, copy, layer or slice");
    }

    void end_group() {
        if (!p_.workloads.empty() && group_ == p_.layers.size())
            in_.fail("the workload or copy before without layers", "at least one line \"layer ...\" there");
        group_ = static_cast<std::uint32_t>(p_.layers.size());
    }

    void read_workload() {
        end_group();
        p_.workloads.push_back(in_.quoted_name("a workload"));
        copy_ = 0;
    }

    void read_copy() {
        if (p_.workloads.empty()) in_.fail("a copy before the first workload", "it after its workload");
        end_group();
        ++copy_;
        in_.number(copy_, copy_, "the next copy");
    }

    void read_layer() {
        if (p_.workloads.empty())
            in_.fail("a layer before the first workload", "it after a line \"workload ...\"");
        const auto index = static_cast<std::uint32_t>(p_.layers.size());
        if (index == kMaxLayers)
            in_.fail("a further layer", std::to_string(kMaxLayers) + " layers in a file");
        in_.number(index, index, "the next layer");
        ProgramLayer entry;
        entry.tenant = static_cast<std::uint32_t>(p_.workloads.size()) - 1;
        read_shape(entry.layer);
        in_.expect("x");
        entry.x_from_dram = in_.accept("dram");
        if (!entry.x_from_dram && !in_.accept("chip")) in_.fail("dram or chip");
        if (entry.x_from_dram && entry.layer.is_vector()) in_.fail("vector work that reads DRAM", "x chip");
        if (in_.accept("w")) {
            if (entry.layer.is_vector() || !in_.accept("chip")) in_.fail("chip, and only of a product");
            entry.layer.w_on_chip = true;
        }
        if (in_.accept("deps")) read_deps(entry.layer, index);
        entry.name = copy_ == 0 ? entry.layer.name : entry.layer.name + '@' + std::to_string(copy_);
        add_tiles(entry.layer);
        p_.layers.push_back(std::move(entry));
    }

    void read_shape(Layer& layer) {
        layer.name = in_.quoted("a layer's name");
        layer.op = in_.quoted("an operator");
        const auto dimension = [&](const char* word, std::uint64_t& value) {
            in_.expect(word);
            value = in_.number(1, kMaxDimension, "a number");
        };
        if (in_.accept("vector")) {
            if (!has_lanes_)
                in_.fail("vector work", "\"lanes N simple N special N\" on the line \"chip ...\" before it");
            layer.vector.elements = in_.number(1, kMaxTensorBytes, "a number");
            in_.expect("simple");
            layer.vector.simple = static_cast<std::uint32_t>(in_.number(0, kMaxLaneOps, "a number"));
            in_.expect("special");
            layer.vector.special = static_cast<std::uint32_t>(in_.number(0, kMaxLaneOps, "a number"));
            return;
        }
        dimension("m", layer.m);
        dimension("k", layer.k);
        dimension("n", layer.n);
        in_.expect("kernel");
        constexpr std::string_view form = "a kernel as in \"3x3\", each number at most";
        layer.kernel_h = static_cast<std::uint32_t>(in_.number_part(1, 65'535, form));
        in_.expect_char('x', "an x between height and width of the kernel");
        layer.kernel_w = static_cast<std::uint32_t>(in_.number(1, 65'535, form));
        if (in_.accept("groups"))
            layer.groups = static_cast<std::uint32_t>(in_.number(1, kMaxDimension, "a number"));
    }

    // Numbers of layers of the file; within the program they count from the copy's first layer.
    void read_deps(Layer& layer, std::uint32_t index) {
        if (index == group_) in_.fail("none for the first layer of a workload or copy");
        do {
            const auto dep =
                in_.number_part(group_, index - 1, "an earlier layer of the same workload and copy,");
            layer.deps.push_back(static_cast<std::uint32_t>(dep) - group_);
        } while (in_.accept_char(','));
    }

    void add_tiles(const Layer& layer) {
        try {
            head_.tiles.emplace_back(layer, p_.shape);
        } catch (const UserError& error) {
            in_.fail_with(error.what());
        }
        const LayerTiles& t = head_.tiles.back();
        head_.tile_count += std::uint64_t{t.x_tiles()} + t.w_tiles();
        if (layer.is_vector()) return;
        if (layer.m * layer.k > kMaxMacs / layer.n || layer.m * layer.k * layer.n > kMaxMacs / layer.groups ||
            layer.macs() > kMaxMacs - macs_)
            in_.fail("2^62 or more multiply-accumulates in the layers up to here", "less");
        macs_ += layer.macs();
    }

    LineReader& in_;
    ProgramHead head_;
    Program& p_ = head_.program;
    std::uint64_t macs_ = 0;
    bool has_lanes_ = false;              // on the chip's line
    std::uint32_t group_ = 0, copy_ = 0;  // the first layer of the workload's copy being read; which copy
};

}  // namespace

ProgramHead parse_head(LineReader& in) { return HeadParser(in).run(); }

void next_statement(LineReader& in) {
    if (!in.next()) in.fail("the end of the file", "a line \"end ...\" before it: the file is cut short");
}

}  // namespace sosa::host
