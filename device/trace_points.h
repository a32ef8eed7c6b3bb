/* Where `explain` looks into the model. Empty but in the trace build of device/path.c. */
#ifndef OFR_TRACE_POINTS_H
#define OFR_TRACE_POINTS_H
#ifndef OFR_TRACE
#define TRACE_START(sky)
#define TRACE_WEATHER(sky, t)
#define TRACE_PLACED(s, w, slot, accelerators) ((void)(s))
#define TRACE_MATCHED(s, w, slot, accelerators, spend) ((void)(s))
#define TRACE_DISCOUNT(s, d, listed, saved) ((void)(s))
#define TRACE_GRANT(s, n, balance) ((void)(s))
#define TRACE_EXIT(s, q, contract, leaves, fee) ((void)(s))
#define TRACE_COUNTED(s, c, counted, window)
#define TRACE_SETTLED(s, c, required, charge, deferred, carried, ended) ((void)(s))
#define TRACE_MONTH(s, t, sky, p, b, m)
#else
#include "trace_sink.h"
#endif

#endif
