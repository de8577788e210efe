import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    AuditEntry: 'audit/audit.model.ts#AuditEntryModel',
    Case: 'case/case.model.ts#CaseModel',
    CaseReport: 'report/report.model.ts#CaseReportModel',
    ModerationDecision: 'own-decision/own-decision.model.ts#OwnDecisionModel',
    Report: 'report/report.model.ts#ReportModel',
    User: 'case/case.model.ts#PersonModel',
  },
  workers: { 'moderation-worker': [] },
} satisfies SubgraphManifest;
