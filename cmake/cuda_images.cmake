# Kernels compiled ahead by nvcc, for machines that have a GPU and no NVRTC: of paths, one image for each size class; of the bound,
# one that serves all of them. Each has code for the usual targets and, for other and later ones, PTX of the oldest, which the
# driver translates. Off unless asked for: they take minutes and are of use to packagers only. Without them, and without nvcc, the
# tables of images are empty.
set(OFFRAMP_CUDA_IMAGES OFF CACHE STRING "CUDA kernels compiled ahead: OFF, ON, or a list of targets such as 90;100")
set(OFFRAMP_CUDA_IMAGE_TABLE "${PROJECT_BINARY_DIR}/generated/cuda_images.c")

# The targets that nvcc knows, oldest first.
function(offramp_cuda_targets found)
  set(wanted ${OFFRAMP_CUDA_IMAGES})
  if(OFFRAMP_CUDA_IMAGES STREQUAL "ON")
    set(wanted 80 86 89 90 100 120)
  endif()
  execute_process(COMMAND "${OFFRAMP_NVCC}" --list-gpu-code OUTPUT_VARIABLE known)
  set(targets)
  foreach(target ${wanted})
    if(NOT target MATCHES "^[0-9]+$")
      message(FATAL_ERROR "OFFRAMP_CUDA_IMAGES: ${target} is no target: name compute capabilities, as in 90;100, or say ON.")
    endif()
    if(known MATCHES "sm_${target}\n")
      list(APPEND targets ${target})
    else()
      message(STATUS "this nvcc does not know sm_${target}: left out")
    endif()
  endforeach()
  if(NOT targets)
    message(FATAL_ERROR "OFFRAMP_CUDA_IMAGES: this nvcc knows none of ${wanted}. Name others, as -DOFFRAMP_CUDA_IMAGES=90.")
  endif()
  list(SORT targets COMPARE NATURAL)
  list(REMOVE_DUPLICATES targets)
  set(${found} ${targets} PARENT_SCOPE)
endfunction()

# offramp_cuda_image NAME CLASS SOURCE OPTION...: generated/NAME.fatbin
function(offramp_cuda_image name class source)
  set(image "${PROJECT_BINARY_DIR}/generated/${name}.fatbin")
  list(GET targets 0 oldest)
  list(TRANSFORM targets PREPEND "sm_" OUTPUT_VARIABLE code)
  list(JOIN code "," code)
  add_custom_command(
    OUTPUT "${image}"
    COMMAND "${OFFRAMP_NVCC}" -std=c++17 -diag-suppress 128,177 -fmad=false -ftz=false -prec-div=true -prec-sqrt=true -lineinfo
            -DOFR_GROUP=32 -DOFR_PART=4096 -DOFR_CLASS=${class} "-DCONSTANT=static constexpr __device__ const"
            "-gencode=arch=compute_${oldest},code=[${code},compute_${oldest}]" ${ARGN} --threads 0
            -fatbin "${source}" -o "${image}"
    DEPENDS "${source}" ${OFFRAMP_KERNEL_HEADERS}
    COMMENT "Compiling ${name} ahead, for plans of up to ${class} of everything"
    VERBATIM)
  set(images ${images} "${image}" PARENT_SCOPE)
endfunction()

set(path_classes)
set(bound_classes)
set(targets)
set(images)
if(OFFRAMP_CUDA_IMAGES)
  find_program(OFFRAMP_NVCC nvcc HINTS ENV CUDA_HOME PATHS /usr/local/cuda /opt/cuda PATH_SUFFIXES bin)
  mark_as_advanced(OFFRAMP_NVCC)
  if(NOT OFFRAMP_NVCC)
    message(FATAL_ERROR "OFFRAMP_CUDA_IMAGES needs nvcc, which was not found: install the CUDA toolkit, or pass -DOFFRAMP_NVCC=path.")
  endif()
  offramp_cuda_targets(targets)
  set(path_classes 16 32)
  foreach(class ${path_classes})
    offramp_cuda_image(cuda_path_${class} ${class} "${OFFRAMP_KERNEL_CUDA}")
  endforeach()
  # The bound's is large: a compiler that is told to hurry takes a twelfth of the time. A smaller class would have the same code
  # and less stack.
  set(bound_classes 32)
  execute_process(COMMAND "${OFFRAMP_NVCC}" --help OUTPUT_VARIABLE help)
  set(hurry)
  if(help MATCHES "--Ofast-compile")
    set(hurry --Ofast-compile=min)
  endif()
  offramp_cuda_image(cuda_bound_${bound_classes} ${bound_classes} "${OFFRAMP_BOUND_CUDA}" ${hurry})
endif()

# The tables, with the images as they are: the assembler reads them.
set(text "/* CUDA kernels compiled ahead: written by cmake/cuda_images.cmake. */\n#include \"${PROJECT_SOURCE_DIR}/host/backend/cuda_images.h\"\n")
foreach(kind path bound)
  set(rows)
  foreach(class ${${kind}_classes})
    set(name ofr_cuda_${kind}_${class})
    string(APPEND text "__asm__(\".section .rodata\\n.balign 64\\n${name}:\\n"
                       ".incbin \\\"${PROJECT_BINARY_DIR}/generated/cuda_${kind}_${class}.fatbin\\\"\\n.previous\\n\");\n"
                       "extern const unsigned char ${name}[];\n")
    string(APPEND rows "{${class}, ${name}}, ")
  endforeach()
  string(APPEND text "const ofr_cuda_image ofr_cuda_${kind}_images[] = {${rows}{0, 0}};\n")
endforeach()
list(JOIN targets ", " numbers)
if(targets)
  string(APPEND numbers ", ")
endif()
string(APPEND text "const int ofr_cuda_image_targets[] = {${numbers}0};\n")
file(GENERATE OUTPUT "${OFFRAMP_CUDA_IMAGE_TABLE}" CONTENT "${text}")
set_source_files_properties("${OFFRAMP_CUDA_IMAGE_TABLE}" PROPERTIES OBJECT_DEPENDS "${images}")
