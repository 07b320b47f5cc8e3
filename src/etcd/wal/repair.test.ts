import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { MemoryDisk } from '../../../test/support/memory-disk.ts';
import { silentLog } from '../../base/log.ts';
import type { Entry } from '../proto/generated/raftpb.ts';
import { WalCorruptError } from './replay.ts';
import { Wal } from './wal.ts';

const golden = JSON.parse(
  readFileSync(new URL('testdata/etcd-segment.json', import.meta.url), 'utf8'),
) as { base64: string; records: { offset: number }[] };
const FILE = '/member/wal/0000000000000000-0000000000000000.wal';
const SEGMENT_BYTES = 4 * 1024;
const USED_BYTES = 2216;

type Outcome =
  | { kind: 'opened'; commit: number; entries: readonly Entry[]; repairedAt: number | undefined }
  | { kind: 'refused'; offset: number };

async function diskWith(bytes: Uint8Array): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await disk.makeDir('/member/wal');
  disk.place(FILE, bytes);
  return disk;
}

async function open(disk: MemoryDisk): Promise<Outcome> {
  let repairedAt: number | undefined;
  const log = {
    ...silentLog,
    warn: (_message: string, fields?: Readonly<Record<string, unknown>>) => {
      repairedAt = fields?.['offset'] as number;
    },
  };
  const options = { segmentBytes: SEGMENT_BYTES };
  try {
    const opened = await Wal.open('/member/wal', { index: 0, term: 0 }, disk, log, options);
    await opened.wal.close();
    return { kind: 'opened', commit: opened.hardState.commit, entries: opened.entries, repairedAt };
  } catch (error) {
    assert.ok(error instanceof WalCorruptError, String(error));
    assert.equal(error.path, FILE);
    return { kind: 'refused', offset: error.offset };
  }
}

function segment(): Buffer {
  const bytes = Buffer.alloc(SEGMENT_BYTES);
  bytes.set(Buffer.from(golden.base64, 'base64'));
  return bytes;
}

/** What etcd 3.7.3 did when it was started on the same damage. */
const damages: {
  name: string;
  damage: (bytes: Buffer) => Buffer;
  commit?: number;
  repairedAt?: number;
  refusedAt?: number;
}[] = [
  {
    name: 'cut inside the last record',
    damage: (b) => b.subarray(0, 2190),
    commit: 20,
    repairedAt: 2176,
  },
  {
    name: 'zeros in place of the last record',
    damage: (b) => b.fill(0, 2184, 2216),
    commit: 20,
    repairedAt: 2176,
  },
  { name: 'one byte of the last record changed', damage: (b) => flip(b, 2190), refusedAt: 2176 },
  {
    name: 'zeros from a sector boundary on',
    damage: (b) => b.fill(0, 2048, 2216),
    commit: 19,
    repairedAt: 2032,
  },
  {
    name: 'zeros in place of a record in the middle',
    damage: (b) => b.fill(0, 1224, 1264),
    commit: 12,
    repairedAt: 1216,
  },
  { name: 'rubbish behind a gap of zeros', damage: (b) => b.fill(0xaa, 2300, 2350), commit: 21 },
  {
    name: 'an impossible length at the end',
    damage: (b) => b.fill(0xff, 2216, 2240),
    commit: 21,
    repairedAt: 2216,
  },
  { name: 'a whole record with a wrong crc at the end', damage: withBadRecord, refusedAt: 2216 },
  {
    name: 'cut inside a length field',
    damage: (b) => b.subarray(0, 2220),
    commit: 21,
    repairedAt: 2216,
  },
];

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 0x55;
  return bytes;
}

function withBadRecord(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(40, 2216);
  bytes.set([0x08, 0x02, 0x10, 0x01], 2224);
  return bytes.fill(0x11, 2228, 2264);
}

