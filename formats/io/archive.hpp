// A tar or a zip in memory, by libarchive: its files by name.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace steady::detail {

class Archive {
 public:
  enum class Form { tar, zip };

  // Throws Error naming `path` where `content` is no such archive, is damaged or has a file twice; and, cause machine,
  // where its files inflate to more than `limit` bytes. `content` must outlive it: what is stored uncompressed is not
  // copied.
  Archive(const std::string& path, std::string_view content, Form form, std::uint64_t limit);

  // By the first bytes.
  static bool looks_like(std::string_view content, Form form);

  // The content of a file, by its name without a leading slash; nullptr where there is none.
  const std::string_view* find(std::string_view name) const;

  // The content of the only file. Throws Error where there are more, or none.
  std::string_view only_file() const;

 private:
  std::string path_;
  std::map<std::string, std::string_view, std::less<>> files_;
  std::deque<std::string> inflated_;  // a deque: its strings stay in place
};

}  // namespace steady::detail
