#include <random>

#include "bench/families/chains.hpp"

namespace steady::families {

Chain random_sparse(int thousands) {
  constexpr State degree = 7, distinct = 50;
  const auto states = static_cast<State>(1000 * thousands);
  std::mt19937 random(1);  // its numbers are the same everywhere, those of the library's distributions are not
  std::vector<Triplet> rates;
  rates.reserve(std::size_t{states} * (degree + 1));
  for (State from = 0; from < states; ++from) {
    rates.push_back({from, (from + 1) % states, 1});  // a ring: one component
    for (State k = 0; k < degree; ++k) {
      const auto to = static_cast<State>(random() % states);
      const double rate = static_cast<double>(1 + random() % distinct) / distinct;
      if (to != from) rates.push_back({from, to, rate});
    }
  }
  Chain chain = make_chain(Kind::ctmc, to_csr(states, std::move(rates)));
  chain.initial = {{0, 1.0}};
  return chain;
}

}  // namespace steady::families
