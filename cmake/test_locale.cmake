# A locale with a decimal comma for the tests, made here when the machine has the sources (Debian, Ubuntu: package `locales`):
# fresh machines have no such locale installed. Sets `test_locale` to an environment entry, or leaves it empty.
set(test_locale)
set(folder "${PROJECT_BINARY_DIR}/tests/locale")
find_program(OFFRAMP_LOCALEDEF localedef)
mark_as_advanced(OFFRAMP_LOCALEDEF)
if(OFFRAMP_LOCALEDEF AND NOT EXISTS "${folder}/de_DE.UTF-8/LC_NUMERIC")
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "${OFFRAMP_LOCALEDEF}" -i de_DE -f UTF-8 "${folder}/de_DE.UTF-8" OUTPUT_QUIET ERROR_QUIET)
endif()
if(EXISTS "${folder}/de_DE.UTF-8/LC_NUMERIC")
  set(test_locale "LOCPATH=${folder}")
endif()
