#include "nv/core/mark.h"

#include <fmt/format.h>

#include <string>

namespace nv {

namespace {

using namespace std::literals;

/// "nv " and the first half of a digit in UTF-16 as hexadecimal digits, which is how PDF files hold text.
constexpr std::string_view pdf_creator = "/Creator <FEFF006E00760020003";

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether `before` is followed by "nv " and a digit.
bool names_program(std::string_view text, std::string_view before) {
  const std::string beginning = std::string(before) + "nv ";
  const std::size_t at = text.find(beginning);
  if (at == std::string_view::npos || at + beginning.size() >= text.size()) return false;
  const char digit = text[at + beginning.size()];
  return digit >= '0' && digit <= '9';
}

}  // namespace

bool has_mark(std::string_view head, std::string_view tail) {
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return names_program(head, "iTXtSoftware\0\0\0\0\0"sv);
  if (head.starts_with("<?xml") || head.starts_with("<svg")) return names_program(head, "<dc:creator>");
  if (head.starts_with("%PDF-")) return contains(head, pdf_creator) || contains(tail, pdf_creator);
  if (head.starts_with("<!doctype html>"))
    return contains(head, fmt::format("<meta name=\"generator\" content=\"{}\">", mark_value));
  if (head.starts_with("{")) return contains(head.substr(0, 64), "\"schema\": \"neuralvis/");
  if (head.starts_with("\x89HDF\r\n\x1a\n")) return contains(head, mark_key) && contains(head, mark_value);
  if (head.starts_with("PK\3\4"))
    return tail.ends_with(mark_value) ||
           contains(head.substr(0, 512), fmt::format("\"{}\": \"{}\"", mark_key, mark_value));
  return false;
}

}  // namespace nv
