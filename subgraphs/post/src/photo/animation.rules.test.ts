import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { isAnimated } from './animation.rules.ts';

const picture = (background: string) => sharp({ create: { width: 16, height: 16, channels: 3, background } });

function pngWith(still: Buffer, frames: number): Buffer {
  const chunk = Buffer.alloc(20);
  chunk.writeUInt32BE(8, 0);
  chunk.write('acTL', 4, 'latin1');
  chunk.writeUInt32BE(frames, 8);
  const afterHeader = 33;
  return Buffer.concat([still.subarray(0, afterHeader), chunk, still.subarray(afterHeader)]);
}

const container = (major: string) => Buffer.from(`\0\0\0\x18ftyp${major}\0\0\0\0mif1heic`, 'latin1');

describe('a picture moves', () => {
  test('where a WebP has frames', async () => {
    const frames = await Promise.all(['#ff0000', '#00ff00'].map((colour) => picture(colour).png().toBuffer()));
    const moving = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(isAnimated(moving, 'image/webp')).toBe(true);
    expect(isAnimated(await picture('#ff0000').webp().toBuffer(), 'image/webp')).toBe(false);
    const withMetadata = await picture('#ff0000')
      .withExif({ IFD0: { Make: 'Camera' } })
      .webp()
      .toBuffer();
    expect(isAnimated(withMetadata, 'image/webp')).toBe(false);
  });

  test('where a PNG counts two frames or more before its pixels', async () => {
    const still = await picture('#ff0000').png().toBuffer();
    expect(isAnimated(still, 'image/png')).toBe(false);
    expect([1, 2, 30].map((frames) => isAnimated(pngWith(still, frames), 'image/png'))).toEqual([false, true, true]);
  });

  test('where a HEIC file is a sequence first of all', () => {
    expect(['heic', 'mif1', 'heix'].map((brand) => isAnimated(container(brand), 'image/heic'))).not.toContain(true);
    expect(['msf1', 'hevc', 'hevx'].map((brand) => isAnimated(container(brand), 'image/heic'))).not.toContain(false);
  });

  test('nowhere in what is cut off', async () => {
    const still = await picture('#ff0000').png().toBuffer();
    for (let length = 0; length <= still.length; length++) {
      for (const type of ['image/png', 'image/webp', 'image/heic', 'image/jpeg'] as const) {
        expect(isAnimated(still.subarray(0, length), type)).toBe(false);
      }
    }
  });
});
