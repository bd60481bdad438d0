// What the browser remembers between visits. Pages from file:// may have no storage: then nothing is remembered.

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`nv-view-${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`nv-view-${key}`, value);
  } catch {
    /* no storage */
  }
}
