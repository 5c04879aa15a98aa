#include "bench/families/chains.hpp"
#include "bench/families/explore.hpp"

namespace steady::families {

Chain tandem(int c) {
  Rules rules;
  rules.bits = {13, 2, 13};
  rules.initial = {0, 1, 0};
  rules.transitions = [c](const Counters& s, const Emit& emit) {
    const int sc = s[0], phase = s[1], sm = s[2];
    if (sc < c) emit({sc + 1, phase, sm}, 4.0 * c);
    if (sc > 0 && phase == 1) emit({sc, 2, sm}, 0.2);
    if (sc > 0 && sm < c) emit({sc - 1, 1, sm + 1}, phase == 1 ? 1.8 : 2.0);
    if (sm > 0) emit({sc, phase, sm - 1}, 4.0);
  };
  return explore(rules);
}

}  // namespace steady::families
