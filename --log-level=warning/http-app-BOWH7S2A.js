import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  Code,
  StatusError,
  callCanceled,
  callDeadlineExceeded,
  callUnary,
  createServer,
  enums,
  isUnforeseen,
  limits,
  messageTooLarge,
  messages,
  notFound,
  refuse,
  registerVersion,
  send,
  services,
  statusOf
} from "./chunk-F6MKMTTM.js";
import "./chunk-MHRK3JHV.js";
import {
  AlarmType,
  concatBytes,
  nestingMax
} from "./chunk-3SV2DTJL.js";
import "./chunk-SW6PLNUW.js";

// src/etcd/api/http/http-app.ts
import Fastify from "fastify";

// src/etcd/api/http/gateway-call.ts
var timeoutUnitMs = {
  H: 36e5,
  M: 6e4,
  S: 1e3,
  m: 1,
  u: 1e-3,
  n: 1e-6
};
var timerMsMax = 2 ** 31 - 1;
var GatewayCall = class {
  viaGateway = true;
  deadlineMs;
  onClose = () => {
  };
  underWay;
  #headers;
  #controller = new AbortController();
  #answered = new AbortController();
  /** Throws InvalidArgument when the request's headers make no sense. */
  constructor(request, response, clock) {
    this.#headers = request.headers;
    const timeoutMs = parseTimeoutMs(this.#header("grpc-timeout"));
    this.deadlineMs = clock.wallMs() + timeoutMs;
    if (timeoutMs <= timerMsMax) {
      clock.after(timeoutMs, this.#answered.signal).then(
        () => this.abort(callDeadlineExceeded),
        () => {
        }
      );
    }
    response.once("close", () => this.abort(callCanceled));
  }
  get signal() {
    return this.#controller.signal;
  }
  /**
   * The names a gRPC handler would see: `Authorization` under its own name, `Grpc-Metadata-X` as
   * `x`, and what a browser sends anyway as `grpcgateway-…`.
   */
  metadata(name) {
    if (name === "authorization") return this.#header(name);
    if (name.startsWith("grpcgateway-")) return this.#header(name.slice("grpcgateway-".length));
    return this.#header(`grpc-metadata-${name}`);
  }
  abort(reason) {
    if (this.#answered.signal.aborted) return;
    this.#controller.abort(reason);
    this.underWay?.cancel();
  }
  /** From here on an abort means nothing any more. */
  close() {
    this.#answered.abort();
    this.onClose();
  }
  #header(name) {
    const value = this.#headers[name];
    return Array.isArray(value) ? value[0] : value;
  }
};
function parseTimeoutMs(text) {
  if (text === void 0) return Number.POSITIVE_INFINITY;
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  const unitMs = timeoutUnitMs[match?.[2] ?? ""];
  if (match === null || unitMs === void 0) {
    throw new StatusError(Code.invalidArgument, `invalid grpc-timeout: ${text}`);
  }
  return Number(match[1]) * unitMs;
}

// src/etcd/api/http/http-status.ts
var httpStatuses = [
  200,
  // OK
  499,
  // Canceled
  500,
  // Unknown
  400,
  // InvalidArgument
  504,
  // DeadlineExceeded
  404,
  // NotFound
  409,
  // AlreadyExists
  403,
  // PermissionDenied
  429,
  // ResourceExhausted
  400,
  // FailedPrecondition
  409,
  // Aborted
  400,
  // OutOfRange
  501,
  // Unimplemented
  500,
  // Internal
  503,
  // Unavailable
  500,
  // DataLoss
  401
  // Unauthenticated
];
function httpStatusOf(code) {
  return httpStatuses[code] ?? 500;
}
function statusJson({ code, message }) {
  return JSON.stringify({ code, message });
}

// src/etcd/api/http/gateway-stream.ts
var headers = {
  "content-type": "application/json",
  "grpc-metadata-content-type": "application/grpc"
};
var GatewayStream = class {
  onMessage = () => {
  };
  onHalfClose = () => {
  };
  /** Set by the reader of the request's body. */
  onPause = () => {
  };
  #response;
  #toJson;
  #over;
  #isOver = false;
  constructor(response, toJson, over) {
    this.#response = response;
    this.#toJson = toJson;
    this.#over = over;
  }
  get isOver() {
    return this.#isOver;
  }
  write(message) {
    if (this.#isOver) return true;
    this.#begin(200);
    return this.#response.write(`{"result":${this.#toJson(message)}}
`);
  }
  writeParts(head, headBytes, rest) {
    return this.write(concatBytes([head.subarray(0, headBytes), rest]));
  }
  drained() {
    const response = this.#response;
    if (this.#isOver || !response.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        response.off("drain", done);
        response.off("close", done);
        resolve();
      };
      response.once("drain", done);
      response.once("close", done);
    });
  }
  pause() {
    this.onPause(true);
  }
  resume() {
    this.onPause(false);
  }
  end() {
    if (!this.#finish(void 0)) return;
    this.#begin(200);
    this.#response.end();
  }
  fail(error) {
    const status = statusOf(error);
    if (!this.#finish(status)) return;
    this.#begin(httpStatusOf(status.code));
    this.#response.end(`{"error":${statusJson(status)}}
`);
  }
  /** The client is gone. */
  abandon() {
    this.#finish(void 0);
  }
  #begin(httpStatus) {
    if (this.#response.headersSent) return;
    this.#response.writeHead(
      httpStatus,
      httpStatus === 200 ? headers : { "content-type": "application/json" }
    );
  }
  #finish(status) {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#over(status);
    return true;
  }
};

// src/etcd/api/http/json-stream.ts
var JsonSplitter = class {
  #bytesMax;
  #decoder = new TextDecoder();
  #text = "";
  #scanned = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** A value of more than `bytesMax` characters is refused, so that memory stays bounded. */
  constructor(bytesMax) {
    this.#bytesMax = bytesMax;
  }
  /**
   * The values that are complete after these bytes. Lazily: a value that is taken before a fault
   * further on is found stays good. All must be taken before the next push.
   */
  push(chunk) {
    return this.#take(this.#decoder.decode(chunk, { stream: true }));
  }
  /** After the last byte. Throws when a value is incomplete. */
  *finish() {
    yield* this.#take(this.#decoder.decode());
    if (this.#text.trim() !== "") throw new StatusError(Code.invalidArgument, "unexpected EOF");
  }
  *#take(text) {
    this.#text += text;
    while (this.#scanned < this.#text.length) {
      const isComplete = this.#step(this.#text.charCodeAt(this.#scanned++));
      if (!isComplete) continue;
      const value = this.#text.slice(0, this.#scanned);
      this.#text = this.#text.slice(this.#scanned);
      this.#scanned = 0;
      yield value;
    }
    if (this.#text.length > this.#bytesMax)
      throw messageTooLarge(this.#text.length, this.#bytesMax);
  }
  #step(code) {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === 92) this.#escaped = true;
      else if (code === 34) this.#inString = false;
      return false;
    }
    switch (code) {
      case 34:
        this.#inString = true;
        this.#refuseOutside('"');
        return false;
      case 123:
      case 91:
        if (code === 91) this.#refuseOutside("[");
        this.#depth++;
        return false;
      case 125:
      case 93:
        if (--this.#depth < 0) this.#refuseOutside(String.fromCharCode(code));
        return this.#depth === 0;
      case 32:
      case 9:
      case 10:
      case 13:
        return false;
      default:
        this.#refuseOutside(String.fromCharCode(code));
        return false;
    }
  }
  #refuseOutside(token) {
    if (this.#depth > 0) return;
    const message = `proto: syntax error: unexpected token ${token}`;
    throw new StatusError(Code.invalidArgument, message);
  }
};

// src/etcd/api/http/protojson.ts
function messageToJson(type, message) {
  const parts = [];
  for (const field of descriptorOf(type)) {
    const value = message[field.jsonName];
    const json = field.repeated ? listToJson(field, value) : fieldToJson(field, value);
    if (json !== void 0) parts.push(`"${field.name}":${json}`);
  }
  return `{${parts.join(",")}}`;
}
function listToJson(field, values) {
  if (values.length === 0) return void 0;
  return `[${values.map((value) => valueToJson(field, value)).join(",")}]`;
}
function fieldToJson(field, value) {
  if (value === void 0) return void 0;
  if (field.type === "message" || field.oneof !== void 0) return valueToJson(field, value);
  const isEmpty = field.type === "bytes" ? value.length === 0 : !value;
  return isEmpty ? void 0 : valueToJson(field, value);
}
function valueToJson(field, value) {
  switch (field.type) {
    case "message":
      return messageToJson(field.typeName ?? "", value);
    case "bytes":
      return `"${base64(value)}"`;
    case "string":
      return JSON.stringify(value);
    case "enum":
      return enumToJson(field.typeName ?? "", value);
    case "int64":
    case "uint64":
      return `"${String(value)}"`;
    case "bool":
    case "uint32":
      return String(value);
  }
}
function base64(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
function enumToJson(type, value) {
  for (const [name, number] of Object.entries(enums[type] ?? {})) {
    if (number === value) return `"${name}"`;
  }
  return String(value);
}
function messageFromJson(type, json) {
  return readMessage(type, json, 0);
}
function parseJson(text) {
  const reviver = (_key, value, context) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? "";
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  };
  try {
    return JSON.parse(text, reviver);
  } catch (error) {
    throw invalid(`proto: syntax error: ${error.message}`);
  }
}
function readMessage(type, json, depth) {
  if (depth > nestingMax) throw invalid("proto: exceeded max recursion depth");
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalid(`proto: syntax error: unexpected token ${show(json)}`);
  }
  const message = {};
  const seenOneofs = /* @__PURE__ */ new Set();
  for (const [name, value] of Object.entries(json)) {
    const field = fieldNamed(type, name);
    if (field === void 0 || value === null) continue;
    if (field.jsonName in message) throw invalid(`proto: duplicate field ${JSON.stringify(name)}`);
    if (field.oneof !== void 0 && seenOneofs.has(field.oneof)) {
      const oneof = `${type}.${field.oneof}`;
      throw invalid(`proto: error parsing ${JSON.stringify(name)}, oneof ${oneof} is already set`);
    }
    const read = field.repeated ? readList(field, value, depth) : readValue(field, value, depth);
    if (read === void 0) continue;
    message[field.jsonName] = read;
    if (field.oneof !== void 0) seenOneofs.add(field.oneof);
  }
  return message;
}
function readList(field, json, depth) {
  if (!Array.isArray(json)) throw invalid(`proto: syntax error: unexpected token ${show(json)}`);
  return json.flatMap((item) => readValue(field, item, depth) ?? []);
}
function readValue(field, json, depth) {
  switch (field.type) {
    case "message":
      return readMessage(field.typeName ?? "", json, depth + 1);
    case "bytes":
      return readBytes(field, json);
    case "string":
      if (typeof json === "string") return json;
      throw wrongValue(field, json);
    case "bool":
      if (typeof json === "boolean") return json;
      throw wrongValue(field, json);
    case "enum":
      return readEnum(field, json);
    case "uint32":
    case "int64":
    case "uint64":
      return readInteger(field, json);
  }
}
function readBytes(field, json) {
  const text = typeof json === "string" ? json.replace(/[\r\n]/g, "") : void 0;
  const isBase64 = text !== void 0 && /^(?:[\w-]*|[A-Za-z\d+/]*)={0,2}$/.test(text) && (text.endsWith("=") ? text.length % 4 === 0 : text.length % 4 !== 1);
  if (!isBase64) throw wrongValue(field, json);
  const bytes = Buffer.from(text, "base64");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
function readEnum(field, json) {
  if (typeof json === "string") return enums[field.typeName ?? ""]?.[json];
  if (typeof json === "number" && Number.isInteger(json) && (json | 0) === json) return json;
  throw wrongValue(field, json);
}
var integerRange = {
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n]
};
function readInteger(field, json) {
  const value = toInteger(json);
  const [min, max] = integerRange[field.type];
  if (value === void 0 || value < min || value > max) throw wrongValue(field, json);
  if (field.big === true) return value;
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > limit ? limit : value < -limit ? -limit : value);
}
function toInteger(json) {
  if (typeof json === "bigint") return json;
  if (typeof json === "number") return Number.isInteger(json) ? BigInt(json) : void 0;
  if (typeof json !== "string") return void 0;
  if (/^-?\d{1,20}$/.test(json)) return BigInt(json);
  const isNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(json);
  const value = isNumber ? Number(json) : Number.NaN;
  return Number.isSafeInteger(value) ? BigInt(value) : void 0;
}
var fieldsByName = /* @__PURE__ */ new Map();
function fieldNamed(type, name) {
  let fields = fieldsByName.get(type);
  if (fields === void 0) {
    fields = new Map(
      descriptorOf(type).flatMap((field) => [
        [field.name, field],
        [field.jsonName, field]
      ])
    );
    fieldsByName.set(type, fields);
  }
  return fields.get(name);
}
function descriptorOf(type) {
  return messages[type] ?? [];
}
function wrongValue(field, json) {
  return invalid(`proto: invalid value for ${field.type} field ${field.name}: ${show(json)}`);
}
function show(json) {
  if (typeof json === "bigint") return String(json);
  if (Array.isArray(json)) return "[";
  if (typeof json === "object" && json !== null) return "{";
  const text = JSON.stringify(json);
  return text.length > 200 ? `${text.slice(0, 200)}\u2026` : text;
}
function invalid(message) {
  return new StatusError(Code.invalidArgument, message);
}

// src/etcd/api/http/gateway.ts
var jsonGrowth = 2;
function registerGateway(app, options) {
  const routes = /* @__PURE__ */ new Set();
  for (const method of services.flatMap((service) => service.methods)) {
    const rpc = options.rpcs.get(method.path);
    if (rpc === void 0) continue;
    for (const route of method.routes) {
      routes.add(route);
      app.post(
        route,
        (request, reply) => rpc.kind === "unary" ? answerUnary(options, method, rpc, request, reply) : answerStream(options, method, rpc, request, reply)
      );
    }
  }
  app.route({
    method: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    url: "/v3/*",
    handler: (request, reply) => {
      const isKnown = routes.has(request.url.split("?", 1)[0] ?? "");
      return isKnown ? sendStatus(reply, { code: Code.unimplemented, message: "Method Not Allowed" }) : sendStatus(reply, { code: Code.notFound, message: "Not Found" });
    }
  });
}
async function answerUnary(options, method, rpc, request, reply) {
  let json = "";
  let failure;
  let call;
  try {
    call = new GatewayCall(request.raw, reply.raw, options.clock);
    options.calls.enter(call, "unary");
    const message = await readOne(options, method, request.raw);
    const response = await untilAborted(call, (open) => callUnary(rpc, message, open));
    json = messageToJson(method.response, method.decodeResponse(response));
  } catch (error) {
    failure = statusOf(error);
    noteUnforeseen(options.log, method, failure);
  } finally {
    call?.close();
  }
  if (failure !== void 0) return sendStatus(reply, failure);
  reply.header("grpc-metadata-content-type", "application/grpc");
  return sendJson(reply, 200, json);
}
async function untilAborted(call, run) {
  const { signal } = call;
  let stopWaiting = () => {
  };
  const aborted = new Promise((_, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    stopWaiting = () => signal.removeEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([run(call), aborted]);
  } finally {
    stopWaiting();
  }
}
async function answerStream(options, method, rpc, request, reply) {
  let call;
  let first;
  try {
    call = new GatewayCall(request.raw, reply.raw, options.clock);
    if (rpc.kind === "server-stream") first = await readOne(options, method, request.raw);
  } catch (error) {
    return sendStatus(reply, statusOf(error));
  }
  options.calls.enter(call, "stream");
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== void 0) reply.raw.setHeader(name, value);
  }
  const stream = openStream(options, method, rpc, call, reply.raw);
  if (first === void 0) pumpRequests(options, method, request.raw, stream, call);
  else deliverOnly(first, stream, call);
  return reply;
}
function openStream(options, method, rpc, call, response) {
  const toJson = (message) => messageToJson(method.response, method.decodeResponse(message));
  const stream = new GatewayStream(response, toJson, (status) => {
    if (status !== void 0) noteUnforeseen(options.log, method, status);
    call.close();
  });
  const onAbort = () => {
    if (response.destroyed) stream.abandon();
    else stream.fail(call.signal.reason);
  };
  call.signal.addEventListener("abort", onAbort, { once: true });
  try {
    rpc.open(stream, call);
  } catch (error) {
    call.abort(error);
  }
  return stream;
}
function deliverOnly(message, stream, call) {
  try {
    if (!stream.isOver) stream.onMessage(message);
    if (!stream.isOver) stream.onHalfClose();
  } catch (error) {
    call.abort(error);
  }
}
function pumpRequests(options, method, body, stream, call) {
  const splitter = new JsonSplitter(options.receiveBytesMax * jsonGrowth);
  const take = (texts) => {
    for (const text of texts) {
      const message = encodeRequest(options, method, text);
      if (!stream.isOver) stream.onMessage(message);
    }
  };
  const guarded = (run) => {
    if (stream.isOver) return;
    try {
      run();
    } catch (error) {
      call.abort(error);
    }
  };
  stream.onPause = (paused) => {
    if (paused) body.pause();
    else body.resume();
  };
  body.on("data", (chunk) => guarded(() => take(splitter.push(chunk))));
  body.on(
    "end",
    () => guarded(() => {
      take(splitter.finish());
      stream.onHalfClose();
    })
  );
}
async function readOne(options, method, body) {
  const splitter = new JsonSplitter(options.receiveBytesMax * jsonGrowth);
  let first;
  for await (const chunk of body) {
    if (first === void 0) first = firstOf(splitter.push(chunk));
  }
  first ??= firstOf(splitter.finish());
  return encodeRequest(options, method, first ?? "{}");
}
function firstOf(texts) {
  for (const text of texts) return text;
  return void 0;
}
function encodeRequest(options, method, text) {
  const message = method.encodeRequest(messageFromJson(method.request, parseJson(text)));
  if (message.length > options.receiveBytesMax) {
    throw messageTooLarge(message.length, options.receiveBytesMax);
  }
  return message;
}
function noteUnforeseen(log, method, status) {
  if (!isUnforeseen(status)) return;
  log.warn("a call failed unexpectedly", { path: method.path, error: status.message });
}
function sendStatus(reply, status) {
  if (status.code === Code.unauthenticated) reply.header("www-authenticate", status.message);
  return sendJson(reply, httpStatusOf(status.code), statusJson(status));
}
function sendJson(reply, httpStatus, json) {
  return reply.code(httpStatus).header("content-type", "application/json").send(Buffer.from(json));
}

// src/etcd/api/http/health.ts
var serializableRead = {
  name: "serializable_read",
  run: (source, signal) => source.serializableRead(signal)
};
var checks = {
  livez: [serializableRead],
  readyz: [
    {
      // Only this member's alarm. etcd looks at the whole cluster's, which makes every member
      // unready because one is corrupt; see docs/compatibility.md.
      name: "data_corruption",
      run: (source) => {
        for (const { memberId, alarm } of source.alarms()) {
          if (memberId === source.memberId && alarm === AlarmType.CORRUPT) {
            throw new Error("alarm activated: CORRUPT");
          }
        }
      }
    },
    serializableRead,
    {
      name: "linearizable_read",
      run: (source, signal) => source.linearizableRead(signal)
    },
    {
      name: "non_learner",
      run: (source) => {
        if (source.isLearner()) throw new Error("not supported for learner");
      }
    }
  ]
};
function registerHealth(app, options) {
  app.all("/health", async (request, reply) => {
    if (request.method !== "GET") return refuse(reply);
    const answer = await answerHealth(options, queryOf(request));
    return send(reply, answer);
  });
  for (const type of ["livez", "readyz"]) {
    registerProbe(app, `/${type}`, type, checks[type], options);
    for (const check of checks[type]) {
      registerProbe(app, `/${type}/${check.name}`, type, [check], options);
    }
  }
}
function registerProbe(app, path, type, all, options) {
  app.all(path, async (request, reply) => {
    if (request.method !== "GET") return refuse(reply);
    const query = queryOf(request);
    const excluded = path === `/${type}` ? query.getAll("exclude") : [];
    const chosen = all.filter((check) => !excluded.includes(check.name));
    return withAbort(reply, async (signal) => {
      const answer = await runChecks(options, type, chosen, signal, query.has("verbose"));
      if (answer.status !== 200) options.log.error("Health check error", { path });
      return send(reply, answer);
    });
  });
}
async function runChecks(options, type, chosen, signal, verbose) {
  let report = "";
  let ok = true;
  for (const check of chosen) {
    const failure = await failureOf(check, options.source, signal);
    options.observer.check(type, check.name, failure === void 0);
    if (failure !== void 0) ok = false;
    report += failure === void 0 ? `[+]${check.name} ok
` : `[-]${check.name} failed: ${failure}
`;
  }
  if (!ok) return { status: 503, body: `${report}
`, nosniff: true };
  return { status: 200, body: verbose ? `${report}ok
` : "ok\n", nosniff: true };
}
async function failureOf(check, source, signal) {
  try {
    await check.run(source, signal);
    return void 0;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
async function answerHealth(options, query) {
  const serializable = query.get("serializable") === "true";
  const reason = alarmReason(options.source, query.getAll("exclude")) ?? (!serializable && !options.source.hasLeader() ? "RAFT NO LEADER" : void 0) ?? await readReason(options, serializable);
  options.observer.health(reason === void 0);
  if (reason === void 0) {
    return { status: 200, body: '{"health":"true","reason":""}', nosniff: false };
  }
  options.log.warn("/health error", { reason, "status-code": 503 });
  const body = `${JSON.stringify({ health: "false", reason })}
`;
  return { status: 503, body, nosniff: true };
}
function alarmReason(source, excluded) {
  for (const { alarm } of source.alarms()) {
    const name = alarmName(alarm);
    if (!excluded.includes(name)) return `ALARM ${name}`;
  }
  return void 0;
}
function alarmName(alarm) {
  if (alarm === AlarmType.NOSPACE) return "NOSPACE";
  return alarm === AlarmType.CORRUPT ? "CORRUPT" : "UNKNOWN";
}
async function readReason({ source, clock, timeoutMs }, serializable) {
  const deadline = new AbortController();
  const done = new AbortController();
  const late = new Error("context deadline exceeded");
  const timer = clock.after(timeoutMs, done.signal).then(
    () => {
      deadline.abort(late);
      throw late;
    },
    () => {
    }
  );
  const read = serializable ? source.serializableRead(deadline.signal) : source.linearizableRead(deadline.signal);
  try {
    await Promise.race([read, timer]);
    return void 0;
  } catch (error) {
    return `RANGE ERROR:${error instanceof Error ? error.message : String(error)}`;
  } finally {
    done.abort();
  }
}
async function withAbort(reply, run) {
  const controller = new AbortController();
  const onClose = () => controller.abort(new Error("context canceled"));
  reply.raw.once("close", onClose);
  return run(controller.signal);
}
function queryOf(request) {
  return new URL(request.url, "http://localhost").searchParams;
}

// src/etcd/api/http/metrics.ts
function registerMetrics(app, source) {
  app.all("/metrics", async (_request, reply) => {
    const text = await source.text();
    return reply.header("content-type", source.contentType).send(text);
  });
}

// src/etcd/api/http/http-app.ts
var timeouts = {
  headersTimeout: limits.firstBytesTimeoutMs,
  // Go's server keeps idle connections; closing them early would race with a client's next request.
  keepAliveTimeout: limits.firstBytesTimeoutMs,
  // A watch body may stay open for days.
  requestTimeout: 0
};
async function createHttpApp(options, calls) {
  let server;
  const app = Fastify({
    rewriteUrl: (request) => (request.url ?? "/").replace(/^\/v3beta\//, "/v3/"),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    serverFactory: (handler) => {
      server = createServer(timeouts, handler);
      return server;
    }
  });
  registerRoutes(app, options, calls);
  await app.ready();
  if (server === void 0) throw new Error("the HTTP framework made no server");
  server.emit("listening");
  return { app, server };
}
function registerRoutes(app, options, calls) {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("access-control-allow-headers", "accept, content-type, authorization");
    reply.header("access-control-allow-methods", "POST, GET, OPTIONS, PUT, DELETE");
    reply.header("access-control-allow-origin", "*");
    if (request.method === "OPTIONS") reply.code(200).send();
    else done();
  });
  app.setNotFoundHandler((_request, reply) => notFound(reply));
  app.setErrorHandler((error, request, reply) => {
    options.log.error("an HTTP request failed unexpectedly", { path: request.url, error });
    return reply.code(500).send("Internal Server Error\n");
  });
  registerHealth(app, {
    source: options.health,
    observer: options.healthObserver,
    timeoutMs: options.healthTimeoutMs,
    clock: options.clock,
    log: options.log
  });
  registerMetrics(app, options.metrics);
  if (options.client === void 0) return;
  registerVersion(app, options.client.version);
  registerGateway(app, { ...options.client, calls, clock: options.clock, log: options.log });
}
export {
  createHttpApp
};
