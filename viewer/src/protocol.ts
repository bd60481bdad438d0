// The questions that the page asks of the engine. engine_client.ts sends them to the worker, which answers from the
// WebAssembly module; every number in an answer was computed by lib/nv.

/** One layer call, in Keras's order of execution (the order of `nv inspect`). Shapes carry no batch axis. */
export interface LayerInfo {
  index: number;
  path: string;
  kind: string;
  inputs: number[];              // indices of layers
  shape: number[];
  parameters: number;
  macs: number;
  activation: string | null;
  receptiveField: { size: number[]; stride: number[]; start: number[] } | null;
  config: Record<string, unknown>;
  /** How the output is drawn: `count` maps of height x width (1 x units where there are no positions). */
  maps: { count: number; height: number; width: number };
  channelsFirst?: boolean;
  freezable: boolean;            // has channels that can be frozen
  problem?: string;              // why nv cannot compute it; '' if it can
  normalised?: boolean;          // Engine.normalisation says how its values come about
  kernel: { size: number[]; inputs: number } | null;   // a convolution's or dense layer's
}

/** Where the layered layout (lib/nv/render/graph) puts layers and connections, in its own units. */
export interface GraphLayout {
  width: number;
  height: number;
  nodes: { layer: number; x: number; y: number; width: number; height: number }[];
  edges: { from: number; to: number; points: [number, number][] }[];
}

export interface ModelInfo {
  file: string;
  name: string;
  kerasVersion: string;
  parameters: number;
  macs: number;
  inputs: { layer: number; name?: string; shape: number[]; channelsFirst?: boolean; preprocess: string }[];
  outputs: number[];             // layers
  /** The output that scores are of: how many there are, and whether they are probabilities. */
  classifier: { layer: number; scores: number; probability: boolean } | null;
  labels: string[];              // empty: classes are numbers
  layers: LayerInfo[];
  layout: GraphLayout;
  half: boolean;                 // weights were stored as float16
  notes?: string[];              // of the reader: weights that are missing, assumptions
}

export interface Score { index: number; label: string; score: number }
/** scores: of all classes; both of a single unit with a sigmoid, the value of another single unit. */
export interface Prediction { top: Score[]; scores: number[] }

/** RGBA, row by row. */
export interface Picture { width: number; height: number; rgba: Uint8Array }

/** An input held by the engine, with pictures of it: of the first input of a model with several, and of the further ones. */
export interface SampleInfo {
  id: number;
  name: string;
  origin: number | null;         // the sample that an adversarial one was made from
  truth: number | null;
  prediction: Prediction;
  picture: Picture;
  more: Picture[];
  milliseconds: number;          // of the forward pass
}

/** What makes an input: exactly one of these. `more` are the further inputs of a model with several. */
export type InputSource = { origin?: number | null; truth?: number | null } & (
  | { kind: 'rgba'; width: number; height: number; data: Uint8Array; name: string }      // a decoded picture
  | { kind: 'array'; shape: number[]; data: Float32Array; name: string;                  // taken as it is
      more?: { shape: number[]; data: Float32Array }[] }
  | { kind: 'sketch'; strokes: [number, number][][]; size: number; brush: number; centre: boolean; invert: boolean; name: string });

/** Values of one layer for one sample, in the model's own layout flattened as maps: maps.count x height x width. */
export interface Activation {
  layer: number; min: number; max: number; values: Float32Array;
  maps?: LayerInfo['maps'];      // their actual sizes, where the model leaves its input's size open
}

export interface LayerDifference {
  layer: number; l2: number; relativeL2: number; cosine: number; max: number;
  channels: { channel: number; l2: number }[];      // sorted by change, largest first
}

export interface AttackMethod {
  name: string; title: string;
  /** perEps: the default is that many times eps; null where it does not depend on it. */
  parameters: { name: string; help: string; value: number; min: number; max: number; step: number; perEps: number | null }[];
}
export interface AttackAnswer { found: boolean; sample: SampleInfo | null; queries: number; l2: number; linf: number; note: string }

export interface Arithmetic {
  /** The value = activation(sum of patch x kernel + bias). Terms in the order of the kernel: [ky][kx][input channel]. */
  value: number; sum: number; bias: number; activation: string | null;
  height: number; width: number; channels: number;
  patch: Float32Array; kernel: Float32Array;
  /** The region of the model's input that the value depends on, [y0, y1, x0, x1), clipped; null without positions. */
  field: [number, number, number, number] | null;
}

/** value = gamma (input - mean) / sqrt(variance + epsilon) + beta */
export interface Normalisation {
  value: number; input: number; gamma: number; beta: number; mean: number; variance: number; epsilon: number;
}

export interface Engine {
  /** Binary form written by `nv view` (or by the converter of dropped files). Replaces the model and all samples.
   *  The bytes are gone then. */
  open(bytes: Uint8Array, file: string): Promise<ModelInfo>;
  /** Makes an input, runs it and keeps it. With `replace`: in place of that sample (the live sketch). */
  add(source: InputSource, replace?: number): Promise<SampleInfo>;
  remove(id: number): Promise<void>;
  activation(id: number, layer: number): Promise<Activation>;
  /** All maps of several layers at once. */
  activations(id: number, layers: number[]): Promise<Activation[]>;
  arithmetic(id: number, layer: number, channel: number, y: number, x: number): Promise<Arithmetic>;
  normalisation(id: number, layer: number, channel: number, y: number, x: number): Promise<Normalisation>;
  /** Freezes exactly these channels (empty: none), and runs every sample again. */
  freeze(frozen: { layer: number; channels: number[] }[]): Promise<SampleInfo[]>;
  compare(a: number, b: number, layers: number[]): Promise<LayerDifference[]>;
  attackMethods(): Promise<AttackMethod[]>;
  attack(id: number, method: string, parameters: Record<string, number>, progress: (share: number) => void): Promise<AttackAnswer>;
  /** Ends a running attack, whose answer then has the note 'stopped', or explanation, which is rejected with an AbortError. */
  stop(): void;
  explain(id: number, method: string, cls: number): Promise<{ height: number; width: number; values: Float32Array; signed: boolean }>;
  explainMethods(): Promise<{ name: string; title: string }[]>;
}
