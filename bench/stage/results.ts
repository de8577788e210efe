import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** A row of a question's table; the columns are the same for all of its rows. */
export type Row = Record<string, string | number>;

/** What was asked, what was seen and, where something is wanted, whether it held. */
export type Result = { question: string; goal?: { wanted: string; held: boolean }; rows: Row[]; notes?: string[] };

const DIRECTORY = new URL('../results/', import.meta.url);

function table(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((name) => row[name]!))),
  ].join('\n');
}

/**
 * Writes `bench/results/<name>.json` and `.md`. Figures are of one machine at one time: the ratios carry over.
 *
 * @returns the text of the `.md`
 */
export function writeResult(name: string, result: Result): string {
  mkdirSync(DIRECTORY, { recursive: true });
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const at = new Date().toISOString().slice(0, 10);
  writeFileSync(
    new URL(`${name}.json`, DIRECTORY),
    `${JSON.stringify({ at, node: process.version, machine, ...result }, null, 2)}\n`,
  );
  const { question, goal } = result;
  const verdict = goal ? `Wanted: ${goal.wanted}. ${goal.held ? 'Held.' : '**Not held.**'} ` : '';
  const text = `# ${question}

${verdict}Measured on ${at}, Node ${process.version}, ${machine.cpus} cores (${machine.model}), ${machine.memoryGiB} GiB.

${table(result.rows)}
${(result.notes ?? []).map((note) => `\n${note}\n`).join('')}`;
  writeFileSync(new URL(`${name}.md`, DIRECTORY), text);
  return text;
}
