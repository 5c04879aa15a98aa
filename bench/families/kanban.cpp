#include "bench/families/chains.hpp"
#include "bench/families/explore.hpp"

namespace steady::families {

Chain kanban(int t) {
  enum { w, x, y, z, cell };
  constexpr double redo[] = {0.36, 0.42, 0.39, 0.33}, ok[] = {0.84, 0.98, 0.91, 0.77}, back = 0.3;

  Rules rules;
  rules.bits.assign(4 * cell, 3);
  rules.initial.assign(4 * cell, 0);
  rules.transitions = [=](const Counters& s, const Emit& emit) {
    const auto accepts = [&](int c) { return s[c * cell + w] < t && s[c * cell + x] < t; };
    const auto releases = [&](int c) { return s[c * cell + z] > 0 && s[c * cell + w] > 0; };
    // Parts leave and enter several cells at once.
    const auto pass = [&](std::initializer_list<int> from, std::initializer_list<int> to, double rate) {
      Counters next = s;
      for (const int c : from) {
        if (!releases(c)) return;
        --next[c * cell + z];
        --next[c * cell + w];
      }
      for (const int c : to) {
        if (!accepts(c)) return;
        ++next[c * cell + w];
        ++next[c * cell + x];
      }
      emit(next, rate);
    };
    const auto move = [&](int c, int from, int to, double rate) {
      if (s[c * cell + from] == 0) return;
      Counters next = s;
      --next[c * cell + from];
      ++next[c * cell + to];
      emit(next, rate);
    };
    pass({}, {0}, 1.0);
    pass({0}, {1, 2}, 0.4);
    pass({1, 2}, {3}, 0.5);
    pass({3}, {}, 0.9);
    for (int c = 0; c < 4; ++c) {
      move(c, x, y, redo[c]);
      move(c, x, z, ok[c]);
      move(c, y, x, back);
    }
  };
  return explore(rules);
}

}  // namespace steady::families
