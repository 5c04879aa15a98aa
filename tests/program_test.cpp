// The program as users and scripts call it: exit codes, reports, files.
#include "tests/program.hpp"

#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/scratch.hpp"

using namespace steady::tests;

TEST_CASE("the families agree with their reference values") {
  struct Fact {
    const char* model;
    std::size_t states, transitions;
    const char* measure;
    double value;
  };
  // PRISM 4.10.2-dev, sparse engine, epsilon 1e-13.
  const Fact fact = GENERATE(values<Fact>({
      {"fms.prism --const n=1", 54, 155, "productivity", 13.853128336222763},
      {"fms.prism --const n=2", 810, 3699, "productivity", 29.15469879965874},
      {"fms.prism --const n=3", 6520, 37394, "productivity", 44.44366995705316},
      {"fms.prism --const n=4", 35910, 237120, "productivity", 59.55129145337615},
      {"kanban.prism --const t=1", 160, 616, "throughput", 0.09258463463338247},
      {"kanban.prism --const t=2", 4600, 28120, "throughput", 0.17387170617784747},
      {"kanban.prism --const t=3", 58400, 446400, "throughput", 0.23307116600980127},
      {"tandem.prism --const c=15", 496, 1619, "customers", 15.798592927169759},
      {"polling.prism", 15360, 89600, "s1_waits", 0.14021328149867207},
      {"cluster.prism --const N=4", 820, 3616, "premium", 0.9999212408513795},
      {"cluster.prism --const N=16", 10132, 48160, "premium", 0.9996450888603192},
  }));
  INFO(fact.model);
  const Json json = solve_json(examples + "/" + fact.model);
  CHECK(json["model"]["states"] == fact.states);
  CHECK(json["model"]["transitions"] == fact.transitions);
  CHECK(json["solver"]["converged"] == true);
  CHECK(json["solver"]["residual"].get<double>() <= 1e-12);
  CHECK(measure(json, fact.measure) == Approx(fact.value).epsilon(1e-9));
}

TEST_CASE("the JSON result has every field of the contract") {
  const Json json = solve_json(examples + "/kanban.prism --const t=1");
  CHECK(json["steady"].is_string());
  CHECK(json["model"]["kind"] == "ctmc");
  CHECK(json["model"]["constants"]["t"] == 1);
  for (const char* field : {"components", "bottom_components", "transient_states", "period", "distinct_rates",
                            "levels_forward", "levels_backward"})
    CHECK(json["structure"][field].is_number_unsigned());
  for (const char* field : {"method", "preconditioner", "direction", "storage", "kernel", "device", "threads",
                            "iterations", "matrix_passes", "converged", "residual", "tried"})
    CHECK(json["solver"].contains(field));
  CHECK(json["error_bound"]["total_variation"].get<double>() < 1e-9);
  CHECK(json["error_bound"]["reference_states"][0].is_number_unsigned());
  CHECK(json["measures"][0]["bound"].get<double>() < 1e-9);
  for (const char* field : {"load", "structure", "setup", "solve", "certify", "total"})
    CHECK(json["seconds"][field].get<double>() >= 0);
  for (const char* field : {"name", "property", "value", "bound"}) CHECK(json["measures"][0].contains(field));
  for (const char* field : {"version", "commit", "compiler", "cpu", "gpu", "command"})
    CHECK(json["provenance"].contains(field));
}

TEST_CASE("properties replace the default measures, in their order") {
  const steady::Scratch scratch;
  const std::string file = scratch.path("p.props");
  std::ofstream(file) << "// two of them\n\"late\": S>0.5 [ s=1 ];\n\"long\": S=? [ s=1 ];\n";
  const std::string model = scratch.path("m.prism");
  std::ofstream(model) << "ctmc\nmodule m\n s : [0..1];\n [] s=0 -> 3 : (s'=1);\n [] s=1 -> 1 : (s'=0);\nendmodule\n";

  const Json both = solve_json(model + " " + file + " --prop 'S=? [ s=0 ]'");
  REQUIRE(both["measures"].size() == 3);
  CHECK(both["measures"][0]["value"].get<double>() == Approx(0.25));
  CHECK(both["measures"][1]["name"] == "late");
  CHECK(both["measures"][1]["value"] == true);
  CHECK(both["measures"][2]["value"].get<double>() == Approx(0.75));

  const Json picked = solve_json(model + " " + file + " --property long");
  REQUIRE(picked["measures"].size() == 1);
  CHECK(picked["measures"][0]["name"] == "long");
  CHECK(steady_run("solve " + model + " " + file + " --property nothing").exit_code == 2);
  CHECK(steady_run("solve " + model + " --property long").exit_code == 2);

  // Neither reward nor label: marginals and the most likely states instead.
  const Json plain = solve_json(model);
  CHECK(plain["measures"].empty());
  CHECK(plain["marginals"][0]["mean"].get<double>() == Approx(0.75));
  CHECK(plain["top"][0]["state"] == 1);
}

