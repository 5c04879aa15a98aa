#include "formats/io/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <new>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail {

namespace {

// One walk over an archive, from its first file to its last.
class Walk {
 public:
  Walk(const std::string& path, std::string_view content, Archive::Form form, std::uint64_t limit)
      : path_(path), content_(content), limit_(limit), archive_(archive_read_new(), archive_read_free) {
    if (!archive_) throw std::bad_alloc();
    if (form == Archive::Form::tar)
      require(archive_read_support_format_tar(archive_.get()));
    else
      require(archive_read_support_format_zip(archive_.get()));
    require(archive_read_open_memory(archive_.get(), content.data(), content.size()));
  }

  // To the next regular file; false after the last. `name` becomes its name.
  bool next(std::string& name) {
    archive_entry* entry = nullptr;
    do {
      const int status = archive_read_next_header(archive_.get(), &entry);
      if (status == ARCHIVE_EOF) return false;
      if (status != ARCHIVE_WARN) require(status);
    } while (archive_entry_filetype(entry) != AE_IFREG);
    const char* text = archive_entry_pathname(entry);
    if (text == nullptr) throw Error(path_ + ": a file in the archive has a name that is no text");
    name = text;
    while (name.starts_with("./")) name.erase(0, 2);
    while (name.starts_with('/')) name.erase(0, 1);
    return true;
  }

  // The file's content: a part of the archive's where it lies there in one piece, else put together in `inflated`.
  std::string_view read(std::string& inflated) {
    std::string_view whole;
    while (true) {
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(archive_.get(), &block, &size, &offset);
      if (status == ARCHIVE_EOF) return whole;
      require(status);
      if (size == 0) continue;
      if (offset < 0 || static_cast<std::uint64_t>(offset) != whole.size())
        throw Error(path_ + ": a sparse file in the archive, which none of this kind has");
      const std::string_view part(static_cast<const char*>(block), size);
      if (whole.empty() && part.data() >= content_.data() && part.data() < content_.data() + content_.size()) {
        whole = part;
        continue;
      }
      inflated_ += size;
      require_memory(path_, "its content, decompressed,", static_cast<double>(inflated_), limit_);
      if (inflated.empty()) inflated = whole;
      inflated += part;
      whole = inflated;
    }
  }

 private:
  void require(int status) {
    if (status == ARCHIVE_OK) return;
    const char* why = archive_error_string(archive_.get());
    throw Error(fmt::format("{}: the archive is truncated or damaged: {}", path_, why == nullptr ? "no reason" : why));
  }

  const std::string& path_;
  std::string_view content_;
  std::uint64_t limit_;
  std::uint64_t inflated_ = 0;  // bytes, of all files
  std::unique_ptr<archive, int (*)(archive*)> archive_;
};

}  // namespace

bool Archive::looks_like(std::string_view content, Form form) {
  constexpr std::size_t tar_magic = 257;
  if (form == Form::zip) return content.starts_with("PK");
  return content.size() > tar_magic && content.substr(tar_magic).starts_with("ustar");
}

Archive::Archive(const std::string& path, std::string_view content, Form form, std::uint64_t limit) : path_(path) {
  if (!looks_like(content, form))
    throw Error(fmt::format("{}: not a {}, by its first bytes", path, form == Form::zip ? "zip" : "tar"));
  Walk walk(path, content, form, limit);
  std::string name;
  while (walk.next(name)) {
    const std::string_view file = walk.read(inflated_.emplace_back());
    if (!files_.emplace(name, file).second) throw Error(fmt::format("{}: the file {} twice", path, in_quotes(name)));
  }
}

const std::string_view* Archive::find(std::string_view name) const {
  const auto place = files_.find(name);
  return place == files_.end() ? nullptr : &place->second;
}

std::string_view Archive::only_file() const {
  if (files_.size() != 1)
    throw Error(fmt::format("{}: {} files in the archive, where one is expected", path_, files_.size()));
  return files_.begin()->second;
}

}  // namespace steady::detail
