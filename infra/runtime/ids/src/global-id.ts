import { ID_TYPES } from './generated/id-types.ts';
import { parseId } from './snowflake.ts';

/** What global IDs begin with: a type of the public graph. The IDs of all types of notifications begin alike. */
export type IdType = (typeof ID_TYPES)[number];

/** An ID in the public graph. It says what type of object it belongs to, and is unique across types. */
export type GlobalId<Type extends IdType = IdType> = `${Type}_${string}`;

/** Types whose ID is a Snowflake. */
export type SnowflakeType = Exclude<IdType, 'Hashtag'>;

/** `Post_7218938124304384`. */
export function globalId<Type extends SnowflakeType>(type: Type, id: bigint): GlobalId<Type> {
  return `${type}_${id}`;
}

/** @returns null if it is not a global ID of this type. Callers treat it like an ID of something that does not exist */
export function parseGlobalId(type: SnowflakeType, text: string): bigint | null {
  return text.startsWith(`${type}_`) ? parseId(text.slice(type.length + 1)) : null;
}

/** `Hashtag_Zm9n`, with the key of the hashtag in base64url. */
export function hashtagId(key: string): GlobalId<'Hashtag'> {
  return `Hashtag_${Buffer.from(key).toString('base64url')}`;
}

/** The key of the hashtag with this global ID, or null for anything else. */
export function parseHashtagId(text: string): string | null {
  if (!text.startsWith('Hashtag_')) return null;
  const key = Buffer.from(text.slice('Hashtag_'.length), 'base64url').toString();
  return hashtagId(key) === text && key !== '' ? key : null;
}

/** The type of the object with this global ID, or null if it is not a global ID. */
export function typeOfGlobalId(text: string): IdType | null {
  return ID_TYPES.find((type) => text.startsWith(`${type}_`)) ?? null;
}
