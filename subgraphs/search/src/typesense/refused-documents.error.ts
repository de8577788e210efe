/** Documents that the server refused, each with its reason. The others of the batch are written. */
export class RefusedDocumentsError extends Error {
  override name = 'RefusedDocumentsError';
  readonly refused: readonly { id: string; reason: string }[];

  constructor(name: string, refused: readonly { id: string; reason: string }[]) {
    const [first] = refused;
    super(`${refused.length} documents were refused by ${name}, such as ${first?.id}: ${first?.reason}`);
    this.refused = refused;
  }
}
