#include "solver/cli/solve_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

#include "formats/base/split.hpp"
#include "formats/io/file.hpp"
#include "solver/answer/solver_options.hpp"
#include "solver/cli/named_option.hpp"
#include "solver/cli/picture_file.hpp"

namespace steady::cli {
namespace {

template <class Value>
po::option_description* described(const char* name, Value& field, const char* value_name, const std::string& help) {
  auto* semantic = po::value(&field)->default_value(field, fmt::format("{}", field))->value_name(value_name);
  return new po::option_description(name, semantic, help.c_str());
}

template <class Value>
po::option_description* described(const char* name, std::optional<Value>& field, const char* value_name,
                                  const std::string& help) {
  auto* semantic = po::value<Value>()->value_name(value_name)->notifier([&field](Value value) { field = value; });
  return new po::option_description(name, semantic, help.c_str());
}

template <class Value>
concept Enumeration = std::is_enum_v<Value>;

template <Enumeration Value>
po::option_description* described(const char* name, Value& field, const char* value_name, const std::string& help) {
  auto* semantic = po::value<std::string>()->default_value(std::string(name_of(field)))->value_name(value_name);
  semantic->notifier([&field](const std::string& text) { field = named_option<Value>(text); });
  return new po::option_description(name, semantic, help.c_str());
}

void require_own_engine(const SolveArguments& arguments) {
  if (arguments.engine == "petsc")
    throw Error(
        fmt::format("--engine petsc is a program of its own, for several processes: mpirun -n 2 steady_mpi solve {}",
                    arguments.model.path));
  if (arguments.engine != "own") throw Error(fmt::format("--engine {}: it is own or petsc", arguments.engine));
}

}  // namespace

po::options_description options_of(SolveArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));

  po::options_description questions("Questions", 110, 60);
  questions.add_options()("prop", po::value(&arguments.properties)->value_name("PROPERTY"),
                          "such as 'S=? [ x>0 ]'; may be repeated; "
                          "given any, only those are reported, else every reward and label")(
      "property", po::value(&arguments.property_names)->value_name("NAME"),
      "picks one of a PROPERTIES file, else of the model's own")(
      "sensitivity", po::value<std::string>()->value_name("mu,gamma")->notifier([&](const std::string& names) {
        for (const std::string_view name : split(names, ',')) arguments.model.derivatives.emplace_back(name);
      }),
      "derivative and elasticity of every measure by these constants of a model")(
      "throughputs", po::bool_switch(&arguments.model.throughputs), "how often each action of a model happens")(
      "from-steady", po::bool_switch(&arguments.from_steady),
      "times and rewards until a target is reached, T=? [ F e ], from the steady state, not the initial one")(
      "marginals", po::bool_switch(&arguments.marginals), "distribution and mean of every variable")(
      "top", po::value(&arguments.top)->value_name("N"), "the N most likely states");
  all.add(questions);

  po::options_description truncation("Models without a largest state", 110, 60);
  truncation.add_options()(
      "truncate", po::value<double>()->value_name("X")->notifier([&](double x) { arguments.truncate = x; }),
      "keeps the states where the probability is, until less than X leaves them and a further growth moves no measure "
      "by more; of PRISM, JANI and SBML models and Petri nets")(
      "drift", po::value(&arguments.drift)->value_name("EXPRESSION"),
      "a function of the variables, such as 'x*x + y', that falls on average in every state which is not kept: proves "
      "what the truncation neglects; by default one is looked for");
  all.add(truncation);

  po::options_description solver("Solver", 110, 60);
  for_each_option(arguments.options,
                  [&](const char* name, auto& field, const char* value_name, const std::string& help) {
                    solver.add(boost::shared_ptr<po::option_description>(described(name, field, value_name, help)));
                  });
  solver.add_options()("engine", po::value(&arguments.engine)->default_value(arguments.engine)->value_name("own|petsc"),
                       "whose methods; petsc, on several machines, is a program of its own: steady_mpi");
  all.add(solver);

  po::options_description start("Where it starts and stops", 110, 60);
  start.add_options()("guess", po::value(&arguments.guess)->value_name("FILE"),
                      "start from an earlier solution, in a format of --output")(
      "checkpoint", po::value(&arguments.checkpoint)->value_name("FILE"),
      "save the iterate every few seconds and at the end")("resume", po::value(&arguments.resume)->value_name("FILE"),
                                                           "go on from such a file, of the same chain");
  all.add(start);

  all.add(proof_options(arguments.proof, arguments.model.rates));

  po::options_description output("Output", 110, 60);
  output.add_options()("output", po::value(&arguments.output)->value_name("FILE"),
                       "the distribution: .txt, .csv, .npy, .json, .ss or .m; - is "
                       "standard output")("json", po::value(&arguments.json)->value_name("FILE"),
                                          "the whole result; - is standard output")(
      "history", po::value(&arguments.history)->value_name("FILE.csv"), "iteration, seconds, residual, method")(
      "plot", po::value(&arguments.plot)->value_name("FILE.svg|.png"),
      "a picture: measures against the constants that vary, with proven bounds; of one solve marginals and residuals")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes")(
      "verbose", po::bool_switch(&arguments.verbose), "every measured residual");
  all.add(output);
  return all;
}

