import { type Logger, pino, stdSerializers } from 'pino';

export type Log = Logger;

/** What may never reach a log, wherever it hides in a logged object. */
const REDACTED = ['password', 'accessToken', 'refreshToken', 'authorization', 'headers.authorization', '*.password'];

/** Structured logs, one JSON object a line, on standard output. */
export function createLog(options: { name: string; level?: string }): Log {
  return pino({
    name: options.name,
    level: options.level ?? 'info',
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { error: stdSerializers.err },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  });
}
