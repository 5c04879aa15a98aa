// Solutions as files: what is written is read again to the last bit; what is damaged is refused.
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "formats/solution/solution_format.hpp"
#include "scratch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

// A ring of n states; `named` gives them two variables, the second boolean.
Chain ring(std::size_t n, bool named) {
  std::vector<Triplet> rates;
  for (std::size_t i = 0; i < n; ++i) rates.push_back({static_cast<State>(i), static_cast<State>((i + 1) % n), 1.0});
  Chain chain = make_chain(Kind::ctmc, to_csr(n, std::move(rates)));
  if (!named) return chain;
  States& states = chain.states;
  states.packing = Packing({{"x", false, -1, static_cast<std::int64_t>(n)}, {"up", true, 0, 1}});
  states.words.assign(n * states.packing.words(), 0);
  for (std::size_t i = 0; i < n; ++i) {
    states.packing.set(&states.words[i], 0, static_cast<std::int64_t>(i / 2) - 1);
    states.packing.set(&states.words[i], 1, static_cast<std::int64_t>(i % 2));
  }
  return chain;
}

std::vector<double> read_text(const Scratch& scratch, const std::string& name, const std::string& content,
                              const Chain& chain) {
  return read_solution(scratch.put(name, content), chain);
}

// The message of the Error, which names the file; fails on anything else.
std::string refused(const Scratch& scratch, const std::string& name, const std::string& content, const Chain& chain) {
  try {
    read_text(scratch, name, content, chain);
  } catch (const Error& error) {
    CHECK_THAT(error.what(), StartsWith(scratch.path(name) + ":"));
    return error.what();
  }
  FAIL_CHECK("read: " << content);
  return "";
}

}  // namespace

TEST_CASE("every format gives back what was written, to the last bit") {
  const Scratch scratch;
  std::mt19937_64 random(3);
  for (const bool named : {false, true})
    for (const std::size_t n : {2u, 3u, 9u, 20000u}) {
      const Chain chain = ring(n, named);
      std::vector<double> distribution(n);
      for (double& p : distribution)
        p = std::ldexp(static_cast<double>(random() >> 11), -53 - static_cast<int>(random() % 1000));
      distribution[0] = 0;
      distribution[1] = 1.0 / 3;
      for (const SolutionFormat& format : solution_formats())
        for (const bool converged : {true, false}) {
          const std::string path = scratch.path(fmt::format("solution{}", format.extension));
          write_solution(path, chain, distribution, {converged, 1.25e-3});
          CHECK(read_solution(path, chain) == distribution);
        }
    }
  CHECK(scratch.files() == solution_formats().size());
}

