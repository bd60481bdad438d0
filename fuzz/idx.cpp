// IDX (MNIST), CIFAR and the gzip around them.
#include "nv/data/idx.h"

#include "nv/data/cifar.h"
#include "nv/data/gzip.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  constexpr std::size_t limit = std::size_t{1} << 24;
  const auto view = std::as_bytes(bytes);
  fuzz::attempt([&] { (void)parse_idx(view, "fuzz").as_float(); });
  fuzz::attempt([&] {
    const CifarRecords records(view, "fuzz");
    for (std::int64_t i = 0; i < std::min<std::int64_t>(records.size(), 4); ++i) (void)records.picture(i);
  });
  fuzz::attempt([&] { (void)parse_idx(gunzip(view, "fuzz", limit), "fuzz"); });
}
