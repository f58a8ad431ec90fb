#pragma once
#include <cstddef>
#include <string>

namespace sosa::host {

// The value of --jobs, how many processes run at a time: as many as there are cores if it is empty. Throws
// UsageError, which begins with `who`, for what is no integer from 1 on.
std::size_t jobs_of(const std::string& text, const std::string& who);

}  // namespace sosa::host
