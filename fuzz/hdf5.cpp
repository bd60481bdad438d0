// An HDF5 model, opened without a child process: crashes in libhdf5 1.10.8 are expected, and sorted out by
// scripts/fuzz.sh; crashes elsewhere are faults of nv.
#include <nlohmann/json.hpp>

#include "nv/keras/audit/parts.h"
#include "nv/keras/hdf5/file.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  const std::shared_ptr<FileReader> file = fuzz::file_of(bytes);
  fuzz::attempt([&] {
    const auto h5 = Hdf5File::open(file);
    (void)h5->text("/", "model_config");
    for (const LinkInfo& link : h5->links()) {
      if (!link.dataset) continue;
      (void)h5->storage(link.path);
      fuzz::attempt([&] {
        const DatasetInfo info = h5->describe(link.path);
        if (info.shape.elements() < (1 << 20)) (void)h5->read(link.path);
      });
    }
  });
  fuzz::attempt([&] {
    AuditReport report;
    audit_hdf5(AuditPart(file), "", report);
  });
}
