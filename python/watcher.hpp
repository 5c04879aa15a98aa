// Watches long work for Python: calls back with its progress, and stops it at Ctrl-C. Called without the GIL.
#pragma once

#include <nanobind/nanobind.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <steady/answer.hpp>

#include "formats/base/stopwatch.hpp"

namespace steady::python {

namespace nb = nanobind;

// A residual that was measured.
struct Sample {
  std::size_t iterations;
  double seconds;
  double residual;
  std::string_view method;
};

class Watcher {
 public:
  // `progress`: called with the work, the method, iterations, residual and seconds, at most ten times a second. None:
  // nobody is told.
  explicit Watcher(nb::object progress = nb::none());

  // Of a solve that Ctrl-C stops, with what there is. This must outlive it.
  AnswerObserver observer();

  // Of work that leaves nothing when it is stopped: throws what Python's handlers of signals raise.
  void look();

  // With the GIL: raises what a callback has raised, or with `all` the KeyboardInterrupt that stopped the work.
  void finish(bool all);

  const std::vector<Sample>& history() const { return history_; }
  // Whether a signal or a callback has stopped the work.
  bool stopped() const { return stopped_; }

 private:
  bool interrupted();
  void on_iteration(const IterationInfo& info);
  template <class Call>
  void call_back(Call call);

  nb::object progress_;
  std::string_view work_ = "";
  detail::Stopwatch watch_;
  double looked_ = 0, told_ = 0;  // seconds
  bool stopped_ = false;
  std::optional<nb::python_error> raised_;
  std::vector<Sample> history_;
};

}  // namespace steady::python
