import sharp from 'sharp';

/** A random number generator with a seed (mulberry32), so that every demo looks the same. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Colour = readonly [red: number, green: number, blue: number];

const colour = (hex: string): Colour => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

const mix = (one: Colour, other: Colour, share: number): Colour => [
  one[0] + (other[0] - one[0]) * share,
  one[1] + (other[1] - one[1]) * share,
  one[2] + (other[2] - one[2]) * share,
];

/** Colours at a time of day: sky from top to bottom, sun, ground from far to near. */
const HOURS: readonly (readonly Colour[])[] = [
  ['#fde2c8', '#f79d65', '#fff3e0', '#7a6c8f', '#4d4766', '#2b2a45'],
  ['#cfe8f7', '#8fc4e8', '#fffbe6', '#86a69d', '#4e7a6b', '#274b41'],
  ['#2a2f5b', '#7b4f9d', '#ffd1a8', '#3c3567', '#262350', '#141332'],
  ['#e9f0e4', '#b5cfc0', '#ffffff', '#8da290', '#5a7663', '#334b3c'],
  ['#ffd9e0', '#e78aa0', '#fff4d6', '#8c5c80', '#5b3c66', '#33244a'],
].map((hour) => hour.map(colour));

const WIDTH = 1600;
const PEAKS = 5;

/** The height of a ridge in each column, in pixels from the top: the sum of a few waves. */
function ridge(next: () => number, level: number, height: number): Float64Array {
  const waves = Array.from({ length: PEAKS }, (_, index) => ({
    length: WIDTH / (index + 0.6 + next()),
    shift: next() * Math.PI * 2,
    height: (height * 0.07) / (index + 1),
  }));
  return Float64Array.from({ length: WIDTH }, (_, x) => {
    const lift = waves.reduce(
      (sum, wave) => sum + wave.height * Math.sin((x / wave.length) * Math.PI * 2 + wave.shift),
      0,
    );
    return height * level + lift;
  });
}

/** A different landscape for each seed, as the JPEG of a camera. */
export async function renderScene(seed: number, height = 1200): Promise<Buffer<ArrayBuffer>> {
  const next = random(seed * 7919 + 17);
  const [top, bottom, sun, ...grounds] = HOURS[seed % HOURS.length] as [Colour, Colour, Colour, ...Colour[]];
  const [sunX, sunY, radius] = [WIDTH * (0.2 + next() * 0.6), height * (0.2 + next() * 0.25), 60 + next() * 80];
  const ridges = grounds.map((_, index) => ridge(next, 0.55 + index * 0.14, height));
  const pixels = Buffer.alloc(WIDTH * height * 3);
  for (let y = 0; y < height; y++) {
    const sky = mix(top, bottom, y / height);
    for (let x = 0; x < WIDTH; x++) {
      const nearest = ridges.findLastIndex((heights) => y >= heights[x]!);
      const glow = Math.min(1, Math.max(0, radius + 1 - Math.hypot(x - sunX, y - sunY)));
      const shown = nearest >= 0 ? grounds[nearest]! : mix(sky, sun, glow);
      const at = (y * WIDTH + x) * 3;
      for (let channel = 0; channel < 3; channel++) pixels[at + channel] = shown[channel]!;
    }
  }
  const image = sharp(pixels, { raw: { width: WIDTH, height, channels: 3 } });
  return Buffer.from(await image.jpeg({ quality: 85 }).toBuffer());
}
