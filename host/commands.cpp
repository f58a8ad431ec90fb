#include "host/commands.h"
#include <chrono>
#include <iostream>
#include "host/paper_policy.h"
#include "host/system.h"
#include "host/zoo.h"
#include "traces/error.h"
namespace sosa::host {
int run_command_line(int argc, char** argv, const char*) {
    using clk = std::chrono::steady_clock;
    auto sec=[](auto a, auto b){return std::chrono::duration<double>(b-a).count();};
    try {
    auto t0=clk::now();
    std::vector<std::string> sets; for(int i=3;i<argc;i++) sets.push_back(argv[i]);
    ZooOptions zo; if(const char*s=getenv("SEQ")) zo.seq_len=(unsigned)std::stoul(s);
    auto config=hw::load_config(argv[1],sets); auto w=load_workload(argv[2],zo);
    noc::Topology t(config.noc.topology,config.pods.count);
    TileShape shape{config.pods.rows,config.pods.cols,config.tiling.partition_rows,config.pods.psum_bits/8};
    auto pl=make_policy("paper")->place({w},t,shape,{});
    auto t1=clk::now();
    auto program=make_program({w},pl,t,shape,"paper"); pl.clear();
    auto t2=clk::now();
    System sys("sosa",config,program);
    auto t3=clk::now();
    bool ok=sys.run();
    auto t4=clk::now();
    auto c=sys.host.counters();
    std::printf("ok %d place %.3f program %.3f elab %.3f sim %.3f\n",ok,sec(t0,t1),sec(t1,t2),sec(t2,t3),sec(t3,t4));
    for(auto&e:hw::kCounterTable) std::printf("%s %llu\n",e.name,(unsigned long long)e.get(c));
    std::printf("loss total %llu vs %llu main %u post %u\n",(unsigned long long)c.loss.total(),(unsigned long long)(c.cycles*config.pods.count*config.pods.rows*config.pods.cols),program.last_main_slice,program.last_post_slice);
    } catch(const UserError&e){ std::cerr<<"sosa: "<<e.what()<<"\n"; return 1; }
    return 0;
}
}
