// Models as text, for the tests of the PRISM language.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include <steady/error.hpp>

#include "formats/model/prism/prism.hpp"
#include "tests/catch.hpp"

namespace steady::tests {

using namespace detail;

// A message that has these words in it.
inline auto mentions(const std::string& words) { return ContainsSubstring(words); }

inline Model read_text(std::string text, const std::string& constants = "") {
  ReadOptions options;
  options.constants = constants;
  return prism::read_prism("model.prism", std::move(text), options);
}

// A model of examples/, by its name without .prism.
inline Model read_example(const std::string& name, const std::string& constants = "") {
  ReadOptions options;
  options.constants = constants;
  return read_model(std::string(STEADY_EXAMPLES) + "/" + name + ".prism", options);
}

// The message of the Error that the call throws; "" where it throws none.
template <class F>
std::string error_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

inline std::string error_of_model(const std::string& text, const std::string& constants = "") {
  return error_of([&] { read_text(text, constants); });
}

// The rate from one state to another, 0 where there is none; self-loops included.
inline double rate(const Chain& chain, State from, State to) {
  if (from == to) {
    for (const SelfLoop& loop : chain.self_loops)
      if (loop.state == from) return loop.value;
    return 0;
  }
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + std::size_t{1}]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

}  // namespace steady::tests
