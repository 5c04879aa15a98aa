// Entries that come in the order of their columns, put into rows by several threads: a counting sort.
//
// Each thread takes a block of columns and counts the entries of each row that come from it; make_room() turns the
// counts into places, and each thread then writes its own entries, in its order: columns ascend within a row, whatever
// the number of threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

namespace steady::detail {

// counts[block][row]: entries from the block; becomes their place in the row. Sets the row starts of the matrix, and
// makes room for its entries.
void make_room(std::vector<std::vector<State>>& counts, Csr& matrix);

// Writes the entries of a matrix some after others: their memory is waited for together.
class EntryWriter {
 public:
  explicit EntryWriter(Csr& matrix) : column_(matrix.column.data()), value_(matrix.value.data()) {}
  ~EntryWriter() { write(); }
  EntryWriter(const EntryWriter&) = delete;
  EntryWriter& operator=(const EntryWriter&) = delete;

  void add(std::uint64_t place, State column, double value) {
    __builtin_prefetch(column_ + place, 1);
    __builtin_prefetch(value_ + place, 1);
    entries_[count_++] = {place, value, column};
    if (count_ == entries_.size()) write();
  }

 private:
  struct Entry {
    std::uint64_t place;
    double value;
    State column;
  };

  void write() {
    for (std::size_t k = 0; k < count_; ++k) {
      column_[entries_[k].place] = entries_[k].column;
      value_[entries_[k].place] = entries_[k].value;
    }
    count_ = 0;
  }

  State* column_;
  double* value_;
  std::array<Entry, 32> entries_;
  std::size_t count_ = 0;
};

}  // namespace steady::detail
