#include "tests/reference.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace steady::reference {

using boost::multiprecision::cpp_rational;

Chain chain_of(Kind kind, std::size_t states, const std::vector<Rate>& rates) {
  std::vector<Triplet> triplets;
  for (const Rate& r : rates) triplets.push_back({r.from, r.to, r.rate});
  return make_chain(kind, to_csr(states, std::move(triplets)));
}

Chain birth_death(const std::vector<double>& births, const std::vector<double>& deaths) {
  std::vector<Rate> rates;
  for (State i = 0; i < births.size(); ++i) {
    rates.push_back({i, i + 1, births[i]});
    rates.push_back({i + 1, i, deaths[i]});
  }
  return chain_of(Kind::ctmc, births.size() + 1, rates);
}

std::vector<double> birth_death_solution(const std::vector<double>& births, const std::vector<double>& deaths) {
  std::vector<long double> weight{1};
  for (std::size_t i = 0; i < births.size(); ++i) weight.push_back(weight.back() * births[i] / deaths[i]);
  long double total = 0;
  for (const long double w : weight) total += w;
  std::vector<double> solution;
  for (const long double w : weight) solution.push_back(static_cast<double>(w / total));
  return solution;
}

Chain mmck(double lambda, double mu, int servers, int places) {
  std::vector<double> births(static_cast<std::size_t>(places), lambda), deaths;
  for (int i = 1; i <= places; ++i) deaths.push_back(mu * std::min(i, servers));
  return birth_death(births, deaths);
}

namespace {

// Calls f(lengths) for every way to place the customers, in lexicographic order.
template <class Function>
void for_each_placement(std::vector<int>& lengths, std::size_t station, int customers, Function f) {
  if (station + 1 == lengths.size()) {
    lengths[station] = customers;
    f();
    return;
  }
  for (int here = 0; here <= customers; ++here) {
    lengths[station] = here;
    for_each_placement(lengths, station + 1, customers - here, f);
  }
}

// Visit ratios: e = e routing, e[0] = 1, by many damped steps.
std::vector<double> visit_ratios(const std::vector<std::vector<double>>& routing) {
  std::vector<double> e(routing.size(), 1.0);
  for (int step = 0; step < 20000; ++step) {
    std::vector<double> next(e.size(), 0.0);
    for (std::size_t i = 0; i < e.size(); ++i)
      for (std::size_t j = 0; j < e.size(); ++j) next[j] += e[i] * routing[i][j];
    for (std::size_t i = 0; i < e.size(); ++i) e[i] = 0.5 * (e[i] + next[i]);
  }
  const double first = e[0];
  for (double& ratio : e) ratio /= first;
  return e;
}

}  // namespace

ClosedNetwork closed_network(const std::vector<double>& service, const std::vector<std::vector<double>>& routing,
                             int customers) {
  const std::size_t stations = service.size();
  std::map<std::vector<int>, State> number;
  std::vector<int> lengths(stations);
  for_each_placement(lengths, 0, customers, [&] { number.emplace(lengths, static_cast<State>(number.size())); });

  const std::vector<double> visits = visit_ratios(routing);
  ClosedNetwork network;
  std::vector<Rate> rates;
  double total = 0;
  for (const auto& [placement, state] : number) {
    double weight = 1;
    for (std::size_t i = 0; i < stations; ++i) {
      weight *= std::pow(visits[i] / service[i], placement[i]);
      if (placement[i] == 0) continue;
      for (std::size_t j = 0; j < stations; ++j) {
        if (routing[i][j] == 0) continue;
        std::vector<int> target = placement;
        --target[i];
        ++target[j];
        rates.push_back({state, number.at(target), service[i] * routing[i][j]});
      }
    }
    network.solution.push_back(weight);
    total += weight;
  }
  for (double& p : network.solution) p /= total;
  network.chain = chain_of(Kind::ctmc, number.size(), rates);
  return network;
}

Chain courtois() {
  const double p[8][8] = {
      {0.85, 0, 0.149, 0.0009, 0, 0.00005, 0, 0.00005},    {0.1, 0.65, 0.249, 0, 0.0009, 0.00005, 0, 0.00005},
      {0.1, 0.8, 0.0996, 0.0003, 0, 0, 0.0001, 0},         {0, 0.0004, 0, 0.7, 0.2995, 0, 0.0001, 0},
      {0.0005, 0, 0.0004, 0.399, 0.6, 0.0001, 0, 0},       {0, 0.00005, 0, 0, 0.00005, 0.6, 0.2499, 0.15},
      {0.00003, 0, 0.00003, 0.00004, 0, 0.1, 0.8, 0.0999}, {0, 0.00005, 0, 0, 0.00005, 0.1999, 0.25, 0.55}};
  std::vector<Rate> rates;
  for (State i = 0; i < 8; ++i)
    for (State j = 0; j < 8; ++j)
      if (p[i][j] > 0) rates.push_back({i, j, p[i][j]});
  return chain_of(Kind::dtmc, 8, rates);
}

