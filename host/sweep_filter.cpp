#include "host/sweep_filter.h"

#include <algorithm>

#include "host/config_value.h"
#include "host/sweep_axis.h"
#include "host/workload_reader.h"
#include "hw/units.h"
#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace {

constexpr const char* kPeakPower = "peak_power_w";
const std::vector<std::string> kWords = {"config", "workload", "policy"};
const std::vector<std::string> kSizes = {"batch", "image_size", "seq_len"};

bool is_one_of(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos) return "";
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

std::vector<std::string> all_keys() {
    std::vector<std::string> keys = config_paths();
    keys.insert(keys.end(), kWords.begin(), kWords.end());
    keys.insert(keys.end(), kSizes.begin(), kSizes.end());
    keys.emplace_back(kPeakPower);
    return keys;
}

std::optional<std::uint32_t> size_of(const PointRow& row, const std::string& key) {
    return key == "batch" ? row.batch : key == "image_size" ? row.image_size : row.seq_len;
}

std::string word_of(const PointRow& row, const std::string& key) {
    return key == "config" ? row.config : key == "workload" ? row.workload : row.policy;
}

}  // namespace

SweepFilter::Op SweepFilter::op_of(const std::string& text) {
    const std::pair<const char*, Op> ops[] = {{"<", Op::less},    {"<=", Op::less_equal},
                                              {">", Op::greater}, {">=", Op::greater_equal},
                                              {"==", Op::equal},  {"!=", Op::not_equal}};
    for (const auto& [name, op] : ops)
        if (text == name) return op;
    throw UserError("found " + in_quotes(text) + ", allowed are < <= > >= == !=");
}

SweepFilter::SweepFilter(const std::string& text) {
    constexpr const char* signs = "<>=!";
    const auto begin = text.find_first_of(signs);
    if (begin == std::string::npos)
        throw UserError("found " + in_quotes(text) +
                        ", allowed is KEY OP VALUE, such as \"pods.count <= 256\"");
    const auto end = std::min(text.find_first_not_of(signs, begin), text.size());
    key_ = trimmed(text.substr(0, begin));
    value_ = trimmed(text.substr(end));
    op_ = op_of(text.substr(begin, end - begin));
    check_key();
}

void SweepFilter::check_key() {
    const hw::ConfigKey* const key = find_config_key(key_);
    if (!key && !is_one_of(all_keys(), key_))
        throw UserError("unknown key " + in_quotes(key_) +
                        traces::did_you_mean(traces::nearest(key_, all_keys())) + ", the keys are " +
                        traces::join(all_keys()));
    const bool word = key ? !is_numeric(*key) : is_one_of(kWords, key_);
    limit_ = number(value_);
    if (!word && !limit_)
        throw UserError(in_quotes(key_) + ": found " + in_quotes(value_) + ", allowed is " +
                        (key ? hw::allowed_text(*key) : "a number"));
    hw::Config scratch;
    if (word && (value_.empty() || (key && !hw::assign_text(*key, value_, scratch))))
        throw UserError(in_quotes(key_) + ": found " + in_quotes(value_) + ", allowed is " +
                        (key ? hw::allowed_text(*key) : "a name"));
    if (word && op_ != Op::equal && op_ != Op::not_equal)
        throw UserError(in_quotes(key_) + " is compared with == and != only");
}

// The value of the key that is written so; none where values are words or the text is no value.
std::optional<double> SweepFilter::number(const std::string& text) const {
    if (const hw::ConfigKey* const key = find_config_key(key_)) return config_number(*key, text);
    if (key_ == kPeakPower) {
        const auto watts = hw::parse_quantity(text, hw::Quantity::power);
        return watts ? watts : hw::parse_quantity(text + "W", hw::Quantity::power);
    }
    const auto whole = is_one_of(kSizes, key_) ? hw::parse_whole(text) : std::nullopt;
    return whole ? std::optional<double>(static_cast<double>(*whole)) : std::nullopt;
}

bool SweepFilter::holds(double value) const {
    switch (op_) {
        case Op::less:
            return value < *limit_;
        case Op::less_equal:
            return value <= *limit_;
        case Op::greater:
            return value > *limit_;
        case Op::greater_equal:
            return value >= *limit_;
        case Op::equal:
            return value == *limit_;
        default:
            return value != *limit_;
    }
}

bool SweepFilter::holds(const std::string& text) const {
    if (limit_) return holds(number(text).value());
    return (text == value_) == (op_ == Op::equal);
}

std::optional<bool> SweepFilter::keeps(const SweepPoint& point) const {
    if (key_ == kPeakPower) return std::nullopt;
    const auto text = axis_text(point, key_);
    return text ? std::optional<bool>(holds(*text)) : std::nullopt;
}

bool SweepFilter::keeps(const PointRow& row, const hw::Config& config) const {
    if (find_config_key(key_)) return holds(config_text(config, key_));
    if (key_ == kPeakPower) return holds(peak_power_w(config));
    if (is_one_of(kWords, key_)) return holds(word_of(row, key_));
    const auto size = size_of(row, key_);
    return !size || holds(static_cast<double>(*size));
}

}  // namespace sosa::host
