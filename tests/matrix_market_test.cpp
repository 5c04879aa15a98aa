// Matrix Market files: what they mean, and that bad ones are refused with the line.
#include "formats/model/matrix_market.hpp"

#include <cmath>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "damage.hpp"
#include "formats/io/file.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

const std::string real = "%%MatrixMarket matrix coordinate real general\n";
const std::string pattern = "%%MatrixMarket matrix coordinate pattern general\n";
const std::string integer = "%%MatrixMarket matrix coordinate integer general\n";

Model read(std::string text, std::optional<Kind> kind = {}) {
  ReadOptions options;
  options.kind = kind;
  Model model = read_matrix_market("m.mtx", std::move(text), options);
  validate(model.chain);
  return model;
}

// The message of the Error; fails on anything else.
std::string refused(const std::string& text, std::optional<Kind> kind = {}, Error::Cause cause = Error::Cause::input) {
  try {
    read(text, kind);
  } catch (const Error& error) {
    CHECK(error.cause == cause);
    return error.what();
  }
  FAIL_CHECK("read: " << text.substr(0, 200));
  return "";
}

bool has_note(const Model& model, const std::string& part) {
  for (const std::string& note : model.notes)
    if (note.find(part) != std::string::npos) return true;
  return false;
}

// The rate from one state to another.
double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

}  // namespace

TEST_CASE("a generator loses its diagonal") {
  const Model model = read(real + "% comment\n\n2 2 4\n1 1 -2\n1 2 2\n2 1 3e0\n2 2 -3.0\n");
  const Chain& chain = model.chain;
  CHECK(chain.kind == Kind::ctmc);
  CHECK(chain.size() == 2);
  CHECK(rate(chain, 0, 1) == 2);
  CHECK(rate(chain, 1, 0) == 3);
  CHECK(chain.exit_rate == std::vector<double>{2, 3});
  CHECK(chain.self_loops.empty());
  CHECK(chain.transitions() == 2);
  REQUIRE(chain.initial.size() == 1);
  CHECK(chain.initial[0].state == 0);
  REQUIRE(chain.labels.size() == 2);
  CHECK(chain.labels[0].name == "init");
  CHECK(chain.labels[0].holds == std::vector<bool>{true, false});
  CHECK(chain.labels[1].name == "deadlock");
  CHECK(chain.labels[1].holds == std::vector<bool>{false, false});
  CHECK(has_note(model, "generator"));
  CHECK_FALSE(has_note(read(real + "2 2 4\n1 1 -2\n1 2 2\n2 1 3e0\n2 2 -3.0\n", Kind::ctmc), "generator"));
}

TEST_CASE("rates keep self-loops, probabilities make a dtmc") {
  const Model rates = read(real + "2 2 3\n1 1 5\n1 2 2\n2 1 3\n");
  CHECK(rates.chain.kind == Kind::ctmc);
  REQUIRE(rates.chain.self_loops.size() == 1);
  CHECK(rates.chain.self_loops[0].value == 5);
  CHECK(rates.chain.exit_rate == std::vector<double>{2, 3});
  CHECK(rates.chain.transitions() == 3);

  const std::string steps = real + "2 2 3\n1 1 0.25\n1 2 0.75\n2 1 1\n";
  CHECK(read(steps).chain.kind == Kind::dtmc);
  CHECK(read(steps, Kind::dtmc).chain.self_loops[0].value == 0.25);
  CHECK(read(steps, Kind::ctmc).chain.kind == Kind::ctmc);
  CHECK(read(steps, Kind::ctmc).chain.exit_rate == std::vector<double>{0.75, 1});
}

TEST_CASE("pattern and integer fields") {
  const Model ones = read(pattern + "3 3 4\n1 2\n2 3\n3 1\n3 2\n");
  CHECK(ones.chain.kind == Kind::ctmc);
  CHECK(rate(ones.chain, 2, 1) == 1);
  CHECK(has_note(ones, "pattern"));
  const std::string cycle = pattern + "2 2 2\n1 2\n2 1\n";
  CHECK(read(cycle).chain.kind == Kind::ctmc);  // rates of 1, even where rows sum to 1
  CHECK(read(cycle, Kind::dtmc).chain.kind == Kind::dtmc);
  CHECK(rate(read(integer + "2 2 2\n1 2 7\n2 1 +3\n").chain, 0, 1) == 7);
  CHECK_THAT(refused(integer + "2 2 2\n1 2 7.5\n2 1 3\n"), ContainsSubstring("m.mtx:3: value is followed by '.5'"));
  CHECK_THAT(refused(integer + "2 2 1\n1 2 99999999999999999999\n"), ContainsSubstring("too large"));
  CHECK_THAT(refused(pattern + "2 2 2\n1 2 1\n2 1\n"), ContainsSubstring("m.mtx:3:"));
}

