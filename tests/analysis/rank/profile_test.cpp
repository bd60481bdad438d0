// Profiles: what they hold, independence of batches, files, and files that are not valid.
#include "nv/analysis/rank/profile.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "analysis/rank/support.h"
#include "nv/core/error.h"
#include "nv/data/npz.h"

namespace nv::rank {

namespace {

const std::string hash(64, 'a');

class ProfileFile {
 public:
  ProfileFile() {
    char name[] = "/tmp/nv-profile-XXXXXX";
    const int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    close(fd);
    path = name;
  }
  ~ProfileFile() { std::filesystem::remove(path); }
  void write(std::span<const std::byte> bytes) const {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
  }
  std::string path;
};

/// A profile of activations of fc2, added in batches of these sizes.
Profile profile_of(const test::RankBench& bench, const Tensor& rows,
                   const std::vector<std::int64_t>& batches) {
  ProfileMaker maker(bench.engine, {true, true, true}, bench.setup().layers, bench.node);
  ThreadPool pool(2);
  std::int64_t first = 0;
  for (const std::int64_t count : batches) {
    Trace trace;
    trace.outputs.resize(bench.engine.model().nodes.size());
    trace.outputs[bench.node] = rows.items(first, count);
    const std::vector<std::optional<std::int64_t>> classes(static_cast<std::size_t>(count), 3);
    const std::vector<std::int64_t> truth(static_cast<std::size_t>(count), 4);
    maker.add({trace, count, {}, classes, pool}, truth);
    first += count;
  }
  return maker.profile(hash);
}

Tensor some_rows() {
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 300; ++i)
    rows.push_back({static_cast<float>(i % 7), static_cast<float>(i % 5) * 0.1F, 3});
  return test::fc2_rows(rows);
}

}  // namespace

TEST_CASE("rank: a profile holds ranges, activations and moments, whatever the batches") {
  const test::RankBench bench;
  const Tensor rows = test::fc2_rows({{1, 2}, {3, 2}, {5, 8}});
  const Profile p = profile_of(bench, rows, {3});
  CHECK(p.inputs == 3);
  REQUIRE(p.ranges.size() == 1);
  CHECK(p.ranges[0].path == "fc2");
  CHECK(p.ranges[0].min[0] == 1);
  CHECK(p.ranges[0].max[1] == 8);
  CHECK(p.ranges[0].std[0] == doctest::Approx(std::sqrt(8.0 / 3)));
  CHECK(p.activations->values[test::fc2_units] == 3);
  CHECK(p.activations->classes == std::vector<std::int64_t>{3, 3, 3});
  CHECK(p.activations->truth == std::vector<std::int64_t>{4, 4, 4});
  CHECK(p.moments->mean[1] == doctest::Approx(4));
  CHECK(p.moments->covariance[1] == doctest::Approx(4));  // ((-2)(-2) + 0 + (2)(4)) / 3
  CHECK(p.moments->covariance[test::fc2_units] == p.moments->covariance[1]);
  CHECK(encode_profile(profile_of(bench, some_rows(), {300})) ==
        encode_profile(profile_of(bench, some_rows(), {1, 130, 169})));
}

TEST_CASE("rank: inputs whose activations are not finite are left out of a profile") {
  const test::RankBench bench;
  Tensor rows = test::fc2_rows({{1}, {2}, {3}});
  rows[test::fc2_units] = std::numeric_limits<float>::infinity();
  CHECK(profile_of(bench, rows, {3}).inputs == 2);
  CHECK_THROWS_WITH_AS(profile_of(bench, rows.items(1, 1), {1}), doctest::Contains("no input is left"),
                       Error);
}

TEST_CASE("rank: a profile is the same after writing and reading") {
  const test::RankBench bench;
  const ProfileFile file;
  const Profile made = profile_of(bench, some_rows(), {300});
  file.write(encode_profile(made));
  const Profile read = read_profile(file.path, bench.engine, hash, 10);
  CHECK(encode_profile(read) == encode_profile(made));
  CHECK(read.layer() == "fc2");
}

TEST_CASE("rank: a profile that does not fit the model, or holds what it must not, is refused") {
  const test::RankBench bench;
  const ProfileFile file;
  const Profile good = profile_of(bench, some_rows(), {300});
  const auto refused = [&](const Profile& profile, const char* message, const std::string& of = hash) {
    CAPTURE(message);
    file.write(encode_profile(profile));
    CHECK_THROWS_WITH_AS(read_profile(file.path, bench.engine, of, 10), doctest::Contains(message), Error);
  };
  refused(good, "is of another model", std::string(64, 'b'));
  Profile bad = good;
  bad.ranges[0].path = "fc9";
  refused(bad, "no layer 'fc9'");
  bad = good;
  bad.ranges[0].min.pop_back();
  refused(bad, "array 'ranges/fc2/min' has the shape 83, expected 84");
  bad = good;
  bad.ranges[0].max[0] = -1;
  refused(bad, "ranges of layer 'fc2' are not valid");
  bad = good;
  bad.activations->values = bad.activations->values.clone();
  bad.activations->values[0] = std::numeric_limits<float>::quiet_NaN();
  refused(bad, "holds NaN");
  bad = good;
  bad.activations->classes[0] = 10;
  refused(bad, "expected 0 to 9");
  bad = good;
  bad.inputs = 299;
  refused(bad, "has the shape 300 x 84, expected 299 x 84");
  bad = good;
  bad.moments->path = "fc1";
  refused(bad, "expected 120");
  const std::vector<std::pair<std::string, Tensor>> arrays{{"x", Tensor(Shape{2}, 1)}};
  file.write(encode_npz(arrays));
  CHECK_THROWS_WITH_AS(read_profile(file.path, bench.engine, hash, 10), doctest::Contains("is not a profile"),
                       Error);
  const Bytes whole = encode_profile(good);
  file.write(std::span(whole).first(whole.size() / 2));
  CHECK_THROWS_AS(read_profile(file.path, bench.engine, hash, 10), Error);
}

}  // namespace nv::rank
