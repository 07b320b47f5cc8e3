import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { seededRandom } from '../../base/random.ts';
import type { Entry } from '../proto/generated/raftpb.ts';
import { Wal } from '../wal/wal.ts';
import { checkAppliedAgainstWal, checkWal, type WalFigures } from './check-wal.ts';
import { Findings } from './findings.ts';

const dir = '/member/wal';
const metadata = new Uint8Array([8, 1, 16, 2]);
const confState = {
  voters: [1n],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

function entry(index: number): Entry {
  return { type: 0, term: 1, index, data: Buffer.alloc(100, index) };
}

/** Entries 1 to 60 in several segments, committed, with a marker at 20. */
async function newLog(): Promise<{ disk: MemoryDisk; segments: readonly string[] }> {
  const disk = new MemoryDisk();
  await disk.makeDir('/member');
  const wal = await Wal.create(dir, metadata, disk, { segmentBytes: 2_048, segmentsKept: 0 });
  for (let index = 1; index <= 60; index++) {
    await wal.append([entry(index)], { term: 1, vote: 7n, commit: index }, true);
    if (index === 20) await wal.saveSnapshot({ index, term: 1, confState });
  }
  await wal.close();
  const segments = (await disk.list(dir)).filter((name) => name.endsWith('.wal'));
  assert.ok(segments.length > 3);
  return { disk, segments: segments.map((name) => `${dir}/${name}`) };
}

async function check(disk: MemoryDisk): Promise<{ findings: Findings; wal: WalFigures }> {
  const findings = new Findings();
  return { findings, wal: await checkWal(dir, disk, findings) };
}

test('a whole log has its entries, its marker and nothing to say', async () => {
  const { disk, segments } = await newLog();
  const { findings, wal } = await check(disk);
  assert.deepEqual(findings.described, []);
  assert.equal(wal.segments, segments.length);
  assert.deepEqual([wal.firstIndex, wal.lastIndex, wal.commit], [1, 60, 60]);
  assert.deepEqual([wal.markerIndex, wal.memberId], [20, '1']);
});

test('any changed byte of a record is named with its segment, and the rest is still read', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`check wal seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 20; round++) {
    const { disk, segments } = await newLog();
    const at = random.below(segments.length - 1);
    const path = segments[at] as string;
    const bytes = Buffer.from(disk.contents(path));
    const data = bytes.indexOf(Buffer.alloc(40, bytes[600] ?? 0), 500);
    const place = data < 0 ? 600 : data + random.below(30);
    bytes[place] = (bytes[place] ?? 0) ^ (1 + random.below(255));
    disk.place(path, bytes);
    const { findings, wal } = await check(disk);
    assert.equal(findings.first?.kind, 'wal', `seed ${seed}`);
    assert.equal(findings.first?.place.file, path, `seed ${seed}`);
    assert.match(findings.first?.message ?? '', /^at offset \d+: /);
    assert.equal(wal.lastIndex, 60, `seed ${seed}`);
    assert.ok(wal.firstIndex > 1, `seed ${seed}`);
  }
});

test('a missing segment is damage', async () => {
  const { disk, segments } = await newLog();
  await disk.remove(segments[1] as string);
  const { findings } = await check(disk);
  assert.match(findings.first?.message ?? '', /the segment behind .* is missing/);
});

test('a torn end is for the next start to cut off', async () => {
  const { disk, segments } = await newLog();
  const path = segments.at(-1) as string;
  const bytes = Buffer.from(disk.contents(path));
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  disk.place(path, bytes.subarray(0, end - 30));
  const { findings } = await check(disk);
  assert.equal(findings.isDamaged, false);
  assert.deepEqual([...findings.counts.keys()], ['wal-torn']);
});

test('no log at all is damage', async () => {
  const disk = new MemoryDisk();
  await disk.makeDir(dir);
  const { findings } = await check(disk);
  assert.equal(findings.first?.message, 'there is no segment');
});

const log: WalFigures = {
  segments: 1,
  records: 100,
  firstIndex: 21,
  lastIndex: 60,
  commit: 60,
  markerIndex: 20,
  memberId: '1',
};

const positions: readonly [string, number, Partial<WalFigures>, string][] = [
  ['the state is within the log', 40, {}, ''],
  ['the log begins right behind the state', 20, {}, ''],
  ['the log begins later', 19, {}, 'state-log'],
  ['a newer snapshot was taken, and the log reaches it', 20, { markerIndex: 50 }, ''],
  [
    'a newer snapshot came from the leader',
    40,
    { firstIndex: 81, lastIndex: 80, markerIndex: 80 },
    'state-log',
  ],
  ['the log ends before the state', 70, {}, 'log-behind'],
  ['the log is another member’s', 40, { memberId: '2' }, 'member'],
];

for (const [what, appliedIndex, figures, kind] of positions) {
  test(`${what}: ${kind === '' ? 'fine' : kind}`, () => {
    const findings = new Findings();
    checkAppliedAgainstWal({ appliedIndex, members: ['1'] }, { ...log, ...figures }, findings);
    assert.equal([...findings.counts.keys()].join(), kind);
  });
}
