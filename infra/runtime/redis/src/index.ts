export { type Ask, createAsk } from './ask.ts';
export { connectRedis, type RedisClient, type RedisHandle } from './connection.ts';
export { inTime, LateError } from './in-time.ts';
