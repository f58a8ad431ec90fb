#include <catch2/catch.hpp>
#include <iostream>

#include "host/import_command.h"
#include "sc_tests/unit/scalesim_kit.h"
#include "sc_tests/unit/temp_folder.h"
#include "traces/files.h"

using namespace sosa::tests;

namespace {
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

// SCALE-Sim's topology_utils.py, load_arrays_conv: a row with "DP" in its name stands for as many layers as
// it has channels, each with one channel and the Num Filter of the row.
TEST_CASE("depthwise layers are a group per channel") {
    const auto [w, repairs] = imported(kConv +
                                       "a,9,9,3,3,1,32,1,\nDP1,9,9,3,3,32,1,2,\nConvDP,16,16,5,4,6,2,1,\n"
                                       "dp,8,8,1,1,6,2,1,\n");
    CHECK(layer_text(w, 0) == "a Conv 49 9 32 3x3");
    CHECK(layer_text(w, 1) == "DP1 Conv 16 9 1 3x3 <0");
    CHECK(w.layers[1].groups == 32);
    CHECK(w.layers[1].macs() == 16 * 9 * 32);
    CHECK(layer_text(w, 2) == "ConvDP Conv 156 20 2 5x4 <1");
    CHECK(w.layers[2].groups == 6);
    CHECK(layer_text(w, 3) == "dp Conv 64 6 2 1x1 <2");
    CHECK(w.layers[3].groups == 1);
    CHECK(
        repairs ==
        Lines{
            "dir/F.csv: lines 3, 4: \"DP\" in the name: depthwise, every channel a product of its own",
            "dir/F.csv: line 4: Num Filter of a depthwise layer counts for every channel, as in SCALE-Sim"});
    const auto product = imported(kGemm + "DP1,1,2,3,\n");
    CHECK(layer_text(product.workload, 0) == "DP1 MatMul 1 3 2 1x1");
    CHECK(product.workload.layers[0].groups == 1);
    CHECK(product.repairs.empty());
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
    CHECK(error({}) == "import: found no file, allowed one FILE.onnx or FILE.csv");
    CHECK(error({"a.csv", "b.csv"}) == "import: found \"a.csv b.csv\", allowed one FILE.onnx or FILE.csv");
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
