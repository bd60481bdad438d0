// An engine that makes up its numbers, for trials of the page without WebAssembly. Never part of the product.
import type { Activation, AttackAnswer, Engine, InputSource, LayerInfo, ModelInfo, Prediction, SampleInfo } from '../src/protocol';

function noise(seed: number): () => number {
  let s = seed >>> 0 || 1;
  return () => { s = (Math.imul(s, 1664525) + 1013904223) >>> 0; return s / 4294967296; };
}

export function createEngine(): Engine { return new Mock(); }
export async function convertModel(): Promise<Uint8Array> { throw new Error('the mock converts nothing'); }

class Mock implements Engine {
  private model!: ModelInfo;
  private next = 1;
  private samples = new Map<number, { info: SampleInfo; seed: number }>();
  private frozen: { layer: number; channels: number[] }[] = [];

  async open(bytes: Uint8Array, file: string): Promise<ModelInfo> {
    this.model = { ...(JSON.parse(new TextDecoder().decode(bytes)) as ModelInfo), file };
    this.samples.clear();
    this.frozen = [];
    return this.model;
  }

  private prediction(seed: number): Prediction {
    const last = this.model.layers[this.model.outputs[0]];
    if (last.shape.length !== 1) return { top: [], scores: [] };
    const random = noise(seed * 7919 + this.frozen.length * 31), raw = Array.from({ length: last.shape[0] }, () => Math.exp(9 * random()));
    const total = raw.reduce((a, b) => a + b, 0), scores = raw.map((v) => v / total);
    const top = scores.map((score, index) => ({ index, label: this.model.labels[index] ?? String(index), score })).sort((a, b) => b.score - a.score).slice(0, 10);
    return { top, scores };
  }

