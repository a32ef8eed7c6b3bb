# Tests, found by their names under tests/:
#   test_*.c   one executable each, linked with the library and with the other .c files of its folder (helpers)
#   *.sh       run by bash; helpers that scripts source end in .bash
# Named in ctest by their path, labelled by their folder. Exit status 77, and a skip of cmocka's, count as skipped.
find_program(OFFRAMP_BASH bash REQUIRED)
mark_as_advanced(OFFRAMP_BASH)
set(tests "${PROJECT_SOURCE_DIR}/tests")

file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/tests")

set(test_program "${PROJECT_BINARY_DIR}/offramp")
if(TARGET offramp)
  set(test_program $<TARGET_FILE:offramp>)
endif()
set(test_definitions "OFFRAMP_PROGRAM=\"${test_program}\"" "OFFRAMP_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\""
                     "OFFRAMP_SOURCE=\"${PROJECT_SOURCE_DIR}\""
                     "OFFRAMP_VERSION_STRING=\"${PROJECT_VERSION}\"")
set(test_environment
  "OFFRAMP=${test_program}" "SOURCE=${PROJECT_SOURCE_DIR}" "BUILD=${PROJECT_BINARY_DIR}"
  "LIBRARY=$<TARGET_FILE:offramp_library>" "CC=${CMAKE_C_COMPILER}" "NM=${CMAKE_NM}" "CMAKE=${CMAKE_COMMAND}"
  "GENERATOR=${CMAKE_GENERATOR}" "CONFIG=$<CONFIG>" "SANITIZE=${OFFRAMP_SANITIZE}" "VERSION=${PROJECT_VERSION}")

function(offramp_test_settings target)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/host" "${PROJECT_SOURCE_DIR}" "${tests}")
  target_compile_definitions(${target} PRIVATE ${test_definitions})
  target_link_libraries(${target} PRIVATE offramp_library cJSON::cJSON cmocka::cmocka Threads::Threads ${CMAKE_DL_LIBS} m)
endfunction()

function(offramp_register name folder)
  add_test(NAME "${name}" COMMAND ${ARGN} WORKING_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  string(REGEX REPLACE "/.*" "" label "${folder}")
  set_tests_properties("${name}" PROPERTIES
    LABELS "${label}" SKIP_RETURN_CODE 77 TIMEOUT 900 ENVIRONMENT "${test_environment}")
endfunction()

function(offramp_c_tests folder)
  file(GLOB files CONFIGURE_DEPENDS "${tests}/${folder}/*.c")
  set(cases ${files})
  list(FILTER cases INCLUDE REGEX "/test_[^/]*$")
  set(helpers ${files})
  list(FILTER helpers EXCLUDE REGEX "/(test|fuzz)_[^/]*$")
  string(REPLACE "/" "." dotted "${folder}")
  if(helpers AND cases)
    add_library(helpers.${dotted} OBJECT ${helpers})
    offramp_test_settings(helpers.${dotted})
  endif()
  foreach(case ${cases})
    get_filename_component(name "${case}" NAME_WE)
    set(target "${dotted}.${name}")
    add_executable(${target} "${case}")
    offramp_test_settings(${target})
    if(helpers)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:helpers.${dotted}>)
    endif()
    if(folder STREQUAL "cli" AND TARGET offramp_cli)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:offramp_cli>)
    endif()
    if(TARGET offramp)
      add_dependencies(${target} offramp)
    endif()
    set_target_properties(${target} PROPERTIES OUTPUT_NAME "${name}" RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/${folder}")
    offramp_register("${folder}/${name}" "${folder}" "${OFFRAMP_BASH}" "${PROJECT_SOURCE_DIR}/cmake/run_test.sh" $<TARGET_FILE:${target}>)
  endforeach()
endfunction()

function(offramp_shell_tests folder)
  file(GLOB files CONFIGURE_DEPENDS "${tests}/${folder}/*.sh")
  foreach(case ${files})
    get_filename_component(name "${case}" NAME_WE)
    offramp_register("${folder}/${name}" "${folder}" "${OFFRAMP_BASH}" "${case}")
  endforeach()
endfunction()

# Folders are found by what is in them, so that a new one is seen at the next build.
file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${tests}" "${tests}/*.c" "${tests}/*.sh")
list(FILTER files INCLUDE REGEX "/")
list(TRANSFORM files REPLACE "/[^/]*$" "")
list(REMOVE_DUPLICATES files)
foreach(folder ${files})
  offramp_c_tests("${folder}")
  offramp_shell_tests("${folder}")
endforeach()