TEST_CASE("a symmetric file holds one half") {
  const std::string symmetric = "%%MatrixMarket matrix coordinate real symmetric\n";
  const Model model = read(symmetric + "3 3 3\n2 1 2\n3 2 5\n3 3 1\n");
  CHECK(rate(model.chain, 0, 1) == 2);
  CHECK(rate(model.chain, 1, 0) == 2);
  CHECK(rate(model.chain, 1, 2) == 5);
  CHECK(rate(model.chain, 2, 1) == 5);
  CHECK(model.chain.self_loops.size() == 1);
  CHECK(model.chain.transitions() == 5);
  CHECK(has_note(read(symmetric + "2 2 4\n2 1 1\n2 1 4\n1 1 -5\n2 2 -5\n"), "line 4 repeats"));
  CHECK_THAT(refused(symmetric + "2 2 1\n1 2 1\n"), ContainsSubstring("m.mtx:3: row 1, column 2 is above"));
}

TEST_CASE("a transposed file holds in column i what leaves state i") {
  const std::string text = real + "2 2 4\n1 1 -2\n2 1 2\n1 2 3\n2 2 -3\n";
  ReadOptions options;
  options.transposed = true;
  const Model model = read_matrix_market("m.mtx", std::string(text), options);
  CHECK(rate(model.chain, 0, 1) == 2);
  CHECK(rate(model.chain, 1, 0) == 3);
  CHECK(has_note(model, "every column sums to 0"));
  CHECK_THAT(refused(text), ContainsSubstring("row 1 sums to 1 and every column to 0: with --transposed"));
}

TEST_CASE("case, comments, blank lines, carriage returns and missing last line end do not matter") {
  const Model model = read(
      "%%matrixMARKET MATRIX Coordinate Real GENERAL\r\n% a\r\n\r\n  % b\r\n 2\t2 2 \r\n\r\n% c\r\n1 2 .5\r\n\t2 1 "
      "+2.\r\n"
      "\r\n% end");
  CHECK(rate(model.chain, 0, 1) == 0.5);
  CHECK(rate(model.chain, 1, 0) == 2);
  CHECK(rate(read(real + "2 2 2\n1 2 5\n2 1 77").chain, 1, 0) == 77);
}

TEST_CASE("entries at one place are added, with one note") {
  const Model model = read(real + "2 2 5\n1 2 1\n2 1 1\n% x\n1 2 0.5\n2 1 4\n1 2 2\n");
  CHECK(rate(model.chain, 0, 1) == 3.5);
  CHECK(rate(model.chain, 1, 0) == 5);
  CHECK(has_note(model, "3 entries repeat the place of an earlier one, the first in line 6"));
  CHECK(has_note(read(real + "2 2 3\n1 2 1\n2 1 1\n1 2 5\n"), "line 5 repeats"));
}

TEST_CASE("a state without a transition gets a self-loop") {
  const Model model = read(real + "3 3 3\n1 2 1\n1 1 -1\n3 3 0\n");
  const Chain& chain = model.chain;
  REQUIRE(chain.self_loops.size() == 2);
  CHECK(chain.self_loops[0].state == 1);
  CHECK(chain.self_loops[1].state == 2);
  CHECK(chain.self_loops[1].value == 1);
  CHECK(chain.exit_rate == std::vector<double>{1, 0, 0});
  CHECK(chain.transitions() == 3);
  CHECK(chain.labels[1].holds == std::vector<bool>{false, true, true});
  CHECK(has_note(model, "2 states have no transition, the first is 1"));

  const Model rates = read(real + "3 3 2\n1 2 4\n2 2 2\n");
  CHECK(rates.chain.labels[1].holds == std::vector<bool>{false, false, true});
  CHECK(rates.chain.self_loops.size() == 2);
  CHECK(has_note(rates, "state 2 has no transition"));
  CHECK(has_note(read(real + "2 2 0\n"), "generator"));
  CHECK_THAT(refused(real + "2 2 1\n1 2 1\n", Kind::dtmc), ContainsSubstring("row 2 is empty"));
}

