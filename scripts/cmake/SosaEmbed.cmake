# sosa_embed(TARGET FUNCTION NAMESPACE GLOB): compiles the JSON files into the target, so that the program needs no
# data folder. They appear as `NAMESPACE::FUNCTION()`, a list of {file name without ending, text}, sorted by name.
function(sosa_embed target function namespace glob)
  file(GLOB files CONFIGURE_DEPENDS ${glob})
  list(SORT files)
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND rows "        {\"${name}\", R\"embedded(${text})embedded\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  endforeach()
  set(out ${CMAKE_BINARY_DIR}/generated/${function}.cpp)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
"#include <string_view>
#include <utility>
#include <vector>

namespace @namespace@ {

const std::vector<std::pair<std::string_view, std::string_view>>& @function@() {
    static const std::vector<std::pair<std::string_view, std::string_view>> files = {
@rows@    };
    return files;
}

}  // namespace @namespace@
")
  target_sources(${target} PRIVATE ${out})
endfunction()
