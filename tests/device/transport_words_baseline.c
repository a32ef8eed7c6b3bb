#include "device/words_c.h"
#define WORDS_NAME  "baseline"
#define WORDS_TABLE transport_words_baseline
#include "transport_words_body.h"
