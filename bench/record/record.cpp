// steady_record: the largest chains on one GPU. Generates a chain of a family there, solves it by whole sweeps, checks
// the solution against the rules, and says what it took.
//
// Exit codes: 0 solved, and the residual by the rules confirms it; 1 not; 2 bad usage; 3 no GPU, or one too small.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include <steady/error.hpp>
#include <steady/version.hpp>

#include "bench/record/generated.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/vectors/gpus.hpp"
#include "solver/methods/jacobi.hpp"
#include "solver/methods/power.hpp"
#include "solver/names.hpp"
#include "solver/preconditioners/none.hpp"

namespace steady::bench {

using namespace detail;
namespace {

namespace po = boost::program_options;

constexpr const char* usage = "usage: steady_record kanban T | polling N [options]; --help lists them";

struct Task {
  std::string family, method, json;
  int size = 0;
  Monitor::Budget budget;
};

po::options_description options(Task& task) {
  po::options_description all("options");
  auto add = all.add_options();
  add("help", "this page");
  add("method", po::value(&task.method)->default_value("jacobi"), "jacobi or power");
  add("tolerance", po::value(&task.budget.tolerance)->default_value(1e-10, "1e-10"), "||x Q||_1 / largest exit rate");
  add("max-iterations", po::value(&task.budget.max_iterations)->default_value(0), "0: no limit");
  add("time-limit", po::value(&task.budget.time_limit)->default_value(0), "seconds of solving; 0: none");
  add("json", po::value(&task.json), "where to write the result; default: standard output");
  return all;
}

// Throws Error, or boost's own, for what cannot be meant.
bool read(int count, char** arguments, Task& task) {
  const po::options_description named = options(task);
  po::options_description all;
  all.add(named);
  all.add_options()("family", po::value(&task.family))("size", po::value(&task.size));
  po::positional_options_description places;
  places.add("family", 1).add("size", 1);
  po::variables_map values;
  po::store(po::command_line_parser(count, arguments).options(all).positional(places).run(), values);
  if (values.count("help") > 0) {
    std::cout << usage << '\n' << named;
    return false;
  }
  po::notify(values);
  if (values.count("size") == 0) throw Error(usage);
  if (task.family != "kanban" && task.family != "polling")
    throw Error(fmt::format("unknown family {}: kanban or polling", task.family));
  if (task.method != "jacobi" && task.method != "power")
    throw Error(fmt::format("unknown method {}: jacobi or power", task.method));
  return true;
}

Observer progress() {
  Observer observer;
  observer.on_iteration = [last = -10.0](const IterationInfo& now) mutable {
    if (now.seconds < last + 5) return;
    last = now.seconds;
    fmt::print(stderr, "{:8.1f} s  iteration {}  residual {:.3g}\n", now.seconds, now.iterations, now.residual);
  };
  return observer;
}

int run(const Task& task) {
  const Gpus gpus = find_gpus();
  if (!gpus.reason.empty()) throw Error(gpus.reason, Error::Cause::machine);
  std::ofstream file(task.json);  // now, not after all the work
  if (!task.json.empty() && !file) throw Error(fmt::format("cannot write {}", task.json));
  const Stopwatch generating;
  const auto chain = task.family == "kanban" ? generate_kanban(task.size) : generate_polling(task.size);
  const double generate_seconds = generating.seconds();
  fmt::print(stderr, "{} {}: {} states, {} transitions, {} bytes, {:.2f} s\n", task.family, task.size, chain->size(),
             chain->transitions(), chain->bytes(), generate_seconds);

  const Csr rows;
  const std::vector<double> rates;
  const IrreducibleChain nothing{rows, rates};  // of which these methods need none
  const NoPreconditioner<CudaVector> none(*chain);
  const Problem<CudaVector> problem{nothing, *chain, none, {}, {}};
  CudaVector x(chain->size());
  fill(1, x);
  const Stopwatch solving;
  Monitor monitor(task.budget, chain->max_exit_rate(), progress());
  monitor.begin(MethodConfig{named<Method>(task.method)}, {});
  const Outcome outcome = task.method == "jacobi" ? jacobi(problem, x, monitor) : power(problem, x, monitor);
  const double solve_seconds = solving.seconds();

  normalise(x);
  constexpr double rounding = 1e-14;  // between two ways of adding up the same rows
  const double by_rules = chain->residual_by_rules(x) / chain->max_exit_rate();
  const bool solved = outcome.stop == Stop::converged && by_rules <= task.budget.tolerance + rounding;
  const auto states = static_cast<double>(chain->size()), passes = static_cast<double>(outcome.passes);
  const double pass_bytes = static_cast<double>(chain->bytes()) + 2 * sizeof(double) * states;  // x read, y written
  const nlohmann::ordered_json result{
      {"steady", build.commit},
      {"gpu", gpus.list.front().name},
      {"family", task.family},
      {"size", task.size},
      {"states", chain->size()},
      {"transitions", chain->transitions()},
      {"storage", chain->storage()},
      {"entries", chain->entries()},
      {"bytes", chain->bytes()},
      {"method", task.method},
      {"tolerance", task.budget.tolerance},
      {"stop", describe(outcome.stop)},
      {"iterations", outcome.iterations},
      {"residual", outcome.residual},
      {"residual_by_rules", by_rules},
      {"solved", solved},
      {"seconds", {{"generate", generate_seconds}, {"solve", solve_seconds}}},
      {"transitions_per_second", passes * static_cast<double>(chain->transitions()) / solve_seconds},
      {"bytes_per_second", passes * pass_bytes / solve_seconds}};
  std::ostream& out = task.json.empty() ? std::cout : file;
  if (!(out << result.dump(2) << '\n' << std::flush)) throw Error("cannot write the result");
  return solved ? 0 : 1;
}

}  // namespace
}  // namespace steady::bench

int main(int count, char** arguments) {
  try {
    steady::bench::Task task;
    return steady::bench::read(count, arguments, task) ? steady::bench::run(task) : 0;
  } catch (const steady::Error& error) {
    fmt::print(stderr, "steady_record: {}\n", error.what());
    return error.cause == steady::Error::Cause::machine ? 3 : 2;
  } catch (const boost::program_options::error& error) {
    fmt::print(stderr, "steady_record: {}\n", error.what());
    return 2;
  }
}
