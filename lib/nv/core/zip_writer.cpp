#include "nv/core/zip_writer.h"

#include <zip.h>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

/// An archive that libzip makes in memory. Its buffer is kept beyond zip_close, which writes it.
class ZipWriter {
 public:
  ZipWriter() {
    zip_error_t error;
    zip_error_init(&error);
    buffer_ = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (buffer_ != nullptr) archive_ = zip_open_from_source(buffer_, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (archive_ == nullptr) {
      if (buffer_ != nullptr) zip_source_free(buffer_);
      const std::string reason = zip_error_strerror(&error);
      zip_error_fini(&error);
      throw_output("a zip archive cannot be made ({})", reason);
    }
    zip_source_keep(buffer_);
  }
  ~ZipWriter() {
    if (archive_ != nullptr) zip_discard(archive_);
    zip_source_free(buffer_);
  }
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// The bytes must live until `finish`.
  void add(const ZipItem& item, unsigned permissions) {
    zip_source_t* source = zip_source_buffer(archive_, item.bytes.data(), item.bytes.size(), 0);
    const zip_int64_t index =
        source == nullptr ? -1 : zip_file_add(archive_, item.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      if (source != nullptr) zip_source_free(source);
      throw_output("'{}' cannot be added to a zip archive ({})", one_line(item.name), zip_strerror(archive_));
    }
    const auto at = static_cast<zip_uint64_t>(index);
    constexpr zip_uint16_t midnight = 0;
    constexpr zip_uint16_t first_of_1980 = 1 << 5 | 1;  // what Python's zipfile writes if it has no date
    constexpr zip_uint32_t regular_file = 0100000;
    zip_set_file_compression(archive_, at, ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive_, at, midnight, first_of_1980, 0);
    zip_file_set_external_attributes(archive_, at, 0, ZIP_OPSYS_UNIX, (regular_file | permissions) << 16);
  }

  Bytes finish(const std::string& comment) {
    if (!comment.empty())
      zip_set_archive_comment(archive_, comment.data(), static_cast<zip_uint16_t>(comment.size()));
    if (zip_close(archive_) != 0) throw_output("a zip archive cannot be made ({})", zip_strerror(archive_));
    archive_ = nullptr;
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_source_open(buffer_) != 0) throw_output("a zip archive cannot be made");
    Bytes bytes;
    if (zip_source_stat(buffer_, &stat) == 0) bytes.resize(stat.size);
    const zip_int64_t n = zip_source_read(buffer_, bytes.data(), bytes.size());
    zip_source_close(buffer_);
    if (bytes.empty() || n != static_cast<zip_int64_t>(bytes.size()))
      throw_output("a zip archive cannot be made");
    return bytes;
  }

 private:
  zip_source_t* buffer_ = nullptr;
  zip_t* archive_ = nullptr;
};

}  // namespace

Bytes encode_zip(std::span<const ZipItem> items, const ZipOptions& options) {
  ZipWriter writer;
  for (const ZipItem& item : items) writer.add(item, options.permissions);
  return writer.finish(options.comment);
}

}  // namespace nv