Chain ring(Kind kind, std::size_t states) {
  std::vector<Rate> rates;
  for (State i = 0; i < states; ++i) rates.push_back({i, static_cast<State>((i + 1) % states), 1});
  return chain_of(kind, states, rates);
}

Chain random_chain(Kind kind, std::size_t states, std::size_t degree, double decades, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<State> any(0, static_cast<State>(states - 1));
  std::uniform_real_distribution<double> exponent(0, decades);
  std::vector<Rate> rates;
  for (State i = 0; i < states; ++i) {
    std::vector<Rate> row{{i, static_cast<State>((i + 1) % states), 1}};  // a ring makes it irreducible
    for (std::size_t k = 1; k < degree; ++k) row.push_back({i, any(random), 1});
    double total = 0;
    for (Rate& r : row) total += r.rate = std::pow(10.0, -exponent(random));
    for (Rate& r : row) {
      if (kind == Kind::dtmc) r.rate /= total;
      rates.push_back(r);
    }
  }
  return chain_of(kind, states, rates);
}

std::vector<Named> battery() {
  std::vector<Named> all;
  all.push_back({"two states", chain_of(Kind::ctmc, 2, {{0, 1, 3}, {1, 0, 0.5}})});
  all.push_back({"flip-flop dtmc", ring(Kind::dtmc, 2)});
  for (const std::size_t n : {31, 32, 33}) {
    all.push_back({"random " + std::to_string(n), random_chain(Kind::ctmc, n, 4, 1, 7)});
    all.push_back({"ring dtmc " + std::to_string(n), ring(Kind::dtmc, n)});
  }
  all.push_back({"random dtmc 100", random_chain(Kind::dtmc, 100, 5, 1, 11)});
  all.push_back({"two decades 60", random_chain(Kind::ctmc, 60, 6, 2, 3)});
  all.push_back({"M/M/3/20", mmck(2, 1, 3, 20)});
  all.push_back({"closed network", closed_network({1, 2, 0.7}, {{0, 0.5, 0.5}, {1, 0, 0}, {0.3, 0.7, 0}}, 7).chain});

  // A hub that every state enters and that enters every state: one dense row, one dense column.
  std::vector<Rate> hub;
  for (State i = 1; i < 200; ++i) {
    hub.push_back({0, i, 1.0 / i});
    hub.push_back({i, 0, 0.1 * i});
    hub.push_back({i, i == 199 ? 1 : i + 1, 0.5});
  }
  all.push_back({"dense row", chain_of(Kind::ctmc, 200, hub)});
  return all;
}

std::vector<cpp_rational> exact_solution(const Chain& chain) {
  const std::size_t n = chain.size();
  std::vector<std::vector<cpp_rational>> rate(n, std::vector<cpp_rational>(n, 0));
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k]][i] = cpp_rational(chain.inflow.value[k]);

  for (std::size_t k = n - 1; k > 0; --k) {
    cpp_rational exit = 0;
    for (std::size_t j = 0; j < k; ++j) exit += rate[k][j];
    for (std::size_t i = 0; i < k; ++i) {
      rate[i][k] /= exit;
      for (std::size_t j = 0; j < k; ++j) rate[i][j] += rate[i][k] * rate[k][j];
    }
  }
  std::vector<cpp_rational> x(n, 0);
  x[0] = 1;
  cpp_rational total = 1;
  for (std::size_t k = 1; k < n; ++k) {
    for (std::size_t i = 0; i < k; ++i) x[k] += x[i] * rate[i][k];
    total += x[k];
  }
  for (cpp_rational& p : x) p /= total;
  return x;
}

namespace {

using Matrix = std::vector<std::vector<Rational>>;

// X with A X = B; A is square and nonsingular.
Matrix gauss(Matrix a, Matrix b) {
  const std::size_t n = a.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    while (a[pivot][k] == 0) ++pivot;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k || a[i][k] == 0) continue;
      const Rational factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      for (std::size_t j = 0; j < b[i].size(); ++j) b[i][j] -= factor * b[k][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    for (Rational& entry : b[i]) entry /= a[i][i];
  return b;
}

// Rates of i -> j, with the diagonal that makes rows sum to 0.
Matrix exact_generator(const Chain& chain) {
  Matrix q(chain.size(), std::vector<Rational>(chain.size(), 0));
  for (std::size_t j = 0; j < chain.size(); ++j)
    for (std::uint64_t k = chain.inflow.row_start[j]; k < chain.inflow.row_start[j + 1]; ++k) {
      const State i = chain.inflow.column[k];
      q[i][j] += Rational(chain.inflow.value[k]);
      q[i][i] -= Rational(chain.inflow.value[k]);
    }
  return q;
}

}  // namespace

