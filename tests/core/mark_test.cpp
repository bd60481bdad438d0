#include "nv/core/mark.h"

#include <doctest/doctest.h>

#include <string>

namespace nv {

using namespace std::literals;

TEST_CASE("files of nv are recognised by their mark, whatever the version") {
  const auto known = [](std::string_view text) { return has_mark(text, text); };
  CHECK(known("\x89PNG\r\n\x1a\n....iTXtSoftware\0\0\0\0\0nv 0.1.0"sv));
  CHECK_FALSE(known("\x89PNG\r\n\x1a\n....iTXtSoftware\0\0\0\0\0nvtop"sv));
  CHECK_FALSE(known("\x89PNG\r\n\x1a\n....tEXtSoftware\0matplotlib"sv));
  CHECK(known("<?xml?><svg><dc:creator>nv 1.0.0</dc:creator>"));
  CHECK_FALSE(known("<?xml?><svg><title>nv 1.0.0</title>"));
  CHECK(known("%PDF-1.3\n/Creator <FEFF006E007600200030002E0031002E0030>"));
  CHECK_FALSE(known("%PDF-1.3\n/Creator (LaTeX)"));
  CHECK(known("<!doctype html>\n<meta name=\"generator\" content=\"neuralvis-nv\">"));
  CHECK_FALSE(known("<!doctype html>\n<p>neuralvis-nv</p>"));
  CHECK(known("{\n \"schema\": \"neuralvis/run/1\""));
  CHECK_FALSE(known("{\"a\": 1}"));
  CHECK(known("\x89HDF\r\n\x1a\n....made_by....neuralvis-nv"));
  CHECK_FALSE(known("\x89HDF\r\n\x1a\n....keras_version"));
  CHECK(has_mark("PK\3\4....", "....neuralvis-nv"));
  CHECK(has_mark("PK\3\4metadata.json{\"made_by\": \"neuralvis-nv\"}", ""));
  CHECK_FALSE(has_mark("PK\3\4....", "...."));
  for (const std::string_view text : {""sv, "neuralvis-nv"sv, "nv 0.1.0"sv, "\0"sv}) CHECK_FALSE(known(text));
}

}  // namespace nv
