#include "nv/data/reference.h"

#include <doctest/doctest.h>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

bool no_array(const std::string& /*path*/, const std::string& /*key*/) {
  return false;
}

const std::vector<InputSpec> two{{"image", {2, 2, 1}, false}, {"image_mask", {2, 2, 1}, false}};

}  // namespace

TEST_CASE("reference: the parts of FILE#ITEMS and FILE:KEY#ITEMS") {
  const Folder folder;
  const std::string file = folder.write("a.npz", "x");
  const Reference plain = parse_reference(file + "#3-4", no_array);
  CHECK(plain.path == file);
  CHECK(plain.typed == file);
  REQUIRE(plain.items);
  CHECK(plain.items->below(10) == std::vector<std::int64_t>{3, 4});

  const Reference keyed = parse_reference(file + ":layer/x#2", no_array);
  CHECK(keyed.path == file);
  CHECK(keyed.key == "layer/x");
  CHECK(keyed.typed == file + ":layer/x");
  CHECK(keyed.items);
}

TEST_CASE("reference: '#' belongs to the key if there is an array of that name") {
  const Folder folder;
  const std::string file = folder.write("a.npz", "x");
  const auto holds = [](const std::string& /*path*/, const std::string& key) { return key == "conv#1"; };
  const Reference reference = parse_reference(file + ":conv#1", holds);
  CHECK(reference.key == "conv#1");
  CHECK_FALSE(reference.items);
}

TEST_CASE("reference: an existing file with the whole name takes precedence") {
  const Folder folder;
  folder.write("a", "x");
  for (const char* name : {"a#1", "a:b", "image=a"}) {
    const std::string file = folder.write(name, "x");
    const Reference reference = parse_reference(file, no_array);
    CHECK(reference.path == file);
    CHECK(reference.key.empty());
    CHECK_FALSE(reference.items);
    CHECK(parse_named(file, two).empty());
  }
}

TEST_CASE("reference: a name without a file stays whole") {
  CHECK(parse_reference("no/such#1", no_array).path == "no/such#1");
  CHECK(parse_reference("-", no_array).path == "-");
}

TEST_CASE("named: files in the order of the model's inputs, with commas in items") {
  CHECK(parse_named("image_mask=m.png,image=x.npy#3,5,8", two) ==
        std::vector<std::string>{"x.npy#3,5,8", "m.png"});
  CHECK(parse_named("image=a=b,c,image_mask=d", two) == std::vector<std::string>{"a=b,c", "d"});
}

TEST_CASE("named: names that are unknown, missing or repeated") {
  const auto complaint = [](const char* text) {
    return error_of([&] { parse_named(text, two); }, ErrorKind::usage);
  };
  CHECK(complaint("imag=a,image_mask=b") == "imag=a,image_mask=b: the model has no input 'imag'");
  CHECK(complaint("image=a") == "image=a: names no file for input 'image_mask'");
  CHECK(complaint("image=a,image=b,image_mask=c").ends_with("input 'image' is there twice"));
  CHECK(parse_named("a=b.png", std::span(two).first(1)).empty());  // one input: a file's name
}
