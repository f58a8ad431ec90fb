# sosa_embed(TARGET FUNCTION NAMESPACE GLOB... [PATHS]): compiles text files into the target, so that the program needs
# no data folder. They appear as `NAMESPACE::FUNCTION()`, a list of {file name without ending, text}, sorted by name;
# with PATHS of {path in the project, text}.
function(sosa_embed target function namespace)
  cmake_parse_arguments(PARSE_ARGV 3 arg "PATHS" "" "")
  file(GLOB files CONFIGURE_DEPENDS ${arg_UNPARSED_ARGUMENTS})
  list(SORT files)
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    if(arg_PATHS)
      file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${file})
    endif()
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
