// Whole files: read at once, replaced at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "formats/base/memory.hpp"

struct archive;  // libarchive's

namespace steady::detail {

// The content of a file, decompressed where it is gzip or xz by its first bytes; "-" is standard input. Throws Error
// when it is missing, a directory, unreadable or damaged; and, cause machine, when it takes more than `memory_limit`
// bytes, or more than half of them decompressed: what it describes needs room, too.
std::string read_file(const std::string& path, std::uint64_t memory_limit = machine_memory());

// The same content, to be looked at only. A large file is not read but mapped: its pages are the system's own, which
// takes them away where memory is short, and nothing is copied. So what another program writes into the file is seen,
// and a look behind the new end of a file that was cut, or at what a disk does not give, is a SIGBUS.
class FileContent {
 public:
  explicit FileContent(const std::string& path, std::uint64_t memory_limit = machine_memory());  // throws as read_file
  ~FileContent();
  FileContent(const FileContent&) = delete;
  FileContent& operator=(const FileContent&) = delete;

  std::string_view view() const { return view_; }

  // Whether it lies in a file that is mapped now: what a handler of SIGBUS may ask.
  static bool is_mapped(const void* address);

 private:
  std::string text_;         // empty where mapped
  std::string_view mapped_;  // empty where not
  std::string_view view_;
};

// Throws Error with the line of the first byte that no text holds (a zero byte); what a text reader calls first.
void require_text(const std::string& path, std::string_view content);

// Throws Error where a file could not be written at `path`: a directory, a missing directory, no permission. What a
// program asks before hours of work whose result goes there. "-" is standard output. Writes nothing.
void require_writable(const std::string& path);

// Whether both paths name one regular file, however they do it; neither has to be there yet. "-" is none.
bool same_file(const std::string& a, const std::string& b);

// Throws Error where two of the outputs are one file, or an output is one of the inputs: what is read is not replaced.
// Empty paths count for nothing.
void require_apart(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs);

// Removes what this process is writing and has not put in its place: for a process that ends at once. A handler of a
// signal may call it.
void remove_temporaries();

// A file that appears whole or not at all: written beside its place under another name, renamed by commit().
// Without commit() the destructor removes what was written and the old file stays. Where a process is killed the other
// name stays, NAME.steady-PROCESS-XXXXXX, until the same file is written again. "-" is standard output. Compressed
// where the path ends in .gz or .xz.
class ReplacedFile {
 public:
  explicit ReplacedFile(std::string path);  // throws Error when the place cannot be written
  ~ReplacedFile();
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;

  void write(std::string_view bytes);  // throws Error, cause machine, on a full disk or a closed pipe
  void commit();                       // finish(), replace()
  void finish();                       // flushes to the disk; throws Error and leaves the old file
  void replace();                      // renames; throws Error and leaves the old file

 private:
  ReplacedFile() = default;
  void open();
  [[noreturn]] void fail(const char* what) const;
  [[noreturn]] void fail_compressed() const;

  std::string path_;
  std::string temporary_;  // empty for standard output
  std::FILE* file_ = nullptr;
  archive* compressed_ = nullptr;  // where compressed: what is written goes through it to the file
};

// Files that appear together, or none of them: as far as several renames can be one. Nothing appears before commit().
class ReplacedFiles {
 public:
  ReplacedFile& add(const std::string& path) { return files_.emplace_back(path); }
  void commit();

 private:
  std::deque<ReplacedFile> files_;  // its elements stay where they are
};

// The whole content of a file, in one go.
void replace_file(const std::string& path, std::string_view content);

}  // namespace steady::detail
