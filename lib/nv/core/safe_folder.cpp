#include "nv/core/safe_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "nv/core/descriptor.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/temporary_file.h"
#include "nv/core/text.h"

namespace nv {

namespace fs = std::filesystem;

namespace {

// A sync costs about the same for one file as for hundreds, so many files share one.
constexpr std::size_t most_pending = 256, most_pending_bytes = std::size_t{256} << 20;

constexpr std::size_t longest_part = 255, longest_name = 4000;

std::string reason(int error) {
  if (error == ELOOP) return "is a link, which nv does not follow there";
  if (error == ENOTDIR) return "what should be a folder above it is a file or a link";
  return std::system_category().message(error);
}

}  // namespace

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name) return false;
  if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return false;
  const std::vector<std::string> parts = split(name, '/');
  return std::ranges::all_of(parts, [](const std::string& part) {
    return !part.empty() && part != "." && part != ".." && part.size() <= longest_part;
  });
}

SafeFolder::SafeFolder(fs::path folder, bool create) : folder_(std::move(folder)) {
  std::error_code ec;
  const auto failed = [&](const std::string& why) {
    throw Error(create ? ErrorKind::output : ErrorKind::input, fmt::format("{}: {}", folder_.string(), why));
  };
  if (fs::exists(folder_, ec) && !fs::is_directory(folder_, ec)) failed("is a file, not a folder");
  if (create) {
    created_ = fs::create_directories(folder_, ec);
    if (ec) failed(fmt::format("cannot be made: {}", ec.message()));
  }
  fd_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd_ < 0) failed(fmt::format("cannot be opened: {}", reason(errno)));
}

SafeFolder::~SafeFolder() {
  try {
    commit();
  } catch (const Error&) {  // callers that need the error have called commit
  }
  ::close(fd_);
}

void SafeFolder::fail(const std::string& name, int error) const {
  throw_output("{}: cannot be written: {}", (folder_ / name).string(), reason(error));
}

EntryKind SafeFolder::kind(const std::string& name) const {
  if (!is_plain_name(name)) return EntryKind::blocked;
  const EntryLocation at = locate(fd_, name, false);
  if (!at.folder) return errno == ENOENT ? EntryKind::none : EntryKind::blocked;
  struct stat info {};
  if (::fstatat(at.folder.get(), at.last.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? EntryKind::none : EntryKind::blocked;
  return S_ISREG(info.st_mode)   ? EntryKind::file
         : S_ISDIR(info.st_mode) ? EntryKind::folder
                                 : EntryKind::other;
}

std::pair<std::uint64_t, std::uint64_t> SafeFolder::identity(const std::string& name) const {
  struct stat info {};
  if (!is_plain_name(name)) return {0, 0};
  const EntryLocation at = locate(fd_, name, false);
  if (!at.folder || ::fstatat(at.folder.get(), at.last.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(info.st_mode))
    return {0, 0};
  return {info.st_dev, info.st_ino};
}

std::vector<std::byte> SafeFolder::read(const std::string& name, std::size_t limit) const {
  const std::string file = (folder_ / name).string();
  if (!is_plain_name(name))
    throw_input("{}: {} is no name inside the folder", folder_.string(), one_line(name));
  const EntryLocation at = locate(fd_, name, false);
  Descriptor fd(
      at.folder ? ::openat(at.folder.get(), at.last.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                : -1);
  if (!fd && errno == ENOENT) throw_input("{}: no such file", file);
  if (!fd) throw_input("{}: cannot be opened: {}", file, reason(errno));
  return read_whole(FileReader(fd.release(), file), limit);
}

std::string SafeFolder::read_text(const std::string& name) const {
  const std::vector<std::byte> bytes = read(name, std::size_t{1} << 30);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void SafeFolder::write(const std::string& name, std::span<const std::byte> bytes) {
  if (!is_plain_name(name))
    throw_output("{}: {} is no name inside the folder", folder_.string(), one_line(name));
  const EntryLocation at = locate(fd_, name, true);
  if (!at.folder) fail(name, errno);
  struct stat old {};
  const bool there = ::fstatat(at.folder.get(), at.last.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && S_ISDIR(old.st_mode)) throw_output("{}: is a folder", (folder_ / name).string());
  TemporaryFile file(fd_, TemporaryKind::of_folder);
  int error = file.create(there && S_ISREG(old.st_mode) ? &old : nullptr);
  if (error == 0) error = file.write(bytes);
  if (error == 0) error = file.close();
  if (error != 0) fail(name, error);
  const std::lock_guard lock(mutex_);
  pending_.push_back({file.keep(), name});
  pending_bytes_ += bytes.size();
  if (pending_.size() >= most_pending || pending_bytes_ >= most_pending_bytes) commit_locked();
}

int SafeFolder::rename_pending(PendingFile& file) const {
  const EntryLocation at = locate(fd_, file.name, true);
  if (!at.folder) return errno;
  if (::renameat(fd_, file.temporary.c_str(), at.folder.get(), at.last.c_str()) != 0) return errno;
  file.renamed = true;
  return 0;
}

void SafeFolder::commit_locked() {
  if (pending_.empty()) return;
  std::vector<PendingFile> files = std::exchange(pending_, {});
  pending_bytes_ = 0;
  int error = ::syncfs(fd_) == 0 || errno == ENOSYS ? 0 : errno;
  std::string name = files[0].name;
  for (PendingFile& file : files) {
    if (error != 0) break;
    error = rename_pending(file);
    name = file.name;
  }
  for (const PendingFile& file : files)
    if (!file.renamed) ::unlinkat(fd_, file.temporary.c_str(), 0);
  if (error != 0) fail(name, error);
}

void SafeFolder::commit() {
  const std::lock_guard lock(mutex_);
  commit_locked();
}

void SafeFolder::append(const std::string& name, std::string_view text) {
  commit();
  if (!is_plain_name(name))
    throw_output("{}: {} is no name inside the folder", folder_.string(), one_line(name));
  const EntryLocation at = locate(fd_, name, true);
  if (!at.folder) fail(name, errno);
  const Descriptor fd(::openat(at.folder.get(), at.last.c_str(),
                               O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
  if (!fd) fail(name, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
    throw_output("{}: is no regular file", (folder_ / name).string());
  if (const int error = write_all(fd.get(), std::as_bytes(std::span(text))); error != 0) {
    (void)!::ftruncate(fd.get(), info.st_size);  // so that no partial line stays
    fail(name, error);
  }
}

void SafeFolder::remove(const std::string& name) {
  if (kind(name) != EntryKind::file) return;
  const EntryLocation at = locate(fd_, name, false);
  if (!at.folder || ::unlinkat(at.folder.get(), at.last.c_str(), 0) != 0) return;
  for (std::string above = fs::path(name).parent_path().string(); !above.empty();
       above = fs::path(above).parent_path().string()) {
    const EntryLocation outer = locate(fd_, above, false);
    if (!outer.folder || ::unlinkat(outer.folder.get(), outer.last.c_str(), AT_REMOVEDIR) != 0) break;
  }
}

void SafeFolder::sync() const {
  ::fsync(fd_);
}

}  // namespace nv
