#include "formats/io/file.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <steady/error.hpp>

#include "formats/io/compression.hpp"

namespace steady::detail {

namespace {

// What is in the file, as it is.
std::string read_bytes(const std::string& path, std::uint64_t memory_limit) {
  const bool standard_input = path == "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      standard_input ? stdin : std::fopen(path.c_str(), "rb"),
      [](std::FILE* f) { return f == nullptr || f == stdin ? 0 : std::fclose(f); });
  if (!file) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));

  struct stat status {};
  if (fstat(fileno(file.get()), &status) == 0 && S_ISDIR(status.st_mode))
    throw Error(fmt::format("{}: is a directory", path));
  const std::size_t expected = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
  require_memory(path, "its content", static_cast<double>(expected), memory_limit);

  // Straight into the text where the file says its size, then by parts until there is no more.
  constexpr std::size_t part = 1 << 20;
  std::string content(expected + 1, '\0');
  std::size_t size = std::fread(content.data(), 1, content.size(), file.get());
  while (size == content.size()) {
    content.resize(size + part);
    size += std::fread(content.data() + size, 1, part, file.get());
    require_memory(path, "its content", static_cast<double>(size), memory_limit);
  }
  content.resize(size);
  if (std::ferror(file.get()) != 0) throw Error(fmt::format("{}: {}", path, std::strerror(errno)));
  return content;
}

}  // namespace

std::string read_file(const std::string& path, std::uint64_t memory_limit) {
  std::string content = read_bytes(path, memory_limit);
  if (compression_of(content) == Compression::none) return content;
  return decompress(path, content, memory_limit / 2);
}

namespace {

bool is_large(const struct stat& status) {
  constexpr std::uint64_t large = 1 << 24;
  return S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) >= large;
}

// Where a file is mapped that is looked at now: of several the last one.
std::atomic<const char*> mapped_begin = nullptr, mapped_end = nullptr;

// Nothing, where the file is not large, or is no regular file to be seen as it is: that is asked before it is opened,
// as a pipe takes notice.
std::string_view map(const std::string& path) {
  struct stat status {};
  if (path == "-" || compression_named(path) != Compression::none) return {};
  if (stat(path.c_str(), &status) != 0 || !is_large(status)) return {};
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return {};
  void* content = MAP_FAILED;
  if (fstat(file, &status) == 0 && is_large(status))
    content = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (content == MAP_FAILED) return {};
  const std::string_view view(static_cast<const char*>(content), static_cast<std::size_t>(status.st_size));
  mapped_begin = view.data();
  mapped_end = view.data() + view.size();
  return view;
}

void unmap(std::string_view content) {
  if (content.empty()) return;
  mapped_begin = mapped_end = nullptr;
  munmap(const_cast<char*>(content.data()), content.size());
}

}  // namespace

FileContent::FileContent(const std::string& path, std::uint64_t memory_limit) : mapped_(map(path)), view_(mapped_) {
  if (!mapped_.empty() && compression_of(mapped_) == Compression::none) return;
  unmap(std::exchange(mapped_, {}));
  text_ = read_file(path, memory_limit);
  view_ = text_;
}

FileContent::~FileContent() { unmap(mapped_); }

bool FileContent::is_mapped(const void* address) {
  const auto* const place = static_cast<const char*>(address);
  return place != nullptr && mapped_begin <= place && place < mapped_end;
}

void require_text(const std::string& path, std::string_view content) {
  const std::size_t zero = content.find('\0');
  if (zero == std::string_view::npos) return;
  const auto line = 1 + std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(zero), '\n');
  throw Error(fmt::format("{}:{}: a zero byte: this is not a text file", path, line));
}

