// NumPy's arrays: .npy and .npz.
#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  const auto view = std::as_bytes(bytes);
  fuzz::attempt([&] {
    const NpyArray array = parse_npy(view, "fuzz");
    (void)array.as_float();
    (void)array.as_integers("fuzz");
  });
  fuzz::attempt([&] {
    const NpzReader npz(Bytes(view.begin(), view.end()), "fuzz");
    for (const std::string& name : npz.names()) fuzz::attempt([&] { (void)npz.read(name).as_float(); });
  });
}
