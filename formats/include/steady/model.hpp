/// @file
/// Model files: read_model() for every format that is read, write_model() for every one that is written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <steady/chain.hpp>
#include <steady/version.hpp>

namespace steady {

namespace detail::prism {
struct Vocabulary;
}

/// Called now and then with a line about long work.
using Progress = std::function<void(std::string_view)>;

/// A constant of a model, and the value that it was given.
struct Constant {
  std::string name;                                ///< as the model calls it
  std::variant<std::int64_t, double, bool> value;  ///< of the constant's type
};

/// How the rates and rewards of a model change with one of its constants.
struct Derivative {
  std::string constant;  ///< the constant's name
  double value;          ///< that it has
  Csr rates;             ///< row i: of the rates from state i to others; entries that are 0 are left out
  std::vector<std::vector<double>> rewards;  ///< of each of the chain's rewards: one number a state
};

/// What a model file holds.
struct Model {
  Chain chain;                      ///< valid, as validate() says
  std::vector<Constant> constants;  ///< those set from outside, in the order of the file
  std::vector<std::string> notes;   ///< what a user should know: deadlocks mended, duplicates added, rows rescaled
  std::vector<Derivative> derivatives = {};  ///< those that ReadOptions::derivatives asks for
  /// What the names in a property mean: constants, formulas, labels, variables. Set by read_model(); what
  /// read_properties() takes.
  std::shared_ptr<const detail::prism::Vocabulary> vocabulary = {};
  /// The file's own questions about the long run, in the PRISM language: a text that read_properties() takes. Empty
  /// where there is none.
  std::string properties = {};
};

/// How far a constant of a PRISM or JANI model can be from its value.
struct ConstantError {
  std::string name;  ///< the constant's
  double error;      ///< relative to its value, above 0 and below 1
};

/// What the lines of a .csv or .tsv file are.
enum class TableLayout {
  edges,  ///< transitions: from, to, rate
  matrix  ///< rows of a matrix
};

/// How a model is read. The defaults read what the file says.
struct ReadOptions {
  std::string from = {};                             ///< the format's name or extension; empty: by the path's extension
  std::string constants = {};                        ///< as in --const: "n=5,m=2"
  std::optional<Kind> kind = {};                     ///< what a matrix file holds; empty: detected
  bool transposed = false;                           ///< of a matrix file: row i holds what flows into state i
  std::optional<TableLayout> layout = {};            ///< what the lines of a table are; empty: detected
  bool rescale = false;                              ///< rows that sum to 1 within 1e-2 are divided by their sums
  std::string states = {};                           ///< a file beside a list of transitions; empty: found by its name
  std::string labels = {};                           ///< likewise
  std::vector<std::string> state_rewards = {};       ///< likewise, in the order of the rewards
  std::vector<std::string> transition_rewards = {};  ///< likewise, in the order of the rewards
  bool rate_errors = false;                          ///< Chain::rate_error is wanted: the roundings from file to rate
  /// What proofs are to hold for, too: rates that are so far from those of the file, above 0 and below 1, relatively
  /// (0: none). Sets Chain::rate_error.
  double rates_within = 0;
  /// Likewise rates that constants make which are so far from their values.
  std::vector<ConstantError> constants_within = {};
  /// Constants of a model by which its rates and rewards are differentiated: doubles that stand in rates,
  /// probabilities and what rewards earn, and nowhere else. Sets Model::derivatives.
  std::vector<std::string> derivatives = {};
  bool throughputs = false;  ///< a reward more for every action of a PRISM or .aut model: how often it happens
  int threads = 0;           ///< 0: as many as OpenMP gives
  /// Bytes; a file that needs more is refused, before it is allocated.
  std::uint64_t memory_limit = machine_memory();
  Progress progress = [](std::string_view) {};  ///< called now and then
  Progress note = [](std::string_view) {};      ///< with what a user should know at once, as the work may never end
};

/// `path` "-" is standard input, with options.from. Throws Error with file, line and what is wrong, and for an option
/// that the format does not take. A large .umb file that is cut while it is read is a SIGBUS.
Model read_model(const std::string& path, const ReadOptions& options = {});

/// A model of a matrix, as of a matrix file: row i holds what leaves state i, or by options.transposed what flows into
/// it; columns in any order, entries at the same place are added. Of the options those of matrices count; `name` is
/// what messages call it. Throws Error, naming row and column from 0 on, for what is no chain.
Model make_model(const Csr& matrix, const ReadOptions& options = {}, const std::string& name = "matrix");

/// Every file that read_model() reads. Throws Error for an unknown format.
std::vector<std::string> files_read(const std::string& path, const ReadOptions& options = {});

/// What a matrix file is to hold.
enum class MatrixContent {
  automatic,     ///< what reads back as the same chain
  generator,     ///< Q, with its diagonal
  rates,         ///< Q without its diagonal, self-loops on it
  probabilities  ///< of the steps of a DTMC
};

/// How a model is written.
struct WriteOptions {
  std::string to = {};                              ///< the format's name or extension; empty: by the path's extension
  MatrixContent matrix = MatrixContent::automatic;  ///< of a matrix file
};

/// Throws Error where write_model() would for the format or the place. What a program asks before long work.
void require_model_path(const std::string& path, const WriteOptions& options = {});

/// The file and those that are there beside it now and may be replaced with it. Throws Error for an unknown format.
std::vector<std::string> files_replaced(const std::string& path, const WriteOptions& options = {});

/// Writes the model whole or not at all, with the files beside it that the format has; "-" is standard output, for the
/// one file of that name. Doubles read back as the same bits. Returns notes: what the format could not hold. Throws
/// Error for a format that is not written, where the file would mean another chain, and as validate() of the chain.
std::vector<std::string> write_model(const std::string& path, const Model& model, const WriteOptions& options = {},
                                     Checked checked = Checked::no);

}  // namespace steady
