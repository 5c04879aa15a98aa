// The library for C. No exception leaves a function.
#include <algorithm>
#include <exception>
#include <new>
#include <string>

#include <steady/answer.hpp>
#include <steady/error.hpp>
#include <steady/steady.h>
#include <steady/version.hpp>

#include "formats/model/matrix_arrays.hpp"
#include "solver/answer/request.hpp"

struct steady_options {
  steady::detail::Request request;
  steady_watch watch = nullptr;
  void* data = nullptr;
};

struct steady_model {
  steady::detail::RequestedModel requested;
};

struct steady_answer {
  steady::Answer answer;
  std::string status, text, json;
};

namespace steady::detail {

namespace {

thread_local std::string message_of_failure;  // of the last call that failed

steady_code fail(steady_code code, const char* what) noexcept {
  try {
    message_of_failure = what;
  } catch (const std::bad_alloc&) {
    message_of_failure.clear();
  }
  return code;
}

// What f() returns; where it throws, the code for that.
template <class Function>
steady_code guarded(Function f) noexcept {
  try {
    return f();
  } catch (const Error& error) {
    return fail(error.cause == Error::Cause::input ? STEADY_INPUT : STEADY_MACHINE, error.what());
  } catch (const std::bad_alloc&) {
    return fail(STEADY_MACHINE, "out of memory");
  } catch (const std::exception& error) {
    return fail(STEADY_MACHINE, error.what());
  } catch (...) {
    return fail(STEADY_MACHINE, "an exception that is none of the library's");
  }
}

const Request& request_of(const steady_options* options) {
  static const Request usual;
  return options != nullptr ? options->request : usual;
}

// A text or an array of the caller's. Throws Error where it is NULL.
template <class Value>
const Value* required(const Value* given, const char* what) {
  if (given == nullptr) throw Error(std::string(what) + " is NULL");
  return given;
}

// Makes a model by make(read options).
template <class Make>
steady_code make_handle(const char* name, const steady_options* options, steady_model** model, Make make) noexcept {
  *model = nullptr;
  return guarded([&] {
    *model = new steady_model{load(request_of(options), required(name, "the path"), make)};
    return STEADY_OK;
  });
}

AnswerObserver observer_of(const steady_options* options, bool& stopped) {
  AnswerObserver observer;
  if (options == nullptr || options->watch == nullptr) return observer;
  observer.solver.on_iteration = [options, &stopped](const IterationInfo& info) {
    stopped = stopped || options->watch(options->data, info.iterations, info.residual, info.seconds) != 0;
  };
  observer.solver.interrupted = [&stopped] { return stopped; };
  return observer;
}

}  // namespace

}  // namespace steady::detail

using namespace steady::detail;

const char* steady_version(void) { return steady::build.version; }
const char* steady_message(void) { return message_of_failure.c_str(); }

steady_options* steady_options_new(void) { return new (std::nothrow) steady_options; }
void steady_options_free(steady_options* options) { delete options; }
steady_code steady_options_set(steady_options* options, const char* name, const char* value) {
  return guarded([&] {
    options->request.set(required(name, "the option"), required(value, "the value"));
    return STEADY_OK;
  });
}
void steady_options_watch(steady_options* options, steady_watch watch, void* data) {
  options->watch = watch;
  options->data = data;
}

steady_code steady_model_read(const char* path, const steady_options* options, steady_model** model) {
  return make_handle(path, options, model,
                     [&](const steady::ReadOptions& read) { return steady::read_model(path, read); });
}
steady_code steady_model_from_csr(size_t states, const int64_t* row_start, const int64_t* column, const double* value,
                                  const steady_options* options, steady_model** model) {
  return make_handle("matrix", options, model, [&](const steady::ReadOptions& read) {
    const std::int64_t end = required(row_start, "row_start")[states];
    const auto entries = static_cast<std::size_t>(std::max<std::int64_t>(end, 0));
    if (entries > 0) {
      required(column, "column");
      required(value, "value");
    }
    const MatrixArrays<std::int64_t, std::int64_t> arrays{{row_start, states + 1}, {column, entries}, {value, entries}};
    return model_of(arrays, "matrix", read);
  });
}
void steady_model_free(steady_model* model) { delete model; }
size_t steady_model_states(const steady_model* model) { return model->requested.model.chain.size(); }
size_t steady_model_transitions(const steady_model* model) { return model->requested.model.chain.transitions(); }
const char* steady_model_note(const steady_model* model, size_t k) {
  return k < model->requested.model.notes.size() ? model->requested.model.notes[k].c_str() : nullptr;
}
steady_code steady_model_write(const steady_model* model, const char* path) {
  return guarded([&] {
    steady::write_model(required(path, "the path"), model->requested.model, {}, steady::Checked::yes);
    return STEADY_OK;
  });
}

steady_code steady_solve(const steady_model* model, const steady_options* options, steady_answer** answer) {
  *answer = nullptr;
  return guarded([&] {
    bool stopped = false;
    const steady::Answer found =
        answer_request(model->requested, request_of(options), observer_of(options, stopped), "");
    *answer = new steady_answer{found, std::string(found.status()), found.text(), found.json()};
    return found.reliable() ? STEADY_OK : fail(STEADY_NOT_REACHED, (*answer)->status.c_str());
  });
}
void steady_answer_free(steady_answer* answer) { delete answer; }
const double* steady_answer_distribution(const steady_answer* answer) {
  return answer->answer.solution().distribution.data();
}
double steady_answer_residual(const steady_answer* answer) { return answer->answer.solution().residual; }
double steady_answer_error(const steady_answer* answer) { return answer->answer.total_variation(); }
const char* steady_answer_status(const steady_answer* answer) { return answer->status.c_str(); }
const char* steady_answer_text(const steady_answer* answer) { return answer->text.c_str(); }
const char* steady_answer_json(const steady_answer* answer) { return answer->json.c_str(); }
