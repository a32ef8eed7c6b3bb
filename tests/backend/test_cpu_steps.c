#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "backend/backend.h"
#include "backend/cpu_steps.h"
#include "backend/staged_plan.h"

static void nothing(void *context) { (void)context; }

static void needs_stepping(void) {
  ofr_steps steps;
#if defined(__SANITIZE_ADDRESS__)
  print_message("skipped: sanitizers add steps of their own\n");
  skip();
#endif
  if (ofr_cpu_steps(nothing, NULL, &steps)) return;
  print_message("skipped: processes cannot be stepped here\n");
  skip();
}

#if defined(__x86_64__)
static void a_hundred_adds(void *context) {
  (void)context;
  __asm__ volatile(".rept 100\n\taddl $1, %%eax\n\t.endr" ::: "eax", "cc");
}

static void a_hundred_vector_adds(void *context) {
  (void)context;
  __asm__ volatile(".rept 100\n\taddps %%xmm1, %%xmm0\n\t.endr\n\t.rept 30\n\tmovaps %%xmm1, %%xmm2\n\t.endr" ::: "xmm0", "xmm1", "xmm2");
}

static void every_instruction_is_a_step(void **state) {
  (void)state;
  ofr_steps none, adds, vectors;
  needs_stepping();
  assert_true(ofr_cpu_steps(nothing, NULL, &none));
  assert_true(ofr_cpu_steps(a_hundred_adds, NULL, &adds));
  assert_true(ofr_cpu_steps(a_hundred_vector_adds, NULL, &vectors));
  assert_in_range((int)(adds.instructions - none.instructions), 100, 110);
  assert_int_equal(adds.vectors, none.vectors);
  assert_in_range((int)(vectors.instructions - none.instructions), 130, 140);
  assert_int_equal(vectors.vectors - none.vectors, 100);
}
#endif

static void crash(void *context) { *(volatile int *)context = 0; }

static void a_task_that_dies_gives_no_count(void **state) {
  (void)state;
  ofr_steps steps;
  needs_stepping();
  assert_false(ofr_cpu_steps(crash, NULL, &steps));
}

/* The wider the vectors, the fewer instructions a path takes; and a ceiling is nothing but vectors and a loop. */
static void a_path_month_takes_fewer_instructions_on_wider_vectors(void **state) {
  (void)state;
  staged_plan plan;
  ofr_steps before = {0}, steps, ceiling;
  needs_stepping();
  assert_true(staged_plan_read(OFFRAMP_SOURCE_DIR "/examples/reference-size.json", &plan));
  for (const ofr_path_version *const *v = ofr_cpu_versions(); *v && (*v)->lanes > 1; v++) {
    assert_true(ofr_cpu_path_steps(*v, plan.staged.image, plan.staged.columns, &steps));
    assert_true(ofr_cpu_ceiling_steps(*v, PROBE_MULTIPLY_ADDS, &ceiling));
    print_message("%s: %.1f instructions a path-month, %.1f on vectors; %.2f of %.2f of a round of multiply-adds\n", (*v)->name,
                  steps.instructions, steps.vectors, ceiling.vectors, ceiling.instructions);
    assert_true(steps.instructions > before.instructions);
    assert_true(steps.vectors > 0 && steps.vectors < steps.instructions);
    assert_true(ceiling.vectors >= 8 && ceiling.vectors < 12);
    before = steps;
  }
  staged_plan_free(&plan);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#if defined(__x86_64__)
      cmocka_unit_test(every_instruction_is_a_step),
#endif
      cmocka_unit_test(a_task_that_dies_gives_no_count),
      cmocka_unit_test(a_path_month_takes_fewer_instructions_on_wider_vectors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
