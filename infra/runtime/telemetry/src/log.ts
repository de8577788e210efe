import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { isOutage } from './outage.rules.ts';
import { createRepetitions } from './repetitions.ts';

export type Log = Logger;

/** Fields that must never be logged, wherever they are in a logged object. */
const REDACTED = ['password', 'accessToken', 'refreshToken', 'authorization', 'headers.authorization', '*.password'];
/** In these, Postgres repeats values of a row, such as an address that exists already. */
const ROW_VALUES = ['error', 'error.*', 'error.aggregateErrors[*]'].flatMap((at) => [`${at}.detail`, `${at}.where`]);

/** From this level of pino on, a line reports a failure. */
const WARN = 40;

/**
 * Structured logs, one JSON object per line, on standard output. A repeated failure is logged once a second, with the
 * number of suppressed lines, so that an overload or an outage does not fill a disk. Errors of unavailable dependencies
 * have no stack.
 */
export function createLog(options: { name: string; level?: string }, destination?: DestinationStream): Log {
  const repetitions = createRepetitions();
  const settings = {
    name: options.name,
    level: options.level ?? 'info',
    redact: { paths: [...REDACTED, ...ROW_VALUES], censor: '[redacted]' },
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

/** If a dependency is unavailable, it does not matter where that was noticed. */
function presentError(error: unknown): unknown {
  const whole = stdSerializers.err(error as Error);
  if (!(error instanceof Error) || !isOutage(error)) return whole;
  const { type, message, code } = whole;
  return { type, message: message.replaceAll(/\s+/g, ' ').trim(), code };
}

/**
 * Failures with the same text are the same, whoever they concern, because ids and error messages differ each time. All
 * workers of a process lack an unavailable dependency together.
 */
function kindOf(level: number, details: Record<string, unknown> | null, message: unknown): string {
  const error = details?.error instanceof Error ? details.error.name : '';
  const worker = isOutage(details?.error) ? '' : details?.worker;
  return [level, message, details?.subgraph, details?.address, worker, error].join('|');
}
