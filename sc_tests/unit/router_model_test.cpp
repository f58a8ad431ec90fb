#include "noc/router_model.h"

#include <catch2/catch.hpp>

#include "sc_tests/unit/aborts.h"

namespace noc = sosa::noc;

namespace {

constexpr std::uint32_t kA = 0xa5a5'0001, kB = 0x5a5a'0002;

// A router of 32 data bits, input 0 always offers kA and input 1 kB.
struct Bench {
    noc::RouterModel router{32};
    noc::RouterInputs in;

    Bench() {
        in.in[0] = {true, &kA};
        in.in[1] = {true, &kB};
        edge([](auto& pins) { pins.reset = true; });
    }
    template <class Change>
    const noc::RouterOutputs& edge(Change&& change) {
        noc::RouterInputs pins = in;
        change(pins);
        router.step(pins);
        return router.outputs();
    }
    const noc::RouterOutputs& edge() {
        return edge([](auto&) {});
    }
    // "g", "m", "r" as the claim is answered, "" if it is not.
    std::string claim(std::uint32_t from, std::uint32_t to, std::uint32_t source, bool slice = false) {
        const auto& out = edge([&](auto& pins) {
            pins.slice = slice;
            pins.claim_valid = true;
            pins.claim_in = from;
            pins.claim_out = to;
            pins.claim_source = source;
        });
        return std::string(out.granted ? "g" : "") + (out.multicast ? "m" : "") + (out.refused ? "r" : "");
    }
    // The data at both outputs; 0 where none is valid, as the pins are.
    std::vector<std::uint32_t> data() const {
        std::vector<std::uint32_t> words;
        for (const auto& port : router.outputs().out) {
            CHECK(port.valid == (*port.data != 0));
            words.push_back(*port.data);
        }
        return words;
    }
};

using Words = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("router model: a claim is granted once, shared by its route and refused to all others") {
    Bench b;
    CHECK(b.claim(1, 0, 7) == "g");
    CHECK(b.claim(1, 0, 7) == "m");
    CHECK(b.claim(1, 0, 6) == "r");
    CHECK(b.claim(0, 0, 7) == "r");  // the same source from the other input
    CHECK(b.claim(0, 0, 3) == "r");
    CHECK(b.claim(1, 0, 7) == "m");  // refusals have changed nothing
    CHECK(b.claim(1, 1, 7) == "g");  // the other link is its own
    b.edge();
    CHECK_FALSE((b.router.outputs().granted || b.router.outputs().multicast || b.router.outputs().refused));
}

TEST_CASE("router model: sources differ in every bit down to the lowest and up to the highest") {
    Bench b;
    CHECK(b.claim(0, 0, 0) == "g");
    CHECK(b.claim(0, 0, 1) == "r");
    CHECK(b.claim(0, 0, 1u << 14) == "r");
    CHECK(b.claim(0, 0, 0) == "m");
}

TEST_CASE("router model: data follows a granted claim from the next edge on") {
    Bench b;
    b.claim(1, 0, 7);
    CHECK(b.data() == Words{0, 0});
    b.edge();
    CHECK(b.data() == Words{kB, 0});
    b.claim(0, 0, 2);  // refused: the route stays
    b.edge();
    CHECK(b.data() == Words{kB, 0});
    b.claim(1, 1, 7);
    b.edge();
    CHECK(b.data() == Words{kB, kB});  // a multicast inside the switch
    b.edge([](auto& pins) { pins.in[1].valid = false; });
    CHECK(b.data() == Words{0, 0});
}

TEST_CASE("router model: outputs may cross") {
    Bench b;
    b.claim(0, 1, 1);
    b.claim(1, 0, 2);
    b.edge();
    CHECK(b.data() == Words{kB, kA});
}

TEST_CASE("router model: a slice frees both links for its own claim and lets the old data pass") {
    Bench b;
    b.claim(0, 0, 1);
    b.claim(1, 1, 2);
    CHECK(b.claim(1, 0, 3, true) == "g");
    CHECK(b.data() == Words{kA, kB});  // by the old routes
    b.edge();
    CHECK(b.data() == Words{kB, 0});
    b.edge([](auto& pins) { pins.slice = true; });
    CHECK(b.data() == Words{kB, 0});
    b.edge();
    CHECK(b.data() == Words{0, 0});
    CHECK(b.claim(0, 1, 4) == "g");
}

TEST_CASE("router model: without enable nothing moves and nothing is seen") {
    Bench b;
    b.claim(0, 0, 1);
    b.edge();
    const auto stall = [](auto& pins) {
        pins.enable = false;
        pins.slice = pins.claim_valid = true;
        pins.claim_out = 1;
        pins.in[0].data = &kB;
    };
    b.edge(stall);
    CHECK(b.data() == Words{kA, 0});
    CHECK_FALSE(b.router.outputs().granted);
    b.edge();
    CHECK(b.data() == Words{kA, 0});  // neither the slice nor the claim has counted
    CHECK(b.claim(1, 1, 2) == "g");
    b.edge(stall);
    CHECK(b.router.outputs().granted);  // kept
}

TEST_CASE("router model: reset beats enable, frees the links and clears the outputs") {
    Bench b;
    b.claim(0, 0, 1);
    b.claim(0, 1, 1);
    const auto& out = b.edge([](auto& pins) {
        pins.reset = true;
        pins.enable = false;
        pins.claim_valid = true;
    });
    CHECK_FALSE(out.granted);
    CHECK(b.data() == Words{0, 0});
    b.edge();
    CHECK(b.data() == Words{0, 0});
    CHECK(b.claim(1, 0, 9) == "g");
}

TEST_CASE("router model: the time table in noc/rtl/README.md") {
    Bench b;
    std::uint32_t a = 0xa0, other = 0xb0;
    b.in.in[0].data = &a;
    b.in.in[1] = {false, &other};
    const auto next = [&](bool valid0, bool valid1) {
        ++a, ++other;
        b.in.in[0].valid = valid0;
        b.in.in[1].valid = valid1;
    };
    next(true, false);
    CHECK(b.claim(0, 0, 5, true) == "g");
    CHECK(b.data() == Words{0, 0});
    next(true, false);
    CHECK(b.claim(0, 1, 5) == "g");
    CHECK(b.data() == Words{0xa2, 0});
    next(true, true);
    CHECK(b.claim(0, 0, 5) == "m");
    CHECK(b.data() == Words{0xa3, 0xa3});
    next(false, true);
    CHECK(b.claim(1, 1, 9) == "r");
    CHECK(b.data() == Words{0, 0});
    next(true, true);
    CHECK(b.claim(1, 1, 9, true) == "g");
    CHECK(b.data() == Words{0xa5, 0xa5});
    next(true, true);
    b.edge();
    CHECK(b.data() == Words{0, 0xb6});
}

TEST_CASE("router model: wide data is copied whole") {
    noc::RouterModel router(70);
    REQUIRE(router.data_words() == 3);
    const std::uint32_t words[] = {1, 2, 3};
    noc::RouterInputs in;
    in.claim_valid = true;
    in.claim_out = 1;
    router.step(in);
    in.in[0] = {true, words};
    router.step(in);
    const auto* data = router.outputs().out[1].data;
    CHECK(Words(data, data + 3) == Words{1, 2, 3});
}

TEST_CASE("router model: a claim beyond the pins stops the program") {
    noc::RouterModel router(8);
    noc::RouterInputs in;
    in.claim_out = 2;
    CHECK(sosa::tests::aborts([&] { router.step(in); }));
}
