#include "tests/population_attack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include <steady/truncate.hpp>

#include "tests/scratch.hpp"

namespace steady::population_attack {

namespace {

using Values = std::vector<std::int64_t>;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  double from(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
  bool one_in(int n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

struct Population {
  std::string kind, model, drift;              // drift: one that does
  std::function<double(const Values&)> exact;  // the probability of each state
};

std::string text(double x) { return fmt::format("{:.17g}", x); }

// Of one counter, as a distribution; 0 beyond the last.
std::function<double(const Values&)> tabulated(std::vector<double> terms) {
  double total = 0;
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) total += *term;
  return [terms = std::move(terms), total](const Values& x) {
    return static_cast<std::size_t>(x[0]) < terms.size() ? terms[static_cast<std::size_t>(x[0])] / total : 0;
  };
}

// One counter: the probabilities are products of birth(n - 1)/death(n).
Population birth_death(std::string kind, const std::string& birth_rate, const std::string& death_rate,
                       std::string drift, const std::function<double(double)>& birth,
                       const std::function<double(double)>& death) {
  std::vector<double> term{1};
  double total = 1;
  for (double n = 1; n < 4000 && term.back() > 1e-40 * total; ++n) {
    term.push_back(term.back() * birth(n - 1) / death(n));
    total += term.back();
  }
  return {
      std::move(kind),
      fmt::format("ctmc\nmodule m\n  x : int;\n  [] true -> {} : (x'=x+1);\n  [] x>0 -> {} : (x'=x-1);\nendmodule\n",
                  birth_rate, death_rate),
      std::move(drift), tabulated(std::move(term))};
}

Population servers(Random& random) {
  const int count = 1 + random.below(4);
  const double arrival = random.from(0.5, 5), rate = arrival / (count * random.from(0.3, 0.93));
  return birth_death(
      "servers", text(arrival), fmt::format("{}*min(x,{})", text(rate), count), "x", [=](double) { return arrival; },
      [=](double n) { return rate * std::min(n, static_cast<double>(count)); });
}

Population endless_servers(Random& random) {
  const double arrival = random.from(0.5, 20), rate = random.from(0.3, 3);
  return birth_death(
      "endless servers", text(arrival), fmt::format("{}*x", text(rate)), "x", [=](double) { return arrival; },
      [=](double n) { return rate * n; });
}

Population pairs(Random& random) {
  const double arrival = random.from(0.5, 50), single = random.from(0.1, 2), pair = random.from(0.01, 2);
  return birth_death(
      "quadratic death", text(arrival), fmt::format("{}*x + {}*x*(x-1)", text(single), text(pair)), "x",
      [=](double) { return arrival; }, [=](double n) { return single * n + pair * n * (n - 1); });
}

Population growing(Random& random) {
  const double arrival = random.from(0.5, 5), death = random.from(0.5, 3), birth = death * random.from(0.1, 0.8);
  return birth_death(
      "immigration and birth", fmt::format("{}+{}*x", text(arrival), text(birth)), fmt::format("{}*x", text(death)),
      "x*x", [=](double n) { return arrival + birth * n; }, [=](double n) { return death * n; });
}

// Births of one to three at once: as the flows over each cut balance, a recursion of positive terms.
Population bursts(Random& random) {
  const double rate = random.from(0.3, 3), death = random.from(0.5, 2);
  const std::vector<double> part{random.from(0.1, 1), random.from(0.1, 1), random.from(0.1, 1)};
  std::vector<double> p{1};
  double total = 1;
  for (std::size_t n = 1; n < 400 && (n < 40 || p.back() > 1e-40 * total); ++n) {
    double across = 0;  // upwards over the cut between n - 1 and n
    for (std::size_t jump = 1; jump <= part.size(); ++jump)
      for (std::size_t i = n >= jump ? n - jump : 0; i < n; ++i) across += p[i] * rate * part[jump - 1];
    p.push_back(across / (death * static_cast<double>(n)));
    total += p.back();
  }
  std::string model = "ctmc\nmodule m\n  x : int;\n";
  for (std::size_t k = 0; k < part.size(); ++k)
    model += fmt::format("  [] true -> {}*{} : (x'=x+{});\n", text(rate), text(part[k]), k + 1);
  model += fmt::format("  [] x>0 -> {}*x : (x'=x-1);\nendmodule\n", text(death));
  return {"bursts", model, "x", tabulated(std::move(p))};
}

// Two stations with one server each; what leaves the second goes back to the first with some probability. A product of
// geometric distributions (Jackson 1957).
Population network(Random& random) {
  const double arrival = random.from(0.5, 2), back = random.one_in(2) ? 0 : random.from(0.05, 0.5);
  const double flow = arrival / (1 - back);
  const double a = random.from(0.2, 0.7), b = random.from(0.2, 0.7);  // loads
  const double first = flow / a, second = flow / b;
  std::string model = fmt::format(
      "ctmc\nmodule m\n  x : int;\n  y : int;\n  [] true -> {} : (x'=x+1);\n  [] x>0 -> {} : (x'=x-1)&(y'=y+1);\n"
      "  [] y>0 -> {} : (y'=y-1);\n",
      text(arrival), text(first), text(second * (1 - back)));
  if (back > 0) model += fmt::format("  [] y>0 -> {} : (y'=y-1)&(x'=x+1);\n", text(second * back));
  return {"network", model + "endmodule\n", "",
          [a, b](const Values& x) { return (1 - a) * std::pow(a, x[0]) * (1 - b) * std::pow(b, x[1]); }};
}

double true_error(const TruncatedModel& truncated, const Population& population) {
  const States& states = truncated.model.chain.states;
  double difference = 0, outside = 1;
  for (std::size_t s = 0; s < truncated.model.chain.size(); ++s) {
    Values values;
    for (std::size_t v = 0; v < states.packing.variables().size(); ++v) values.push_back(states.value(s, v));
    const double exact = population.exact(values);
    difference += std::abs(truncated.solution.distribution[s] - exact);
    outside -= exact;
  }
  return (difference + std::abs(outside)) / 2;
}

}  // namespace

Verdict attack(std::uint64_t seed) {
  using Maker = Population (*)(Random&);
  constexpr Maker makers[] = {servers, endless_servers, pairs, growing, bursts, network};
  Random random(seed);
  const Population population = makers[seed % std::size(makers)](random);
  const Scratch scratch;
  TruncateOptions options;
  options.tolerance = std::pow(10, -random.from(0.3, 6));
  if (random.one_in(2)) options.drift = population.drift;
  const TruncatedModel truncated = truncate(scratch.put("model.prism", population.model), options);
  return {population.kind, population.model, true_error(truncated, population), truncated.truncation.total_variation,
          truncated.truncation.proof_reason};
}

}  // namespace steady::population_attack
