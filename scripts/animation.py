#!/usr/bin/env python3
"""Makes docs/images/terminal.svg, the animation at the top of README.md, from what the built nv really prints:
    scripts/animation.py [NV]
Each scene types a command and shows its output; the last one shows the figure that it wrote. Standard library only."""
import base64
import html
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NV = str(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / 'build/release/bin/nv').resolve())
SECONDS, COLUMNS, LINES, CHARACTER, LEADING, MARGIN = 20.0, 96, 20, 7.8, 19, 16
WIDTH, HEIGHT = int(COLUMNS * CHARACTER + 2 * MARGIN), LINES * LEADING + 2 * MARGIN
SCENES = [  # seconds, command
    (6.0, 'nv inspect examples/models/lenet5-mnist.h5'),
    (4.0, 'nv run examples/models/vgg12-cifar10.h5 examples/photos/chelsea-32.png --predict --top 3'),
    (5.0, 'nv attack examples/models/vgg12-cifar10.h5 examples/photos/chelsea-32.png --method pgd -o out'),
    (5.0, 'nv run examples/models/vgg12-cifar10.h5 examples/photos/chelsea-32.png -q -o cat.png'),
]


def output_of(command, folder):
    words = command.split()
    words = [NV] + [str(ROOT / w) if w.startswith('examples/') else w for w in words[1:]]
    text = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout
    return [line.replace(str(ROOT) + '/', '')[:COLUMNS] for line in text.splitlines()]


def shown(start, end):
    """Attributes of an element that is visible from `start` to `end` seconds."""
    times = f'0;{start / SECONDS:.4f};{end / SECONDS:.4f}'
    return ('visibility="hidden"><animate attributeName="visibility" calcMode="discrete" repeatCount="indefinite" '
            f'dur="{SECONDS:g}s" keyTimes="{times}" values="hidden;visible;hidden"/>')


def text(line, row, start, end, colour):
    y = MARGIN + LEADING * (row + 1) - 5
    return (f'<g {shown(start, end)}<text x="{MARGIN}" y="{y}" fill="{colour}" xml:space="preserve">'
            f'{html.escape(line)}</text></g>\n')


def main():
    body, start = '', 0.0
    with tempfile.TemporaryDirectory() as folder:
        for seconds, command in SCENES:
            lines, end = output_of(command, folder), start + seconds
            for part in range(1, 9):  # as if it was typed
                last = part == 8
                body += text('$ ' + command[:len(command) * part // 8], 0, start + 0.1 * part,
                             end if last else start + 0.1 * (part + 1), '#e6edf3')
            if '-o cat.png' in command:
                picture = base64.b64encode((Path(folder) / 'cat.png').read_bytes()).decode()
                body += (f'<g {shown(start + 1.2, end)}<image x="{MARGIN}" y="{MARGIN + LEADING + 4}" '
                         f'width="{WIDTH - 2 * MARGIN}" height="{HEIGHT - 2 * MARGIN - LEADING - 8}" '
                         f'href="data:image/png;base64,{picture}"/></g>\n')
            else:
                for row, line in enumerate(lines[:LINES - 1]):
                    body += text(line, row + 1, start + 1.0 + 0.03 * row, end, '#9fb3c8')
            start = end
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">\n'
           f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#0d1117"/>\n{body}</svg>\n')
    (ROOT / 'docs/images/terminal.svg').write_text(svg)


main()
