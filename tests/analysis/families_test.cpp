#include "nv/analysis/families.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "nv/keras/reader.h"

namespace nv::test {

namespace {

/// "conv (bn, relu)" for each block of a whole model.
std::vector<std::string> folded(const Model& m) {
  std::vector<std::string> list;
  for (const LayerBlock& b : folded_blocks(m, analyse(m), std::vector<bool>(m.nodes.size(), true)))
    list.push_back(b.folded.empty()
                       ? m.nodes[b.first].path
                       : fmt::format("{} ({})", m.nodes[b.first].path, fmt::join(b.folded, ", ")));
  return list;
}

}  // namespace

TEST_CASE("kinds belong to families, the more particular name first") {
  CHECK(family_of("Conv2D") == LayerFamily::convolution);
  CHECK(family_of("Conv3DTranspose") == LayerFamily::convolution);
  CHECK(family_of("DepthwiseConv2D") == LayerFamily::depthwise);
  CHECK(family_of("SeparableConv1D") == LayerFamily::depthwise);
  CHECK(family_of("GlobalMaxPooling3D") == LayerFamily::pooling);
  CHECK(family_of("MultiHeadAttention") == LayerFamily::attention);
  CHECK(family_of("LayerNormalization") == LayerFamily::normalization);
  CHECK(family_of("Normalization") == LayerFamily::other);  // of inputs: preprocessing
  CHECK(family_of("SpatialDropout2D") == LayerFamily::regularization);
  CHECK(family_of("MyOwnLayer") == LayerFamily::other);
  CHECK(family_names.size() == static_cast<std::size_t>(LayerFamily::regularization) + 1);
}

TEST_CASE("nested models are found from paths, each call of a shared model separately") {
  const Model m = open_model(NV_FIXTURES "/nested_shared/model.keras");
  const Nesting nesting = nesting_of(m);
  std::vector<std::string> names;
  for (const NestedModel& n : nesting.models) names.push_back(n.name);
  CHECK(names == std::vector<std::string>{"block", "block#1", "head"});
  REQUIRE(nesting.of_node.size() == m.nodes.size());
  for (std::size_t i = 0; i < m.nodes.size(); ++i) {
    const bool inside = m.nodes[i].path.find('/') != std::string::npos;
    CHECK_MESSAGE((nesting.of_node[i] >= 0) == inside, m.nodes[i].path);
  }
}

TEST_CASE("a layer whose path has no model names is in no nested model") {
  const Model m = open_model(NV_FIXTURES "/sequential_lenet/model.h5");
  CHECK(nesting_of(m).models.empty());
  CHECK(folded(m).size() <= m.nodes.size());
}

}  // namespace nv::test
