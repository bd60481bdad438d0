// One layer in the 3D scene: its maps as a stack, or side by side once it is opened. All maps are one instanced mesh and one
// texture of the raw values, which the shader colours; so new activations are one upload.
import {
  DataTexture,
  FloatType,
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Float32BufferAttribute,
  Mesh,
  NearestFilter,
  RedFormat,
  RGBAFormat,
  ShaderMaterial,
  DoubleSide,
  Color,
  Group,
  Vector2,
  Vector3,
  Vector4,
  Sphere,
  type Ray,
} from 'three';
import type { Activation, LayerInfo } from './protocol';
import { theme, type Scale } from './colours';
import { displayOf, isVector, type Display } from './display';
import { clamp } from './numbers';

const vertexShader = `
in vec3 aClosed; in vec3 aOpen; in float aChannel;
uniform float uOpen; uniform vec4 uSize;
out vec2 vUv; flat out int vChannel;
void main() {
  vUv = vec2(position.x + 0.5, 0.5 - position.y);
  vChannel = int(aChannel);
  vec3 centre = mix(aClosed, aOpen, uOpen);
  vec2 size = mix(uSize.xy, uSize.zw, uOpen);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(centre + vec3(position.xy * size, 0.0), 1.0);
}`;

// uShape: rows, columns, values per map, width of the texture. A value of -infinity marks what is frozen.
const fragmentShader = `
precision highp float; precision highp int;
uniform sampler2D uValues, uColours;
uniform ivec4 uShape; uniform vec2 uRange; uniform vec3 uFrozen, uBad, uFrame, uAccent, uEmpty; uniform int uHover, uFront;
uniform ivec2 uCell; uniform float uOpen;
in vec2 vUv; flat in int vChannel;
layout(location = 0) out vec4 colour;
vec3 cell(ivec2 p) {
  p = clamp(p, ivec2(0), uShape.yx - 1);
  int k = p.y * uShape.y + p.x;
  if (k >= uShape.z) return uEmpty;
  int i = vChannel * uShape.z + k;
  float v = texelFetch(uValues, ivec2(i % uShape.w, i / uShape.w), 0).r;
  if (v < -3.0e38) return uFrozen;
  if (isnan(v) || v > 3.0e38) return uBad;
  float t = uRange.y > uRange.x ? (v - uRange.x) / (uRange.y - uRange.x) : 0.0;
  return texelFetch(uColours, ivec2(int(clamp(t, 0.0, 1.0) * 255.0 + 0.5), 0), 0).rgb;
}
void main() {
  vec2 at = vUv * vec2(uShape.yx), foot = fwidth(at);
  vec3 c = cell(ivec2(at));
  if (max(foot.x, foot.y) > 1.0) {
    vec2 d = 0.25 * foot;
    c = 0.25 * (cell(ivec2(at + d)) + cell(ivec2(at - d)) + cell(ivec2(at + vec2(d.x, -d.y))) + cell(ivec2(at + vec2(-d.x, d.y))));
  }
  bool hovered = vChannel == uHover;
  if (hovered && ivec2(at) == uCell && max(foot.x, foot.y) < 0.34) {
    vec2 f = fract(at), e = min(f, 1.0 - f) / foot;
    if (min(e.x, e.y) < 1.6) c = uAccent;
  }
  vec2 edge = min(vUv, 1.0 - vUv) / fwidth(vUv);
  float line = vChannel == uFront ? 0.8 : mix(0.3, 0.8, uOpen);  // sheets of a closed stack keep their own colours at the edge
  if (min(edge.x, edge.y) < (hovered ? 2.6 : 0.9)) c = hovered ? uAccent : mix(c, uFrame, line);
  colour = vec4(c, 1.0);
}`;

export interface Hit {
  channel: number;
  y: number;
  x: number;
  distance: number;
}
export interface Extent {
  width: number;
  height: number;
  depth: number;
}

const textureWidth = 2048;

export class Stack {
  readonly group = new Group();
  readonly display: Display;
  openness = 0; // 0 closed, 1 open
  front = 0; // the map in front of the closed stack
  private closed: Extent;
  private opened: Extent;
  private cells: { closed: [number, number]; open: [number, number] };
  private centres: { closed: Float32Array; open: Float32Array };
  private material: ShaderMaterial;
  private mesh: Mesh;
  private values: DataTexture;
  private colours: DataTexture;