TEST_CASE("the distribution as a file, and to standard output") {
  const steady::Scratch scratch;
  const std::string model = examples + "/birth_death.mtx";
  for (const char* extension : {"txt", "csv", "npy", "json"}) {
    const std::string file = scratch.path(std::string("pi.") + extension);
    CHECK(steady_run("solve " + model + " --quiet --output " + file).exit_code == 0);
    CHECK(std::filesystem::file_size(file) > 50);
  }
  const Run run = steady_run("solve " + model + " --quiet --output -");
  CHECK(run.exit_code == 0);
  double probability = 0;
  REQUIRE(std::sscanf(run.output.c_str(), "0:(0)=%lf", &probability) == 1);
  CHECK(probability == Approx(512.0 / 1023).epsilon(1e-12));
  CHECK(steady_run("solve " + model + " --output " + scratch.path("pi.xyz")).exit_code == 2);
  CHECK(steady_run("solve " + model + " --output " + scratch.path("no/such/pi.txt")).exit_code == 2);
  CHECK(steady_run("solve " + model + " --output /dev/full").exit_code == 2);
}

TEST_CASE("history is a table") {
  const steady::Scratch scratch;
  const std::string file = scratch.path("history.csv");
  CHECK(steady_run("solve " + examples + "/kanban.prism --const t=2 --quiet --history " + file).exit_code == 0);
  const std::string text = content(file);
  CHECK_THAT(text, StartsWith("iteration,seconds,residual,method\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') > 2);
}

TEST_CASE("exit code 1 where it does not converge, with the best iterate marked so") {
  const steady::Scratch scratch;
  const std::string file = scratch.path("pi.txt");
  const Json json =
      solve_json(examples + "/kanban.prism --const t=2 --method power --max-iterations 5 --output " + file, 1);
  CHECK(json["solver"]["converged"] == false);
  CHECK(json["solver"]["tried"][0]["outcome"] == "iteration limit");
  CHECK_THAT(content(file), StartsWith("# not converged"));
}

TEST_CASE("what the proof makes of an iterate that is none yet is an answer") {
  const std::string few = examples + "/kanban.prism --const t=3 --method jacobi --max-iterations 2 ";
  const Json json = solve_json(few + "--certify");
  CHECK(json["status"] == "solved");
  CHECK(json["error_bound"]["total_variation"] < 1e-8);
  const Json exact = solve_json(examples + "/kanban.prism --const t=3");
  CHECK(measure(json, "throughput") == Approx(measure(exact, "throughput")).epsilon(1e-8));
  solve_json(few, 1);
}

TEST_CASE("bad usage and bad input are exit code 2, with one line that says why") {
  const steady::Scratch scratch;
  const std::string kanban = "solve " + examples + "/kanban.prism --const t=1 ";
  const std::pair<std::string, std::string> cases[] = {
      {"nonsense", "nonsense"},
      {"verify a b", "unknown kind of file"},
      {"convert", "one to write"},
      {"convert " + examples + "/kanban.prism x.jani", "files '.jani' are not written"},
      {"convert " + examples + "/kanban.prism x.prism", "not written"},
      {"convert " + examples + "/kanban.prism x.mtx --const t=1 --as pictures", "pictures"},
      {"convert " + examples + "/weather.prism /dev/null --to mtx --as rates", "probabilities"},
      {"solve " + examples + "/birth_death.mtx --const n=1", "--const"},
      {"solve " + examples + "/birth_death.mtx --labels x.lab", "--labels"},
      {"solve", "model file"},
      {"solve no_such_file.prism", "no_such_file.prism"},
      {"solve " + examples, "unknown kind"},
      {"solve no_such.tra", "no_such.tra"},
      {kanban + "--no-such-option", "no-such-option"},
      {kanban + "--metho gth", "metho"},
      {kanban + "--method qmr", "qmr"},
      {kanban + "--storage hologram", "hologram"},
      {kanban + "--device tpu", "tpu"},
      {kanban + "--certify --no-certify", "certify"},
      {kanban + "--error 0", "--error must be above 0, got 0"},
      {kanban + "--error -1e-3", "--error must be above 0, got -1e-3"},
      {kanban + "--error small", "--error must be above 0, got small"},
      {"verify a.mtx b.txt --error=nan", "--error must be above 0, got nan"},
      {kanban + "--tolerance 1", "--tolerance must be above 0 and below 1, got 1"},
      {kanban + "--relaxation 2", "--relaxation must be above 0 and below 2, got 2"},
      {kanban + "--restart 0", "--restart must be a whole number, from 1 to 1000, got 0"},
      {kanban + "--threads 1.5", "--threads must be a whole number, from 0 to 4096, got 1.5"},
      {kanban + "--top -3", "--top must be a whole number, from 0 to 9007199254740992, got -3"},
      {kanban + "--time-limit -1", "--time-limit must be at least 0, got -1"},
      {"info " + examples + "/kanban.prism --memory-limit much", "--memory-limit must be at least 0, got much"},
      {kanban + "-5", "-5"},
      {kanban + "-x", "-x"},
      {"verify " + examples + "/kanban.prism --const t=1", "solution"},
      {kanban + "--tolerance 0", "tolerance"},
      {kanban + "--tolerance many", "many"},
      {kanban + "--kind mdp", "mdp"},
      {kanban + "--const x=1", "x"},
      {"solve " + examples + "/kanban.prism", "t"},
      {kanban + "--prop 'S=? [ nowhere>1 ]'", "nowhere"},
      {kanban + "--prop 'garbage'", "property"},
      {kanban + "--prop 'S=? w1>0'", "expected"},
      {kanban + "--prop 'S=? [ w1>0 ] junk'", "property"},
      {kanban + "--prop ''", "--prop needs a value"},
      {kanban + "--json /no/such/place.json", "place.json"},
      {kanban + "--history - --json -", "standard output"},
      {kanban + "--max-iterations -1", "-1"},
      {kanban + "--kind ctmc", "--kind"},
      {kanban + "--engine petsc", "mpirun -n 2 steady_mpi solve"},
      {kanban + "--engine other", "own or petsc"},
      {"solve " + examples + "/kanban.prism --const t=99999999999999999999", "too large"},
      {kanban + "--initial 160", "160"},
      {kanban + "--memory-limit -1", "-1"},
      {kanban + "--json a.txt --output a.txt", "one place"},
      {kanban + "--prop 'P=? [ F x1=1 ]'", "P=?"},
      {kanban + "--memory-limit much", "much"},
      {kanban + "surplus argument", "too many"},
      {"info", "model file"},
      {"generate", "family"},
      {"generate nothing --const N=1", "nothing"},
      {"generate polling --const N=0", "N"},
  };
  for (const auto& [arguments, named] : cases) {
    INFO(arguments);
    const Run run = steady_run(arguments);
    INFO(run.errors);
    CHECK(run.exit_code == 2);
    CHECK(run.output.empty());
    CHECK_THAT(run.errors, ContainsSubstring(named));
  }
}

TEST_CASE("compressed files in and out, another container, a limit on memory") {
  const steady::Scratch scratch;
  const std::string model = scratch.path("k.umb.gz");
  REQUIRE(steady_run("convert " + examples + "/kanban.prism --const t=1 --quiet " + model).exit_code == 0);
  const std::string pi = scratch.path("pi.csv.gz");
  const Json json = solve_json(model + " --output " + pi);
  CHECK(json["model"]["states"] == 160);
  CHECK(measure(json, "throughput") == Approx(0.09258463463338247).epsilon(1e-9));
  CHECK(content(pi).substr(0, 2) == "\x1f\x8b");
  CHECK(steady_run("solve " + model + " --quiet --initial " + pi).exit_code == 0);

  std::ofstream(scratch.path("large.mtx")) << "%%MatrixMarket matrix coordinate real general\n90000000 90000000 0\n";
  const Run large = steady_run("info " + scratch.path("large.mtx") + " --memory-limit 1");
  CHECK(large.exit_code == 3);
  CHECK_THAT(large.errors, ContainsSubstring("the limit on memory is 1 GiB"));
  std::ofstream(scratch.path("cut.umb.gz")) << content(model).substr(0, 100);
  const Run cut = steady_run("solve " + scratch.path("cut.umb.gz"));
  CHECK(cut.exit_code == 2);
  CHECK_THAT(cut.errors, ContainsSubstring("truncated"));
}

TEST_CASE("a GPU that is not there is exit code 3, and said") {
  const Run devices = steady_run("devices");
  CHECK(devices.exit_code == 0);
  if (devices.output.find("no CUDA device") == std::string::npos) return;  // there is one
  const std::string kanban = "solve " + examples + "/kanban.prism --const t=1 ";
  const Run run = steady_run(kanban + "--device cuda");
  CHECK(run.exit_code == 3);
  CHECK(run.output.empty());
  CHECK_THAT(run.errors, ContainsSubstring("no CUDA device"));
  CHECK(solve_json(examples + "/kanban.prism --const t=1 --device auto")["solver"]["device"] == "cpu");
}

TEST_CASE("a model from standard input") {
  CHECK(steady_run("solve - --from prism --const t=1 --quiet", examples + "/kanban.prism").exit_code == 0);
  CHECK(steady_run("solve - --quiet", examples + "/kanban.prism").exit_code == 2);
}

TEST_CASE("a converted model gives the same measures") {
  const steady::Scratch scratch;
  const std::string kanban = examples + "/kanban.prism --const t=2";
  const Json expected = solve_json(kanban + " --tolerance 1e-14");
  for (const char* name : {"k.tra", "k.drn"}) {
    const std::string file = scratch.path(name);
    const Run run = steady_run("convert " + kanban + " " + file);
    INFO(run.errors);
    REQUIRE(run.exit_code == 0);
    const Json json = solve_json(file + " --tolerance 1e-14");
    CHECK(json["model"]["states"] == expected["model"]["states"]);
    CHECK(json["model"]["transitions"] == expected["model"]["transitions"]);
    for (const char* reward : {"throughput", "tokens_cell1", "tokens_cell4"})
      CHECK(measure(json, reward) == Approx(measure(expected, reward)).epsilon(1e-12));
  }
  const Json property = solve_json(scratch.path("k.tra") + " --prop 'S=? [ x1=1 & !(w4>0) ]'");
  CHECK(property["measures"][0]["value"].get<double>() > 0);
  // Standard output and input hold the transitions.
  const Run out = steady_run("convert " + kanban + " - --to tra --quiet");
  CHECK_THAT(out.output, StartsWith("# Transitions (CTMC)\n4600 28120\n"));
  CHECK(steady_run("info - --from tra --quiet", scratch.put("k2", out.output)).exit_code == 0);
  // A failure leaves what was there.
  const std::string kept = scratch.put("kept.mtx", "kept");
  CHECK(steady_run("convert " + examples + "/weather.prism " + kept + " --as rates").exit_code == 2);
  CHECK(content(kept) == "kept");
}

TEST_CASE("the initial distribution chooses the component") {
  const steady::Scratch scratch;
  const std::string model = scratch.path("two.mtx");
  std::ofstream(model) << "%%MatrixMarket matrix coordinate real general\n4 4 4\n1 2 1\n2 1 3\n3 4 1\n4 3 1\n";
  const Json first = solve_json(model + " --kind ctmc --top 1");
  CHECK(first["top"][0]["probability"].get<double>() == Approx(0.75));
  const Json second = solve_json(model + " --kind ctmc --initial 3 --top 2");
  CHECK(second["top"][1]["probability"].get<double>() == Approx(0.5));
  const Json both = solve_json(model + " --kind ctmc --initial uniform --top 4");
  CHECK(both["structure"]["bottom_components"] == 2);
  CHECK(both["top"][0]["probability"].get<double>() == Approx(0.375));
  CHECK(both["ends"][0]["probability"].get<double>() == Approx(0.5));
}

TEST_CASE("experiments: one solve a value, a table and one JSON array") {
  const std::string kanban = "solve " + examples + "/kanban.prism --quiet ";
  const Run run = steady_run(kanban + "--const t=1:2 --json -");
  REQUIRE(run.exit_code == 0);
  const Json json = Json::parse(run.output);
  REQUIRE(json.size() == 2);
  CHECK(json[0]["model"]["states"] == 160);
  CHECK(json[1]["model"]["constants"]["t"] == 2);
  CHECK(measure(json[1], "throughput") == Approx(0.17387170617784747).epsilon(1e-9));
  CHECK(steady_run("solve " + examples + "/kanban.prism -q --const t=1").errors.empty());

  const Run table = steady_run(kanban + "--const t=1:2");
  CHECK(std::count(table.output.begin(), table.output.end(), '\n') == 3);
  CHECK_THAT(table.output, StartsWith("t  states  "));
  CHECK_THAT(table.output, ContainsSubstring("\n2  4,600   "));

  const steady::Scratch scratch;
  const std::string model = scratch.path("m.prism");
  std::ofstream(model) << "ctmc const double a; const int b;\nmodule m s:[0..b]; [] s<b -> a:(s'=s+1); [] s>0 -> "
                          "1:(s'=0); endmodule";
  const Run product = steady_run("solve " + model + " --quiet --const a=0.1:0.1:0.3,b=2:2:6 --prop 'S=? [ s=0 ]'");
  REQUIRE(product.exit_code == 0);
  CHECK(std::count(product.output.begin(), product.output.end(), '\n') == 10);
  CHECK_THAT(product.output, ContainsSubstring("\n0.3  6  7       0.769230769231"));  // 1 / (1 + a)

  const std::pair<const char*, const char*> wrong[] = {{"--const t=1:2 --output x.txt", "--output is for one solve"},
                                                       {"--const t=3:1", "no range"},
                                                       {"--const t=1:0:3", "no range"},
                                                       {"--const t=1:2:3:4", "no range"},
                                                       {"--const t=1:x", "no range"},
                                                       {"--const t=1:2000000", "more than"}};
  for (const auto& [arguments, named] : wrong) {
    const Run bad = steady_run(kanban + arguments);
    INFO(arguments << " " << bad.errors);
    CHECK(bad.exit_code == 2);
    CHECK(bad.output.empty());
    CHECK_THAT(bad.errors, ContainsSubstring(named));
  }
  const Run some = steady_run(kanban + "--const t=-1:1");  // an empty range; what can be solved is
  CHECK(some.exit_code == 2);
  CHECK_THAT(some.errors, ContainsSubstring("with t=-1: not solved: "));
  CHECK_THAT(some.output, ContainsSubstring("\n1 "));
}

TEST_CASE("a label and a reward of one name are told apart in every report") {
  const steady::Scratch scratch;
  const std::string model = scratch.put("m.prism", R"(ctmc const int n;
    module m s:[0..n]; [] s<n -> 1:(s'=s+1); [] s>0 -> 3:(s'=s-1); endmodule
    label "busy" = s>0; label "full" = s=n; rewards "busy" s>0 : 10; endrewards)");
  const auto kinds = [](const Json& json) {
    std::vector<std::string> list;
    for (const Json& m : json["measures"])
      list.push_back(m["name"].get<std::string>() + ": " + m["kind"].get<std::string>());
    return list;
  };
  using Kinds = std::vector<std::string>;
  CHECK(kinds(solve_json(model + " --const n=1")) == Kinds{"busy: reward", "busy: label", "full: label"});
  CHECK(kinds(solve_json(model +
                         R"( --const n=1 --prop '"busy": S=? [ "full" ]' --prop 'S=? [ "busy" ]' --prop 'S=? [ s=0 ]' )"
                         R"(--prop 'R{"busy"}=? [ S ]')")) ==
        Kinds{"busy: property", "busy: label", "S=? [ s=0 ]: property", "busy: reward"});
  const std::string text = steady_run("solve -q " + model + " --const n=1").output;
  CHECK_THAT(text, ContainsSubstring("\nbusy (reward)  2.5") && ContainsSubstring("\nbusy (label)   0.25"));
  CHECK_THAT(text, ContainsSubstring("\nfull           0.25"));
  CHECK_THAT(steady_run("solve -q " + model + " --const n=1:2").output,
             StartsWith("n  states  busy (reward)  busy (label)"));
}

TEST_CASE("every state initial") {
  const steady::Scratch scratch;
  const std::string model = scratch.path("every.prism");
  std::ofstream(model) << "ctmc\nmodule m s:[0..3]; [] s=1 -> 1:(s'=0) + 3:(s'=2); endmodule\ninit true endinit\n";
  const Json json = solve_json(model + " --prop 'S=? [ s=2 ]'");
  CHECK(json["structure"]["bottom_components"] == 3);
  CHECK(json["measures"][0]["value"].get<double>() == Approx(0.25 + 0.75 / 4));
}

TEST_CASE("values that depend on the start") {
  const steady::Scratch scratch;
  const std::string model = scratch.path("two.prism");
  std::ofstream(model) << R"(ctmc
    module m s : [0..3];
      [] s=0 -> 1 : (s'=1) + 3 : (s'=2);  [] s=2 -> 1 : (s'=3);  [] s=3 -> 3 : (s'=2);  [] s=1 -> 1 : true;
    endmodule
    rewards "r" s=1 : 10; endrewards
    label "far" = s=3;)";
  const std::string file = scratch.path("p.props");
  std::ofstream(file) << R"("from start": S=? [ "far" ];
    "low": filter(min, S=? [ "far" ], true);  "high": filter(max, R{"r"}=? [ S ], s!=1);
    "mean": filter(avg, S=? [ "far" ], s>0);  "one": filter(state, S=? [ "far" ], s=2);
    "span": S=? [ "far" {s!=1}{min}{max} ];  "list": filter(print, R{"r"}=? [ S ], s<3);
    "all": filter(forall, S<0.26 [ "far" ]);  "some": filter(exists, S>0.2 [ "far" ] & R{"r"}>9 [ S ], true);
    "init": S>0.1 [ "far" ] & R{"r"}<3 [ S ];)";
  const Json json = solve_json(model + " " + file);
  CHECK(json["structure"]["bottom_components"] == 2);
  CHECK(json["solver"]["converged"] == true);
  CHECK(measure(json, "from start") == Approx(3.0 / 16));
  CHECK(measure(json, "low") == 0);
  CHECK(measure(json, "high") == Approx(2.5));
  CHECK(measure(json, "mean") == Approx(0.5 / 3));
  CHECK(measure(json, "one") == Approx(0.25));
  CHECK(json["measures"][5]["value"].is_null());
  CHECK(json["measures"][5]["values"][0].get<double>() == Approx(3.0 / 16));
  CHECK(json["measures"][5]["values"][1].get<double>() == Approx(0.25));
  REQUIRE(json["measures"][6]["values"].size() == 2);
  CHECK(json["measures"][6]["values"][0]["value"].get<double>() == Approx(2.5));
  CHECK(json["measures"][6]["values"][1]["state"] == 1);
  CHECK(json["measures"][7]["value"] == true);
  CHECK(json["measures"][8]["value"] == false);
  CHECK(json["measures"][9]["value"] == true);

  const Run text = steady_run("solve " + model + " " + file + " --quiet");
  CHECK_THAT(text.output, ContainsSubstring("span        [0.1875, 0.25]"));
  CHECK_THAT(text.output, ContainsSubstring("not 0 from 2 states\n  0:(0)  2.5\n  1:(1)  10\n"));
  CHECK_THAT(text.output, ContainsSubstring("ends       in 1 state from 1 on with probability 0.25\n"));
  CHECK_THAT(text.output, ContainsSubstring("transient  division of 1 states"));
}

