// Audits zip archives: compares the directory with the entries' own headers, and looks at what the entries
// hold. Entries are decompressed into memory, within its limit.
#include <algorithm>
#include <array>
#include <map>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/archive/entry_data.h"
#include "nv/keras/audit/parts.h"
#include "nv/keras/audit/zip.h"

namespace nv {

namespace {

constexpr std::uint64_t small_entry = std::uint64_t{16}
                                      << 20;        // larger entries may not exceed most_unpacked_ratio
constexpr std::uint64_t most_unpacked_ratio = 100;  // of an entry's size to its packed size
constexpr int method_deflated = 8;

/// The path that a file system takes a name for, in lower case: "./A//b" and "a\\b" are "a/b".
std::string as_path(const std::string& name) {
  std::string slashes = ascii_lower(name);
  std::ranges::replace(slashes, '\\', '/');
  std::string path;
  for (const std::string& part : split(slashes, '/'))
    if (!part.empty() && part != ".") path += (path.empty() ? "" : "/") + part;
  return path;
}

std::string extension(const std::string& name) {
  const std::size_t dot = name.rfind('.'), slash = name.find_last_of("/\\");
  return dot == std::string::npos || (slash != std::string::npos && dot < slash)
             ? ""
             : ascii_lower(name.substr(dot + 1));
}

class ArchiveAudit {
 public:
  ArchiveAudit(const AuditPart& zip, std::string place, AuditReport& report)
      : zip_(zip), place_(std::move(place)), report_(report) {}

  void walk(ZipListing directory) {
    check_margins(directory);
    for (ZipEntry& e : directory.entries) check_headers(e);
    check_names(directory);
    check_overlaps(directory);
    for (const ZipEntry& e : directory.entries) {
      check_interrupt();
      if (report_.full()) return;
      check_content(e);
    }
  }

 private:
  void add(std::string_view rule, const std::string& entry, const std::string& what) {
    report_.add(rule, place_ + entry, what);
  }

  void check_margins(const ZipListing& d) {
    if (!d.whole) add("damaged", "", "the archive's directory has not as many entries as it says");
    if (d.before > 0) {
      const auto kind = suspicious_content(zip_.read(0, 4096));
      add("hidden-data", "",
          fmt::format("{} bytes before the archive{}", d.before,
                      kind ? fmt::format(", which begin as {} does", kind->name) : ""));
    }
    if (d.after > 0) add("hidden-data", "", fmt::format("{} bytes after the archive", d.after));
  }

  /// Compares the local header of an entry with its line in the directory, and finds its data.
  void check_headers(ZipEntry& e) {
    const Bytes fixed = zip_.read(e.header, local_header_size);
    if (fixed.size() < local_header_size || !starts_with(fixed, "PK\x03\x04"))
      return add("header-mismatch", e.name, "has no local header where the directory says");
    const std::size_t name = little_endian(fixed, 26, 2), extra = little_endian(fixed, 28, 2);
    const Bytes texts = zip_.read(e.header + local_header_size, name + extra);
    if (texts.size() < name + extra) return add("damaged", e.name, "its local header is cut");
    const std::string local(reinterpret_cast<const char*>(texts.data()), name);
    if (local != e.name)
      add("header-mismatch", e.name, fmt::format("is called '{}' in its local header", local));
    ZipEntry other;
    other.packed = little_endian(fixed, 18, 4);
    other.size = little_endian(fixed, 22, 4);
    read_zip64(std::span(texts).subspan(name), other);
    if (little_endian(fixed, 8, 2) != e.method)
      add("header-mismatch", e.name, "its two headers give different methods");
    if ((little_endian(fixed, 6, 2) & 1U) != (e.flags & 1U))
      add("header-mismatch", e.name, "is encrypted by one of its two headers alone");
    constexpr unsigned descriptor = 8;  // flag: sizes and checksum follow the data, and may be 0 here
    const bool deferred = (little_endian(fixed, 6, 2) & descriptor) != 0;
    const auto differs = [&](std::uint64_t there, std::uint64_t here) {
      return there != here && !(deferred && (there == 0 || there == 0xffffffffU));
    };
    if (differs(other.size, e.size) || differs(other.packed, e.packed) ||
        differs(little_endian(fixed, 14, 4), e.checksum))
      add("header-mismatch", e.name, "its two headers give different sizes or checksums");
    e.data = e.header + local_header_size + name + extra;
    if (e.packed > zip_.size() - e.data) {
      add("size-claim", e.name,
          fmt::format("{} of data, which end after the end of the file", memory_text(e.packed)));
      e.data = 0;
    }
  }

