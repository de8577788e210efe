import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { isOutage } from './outage.rules.ts';
import { createRepetitions } from './repetitions.ts';

export type Log = Logger;

/** What may never reach a log, wherever it hides in a logged object. */
const REDACTED = ['password', 'accessToken', 'refreshToken', 'authorization', 'headers.authorization', '*.password'];

/** Level of pino from which on a line tells of a failure. */
const WARN = 40;

/**
 * Structured logs, one JSON object a line, on standard output. A failure that repeats is one line a second, with the number of those left
 * out since the one before, so that an overload or an outage does not fill a disk. Where something is away, its error has no stack.
 */
export function createLog(options: { name: string; level?: string }, destination?: DestinationStream): Log {
  const repetitions = createRepetitions();
  const settings = {
    name: options.name,
    level: options.level ?? 'info',
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { error: presentError },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    hooks: {
      logMethod(this: Logger, args: unknown[], method: (...args: unknown[]) => void, level: number) {
        if (level < WARN) return method.apply(this, args);
        const [first, ...rest] = args;
        const details = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : null;
        repetitions.see(kindOf(level, details, details ? rest[0] : first), (leftOut) => {
          if (leftOut === 0) method.apply(this, args);
          else method.apply(this, details ? [{ ...details, leftOut }, ...rest] : [{ leftOut }, ...args]);
        });
      },
    },
  };
  return destination ? pino(settings, destination) : pino(settings);
}

/** Where something is away, where that was noticed says nothing. */
function presentError(error: unknown): unknown {
  const whole = stdSerializers.err(error as Error);
  if (!(error instanceof Error) || !isOutage(error)) return whole;
  const { type, message, code } = whole;
  return { type, message: message.replaceAll(/\s+/g, ' ').trim(), code };
}

/**
 * Failures are the same where their text is, whoever is concerned; ids and messages of errors differ each time. All workers of a process
 * lack together what is away.
 */
function kindOf(level: number, details: Record<string, unknown> | null, message: unknown): string {
  const error = details?.error instanceof Error ? details.error.name : '';
  const worker = isOutage(details?.error) ? '' : details?.worker;
  return [level, message, details?.subgraph, details?.address, worker, error].join('|');
}
