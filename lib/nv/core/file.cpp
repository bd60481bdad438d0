#include "nv/core/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <system_error>

#include "nv/core/descriptor.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/temporary_file.h"

namespace nv {

namespace {

std::string reason(int error) {
  return std::system_category().message(error);
}

/// Opening a named pipe waits for a writer; an interruption ends the wait.
int open_to_read(const std::string& path) {
  int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  while (fd < 0 && errno == EINTR) {
    check_interrupt();
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (fd < 0) {
    if (errno == ENOENT) throw_input("{}: no such file", path);
    throw_input("{}: cannot be opened: {}", path, reason(errno));
  }
  return fd;
}

Bytes read_up_to(const std::string& path, std::size_t most, bool whole) {
  const Descriptor fd(open_to_read(path));
  struct stat info {};
  if (::fstat(fd.get(), &info) == 0 && S_ISDIR(info.st_mode)) throw_input("{}: is a directory", path);
  Bytes bytes;
  constexpr std::size_t chunk = std::size_t{1} << 18;
  // One byte more than a regular file has, so that its end is found without growing the buffer. Reserved
  // pages that are never touched cost no memory.
  const std::size_t expected = S_ISREG(info.st_mode) ? static_cast<std::size_t>(info.st_size) + 1 : chunk;
  std::size_t filled = 0;
  while (filled < most) {
    if (filled == bytes.capacity()) {
      const std::size_t size = std::min(most, filled == 0 ? expected : std::max(2 * filled, chunk));
      check_memory(size, path);
      bytes.reserve(size);
    }
    if (filled == bytes.size())
      bytes.resize(filled == 0 ? bytes.capacity() : std::min(bytes.capacity(), filled + chunk));
    check_interrupt();
    const ssize_t n = ::read(fd.get(), bytes.data() + filled, bytes.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_input("{}: cannot be read: {}", path, reason(errno));
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  bytes.resize(filled);
  if (whole && filled == most) throw_input("{}: larger than {} bytes", path, most - 1);
  return bytes;
}

}  // namespace

Bytes read_file(const std::string& path, std::size_t limit) {
  return read_up_to(path, limit + 1, true);
}

std::string read_text(const std::string& path) {
  const Bytes bytes = read_file(path, std::size_t{1} << 28);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes read_head(const std::string& path, std::size_t count) {
  return read_up_to(path, count, false);
}

namespace {

/// Waits until a pipe has data or its last writer has closed it.
void wait_for_writer(int pipe) {
  constexpr int interval = 200;  // ms between two checks for an interruption
  pollfd look{pipe, POLLIN, 0};
  do check_interrupt();
  while (::poll(&look, 1, interval) <= 0);
}

/// Copies a pipe into a nameless file in memory and returns its descriptor.
int spool(int pipe, const std::string& path) {
  Descriptor file(::memfd_create("nv", MFD_CLOEXEC));
  if (file.get() < 0)
    throw_input("{}: a pipe, and there is no memory to keep it in: {}", path, reason(errno));
  std::vector<std::byte> chunk(std::size_t{1} << 18);
  std::uint64_t size = 0;
  while (true) {
    const ssize_t n = ::read(pipe, chunk.data(), chunk.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
      wait_for_writer(pipe);
      continue;
    }
    if (n < 0) throw_input("{}: cannot be read: {}", path, reason(errno));
    if (n == 0) return file.release();
    size += static_cast<std::uint64_t>(n);
    check_memory(size, path);
    check_interrupt();
    if (const int error = write_all(file.get(), std::span(chunk).first(static_cast<std::size_t>(n)));
        error != 0)
      throw_input("{}: a pipe that cannot be kept in memory: {}", path, reason(error));
  }
}

/// Opens a regular file, or spools a pipe. Does not wait for a writer of a pipe.
int open_or_spool(const std::string& path, bool& spooled) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd.get() < 0 && errno == ENOENT) throw_input("{}: no such file", path);
  if (fd.get() < 0 && errno != ENXIO) throw_input("{}: cannot be opened: {}", path, reason(errno));
  struct stat info {};
  if (fd.get() >= 0 && ::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode)) return fd.release();
  spooled = fd.get() >= 0 && S_ISFIFO(info.st_mode);
  if (spooled) return spool(fd.get(), path);
  throw_input("{}: is no regular file", path);
}

}  // namespace

FileReader::FileReader(const std::string& path) : path_(path), fd_(open_or_spool(path, spooled_)) {
  measure();
}

FileReader::FileReader(int fd, std::string path) : path_(std::move(path)), fd_(fd) {
  measure();
}

void FileReader::measure() {
  struct stat info {};
  if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd_);
    throw_input("{}: is no regular file", path_);
  }
  size_ = static_cast<std::uint64_t>(info.st_size);
}

