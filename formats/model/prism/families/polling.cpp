#include "formats/model/prism/families/polling.hpp"

#include <fmt/format.h>

namespace steady::detail {

namespace {

constexpr const char* head =
    R"(// Cyclic polling: one server visits {0} station{1} in turn, and each station holds at most one job.
//
// O. C. Ibe and K. S. Trivedi, "Stochastic Petri net models of polling systems",
// IEEE Journal on Selected Areas in Communications 8 (1990), pages 1649 to 1657.

ctmc

const int N = {0};
const double mu = 1;           // a job is served
const double gamma = 200;      // a station is polled
const double lambda = mu / N;  // an empty station gets a job

module server
  s : [1..N];  // where the server is
  a : [0..1];  // 0: it polls, 1: it serves
)";

constexpr const char* visit = R"(
  [] s={0} & a=0 & s{0}=0 -> gamma : (s'={1});
  [] s={0} & a=0 & s{0}=1 -> gamma : (a'=1);
  [serve{0}] s={0} & a=1 -> mu : (s'={1}) & (a'=0);
)";

constexpr const char* station = R"(
module station{0}
  s{0} : [0..1];  // jobs
  [] s{0}=0 -> lambda : (s{0}'=1);
  [serve{0}] s{0}=1 -> (s{0}'=0);
endmodule
)";

}  // namespace

std::string polling(int stations) {
  std::string text;
  text += fmt::format(fmt::runtime(head), stations, stations == 1 ? "" : "s");
  for (int i = 1; i <= stations; ++i) text += fmt::format(fmt::runtime(visit), i, i % stations + 1);
  text += "endmodule\n";
  for (int i = 1; i <= stations; ++i) text += fmt::format(fmt::runtime(station), i);
  text += R"(
// Station 1 has a job that is not being served.
label "s1_waits" = s1=1 & !(s=1 & a=1);
)";
  return text;
}

}  // namespace steady::detail
