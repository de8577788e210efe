export { createRedisCaller, type RedisCaller, RedisTimeoutError, withRedisTimeout } from './call.ts';
export { connectRedis, type RedisClient, type RedisHandle } from './connection.ts';
