export { tryLock, tryTransactionLock, unlock } from './advisory-lock.ts';
export { createDatabase, type Database, type PrismaTransaction } from './database.ts';
export { isTimeout, isUnfit, isUniqueViolation } from './errors.ts';
export { keysOf } from './keys.ts';
export { ASCENDING, DESCENDING, type Direction, EDGE_MS, type KeysetRead, startOf } from './keyset.ts';
export { asRole, createPool } from './pool.ts';
export { type Executor, inspectRows, query, transaction } from './query.ts';
export { SAMPLE_SCHEMA, type Statement, statement, statementFor, statementLike } from './statement.ts';
