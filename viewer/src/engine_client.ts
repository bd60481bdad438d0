// The page's side of the engine. One worker answers at once; a second one, with its own copy of the model, is made for
// attacks and explanations, so that they can be stopped by ending it and the first stays free meanwhile.
import type {
  Activation, Arithmetic, AttackAnswer, AttackMethod, Engine, InputSource, LayerDifference, ModelInfo, Normalisation,
  SampleInfo,
} from './protocol';
import { EngineError } from './wasm';
import type { FromWorker } from './worker';

export { EngineError } from './wasm';

/** The scripts of the page's parts nv-worker and nv-wasm. */
export interface EngineCode { worker: string; wasm: Uint8Array }

export function createEngine(code: EngineCode): Engine {
  return new Client(code);
}

const convertTime = 60_000;  // ms

/**
 * A dropped .h5 or .keras file as Engine.open takes it. Done in a worker of its own, which is ended if it takes too
 * long. Rejects with an EngineError for what is no model file.
 */
export async function convertModel(code: EngineCode, bytes: Uint8Array): Promise<Uint8Array> {
  const remote = new Remote({ worker: code.worker });
  const timer = setTimeout(() => remote.end(new EngineError('the file takes too long to read')), convertTime);
  try {
    return await remote.convert(bytes);
  } finally {
    clearTimeout(timer);
    remote.end(new EngineError('ended'));
  }
}

interface Waiting {
  resolve(answer: any): void;
  reject(error: Error): void;
  progress?: (share: number) => void;
}

/** A worker with an engine. */
class Remote {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private ended: Error | undefined;

  /** Without `wasm` it only converts files. */
  constructor(code: { worker: string; wasm?: Uint8Array }) {
    const url = URL.createObjectURL(new Blob([code.worker], { type: 'text/javascript' }));
    this.worker = new Worker(url);
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.take(data);
    this.worker.onerror = (event) => this.fail(new EngineError(event.message || 'the engine has failed'));
    if (code.wasm) this.worker.postMessage({ wasm: code.wasm });
    setTimeout(() => URL.revokeObjectURL(url), 10_000);  // the browser has read it by then
  }

  ask<T>(request: object, data?: Uint8Array, progress?: (share: number) => void): Promise<T> {
    return this.send<T>({ request, data }, progress);
  }

  /** The bytes move to the worker: large ones are not held twice. */
  open(bytes: Uint8Array, file: string): Promise<ModelInfo> {
    return this.send<ModelInfo>({ request: { ask: 'open', file }, data: bytes }, undefined, [bytes.buffer as ArrayBuffer]);
  }

  convert(bytes: Uint8Array): Promise<Uint8Array> {
    return this.send<Uint8Array>({ convert: bytes }, undefined, [bytes.buffer as ArrayBuffer]);
  }

  /** Ends the worker. What it has not answered is rejected. */
  end(error: Error): void {
    this.worker.terminate();
    this.ended = error;
    this.fail(error);
  }

  private send<T>(message: object, progress?: (share: number) => void, moved: Transferable[] = []): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise<T>((resolve, reject) => {
      const id = ++this.last;
      this.waiting.set(id, progress ? { resolve, reject, progress } : { resolve, reject });
      this.worker.postMessage({ id, ...message }, moved);
    });
  }

  private take(message: FromWorker): void {
    const waiting = this.waiting.get(message.id);
    if (!waiting) return;
    if ('progress' in message) {
      waiting.progress?.(message.progress);
      return;
    }
    this.waiting.delete(message.id);
    if ('error' in message) waiting.reject(new EngineError(message.error, message.hint));
    else waiting.resolve(message.answer);
  }

  private fail(error: Error): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(error);
  }
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** A source as the engine takes it: its description, and its numbers. */
function encoded(source: InputSource): { source: object; data: Uint8Array } {
  if (source.kind === 'rgba') {
    const { data, ...rest } = source;
    return { source: rest, data };
  }
  if (source.kind === 'sketch') return { source, data: new Uint8Array() };
  const { data, more = [], ...rest } = source;
  const parts = [data, ...more.map((input) => input.data)].map(bytesOf);
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return { source: { ...rest, more: more.map((input) => input.shape) }, data: all };
}

type RawArray = { shape: number[]; data: Float32Array };
type RawAttack = Omit<AttackAnswer, 'sample'> & { array?: InputSource };

