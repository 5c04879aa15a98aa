// A grid of constants: each solve begins from the answers beside it, and says the same as one alone.
#include "solver/certify/certify.hpp"
#include "solver/certify/nearby_answers.hpp"
#include "tests/catch.hpp"
#include "tests/program.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

TEST_CASE("neighbours' answers are extrapolated", "[grid]") {
  const auto solution_of = [](const Chain& chain) { return solve(chain); };
  const auto queue = [](double rate) { return reference::mmck(rate, 2, 1, 20); };
  NearbyAnswers neighbours;
  CHECK(neighbours.guess({1}, queue(1)).iterate.empty());
  CHECK(neighbours.similar(queue(1)) == nullptr);
  double before = 1;
  for (const double rate : {1.0, 1.01, 1.02}) {
    const Solution solution = solution_of(queue(rate));
    neighbours.add({rate}, queue(rate), solution, certify(queue(rate), solution.distribution));
    const std::vector<double> next = neighbours.guess({1.03}, queue(1.03)).iterate;
    const double apart = reference::largest_difference(next, solution_of(queue(1.03)).distribution);
    CHECK(apart < before / 5);
    before = apart;
  }
  CHECK(before < 1e-5);
  // On another line the newest one is taken as it is; of another chain nothing.
  const std::vector<double> newest = solution_of(queue(1.02)).distribution;
  CHECK(reference::largest_difference(neighbours.guess({1, 1.03}, queue(1.03)).iterate, newest) < 1e-15);
  CHECK(neighbours.guess({1}, reference::mmck(1, 2, 1, 21)).iterate.empty());
  REQUIRE(neighbours.similar(queue(5)) != nullptr);
  CHECK(neighbours.similar(reference::ring(Kind::ctmc, 21)) == nullptr);
}

TEST_CASE("a similar chain's witness proves, or is left alone where it does not", "[grid]") {
  const std::vector<std::vector<double>> routing = {{0, 0.5, 0.5}, {1, 0, 0}, {1, 0, 0}};
  const auto network = [&](double service) { return reference::closed_network({service, 1.1, 1.2}, routing, 40); };
  const reference::ClosedNetwork near = network(2), next = network(2.05), far = network(20);
  const Certificate similar = certify(near.chain, solve(near.chain).distribution);
  INFO(similar.reason);
  REQUIRE(similar.proven);
  for (const reference::ClosedNetwork* other : {&next, &far}) {
    CertifyOptions options;
    options.similar = &similar;
    const Certificate certificate = certify(other->chain, solve(other->chain).distribution, options);
    INFO(certificate.reason);
    REQUIRE(certificate.proven);
    CHECK(certificate.total_variation < 1e-9);
    CHECK((certificate.reference_states == similar.reference_states) == (other == &next));
    const double apart = reference::largest_difference(certificate.distribution, other->solution);
    CHECK(apart <= certificate.total_variation + 1e-14);
  }
}

TEST_CASE("a similar chain's proof without hitting times leaves the reference state alone", "[grid]") {
  const std::vector<std::vector<double>> routing = {{0, 0.5, 0.5}, {1, 0, 0}, {1, 0, 0}};
  const Chain near = reference::closed_network({2, 1.1, 1.2}, routing, 40).chain;
  const Chain other = reference::closed_network({2.3, 1.1, 1.2}, routing, 40).chain;  // another station is the slowest
  const std::vector<double> p = solve(other).distribution;
  const Certificate alone = certify(other, p);
  Options kept;
  kept.method = Method::bicgstab;
  kept.keep_matrix = true;
  kept.check_aggregates = false;
  Solution solution = solve(near, kept);
  const Certificate by_majorant = certify(near, solution);
  const Certificate by_times = certify(near, solution.distribution);
  REQUIRE(by_majorant.proven);
  REQUIRE(by_majorant.proof->hitting_times.empty());
  REQUIRE(by_times.proven);
  REQUIRE(by_times.reference_states != alone.reference_states);
  CertifyOptions options;
  options.similar = &by_times;
  CHECK(certify(other, p, options).reference_states == by_times.reference_states);
  options.similar = &by_majorant;
  CHECK(certify(other, p, options).reference_states == alone.reference_states);
}

TEST_CASE("neighbours at one place are no line", "[grid]") {
  const Chain chain = reference::mmck(1, 2, 1, 20);
  const Solution solution = solve(chain);
  NearbyAnswers neighbours;
  for (int k = 0; k < 2; ++k) neighbours.add({1}, chain, solution, std::nullopt);
  CHECK(reference::largest_difference(neighbours.guess({1}, chain).iterate, solution.distribution) < 1e-15);
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("m.prism",
                                        "ctmc\nconst double mu;\nmodule m\n n : [0..3];\n"
                                        " [] n<3 -> 1 : (n'=n+1);\n [] n>0 -> mu : (n'=n-1);\nendmodule\n"
                                        "label \"full\" = n=3;\n");
  const Run close = steady_run("solve " + model + " --const mu=1:1e-16:1.000000000000001");
  CHECK(close.exit_code == 0);
  CHECK(close.errors.find("guess") == std::string::npos);
}

TEST_CASE("a comparison that is not decided shows no number in a table", "[grid]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("m.prism",
                                        "ctmc\nconst double mu;\nmodule m\n n : [0..3];\n"
                                        " [] n<3 -> 1 : (n'=n+1);\n [] n>0 -> mu : (n'=n-1);\nendmodule\n");
  const std::string property = " --prop '\"rarely\": S>=0.06666666666666667 [ n=3 ]'";  // 1/15 where mu is 2
  CHECK_THAT(steady_run("solve " + model + " --const mu=2" + property).output, ContainsSubstring("undecided within"));
  const std::string table = steady_run("solve " + model + " --const mu=1:1:3" + property).output;
  CHECK_THAT(table, ContainsSubstring("undecided"));
  CHECK_THAT(table, !ContainsSubstring("0.0666"));
}

