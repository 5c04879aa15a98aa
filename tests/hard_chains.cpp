#include "tests/hard_chains.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/stopwatch.hpp"

namespace steady::hard_chains {

using namespace detail;
namespace {

// The same numbers everywhere, which the standard library's distributions do not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  double between(double low, double high) {
    return low + (high - low) * std::ldexp(static_cast<double>(bits_() >> 11), -53);
  }
  std::size_t below(std::size_t n) { return bits_() % n; }
  std::size_t count(std::size_t least, std::size_t most) { return least + below(most - least + 1); }
  double decades(double low, double high) { return std::pow(10.0, between(low, high)); }  // 10^low to 10^high
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 bits_;
};

// A chain in the making: weights of its states, and flows that balance in each of them.
struct Flows {
  std::vector<double> weight;
  std::vector<Triplet> flow;  // row -> column

  std::size_t size() const { return weight.size(); }
  double least(std::size_t i, std::size_t j) const { return std::min(weight[i], weight[j]); }
  void add(std::size_t i, std::size_t j, double amount) {
    flow.push_back({static_cast<State>(i), static_cast<State>(j), amount});
  }
  void exchange(std::size_t i, std::size_t j, double amount) {
    if (i == j) return;
    add(i, j, amount);
    add(j, i, amount);
  }
  // Around a cycle of different states.
  void circulate(const std::vector<std::size_t>& cycle, double amount) {
    for (std::size_t k = 0; k < cycle.size(); ++k) add(cycle[k], cycle[(k + 1) % cycle.size()], amount);
  }
};

// --- two wells behind a wide barrier ---------------------------------------------------------------------------------

// Minus the decimal logarithm of the weight at 0 <= x <= 1: two wells or three of different depth and a barrier of
// `height` decades between them, rounded or flat.
class Potential {
 public:
  explicit Potential(Random& random)
      : height_(random.between(3, 24)),
        barriers_(random.one_in(4) ? 2 : 1),
        steepness_(random.one_in(2) ? 1 : random.between(1, 4)),
        tilt_(random.between(-1, 1)),
        ripple_(random.one_in(2) ? 0 : random.between(0, 0.5)) {}

  double weight(double x, Random& random) const {
    const double hill = (1 - std::cos(2 * M_PI * barriers_ * x)) / 2;
    const double decades = height_ * std::min(1.0, steepness_ * hill) + tilt_ * x + random.between(-ripple_, ripple_);
    return std::pow(10.0, -decades);
  }

 private:
  double height_;
  double barriers_;
  double steepness_;
  double tilt_;
  double ripple_;
};

// On a line, with jumps of up to `reach` states, all of them or a few by chance.
Flows line_of_wells(Random& random, std::size_t states, std::size_t reach, std::size_t jumps) {
  const Potential potential(random);
  const double spread = random.between(0, 1);  // decades
  Flows flows;
  for (std::size_t i = 0; i < states; ++i)
    flows.weight.push_back(potential.weight(static_cast<double>(i) / static_cast<double>(states - 1), random));
  const auto couple = [&](std::size_t i, std::size_t j) {
    if (j < states) flows.exchange(i, j, flows.least(i, j) * random.decades(-spread, 0));
  };
  const bool all = jumps >= reach;
  for (std::size_t i = 0; i < states; ++i) {
    couple(i, i + 1);
    for (std::size_t k = 2; k <= jumps; ++k) couple(i, i + (all ? k : random.count(2, reach)));
  }
  if (random.one_in(2)) return flows;
  for (std::size_t i = 0; i + 2 < states; ++i)
    flows.circulate({i, i + 1, i + 2}, std::min(flows.least(i, i + 1), flows.weight[i + 2]) * random.between(0, 2));
  return flows;
}

Flows path_of_wells(Random& random, std::size_t states) { return line_of_wells(random, states, 1, 1); }

Flows band_of_wells(Random& random, std::size_t states) {
  const std::size_t reach = random.count(2, 8);
  return line_of_wells(random, states, reach, reach);
}

Flows graph_of_wells(Random& random, std::size_t states) {
  return line_of_wells(random, states, std::max<std::size_t>(3, states / random.count(8, 60)), random.count(2, 4));
}

