/* What the files that read a plan share: getters that check as they read, names and their look-up, the tables of known
 * keys. Private to host/plan and its tests.
 *
 * Every getter diagnoses what is wrong and returns something usable, so that reading goes on and all errors are found.
 * Only running out of memory ends a reading: ofr_take then jumps back to ofr_plan_read. All memory is the arena's, so
 * there is nothing to undo on the way. */
#ifndef OFR_PLAN_READER_H
#define OFR_PLAN_READER_H
#include <setjmp.h>
#include "plan.h"

/* ---- known keys (plan_keys.c) ---- */

typedef enum ofr_key_use { OFR_KEY_OPTIONAL, OFR_KEY_REQUIRED, OFR_KEY_LATER /* not supported yet */ } ofr_key_use;

typedef struct ofr_key {
  const char *name;
  ofr_key_use use;
  const char *holds; /* what belongs there */
} ofr_key;

/* `note` is known in every object and in no table. */
typedef struct ofr_key_table {
  const char *what;   /* "a workload" */
  const char *schema; /* pointer into ofr_plan_schema to the same object */
  const ofr_key *keys;
  int count;
} ofr_key_table;

typedef enum ofr_object_kind {
  OFR_OBJECT_PLAN, OFR_OBJECT_HORIZON, OFR_OBJECT_SIMULATION, OFR_OBJECT_ACCELERATOR, OFR_OBJECT_PROVIDER, OFR_OBJECT_FACTOR,
  OFR_OBJECT_WORKLOAD, OFR_OBJECT_POOL, OFR_OBJECT_GROWTH, OFR_OBJECT_POINTS, OFR_OBJECT_COMMITMENT, OFR_OBJECT_WINDOW,
  OFR_OBJECT_RESERVATION, OFR_OBJECT_EXCLUSIVITY, OFR_OBJECT_DISCOUNT, OFR_OBJECT_GRANT, OFR_OBJECT_FIRST_REFUSAL, OFR_OBJECT_EXIT,
  OFR_OBJECT_STAKE, OFR_OBJECT_EVENT, OFR_OBJECT_EFFECT, OFR_OBJECT_POOL_SELECTOR,
  OFR_OBJECT_WORKLOAD_SELECTOR, OFR_OBJECT_CONTRACT_SELECTOR, OFR_OBJECT_STRATEGY, OFR_OBJECT_OPTIMIZE,
  OFR_OBJECT_CONSTRAINT, OFR_OBJECT_STAKEHOLDERS, OFR_OBJECT_FAILURE, OFR_OBJECT_FUTURES, OFR_OBJECT_HISTORY, OFR_OBJECT_SWEEP_RANGE,
  OFR_OBJECT_KINDS
} ofr_object_kind;

extern const ofr_key_table ofr_key_tables[OFR_OBJECT_KINDS];

/* ---- the reader (plan_values.c) ---- */

typedef enum ofr_name_kind {
  OFR_NAME_ACCELERATOR, OFR_NAME_PROVIDER, OFR_NAME_FACTOR, OFR_NAME_WORKLOAD, OFR_NAME_POOL, OFR_NAME_CONTRACT, OFR_NAME_EVENT,
  OFR_NAME_STRATEGY, OFR_NAME_KINDS
} ofr_name_kind;

typedef struct ofr_names {
  const ofr_json *list; /* NULL when absent or no list */
  const char **at;      /* NULL where an item has no valid name */
  int count;
  bool complete; /* every item has its name here: one that is not found is an error */
} ofr_names;

typedef struct ofr_reader {
  ofr_plan *plan;
  const ofr_json *root;
  const char *file;
  ofr_arena *arena;
  ofr_diagnostics *d;
  ofr_names names[OFR_NAME_KINDS];
  bool horizon_known;    /* else a stand-in is used, and nothing is said about dates within it */
  struct ofr_csv *open_file; /* to be closed when memory runs out; NULL when none is open */
  jmp_buf out_of_memory;
} ofr_reader;

void *ofr_take(ofr_reader *r, int count, size_t size);
__attribute__((format(printf, 2, 3))) const char *ofr_phrase(ofr_reader *r, const char *format, ...);
const char *ofr_brief(ofr_reader *r, const char *text); /* its first bytes, cut between characters, for a message */
/* An error, or a warning, at `value`. */
__attribute__((format(printf, 4, 5))) void ofr_wrong(ofr_reader *r, const ofr_json *value, const char *remedy,
                                                     const char *format, ...);
__attribute__((format(printf, 4, 5))) void ofr_doubt(ofr_reader *r, const ofr_json *value, const char *remedy,
                                                     const char *format, ...);

const char *ofr_type_name(ofr_json_type type); /* "a list" */
const char *ofr_seen(ofr_reader *r, const ofr_json *value); /* the same, but a text as it stands: "\"4M\"" */
bool ofr_is_note(const ofr_json *item); /* a key that every object may have, and that means nothing */
/* Diagnoses another type; false also when `value` is NULL (a missing key is the business of ofr_is_object). */
bool ofr_has_type(ofr_reader *r, const ofr_json *value, ofr_json_type type);
/* An object in which every key is known and every required key is there? True whenever it is an object at all. */
bool ofr_is_object(ofr_reader *r, const ofr_json *value, ofr_object_kind kind);

/* Numbers from `from` to `to`, both included unless `above`. The upper ends are far beyond any use: they keep sums finite. */
typedef struct ofr_range {
  double from, to;
  bool above; /* `from` itself is excluded */
} ofr_range;

