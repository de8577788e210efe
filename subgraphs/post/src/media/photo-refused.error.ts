/** A file that no retry would turn into a photo. The message is for its author: what is wrong and what to do. */
export class PhotoRefusedError extends Error {
  override name = 'PhotoRefusedError';
}
