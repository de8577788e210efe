/** URLs, with or without protocol: a # or @ in them is not a hashtag or mention. */
const ADDRESS = /(?:https?:\/\/|(?<![\p{L}\p{N}#＃@＠_.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}\/)\S*/giu;

/** The text with its URLs replaced by spaces. */
export function withoutAddresses(text: string): string {
  return text.includes('/') ? text.replace(ADDRESS, (address) => ' '.repeat(address.length)) : text;
}
