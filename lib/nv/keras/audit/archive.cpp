// Zip archives, read by their central directory (PKWARE's APPNOTE 4.3 and 4.4) and held against what the
// local headers say. Entries are unpacked into memory within the limit, or only counted.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/archive/archive.h"
#include "nv/keras/audit/parts.h"

namespace nv {

namespace {

constexpr std::uint64_t small = std::uint64_t{16} << 20;
constexpr std::uint64_t most_ratio = 100;
constexpr std::size_t local_size = 30, central_size = 46, end_size = 22;

std::uint64_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  return value;
}

bool begins(std::span<const std::byte> bytes, std::string_view magic) {
  return magic.size() <= bytes.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

struct Entry {
  std::string name;
  std::uint64_t flags = 0, method = 0, crc = 0, packed = 0, size = 0, header = 0, mode = 0;
  std::uint64_t data = 0;  ///< where its bytes begin, 0 where that is not in the file
};

struct Directory {
  std::vector<Entry> entries;
  std::uint64_t before = 0;  ///< bytes before what offsets count from
  std::uint64_t begin = 0;
  std::uint64_t tail = 0;  ///< bytes behind the end
  bool whole = true;       ///< as many entries as it says
};

/// The sizes and the offset in the extra field of ZIP64, where the fixed ones are full.
void read_zip64(std::span<const std::byte> extra, Entry& entry) {
  while (extra.size() >= 4) {
    const std::size_t id = number(extra, 0, 2),
                      size = std::min<std::size_t>(number(extra, 2, 2), extra.size() - 4);
    std::span<const std::byte> body = extra.subspan(4, size);
    if (id == 1)
      for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.header})
        if (*value == 0xffffffffU && body.size() >= 8) {
          *value = number(body, 0, 8);
          body = body.subspan(8);
        }
    extra = extra.subspan(4 + size);
  }
}

/// Where the record of the end is, searched from behind: a comment may follow it.
std::optional<std::uint64_t> find_end(const AuditPart& zip) {
  constexpr std::uint64_t most_comment = 0xffff;
  if (zip.size() < end_size) return std::nullopt;
  const std::uint64_t first = zip.size() - std::min(zip.size(), end_size + most_comment);
  const Bytes tail = zip.read(first, zip.size() - first);
  for (std::size_t at = tail.size() - end_size + 1; at-- > 0;)
    if (begins(std::span(tail).subspan(at), "PK\x05\x06")) return first + at;
  return std::nullopt;
}

/// One line of the directory, and how long it is; nullopt where it is none.
std::optional<std::pair<Entry, std::size_t>> read_entry(std::span<const std::byte> line,
                                                        std::uint64_t before) {
  if (line.size() < central_size || !begins(line, "PK\x01\x02")) return std::nullopt;
  const std::size_t name = number(line, 28, 2), extra = number(line, 30, 2), comment = number(line, 32, 2);
  if (line.size() - central_size < name + extra + comment) return std::nullopt;
  Entry e;
  e.name.assign(reinterpret_cast<const char*>(line.data()) + central_size, name);
  e.flags = number(line, 8, 2);
  e.method = number(line, 10, 2);
  e.crc = number(line, 16, 4);
  e.packed = number(line, 20, 4);
  e.size = number(line, 24, 4);
  e.mode = number(line, 38, 4) >> 16;
  e.header = number(line, 42, 4);
  read_zip64(line.subspan(central_size + name, extra), e);
  e.header += before;
  return std::pair{std::move(e), central_size + name + extra + comment};
}

std::optional<Directory> read_directory(const AuditPart& zip) {
  const auto end = find_end(zip);
  if (!end) return std::nullopt;
  const Bytes record = zip.read(*end, end_size),
              locator = zip.read(*end - std::min<std::uint64_t>(*end, 20), 20);
  Directory d;
  std::uint64_t count = number(record, 10, 2), size = number(record, 12, 4), offset = number(record, 16, 4);
  std::uint64_t before_end = *end;
  d.tail = zip.size() - std::min<std::uint64_t>(zip.size(), *end + end_size + number(record, 20, 2));
  if (*end >= 20 && begins(locator, "PK\x06\x07")) {
    const std::uint64_t at = number(locator, 8, 8);
    const Bytes wide = zip.read(at, 56);
    if (wide.size() == 56 && begins(wide, "PK\x06\x06")) {
      count = number(wide, 32, 8);
      size = number(wide, 40, 8);
      offset = number(wide, 48, 8);
      before_end = at;
    }
  }
  if (size > before_end || offset > before_end - size) return std::nullopt;
  d.begin = before_end - size;
  d.before = d.begin - offset;
  check_memory(size, fmt::format("{}: its directory", zip.file().path()));
  const Bytes lines = zip.read(d.begin, size);
  std::span<const std::byte> rest(lines);
  while (d.entries.size() < count) {
    auto entry = read_entry(rest, d.before);
    if (!entry) break;
    rest = rest.subspan(entry->second);
    d.entries.push_back(std::move(entry->first));
  }
  d.whole = d.entries.size() == count && rest.empty();
  return d;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

/// The name that a file system would give it: "./A//b" and "a\\b" are "a/b".
std::string as_path(const std::string& name) {
  std::string slashes = lower(name);
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
             : lower(name.substr(dot + 1));
}

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& list) {
  return std::ranges::find(list, word) != list.end();
}

