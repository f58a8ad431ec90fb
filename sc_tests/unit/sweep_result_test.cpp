// The files that say what became of a point, and which points there are.
#include <catch2/catch.hpp>

#include "host/sweep_index.h"
#include "host/sweep_result.h"
#include "traces/error.h"

namespace sosa::tests {

using host::PointResult;

namespace {

PointResult sample() {
    PointResult result;
    result.version = "1.2.3";
    result.row = {std::string(40, 'a'), "tiny", "mlp", 32, {}, 7, "n=3", "paper"};
    result.config.name = "mine";
    result.config.pods.count = 8;
    result.config.pods.rows = result.config.tiling.partition_rows = 16;
    result.config.banks.size_bytes = 12345;
    result.figures = {
        {"fidelity", "timing"}, {"cycles", std::uint64_t{1} << 60}, {"effective_tops", 0.1}, {"whole", 12.0}};
    result.cost = {1.5, 4096};
    return result;
}

template <class Work>
std::string error_of(const Work& work) {
    try {
        work();
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("a result reads back as it was written") {
    const PointResult result = sample();
    const std::string text = host::result_text(result);
    const PointResult back = host::parse_result(text, "f", result.row.hash);
    CHECK(host::result_text(back) == text);
    CHECK(back.ok());
    CHECK(back.row.batch == 32);
    CHECK_FALSE(back.row.image_size);
    CHECK(back.config.banks.size_bytes == 12345);
    CHECK(back.config.tiling.partition_rows == 16);
    CHECK(back.config.name == "mine");
    CHECK(std::get<std::uint64_t>(*back.find("cycles")) == std::uint64_t{1} << 60);
    CHECK(std::get<double>(*back.find("whole")) == 12.0);
    CHECK(back.number("effective_tops") == 0.1);
    CHECK(back.cost.peak_memory_bytes == 4096);
    CHECK(error_of([&] { back.number("fidelity"); }) ==
          "point " + result.row.hash + " has no number \"fidelity\"");
}

TEST_CASE("a result that is cut short anywhere is no result") {
    PointResult failed = sample();
    failed.figures.clear();
    failed.failure = "killed by signal 9";
    for (const PointResult& result : {sample(), failed}) {
        const std::string text = host::result_text(result);
        for (std::size_t size = 0; size + 2 < text.size(); ++size)
            if (error_of([&] {
                    host::parse_result(text.substr(0, size), "f", result.row.hash);
                }).rfind("f: is cut short or no result of this point", 0) != 0)
                FAIL("accepted at " << size);
    }
    CHECK(error_of([&] { host::parse_result(host::result_text(sample()), "f", std::string(40, 'b')); }) ==
          "f: is cut short or no result of this point");
    CHECK_FALSE(host::parse_result(host::result_text(failed), "f", failed.row.hash).ok());
}

TEST_CASE("a result has figures or a reason") {
    const PointResult result = sample();
    const std::string text = host::result_text(result), ok = "\"status\": \"ok\"",
                      wrong = "\"status\": \"failed\"";
    const auto error = [&](const std::string& begin, const std::string& end) {
        std::string changed = text;
        changed.replace(changed.find(ok), ok.size(), begin + end);
        return error_of([&] { host::parse_result(changed, "f", result.row.hash); });
    };
    const std::string sentence = "f: is cut short or no result of this point";
    CHECK(error(ok, "") == "no error");
    CHECK(error(wrong, ", \"reason\": \"killed\"") == sentence);
    CHECK(error(wrong, "").rfind(sentence + " (", 0) == 0);
    PointResult without = result;
    without.figures.clear();
    CHECK(error_of([&] { host::parse_result(host::result_text(without), "f", result.row.hash); }) ==
          sentence);
}

TEST_CASE("an index reads back as it was written") {
    host::SweepIndex index{"s", "1", {"pods.count", "batch"}, {sample().row, sample().row}};
    index.rows[1].hash = std::string(40, '0');
    index.rows[1].dims.clear();
    const std::string text = host::index_text(index);
    const auto back = host::parse_index(text, "f");
    CHECK(host::index_text(back) == text);
    CHECK(back.rows.size() == 2);
    CHECK(back.axes == index.axes);
    std::string elsewhere = text;
    elsewhere.replace(elsewhere.find(std::string(40, '0')), 5, "../..");
    CHECK(error_of([&] { host::parse_index(elsewhere, "f"); }).rfind("found hash \"../..000", 0) == 0);
    CHECK(error_of([&] {
              host::parse_index(text.substr(0, 100), "f");
          }).rfind("f: is cut short or was not written by sosa sweep (", 0) == 0);
}

TEST_CASE("shards share no row and together have all") {
    for (std::size_t row = 0; row < 20; ++row) {
        int owners = 0;
        for (std::size_t i = 1; i <= 3; ++i) owners += host::Shard{i, 3}.has(row);
        CHECK(owners == 1);
    }
    CHECK(host::Shard{2, 3}.has(4));
}

}  // namespace sosa::tests
