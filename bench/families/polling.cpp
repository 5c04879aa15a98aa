#include "bench/families/chains.hpp"
#include "bench/families/explore.hpp"

namespace steady::families {

Chain polling(int stations) {
  Rules rules;
  rules.bits = {5, 1};
  rules.bits.insert(rules.bits.end(), static_cast<std::size_t>(stations), 1);
  rules.initial.assign(rules.bits.size(), 0);  // the server is at the first station
  rules.transitions = [stations](const Counters& s, const Emit& emit) {
    const double mu = 1, gamma = 200, lambda = mu / stations;
    const auto to = [&](std::initializer_list<std::pair<int, int>> changes, double rate) {
      Counters next = s;
      for (const auto& [counter, value] : changes) next[counter] = value;
      emit(next, rate);
    };
    const int here = 2 + s[0], next_station = (s[0] + 1) % stations;
    for (int i = 0; i < stations; ++i)
      if (s[2 + i] == 0) to({{2 + i, 1}}, lambda);
    if (s[1] == 1)
      to({{0, next_station}, {1, 0}, {here, 0}}, mu);
    else if (s[here] == 1)
      to({{1, 1}}, gamma);
    else if (stations > 1)
      to({{0, next_station}}, gamma);
  };
  return explore(rules);
}

}  // namespace steady::families
