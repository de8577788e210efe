export { createRedisCaller, type RedisCaller, RedisTimeoutError, withRedisTimeout } from './call.ts';
export { connectRedis, type RedisClient, type RedisHandle } from './connection.ts';
export { createSignalPublisher, parseSignals, type Signal, type SignalPublisher, signalChannel } from './signals.ts';
