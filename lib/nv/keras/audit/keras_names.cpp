// Names of Keras's own classes and functions: public ones of Keras 3.15 and tf_keras 2.21, those of Keras 1
// and 2 that were removed, and a few that only appear in files. Any other name in a file is a custom object.
#include <string>
#include <unordered_set>

#include "nv/core/text.h"
#include "nv/keras/audit/parts.h"

namespace nv {

namespace {

/// Keras 3 writes operations of keras.ops into .h5 files by class alone, as if they were layers.
constexpr std::string_view operations =
    "Abs Absolute AdaptiveAveragePool AdaptiveMaxPool Add AffineTransform All AllClose Amax Amin Angle "
    "Any Append Arange Arccos Arccosh Arcsin Arcsinh Arctan Arctan2 Arctanh Argmax Argmin Argpartition "
    "Argsort Array ArraySplit AssociativeScan Average AveragePool BatchNorm BinaryCrossentropy Bincount "
    "BitwiseAnd BitwiseInvert BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor "
    "BroadcastTo CDist CTCDecode CTCLoss Cast CategoricalCrossentropy Cbrt Ceil Celu Cholesky "
    "CholeskyInverse Clip Concatenate Cond Conj Conjugate Conv ConvTranspose ConvertToTensor Copy "
    "Corrcoef Correlate Cos Cosh CountNonzero CropImages Cross Cumprod Cumsum Deg2rad DepthToSpace "
    "DepthwiseConv Det Diag Diagflat Diagonal Diff Digitize Divide DivideNoNan Dot DotProductAttention "
    "Dsplit Dstack Eig Eigh Einsum ElasticTransform Elu EmptyLike Equal Erf Erfc Erfinv Exp Exp2 "
    "ExpandDims Expm1 ExtractPatches ExtractSequences FFT FFT2 Fabs Flip Fliplr Flipud Floor FloorDivide "
    "Fmax Fmin Fmod Fold ForiLoop Full FullLike Function GaussianBlur Gcd Gelu Geomspace GetItem Glu "
    "Greater GreaterEqual HSVToRGB HardShrink HardSigmoid HardSilu HardTanh Heaviside Histogram Hsplit "
    "Hstack Hypot I0 IFFT2 IRFFT ISTFT Imag InTopK Inner Inv IsIn Isclose Isfinite Isinf Isnan Isneginf "
    "Isposinf Isreal JVP Kron LayerNorm Lcm Ldexp LeakyRelu LeftShift Less LessEqual Linspace Log Log10 "
    "Log1p Log2 LogSigmoid LogSoftmax Logaddexp Logaddexp2 Logdet LogicalAnd LogicalNot LogicalOr "
    "LogicalXor Logspace Logsumexp Lstsq LuFactor Map MapCoordinates Matmul MatrixRank Max MaxPool "
    "Maximum Mean Median Meshgrid Min Minimum Mod Moments Moveaxis MultiHot Multiply NanToNum Nanargmax "
    "Nanargmin Nancumprod Nancumsum Nanmax Nanmean Nanmedian Nanmin Nanpercentile Nanprod Nanquantile "
    "Nanstd Nansum Nanvar Ndim Negative Nextafter Nonzero Norm Normalize NotEqual OneHot OnesLike "
    "Operation Outer PSNR Pad PadImages Percentile PerspectiveTransform Pinv Polar Power Prod Ptp Qr "
    "Quantile RFFT RGBToGrayscale RGBToHSV RMSNorm Rad2deg Ravel Real Rearrange Reciprocal Relu Relu6 "
    "Repeat Reshape Resize RightShift Roll Rot90 Round Rsqrt SSIM STFT SVD SaturateCast ScaleAndTranslate "
    "Scan Scatter ScatterUpdate SearchSorted SegmentMax SegmentMin SegmentProd SegmentReduction "
    "SegmentSum Select Selu SeparableConv Sigmoid Sign Signbit Silu Sin Sinc Sinh Size Slice SliceUpdate "
    "Slogdet SobelEdges SoftShrink Softmax Softplus Softsign Solve SolveTriangular Sort SpaceToDepth "
    "SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Split Sqrt Square Squareplus "
    "Squeeze Stack Std StopGradient Subtract Sum Swapaxes Switch Take TakeAlongAxis Tan Tanh TanhShrink "
    "Tensordot Threshold Tile TopK Trace Transpose Trapezoid Tril Triu TrueDivide Trunc Unfold Unique "
    "UnravelIndex Unstack Vander Var Vdot VectorizedMap View ViewAsComplex ViewAsReal Vsplit Vstack Where "
    "WhileLoop ZerosLike ";

constexpr std::string_view classes =
    "AUC AWQConfig AWQDTypePolicy AbsMaxQuantizer AbstractRNNCell Accuracy Activation "
    "ActivityRegularization ActivityRegularizer Adadelta Adafactor Adagrad Adam AdamW Adamax "
    "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D "
    "AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AddLoss AddMetric AdditiveAttention AlphaDropout "
    "AtrousConvolution1D AtrousConvolution2D Attention AugMix AutoContrast Average AveragePooling "
    "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization "
    "BatchNormalizationV1 BatchNormalizationV2 Bidirectional BinaryAccuracy BinaryCrossentropy "
    "BinaryFocalCrossentropy BinaryIoU CTC CategoricalAccuracy CategoricalCrossentropy "
    "CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge CategoryEncoding "
    "CenterCrop Circle ClassMethod CompileLoss CompileMetrics Concatenate ConcordanceCorrelation Constant "
    "Constraint Container ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D "
    "Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D "
    "Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose "
    "CosineDecay CosineDecayRestarts CosineSimilarity Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM "
    "CustomScaleLayer CutMix DTypePolicy DTypePolicyMap Deconvolution2D Deconvolution3D Dense "
    "DenseFeatures DepthwiseConv1D DepthwiseConv2D Dice Discretization Dot Dropout ELU EinsumDense "
    "Embedding Equalization ExponentialDecay F1Score FBetaScore FalseNegatives FalsePositives Flatten "
    "FlaxLayer Float8QuantizationConfig FloatDTypePolicy Ftrl Functional GPTQConfig GPTQDTypePolicy GRU "
    "GRUCell GRUV2 GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D "
    "GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D "
    "GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
    "GlorotNormal GlorotUniform Graph GroupNormalization GroupQueryAttention HashedCrossing Hashing "
    "HeNormal HeUniform Highway Hinge Huber Identity IdentityInitializer Initializer InputLayer InputSpec "
    "InstanceMethod InstanceProperty Int4DTypePolicy Int4QuantizationConfig Int8QuantizationConfig "
    "IntegerLookup InverseTimeDecay IoU JaxLayer KLDivergence KerasTensor L1 L1L2 L2 LRN LRN2D LSTM "
    "LSTMCell LSTMV2 Lamb Lambda Layer LayerNormalization LayerScale LeakyReLU LearningRateSchedule "
    "LecunNormal LecunUniform LinearModel Lion LocallyConnected1D LocallyConnected2D LogCosh LogCoshError "
    "Loss LossFunctionWrapper LossScaleOptimizer LossesContainer Masking MaxNorm MaxNumBoundingBoxes "
    "MaxPool1D MaxPool2D MaxPool3D MaxPooling MaxPooling1D MaxPooling2D MaxPooling3D Maximum MaxoutDense "
    "Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanRelativeError "
    "MeanSquaredError MeanSquaredLogarithmicError MeanTensor MelSpectrogram Merge Metric MetricsContainer "
    "MetricsList MinMaxNorm Minimum MixUp Model ModuleWrapper MultiHeadAttention MultiOptimizer Multiply "
    "Muon Nadam NoiseLayer NonNeg Normalization NormalizationV2 OneHotIoU OneHotMeanIoU Ones Optimizer "
    "OptimizerMap OptimizerV2 Orthogonal OrthogonalInitializer OrthogonalRegularizer PReLU "
    "ParametricSoftPlus ParametricSoftplus PearsonCorrelation Permute PiecewiseConstantDecay Pipeline "
    "Poisson Policy PolynomialDecay Precision PrecisionAtRecall PreprocessingLayer QuantizationConfig "
    "QuantizedDTypePolicy QuantizedFloat8DTypePolicy Quantizer R2Score RMSNormalization RMSprop RNN "
    "RadialConstraint RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter "
    "RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomFourierFeatures "
    "RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomNormal "
    "RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear "
    "RandomTranslation RandomUniform RandomWidth RandomZoom ReLU Recall RecallAtPrecision Recurrent "
    "RecurrentDropout Reduction Regularizer RepeatVector Rescaling Reshape Resizing ReversibleEmbedding "
    "RootMeanSquaredError SGD SReLU STFT STFTInitializer STFTSpectrogram ScheduleFreeAdamW SeedGenerator "
    "SensitivityAtSpecificity SeparableConv1D SeparableConv2D SeparableConvolution1D "
    "SeparableConvolution2D SequenceFeatures Sequential Siamese SimpleRNN SimpleRNNCell SlicingOpLambda "
    "Softmax Solarization SparseCategoricalAccuracy SparseCategoricalCrossentropy "
    "SparseTopKCategoricalAccuracy SpatialDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D "
    "SpecificityAtSensitivity SpectralNormalization SquaredHinge StackedRNNCells StochasticDepth "
    "StringLookup Subtract Sum SyncBatchNormalization TFOpLambda TFOptimizer TFSMLayer TensorFlowOpLayer "
    "TextVectorization ThresholdedReLU TimeDistributed TimeDistributedDense TopKCategoricalAccuracy "
    "TorchModuleWrapper TrueNegatives TruePositives TruncatedNormal Tversky UnitNorm UnitNormalization "
    "UpSampling1D UpSampling2D UpSampling3D VarianceScaling WeightRegularizer WideDeepModel Wrapper "
    "ZeroPadding1D ZeroPadding2D ZeroPadding3D Zeros ";

/// Identifiers of activations, initializers, regularizers, constraints, losses, metrics and optimizers.
constexpr std::string_view functions =
    "AUC BCE CTC KLD L1 L1L2 L2 MAE MAPE MSE MSLE STFT acc accuracy activity_l1 activity_l1l2 activity_l2 "
    "adadelta adafactor adagrad adam adamax adamw auc bce binary_accuracy binary_crossentropy "
    "binary_focal_crossentropy binary_io_u categorical_accuracy categorical_crossentropy "
    "categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge ce celu "
    "circle concordance_correlation constant constraint cosine cosine_proximity cosine_similarity crelu "
    "crossentropy ctc dice elu exponential f1_score f_beta_score false_negatives false_positives ftrl "
    "gelu glorot_normal glorot_uniform glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
    "he_normal he_uniform hinge huber identity initializer io_u kl_divergence kld "
    "kullback_leibler_divergence l1 l1_l2 l1l2 l2 leaky_relu lecun_normal lecun_uniform linear lion "
    "log_cosh log_cosh_error log_sigmoid log_softmax logcosh lossscaleoptimizer mae mape max_norm maxnorm "
    "mean mean_absolute_error mean_absolute_percentage_error mean_io_u mean_metric_wrapper "
    "mean_squared_error mean_squared_logarithmic_error metric min_max_norm mish mse msle multioptimizer "
    "muon nadam non_neg nonneg normal one one_hot_io_u one_hot_mean_io_u ones optimizer optimizermap "
    "orthogonal orthogonal_regularizer pearson_correlation poisson precision precision_at_recall r2 "
    "r2_score radial_constraint random_normal random_uniform recall recall_at_precision regularizer relu "
    "relu6 relu_v2 rmse rmsprop root_mean_squared_error schedulefreeadamw selu sensitivity_at_specificity "
    "sgd sigmoid silu soft_shrink softmax softmax_v2 softplus softsign sparse_categorical_accuracy "
    "sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparse_top_k_categorical_accuracy "
    "sparsemax specificity_at_sensitivity squared_hinge squareplus stft sum swish swish_v1 tanh "
    "tanh_shrink threshold top_k top_k_categorical_accuracy true_negatives true_positives "
    "truncated_normal tversky uniform unit_norm unitnorm variance_scaling zero zeros ";

std::unordered_set<std::string> set_of(const std::string& names) {
  std::unordered_set<std::string> set;
  for (std::string& word : split(names, ' '))
    if (!word.empty()) set.insert(std::move(word));
  return set;
}

}  // namespace

bool is_keras_class(std::string_view name) {
  static const std::unordered_set<std::string> set = set_of(std::string(classes) + std::string(operations));
  return set.contains(std::string(name));
}

bool is_keras_function(std::string_view name) {
  static const std::unordered_set<std::string> set = set_of(std::string(functions));
  return set.contains(std::string(name));
}

}  // namespace nv
