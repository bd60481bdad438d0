// What is on the page as nv commands that do the same, and copying them.
import { printable, toast } from './dom';
import { rangeList } from './numbers';
import type { App } from './state';

/** A word for a POSIX shell; control characters as $'…' of bash and zsh. */
export function quoted(word: string): string {
  if (/^[\w./:,@%+=-]+$/.test(word) && !word.startsWith('-')) return word;
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(word))
    return `$'${word.replace(/[\\']/g, '\\$&').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
  return `'${word.replace(/'/g, `'\\''`)}'`;
}

const fileWord = (name: string): string => (name.startsWith('-') ? quoted(`./${name}`) : quoted(name));

/** LAYER:LIST of each layer with frozen filters. A layer whose name the engine had to make printable is named by number. */
function freezeSpecs(app: App): string[] {
  const layers = app.model!.layers;
  return [...app.frozen]
    .sort((a, b) => a[0] - b[0])
    .map(([layer, channels]) => {
      const { path } = layers[layer];
      const plain = !path.includes('\\') && path === printable(path, Infinity);
      return `${plain ? path : layer}:${rangeList([...channels])}`;
    });
}

function freezeOptions(app: App): string {
  return freezeSpecs(app)
    .map((spec) => ` --freeze ${quoted(spec)}`)
    .join('');
}

/** The sample as a word of a command: its file, or a place for it. */
function inputWord(app: App, id: number | null): string {
  const file = app.sample(id)?.file;
  return file ? fileWord(file) : 'INPUT';
}

export function freezeCommand(app: App): string {
  return `nv mutate ${fileWord(app.model!.file)} ${inputWord(app, app.a)}${freezeOptions(app)}`;
}

/** The attack that found a sample of this one. */
export function attackCommand(app: App, id: number, method: string, values: Record<string, number>): string {
  const words = Object.entries(values).map(([name, value]) => (name === 'eps' ? ` --eps ${value}` : ` --set ${name}=${value}`));
  return `nv attack ${fileWord(app.model!.file)} ${inputWord(app, id)} --method ${method}${words.join('')}`;
}

/** For `nv mutate --config`. */
export function freezeConfig(app: App): string {
  const layers = app.model!.layers;
  return JSON.stringify({
    freeze: [...app.frozen].map(([layer, filters]) => ({
      layer: layers[layer].path,
      filters: [...filters].sort((a, b) => a - b),
    })),
  });
}

/** The command whose result is in view. */
export function viewCommand(app: App): string {
  const model = fileWord(app.model!.file);
  const layer = app.layer === null ? '' : ` --layers ${quoted(app.model!.layers[app.layer].path)}`;
  if (app.view === 'compare' && app.b !== null)
    return `nv compare ${model} ${inputWord(app, app.a)} ${inputWord(app, app.b)}${layer}${freezeOptions(app)}`;
  if (app.explain.values) return explainCommand(app);
  return `nv run ${model} ${inputWord(app, app.a)}${layer}${freezeOptions(app)}`;
}

export function explainCommand(app: App): string {
  const cls = app.explain.cls === null ? '' : ` --class ${app.explain.cls}`;
  return `nv explain ${fileWord(app.model!.file)} ${inputWord(app, app.a)} --method ${quoted(app.explain.method)}${cls}`;
}

/** Copies text; where the clipboard is refused (some browsers do from file://), by a hidden field. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.setAttribute('readonly', '');
    field.style.position = 'fixed';
    field.style.opacity = '0';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    if (!done) {
      window.prompt('Copy this:', text);
      return;
    }
  }
  toast(`Copied ${what}.`);
}
