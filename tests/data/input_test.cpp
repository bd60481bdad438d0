#include "nv/data/input.h"

#include <doctest/doctest.h>

#include <thread>

#include "nv/data/npz.h"
#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

using Arguments = std::vector<std::string>;

const std::vector<InputSpec> lenet{{"image", {4, 4, 1}, false}};
const std::vector<InputSpec> pair{{"left", {4, 4, 1}, false}, {"right", {2}, false}};

InputList expand(const Arguments& arguments, const InputOptions& options = {},
                 std::span<const InputSpec> specs = lenet) {
  return expand_inputs(arguments, options, specs);
}

InputOptions items(const std::string& text) {
  InputOptions options;
  options.items = text;
  return options;
}

Arguments ids(const InputList& list) {
  Arguments result;
  for (std::size_t i = 0; i < list.size(); ++i) result.push_back(list[i].id);
  return result;
}

/// `count` items of 4 x 4 x 1; item n is filled with n.
Tensor batch(std::int64_t count) {
  Tensor t(Shape{count, 4, 4, 1});
  for (std::int64_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i / 16);
  return t;
}

Bytes npz(const std::vector<std::pair<std::string, Tensor>>& arrays) {
  return encode_npz(arrays);
}

/// A uint8 array of these axes, filled with 51.
Bytes uint8_npy(const Shape& shape) {
  Bytes file = encode_npy(Tensor(shape, 0.0F));
  const auto count = static_cast<std::size_t>(shape.elements());
  file.resize(file.size() - 4 * count);
  std::string text(reinterpret_cast<const char*>(file.data()), file.size());
  text.replace(text.find("<f4"), 3, "|u1");
  return joined(bytes_of(text), Bytes(count, std::byte{51}));
}

}  // namespace

TEST_CASE("inputs: an image has its stem as id and is resized to the model's input") {
  const Folder folder;
  const std::string file = folder.write("seven.x.pgm", pgm(8, 8, 51));
  const InputList list = expand({file});
  REQUIRE(list.size() == 1);
  const Input input = list.load(0);
  CHECK(input.id == "seven.x");
  CHECK(input.file == file);
  CHECK(input.tensors.at(0).shape() == Shape{4, 4, 1});
  CHECK(input.tensors[0][0] == 0.2F);
  CHECK(input.preprocess == "unit, bilinear 8x8->4x4 stretch");
  REQUIRE(input.picture);
  CHECK(input.picture->width == 8);
  CHECK_FALSE(input.item);
}

TEST_CASE("inputs: IDX items keep their numbers") {
  const Folder folder;
  const std::string file = folder.write("t10k-images-idx3-ubyte", idx_pictures(20, 4, 4));
  CHECK(expand({file}).size() == 20);
  const InputList list = expand({file + "#17,3-4"});
  CHECK(ids(list) ==
        Arguments{"t10k-images-idx3-ubyte-17", "t10k-images-idx3-ubyte-3", "t10k-images-idx3-ubyte-4"});
  const Input input = list.load(0);
  CHECK(input.file == file + "#17");
  CHECK(input.item == 17);
  CHECK(input.tensors.at(0)[0] == 17 / 255.0F);
  CHECK(ids(expand({file}, items("17,3-4"))) == ids(list));
}

TEST_CASE("inputs: a CIFAR record brings its label") {
  const Folder folder;
  const std::string file =
      folder.write("test.bin", joined(cifar10_record(3, 0, 0, 0), cifar10_record(6, 255, 255, 255)));
  const Input input = expand({file}).load(1);
  CHECK(input.id == "test-1");
  CHECK(input.own_label == 6);
  CHECK(input.preprocess == "unit, bilinear 32x32->4x4 stretch, rgb->grey");
  CHECK(input.tensors.at(0)[5] == 1.0F);
}

TEST_CASE("inputs: arrays of floats are not scaled, one or a batch, a missing channel axis is added") {
  const Folder folder;
  const Input one = expand({folder.write("digit.npy", encode_npy(Tensor(Shape{4, 4}, 7.0F)))}).load(0);
  CHECK(one.id == "digit");
  CHECK(one.preprocess == "none");
  CHECK(one.tensors.at(0).shape() == Shape{4, 4, 1});
  CHECK(one.tensors[0][0] == 7.0F);
  CHECK_FALSE(one.picture);

  const InputList several = expand({folder.write("x.npy", encode_npy(batch(3).reshaped(Shape{3, 4, 4})))});
  CHECK(ids(several) == Arguments{"x-0", "x-1", "x-2"});
  CHECK(several.load(2).tensors.at(0)[15] == 2.0F);

  const InputList lone = expand({folder.write("y.npy", encode_npy(batch(1)))});
  CHECK(ids(lone) == Arguments{"y"});
  CHECK(lone[0].item == 0);
}

