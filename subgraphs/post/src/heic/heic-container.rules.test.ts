import { describe, expect, test } from 'vitest';
import { findHeicProfile, isCutOff } from './heic-container.rules.ts';

function box(type: string, ...parts: Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  const content = Buffer.concat(parts);
  header.writeUInt32BE(content.length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
}

/** A box with a 64-bit size, as in large files. */
function largeBox(type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(1);
  header.write(type, 4, 'latin1');
  header.writeBigUInt64BE(BigInt(content.length + 16), 8);
  return Buffer.concat([header, content]);
}

const text = (value: string) => Buffer.from(value, 'latin1');
const colour = (kind: string, profile: string) => box('colr', text(kind), text(profile));
const file = (...colours: Buffer[]) => {
  const properties = box('iprp', box('ipco', box('ispe', Buffer.alloc(12)), ...colours));
  return Buffer.concat([box('ftyp', text('heic')), box('meta', Buffer.alloc(4), box('hdlr'), properties)]);
};

describe('the profile of a HEIC file', () => {
  test('is the first one that is whole', () => {
    const bytes = file(colour('nclx', 'primaries'), colour('prof', 'profile of the photo'), colour('prof', 'another'));
    expect(findHeicProfile(bytes)?.toString('latin1')).toBe('profile of the photo');
    expect(findHeicProfile(file(colour('rICC', 'profile of the photo')))?.length).toBe(20);
  });

  test('is null where there is none, whatever the bytes are', () => {
    expect(findHeicProfile(file(colour('nclx', 'primaries')))).toBeNull();
    expect(findHeicProfile(file())).toBeNull();
    expect(findHeicProfile(Buffer.alloc(64))).toBeNull();
    expect(findHeicProfile(Buffer.alloc(64, 255))).toBeNull();
    expect(findHeicProfile(Buffer.alloc(3))).toBeNull();
  });
});

describe('a HEIC file', () => {
  const whole = Buffer.concat([file(), box('mdat', Buffer.alloc(100))]);

  test('is cut off if its images or their descriptions continue after its end', () => {
    expect(isCutOff(whole)).toBe(false);
    expect(isCutOff(whole.subarray(0, -1))).toBe(true);
    expect(isCutOff(whole.subarray(0, 40))).toBe(true);
    const large = Buffer.concat([file(), largeBox('mdat', Buffer.alloc(100))]);
    expect(isCutOff(large)).toBe(false);
    expect(isCutOff(large.subarray(0, -1))).toBe(true);
  });

  test('may have anything behind its end', () => {
    expect(isCutOff(Buffer.concat([whole, text('SEFH appended by a camera')]))).toBe(false);
  });
});
