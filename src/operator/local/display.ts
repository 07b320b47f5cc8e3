import type { EtcdClusterStatus } from '../api/etcd-cluster.ts';

/** What a person sees of `etcd-ts up`: a table that is redrawn in place and a running list of events. */
export interface Display {
  show(status: EtcdClusterStatus, pidOf: (memberName: string) => number | undefined): void;
  event(message: string): void;
  close(): void;
}

const REASON_LENGTH_MAX = 60;
const HEADINGS = ['MEMBER', 'ROLE', 'PID', 'REVISION', 'TERM', 'HEALTH'] as const;

/** On a terminal the table stays below the events; elsewhere it is printed when a member changed. */
export function createDisplay(out: NodeJS.WriteStream): Display {
  let table = '';
  let shownLines = 0;
  let summary = '';
  const erase = (): void => {
    if (shownLines > 0) out.write(`\u001b[${shownLines}A\u001b[0J`);
    shownLines = 0;
  };
  const draw = (): void => {
    // A line that wraps would be two to erase. A terminal that does not know its width says 0.
    const width = out.columns || undefined;
    const lines = table.split('\n').map((line) => line.slice(0, width));
    out.write(lines.join('\n'));
    shownLines = lines.length - 1;
  };
  return {
    show: (status, pidOf) => {
      const next = renderTable(status, pidOf);
      const nextSummary = summaryOf(status, pidOf);
      if (next === table) return;
      table = next;
      if (out.isTTY) {
        erase();
        draw();
      } else if (nextSummary !== summary) {
        out.write(table);
      }
      summary = nextSummary;
    },
    event: (message) => {
      if (out.isTTY) erase();
      out.write(`${new Date().toISOString().slice(11, 23)}  ${message}\n`);
      if (out.isTTY) draw();
    },
    close: () => {
      table = '';
      shownLines = 0;
    },
  };
}

export function renderTable(
  status: EtcdClusterStatus,
  pidOf: (memberName: string) => number | undefined,
): string {
  const rows = status.members.map((member) => [
    member.name,
    member.role,
    String(pidOf(member.name) ?? '-'),
    String(member.revision),
    String(member.raftTerm),
    member.isHealthy ? 'healthy' : shortened(member.reason || member.phase),
  ]);
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const ready = `${status.phase}: ${status.ready} members ready`;
  return `${[`${ready}, clients: ${status.endpoints.members.join(',')}`, ...text].join('\n')}\n`;
}

/** Errors of connections are long, and their beginning says it. */
function shortened(reason: string): string {
  return reason.length <= REASON_LENGTH_MAX ? reason : `${reason.slice(0, REASON_LENGTH_MAX - 1)}…`;
}

/** Revisions move all the time; a log file only wants to know who does what. */
function summaryOf(
  status: EtcdClusterStatus,
  pidOf: (memberName: string) => number | undefined,
): string {
  const members = status.members.map(({ name, role, isHealthy, phase }) =>
    [name, role, isHealthy, phase, pidOf(name)].join(),
  );
  return [status.phase, status.ready, ...members].join(' ');
}
