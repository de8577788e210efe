export { connectRedis, type RedisClient, type RedisHandle } from './connection.ts';
