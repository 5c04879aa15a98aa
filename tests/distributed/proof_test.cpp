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
  Bottom bottom;
  StationarySolver solver;
  DistributedCertificate certificate;
  std::vector<double> h;

  Proven(const Ranks& ranks, const std::string& text, const std::string& constants)
      : block(read_block(ranks, text, constants)),
        q(ranks, block),
        bottom(find_bottom(q, block.initial.front(), true)),
        solver(q, bottom, {}) {
    solver.solve(1e-12);
    certificate = certify(q, solver, 1e-10);
    h = certificate.hitting_times;
  }

  double bound(const std::vector<double>& p, const std::vector<double>& times) const {
    return total_variation_bound(q, p, times, certificate.reference);
  }
  // p with so much of it moved from the reference state to another one: so far off, or a little more.
  std::vector<double> moved(double much) const {
    std::vector<double> p = solver.distribution();
    const std::uint64_t to = certificate.reference == 0 ? q.states() - 1 : 0;
    if (q.owns(certificate.reference)) p[certificate.reference - q.first()] -= much;
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
  const std::uint64_t other = proven.certificate.reference == 0 ? 1 : 0;
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
  nothing(proven.bound(p, changed(proven.h, proven.certificate.reference, 1)), "a time at the reference state");
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

// Two closed sets: no witness proves anything, as no state is reached from everywhere.
void test_several_closed_sets(const Ranks& ranks) {
  prism::ChainBlock block =
      read_block(ranks,
                 "ctmc\nmodule m\n x : [0..4];\n [] x=0 -> 1 : (x'=1) + 1 : (x'=3);\n [] x=1 -> 1 : (x'=2);\n"
                 " [] x=2 -> 1 : (x'=1);\n [] x=3 -> 1 : (x'=4);\n [] x=4 -> 1 : (x'=3);\nendmodule\n",
                 "");
  const Generator q(ranks, block);
  const Bottom bottom = find_bottom(q, 0, true);
  check(ranks, bottom.size == 2 && bottom.elsewhere == 2, "the closed sets are not found");
  const std::vector<double> p(q.size(), 0.2), h(q.size(), 1.0);
  for (std::uint64_t reference = 0; reference < 5; ++reference) {
    std::vector<double> times = h;
    if (q.owns(reference)) times[reference - q.first()] = 0;
    check(ranks, std::isinf(total_variation_bound(q, p, times, reference)), "a bound with two closed sets");
  }
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
    test_several_closed_sets(ranks);
    failures = static_cast<int>(ranks.sum(static_cast<std::uint64_t>(failures)));
  }
  PetscFinalize();
  MPI_Finalize();
  return failures == 0 ? 0 : 1;
}
