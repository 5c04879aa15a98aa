// Text on its way to a file: what the writers of models share. No locale; numbers as short as they can be to read back
// as the same bits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/file.hpp"

namespace steady {

class TextWriter {
 public:
  explicit TextWriter(ReplacedFile& file) : file_(file) {}

  TextWriter& operator<<(std::string_view text);
  TextWriter& operator<<(char c);
  TextWriter& operator<<(std::uint64_t number);
  TextWriter& operator<<(double number);
  // What is still kept goes to the file. Throws Error as ReplacedFile::write does; so may every << above.
  void finish();

 private:
  void write_when_long();

  ReplacedFile& file_;
  std::string kept_;
};

}  // namespace steady
