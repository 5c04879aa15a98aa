// Model files: what every reader returns, and the one door to all of them.
//
// To add a format: a file with its read function here, and a line in the list in model.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "formats/memory.hpp"
#include "solver/chain.hpp"

namespace steady {

namespace prism {
struct Vocabulary;  // formats/model/prism/vocabulary.hpp
}

using Progress = std::function<void(std::string_view)>;  // called now and then with a line about long work

struct Constant {
  std::string name;
  std::variant<std::int64_t, double, bool> value;
};

struct Model {
  Chain chain;
  std::vector<Constant> constants;  // those set from outside, in the order of the file
  std::vector<std::string> notes;   // what a user should know: deadlocks mended, duplicates added, rows rescaled
  // What the names in a property mean: constants, formulas, labels, variables. Set by every reader.
  std::shared_ptr<const prism::Vocabulary> vocabulary;
};

struct ReadOptions {
  std::string from = {};                          // the format's name or extension; empty: by the path's extension
  std::string constants = {};                     // as in --const: "n=5,m=2"
  std::optional<Kind> kind = {};                  // what a matrix file holds; empty: detected
  std::uint64_t memory_limit = machine_memory();  // bytes; a file that needs more is refused, before it is allocated
  Progress progress = [](std::string_view) {};
};

// `path` "-" is standard input, with options.from. Throws Error with file, line and what is wrong.
Model read_model(const std::string& path, const ReadOptions& options = {});

// A format of model files.
struct ModelFormat {
  std::string_view name;                     // the value of --from
  std::vector<std::string_view> extensions;  // with the dot
  Model (*read)(const std::string& path, std::string&& text, const ReadOptions& options);
};

// Every format that can be read.
std::span<const ModelFormat> model_formats();

}  // namespace steady
