#include "nv/data/sample_query.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"

using namespace nv;

namespace {

SampleValues values_of(const std::string& json) {
  return sample_values(parse_sample_list(json, "samples.jsonl").at(0));
}

const std::string line =
    R"({"id":"7_1.pgd","file":"a.npy","label":7,"method":"pgd","params":{"eps":0.25,"norm":"Linf","bounds":[0,1]},)"
    R"("prediction":{"index":3,"label":"three","score":0.5},"l2":"Infinity","linf":0.25,"survives_png":null})";

bool holds(const std::string& condition) {
  return SampleCondition(condition, "--where").holds(values_of(line));
}

}  // namespace

TEST_CASE("a condition compares text, numbers and classes of a sample's line") {
  for (const char* yes : {"method=pgd",        "method==pgd",
                          "method!=fgsm",      "id=7_*",
                          "id=?_1.p[fg]d",     "label=7",
                          "label=7.0",         "linf=0.25",
                          "linf<=0.25",        "linf<0.2501",
                          "linf>1e-3",         "l2>1000",
                          "l2=Infinity",       "prediction=3",
                          "prediction=three",  "prediction=thr*",
                          "prediction!=7",     "prediction.score>=0.5",
                          "params.eps<1",      "params.norm=Linf",
                          "survives_png=null", "survives_png!=true",
                          " label = 7 "})
    CHECK_MESSAGE(holds(yes), yes);
  for (const char* no : {"method=fgsm", "method=pg", "method!=p*", "label=8", "label!=7", "linf<0.25",
                         "linf>0.25", "l2<1000", "prediction=7", "prediction!=3", "prediction!=three",
                         "survives_png=true", "sheet=x", "sheet<1", "survives_png<1"})
    CHECK_FALSE_MESSAGE(holds(no), no);
}

TEST_CASE("text that is no condition, and ordering values that are not numbers, are usage errors") {
  const auto kind = [](const std::string& condition) {
    try {
      holds(condition);
    } catch (const Error& e) {
      CHECK(std::string(e.what()).starts_with("--where: "));
      return e.kind();
    }
    return ErrorKind::input;
  };
  for (const char* wrong : {"", "method", "=pgd", "method<>pgd", "method=<3", "linf<small", "linf<",
                            "linf<nan(1)", "method<3", "id>=1", "prediction<3"})
    CHECK_MESSAGE(kind(wrong) == ErrorKind::usage, wrong);
}

TEST_CASE("fields are the keys of the lines, for an unknown one, similar ones are the hint") {
  const SampleValues values[] = {values_of(line)};
  for (const char* known : {"linf", "params.eps", "prediction", "prediction.score", "sheet"})
    CHECK_NOTHROW(require_field(known, values, "--where"));
  try {
    require_field("metod", values, "--where");
    FAIL("was taken");
  } catch (const Error& e) {
    CHECK(e.kind() == ErrorKind::usage);
    CHECK(std::string(e.what()) == "--where: samples have no field 'metod'");
    CHECK(e.hint().find("method") != std::string::npos);
  }
}

TEST_CASE("sorting by a field: numbers, then text, then missing values") {
  const SampleValues two =
      values_of(R"({"id":"b","file":"f","linf":2,"prediction":{"index":2,"label":"x"}})");
  const SampleValues ten =
      values_of(R"({"id":"a","file":"f","linf":10,"prediction":{"index":10,"label":"a"}})");
  const SampleValues none = values_of(R"({"id":"c","file":"f","linf":"NaN"})");
  CHECK(stands_before(two, ten, "linf"));
  CHECK_FALSE(stands_before(ten, two, "linf"));
  CHECK(stands_before(ten, none, "linf"));
  CHECK_FALSE(stands_before(none, none, "linf"));
  CHECK(stands_before(ten, two, "id"));
  CHECK(stands_before(two, ten, "prediction"));
}

TEST_CASE("values as text for tables") {
  const SampleValues values = values_of(line);
  CHECK(value_text(values, "prediction") == "three");
  CHECK(value_text(values, "label") == "7");
  CHECK(value_text(values, "linf") == "0.25");
  CHECK(value_text(values, "survives_png") == "-");
  CHECK(value_text(values, "sheet") == "-");
}
