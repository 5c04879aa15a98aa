// JANI models as text, for the tests of their reader.
#pragma once

#include <string>

#include <steady/measures.hpp>
#include <steady/solve.hpp>

#include "formats/model/jani/jani.hpp"
#include "tests/prism_models.hpp"

namespace steady::tests {

inline const std::string jani_cases = std::string(STEADY_EXAMPLES) + "/../tests/cases/jani/";

inline Model read(const std::string& path, const std::string& constants = "") {
  ReadOptions options;
  options.constants = constants;
  return read_model(path, options);
}

inline Model read_jani(std::string text, const std::string& constants = "") {
  ReadOptions options;
  options.constants = constants;
  return jani::read_jani("model.jani", std::move(text), options);
}

inline std::string error_of_jani(const std::string& text, const std::string& constants = "") {
  return error_of([&] { read_jani(text, constants); });
}

// A model of one automaton "a"; what else the model has is in `more`.
inline std::string network(const std::string& type, const std::string& variables, const std::string& locations,
                           const std::string& edges, const std::string& more = "") {
  return R"({"jani-version":1,"name":"m","type":")" + type + R"(","variables":[)" + variables +
         R"(],"automata":[{"name":"a","locations":[)" + locations + R"(],"initial-locations":["l"],"edges":[)" + edges +
         "]}]," +
         (more.find("\"system\"") == std::string::npos ? R"("system":{"elements":[{"automaton":"a"}]})"
                                                       : R"("metadata":0)") +
         more + "}";
}

inline std::string one_location(const std::string& type, const std::string& variables, const std::string& edges,
                                const std::string& more = "") {
  return network(type, variables, R"({"name":"l"})", edges, more);
}

// [low..high], with an initial value unless that is "".
inline std::string bounded(const std::string& name, int low, int high, const std::string& initial) {
  return R"({"name":")" + name + R"(","type":{"kind":"bounded","base":"int","lower-bound":)" + std::to_string(low) +
         R"(,"upper-bound":)" + std::to_string(high) + "}" + (initial.empty() ? "" : R"(,"initial-value":)" + initial) +
         "}";
}

inline std::string edge(const std::string& guard, const std::string& rate, const std::string& assignments,
                        const std::string& more = "") {
  return R"({"location":"l",)" + (guard.empty() ? "" : R"("guard":{"exp":)" + guard + "},") +
         (rate.empty() ? "" : R"("rate":{"exp":)" + rate + "},") +
         R"("destinations":[{"location":"l","assignments":[)" + assignments + "]}]" + more + "}";
}

inline double value(const Model& model, const std::string& reward) {
  const Solution solution = solve(model.chain);
  for (const Query& query : default_queries(model.chain))
    if (query.name == reward) return evaluate(query, solution.distribution).value.value();
  FAIL("no measure " << reward);
  return 0;
}

inline const Reward& reward(const Model& model, const std::string& name) {
  for (const Reward& r : model.chain.rewards)
    if (r.name == name) return r;
  FAIL("no reward " << name);
  return model.chain.rewards[0];
}

}  // namespace steady::tests
