// The definition of stb_image. Its memory is zeroed, so that pixels missing in a file are the same in every
// run, and limited, so that a header cannot claim all memory.
#include <cstddef>
#include <cstdlib>

#include "nv/core/memory.h"

namespace {

void* zeroed(std::size_t size) {
  return size > nv::memory_limit() ? nullptr : std::calloc(1, size);
}
void* resized(void* memory, std::size_t size) {
  return size > nv::memory_limit() ? nullptr : std::realloc(memory, size);
}

}  // namespace

#define STBI_MALLOC(size) zeroed(size)
#define STBI_REALLOC(memory, size) resized(memory, size)
#define STBI_FREE(memory) std::free(memory)
#define STBI_NO_STDIO
#define STBI_NO_PIC
#define STBI_NO_PNM
#define STBI_MAX_DIMENSIONS (1 << 20)
#define STB_IMAGE_IMPLEMENTATION
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif
#include <stb_image.h>
