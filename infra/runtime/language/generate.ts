import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type ArgumentType, argumentsOf } from './src/messages.rules.ts';

/** Writes the arguments of all messages as types, so that a call without one of them does not compile. */
const messages = globSync('src/messages/*.json', { cwd: import.meta.dirname })
  .sort()
  .flatMap(readMessages);
const types = new Map<string, Map<string, ArgumentType>>();
for (const { file, key, message } of messages) {
  const known = types.get(key) ?? new Map<string, ArgumentType>();
  for (const { name, type } of argumentsOf(message)) {
    if ((known.get(name) ?? type) !== type) throw new Error(`${file}: {${name}} of ${key} is a ${type} here only.`);
    known.set(name, type);
  }
  types.set(key, known);
}
const lines = [...types].map(([key, values]) => {
  const fields = [...values].map(([name, type]) => `${name}: ${type}`);
  return `  '${key}': ${fields.length > 0 ? `{ ${fields.join('; ')} }` : 'unknown'};`;
});
mkdirSync(`${import.meta.dirname}/src/generated`, { recursive: true });
writeFileSync(
  `${import.meta.dirname}/src/generated/message-arguments.ts`,
  `/** The arguments of each message, by its key: \`unknown\` if it has none. */\nexport type MessageArguments = {\n${lines.join('\n')}\n};\n`,
);

function readMessages(file: string): { file: string; key: string; message: string }[] {
  const catalog: Record<string, string> = JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'));
  return Object.entries(catalog).map(([key, message]) => ({ file, key, message }));
}
