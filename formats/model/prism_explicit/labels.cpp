#include "formats/model/prism_explicit/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/io/file.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail::prism_explicit {

namespace {

class LabelReader {
 public:
  LabelReader(const std::string& path, const std::string& text, std::size_t count, const Dialect& dialect)
      : scanner_(path, text), count_(count), first_state_(dialect.first_state) {}

  std::vector<Label> read() {
    if (next_line("the labels' names")) {
      declared_ = scanner_.rest_of_line().starts_with("#DECLARATION");
      declared_ ? read_declaration() : read_numbered_names();
    }
    while (scanner_.next_line('#')) declared_ ? read_names_of_state() : read_numbers_of_state();
    std::stable_partition(labels_.begin(), labels_.end(),
                          [](const Label& l) { return l.name != "init" && l.name != "deadlock"; });
    return std::move(labels_);
  }

 private:
  // The next line that is no comment; the words of a declaration look like one.
  bool next_line(const char* missing) {
    while (scanner_.next_line('\0')) {
      const std::string_view line = scanner_.rest_of_line();
      if (!line.starts_with('#') || line.starts_with("#DECLARATION") || line.starts_with("#END")) return true;
    }
    scanner_.fail(fmt::format("the file ends before {}", missing));
  }

  void add(std::string_view name, std::uint64_t number) {
    if (name.empty()) scanner_.fail("a label without a name");
    if (!index_.emplace(number, labels_.size()).second)
      scanner_.fail(fmt::format("the label number {} for the second time", number));
    if (!index_of_name_.emplace(name, labels_.size()).second)
      scanner_.fail(fmt::format("the label {} for the second time", in_quotes(name)));
    labels_.push_back({std::string(name), std::vector<bool>(count_)});
  }

  // 0="init" 1="deadlock"
  void read_numbered_names() {
    while (!scanner_.at_line_end()) {
      const std::uint64_t number = scanner_.natural("a label's number");
      if (!scanner_.skip('=') || !scanner_.skip('"'))
        scanner_.fail(fmt::format("a label as in 0=\"init\" expected, found {}", scanner_.next_in_quotes()));
      const std::string_view rest = scanner_.rest_of_line();
      if (!scanner_.skip_past('"')) scanner_.fail("a label's name without its second quote");
      add(rest.substr(0, rest.find('"')), number);
    }
  }

  void read_declaration() {
    for (;;) {
      next_line("#END");
      if (scanner_.rest_of_line().starts_with("#END")) return;
      while (!scanner_.at_line_end()) add(scanner_.token(), labels_.size());
    }
  }

  std::size_t read_state() {
    const std::uint64_t state = scanner_.natural("state");
    if (state < first_state_ || state - first_state_ >= count_)
      scanner_.fail(fmt::format("state {} is not in {}..{}", state, first_state_, count_ - 1 + first_state_));
    return state - first_state_;
  }

  // 3: 0 2
  void read_numbers_of_state() {
    const std::size_t state = read_state();
    if (!scanner_.skip(':'))
      scanner_.fail(fmt::format("':' expected after the state, found {}", scanner_.next_in_quotes()));
    while (!scanner_.at_line_end()) {
      const std::uint64_t number = scanner_.natural("a label's number");
      scanner_.end_number("a label's number");
      const auto label = index_.find(number);
      if (label == index_.end()) scanner_.fail(fmt::format("there is no label {}", number));
      labels_[label->second].holds[state] = true;
    }
  }

  // 3 init up
  void read_names_of_state() {
    const std::size_t state = read_state();
    scanner_.end_number("state");
    while (!scanner_.at_line_end()) {
      const std::string_view name = scanner_.token();
      const auto label = index_of_name_.find(name);
      if (label == index_of_name_.end()) scanner_.fail(fmt::format("the label {} is not declared", in_quotes(name)));
      labels_[label->second].holds[state] = true;
    }
  }

  Scanner scanner_;
  std::size_t count_;
  State first_state_;
  bool declared_ = false;
  std::vector<Label> labels_;
  std::map<std::uint64_t, std::size_t> index_;
  std::map<std::string, std::size_t, std::less<>> index_of_name_;
};

}  // namespace

std::vector<Label> read_labels(const std::string& path, const std::string& text, std::size_t count,
                               const Dialect& dialect) {
  require_text(path, text);
  return LabelReader(path, text, count, dialect).read();
}

}  // namespace steady::detail::prism_explicit
