/* The fuzz harness without a fuzzer: every plan of the repository, then mutations of them in an order that is always the same,
 * for two seconds. With arguments: those files alone, to try a finding again. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <time.h>
#include "fuzz_plan.c"

enum { MOST_PLANS = 64, SECONDS = 2 };

typedef struct input {
  uint8_t *data;
  size_t size;
} input;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static input read_input(const char *path) {
  input in = {malloc(FUZZ_MOST_BYTES), 0};
  FILE *file = fopen(path, "rb");
  if (file && in.data) in.size = fread(in.data, 1, FUZZ_MOST_BYTES, file);
  if (!file) fprintf(stderr, "test_fuzz_plan: %s cannot be read\n", path);
  if (file) fclose(file);
  return in;
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int is_plan(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 5 && !strcmp(entry->d_name + length - 5, ".json");
}

static int read_folder(const char *folder, input *inputs, int count) {
  struct dirent **entries;
  int n = scandir(folder, &entries, is_plan, by_name);
  for (int i = 0; i < n; i++) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    if (count < MOST_PLANS) inputs[count++] = read_input(path);
    free(entries[i]);
  }
  if (n >= 0) free(entries);
  return count;
}

int main(int argc, char **argv) {
  input inputs[MOST_PLANS];
  int count = 0;
  for (int i = 1; i < argc && count < MOST_PLANS; i++) inputs[count++] = read_input(argv[i]);
  if (argc < 2)
    count = read_folder(OFFRAMP_SOURCE_DIR "/tests/plans", inputs, read_folder(OFFRAMP_SOURCE_DIR "/examples", inputs, 0));
  insist(count > 0, "there are no plans");
  for (int i = 0; i < count; i++) LLVMFuzzerTestOneInput(inputs[i].data, inputs[i].size);

  uint8_t *work = malloc(FUZZ_MOST_BYTES);
  insist(work != NULL, "out of memory");
  uint32_t tried = 0;
  for (double end = now() + SECONDS; argc < 2 && now() < end; tried++) {
    const input *from = &inputs[tried % (uint32_t)count];
    memcpy(work, from->data, from->size);
    LLVMFuzzerTestOneInput(work, fuzz_mutate(work, from->size, FUZZ_MOST_BYTES, tried + 1));
  }
  printf("%d plans, %u mutations\n", count, (unsigned)tried);
  free(work);
  for (int i = 0; i < count; i++) free(inputs[i].data);
  return 0;
}
