// A whole answer by the library, and what it is asked by names.
#include "solver/answer/answer.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <steady/answer.hpp>
#include <steady/error.hpp>

#include "solver/answer/request.hpp"
#include "solver/answer/verdict.hpp"
#include "solver/option_ranges.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

// M/M/1/3 with arrival rate 1 and service rate 2, columns out of order and an entry in two halves: 8, 4, 2, 1
// fifteenths.
const Csr queue{{0, 2, 6, 9, 11}, {1, 0, 2, 1, 0, 0, 3, 1, 2, 3, 2}, {1, -1, 1, -3, 1, 1, 1, 2, -3, -2, 2}};

std::string message_of(const auto& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void check_queue(const std::vector<double>& distribution) {
  REQUIRE(distribution.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(distribution[i] - (8 >> i) / 15.0) < 1e-15);
}

}  // namespace

TEST_CASE("a matrix in memory is read as a matrix file is", "[answer]") {
  const Model model = make_model(queue);
  CHECK(model.chain.kind == Kind::ctmc);
  CHECK(model.notes == std::vector<std::string>{"every row sums to 0: read as the generator of a ctmc"});
  CHECK(model.chain.transitions() == 6);
  check_queue(answer(model, {}).solution().distribution);

  const Csr turned = transpose(to_csr(4, {{0, 1, 1}, {1, 0, 2}, {1, 2, 1}, {2, 1, 2}, {2, 3, 1}, {3, 2, 2}}));
  ReadOptions transposed;
  transposed.transposed = true;
  check_queue(answer(make_model(turned, transposed), {}).solution().distribution);

  const Model steps = make_model({{0, 2, 4}, {0, 1, 0, 1}, {0.5, 0.5, 0.25, 0.75}});
  CHECK(steps.chain.kind == Kind::dtmc);
  CHECK(std::abs(answer(steps, {}).solution().distribution[1] - 2.0 / 3) < 1e-15);
}

TEST_CASE("a matrix in memory that is no chain is refused with its row", "[answer]") {
  const auto refusal = [](Csr matrix, const ReadOptions& options = {}) {
    return message_of([&] { make_model(matrix, options, "Q"); });
  };
  CHECK(refusal({}) == "Q: 0 rows: a chain has at least one state");
  CHECK(refusal({{0, 1, 2}, {1, 2}, {1, 1}}) == "Q: row 1, column 2: a matrix of 2 states ends at 1");
  CHECK(refusal({{0, 1, 2}, {1, 0}, {1, -1}}) == "Q: row 1, column 0: -1 is negative");
  CHECK(refusal({{0, 1, 2}, {1, 0}, {1, NAN}}) == "Q: row 1, column 0: nan is not finite");
  CHECK(refusal({{0, 2, 1}, {1, 0}, {1, 1}}) == "Q: row start 2 is 1, after 2, of 2 entries");
  CHECK(refusal({{0, 1, 2}, {1, 0}, {1}}) == "Q: 2 indices for 1 values");
  ReadOptions constants;
  constants.constants = "n=5";
  CHECK(refusal(queue, constants) == "Q: --const means nothing to a matrix file");
}

TEST_CASE("an answer has its proof, its measures and its reports", "[answer]") {
  const Model model = make_model(queue);
  std::vector<std::string> notes;
  AnswerOptions options;
  options.proof.error = 1e-13;
  const Answer found = answer(model, make_queries(model, {"S=? [ \"init\" ]", "S>0.5 [ \"init\" ]"}, notes), options);
  CHECK(found.status() == "solved");
  CHECK(found.reliable());
  CHECK(found.total_variation() <= 1e-13);
  REQUIRE(found.measures().size() == 2);
  CHECK(std::abs(*found.measures()[0].value - 8.0 / 15) <= *found.measures()[0].bound);
  CHECK(found.measures()[1].holds == true);
  CHECK(found.text().find("proven (rates: double)") != std::string::npos);
  CHECK(found.json().find("\"status\": \"solved\"") != std::string::npos);

  options.proof.no_certify = true;
  CHECK(message_of([&] { answer(model, {}, options); }) ==
        "--no-certify stands against --certify, --error and --relative");
  options.proof.error.reset();
  CHECK(std::isinf(answer(model, {}, options).total_variation()));
  CHECK(message_of([&] { make_queries(model, {"P=? [ F true ]"}, notes); }).find("not a question") !=
        std::string::npos);
}

