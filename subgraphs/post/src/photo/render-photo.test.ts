import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { ContentType } from '#upload/upload.rules.ts';
import { PhotoRefusedError } from './photo-refused.error.ts';
import { type Rendered, renderPhoto } from './render-photo.ts';

const RED = '#d01020';
const BLUE = '#1020d0';

function plain(width: number, height: number, background = RED): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** Red with a blue corner at the top left, so that each orientation looks different. */
async function cornered(width: number, height: number): Promise<Sharp> {
  const corner = await plain(width / 2, height / 4, BLUE)
    .png()
    .toBuffer();
  return sharp(
    await plain(width, height)
      .composite([{ input: corner, left: 0, top: 0 }])
      .png()
      .toBuffer(),
  );
}

const bodyOf = ({ renditions }: Rendered, kind: string) => renditions.find((one) => one.kind === kind)!.body;

/** Red, green and blue at a position, given as fractions of width and height. */
async function colourAt(body: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 3;
  return [...data.subarray(at, at + 3)];
}

const isBlue = async (body: Buffer, x: number, y: number) => {
  const [red, , blue] = await colourAt(body, x, y);
  return blue! > red!;
};

/** A PNG of one bit a pixel, all of them black. */
function blackPng(width: number, height: number): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), body]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(body.length, 0);
    ends.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

/** A PNG that ends at the pixels. */
function withoutRows(png: Buffer): Buffer {
  return png.subarray(0, png.indexOf('IDAT') + 4);
}

async function refusal(bytes: Buffer, type: ContentType): Promise<string> {
  return renderPhoto(bytes, type).then(
    () => 'rendered',
    (error: Error) => {
      expect(error).toBeInstanceOf(PhotoRefusedError);
      return error.message;
    },
  );
}

