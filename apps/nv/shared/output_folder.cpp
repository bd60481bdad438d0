#include "shared/output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/temporary_file.h"
#include "nv/core/text.h"
#include "nv/report/json.h"
#include "shared/stage.h"

namespace nv {

namespace fs = std::filesystem;

namespace {

constexpr const char* manifest_name = "nv-manifest.json";
constexpr const char* lock_name = ".nv-lock";

/// Names at the top of a folder that results of an input must not have, whichever command writes next.
constexpr std::string_view reserved[] = {manifest_name, lock_name,       "run.json",    "explain.json",
                                         "mutate.json", "compare.json",  "attack.json", "attack.jsonl",
                                         "rank.json",   "samples.jsonl", "curve.png",   "transfer.png",
                                         "filters.png", "filters.svg",   "filters.pdf"};

constexpr std::size_t max_name_length = 255, room_for_number = 8;

[[noreturn]] void throw_bad_manifest(const fs::path& file) {
  throw Error(ErrorKind::output, fmt::format("{}: is not a manifest that nv wrote", file.string()),
              "choose another folder with -o, or remove it");
}

/// `name` without the extension of a sample's file.
std::string without_extensions(std::string_view name) {
  for (const std::string_view extension : {".sheet.png", ".npy", ".png"})
    if (name.ends_with(extension)) return std::string(name.substr(0, name.size() - extension.size()));
  return std::string(name);
}

bool is_reserved(std::string_view name) {
  return std::ranges::find(reserved, name) != std::end(reserved) || is_temporary_name(name);
}

/// "BELOW/ID", or "ID" for the folder itself.
std::string text_of(const std::pair<std::string, std::string>& key) {
  return key.first.empty() ? key.second : key.first + '/' + key.second;
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& folder, std::string command, const OutputRules& rules,
                           const Console& console)
    : files_(folder, true), command_(std::move(command)), rules_(rules) {
  for (const std::string& file : rules_.read) {
    struct stat info {};
    if (::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode)) read_.emplace(info.st_dev, info.st_ino);
  }
  try {
    open(console);
    read_manifest();
    read_lock();
    for (const auto& [name, owner] : earlier_) {
      earlier_stems_.insert(without_extensions(name));
      if (const std::size_t slash = name.find('/'); slash != std::string::npos)
        earlier_stems_.insert(name.substr(0, slash));
    }
    if (locked_) sweep_temporaries(files_.descriptor(), true);
    if (rules_.clean) clean();
  } catch (...) {
    release();
    throw;
  }
}

OutputFolder::~OutputFolder() {
  release();
}

/// Opens and locks the lock file; waits if another nv holds it. The other may remove the file meanwhile: the
/// lock is then void, and both steps are repeated.
void OutputFolder::open(const Console& console) {
  const std::string file = (path() / lock_name).string();
  bool noted = false;
  while (true) {
    check_interrupt();
    lock_ = ::openat(files_.descriptor(), lock_name,
                     O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (lock_ < 0)
      throw_output("{}: cannot be written: {}", errno == ELOOP ? file : path().string(),
                   errno == ELOOP ? "is a link" : std::system_category().message(errno));
    struct stat opened {
    }, on_disk{};
    if (::fstat(lock_, &opened) != 0 || !S_ISREG(opened.st_mode)) {
      ::close(std::exchange(lock_, -1));
      throw_output("{}: is not a lock file of nv", file);
    }
    lock_was_empty_ = opened.st_size == 0;
    locked_ = ::flock(lock_, LOCK_EX | LOCK_NB) == 0;
    if (!locked_ && errno == EWOULDBLOCK) {
      if (!std::exchange(noted, true))
        console.note(fmt::format("{}: waiting for another nv that writes there", path().string()));
      locked_ = ::flock(lock_, LOCK_EX) == 0;
    }
    const int error = locked_ ? 0 : errno;
    if (error != 0 && error != EINTR) {  // a network file system without locks
      console.note(fmt::format("{}: cannot be locked ({}): do not run another nv with it now",
                               path().string(), std::system_category().message(error)));
      return;
    }
    if (::fstat(lock_, &opened) == 0) lock_was_empty_ = opened.st_size == 0;  // no other nv writes it now
    if (locked_ && ::fstatat(files_.descriptor(), lock_name, &on_disk, AT_SYMLINK_NOFOLLOW) == 0 &&
        opened.st_ino == on_disk.st_ino && opened.st_dev == on_disk.st_dev)
      return;
    locked_ = false;
    ::close(std::exchange(lock_, -1));
  }
}

void OutputFolder::read_manifest() {
  const fs::path file = path() / manifest_name;
  const EntryKind kind = files_.kind(manifest_name);
  if (kind == EntryKind::none) return;
  if (kind != EntryKind::file) throw_bad_manifest(file);
  const std::string text = files_.read_text(manifest_name);
  constexpr std::size_t max_depth = 8;
  if (json_depth(text) > max_depth) throw_bad_manifest(file);
  const Json json = Json::parse(text, nullptr, false);
  const auto has = [&json](const char* key, auto is) { return json.contains(key) && is(json[key]); };
  if (!json.is_object() || !has("schema", [](const Json& j) { return j == schema_id("manifest"); }) ||
      !has("files", [](const Json& j) { return j.is_array(); }))
    throw_bad_manifest(file);
  if (has("command", [](const Json& j) { return j.is_string(); }))
    earlier_command_ = json["command"].get<std::string>();
  const auto take = [this](const Json& names, const std::string& owner) {
    for (const Json& name : names)
      if (name.is_string() && is_plain_name(name.get_ref<const std::string&>()))
        earlier_[name.get<std::string>()] = owner;
  };
  take(json["files"], earlier_command_.value_or(""));
  if (has("others", [](const Json& j) { return j.is_object(); }))
    for (const auto& [owner, names] : json["others"].items())
      if (names.is_array()) take(names, owner);
  if (has("names", [](const Json& j) { return j.is_object(); }))
    for (const auto& [name, id] : json["names"].items())
      if (id.is_string()) take_name(name, id.get<std::string>());
  earlier_.erase(manifest_name);
  earlier_.erase(lock_name);
}

/// Lines: the name of a file; or a name, a tab and its id as JSON. An incomplete last line (disk full) is cut
/// off.
void OutputFolder::read_lock() {
  const std::string text = files_.read_text(lock_name);
  std::vector<std::string> lines = split(text, '\n');
  if (!lines.back().empty() && ::ftruncate(lock_, static_cast<off_t>(text.size() - lines.back().size())) != 0)
    throw_output("{}: cannot be written: {}", path().string(), std::system_category().message(errno));
  lines.pop_back();
  for (const std::string& line : lines) {
    if (const std::size_t tab = line.find('\t'); tab != std::string::npos) {
      const std::string quoted = line.substr(tab + 1);
      const Json id = quoted.starts_with('"') ? Json::parse(quoted, nullptr, false) : Json();
      if (id.is_string()) take_name(line.substr(0, tab), id.get<std::string>());
    } else if (is_plain_name(line) && line != manifest_name && line != lock_name) {
      earlier_.emplace(line, "");
      listed_.insert(line);
    }
  }
}

void OutputFolder::add_to_lock(const std::string& line) {
  struct stat before {};
  const std::string entry = line + '\n';
  const bool known = ::fstat(lock_, &before) == 0;
  const ssize_t n = ::write(lock_, entry.data(), entry.size());
  if (n == static_cast<ssize_t>(entry.size())) return;
  const int error = n < 0 ? errno : ENOSPC;
  if (n > 0 && known) (void)!::ftruncate(lock_, before.st_size);
  throw_output("{}: cannot be written: {}", path().string(), std::system_category().message(error));
}

/// `id` as text_of gave it; a name in a folder below belongs to an id there.
void OutputFolder::take_name(const std::string& name, const std::string& id) {
  if (!is_plain_name(name) || is_reserved(name)) return;
  const std::size_t below = name.rfind('/') + 1;  // 0 for the folder itself
  if (!id.starts_with(name.substr(0, below))) return;
  const NameKey key{name.substr(0, below == 0 ? 0 : below - 1), id.substr(below)};
  if (!names_.contains(name) && !ids_.contains(key)) add_name(name, key);
}

void OutputFolder::add_name(const std::string& name, const NameKey& key) {
  names_.emplace(name, key);
  ids_.emplace(key, name);
}

bool OutputFolder::is_read(const std::string& name) const {
  return !read_.empty() && read_.contains(files_.identity(name));
}

void OutputFolder::clean() {
  for (const auto& [name, owner] : earlier_)
    if (is_read(name))
      throw Error(ErrorKind::usage,
                  fmt::format("--clean would remove {}, an input of the run", (path() / name).string()),
                  "remove --clean, or choose another folder with -o");
  for (const auto& [name, owner] : earlier_) files_.remove(name);
  files_.remove(manifest_name);
  earlier_.clear();
  earlier_stems_.clear();
  names_.clear();
  ids_.clear();
}

void OutputFolder::release() {
  // If the run failed before it wrote anything, nothing stays; else its complete files and their list stay.
  try {
    files_.commit();
  } catch (const Error&) {  // the error that ended the run is reported
  }
  if (lock_ >= 0 && !finished_ && written_.empty() && lock_was_empty_)
    ::unlinkat(files_.descriptor(), lock_name, 0);
  if (!finished_ && files_.created()) ::rmdir(path().c_str());  // fails unless it is empty
  if (lock_ >= 0) ::close(std::exchange(lock_, -1));
}

bool OutputFolder::name_taken(const std::string& name, const NameKey& key) const {
  // Ids of the folder itself name folders, those below it files.
  if (is_reserved(name) || reserved_.contains(name)) return true;
  if (key.first.empty() && earlier_.contains(name)) return true;
  if (const auto at = names_.find(name); at != names_.end()) return at->second != key;
  // A name of an earlier run belongs to the id equal to it.
  return name != text_of(key) && earlier_stems_.contains(name);
}

const std::string& OutputFolder::name_of(const std::string& id, const std::string& below, std::size_t room) {
  const NameKey key{below, id};
  const std::string place = text_of({below, ""});
  if (const auto at = ids_.find(key); at != ids_.end()) {
    if (at->second.size() - place.size() + room <= max_name_length) return at->second;
    names_.erase(at->second);
    ids_.erase(at);
  }
  const std::string stem = place + file_safe(id, max_name_length - room - room_for_number);
  std::string name = stem;
  for (int n = 2; name_taken(name, key); ++n) name = fmt::format("{}.{}", stem, n);
  if (const std::string text = text_of(key); name != text)
    add_to_lock(fmt::format("{}\t{}", name, Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)));
  add_name(name, key);
  return ids_.at(key);
}

const std::string& OutputFolder::known_name(const std::string& id, const std::string& below) const {
  return ids_.at({below, id});
}

std::string OutputFolder::earlier_name(const std::string& id) const {
  const auto at = ids_.find({"", id});
  return at == ids_.end() ? file_safe(id, max_name_length) : at->second;
}

void OutputFolder::check_replaceable(const std::string& name) const {
  if (!is_plain_name(name) || name == manifest_name || name == lock_name || is_temporary_name(name))
    throw_output("{}: '{}' is not a valid file name there", path().string(), one_line(name));
  const EntryKind kind = files_.kind(name);
  if (kind == EntryKind::none) return;
  const std::string target = (path() / name).string();
  if (kind == EntryKind::folder) throw_output("{}: is a folder", target);
  if (kind == EntryKind::blocked)
    throw Error(ErrorKind::output, fmt::format("{}: a folder above it is a link or a file", target),
                "choose another folder with -o");
  if (is_read(name))
    throw Error(ErrorKind::usage, fmt::format("{}: is an input of this run", target),
                "choose another folder with -o");
  const bool is_own = kind == EntryKind::file && (earlier_.contains(name) || written_.contains(name));
  if (!rules_.force && !is_own)
    throw Error(ErrorKind::output, fmt::format("{}: exists, and nv did not write it", target),
                "choose another folder with -o, or replace it with --force");
}

void OutputFolder::check_free(const std::string& name) const {
  const std::lock_guard guard(mutex_);
  check_replaceable(name);
}

void OutputFolder::register_name(const std::string& name) {
  const std::lock_guard guard(mutex_);
  if (!written_.contains(name)) check_replaceable(name);
  if (!written_.insert(name).second || earlier_.contains(name) || !listed_.insert(name).second) return;
  add_to_lock(name);
}

void OutputFolder::write(const std::string& name, std::span<const std::byte> bytes) {
  const Stage stage("writing files");
  register_name(name);
  files_.write(name, bytes);
}

void OutputFolder::write(const std::string& name, std::string_view text) {
  write(name, std::as_bytes(std::span(text)));
}

void OutputFolder::append(const std::string& name, std::string_view text) {
  const Stage stage("writing files");
  register_name(name);
  files_.append(name, text);
}

void OutputFolder::replaces(const std::string& name) {
  const std::lock_guard guard(mutex_);
  replaced_.insert(name);
}

bool OutputFolder::keep(const std::string& name) {
  const std::lock_guard guard(mutex_);
  if (!earlier_.contains(name) || files_.kind(name) != EntryKind::file) return false;
  kept_.insert(name);
  return true;
}

void OutputFolder::drop(const std::string& name) {
  const std::lock_guard guard(mutex_);
  written_.erase(name);
  if (rules_.force && is_plain_name(name)) earlier_.emplace(name, command_);
  dropped_.insert(name);
}

void OutputFolder::keep_command() {
  if (earlier_command_) command_ = *earlier_command_;
}

bool OutputFolder::is_replaced(const std::string& name, const std::string& owner) const {
  if (dropped_.contains(name)) return true;
  if (kept_.contains(name) || (!owner.empty() && owner != command_)) return false;
  for (std::string part = name; !part.empty(); part = fs::path(part).parent_path().string())
    if (replaced_.contains(part)) return true;
  return false;
}

void OutputFolder::finish() {
  const Stage stage("writing files");
  files_.commit();
  std::map<std::string, std::string> all;
  for (const std::string& name : written_) all[name] = command_;
  for (const auto& [name, owner] : earlier_) {
    if (written_.contains(name)) continue;
    if (is_replaced(name, owner) && !is_read(name))
      files_.remove(name);
    else if (files_.kind(name) == EntryKind::file)
      all.emplace(name, owner.empty() ? command_ : owner);
  }
  Json manifest{{"schema", schema_id("manifest")}, {"command", command_}, {"version", NV_VERSION}};
  manifest["files"] = Json::array();
  std::map<std::string, std::vector<std::string>> others;
  for (const auto& [name, owner] : all) {
    manifest["files"].push_back(name);
    if (owner != command_) others[owner].push_back(name);
  }
  if (!others.empty()) manifest["others"] = others;
  Json names = Json::object();
  for (const auto& [name, key] : names_)
    if (const std::string text = text_of(key); name != text) names[name] = text;
  if (!names.empty()) manifest["names"] = std::move(names);
  files_.write(manifest_name, std::as_bytes(std::span(std::string_view(document(manifest)))));
  files_.commit();
  ::unlinkat(files_.descriptor(), lock_name, 0);
  files_.sync();
  finished_ = true;
}

}  // namespace nv
