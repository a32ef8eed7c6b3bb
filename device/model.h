/* What host and device share: the flat image of a plan, the job, the order of the results. Plain 32-bit fields, so that C,
 * OpenCL C and CUDA lay it out alike; each back end's self-test checks that they do.
 *
 * Units. Work and capacity: whole accelerator quanta, below 2^24, held in float32 where they are exact. Busy hours and
 * unserved work: 1/128 of a quantum for a month ("work units"). Money: whole money quanta in 64 bits. Tables of the image
 * that hold fractions say how many bits stand behind the point.
 */
#ifndef OFR_MODEL_H
#define OFR_MODEL_H

enum {
  MAX_WORKLOADS = 16, MAX_POOLS = 64, MAX_FACTORS = 16, MAX_EVENTS = 32, MAX_CONTRACTS = 32, MAX_STRATEGIES = 32,
  MAX_SLOTS = MAX_POOLS + MAX_CONTRACTS, MAX_PROVIDERS = 32, MAX_VENDORS = 32,
  MAX_DRIVERS = MAX_WORKLOADS + 2 * MAX_POOLS, MAX_TIERS = 16
};

#define QUANTA_LIMIT    16777215.0f /* 2^24 - 1: whole numbers up to here are exact in float32 */
#define CAPACITY_NUDGE  0.015625f   /* quanta */
#define WORK_FRACTION   128.0f      /* work units per quantum */
#define WORK_LIMIT      2147483520.0f /* the largest float below 2^31 */
#define FOLD_MONTHS     16
#define FRACTION_BITS   30          /* behind the point of discount, pace, counts */
#define RATE_BITS       28          /* of shortfall_rate, which may exceed 1 */
#define CLAMP_LOG2      6.0f        /* multipliers are clamped at 2^6 = 64 */
#define MISSING_VALUE   (-(int64)0x7fffffffffffffff - 1)
#define NO_MONTH        0xffffffffu

/* Random streams: the last word of the Philox counter. */
enum { STREAM_FACTORS = 0x0000, STREAM_EVENTS = 0x1000, STREAM_SLIP = 0x2000, STREAM_REFUSALS = 0x3000, STREAM_HISTORY = 0x4000 };

#define USE_MONTHS      12          /* an exit from a reservation looks back on so many */
#define USE_PARTS       1048576u    /* of a quantum, in which it compares */
#define ALWAYS          0xffffffffu /* a threshold that every draw passes */

/* Columns of results, one int64 a path; after these, per provider revenue then share, per vendor share, per commitment
 * counted, charge, utilisation; where there are any, exit fees, cash grants, per stake the holder's net, and per exit the month in
 * which it is taken and its fee; where a plan asks for it, per workload unmet cost, and per commitment to the anchor what it could
 * absorb, what is missing in the end, and the first and the last month behind pace. */
enum {
  COLUMN_TOTAL, COLUMN_CASH, COLUMN_USAGE, COLUMN_RESERVATION, COLUMN_EGRESS, COLUMN_SHORTFALL, COLUMN_UNMET, COLUMN_NOMINAL,
  COLUMN_SERVED, COLUMN_UNIT_COST, COLUMN_CONCENTRATION, COLUMN_FIXED
};
enum { EXIT_COLUMNS = 2, ABSORBER_COLUMNS = 4 };
/* Monthly series; after these, per provider revenue, and concentration where a plan has stakeholders. `priced` is 1 in a month in
 * which any accelerator was used. */
enum { SERIES_DEMAND, SERIES_SERVED, SERIES_CASH, SERIES_CHARGES, SERIES_PRICE, SERIES_PRICED, SERIES_FIXED };

/* A month of a commitment. */
enum { WINDOW_OPEN = 1, WINDOW_BEGINS = 2, WINDOW_SETTLES = 4, WINDOW_LAST = 8 };
enum { COUNTS_NOT = 0, COUNTS_FULL = 1, COUNTS_PART = 2 };
enum { PULL_NONE, PULL_FULL, PULL_PACE, PULL_NUMBER };
/* A month of a discount. */
enum { DISCOUNT_OPEN = 1, DISCOUNT_BEGINS = 2 };
/* What an effect of an event touches. */
enum { EFFECT_SUSPEND, EFFECT_END };

