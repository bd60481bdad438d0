#include "nv/data/truth.h"

#include <doctest/doctest.h>

#include "nv/data/npz.h"
#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

using Classes = std::vector<std::int64_t>;

const std::vector<InputSpec> model{{"image", {4, 4, 1}, false}};
const std::vector<std::string> animals{"cat", "dog", "great white shark"};

/// A folder with a data set of five pictures, and two images.
struct Set {
  Folder folder;
  std::string data = folder.write("data.idx", idx_pictures(5, 4, 4));
  std::string images[2] = {folder.write("dog/3_one.pgm", pgm(4, 4, 0)),
                           folder.write("cat/12.pgm", pgm(4, 4, 0))};

  InputList inputs(const std::vector<std::string>& arguments) const {
    return expand_inputs(arguments, {}, model);
  }
  InputList both() const { return inputs({images[0], images[1]}); }
  /// Classes of items 3 and 1 of the data set.
  Classes of_items(const std::string& source) const {
    return read_truth(source, inputs({data + "#3,1"}), animals);
  }
  Classes of_images(const std::string& text) const {
    return read_truth(folder.write("truth", text), both(), animals);
  }
  std::string refusal(const std::string& text) const {
    return error_of([&] { of_images(text); });
  }
};

}  // namespace

TEST_CASE("truth: a label for each item of the whole file is taken by item number") {
  const Set set;
  CHECK(set.of_items(set.folder.write("y", idx_labels({9, 8, 7, 6, 5}))) == Classes{6, 8});
  CHECK(set.of_items(set.folder.write("y.txt", "0\n1\n2\n3\n4\n")) == Classes{3, 1});
}

TEST_CASE("truth: otherwise one label per input, or an error") {
  const Set set;
  CHECK(set.of_items(set.folder.write("y", idx_labels({4, 2}))) == Classes{4, 2});
  const std::string file = set.folder.write("y", idx_labels({4, 2, 1}));
  CHECK(error_of([&] { set.of_items(file); }) == file + ": 3 labels for 2 inputs out of 5");
}

TEST_CASE("truth: arrays of integers and one-hot rows") {
  const Set set;
  const std::vector<float> numbers{2, 0};
  CHECK(set.of_items(set.folder.write("y.npy", encode_npy(Tensor(Shape{2}, numbers)))) == Classes{2, 0});
  CHECK(set.of_items(set.folder.write("y.npy", encode_npy(Tensor(Shape{2, 1}, numbers)))) == Classes{2, 0});
  const std::vector<float> hot{0, 0, 1, 1, 0, 0};
  const std::vector<std::pair<std::string, Tensor>> arrays{{"x", Tensor(Shape{1}, 0.0F)},
                                                           {"y", Tensor(Shape{2, 3}, hot)}};
  const std::string archive = set.folder.write("y.npz", encode_npz(arrays));
  CHECK(set.of_items(archive + ":y") == Classes{2, 0});
  CHECK(error_of([&] { set.of_items(archive); }) == archive + ": holds 2 arrays");
  const std::vector<float> soft{0.5F, 0.5F, 1, 0};
  const std::string bad = set.folder.write("z.npy", encode_npy(Tensor(Shape{2, 2}, soft)));
  CHECK(error_of([&] { set.of_items(bad); }) == bad + ": row 0 is not one-hot");
}

TEST_CASE("truth: the labels in CIFAR records") {
  const Set set;
  const std::string file =
      set.folder.write("c.bin", joined(cifar10_record(3, 0, 0, 0), cifar10_record(6, 0, 0, 0)));
  CHECK(read_truth(file, set.inputs({file + "#1"}), {}) == Classes{6});
}

TEST_CASE("truth: text with numbers or names, one per line") {
  const Set set;
  CHECK(set.of_images("1\n0\n") == Classes{1, 0});
  CHECK(set.of_images("great white shark\r\ncat\r\n") == Classes{2, 0});
  CHECK(set.refusal("cat\ndgo\n").ends_with("truth: line 2: 'dgo' is no class"));
}

