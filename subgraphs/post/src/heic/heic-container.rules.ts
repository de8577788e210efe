type Box = { type: string; content: Buffer; isWhole: boolean };

/** Boxes of an ISO container, one after another: a size, four letters, content. The last one may be cut off. */
function* boxesOf(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 16 <= bytes.length; ) {
    const small = bytes.readUInt32BE(at);
    // 1: the size is in the 8 bytes after the letters; 0: to the end of the file.
    const size = small === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : small === 0 ? bytes.length - at : small;
    const header = small === 1 ? 16 : 8;
    if (size < header) return;
    const end = at + size;
    const content = bytes.subarray(at + header, end);
    yield { type: bytes.toString('latin1', at + 4, at + 8), content, isWhole: end <= bytes.length };
    at = end;
  }
}

function contentOf(bytes: Buffer, type: string): Buffer {
  for (const box of boxesOf(bytes)) if (box.type === type) return box.content;
  return Buffer.alloc(0);
}

/** The boxes of an image file. Some cameras append other data, which does not consist of boxes. */
const ESSENTIAL = new Set(['meta', 'mdat']);

/** Whether the end of the file is missing, which its decoder would fill with grey. */
export function isCutOff(bytes: Buffer): boolean {
  for (const { type, isWhole } of boxesOf(bytes)) if (!isWhole && ESSENTIAL.has(type)) return true;
  return false;
}

const VERSION_BYTES = 4;

/**
 * The ICC profile of a HEIC file's image, which its decoder does not apply: cameras write the one of the image first,
 * before those of its thumbnail and auxiliary images. Null if there is none.
 */
export function findHeicProfile(bytes: Buffer): Buffer | null {
  const meta = contentOf(bytes, 'meta').subarray(VERSION_BYTES);
  for (const { type, content } of boxesOf(contentOf(contentOf(meta, 'iprp'), 'ipco'))) {
    if (type !== 'colr') continue;
    const kind = content.toString('latin1', 0, 4);
    if (kind === 'prof' || kind === 'rICC') return content.subarray(4);
  }
  return null;
}
