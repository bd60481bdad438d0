// The worker: one engine, which answers one question after another; or the converter of a dropped file.
import { convert } from './convert';
import { EngineError, Wasm } from './wasm';

/** To the worker: the engine first, then questions; or a file to convert. */
export type ToWorker =
  | { wasm: Uint8Array }
  | { id: number; request: object; data?: Uint8Array }
  | { id: number; convert: Uint8Array };
/** From the worker. */
export type FromWorker =
  | { id: number; answer: unknown }
  | { id: number; progress: number }
  | { id: number; error: string; hint: string };

declare const self: {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
};

let current = 0;  // the question that is being answered
let reported = -Infinity;
let engine: Promise<Wasm> | undefined;

function progress(share: number): void {
  const now = performance.now();
  if (now - reported < 50) return;
  reported = now;
  self.postMessage({ id: current, progress: share });
}

/** The buffers of all typed arrays in an answer, which are moved and not copied. */
function buffers(answer: unknown, into: Transferable[] = []): Transferable[] {
  if (ArrayBuffer.isView(answer)) into.push(answer.buffer as ArrayBuffer);
  else if (Array.isArray(answer)) for (const item of answer) buffers(item, into);
  else if (answer !== null && typeof answer === 'object') buffers(Object.values(answer), into);
  return into;
}

self.onmessage = async ({ data: message }) => {
  if ('wasm' in message) {
    engine = Wasm.start(message.wasm as BufferSource, progress);
    engine.catch(() => {});  // reported to the first question
    return;
  }
  const { id } = message;
  try {
    if ('convert' in message) {
      const bytes = await convert(message.convert);
      self.postMessage({ id, answer: bytes }, buffers(bytes));
      return;
    }
    if (!engine) throw new EngineError('the engine was not loaded');
    const wasm = await engine;
    current = id;
    const answer = wasm.ask(message.request, message.data);
    self.postMessage({ id, answer }, buffers(answer));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    self.postMessage({ id, error: what, hint: error instanceof EngineError ? error.hint : '' });
  }
};
