/** @file
 * The library for C: a model from a file or from arrays, its long-run distribution, what is proven of it.
 *
 * A function that can fail returns one of the program's exit codes, steady_code, and steady_message() then says why, with
 * file and line or with the row. What it makes it gives out by its last argument, NULL where there is nothing. Handles
 * are freed by their own function, which takes NULL, too. Different threads may use different handles at once, and the
 * same model.
 */
#ifndef STEADY_STEADY_H
#define STEADY_STEADY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a function returns. */
typedef enum steady_code {
  STEADY_OK = 0,          /**< done; of steady_solve(): solved, and proven where that was asked */
  STEADY_NOT_REACHED = 1, /**< of steady_solve(): not converged or not proven as asked; there is an answer all the same */
  STEADY_INPUT = 2,       /**< what was given cannot be used */
  STEADY_MACHINE = 3      /**< memory, disk, threads or device do not suffice */
} steady_code;

/** What is chosen, by the names of the command line's options without their dashes. */
typedef struct steady_options steady_options;
/** A Markov chain, with what its states and its labels mean. */
typedef struct steady_model steady_model;
/** A long-run distribution, the measures that were asked for, and what is proven of them. */
typedef struct steady_answer steady_answer;

/** Called whenever a residual was measured, on the thread of steady_solve(). `seconds`: since the solve began. Another
 * number than 0 stops the solve with what there is. */
typedef int (*steady_watch)(void *data, size_t iterations, double residual, double seconds);

/** "0.1.0" */
const char *steady_version(void);

/** What went wrong in this thread's last call that failed: one line, valid until the next that fails. */
const char *steady_message(void);

/** The defaults; NULL where memory is missing. */
steady_options *steady_options_new(void);
/** Frees it. */
void steady_options_free(steady_options *options);
/** Gives an option its value, such as "tolerance" "1e-9", "const" "n=5,m=2", "kind" "ctmc", "error" "1e-12", "threads"
 * "2"; a switch takes "true" or "false". "prop", "sensitivity", "state-rewards" and "transition-rewards" may be repeated; only
 * the names in "sensitivity" are separated by commas, too: a property or a file's name may have one. Numbers have a
 * decimal point whatever the locale. */
steady_code steady_options_set(steady_options *options, const char *name, const char *value);
/** Who watches the solves with these options; NULL: nobody. `data` is handed to it. */
void steady_options_watch(steady_options *options, steady_watch watch, void *data);

/** A model file of any format that is read. `options` may be NULL. */
steady_code steady_model_read(const char *path, const steady_options *options, steady_model **model);
/** A matrix in compressed sparse rows, which is copied: row i, what leaves state i, has the entries row_start[i] to
 * row_start[i + 1] - 1 of `column`, from 0 on, and `value`. Generator, rates or probabilities, as a matrix file.
 * `states`: rows, and columns. `options` may be NULL. */
steady_code steady_model_from_csr(size_t states, const int64_t *row_start, const int64_t *column, const double *value,
                                  const steady_options *options, steady_model **model);
/** Frees it, after the answers of it. */
void steady_model_free(steady_model *model);
/** Number of states. */
size_t steady_model_states(const steady_model *model);
/** Number of transitions, self-loops included. */
size_t steady_model_transitions(const steady_model *model);
/** What a user should know of how it was read, line `k`; NULL behind the last. */
const char *steady_model_note(const steady_model *model, size_t k);
/** Writes it in the format of the path's extension, whole or not at all. */
steady_code steady_model_write(const steady_model *model, const char *path);

/** Solves the model, proves a bound, answers the properties that are asked, else every reward and label. The model must
 * outlive the answer. `options` may be NULL. */
steady_code steady_solve(const steady_model *model, const steady_options *options, steady_answer **answer);
/** Frees it. */
void steady_answer_free(steady_answer *answer);
/** One probability a state, valid as long as the answer. */
const double *steady_answer_distribution(const steady_answer *answer);
/** ||pi Q||_1 / max exit rate of a ctmc, ||pi P - pi||_1 of a dtmc. */
double steady_answer_residual(const steady_answer *answer);
/** Proven: no set of states has a probability further than this from the exact one; infinite where nothing is. */
double steady_answer_error(const steady_answer *answer);
/** "solved", "not converged", "not known" or "not proven". */
const char *steady_answer_status(const steady_answer *answer);
/** The whole report, as `steady solve` prints it. */
const char *steady_answer_text(const steady_answer *answer);
/** The whole result with every measure and its bounds, in JSON, as `steady solve --json` writes it. */
const char *steady_answer_json(const steady_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