  constructor(
    readonly layer: LayerInfo,
    largest: number,
  ) {
    this.display = displayOf(layer);
    const [width, height] = this.closedSize(largest);
    const { count } = this.display;
    const depth = count > 1 ? Math.min(0.42 * Math.sqrt(count), 4) : 0;
    this.closed = { width, height, depth };
    const grid = this.grid(width, height);
    this.opened = {
      width: grid.columns * grid.w + (grid.columns - 1) * grid.gap,
      height: grid.rows * grid.h + (grid.rows - 1) * grid.gap,
      depth: 0,
    };
    this.cells = { closed: [width, height], open: [grid.w, grid.h] };
    this.centres = this.place(grid, depth);
    this.values = this.makeValues();
    this.colours = new DataTexture(new Uint8Array(256 * 4), 256, 1, RGBAFormat);
    this.material = this.makeMaterial();
    this.mesh = new Mesh(this.makeGeometry(), this.material);
    this.mesh.frustumCulled = false;
    this.group.add(this.mesh);
    this.useTheme();
  }

  /** Edges by the square root of the sizes, so that late maps of a few cells can still be seen. */
  private closedSize(largest: number): [number, number] {
    const { height, width } = this.display;
    if (isVector(this.layer)) {
      const cell = Math.min(0.34, 5 / Math.max(width, height));
      return [cell * width, cell * height];
    }
    const edge = (n: number): number => Math.max(0.18, 5.2 * Math.sqrt(n / largest));
    return [edge(width), edge(height)];
  }

  private grid(width: number, height: number): { columns: number; rows: number; w: number; h: number; gap: number } {
    const { count } = this.display;
    if (count === 1) return { columns: 1, rows: 1, w: width * 1.7, h: height * 1.7, gap: 0 };
    const columns = Math.ceil(Math.sqrt(count * 1.5 * (height / width)));
    const rows = Math.ceil(count / columns);
    const scale = clamp(7.5 / (rows * height), Math.min(1, 0.3 / height), 1.1);
    return { columns, rows, w: width * scale, h: height * scale, gap: 0.16 * Math.min(width, height) * scale };
  }

  private place(grid: ReturnType<Stack['grid']>, depth: number): { closed: Float32Array; open: Float32Array } {
    const { count } = this.display;
    const closed = new Float32Array(3 * count);
    const open = new Float32Array(3 * count);
    for (let c = 0; c < count; c++) {
      closed[3 * c + 2] = count > 1 ? depth / 2 - (depth * c) / (count - 1) : 0;
      const column = c % grid.columns;
      const row = Math.floor(c / grid.columns);
      open[3 * c] = -this.opened.width / 2 + grid.w / 2 + column * (grid.w + grid.gap);
      open[3 * c + 1] = this.opened.height / 2 - grid.h / 2 - row * (grid.h + grid.gap);
    }
    return { closed, open };
  }

  private makeValues(): DataTexture {
    const n = this.display.count * this.display.cells;
    const width = Math.min(textureWidth, n);
    const height = Math.ceil(n / width);
    const texture = new DataTexture(
      new Float32Array(width * height),
      width,
      height,
      RedFormat,
      FloatType,
      undefined,
      undefined,
      undefined,
      NearestFilter,
      NearestFilter,
    );
    texture.needsUpdate = true;
    return texture;
  }

