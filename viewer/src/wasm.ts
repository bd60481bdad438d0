// The WebAssembly module (viewer/wasm/binding.cpp): questions in, answers out.

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  nv_allocate(bytes: number): number;
  nv_release(block: number): void;
  nv_ask(text: number, textSize: number, data: number, dataSize: number): number;
}

interface ArrayPlace { type: 'float32' | 'bytes'; at: number; size: number }

/** An error that the engine reports: one line, and perhaps what to do. */
export class EngineError extends Error {
  constructor(message: string, readonly hint = '') {
    super(message);
    this.name = 'EngineError';
  }
}

/** What the module takes from a system. It has no files; what it would print goes nowhere. */
function system(memory: () => WebAssembly.Memory, progress: (share: number) => void): Record<string, Function> {
  const view = () => new DataView(memory().buffer);
  return {
    nv_progress: progress,
    emscripten_notify_memory_growth: () => {},
    clock_time_get: (_clock: number, _precision: bigint, to: number) => {
      view().setBigUint64(to >>> 0, BigInt(Math.round(performance.now() * 1e6)), true);
      return 0;
    },
    environ_sizes_get: (count: number, size: number) => {
      view().setUint32(count >>> 0, 0, true);
      view().setUint32(size >>> 0, 0, true);
      return 0;
    },
    environ_get: () => 0,
    fd_write: (_file: number, parts: number, count: number, written: number) => {
      let size = 0;
      for (let i = 0; i < count; i++) size += view().getUint32((parts >>> 0) + 8 * i + 4, true);
      view().setUint32(written >>> 0, size, true);
      return 0;
    },
    fd_close: () => 0,
    fd_seek: () => 8,
    fd_read: () => 8,
    proc_exit: () => { throw new EngineError('the engine has stopped'); },
  };
}

export class Wasm {
  private constructor(private readonly exports: Exports) {}

  static async start(bytes: BufferSource, progress: (share: number) => void): Promise<Wasm> {
    const module = await WebAssembly.compile(bytes);
    let exports: Exports;
    const known = system(() => exports.memory, progress);
    const imports: WebAssembly.Imports = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const missing = () => { throw new EngineError(`the engine calls ${name}, which a page does not have`); };
      (imports[from] ??= {})[name] = (known[name] ?? missing) as WebAssembly.ImportValue;
    }
    exports = (await WebAssembly.instantiate(module, imports)).exports as unknown as Exports;
    exports._initialize();
    return new Wasm(exports);
  }

  /** Answers a question. Arrays in the answer are copies. Throws EngineError. */
  ask(request: object, data: Uint8Array = new Uint8Array()): unknown {
    const text = new TextEncoder().encode(JSON.stringify(request));
    const textAt = this.copyIn(text), dataAt = this.copyIn(data);
    let answerAt = 0;
    try {
      answerAt = this.exports.nv_ask(textAt, text.length, dataAt, data.length) >>> 0;
    } finally {
      this.exports.nv_release(textAt);
      this.exports.nv_release(dataAt);
    }
    const memory = this.exports.memory.buffer;
    const [jsonAt, jsonSize] = new Uint32Array(memory, answerAt, 2);
    const json = JSON.parse(new TextDecoder().decode(new Uint8Array(memory, jsonAt, jsonSize)));
    if (json.error) throw new EngineError(json.error.message, json.error.hint);
    const arrays = (json.arrays as ArrayPlace[]).map(({ type, at, size }) => {
      const copy = memory.slice(at, at + size);
      return type === 'float32' ? new Float32Array(copy) : new Uint8Array(copy);
    });
    return revived(json.answer, arrays);
  }

  private copyIn(bytes: Uint8Array): number {
    const at = this.exports.nv_allocate(Math.max(bytes.length, 1)) >>> 0;
    if (at === 0) throw new EngineError('the browser gives no more memory');
    new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }
}

/** `json` with its arrays in place, and with numbers that JSON does not have. */
function revived(json: unknown, arrays: ArrayLike<number>[]): unknown {
  if (Array.isArray(json)) return json.map((item) => revived(item, arrays));
  if (json === null || typeof json !== 'object') return json;
  const entries = Object.entries(json);
  if (entries.length === 1) {
    const [key, value] = entries[0]!;
    if (key === '$array') return arrays[value as number];
    if (key === '$number') return Number(value);
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, revived(value, arrays)]));
}