// A lattice of columns and rows; the wells are at its left and right.
Flows grid_of_wells(Random& random, std::size_t states) {
  const Potential potential(random);
  const auto side = static_cast<std::size_t>(std::sqrt(static_cast<double>(states)));
  const std::size_t height = random.count(std::max<std::size_t>(2, side / 3), side), width = states / height;
  const double across = random.between(0, 3);  // decades, at the edges
  const bool turns = random.one_in(2);
  Flows flows;
  for (std::size_t x = 0; x < width; ++x)
    for (std::size_t y = 0; y < height; ++y) {
      const double away = 2 * static_cast<double>(y) / static_cast<double>(height - 1) - 1;
      flows.weight.push_back(potential.weight(static_cast<double>(x) / static_cast<double>(width - 1), random) *
                             std::pow(10.0, -across * away * away));
    }
  for (std::size_t x = 0; x < width; ++x)
    for (std::size_t y = 0; y < height; ++y) {
      const std::size_t i = x * height + y, right = i + height, up = i + 1;
      if (x + 1 < width) flows.exchange(i, right, flows.least(i, right));
      if (y + 1 < height) flows.exchange(i, up, flows.least(i, up));
      if (turns && x + 1 < width && y + 1 < height)
        flows.circulate({i, right, right + 1, up}, std::min(flows.least(i, right + 1), flows.least(right, up)));
    }
  return flows;
}

// --- fast and slow ---------------------------------------------------------------------------------------------------

// A ring with weights over some decades, with a flow around it or with chords.
Flows small_chain(Random& random, std::size_t states) {
  const double decades = random.between(0, 2);
  const bool turns = random.one_in(2), chords = random.one_in(2);
  Flows flows;
  for (std::size_t i = 0; i < states; ++i) flows.weight.push_back(random.decades(-decades, 0));
  for (std::size_t i = 0; i < states; ++i) {
    const std::size_t next = (i + 1) % states, other = random.below(states);
    flows.exchange(i, next, flows.least(i, next) * random.decades(-1, 0));
    if (chords) flows.exchange(i, other, flows.least(i, other) * random.decades(-1, 0));
  }
  std::vector<std::size_t> all(states);
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (turns) flows.circulate(all, *std::min_element(flows.weight.begin(), flows.weight.end()));
  return flows;
}

// Two chains side by side that know nothing of each other, the second `speed` times as fast.
Flows product(const Flows& a, const Flows& b, double speed) {
  Flows flows;
  for (const double v : a.weight)
    for (const double w : b.weight) flows.weight.push_back(v * w);
  for (const auto& [i, j, amount] : a.flow)
    for (std::size_t k = 0; k < b.size(); ++k) flows.add(i * b.size() + k, j * b.size() + k, amount * b.weight[k]);
  for (const auto& [i, j, amount] : b.flow)
    for (std::size_t k = 0; k < a.size(); ++k)
      flows.add(k * b.size() + i, k * b.size() + j, amount * a.weight[k] * speed);
  return flows;
}

Flows independent_chains(Random& random, std::size_t states) {
  const double share = random.between(0.3, 0.7);
  const auto first = static_cast<std::size_t>(std::pow(static_cast<double>(states), share));
  const Flows slow = small_chain(random, std::max<std::size_t>(3, first));
  const std::size_t rest = std::max<std::size_t>(3, states / slow.size());
  if (rest < 16 || random.one_in(2)) return product(slow, small_chain(random, rest), random.decades(4, 12));
  const auto half = static_cast<std::size_t>(std::sqrt(static_cast<double>(rest)));
  const Flows fast = product(small_chain(random, half), small_chain(random, rest / half), random.decades(0, 6));
  return product(slow, fast, random.decades(4, 8));
}

// Every state of a slow lattice has modes, between which it changes fast, and on which the slow rates depend.
Flows fast_modes(Random& random, std::size_t states) {
  const std::size_t modes = random.count(2, 5);
  Flows slow = random.one_in(2) ? line_of_wells(random, states / modes, 1, 1) : small_chain(random, states / modes);
  const double speed = random.decades(4, 12);
  Flows flows;
  for (const double v : slow.weight)
    for (std::size_t m = 0; m < modes; ++m) flows.weight.push_back(v * random.decades(-2, 0));
  for (const auto& [i, j, amount] : slow.flow)
    if (i < j)
      for (std::size_t m = 0; m < modes; ++m)
        flows.exchange(i * modes + m, j * modes + m, flows.least(i * modes + m, j * modes + m) * random.decades(-3, 0));
  for (std::size_t i = 0; i < flows.size(); i += modes)
    for (std::size_t m = 0; m < modes; ++m) {
      const std::size_t from = i + m, to = i + (m + 1) % modes;
      flows.exchange(from, to, flows.least(from, to) * speed * random.decades(-1, 0));
    }
  return flows;
}

