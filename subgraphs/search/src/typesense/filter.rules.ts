import type { CollectionName } from '#search-index/documents.ts';
import type { ViewerFilter } from '#search-index/search-index.ts';

/** There is no way to write a backtick. */
export function isFilterable(text: string): boolean {
  return !text.includes('`');
}

/**
 * A text as the filter language takes it whatever it contains: `&&`, commas, brackets and colons mean nothing between backticks.
 *
 * @throws RangeError where it is not filterable
 */
export function quoted(text: string): string {
  if (!isFilterable(text)) throw new RangeError('a backtick cannot be filtered by');
  return `\`${text}\``;
}

export function equals(field: string, text: string): string {
  return `${field}:=${quoted(text)}`;
}

export function isAnyOf(field: string, texts: readonly string[]): string {
  return `${field}:=[${texts.map(quoted).join(',')}]`;
}

export function isNoneOf(field: string, texts: readonly string[]): string {
  return `${field}:!=[${texts.map(quoted).join(',')}]`;
}

export function anyOf(filters: readonly string[]): string {
  return `(${filters.join(' || ')})`;
}

export function allOf(filters: readonly (string | null)[]): string {
  return filters.filter((filter) => filter !== null).join(' && ');
}

/** Documents by their ids, of which a filter takes those that are there. */
export function withIds(ids: readonly string[]): string {
  return `id:[${ids.map(quoted).join(',')}]`;
}

/** What the viewer may be shown, in three parts: nobody hidden, nothing of private people but of those whom the viewer may see. */
export function shownTo(collection: CollectionName, { hiddenIds, privateIds }: ViewerFilter): string | null {
  if (collection === 'hashtags') return null;
  const visible = hiddenIds.length > 0 ? isNoneOf('owner', hiddenIds) : null;
  if (collection === 'users') return visible;
  const open = privateIds.length > 0 ? `(restricted:=false || ${isAnyOf('owner', privateIds)})` : 'restricted:=false';
  return allOf([visible, open]);
}
