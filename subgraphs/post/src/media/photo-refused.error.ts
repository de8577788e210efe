/** A file that no retry would turn into a photo. The message is for its author: what is wrong and what to do. */
export class PhotoRefusedError extends Error {
  override name = 'PhotoRefusedError';
}

export const ANIMATED = 'Animated pictures are not supported. Upload a still photo.';
export const DAMAGED = 'The photo is damaged or cut off. Upload it again.';
export const TOO_LARGE = 'The photo has too many pixels. Upload a smaller version of it.';
export const TOO_SLOW = 'The photo takes too long to read. Save it as an ordinary JPEG and upload that.';
export const GONE = 'The upload is gone. Upload the photo again.';
export const GAVE_UP = 'The photo could not be processed. Upload it again.';
