// The extension module steady._core, which the package in python/steady wraps. The GIL is held for conversions and
// callbacks alone.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <steady/error.hpp>
#include <steady/version.hpp>

#include "formats/io/scanner.hpp"
#include "formats/model/matrix_arrays.hpp"
#include "python/arrays.hpp"
#include "python/watcher.hpp"
#include "solver/answer/figure.hpp"
#include "solver/answer/info.hpp"
#include "solver/answer/request.hpp"
#include "solver/answer/verdict.hpp"
#include "solver/certify/nearby_answers.hpp"

namespace steady::python {

using namespace detail;
namespace {

using Choices = std::vector<std::pair<std::string, std::string>>;  // names and values as on the command line

// A model as Python holds it; answers hold it, too.
struct ModelHandle {
  std::shared_ptr<const RequestedModel> held;

  const Model& model() const { return held->model; }
  const Chain& chain() const { return held->model.chain; }
};

struct AnswerHandle {
  ModelHandle model;  // which the answer refers to
  Answer answer;
  std::vector<Sample> history;
  bool interrupted;  // by Ctrl-C
};

Request request_of(const Choices& choices) {
  Request request;
  for (const auto& [name, value] : choices) request.set(name, value);
  return request;
}

template <class Make>
ModelHandle load_without_gil(const std::string& name, const Choices& choices, Make make) {
  const Request request = request_of(choices);
  Watcher watcher;
  const nb::gil_scoped_release unlocked;
  return {std::make_shared<RequestedModel>(load(request, name, [&](ReadOptions options) {
    options.progress = [&, in_time = options.progress](std::string_view work) {
      in_time(work);
      watcher.look();
    };
    return make(options);
  }))};
}

ModelHandle read(const std::string& path, const std::string& name, const Choices& choices) {
  return load_without_gil(name, choices, [&](const ReadOptions& options) { return read_model(path, options); });
}

template <class Index>
ModelHandle from_arrays(const Input<Index>& start, const Input<Index>& index, const Input<double>& value, bool columns,
                        const std::string& name, const Choices& choices) {
  const MatrixArrays<Index, Index> arrays{span_of(start), span_of(index), span_of(value), columns};
  return load_without_gil(name, choices, [&](const ReadOptions& options) { return model_of(arrays, name, options); });
}

// `spent`: seconds of the time limit that are gone; `neighbours`: of the grid that the model is at `place` of; null: it
// is in none.
AnswerHandle solve(const ModelHandle& model, const Choices& choices, const std::string& command, double spent,
                   nb::object progress, NearbyAnswers* neighbours, const NearbyAnswers::Place& place) {
  const Request request = request_of(choices);
  std::optional<GridPlace> grid;
  if (neighbours != nullptr) grid.emplace(GridPlace{place, *neighbours});
  Watcher watcher(std::move(progress));
  Answer answer = [&] {
    const nb::gil_scoped_release unlocked;
    return answer_request(*model.held, request, watcher.observer(), command, spent, grid ? &*grid : nullptr);
  }();
  watcher.finish(false);
  return {model, std::move(answer), watcher.history(), watcher.stopped()};
}

// The bottom components, each state's probability within its own, whether that has converged, and the residual.
nb::tuple components(const ModelHandle& model, const Choices& choices) {
  const Request request = request_of(choices);
  Options options = request.answer.solver;
  options.memory_limit = request.memory_limit;
  Watcher watcher;
  Solution solution = [&] {
    const nb::gil_scoped_release unlocked;
    return steady::solve(model.chain(), options, watcher.observer().solver, Starts::every, {}, Checked::yes);
  }();
  watcher.finish(true);
  nb::list states;
  for (BottomComponent& part : solution.components) states.append(output(std::move(part.states)));
  return nb::make_tuple(states, output(std::move(solution.conditional)), solution.converged, solution.residual);
}

std::string verify(const ModelHandle& model, const Input<double>& distribution, std::optional<double> error,
                   std::optional<double> relative) {
  const std::vector<double> p(distribution.data(), distribution.data() + distribution.size());
  require_one_entry_a_state(p, model.chain(), "distribution");
  Watcher watcher;
  std::string json = [&] {
    const nb::gil_scoped_release unlocked;
    const VerdictOptions options{error, relative, watcher.observer().solver.interrupted};
    return json_verdict(find_verdict(model.chain(), p, options), model.held->rates);
  }();
  watcher.finish(true);
  return json;
}

// For a person, and in JSON.
std::pair<std::string, std::string> info(const ModelHandle& model) {
  const nb::gil_scoped_release unlocked;
  const ModelInfo found = find_info(model.chain());
  return {text_info(model.held->name, model.model(), found), json_info(model.held->name, model.model(), found)};
}

// Returns notes.
std::vector<std::string> write(const ModelHandle& model, const std::string& path, const std::string& to) {
  const nb::gil_scoped_release unlocked;
  return write_model(path, model.model(), {to, MatrixContent::automatic}, Checked::yes);
}

nb::dict constants(const ModelHandle& model) {
  nb::dict values;
  for (const Constant& constant : model.model().constants)
    std::visit([&](auto value) { values[constant.name.c_str()] = value; }, constant.value);
  return values;
}

// Name and whether it is a truth value, of each.
nb::list variables(const ModelHandle& model) {
  nb::list list;
  for (const Variable& v : model.chain().states.packing.variables()) list.append(nb::make_tuple(v.name, v.boolean));
  return list;
}

// Of the states; empty where they have none.
nb::list state_names(const ModelHandle& model) {
  nb::list list;
  for (const std::string& name : model.chain().states.names) list.append(nb::str(name.data(), name.size()));
  return list;
}

// A variable's value in every state.
nb::object values(const ModelHandle& model, std::size_t variable) {
  const States& states = model.chain().states;
  std::vector<std::int64_t> all(model.chain().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = states.value(i, variable);
  return output(std::move(all));
}

// Of each label, 1 where it holds.
nb::dict labels(const ModelHandle& model) {
  nb::dict sets;
  for (const Label& label : model.chain().labels)
    sets[label.name.c_str()] = output(std::vector<std::uint8_t>(label.holds.begin(), label.holds.end()));
  return sets;
}

nb::dict rewards(const ModelHandle& model) {
  nb::dict rates;
  for (const Reward& reward : model.chain().rewards) rates[reward.name.c_str()] = output(std::vector(reward.rate));
  return rates;
}

// Row starts, columns and values of what flows into each state: views of the model's own arrays.
nb::tuple inflow(nb::handle self) {
  const Csr& matrix = nb::cast<const ModelHandle&>(self).chain().inflow;
  return nb::make_tuple(view(matrix.row_start, self), view(matrix.column, self), view(matrix.value, self));
}

// ... of what leaves each state, self-loops on the diagonal.
nb::tuple outgoing(const ModelHandle& model) {
  Csr matrix = [&] {
    const nb::gil_scoped_release unlocked;
    return outgoing_rates(model.chain(), Checked::yes);
  }();
  return nb::make_tuple(output(std::move(matrix.row_start)), output(std::move(matrix.column)),
                        output(std::move(matrix.value)));
}

// Iterations, seconds, residual and method, of each residual that was measured.
nb::list history(const AnswerHandle& answer) {
  nb::list list;
  for (const Sample& s : answer.history) list.append(nb::make_tuple(s.iterations, s.seconds, s.residual, s.method));
  return list;
}

// Of a value that is proven within the bound, as the command prints it; `relative`: by a relative proof.
Figure figure(double value, double bound, bool relative) {
  return {value, Interval(add_down(value, -bound), add_up(value, bound)), relative};
}

// The library's messages name options as the command line does: "--no-certify" is "no_certify" here.
std::string in_python(std::string message) {
  for (std::size_t at = message.find("--"); at != std::string::npos; at = message.find("--", at)) {
    message.erase(at, 2);
    for (; at < message.size() && (is_letter(message[at]) || message[at] == '-'); ++at)
      if (message[at] == '-') message[at] = '_';
  }
  return message;
}

void add_errors(nb::module_& m) {
  static PyObject* const input = PyErr_NewExceptionWithDoc(
      "steady.Error", "Bad input: one line with the file and the place, or the row.", PyExc_ValueError, nullptr);
  static PyObject* const machine = PyErr_NewExceptionWithDoc(
      "steady.MachineError", "Memory, disk, threads or a device do not suffice.", PyExc_RuntimeError, nullptr);
  m.attr("Error") = nb::handle(input);
  m.attr("MachineError") = nb::handle(machine);
  nb::register_exception_translator(
      [](const std::exception_ptr& thrown, void*) {
        try {
          std::rethrow_exception(thrown);
        } catch (const Error& error) {
          PyErr_SetString(error.cause == Error::Cause::input ? input : machine, in_python(error.what()).c_str());
        }
      },
      nullptr);
}

void add_model(nb::module_& m) {
  nb::class_<ModelHandle>(m, "Model")
      .def_prop_ro("name", [](const ModelHandle& h) { return h.held->name; })
      .def_prop_ro("kind", [](const ModelHandle& h) { return std::string(name(h.chain().kind)); })
      .def_prop_ro("size", [](const ModelHandle& h) { return h.chain().size(); })
      .def_prop_ro("transitions", [](const ModelHandle& h) { return h.chain().transitions(); })
      .def_prop_ro("notes", [](const ModelHandle& h) { return h.model().notes; })
      .def_prop_ro("constants", &constants)
      .def_prop_ro("variables", &variables)
      .def_prop_ro("state_names", &state_names)
      .def("values", &values)
      .def_prop_ro("labels", &labels)
      .def_prop_ro("rewards", &rewards)
      .def("inflow", &inflow)
      .def("outgoing", &outgoing)
      .def_prop_ro("exit_rate",
                   [](nb::handle self) { return view(nb::cast<const ModelHandle&>(self).chain().exit_rate, self); });
  m.def("read", &read);
  m.def("from_arrays", &from_arrays<std::int32_t>);
  m.def("from_arrays", &from_arrays<std::int64_t>);
  m.def("write", &write);
  m.def("info", &info);
}

void add_answer(nb::module_& m) {
  nb::class_<AnswerHandle>(m, "Answer")
      .def_prop_ro("distribution",
                   [](nb::handle self) {
                     return view(nb::cast<const AnswerHandle&>(self).answer.solution().distribution, self);
                   })
      .def_prop_ro("converged", [](const AnswerHandle& h) { return h.answer.solution().converged; })
      .def_prop_ro("residual", [](const AnswerHandle& h) { return h.answer.solution().residual; })
      .def_prop_ro("error", [](const AnswerHandle& h) { return h.answer.total_variation(); })
      .def_prop_ro("reason", [](const AnswerHandle& h) { return in_python(h.answer.reason()); })
      .def_prop_ro("reliable", [](const AnswerHandle& h) { return h.answer.reliable(); })
      .def_prop_ro("history", &history)
      .def_prop_ro("interrupted", [](const AnswerHandle& h) { return h.interrupted; })
      .def("text", [](const AnswerHandle& h) { return h.answer.text(); })
      .def("json", [](const AnswerHandle& h) { return h.answer.json(); });
  nb::class_<NearbyAnswers>(m, "Neighbours").def(nb::init<>());
  m.def("solve", &solve, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg());
  m.def("figure_text", [](double value, double bound, bool relative) { return figure(value, bound, relative).text(); });
  m.def("figure_digits",
        [](double value, double bound, bool relative) { return figure(value, bound, relative).digits(); });
  m.def("between", [](double lower, double upper) { return between({lower, upper}); });
  m.def("upward", &upward);
  m.def("components", &components);
  m.def("verify", &verify, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
}

}  // namespace

}  // namespace steady::python

NB_MODULE(_core, m) {
  using namespace steady::python;
  add_errors(m);
  add_model(m);
  add_answer(m);
  const auto [of_models, of_solves, of_answers] = steady::detail::request_names();
  m.attr("model_options") = nb::cast(of_models);
  m.attr("solve_options") = nb::cast(of_solves);
  m.attr("answer_options") = nb::cast(of_answers);
  m.attr("__version__") = steady::build.version;
}
