#include "nv/keras/audit.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"
#include "nv/keras/error_context.h"
#include "nv/keras/guard.h"
#include "nv/keras/python_json.h"

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

std::vector<AuditFinding> audit_any(const AuditPart& part, const std::string& file) {
  AuditReport report;
  const Bytes head = part.read(0, 4096);
  if (head.empty()) throw_input("{}: is empty (0 bytes)", file);
  if (is_zip(head)) {
    audit_archive(part, "", report);
  } else if (const bool archive = ends_as_archive(part); is_hdf5(part.file())) {
    audit_hdf5(part, "", report);
    if (archive) audit_archive(part, "", report);  // Keras decides by the name, so it can be either
  } else if (archive) {
    audit_archive(part, "", report);
  } else {
    if (!begins_as_json(as_text(head)))
      throw Error(ErrorKind::input,
                  fmt::format("{}: not a Keras model: neither HDF5 nor a zip archive nor JSON", file),
                  "nv reads .h5, .hdf5 and .keras files");
    check_memory(part.size(), file);
    const Bytes whole = part.read(0, part.size());
    audit_required_config(as_text(whole), "", ConfigSource::json, report);
  }
  return report.take();
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
