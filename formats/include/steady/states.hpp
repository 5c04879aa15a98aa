/// @file
/// What a state means: the values of a model's variables, packed in as few bits as their ranges need.
///
/// The first variable takes the highest bits, and no variable straddles two words, so that comparing the words
/// of two states compares the states lexicographically in the order of the variables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace steady {

/// A variable of a model: an integer in a range, or a truth value.
struct Variable {
  std::string name;       ///< as the model calls it
  bool boolean = false;   ///< values 0 and 1 are printed false and true
  std::int64_t low = 0;   ///< smallest value
  std::int64_t high = 0;  ///< largest value
};

/// Where each variable lies in a state's words.
class Packing {
 public:
  /// Of no variables.
  Packing() = default;
  /// Of these variables, each with low at most high.
  explicit Packing(std::vector<Variable> variables);

  /// In the order in which states are compared.
  const std::vector<Variable>& variables() const { return variables_; }
  /// 64-bit words a state.
  std::size_t words() const { return words_; }

  /// The value of variable number `variable` in a state, given the first of its words() words.
  std::int64_t value(const std::uint64_t* state, std::size_t variable) const {
    const Field& f = fields_[variable];
    return static_cast<std::int64_t>(((state[f.word] >> f.shift) & f.mask) + static_cast<std::uint64_t>(f.low));
  }
  /// Sets it, a value in the variable's range, and keeps the other variables' bits.
  void set(std::uint64_t* state, std::size_t variable, std::int64_t value) const {
    const Field& f = fields_[variable];
    std::uint64_t& word = state[f.word];
    // Unsigned: a range may be wider than a signed number.
    const std::uint64_t offset = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(f.low);
    word = (word & ~(f.mask << f.shift)) | (offset << f.shift);
  }
  /// The variable's values in consecutive states, whose bits are 0; false where one is out of its range.
  bool set(std::uint64_t* states, std::size_t variable, std::span<const std::int64_t> values) const {
    const Field f = fields_[variable];  // which no word that is written can change
    const std::size_t words = words_;
    std::uint64_t most = 0;
    states += f.word;
    for (const std::int64_t value : values) {
      const std::uint64_t offset = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(f.low);
      most = offset > most ? offset : most;
      *states |= offset << f.shift;
      states += words;
    }
    return most <= static_cast<std::uint64_t>(variables_[variable].high) - static_cast<std::uint64_t>(f.low);
  }
  /// Sets every bit of the variable, and no other.
  void cover(std::uint64_t* words, std::size_t variable) const {
    words[fields_[variable].word] |= fields_[variable].mask << fields_[variable].shift;
  }

 private:
  struct Field {
    std::uint32_t word;
    std::uint32_t shift;
    std::uint64_t mask;
    std::int64_t low;
  };
  std::vector<Variable> variables_;
  std::vector<Field> fields_;
  std::size_t words_ = 0;
};

/// What each state is: the variables' values there, or a name, or nothing but its number.
struct States {
  Packing packing;                      ///< where each variable lies in a state's words
  std::vector<std::uint64_t> words;     ///< states x packing.words(), state by state
  std::vector<std::string> names = {};  ///< one a state, each another; empty where they have none, or variables

  /// Whether the states are values of variables.
  bool has_variables() const { return !packing.variables().empty(); }
  /// The value of a variable, by its number, in a state.
  std::int64_t value(std::size_t state, std::size_t variable) const {
    return packing.value(words.data() + state * packing.words(), variable);
  }
  /// "(0,true,3)", as PRISM prints a state; "(busy)" where it has a name; "(17)" where states are only numbers.
  std::string describe(std::size_t state) const;
  /// The same without the parentheses, at the end of `text`.
  void append(std::string& text, std::size_t state) const;
};

}  // namespace steady
