/**
 * From a map of how likely each pixel belongs to words to the slanted rectangles the words stand in: connected
 * patches, their smallest enclosing rectangle, grown back by what the detector was taught to shave off.
 */

/** A rectangle by its middle, its longer way `angle` (radians, clockwise on the screen) with `width` along it. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}
export interface ProbabilityMap {
  /** 0–255 a pixel. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** As PP-OCR's own post-processing has them. */
const PIXEL_FROM = 77;
const PATCH_FROM = 0.5 * 255;
const GROWN_BY = 1.6;
const LEAST_SIDE = 3;
const MAX_BOXES = 600;

type Point = readonly [number, number];

const cross = (o: Point, a: Point, b: Point): number => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** Convex hull of points (monotone chain). */
function hullOf(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (from: readonly Point[]): Point[] => {
    const out: Point[] = [];
    for (const p of from) {
      while (out.length >= 2 && cross(out.at(-2) as Point, out.at(-1) as Point, p) <= 0) out.pop();
      out.push(p);
    }
    out.pop();
    return out;
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** The rectangle of least area around a hull: one side of it lies along a side of the hull. */
function leastRectangle(hull: readonly Point[]): Box {
  let best: (Box & { area: number }) | null = null;
  for (let i = 0; i < hull.length; i += 1) {
    const [a, b] = [hull[i] as Point, hull[(i + 1) % hull.length] as Point];
    const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of hull) {
      const [u, v] = [x * cos + y * sin, y * cos - x * sin];
      [u0, u1, v0, v1] = [Math.min(u0, u), Math.max(u1, u), Math.min(v0, v), Math.max(v1, v)];
    }
    const area = (u1 - u0) * (v1 - v0);
    if (best && area >= best.area) continue;
    const [u, v] = [(u0 + u1) / 2, (v0 + v1) / 2];
    best = { x: u * cos - v * sin, y: u * sin + v * cos, width: u1 - u0, height: v1 - v0, angle, area };
  }
  const [x, y] = hull[0] ?? [0, 0];
  return best ?? { x, y, width: 0, height: 0, angle: 0 };
}

/** Turns a rectangle so that `angle` lies within −45°…45°: nearly level words are wide, standing ones tall. */
function upright({ x, y, width, height, angle }: Box): Box {
  let turned = angle;
  let [w, h] = [width, height];
  while (turned > Math.PI / 4) {
    turned -= Math.PI / 2;
    [w, h] = [h, w];
  }
  while (turned < -Math.PI / 4) {
    turned += Math.PI / 2;
    [w, h] = [h, w];
  }
  return { x, y, width: w, height: h, angle: turned };
}

interface Patch {
  readonly edge: Point[];
  readonly mean: number;
}

/** Collects one connected patch (four neighbours) and clears it from `left`. */
function takePatch(map: ProbabilityMap, left: Uint8Array, from: number, stack: Int32Array): Patch {
  const { data, width, height } = map;
  let top = 0;
  const visit = (at: number): void => {
    if (left[at] === 0) return;
    left[at] = 0;
    stack[top] = at;
    top += 1;
  };
  visit(from);
  let [sum, count] = [0, 0];
  // The outermost pixels of each row are enough for the hull.
  const rows = new Map<number, [number, number]>();
  while (top > 0) {
    top -= 1;
    const at = stack[top] as number;
    const [x, y] = [at % width, Math.floor(at / width)];
    sum += data[at] ?? 0;
    count += 1;
    const row = rows.get(y);
    if (!row) rows.set(y, [x, x]);
    else if (x < row[0]) row[0] = x;
    else if (x > row[1]) row[1] = x;
    if (x > 0) visit(at - 1);
    if (x + 1 < width) visit(at + 1);
    if (y > 0) visit(at - width);
    if (y + 1 < height) visit(at + width);
  }
  const edge: Point[] = [];
  for (const [y, [x0, x1]] of rows) edge.push([x0, y], [x1 + 1, y], [x0, y + 1], [x1 + 1, y + 1]);
  return { edge, mean: sum / count };
}

/** The boxes of words in a map, at most 600, in pixels of the map. */
export function boxesIn(map: ProbabilityMap): Box[] {
  const { data } = map;
  const left = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 1) left[i] = (data[i] ?? 0) > PIXEL_FROM ? 1 : 0;
  const stack = new Int32Array(data.length);
  const boxes: Box[] = [];
  for (let i = 0; i < left.length && boxes.length < MAX_BOXES; i += 1) {
    if (left[i] === 0) continue;
    const { edge, mean } = takePatch(map, left, i, stack);
    if (mean < PATCH_FROM) continue;
    const { width, height, ...place } = leastRectangle(hullOf(edge));
    if (Math.min(width, height) < LEAST_SIDE) continue;
    const grow = (width * height * GROWN_BY) / (width + height);
    boxes.push(upright({ ...place, width: width + grow, height: height + grow }));
  }
  return boxes;
}

/** Corners of a box, clockwise from its top left, each coordinate times `scale`. */
export function cornersOf({ x, y, width, height, angle }: Box, scale = 1): number[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const signs = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ] as const;
  return signs.flatMap(([a, b]) => {
    const [u, v] = [(a * width) / 2, (b * height) / 2];
    return [Math.round((x + u * cos - v * sin) * scale), Math.round((y + u * sin + v * cos) * scale)];
  });
}
