// Rows under a header: CSV and TSV.
#include "nv/report/rows.h"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

using namespace nv;

TEST_CASE("rows: columns are keys of the item, of objects in it, and indices of lists") {
  const std::vector<std::string> columns{"id", "prediction.label", "top.1.score", "truth", "no.such"};
  const Json item = Json::parse(R"({"id": "a", "prediction": {"label": "cat", "score": 0.5},
                                    "top": [{"score": 0.5}, {"score": 0.25}], "truth": null})");
  CHECK(header_row(columns, RowFormat::csv) == "id,prediction.label,top.1.score,truth,no.such\n");
  CHECK(value_row(item, columns, RowFormat::csv) == "a,cat,0.25,,\n");
  CHECK(value_row(item, columns, RowFormat::tsv) == "a\tcat\t0.25\t\t\n");
}

TEST_CASE("rows: columns that the item does not have are empty") {
  const Json item = Json::parse(R"({"list": [1, 2], "text": "x", "object": {"a": 1}})");
  for (const std::string column :
       {"list.2", "list.x", "list.", "list.0x", "text.0", "text.length", "object.b", ""})
    CHECK(value_row(item, std::vector<std::string>{column}, RowFormat::csv) == "\n");
}

TEST_CASE("rows: numbers are those of the JSON, lists are joined by spaces") {
  const std::vector<std::string> columns{"v"};
  const auto text = [&](Json value) {
    std::string row = value_row(Json{{"v", std::move(value)}}, columns, RowFormat::csv);
    row.pop_back();
    return row;
  };
  CHECK(text(number(0.1F)) == "0.1");
  CHECK(text(number(1e-9F)) == "1e-09");
  CHECK(text(number(1.0F)) == "1.0");
  CHECK(text(number(std::numeric_limits<float>::quiet_NaN())) == "NaN");
  CHECK(text(number(-std::numeric_limits<float>::infinity())) == "-Infinity");
  CHECK(text(1234567) == "1234567");
  CHECK(text(true) == "true");
  CHECK(text(Json{28, 28, 1}) == "28 28 1");
  CHECK(text(Json::parse("[[28, 28, 1], [10]]")) == "28 28 1; 10");
  CHECK(text(Json::array()) == "");
}

TEST_CASE("rows: CSV quotes commas, quotes and line ends as RFC 4180 says, TSV escapes tabs and line ends") {
  const std::vector<std::string> columns{"a", "b"};
  const Json item{{"a", "cat, \"tabby\""}, {"b", "two\nlines\tand \\"}};
  CHECK(value_row(item, columns, RowFormat::csv) == "\"cat, \"\"tabby\"\"\",\"two\nlines\tand \\\"\n");
  CHECK(value_row(item, columns, RowFormat::tsv) == "cat, \"tabby\"\ttwo\\nlines\\tand \\\\\n");
  CHECK(header_row(std::vector<std::string>{"x,y"}, RowFormat::csv) == "\"x,y\"\n");
}
