import { createLog } from '@tintype/telemetry';
import { describe, expect, it } from 'vitest';
import { createKeySet } from './key-set.ts';

const log = createLog({ name: 'test', level: 'silent' });
const keyOfKind = (kid: string) => ({
  kty: 'OKP',
  crv: 'Ed25519',
  kid,
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
});
const token = { payload: '', signature: '' };

describe('the key set', () => {
  it('is fetched once for concurrent callers', async () => {
    let asked = 0;
    const keys = createKeySet({ log, fetchJwks: async () => ({ keys: [keyOfKind(`key-${++asked}`)] }) });
    const all = await Promise.all([keys.current(), keys.current(), keys.current()]);
    expect([asked, all[2].keys[0]?.kid]).toEqual([1, 'key-1']);
  });

  it('is fetched again for an unknown key, at most every 10 s', async () => {
    let now = 0;
    let asked = 0;
    let known = ['a'];
    const fetchJwks = async () => {
      asked += 1;
      return { keys: known.map(keyOfKind) };
    };
    const keys = createKeySet({ log, fetchJwks, now: () => now });
    const find = (kid: string) => keys.verificationKey({ alg: 'EdDSA', kid }, token);
    await find('a');
    known = ['a', 'b'];
    await expect(find('b')).rejects.toThrow();
    now = 10_000;
    await find('b');
    await expect(find('c')).rejects.toThrow();
    expect(asked).toBe(2);
  });

  it('keeps its keys if a refresh fails', async () => {
    let now = 0;
    let broken = false;
    const fetchJwks = async () => {
      if (broken) throw new Error('away');
      return { keys: [keyOfKind('a')] };
    };
    const keys = createKeySet({ log, fetchJwks, now: () => now });
    await keys.current();
    broken = true;
    now = 3_600_000;
    expect((await keys.current()).keys).toHaveLength(1);
    expect((await keys.current()).keys).toHaveLength(1);
  });

  it('is waited for before the first token, and not for ever', async () => {
    let asked = 0;
    const fetchJwks = async () => {
      asked += 1;
      if (asked < 3) throw new Error('away');
      return { keys: [keyOfKind('a')] };
    };
    const keys = createKeySet({ log, fetchJwks });
    await keys.warm(60_000);
    expect((await keys.current()).keys).toHaveLength(1);
    expect(asked).toBe(3);
    const without = createKeySet({ log, fetchJwks: () => Promise.reject(new Error('away')) });
    await without.warm(1);
    await expect(without.current()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('fails without keys, and has them as soon as they can be fetched', async () => {
    let broken = true;
    const fetchJwks = async () => {
      if (broken) throw new Error('away');
      return { keys: [keyOfKind('a')] };
    };
    const keys = createKeySet({ log, fetchJwks });
    await expect(keys.current()).rejects.toMatchObject({ code: 'UNAVAILABLE', status: 503 });
    broken = false;
    expect((await keys.current()).keys).toHaveLength(1);
  });
});
