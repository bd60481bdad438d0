#include "nv/view/page.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "nv/core/base64.h"
#include "nv/core/text.h"
#include "nv/core/xml.h"

namespace nv::view {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view place = "<!--nv:data-->";

Bytes gzip(std::span<const std::byte> bytes) {
  constexpr int level = 6;
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  Bytes packed(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()));
  packed.resize(
      libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), packed.data(), packed.size()));
  return packed;
}

std::string numbers_text(const Tensor& t) {
  return base64(std::as_bytes(t.values()));
}

Json input_json(const PageInput& input) {
  const Tensor& first = input.tensors.at(0);
  Json source{{"kind", "array"}, {"shape", first.shape().axes()}, {"data", numbers_text(first)}};
  for (std::size_t k = 1; k < input.tensors.size(); ++k)
    source["more"].push_back(
        {{"shape", input.tensors[k].shape().axes()}, {"data", numbers_text(input.tensors[k])}});
  return {{"name", one_line(input.name)},
          {"file", one_line(input.file)},
          {"truth", input.truth ? Json(*input.truth) : Json(nullptr)},
          {"origin", input.origin ? Json(*input.origin) : Json(nullptr)},
          {"method", one_line(input.method)},
          {"l2", input.l2 ? Json(*input.l2) : Json(nullptr)},
          {"linf", input.linf ? Json(*input.linf) : Json(nullptr)},
          {"source", std::move(source)}};
}

/// `attributes` are escaped.
std::string part(std::string_view id, std::string_view attributes, std::span<const std::byte> bytes) {
  return fmt::format("<script type=\"text/plain\" id=\"{}\"{}>{}</script>\n", id, attributes,
                     base64(gzip(bytes)));
}

}  // namespace

std::string page(std::string_view page_template, const PageModel& model, std::span<const PageInput> inputs) {
  const std::size_t at = page_template.find(place);
  if (at == std::string_view::npos) throw std::logic_error("the template of nv view has no place for data");
  Json list = Json::array();
  for (const PageInput& input : inputs) list.push_back(input_json(input));
  const std::string attributes =
      fmt::format(" data-file=\"{}\" data-title=\"{}\"", xml_escaped(one_line(model.file)),
                  xml_escaped(one_line(model.title)));
  std::string html(page_template.substr(0, at));
  html += part("nv-model", attributes, model.packed);
  html += part("nv-inputs", "", to_bytes(list.dump(-1, ' ', true, Json::error_handler_t::replace)));
  html += page_template.substr(at + place.size());
  return html;
}

}  // namespace nv::view