extern const ofr_range ofr_fraction;     /* 0..1 */
extern const ofr_range ofr_accelerators; /* 0..1e10, also for demand */
extern const ofr_range ofr_price;        /* 0..1e9 $ per hour or GB */
extern const ofr_range ofr_amount;       /* 0..1e15 $ */
extern const ofr_range ofr_multiplier;   /* 0..1e6 */
extern const ofr_range ofr_growth;       /* above -1, to 1e6 */

/* The number itself, or at a key of an object; `fallback` when it is absent or wrong. */
double ofr_number(ofr_reader *r, const ofr_json *value, ofr_range range, double fallback);
double ofr_number_at(ofr_reader *r, const ofr_json *object, const char *key, ofr_range range, double fallback);
int ofr_whole_at(ofr_reader *r, const ofr_json *object, const char *key, int from, int to, int fallback);
bool ofr_flag_at(ofr_reader *r, const ofr_json *object, const char *key, bool fallback);
/* The index of a text among `words` (NULL-terminated); `fallback` when it is absent or wrong. */
int ofr_word_at(ofr_reader *r, const ofr_json *object, const char *key, const char *const *words, int fallback);

/* "2026-01" as months since January of the year 0. False, after a diagnosis, when `value` is no month; see ofr_month. */
bool ofr_calendar_month(ofr_reader *r, const ofr_json *value, int *month);
/* Months count from the start of the horizon. False, after a diagnosis, when `value` is no "YYYY-MM". */
bool ofr_month(ofr_reader *r, const ofr_json *value, int *month);
/* `from` and `to` of an object; absent ones are the horizon's. */
ofr_span ofr_span_of(ofr_reader *r, const ofr_json *object);

/* ---- names (plan_names.c) ---- */

/* A text that is fit to be a name: short, printable, not "*". NULL after a diagnosis, or silently when `value` is NULL. */
const char *ofr_label(ofr_reader *r, const ofr_json *value);
/* Reads the names of the list at `key` into r->names[kind], and diagnoses wrong, double and too many ones. */
void ofr_collect_names(ofr_reader *r, ofr_name_kind kind, const char *key, int most, bool may_be_empty);
/* -1 after a diagnosis, or silently when `value` is NULL. */
int ofr_name_index(ofr_reader *r, const ofr_json *value, ofr_name_kind kind);
int ofr_key_index(ofr_reader *r, const ofr_json *value, ofr_name_kind kind); /* of an object's key, not its value */
/* "*", a name, or a list of names. `out` has one flag per item and is all true when `value` is NULL. */
void ofr_select(ofr_reader *r, const ofr_json *value, ofr_name_kind kind, bool may_be_empty, bool *out);
/* {name: number}: fills out[index]; absent names keep what they have. */
void ofr_number_map(ofr_reader *r, const ofr_json *value, ofr_name_kind kind, ofr_range range, double *out);

/* ---- what a file may give (plan_subjects.c) ---- */

int ofr_subject(const ofr_plan *plan, ofr_quantity quantity, int index);
int ofr_subject_count(const ofr_plan *plan);
/* "training.demand", "azure-h100.price", "azure-h100.capacity" */
const char *ofr_subject_name(ofr_reader *r, int subject);
bool ofr_is_subject(const ofr_plan *plan, int subject, const char *name);
/* "training" stands for its demand. -1 for what is none; *remedy then says what was meant. */
int ofr_find_subject(ofr_reader *r, const char *name, const char **remedy);
/* A file that the plan names: where it lies as seen from the current folder. */
const char *ofr_named_file(ofr_reader *r, const char *name);
/* An error in such a file, at a column of a line. */
__attribute__((format(printf, 6, 7))) void ofr_wrong_row(ofr_reader *r, const char *file, int line, const char *column,
                                                         const char *remedy, const char *format, ...);

/* ---- the parts of a plan, in the order they are read ---- */

ofr_curve ofr_curve_of(ofr_reader *r, const ofr_json *value, ofr_range range); /* zeroes when absent or wrong */
void ofr_find_max(ofr_curve *curve, int months);
void ofr_read_factors(ofr_reader *r);
void ofr_read_market(ofr_reader *r); /* accelerators, providers, workloads, pools */
void ofr_read_contracts(ofr_reader *r);
/* One contract each, of a type that plan_clauses.c reads. */
void ofr_read_discount(ofr_reader *r, const ofr_json *item, ofr_contract *out);
void ofr_read_grant(ofr_reader *r, const ofr_json *item, ofr_contract *out);
void ofr_read_first_refusal(ofr_reader *r, const ofr_json *item, ofr_contract *out);
void ofr_read_exit(ofr_reader *r, const ofr_json *item, ofr_contract *out);
void ofr_read_stake(ofr_reader *r, const ofr_json *item, ofr_contract *out);
void ofr_check_exit(ofr_reader *r, const ofr_json *item, ofr_contract *exit); /* once all contracts are read */
bool *ofr_covered_pools(ofr_reader *r, const ofr_json *item,
                        int provider); /* `pools` of an item: all of the provider's by default */
void ofr_read_events(ofr_reader *r);
void ofr_read_strategies(ofr_reader *r);
void ofr_read_futures(ofr_reader *r);
void ofr_read_history(ofr_reader *r); /* after the futures */
void ofr_read_sizing(ofr_reader *r); /* "optimize" */
void ofr_read_stakeholders(ofr_reader *r);
void ofr_read_sweep(ofr_reader *r);
#endif
