import { Option } from '@tintype/cli';
import type {
  CaseQuery,
  CaseState,
  ModerationAction,
  ReportedContentQuery,
  ReportReason,
} from '@tintype/schema/operations';
import * as operations from '@tintype/schema/operations';
import { collect, listOf, namesOf, parseName } from './enum-name.rules.ts';
import {
  accepted,
  type Command,
  createGraphCommands,
  linesOfPage,
  nameOf,
  pageOf,
  parseDays,
  quoted,
  row,
  type WithClient,
} from './graph-commands.ts';

const STATES = namesOf<CaseState>({ OPEN: 'OPEN', CLAIMED: 'CLAIMED', DECIDED: 'DECIDED', CLOSED: 'CLOSED' });
const REASONS = namesOf<ReportReason>({
  SPAM: 'SPAM',
  HARASSMENT: 'HARASSMENT',
  HATE: 'HATE',
  NUDITY: 'NUDITY',
  VIOLENCE: 'VIOLENCE',
  SELF_HARM: 'SELF_HARM',
  IMPERSONATION: 'IMPERSONATION',
  INTELLECTUAL_PROPERTY: 'INTELLECTUAL_PROPERTY',
  OTHER: 'OTHER',
});
const ACTIONS = namesOf<ModerationAction>({
  DISMISS: 'DISMISS',
  HIDE: 'HIDE',
  REMOVE: 'REMOVE',
  WARN: 'WARN',
  SUSPEND: 'SUSPEND',
  BAN: 'BAN',
  UPHOLD: 'UPHOLD',
  REVERSE: 'REVERSE',
});

/** What was decided about a case: the case, the action, the reason, what it was about, when, and by whom. */
const decisionOf = ({
  id,
  action,
  reason,
  targetType,
  targetId,
  decidedAt,
  moderator,
}: NonNullable<CaseQuery['case']>) => [
  id,
  action ?? '-',
  reason ?? '-',
  targetType,
  targetId,
  decidedAt ?? '-',
  nameOf(moderator),
];

/** What a case is about, the beginning of what was judged, and the pictures. */
const contentLines = ({ username, text, excerpt, pictures }: NonNullable<ReportedContentQuery['reportedContent']>) => [
  row(`@${username}`, quoted(text)),
  ...(excerpt == null ? [] : [row('JUDGED', quoted(excerpt))]),
  ...pictures,
];

