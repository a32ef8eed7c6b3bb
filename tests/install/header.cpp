// The public header under a C++17 compiler with all warnings: comes first here, so that it needs nothing before it.
#include <offramp/offramp.h>

extern "C" const char *version_seen_from_cpp() { return offramp_version(); }
