# Tests, found by their names under tests/:
#   test_*.c   one executable each
#   *.sh       run by bash; what scripts source ends in .bash
#   other *.c  helpers, in one archive that every test links; those with a main() are programs that scripts run, under
#              $BUILD/tests/. fuzz_*.c are neither.
# Named in ctest by their path, labelled by their folder. Exit status 77, and a skip of cmocka's, count as skipped. `ctest` takes
# seconds; `ctest -C Slow` also runs those that take longer each: they compile kernels, run under an emulator, or wait for a peer:
set(slow_tests
  backend/cpu_kernel backend/cuda_ahead backend/cuda_bound backend/cuda_emulated backend/cuda_faults backend/cuda_fleet
  backend/cuda_optimize backend/cuda_tuning backend/futures backend/opencl_bound backend/strategies_apart backend/sweep
  backend/test_conformance
  backend/test_cpu_steps backend/test_every_clause backend/test_oclgrind bench/gpu bench/gpu_pack bench/jax_peer bench/numpy_peer bound/highs
  cli/bench cli/optimize device/compilers device/cuda_bound_resources device/cuda_resources device/ptx naive/test_naive
  naive/test_toy_world stage/test_optimize)
find_program(OFFRAMP_BASH bash REQUIRED)
mark_as_advanced(OFFRAMP_BASH)
include(test_locale)
set(tests "${PROJECT_SOURCE_DIR}/tests")

file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/tests")

set(test_program "${PROJECT_BINARY_DIR}/offramp")
if(TARGET offramp)
  set(test_program $<TARGET_FILE:offramp>)
endif()
set(test_definitions "OFFRAMP_PROGRAM=\"${test_program}\"" "OFFRAMP_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\""
                     "OFFRAMP_VERSION_STRING=\"${PROJECT_VERSION}\"")
set(test_environment
  "OFFRAMP=${test_program}" "SOURCE=${PROJECT_SOURCE_DIR}" "BUILD=${PROJECT_BINARY_DIR}"
  "LIBRARY=$<TARGET_FILE:offramp_library>" "CC=${CMAKE_C_COMPILER}" "NM=${CMAKE_NM}" "CMAKE=${CMAKE_COMMAND}"
  "GENERATOR=${CMAKE_GENERATOR}" "CONFIG=$<CONFIG>" "SANITIZE=${OFFRAMP_SANITIZE}" "VERSION=${PROJECT_VERSION}")

# Everything under tests/ sees the library's inner headers.
add_library(offramp_test_settings INTERFACE)
target_include_directories(offramp_test_settings INTERFACE "${PROJECT_SOURCE_DIR}/host" "${PROJECT_SOURCE_DIR}" "${tests}")
target_compile_definitions(offramp_test_settings INTERFACE ${test_definitions})
target_link_libraries(offramp_test_settings INTERFACE
  offramp_library cJSON::cJSON SQLite::SQLite3 cmocka::cmocka Threads::Threads ${CMAKE_DL_LIBS} m)

# name of the target and folder of the program for a source file
function(offramp_test_executable source target_variable)
  file(RELATIVE_PATH path "${tests}" "${source}")
  string(REGEX REPLACE "\\.c$" "" path "${path}")
  get_filename_component(folder "${path}" DIRECTORY)
  get_filename_component(name "${path}" NAME)
  string(REPLACE "/" "." target "${path}")
  add_executable(${target} "${source}")
  target_link_libraries(${target} PRIVATE $<TARGET_NAME_IF_EXISTS:offramp_test_helpers> offramp_test_settings)
  if(folder STREQUAL "cli" AND TARGET offramp_cli)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:offramp_cli>)
  endif()
  if(TARGET offramp)
    add_dependencies(${target} offramp)
  endif()
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME "${name}" RUNTIME_OUTPUT_DIRECTORY "$<1:${PROJECT_BINARY_DIR}/tests/${folder}>")
  set(${target_variable} ${target} PARENT_SCOPE)
endfunction()

# offramp_register SOURCE COMMAND...: named and labelled by its path
function(offramp_register source)
  file(RELATIVE_PATH path "${tests}" "${source}")
  string(REGEX REPLACE "\\.[a-z]+$" "" name "${path}")
  string(REGEX REPLACE "(/.*|\\.[a-z]+$)" "" label "${path}")
  set(when)
  if(name IN_LIST slow_tests)
    set(when CONFIGURATIONS Slow)
  endif()
  add_test(NAME "${name}" COMMAND ${ARGN} ${when} WORKING_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  set_tests_properties("${name}" PROPERTIES
    LABELS "${label}" SKIP_RETURN_CODE 77 TIMEOUT 900 ENVIRONMENT "${test_environment}")
  set(test_name "${name}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE c_files CONFIGURE_DEPENDS "${tests}/*.c")
file(GLOB_RECURSE scripts CONFIGURE_DEPENDS "${tests}/*.sh")
list(FILTER c_files EXCLUDE REGEX "/tests/install/|/fuzz_[^/]*$")
set(cases ${c_files})
list(FILTER cases INCLUDE REGEX "/test_[^/]*$")
list(FILTER c_files EXCLUDE REGEX "/test_[^/]*$")
set(helpers)
set(programs)
foreach(file ${c_files})
  file(STRINGS "${file}" main REGEX "^int main\\(")
  if(main)
    list(APPEND programs "${file}")
  else()
    list(APPEND helpers "${file}")
  endif()
endforeach()

if(helpers)
  add_library(offramp_test_helpers STATIC ${helpers})
  target_link_libraries(offramp_test_helpers PRIVATE offramp_test_settings)
endif()
foreach(source ${programs})
  offramp_test_executable("${source}" target)
endforeach()
foreach(source ${cases})
  offramp_test_executable("${source}" target)
  offramp_register("${source}" "${OFFRAMP_BASH}" "${PROJECT_SOURCE_DIR}/cmake/run_test.sh" $<TARGET_FILE:${target}>)
  set_property(TEST "${test_name}" APPEND PROPERTY ENVIRONMENT ${test_locale})
endforeach()
foreach(script ${scripts})
  offramp_register("${script}" "${OFFRAMP_BASH}" "${script}")
endforeach()
foreach(name ${slow_tests})
  if(NOT TEST "${name}")
    message(FATAL_ERROR "cmake/tests.cmake: there is no test ${name}")
  endif()
endforeach()
