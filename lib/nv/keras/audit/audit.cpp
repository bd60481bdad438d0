#include "nv/keras/audit.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"
#include "nv/keras/guard.h"
#include "nv/keras/hdf5/file.h"

namespace nv {

void AuditReport::add(std::string_view rule, std::string_view place, const std::string& what,
                      std::optional<std::string_view> cves) {
  if (full()) return;
  const AuditRule& of = audit_rule(rule);
  AuditFinding finding{&of, shortened(one_line(place), 200), shortened(one_line(what), 300),
                       cves.value_or(of.cves)};
  const bool known = std::ranges::any_of(findings_, [&](const AuditFinding& f) {
    return f.rule == finding.rule && f.place == finding.place && f.what == finding.what;
  });
  if (!known) findings_.push_back(std::move(finding));
}

AuditPart::AuditPart(std::shared_ptr<const FileReader> file) : file_(std::move(file)) {
  extent_ = {0, file_->size()};
}

AuditPart::AuditPart(std::span<const std::byte> bytes, const std::string& name) {
  const int fd = ::memfd_create("nv-audit", MFD_CLOEXEC);
  bool written = fd >= 0;
  for (std::span<const std::byte> rest = bytes; written && !rest.empty();) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n <= 0)
      written = false;
    else
      rest = rest.subspan(static_cast<std::size_t>(n));
  }
  if (!written) {
    if (fd >= 0) ::close(fd);
    throw std::bad_alloc();
  }
  file_ = std::make_shared<FileReader>(fd, name);
  extent_ = {0, bytes.size()};
}

Bytes AuditPart::read(std::uint64_t at, std::uint64_t count) const {
  if (at >= extent_.size) return {};
  Bytes bytes(static_cast<std::size_t>(std::min(count, extent_.size - at)));
  file_->read(extent_.offset + at, bytes);
  return bytes;
}

AuditPart AuditPart::part(std::uint64_t at, std::uint64_t count) const {
  AuditPart inner(*this);
  inner.extent_ = {extent_.offset + at, count};
  return inner;
}

namespace {

bool starts_with(const Bytes& head, std::string_view magic) {
  return head.size() >= magic.size() && std::memcmp(head.data(), magic.data(), magic.size()) == 0;
}

std::vector<AuditFinding> audit_any(const AuditPart& part, const std::string& file) {
  AuditReport report;
  const Bytes head = part.read(0, 4096);
  if (head.empty()) throw_input("{}: is empty (0 bytes)", file);
  if (starts_with(head, "PK\x03\x04") || starts_with(head, "PK\x05\x06")) {
    audit_archive(part, "", report);
  } else if (const bool archive = ends_as_archive(part); is_hdf5(part.file())) {
    audit_hdf5(part, "", report);
    if (archive) audit_archive(part, "", report);  // Keras goes by the name, and so takes it for either
  } else if (archive) {
    audit_archive(part, "", report);
  } else {
    std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    text = trim(text);
    if (!text.starts_with('{') && !text.starts_with("\"{"))
      throw Error(ErrorKind::input,
                  fmt::format("{}: not a Keras model: neither HDF5 nor a zip archive nor JSON", file),
                  "nv reads .h5, .hdf5 and .keras files");
    check_memory(part.size(), file);
    const Bytes whole = part.read(0, part.size());
    audit_config({reinterpret_cast<const char*>(whole.data()), whole.size()}, "", ConfigSource::json, report);
  }
  return report.take();
}

/// `e` with the file that is at fault in front.
Error at_file(const Error& e, const std::string& file) {
  const std::string what = e.what();
  return {e.kind(), what.starts_with(file + ": ") ? what : fmt::format("{}: {}", file, what), e.hint()};
}

}  // namespace

std::vector<AuditFinding> audit_model(const std::string& file, Isolation isolation) {
  if (file == "-")
    throw Error(ErrorKind::input, "a model is not read from standard input", "save it as a file first");
  std::error_code ec;
  if (std::filesystem::is_directory(file, ec)) throw_input("{}: is a directory", file);
  const AuditPart part(std::make_shared<FileReader>(file));
  try {
    if (isolation == Isolation::child_process)
      try_in_child(
          file, [&] { (void)audit_any(part, file); }, time_for(part.size()), part.size());
    return audit_any(part, file);
  } catch (const Error& e) {
    throw at_file(e, file);
  } catch (const std::bad_alloc&) {
    throw_input("{}: asks for more memory than there is", file);
  }
}

}  // namespace nv
