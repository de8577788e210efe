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
  type GraphCommands,
  linesOfPage,
  nameOf,
  pageOf,
  parseDays,
  quoted,
  row,
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

/** Adds the commands for cases and decisions about them. */
export function addCaseCommands(program: Command, graph: GraphCommands): void {
  addLists(program, graph);
  addClaims(program, graph);
  addDecisions(program, graph);
}

function addLists(program: Command, { graphCommand, pageCommand, run }: GraphCommands): void {
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
}

function addClaims(program: Command, { graphCommand, run }: GraphCommands): void {
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
}

function addDecisions(program: Command, { graphCommand, run }: GraphCommands): void {
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
}
