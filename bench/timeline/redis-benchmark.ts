import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { getBinary } from '@tintype/local';

const run = promisify(execFile);
/** Like the fan-out worker: pages of 1,000 keys, with a few in flight. */
const PIPELINE = 1000;
const CLIENTS = 3;

/**
 * Plain ZADD, pipelined by redis-benchmark. `__rand_int__` in key and member is replaced in each command by 12 random
 * digits below the range.
 *
 * @returns commands per second
 */
export async function zaddPerSecond(options: {
  redisUrl: string;
  key: string;
  score: string;
  member: string;
  range: number;
  count: number;
}): Promise<number> {
  const { redisUrl, key, score, member, range, count } = options;
  const { hostname, port } = new URL(redisUrl);
  const settings = { h: hostname, p: port, c: CLIENTS, P: PIPELINE, n: count, r: range };
  const flags = Object.entries(settings).flatMap(([flag, value]) => [`-${flag}`, String(value)]);
  const { stdout } = await run(getBinary('redis-benchmark'), [...flags, '--csv', 'ZADD', key, score, member]);
  const [, figures] = stdout.trim().split('\n');
  const perSecond = Number(figures?.split('","')[1]);
  if (!(perSecond > 0)) throw new Error(`The answer of redis-benchmark has no figure: ${stdout}`);
  return perSecond;
}
