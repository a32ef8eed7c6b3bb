# Compiler flags of everything that is built here. The floating-point ones are a promise to users, not a preference: every
# machine and compiler gives the same bits only with contraction off and never with fast-math.
if(NOT CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
  message(FATAL_ERROR "offramp is built with gcc or clang; this is ${CMAKE_C_COMPILER_ID}. Try -DCMAKE_C_COMPILER=gcc.")
endif()

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_options(
  -ffp-contract=off -fno-math-errno -fno-trapping-math
  -Wall -Wextra -Wpedantic
  # the same bytes from whatever folder it is built in
  "-ffile-prefix-map=${PROJECT_BINARY_DIR}=./build" "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")

if("${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_RELEASE}" MATCHES "-ffast-math|-Ofast|-funsafe-math-optimizations")
  message(FATAL_ERROR "fast-math changes results: offramp is never built with it. Remove it from CMAKE_C_FLAGS.")
endif()
if(OFFRAMP_WERROR)
  add_compile_options(-Werror)
endif()
if(OFFRAMP_SANITIZE)
  add_compile_options("-fsanitize=${OFFRAMP_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options("-fsanitize=${OFFRAMP_SANITIZE}")
endif()
