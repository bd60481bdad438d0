// Images of every format, by the function that decodes all of them.
#include "nv/data/image.h"

#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  // TGA has no signature: nv recognizes it by the name, which the length chooses here.
  fuzz::attempt(
      [&] { (void)decode_image(std::as_bytes(bytes), bytes.size() % 8 == 0 ? "fuzz.tga" : "fuzz"); });
}
