#include "host/import_scalesim.h"

#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "host/import_command.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/error.h"
#include "traces/files.h"

namespace {
using sosa::host::import_scalesim;
using sosa::host::ScaleSimOptions;
using sosa::host::ScaleSimPadding;
using sosa::host::Workload;
using Lines = std::vector<std::string>;

const std::string kConv =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";
const std::string kGemm = "Layer, M, N, K,\n";
const std::string kAllowedHeaders =
    ", allowed a header row \"Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, "
    "Num Filter, Strides,\" or \"Layer, M, N, K,\"";

// The layers of ResNet-18, shortcuts included, in the layout of SCALE-Sim's own files.
const std::string kResnet18 = kConv +
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

Imported imported(const std::string& text, ScaleSimPadding padding = ScaleSimPadding::valid) {
    Imported result;
    ScaleSimOptions options;
    options.padding = padding;
    result.workload = import_scalesim(text, "dir/F.csv", options, result.repairs);
    return result;
}

// "name op m k n kernel deps"
std::string layer_text(const Workload& w, std::size_t index) {
    const auto& l = w.layers.at(index);
    std::ostringstream text;
    text << l.name << ' ' << l.op << ' ' << l.m << ' ' << l.k << ' ' << l.n << ' ' << l.kernel_h << 'x'
         << l.kernel_w;
    for (const auto dep : l.deps) text << " <" << dep;
    return text.str();
}

std::string error_of(const std::string& text, const ScaleSimOptions& options = {}) {
    Lines repairs;
    try {
        import_scalesim(text, "F.csv", options, repairs);
    } catch (const sosa::UserError& error) {
        return error.what();
    }
    return "no error";
}

// What a row of a convolution earns, without the place.
std::string row_error(const std::string& row) {
    const std::string error = error_of(kConv + row + "\n"), place = "F.csv: line 2 \"c\": ";
    return error.rfind(place, 0) == 0 ? error.substr(place.size()) : error;
}
// What a stream gets for a while.
class Captured {
  public:
    explicit Captured(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
    ~Captured() { stream_.rdbuf(before_); }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    std::string text() const { return text_.str(); }

  private:
    std::ostream& stream_;
    std::ostringstream text_;
    std::streambuf* before_;
};
}  // namespace

TEST_CASE("ResNet-18 of SCALE-Sim with same padding is ResNet-18") {
    const auto [w, repairs] = imported(kResnet18, ScaleSimPadding::same);
    CHECK(repairs.empty());
    CHECK(w.name == "F");
    CHECK(w.repeat == 1);
    CHECK(w.tensors.empty());
    REQUIRE(w.layers.size() == 21);
    CHECK(layer_text(w, 0) == "Conv1 Conv 12544 147 64 7x7");
    CHECK(layer_text(w, 1) == "Conv2_1a Conv 3136 576 64 3x3 <0");
    CHECK(layer_text(w, 5) == "Conv3_1a Conv 784 576 128 3x3 <4");
    CHECK(layer_text(w, 7) == "Conv3_s Conv 784 64 128 1x1 <6");
    CHECK(layer_text(w, 20) == "FC Conv 1 512 1000 1x1 <19");
    CHECK(macs(w) == 1'814'073'344);  // the published 1.81 G
}

TEST_CASE("ResNet-18 of SCALE-Sim without padding") {
    const auto [w, repairs] = imported(kResnet18);
    REQUIRE(w.layers.size() == 21);
    CHECK(layer_text(w, 0) == "Conv1 Conv 11881 147 64 7x7");
    CHECK(layer_text(w, 1) == "Conv2_1a Conv 2916 576 64 3x3 <0");
    CHECK(layer_text(w, 5) == "Conv3_1a Conv 729 576 128 3x3 <4");
    CHECK(layer_text(w, 7) == "Conv3_s Conv 784 64 128 1x1 <6");
    CHECK(layer_text(w, 19) == "Conv5_2b Conv 25 4608 512 3x3 <18");
    CHECK(repairs ==
          Lines{"dir/F.csv: lines 2, 7, 9, 12, 14, 17, 19: SCALE-Sim itself counts one output row "
                "or column more, as it rounds up where a convolution without padding rounds down"});
}

TEST_CASE("height and width of a convolution keep their places") {
    const auto [w, repairs] = imported(kConv + "c,21,40,3,2,5,6,2,\n");
    CHECK(layer_text(w, 0) == "c Conv 200 30 6 3x2");  // 10 x 20
    CHECK(repairs.empty());
    CHECK(layer_text(imported(kConv + "c,21,40,3,2,5,6,2,\n", ScaleSimPadding::same).workload, 0) ==
          "c Conv 220 30 6 3x2");  // 11 x 20
}

TEST_CASE("rows of M and N and K are products") {
    const auto [w, repairs] = imported(kGemm + "QKT,1024,512,64,\nPW,7,4800,1600,\n");
    CHECK(repairs.empty());
    REQUIRE(w.layers.size() == 2);
    CHECK(layer_text(w, 0) == "QKT MatMul 1024 64 512 1x1");
    CHECK(layer_text(w, 1) == "PW MatMul 7 1600 4800 1x1 <0");
}

TEST_CASE("a fourth number after Strides is the stride across the width") {
    const std::string row = "c,9,9,1,1,1,1,2,4,\n";  // 5 x 3
    CHECK(imported(kConv.substr(0, kConv.size() - 1) + "Strides,\n" + row).workload.layers[0].m == 15);
    const auto plain = imported(kConv + row);
    CHECK(plain.workload.layers[0].m == 15);
    CHECK(plain.repairs.empty());
    const auto written = imported(
        "Layer name,IFMAP height,IFMAP width,Filter height,Filter width,Channels,Num filter,Stride height,"
        "Stride width,\n" +
        row);
    CHECK(written.workload.layers[0].m == 15);
    CHECK(written.repairs.empty());
    const auto other = imported(kConv.substr(0, kConv.size() - 1) + "Outputs,\n" + row);
    CHECK(other.workload.layers[0].m == 25);
    CHECK(other.repairs == Lines{"dir/F.csv: line 2: further columns ignored"});
    CHECK(row_error("c,9,9,1,1,1,1,2,0,") ==
          "column \"Strides of the width\": found \"0\", allowed an integer 1..65535");
}

TEST_CASE("every repair is told") {
    const std::string row = "a,9,9,3,3,1,1,1,";
    const std::string good = kConv + row + "\n";
    CHECK(imported(good).repairs.empty());
    CHECK(imported("\xEF\xBB\xBF" + good).repairs == Lines{"dir/F.csv: line 1: byte-order mark removed"});
    CHECK(imported(kConv + "a,9,9,3,3,1,1,1\n").repairs == Lines{"dir/F.csv: line 2: trailing comma added"});
    CHECK(imported(kConv + row + "\r\n").repairs == Lines{"dir/F.csv: line 2: carriage return removed"});
    CHECK(imported(kConv + "\n ,,, ,\n" + row).repairs == Lines{"dir/F.csv: lines 2, 3: blank row skipped"});
    CHECK(imported("# of mine, 1\n" + kConv + row + " #dw\n").repairs ==
          Lines{"dir/F.csv: lines 1, 3: comment ignored"});
    CHECK(imported(kConv + row + "2:4,\n").repairs ==
          Lines{"dir/F.csv: line 2: sparsity ignored, every weight counts"});
    CHECK(imported(kConv + row + ",,110,12100,\n").repairs ==
          Lines{"dir/F.csv: line 2: further columns ignored"});
    const auto misnamed = imported(
        "Layer,IFMAP Width,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,\n" + row);
    CHECK(misnamed.repairs ==
          Lines{"dir/F.csv: line 1: column 2 \"IFMAP Width\" read as IFMAP Height, by its place"});
}

TEST_CASE("repairs do not change what is read") {
    const auto good = imported(kConv + "a,9,9,3,3,1,1,1,\nb#2,7,7,1,1,1,1,1,\n").workload;
    const auto odd =
        imported(
            "\xEF\xBB\xBF\r\n# c\rLAYER NAME,ifmap height,Ifmap Width,filter height,filter width,"
            "channel,num filters,stride\r\n\ta ,\t09 , 9,3,3,1,1,1, 2:4,,\r\n"
            "\r\nb#2,7,7,1,1,1,1,1,# x, 1\n,,,")
            .workload;
    std::ostringstream first, second;
    write_workload(good, first);
    write_workload(odd, second);
    CHECK(first.str() == second.str());
    CHECK(good.layers[1].name == "b#2");
}

TEST_CASE("repeated names of layers are numbered") {
    const auto [w, repairs] = imported(
        "Layer Name, M, N, K, Sparsity,\nG, 3, 5, 16, 3:4,\nG_2,1,1,1,,\nG,1,5,16,1:4,\nG_2,1,1,1,\n");
    CHECK(layer_text(w, 0) == "G MatMul 3 16 5 1x1");
    CHECK(w.layers[1].name == "G_2");
    CHECK(w.layers[2].name == "G_3");
    CHECK(w.layers[3].name == "G_2_2");
    CHECK(repairs == Lines{"dir/F.csv: lines 2, 4: sparsity ignored, every weight counts",
                           "dir/F.csv: lines 4, 5: repeated layer name numbered (_2, _3, ...)"});
}

TEST_CASE("a notice of many lines stays short") {
    std::string text = kGemm;
    for (int i = 0; i < 11; ++i) text += "g" + std::to_string(i) + ",1,1,1\n";
    CHECK(imported(text).repairs ==
          Lines{"dir/F.csv: lines 2, 3, 4, 5, 6, 7, 8, 9 and 3 more: trailing comma added"});
}

TEST_CASE("depthwise layers are refused all at once") {
    CHECK(error_of(kConv + "a,9,9,3,3,1,1,1,\nDP1,9,9,3,3,32,1,1,\nConvDP,9,9,3,3,32,1,1,\n") ==
          "F.csv: found the depthwise layers (\"DP\" in the name) at line 3 \"DP1\", line 4 \"ConvDP\", "
          "allowed layers whose filters read all channels: depthwise is not supported yet");
    CHECK(error_of(kGemm + "DP1,1,2,3,\n") == "no error");
}

TEST_CASE("values that are no sizes are refused") {
    const std::string dimension = ", allowed an integer 1..2147483647";
    CHECK(row_error("c,9,9,3,3,1,1,0,") == "column \"Strides\": found \"0\", allowed an integer 1..65535");
    CHECK(row_error("c,9,9,3,3,1,1,") == "column \"Strides\": found nothing, allowed an integer 1..65535");
    CHECK(row_error("c,9,9,3,3,,1,1,") == "column \"Channels\": found nothing" + dimension);
    for (const std::string text : {"-9", "+9", "9.0", "9e1", "0x9", "x", "2147483648", "18446744073709551625",
                                   "99999999999999999999999999", "000"})
        CHECK(row_error("c," + text + ",9,3,3,1,1,1,") ==
              "column \"IFMAP Height\": found \"" + text + "\"" + dimension);
    CHECK(row_error("c,9,9,65536,3,1,1,1,") ==
          "column \"Filter Height\": found \"65536\", allowed an integer 1..65535");
    CHECK(row_error(std::string("c,9,9\0,3,3,1,1,1,", 17)) ==
          "column \"IFMAP Width\": found \"9\\u0000\"" + dimension);
    CHECK(error_of(kGemm + "g,1,1,2147483647,\n") == "no error");
    CHECK(error_of(kGemm + "g,1,0,1,\n") == "F.csv: line 2 \"g\": column \"N\": found \"0\"" + dimension);
}

TEST_CASE("filters larger than the map need padding") {
    CHECK(row_error("c,3,2,3,3,1,1,1,") ==
          "column \"Filter Width\": found 3, allowed at most the IFMAP Width 2 without padding");
    CHECK(imported(kConv + "c,3,2,3,3,1,1,1,", ScaleSimPadding::same).workload.layers[0].m == 6);
}

TEST_CASE("products of sizes stay within their limits") {
    CHECK(row_error("c,65536,32768,1,1,1,1,1,") ==
          "found outputs of height*width = 2147483648, allowed at most 2147483647");
    CHECK(row_error("c,65535,65535,65535,65535,2147483647,1,1,") ==
          "found filter height*width*channels = 9223090559730712575, allowed at most 2147483647");
    CHECK(error_of(kGemm + "g,2147483647,2,2147483647,\n") ==
          "F.csv: layer 0 \"g\": found m*k*n = 2147483647*2147483647*2, allowed less than 2^62");
}

TEST_CASE("all bad rows are listed at once and long lists are cut") {
    CHECK(error_of(kConv + "a,0,9,3,3,1,x,1,\nb,9,9,3,3,1,1,1,\nc,9,9,3,3,1,1,\n") ==
          "F.csv: line 2 \"a\": column \"IFMAP Height\": found \"0\", allowed an integer 1..2147483647; "
          "line 2 \"a\": column \"Num Filter\": found \"x\", allowed an integer 1..2147483647; "
          "line 4 \"c\": column \"Strides\": found nothing, allowed an integer 1..65535");
    std::string many = kGemm;
    for (int i = 0; i < 10; ++i) many += "g,1,1,0,\n";
    CHECK_THAT(error_of(many), Catch::Contains("line 9 \"g\"") && !Catch::Contains("line 10") &&
                                   Catch::EndsWith(" and 2 more"));
}

TEST_CASE("names of layers must be text") {
    const std::string allowed = ", allowed UTF-8 without control characters";
    CHECK(error_of(kGemm + ",1,1,1,\n") == "F.csv: line 2: column \"Layer name\": found nothing" + allowed);
    CHECK(error_of(kGemm + "a\x01,1,1,1,\n") ==
          "F.csv: line 2 \"a\\u0001\": column \"Layer name\": found \"a\\u0001\"" + allowed);
    CHECK(error_of(kGemm + "a\xff,1,1,1,\n") ==
          "F.csv: line 2 \"a\uFFFD\": column \"Layer name\": found \"a\uFFFD\"" + allowed);
    CHECK(imported(kGemm + "\u00e4 b,1,1,1,\n").workload.layers[0].name == "\u00e4 b");
}

TEST_CASE("a header row is demanded") {
    CHECK(error_of("") == "F.csv: found no header row" + kAllowedHeaders.substr(0, 9) +
                              kAllowedHeaders.substr(kAllowedHeaders.find(" \"")));
    CHECK(error_of("Conv1,9,9,3,3,1,1,1,\n") ==
          "F.csv: line 1: found \"Conv1,9,9,3,3,1,1,1,\"" + kAllowedHeaders);
    CHECK(error_of("Layer, M, K, N,\ng,1,1,1,\n") ==
          "F.csv: line 1: found \"Layer, M, K, N,\"" + kAllowedHeaders);
    CHECK(error_of("{\"name\": 1}") == "F.csv: line 1: found \"{\\\"name\\\": 1}\"" + kAllowedHeaders);
    CHECK(error_of(kConv) == "F.csv: found no layers, allowed at least 1");
}

TEST_CASE("a topology's workload has a name that can name a folder") {
    ScaleSimOptions options;
    options.name = "net";
    Lines repairs;
    CHECK(import_scalesim(kGemm + "g,1,1,1,", "F.csv", options, repairs).name == "net");
    options.name = "a/b";
    CHECK(error_of(kGemm + "g,1,1,1,", options) ==
          "F.csv: name of the workload: found \"a/b\", allowed 1..100 bytes of UTF-8 without '/' or control "
          "characters, not starting with '.'; --name sets it");
    for (const std::string name : {".a", "a\n", "\xff"}) {
        options.name = name;
        CHECK_THAT(error_of(kGemm + "g,1,1,1,", options), Catch::StartsWith("F.csv: name of the workload: "));
    }
    options.name = std::string(101, 'n');
    CHECK_THAT(error_of(kGemm + "g,1,1,1,", options), Catch::StartsWith("F.csv: name of the workload: "));
    options.name = std::string(100, 'n');
    CHECK(error_of(kGemm + "g,1,1,1,", options) == "no error");
}

TEST_CASE("hostile topologies end in a sentence") {
    for (const std::string& text : {std::string(1'000'000, ','), std::string(1'000'000, '\n'),
                                    std::string(1'000'000, '\0'), std::string(1'000'000, '#')})
        CHECK_THAT(error_of(text), Catch::StartsWith("F.csv: ") && Catch::Contains("header"));
    CHECK(error_of(kGemm + "g,1,1,1" + std::string(1'000'000, ',') + "\n") == "no error");
    CHECK(error_of(kGemm + std::string(1'000'000, 'g')).size() < 3000);
    for (std::size_t size = 0; size < kResnet18.size(); size += 7)
        CHECK(!error_of(kResnet18.substr(0, size)).empty());
}

TEST_CASE("sosa import writes a workload file that reads back") {
    const sosa::tests::TempFolder folder;
    const auto csv = folder / "resnet18.csv", json = folder / "r.json";
    sosa::traces::write_file(csv, [](std::ostream& out) { out << "\n" + kResnet18; });
    const std::string notice = csv.string() + ": line 1: blank row skipped\n";
    const Captured told(std::cout), notices(std::cerr);
    CHECK(sosa::host::import_command({csv.string(), "-o", json.string(), "--padding", "same"}) == 0);
    CHECK(told.text() == notice + json.string() +
                             ": workload \"resnet18\", 21 layers, 1814073344 multiply-accumulates, padding "
                             "same\n");
    CHECK(notices.text().empty());
    const Workload w = sosa::host::read_workload_file(json);
    CHECK(w.name == "resnet18");
    CHECK(macs(w) == 1'814'073'344);
    CHECK(layer_text(w, 20) == "FC Conv 1 512 1000 1x1 <19");
    CHECK(sosa::host::read_workload_file(csv).layers[0].m == 11881);
    CHECK_THAT(notices.text(), Catch::StartsWith(notice + csv.string() + ": lines 3, 8, 10, "));
}

TEST_CASE("sosa import refuses wrong usage") {
    const auto error = [](const std::vector<std::string>& args) -> std::string {
        try {
            sosa::host::import_command(args);
        } catch (const sosa::UsageError& e) {
            return e.what();
        }
        return "no error";
    };
    CHECK(error({}) == "import: found no file, allowed one FILE.csv");
    CHECK(error({"a.csv", "b.csv"}) == "import: found \"a.csv b.csv\", allowed one FILE.csv");
    CHECK(error({"a.csv"}) == "import: found no -o, allowed -o WORKLOAD.json");
    CHECK(error({"a.csv", "-o", "b", "--padding", "full"}) ==
          "import: --padding: found \"full\", allowed same, valid");
    CHECK(error({"a.csv", "-o", "b", "--name", ""}) == "import: --name: found \"\", allowed a name");
    CHECK(
        error({"a.csv", "--pading=same"}) ==
        "import: found option \"--pading=same\" (did you mean \"--padding\"?), allowed are those that --help "
        "lists");
    const sosa::tests::TempFolder folder;
    const std::string csv = (folder / "a.csv").string();
    sosa::traces::write_file(csv, [](std::ostream& out) { out << kGemm; });
    CHECK(error({csv, "-o", csv}) == "import: -o: found \"" + csv + "\", the file to read, allowed another");
}
