#include "nv/keras/audit.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/audit_parts.h"
#include "nv/keras/guard.h"
#include "nv/keras/hdf5.h"

namespace nv {

void AuditReport::add(std::string_view rule, std::string_view place, const std::string& what) {
  if (full()) return;
  AuditFinding finding{&audit_rule(rule), shortened(one_line(valid_utf8(place)), 200),
                       shortened(one_line(valid_utf8(what)), 300)};
  const bool known = std::ranges::any_of(findings_, [&](const AuditFinding& f) {
    return f.rule == finding.rule && f.place == finding.place && f.what == finding.what;
  });
  if (!known) findings_.push_back(std::move(finding));
}

namespace {

bool starts_with(const Bytes& head, std::string_view magic) {
  return head.size() >= magic.size() && std::memcmp(head.data(), magic.data(), magic.size()) == 0;
}

std::vector<AuditFinding> audit_any(const std::string& file) {
  AuditReport report;
  const Bytes head = read_head(file, 4096);
  if (head.empty()) throw_input("{}: is empty (0 bytes)", file);
  if (starts_with(head, "PK\x03\x04") || starts_with(head, "PK\x05\x06")) {
    FileReader reader(file);
    audit_archive(reader.map({0, reader.size()}), file, "", report);
  } else if (is_hdf5(file)) {
    FileReader reader(file);
    audit_hdf5(reader.map({0, reader.size()}), file, "", report);
  } else {
    std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    text = trim(text);
    if (!text.starts_with('{') && !text.starts_with("\"{"))
      throw Error(ErrorKind::input,
                  fmt::format("{}: not a Keras model: neither HDF5 nor a zip archive nor JSON", file),
                  "nv reads .h5, .hdf5 and .keras files");
    audit_config(read_text(file), "", ConfigSource::json, report);
  }
  return report.take();
}

}  // namespace

std::vector<AuditFinding> audit_model(const std::string& file) {
  if (file == "-")
    throw Error(ErrorKind::input, "a model is not read from standard input", "save it as a file first");
  std::error_code ec;
  if (std::filesystem::is_directory(file, ec)) throw_input("{}: is a directory", file);
  if (std::filesystem::exists(file, ec) && !std::filesystem::is_regular_file(file, ec))
    throw_input("{}: is no regular file", file);
  try {
    try_in_child(file, [&] { (void)audit_any(file); });
    return audit_any(file);
  } catch (const std::bad_alloc&) {
    throw_input("{}: asks for more memory than there is", file);
  }
}

}  // namespace nv
