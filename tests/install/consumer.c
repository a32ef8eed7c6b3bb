/* The smallest user of the library: prints its version as C and as C++ see it. */
#include <stdio.h>
#include <string.h>
#include <offramp/offramp.h>

const char *version_seen_from_cpp(void);

int main(void) {
  puts(offramp_version());
  return strcmp(offramp_version(), version_seen_from_cpp()) != 0;
}