/* Offsets count 32-bit words from the start of the image. Dimensions in brackets. */
typedef struct ofr_image {
  uint32 magic, bytes;
  uint32 seed_low, seed_high;
  /* dimensions */
  int months, workloads, pools, slots, factors, signals, drivers, events, effects, providers, vendors, commitments, reservations,
      exclusivities, strategies;
  int anchor;          /* a provider or -1 */
  int failing;         /* strategies from here on are those before, in their order, under the anchor's failure */
  /* traits: a plan pays only for what it uses. used: a slot's use is more than what is no longer free; credits: something pays
   * usage; net: usage is more than use times a price; signed: cash or revenue may fall below zero; left_shifts: some price needs
   * its product shifted left; shared_months: some strategy follows another for a while */
  int has_duty, has_egress, has_pull, has_slip, has_partial_counts, has_used, has_shared_months;
  /* more dimensions and traits: a plain plan has none of these, so that a kernel for it holds nothing of them (RARE_FROM below) */
  int contract_effects, discounts, tiers, grants, refusals, exits, stakes, futures, histories;
  int anchor_pools, absorbers; /* pools of the anchor's that any work can run on; the commitments to it */
  int has_max_share, has_terms, has_credits, has_net, has_signed, has_left_shifts, has_optimal;
  int has_unmet_by_workload;   /* columns of its own, for plans made by `value` */
  int has_stakeholders, has_failure;
  int failure_from, failure_to; /* months */
  int history_changes, history_block; /* months: of the history, of a block that is drawn from it */
  int ratio_shift;     /* money is shifted right by this before a ratio is taken, so that it stays below 2^59 */
  int unit_cost_digits; /* groups of ten bits behind the point of unit_cost */
  int sum_shift;       /* money series are shifted right by this before they are summed over paths */
  float price_unit;    /* micro-dollars per accelerator-hour, for 1 money quantum per work unit */

  /* structure: indices and kinds, compiled into kernels built at run time */
  uint32 slot_pool;            /* int [slots] */
  uint32 slot_reservation;     /* int [slots], -1 for the open part of a pool */
  uint32 can_run;              /* int [workloads x slots]: 1 where it has a speed and some strategy allows the provider */
  uint32 pool_provider, pool_vendor;            /* int [pools] */
  uint32 demand_driver;        /* int [workloads] */
  uint32 price_driver, capacity_driver;         /* int [pools] */
  uint32 driver_signal;        /* int [drivers]: the random part of it, a signal or signals + a history; or -1 */
  uint32 effect_event, effect_driver;           /* int [effects] */
  uint32 contract_effect_event, contract_effect_contract, contract_effect_kind; /* int [contract_effects] */
  uint32 away;                 /* int [workloads x providers]: 1 when a placement there pays egress */
  uint32 home;                 /* int [workloads], -1 */
  uint32 counts_kind;          /* int [commitments x pools] */
  uint32 pool_pullers;         /* int [pools]: bit c is set where commitment c counts any of the pool's spend */
  uint32 counts_all;           /* int [commitments]: 1 when it counts all of its provider's pools in full */
  uint32 commitment_provider;  /* int [commitments] */
  uint32 reservation_slot;     /* int [reservations] */
  uint32 exclusivity_provider, exclusivity_open; /* int [exclusivities] */
  uint32 exclusivity_covers;   /* int [exclusivities x workloads] */
  uint32 discount_covers;      /* int [discounts x pools] */
  uint32 discount_all_units;   /* int [discounts] */
  uint32 grant_provider, grant_credit;          /* int [grants] */
  uint32 refusal_provider;     /* int [refusals] */
  uint32 refusal_covers;       /* int [refusals x workloads] */
  uint32 exit_target;          /* int [exits]: a commitment, or commitments + a reservation */
  uint32 stake_provider;       /* int [stakes] */
  uint32 strategy_signs;       /* int [strategies x contracts]: commitments, reservations, exclusivities, discounts, grants,
                                  refusals, exits, stakes */
  uint32 strategy_pull;        /* int [strategies] */
  uint32 strategy_optimal;     /* int [strategies]: 1 where the rule is `optimal` */
  uint32 slip_max;             /* int [pools] */
  uint32 anchor_pool;          /* int [anchor_pools]: those that fewest workloads can use first */
  uint32 absorb_workload;      /* int [workloads]: those that can use fewest of them first */
  uint32 absorber_commitment;  /* int [absorbers] */
  uint32 demand_future;        /* int [workloads]: its row of a month in the given futures, or -1 */
  uint32 price_future, capacity_future; /* int [pools] */

  /* numbers */
  uint32 leader;               /* int [strategies]: one before it whose months are the same for a while, or -1 */
  uint32 parts_in;             /* int [strategies]: the first month that is not its leader's any more; months + 1: none */
  uint32 rejoins_in;           /* int [strategies]: from this month on they are its leader's again; months + 1: never */
  uint32 may_place;            /* float [strategies x workloads x slots]: the speed; 0 where the provider is not allowed */
  uint32 choice_slot;          /* int [strategies x workloads x slots]: the slots of may_place, closed up */
  uint32 choice_slots;         /* int [strategies x workloads]: how many they are */
  uint32 settles;              /* int [months]: 1 when any window ends */
  uint32 phi;                  /* float [factors] */
  uint32 shock;                /* float [factors x factors], lower: per-month standard deviation x Cholesky factor */
  uint32 loading;              /* float [signals x factors], x log2 e */
  uint32 half_variance;        /* float [months x signals], x log2 e */
  uint32 history_change;       /* float [changes x histories]: log2 of a month's value over the one before */
  uint32 history_mean;         /* float [months x histories]: log2 of the mean over all that may be drawn */
  uint32 effect_value;         /* float [effects] */
  uint32 event_threshold;      /* word [events]: starts when a 32-bit draw lies below */
  uint32 event_from, event_to, event_at, event_max, event_duration; /* int [events] */
  uint32 event_log_scale;      /* float [events]: 1 / ln(1 - 1/mean_duration); 0 when the mean is 1 */
  uint32 slip_threshold;       /* word [pools x max slip] */
  uint32 slip_stride;          /* not an offset: max slip over pools */
  uint32 demand;               /* float [months x workloads], quanta */
  uint32 price;                /* float [months x pools], $ per accelerator-hour */
  uint32 capacity;             /* float [months x pools], quanta, availability included */
  uint32 price_scale;          /* float [pools]: $ per accelerator-hour -> money quanta per work unit x 2^shift */
  uint32 price_shift;          /* int [pools] */
  uint32 speed, inverse_speed; /* float [workloads x slots]; the inverse rounded up */
  uint32 speed_duty;           /* float [workloads x slots]: speed x duty */
  uint32 duty;                 /* float [workloads] */
  uint32 duty_fraction;        /* word [workloads], FRACTION_BITS */
  uint32 unmet_key;            /* float [workloads], $ per reference accelerator-hour */
  uint32 unmet_rate;           /* word [workloads]: money quanta per work unit x 2^shift, duty not included */
  uint32 unmet_shift;          /* int [workloads] */
  uint32 egress_key;           /* float [months x workloads], $ per reference accelerator-hour */
  uint32 egress_rate;          /* word [months x workloads] */
  uint32 egress_shift;         /* int [workloads] */
  uint32 reserved;             /* float [months x reservations], quanta */
  uint32 use_key;              /* float [reservations], $ per accelerator-hour */
  uint32 use_rate;             /* word [reservations] */
  uint32 use_shift;            /* int [reservations] */
  uint32 fee, fee_today;       /* int64 [months x reservations] */
  uint32 discount;             /* word [months], FRACTION_BITS */
  uint32 window;               /* int [months x commitments] */
  uint32 amount;               /* int64 [months x commitments]: the whole window's */
  uint32 month_share;          /* int64 [months x commitments]: this month's share of it */
  uint32 pace;                 /* word [months x commitments], FRACTION_BITS */
  uint32 counts;               /* word [commitments x pools], FRACTION_BITS */
  uint32 shortfall_rate;       /* word [commitments], RATE_BITS */
  uint32 deferral, carry_forward, relief; /* word [commitments], FRACTION_BITS */
  uint32 promised;             /* float [months x pools]: the capacity curve itself, quanta */
  uint32 opening;              /* int64 [commitments] */
  uint32 pull_rest;            /* float [strategies x commitments x pools]: 1 - pull x counts x min(1, shortfall_rate) */
  uint32 exclusivity_from, exclusivity_to; /* int [exclusivities] */
  uint32 credit_months;        /* word [commitments] */
  uint32 discount_month;       /* int [months x discounts] */
  uint32 tier_from, tier_net;  /* int64 [discounts x tiers]: list spend at which it opens, the net of it; unused ones open never */
  uint32 tier_rest;            /* word [discounts x tiers]: 1 - rate, FRACTION_BITS */
  uint32 tier_price;           /* float [discounts x tiers]: 1 - rate */
  uint32 grant_part;           /* int64 [months x grants] */
  uint32 refusal_from, refusal_to; /* int [refusals] */
  uint32 refusal_threshold;    /* word [refusals]: taken up when a 32-bit draw lies below */
  uint32 refusal_premium;      /* float [refusals]: 1 + premium */
  uint32 exit_at;              /* int [months x exits] */
  uint32 leaves;               /* int [months]: 1 when any exit may be taken */
  uint32 exit_always;          /* int [exits]: 1 when it is unconditional */
  uint32 exit_below, exit_fee; /* word [exits], RATE_BITS */
  uint32 exit_later;           /* int64 [months x exits]: amounts of later windows, or fees due after the month */
  uint32 stake_share, stake_margin; /* word [stakes], FRACTION_BITS */
  uint32 value_rate;           /* word [workloads]: of a served work unit, duty not included */
  uint32 value_shift;          /* int [workloads] */
  uint32 max_share;            /* float [strategies x providers]; far above 1 where there is no limit */
} ofr_image;