TEST_CASE("inputs: arrays of floats are scaled only if the command line says so") {
  const Folder folder;
  const std::string file = folder.write("digit.npy", encode_npy(Tensor(Shape{4, 4, 1}, 51.0F)));
  InputOptions options;
  options.preprocess.invert = true;
  CHECK(expand({file}, options).load(0).tensors.at(0)[0] == 51.0F);
  options.preprocess_given = true;
  const Input scaled = expand({file}, options).load(0);
  CHECK(scaled.tensors.at(0)[0] == 0.8F);
  CHECK(scaled.preprocess == "unit, inverted");
}

TEST_CASE("inputs: uint8 arrays are pictures: scaled, shown, not resized") {
  const Folder folder;
  const InputList list =
      expand({folder.write("p.npy", uint8_npy({2, 4, 4})), folder.write("q.npy", uint8_npy({8, 8}))});
  REQUIRE(list.size() == 3);
  const Input input = list.load(1);
  CHECK(input.tensors.at(0)[0] == 0.2F);
  CHECK(input.preprocess == "unit");
  REQUIRE(input.picture);
  CHECK(input.picture->pixels == std::vector<std::uint8_t>(16, 51));
  CHECK(list.try_load(2).error.ends_with("q.npy: an array of 8 x 8, the model's input 'image' is 4 x 4 x 1"));
}

TEST_CASE(
    "inputs: the array of an .npz has the input's name, else 0, else is the only one, else an error with "
    "the keys") {
  const Folder folder;
  const auto first = [&](const std::vector<std::pair<std::string, Tensor>>& arrays) {
    return expand({folder.write("a.npz", npz(arrays))}).load(0).tensors.at(0)[0];
  };
  const Tensor yes(Shape{4, 4, 1}, 1.0F);
  const Tensor no(Shape{4, 4, 1}, 0.0F);
  CHECK(first({{"0", no}, {"image", yes}}) == 1.0F);
  CHECK(first({{"x", no}, {"0", yes}}) == 1.0F);
  CHECK(first({{"x", yes}}) == 1.0F);
  const std::string file = folder.write("b.npz", npz({{"x", no}, {"y", yes}}));
  const Input failed = expand({file}).try_load(0);
  CHECK(failed.error == file + ": holds 2 arrays, none named 'image' or 0");
  CHECK(failed.hint.ends_with("it holds x, y"));
  const InputList chosen = expand({file + ":y"});
  CHECK(chosen.load(0).tensors.at(0)[0] == 1.0F);
  CHECK(chosen[0].id == "b");
  CHECK(chosen[0].file == file + ":y");
}

TEST_CASE("inputs: items of an array in an .npz") {
  const Folder folder;
  const std::string file = folder.write("a.npz", npz({{"x", batch(5)}, {"y", Tensor(Shape{5}, 0.0F)}}));
  const InputList list = expand({file + ":x#3-4"});
  CHECK(ids(list) == Arguments{"a-3", "a-4"});
  CHECK(list[1].file == file + ":x#4");
  CHECK(list.load(1).tensors.at(0)[0] == 4.0F);
}

TEST_CASE("inputs: several inputs come from an .npz by name or by number, batch first") {
  const Folder folder;
  for (const auto& [left, right] : {std::pair("left", "right"), {"0", "1"}}) {
    const std::string file =
        folder.write("in.npz", npz({{right, Tensor(Shape{3, 2}, 9.0F)}, {left, batch(3)}}));
    const InputList list = expand({file}, {}, pair);
    CHECK(ids(list) == Arguments{"in-0", "in-1", "in-2"});
    const Input input = list.load(2);
    REQUIRE(input.tensors.size() == 2);
    CHECK(input.tensors[0][0] == 2.0F);
    CHECK(input.tensors[1].shape() == Shape{2});
    CHECK(input.preprocess == "none");
  }
  const std::string odd =
      folder.write("odd.npz", npz({{"left", batch(3)}, {"right", Tensor(Shape{2, 2}, 0.0F)}}));
  CHECK(expand({odd}, {}, pair).try_load(0).error == odd + ": 3 items of 'left', but 2 of 'right'");
  const std::string lone = folder.write("one.pgm", pgm(4, 4, 0));
  const Input failed = expand({lone}, {}, pair).try_load(0);
  CHECK(failed.error == lone + ": one input, the model takes 2");
  CHECK(failed.hint == "left=FILE,right=FILE, or an .npz of left, right");
}

TEST_CASE("inputs: NAME=FILE,NAME=FILE") {
  const Folder folder;
  const std::string picture = folder.write("a.pgm", pgm(8, 8, 255));
  const std::string numbers = folder.write("b.npy", encode_npy(Tensor(Shape{3, 2}, 5.0F)));
  const InputList list = expand({"right=" + numbers + "#1,left=" + picture}, {}, pair);
  REQUIRE(list.size() == 1);
  const Input input = list.load(0);
  CHECK(input.id == "a");
  CHECK(input.file == "left=" + picture + ",right=" + numbers + "#1");
  CHECK(input.tensors.at(0)[0] == 1.0F);
  CHECK(input.tensors.at(1)[0] == 5.0F);
  CHECK(input.preprocess == "left: unit, bilinear 8x8->4x4 stretch; right: none");
  CHECK(list.paths() == Arguments{picture, numbers});
}

