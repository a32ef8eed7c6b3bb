# The library: everything but the program's own files. Static; only include/offramp is for others.
include(GNUInstallDirs)

add_library(offramp_library STATIC ${OFFRAMP_LIBRARY_SOURCES} ${OFFRAMP_ISA_OBJECTS} ${OFFRAMP_KERNEL_TEXTS}
            ${OFFRAMP_CUDA_IMAGE_TABLE})
add_library(offramp::offramp ALIAS offramp_library)
set_target_properties(offramp_library PROPERTIES OUTPUT_NAME offramp EXPORT_NAME offramp)
target_compile_definitions(offramp_library
  PRIVATE OFFRAMP_VERSION_STRING="${PROJECT_VERSION}"
  PUBLIC "$<BUILD_INTERFACE:${OFFRAMP_ISA_DEFINITIONS}>")
target_include_directories(offramp_library
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_include_directories(offramp_library SYSTEM PRIVATE "${OFFRAMP_OPENCL_HEADERS}")
target_link_libraries(offramp_library PRIVATE cJSON::cJSON SQLite::SQLite3 Threads::Threads ${CMAKE_DL_LIBS} m)
