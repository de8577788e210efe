import { isIP } from 'node:net';
import { isCount, list } from '@tintype/service';

/** Networks of proxies: an address alone or with the length of its prefix. */
export const networks = list.refine((all) => all.every(isNetwork), {
  message: 'must be networks such as 10.0.0.0/8, with commas between',
});

function isNetwork(text: string): boolean {
  const [ip = '', prefix, ...others] = text.split('/');
  const version = isIP(ip);
  return version > 0 && others.length === 0 && (prefix === undefined || isCount(prefix, 1, version === 4 ? 32 : 128));
}
