// nv convert: a model as a file that today's Keras opens.
#include "command.h"
#include "named_file.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/keras/writer.h"
#include "open.h"

namespace nv {
namespace {

class Convert final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "Model file: .h5, .hdf5, .keras, of any Keras version")
        ->required()
        ->type_name("MODEL");
    app.add_option("--weights", weights_file_, "Weights of MODEL, where it is an architecture alone")
        ->type_name("FILE.h5");
    app.add_option("-o,--output", output_, "OUT.h5 (Keras 3 and tf_keras) or OUT.keras (Keras 3)")
        ->required()
        ->type_name("FILE")
        ->group("Result");
    declare_force(app, force_, "Result");
  }

  int run(Talk& talk) override {
    const ModelFormat format = model_format(output_);
    for (const std::string& input : {model_, weights_file_})
      if (std::error_code none; !input.empty() && std::filesystem::equivalent(input, output_, none))
        throw Error(ErrorKind::usage, fmt::format("{}: is the input", output_),
                    "give the result another name");
    check_named_file(output_, force_);
    const Model model = open_untrusted(model_, weights_file_);
    const Bytes bytes = encode_model(model, format);
    for (const std::string& note : model.notes) talk.note(note);
    write_named_file(output_, bytes, force_);
    talk.note(fmt::format("wrote {}", output_));
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
