// What the proof over several processes says of distributions and witnesses that are wrong: mpirun -n 1, 2, 3.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "formats/io/file.hpp"
#include "formats/model/prism/prism.hpp"
#include "solver/distributed/certificate.hpp"
#include "solver/distributed/total_variation.hpp"

namespace steady::cli {
std::string command_line;  // of reports, which none is made of here
}

using namespace steady;
using namespace steady::detail;

namespace {

int failures = 0;

void check(const Ranks& ranks, bool holds, const std::string& what) {
  if (holds) return;
  ++failures;
  fmt::print(stderr, "rank {} of {}: {}\n", ranks.number(), ranks.count(), what);
}

prism::ChainBlock read_block(const Ranks& ranks, const std::string& text, const std::string& constants) {
  ReadOptions options;
  options.constants = constants;
  return prism::read_prism_block(
      "model.prism", std::string(text), options,
      {static_cast<std::uint64_t>(ranks.number()), static_cast<std::uint64_t>(ranks.count())});
}

// A witness and a distribution that together prove something, for faults to be planted in.
struct Proven {
  prism::ChainBlock block;
  Generator q;
  BottomComponents bottom;
  Budget budget = {};
  Absorption absorption;
  StationarySolver solver;
  DistributedCertificate certificate;
  std::vector<double> h;

  Proven(const Ranks& ranks, const std::string& text, const std::string& constants)
      : block(read_block(ranks, text, constants)),
        q(ranks, block),
        bottom(find_bottom_components(q, {}).value()),
        absorption(absorb(q, bottom, block.initial, 1e-12, budget)),
        solver(q, bottom, absorption.weights, budget) {
    solver.solve(1e-12);
    certificate = certify(q, {block.initial, bottom, absorption}, solver, 1e-10);
    h = certificate.hitting_times;
  }