TEST_CASE("truth: text with NAME LABEL, in any order, also about other files") {
  const Set set;
  CHECK(set.of_images("12.pgm cat\nother.png dog\n3_one great white shark\n") == Classes{2, 0});
  CHECK(set.of_images(set.images[0] + "\t7\n" + set.images[1] + " 8\n") == Classes{7, 8});
  CHECK(set.refusal("12.pgm cat\nother.png dog\n").ends_with("truth: has no label for " + set.images[0]));
  CHECK(set.refusal("12.pgm cat\n3_one.pgm cow\n").ends_with("truth: line 2: 'cow' is no class"));
}

TEST_CASE("truth: from the leading number of the file's name") {
  const Set set;
  CHECK(read_truth("from-name", set.both(), {}) == Classes{3, 12});
  const InputList unnumbered = set.inputs({set.data});
  CHECK(error_of([&] { read_truth("from-name", unnumbered, {}); }) ==
        set.data + "#0: its name does not begin with the number of its class");
}

TEST_CASE("truth: from the name of a class at the beginning of the file's name") {
  const Folder folder;
  const std::vector<std::string> names{"car", "cart", "great white shark", "crane", "crane", "7"};
  const auto of = [&](const std::string& name) {
    const InputList list = expand_inputs(std::vector{folder.write(name, pgm(4, 4, 0))}, {}, model);
    return read_truth("from-name", list, names).at(0);
  };
  CHECK(of("car_12.pgm") == 0);
  CHECK(of("cart.12.pgm") == 1);
  CHECK(of("Great_White-Shark 3.pgm") == 2);
  CHECK(of("CAR12.pgm") == 0);
  CHECK(of("7_car.pgm") == 7);  // a number, not the class of that name
  for (const char* name : {"carton.pgm", "crane_1.pgm", "a_car.pgm"}) {
    CAPTURE(name);
    CHECK(error_of([&] {
            of(name);
          }).ends_with(": its name does not begin with the number or the name of its class"));
  }
}

TEST_CASE("truth: from the class folders, by name if names are known, else by number") {
  const Set set;
  CHECK(read_truth("from-dir", set.both(), animals) == Classes{1, 0});
  const std::vector<std::string> capitals{"DOG", "Cat"};
  CHECK(read_truth("from-dir", set.both(), capitals) == Classes{0, 1});
  const InputList numbered =
      set.inputs({set.folder.write("3/x.pgm", pgm(4, 4, 0)), set.folder.write("07/x.pgm", pgm(4, 4, 0))});
  CHECK(read_truth("from-dir", numbered, {}) == Classes{3, 7});
  CHECK(read_truth("from-dir", numbered, animals) == Classes{3, 7});
  const std::vector<std::string> digits{"7", "3"};  // the name takes precedence over the number
  CHECK(read_truth("from-dir", set.inputs({set.folder.path("3/x.pgm")}), digits) == Classes{1});
}

TEST_CASE("truth: the order of folders is not used") {
  const Set set;
  CHECK(error_of([&] { read_truth("from-dir", set.both(), {}); }) ==
        set.images[0] + ": its folder 'dog' is no number of a class");
  const std::vector<std::string> others{"cow", "cat"};
  CHECK(error_of([&] { read_truth("from-dir", set.both(), others); }) ==
        set.images[0] + ": its folder 'dog' is neither the name nor the number of one class");
  const std::vector<std::string> twice{"dog", "dog"};
  CHECK_FALSE(error_of([&] { read_truth("from-dir", set.both(), twice); }).empty());
}

TEST_CASE("truth: inputs that cannot be used have none and do not affect the others") {
  const Set set;
  const InputList list = set.inputs({set.images[0], "no-such.pgm"});
  CHECK(read_truth("from-name", list, {}) == Classes{3, -1});
  CHECK(read_truth("from-dir", list, animals) == Classes{1, -1});
  const std::string labels = set.folder.write("y", idx_labels({9, 8, 7, 6, 5}));
  CHECK(read_truth(labels, set.inputs({set.data + "#4-7"}), {}) == Classes{5, -1});
}

TEST_CASE("truth: classes that the model does not have") {
  const Set set;
  CHECK(error_of([&] { read_truth("from-name", set.both(), {}, 10); }) ==
        "from-name: class 12 for " + set.images[1] + ", the model has 10 classes");
  CHECK(set.refusal("-1\n0\n").ends_with("truth: -1 for " + set.images[0] + " is no class"));
}
