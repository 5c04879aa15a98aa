// Files as other tools write them, tests/cases: their values, or the exit code and what is said. The values are
// fractions by hand unless the case says otherwise.
#include <filesystem>
#include <fstream>

#include "tests/program.hpp"

using namespace steady::tests;
using steady::Scratch;

namespace {

// The distribution that solve finds.
std::vector<double> distribution(const std::string& file, const std::string& options = "") {
  const Scratch scratch;
  const std::string output = scratch.path("p.json");
  const Run run = steady_run("solve " + cases + file + " -q --output " + output + " " + options);
  INFO(run.errors);
  REQUIRE(run.exit_code == 0);
  return Json::parse(content(output))["distribution"].get<std::vector<double>>();
}

void check(const std::vector<double>& found, const std::vector<double>& right) {
  REQUIRE(found.size() == right.size());
  for (std::size_t i = 0; i < right.size(); ++i) CHECK(found[i] == Approx(right[i]).epsilon(1e-12));
}

// The message of a file that is refused.
std::string refused(const std::string& arguments) {
  const Run run = steady_run("solve " + arguments);
  INFO(run.output << run.errors);
  CHECK(run.exit_code == 2);
  CHECK(std::count(run.errors.begin(), run.errors.end(), '\n') == 1);
  return run.errors;
}

std::string notes(const std::string& arguments) {
  const Run run = steady_run("solve " + arguments);
  INFO(run.errors);
  CHECK(run.exit_code == 0);
  return run.errors;
}

}  // namespace

TEST_CASE("foreign: Storm's rewards without a name") {
  const auto value = [](const Json& json, std::size_t k) { return json["measures"][k]["value"].get<double>(); };
  Json json = solve_json(cases + "drn-unnamed-reward.drn");
  REQUIRE(json["measures"].size() == 1);
  CHECK(value(json, 0) == Approx(2));
  json = solve_json(cases + "storm_unnamed_reward.drn");
  REQUIRE(json["measures"].size() == 2);
  CHECK(measure(json, "named") == Approx(4.2));
  CHECK(value(json, 1) == Approx(2));
  json = solve_json(cases + "drn-unnamed-first-of-four.drn");  // by an LU factorisation
  REQUIRE(json["measures"].size() == 6);                       // two labels, too
  CHECK(value(json, 0) == Approx(4.284752285).epsilon(1e-9));
  CHECK(measure(json, "tr") == Approx(0.015151515).epsilon(1e-7));
  CHECK(measure(json, "mix") == Approx(68.677248677).epsilon(1e-9));
  CHECK(measure(json, "st") == Approx(2.455627706).epsilon(1e-9));

  // They are written as Storm reads them.
  const Scratch scratch;
  const std::string copy = scratch.path("copy.drn");
  REQUIRE(steady_run("convert " + cases + "drn-unnamed-first-of-four.drn " + copy).exit_code == 0);
  CHECK_THAT(content(copy), ContainsSubstring("@reward_models\n tr mix st \n"));
  CHECK(value(solve_json(copy), 0) == Approx(4.284752285).epsilon(1e-9));
}

TEST_CASE("foreign: a compressed .drn is a tar, as Storm has it, or a text") {
  for (const std::string file : {"drn-tar.drn.gz", "drn-tar.drn.xz", "d.pm"}) {
    const Json json = solve_json(cases + file);
    CHECK(measure(json, "tr") == Approx(1.25));
    CHECK(measure(json, "st") == Approx(0.680555555556));
    CHECK(measure(json, "l1") == Approx(0.25));
    CHECK(measure(json, "l4") == Approx(1.0 / 9));
  }
  check(distribution("storm_tar.drn.gz"), {0.75, 0.25});

  const Scratch scratch;
  for (const std::string extension : {".gz", ".xz"}) {
    const std::string file = scratch.path("t.drn" + extension);
    REQUIRE(steady_run("convert " + cases + "d.pm " + file).exit_code == 0);
    CHECK(measure(solve_json(file), "tr") == Approx(1.25));
    const std::string list = scratch.path("list");
    REQUIRE(std::system(("tar tf " + file + " >" + list).c_str()) == 0);
    CHECK(content(list) == "t.drn\n");
    REQUIRE(std::system(("tar xOf " + file + " >" + scratch.path("plain.drn")).c_str()) == 0);
    CHECK(measure(solve_json(scratch.path("plain.drn")), "st") == Approx(0.680555555556));
    REQUIRE(std::system(("gzip -c " + scratch.path("plain.drn") + " >" + scratch.path("text.drn.gz")).c_str()) == 0);
    CHECK(measure(solve_json(scratch.path("text.drn.gz")), "st") == Approx(0.680555555556));
    // Storm's Python interface writes a plain text under this name.
    std::filesystem::copy(scratch.path("plain.drn"), scratch.path("named" + std::string(".drn") + extension));
    CHECK(measure(solve_json(scratch.path("named.drn" + extension)), "st") == Approx(0.680555555556));
  }
}

