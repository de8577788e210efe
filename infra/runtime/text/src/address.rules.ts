/** Addresses of pages, with or without their protocol: what looks like a tag or a mention in them is a part of them. */
const ADDRESS = /(?:https?:\/\/|(?<![\p{L}\p{N}#＃@＠_.-])(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}\/)\S*/giu;

/** A text in which spaces stand for addresses. */
export function withoutAddresses(text: string): string {
  return text.includes('/') ? text.replace(ADDRESS, (address) => ' '.repeat(address.length)) : text;
}