  private picture(source: InputSource): SampleInfo['picture'] {
    if (source.kind === 'rgba') return { width: source.width, height: source.height, rgba: source.data };
    const width = source.kind === 'sketch' ? source.size : source.shape[1] ?? 1, height = source.kind === 'sketch' ? source.size : source.shape[0];
    const rgba = new Uint8Array(4 * width * height);
    for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
    if (source.kind === 'sketch') for (const stroke of source.strokes) for (const [x, y] of stroke) {
      const i = 4 * (Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width)));
      rgba[i] = rgba[i + 1] = rgba[i + 2] = 255;
    }
    return { width, height, rgba };
  }

  async add(source: InputSource, replace?: number): Promise<SampleInfo> {
    const id = replace ?? this.next++;
    const seed = source.kind === 'sketch' ? source.strokes.flat().length + 1 : id * 13 + 5;
    const info: SampleInfo = { id, name: source.name, origin: source.origin ?? null, truth: source.truth ?? null, prediction: this.prediction(seed), picture: this.picture(source), milliseconds: 0.4 };
    this.samples.set(id, { info, seed });
    return info;
  }

  async remove(id: number): Promise<void> { this.samples.delete(id); }
  async activation(id: number, layer: number): Promise<Activation> { return this.make(id, this.model.layers[layer]); }
  async activations(id: number, layers: number[]): Promise<Activation[]> { return layers.map((l) => this.make(id, this.model.layers[l])); }

  private make(id: number, layer: LayerInfo): Activation {
    const { count, height, width } = layer.maps, values = new Float32Array(count * height * width), { picture } = this.samples.get(id)!.info;
    const random = noise(this.samples.get(id)!.seed * 101 + layer.index), signed = layer.activation === null && layer.kind !== 'InputLayer' && !layer.kind.includes('Pool');
    for (let c = 0; c < count; c++) {
      const angle = random() * 6.28, offset = random() * 0.5;
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        const at = (dx: number, dy: number): number => {
          const px = Math.min(picture.width - 1, Math.max(0, Math.round(((x + 0.5 + dx) * picture.width) / width))), py = Math.min(picture.height - 1, Math.max(0, Math.round(((y + 0.5 + dy) * picture.height) / height)));
          return picture.rgba[4 * (py * picture.width + px)] / 255;
        };
        const v = height > 1 ? 2 * (at(0, 0) - at(Math.cos(angle), Math.sin(angle))) + offset * at(0, 0) : 4 * random() - 2;
        values[(c * height + y) * width + x] = layer.kind === 'InputLayer' ? at(0, 0) : signed ? v : Math.max(0, v);
      }
    }
    for (const f of this.frozen) if (f.layer === layer.index) for (const c of f.channels) values.fill(0, c * height * width, (c + 1) * height * width);
    let min = Infinity, max = -Infinity;
    for (const v of values) { min = Math.min(min, v); max = Math.max(max, v); }
    return { layer: layer.index, min, max, values };
  }

  async arithmetic(_id: number, layer: number, channel: number, y: number, x: number): ReturnType<Engine['arithmetic']> {
    const info = this.model.layers[layer], [height, width] = info.kernel!.size.length === 2 ? info.kernel!.size : [1, 1], channels = info.kernel!.inputs;
    const random = noise(layer + channel * 3 + y * 7 + x * 11), n = height * width * channels;
    const patch = Float32Array.from({ length: n }, () => random()), kernel = Float32Array.from({ length: n }, () => random() - 0.5);
    const sum = patch.reduce((s, v, i) => s + v * kernel[i], 0);
    return { value: Math.max(0, sum + 0.1), sum, bias: 0.1, activation: info.activation, height, width, channels, patch, kernel, field: null };
  }

  async freeze(frozen: { layer: number; channels: number[] }[]): Promise<SampleInfo[]> {
    this.frozen = frozen;
    for (const s of this.samples.values()) s.info = { ...s.info, prediction: this.prediction(s.seed) };
    return [...this.samples.values()].map((s) => s.info);
  }

  async compare(a: number, b: number, layers: number[]): ReturnType<Engine['compare']> {
    return layers.map((l) => {
      const va = this.make(a, this.model.layers[l]), vb = this.make(b, this.model.layers[l]), { count } = this.model.layers[l].maps, n = va.values.length / count;
      const channels = Array.from({ length: count }, (_, c) => ({ channel: c, l2: Math.sqrt(va.values.subarray(c * n, (c + 1) * n).reduce((s, v, i) => s + (v - vb.values[c * n + i]) ** 2, 0)) })).sort((p, q) => q.l2 - p.l2);
      return { layer: l, l2: 1, relativeL2: 0.3 + (l % 5) * 0.2, cosine: 0.8, max: 2, channels };
    });
  }

  async attackMethods(): ReturnType<Engine['attackMethods']> {
    return [{ name: 'fgsm', title: 'FGSM', parameters: [{ name: 'eps', help: 'size of the change', value: 0.1, min: 0, max: 1, step: 0.01 }] },
      { name: 'pgd', title: 'PGD', parameters: [{ name: 'eps', help: 'size of the change', value: 0.1, min: 0, max: 1, step: 0.01 }, { name: 'steps', help: 'steps', value: 40, min: 1, max: 1000, step: 1 }] }];
  }

  async attack(id: number, _method: string, _parameters: Record<string, number>, progress: (share: number) => void): Promise<AttackAnswer> {
    progress(0.5);
    const { picture, name } = this.samples.get(id)!.info, random = noise(99);
    const data = picture.rgba.map((v, i) => (i % 4 === 3 ? 255 : Math.min(255, Math.max(0, v + (random() < 0.5 ? -20 : 20)))));
    const sample = await this.add({ kind: 'rgba', width: picture.width, height: picture.height, data, name: `${name} pgd`, origin: id });
    return { found: true, sample, queries: 40, l2: 1.23, linf: 0.08, note: '' };
  }

  stop(): void {}
  async explain(id: number): ReturnType<Engine['explain']> {
    const { width, height } = this.samples.get(id)!.info.picture;
    return { height, width, values: Float32Array.from({ length: width * height }, (_, i) => Math.sin(i / 37) * Math.cos((i % width) / 5)), signed: true };
  }
  async explainMethods(): ReturnType<Engine['explainMethods']> { return [{ name: 'gradient', title: 'Gradient' }, { name: 'grad-cam', title: 'Grad-CAM' }]; }
}
