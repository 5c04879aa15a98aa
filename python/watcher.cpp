#include "python/watcher.hpp"

#include <nanobind/stl/string_view.h>

#include <utility>

namespace steady::python {

namespace {

constexpr double moment = 0.1;  // seconds

std::string_view method_of(const IterationInfo& info) {
  return info.config ? name(info.config->method) : "transient states";
}

}  // namespace

Watcher::Watcher(nb::object progress) : progress_(std::move(progress)) {}

// What it raises ends the work.
template <class Call>
void Watcher::call_back(Call call) {
  const nb::gil_scoped_acquire locked;
  try {
    call();
  } catch (nb::python_error& error) {
    stopped_ = true;
    if (!raised_) raised_.emplace(std::move(error));
  }
}

AnswerObserver Watcher::observer() {
  AnswerObserver observer;
  observer.solver.on_iteration = [this](const IterationInfo& info) { on_iteration(info); };
  observer.solver.interrupted = [this] { return interrupted(); };
  observer.begins = [this](std::string_view work) {
    work_ = work;
    if (!progress_.is_none()) call_back([&] { progress_(work_, nb::none(), 0, nb::none(), watch_.seconds()); });
  };
  return observer;
}

void Watcher::look() {
  if (watch_.seconds() - looked_ < moment) return;
  const nb::gil_scoped_acquire locked;
  looked_ = watch_.seconds();
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

void Watcher::finish(bool all) {
  if (raised_ && (all || !raised_->matches(PyExc_KeyboardInterrupt))) throw std::move(*raised_);
}

bool Watcher::interrupted() {
  if (!stopped_ && watch_.seconds() - looked_ >= moment) {
    looked_ = watch_.seconds();
    call_back([] {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
    });
  }
  return stopped_;
}

void Watcher::on_iteration(const IterationInfo& info) {
  history_.push_back({info.iterations, info.seconds, info.residual, method_of(info)});
  if (progress_.is_none() || watch_.seconds() - told_ < moment) return;
  told_ = watch_.seconds();
  call_back([&] { progress_(work_, method_of(info), info.iterations, info.residual, watch_.seconds()); });
}

}  // namespace steady::python
