#include "nv/analysis/kernel_maps.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

/// The first node of a kind.
std::size_t find(const Model& m, std::string_view kind) {
  for (std::size_t i = 0; i < m.nodes.size(); ++i)
    if (m.layer_of(m.nodes[i]).kind == kind) return i;
  FAIL("no layer of this kind: ", std::string(kind));
  return 0;
}

}  // namespace

TEST_CASE("kernels of a convolution, by filter and input channel") {
  const Model m = open_model(NV_FIXTURES "/sequential_lenet/model.h5");
  const std::size_t node = find(m, "Conv2D");
  const Tensor weight = m.layer_of(m.nodes[node]).weights[0].data->read();
  const Shape& s = weight.shape();  // height, width, inputs, filters
  const KernelMaps k = kernel_maps(m, analyse(m), node);
  CHECK(k.rows == s[0]);
  CHECK(k.cols == s[1]);
  CHECK(k.inputs == s[2]);
  CHECK(k.filters == s[3]);
  const std::int64_t f = s[3] - 1, i = s[2] - 1, y = s[0] - 1, x = 0;
  const auto there = static_cast<std::size_t>(((f * s[2] + i) * s[0] + y) * s[1] + x);
  CHECK(k.values[there] == weight.data()[((y * s[1] + x) * s[2] + i) * s[3] + f]);
}

TEST_CASE("the kernel of a dense layer has a filter per unit") {
  const Model m = open_model(NV_FIXTURES "/sequential_lenet/model.h5");
  const std::size_t node = find(m, "Dense");
  const Tensor weight = m.layer_of(m.nodes[node]).weights[0].data->read();
  const KernelMaps k = kernel_maps(m, analyse(m), node);
  CHECK(k.filters == weight.shape()[1]);
  CHECK(k.inputs == weight.shape()[0]);
  CHECK(k.values[1] == weight.data()[weight.shape()[1]]);  // unit 0, input 1
}

TEST_CASE("a layer without kernels is an error, with layers that have some as the hint") {
  const Model m = open_model(NV_FIXTURES "/sequential_lenet/model.h5");
  try {
    kernel_maps(m, analyse(m), find(m, "Flatten"));
    FAIL("not refused");
  } catch (const Error& e) {
    CHECK(e.kind() == ErrorKind::usage);
    CHECK(e.hint().find("layers with kernels: ") == 0);
  }
}

}  // namespace nv::test
