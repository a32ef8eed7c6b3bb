# What must be on the machine. Drivers are not: they are loaded at run time.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(CJSON REQUIRED)
find_package(SQLite3 REQUIRED)

find_path(OFFRAMP_OPENCL_HEADERS CL/cl.h DOC "Folder that holds CL/cl.h")
mark_as_advanced(OFFRAMP_OPENCL_HEADERS)
if(NOT OFFRAMP_OPENCL_HEADERS)
  message(FATAL_ERROR "CL/cl.h was not found. Install it (Debian, Ubuntu: opencl-headers), run cmake/setup.sh, "
                      "or pass -DOFFRAMP_OPENCL_HEADERS=folder. Only the headers are needed to build.")
endif()

if(OFFRAMP_BUILD_TESTS)
  find_package(CMocka REQUIRED)
endif()