std::vector<std::vector<Rational>> exact_long_runs(const Chain& chain) {
  const std::size_t n = chain.size();
  const Matrix q = exact_generator(chain);
  std::vector<std::vector<bool>> leads(n, std::vector<bool>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) leads[i][j] = i == j || q[i][j] > 0;
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        if (leads[i][k] && leads[k][j]) leads[i][j] = true;
  const auto recurrent = [&](std::size_t i) {
    for (std::size_t j = 0; j < n; ++j)
      if (leads[i][j] && !leads[j][i]) return false;
    return true;
  };

  // Within a recurrent class: pi Q = 0 with the last equation replaced by pi 1 = 1.
  Matrix runs(n, std::vector<Rational>(n, 0));
  std::vector<std::size_t> transient;
  for (std::size_t s = 0; s < n; ++s) {
    if (!recurrent(s)) {
      transient.push_back(s);
      continue;
    }
    std::vector<std::size_t> members;
    for (std::size_t j = 0; j < n; ++j)
      if (leads[s][j]) members.push_back(j);
    const std::size_t m = members.size();
    Matrix a(m, std::vector<Rational>(m, 1)), b(m, std::vector<Rational>(1, 0));
    for (std::size_t i = 0; i + 1 < m; ++i)
      for (std::size_t j = 0; j < m; ++j) a[i][j] = q[members[j]][members[i]];
    b[m - 1][0] = 1;
    const Matrix pi = gauss(a, b);
    for (std::size_t i = 0; i < m; ++i) runs[s][members[i]] = pi[i][0];
  }
  // From a transient state: Q_TT X = - sum over the recurrent states of their rates times their runs.
  const std::size_t t = transient.size();
  Matrix a(t, std::vector<Rational>(t)), b(t, std::vector<Rational>(n, 0));
  for (std::size_t i = 0; i < t; ++i) {
    for (std::size_t j = 0; j < t; ++j) a[i][j] = q[transient[i]][transient[j]];
    for (std::size_t r = 0; r < n; ++r)
      if (recurrent(r) && q[transient[i]][r] != 0)
        for (std::size_t j = 0; j < n; ++j) b[i][j] -= q[transient[i]][r] * runs[r][j];
  }
  const Matrix x = gauss(a, b);
  for (std::size_t i = 0; i < t; ++i) runs[transient[i]] = x[i];
  return runs;
}

std::vector<double> exact_long_run(const Chain& chain) {
  const auto runs = exact_long_runs(chain);
  std::vector<Rational> sum(chain.size(), 0);
  for (const auto& [state, probability] : chain.initial)
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += Rational(probability) * runs[state][j];
  std::vector<double> result;
  for (const Rational& p : sum) result.push_back(static_cast<double>(p));
  return result;
}

Chain random_reducible_chain(Kind kind, std::size_t states, std::size_t degree, double decades, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<State>(random() % n); };
  std::uniform_real_distribution<double> exponent(0, decades);
  // Numbers are shuffled, so that the order of the states says nothing about the components.
  std::vector<State> name(states);
  for (std::size_t i = 0; i < states; ++i) name[i] = static_cast<State>(i);
  std::shuffle(name.begin(), name.end(), random);
  std::vector<Rate> rates;
  for (State i = 0; i < states; ++i) {
    std::vector<Rate> row;
    const bool absorbing = below(6) == 0;
    for (std::size_t k = 0; k < degree && !absorbing; ++k) {
      // Blocks of five states: within the block, or now and then on to any later state.
      const State block = i / 5 * 5;
      const auto size = static_cast<std::size_t>(std::min<std::size_t>(5, states - block));
      const State to = below(4) > 0 ? block + below(size) : i + below(states - i);
      row.push_back({name[i], name[to], std::pow(10.0, -exponent(random))});
    }
    double total = 0;
    for (const Rate& r : row) total += r.rate;
    for (Rate& r : row) {
      if (kind == Kind::dtmc) r.rate /= total;
      rates.push_back(r);
    }
    if (row.empty() && kind == Kind::dtmc) rates.push_back({name[i], name[i], 1});
  }
  Chain chain = chain_of(kind, states, rates);
  const std::size_t starts = 1 + below(4);
  std::map<State, double> initial;
  for (std::size_t k = 0; k < starts; ++k) initial[below(states)] += 1.0 / static_cast<double>(starts);
  chain.initial.clear();
  for (const auto& [state, probability] : initial) chain.initial.push_back({state, probability});
  return chain;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = a.size() == b.size() ? 0 : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

}  // namespace steady::reference
