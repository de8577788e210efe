import type { CollectionName } from '#search-index/documents.ts';
import type { ViewerFilter } from '#search-index/search-index.ts';

/** A backtick cannot be escaped. */
export function isFilterable(text: string): boolean {
  return !text.includes('`');
}

/**
 * A text that is safe in the filter language: between backticks, `&&`, commas, brackets and colons have no meaning.
 *
 * @throws RangeError if it cannot be filtered by
 */
export function quoted(text: string): string {
  if (!isFilterable(text)) throw new RangeError('A filter cannot contain a backtick.');
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

/** Documents by id. The filter ignores missing ones. */
export function withIds(ids: readonly string[]): string {
  return `id:[${ids.map(quoted).join(',')}]`;
}

/**
 * What the viewer may see, in three parts: nobody who is hidden, and private people only if the viewer may see them.
 */
export function shownTo(collection: CollectionName, { hiddenIds, privateIds }: ViewerFilter): string | null {
  if (collection === 'hashtags') return null;
  const visible = hiddenIds.length > 0 ? isNoneOf('owner', hiddenIds) : null;
  if (collection === 'users') return visible;
  const open = privateIds.length > 0 ? `(restricted:=false || ${isAnyOf('owner', privateIds)})` : 'restricted:=false';
  return allOf([visible, open]);
}
