#include "view/template.h"

extern "C" const char nv_page_template[], nv_page_template_end[];

namespace nv {

std::string_view page_template() {
  return {nv_page_template, static_cast<std::size_t>(nv_page_template_end - nv_page_template)};
}

}  // namespace nv