TEST_CASE("probabilities that nearly sum to 1 are rescaled") {
  const Model model = read(real + "2 2 3\n1 1 0.25\n1 2 0.750009\n2 1 0.999999\n");
  CHECK(model.chain.kind == Kind::dtmc);
  CHECK(model.chain.exit_rate[1] == 1);
  CHECK(model.chain.exit_rate[0] + model.chain.self_loops[0].value == Approx(1).epsilon(1e-15));
  CHECK(has_note(model, "2 rows of probabilities rescaled to sum to 1; row 1 was furthest"));
  CHECK_FALSE(has_note(read(real + "2 2 3\n1 1 0.1\n1 2 0.9\n2 1 1\n"), "rescaled"));
  CHECK_THAT(refused(real + "2 2 2\n1 2 1\n2 1 0.9999\n", Kind::dtmc),
             ContainsSubstring("m.mtx: row 2 sums to 0.9999"));
  CHECK_THAT(refused(real + "2 2 2\n1 2 1\n2 1 0.9999\n"),
             ContainsSubstring("--rescale") && ContainsSubstring("--kind ctmc"));
  CHECK(read(real + "2 2 2\n1 2 1\n2 1 0.9999\n", Kind::ctmc).chain.exit_rate[1] == 0.9999);
  CHECK(read(real + "2 2 2\n1 2 1\n2 1 0.98\n").chain.kind == Kind::ctmc);
}

TEST_CASE("negative entries") {
  CHECK_THAT(refused(real + "2 2 2\n1 2 1\n2 1 -0.5\n"),
             ContainsSubstring("m.mtx:4: row 2, column 1: -0.5 is negative"));
  for (const std::optional<Kind> kind : {std::optional<Kind>(), std::optional<Kind>(Kind::ctmc)})
    CHECK_THAT(refused(real + "2 2 4\n1 1 -2\n1 2 2\n2 1 3\n2 2 -2\n", kind),
               ContainsSubstring("m.mtx:3: a negative diagonal") && ContainsSubstring("row 2 sums to 1"));
  CHECK_THAT(refused(real + "2 2 4\n1 1 -2\n1 2 3\n2 1 1\n2 2 0\n", Kind::dtmc),
             ContainsSubstring("m.mtx:3: a negative"));
  // The sum is 0 within 1e-9 of the largest entry, not more.
  CHECK(read(real + "2 2 3\n1 1 -1000\n1 2 1000.0000009\n2 1 0\n").chain.kind == Kind::ctmc);
  CHECK_THAT(refused(real + "2 2 3\n1 1 -1\n1 2 1.0000001\n2 1 0\n"), ContainsSubstring("row 1 sums to"));
}

TEST_CASE("what is not built or makes no sense is refused by name") {
  const auto banner = [](const std::string& words) { return refused("%%MatrixMarket " + words + "\n1 1 0\n"); };
  CHECK_THAT(banner("matrix array pattern general"), ContainsSubstring("'pattern' says nothing of an 'array'"));
  CHECK_THAT(banner("matrix list real general"), ContainsSubstring("format 'list'"));
  CHECK_THAT(banner("matrix coordinate real skew-symmetric"), ContainsSubstring("'skew-symmetric'"));
  CHECK_THAT(banner("matrix coordinate real hermitian"), ContainsSubstring("'hermitian'"));
  CHECK_THAT(banner("vector coordinate real general"), ContainsSubstring("'vector'"));
  CHECK_THAT(banner("matrix coordinate quaternion general"), ContainsSubstring("'quaternion'"));
  CHECK_THAT(banner("matrix coordinate real"), ContainsSubstring("m.mtx:1: symmetry ''"));
  CHECK_THAT(banner("matrix coordinate real general x"), ContainsSubstring("m.mtx:1:"));
  for (const char* text : {"", "\n", "2 2 1\n1 2 1\n", "%MatrixMarket matrix coordinate real general\n1 1 0\n"})
    CHECK_THAT(refused(text), ContainsSubstring("m.mtx:1: a Matrix Market file starts with"));
}

