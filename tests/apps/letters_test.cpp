// Labels in Chinese, Japanese, Korean, Arabic and Hebrew in pictures: fonts of the system, --font, and none.
#include "apps/support.h"

namespace nv::test {

namespace {

const std::string cjk = NV_FIXTURES "/fonts/cjk.otf";

/// An environment in which no font is installed.
Setting no_fonts() {
  Setting setting;
  setting.extra["FONTCONFIG_FILE"] = "/nonexistent/fonts.conf";
  return setting;
}

/// A drawing of class scores with these labels of the ten digits.
Arguments drawing(const Folder& folder, const std::string& name,
                  const std::string& labels = "猫犬\n犬猫\n層\n3\n4\n5\n6\n고양이\n8\n9\n") {
  write(folder / "labels.txt", labels);
  return {"run",     lenet,  seven,     "--labels", folder / "labels.txt",
          "--width", "84mm", "--force", "-o",       folder / name};
}

}  // namespace

TEST_CASE("letters that no font has are drawn as boxes, and one note says so") {
  const Folder folder;
  const Outcome none = run_nv(drawing(folder, "a.png"), no_fonts());
  CHECK(none.code == 0);
  CHECK(count_of(none.err, "drawn as boxes") == 1);
  CHECK(count_of(none.err, "U+5C64") == 1);
  const std::string boxes = read(folder / "a.png");

  Arguments chosen = drawing(folder, "a.png");
  chosen.insert(chosen.end(), {"--font", cjk});
  const Outcome some = run_nv(chosen, no_fonts());
  CHECK(some.code == 0);
  CHECK(read(folder / "a.png") != boxes);
  CHECK(count_of(some.err, "U+732B") == 0);
  CHECK(count_of(some.err, "U+5C64") == 1);
}

TEST_CASE("no font is looked for, and no note printed, if the embedded font has every letter") {
  const Folder folder;
  const Arguments arguments = drawing(folder, "a.png", "zéro\nодин\n2\n3\n4\n5\n6\nε\n8\n9\n");
  REQUIRE(run_nv(arguments).code == 0);
  const std::string usual = read(folder / "a.png");
  const Outcome bare = run_nv(arguments, no_fonts());
  CHECK(read(folder / "a.png") == usual);
  CHECK(count_of(bare.err, "boxes") == 0);
}

TEST_CASE("pictures with letters of other fonts are the same bytes at any number of threads") {
  for (const std::string name : {"a.png", "a.svg", "a.pdf"}) {
    const Folder folder;
    Arguments arguments = drawing(folder, name);
    arguments.insert(arguments.end(), {"--font", cjk, "--threads", "1"});
    REQUIRE(run_nv(arguments, no_fonts()).code == 0);
    const std::string once = read(folder / name);
    arguments.back() = "4";
    REQUIRE(run_nv(arguments, no_fonts()).code == 0);
    CHECK_MESSAGE(read(folder / name) == once, name);
  }
}

TEST_CASE("--font that is no font is refused before work") {
  const Folder folder;
  Arguments arguments = drawing(folder, "a.png");
  arguments.insert(arguments.end(), {"--font", "No Such Font"});
  const Outcome outcome = run_nv(arguments, no_fonts());
  CHECK(outcome.code == 2);
  CHECK(not_one_error(outcome, "--font: no file and no installed font 'No Such Font'").empty());
}

}  // namespace nv::test
