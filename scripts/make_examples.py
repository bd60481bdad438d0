#!/usr/bin/env python3
"""Writes the photos of examples/photos from those that scikit-image ships (public domain or CC0).

Each is written whole as NAME.png or NAME.jpg, and as NAME-32.png: the largest square in the middle, brought
to 32x32 by averaging areas, which is the size of the CIFAR-10 net's input. Nothing is downloaded.
"""
import argparse
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# name, file in the package, keep the file as it is (else it is written as a JPEG to save space)
PHOTOS = [
    ('astronaut', 'astronaut.png', False),  # NASA, public domain
    ('chelsea', 'chelsea.png', True),       # Stefan van der Walt, CC0
    ('coffee', 'coffee.png', True),         # Rachel Michetti, CC0
    ('rocket', 'rocket.jpg', True),         # SpaceX, public domain
]
SIDE, JPEG_QUALITY = 32, 92


def middle_square(image):
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--out', type=pathlib.Path, metavar='DIR', default=ROOT / 'examples' / 'photos',
                    help='where to write (default: examples/photos in the project)')
    args = ap.parse_args()

    import skimage.data
    from PIL import Image
    source = pathlib.Path(skimage.data.__file__).parent
    args.out.mkdir(parents=True, exist_ok=True)
    for name, file, keep in PHOTOS:
        image = Image.open(source / file).convert('RGB')
        image.info.clear()  # no colour profile and no comments in what is written anew
        if keep:
            shutil.copyfile(source / file, args.out / file)
        else:
            image.save(args.out / f'{name}.jpg', quality=JPEG_QUALITY, optimize=True)
        small = middle_square(image).resize((SIDE, SIDE), Image.Resampling.BOX)
        small.save(args.out / f'{name}-{SIDE}.png', optimize=True)
        print(f'{name}: {image.width}x{image.height}, and {SIDE}x{SIDE}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