#define OFR_IMAGE_MAGIC 0x6f665231u

/* A range of scenarios: `points` images one after the other, the same paths under each. */
typedef struct ofr_job {
  uint32 path_low, path_high;  /* the first path */
  uint32 paths;                /* per point */
  uint32 points;
  uint32 image_words;          /* from one point's image to the next; the same for all */
  uint32 stride;               /* of a result column, in values */
  uint32 offset;               /* of the first path within a column */
  uint32 band_paths;           /* paths from the front of this job whose months are kept; the rest only sums */
  uint32 band_stride;          /* from one month of a band to the next, in values */
  uint32 band_offset;
  uint32 workers;              /* how many bundles are evaluated side by side: each has sums of its own */
  uint32 with_sums;            /* 0: no monthly series at all */
  uint32 future_stride;        /* from one row of given futures to the next, in values */
} ofr_job;

/* What a plain plan has none of: these bytes of an image are 0. */
#define RARE_FROM offsetof(ofr_image, contract_effects)
#define RARE_TO   offsetof(ofr_image, has_failure)

/* Tables and dimensions. Kernels built at run time have both compiled in, as OFR_..., so that loops unroll and indices fold. */
#ifdef OFR_SPECIALISED /* where a table lies follows from the dimensions */
#define PLACE(im, name)       ofr_layout[(__builtin_offsetof(ofr_image, name) - __builtin_offsetof(ofr_image, slot_pool)) / 4]
#else
#define PLACE(im, name)       ((im)->name)
#endif
#define TABLE(type, im, name) ((GLOBAL const type *)((GLOBAL const uint32 *)(im) + PLACE(im, name)))
#define FLOATS(im, name)      TABLE(float, im, name)
#define WORDS(im, name)       TABLE(uint32, im, name)
#define INTS(im, name)        TABLE(int, im, name)
#define WIDES(im, name)       TABLE(int64, im, name)

