/* What OpenCL drivers leak is not ours to mend: told to the leak sanitizer, where it is linked. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libpocl\nleak:libLLVM\nleak:libOpenCL\n"; }