TEST_CASE("an answer that has not converged keeps no matrix", "[answer]") {
  const Model model{reference::random_chain(Kind::ctmc, 3000, 3, 3, 1), {}, {}};
  AnswerOptions options;
  options.solver.method = Method::gauss_seidel;
  options.solver.max_iterations = 1;
  options.solver.keep_matrix = true;
  REQUIRE(solve(model.chain, options.solver).kept != nullptr);
  const Answer found = answer(model, {}, options);
  CHECK(found.status() == "not converged");
  CHECK(found.solution().kept == nullptr);
}

TEST_CASE("the total variation that is reported is of the distribution that is", "[answer]") {
  const Model model = make_model(queue);
  Result result = result_for(model, {}, {});
  result.solution = solve(model.chain);
  result.relative = certify_relatively(model.chain, result.solution);
  REQUIRE(result.relatively_proven());
  CHECK(result.total_variation() < 1e-12);
  result.solution.distribution = {0, 0, 0, 1};
  CHECK(result.total_variation() >= 14.0 / 15);
  CHECK(result.total_variation() < 14.0 / 15 + 1e-12);
  result.certificate = certify(model.chain, {0, 0, 0, 1});
  REQUIRE(result.certificate->proven);
  result.solution.distribution = result.certificate->distribution;
  CHECK(result.total_variation() < 1e-9);
}

TEST_CASE("options by name are those of the command line", "[answer]") {
  Request request;
  request.set("method", "gth");
  request.set("threads", "1");
  request.set("transposed", "");
  request.set("relaxation", "1.5");
  request.set("prop", "S=? [ true ]");
  request.set("prop", "S=? [ false ]");
  CHECK(request.answer.solver.method == Method::gth);
  CHECK(request.answer.solver.threads == 1);
  CHECK(request.read.transposed);
  CHECK(request.answer.solver.relaxation == 1.5);
  CHECK(request.properties.size() == 2);
  CHECK(message_of([&] { request.set("threads", "1.5"); }) ==
        "threads must be a whole number, from 0 to 4096, got 1.5");
  CHECK(message_of([&] { request.set("tolerance", "1e-9x"); }) == "tolerance must be a number, got '1e-9x'");
  CHECK(message_of([&] { request.set("tolerance", " 1e-9"); }) == "tolerance must be a number, got ' 1e-9'");
  CHECK(message_of([&] { request.set("max-iterations", "1e30"); }) ==
        "max-iterations must be a whole number, from 0 to 9007199254740992, got 1e+30");
  for (const std::string_view name : request_names().of_solves)  // 1e30 or infinity: no whole number of this machine
    for (const char* value : {"1e30", "inf", "nan"}) {
      Request other;
      if (message_of([&] { other.set(name, value); }).empty()) {
        INFO(name << " " << value);
        CHECK((find_range(name) == nullptr || (!find_range(name)->whole && value != std::string("nan"))));
      }
    }
  request.set("sensitivity", "mu,gamma");
  request.set("sensitivity", "eta");
  CHECK(request.read.derivatives == std::vector<std::string>{"mu", "gamma", "eta"});
  CHECK(message_of([&] { request.set("rescale", "1"); }) == "rescale must be true or false, got '1'");
  CHECK(message_of([&] {
          request.set("tolerence", "1e-9");
        }).find("there is no option tolerence; there is: from, const") == 0);
}

TEST_CASE("a distribution is proven or refuted", "[answer]") {
  const Model model = make_model(queue);
  std::vector<double> p = {8 / 15.0, 4 / 15.0, 2 / 15.0, 1 / 15.0};
  CHECK(find_verdict(model.chain, p, {}).finding == Verdict::Finding::proven);
  p[0] += 1e-6;
  const Verdict refuted = find_verdict(model.chain, p, {});
  CHECK(refuted.finding == Verdict::Finding::refuted);
  CHECK(refuted.error_bound.value_or(0) > 4e-7);
}
