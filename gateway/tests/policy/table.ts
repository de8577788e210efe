import { readFileSync, writeFileSync } from 'node:fs';
import { ACCOUNTS, type Account, AUDIENCES, type Audience } from './audiences.ts';
import type { Finding } from './survey.ts';

const PATH = new URL('../../../schema/policy.csv', import.meta.url);
const HEAD = ['field', 'object', 'account', ...AUDIENCES];

/** Findings by `Type.field,object,account` and audience. Fields and objects have no commas. */
export type PolicyTable = Map<string, Map<Audience, Finding>>;

export function readTable(): PolicyTable {
  const [head, ...lines] = readFileSync(PATH, 'utf8').trimEnd().split('\n');
  if (head !== HEAD.join()) throw new Error(`policy.csv must have the columns ${HEAD.join()}`);
  const table: PolicyTable = new Map();
  for (const line of lines) {
    const [field, object, accounts, ...cells] = line.split(',');
    for (const account of accounts!.split(' ')) {
      const row = AUDIENCES.flatMap((audience, index): [Audience, Finding][] =>
        cells[index] ? [[audience, cells[index]]] : [],
      );
      table.set([field, object, account].join(), new Map(row));
    }
  }
  return table;
}

/** Writes the table, with one line for accounts that are treated alike. */
export function writeTable(table: PolicyTable): void {
  const lines = new Map<string, Account[]>();
  for (const key of [...table.keys()].sort()) {
    const row = table.get(key)!;
    const [field, object, account] = key.split(',') as [string, string, Account];
    const cells = AUDIENCES.map((audience) => row.get(audience) ?? '');
    const line = `${field},${object},|,${cells.join()}`;
    lines.set(line, [...(lines.get(line) ?? []), account]);
  }
  const written = [...lines].map(([line, accounts]) =>
    line.replace('|', ACCOUNTS.filter((account) => accounts.includes(account)).join(' ')),
  );
  writeFileSync(PATH, `${[HEAD.join(), ...written].join('\n')}\n`);
}
