#include "formats/model/table/entries.hpp"

#include <fmt/format.h>

#include "formats/base/relative_error.hpp"

namespace steady::detail::table {

void Entries::add(const DelimitedLines& at, State from, State to, std::string_view cell) {
  const double value = at.number(cell, "a rate or probability");
  if (value < 0 && from != to) at.fail(fmt::format("{} is negative, and not on the diagonal", in_quotes(cell)));
  if (value < 0 && negative_diagonal_.empty())
    negative_diagonal_ = fmt::format("{}:{}", table_.path, at.scanner().line());
  triplets_.push_back({from, to, value});
  if (errors_.wanted()) cell_errors_.push_back(decimal_error(cell, value));
}

void Entries::renumber(const std::vector<State>& number) {
  for (Triplet& t : triplets_) {
    t.row = number[t.row];
    t.column = number[t.column];
  }
}

MatrixFile Entries::matrix(std::size_t states, std::vector<std::string>& notes) && {
  MatrixFile file;
  const std::size_t entries = triplets_.size();
  for (std::size_t k = 0; k < cell_errors_.size(); ++k) errors_.read(triplets_[k].row, cell_errors_[k]);
  file.outgoing = to_csr(states, std::move(triplets_), Checked::yes);
  errors_.added(file.outgoing);
  file.errors = std::move(errors_);
  file.negative_diagonal = std::move(negative_diagonal_);
  if (const std::size_t repeated = entries - file.outgoing.entries(); repeated > 0)
    notes.push_back(fmt::format("{} transition{} added to another between the same states", repeated,
                                repeated == 1 ? " is" : "s are"));
  return file;
}

}  // namespace steady::detail::table
