#include "host/temporary_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <system_error>

#include "traces/error.h"

namespace sosa::host {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "sosa-XXXXXX").string();
    if (error || !::mkdtemp(name.data()))
        throw UserError(name + ": the temporary folder cannot be made: " +
                        (error ? error.message() : std::generic_category().message(errno)) +
                        "; TMPDIR says where they go");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace sosa::host
