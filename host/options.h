#pragma once
#include <boost/program_options.hpp>
#include <string>
#include <vector>

// How every command reads its words.
namespace sosa::host {

// The option that the word may have meant, with its dashes; "" if none is near.
std::string nearest_option(const std::string& word,
                           const boost::program_options::options_description& options);

struct ParsedOptions {
    boost::program_options::variables_map given;
    std::vector<std::string> words;  // what is no option
    bool help = false;
};

// Names of options are not guessed. Throws UsageError, which begins with `who`, for options that do not exist
// or have no value. Nothing is stored in the options' targets before take_values(), which throws it for what
// is missing.
ParsedOptions parse_options(const std::vector<std::string>& args,
                            const boost::program_options::options_description& options,
                            const std::string& who = {});
void take_values(ParsedOptions& parsed, const std::string& who = {});

// Throws UsageError for a command that takes options only, if there are words.
void refuse_words(const ParsedOptions& parsed, const boost::program_options::options_description& options,
                  const std::string& who = {});

}  // namespace sosa::host
