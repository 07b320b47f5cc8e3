/** Damaged logs, as a machine leaves them behind: a torn tail is repaired, anything else refused. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MemberProcess } from '../support/member-process.ts';
import { type ProcessCluster, withCluster } from '../support/process-cluster.ts';

type Frame = { readonly offset: number; readonly length: number };

function newestSegment(member: MemberProcess): string {
  const folder = join(member.config.dataDir, 'member/wal');
  const name = readdirSync(folder)
    .filter((entry) => entry.endsWith('.wal'))
    .sort()
    .at(-1);
  assert.ok(name !== undefined, `no segment in ${folder}`);
  return join(folder, name);
}

/** The records of a segment: an eight-byte length (top byte: padding), then record and padding. */
function readFrames(segment: Buffer): Frame[] {
  const frames: Frame[] = [];
  let offset = 0;
  while (offset + 8 <= segment.length) {
    const field = segment.readBigUInt64LE(offset);
    if (field === 0n) break;
    const padding = Number((field >> 56n) & 0x7fn);
    const length = 8 + Number(field & 0x00ff_ffff_ffff_ffffn) + padding;
    frames.push({ offset, length });
    offset += length;
  }
  return frames;
}

async function writeAndKill(cluster: ProcessCluster): Promise<MemberProcess> {
  const member = cluster.member(0);
  for (let i = 0; i < 20; i += 1) await cluster.client(member).put(`k${i}`, `value ${i}`);
  await member.kill('SIGKILL');
  return member;
}

test('a record torn by a crash is cut off, and all before it is there', async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = await writeAndKill(cluster);
    const path = newestSegment(member);
    const segment = readFileSync(path);
    const last = readFrames(segment).at(-1);
    assert.ok(last !== undefined);
    const end = last.offset + last.length;
    // A length that promises 2000 bytes, of which the disk got the first sector only.
    const torn = Buffer.alloc(512 - (end % 512), 0x55);
    torn.writeBigUInt64LE(2_000n, 0);
    writeFileSync(path, Buffer.concat([segment.subarray(0, end), torn, Buffer.alloc(4_096)]));
    await cluster.restart(member);
    assert.equal(await cluster.client(member).get('k19'), 'value 19');
    await cluster.client(member).put('after', 'repair');
    assert.ok(readdirSync(join(member.config.dataDir, 'member/wal')).some(isBroken));
    await member.kill('SIGKILL');
    await cluster.restart(member);
    assert.equal(await cluster.client(member).get('after'), 'repair');
  });
});

test('a flipped bit in the middle stops the start, with the file and the place', async (t) => {
  await withCluster(t, { size: 1 }, async (cluster) => {
    const member = await writeAndKill(cluster);
    const path = newestSegment(member);
    const segment = readFileSync(path);
    const frames = readFrames(segment);
    const middle = frames[Math.floor(frames.length / 2)];
    assert.ok(middle !== undefined);
    const at = middle.offset + middle.length - 12;
    segment[at] = (segment[at] ?? 0) ^ 0x10;
    writeFileSync(path, segment);
    await assert.rejects(cluster.restart(member), /ended/);
    assert.match(await member.exited(), /^code [1-9]/);
    const log = member.logTail(10);
    assert.match(log, /crc|corrupt/i);
    if (member.config.kind === 'etcd-ts') {
      assert.ok(log.includes(path), 'the message names the file');
      assert.match(log, new RegExp(`\\b${middle.offset}\\b`), 'the message names the offset');
    }
    // Restored, the log is whole again: nothing was written over it.
    segment[at] = (segment[at] ?? 0) ^ 0x10;
    writeFileSync(path, segment);
    await cluster.restart(member);
    assert.equal(await cluster.client(member).get('k19'), 'value 19');
  });
});

function isBroken(name: string): boolean {
  return name.endsWith('.broken');
}