TEST_CASE("inputs: a directory stands for its images, in byte order, without hidden ones") {
  const Folder folder;
  for (const char* name :
       {"d/b.pgm", "d/B.pgm", "d/a/x.pgm", "d/a-b/x.pgm", "d/.hidden.pgm", "d/.cache/x.pgm"})
    folder.write(name, pgm(4, 4, 0));
  folder.write("d/unnamed", pgm(4, 4, 0));
  folder.write("d/readme.txt", "no image");
  folder.write("d/broken.png", "");
  const std::string last = folder.write("z.pgm", pgm(4, 4, 0));
  const InputList flat = expand({folder.path("d/"), last});
  CHECK(ids(flat) == Arguments{"B", "b", "broken", "unnamed", "z"});
  CHECK(flat[1].file == folder.path("d/b.pgm"));
  CHECK(flat.try_load(2).error == folder.path("d/broken.png") + ": is empty");

  InputOptions recursive;
  recursive.recursive = true;
  CHECK(ids(expand({folder.path("d")}, recursive)) ==
        Arguments{"B", "a-b-x", "a-x", "b", "broken", "unnamed"});
}

TEST_CASE("inputs: the hint for a directory without images is --recursive") {
  const Folder folder;
  folder.write("d/a/x.pgm", pgm(4, 4, 0));
  const Input failed = expand({folder.path("d")}).try_load(0);
  CHECK(failed.error == folder.path("d") + ": holds no images");
  CHECK(failed.hint == "--recursive looks into the directories in it");
}

TEST_CASE("inputs: a second input of the same name gets .2") {
  const Folder folder;
  const std::string a = folder.write("a/x.pgm", pgm(4, 4, 0));
  const std::string b = folder.write("b/x.pgm", pgm(4, 4, 0));
  const std::string c = folder.write("b/x.2.pgm", pgm(4, 4, 0));
  CHECK(ids(expand({a, b, c, a})) == Arguments{"x", "x.2", "x.2.2", "x.3"});
}

TEST_CASE("inputs: a bad input does not affect the others") {
  const Folder folder;
  const std::string good = folder.write("good.pgm", pgm(4, 4, 0));
  const std::string text = folder.write("notes.txt", "hello");
  const InputList list = expand({"no-such.png", text, good});
  CHECK(ids(list) == Arguments{"no-such", "notes", "good"});
  CHECK_FALSE(list[0].usable);
  CHECK(error_of([&] { list.load(0); }) == "no-such.png: no such file");
  CHECK(list.try_load(1).error == text + ": not an image, an array or a data set");
  CHECK(list.try_load(1).tensors.empty());
  CHECK(list.try_load(2).error.empty());
}

TEST_CASE("inputs: items that do not exist are one error, the others are read") {
  const Folder folder;
  const std::string file = folder.write("i.idx", idx_pictures(3, 4, 4));
  const InputList list = expand({file + "#1-9"});
  CHECK(ids(list) == Arguments{"i-1", "i-2", "i-3"});
  CHECK(list.try_load(2).error == file + "#1-9: has no item 3");
  CHECK(list.try_load(2).hint == "it holds 3, numbered from 0");
}

TEST_CASE(
    "inputs: --items without a file of several items, and items that are not numbers, are usage errors") {
  const Folder folder;
  const std::string one = folder.write("a.pgm", pgm(4, 4, 0));
  CHECK(error_of([&] { expand({one}, items("0-9")); }, ErrorKind::usage) ==
        "--items 0-9: none of the inputs is a file that holds many");
  CHECK_FALSE(error_of([&] { expand({one + "#x"}); }, ErrorKind::usage).empty());
}

TEST_CASE("inputs: models and labels are told apart from inputs") {
  const Folder folder;
  const std::string model = folder.write("m.h5", "\x89HDF\r\n\x1a\n and more");
  CHECK(expand({model}).try_load(0).error == model + ": an HDF5 file (a model?), not an input");
  const std::string labels = folder.write("labels", idx_labels({1, 2}));
  const Input failed = expand({labels}).try_load(0);
  CHECK(failed.error == labels + ": holds labels, not inputs");
  CHECK(failed.hint == "true labels are given by --truth " + labels);
}

TEST_CASE("inputs: a picture that the model cannot take is an error that names the file") {
  const Folder folder;
  const std::string file = folder.write("a.pgm", pgm(4, 4, 0));
  const std::vector<InputSpec> sequence{{"words", {3, 4, 5, 6}, false}};
  CHECK(expand({file}, {}, sequence).try_load(0).error ==
        file + ": a picture cannot fill an input of 3 x 4 x 5 x 6");
}

TEST_CASE("inputs: several threads may load at once") {
  const Folder folder;
  const InputList list =
      expand({folder.write("i.idx", idx_pictures(64, 4, 4)), folder.write("x.npz", npz({{"0", batch(64)}}))});
  std::vector<float> first(list.size());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < list.size(); i += 4) first[i] = list.load(i).tensors.at(0)[0];
    });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(first[i] == static_cast<float>(i) / 255.0F);
    CHECK(first[64 + i] == static_cast<float>(i));
  }
}