for (const { name, damage, commit, repairedAt, refusedAt } of damages) {
  test(`${name}: ${refusedAt === undefined ? 'opened' : 'refused'}, as etcd does`, async () => {
    const disk = await diskWith(damage(segment()));
    const outcome = await open(disk);
    if (refusedAt !== undefined) {
      assert.deepEqual(outcome, { kind: 'refused', offset: refusedAt });
      return;
    }
    assert.ok(outcome.kind === 'opened');
    assert.equal(outcome.commit, commit);
    assert.equal(outcome.repairedAt, repairedAt);
    assert.equal(await disk.exists(`${FILE}.broken`), repairedAt !== undefined);
  });
}

test('a repair keeps a copy of the damaged file and opens cleanly the next time', async () => {
  const damaged = segment().fill(0, 2184, 2216);
  const disk = await diskWith(damaged);
  await open(disk);
  assert.deepEqual(Buffer.from(disk.contents(`${FILE}.broken`)), damaged);
  const again = await open(disk);
  assert.ok(again.kind === 'opened');
  assert.equal(again.repairedAt, undefined);
  assert.equal(again.commit, 20);
});

test('rubbish behind the end is wiped before anything is appended', async () => {
  const disk = await diskWith(segment().fill(0xaa, 2300, 2350));
  await open(disk);
  assert.ok(
    disk
      .contents(FILE)
      .subarray(USED_BYTES)
      .every((byte) => byte === 0),
  );
});

test('a file cut at any byte opens with exactly the whole records before the cut', async () => {
  const whole = await open(await diskWith(segment()));
  assert.ok(whole.kind === 'opened');
  const starts = [...golden.records.map((record) => record.offset), USED_BYTES];
  for (let size = 0; size <= USED_BYTES; size += 1) {
    const outcome = await open(await diskWith(segment().subarray(0, size)));
    const lastStart = Math.max(...starts.filter((start) => start <= size));
    // Records are crc 0, metadata 16, snapshot 56, then entries and states.
    if (lastStart < 56) {
      assert.equal(outcome.kind, 'refused', `cut at ${size}`);
      continue;
    }
    assert.ok(outcome.kind === 'opened', `cut at ${size}`);
    assert.deepEqual(outcome.entries, whole.entries.slice(0, outcome.entries.length));
    assert.equal(outcome.repairedAt, lastStart === size ? undefined : lastStart, `cut at ${size}`);
  }
});

test('a flipped bit never yields an entry that was not written', async () => {
  const whole = await open(await diskWith(segment()));
  assert.ok(whole.kind === 'opened');
  for (let at = 0; at < USED_BYTES; at += 1) {
    const bytes = segment();
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    const outcome = await open(await diskWith(bytes));
    if (outcome.kind === 'refused') continue;
    // A length field can turn a record into an end or a torn write; data is covered by the CRC.
    assert.deepEqual(outcome.entries, whole.entries.slice(0, outcome.entries.length), `byte ${at}`);
  }
});

test('damage in a file that is not the last one is refused, whatever it looks like', async () => {
  for (const damage of [
    (b: Buffer) => b.subarray(0, b.length - 10),
    (b: Buffer) => b.fill(0, b.length - 600),
    (b: Buffer) => b.fill(0, 1104),
    (b: Buffer) => flip(b, b.length - 20),
  ]) {
    const disk = new MemoryDisk();
    await disk.makeDir('/member');
    const options = { segmentBytes: 2048 };
    const wal = await Wal.create('/member/wal', new Uint8Array([8, 1]), disk, options);
    const data = new Uint8Array(1000).fill(1);
    for (let index = 1; index <= 3; index += 1) {
      await wal.append([{ type: 0, term: 1, index, data }], undefined, true);
    }
    await wal.close();
    const first = Buffer.from(disk.contents(FILE));
    assert.equal((await disk.list('/member/wal')).length, 2);
    disk.place(FILE, damage(first));
    const outcome = await open(disk);
    assert.ok(outcome.kind === 'refused');
  }
});