TEST_CASE("a grid says what single solves say, in fewer passes", "[grid]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string queue = scratch.put("queue.prism",
                                        "ctmc\nconst double mu;\nmodule a\n n : [0..40];\n [] n<40 -> 1 : (n'=n+1);\n"
                                        " [go] n>0 -> mu : (n'=n-1);\nendmodule\nmodule b\n m : [0..40];\n"
                                        " [go] m<40 -> 1 : (m'=m+1);\n [] m>0 -> 1.3 : (m'=m-1);\nendmodule\n"
                                        "rewards \"waiting\" true : n+m; endrewards\n");
  const Run grid = steady_run("solve " + queue + " --const mu=1.2:0.02:1.3 --method bicgstab --json - --quiet");
  REQUIRE(grid.exit_code == 0);
  const Json all = Json::parse(grid.output);
  REQUIRE(all.size() == 6);
  std::size_t together = 0, apart = 0;
  for (const Json& one : all) {
    const Json alone = solve_json(queue + " --method bicgstab --const mu=" + one["model"]["constants"]["mu"].dump());
    const double bound = one["measures"][0]["bound"].get<double>() + alone["measures"][0]["bound"].get<double>();
    CHECK(std::abs(measure(one, "waiting") - measure(alone, "waiting")) <= bound);
    CHECK(one["solver"]["residual"].get<double>() <= 1e-12);
    together += one["solver"]["matrix_passes"].get<std::size_t>();
    apart += alone["solver"]["matrix_passes"].get<std::size_t>();
  }
  CHECK(together < apart);
}

TEST_CASE("solve draws what it found", "[grid]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string picture = scratch.path("grid.svg"), single = scratch.path("one.svg");
  const std::string model = examples + "/tandem.prism";
  CHECK(steady_run("solve " + model + " --const c=2:4 --quiet --plot " + picture).exit_code == 0);
  const std::string svg = content(picture);
  CHECK(svg.starts_with("<svg "));
  CHECK_THAT(svg, ContainsSubstring("customers"));
  CHECK(steady_run("solve " + model + " --const c=3 --marginals --quiet --plot " + single).exit_code == 0);
  CHECK_THAT(content(single), ContainsSubstring("residual"));
  CHECK_THAT(content(single), ContainsSubstring("probability"));
}

TEST_CASE("Pictures are written as what their names say", "[grid]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = examples + "/tandem.prism --const c=3 ";
  for (const std::string& command : {"solve " + model + "--quiet --plot ", "info " + model + "--picture "}) {
    CAPTURE(command);
    const Run refused = steady_run(command + scratch.path("one.pdf"));
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.errors, ContainsSubstring("a picture is written as .svg or .png"));
    const std::string png = scratch.path("one.png");
    const Run without = steady_run(command + png, "/dev/null", "PATH=/none");
    CHECK(without.exit_code == 3);
    CHECK_THAT(without.errors, ContainsSubstring("rsvg-convert, which is not here"));
    if (std::system("command -v rsvg-convert >/dev/null") != 0) continue;
    CHECK(steady_run(command + png).exit_code == 0);
    CHECK(content(png).starts_with("\x89PNG\r\n"));
    CHECK(content(png).size() > 1000);
  }
}

TEST_CASE("a value that is bad input leaves the others of a grid", "[grid]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string file = scratch.put("share.prism",
                                       "ctmc\nconst double a;\nmodule m\n s:[0..1];\n [] s=0 -> a:(s'=1);\n"
                                       " [] s=1 -> 1-a:(s'=0)+1:(s'=0);\nendmodule\nlabel \"up\" = s=1;\n");
  for (const std::string range : {"0.5:0.25:1.5", "-0.5:0.25:0.5"}) {  // a > 1, and a < 0, make no chain
    const Run run = steady_run("solve " + file + " --const a=" + range + " --json - --quiet");
    INFO(range << run.errors);
    CHECK(run.exit_code == 2);
    const Json all = Json::parse(run.output);
    REQUIRE(all.size() == 5);
    const auto solved = [](const Json& one) { return one["status"] == "solved"; };
    CHECK(std::count_if(all.begin(), all.end(), solved) == 3);
    CHECK_THAT(run.errors,
               ContainsSubstring("not solved: " + file + ":5") || ContainsSubstring("not solved: " + file + ":6"));
  }
  const Run wrong = steady_run("solve " + file + " --const a=0.1:0.1:0.5 --prop 'S=? [ \"down\" ]' --quiet");
  CHECK(wrong.exit_code == 2);
  CHECK_THAT(wrong.errors, ContainsSubstring("unknown label \"down\""));
}

TEST_CASE("a grid's table has the derivatives that are asked for", "[grid]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string file = scratch.put("share.prism",
                                       "ctmc\nconst double a;\nmodule m\n s:[0..1];\n [] s=0 -> a:(s'=1);\n"
                                       " [] s=1 -> 1:(s'=0);\nendmodule\nlabel \"up\" = s=1;\n");
  const Run run = steady_run("solve " + file + " --const a=1:1:3 --sensitivity a --quiet");
  CHECK_THAT(run.output, ContainsSubstring("up by a"));  // 1 / (1 + a)^2
  CHECK_THAT(run.output, ContainsSubstring("0.25") && ContainsSubstring("0.111111111") && ContainsSubstring("0.0625"));
}
