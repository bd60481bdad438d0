// Activations that the page holds, and how it asks for them: never twice, never an old state in place of a newer one.
import type { Activation, Engine } from './protocol';

const limitBytes = 96e6;

/** Activations by sample and layer. Old ones are forgotten beyond some 100 MB. */
export class Values {
  private held = new Map<string, Activation>();
  private pending = new Map<string, Promise<Activation>>();
  private bytes = 0;
  private age = new Map<number, number>();
  private epoch = 0;

  /** `sized` is called with each answer: models with inputs of any size have maps of the sample's size. */
  constructor(
    private engine: Engine,
    private sized: (answer: Activation) => void,
  ) {}

  get(sample: number, layer: number): Activation | undefined {
    return this.held.get(`${sample}/${layer}`);
  }

  /** The activations of these layers, in their order. What was asked for already is not asked again. */
  async fetch(sample: number, layers: readonly number[]): Promise<Activation[]> {
    const stamp = this.stamp(sample);
    const key = (layer: number): string => `${sample}/${layer}/${stamp}`;
    const missing = layers.filter((layer) => !this.get(sample, layer) && !this.pending.has(key(layer)));
    if (missing.length > 0) {
      const answers = this.engine
        .activations(sample, missing)
        .then((all) => {
          for (const answer of all) {
            this.sized(answer);
            if (stamp === this.stamp(sample)) this.keep(sample, answer);
          }
          return all;
        })
        .finally(() => {
          for (const layer of missing) this.pending.delete(key(layer));
        });
      missing.forEach((layer, i) =>
        this.pending.set(
          key(layer),
          answers.then((all) => all[i]),
        ),
      );
      answers.catch(() => {}); // callers that wait for a layer get the error
    }
    return Promise.all(layers.map((layer) => this.pending.get(key(layer)) ?? this.get(sample, layer)!));
  }

  /** Forgets what a sample's old contents gave; without `sample`, everything. */
  drop(sample?: number): void {
    if (sample === undefined) {
      this.held.clear();
      this.bytes = 0;
      this.epoch++;
      return;
    }
    this.age.set(sample, (this.age.get(sample) ?? 0) + 1);
    for (const [key, value] of this.held)
      if (key.startsWith(`${sample}/`)) {
        this.held.delete(key);
        this.bytes -= value.values.byteLength;
      }
  }

  private stamp(sample: number): string {
    return `${this.epoch}.${this.age.get(sample) ?? 0}`;
  }

  private keep(sample: number, activation: Activation): void {
    const key = `${sample}/${activation.layer}`;
    this.bytes += activation.values.byteLength - (this.held.get(key)?.values.byteLength ?? 0);
    this.held.delete(key);
    this.held.set(key, activation);
    for (const [old, value] of this.held) {
      if (this.bytes <= limitBytes || old === key) break;
      this.held.delete(old);
      this.bytes -= value.values.byteLength;
    }
  }
}

/** Runs the newest of many tasks: one at a time; those replaced by a newer one never start. */
export class Latest {
  private running = false;
  private next: (() => Promise<void>) | null = null;

  constructor(private failed: (error: unknown) => void) {}

  request(task: () => Promise<void>): void {
    this.next = task;
    if (!this.running) void this.work();
  }

  get busy(): boolean {
    return this.running;
  }

  private async work(): Promise<void> {
    this.running = true;
    while (this.next) {
      const task = this.next;
      this.next = null;
      try {
        await task();
      } catch (error) {
        this.failed(error);
      }
    }
    this.running = false;
  }
}
