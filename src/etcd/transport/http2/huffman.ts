/*
 * HPACK's Huffman code (RFC 7541, appendix B). It is canonical: among codes of one length, symbols
 * in ascending order get consecutive values, so the lengths alone define it.
 *
 *   codes of the symbols in order, high bits first │ ones up to the next byte (at most seven)
 */

/** Length in bits of the symbols 0 to 255 and of EOS, one base-36 digit each. */
const codeLengths =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq' +
  'u';
const EOS = 256;

const codes = canonicalCodes();

/**
 * One step per four bits, for each inner node of the code tree:
 * next node | symbol << 9 | EMITS | FAILS. No code is shorter than five bits, so a step completes
 * at most one symbol.
 */
const EMITS = 1 << 17;
const FAILS = 1 << 18;
const NODE_MASK = 0x1ff;
const { steps, mayEnd } = buildSteps();

/** The text, one character per byte; undefined when the bytes are no such code. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  const wanted = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < wanted) scratch = Buffer.allocUnsafe(wanted);
  let length = 0;
  let node = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    let step = steps[(node << 4) | (byte >> 4)] as number;
    if ((step & EMITS) !== 0) scratch[length++] = (step >> 9) & 0xff;
    if ((step & FAILS) !== 0) return undefined;
    step = steps[((step & NODE_MASK) << 4) | (byte & 15)] as number;
    if ((step & EMITS) !== 0) scratch[length++] = (step >> 9) & 0xff;
    if ((step & FAILS) !== 0) return undefined;
    node = step & NODE_MASK;
  }
  return mayEnd[node] === 1 ? scratch.toString('latin1', 0, length) : undefined;
}

/** The size of `text` (one byte per character) when encoded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += bitsOf(text.charCodeAt(i) & 0xff);
  return (bits + 7) >> 3;
}

/** Writes `text` at `at` and returns the offset behind it. */
export function encodeHuffman(text: string, into: Uint8Array, at: number): number {
  let pending = 0;
  let pendingBits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    // At most 7 + 30 bits: more than a 32-bit integer holds, so plain arithmetic.
    pending = pending * 2 ** bitsOf(symbol) + (codes[symbol] as number);
    pendingBits += bitsOf(symbol);
    while (pendingBits >= 8) {
      pendingBits -= 8;
      const byte = Math.floor(pending / 2 ** pendingBits);
      into[at++] = byte;
      pending -= byte * 2 ** pendingBits;
    }
  }
  if (pendingBits > 0) into[at++] = (pending << (8 - pendingBits)) | (0xff >> pendingBits);
  return at;
}

let scratch = Buffer.allocUnsafe(1024);

function bitsOf(symbol: number): number {
  return Number.parseInt(codeLengths.charAt(symbol), 36);
}

function canonicalCodes(): Uint32Array {
  const symbols = Array.from({ length: EOS + 1 }, (_, symbol) => symbol);
  symbols.sort((a, b) => bitsOf(a) - bitsOf(b) || a - b);
  const assigned = new Uint32Array(EOS + 1);
  let code = 0;
  let bits = 0;
  for (const symbol of symbols) {
    code *= 2 ** (bitsOf(symbol) - bits);
    bits = bitsOf(symbol);
    assigned[symbol] = code++;
  }
  return assigned;
}

type Node = { readonly id: number; readonly children: [Tree | undefined, Tree | undefined] };
type Tree = Node | number;

function buildTree(): Node[] {
  const root: Node = { id: 0, children: [undefined, undefined] };
  const nodes = [root];
  for (let symbol = 0; symbol <= EOS; symbol++) {
    let node = root;
    for (let bit = bitsOf(symbol) - 1; bit > 0; bit--) {
      const side = (((codes[symbol] as number) >>> bit) & 1) as 0 | 1;
      let child = node.children[side];
      if (child === undefined) {
        child = { id: nodes.length, children: [undefined, undefined] };
        nodes.push(child);
        node.children[side] = child;
      }
      node = child as Node;
    }
    node.children[((codes[symbol] as number) & 1) as 0 | 1] = symbol;
  }
  return nodes;
}

function buildSteps(): { steps: Uint32Array; mayEnd: Uint8Array } {
  const nodes = buildTree();
  const steps = new Uint32Array(nodes.length * 16);
  for (const { id } of nodes) {
    for (let nibble = 0; nibble < 16; nibble++) {
      steps[(id << 4) | nibble] = stepFrom(nodes, id, nibble);
    }
  }
  // The padding is the beginning of EOS: nothing, or one to seven ones.
  const mayEnd = new Uint8Array(nodes.length);
  let node: Tree | undefined = nodes[0];
  for (let ones = 0; ones <= 7 && typeof node === 'object'; ones++) {
    mayEnd[node.id] = 1;
    node = node.children[1];
  }
  return { steps, mayEnd };
}

function stepFrom(nodes: readonly Node[], id: number, nibble: number): number {
  let node = nodes[id] as Node;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = node.children[((nibble >> bit) & 1) as 0 | 1];
    // EOS within a string is an error.
    if (child === undefined || child === EOS) return emitted | FAILS;
    if (typeof child === 'object') {
      node = child;
      continue;
    }
    emitted = EMITS | (child << 9);
    node = nodes[0] as Node;
  }
  return emitted | node.id;
}
