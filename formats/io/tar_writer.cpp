#include "formats/io/tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <new>

#include <steady/error.hpp>

namespace steady::detail {

TarWriter::TarWriter(ReplacedFile& file) : file_(file), archive_(archive_write_new(), archive_write_free) {
  if (!archive_) throw std::bad_alloc();
  require(archive_write_set_format_pax_restricted(archive_.get()));
  const auto write_on = [](archive* tar, void* writer, const void* bytes, std::size_t count) -> la_ssize_t {
    auto& self = *static_cast<TarWriter*>(writer);
    try {
      self.file_.write({static_cast<const char*>(bytes), count});
    } catch (...) {
      self.problem_ = std::current_exception();
      archive_set_error(tar, 1, "the file");
      return -1;
    }
    return static_cast<la_ssize_t>(count);
  };
  require(archive_write_open(archive_.get(), this, nullptr, write_on, nullptr));
}

void TarWriter::add(const std::string& name, std::uint64_t bytes) {
  const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry(archive_entry_new(), archive_entry_free);
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  require(archive_write_header(archive_.get(), entry.get()));
}

void TarWriter::write(std::string_view bytes) {
  if (!bytes.empty()) require(archive_write_data(archive_.get(), bytes.data(), bytes.size()));
}

void TarWriter::finish() { require(archive_write_close(archive_.get())); }

void TarWriter::require(long status) const {
  if (status >= 0) return;
  if (problem_) std::rethrow_exception(problem_);
  const char* why = archive_error_string(archive_.get());
  throw Error(std::string("libarchive does not write: ") + (why == nullptr ? "no reason" : why));
}

}  // namespace steady::detail