  private makeMaterial(): ShaderMaterial {
    const { height, width, cells } = this.display;
    const [cw, ch] = this.cells.closed;
    const [ow, oh] = this.cells.open;
    return new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      side: DoubleSide,
      uniforms: {
        uOpen: { value: 0 },
        uSize: { value: new Vector4(cw, ch, ow, oh) },
        uValues: { value: this.values },
        uColours: { value: this.colours },
        uShape: { value: [height, width, cells, this.values.image.width] },
        uRange: { value: new Vector2(0, 1) },
        uHover: { value: -1 },
        uFront: { value: 0 },
        uCell: { value: [-1, -1] },
        uFrozen: { value: new Color() },
        uBad: { value: new Color() },
        uFrame: { value: new Color() },
        uAccent: { value: new Color() },
        uEmpty: { value: new Color() },
      },
    });
  }

  private makeGeometry(): InstancedBufferGeometry {
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute(
      'position',
      new Float32BufferAttribute([-0.5, -0.5, 0, 0.5, -0.5, 0, 0.5, 0.5, 0, -0.5, 0.5, 0], 3),
    );
    geometry.setIndex([0, 1, 2, 0, 2, 3]);
    const { count } = this.display;
    geometry.setAttribute('aClosed', new InstancedBufferAttribute(this.centres.closed, 3));
    geometry.setAttribute('aOpen', new InstancedBufferAttribute(this.centres.open, 3));
    geometry.setAttribute(
      'aChannel',
      new InstancedBufferAttribute(
        Float32Array.from({ length: count }, (_, i) => i),
        1,
      ),
    );
    geometry.instanceCount = count;
    geometry.boundingSphere = new Sphere(new Vector3(), 1e6);
    return geometry;
  }

  /** Colours in the theme's own numbers: the shader's output is not converted. */
  useTheme(): void {
    const colours = theme();
    const set = (name: string, hex: string): void => {
      (this.material.uniforms[name].value as Color).setStyle(hex, 'srgb-linear');
    };
    set('uFrozen', colours.frozen);
    set('uBad', colours.bad);
    set('uFrame', colours.name === 'dark' ? '#59616c' : '#9aa1ab');
    set('uAccent', colours.second);
    set('uEmpty', colours.panel);
  }

  /** Without values: as frozen maps are drawn. */
  empty(): void {
    (this.values.image.data as Float32Array).fill(-Infinity);
    this.values.needsUpdate = true;
  }

  setValues(activation: Activation, scale: Scale, frozen: ReadonlySet<number> | undefined): void {
    const data = this.values.image.data as Float32Array;
    data.set(activation.values.subarray(0, data.length));
    const width = isVector(this.layer) ? 1 : this.display.cells;
    for (const channel of frozen ?? []) data.fill(-Infinity, channel * width, (channel + 1) * width);
    this.values.needsUpdate = true;
    (this.colours.image.data as Uint8Array).set(scale.colours);
    this.colours.needsUpdate = true;
    this.bringForward(this.mostActive(activation, frozen));
    const range = this.material.uniforms.uRange.value as Vector2;
    range.set(scale.lo, scale.hi);
    if (scale.lo === scale.hi && scale.signed) range.set(scale.lo - 1, scale.hi + 1);
  }

  /** The channel of the largest mean magnitude. */
  private mostActive({ values }: Activation, frozen: ReadonlySet<number> | undefined): number {
    const { count, cells } = this.display;
    let best = 0;
    let largest = -1;
    for (let c = 0; c < count; c++) {
      let total = 0;
      for (let i = c * cells; i < (c + 1) * cells; i++) total += Math.abs(values[i]);
      if (total > largest && !frozen?.has(c)) {
        largest = total;
        best = c;
      }
    }
    return best;
  }

  /** Changes the places of the first map and this one in the closed stack, so that its front is not an inactive map. */
  private bringForward(channel: number): void {
    if (channel === this.front) return;
    const { closed } = this.centres;
    const z = (c: number): number =>
      this.closed.depth / 2 - (this.display.count > 1 ? (this.closed.depth * c) / (this.display.count - 1) : 0);
    closed[3 * this.front + 2] = z(this.front);
    closed[2] = z(channel);
    closed[3 * channel + 2] = z(0);
    this.front = channel;
    this.mesh.geometry.getAttribute('aClosed').needsUpdate = true;
    this.material.uniforms.uFront.value = channel;
  }

  setOpenness(t: number): void {
    this.openness = t;
    this.material.uniforms.uOpen.value = t * t * (3 - 2 * t);
  }

  hover(hit: { channel: number; y: number; x: number } | null): void {
    this.material.uniforms.uHover.value = hit ? hit.channel : -1;
    this.material.uniforms.uCell.value = hit ? [hit.x, hit.y] : [-1, -1];
  }

  /** Its size at the present openness. */
  extent(): Extent {
    const t = this.openness;
    const mix = (a: number, b: number): number => a + (b - a) * t * t * (3 - 2 * t);
    return {
      width: mix(this.closed.width, this.opened.width),
      height: mix(this.closed.height, this.opened.height),
      depth: mix(this.closed.depth, 0),
    };
  }

  /** The centre of a cell of a map, in the scene. */
  cellCorners(channel: number, y: number, x: number): Vector3[] {
    const open = this.openness > 0.5;
    const centres = open ? this.centres.open : this.centres.closed;
    const [w, h] = open ? this.cells.open : this.cells.closed;
    const corner = (dx: number, dy: number): Vector3 =>
      new Vector3(
        centres[3 * channel] - w / 2 + (w * (x + dx)) / this.display.width,
        centres[3 * channel + 1] + h / 2 - (h * (y + dy)) / this.display.height,
        centres[3 * channel + 2] + 0.01,
      ).add(this.group.position);
    return [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
  }

  /** The nearest map that a ray of the scene meets. */
  pick(ray: Ray): Hit | null {
    const open = this.openness > 0.5;
    const centres = open ? this.centres.open : this.centres.closed;
    const [w, h] = open ? this.cells.open : this.cells.closed;
    const origin = ray.origin;
    const direction = ray.direction;
    const base = this.group.position;
    let best: Hit | null = null;
    for (let c = 0; c < this.display.count; c++) {
      const distance = (base.z + centres[3 * c + 2] - origin.z) / direction.z;
      if (!(distance > 0) || (best && distance >= best.distance)) continue;
      const u = (origin.x + direction.x * distance - base.x - centres[3 * c]) / w + 0.5;
      const v = 0.5 - (origin.y + direction.y * distance - base.y - centres[3 * c + 1]) / h;
      if (u < 0 || u >= 1 || v < 0 || v >= 1) continue;
      best = { channel: c, y: Math.floor(v * this.display.height), x: Math.floor(u * this.display.width), distance };
    }
    return best;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.material.dispose();
    this.values.dispose();
    this.colours.dispose();
  }
}
