// Chains whose answer is known, and the answers: closed forms, and elimination in exact fractions.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include <steady/chain.hpp>

namespace steady::reference {

struct Rate {
  State from;
  State to;
  double rate;
};

Chain chain_of(Kind kind, std::size_t states, const std::vector<Rate>& rates);

// Birth-death chain of births.size() + 1 states.
Chain birth_death(const std::vector<double>& births, const std::vector<double>& deaths);
std::vector<double> birth_death_solution(const std::vector<double>& births, const std::vector<double>& deaths);

// M/M/c/K: arrivals at `lambda` while fewer than K are there, departures at min(i, c) mu.
Chain mmck(double lambda, double mu, int servers, int places);

// Closed product-form network (Gordon and Newell 1967): customers move from station i to j with probability
// routing[i][j] at rate service[i]. States in lexicographic order of the queue lengths.
struct ClosedNetwork {
  Chain chain;
  std::vector<double> solution;
};
ClosedNetwork closed_network(const std::vector<double>& service, const std::vector<std::vector<double>>& routing,
                             int customers);

// The 8-state nearly completely decomposable chain of Courtois 1977, a DTMC.
Chain courtois();

// A ring of `states` states, all rates (or probabilities) 1: uniform; as a DTMC of period `states`.
Chain ring(Kind kind, std::size_t states);

// Irreducible, with about `degree` transitions a state and rates spread over `decades` orders of magnitude.
Chain random_chain(Kind kind, std::size_t states, std::size_t degree, double decades, std::uint32_t seed);

// Every awkward irreducible chain that a method must solve, with its name.
struct Named {
  std::string name;
  Chain chain;
};
std::vector<Named> battery();

// Stationary distribution of an irreducible chain in exact fractions of the stored doubles; for up to 40 states or so.
std::vector<boost::multiprecision::cpp_rational> exact_solution(const Chain& chain);

// Long-run averages of any chain in exact fractions: row s is the distribution from starting state s. Independent of
// the library's structure and methods: reachability by Warshall 1962, linear systems by Gaussian elimination with
// pivots. For up to 30 states or so.
using Rational = boost::multiprecision::cpp_rational;
std::vector<std::vector<Rational>> exact_long_runs(const Chain& chain);

// The same from the chain's initial distribution.
std::vector<double> exact_long_run(const Chain& chain);

// A chain that need not be irreducible: `states` states with about `degree` transitions each, of which most lead on,
// and a random initial distribution over a few of them.
Chain random_reducible_chain(Kind kind, std::size_t states, std::size_t degree, double decades, std::uint32_t seed);

// Largest |a - b|.
double largest_difference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace steady::reference