void require_writable(const std::string& path) {
  if (path == "-") return;
  if (path.empty()) throw Error("a file to write to has an empty name");
  std::error_code ignored;
  if (std::filesystem::is_symlink(path, ignored) && !std::filesystem::exists(path, ignored))
    throw Error(fmt::format("{}: a symbolic link to {}, which is not there", path,
                            std::filesystem::read_symlink(path, ignored).string()));
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) throw Error(fmt::format("{}: is a directory", path));
    if (access(path.c_str(), W_OK) != 0)
      throw Error(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
    if (!S_ISREG(status.st_mode)) return;
  }
  std::string directory = std::filesystem::path(path).parent_path().string();
  if (directory.empty()) directory = ".";
  if (stat(directory.c_str(), &status) == 0 && !S_ISDIR(status.st_mode))
    errno = ENOTDIR;
  else if (access(directory.c_str(), W_OK | X_OK) == 0)
    return;
  throw Error(fmt::format("{}: cannot be written: directory {}: {}", path, directory, std::strerror(errno)));
}

bool same_file(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty() || a == "-" || b == "-") return false;
  struct stat one {
  }, other{};
  const bool there = stat(a.c_str(), &one) == 0;
  if (there != (stat(b.c_str(), &other) == 0)) return false;
  if (there) return S_ISREG(one.st_mode) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
  std::error_code ignored;
  const auto place = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored), ignored);
  };
  return place(a) == place(b);
}

void require_apart(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs) {
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    for (std::size_t other = 0; other < k; ++other)
      if (same_file(outputs[k], outputs[other]))
        throw Error(fmt::format("{}: two results cannot be written to one place", outputs[k]));
    for (const std::string& input : inputs)
      if (same_file(outputs[k], input))
        throw Error(fmt::format("{}: cannot be written: it is the same file as {}, which is read", outputs[k], input));
  }
}

namespace {

// The temporary files of this process, for a handler of signals, which can take no lock. More are left to the next run.
std::array<std::atomic<const char*>, 64> temporaries{};

void remember(const char* path) {
  for (std::atomic<const char*>& place : temporaries)
    if (const char* none = nullptr; place.compare_exchange_strong(none, path)) return;
}

void forget(const char* path) {
  for (std::atomic<const char*>& place : temporaries)
    if (const char* there = path; place.compare_exchange_strong(there, nullptr)) return;
}

constexpr std::string_view infix = ".steady-";
constexpr std::string_view unique = "-XXXXXX";  // mkstemp's

// The process that a temporary file's name tells, after `prefix`; 0 where it is no such name.
pid_t process_of(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return 0;
  name.remove_prefix(prefix.size());
  pid_t process = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), process);
  const bool whole = problem == std::errc() && name.data() + name.size() - end == unique.size() && *end == '-';
  return whole ? process : 0;
}

// Removes what processes that were killed have left beside the path. A process in another container has a number that
// says nothing here: it holds a lock on its file.
void remove_left_behind(const std::filesystem::path& path) {
  const std::string prefix = path.filename().string() + std::string(infix);
  std::error_code problem;
  std::filesystem::directory_iterator files(path.has_parent_path() ? path.parent_path() : ".", problem);
  for (; !problem && files != std::filesystem::directory_iterator(); files.increment(problem)) {
    const pid_t process = process_of(files->path().filename().string(), prefix);
    if (process <= 0 || kill(process, 0) == 0 || errno != ESRCH) continue;
    const int file = open(files->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) continue;
    if (flock(file, LOCK_EX | LOCK_NB) == 0) unlink(files->path().c_str());
    close(file);
  }
}

// A stream that is compressed on its way to the file; by libarchive, that of a file in no archive.
archive* compressed_stream(std::FILE* file, Compression compression) {
  archive* stream = archive_write_new();
  archive_entry* entry = archive_entry_new();
  const auto write_on = [](archive* compressed, void* to, const void* bytes, std::size_t count) -> la_ssize_t {
    if (std::fwrite(bytes, 1, count, static_cast<std::FILE*>(to)) == count) return static_cast<la_ssize_t>(count);
    archive_set_error(compressed, errno, "the file");
    return -1;
  };
  bool good = stream != nullptr && entry != nullptr;
  if (good) {
    archive_entry_set_filetype(entry, AE_IFREG);
    const bool gzip = compression == Compression::gzip;
    good = (gzip ? archive_write_add_filter_gzip(stream) : archive_write_add_filter_xz(stream)) == ARCHIVE_OK &&
           (!gzip || archive_write_set_filter_option(stream, "gzip", "timestamp", nullptr) == ARCHIVE_OK) &&
           archive_write_set_format_raw(stream) == ARCHIVE_OK &&
           archive_write_set_bytes_in_last_block(stream, 1) == ARCHIVE_OK &&  // no zeros behind the stream
           archive_write_open(stream, file, nullptr, write_on, nullptr) == ARCHIVE_OK &&
           archive_write_header(stream, entry) == ARCHIVE_OK;
  }
  archive_entry_free(entry);
  if (good) return stream;
  archive_write_free(stream);
  throw Error("libarchive does not compress", Error::Cause::machine);
}

}  // namespace