/** Adds the commands that moderators and admins have in the graph. @param print prints a line */
export function addModerationCommands(program: Command, withClient: WithClient, print: (line: string) => void): void {
  const { graphCommand, pageCommand, run } = createGraphCommands(withClient, print);

  pageCommand(program, 'cases', 'list cases, the oldest first')
    .addOption(new Option('--state <state>', `${listOf(STATES)}; can be repeated`).argParser(collect(STATES)))
    .addOption(new Option('--reason <reason>', `${listOf(REASONS)}; can be repeated`).argParser(collect(REASONS)))
    .action((options) =>
      run(
        options,
        async (client) =>
          (
            await client.request(operations.CasesDocument, {
              ...pageOf(options),
              states: options.state ?? [],
              reasons: options.reason ?? [],
            })
          ).cases!,
        (page) =>
          linesOfPage(page, (found) =>
            row(
              found.id,
              found.state,
              found.targetType,
              found.targetId,
              found.reportCount,
              nameOf(found.person),
              found.createdAt,
            ),
          ),
      ),
    );
  graphCommand(program, 'case', 'show a case with its newest reports')
    .argument('<id>', 'of the case')
    .option('--content', 'show what it is about, too. The audit log records that somebody looked at it')
    .action((caseId, options) =>
      run(
        options,
        async (client) => {
          const { case: found } = await client.request(operations.CaseDocument, { caseId });
          if (!found) throw new Error('This case does not exist.');
          const reviewed = found.decidedCaseId
            ? (await client.request(operations.CaseDocument, { caseId: found.decidedCaseId })).case
            : null;
          if (!options.content) return { ...found, reviewed: reviewed ?? null, content: null };
          const { reportedContent } = await client.request(operations.ReportedContentDocument, { caseId });
          return { ...found, reviewed: reviewed ?? null, content: reportedContent ?? null };
        },
        ({ id, state, action, targetType, targetId, reviewed, reports, content, ...found }) => [
          row(id, state, action ?? '-', targetType, targetId),
          ...(reviewed ? [row('DECIDED', ...decisionOf(reviewed))] : []),
          ...(found.appealText == null ? [] : [row('APPEAL', quoted(found.appealText))]),
          ...(found.appealCaseId ? [row('APPEALED', found.appealCaseId)] : []),
          ...(found.reversedAt ? [row('REVERSED', found.reversedAt, found.reversalCaseId ?? '-')] : []),
          ...(reports?.edges ?? []).map(({ node }) =>
            row(node.createdAt, node.reason, nameOf(node.reporter), quoted(node.text)),
          ),
          ...(content ? contentLines(content) : []),
        ],
      ),
    );
  graphCommand(program, 'claim', 'claim a case, or start the time of the claim again')
    .argument('<id>', 'of the case')
    .action((caseId, options) =>
      run(
        options,
        async (client) => {
          const { claimCase } = await client.request(operations.ClaimCaseDocument, { input: { caseId } });
          return accepted(claimCase!).case!;
        },
        ({ id, claimedUntil }) => [`${id} is claimed until ${claimedUntil}.`],
      ),
    );
  graphCommand(program, 'release', 'give up the claim of a case')
    .argument('<id>', 'of the case')
    .action((caseId, options) =>
      run(
        options,
        async (client) => {
          const { releaseCase } = await client.request(operations.ReleaseCaseDocument, { input: { caseId } });
          return accepted(releaseCase!).case!;
        },
        ({ id }) => [`${id} waits for another moderator.`],
      ),
    );
  graphCommand(program, 'decide', 'decide a case that you have claimed')
    .argument('<id>', 'of the case')
    .argument('<action>', listOf(ACTIONS), (text: string) => parseName(ACTIONS, text))
    .addOption(
      new Option('--reason <reason>', 'that the person is told; by default that of the first report').argParser(
        (text: string) => parseName(REASONS, text),
      ),
    )
    .addOption(new Option('--days <number>', 'of a suspension, from 1 to 365').argParser(parseDays))
    .action((caseId, action, options) =>
      run(
        options,
        async (client) => {
          const input = { caseId, action, reason: options.reason ?? null, suspendDays: options.days ?? null };
          const { decideCase } = await client.request(operations.DecideCaseDocument, { input });
          return accepted(decideCase!).case!;
        },
        ({ id, action: decided }) => [`${id} is decided: ${decided}.`],
      ),
    );
  graphCommand(program, 'reverse', 'undo what was decided about a case')
    .argument('<id>', 'of the case')
    .action((caseId, options) =>
      run(
        options,
        async (client) => {
          const { reverseDecision } = await client.request(operations.ReverseDecisionDocument, { input: { caseId } });
          return accepted(reverseDecision!).case!;
        },
        ({ id, decidedCaseId }) => [`The decision of ${decidedCaseId} is undone by ${id}.`],
      ),
    );
  pageCommand(program, 'audit', 'list what moderators and admins did, the newest first').action((options) =>
    run(
      options,
      async (client) => (await client.request(operations.AuditLogDocument, pageOf(options))).auditLog!,
      (page) =>
        linesOfPage(page, (entry) =>
          row(
            entry.createdAt,
            entry.kind,
            nameOf(entry.actor),
            entry.caseId ?? '-',
            nameOf(entry.subject),
            entry.detail ?? '-',
          ),
        ),
    ),
  );
  pageCommand(program, 'roles', 'list everybody with a role').action((options) =>
    run(
      options,
      async (client) => (await client.request(operations.StaffDocument, pageOf(options))).staff!,
      (page) => linesOfPage(page, ({ user, role, grantedAt }) => row(nameOf(user), role, grantedAt)),
    ),
  );

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