// A random graph whose flows are spread over many decades.
Flows spread_flows(Random& random, std::size_t states) {
  const double decades = random.between(4, 16), weights = random.between(0, 4);
  const std::size_t degree = random.count(1, 3),
                    reach = random.one_in(2) ? states - 1 : std::min<std::size_t>(40, states - 1);
  Flows flows;
  for (std::size_t i = 0; i < states; ++i) flows.weight.push_back(random.decades(-weights, 0));
  for (std::size_t i = 0; i < states; ++i) {
    flows.exchange(i, (i + 1) % states, random.decades(-decades, 0));
    for (std::size_t k = 0; k < degree; ++k)
      flows.exchange(i, (i + random.count(1, reach)) % states, random.decades(-decades, 0));
  }
  return flows;
}

// --- nearly decomposable ---------------------------------------------------------------------------------------------

// Adds a block of strongly coupled states; returns its first.
std::size_t add_block(Random& random, std::size_t states, double weight, bool turns, Flows& flows) {
  const std::size_t first = flows.size();
  const double decades = random.one_in(4) ? 0 : random.between(0, 2);
  for (std::size_t i = 0; i < states; ++i) flows.weight.push_back(weight * random.decades(-decades, 0));
  for (std::size_t i = 1; i < states; ++i)
    for (std::size_t k = 0; k < 3; ++k) {
      const std::size_t earlier = first + random.below(i);
      flows.exchange(first + i, earlier, flows.least(first + i, earlier) * random.decades(-1, 0));
    }
  for (std::size_t i = 0; turns && i + 2 < states; ++i) {
    const std::size_t j = first + i;
    flows.circulate({j, j + 1, j + 2}, std::min(flows.least(j, j + 1), flows.weight[j + 2]) * random.between(0, 4));
  }
  return first;
}

// Blocks that are coupled in a tree and by some more, weakly; `levels` of weakness, the first blocks the most weakly.
Flows blocks(Random& random, std::size_t states, std::size_t levels) {
  const std::size_t count = random.count(2, std::max<std::size_t>(2, std::min<std::size_t>(60, states / 20)));
  const bool turns = random.one_in(2);
  const double decades = random.one_in(3) ? 0 : random.between(0, 4);
  std::vector<double> coupling;
  for (std::size_t l = 0; l < levels; ++l) coupling.push_back(random.decades(-12, -3));
  Flows flows;
  std::vector<std::size_t> start;
  const auto any = [&](std::size_t b) {
    return start[b] + random.below((b + 1 < start.size() ? start[b + 1] : flows.size()) - start[b]);
  };
  for (std::size_t b = 0; b < count; ++b) {
    const auto average = static_cast<double>(states) / static_cast<double>(count);
    const auto size = static_cast<std::size_t>(average * random.between(0.5, 1.5));
    start.push_back(add_block(random, std::max<std::size_t>(2, size), random.decades(-decades, 0), turns, flows));
    if (b == 0) continue;
    const double weak = coupling[levels * b / count];
    for (std::size_t k = random.count(1, 6); k > 0; --k) {
      const std::size_t i = any(b), j = any(random.below(b));
      flows.exchange(i, j, flows.least(i, j) * weak * random.decades(-1, 0));
    }
    if (!turns || b < 2) continue;
    const std::size_t second = 1 + random.below(b - 1), third = random.below(second);  // around three blocks
    const std::vector<std::size_t> cycle{any(b), any(second), any(third)};
    flows.circulate(cycle, std::min(flows.least(cycle[0], cycle[1]), flows.weight[cycle[2]]) * weak);
  }
  return flows;
}

Flows alike_blocks(Random& random, std::size_t states) { return blocks(random, states, 1); }
Flows blocks_of_blocks(Random& random, std::size_t states) { return blocks(random, states, random.count(2, 4)); }

// --- all of them -----------------------------------------------------------------------------------------------------

struct Construction {
  const char* kind;
  const char* shape;
  Flows (*make)(Random& random, std::size_t states);
};

