#include "solver/distributed/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/base/memory.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/io/file.hpp"
#include "formats/model/prism/prism.hpp"
#include "solver/cli/budgets.hpp"
#include "solver/cli/interrupt.hpp"
#include "solver/cli/solve_once.hpp"

namespace steady::cli {
namespace {

ProgressLine::Volume volume(const Ranks& ranks, const SolveArguments& arguments) {
  if (arguments.quiet || !ranks.first()) return ProgressLine::Volume::quiet;
  return arguments.verbose ? ProgressLine::Volume::verbose : ProgressLine::Volume::normal;
}

// Bytes that this rank may take.
std::uint64_t memory_limit(const Run& run) {
  const double given = run.arguments.model.memory_limit;
  if (given > 0) return bytes_in(given);
  return machine_memory() / static_cast<std::uint64_t>(run.ranks.on_this_machine());
}

ReadOptions read_options(Run& run, std::uint64_t limit) {
  ReadOptions options;
  options.constants = model_constants(joined(run.arguments.model.constants), run.texts);
  options.throughputs = run.arguments.model.throughputs;
  options.memory_limit = limit;
  options.note = [&run](std::string_view line) { run.progress.note(fmt::format("note: {}", line)); };
  options.progress = [&run](std::string_view line) {
    run.progress.show(line);
    if (run.deadline.over()) throw Unsolved("the time limit was reached while the model was read");
  };
  return options;
}

// Of the entries once more in other numbers, of the factors of the block, and of the vectors of the methods.
void require_room_to_solve(const std::string& path, const prism::ChainBlock& block, std::uint64_t limit) {
  constexpr double vectors = 24;
  const auto own = static_cast<double>(block.rows.own_value.size());
  const auto other = static_cast<double>(block.rows.other_value.size());
  const std::size_t n = block.model.chain.size();
  require_memory(path, fmt::format("to solve a block of {} states", with_commas(n)),
                 32 * own + 28 * other + 8 * vectors * static_cast<double>(n), limit);
}

[[noreturn]] void refuse(const Run& run, const std::string& why) {
  throw AgreedError(fmt::format("{}: {}; try steady solve", run.arguments.model.path, why), Error::Cause::input);
}

}  // namespace

Run::Run(const Ranks& all, SolveArguments given, std::vector<PropertyText> asked)
    : ranks(all),
      arguments(std::move(given)),
      texts(std::move(asked)),
      progress(volume(ranks, arguments)),
      deadline(arguments.options.time_limit) {}

std::optional<Stop> Run::spent() const {
  const std::uint64_t own = interrupt_requested ? 2 : ranks.first() && deadline.over() ? 1 : 0;
  const std::uint64_t worst = ranks.most(own);
  if (worst == 0) return std::nullopt;
  return worst == 2 ? Stop::interrupted : Stop::time_limit;
}

prism::ChainBlock read_block(Run& run) {
  const std::string& path = run.arguments.model.path;
  const std::uint64_t limit = memory_limit(run);
  const prism::Share share{static_cast<std::uint64_t>(run.ranks.number()),
                           static_cast<std::uint64_t>(run.ranks.count())};
  prism::ChainBlock block;
  run.progress.begin(fmt::format("reading {}", path));
  run.ranks.together([&] {
    hold_memory(limit, 1);
    block = prism::read_prism_block(path, read_file(path, limit), read_options(run, limit), share);
    require_room_to_solve(path, block, limit);
  });
  return block;
}

BottomComponents bottom_components(Run& run, const Generator& q, const prism::ChainBlock& block) {
  run.progress.begin("looking for bottom components");
  const auto pause = [&] {
    if (run.spent()) throw Unsolved("the time limit was reached while bottom components were looked for");
  };
  const bool dropped = run.ranks.any(block.dropped);
  if (dropped && count(q, reached_from(q, block.initial)) < q.states())
    refuse(run, "some rates are 0, so that states of the decision diagram cannot be reached");
  std::optional<std::uint64_t> all_reached_from;
  if (block.initial.size() == 1) all_reached_from = block.initial.front();
  std::optional<BottomComponents> found = find_bottom_components(q, all_reached_from, pause);
  if (!found)
    refuse(run, fmt::format("the chain has more than {} bottom components", with_commas(BottomComponents::most)));
  return std::move(*found);
}

}  // namespace steady::cli
