// A minute's tour, at the first visit and from the help button.
import { button, el, fill } from './dom';
import { remember, remembered } from './memory';

interface Stop {
  at: string;
  title: string;
  text: string;
}

const stops: Stop[] = [
  {
    at: '.samples',
    title: 'Choose what the network looks at',
    text: 'Click a sample to run it; B compares it with another. Pictures, arrays and other models can be dropped anywhere on the page. Nothing leaves your computer.',
  },
  {
    at: '.stage-area',
    title: 'Look inside',
    text: 'Drag to spin, scroll to zoom, drag with the right button or shift to move. Click a layer to spread out its maps, click beside them to close it. A click on a map shows it large: every value with its arithmetic and what it sees of the input.',
  },
  {
    at: '#sketch',
    title: 'Draw',
    text: 'The whole network follows the pen. The engine runs in this page, the same as the nv command.',
  },
  {
    at: '#h-layer',
    title: 'Freeze filters',
    text: 'Here are all maps of the chosen layer. Switch to “Freeze” and click some: they pass nothing on, and the later layers and the prediction change at once.',
  },
  {
    at: '#h-result',
    title: 'Ask why',
    text: 'An explanation laid over the input shows which parts decided. Below “Sketch”, Generate searches the smallest change that fools the network.',
  },
];

export class Tour {
  readonly element: HTMLElement;
  private box = el('div.tour-text', { tabindex: -1 });
  private at = 0;
  private before: Element | null = null;

  constructor() {
    this.element = el(
      'div.tour',
      { hidden: true, role: 'dialog', 'aria-label': 'Tour', 'aria-modal': 'false' },
      this.box,
    );
    this.element.addEventListener('keydown', (e) => {
      if (e.key === 'Escape') {
        e.stopPropagation();
        this.end();
      }
    });
    addEventListener('resize', () => {
      if (!this.element.hidden) this.place();
    });
  }

  atFirstVisit(): void {
    if (remembered('tour') === null && innerWidth >= 700) this.start();
  }

  start(): void {
    this.before = document.activeElement;
    this.at = 0;
    this.element.hidden = false;
    this.show();
  }

  private end(): void {
    this.element.hidden = true;
    for (const old of document.querySelectorAll('.toured')) old.classList.remove('toured');
    remember('tour', 'seen');
    if (this.before instanceof HTMLElement) this.before.focus();
  }

  private show(): void {
    const stop = stops[this.at];
    const last = this.at === stops.length - 1;
    fill(
      this.box,
      el('h2', {}, stop.title),
      el('p', {}, stop.text),
      el(
        'div.row',
        {},
        el('span.sub', {}, `${this.at + 1} of ${stops.length}`),
        el('span.grow'),
        button('Skip', () => this.end()),
        this.at > 0 &&
          button('Back', () => {
            this.at--;
            this.show();
          }),
        button(
          last ? 'Start' : 'Next',
          () => {
            if (last) this.end();
            else {
              this.at++;
              this.show();
            }
          },
          { class: 'primary' },
        ),
      ),
    );
    for (const old of document.querySelectorAll('.toured')) old.classList.remove('toured');
    const target = document.querySelector(stop.at)?.closest('.card, .stage-area');
    target?.classList.add('toured');
    target?.scrollIntoView({ block: 'nearest' });
    this.place();
    this.box.querySelector<HTMLElement>('.primary')?.focus();
  }

  /** Beside what it speaks of. */
  private place(): void {
    const target = document.querySelector('.toured')?.getBoundingClientRect();
    const width = this.element.offsetWidth;
    const height = this.element.offsetHeight;
    if (!target) return;
    const right = target.right + 12 + width < innerWidth;
    const left = target.left - 12 - width > 0;
    const x = right ? target.right + 12 : left ? target.left - 12 - width : target.left + (target.width - width) / 2;
    const y = right || left ? target.top + 8 : target.bottom - height - 24;
    this.element.style.transform = `translate(${Math.round(Math.max(8, Math.min(x, innerWidth - width - 8)))}px, ${Math.round(Math.max(8, Math.min(y, innerHeight - height - 8)))}px)`;
  }
}
