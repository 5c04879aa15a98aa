// steady_hard_chains: how many random hard chains are solved, and how many of the answers are wrong.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <exception>
#include <map>

#include "tests/hard_chains.hpp"

namespace {

using namespace steady::hard_chains;
namespace po = boost::program_options;

struct Count {
  std::size_t chains = 0, reliable = 0, wrong = 0, refuted = 0;
  double seconds = 0, slowest = 0;

  void add(const Verdict& verdict) {
    ++chains;
    reliable += verdict.reliable;
    wrong += verdict.wrong();
    refuted += verdict.refutes_proof();
    seconds += verdict.seconds;
    slowest = std::max(slowest, verdict.seconds);
  }
};

void print(const std::string& name, const Count& c) {
  fmt::print("{:<20} {:>6} {:>9} {:>5.1f} % {:>7} {:>13} {:>9.2f} {:>9.2f}\n", name, c.chains, c.reliable,
             100.0 * static_cast<double>(c.reliable) / static_cast<double>(c.chains), c.wrong, c.refuted,
             c.seconds / static_cast<double>(c.chains), c.slowest);
}

void print(const HardChain& hard, const Verdict& verdict) {
  const char* what = verdict.refutes_proof() ? "FALSE PROOF"
                     : verdict.wrong()       ? "WRONG"
                     : verdict.reliable      ? "right"
                                             : "unsolved";
  fmt::print("{:>6} {:<20} {:<12} {:>4} {:>6} {:>8}  {:<11} {:>8.1e} {:>8.1e} {:>6.2f}  {} ({})\n", hard.seed,
             hard.kind, hard.shape, name(hard.chain.kind), hard.chain.size(), hard.chain.transitions(), what,
             verdict.error, verdict.bound, verdict.seconds, verdict.method, verdict.stop);
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  std::string kind, method;
  std::uint64_t seed = 1, count = 1000;
  double limit = 10;
  bool all = false;
  po::options_description options(
      "Solves random hard chains whose answer is known, and prints those that are not solved");
  options.add_options()("kind", po::value(&kind)->value_name("KIND"),
                        "wells, fast-slow or nearly-decomposable; default: in turn")(
      "seed", po::value(&seed)->default_value(seed)->value_name("S"), "of the first chain; the next has S + 1")(
      "count", po::value(&count)->default_value(count)->value_name("N"), "chains")(
      "time-limit", po::value(&limit)->default_value(limit)->value_name("SECONDS"), "for each chain")(
      "all", po::bool_switch(&all), "print the chains that are solved, too")("help", "");
  po::variables_map map;
  po::store(po::parse_command_line(argc, argv, options), map);
  po::notify(map);
  if (map.count("help") > 0) {
    std::fputs(fmt::format("{}", (std::ostringstream() << options).str()).c_str(), stdout);
    return 0;
  }

  fmt::print("{:>6} {:<20} {:<12} {:>4} {:>6} {:>8}  {:<11} {:>8} {:>8} {:>6}  {}\n", "seed", "kind", "shape", "time",
             "states", "rates", "", "error", "bound", "s", "method");
  std::map<std::string, Count> counts;
  Count total;
  for (std::uint64_t s = seed; s < seed + count; ++s) {
    const HardChain hard = hard_chain(s, map.count("kind") > 0 ? std::optional(kind) : std::nullopt);
    const Verdict verdict = judge(hard, limit);
    counts[hard.kind].add(verdict);
    total.add(verdict);
    if (all || !verdict.reliable || verdict.wrong() || verdict.refutes_proof()) print(hard, verdict);
  }
  fmt::print("\n{:<20} {:>6} {:>9} {:>7} {:>7} {:>13} {:>9} {:>9}\n", "kind", "chains", "solved", "", "wrong",
             "false proofs", "s/chain", "slowest");
  for (const auto& [name, c] : counts) print(name, c);
  print("all", total);
  const bool enough = total.reliable * 100 >= total.chains * 95;
  return total.wrong == 0 && total.refuted == 0 && enough ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "steady_hard_chains: {}\n", error.what());
    return 2;
  }
}