describe('the renditions of a photo', () => {
  test.each([
    [3000, 2000, '2048x1365 1080x720 150x150'],
    [2000, 3000, '1365x2048 720x1080 150x150'],
    [1500, 900, '1500x900 1080x648 150x150'],
    [100, 80, '100x80 100x80 150x150'],
    [4000, 1, '2048x1 1080x1 150x150'],
    [1, 1, '1x1 1x1 150x150'],
  ])('of %i x %i pixels are %s', async (width, height, sizes) => {
    const rendered = await renderPhoto(await plain(width, height).jpeg().toBuffer(), 'image/jpeg');
    expect(rendered).toMatchObject({ width, height });
    expect(rendered.renditions.map((one) => `${one.width}x${one.height}`).join(' ')).toBe(sizes);
    for (const { body, width: w, height: h } of rendered.renditions) {
      expect(await sharp(body).metadata()).toMatchObject({ format: 'webp', width: w, height: h, space: 'srgb' });
    }
    const bodies = new Set(rendered.renditions.map(({ body }) => body));
    expect(new Set([...bodies].map((body) => body.toString('base64'))).size).toBe(bodies.size);
    expect(bodies.size).toBe(Math.max(width, height) <= 1080 ? 2 : 3);
    const placeholder = Buffer.from(rendered.placeholder, 'base64');
    expect(placeholder.length).toBeGreaterThan(4);
    expect(placeholder.length).toBeLessThan(40);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('are upright where the camera lay in orientation %i', async (orientation) => {
    // A viewer must see a portrait with blue at the top left. The file stores it like a camera.
    const upright = await (await cornered(200, 400)).toBuffer();
    const back: Record<number, (image: Sharp) => Sharp> = {
      1: (image) => image,
      2: (image) => image.flop(),
      3: (image) => image.rotate(180),
      4: (image) => image.flip(),
      5: (image) => image.rotate(270).flop(),
      6: (image) => image.rotate(270),
      7: (image) => image.rotate(90).flop(),
      8: (image) => image.rotate(90),
    };
    const stored = await sharp(await back[orientation]!(sharp(upright)).png().toBuffer())
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();
    const rendered = await renderPhoto(stored, 'image/jpeg');
    expect(rendered).toMatchObject({ width: 200, height: 400 });
    const body = bodyOf(rendered, 'HIGH_RES');
    expect(await isBlue(body, 0.25, 0.1)).toBe(true);
    for (const [x, y] of [
      [0.75, 0.1],
      [0.25, 0.9],
      [0.75, 0.9],
    ] as const)
      expect(await isBlue(body, x, y)).toBe(false);
  });

  test('contain no metadata about the camera or the place', async () => {
    const exif = {
      IFD0: { Make: 'Camera', Copyright: 'somebody' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '43/1 28/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '11/1 53/1 0/1' },
    };
    const bytes = await plain(300, 200).withExif(exif).withIccProfile('p3').jpeg().toBuffer();
    expect(bytes.includes('Camera')).toBe(true);
    const { renditions } = await renderPhoto(bytes, 'image/jpeg');
    for (const { body } of renditions) {
      const { exif: kept, icc, xmp, iptc } = await sharp(body).metadata();
      expect([kept, icc, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined]);
      expect(body.includes('Camera')).toBe(false);
    }
  });

  test('have the colours that wide, printed, deep and grey originals have in sRGB', async () => {
    const near = (seen: number[], wanted: number[], by: number) => {
      for (const [index, value] of wanted.entries()) expect(Math.abs(seen[index]! - value)).toBeLessThanOrEqual(by);
    };
    const seen = async (bytes: Buffer, type: ContentType) =>
      colourAt(bodyOf(await renderPhoto(bytes, type), 'STANDARD'), 0.5, 0.5);
    const colour = plain(64, 64, '#c86432');
    near(
      await seen(await colour.clone().withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(), 'image/jpeg'),
      [200, 100, 50],
      6,
    );
    near(
      await seen(await colour.clone().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), 'image/jpeg'),
      [200, 100, 50],
      32,
    );
    near(await seen(await colour.clone().toColourspace('rgb16').png().toBuffer(), 'image/png'), [200, 100, 50], 4);
    near(await seen(await plain(64, 64, '#808080').greyscale().jpeg().toBuffer(), 'image/jpeg'), [128, 128, 128], 3);
  });

  test('keep what is transparent', async () => {
    const image = sharp({
      create: { width: 64, height: 64, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    });
    const { renditions } = await renderPhoto(await image.png().toBuffer(), 'image/png');
    for (const { body } of renditions) expect(await sharp(body).metadata()).toMatchObject({ hasAlpha: true });
  });
});

describe('a file is refused', () => {
  test('that does not have the declared type', async () => {
    const png = await plain(10, 10).png().toBuffer();
    expect(await refusal(png, 'image/jpeg')).toBe(
      'The file is not of the type image/jpeg. Upload it with the right type.',
    );
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/heic'] as const) {
      expect(await refusal(svg, type)).toContain('is not of the type');
    }
    expect(await refusal(await plain(10, 10).gif().toBuffer(), 'image/webp')).toContain('is not of the type');
    expect(await refusal(await plain(10, 10).avif().toBuffer(), 'image/heic')).toContain('is not of the type');
    expect(await refusal(Buffer.alloc(0), 'image/jpeg')).toContain('is not of the type');
  });

  test.each(['jpeg', 'png', 'webp'] as const)('that is a %s cut off anywhere', async (format) => {
    const noise = sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
        background: RED,
      },
    });
    const whole = await noise.toFormat(format).toBuffer();
    expect(await refusal(whole, `image/${format}`)).toBe('rendered');
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const bytes = whole.subarray(0, Math.floor(whole.length * share));
      expect(await refusal(bytes, `image/${format}`)).toBe('The photo is damaged or cut off. Upload it again.');
    }
  });

  test('that begins like a photo and is none', async () => {
    const beginnings = {
      'image/jpeg': '\xff\xd8\xff',
      'image/png': '\x89PNG\r\n\x1a\n',
      'image/webp': 'RIFF\x10\0\0\0WEBP',
      'image/heic': '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
    };
    for (const [type, beginning] of Object.entries(beginnings)) {
      const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), Buffer.alloc(500, 7)]);
      expect(await refusal(bytes, type as ContentType)).toBe('The photo is damaged or cut off. Upload it again.');
    }
  });

  test('that has more pixels than it may, before any is read', async () => {
    const bomb = blackPng(15_000, 7000);
    expect(bomb.length).toBeLessThan(20_000);
    expect(await refusal(bomb, 'image/png')).toContain('too many pixels');
    // Without its rows, it is refused for the same reason, which shows that the rows are never read.
    const small = blackPng(1500, 700);
    expect(await refusal(withoutRows(bomb), 'image/png')).toContain('too many pixels');
    expect(await refusal(withoutRows(small), 'image/png')).toContain('damaged');
    expect(await refusal(small, 'image/png')).toBe('rendered');
  });
});
