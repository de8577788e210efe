/** URLs, with or without protocol: a # or @ in them is not a hashtag or mention. */
const ADDRESS = /(?:https?:\/\/|(?<![\p{L}\p{N}#＃@＠_.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}\/)\S*/giu;

/** The URLs in a text, with everything up to the next space, and where they start in UTF-16 code units. */
export function findAddresses(text: string): { start: number; address: string }[] {
  if (!text.includes('/')) return [];
  return [...text.matchAll(ADDRESS)].map(({ index, 0: address }) => ({ start: index, address }));
}

/** The text with its URLs replaced by spaces. */
export function withoutAddresses(text: string): string {
  return text.includes('/') ? text.replace(ADDRESS, (address) => ' '.repeat(address.length)) : text;
}
