import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);

// src/base/bytes.ts
var EMPTY = new Uint8Array(0);
var encoder = new TextEncoder();
var decoder = new TextDecoder();
var emptyBytes = EMPTY;
function compareBytes(a, b) {
  return Buffer.compare(a, b);
}
function equalBytes(a, b) {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
function concatBytes(parts) {
  return Buffer.concat(parts);
}
function utf8Bytes(text) {
  return encoder.encode(text);
}
function utf8Text(bytes) {
  return decoder.decode(bytes);
}

// src/etcd/proto/wire.ts
var SCRATCH_BYTES = 64 * 1024;
var SCRATCH_BYTES_KEPT = 4 * 1024 * 1024;
var SHARED_BYTES = 16 * 1024;
var SHARED_MESSAGE_BYTES_MAX = 1024;
var nestingMax = 1e3;
var TWO_32 = 4294967296;
var halves = new DataView(new ArrayBuffer(8));
function bigOf(high, low) {
  halves.setUint32(0, high);
  halves.setUint32(4, low);
  return halves.getBigUint64(0);
}
function lowHalf(value) {
  halves.setBigInt64(0, value);
  return halves.getUint32(4);
}
var DecodeError = class extends Error {
  name = "DecodeError";
  offset;
  constructor(reason, offset) {
    super(`${reason} at offset ${offset}`);
    this.offset = offset;
  }
};
var utf8Encoder = new TextEncoder();
var utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
var Reader = class {
  pos = 0;
  end;
  #bytes;
  #depth = 0;
  // The last varint read, as two unsigned 32-bit halves.
  #low = 0;
  #high = 0;
  constructor(bytes) {
    this.#bytes = bytes;
    this.end = bytes.length;
  }
  tag() {
    const at = this.pos;
    const tag = this.uint32();
    if (tag >>> 3 === 0 || this.#high !== 0) throw new DecodeError("illegal field tag", at);
    return tag;
  }
  /** Narrows to the message that starts here and returns the outer end for `leave`. */
  enter() {
    const length = this.#length();
    if (++this.#depth > nestingMax) throw new DecodeError("messages nested too deep", this.pos);
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }
  leave(outer) {
    this.#depth--;
    this.end = outer;
  }
  /** Narrows to a packed run of scalars; unlike `enter` it adds no nesting. */
  enterPacked() {
    const length = this.#length();
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }
  leavePacked(outer) {
    this.end = outer;
  }
  uint32() {
    const at = this.pos;
    if (at < this.end) {
      const first = this.#bytes[at];
      if (first < 128) {
        this.pos = at + 1;
        this.#high = 0;
        return first;
      }
    }
    this.#varint();
    return this.#low;
  }
  /** Enums too: they are open, so an unknown number is kept. */
  int32() {
    return this.uint32() | 0;
  }
  bool() {
    const low = this.uint32();
    return low !== 0 || this.#high !== 0;
  }
  /** Clamped to what a number holds exactly; for values that outside clients send. */
  uint64Clamped() {
    const low = this.uint32();
    if (this.#high >= 2097152) return Number.MAX_SAFE_INTEGER;
    return this.#high * TWO_32 + low;
  }
  int64Clamped() {
    const low = this.uint32();
    const high = this.#high | 0;
    if (high >= 2097152) return Number.MAX_SAFE_INTEGER;
    if (high < -2097152) return Number.MIN_SAFE_INTEGER;
    return Math.max(high * TWO_32 + low, Number.MIN_SAFE_INTEGER);
  }
  /** Throws beyond what a number holds exactly; for our own log and for peers. */
  uint64Exact() {
    const at = this.pos;
    const low = this.uint32();
    if (this.#high >= 2097152) throw new DecodeError("integer beyond 2^53", at);
    return this.#high * TWO_32 + low;
  }
  int64Exact() {
    const at = this.pos;
    const value = this.int64Clamped();
    if (Math.abs(value) === Number.MAX_SAFE_INTEGER) {
      throw new DecodeError("integer beyond 2^53", at);
    }
    return value;
  }
  uint64Big() {
    const low = this.uint32();
    if (this.#high === 0) return low === 0 ? 0n : BigInt(low);
    return bigOf(this.#high, low);
  }
  int64Big() {
    const low = this.uint32();
    halves.setUint32(0, this.#high);
    halves.setUint32(4, low);
    return halves.getBigInt64(0);
  }
  /** A view, not a copy: it keeps the whole input alive. */
  bytes() {
    const length = this.#length();
    if (length === 0) return emptyBytes;
    const input = this.#bytes;
    const view = new Uint8Array(input.buffer, input.byteOffset + this.pos, length);
    this.pos += length;
    return view;
  }
  string() {
    const at = this.pos;
    const bytes = this.bytes();
    if (bytes.length === 0) return "";
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw new DecodeError(`string is not UTF-8 (${String(cause)})`, at);
    }
  }
  /** Steps over the value of a field that this version does not know. */
  skip(tag) {
    switch (tag & 7) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.#advance(this.#length());
        return;
      case 3:
        this.#skipGroup(tag >>> 3);
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw new DecodeError(`illegal wire type ${tag & 7}`, this.pos);
    }
  }
  #skipGroup(field) {
    if (++this.#depth > nestingMax) throw new DecodeError("groups nested too deep", this.pos);
    for (; ; ) {
      const tag = this.tag();
      if ((tag & 7) !== 4) {
        this.skip(tag);
        continue;
      }
      if (tag >>> 3 !== field) throw new DecodeError("group ends with another number", this.pos);
      this.#depth--;
      return;
    }
  }
  #length() {
    const at = this.pos;
    const length = this.uint32();
    if (this.#high !== 0 || length > this.end - this.pos) {
      throw new DecodeError("field is longer than its message", at);
    }
    return length;
  }
  #advance(count) {
    if (count > this.end - this.pos) throw new DecodeError("truncated field", this.pos);
    this.pos += count;
  }
  #varint() {
    const bytes = this.#bytes;
    const start = this.pos;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const at = start + i;
      if (at >= this.end) throw new DecodeError("truncated varint", start);
      const byte = bytes[at];
      const bits = byte & 127;
      if (i < 4) low |= bits << 7 * i;
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << 7 * i - 32;
      if (byte < 128) {
        if (i === 9 && byte > 1) break;
        this.pos = at + 1;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw new DecodeError("varint longer than 64 bits", start);
  }
};
var Writer = class {
  #bytes = new Uint8Array(SCRATCH_BYTES);
  #pos = SCRATCH_BYTES;
  #shared = new ArrayBuffer(0);
  #sharedUsed = SHARED_BYTES;
  /** How many bytes are written; the length of a nested message is a difference of two of these. */
  size() {
    return this.#bytes.length - this.#pos;
  }
  /** A copy of everything written, and a clean writer. */
  finish() {
    const bytes = this.#bytes;
    const message = this.#room(this.size());
    if (message.length !== 0) message.set(bytes.subarray(this.#pos));
    if (bytes.length > SCRATCH_BYTES_KEPT) this.#bytes = new Uint8Array(SCRATCH_BYTES);
    this.#pos = this.#bytes.length;
    return message;
  }
  /** Forgets what a failed encoder left behind. */
  reset() {
    this.#pos = this.#bytes.length;
  }
  byte(value) {
    if (this.#pos === 0) this.#grow(1);
    this.#bytes[--this.#pos] = value;
  }
  /** A whole number from 0 to 2^53; also every tag and length. */
  uint(value) {
    if ((value & 127) === value) {
      this.byte(value);
      return;
    }
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not an unsigned integer below 2^53: ${value}`);
    }
    this.#halves(value % TWO_32, Math.floor(value / TWO_32));
  }
  /** A whole number from -2^53 to 2^53; negative ones take ten bytes, as two's complement. */
  int(value) {
    if (value >= 0) this.uint(value);
    else this.big(BigInt(value));
  }
  /** Signed and unsigned alike: the low 64 bits. */
  big(value) {
    halves.setBigInt64(0, value);
    this.#halves(halves.getUint32(4), halves.getUint32(0));
  }
  bool(value) {
    this.byte(value ? 1 : 0);
  }
  /** The bytes and, before them, their length. */
  bytes(value) {
    const length = value.length;
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    this.#bytes.set(value, this.#pos);
    this.uint(length);
  }
  string(value) {
    const length = Buffer.byteLength(value);
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    utf8Encoder.encodeInto(value, this.#bytes.subarray(this.#pos));
    this.uint(length);
  }
  #room(size) {
    if (size === 0) return emptyBytes;
    if (size > SHARED_MESSAGE_BYTES_MAX) return new Uint8Array(size);
    if (this.#sharedUsed + size > SHARED_BYTES) {
      this.#shared = new ArrayBuffer(SHARED_BYTES);
      this.#sharedUsed = 0;
    }
    const message = new Uint8Array(this.#shared, this.#sharedUsed, size);
    this.#sharedUsed += size;
    return message;
  }
  #halves(low, high) {
    let rest = low;
    let upper = high;
    const length = varintLength(low, high);
    if (this.#pos < length) this.#grow(length);
    this.#pos -= length;
    const bytes = this.#bytes;
    let at = this.#pos;
    while (upper !== 0 || rest > 127) {
      bytes[at++] = rest & 127 | 128;
      rest = (rest >>> 7 | upper << 25) >>> 0;
      upper >>>= 7;
    }
    bytes[at] = rest;
  }
  #grow(needed) {
    const old = this.#bytes;
    const used = old.length - this.#pos;
    let capacity = old.length * 2;
    while (capacity < used + needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(old.subarray(this.#pos), capacity - used);
    this.#bytes = grown;
    this.#pos = capacity - used;
  }
};
function varintLength(low, high) {
  if (high === 0) {
    if (low < 128) return 1;
    if (low < 16384) return 2;
    if (low < 2097152) return 3;
    return low < 268435456 ? 4 : 5;
  }
  if (high < 8) return 5;
  if (high < 1024) return 6;
  if (high < 131072) return 7;
  if (high < 16777216) return 8;
  return high < 2147483648 ? 9 : 10;
}
var scratch = new Writer();
function encodeWith(write, message) {
  try {
    write(scratch, message);
    return scratch.finish();
  } catch (error) {
    scratch.reset();
    throw error;
  }
}

// src/etcd/proto/generated/authpb.ts
function newUserAddOptions() {
  return {
    noPassword: false
  };
}
function readUserAddOptions(r, into) {
  const m = into ?? newUserAddOptions();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.noPassword = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeUserAddOptions(w, m) {
  if (m.noPassword !== void 0 && m.noPassword !== false) {
    w.bool(m.noPassword);
    w.byte(8);
  }
}
function newPermission() {
  return {
    permType: 0,
    key: emptyBytes,
    rangeEnd: emptyBytes
  };
}
function readPermission(r, into) {
  const m = into ?? newPermission();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.permType = r.int32();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 26: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writePermission(w, m) {
  if (m.rangeEnd !== void 0 && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.byte(26);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(18);
  }
  if (m.permType !== void 0 && m.permType !== 0) {
    w.int(m.permType);
    w.byte(8);
  }
}

// src/etcd/proto/generated/membershippb.ts
function newAttributes() {
  return {
    name: "",
    clientUrls: []
  };
}
function readAttributes(r, into) {
  const m = into ?? newAttributes();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.clientUrls.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAttributes(w, m) {
  if (m.clientUrls !== void 0) {
    for (let i = m.clientUrls.length - 1; i >= 0; i--) {
      w.string(m.clientUrls[i]);
      w.byte(18);
    }
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function newClusterVersionSetRequest() {
  return {
    ver: ""
  };
}
function readClusterVersionSetRequest(r, into) {
  const m = into ?? newClusterVersionSetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.ver = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeClusterVersionSetRequest(w, m) {
  if (m.ver !== void 0 && m.ver !== "") {
    w.string(m.ver);
    w.byte(10);
  }
}
function newClusterMemberAttrSetRequest() {
  return {
    memberID: 0n,
    memberAttributes: void 0
  };
}
function readClusterMemberAttrSetRequest(r, into) {
  const m = into ?? newClusterMemberAttrSetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.memberID = r.uint64Big();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.memberAttributes = readAttributes(r, m.memberAttributes);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeClusterMemberAttrSetRequest(w, m) {
  if (m.memberAttributes !== void 0) {
    const end = w.size();
    writeAttributes(w, m.memberAttributes);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.memberID !== void 0 && m.memberID !== 0n) {
    w.big(m.memberID);
    w.byte(8);
  }
}
function newDowngradeInfoSetRequest() {
  return {
    enabled: false,
    ver: ""
  };
}
function readDowngradeInfoSetRequest(r, into) {
  const m = into ?? newDowngradeInfoSetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.enabled = r.bool();
        break;
      }
      case 18: {
        m.ver = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeDowngradeInfoSetRequest(w, m) {
  if (m.ver !== void 0 && m.ver !== "") {
    w.string(m.ver);
    w.byte(18);
  }
  if (m.enabled !== void 0 && m.enabled !== false) {
    w.bool(m.enabled);
    w.byte(8);
  }
}

// src/etcd/proto/generated/mvccpb.ts
var Event_EventType = {
  PUT: 0,
  DELETE: 1
};
function decodeKeyValue(bytes) {
  return readKeyValue(new Reader(bytes), void 0);
}
function newKeyValue() {
  return {
    key: emptyBytes,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: emptyBytes,
    lease: 0n
  };
}
function readKeyValue(r, into) {
  const m = into ?? newKeyValue();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 16: {
        m.createRevision = r.int64Clamped();
        break;
      }
      case 24: {
        m.modRevision = r.int64Clamped();
        break;
      }
      case 32: {
        m.version = r.int64Clamped();
        break;
      }
      case 42: {
        m.value = r.bytes();
        break;
      }
      case 48: {
        m.lease = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeKeyValue(w, m) {
  if (m.lease !== void 0 && m.lease !== 0n) {
    w.big(m.lease);
    w.byte(48);
  }
  if (m.value !== void 0 && m.value.length !== 0) {
    w.bytes(m.value);
    w.byte(42);
  }
  if (m.version !== void 0 && m.version !== 0) {
    w.int(m.version);
    w.byte(32);
  }
  if (m.modRevision !== void 0 && m.modRevision !== 0) {
    w.int(m.modRevision);
    w.byte(24);
  }
  if (m.createRevision !== void 0 && m.createRevision !== 0) {
    w.int(m.createRevision);
    w.byte(16);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(10);
  }
}
function newEvent() {
  return {
    type: 0,
    kv: void 0,
    prevKv: void 0
  };
}
function readEvent(r, into) {
  const m = into ?? newEvent();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.kv = readKeyValue(r, m.kv);
        r.leave(outer);
        break;
      }
      case 26: {
        const outer = r.enter();
        m.prevKv = readKeyValue(r, m.prevKv);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeEvent(w, m) {
  if (m.prevKv !== void 0) {
    const end = w.size();
    writeKeyValue(w, m.prevKv);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.kv !== void 0) {
    const end = w.size();
    writeKeyValue(w, m.kv);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.type !== void 0 && m.type !== 0) {
    w.int(m.type);
    w.byte(8);
  }
}

// src/etcd/proto/generated/etcdserverpb.ts
var RangeRequest_SortOrder = {
  NONE: 0,
  ASCEND: 1,
  DESCEND: 2
};
var RangeRequest_SortTarget = {
  KEY: 0,
  VERSION: 1,
  CREATE: 2,
  MOD: 3,
  VALUE: 4
};
var Compare_CompareResult = {
  EQUAL: 0,
  GREATER: 1,
  LESS: 2,
  NOT_EQUAL: 3
};
var Compare_CompareTarget = {
  VERSION: 0,
  CREATE: 1,
  MOD: 2,
  VALUE: 3,
  LEASE: 4
};
var AlarmType = {
  NONE: 0,
  NOSPACE: 1,
  CORRUPT: 2
};
var AlarmRequest_AlarmAction = {
  GET: 0,
  ACTIVATE: 1,
  DEACTIVATE: 2
};
var WatchCreateRequest_FilterType = {
  NOPUT: 0,
  NODELETE: 1
};
function encodeAuthEnableRequest(m) {
  return encodeWith(writeAuthEnableRequest, m);
}
function newAuthEnableRequest() {
  return {};
}
function readAuthEnableRequest(r, into) {
  const m = into ?? newAuthEnableRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthEnableRequest(_w, _m) {
}
function decodeAuthEnableResponse(bytes) {
  return readAuthEnableResponse(new Reader(bytes), void 0);
}
function newAuthEnableResponse() {
  return {
    header: void 0
  };
}
function readAuthEnableResponse(r, into) {
  const m = into ?? newAuthEnableResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthDisableRequest(m) {
  return encodeWith(writeAuthDisableRequest, m);
}
function newAuthDisableRequest() {
  return {};
}
function readAuthDisableRequest(r, into) {
  const m = into ?? newAuthDisableRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthDisableRequest(_w, _m) {
}
function decodeAuthDisableResponse(bytes) {
  return readAuthDisableResponse(new Reader(bytes), void 0);
}
function newAuthDisableResponse() {
  return {
    header: void 0
  };
}
function readAuthDisableResponse(r, into) {
  const m = into ?? newAuthDisableResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthStatusRequest(m) {
  return encodeWith(writeAuthStatusRequest, m);
}
function decodeAuthStatusRequest(bytes) {
  return readAuthStatusRequest(new Reader(bytes), void 0);
}
function newAuthStatusRequest() {
  return {};
}
function readAuthStatusRequest(r, into) {
  const m = into ?? newAuthStatusRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthStatusRequest(_w, _m) {
}
function encodeAuthStatusResponse(m) {
  return encodeWith(writeAuthStatusResponse, m);
}
function decodeAuthStatusResponse(bytes) {
  return readAuthStatusResponse(new Reader(bytes), void 0);
}
function newAuthStatusResponse() {
  return {
    header: void 0,
    enabled: false,
    authRevision: 0
  };
}
function readAuthStatusResponse(r, into) {
  const m = into ?? newAuthStatusResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.enabled = r.bool();
        break;
      }
      case 24: {
        m.authRevision = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthStatusResponse(w, m) {
  if (m.authRevision !== void 0 && m.authRevision !== 0) {
    w.uint(m.authRevision);
    w.byte(24);
  }
  if (m.enabled !== void 0 && m.enabled !== false) {
    w.bool(m.enabled);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeAuthenticateRequest(m) {
  return encodeWith(writeAuthenticateRequest, m);
}
function decodeAuthenticateRequest(bytes) {
  return readAuthenticateRequest(new Reader(bytes), void 0);
}
function newAuthenticateRequest() {
  return {
    name: "",
    password: ""
  };
}
function readAuthenticateRequest(r, into) {
  const m = into ?? newAuthenticateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthenticateRequest(w, m) {
  if (m.password !== void 0 && m.password !== "") {
    w.string(m.password);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthenticateResponse(bytes) {
  return readAuthenticateResponse(new Reader(bytes), void 0);
}
function newAuthenticateResponse() {
  return {
    header: void 0,
    token: ""
  };
}
function readAuthenticateResponse(r, into) {
  const m = into ?? newAuthenticateResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.token = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserAddRequest(m) {
  return encodeWith(writeAuthUserAddRequest, m);
}
function newAuthUserAddRequest() {
  return {
    name: "",
    password: "",
    options: void 0,
    hashedPassword: ""
  };
}
function readAuthUserAddRequest(r, into) {
  const m = into ?? newAuthUserAddRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.options = readUserAddOptions(r, m.options);
        r.leave(outer);
        break;
      }
      case 34: {
        m.hashedPassword = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserAddRequest(w, m) {
  if (m.hashedPassword !== void 0 && m.hashedPassword !== "") {
    w.string(m.hashedPassword);
    w.byte(34);
  }
  if (m.options !== void 0) {
    const end = w.size();
    writeUserAddOptions(w, m.options);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.password !== void 0 && m.password !== "") {
    w.string(m.password);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthUserAddResponse(bytes) {
  return readAuthUserAddResponse(new Reader(bytes), void 0);
}
function newAuthUserAddResponse() {
  return {
    header: void 0
  };
}
function readAuthUserAddResponse(r, into) {
  const m = into ?? newAuthUserAddResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserGetRequest(m) {
  return encodeWith(writeAuthUserGetRequest, m);
}
function newAuthUserGetRequest() {
  return {
    name: ""
  };
}
function readAuthUserGetRequest(r, into) {
  const m = into ?? newAuthUserGetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserGetRequest(w, m) {
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthUserGetResponse(bytes) {
  return readAuthUserGetResponse(new Reader(bytes), void 0);
}
function newAuthUserGetResponse() {
  return {
    header: void 0,
    roles: []
  };
}
function readAuthUserGetResponse(r, into) {
  const m = into ?? newAuthUserGetResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.roles.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserListRequest(m) {
  return encodeWith(writeAuthUserListRequest, m);
}
function newAuthUserListRequest() {
  return {};
}
function readAuthUserListRequest(r, into) {
  const m = into ?? newAuthUserListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserListRequest(_w, _m) {
}
function decodeAuthUserListResponse(bytes) {
  return readAuthUserListResponse(new Reader(bytes), void 0);
}
function newAuthUserListResponse() {
  return {
    header: void 0,
    users: []
  };
}
function readAuthUserListResponse(r, into) {
  const m = into ?? newAuthUserListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.users.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserDeleteRequest(m) {
  return encodeWith(writeAuthUserDeleteRequest, m);
}
function newAuthUserDeleteRequest() {
  return {
    name: ""
  };
}
function readAuthUserDeleteRequest(r, into) {
  const m = into ?? newAuthUserDeleteRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserDeleteRequest(w, m) {
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthUserDeleteResponse(bytes) {
  return readAuthUserDeleteResponse(new Reader(bytes), void 0);
}
function newAuthUserDeleteResponse() {
  return {
    header: void 0
  };
}
function readAuthUserDeleteResponse(r, into) {
  const m = into ?? newAuthUserDeleteResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserChangePasswordRequest(m) {
  return encodeWith(writeAuthUserChangePasswordRequest, m);
}
function newAuthUserChangePasswordRequest() {
  return {
    name: "",
    password: "",
    hashedPassword: ""
  };
}
function readAuthUserChangePasswordRequest(r, into) {
  const m = into ?? newAuthUserChangePasswordRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        m.hashedPassword = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserChangePasswordRequest(w, m) {
  if (m.hashedPassword !== void 0 && m.hashedPassword !== "") {
    w.string(m.hashedPassword);
    w.byte(26);
  }
  if (m.password !== void 0 && m.password !== "") {
    w.string(m.password);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthUserChangePasswordResponse(bytes) {
  return readAuthUserChangePasswordResponse(new Reader(bytes), void 0);
}
function newAuthUserChangePasswordResponse() {
  return {
    header: void 0
  };
}
function readAuthUserChangePasswordResponse(r, into) {
  const m = into ?? newAuthUserChangePasswordResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserGrantRoleRequest(m) {
  return encodeWith(writeAuthUserGrantRoleRequest, m);
}
function newAuthUserGrantRoleRequest() {
  return {
    user: "",
    role: ""
  };
}
function readAuthUserGrantRoleRequest(r, into) {
  const m = into ?? newAuthUserGrantRoleRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.user = r.string();
        break;
      }
      case 18: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserGrantRoleRequest(w, m) {
  if (m.role !== void 0 && m.role !== "") {
    w.string(m.role);
    w.byte(18);
  }
  if (m.user !== void 0 && m.user !== "") {
    w.string(m.user);
    w.byte(10);
  }
}
function decodeAuthUserGrantRoleResponse(bytes) {
  return readAuthUserGrantRoleResponse(new Reader(bytes), void 0);
}
function newAuthUserGrantRoleResponse() {
  return {
    header: void 0
  };
}
function readAuthUserGrantRoleResponse(r, into) {
  const m = into ?? newAuthUserGrantRoleResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthUserRevokeRoleRequest(m) {
  return encodeWith(writeAuthUserRevokeRoleRequest, m);
}
function newAuthUserRevokeRoleRequest() {
  return {
    name: "",
    role: ""
  };
}
function readAuthUserRevokeRoleRequest(r, into) {
  const m = into ?? newAuthUserRevokeRoleRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthUserRevokeRoleRequest(w, m) {
  if (m.role !== void 0 && m.role !== "") {
    w.string(m.role);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthUserRevokeRoleResponse(bytes) {
  return readAuthUserRevokeRoleResponse(new Reader(bytes), void 0);
}
function newAuthUserRevokeRoleResponse() {
  return {
    header: void 0
  };
}
function readAuthUserRevokeRoleResponse(r, into) {
  const m = into ?? newAuthUserRevokeRoleResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthRoleAddRequest(m) {
  return encodeWith(writeAuthRoleAddRequest, m);
}
function newAuthRoleAddRequest() {
  return {
    name: ""
  };
}
function readAuthRoleAddRequest(r, into) {
  const m = into ?? newAuthRoleAddRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthRoleAddRequest(w, m) {
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthRoleAddResponse(bytes) {
  return readAuthRoleAddResponse(new Reader(bytes), void 0);
}
function newAuthRoleAddResponse() {
  return {
    header: void 0
  };
}
function readAuthRoleAddResponse(r, into) {
  const m = into ?? newAuthRoleAddResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthRoleGetRequest(m) {
  return encodeWith(writeAuthRoleGetRequest, m);
}
function newAuthRoleGetRequest() {
  return {
    role: ""
  };
}
function readAuthRoleGetRequest(r, into) {
  const m = into ?? newAuthRoleGetRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthRoleGetRequest(w, m) {
  if (m.role !== void 0 && m.role !== "") {
    w.string(m.role);
    w.byte(10);
  }
}
function decodeAuthRoleGetResponse(bytes) {
  return readAuthRoleGetResponse(new Reader(bytes), void 0);
}
function newAuthRoleGetResponse() {
  return {
    header: void 0,
    perm: []
  };
}
function readAuthRoleGetResponse(r, into) {
  const m = into ?? newAuthRoleGetResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.perm.push(readPermission(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthRoleListRequest(m) {
  return encodeWith(writeAuthRoleListRequest, m);
}
function newAuthRoleListRequest() {
  return {};
}
function readAuthRoleListRequest(r, into) {
  const m = into ?? newAuthRoleListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthRoleListRequest(_w, _m) {
}
function decodeAuthRoleListResponse(bytes) {
  return readAuthRoleListResponse(new Reader(bytes), void 0);
}
function newAuthRoleListResponse() {
  return {
    header: void 0,
    roles: []
  };
}
function readAuthRoleListResponse(r, into) {
  const m = into ?? newAuthRoleListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.roles.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthRoleDeleteRequest(m) {
  return encodeWith(writeAuthRoleDeleteRequest, m);
}
function newAuthRoleDeleteRequest() {
  return {
    role: ""
  };
}
function readAuthRoleDeleteRequest(r, into) {
  const m = into ?? newAuthRoleDeleteRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthRoleDeleteRequest(w, m) {
  if (m.role !== void 0 && m.role !== "") {
    w.string(m.role);
    w.byte(10);
  }
}
function decodeAuthRoleDeleteResponse(bytes) {
  return readAuthRoleDeleteResponse(new Reader(bytes), void 0);
}
function newAuthRoleDeleteResponse() {
  return {
    header: void 0
  };
}
function readAuthRoleDeleteResponse(r, into) {
  const m = into ?? newAuthRoleDeleteResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthRoleGrantPermissionRequest(m) {
  return encodeWith(writeAuthRoleGrantPermissionRequest, m);
}
function newAuthRoleGrantPermissionRequest() {
  return {
    name: "",
    perm: void 0
  };
}
function readAuthRoleGrantPermissionRequest(r, into) {
  const m = into ?? newAuthRoleGrantPermissionRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.perm = readPermission(r, m.perm);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthRoleGrantPermissionRequest(w, m) {
  if (m.perm !== void 0) {
    const end = w.size();
    writePermission(w, m.perm);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function decodeAuthRoleGrantPermissionResponse(bytes) {
  return readAuthRoleGrantPermissionResponse(new Reader(bytes), void 0);
}
function newAuthRoleGrantPermissionResponse() {
  return {
    header: void 0
  };
}
function readAuthRoleGrantPermissionResponse(r, into) {
  const m = into ?? newAuthRoleGrantPermissionResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeAuthRoleRevokePermissionRequest(m) {
  return encodeWith(writeAuthRoleRevokePermissionRequest, m);
}
function newAuthRoleRevokePermissionRequest() {
  return {
    role: "",
    key: emptyBytes,
    rangeEnd: emptyBytes
  };
}
function readAuthRoleRevokePermissionRequest(r, into) {
  const m = into ?? newAuthRoleRevokePermissionRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.role = r.string();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 26: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAuthRoleRevokePermissionRequest(w, m) {
  if (m.rangeEnd !== void 0 && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.byte(26);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(18);
  }
  if (m.role !== void 0 && m.role !== "") {
    w.string(m.role);
    w.byte(10);
  }
}
function decodeAuthRoleRevokePermissionResponse(bytes) {
  return readAuthRoleRevokePermissionResponse(new Reader(bytes), void 0);
}
function newAuthRoleRevokePermissionResponse() {
  return {
    header: void 0
  };
}
function readAuthRoleRevokePermissionResponse(r, into) {
  const m = into ?? newAuthRoleRevokePermissionResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function newMember() {
  return {
    ID: 0n,
    name: "",
    peerURLs: [],
    clientURLs: [],
    isLearner: false
  };
}
function readMember(r, into) {
  const m = into ?? newMember();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        m.name = r.string();
        break;
      }
      case 26: {
        m.peerURLs.push(r.string());
        break;
      }
      case 34: {
        m.clientURLs.push(r.string());
        break;
      }
      case 40: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMember(w, m) {
  if (m.isLearner !== void 0 && m.isLearner !== false) {
    w.bool(m.isLearner);
    w.byte(40);
  }
  if (m.clientURLs !== void 0) {
    for (let i = m.clientURLs.length - 1; i >= 0; i--) {
      w.string(m.clientURLs[i]);
      w.byte(34);
    }
  }
  if (m.peerURLs !== void 0) {
    for (let i = m.peerURLs.length - 1; i >= 0; i--) {
      w.string(m.peerURLs[i]);
      w.byte(26);
    }
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(18);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function encodeMemberAddRequest(m) {
  return encodeWith(writeMemberAddRequest, m);
}
function decodeMemberAddRequest(bytes) {
  return readMemberAddRequest(new Reader(bytes), void 0);
}
function newMemberAddRequest() {
  return {
    peerURLs: [],
    isLearner: false
  };
}
function readMemberAddRequest(r, into) {
  const m = into ?? newMemberAddRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.peerURLs.push(r.string());
        break;
      }
      case 16: {
        m.isLearner = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberAddRequest(w, m) {
  if (m.isLearner !== void 0 && m.isLearner !== false) {
    w.bool(m.isLearner);
    w.byte(16);
  }
  if (m.peerURLs !== void 0) {
    for (let i = m.peerURLs.length - 1; i >= 0; i--) {
      w.string(m.peerURLs[i]);
      w.byte(10);
    }
  }
}
function encodeMemberAddResponse(m) {
  return encodeWith(writeMemberAddResponse, m);
}
function decodeMemberAddResponse(bytes) {
  return readMemberAddResponse(new Reader(bytes), void 0);
}
function newMemberAddResponse() {
  return {
    header: void 0,
    member: void 0,
    members: []
  };
}
function readMemberAddResponse(r, into) {
  const m = into ?? newMemberAddResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.member = readMember(r, m.member);
        r.leave(outer);
        break;
      }
      case 26: {
        const outer = r.enter();
        m.members.push(readMember(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberAddResponse(w, m) {
  if (m.members !== void 0) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i];
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(26);
    }
  }
  if (m.member !== void 0) {
    const end = w.size();
    writeMember(w, m.member);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeMemberRemoveRequest(m) {
  return encodeWith(writeMemberRemoveRequest, m);
}
function decodeMemberRemoveRequest(bytes) {
  return readMemberRemoveRequest(new Reader(bytes), void 0);
}
function newMemberRemoveRequest() {
  return {
    ID: 0n
  };
}
function readMemberRemoveRequest(r, into) {
  const m = into ?? newMemberRemoveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberRemoveRequest(w, m) {
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function decodeMemberRemoveResponse(bytes) {
  return readMemberRemoveResponse(new Reader(bytes), void 0);
}
function newMemberRemoveResponse() {
  return {
    header: void 0,
    members: []
  };
}
function readMemberRemoveResponse(r, into) {
  const m = into ?? newMemberRemoveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeMemberUpdateRequest(m) {
  return encodeWith(writeMemberUpdateRequest, m);
}
function decodeMemberUpdateRequest(bytes) {
  return readMemberUpdateRequest(new Reader(bytes), void 0);
}
function newMemberUpdateRequest() {
  return {
    ID: 0n,
    peerURLs: []
  };
}
function readMemberUpdateRequest(r, into) {
  const m = into ?? newMemberUpdateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        m.peerURLs.push(r.string());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberUpdateRequest(w, m) {
  if (m.peerURLs !== void 0) {
    for (let i = m.peerURLs.length - 1; i >= 0; i--) {
      w.string(m.peerURLs[i]);
      w.byte(18);
    }
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function decodeMemberUpdateResponse(bytes) {
  return readMemberUpdateResponse(new Reader(bytes), void 0);
}
function newMemberUpdateResponse() {
  return {
    header: void 0,
    members: []
  };
}
function readMemberUpdateResponse(r, into) {
  const m = into ?? newMemberUpdateResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeMemberListRequest(m) {
  return encodeWith(writeMemberListRequest, m);
}
function decodeMemberListRequest(bytes) {
  return readMemberListRequest(new Reader(bytes), void 0);
}
function newMemberListRequest() {
  return {
    linearizable: false
  };
}
function readMemberListRequest(r, into) {
  const m = into ?? newMemberListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.linearizable = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberListRequest(w, m) {
  if (m.linearizable !== void 0 && m.linearizable !== false) {
    w.bool(m.linearizable);
    w.byte(8);
  }
}
function encodeMemberListResponse(m) {
  return encodeWith(writeMemberListResponse, m);
}
function decodeMemberListResponse(bytes) {
  return readMemberListResponse(new Reader(bytes), void 0);
}
function newMemberListResponse() {
  return {
    header: void 0,
    members: []
  };
}
function readMemberListResponse(r, into) {
  const m = into ?? newMemberListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberListResponse(w, m) {
  if (m.members !== void 0) {
    for (let i = m.members.length - 1; i >= 0; i--) {
      const item = m.members[i];
      const end = w.size();
      writeMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeMemberPromoteRequest(m) {
  return encodeWith(writeMemberPromoteRequest, m);
}
function decodeMemberPromoteRequest(bytes) {
  return readMemberPromoteRequest(new Reader(bytes), void 0);
}
function newMemberPromoteRequest() {
  return {
    ID: 0n
  };
}
function readMemberPromoteRequest(r, into) {
  const m = into ?? newMemberPromoteRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMemberPromoteRequest(w, m) {
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function decodeMemberPromoteResponse(bytes) {
  return readMemberPromoteResponse(new Reader(bytes), void 0);
}
function newMemberPromoteResponse() {
  return {
    header: void 0,
    members: []
  };
}
function readMemberPromoteResponse(r, into) {
  const m = into ?? newMemberPromoteResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.members.push(readMember(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeResponseHeader(m) {
  return encodeWith(writeResponseHeader, m);
}
function newResponseHeader() {
  return {
    clusterId: 0n,
    memberId: 0n,
    revision: 0,
    raftTerm: 0
  };
}
function readResponseHeader(r, into) {
  const m = into ?? newResponseHeader();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.clusterId = r.uint64Big();
        break;
      }
      case 16: {
        m.memberId = r.uint64Big();
        break;
      }
      case 24: {
        m.revision = r.int64Clamped();
        break;
      }
      case 32: {
        m.raftTerm = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeResponseHeader(w, m) {
  if (m.raftTerm !== void 0 && m.raftTerm !== 0) {
    w.uint(m.raftTerm);
    w.byte(32);
  }
  if (m.revision !== void 0 && m.revision !== 0) {
    w.int(m.revision);
    w.byte(24);
  }
  if (m.memberId !== void 0 && m.memberId !== 0n) {
    w.big(m.memberId);
    w.byte(16);
  }
  if (m.clusterId !== void 0 && m.clusterId !== 0n) {
    w.big(m.clusterId);
    w.byte(8);
  }
}
function encodeRangeRequest(m) {
  return encodeWith(writeRangeRequest, m);
}
function decodeRangeRequest(bytes) {
  return readRangeRequest(new Reader(bytes), void 0);
}
function newRangeRequest() {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    limit: 0,
    revision: 0,
    sortOrder: 0,
    sortTarget: 0,
    serializable: false,
    keysOnly: false,
    countOnly: false,
    minModRevision: 0,
    maxModRevision: 0,
    minCreateRevision: 0,
    maxCreateRevision: 0
  };
}
function readRangeRequest(r, into) {
  const m = into ?? newRangeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.limit = r.int64Clamped();
        break;
      }
      case 32: {
        m.revision = r.int64Clamped();
        break;
      }
      case 40: {
        m.sortOrder = r.int32();
        break;
      }
      case 48: {
        m.sortTarget = r.int32();
        break;
      }
      case 56: {
        m.serializable = r.bool();
        break;
      }
      case 64: {
        m.keysOnly = r.bool();
        break;
      }
      case 72: {
        m.countOnly = r.bool();
        break;
      }
      case 80: {
        m.minModRevision = r.int64Clamped();
        break;
      }
      case 88: {
        m.maxModRevision = r.int64Clamped();
        break;
      }
      case 96: {
        m.minCreateRevision = r.int64Clamped();
        break;
      }
      case 104: {
        m.maxCreateRevision = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeRangeRequest(w, m) {
  if (m.maxCreateRevision !== void 0 && m.maxCreateRevision !== 0) {
    w.int(m.maxCreateRevision);
    w.byte(104);
  }
  if (m.minCreateRevision !== void 0 && m.minCreateRevision !== 0) {
    w.int(m.minCreateRevision);
    w.byte(96);
  }
  if (m.maxModRevision !== void 0 && m.maxModRevision !== 0) {
    w.int(m.maxModRevision);
    w.byte(88);
  }
  if (m.minModRevision !== void 0 && m.minModRevision !== 0) {
    w.int(m.minModRevision);
    w.byte(80);
  }
  if (m.countOnly !== void 0 && m.countOnly !== false) {
    w.bool(m.countOnly);
    w.byte(72);
  }
  if (m.keysOnly !== void 0 && m.keysOnly !== false) {
    w.bool(m.keysOnly);
    w.byte(64);
  }
  if (m.serializable !== void 0 && m.serializable !== false) {
    w.bool(m.serializable);
    w.byte(56);
  }
  if (m.sortTarget !== void 0 && m.sortTarget !== 0) {
    w.int(m.sortTarget);
    w.byte(48);
  }
  if (m.sortOrder !== void 0 && m.sortOrder !== 0) {
    w.int(m.sortOrder);
    w.byte(40);
  }
  if (m.revision !== void 0 && m.revision !== 0) {
    w.int(m.revision);
    w.byte(32);
  }
  if (m.limit !== void 0 && m.limit !== 0) {
    w.int(m.limit);
    w.byte(24);
  }
  if (m.rangeEnd !== void 0 && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.byte(18);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(10);
  }
}
function encodeRangeResponse(m) {
  return encodeWith(writeRangeResponse, m);
}
function decodeRangeResponse(bytes) {
  return readRangeResponse(new Reader(bytes), void 0);
}
function newRangeResponse() {
  return {
    header: void 0,
    kvs: [],
    more: false,
    count: 0
  };
}
function readRangeResponse(r, into) {
  const m = into ?? newRangeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.kvs.push(readKeyValue(r, void 0));
        r.leave(outer);
        break;
      }
      case 24: {
        m.more = r.bool();
        break;
      }
      case 32: {
        m.count = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeRangeResponse(w, m) {
  if (m.count !== void 0 && m.count !== 0) {
    w.int(m.count);
    w.byte(32);
  }
  if (m.more !== void 0 && m.more !== false) {
    w.bool(m.more);
    w.byte(24);
  }
  if (m.kvs !== void 0) {
    for (let i = m.kvs.length - 1; i >= 0; i--) {
      const item = m.kvs[i];
      const end = w.size();
      writeKeyValue(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeRangeStreamResponse(m) {
  return encodeWith(writeRangeStreamResponse, m);
}
function decodeRangeStreamResponse(bytes) {
  return readRangeStreamResponse(new Reader(bytes), void 0);
}
function newRangeStreamResponse() {
  return {
    rangeResponse: void 0
  };
}
function readRangeStreamResponse(r, into) {
  const m = into ?? newRangeStreamResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.rangeResponse = readRangeResponse(r, m.rangeResponse);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeRangeStreamResponse(w, m) {
  if (m.rangeResponse !== void 0) {
    const end = w.size();
    writeRangeResponse(w, m.rangeResponse);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodePutRequest(m) {
  return encodeWith(writePutRequest, m);
}
function decodePutRequest(bytes) {
  return readPutRequest(new Reader(bytes), void 0);
}
function newPutRequest() {
  return {
    key: emptyBytes,
    value: emptyBytes,
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false
  };
}
function readPutRequest(r, into) {
  const m = into ?? newPutRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.value = r.bytes();
        break;
      }
      case 24: {
        m.lease = r.int64Big();
        break;
      }
      case 32: {
        m.prevKv = r.bool();
        break;
      }
      case 40: {
        m.ignoreValue = r.bool();
        break;
      }
      case 48: {
        m.ignoreLease = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writePutRequest(w, m) {
  if (m.ignoreLease !== void 0 && m.ignoreLease !== false) {
    w.bool(m.ignoreLease);
    w.byte(48);
  }
  if (m.ignoreValue !== void 0 && m.ignoreValue !== false) {
    w.bool(m.ignoreValue);
    w.byte(40);
  }
  if (m.prevKv !== void 0 && m.prevKv !== false) {
    w.bool(m.prevKv);
    w.byte(32);
  }
  if (m.lease !== void 0 && m.lease !== 0n) {
    w.big(m.lease);
    w.byte(24);
  }
  if (m.value !== void 0 && m.value.length !== 0) {
    w.bytes(m.value);
    w.byte(18);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(10);
  }
}
function decodePutResponse(bytes) {
  return readPutResponse(new Reader(bytes), void 0);
}
function newPutResponse() {
  return {
    header: void 0,
    prevKv: void 0
  };
}
function readPutResponse(r, into) {
  const m = into ?? newPutResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.prevKv = readKeyValue(r, m.prevKv);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeDeleteRangeRequest(m) {
  return encodeWith(writeDeleteRangeRequest, m);
}
function decodeDeleteRangeRequest(bytes) {
  return readDeleteRangeRequest(new Reader(bytes), void 0);
}
function newDeleteRangeRequest() {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    prevKv: false
  };
}
function readDeleteRangeRequest(r, into) {
  const m = into ?? newDeleteRangeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.prevKv = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeDeleteRangeRequest(w, m) {
  if (m.prevKv !== void 0 && m.prevKv !== false) {
    w.bool(m.prevKv);
    w.byte(24);
  }
  if (m.rangeEnd !== void 0 && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.byte(18);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(10);
  }
}
function decodeDeleteRangeResponse(bytes) {
  return readDeleteRangeResponse(new Reader(bytes), void 0);
}
function newDeleteRangeResponse() {
  return {
    header: void 0,
    deleted: 0,
    prevKvs: []
  };
}
function readDeleteRangeResponse(r, into) {
  const m = into ?? newDeleteRangeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.deleted = r.int64Clamped();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.prevKvs.push(readKeyValue(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function newRequestOp() {
  return {
    requestRange: void 0,
    requestPut: void 0,
    requestDeleteRange: void 0,
    requestTxn: void 0
  };
}
function readRequestOp(r, into) {
  const m = into ?? newRequestOp();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.requestRange = readRangeRequest(r, m.requestRange);
        r.leave(outer);
        m.requestPut = void 0;
        m.requestDeleteRange = void 0;
        m.requestTxn = void 0;
        break;
      }
      case 18: {
        const outer = r.enter();
        m.requestPut = readPutRequest(r, m.requestPut);
        r.leave(outer);
        m.requestRange = void 0;
        m.requestDeleteRange = void 0;
        m.requestTxn = void 0;
        break;
      }
      case 26: {
        const outer = r.enter();
        m.requestDeleteRange = readDeleteRangeRequest(r, m.requestDeleteRange);
        r.leave(outer);
        m.requestRange = void 0;
        m.requestPut = void 0;
        m.requestTxn = void 0;
        break;
      }
      case 34: {
        const outer = r.enter();
        m.requestTxn = readTxnRequest(r, m.requestTxn);
        r.leave(outer);
        m.requestRange = void 0;
        m.requestPut = void 0;
        m.requestDeleteRange = void 0;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeRequestOp(w, m) {
  if (m.requestTxn !== void 0) {
    const end = w.size();
    writeTxnRequest(w, m.requestTxn);
    w.uint(w.size() - end);
    w.byte(34);
  }
  if (m.requestDeleteRange !== void 0) {
    const end = w.size();
    writeDeleteRangeRequest(w, m.requestDeleteRange);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.requestPut !== void 0) {
    const end = w.size();
    writePutRequest(w, m.requestPut);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.requestRange !== void 0) {
    const end = w.size();
    writeRangeRequest(w, m.requestRange);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function newResponseOp() {
  return {
    responseRange: void 0,
    responsePut: void 0,
    responseDeleteRange: void 0,
    responseTxn: void 0
  };
}
function readResponseOp(r, into) {
  const m = into ?? newResponseOp();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.responseRange = readRangeResponse(r, m.responseRange);
        r.leave(outer);
        m.responsePut = void 0;
        m.responseDeleteRange = void 0;
        m.responseTxn = void 0;
        break;
      }
      case 18: {
        const outer = r.enter();
        m.responsePut = readPutResponse(r, m.responsePut);
        r.leave(outer);
        m.responseRange = void 0;
        m.responseDeleteRange = void 0;
        m.responseTxn = void 0;
        break;
      }
      case 26: {
        const outer = r.enter();
        m.responseDeleteRange = readDeleteRangeResponse(r, m.responseDeleteRange);
        r.leave(outer);
        m.responseRange = void 0;
        m.responsePut = void 0;
        m.responseTxn = void 0;
        break;
      }
      case 34: {
        const outer = r.enter();
        m.responseTxn = readTxnResponse(r, m.responseTxn);
        r.leave(outer);
        m.responseRange = void 0;
        m.responsePut = void 0;
        m.responseDeleteRange = void 0;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function newCompare() {
  return {
    result: 0,
    target: 0,
    key: emptyBytes,
    version: void 0,
    createRevision: void 0,
    modRevision: void 0,
    value: void 0,
    lease: void 0,
    rangeEnd: emptyBytes
  };
}
function readCompare(r, into) {
  const m = into ?? newCompare();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.result = r.int32();
        break;
      }
      case 16: {
        m.target = r.int32();
        break;
      }
      case 26: {
        m.key = r.bytes();
        break;
      }
      case 32: {
        m.version = r.int64Clamped();
        m.createRevision = void 0;
        m.modRevision = void 0;
        m.value = void 0;
        m.lease = void 0;
        break;
      }
      case 40: {
        m.createRevision = r.int64Clamped();
        m.version = void 0;
        m.modRevision = void 0;
        m.value = void 0;
        m.lease = void 0;
        break;
      }
      case 48: {
        m.modRevision = r.int64Clamped();
        m.version = void 0;
        m.createRevision = void 0;
        m.value = void 0;
        m.lease = void 0;
        break;
      }
      case 58: {
        m.value = r.bytes();
        m.version = void 0;
        m.createRevision = void 0;
        m.modRevision = void 0;
        m.lease = void 0;
        break;
      }
      case 64: {
        m.lease = r.int64Big();
        m.version = void 0;
        m.createRevision = void 0;
        m.modRevision = void 0;
        m.value = void 0;
        break;
      }
      case 514: {
        m.rangeEnd = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeCompare(w, m) {
  if (m.rangeEnd !== void 0 && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.byte(4);
    w.byte(130);
  }
  if (m.lease !== void 0) {
    w.big(m.lease);
    w.byte(64);
  }
  if (m.value !== void 0) {
    w.bytes(m.value);
    w.byte(58);
  }
  if (m.modRevision !== void 0) {
    w.int(m.modRevision);
    w.byte(48);
  }
  if (m.createRevision !== void 0) {
    w.int(m.createRevision);
    w.byte(40);
  }
  if (m.version !== void 0) {
    w.int(m.version);
    w.byte(32);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(26);
  }
  if (m.target !== void 0 && m.target !== 0) {
    w.int(m.target);
    w.byte(16);
  }
  if (m.result !== void 0 && m.result !== 0) {
    w.int(m.result);
    w.byte(8);
  }
}
function encodeTxnRequest(m) {
  return encodeWith(writeTxnRequest, m);
}
function decodeTxnRequest(bytes) {
  return readTxnRequest(new Reader(bytes), void 0);
}
function newTxnRequest() {
  return {
    compare: [],
    success: [],
    failure: []
  };
}
function readTxnRequest(r, into) {
  const m = into ?? newTxnRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.compare.push(readCompare(r, void 0));
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.success.push(readRequestOp(r, void 0));
        r.leave(outer);
        break;
      }
      case 26: {
        const outer = r.enter();
        m.failure.push(readRequestOp(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeTxnRequest(w, m) {
  if (m.failure !== void 0) {
    for (let i = m.failure.length - 1; i >= 0; i--) {
      const item = m.failure[i];
      const end = w.size();
      writeRequestOp(w, item);
      w.uint(w.size() - end);
      w.byte(26);
    }
  }
  if (m.success !== void 0) {
    for (let i = m.success.length - 1; i >= 0; i--) {
      const item = m.success[i];
      const end = w.size();
      writeRequestOp(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.compare !== void 0) {
    for (let i = m.compare.length - 1; i >= 0; i--) {
      const item = m.compare[i];
      const end = w.size();
      writeCompare(w, item);
      w.uint(w.size() - end);
      w.byte(10);
    }
  }
}
function decodeTxnResponse(bytes) {
  return readTxnResponse(new Reader(bytes), void 0);
}
function newTxnResponse() {
  return {
    header: void 0,
    succeeded: false,
    responses: []
  };
}
function readTxnResponse(r, into) {
  const m = into ?? newTxnResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.succeeded = r.bool();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.responses.push(readResponseOp(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeCompactionRequest(m) {
  return encodeWith(writeCompactionRequest, m);
}
function decodeCompactionRequest(bytes) {
  return readCompactionRequest(new Reader(bytes), void 0);
}
function newCompactionRequest() {
  return {
    revision: 0,
    physical: false
  };
}
function readCompactionRequest(r, into) {
  const m = into ?? newCompactionRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.revision = r.int64Clamped();
        break;
      }
      case 16: {
        m.physical = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeCompactionRequest(w, m) {
  if (m.physical !== void 0 && m.physical !== false) {
    w.bool(m.physical);
    w.byte(16);
  }
  if (m.revision !== void 0 && m.revision !== 0) {
    w.int(m.revision);
    w.byte(8);
  }
}
function decodeCompactionResponse(bytes) {
  return readCompactionResponse(new Reader(bytes), void 0);
}
function newCompactionResponse() {
  return {
    header: void 0
  };
}
function readCompactionResponse(r, into) {
  const m = into ?? newCompactionResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeLeaseGrantRequest(m) {
  return encodeWith(writeLeaseGrantRequest, m);
}
function decodeLeaseGrantRequest(bytes) {
  return readLeaseGrantRequest(new Reader(bytes), void 0);
}
function newLeaseGrantRequest() {
  return {
    TTL: 0,
    ID: 0n
  };
}
function readLeaseGrantRequest(r, into) {
  const m = into ?? newLeaseGrantRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseGrantRequest(w, m) {
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(16);
  }
  if (m.TTL !== void 0 && m.TTL !== 0) {
    w.int(m.TTL);
    w.byte(8);
  }
}
function encodeLeaseGrantResponse(m) {
  return encodeWith(writeLeaseGrantResponse, m);
}
function decodeLeaseGrantResponse(bytes) {
  return readLeaseGrantResponse(new Reader(bytes), void 0);
}
function newLeaseGrantResponse() {
  return {
    header: void 0,
    ID: 0n,
    TTL: 0,
    error: ""
  };
}
function readLeaseGrantResponse(r, into) {
  const m = into ?? newLeaseGrantResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      case 24: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 34: {
        m.error = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseGrantResponse(w, m) {
  if (m.error !== void 0 && m.error !== "") {
    w.string(m.error);
    w.byte(34);
  }
  if (m.TTL !== void 0 && m.TTL !== 0) {
    w.int(m.TTL);
    w.byte(24);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeLeaseRevokeRequest(m) {
  return encodeWith(writeLeaseRevokeRequest, m);
}
function decodeLeaseRevokeRequest(bytes) {
  return readLeaseRevokeRequest(new Reader(bytes), void 0);
}
function newLeaseRevokeRequest() {
  return {
    ID: 0n
  };
}
function readLeaseRevokeRequest(r, into) {
  const m = into ?? newLeaseRevokeRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseRevokeRequest(w, m) {
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function decodeLeaseRevokeResponse(bytes) {
  return readLeaseRevokeResponse(new Reader(bytes), void 0);
}
function newLeaseRevokeResponse() {
  return {
    header: void 0
  };
}
function readLeaseRevokeResponse(r, into) {
  const m = into ?? newLeaseRevokeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function newLeaseCheckpoint() {
  return {
    ID: 0n,
    remainingTTL: 0
  };
}
function readLeaseCheckpoint(r, into) {
  const m = into ?? newLeaseCheckpoint();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      case 16: {
        m.remainingTTL = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseCheckpoint(w, m) {
  if (m.remainingTTL !== void 0 && m.remainingTTL !== 0) {
    w.int(m.remainingTTL);
    w.byte(16);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function newLeaseCheckpointRequest() {
  return {
    checkpoints: []
  };
}
function readLeaseCheckpointRequest(r, into) {
  const m = into ?? newLeaseCheckpointRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.checkpoints.push(readLeaseCheckpoint(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseCheckpointRequest(w, m) {
  if (m.checkpoints !== void 0) {
    for (let i = m.checkpoints.length - 1; i >= 0; i--) {
      const item = m.checkpoints[i];
      const end = w.size();
      writeLeaseCheckpoint(w, item);
      w.uint(w.size() - end);
      w.byte(10);
    }
  }
}
function encodeLeaseKeepAliveRequest(m) {
  return encodeWith(writeLeaseKeepAliveRequest, m);
}
function decodeLeaseKeepAliveRequest(bytes) {
  return readLeaseKeepAliveRequest(new Reader(bytes), void 0);
}
function newLeaseKeepAliveRequest() {
  return {
    ID: 0n
  };
}
function readLeaseKeepAliveRequest(r, into) {
  const m = into ?? newLeaseKeepAliveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseKeepAliveRequest(w, m) {
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function encodeLeaseKeepAliveResponse(m) {
  return encodeWith(writeLeaseKeepAliveResponse, m);
}
function decodeLeaseKeepAliveResponse(bytes) {
  return readLeaseKeepAliveResponse(new Reader(bytes), void 0);
}
function newLeaseKeepAliveResponse() {
  return {
    header: void 0,
    ID: 0n,
    TTL: 0
  };
}
function readLeaseKeepAliveResponse(r, into) {
  const m = into ?? newLeaseKeepAliveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      case 24: {
        m.TTL = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseKeepAliveResponse(w, m) {
  if (m.TTL !== void 0 && m.TTL !== 0) {
    w.int(m.TTL);
    w.byte(24);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeLeaseTimeToLiveRequest(m) {
  return encodeWith(writeLeaseTimeToLiveRequest, m);
}
function decodeLeaseTimeToLiveRequest(bytes) {
  return readLeaseTimeToLiveRequest(new Reader(bytes), void 0);
}
function newLeaseTimeToLiveRequest() {
  return {
    ID: 0n,
    keys: false
  };
}
function readLeaseTimeToLiveRequest(r, into) {
  const m = into ?? newLeaseTimeToLiveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      case 16: {
        m.keys = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseTimeToLiveRequest(w, m) {
  if (m.keys !== void 0 && m.keys !== false) {
    w.bool(m.keys);
    w.byte(16);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function encodeLeaseTimeToLiveResponse(m) {
  return encodeWith(writeLeaseTimeToLiveResponse, m);
}
function decodeLeaseTimeToLiveResponse(bytes) {
  return readLeaseTimeToLiveResponse(new Reader(bytes), void 0);
}
function newLeaseTimeToLiveResponse() {
  return {
    header: void 0,
    ID: 0n,
    TTL: 0,
    grantedTTL: 0,
    keys: []
  };
}
function readLeaseTimeToLiveResponse(r, into) {
  const m = into ?? newLeaseTimeToLiveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.ID = r.int64Big();
        break;
      }
      case 24: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 32: {
        m.grantedTTL = r.int64Clamped();
        break;
      }
      case 42: {
        m.keys.push(r.bytes());
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseTimeToLiveResponse(w, m) {
  if (m.keys !== void 0) {
    for (let i = m.keys.length - 1; i >= 0; i--) {
      w.bytes(m.keys[i]);
      w.byte(42);
    }
  }
  if (m.grantedTTL !== void 0 && m.grantedTTL !== 0) {
    w.int(m.grantedTTL);
    w.byte(32);
  }
  if (m.TTL !== void 0 && m.TTL !== 0) {
    w.int(m.TTL);
    w.byte(24);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeLeaseLeasesRequest(m) {
  return encodeWith(writeLeaseLeasesRequest, m);
}
function decodeLeaseLeasesRequest(bytes) {
  return readLeaseLeasesRequest(new Reader(bytes), void 0);
}
function newLeaseLeasesRequest() {
  return {};
}
function readLeaseLeasesRequest(r, into) {
  const m = into ?? newLeaseLeasesRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseLeasesRequest(_w, _m) {
}
function newLeaseStatus() {
  return {
    ID: 0n
  };
}
function readLeaseStatus(r, into) {
  const m = into ?? newLeaseStatus();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseStatus(w, m) {
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function encodeLeaseLeasesResponse(m) {
  return encodeWith(writeLeaseLeasesResponse, m);
}
function decodeLeaseLeasesResponse(bytes) {
  return readLeaseLeasesResponse(new Reader(bytes), void 0);
}
function newLeaseLeasesResponse() {
  return {
    header: void 0,
    leases: []
  };
}
function readLeaseLeasesResponse(r, into) {
  const m = into ?? newLeaseLeasesResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.leases.push(readLeaseStatus(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseLeasesResponse(w, m) {
  if (m.leases !== void 0) {
    for (let i = m.leases.length - 1; i >= 0; i--) {
      const item = m.leases[i];
      const end = w.size();
      writeLeaseStatus(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeAlarmRequest(m) {
  return encodeWith(writeAlarmRequest, m);
}
function decodeAlarmRequest(bytes) {
  return readAlarmRequest(new Reader(bytes), void 0);
}
function newAlarmRequest() {
  return {
    action: 0,
    memberID: 0n,
    alarm: 0
  };
}
function readAlarmRequest(r, into) {
  const m = into ?? newAlarmRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.action = r.int32();
        break;
      }
      case 16: {
        m.memberID = r.uint64Big();
        break;
      }
      case 24: {
        m.alarm = r.int32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAlarmRequest(w, m) {
  if (m.alarm !== void 0 && m.alarm !== 0) {
    w.int(m.alarm);
    w.byte(24);
  }
  if (m.memberID !== void 0 && m.memberID !== 0n) {
    w.big(m.memberID);
    w.byte(16);
  }
  if (m.action !== void 0 && m.action !== 0) {
    w.int(m.action);
    w.byte(8);
  }
}
function encodeAlarmMember(m) {
  return encodeWith(writeAlarmMember, m);
}
function decodeAlarmMember(bytes) {
  return readAlarmMember(new Reader(bytes), void 0);
}
function newAlarmMember() {
  return {
    memberID: 0n,
    alarm: 0
  };
}
function readAlarmMember(r, into) {
  const m = into ?? newAlarmMember();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.memberID = r.uint64Big();
        break;
      }
      case 16: {
        m.alarm = r.int32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAlarmMember(w, m) {
  if (m.alarm !== void 0 && m.alarm !== 0) {
    w.int(m.alarm);
    w.byte(16);
  }
  if (m.memberID !== void 0 && m.memberID !== 0n) {
    w.big(m.memberID);
    w.byte(8);
  }
}
function encodeAlarmResponse(m) {
  return encodeWith(writeAlarmResponse, m);
}
function decodeAlarmResponse(bytes) {
  return readAlarmResponse(new Reader(bytes), void 0);
}
function newAlarmResponse() {
  return {
    header: void 0,
    alarms: []
  };
}
function readAlarmResponse(r, into) {
  const m = into ?? newAlarmResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        const outer = r.enter();
        m.alarms.push(readAlarmMember(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeAlarmResponse(w, m) {
  if (m.alarms !== void 0) {
    for (let i = m.alarms.length - 1; i >= 0; i--) {
      const item = m.alarms[i];
      const end = w.size();
      writeAlarmMember(w, item);
      w.uint(w.size() - end);
      w.byte(18);
    }
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeStatusRequest(m) {
  return encodeWith(writeStatusRequest, m);
}
function decodeStatusRequest(bytes) {
  return readStatusRequest(new Reader(bytes), void 0);
}
function newStatusRequest() {
  return {};
}
function readStatusRequest(r, into) {
  const m = into ?? newStatusRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeStatusRequest(_w, _m) {
}
function encodeStatusResponse(m) {
  return encodeWith(writeStatusResponse, m);
}
function decodeStatusResponse(bytes) {
  return readStatusResponse(new Reader(bytes), void 0);
}
function newStatusResponse() {
  return {
    header: void 0,
    version: "",
    dbSize: 0,
    leader: 0n,
    raftIndex: 0,
    raftTerm: 0,
    raftAppliedIndex: 0,
    errors: [],
    dbSizeInUse: 0,
    isLearner: false,
    storageVersion: "",
    dbSizeQuota: 0,
    downgradeInfo: void 0
  };
}
function readStatusResponse(r, into) {
  const m = into ?? newStatusResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.version = r.string();
        break;
      }
      case 24: {
        m.dbSize = r.int64Clamped();
        break;
      }
      case 32: {
        m.leader = r.uint64Big();
        break;
      }
      case 40: {
        m.raftIndex = r.uint64Clamped();
        break;
      }
      case 48: {
        m.raftTerm = r.uint64Clamped();
        break;
      }
      case 56: {
        m.raftAppliedIndex = r.uint64Clamped();
        break;
      }
      case 66: {
        m.errors.push(r.string());
        break;
      }
      case 72: {
        m.dbSizeInUse = r.int64Clamped();
        break;
      }
      case 80: {
        m.isLearner = r.bool();
        break;
      }
      case 90: {
        m.storageVersion = r.string();
        break;
      }
      case 96: {
        m.dbSizeQuota = r.int64Clamped();
        break;
      }
      case 106: {
        const outer = r.enter();
        m.downgradeInfo = readDowngradeInfo(r, m.downgradeInfo);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeStatusResponse(w, m) {
  if (m.downgradeInfo !== void 0) {
    const end = w.size();
    writeDowngradeInfo(w, m.downgradeInfo);
    w.uint(w.size() - end);
    w.byte(106);
  }
  if (m.dbSizeQuota !== void 0 && m.dbSizeQuota !== 0) {
    w.int(m.dbSizeQuota);
    w.byte(96);
  }
  if (m.storageVersion !== void 0 && m.storageVersion !== "") {
    w.string(m.storageVersion);
    w.byte(90);
  }
  if (m.isLearner !== void 0 && m.isLearner !== false) {
    w.bool(m.isLearner);
    w.byte(80);
  }
  if (m.dbSizeInUse !== void 0 && m.dbSizeInUse !== 0) {
    w.int(m.dbSizeInUse);
    w.byte(72);
  }
  if (m.errors !== void 0) {
    for (let i = m.errors.length - 1; i >= 0; i--) {
      w.string(m.errors[i]);
      w.byte(66);
    }
  }
  if (m.raftAppliedIndex !== void 0 && m.raftAppliedIndex !== 0) {
    w.uint(m.raftAppliedIndex);
    w.byte(56);
  }
  if (m.raftTerm !== void 0 && m.raftTerm !== 0) {
    w.uint(m.raftTerm);
    w.byte(48);
  }
  if (m.raftIndex !== void 0 && m.raftIndex !== 0) {
    w.uint(m.raftIndex);
    w.byte(40);
  }
  if (m.leader !== void 0 && m.leader !== 0n) {
    w.big(m.leader);
    w.byte(32);
  }
  if (m.dbSize !== void 0 && m.dbSize !== 0) {
    w.int(m.dbSize);
    w.byte(24);
  }
  if (m.version !== void 0 && m.version !== "") {
    w.string(m.version);
    w.byte(18);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function newDowngradeInfo() {
  return {
    enabled: false,
    targetVersion: ""
  };
}
function readDowngradeInfo(r, into) {
  const m = into ?? newDowngradeInfo();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.enabled = r.bool();
        break;
      }
      case 18: {
        m.targetVersion = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeDowngradeInfo(w, m) {
  if (m.targetVersion !== void 0 && m.targetVersion !== "") {
    w.string(m.targetVersion);
    w.byte(18);
  }
  if (m.enabled !== void 0 && m.enabled !== false) {
    w.bool(m.enabled);
    w.byte(8);
  }
}
function encodeDefragmentRequest(m) {
  return encodeWith(writeDefragmentRequest, m);
}
function decodeDefragmentRequest(bytes) {
  return readDefragmentRequest(new Reader(bytes), void 0);
}
function newDefragmentRequest() {
  return {};
}
function readDefragmentRequest(r, into) {
  const m = into ?? newDefragmentRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeDefragmentRequest(_w, _m) {
}
function decodeDefragmentResponse(bytes) {
  return readDefragmentResponse(new Reader(bytes), void 0);
}
function newDefragmentResponse() {
  return {
    header: void 0
  };
}
function readDefragmentResponse(r, into) {
  const m = into ?? newDefragmentResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeHashRequest(m) {
  return encodeWith(writeHashRequest, m);
}
function decodeHashRequest(bytes) {
  return readHashRequest(new Reader(bytes), void 0);
}
function newHashRequest() {
  return {};
}
function readHashRequest(r, into) {
  const m = into ?? newHashRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHashRequest(_w, _m) {
}
function encodeHashResponse(m) {
  return encodeWith(writeHashResponse, m);
}
function decodeHashResponse(bytes) {
  return readHashResponse(new Reader(bytes), void 0);
}
function newHashResponse() {
  return {
    header: void 0,
    hash: 0
  };
}
function readHashResponse(r, into) {
  const m = into ?? newHashResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.hash = r.uint32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHashResponse(w, m) {
  if (m.hash !== void 0 && m.hash !== 0) {
    w.uint(m.hash);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeHashKVRequest(m) {
  return encodeWith(writeHashKVRequest, m);
}
function decodeHashKVRequest(bytes) {
  return readHashKVRequest(new Reader(bytes), void 0);
}
function newHashKVRequest() {
  return {
    revision: 0
  };
}
function readHashKVRequest(r, into) {
  const m = into ?? newHashKVRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.revision = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHashKVRequest(w, m) {
  if (m.revision !== void 0 && m.revision !== 0) {
    w.int(m.revision);
    w.byte(8);
  }
}
function encodeHashKVResponse(m) {
  return encodeWith(writeHashKVResponse, m);
}
function decodeHashKVResponse(bytes) {
  return readHashKVResponse(new Reader(bytes), void 0);
}
function newHashKVResponse() {
  return {
    header: void 0,
    hash: 0,
    compactRevision: 0,
    hashRevision: 0
  };
}
function readHashKVResponse(r, into) {
  const m = into ?? newHashKVResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.hash = r.uint32();
        break;
      }
      case 24: {
        m.compactRevision = r.int64Clamped();
        break;
      }
      case 32: {
        m.hashRevision = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHashKVResponse(w, m) {
  if (m.hashRevision !== void 0 && m.hashRevision !== 0) {
    w.int(m.hashRevision);
    w.byte(32);
  }
  if (m.compactRevision !== void 0 && m.compactRevision !== 0) {
    w.int(m.compactRevision);
    w.byte(24);
  }
  if (m.hash !== void 0 && m.hash !== 0) {
    w.uint(m.hash);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeSnapshotRequest(m) {
  return encodeWith(writeSnapshotRequest, m);
}
function decodeSnapshotRequest(bytes) {
  return readSnapshotRequest(new Reader(bytes), void 0);
}
function newSnapshotRequest() {
  return {};
}
function readSnapshotRequest(r, into) {
  const m = into ?? newSnapshotRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeSnapshotRequest(_w, _m) {
}
function encodeSnapshotResponse(m) {
  return encodeWith(writeSnapshotResponse, m);
}
function decodeSnapshotResponse(bytes) {
  return readSnapshotResponse(new Reader(bytes), void 0);
}
function newSnapshotResponse() {
  return {
    header: void 0,
    remainingBytes: 0,
    blob: emptyBytes,
    version: ""
  };
}
function readSnapshotResponse(r, into) {
  const m = into ?? newSnapshotResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.remainingBytes = r.uint64Clamped();
        break;
      }
      case 26: {
        m.blob = r.bytes();
        break;
      }
      case 34: {
        m.version = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeSnapshotResponse(w, m) {
  if (m.version !== void 0 && m.version !== "") {
    w.string(m.version);
    w.byte(34);
  }
  if (m.blob !== void 0 && m.blob.length !== 0) {
    w.bytes(m.blob);
    w.byte(26);
  }
  if (m.remainingBytes !== void 0 && m.remainingBytes !== 0) {
    w.uint(m.remainingBytes);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeMoveLeaderRequest(m) {
  return encodeWith(writeMoveLeaderRequest, m);
}
function decodeMoveLeaderRequest(bytes) {
  return readMoveLeaderRequest(new Reader(bytes), void 0);
}
function newMoveLeaderRequest() {
  return {
    targetID: 0n
  };
}
function readMoveLeaderRequest(r, into) {
  const m = into ?? newMoveLeaderRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.targetID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMoveLeaderRequest(w, m) {
  if (m.targetID !== void 0 && m.targetID !== 0n) {
    w.big(m.targetID);
    w.byte(8);
  }
}
function decodeMoveLeaderResponse(bytes) {
  return readMoveLeaderResponse(new Reader(bytes), void 0);
}
function newMoveLeaderResponse() {
  return {
    header: void 0
  };
}
function readMoveLeaderResponse(r, into) {
  const m = into ?? newMoveLeaderResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeDowngradeRequest(m) {
  return encodeWith(writeDowngradeRequest, m);
}
function writeDowngradeRequest(w, m) {
  if (m.version !== void 0 && m.version !== "") {
    w.string(m.version);
    w.byte(18);
  }
  if (m.action !== void 0 && m.action !== 0) {
    w.int(m.action);
    w.byte(8);
  }
}
function decodeDowngradeResponse(bytes) {
  return readDowngradeResponse(new Reader(bytes), void 0);
}
function newDowngradeResponse() {
  return {
    header: void 0,
    version: ""
  };
}
function readDowngradeResponse(r, into) {
  const m = into ?? newDowngradeResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 18: {
        m.version = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function newDowngradeVersionTestRequest() {
  return {
    ver: ""
  };
}
function readDowngradeVersionTestRequest(r, into) {
  const m = into ?? newDowngradeVersionTestRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.ver = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeDowngradeVersionTestRequest(w, m) {
  if (m.ver !== void 0 && m.ver !== "") {
    w.string(m.ver);
    w.byte(10);
  }
}
function encodeMetadata(m) {
  return encodeWith(writeMetadata, m);
}
function decodeMetadata(bytes) {
  return readMetadata(new Reader(bytes), void 0);
}
function newMetadata() {
  return {
    NodeID: 0n,
    ClusterID: 0n
  };
}
function readMetadata(r, into) {
  const m = into ?? newMetadata();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.NodeID = r.uint64Big();
        break;
      }
      case 16: {
        m.ClusterID = r.uint64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMetadata(w, m) {
  w.big(m.ClusterID ?? 0n);
  w.byte(16);
  w.big(m.NodeID ?? 0n);
  w.byte(8);
}
function newRequestHeader() {
  return {
    ID: 0n,
    username: "",
    authRevision: 0
  };
}
function readRequestHeader(r, into) {
  const m = into ?? newRequestHeader();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 18: {
        m.username = r.string();
        break;
      }
      case 24: {
        m.authRevision = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeRequestHeader(w, m) {
  if (m.authRevision !== void 0 && m.authRevision !== 0) {
    w.uint(m.authRevision);
    w.byte(24);
  }
  if (m.username !== void 0 && m.username !== "") {
    w.string(m.username);
    w.byte(18);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function encodeInternalRaftRequest(m) {
  return encodeWith(writeInternalRaftRequest, m);
}
function decodeInternalRaftRequest(bytes) {
  return readInternalRaftRequest(new Reader(bytes), void 0);
}
function newInternalRaftRequest() {
  return {
    ID: 0n,
    range: void 0,
    put: void 0,
    deleteRange: void 0,
    txn: void 0,
    compaction: void 0,
    leaseGrant: void 0,
    leaseRevoke: void 0,
    alarm: void 0,
    leaseCheckpoint: void 0,
    header: void 0,
    authEnable: void 0,
    authDisable: void 0,
    authenticate: void 0,
    authStatus: void 0,
    authUserAdd: void 0,
    authUserDelete: void 0,
    authUserGet: void 0,
    authUserChangePassword: void 0,
    authUserGrantRole: void 0,
    authUserRevokeRole: void 0,
    authUserList: void 0,
    authRoleList: void 0,
    authRoleAdd: void 0,
    authRoleDelete: void 0,
    authRoleGet: void 0,
    authRoleGrantPermission: void 0,
    authRoleRevokePermission: void 0,
    clusterVersionSet: void 0,
    clusterMemberAttrSet: void 0,
    downgradeInfoSet: void 0,
    downgradeVersionTest: void 0
  };
}
function readInternalRaftRequest(r, into) {
  const m = into ?? newInternalRaftRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.uint64Big();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.range = readRangeRequest(r, m.range);
        r.leave(outer);
        break;
      }
      case 34: {
        const outer = r.enter();
        m.put = readPutRequest(r, m.put);
        r.leave(outer);
        break;
      }
      case 42: {
        const outer = r.enter();
        m.deleteRange = readDeleteRangeRequest(r, m.deleteRange);
        r.leave(outer);
        break;
      }
      case 50: {
        const outer = r.enter();
        m.txn = readTxnRequest(r, m.txn);
        r.leave(outer);
        break;
      }
      case 58: {
        const outer = r.enter();
        m.compaction = readCompactionRequest(r, m.compaction);
        r.leave(outer);
        break;
      }
      case 66: {
        const outer = r.enter();
        m.leaseGrant = readLeaseGrantRequest(r, m.leaseGrant);
        r.leave(outer);
        break;
      }
      case 74: {
        const outer = r.enter();
        m.leaseRevoke = readLeaseRevokeRequest(r, m.leaseRevoke);
        r.leave(outer);
        break;
      }
      case 82: {
        const outer = r.enter();
        m.alarm = readAlarmRequest(r, m.alarm);
        r.leave(outer);
        break;
      }
      case 90: {
        const outer = r.enter();
        m.leaseCheckpoint = readLeaseCheckpointRequest(r, m.leaseCheckpoint);
        r.leave(outer);
        break;
      }
      case 802: {
        const outer = r.enter();
        m.header = readRequestHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 8002: {
        const outer = r.enter();
        m.authEnable = readAuthEnableRequest(r, m.authEnable);
        r.leave(outer);
        break;
      }
      case 8090: {
        const outer = r.enter();
        m.authDisable = readAuthDisableRequest(r, m.authDisable);
        r.leave(outer);
        break;
      }
      case 8098: {
        const outer = r.enter();
        m.authenticate = readInternalAuthenticateRequest(r, m.authenticate);
        r.leave(outer);
        break;
      }
      case 8106: {
        const outer = r.enter();
        m.authStatus = readAuthStatusRequest(r, m.authStatus);
        r.leave(outer);
        break;
      }
      case 8802: {
        const outer = r.enter();
        m.authUserAdd = readAuthUserAddRequest(r, m.authUserAdd);
        r.leave(outer);
        break;
      }
      case 8810: {
        const outer = r.enter();
        m.authUserDelete = readAuthUserDeleteRequest(r, m.authUserDelete);
        r.leave(outer);
        break;
      }
      case 8818: {
        const outer = r.enter();
        m.authUserGet = readAuthUserGetRequest(r, m.authUserGet);
        r.leave(outer);
        break;
      }
      case 8826: {
        const outer = r.enter();
        m.authUserChangePassword = readAuthUserChangePasswordRequest(r, m.authUserChangePassword);
        r.leave(outer);
        break;
      }
      case 8834: {
        const outer = r.enter();
        m.authUserGrantRole = readAuthUserGrantRoleRequest(r, m.authUserGrantRole);
        r.leave(outer);
        break;
      }
      case 8842: {
        const outer = r.enter();
        m.authUserRevokeRole = readAuthUserRevokeRoleRequest(r, m.authUserRevokeRole);
        r.leave(outer);
        break;
      }
      case 8850: {
        const outer = r.enter();
        m.authUserList = readAuthUserListRequest(r, m.authUserList);
        r.leave(outer);
        break;
      }
      case 8858: {
        const outer = r.enter();
        m.authRoleList = readAuthRoleListRequest(r, m.authRoleList);
        r.leave(outer);
        break;
      }
      case 9602: {
        const outer = r.enter();
        m.authRoleAdd = readAuthRoleAddRequest(r, m.authRoleAdd);
        r.leave(outer);
        break;
      }
      case 9610: {
        const outer = r.enter();
        m.authRoleDelete = readAuthRoleDeleteRequest(r, m.authRoleDelete);
        r.leave(outer);
        break;
      }
      case 9618: {
        const outer = r.enter();
        m.authRoleGet = readAuthRoleGetRequest(r, m.authRoleGet);
        r.leave(outer);
        break;
      }
      case 9626: {
        const outer = r.enter();
        m.authRoleGrantPermission = readAuthRoleGrantPermissionRequest(r, m.authRoleGrantPermission);
        r.leave(outer);
        break;
      }
      case 9634: {
        const outer = r.enter();
        m.authRoleRevokePermission = readAuthRoleRevokePermissionRequest(r, m.authRoleRevokePermission);
        r.leave(outer);
        break;
      }
      case 10402: {
        const outer = r.enter();
        m.clusterVersionSet = readClusterVersionSetRequest(r, m.clusterVersionSet);
        r.leave(outer);
        break;
      }
      case 10410: {
        const outer = r.enter();
        m.clusterMemberAttrSet = readClusterMemberAttrSetRequest(r, m.clusterMemberAttrSet);
        r.leave(outer);
        break;
      }
      case 10418: {
        const outer = r.enter();
        m.downgradeInfoSet = readDowngradeInfoSetRequest(r, m.downgradeInfoSet);
        r.leave(outer);
        break;
      }
      case 79202: {
        const outer = r.enter();
        m.downgradeVersionTest = readDowngradeVersionTestRequest(r, m.downgradeVersionTest);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeInternalRaftRequest(w, m) {
  if (m.downgradeVersionTest !== void 0) {
    const end = w.size();
    writeDowngradeVersionTestRequest(w, m.downgradeVersionTest);
    w.uint(w.size() - end);
    w.byte(4);
    w.byte(234);
    w.byte(226);
  }
  if (m.downgradeInfoSet !== void 0) {
    const end = w.size();
    writeDowngradeInfoSetRequest(w, m.downgradeInfoSet);
    w.uint(w.size() - end);
    w.byte(81);
    w.byte(178);
  }
  if (m.clusterMemberAttrSet !== void 0) {
    const end = w.size();
    writeClusterMemberAttrSetRequest(w, m.clusterMemberAttrSet);
    w.uint(w.size() - end);
    w.byte(81);
    w.byte(170);
  }
  if (m.clusterVersionSet !== void 0) {
    const end = w.size();
    writeClusterVersionSetRequest(w, m.clusterVersionSet);
    w.uint(w.size() - end);
    w.byte(81);
    w.byte(162);
  }
  if (m.authRoleRevokePermission !== void 0) {
    const end = w.size();
    writeAuthRoleRevokePermissionRequest(w, m.authRoleRevokePermission);
    w.uint(w.size() - end);
    w.byte(75);
    w.byte(162);
  }
  if (m.authRoleGrantPermission !== void 0) {
    const end = w.size();
    writeAuthRoleGrantPermissionRequest(w, m.authRoleGrantPermission);
    w.uint(w.size() - end);
    w.byte(75);
    w.byte(154);
  }
  if (m.authRoleGet !== void 0) {
    const end = w.size();
    writeAuthRoleGetRequest(w, m.authRoleGet);
    w.uint(w.size() - end);
    w.byte(75);
    w.byte(146);
  }
  if (m.authRoleDelete !== void 0) {
    const end = w.size();
    writeAuthRoleDeleteRequest(w, m.authRoleDelete);
    w.uint(w.size() - end);
    w.byte(75);
    w.byte(138);
  }
  if (m.authRoleAdd !== void 0) {
    const end = w.size();
    writeAuthRoleAddRequest(w, m.authRoleAdd);
    w.uint(w.size() - end);
    w.byte(75);
    w.byte(130);
  }
  if (m.authRoleList !== void 0) {
    const end = w.size();
    writeAuthRoleListRequest(w, m.authRoleList);
    w.uint(w.size() - end);
    w.byte(69);
    w.byte(154);
  }
  if (m.authUserList !== void 0) {
    const end = w.size();
    writeAuthUserListRequest(w, m.authUserList);
    w.uint(w.size() - end);
    w.byte(69);
    w.byte(146);
  }
  if (m.authUserRevokeRole !== void 0) {
    const end = w.size();
    writeAuthUserRevokeRoleRequest(w, m.authUserRevokeRole);
    w.uint(w.size() - end);
    w.byte(69);
    w.byte(138);
  }
  if (m.authUserGrantRole !== void 0) {
    const end = w.size();
    writeAuthUserGrantRoleRequest(w, m.authUserGrantRole);
    w.uint(w.size() - end);
    w.byte(69);
    w.byte(130);
  }
  if (m.authUserChangePassword !== void 0) {
    const end = w.size();
    writeAuthUserChangePasswordRequest(w, m.authUserChangePassword);
    w.uint(w.size() - end);
    w.byte(68);
    w.byte(250);
  }
  if (m.authUserGet !== void 0) {
    const end = w.size();
    writeAuthUserGetRequest(w, m.authUserGet);
    w.uint(w.size() - end);
    w.byte(68);
    w.byte(242);
  }
  if (m.authUserDelete !== void 0) {
    const end = w.size();
    writeAuthUserDeleteRequest(w, m.authUserDelete);
    w.uint(w.size() - end);
    w.byte(68);
    w.byte(234);
  }
  if (m.authUserAdd !== void 0) {
    const end = w.size();
    writeAuthUserAddRequest(w, m.authUserAdd);
    w.uint(w.size() - end);
    w.byte(68);
    w.byte(226);
  }
  if (m.authStatus !== void 0) {
    const end = w.size();
    writeAuthStatusRequest(w, m.authStatus);
    w.uint(w.size() - end);
    w.byte(63);
    w.byte(170);
  }
  if (m.authenticate !== void 0) {
    const end = w.size();
    writeInternalAuthenticateRequest(w, m.authenticate);
    w.uint(w.size() - end);
    w.byte(63);
    w.byte(162);
  }
  if (m.authDisable !== void 0) {
    const end = w.size();
    writeAuthDisableRequest(w, m.authDisable);
    w.uint(w.size() - end);
    w.byte(63);
    w.byte(154);
  }
  if (m.authEnable !== void 0) {
    const end = w.size();
    writeAuthEnableRequest(w, m.authEnable);
    w.uint(w.size() - end);
    w.byte(62);
    w.byte(194);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeRequestHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(6);
    w.byte(162);
  }
  if (m.leaseCheckpoint !== void 0) {
    const end = w.size();
    writeLeaseCheckpointRequest(w, m.leaseCheckpoint);
    w.uint(w.size() - end);
    w.byte(90);
  }
  if (m.alarm !== void 0) {
    const end = w.size();
    writeAlarmRequest(w, m.alarm);
    w.uint(w.size() - end);
    w.byte(82);
  }
  if (m.leaseRevoke !== void 0) {
    const end = w.size();
    writeLeaseRevokeRequest(w, m.leaseRevoke);
    w.uint(w.size() - end);
    w.byte(74);
  }
  if (m.leaseGrant !== void 0) {
    const end = w.size();
    writeLeaseGrantRequest(w, m.leaseGrant);
    w.uint(w.size() - end);
    w.byte(66);
  }
  if (m.compaction !== void 0) {
    const end = w.size();
    writeCompactionRequest(w, m.compaction);
    w.uint(w.size() - end);
    w.byte(58);
  }
  if (m.txn !== void 0) {
    const end = w.size();
    writeTxnRequest(w, m.txn);
    w.uint(w.size() - end);
    w.byte(50);
  }
  if (m.deleteRange !== void 0) {
    const end = w.size();
    writeDeleteRangeRequest(w, m.deleteRange);
    w.uint(w.size() - end);
    w.byte(42);
  }
  if (m.put !== void 0) {
    const end = w.size();
    writePutRequest(w, m.put);
    w.uint(w.size() - end);
    w.byte(34);
  }
  if (m.range !== void 0) {
    const end = w.size();
    writeRangeRequest(w, m.range);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function newInternalAuthenticateRequest() {
  return {
    name: "",
    password: "",
    simpleToken: ""
  };
}
function readInternalAuthenticateRequest(r, into) {
  const m = into ?? newInternalAuthenticateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.string();
        break;
      }
      case 18: {
        m.password = r.string();
        break;
      }
      case 26: {
        m.simpleToken = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeInternalAuthenticateRequest(w, m) {
  if (m.simpleToken !== void 0 && m.simpleToken !== "") {
    w.string(m.simpleToken);
    w.byte(26);
  }
  if (m.password !== void 0 && m.password !== "") {
    w.string(m.password);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name !== "") {
    w.string(m.name);
    w.byte(10);
  }
}
function encodeWatchRequest(m) {
  return encodeWith(writeWatchRequest, m);
}
function decodeWatchRequest(bytes) {
  return readWatchRequest(new Reader(bytes), void 0);
}
function newWatchRequest() {
  return {
    createRequest: void 0,
    cancelRequest: void 0,
    progressRequest: void 0
  };
}
function readWatchRequest(r, into) {
  const m = into ?? newWatchRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.createRequest = readWatchCreateRequest(r, m.createRequest);
        r.leave(outer);
        m.cancelRequest = void 0;
        m.progressRequest = void 0;
        break;
      }
      case 18: {
        const outer = r.enter();
        m.cancelRequest = readWatchCancelRequest(r, m.cancelRequest);
        r.leave(outer);
        m.createRequest = void 0;
        m.progressRequest = void 0;
        break;
      }
      case 26: {
        const outer = r.enter();
        m.progressRequest = readWatchProgressRequest(r, m.progressRequest);
        r.leave(outer);
        m.createRequest = void 0;
        m.cancelRequest = void 0;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeWatchRequest(w, m) {
  if (m.progressRequest !== void 0) {
    const end = w.size();
    writeWatchProgressRequest(w, m.progressRequest);
    w.uint(w.size() - end);
    w.byte(26);
  }
  if (m.cancelRequest !== void 0) {
    const end = w.size();
    writeWatchCancelRequest(w, m.cancelRequest);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.createRequest !== void 0) {
    const end = w.size();
    writeWatchCreateRequest(w, m.createRequest);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function newWatchCreateRequest() {
  return {
    key: emptyBytes,
    rangeEnd: emptyBytes,
    startRevision: 0,
    progressNotify: false,
    filters: [],
    prevKv: false,
    watchId: 0n,
    fragment: false
  };
}
function readWatchCreateRequest(r, into) {
  const m = into ?? newWatchCreateRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      case 18: {
        m.rangeEnd = r.bytes();
        break;
      }
      case 24: {
        m.startRevision = r.int64Clamped();
        break;
      }
      case 32: {
        m.progressNotify = r.bool();
        break;
      }
      case 40: {
        m.filters.push(r.int32());
        break;
      }
      case 42: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.filters.push(r.int32());
        r.leavePacked(outer);
        break;
      }
      case 48: {
        m.prevKv = r.bool();
        break;
      }
      case 56: {
        m.watchId = r.int64Big();
        break;
      }
      case 64: {
        m.fragment = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeWatchCreateRequest(w, m) {
  if (m.fragment !== void 0 && m.fragment !== false) {
    w.bool(m.fragment);
    w.byte(64);
  }
  if (m.watchId !== void 0 && m.watchId !== 0n) {
    w.big(m.watchId);
    w.byte(56);
  }
  if (m.prevKv !== void 0 && m.prevKv !== false) {
    w.bool(m.prevKv);
    w.byte(48);
  }
  if (m.filters !== void 0 && m.filters.length !== 0) {
    const end = w.size();
    for (let i = m.filters.length - 1; i >= 0; i--) {
      w.int(m.filters[i]);
    }
    w.uint(w.size() - end);
    w.byte(42);
  }
  if (m.progressNotify !== void 0 && m.progressNotify !== false) {
    w.bool(m.progressNotify);
    w.byte(32);
  }
  if (m.startRevision !== void 0 && m.startRevision !== 0) {
    w.int(m.startRevision);
    w.byte(24);
  }
  if (m.rangeEnd !== void 0 && m.rangeEnd.length !== 0) {
    w.bytes(m.rangeEnd);
    w.byte(18);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(10);
  }
}
function newWatchCancelRequest() {
  return {
    watchId: 0n
  };
}
function readWatchCancelRequest(r, into) {
  const m = into ?? newWatchCancelRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.watchId = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeWatchCancelRequest(w, m) {
  if (m.watchId !== void 0 && m.watchId !== 0n) {
    w.big(m.watchId);
    w.byte(8);
  }
}
function newWatchProgressRequest() {
  return {};
}
function readWatchProgressRequest(r, into) {
  const m = into ?? newWatchProgressRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeWatchProgressRequest(_w, _m) {
}
function encodeWatchResponse(m) {
  return encodeWith(writeWatchResponse, m);
}
function decodeWatchResponse(bytes) {
  return readWatchResponse(new Reader(bytes), void 0);
}
function newWatchResponse() {
  return {
    header: void 0,
    watchId: 0n,
    created: false,
    canceled: false,
    compactRevision: 0,
    cancelReason: "",
    fragment: false,
    events: []
  };
}
function readWatchResponse(r, into) {
  const m = into ?? newWatchResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.watchId = r.int64Big();
        break;
      }
      case 24: {
        m.created = r.bool();
        break;
      }
      case 32: {
        m.canceled = r.bool();
        break;
      }
      case 40: {
        m.compactRevision = r.int64Clamped();
        break;
      }
      case 50: {
        m.cancelReason = r.string();
        break;
      }
      case 56: {
        m.fragment = r.bool();
        break;
      }
      case 90: {
        const outer = r.enter();
        m.events.push(readEvent(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeWatchResponse(w, m) {
  if (m.events !== void 0) {
    for (let i = m.events.length - 1; i >= 0; i--) {
      const item = m.events[i];
      const end = w.size();
      writeEvent(w, item);
      w.uint(w.size() - end);
      w.byte(90);
    }
  }
  if (m.fragment !== void 0 && m.fragment !== false) {
    w.bool(m.fragment);
    w.byte(56);
  }
  if (m.cancelReason !== void 0 && m.cancelReason !== "") {
    w.string(m.cancelReason);
    w.byte(50);
  }
  if (m.compactRevision !== void 0 && m.compactRevision !== 0) {
    w.int(m.compactRevision);
    w.byte(40);
  }
  if (m.canceled !== void 0 && m.canceled !== false) {
    w.bool(m.canceled);
    w.byte(32);
  }
  if (m.created !== void 0 && m.created !== false) {
    w.bool(m.created);
    w.byte(24);
  }
  if (m.watchId !== void 0 && m.watchId !== 0n) {
    w.big(m.watchId);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

// src/etcd/proto/generated/etcdtspb.ts
var ForgetLeaderResponse_Outcome = {
  FORGOTTEN: 0,
  ALREADY_LEADERLESS: 1,
  NO_LONGER_SO: 2,
  IS_LEADER: 3,
  IGNORED: 4
};
function encodeObserveRequest(m) {
  return encodeWith(writeObserveRequest, m);
}
function decodeObserveRequest(bytes) {
  return readObserveRequest(new Reader(bytes), void 0);
}
function newObserveRequest() {
  return {};
}
function readObserveRequest(r, into) {
  const m = into ?? newObserveRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeObserveRequest(_w, _m) {
}
function encodeObserveResponse(m) {
  return encodeWith(writeObserveResponse, m);
}
function decodeObserveResponse(bytes) {
  return readObserveResponse(new Reader(bytes), void 0);
}
function newObserveResponse() {
  return {
    header: void 0,
    leaderId: 0n,
    term: 0,
    lastIndex: 0,
    lastTerm: 0,
    appliedIndex: 0,
    millisSinceLeader: 0,
    role: "",
    isLearner: false,
    commitIndex: 0
  };
}
function readObserveResponse(r, into) {
  const m = into ?? newObserveResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.leaderId = r.uint64Big();
        break;
      }
      case 24: {
        m.term = r.uint64Clamped();
        break;
      }
      case 32: {
        m.lastIndex = r.uint64Clamped();
        break;
      }
      case 40: {
        m.lastTerm = r.uint64Clamped();
        break;
      }
      case 48: {
        m.appliedIndex = r.uint64Clamped();
        break;
      }
      case 56: {
        m.millisSinceLeader = r.uint64Clamped();
        break;
      }
      case 66: {
        m.role = r.string();
        break;
      }
      case 72: {
        m.isLearner = r.bool();
        break;
      }
      case 80: {
        m.commitIndex = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeObserveResponse(w, m) {
  if (m.commitIndex !== void 0 && m.commitIndex !== 0) {
    w.uint(m.commitIndex);
    w.byte(80);
  }
  if (m.isLearner !== void 0 && m.isLearner !== false) {
    w.bool(m.isLearner);
    w.byte(72);
  }
  if (m.role !== void 0 && m.role !== "") {
    w.string(m.role);
    w.byte(66);
  }
  if (m.millisSinceLeader !== void 0 && m.millisSinceLeader !== 0) {
    w.uint(m.millisSinceLeader);
    w.byte(56);
  }
  if (m.appliedIndex !== void 0 && m.appliedIndex !== 0) {
    w.uint(m.appliedIndex);
    w.byte(48);
  }
  if (m.lastTerm !== void 0 && m.lastTerm !== 0) {
    w.uint(m.lastTerm);
    w.byte(40);
  }
  if (m.lastIndex !== void 0 && m.lastIndex !== 0) {
    w.uint(m.lastIndex);
    w.byte(32);
  }
  if (m.term !== void 0 && m.term !== 0) {
    w.uint(m.term);
    w.byte(24);
  }
  if (m.leaderId !== void 0 && m.leaderId !== 0n) {
    w.big(m.leaderId);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeForgetLeaderRequest(m) {
  return encodeWith(writeForgetLeaderRequest, m);
}
function decodeForgetLeaderRequest(bytes) {
  return readForgetLeaderRequest(new Reader(bytes), void 0);
}
function newForgetLeaderRequest() {
  return {
    leaderId: 0n,
    term: 0,
    campaign: false
  };
}
function readForgetLeaderRequest(r, into) {
  const m = into ?? newForgetLeaderRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.leaderId = r.uint64Big();
        break;
      }
      case 16: {
        m.term = r.uint64Clamped();
        break;
      }
      case 24: {
        m.campaign = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeForgetLeaderRequest(w, m) {
  if (m.campaign !== void 0 && m.campaign !== false) {
    w.bool(m.campaign);
    w.byte(24);
  }
  if (m.term !== void 0 && m.term !== 0) {
    w.uint(m.term);
    w.byte(16);
  }
  if (m.leaderId !== void 0 && m.leaderId !== 0n) {
    w.big(m.leaderId);
    w.byte(8);
  }
}
function encodeForgetLeaderResponse(m) {
  return encodeWith(writeForgetLeaderResponse, m);
}
function decodeForgetLeaderResponse(bytes) {
  return readForgetLeaderResponse(new Reader(bytes), void 0);
}
function newForgetLeaderResponse() {
  return {
    header: void 0,
    outcome: 0,
    campaigning: false,
    leaderId: 0n,
    term: 0
  };
}
function readForgetLeaderResponse(r, into) {
  const m = into ?? newForgetLeaderResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.header = readResponseHeader(r, m.header);
        r.leave(outer);
        break;
      }
      case 16: {
        m.outcome = r.int32();
        break;
      }
      case 24: {
        m.campaigning = r.bool();
        break;
      }
      case 32: {
        m.leaderId = r.uint64Big();
        break;
      }
      case 40: {
        m.term = r.uint64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeForgetLeaderResponse(w, m) {
  if (m.term !== void 0 && m.term !== 0) {
    w.uint(m.term);
    w.byte(40);
  }
  if (m.leaderId !== void 0 && m.leaderId !== 0n) {
    w.big(m.leaderId);
    w.byte(32);
  }
  if (m.campaigning !== void 0 && m.campaigning !== false) {
    w.bool(m.campaigning);
    w.byte(24);
  }
  if (m.outcome !== void 0 && m.outcome !== 0) {
    w.int(m.outcome);
    w.byte(16);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

export {
  emptyBytes,
  compareBytes,
  equalBytes,
  concatBytes,
  utf8Bytes,
  utf8Text,
  nestingMax,
  bigOf,
  lowHalf,
  DecodeError,
  Reader,
  encodeWith,
  Event_EventType,
  decodeKeyValue,
  readKeyValue,
  writeKeyValue,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  Compare_CompareResult,
  Compare_CompareTarget,
  AlarmType,
  AlarmRequest_AlarmAction,
  WatchCreateRequest_FilterType,
  encodeAuthEnableRequest,
  decodeAuthEnableResponse,
  encodeAuthDisableRequest,
  decodeAuthDisableResponse,
  encodeAuthStatusRequest,
  decodeAuthStatusRequest,
  encodeAuthStatusResponse,
  decodeAuthStatusResponse,
  encodeAuthenticateRequest,
  decodeAuthenticateRequest,
  decodeAuthenticateResponse,
  encodeAuthUserAddRequest,
  decodeAuthUserAddResponse,
  encodeAuthUserGetRequest,
  decodeAuthUserGetResponse,
  encodeAuthUserListRequest,
  decodeAuthUserListResponse,
  encodeAuthUserDeleteRequest,
  decodeAuthUserDeleteResponse,
  encodeAuthUserChangePasswordRequest,
  decodeAuthUserChangePasswordResponse,
  encodeAuthUserGrantRoleRequest,
  decodeAuthUserGrantRoleResponse,
  encodeAuthUserRevokeRoleRequest,
  decodeAuthUserRevokeRoleResponse,
  encodeAuthRoleAddRequest,
  decodeAuthRoleAddResponse,
  encodeAuthRoleGetRequest,
  decodeAuthRoleGetResponse,
  encodeAuthRoleListRequest,
  decodeAuthRoleListResponse,
  encodeAuthRoleDeleteRequest,
  decodeAuthRoleDeleteResponse,
  encodeAuthRoleGrantPermissionRequest,
  decodeAuthRoleGrantPermissionResponse,
  encodeAuthRoleRevokePermissionRequest,
  decodeAuthRoleRevokePermissionResponse,
  encodeMemberAddRequest,
  decodeMemberAddRequest,
  encodeMemberAddResponse,
  decodeMemberAddResponse,
  encodeMemberRemoveRequest,
  decodeMemberRemoveRequest,
  decodeMemberRemoveResponse,
  encodeMemberUpdateRequest,
  decodeMemberUpdateRequest,
  decodeMemberUpdateResponse,
  encodeMemberListRequest,
  decodeMemberListRequest,
  encodeMemberListResponse,
  decodeMemberListResponse,
  encodeMemberPromoteRequest,
  decodeMemberPromoteRequest,
  decodeMemberPromoteResponse,
  encodeResponseHeader,
  readResponseHeader,
  writeResponseHeader,
  encodeRangeRequest,
  decodeRangeRequest,
  encodeRangeResponse,
  decodeRangeResponse,
  encodeRangeStreamResponse,
  decodeRangeStreamResponse,
  encodePutRequest,
  decodePutRequest,
  decodePutResponse,
  encodeDeleteRangeRequest,
  decodeDeleteRangeRequest,
  decodeDeleteRangeResponse,
  encodeTxnRequest,
  decodeTxnRequest,
  decodeTxnResponse,
  encodeCompactionRequest,
  decodeCompactionRequest,
  decodeCompactionResponse,
  encodeLeaseGrantRequest,
  decodeLeaseGrantRequest,
  encodeLeaseGrantResponse,
  decodeLeaseGrantResponse,
  encodeLeaseRevokeRequest,
  decodeLeaseRevokeRequest,
  decodeLeaseRevokeResponse,
  encodeLeaseKeepAliveRequest,
  decodeLeaseKeepAliveRequest,
  encodeLeaseKeepAliveResponse,
  decodeLeaseKeepAliveResponse,
  encodeLeaseTimeToLiveRequest,
  decodeLeaseTimeToLiveRequest,
  readLeaseTimeToLiveRequest,
  writeLeaseTimeToLiveRequest,
  encodeLeaseTimeToLiveResponse,
  decodeLeaseTimeToLiveResponse,
  readLeaseTimeToLiveResponse,
  writeLeaseTimeToLiveResponse,
  encodeLeaseLeasesRequest,
  decodeLeaseLeasesRequest,
  encodeLeaseLeasesResponse,
  decodeLeaseLeasesResponse,
  encodeAlarmRequest,
  decodeAlarmRequest,
  encodeAlarmMember,
  decodeAlarmMember,
  encodeAlarmResponse,
  decodeAlarmResponse,
  encodeStatusRequest,
  decodeStatusRequest,
  encodeStatusResponse,
  decodeStatusResponse,
  encodeDefragmentRequest,
  decodeDefragmentRequest,
  decodeDefragmentResponse,
  encodeHashRequest,
  decodeHashRequest,
  encodeHashResponse,
  decodeHashResponse,
  encodeHashKVRequest,
  decodeHashKVRequest,
  encodeHashKVResponse,
  decodeHashKVResponse,
  encodeSnapshotRequest,
  decodeSnapshotRequest,
  encodeSnapshotResponse,
  decodeSnapshotResponse,
  encodeMoveLeaderRequest,
  decodeMoveLeaderRequest,
  decodeMoveLeaderResponse,
  encodeDowngradeRequest,
  decodeDowngradeResponse,
  encodeMetadata,
  decodeMetadata,
  encodeInternalRaftRequest,
  decodeInternalRaftRequest,
  encodeWatchRequest,
  decodeWatchRequest,
  encodeWatchResponse,
  decodeWatchResponse,
  ForgetLeaderResponse_Outcome,
  encodeObserveRequest,
  decodeObserveRequest,
  encodeObserveResponse,
  decodeObserveResponse,
  encodeForgetLeaderRequest,
  decodeForgetLeaderRequest,
  encodeForgetLeaderResponse,
  decodeForgetLeaderResponse
};
