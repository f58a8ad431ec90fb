#include "host/pod_rtl.h"

#include "host/data_run.h"
#include "host/gen_params.h"

namespace sosa::host {

namespace fs = std::filesystem;

namespace {

RtlDesign own_design(const hw::Config& config, const fs::path& sources) {
    RtlDesign design;
    design.top = own_port_map().top;
    design.sources = own_rtl("pods/rtl/", sources.empty() ? "" : sources / "pods/rtl");
    design.sources.insert(design.sources.begin(), {"sosa_params.sv", sv_parameters(config)});
    design.adapter = adapter_text(own_port_map(), {});
    design.lint = sources.empty();
    return design;
}

RtlDesign mapped_design(const hw::Config& config, const fs::path& file, const fs::path& log) {
    const PortMap map = read_port_map(file);
    const pods::ArrayShape shape = array_shape(config);
    RtlDesign design;
    design.top = map.top;
    design.sources = {preprocess(map.sources, log)};
    design.parameters = parameter_values(map, shape);
    design.lint = false;
    const auto ports = ports_of(design, log);
    check_ports(map, shape, ports);
    design.adapter = adapter_text(map, ports);
    return design;
}

}  // namespace

RtlLibrary pod_library(const hw::Config& config, const PodRtl& rtl, const fs::path& out) {
    const fs::path log = out / "pod_build.log";
    RtlDesign design =
        rtl.port_map.empty() ? own_design(config, rtl.sources) : mapped_design(config, rtl.port_map, log);
    design.headers = {{"pods/rtl_pod.h", embedded_rtl_text("pods/rtl_pod.h")}};
    return RtlLibrary(build_rtl(design, rtl_cache_folder(), log));
}

std::unique_ptr<pods::RtlPod> make_rtl_pod(const RtlLibrary& library, const std::string& name,
                                           std::uint64_t seed) {
    library.function<void (*)(unsigned)>("sosa_seed_rtl")(static_cast<unsigned>(seed));
    return std::unique_ptr<pods::RtlPod>(library.function<pods::MakeRtlPod>(pods::kMakeRtlPod)(name.c_str()));
}

}  // namespace sosa::host
