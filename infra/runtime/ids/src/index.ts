export { ID_TYPES } from './generated/id-types.ts';
export { createIdGenerator, type IdGenerator } from './generator.ts';
export {
  type GlobalId,
  globalId,
  hashtagId,
  type IdType,
  parseGlobalId,
  parseHashtagId,
  type SnowflakeType,
  typeOfGlobalId,
} from './global-id.ts';
export { type LeasedIds, leaseIds, NoWorkerIdError } from './leased-ids.ts';
export { parsePostLink, postLink } from './post-link.ts';
export { EPOCH_MS, firstId, parseId, timestampOf } from './snowflake.ts';