TEST_CASE("info, devices, generate, help, version") {
  const Run info = steady_run("info " + examples + "/kanban.prism --const t=1 --json -");
  REQUIRE(info.exit_code == 0);
  const Json json = Json::parse(info.output);
  CHECK(json["model"]["states"] == 160);
  CHECK(json["storages"][0]["name"] == "csr");
  CHECK(json["storages"][0]["fits"] == true);
  CHECK(json["storages"][0]["bytes"].get<double>() / 160 ==
        Approx(json["storages"][0]["bytes_per_state"].get<double>()));

  CHECK(json["memory"]["model_bytes"] > 616 * 12);
  CHECK(json["memory"]["solve_bytes"] > 160 * 8 * 30);

  const Run picture = steady_run("info " + examples + "/kanban.prism --const t=1 --picture -");
  CHECK(picture.exit_code == 0);
  CHECK_THAT(picture.output, StartsWith("<svg ") && ContainsSubstring("160 states, 616 transitions"));
  CHECK(picture.output.find("</svg>\n") + 7 == picture.output.size());
  std::size_t cells = 0;  // 160 states: a cell of its own for each transition
  for (std::size_t at = picture.output.find("v3.00"); at != std::string::npos;
       at = picture.output.find("v3.00", at + 1))
    ++cells;
  CHECK(cells == 616);
  CHECK(steady_run("info " + examples + "/kanban.prism --const t=1 --picture /no/such/place.svg").exit_code == 2);

  CHECK_THAT(steady_run("devices").output, ContainsSubstring("cpu"));
  CHECK_THAT(steady_run("--version").output, StartsWith("steady 0."));
  CHECK_THAT(steady_run("help").output, ContainsSubstring("solve"));
  for (const char* superfluous : {"help solve info", "--version --json"}) CHECK(steady_run(superfluous).exit_code == 2);
  CHECK(steady_run("generate polling --const N=2 --output polling.tra").exit_code == 2);
  CHECK_THAT(steady_run("help solve").output, ContainsSubstring("--tolerance"));
  CHECK_THAT(steady_run("solve --help").output, ContainsSubstring("--tolerance"));

  const steady::Scratch scratch;
  const std::string polling = scratch.path("p5.prism");
  REQUIRE(steady_run("generate polling --const N=5 --output " + polling).exit_code == 0);
  const Json solved = solve_json(polling);
  CHECK(solved["model"]["states"] == 240);
  CHECK(solved["model"]["transitions"] == 800);
  CHECK(measure(solved, "s1_waits") == Approx(0.14492709367584433).epsilon(1e-9));
}

