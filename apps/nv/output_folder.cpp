#include "output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/report/json.h"

namespace nv {

namespace fs = std::filesystem;

namespace {

constexpr const char* manifest_name = "nv-manifest.json";
constexpr const char* lock_name = ".nv-lock";

struct Manifest {
  std::string command;  ///< "" where there is no manifest
  std::set<std::string> files;
};

Manifest read_manifest(const fs::path& file) {
  Manifest manifest;
  std::error_code ec;
  if (!fs::exists(file, ec)) return manifest;
  const Json json = Json::parse(read_text(file.string()), nullptr, false);
  if (!json.is_object() || json.value("schema", "") != schema_id("manifest") || !json.contains("files"))
    throw Error(ErrorKind::output, fmt::format("{}: is not a manifest that nv wrote", file.string()),
                "choose another folder with -o, or remove it");
  if (json.contains("command") && json["command"].is_string())
    manifest.command = json["command"].get<std::string>();
  for (const Json& name : json["files"])
    if (name.is_string() && stays_inside(name.get<std::string>()))
      manifest.files.insert(name.get<std::string>());
  return manifest;
}

/// Opens and locks the folder's lock file, waiting for another nv. The file may be removed by its owner while
/// we wait: then the lock is on nothing, and we try again.
int lock_folder(const fs::path& file) {
  while (true) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
      throw_output("{}: cannot be written: {}", file.parent_path().string(),
                   std::system_category().message(errno));
    while (::flock(fd, LOCK_EX) != 0 && errno == EINTR) {
    }
    struct stat mine {
    }, theirs{};
    if (::fstat(fd, &mine) == 0 && ::stat(file.c_str(), &theirs) == 0 && mine.st_ino == theirs.st_ino)
      return fd;
    ::close(fd);
  }
}

}  // namespace

OutputFolder::OutputFolder(fs::path folder, std::string command, bool force)
    : folder_(std::move(folder)), command_(std::move(command)), force_(force) {
  std::error_code ec;
  if (fs::exists(folder_, ec) && !fs::is_directory(folder_, ec))
    throw_output("{}: is a file, not a folder", folder_.string());
  made_ = fs::create_directories(folder_, ec);
  if (ec) throw_output("{}: cannot be made: {}", folder_.string(), ec.message());
  try {
    lock_ = lock_folder(folder_ / lock_name);
    Manifest manifest = read_manifest(folder_ / manifest_name);
    earlier_ = std::move(manifest.files);
    earlier_command_ = std::move(manifest.command);
    for (const std::string& name : split(read_text((folder_ / lock_name).string()), '\n'))
      if (stays_inside(name)) earlier_.insert(name);
  } catch (...) {
    leave();
    throw;
  }
}

OutputFolder::~OutputFolder() {
  leave();
}

void OutputFolder::leave() {
  if (lock_ < 0) return;
  // A run that failed before it wrote anything leaves no trace; one that failed later leaves the list of its
  // files.
  std::error_code ec;
  if (!finished_ && written_.empty() && fs::file_size(folder_ / lock_name, ec) == 0 && !ec)
    ::unlink((folder_ / lock_name).c_str());
  if (!finished_ && made_ && fs::is_empty(folder_, ec) && !ec) fs::remove(folder_, ec);
  ::close(lock_);
}

void OutputFolder::claim(const std::string& name) {
  const std::lock_guard guard(mutex_);
  std::error_code ec;
  const fs::path target = folder_ / name;
  if (!force_ && !earlier_.contains(name) && !written_.contains(name) &&
      fs::exists(fs::symlink_status(target, ec)))
    throw Error(ErrorKind::output, fmt::format("{}: exists, and nv did not write it", target.string()),
                "choose another folder with -o, or replace it with --force");
  if (!written_.insert(name).second || earlier_.contains(name)) return;
  const std::string entry = name + '\n';
  if (::write(lock_, entry.data(), entry.size()) != static_cast<ssize_t>(entry.size()))
    throw_output("{}: cannot be written: {}", folder_.string(), std::system_category().message(errno));
}

void OutputFolder::write(const std::string& name, std::span<const std::byte> bytes) {
  claim(name);
  write_file(folder_ / name, bytes);
}

void OutputFolder::write(const std::string& name, std::string_view text) {
  write(name, std::as_bytes(std::span(text)));
}

void OutputFolder::append(const std::string& name, std::string_view text) {
  claim(name);
  append_file(folder_ / name, text);
}

bool OutputFolder::holds(const std::string& name) const {
  std::error_code ec;
  return std::filesystem::exists(folder_ / name, ec);
}

bool OutputFolder::keep(const std::string& name) {
  const std::lock_guard guard(mutex_);
  if (earlier_.contains(name)) written_.insert(name);
  return earlier_.contains(name);
}

void OutputFolder::keep_all() {
  const std::lock_guard guard(mutex_);
  written_.insert(earlier_.begin(), earlier_.end());
  if (!earlier_command_.empty()) command_ = earlier_command_;
}

void OutputFolder::drop(const std::string& name) {
  const std::lock_guard guard(mutex_);
  written_.erase(name);
  if (force_ && stays_inside(name)) earlier_.insert(name);
}

void OutputFolder::finish() {
  std::error_code ec;
  for (const std::string& name : earlier_) {
    if (written_.contains(name)) continue;
    fs::remove(folder_ / name, ec);
    // Folders that became empty go too, up to ours.
    for (fs::path dir = fs::path(name).parent_path(); !dir.empty(); dir = dir.parent_path())
      if (!fs::is_empty(folder_ / dir, ec) || ec || !fs::remove(folder_ / dir, ec)) break;
  }
  const Json manifest{
      {"schema", schema_id("manifest")}, {"command", command_}, {"version", NV_VERSION}, {"files", written_}};
  write_file(folder_ / manifest_name, document(manifest));
  ::unlink((folder_ / lock_name).c_str());
  finished_ = true;
}

}  // namespace nv
