import { type ListRecords, personalRecord } from '@tintype/graphql';
import { query, statement } from '@tintype/postgres';
import type { ModerationRecordKind, ReportTargetType } from '#generated/graphql.ts';
import { listDecisionsAfter } from '#own-decision/own-decision.repository.ts';
import { targetIdOf } from '#report/target.rules.ts';

const EXPORTED_REPORTS = statement(
  'exported_reports',
  `SELECT r.id, c.target_type AS "targetType", c.target_id AS "targetId", r.reason, r.text, r.created_at AS "createdAt"
   FROM moderation.report r JOIN moderation.case c ON c.id = r.case_id
   WHERE r.reporter_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`,
).narrow<{ targetType: ReportTargetType }>();

export const RECORDS: Readonly<Record<ModerationRecordKind, ListRecords>> = {
  async REPORTS(executor, ...page) {
    const rows = await query(executor, EXPORTED_REPORTS, page);
    return rows.map(({ id, targetType, targetId, reason, text, createdAt }) =>
      personalRecord(id, { targetId: targetIdOf({ targetType, targetId }), reason, text, createdAt }),
    );
  },
  async DECISIONS(executor, ...page) {
    const rows = await listDecisionsAfter(executor, ...page);
    return rows.map(({ id, targetType, targetId, ...decision }) =>
      personalRecord(id, { targetId: targetIdOf({ targetType, targetId }), ...decision }),
    );
  },
};