class Client implements Engine {
  private main: Remote;
  private long: { remote: Remote; ready: Promise<unknown> } | undefined;  // for attacks and explanations
  private file: string | undefined;  // of the open model
  private frozen: { layer: number; channels: number[] }[] = [];

  constructor(private readonly code: EngineCode) {
    this.main = new Remote(code);
  }

  async open(bytes: Uint8Array, file: string): Promise<ModelInfo> {
    const info = await this.main.open(bytes, file);
    this.stop();
    this.file = file;
    this.frozen = [];
    return info;
  }

  add(source: InputSource, replace?: number): Promise<SampleInfo> {
    const { source: description, data } = encoded(source);
    return this.main.ask({ ask: 'add', source: description, replace: replace ?? null }, data);
  }

  async remove(id: number): Promise<void> {
    await this.main.ask({ ask: 'remove', id });
  }

  async activation(id: number, layer: number): Promise<Activation> {
    return (await this.activations(id, [layer]))[0]!;
  }

  activations(id: number, layers: number[]): Promise<Activation[]> {
    return this.main.ask({ ask: 'activations', id, layers });
  }

  arithmetic(id: number, layer: number, channel: number, y: number, x: number): Promise<Arithmetic> {
    return this.main.ask({ ask: 'arithmetic', id, layer, channel, y, x });
  }

  normalisation(id: number, layer: number, channel: number, y: number, x: number): Promise<Normalisation> {
    return this.main.ask({ ask: 'normalisation', id, layer, channel, y, x });
  }

  async freeze(frozen: { layer: number; channels: number[] }[]): Promise<SampleInfo[]> {
    const samples = await this.main.ask<SampleInfo[]>({ ask: 'freeze', frozen });
    this.frozen = frozen;
    return samples;
  }

  compare(a: number, b: number, layers: number[]): Promise<LayerDifference[]> {
    return this.main.ask({ ask: 'compare', a, b, layers });
  }

  attackMethods(): Promise<AttackMethod[]> {
    return this.main.ask({ ask: 'attackMethods' });
  }

  async attack(
    id: number, method: string, parameters: Record<string, number>, progress: (share: number) => void,
  ): Promise<AttackAnswer> {
    let raw: RawAttack;
    try {
      raw = await this.atLength<RawAttack>(id, { ask: 'attack', method, parameters }, progress);
    } catch (error) {
      if (!isStop(error)) throw error;
      return { found: false, sample: null, queries: 0, l2: 0, linf: 0, note: 'stopped' };
    }
    const { array, ...answer } = raw;
    return { ...answer, sample: array ? await this.add({ ...array, origin: id }) : null };
  }

  stop(): void {
    this.long?.remote.end(new DOMException('stopped', 'AbortError'));
    this.long = undefined;
  }

  /** The second worker; the first one gives it the model. */
  private second(file: string): NonNullable<Client['long']> {
    const remote = new Remote(this.code);
    const ready = this.main.ask<Uint8Array>({ ask: 'model' }).then((bytes) => remote.open(bytes, file));
    const made = { remote, ready };
    ready.catch(() => {
      if (this.long === made) this.long = undefined;
    });
    return made;
  }

  explain(id: number, method: string, cls: number): ReturnType<Engine['explain']> {
    return this.atLength(id, { ask: 'explain', method, class: cls });
  }

  explainMethods(): Promise<{ name: string; title: string }[]> {
    return this.main.ask({ ask: 'explainMethods' });
  }

  /** Asks the second worker about a sample of the first. */
  private async atLength<T>(id: number, request: object, progress?: (share: number) => void): Promise<T> {
    if (this.file === undefined) throw new EngineError('no model is open');
    const [first, ...more] = await this.main.ask<RawArray[]>({ ask: 'input', id });
    this.long ??= this.second(this.file);
    const { remote: long, ready } = this.long;
    await ready;
    // Sent at once: the worker answers in this order, and all are rejected if it is stopped.
    void long.ask({ ask: 'freeze', frozen: this.frozen }).catch(() => {});
    const { source, data } = encoded({ kind: 'array', name: `sample ${id}`, ...first!, more });
    const sample = await long.ask<SampleInfo>({ ask: 'add', source, replace: null }, data);
    try {
      return await long.ask<T>({ ...request, id: sample.id }, undefined, progress);
    } finally {
      void long.ask({ ask: 'remove', id: sample.id }).catch(() => {});
    }
  }
}

function isStop(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