class ArchiveAudit {
 public:
  ArchiveAudit(const AuditPart& zip, std::string place, AuditReport& report)
      : zip_(zip), place_(std::move(place)), report_(report) {}

  void walk(Directory directory) {
    around(directory);
    for (Entry& e : directory.entries) headers(e);
    names(directory);
    overlaps(directory);
    for (const Entry& e : directory.entries) {
      check_interrupt();
      if (report_.full()) return;
      content(e);
    }
  }

 private:
  void add(std::string_view rule, const std::string& entry, const std::string& what) {
    report_.add(rule, place_ + entry, what);
  }

  void around(const Directory& d) {
    if (!d.whole) add("damaged", "", "the archive's directory has not as many entries as it says");
    if (d.before > 0) {
      const auto kind = suspicious_content(zip_.read(0, 4096));
      add("hidden-data", "",
          fmt::format("{} bytes before the archive{}", d.before,
                      kind ? fmt::format(", which begin as {} does", kind->name) : ""));
    }
    if (d.tail > 0) add("hidden-data", "", fmt::format("{} bytes behind the archive", d.tail));
  }

  /// Holds the local header of an entry against its line in the directory, and finds its data.
  void headers(Entry& e) {
    const Bytes fixed = zip_.read(e.header, local_size);
    if (fixed.size() < local_size || !begins(fixed, "PK\x03\x04"))
      return add("header-mismatch", e.name, "has no local header where the directory says");
    const std::size_t name = number(fixed, 26, 2), extra = number(fixed, 28, 2);
    const Bytes texts = zip_.read(e.header + local_size, name + extra);
    if (texts.size() < name + extra) return add("damaged", e.name, "its local header is cut");
    const std::string local(reinterpret_cast<const char*>(texts.data()), name);
    if (local != e.name)
      add("header-mismatch", e.name, fmt::format("is called '{}' in its local header", local));
    Entry other;
    other.packed = number(fixed, 18, 4);
    other.size = number(fixed, 22, 4);
    read_zip64(std::span(texts).subspan(name), other);
    if (number(fixed, 8, 2) != e.method)
      add("header-mismatch", e.name, "its two headers give different methods");
    if ((number(fixed, 6, 2) & 1U) != (e.flags & 1U))
      add("header-mismatch", e.name, "is encrypted by one of its two headers alone");
    constexpr unsigned descriptor = 8;  // then sizes and checksum come behind the data, and these may be 0
    const bool deferred = (number(fixed, 6, 2) & descriptor) != 0;
    const auto differs = [&](std::uint64_t there, std::uint64_t here) {
      return there != here && !(deferred && (there == 0 || there == 0xffffffffU));
    };
    if (differs(other.size, e.size) || differs(other.packed, e.packed) ||
        differs(number(fixed, 14, 4), e.crc))
      add("header-mismatch", e.name, "its two headers give different sizes or checksums");
    e.data = e.header + local_size + name + extra;
    if (e.packed > zip_.size() - e.data) {
      add("size-claim", e.name,
          fmt::format("{} of data, which end behind the end of the file", memory_text(e.packed)));
      e.data = 0;
    }
  }

  void names(const Directory& d) {
    std::map<std::string, int> seen;
    std::string folder;
    for (const Entry& e : d.entries) {
      if (++seen[as_path(e.name)] == 2) add("duplicate-entry", e.name, "is there twice, or in two spellings");
      std::string slashes = e.name;
      std::ranges::replace(slashes, '\\', '/');
      if (slashes.ends_with("/config.json") && folder.empty())
        folder = slashes.substr(0, slashes.size() - 11);
    }
    if (seen.contains("config.json")) folder.clear();
    for (const Entry& e : d.entries) {
      path(e);
      if (!expected(e, folder))
        add("unexpected-entry", e.name, fmt::format("Keras writes no such file ({})", memory_text(e.size)));
    }
  }

