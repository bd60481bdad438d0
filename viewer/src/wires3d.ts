// The connections of the 3D scene: tubes with an arrow head, and the lines of a receptive field.
import {
  BufferGeometry,
  Color,
  ConeGeometry,
  CubicBezierCurve3,
  type Curve,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineCurve3,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  TubeGeometry,
  Vector3,
} from 'three';
import type { Block } from './blocks';
import { theme } from './colours';
import type { Place } from './layout3d';

export class Wires {
  readonly group = new Group();
  private material = new MeshBasicMaterial();
  private fieldMaterial = new LineBasicMaterial({ depthTest: false, transparent: true });
  private field = new LineSegments(new BufferGeometry(), this.fieldMaterial);
  private head = new ConeGeometry(0.13, 0.36, 12).rotateZ(-Math.PI / 2);

  constructor() {
    this.field.visible = false;
    this.field.renderOrder = 2;
    this.field.frustumCulled = false;
  }

  get fieldLines(): LineSegments {
    return this.field;
  }

  useTheme(): void {
    this.material.color = new Color(theme().muted);
    this.fieldMaterial.color = new Color(theme().second);
  }

  update(blocks: readonly Block[], places: readonly Place[]): void {
    this.clear();
    for (const block of blocks)
      for (const input of block.inputs) {
        const from = places[input];
        const to = places[block.index];
        if (from.row === to.row)
          this.connect(from, to, block.rank - blocks[input].rank > 1 && blocks[input].lane === block.lane);
        else this.nextRow(from, to);
      }
  }

  /** From the end of a row to the beginning of the next, through the gap between them. */
  private nextRow(from: Place, to: Place): void {
    const right = from.x + from.width / 2;
    const left = to.x - to.width / 2;
    const between = to.rowTop + 0.6;
    const corners = [
      [right + 0.2, from.y],
      [right + 0.9, from.y],
      [right + 0.9, between],
      [left - 1.1, between],
      [left - 1.1, to.y],
      [left - 0.5, to.y],
    ];
    for (let i = 0; i + 1 < corners.length; i++)
      this.tube(
        new LineCurve3(
          new Vector3(corners[i][0], corners[i][1], 0),
          new Vector3(corners[i + 1][0], corners[i + 1][1], 0),
        ),
        1,
      );
    this.arrow(left - 0.32, to.y);
  }

  private tube(curve: Curve<Vector3>, parts: number): void {
    this.group.add(new Mesh(new TubeGeometry(curve, parts, 0.035, 6), this.material));
  }

  private arrow(x: number, y: number): void {
    const head = new Mesh(this.head, this.material);
    head.position.set(x, y, 0);
    this.group.add(head);
  }

  /** A connection over other blocks bends below them. */
  private connect(from: Place, to: Place, over: boolean): void {
    const start = new Vector3(from.x + from.width / 2 + 0.2, from.y, 0);
    const end = new Vector3(to.x - to.width / 2 - 0.5, to.y, 0);
    const reach = over ? 0.3 * (end.x - start.x) : 0.5 * (end.x - start.x);
    const lift = over ? -2 - 0.28 * (end.x - start.x) : 0;
    const curve = new CubicBezierCurve3(
      start,
      new Vector3(start.x + reach, start.y + lift, lift / 2),
      new Vector3(end.x - reach, end.y + lift, lift / 2),
      end,
    );
    this.tube(curve, over || from.y !== to.y ? 32 : 1);
    this.arrow(end.x + 0.18, end.y);
  }

  /** Lines from the corners of a value to the corners of the part of the input that it sees. */
  showField(value: Vector3[] | null, region: Vector3[] | null): void {
    this.field.visible = value !== null && region !== null;
    if (!value || !region) return;
    const points: number[] = [];
    const line = (a: Vector3, b: Vector3): void => {
      points.push(a.x, a.y, a.z, b.x, b.y, b.z);
    };
    for (let i = 0; i < 4; i++) {
      line(value[i], region[i]);
      line(region[i], region[(i + 1) % 4]);
      line(value[i], value[(i + 1) % 4]);
    }
    this.field.geometry.dispose();
    this.field.geometry = new BufferGeometry().setAttribute('position', new Float32BufferAttribute(points, 3));
  }

  private clear(): void {
    for (const child of this.group.children)
      if (child instanceof Mesh && child.geometry !== this.head) (child.geometry as BufferGeometry).dispose();
    this.group.clear();
  }

  dispose(): void {
    this.clear();
    this.head.dispose();
    this.field.geometry.dispose();
    this.material.dispose();
    this.fieldMaterial.dispose();
  }
}