TEST_CASE("the formats are what other programs expect") {
  const Scratch scratch;
  const Chain named = ring(2, true);
  const Chain plain = ring(2, false);
  const std::vector<double> p = {0.1, 0.5};
  const auto written = [&](const std::string& name, const Chain& chain, SolutionMark mark = {true, 0.5}) {
    write_solution(scratch.path(name), chain, p, mark);
    return scratch.get(name);
  };
  CHECK(written("a.txt", named) == "0:(-1,false)=0.10000000000000001\n1:(-1,true)=0.5\n");
  CHECK(written("a.txt", plain) == "0:(0)=0.10000000000000001\n1:(1)=0.5\n");
  CHECK(written("a.txt", plain, {false, 1.234e-3}) ==
        "# not converged: residual 0.00123\n0:(0)=0.10000000000000001\n1:(1)=0.5\n");
  CHECK(written("a.csv", named) == "state,x,up,probability\n0,-1,false,0.10000000000000001\n1,-1,true,0.5\n");
  CHECK(written("a.csv", plain) == "state,probability\n0,0.10000000000000001\n1,0.5\n");
  CHECK_THAT(written("a.csv", plain, {false, 1e-3}), StartsWith("# not converged: residual 0.001\nstate,"));

  const auto json = nlohmann::json::parse(written("a.json", named, {false, 0.25}));
  CHECK(json == nlohmann::json::parse(R"({"states": 2, "variables": ["x", "up"], "distribution": [0.1, 0.5],
                                          "converged": false, "residual": 0.25})"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(nlohmann::json::parse(written("a.json", plain, {false, nan}))["residual"].is_null());

  CHECK(written("a.ss", named) == "0.10000000000000001\n0.5\n");
  CHECK(written("a.m", named, {false, 0.5}) == "% not converged: residual 0.5\nv = [\n0.10000000000000001\n0.5\n];\n");

  const std::string npy = written("a.npy", plain);
  REQUIRE(npy.size() == 128 + 16);
  CHECK(npy.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  CHECK_THAT(npy.substr(10, 118), StartsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }  "));
  CHECK(npy[127] == '\n');
}

TEST_CASE("names of states are written and compared") {
  const Scratch scratch;
  Chain chain = ring(3, false);
  chain.states.names = {"a", "b, (c)", "\"d\""};
  const std::vector<double> p = {0.5, 0.25, 0.125};
  for (const SolutionFormat& format : solution_formats()) {
    const std::string path = scratch.path(fmt::format("solution{}", format.extension));
    write_solution(path, chain, p, {true, 0});
    CHECK(read_solution(path, chain) == p);
  }
  CHECK(scratch.get("solution.txt") == "0:(a)=0.5\n1:(b, (c))=0.25\n2:(\"d\")=0.125\n");
  CHECK(scratch.get("solution.csv") == "state,name,probability\n0,a,0.5\n1,\"b, (c)\",0.25\n2,\"\"\"d\"\"\",0.125\n");
  CHECK(nlohmann::json::parse(scratch.get("solution.json"))["names"] == chain.states.names);
  CHECK_THAT(refused(scratch, "x.csv", "state,name,probability\n0,b,0.5\n", chain),
             ContainsSubstring("x.csv:2: state 0: the name is 'b' here and 'a' in the model"));
  CHECK_THAT(refused(scratch, "x.txt", "0:(b)=0.5\n", chain), ContainsSubstring("x.txt:1: state 0 is 'b' here"));
}

TEST_CASE("a solution's path is refused before it is needed") {
  const Scratch scratch;
  CHECK_NOTHROW(require_solution_path("-"));
  CHECK_NOTHROW(require_solution_path(scratch.path("a.csv")));
  CHECK_THROWS_WITH(require_solution_path("a.xls"),
                    ContainsSubstring("a.xls: ") && ContainsSubstring(".txt, .csv, .npy, .json, .ss, .m"));
  CHECK_THROWS_AS(require_solution_path("csv"), Error);
  CHECK_THROWS_AS(require_solution_path(scratch.path("missing/a.csv")), Error);
  const Chain chain = ring(2, false);
  CHECK_THROWS_AS(write_solution(scratch.path("a.xls"), chain, {0.5, 0.5}, {}), Error);
  CHECK_THROWS_AS(write_solution(scratch.path("a.txt"), chain, {1.0}, {}), Error);
  CHECK_THROWS_AS(read_solution(scratch.path("missing.txt"), chain), Error);
  CHECK(scratch.files() == 0);
}

TEST_CASE("text solutions come in two forms") {
  const Scratch scratch;
  const Chain chain = ring(4, true);
  using Values = std::vector<double>;
  CHECK(read_text(scratch, "a.txt", "2:(0,false)=0.25\r\n\n# x\n 0 : (0)= -1e-3", chain) == Values{-1e-3, 0, 0.25, 0});
  CHECK(read_text(scratch, "a.txt", "1\n.5\n+0.25\n0\n", chain) == Values{1, 0.5, 0.25, 0});
  const auto bad = [&](const char* content, const char* message) {
    CHECK_THAT(refused(scratch, "a.txt", content, chain), ContainsSubstring(message));
  };
  bad("", ":1: no probabilities");
  bad("0:(-1,false)=0.5\n4:(1,false)=0.5\n", ":2: state 4: the model has 4 states");
  bad("-1:(-1,false)=0.5\n", ":1: state '-1:(-1,false)=0.5' is negative");
  bad("99999999999999999999:(0)=0.5\n", "too large");
  bad("0:(-1,false)=0.5\n0:(-1,false)=0.5\n", ":2: state 0 for the second time");
  bad("0:(-1,true)=0.5\n", "state 0 is '-1,true' here and (-1,false) in the model");
  bad("0:(-1,false)=nan\n", ":1: probability 'nan' is not finite");
  bad("0:(-1,false)=inf\n", "not finite");
  bad("0:(-1,false)=1e999\n", "range");
  bad("0:(-1,false)=0.5x\n", "found 'x'");
  bad("0:(-1,false)=\n", "found the line's end");
  bad("0:(-1,false)0.5\n", "'=' expected");
  bad("0:(-1,fal", "')' missing");
  bad("0:-1\n", "'(' expected");
  bad("0:", "'(' expected");
  bad("1\n2\n3\n", ":3: the file ends after 3 of 4 states");
  bad("1\n2\n3\n4\n5\n", ":5: more than one number");
  bad("1\n2 3\n4\n5\n", ":2: the line should end, found '3'");
  bad("1\nnan\n3\n4\n", ":2: probability 'nan'");
}

TEST_CASE("damaged csv solutions are refused") {
  const Scratch scratch;
  const Chain chain = ring(2, true);
  CHECK(read_text(scratch, "a.csv", "# a\nstate,probability\r\n1,0.5\r\n0,-0.25\r\n", chain) ==
        std::vector<double>{-0.25, 0.5});
  const auto bad = [&](const char* content, const char* message) {
    CHECK_THAT(refused(scratch, "a.csv", content, chain), ContainsSubstring(message));
  };
  bad("", ":1: no header");
  bad("0,1\n1,0\n", ":1: the header");
  bad("state,x\n", ":1: the header");
  bad("state,probability\n0,0.5\n", ":2: the file ends after 1 of 2 states");
  bad("state,probability\n0,0.5\n0,0.5\n", ":3: state 0 for the second time");
  bad("state,probability\n0,0.5\n2,0.5\n", ":3: state 2: the model has 2");
  bad("state,probability\n0,0.5\n-1,0.5\n", ":3: state '-1' is negative");
  bad("state,probability\n0,0.5\n1,nan\n", ":3: probability 'nan'");
  bad("state,probability\n0,0.5\n1\n", ":3: 1 cells, but the header has 2 columns");
  bad("state,probability\n0,0.5\n1,2,0.5\n", "the header has 2 columns");
  bad("state,x,up,probability\n0,0.5\n", "the header has 4 columns");
  bad("state,x,up,probability\n0,1,false,0.5\n", "state 0: x is '1' here and -1 in the model");
  bad("state,x,up,probability\n0,-1,true,0.5\n", "state 0: up is 'true' here and 0 in the model");
  bad("state,y,probability\n0,1,0.5\n", ":1: the header");
  bad("state,probability\n0,0.5\n1,0.5 x\n", ":3: probability expected, found '0.5 x'");
}

TEST_CASE("csv as pandas writes it") {
  const Scratch scratch;
  const Chain chain = ring(2, true);
  const std::vector<double> right = {0.25, 0.75};
  for (const char* content :
       {",0\n0,0.25\n1,0.75\n", ",p\n1,0.75\n0,0.25\n", "0\n0.25\n0.75\n", "p\n0.25\n0.75\n", "0.25\n7.5e-1\n",
        ",state,x,up,probability\n0,0,-1,False,0.25\n1,1,-1,True,0.75\n", "x,up,p\n-1,False,0.25\n-1,True,0.75\n",
        "index,0\n1,0.75\n0,0.25\n", ",Unnamed: 0,\"p\"\n0,1,0.75\n1,0,0.25\n",
        "up,state,x,p\ntrue,1,-1.0,.75\nfalse,0,-1,.25\n"})
    CHECK(read_text(scratch, "a.csv", content, chain) == right);
  CHECK_THAT(refused(scratch, "a.csv", "1\n0.25\n0.75\n", chain), ContainsSubstring("more than one number"));
  Chain odd = chain;  // with variables of the columns' own names
  odd.states.packing = Packing({{"state", false, -1, 2}, {"probability", true, 0, 1}});
  write_solution(scratch.path("odd.csv"), odd, right, {});
  CHECK(read_solution(scratch.path("odd.csv"), odd) == right);
  CHECK_THAT(refused(scratch, "a.csv", "x,up,p\n-1,True,0.25\n-1,False,0.75\n", chain),
             ContainsSubstring("up is 'True'"));
}

TEST_CASE("Matlab's vectors as PRISM exports them") {
  const Scratch scratch;
  const Chain chain = ring(3, false);
  CHECK(read_text(scratch, "a.m", "v = [\n0.5\n0.25\n0.25\n];\n", chain) == std::vector<double>{0.5, 0.25, 0.25});
  CHECK(read_text(scratch, "a.txt", "v = sparse(3,1);\nv(3)=0.5;\nv(1)=0.5;\n", chain) ==
        std::vector<double>{0.5, 0, 0.5});
  const auto bad = [&](const char* content, const char* message) {
    CHECK_THAT(refused(scratch, "a.m", content, chain), ContainsSubstring(message));
  };
  bad("v = [\n", "no probabilities");
  bad("v = [\n0.5\n0.25\n0.25\n", "before ']'");
  bad("v = [\n0.5\n0.25\n];\n", "after 2 of 3 states");
  bad("v = [\n0.5\n0.25\n0.25\n];\nw = 3", ":6: more behind the vector");
  bad("v = sparse(3,1);\nv(0)=1;\n", ":2: place 0");
  bad("v = sparse(3,1);\nv(4)=1;\n", ":2: state 3: the model has 3");
  bad("v = sparse(3,1);\nv(1)=1;\nv(1)=1;\n", ":3: state 0 for the second time");
  bad("v = sparse(3,1);\nw(1)=1;\n", "'v(' expected");
  bad("v = sparse(3,1);\nv(1)=1,\n", "the line should end");
}

TEST_CASE("Storm's result is found by the variables' values") {
  const Scratch scratch;
  const Chain named = ring(3, true);  // (-1,false), (-1,true), (0,false)
  const auto entry = [](const char* x, const char* up, const char* value) {
    return fmt::format(R"({{"s": {{"other": 1.5, "up": {}, "x": {}}}, "v": {}}})", up, x, value);
  };
  const std::string first = entry("-1", "false", "0.5"), second = entry("-1", "true", "0.25");
  CHECK(read_text(scratch, "a.json", "[" + entry("0", "0", "0.125") + "," + second + "," + first + "]", named) ==
        std::vector<double>{0.5, 0.25, 0.125});
  CHECK(read_text(scratch, "a.json", R"([{"s": 2, "v": 1}, {"s": 0, "v": 2}, {"s": 1, "v": 3}])", named) ==
        std::vector<double>{2, 3, 1});
  const auto bad = [&](const std::string& third, const char* message) {
    CHECK_THAT(refused(scratch, "a.json", "[" + first + "," + second + third + "]", named), ContainsSubstring(message));
  };
  bad("", "2 entries for the model's 3 states");
  bad("," + first, "entry 2: state 0 for the second time");
  bad("," + entry("7", "true", "0"), "entry 2: no state of the model");
  bad("," + entry("0", "false", "null"), "probability} expected");
  bad(R"(, {"s": {"x": 0}, "v": 0})", "variable 'up' of the model is not in");
  bad(R"(, {"s": 3, "v": 0})", "entry 2: no state of the model");
  bad(R"(, {"v": 0})", "entry 2: {\"s\": state");
  bad(", 3", "entry 2: {\"s\": state");
}

TEST_CASE("damaged json and npy solutions are refused") {
  const Scratch scratch;
  const Chain chain = ring(2, false);
  CHECK(read_text(scratch, "a.json", R"({"distribution": [1, -0.5]})", chain) == std::vector<double>{1, -0.5});
  const auto bad = [&](const char* name, const std::string& content, const char* message) {
    CHECK_THAT(refused(scratch, name, content, chain), ContainsSubstring(message));
  };
  bad("a.json", "", ":1:");
  bad("a.json", "{\"distribution\":\n[0.5, 0.", ":2:");
  bad("a.json", "{\"distribution\":\n[0.5, NaN]}", ":2:");
  bad("a.json", "{\"distribution\": [0.5, 1e999]}", "");
  bad("a.json", "[0.5, 0.5]", "\"distribution\" expected");
  bad("a.json", "{\"distribution\": 1}", "\"distribution\" expected");
  bad("a.json", "{\"distribution\": [1]}", "1 values for the model's 2 states");
  bad("a.json", "{\"distribution\": [1, 2, 3]}", "3 values");
  bad("a.json", "{\"distribution\": [1, null]}", "'null' of state 1 is not a number");
  bad("a.json", "{\"states\": 3, \"distribution\": [1, 0]}", "the model has 2 states");
  bad("a.json", std::string(200000, '['), ":1:");

  write_solution(scratch.path("good.npy"), chain, {0.25, 0.75}, {});
  const std::string good = scratch.get("good.npy");
  for (std::size_t size = 0; size < good.size(); ++size) bad("a.npy", good.substr(0, size), "a.npy: ");
  bad("a.npy", good + "x", "17 bytes of numbers instead of 16");
  const auto replaced = [&](std::size_t at, const std::string& by) {
    return std::string(good).replace(at, by.size(), by);
  };
  bad("a.npy", replaced(6, "\x04"), "version 4");
  bad("a.npy", replaced(good.find("<f8"), "<c8"), "type '<c8'");
  bad("a.npy", replaced(good.find("(2,), "), "(1, 1)"), "16 bytes of numbers instead of 8");
  CHECK(read_text(scratch, "a.npy", replaced(good.find("(2,), }"), "(1,2)}"), chain) ==
        std::vector<double>{0.25, 0.75});
  CHECK(read_text(scratch, "a.npy", replaced(good.find("(2,), }"), "(2,1)}"), chain) ==
        std::vector<double>{0.25, 0.75});
  bad("a.npy", replaced(good.find("(2,)"), "(3,)"), "16 bytes of numbers instead of 24");
  bad("a.npy", replaced(good.find("descr"), "other"), "type");
  bad("a.npy", replaced(good.size() - 2, "\xf0\x7f"), "state 1: inf is not a finite number");
  bad("a.npy", replaced(good.size() - 2, "\xf8\x7f"), "state 1: nan is not a finite number");
}

TEST_CASE("a solution cut or changed anywhere is read or refused, never worse") {
  const Scratch scratch;
  std::mt19937 random(4);
  for (const bool named : {false, true}) {
    const Chain chain = ring(4, named);
    for (const SolutionFormat& format : solution_formats()) {
      const std::string name = fmt::format("a{}", format.extension);
      write_solution(scratch.path(name), chain, {0.5, 0.25, 0.125, 1e-7}, {false, 1e-3});
      const std::string good = scratch.get(name);
      const auto attempt = [&](const std::string& content) {
        try {
          const auto distribution = format.read(name, content, chain);
          REQUIRE(distribution.size() == chain.size());
          for (const double p : distribution) REQUIRE(std::isfinite(p));
        } catch (const Error& error) {
          REQUIRE(std::string(error.what()).find(name + ":") == 0);
        }
      };
      for (std::size_t size = 0; size < good.size(); ++size) attempt(good.substr(0, size));
      for (int k = 0; k < 2000; ++k) {
        std::string bad = good;
        for (unsigned changes = 1 + random() % 3; changes > 0; --changes)
          bad[random() % bad.size()] =
              static_cast<char>(random() % 2 == 0 ? random() % 256 : "0123456789.,:()=-e \n"[random() % 20]);
        attempt(bad);
      }
      attempt(std::string(1'000'000, '7'));
    }
  }
}
