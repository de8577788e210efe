import { createErasureConsumer } from '@tintype/events';
import { createSubgraph } from '@tintype/graphql';
import { globalId, timestampOf } from '@tintype/ids';
import { isNewAccount } from '@tintype/policy';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import type { Wire } from '@tintype/service';
import { createAppealService } from '#appeal/appeal.service.ts';
import { listAuditEntries } from '#audit/audit.repository.ts';
import { createAuditResolvers } from '#audit/audit.resolver.ts';
import { createRoleConsumer } from '#audit/on-role-changed.consumer.ts';
import { createBannedWordResolvers } from '#banned-word/banned-word.resolver.ts';
import { createBannedWordService } from '#banned-word/banned-word.service.ts';
import { createCaseResolvers } from '#case/case.resolver.ts';
import { createCaseService } from '#case/case.service.ts';
import { createCountWaitingJob } from '#case/count-waiting.job.ts';
import { createTargetConsumers } from '#case/on-target-deleted.consumer.ts';
import { createFindContent } from '#case/reported-content.ts';
import { createApplyDecisionsJob } from '#decision/apply-decisions.job.ts';
import { createDecisionService } from '#decision/decision.service.ts';
import { createReadExcerpt } from '#decision/excerpt.ts';
import { createTakeEffect } from '#decision/take-effect.ts';
import { createErasureSteps } from '#erasure/erasure.service.ts';
import { RECORDS } from '#export/record.repository.ts';
import { createRecordResolvers } from '#export/record.resolver.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { listOwnDecisions } from '#own-decision/own-decision.repository.ts';
import { createOwnDecisionResolvers } from '#own-decision/own-decision.resolver.ts';
import { createReportResolvers } from '#report/report.resolver.ts';
import { createReportService } from '#report/report.service.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = ({ config, database, ids, client, log }) => {
  const { pool } = database;
  const findContent = createFindContent(client);
  const decisions = createDecisionService({
    pool,
    ids,
    takeEffect: createTakeEffect({ pool, client }),
    readExcerpt: createReadExcerpt({ findContent, log }),
    log,
  });
  const isNew = (userId: bigint) => isNewAccount(timestampOf(userId), config.newAccountDays);
  const report = createReportResolvers({ reports: createReportService({ pool, ids, isNew }) });
  const moderated = createCaseResolvers({
    cases: createCaseService({ pool, ids }),
    decisions,
    findContent,
  });
  const own = createOwnDecisionResolvers({
    list: (userId, read) => listOwnDecisions(pool, userId, read),
    appeals: createAppealService({ pool, ids }),
  });
  const audit = createAuditResolvers({ listEntries: (read) => listAuditEntries(pool, read) });
  const word = createBannedWordResolvers({ words: createBannedWordService({ pool, ids }) });
  const records = createRecordResolvers({ list: (kind, ...page) => RECORDS[kind](pool, ...page) });
  const subgraph = createSubgraph({
    name: 'moderation',
    typeDefs: subgraphSdl('moderation'),
    resolvers: {
      Query: { ...report.Query, ...moderated.Query, ...own.Query, ...audit.Query, ...word.Query, ...records },
      Mutation: { ...report.Mutation, ...moderated.Mutation, ...own.Mutation, ...word.Mutation },
      Report: report.Report,
      Case: moderated.Case,
      CaseReport: moderated.CaseReport,
      ModerationDecision: own.ModerationDecision,
      AuditEntry: audit.AuditEntry,
      User: { id: ({ id }) => globalId('User', id) },
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createApplyDecisionsJob({ decisions, log }),
      createCountWaitingJob({ pool, log }),
      ...createTargetConsumers({ bus, pool, log }),
      createRoleConsumer({ bus, pool, ids, log }),
      createErasureConsumer({ bus, owner: 'moderation', steps: createErasureSteps({ pool }), log }),
    ],
  };
};
