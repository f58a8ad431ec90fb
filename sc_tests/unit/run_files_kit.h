#pragma once
#include <fstream>
#include <map>
#include <string>

#include "sc_tests/unit/temp_folder.h"

// A run's folder as small as it can be: two pods, two layers, three slices.
namespace sosa::tests {

inline std::map<std::string, std::string> small_run() {
    return {
        {"summary.json",
         R"({"workload": "two", "config": "duo", "policy": "paper", "fidelity": "timing", "cycles": 30, "slices": 3})"},
        {"effective_config.json",
         R"({"name": "duo", "pods": {"count": 2, "rows": 4, "cols": 4}, "clock": "2GHz"})"},
        {"manifest.json",
         R"({"version": "0.1.0", "seed": 7, "finished_at": "2026-01-01T00:00:00Z", "host": "here"})"},
        {"counters.json",
         R"({"networks": {"columns": [{"name": "bytes", "unit": "B"}], "rows": {"x_stage1": [12], "w_stage1": [9]}}})"},
        {"layers.csv",
         "layer,workload,op,m,k,n,tile_ops,post_ops,first_slice,last_slice,start_cycle,end_cycle,cycles,macs,"
         "utilization_pct\n"
         "fc1,two,MatMul,8,4,4,2,0,0,0,0,10,10,128,40.000\n"
         "fc2,two,MatMul,4,4,4,1,0,2,2,20,30,10,64,20.000\n"},
        {"energy.csv",
         "component,counter,count,pj_each,energy_pj,source\n"
         "pods,macs,192,0.5,96,a book\n"
         "noc_x,link_bytes,10,0.25,2.5,\"a \"\"paper\"\", page 3\"\n"
         "noc_w,link_bytes,30,0.25,7.5,\"a \"\"paper\"\", page 3\"\n"
         "dram,bytes,100,unknown,unknown,nobody knows\n"},
        {"slices.csv",
         "slice,start_cycle,run_cycles,stall_cycles,tile_ops,post_ops,vector_ops,macs,longest_rows,weight_"
         "rows,post_rows,"
         "waiting_ops,layer\n"
         "0,0,9,1,2,0,0,128,4,4,0,0,0\n"
         "1,10,10,0,0,0,0,0,0,0,0,1,\n"
         "2,20,10,0,1,0,0,64,4,4,0,0,1\n"},
        {"occupancy.csv", "pod,layer,first_slice,slices\n0,0,0,1\n0,1,2,1\n1,0,0,1\n"},
        {"power.csv",
         "start_ns,end_ns,macs,pods_pj,sram_pj,noc_pj,dram_pj,cumulative_pj,pods_w,sram_w,noc_w,dram_w,total_"
         "w\n"
         "0,10,128,64,0,5,unknown,69,6.4,0,0.5,unknown,6.9\n"
         "10,15,64,32,0,5,unknown,106,6.4,0,1,unknown,7.4\n"},
    };
}

inline void write_run(const TempFolder& folder, const std::map<std::string, std::string>& files) {
    for (const auto& [name, text] : files) std::ofstream(folder / name, std::ios::binary) << text;
}

}  // namespace sosa::tests