FileReader::~FileReader() {
  ::close(fd_);
}

void FileReader::read(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t n = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) {
      check_interrupt();
      continue;
    }
    if (n < 0) throw_input("{}: cannot be read: {}", path_, reason(errno));
    if (n == 0) throw_input("{}: ends before byte {}", path_, offset + into.size());
    into = into.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

Bytes read_whole(const FileReader& file, std::size_t limit) {
  if (file.size() > limit) throw_input("{}: larger than {} bytes", file.path(), limit);
  check_memory(file.size(), file.path());
  Bytes bytes(static_cast<std::size_t>(file.size()));
  file.read(0, bytes);
  return bytes;
}

namespace {

void check_written(const std::filesystem::path& path, int error) {
  if (error != 0) throw_output("{}: cannot be written: {}", path.string(), reason(error));
}

/// The descriptor that a path stands for (/dev/stdout, /dev/fd/3); -1 for other paths. Such a file is written
/// at its current position, as a shell does, and not replaced.
int named_descriptor(const std::string& path) {
  if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int fd = -1;
    const char* const end = path.data() + path.size();
    const auto [stop, error] = std::from_chars(path.data() + folder.size(), end, fd);
    if (error == std::errc() && stop == end) return fd;
  }
  return -1;
}

/// Resolves links; the target need not exist.
std::filesystem::path resolve_links(std::filesystem::path path) {
  namespace fs = std::filesystem;
  std::error_code ec;
  constexpr int most = 40;
  for (int i = 0; i < most && fs::is_symlink(fs::symlink_status(path, ec)); ++i) {
    const fs::path to = fs::read_symlink(path, ec);
    if (ec) break;
    path = to.is_absolute() ? to : path.parent_path() / to;
  }
  return path;
}

/// Writes a temporary file and renames it to `target`. Returns an errno, 0 for success.
int replace_file(const std::filesystem::path& target, std::span<const std::byte> bytes) {
  const std::filesystem::path above = target.has_parent_path() ? target.parent_path() : ".";
  const Descriptor folder(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return errno;
  sweep_temporaries(folder.get(), false);
  struct stat old {};
  const bool there = ::stat(target.c_str(), &old) == 0;
  TemporaryFile file(folder.get(), TemporaryKind::of_file);
  int error = file.create(there ? &old : nullptr);
  if (error == 0) error = file.write(bytes);
  if (error == 0) error = file.sync();
  if (error == 0) error = file.rename_to(folder.get(), target.filename());
  if (error == 0) ::fsync(folder.get());
  return error;
}

}  // namespace

void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  namespace fs = std::filesystem;
  if (const int fd = named_descriptor(path.string()); fd >= 0)
    return check_written(path, write_all(fd, bytes));
  std::error_code ec;
  const fs::path target = resolve_links(path);
  if (target.has_parent_path()) {
    fs::create_directories(target.parent_path(), ec);
    if (ec) throw_output("{}: its directory cannot be made: {}", path.string(), ec.message());
  }
  if (fs::is_directory(target, ec)) throw_output("{}: is a directory", path.string());
  if (fs::exists(target, ec) && !fs::is_regular_file(target, ec)) {  // a pipe: nothing to rename over
    const Descriptor out(::open(target.c_str(), O_WRONLY | O_CLOEXEC));
    return check_written(path, out.get() < 0 ? errno : write_all(out.get(), bytes));
  }
  check_written(path, replace_file(target, bytes));
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text)));
}

bool stays_inside(const std::string& name) {
  const std::filesystem::path path(name);
  return !name.empty() && name.find('\0') == std::string::npos && !path.is_absolute() &&
         std::ranges::find(path, "..") == path.end();
}

bool same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code ec;  // set if one of them does not exist
  return std::filesystem::equivalent(a, b, ec);
}

}  // namespace nv
