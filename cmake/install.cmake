# What `cmake --install` puts where: the program, the library, its headers, and how CMake and pkg-config find them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/offramp")

if(TARGET offramp)
  install(TARGETS offramp RUNTIME)
endif()
install(TARGETS offramp_library EXPORT offramp ARCHIVE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/offramp" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

install(EXPORT offramp NAMESPACE offramp:: FILE offramp-targets.cmake DESTINATION "${package}")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/offramp-config.cmake.in" "${PROJECT_BINARY_DIR}/generated/offramp-config.cmake"
  INSTALL_DESTINATION "${package}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/offramp-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/offramp-config.cmake"
              "${PROJECT_BINARY_DIR}/generated/offramp-config-version.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindCJSON.cmake" DESTINATION "${package}")

# pkg-config's prefix is told by where the file lies, so that an installed tree can be moved.
set(pc_folder "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pc_prefix "/prefix/${pc_folder}" "/prefix")
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
foreach(dir LIBDIR INCLUDEDIR)
  set(pc_${dir} "${CMAKE_INSTALL_${dir}}")
  if(NOT IS_ABSOLUTE "${pc_${dir}}")
    string(PREPEND pc_${dir} "\${prefix}/")
  endif()
endforeach()
set(pc_dl)
if(CMAKE_DL_LIBS)
  set(pc_dl " -l${CMAKE_DL_LIBS}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/offramp.pc.in" "${PROJECT_BINARY_DIR}/generated/offramp.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/generated/offramp.pc" DESTINATION "${pc_folder}")
