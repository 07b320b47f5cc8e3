import { formatId } from '../proto/ids.ts';
import type { Result } from './output.ts';

/** What `restore` and `import` say of the data directory that they made. */
export function memberResult(
  dataDir: string,
  made: {
    readonly memberId: bigint;
    readonly clusterId: bigint;
    readonly revision: number;
    /** Of a member that goes on with a log. */
    readonly appliedIndex?: number;
  },
): Result {
  const { revision, appliedIndex } = made;
  const [member, cluster] = [formatId(made.memberId), formatId(made.clusterId)];
  const applied = appliedIndex === undefined ? [] : [appliedIndex];
  return {
    columns: [
      ['data directory', dataDir],
      ['member', member],
      ['cluster', cluster],
      ['revision', String(revision)],
      ...applied.map((index) => ['applied index', String(index)] as const),
    ],
    fields: [
      ['DataDir', dataDir],
      ['MemberID', member],
      ['ClusterID', cluster],
      ['Revision', revision],
      ...applied.map((index) => ['AppliedIndex', index] as const),
    ],
    json: { dataDir, member, cluster, revision, appliedIndex },
  };
}
