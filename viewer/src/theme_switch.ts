// Light, dark, or as the system has it.
import { useTheme } from './colours';
import { fill, icon, iconButton } from './dom';
import { remember, remembered } from './memory';
import type { App } from './state';

type Choice = 'auto' | 'light' | 'dark';
const next: Record<Choice, Choice> = { auto: 'light', light: 'dark', dark: 'auto' };
const icons: Record<Choice, string> = { auto: 'auto', light: 'sun', dark: 'moon' };

export function themeSwitch(app: App): HTMLElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const saved = remembered('theme');
  let choice: Choice = saved === 'light' || saved === 'dark' ? saved : 'auto';
  const made = iconButton('auto', 'Theme', () => {
    choice = next[choice];
    remember('theme', choice);
    apply();
  });
  const apply = (): void => {
    const name = choice === 'auto' ? (system.matches ? 'dark' : 'light') : choice;
    document.documentElement.dataset.theme = name;
    useTheme(name);
    fill(made, icon(icons[choice]));
    made.title = `Theme: ${choice === 'auto' ? 'as the system' : choice}`;
    made.setAttribute('aria-label', made.title);
    app.emit('theme');
  };
  system.addEventListener('change', apply);
  apply();
  return made;
}
