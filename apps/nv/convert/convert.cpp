// nv convert: writes a model as a file for current Keras.
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/keras/writer.h"
#include "shared/command.h"
#include "shared/common_options.h"
#include "shared/named_file.h"
#include "shared/open.h"
#include "shared/stage.h"

namespace nv {
namespace {

class Convert final : public Command {
 public:
  void declare(OptionSet& options) override {
    const OptionGroup general = options.group("Options");
    general.add("MODEL", model_, "MODEL", "Model file: .h5, .hdf5, .keras, of any Keras version").required();
    declare_weights(general, weights_file_);
    const OptionGroup result = options.group("Result");
    result.add("-o,--output", output_, "FILE", "OUT.h5 (Keras 3 and tf_keras) or OUT.keras (Keras 3)")
        .check([](const std::string& file) { (void)model_format(file); })
        .required();
    declare_force(result, force_);
  }

  int run(Console& console) override {
    const ModelFormat format = model_format(output_);
    for (const std::string& input : {model_, weights_file_})
      if (std::error_code none; !input.empty() && std::filesystem::equivalent(input, output_, none))
        throw Error(ErrorKind::usage, fmt::format("-o {}: is an input of this run", output_),
                    "choose another name");
    check_named_file(output_, force_);
    const Model model = open_untrusted(model_, weights_file_);
    const Stage stage("writing files");
    const Bytes bytes = encode_model(model, format);
    for (const std::string& note : model.notes) console.note(note);
    write_named_file(output_, bytes, force_);
    console.note(fmt::format("wrote {}", output_));
    return 0;
  }

 private:
  std::string model_, weights_file_, output_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_convert() {
  return std::make_unique<Convert>();
}

}  // namespace nv
