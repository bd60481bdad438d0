// Pictures of every format, through the one function that decodes them.
#include "nv/data/image.h"

#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  // TGA has no mark of its own: the name decides, and here the length.
  fuzz::attempt(
      [&] { (void)decode_image(std::as_bytes(bytes), bytes.size() % 8 == 0 ? "fuzz.tga" : "fuzz"); });
}
