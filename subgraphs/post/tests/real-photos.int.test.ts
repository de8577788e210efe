import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeHeic } from '#heic/decode-heic.ts';
import { PhotoRefusedError } from '#photo/photo-refused.error.ts';
import { type Rendered, renderPhoto } from '#photo/render-photo.ts';
import type { ContentType } from '#upload/upload.rules.ts';

const SHARED = process.env.TINTYPE_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const MANIFEST = join(SHARED, 'photos/MANIFEST.tsv');
const isHere = existsSync(MANIFEST);

type Listed = { file: string; wxh: string; orientation: string; tags: string; gps: string };

function readManifest(): Listed[] {
  if (!isHere) return [];
  const [header, ...rows] = readFileSync(MANIFEST, 'utf8').trimEnd().split('\n');
  const columns = header!.split('\t');
  return rows.map((row) => Object.fromEntries(row.split('\t').map((value, at) => [columns[at], value])) as Listed);
}

const listed = readManifest();
const TYPES: Record<string, ContentType> = { png: 'image/png', webp: 'image/webp', heic: 'image/heic' };
/** The content type that a client would send; JPEG if the type is not accepted. */
const typeOf = (file: string): ContentType => TYPES[file.split('.').at(-1)!] ?? 'image/jpeg';
const read = (file: string) => readFileSync(join(SHARED, 'photos', file));

const OTHER_TYPE = /\.(svg|gif|avif)$/;
const DAMAGED = /^(truncated|corrupt-header)\./;
const TOO_LARGE = /^65536-/;
const animated = listed.filter(({ file, tags }) => tags.includes('animated') && !OTHER_TYPE.test(file));
const good = listed.filter(
  (one) => !animated.includes(one) && ![OTHER_TYPE, DAMAGED, TOO_LARGE].some((refused) => refused.test(one.file)),
);

if (!isHere) {
  process.stderr.write(`\nNOT TESTED: ${MANIFEST} is missing, so no real photo is rendered (TINTYPE_SHARED_DATA).\n\n`);
}

const refusal = (file: string): Promise<string> =>
  renderPhoto(read(file), typeOf(file)).then(
    () => 'rendered',
    (error: Error) => {
      expect(error).toBeInstanceOf(PhotoRefusedError);
      return error.message;
    },
  );

/** Red, green and blue of each part of a picture, in a grid of eight by eight. */
async function partsOf(image: Sharp): Promise<Buffer> {
  return image.removeAlpha().resize(8, 8, { fit: 'fill' }).raw().toBuffer();
}

const bodyOf = ({ renditions }: Rendered, kind: string) => renditions.find((one) => one.kind === kind)!.body;