  void path(const Entry& e) {
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

  bool expected(const Entry& e, const std::string& folder) const {
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

  void overlaps(const Directory& d) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
    std::map<std::uint64_t, const Entry*> at;
    for (const Entry& e : d.entries)
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

  /// Looks at what an entry holds, by its name and by how it begins.
  void content(const Entry& e) {
    if ((e.flags & 1U) != 0) return add("encrypted-entry", e.name, "encrypted");
    if (e.data == 0 || e.name.ends_with('/')) return;
    if (e.method != 0 && e.method != Z_DEFLATED)
      return add("damaged", e.name, fmt::format("packed by method {}, which is not looked into", e.method));
    if (e.size > small && e.size / most_ratio > e.packed)
      return add("archive-bomb", e.name,
                 fmt::format("{} unpack to {}", memory_text(e.packed), memory_text(e.size)));
    if (e.method == 0 && e.size != e.packed)
      return add("damaged", e.name, "stored in another size than its own");
    if (e.method != 0 && e.size > memory_limit() / 2)
      return add("size-claim", e.name,
                 fmt::format("unpacks to {}, more than the limit of memory", memory_text(e.size)));
    const AuditPart packed = zip_.part(e.data, e.packed);
    if (e.method == 0) {
      if (checksum_of(packed.file(), packed.extent()) != e.crc)
        return add("damaged", e.name, "its checksum is wrong");
      return inside(e, packed);
    }
    const auto bytes = unpack(packed, e.size);
    if (!bytes) return add("damaged", e.name, "its packed data are broken");
    const AuditPart part(*bytes, zip_.file().path());
    if (checksum_of(part.file(), part.extent()) != e.crc)
      return add("damaged", e.name, "its checksum is wrong");
    inside(e, part);
  }

  void inside(const Entry& e, const AuditPart& part) {
    const Bytes head = part.read(0, 1 << 20);
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
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
    if (text.starts_with("\x93NUMPY")) return array(e.name, text);
    if (text.starts_with("\x89HDF\r\n\x1a\n") || kind == "h5")
      return audit_hdf5(part, place_ + e.name + ":", report_);
    if (text.starts_with("PK\x03\x04") && place_.empty()) return audit_archive(part, e.name + ":", report_);
    if (kind == "json" && e.name.find("assets/") == std::string::npos) configuration(e, part);
  }

  void configuration(const Entry& e, const AuditPart& part) {
    constexpr std::uint64_t tree = 20;  // bytes that one byte of JSON may take as values
    if (part.size() > memory_limit() / tree)
      return add("size-claim", e.name, fmt::format("{} of JSON", memory_text(part.size())));
    const Bytes whole = part.read(0, part.size());
    const std::string base = e.name.substr(e.name.find_last_of("/\\") + 1);
    audit_config({reinterpret_cast<const char*>(whole.data()), whole.size()},
                 base == "config.json" ? "" : e.name, ConfigSource::archive, report_);
  }

  /// An .npy: arrays of Python objects are pickled behind the header.
  void array(const std::string& name, std::string_view text) {
    const std::string_view header = text.substr(0, 4096);
    const std::size_t at = header.find("'descr'");
    const std::string_view type =
        at == std::string_view::npos ? "" : header.substr(at, header.find("'fortran_order'", at) - at);
    if (type.find("O'") != std::string_view::npos) add("pickle", name, "an array of Python objects");
  }

  static constexpr std::uint64_t piece = std::uint64_t{1} << 22;

  /// Inflates to exactly `size` bytes; nullopt where it makes fewer or more.
  static std::optional<Bytes> unpack(const AuditPart& packed, std::uint64_t size) {
    Bytes into(static_cast<std::size_t>(size) + 1);  // one more than there should be, to see whether there is
    z_stream z{};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK) return std::nullopt;
    std::uint64_t out = 0;
    int code = Z_OK;
    for (std::uint64_t at = 0; code == Z_OK && at < packed.size(); at += piece) {
      Bytes bytes = packed.read(at, piece);
      z.next_in = reinterpret_cast<Bytef*>(bytes.data());
      z.avail_in = static_cast<uInt>(bytes.size());
      while (code == Z_OK && z.avail_in > 0 && out < into.size()) {
        check_interrupt();
        const std::uint64_t room = std::min<std::uint64_t>(piece, into.size() - out);
        z.next_out = reinterpret_cast<Bytef*>(into.data() + out);
        z.avail_out = static_cast<uInt>(room);
        code = inflate(&z, Z_NO_FLUSH);
        out += room - z.avail_out;
      }
    }
    inflateEnd(&z);
    if (code != Z_STREAM_END || out != size) return std::nullopt;
    into.pop_back();
    return into;
  }

  const AuditPart& zip_;
  std::string place_;
  AuditReport& report_;
};

}  // namespace

bool ends_as_archive(const AuditPart& part) {
  const auto directory = read_directory(part);
  return directory && directory->whole && !directory->entries.empty();
}

void audit_archive(const AuditPart& part, const std::string& place, AuditReport& report) {
  auto directory = read_directory(part);
  if (directory) return ArchiveAudit(part, place, report).walk(std::move(*directory));
  if (place.empty())
    throw_input("{}: damaged zip archive (truncated, or its directory is broken)", part.file().path());
  report.add("damaged", place, "no zip archive: truncated, or its directory is broken");
}

}  // namespace nv
