// Model files: what every reader returns and every writer takes, and the one door to all of them.
//
// To add a format: a file with its read and write functions here, and a line in the list in model.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "formats/file.hpp"
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

// How far a constant of a PRISM model can be from its value, relative to that.
struct ConstantError {
  std::string name;
  double error;
};

struct ReadOptions {
  std::string from = {};          // the format's name or extension; empty: by the path's extension
  std::string constants = {};     // as in --const: "n=5,m=2"
  std::optional<Kind> kind = {};  // what a matrix file holds; empty: detected
  bool transposed = false;        // of a matrix file: row i holds what flows into state i
  bool rescale = false;           // rows of probabilities that sum to 1 within 1e-2 are divided by their sums
  // Files beside a list of transitions; empty: those found beside it by name.
  std::string states = {};
  std::string labels = {};
  std::vector<std::string> state_rewards = {};
  std::vector<std::string> transition_rewards = {};
  bool rate_errors = false;  // Chain::rate_error is wanted: the roundings from file to rate
  // What proofs are to hold for, too: rates that are so far from those of the file, above 0 and below 1, relatively (0:
  // none), and those that constants make which are so far from their values. Both set Chain::rate_error.
  double rates_within = 0;
  std::vector<ConstantError> constants_within = {};
  int threads = 0;                                // 0: as many as OpenMP gives
  std::uint64_t memory_limit = machine_memory();  // bytes; a file that needs more is refused, before it is allocated
  Progress progress = [](std::string_view) {};
  Progress note = [](std::string_view) {};  // called with what a user should know at once, as the work may never end
};

// `path` "-" is standard input, with options.from. Throws Error with file, line and what is wrong, and for an option
// that the format does not take. A large .umb file that is cut while it is read is a SIGBUS (FileContent).
Model read_model(const std::string& path, const ReadOptions& options = {});

// Every file that read_model reads.
std::vector<std::string> files_read(const std::string& path, const ReadOptions& options = {});

enum class MatrixContent { automatic, generator, rates, probabilities };

struct WriteOptions {
  std::string to = {};                              // the format's name or extension; empty: by the path's extension
  MatrixContent matrix = MatrixContent::automatic;  // of a matrix file; automatic: what reads back as the same chain
};

// Throws Error where write_model would for the format or the place. What a program asks before long work.
void require_model_path(const std::string& path, const WriteOptions& options = {});

// The file and those that are there beside it now and may be replaced with it.
std::vector<std::string> files_replaced(const std::string& path, const WriteOptions& options = {});

// Writes the model whole or not at all, with the files beside it that the format has; "-" is standard output, for the
// one file of that name. Doubles read back as the same bits. Returns notes: what the format could not hold. Throws
// Error for a format that is not written, where the file would mean another chain, and as validate() of the chain.
std::vector<std::string> write_model(const std::string& path, const Model& model, const WriteOptions& options = {},
                                     Checked checked = Checked::no);

// Which of ReadOptions mean something to a format.
struct Takes {
  bool constants = false;
  bool kind = false;
  bool transposed = false;
  bool siblings = false;  // states, labels, rewards
  bool rescale = true;
};

// A format of model files.
struct ModelFormat {
  std::string_view name;                     // the value of --from and --to
  std::vector<std::string_view> extensions;  // with the dot
  Takes takes;
  Model (*read)(const std::string& path, std::string&& text, const ReadOptions& options);  // or read_in_place
  // Adds what it writes to `files`; returns the notes. Null where the format is only read.
  std::vector<std::string> (*write)(const std::string& path, const Model& model, const WriteOptions& options,
                                    ReplacedFiles& files);
  // Of large binary files, read where they lie: as FileContent says, the content may change while it is read.
  Model (*read_in_place)(const std::string& path, std::string_view content, const ReadOptions& options) = nullptr;
};

// The model in the content of a file of this format.
Model read_content(const ModelFormat& format, const std::string& path, std::string&& content,
                   const ReadOptions& options);

// Every format that can be read.
std::span<const ModelFormat> model_formats();

}  // namespace steady
