#include "nv/analysis/attacks/method.h"

#include <doctest/doctest.h>

#include <set>

#include "nv/core/error.h"

namespace nv::attacks {

namespace {

/// What settling says is wrong; "" where it is content.
std::string complaint(const std::string& method, const Request& request) {
  try {
    settle(find_method(method), request);
  } catch (const Error& e) {
    CHECK(e.kind() == ErrorKind::usage);
    return e.what();
  }
  return "";
}

double parameter(const Settings& s, std::string_view name) {
  for (const auto& [known, value] : s.parameters)
    if (known == name) return value;
  return -1;
}

}  // namespace

TEST_CASE("every method is complete: a unique name, a paper, norms, and defaults within their limits") {
  std::set<std::string_view> names;
  Group last = Group::gradient;
  for (const Method& m : methods()) {
    CAPTURE(m.name);
    CHECK(names.insert(m.name).second);
    CHECK_FALSE(m.summary.empty());
    CHECK_FALSE(m.reference.empty());
    CHECK_FALSE(m.norms.empty());
    CHECK(m.group >= last);  // the list is in the order of the groups
    last = m.group;
    for (const Norm norm : m.norms)
      for (const Parameter& p : m.parameters(norm)) {
        CAPTURE(p.name);
        CHECK_FALSE(p.meaning.empty());
        CHECK(p.value >= p.least);
        CHECK(p.value <= p.most);
      }
  }
}

TEST_CASE("a size is a number, or a share of the range") {
  CHECK(parse_eps("0.25", {0, 255}) == 0.25);
  CHECK(parse_eps("8/255", {0, 1}) == doctest::Approx(8.0 / 255));
  CHECK(parse_eps("8/255", {0, 255}) == 8);
  CHECK(parse_eps("8/255", {-1, 1}) == doctest::Approx(16.0 / 255));
  // Written as they were typed.
  for (const Bounds& bounds : {Bounds{0, 1}, Bounds{-1, 1}, Bounds{-0.5, 2}})
    for (const char* typed : {"0.1", "0.2", "0.03125", "1/255", "4/255", "8/255", "16/255", "3"})
      CHECK(eps_text(parse_eps(typed, bounds), bounds) == typed);
  CHECK(eps_text(parse_eps("8/255", {0, 255}), {0, 255}) == "8");
  CHECK(eps_text(1.0 / 7, {0, 1}) == "0.1429");
  for (const char* bad : {"", "x", "-1", "0", "1/", "/2", "1/0", "1/2/3", "inf", "nan", "0.1 "})
    CHECK_THROWS_AS(parse_eps(bad, {0, 1}), Error);
}

TEST_CASE("defaults are the reference's: steps and step by norm, the step as a share of eps") {
  Request r;
  r.eps = 0.3;
  const Settings linf = settle(find_method("pgd"), r);
  CHECK(linf.norm == Norm::linf);
  CHECK(parameter(linf, "steps") == 40);
  CHECK(parameter(linf, "step-size") == doctest::Approx(0.01));
  r.norm = Norm::l2;
  const Settings l2 = settle(find_method("pgd"), r);
  CHECK(parameter(l2, "steps") == 50);
  CHECK(parameter(l2, "step-size") == doctest::Approx(0.0075));
  r.set = {{"step-size", 0.5}};
  CHECK(parameter(settle(find_method("pgd"), r), "step-size") == 0.5);
}

TEST_CASE("without a size, RobustBench's is taken for a ball, and none for the smallest change") {
  CHECK(settle(find_method("bim"), {}).eps == 8.0 / 255);
  CHECK_FALSE(settle(find_method("deepfool"), {}).eps.has_value());
}

TEST_CASE("a parameter or norm that a method does not have is an error, with those that it has") {
  Request r;
  r.norm = Norm::l1;
  CHECK(complaint("fgsm", r) == "--norm: fgsm does not support L1");
  r = {};
  r.set = {{"stepsize", 1}};
  CHECK(complaint("bim", r) == "--set stepsize: bim has no such parameter");
  r.set = {{"steps", 1.5}};
  CHECK(complaint("bim", r) == "--steps: bim takes a whole number, got 1.5");
  r.set = {{"steps", 0}};
  CHECK(complaint("bim", r) == "--steps: bim takes 1 to 1000000, got 0");
  r = {};
  r.restarts = 2;
  CHECK(complaint("bim", r) == "--restarts: expected 1, as bim is deterministic");
  CHECK(complaint("pgd", r) == "");
  r = {};
  r.target = 3;
  CHECK(complaint("deepfool", r) == "--target: deepfool has no targeted form");
  r = {};
  r.bounds = {1, 0};
  CHECK(complaint("bim", r) == "--bounds: expected LO below HI, got 1,0");
  CHECK_THROWS_AS(find_method("fsgm"), Error);
}

}  // namespace nv::attacks
