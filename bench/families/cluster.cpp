#include "bench/families/chains.hpp"
#include "bench/families/explore.hpp"

namespace steady::families {

Chain cluster(int stations) {
  enum { left_n, left, right_n, right, busy, line, line_n, toleft, toleft_n, toright, toright_n, counters };
  // A kind of component: how many work, whether one is being repaired, and its rates.
  struct Kind {
    int works, repaired;
    int number;
    double fails, repair;
  };
  const Kind kinds[] = {{left_n, left, stations, 1.0 / 500, 2},
                        {right_n, right, stations, 1.0 / 500, 2},
                        {line_n, line, 1, 1.0 / 5000, 0.125},
                        {toleft_n, toleft, 1, 1.0 / 4000, 0.25},
                        {toright_n, toright, 1, 1.0 / 4000, 0.25}};
  Rules rules;
  rules.bits.assign(counters, 1);
  rules.bits[left_n] = rules.bits[right_n] = 13;
  rules.initial.assign(counters, 0);
  for (const Kind& kind : kinds) rules.initial[static_cast<std::size_t>(kind.works)] = kind.number;
  rules.transitions = [=](const Counters& s, const Emit& emit) {
    for (const auto& [works, repaired, number, fails, repair] : kinds) {
      Counters next = s;
      if (s[works] > 0) {
        --next[works];
        emit(next, s[works] * fails);
        ++next[works];
      }
      if (s[works] == number) continue;
      if (!s[busy]) {
        next[busy] = next[repaired] = 1;
        emit(next, 10);
      } else if (s[repaired]) {
        next[busy] = next[repaired] = 0;
        ++next[works];
        emit(next, repair);
      }
    }
  };
  return explore(rules);
}

}  // namespace steady::families