  double bound(const std::vector<double>& p, const std::vector<double>& times) const {
    return bound(p, times, absorption.visits);
  }
  double bound(const std::vector<double>& p, const std::vector<double>& times,
               const std::vector<double>& visits) const {
    return total_variation_bound(q, {block.initial, bottom, p, times, certificate.references, visits});
  }
  // p with so much of it moved from the reference state to another one: so far off, or a little more.
  std::vector<double> moved(double much) const {
    std::vector<double> p = solver.distribution();
    const std::uint64_t from = certificate.references.front(), to = from == 0 ? q.states() - 1 : 0;
    if (q.owns(from)) p[from - q.first()] -= much;
    if (q.owns(to)) p[to - q.first()] += much;
    return p;
  }
};

// What moves between states is seen, and the bound is above it.
void test_moved(const Ranks& ranks, const Proven& proven) {
  for (const double much : {1e-3, 1e-6, 1e-9}) {
    const double bound = proven.bound(proven.moved(much), proven.h);
    check(ranks, bound >= much - proven.certificate.total_variation,
          fmt::format("{} was moved, and the bound is {}", much, bound));
    check(ranks, std::isfinite(bound), fmt::format("{} was moved, and nothing is proven", much));
  }
}

// Witnesses that are none prove nothing; `change` changes the own state at a place of the whole chain.
void test_bad_witnesses(const Ranks& ranks, const Proven& proven) {
  const std::vector<double>& p = proven.solver.distribution();
  const std::uint64_t reference = proven.certificate.references.front(), other = reference == 0 ? 1 : 0;
  const auto changed = [&](std::vector<double> vector, std::uint64_t place, double value) {
    if (proven.q.owns(place)) vector[place - proven.q.first()] = value;
    return vector;
  };
  const auto nothing = [&](double bound, const char* what) {
    check(ranks, std::isinf(bound), fmt::format("{}: {} is proven", what, bound));
  };
  nothing(proven.bound(p, std::vector<double>(p.size())), "times that are 0");
  nothing(proven.bound(p, changed(proven.h, other, 0)), "a time that is 0");
  nothing(proven.bound(p, changed(proven.h, other, -1)), "a time that is negative");
  nothing(proven.bound(p, changed(proven.h, other, NAN)), "a time that is no number");
  nothing(proven.bound(p, changed(proven.h, reference, 1)), "a time at the reference state");
  nothing(proven.bound(changed(p, other, -1e-3), proven.h), "a negative probability");
  nothing(proven.bound(changed(p, other, NAN), proven.h), "a probability that is no number");
  nothing(proven.bound(std::vector<double>(p.size()), proven.h), "no probability at all");
}

// A birth-death chain: its distribution is geometric, and what is proven contains it.
void test_closed_form(const Ranks& ranks) {
  const Proven proven(ranks,
                      "ctmc\nmodule queue\n n : [0..40];\n [] n<40 -> 1 : (n'=n+1);\n [] n>0 -> 2 : (n'=n-1);\n"
                      "endmodule\n",
                      "");
  double own = 0;
  for (std::size_t i = 0; i < proven.q.size(); ++i) {
    const double exact = std::ldexp(1.0, -static_cast<int>(proven.q.first() + i)) / (2 - std::ldexp(1.0, -40));
    own += std::abs(proven.solver.distribution()[i] - exact);
  }
  const double apart = ranks.sum(own) / 2;
  check(ranks, proven.certificate.proven() && proven.certificate.total_variation < 1e-9, "the queue is not proven");
  check(ranks, apart <= proven.certificate.total_variation + 1e-16,
        fmt::format("{} from the closed form, and the bound is {}", apart, proven.certificate.total_variation));
}

// From 0 the chain ends in 1 and 2 with probability 1/3, else in 3 and 4; 5 is on the way to 3.
constexpr const char* two_ends =
    "ctmc\nmodule m\n x : [0..5];\n [] x=0 -> 1 : (x'=1) + 2 : (x'=5);\n [] x=1 -> 1 : (x'=2);\n"
    " [] x=2 -> 3 : (x'=1);\n [] x=3 -> 1 : (x'=4);\n [] x=4 -> 1 : (x'=3);\n [] x=5 -> 7 : (x'=3);\nendmodule\n";

// The probabilities of ending in each of two closed sets are proven, too, and faults in them are seen.
void test_two_ends(const Ranks& ranks) {
  const Proven proven(ranks, two_ends, "");
  const std::vector<double> exact{0, 0.25, 1.0 / 12, 1.0 / 3, 1.0 / 3, 0};
  const std::vector<double>& p = proven.solver.distribution();
  check(ranks, proven.bottom.first == std::vector<std::uint64_t>{1, 3} && proven.bottom.states() == 4,
        "the closed sets are not found");
  double own = 0;
  for (std::size_t i = 0; i < p.size(); ++i) own += std::abs(p[i] - exact[proven.q.first() + i]);
  const double apart = ranks.sum(own) / 2;
  check(ranks, proven.certificate.total_variation < 1e-9 && apart <= proven.certificate.total_variation + 1e-16,
        fmt::format("two ends: {} off, and the bound is {}", apart, proven.certificate.total_variation));

  std::vector<double> moved = p;  // as if it ended in either with probability 1/2
  for (std::size_t i = 0; i < p.size(); ++i) moved[i] *= proven.q.first() + i < 3 ? 1.5 : 0.75;
  const double bound = proven.bound(moved, proven.h);
  check(ranks, bound >= 1.0 / 6 && bound < 1,
        fmt::format("a sixth was moved between the ends, and the bound is {}", bound));
  std::vector<double> fewer = proven.absorption.visits;
  for (double& time : fewer) time *= 0.5;
  check(ranks, proven.bound(p, proven.h, fewer) >= 1.0 / 12, "visits that are too short prove the same");
  for (double& time : fewer) time = -time;
  check(ranks, std::isinf(proven.bound(p, proven.h, fewer)), "visits that are negative prove something");
}

// A claim of one closed set where there are two, or of one that is left, proves nothing.
void test_wrong_sets(const Ranks& ranks) {
  const Proven proven(ranks, two_ends, "");
  const std::vector<double> p(proven.q.size(), 1.0 / 6), h(proven.q.size(), 1.0);
  const BottomComponents all{std::vector<std::uint32_t>(proven.q.size()), {0}, {6}};
  for (std::uint64_t reference = 0; reference < 6; ++reference) {
    std::vector<double> times = h;
    if (proven.q.owns(reference)) times[reference - proven.q.first()] = 0;
    const double bound = total_variation_bound(proven.q, {proven.block.initial, all, p, times, {reference}, {}});
    check(ranks, std::isinf(bound), "a bound with two closed sets that are one");
  }
  check(ranks, std::isfinite(proven.bound(proven.solver.distribution(), proven.h, {})), "nothing without visits");
  BottomComponents left = proven.bottom;  // without 4, to which 3 goes
  std::vector<double> without = proven.solver.distribution();
  if (proven.q.owns(4)) {
    left.component[4 - proven.q.first()] = BottomComponents::none;
    without[4 - proven.q.first()] = 0;
  }
  const double bound = total_variation_bound(proven.q, {proven.block.initial, left, without, proven.h, {1, 3}, {}});
  check(ranks, std::isinf(bound), "a bound with a set that is left");
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  PetscInitializeNoArguments();
  {
    const Ranks ranks(MPI_COMM_WORLD);
    const Proven kanban(ranks, read_file(argv[1]), "t=2");
    check(ranks, kanban.certificate.proven() && kanban.certificate.total_variation < 1e-9, "Kanban is not proven");
    test_moved(ranks, kanban);
    test_bad_witnesses(ranks, kanban);
    test_closed_form(ranks);
    test_two_ends(ranks);
    test_wrong_sets(ranks);
    failures = static_cast<int>(ranks.sum(static_cast<std::uint64_t>(failures)));
  }
  PetscFinalize();
  MPI_Finalize();
  return failures == 0 ? 0 : 1;
}
