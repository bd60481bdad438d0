// The configuration of a model as JSON: the text's length chooses the version of Keras that wrote it.
#include <nlohmann/json.hpp>

#include "nv/keras/audit/parts.h"
#include "nv/keras/graph/graph.h"
#include "nv/keras/graph/keras1.h"
#include "nv/keras/python_json.h"
#include "nv/layers/structure.h"
#include "support.h"

NV_FUZZ_TARGET(bytes) {
  using namespace nv;
  if (bytes.empty()) return;
  const std::string_view text = fuzz::text_of(bytes);
  auto json = parse_python_json(text);
  if (!json) return;
  const int versions = static_cast<int>(text.size() % 3) + 1;
  fuzz::attempt([&] {
    AuditReport report;
    (void)audit_config(text, "", ConfigSource::archive, report);
  });
  fuzz::attempt([&] {
    Model model;
    model.file = "fuzz";
    model.origin.keras_major = versions;
    if (versions == 1) convert_keras1_config(*json);
    (void)read_graph(*json, model);
    (void)analyse(model);
  });
}
