#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/view/session.h"

namespace nv::view {

Reply Session::ask(const Json& request, std::span<const std::byte> data, const Progress& progress) {
  const auto question = request.at("ask").get<std::string>();
  if (question == "open")
    return open(Bytes(data.data(), data.data() + data.size()), request.at("file").get<std::string>());
  if (question == "model") return model();
  if (question == "add") return add(request, data);
  if (question == "remove") return remove(request);
  if (question == "input") return input(request);
  if (question == "activations") return activations(request);
  if (question == "arithmetic") return arithmetic(request);
  if (question == "normalisation") return normalisation(request);
  if (question == "freeze") return freeze(request);
  if (question == "compare") return compare(request);
  if (question == "attackMethods") return attack_methods();
  if (question == "attack") return attack(request, progress);
  if (question == "explainMethods") return explain_methods();
  if (question == "explain") return explain(request);
  throw_usage("there is no question '{}'", one_line(question));
}

}  // namespace nv::view
