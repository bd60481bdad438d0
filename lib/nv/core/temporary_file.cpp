#include "nv/core/temporary_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "nv/core/interrupt.h"

namespace nv {

namespace {

constexpr std::string_view beginning = ".nv-", of_folder = ".tmp", of_file = ".part";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz012345";
constexpr std::size_t random_letters = 8;  // 40 bits

std::string_view extension(TemporaryKind kind) {
  return kind == TemporaryKind::of_folder ? of_folder : of_file;
}

/// Returns "" if the system has no random numbers.
std::string random_name(TemporaryKind kind) {
  std::array<unsigned char, random_letters> random{};
  std::size_t filled = 0;
  while (filled < random.size()) {
    const ssize_t n = ::getrandom(random.data() + filled, random.size() - filled, 0);
    if (n < 0 && errno != EINTR) return "";
    if (n > 0) filled += static_cast<std::size_t>(n);
  }
  std::string name(beginning);
  for (const unsigned char byte : random) name += letters[byte % letters.size()];
  return name.append(extension(kind));
}

bool is_of(std::string_view name, TemporaryKind kind) {
  const std::string_view end = extension(kind);
  return name.size() == beginning.size() + random_letters + end.size() && name.starts_with(beginning) &&
         name.ends_with(end) &&
         name.substr(beginning.size(), random_letters).find_first_not_of(letters) == std::string_view::npos;
}

void sweep(int directory, const std::string& name, bool locked_itself) {
  const int fd = ::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return;
  struct stat info {};
  const bool ours = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
  if (ours && (!locked_itself || ::flock(fd, LOCK_EX | LOCK_NB) == 0)) ::unlinkat(directory, name.c_str(), 0);
  ::close(fd);
}

}  // namespace

int write_all(int fd, std::span<const std::byte> bytes) {
  constexpr std::size_t most = std::size_t{1} << 24;  // bytes between two checks for an interruption
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), std::min(bytes.size(), most));
    if (n < 0 && errno != EINTR) return errno;
    if (n < static_cast<ssize_t>(bytes.size())) check_interrupt();
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return 0;
}

TemporaryFile::~TemporaryFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!name_.empty()) ::unlinkat(directory_, name_.c_str(), 0);
}

int TemporaryFile::create(const struct stat* replaced) {
  // A file that replaces a private one is private from the beginning.
  const mode_t mode = replaced == nullptr ? 0666 : 0600;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string name = random_name(kind_);
    if (name.empty()) return ENOSYS;
    fd_ = ::openat(directory_, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd_ < 0 && (errno == EEXIST || errno == EINTR)) continue;
    if (fd_ < 0) return errno;
    name_ = name;
    struct stat mine {};
    // Another process may have removed it before it was locked.
    if (kind_ == TemporaryKind::of_file && ::flock(fd_, LOCK_EX | LOCK_NB) == 0 && ::fstat(fd_, &mine) == 0 &&
        mine.st_nlink == 0) {
      ::close(std::exchange(fd_, -1));
      name_.clear();
      continue;
    }
    if (replaced != nullptr) {
      if (replaced->st_uid != ::geteuid() || replaced->st_gid != ::getegid())
        (void)!::fchown(fd_, replaced->st_uid, replaced->st_gid);  // permitted for root only
      if (::fchmod(fd_, replaced->st_mode & 0777) != 0) return errno;
    }
    return 0;
  }
  return EEXIST;
}

int TemporaryFile::write(std::span<const std::byte> bytes) {
  return write_all(fd_, bytes);
}

int TemporaryFile::sync() const {
  if (::fdatasync(fd_) == 0 || errno == EINVAL || errno == ENOSYS)
    return 0;  // not supported by some file systems
  return errno;
}

int TemporaryFile::close() {
  return ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno;
}

int TemporaryFile::rename_to(int directory, const std::string& name) {
  if (::renameat(directory_, name_.c_str(), directory, name.c_str()) != 0) return errno;
  name_.clear();
  return 0;
}

std::string TemporaryFile::keep() {
  return std::exchange(name_, {});
}

bool is_temporary_name(std::string_view name) {
  return is_of(name, TemporaryKind::of_folder) || is_of(name, TemporaryKind::of_file);
}

void sweep_temporaries(int directory, bool folder_is_locked) {
  const int again = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const list = again < 0 ? nullptr : ::fdopendir(again);
  if (list == nullptr) {
    if (again >= 0) ::close(again);
    return;
  }
  std::vector<std::string> left;
  while (const dirent* entry = ::readdir(list))
    if (is_temporary_name(entry->d_name)) left.emplace_back(entry->d_name);
  for (const std::string& name : left) {
    const bool locked_itself = is_of(name, TemporaryKind::of_file);
    if (locked_itself || folder_is_locked) sweep(directory, name, locked_itself);
  }
  ::closedir(list);
}

}  // namespace nv
