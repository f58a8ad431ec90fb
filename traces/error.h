#pragma once
#include <stdexcept>
#include <string>

// The two error tiers: what a person did wrong throws and is caught once in main;
// a broken invariant of ours stops the program with what it saw.
namespace sosa {

// One sentence that names the file or option, the place, what was found and what is allowed.
class UserError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// A UserError about the way the program was called: exit code 2 instead of 1.
class UsageError : public UserError {
  public:
    using UserError::UserError;
};

[[noreturn]] void invariant_failed(const char* file, int line, const char* condition, const std::string& saw);

}  // namespace sosa

// Holds in every build; `saw` is a std::string expression that is evaluated only on failure.
#define SOSA_CHECK(condition, saw)                                           \
    do {                                                                     \
        if (__builtin_expect(!(condition), 0))                               \
            ::sosa::invariant_failed(__FILE__, __LINE__, #condition, (saw)); \
    } while (false)
