/* The library for C: answers, options, watching, and that every mistake is a code with a message. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <steady/steady.h>

static int failures = 0;

static void check(int holds, const char *what, int line) {
  if (holds) return;
  printf("c_interface_test.c:%d: %s: %s\n", line, what, steady_message());
  ++failures;
}
#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

/* M/M/1/3 with arrival rate 1 and service rate 2: 8, 4, 2, 1 fifteenths. */
static const int64_t row_start[] = {0, 2, 5, 8, 10};
static const int64_t column[] = {0, 1, 0, 1, 2, 1, 2, 3, 2, 3};
static const double value[] = {-1, 1, 2, -3, 1, 2, -3, 1, 2, -2};

static void answers(void) {
  steady_model *model;
  steady_answer *answer;
  int i;
  CHECK(steady_model_from_csr(4, row_start, column, value, NULL, &model) == STEADY_OK);
  CHECK(steady_model_states(model) == 4 && steady_model_transitions(model) == 6);
  CHECK(strstr(steady_model_note(model, 0), "generator") != NULL && steady_model_note(model, 1) == NULL);
  CHECK(steady_solve(model, NULL, &answer) == STEADY_OK);
  for (i = 0; i < 4; ++i) CHECK(fabs(steady_answer_distribution(answer)[i] - (8 >> i) / 15.0) < 1e-15);
  CHECK(steady_answer_residual(answer) < 1e-15 && steady_answer_error(answer) < 1e-14);
  CHECK(strcmp(steady_answer_status(answer), "solved") == 0);
  CHECK(strstr(steady_answer_text(answer), "4 states") != NULL);
  CHECK(strstr(steady_answer_json(answer), "\"total_variation\"") != NULL);
  steady_answer_free(answer);
  steady_model_free(model);
}

static int stop_at_once(void *data, size_t iterations, double residual, double seconds) {
  *(size_t *)data += 1;
  return iterations == (size_t)-1 || residual < 0 || seconds >= 0;
}

static void options_and_files(const char *model_file) {
  steady_options *options = steady_options_new();
  steady_model *model;
  steady_answer *answer;
  size_t seen = 0;
  CHECK(steady_options_set(options, "const", "n=2") == STEADY_OK);
  CHECK(steady_options_set(options, "prop", "S=? [ \"init\" ]") == STEADY_OK);
  CHECK(steady_options_set(options, "method", "power") == STEADY_OK);
  CHECK(steady_model_read(model_file, options, &model) == STEADY_OK);
  CHECK(steady_model_states(model) == 810);
  steady_options_watch(options, stop_at_once, &seen);
  CHECK(steady_solve(model, options, &answer) == STEADY_NOT_REACHED);
  CHECK(seen > 0 && strcmp(steady_answer_status(answer), "not converged") == 0);
  steady_answer_free(answer);
  steady_options_watch(options, NULL, NULL);
  CHECK(steady_solve(model, options, &answer) == STEADY_OK);
  CHECK(strstr(steady_answer_json(answer), "\"property\": \"S=? [ \\\"init\\\" ]\"") != NULL);
  steady_answer_free(answer);
  steady_model_free(model);
  steady_options_free(options);
}

static void mistakes(void) {
  steady_options *options = steady_options_new();
  steady_model *model = (steady_model *)1;
  const int64_t outside[] = {0, 1, 0, 1, 9, 1, 2, 3, 2, 3};
  CHECK(steady_model_from_csr(4, row_start, outside, value, NULL, &model) == STEADY_INPUT && model == NULL);
  CHECK(strcmp(steady_message(), "matrix: row 1, column 9: a matrix of 4 states ends at 3") == 0);
  CHECK(steady_model_read("no/such.prism", NULL, &model) == STEADY_INPUT && model == NULL);
  CHECK(strstr(steady_message(), "no/such.prism") != NULL);
  CHECK(steady_options_set(options, "tolerance", "5") == STEADY_INPUT);
  CHECK(strcmp(steady_message(), "tolerance must be above 0 and below 1, got 5") == 0);
  CHECK(steady_options_set(options, "colour", "red") == STEADY_INPUT);
  CHECK(steady_options_set(options, "top", "1e30") == STEADY_INPUT);
  CHECK(steady_options_set(options, NULL, "1") == STEADY_INPUT && steady_options_set(options, "top", NULL) == STEADY_INPUT);
  CHECK(steady_model_read(NULL, NULL, &model) == STEADY_INPUT && strcmp(steady_message(), "the path is NULL") == 0);
  CHECK(steady_model_from_csr(4, row_start, NULL, value, NULL, &model) == STEADY_INPUT && model == NULL);
  CHECK(steady_options_set(options, "device", "abacus") == STEADY_INPUT);
  steady_options_free(options);
  steady_options_free(NULL);
  steady_model_free(NULL);
  steady_answer_free(NULL);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  answers();
  options_and_files(arguments[1]);
  mistakes();
  if (failures == 0) printf("steady %s\n", steady_version());
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
