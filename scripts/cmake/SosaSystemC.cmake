# SystemC 2.3.4 with TLM-2.0 as target SystemC::SystemC: found as a CMake package, by pkg-config or by
# SYSTEMC_HOME, in that order, and checked by linking a program.
add_library(sosa_systemc INTERFACE)
add_library(SystemC::SystemC ALIAS sosa_systemc)
find_package(SystemCLanguage QUIET)
find_package(PkgConfig QUIET)
if(SystemCLanguage_FOUND)
  set(SOSA_SYSTEMC_FROM "its CMake package")
  target_link_libraries(sosa_systemc INTERFACE SystemC::systemc)
elseif(DEFINED ENV{SYSTEMC_HOME})
  set(SOSA_SYSTEMC_FROM "SYSTEMC_HOME=$ENV{SYSTEMC_HOME}")
  find_library(SOSA_SYSTEMC_LIBRARY systemc REQUIRED NO_DEFAULT_PATH
    PATHS $ENV{SYSTEMC_HOME}/lib $ENV{SYSTEMC_HOME}/lib64 $ENV{SYSTEMC_HOME}/lib-linux64)
  target_include_directories(sosa_systemc SYSTEM INTERFACE $ENV{SYSTEMC_HOME}/include)
  target_link_libraries(sosa_systemc INTERFACE ${SOSA_SYSTEMC_LIBRARY})
else()
  set(SOSA_SYSTEMC_FROM "pkg-config")
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(SystemC IMPORTED_TARGET tlm systemc)
  endif()
  if(NOT SystemC_FOUND)
    message(FATAL_ERROR "SystemC was not found: no CMake package SystemCLanguage, no SYSTEMC_HOME in the "
      "environment, no systemc.pc. Debian: run scripts/setup.sh (package libsystemc-dev).")
  endif()
  target_link_libraries(sosa_systemc INTERFACE PkgConfig::SystemC)
endif()

# The library refuses, at link time, programs of another C++ standard than its own.
file(WRITE ${CMAKE_BINARY_DIR}/systemc_check.cpp
  "#include <systemc>\n#include <tlm>\nint sc_main(int, char**) { sc_core::sc_event e; return 0; }\n")
get_target_property(_systemc_links sosa_systemc INTERFACE_LINK_LIBRARIES)
get_target_property(_systemc_includes sosa_systemc INTERFACE_INCLUDE_DIRECTORIES)
if(NOT _systemc_includes)
  set(_systemc_includes "")
endif()
try_compile(SOSA_SYSTEMC_LINKS ${CMAKE_BINARY_DIR}/systemc_check SOURCES ${CMAKE_BINARY_DIR}/systemc_check.cpp
  LINK_LIBRARIES ${_systemc_links} CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${_systemc_includes}"
  CXX_STANDARD ${CMAKE_CXX_STANDARD} CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF OUTPUT_VARIABLE _systemc_log)
if(NOT SOSA_SYSTEMC_LINKS)
  message(FATAL_ERROR "The SystemC found by ${SOSA_SYSTEMC_FROM} does not link with C++${CMAKE_CXX_STANDARD}. An "
    "undefined sc_api_version_..._cxx2017xx symbol means that the library was built with another C++ standard: "
    "rebuild it with C++17 (cmake -DCMAKE_CXX_STANDARD=17), or install Debian's libsystemc-dev.\n${_systemc_log}")
endif()
message(STATUS "SystemC: ${SOSA_SYSTEMC_FROM}, links with C++${CMAKE_CXX_STANDARD}")