TEST_CASE("foreign: sums agree as far as a file's digits go") {
  check(distribution("storm_ctmc_6digits.drn"),
        {1 / (1 + 5.0 + 0.00248), 5 / (1 + 5.0 + 0.00248), 0.00248 / (1 + 5.0 + 0.00248)});
  CHECK_THAT(notes(cases + "storm_ctmc_6digits.drn"), ContainsSubstring("6 digits") && ContainsSubstring("10.0012"));
  CHECK(measure(solve_json(cases + "drn-precision4.drn"), "x") == Approx(0.3011773127).epsilon(1e-9));
  CHECK_THAT(notes(cases + "drn-precision4.drn"), ContainsSubstring("4 digits"));
}

TEST_CASE("foreign: a named system of PRISM") {
  CHECK(measure(solve_json(cases + "named_system.prism"), "both") == Approx(15.0 / 109));
}

TEST_CASE("foreign: Matrix Market of other fields and formats") {
  check(distribution("uint64.mtx"), {0.2, 0.4, 0.4});
  check(distribution("scipy-uint64.mtx"), {20.0 / 39, 15.0 / 39, 4.0 / 39});
  check(distribution("scipy-dense-array.mtx"), {20.0 / 39, 15.0 / 39, 4.0 / 39});
  check(distribution("dense_array.mtx"), {0.25, 0.5, 0.25});
  check(distribution("scipy-symmetric-array.mtx"), {1.0 / 3, 1.0 / 3, 1.0 / 3});
  check(distribution("scipy-complex.mtx"), {8.0 / 15, 4.0 / 15, 2.0 / 15, 1.0 / 15});
  check(distribution("bom.mtx"), {0.75, 0.25});
  check(distribution("fortran_D.mtx"), {0.75, 0.25});
}

TEST_CASE("foreign: a generator of 6 digits is one by --kind ctmc") {
  const std::vector<double> exact = {0.221148, 0.100548, 0.105663, 0.205047, 0.164636, 0.202958};  // of the unrounded
  const std::vector<double> found = distribution("generator_6_digits.mtx", "--kind ctmc");
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(found[i] == Approx(exact[i]).epsilon(1e-5));
  CHECK_THAT(notes(cases + "generator_6_digits.mtx --kind ctmc"), ContainsSubstring("beside the diagonal"));
  CHECK_THAT(refused(cases + "generator_6_digits.mtx"), ContainsSubstring("--kind ctmc"));
}

TEST_CASE("foreign: every format of SciPy's .npz") {
  check(distribution("coo.npz"), {0.25, 0.5, 0.25});
  for (const std::string file : {"scipy-coo.npz", "scipy-dia.npz"})
    check(distribution(file), {20.0 / 39, 15.0 / 39, 4.0 / 39});
  check(distribution("big_endian.npz"), {1.0 / 3, 2.0 / 3});
  for (const std::string file : {"scipy-bsr.npz", "scipy-longdouble.npz", "scipy-dia-fortran.npz"})
    check(distribution(file), {8.0 / 15, 4.0 / 15, 2.0 / 15, 1.0 / 15});
}

TEST_CASE("foreign: a matrix by columns is told, and read by --transposed") {
  for (const std::string file : {"columns_probabilities.mtx", "columns_generator.mtx"})
    CHECK_THAT(refused(cases + file), ContainsSubstring("every column to ") && ContainsSubstring("--transposed"));
  CHECK_THAT(refused(cases + "columns_probabilities.mtx --kind dtmc"), ContainsSubstring("--transposed"));
  CHECK_THAT(refused(cases + "columns_generator.mtx --kind ctmc"), ContainsSubstring("--transposed"));
  check(distribution("columns_probabilities.mtx", "--transposed"), {1.0 / 3, 1.0 / 2, 1.0 / 6});
  check(distribution("columns_generator.mtx", "--transposed"), {75.0 / 81, 5.0 / 81, 1.0 / 81});
  CHECK_THAT(refused(cases + "dense_array.mtx --transposed"), ContainsSubstring("without --transposed"));
}

