// Drawing an input: lines and points whose picture the engine draws, so that it is the one of `nv sketch`. The prediction
// follows the pen: one request at a time, always of the newest state.
import { arrowOf, button, el, iconButton, messageOf, toast } from './dom';
import { clamp } from './numbers';
import type { InputSource } from './protocol';
import { addSample } from './intake';
import { pictureSize, type App, type Sample } from './state';
import { Latest } from './values';

type Stroke = [number, number][];
const mostUndone = 300; // steps

export class Sketchpad {
  readonly element: HTMLElement;
  private canvas = el('canvas.pad', {
    width: 448,
    height: 448,
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'sketchpad',
    'aria-label': 'Sketchpad. Draw with a pointer, or move the pen with arrow keys, space puts it down and lifts it.',
  });
  private strokes: Stroke[] = [];
  private undone: (Stroke[] | null)[] = [];
  private current: Stroke | null = null;
  private pen: [number, number] = [0.5, 0.5];
  private penDown = false;
  private brush = el('input', { type: 'range', id: 'brush', min: 0.5, max: 8, step: 0.1, value: 2.3 });
  private points = el('input', { type: 'checkbox', id: 'points' });
  private centre = el('input', { type: 'checkbox', id: 'centre', checked: true });
  private invert = el('input', { type: 'checkbox', id: 'invert' });
  private live: Sample | null = null;
  private added = 0;
  private latest = new Latest((error) => toast(messageOf(error), true));

  constructor(private app: App) {
    const option = (input: HTMLInputElement, text: string): HTMLElement =>
      el('label.option', { for: input.id }, input, text);
    this.element = el(
      'section.card',
      { 'aria-labelledby': 'h-sketch', id: 'sketch' },
      el('h2', { id: 'h-sketch' }, 'Sketch'),
      this.canvas,
      el(
        'div.row',
        {},
        el('label', { for: 'brush' }, 'Brush'),
        this.brush,
        iconButton('undo', 'Undo the last stroke', () => this.undo()),
        iconButton('trash', 'Clear the sketchpad', () => this.clear()),
      ),
      el(
        'div.row.wrap',
        {},
        option(this.points, 'Points'),
        option(this.centre, 'Centre as MNIST'),
        option(this.invert, 'Dark on light'),
      ),
      button('Add to samples', () => void this.keep(), { class: 'primary wide' }),
    );
    this.listen();
    app.on('model', () => this.reset());
    app.on('theme', () => this.draw());
  }

