/** The file is unusable, so a retry would not help. The message tells the author what is wrong and what to do. */
export class PhotoRefusedError extends Error {
  override name = 'PhotoRefusedError';
}

export const ANIMATED = 'Animated pictures are not supported. Upload a still photo.';
export const DAMAGED = 'The photo is damaged or cut off. Upload it again.';
export const TOO_LARGE = 'The photo has too many pixels. Upload a smaller version of it.';
export const TOO_SLOW = 'The photo takes too long to read. Save it as an ordinary JPEG and upload that.';
export const UPLOAD_MISSING = 'The uploaded file is missing. Upload the photo again.';
export const PROCESSING_FAILED = 'The photo could not be processed. Upload it again.';
