# Which files belong to what, room by room. A new file is seen at the next build.
function(offramp_room variable)
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/" OUTPUT_VARIABLE patterns)
  file(GLOB files CONFIGURE_DEPENDS LIST_DIRECTORIES false ${patterns})
  set(${variable} ${files} PARENT_SCOPE)
endfunction()

offramp_room(OFFRAMP_LIBRARY_SOURCES
  host/offramp*.c host/base/*.c host/plan/*.c host/stage/*.c host/backend/*.c host/reduce/*.c host/store/*.c host/report/*.c device/*.c)
offramp_room(OFFRAMP_PATH_SOURCE device/path.c device/bound.c)
list(REMOVE_ITEM OFFRAMP_LIBRARY_SOURCES ${OFFRAMP_PATH_SOURCE}) # compiled more than once: isa.cmake
offramp_room(OFFRAMP_CLI_SOURCES host/cli/*.c)
offramp_room(OFFRAMP_MAIN_SOURCE host/main.c)
offramp_room(OFFRAMP_KERNEL_HEADERS device/*.h)
offramp_room(OFFRAMP_KERNEL_C device/path.c)
offramp_room(OFFRAMP_KERNEL_OPENCL device/path.cl)
offramp_room(OFFRAMP_KERNEL_CUDA device/path.cu)
offramp_room(OFFRAMP_BOUND_C device/bound.c)
offramp_room(OFFRAMP_BOUND_OPENCL device/bound.cl)
offramp_room(OFFRAMP_BOUND_CUDA device/bound.cu)
