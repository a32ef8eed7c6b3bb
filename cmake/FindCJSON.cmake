# cJSON as the imported target cJSON::cJSON. Distributions differ in what their own package file defines, or ship none.
find_path(CJSON_INCLUDE_DIR cjson/cJSON.h)
find_library(CJSON_LIBRARY cjson)
if(CJSON_INCLUDE_DIR AND EXISTS "${CJSON_INCLUDE_DIR}/cjson/cJSON.h")
  file(STRINGS "${CJSON_INCLUDE_DIR}/cjson/cJSON.h" lines REGEX "#define CJSON_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
  string(REGEX REPLACE "[^0-9;]" "" lines "${lines}")
  list(JOIN lines "." CJSON_VERSION)
  unset(lines)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CJSON
  REQUIRED_VARS CJSON_LIBRARY CJSON_INCLUDE_DIR VERSION_VAR CJSON_VERSION
  REASON_FAILURE_MESSAGE "Install cJSON (Debian, Ubuntu: libcjson-dev) or run cmake/setup.sh.")
mark_as_advanced(CJSON_INCLUDE_DIR CJSON_LIBRARY)

if(CJSON_FOUND AND NOT TARGET cJSON::cJSON)
  add_library(cJSON::cJSON UNKNOWN IMPORTED)
  set_target_properties(cJSON::cJSON PROPERTIES
    IMPORTED_LOCATION "${CJSON_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${CJSON_INCLUDE_DIR}")
endif()