  void check_names(const ZipListing& d) {
    std::map<std::string, int> seen;
    std::string folder;
    for (const ZipEntry& e : d.entries) {
      if (++seen[as_path(e.name)] == 2) add("duplicate-entry", e.name, "is there twice, or in two spellings");
      std::string slashes = e.name;
      std::ranges::replace(slashes, '\\', '/');
      if (slashes.ends_with("/config.json") && folder.empty())
        folder = slashes.substr(0, slashes.size() - 11);
    }
    if (seen.contains("config.json")) folder.clear();
    for (const ZipEntry& e : d.entries) {
      check_path(e);
      if (!is_expected(e, folder))
        add("unexpected-entry", e.name, fmt::format("Keras writes no such file ({})", memory_text(e.size)));
    }
  }

  void check_path(const ZipEntry& e) {
    std::string slashes = e.name;
    std::ranges::replace(slashes, '\\', '/');
    const std::vector<std::string> parts = split(slashes, '/');
    if (slashes.starts_with('/') || (slashes.size() > 1 && slashes[1] == ':'))
      add("entry-path", e.name, "an absolute path");
    if (std::ranges::find(parts, "..") != parts.end())
      add("entry-path", e.name, "leads out of the archive's folder");
    if (std::ranges::any_of(e.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
      add("entry-path", e.name, "control characters in the name");
    constexpr std::uint64_t kind = 0170000, link = 0120000, regular = 0100000, folder = 0040000;
    if (const std::uint64_t is = e.mode & kind; is == link)
      add("entry-path", e.name, "a symbolic link");
    else if (is != 0 && is != regular && is != folder)
      add("entry-path", e.name, "a special file");
  }

  bool is_expected(const ZipEntry& e, const std::string& folder) const {
    std::string name = e.name;
    std::ranges::replace(name, '\\', '/');
    if (!place_.empty()) return name.ends_with(".npy");
    if (name.ends_with('/')) return e.size == 0;
    if (!name.starts_with(folder)) return false;
    name.erase(0, folder.size());
    constexpr auto files = std::to_array<std::string_view>(
        {"config.json", "metadata.json", "model.weights.h5", "model.weights.npz", "model.weights.json"});
    if (is_one_of(name, files)) return true;
    const bool shard =
        name.starts_with("model_") && name.ends_with(".weights.h5") && name.find('/') == std::string::npos;
    constexpr auto assets = std::to_array<std::string_view>(
        {"", "txt", "json", "csv", "tsv", "npy", "npz", "model", "spm", "vocab"});
    return shard || (name.starts_with("assets/") && is_one_of(extension(name), assets));
  }

  void check_overlaps(const ZipListing& d) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
    std::map<std::uint64_t, const ZipEntry*> at;
    for (const ZipEntry& e : d.entries)
      if (e.data > 0) {
        parts.emplace_back(e.header, e.data + e.packed);
        at[e.header] = &e;
      }
    std::ranges::sort(parts);
    constexpr std::uint64_t descriptor = 24;
    std::uint64_t end = d.before;
    for (const auto& [from, to] : parts) {
      if (from < end)
        add("archive-bomb", at[from]->name, "shares bytes with another entry");
      else if (from - end > (end == d.before ? 0 : descriptor))
        add("hidden-data", at[from]->name, fmt::format("{} bytes before it belong to no entry", from - end));
      end = std::max(end, to);
    }
    if (end > d.begin) return add("archive-bomb", "", "an entry reaches into the directory");
    if (!parts.empty() && d.begin - end > descriptor)
      add("hidden-data", "",
          fmt::format("{} bytes before the archive's directory belong to no entry", d.begin - end));
  }

  /// Looks at what an entry holds, by its name and its first bytes.
  void check_content(const ZipEntry& e) {
    if (e.encrypted()) return add("encrypted-entry", e.name, "encrypted");
    if (e.data == 0 || e.name.ends_with('/')) return;
    if (e.method != 0 && e.method != method_deflated)
      return add("damaged", e.name, fmt::format("packed by method {}, which is not looked into", e.method));
    if (e.size > small_entry && e.size / most_unpacked_ratio > e.packed)
      return add("archive-bomb", e.name,
                 fmt::format("{} unpack to {}", memory_text(e.packed), memory_text(e.size)));
    if (e.method == 0 && e.size != e.packed)
      return add("damaged", e.name, "stored in another size than its own");
    if (e.method != 0 && e.size > memory_limit() / 2)
      return add("size-claim", e.name,
                 fmt::format("unpacks to {}, more than the limit of memory", memory_text(e.size)));
    const AuditPart packed = zip_.part(e.data, e.packed);
    if (e.method == 0) {
      if (checksum_of(packed.file(), packed.extent()) != e.checksum)
        return add("damaged", e.name, "its checksum is wrong");
      return check_bytes(e, packed);
    }
    Bytes bytes(static_cast<std::size_t>(e.size));
    if (inflate_part(packed.file(), packed.extent(), bytes) == Inflated::damaged)
      return add("damaged", e.name, "its packed data are broken");
    const AuditPart part(bytes, zip_.file().path());
    if (checksum_of(part.file(), part.extent()) != e.checksum)
      return add("damaged", e.name, "its checksum is wrong");
    check_bytes(e, part);
  }

  void check_bytes(const ZipEntry& e, const AuditPart& part) {
    const Bytes head = part.read(0, 1 << 20);
    const std::string_view text = as_text(head);
    if (const auto found = suspicious_content(head)) {
      const std::string names = found->rule == "pickle" ? dangerous_names(text) : "";
      return add(found->rule, e.name,
                 fmt::format("{}{}", found->name, names.empty() ? "" : " that mentions " + names));
    }
    const std::string kind = extension(e.name);
    constexpr auto programs = std::to_array<std::string_view>(
        {"py", "pyc", "pyd", "so", "dll", "dylib", "exe", "sh", "bat", "cmd", "ps1", "jar", "js", "vbs"});
    constexpr auto pickles =
        std::to_array<std::string_view>({"pkl", "pickle", "joblib", "dill", "pt", "pth"});
    if (is_one_of(kind, programs)) return add("executable", e.name, "a program by its name");
    if (is_one_of(kind, pickles)) return add("pickle", e.name, "pickled data by its name");
    if (text.starts_with("\x93NUMPY")) return check_array(e.name, text);
    if (text.starts_with(hdf5_signature) || kind == "h5")
      return audit_hdf5(part, place_ + e.name + ":", report_);
    if (text.starts_with("PK\x03\x04") && place_.empty()) return audit_archive(part, e.name + ":", report_);
    if (kind == "json" && e.name.find("assets/") == std::string::npos) check_config(e, part);
  }

  void check_config(const ZipEntry& e, const AuditPart& part) {
    constexpr std::uint64_t tree = 20;  // bytes in memory per byte of JSON
    if (part.size() > memory_limit() / tree)
      return add("size-claim", e.name, fmt::format("{} of JSON", memory_text(part.size())));
    const Bytes whole = part.read(0, part.size());
    const std::string base = e.name.substr(e.name.find_last_of("/\\") + 1);
    audit_required_config(as_text(whole), base == "config.json" ? "" : e.name, ConfigSource::archive,
                          report_);
  }

  /// An .npy file: arrays of Python objects are pickled after the header.
  void check_array(const std::string& name, std::string_view text) {
    const std::string_view header = text.substr(0, 4096);
    const std::size_t at = header.find("'descr'");
    const std::string_view type =
        at == std::string_view::npos ? "" : header.substr(at, header.find("'fortran_order'", at) - at);
    if (type.find("O'") != std::string_view::npos) add("pickle", name, "an array of Python objects");
  }

  const AuditPart& zip_;
  std::string place_;
  AuditReport& report_;
};

}  // namespace

bool ends_as_archive(const AuditPart& part) {
  const auto directory = list_zip(part);
  return directory && directory->whole && !directory->entries.empty();
}

void audit_archive(const AuditPart& part, const std::string& place, AuditReport& report) {
  auto directory = list_zip(part);
  if (directory) return ArchiveAudit(part, place, report).walk(std::move(*directory));
  if (place.empty())
    throw_input("{}: damaged zip archive (truncated, or its directory is broken)", part.file().path());
  report.add("damaged", place, "no zip archive: truncated, or its directory is broken");
}

}  // namespace nv
