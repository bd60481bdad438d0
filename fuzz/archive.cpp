// A .keras archive: its directory and entries, and the audit of both; HDF5 files have their own target.
#include "nv/keras/archive/archive.h"

#include "nv/keras/audit/parts.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  const std::shared_ptr<FileReader> file = fuzz::file_of(bytes);
  fuzz::attempt([&] {
    const Archive archive(file);
    (void)archive.folder_of("config.json");
    for (const ArchiveEntry& entry : archive.entries()) {
      fuzz::attempt([&] { (void)archive.read(entry.name); });
      fuzz::attempt([&] { archive.check(entry.name); });
      (void)archive.stored_at(entry.name);
    }
  });
  fuzz::attempt([&] {
    AuditReport report;
    audit_archive(AuditPart(file), "", report);
  });
}