  private listen(): void {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (e) => {
      if (e.button === 0) {
        canvas.setPointerCapture(e.pointerId);
        this.app.drawing = true;
        this.begin(this.at(e));
      }
    });
    canvas.addEventListener('pointermove', (e) => {
      if (this.current) for (const part of e.getCoalescedEvents?.() ?? [e]) this.extend(this.at(part));
    });
    for (const end of ['pointerup', 'pointercancel'] as const)
      canvas.addEventListener(end, () => {
        this.current = null;
        setTimeout(() => {
          this.app.drawing = this.current !== null;
        }, 500); // the answer to the last stroke is under way
      });
    canvas.addEventListener('keydown', (e) => this.key(e));
    canvas.addEventListener('focus', () => this.draw());
    canvas.addEventListener('blur', () => {
      this.penDown = false;
      this.draw();
    });
    for (const input of [this.brush, this.centre, this.invert]) input.addEventListener('input', () => this.changed());
  }

  /** A sketch needs one input of one or three channels. */
  private reset(): void {
    const { model } = this.app;
    const input = model?.inputs[0];
    const channels = input?.shape.length === 3 ? input.shape[input.channelsFirst ? 0 : 2] : 1;
    this.element.hidden = !model || !this.app.runs || model.inputs.length !== 1 || !pictureSize(model) || ![1, 3].includes(channels);
    this.live = null;
    this.strokes = [];
    this.undone = [];
    this.added = 0;
    const size = this.size();
    Object.assign(this.brush, { min: '0.5', max: String(Math.max(4, size / 4)), value: String(size / 12) });
    const digits = size === 28;
    this.centre.checked = digits;
    this.centre.parentElement!.hidden = !digits;
    this.draw();
  }

  /** Pixels per side of the drawing, which is fitted to the input. */
  private size(): number {
    const size = this.app.model && pictureSize(this.app.model);
    return size && Number.isFinite(size[0]) ? Math.max(...size) : 224;
  }

  private at(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    const round = (v: number): number => Math.round(clamp(v, 0, 1) * 1000) / 1000;
    return [round((event.clientX - box.left) / box.width), round((event.clientY - box.top) / box.height)];
  }

  /** Keeps a step that can be undone: the strokes before it, or null for a stroke that was added. */
  private remember(step: Stroke[] | null): void {
    this.undone.push(step);
    if (this.undone.length > mostUndone) this.undone.shift();
  }

  private begin(point: [number, number]): void {
    this.remember(null);
    this.current = [point];
    this.strokes.push(this.current);
    if (this.points.checked) this.current = null;
    this.changed();
  }

  private extend(point: [number, number]): void {
    const last = this.current![this.current!.length - 1];
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < 0.004) return;
    this.current!.push(point);
    this.changed();
  }

  private undo(): void {
    if (this.undone.length === 0) return;
    const before = this.undone.pop()!;
    if (before) this.strokes = before;
    else this.strokes.pop();
    this.current = null;
    this.changed();
  }

  private clear(): void {
    if (this.strokes.length === 0) return;
    this.remember(this.strokes);
    this.strokes = [];
    this.current = null;
    this.changed();
  }

  /** The pen by keys: arrows move it, space puts it down and lifts it. */
  private key(event: KeyboardEvent): void {
    const step = arrowOf(event.key);
    if (step) this.movePen(step, event.shiftKey ? 0.1 : 0.04);
    else if (event.key === ' ') this.togglePen();
    else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) this.undo();
    else return;
    event.preventDefault();
  }

  private movePen([dx, dy]: [number, number], by: number): void {
    const round = (v: number): number => Math.round(clamp(v, 0, 1) * 1000) / 1000;
    this.pen = [round(this.pen[0] + dx * by), round(this.pen[1] + dy * by)];
    if (this.penDown && this.current) {
      this.current.push([...this.pen]);
      this.changed();
    } else this.draw();
  }

  private togglePen(): void {
    this.penDown = !this.penDown;
    if (this.penDown) this.begin([...this.pen]);
    else this.current = null;
    this.draw();
  }

  private source(name: string): InputSource {
    return {
      kind: 'sketch',
      strokes: this.strokes.map((s) => s.map((p): [number, number] => [...p])),
      size: this.size(),
      brush: Number(this.brush.value),
      centre: this.centre.checked,
      invert: this.invert.checked,
      name,
    };
  }

  private changed(): void {
    this.draw();
    if (!this.app.model) return;
    this.latest.request(() => this.run());
  }

  /** Runs the drawing as it is now, in place of the one before. */
  private async run(): Promise<void> {
    const { app } = this;
    const model = app.model;
    const old = this.live?.info.id;
    const info = await app.engine.add(this.source('sketch'), old);
    if (model !== app.model) return;
    if (!this.live) {
      this.live = {
        info,
        kind: 'live',
        source: null,
        origin: null,
        truth: null,
        note: '',
        intact: null,
        file: null,
        command: null,
      };
      app.samples.unshift(this.live);
    }
    if (old !== undefined) app.values.drop(old);
    this.live.info = info;
    this.live.intact = null;
    if (app.b === info.id) app.b = null;
    if (app.a !== info.id) app.choose(info.id);
    else {
      app.explain.values = null;
      app.emit('values', 'explain');
    }
    app.emit('samples');
  }

  private async keep(): Promise<void> {
    if (this.strokes.length === 0) {
      toast('Draw something first.');
      return;
    }
    const name = `sketch-${++this.added}`;
    const source = this.source(name);
    try {
      await addSample(this.app, source, { kind: 'sketch', command: this.command() });
      toast(`Added ${name}.`);
    } catch (error) {
      toast(messageOf(error), true);
    }
  }

  /** The strokes as `nv sketch` takes them. */
  private command(): string {
    const strokes = this.strokes.map((s) => `"${s.map((p) => p.join(',')).join(' ')}"`).join(' ');
    const size = this.size();
    return `nv sketch -o sketch.png --size ${size}x${size} --brush ${this.brush.value}${this.centre.checked ? ' --mnist' : ''}${this.invert.checked ? ' --dark' : ''} ${strokes}`;
  }

  draw(): void {
    const context = this.canvas.getContext('2d')!;
    const { width } = this.canvas;
    const dark = !this.invert.checked;
    context.fillStyle = dark ? '#000' : '#fff';
    context.fillRect(0, 0, width, width);
    context.strokeStyle = context.fillStyle = dark ? '#fff' : '#000';
    context.lineWidth = (Number(this.brush.value) / this.size()) * width;
    context.lineCap = context.lineJoin = 'round';
    for (const stroke of this.strokes) {
      context.beginPath();
      stroke.forEach(([x, y], i) =>
        i === 0 ? context.moveTo(x * width, y * width) : context.lineTo(x * width, y * width),
      );
      if (stroke.length === 1) context.lineTo(stroke[0][0] * width + 0.1, stroke[0][1] * width);
      context.stroke();
    }
    if (this.strokes.length === 0) this.hint(context, width);
    if (document.activeElement === this.canvas) this.drawPen(context, width);
  }

  private hint(context: CanvasRenderingContext2D, width: number): void {
    context.font = '26px "Liberation Sans", Arial, sans-serif';
    context.textAlign = 'center';
    context.globalAlpha = 0.65;
    context.fillText('draw here', width / 2, width / 2 + 8);
    context.globalAlpha = 1;
  }

  private drawPen(context: CanvasRenderingContext2D, width: number): void {
    if (!this.canvas.matches(':focus-visible')) return;
    context.strokeStyle = this.penDown ? '#f0913c' : '#56b4e9';
    context.lineWidth = 3;
    context.beginPath();
    context.arc(this.pen[0] * width, this.pen[1] * width, 9, 0, 7);
    context.stroke();
  }
}