void remove_temporaries() {
  for (const std::atomic<const char*>& place : temporaries)
    if (const char* path = place) unlink(path);
}

// By way of the empty one, so that the destructor clears up after a constructor that throws.
ReplacedFile::ReplacedFile(std::string path) : ReplacedFile() {
  path_ = std::move(path);
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  require_writable(path_);
  const Compression compression = compression_named(path_);
  open();
  if (compression != Compression::none) compressed_ = compressed_stream(file_, compression);
}

void ReplacedFile::open() {
  // Not a regular file (a pipe, /dev/null): nothing to keep, so written straight.
  struct stat status {};
  const bool exists = stat(path_.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    file_ = std::fopen(path_.c_str(), "wb");
    if (file_ == nullptr) fail("cannot be written");
    return;
  }
  // A link stays a link: what it points to is replaced.
  std::error_code problem;
  if (exists) path_ = std::filesystem::canonical(path_, problem).string();
  if (problem) throw Error(fmt::format("{}: cannot be written: {}", path_, problem.message()));
  remove_left_behind(path_);
  temporary_ = fmt::format("{}{}{}{}", path_, infix, getpid(), unique);
  const int descriptor = mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor < 0) {
    temporary_.clear();
    fail("cannot be written");
  }
  remember(temporary_.c_str());
  flock(descriptor, LOCK_EX | LOCK_NB);
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor, exists ? status.st_mode & 07777 : 0666 & ~mask);
  file_ = fdopen(descriptor, "wb");
  if (file_ != nullptr) return;
  const int why = errno;
  close(descriptor);
  errno = why;
  fail("cannot be written");
}

ReplacedFile::~ReplacedFile() {
  archive_write_free(compressed_);
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  if (temporary_.empty()) return;
  unlink(temporary_.c_str());
  forget(temporary_.c_str());
}

void ReplacedFile::write(std::string_view bytes) {
  if (compressed_ == nullptr) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) fail("cannot be written");
    return;
  }
  while (!bytes.empty()) {
    const la_ssize_t count = archive_write_data(compressed_, bytes.data(), bytes.size());
    if (count <= 0) fail_compressed();
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void ReplacedFile::commit() {
  finish();
  replace();
}

void ReplacedFile::finish() {
  if (compressed_ != nullptr && archive_write_close(compressed_) != ARCHIVE_OK) fail_compressed();
  if (std::fflush(file_) != 0) fail("cannot be written");
  if (!temporary_.empty() && fsync(fileno(file_)) != 0) fail("cannot be written");
}

void ReplacedFile::replace() {
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be replaced");
  forget(temporary_.c_str());
  temporary_.clear();
}

void ReplacedFile::fail_compressed() const {
  errno = archive_errno(compressed_);
  fail("cannot be written");
}

void ReplacedFile::fail(const char* what) const {
  throw Error(fmt::format("{}: {}: {}", path_, what, std::strerror(errno)), Error::Cause::machine);
}

void ReplacedFiles::commit() {
  for (ReplacedFile& file : files_) file.finish();
  for (ReplacedFile& file : files_) file.replace();
}

void replace_file(const std::string& path, std::string_view content) {
  ReplacedFile file(path);
  file.write(content);
  file.commit();
}

}  // namespace steady::detail