namespace {

// A truncated model's states are found while it is solved: nothing can be said of them before.
void require_truncatable(const SolveArguments& arguments) {
  if (!arguments.truncate) {
    if (!arguments.drift.empty()) throw Error("--drift proves what --truncate X neglects, which is not given");
    return;
  }
  if (!(*arguments.truncate > 0 && *arguments.truncate < 1))
    throw Error(fmt::format("--truncate must be above 0 and below 1, got {}", *arguments.truncate));
  for (const auto& [option, given] : {std::pair("initial", !arguments.model.initial.empty()),
                                      {"guess", !arguments.guess.empty()},
                                      {"checkpoint", !arguments.checkpoint.empty()},
                                      {"resume", !arguments.resume.empty()}})
    if (given) throw Error(fmt::format("--{} is of states that are known before, and --truncate finds them", option));
  for (const auto& [option, given] :
       {std::pair("sensitivity", !arguments.model.derivatives.empty()), {"throughputs", arguments.model.throughputs}})
    if (given) throw Error(fmt::format("--{} is not computed of a model that --truncate cuts off", option));
  const ProvenRates rates = find_rates(arguments.model.rates);
  if (rates.interval || rates.uncertain())
    throw Error("--rates and --rates-within are of proofs for all states, and --truncate keeps some of them");
}

}  // namespace

SolveArguments parse_solve_arguments(const std::vector<std::string>& words) {
  SolveArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL", "PROPERTIES"});
  if (map.count("MODEL") == 0) throw Error("solve needs a model file: steady solve MODEL");
  arguments.model.path = map["MODEL"].as<std::string>();
  if (map.count("PROPERTIES") > 0) arguments.properties_file = map["PROPERTIES"].as<std::string>();
  if ((arguments.output == "-") + (arguments.json == "-") + (arguments.history == "-") + (arguments.plot == "-") > 1)
    throw Error("only one of --output, --json, --history and --plot can be standard output");
  check_options(arguments.options);
  require_own_engine(arguments);
  find_proof(arguments.proof, find_rates(arguments.model.rates));
  if (!arguments.guess.empty() && !arguments.resume.empty())
    throw Error("--guess and --resume both say where to start");
  require_truncatable(arguments);
  if (arguments.checkpoint == "-") throw Error("--checkpoint -: standard output cannot be replaced");
  for (const char* place : {"json", "history", "plot", "checkpoint"})  // now, not after a long solve
    if (map.count(place) > 0) require_writable(map[place].as<std::string>());
  if (!arguments.plot.empty()) require_picture_path("--plot", arguments.plot);
  if (map.count("output") > 0) require_solution_path(arguments.output);
  // A checkpoint is there to replace the one that a run resumes from.
  require_apart({arguments.output, arguments.json, arguments.history, arguments.plot, arguments.checkpoint},
                arguments.model, {arguments.properties_file, arguments.guess});
  require_apart({arguments.output, arguments.json, arguments.history, arguments.plot}, arguments.model,
                {arguments.resume});
  return arguments;
}

std::vector<PropertyText> property_texts(const SolveArguments& arguments) {
  std::vector<PropertyText> texts;
  const bool several = arguments.properties.size() > 1;
  for (const std::string& text : arguments.properties)
    texts.push_back({several ? fmt::format("--prop '{}'", text) : "--prop", text, {}, true});
  if (!arguments.properties_file.empty())
    texts.push_back({arguments.properties_file, read_file(arguments.properties_file), arguments.property_names, false});
  else if (!arguments.property_names.empty())
    texts.push_back({"", "", arguments.property_names, false});
  return texts;
}

}  // namespace steady::cli
