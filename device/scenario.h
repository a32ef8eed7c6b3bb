/* The whole model, in the order in which it builds up. Wrappers include this and nothing else. */
#ifndef OFR_SCENARIO_H
#define OFR_SCENARIO_H
#include "words.h"
#include "model.h"
#include "trace_points.h"
#include "philox.h"
#include "real_math.h"
#include "wide_math.h"
#include "weather.h"
#include "placement.h"
#include "books.h"
#include "path.h"
#endif
