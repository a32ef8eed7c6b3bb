/* The folder of compiled kernels: what was put is got, and what was damaged is not. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "backend/kernel_cache.h"

static const unsigned char kernel[] = "\177ELF\0 not really";

static char folder[64], entry[128];

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "test_kernel_cache.XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(folder + strlen(folder), sizeof folder - strlen(folder), "/a/b"); /* put makes these */
  snprintf(entry, sizeof entry, "%s/key.kernel", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(entry);
  for (char *end; *folder; *end = 0) {
    if (rmdir(folder)) return -1; /* something was left beside the entry */
    end = strrchr(folder, '/');
    if (!end) end = folder;
  }
  return 0;
}

static bool got(void) {
  unsigned char *binary;
  size_t size;
  if (!ofr_kernel_cache_get(folder, "key", &binary, &size)) return false;
  bool same = size == sizeof kernel && !memcmp(binary, kernel, size);
  free(binary);
  assert_true(same);
  return true;
}

static void what_was_put_is_got(void **state) {
  (void)state;
  assert_false(got());
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
  assert_true(got());
}

static void another_key_is_not_found(void **state) {
  (void)state;
  unsigned char *binary;
  size_t size;
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
  assert_false(ofr_kernel_cache_get(folder, "kez", &binary, &size));
}

static void putting_again_replaces(void **state) {
  (void)state;
  ofr_kernel_cache_put(folder, "key", kernel, 3);
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
  assert_true(got());
}

static void an_entry_cut_anywhere_is_not_found(void **state) {
  (void)state;
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
  FILE *file = fopen(entry, "rb");
  assert_non_null(file);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  fclose(file);
  while (size > 0) {
    assert_int_equal(truncate(entry, --size), 0);
    assert_false(got());
  }
}

static void an_entry_with_any_byte_changed_is_not_found(void **state) {
  (void)state;
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
  FILE *file = fopen(entry, "r+b");
  assert_non_null(file);
  setbuf(file, NULL);
  for (long at = 0, byte; fseek(file, at, SEEK_SET) == 0 && (byte = fgetc(file)) != EOF; at++) {
    fseek(file, at, SEEK_SET);
    fputc((int)byte ^ 1, file);
    assert_false(got());
    fseek(file, at, SEEK_SET);
    fputc((int)byte, file);
  }
  fclose(file);
  assert_true(got());
}

static void nothing_is_left_behind_where_an_entry_cannot_take_its_place(void **state) {
  (void)state;
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel); /* makes the folder */
  assert_int_equal(unlink(entry), 0);
  assert_int_equal(mkdir(entry, 0700), 0);
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
  assert_false(got());
  assert_int_equal(rmdir(entry), 0); /* and remove_folder finds nothing else */
}

static void a_folder_that_cannot_be_made_costs_nothing_but_the_cache(void **state) {
  (void)state;
  unsigned char *binary;
  size_t size;
  ofr_kernel_cache_put("/dev/null/cache", "key", kernel, sizeof kernel);
  assert_false(ofr_kernel_cache_get("/dev/null/cache", "key", &binary, &size));
  ofr_kernel_cache_put(folder, "key", kernel, 0); /* no binary, no entry */
  assert_false(got());
  ofr_kernel_cache_put(folder, "key", kernel, sizeof kernel);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_put_is_got),
      TEST(another_key_is_not_found),
      TEST(putting_again_replaces),
      TEST(an_entry_cut_anywhere_is_not_found),
      TEST(an_entry_with_any_byte_changed_is_not_found),
      TEST(nothing_is_left_behind_where_an_entry_cannot_take_its_place),
      TEST(a_folder_that_cannot_be_made_costs_nothing_but_the_cache),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
