// Random chains that are hard to solve and whose stationary distribution is known: 2,000 to 20,000 states in two wells
// behind a wide barrier, with rates of very different speeds, or nearly decomposable.
//
// Each is made from its answer: a weight v_i of every state, and flows between states that balance in each state, those
// of pairs (i -> j as much as j -> i, detailed balance) and those around cycles. The rate i -> j is the flow over v_i,
// so that v, normalised, is the answer. The stored rates differ from these by a few roundings each, relatively, which
// changes no probability by relatively more than 2 n times as much (O'Cinneide 1993), 1e-11, however weakly the states
// are coupled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <steady/certify.hpp>

namespace steady::hard_chains {

// "wells", "fast-slow" and "nearly-decomposable".
const std::vector<std::string>& kinds();

struct HardChain {
  std::uint64_t seed;
  std::string kind;
  std::string shape;  // which of the kind's constructions
  Chain chain;
  std::vector<double> exact;
};

// The same chain for the same arguments, always. `states`: about so many; without, 2,000 to 8,000, and one chain in ten
// up to 20,000. `kind`: without, the kinds in turn.
HardChain hard_chain(std::uint64_t seed, std::optional<std::string> kind = std::nullopt, std::size_t states = 0);

// What solve() and the usual proof make of it, in `time_limit` seconds; 0: no limit.
struct Verdict {
  bool reliable;       // as the program's exit code says
  double error;        // in total variation, the true one
  double bound;        // the proven one, infinite where nothing is
  std::string method;  // the last that solved it, else the last that was tried
  std::string stop;    // why it stopped
  double seconds;

  bool wrong() const { return reliable && !(error <= 1e-6); }
  bool refutes_proof() const { return !(error <= bound + 1e-10); }
};
Verdict judge(const HardChain& hard, double time_limit);

}  // namespace steady::hard_chains