TEST_CASE("dense, complex and unsigned files, and Fortran's exponents") {
  const std::string array = "%%MatrixMarket matrix array real ";
  const Chain dense = read(array + "general\n2 2\n0\n3\n1\n0\n").chain;  // column by column
  CHECK(dense.exit_rate == std::vector<double>{1, 3});
  CHECK(read(array + "symmetric\n2 2\n0\n3\n0\n").chain.exit_rate == std::vector<double>{3, 3});
  CHECK_THAT(refused(array + "general\n2 2\n0\n3\n"), ContainsSubstring("4 entries are promised"));
  CHECK_THAT(refused(array + "general\n2 2\n0.0\n3.0\n1.0\n"), ContainsSubstring("after 3 of 4 entries"));
  CHECK_THAT(refused(array + "general\n2 2\n0\n3\n1\n0\n0\n"), ContainsSubstring("more than the 4 entries"));
  CHECK_THAT(refused(array + "general\n2 2 4\n0\n3\n1\n0\n"), ContainsSubstring("m.mtx:2: the line should end"));
  CHECK_THAT(refused(array + "general\n2 2\n0\n-3\n1\n0\n"), ContainsSubstring("row 2, column 1: -3 is negative"));
  CHECK_THAT(refused(array + "general\n4000000000 4000000000\n0\n"), ContainsSubstring("entries are promised"));

  const std::string complex = "%%MatrixMarket matrix coordinate complex ";
  CHECK(read(complex + "general\n2 2 2\n1 2 1 0\n2 1 3 -0.0\n").chain.exit_rate == std::vector<double>{1, 3});
  CHECK(read(complex + "hermitian\n2 2 1\n2 1 3 0\n").chain.exit_rate == std::vector<double>{3, 3});
  CHECK_THAT(refused(complex + "general\n2 2 2\n1 2 1 0\n2 1 3 0.5\n"),
             ContainsSubstring("m.mtx:4: imaginary part '0.5'"));
  CHECK_THAT(refused(complex + "general\n2 2 2\n1 2 1\n2 1 3 0\n"), ContainsSubstring("m.mtx:3: imaginary part"));

  const std::string whole = "%%MatrixMarket matrix coordinate unsigned-integer general\n2 2 2\n";
  CHECK(read(whole + "1 2 18446744073709551615\n2 1 1\n").chain.exit_rate == std::vector<double>{0x1p64, 1});
  CHECK_THAT(refused(whole + "1 2 -1\n2 1 1\n"), ContainsSubstring("'-1' is negative"));

  CHECK(read("\xef\xbb\xbf" + real + "2 2 2\n1 2 1.5D+3\n2 1 2d-2\n").chain.exit_rate ==
        std::vector<double>{1500, 0.02});
  CHECK_THAT(refused(real + "2 2 2\n1 2 1D\n2 1 1\n"), ContainsSubstring("m.mtx:3: value is followed by 'D'"));
  CHECK_THAT(refused(real + "2 2 2\n1 2 1D999\n2 1 1\n"), ContainsSubstring("'1D999' is beyond the range"));
  CHECK_THAT(refused(real + "2 2 2\n1 2 1D+\n2 1 1\n"), ContainsSubstring("followed by 'D+'"));
}

TEST_CASE("bad sizes are refused before anything is allocated") {
  CHECK_THAT(refused(real), ContainsSubstring("size line"));
  CHECK_THAT(refused(real + "2 3 1\n1 2 1\n"), ContainsSubstring("m.mtx:2: 2 rows and 3 columns"));
  CHECK_THAT(refused(real + "0 0 0\n"), ContainsSubstring("at least one state"));
  CHECK_THAT(refused(real + "2 2\n"), ContainsSubstring("the number of entries expected"));
  CHECK_THAT(refused(real + "2 2 1 1\n"), ContainsSubstring("m.mtx:2:"));
  CHECK_THAT(refused(real + "-2 -2 1\n"), ContainsSubstring("'-2' is negative"));
  CHECK_THAT(refused(real + "2.5 2.5 1\n"), ContainsSubstring("followed by '.5'"));
  CHECK_THAT(refused(real + "2 2 1000000000000\n1 2 1\n"), ContainsSubstring("1000000000000 entries"));
  CHECK_THAT(refused(real + "2 2 99999999999999999999999\n1 2 1\n"), ContainsSubstring("too large"));
  CHECK_THAT(refused(real + "4294967295 4294967295 0\n", {}, Error::Cause::machine), ContainsSubstring("4294967294"));
}

