#include "nv/core/xml.h"

namespace nv {

std::string xml_escaped(std::string_view text, bool apostrophes) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += apostrophes ? "&#39;" : "'";
        break;
      default:
        escaped += c;
    }
  return escaped;
}

}  // namespace nv
