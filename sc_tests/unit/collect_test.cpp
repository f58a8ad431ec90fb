// From results to a table, as CSV and as a database.
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "host/collect.h"
#include "host/sweep_store.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"

namespace sosa::tests {

using host::PointResult;
using host::SweepResults;
using Words = std::vector<std::string>;

namespace {

std::string hash_of(char digit) { return std::string(40, digit); }

// Three points, of which the second has no result and the third failed.
SweepResults three() {
    SweepResults results;
    results.index = {"s", "1", {"workload", "banks.size", "noc.topology", "batch", "pods.count"}, {}};
    for (const char digit : {'a', 'b', 'c'})
        results.index.rows.push_back({hash_of(digit), "tiny", "net,1", 2, {}, {}, "", "paper"});
    PointResult ok;
    ok.version = "1";
    ok.row = {hash_of('a'), "called otherwise", "by another sweep", {}, {}, {}, "", "paper"};
    ok.config.name = "tiny";
    ok.config.banks.size_bytes = 4096;
    ok.figures = {
        {"workload", "net"},      {"fidelity", "timing"}, {"cycles", std::uint64_t{123}},
        {"effective_tops", 0.25}, {"power_w", {}},        {"cycle_loss.idle_pe_cycles", std::uint64_t{7}}};
    PointResult failed = ok;
    failed.row = results.index.rows[2];
    failed.figures.clear();
    failed.failure = "killed, \"by\" signal 9";
    results.points = {ok, std::nullopt, failed};
    return results;
}

// Every row of the query, its cells joined by "|".
Words query(const std::string& bytes, const std::string& sql) {
    const TempFolder folder;
    const std::string file = folder / "r.sqlite";
    std::ofstream(file, std::ios::binary) << bytes;
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    Words rows;
    const auto take = [](void* all, int count, char** cells, char**) {
        std::string row;
        for (int i = 0; i < count; ++i) row += (i ? "|" : "") + std::string(cells[i] ? cells[i] : "NULL");
        static_cast<Words*>(all)->push_back(row);
        return 0;
    };
    char* error = nullptr;
    sqlite3_exec(database, sql.c_str(), take, &rows, &error);
    INFO((error ? error : ""));
    CHECK(error == nullptr);
    sqlite3_free(error);
    sqlite3_close(database);
    return rows;
}

std::string error_of(const std::filesystem::path& folder) {
    try {
        host::load_results(folder);
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("the table says what varies with units and calls points as its sweep does") {
    const SweepResults results = three();
    CHECK(results.missing() == 1);
    CHECK(
        host::csv_text(host::make_table(results)) ==
        "point,banks.size_bytes,noc.topology,pods.count,config,workload,batch,image_size,seq_len,dims,policy,"
        "fidelity,cycles,effective_tops,power_w,cycle_loss.idle_pe_cycles,status,reason,hash\n"
        "1,4096,butterfly-2,256,tiny,\"net,1\",2,,,,paper,timing,123,0.25,,7,ok,," +
            hash_of('a') +
            "\n"
            "3,4096,butterfly-2,256,tiny,\"net,1\",2,,,,paper,,,,,,failed,\"killed, \"\"by\"\" signal 9\"," +
            hash_of('c') + "\n");
}

TEST_CASE("the database has the table with types and every key of the configuration") {
    const SweepResults results = three();
    const auto table = host::make_table(results);
    const std::string bytes = host::sqlite_bytes(table, results);
    CHECK(host::sqlite_bytes(table, results) == bytes);
    CHECK(
        query(bytes,
              R"(select point, "banks.size_bytes", workload, cycles, effective_tops, status from points)") ==
        Words{"1|4096.0|net,1|123|0.25|ok", "3|4096.0|net,1|NULL|NULL|failed"});
    CHECK(
        query(
            bytes,
            R"(select typeof(cycles), typeof(effective_tops), typeof("pods.count"), typeof(power_w) from points limit 1)") ==
        Words{"integer|real|integer|null"});
    CHECK(query(bytes, "select reason, hash from points where status = 'failed'") ==
          Words{"killed, \"by\" signal 9|" + hash_of('c')});
    CHECK(query(bytes, "select * from config where key = 'banks.size'") ==
          Words{"1|banks.size|4KiB", "3|banks.size|4KiB"});
    CHECK(query(bytes, "select count(*) from config") == Words{std::to_string(2 * hw::config_keys().size())});
}

TEST_CASE("a folder is read with what is missing and what is cut short") {
    const TempFolder folder;
    const SweepResults results = three();
    {
        const host::SweepStore store(folder.path() / "o", results.index, false);
        store.write(*results.points[2]);
        std::ofstream(folder.path() / "o/points" / (hash_of('b') + ".json")) << "{\"version\": ";
    }
    const SweepResults back = host::load_results(folder.path() / "o");
    REQUIRE(back.points.size() == 3);
    CHECK(back.missing() == 2);
    CHECK(back.broken == std::vector<std::size_t>{1});
    CHECK(back.points[2]->failure == results.points[2]->failure);
    CHECK(host::point_state(folder.path() / "o", hash_of('a')) == host::PointState::absent);
    CHECK(host::point_state(folder.path() / "o", hash_of('c')) == host::PointState::failed);
    CHECK(error_of(folder / "none") ==
          (folder / "none").string() + ": is not the folder of a sweep, which has a file sweep.json");
}

TEST_CASE("a claim is held by one and ends with its owner") {
    const TempFolder folder;
    const auto index = three().index;
    const host::SweepStore one(folder.path() / "o", index, false), other(folder.path() / "o", index, false);
    {
        const auto mine = one.claim(hash_of('a'));
        CHECK(mine);
        CHECK_FALSE(other.claim(hash_of('a')));
        CHECK_FALSE(one.claim(hash_of('a')));
        CHECK(other.claim(hash_of('b')));
    }
    CHECK(other.claim(hash_of('a')));
}

TEST_CASE("what a killed writer left behind goes but not what is being written") {
    const TempFolder folder;
    const auto index = three().index;
    const host::SweepStore store(folder.path() / "o", index, false);
    const auto left = [&](char digit) {
        return folder.path() / "o/points" / (hash_of(digit) + ".json.tmp12");
    };
    for (const char digit : {'a', 'b'}) std::ofstream(left(digit)) << "x";
    const auto claim = store.claim(hash_of('b'));
    const host::SweepStore next(folder.path() / "o", index, false);
    CHECK_FALSE(std::filesystem::exists(left('a')));
    CHECK(std::filesystem::exists(left('b')));
}

TEST_CASE("the folder of another sweep is refused unless its list may be replaced") {
    const TempFolder folder;
    auto index = three().index;
    { const host::SweepStore store(folder.path() / "o", index, false); }
    index.rows[0].hash = hash_of('d');
    std::string sentence;
    try {
        const host::SweepStore store(folder.path() / "o", index, false);
    } catch (const UserError& error) {
        sentence = error.what();
    }
    CHECK(sentence ==
          (folder / "o").string() +
              ": holds the sweep \"s\" of version 1, 1 of its 3 points are not in this one; name another "
              "folder with --out, or use --extend: the results of points that both have are kept");
    CHECK(host::read_index(folder / "o").rows[0].hash == hash_of('a'));
    { const host::SweepStore store(folder.path() / "o", index, true); }
    CHECK(host::read_index(folder / "o").rows[0].hash == hash_of('d'));
}

}  // namespace sosa::tests
