// A tar, written file by file as its bytes come, by libarchive.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "formats/io/file.hpp"

struct archive;

namespace steady::detail {

class TarWriter {
 public:
  // `file` must outlive it.
  explicit TarWriter(ReplacedFile& file);

  // The next file, of so many bytes; the bytes then come by write(), all of them. No dates: the same files make the
  // same tar. Throws Error as ReplacedFile::write does.
  void add(const std::string& name, std::uint64_t bytes);
  void write(std::string_view bytes);
  void finish();

 private:
  void require(long status) const;

  ReplacedFile& file_;
  std::exception_ptr problem_;  // of the file: no exception may pass through libarchive
  std::unique_ptr<archive, int (*)(archive*)> archive_;
};

}  // namespace steady::detail
