# Kernels compiled ahead by nvcc, for machines that have a GPU and no NVRTC: one image for each size class, with code for the
# usual targets and PTX for later ones. Off unless asked for: they take minutes and are of use to packagers only. Without them,
# and without nvcc, the table of images is empty.
set(OFFRAMP_CUDA_IMAGES OFF CACHE STRING "CUDA kernels compiled ahead: OFF, ON, or a list of targets such as 90;100")
set(OFFRAMP_CUDA_IMAGE_TABLE "${PROJECT_BINARY_DIR}/generated/cuda_images.c")
set(classes 16 32)

set(objects)
if(OFFRAMP_CUDA_IMAGES)
  find_program(OFFRAMP_NVCC nvcc HINTS ENV CUDA_HOME PATHS /usr/local/cuda /opt/cuda PATH_SUFFIXES bin)
  mark_as_advanced(OFFRAMP_NVCC)
  if(NOT OFFRAMP_NVCC)
    message(FATAL_ERROR "OFFRAMP_CUDA_IMAGES needs nvcc, which was not found: install the CUDA toolkit, or pass -DOFFRAMP_NVCC=path.")
  endif()
  set(targets ${OFFRAMP_CUDA_IMAGES})
  if(OFFRAMP_CUDA_IMAGES STREQUAL "ON")
    set(targets 80 86 89 90 100 120)
  endif()
  execute_process(COMMAND "${OFFRAMP_NVCC}" --list-gpu-code OUTPUT_VARIABLE known)
  set(code)
  set(oldest)
  foreach(target ${targets})
    if(known MATCHES "sm_${target}\n")
      list(APPEND code -gencode "arch=compute_${target},code=sm_${target}")
      if(NOT oldest OR target LESS oldest)
        set(oldest ${target})
      endif()
    else()
      message(STATUS "this nvcc does not know sm_${target}: left out")
    endif()
  endforeach()
  if(NOT code)
    message(FATAL_ERROR "OFFRAMP_CUDA_IMAGES: this nvcc knows none of ${targets}. Name others, as -DOFFRAMP_CUDA_IMAGES=90.")
  endif()
  list(APPEND code -gencode "arch=compute_${oldest},code=compute_${oldest}")
  foreach(class ${classes})
    set(image "${PROJECT_BINARY_DIR}/generated/cuda_class_${class}.fatbin")
    add_custom_command(
      OUTPUT "${image}"
      COMMAND "${OFFRAMP_NVCC}" -std=c++17 -diag-suppress 128 -fmad=false -ftz=false -prec-div=true -prec-sqrt=true -lineinfo
              -DOFR_GROUP=32 -DOFR_PART=4096 -DOFR_CLASS=${class} "-DCONSTANT=static constexpr __device__ const"
              ${code} --threads 0 -fatbin "${OFFRAMP_KERNEL_CUDA}" -o "${image}"
      DEPENDS "${OFFRAMP_KERNEL_CUDA}" ${OFFRAMP_KERNEL_HEADERS}
      COMMENT "Compiling CUDA kernels ahead for plans of up to ${class} of everything"
      VERBATIM)
    list(APPEND objects "${image}")
  endforeach()
endif()

# The table, with the images as they are: the assembler reads them.
set(text "/* CUDA kernels compiled ahead: written by cmake/cuda_images.cmake. */\n#include \"${PROJECT_SOURCE_DIR}/host/backend/cuda_images.h\"\n")
set(rows)
set(count 0)
if(objects)
  foreach(class ${classes})
    string(APPEND text "__asm__(\".section .rodata\\n.balign 64\\nofr_cuda_class_${class}:\\n"
                       ".incbin \\\"${PROJECT_BINARY_DIR}/generated/cuda_class_${class}.fatbin\\\"\\n"
                       "ofr_cuda_class_${class}_end:\\n.byte 0\\n.previous\\n\");\n"
                       "extern const unsigned char ofr_cuda_class_${class}[], ofr_cuda_class_${class}_end[];\n")
    string(APPEND rows "    {${class}, ofr_cuda_class_${class}, ofr_cuda_class_${class}_end},\n")
    math(EXPR count "${count} + 1")
  endforeach()
endif()
string(APPEND text "const ofr_cuda_image ofr_cuda_images[] = {\n${rows}    {0, 0, 0}};\nconst int ofr_cuda_image_count = ${count};\n")
file(GENERATE OUTPUT "${OFFRAMP_CUDA_IMAGE_TABLE}" CONTENT "${text}")
set_source_files_properties("${OFFRAMP_CUDA_IMAGE_TABLE}" PROPERTIES OBJECT_DEPENDS "${objects}")
