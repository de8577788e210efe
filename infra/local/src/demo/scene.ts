import sharp from 'sharp';

/** A small generator of the same numbers for the same seed (mulberry32), so that every demo looks alike. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sky, sun, far to near ground: colours of an hour of the day. */
const HOURS = [
  ['#fde2c8', '#f79d65', '#fff3e0', '#7a6c8f', '#4d4766', '#2b2a45'],
  ['#cfe8f7', '#8fc4e8', '#fffbe6', '#86a69d', '#4e7a6b', '#274b41'],
  ['#2a2f5b', '#7b4f9d', '#ffd1a8', '#3c3567', '#262350', '#141332'],
  ['#e9f0e4', '#b5cfc0', '#ffffff', '#8da290', '#5a7663', '#334b3c'],
  ['#ffd9e0', '#e78aa0', '#fff4d6', '#8c5c80', '#5b3c66', '#33244a'],
] as const;

const WIDTH = 1600;

/** A landscape of its own for each seed, as the JPEG that a camera would have made of it. */
export async function renderScene(seed: number, height = 1200): Promise<Buffer<ArrayBuffer>> {
  const next = random(seed * 7919 + 17);
  const [top, bottom, sun, ...ground] = HOURS[seed % HOURS.length]!;
  const ridge = (level: number, roughness: number): string => {
    const points = Array.from({ length: 33 }, (_, index) => {
      const y = height * level + (next() - 0.5) * height * roughness;
      return `${(index / 32) * WIDTH},${y.toFixed(1)}`;
    });
    return `M0,${height} L${points.join(' L')} L${WIDTH},${height} Z`;
  };
  const ridges = ground.map((colour, index) => {
    const level = 0.55 + index * 0.14;
    return `<path d="${ridge(level, 0.16 - index * 0.03)}" fill="${colour}"/>`;
  });
  const sunAt = { x: WIDTH * (0.2 + next() * 0.6), y: height * (0.25 + next() * 0.25), radius: 60 + next() * 80 };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${sunAt.x}" cy="${sunAt.y}" r="${sunAt.radius}" fill="${sun}" opacity="0.9"/>
    ${ridges.join('\n')}
  </svg>`;
  const { data } = await sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer({ resolveWithObject: true });
  return Buffer.from(data);
}
