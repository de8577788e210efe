import * as operations from '@tintype/schema/operations';
import { accepted, type Command, type GraphCommands, linesOfPage, pageOf, row } from './graph-commands.ts';

/** Adds the commands that list and change the banned words. */
export function addBannedWordCommands(program: Command, { graphCommand, pageCommand, run }: GraphCommands): void {
  const words = program.command('words').description('list and change the banned words');
  pageCommand(words, 'list', 'list the banned words, the newest first').action((options) =>
    run(
      options,
      async (client) => (await client.request(operations.BannedWordsDocument, pageOf(options))).bannedWords!,
      (page) => linesOfPage(page, ({ word, createdAt }) => row(word, createdAt)),
    ),
  );
  graphCommand(words, 'add', 'ban words')
    .argument('<word...>', 'each with an asterisk at its end if words that begin with it are banned as well')
    .action((texts, options) =>
      run(
        options,
        async (client) => {
          const added: string[] = [];
          for (const word of texts) {
            const { addBannedWord } = await client.request(operations.AddBannedWordDocument, { input: { word } });
            added.push(accepted(addBannedWord!).bannedWord!.word);
          }
          return { words: added };
        },
        (result) => result.words.map((word) => `${word} is banned.`),
      ),
    );
  graphCommand(words, 'remove', 'allow banned words again')
    .argument('<word...>', 'as in the list')
    .action(async (texts, options) => {
      const unknown: string[] = [];
      await run(
        options,
        async (client) => {
          const removed: string[] = [];
          for (const word of texts) {
            const { removeBannedWord } = await client.request(operations.RemoveBannedWordDocument, { input: { word } });
            const { removedWord } = accepted(removeBannedWord!);
            if (removedWord == null) unknown.push(word);
            else removed.push(removedWord);
          }
          return { words: removed };
        },
        (result) => result.words.map((word) => `${word} is allowed.`),
      );
      if (unknown.length > 0) throw new Error(unknown.map((word) => `${word} is not in the list.`).join('\n'));
    });
}