describe.skipIf(!isHere)('real files', () => {
  test('exist in great number', () => {
    expect(good.length).toBeGreaterThanOrEqual(35);
  });

  test.each(good.map(({ file, wxh, orientation }) => ({ file, wxh, orientation })))(
    '$file becomes renditions, upright and without metadata',
    async ({ file, wxh, orientation }) => {
      const rendered = await renderPhoto(read(file), typeOf(file));
      const [width, height] = wxh.split('x').map(Number) as [number, number];
      const lies = Number(orientation) >= 5;
      expect([rendered.width, rendered.height]).toEqual(lies ? [height, width] : [width, height]);
      for (const { kind, body, width: w, height: h } of rendered.renditions) {
        const { format, exif, icc, xmp, iptc, space } = await sharp(body).metadata();
        expect({ format, exif, icc, xmp, iptc, space }).toEqual({ format: 'webp', space: 'srgb' });
        if (kind === 'THUMBNAIL') expect([w, h]).toEqual([150, 150]);
        else
          expect(Math.max(w, h)).toBeLessThanOrEqual(
            Math.min(kind === 'STANDARD' ? 1080 : 2048, Math.max(width, height)),
          );
      }
      expect(Buffer.from(rendered.placeholder, 'base64').length).toBeGreaterThan(4);
      const bodies = new Set(rendered.renditions.map(({ body }) => body));
      expect(new Set([...bodies].map((body) => body.toString('base64'))).size).toBe(bodies.size);
    },
  );

  test.each(listed.filter(({ file }) => OTHER_TYPE.test(file)).map(({ file }) => file))(
    '%s is refused under any name',
    async (file) => {
      for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const) {
        await expect(renderPhoto(read(file), type)).rejects.toThrow(`The file is not of the type ${type}`);
      }
    },
  );

  test.each(listed.filter(({ file }) => DAMAGED.test(file)).map(({ file }) => file))('%s is damaged', async (file) => {
    expect(await refusal(file)).toBe('The photo is damaged or cut off. Upload it again.');
  });

  test.each(listed.filter(({ file }) => TOO_LARGE.test(file)).map(({ file }) => file))('%s is a bomb', async (file) => {
    expect(await refusal(file)).toContain('too many pixels');
  });

  test.each(animated.map(({ file }) => file))('%s is refused because it is animated', async (file) => {
    expect(await refusal(file)).toContain('Animated pictures are not supported');
  });

  test('all eight orientations show the same picture', async () => {
    const parts = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map(async (orientation) => {
        const rendered = await renderPhoto(read(`Landscape_${orientation}.jpg`), 'image/jpeg');
        // The number of the orientation is drawn in the middle, so only the outer parts are equal.
        return [...(await partsOf(sharp(bodyOf(rendered, 'STANDARD')))).subarray(0, 48)];
      }),
    );
    for (const seen of parts) {
      for (const [at, value] of seen.entries()) expect(Math.abs(value - parts[0]![at]!)).toBeLessThan(25);
    }
  });

  test.each(['example.heic', 'sample.heic', 'IMG_2682.heic'])('a truncated %s is damaged', async (file) => {
    const whole = read(file);
    for (const share of [0.3, 0.9, 0.999]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      await expect(renderPhoto(cut, 'image/heic')).rejects.toThrow(PhotoRefusedError);
    }
  });

  test('wide-gamut colours of a phone are converted to sRGB', async () => {
    const bytes = read('IMG_2682.heic');
    const { data, width, height } = await decodeHeic(bytes);
    const asTheyAre = await partsOf(sharp(data, { raw: { width, height, channels: 4 } }));
    const converted = await partsOf(sharp(bodyOf(await renderPhoto(bytes, 'image/heic'), 'HIGH_RES')));
    const blueness = (parts: Buffer, at: number) => parts[at * 3 + 2]! - parts[at * 3]!;
    const bluest = Array.from({ length: 64 }, (_, at) => at).toSorted(
      (one, other) => blueness(asTheyAre, other) - blueness(asTheyAre, one),
    );
    for (const at of bluest.slice(0, 5)) expect(blueness(converted, at)).toBeGreaterThan(blueness(asTheyAre, at) * 1.1);
  });

  test('a HEIC file that claims too many pixels is refused', async () => {
    const bytes = Buffer.from(read('sample.heic'));
    for (let at = bytes.indexOf('ispe'); at >= 0; at = bytes.indexOf('ispe', at + 4)) {
      bytes.writeUInt32BE(30_000, at + 8);
      bytes.writeUInt32BE(30_000, at + 12);
    }
    await expect(renderPhoto(bytes, 'image/heic')).rejects.toThrow(PhotoRefusedError);
  });

  test('none blocks the process', async () => {
    const photos = ['IMG_2682.heic', 'japanese-shop.jpg'].map((file) => ({ bytes: read(file), type: typeOf(file) }));
    const sum = ({ user, system }: NodeJS.CpuUsage) => user + system;
    const [here, everywhere] = [process.threadCpuUsage(), process.cpuUsage()];
    await Promise.all(photos.map(({ bytes, type }) => renderPhoto(bytes, type)));
    // CPU time of this thread, which also does everything else, and of all threads.
    const share = sum(process.threadCpuUsage(here)) / sum(process.cpuUsage(everywhere));
    expect(share).toBeLessThan(0.25);
  });
});
