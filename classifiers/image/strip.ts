/**
 * Cuts the words of one box out of a picture as a level strip of fixed height, the way the reader of lines wants
 * them: sampled along the box, contrast spread over the strip alone, so that pale words on any ground become dark and
 * light.
 */
import type { Box } from './boxes.ts';
import type { Pixels } from './pixels.ts';

export const STRIP_HEIGHT = 48;
const LEAST_WIDTH = 32;
const MOST_WIDTH = 2_000;

/** Values −1…1, one plane a colour (blue, green, red), row by row. */
export interface Strip {
  readonly data: Float32Array;
  readonly width: number;
}
/** Quarter turns clockwise that make the words upright. */
export type Quarter = 0 | 1 | 2 | 3;

/** Values below and above which so many thousandths of the strip lie: what counts as black and white. */
function ends(grey: Uint32Array, total: number): readonly [number, number] {
  const share = Math.max(1, Math.floor(total * 0.01));
  let [low, high] = [0, 255];
  for (let sum = 0; low < 255 && sum + Number(grey[low]) < share; low += 1) sum += Number(grey[low]);
  for (let sum = 0; high > 0 && sum + Number(grey[high]) < share; high -= 1) sum += Number(grey[high]);
  return [low, high];
}

/** A strip whose darkest and lightest differ less than this holds no words, only noise. */
const LEAST_SPREAD = 8;

function stretched(raw: Float32Array, width: number): Strip {
  const plane = STRIP_HEIGHT * width;
  const grey = new Uint32Array(256);
  for (let i = 0; i < plane; i += 1) {
    const value = (Number(raw[i]) + Number(raw[plane + i]) + Number(raw[2 * plane + i])) / 3;
    const bin = Math.max(0, Math.min(255, Math.round(value)));
    grey[bin] = Number(grey[bin]) + 1;
  }
  const [low, high] = ends(grey, plane);
  // Good contrast is left alone; poor contrast is stretched to most of the scale.
  const spread = high - low;
  const gain = spread >= 128 || spread < LEAST_SPREAD ? 1 : 200 / spread;
  const middle = (low + high) / 2;
  const shift = gain === 1 ? middle : 128;
  for (let i = 0; i < raw.length; i += 1) raw[i] = Math.max(-1, Math.min(1, ((Number(raw[i]) - middle) * gain + shift) / 127.5 - 1));
  return { data: raw, width };
}

/**
 * @param box in pixels of `pixels`
 * @param quarter turns that make its words upright, 0 for level ones
 */
export function cutStrip(pixels: Pixels, box: Box, quarter: Quarter): Strip {
  const sideways = quarter % 2 === 1;
  const [along, across] = sideways ? [box.height, box.width] : [box.width, box.height];
  const scale = Math.max(across, 1) / STRIP_HEIGHT;
  const width = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, Math.round(along / scale)));
  const step = along / width;
  // The strip's own axes in the picture: a quarter turn clockwise makes them upright, so they lie a quarter turn back.
  const angle = box.angle - (quarter * Math.PI) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const samples = Math.max(1, Math.min(4, Math.round(Math.max(scale, step))));
  const plane = STRIP_HEIGHT * width;
  const out = new Float32Array(3 * plane);
  const sum = new Float64Array(3);
  for (let row = 0; row < STRIP_HEIGHT; row += 1) {
    for (let column = 0; column < width; column += 1) {
      sum.fill(0);
      for (let n = 0; n < samples * samples; n += 1) {
        const u = (column + ((n % samples) + 0.5) / samples - width / 2) * step;
        const v = (row + (Math.floor(n / samples) + 0.5) / samples - STRIP_HEIGHT / 2) * scale;
        addSample(pixels, box.x + u * cos - v * sin - 0.5, box.y + u * sin + v * cos - 0.5, sum);
      }
      const at = row * width + column;
      const share = samples * samples;
      out[at] = Number(sum[2]) / share;
      out[plane + at] = Number(sum[1]) / share;
      out[2 * plane + at] = Number(sum[0]) / share;
    }
  }
  return stretched(out, width);
}

/** Adds the colour at a place between pixels (bilinear); beyond the edge the edge goes on. */
function addSample({ data, width, height }: Pixels, x: number, y: number, sum: Float64Array): void {
  const cx = Math.max(0, Math.min(width - 1.001, x));
  const cy = Math.max(0, Math.min(height - 1.001, y));
  const [x0, y0] = [Math.max(0, Math.floor(cx)), Math.max(0, Math.floor(cy))];
  const [fx, fy] = [cx - x0, cy - y0];
  const a = (y0 * width + x0) * 3;
  const right = x0 + 1 < width ? 3 : 0;
  const below = y0 + 1 < height ? width * 3 : 0;
  for (let c = 0; c < 3; c += 1) {
    const top = Number(data[a + c]) * (1 - fx) + Number(data[a + right + c]) * fx;
    const low = Number(data[a + below + c]) * (1 - fx) + Number(data[a + below + right + c]) * fx;
    sum[c] = Number(sum[c]) + top * (1 - fy) + low * fy;
  }
}
