#include "device/words_c.h"
#define WORDS_NAME  "baseline"
#define WORDS_TABLE wide_words_baseline
#include "wide_words_body.h"
