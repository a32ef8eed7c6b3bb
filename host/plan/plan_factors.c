/* Random factors, their correlations, and the square root of the correlation matrix that draws are mixed with. */
#include "plan_reader.h"
#include "../base/fixed_math.h"
#include <string.h>

/* A pivot below this is 0: so far may rounding take a matrix whose factors depend on each other. */
static const double smallest_pivot = 1e-12;
static const double smallest_column = 1e-6; /* its square root */

static void read_factor(ofr_reader *r, const ofr_json *item, ofr_factor *out) {
  const ofr_range volatility = {0, 100, false}, reversion = {0, 1e4, false};
  if (!ofr_is_object(r, item, OFR_OBJECT_FACTOR)) return;
  out->volatility = ofr_number_at(r, item, "volatility", volatility, 0);
  out->reversion = ofr_number_at(r, item, "reversion", reversion, 0);
}

/* `matrix` is count x count; the factors that `part` leaves out are skipped. False when a pivot is negative. */
static bool take_root(const double *matrix, int count, const bool *part, double *root) {
  memset(root, 0, (size_t)count * (size_t)count * sizeof *root);
  for (int j = 0; j < count; j++) {
    if (!part[j]) continue;
    for (int i = j; i < count; i++) {
      if (!part[i]) continue;
      double rest = matrix[i * count + j];
      for (int k = 0; k < j; k++) rest -= root[i * count + k] * root[j * count + k];
      const double pivot = root[j * count + j];
      if (i > j && pivot > 0) root[i * count + j] = rest / pivot;
      else if (i > j && (rest > smallest_column || rest < -smallest_column)) return false;
      else if (i == j && rest < -smallest_pivot) return false;
      else if (i == j && rest > smallest_pivot) root[i * count + i] = ofr_pow(rest, 0.5);
    }
  }
  return true;
}

/* Leaves in `part` a smallest set of factors that cannot have the correlations they are given. */
static void find_culprits(const double *matrix, int count, bool *part, double *scratch) {
  for (int i = 0; i < count; i++) {
    part[i] = false;
    if (take_root(matrix, count, part, scratch)) part[i] = true;
  }
}

static void refuse_matrix(ofr_reader *r, const ofr_json *list, const double *matrix, bool *part, double *scratch) {
  const int count = r->plan->factor_count;
  find_culprits(matrix, count, part, scratch);
  const char *pairs = "";
  for (int i = 0; i < count; i++)
    for (int j = i + 1; j < count; j++)
      if (part[i] && part[j])
        pairs = ofr_phrase(r, "%s%s%s and %s %.6g", pairs, *pairs ? ", " : "", r->plan->factors[i].name,
                           r->plan->factors[j].name, matrix[i * count + j]);
  ofr_wrong(r, list, "bring one of them nearer to 0",
            "these correlations cannot hold together: %s (the matrix is not positive semidefinite)", pairs);
}

static void read_correlation(ofr_reader *r, const ofr_json *item, double *matrix, bool *given) {
  const ofr_range range = {-1, 1, false};
  const int count = r->plan->factor_count;
  if (item->type != OFR_JSON_ARRAY || item->count != 3) {
    ofr_wrong(r, item, "write [\"ai-demand\", \"gpu-price\", 0.4]", "a correlation is a list of two factors and a number");
    return;
  }
  const ofr_json *second = item->first->next;
  const int a = ofr_name_index(r, item->first, OFR_NAME_FACTOR), b = ofr_name_index(r, second, OFR_NAME_FACTOR);
  const double rho = ofr_number(r, second->next, range, 0);
  if (a < 0 || b < 0) return;
  if (a == b) {
    ofr_wrong(r, item, "name two different factors", "a factor is correlated with itself");
    return;
  }
  if (given[a * count + b])
    ofr_wrong(r, item, "give each pair once", "the correlation of %s and %s is given twice", item->first->text, second->text);
  given[a * count + b] = given[b * count + a] = true;
  matrix[a * count + b] = matrix[b * count + a] = rho;
}

static void read_correlations(ofr_reader *r) {
  const ofr_json *list = ofr_json_get(r->root, "correlations");
  const int count = r->plan->factor_count;
  double *matrix = ofr_take(r, count * count, sizeof *matrix), *root = ofr_take(r, count * count, sizeof *root);
  bool *given = ofr_take(r, count * count, sizeof *given), *part = ofr_take(r, count, sizeof *part);
  r->plan->correlation = matrix;
  r->plan->cholesky = root;
  for (int i = 0; i < count; i++) {
    matrix[i * count + i] = 1;
    part[i] = true;
  }
  if (ofr_has_type(r, list, OFR_JSON_ARRAY))
    for (const ofr_json *item = list->first; item; item = item->next) read_correlation(r, item, matrix, given);
  if (!take_root(matrix, count, part, root)) refuse_matrix(r, list, matrix, part, root);
}

void ofr_read_factors(ofr_reader *r) {
  const ofr_names *names = &r->names[OFR_NAME_FACTOR];
  r->plan->factor_count = names->count;
  r->plan->factors = ofr_take(r, names->count, sizeof *r->plan->factors);
  const ofr_json *item = names->count > 0 ? names->list->first : NULL;
  for (int i = 0; i < names->count; i++, item = item->next) {
    r->plan->factors[i].name = names->at[i];
    read_factor(r, item, &r->plan->factors[i]);
  }
  read_correlations(r);
}