#ifdef OFR_SPECIALISED
#define DIM(im, name)            OFR_##name
#define STRUCTURE(im, name, at)  (ofr_##name[at])
#define BOUND(limit, exact)      ((exact) > 0 ? (exact) : 1)
#define SPECIALISED              1
/* Loops over a plan's parts are written out, so that registers hold these: no index may then be unknown to the compiler. Large
 * plans would spill and keep it busy for a minute: their loops are rolled, their arrays lie in memory. Tests force one or the
 * other. */
#ifndef OFR_UNROLLED
#define OFR_UNROLLED                                                                                                            \
  (LANES > 1 ? OFR_slots * OFR_workloads <= 128 && OFR_slots <= 24 : OFR_slots <= 32)
#endif
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#define WRITTEN_OUT              _Pragma("GCC unroll 64")
#define ROLLED                   _Pragma("GCC unroll 1")
#else
#define WRITTEN_OUT              _Pragma("unroll")
#define ROLLED                   _Pragma("unroll 1")
#endif
#if OFR_UNROLLED
#define UNROLL                   WRITTEN_OUT
#else
#define UNROLL                   ROLLED
#endif
/* Where a bundle has many paths, pairs of slots that a month compares decide how long a compiler takes; OpenCL runs nothing before
 * that is done. */