TEST_CASE("what is not decided is not answered") {
  const steady::Scratch scratch;
  const std::string model = scratch.path("two.prism");
  std::ofstream(model) << "dtmc\nmodule m\n s:[0..2] init 0;\n [] s=0 -> 1/4:(s'=0) + 1/2:(s'=1) + 1/4:(s'=2);\n"
                          " [] s>0 -> true;\nendmodule\n";  // ends in 1 with 2/3
  const auto status = [&](const std::string& property) {
    const Json json = solve_json(model + " --prop '" + property + "'");
    return json["measures"][0].value("status", "") + json["measures"][0]["value"].dump();
  };
  CHECK(status("S>2/3 [ s=1 ]") == "undecidednull");
  CHECK(status("filter(exists, S>2/3 [ s=1 ], s=0)") == "undecidednull");
  CHECK(status("filter(forall, S<=2/3 [ s=1 ], s=0)") == "undecidednull");
  CHECK(status("filter(forall, S>2/3 [ s=1 ], true)") == "false");  // from 2 never
  CHECK(status("filter(exists, S>2/3 [ s=1 ], true)") == "true");   // from 1 always
  CHECK(status("S>0.6 [ s=1 ] & S<0.7 [ s=1 ]") == "true");

  const std::string cut = examples + "/tandem.prism --const c=31 --method jacobi --max-iterations 7 --quiet --json - ";
  const Run run = steady_run("solve " + cut + "--prop 'S>0.5 [ sc=0 ]'");
  CHECK(run.exit_code == 1);
  const Json json = Json::parse(run.output);
  CHECK(json["solver"]["iterations"] == 7);
  CHECK(json["status"] == "not converged");
  CHECK(json["measures"][0]["status"] == "undecided");
}

TEST_CASE("a state space obeys the limit on memory, and so does a solve") {
  const std::string fms = "solve " + examples + "/fms.prism --const n=4 --quiet --memory-limit ";
  const Run states = steady_run(fms + "0.0002");
  CHECK(states.exit_code == 3);
  CHECK_THAT(states.errors, ContainsSubstring("the limit on memory"));
  const Run solve = steady_run(fms + "0.01 --method gmres --restart 300");
  CHECK(solve.exit_code == 3);
  CHECK_THAT(solve.errors, ContainsSubstring("--memory-limit"));
  CHECK(steady_run(fms + "1").exit_code == 0);
}
