import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes, emptyBytes, utf8Bytes, utf8Text } from '../../src/base/bytes.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { type Backend, backendKeyBytesMax, type ReadTxn } from '../../src/etcd/backend/backend.ts';
import { ValuePlace } from '../../src/etcd/backend/value-place.ts';

const b = utf8Bytes;
const wanted = ['again', '', 'absent', 'D'];

function pairs(txn: ReadTxn, from: string, to?: string, reverse = false, limit?: number): string {
  const options = limit === undefined ? { reverse } : { reverse, limit };
  const found: string[] = [];
  for (const [key, value] of txn.range(
    'meta',
    b(from),
    to === undefined ? undefined : b(to),
    options,
  )) {
    found.push(`${utf8Text(key)}=${utf8Text(value)}`);
  }
  return found.join(' ');
}

/** What every backend promises; `open` gives a new empty one, which the suite closes. */
export function backendContract(name: string, open: () => Promise<Backend>): void {
  const claim = (sentence: string, run: (backend: Backend) => Promise<void> | void): void => {
    void test(`${name}: ${sentence}`, async () => {
      const backend = await open();
      try {
        await run(backend);
      } finally {
        await backend.close();
      }
    });
  };
  const seed = (backend: Backend): void => {
    backend.write((txn) => {
      for (const key of ['b', 'a', 'd', 'c']) txn.put('meta', b(key), b(key.toUpperCase()));
    });
  };

  claim('a range is ordered, half-open, limited and reversible', (backend) => {
    seed(backend);
    backend.read((txn) => {
      assert.equal(pairs(txn, ''), 'a=A b=B c=C d=D');
      assert.equal(pairs(txn, 'b', 'd'), 'b=B c=C');
      assert.equal(pairs(txn, 'aa', 'cc'), 'b=B c=C');
      assert.equal(pairs(txn, 'b', 'd', true), 'c=C b=B');
      assert.equal(pairs(txn, '', undefined, true), 'd=D c=C b=B a=A');
      assert.equal(pairs(txn, 'aa', 'cc', true), 'c=C b=B');
      assert.equal(pairs(txn, 'b', 'd', true, 1), 'c=C');
      assert.equal(pairs(txn, '', undefined, false, 2), 'a=A b=B');
      assert.equal(pairs(txn, 'd', 'b'), '');
      assert.equal(pairs(txn, 'x'), '');
      assert.equal(txn.count('meta', b('b'), b('d')), 2);
      assert.equal(txn.count('meta', b(''), undefined), 4);
      assert.equal(txn.count('meta', b('x'), undefined), 0);
    });
  });

  claim('a value is found in place as it is read, also within its transaction', async (backend) => {
    const place = new ValuePlace();
    const found = (txn: ReadTxn, key: string): string => {
      if (!txn.find('meta', b(key), place)) return 'absent';
      const value = utf8Text(place.bytes.subarray(place.start, place.end));
      assert.equal(utf8Text(place.taken()), value);
      assert.equal(utf8Text(txn.get('meta', b(key)) as Uint8Array), value);
      return value;
    };
    seed(backend);
    await backend.drain();
    const before = backend.write((txn) => {
      const kept = txn.get('meta', b('a')) as Uint8Array;
      txn.put('meta', b('a'), b('again'));
      txn.put('meta', b('b'), emptyBytes);
      txn.delete('meta', b('c'));
      assert.deepEqual(
        ['a', 'b', 'c', 'd'].map((key) => found(txn, key)),
        wanted,
      );
      return kept;
    });
    const all = (): string[] =>
      ['a', 'b', 'c', 'd'].map((key) => backend.read((txn) => found(txn, key)));
    assert.deepEqual(all(), wanted);
    await backend.drain();
    assert.deepEqual(all(), wanted);
    assert.equal(utf8Text(before), 'A', 'what was read belongs to its reader');
  });

  claim('a write that throws leaves nothing', (backend) => {
    seed(backend);
    assert.throws(
      () =>
        backend.write((txn) => {
          txn.put('meta', b('a'), b('changed'));
          txn.put('lease', b('x'), b('y'));
          txn.delete('meta', b('b'));
          throw new Error('stop');
        }),
      /stop/,
    );
    backend.read((txn) => {
      assert.equal(pairs(txn, ''), 'a=A b=B c=C d=D');
      assert.equal(txn.get('lease', b('x')), undefined);
    });
  });

  claim('a write sees its own changes, and the next read sees them too', (backend) => {
    const inside = backend.write((txn) => {
      txn.put('meta', b('k'), b('1'));
      txn.put('meta', b('k'), b('2'));
      txn.append('history', b('1'), b('x'));
      txn.delete('meta', b('absent'));
      return pairs(txn, '');
    });
    assert.equal(inside, 'k=2');
    assert.equal(
      backend.read((txn) => pairs(txn, '')),
      'k=2',
    );
    backend.write((txn) => txn.delete('meta', b('k')));
    assert.equal(
      backend.read((txn) => txn.get('meta', b('k'))),
      undefined,
    );
  });

  claim('a pinned read does not see later writes, other reads do', (backend) => {
    seed(backend);
    const pin = backend.pin();
    backend.write((txn) => txn.put('meta', b('e'), b('E')));
    const second = backend.pin();
    backend.write((txn) => txn.delete('meta', b('a')));
    assert.equal(pairs(pin, ''), 'a=A b=B c=C d=D');
    assert.equal(pairs(second, ''), 'a=A b=B c=C d=D e=E');
    assert.equal(utf8Text(pin.get('meta', b('a')) as Uint8Array), 'A');
    assert.equal(pin.count('meta', b(''), undefined), 4);
    assert.equal(
      backend.read((txn) => pairs(txn, '')),
      'b=B c=C d=D e=E',
    );
    pin.close();
    assert.equal(pairs(second, ''), 'a=A b=B c=C d=D e=E');
    second.close();
  });

  claim('what it hands out belongs to the caller', (backend) => {
    seed(backend);
    const key = b('a');
    const first = backend.read((txn) => txn.get('meta', key)) as Uint8Array;
    first[0] = 0x7a;
    const value = b('v');
    backend.write((txn) => txn.put('meta', key, value));
    value[0] = 0x7a;
    key[0] = 0x7a;
    assert.equal(
      backend.read((txn) => pairs(txn, 'a', 'b')),
      'a=v',
    );
  });

  claim('values may be empty or large, keys up to the limit', (backend) => {
    const key = new Uint8Array(backendKeyBytesMax).fill(0xff);
    const large = new Uint8Array(3_000_000).fill(7);
    backend.write((txn) => {
      txn.put('meta', key, large);
      txn.put('meta', b('empty'), new Uint8Array(0));
    });
    backend.read((txn) => {
      assert.equal(compareBytes(txn.get('meta', key) as Uint8Array, large), 0);
      assert.equal(txn.get('meta', b('empty'))?.length, 0);
      assert.deepEqual(
        [...txn.range('meta', b(''), undefined)].map(([k, v]) => [k.length, v.length]),
        [
          [5, 0],
          [backendKeyBytesMax, 3_000_000],
        ],
      );
    });
    assert.throws(() => backend.write((txn) => txn.put('meta', new Uint8Array(0), b('x'))));
    assert.throws(() =>
      backend.write((txn) => txn.put('meta', new Uint8Array(backendKeyBytesMax + 1), b('x'))),
    );
  });

  claim('checkpoints can overlap writes and each other', async (backend) => {
    seed(backend);
    const first = backend.checkpoint();
    backend.write((txn) => txn.put('meta', b('e'), b('E')));
    await Promise.all([first, backend.checkpoint(), backend.checkpoint()]);
    assert.ok(backend.sizeBytes() >= backend.sizeInUseBytes());
    assert.equal(
      backend.read((txn) => pairs(txn, '')),
      'a=A b=B c=C d=D e=E',
    );
  });

  claim('it equals a map under random transactions', (backend) => {
    const seedNumber = Math.floor(Math.random() * 2 ** 32);
    console.log(`${name} contract seed ${seedNumber}`);
    equalsMap(backend, seededRandom(seedNumber));
  });
}

function equalsMap(backend: Backend, random: Random): void {
  let model = new Map<string, string>();
  const key = (): string => `k${random.below(40)}`;
  for (let round = 0; round < 60; round++) {
    const draft = new Map(model);
    const fails = random.below(5) === 0;
    try {
      backend.write((txn) => {
        for (let i = random.below(10); i > 0; i--) {
          const k = key();
          if (random.below(3) === 0) {
            txn.delete('meta', b(k));
            draft.delete(k);
          } else {
            txn.put('meta', b(k), b(String(round)));
            draft.set(k, String(round));
          }
        }
        if (fails) throw new Error('planned');
      });
      model = draft;
    } catch (error) {
      if (!fails) throw error;
    }
    const [from, to] = [key(), key()].sort() as [string, string];
    const expected = [...model]
      .filter(([k]) => k >= from && k < to)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([k, v]) => `${k}=${v}`);
    backend.read((txn) => {
      assert.equal(pairs(txn, from, to), expected.join(' '));
      assert.equal(pairs(txn, from, to, true, 3), expected.reverse().slice(0, 3).join(' '));
      assert.equal(txn.count('meta', b(from), b(to)), expected.length);
    });
  }
}
