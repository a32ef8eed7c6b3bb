# cmake -DIN=device/path.cl -DOUT=text.c -DSYMBOL=name -DLEFT_OUT=a.h,b.h -P embed.cmake
#
# Writes a C file that defines `const char name[]` (terminated) and `const unsigned long name_size` (without the terminator):
# IN with every #include "x.h" replaced by that file, found beside the one that includes it; guards in the headers do their
# work when the text is compiled. Headers in LEFT_OUT, meant for other compilers, become #error lines: harmless in the
# branches they stand in. Lines with #line keep file names and numbers true in the messages of the compiler.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "," ";" LEFT_OUT "${LEFT_OUT}")

# Text is handled by position, never as a list: it is full of semicolons and brackets.
function(expand path on_the_way result)
  get_filename_component(folder "${path}" DIRECTORY)
  get_filename_component(name "${path}" NAME)
  file(READ "${path}" rest)
  set(rest "\n${rest}")
  set(text "#line 1 \"${name}\"")
  set(line 0)
  while("${rest}" MATCHES "\n[ \t]*#[ \t]*include[ \t]*\"([^\"\n]*)\"[^\n]*")
    set(match "${CMAKE_MATCH_0}")
    set(header "${CMAKE_MATCH_1}")
    string(FIND "${rest}" "${match}" at)
    string(SUBSTRING "${rest}" 0 ${at} before)
    string(LENGTH "${match}" length)
    math(EXPR at "${at} + ${length}")
    string(SUBSTRING "${rest}" ${at} -1 rest)
    string(REGEX REPLACE "[^\n]" "" newlines "${before}")
    string(LENGTH "${newlines}" count)
    math(EXPR line "${line} + ${count} + 1")
    string(APPEND text "${before}\n")
    if(header IN_LIST LEFT_OUT)
      string(APPEND text "#error \"${header} is not part of this text\"")
    elseif(NOT header IN_LIST on_the_way)
      if(NOT EXISTS "${folder}/${header}")
        message(FATAL_ERROR "${path}:${line}: there is no ${folder}/${header}")
      endif()
      expand("${folder}/${header}" "${on_the_way};${header}" inner)
      math(EXPR next "${line} + 1")
      string(APPEND text "${inner}\n#line ${next} \"${name}\"")
    endif()
  endwhile()
  set(${result} "${text}${rest}" PARENT_SCOPE)
endfunction()

get_filename_component(name "${IN}" NAME)
expand("${IN}" "${name}" text)
file(WRITE "${OUT}.text" "${text}")
file(READ "${OUT}.text" bytes HEX)
string(LENGTH "${bytes}" size)
math(EXPR size "${size} / 2")
string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
string(REGEX REPLACE "'\\\\x0a'," "'\\\\n',\n" bytes "${bytes}")
file(WRITE "${OUT}" "/* ${name} with all it includes: written by cmake/embed.cmake. */
extern const char ${SYMBOL}[];
extern const unsigned long ${SYMBOL}_size;
const char ${SYMBOL}[] = {
${bytes}0};
const unsigned long ${SYMBOL}_size = ${size};
")
