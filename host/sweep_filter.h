#pragma once
#include <optional>
#include <string>

#include "host/sweep_point.h"

namespace sosa::host {

// A condition "KEY OP VALUE" on points. KEY is a path of the configuration, config, workload, batch,
// image_size, seq_len, policy or peak_power_w; OP is < <= > >= == or !=, of words only the last two. Values
// of the configuration are written as in --set ("banks.size <= 256KiB").
class SweepFilter {
  public:
    // Throws UserError, without the place, for what is no such condition.
    explicit SweepFilter(const std::string& text);

    // What can be said before the point is looked up; none if that takes more than what the point was given.
    // So a filter can leave out points of which no valid configuration exists.
    std::optional<bool> keeps(const SweepPoint& point) const;

    // A condition on a size that the workload does not have keeps the point.
    bool keeps(const PointRow& row, const hw::Config& config) const;

  private:
    enum class Op { less, less_equal, greater, greater_equal, equal, not_equal };
    static Op op_of(const std::string& text);
    void check_key();
    std::optional<double> number(const std::string& text) const;
    bool holds(const std::string& text) const;
    bool holds(double value) const;

    std::string key_, value_;
    Op op_ = Op::equal;
    std::optional<double> limit_;  // the value, of keys that are numbers
};

}  // namespace sosa::host
