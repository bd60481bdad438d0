// The attacks that look for the smallest change, and those that know scores or decisions alone: that they
// find one, and about how small.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "analysis/attacks/support.h"
#include "nv/analysis/attack_summary.h"
#include "nv/analysis/attacks/constant_search.h"

namespace nv::test {

namespace {

using attacks::Norm;
using attacks::Request;

struct Figures {
  std::int64_t found = 0;
  double median_size = 0;  ///< in the method's norm
};

/// Of an attack on the first 12 digits.
Figures figures(const std::string& method, const Request& request = {}) {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  const auto tasks = digits(oracle, 12);
  attacks::Background background;
  for (const attacks::AttackTask& v : tasks) background.examples.push_back({v.original, v.layout, v.label});
  const attacks::Settings s = settings(method, request);
  const auto outcomes = attacks::attack(oracle, attacks::find_method(method), s, tasks, 12, {}, background);
  Figures f;
  std::vector<double> sizes;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].success) continue;
    ++f.found;
    sizes.push_back(attacks::distance(outcomes[i].point, tasks[i].original, s.norm));
  }
  f.median_size = median(sizes).value_or(0);
  return f;
}

Request in(Norm norm, std::vector<std::pair<std::string, double>> set = {}) {
  Request r;
  r.norm = norm;
  r.set = std::move(set);
  return r;
}

}  // namespace

TEST_CASE("in L2: every attack succeeds on all inputs, none with a much larger change than another") {
  const double ddn = figures("ddn").median_size;
  CHECK(ddn > 0.3);
  CHECK(ddn < 3);
  const auto near = [&](const std::string& method, const Request& r, double factor) {
    CAPTURE(method);
    const Figures f = figures(method, r);
    CHECK(f.found == 12);
    CHECK(f.median_size <= factor * ddn);
    CHECK(f.median_size >= ddn / 1.2);
  };
  near("deepfool", in(Norm::l2), 1.4);
  near("fmn", in(Norm::l2), 1.1);
  near("fab", in(Norm::l2, {{"steps", 30.0}}), 1.1);
  near("newtonfool", in(Norm::l2), 1.4);
  near("carlini-wagner",
       in(Norm::l2, {{"steps", 100.0}, {"step-size", 0.05}, {"search-steps", 5.0}, {"constant", 0.1}}), 1.2);
  near("lbfgs", in(Norm::l2, {{"steps", 30.0}, {"search-steps", 8.0}, {"constant", 0.1}}), 1.4);
  near("hop-skip-jump", in(Norm::l2, {{"steps", 6.0}, {"evaluations", 50.0}}), 3);
  near("boundary", in(Norm::l2, {{"steps", 500.0}}), 6);
}

TEST_CASE("in Linf and L1: all attacks succeed at about the same distance") {
  const Figures fab = figures("fab", in(Norm::linf, {{"steps", 30.0}}));
  for (const char* method : {"deepfool", "fmn"}) {
    CAPTURE(method);
    const Figures f = figures(method, in(Norm::linf));
    CHECK(f.found == 12);
    CHECK(f.median_size < 1.4 * fab.median_size);
    CHECK(f.median_size > 0.7 * fab.median_size);
  }
  const Figures ead =
      figures("ead", in(Norm::l1, {{"steps", 100.0}, {"search-steps", 4.0}, {"constant", 0.1}}));
  const Figures fmn = figures("fmn", in(Norm::l1));
  CHECK(ead.found == 12);
  CHECK(fmn.found == 12);
  CHECK(fmn.median_size < 1.5 * ead.median_size);
}

TEST_CASE("in L0: jsma and fmn change few values, one-pixel no more than it may") {
  const Figures fmn = figures("fmn", in(Norm::l0));
  CHECK(fmn.found == 12);
  CHECK(fmn.median_size < 40);
  const Figures jsma = figures("jsma");
  CHECK(jsma.found >= 4);  // it may change a tenth of the values, towards one class
  CHECK(jsma.median_size < 79);
  const auto outcomes = attack_digits(
      "one-pixel", in(Norm::l0, {{"pixels", 3.0}, {"population", 10.0}, {"generations", 3.0}}), 3);
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  const auto tasks = digits(oracle, 3);
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    CHECK(attacks::distance(outcomes[i].point, tasks[i].original, Norm::l0) <= 3);
}

TEST_CASE("in a ball: auto-PGD finds no less than PGD, AutoAttack no less than its parts") {
  Request r;
  r.eps = 0.1;
  const auto pgd = figures("pgd", r).found, ce = figures("apgd-ce", r).found,
             dlr = figures("apgd-dlr", r).found;
  CHECK(ce >= pgd);
  CHECK(dlr + 1 >= pgd);
  r.set = {{"steps", 20.0}, {"targets", 3.0}, {"queries", 100.0}};
  CHECK(figures("autoattack", r).found >= ce);
  r = {};
  r.eps = 0.3;
  r.set = {{"queries", 1000.0}};
  CHECK(figures("square", r).found >= 10);
  r.set = {{"queries", 2000.0}};
  CHECK(figures("nes", r).found >= 10);
  r = in(Norm::l2, {{"queries", 500.0}});
  r.eps = 3;
  CHECK(figures("square", r).found >= 8);
}

TEST_CASE("a descent stops if a tenth of its steps made no progress, not if the last one raised the loss") {
  attacks::DescentProgress progress(100);
  for (std::int64_t i = 0; i < 20; ++i) CHECK(progress.made(i, i == 5 ? 0.5 : 1.0 + static_cast<double>(i)));
  CHECK_FALSE(progress.made(20, 0.6));
}

}  // namespace nv::test
