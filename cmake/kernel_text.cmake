# The model's text for compilers that run on the user's machine (OpenCL, NVRTC), made part of the library.
set(OFFRAMP_KERNEL_TEXTS)

function(offramp_kernel_text symbol wrapper)
  set(out "${PROJECT_BINARY_DIR}/generated/${symbol}.c")
  list(JOIN ARGN "," left_out)
  add_custom_command(
    OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" "-DIN=${wrapper}" "-DOUT=${out}" "-DSYMBOL=${symbol}" "-DLEFT_OUT=${left_out}"
            -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS "${wrapper}" ${OFFRAMP_KERNEL_HEADERS} "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    COMMENT "Embedding ${symbol}"
    VERBATIM)
  set(OFFRAMP_KERNEL_TEXTS ${OFFRAMP_KERNEL_TEXTS} "${out}" PARENT_SCOPE)
endfunction()

set(only_elsewhere words_opencl.h words_cuda.h trace_sink.h)
set(only_on_the_host words_c.h words_avx2.h words_avx512.h trace_sink.h path_c.h bound_c.h)
foreach(part KERNEL BOUND)
  set(symbol ofr_kernel_text)
  if(part STREQUAL "BOUND")
    set(symbol ofr_bound_kernel_text)
  endif()
  if(OFFRAMP_PATH_SOURCE)
    offramp_kernel_text(${symbol}_c "${OFFRAMP_${part}_C}" ${only_elsewhere})
  endif()
  if(OFFRAMP_${part}_OPENCL)
    offramp_kernel_text(${symbol} "${OFFRAMP_${part}_OPENCL}" words_cuda.h ${only_on_the_host})
  endif()
  if(OFFRAMP_${part}_CUDA)
    offramp_kernel_text(${symbol}_cuda "${OFFRAMP_${part}_CUDA}" words_opencl.h ${only_on_the_host})
  endif()
endforeach()
