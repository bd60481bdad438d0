// IDX (MNIST), CIFAR and the gzip around them.
#include "nv/data/idx.h"

#include "nv/data/cifar.h"
#include "nv/data/gzip.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  constexpr std::size_t limit = std::size_t{1} << 24;
  const auto view = std::as_bytes(bytes);
  fuzz::attempt([&] {
    MemoryStream memory(view);
    HeadStream stream(memory);
    (void)read_idx(stream, "fuzz").as_float();
  });
  fuzz::attempt([&] {
    const CifarRecords records(view, "fuzz");
    for (std::int64_t i = 0; i < std::min<std::int64_t>(records.size(), 4); ++i) (void)records.picture(i);
  });
  fuzz::attempt([&] {
    MemoryStream packed(view);
    GunzipStream unpacked(packed, "fuzz");
    const Bytes content = read_rest(unpacked, "fuzz", limit, 0);
    MemoryStream memory(content);
    HeadStream stream(memory);
    (void)read_idx(stream, "fuzz");
  });
}