#ifdef __OPENCL_VERSION__
#define MOST_PAIRS               400
#else
#define MOST_PAIRS               850
#endif
#define PAIRS_OF_SLOTS           (OFR_workloads * OFR_slots * (OFR_slots - 1) / 2)
#define SLOTS_UNROLLED           (OFR_UNROLLED && (LANES == 1 || PAIRS_OF_SLOTS <= MOST_PAIRS))
#if SLOTS_UNROLLED
#define UNROLL_SLOTS             WRITTEN_OUT
#else
#define UNROLL_SLOTS             ROLLED
#endif
#if BOOKS_IN_MEMORY || LANES > 1 /* they may be indexed at will: once a path is no loop to write out */
#define UNROLL_BOOKS             ROLLED
#else
#define UNROLL_BOOKS             UNROLL
#endif
#else
#ifdef OFR_PLAIN /* a kernel for plain plans */
#define DIM(im, name)            (offsetof(ofr_image, name) < RARE_FROM || offsetof(ofr_image, name) > RARE_TO ? (im)->name : 0)
#else
#define DIM(im, name)            ((im)->name)
#endif
#define STRUCTURE(im, name, at)  (INTS(im, name)[at])
#ifdef OFR_CLASS /* compiled ahead for plans of which nothing is more than so many */
#define BOUND(limit, exact)      ((limit) == MAX_DRIVERS ? 3 * OFR_CLASS : (limit) < OFR_CLASS ? (limit) : OFR_CLASS)
#else
#define BOUND(limit, exact)      (limit)
#endif
#define SPECIALISED              0
#define SLOTS_UNROLLED           0
#define UNROLL
#define UNROLL_SLOTS
#define UNROLL_BOOKS
#define ROLLED
#endif
#define HAS(im, trait)           DIM(im, has_##trait)

/* Array sizes: exact where the dimensions are compiled in, the limits elsewhere. */
#define N_WORKLOADS     BOUND(MAX_WORKLOADS, OFR_workloads)
#define N_POOLS         BOUND(MAX_POOLS, OFR_pools)
#define N_SLOTS         BOUND(MAX_SLOTS, OFR_slots)
#define N_FACTORS       BOUND(MAX_FACTORS, OFR_factors)
#define N_SIGNALS       BOUND(MAX_DRIVERS, OFR_signals)
#define N_HISTORIES     BOUND(MAX_DRIVERS, OFR_histories)
#define N_DRIVERS       BOUND(MAX_DRIVERS, OFR_drivers)
#define N_EVENTS        BOUND(MAX_EVENTS, OFR_events)
#define N_PROVIDERS     BOUND(MAX_PROVIDERS, OFR_providers)
#define N_VENDORS       BOUND(MAX_VENDORS, OFR_vendors)
#define N_COMMITMENTS   BOUND(MAX_CONTRACTS, OFR_commitments)
#define N_TERMS         BOUND(MAX_CONTRACTS, OFR_has_terms ? OFR_commitments : 0)
#define N_CREDITS       BOUND(MAX_CONTRACTS, OFR_has_credits ? OFR_commitments : 0)
#define N_USES          BOUND(MAX_CONTRACTS, OFR_exits ? OFR_reservations : 0)
#define N_LOOKBACK      BOUND(USE_MONTHS, OFR_exits && OFR_reservations ? USE_MONTHS : 0)
#define N_UNMET         BOUND(MAX_WORKLOADS, OFR_has_unmet_by_workload ? OFR_workloads : 0)
#define N_SHRUNK        BOUND(MAX_CONTRACTS, OFR_contract_effects ? OFR_commitments : 0)
#define N_RENTS         BOUND(MAX_WORKLOADS, OFR_has_optimal ? OFR_workloads : 0)
#define N_RESERVATIONS  BOUND(MAX_CONTRACTS, OFR_reservations)
#define N_DISCOUNTS     BOUND(MAX_CONTRACTS, OFR_discounts)
#define N_GRANTS        BOUND(MAX_CONTRACTS, OFR_grants)
#define N_REFUSALS      BOUND(MAX_CONTRACTS, OFR_refusals)
#define N_EXITS         BOUND(MAX_CONTRACTS, OFR_exits)
#define N_ENDABLE       BOUND(MAX_CONTRACTS, OFR_exits ? OFR_commitments + OFR_reservations : 0)
#define N_CONTRACTS                                                                                                             \
  BOUND(MAX_CONTRACTS, OFR_commitments + OFR_reservations + OFR_exclusivities + OFR_discounts + OFR_grants + OFR_refusals +     \
                           OFR_exits + OFR_stakes)
