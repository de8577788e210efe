import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from './log.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function recorded() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ name: 'test' }, { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

test('a repeated failure is logged at once, then at most once a second, and the lines count every failure', () => {
  const { log, lines } = recorded();
  const began = performance.now();
  for (let count = 0; count < 1000; count++) {
    log.error({ error: new Error(`of request ${count}`), requestId: String(count) }, 'A request failed.');
    vi.advanceTimersByTime(Math.random() * 20);
  }
  vi.advanceTimersByTime(1000);
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.length).toBeLessThanOrEqual(1 + (performance.now() - began) / 1000);
  expect(lines.reduce((sum, { leftOut = 0 }) => sum + 1 + (leftOut as number), 0)).toBe(1000);
  expect(lines.map(({ requestId }) => requestId)).toMatchObject({ 0: '0', [lines.length - 1]: '999' });
});

test('a failure that comes seldom is a line each time', () => {
  const { log, lines } = recorded();
  for (let count = 0; count < 5; count++) {
    log.error('A text alone.');
    vi.advanceTimersByTime(1001);
  }
  expect(lines.map(({ leftOut }) => leftOut)).toEqual(Array(5).fill(undefined));
});

test('texts of which no two are alike are bounded as well', () => {
  const { log, lines } = recorded();
  for (let count = 0; count < 10_000; count++) log.warn(`text ${count}`);
  vi.advanceTimersByTime(1000);
  expect(lines.length).toBeLessThan(110);
  expect(lines.reduce((sum, { leftOut = 0 }) => sum + 1 + (leftOut as number), 0)).toBe(10_000);
});

test('an unavailable store is one short line for all workers, without a stack', () => {
  const { log, lines } = recorded();
  const away = () =>
    Object.assign(new Error('connect\n  ECONNREFUSED', { cause: new Error('by Postgres') }), { code: 'ECONNREFUSED' });
  for (let worker = 0; worker < 20; worker++)
    log.error({ error: away(), worker: `worker ${worker}` }, 'A worker failed. It will be retried.');
  log.error(
    { error: new TypeError('undefined is not a function'), worker: 'worker 1' },
    'A worker failed. It will be retried.',
  );
  vi.advanceTimersByTime(1000);
  expect(lines.map(({ error, leftOut }) => ({ error, leftOut }))).toEqual([
    { error: { type: 'Error', message: 'connect ECONNREFUSED: by Postgres', code: 'ECONNREFUSED' } },
    { error: expect.objectContaining({ type: 'TypeError', stack: expect.stringContaining('at ') }) },
    { error: { type: 'Error', message: 'connect ECONNREFUSED: by Postgres', code: 'ECONNREFUSED' }, leftOut: 18 },
  ]);
});

test('failures of different kinds do not hide each other', () => {
  const { log, lines } = recorded();
  log.error({ error: new Error('a') }, 'A request failed.');
  log.error({ error: new TypeError('a') }, 'A request failed.');
  log.warn({ error: new Error('a') }, 'A request failed.');
  log.error({ subgraph: 'post' }, 'A request to a subgraph failed.');
  log.error({ subgraph: 'user' }, 'A request to a subgraph failed.');
  log.error('A text alone.');
  log.error('A text alone.');
  log.child({ part: 'of it' }).error('A text alone.');
  expect(lines).toHaveLength(6);
});

test('what is no failure is never left out', () => {
  const { log, lines } = recorded();
  for (let i = 0; i < 20; i++) log.info('The subgraph accepts requests.');
  expect(lines).toHaveLength(20);
});

test('an error of Postgres is logged without values of the row', () => {
  const { log, lines } = recorded();
  const refusal = (name: string) =>
    Object.assign(new Error(name), {
      name,
      code: '23505',
      constraint: 'credential_email_key',
      detail: 'Key (email)=(wanda@example.org) already exists.',
      where: "unnamed portal with parameters: $1 = 'wanda@example.org'",
    });
  log.error({ error: refusal('plain') }, 'A request failed.');
  log.error({ error: Object.assign(new Error('outer'), { originalError: refusal('inner') }) }, 'A worker failed.');
  log.error({ error: new AggregateError([refusal('first'), refusal('second')], 'all') }, 'Two workers failed.');
  expect(lines).toHaveLength(3);
  expect(JSON.stringify(lines)).not.toContain('wanda');
  expect(JSON.stringify(lines).match(/credential_email_key/g)).toHaveLength(4);
});

test('a text of a client neither begins a line nor ends one', () => {
  const lines: string[] = [];
  const log = createLog({ name: 'test' }, { write: (line) => void lines.push(line) });
  const forged = '\r\n{"level":"fatal","msg":"forged"}\n\u2028\u0085\u001b[2J';
  log.info({ reason: forged, [forged]: 1 }, forged);
  log.error({ error: new Error(forged) }, 'A request failed.');
  expect(lines.map((line) => line.trimEnd().split(/\r|\n/))).toEqual([[expect.any(String)], [expect.any(String)]]);
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['info', 'error']);
  expect(lines.join('')).not.toContain('\u001b');
});