constexpr Construction constructions[] = {
    {"wells", "path", path_of_wells},
    {"wells", "band", band_of_wells},
    {"wells", "graph", graph_of_wells},
    {"wells", "grid", grid_of_wells},
    {"fast-slow", "independent", independent_chains},
    {"fast-slow", "modes", fast_modes},
    {"fast-slow", "spread", spread_flows},
    {"nearly-decomposable", "blocks", alike_blocks},
    {"nearly-decomposable", "levels", blocks_of_blocks},
};

std::vector<const Construction*> constructions_of(const std::string& kind) {
  std::vector<const Construction*> all;
  for (const Construction& c : constructions)
    if (c.kind == kind) all.push_back(&c);
  if (all.empty()) throw Error("no kind of hard chain: '" + kind + "'");
  return all;
}

// State i of the flows becomes number[i].
std::vector<State> numbering(Random& random, std::size_t states) {
  std::vector<State> number(states);
  std::iota(number.begin(), number.end(), State{0});
  if (random.one_in(2))
    for (std::size_t i = states; i > 1; --i) std::swap(number[i - 1], number[random.below(i)]);
  return number;
}

// In continuous time, or, with rates halved until all that leave a state sum to less than 1, in steps.
Chain chain_of(Kind kind, const Flows& flows, const std::vector<State>& number) {
  std::vector<Triplet> rates;
  for (const auto& [i, j, amount] : flows.flow) rates.push_back({number[i], number[j], amount / flows.weight[i]});
  Chain chain = make_chain(Kind::ctmc, to_csr(flows.size(), std::move(rates)));
  if (kind == Kind::ctmc) return chain;
  chain.kind = kind;
  const double largest = *std::max_element(chain.exit_rate.begin(), chain.exit_rate.end());
  const int halvings = std::ilogb(largest) + 1;
  for (std::vector<double>* values : {&chain.inflow.value, &chain.exit_rate})
    for (double& value : *values) value = std::ldexp(value, -halvings);
  for (std::size_t i = 0; i < chain.size(); ++i)
    if (chain.exit_rate[i] < 1) chain.self_loops.push_back({static_cast<State>(i), 1 - chain.exit_rate[i]});
  return chain;
}

std::vector<double> distribution_of(const Flows& flows, const std::vector<State>& number) {
  long double total = 0;
  for (const double v : flows.weight) total += v;
  std::vector<double> distribution(flows.size());
  for (std::size_t i = 0; i < flows.size(); ++i) distribution[number[i]] = static_cast<double>(flows.weight[i] / total);
  return distribution;
}

double total_variation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / 2;
}

}  // namespace

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> all{"wells", "fast-slow", "nearly-decomposable"};
  return all;
}

HardChain hard_chain(std::uint64_t seed, std::optional<std::string> kind, std::size_t states) {
  Random random(seed);
  if (!kind) kind = kinds()[seed % kinds().size()];
  if (states == 0)
    states = static_cast<std::size_t>(std::round(random.one_in(10) ? 8000 * std::pow(2.5, random.between(0, 1))
                                                                   : 2000 * std::pow(4.0, random.between(0, 1))));
  const std::vector<const Construction*> choice = constructions_of(*kind);
  const Construction& construction = *choice[random.below(choice.size())];
  const Kind time = random.one_in(5) ? Kind::dtmc : Kind::ctmc;
  const Flows flows = construction.make(random, states);
  const std::vector<State> number = numbering(random, flows.size());
  return {seed, *kind, construction.shape, chain_of(time, flows, number), distribution_of(flows, number)};
}

Verdict judge(const HardChain& hard, double time_limit) {
  const Stopwatch watch;
  Options options;
  options.time_limit = time_limit;
  options.check_aggregates = false;
  Solution solution = solve(hard.chain, options);
  const auto late = [&] { return time_limit > 0 && watch.seconds() > time_limit; };
  const std::optional<Certificate> certificate =
      certify_or_check(hard.chain, solution, options, {}, usual_target, Effort::modest, late);
  Attempt decisive;  // the last that solved it, else the last
  for (const Attempt& attempt : solution.tried)
    if (solved(attempt.outcome.stop) || !solved(decisive.outcome.stop)) decisive = attempt;
  return {is_reliable(solution, certificate),
          total_variation(solution.distribution, hard.exact),
          certificate && certificate->proven ? certificate->total_variation : INFINITY,
          std::string(name(decisive.config.method)),
          std::string(describe(decisive.outcome.stop)),
          watch.seconds()};
}

}  // namespace steady::hard_chains
