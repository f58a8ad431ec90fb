#include "host/options.h"

#include "traces/error.h"
#include "traces/text.h"

namespace sosa::host {

namespace po = boost::program_options;

std::string nearest_option(const std::string& word, const po::options_description& options) {
    std::vector<std::string> names;
    for (const auto& option : options.options()) names.push_back("--" + option->long_name());
    const std::string name = word.substr(0, word.find('='));
    return traces::nearest(name.rfind("--", 0) == 0 ? name : "--" + name, names);
}

ParsedOptions parse_options(const std::vector<std::string>& args, const po::options_description& options,
                            const std::string& who) {
    constexpr const char* collected = "words";
    po::options_description all = options;
    all.add_options()(collected, po::value<std::vector<std::string>>());
    ParsedOptions parsed;
    try {
        const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        const auto positional = po::positional_options_description().add(collected, -1);
        po::store(po::command_line_parser(args).options(all).positional(positional).style(style).run(),
                  parsed.given);
        parsed.help = parsed.given.count("help") > 0;
        if (parsed.given.count(collected))
            parsed.words = parsed.given[collected].as<std::vector<std::string>>();
    } catch (const po::unknown_option& error) {
        const std::string name = error.get_option_name();
        throw UsageError(who + "found option \"" + name + "\"" +
                         traces::did_you_mean(nearest_option(name, options)) +
                         ", allowed are those that --help lists");
    } catch (const po::error& error) {
        throw UsageError(who + error.what() + "; --help lists what is allowed");
    }
    return parsed;
}

void take_values(ParsedOptions& parsed, const std::string& who) {
    try {
        po::notify(parsed.given);
    } catch (const po::error& error) {
        throw UsageError(who + error.what() + "; --help lists what is allowed");
    }
}

void refuse_words(const ParsedOptions& parsed, const po::options_description& options,
                  const std::string& who) {
    if (parsed.words.empty()) return;
    const std::string& word = parsed.words[0];
    throw UsageError(who + "found \"" + word + "\"" + traces::did_you_mean(nearest_option(word, options)) +
                     ", allowed options; --help lists them");
}

}  // namespace sosa::host
