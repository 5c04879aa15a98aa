// init e endinit: the states where e holds, by depth-first search over the variables. Each part of the top-level
// conjunction is tested as soon as the variables in it have values; a part that compares one variable with a constant
// narrows the variable's range, so that x=0 & y=0 & ... costs no enumeration.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/state_space.hpp"
#include "formats/model/prism/language/compile.hpp"

namespace steady::detail::prism {

namespace {

class InitialStateSearch {
 public:
  InitialStateSearch(const CompiledModel& model, const Progress& progress)
      : progress_(progress),
        memory_limit_(model.memory_limit),
        path_(model.vocabulary->source->name),
        variables_(model.packing.variables()),
        packing_(model.packing),
        tests_(variables_.size() + 1),
        values_(variables_.size() + 1),
        words_(model.words()) {
    for (const Variable& v : variables_) range_.push_back({v.low, v.high});
    add_tests(*model.initial_states, model);
  }

  std::vector<std::uint64_t> run() {
    // Depth d: variables before d have values, and the tests that need only those hold.
    if (!holds(0)) return {};
    std::vector<std::int64_t> next(variables_.size() + 1);
    std::size_t depth = 0;
    if (!variables_.empty()) next[0] = range_[0].low;
    for (std::size_t steps = 0;; ++steps) {
      if (steps % 100'000 == 0 && steps > 0) report(steps);
      if (depth == variables_.size()) {
        found_.insert(found_.end(), words_.begin(), words_.end());
        ++count_;
        if (depth == 0) return found_;
        --depth;
      } else if (next[depth] > range_[depth].high) {
        if (depth == 0) return found_;
        --depth;
      } else {
        const std::int64_t value = next[depth]++;
        values_[depth] = static_cast<double>(value);
        packing_.set(words_.data(), depth, value);
        if (!holds(depth + 1)) continue;
        ++depth;
        if (depth < variables_.size()) next[depth] = range_[depth].low;
      }
    }
  }
  std::size_t count() const { return count_; }

 private:
  void report(std::size_t steps) const {
    require_memory(path_, fmt::format("a list of {} initial states, and more to come,", with_commas(count_)),
                   static_cast<double>(found_.size() * sizeof(std::uint64_t)), memory_limit_);
    progress_(fmt::format("{} initial states among {} assignments", with_commas(count_), with_commas(steps)));
  }

  void add_tests(const Expression& e, const CompiledModel& model) {
    if (e.op == Operator::conjunction) {
      for (const ExpressionPtr& part : e.operands) add_tests(*part, model);
      return;
    }
    const std::size_t first = program_.code.size();
    const Entry entry = compile(e, {*model.vocabulary}, Expected::boolean, "the condition of init", program_);
    if (program_.code[first + 1].op == Opcode::end && narrow(program_.code[first])) return;
    std::size_t needed = 0;  // variables up to the last that the code reads
    for (std::size_t k = first; k < program_.code.size(); ++k) {
      const Opcode op = program_.code[k].op;
      if (op >= Opcode::load && op <= Opcode::within_or)
        needed = std::max<std::size_t>(needed, program_.code[k].slot + 1);
    }
    tests_[needed].push_back(entry);
  }

  // Whether the instruction is a test of one variable's interval, to which its range is then cut.
  bool narrow(const Instruction& test) {
    if (test.op != Opcode::within || test.inverted) return false;
    Range& range = range_[test.slot];
    range.low = std::max(range.low, static_cast<std::int64_t>(std::ceil(std::clamp(test.a, -1e16, 1e16))));
    range.high = std::min(range.high, static_cast<std::int64_t>(std::floor(std::clamp(test.b, -1e16, 1e16))));
    return true;
  }

  bool holds(std::size_t depth) const {
    try {
      return std::all_of(tests_[depth].begin(), tests_[depth].end(),
                         [&](Entry test) { return program_.evaluate(test, values_.data()) != 0; });
    } catch (const Undefined& undefined) {
      fail(undefined.place, undefined.what);
    }
  }

  struct Range {
    std::int64_t low, high;
  };

  const Progress& progress_;
  std::uint64_t memory_limit_;
  const std::string& path_;
  const std::vector<Variable>& variables_;
  const Packing& packing_;
  std::vector<Range> range_;
  Program program_;
  std::vector<std::vector<Entry>> tests_;  // by the number of variables that they need
  std::vector<double> values_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> found_;
  std::size_t count_ = 0;
};

}  // namespace

std::vector<std::uint64_t> initial_states(const CompiledModel& model, const Progress& progress) {
  if (!model.initial_states) {
    std::vector<std::uint64_t> words(model.words());
    for (std::size_t v = 0; v < model.initial.size(); ++v) model.packing.set(words.data(), v, model.initial[v]);
    return words;
  }
  InitialStateSearch search(model, progress);
  std::vector<std::uint64_t> states = search.run();
  if (search.count() == 0) fail(model.initial_states->place, "the condition on initial states holds in no state");
  return states;
}

}  // namespace steady::detail::prism
