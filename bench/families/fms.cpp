#include <algorithm>
#include <bit>

#include "bench/families/chains.hpp"
#include "bench/families/explore.hpp"

namespace steady::families {

// The machines' free counters are left out: what is on a machine determines them. A part for assembly joins a waiting
// partner at once, and a machine that finishes takes the next waiting part at once.
Chain fms(int n) {
  enum { P1, P1wM1, P1M1, P1s, P1wP2, P2, P2wM2, P2M2, P2s, P2wP1, P3, P3M2, P3s, P12, P12wM3, P12M3, P12s, counters };
  constexpr int machines[] = {3, 1, 2};
  const int wide = std::bit_width(static_cast<unsigned>(n));

  Rules rules;
  rules.bits.assign(counters, wide);
  rules.bits[P1M1] = 2;
  rules.bits[P2M2] = 1;
  rules.bits[P12M3] = 2;
  rules.initial.assign(counters, 0);
  rules.initial[P1] = rules.initial[P2] = rules.initial[P3] = n;
  rules.transitions = [=](const Counters& s, const Emit& emit) {
    const double np = 3 * n / 2, r = s[P1] + s[P2] + s[P3] + s[P12];
    const double share = std::min(1.0, np / r);
    const auto transport = [&](int part, int waiting, int machine, int number) {
      if (s[part] == 0) return;
      Counters next = s;
      --next[part];
      ++next[s[machine] < number ? machine : waiting];
      emit(next, s[part] * share);
    };
    const auto finish = [&](int machine, int waiting, int done, int partner, double rate) {
      if (s[machine] == 0) return;
      Counters next = s;
      --next[s[waiting] > 0 ? waiting : machine];
      if (partner < counters && s[partner] > 0) {
        --next[partner];
        ++next[P12];
      } else {
        ++next[done];
      }
      emit(next, rate * s[machine]);
    };
    const auto unload = [&](int done, std::initializer_list<int> pallets) {
      if (s[done] == 0) return;
      Counters next = s;
      next[done] = 0;
      for (const int pallet : pallets) next[pallet] += s[done];
      emit(next, 1.0 / 60);
    };
    transport(P1, P1wM1, P1M1, machines[0]);
    transport(P2, P2wM2, P2M2, machines[1]);
    transport(P3, P3M2, P3M2, n);
    transport(P12, P12wM3, P12M3, machines[2]);
    finish(P1M1, P1wM1, P1s, counters, 0.2);
    finish(P1M1, P1wM1, P1wP2, P2wP1, 0.05);
    finish(P2M2, P2wM2, P2s, counters, 0.1);
    finish(P2M2, P2wM2, P2wP1, P1wP2, 1.0 / 15);
    finish(P12M3, P12wM3, P12s, counters, 1.0);
    if (s[P3M2] > 0 && s[P2M2] == 0) {
      Counters next = s;
      --next[P3M2];
      ++next[P3s];
      emit(next, 0.5);
    }
    unload(P1s, {P1});
    unload(P2s, {P2});
    unload(P3s, {P3});
    unload(P12s, {P1, P2});
  };
  return explore(rules);
}

}  // namespace steady::families
