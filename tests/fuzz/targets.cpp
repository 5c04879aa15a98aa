#include "tests/fuzz/targets.hpp"

#include <steady/error.hpp>
#include <steady/properties.hpp>

#include "formats/io/compression.hpp"
#include "formats/model/model_format.hpp"
#include "formats/model/prism/language/vocabulary.hpp"
#include "formats/solution/solution_format.hpp"
#include "tests/scratch.hpp"

namespace steady::fuzz {

using namespace detail;

namespace {

// Thrown by the progress of a model that goes on and on: long is not wrong.
struct Enough {};

void read_as(const ModelFormat& format, const std::string& bytes) {
  ReadOptions options;
  options.memory_limit = memory_limit;
  options.progress = [](std::string_view) { throw Enough(); };
  options.rate_errors = true;
  try {
    validate(read_content(format, "input" + std::string(format.extensions[0]), std::string(bytes), options).chain);
  } catch (const Error&) {
  } catch (const Enough&) {
  }
}

// The model that properties and solutions are of.
const Model& model() {
  static const Model read = [] {
    Model result = read_model(STEADY_EXAMPLES "/kanban.prism", {.constants = "t=1"});
    return result;
  }();
  return read;
}

// The files beside a list of transitions: of three states, which go round.
void read_beside(std::string ReadOptions::*one, std::vector<std::string> ReadOptions::*several,
                 const std::string& bytes) {
  static const Scratch scratch;
  static const std::string transitions = scratch.put("model.tra", "3 4\n0 1 2\n1 0 1\n1 2 3\n2 0 0.5\n");
  const std::string beside = scratch.put("beside", bytes);
  ReadOptions options;
  options.kind = Kind::ctmc;
  options.memory_limit = memory_limit;
  if (one != nullptr)
    options.*one = beside;
  else
    options.*several = {beside};
  try {
    read_model(transitions, options);
  } catch (const Error&) {
  }
}

}  // namespace

std::vector<Target> targets() {
  std::vector<Target> all;
  for (const ModelFormat& format : model_formats())
    all.push_back({std::string(format.name), [&format](const std::string& bytes) { read_as(format, bytes); }});
  all.push_back({"sta", [](const std::string& b) { read_beside(&ReadOptions::states, nullptr, b); }});
  all.push_back({"lab", [](const std::string& b) { read_beside(&ReadOptions::labels, nullptr, b); }});
  all.push_back({"srew", [](const std::string& b) { read_beside(nullptr, &ReadOptions::state_rewards, b); }});
  all.push_back({"trew", [](const std::string& b) { read_beside(nullptr, &ReadOptions::transition_rewards, b); }});
  for (const SolutionFormat& format : solution_formats())
    all.push_back({"solution-" + std::string(format.name), [&format](const std::string& bytes) {
                     try {
                       format.read("input", bytes, model().chain);
                     } catch (const Error&) {
                     }
                   }});
  all.push_back({"properties", [](const std::string& bytes) {
                   std::vector<std::string> notes;
                   try {
                     read_properties(bytes, "input", *model().vocabulary, model().chain, {}, notes);
                   } catch (const Error&) {
                   }
                 }});
  all.push_back({"compressed", [](const std::string& bytes) {
                   try {
                     decompress("input", bytes, memory_limit);
                   } catch (const Error&) {
                   }
                 }});
  return all;
}

}  // namespace steady::fuzz