TEST_CASE("bad entries are refused with their line") {
  const auto entries = [](const std::string& lines) { return refused(real + "2 2 2\n" + lines); };
  CHECK_THAT(entries("1 2 1\n"), ContainsSubstring("m.mtx:3: the file ends after 1 of 2 entries"));
  CHECK_THAT(entries("1 2 1\n2 1 1\n% x\n\n1 1 1\n"), ContainsSubstring("m.mtx:7: more than the 2 entries"));
  CHECK_THAT(entries("1 2 1\n0 1 1\n"), ContainsSubstring("m.mtx:4: row 0 is not in 1..2"));
  CHECK_THAT(entries("1 2 1\n2 3 1\n"), ContainsSubstring("m.mtx:4: column 3 is not in 1..2"));
  CHECK_THAT(entries("1 2 1\n-1 2 1\n"), ContainsSubstring("row '-1' is negative"));
  CHECK_THAT(entries("1 2 1\n1.5 2 1\n"), ContainsSubstring("row is followed by '.5'"));
  CHECK_THAT(entries("1 2 nan\n2 1 1\n"), ContainsSubstring("m.mtx:3: value 'nan' is not finite"));
  CHECK_THAT(entries("1 2 inf\n2 1 1\n"), ContainsSubstring("'inf' is not finite"));
  CHECK_THAT(entries("1 2 -Infinity\n2 1 1\n"), ContainsSubstring("'-Infinity' is not finite"));
  CHECK_THAT(entries("1 2 1e999\n2 1 1\n"), ContainsSubstring("'1e999' is beyond the range"));
  CHECK_THAT(entries("1 2 1e-999\n2 1 1\n"), ContainsSubstring("'1e-999' is beyond the range"));
  CHECK_THAT(entries("1 2\n2 1 1\n"), ContainsSubstring("m.mtx:3: value expected, found the line's end"));
  CHECK_THAT(entries("1 2 1x\n2 1 1\n"), ContainsSubstring("m.mtx:3: value is followed by 'x'"));
  CHECK_THAT(entries("1 2 1 x\n2 1 1\n"), ContainsSubstring("m.mtx:3: the line should end, found 'x'"));
  CHECK_THAT(entries("1 2 0x1\n2 1 1\n"), ContainsSubstring("'x1'"));
  CHECK_THAT(entries("1 2 \x01\xff\n2 1 1\n"), ContainsSubstring("'\\x01\\xff'"));
  CHECK_THAT(entries("1 2 1.7e308\n1 1 1.7e308\n"), ContainsSubstring("row 1 sums to inf"));
  CHECK_THAT(entries(std::string("1 2 1\n2 1 \0\n", 13)), ContainsSubstring("m.mtx:4: a zero byte"));
  CHECK(entries(std::string(1'000'000, '7')).size() < 200);
  CHECK(entries("1 2 " + std::string(1'000'000, 'x') + "\n2 1 1\n").size() < 200);
  CHECK(entries("1 2 1" + std::string(1'000'000, ' ') + "\n2 1 1 1\n").size() < 200);
  CHECK(read(real + "2 2 2\n1 2 0." + std::string(1'000'000, '3') + "\n2 1 1\n").chain.exit_rate[0] == 1.0 / 3);
}

TEST_CASE("a file cut or changed anywhere is read or refused, never worse") {
  const std::vector<std::string> files = {
      real + "% three states\n3 3 7\n1 1 -2\n1 2 2\n2 1 3e0\n2 2 -4\n2 3 1\n3 1 .5\n3 3 -0.5\n",
      integer + "3 3 4\n1 2 2\n2 1 3\n2 3 1\n3 1 5\n",
      pattern + "3 3 4\r\n1 2\r\n2 1\r\n2 3\r\n3 1\r\n",
      real + "2 2 3\n1 1 0.25\n1 2 0.75\n2 1 1\n",
  };
  const std::string likely = "0123456789.-+eE %\n\r\tnaif";
  const auto attempt = [](const std::string& text, std::optional<Kind> kind) {
    try {
      read(text, kind);
    } catch (const Error& error) {
      const std::string message = error.what();
      INFO(text);
      REQUIRE(message.substr(0, 6) == "m.mtx:");
      REQUIRE(message.size() < 300);
    }
  };
  std::mt19937 random(5);
  for (const std::string& file : files)
    for (const std::optional<Kind> kind : {std::optional<Kind>(), {Kind::ctmc}, {Kind::dtmc}}) {
      for (std::size_t size = 0; size < file.size(); ++size) attempt(file.substr(0, size), kind);
      for (int k = 0; k < 2000; ++k) attempt(damaged(file, likely, random), kind);
    }
}

TEST_CASE("the birth-death example is the queue that its comment describes") {
  const std::string path = STEADY_EXAMPLES "/birth_death.mtx";
  const Model model = read_matrix_market(path, read_file(path), {});
  const Chain& chain = model.chain;
  validate(chain);
  REQUIRE(chain.size() == 10);
  CHECK(chain.transitions() == 18);
  // pi(i) = 2^(9-i) / 1023 solves the balance equations, exactly in these numbers.
  for (State i = 0; i < 10; ++i) {
    double inflow = 0;
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      inflow += chain.inflow.value[k] * std::ldexp(1.0, 9 - static_cast<int>(chain.inflow.column[k]));
    CHECK(inflow == chain.exit_rate[i] * std::ldexp(1.0, 9 - static_cast<int>(i)));
  }
}
