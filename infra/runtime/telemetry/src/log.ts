import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { createRepetitions } from './repetitions.ts';

export type Log = Logger;

/** What may never reach a log, wherever it hides in a logged object. */
const REDACTED = ['password', 'accessToken', 'refreshToken', 'authorization', 'headers.authorization', '*.password'];

/** Level of pino from which on a line tells of a failure. */
const WARN = 40;

/**
 * Structured logs, one JSON object a line, on standard output. A failure that repeats is one line a second, with the number of those left
 * out since the one before, so that an overload or an outage does not fill a disk.
 */
export function createLog(options: { name: string; level?: string }, destination?: DestinationStream): Log {
  const repetitions = createRepetitions();
  const settings = {
    name: options.name,
    level: options.level ?? 'info',
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { error: stdSerializers.err },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    hooks: {
      logMethod(this: Logger, args: unknown[], method: (...args: unknown[]) => void, level: number) {
        if (level < WARN) return method.apply(this, args);
        const [first, ...rest] = args;
        const details = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : null;
        const leftOut = repetitions.see(keyOf(level, details, details ? rest[0] : first), performance.now());
        if (leftOut === null) return;
        if (leftOut === 0) return method.apply(this, args);
        return method.apply(this, details ? [{ ...details, leftOut }, ...rest] : [{ leftOut }, ...args]);
      },
    },
  };
  return destination ? pino(settings, destination) : pino(settings);
}

/** Failures are the same where their text is, whoever is concerned; ids and messages of errors differ each time. */
function keyOf(level: number, details: Record<string, unknown> | null, message: unknown): string {
  const error = details?.error instanceof Error ? details.error.name : '';
  return [level, message, details?.subgraph, details?.address, details?.worker, error].join('|');
}
