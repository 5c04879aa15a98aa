// Names for what another language than PRISM's has declared.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>

namespace steady::detail::prism {

// Names as properties can write them: other characters become _, and one that is taken, or a word of the PRISM
// language or of its labels, gets a _ behind it.
class UniqueNames {
 public:
  // `texts` keeps the names, and has to outlive what uses them.
  explicit UniqueNames(std::deque<std::string>& texts) : texts_(texts) {}

  // Where the name is taken, the prefix comes before it, if there is one.
  std::string_view unique(std::string_view wanted, std::string_view prefix = {});

 private:
  std::deque<std::string>& texts_;
  std::set<std::string_view> taken_ = {"deadlock"};  // a label of every model; "init" is a word of the language
};

}  // namespace steady::detail::prism
