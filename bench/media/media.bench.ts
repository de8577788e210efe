import { renderScene } from '@tintype/platform/scene';
import { renderPhoto } from '@tintype/post';
import sharp from 'sharp';
import { median } from '#fixture/figures.ts';
import type { Result } from '#fixture/results.ts';

const [WIDTH, HEIGHT] = [4000, 3000];
const RUNS = 9;
const WARM_UP = 2;
const WANTED = 1.2;

const WEBP = { effort: 2 };
const SPECS = [
  { size: 2048, fit: 'inside', quality: 80 },
  { size: 1080, fit: 'inside', quality: 80 },
  { size: 150, fit: 'cover', quality: 82 },
] as const;

/** A 12-megapixel JPEG through the media pipeline, beside bare sharp making the same three renditions. */
export async function benchMedia(): Promise<Result> {
  const photo = await makePhoto();
  const ways: Record<string, () => Promise<unknown>> = {
    pipeline: () => renderPhoto(photo, 'image/jpeg'),
    'sharp, decoding once': () => decodingOnce(photo),
    'sharp, each from the file': () => eachFromFile(photo),
  };
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let run = 0; run < WARM_UP + RUNS; run++) {
    for (const [name, way] of Object.entries(ways)) {
      const began = performance.now();
      await way();
      if (run >= WARM_UP) times.get(name)!.push(performance.now() - began);
    }
  }
  const [pipeline, ...bare] = [...times.values()].map(median) as [number, ...number[]];
  const ratio = pipeline / Math.min(...bare);
  return {
    question: 'A 12-megapixel JPEG through the media pipeline',
    goal: {
      wanted: `at most ${WANTED} times bare sharp, in its faster way`,
      held: ratio <= WANTED,
    },
    rows: [...times].map(([name, values]) => ({
      way: name,
      'median ms': Math.round(median(values)),
      'fastest ms': Math.round(Math.min(...values)),
      'pipeline to this': (pipeline / median(values)).toFixed(2),
    })),
    notes: [
      `${RUNS} runs in turn of a file of ${(photo.byteLength / 1e6).toFixed(1)} MB. The pipeline also checks the file, turns it upright, removes its metadata and makes the placeholder.`,
    ],
  };
}

/** A landscape with sensor noise, which makes up most of a camera's file. */
async function makePhoto(): Promise<Buffer> {
  const scene = await renderScene(7);
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const grain = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#808080', noise } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const composed = await sharp(scene)
    .resize(WIDTH, HEIGHT)
    .composite([{ input: grain, blend: 'soft-light' }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sharp(composed.data, { raw: composed.info }).withMetadata({ orientation: 1 }).jpeg({ quality: 90 }).toBuffer();
}

async function decodingOnce(photo: Buffer): Promise<void> {
  const [largest, ...smaller] = SPECS;
  const { data, info } = await sharp(photo)
    .autoOrient()
    .resize(largest.size, largest.size, { fit: largest.fit })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const base = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  await Promise.all([
    base()
      .webp({ ...WEBP, quality: largest.quality })
      .toBuffer(),
    ...smaller.map(({ size, fit, quality }) =>
      base()
        .resize(size, size, { fit })
        .webp({ ...WEBP, quality })
        .toBuffer(),
    ),
  ]);
}

async function eachFromFile(photo: Buffer): Promise<void> {
  await Promise.all(
    SPECS.map(({ size, fit, quality }) =>
      sharp(photo)
        .autoOrient()
        .resize(size, size, { fit })
        .webp({ ...WEBP, quality })
        .toBuffer(),
    ),
  );
}