TEST_CASE("foreign: sums near 1 are neither probabilities nor rates unless one says so") {
  const std::string file = cases + "row_sum_1.0001.npz";
  CHECK_THAT(refused(file), ContainsSubstring("--rescale") && ContainsSubstring("--kind ctmc"));
  CHECK_THAT(refused(file + " --kind dtmc"), ContainsSubstring("--rescale"));
  CHECK_THAT(refused(file + " --kind ctmc --rescale"), ContainsSubstring("--rescale is of probabilities"));
  CHECK_THAT(notes(file + " --rescale"), ContainsSubstring("rescaled to sum to 1"));
  check(distribution("row_sum_1.0001.npz", "--rescale"), {0.25, 0.5, 0.25});
  CHECK(solve_json(file + " --rescale")["model"]["kind"] == "dtmc");
  CHECK(solve_json(file + " --kind ctmc")["model"]["kind"] == "ctmc");
  CHECK_THAT(refused(cases + "bom.mtx --rescale"), ContainsSubstring("row 2 sums to 3"));

  const Scratch scratch;  // the same of a list of transitions
  const std::string list = scratch.put("m.tra", "2 3\n0 1 1.001\n1 0 0.5\n1 1 0.5\n");
  CHECK_THAT(refused(list), ContainsSubstring("--rescale") && ContainsSubstring("--kind ctmc"));
  CHECK(solve_json(list + " --rescale")["model"]["kind"] == "dtmc");
}

TEST_CASE("foreign: an empty row among probabilities is told") {
  const Scratch scratch;
  const std::string file =
      scratch.put("m.mtx", "%%MatrixMarket matrix coordinate real general\n3 3 3\n1 2 .5\n1 3 .5\n2 1 1\n");
  CHECK_THAT(notes(file), ContainsSubstring("row 3, which is empty") && ContainsSubstring("rates of a ctmc"));
  CHECK_THAT(refused(file + " --kind dtmc"), ContainsSubstring("row 3 is empty"));
}

TEST_CASE("foreign: solutions of other tools are verified") {
  const auto verdict = [](const std::string& model, const std::string& solution, const std::string& options = "") {
    const Run run = steady_run("verify " + cases + model + " " + solution + " -q --json - " + options);
    INFO(run.errors);
    CHECK(run.exit_code == 0);
    return Json::parse(run.output);
  };
  CHECK(verdict("d.pm", cases + "prism-exportss.ss")["error_bound"].get<double>() < 1e-14);
  for (const std::string file :
       {"column-big-endian.npy", "pandas-series.csv", "pandas-frame.csv", "pandas-shuffled.csv"})
    CHECK(verdict("scipy-bsr.npz", cases + file)["error_bound"].get<double>() < 1e-14);
  CHECK(verdict("scipy-bsr.npz", cases + "row-float32.npy", "--error 1e-6")["mass"].get<double>() == Approx(1));

  const Scratch scratch;
  const std::string matlab = scratch.put("dense.m", "v = [\n0.75\n0.25\n];\n");
  CHECK(verdict("bom.mtx", matlab)["mass"] == 1);
  const std::string sparse = scratch.put("sparse.m", "v = sparse(2,1);\nv(2)=0.25;\nv(1)=0.75;\n");
  CHECK(verdict("bom.mtx", sparse)["mass"] == 1);
  const std::string storm = scratch.put("storm.json", R"([{"s": 1, "v": 0.25}, {"s": 0, "v": 0.75}])");
  CHECK(verdict("bom.mtx", storm)["mass"] == 1);
  // Storm numbers states as it finds them; their variables' values say which they are.
  const std::string named = scratch.put("named.json", R"([
    {"s": {"u": 1, "v": 1}, "v": 0.13761467889908258}, {"s": {"u": 1, "v": 0}, "v": 0.22935779816513763},
    {"s": {"u": 0, "v": 0}, "v": 0.5504587155963303}, {"s": {"u": 0, "v": 1}, "v": 0.08256880733944955}])");
  CHECK(verdict("named_system.prism", named)["error_bound"].get<double>() < 1e-14);
}
