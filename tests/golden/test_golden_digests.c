/* Results as they were when somebody last looked: tests/golden/digests.txt, whose head says how to renew it. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../stage/given_plan.h"

enum { MOST = 64, USUAL_PATHS = 500, BAND_PATHS = 64, HEAD = 4096 };

typedef struct golden {
  char file[256];
  unsigned long long paths, seed;
  char digest[65];
} golden;

static golden list[MOST];
static int count;
static char head[HEAD]; /* the file's comments */

static const char *in_source(const char *file) {
  static char path[1024];
  snprintf(path, sizeof path, "%s/%s", OFFRAMP_SOURCE_DIR, file);
  return path;
}

static int read_list(void **state) {
  char line[512];
  FILE *from = fopen(in_source("tests/golden/digests.txt"), "r");
  (void)state;
  if (!from) return -1;
  while (fgets(line, sizeof line, from)) {
    golden *g = &list[count];
    if (line[0] == '#') strncat(head, line, sizeof head - strlen(head) - 1);
    else if (count < MOST && sscanf(line, "%255s %llu %llu %64s", g->file, &g->paths, &g->seed, g->digest) == 4) count++;
    else return -1;
  }
  fclose(from);
  return 0;
}

static golden *find(const char *file) {
  for (int i = 0; i < count; i++)
    if (!strcmp(list[i].file, file)) return &list[i];
  return NULL;
}

static golden computed(const char *file, unsigned long long paths) {
  golden g = {.paths = paths};
  given_plan given = given_file(file, paths, BAND_PATHS);
  snprintf(g.file, sizeof g.file, "%s", file);
  g.seed = given.plan->seed;
  memcpy(g.digest, given_run(&given, NULL)->results_digest, sizeof g.digest);
  given_free(&given);
  return g;
}

static int plans(golden *found) {
  static const char *const folders[] = {"examples", "tests/plans"};
  int n = 0;
  for (int i = 0; i < 2; i++) {
    glob_t all;
    char pattern[64];
    snprintf(pattern, sizeof pattern, "%s/*.json", folders[i]);
    if (glob(in_source(pattern), 0, NULL, &all) != 0) continue;
    for (size_t j = 0; j < all.gl_pathc && n < MOST; j++)
      snprintf(found[n++].file, sizeof found[0].file, "%s%s", folders[i], strrchr(all.gl_pathv[j], '/'));
    globfree(&all);
  }
  return n;
}

static void renew(void) {
  static golden found[MOST];
  int n = plans(found);
  for (int i = 0; i < n; i++) {
    const golden *old = find(found[i].file);
    found[i] = computed(found[i].file, old ? old->paths : USUAL_PATHS);
    print_message("%s: %s\n", found[i].file, !old ? "new" : strcmp(old->digest, found[i].digest) ? "changed" : "as before");
  }
  FILE *to = fopen(in_source("tests/golden/digests.txt"), "w");
  assert_non_null(to);
  fputs(head, to);
  for (int i = 0; i < n; i++) fprintf(to, "%s %llu %llu %s\n", found[i].file, found[i].paths, found[i].seed, found[i].digest);
  assert_int_equal(fclose(to), 0);
}

static void every_plan_gives_its_pinned_digest(void **state) {
  (void)state;
  const char *update = getenv("OFFRAMP_UPDATE_GOLDEN");
  if (update && strcmp(update, "1") == 0) {
    renew();
    return;
  }
  int changed = 0;
  assert_true(count > 0);
  for (int i = 0; i < count; i++) {
    golden now = computed(list[i].file, list[i].paths);
    if (!strcmp(now.digest, list[i].digest) && now.seed == list[i].seed) continue;
    print_error("%s: %s instead of %s\n", list[i].file, now.digest, list[i].digest);
    changed++;
  }
  if (changed > 0)
    fail_msg("%d results changed: the head of tests/golden/digests.txt says what to do when that is meant", changed);
}

static void every_plan_is_pinned(void **state) {
  static golden found[MOST];
  (void)state;
  for (int i = 0, n = plans(found); i < n; i++)
    if (!find(found[i].file) && !getenv("OFFRAMP_UPDATE_GOLDEN"))
      fail_msg("%s is not in tests/golden/digests.txt, whose head says how to add it", found[i].file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      {"every plan gives its pinned digest", every_plan_gives_its_pinned_digest, NULL, NULL, NULL},
      {"every plan is pinned", every_plan_is_pinned, NULL, NULL, NULL},
  };
  return cmocka_run_group_tests_name("golden", tests, read_list, NULL);
}
