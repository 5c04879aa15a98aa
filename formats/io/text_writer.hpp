// Text on its way to a file, or to another sink: what the writers of models share. No locale; numbers as short as they
// can be to read back as the same bits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "formats/io/file.hpp"

namespace steady::detail {

class TextWriter {
 public:
  using Sink = std::function<void(std::string_view)>;

  explicit TextWriter(Sink sink) : sink_(std::move(sink)) {}
  explicit TextWriter(ReplacedFile& file) : sink_([&file](std::string_view text) { file.write(text); }) {}

  TextWriter& operator<<(std::string_view text);
  TextWriter& operator<<(char c);
  TextWriter& operator<<(std::uint64_t number);
  TextWriter& operator<<(double number);
  // What is still kept goes to the sink. Throws Error as ReplacedFile::write does; so may every << above.
  void finish();

 private:
  void write_when_long();

  Sink sink_;
  std::string kept_;
};

}  // namespace steady::detail