#define N_ABSORBERS     BOUND(MAX_CONTRACTS, OFR_absorbers)
#ifdef OFR_CLASS
#define N_STRATEGIES    (OFR_CLASS / 4) /* what grows with them is not small */
#else
#define N_STRATEGIES    BOUND(MAX_STRATEGIES, OFR_strategies)
#endif

/* Contracts by number: commitments, then reservations, and so on. */
#define RESERVATION(im, r) (DIM(im, commitments) + (r))
#define EXCLUSIVITY(im, x) (RESERVATION(im, DIM(im, reservations)) + (x))
#define DISCOUNT(im, d)    (EXCLUSIVITY(im, DIM(im, exclusivities)) + (d))
#define GRANT(im, n)       (DISCOUNT(im, DIM(im, discounts)) + (n))
#define REFUSAL(im, f)     (GRANT(im, DIM(im, grants)) + (f))
#define EXIT(im, q)        (REFUSAL(im, DIM(im, refusals)) + (q))
#define STAKE(im, h)       (EXIT(im, DIM(im, exits)) + (h))
#define CONTRACTS(im)      STAKE(im, DIM(im, stakes))

#define COMMITMENT_COLUMNS(im) (COLUMN_FIXED + 2 * DIM(im, providers) + DIM(im, vendors))
#define EXIT_COST_COLUMN(im)   (COMMITMENT_COLUMNS(im) + 3 * DIM(im, commitments))
#define GRANT_COLUMN(im)       (EXIT_COST_COLUMN(im) + (DIM(im, exits) > 0))
#define STAKE_COLUMNS(im)      (GRANT_COLUMN(im) + (DIM(im, grants) > 0))
#define TAKEN_COLUMNS(im)      (STAKE_COLUMNS(im) + DIM(im, stakes))
#define UNMET_COLUMNS(im)      (TAKEN_COLUMNS(im) + EXIT_COLUMNS * DIM(im, exits))
#define ABSORPTION_COLUMNS(im) (UNMET_COLUMNS(im) + HAS(im, unmet_by_workload) * DIM(im, workloads))
#define COLUMNS(im)            (ABSORPTION_COLUMNS(im) + ABSORBER_COLUMNS * DIM(im, absorbers))
#define SERIES(im)             (SERIES_FIXED + DIM(im, providers) + HAS(im, stakeholders))
#define MONTH_ROWS(im)         ((uint32)(DIM(im, failing) * DIM(im, months) * SERIES(im))) /* none of those under the failure */
#define IS_REVENUE(im, j)      ((j) >= SERIES_FIXED && (j) < SERIES_FIXED + DIM(im, providers))
#define IS_MONEY_SERIES(im, j) ((j) == SERIES_CASH || (j) == SERIES_CHARGES || IS_REVENUE(im, j))
#endif
