import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  Agent,
  Code,
  EtcdError,
  HealthCheckResponse_ServingStatus,
  REPLY_ROOM_BYTES,
  StatusError,
  assert,
  broken,
  callCanceled,
  callDeadlineExceeded,
  callUnary,
  createServer,
  decodeCampaignRequest,
  decodeHealthCheckRequest,
  decodeHealthListRequest,
  decodeLeaderRequest,
  decodeLockRequest,
  decodeProclaimRequest,
  decodeResignRequest,
  decodeUnlockRequest,
  encodeCampaignResponse,
  encodeHealthCheckResponse,
  encodeHealthListResponse,
  encodeLeaderResponse,
  encodeLockResponse,
  encodeProclaimResponse,
  encodeResignResponse,
  encodeUnlockResponse,
  isUnforeseen,
  limits,
  messageTooLarge,
  nodeHttps,
  nodeTls,
  request,
  rpcTable,
  services,
  statusOf,
  unreachable,
  versionJson
} from "./chunk-F6MKMTTM.js";
import {
  etcdTsVersion,
  servedEtcdVersion,
  versionText
} from "./chunk-MHRK3JHV.js";
import {
  jsonLog,
  require_pino,
  systemClock
} from "./chunk-XQSF4TJP.js";
import {
  AlarmRequest_AlarmAction,
  AlarmType,
  Compare_CompareResult,
  Compare_CompareTarget,
  DecodeError,
  Event_EventType,
  ForgetLeaderResponse_Outcome,
  RangeRequest_SortOrder,
  RangeRequest_SortTarget,
  Reader,
  WatchCreateRequest_FilterType,
  bigOf,
  compareBytes,
  concatBytes,
  decodeAlarmMember,
  decodeAlarmRequest,
  decodeAuthStatusRequest,
  decodeAuthenticateRequest,
  decodeCompactionRequest,
  decodeDefragmentRequest,
  decodeDeleteRangeRequest,
  decodeDeleteRangeResponse,
  decodeForgetLeaderRequest,
  decodeHashKVRequest,
  decodeHashRequest,
  decodeInternalRaftRequest,
  decodeKeyValue,
  decodeLeaseGrantRequest,
  decodeLeaseGrantResponse,
  decodeLeaseKeepAliveRequest,
  decodeLeaseKeepAliveResponse,
  decodeLeaseLeasesRequest,
  decodeLeaseRevokeRequest,
  decodeLeaseTimeToLiveRequest,
  decodeLeaseTimeToLiveResponse,
  decodeMemberAddRequest,
  decodeMemberListRequest,
  decodeMemberPromoteRequest,
  decodeMemberRemoveRequest,
  decodeMemberUpdateRequest,
  decodeMetadata,
  decodeMoveLeaderRequest,
  decodeObserveRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeRangeResponse,
  decodeSnapshotRequest,
  decodeStatusRequest,
  decodeTxnRequest,
  decodeTxnResponse,
  decodeWatchRequest,
  decodeWatchResponse,
  emptyBytes,
  encodeAlarmMember,
  encodeAlarmResponse,
  encodeAuthStatusResponse,
  encodeDeleteRangeRequest,
  encodeForgetLeaderResponse,
  encodeHashKVResponse,
  encodeHashResponse,
  encodeInternalRaftRequest,
  encodeLeaseGrantRequest,
  encodeLeaseGrantResponse,
  encodeLeaseKeepAliveRequest,
  encodeLeaseKeepAliveResponse,
  encodeLeaseLeasesResponse,
  encodeLeaseTimeToLiveResponse,
  encodeMemberAddResponse,
  encodeMemberListResponse,
  encodeMetadata,
  encodeObserveResponse,
  encodeRangeRequest,
  encodeRangeResponse,
  encodeRangeStreamResponse,
  encodeResponseHeader,
  encodeSnapshotResponse,
  encodeStatusResponse,
  encodeTxnRequest,
  encodeWatchRequest,
  encodeWatchResponse,
  encodeWith,
  equalBytes,
  lowHalf,
  readLeaseTimeToLiveRequest,
  readLeaseTimeToLiveResponse,
  utf8Bytes,
  utf8Text,
  writeLeaseTimeToLiveRequest,
  writeLeaseTimeToLiveResponse
} from "./chunk-3SV2DTJL.js";
import {
  __toESM
} from "./chunk-SW6PLNUW.js";

// src/etcd/main.ts
var import_pino = __toESM(require_pino(), 1);
import { readFileSync as readFileSync3 } from "node:fs";

// src/base/container-limits.ts
import { setFlagsFromString } from "node:v8";
var MIB = 1024 * 1024;
var MEMORY_TOO_SMALL_BYTES = 96 * MIB;
var MEMORY_TIGHT_BYTES = 192 * MIB;
var HEAP_SHARE = 0.5;
var V1_UNLIMITED = 2 ** 62;
var THREADS = { fewest: 2, most: 4 };
function readContainerLimits(read) {
  const v2Memory = read("/sys/fs/cgroup/memory.max");
  const v2Cpu = read("/sys/fs/cgroup/cpu.max");
  if (v2Memory !== void 0 || v2Cpu !== void 0) {
    const [quota2, period2] = (v2Cpu ?? "max").trim().split(/\s+/);
    return { memoryBytes: positive(v2Memory), cpus: ratio(positive(quota2), positive(period2)) };
  }
  const memory = positive(read("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
  const quota = positive(read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"));
  const period = positive(read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
  return {
    memoryBytes: memory !== void 0 && memory < V1_UNLIMITED ? memory : void 0,
    cpus: ratio(quota, period)
  };
}
function fitToContainer(limits2) {
  const cpus = Math.ceil(limits2.cpus ?? THREADS.most);
  const threads = Math.min(Math.max(cpus, THREADS.fewest), THREADS.most);
  const { memoryBytes } = limits2;
  if (memoryBytes === void 0) return { heapBytes: void 0, threads, complaint: void 0 };
  const heapBytes = Math.floor(memoryBytes * HEAP_SHARE);
  const has = `the container's memory limit is ${Math.floor(memoryBytes / MIB)} MiB`;
  if (memoryBytes < MEMORY_TOO_SMALL_BYTES) {
    const needs = `a member needs at least ${MEMORY_TOO_SMALL_BYTES / MIB} MiB`;
    const message = `${has}, ${needs}: raise resources.limits.memory`;
    return { heapBytes, threads, complaint: { kind: "refuse", message } };
  }
  if (memoryBytes < MEMORY_TIGHT_BYTES) {
    const advice = `${MEMORY_TIGHT_BYTES / MIB} MiB and more leave room for large answers and snapshots`;
    return { heapBytes, threads, complaint: { kind: "warn", message: `${has}: ${advice}` } };
  }
  return { heapBytes, threads, complaint: void 0 };
}
function applyContainerFit(fit, environment) {
  environment["UV_THREADPOOL_SIZE"] ??= String(fit.threads);
  if (fit.heapBytes === void 0) return;
  setFlagsFromString(`--max-old-space-size=${Math.floor(fit.heapBytes / MIB)}`);
}
function positive(text) {
  const value2 = Number(text?.trim() ?? Number.NaN);
  return Number.isFinite(value2) && value2 > 0 ? value2 : void 0;
}
function ratio(quota, period) {
  return quota === void 0 || period === void 0 ? void 0 : quota / period;
}

// src/etcd/config/flag-table.ts
function flag(group, name, kind, byDefault, usage) {
  return { name, kind, group, byDefault, usage };
}
var localPeer = "http://localhost:2380";
var localClient = "http://localhost:2379";
var defaultInitialCluster = `default=${localPeer}`;
var flagTable = [
  flag("Member", "name", "string", "default", "Name of this member, unique in the cluster."),
  flag("Member", "data-dir", "string", "", "Directory of all data. Default: ${name}.etcd."),
  flag("Member", "wal-dir", "string", "", "Directory of the WAL, when it is not below data-dir."),
  flag("Member", "snapshot-count", "uint", "10000", "Applied entries between two snapshots."),
  flag("Member", "heartbeat-interval", "uint", "100", "Milliseconds between two heartbeats."),
  flag("Member", "election-timeout", "uint", "1000", "Milliseconds without leader to an election."),
  flag(
    "Member",
    "initial-election-tick-advance",
    "bool",
    "true",
    "Shorten the first election timeout after a start."
  ),
  flag("Member", "listen-peer-urls", "urls", localPeer, "URLs to listen on for other members."),
  flag("Member", "listen-client-urls", "urls", localClient, "URLs to listen on for clients."),
  flag("Member", "max-wals", "uint", "5", "WAL files to keep, 0 for all of them."),
  flag(
    "Member",
    "quota-backend-bytes",
    "int",
    "0",
    "Store size that raises the NOSPACE alarm. 0: 2 GiB; negative: no limit."
  ),
  flag("Member", "max-txn-ops", "uint", "128", "Operations allowed in one transaction."),
  flag("Member", "max-request-bytes", "uint", "1572864", "Largest client request, bytes."),
  flag(
    "Member",
    "max-concurrent-streams",
    "uint32",
    "4294967295",
    "Streams one client connection may have open at once."
  ),
  flag(
    "Member",
    "snapshot-catchup-entries",
    "uint",
    "5000",
    "Entries kept behind a snapshot for slow followers."
  ),
  flag("Member", "max-learners", "int", "1", "Learners allowed in the cluster."),
  flag(
    "Clustering",
    "initial-advertise-peer-urls",
    "urls",
    localPeer,
    "URLs under which other members reach this one."
  ),
  flag(
    "Clustering",
    "initial-cluster",
    "string",
    defaultInitialCluster,
    "All first members as name=url pairs."
  ),
  flag(
    "Clustering",
    "initial-cluster-state",
    "cluster-state",
    "new",
    "'new' to start a cluster, 'existing' to join one. Ignored once there is data."
  ),
  flag(
    "Clustering",
    "initial-cluster-token",
    "string",
    "etcd-cluster",
    "Sets clusters with equal URLs apart."
  ),
  flag(
    "Clustering",
    "advertise-client-urls",
    "urls",
    localClient,
    "URLs under which clients reach this member."
  ),
  flag(
    "Clustering",
    "strict-reconfig-check",
    "bool",
    "true",
    "Refuse member changes that would lose the quorum."
  ),
  flag("Clustering", "pre-vote", "bool", "true", "Ask for votes before raising the term."),
  flag(
    "Clustering",
    "auto-compaction-retention",
    "string",
    "0",
    "History to keep: hours or a duration (periodic), or revisions. 0: keep all."
  ),
  flag(
    "Clustering",
    "auto-compaction-mode",
    "string",
    "periodic",
    "How to read auto-compaction-retention: 'periodic' or 'revision'."
  ),
  flag("Security", "cert-file", "string", "", "Certificate that clients are shown."),
  flag("Security", "key-file", "string", "", "Key of that certificate."),
  flag("Security", "client-cert-auth", "bool", "false", "Ask clients for a certificate."),
  flag("Security", "client-cert-file", "string", "", "Certificate for connections to itself."),
  flag("Security", "client-key-file", "string", "", "Key of that certificate."),
  flag("Security", "client-crl-file", "string", "", "List of revoked client certificates."),
  flag(
    "Security",
    "client-cert-allowed-hostname",
    "list",
    "",
    "Names of which a client certificate must have one."
  ),
  flag("Security", "trusted-ca-file", "string", "", "Authorities that sign client certificates."),
  flag("Security", "auto-tls", "bool", "false", "Serve clients with a certificate made at start."),
  flag("Security", "peer-cert-file", "string", "", "Certificate that members show each other."),
  flag("Security", "peer-key-file", "string", "", "Key of that certificate."),
  flag("Security", "peer-client-cert-auth", "bool", "false", "Ask members for a certificate."),
  flag(
    "Security",
    "peer-client-cert-file",
    "string",
    "",
    "Certificate for connecting to members, if another."
  ),
  flag("Security", "peer-client-key-file", "string", "", "Key of that certificate."),
  flag(
    "Security",
    "peer-trusted-ca-file",
    "string",
    "",
    "Authorities that sign the certificates of members."
  ),
  flag(
    "Security",
    "peer-cert-allowed-cn",
    "list",
    "",
    "Common names allowed in certificates of members."
  ),
  flag(
    "Security",
    "peer-cert-allowed-hostname",
    "list",
    "",
    "Names of which a member certificate must have one."
  ),
  flag(
    "Security",
    "peer-auto-tls",
    "bool",
    "false",
    "Serve members with a certificate made at start."
  ),
  flag("Security", "peer-crl-file", "string", "", "List of revoked member certificates."),
  flag(
    "Security",
    "peer-skip-client-san-verification",
    "bool",
    "false",
    "Let members connect from any address."
  ),
  flag(
    "Security",
    "self-signed-cert-validity",
    "uint",
    "1",
    "Years that certificates made at start are valid."
  ),
  flag(
    "Security",
    "cipher-suites",
    "list",
    "",
    "TLS 1.2 cipher suites. Empty: the library\u2019s choice."
  ),
  flag("Security", "tls-min-version", "string", "TLS1.2", "Oldest TLS version: TLS1.2 or TLS1.3."),
  flag(
    "Security",
    "tls-max-version",
    "string",
    "",
    "Newest TLS version. Empty: the newest there is."
  ),
  flag(
    "Profiling and Monitoring",
    "listen-metrics-urls",
    "urls",
    "",
    "Extra URLs for /metrics and the health endpoints."
  ),
  flag("Logging", "log-level", "string", "info", "debug, info, warn, error, panic or fatal."),
  flag(
    "Logging",
    "log-outputs",
    "list",
    "default",
    "'stderr', 'stdout', 'default' (stderr) or file paths."
  ),
  flag(
    "Features",
    "watch-progress-notify-interval",
    "duration",
    "10m",
    "Time between progress notifications to idle watchers."
  ),
  flag(
    "Features",
    "warning-apply-duration",
    "duration",
    "100ms",
    "Apply time above which a warning is logged."
  ),
  flag(
    "Features",
    "compaction-batch-limit",
    "int",
    "1000",
    "Revisions deleted in one compaction step."
  ),
  flag(
    "Features",
    "compaction-sleep-interval",
    "duration",
    "10ms",
    "Pause between two compaction steps."
  )
];

// src/etcd/config/go-values.ts
function parsed(value2) {
  return { ok: true, value: value2 };
}
function refused(error) {
  return { ok: false, error };
}
var trueWords = /* @__PURE__ */ new Set(["1", "t", "T", "TRUE", "true", "True"]);
var falseWords = /* @__PURE__ */ new Set(["0", "f", "F", "FALSE", "false", "False"]);
function parseGoBool(text) {
  if (trueWords.has(text)) return parsed(true);
  if (falseWords.has(text)) return parsed(false);
  return refused("parse error");
}
var uint32Range = { min: 0n, max: 0xffffffffn };
var uint64Range = { min: 0n, max: 0xffffffffffffffffn };
var int64Range = {
  min: -0x8000000000000000n,
  max: 0x7fffffffffffffffn
};
var integerText = /^[+-]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)$/;
function parseGoInteger(text, range) {
  const unsigned = range.min === 0n;
  if (!integerText.test(text) || unsigned && /^[+-]/.test(text)) return refused("parse error");
  const negative = text.startsWith("-");
  const digits = text.replace(/^[+-]/, "").replace(/^0(?=[0-7])/, "0o");
  const magnitude = BigInt(digits);
  const value2 = negative ? -magnitude : magnitude;
  if (value2 < range.min || value2 > range.max) return refused("value out of range");
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return parsed(Number(value2 > most ? most : value2 < -most ? -most : value2));
}
var unitMs = {
  ns: 1e-6,
  us: 1e-3,
  \u00B5s: 1e-3,
  \u03BCs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5
};
function parseGoDurationMs(text) {
  const quoted = JSON.stringify(text);
  const negative = text.startsWith("-");
  let rest2 = text.replace(/^[+-]/, "");
  if (rest2 === "0") return parsed(0);
  if (rest2 === "") return refused(`time: invalid duration ${quoted}`);
  let totalMs = 0;
  while (rest2 !== "") {
    const number = /^([0-9]+\.?[0-9]*|\.[0-9]+)/.exec(rest2)?.[0];
    if (number === void 0) return refused(`time: invalid duration ${quoted}`);
    rest2 = rest2.slice(number.length);
    const unit = /^[^0-9.]+/.exec(rest2)?.[0];
    if (unit === void 0) return refused(`time: missing unit in duration ${quoted}`);
    const scale = unitMs[unit];
    if (scale === void 0) {
      return refused(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    }
    rest2 = rest2.slice(unit.length);
    totalMs += Number(number) * scale;
  }
  return parsed(negative ? -totalMs : totalMs);
}

// src/etcd/config/tls-settings.ts
var versions = {
  "TLS1.2": "TLSv1.2",
  "TLS1.3": "TLSv1.3"
};
var suitesOfTls13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256"
];
var suites = {
  TLS_RSA_WITH_AES_128_CBC_SHA: "AES128-SHA",
  TLS_RSA_WITH_AES_256_CBC_SHA: "AES256-SHA",
  TLS_RSA_WITH_AES_128_CBC_SHA256: "AES128-SHA256",
  TLS_RSA_WITH_AES_128_GCM_SHA256: "AES128-GCM-SHA256",
  TLS_RSA_WITH_AES_256_GCM_SHA384: "AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: "ECDHE-ECDSA-AES128-SHA",
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: "ECDHE-ECDSA-AES256-SHA",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: "ECDHE-RSA-AES128-SHA",
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: "ECDHE-RSA-AES256-SHA",
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: "ECDHE-ECDSA-AES128-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: "ECDHE-RSA-AES128-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: "ECDHE-RSA-CHACHA20-POLY1305",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
  ...Object.fromEntries(suitesOfTls13.map((name) => [name, name]))
};
function securityProblem(settings) {
  for (const name of ["tls-min-version", "tls-max-version"]) {
    const text = settings.text(name);
    if (text !== "" && versions[text] === void 0) {
      return `unexpected TLS version ${JSON.stringify(text)} (must be one of: TLS1.2, TLS1.3)`;
    }
  }
  const min = settings.text("tls-min-version");
  const max = settings.text("tls-max-version");
  if (max !== "" && min > max) return `min version (${min}) is greater than max version (${max})`;
  const chosen = filled(settings.list("cipher-suites"));
  if (chosen.length > 0 && min === "TLS1.3") {
    return "cipher suites cannot be configured when only TLS1.3 is enabled";
  }
  return void 0;
}
function listenerProblem(settings) {
  const unknown = filled(settings.list("cipher-suites")).find((name) => suites[name] === void 0);
  if (unknown !== void 0) return `unexpected TLS cipher suite ${JSON.stringify(unknown)}`;
  const commonNames = filled(settings.list("peer-cert-allowed-cn"));
  const hostnames = filled(settings.list("peer-cert-allowed-hostname"));
  if (commonNames.length > 0 && hostnames.length > 0) {
    return `AllowedCNs and AllowedHostnames are mutually exclusive (cns=${goList(commonNames)}, hostnames=${goList(hostnames)})`;
  }
  const validity = settings.number("self-signed-cert-validity");
  if (validity === 0 && (settings.flag("auto-tls") || settings.flag("peer-auto-tls"))) {
    return "selfSignedCertValidity is invalid,it should be greater than 0";
  }
  return pairProblem(settings, "", "TLS key/cert (--cert-file, --key-file) must be provided") ?? pairProblem(settings, "peer-", "cannot listen on TLS");
}
function readSecurity(settings) {
  return {
    clients: {
      ...commonSettings(settings, ""),
      crlFile: settings.text("client-crl-file"),
      allowedCommonNames: [],
      allowedHostnames: filled(settings.list("client-cert-allowed-hostname")),
      verifiesClientAddress: false
    },
    peers: {
      ...commonSettings(settings, "peer-"),
      crlFile: settings.text("peer-crl-file"),
      allowedCommonNames: filled(settings.list("peer-cert-allowed-cn")),
      allowedHostnames: filled(settings.list("peer-cert-allowed-hostname")),
      verifiesClientAddress: !settings.flag("peer-skip-client-san-verification")
    },
    clientAutoTls: settings.flag("auto-tls") && !hasPair(settings, ""),
    peerAutoTls: settings.flag("peer-auto-tls") && !hasPair(settings, "peer-"),
    selfSignedValidityYears: settings.number("self-signed-cert-validity")
  };
}
function securityAdvice(settings) {
  const advice = [];
  if (settings.flag("auto-tls") && hasPair(settings, "")) {
    advice.push("ignoring client auto TLS since certs given");
  }
  if (settings.flag("peer-auto-tls") && hasPair(settings, "peer-")) {
    advice.push("ignoring peer auto TLS since certs given");
  }
  const plain3 = settings.urls("listen-client-urls").find(({ scheme }) => scheme === "http");
  if (plain3 !== void 0 && hasPair(settings, "")) {
    advice.push(
      `scheme is http or unix while key and cert files are present; ignoring key and cert files for ${plain3.text}`
    );
  }
  if (plain3 !== void 0 && settings.flag("client-cert-auth")) {
    advice.push(
      `scheme is http or unix while --client-cert-auth is enabled; ignoring client cert auth for ${plain3.text}`
    );
  }
  return advice;
}
function commonSettings(settings, prefix2) {
  return {
    certFile: settings.text(`${prefix2}cert-file`),
    keyFile: settings.text(`${prefix2}key-file`),
    clientCertFile: settings.text(`${prefix2}client-cert-file`),
    clientKeyFile: settings.text(`${prefix2}client-key-file`),
    trustedCaFile: settings.text(`${prefix2}trusted-ca-file`),
    clientCertAuth: settings.flag(`${prefix2}client-cert-auth`),
    isSelfSigned: false,
    cipherSuites: cipherSuites(settings),
    minVersion: versions[settings.text("tls-min-version")] ?? "TLSv1.2",
    maxVersion: versions[settings.text("tls-max-version")] ?? "TLSv1.3"
  };
}
function cipherSuites(settings) {
  const chosen = filled(settings.list("cipher-suites"));
  if (chosen.length === 0) return [];
  const names = chosen.map((name) => suites[name] ?? name);
  return [.../* @__PURE__ */ new Set([...names, ...suitesOfTls13])];
}
function pairProblem(settings, prefix2, words) {
  const list = prefix2 === "" ? "listen-client-urls" : "listen-peer-urls";
  const secured = settings.urls(list).find(({ scheme }) => scheme === "https");
  if (secured === void 0 || settings.flag(`${prefix2}auto-tls`)) return void 0;
  const cert = settings.text(`${prefix2}cert-file`);
  const key = settings.text(`${prefix2}key-file`);
  if (cert === "" && key === "") {
    return prefix2 === "" ? `${words} for client url ${secured.text} with HTTPS scheme` : `${words} for ${secured.host}:${secured.port}: KeyFile and CertFile are not presented`;
  }
  if (cert !== "" && key !== "") return void 0;
  return `KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`;
}
function hasPair(settings, prefix2) {
  return settings.text(`${prefix2}cert-file`) !== "" || settings.text(`${prefix2}key-file`) !== "";
}
function filled(list) {
  return list.filter((text) => text !== "");
}
function goList(list) {
  return `[${list.map((text) => JSON.stringify(text)).join(" ")}]`;
}

// src/etcd/config/urls.ts
import { isIP } from "node:net";
function parseUrls(list) {
  return parseUrlList(list.split(","));
}
function parseUrlList(texts3) {
  const urls = [];
  for (const text of texts3) {
    const url = parseUrl(text.trim());
    if (!url.ok) return url;
    urls.push(url.value);
  }
  urls.sort((a, b) => compareText(a.text, b.text));
  return parsed(urls);
}
function uniqueUrls(urls) {
  return urls.filter((url, at) => urls.findIndex((other) => other.text === url.text) === at);
}
function parseUrl(text) {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === void 0) {
    if (/^[^/]*:/.test(text)) {
      return refused(`parse "${text}": first path segment in URL cannot contain colon`);
    }
    return refused(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
  const rest2 = text.slice(scheme.length + 1);
  const authority = /^\/\/([^/?#]*)/.exec(rest2)?.[1] ?? "";
  const bad = authorityProblem(authority);
  if (bad !== void 0) return refused(`parse "${text}": ${bad}`);
  const canonical = `${scheme}:${rest2}`;
  if (scheme === "unix" || scheme === "unixs") {
    return parsed({ text: canonical, scheme, host: authority, port: "" });
  }
  if (scheme !== "http" && scheme !== "https") {
    return refused(`URL scheme must be http, https, unix, or unixs: ${text}`);
  }
  const address = splitHostPort(authority.slice(authority.lastIndexOf("@") + 1));
  if (address === void 0) {
    return refused(`URL address does not have the form "host:port": ${text}`);
  }
  const path = rest2.slice(2 + authority.length).replace(/[?#].*$/, "");
  if (path !== "") return refused(`URL must not contain a path: ${text}`);
  return parsed({ text: canonical, scheme, ...address });
}
function parseInitialCluster(text) {
  const byName = /* @__PURE__ */ new Map();
  for (const pair of text.split(",")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    const url = at < 0 ? "" : pair.slice(at + 1);
    const urls = byName.get(name);
    if (urls === void 0) byName.set(name, [url]);
    else urls.push(url);
  }
  const members = [];
  for (const [name, texts3] of byName) {
    const urls = parseUrlList(texts3);
    if (!urls.ok) return urls;
    members.push({ name, peerUrls: urls.value.map((url) => url.text) });
  }
  return parsed(members.sort((a, b) => compareText(a.name, b.name)));
}
function formatInitialCluster(members) {
  const pairs = members.flatMap((member) => member.peerUrls.map((url) => `${member.name}=${url}`));
  return pairs.sort(compareText).join(",");
}
function bindAddress(url) {
  return { host: url.host === "localhost" ? "127.0.0.1" : url.host, port: Number(url.port) };
}
function bindProblem(urls) {
  const bad = urls.find((url) => !bindsToAddress(url));
  return bad === void 0 ? void 0 : `expected IP in URL for binding (${bad.text})`;
}
function advertiseProblem(urls) {
  const bad = urls.find((url) => isHttp(url) && url.host === "");
  return bad === void 0 ? void 0 : `unexpected empty host (${bad.text})`;
}
function bindsToAddress(url) {
  return !isHttp(url) || url.host === "localhost" || isIP(url.host) !== 0;
}
function isHttp(url) {
  return url.scheme === "http" || url.scheme === "https";
}
function authorityProblem(authority) {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const strange = /[\s"<>\\^`{|}]/.exec(host)?.[0];
  if (strange !== void 0) return `invalid character ${JSON.stringify(strange)} in host name`;
  if (host.startsWith("[") && !host.includes("]")) return "missing ']' in host";
  const afterHost = host.startsWith("[") ? host.slice(host.indexOf("]") + 1) : host.slice(host.lastIndexOf(":") < 0 ? host.length : host.lastIndexOf(":"));
  if (!/^(:[0-9]*)?$/.test(afterHost)) {
    return `invalid port ${JSON.stringify(afterHost)} after host`;
  }
  return void 0;
}
function splitHostPort(address) {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([0-9]*)$/.exec(address);
  if (parts === null) return void 0;
  return { host: parts[1] ?? parts[2] ?? "", port: parts[3] ?? "" };
}
function compareText(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// src/etcd/config/config.ts
function requestTimeoutMs(config) {
  return 5e3 + 2 * config.electionTimeoutTicks * config.heartbeatIntervalMs;
}
function peerDialTimeoutMs(config) {
  return 1e3 + config.electionTimeoutTicks * config.heartbeatIntervalMs;
}
function buildConfig(settings, source) {
  const fatal = (message) => ({ kind: "refused", exitCode: 1, message });
  const level = logLevels[settings.text("log-level")];
  if (level === void 0) {
    const message = `unrecognized level: ${JSON.stringify(settings.text("log-level"))}`;
    return { kind: "refused", exitCode: 2, message };
  }
  const missing = missingPieces(settings);
  if (missing !== void 0) return { kind: "refused", exitCode: 2, message: missing };
  const problem = urlsProblem(settings) ?? timingProblem(settings) ?? otherProblem(settings, source) ?? securityProblem(settings) ?? listenerProblem(settings);
  if (problem !== void 0) return fatal(problem);
  const autoCompaction = readAutoCompaction(settings);
  if (!autoCompaction.ok) return fatal(autoCompaction.error);
  const cluster = parseInitialCluster(initialClusterText(settings));
  if (!cluster.ok) return fatal(`error setting up initial cluster: ${cluster.error}`);
  const socket = cluster.value.flatMap((m) => m.peerUrls).find((url) => url.startsWith("unix"));
  if (socket !== void 0) {
    return { kind: "refused", exitCode: 2, message: noSockets("initial-cluster", socket) };
  }
  const config = freeze(settings, level, autoCompaction.value, cluster.value);
  return { kind: "config", config, warnings: advise(settings, config) };
}
var logLevels = {
  "": "info",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  dpanic: "fatal",
  panic: "fatal",
  fatal: "fatal"
};
var urlFlags = [
  "listen-peer-urls",
  "listen-client-urls",
  "listen-metrics-urls",
  "initial-advertise-peer-urls",
  "advertise-client-urls"
];
function missingPieces(settings) {
  for (const name of urlFlags) {
    const url = settings.urls(name).find(({ scheme }) => scheme === "unix" || scheme === "unixs");
    if (url !== void 0) return noSockets(name, url.text);
  }
  if (settings.list("log-outputs").includes("systemd/journal")) {
    return "--log-outputs=systemd/journal is a setting of etcd that this server does not have yet";
  }
  return void 0;
}
function noSockets(flag4, url) {
  return `--${flag4} names ${url}: this server speaks http and https, unix sockets are not there yet`;
}
function urlsProblem(settings) {
  const logOutputs = settings.list("log-outputs");
  if (logOutputs.length > 1 && logOutputs.includes("default")) {
    return 'multi logoutput for "default" is not supported yet';
  }
  const unbindable = bindProblem(settings.urls("listen-peer-urls")) ?? bindProblem(settings.urls("listen-client-urls")) ?? bindProblem(settings.urls("listen-metrics-urls"));
  if (unbindable !== void 0) return unbindable;
  const peerProblem = advertiseProblem(settings.urls("initial-advertise-peer-urls"));
  if (peerProblem !== void 0) {
    const urls = JSON.stringify(joined(settings.urls("initial-advertise-peer-urls")));
    return `--initial-advertise-peer-urls ${urls} must be "host:port" (${peerProblem})`;
  }
  const clientProblem = advertiseProblem(settings.urls("advertise-client-urls"));
  if (clientProblem !== void 0) {
    const urls = JSON.stringify(joined(settings.urls("advertise-client-urls")));
    return `--advertise-client-urls ${urls} must be in the format "host:port", "unix:/path/to/socket" or "unixs:/path/to/socket" (${clientProblem})`;
  }
  return void 0;
}
function timingProblem(settings) {
  const heartbeat = settings.number("heartbeat-interval");
  const election = settings.number("election-timeout");
  if (heartbeat === 0) return "--heartbeat-interval must be >0 (set to 0ms)";
  if (election === 0) return "--election-timeout must be >0 (set to 0ms)";
  if (5 * heartbeat > election) {
    return `--election-timeout[${election}ms] should be at least as 5 times as --heartbeat-interval[${heartbeat}ms]`;
  }
  if (election > limits.electionTimeoutMsMax) {
    return `--election-timeout[${election}ms] is too long, and should be set less than ${limits.electionTimeoutMsMax}ms`;
  }
  return void 0;
}
function otherProblem(settings, source) {
  const clientsMoved = source === "flags" && settings.isExplicit("listen-client-urls");
  if (clientsMoved && !settings.isExplicit("advertise-client-urls")) {
    return "--advertise-client-urls is required when --listen-client-urls is set explicitly";
  }
  const mode = settings.text("auto-compaction-mode");
  if (mode === "") return "undefined auto-compaction-mode";
  if (mode !== "periodic" && mode !== "revision") {
    return `unknown auto-compaction-mode ${JSON.stringify(mode)}`;
  }
  return void 0;
}
function readAutoCompaction(settings) {
  const periodic = settings.text("auto-compaction-mode") === "periodic";
  const text = settings.text("auto-compaction-retention");
  let amount;
  if (/^\+?[0-9]+$/.test(text)) {
    amount = periodic ? Number(text) * 36e5 : Number(text);
  } else {
    const ms = parseGoDurationMs(text);
    if (!ms.ok) return refused(`error parsing CompactionRetention: ${ms.error}`);
    amount = periodic ? ms.value : Math.round(ms.value * 1e6);
  }
  if (amount <= 0) return parsed({ kind: "off" });
  if (periodic) return parsed({ kind: "periodic", retentionMs: amount });
  return parsed({ kind: "revision", retentionRevisions: amount });
}
function initialClusterText(settings) {
  const name = settings.text("name");
  const text = settings.text("initial-cluster");
  if (name === "default" || text !== defaultInitialCluster) return text;
  const owner = name === "" ? "default" : name;
  return settings.urls("initial-advertise-peer-urls").map((url) => `${owner}=${url.text}`).join(",");
}
function freeze(settings, logLevel, autoCompaction, initialCluster) {
  const heartbeatIntervalMs = settings.number("heartbeat-interval");
  const electionTimeoutMs = settings.number("election-timeout");
  const quota = settings.number("quota-backend-bytes");
  const name = settings.text("name");
  const outputs = settings.list("log-outputs").map((o) => o === "default" ? "stderr" : o);
  return Object.freeze({
    name,
    dataDir: settings.text("data-dir") || `${name}.etcd`,
    walDir: settings.text("wal-dir"),
    listenPeerUrls: settings.urls("listen-peer-urls"),
    listenClientUrls: settings.urls("listen-client-urls"),
    listenMetricsUrls: settings.urls("listen-metrics-urls"),
    initialAdvertisePeerUrls: texts(settings.urls("initial-advertise-peer-urls")),
    advertiseClientUrls: texts(settings.urls("advertise-client-urls")),
    initialCluster,
    initialClusterState: settings.text("initial-cluster-state") === "new" ? "new" : "existing",
    initialClusterToken: settings.text("initial-cluster-token"),
    heartbeatIntervalMs,
    electionTimeoutMs,
    electionTimeoutTicks: Math.floor(electionTimeoutMs / heartbeatIntervalMs),
    initialElectionTickAdvance: settings.flag("initial-election-tick-advance"),
    preVote: settings.flag("pre-vote"),
    strictReconfigCheck: settings.flag("strict-reconfig-check"),
    learnersMax: settings.number("max-learners"),
    snapshotCount: settings.number("snapshot-count"),
    snapshotCatchUpEntries: settings.number("snapshot-catchup-entries"),
    walFilesMax: settings.number("max-wals"),
    requestBytesMax: settings.number("max-request-bytes"),
    txnOpsMax: settings.number("max-txn-ops"),
    concurrentStreamsMax: settings.number("max-concurrent-streams"),
    quotaBytes: quota < 0 ? void 0 : quota === 0 ? limits.quotaBytesDefault : quota,
    autoCompaction,
    compactionBatchLimit: settings.number("compaction-batch-limit"),
    compactionSleepIntervalMs: settings.number("compaction-sleep-interval"),
    watchProgressNotifyIntervalMs: settings.number("watch-progress-notify-interval"),
    warningApplyDurationMs: settings.number("warning-apply-duration"),
    security: readSecurity(settings),
    logLevel,
    logOutputs: outputs.length === 0 ? ["stderr"] : outputs
  });
}
function advise(settings, config) {
  const warnings = [];
  if (config.name === "default") {
    warnings.push(
      'the name "default" is not recommended: members that share a name are taken for one member, set --name'
    );
  }
  if (settings.text("data-dir") === "") {
    warnings.push(`'data-dir' was empty; using default: ${config.dataDir}`);
  }
  if (config.requestBytesMax > limits.requestBytesRecommended) {
    warnings.push(
      `exceeded recommended request limit: --max-request-bytes ${config.requestBytesMax}, recommended ${limits.requestBytesRecommended}`
    );
  }
  return [...warnings, ...securityAdvice(settings)];
}
function texts(urls) {
  return urls.map((url) => url.text);
}
function joined(urls) {
  return texts(urls).join(",");
}

// src/etcd/config/config-file.ts
import { createRequire } from "node:module";

// src/etcd/config/foreign-flags.ts
function flags(isBool, table) {
  return Object.entries(table).map(([name, values]) => [
    name,
    { isBool, accepted: values.split("|") }
  ]);
}
var notYetFlags = new Map([
  ...flags(true, {
    "memory-mlock": "false",
    "socket-reuse-port": "false",
    "socket-reuse-address": "false",
    "enable-grpc-gateway": "true",
    "discovery-insecure-transport": "true",
    "discovery-insecure-skip-tls-verify": "false",
    "enable-pprof": "false",
    "enable-log-rotation": "false",
    "enable-distributed-tracing": "false",
    "force-new-cluster": "false",
    "unsafe-no-fsync": "false"
  }),
  ...flags(false, {
    "listen-client-http-urls": "",
    "grpc-keepalive-min-time": "5s",
    "grpc-keepalive-interval": "2h|2h0m0s",
    "grpc-keepalive-timeout": "20s",
    "raft-read-timeout": "5s",
    "raft-write-timeout": "5s",
    "downgrade-check-time": "5s",
    "corrupt-check-time": "0|0s",
    "compact-hash-check-time": "1m|1m0s|60s",
    "discovery-token": "",
    "discovery-endpoints": "",
    "discovery-dial-timeout": "2s",
    "discovery-request-timeout": "5s",
    "discovery-keepalive-time": "2s",
    "discovery-keepalive-timeout": "6s",
    "discovery-cert": "",
    "discovery-key": "",
    "discovery-cacert": "",
    "discovery-user": "",
    "discovery-password": "",
    "discovery-fallback": "exit",
    "discovery-srv": "",
    "discovery-srv-name": "",
    cors: "|*",
    "host-whitelist": "|*",
    "auth-token": "simple",
    "bcrypt-cost": "10",
    "auth-token-ttl": "300",
    metrics: "basic",
    logger: "zap",
    "log-format": "json",
    "log-rotation-config-json": "",
    "warning-unary-request-duration": "300ms",
    "distributed-tracing-address": "localhost:4317",
    "distributed-tracing-service-name": "etcd",
    "distributed-tracing-instance-id": "",
    "distributed-tracing-sampling-rate": "0"
  })
]);
var noEffectFlags = /* @__PURE__ */ new Set([
  "max-snapshots",
  "v2-deprecation",
  "backend-bbolt-freelist-type",
  "backend-batch-interval",
  "backend-batch-limit",
  "bootstrap-defrag-threshold-megabytes"
]);
var legacyFlags = /* @__PURE__ */ new Set([
  "cluster-active-size",
  "cluster-remove-delay",
  "cluster-sync-interval",
  "config",
  "force",
  "max-result-buffer",
  "max-retry-attempts",
  "peer-heartbeat-interval",
  "peer-election-timeout",
  "retry-interval",
  "snapshot",
  "v",
  "vv",
  "test.coverprofile",
  "test.outputdir"
]);
var featureGates = /* @__PURE__ */ new Map([
  ["AllAlpha", false],
  ["AllBeta", void 0],
  ["CompactHashCheck", false],
  ["FastLeaseKeepAlive", void 0],
  ["InitialCorruptCheck", false],
  ["LeaseCheckpoint", false],
  ["LeaseCheckpointPersist", false],
  ["PriorityRequest", false],
  ["SetMemberLocalAddr", false],
  ["StopGRPCServiceOnDefrag", void 0],
  ["TxnModeWriteWithSharedBuffer", void 0]
]);

// src/etcd/config/settings.ts
var Settings = class {
  #values = /* @__PURE__ */ new Map();
  #explicit = /* @__PURE__ */ new Set();
  constructor() {
    for (const flag4 of flagTable) {
      const value2 = parseSetting(flag4.kind, flag4.byDefault);
      assert(value2.ok, `default of --${flag4.name} does not parse`);
      this.#values.set(flag4.name, value2.value);
    }
  }
  set(name, value2) {
    this.#values.set(name, value2);
    this.#explicit.add(name);
  }
  /** Given, but with nothing that would change the value. */
  touch(name) {
    this.#explicit.add(name);
  }
  /** Whether somebody gave the flag, even if with its default value. */
  isExplicit(name) {
    return this.#explicit.has(name);
  }
  text(name) {
    return this.#get(name);
  }
  flag(name) {
    return this.#get(name);
  }
  number(name) {
    return this.#get(name);
  }
  list(name) {
    return this.#get(name);
  }
  urls(name) {
    return this.#get(name);
  }
  #get(name) {
    const value2 = this.#values.get(name);
    assert(value2 !== void 0, `no flag --${name}`);
    return value2;
  }
};
var flagsByName = new Map(
  flagTable.map((flag4) => [flag4.name, flag4])
);
function parseSetting(kind, text) {
  switch (kind) {
    case "string":
      return parsed(text);
    case "bool":
      return parseGoBool(text);
    case "uint":
      return parseGoInteger(text, uint64Range);
    case "int":
      return parseGoInteger(text, int64Range);
    case "uint32":
      return parseUint32(text);
    case "duration": {
      const ms = parseGoDurationMs(text);
      return ms.ok ? ms : refused("parse error");
    }
    case "urls": {
      if (text === "") return parsed([]);
      const urls = parseUrls(text);
      return urls.ok ? parsed(uniqueUrls(urls.value)) : urls;
    }
    case "list":
      return parsed([...new Set(text.split(","))].sort());
    case "cluster-state":
      return text === "new" || text === "existing" ? parsed(text) : refused("invalid value");
    default:
      return refused(`unknown kind ${String(kind)}`);
  }
}
function parseUint32(text) {
  const value2 = parseGoInteger(text, uint32Range);
  if (value2.ok) return value2;
  const reason = value2.error === "parse error" ? "invalid syntax" : value2.error;
  return refused(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${reason}`);
}

// src/etcd/config/flags.ts
var usageHint = "Run with --help to see all flags.";
var booleanExtras = /* @__PURE__ */ new Set(["version", "help", "h"]);
function readArguments(argv) {
  const given = [];
  let wantsVersion = false;
  let configFile = "";
  const done = (positional, wantsHelp = false) => ({
    wantsHelp,
    wantsVersion,
    configFile,
    positional,
    given
  });
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at];
    if (argument === "--") return done(argv[at + 1]);
    if (!/^--?[^-]/s.test(argument) && !argument.startsWith("---")) return done(argument);
    const parts = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument);
    if (parts === null) return usageError(`bad flag syntax: ${argument}`);
    const name = parts[1];
    const isBool = takesNoValue(name);
    if (isBool === void 0) return usageError(`flag provided but not defined: -${name}`);
    let text = parts[2];
    if (name === "help" || name === "h") return done(void 0, true);
    if (text === void 0 && isBool) text = "true";
    if (text === void 0) {
      at += 1;
      text = argv[at];
      if (text === void 0) return usageError(`flag needs an argument: -${name}`);
    }
    const problem = textProblem(name, text);
    if (problem !== void 0) return usageError(problem);
    if (name === "version") wantsVersion = parseGoBool(text).ok && text !== "false";
    else if (name === "config-file") configFile = text;
    else given.push({ name, text });
  }
  return done(void 0);
}
function applyFlags(settings, given, warnings) {
  for (const { name, text } of given) {
    const refusal = applyText(settings, name, text, `--${name}`, warnings);
    if (refusal !== void 0) return refusal;
  }
  return void 0;
}
function applyEnvironment(settings, given, env, warnings) {
  const byVariable = new Map(knownFlagNames().map((name) => [environmentName(name), name]));
  const shadowed = new Set(given.map((flag4) => environmentName(flag4.name)));
  for (const [variable, text] of Object.entries(env).sort(([a], [b]) => a < b ? -1 : 1)) {
    if (!variable.startsWith("ETCD_") || text === void 0) continue;
    if (variable === "ETCD_VERSION") {
      if (text !== "") warnings.push("cannot set special environment variable: ETCD_VERSION");
      continue;
    }
    if (shadowed.has(variable)) {
      const message = `conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag)): ${variable}`;
      return { exitCode: 1, message };
    }
    const name = byVariable.get(variable);
    if (name === void 0 || text === "") {
      warnings.push(`unrecognized environment variable: ${variable}=${text}`);
      continue;
    }
    const problem = valueError(name, text);
    if (problem !== void 0) {
      return {
        exitCode: 1,
        message: `invalid value ${JSON.stringify(text)} for ${variable}: ${problem}`
      };
    }
    const refusal = applyText(settings, name, text, variable, warnings);
    if (refusal !== void 0) return refusal;
  }
  return void 0;
}
function environmentName(flagName) {
  return `ETCD_${flagName.toUpperCase().replaceAll("-", "_")}`;
}
function notYet(from) {
  return {
    exitCode: 2,
    message: `${from} is a setting of etcd that this server does not have yet`
  };
}
function foreignProblem(name, text) {
  const foreign = notYetFlags.get(name);
  if (foreign !== void 0) return isAccepted(foreign, text) ? void 0 : name;
  if (name !== "feature-gates") return void 0;
  const gate = readGates(text).find(([gateName, on]) => {
    const byDefault = featureGates.get(gateName);
    return byDefault !== void 0 && byDefault !== on;
  });
  return gate === void 0 ? void 0 : `feature-gates=${gate[0]}=${gate[1]}`;
}
function currentName(name) {
  const bare = name.replace(/^experimental-/, "");
  return bare !== name && (flagsByName.has(bare) || notYetFlags.has(bare)) ? bare : name;
}
function gatesProblem(text) {
  for (const pair of text.split(",")) {
    const gate = pair.trim();
    if (gate === "") continue;
    const at = gate.indexOf("=");
    if (at < 0) return `missing bool value for ${gate}`;
    const name = gate.slice(0, at).trim();
    const value2 = gate.slice(at + 1).trim();
    if (!parseGoBool(value2).ok) {
      const reason = `strconv.ParseBool: parsing ${JSON.stringify(value2)}: invalid syntax`;
      return `invalid value of ${name}=${value2}, err: ${reason}`;
    }
    if (!featureGates.has(name)) return `unrecognized feature gate: ${name}`;
  }
  return void 0;
}
function applyText(settings, givenName, text, from, warnings) {
  const name = currentName(givenName);
  if (name !== givenName) warnings.push(`${from} is the old name of --${name}`);
  const flag4 = flagsByName.get(name);
  if (flag4 !== void 0) {
    const value2 = parseSetting(flag4.kind, text);
    if (flag4.kind === "urls" && text === "") settings.touch(name);
    else if (value2.ok) settings.set(name, value2.value);
    return void 0;
  }
  const problem = experimentalGates.has(name) ? gateOn(text, from) : foreignProblem(name, text);
  if (problem !== void 0) {
    return notYet(name === "feature-gates" ? `--${problem}` : from);
  }
  if (noEffectFlags.has(name)) warnings.push(`${from} has no effect in this server`);
  return void 0;
}
var experimentalGates = /* @__PURE__ */ new Set([
  "experimental-compact-hash-check-enabled",
  "experimental-enable-lease-checkpoint",
  "experimental-enable-lease-checkpoint-persist",
  "experimental-initial-corrupt-check",
  "experimental-stop-grpc-service-on-defrag"
]);
function gateOn(text, from) {
  const on = parseGoBool(text);
  return on.ok && on.value ? from : void 0;
}
function takesNoValue(givenName) {
  const name = currentName(givenName);
  if (booleanExtras.has(name) || legacyFlags.has(name) || experimentalGates.has(name)) return true;
  if (name === "config-file" || name === "feature-gates" || noEffectFlags.has(name)) return false;
  const flag4 = flagsByName.get(name);
  if (flag4 !== void 0) return flag4.kind === "bool";
  return notYetFlags.get(name)?.isBool;
}
function textProblem(name, text) {
  const problem = valueError(name, text);
  if (problem === void 0) return void 0;
  const quoted = JSON.stringify(text);
  if (takesNoValue(name) === true)
    return `invalid boolean value ${quoted} for -${name}: ${problem}`;
  return `invalid value ${quoted} for flag -${name}: ${problem}`;
}
function valueError(givenName, text) {
  const name = currentName(givenName);
  const flag4 = flagsByName.get(name);
  if (flag4 !== void 0) {
    const value2 = parseSetting(flag4.kind, text);
    return value2.ok ? void 0 : value2.error;
  }
  if (name === "feature-gates") return gatesProblem(text);
  if (legacyFlags.has(name) || takesNoValue(name) !== true) return void 0;
  const bool = parseGoBool(text);
  return bool.ok ? void 0 : bool.error;
}
function isAccepted(foreign, text) {
  if (!foreign.isBool) return foreign.accepted.includes(text);
  const value2 = parseGoBool(text);
  return value2.ok && foreign.accepted.includes(String(value2.value));
}
function readGates(text) {
  return text.split(",").map((pair) => pair.trim()).filter((pair) => pair !== "").map((pair) => {
    const [name, value2] = pair.split("=");
    const on = parseGoBool(value2.trim());
    return [name.trim(), on.ok && on.value];
  });
}
function knownFlagNames() {
  return [
    ...flagTable.map((flag4) => flag4.name),
    ...notYetFlags.keys(),
    ...noEffectFlags,
    ...legacyFlags,
    ...experimentalGates,
    "feature-gates"
  ];
}
function usageError(message) {
  return { exitCode: 2, message: `${message}
${usageHint}` };
}

// src/etcd/config/config-file.ts
var foreignSections = /* @__PURE__ */ new Set(["socket-options", "discovery-config"]);
var securitySections = {
  "client-transport-security": {
    "cert-file": "cert-file",
    "key-file": "key-file",
    "client-cert-file": "client-cert-file",
    "client-key-file": "client-key-file",
    "client-cert-auth": "client-cert-auth",
    "trusted-ca-file": "trusted-ca-file",
    "auto-tls": "auto-tls",
    "allowed-hostname": "client-cert-allowed-hostname"
  },
  "peer-transport-security": {
    "cert-file": "peer-cert-file",
    "key-file": "peer-key-file",
    "client-cert-file": "peer-client-cert-file",
    "client-key-file": "peer-client-key-file",
    "client-cert-auth": "peer-client-cert-auth",
    "trusted-ca-file": "peer-trusted-ca-file",
    "auto-tls": "peer-auto-tls",
    "allowed-cn": "peer-cert-allowed-cn",
    "allowed-hostname": "peer-cert-allowed-hostname",
    "skip-client-san-verification": "peer-skip-client-san-verification"
  }
};
function applyConfigFile(settings, text, path, warnings) {
  const document = parseDocument(text);
  if (!document.ok) return { exitCode: 1, message: `${path}: ${document.error}` };
  for (const [key, value2] of Object.entries(document.value)) {
    if (value2 === null) continue;
    const flag4 = flagsByName.get(key);
    if (flag4 !== void 0) {
      const problem = applyValue(settings, flag4, value2);
      if (problem !== void 0) return problem;
      continue;
    }
    const section = securitySections[key];
    if (section !== void 0) {
      const problem = applySection(settings, section, value2, `${key} in ${path}`);
      if (problem !== void 0) return problem;
      continue;
    }
    const refusal = foreignRefusal(key, value2, path);
    if (refusal !== void 0) return refusal;
    if (noEffectFlags.has(key)) warnings.push(`${key} in ${path} has no effect in this server`);
  }
  return void 0;
}
function applyValue(settings, flag4, value2) {
  if (isDefaultByEmptiness(flag4, value2)) return void 0;
  const setting = readValue(flag4, value2);
  if (!setting.ok) return { exitCode: 1, message: setting.error };
  settings.set(flag4.name, setting.value);
  return void 0;
}
function applySection(settings, section, value2, where) {
  if (typeof value2 !== "object" || value2 === null) return void 0;
  for (const [key, setting] of Object.entries(value2)) {
    const flag4 = flagsByName.get(section[key] ?? "");
    if (flag4 === void 0) {
      if (asksForSomething(setting)) return notYet(`${key} of ${where}`);
      continue;
    }
    if (setting === null) continue;
    const problem = applyValue(settings, flag4, setting);
    if (problem !== void 0) return problem;
  }
  return void 0;
}
function loadYaml() {
  return createRequire(import.meta.url)("yaml");
}
function parseDocument(text) {
  let document;
  try {
    document = loadYaml().parse(text);
  } catch (error) {
    const reason = error.message.split("\n")[0] ?? "";
    return refused(`error converting YAML to JSON: yaml: ${reason}`);
  }
  if (document === null || document === void 0) return parsed({});
  if (typeof document !== "object" || Array.isArray(document)) {
    return refused("the configuration file must hold one mapping of flag names to values");
  }
  return parsed(document);
}
function isDefaultByEmptiness(flag4, value2) {
  return value2 === "" && (flag4.kind === "urls" || flag4.kind === "cluster-state");
}
function readValue(flag4, value2) {
  switch (flag4.kind) {
    case "string":
      return typeof value2 === "string" ? parsed(value2) : mismatch(flag4, value2, "string");
    case "bool":
      return typeof value2 === "boolean" ? parsed(value2) : mismatch(flag4, value2, "bool");
    case "uint":
    case "uint32":
    case "int":
      if (typeof value2 !== "number") return mismatch(flag4, value2, "integer");
      return wholeNumber(flag4, value2, value2);
    case "duration":
      if (typeof value2 !== "number") return mismatch(flag4, value2, "integer (nanoseconds)");
      return wholeNumber(flag4, value2, value2 / 1e6);
    case "urls": {
      if (typeof value2 !== "string") return mismatch(flag4, value2, "string");
      const urls = parseUrls(value2);
      if (urls.ok) return urls;
      return refused(`unexpected error setting up ${flag4.name}: ${urls.error}`);
    }
    case "list":
      if (!Array.isArray(value2) || value2.some((item) => typeof item !== "string")) {
        return mismatch(flag4, value2, "[]string");
      }
      return parsed(value2);
    case "cluster-state": {
      const state = typeof value2 === "string" ? parseSetting(flag4.kind, value2) : void 0;
      return state?.ok === true ? state : refused(`unexpected clusterState ${JSON.stringify(value2)}`);
    }
    default:
      return mismatch(flag4, value2, flag4.kind);
  }
}
function wholeNumber(flag4, written, value2) {
  if (!Number.isInteger(written)) return mismatch(flag4, written, "integer");
  if (written < 0 && (flag4.kind === "uint" || flag4.kind === "uint32")) {
    return mismatch(flag4, written, "unsigned integer");
  }
  return parsed(value2);
}
function mismatch(flag4, value2, wanted) {
  const got = Array.isArray(value2) ? "array" : typeof value2;
  return refused(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${got} into ${flag4.name} of type ${wanted}`
  );
}
function foreignRefusal(key, value2, path) {
  if (foreignSections.has(key)) {
    const entries = typeof value2 === "object" ? Object.entries(value2) : [];
    const used = entries.find(([, setting]) => asksForSomething(setting));
    return used === void 0 ? void 0 : notYet(`${key}.${used[0]} in ${path}`);
  }
  if (key === "feature-gates" && typeof value2 === "string") {
    const problem = gatesProblem(value2);
    if (problem !== void 0) return { exitCode: 1, message: problem };
    const gate = foreignProblem(key, value2);
    return gate === void 0 ? void 0 : notYet(`${gate} in ${path}`);
  }
  const foreign = notYetFlags.get(key);
  if (foreign === void 0 || value2 === "") return void 0;
  if (Array.isArray(value2)) return value2.length === 0 ? void 0 : notYet(`${key} in ${path}`);
  if (typeof value2 === "number" && nanosecondDefaults(foreign.accepted).includes(value2)) {
    return void 0;
  }
  return foreignProblem(key, String(value2)) === void 0 ? void 0 : notYet(`${key} in ${path}`);
}
function asksForSomething(value2) {
  if (Array.isArray(value2)) return value2.length > 0;
  return value2 !== null && value2 !== false && value2 !== "" && value2 !== 0;
}
function nanosecondDefaults(accepted) {
  return accepted.map((text) => parseSetting("duration", text)).flatMap((ms) => ms.ok ? [ms.value * 1e6] : []);
}

// src/etcd/config/server-command.ts
function parseServerCommand(argv, env, readFile2) {
  const read = readArguments(argv);
  if ("exitCode" in read) return refuse(read);
  if (read.wantsHelp) return { kind: "help" };
  if (read.positional !== void 0) {
    return refuse({
      exitCode: 1,
      message: `${JSON.stringify(read.positional)} is not a valid flag`
    });
  }
  if (read.wantsVersion) return { kind: "version" };
  const settings = new Settings();
  const warnings = [];
  const path = read.configFile !== "" ? read.configFile : env["ETCD_CONFIG_FILE"] ?? "";
  const refusal = path === "" ? applyFlags(settings, read.given, warnings) ?? applyEnvironment(settings, read.given, env, warnings) : readConfigFile(settings, path, readFile2, warnings);
  if (refusal !== void 0) return refuse(refusal);
  const built = buildConfig(settings, path === "" ? "flags" : "file");
  if (built.kind === "refused") return built;
  return { ...built, warnings: [...warnings, ...built.warnings] };
}
function flagUsage() {
  const groups = [...new Set(flagTable.map((flag4) => flag4.group))];
  const sections = groups.map((group) => {
    const lines = flagTable.filter((flag4) => flag4.group === group).map((flag4) => `  --${flag4.name} '${flag4.byDefault}'
    ${flag4.usage}`);
    return `${group}:
${lines.join("\n")}`;
  });
  return `${usageHead}

${sections.join("\n\n")}
`;
}
var usageHead = `Usage:

  etcd-ts server [flags]
    Start a server. Every flag is an environment variable too: --data-dir is ETCD_DATA_DIR.

  etcd-ts server --config-file PATH
    Take all settings from a YAML or JSON file; other flags and variables are then ignored.
    Durations in the file are whole nanoseconds.

  etcd-ts server --version
  etcd-ts server -h | --help`;
function readConfigFile(settings, path, readFile2, warnings) {
  let text;
  try {
    text = readFile2(path);
  } catch (error) {
    const missing = error.code === "ENOENT";
    const reason = missing ? "no such file or directory" : error.message;
    return { exitCode: 1, message: `open ${path}: ${reason}` };
  }
  return applyConfigFile(settings, text, path, warnings);
}
function refuse(refusal) {
  return { kind: "refused", ...refusal };
}

// src/etcd/member.ts
import { join as join3 } from "node:path";

// src/base/random.ts
import { randomBytes } from "node:crypto";
var systemRandom = {
  below: (limit) => Math.floor(randomBytes(4).readUInt32LE(0) / 4294967296 * limit)
};
function seededRandom(seed) {
  let state = seed >>> 0;
  return {
    below: (limit) => {
      state = state + 1831565813 >>> 0;
      let mixed = Math.imul(state ^ state >>> 15, state | 1);
      mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
      return Math.floor(((mixed ^ mixed >>> 14) >>> 0) / 4294967296 * limit);
    }
  };
}

// src/etcd/bootstrap/boot.ts
import { lookup } from "node:dns/promises";

// src/etcd/config/bootstrap-checks.ts
async function newClusterProblem(config, resolve) {
  return missingNameProblem(config) ?? await advertiseMismatch(config, resolve) ?? duplicateUrlProblem(config);
}
function joinProblem(config) {
  return missingNameProblem(config) ?? duplicateUrlProblem(config);
}
function missingNameProblem(config) {
  if (config.initialCluster.some((member) => member.name === config.name)) return void 0;
  return `couldn't find local name ${JSON.stringify(config.name)} in the initial cluster configuration`;
}
function duplicateUrlProblem(config) {
  const urls = config.initialCluster.flatMap((member) => member.peerUrls);
  if (new Set(urls).size === urls.length) return void 0;
  return `initial cluster ${formatInitialCluster(config.initialCluster)} has duplicate url`;
}
async function advertiseMismatch(config, resolve) {
  const listed = config.initialCluster.find((m) => m.name === config.name)?.peerUrls ?? [];
  const advertised = [...config.initialAdvertisePeerUrls].sort();
  if (sameTexts(listed, advertised)) return void 0;
  const [listedAddresses, advertisedAddresses] = await Promise.all([
    Promise.all(listed.map(resolve)),
    Promise.all(advertised.map(resolve))
  ]);
  if (sameTexts([...listedAddresses].sort(), [...advertisedAddresses].sort())) return void 0;
  const missing = listed.filter((url) => !advertised.includes(url));
  if (missing.length > 0) {
    const names2 = missing.map((url) => `${config.name}=${url}`).join(",");
    const left = JSON.stringify(advertisedAddresses.join(","));
    const right = JSON.stringify(listedAddresses.join(","));
    return `--initial-cluster has ${names2} but missing from --initial-advertise-peer-urls=${advertised.join(",")} (resolved urls: ${left} != ${right})`;
  }
  const extra = advertised.filter((url) => !listed.includes(url));
  const own = formatInitialCluster([{ name: config.name, peerUrls: advertised }]);
  const names = extra.join(",");
  return `--initial-advertise-peer-urls has ${names} but missing from --initial-cluster=${own}`;
}
function sameTexts(a, b) {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

// src/etcd/proto/ids.ts
var hexId = /^[0-9a-fA-F]{1,16}$/;
var jsonInteger = /^-?\d+$/;
var goEscaped = /[<>&\u2028\u2029]/g;
function formatId(id) {
  return BigInt.asUintN(64, id).toString(16);
}
function maybeParseId(text) {
  return hexId.test(text) ? BigInt(`0x${text}`) : void 0;
}
function parseBigJson(text) {
  const reviver = (_key, value2, context) => {
    if (typeof value2 !== "number") return value2;
    const source = context?.source ?? "";
    return jsonInteger.test(source) ? BigInt(source) : value2;
  };
  return JSON.parse(text, reviver);
}
function stringifyBigJson(value2) {
  const text = JSON.stringify(
    value2,
    (_key, inner) => typeof inner === "bigint" ? bigJson.rawJSON(String(inner)) : inner
  );
  return text.replace(goEscaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
var bigJson = JSON;

// src/etcd/membership/member-json.ts
function memberJson(member) {
  const fields = [`"id":${member.id}`, `"peerURLs":${goJson(member.peerUrls)}`];
  if (member.isLearner) fields.push('"isLearner":true');
  if (member.name !== "") fields.push(`"name":${goJson(member.name)}`);
  if (member.clientUrls.length > 0) fields.push(`"clientURLs":${goJson(member.clientUrls)}`);
  return `{${fields.join(",")}}`;
}
function promotionJson(id) {
  return `{"id":${id},"peerURLs":null,"isPromote":true}`;
}
function parseMemberJson(text) {
  const value2 = parseBigJson(text);
  if (typeof value2 !== "object" || value2 === null) throw new Error("a member must be an object");
  const { id, name, peerURLs, clientURLs, isLearner, isPromote } = value2;
  if (typeof id !== "bigint") throw new Error(`a member needs an id: ${text}`);
  return {
    id,
    name: typeof name === "string" ? name : "",
    peerUrls: strings(peerURLs),
    clientUrls: strings(clientURLs),
    isLearner: isLearner === true,
    isPromote: isPromote === true
  };
}
function confStateJson(state) {
  const fields = [];
  const add = (name, ids) => {
    if (ids !== void 0 && ids.length > 0) fields.push(`"${name}":[${ids.join(",")}]`);
  };
  add("voters", state.voters);
  add("learners", state.learners);
  add("voters_outgoing", state.votersOutgoing);
  add("learners_next", state.learnersNext);
  fields.push(`"auto_leave":${state.autoLeave === true}`);
  return `{${fields.join(",")}}`;
}
function goJson(value2) {
  return JSON.stringify(value2).replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}
function strings(value2) {
  return Array.isArray(value2) ? value2.filter((item) => typeof item === "string") : [];
}

// src/etcd/proto/generated/raftpb.ts
var EntryType = {
  EntryNormal: 0,
  EntryConfChange: 1,
  EntryConfChangeV2: 2
};
var MessageType = {
  MsgHup: 0,
  MsgBeat: 1,
  MsgProp: 2,
  MsgApp: 3,
  MsgAppResp: 4,
  MsgVote: 5,
  MsgVoteResp: 6,
  MsgSnap: 7,
  MsgHeartbeat: 8,
  MsgHeartbeatResp: 9,
  MsgUnreachable: 10,
  MsgSnapStatus: 11,
  MsgCheckQuorum: 12,
  MsgTransferLeader: 13,
  MsgTimeoutNow: 14,
  MsgReadIndex: 15,
  MsgReadIndexResp: 16,
  MsgPreVote: 17,
  MsgPreVoteResp: 18,
  MsgStorageAppend: 19,
  MsgStorageAppendResp: 20,
  MsgStorageApply: 21,
  MsgStorageApplyResp: 22,
  MsgForgetLeader: 23
};
var ConfChangeType = {
  ConfChangeAddNode: 0,
  ConfChangeRemoveNode: 1,
  ConfChangeUpdateNode: 2,
  ConfChangeAddLearnerNode: 3
};
function encodeEntry(m) {
  return encodeWith(writeEntry, m);
}
function decodeEntry(bytes) {
  return readEntry(new Reader(bytes), void 0);
}
function newEntry() {
  return {
    type: 0,
    term: 0,
    index: 0,
    data: emptyBytes
  };
}
function readEntry(r, into) {
  const m = into ?? newEntry();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 16: {
        m.term = r.uint64Exact();
        break;
      }
      case 24: {
        m.index = r.uint64Exact();
        break;
      }
      case 34: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeEntry(w, m) {
  if (m.data !== void 0 && m.data.length !== 0) {
    w.bytes(m.data);
    w.byte(34);
  }
  w.uint(m.index ?? 0);
  w.byte(24);
  w.uint(m.term ?? 0);
  w.byte(16);
  w.int(m.type ?? 0);
  w.byte(8);
}
function newSnapshotMetadata() {
  return {
    confState: void 0,
    index: 0,
    term: 0
  };
}
function readSnapshotMetadata(r, into) {
  const m = into ?? newSnapshotMetadata();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.confState = readConfState(r, m.confState);
        r.leave(outer);
        break;
      }
      case 16: {
        m.index = r.uint64Exact();
        break;
      }
      case 24: {
        m.term = r.uint64Exact();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeSnapshotMetadata(w, m) {
  w.uint(m.term ?? 0);
  w.byte(24);
  w.uint(m.index ?? 0);
  w.byte(16);
  if (m.confState !== void 0) {
    const end2 = w.size();
    writeConfState(w, m.confState);
    w.uint(w.size() - end2);
    w.byte(10);
  }
}
function newSnapshot() {
  return {
    data: emptyBytes,
    metadata: void 0
  };
}
function readSnapshot(r, into) {
  const m = into ?? newSnapshot();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.data = r.bytes();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.metadata = readSnapshotMetadata(r, m.metadata);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeSnapshot(w, m) {
  if (m.metadata !== void 0) {
    const end2 = w.size();
    writeSnapshotMetadata(w, m.metadata);
    w.uint(w.size() - end2);
    w.byte(18);
  }
  if (m.data !== void 0 && m.data.length !== 0) {
    w.bytes(m.data);
    w.byte(10);
  }
}
function encodeMessage(m) {
  return encodeWith(writeMessage, m);
}
function decodeMessage(bytes) {
  return readMessage(new Reader(bytes), void 0);
}
function newMessage() {
  return {
    type: 0,
    to: 0n,
    from: 0n,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    snapshot: void 0,
    reject: false,
    rejectHint: 0,
    context: emptyBytes,
    vote: 0n,
    responses: []
  };
}
function readMessage(r, into) {
  const m = into ?? newMessage();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int32();
        break;
      }
      case 16: {
        m.to = r.uint64Big();
        break;
      }
      case 24: {
        m.from = r.uint64Big();
        break;
      }
      case 32: {
        m.term = r.uint64Exact();
        break;
      }
      case 40: {
        m.logTerm = r.uint64Exact();
        break;
      }
      case 48: {
        m.index = r.uint64Exact();
        break;
      }
      case 58: {
        const outer = r.enter();
        m.entries.push(readEntry(r, void 0));
        r.leave(outer);
        break;
      }
      case 64: {
        m.commit = r.uint64Exact();
        break;
      }
      case 74: {
        const outer = r.enter();
        m.snapshot = readSnapshot(r, m.snapshot);
        r.leave(outer);
        break;
      }
      case 80: {
        m.reject = r.bool();
        break;
      }
      case 88: {
        m.rejectHint = r.uint64Exact();
        break;
      }
      case 98: {
        m.context = r.bytes();
        break;
      }
      case 104: {
        m.vote = r.uint64Big();
        break;
      }
      case 114: {
        const outer = r.enter();
        m.responses.push(readMessage(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeMessage(w, m) {
  if (m.responses !== void 0) {
    for (let i = m.responses.length - 1; i >= 0; i--) {
      const item = m.responses[i];
      const end2 = w.size();
      writeMessage(w, item);
      w.uint(w.size() - end2);
      w.byte(114);
    }
  }
  w.big(m.vote ?? 0n);
  w.byte(104);
  if (m.context !== void 0 && m.context.length !== 0) {
    w.bytes(m.context);
    w.byte(98);
  }
  w.uint(m.rejectHint ?? 0);
  w.byte(88);
  w.bool(m.reject ?? false);
  w.byte(80);
  if (m.snapshot !== void 0) {
    const end2 = w.size();
    writeSnapshot(w, m.snapshot);
    w.uint(w.size() - end2);
    w.byte(74);
  }
  w.uint(m.commit ?? 0);
  w.byte(64);
  if (m.entries !== void 0) {
    for (let i = m.entries.length - 1; i >= 0; i--) {
      const item = m.entries[i];
      const end2 = w.size();
      writeEntry(w, item);
      w.uint(w.size() - end2);
      w.byte(58);
    }
  }
  w.uint(m.index ?? 0);
  w.byte(48);
  w.uint(m.logTerm ?? 0);
  w.byte(40);
  w.uint(m.term ?? 0);
  w.byte(32);
  w.big(m.from ?? 0n);
  w.byte(24);
  w.big(m.to ?? 0n);
  w.byte(16);
  w.int(m.type ?? 0);
  w.byte(8);
}
function encodeHardState(m) {
  return encodeWith(writeHardState, m);
}
function decodeHardState(bytes) {
  return readHardState(new Reader(bytes), void 0);
}
function newHardState() {
  return {
    term: 0,
    vote: 0n,
    commit: 0
  };
}
function readHardState(r, into) {
  const m = into ?? newHardState();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.term = r.uint64Exact();
        break;
      }
      case 16: {
        m.vote = r.uint64Big();
        break;
      }
      case 24: {
        m.commit = r.uint64Exact();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHardState(w, m) {
  w.uint(m.commit ?? 0);
  w.byte(24);
  w.big(m.vote ?? 0n);
  w.byte(16);
  w.uint(m.term ?? 0);
  w.byte(8);
}
function newConfState() {
  return {
    voters: [],
    learners: [],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false
  };
}
function readConfState(r, into) {
  const m = into ?? newConfState();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.voters.push(r.uint64Big());
        break;
      }
      case 10: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.voters.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 16: {
        m.learners.push(r.uint64Big());
        break;
      }
      case 18: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.learners.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 24: {
        m.votersOutgoing.push(r.uint64Big());
        break;
      }
      case 26: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.votersOutgoing.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 32: {
        m.learnersNext.push(r.uint64Big());
        break;
      }
      case 34: {
        const outer = r.enterPacked();
        while (r.pos < r.end) m.learnersNext.push(r.uint64Big());
        r.leavePacked(outer);
        break;
      }
      case 40: {
        m.autoLeave = r.bool();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeConfState(w, m) {
  w.bool(m.autoLeave ?? false);
  w.byte(40);
  if (m.learnersNext !== void 0) {
    for (let i = m.learnersNext.length - 1; i >= 0; i--) {
      w.big(m.learnersNext[i]);
      w.byte(32);
    }
  }
  if (m.votersOutgoing !== void 0) {
    for (let i = m.votersOutgoing.length - 1; i >= 0; i--) {
      w.big(m.votersOutgoing[i]);
      w.byte(24);
    }
  }
  if (m.learners !== void 0) {
    for (let i = m.learners.length - 1; i >= 0; i--) {
      w.big(m.learners[i]);
      w.byte(16);
    }
  }
  if (m.voters !== void 0) {
    for (let i = m.voters.length - 1; i >= 0; i--) {
      w.big(m.voters[i]);
      w.byte(8);
    }
  }
}
function encodeConfChange(m) {
  return encodeWith(writeConfChange, m);
}
function decodeConfChange(bytes) {
  return readConfChange(new Reader(bytes), void 0);
}
function newConfChange() {
  return {
    id: 0n,
    type: 0,
    nodeId: 0n,
    context: emptyBytes
  };
}
function readConfChange(r, into) {
  const m = into ?? newConfChange();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.id = r.uint64Big();
        break;
      }
      case 16: {
        m.type = r.int32();
        break;
      }
      case 24: {
        m.nodeId = r.uint64Big();
        break;
      }
      case 34: {
        m.context = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeConfChange(w, m) {
  if (m.context !== void 0 && m.context.length !== 0) {
    w.bytes(m.context);
    w.byte(34);
  }
  w.big(m.nodeId ?? 0n);
  w.byte(24);
  w.int(m.type ?? 0);
  w.byte(16);
  w.big(m.id ?? 0n);
  w.byte(8);
}

// src/etcd/raft/bootstrap.ts
function bootstrapLog(members) {
  const ascending = members.toSorted((a, b) => a.id < b.id ? -1 : 1);
  const entries = ascending.map(
    ({ id, context }, i) => ({
      type: EntryType.EntryConfChange,
      term: 1,
      index: i + 1,
      data: encodeConfChange({ type: ConfChangeType.ConfChangeAddNode, nodeId: id, context })
    })
  );
  return { entries, hardState: { term: 1, vote: 0n, commit: entries.length } };
}

// src/etcd/proto/generated/walpb.ts
function decodeRecord(bytes) {
  return readRecord(new Reader(bytes), void 0);
}
function newRecord() {
  return {
    type: 0,
    crc: 0,
    data: emptyBytes
  };
}
function readRecord(r, into) {
  const m = into ?? newRecord();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.type = r.int64Exact();
        break;
      }
      case 16: {
        m.crc = r.uint32();
        break;
      }
      case 26: {
        m.data = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function encodeSnapshot(m) {
  return encodeWith(writeSnapshot2, m);
}
function decodeSnapshot(bytes) {
  return readSnapshot2(new Reader(bytes), void 0);
}
function newSnapshot2() {
  return {
    index: 0,
    term: 0,
    confState: void 0
  };
}
function readSnapshot2(r, into) {
  const m = into ?? newSnapshot2();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.index = r.uint64Exact();
        break;
      }
      case 16: {
        m.term = r.uint64Exact();
        break;
      }
      case 26: {
        const outer = r.enter();
        m.confState = readConfState(r, m.confState);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeSnapshot2(w, m) {
  if (m.confState !== void 0) {
    const end2 = w.size();
    writeConfState(w, m.confState);
    w.uint(w.size() - end2);
    w.byte(26);
  }
  w.uint(m.term ?? 0);
  w.byte(16);
  w.uint(m.index ?? 0);
  w.byte(8);
}

// src/etcd/wal/record.ts
import { crc32c } from "@node-rs/crc32";
var RecordType = { metadata: 1, entry: 2, state: 3, crc: 4, snapshot: 5 };
var LENGTH_FIELD_BYTES = 8;
var DATA_TAG = 26;
var FIXED_BYTES = LENGTH_FIELD_BYTES + 2 + 1 + 5 + 1;
var KEPT_BUFFER_BYTES = 4 * 1024 * 1024;
var RecordEncoder = class {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #end = 0;
  #crc;
  constructor(crc) {
    this.#crc = crc;
  }
  get crc() {
    return this.#crc;
  }
  get byteLength() {
    return this.#end;
  }
  bytes() {
    return this.#buffer.subarray(0, this.#end);
  }
  clear() {
    this.#end = 0;
    if (this.#buffer.length > KEPT_BUFFER_BYTES) this.#buffer = Buffer.allocUnsafe(64 * 1024);
  }
  /**
   * Straight from the fields into the buffer, with no message object in between: this runs for
   * every entry of every write. The type is left out when it is zero, as etcd 3.7 does.
   */
  entry(entry) {
    const bodyBytes = entry.data === void 0 ? 0 : entry.data.length;
    let size = (entry.type === 0 ? 0 : 2) + 2 + varintBytes(entry.term) + varintBytes(entry.index);
    if (bodyBytes > 0) size += 1 + varintBytes(bodyBytes) + bodyBytes;
    const start2 = this.#begin(size);
    const buffer = this.#buffer;
    let at = start2;
    if (entry.type !== 0) {
      buffer[at] = 8;
      buffer[at + 1] = entry.type;
      at += 2;
    }
    buffer[at] = 16;
    at = writeVarint(buffer, at + 1, entry.term);
    buffer[at] = 24;
    at = writeVarint(buffer, at + 1, entry.index);
    if (bodyBytes > 0) {
      buffer[at] = 34;
      at = writeVarint(buffer, at + 1, bodyBytes);
      buffer.set(entry.data, at);
    }
    this.#finish(RecordType.entry, start2, size);
  }
  state(state) {
    this.record(RecordType.state, encodeHardState(state));
  }
  record(type, data) {
    const start2 = this.#begin(data.length);
    this.#buffer.set(data, start2);
    this.#finish(type, start2, data.length);
  }
  /** Carries the running value into a new file. It has no data field at all. */
  crcRecord() {
    this.#ensure(FIXED_BYTES + 8);
    this.#close(RecordType.crc, this.#end + LENGTH_FIELD_BYTES + 2, 0, false);
  }
  /** Makes room and returns where the data goes when the CRC takes all five bytes, as it mostly does. */
  #begin(size) {
    assert(size < 2 ** 31, "a WAL record holds less than 2 GiB");
    this.#ensure(FIXED_BYTES + 5 + size + 8);
    return this.#end + FIXED_BYTES + varintBytes(size);
  }
  #finish(type, start2, size) {
    this.#crc = crc32c(this.#buffer.subarray(start2, start2 + size), this.#crc);
    const shift = 5 - varintBytes(this.#crc);
    if (shift > 0) this.#buffer.copyWithin(start2 - shift, start2, start2 + size);
    this.#close(type, start2 - shift, size, true);
  }
  /** Writes everything around the data that already stands at `start`. */
  #close(type, start2, size, hasData) {
    const buffer = this.#buffer;
    const begin = this.#end;
    let at = begin + LENGTH_FIELD_BYTES;
    buffer[at] = 8;
    buffer[at + 1] = type;
    buffer[at + 2] = 16;
    at = writeVarint(buffer, at + 3, this.#crc);
    if (hasData) {
      buffer[at] = DATA_TAG;
      at = writeVarint(buffer, at + 1, size);
      assert(at === start2, "the data of a WAL record stands right behind its size");
      at += size;
    }
    const recordBytes = at - begin - LENGTH_FIELD_BYTES;
    const pad = -recordBytes & 7;
    buffer.writeUInt32LE(recordBytes, begin);
    buffer.writeUInt32LE(pad === 0 ? 0 : (128 | pad) * 16777216, begin + 4);
    buffer.fill(0, at, at + pad);
    this.#end = at + pad;
  }
  #ensure(more2) {
    const needed = this.#end + more2;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = grown;
  }
};
function varintBytes(value2) {
  if (value2 < 128) return 1;
  if (value2 < 16384) return 2;
  if (value2 < 2097152) return 3;
  if (value2 < 268435456) return 4;
  if (value2 < 2 ** 35) return 5;
  if (value2 < 2 ** 42) return 6;
  if (value2 < 2 ** 49) return 7;
  return 8;
}
function writeVarint(buffer, position, value2) {
  let at = position;
  let rest2 = value2;
  while (rest2 >= 2 ** 31) {
    buffer[at] = rest2 % 128 | 128;
    rest2 = Math.floor(rest2 / 128);
    at += 1;
  }
  while (rest2 >= 128) {
    buffer[at] = rest2 & 127 | 128;
    rest2 >>>= 7;
    at += 1;
  }
  buffer[at] = rest2;
  return at + 1;
}

// src/etcd/io/disk.ts
var DiskLockedError = class extends Error {
  name = "DiskLockedError";
  constructor(path, options) {
    super(`${path} is locked: another process is using this data`, options);
  }
};
async function readWholeFile(disk, path) {
  const file = await disk.open(path, "read");
  try {
    const bytes = new Uint8Array(await file.size());
    const count = await file.read(bytes, 0);
    return bytes.subarray(0, count);
  } finally {
    await file.close();
  }
}
async function replaceFile(disk, dir, name, bytes) {
  const temporary = `${dir}/${name}.tmp`;
  const file = await disk.open(temporary, "create");
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(temporary, `${dir}/${name}`);
  await disk.syncDir(dir);
}

// src/etcd/wal/segment-reader.ts
import { crc32c as crc32c2 } from "@node-rs/crc32";
var SECTOR_BYTES = 512;
var READ_BYTES = 1024 * 1024;
var end = { kind: "end" };
var noData = new Uint8Array(0);
var SegmentReader = class {
  #file;
  #fileBytes;
  #isLast;
  #crc;
  #buffer = Buffer.alloc(0);
  /** File offset of the first byte of the buffer. */
  #bufferStart = 0;
  #offset = 0;
  constructor(file, fileBytes, isLast, crc) {
    this.#file = file;
    this.#fileBytes = fileBytes;
    this.#isLast = isLast;
    this.#crc = crc;
  }
  /** Where the next record begins: everything before it is right. */
  get offset() {
    return this.#offset;
  }
  /** The running CRC behind the last record. */
  get crc() {
    return this.#crc;
  }
  async fill(bytes) {
    const rest2 = this.#buffer.subarray(this.#offset - this.#bufferStart);
    const left = this.#fileBytes - this.#offset;
    const next = Buffer.allocUnsafe(Math.min(left, Math.max(bytes, READ_BYTES)));
    next.set(rest2);
    const from = this.#offset + rest2.length;
    const count = await this.#file.read(next.subarray(rest2.length), from);
    assert(count === next.length - rest2.length, "a WAL segment shrank while it was being read");
    this.#buffer = next;
    this.#bufferStart = this.#offset;
  }
  next() {
    const left = this.#fileBytes - this.#offset;
    if (left === 0) return end;
    if (left < LENGTH_FIELD_BYTES) return torn("the file ends inside a length field");
    const at = this.#offset - this.#bufferStart;
    if (this.#buffer.length - at < LENGTH_FIELD_BYTES) return more(LENGTH_FIELD_BYTES);
    const low = this.#buffer.readUInt32LE(at);
    const high = this.#buffer.readUInt32LE(at + 4);
    if (low === 0 && high === 0) return end;
    const recordBytes = (high & 16777215) * 2 ** 32 + low;
    const pad = high >= 2147483648 ? high >>> 24 & 7 : 0;
    const total = LENGTH_FIELD_BYTES + recordBytes + pad;
    if (total > left) return torn(`a record of ${recordBytes} bytes does not fit into the file`);
    if (this.#buffer.length - at < total) return more(total);
    return this.#decode(at + LENGTH_FIELD_BYTES, recordBytes, pad, total);
  }
  #decode(at, recordBytes, pad, total) {
    const record = maybeDecode(this.#buffer.subarray(at, at + recordBytes));
    if (record === void 0) return this.#tornOr("unreadable record", at, recordBytes + pad);
    const data = record.data ?? noData;
    if (record.type === RecordType.crc) {
      if (this.#crc !== 0 && record.crc !== this.#crc) {
        return {
          kind: "corrupt",
          reason: "crc mismatch: the file does not continue the one before"
        };
      }
      this.#crc = record.crc;
    } else {
      const crc = crc32c2(data, this.#crc);
      if (crc !== record.crc) return this.#tornOr("crc mismatch", at, recordBytes + pad);
      this.#crc = crc;
    }
    this.#offset += total;
    return { kind: "record", type: record.type, data };
  }
  /**
   * A bad record in the last file is torn when a whole sector's share of it is zero: preallocated
   * space that the cut write never reached. Otherwise, or in an earlier file, it is corrupt.
   */
  #tornOr(reason, at, bytes) {
    if (this.#isLast && this.#hasZeroSector(at, bytes)) return torn(reason);
    return { kind: "corrupt", reason };
  }
  #hasZeroSector(at, bytes) {
    const fileOffset = this.#bufferStart + at;
    let done = 0;
    while (done < bytes) {
      const share = Math.min(SECTOR_BYTES - (fileOffset + done) % SECTOR_BYTES, bytes - done);
      const part = this.#buffer.subarray(at + done, at + done + share);
      if (part.every((byte) => byte === 0)) return true;
      done += share;
    }
    return false;
  }
};
function torn(reason) {
  return { kind: "torn", reason };
}
function more(bytes) {
  return { kind: "more", bytes };
}
function maybeDecode(bytes) {
  try {
    return decodeRecord(bytes);
  } catch {
    return void 0;
  }
}

// src/etcd/wal/replay.ts
var WalCorruptError = class extends Error {
  name = "WalCorruptError";
  path;
  offset;
  constructor(path, offset, reason, options) {
    super(`wal: ${path} at offset ${offset}: ${reason}`, options);
    this.path = path;
    this.offset = offset;
  }
};
function segmentsFrom(dir, segments, index) {
  let first = -1;
  segments.forEach((segment, i) => {
    if (segment.firstIndex <= index) first = i;
  });
  if (first === -1) throw new Error(`wal: ${dir} holds no segment for index ${index}`);
  const needed = segments.slice(first);
  needed.forEach((segment, i) => {
    const previous = needed[i - 1];
    if (previous !== void 0 && segment.seq !== previous.seq + 1) {
      throw new Error(
        `wal: ${dir} misses the segment between ${previous.name} and ${segment.name}`
      );
    }
  });
  return needed;
}
async function replaySegments(disk, dir, segments, from, log, mode = "repair") {
  const replay = new Replay(from);
  let crc = 0;
  let offset = 0;
  for (const segment of segments) {
    const path = `${dir}/${segment.name}`;
    const isLast = segment === segments.at(-1);
    const file = await disk.open(path, "read");
    let torn2;
    try {
      const reader6 = new SegmentReader(file, await file.size(), isLast, crc);
      torn2 = await readSegment(reader6, path, isLast, replay);
      crc = reader6.crc;
      offset = reader6.offset;
    } finally {
      await file.close();
    }
    if (torn2 !== void 0 && mode === "repair")
      await repair(disk, dir, segment, offset, torn2, log);
  }
  return replay.result(`${dir}/${segments.at(-1)?.name}`, crc, offset);
}
async function readSegment(reader6, path, isLast, replay) {
  for (; ; ) {
    const offset = reader6.offset;
    const step2 = reader6.next();
    if (step2.kind === "more") await reader6.fill(step2.bytes);
    else if (step2.kind === "end") return void 0;
    else if (step2.kind === "corrupt") throw new WalCorruptError(path, offset, step2.reason);
    else if (step2.kind === "record") replay.record(step2.type, step2.data, path, offset);
    else if (isLast) return step2.reason;
    else throw new WalCorruptError(path, offset, `${step2.reason}, and it is not the last file`);
  }
}
async function repair(disk, dir, segment, offset, reason, log) {
  const path = `${dir}/${segment.name}`;
  const broken3 = await disk.open(`${path}.broken`, "create");
  await writeAndClose(broken3, await readWholeFile(disk, path));
  const file = await disk.open(path, "write");
  try {
    await file.truncate(offset);
    await file.sync();
  } finally {
    await file.close();
  }
  log.warn("repaired the torn end of the WAL", { path, offset, reason, copy: `${path}.broken` });
}
async function writeAndClose(file, bytes) {
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
var Replay = class {
  #from;
  #entries = [];
  #snapshots = [];
  /** The term of the entry at the position itself, as the log has it; undefined: it has none. */
  #termAtFrom;
  #metadata;
  #hardState = { term: 0, vote: 0n, commit: 0 };
  #lastIndex = 0;
  constructor(from) {
    this.#from = from;
  }
  record(type, data, path, offset) {
    switch (type) {
      case RecordType.entry:
        this.#entry(decode(decodeEntry, data, path, offset), path, offset);
        break;
      case RecordType.state:
        this.#hardState = decode(decodeHardState, data, path, offset);
        break;
      case RecordType.metadata:
        if (this.#metadata !== void 0 && !equalBytes(this.#metadata, data)) {
          throw new WalCorruptError(path, offset, "metadata differs from the earlier files");
        }
        this.#metadata = Uint8Array.from(data);
        break;
      case RecordType.snapshot:
        this.#snapshot(decode(decodeSnapshot, data, path, offset), path, offset);
        break;
      case RecordType.crc:
        break;
      default:
        throw new WalCorruptError(path, offset, `unexpected record type ${type}`);
    }
  }
  result(path, crc, offset) {
    if (this.#metadata === void 0) {
      throw new WalCorruptError(path, offset, "no metadata record: the file lost its header");
    }
    return {
      metadata: this.#metadata,
      hardState: this.#hardState,
      entries: this.#entries,
      snapshots: this.#snapshots.filter((s) => s.index <= this.#hardState.commit),
      lastIndex: this.#lastIndex,
      crc,
      offset
    };
  }
  /** An entry replaces the one of its index and all behind it: a new leader overwrote them. */
  #entry(entry, path, offset) {
    this.#lastIndex = entry.index;
    if (entry.index <= this.#from.index) {
      this.#termAtFrom = entry.index === this.#from.index ? entry.term : void 0;
      this.#entries.length = 0;
      return;
    }
    const position = entry.index - this.#from.index - 1;
    if (position > this.#entries.length) {
      const expected = this.#from.index + this.#entries.length + 1;
      const reason = `entry ${entry.index} follows a gap: ${expected} was expected`;
      throw new WalCorruptError(path, offset, reason);
    }
    this.#entries.length = position;
    this.#entries.push(entry);
  }
  #snapshot(snapshot, path, offset) {
    this.#lastIndex = Math.max(this.#lastIndex, snapshot.index);
    this.#snapshots.push(snapshot);
    if (snapshot.index === this.#from.index && snapshot.term !== this.#from.term) {
      const reason = `snapshot ${snapshot.index} has term ${snapshot.term}, not ${this.#from.term}`;
      throw new WalCorruptError(path, offset, reason);
    }
    if (snapshot.index === this.#from.index) this.#dropReplaced(snapshot);
  }
  /**
   * A snapshot of this member's own is of an entry in its log. One from the leader is not, and
   * replaced the whole log: what was read so far are entries that were never committed. Behind the
   * snapshot they would make up a log that no other member has (raft's Log Matching).
   */
  #dropReplaced(snapshot) {
    if (this.#termAtFrom === snapshot.term) return;
    this.#termAtFrom = snapshot.term;
    this.#entries.length = 0;
  }
};
function decode(decoder, data, path, offset) {
  try {
    return decoder(data);
  } catch (cause) {
    throw new WalCorruptError(path, offset, "unreadable record", { cause });
  }
}

// src/etcd/wal/segment.ts
var namePattern = /^([0-9a-f]{16})-([0-9a-f]{16})\.wal$/;
function segmentOf(seq, firstIndex) {
  return { name: `${hex16(seq)}-${hex16(firstIndex)}.wal`, seq, firstIndex };
}
function segmentsAmong(names) {
  const segments = [];
  for (const name of names) {
    const match = namePattern.exec(name);
    if (match === null) continue;
    const [seq, firstIndex] = [Number(`0x${match[1]}`), Number(`0x${match[2]}`)];
    segments.push({ name, seq, firstIndex });
  }
  return segments.sort((a, b) => a.seq - b.seq);
}
function isTemporary(name) {
  return name.endsWith(".tmp");
}
async function fillWithZeros(file, from, to, stepBytes, signal) {
  const zeros = Buffer.alloc(Math.min(stepBytes, Math.max(0, to - from)));
  for (let at = from; at < to; at += stepBytes) {
    signal?.throwIfAborted();
    await file.writeDurably(zeros.subarray(0, Math.min(stepBytes, to - at)), at);
  }
}
async function wipeTail(file, from, fileBytes, stepBytes) {
  const zeros = Buffer.alloc(stepBytes);
  const bytes = Buffer.alloc(stepBytes);
  let wiped = false;
  for (let at = from; at < fileBytes; at += stepBytes) {
    const part = bytes.subarray(0, Math.min(stepBytes, fileBytes - at));
    await file.read(part, at);
    const clean = zeros.subarray(0, part.length);
    if (part.equals(clean)) continue;
    await file.write(clean, at);
    wiped = true;
  }
  if (wiped) await file.sync();
}
var SegmentPipeline = class {
  #disk;
  #dir;
  #segmentBytes;
  #stepBytes;
  #stop = new AbortController();
  #next;
  constructor(disk, dir, segmentBytes, stepBytes) {
    this.#disk = disk;
    this.#dir = dir;
    this.#segmentBytes = segmentBytes;
    this.#stepBytes = stepBytes;
  }
  /** Starts making the file for `seq` unless it is under way. A failure is reported by `take`. */
  prepare(seq) {
    if (this.#next !== void 0) return;
    this.#next = this.#make(seq);
    this.#next.catch(() => {
    });
  }
  async take(seq) {
    this.prepare(seq);
    const next = this.#next;
    this.#next = void 0;
    return await next;
  }
  /** Ends the work under way and removes its file; what cannot be removed is removed by the next open. */
  async close() {
    this.#stop.abort(new Error("the log is closing"));
    const next = this.#next;
    if (next === void 0) return;
    try {
      const prepared = await next;
      await prepared.file.close();
      await this.#disk.remove(prepared.path);
    } catch {
    }
  }
  async #make(seq) {
    const path = `${this.#dir}/${seq % 2}.tmp`;
    const file = await this.#disk.open(path, "create");
    try {
      await fillWithZeros(file, 0, this.#segmentBytes, this.#stepBytes, this.#stop.signal);
    } catch (error) {
      await file.close();
      await this.#disk.remove(path);
      throw error;
    }
    return { file, path };
  }
};
function hex16(value2) {
  return value2.toString(16).padStart(16, "0");
}

// src/etcd/wal/wal.ts
var Wal = class _Wal {
  #dir;
  #disk;
  #lock;
  #metadata;
  #segmentBytes;
  #segmentsKept;
  #clock;
  #metrics;
  #pipeline;
  #encoder;
  /** Oldest first; the last one is written to. */
  #segments;
  #tail;
  #offset;
  /** Index of the last entry or snapshot written: names the next segment. */
  #lastIndex;
  #hardState;
  #isSynced;
  #waiting = [];
  #flushing;
  #releasing = Promise.resolve();
  #closing;
  #failure;
  /** True when the folder holds a log; a creation that was cut short left none. */
  static async exists(dir, disk) {
    return await disk.exists(dir) && segmentsAmong(await disk.list(dir)).length > 0;
  }
  /**
   * Makes a new log with its identity in it. A crash before the last rename leaves no log, only
   * `<dir>.tmp`, which the next creation removes; after it, a complete one.
   */
  static async create(dir, metadata, disk, options = {}) {
    const lock2 = await disk.lock(`${dir}.lock`);
    try {
      if (await _Wal.exists(dir, disk)) throw new Error(`wal: ${dir} already holds a log`);
      const encoder = new RecordEncoder(0);
      encoder.crcRecord();
      encoder.record(RecordType.metadata, metadata);
      encoder.record(RecordType.snapshot, encodeSnapshot({ index: 0, term: 0 }));
      const segment = segmentOf(0, 0);
      const offset = encoder.byteLength;
      const tail = await createFolder(dir, segment, encoder.bytes(), disk, options);
      encoder.clear();
      const hardState = { term: 0, vote: 0n, commit: 0 };
      const start2 = { offset, lastIndex: 0, hardState, isSynced: true };
      const state = { segments: [segment], tail, ...start2, encoder };
      return new _Wal(dir, disk, lock2, metadata, state, options);
    } catch (error) {
      await lock2.release();
      throw error;
    }
  }
  /**
   * Reads everything behind `from` and is ready to append behind it. `from` is a position already
   * applied and durable elsewhere; its entry may be gone. A torn end is repaired, anything else
   * that is wrong is a `WalCorruptError` naming file and offset.
   */
  static async open(dir, from, disk, log, options = {}) {
    const lock2 = await disk.lock(`${dir}.lock`);
    try {
      const names = await disk.list(dir);
      for (const name of names.filter(isTemporary)) await disk.remove(`${dir}/${name}`);
      const segments = segmentsAmong(names);
      const needed = segmentsFrom(dir, segments, from.index);
      const replayed = await replaySegments(disk, dir, needed, from, log);
      const { metadata, hardState, entries, snapshots, offset, lastIndex } = replayed;
      const path = `${dir}/${segments.at(-1)?.name}`;
      const tail = await openTail(path, offset, disk, options);
      const encoder = new RecordEncoder(replayed.crc);
      const start2 = { offset, lastIndex, hardState, isSynced: false };
      const state = { segments, tail, ...start2, encoder };
      const wal = new _Wal(dir, disk, lock2, metadata, state, options);
      return { wal, metadata, hardState, entries, snapshots };
    } catch (error) {
      await lock2.release();
      throw error;
    }
  }
  /**
   * The newest snapshot records that count (up to the last commit index), oldest first: at least
   * back to one at or before `index`, where the log has one. Changes nothing, so a member can
   * choose the position to open the log from. Segments are read from the end, as few as that takes:
   * the log keeps more of them than a restart needs.
   */
  static async readSnapshots(dir, index, disk, log) {
    const segments = segmentsAmong(await disk.list(dir));
    const nothing2 = { index: Number.MAX_SAFE_INTEGER, term: 0 };
    for (let count = 1; ; count *= 2) {
      const newest = segments.slice(-count);
      const replayed = await replaySegments(disk, dir, newest, nothing2, log, "read-only");
      const { snapshots } = replayed;
      if (count >= segments.length || snapshots.some((s) => s.index <= index)) return snapshots;
    }
  }
  constructor(dir, disk, lock2, metadata, state, options) {
    this.#dir = dir;
    this.#disk = disk;
    this.#lock = lock2;
    this.#metadata = metadata;
    this.#segments = [...state.segments];
    this.#tail = state.tail;
    this.#offset = state.offset;
    this.#lastIndex = state.lastIndex;
    this.#hardState = state.hardState;
    this.#isSynced = state.isSynced;
    this.#encoder = state.encoder;
    this.#segmentBytes = segmentBytesOf(options);
    this.#segmentsKept = options.segmentsKept ?? limits.walSegmentsKeptDefault;
    this.#clock = options.clock ?? systemClock;
    this.#metrics = options.metrics;
    const step2 = limits.walFillStepBytes;
    this.#pipeline = new SegmentPipeline(disk, dir, this.#segmentBytes, step2);
  }
  /**
   * Resolves when the entries and then the hard state are in the log, and on the disk if
   * `mustSync`: entries, a new term or a new vote. A commit index alone need not be synced. The
   * entries' bytes are taken over when the append's turn comes and must not change until then.
   */
  append(entries, hardState, mustSync) {
    const state = hardState === void 0 || isEmpty(hardState) ? void 0 : hardState;
    return this.#enqueue(entries, state, void 0, mustSync);
  }
  /** Notes, durably, that a snapshot of this index exists: replay may start from it. */
  saveSnapshot(snapshot) {
    if (snapshot.index > 0 && snapshot.confState === void 0) {
      return Promise.reject(new Error(`wal: snapshot ${snapshot.index} has no conf state`));
    }
    return this.#enqueue([], void 0, snapshot, true);
  }
  /**
   * Nothing up to `index` will be asked for again. Removes old segments, oldest first so that a
   * crash leaves no gap, as long as more than the number to keep remain.
   */
  releaseBefore(index) {
    const released2 = this.#releasing.then(() => this.#release(index));
    this.#releasing = released2.catch(() => {
    });
    return released2;
  }
  /** Writes and syncs what is waiting, then lets go of files and lock. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }
  async #close() {
    await this.#flushing;
    await this.#releasing;
    try {
      if (this.#failure === void 0 && !this.#isSynced) await this.#sync(this.#tail);
    } finally {
      this.#failure ??= new Error("wal: closed");
      await this.#pipeline.close();
      await this.#tail.close();
      await this.#lock.release();
    }
  }
  #enqueue(entries, hardState, snapshot, mustSync) {
    if (this.#failure !== void 0) return Promise.reject(this.#failure);
    if (this.#waiting.length >= limits.walWaitingAppendsMax) {
      return Promise.reject(this.#fail(new Error("too many appends are waiting"), []));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, hardState, snapshot, mustSync, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }
  async #flush() {
    while (this.#waiting.length > 0 && this.#failure === void 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(batch);
        for (const append of batch) append.resolve();
        if (this.#offset >= this.#segmentBytes) await this.#cut();
        else if (this.#offset >= this.#segmentBytes / 4) this.#pipeline.prepare(this.#nextSeq());
      } catch (error) {
        this.#fail(error, batch);
      }
    }
    this.#flushing = void 0;
  }
  /** One write, durable if any append of the batch asks for it. */
  async #write(batch) {
    const encoder = this.#encoder;
    let mustSync = false;
    for (const append of batch) {
      for (const entry of append.entries) encoder.entry(entry);
      const last = append.entries.at(-1);
      if (last !== void 0) this.#lastIndex = last.index;
      if (append.hardState !== void 0) {
        encoder.state(append.hardState);
        this.#hardState = append.hardState;
      }
      if (append.snapshot !== void 0) {
        encoder.record(RecordType.snapshot, encodeSnapshot(append.snapshot));
        this.#lastIndex = Math.max(this.#lastIndex, append.snapshot.index);
      }
      mustSync ||= append.mustSync;
    }
    await this.#writeEncoded(this.#tail, mustSync);
  }
  /** Writes what the encoder holds at the offset and moves the offset behind it. */
  async #writeEncoded(file, mustSync) {
    const bytes = this.#encoder.bytes();
    if (bytes.length === 0) return;
    const started = this.#clock.monotonicMs();
    const inOneTrip = mustSync && this.#isSynced;
    if (inOneTrip) {
      await file.writeDurably(bytes, this.#offset);
    } else {
      this.#isSynced = false;
      await file.write(bytes, this.#offset);
    }
    this.#offset += bytes.length;
    const seconds = (this.#clock.monotonicMs() - started) / 1e3;
    this.#metrics?.onWrite(bytes.length, seconds);
    if (inOneTrip) this.#metrics?.onFsync(seconds);
    this.#encoder.clear();
    if (mustSync && !inOneTrip) await this.#sync(file);
  }
  async #sync(file) {
    const started = this.#clock.monotonicMs();
    await file.sync();
    this.#isSynced = true;
    this.#metrics?.onFsync((this.#clock.monotonicMs() - started) / 1e3);
  }
  /**
   * Goes on in the next segment. The old one is cut to its contents and synced first, because only
   * the last file may end torn; the new one gets its name when its header is on the disk, so every
   * named segment starts whole. A crash in between leaves a `.tmp` file and the old tail.
   */
  async #cut() {
    const old = this.#tail;
    await old.truncate(this.#offset);
    await this.#sync(old);
    const segment = segmentOf(this.#nextSeq(), this.#lastIndex + 1);
    const { file, path } = await this.#pipeline.take(segment.seq);
    this.#encoder.crcRecord();
    this.#encoder.record(RecordType.metadata, this.#metadata);
    if (!isEmpty(this.#hardState)) this.#encoder.state(this.#hardState);
    this.#tail = file;
    this.#offset = 0;
    await this.#writeEncoded(file, true);
    await this.#disk.rename(path, `${this.#dir}/${segment.name}`);
    await this.#disk.syncDir(this.#dir);
    this.#segments.push(segment);
    await old.close();
  }
  #nextSeq() {
    const last = this.#segments.at(-1);
    assert(last !== void 0, "an open log has a segment");
    return last.seq + 1;
  }
  #fail(error, batch) {
    const failure = new Error(`wal: ${this.#dir} can no longer be written`, { cause: error });
    this.#failure = failure;
    for (const append of batch) append.reject(failure);
    for (const append of this.#waiting) append.reject(failure);
    this.#waiting = [];
    return failure;
  }
  async #release(index) {
    if (this.#segmentsKept === 0) return;
    let removed = false;
    while (this.#segments.length > this.#segmentsKept) {
      const [oldest, next] = this.#segments;
      if (oldest === void 0 || next === void 0 || next.firstIndex > index) break;
      await this.#disk.remove(`${this.#dir}/${oldest.name}`);
      this.#segments.shift();
      removed = true;
    }
    if (removed) await this.#disk.syncDir(this.#dir);
  }
};
async function createFolder(dir, segment, header2, disk, options) {
  const temporary = `${dir}.tmp`;
  await disk.removeDir(temporary);
  await disk.makeDir(temporary);
  const file = await disk.open(`${temporary}/${segment.name}`, "create");
  try {
    await fillWithZeros(file, 0, segmentBytesOf(options), limits.walFillStepBytes);
    await file.writeDurably(header2, 0);
    await disk.syncDir(temporary);
    await disk.rename(temporary, dir);
    await disk.syncDir(parentOf(dir));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
async function openTail(path, offset, disk, options) {
  const file = await disk.open(path, "write");
  try {
    const fileBytes = await file.size();
    await wipeTail(file, offset, fileBytes, limits.walFillStepBytes);
    await fillWithZeros(file, fileBytes, segmentBytesOf(options), limits.walFillStepBytes);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
function segmentBytesOf(options) {
  return options.segmentBytes ?? limits.walSegmentBytes;
}
function isEmpty(state) {
  return state.term === 0 && state.vote === 0n && state.commit === 0;
}
function parentOf(path) {
  const cut2 = path.lastIndexOf("/");
  return cut2 <= 0 ? "/" : path.slice(0, cut2);
}

// src/etcd/proto/generated/leasepb.ts
function encodeLease(m) {
  return encodeWith(writeLease, m);
}
function decodeLease(bytes) {
  return readLease(new Reader(bytes), void 0);
}
function newLease() {
  return {
    ID: 0n,
    TTL: 0,
    RemainingTTL: 0
  };
}
function readLease(r, into) {
  const m = into ?? newLease();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.ID = r.int64Big();
        break;
      }
      case 16: {
        m.TTL = r.int64Clamped();
        break;
      }
      case 24: {
        m.RemainingTTL = r.int64Clamped();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLease(w, m) {
  if (m.RemainingTTL !== void 0 && m.RemainingTTL !== 0) {
    w.int(m.RemainingTTL);
    w.byte(24);
  }
  if (m.TTL !== void 0 && m.TTL !== 0) {
    w.int(m.TTL);
    w.byte(16);
  }
  if (m.ID !== void 0 && m.ID !== 0n) {
    w.big(m.ID);
    w.byte(8);
  }
}
function encodeLeaseInternalRequest(m) {
  return encodeWith(writeLeaseInternalRequest, m);
}
function decodeLeaseInternalRequest(bytes) {
  return readLeaseInternalRequest(new Reader(bytes), void 0);
}
function newLeaseInternalRequest() {
  return {
    LeaseTimeToLiveRequest: void 0
  };
}
function readLeaseInternalRequest(r, into) {
  const m = into ?? newLeaseInternalRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.LeaseTimeToLiveRequest = readLeaseTimeToLiveRequest(r, m.LeaseTimeToLiveRequest);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseInternalRequest(w, m) {
  if (m.LeaseTimeToLiveRequest !== void 0) {
    const end2 = w.size();
    writeLeaseTimeToLiveRequest(w, m.LeaseTimeToLiveRequest);
    w.uint(w.size() - end2);
    w.byte(10);
  }
}
function encodeLeaseInternalResponse(m) {
  return encodeWith(writeLeaseInternalResponse, m);
}
function decodeLeaseInternalResponse(bytes) {
  return readLeaseInternalResponse(new Reader(bytes), void 0);
}
function newLeaseInternalResponse() {
  return {
    LeaseTimeToLiveResponse: void 0
  };
}
function readLeaseInternalResponse(r, into) {
  const m = into ?? newLeaseInternalResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.LeaseTimeToLiveResponse = readLeaseTimeToLiveResponse(r, m.LeaseTimeToLiveResponse);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaseInternalResponse(w, m) {
  if (m.LeaseTimeToLiveResponse !== void 0) {
    const end2 = w.size();
    writeLeaseTimeToLiveResponse(w, m.LeaseTimeToLiveResponse);
    w.uint(w.size() - end2);
    w.byte(10);
  }
}

// src/etcd/peer/frames.ts
var ByteQueue = class {
  #chunks = [];
  #head = 0;
  #headOffset = 0;
  #length = 0;
  get length() {
    return this.#length;
  }
  push(chunk) {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }
  /** The caller has checked that `length` bytes are there. */
  take(length) {
    const chunk = this.#chunks[this.#head];
    if (chunk !== void 0 && chunk.length - this.#headOffset >= length) {
      const piece2 = chunk.subarray(this.#headOffset, this.#headOffset + length);
      this.#skip(length);
      return piece2;
    }
    const piece = new Uint8Array(length);
    let filled2 = 0;
    while (filled2 < length) {
      const next = this.#chunks[this.#head];
      const part = next.subarray(this.#headOffset, this.#headOffset + length - filled2);
      piece.set(part, filled2);
      filled2 += part.length;
      this.#skip(part.length);
    }
    return piece;
  }
  /** Eight bytes, big endian; Infinity for what no frame can be. */
  takeUint64() {
    const bytes = this.take(8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const high = view.getUint32(0);
    return high > 2097151 ? Number.POSITIVE_INFINITY : high * 4294967296 + view.getUint32(4);
  }
  #skip(length) {
    this.#length -= length;
    this.#headOffset += length;
    if (this.#headOffset < this.#chunks[this.#head].length) return;
    this.#head += 1;
    this.#headOffset = 0;
    if (this.#head < this.#chunks.length && this.#head < 64) return;
    this.#chunks.splice(0, this.#head);
    this.#head = 0;
  }
};
var FrameWriter = class {
  #parts = [];
  #length = 0;
  get length() {
    return this.#length;
  }
  byte(value2) {
    this.bytes(Uint8Array.of(value2));
  }
  uint64(value2) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeUInt32BE(Math.floor(value2 / 4294967296), 0);
    bytes.writeUInt32BE(value2 % 4294967296, 4);
    this.bytes(bytes);
  }
  bytes(value2) {
    this.#parts.push(value2);
    this.#length += value2.length;
  }
  take() {
    const all = Buffer.concat(this.#parts, this.#length);
    this.#parts = [];
    this.#length = 0;
    return all;
  }
};
var FrameError = class extends Error {
  name = "FrameError";
};

// src/etcd/peer/http-answers.ts
function answerError(response, status2, text) {
  answer(response, status2, "text/plain; charset=utf-8", `${text}
`, {
    "X-Content-Type-Options": "nosniff"
  });
}
function answerNotFound(response) {
  answerError(response, 404, "404 page not found");
}
function answerMethodNotAllowed(response, allowed) {
  response.setHeader("Allow", allowed);
  answerError(response, 405, "Method Not Allowed");
}
function answer(response, status2, contentType2, body, headers = {}) {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status2, {
    ...headers,
    "Content-Type": contentType2,
    "Content-Length": bytes.length
  });
  response.end(bytes);
}
async function readBody(request2, most) {
  const chunks = [];
  let length = 0;
  const body = request2.iterator({ destroyOnReturn: false });
  for await (const chunk of body) {
    length += chunk.length;
    if (length > most) throw new BodyTooLarge(`a body of more than ${most} bytes`);
    chunks.push(chunk);
  }
  const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length);
  return new Uint8Array(all.buffer, all.byteOffset, all.length);
}
var BodyTooLarge = class extends FrameError {
};

// src/etcd/peer/peer-dialer.ts
import { isIP as isIP2 } from "node:net";

// src/etcd/transport/tls/certificate-files.ts
import { readFileSync, statSync } from "node:fs";
var CertificateFiles = class {
  #settings;
  #log;
  #certFile;
  #keyFile;
  #stamp;
  #options;
  #context;
  /** Throws when a file is missing or does not fit the others. */
  constructor(settings, shownTo, log) {
    this.#settings = settings;
    this.#log = log;
    const hasOwn = shownTo === "servers" && settings.clientCertFile !== "";
    this.#certFile = hasOwn ? settings.clientCertFile : settings.certFile;
    this.#keyFile = hasOwn ? settings.clientKeyFile : settings.keyFile;
    this.#stamp = this.#currentStamp();
    this.#options = this.#read();
    this.#context = nodeTls().createSecureContext(this.#options);
  }
  get options() {
    return this.#options;
  }
  /** Whether anything is new since the last call. */
  refresh() {
    const stamp = this.#currentStamp();
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    try {
      const options = this.#read();
      this.#context = nodeTls().createSecureContext(options);
      this.#options = options;
      this.#log.info("certificate files have changed and were read anew", this.#names());
      return true;
    } catch (error) {
      this.#log.warn("failed to read certificate files, the ones read before stay in use", {
        ...this.#names(),
        error
      });
      return false;
    }
  }
  context() {
    this.refresh();
    this.#context ??= nodeTls().createSecureContext(this.#options);
    return this.#context;
  }
  #names() {
    const { trustedCaFile } = this.#settings;
    return {
      "cert-file": this.#certFile,
      "key-file": this.#keyFile,
      "trusted-ca-file": trustedCaFile
    };
  }
  #read() {
    const { trustedCaFile, cipherSuites: cipherSuites2, minVersion, maxVersion } = this.#settings;
    const options = {
      minVersion,
      maxVersion,
      ...cipherSuites2.length === 0 ? {} : { ciphers: cipherSuites2.join(":") }
    };
    if (this.#certFile !== "" || this.#keyFile !== "") {
      options.cert = readPart(this.#certFile);
      options.key = readPart(this.#keyFile);
    }
    if (trustedCaFile !== "") options.ca = readPart(trustedCaFile);
    return options;
  }
  /** Changes whenever one of the files does, also by a link that points elsewhere. */
  #currentStamp() {
    const { trustedCaFile } = this.#settings;
    const files = [this.#certFile, this.#keyFile, trustedCaFile].filter((path) => path !== "");
    return files.map(stampOf).join(" ");
  }
};
function readPart(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error;
    throw new Error(`open ${path}: ${code === "ENOENT" ? "no such file or directory" : message}`);
  }
}
function stampOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === void 0 ? "missing" : `${stat.ino}.${stat.size}.${stat.mtimeNs}`;
}

// src/etcd/peer/peer-dialer.ts
var idle = { keepAlive: true, timeout: limits.peerDeadlineMs - 1e3, maxFreeSockets: 8 };
var PeerDialer = class {
  #http = new Agent(idle);
  #tls;
  #files;
  /** Made for the first https URL. */
  #pooled;
  #single;
  /** Throws when the certificate files cannot be used. */
  constructor(tls, log) {
    this.#tls = tls;
    if (tls !== void 0 && log !== void 0) {
      this.#files = new CertificateFiles(tls, "servers", log);
    }
  }
  /** On a connection that later requests may use too. */
  pooled(url, options) {
    if (url.protocol === "https:") {
      this.#pooled ??= this.#securedAgent(idle);
      return nodeHttps().request(url, { ...options, agent: this.#pooled });
    }
    return request(url, { ...options, agent: this.#http });
  }
  /** On a connection of its own, closed with it. */
  single(url, options) {
    if (url.protocol === "https:") {
      this.#single ??= this.#securedAgent({ keepAlive: false });
      return nodeHttps().request(url, { ...options, agent: this.#single });
    }
    return request(url, { ...options, agent: false });
  }
  close() {
    this.#http.destroy();
    this.#pooled?.destroy();
    this.#single?.destroy();
  }
  /** Asks for the certificates whenever it connects: they may have been renewed. */
  #securedAgent(options) {
    const agent = new (nodeHttps()).Agent({ ...options, maxCachedSessions: 0 });
    agent.createConnection = (to) => nodeTls().connect(this.#secure(to));
    return agent;
  }
  #secure(options) {
    return {
      ...options,
      // Names, not addresses, are asked for: RFC 6066, 3.
      servername: isIP2(options.host ?? "") === 0 ? options.host ?? "" : "",
      ...this.#files === void 0 ? {} : { secureContext: this.#files.context() },
      rejectUnauthorized: this.#tls?.isSelfSigned !== true
    };
  }
};
var plainPeers = new PeerDialer();

// src/etcd/peer/peer-headers.ts
var minClusterVersion = "3.0.0";
function identityHeaders(identity) {
  return {
    "X-Server-From": formatId(identity.memberId),
    "X-Server-Version": identity.serverVersion,
    "X-Min-Cluster-Version": minClusterVersion,
    "X-Etcd-Cluster-ID": formatId(identity.clusterId),
    "X-PeerURLs": identity.advertisePeerUrls.join(",")
  };
}
function findIncompatibility(headers, identity) {
  const server = majorMinor(header(headers, "x-server-version") || "2.0.0");
  const oldest = majorMinor(header(headers, "x-min-cluster-version") || "2.0.0");
  const tooOld = server === void 0 || server < majorMinor(minClusterVersion);
  const tooNew = oldest === void 0 || oldest > (majorMinor(identity.serverVersion) ?? 0);
  if (tooOld || tooNew) return "incompatible version";
  const clusterId = header(headers, "x-etcd-cluster-id");
  return clusterId === formatId(identity.clusterId) ? void 0 : "cluster ID mismatch";
}
function readSender(headers) {
  const id = maybeParseId(header(headers, "x-server-from"));
  const urls = header(headers, "x-peerurls");
  return id === void 0 || id === 0n || urls === "" ? void 0 : { id, peerUrls: urls.split(",") };
}
function header(headers, name) {
  const value2 = headers[name];
  return Array.isArray(value2) ? value2[0] ?? "" : value2 ?? "";
}
function majorMinor(version) {
  const parts = /^([0-9]+)\.([0-9]+)\.[0-9]+(?:[-+].*)?$/.exec(version);
  return parts === null ? void 0 : Number(parts[1]) * 1e6 + Number(parts[2]);
}

// src/etcd/peer/peer-client.ts
async function fetchMembers(url, signal, dialer = plainPeers) {
  const answer4 = await exchange(dialer, "GET", url, "/members", signal);
  if (answer4.status !== 200) throw unexpected("members", url, answer4);
  const clusterId = maybeParseId(header(answer4.headers, "x-etcd-cluster-id"));
  if (clusterId === void 0) throw new Error(`${url}/members names no cluster id`);
  return { clusterId, members: parseMembers(answer4.body) };
}
async function fetchVersion(url, signal, dialer = plainPeers) {
  const answer4 = await exchange(dialer, "GET", url, "/version", signal);
  if (answer4.status !== 200) throw unexpected("version", url, answer4);
  const json = parseBigJson(utf8Text(answer4.body));
  const text = (value2) => typeof value2 === "string" ? value2 : "";
  return {
    server: text(json["etcdserver"]),
    cluster: text(json["etcdcluster"]),
    storage: text(json["storage"])
  };
}
async function promoteOnLeader(url, id, signal, dialer = plainPeers) {
  const answer4 = await exchange(dialer, "POST", url, `/members/promote/${id}`, signal);
  if (answer4.status === 200) return parseMembers(answer4.body);
  const words = utf8Text(answer4.body);
  if (answer4.status === 408) throw new EtcdError("Timeout");
  if (answer4.status === 412 && words.includes("in sync with leader")) {
    throw new EtcdError("LearnerNotReady");
  }
  if (answer4.status === 412 && words.includes("can only promote a learner")) {
    throw new EtcdError("MemberNotLearner");
  }
  if (answer4.status === 404 && words.includes("ID not found")) {
    throw new EtcdError("MemberNotFound");
  }
  throw unexpected("promotion", url, answer4);
}
async function renewLeaseOnLeader(url, id, signal, dialer = plainPeers) {
  const body = encodeLeaseKeepAliveRequest({ ID: id });
  const answer4 = await exchange(dialer, "POST", url, "/leases", signal, body);
  if (answer4.status === 200) return decodeLeaseKeepAliveResponse(answer4.body).TTL;
  throw leaseError("lease renewal", url, answer4);
}
async function leaseTimeToLiveOnLeader(url, id, keys, signal, dialer = plainPeers) {
  const body = encodeLeaseInternalRequest({ LeaseTimeToLiveRequest: { ID: id, keys } });
  const answer4 = await exchange(dialer, "POST", url, "/leases/internal", signal, body);
  if (answer4.status !== 200) throw leaseError("lease look-up", url, answer4);
  const found = decodeLeaseInternalResponse(answer4.body).LeaseTimeToLiveResponse;
  if (found === void 0) throw unexpected("lease look-up", url, answer4);
  return found;
}
function exchange(dialer, method, url, path, signal, body, extra = {}) {
  return new Promise((resolve, reject) => {
    const type = path.startsWith("/leases") ? "application/protobuf" : "application/json";
    const headers = { ...extra, "Content-Type": type, "Content-Length": body?.length ?? 0 };
    const sent2 = dialer.pooled(new URL(path, url), {
      method,
      signal,
      headers: body === void 0 && method === "GET" ? extra : headers
    });
    sent2.setNoDelay(true);
    sent2.on("error", reject);
    sent2.on("response", (response) => {
      readBody(response, limits.peerSmallAnswerBytesMax).then((whole) => {
        const status2 = response.statusCode ?? 0;
        resolve({ status: status2, headers: response.headers, body: whole });
      }, reject);
    });
    sent2.end(body);
  });
}
function parseMembers(body) {
  const json = parseBigJson(utf8Text(body));
  if (!Array.isArray(json)) throw new Error("a member list that is no list");
  return json.map((item) => {
    const fields = item ?? {};
    if (typeof fields["id"] !== "bigint") throw new Error("a member without id");
    return {
      id: fields["id"],
      name: typeof fields["name"] === "string" ? fields["name"] : "",
      peerUrls: texts2(fields["peerURLs"]),
      clientUrls: texts2(fields["clientURLs"]),
      isLearner: fields["isLearner"] === true
    };
  });
}
function texts2(value2) {
  return Array.isArray(value2) ? value2.filter((item) => typeof item === "string") : [];
}
function leaseError(what, url, answer4) {
  const words = utf8Text(answer4.body);
  if (answer4.status === 404) return new EtcdError("LeaseNotFound");
  if (answer4.status === 408) return new EtcdError("TimeoutWaitAppliedIndex");
  if (words.includes("not a primary lessor")) return new EtcdError("NotPrimaryLessor");
  return unexpected(what, url, answer4);
}
function unexpected(what, url, answer4) {
  const words = utf8Text(answer4.body).trim();
  return new Error(`${what} from ${url}: unexpected status ${answer4.status}: ${words}`);
}

// src/etcd/bootstrap/join-cluster.ts
function peerQuestions(dialer) {
  return {
    members: (url, signal) => fetchMembers(url, signal, dialer),
    clusterVersion: async (url, signal) => (await fetchVersion(url, signal, dialer)).cluster
  };
}
var MEMBERS_TIMEOUT_MS = 1e4;
var CHECK_TIMEOUT_MS = 1e3;
async function joinIdentity(config, log, ask) {
  const others = peerUrlsOfOthers(config);
  const fetched = await firstAnswer(others, log, ask);
  const expected = config.initialCluster.map(({ peerUrls }) => urlSet(peerUrls)).sort();
  const actual = fetched.members.map(({ peerUrls }) => urlSet(peerUrls)).sort();
  if (expected.length !== actual.length) {
    throw new Error(
      `error validating peerURLs: member count is unequal: --initial-cluster names ${expected.length}, the cluster has ${actual.length} (add this member with MemberAdd first)`
    );
  }
  const missing = expected.find((urls) => !actual.includes(urls));
  if (missing !== void 0) {
    throw new Error(
      `error validating peerURLs: PeerURLs: no match found for existing member, ${missing} is not in the cluster`
    );
  }
  const ownUrls = config.initialCluster.find(({ name }) => name === config.name)?.peerUrls ?? [];
  const self = fetched.members.find(({ peerUrls }) => urlSet(peerUrls) === urlSet(ownUrls));
  if (self === void 0) throw new Error(`the cluster has no member with ${urlSet(ownUrls)}`);
  refuseSecondLife(self, fetched.members);
  return { memberId: self.id, clusterId: fetched.clusterId, members: fetched.members };
}
function refuseSecondLife(self, members) {
  if (self.clientUrls.length === 0 || members.length < 2) return;
  throw new Error(
    `member ${formatId(self.id)} has already been bootstrapped, but this data directory is empty: remove the member from the cluster and add it again, or restore its data`
  );
}
async function checkNotBootstrapped(config, identity, ask) {
  const answers = await Promise.allSettled(
    peerUrlsOfOthers(config).map((url) => ask.members(url, AbortSignal.timeout(CHECK_TIMEOUT_MS)))
  );
  for (const answer4 of answers) {
    if (answer4.status !== "fulfilled") continue;
    const self = answer4.value.members.find(({ id }) => id === identity.memberId);
    if (self !== void 0) refuseSecondLife(self, answer4.value.members);
  }
}
async function checkVersions(config, ownVersion, ask) {
  const own = minorOf(ownVersion);
  for (const url of peerUrlsOfOthers(config)) {
    let version;
    try {
      version = await ask.clusterVersion(url, AbortSignal.timeout(MEMBERS_TIMEOUT_MS));
    } catch {
      continue;
    }
    const minor = minorOf(version);
    if (minor !== void 0 && own !== void 0 && minor > own) {
      throw new Error(`incompatible with current running cluster: it runs version ${version}`);
    }
  }
}
function peerUrlsOfOthers(config) {
  return config.initialCluster.filter(({ name }) => name !== config.name).flatMap(({ peerUrls }) => peerUrls).sort();
}
async function firstAnswer(urls, log, ask) {
  for (const url of urls) {
    try {
      return await ask.members(url, AbortSignal.timeout(MEMBERS_TIMEOUT_MS));
    } catch (error) {
      log.warn("failed to get the member list of a peer", { address: url, error });
    }
  }
  throw new Error(
    "cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs"
  );
}
function urlSet(urls) {
  return [...urls].sort().join(",");
}
function minorOf(version) {
  const [major, minor] = version.split(".").map(Number);
  return major === 3 && Number.isInteger(minor) ? minor : void 0;
}

// src/etcd/membership/member.ts
import { createHash } from "node:crypto";
function memberIdFor(peerUrls, token, unixSeconds) {
  const hash = createHash("sha1");
  for (const url of sortedUrls(peerUrls)) hash.update(url);
  hash.update(token);
  if (unixSeconds !== void 0) hash.update(String(unixSeconds));
  return hash.digest().readBigUInt64BE(0);
}
function clusterIdFor(memberIds) {
  const ids = [...memberIds].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const bytes = Buffer.alloc(8 * ids.length);
  ids.forEach((id, i) => bytes.writeBigUInt64BE(id, 8 * i));
  return createHash("sha1").update(bytes).digest().readBigUInt64BE(0);
}
function idHex(id) {
  return id.toString(16);
}
function sortMembers(members) {
  return [...members].sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
function sortedUrls(urls) {
  return [...urls].sort((a, b) => compareBytes(utf8Bytes(a), utf8Bytes(b)));
}

// src/etcd/bootstrap/new-cluster.ts
function newClusterIdentity(config) {
  const members = sortMembers(
    config.initialCluster.map(({ name, peerUrls }) => ({
      id: memberIdFor(peerUrls, config.initialClusterToken),
      name,
      peerUrls,
      clientUrls: [],
      isLearner: false
    }))
  );
  const self = members.find(({ name }) => name === config.name);
  assert(self !== void 0, "initial-cluster names this member");
  return {
    memberId: self.id,
    clusterId: clusterIdFor(members.map(({ id }) => id)),
    members
  };
}

// src/etcd/bootstrap/boot.ts
async function boot(options) {
  const { config, dir, disk, log } = options;
  const ask = peerQuestions(options.dialer);
  if (await Wal.exists(dir.wal, disk)) return await restart(options);
  if (options.state.index > 0) {
    throw new Error(
      `${dir.root} holds state up to log index ${options.state.index} but no log in ${dir.wal}: the log was moved or deleted; bring it back, or remove this member and add it again`
    );
  }
  if (config.initialClusterState === "existing") {
    const problem2 = joinProblem(config);
    if (problem2 !== void 0) throw new Error(problem2);
    const identity2 = await joinIdentity(config, log, ask);
    await checkVersions(config, servedEtcdVersion, ask);
    return await create(options, identity2, [], { term: 0, vote: 0n, commit: 0 });
  }
  const problem = await newClusterProblem(config, resolveUrl);
  if (problem !== void 0) throw new Error(problem);
  const identity = newClusterIdentity(config);
  await checkNotBootstrapped(config, identity, ask);
  const { entries, hardState } = foundingLog(identity.members);
  return await create(options, identity, entries, hardState);
}
async function create(options, identity, entries, hardState) {
  const { memberId, clusterId, members } = identity;
  const metadata = encodeMetadata({ NodeID: memberId, ClusterID: clusterId });
  const wal = await Wal.create(options.dir.wal, metadata, options.disk, options.walOptions);
  if (entries.length > 0) await wal.append(entries, hardState, true);
  options.log.info(entries.length > 0 ? "founding a new cluster" : "joining a cluster", {
    "member-id": formatId(memberId),
    "cluster-id": formatId(clusterId),
    members: members.length
  });
  return {
    wal,
    memberId,
    clusterId,
    knownMembers: members,
    hardState,
    snapshotIndex: 0,
    snapshotTerm: 0,
    entries
  };
}
async function restart(options) {
  const { dir, disk, state, log } = options;
  const markers = await Wal.readSnapshots(dir.wal, state.index, disk, log);
  const marker = markers.findLast(({ index }) => index <= state.index) ?? { index: 0, term: 0 };
  const opened = await openLog(options, markers, marker);
  const { NodeID: memberId, ClusterID: clusterId } = decodeMetadata(opened.metadata);
  log.info("restarting from the data on disk", {
    "member-id": formatId(memberId),
    "cluster-id": formatId(clusterId),
    "snapshot-index": marker.index,
    "applied-index": state.index,
    "commit-index": opened.hardState.commit,
    entries: opened.entries.length
  });
  const base = { wal: opened.wal, memberId, clusterId, knownMembers: [] };
  if (isBehind(state, opened, marker)) return await behindState(options, opened, base);
  if (wasNotFounded(opened, state) && options.config.initialClusterState === "new") {
    return await finishFounding(options.config, opened.wal, base);
  }
  const { hardState, entries } = opened;
  return { ...base, hardState, entries, snapshotIndex: marker.index, snapshotTerm: marker.term };
}
async function openLog({ dir, disk, state, log, walOptions }, markers, marker) {
  const newest = markers.at(-1)?.index ?? 0;
  const explain = (reason, cause) => new Error(
    `the state in ${dir.state} is missing or older than the log reaches back: it ends at index ${state.index}, the log has a snapshot at ${newest} (${reason}); bring the state back, or remove this member and add it again`,
    { cause }
  );
  let opened;
  try {
    opened = await Wal.open(dir.wal, marker, disk, log, walOptions);
  } catch (error) {
    if (newest > state.index) throw explain(String(error), error);
    throw error;
  }
  const lastIndex = opened.entries.at(-1)?.index ?? marker.index;
  if (newest > Math.max(state.index, lastIndex)) {
    await opened.wal.close();
    throw explain(`its entries before that end at ${lastIndex}`);
  }
  return opened;
}
function isBehind(state, opened, marker) {
  if (state.index <= marker.index) return false;
  return opened.entries[state.index - marker.index - 1]?.term !== state.term;
}
function wasNotFounded({ hardState }, state) {
  return state.index === 0 && hardState.term === 0 && hardState.commit === 0;
}
async function behindState(options, opened, base) {
  const { index, term, confState } = options.state;
  const { term: votedTerm, vote } = opened.hardState;
  const hardState = {
    term: Math.max(votedTerm, term),
    vote: votedTerm < term ? 0n : vote,
    commit: index
  };
  await opened.wal.append([], hardState, true);
  await opened.wal.saveSnapshot({ index, term, confState });
  return { ...base, hardState, snapshotIndex: index, snapshotTerm: term, entries: [] };
}
async function finishFounding(config, wal, base) {
  const identity = newClusterIdentity(config);
  if (identity.memberId !== base.memberId || identity.clusterId !== base.clusterId) {
    throw new Error("the empty log in the data directory belongs to another cluster or member");
  }
  const { entries, hardState } = foundingLog(identity.members);
  await wal.append(entries, hardState, true);
  const { members } = identity;
  return { ...base, knownMembers: members, hardState, snapshotIndex: 0, snapshotTerm: 0, entries };
}
function foundingLog(members) {
  return bootstrapLog(
    members.map((member) => ({ id: member.id, context: utf8Bytes(memberJson(member)) }))
  );
}
async function resolveUrl(url) {
  const parsed2 = new URL(url);
  const { address } = await lookup(parsed2.hostname);
  return `${parsed2.protocol}//${address}:${parsed2.port}`;
}

// src/etcd/bootstrap/data-dir.ts
import { join } from "node:path";
var DataDir = class {
  root;
  wal;
  snap;
  state;
  constructor(dataDir, walDir) {
    this.root = dataDir;
    const member = join(dataDir, "member");
    this.wal = walDir === "" ? join(member, "wal") : walDir;
    this.snap = join(member, "snap");
    this.state = join(member, "state");
  }
  receivedDatabase(index) {
    return join(this.snap, `${hex(index)}.snap.db`);
  }
  statePath(index) {
    return join(this.state, hex(index));
  }
  /** The state to open; the first one is made for index 0. */
  async currentState(disk) {
    await disk.makeDir(this.state);
    const names = (await disk.list(this.state)).filter((name) => stateName.test(name));
    return join(this.state, names.sort().at(-1) ?? hex(0));
  }
  /** Removes states that a newer one replaced and everything that was never finished. */
  async removeLeftovers(disk, current) {
    for (const name of await disk.list(this.state)) {
      if (join(this.state, name) !== current) await disk.removeDir(join(this.state, name));
    }
    await this.removeReceived(disk, Number.MAX_SAFE_INTEGER);
    for (const name of await disk.list(this.snap)) {
      if (name.endsWith(".part")) await disk.remove(join(this.snap, name));
    }
  }
  /** Removes received databases up to this index: nobody will ask for them any more. */
  async removeReceived(disk, index) {
    for (const name of await disk.list(this.snap)) {
      const found = receivedName.exec(name);
      if (found !== null && Number.parseInt(found[1] ?? "", 16) <= index) {
        await disk.remove(join(this.snap, name));
      }
    }
  }
};
var stateName = /^[0-9a-f]{16}(-[0-9a-f]{8})?$/;
var receivedName = /^([0-9a-f]{16})\.snap\.db$/;
function hex(index) {
  return index.toString(16).padStart(16, "0");
}

// src/etcd/consensus/apply-pipeline.ts
var ApplyPipeline = class {
  #parts;
  constructor(parts) {
    this.#parts = parts;
  }
  /** Returns the new applied index. */
  apply(entries) {
    const { proposals, clock } = this.#parts;
    const startMs = clock.monotonicMs();
    const applier = this.#parts.applier();
    const isAwaited = (requestId) => proposals.isAwaited(requestId);
    const applied = applier.applyBatch(entries, isAwaited, startMs);
    const changes = [];
    for (const entry of applied) {
      this.#finish(entry);
      for (const change of entry.changes) changes.push(change);
    }
    if (changes.length > 0) this.#parts.publish(changes);
    const tookMs = clock.monotonicMs() - startMs;
    this.#parts.observe(entries.length, tookMs);
    if (tookMs > this.#parts.warnAboveMs) {
      this.#parts.log.warn("apply request took too long", {
        took_ms: Math.round(tookMs),
        entries: entries.length,
        last_index: applier.appliedIndex
      });
    }
    return applier.appliedIndex;
  }
  #finish(entry) {
    const { proposals } = this.#parts;
    if (entry.confChange !== void 0) this.#parts.onConfChange(entry.confChange.change);
    if (entry.leaderNoop) this.#parts.onLeaderEntry(entry.term);
    if (entry.compaction !== void 0) this.#parts.onCompaction(entry.compaction);
    if (entry.alarmToRaise !== void 0) this.#parts.onAlarmToRaise(entry.alarmToRaise);
    if (entry.requestId === 0n) return;
    switch (entry.outcome.kind) {
      case "answer":
        proposals.answer(entry.requestId, entry.outcome);
        return;
      case "error":
        proposals.refuse(entry.requestId, entry.outcome.error);
        return;
      case "none":
        return;
    }
  }
};

// src/etcd/consensus/auto-compaction.ts
var HOUR_MS = 36e5;
var REVISION_INTERVAL_MS = 5 * 6e4;
var SAMPLES_PER_INTERVAL = 10;
function createCompactor(setting, startMs) {
  switch (setting.kind) {
    case "off":
      return void 0;
    case "revision":
      return revisionCompactor(setting.retentionRevisions);
    case "periodic":
      return periodicCompactor(setting.retentionMs, startMs);
  }
}
function revisionCompactor(revisions) {
  let last = 0;
  return {
    stepMs: REVISION_INTERVAL_MS,
    due: (_nowMs, currentRevision, leads) => {
      const revision = currentRevision - revisions;
      return leads && revision > 0 && revision !== last ? revision : void 0;
    },
    done: (revision) => {
      last = revision;
    }
  };
}
function periodicCompactor(periodMs, startMs) {
  const intervalMs = Math.min(periodMs, HOUR_MS);
  const stepMs = intervalMs / SAMPLES_PER_INTERVAL;
  const samplesMax = Math.floor(periodMs / stepMs) + 1;
  const samples = [];
  let waitMs = periodMs;
  let lastSuccessMs = startMs;
  let last = 0;
  return {
    stepMs,
    due: (nowMs, currentRevision, leads) => {
      samples.push(currentRevision);
      if (samples.length > samplesMax) samples.shift();
      const oldest = samples[0] ?? 0;
      if (!leads || nowMs - lastSuccessMs < waitMs || oldest === last) return void 0;
      return oldest;
    },
    done: (revision, nowMs) => {
      last = revision;
      lastSuccessMs = nowMs;
      waitMs = intervalMs;
    }
  };
}

// src/etcd/consensus/leader-duties.ts
var EXPIRY_STEP_MS = 500;
var EXPIRED_PER_STEP_MAX = 500;
var VERSION_STEP_MS = 4e3;
var VERSION_UNKNOWN = "3.0.0";
var LeaderDuties = class {
  #parts;
  #stops = [];
  #checkingLeases = false;
  #settingVersion = false;
  constructor(parts) {
    this.#parts = parts;
  }
  start() {
    const { clock } = this.#parts;
    this.#stops.push(clock.every(EXPIRY_STEP_MS, () => void this.#revokeExpired()));
    this.#stops.push(clock.every(VERSION_STEP_MS, () => void this.#updateClusterVersion()));
    const compactor = createCompactor(this.#parts.autoCompaction, clock.monotonicMs());
    if (compactor === void 0) return;
    this.#stops.push(clock.every(compactor.stepMs, () => void this.#compact(compactor)));
  }
  stop() {
    for (const stop of this.#stops) stop();
    this.#stops.length = 0;
  }
  /**
   * The first entry of this member's own term was applied: from here it owns the leases' clocks.
   */
  leadershipStarted() {
    this.#parts.leases().promote(this.#parts.electionTimeoutMs, this.#parts.clock.monotonicMs());
    void this.#updateClusterVersion();
  }
  leadershipEnded() {
    this.#parts.leases().demote();
  }
  /**
   * Revokes are proposed only by a member that just confirmed that it leads and are never
   * forwarded, so a leader that was paused cannot revoke what was kept alive elsewhere (etcd issue
   * 15247).
   */
  async #revokeExpired() {
    if (this.#checkingLeases || !this.#parts.isLeader()) return;
    this.#checkingLeases = true;
    try {
      const nowMs = this.#parts.clock.monotonicMs();
      const { requestTimeoutMs: requestTimeoutMs2 } = this.#parts;
      const leases = this.#parts.leases();
      const expired = leases.expired(nowMs, EXPIRED_PER_STEP_MAX, requestTimeoutMs2);
      if (expired.length === 0 || !await this.#parts.ensureLeadership()) return;
      await this.#revokeAll([...expired]);
    } finally {
      this.#checkingLeases = false;
    }
  }
  async #revokeAll(pending) {
    const worker = async () => {
      for (let id = pending.shift(); id !== void 0; id = pending.shift()) await this.#revoke(id);
    };
    const workers = Math.min(limits.leaseRevokesInFlightMax, pending.length);
    await Promise.all(Array.from({ length: workers }, worker));
  }
  async #revoke(id) {
    try {
      await this.#parts.proposeAsLeader({ leaseRevoke: { ID: id } });
      this.#parts.onLeaseExpired(1);
    } catch (error) {
      this.#parts.log.warn("failed to revoke an expired lease; it will be tried again", {
        lease: id.toString(16),
        error
      });
    }
  }
  async #updateClusterVersion() {
    if (this.#settingVersion || !this.#parts.isLeader()) return;
    this.#settingVersion = true;
    try {
      const current = this.#parts.clusterVersion();
      const lowest = await this.#parts.lowestMemberVersion();
      const next = current === void 0 ? lowest ?? VERSION_UNKNOWN : lowest;
      if (next === void 0 || !isHigher(next, current) || !this.#parts.isLeader()) return;
      await this.#parts.proposeAsLeader({ clusterVersionSet: { ver: next } });
      this.#parts.log.info("updated cluster version", { from: current ?? "none", to: next });
    } catch (error) {
      this.#parts.log.warn("failed to update the cluster version", { error });
    } finally {
      this.#settingVersion = false;
    }
  }
  async #compact(compactor) {
    const { clock, log } = this.#parts;
    const due = compactor.due(
      clock.monotonicMs(),
      this.#parts.currentRevision(),
      this.#parts.isLeader()
    );
    if (due === void 0) return;
    try {
      await this.#parts.proposeAsLeader({ compaction: { revision: due } });
      compactor.done(due, clock.monotonicMs());
      log.info("completed auto compaction", { revision: due });
    } catch (error) {
      if (error instanceof Error && error.name === "Compacted") {
        compactor.done(due, clock.monotonicMs());
      } else {
        log.warn("failed auto compaction", { revision: due, error });
      }
    }
  }
};
function isHigher(next, current) {
  if (current === void 0) return true;
  const [nextMajor = 0, nextMinor = 0] = next.split(".").map(Number);
  const [major = 0, minor = 0] = current.split(".").map(Number);
  return nextMajor > major || nextMajor === major && nextMinor > minor;
}

// src/etcd/consensus/log-bytes.ts
var LogBytes = class {
  #batches = [];
  #oldest = 0;
  #total = 0;
  get total() {
    return this.#total;
  }
  applied(lastIndex, bytes) {
    this.#batches.push({ lastIndex, bytes });
    this.#total += bytes;
  }
  /** The index up to which the log must be cut so that at most `bytesMax` remain; 0: nowhere. */
  cutFor(bytesMax) {
    let index = 0;
    let total = this.#total;
    for (let at = this.#oldest; total > bytesMax; at += 1) {
      const batch = this.#batches[at];
      if (batch === void 0) break;
      total -= batch.bytes;
      index = batch.lastIndex;
    }
    return index;
  }
  /** Entries up to `index` are gone. */
  cut(index) {
    for (; ; ) {
      const batch = this.#batches[this.#oldest];
      if (batch === void 0 || batch.lastIndex > index) break;
      this.#total -= batch.bytes;
      this.#oldest += 1;
    }
    if (this.#oldest * 2 < this.#batches.length) return;
    this.#batches = this.#batches.slice(this.#oldest);
    this.#oldest = 0;
  }
};
function sumOfBytes(entries) {
  let bytes = 0;
  for (const { data } of entries) bytes += data.length;
  return bytes;
}

// src/etcd/consensus/caller.ts
function promised(signal, start2) {
  if (signal?.aborted === true) return Promise.reject(new EtcdError("Canceled"));
  return new Promise((resolve, reject) => start2(new PromiseCaller(resolve, reject, signal)));
}
var PromiseCaller = class {
  #resolve;
  #reject;
  #signal;
  #onAbort;
  constructor(resolve, reject, signal) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
  }
  answered(value2) {
    this.#detach();
    this.#resolve(value2);
  }
  failed(error) {
    this.#detach();
    this.#reject(error);
  }
  waitsFor(work) {
    if (this.#signal === void 0) return;
    this.#detach();
    this.#onAbort = () => work.cancel();
    this.#signal.addEventListener("abort", this.#onAbort, { once: true });
  }
  #detach() {
    if (this.#onAbort !== void 0) this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#onAbort = void 0;
  }
};

// src/etcd/consensus/from-leader.ts
function isFromLeader(message) {
  return message.type === MessageType.MsgApp || message.type === MessageType.MsgHeartbeat || message.type === MessageType.MsgSnap;
}

// src/etcd/consensus/held-proposals.ts
var HeldProposals = class {
  #holdMs;
  #held = [];
  /** `holdMs`: an election timeout, the time in which a transfer ends or is given up. */
  constructor(holdMs) {
    this.#holdMs = holdMs;
  }
  hold(message, nowMs) {
    if (this.#held.length >= limits.heldProposalsMax) return;
    this.#held.push({ message, untilMs: nowMs + this.#holdMs });
  }
  /** For another attempt with the time they have left; whoever refuses one again gives it back. */
  retry(nowMs, step2) {
    if (this.#held.length === 0) return;
    const waiting = this.#held;
    this.#held = [];
    for (const held of waiting) {
      if (held.untilMs > nowMs && !step2(held.message)) this.#held.push(held);
    }
  }
};

// src/etcd/consensus/read-index.ts
var Waiter = class {
  caller;
  deadlineMs;
  done = false;
  #reads;
  constructor(reads, caller, deadlineMs) {
    this.#reads = reads;
    this.caller = caller;
    this.deadlineMs = deadlineMs;
  }
  cancel() {
    this.#reads.finish(this, new EtcdError("Canceled"));
  }
};
var ROUNDS_IN_FLIGHT_MAX = 16;
var ReadIndex = class {
  #options;
  #gathering;
  #asked = [];
  #byId = /* @__PURE__ */ new Map();
  #waitingCount = 0;
  /** For metrics: questions asked again because no answer came, and callers that got none. */
  counts = { slow: 0, failed: 0 };
  constructor(options) {
    this.#options = options;
  }
  /** Callers waiting. */
  get waitingCount() {
    return this.#waitingCount;
  }
  /** Throws RequestTooManyRequests when too many wait. */
  join(caller) {
    if (this.#waitingCount >= limits.pendingReadBarriersMax) {
      throw new EtcdError("RequestTooManyRequests");
    }
    this.#gathering ??= { waiters: [], ids: [], lastAskedMs: 0, index: void 0 };
    const deadlineMs = this.#options.clock.monotonicMs() + this.#options.timeoutMs;
    const waiter = new Waiter(this, caller, deadlineMs);
    this.#gathering.waiters.push(waiter);
    this.#waitingCount += 1;
    caller.waitsFor(waiter);
  }
  /** Sends the gathered question. Called once per turn, after proposals were stepped. */
  askGathered() {
    const round = this.#gathering;
    if (round === void 0 || this.#asked.length >= ROUNDS_IN_FLIGHT_MAX) return;
    this.#gathering = void 0;
    this.#asked.push(round);
    this.#ask(round);
  }
  /** A quorum confirmed that `index` was committed when the question with this id was asked. */
  confirmed(requestId, index) {
    const round = this.#byId.get(idText(requestId));
    if (round === void 0 || round.index !== void 0) return;
    round.index = index;
  }
  /** Releases every round whose index has been applied here. */
  applied(appliedIndex) {
    let released2 = false;
    for (const round of this.#asked) {
      if (round.index === void 0 || round.index > appliedIndex) continue;
      for (const waiter of round.waiters) this.finish(waiter, void 0);
      released2 = true;
    }
    if (released2) this.#forgetFinished();
  }
  /** Asks unanswered rounds again and ends callers whose time is over. Called on every tick. */
  tick() {
    const now = this.#options.clock.monotonicMs();
    for (const round of this.#rounds()) {
      for (const waiter of round.waiters) {
        if (waiter.deadlineMs <= now) this.finish(waiter, new EtcdError("Timeout"));
      }
    }
    this.#forgetFinished();
    for (const round of this.#asked) {
      if (round.index === void 0 && now - round.lastAskedMs >= this.#options.retryMs) {
        this.counts.slow += 1;
        this.#ask(round);
      }
    }
  }
  /** The first entry of a leader's term is committed, or a leader appeared: questions asked before were dropped. */
  askAgain() {
    for (const round of this.#asked) if (round.index === void 0) this.#ask(round);
  }
  failAll(error) {
    for (const round of this.#rounds()) {
      for (const waiter of round.waiters) this.finish(waiter, error);
    }
    this.#forgetFinished();
  }
  #rounds() {
    return this.#gathering === void 0 ? this.#asked : [...this.#asked, this.#gathering];
  }
  #ask(round) {
    const id = new Uint8Array(8);
    new DataView(id.buffer).setBigUint64(0, this.#options.nextRequestId());
    const text = idText(id);
    round.ids.push(text);
    round.lastAskedMs = this.#options.clock.monotonicMs();
    this.#byId.set(text, round);
    this.#options.ask(id);
  }
  /** Undefined: the barrier is passed. */
  finish(waiter, error) {
    if (waiter.done) return;
    waiter.done = true;
    this.#waitingCount -= 1;
    if (error === void 0) return waiter.caller.answered();
    this.counts.failed += 1;
    waiter.caller.failed(error);
  }
  #forgetFinished() {
    if (this.#gathering !== void 0) {
      this.#gathering.waiters = this.#gathering.waiters.filter((waiter) => !waiter.done);
    }
    const kept = [];
    for (const round of this.#asked) {
      round.waiters = round.waiters.filter((waiter) => !waiter.done);
      if (round.waiters.length > 0) kept.push(round);
      else for (const id of round.ids) this.#byId.delete(id);
    }
    this.#asked = kept;
  }
};
function idText(id) {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString("latin1");
}

// src/etcd/consensus/loop.ts
var READ_INDEX_RETRY_MS = 500;
var AWAKE_HEARTBEATS = 3;
var ConsensusLoop = class {
  memberId;
  clusterId;
  #parts;
  #readIndex;
  /** For metrics: ticks of a leader that came late. */
  lateHeartbeats = 0;
  #listeners = /* @__PURE__ */ new Set();
  #held;
  #retryIsDue = false;
  #queued = [];
  #soft;
  #leaderSinceMs = 0;
  #leaderHeardMs;
  #lastTickMs;
  /** How often this process stood still, and up to which of these a quorum said that it still leads. */
  #pauseCount = 0;
  #pausesOutlived = 0;
  #driveScheduled = false;
  #driving = false;
  #awaitsRoom = false;
  #appending;
  #stopTicks;
  #stopped = false;
  #refusing = false;
  #ended;
  constructor(parts) {
    this.#parts = parts;
    this.memberId = parts.memberId;
    this.clusterId = parts.clusterId;
    this.#lastTickMs = parts.clock.monotonicMs();
    this.#leaderHeardMs = this.#lastTickMs;
    this.#held = new HeldProposals(parts.electionTimeoutMs);
    this.#readIndex = new ReadIndex({
      clock: parts.clock,
      timeoutMs: parts.requestTimeoutMs,
      retryMs: READ_INDEX_RETRY_MS,
      nextRequestId: () => parts.proposals.nextRequestId(),
      ask: (requestId) => {
        parts.raft.readIndex(requestId);
      }
    });
  }
  start() {
    this.#stopTicks = this.#parts.clock.every(this.#parts.heartbeatMs, () => this.#tick());
    this.#schedule();
  }
  /** Ends ticking and fails who waits; resolves when the last write to the log has ended. */
  stop() {
    this.#ended ??= this.#end();
    return this.#ended;
  }
  async #end() {
    this.#stopped = true;
    this.#stopTicks?.();
    this.refuseRequests();
    await this.#appending;
  }
  /**
   * Serves nobody any more but goes on in raft: a removed member can get nothing committed, and its
   * callers are better off elsewhere at once.
   */
  refuseRequests() {
    this.#refusing = true;
    this.#queued = [];
    this.#parts.proposals.failAll(new EtcdError("Stopped"));
    this.#readIndex.failAll(new EtcdError("Stopped"));
  }
  /** Lets ticks pass at once; see raft's advanceTicks. */
  advanceTicks(count) {
    if (this.#parts.raft.lead !== 0n) return;
    this.#handIn(() => this.#parts.raft.advanceTicks(count));
  }
  /** Stands for election now; raft refuses where that would be wrong. */
  campaign() {
    if (this.#parts.raft.lead !== 0n || this.#parts.raft.role !== "follower") return;
    this.#handIn(() => this.#parts.raft.campaign());
  }
  /** A message from a peer. */
  step(message) {
    if (this.#stopped) return;
    if (message.from === this.#soft?.lead && isFromLeader(message)) {
      this.#leaderHeardMs = this.#parts.clock.monotonicMs();
    }
    this.#handIn(() => {
      const isTaken = this.#parts.raft.step(message) === "accepted";
      if (isTaken || message.type !== MessageType.MsgProp) return;
      this.#held.hold(message, this.#parts.clock.monotonicMs());
    });
  }
  get readCounts() {
    return this.#readIndex.counts;
  }
  reportUnreachable(member) {
    this.#handIn(() => this.#parts.raft.reportUnreachable(member));
  }
  reportSnapshot(member, ok2) {
    this.#handIn(() => this.#parts.raft.reportSnapshot(member, ok2));
  }
  status() {
    const { raft } = this.#parts;
    return {
      term: raft.term,
      leader: raft.lead,
      role: raft.role,
      isLearner: this.#parts.isLearner(),
      lastIndex: raft.lastIndex,
      lastTerm: raft.lastTerm,
      commitIndex: raft.commitIndex,
      appliedIndex: this.#parts.appliedIndex(),
      millisSinceLeaderHeard: raft.role === "leader" ? 0 : Math.round(this.#parts.clock.monotonicMs() - this.#leaderHeardMs)
    };
  }
  get term() {
    return this.#parts.raft.term;
  }
  get leader() {
    return this.#parts.raft.lead;
  }
  get isLearner() {
    return this.#parts.isLearner();
  }
  get canReadNow() {
    return !this.#refusing && this.#parts.raft.canReadAlone;
  }
  propose(request2, signal) {
    return promised(signal, (caller) => this.proposeFor(request2, caller));
  }
  proposeFor(request2, caller) {
    this.#assertAccepting();
    const requestId = this.#parts.proposals.nextRequestId();
    const bytes = encodeInternalRaftRequest({ ...request2, header: { ID: requestId } });
    if (bytes.length > this.#parts.requestBytesMax) throw new EtcdError("RequestTooLarge");
    this.#queued.push(this.#parts.proposals.wait(requestId, caller, bytes));
    this.#schedule();
  }
  /**
   * As `propose`, but only while this member leads: never forwarded, so a leader that was paused
   * and deposed cannot push old decisions (lease revokes) into its successor's log.
   */
  proposeAsLeader(request2) {
    if (this.#refusing) return Promise.reject(new EtcdError("Stopped"));
    if (this.#parts.raft.role !== "leader") return Promise.reject(new EtcdError("NotLeader"));
    const requestId = this.#parts.proposals.nextRequestId();
    const bytes = encodeInternalRaftRequest({ ...request2, header: { ID: requestId } });
    return promised(void 0, (caller) => {
      const proposal = this.#parts.proposals.wait(requestId, caller);
      const isAccepted2 = this.#parts.raft.propose([bytes]) === "accepted";
      this.#handedIn(proposal, isAccepted2, "NotLeader");
    });
  }
  async proposeConfChange(change, signal) {
    this.#assertAccepting();
    await promised(signal, (caller) => {
      const requestId = this.#parts.proposals.nextRequestId();
      const proposal = this.#parts.proposals.wait(requestId, caller);
      const result = this.#parts.raft.proposeConfChange({ ...change, id: requestId });
      this.#handedIn(proposal, result === "accepted", "NoLeader");
    });
    return this.#parts.members();
  }
  #handedIn(proposal, isAccepted2, refusal) {
    if (isAccepted2) proposal.sentInTerm = this.#parts.raft.term;
    else this.#parts.proposals.refuse(proposal.requestId, new EtcdError(refusal));
    this.#schedule();
  }
  readBarrier(signal) {
    return promised(signal, (caller) => this.readBarrierFor(caller));
  }
  readBarrierFor(caller) {
    if (this.#refusing) throw new EtcdError("Stopped");
    this.#readIndex.join(caller);
    this.#schedule();
  }
  async transferLeadership(target, signal) {
    if (this.#parts.raft.role !== "leader") throw new EtcdError("NotLeader");
    this.#parts.raft.transferLeader(target);
    this.#schedule();
    const deadlineMs = this.#parts.clock.monotonicMs() + this.#parts.requestTimeoutMs;
    while (this.#soft?.lead !== target) {
      const late = this.#parts.clock.monotonicMs() > deadlineMs;
      if (late || signal?.aborted === true || this.#stopped) {
        throw new EtcdError("TimeoutLeaderTransfer");
      }
      await this.#changeOr(this.#parts.heartbeatMs);
    }
  }
  forgetLeader(request2) {
    const { role, lead, term } = this.#parts.raft;
    if (role === "leader") return { did: "is-leader", campaigning: false };
    const follows = lead !== 0n;
    if (term !== request2.term || follows && lead !== request2.leaderId) {
      return { did: "no-longer-so", campaigning: false };
    }
    if (follows) this.#parts.raft.forgetLeader();
    if (request2.campaign) this.#parts.raft.campaign();
    const campaigning = request2.campaign && this.#parts.raft.role !== "follower";
    this.#drive();
    return { did: follows ? "forgotten" : "already-leaderless", campaigning };
  }
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  /** The first tick after a pause may come before the messages that depose this leader. */
  leadsForCertain() {
    if (this.#parts.raft.role !== "leader") return false;
    return this.#pauseCount === this.#pausesOutlived && !this.#ticksLate();
  }
  async ensureLeadership(signal) {
    if (this.#parts.raft.role !== "leader") return false;
    if (this.leadsForCertain()) return true;
    const pauses = this.#pauseCount;
    try {
      await this.readBarrier(signal);
    } catch {
      return false;
    }
    this.#pausesOutlived = pauses;
    return this.#parts.raft.role === "leader";
  }
  matchIndexOf(member) {
    return this.#parts.raft.progressOf(member)?.match;
  }
  /** The first entry of this term has been applied: what older leaders still held is lost. */
  leaderEntryApplied(term) {
    this.#readIndex.askAgain();
    this.#parts.proposals.leaderEntryApplied(term, this.#parts.heartbeatMs);
  }
  #assertAccepting() {
    if (this.#refusing) throw new EtcdError("Stopped");
    const gap = this.#parts.raft.commitIndex - this.#parts.appliedIndex();
    if (gap > limits.commitApplyGapMax) throw new EtcdError("RequestTooManyRequests");
  }
  #ticksLate() {
    const sinceTickMs = this.#parts.clock.monotonicMs() - this.#lastTickMs;
    return sinceTickMs >= AWAKE_HEARTBEATS * this.#parts.heartbeatMs;
  }
  #tick() {
    const isLate = this.#ticksLate();
    if (isLate) this.#pauseCount += 1;
    if (isLate && this.#parts.raft.role === "leader") this.lateHeartbeats += 1;
    this.#lastTickMs = this.#parts.clock.monotonicMs();
    this.#readIndex.tick();
    this.#parts.proposals.expire(this.#leaderSinceMs, this.#parts.electionTimeoutMs);
    const lost = this.#parts.proposals.failLost();
    if (lost > 0) this.#parts.log.warn("requests went to an earlier leader", { requests: lost });
    if (this.#queued.length > 0) this.#queued = this.#stillAwaited();
    this.#retryIsDue = true;
    this.#handIn(() => this.#parts.raft.tick());
    this.#drive();
  }
  /** Raft throws only when an invariant is broken: wherever the input came from, the member stops. */
  #handIn(input) {
    if (this.#stopped) return;
    try {
      input();
    } catch (error) {
      this.#fail(error);
    }
    this.#schedule();
  }
  #schedule() {
    if (this.#driveScheduled || this.#stopped) return;
    this.#driveScheduled = true;
    setImmediate(() => {
      this.#driveScheduled = false;
      this.#drive();
    });
  }
  #drive() {
    if (this.#stopped) return;
    if (this.#driving) return this.#schedule();
    this.#driving = true;
    try {
      this.#proposeQueued();
      this.#readIndex.askGathered();
      for (; ; ) {
        const ready = this.#parts.raft.takeReady(this.#mayApply());
        if (ready === void 0) break;
        this.#perform(ready);
        if (ready.apply !== void 0) {
          this.#schedule();
          break;
        }
      }
      this.#readIndex.applied(this.#parts.appliedIndex());
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#driving = false;
    }
  }
  /** While the state has no room only applying waits: heartbeats and the log go on. */
  #mayApply() {
    if (this.#awaitsRoom) return false;
    const room = this.#parts.room();
    if (room === void 0) return true;
    this.#awaitsRoom = true;
    room.then(() => {
      this.#awaitsRoom = false;
      this.#schedule();
    }).catch((error) => this.#fail(error));
    return false;
  }
  #proposeQueued() {
    if (this.#retryIsDue) this.#retryHeld();
    if (this.#queued.length === 0 || (this.#soft?.lead ?? 0n) === 0n) return;
    const batch = this.#stillAwaited();
    this.#queued = [];
    if (batch.length === 0) return;
    const result = this.#parts.raft.propose(batch.map(({ bytes }) => bytes));
    if (result !== "accepted") {
      this.#queued = batch;
      return;
    }
    const { term } = this.#parts.raft;
    for (const proposal of batch) proposal.sentInTerm = term;
  }
  #retryHeld() {
    const { raft, clock } = this.#parts;
    const retry = (message) => raft.step(message) === "accepted";
    this.#retryIsDue = false;
    this.#held.retry(clock.monotonicMs(), retry);
  }
  #stillAwaited() {
    return this.#queued.filter(({ isOver }) => !isOver);
  }
  #perform(ready) {
    for (const note of ready.notes) this.#parts.log.info(note);
    if (ready.soft !== void 0) this.#softChanged(ready.soft);
    if (ready.send.length > 0) this.#send(ready.send);
    if (ready.append !== void 0) this.#append(ready.append);
    for (const read of ready.reads) this.#readIndex.confirmed(read.requestId, read.index);
    if (ready.apply !== void 0) {
      this.#parts.raft.appliedTo(this.#parts.apply(ready.apply.entries));
    }
  }
  #send(messages) {
    const direct = messages.filter((message) => message.type !== MessageType.MsgSnap);
    if (direct.length > 0) this.#parts.peers.send(direct);
    if (direct.length === messages.length) return;
    for (const message of messages) {
      if (message.type === MessageType.MsgSnap) this.#parts.sendSnapshot(message);
    }
  }
  /** Votes and acknowledgements leave only after the sync: a crash in between promised nothing. */
  #append(work) {
    this.#appending = this.#persist(work).then(() => {
      if (this.#stopped) return;
      this.#parts.raft.appendDone(work);
      this.#send(work.thenSend);
      this.#drive();
    }).catch((error) => this.#fail(error));
  }
  async #persist(work) {
    if (work.snapshot !== void 0) await this.#parts.installSnapshot(work.snapshot);
    if (work.entries.length > 0 || work.hardState !== void 0) {
      await this.#parts.wal.append(work.entries, work.hardState, work.mustSync);
    }
  }
  #softChanged(soft) {
    const before = this.#soft;
    this.#soft = soft;
    if (soft.lead !== before?.lead && soft.lead !== 0n) {
      this.#leaderSinceMs = this.#parts.clock.monotonicMs();
      this.#leaderHeardMs = this.#leaderSinceMs;
      this.#readIndex.askAgain();
    }
    this.#parts.onSoftState(soft, before);
    for (const listener of this.#listeners) listener();
    this.#retryIsDue = true;
    this.#schedule();
  }
  #changeOr(ms) {
    return new Promise((resolve) => {
      const done = () => {
        stopListening();
        abort.abort();
        resolve();
      };
      const abort = new AbortController();
      const stopListening = this.onChange(done);
      this.#parts.clock.after(ms, abort.signal).then(done, () => void 0);
    });
  }
  #fail(error) {
    if (this.#stopped) return;
    void this.stop();
    this.#parts.onFatal(error instanceof Error ? error : new Error(String(error)));
  }
};

// src/etcd/consensus/proposals.ts
var Proposal = class {
  requestId;
  caller;
  bytes;
  startedMs;
  /** The term whose leader got the proposal; undefined while it still waits for a leader. */
  sentInTerm;
  /** The caller was told; the entry may still be applied. */
  isOver = false;
  #proposals;
  constructor(proposals, requestId, caller, bytes, startedMs) {
    this.#proposals = proposals;
    this.requestId = requestId;
    this.caller = caller;
    this.bytes = bytes;
    this.startedMs = startedMs;
  }
  cancel() {
    if (!this.isOver) this.#proposals.fail(this, new EtcdError("Canceled"));
  }
};
var Proposals = class {
  #options;
  /** In order of registration, so in order of deadline too. */
  #waiting = /* @__PURE__ */ new Map();
  #waitingBytes = 0;
  /** For metrics: callers that got no answer from the log. */
  failedCount = 0;
  /** The low 16 bits of the member's id are the high ones of its requests. */
  #idPrefix;
  #counter;
  #lost;
  constructor(options) {
    this.#options = options;
    this.#idPrefix = (lowHalf(options.memberId) & 65535) * 2 ** 16;
    this.#counter = options.clock.wallMs() % 2 ** 40 * 2 ** 8;
  }
  get pendingCount() {
    return this.#waiting.size;
  }
  nextRequestId() {
    this.#counter = (this.#counter + 1) % 2 ** 48;
    return bigOf(this.#idPrefix + Math.floor(this.#counter / 2 ** 32), this.#counter % 2 ** 32);
  }
  isAwaited(requestId) {
    return this.#find(requestId) !== void 0;
  }
  /** Throws RequestTooManyRequests when the bound is reached: refusing at once beats a queue that nobody can drain. */
  wait(requestId, caller, bytes = emptyBytes) {
    const { pendingMax, pendingBytesMax } = this.#options;
    const isFull = this.#waitingBytes > 0 && this.#waitingBytes + bytes.length > pendingBytesMax;
    if (this.#waiting.size >= pendingMax || isFull) throw new EtcdError("RequestTooManyRequests");
    const startedMs = this.#options.clock.monotonicMs();
    const proposal = new Proposal(this, requestId, caller, bytes, startedMs);
    this.#waiting.set(keyOf(requestId), proposal);
    this.#waitingBytes += bytes.length;
    caller.waitsFor(proposal);
    return proposal;
  }
  answer(requestId, answer4) {
    const proposal = this.#find(requestId);
    if (proposal === void 0) return;
    this.#forget(proposal);
    proposal.caller.answered(answer4);
  }
  /** The log has answered, with an error. */
  refuse(requestId, error) {
    const proposal = this.#find(requestId);
    if (proposal === void 0) return;
    this.#forget(proposal);
    proposal.caller.failed(error);
  }
  /** The log gives no answer. The proposal must not be over. */
  fail(proposal, error) {
    this.failedCount += 1;
    this.#forget(proposal);
    proposal.caller.failed(error);
  }
  /**
   * Ends what waited too long. `leaderSinceMs` tells a failed leader from a slow one, as etcd's
   * words do.
   */
  expire(leaderSinceMs, electionTimeoutMs) {
    const now = this.#options.clock.monotonicMs();
    let expired = 0;
    for (const proposal of this.#waiting.values()) {
      if (proposal.startedMs + this.#options.timeoutMs > now) break;
      const startedBefore = leaderSinceMs - proposal.startedMs;
      const leaderFailed = startedBefore > 0 && startedBefore < 2 * electionTimeoutMs;
      const name = leaderFailed ? "TimeoutDueToLeaderFail" : "Timeout";
      this.fail(proposal, new EtcdError(name));
      expired += 1;
    }
    return expired;
  }
  /**
   * The first entry of `term` was applied here. What was handed to the leader of an earlier term
   * and is not applied `graceMs` from now was lost with that leader: its caller need not wait for
   * the full timeout. The grace is for a leader that handed over: it passes on what it still got.
   */
  leaderEntryApplied(term, graceMs) {
    this.#lost = { before: term, dueMs: this.#options.clock.monotonicMs() + graceMs };
  }
  /**
   * Tells the callers of lost requests. The words leave open whether the write may still surface,
   * because a deposed leader can have forwarded it to the new one.
   */
  failLost() {
    const lost = this.#lost;
    if (lost === void 0 || this.#options.clock.monotonicMs() < lost.dueMs) return 0;
    this.#lost = void 0;
    let failed = 0;
    for (const proposal of this.#waiting.values()) {
      if (proposal.sentInTerm === void 0 || proposal.sentInTerm >= lost.before) continue;
      this.fail(proposal, new EtcdError("TimeoutDueToLeaderFail"));
      failed += 1;
    }
    return failed;
  }
  failAll(error) {
    for (const proposal of this.#waiting.values()) this.fail(proposal, error);
  }
  #find(requestId) {
    const proposal = this.#waiting.get(keyOf(requestId));
    return proposal?.requestId === requestId ? proposal : void 0;
  }
  #forget(proposal) {
    proposal.isOver = true;
    this.#waiting.delete(keyOf(proposal.requestId));
    this.#waitingBytes -= proposal.bytes.length;
  }
};
function keyOf(requestId) {
  return lowHalf(requestId) & 1073741823;
}

// src/etcd/consensus/snapshot-exchange.ts
var SnapshotExchange = class {
  #parts;
  #sendingTo = /* @__PURE__ */ new Set();
  /** Indexes of databases that are arriving: each has one file. */
  #receiving = /* @__PURE__ */ new Set();
  constructor(parts) {
    this.#parts = parts;
  }
  /** Raft asked for it; the answer comes through `delivered`. */
  send(message) {
    const { log, reportSnapshot: reportSnapshot2 } = this.#parts;
    if (this.#sendingTo.has(message.to)) {
      reportSnapshot2(message.to, false);
      return;
    }
    this.#sendingTo.add(message.to);
    this.#parts.transferStarted();
    this.#open(message).catch((error) => {
      log.error("failed to open a snapshot for a member", { to: formatId(message.to), error });
      this.delivered(message.to, false);
    });
  }
  /** The transport is done with the snapshot for this member. */
  delivered(member, ok2) {
    if (this.#sendingTo.delete(member)) this.#parts.transferEnded();
    this.#parts.log.info(ok2 ? "delivered a snapshot" : "failed to deliver a snapshot", {
      to: formatId(member)
    });
    this.#parts.reportSnapshot(member, ok2);
  }
  /** A leader's snapshot: stored first, so that raft only hears of one that is here. */
  async receive(message, pieces) {
    const index = message.snapshot?.metadata?.index ?? 0;
    const from = formatId(message.from);
    if (this.#receiving.has(index)) {
      throw new Error(`a snapshot of index ${index} is being received already`);
    }
    this.#receiving.add(index);
    this.#parts.log.info("receiving a snapshot", { from, index });
    try {
      await this.#parts.storeReceived(index, pieces);
    } finally {
      this.#receiving.delete(index);
    }
    this.#parts.step(message);
  }
  /**
   * Raft accepted the snapshot. The new state is complete and durable under its own name before the
   * WAL mentions it: a crash in between starts with the new state and writes the marker then.
   */
  async install(snapshot) {
    const index = snapshot.metadata?.index ?? 0;
    const position = await this.#parts.replaceState(index);
    await this.#parts.saveWalSnapshot(position);
    this.#parts.installed(position);
    this.#parts.log.info("applied snapshot", { index: position.index, term: position.term });
  }
  /** The state may be newer than what raft named: the receiver simply starts further on. */
  async #open(message) {
    const database = await this.#parts.openDatabase();
    const { index, term, confState } = database.position;
    const snapshot = { data: database.storeV2, metadata: { confState, index, term } };
    this.#parts.log.info("sending a snapshot", {
      to: formatId(message.to),
      index,
      bytes: database.sizeBytes
    });
    this.#parts.peers().sendSnapshot({ ...message, snapshot }, database);
  }
};

// src/etcd/consensus/snapshot-policy.ts
var CHECKPOINT_STEP_MS = 1e3;
var LOG_CUT_STEP = 1e3;
var SnapshotPolicy = class {
  #parts;
  #checkpointed;
  #snapshotted;
  /** What raft knows to be applied: it hears of a batch only after `applied` was called for it. */
  #appliedBefore = 0;
  #logBytes = new LogBytes();
  #running;
  #transfers = 0;
  #holdUntilMs = 0;
  #stopStep;
  /** `snapshotIndex`: the newest marker that the WAL already has. */
  constructor(parts, snapshotIndex) {
    this.#parts = parts;
    this.#snapshotted = snapshotIndex;
    this.#checkpointed = snapshotIndex;
  }
  start() {
    this.#stopStep = this.#parts.clock.every(CHECKPOINT_STEP_MS, () => this.#step());
  }
  /** Waits for a running checkpoint, so that the state can be closed. */
  async stop() {
    this.#stopStep?.();
    await this.#running;
  }
  /** Called after each batch; `bytes` is what its entries hold in memory. */
  applied(index, bytes) {
    this.#cutLog(this.#appliedBefore);
    this.#appliedBefore = index;
    this.#logBytes.applied(index, bytes);
    const growth = this.#parts.growthSinceCheckpointBytes();
    const due = index - this.#snapshotted >= this.#parts.snapshotCount;
    if (due || growth > limits.checkpointGrowthBytesMax) this.#step();
  }
  /** A snapshot was received and installed; its marker is in the WAL already. */
  installed(index) {
    this.#snapshotted = index;
    this.#checkpointed = index;
  }
  /** While a snapshot travels its receiver will need the entries after it. */
  transferStarted() {
    this.#transfers += 1;
  }
  transferEnded() {
    this.#transfers -= 1;
    this.#holdUntilMs = this.#parts.clock.monotonicMs() + limits.snapshotHoldMs;
  }
  #step() {
    if (this.#running !== void 0) return;
    const position = this.#parts.position();
    if (position.index <= this.#checkpointed) return;
    this.#running = this.#checkpoint(position).catch((error) => {
      this.#parts.onFatal(new Error("failed to force the state to disk", { cause: error }));
    }).finally(() => {
      this.#running = void 0;
    });
  }
  async #checkpoint(position) {
    await this.#parts.checkpoint();
    if (position.index <= this.#checkpointed) return;
    this.#checkpointed = position.index;
    if (position.index - this.#snapshotted < this.#parts.snapshotCount) return;
    await this.#parts.saveWalSnapshot(position);
    this.#snapshotted = position.index;
    await this.#parts.releaseWalBefore(position.index);
    this.#parts.log.info("saved snapshot to disk", { snapshot_index: position.index });
  }
  #cutLog(appliedIndex) {
    const first = this.#parts.firstLogIndex();
    const held = this.#transfers > 0 || this.#parts.clock.monotonicMs() < this.#holdUntilMs;
    const keep = held ? limits.snapshotHoldEntriesMax : this.#parts.catchUpEntries;
    const cut2 = appliedIndex - keep;
    if (cut2 - first >= LOG_CUT_STEP) this.#compactLog(cut2);
    const bytesMax = held ? limits.snapshotHoldBytesMax : limits.logBytesMax;
    const tooLarge = Math.min(this.#logBytes.cutFor(bytesMax), appliedIndex);
    if (tooLarge >= this.#parts.firstLogIndex()) this.#compactLog(tooLarge);
  }
  #compactLog(toIndex) {
    this.#parts.compactLog(toIndex);
    this.#logBytes.cut(toIndex);
  }
};

// src/etcd/io/node-disk.ts
import fs from "node:fs";
import { DatabaseSync } from "node:sqlite";
var flags2 = { read: "r", write: "r+", create: "w+" };
var hasDurableWrites = process.platform === "linux";
var nodeDisk = {
  list: async (dir) => (await fs.promises.readdir(dir)).sort(),
  exists: async (path) => {
    try {
      await fs.promises.stat(path);
      return true;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
  },
  makeDir: async (path) => {
    await fs.promises.mkdir(path, { recursive: true, mode: 448 });
  },
  rename: (from, to) => fs.promises.rename(from, to),
  remove: (path) => fs.promises.rm(path, { force: true }),
  removeDir: (path) => fs.promises.rm(path, { force: true, recursive: true }),
  syncDir: async (path) => {
    const dir = await fs.promises.open(path, "r");
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
  },
  open: async (path, mode) => {
    const fd = await openDescriptor(path, flags2[mode]);
    if (mode === "read" || !hasDurableWrites) return new NodeDiskFile(fd, void 0, path);
    try {
      const durableFd = await openDescriptor(path, fs.constants.O_WRONLY | fs.constants.O_DSYNC);
      return new NodeDiskFile(fd, durableFd, path);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  },
  lock: lockFile
};
function openDescriptor(path, flag4) {
  return new Promise((resolve, reject) => {
    fs.open(path, flag4, 384, (error, fd) => error ? reject(error) : resolve(fd));
  });
}
var NodeDiskFile = class {
  #fd;
  /** The same file once more: a write through it (O_DSYNC) ends when the bytes are on the disk. */
  #durableFd;
  #path;
  constructor(fd, durableFd, path) {
    this.#fd = fd;
    this.#durableFd = durableFd;
    this.#path = path;
  }
  size() {
    return new Promise((resolve, reject) => {
      fs.fstat(
        this.#fd,
        (error, stats) => error ? reject(this.#named(error)) : resolve(stats.size)
      );
    });
  }
  async read(into, position) {
    let done = 0;
    while (done < into.length) {
      const count = await this.#readOnce(into, done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }
  write(bytes, position) {
    return this.#writeAll(this.#fd, bytes, position);
  }
  async writeDurably(bytes, position) {
    if (this.#durableFd !== void 0) {
      return await this.#writeAll(this.#durableFd, bytes, position);
    }
    await this.#writeAll(this.#fd, bytes, position);
    await this.sync();
  }
  truncate(size) {
    return new Promise((resolve, reject) => {
      fs.ftruncate(this.#fd, size, (error) => error ? reject(this.#named(error)) : resolve());
    });
  }
  sync() {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => error ? reject(this.#named(error)) : resolve());
    });
  }
  async close() {
    if (this.#durableFd !== void 0) await this.#close(this.#durableFd);
    await this.#close(this.#fd);
  }
  #close(fd) {
    return new Promise((resolve, reject) => {
      fs.close(fd, (error) => error ? reject(this.#named(error)) : resolve());
    });
  }
  #readOnce(into, offset, position) {
    return new Promise((resolve, reject) => {
      fs.read(
        this.#fd,
        into,
        offset,
        into.length - offset,
        position,
        (error, count) => error ? reject(this.#named(error)) : resolve(count)
      );
    });
  }
  #writeAll(fd, bytes, position) {
    return new Promise((resolve, reject) => {
      const writeFrom = (done) => {
        fs.write(fd, bytes, done, bytes.length - done, position + done, (error, count) => {
          if (error) reject(this.#named(error));
          else if (done + count < bytes.length) writeFrom(done + count);
          else resolve();
        });
      };
      writeFrom(0);
    });
  }
  /** Calls on a descriptor fail without a name; "no space left on device" alone helps nobody. */
  #named(error) {
    error.path = this.#path;
    error.message = `${error.message} '${this.#path}'`;
    return error;
  }
};
async function lockFile(path) {
  const holder = new DatabaseSync(path, { timeout: 0 });
  try {
    holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    holder.close();
    if (isSqliteBusy(cause)) throw new DiskLockedError(path, { cause });
    throw new Error(`cannot lock ${path}`, { cause });
  }
  return { release: async () => holder.close() };
}
function isSqliteBusy(error) {
  const code = error.errcode;
  return typeof code === "number" && (code & 255) === 5;
}
function errorCode(error) {
  return error.code;
}

// src/etcd/joining.ts
var PEER_POLL_MS = 50;
var PEER_WAIT_MS = 5e3;
var ALONE_POLL_MS = 5;
var ALONE_TRIES = 100;
async function advanceElection(parts) {
  const { config, loop, peers, members, isStopping, clock } = parts;
  const ticks = config.electionTimeoutTicks;
  if (members().length === 1) {
    await leadAlone(parts);
    return;
  }
  const deadlineMs = clock.monotonicMs() + PEER_WAIT_MS;
  while (clock.monotonicMs() < deadlineMs && !isStopping()) {
    const isConnected = members().some(
      ({ id }) => id !== loop.memberId && peers.activeSinceMs(id) !== void 0
    );
    if (isConnected) {
      loop.advanceTicks(Math.max(ticks - 2, 0));
      return;
    }
    await clock.after(PEER_POLL_MS);
  }
}
async function leadAlone({ loop, isStopping, clock }) {
  for (let tries = 0; tries < ALONE_TRIES; tries += 1) {
    if (loop.status().leader !== 0n || isStopping()) return;
    loop.campaign();
    await clock.after(ALONE_POLL_MS);
  }
}
async function publish(parts) {
  const { config, loop, members, isStopping, clock, log } = parts;
  const attributes = { name: config.name, clientUrls: config.advertiseClientUrls };
  const self = members().find(({ id }) => id === loop.memberId);
  const isKnown = self?.name === attributes.name && self.clientUrls.join() === attributes.clientUrls.join();
  if (isKnown) return;
  const request2 = { memberID: loop.memberId, memberAttributes: attributes };
  while (!isStopping()) {
    try {
      await loop.propose({ clusterMemberAttrSet: request2 });
      log.info("published local member to cluster through raft", attributes);
      return;
    } catch (error) {
      log.warn("failed to publish local member to cluster through raft", { error });
      await clock.after(config.heartbeatIntervalMs);
    }
  }
}
async function handOver(parts) {
  const { config, loop, peers, members, log } = parts;
  if (loop.status().role !== "leader") return;
  const [best] = members().filter(({ id, isLearner }) => id !== loop.memberId && !isLearner).filter(({ id }) => peers.activeSinceMs(id) !== void 0).map(({ id }) => ({ id, match: loop.matchIndexOf(id) ?? 0 })).sort((a, b) => b.match - a.match);
  if (best === void 0) return;
  log.info("handing leadership over before stopping", { to: formatId(best.id) });
  try {
    await loop.transferLeadership(best.id, AbortSignal.timeout(config.electionTimeoutMs));
  } catch (error) {
    log.warn("could not hand leadership over", { to: formatId(best.id), error });
  }
}

// src/etcd/live-state.ts
import { readFileSync as readFileSync2 } from "node:fs";

// src/etcd/apply/applied-index.ts
var indexKey = utf8Bytes("consistent_index");
var termKey = utf8Bytes("term");
function readApplied(txn) {
  return { index: readNumber(txn, indexKey), term: readNumber(txn, termKey) };
}
function writeApplied(txn, applied) {
  txn.put("meta", indexKey, numberBytes(applied.index));
  txn.put("meta", termKey, numberBytes(applied.term));
}
function readNumber(txn, key) {
  const bytes = txn.get("meta", key);
  if (bytes === void 0) return 0;
  const value2 = Number(Buffer.from(bytes.buffer, bytes.byteOffset, 8).readBigUInt64BE());
  assert(Number.isSafeInteger(value2), "the applied index is beyond 2^53");
  return value2;
}
function numberBytes(value2) {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(BigInt(value2));
  return bytes;
}

// src/etcd/apply/context.ts
var ApplyContext = class {
  state;
  write;
  nowMs;
  /** False: nobody waits for the answer here, work that only serves the answer is left out. */
  isAwaited = false;
  constructor(state, write, nowMs) {
    this.state = state;
    this.write = write;
    this.nowMs = nowMs;
  }
};

// src/etcd/alarm/quota.ts
var putOverheadBytes = 256;
var leaseGrantCost = 64;
function putCost(request2) {
  return putOverheadBytes + request2.key.length + request2.value.length;
}
function txnCost(request2) {
  return Math.max(branchCost(request2.success), branchCost(request2.failure));
}
function branchCost(ops) {
  let cost = 0;
  for (const { requestPut, requestTxn } of ops) {
    if (requestPut !== void 0) cost += putCost(requestPut);
    if (requestTxn !== void 0) cost += txnCost(requestTxn);
  }
  return cost;
}
function hasSpace(sizeBytes, cost, quotaBytes) {
  return quotaBytes === void 0 || sizeBytes + cost < quotaBytes;
}

// src/etcd/apply/guards.ts
function checkAlarms({ alarms }, request2) {
  const { put, txn, leaseGrant, range, deleteRange, compaction, leaseRevoke } = request2;
  if (alarms.has(AlarmType.CORRUPT)) {
    const readsOrWrites = range ?? put ?? deleteRange ?? txn ?? compaction;
    if ((readsOrWrites ?? leaseGrant ?? leaseRevoke) !== void 0) throw new EtcdError("Corrupt");
  }
  if (alarms.has(AlarmType.NOSPACE)) {
    const grows = put !== void 0 || leaseGrant !== void 0;
    if (grows || txn !== void 0 && txnCost(txn) > 0) throw new EtcdError("NoSpace");
  }
}
function fitsQuota({ put, txn, leaseGrant }, sizeBytes, quotaBytes) {
  if (quotaBytes === void 0) return true;
  if (put !== void 0) return hasSpace(sizeBytes, putCost(put), quotaBytes);
  if (txn !== void 0) return hasSpace(sizeBytes, txnCost(txn), quotaBytes);
  if (leaseGrant !== void 0) return hasSpace(sizeBytes, leaseGrantCost, quotaBytes);
  return true;
}

// src/etcd/apply/alarm.ts
function applyAlarm(context, request2) {
  const { action, memberID, alarm } = request2;
  const { alarms } = context.state;
  const { txn } = context.write;
  let answer4 = [];
  switch (action) {
    case AlarmRequest_AlarmAction.GET:
      answer4 = alarms.list(alarm);
      break;
    case AlarmRequest_AlarmAction.ACTIVATE:
      if (alarm !== AlarmType.NONE) answer4 = [alarms.activate(txn, memberID, alarm)];
      break;
    case AlarmRequest_AlarmAction.DEACTIVATE: {
      const lowered = alarms.deactivate(txn, memberID, alarm);
      if (lowered !== void 0) answer4 = [lowered];
      break;
    }
    default:
      break;
  }
  const changed = action !== AlarmRequest_AlarmAction.GET && answer4.length > 0;
  return { body: encodeAlarmResponse({ alarms: answer4 }), changed };
}

// src/etcd/mvcc/varint.ts
var TWO_28 = 268435456;
function writeVarint2(target, start2, value2) {
  let at = start2;
  let rest2 = value2;
  while (rest2 >= TWO_28) {
    target[at++] = rest2 % 128 | 128;
    rest2 = Math.floor(rest2 / 128);
  }
  while (rest2 >= 128) {
    target[at++] = rest2 & 127 | 128;
    rest2 >>>= 7;
  }
  target[at++] = rest2;
  return at;
}
function varintBytes2(value2) {
  let count = 1;
  for (let rest2 = value2; rest2 >= 128; rest2 = Math.floor(rest2 / 128)) count++;
  return count;
}
var VarintReader = class {
  bytes = new Uint8Array(0);
  at = 0;
  start(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }
  next() {
    const bytes = this.bytes;
    let byte = bytes[this.at++];
    if (byte < 128) return byte;
    let value2 = byte & 127;
    let shift = 7;
    for (; ; ) {
      byte = bytes[this.at++];
      assert(byte !== void 0 && shift < 64, "a stored varint is cut short");
      value2 += shift < 28 ? (byte & 127) << shift : (byte & 127) * 2 ** shift;
      if (byte < 128) return value2;
      shift += 7;
    }
  }
};

// src/etcd/mvcc/lease-bytes.ts
var known = 0n;
var knownId = Buffer.alloc(8);
var knownVarint = Buffer.alloc(10);
var knownVarintBytes = writeVarint2(knownVarint, 0, 0);
var LOW_32 = 0xffffffffn;
function readLeaseId(bytes, start2) {
  for (let i = 0; i < 8; i++) {
    if (bytes[start2 + i] === knownId[i]) continue;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    know(view.readBigInt64BE(start2));
    break;
  }
  return known;
}
function writeLeaseId(target, start2, lease) {
  if (lease !== known) know(lease);
  for (let i = 0; i < 8; i++) target[start2 + i] = knownId[i];
  return start2 + 8;
}
function writeLeaseVarint(target, start2, lease) {
  if (lease !== known) know(lease);
  for (let i = 0; i < knownVarintBytes; i++) target[start2 + i] = knownVarint[i];
  return start2 + knownVarintBytes;
}
function know(lease) {
  known = lease;
  knownId.writeBigInt64BE(lease);
  const bits = BigInt.asUintN(64, lease);
  let low = Number(bits & LOW_32);
  let high = Number(bits >> 32n);
  let at = 0;
  while (high !== 0 || low >= 128) {
    knownVarint[at++] = low & 127 | 128;
    low = (low >>> 7 | high << 25) >>> 0;
    high >>>= 7;
  }
  knownVarint[at++] = low;
  knownVarintBytes = at;
}

// src/etcd/mvcc/key-value.ts
var keyTag = 10;
var createTag = 16;
var modTag = 24;
var versionTag = 32;
var valueTag = 42;
var leaseTag = 48;
var keyValueOverheadBytesMax = 64;
function writeKeyValue(target, start2, key, createRevision, modRevision, version, value2, lease) {
  let at = writeKeyOnly(target, start2, key);
  at = writeNumber(target, at, createTag, createRevision);
  at = writeNumber(target, at, modTag, modRevision);
  at = writeNumber(target, at, versionTag, version);
  if (value2.length > 0) {
    target[at++] = valueTag;
    at = writeVarint2(target, at, value2.length);
    target.set(value2, at);
    at += value2.length;
  }
  if (lease === 0n) return at;
  target[at] = leaseTag;
  return writeLeaseVarint(target, at + 1, lease);
}
function writeKeyOnly(target, start2, key) {
  if (key.length === 0) return start2;
  target[start2] = keyTag;
  const at = writeVarint2(target, start2 + 1, key.length);
  target.set(key, at);
  return at + key.length;
}
function deletedKeyValue(key, modRevision) {
  const bytes = Buffer.allocUnsafe(key.length + keyValueOverheadBytesMax);
  const at = writeKeyOnly(bytes, 0, key);
  return bytes.subarray(0, writeNumber(bytes, at, modTag, modRevision));
}
function keyOnlyKeyValue(key, createRevision, modRevision, version) {
  const bytes = Buffer.allocUnsafe(key.length + keyValueOverheadBytesMax);
  const end2 = writeKeyValue(bytes, 0, key, createRevision, modRevision, version, emptyBytes, 0n);
  return bytes.subarray(0, end2);
}
function withoutValue(keyValue) {
  const fields = parseKeyValue(keyValue);
  const bytes = Buffer.allocUnsafe(fields.key.length + keyValueOverheadBytesMax);
  const { key, createRevision, modRevision, version, lease } = fields;
  const end2 = writeKeyValue(bytes, 0, key, createRevision, modRevision, version, emptyBytes, lease);
  return bytes.subarray(0, end2);
}
var reader = new VarintReader();
function parseKeyValue(message) {
  const fields = {
    key: emptyBytes,
    value: emptyBytes,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    lease: 0n
  };
  reader.start(message, 0);
  while (reader.at < message.length) {
    const tag = message[reader.at++];
    switch (tag) {
      case keyTag:
        fields.key = takeBytes(message);
        break;
      case createTag:
        fields.createRevision = reader.next();
        break;
      case modTag:
        fields.modRevision = reader.next();
        break;
      case versionTag:
        fields.version = reader.next();
        break;
      case valueTag:
        fields.value = takeBytes(message);
        break;
      case leaseTag:
        fields.lease = takeLease(message);
        break;
      default:
        throw new Error(`a stored KeyValue has the unknown field tag ${tag}`);
    }
  }
  return fields;
}
function keyOf2(message) {
  if (message[0] !== keyTag) return emptyBytes;
  reader.start(message, 1);
  return takeBytes(message);
}
function takeBytes(message) {
  const length = reader.next();
  const view = message.subarray(reader.at, reader.at + length);
  if (view.length !== length) throw new Error("a stored KeyValue is cut short");
  reader.at += length;
  return view;
}
function takeLease(message) {
  let value2 = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = message[reader.at++];
    if (byte === void 0) throw new Error("a stored KeyValue is cut short");
    value2 |= BigInt(byte & 127) << shift;
    if (byte < 128) break;
  }
  return BigInt.asIntN(64, value2);
}
function writeNumber(target, start2, tag, value2) {
  if (value2 === 0) return start2;
  target[start2] = tag;
  return writeVarint2(target, start2 + 1, value2);
}

// src/etcd/apply/answer.ts
var Field = {
  /** No field of its own: the bytes are whole fields. */
  encoded: 0,
  header: 1,
  headerRevision: 3,
  rangeMore: 3,
  rangeCount: 4,
  putPrevious: 2,
  deleted: 2,
  deletedPrevious: 3,
  txnSucceeded: 2,
  txnResponses: 3
};
var ResponseField = { range: 1, put: 2, deleteRange: 3, txn: 4 };
function rangeAnswer(result, header2) {
  const message = new MessageBuilder();
  message.header(header2);
  for (const piece of result.pieces) message.encoded(piece);
  if (result.more) message.number(Field.rangeMore, 1);
  message.number(Field.rangeCount, result.count);
  return message.finish();
}
function putAnswer(previous, header2) {
  const headerBytes2 = header2 === void 0 ? 0 : 1 + varintBytes2(header2.revision);
  let size = header2 === void 0 ? 0 : fieldBytes(headerBytes2);
  if (previous !== void 0) size += fieldBytes(previous.length);
  if (size === 0) return emptyBytes;
  const message = Buffer.allocUnsafe(size);
  let at = 0;
  if (header2 !== void 0) {
    at = writeHead(message, at, Field.header, headerBytes2);
    message[at] = Field.headerRevision << 3;
    at = writeVarint2(message, at + 1, header2.revision);
  }
  if (previous !== void 0) {
    at = writeHead(message, at, Field.putPrevious, previous.length);
    message.set(previous, at);
  }
  return message;
}
function deleteAnswer(deleted2, previous, header2) {
  const message = new MessageBuilder();
  message.header(header2);
  message.number(Field.deleted, deleted2);
  for (const keyValue of previous) message.bytes(Field.deletedPrevious, keyValue);
  return message.finish();
}
function txnAnswer(succeeded, responses, isNested) {
  let size = (isNested ? 2 : 0) + (succeeded ? 2 : 0);
  for (const { body } of responses) size += fieldBytes(fieldBytes(body.length));
  if (size === 0) return emptyBytes;
  const message = Buffer.allocUnsafe(size);
  let at = 0;
  if (isNested) at = writeHead(message, at, Field.header, 0);
  if (succeeded) {
    message[at] = Field.txnSucceeded << 3;
    message[at + 1] = 1;
    at += 2;
  }
  for (const { field, body } of responses) {
    at = writeHead(message, at, Field.txnResponses, fieldBytes(body.length));
    at = writeHead(message, at, field, body.length);
    message.set(body, at);
    at += body.length;
  }
  return message;
}
function fieldBytes(length) {
  return 1 + varintBytes2(length) + length;
}
function writeHead(message, at, field, length) {
  message[at] = field << 3 | 2;
  return writeVarint2(message, at + 1, length);
}
var MessageBuilder = class _MessageBuilder {
  #size = 0;
  #fields = [];
  header(header2) {
    if (header2 === void 0) return;
    const inner = new _MessageBuilder();
    inner.number(Field.headerRevision, header2.revision);
    this.bytes(Field.header, inner.finish());
  }
  /** Zero is left out, as proto3 does. */
  number(field, value2) {
    if (value2 === 0) return;
    this.#size += 1 + varintBytes2(value2);
    this.#fields.push([field, value2]);
  }
  /** Fields that are encoded already. */
  encoded(fields) {
    this.#size += fields.length;
    this.#fields.push([Field.encoded, fields]);
  }
  /** Also when empty: the presence of a message says something. */
  bytes(field, value2) {
    this.#size += fieldBytes(value2.length);
    this.#fields.push([field, value2]);
  }
  finish() {
    if (this.#size === 0) return emptyBytes;
    const message = Buffer.allocUnsafe(this.#size);
    let at = 0;
    for (const [field, value2] of this.#fields) {
      if (typeof value2 === "number") {
        message[at] = field << 3;
        at = writeVarint2(message, at + 1, value2);
        continue;
      }
      if (field !== Field.encoded) {
        message[at] = field << 3 | 2;
        at = writeVarint2(message, at + 1, value2.length);
      }
      message.set(value2, at);
      at += value2.length;
    }
    return message;
  }
};

// src/etcd/apply/kv.ts
function headerOf(context, nesting) {
  return nesting === "alone" ? void 0 : { revision: context.write.revision };
}
function applyRange(context, request2, nesting = "alone") {
  if (!context.isAwaited) return emptyBytes;
  return rangeAnswer(context.write.range(request2), headerOf(context, nesting));
}
function checkPut(context, request2) {
  const { lease, ignoreValue, ignoreLease, key } = request2;
  if (lease !== 0n && !context.state.lessor.has(lease)) throw new EtcdError("LeaseNotFound");
  if ((ignoreValue || ignoreLease) && context.write.live(key) === void 0) {
    throw new EtcdError("KeyNotFound");
  }
}
function applyPut(context, request2, nesting = "alone") {
  const { write, isAwaited } = context;
  const { key, ignoreValue, ignoreLease } = request2;
  let { value: value2, lease } = request2;
  if (ignoreValue || ignoreLease) {
    const live = write.live(key);
    assert(live !== void 0, "a checked put that keeps value or lease finds its key");
    if (ignoreValue) value2 = parseKeyValue(write.keyValue(live)).value;
    if (ignoreLease) lease = live.lease;
  }
  const { previous } = write.put(key, value2, lease);
  if (!isAwaited) return emptyBytes;
  const wantsPrevious = request2.prevKv && previous !== void 0;
  return putAnswer(
    wantsPrevious ? write.keyValue(previous) : void 0,
    headerOf(context, nesting)
  );
}
function applyDeleteRange(context, request2, nesting = "alone") {
  const { write, isAwaited } = context;
  const deleted2 = write.deleteRange(request2.key, request2.rangeEnd);
  if (!isAwaited) return emptyBytes;
  const previous = [];
  if (request2.prevKv) {
    for (const change of deleted2) {
      if (change.previous !== void 0) previous.push(write.keyValue(change.previous));
    }
  }
  return deleteAnswer(deleted2.length, previous, headerOf(context, nesting));
}

// src/etcd/apply/lease.ts
function applyLeaseGrant(context, request2) {
  const { state, write, nowMs, isAwaited } = context;
  const TTL = state.lessor.grant(write.txn, request2.ID, request2.TTL, nowMs);
  return isAwaited ? encodeLeaseGrantResponse({ ID: request2.ID, TTL }) : emptyBytes;
}
function applyLeaseRevoke(context, request2) {
  const { state, write } = context;
  const keys = state.lessor.attachedKeys(write.txn, request2.ID);
  state.lessor.revoke(write.txn, request2.ID);
  for (const key of keys) write.deleteRange(key, emptyBytes);
  return emptyBytes;
}
function applyLeaseCheckpoint(context, request2) {
  const { state, write } = context;
  const persist = supportsCheckpoints(state.membership.clusterVersion);
  for (const { ID, remainingTTL } of request2.checkpoints) {
    state.lessor.checkpoint(write.txn, ID, remainingTTL, persist);
  }
  return emptyBytes;
}
function supportsCheckpoints(clusterVersion) {
  const [major = 0, minor = 0] = (clusterVersion ?? "").split(".").map(Number);
  return major > 3 || major === 3 && minor >= 6;
}

// src/etcd/apply/compare.ts
function compareHolds(write, compare) {
  if (compare.rangeEnd.length === 0) return keyHolds(write, compare, write.live(compare.key));
  let any = false;
  for (const live of write.liveRange(compare.key, compare.rangeEnd)) {
    any = true;
    if (!keyHolds(write, compare, live)) return false;
  }
  return any || keyHolds(write, compare, void 0);
}
function keyHolds(write, compare, live) {
  if (compare.target === Compare_CompareTarget.VALUE && live === void 0) return false;
  const order = orderOf(write, compare, live);
  switch (compare.result) {
    case Compare_CompareResult.EQUAL:
      return order === 0;
    case Compare_CompareResult.NOT_EQUAL:
      return order !== 0;
    case Compare_CompareResult.GREATER:
      return order > 0;
    case Compare_CompareResult.LESS:
      return order < 0;
    default:
      return true;
  }
}
function orderOf(write, compare, live) {
  switch (compare.target) {
    case Compare_CompareTarget.VERSION:
      return (live?.version ?? 0) - (compare.version ?? 0);
    case Compare_CompareTarget.CREATE:
      return (live?.createRevision ?? 0) - (compare.createRevision ?? 0);
    case Compare_CompareTarget.MOD:
      return (live?.main ?? 0) - (compare.modRevision ?? 0);
    case Compare_CompareTarget.VALUE: {
      const value2 = live === void 0 ? emptyBytes : parseKeyValue(write.keyValue(live)).value;
      return compareBytes(value2, compare.value ?? emptyBytes);
    }
    case Compare_CompareTarget.LEASE: {
      const lease = live?.lease ?? 0n;
      const wanted = compare.lease ?? 0n;
      return lease < wanted ? -1 : lease > wanted ? 1 : 0;
    }
    default:
      return 0;
  }
}

// src/etcd/apply/txn.ts
function applyTxn(context, request2) {
  const path = choosePath(context, request2);
  checkPath(context, path);
  return runPath(context, path, false);
}
var noPaths = [];
function choosePath(context, request2) {
  let succeeded = true;
  for (const compare of request2.compare) succeeded &&= compareHolds(context.write, compare);
  const ops = succeeded ? request2.success : request2.failure;
  let nested;
  for (const { requestTxn } of ops) {
    if (requestTxn === void 0) continue;
    nested ??= [];
    nested.push(choosePath(context, requestTxn));
  }
  return { succeeded, ops, nested: nested ?? noPaths };
}
function checkPath(context, path) {
  let nested = 0;
  for (const { requestRange, requestPut, requestTxn } of path.ops) {
    if (requestRange !== void 0) checkRange(context, requestRange);
    else if (requestPut !== void 0) checkPut(context, requestPut);
    else if (requestTxn !== void 0) checkPath(context, path.nested[nested++]);
  }
}
function checkRange({ state, write }, { revision }) {
  if (revision > write.revision) throw new EtcdError("FutureRev");
  if (revision !== 0 && revision < state.store.compactRevision) throw new EtcdError("Compacted");
}
function runPath(context, path, isNested) {
  const responses = [];
  let nested = 0;
  for (const op of path.ops) {
    if (op.requestTxn !== void 0) {
      const body = runPath(context, path.nested[nested++], true);
      responses.push({ field: ResponseField.txn, body });
    } else {
      responses.push(runOp(context, op));
    }
  }
  return context.isAwaited ? txnAnswer(path.succeeded, responses, isNested) : emptyBytes;
}
function runOp(context, op) {
  if (op.requestRange !== void 0) {
    return { field: ResponseField.range, body: applyRange(context, op.requestRange, "in-txn") };
  }
  if (op.requestPut !== void 0) {
    return { field: ResponseField.put, body: applyPut(context, op.requestPut, "in-txn") };
  }
  assert(op.requestDeleteRange !== void 0, "a proposed transaction has no empty operation");
  const body = applyDeleteRange(context, op.requestDeleteRange, "in-txn");
  return { field: ResponseField.deleteRange, body };
}

// src/etcd/apply/request.ts
var storageVersionKey = utf8Bytes("storageVersion");
function applyRequest(context, request2) {
  if (request2.put !== void 0) {
    checkPut(context, request2.put);
    return { body: applyPut(context, request2.put) };
  }
  if (request2.txn !== void 0) return { body: applyTxn(context, request2.txn) };
  if (request2.deleteRange !== void 0) {
    return { body: applyDeleteRange(context, request2.deleteRange) };
  }
  if (request2.range !== void 0) return { body: applyRange(context, request2.range) };
  if (request2.compaction !== void 0) {
    const { state, write } = context;
    const compaction = state.store.scheduleCompaction(write.txn, request2.compaction.revision);
    return { body: emptyBytes, compaction };
  }
  if (request2.leaseGrant !== void 0) {
    return { body: applyLeaseGrant(context, request2.leaseGrant) };
  }
  if (request2.leaseRevoke !== void 0) {
    return { body: applyLeaseRevoke(context, request2.leaseRevoke) };
  }
  if (request2.leaseCheckpoint !== void 0) {
    return { body: applyLeaseCheckpoint(context, request2.leaseCheckpoint) };
  }
  if (request2.alarm !== void 0) {
    const { body, changed } = applyAlarm(context, request2.alarm);
    return { body, alarmsChanged: changed };
  }
  return applyClusterRequest(context, request2);
}
function applyClusterRequest(context, request2) {
  const { membership } = context.state;
  const { txn } = context.write;
  if (request2.clusterVersionSet !== void 0) {
    const { ver } = request2.clusterVersionSet;
    membership.setClusterVersion(txn, ver);
    txn.put("meta", storageVersionKey, utf8Bytes(ver));
    return { body: emptyBytes, clusterVersionChanged: true };
  }
  if (request2.clusterMemberAttrSet !== void 0) {
    const { memberID, memberAttributes } = request2.clusterMemberAttrSet;
    const { name, clientUrls } = memberAttributes ?? { name: "", clientUrls: [] };
    const membersChanged = membership.setAttributes(txn, memberID, { name, clientUrls });
    return { body: emptyBytes, membersChanged };
  }
  if (request2.downgradeInfoSet !== void 0) {
    const { enabled, ver } = request2.downgradeInfoSet;
    membership.setDowngrade(txn, { enabled, targetVersion: ver });
    return { body: emptyBytes, clusterVersionChanged: true };
  }
  return applyAuthRequest(request2);
}
function applyAuthRequest(request2) {
  if (request2.authStatus !== void 0) {
    return { body: encodeAuthStatusResponse({ enabled: false, authRevision: 1 }) };
  }
  if (request2.authenticate !== void 0) throw new EtcdError("AuthNotEnabled");
  if (request2.authDisable !== void 0 || request2.downgradeVersionTest !== void 0) {
    return { body: emptyBytes };
  }
  throw new StatusError(Code.unimplemented, "etcd-ts: authentication is not supported yet");
}

// src/etcd/apply/applier.ts
var none = { kind: "none" };
var noChanges = [];
var AppliedEntry = class {
  index;
  term;
  /** 0n: nobody waits. */
  requestId = 0n;
  outcome = none;
  /** For watchers, in (main, sub) order. */
  changes = noChanges;
  /** The empty entry that starts a leader's term: the leader promotes its lessor after it. */
  leaderNoop = false;
  /** For raft and the peer transport; `change.nodeId` is 0n when the change was refused. */
  confChange = void 0;
  /** `done` resolves when the old revisions are gone; rejects only when the member must stop. */
  compaction = void 0;
  /** The quota was exceeded by this entry and no alarm says so yet: propose this. */
  alarmToRaise = void 0;
  alarmsChanged = false;
  membersChanged = false;
  clusterVersionChanged = false;
  constructor({ index, term }) {
    this.index = index;
    this.term = term;
  }
};
var quotaMarginBytes = 128 * 256;
var Applier = class {
  #state;
  #options;
  #applied;
  constructor(state, options) {
    this.#state = state;
    this.#options = options;
    this.#applied = state.backend.read(readApplied);
  }
  get appliedIndex() {
    return this.#applied.index;
  }
  get appliedTerm() {
    return this.#applied.term;
  }
  /**
   * Applies committed entries in order in one backend transaction, which also stores the applied
   * index and term: after a crash an entry is either applied entirely or not at all. An error that
   * is no refusal of an entry (undecodable bytes, a failing disk) is thrown; the member must stop.
   */
  applyBatch(entries, isAwaited, nowMs) {
    const last = entries.at(-1);
    if (last === void 0) return [];
    const { backend, store } = this.#state;
    const sizeBytes = this.#sizeForQuota(entries);
    const applied = [];
    const scheduled = [];
    let index = this.#applied.index;
    backend.write((txn) => {
      const context = new ApplyContext(this.#state, store.begin(txn), nowMs);
      const batch = { context, isAwaited, sizeBytes, scheduled };
      for (const entry of entries) {
        index += 1;
        if (entry.index !== index) {
          throw broken(`entry ${entry.index} follows applied entry ${index - 1}`);
        }
        applied.push(this.#applyEntry(batch, entry));
      }
      writeApplied(txn, last);
    });
    this.#applied = { index: last.index, term: last.term };
    for (const { entry, job } of scheduled) {
      entry.compaction = { revision: job.to, done: store.startCompaction(job) };
    }
    return applied;
  }
  #applyEntry(batch, entry) {
    const applied = new AppliedEntry(entry);
    if (entry.type === EntryType.EntryConfChange) {
      this.#applyConfChange(batch, entry, applied);
      return applied;
    }
    if (entry.type !== EntryType.EntryNormal) {
      throw broken(`entry ${entry.index} has type ${entry.type}`);
    }
    if (entry.data.length === 0) applied.leaderNoop = true;
    else this.#applyRequest(batch, decodeInternalRaftRequest(entry.data), applied);
    return applied;
  }
  #applyRequest(batch, request2, applied) {
    const { context, isAwaited, sizeBytes } = batch;
    const { write } = context;
    const id = request2.ID !== 0n ? request2.ID : request2.header?.ID ?? 0n;
    context.isAwaited = id !== 0n && isAwaited(id);
    if (context.isAwaited) applied.requestId = id;
    write.next();
    try {
      checkAlarms(this.#state, request2);
      const fits = fitsQuota(request2, sizeBytes, this.#options.quotaBytes);
      const effect = applyRequest(context, request2);
      if (fits) {
        applied.outcome = { kind: "answer", body: effect.body, revision: write.revision };
      } else {
        applied.outcome = { kind: "error", error: new EtcdError("NoSpace") };
        applied.alarmToRaise = this.#alarmToRaise();
      }
      noteEffects(batch, effect, applied);
    } catch (error) {
      if (!(error instanceof EtcdError) && !(error instanceof StatusError)) throw error;
      if (write.changes.length > 0) {
        throw broken(`refused entry ${applied.index} changed something`);
      }
      applied.outcome = { kind: "error", error };
    }
    applied.changes = write.changes;
    this.#state.store.end(write);
  }
  /**
   * The file may hold free pages, so only when it looks too large they are subtracted: counting
   * them takes longer. Unlike in etcd, room made by a compaction needs no defragmentation.
   */
  #sizeForQuota(entries) {
    const { quotaBytes } = this.#options;
    if (quotaBytes === void 0) return 0;
    const { backend } = this.#state;
    const sizeBytes = backend.sizeBytes();
    let batchBytes = 0;
    for (const { data } of entries) batchBytes += data.length + quotaMarginBytes;
    return sizeBytes + batchBytes < quotaBytes ? sizeBytes : backend.sizeInUseBytes();
  }
  /** A refused change still goes to raft, as one that changes nothing: raft waits for it. */
  #applyConfChange({ context, isAwaited }, entry, applied) {
    const change = decodeConfChange(entry.data);
    const { membership, store } = this.#state;
    if (change.id !== 0n && isAwaited(change.id)) applied.requestId = change.id;
    try {
      membership.apply(context.write.txn, change);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      applied.outcome = { kind: "error", error };
      applied.confChange = { change: { ...change, nodeId: 0n }, members: membership.members() };
      return;
    }
    applied.outcome = { kind: "answer", body: emptyBytes, revision: store.currentRevision };
    applied.confChange = { change, members: membership.members() };
    applied.membersChanged = true;
  }
  #alarmToRaise() {
    if (this.#state.alarms.has(AlarmType.NOSPACE)) return void 0;
    return {
      action: AlarmRequest_AlarmAction.ACTIVATE,
      memberID: this.#options.memberId,
      alarm: AlarmType.NOSPACE
    };
  }
};
function noteEffects({ scheduled }, effect, applied) {
  applied.alarmsChanged = effect.alarmsChanged === true;
  applied.membersChanged = effect.membersChanged === true;
  applied.clusterVersionChanged = effect.clusterVersionChanged === true;
  if (effect.compaction !== void 0) scheduled.push({ entry: applied, job: effect.compaction });
}

// src/etcd/alarm/alarm-store.ts
var AlarmStore = class _AlarmStore {
  #alarms = /* @__PURE__ */ new Map();
  static load(txn) {
    const store = new _AlarmStore();
    for (const [key] of txn.range("alarm", emptyBytes, void 0)) {
      const alarm = decodeAlarmMember(key);
      store.#alarms.set(nameOf(alarm), alarm);
    }
    return store;
  }
  /** By type, then by member; `type` NONE lists all. */
  list(type = AlarmType.NONE) {
    return [...this.#alarms.values()].filter(({ alarm }) => type === AlarmType.NONE || alarm === type).sort((a, b) => a.alarm - b.alarm || (a.memberID < b.memberID ? -1 : 1));
  }
  has(type) {
    for (const { alarm } of this.#alarms.values()) if (alarm === type) return true;
    return false;
  }
  /** Activating twice is the same as once. */
  activate(txn, memberID, alarm) {
    const raised = { memberID, alarm };
    this.#alarms.set(nameOf(raised), raised);
    txn.put("alarm", encodeAlarmMember(raised), emptyBytes);
    return raised;
  }
  /** undefined when there was no such alarm. */
  deactivate(txn, memberID, alarm) {
    const lowered = { memberID, alarm };
    if (!this.#alarms.delete(nameOf(lowered))) return void 0;
    txn.delete("alarm", encodeAlarmMember(lowered));
    return lowered;
  }
};
function nameOf({ memberID, alarm }) {
  return `${alarm}/${memberID}`;
}

// src/etcd/backend/lease-keys.ts
import { createHash as createHash2 } from "node:crypto";
var plainKeyBytesMax = 1900;
var idBytes = 8;
var longMark = new Uint8Array(1);
function attachKey(txn, lease, key) {
  txn.put("lease_keys", entryKey(lease, key), key.length > plainKeyBytesMax ? key : emptyBytes);
}
function detachKey(txn, lease, key) {
  txn.delete("lease_keys", entryKey(lease, key));
}
function attachedKeys(txn, lease) {
  const keys = [];
  let sorted2 = true;
  for (const [key, value2] of txn.range("lease_keys", leaseIdBytes(lease), afterLease(lease))) {
    if (value2.length > 0) sorted2 = false;
    keys.push(value2.length > 0 ? value2 : key.subarray(idBytes));
  }
  return sorted2 ? keys : keys.sort(compareBytes);
}
function leaseIdBytes(lease) {
  const bytes = Buffer.allocUnsafe(idBytes);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, lease));
  return bytes;
}
function afterLease(lease) {
  const next = BigInt.asUintN(64, lease + 1n);
  return next === 0n ? void 0 : leaseIdBytes(next);
}
function entryKey(lease, key) {
  if (key.length <= plainKeyBytesMax) return Buffer.concat([leaseIdBytes(lease), key]);
  const digest = createHash2("sha256").update(key).digest();
  return Buffer.concat([leaseIdBytes(lease), key.subarray(0, plainKeyBytesMax), longMark, digest]);
}

// src/etcd/lease/expiry-heap.ts
var ExpiryHeap = class {
  #entries = [];
  get size() {
    return this.#entries.length;
  }
  peek() {
    return this.#entries[0];
  }
  push(entry) {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = at - 1 >>> 1;
      const above = entries[parent];
      if (above.atMs <= entry.atMs) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }
  pop() {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === void 0 || last === void 0 || entries.length === 0) return first;
    let at = 0;
    for (; ; ) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      const right = entries[child + 1];
      if (right !== void 0 && right.atMs < entries[child].atMs) child++;
      const below = entries[child];
      if (below.atMs >= last.atMs) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = last;
    return first;
  }
  clear() {
    this.#entries = [];
  }
};

// src/etcd/lease/lessor.ts
var spreadFromCount = 1e3;
var expiriesPerSecond = 750;
var Lessor = class _Lessor {
  #minTtlSeconds;
  #leases = /* @__PURE__ */ new Map();
  #heap = new ExpiryHeap();
  #isPrimary = false;
  constructor(minTtlSeconds) {
    this.#minTtlSeconds = minTtlSeconds;
  }
  /** Demoted, with the leases of the backend. Shorter TTLs than `minTtlSeconds` are raised to it. */
  static load(txn, minTtlSeconds) {
    const lessor = new _Lessor(minTtlSeconds);
    for (const [, value2] of txn.range("lease", emptyBytes, void 0)) {
      const { ID, TTL, RemainingTTL } = decodeLease(value2);
      lessor.#add(ID, Math.max(TTL, minTtlSeconds), RemainingTTL);
    }
    return lessor;
  }
  /** For metrics: since the lessor was made. */
  counts = { granted: 0, revoked: 0, renewed: 0 };
  get isPrimary() {
    return this.#isPrimary;
  }
  get size() {
    return this.#leases.size;
  }
  has(id) {
    return this.#leases.has(id);
  }
  /** undefined when unknown. */
  status(id, nowMs) {
    const lease = this.#leases.get(id);
    return lease && this.#statusOf(lease, nowMs);
  }
  /** All leases, least remaining time first. */
  list(nowMs) {
    return [...this.#leases.values()].sort(
      (a, b) => a.expiryMs === b.expiryMs ? compareIds(a.id, b.id) : a.expiryMs - b.expiryMs
    ).map((lease) => this.#statusOf(lease, nowMs));
  }
  /** Keys attached to the lease, in byte order. */
  attachedKeys(txn, id) {
    return attachedKeys(txn, id);
  }
  /** Starts every expiry anew: checkpointed or full TTL plus `extendMs`; many are spread. */
  promote(extendMs, nowMs) {
    this.#isPrimary = true;
    this.#heap.clear();
    const leases = [...this.#leases.values()];
    for (const lease of leases) {
      const seconds = lease.checkpointSeconds > 0 ? lease.checkpointSeconds : lease.ttlSeconds;
      lease.expiryMs = nowMs + seconds * 1e3 + extendMs;
      lease.heapMs = Number.POSITIVE_INFINITY;
    }
    if (leases.length >= spreadFromCount) spread(leases);
    for (const lease of leases) this.#schedule(lease, lease.expiryMs);
  }
  demote() {
    this.#isPrimary = false;
    this.#heap.clear();
    for (const lease of this.#leases.values()) {
      lease.expiryMs = Number.POSITIVE_INFINITY;
      lease.noticeMs = Number.POSITIVE_INFINITY;
      lease.heapMs = Number.POSITIVE_INFINITY;
    }
  }
  /**
   * Restarts the lease's time and returns the granted TTL in seconds. 'expired': its time is over
   * and its revocation is on the way, so it must not be promised to anyone any more.
   */
  renew(id, nowMs) {
    if (!this.#isPrimary) return "not-primary";
    const lease = this.#leases.get(id);
    if (lease === void 0) return "unknown";
    if (lease.expiryMs <= nowMs) return "expired";
    lease.checkpointSeconds = 0;
    lease.expiryMs = nowMs + lease.ttlSeconds * 1e3;
    this.#schedule(lease, lease.expiryMs);
    this.counts.renewed += 1;
    return lease.ttlSeconds;
  }
  /** Leases whose time is over, at most `limit`; they are named again only after `retryMs`. */
  expired(nowMs, limit, retryMs) {
    const ids = [];
    while (ids.length < limit) {
      const next = this.#heap.peek();
      if (next === void 0 || next.atMs > nowMs) break;
      this.#heap.pop();
      const lease = this.#leases.get(next.id);
      if (lease === void 0 || lease.heapMs !== next.atMs) continue;
      lease.heapMs = Number.POSITIVE_INFINITY;
      if (lease.noticeMs > nowMs) {
        this.#schedule(lease, lease.noticeMs);
        continue;
      }
      ids.push(lease.id);
      this.#schedule(lease, nowMs + retryMs);
    }
    return ids;
  }
  // The applier's side.
  /** Throws LeaseNotFound (id 0), LeaseTTLTooLarge or LeaseExist; returns the effective TTL. */
  grant(txn, id, ttlSeconds, nowMs) {
    if (id === 0n) throw new EtcdError("LeaseNotFound");
    if (ttlSeconds > limits.leaseTtlSecondsMax) throw new EtcdError("LeaseTTLTooLarge");
    if (this.#leases.has(id)) throw new EtcdError("LeaseExist");
    const lease = this.#add(id, Math.max(ttlSeconds, this.#minTtlSeconds), 0);
    this.#persist(txn, lease);
    this.counts.granted += 1;
    if (this.#isPrimary) {
      lease.expiryMs = nowMs + lease.ttlSeconds * 1e3;
      this.#schedule(lease, lease.expiryMs);
    }
    return lease.ttlSeconds;
  }
  /** Forgets the lease; the applier deletes its keys. Throws LeaseNotFound. */
  revoke(txn, id) {
    if (!this.#leases.delete(id)) throw new EtcdError("LeaseNotFound");
    txn.delete("lease", leaseIdBytes(id));
    this.counts.revoked += 1;
  }
  /** Remembers how much time is left, for the next primary. Throws LeaseNotFound. */
  checkpoint(txn, id, remainingSeconds, persist) {
    const lease = this.#leases.get(id);
    if (lease === void 0) throw new EtcdError("LeaseNotFound");
    lease.checkpointSeconds = remainingSeconds;
    if (persist) this.#persist(txn, lease);
  }
  #add(id, ttlSeconds, checkpointSeconds) {
    const never = Number.POSITIVE_INFINITY;
    const times = { expiryMs: never, noticeMs: never, heapMs: never };
    const lease = { id, ttlSeconds, checkpointSeconds, ...times };
    this.#leases.set(id, lease);
    return lease;
  }
  #persist(txn, lease) {
    const record = { ID: lease.id, TTL: lease.ttlSeconds, RemainingTTL: lease.checkpointSeconds };
    txn.put("lease", leaseIdBytes(lease.id), encodeLease(record));
  }
  #statusOf(lease, nowMs) {
    const remainingSeconds = this.#isPrimary ? Math.trunc((lease.expiryMs - nowMs) / 1e3) : lease.ttlSeconds;
    return { id: lease.id, ttlSeconds: lease.ttlSeconds, remainingSeconds };
  }
  /** A later time costs nothing: the entry that is there leads to it when its own time comes. */
  #schedule(lease, atMs) {
    lease.noticeMs = atMs;
    if (atMs >= lease.heapMs) return;
    this.#addToHeap(lease);
    if (this.#heap.size <= 2 * this.#leases.size + 64) return;
    this.#heap.clear();
    for (const each of this.#leases.values()) this.#addToHeap(each);
  }
  #addToHeap(lease) {
    const { id, noticeMs } = lease;
    assert(noticeMs < Number.POSITIVE_INFINITY, "a primary knows when to look at each lease");
    lease.heapMs = noticeMs;
    this.#heap.push({ id, atMs: noticeMs });
  }
};
function spread(leases) {
  leases.sort((a, b) => a.expiryMs - b.expiryMs);
  for (let i = expiriesPerSecond; i < leases.length; i++) {
    const lease = leases[i];
    const earliestMs = leases[i - expiriesPerSecond].expiryMs + 1e3;
    lease.expiryMs = Math.max(lease.expiryMs, earliestMs);
  }
}
function compareIds(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// src/etcd/membership/membership.ts
var clusterVersionKey = utf8Bytes("clusterVersion");
var downgradeKey = utf8Bytes("downgrade");
var confStateKey = utf8Bytes("confState");
var removedMark = utf8Bytes("removed");
var Membership = class _Membership {
  #members = /* @__PURE__ */ new Map();
  #removed = /* @__PURE__ */ new Set();
  #learnersMax;
  #clusterVersion;
  #downgrade = { enabled: false, targetVersion: "" };
  constructor(learnersMax) {
    this.#learnersMax = learnersMax;
  }
  static load(txn, learnersMax = limits.learnersMax) {
    const membership = new _Membership(learnersMax);
    for (const [, value2] of txn.range("members", emptyBytes, void 0)) {
      const { isPromote: _, ...member } = parseMemberJson(utf8Text(value2));
      membership.#members.set(member.id, member);
    }
    for (const [key] of txn.range("members_removed", emptyBytes, void 0)) {
      membership.#removed.add(BigInt(`0x${utf8Text(key)}`));
    }
    const version = txn.get("cluster", clusterVersionKey);
    if (version !== void 0) membership.#clusterVersion = utf8Text(version);
    const downgrade = txn.get("cluster", downgradeKey);
    if (downgrade !== void 0) membership.#downgrade = parseDowngrade(utf8Text(downgrade));
    return membership;
  }
  /** By id. */
  members() {
    return sortMembers(this.#members.values());
  }
  member(id) {
    return this.#members.get(id);
  }
  isRemoved(id) {
    return this.#removed.has(id);
  }
  removedIds() {
    return [...this.#removed];
  }
  /** `3.7.0`; undefined before the leader has set it. */
  get clusterVersion() {
    return this.#clusterVersion;
  }
  get downgrade() {
    return this.#downgrade;
  }
  /** The configuration that raft has after all applied changes: only simple changes are used. */
  confState() {
    const members = this.members();
    return {
      voters: members.filter(({ isLearner }) => !isLearner).map(({ id }) => id),
      learners: members.filter(({ isLearner }) => isLearner).map(({ id }) => id),
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false
    };
  }
  /**
   * Validates against the members of this moment and applies. Throws an EtcdError when the change
   * is refused, and then has changed nothing: every member decides the same.
   */
  apply(txn, change) {
    if (this.#removed.has(change.nodeId)) throw new EtcdError("MemberNotFound");
    switch (change.type) {
      case ConfChangeType.ConfChangeAddNode:
      case ConfChangeType.ConfChangeAddLearnerNode:
        this.#addOrPromote(txn, change);
        break;
      case ConfChangeType.ConfChangeRemoveNode:
        this.#remove(txn, change.nodeId);
        break;
      case ConfChangeType.ConfChangeUpdateNode:
        this.#update(txn, change);
        break;
      default:
        throw new Error(`conf change of unknown type ${change.type}`);
    }
    txn.put("meta", confStateKey, utf8Bytes(confStateJson(this.confState())));
  }
  /** What a member tells about itself when it starts. Unknown and removed members are ignored. */
  setAttributes(txn, id, attributes) {
    const member = this.#members.get(id);
    if (member === void 0) return false;
    const { name, clientUrls } = attributes;
    this.#store(txn, { ...member, name, clientUrls });
    return true;
  }
  setClusterVersion(txn, version) {
    this.#clusterVersion = version;
    txn.put("cluster", clusterVersionKey, utf8Bytes(version));
  }
  setDowngrade(txn, downgrade) {
    this.#downgrade = downgrade;
    const target = JSON.stringify(downgrade.targetVersion);
    const json = `{"target-version":${target},"enabled":${downgrade.enabled}}`;
    txn.put("cluster", downgradeKey, utf8Bytes(json));
  }
  #addOrPromote(txn, change) {
    const { isPromote, ...context } = contextOf(change);
    const known2 = this.#members.get(context.id);
    if (isPromote) {
      if (known2 === void 0) throw new EtcdError("MemberNotFound");
      if (!known2.isLearner) throw new EtcdError("MemberNotLearner");
      this.#store(txn, { ...known2, isLearner: false });
      return;
    }
    if (known2 !== void 0) throw new EtcdError("MemberExist");
    this.#checkUrls(context);
    const isLearner = change.type === ConfChangeType.ConfChangeAddLearnerNode;
    const learners = [...this.#members.values()].filter((member) => member.isLearner).length;
    if (isLearner && learners >= this.#learnersMax) throw new EtcdError("TooManyLearners");
    this.#store(txn, { ...context, isLearner });
  }
  #remove(txn, id) {
    if (!this.#members.delete(id)) throw new EtcdError("MemberNotFound");
    this.#removed.add(id);
    txn.delete("members", utf8Bytes(idHex(id)));
    txn.put("members_removed", utf8Bytes(idHex(id)), removedMark);
  }
  /** Only the peer URLs change: an update must not make a voter out of a learner. */
  #update(txn, change) {
    const context = contextOf(change);
    const known2 = this.#members.get(context.id);
    if (known2 === void 0) throw new EtcdError("MemberNotFound");
    this.#checkUrls(context);
    this.#store(txn, { ...known2, peerUrls: context.peerUrls });
  }
  #checkUrls({ id, peerUrls }) {
    for (const other of this.#members.values()) {
      if (other.id !== id && other.peerUrls.some((url) => peerUrls.includes(url))) {
        throw new EtcdError("PeerURLExist");
      }
    }
  }
  #store(txn, member) {
    this.#members.set(member.id, member);
    txn.put("members", utf8Bytes(idHex(member.id)), utf8Bytes(memberJson(member)));
  }
};
function contextOf(change) {
  const context = parseMemberJson(utf8Text(change.context));
  if (context.id !== change.nodeId) {
    throw new Error(`conf change names member ${change.nodeId} and ${context.id}`);
  }
  return context;
}
function parseDowngrade(text) {
  const value2 = parseBigJson(text);
  const target = value2["target-version"];
  return {
    enabled: value2.enabled === true,
    targetVersion: typeof target === "string" ? target : ""
  };
}

// src/etcd/mvcc/list-block.ts
var overheadBytes = 512;
var ListBlock = class {
  from;
  /** undefined: to the end. */
  to;
  count;
  unchangedSince;
  full;
  keys;
  /** Keys that changed since the entries were made, each one once. Empty without entries. */
  changed = [];
  /** The reader that used it last. */
  usedBy = 0;
  constructor(from, to, count, unchangedSince) {
    this.from = from;
    this.to = to;
    this.count = count;
    this.unchangedSince = unchangedSince;
  }
  get sizeBytes() {
    return overheadBytes + (this.full?.sizeBytes ?? 0) + (this.keys?.sizeBytes ?? 0);
  }
  get hasEntries() {
    return this.full !== void 0 || this.keys !== void 0;
  }
  has(form) {
    return this.full !== void 0 || form === "keys" && this.keys !== void 0;
  }
  dropEntries() {
    this.full = void 0;
    this.keys = void 0;
    this.changed = [];
  }
  /** `changesMax`: with more changed keys reading all of them anew is as cheap. */
  note(key, revision, countDelta, changesMax) {
    this.unchangedSince = revision;
    this.count += countDelta;
    if (!this.hasEntries || this.changed.some((known2) => equalBytes(known2, key))) return;
    if (this.changed.length < changesMax) this.changed.push(key.slice());
    else this.dropEntries();
  }
};
function isBefore(key, to) {
  return to === void 0 || compareBytes(key, to) < 0;
}
function isSameEnd(a, b) {
  if (a === void 0 || b === void 0) return a === b;
  return a === b || compareBytes(a, b) === 0;
}
var BlockList = class {
  blocks = [];
  sizeBytes = 0;
  /** Where the last search ended: the next one often goes on there. */
  #hint = 0;
  /** The position of the first block that ends behind `key`: it holds it or comes after it. */
  find(key) {
    const { blocks } = this;
    if (blocks[this.#hint]?.from === key) return this.#hint++;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = low + high >>> 1;
      if (compareBytes(blocks[middle].from, key) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low > 0 && isBefore(key, blocks[low - 1].to)) low--;
    this.#hint = low + 1;
    return low;
  }
  holding(key) {
    const block = this.blocks[this.find(key)];
    return block !== void 0 && compareBytes(block.from, key) <= 0 ? block : void 0;
  }
  /** Changes a block in place. */
  change(block, how) {
    this.sizeBytes -= block.sizeBytes;
    how();
    this.sizeBytes += block.sizeBytes;
  }
  /**
   * Takes blocks that follow one another without a gap. What older blocks know beyond their ends
   * is kept where it still can be told.
   */
  put(fresh) {
    const first = fresh[0];
    const last = fresh.at(-1);
    if (first === void 0 || last === void 0) return;
    const start2 = this.find(first.from);
    let end2 = start2;
    while (end2 < this.blocks.length) {
      if (!isBefore(this.blocks[end2].from, last.to)) break;
      end2++;
    }
    const replaced = this.blocks.slice(start2, end2);
    const kept = remainders(replaced, fresh, first.from, last.to);
    const all = [...kept.before, ...fresh, ...kept.behind];
    for (const block of replaced) this.sizeBytes -= block.sizeBytes;
    for (const block of all) this.sizeBytes += block.sizeBytes;
    this.blocks.splice(start2, replaced.length, ...all);
  }
  /** Keeps these only, in the order they have. */
  keep(blocks) {
    this.blocks = blocks;
    this.sizeBytes = blocks.reduce((sum, block) => sum + block.sizeBytes, 0);
    this.#hint = 0;
  }
};
function remainders(replaced, fresh, from, to) {
  const kept = { before: [], behind: [] };
  if (fresh.some((block) => block.changed.length > 0)) return kept;
  const first = replaced[0];
  const last = replaced.at(-1);
  if (first !== void 0 && compareBytes(first.from, from) < 0 && endsBy(first.to, to)) {
    const inside = countIn(fresh, from, first.to);
    if (inside !== void 0) kept.before.push(counted(first, first.from, from, inside));
  }
  if (last !== void 0 && to !== void 0 && compareBytes(last.from, from) >= 0) {
    if (!endsBy(last.to, to)) {
      const inside = countIn(fresh, last.from, to);
      if (inside !== void 0) kept.behind.push(counted(last, to, last.to, inside));
    }
  }
  return kept;
}
function endsBy(end2, to) {
  if (to === void 0) return true;
  return end2 !== void 0 && compareBytes(end2, to) <= 0;
}
function counted(whole, from, to, others) {
  const block = new ListBlock(from, to, whole.count - others, whole.unchangedSince);
  block.usedBy = whole.usedBy;
  return block;
}
function countIn(blocks, from, to) {
  let count = 0;
  for (const block of blocks) {
    const run = block.full ?? block.keys;
    if (run === void 0) return void 0;
    const [first, end2] = span(run, block, from, to);
    count += Math.max(0, end2 - first);
  }
  return count;
}
function span(run, block, from, to) {
  const first = compareBytes(block.from, from) >= 0 ? 0 : run.countBelow(from);
  const end2 = to === void 0 || endsBy(block.to, to) ? run.length : run.countBelow(to);
  return [first, end2];
}

// src/etcd/mvcc/block-cache.ts
var blockChangesMax = 32;
var fillChangesMax = 4096;
var Fill = class {
  changes = [];
  isTooMuch = false;
  note(change) {
    if (this.changes.length < fillChangesMax) this.changes.push(change);
    else this.isTooMuch = true;
  }
};
var BlockCache = class {
  bounds;
  #current = new BlockList();
  #past = /* @__PURE__ */ new Map();
  #fills = /* @__PURE__ */ new Set();
  #lastReader = 0;
  constructor(bounds) {
    this.bounds = bounds;
  }
  get sizeBytes() {
    let sum = this.#current.sizeBytes;
    for (const list of this.#past.values()) sum += list.sizeBytes;
    return sum;
  }
  /** A name for one reader: what the last readers used is dropped last. */
  newReader() {
    this.#lastReader++;
    return this.#lastReader;
  }
  /** Must hear of every change when it becomes visible to readers. */
  changed(changes) {
    if (this.#current.blocks.length === 0 && this.#fills.size === 0) return;
    for (const { type, main: revision, key, isCreate } of changes) {
      const delta = type === 1 ? -1 : isCreate ? 1 : 0;
      const block = this.#current.holding(key);
      if (block !== void 0) {
        const { sizeBytes } = block;
        block.note(key, revision, delta, blockChangesMax);
        this.#current.sizeBytes += block.sizeBytes - sizeBytes;
      }
      if (this.#fills.size === 0) continue;
      const noted = { key: key.slice(), revision, delta };
      for (const fill2 of this.#fills) fill2.note(noted);
    }
  }
  /** Revisions below are not read any more. */
  compacted(revision) {
    for (const old of this.#past.keys()) if (old < revision) this.#past.delete(old);
  }
  openFill() {
    const fill2 = new Fill();
    this.#fills.add(fill2);
    return fill2;
  }
  closeFill(fill2) {
    this.#fills.delete(fill2);
  }
  /**
   * The first block that ends behind `key`, is exact at `revision` and has entries of this form
   * (none asked for: any block, for its count).
   */
  next(key, revision, form) {
    const current = firstUsable(this.#current, key, revision, form);
    const past = this.#past.get(revision);
    if (past === void 0) return current;
    const other = firstUsable(past, key, revision, form);
    if (current === void 0 || other === void 0) return current ?? other;
    if (isBefore(key, current.from)) return isBefore(other.from, current.from) ? other : current;
    return current;
  }
  /** Blocks that follow one another. `fill`: they were read at a moment that may be over. */
  putCurrent(blocks, fill2) {
    const [first, last] = [blocks[0], blocks.at(-1)];
    if (first === void 0 || last === void 0 || fill2?.isTooMuch === true) return;
    for (const { key, revision, delta } of fill2?.changes ?? []) {
      if (isBefore(key, first.from) || !isBefore(key, last.to)) continue;
      const block = blocks.find((each) => isBefore(key, each.to));
      block?.note(key, revision, delta, blockChangesMax);
    }
    this.#current.put(blocks);
  }
  putPast(blocks, revision) {
    if (blocks.length === 0) return;
    const list = this.#past.get(revision) ?? new BlockList();
    this.#past.delete(revision);
    this.#past.set(revision, list);
    list.put(blocks);
    for (const oldest of this.#past.keys()) {
      if (this.#past.size <= this.bounds.revisionsMax) break;
      this.#past.delete(oldest);
    }
  }
  /** Changes a block that `next` found. */
  change(block, how) {
    const { sizeBytes } = block;
    how();
    const list = this.#listOf(block);
    if (list !== void 0) list.sizeBytes += block.sizeBytes - sizeBytes;
  }
  /** Replaces a block that `next` found by its parts. */
  split(block, parts) {
    const list = this.#listOf(block);
    if (list === void 0) return;
    list.sizeBytes -= block.sizeBytes;
    list.blocks.splice(list.blocks.indexOf(block), 1, ...parts);
    for (const part of parts) list.sizeBytes += part.sizeBytes;
  }
  /** Called when a reader has put down what it had in hand. */
  makeRoom() {
    const { bytesMax } = this.bounds;
    let excess = this.sizeBytes - bytesMax;
    if (excess <= 0) return;
    excess += bytesMax / 8;
    const lists = [this.#current, ...this.#past.values()];
    const all = lists.flatMap((list) => list.blocks).sort((a, b) => a.usedBy - b.usedBy);
    const dropped = /* @__PURE__ */ new Set();
    for (const block of all) {
      if (excess <= 0) break;
      excess -= block.sizeBytes;
      if (!block.hasEntries) {
        dropped.add(block);
        continue;
      }
      block.dropEntries();
      excess += block.sizeBytes;
    }
    for (const list of lists) {
      list.keep(mergeCounts(list.blocks.filter((block) => !dropped.has(block))));
    }
  }
  #listOf(block) {
    if (this.#current.holding(block.from) === block) return this.#current;
    for (const list of this.#past.values()) if (list.holding(block.from) === block) return list;
    return void 0;
  }
};
function firstUsable(list, key, revision, form) {
  const { blocks } = list;
  for (let i = list.find(key); i < blocks.length; i++) {
    const block = blocks[i];
    if (block.unchangedSince > revision) continue;
    if (form === void 0 || block.has(form)) return block;
  }
  return void 0;
}
function mergeCounts(blocks) {
  const merged = [];
  for (const block of blocks) {
    const last = merged.at(-1);
    const joins = last !== void 0 && !last.hasEntries && !block.hasEntries && isSameEnd(last.to, block.from);
    if (!joins) {
      merged.push(block);
      continue;
    }
    const unchangedSince = Math.max(last.unchangedSince, block.unchangedSince);
    const both = new ListBlock(last.from, block.to, last.count + block.count, unchangedSince);
    both.usedBy = Math.max(last.usedBy, block.usedBy);
    merged[merged.length - 1] = both;
  }
  return merged;
}

// src/etcd/mvcc/hash-feed.ts
import { crc32c as crc32c3 } from "@node-rs/crc32";

// src/etcd/mvcc/revision.ts
var historyKeyBytes = 12;
var etcdKeyBytes = 17;
var TWO_32 = 4294967296;
function writeHistoryKey(target, main, sub) {
  target.writeUInt32BE(Math.floor(main / TWO_32), 0);
  target.writeUInt32BE(main % TWO_32, 4);
  target.writeUInt32BE(sub, 8);
}
function historyKey(main, sub) {
  const key = Buffer.allocUnsafe(historyKeyBytes);
  writeHistoryKey(key, main, sub);
  return key;
}
function mainOf(key) {
  return uint32At(key, 0) * TWO_32 + uint32At(key, 4);
}
function subOf(key) {
  return uint32At(key, 8);
}
function etcdRevisionKey(main, sub, tombstone) {
  const key = Buffer.alloc(tombstone ? etcdKeyBytes + 1 : etcdKeyBytes);
  writeEtcdRevisionKey(key, 0, main, sub, tombstone);
  return key;
}
function writeEtcdRevisionKey(target, at, main, sub, tombstone) {
  target.writeUInt32BE(Math.floor(main / TWO_32), at);
  target.writeUInt32BE(main % TWO_32, at + 4);
  target[at + 8] = 95;
  target.writeUInt32BE(0, at + 9);
  target.writeUInt32BE(sub, at + 13);
  if (!tombstone) return etcdKeyBytes;
  target[at + etcdKeyBytes] = 116;
  return etcdKeyBytes + 1;
}
function parseEtcdRevisionKey(key) {
  const tombstone = key.length === etcdKeyBytes + 1;
  const wellFormed = (key.length === etcdKeyBytes || tombstone) && key[8] === 95;
  if (!wellFormed || tombstone && key[etcdKeyBytes] !== 116) {
    throw new Error(`not a revision key: ${Buffer.from(key).toString("hex")}`);
  }
  const main = mainOf(key);
  const sub = uint32At(key, 9) * TWO_32 + uint32At(key, 13);
  assert(Number.isSafeInteger(main), `revision ${main} is beyond 2^53`);
  if (sub >= TWO_32) throw new Error(`sub revision ${sub} is beyond 2^32`);
  return { main, sub, tombstone };
}
function uint32At(bytes, at) {
  return (bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]) >>> 0;
}

// src/etcd/mvcc/hash-feed.ts
var bufferBytes = 64 * 1024;
var HashFeed = class {
  #buffer = Buffer.allocUnsafe(bufferBytes);
  #used = 0;
  #crc = 0;
  constructor() {
    this.#add(Buffer.from("key"));
  }
  record(main, sub, tombstone, keyValue) {
    if (this.#used + etcdKeyBytes + 1 > bufferBytes) this.#flush();
    this.#used += writeEtcdRevisionKey(this.#buffer, this.#used, main, sub, tombstone);
    this.#add(keyValue);
  }
  sum() {
    this.#flush();
    return this.#crc;
  }
  #add(bytes) {
    if (this.#used + bytes.length > bufferBytes) this.#flush();
    if (bytes.length > bufferBytes) {
      this.#crc = crc32c3(bytes, this.#crc);
      return;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }
  #flush() {
    if (this.#used > 0) this.#crc = crc32c3(this.#buffer.subarray(0, this.#used), this.#crc);
    this.#used = 0;
  }
};

// src/etcd/mvcc/history-record.ts
var flag2 = { tombstone: 1, previous: 2, jump: 4, previousIsTombstone: 8 };
var historyHeaderBytesMax = 2 + 4 * 8;
function writeHistoryHeader(target, main, tombstone, previousMain, previousSub, previousIsTombstone, jumpMain, jumpSub) {
  let at = 2;
  let flags3 = tombstone ? flag2.tombstone : 0;
  if (previousMain !== 0) {
    flags3 |= previousIsTombstone ? flag2.previous | flag2.previousIsTombstone : flag2.previous;
    at = writeVarint2(target, at, main - previousMain);
    at = writeVarint2(target, at, previousSub);
  }
  if (jumpMain !== 0 && (jumpMain !== previousMain || jumpSub !== previousSub)) {
    flags3 |= flag2.jump;
    at = writeVarint2(target, at, main - jumpMain);
    at = writeVarint2(target, at, jumpSub);
  }
  target[0] = at;
  target[1] = flags3;
  return at;
}
var reader2 = new VarintReader();
function readHistoryHeader(record, main) {
  const flags3 = record[1];
  reader2.start(record, 2);
  const previous = (flags3 & flag2.previous) === 0 ? void 0 : { main: main - reader2.next(), sub: reader2.next() };
  const jump = (flags3 & flag2.jump) === 0 ? previous : { main: main - reader2.next(), sub: reader2.next() };
  return {
    tombstone: (flags3 & flag2.tombstone) !== 0,
    previous,
    previousIsTombstone: (flags3 & flag2.previousIsTombstone) !== 0,
    jump
  };
}
function isTombstone(record) {
  return (record[1] & flag2.tombstone) !== 0;
}
function keyValueOf(record) {
  return record.subarray(record[0]);
}

// src/etcd/mvcc/index-record.ts
var flag3 = { tombstone: 1, lease: 2, sub: 4 };
var indexRecordBytesMax = 1 + 4 * 8 + 8 + 1 + 64 * 17;
var scratch = Buffer.alloc(indexRecordBytesMax);
var reader3 = new VarintReader();
var IndexUpdate = class {
  /** False for a key that has no record. */
  exists = false;
  main = 0;
  sub = 0;
  tombstone = false;
  /** 0 in a tombstone, like `version`. */
  createRevision = 0;
  version = 0;
  lease = 0n;
  /** Where the added version's jump pointer leads; a main of 0: nowhere. */
  jumpMain = 0;
  jumpSub = 0;
  /** The trees, newest first; those from `#count` on are left from another key. */
  #mains = [];
  #subs = [];
  #sizes = [];
  #count = 0;
  read(bytes) {
    this.exists = bytes !== void 0;
    if (bytes === void 0) {
      this.main = 0;
      this.sub = 0;
      this.tombstone = false;
      this.createRevision = 0;
      this.version = 0;
      this.lease = 0n;
      this.#count = 0;
      return;
    }
    const flags3 = bytes[0];
    reader3.start(bytes, 1);
    this.main = reader3.next();
    this.sub = (flags3 & flag3.sub) === 0 ? 0 : reader3.next();
    this.tombstone = (flags3 & flag3.tombstone) !== 0;
    const age = reader3.next();
    this.createRevision = this.tombstone ? 0 : this.main - age;
    this.version = reader3.next();
    this.lease = takeLease2(bytes, flags3);
    this.#readTrees(bytes);
  }
  /**
   * Two first trees of one size become one with the new version as root, whose jump pointer skips
   * both; otherwise the new version is a tree of its own and jumps to its predecessor.
   */
  addVersion(main, sub, compactRevision) {
    const joins = this.#count > 1 && this.#sizes[0] === this.#sizes[1];
    const jumpsTo = joins ? 2 : 0;
    const hasJump = jumpsTo < this.#count;
    this.jumpMain = hasJump ? this.#mains[jumpsTo] : 0;
    this.jumpSub = hasJump ? this.#subs[jumpsTo] : 0;
    if (joins) this.#joinFirst(main, sub);
    else this.#insertFirst(main, sub);
    const kept = joins ? 1 : Math.min(2, this.#count);
    while (this.#count > kept && this.#mains[this.#count - 1] <= compactRevision) {
      this.#count--;
    }
    this.main = main;
    this.sub = sub;
  }
  /** A view of a scratch buffer, valid until the next call: the backend copies it at once. */
  encode() {
    let flags3 = this.tombstone ? flag3.tombstone : 0;
    if (this.lease !== 0n) flags3 |= flag3.lease;
    if (this.sub !== 0) flags3 |= flag3.sub;
    scratch[0] = flags3;
    let at = writeVarint2(scratch, 1, this.main);
    if (this.sub !== 0) at = writeVarint2(scratch, at, this.sub);
    at = writeVarint2(scratch, at, this.tombstone ? 0 : this.main - this.createRevision);
    at = writeVarint2(scratch, at, this.version);
    if (this.lease !== 0n) at = writeLeaseId(scratch, at, this.lease);
    scratch[at++] = this.#count;
    let before = this.main;
    for (let i = 0; i < this.#count; i++) {
      const main = this.#mains[i];
      if (i > 0) {
        at = writeVarint2(scratch, at, before - main);
        at = writeVarint2(scratch, at, this.#subs[i]);
      }
      before = main;
      scratch[at++] = this.#sizes[i];
    }
    return scratch.subarray(0, at);
  }
  #readTrees(bytes) {
    const count = bytes[reader3.at++];
    let before = this.main;
    for (let i = 0; i < count; i++) {
      if (i > 0) before -= reader3.next();
      this.#mains[i] = before;
      this.#subs[i] = i > 0 ? reader3.next() : this.sub;
      this.#sizes[i] = bytes[reader3.at++];
    }
    this.#count = count;
  }
  #joinFirst(main, sub) {
    this.#mains[0] = main;
    this.#subs[0] = sub;
    this.#sizes[0] = this.#sizes[0] + 1;
    for (let i = 2; i < this.#count; i++) this.#move(i, i - 1);
    this.#count--;
  }
  #insertFirst(main, sub) {
    for (let i = this.#count; i > 0; i--) this.#move(i - 1, i);
    this.#mains[0] = main;
    this.#subs[0] = sub;
    this.#sizes[0] = 1;
    this.#count++;
  }
  #move(from, to) {
    this.#mains[to] = this.#mains[from];
    this.#subs[to] = this.#subs[from];
    this.#sizes[to] = this.#sizes[from];
  }
};
function takeLease2(bytes, flags3) {
  if ((flags3 & flag3.lease) === 0) return 0n;
  const at = reader3.at;
  reader3.at += 8;
  return readLeaseId(bytes, at);
}
var IndexHead = class {
  main = 0;
  sub = 0;
  tombstone = false;
  createRevision = 0;
  version = 0;
  read(bytes) {
    const flags3 = bytes[0];
    reader3.start(bytes, 1);
    this.main = reader3.next();
    this.sub = (flags3 & flag3.sub) === 0 ? 0 : reader3.next();
    this.tombstone = (flags3 & flag3.tombstone) !== 0;
    this.createRevision = this.main - reader3.next();
    this.version = reader3.next();
  }
};
function isTombstoneRecord(bytes) {
  return (bytes[0] & flag3.tombstone) !== 0;
}
function decodeLiveKey(bytes) {
  const flags3 = bytes[0];
  reader3.start(bytes, 1);
  const main = reader3.next();
  const sub = (flags3 & flag3.sub) === 0 ? 0 : reader3.next();
  const createRevision = main - reader3.next();
  const version = reader3.next();
  return { main, sub, createRevision, version, lease: takeLease2(bytes, flags3) };
}
function decodeTrees(bytes) {
  const flags3 = bytes[0];
  reader3.start(bytes, 1);
  const main = reader3.next();
  const sub = (flags3 & flag3.sub) === 0 ? 0 : reader3.next();
  reader3.next();
  reader3.next();
  if ((flags3 & flag3.lease) !== 0) reader3.at += 8;
  const count = bytes[reader3.at++];
  const trees = [{ main, sub, size: bytes[reader3.at++] }];
  let before = main;
  for (let i = 1; i < count; i++) {
    before -= reader3.next();
    const treeSub = reader3.next();
    trees.push({ main: before, sub: treeSub, size: bytes[reader3.at++] });
  }
  return trees;
}

// src/etcd/mvcc/version-walk.ts
var head = new IndexHead();
function versionAt(txn, indexRecord, revision) {
  head.read(indexRecord);
  if (head.main <= revision) return { main: head.main, sub: head.sub, tombstone: head.tombstone };
  let at = { main: head.main, sub: head.sub };
  for (const tree of decodeTrees(indexRecord)) {
    if (tree.main <= revision) break;
    at = tree;
  }
  for (; ; ) {
    const record = txn.get("history", historyKey(at.main, at.sub));
    assert(record !== void 0, `revision ${at.main}.${at.sub} is not in the history`);
    const { previous, previousIsTombstone, jump } = readHistoryHeader(record, at.main);
    if (previous === void 0) return void 0;
    if (previous.main <= revision) return { ...previous, tombstone: previousIsTombstone };
    at = jump !== void 0 && jump.main > revision ? jump : previous;
  }
}

// src/etcd/mvcc/hash-kv.ts
var recordsPerStep = 500;
async function hashKvOf(pin, index, revision, compactRevision, yieldToLoop2) {
  const strict = await hashPass(pin, index, revision, compactRevision, true, yieldToLoop2);
  if (strict.anyAlive) return strict.hash;
  return (await hashPass(pin, index, revision, compactRevision, false, yieldToLoop2)).hash;
}
async function hashPass(pin, index, revision, compactRevision, onlyAlive, yieldToLoop2) {
  const feed = new HashFeed();
  const end2 = historyKey(Math.max(revision + 1, 0), 0);
  let anyAlive = false;
  let from = historyKey(0, 0);
  while (from !== void 0) {
    let next;
    let seen = 0;
    for (const [key, record] of pin.range("history", from, end2)) {
      if (seen++ === recordsPerStep) {
        next = key;
        break;
      }
      const main = mainOf(key);
      const sub = subOf(key);
      const tombstone = isTombstone(record);
      const keyValue = keyValueOf(record);
      const decide = main <= compactRevision || !anyAlive;
      const alive = decide && !tombstone && isNewestAt(pin, index, keyOf2(keyValue), main, sub, revision);
      anyAlive ||= alive;
      if (main === compactRevision && tombstone) continue;
      if (main <= compactRevision && onlyAlive && !alive) continue;
      feed.record(main, sub, tombstone, keyValue);
    }
    from = next;
    await yieldToLoop2();
  }
  return { hash: feed.sum(), anyAlive };
}
function isNewestAt(txn, index, key, main, sub, revision) {
  if (key.length === 0) return true;
  const indexRecord = index.get(txn, key);
  if (indexRecord === void 0) return false;
  const newest = versionAt(txn, indexRecord, revision);
  return newest !== void 0 && newest.main === main && newest.sub === sub;
}

// src/etcd/mvcc/compaction.ts
var finishedCompactKey = Buffer.from("finishedCompactRev");
var scheduledCompactKey = Buffer.from("scheduledCompactRev");
var recordsPerReadStep = 500;
var recordsPerWriteStep = 100;
var writeStepsPerCommit = 1;
var stopped = { finished: false, hash: void 0 };
async function runCompaction(parts, job) {
  const feed = job.wantsHash ? new HashFeed() : void 0;
  const boundary = historyKey(Math.max(job.from, 0), 0);
  if (feed !== void 0 && !await hashBelow(parts, job, feed, boundary)) return stopped;
  const end2 = historyKey(job.to + 1, 0);
  let from = boundary;
  for (let step2 = 0; from !== void 0; step2 += 1) {
    if (step2 % writeStepsPerCommit === 0) await parts.backend.drain();
    if (!await parts.nextStep()) return stopped;
    const start2 = from;
    from = parts.backend.write((txn) => {
      const { batch, next } = takeStep(txn, start2, end2, recordsPerWriteStep);
      for (const [key, record] of batch) {
        if (feed !== void 0) feedRecord(txn, parts.index, job, feed, key, record);
        deleteSuperseded(txn, parts.index, job, key, record);
      }
      if (next === void 0) {
        txn.put("meta", finishedCompactKey, etcdRevisionKey(job.to, 0, false));
      }
      return next;
    });
  }
  return { finished: true, hash: feed?.sum() };
}
async function hashBelow(parts, job, feed, end2) {
  let from = historyKey(0, 0);
  while (from !== void 0) {
    if (!await parts.nextStep()) return false;
    const start2 = from;
    from = parts.backend.read((txn) => {
      const { batch, next } = takeStep(txn, start2, end2, recordsPerReadStep);
      for (const [key, record] of batch) feedRecord(txn, parts.index, job, feed, key, record);
      return next;
    });
  }
  return true;
}
function takeStep(txn, from, to, limit) {
  const batch = [...txn.range("history", from, to, { limit: limit + 1 })];
  const next = batch.length > limit ? batch.pop()?.[0] : void 0;
  return { batch, next };
}
function feedRecord(txn, index, { from, to }, feed, key, record) {
  const main = mainOf(key);
  const sub = subOf(key);
  const tombstone = isTombstone(record);
  const keyValue = keyValueOf(record);
  if (main <= from) {
    if (tombstone || !isNewestAt(txn, index, keyOf2(keyValue), main, sub, to)) return;
  }
  feed.record(main, sub, tombstone, keyValue);
}
var head2 = new IndexHead();
function deleteSuperseded(txn, index, { to }, historyKeyBytes2, record) {
  const main = mainOf(historyKeyBytes2);
  const { previous, tombstone } = readHistoryHeader(record, main);
  if (previous !== void 0) txn.delete("history", historyKey(previous.main, previous.sub));
  if (!tombstone || main >= to) return;
  txn.delete("history", historyKeyBytes2);
  const key = keyOf2(keyValueOf(record));
  const indexRecord = index.get(txn, key);
  if (indexRecord === void 0) return;
  head2.read(indexRecord);
  if (head2.main === main && head2.sub === subOf(historyKeyBytes2)) index.delete(txn, key);
}

// src/etcd/mvcc/key-index.ts
var shortKeyBytesMax = 1900;
var KeyIndex = class {
  /** Sticky: as long as nobody uses long keys, ranges do not look for them. */
  #hasLongKeys;
  constructor(txn) {
    this.#hasLongKeys = [...txn.range("index_long", emptyBytes, void 0, { limit: 1 })].length > 0;
  }
  get(txn, key) {
    if (key.length <= shortKeyBytesMax) return txn.get("index", key);
    const rest2 = key.subarray(shortKeyBytesMax);
    const found = readLong(txn, key).find((entry) => compareBytes(entry.rest, rest2) === 0);
    return found?.record;
  }
  /** `wasTombstone`: the record that this one replaces is a tombstone's. */
  put(txn, key, record, wasTombstone) {
    if (key.length > shortKeyBytesMax) {
      this.#hasLongKeys = true;
      changeLong(txn, key, record);
      return;
    }
    txn.put("index", key, record);
    const isTombstone2 = isTombstoneRecord(record);
    if (isTombstone2 && !wasTombstone) txn.put("graves", key, emptyBytes);
    else if (wasTombstone && !isTombstone2) txn.delete("graves", key);
  }
  /** Forgets a deleted key. */
  delete(txn, key) {
    if (key.length > shortKeyBytesMax) {
      changeLong(txn, key, void 0);
      return;
    }
    txn.delete("index", key);
    txn.delete("graves", key);
  }
  range(txn, from, to) {
    const shorts = txn.range("index", shortStart(from), shortEnd(to));
    return this.#hasLongKeys ? merge(shorts, longRange(txn, from, to)) : shorts;
  }
  /** Keys alive now, without reading their records. */
  countLive(txn, from, to) {
    const [start2, end2] = [shortStart(from), shortEnd(to)];
    const shorts = txn.count("index", start2, end2) - txn.count("graves", start2, end2);
    if (!this.#hasLongKeys) return shorts;
    return shorts + longRange(txn, from, to).filter(([, rec]) => !isTombstoneRecord(rec)).length;
  }
};
function shortStart(from) {
  return from.length > shortKeyBytesMax ? afterPrefix(from) : from;
}
function shortEnd(to) {
  return to !== void 0 && to.length > shortKeyBytesMax ? afterPrefix(to) : to;
}
function afterPrefix(key) {
  return concatBytes([key.subarray(0, shortKeyBytesMax), new Uint8Array(1)]);
}
function* merge(shorts, longs) {
  let next = 0;
  for (const short of shorts) {
    for (; next < longs.length; next++) {
      const long = longs[next];
      if (compareBytes(long[0], short[0]) > 0) break;
      yield long;
    }
    yield short;
  }
  for (; next < longs.length; next++) yield longs[next];
}
function longRange(txn, from, to) {
  const found = [];
  const start2 = from.subarray(0, shortKeyBytesMax);
  for (const [prefix2, value2] of txn.range("index_long", start2, shortEnd(to))) {
    for (const { rest: rest2, record } of parseLong(value2)) {
      const key = concatBytes([prefix2, rest2]);
      if (compareBytes(key, from) < 0) continue;
      if (to !== void 0 && compareBytes(key, to) >= 0) return found;
      found.push([key, record]);
    }
  }
  return found;
}
function readLong(txn, key) {
  const value2 = txn.get("index_long", key.subarray(0, shortKeyBytesMax));
  return value2 === void 0 ? [] : parseLong(value2);
}
function changeLong(txn, key, record) {
  const rest2 = key.subarray(shortKeyBytesMax);
  const entries = readLong(txn, key).filter((entry) => compareBytes(entry.rest, rest2) !== 0);
  if (record !== void 0) {
    const at = entries.findIndex((entry) => compareBytes(entry.rest, rest2) > 0);
    entries.splice(at < 0 ? entries.length : at, 0, { rest: rest2, record });
  }
  const prefix2 = key.subarray(0, shortKeyBytesMax);
  if (entries.length === 0) txn.delete("index_long", prefix2);
  else txn.put("index_long", prefix2, formatLong(entries));
}
function parseLong(value2) {
  const reader6 = new VarintReader();
  reader6.start(value2, 0);
  const take = () => {
    const length = reader6.next();
    reader6.at += length;
    return value2.subarray(reader6.at - length, reader6.at);
  };
  const entries = [];
  while (reader6.at < value2.length) entries.push({ rest: take(), record: take() });
  return entries;
}
function formatLong(entries) {
  const fields = entries.flatMap(({ rest: rest2, record }) => [rest2, record]);
  const size = fields.reduce((sum, field) => sum + varintBytes2(field.length) + field.length, 0);
  const value2 = Buffer.allocUnsafe(size);
  let at = 0;
  for (const field of fields) {
    at = writeVarint2(value2, at, field.length);
    value2.set(field, at);
    at += field.length;
  }
  return value2;
}

// src/etcd/mvcc/entry-run.ts
var kvsTag = 18;
var fieldOverheadBytesMax = 9;
var reader4 = new VarintReader();
var EntryRun = class _EntryRun {
  bytes;
  /** Where each entry starts, and where the last one ends. */
  #starts;
  constructor(bytes, starts) {
    this.bytes = bytes;
    this.#starts = starts;
  }
  get length() {
    return this.#starts.length - 1;
  }
  get sizeBytes() {
    return this.bytes.length + this.#starts.byteLength;
  }
  /** A view of the entries from `first` up to `end`. */
  slice(first, end2) {
    if (first === 0 && end2 === this.length) return this.bytes;
    return this.bytes.subarray(this.#starts[first], this.#starts[end2]);
  }
  keyAt(position) {
    const length = this.#findKey(position);
    return this.bytes.subarray(reader4.at, reader4.at + length);
  }
  /** The number of entries whose keys are below `key`. */
  countBelow(key) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = low + high >>> 1;
      if (this.#compareAt(middle, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  /** The run after some of its keys changed: those are in order, each one once. */
  with(changes) {
    const parts = [];
    const starts = [];
    let size = 0;
    let from = 0;
    const keep = (end2) => {
      if (end2 === from) return;
      const shift = size - this.#starts[from];
      for (let i = from; i < end2; i++) starts.push(this.#starts[i] + shift);
      parts.push(this.slice(from, end2));
      size = this.#starts[end2] + shift;
      from = end2;
    };
    for (const { key, entry } of changes) {
      keep(this.countBelow(key));
      if (from < this.length && this.#compareAt(from, key) === 0) from++;
      if (entry === void 0) continue;
      starts.push(size);
      parts.push(entry);
      size += entry.length;
    }
    keep(this.length);
    starts.push(size);
    const bytes = Buffer.allocUnsafeSlow(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new _EntryRun(bytes, Uint32Array.from(starts));
  }
  #compareAt(position, key) {
    const length = this.#findKey(position);
    return this.bytes.compare(key, 0, key.length, reader4.at, reader4.at + length);
  }
  /** Leaves the reader at the key and returns the key's length. */
  #findKey(position) {
    reader4.start(this.bytes, this.#starts[position] + 1);
    reader4.next();
    reader4.at++;
    return reader4.next();
  }
};
function entryOf(keyValue) {
  const entry = Buffer.allocUnsafe(fieldOverheadBytesMax + keyValue.length);
  entry[0] = kvsTag;
  const at = writeVarint2(entry, 1, keyValue.length);
  entry.set(keyValue, at);
  return entry.subarray(0, at + keyValue.length);
}
function keyValuesIn(pieces) {
  const found = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      reader4.start(piece, at + 1);
      const length = reader4.next();
      at = reader4.at + length;
      found.push(piece.subarray(reader4.at, at));
    }
  }
  return found;
}
var scratchBytes = 128 * 1024;
var scratchStarts = 1024;
var RunBuilder = class {
  #bytes = Buffer.allocUnsafeSlow(scratchBytes);
  #starts = new Uint32Array(scratchStarts);
  #length = 0;
  #end = 0;
  get length() {
    return this.#length;
  }
  get sizeBytes() {
    return this.#end;
  }
  /** The next key's encoded KeyValue. */
  add(keyValue) {
    const at = this.#open(keyValue.length);
    this.#bytes.set(keyValue, at);
    this.#end = at + keyValue.length;
  }
  reset() {
    this.#length = 0;
    this.#end = 0;
  }
  /** The entries since the last call. */
  take() {
    const starts = this.#starts.slice(0, this.#length + 1);
    starts[this.#length] = this.#end;
    const bytes = Buffer.allocUnsafeSlow(this.#end);
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.reset();
    if (this.#bytes.length > scratchBytes) this.#bytes = Buffer.allocUnsafeSlow(scratchBytes);
    return new EntryRun(bytes, starts);
  }
  /** Begins an entry and returns where its message goes. */
  #open(messageBytes) {
    const needed = this.#end + fieldOverheadBytesMax + messageBytes;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    if (this.#length + 1 >= this.#starts.length) {
      const larger = new Uint32Array(2 * this.#starts.length);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#length++] = this.#end;
    this.#bytes[this.#end] = kvsTag;
    return writeVarint2(this.#bytes, this.#end + 1, messageBytes);
  }
};

// src/etcd/mvcc/live-version.ts
var head3 = new IndexHead();
var keyBuffer = Buffer.alloc(historyKeyBytes);
function readKeyValue(txn, main, sub) {
  writeHistoryKey(keyBuffer, main, sub);
  const record = txn.get("history", keyBuffer);
  if (record === void 0) throw broken(`revision ${main}.${sub} is not in the history`);
  return keyValueOf(record);
}
function liveKeyValue(txn, key, record, revision, form) {
  head3.read(record);
  const { main, sub, createRevision, version } = head3;
  if (main <= revision) {
    if (head3.tombstone) return void 0;
    if (form === "keys") return keyOnlyKeyValue(key, createRevision, main, version);
    return readKeyValue(txn, main, sub);
  }
  const older = versionAt(txn, record, revision);
  if (older === void 0 || older.tombstone) return void 0;
  const keyValue = readKeyValue(txn, older.main, older.sub);
  if (form === "full") return keyValue;
  const fields = parseKeyValue(keyValue);
  return keyOnlyKeyValue(key, fields.createRevision, older.main, fields.version);
}
function newestRevision(record) {
  head3.read(record);
  return head3.main;
}

// src/etcd/mvcc/point-read.ts
var head4 = new IndexHead();
function isPointRead(query) {
  return query.rangeEnd.length === 0 && query.revision === 0 && !query.keysOnly && !query.countOnly && query.minModRevision === 0 && query.maxModRevision === 0 && query.minCreateRevision === 0 && query.maxCreateRevision === 0;
}
function readPoint(txn, index, key) {
  const record = index.get(txn, key);
  if (record === void 0) return void 0;
  head4.read(record);
  return head4.tombstone ? void 0 : entryOf(readKeyValue(txn, head4.main, head4.sub));
}

// src/etcd/mvcc/entry-fields.ts
var reader5 = new VarintReader();
function entriesIn(pieces) {
  const found = [];
  for (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    for (let at = 0; at < bytes.length; ) {
      const entry = entryAt(bytes, at);
      found.push(entry);
      at = entry.end;
    }
  }
  return found;
}
function entryAt(bytes, start2) {
  reader5.start(bytes, start2 + 1);
  const length = reader5.next();
  const message = reader5.at;
  const end2 = message + length;
  reader5.at++;
  const keyBytes = reader5.next();
  const keyStart = reader5.at;
  const keyEnd2 = keyStart + keyBytes;
  const fields = {
    bytes,
    start: start2,
    message,
    end: end2,
    keyStart,
    keyEnd: keyEnd2,
    createRevision: 0,
    modRevision: 0,
    version: 0,
    valueStart: end2,
    valueEnd: end2
  };
  reader5.at = keyEnd2;
  readRest(bytes, fields);
  return fields;
}
function readRest(bytes, fields) {
  while (reader5.at < fields.end) {
    switch (bytes[reader5.at++]) {
      case 16:
        fields.createRevision = reader5.next();
        break;
      case 24:
        fields.modRevision = reader5.next();
        break;
      case 32:
        fields.version = reader5.next();
        break;
      case 42: {
        const length = reader5.next();
        fields.valueStart = reader5.at;
        fields.valueEnd = reader5.at + length;
        return;
      }
      default:
        return;
    }
  }
}

// src/etcd/mvcc/list-order.ts
function arrange(pieces, query) {
  let entries = entriesIn(pieces);
  if (hasFilters(query)) entries = entries.filter((entry) => passesFilters(query, entry));
  if (!isKeyOrder(query)) entries.sort(comparatorFor(query));
  const isCut = query.limit > 0 && entries.length > query.limit;
  if (isCut) entries.length = query.limit;
  const { length } = entries;
  const dropsValues = query.keysOnly && query.sortTarget === RangeRequest_SortTarget.VALUE;
  return { pieces: dropsValues ? entries.map(keyOnly) : together(entries), length, isCut };
}
function hasFilters(query) {
  return query.minModRevision !== 0 || query.maxModRevision !== 0 || query.minCreateRevision !== 0 || query.maxCreateRevision !== 0;
}
function isKeyOrder({ sortTarget, sortOrder }) {
  return sortTarget === RangeRequest_SortTarget.KEY && sortOrder !== RangeRequest_SortOrder.DESCEND;
}
function passesFilters(query, entry) {
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = query;
  if (maxModRevision !== 0 && entry.modRevision > maxModRevision) return false;
  if (minModRevision !== 0 && entry.modRevision < minModRevision) return false;
  if (maxCreateRevision !== 0 && entry.createRevision > maxCreateRevision) return false;
  return minCreateRevision === 0 || entry.createRevision >= minCreateRevision;
}
function comparatorFor(query) {
  const ascending = ascendingComparator(query.sortTarget);
  if (query.sortOrder !== RangeRequest_SortOrder.DESCEND) return ascending;
  return (a, b) => ascending(b, a);
}
function ascendingComparator(sortTarget) {
  switch (sortTarget) {
    case RangeRequest_SortTarget.KEY:
      return (a, b) => a.bytes.compare(b.bytes, b.keyStart, b.keyEnd, a.keyStart, a.keyEnd);
    case RangeRequest_SortTarget.VERSION:
      return (a, b) => a.version - b.version;
    case RangeRequest_SortTarget.CREATE:
      return (a, b) => a.createRevision - b.createRevision;
    case RangeRequest_SortTarget.MOD:
      return (a, b) => a.modRevision - b.modRevision;
    case RangeRequest_SortTarget.VALUE:
      return (a, b) => a.bytes.compare(b.bytes, b.valueStart, b.valueEnd, a.valueStart, a.valueEnd);
    default:
      throw new EtcdError("InvalidSortOption");
  }
}
function together(entries) {
  let size = 0;
  for (const { start: start2, end: end2 } of entries) size += end2 - start2;
  if (size === 0) return [];
  const piece = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { bytes, start: start2, end: end2 } of entries) at += bytes.copy(piece, at, start2, end2);
  return [piece];
}
function keyOnly({ bytes, message, end: end2 }) {
  return entryOf(withoutValue(bytes.subarray(message, end2)));
}

// src/etcd/mvcc/list-refresh.ts
function refresh(point, block, revision) {
  const form = block.full === void 0 ? "keys" : "full";
  const changes = [];
  for (const key of block.changed.sort(compareBytes)) {
    const record = point.index.get(point.txn, key);
    const keyValue = record && liveKeyValue(point.txn, key, record, revision, form);
    changes.push({ key, entry: keyValue && entryOf(keyValue) });
  }
  point.lists?.cache.change(block, () => {
    const run = block[form].with(changes);
    block.dropEntries();
    block[form] = run;
  });
}
var builder = new RunBuilder();
function runOf(point, block, form) {
  const run = block[form];
  if (run !== void 0) return run;
  const made = keysOf(block.full);
  point.lists?.cache.change(block, () => {
    block.keys = made;
  });
  return made;
}
function keysOf(full) {
  builder.reset();
  for (const entry of entriesIn([full.bytes])) {
    const key = entry.bytes.subarray(entry.keyStart, entry.keyEnd);
    const { createRevision, modRevision, version } = entry;
    builder.add(keyOnlyKeyValue(key, createRevision, modRevision, version));
  }
  return builder.take();
}

// src/etcd/mvcc/range-count.ts
function countAt(point, range, revision) {
  if (point.lists === void 0) return countStored(point, range, revision);
  let count = 0;
  let at = range.from;
  while (at !== void 0 && isBefore(at, range.to)) {
    const block = point.lists.cache.next(at, revision, void 0);
    if (block !== void 0 && compareBytes(block.from, at) <= 0) {
      count += countInBlock(point, block, at, range.to, revision);
      at = block.to;
    } else {
      const end2 = block !== void 0 && isBefore(block.from, range.to) ? block.from : range.to;
      count += countGap(point, { from: at, to: end2 }, revision);
      at = end2;
    }
  }
  return count;
}
function countGap(point, gap, revision) {
  const count = countStored(point, gap, revision);
  const { lists } = point;
  if (lists === void 0 || count < lists.cache.bounds.keysMin) return count;
  const block = new ListBlock(gap.from, gap.to, count, revision);
  block.usedBy = lists.reader;
  if (revision === point.currentRevision) lists.cache.putCurrent([block], lists.fill);
  else lists.cache.putPast([block], revision);
  return count;
}
function countInBlock(point, block, from, to, revision) {
  const { lists } = point;
  if (lists !== void 0) block.usedBy = lists.reader;
  const startsBefore = compareBytes(block.from, from) < 0;
  const endsBehind = to !== void 0 && isBefore(to, block.to);
  if (!startsBefore && !endsBehind) return block.count;
  if (block.changed.length > 0) refresh(point, block, revision);
  const run = block.full ?? block.keys;
  if (run !== void 0) {
    const [first, end2] = span(run, block, from, to);
    return Math.max(0, end2 - first);
  }
  return splitAndCount(point, block, from, endsBehind ? to : block.to, revision);
}
function splitAndCount(point, block, from, to, revision) {
  const part = (start2, end2, count2) => {
    const made = new ListBlock(start2, end2, count2, block.unchangedSince);
    made.usedBy = block.usedBy;
    return made;
  };
  const parts = [];
  let rest2 = block.count;
  if (compareBytes(block.from, from) < 0) {
    const before = countStored(point, { from: block.from, to: from }, revision);
    parts.push(part(block.from, from, before));
    rest2 -= before;
  }
  let count = rest2;
  if (to !== void 0 && isBefore(to, block.to)) {
    count = countStored(point, { from, to }, revision);
    parts.push(part(from, to, count), part(to, block.to, rest2 - count));
  } else {
    parts.push(part(from, block.to, count));
  }
  point.lists?.cache.split(block, parts);
  return count;
}
function countStored(point, range, revision) {
  const { txn, index, currentRevision } = point;
  const live = index.countLive(txn, range.from, range.to);
  if (revision === currentRevision) return live;
  if (currentRevision - revision < live) return live - countGrowth(point, range, revision);
  let count = 0;
  for (const [, record] of index.range(txn, range.from, range.to)) {
    const version = versionAt(txn, record, revision);
    if (version !== void 0 && !version.tombstone) count++;
  }
  return count;
}
function countGrowth({ txn }, { from, to }, revision) {
  let growth = 0;
  for (const [historyBytes, record] of txn.range(
    "history",
    historyKey(revision + 1, 0),
    void 0
  )) {
    const { previous, previousIsTombstone, tombstone } = readHistoryHeader(
      record,
      mainOf(historyBytes)
    );
    const wasLive = previous !== void 0 && !previousIsTombstone;
    if (wasLive !== tombstone) continue;
    const key = keyOf2(keyValueOf(record));
    if (compareBytes(key, from) < 0 || !isBefore(key, to)) continue;
    growth += tombstone ? -1 : 1;
  }
  return growth;
}

// src/etcd/mvcc/range-scan.ts
var keysPerPiece = 1e3;
var runBytesDefault = 32 * 1024;
var RangeScan = class {
  /** Encoded entries (entry-run.ts), back to back. */
  pieces = [];
  /** Entries in the pieces, and keys behind the last of them. */
  length = 0;
  beyond = 0;
  #point;
  #query;
  /** Where to go on; undefined at the end. */
  #at;
  #keysRead = 0;
  #cachedBytes = 0;
  constructor(point, query) {
    this.#point = point;
    this.#query = query;
    this.#at = query.range.from;
  }
  /** From here on `read` gets a pinned state, however old that becomes; until `release`. */
  hold() {
    const { lists } = this.#point;
    if (lists !== void 0) lists.fill = lists.cache.openFill();
  }
  release() {
    const { lists } = this.#point;
    if (lists?.fill === void 0) return;
    lists.cache.closeFill(lists.fill);
    lists.fill = void 0;
  }
  /** Reads one piece; true when it was the last. Every `txn` must see the same state. */
  read(txn) {
    const point = { ...this.#point, txn };
    const { range, revision, form, entriesMax } = this.#query;
    const cache = point.lists?.cache;
    const gaps = [];
    for (let budget = keysPerPiece; this.#at !== void 0 && budget > 0; ) {
      if (this.length === entriesMax) {
        this.beyond = countAt(point, { from: this.#at, to: range.to }, revision);
        this.#at = void 0;
        break;
      }
      const block = cache?.next(this.#at, revision, form);
      if (block !== void 0 && compareBytes(block.from, this.#at) <= 0) {
        budget -= this.#use(point, block);
      } else {
        const to = block !== void 0 && isBefore(block.from, range.to) ? block.from : range.to;
        const before = this.#keysRead;
        gaps.push(this.#readGap(point, { from: this.#at, to }, budget));
        budget -= this.#keysRead - before;
      }
    }
    for (const blocks of gaps) this.#keep(point, blocks);
    cache?.makeRoom();
    return this.#at === void 0;
  }
  /** Returns how many keys had to be read. */
  #use(point, block) {
    const { range, revision, form, entriesMax } = this.#query;
    const at = this.#at;
    block.usedBy = point.lists?.reader ?? 0;
    const changes = block.changed.length;
    if (changes > 0) refresh(point, block, revision);
    const run = runOf(point, block, form);
    const [first, last] = span(run, block, at, range.to);
    const end2 = Math.min(last, first + entriesMax - this.length);
    if (end2 > first) {
      this.pieces.push(run.slice(first, end2));
      this.length += end2 - first;
    }
    if (end2 < last) this.#at = run.keyAt(end2);
    else this.#goTo(block.to);
    this.#cachedBytes += block.sizeBytes;
    return changes;
  }
  #readGap(point, gap, keysMax) {
    const { revision, form, entriesMax } = this.#query;
    const { txn, index } = point;
    const runBytes = point.lists?.cache.bounds.blockBytes ?? runBytesDefault;
    const blocks = [];
    let from = gap.from;
    let newest = 0;
    const close = (to) => {
      const run = builder2.take();
      const block = new ListBlock(from, to, run.length, newest);
      block[form] = run;
      blocks.push(block);
      if (run.length > 0) this.pieces.push(run.bytes);
      newest = 0;
      if (to !== void 0) from = to;
    };
    let keysLeft = keysMax;
    builder2.reset();
    for (const [key, record] of index.range(txn, gap.from, gap.to)) {
      if (keysLeft === 0 || this.length === entriesMax) {
        close(key);
        this.#at = key;
        return blocks;
      }
      if (builder2.sizeBytes >= runBytes) close(key);
      keysLeft--;
      this.#keysRead++;
      newest = Math.max(newest, newestRevision(record));
      const keyValue = liveKeyValue(txn, key, record, revision, form);
      if (keyValue === void 0) continue;
      builder2.add(keyValue);
      this.length++;
    }
    close(gap.to);
    this.#goTo(gap.to);
    return blocks;
  }
  #goTo(key) {
    this.#at = key !== void 0 && isBefore(key, this.#query.range.to) ? key : void 0;
  }
  /** Keeps what was read, when it is worth it and leaves something of the cache to others. */
  #keep({ lists }, blocks) {
    if (lists === void 0) return;
    const { cache, fill: fill2, reader: reader6 } = lists;
    const isWorth = this.#keysRead >= cache.bounds.keysMin || this.#cachedBytes > 0;
    if (!isWorth) return;
    const { revision } = this.#query;
    let group = [];
    let isGroupCurrent = true;
    const put = () => {
      if (isGroupCurrent) cache.putCurrent(group, fill2);
      else cache.putPast(group, revision);
      group = [];
    };
    for (const block of blocks) {
      this.#cachedBytes += block.sizeBytes;
      if (this.#cachedBytes > cache.bounds.bytesMax * ONE_READER_SHARE) break;
      const isCurrent = block.unchangedSince <= revision;
      if (isCurrent !== isGroupCurrent) put();
      isGroupCurrent = isCurrent;
      if (!isCurrent) block.unchangedSince = revision;
      block.usedBy = reader6;
      group.push(block);
    }
    put();
  }
};
var ONE_READER_SHARE = 0.75;
var builder2 = new RunBuilder();

// src/etcd/mvcc/read-point.ts
function keyRange(key, rangeEnd) {
  if (rangeEnd.length === 0) return { from: key, to: afterKey(key) };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { from: key, to: void 0 };
  return compareBytes(key, rangeEnd) < 0 ? { from: key, to: rangeEnd } : void 0;
}
function afterKey(key) {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
function checkReadRevision(revision, point) {
  if (revision > point.currentRevision) throw new EtcdError("FutureRev");
  if (revision <= 0) return point.currentRevision;
  if (revision < point.compactRevision) throw new EtcdError("Compacted");
  return revision;
}

// src/etcd/mvcc/read-view.ts
function keyValuesOf(result) {
  return keyValuesIn(result.pieces);
}
function readRange(point, query) {
  const read = beginRange(point, query);
  if (read.kind === "answer") return read.result;
  while (!read.scan.read(point.txn)) ;
  return read.result();
}
function beginRange(point, query) {
  const revision = checkReadRevision(query.revision, point);
  const range = keyRange(query.key, query.rangeEnd);
  if (range === void 0) return answer2(point, [], 0, 0);
  if (query.countOnly) {
    const count = countAt(point, range, revision);
    point.lists?.cache.makeRoom();
    return answer2(point, [], 0, count);
  }
  if (query.rangeEnd.length === 0) return readOne(point, query, revision);
  const isValueSort = query.sortTarget === RangeRequest_SortTarget.VALUE;
  const form = query.keysOnly && !isValueSort ? "keys" : "full";
  const entriesMax = entriesWanted(query);
  const scan = new RangeScan(point, { range, revision, form, entriesMax });
  const result = () => listResult(point, query, scan);
  return { kind: "list", scan, result };
}
function answer2(point, pieces, length, count) {
  const revision = point.currentRevision;
  return { kind: "answer", result: { pieces, length, count, more: false, revision } };
}
function readOne(point, query, revision) {
  const { txn, index } = point;
  const record = index.get(txn, query.key);
  const isValueSort = query.sortTarget === RangeRequest_SortTarget.VALUE;
  const form = query.keysOnly && !isValueSort ? "keys" : "full";
  const found = record && liveKeyValue(txn, query.key, record, revision, form);
  if (found === void 0) return answer2(point, [], 0, 0);
  const entry = entryOf(found);
  if (!hasFilters(query) && !(isValueSort && query.keysOnly)) return answer2(point, [entry], 1, 1);
  const { pieces, length } = arrange([entry], query);
  return answer2(point, pieces, length, 1);
}
function limitsFirst(query) {
  return (query.sortOrder === 0 || isKeyOrder(query)) && !hasFilters(query);
}
function entriesWanted(query) {
  if (query.limit <= 0 || !limitsFirst(query)) return Number.MAX_SAFE_INTEGER;
  return query.limit + (query.sortTarget === RangeRequest_SortTarget.KEY ? 0 : 1);
}
function listResult(point, query, scan) {
  const { currentRevision: revision } = point;
  const count = scan.length + scan.beyond;
  if (limitsFirst(query) && isKeyOrder(query)) {
    const { pieces: pieces2, length: length2 } = scan;
    return { pieces: pieces2, length: length2, count, more: count > length2, revision };
  }
  const { pieces, length, isCut } = arrange(scan.pieces, query);
  const more2 = limitsFirst(query) ? count > length : isCut;
  return { pieces, length, count, more: more2, revision };
}

// src/etcd/mvcc/slots.ts
var Slots = class {
  #free;
  #waiting = [];
  constructor(count) {
    this.#free = count;
  }
  /** undefined: taken; else wait for the promise, and it is taken. Must be followed by `release`. */
  take() {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
    return void 0;
  }
  release() {
    const next = this.#waiting.shift();
    if (next === void 0) this.#free += 1;
    else next();
  }
};

// src/etcd/mvcc/write-txn.ts
var noChanges2 = [];
var update = new IndexUpdate();
var keyBuffer2 = Buffer.alloc(historyKeyBytes);
var MvccWriteTxn = class {
  txn;
  /** What was asked for, for metrics; etcd counts a transaction when there is more than one. */
  asked = { ranges: 0, puts: 0, deletes: 0, putBytes: 0 };
  #index;
  #revisions;
  #changes;
  #before = 0;
  #compactRevision = 0;
  constructor(txn, index, revisions) {
    this.txn = txn;
    this.#index = index;
    this.#revisions = revisions;
    this.next();
  }
  /** Begins a request, on the state that the one before it left. */
  next() {
    this.#before = this.#revisions.currentRevision;
    this.#compactRevision = this.#revisions.compactRevision;
    this.#changes = void 0;
    const { asked } = this;
    asked.ranges = 0;
    asked.puts = 0;
    asked.deletes = 0;
    asked.putBytes = 0;
  }
  /** The request's own array: the next one gets another. */
  get changes() {
    return this.#changes ?? noChanges2;
  }
  /** The store's revision as this request sees it: counts its own changes. */
  get revision() {
    return this.#changes === void 0 ? this.#before : this.#before + 1;
  }
  range(query) {
    this.asked.ranges += 1;
    return readRange(
      {
        txn: this.txn,
        index: this.#index,
        currentRevision: this.revision,
        compactRevision: this.#compactRevision
      },
      query
    );
  }
  /** What the index knows of a live key. */
  live(key) {
    const bytes = this.#index.get(this.txn, key);
    if (bytes === void 0 || isTombstoneRecord(bytes)) return void 0;
    return decodeLiveKey(bytes);
  }
  /** The live keys of a range, in byte order. Iterate before the next change. */
  *liveRange(key, rangeEnd) {
    const range = keyRange(key, rangeEnd);
    if (range === void 0) return;
    for (const [, bytes] of this.#index.range(this.txn, range.from, range.to)) {
      if (!isTombstoneRecord(bytes)) yield decodeLiveKey(bytes);
    }
  }
  keyValue(version) {
    return readKeyValue(this.txn, version.main, version.sub);
  }
  /** `lease` 0n detaches. Returns the change; its `previous` tells what was replaced. */
  put(key, value2, lease) {
    this.asked.puts += 1;
    this.asked.putBytes += key.length + value2.length;
    const main = this.#before + 1;
    const sub = this.#changes?.length ?? 0;
    const index = update;
    index.read(this.#index.get(this.txn, key));
    const { tombstone: wasTombstone, main: oldMain, sub: oldSub, lease: oldLease } = index;
    const isLive = index.exists && !wasTombstone;
    const createRevision = isLive ? index.createRevision : main;
    const version = index.version + 1;
    index.addVersion(main, sub, this.#compactRevision);
    index.tombstone = false;
    index.createRevision = createRevision;
    index.version = version;
    index.lease = lease;
    const record = Buffer.allocUnsafe(
      historyHeaderBytesMax + keyValueOverheadBytesMax + key.length + value2.length
    );
    const { jumpMain, jumpSub } = index;
    const start2 = writeHistoryHeader(
      record,
      main,
      false,
      oldMain,
      oldSub,
      wasTombstone,
      jumpMain,
      jumpSub
    );
    const end2 = writeKeyValue(record, start2, key, createRevision, main, version, value2, lease);
    writeHistoryKey(keyBuffer2, main, sub);
    this.txn.append("history", keyBuffer2, record.subarray(0, end2));
    this.#index.put(this.txn, key, index.encode(), wasTombstone);
    if (oldLease !== lease) {
      if (oldLease !== 0n) detachKey(this.txn, oldLease, key);
      if (lease !== 0n) attachKey(this.txn, lease, key);
    }
    const change = {
      type: 0,
      main,
      sub,
      key,
      keyValue: record.subarray(start2, end2),
      isCreate: !isLive,
      previous: isLive ? { main: oldMain, sub: oldSub } : void 0
    };
    this.#add(change);
    return change;
  }
  /** Deletes the live keys of a range in byte order; returns their changes. */
  deleteRange(key, rangeEnd) {
    this.asked.deletes += 1;
    const range = keyRange(key, rangeEnd);
    if (range === void 0) return [];
    if (rangeEnd.length === 0) {
      const bytes = this.#index.get(this.txn, key);
      if (bytes === void 0 || isTombstoneRecord(bytes)) return [];
      return [this.#delete(key, bytes)];
    }
    const doomed = [];
    for (const entry of this.#index.range(this.txn, range.from, range.to)) {
      if (!isTombstoneRecord(entry[1])) doomed.push(entry);
    }
    return doomed.map(([found, bytes]) => this.#delete(found, bytes));
  }
  #delete(key, bytes) {
    const main = this.#before + 1;
    const sub = this.#changes?.length ?? 0;
    const index = update;
    index.read(bytes);
    const { main: oldMain, sub: oldSub, lease } = index;
    index.addVersion(main, sub, this.#compactRevision);
    index.tombstone = true;
    index.createRevision = 0;
    index.version = 0;
    index.lease = 0n;
    const record = Buffer.allocUnsafe(
      historyHeaderBytesMax + keyValueOverheadBytesMax + key.length
    );
    const { jumpMain, jumpSub } = index;
    const start2 = writeHistoryHeader(record, main, true, oldMain, oldSub, false, jumpMain, jumpSub);
    const end2 = writeKeyOnly(record, start2, key);
    writeHistoryKey(keyBuffer2, main, sub);
    this.txn.append("history", keyBuffer2, record.subarray(0, end2));
    this.#index.put(this.txn, key, index.encode(), false);
    if (lease !== 0n) detachKey(this.txn, lease, key);
    const change = {
      type: 1,
      main,
      sub,
      key,
      keyValue: deletedKeyValue(key, main),
      isCreate: false,
      previous: { main: oldMain, sub: oldSub }
    };
    this.#add(change);
    return change;
  }
  #add(change) {
    if (this.#changes === void 0) this.#changes = [change];
    else this.#changes.push(change);
  }
};

// src/etcd/mvcc/store.ts
var compactionHashesMax = 10;
var noPieces = [];
var MvccStore = class {
  #backend;
  #options;
  #index;
  #currentRevision;
  #compactRevision;
  #scheduledRevision;
  #finishedRevision;
  #compactions = Promise.resolve();
  #pauses = 0;
  #stopped = false;
  #resume = [];
  /** For metrics: operations since the store was opened, as etcd counts them. */
  counts = { ranges: 0, puts: 0, deletes: 0, txns: 0, putBytes: 0 };
  #compactionHashes = [];
  /** Reads that hold a pin. */
  #reads = /* @__PURE__ */ new Set();
  #longReads = new Slots(limits.longListsMax);
  #lists;
  /** Resolves when the last piece that waits for its turn has it. */
  #pieces = Promise.resolve();
  constructor(backend, options) {
    this.#backend = backend;
    this.#options = options;
    this.#lists = new BlockCache(options.listCache ?? limits.listCache);
    const marks = backend.read(readMarks);
    this.#index = backend.read((txn) => new KeyIndex(txn));
    this.#finishedRevision = marks.finished;
    this.#scheduledRevision = marks.scheduled;
    this.#compactRevision = Math.max(marks.finished, marks.scheduled);
    this.#currentRevision = Math.max(marks.last, 1, marks.finished, marks.scheduled);
  }
  /** 1 in an empty store. */
  get currentRevision() {
    return this.#currentRevision;
  }
  /** -1 before the first compaction. Reads below it are refused; at it they are not. */
  get compactRevision() {
    return this.#compactRevision;
  }
  /** What is kept to answer lists with. */
  get listCacheBytes() {
    return this.#lists.sizeBytes;
  }
  /** Throws EtcdError Compacted or FutureRev. */
  range(query) {
    this.counts.ranges += 1;
    if (!isPointRead(query)) {
      return this.#backend.read((txn) => readRange({ ...this.#now(), txn }, query));
    }
    const entry = this.#backend.read((txn) => readPoint(txn, this.#index, query.key));
    const [pieces, length] = entry === void 0 ? [noPieces, 0] : [[entry], 1];
    return { pieces, length, count: length, more: false, revision: this.#currentRevision };
  }
  /**
   * As `range`, of some moment between the call and the answer. A long list is read in pieces, one
   * per turn of the event loop for all lists together, so that heartbeats keep their time however
   * many clients list, and only a few at once, because each holds what it has read. Rejects with
   * EtcdError Stopped when the store is closed meanwhile.
   */
  async rangeInPieces(query) {
    this.counts.ranges += 1;
    const first = this.#begin(query);
    if (first.isComplete) return first.result();
    const wait = this.#longReads.take();
    if (wait !== void 0) await wait;
    try {
      const list = wait === void 0 ? first : this.#begin(query);
      if (!list.isComplete) await this.#readToEnd(list.scan);
      return list.result();
    } finally {
      this.#longReads.release();
    }
  }
  /**
   * Changes from revision `from` on, oldest first, whole revisions only, about `limit` of them.
   * Throws EtcdError Compacted when `from` is below the compacted revision.
   */
  changes(from, limit) {
    if (from < this.#compactRevision) throw new EtcdError("Compacted");
    const changes = [];
    const start2 = historyKey(Math.max(from, 0), 0);
    let last = -1;
    const nextRevision = this.#backend.read((txn) => {
      for (const [key, record] of txn.range("history", start2, void 0)) {
        const main = mainOf(key);
        if (changes.length >= limit && main !== last) return main;
        last = main;
        changes.push(changeOf(main, subOf(key), record));
      }
      return Math.max(from, this.#currentRevision + 1);
    });
    return { changes, nextRevision };
  }
  /** The encoded KeyValue just before the change; undefined when there was none or it is compacted. */
  previousKeyValue(change) {
    const { previous, main } = change;
    if (previous === void 0 || main <= this.#compactRevision) return void 0;
    const key = historyKey(previous.main, previous.sub);
    const record = this.#backend.read((txn) => txn.get("history", key));
    return record === void 0 ? void 0 : keyValueOf(record);
  }
  /** 0: the current revision; below it nothing is there to hash. Rejects with EtcdError Compacted or FutureRev. */
  async hashKv(revision) {
    const cached = this.#compactionHashes.find(({ hashRevision: hashRevision2 }) => hashRevision2 === revision);
    if (cached !== void 0 && revision !== 0) return cached;
    if (revision > 0 && revision < this.#compactRevision) throw new EtcdError("Compacted");
    if (revision > this.#currentRevision) throw new EtcdError("FutureRev");
    const hashRevision = revision === 0 ? this.#currentRevision : revision;
    const compactRevision = this.#compactRevision;
    return await this.#readPinned(async (pin) => {
      const nextTurn = async () => {
        await this.#options.yieldToLoop();
        this.#checkOpen();
      };
      const hash = await hashKvOf(pin, this.#index, hashRevision, compactRevision, nextTurn);
      return { hash, compactRevision, hashRevision };
    });
  }
  /** Hashes of the last compactions, oldest first, for the leader's comparison of members. */
  compactionHashes() {
    return this.#compactionHashes;
  }
  // The applier's side: inside a backend transaction.
  /** For the requests of one backend transaction, one after the other: `next` begins each. */
  begin(txn) {
    return new MvccWriteTxn(txn, this.#index, this);
  }
  /** Makes a request's changes the current state. The transaction around it must commit. */
  end(write) {
    this.#currentRevision = write.revision;
    if (write.changes.length > 0) this.#lists.changed(write.changes);
    const { counts } = this;
    const { ranges, puts, deletes, putBytes } = write.asked;
    counts.ranges += ranges;
    counts.puts += puts;
    counts.deletes += deletes;
    counts.putBytes += putBytes;
    if (ranges + puts + deletes > 1) counts.txns += 1;
  }
  /**
   * Compacts at a revision: reads below it are refused from now on, and the mark is part of the
   * caller's transaction, so a restart finds it. The old versions go in the background after
   * `startCompaction`. Throws EtcdError Compacted or FutureRev.
   */
  scheduleCompaction(txn, revision) {
    if (revision <= this.#compactRevision) throw new EtcdError("Compacted");
    if (revision > this.#currentRevision) throw new EtcdError("FutureRev");
    const job = {
      from: this.#compactRevision,
      to: revision,
      wantsHash: this.#scheduledRevision === this.#finishedRevision
    };
    txn.put("meta", scheduledCompactKey, etcdRevisionKey(revision, 0, false));
    this.#compactRevision = revision;
    this.#scheduledRevision = revision;
    this.#lists.compacted(revision);
    return job;
  }
  /** Call it after the transaction of `scheduleCompaction` is committed. One job runs at a time. */
  startCompaction(job) {
    this.#compactions = this.#compactions.then(() => this.#compact(job));
    return this.#compactions;
  }
  /** What a restart interrupted; undefined when nothing was. */
  resumeCompaction() {
    if (this.#scheduledRevision <= this.#finishedRevision) return void 0;
    const job = { from: this.#finishedRevision, to: this.#scheduledRevision, wantsHash: false };
    return this.startCompaction(job);
  }
  /** Holds background deletion back, for example while a snapshot streams; returns the way to go on. */
  pauseCompaction() {
    this.#pauses++;
    let released2 = false;
    return () => {
      assert(!released2, "a compaction pause ends once");
      released2 = true;
      if (--this.#pauses > 0) return;
      for (const resume of this.#resume.splice(0)) resume();
    };
  }
  /**
   * Ends background work and long reads after their current step, so that the backend can be
   * closed; what a compaction leaves, the next start resumes.
   */
  async stop() {
    this.#stopped = true;
    for (const resume of this.#resume.splice(0)) resume();
    await Promise.allSettled(this.#reads);
    await this.#compactions;
  }
  #now() {
    return {
      index: this.#index,
      currentRevision: this.#currentRevision,
      compactRevision: this.#compactRevision,
      lists: { cache: this.#lists, reader: this.#lists.newReader(), fill: void 0 }
    };
  }
  /** An answer, or a list with its first piece. */
  #begin(query) {
    return this.#backend.read((txn) => {
      const read = beginRange({ ...this.#now(), txn }, query);
      if (read.kind === "answer") return { isComplete: true, result: () => read.result };
      const { scan, result } = read;
      return { isComplete: scan.read(txn), scan, result };
    });
  }
  /** `read` sees the state of this moment however long it takes. */
  async #readPinned(read) {
    this.#checkOpen();
    const pin = this.#backend.pin();
    const running = read(pin).finally(() => pin.close());
    this.#reads.add(running);
    try {
      return await running;
    } finally {
      this.#reads.delete(running);
    }
  }
  async #readToEnd(scan) {
    scan.hold();
    try {
      await this.#readPinned(async (pin) => {
        while (!scan.read(pin)) {
          this.#pieces = this.#pieces.then(() => this.#options.yieldToLoop());
          await this.#pieces;
          this.#checkOpen();
        }
      });
    } finally {
      scan.release();
    }
  }
  #checkOpen() {
    if (this.#stopped) throw new EtcdError("Stopped");
  }
  async #compact(job) {
    const parts = {
      backend: this.#backend,
      index: this.#index,
      nextStep: () => this.#nextStep()
    };
    const { finished, hash } = await runCompaction(parts, job);
    if (!finished) return;
    this.#finishedRevision = job.to;
    if (hash === void 0) return;
    this.#compactionHashes.push({ hash, compactRevision: job.from, hashRevision: job.to });
    if (this.#compactionHashes.length > compactionHashesMax) this.#compactionHashes.shift();
  }
  async #nextStep() {
    while (this.#pauses > 0 && !this.#stopped) {
      await new Promise((resolve) => this.#resume.push(resolve));
    }
    if (this.#stopped) return false;
    if (this.#backend.growthSinceCheckpointBytes() > limits.compactionGrowthBytesMax) {
      await this.#backend.checkpoint();
    }
    await this.#options.yieldToLoop();
    return !this.#stopped;
  }
};
function readMarks(txn) {
  const mark = (name) => {
    const value2 = txn.get("meta", name);
    return value2 === void 0 ? -1 : parseEtcdRevisionKey(value2).main;
  };
  let last = 0;
  for (const [key] of txn.range("history", historyKey(0, 0), void 0, {
    reverse: true,
    limit: 1
  })) {
    last = mainOf(key);
  }
  return { last, scheduled: mark(scheduledCompactKey), finished: mark(finishedCompactKey) };
}
function changeOf(main, sub, record) {
  const { previous, previousIsTombstone } = readHistoryHeader(record, main);
  const stored = keyValueOf(record);
  const livePrevious = previousIsTombstone ? void 0 : previous;
  if (isTombstone(record)) {
    const key2 = keyOf2(stored);
    const keyValue = deletedKeyValue(key2, main);
    return { type: 1, main, sub, key: key2, keyValue, isCreate: false, previous: livePrevious };
  }
  const { key, createRevision } = parseKeyValue(stored);
  const isCreate = createRevision === main;
  return { type: 0, main, sub, key, keyValue: stored, isCreate, previous: livePrevious };
}

// src/etcd/apply/state.ts
function loadState(backend, options) {
  return {
    backend,
    store: new MvccStore(backend, options),
    lessor: backend.read((txn) => Lessor.load(txn, options.leaseTtlSecondsMin)),
    alarms: backend.read((txn) => AlarmStore.load(txn)),
    membership: backend.read((txn) => Membership.load(txn))
  };
}

// src/etcd/apply/state-transfer.ts
var sameBuckets = [
  "alarm",
  "auth",
  "authRoles",
  "authUsers",
  "cluster",
  "lease",
  "members",
  "members_removed",
  "meta"
];
var recordsPerStep2 = 500;
var update2 = new IndexUpdate();
var authEnabledKey = Buffer.from("authEnabled");
var authRevisionKey = Buffer.from("authRevision");
var firstAuthRevision = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);
function exportBuckets(txn) {
  const buckets2 = sameBuckets.map((name) => ({
    name,
    entries: () => name === "auth" ? exportAuth(txn) : txn.range(name, emptyBytes, void 0)
  }));
  buckets2.push({ name: "key", entries: () => exportHistory(txn) });
  return { buckets: buckets2.sort((a, b) => a.name < b.name ? -1 : 1) };
}
function* exportAuth(txn) {
  yield* txn.range("auth", emptyBytes, void 0);
  if (txn.get("auth", authRevisionKey) === void 0) yield [authRevisionKey, firstAuthRevision];
}
function* exportHistory(txn) {
  for (const [key, record] of txn.range("history", emptyBytes, void 0)) {
    yield [etcdRevisionKey(mainOf(key), subOf(key), isTombstone(record)), keyValueOf(record)];
  }
}
async function importBuckets(backend, source, yieldToLoop2) {
  const isEmpty2 = backend.read((txn) => txn.count("history", emptyBytes, void 0) === 0);
  assert(isEmpty2, "buckets are imported into an empty backend");
  const index = backend.read((txn) => new KeyIndex(txn));
  for (const name of source.buckets()) {
    const put = name === "key" ? (txn, key, value2) => importRecord(txn, index, key, value2) : copierFor(name);
    if (put !== void 0) await importBucket(backend, source.entries(name), put, yieldToLoop2);
  }
  const authEnabled = backend.read((txn) => txn.get("auth", authEnabledKey));
  if (authEnabled?.[0] === 1) {
    throw new Error("the snapshot has authentication enabled, which is not supported yet");
  }
  await backend.checkpoint();
}
function copierFor(name) {
  const bucket = sameBuckets.find((same) => same === name);
  return bucket && ((txn, key, value2) => txn.put(bucket, key, value2));
}
async function importBucket(backend, entries, put, yieldToLoop2) {
  const iterator = entries[Symbol.iterator]();
  for (let done = false; !done; ) {
    backend.write((txn) => {
      for (let i = 0; i < recordsPerStep2; i++) {
        const next = iterator.next();
        if (next.done === true) {
          done = true;
          return;
        }
        put(txn, next.value[0], next.value[1]);
      }
    });
    await yieldToLoop2();
  }
}
function importRecord(txn, index, revisionKey, keyValue) {
  const { main, sub, tombstone } = parseEtcdRevisionKey(revisionKey);
  const { key, createRevision, version, lease } = parseKeyValue(keyValue);
  const state = update2;
  state.read(key.length === 0 ? void 0 : index.get(txn, key));
  const { main: oldMain, sub: oldSub, tombstone: wasTombstone, lease: oldLease } = state;
  state.addVersion(main, sub, -1);
  const record = Buffer.allocUnsafe(historyHeaderBytesMax + keyValue.length);
  const { jumpMain, jumpSub } = state;
  const start2 = writeHistoryHeader(
    record,
    main,
    tombstone,
    oldMain,
    oldSub,
    wasTombstone,
    jumpMain,
    jumpSub
  );
  record.set(keyValue, start2);
  txn.append("history", historyKey(main, sub), record.subarray(0, start2 + keyValue.length));
  if (key.length === 0) return;
  const newLease2 = tombstone ? 0n : lease;
  state.tombstone = tombstone;
  state.createRevision = tombstone ? 0 : createRevision;
  state.version = tombstone ? 0 : version;
  state.lease = newLease2;
  index.put(txn, key, state.encode(), wasTombstone);
  if (oldLease !== newLease2) {
    if (oldLease !== 0n) detachKey(txn, oldLease, key);
    if (newLease2 !== 0n) attachKey(txn, newLease2, key);
  }
}

// src/etcd/backend/lmdb-backend.ts
import { closeSync, fdatasync, openSync, readSync, statfsSync } from "node:fs";
import { promisify } from "node:util";
import * as lmdb from "lmdb";

// src/etcd/backend/backend.ts
var buckets = [
  "meta",
  "lease",
  "alarm",
  "cluster",
  "members",
  "members_removed",
  "auth",
  "authUsers",
  "authRoles",
  "history",
  "index",
  "index_long",
  "graves",
  "lease_keys",
  "local"
];
var backendKeyBytesMax = 1978;

// src/etcd/backend/checkpoint-file.ts
import { crc32c as crc32c4 } from "@node-rs/crc32";
var magic = Buffer.from("etcdtsCP", "latin1");
var formatVersion = 1;
var headerBytes = 8 + 4 + 4 + 64;
var bootIdBytesMax = 63;
function encodeCheckpoint(checkpoint) {
  const pages = checkpoint.metaPages;
  const pagesBytes = pages?.length ?? 0;
  const bootId2 = Buffer.from(checkpoint.bootId, "latin1").subarray(0, bootIdBytesMax);
  const bytes = Buffer.alloc(headerBytes + pagesBytes + 4);
  magic.copy(bytes);
  bytes.writeUInt32LE(formatVersion, 8);
  bytes.writeUInt32LE(pagesBytes / 2, 12);
  bytes.writeUInt8(bootId2.length, 16);
  bootId2.copy(bytes, 17);
  if (pages !== void 0) bytes.set(pages, headerBytes);
  bytes.writeUInt32LE(crc32c4(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
  return bytes;
}
function decodeCheckpoint(input) {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  if (bytes.length < headerBytes + 4 || !bytes.subarray(0, 8).equals(magic)) {
    throw new Error("not a checkpoint file");
  }
  const format = bytes.readUInt32LE(8);
  if (format !== formatVersion) throw new Error(`checkpoint format ${format} is not known`);
  const pagesBytes = 2 * bytes.readUInt32LE(12);
  if (bytes.length !== headerBytes + pagesBytes + 4) {
    throw new Error(`checkpoint has ${bytes.length} bytes, not ${headerBytes + pagesBytes + 4}`);
  }
  if (crc32c4(bytes.subarray(0, bytes.length - 4)) !== bytes.readUInt32LE(bytes.length - 4)) {
    throw new Error("checkpoint checksum mismatch");
  }
  const bootIdBytes = Math.min(bytes.readUInt8(16), bootIdBytesMax);
  return {
    bootId: bytes.toString("latin1", 17, 17 + bootIdBytes),
    metaPages: pagesBytes === 0 ? void 0 : bytes.subarray(headerBytes, headerBytes + pagesBytes)
  };
}
async function readCheckpoint(disk, path) {
  if (!await disk.exists(path)) return void 0;
  try {
    return decodeCheckpoint(await readWholeFile(disk, path));
  } catch (cause) {
    throw new Error(`cannot read ${path}`, { cause });
  }
}
async function writeCheckpoint(disk, dir, name, checkpoint) {
  await replaceFile(disk, dir, name, encodeCheckpoint(checkpoint));
}

// src/etcd/backend/lmdb-commit.ts
var putFlags = 15;
var deleteFlags = 13;
var appendFlag = 131072;
var failedFlag = 67108864;
var headBytes = 12;
var overheadBytesMax = headBytes + 16 + 8;
var memoryBytesMin = 64 * 1024;
var memoryBytesKept = 4 * 1024 * 1024;
var CommitInstructions = class {
  #thread;
  #bytes = Buffer.alloc(0);
  #words = new Uint32Array(0);
  #doubles = new Float64Array(0);
  #address = 0;
  #at = 0;
  /** Where in `#words` the instructions that append are. */
  #appends = [];
  #valueMemory;
  #valueAddress = 0;
  constructor(thread) {
    this.#thread = thread;
  }
  /** Resolves with lmdb's error number, 0 when it is committed. Nothing of a failed one remains. */
  async run(changes) {
    this.#prepare(changes);
    for (const some of changes) some.forEach((change) => this.#add(change));
    this.#words[this.#at >> 2] = 0;
    const status2 = await new Promise((resolve) => {
      this.#thread.start(this.#address, resolve);
    });
    if (status2 === 0) this.#checkAppends();
    this.#valueMemory = void 0;
    if (this.#bytes.length > memoryBytesKept) this.#allocate(memoryBytesMin);
    return status2;
  }
  #prepare(changes) {
    let bytes = 8;
    for (const { count, keyBytes } of changes) bytes += count * overheadBytesMax + keyBytes;
    if (bytes > this.#bytes.length) this.#allocate(Math.max(2 * bytes, memoryBytesMin));
    this.#at = 0;
    this.#appends.length = 0;
  }
  #allocate(bytes) {
    const memory = new ArrayBuffer(bytes + 7 & ~7);
    this.#bytes = Buffer.from(memory);
    this.#words = new Uint32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#address = this.#thread.addressOf(memory);
  }
  #add(change) {
    const { bucket, key, keyStart, keyLength, value: value2 } = change;
    const words = this.#words;
    const first = this.#at >> 2;
    words[first + 1] = this.#thread.databaseOf(bucket);
    words[first + 2] = keyLength;
    const keyAt = this.#at + headBytes;
    key.copy(this.#bytes, keyAt, keyStart, keyStart + keyLength);
    const end2 = keyAt + keyLength + 16 & ~7;
    if (value2 === void 0) {
      words[first] = deleteFlags;
      this.#at = end2;
      return;
    }
    words[first] = change.isAppend ? putFlags | appendFlag : putFlags;
    if (change.isAppend) this.#appends.push(first);
    words[(end2 >> 2) - 1] = change.valueLength;
    this.#doubles[end2 >> 3] = this.#addressOf(value2) + change.valueStart;
    this.#at = end2 + 8;
  }
  /** Neighbours share their memory. */
  #addressOf(value2) {
    if (value2.buffer !== this.#valueMemory) {
      this.#valueMemory = value2.buffer;
      this.#valueAddress = this.#thread.addressOf(value2.buffer);
    }
    return this.#valueAddress + value2.byteOffset;
  }
  /** The thread takes a key that is not the last one for there already, and says no more. */
  #checkAppends() {
    for (const first of this.#appends) {
      if ((this.#words[first] & failedFlag) === 0) continue;
      throw new Error("a key was appended to the store that is not its last one");
    }
  }
};

// src/etcd/backend/lmdb-backend.ts
var pageBytes = 4096;
var metaBytes = 2 * pageBytes;
var mapSizeBytes = 2 ** 37;
var formatVersion2 = "1";
var formatKey = Buffer.from("format");
var firstKey = Buffer.from([0]);
var appendOption = { append: true };
var dataName = "state.lmdb";
var checkpointName = "checkpoint";
var { nativeAddon } = lmdb;
var syncFile = promisify(fdatasync);
var LmdbBackend = class _LmdbBackend {
  #options;
  #root;
  #dbs;
  #fd;
  #txn;
  #commits;
  #checkpointPin;
  #sizeAtCheckpoint;
  /** Only a commit changes it, and every write asks for it. */
  #knownSizeBytes;
  #committing;
  /** A checkpoint that waits for the running commit to end; the next commit waits for it. */
  #pinning;
  #running;
  #next;
  #failure;
  static async open(options) {
    await prepareFile(options);
    const backend = new _LmdbBackend(options);
    backend.#checkFormat();
    return backend;
  }
  constructor(options) {
    const path = `${options.dir}/${dataName}`;
    this.#options = options;
    this.#root = openRoot(path);
    this.#fd = openSync(path, "r");
    this.#checkpointPin = this.#pinLatest();
    this.#dbs = openBuckets(this.#root);
    this.#txn = new LmdbTxn(this.#dbs, void 0);
    this.#commits = new CommitInstructions(writingThread(this.#root, this.#dbs));
    this.#sizeAtCheckpoint = this.sizeBytes();
  }
  read(fn) {
    return fn(this.#txn);
  }
  /** Its writes wait themselves. */
  room() {
  }
  async drain() {
  }
  get latest() {
    return this.#txn;
  }
  pin() {
    return new LmdbTxn(this.#dbs, this.#pinLatest());
  }
  write(fn) {
    assert(this.#committing === void 0, "no write while a commit runs");
    if (this.#failure !== void 0) throw this.#failure;
    try {
      return this.#measured(fn);
    } catch (error) {
      throw this.#writeFailure(error);
    } finally {
      this.#knownSizeBytes = void 0;
    }
  }
  /** lmdb's own errors have a number: the disk is full or broken, and says only "I/O error". */
  #writeFailure(cause) {
    if (typeof cause.code !== "number") return cause;
    const { dir } = this.#options;
    const { bavail, bsize } = statfsSync(dir);
    this.#failure = new Error(
      `cannot write to ${dir}/${dataName}, the disk has ${bavail * bsize} bytes free`,
      { cause }
    );
    return this.#failure;
  }
  #measured(fn) {
    const { commitMeter: meter } = this.#options;
    if (meter === void 0) return this.#root.transactionSync(() => fn(this.#txn));
    let writtenMs = 0;
    const result = this.#root.transactionSync(() => {
      const answer4 = fn(this.#txn);
      writtenMs = meter.clock.monotonicMs();
      return answer4;
    });
    meter.committed((meter.clock.monotonicMs() - writtenMs) / 1e3);
    return result;
  }
  async commit(changes) {
    while (this.#pinning !== void 0) await this.#pinning;
    if (this.#failure !== void 0) throw this.#failure;
    assert(this.#committing === void 0, "one commit at a time");
    const { commitMeter: meter } = this.#options;
    const startMs = meter?.clock.monotonicMs() ?? 0;
    const running = this.#batch(changes);
    this.#committing = running;
    try {
      await running;
    } catch (error) {
      throw this.#writeFailure(error);
    } finally {
      this.#committing = void 0;
      this.#knownSizeBytes = void 0;
    }
    meter?.committed((meter.clock.monotonicMs() - startMs) / 1e3);
  }
  async #batch(changes) {
    const status2 = await this.#commits.run(changes);
    if (status2 !== 0) nativeAddon.lmdbError(status2);
    this.#root.resetReadTxn();
  }
  /** Calls made while one runs share the next one: it covers everything committed by then. */
  checkpoint() {
    if (this.#running === void 0) return this.#startCheckpoint();
    this.#next ??= this.#running.then(() => {
      this.#next = void 0;
      return this.#startCheckpoint();
    });
    return this.#next;
  }
  sizeBytes() {
    if (this.#knownSizeBytes === void 0) {
      const { env } = this.#root;
      this.#knownSizeBytes = (env.info().lastPageNumber + 1) * pageBytes;
    }
    return this.#knownSizeBytes;
  }
  sizeInUseBytes() {
    let pages = 2;
    for (const bucket of buckets) {
      const db = this.#dbs[bucket];
      db.ensureReadTxn();
      const stat = db.db.stat();
      pages += stat.treeBranchPageCount + stat.treeLeafPageCount + stat.overflowPages;
    }
    return Math.min(pages * pageBytes, this.sizeBytes());
  }
  growthSinceCheckpointBytes() {
    return Math.max(0, this.sizeBytes() - this.#sizeAtCheckpoint);
  }
  /** The binding copies in a thread of its own; `close` must wait for it. */
  async copyTo(dir) {
    const { disk, bootId: bootId2 } = this.#options;
    const neededBytes = this.sizeInUseBytes() + limits.defragmentSpareBytes;
    const { bavail, bsize } = statfsSync(this.#options.dir);
    if (bavail * bsize < neededBytes) {
      throw new Error(
        `a copy of the store needs ${neededBytes} bytes of disk, ${bavail * bsize} are free`
      );
    }
    await disk.makeDir(dir);
    const root = this.#root;
    await root.backup(`${dir}/${dataName}`, true);
    await writeCheckpoint(disk, dir, checkpointName, { bootId: bootId2, metaPages: void 0 });
  }
  async close() {
    if (this.#failure === void 0) await this.checkpoint();
    this.#checkpointPin.done();
    await this.#root.close();
    closeSync(this.#fd);
  }
  #checkFormat() {
    const bytes = this.#txn.get("local", formatKey);
    if (bytes === void 0) {
      this.write((txn) => txn.put("local", formatKey, utf8Bytes(formatVersion2)));
      return;
    }
    const found = utf8Text(bytes);
    if (found === formatVersion2) return;
    throw new Error(`${this.#options.dir} has store format ${found}, this is ${formatVersion2}`);
  }
  #pinLatest() {
    this.#root.resetReadTxn();
    return this.#root.useReadTransaction();
  }
  #startCheckpoint() {
    this.#running = this.#runCheckpoint().finally(() => {
      this.#running = void 0;
    });
    return this.#running;
  }
  /** Pin and meta pages belong together: no commit may come between them, on any thread. */
  #moment() {
    if (this.#failure !== void 0) throw this.#failure;
    assert(this.#committing === void 0, "a checkpoint begins between commits");
    const pin = this.#pinLatest();
    return { pin, metaPages: readMetaPages(this.#fd), sizeBytes: this.sizeBytes() };
  }
  #momentAfter(commit) {
    const moment = commit.catch(() => void 0).then(() => {
      this.#pinning = void 0;
      return this.#moment();
    });
    this.#pinning = moment.then(
      () => void 0,
      () => void 0
    );
    return moment;
  }
  /** The order is the point: see the ADR before changing any of it. */
  async #runCheckpoint() {
    const { pin, metaPages, sizeBytes } = this.#committing === void 0 ? this.#moment() : await this.#momentAfter(this.#committing);
    try {
      await syncFile(this.#fd);
      const { disk, dir, bootId: bootId2 } = this.#options;
      await writeCheckpoint(disk, dir, checkpointName, { bootId: bootId2, metaPages });
    } catch (cause) {
      pin.done();
      this.#failure = new Error(
        `cannot write to ${this.#options.dir}/${checkpointName}, the store takes no more writes`,
        { cause }
      );
      throw this.#failure;
    }
    this.#checkpointPin.done();
    this.#checkpointPin = pin;
    this.#sizeAtCheckpoint = sizeBytes;
  }
};
var LmdbTxn = class {
  #dbs;
  #pin;
  #at;
  constructor(dbs, pin) {
    this.#dbs = dbs;
    this.#pin = pin;
    this.#at = pin === void 0 ? void 0 : { transaction: pin };
  }
  get(bucket, key) {
    return this.#dbs[bucket].get(key, this.#at);
  }
  *range(bucket, from, to, options) {
    const found = this.#dbs[bucket].getRange(this.#rangeOptions(from, to, options));
    for (const { key, value: value2 } of found) yield [key, value2];
  }
  count(bucket, from, to) {
    return this.#dbs[bucket].getKeysCount(this.#rangeOptions(from, to, void 0));
  }
  put(bucket, key, value2) {
    assertKey(key);
    this.#dbs[bucket].putSync(key, value2);
  }
  append(bucket, key, value2) {
    assertKey(key);
    this.#dbs[bucket].putSync(key, value2, appendOption);
  }
  delete(bucket, key) {
    this.#dbs[bucket].removeSync(key);
  }
  close() {
    this.#pin?.done();
  }
  #rangeOptions(from, to, options) {
    const start2 = from.length === 0 ? firstKey : from;
    const limits2 = options?.reverse === true ? { start: to, end: start2, reverse: true, exclusiveStart: true, inclusiveEnd: true } : { start: start2, end: to };
    if (options?.limit !== void 0) limits2.limit = options.limit;
    if (this.#pin !== void 0) limits2.transaction = this.#pin;
    return limits2;
  }
};
function assertKey(key) {
  if (key.length > 0 && key.length <= backendKeyBytesMax) return;
  throw broken(`a backend key has 1 to ${backendKeyBytesMax} bytes, not ${key.length}`);
}
function openRoot(path) {
  return lmdb.open({
    path,
    noSubdir: true,
    noSync: true,
    overlappingSync: false,
    noMemInit: true,
    eventTurnBatching: false,
    maxDbs: buckets.length + 2,
    pageSize: pageBytes,
    mapSize: mapSizeBytes,
    keyEncoding: "binary",
    encoding: "binary"
  });
}
function openBuckets(root) {
  const opened = {};
  for (const name of buckets) {
    opened[name] = root.openDB(name, { keyEncoding: "binary", encoding: "binary" });
  }
  return opened;
}
function writingThread(root, dbs) {
  const numbers = {};
  for (const name of buckets) numbers[name] = dbs[name].db.dbi;
  return {
    addressOf: (memory) => nativeAddon.getAddress(memory),
    start: (address, ended) => root.env.startWriting(address, ended),
    databaseOf: (bucket) => numbers[bucket]
  };
}
function readMetaPages(fd) {
  const pages = Buffer.alloc(metaBytes);
  const count = readSync(fd, pages, 0, metaBytes, 0);
  assert(count === metaBytes, `lmdb file has only ${count} bytes of meta pages`);
  return pages;
}
async function prepareFile({ dir, disk, bootId: bootId2, log }) {
  await disk.makeDir(dir);
  const path = `${dir}/${dataName}`;
  const checkpoint = await readCheckpoint(disk, `${dir}/${checkpointName}`);
  const hasData = await disk.exists(path);
  if (checkpoint === void 0) {
    if (hasData) throw new Error(`${dir} has a ${dataName} but no ${checkpointName} file`);
    await writeCheckpoint(disk, dir, checkpointName, { bootId: bootId2, metaPages: void 0 });
    return;
  }
  const survived = checkpoint.bootId === bootId2;
  if (checkpoint.metaPages === void 0) {
    const usable = survived && hasData && await sizeOf(disk, path) >= metaBytes;
    if (!usable) {
      await disk.remove(path);
      await writeCheckpoint(disk, dir, checkpointName, { bootId: bootId2, metaPages: void 0 });
      return;
    }
  } else if (!hasData) {
    throw new Error(`${dir} has a ${checkpointName} file but no ${dataName}`);
  }
  const file = await disk.open(path, "write");
  try {
    if (!survived && checkpoint.metaPages !== void 0) {
      log.warn("restoring the store to its last checkpoint after a restart of the machine", {
        dir
      });
      await file.write(checkpoint.metaPages, 0);
    }
    await file.sync();
    const metaPages = new Uint8Array(metaBytes);
    await file.read(metaPages, 0);
    await writeCheckpoint(disk, dir, checkpointName, { bootId: bootId2, metaPages });
  } finally {
    await file.close();
  }
}
async function sizeOf(disk, path) {
  const file = await disk.open(path, "read");
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

// src/etcd/backend/write-journal.ts
var entryBytes = 64;
var markOf = new Map(buckets.map((bucket, at) => [bucket, String.fromCharCode(at)]));
var WriteJournal = class {
  #bytesMax;
  /** A bucket's mark, then the key, a character per byte. */
  #keys = /* @__PURE__ */ new Set();
  #appendedFrom = /* @__PURE__ */ new Map();
  #bytes = 0;
  #isFull = false;
  #recorded = 0;
  constructor(bytesMax) {
    this.#bytesMax = bytesMax;
  }
  /** It stopped recording: the copy cannot be brought up to date any more. */
  get isFull() {
    return this.#isFull;
  }
  /** Operations recorded since this was asked last. */
  takeRecorded() {
    const recorded = this.#recorded;
    this.#recorded = 0;
    return recorded;
  }
  /** The same transaction, with its writes recorded. */
  recording(txn) {
    return new RecordingTxn(txn, this);
  }
  changed(bucket, key) {
    this.#recorded += 1;
    if (this.#isFull) return;
    const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
    const entry = `${markOf.get(bucket)}${name}`;
    if (this.#keys.has(entry)) return;
    this.#bytes += entryBytes + entry.length;
    if (this.#bytes > this.#bytesMax) this.#isFull = true;
    else this.#keys.add(entry);
  }
  appended(bucket, key) {
    this.#recorded += 1;
    if (!this.#appendedFrom.has(bucket)) this.#appendedFrom.set(bucket, Uint8Array.from(key));
  }
  /** Copies up to `keysMax` keys as `live` has them now; false when nothing is left to copy. */
  copySome(live, copy, keysMax) {
    let room = keysMax;
    for (const [bucket, from] of [...this.#appendedFrom]) {
      room -= this.#copyAppended(live, copy, bucket, from, room);
      if (room <= 0) return true;
    }
    for (const entry of this.#keys) {
      if (room <= 0) return true;
      room -= 1;
      this.#keys.delete(entry);
      this.#bytes -= entryBytes + entry.length;
      const bucket = buckets[entry.charCodeAt(0)];
      const key = Buffer.from(entry.slice(1), "latin1");
      const value2 = live.get(bucket, key);
      if (value2 === void 0) copy.delete(bucket, key);
      else copy.put(bucket, key, value2);
    }
    return false;
  }
  /** Returns how many keys it copied. */
  #copyAppended(live, copy, bucket, from, keysMax) {
    let copied = 0;
    for (const [key, value2] of live.range(bucket, from, void 0, { limit: keysMax + 1 })) {
      if (copied === keysMax) {
        this.#appendedFrom.set(bucket, key);
        return copied;
      }
      copy.put(bucket, key, value2);
      copied += 1;
    }
    this.#appendedFrom.delete(bucket);
    return copied;
  }
};
var RecordingTxn = class {
  #txn;
  #journal;
  constructor(txn, journal) {
    this.#txn = txn;
    this.#journal = journal;
  }
  get(bucket, key) {
    return this.#txn.get(bucket, key);
  }
  range(bucket, from, to, options) {
    return this.#txn.range(bucket, from, to, options);
  }
  count(bucket, from, to) {
    return this.#txn.count(bucket, from, to);
  }
  put(bucket, key, value2) {
    this.#journal.changed(bucket, key);
    this.#txn.put(bucket, key, value2);
  }
  append(bucket, key, value2) {
    this.#journal.appended(bucket, key);
    this.#txn.append(bucket, key, value2);
  }
  delete(bucket, key) {
    this.#journal.changed(bucket, key);
    this.#txn.delete(bucket, key);
  }
};

// src/etcd/backend/replaceable-backend.ts
var stopping = "the store was closed while it was defragmented";
var ReplaceableBackend = class _ReplaceableBackend {
  #options;
  #live;
  #replaced = /* @__PURE__ */ new Set();
  #closingReplaced = /* @__PURE__ */ new Set();
  #journal;
  #defragmenting;
  /** Checkpoints wait for it: the copy that takes over is not to be older than one of them. */
  #swapping;
  #checkpoints = /* @__PURE__ */ new Set();
  #isClosing = false;
  #failure;
  static async open(dir, options) {
    return new _ReplaceableBackend(dir, await options.open(dir), options);
  }
  constructor(dir, backend, options) {
    this.#options = options;
    this.#live = { backend, dir, pins: 0 };
  }
  /** The folder in use. */
  get dir() {
    return this.#live.dir;
  }
  read(fn) {
    return this.#live.backend.read(fn);
  }
  pin() {
    const opened = this.#live;
    const pin = opened.backend.pin();
    opened.pins += 1;
    return new CountedPin(pin, () => {
      opened.pins -= 1;
      this.#closeUnread(opened);
    });
  }
  write(fn) {
    if (this.#failure !== void 0) throw this.#failure;
    const journal = this.#journal;
    if (journal === void 0) return this.#live.backend.write(fn);
    return this.#live.backend.write((txn) => fn(journal.recording(txn)));
  }
  room() {
    if (this.#failure !== void 0) return Promise.reject(this.#failure);
    return this.#live.backend.room();
  }
  async drain() {
    if (this.#failure !== void 0) throw this.#failure;
    await this.#live.backend.drain();
  }
  async checkpoint() {
    while (this.#swapping !== void 0) await this.#swapping;
    if (this.#failure !== void 0) throw this.#failure;
    const running = this.#live.backend.checkpoint();
    this.#checkpoints.add(running);
    try {
      await running;
    } finally {
      this.#checkpoints.delete(running);
    }
  }
  sizeBytes() {
    return this.#live.backend.sizeBytes();
  }
  sizeInUseBytes() {
    return this.#live.backend.sizeInUseBytes();
  }
  growthSinceCheckpointBytes() {
    return this.#live.backend.growthSinceCheckpointBytes();
  }
  /** Ends a defragmentation, which then rejects; waits for a copy that is being written. */
  async close() {
    this.#isClosing = true;
    await this.#defragmenting?.catch(() => {
    });
    await Promise.all(this.#closingReplaced);
    const unclosed = [...this.#replaced];
    this.#replaced.clear();
    for (const opened of unclosed) await this.#discard(opened);
    await this.#live.backend.close();
  }
  /**
   * Makes the file as small as its contents and resolves when the new one is in use and durable.
   * When it rejects nothing has changed. Calls made while one runs share it.
   */
  defragment() {
    this.#defragmenting ??= this.#defragment().finally(() => {
      this.#defragmenting = void 0;
    });
    return this.#defragmenting;
  }
  async #defragment() {
    this.#assertGoingOn();
    const { disk } = this.#options;
    const old = this.#live;
    const dir = defragmentedDir(old.dir);
    const filling = `${dir}.tmp`;
    const journal = new WriteJournal(
      this.#options.journalBytesMax ?? limits.defragmentJournalBytesMax
    );
    this.#journal = journal;
    try {
      await this.checkpoint();
      await disk.removeDir(filling);
      await old.backend.copyTo(filling);
      const copy = await this.#options.open(filling);
      await this.#following(copy, async () => {
        await this.#catchUp(copy, journal);
        await copy.checkpoint();
      });
      await this.#swapTo(copy, filling, dir, journal);
    } catch (error) {
      if (this.#failure === void 0) await disk.removeDir(filling);
      throw error;
    } finally {
      this.#journal = void 0;
    }
    this.#replaced.add(old);
    this.#closeUnread(old);
  }
  /** Nobody waits for any of it except checkpoints. */
  async #swapTo(copy, filling, dir, journal) {
    const { disk, open: open2 } = this.#options;
    const release = this.#holdCheckpoints();
    try {
      await this.#following(copy, async () => {
        await Promise.allSettled(this.#checkpoints);
        await this.#catchUp(copy, journal);
      });
      await copy.close();
      await disk.rename(filling, dir);
      try {
        await disk.syncDir(parentOf2(dir));
        const renamed = await open2(dir);
        const takeOver = () => {
          this.#live = { backend: renamed, dir, pins: 0 };
        };
        await this.#following(renamed, () => this.#catchUp(renamed, journal, takeOver));
      } catch (error) {
        await this.#takeBack(dir, filling, error);
        throw error;
      }
    } finally {
      release();
    }
  }
  /** The next start would open the copy, and it no longer follows what is written. */
  async #takeBack(dir, filling, cause) {
    const { disk } = this.#options;
    try {
      await disk.rename(dir, filling);
      await disk.syncDir(parentOf2(dir));
    } catch (error) {
      const causes = new AggregateError([cause, error]);
      this.#failure = new Error(`cannot take back the defragmented ${dir}`, { cause: causes });
      throw this.#failure;
    }
  }
  /** Closes the copy when `work` fails. */
  async #following(copy, work) {
    try {
      await work();
    } catch (error) {
      await copy.close().catch(() => {
      });
      throw error;
    }
  }
  /**
   * A step takes more keys than were written since the last one, so this ends however fast writes
   * come. `caughtUp` runs before anything else can be written.
   */
  async #catchUp(copy, journal, caughtUp = () => {
  }) {
    journal.takeRecorded();
    for (; ; ) {
      this.#assertGoingOn();
      if (journal.isFull) {
        throw new Error("too many keys were written while the store was defragmented, try again");
      }
      const keys = limits.defragmentKeysPerTurn + 2 * journal.takeRecorded();
      const isMore = this.#live.backend.read(
        (live) => copy.write((txn) => journal.copySome(live, txn, keys))
      );
      if (!isMore) return caughtUp();
      await copy.room();
      await this.#options.yieldToLoop();
    }
  }
  #holdCheckpoints() {
    let release = () => {
    };
    this.#swapping = new Promise((resolve) => {
      release = () => {
        this.#swapping = void 0;
        resolve();
      };
    });
    return release;
  }
  #assertGoingOn() {
    if (this.#isClosing) throw new Error(stopping);
    if (this.#failure !== void 0) throw this.#failure;
  }
  #closeUnread(opened) {
    if (opened.pins > 0 || !this.#replaced.delete(opened)) return;
    const closing = this.#discard(opened).finally(() => this.#closingReplaced.delete(closing));
    this.#closingReplaced.add(closing);
  }
  /** Whatever remains is removed by the next start. */
  async #discard({ backend, dir }) {
    try {
      await backend.close();
      await this.#options.disk.removeDir(dir);
    } catch (error) {
      this.#options.log.warn("failed to remove a store that was replaced", { dir, error });
    }
  }
};
var CountedPin = class {
  #pin;
  #onClose;
  constructor(pin, onClose) {
    this.#pin = pin;
    this.#onClose = onClose;
  }
  get = (bucket, key) => this.#pin.get(bucket, key);
  range = (bucket, from, to, options) => this.#pin.range(bucket, from, to, options);
  count = (bucket, from, to) => this.#pin.count(bucket, from, to);
  close() {
    this.#pin.close();
    this.#onClose();
  }
};
function defragmentedDir(dir) {
  const [, origin, count] = /^(.*?)(?:-([0-9a-f]{8}))?$/.exec(dir) ?? [];
  const next = Number.parseInt(count ?? "0", 16) + 1;
  return `${origin}-${next.toString(16).padStart(8, "0")}`;
}
function parentOf2(dir) {
  return dir.slice(0, dir.lastIndexOf("/"));
}

// src/etcd/backend/merged-range.ts
function* mergeRange(below, pending, bucket, from, to, options) {
  const reverse2 = options?.reverse === true;
  const walk = new PendingWalk(pending, bucket, from, to, reverse2);
  let left = options?.limit ?? Number.POSITIVE_INFINITY;
  const stored = below.range(bucket, from, to, reverse2 ? { reverse: reverse2 } : void 0)[Symbol.iterator]();
  try {
    let next = stored.next();
    while (left > 0) {
      const key = walk.key;
      const order = orderOf2(next, key, reverse2);
      if (order < 0) {
        left -= 1;
        yield next.value;
        next = stored.next();
        continue;
      }
      if (key === void 0) return;
      const value2 = walk.value;
      walk.advance();
      if (order === 0) next = stored.next();
      if (value2 === void 0) continue;
      left -= 1;
      yield [Buffer.from(key), Buffer.from(value2)];
    }
  } finally {
    stored.return?.();
  }
}
function orderOf2(stored, key, reverse2) {
  if (stored.done === true) return key === void 0 ? 0 : 1;
  if (key === void 0) return -1;
  const order = compareBytes(stored.value[0], key);
  return reverse2 ? -order : order;
}
function countMerged(below, pending, bucket, from, to) {
  let difference = 0;
  const walk = new PendingWalk(pending, bucket, from, to, false);
  for (let key = walk.key; key !== void 0; key = walk.key) {
    const isThere = walk.value !== void 0;
    if (isThere !== (below.get(bucket, key) !== void 0)) difference += isThere ? 1 : -1;
    walk.advance();
  }
  return difference;
}
var PendingWalk = class {
  #cursors = [];
  #reverse;
  /** undefined at the end. A view, like `value`. */
  key;
  /** undefined: the key is deleted. */
  value;
  constructor(pending, bucket, from, to, reverse2) {
    this.#reverse = reverse2;
    for (const writes of pending) {
      const ids = writes.inOrder(bucket);
      const start2 = lowerBound(writes, ids, from);
      const end2 = to === void 0 ? ids.length : lowerBound(writes, ids, to);
      if (start2 < end2) this.#cursors.push({ writes, ids, at: start2, end: end2 });
    }
    this.#find();
  }
  advance() {
    const { key } = this;
    if (key === void 0) return;
    for (const cursor of this.#cursors) {
      const id = idAt(cursor, this.#reverse);
      if (id === void 0 || cursor.writes.compareKey(id, key) !== 0) continue;
      if (this.#reverse) cursor.end -= 1;
      else cursor.at += 1;
    }
    this.#find();
  }
  /** Of equal keys the first one found is the newest. */
  #find() {
    this.key = void 0;
    let found;
    for (const cursor of this.#cursors) {
      const id = idAt(cursor, this.#reverse);
      if (id === void 0) continue;
      const order = this.key === void 0 ? -1 : cursor.writes.compareKey(id, this.key);
      if ((this.key !== void 0 && this.#reverse ? -order : order) >= 0) continue;
      found = cursor;
      this.key = cursor.writes.keyOf(id);
    }
    this.value = found?.writes.valueOf(idAt(found, this.#reverse));
  }
};
function idAt({ ids, at, end: end2 }, reverse2) {
  if (at >= end2) return void 0;
  return reverse2 ? ids[end2 - 1] : ids[at];
}
function lowerBound(writes, ids, key) {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = low + high >>> 1;
    if (writes.compareKey(ids[middle], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

// src/etcd/backend/pending-writes.ts
var Field2 = {
  hash: 0,
  bucket: 1,
  keyChunk: 2,
  keyStart: 3,
  keyLength: 4,
  valueChunk: 5,
  valueStart: 6,
  valueLength: 7
};
var stride = 8;
var entryBytes2 = 4 * (stride + 3);
var deleted = -1;
var appendMark = 256;
var bucketMask = appendMark - 1;
var noBytes = Buffer.alloc(0);
var slotsMin = 1024;
var chunkBytes = 256 * 1024;
var bucketNumbers = Object.fromEntries(buckets.map((name, i) => [name, i]));
var ChunkPool = class {
  #free = [];
  #chunksMax;
  constructor(chunksMax) {
    this.#chunksMax = chunksMax;
  }
  take(bytes) {
    if (bytes > chunkBytes) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
  }
  give(chunks) {
    for (const chunk of chunks) {
      if (chunk.length === chunkBytes && this.#free.length < this.#chunksMax)
        this.#free.push(chunk);
    }
  }
};
var Place = class {
  bucket = "meta";
  isAppend = false;
  key = noBytes;
  keyStart = 0;
  keyLength = 0;
  value = void 0;
  valueStart = 0;
  valueLength = 0;
};
function hashKey(bucket, key) {
  let hash = Math.imul(2166136261 ^ bucketNumbers[bucket], 16777619);
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key[i], 16777619);
  hash = Math.imul(hash ^ hash >>> 15, 739982445);
  return hash ^ hash >>> 13;
}
function assertKey2(key) {
  if (key.length > 0 && key.length <= backendKeyBytesMax) return;
  throw broken(`a backend key has 1 to ${backendKeyBytesMax} bytes, not ${key.length}`);
}
var PendingWrites = class {
  #pool;
  #slots = new Int32Array(slotsMin);
  #fields = new Int32Array(slotsMin / 2 * stride);
  #chunks = [];
  #used = chunkBytes;
  #count = 0;
  #bytes = 0;
  #keyBytes = 0;
  #orders = [];
  /** Where the running transaction began, and what it replaced: entry and its value's fields. */
  #mark = 0;
  #replaced = [];
  constructor(pool) {
    this.#pool = pool;
  }
  /** Keys with a change. */
  get count() {
    return this.#count;
  }
  get keyBytes() {
    return this.#keyBytes;
  }
  /** Bytes in memory, those of replaced values too. */
  get bytes() {
    return this.#bytes;
  }
  /** Everything from here on is undone by `rollBack`. */
  begin() {
    this.#mark = this.#count;
    this.#replaced.length = 0;
  }
  rollBack() {
    for (let at = this.#replaced.length - 4; at >= 0; at -= 4) {
      const base = this.#replaced[at] * stride;
      this.#fields[base + Field2.valueChunk] = this.#replaced[at + 1];
      this.#fields[base + Field2.valueStart] = this.#replaced[at + 2];
      this.#fields[base + Field2.valueLength] = this.#replaced[at + 3];
    }
    this.#replaced.length = 0;
    this.#count = this.#mark;
    for (const order of this.#orders) {
      if (order === void 0) continue;
      const isKept = (id) => id < this.#mark;
      order.sorted = order.ids.slice(0, order.sorted).filter(isKept).length;
      order.ids = order.ids.filter(isKept);
    }
    this.#slots.fill(0);
    for (let id = 0; id < this.#count; id++) this.#link(id);
  }
  /** `value` undefined: the key is deleted. Copies both. */
  set(bucket, key, value2) {
    assertKey2(key);
    const hash = hashKey(bucket, key);
    let id = this.find(bucket, key, hash);
    if (id < 0) id = this.#add(bucket, key, hash);
    else this.#replace(id);
    this.#setValue(id, value2);
  }
  /** Like `set` of a key that has no entry. */
  append(bucket, key, value2) {
    assertKey2(key);
    const id = this.#add(bucket, key, hashKey(bucket, key));
    this.#fields[id * stride + Field2.bucket] = bucketNumbers[bucket] | appendMark;
    this.#setValue(id, value2);
  }
  #setValue(id, value2) {
    const base = id * stride;
    const length = value2 === void 0 ? 0 : value2.length;
    const start2 = this.#reserve(length);
    if (value2 !== void 0) this.#chunks.at(-1).set(value2, start2);
    this.#fields[base + Field2.valueChunk] = this.#chunks.length - 1;
    this.#fields[base + Field2.valueStart] = start2;
    this.#fields[base + Field2.valueLength] = value2 === void 0 ? deleted : length;
  }
  /** The entry of a key, or −1. `hash` is `hashKey` of both. */
  find(bucket, key, hash) {
    const slots = this.#slots;
    const fields = this.#fields;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = slot + 1 & mask) {
      const id = slots[slot] - 1;
      if (id < 0) return -1;
      const base = id * stride;
      if (fields[base] !== hash || fields[base + Field2.keyLength] !== key.length) continue;
      const found = fields[base + Field2.bucket] & bucketMask;
      if (found !== bucketNumbers[bucket]) continue;
      if (this.compareKey(id, key) === 0) return id;
    }
  }
  isDeleted(id) {
    return this.#fields[id * stride + Field2.valueLength] === deleted;
  }
  /** Views, valid as long as these writes are. */
  keyOf(id) {
    return this.#view(id, Field2.keyChunk);
  }
  /** A view; undefined when the key is deleted. */
  valueOf(id) {
    return this.isDeleted(id) ? void 0 : this.#view(id, Field2.valueChunk);
  }
  /** A copy that the caller owns; undefined when the key is deleted. */
  copyOf(id) {
    const base = id * stride + Field2.valueChunk;
    const length = this.#fields[base + 2];
    if (length === deleted) return void 0;
    const copy = Buffer.allocUnsafe(length);
    const start2 = this.#fields[base + 1];
    this.#chunks[this.#fields[base]].copy(copy, 0, start2, start2 + length);
    return copy;
  }
  forEach(visit) {
    const place = new Place();
    for (let id = 0; id < this.#count; id++) {
      const base = id * stride;
      const bucket = this.#fields[base + Field2.bucket];
      place.bucket = buckets[bucket & bucketMask];
      place.isAppend = (bucket & appendMark) !== 0;
      place.key = this.#chunks[this.#fields[base + Field2.keyChunk]];
      place.keyStart = this.#fields[base + Field2.keyStart];
      place.keyLength = this.#fields[base + Field2.keyLength];
      const length = this.#fields[base + Field2.valueLength];
      const chunk = this.#chunks[this.#fields[base + Field2.valueChunk]];
      place.value = length === deleted ? void 0 : chunk;
      place.valueStart = this.#fields[base + Field2.valueStart];
      place.valueLength = length;
      visit(place);
    }
  }
  has(bucket) {
    return (this.#orders[bucketNumbers[bucket]]?.ids.length ?? 0) > 0;
  }
  /** The bucket's entries by key. Valid until the next `set`. */
  inOrder(bucket) {
    const order = this.#orders[bucketNumbers[bucket]];
    if (order === void 0) return [];
    if (order.sorted < order.ids.length) this.#sort(order);
    return order.ids;
  }
  compareKey(id, key) {
    const base = id * stride;
    const bytes = this.#chunks[this.#fields[base + Field2.keyChunk]];
    const start2 = this.#fields[base + Field2.keyStart];
    const length = this.#fields[base + Field2.keyLength];
    const end2 = Math.min(length, key.length);
    for (let i = 0; i < end2; i++) {
      const difference = bytes[start2 + i] - key[i];
      if (difference !== 0) return difference;
    }
    return length - key.length;
  }
  /** Gives the bytes back: nobody may look at them any more. */
  release() {
    this.#pool.give(this.#chunks);
    this.#chunks.length = 0;
    this.#count = 0;
  }
  #view(id, field) {
    const base = id * stride + field;
    const chunk = this.#chunks[this.#fields[base]];
    const start2 = this.#fields[base + 1];
    return chunk.subarray(start2, start2 + this.#fields[base + 2]);
  }
  #add(bucket, key, hash) {
    const id = this.#count++;
    if (2 * this.#count > this.#slots.length) this.#grow();
    const start2 = this.#reserve(key.length);
    this.#chunks.at(-1).set(key, start2);
    const base = id * stride;
    const fields = this.#fields;
    fields[base] = hash;
    fields[base + Field2.bucket] = bucketNumbers[bucket];
    fields[base + Field2.keyChunk] = this.#chunks.length - 1;
    fields[base + Field2.keyStart] = start2;
    fields[base + Field2.keyLength] = key.length;
    this.#link(id);
    this.#bytes += entryBytes2;
    this.#keyBytes += key.length;
    this.#enqueue(bucket, id, key);
    return id;
  }
  /** Keys that come in order, as revisions do, need no sorting. */
  #enqueue(bucket, id, key) {
    const number = bucketNumbers[bucket];
    const order = this.#orders[number];
    if (order === void 0) {
      this.#orders[number] = { ids: [id], sorted: 1 };
      return;
    }
    const { ids, sorted: sorted2 } = order;
    const last = ids[ids.length - 1];
    if (sorted2 === ids.length && (last === void 0 || this.compareKey(last, key) < 0)) {
      order.sorted += 1;
    }
    ids.push(id);
  }
  #sort(order) {
    const { ids, sorted: sorted2 } = order;
    const compare = (a, b) => this.compareKey(a, this.keyOf(b));
    const late = ids.slice(sorted2).sort(compare);
    const merged = [];
    let next = 0;
    for (let i = 0; i < sorted2; i++) {
      const id = ids[i];
      const key = this.keyOf(id);
      while (next < late.length && this.compareKey(late[next], key) < 0) {
        merged.push(late[next++]);
      }
      merged.push(id);
    }
    while (next < late.length) merged.push(late[next++]);
    order.ids = merged;
    order.sorted = merged.length;
  }
  #replace(id) {
    const base = id * stride;
    this.#fields[base + Field2.bucket] &= bucketMask;
    if (id >= this.#mark) return;
    this.#replaced.push(
      id,
      this.#fields[base + Field2.valueChunk],
      this.#fields[base + Field2.valueStart],
      this.#fields[base + Field2.valueLength]
    );
  }
  /** Where so many bytes go in the last chunk. */
  #reserve(length) {
    let chunk = this.#chunks.at(-1);
    if (chunk === void 0 || this.#used + length > chunk.length) {
      chunk = this.#pool.take(length);
      this.#chunks.push(chunk);
      this.#used = 0;
    }
    const start2 = this.#used;
    this.#used += length;
    this.#bytes += length;
    return start2;
  }
  #grow() {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const fields = new Int32Array(this.#slots.length / 2 * stride);
    fields.set(this.#fields);
    this.#fields = fields;
    for (let id = 0; id < this.#count - 1; id++) this.#link(id);
  }
  #link(id) {
    const mask = this.#slots.length - 1;
    let slot = this.#fields[id * stride] & mask;
    while (this.#slots[slot] !== 0) slot = slot + 1 & mask;
    this.#slots[slot] = id + 1;
  }
};

// src/etcd/backend/read-cache.ts
var Layer = class {
  writes;
  /** Its writes are in the store below. */
  committed = false;
  #holders = 0;
  constructor(pool) {
    this.writes = new PendingWrites(pool);
  }
  hold() {
    this.#holders += 1;
  }
  release() {
    this.#holders -= 1;
    this.freeWhenUnused();
  }
  freeWhenUnused() {
    if (this.committed && this.#holders === 0) this.writes.release();
  }
};
var layersTarget = 4;
var valueBytesMax = 64 * 1024;
var ReadCache = class {
  layers = [];
  #pool;
  #bytesMax;
  /** Whether the first layer is this cache's own: others are frozen. */
  #isOpen = false;
  constructor(pool, bytesMax) {
    this.#pool = pool;
    this.#bytesMax = bytesMax;
  }
  /** A key that is in no layer, neither here nor among what waits, as the store below has it. */
  fill(bucket, key, value2) {
    if (value2.length <= valueBytesMax) this.#open().set(bucket, key, value2);
  }
  /** Must hear of every commit, in their order. */
  committed(layer) {
    const { writes } = layer;
    if (writes.bytes >= this.#bytesMax / layersTarget) {
      layer.hold();
      this.layers.unshift(layer);
      this.#isOpen = false;
      this.#dropOldest();
      return;
    }
    writes.forEach((change) => {
      const { bucket, key, keyStart, keyLength, value: value2, valueStart, valueLength } = change;
      this.#open().set(
        bucket,
        key.subarray(keyStart, keyStart + keyLength),
        value2?.subarray(valueStart, valueStart + valueLength)
      );
    });
  }
  #open() {
    const first = this.layers[0];
    if (this.#isOpen && first !== void 0) {
      if (first.writes.bytes < this.#bytesMax / layersTarget) return first.writes;
    }
    const layer = new Layer(this.#pool);
    layer.committed = true;
    layer.hold();
    this.layers.unshift(layer);
    this.#isOpen = true;
    this.#dropOldest();
    return layer.writes;
  }
  #dropOldest() {
    let bytes = 0;
    for (let i = 0; i < this.layers.length; i++) {
      bytes += this.layers[i].writes.bytes;
      if (i === 0 || bytes <= this.#bytesMax) continue;
      for (const dropped of this.layers.splice(i)) dropped.release();
    }
  }
};

// src/etcd/backend/write-behind.ts
var WriteBehindBackend = class {
  #below;
  #clock;
  #pool = new ChunkPool(limits.pendingWriteBytesMax / chunkBytes);
  /** Newest first; the first one is the active one. */
  #layers;
  #cache = new ReadCache(this.#pool, limits.readCacheBytesMax);
  #view;
  #committing;
  /** Ranges were read through pending writes since the last commit: with few of them that is cheap. */
  #usage = { merged: false };
  #isTimed = false;
  #closing = new AbortController();
  #failure;
  constructor(below, clock) {
    this.#below = below;
    this.#clock = clock;
    this.#layers = [new Layer(this.#pool)];
    this.#view = new LayeredTxn(below.latest, this.#layers, this.#usage, this.#cache);
  }
  read(fn) {
    return fn(this.#view);
  }
  pin() {
    const layers = this.#freeze();
    for (const layer of layers) layer.hold();
    const below = this.#below.pin();
    return new LayeredTxn(below, layers, this.#usage, void 0, () => {
      below.close();
      for (const layer of layers) layer.release();
    });
  }
  write(fn) {
    if (this.#failure !== void 0) throw this.#failure;
    const writes = this.#active;
    writes.begin();
    try {
      return fn(this.#view);
    } catch (error) {
      writes.rollBack();
      throw error;
    } finally {
      this.#afterWrite();
    }
  }
  room() {
    if (this.#failure !== void 0) return Promise.reject(this.#failure);
    if (this.#pendingBytes() <= 2 * limits.pendingWriteBytesMax) return void 0;
    return this.#committing ?? this.#commit();
  }
  async drain() {
    if (this.#failure !== void 0) throw this.#failure;
    const pending = this.#freeze();
    while (pending.some((layer) => !layer.committed)) await (this.#committing ?? this.#commit());
  }
  /** What was written before the call is in the copy. */
  async copyTo(dir) {
    await this.drain();
    await this.#below.copyTo(dir);
  }
  async checkpoint() {
    await this.drain();
    await this.#below.checkpoint();
  }
  /** With what is still to be committed, so that a quota holds. */
  sizeBytes() {
    return this.#below.sizeBytes() + this.#pendingBytes();
  }
  sizeInUseBytes() {
    return this.#below.sizeInUseBytes() + this.#pendingBytes();
  }
  growthSinceCheckpointBytes() {
    return this.#below.growthSinceCheckpointBytes();
  }
  async close() {
    this.#closing.abort();
    if (this.#failure === void 0) await this.drain();
    await this.#below.close();
  }
  get #active() {
    return this.#layers[0].writes;
  }
  /** Everything that waits, newest first; what is written from now on goes elsewhere. */
  #freeze() {
    if (this.#active.count > 0) this.#layers.unshift(new Layer(this.#pool));
    return this.#layers.slice(1);
  }
  #pendingBytes() {
    let bytes = 0;
    for (const { writes } of this.#layers) bytes += writes.bytes;
    return bytes;
  }
  #afterWrite() {
    if (this.#committing !== void 0 || this.#active.count === 0) return;
    const { count, bytes } = this.#active;
    const isFull = count >= limits.pendingWritesMax || bytes >= limits.pendingWriteBytesMax;
    if (isFull || this.#usage.merged) {
      this.#commit().catch(() => void 0);
      return;
    }
    if (this.#isTimed) return;
    this.#isTimed = true;
    void this.#commitLater();
  }
  async #commitLater() {
    try {
      await this.#clock.after(limits.pendingWriteMs, this.#closing.signal);
      this.#isTimed = false;
      if (this.#committing === void 0 && this.#active.count > 0) await this.#commit();
    } catch {
    }
  }
  /** Everything there is now, in one transaction. */
  #commit() {
    assert(this.#committing === void 0, "commits follow each other");
    const layers = this.#freeze();
    this.#usage.merged = false;
    const oldestFirst = layers.map(({ writes }) => writes).reverse();
    this.#committing = this.#below.commit(oldestFirst).then(
      () => this.#committed(layers),
      (error) => {
        this.#committing = void 0;
        const failure = error instanceof Error ? error : new Error(String(error));
        this.#failure = failure;
        throw failure;
      }
    );
    return this.#committing;
  }
  #committed(layers) {
    this.#committing = void 0;
    this.#layers.length -= layers.length;
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i];
      layer.committed = true;
      this.#cache.committed(layer);
      layer.freeWhenUnused();
    }
    this.#afterWrite();
  }
};
var LayeredTxn = class {
  #below;
  #layers;
  #usage;
  #cache;
  #onClose;
  constructor(below, layers, usage, cache, onClose = () => void 0) {
    this.#below = below;
    this.#layers = layers;
    this.#usage = usage;
    this.#cache = cache;
    this.#onClose = onClose;
  }
  get(bucket, key) {
    const hash = hashKey(bucket, key);
    for (const { writes } of this.#layers) {
      if (writes.count === 0) continue;
      const id = writes.find(bucket, key, hash);
      if (id >= 0) return writes.copyOf(id);
    }
    return this.#cache === void 0 ? this.#below.get(bucket, key) : this.#getCached(this.#cache, bucket, key, hash);
  }
  #getCached(cache, bucket, key, hash) {
    for (const { writes } of cache.layers) {
      const id = writes.find(bucket, key, hash);
      if (id >= 0) return writes.copyOf(id);
    }
    const value2 = this.#below.get(bucket, key);
    if (value2 !== void 0) cache.fill(bucket, key, value2);
    return value2;
  }
  range(bucket, from, to, options) {
    const pending = this.#pendingIn(bucket);
    if (pending.length === 0) return this.#below.range(bucket, from, to, options);
    return mergeRange(this.#below, pending, bucket, from, to, options);
  }
  count(bucket, from, to) {
    const pending = this.#pendingIn(bucket);
    const below = this.#below.count(bucket, from, to);
    if (pending.length === 0) return below;
    return below + countMerged(this.#below, pending, bucket, from, to);
  }
  put(bucket, key, value2) {
    this.#active.set(bucket, key, value2);
  }
  append(bucket, key, value2) {
    this.#active.append(bucket, key, value2);
  }
  delete(bucket, key) {
    this.#active.set(bucket, key, void 0);
  }
  close() {
    this.#onClose();
  }
  get #active() {
    return this.#layers[0].writes;
  }
  #pendingIn(bucket) {
    const pending = [];
    for (const { writes } of this.#layers) if (writes.has(bucket)) pending.push(writes);
    if (pending.length > 0) this.#usage.merged = true;
    return pending;
  }
};

// src/etcd/io/file-source.ts
import fs2 from "node:fs";
function openFileSource(path) {
  const fd = fs2.openSync(path, "r");
  return {
    sizeBytes: fs2.fstatSync(fd).size,
    read: (into, position) => {
      let done = 0;
      while (done < into.length) {
        const count = fs2.readSync(fd, into, done, into.length - done, position + done);
        if (count === 0) throw new Error(`${path} ends before byte ${position + into.length}`);
        done += count;
      }
    },
    close: () => fs2.closeSync(fd)
  };
}

// src/etcd/snap/bbolt-format.ts
var PAGE_BYTES = 4096;
var PAGE_HEADER_BYTES = 16;
var ELEMENT_BYTES = 16;
var BUCKET_HEADER_BYTES = 16;
var META_BYTES = 64;
var META_PAGES = 2;
var KEY_BYTES_MAX = 32768;
var INLINE_BYTES_MAX = PAGE_BYTES / 4;
var PageFlag = { branch: 1, leaf: 2, meta: 4, freelist: 16 };
var BUCKET_ELEMENT = 1;
var MAGIC = 3977042669;
var VERSION = 2;
var NO_FREELIST = 0xffffffffffffffffn;
function writeMetaPage(page, id, meta) {
  writePageHeader(page, { id, flags: PageFlag.meta, count: 0, overflow: 0 });
  const body = page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + META_BYTES);
  body.writeUInt32LE(MAGIC, 0);
  body.writeUInt32LE(VERSION, 4);
  body.writeUInt32LE(meta.pageBytes, 8);
  body.writeUInt32LE(0, 12);
  body.writeBigUInt64LE(BigInt(meta.root), 16);
  body.writeBigUInt64LE(0n, 24);
  body.writeBigUInt64LE(NO_FREELIST, 32);
  body.writeBigUInt64LE(BigInt(meta.highWater), 40);
  body.writeBigUInt64LE(meta.txid, 48);
  body.writeBigUInt64LE(fnv1a64(body.subarray(0, 56)), 56);
}
function maybeReadMeta(body) {
  if (body.length < META_BYTES) return void 0;
  if (body.readUInt32LE(0) !== MAGIC || body.readUInt32LE(4) !== VERSION) return void 0;
  if (body.readBigUInt64LE(56) !== fnv1a64(body.subarray(0, 56))) return void 0;
  return {
    pageBytes: body.readUInt32LE(8),
    root: Number(body.readBigUInt64LE(16)),
    highWater: Number(body.readBigUInt64LE(40)),
    txid: body.readBigUInt64LE(48)
  };
}
function writePageHeader(page, header2) {
  writeUint64(page, header2.id, 0);
  page.writeUInt16LE(header2.flags, 8);
  page.writeUInt16LE(header2.count, 10);
  page.writeUInt32LE(header2.overflow, 12);
}
function readPageHeader(page) {
  return {
    id: Number(page.readBigUInt64LE(0)),
    flags: page.readUInt16LE(8),
    count: page.readUInt16LE(10),
    overflow: page.readUInt32LE(12)
  };
}
function writeUint64(page, value2, at) {
  page.writeUInt32LE(value2 % 2 ** 32, at);
  page.writeUInt32LE(Math.floor(value2 / 2 ** 32), at + 4);
}
function fnv1a64(bytes) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) {
    hash = (hash ^ BigInt(byte)) * 0x100000001b3n & 0xffffffffffffffffn;
  }
  return hash;
}

// src/etcd/snap/bbolt-reader.ts
var BboltCorruptError = class extends Error {
  name = "BboltCorruptError";
};
var BboltFile = class {
  #source;
  #meta;
  #buckets = /* @__PURE__ */ new Map();
  constructor(source) {
    this.#source = source;
    this.#meta = readMeta(source);
    for (const item of this.#walk(this.#meta.root)) {
      const name = utf8Text(item.key);
      if (item.flags !== BUCKET_ELEMENT) throw corrupt(`the root holds ${name}, not a bucket`);
      if (item.value.length < BUCKET_HEADER_BYTES) throw corrupt(`bucket ${name} has no header`);
      this.#buckets.set(name, item.value);
    }
  }
  /** Bytes in use, which is what a snapshot of the file would have; the file itself may be longer. */
  get sizeBytes() {
    return this.#meta.highWater * this.#meta.pageBytes;
  }
  /** Names in key order. */
  buckets() {
    return [...this.#buckets.keys()];
  }
  /** Entries in key order; none for a bucket that does not exist. The views stay valid. */
  *entries(bucket) {
    const value2 = this.#buckets.get(bucket);
    if (value2 === void 0) return;
    const root = Number(value2.readBigUInt64LE(0));
    const items = root === 0 ? this.#inline(bucket, value2.subarray(BUCKET_HEADER_BYTES)) : this.#walk(root);
    for (const { key, value: bytes, flags: flags3 } of items) {
      if (flags3 !== 0) throw corrupt(`bucket ${bucket} holds a bucket of its own`);
      yield [key, bytes];
    }
  }
  close() {
    this.#source.close();
  }
  *#inline(bucket, image) {
    if (image.length < PAGE_HEADER_BYTES) throw corrupt(`inline bucket ${bucket} has no page`);
    const { flags: flags3, count } = readPageHeader(image);
    if (flags3 !== PageFlag.leaf) throw corrupt(`inline bucket ${bucket} is not a leaf`);
    const where = `inline bucket ${bucket}`;
    const order = new KeyOrder();
    for (let i = 0; i < count; i += 1) {
      const item = leafItem(image, i, count, where);
      order.check(item.key, where);
      yield item;
    }
  }
  /** All leaf items below a page, depth first, with an explicit stack of half-read branch pages. */
  *#walk(root) {
    const visited = new Uint8Array(Math.ceil(this.#meta.highWater / 8));
    const order = new KeyOrder();
    const stack = [root];
    for (let id = stack.pop(); id !== void 0; id = stack.pop()) {
      const { page, flags: flags3, count } = this.#page(id, visited);
      const where = `page ${id}`;
      if (flags3 === PageFlag.branch) {
        if (count === 0) throw corrupt(`${where} is a branch without children`);
        for (let i = count - 1; i >= 0; i -= 1) stack.push(branchChild(page, i, count, where));
        continue;
      }
      if (flags3 !== PageFlag.leaf) throw corrupt(`${where} is neither branch nor leaf (${flags3})`);
      for (let i = 0; i < count; i += 1) {
        const item = leafItem(page, i, count, where);
        order.check(item.key, where);
        yield item;
      }
    }
  }
  #page(id, visited) {
    const { pageBytes: pageBytes2, highWater } = this.#meta;
    if (id < META_PAGES || id >= highWater) throw corrupt(`page ${id} is out of bounds`);
    const bit = 1 << (id & 7);
    if ((visited[id >> 3] & bit) !== 0) throw corrupt(`page ${id} is reached twice`);
    visited[id >> 3] = visited[id >> 3] | bit;
    const first = Buffer.allocUnsafe(pageBytes2);
    this.#source.read(first, id * pageBytes2);
    const header2 = readPageHeader(first);
    if (header2.id !== id) throw corrupt(`page ${id} says it is page ${header2.id}`);
    if (id + header2.overflow >= highWater) throw corrupt(`page ${id} overflows out of bounds`);
    if (header2.overflow === 0) return { page: first, flags: header2.flags, count: header2.count };
    const page = Buffer.allocUnsafe((header2.overflow + 1) * pageBytes2);
    this.#source.read(page, id * pageBytes2);
    return { page, flags: header2.flags, count: header2.count };
  }
};
function openBbolt(path) {
  const source = openFileSource(path);
  try {
    return new BboltFile(source);
  } catch (error) {
    source.close();
    throw error;
  }
}
function leafItem(page, i, count, where) {
  const element = elementOffset(page, i, count, where);
  const flags3 = page.readUInt32LE(element);
  const start2 = element + page.readUInt32LE(element + 4);
  const keyEnd2 = start2 + page.readUInt32LE(element + 8);
  const valueEnd = keyEnd2 + page.readUInt32LE(element + 12);
  if (valueEnd > page.length) throw corrupt(`${where}: element ${i} ends out of bounds`);
  return { key: page.subarray(start2, keyEnd2), value: page.subarray(keyEnd2, valueEnd), flags: flags3 };
}
function branchChild(page, i, count, where) {
  const element = elementOffset(page, i, count, where);
  return Number(page.readBigUInt64LE(element + 8));
}
function elementOffset(page, i, count, where) {
  if (PAGE_HEADER_BYTES + count * ELEMENT_BYTES > page.length) {
    throw corrupt(`${where}: ${count} elements do not fit`);
  }
  return PAGE_HEADER_BYTES + i * ELEMENT_BYTES;
}
var KeyOrder = class {
  #last;
  check(key, where) {
    if (key.length === 0) throw corrupt(`${where} holds an empty key`);
    if (this.#last !== void 0 && compareBytes(this.#last, key) >= 0) {
      throw corrupt(`${where}: keys do not ascend`);
    }
    this.#last = key;
  }
};
function readMeta(source) {
  let best = maybeMetaAt(source, 0);
  const pageSizes = best === void 0 ? [1024, 2048, 4096, 8192, 16384, 32768, 65536] : [];
  for (const pageBytes3 of best === void 0 ? pageSizes : [best.pageBytes]) {
    const other = maybeMetaAt(source, pageBytes3);
    if (other === void 0 || other.pageBytes !== pageBytes3) continue;
    if (best === void 0 || other.txid > best.txid) best = other;
  }
  if (best === void 0) throw corrupt("no valid meta page: this is not a bbolt file");
  const { pageBytes: pageBytes2, highWater } = best;
  if (pageBytes2 < 512 || pageBytes2 > 65536 || (pageBytes2 & pageBytes2 - 1) !== 0) {
    throw corrupt(`page size ${pageBytes2}`);
  }
  if (highWater * pageBytes2 > source.sizeBytes) {
    throw corrupt(`${highWater} pages do not fit into ${source.sizeBytes} bytes: the file is cut`);
  }
  return best;
}
function maybeMetaAt(source, position) {
  const end2 = position + PAGE_HEADER_BYTES + META_BYTES;
  if (end2 > source.sizeBytes) return void 0;
  const body = Buffer.alloc(META_BYTES);
  source.read(body, position + PAGE_HEADER_BYTES);
  return maybeReadMeta(body);
}
function corrupt(reason) {
  return new BboltCorruptError(`bbolt: ${reason}`);
}

// src/etcd/snap/bbolt-writer.ts
async function planBboltInTurns(source, nextTurn) {
  const counter = new PageCounter();
  const packing = packDatabase(source, counter);
  for (let entries = 1; ; entries += 1) {
    const step2 = packing.next();
    if (step2.done === true) return planOf(counter, step2.value);
    if (entries % limits.bboltEntriesPerTurn === 0) await nextTurn();
  }
}
function* streamBbolt(source, plan) {
  const writer = new PageWriter(plan);
  const packing = packDatabase(source, writer);
  for (; ; ) {
    const step2 = packing.next();
    yield* writer.takeFull();
    if (step2.done !== true) continue;
    const { sizeBytes, rootPage } = planOf(writer, step2.value);
    assert(
      sizeBytes === plan.sizeBytes && rootPage === plan.rootPage,
      "a bbolt source changed between plan and stream"
    );
    yield writer.takeRest();
    return;
  }
}
function planOf(pages, rootPage) {
  return { sizeBytes: pages.nextPage * PAGE_BYTES, rootPage };
}
function* packDatabase(source, sink) {
  const buckets2 = source.buckets.map((bucket) => ({ bucket, name: utf8Bytes(bucket.name) }));
  buckets2.sort((a, b) => compareBytes(a.name, b.name));
  const root = new TreePacker(sink);
  for (const { bucket, name } of buckets2) {
    const tree = new TreePacker(sink);
    for (const [key, value2] of bucket.entries()) {
      tree.add(key, value2, 0);
      yield;
    }
    root.add(name, tree.finishAsValue(), BUCKET_ELEMENT);
  }
  return root.finish();
}
var TreePacker = class {
  #sink;
  #items = [];
  #bytes = PAGE_HEADER_BYTES;
  #leaves = new ChildList();
  #lastKey;
  constructor(sink) {
    this.#sink = sink;
  }
  add(key, value2, flags3) {
    assert(key.length > 0 && key.length <= KEY_BYTES_MAX, "a bbolt key has 1 to 32768 bytes");
    const ascends = this.#lastKey === void 0 || compareBytes(this.#lastKey, key) < 0;
    assert(ascends, "the keys of a bbolt source ascend");
    const bytes = ELEMENT_BYTES + key.length + value2.length;
    if (this.#items.length > 0 && this.#bytes + bytes > PAGE_BYTES) this.#endLeaf();
    this.#items.push({ key, value: value2, flags: flags3 });
    this.#bytes += bytes;
    this.#lastKey = key;
  }
  /** The tree as a bucket's value in its parent: inline when small, else its root's page id. */
  finishAsValue() {
    if (this.#leaves.length > 0 || this.#bytes > INLINE_BYTES_MAX) {
      const value3 = Buffer.alloc(BUCKET_HEADER_BYTES);
      writeUint64(value3, this.finish(), 0);
      return value3;
    }
    const value2 = Buffer.alloc(BUCKET_HEADER_BYTES + this.#bytes);
    writeLeaf(value2.subarray(BUCKET_HEADER_BYTES), 0, 0, this.#items);
    return value2;
  }
  /** Places what is left and returns the page id of the root. */
  finish() {
    if (this.#items.length > 0 || this.#leaves.length === 0) this.#endLeaf();
    let level = this.#leaves;
    while (level.length > 1) level = this.#levelAbove(level);
    return level.pageOf(0);
  }
  #endLeaf() {
    const first = this.#items[0]?.key ?? new Uint8Array(0);
    this.#leaves.add(first, this.#sink.leaf(this.#items, this.#bytes));
    this.#items = [];
    this.#bytes = PAGE_HEADER_BYTES;
  }
  /** Every branch page gets at least two children: the last one never stays alone. */
  #levelAbove(children) {
    const above = new ChildList();
    let from = 0;
    while (from < children.length) {
      let to = from;
      let bytes = PAGE_HEADER_BYTES;
      while (to < children.length) {
        const more2 = ELEMENT_BYTES + children.keyBytes(to);
        const isAlone = to === children.length - 1;
        if (to - from >= 2 && bytes + more2 > PAGE_BYTES && !isAlone) break;
        bytes += more2;
        to += 1;
      }
      above.add(children.keyOf(from), this.#sink.branch(children, from, to, bytes));
      from = to;
    }
    return above;
  }
};
var ChildList = class {
  #keys = Buffer.allocUnsafe(1024);
  #ends = [];
  #pages = [];
  get length() {
    return this.#pages.length;
  }
  add(key, page) {
    const start2 = this.#ends.at(-1) ?? 0;
    const end2 = start2 + key.length;
    if (end2 > this.#keys.length) {
      const grown = Buffer.allocUnsafe(Math.max(end2, this.#keys.length * 2));
      grown.set(this.#keys.subarray(0, start2));
      this.#keys = grown;
    }
    this.#keys.set(key, start2);
    this.#ends.push(end2);
    this.#pages.push(page);
  }
  keyOf(i) {
    return this.#keys.subarray(this.#ends[i - 1] ?? 0, this.#ends[i]);
  }
  keyBytes(i) {
    return this.#ends[i] - (this.#ends[i - 1] ?? 0);
  }
  pageOf(i) {
    return this.#pages[i];
  }
};
var PageCounter = class {
  nextPage = META_PAGES;
  leaf(_items, bytes) {
    return this.#place(bytes);
  }
  branch(_children, _from, _to, bytes) {
    return this.#place(bytes);
  }
  #place(bytes) {
    const page = this.nextPage;
    this.nextPage += Math.ceil(bytes / PAGE_BYTES);
    return page;
  }
};
var PageWriter = class {
  nextPage = 0;
  #full = [];
  #piece = Buffer.alloc(limits.bboltChunkBytes);
  #used = 0;
  constructor(plan) {
    const meta = {
      pageBytes: PAGE_BYTES,
      root: plan.rootPage,
      highWater: plan.sizeBytes / PAGE_BYTES
    };
    writeMetaPage(this.#place(PAGE_BYTES), 0, { ...meta, txid: 2n });
    writeMetaPage(this.#place(PAGE_BYTES), 1, { ...meta, txid: 1n });
  }
  leaf(items, bytes) {
    const id = this.nextPage;
    const page = this.#place(bytes);
    writeLeaf(page, id, page.length / PAGE_BYTES - 1, items);
    return id;
  }
  branch(children, from, to, bytes) {
    const id = this.nextPage;
    const page = this.#place(bytes);
    const overflow = page.length / PAGE_BYTES - 1;
    writePageHeader(page, { id, flags: PageFlag.branch, count: to - from, overflow });
    let element = PAGE_HEADER_BYTES;
    let at = PAGE_HEADER_BYTES + ELEMENT_BYTES * (to - from);
    for (let i = from; i < to; i += 1) {
      const key = children.keyOf(i);
      page.writeUInt32LE(at - element, element);
      page.writeUInt32LE(key.length, element + 4);
      writeUint64(page, children.pageOf(i), element + 8);
      page.set(key, at);
      at += key.length;
      element += ELEMENT_BYTES;
    }
    return id;
  }
  takeFull() {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }
  takeRest() {
    return this.#piece.subarray(0, this.#used);
  }
  #place(bytes) {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const size = pages * PAGE_BYTES;
    if (this.#used + size > this.#piece.length) {
      if (this.#used > 0) this.#full.push(this.#piece.subarray(0, this.#used));
      this.#piece = Buffer.alloc(Math.max(size, limits.bboltChunkBytes));
      this.#used = 0;
    }
    const page = this.#piece.subarray(this.#used, this.#used + size);
    this.#used += size;
    this.nextPage += pages;
    return page;
  }
};
function writeLeaf(page, id, overflow, items) {
  writePageHeader(page, { id, flags: PageFlag.leaf, count: items.length, overflow });
  let element = PAGE_HEADER_BYTES;
  let at = PAGE_HEADER_BYTES + ELEMENT_BYTES * items.length;
  for (const { key, value: value2, flags: flags3 } of items) {
    page.writeUInt32LE(flags3, element);
    page.writeUInt32LE(at - element, element + 4);
    page.writeUInt32LE(key.length, element + 8);
    page.writeUInt32LE(value2.length, element + 12);
    page.set(key, at);
    page.set(value2, at + key.length);
    at += key.length + value2.length;
    element += ELEMENT_BYTES;
  }
}

// src/etcd/snap/bucket-hash.ts
import { crc32c as crc32c5 } from "@node-rs/crc32";
var ignoredByMaintenance = /* @__PURE__ */ new Set(["consistent_index", "term", "storageVersion"]);
async function hashBucketsInTurns(source, turn) {
  const hashing = hashSteps(source, "maintenance", limits.bboltEntriesPerTurn);
  for (; ; ) {
    const step2 = hashing.next();
    if (step2.done === true) return step2.value;
    await turn();
  }
}
function* hashSteps(source, kind, entriesPerStep) {
  const buckets2 = source.buckets.map((bucket) => ({ bucket, name: utf8Bytes(bucket.name) }));
  buckets2.sort((a, b) => compareBytes(a.name, b.name));
  let crc = 0;
  let entries = 0;
  for (const { bucket, name } of buckets2) {
    crc = crc32c5(name, crc);
    const ignores = kind === "maintenance" && bucket.name === "meta";
    for (const [key, value2] of bucket.entries()) {
      if (++entries % entriesPerStep === 0) yield;
      if (ignores && ignoredByMaintenance.has(utf8Text(key))) continue;
      crc = crc32c5(value2, crc32c5(key, crc));
    }
  }
  return crc;
}

// src/etcd/snap/store-v2.ts
var NEVER = "0001-01-01T00:00:00Z";
var EVENT_SLOTS = 1e3;
function encodeStoreV2(members, removed, clusterVersion) {
  const zero = { members: folder("/0/members", membersBelow(members)) };
  if (removed.length > 0) {
    const marks = removed.map((id) => {
      const name = id.toString(16);
      return [name, value(`/0/removed_members/${name}`, "")];
    });
    zero["removed_members"] = folder("/0/removed_members", sorted(marks));
  }
  if (clusterVersion !== void 0) zero["version"] = value("/0/version", clusterVersion);
  const root = folder("/", { 0: folder("/0", zero), 1: folder("/1", {}) });
  return utf8Bytes(JSON.stringify(storeAround(root)));
}
function membersBelow(members) {
  return sorted(
    members.map((member) => {
      const name = member.id.toString(16);
      const path = `/0/members/${name}`;
      const children = {};
      if (member.clientUrls.length > 0) {
        const attributes = { name: member.name || void 0, clientURLs: member.clientUrls };
        children["attributes"] = value(`${path}/attributes`, JSON.stringify(attributes));
      }
      const raft = { peerURLs: member.peerUrls, isLearner: member.isLearner || void 0 };
      children["raftAttributes"] = value(`${path}/raftAttributes`, JSON.stringify(raft));
      return [name, folder(path, children)];
    })
  );
}
function sorted(nodes) {
  return Object.fromEntries(nodes.sort(([a], [b]) => a < b ? -1 : 1));
}
function folder(path, children) {
  return { ...value(path, ""), Children: children };
}
function value(path, text) {
  return {
    Path: path,
    CreatedIndex: 0,
    ModifiedIndex: 0,
    ExpireTime: NEVER,
    Value: text,
    Children: null
  };
}
function storeAround(root) {
  const counters = ["gets", "sets", "delete", "update", "create", "compareAndSwap"].concat("compareAndDelete").flatMap((name) => [`${name}Success`, `${name}Fail`]);
  const stats = Object.fromEntries([...counters, "expireCount", "watchers"].map((n) => [n, 0]));
  const queue = {
    Events: Array.from({ length: EVENT_SLOTS }, () => null),
    Size: 0,
    Front: 0,
    Back: 0,
    Capacity: EVENT_SLOTS
  };
  return {
    Root: root,
    WatcherHub: { EventHistory: { Queue: queue, StartIndex: 0, LastIndex: 0 } },
    CurrentIndex: 0,
    Stats: stats,
    CurrentVersion: 2
  };
}

// src/etcd/live-state.ts
var yieldToLoop = () => new Promise((resolve) => {
  setImmediate(resolve);
});
var LiveState = class _LiveState {
  #options;
  #memberId = 0n;
  #current;
  /** How to close the databases that are being read. */
  #reading = /* @__PURE__ */ new Set();
  static async open(options) {
    const path = await options.dir.currentState(options.disk);
    await options.disk.makeDir(options.dir.snap);
    await options.dir.removeLeftovers(options.disk, path);
    return new _LiveState(options, await openState(options, path, 0n));
  }
  constructor(options, current) {
    this.#options = options;
    this.#current = current;
  }
  /**
   * Must be called before anything is applied: which member this is stands in the log, and which
   * part of the log to read follows from this state's position.
   */
  identify(memberId) {
    this.#memberId = memberId;
    this.#current = withApplier(this.#current, this.#options, memberId);
  }
  get current() {
    return this.#current;
  }
  position() {
    const { applier, membership } = this.#current;
    return {
      index: applier.appliedIndex,
      term: applier.appliedTerm,
      confState: membership.confState()
    };
  }
  /** The state of this moment as a bbolt file. Holds on to old pages until closed. */
  async openDatabase() {
    const { backend, membership, store } = this.#current;
    const position = this.position();
    const storeV2 = encodeStoreV2(
      membership.members(),
      membership.removedIds(),
      membership.clusterVersion
    );
    const pin = backend.pin();
    const resumeCompaction = store.pauseCompaction();
    const { close, assertOpen } = this.#readUntilClosed(() => {
      resumeCompaction();
      pin.close();
    });
    try {
      const source = exportBuckets(pin);
      const plan = await planBboltInTurns(source, yieldToLoop);
      const chunks = inTurns(streamBbolt(source, plan), assertOpen);
      return { position, storeV2, sizeBytes: plan.sizeBytes, chunks, close };
    } catch (error) {
      close();
      throw error;
    }
  }
  /** Of the state of this moment; rejects when it is replaced or closed meanwhile. */
  async hash() {
    const { backend, store } = this.#current;
    const revision = store.currentRevision;
    const pin = backend.pin();
    const { close, assertOpen } = this.#readUntilClosed(() => pin.close());
    try {
      const hash = await hashBucketsInTurns(exportBuckets(pin), async () => {
        await yieldToLoop();
        assertOpen();
      });
      return { hash, revision };
    } finally {
      close();
    }
  }
  /**
   * Makes a received database the state: filled beside the old one, durable, then renamed. A crash
   * before the rename leaves the old state, after it the new one.
   */
  async replace(index) {
    const { dir, disk } = this.#options;
    const path = dir.statePath(index);
    const filling = `${path}.tmp`;
    await disk.removeDir(filling);
    const backend = await openBackend(this.#options, filling);
    const file = openBbolt(dir.receivedDatabase(index));
    try {
      await importBuckets(backend, file, yieldToLoop);
    } finally {
      file.close();
      await backend.close();
    }
    await disk.rename(filling, path);
    await disk.syncDir(dir.state);
    const old = this.#current;
    this.#current = await openState(this.#options, path, this.#memberId);
    await old.store.stop();
    this.#endReading();
    await old.backend.close();
    await disk.removeDir(old.backend.dir);
    await dir.removeReceived(disk, index);
    return this.position();
  }
  /**
   * Rejects when the disk has no room for a copy, or the state was replaced or closed meanwhile;
   * nothing is lost then. Old revisions that are being deleted stay until it has ended.
   */
  async defragment() {
    const { log, defragmentStarted } = this.#options;
    const { backend, store } = this.#current;
    const before = backend.sizeBytes();
    const resumeCompaction = store.pauseCompaction();
    const ended = defragmentStarted?.();
    log.info("starting defragment", { bytes: before });
    try {
      await backend.defragment();
      log.info("finished defragment", { bytes_before: before, bytes: backend.sizeBytes() });
    } catch (error) {
      log.error("failed to defragment", { error });
      throw error;
    } finally {
      ended?.();
      resumeCompaction();
    }
  }
  /** A last checkpoint, then the files are closed. What a compaction leaves, the next start resumes. */
  async close() {
    await this.#current.store.stop();
    this.#endReading();
    await this.#current.backend.close();
  }
  /** `release` runs once: when the reader is done, or earlier when the state goes away. */
  #readUntilClosed(release) {
    let isClosed = false;
    const close = () => {
      if (isClosed) return;
      isClosed = true;
      this.#reading.delete(close);
      release();
    };
    this.#reading.add(close);
    const assertOpen = () => {
      if (isClosed) throw new Error("the state that was being read has been replaced or closed");
    };
    return { close, assertOpen };
  }
  /** Who reads a database of files that go away is told at the next piece. */
  #endReading() {
    for (const close of [...this.#reading]) close();
  }
};
async function openState(options, path, memberId) {
  const { leaseTtlSecondsMin } = options;
  const { disk, log, clock } = options;
  const open2 = async (dir) => new WriteBehindBackend(await openBackend(options, dir), clock);
  const backend = await ReplaceableBackend.open(path, { disk, log, open: open2, yieldToLoop });
  const state = { ...loadState(backend, { leaseTtlSecondsMin, yieldToLoop }), backend };
  return withApplier(state, options, memberId);
}
function withApplier(state, options, memberId) {
  const { quotaBytes } = options;
  return { ...state, applier: new Applier(state, { memberId, quotaBytes }) };
}
function openBackend(options, dir) {
  const { disk, log, commitMeter } = options;
  return LmdbBackend.open({ dir, disk, bootId: bootId(), log, commitMeter });
}
function bootId() {
  try {
    return readFileSync2("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return `unknown-${process.pid}-${Date.now()}`;
  }
}
async function* inTurns(pieces, assertOpen) {
  assertOpen();
  for (const piece of pieces) {
    yield piece;
    await yieldToLoop();
    assertOpen();
  }
}

// src/etcd/member-metrics.ts
function sampleBeforeScrapes(parts) {
  const { metrics, loop } = parts;
  metrics.server.version.set({ server_version: servedEtcdVersion }, 1);
  metrics.server.id.set({ server_id: formatId(loop.memberId) }, 1);
  metrics.server.quotaBytes.set(parts.quotaBytes ?? 0);
  metrics.beforeScrape(() => {
    sampleServer(parts);
    sampleStore(parts);
  });
}
function sampleServer({ metrics, loop, proposals, state }) {
  const { server, network } = metrics;
  const status2 = loop.status();
  server.hasLeader.set(status2.leader === 0n ? 0 : 1);
  server.isLeader.set(status2.role === "leader" ? 1 : 0);
  server.isLearner.set(status2.isLearner ? 1 : 0);
  server.proposalsCommitted.set(status2.commitIndex);
  server.proposalsApplied.set(status2.appliedIndex);
  server.proposalsPending.set(proposals.pendingCount);
  setTotal(server.proposalsFailed, proposals.failedCount);
  setTotal(server.slowReadIndexes, loop.readCounts.slow);
  setTotal(server.readIndexesFailed, loop.readCounts.failed);
  setTotal(server.heartbeatSendFailures, loop.lateHeartbeats);
  const { membership, alarms } = state.current;
  server.clusterVersion.reset();
  if (membership.clusterVersion !== void 0) {
    const [major, minor] = membership.clusterVersion.split(".");
    server.clusterVersion.set({ cluster_version: `${major}.${minor}` }, 1);
  }
  server.alarms.reset();
  for (const { memberID, alarm } of alarms.list()) {
    const name = Object.entries(AlarmType).find(([, value2]) => value2 === alarm)?.[0] ?? "NONE";
    server.alarms.set({ server_id: formatId(memberID), alarm_type: name }, 1);
  }
  network.knownPeers.reset();
  for (const { id } of membership.members()) {
    if (id === loop.memberId) continue;
    network.knownPeers.set({ Local: formatId(loop.memberId), Remote: formatId(id) }, 1);
  }
}
function sampleStore({ metrics, state, hub }) {
  const { backend, store, lessor } = state.current;
  metrics.store.dbSizeBytes.set(backend.sizeBytes());
  metrics.store.dbSizeInUseBytes.set(backend.sizeInUseBytes());
  metrics.store.currentRevision.set(store.currentRevision);
  metrics.store.compactRevision.set(store.compactRevision);
  setTotal(metrics.store.ranges, store.counts.ranges);
  setTotal(metrics.store.puts, store.counts.puts);
  setTotal(metrics.store.deletes, store.counts.deletes);
  setTotal(metrics.store.txns, store.counts.txns);
  metrics.store.putBytes.set(store.counts.putBytes);
  setTotal(metrics.store.leasesGranted, lessor.counts.granted);
  setTotal(metrics.store.leasesRevoked, lessor.counts.revoked);
  setTotal(metrics.store.leasesRenewed, lessor.counts.renewed);
  setTotal(metrics.store.events, hub.eventsSent);
  const { streams, synced, catchingUp } = hub.counts;
  metrics.store.watchStreams.set(streams);
  metrics.store.watchers.set(synced + catchingUp);
  metrics.store.slowWatchers.set(catchingUp);
}
function setTotal(counter, total) {
  counter.reset();
  counter.inc(total);
}
function walMetrics(metrics) {
  const { walFsyncSeconds, walWriteBytes, walWriteSeconds } = metrics.disk;
  return {
    onFsync: (seconds) => walFsyncSeconds.observe(seconds),
    onWrite: (bytes, seconds) => {
      walWriteBytes.inc(bytes);
      walWriteSeconds.observe(seconds);
    }
  };
}
function defragmentMeter(metrics, clock) {
  return () => {
    const startMs = clock.monotonicMs();
    metrics.disk.defragInflight.set(1);
    return () => {
      metrics.disk.defragInflight.set(0);
      metrics.disk.defragSeconds.observe((clock.monotonicMs() - startMs) / 1e3);
    };
  };
}

// src/etcd/api/grpc/auth.ts
var service = "/etcdserverpb.Auth";
function authRpcs(around, header2, currentRevision) {
  return [
    around.unary(`${service}/AuthStatus`, decodeAuthStatusRequest, () => {
      const body = encodeAuthStatusResponse({ enabled: false, authRevision: 1 });
      return header2.prepend({ body, revision: currentRevision() });
    }),
    around.unary(`${service}/Authenticate`, decodeAuthenticateRequest, () => {
      throw new EtcdError("AuthNotEnabled");
    })
  ];
}

// src/etcd/api/grpc/cluster.ts
var service2 = "/etcdserverpb.Cluster";
function clusterRpcs(around, header2, cluster) {
  return [
    around.unary(
      `${service2}/MemberAdd`,
      decodeMemberAddRequest,
      async (request2, call) => header2.prepend(await cluster.add(request2, call.signal))
    ),
    around.unary(
      `${service2}/MemberRemove`,
      decodeMemberRemoveRequest,
      async (request2, call) => header2.prepend(await cluster.remove(request2, call.signal))
    ),
    around.unary(
      `${service2}/MemberUpdate`,
      decodeMemberUpdateRequest,
      async (request2, call) => header2.prepend(await cluster.update(request2, call.signal))
    ),
    around.unary(
      `${service2}/MemberList`,
      decodeMemberListRequest,
      async (request2, call) => header2.prepend(await cluster.list(request2, call.signal))
    ),
    around.unary(
      `${service2}/MemberPromote`,
      decodeMemberPromoteRequest,
      async (request2, call) => header2.prepend(await cluster.promote(request2, call.signal))
    )
  ];
}

// src/etcd/service/queue-by-creation.ts
var SESSION_TTL_SECONDS = 60;
function prefixOf(name) {
  return concatBytes([name, utf8Bytes("/")]);
}
function keyOfSession(name, lease) {
  return concatBytes([prefixOf(name), utf8Bytes(BigInt.asUintN(64, lease).toString(16))]);
}
async function sessionLease(client, lease) {
  if (lease !== 0n) return lease;
  return (await client.grantLease(SESSION_TTL_SECONDS)).ID;
}
function oldestUnder(prefix2) {
  return {
    key: prefix2,
    rangeEnd: endOfPrefix(prefix2),
    sortTarget: RangeRequest_SortTarget.CREATE,
    sortOrder: RangeRequest_SortOrder.ASCEND,
    limit: 1
  };
}
async function waitUntilOldest(client, prefix2, maxCreateRevision) {
  for (; ; ) {
    const { header: header2, kvs } = await client.range({
      key: prefix2,
      rangeEnd: endOfPrefix(prefix2),
      sortTarget: RangeRequest_SortTarget.CREATE,
      sortOrder: RangeRequest_SortOrder.DESCEND,
      limit: 1,
      maxCreateRevision
    });
    const [newest] = kvs;
    if (newest === void 0) return;
    await waitUntilDeleted(client, newest.key, header2);
  }
}
function endOfPrefix(prefix2) {
  const end2 = Uint8Array.from(prefix2);
  end2[end2.length - 1] = (end2.at(-1) ?? 0) + 1;
  return end2;
}
async function waitUntilDeleted(client, key, header2) {
  const watched = client.watch({ key, startRevision: header2?.revision ?? 0 });
  for await (const { events } of watched) {
    if (events.some(({ type }) => type === Event_EventType.DELETE)) return;
  }
  throw new StatusError(Code.unknown, "lost watcher waiting for delete");
}

// src/etcd/service/election.ts
async function campaign(client, request2) {
  const { name, value: value2 } = request2;
  const lease = await sessionLease(client, request2.lease);
  const key = keyOfSession(name, lease);
  const answer4 = await client.txn({
    compare: [createdAt(key, 0)],
    success: [{ requestPut: { key, value: value2, lease } }],
    failure: [{ requestRange: { key } }]
  });
  const own = answer4.responses[0]?.responseRange?.kvs[0];
  const rev = own?.createRevision ?? answer4.header?.revision ?? 0;
  const candidate = { key, rev, lease };
  try {
    if (own !== void 0 && !equalBytes(own.value, value2)) {
      await proclaimAs(client, candidate, value2);
    }
    await waitUntilOldest(client, prefixOf(name), rev - 1);
  } catch (error) {
    await resignAs(client.detached(), candidate).catch(() => void 0);
    throw error;
  }
  return { header: answer4.header, leader: { name, ...candidate } };
}
async function proclaim(client, request2) {
  return { header: await proclaimAs(client, leaderOf(request2.leader), request2.value) };
}
async function resign(client, request2) {
  return { header: await resignAs(client, leaderOf(request2.leader)) };
}
async function leader(client, request2) {
  const { header: header2, kvs } = await client.range(oldestUnder(prefixOf(request2.name)));
  if (kvs[0] === void 0) throw new StatusError(Code.unknown, "election: no leader");
  return { header: header2, kv: kvs[0] };
}
async function* observe(client, request2) {
  const prefix2 = prefixOf(request2.name);
  for (; ; ) {
    const { header: header2, kvs } = await client.range(oldestUnder(prefix2));
    const found = kvs[0] === void 0 ? await firstPut(client, prefix2, header2?.revision ?? 0) : { header: header2, kv: kvs[0] };
    yield found;
    yield* valuesUntilDeleted(client, found.kv.key, (found.header?.revision ?? 0) + 1);
  }
}
async function firstPut(client, prefix2, startRevision) {
  const range = { key: prefix2, rangeEnd: endOfPrefix(prefix2), startRevision };
  for await (const { header: header2, events } of client.watch(range)) {
    const put = events.find(({ type }) => type === Event_EventType.PUT);
    if (put?.kv === void 0) continue;
    return { header: { ...header2, revision: put.kv.modRevision }, kv: put.kv };
  }
  throw observeEnded();
}
async function* valuesUntilDeleted(client, key, startRevision) {
  for await (const { header: header2, events } of client.watch({ key, startRevision })) {
    for (const { type, kv } of events) {
      if (type === Event_EventType.DELETE) return;
      if (kv !== void 0) yield { header: header2, kv };
    }
  }
  throw observeEnded();
}
function observeEnded() {
  return new StatusError(Code.unknown, "election: observe closed early");
}
async function proclaimAs(client, { key, rev, lease }, value2) {
  const answer4 = await whileLeading(client, key, rev, { requestPut: { key, value: value2, lease } });
  if (!answer4.succeeded) throw new StatusError(Code.unknown, "election: not leader");
  return answer4.header;
}
async function resignAs(client, { key, rev }) {
  return (await whileLeading(client, key, rev, { requestDeleteRange: { key } })).header;
}
function whileLeading(client, key, rev, operation) {
  return client.txn({ compare: [createdAt(key, rev)], success: [operation] });
}
function createdAt(key, createRevision) {
  return {
    key,
    target: Compare_CompareTarget.CREATE,
    result: Compare_CompareResult.EQUAL,
    createRevision
  };
}
function leaderOf(named) {
  if (named === void 0) {
    throw new StatusError(Code.unknown, '"leader" field must be provided');
  }
  return { key: named.key, rev: named.rev, lease: named.lease };
}

// src/etcd/api/grpc/interceptors.ts
var CHECKS_WITHOUT_LEADER_MAX = 3;
var Interceptors = class {
  #options;
  #needLeader = /* @__PURE__ */ new Set();
  #checksWithoutLeader = 0;
  #stopChecking;
  constructor(options) {
    this.#options = options;
  }
  unary(path, decode2, serve4, servesLearner = () => false) {
    const handle2 = (bytes, call, reply) => {
      const request2 = decode2(bytes);
      if (this.#options.consensus.isLearner && !servesLearner(request2)) throw notForLearners();
      this.#checkMetadata("unary", call);
      return serve4(request2, call, reply);
    };
    return { kind: "unary", path, handle: handle2 };
  }
  stream(kind, path, serve4, servesLearner = false) {
    const open2 = (stream, call) => {
      if (this.#options.consensus.isLearner && !servesLearner) throw notForLearners();
      this.#checkMetadata("stream", call);
      if (!requiresLeader(call)) return serve4(stream, call);
      const led = this.#led(stream, call);
      serve4(led.stream, led.call);
    };
    return { kind, path, open: open2 };
  }
  #checkMetadata(type, call) {
    const version = call.metadata("client-api-version") ?? "unknown";
    if (version.includes("\uFFFD")) throw new EtcdError("InvalidClientAPIVersion");
    this.#options.countRequest(type, version);
    if (requiresLeader(call) && this.#options.consensus.leader === 0n) {
      throw new EtcdError("NoLeader");
    }
  }
  /**
   * The same stream and call, ended with NoLeader when no leader is known for too long.
   * Reconnecting a stream costs much more than refusing a request, so it is given several election
   * timeouts.
   */
  #led(stream, call) {
    const controller = new AbortController();
    const led = new LedStream(stream, () => this.#forget(led), controller);
    call.signal.addEventListener("abort", () => this.#forget(led), { once: true });
    if (!call.signal.aborted) this.#remember(led);
    const signal = AbortSignal.any([call.signal, controller.signal]);
    const { viaGateway, deadlineMs } = call;
    const metadata = (name) => call.metadata(name);
    return { stream: led, call: { metadata, signal, viaGateway, deadlineMs } };
  }
  #remember(stream) {
    this.#needLeader.add(stream);
    if (this.#stopChecking !== void 0) return;
    this.#checksWithoutLeader = 0;
    const { clock, electionTimeoutMs } = this.#options;
    this.#stopChecking = clock.every(electionTimeoutMs, () => this.#checkLeader());
  }
  #forget(stream) {
    this.#needLeader.delete(stream);
    if (this.#needLeader.size > 0) return;
    this.#stopChecking?.();
    this.#stopChecking = void 0;
  }
  #checkLeader() {
    const hasLeader = this.#options.consensus.leader !== 0n;
    this.#checksWithoutLeader = hasLeader ? 0 : this.#checksWithoutLeader + 1;
    if (this.#checksWithoutLeader < CHECKS_WITHOUT_LEADER_MAX) return;
    for (const stream of [...this.#needLeader]) stream.leaderIsMissing();
  }
};
var LedStream = class {
  #stream;
  #onOver;
  #controller;
  constructor(stream, onOver, controller) {
    this.#stream = stream;
    this.#onOver = onOver;
    this.#controller = controller;
  }
  /** The handler hears of it through the call's signal and frees what it holds. */
  leaderIsMissing() {
    const error = new EtcdError("NoLeader");
    this.fail(error);
    this.#controller.abort(error);
  }
  get onMessage() {
    return this.#stream.onMessage;
  }
  set onMessage(listener) {
    this.#stream.onMessage = listener;
  }
  get onHalfClose() {
    return this.#stream.onHalfClose;
  }
  set onHalfClose(listener) {
    this.#stream.onHalfClose = listener;
  }
  write(message) {
    return this.#stream.write(message);
  }
  writeParts(head6, headBytes2, rest2) {
    return this.#stream.writeParts(head6, headBytes2, rest2);
  }
  drained() {
    return this.#stream.drained();
  }
  pause() {
    this.#stream.pause();
  }
  resume() {
    this.#stream.resume();
  }
  end() {
    this.#onOver();
    this.#stream.end();
  }
  fail(error) {
    this.#onOver();
    this.#stream.fail(error);
  }
};
function decodeMessage2(decode2, bytes) {
  try {
    return decode2(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const message = `grpc: failed to unmarshal the received message: ${error.message}`;
    throw new StatusError(Code.internal, message);
  }
}
function notForLearners() {
  return new EtcdError("NotSupportedForLearner");
}
function requiresLeader(call) {
  return call.metadata("hasleader") === "true";
}

// src/etcd/api/grpc/election.ts
var service3 = "/v3electionpb.Election";
function electionRpcs(around, clientOf) {
  return [
    // What may wait for long must not hold the buffer that its request arrived in.
    around.unary(
      `${service3}/Campaign`,
      decodeCampaignRequest,
      async (request2, call) => encodeCampaignResponse(
        await campaign(clientOf(call), {
          name: request2.name.slice(),
          value: request2.value.slice(),
          lease: request2.lease
        })
      )
    ),
    around.unary(
      `${service3}/Proclaim`,
      decodeProclaimRequest,
      async (request2, call) => encodeProclaimResponse(await proclaim(clientOf(call), request2))
    ),
    around.unary(
      `${service3}/Leader`,
      decodeLeaderRequest,
      async (request2, call) => encodeLeaderResponse(await leader(clientOf(call), request2))
    ),
    around.unary(
      `${service3}/Resign`,
      decodeResignRequest,
      async (request2, call) => encodeResignResponse(await resign(clientOf(call), request2))
    ),
    around.stream("server-stream", `${service3}/Observe`, (stream, call) => {
      stream.onMessage = (bytes) => {
        send(stream, clientOf(call), bytes).catch((error) => stream.fail(error));
      };
    })
  ];
}
async function send(stream, client, bytes) {
  const request2 = decodeMessage2(decodeLeaderRequest, bytes);
  for await (const response of observe(client, { name: request2.name.slice() })) {
    if (!stream.write(encodeLeaderResponse(response))) await stream.drained();
  }
}

// src/etcd/api/grpc/failover.ts
var service4 = "/etcdts.v1.Failover";
function failoverRpcs(around, header2, failover) {
  return [
    around.unary(
      `${service4}/ForgetLeader`,
      decodeForgetLeaderRequest,
      (request2) => header2.prepend(failover.forgetLeader(request2)),
      () => true
    ),
    around.stream(
      "server-stream",
      `${service4}/Observe`,
      (stream, call) => serveObserve(stream, call, header2, failover),
      true
    )
  ];
}
function serveObserve(stream, call, header2, failover) {
  stream.onMessage = (bytes) => {
    stream.onMessage = () => {
    };
    try {
      decodeMessage2(decodeObserveRequest, bytes);
    } catch (error) {
      stream.fail(error);
      return;
    }
    if (call.signal.aborted) return;
    let isFull = false;
    let missed;
    const write = (report) => {
      if (isFull) {
        missed = report;
        return;
      }
      if (stream.write(report)) return;
      isFull = true;
      stream.drained().then(() => {
        isFull = false;
        const latest = missed;
        missed = void 0;
        if (latest !== void 0 && !call.signal.aborted) write(latest);
      }, stop);
    };
    let stopObserving = () => {
    };
    const stop = () => stopObserving();
    call.signal.addEventListener("abort", stop, { once: true });
    stopObserving = failover.observe((answer4) => write(header2.prepend(answer4)));
  };
}

// src/etcd/api/grpc/health.ts
var service5 = "/grpc.health.v1.Health";
var wholeServer = "";
function healthRpcs(around) {
  return [
    around.unary(`${service5}/Check`, decodeHealthCheckRequest, ({ service: name }) => {
      if (name !== wholeServer) throw new StatusError(Code.notFound, "unknown service");
      return encodeHealthCheckResponse({ status: HealthCheckResponse_ServingStatus.SERVING });
    }),
    around.unary(
      `${service5}/List`,
      decodeHealthListRequest,
      () => encodeHealthListResponse({
        statuses: [{ key: wholeServer, value: { status: HealthCheckResponse_ServingStatus.SERVING } }]
      })
    ),
    around.stream("server-stream", `${service5}/Watch`, (stream) => {
      stream.onMessage = (bytes) => {
        const { service: name } = decodeMessage2(decodeHealthCheckRequest, bytes);
        const status2 = name === wholeServer ? HealthCheckResponse_ServingStatus.SERVING : HealthCheckResponse_ServingStatus.SERVICE_UNKNOWN;
        stream.write(encodeHealthCheckResponse({ status: status2 }));
      };
    })
  ];
}

// src/etcd/watch/wire.ts
function varintSize(value2) {
  let size = 1;
  for (let rest2 = value2; rest2 >= 128; rest2 = Math.floor(rest2 / 128)) size += 1;
  return size;
}
function writeVarint3(out, at, value2) {
  let rest2 = value2;
  let position = at;
  while (rest2 >= 128) {
    out[position] = rest2 % 128 | 128;
    rest2 = Math.floor(rest2 / 128);
    position += 1;
  }
  out[position] = rest2;
  return position + 1;
}
function bytesFieldSize(fieldNumber, length) {
  return varintSize(fieldNumber * 8) + varintSize(length) + length;
}
function writeBytesField(out, at, fieldNumber, payload) {
  let position = writeVarint3(out, at, fieldNumber * 8 + 2);
  position = writeVarint3(out, position, payload.length);
  out.set(payload, position);
  return position + payload.length;
}
function bytesField(fieldNumber, payload) {
  const out = new Uint8Array(bytesFieldSize(fieldNumber, payload.length));
  writeBytesField(out, 0, fieldNumber, payload);
  return out;
}
function varintField(fieldNumber, value2) {
  if (value2 === 0) return new Uint8Array(0);
  const out = new Uint8Array(varintSize(fieldNumber * 8) + varintSize(value2));
  writeVarint3(out, writeVarint3(out, 0, fieldNumber * 8), value2);
  return out;
}
function varint64Field(fieldNumber, value2) {
  if (value2 === 0n) return new Uint8Array(0);
  const out = [];
  let tag = fieldNumber * 8;
  for (; tag >= 128; tag = Math.floor(tag / 128)) out.push(tag % 128 | 128);
  out.push(tag);
  let rest2 = BigInt.asUintN(64, value2);
  for (; rest2 >= 0x80n; rest2 >>= 7n) out.push(Number(rest2 & 0x7fn) | 128);
  out.push(Number(rest2));
  return Uint8Array.from(out);
}

// src/etcd/service/range-answer.ts
var MORE = 3;
var COUNT = 4;
var TAG_BYTES = 1;
function rangeBody(result) {
  const more2 = varintField(MORE, result.more ? 1 : 0);
  return [...result.pieces, more2, varintField(COUNT, result.count)];
}
function rangeBodyBytes({ pieces, more: more2, count }) {
  let size = more2 ? TAG_BYTES + 1 : 0;
  if (count > 0) size += TAG_BYTES + varintSize(count);
  for (const piece of pieces) size += piece.length;
  return size;
}
function writeRangeBody(out, start2, { pieces, more: more2, count }) {
  let at = start2;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  if (more2) {
    out[at++] = MORE << 3;
    out[at++] = 1;
  }
  if (count > 0) {
    out[at++] = COUNT << 3;
    at = writeVarint3(out, at, count);
  }
  return at;
}

// src/etcd/api/grpc/write-field.ts
var FIELD_BYTES_MAX = 11;
var halves = new DataView(new ArrayBuffer(8));
function writeField(out, at, tag, value2) {
  if (value2 === 0) return at;
  out[at] = tag;
  let position = at + 1;
  let rest2 = value2;
  for (; rest2 > 2147483647; rest2 = Math.floor(rest2 / 128)) {
    out[position++] = rest2 % 128 | 128;
  }
  return writeSmall(out, position, rest2);
}
function writeField64(out, at, tag, value2) {
  halves.setBigInt64(0, value2);
  let high = halves.getUint32(0);
  let low = halves.getUint32(4);
  if (high === 0 && low === 0) return at;
  out[at] = tag;
  let position = at + 1;
  for (; high !== 0; high >>>= 7) {
    out[position++] = low & 127 | 128;
    low = low >>> 7 | high << 25;
  }
  return writeSmall(out, position, low >>> 0);
}
function writeSmall(out, at, value2) {
  let position = at;
  let rest2 = value2;
  for (; rest2 > 127; rest2 >>>= 7) out[position++] = rest2 & 127 | 128;
  out[position] = rest2;
  return position + 1;
}

// src/etcd/api/grpc/response-header.ts
var HEADER_TAG = 10;
var REVISION_TAG = 24;
var TERM_TAG = 32;
var IDS_AT = REPLY_ROOM_BYTES + 2;
var HEADER_BYTES_MAX = 64;
var SHORT_ANSWER_BYTES = 4 * 1024;
var ResponseHeader = class {
  #consensus;
  /** The header that was written last, as a reply's head. What stands behind it is anybody's. */
  scratch = new Uint8Array(REPLY_ROOM_BYTES + HEADER_BYTES_MAX + SHORT_ANSWER_BYTES);
  #idsBytes;
  #writtenRevision = -1;
  #writtenTerm = -1;
  #writtenEnd = 0;
  constructor(consensus) {
    this.#consensus = consensus;
    const ids = encodeResponseHeader({
      clusterId: consensus.clusterId,
      memberId: consensus.memberId
    });
    this.#idsBytes = ids.length;
    this.scratch[REPLY_ROOM_BYTES] = HEADER_TAG;
    this.scratch.set(ids, IDS_AT);
  }
  prepend({ body, revision }) {
    const end2 = this.write(revision);
    return concatBytes([this.scratch.subarray(REPLY_ROOM_BYTES, end2), body]);
  }
  /** Begins a response in `out`; returns where the rest of it goes. */
  begin(out, revision) {
    const end2 = this.write(revision);
    const header2 = this.scratch;
    for (let i = REPLY_ROOM_BYTES; i < end2; i++) out[i - REPLY_ROOM_BYTES] = header2[i];
    return end2 - REPLY_ROOM_BYTES;
  }
  /**
   * Writes the header into `scratch`, as the head of a reply, and returns the offset behind it.
   * Revision 0 is left out, as proto3 does: member changes and compacted watches have none.
   */
  write(revision) {
    const header2 = this.scratch;
    const { term } = this.#consensus;
    if (revision === this.#writtenRevision && term === this.#writtenTerm) return this.#writtenEnd;
    let at = IDS_AT + this.#idsBytes;
    at = writeField(header2, at, REVISION_TAG, revision);
    at = writeField(header2, at, TERM_TAG, term);
    header2[IDS_AT - 1] = at - IDS_AT;
    this.#writtenRevision = revision;
    this.#writtenTerm = term;
    this.#writtenEnd = at;
    return at;
  }
};
var AnswerCaller = class {
  #header;
  #call;
  #reply;
  constructor(header2, call, reply) {
    this.#header = header2;
    this.#call = call;
    this.#reply = reply;
  }
  answered({ body, revision }) {
    this.#reply.answer(this.#header.scratch, this.#header.write(revision), body);
  }
  failed(error) {
    this.#reply.fail(error);
  }
  waitsFor(work) {
    this.#call.underWay = work;
  }
};

// src/etcd/api/grpc/kv.ts
var service6 = "/etcdserverpb.KV";
function kvRpcs(around, header2, kv) {
  return [
    around.unary(
      `${service6}/Range`,
      decodeRangeRequest,
      (request2, call, reply) => {
        kv.range(request2, new RangeCaller(header2, call, reply));
      },
      (request2) => request2.serializable
    ),
    around.unary(`${service6}/Put`, decodePutRequest, (request2, call, reply) => {
      kv.put(request2, new AnswerCaller(header2, call, reply));
    }),
    around.unary(
      `${service6}/DeleteRange`,
      decodeDeleteRangeRequest,
      (request2, call, reply) => {
        kv.deleteRange(request2, new AnswerCaller(header2, call, reply));
      }
    ),
    around.unary(`${service6}/Txn`, decodeTxnRequest, (request2, call, reply) => {
      kv.txn(request2, new AnswerCaller(header2, call, reply));
    }),
    around.unary(
      `${service6}/Compact`,
      decodeCompactionRequest,
      async (request2, call) => header2.prepend(await kv.compact(request2, call.signal))
    )
  ];
}
var RangeCaller = class {
  #header;
  #call;
  #reply;
  constructor(header2, call, reply) {
    this.#header = header2;
    this.#call = call;
    this.#reply = reply;
  }
  answered(result) {
    const header2 = this.#header;
    const headEnd = header2.write(result.revision);
    if (rangeBodyBytes(result) > SHORT_ANSWER_BYTES) {
      return this.#reply.answer(header2.scratch, headEnd, concatBytes(rangeBody(result)));
    }
    const end2 = writeRangeBody(header2.scratch, headEnd, result);
    this.#reply.answer(header2.scratch, end2, emptyBytes);
  }
  failed(error) {
    this.#reply.fail(error);
  }
  waitsFor(work) {
    this.#call.underWay = work;
  }
};

// src/etcd/api/grpc/lease.ts
var service7 = "/etcdserverpb.Lease";
var ID_TAG = 16;
var TTL_TAG = 24;
var answer3 = new Uint8Array(HEADER_BYTES_MAX + 2 * FIELD_BYTES_MAX);
function leaseRpcs(around, header2, lease) {
  return [
    around.unary(
      `${service7}/LeaseGrant`,
      decodeLeaseGrantRequest,
      async (request2, call) => header2.prepend(await lease.grant(request2, call.signal))
    ),
    around.unary(
      `${service7}/LeaseRevoke`,
      decodeLeaseRevokeRequest,
      async (request2, call) => header2.prepend(await lease.revoke(request2, call.signal))
    ),
    around.stream(
      "bidi-stream",
      `${service7}/LeaseKeepAlive`,
      (stream, call) => new KeepAliveStream(stream, call, header2, lease).start()
    ),
    around.unary(
      `${service7}/LeaseTimeToLive`,
      decodeLeaseTimeToLiveRequest,
      async (request2, call) => header2.prepend(await lease.timeToLive(request2, call.signal))
    ),
    around.unary(
      `${service7}/LeaseLeases`,
      decodeLeaseLeasesRequest,
      () => header2.prepend(lease.leases())
    )
  ];
}
var KeepAliveStream = class {
  #stream;
  #call;
  #header;
  #lease;
  #queue = [];
  #isWorking = false;
  #isHalfClosed = false;
  #isOver = false;
  constructor(stream, call, header2, lease) {
    this.#stream = stream;
    this.#call = call;
    this.#header = header2;
    this.#lease = lease;
  }
  start() {
    this.#stream.onMessage = (bytes) => this.#take(bytes);
    this.#stream.onHalfClose = () => {
      this.#isHalfClosed = true;
      if (!this.#isWorking) this.#end();
    };
  }
  #take(bytes) {
    if (this.#isOver) return;
    let id;
    try {
      id = decodeMessage2(decodeLeaseKeepAliveRequest, bytes).ID;
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#isWorking && this.#answerAtOnce(id)) return;
    this.#queue.push(id);
    if (this.#queue.length >= limits.keepAlivesQueuedMax) this.#stream.pause();
    if (!this.#isWorking) void this.#work(void 0);
  }
  /** False: it takes a question to others. Without room the next ones wait in the queue. */
  #answerAtOnce(id) {
    const ttlSeconds = this.#lease.keepAliveAtOnce(id);
    if (ttlSeconds === void 0) return false;
    let at = this.#header.begin(answer3, this.#lease.currentRevision);
    at = writeField64(answer3, at, ID_TAG, id);
    at = writeField(answer3, at, TTL_TAG, ttlSeconds);
    if (!this.#stream.writeParts(answer3, at, emptyBytes)) void this.#work(this.#stream.drained());
    return true;
  }
  async #work(room) {
    this.#isWorking = true;
    try {
      await room;
      while (this.#queue.length > 0 && !this.#isOver) {
        const batch = this.#queue;
        this.#queue = [];
        if (batch.length >= limits.keepAlivesQueuedMax) this.#stream.resume();
        for (const id of batch) await this.#answer(id);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isWorking = false;
    if (this.#isHalfClosed) this.#end();
  }
  async #answer(id) {
    if (this.#isOver || this.#call.signal.aborted) return;
    const answer4 = await this.#lease.keepAlive(id, this.#call.signal);
    if (!this.#stream.write(this.#header.prepend(answer4))) await this.#stream.drained();
  }
  #fail(error) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.fail(error);
  }
  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.end();
  }
};

// src/etcd/api/grpc/local-client.ts
function localClients(rpcs) {
  const byPath = new Map(rpcs.map((rpc) => [rpc.path, rpc]));
  const unary = (name) => byPath.get(`/etcdserverpb.${name}`);
  const methods = {
    range: unary("KV/Range"),
    txn: unary("KV/Txn"),
    deleteRange: unary("KV/DeleteRange"),
    leaseGrant: unary("Lease/LeaseGrant"),
    watch: byPath.get("/etcdserverpb.Watch/Watch")
  };
  return (call) => new CallersClient(methods, call);
}
var CallersClient = class _CallersClient {
  #methods;
  #call;
  constructor(methods, call) {
    this.#methods = methods;
    this.#call = call;
  }
  async range(request2) {
    return decodeRangeResponse(await this.#ask("range", encodeRangeRequest(request2)));
  }
  async txn(request2) {
    return decodeTxnResponse(await this.#ask("txn", encodeTxnRequest(request2)));
  }
  async deleteKey(key) {
    const answer4 = await this.#ask("deleteRange", encodeDeleteRangeRequest({ key }));
    return headerOf2(decodeDeleteRangeResponse(answer4));
  }
  async grantLease(ttlSeconds) {
    const request2 = encodeLeaseGrantRequest({ TTL: ttlSeconds });
    return decodeLeaseGrantResponse(await this.#ask("leaseGrant", request2));
  }
  /** etcd's own client turns an error into its words: their code does not reach the caller. */
  async #ask(name, request2) {
    try {
      return await callUnary(this.#methods[name], request2, this.#call);
    } catch (error) {
      if (this.#call.signal.aborted) throw error;
      throw new StatusError(Code.unknown, error.message);
    }
  }
  async *watch(request2) {
    const ended = new AbortController();
    const signal = AbortSignal.any([this.#call.signal, ended.signal]);
    const stream = new GatheredResponses(signal);
    const { viaGateway, deadlineMs } = this.#call;
    const metadata = (name) => this.#call.metadata(name);
    this.#methods.watch.open(stream, { metadata, deadlineMs, viaGateway, signal });
    stream.onMessage(encodeWatchRequest({ createRequest: request2 }));
    try {
      for (; ; ) {
        const response = await stream.next();
        if (response.canceled) {
          throw new StatusError(Code.unknown, response.cancelReason || "watch canceled");
        }
        if (response.events.length > 0) {
          yield { header: headerOf2(response), events: response.events };
        }
      }
    } finally {
      ended.abort(new StatusError(Code.canceled, "context canceled"));
    }
  }
  detached() {
    const { viaGateway } = this.#call;
    const metadata = (name) => this.#call.metadata(name);
    const signal = new AbortController().signal;
    const call = { metadata, viaGateway, deadlineMs: Number.POSITIVE_INFINITY, signal };
    return new _CallersClient(this.#methods, call);
  }
};
function headerOf2({ header: header2 }) {
  if (header2 === void 0) throw new StatusError(Code.internal, "an answer without header");
  return header2;
}
var GatheredResponses = class {
  onMessage = () => {
  };
  onHalfClose = () => {
  };
  #waiting = [];
  #signal;
  #failure;
  #wake = () => {
  };
  #drained = () => {
  };
  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.fail(signal.reason), { once: true });
  }
  write(message) {
    this.#waiting.push(message);
    this.#wake();
    return false;
  }
  writeParts(head6, headBytes2, rest2) {
    return this.write(concatBytes([head6.subarray(0, headBytes2), rest2]));
  }
  drained() {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }
  pause() {
  }
  resume() {
  }
  end() {
    this.fail(new StatusError(Code.unavailable, "watch closed"));
  }
  fail(error) {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#wake();
    this.#drained();
  }
  async next() {
    for (; ; ) {
      const message = this.#waiting.shift();
      if (this.#waiting.length === 0) this.#drained();
      if (message !== void 0) return decodeWatchResponse(message);
      if (this.#failure !== void 0) throw this.#failure;
      this.#signal.throwIfAborted();
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }
};

// src/etcd/service/mutex.ts
async function lock(client, request2) {
  const lease = await sessionLease(client, request2.lease);
  const key = keyOfSession(request2.name, lease);
  const prefix2 = prefixOf(request2.name);
  const { header: header2, createRevision, oldest } = await takePlace(client, key, lease, prefix2);
  if (oldest === void 0 || oldest === createRevision) return { header: header2, key };
  try {
    await waitUntilOldest(client, prefix2, createRevision - 1);
    const held = await client.range({ key });
    if (held.kvs.length > 0) return { header: held.header, key };
  } catch (error) {
    await client.detached().deleteKey(key).catch(() => void 0);
    throw error;
  }
  throw new StatusError(Code.unknown, "mutex: session is expired");
}
async function unlock(client, request2) {
  return { header: await client.deleteKey(request2.key) };
}
async function takePlace(client, key, lease, prefix2) {
  const isNew = {
    key,
    target: Compare_CompareTarget.CREATE,
    result: Compare_CompareResult.EQUAL,
    createRevision: 0
  };
  const holder = { requestRange: oldestUnder(prefix2) };
  const answer4 = await client.txn({
    compare: [isNew],
    success: [{ requestPut: { key, value: emptyBytes, lease } }, holder],
    failure: [{ requestRange: { key } }, holder]
  });
  const own = answer4.responses[0]?.responseRange?.kvs[0];
  return {
    header: answer4.header,
    createRevision: own?.createRevision ?? answer4.header?.revision ?? 0,
    oldest: answer4.responses[1]?.responseRange?.kvs[0]?.createRevision
  };
}

// src/etcd/api/grpc/lock.ts
var service8 = "/v3lockpb.Lock";
function lockRpcs(around, clientOf) {
  return [
    around.unary(
      `${service8}/Lock`,
      decodeLockRequest,
      async (request2, call) => encodeLockResponse(
        await lock(clientOf(call), { name: request2.name.slice(), lease: request2.lease })
      )
    ),
    around.unary(
      `${service8}/Unlock`,
      decodeUnlockRequest,
      async (request2, call) => encodeUnlockResponse(await unlock(clientOf(call), request2))
    )
  ];
}

// src/etcd/api/grpc/maintenance.ts
var service9 = "/etcdserverpb.Maintenance";
function maintenanceRpcs(around, header2, maintenance) {
  return [
    around.unary(
      `${service9}/Status`,
      decodeStatusRequest,
      () => header2.prepend(maintenance.status()),
      () => true
    ),
    around.unary(
      `${service9}/Alarm`,
      decodeAlarmRequest,
      async (request2, call) => header2.prepend(await maintenance.alarm(request2, call.signal))
    ),
    around.unary(
      `${service9}/HashKV`,
      decodeHashKVRequest,
      async (request2) => header2.prepend(await maintenance.hashKv(request2))
    ),
    around.unary(
      `${service9}/Hash`,
      decodeHashRequest,
      async () => header2.prepend(await maintenance.hash())
    ),
    // The responses of these two have no header.
    around.unary(`${service9}/Defragment`, decodeDefragmentRequest, async () => {
      const answer4 = await maintenance.defragment();
      return answer4.body;
    }),
    around.unary(`${service9}/MoveLeader`, decodeMoveLeaderRequest, async (request2, call) => {
      const answer4 = await maintenance.moveLeader(request2, call.signal);
      return answer4.body;
    }),
    around.stream(
      "server-stream",
      `${service9}/Snapshot`,
      (stream, call) => serveSnapshot(stream, call, maintenance),
      true
    )
  ];
}
function serveSnapshot(stream, call, maintenance) {
  stream.onMessage = (bytes) => {
    stream.onMessage = () => {
    };
    streamSnapshot(stream, call, maintenance, bytes).then(
      () => stream.end(),
      (error) => stream.fail(error)
    );
  };
}
async function streamSnapshot(stream, call, maintenance, request2) {
  decodeMessage2(decodeSnapshotRequest, request2);
  for await (const response of maintenance.snapshot()) {
    call.signal.throwIfAborted();
    if (!stream.write(response)) await stream.drained();
  }
}

// src/etcd/service/range-stream.ts
var FIRST_PIECE_KEYS = 10;
var keyEnd = Uint8Array.of(0);
async function* rangeInPieces(request2, range, pieceBytesTarget) {
  checkStreamed(request2);
  if (request2.countOnly || request2.rangeEnd.length === 0) return yield await range(request2);
  let pieceKeys = FIRST_PIECE_KEYS;
  let remaining = request2.limit > 0 ? request2.limit : Number.POSITIVE_INFINITY;
  const plain3 = { ...request2, sortTarget: RangeRequest_SortTarget.KEY };
  let next = { ...plain3, limit: Math.min(pieceKeys, remaining) };
  const first = await range(next);
  const { header: header2, count } = first;
  const revision = request2.revision > 0 ? request2.revision : header2?.revision ?? 0;
  for (let piece = first; ; piece = await range(next)) {
    const { kvs, more: more2 } = piece;
    remaining -= kvs.length;
    const last = kvs.at(-1);
    if (!more2 || remaining <= 0 || last === void 0) {
      return yield { header: header2, kvs, more: more2, count };
    }
    yield { kvs };
    pieceKeys = nextPieceKeys(pieceKeys, encodeRangeResponse({ kvs }).length, pieceBytesTarget);
    const limit = Math.min(pieceKeys, remaining);
    const key = concatBytes([last.key, keyEnd]);
    next = { ...plain3, key, revision, limit, serializable: true };
  }
}
function nextPieceKeys(keys, bytes, bytesTarget) {
  if (bytes < bytesTarget / 2) return keys * 2;
  if (bytes > bytesTarget * 2) return Math.max(1, Math.floor(keys / 2));
  return keys;
}
function checkStreamed(request2) {
  const { sortOrder, sortTarget } = request2;
  const isByKey = sortTarget === RangeRequest_SortTarget.KEY;
  const isSorted = sortOrder === RangeRequest_SortOrder.DESCEND || sortOrder === RangeRequest_SortOrder.ASCEND && !isByKey;
  if (isSorted) throw refused2("custom sort orders");
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request2;
  const bounds = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
  if (bounds.some((bound) => bound !== 0)) throw refused2("revision filters");
}
function refused2(what) {
  return new StatusError(Code.unimplemented, `RangeStream does not support ${what}`);
}

// src/etcd/api/grpc/range-stream.ts
function rangeStreamRpc(around, range, pieceBytesTarget) {
  const serve4 = async (stream, call, bytes) => {
    const request2 = decodeMessage2(decodeRangeRequest, bytes.slice());
    const ask = async (piece) => decodeRangeResponse(await callUnary(range, encodeRangeRequest(piece), call));
    for await (const rangeResponse of rangeInPieces(request2, ask, pieceBytesTarget)) {
      if (!stream.write(encodeRangeStreamResponse({ rangeResponse }))) await stream.drained();
      if (call.signal.aborted) return;
    }
    stream.end();
  };
  return around.stream("server-stream", "/etcdserverpb.KV/RangeStream", (stream, call) => {
    stream.onMessage = (bytes) => {
      serve4(stream, call, bytes).catch((error) => stream.fail(error));
    };
  });
}

// src/etcd/api/grpc/watch.ts
var head5 = new Uint8Array(HEADER_BYTES_MAX + 2 * FIELD_BYTES_MAX);
function watchRpcs(around, header2, watch) {
  const open2 = (stream, call) => serve(stream, call, header2, watch);
  return [around.stream("bidi-stream", "/etcdserverpb.Watch/Watch", open2)];
}
function serve(stream, call, header2, service10) {
  const watches = service10.open({
    send: (revision, start2, rest2) => {
      let at = header2.begin(head5, revision);
      for (let i = 0; i < start2.length; i += 1) head5[at++] = start2[i];
      const hasRoom = stream.writeParts(head5, at, rest2);
      if (!hasRoom) stream.pause();
      return hasRoom;
    },
    drained: () => stream.drained().then(() => stream.resume()),
    fail: (error) => stream.fail(error)
  });
  const onAbort = () => watches.fail(call.signal.reason);
  if (call.signal.aborted) return onAbort();
  call.signal.addEventListener("abort", onAbort, { once: true });
  stream.onMessage = (bytes) => {
    try {
      handle(watches, decodeMessage2(decodeWatchRequest, bytes));
    } catch (error) {
      watches.fail(error);
    }
  };
  stream.onHalfClose = () => {
  };
}
function handle(watches, request2) {
  if (request2.createRequest !== void 0) watches.create(watchCreate(request2.createRequest));
  else if (request2.cancelRequest !== void 0) watches.cancel(request2.cancelRequest.watchId);
  else if (request2.progressRequest !== void 0) watches.requestProgress();
}
function watchCreate(request2) {
  return {
    key: request2.key.slice(),
    rangeEnd: request2.rangeEnd.slice(),
    startRevision: request2.startRevision,
    watchId: request2.watchId,
    prevKv: request2.prevKv,
    noPut: request2.filters.includes(WatchCreateRequest_FilterType.NOPUT),
    noDelete: request2.filters.includes(WatchCreateRequest_FilterType.NODELETE),
    progressNotify: request2.progressNotify,
    fragment: request2.fragment
  };
}

// src/etcd/api/grpc/rpcs.ts
function implementedRpcs(services2, options) {
  const around = new Interceptors(options);
  const header2 = new ResponseHeader(options.consensus);
  const kv = kvRpcs(around, header2, services2.kv);
  const basic = [
    ...kv,
    ...watchRpcs(around, header2, services2.watch),
    ...leaseRpcs(around, header2, services2.lease)
  ];
  const clientOf = localClients(basic);
  return [
    ...basic,
    rangeStreamRpc(around, kv[0], options.requestBytesMax),
    ...lockRpcs(around, clientOf),
    ...electionRpcs(around, clientOf),
    ...healthRpcs(around),
    ...clusterRpcs(around, header2, services2.cluster),
    ...maintenanceRpcs(around, header2, services2.maintenance),
    ...failoverRpcs(around, header2, services2.failover),
    ...authRpcs(around, header2, services2.currentRevision)
  ];
}

// src/etcd/api/http/open-calls.ts
var OpenCalls = class {
  #clock;
  #unary = /* @__PURE__ */ new Set();
  #streams = /* @__PURE__ */ new Set();
  #idle;
  constructor(clock) {
    this.#clock = clock;
  }
  enter(call, kind) {
    const calls = kind === "unary" ? this.#unary : this.#streams;
    calls.add(call);
    call.onClose = () => {
      calls.delete(call);
      if (this.#unary.size === 0) this.#idle?.();
    };
  }
  /** Ends the streams at once; calls with one answer get `graceMs` for it. Never rejects. */
  async stop(graceMs) {
    for (const call of this.#streams) call.abort(new EtcdError("Stopped"));
    if (this.#unary.size !== 0) {
      const timer = new AbortController();
      const idle2 = new Promise((resolve) => {
        this.#idle = resolve;
      });
      await Promise.race([idle2, this.#clock.after(graceMs, timer.signal).catch(() => {
      })]);
      timer.abort();
    }
    for (const call of this.#unary) call.abort(new EtcdError("Stopped"));
  }
};

// src/etcd/api/http/server.ts
var HttpServer = class {
  #options;
  #calls;
  #loading;
  #stopped = false;
  constructor(options) {
    this.#options = options;
    this.#calls = new OpenCalls(options.clock);
  }
  /** Takes over a connection from its first byte; its bytes must not flow before this resolves. */
  async accept(socket) {
    try {
      this.#loading ??= this.#load();
      const { server } = await this.#loading;
      if (this.#stopped) socket.destroy();
      else server.emit("connection", socket);
    } catch (error) {
      this.#options.log.error("cannot serve HTTP", { error });
      socket.destroy();
    }
  }
  /**
   * Ends the gateway's streams with `etcdserver: server stopped`, lets calls in flight finish for
   * at most `graceMs` and closes all connections.
   */
  async stop(graceMs = 1e3) {
    this.#stopped = true;
    const loaded = await this.#loading?.catch(() => void 0);
    loaded?.server.closeIdleConnections();
    await this.#calls.stop(graceMs);
    await loaded?.app.close();
  }
  async #load() {
    const { createHttpApp } = await import("./http-app-BOWH7S2A.js");
    return await createHttpApp(this.#options, this.#calls);
  }
};

// src/etcd/api/metered-rpcs.ts
function meteredRpcs(table, meters) {
  const metered = /* @__PURE__ */ new Map();
  for (const [path, rpc] of table) {
    const meter = meters.get(path);
    if (meter === void 0) metered.set(path, rpc);
    else metered.set(path, rpc.kind === "unary" ? meterUnary(rpc, meter) : meterStream(rpc, meter));
  }
  return metered;
}
function meterUnary(rpc, meter) {
  const succeeded = (response) => {
    meter.messageOut(response.length);
    meter.end(0);
    return response;
  };
  const failed = (error) => {
    meter.end(statusOf(error).code);
    throw error;
  };
  return {
    kind: "unary",
    path: rpc.path,
    handle: (request2, call, reply) => {
      meter.begin();
      meter.messageIn(request2.length);
      try {
        const result = rpc.handle(request2, call, new MeteredReply(reply, meter));
        if (result === void 0) return void 0;
        return result instanceof Uint8Array ? succeeded(result) : result.then(succeeded, failed);
      } catch (error) {
        return failed(error);
      }
    }
  };
}
var MeteredReply = class {
  #reply;
  #meter;
  constructor(reply, meter) {
    this.#reply = reply;
    this.#meter = meter;
  }
  answer(head6, headEnd, body) {
    this.#meter.messageOut(headEnd - REPLY_ROOM_BYTES + body.length);
    this.#meter.end(0);
    this.#reply.answer(head6, headEnd, body);
  }
  fail(error) {
    this.#meter.end(statusOf(error).code);
    this.#reply.fail(error);
  }
};
function meterStream(rpc, meter) {
  return {
    kind: rpc.kind,
    path: rpc.path,
    open: (stream, call) => {
      meter.begin();
      const metered = new MeteredStream(stream, meter, call);
      try {
        rpc.open(metered, call);
      } catch (error) {
        metered.fail(error);
      }
    }
  };
}
var MeteredStream = class {
  #stream;
  #meter;
  #isOver = false;
  constructor(stream, meter, call) {
    this.#stream = stream;
    this.#meter = meter;
    const onAbort = () => this.#finish(statusOf(call.signal.reason).code);
    call.signal.addEventListener("abort", onAbort, { once: true });
  }
  get onMessage() {
    return this.#stream.onMessage;
  }
  set onMessage(listener) {
    this.#stream.onMessage = (message) => {
      this.#meter.messageIn(message.length);
      listener(message);
    };
  }
  get onHalfClose() {
    return this.#stream.onHalfClose;
  }
  set onHalfClose(listener) {
    this.#stream.onHalfClose = listener;
  }
  write(message) {
    if (!this.#isOver) this.#meter.messageOut(message.length);
    return this.#stream.write(message);
  }
  writeParts(head6, headBytes2, rest2) {
    if (!this.#isOver) this.#meter.messageOut(headBytes2 + rest2.length);
    return this.#stream.writeParts(head6, headBytes2, rest2);
  }
  drained() {
    return this.#stream.drained();
  }
  pause() {
    this.#stream.pause();
  }
  resume() {
    this.#stream.resume();
  }
  end() {
    this.#finish(0);
    this.#stream.end();
  }
  fail(error) {
    this.#finish(statusOf(error).code);
    this.#stream.fail(error);
  }
  #finish(code) {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#meter.end(code);
  }
};

// src/etcd/transport/port-mux.ts
import { createServer as createServer2 } from "node:net";

// src/etcd/transport/tls/tls-acceptor.ts
import { constants } from "node:crypto";

// src/etcd/transport/tls/peer-certificate.ts
import { lookup as lookup2, reverse } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIP as isIP3 } from "node:net";

// src/etcd/transport/tls/der.ts
var constructed = 32;
var derTag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  objectId: 6,
  utf8String: 12,
  sequence: 16 | constructed,
  set: 17 | constructed,
  utcTime: 23,
  generalizedTime: 24
};
function contextTag(number, isConstructed) {
  return 128 | number | (isConstructed ? constructed : 0);
}
function der(tag, ...contents) {
  const content = Buffer.concat(contents);
  if (content.length < 128) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = [];
  for (let rest2 = content.length; rest2 > 0; rest2 >>>= 8) length.unshift(rest2 & 255);
  return Buffer.concat([Buffer.of(tag, 128 | length.length, ...length), content]);
}
function derObjectId(text) {
  const [first = 0, second = 0, ...arcs] = text.split(".").map(Number);
  const bytes = [40 * first + second];
  for (const arc of arcs) {
    const groups = [arc & 127];
    for (let rest2 = arc >>> 7; rest2 > 0; rest2 >>>= 7) groups.unshift(128 | rest2 & 127);
    bytes.push(...groups);
  }
  return der(derTag.objectId, Buffer.from(bytes));
}
function derInteger(bytes) {
  let start2 = 0;
  while (start2 < bytes.length - 1 && bytes[start2] === 0) start2 += 1;
  const digits = bytes.subarray(start2);
  const isNegative = ((digits[0] ?? 0) & 128) !== 0;
  return der(derTag.integer, isNegative ? Buffer.concat([Buffer.of(0), digits]) : digits);
}
function derTime(time) {
  const digits = `${time.toISOString().replace(/[-:T]|\.\d+Z/g, "")}Z`;
  const isShort2 = time.getUTCFullYear() < 2050;
  const tag = isShort2 ? derTag.utcTime : derTag.generalizedTime;
  return der(tag, Buffer.from(isShort2 ? digits.slice(2) : digits, "latin1"));
}
function readDer(bytes) {
  const values = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at];
    let length = byteAt(bytes, at + 1);
    at += 2;
    if (length >= 128) {
      const count = length & 127;
      if (count === 0 || count > 4 || at + count > bytes.length) throw new Error("malformed DER");
      length = bytes.readUIntBE(at, count);
      at += count;
    }
    if (at + length > bytes.length) throw new Error("malformed DER: a value is cut off");
    values.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return values;
}
function byteAt(bytes, at) {
  const byte = bytes[at];
  if (byte === void 0) throw new Error("malformed DER: a value is cut off");
  return byte;
}

// src/etcd/transport/tls/revocation-list.ts
function revokedSerials(file) {
  const [list] = readDer(derOf(file));
  const [toBeSigned] = readDer(contentOf(list, derTag.sequence));
  const fields = readDer(contentOf(toBeSigned, derTag.sequence));
  const isTime = ({ tag }) => tag === derTag.utcTime || tag === derTag.generalizedTime;
  const after = fields.findLastIndex(isTime) + 1;
  if (after === 0) throw new Error("malformed certificate revocation list");
  const revoked = fields[after];
  if (revoked === void 0 || revoked.tag !== derTag.sequence) return /* @__PURE__ */ new Set();
  return new Set(
    readDer(revoked.content).map((entry) => {
      const [serial] = readDer(contentOf(entry, derTag.sequence));
      return formatSerial(contentOf(serial, derTag.integer));
    })
  );
}
function formatSerial(bytes) {
  const hex2 = bytes.toString("hex").toUpperCase();
  return hex2.replace(/^(00)+(?=..)/, "");
}
function derOf(file) {
  const pem2 = /-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----/.exec(file.toString("latin1"));
  return pem2 === null ? file : Buffer.from(pem2[1], "base64");
}
function contentOf(value2, tag) {
  if (value2?.tag !== tag) throw new Error("malformed certificate revocation list");
  return value2.content;
}

// src/etcd/transport/tls/peer-certificate.ts
async function certificateProblem(socket, settings) {
  const shown = socket.getPeerX509Certificate();
  if (!isAllowed(shown, settings)) return "client certificate authentication failed";
  if (shown === void 0) return void 0;
  if (settings.verifiesClientAddress) {
    const problem = await addressProblem(shown, plainAddress(socket.remoteAddress ?? ""));
    if (problem !== void 0) return problem;
  }
  return settings.crlFile === "" ? void 0 : await revocationProblem(shown, settings.crlFile);
}
function isAllowed(shown, settings) {
  const { allowedCommonNames, allowedHostnames } = settings;
  if (allowedCommonNames.length > 0) {
    return shown !== void 0 && allowedCommonNames.includes(commonNameOf(shown) ?? "");
  }
  if (allowedHostnames.length === 0) return true;
  return allowedHostnames.some((name) => shown !== void 0 && isFor(shown, name));
}
function commonNameOf(certificate) {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1];
}
function isFor(certificate, name) {
  if (isIP3(name) !== 0) return certificate.checkIP(name) !== void 0;
  return certificate.checkHost(name, { subject: "never" }) !== void 0;
}
async function addressProblem(certificate, address) {
  const names = altNames(certificate, "DNS");
  const addresses = altNames(certificate, "IP Address");
  if (names.length === 0 && addresses.length === 0) return void 0;
  if (addresses.length > 0) {
    if (certificate.checkIP(address) !== void 0) return void 0;
    if (names.length === 0) {
      return `tls: failed to verify certificate: x509: certificate is valid for ${addresses.join(", ")}, not ${address}`;
    }
  }
  if (await namesResolveTo(names, address)) return void 0;
  const list = names.map((name) => JSON.stringify(name)).join(" ");
  return `tls: ${JSON.stringify(address)} does not match any of DNSNames [${list}]`;
}
async function namesResolveTo(names, address) {
  const found = await reverse(address).catch(() => []);
  const fits = (host) => names.some((name) => name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name);
  if (found.some((host) => fits(host.replace(/\.$/, "")))) return true;
  for (const name of names) {
    if (name.startsWith("*.")) continue;
    const resolved = await lookup2(name, { all: true }).catch(() => []);
    if (resolved.some((each) => each.address === address)) return true;
  }
  return false;
}
async function revocationProblem(shown, crlFile) {
  const revoked = revokedSerials(await readFile(crlFile));
  for (let at = shown; at !== void 0; at = at.issuerCertificate) {
    if (revoked.has(at.serialNumber)) {
      return `transport: certificate serial ${at.serialNumber.toLowerCase()} revoked`;
    }
    if (at.issuerCertificate?.fingerprint256 === at.fingerprint256) break;
  }
  return void 0;
}
function altNames(certificate, kind) {
  return (certificate.subjectAltName ?? "").split(", ").filter((name) => name.startsWith(`${kind}:`)).map((name) => name.slice(kind.length + 1));
}
function plainAddress(address) {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}

// src/etcd/transport/tls/tls-acceptor.ts
var TlsAcceptor = class {
  #options;
  #files;
  #server;
  /** Throws when the certificate files cannot be used. */
  constructor(options) {
    this.#options = options;
    const { settings, protocols, log } = options;
    this.#files = new CertificateFiles(settings, "clients", log);
    const asksForCertificate = settings.trustedCaFile !== "" || settings.clientCertAuth;
    this.#server = nodeTls().createServer({
      ...this.#files.options,
      ALPNProtocols: [...protocols],
      requestCert: asksForCertificate,
      rejectUnauthorized: asksForCertificate,
      handshakeTimeout: limits.tlsHandshakeTimeoutMs,
      // A resumed session would skip what is asked of certificates now.
      secureOptions: constants.SSL_OP_NO_TICKET,
      noDelay: true
    });
    this.#server.on("secureConnection", (socket) => {
      this.#check(socket).catch((error) => this.#reject(socket, error));
    });
    this.#server.on("tlsClientError", (error, socket) => this.#reject(socket, error));
  }
  accept(socket) {
    if (this.#files.refresh()) {
      this.#server.setSecureContext({
        ...this.#files.options,
        secureOptions: constants.SSL_OP_NO_TICKET
      });
    }
    this.#server.emit("connection", socket);
  }
  async #check(socket) {
    socket.on("error", () => socket.destroy());
    const problem = await certificateProblem(socket, this.#options.settings);
    if (problem !== void 0) throw new Error(problem);
    if (!socket.destroyed) this.#options.secured(socket);
  }
  #reject(socket, error) {
    const { endpoint, log } = this.#options;
    log.warn(`rejected connection on ${endpoint} endpoint`, {
      "remote-addr": `${socket.remoteAddress ?? ""}:${socket.remotePort ?? ""}`,
      "server-name": socket.servername === false ? "" : socket.servername ?? "",
      error
    });
    socket.destroy();
  }
};

// src/etcd/transport/port-mux.ts
var http2Preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
var tlsHandshake = 22;
var plain = { kind: "plain" };
var PortMux = class _PortMux {
  #server;
  #sides;
  #clock;
  #open = /* @__PURE__ */ new Set();
  #security;
  #tls;
  constructor(sides, security, clock) {
    this.#sides = sides;
    this.#clock = clock;
    this.#security = security;
    this.#tls = security.kind === "plain" ? void 0 : this.#acceptor(security.tls, security.log);
    this.#server = createServer2({ noDelay: true, keepAlive: true }, (s) => this.#accept(s));
  }
  /**
   * Resolves when the port is bound; rejects with the system's error when it cannot be, and with
   * etcd's words when the certificate files cannot be used.
   */
  static async listen(host, port, sides, security = plain, clock = systemClock) {
    const mux = new _PortMux(sides, security, clock);
    await new Promise((resolve, reject) => {
      mux.#server.once("error", reject);
      mux.#server.listen({ host, port }, () => {
        mux.#server.off("error", reject);
        resolve();
      });
    });
    return mux;
  }
  /** The bound port; differs from the wanted one only when that was 0. */
  get port() {
    const address = this.#server.address();
    return address === null || typeof address === "string" ? 0 : address.port;
  }
  /** No new connections from here on; the ones that are open stay. */
  stopAccepting() {
    this.#server.close();
  }
  /** Cuts what is still open. Resolves when the port is free. */
  async close() {
    const closed = new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#open) socket.destroy();
    await closed;
  }
  #accept(socket) {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    socket.on("error", () => socket.destroy());
    if (this.#tls !== void 0 && this.#security.kind === "tls") return this.#tls.accept(socket);
    const decided = new AbortController();
    socket.once("close", () => decided.abort());
    this.#clock.after(limits.firstBytesTimeoutMs, decided.signal).then(
      () => socket.destroy(),
      () => {
      }
    );
    this.#decide(socket, [], () => decided.abort());
  }
  #decide(socket, seen, decided) {
    socket.once("data", (chunk) => {
      socket.pause();
      const bytes = seen.length === 0 ? chunk : Buffer.concat([...seen, chunk]);
      if (this.#tls !== void 0 && bytes[0] === tlsHandshake) {
        decided();
        socket.unshift(bytes);
        return this.#tls.accept(socket);
      }
      const compared = Math.min(bytes.length, http2Preface.length);
      const isPreface = http2Preface.compare(bytes, 0, compared, 0, compared) === 0;
      if (isPreface && compared < http2Preface.length) {
        this.#decide(socket, [bytes], decided);
        socket.resume();
        return;
      }
      decided();
      socket.unshift(bytes);
      const taken = isPreface ? this.#sides.http2(socket) : this.#sides.http1(socket);
      Promise.resolve(taken).then(
        () => socket.resume(),
        () => socket.destroy()
      );
    });
  }
  #acceptor(settings, log) {
    return new TlsAcceptor({
      settings,
      protocols: ["h2", "http/1.1"],
      endpoint: "client",
      log,
      secured: (socket) => {
        if (socket.alpnProtocol === "h2") this.#sides.http2(socket);
        else void this.#sides.http1(socket);
      }
    });
  }
};

// src/etcd/client-ports.ts
var STOP_GRACE_MS = 1e3;
var ClientPorts = class {
  #parts;
  #muxes = [];
  constructor(parts) {
    this.#parts = parts;
  }
  /** Probes must be answered before the member has joined: liveness never needs a quorum. */
  async listenForProbes() {
    const { metricsHttp } = this.#parts;
    for (const port of portsOf(this.#parts.metricsUrls)) {
      await this.#listen(port, {
        http1: (socket) => metricsHttp.accept(socket),
        http2: (socket) => socket.destroy()
      });
    }
  }
  async listenForClients() {
    const { grpc, http } = this.#parts;
    for (const port of portsOf(this.#parts.clientUrls)) {
      await this.#listen(port, {
        http1: (socket) => http.accept(socket),
        http2: (socket) => grpc.accept(socket)
      });
    }
  }
  /** Takes no new connections, lets calls finish for a moment, then closes everything. */
  async stop() {
    for (const mux of this.#muxes) mux.stopAccepting();
    await this.#parts.grpc.stop(STOP_GRACE_MS);
    await Promise.all([this.#parts.http.stop(), this.#parts.metricsHttp.stop()]);
    await Promise.all(this.#muxes.map((mux) => mux.close()));
  }
  async #listen(port, sides) {
    const { host, number, text } = port;
    try {
      const security = this.#securityOf(port);
      this.#muxes.push(await PortMux.listen(host, number, sides, security));
    } catch (cause) {
      throw new Error(`listen tcp ${host}:${number}: cannot serve ${text}`, { cause });
    }
  }
  #securityOf({ schemes }) {
    if (!schemes.has("https")) return { kind: "plain" };
    const { tls, log } = this.#parts;
    return { kind: schemes.has("http") ? "both" : "tls", tls, log };
  }
};
function portsOf(urls) {
  const byAddress = Map.groupBy(urls, (url) => `${bindAddress(url).host} ${url.port}`);
  return [...byAddress.values()].map((same) => {
    const url = same[0];
    const { host, port: number } = bindAddress(url);
    return { host, number, text: url.text, schemes: new Set(same.map(({ scheme }) => scheme)) };
  });
}

// src/etcd/health-source.ts
var healthRange = decodeRangeRequest(
  encodeRangeRequest({ key: utf8Bytes("\0"), rangeEnd: utf8Bytes("\0"), limit: 1, keysOnly: true })
);
function healthSource(consensus, state) {
  const read = () => {
    state.current.store.range(healthRange);
  };
  return {
    memberId: consensus.memberId,
    serializableRead: async () => read(),
    linearizableRead: async (signal) => {
      await consensus.readBarrier(signal);
      read();
    },
    isLearner: () => consensus.status().isLearner,
    hasLeader: () => consensus.status().leader !== 0n,
    alarms: () => state.current.alarms.list().map(({ memberID, alarm }) => ({ memberId: memberID, alarm }))
  };
}

// src/etcd/transport/http2/errors.ts
var ErrorCode = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11
};
var ConnectionError = class extends Error {
  name = "ConnectionError";
  code;
  constructor(code, message) {
    super(message);
    this.code = code;
  }
};

// src/etcd/transport/http2/frames.ts
var FRAME_HEADER_BYTES = 9;
var FRAME_PAYLOAD_MAX = 16384;
var FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9
};
var Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 };
var PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
var WINDOW_MAX = 2147483647;
var WINDOW_DEFAULT = 65535;
function writeFrameHeader(into, at, payloadBytes, type, flags3, streamId) {
  into[at] = payloadBytes >>> 16;
  into[at + 1] = payloadBytes >>> 8;
  into[at + 2] = payloadBytes;
  into[at + 3] = type;
  into[at + 4] = flags3;
  return writeUint32(into, at + 5, streamId);
}
function writeUint32(into, at, value2) {
  into[at] = value2 >>> 24;
  into[at + 1] = value2 >>> 16;
  into[at + 2] = value2 >>> 8;
  into[at + 3] = value2;
  return at + 4;
}
function readUint16(bytes, at) {
  return bytes[at] << 8 | bytes[at + 1];
}
function readUint32(bytes, at) {
  return readUint31(bytes, at) + (bytes[at] >>> 7) * 2147483648;
}
function readUint31(bytes, at) {
  return (bytes[at] & 127) << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
}

// src/etcd/transport/http2/frame-reader.ts
var FrameReader = class {
  #prefaceAt = 0;
  // A frame of which a part has arrived: first its header, then header and payload.
  #partial;
  #have = 0;
  read(chunk, sink) {
    let at = this.#prefaceAt < PREFACE.length ? this.#preface(chunk) : 0;
    while (this.#partial !== void 0) {
      at = this.#gather(chunk, at);
      if (this.#have < this.#partial.length) return;
      const frame = this.#partial;
      const payloadBytes = payloadLength(frame, 0);
      if (frame.length < FRAME_HEADER_BYTES + payloadBytes) {
        this.#enlarge(FRAME_HEADER_BYTES + payloadBytes);
        continue;
      }
      this.#partial = void 0;
      if (!deliver(sink, frame, 0, frame.length)) return;
    }
    while (at + FRAME_HEADER_BYTES <= chunk.length) {
      const end2 = at + FRAME_HEADER_BYTES + payloadLength(chunk, at);
      if (end2 > chunk.length) break;
      if (!deliver(sink, chunk, at, end2)) return;
      at = end2;
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }
  #preface(chunk) {
    const length = Math.min(chunk.length, PREFACE.length - this.#prefaceAt);
    const from = this.#prefaceAt;
    if (PREFACE.compare(chunk, 0, length, from, from + length) !== 0) {
      throw new ConnectionError(ErrorCode.protocolError, "no HTTP/2 preface");
    }
    this.#prefaceAt += length;
    return length;
  }
  #keep(chunk, at) {
    const isHeaderWhole = at + FRAME_HEADER_BYTES <= chunk.length;
    const payloadBytes = isHeaderWhole ? payloadLength(chunk, at) : 0;
    this.#partial = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + payloadBytes);
    this.#have = chunk.copy(this.#partial, 0, at);
  }
  #gather(chunk, at) {
    const copied = chunk.copy(this.#partial, this.#have, at);
    this.#have += copied;
    return at + copied;
  }
  #enlarge(bytes) {
    const larger = Buffer.allocUnsafeSlow(bytes);
    this.#partial.copy(larger);
    this.#partial = larger;
  }
};
function deliver(sink, bytes, at, end2) {
  const type = bytes[at + 3];
  const flags3 = bytes[at + 4];
  return sink.frame(type, flags3, readUint31(bytes, at + 5), bytes, at + FRAME_HEADER_BYTES, end2);
}
function payloadLength(bytes, at) {
  const length = bytes[at] << 16 | bytes[at + 1] << 8 | bytes[at + 2];
  if (length > FRAME_PAYLOAD_MAX) {
    const message = `a frame of ${length} bytes, larger than ${FRAME_PAYLOAD_MAX}`;
    throw new ConnectionError(ErrorCode.frameSizeError, message);
  }
  return length;
}

// src/etcd/transport/http2/output.ts
var BLOCK_BYTES = 64 * 1024;
var BLOCKS_KEPT = 64;
var noBlock = Buffer.alloc(0);
var OutputBlocks = class {
  #free = [];
  take(bytes) {
    if (bytes > BLOCK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }
  give(block) {
    if (block.length === BLOCK_BYTES && this.#free.length < BLOCKS_KEPT) this.#free.push(block);
  }
};
var Output = class {
  /** The block being filled and where: writers call `room` and then move `at` on themselves. */
  block = noBlock;
  at = 0;
  #socket;
  #blocks;
  /** Where in `block` the part being filled starts. */
  #from = 0;
  /** What is in front of that part, and the blocks that it lies in. */
  #parts = [];
  #partsBytes = 0;
  #full = [];
  constructor(socket, blocks) {
    this.#socket = socket;
    this.#blocks = blocks;
  }
  /** Bytes that the kernel has not taken yet. */
  get unsentBytes() {
    return this.#partsBytes + this.at - this.#from + this.#socket.writableLength;
  }
  /** Afterwards `block` has this many bytes free at `at`. */
  room(bytes) {
    if (this.at + bytes <= this.block.length) return;
    this.#closePart();
    if (this.block !== noBlock) this.#full.push(this.block);
    this.block = this.#blocks.take(bytes);
    this.at = 0;
    this.#from = 0;
  }
  append(bytes) {
    this.room(bytes.length);
    this.block.set(bytes, this.at);
    this.at += bytes.length;
  }
  /** Appends without a copy: the bytes must never change. */
  reference(bytes) {
    this.#closePart();
    this.#parts.push(bytes);
    this.#partsBytes += bytes.length;
  }
  /** One write of everything. A block goes back only when the kernel holds a copy of its bytes. */
  flush() {
    if (this.#parts.length === 0 && this.at === this.#from) return;
    const { block, at } = this;
    const from = this.#from;
    const parts = this.#parts;
    const full = this.#full;
    this.block = noBlock;
    this.at = 0;
    this.#from = 0;
    if (parts.length > 0) {
      this.#parts = [];
      this.#partsBytes = 0;
      this.#full = [];
    }
    if (!this.#socket.writable) return;
    if (parts.length === 0) {
      this.#socket.write(block.subarray(from, at));
    } else {
      this.#socket.cork();
      for (const part of parts) this.#socket.write(part);
      if (at > from) this.#socket.write(block.subarray(from, at));
      this.#socket.uncork();
    }
    if (this.#socket.writableLength > 0) return;
    this.#blocks.give(block);
    for (const each of full) this.#blocks.give(each);
  }
  #closePart() {
    if (this.at === this.#from) return;
    this.#parts.push(this.block.subarray(this.#from, this.at));
    this.#partsBytes += this.at - this.#from;
    this.#from = this.at;
  }
};

// src/etcd/transport/http2/ping-policy.ts
var PingPolicy = class {
  #lastMs = Number.NEGATIVE_INFINITY;
  #strikes = 0;
  #answersSeen = 0;
  /** False: too many pings. `answers` counts the frames of headers and data sent so far. */
  accept(nowMs, hasStreams, answers) {
    const sinceLastMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (answers !== this.#answersSeen) {
      this.#answersSeen = answers;
      this.#strikes = 0;
      return true;
    }
    const apartMs = hasStreams ? limits.grpcPingMsMin : limits.grpcIdlePingMsMin;
    if (sinceLastMs < apartMs) this.#strikes++;
    return this.#strikes <= limits.grpcPingStrikesMax;
  }
};

// src/etcd/transport/http2/hpack-static-table.ts
var staticFields = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""]
];

// src/etcd/transport/http2/hpack-table.ts
var headerTableBytesDefault = 4096;
var FIELD_OVERHEAD_BYTES = 32;
var FIRST_DYNAMIC = staticFields.length + 1;
var staticIndexes = indexStatic();
var HpackTable = class {
  /** Grows with every change: what was derived from the table is valid for one generation. */
  generation = 0;
  // Oldest first; fields before `#first` have left.
  #names = [];
  #values = [];
  #first = 0;
  #sizeBytes = 0;
  #sizeBytesMax;
  constructor(sizeBytesMax = headerTableBytesDefault) {
    this.#sizeBytesMax = sizeBytesMax;
  }
  get sizeBytes() {
    return this.#sizeBytes;
  }
  name(index) {
    if (index < FIRST_DYNAMIC) return staticFields[index - 1]?.[0];
    return this.#names[this.#slot(index)];
  }
  value(index) {
    if (index < FIRST_DYNAMIC) return staticFields[index - 1]?.[1];
    return this.#values[this.#slot(index)];
  }
  /** A field larger than the whole table empties it and is not kept. */
  insert(name, value2) {
    this.generation++;
    const sizeBytes = fieldBytes2(name, value2);
    this.#evictTo(this.#sizeBytesMax - sizeBytes);
    if (sizeBytes > this.#sizeBytesMax) return;
    this.#names.push(name);
    this.#values.push(value2);
    this.#sizeBytes += sizeBytes;
  }
  resize(sizeBytesMax) {
    this.generation++;
    this.#sizeBytesMax = sizeBytesMax;
    this.#evictTo(sizeBytesMax);
  }
  /** The index of this very field, or minus the index of one with this name, or 0. */
  find(name, value2) {
    const inStatic = staticIndexes.get(name);
    let named = inStatic?.any ?? 0;
    const exact = inStatic?.byValue.get(value2);
    if (exact !== void 0) return exact;
    for (let slot = this.#names.length - 1; slot >= this.#first; slot--) {
      if (this.#names[slot] !== name) continue;
      const index = FIRST_DYNAMIC + this.#names.length - 1 - slot;
      if (this.#values[slot] === value2) return index;
      if (named === 0) named = index;
    }
    return -named;
  }
  #slot(index) {
    const slot = this.#names.length - 1 - (index - FIRST_DYNAMIC);
    return slot < this.#first ? -1 : slot;
  }
  #evictTo(sizeBytes) {
    while (this.#sizeBytes > sizeBytes && this.#first < this.#names.length) {
      const slot = this.#first++;
      this.#sizeBytes -= fieldBytes2(this.#names[slot], this.#values[slot]);
      this.#names[slot] = "";
      this.#values[slot] = "";
    }
    if (this.#first > 64 && this.#first * 2 > this.#names.length) {
      this.#names = this.#names.slice(this.#first);
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
  }
};
function fieldBytes2(name, value2) {
  return name.length + value2.length + FIELD_OVERHEAD_BYTES;
}
function indexStatic() {
  const indexes = /* @__PURE__ */ new Map();
  staticFields.forEach(([name, value2], i) => {
    const known2 = indexes.get(name);
    if (known2 === void 0) indexes.set(name, { any: i + 1, byValue: /* @__PURE__ */ new Map([[value2, i + 1]]) });
    else known2.byValue.set(value2, i + 1);
  });
  return indexes;
}

// src/etcd/transport/http2/huffman.ts
var codeLengths = "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6cad67777777777777777777777878djde6f56565666577666567655677777fbedskmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmnqqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu";
var EOS = 256;
var codes = canonicalCodes();
var EMITS = 1 << 17;
var FAILS = 1 << 18;
var NODE_MASK = 511;
var { steps, mayEnd } = buildSteps();
function decodeHuffman(bytes, start2, end2) {
  const wanted = Math.ceil((end2 - start2) * 8 / 5);
  if (scratch2.length < wanted) scratch2 = Buffer.allocUnsafe(wanted);
  let length = 0;
  let node = 0;
  for (let at = start2; at < end2; at++) {
    const byte = bytes[at];
    let step2 = steps[node << 4 | byte >> 4];
    if ((step2 & EMITS) !== 0) scratch2[length++] = step2 >> 9 & 255;
    if ((step2 & FAILS) !== 0) return void 0;
    step2 = steps[(step2 & NODE_MASK) << 4 | byte & 15];
    if ((step2 & EMITS) !== 0) scratch2[length++] = step2 >> 9 & 255;
    if ((step2 & FAILS) !== 0) return void 0;
    node = step2 & NODE_MASK;
  }
  return mayEnd[node] === 1 ? scratch2.toString("latin1", 0, length) : void 0;
}
function huffmanLength(text) {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += bitsOf(text.charCodeAt(i) & 255);
  return bits + 7 >> 3;
}
function encodeHuffman(text, into, at) {
  let pending = 0;
  let pendingBits = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 255;
    pending = pending * 2 ** bitsOf(symbol) + codes[symbol];
    pendingBits += bitsOf(symbol);
    while (pendingBits >= 8) {
      pendingBits -= 8;
      const byte = Math.floor(pending / 2 ** pendingBits);
      into[at++] = byte;
      pending -= byte * 2 ** pendingBits;
    }
  }
  if (pendingBits > 0) into[at++] = pending << 8 - pendingBits | 255 >> pendingBits;
  return at;
}
var scratch2 = Buffer.allocUnsafe(1024);
function bitsOf(symbol) {
  return Number.parseInt(codeLengths.charAt(symbol), 36);
}
function canonicalCodes() {
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
function buildTree() {
  const root = { id: 0, children: [void 0, void 0] };
  const nodes = [root];
  for (let symbol = 0; symbol <= EOS; symbol++) {
    let node = root;
    for (let bit = bitsOf(symbol) - 1; bit > 0; bit--) {
      const side = codes[symbol] >>> bit & 1;
      let child = node.children[side];
      if (child === void 0) {
        child = { id: nodes.length, children: [void 0, void 0] };
        nodes.push(child);
        node.children[side] = child;
      }
      node = child;
    }
    node.children[codes[symbol] & 1] = symbol;
  }
  return nodes;
}
function buildSteps() {
  const nodes = buildTree();
  const steps2 = new Uint32Array(nodes.length * 16);
  for (const { id } of nodes) {
    for (let nibble = 0; nibble < 16; nibble++) {
      steps2[id << 4 | nibble] = stepFrom(nodes, id, nibble);
    }
  }
  const mayEnd2 = new Uint8Array(nodes.length);
  let node = nodes[0];
  for (let ones = 0; ones <= 7 && typeof node === "object"; ones++) {
    mayEnd2[node.id] = 1;
    node = node.children[1];
  }
  return { steps: steps2, mayEnd: mayEnd2 };
}
function stepFrom(nodes, id, nibble) {
  let node = nodes[id];
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = node.children[nibble >> bit & 1];
    if (child === void 0 || child === EOS) return emitted | FAILS;
    if (typeof child === "object") {
      node = child;
      continue;
    }
    emitted = EMITS | child << 9;
    node = nodes[0];
  }
  return emitted | node.id;
}

// src/etcd/transport/http2/hpack-decoder.ts
var noBytes2 = Buffer.alloc(0);
var HpackDecoder = class {
  table;
  #tableBytesMax;
  #listBytesMax;
  #bytes = noBytes2;
  #at = 0;
  #end = 0;
  constructor(listBytesMax, tableBytesMax = headerTableBytesDefault) {
    this.#listBytesMax = listBytesMax;
    this.#tableBytesMax = tableBytesMax;
    this.table = new HpackTable(tableBytesMax);
  }
  /**
   * Undefined when the fields are more than the list may hold: then the table is still right and
   * the next block can be read. A block that is no HPACK breaks the connection.
   */
  decode(bytes, start2, end2) {
    this.#bytes = bytes;
    this.#at = start2;
    this.#end = end2;
    const fields = [];
    let listBytes = 0;
    while (this.#at < end2) {
      const first = bytes[this.#at];
      if (first >= 32 && first < 64) {
        this.#resize(fields.length > 0 || listBytes > 0);
        continue;
      }
      let name;
      let value2;
      if (first >= 128) {
        const index = this.#integer(7);
        name = this.#known(this.table.name(index));
        value2 = this.#known(this.table.value(index));
      } else {
        const joins = first >= 64;
        const index = this.#integer(joins ? 6 : 4);
        name = index === 0 ? this.#string() : this.#known(this.table.name(index));
        value2 = this.#string();
        if (joins) this.table.insert(name, value2);
      }
      listBytes += fieldBytes2(name, value2);
      if (listBytes <= this.#listBytesMax) fields.push(name, value2);
    }
    this.#bytes = noBytes2;
    return listBytes <= this.#listBytesMax ? fields : void 0;
  }
  #resize(isLate) {
    const size = this.#integer(5);
    if (isLate || size > this.#tableBytesMax) throw broken2("a wrong dynamic table size update");
    this.table.resize(size);
  }
  #known(text) {
    if (text === void 0) throw broken2("an index outside the tables");
    return text;
  }
  #integer(prefixBits) {
    const mask = (1 << prefixBits) - 1;
    let value2 = this.#bytes[this.#at++] & mask;
    if (value2 < mask) return value2;
    for (let shift = 0; ; shift += 7) {
      if (this.#at >= this.#end || shift > 21) throw broken2("an unfinished or overlong integer");
      const byte = this.#bytes[this.#at++];
      value2 += (byte & 127) << shift;
      if (byte < 128) return value2;
    }
  }
  #string() {
    if (this.#at >= this.#end) throw broken2("an unfinished field");
    const isHuffman = this.#bytes[this.#at] >= 128;
    const length = this.#integer(7);
    const start2 = this.#at;
    const end2 = start2 + length;
    if (end2 > this.#end) throw broken2("a string longer than its block");
    this.#at = end2;
    if (!isHuffman) return this.#bytes.toString("latin1", start2, end2);
    const text = decodeHuffman(this.#bytes, start2, end2);
    if (text === void 0) throw broken2("a wrong Huffman code");
    return text;
  }
};
function broken2(what) {
  return new ConnectionError(ErrorCode.compressionError, `header block has ${what}`);
}

// src/etcd/transport/http2/request-fields.ts
function parseRequestFields(list) {
  const pseudo = /* @__PURE__ */ new Map();
  let at = 0;
  for (; at < list.length && isPseudo(list[at]); at += 2) {
    const name = list[at];
    const value2 = list[at + 1];
    if (!requestPseudoNames.has(name) || pseudo.has(name) || !isFieldValue(value2)) return void 0;
    pseudo.set(name, value2);
  }
  const method = pseudo.get(":method");
  const path = pseudo.get(":path");
  if (method === void 0 || path === void 0 || path === "") return void 0;
  if (!pseudo.has(":scheme")) return void 0;
  const fields = list.slice(at);
  if (!areRegularFields(fields)) return void 0;
  const contentLength = contentLengthOf(fields);
  if (contentLength === "malformed") return void 0;
  return { method, path, contentLength, fields };
}
function areRegularFields(fields) {
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i];
    const value2 = fields[i + 1];
    if (!isFieldName(name) || !isFieldValue(value2)) return false;
    if (connectionFields.has(name)) return false;
    if (name === "te" && value2 !== "trailers") return false;
  }
  return true;
}
var requestPseudoNames = /* @__PURE__ */ new Set([":method", ":scheme", ":path", ":authority"]);
var connectionFields = /* @__PURE__ */ new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade"
]);
function isPseudo(name) {
  return name.charCodeAt(0) === 58;
}
var nameCharacters = tableOf("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");
function isFieldName(name) {
  for (let i = 0; i < name.length; i++) {
    if (nameCharacters[name.charCodeAt(i)] !== 1) return false;
  }
  return name.length > 0;
}
function isFieldValue(value2) {
  for (let i = 0; i < value2.length; i++) {
    const character = value2.charCodeAt(i);
    if (character === 0 || character === 10 || character === 13) return false;
  }
  return true;
}
function contentLengthOf(fields) {
  let found;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== "content-length") continue;
    if (found !== void 0 && found !== fields[i + 1]) return "malformed";
    found = fields[i + 1];
  }
  if (found === void 0) return void 0;
  return /^\d{1,15}$/.test(found) ? Number(found) : "malformed";
}
function tableOf(characters) {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

// src/etcd/transport/http2/header-blocks.ts
var CACHED_BYTES_MAX = 256;
var CACHED_BLOCKS_MAX = 8;
var HeaderBlocks = class {
  #decoder = new HpackDecoder(limits.http2HeaderListBytesMax);
  #headOf;
  #cache = [];
  #cacheGeneration = 0;
  #nextSlot = 0;
  /** `headOf` gets undefined for a header list that is too large. */
  constructor(headOf) {
    this.#headOf = headOf;
  }
  request(bytes, start2, end2) {
    const { table } = this.#decoder;
    const isCurrent = this.#cacheGeneration === table.generation;
    if (isCurrent) {
      for (const cached of this.#cache) {
        if (isSame(cached.bytes, bytes, start2, end2)) return cached.block;
      }
    } else {
      this.#cache = [];
      this.#nextSlot = 0;
      this.#cacheGeneration = table.generation;
    }
    const block = this.#parse(this.#decoder.decode(bytes, start2, end2));
    if (table.generation === this.#cacheGeneration && end2 - start2 <= CACHED_BYTES_MAX) {
      this.#cache[this.#nextSlot] = { bytes: new Uint8Array(bytes.subarray(start2, end2)), block };
      this.#nextSlot = (this.#nextSlot + 1) % CACHED_BLOCKS_MAX;
    }
    return block;
  }
  /** The fields, for the table's sake; undefined when they are too many. */
  other(bytes, start2, end2) {
    return this.#decoder.decode(bytes, start2, end2);
  }
  #parse(list) {
    if (list === void 0) {
      return { kind: "request", contentLength: void 0, head: this.#headOf(void 0) };
    }
    const request2 = parseRequestFields(list);
    if (request2 === void 0) return { kind: "malformed" };
    const { contentLength } = request2;
    return { kind: "request", contentLength, head: this.#headOf(request2) };
  }
};
var BlockFragments = class {
  streamId;
  endsStream;
  #parts = [];
  #sizeBytes = 0;
  constructor(streamId, endsStream) {
    this.streamId = streamId;
    this.endsStream = endsStream;
  }
  /** Copies: a view would keep all that arrived with it. */
  add(bytes, start2, end2) {
    this.#sizeBytes += end2 - start2;
    const isTooMuch = this.#sizeBytes > limits.http2HeaderBlockBytesMax || this.#parts.length > limits.http2ContinuationFramesMax;
    if (isTooMuch) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, "a header block without an end");
    }
    this.#parts.push(Buffer.from(bytes.subarray(start2, end2)));
  }
  whole() {
    return Buffer.concat(this.#parts);
  }
};
function isSame(cached, bytes, start2, end2) {
  const length = end2 - start2;
  if (cached.length !== length) return false;
  for (let i = 0; i < length; i++) if (cached[i] !== bytes[start2 + i]) return false;
  return true;
}

// src/etcd/transport/http2/receive-window.ts
var ReceiveWindow = class {
  #sizeBytes;
  #leftBytes;
  #usedBytes = 0;
  constructor(sizeBytes) {
    this.#sizeBytes = sizeBytes;
    this.#leftBytes = sizeBytes;
  }
  /** False: the peer sent more than it may. */
  receive(bytes) {
    this.#leftBytes -= bytes;
    return this.#leftBytes >= 0;
  }
  /** The increment to announce now, or 0. */
  giveBack(bytes) {
    this.#usedBytes += bytes;
    if (this.#usedBytes * 2 < this.#sizeBytes) return 0;
    const increment = this.#usedBytes;
    this.#usedBytes = 0;
    this.#leftBytes += increment;
    return increment;
  }
};

// src/etcd/transport/http2/settings.ts
var SETTING_BYTES = 6;
var FRAME_PAYLOAD_LIMIT = 16777215;
var Setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6
};
function settingsFrame(own) {
  const values = [
    [Setting.maxConcurrentStreams, own.concurrentStreamsMax],
    [Setting.initialWindowSize, own.streamWindowBytes],
    [Setting.maxHeaderListSize, own.headerListBytesMax]
  ];
  const payloadBytes = values.length * SETTING_BYTES;
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payloadBytes);
  let at = writeFrameHeader(frame, 0, payloadBytes, FrameType.settings, 0, 0);
  for (const [identifier, value2] of values) {
    frame[at + 1] = identifier;
    at = writeUint32(frame, at + 2, value2);
  }
  return frame;
}
function applySettings(bytes, start2, end2, receiver) {
  if ((end2 - start2) % SETTING_BYTES !== 0) {
    throw new ConnectionError(ErrorCode.frameSizeError, "SETTINGS of a wrong length");
  }
  for (let at = start2; at < end2; at += SETTING_BYTES) {
    const value2 = readUint32(bytes, at + 2);
    switch (readUint16(bytes, at)) {
      case Setting.headerTableSize:
        receiver.headerTableBytes(value2);
        break;
      case Setting.enablePush:
        if (value2 > 1) throw wrong(ErrorCode.protocolError, "ENABLE_PUSH", value2);
        break;
      case Setting.initialWindowSize:
        if (value2 > WINDOW_MAX) {
          throw wrong(ErrorCode.flowControlError, "INITIAL_WINDOW_SIZE", value2);
        }
        receiver.initialWindow(value2);
        break;
      case Setting.maxFrameSize:
        if (value2 < FRAME_PAYLOAD_MAX || value2 > FRAME_PAYLOAD_LIMIT) {
          throw wrong(ErrorCode.protocolError, "MAX_FRAME_SIZE", value2);
        }
        break;
      default:
        break;
    }
  }
}
function wrong(code, name, value2) {
  return new ConnectionError(code, `SETTINGS_${name} of ${value2}`);
}

// src/etcd/transport/http2/token-bucket.ts
var TokenBucket = class {
  #burst;
  #perSecond;
  #tokens;
  #filledMs = 0;
  constructor({ burst, perSecond }) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }
  /** False: too many. Time is the monotonic one. */
  take(nowMs) {
    const earned = (nowMs - this.#filledMs) * this.#perSecond / 1e3;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
};

// src/etcd/transport/http2/receiver.ts
var Receiver = class {
  #parts;
  #streams;
  #blocks;
  #window = new ReceiveWindow(limits.http2ConnectionWindowBytes);
  #settings = new TokenBucket(limits.http2Settings);
  #emptyFrames = new TokenBucket(limits.http2EmptyFrames);
  #fragments;
  #hasSettings = false;
  constructor(parts) {
    this.#parts = parts;
    this.#streams = parts.streams;
    this.#blocks = new HeaderBlocks(parts.headOf);
  }
  /** The peer has introduced itself. */
  get hasSettings() {
    return this.#hasSettings;
  }
  frame(type, flags3, streamId, bytes, start2, end2) {
    if (this.#fragments !== void 0) {
      this.#continuation(type, flags3, streamId, bytes, start2, end2);
    } else if (!this.#hasSettings) {
      if (type !== FrameType.settings || (flags3 & Flag.ack) !== 0) {
        throw protocolError("the first frame is no SETTINGS");
      }
      this.#settingsFrame(flags3, streamId, bytes, start2, end2);
      this.#hasSettings = true;
    } else {
      this.#dispatch(type, flags3, streamId, bytes, start2, end2);
    }
    return this.#parts.isReading();
  }
  #dispatch(type, flags3, streamId, bytes, start2, end2) {
    switch (type) {
      case FrameType.data:
        return this.#data(flags3, streamId, bytes, start2, end2);
      case FrameType.headers:
        return this.#headers(flags3, streamId, bytes, start2, end2);
      case FrameType.priority:
        return this.#priority(streamId, bytes, start2, end2);
      case FrameType.rstStream:
        return this.#rstStream(streamId, end2 - start2);
      case FrameType.settings:
        return this.#settingsFrame(flags3, streamId, bytes, start2, end2);
      case FrameType.pushPromise:
        throw protocolError("PUSH_PROMISE from a client");
      case FrameType.ping:
        return this.#ping(flags3, streamId, bytes.subarray(start2, end2));
      case FrameType.goAway:
        if (streamId !== 0) throw protocolError("GOAWAY on a stream");
        if (end2 - start2 < 8) throw frameSizeError("GOAWAY");
        return;
      case FrameType.windowUpdate:
        return this.#windowUpdate(streamId, bytes, start2, end2);
      case FrameType.continuation:
        throw protocolError("CONTINUATION without HEADERS");
      default:
        return;
    }
  }
  #data(flags3, streamId, bytes, start2, end2) {
    const length = end2 - start2;
    if (streamId === 0) throw protocolError("DATA on stream 0");
    if (!this.#window.receive(length)) {
      throw new ConnectionError(ErrorCode.flowControlError, "more DATA than the window allows");
    }
    const increment = this.#window.giveBack(length);
    if (increment > 0) this.#streams.sender.windowUpdate(0, increment);
    const stream = this.#streams.get(streamId);
    if (stream === void 0 || stream.isRemoteEnded) return this.#lateData(streamId);
    let from = start2;
    let to = end2;
    if ((flags3 & Flag.padded) !== 0) {
      const padBytes = paddingOf(bytes, start2, end2);
      from += 1;
      to -= padBytes;
    }
    const isLast = (flags3 & Flag.endStream) !== 0;
    if (!isLast) {
      stream.receiveWindow ??= new ReceiveWindow(limits.http2StreamWindowBytes);
      if (!stream.receiveWindow.receive(length)) {
        return this.#streams.fail(streamId, ErrorCode.flowControlError);
      }
      stream.giveBack(length - (to - from));
      if (from === to && !this.#emptyFrames.take(this.#streams.nowMs)) {
        throw calm("too many frames without content");
      }
    }
    this.#body(stream, bytes, from, to, isLast);
  }
  #body(stream, bytes, start2, end2, isLast) {
    if (stream.bodyBytesLeft !== void 0) {
      stream.bodyBytesLeft -= end2 - start2;
      if (stream.bodyBytesLeft < 0 || isLast && stream.bodyBytesLeft > 0) {
        return this.#streams.fail(stream.id, ErrorCode.protocolError);
      }
    }
    stream.isRemoteEnded = isLast;
    stream.reader.data(bytes, start2, end2, isLast);
  }
  #lateData(streamId) {
    if (streamId > this.#streams.lastId) throw protocolError("DATA on an idle stream");
    if (this.#streams.isIgnored(streamId)) return;
    this.#streams.fail(streamId, ErrorCode.streamClosed);
  }
  #headers(flags3, streamId, bytes, start2, end2) {
    let from = start2;
    let to = end2;
    if ((flags3 & Flag.padded) !== 0) {
      const padBytes = paddingOf(bytes, start2, end2);
      from += 1;
      to -= padBytes;
    }
    if ((flags3 & Flag.priority) !== 0) {
      if (to - from < 5) throw frameSizeError("HEADERS with a priority");
      this.#checkDependency(streamId, bytes, from);
      from += 5;
    }
    this.#checkHeadersAllowed(streamId);
    const endsStream = (flags3 & Flag.endStream) !== 0;
    if ((flags3 & Flag.endHeaders) !== 0) {
      this.#headerBlock(streamId, endsStream, bytes, from, to);
      return;
    }
    this.#fragments = new BlockFragments(streamId, endsStream);
    this.#fragments.add(bytes, from, to);
  }
  #continuation(type, flags3, streamId, bytes, start2, end2) {
    const fragments = this.#fragments;
    if (type !== FrameType.continuation || streamId !== fragments.streamId) {
      throw protocolError("a frame within a header block");
    }
    fragments.add(bytes, start2, end2);
    if ((flags3 & Flag.endHeaders) === 0) return;
    this.#fragments = void 0;
    const whole = fragments.whole();
    this.#headerBlock(streamId, fragments.endsStream, whole, 0, whole.length);
  }
  #checkHeadersAllowed(streamId) {
    if ((streamId & 1) === 0) throw protocolError("HEADERS on a stream of ours");
    if (streamId > this.#streams.lastId) return;
    const stream = this.#streams.get(streamId);
    if (stream !== void 0 && !stream.isRemoteEnded) return;
    if (stream === void 0 && this.#streams.isIgnored(streamId)) return;
    if (stream !== void 0 || this.#streams.wasClosed(streamId)) {
      throw new ConnectionError(ErrorCode.streamClosed, "HEADERS on a closed stream");
    }
    throw protocolError("a stream identifier below an earlier one");
  }
  #headerBlock(streamId, endsStream, bytes, start2, end2) {
    if (streamId <= this.#streams.lastId) {
      return this.#trailers(streamId, endsStream, bytes, start2, end2);
    }
    const block = this.#blocks.request(bytes, start2, end2);
    const stream = this.#streams.open(streamId, endsStream, block);
    if (endsStream && stream !== void 0) this.#body(stream, noBody, 0, 0, true);
  }
  #trailers(streamId, endsStream, bytes, start2, end2) {
    const fields = this.#blocks.other(bytes, start2, end2);
    const stream = this.#streams.get(streamId);
    if (stream === void 0) return;
    if (!endsStream || fields === void 0 || !areRegularFields(fields)) {
      return this.#streams.fail(streamId, ErrorCode.protocolError);
    }
    this.#body(stream, noBody, 0, 0, true);
  }
  /** Priorities are checked and otherwise ignored (RFC 9113, section 5.3.2). */
  #priority(streamId, bytes, start2, end2) {
    if (streamId === 0) throw protocolError("PRIORITY on stream 0");
    if (end2 - start2 !== 5) return this.#streams.fail(streamId, ErrorCode.frameSizeError);
    this.#checkDependency(streamId, bytes, start2);
  }
  #checkDependency(streamId, bytes, at) {
    if (readUint31(bytes, at) === streamId) throw protocolError("a stream that depends on itself");
  }
  #rstStream(streamId, length) {
    if (streamId === 0) throw protocolError("RST_STREAM on stream 0");
    if (length !== 4) throw frameSizeError("RST_STREAM");
    if (streamId > this.#streams.lastId) throw protocolError("RST_STREAM on an idle stream");
    this.#streams.peerReset(streamId);
  }
  #settingsFrame(flags3, streamId, bytes, start2, end2) {
    if (streamId !== 0) throw protocolError("SETTINGS on a stream");
    if ((flags3 & Flag.ack) !== 0) {
      if (end2 > start2) throw frameSizeError("SETTINGS with ACK");
      return;
    }
    if (!this.#settings.take(this.#streams.nowMs)) throw calm("too many SETTINGS");
    const { sender } = this.#streams;
    applySettings(bytes, start2, end2, {
      headerTableBytes: (value2) => sender.limitHeaderTable(value2),
      initialWindow: (value2) => sender.setInitialWindow(value2, this.#streams.all())
    });
    sender.settingsAck();
    sender.pump();
  }
  #ping(flags3, streamId, payload) {
    if (streamId !== 0) throw protocolError("PING on a stream");
    if (payload.length !== 8) throw frameSizeError("PING");
    if ((flags3 & Flag.ack) !== 0) this.#parts.pingAnswered(payload);
    else this.#parts.pinged(payload);
  }
  #windowUpdate(streamId, bytes, start2, end2) {
    if (end2 - start2 !== 4) throw frameSizeError("WINDOW_UPDATE");
    const increment = readUint31(bytes, start2);
    if (streamId === 0) {
      if (increment === 0) throw protocolError("WINDOW_UPDATE of 0");
      this.#streams.sender.growWindow(increment);
      return;
    }
    if (streamId > this.#streams.lastId) throw protocolError("WINDOW_UPDATE on an idle stream");
    const stream = this.#streams.get(streamId);
    if (stream === void 0) return;
    if (increment === 0) return this.#streams.fail(streamId, ErrorCode.protocolError);
    if (!this.#streams.sender.growStreamWindow(stream, increment)) {
      this.#streams.fail(streamId, ErrorCode.flowControlError);
    }
  }
};
var noBody = Buffer.alloc(0);
function paddingOf(bytes, start2, end2) {
  const padBytes = start2 < end2 ? bytes[start2] : 256;
  if (padBytes >= end2 - start2) throw protocolError("padding as long as its frame");
  return padBytes;
}
function protocolError(what) {
  return new ConnectionError(ErrorCode.protocolError, what);
}
function frameSizeError(what) {
  return new ConnectionError(ErrorCode.frameSizeError, `${what} of a wrong length`);
}
function calm(what) {
  return new ConnectionError(ErrorCode.enhanceYourCalm, what);
}

// src/etcd/transport/http2/closed-streams.ts
var REMEMBERED = 256;
var ClosedStreams = class {
  #ids = new Int32Array(REMEMBERED);
  #byUs = new Uint8Array(REMEMBERED);
  #next = 0;
  add(id, isByUs) {
    this.#ids[this.#next] = id;
    this.#byUs[this.#next] = isByUs ? 1 : 0;
    this.#next = (this.#next + 1) % REMEMBERED;
  }
  has(id) {
    return this.#ids.includes(id);
  }
  isByUs(id) {
    const slot = this.#ids.lastIndexOf(id);
    return slot >= 0 && this.#byUs[slot] === 1;
  }
};

// src/etcd/transport/http2/open-streams.ts
var FIRST_SLOTS = 32;
var OpenStreams = class {
  #slots = emptySlots(FIRST_SLOTS);
  #size = 0;
  get size() {
    return this.#size;
  }
  get(id) {
    return this.#slots[this.#slotOf(id)];
  }
  /** No stream with this id may be there. */
  add(stream) {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#slots[this.#slotOf(stream.id)] = stream;
    this.#size += 1;
  }
  /** Streams behind the hole that were pushed out of their slot move up, so that they are found. */
  delete(id) {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#slotOf(id);
    if (slots[hole] === void 0) return;
    this.#size -= 1;
    for (let at = hole + 1 & mask; ; at = at + 1 & mask) {
      const stream = slots[at];
      if (stream === void 0) break;
      const way = at - home(stream.id, mask) & mask;
      if (way < (at - hole & mask)) continue;
      slots[hole] = stream;
      hole = at;
    }
    slots[hole] = void 0;
  }
  /** Oldest first. */
  all() {
    const streams = this.#slots.filter((stream) => stream !== void 0);
    return streams.sort((a, b) => a.id - b.id);
  }
  /** Where the stream stands, or would. There is always a free slot. */
  #slotOf(id) {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = home(id, mask);
    for (; ; ) {
      const stream = slots[at];
      if (stream === void 0 || stream.id === id) return at;
      at = at + 1 & mask;
    }
  }
  #grow() {
    const streams = this.all();
    this.#slots = emptySlots(this.#slots.length * 2);
    for (const stream of streams) this.#slots[this.#slotOf(stream.id)] = stream;
  }
};
function home(id, mask) {
  return id >>> 1 & mask;
}
function emptySlots(count) {
  return Array.from({ length: count }, () => void 0);
}

// src/etcd/transport/http2/hpack-encoder.ts
var HpackEncoder = class {
  #table = new HpackTable();
  #cache = [];
  #huffman;
  #tableBytesMax;
  #resizeTo;
  #out = Buffer.allocUnsafe(256);
  #at = 0;
  constructor(tableBytesMax = headerTableBytesDefault, huffman = "shorter") {
    this.#tableBytesMax = tableBytesMax;
    this.#huffman = huffman;
    if (tableBytesMax !== headerTableBytesDefault) this.#table.resize(tableBytesMax);
  }
  /**
   * The peer's bound. Ours never grows beyond the default; a smaller one empties the table first,
   * so that several changes between two blocks need one announcement.
   */
  limitTable(sizeBytesMax) {
    const wanted = Math.min(sizeBytesMax, headerTableBytesDefault);
    if (wanted >= this.#tableBytesMax) return;
    this.#tableBytesMax = 0;
    this.#resizeTo = 0;
  }
  /** The block's bytes, valid until the next call. */
  encode(list) {
    if (!list.isCommon || this.#resizeTo !== void 0) return this.#write(list);
    const cached = this.#cached(list);
    if (cached !== void 0 && cached.generation === this.#table.generation) return cached.bytes;
    const before = this.#table.generation;
    const bytes = this.#write(list);
    if (this.#table.generation !== before) return bytes;
    const entry = { list, generation: before, bytes: bytes.slice() };
    if (cached === void 0) this.#cache.push(entry);
    else Object.assign(cached, entry);
    return bytes;
  }
  #cached(list) {
    for (const entry of this.#cache) if (entry.list === list) return entry;
    return void 0;
  }
  #write({ fields, isCommon }) {
    this.#at = 0;
    if (this.#resizeTo !== void 0) {
      this.#table.resize(this.#resizeTo);
      this.#integer(32, 5, this.#resizeTo);
      this.#resizeTo = void 0;
    }
    const joins = isCommon && this.#tableBytesMax > 0;
    for (let i = 0; i < fields.length; i += 2) {
      this.#field(fields[i], fields[i + 1], joins);
    }
    return new Uint8Array(this.#out.buffer, this.#out.byteOffset, this.#at);
  }
  #field(name, value2, joins) {
    const found = this.#table.find(name, value2);
    if (found > 0) return this.#integer(128, 7, found);
    if (joins) this.#integer(64, 6, -found);
    else this.#integer(0, 4, -found);
    if (found === 0) this.#string(name);
    this.#string(value2);
    if (joins) this.#table.insert(name, value2);
  }
  #integer(pattern, prefixBits, value2) {
    this.#room(8);
    const mask = (1 << prefixBits) - 1;
    if (value2 < mask) {
      this.#out[this.#at++] = pattern | value2;
      return;
    }
    this.#out[this.#at++] = pattern | mask;
    let rest2 = value2 - mask;
    for (; rest2 >= 128; rest2 >>>= 7) this.#out[this.#at++] = rest2 & 127 | 128;
    this.#out[this.#at++] = rest2;
  }
  #string(text) {
    const packed = huffmanLength(text);
    if (this.#huffman === "shorter" && packed <= text.length && packed > 0) {
      this.#integer(128, 7, packed);
      this.#room(packed);
      this.#at = encodeHuffman(text, this.#out, this.#at);
      return;
    }
    this.#integer(0, 7, text.length);
    this.#room(text.length);
    this.#at += this.#out.write(text, this.#at, "latin1");
  }
  #room(bytes) {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#out.length * 2, this.#at + bytes));
    larger.set(this.#out.subarray(0, this.#at));
    this.#out = larger;
  }
};

// src/etcd/transport/http2/sender.ts
var COPIED_BYTES_MAX = 2048;
var BYTEWISE_MAX = 48;
var emptyPayload = new Uint8Array(0);
var Sender = class {
  #output;
  #onLocalEnd;
  #encoder = new HpackEncoder();
  #ready = /* @__PURE__ */ new Set();
  #window = WINDOW_DEFAULT;
  #initialWindow = WINDOW_DEFAULT;
  /** Frames of answers so far, for who wants to know whether there were any since. */
  answers = 0;
  #queuedBytes = 0;
  #isPumping = false;
  constructor(output, onLocalEnd) {
    this.#output = output;
    this.#onLocalEnd = onLocalEnd;
  }
  /** A new stream's window. */
  get initialWindow() {
    return this.#initialWindow;
  }
  /** Bytes of all streams that wait for windows or for the socket. */
  get queuedBytes() {
    return this.#queuedBytes;
  }
  headers(stream, list, endsStream) {
    stream.hasAnswered = true;
    this.answers++;
    const block = this.#encoder.encode(list);
    const flags3 = endsStream ? Flag.endStream : 0;
    if (block.length <= FRAME_PAYLOAD_MAX) {
      this.#frame(FrameType.headers, flags3 | Flag.endHeaders, stream.id, block);
    } else {
      this.#longHeaders(flags3, stream.id, block);
    }
    if (endsStream) this.#onLocalEnd(stream);
  }
  /** False: too much waits already; nothing was queued. */
  data(stream, prefix2, prefixBytes, bytes) {
    const length = prefixBytes + bytes.length;
    if (!this.#fits(stream, length)) {
      return this.#enqueue(stream, prefix2.slice(0, prefixBytes), bytes);
    }
    this.#wholeFrame(stream, length, prefix2, prefixBytes, bytes);
    return true;
  }
  /**
   * A whole answer: `body` is the first `startBytes` of `start`, then `rest`. False: windows or
   * socket have no room for it as it is; nothing was sent.
   */
  answer(stream, head6, start2, startBytes, rest2, end2) {
    const length = startBytes + rest2.length;
    if (!this.#fits(stream, length)) return false;
    this.headers(stream, head6, false);
    this.#wholeFrame(stream, length, start2, startBytes, rest2);
    this.headers(stream, end2, true);
    return true;
  }
  trailers(stream, list) {
    if (stream.queue === void 0) this.headers(stream, list, true);
    else stream.queue.trailers = list;
  }
  /** The stream is closed: what it did not send is dropped. */
  forget(stream) {
    if (stream.queue === void 0) return;
    this.#queuedBytes -= stream.queue.sizeBytes;
    stream.queue = void 0;
    this.#ready.delete(stream);
  }
  raw(frame) {
    this.#output.append(frame);
  }
  resetStream(streamId, code) {
    this.#number(FrameType.rstStream, streamId, code);
  }
  windowUpdate(streamId, increment) {
    this.#number(FrameType.windowUpdate, streamId, increment);
  }
  settingsAck() {
    this.#frame(FrameType.settings, Flag.ack, 0, emptyPayload);
  }
  ping(flags3, payload) {
    this.#frame(FrameType.ping, flags3, 0, payload);
  }
  goAway(lastStreamId, code, words) {
    const debug = Buffer.from(words);
    const payload = Buffer.alloc(8 + debug.length);
    writeUint32(payload, writeUint32(payload, 0, lastStreamId), code);
    payload.set(debug, 8);
    this.#frame(FrameType.goAway, 0, 0, payload);
  }
  limitHeaderTable(sizeBytes) {
    this.#encoder.limitTable(sizeBytes);
  }
  /**
   * The peer's INITIAL_WINDOW_SIZE also moves the windows of open streams, even below zero. What
   * may be sent now is left to `pump`: the acknowledgement goes first.
   */
  setInitialWindow(value2, streams) {
    const change = value2 - this.#initialWindow;
    this.#initialWindow = value2;
    for (const stream of streams) {
      stream.sendWindow += change;
      if (stream.sendWindow > WINDOW_MAX) {
        throw new ConnectionError(ErrorCode.flowControlError, "a stream window above 2^31-1");
      }
      this.#noteReady(stream);
    }
  }
  growWindow(increment) {
    this.#window += increment;
    if (this.#window > WINDOW_MAX) {
      throw new ConnectionError(ErrorCode.flowControlError, "a connection window above 2^31-1");
    }
    this.pump();
  }
  /** False: the window would be larger than allowed, an error of the stream. */
  growStreamWindow(stream, increment) {
    stream.sendWindow += increment;
    if (stream.sendWindow > WINDOW_MAX) return false;
    this.#noteReady(stream);
    this.pump();
    return true;
  }
  /** Sends what waits, as far as windows and socket allow. */
  pump() {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#ready.size > 0 && this.#window > 0 && this.#hasBudget()) {
      for (const stream of this.#ready) {
        if (this.#window <= 0 || !this.#hasBudget()) break;
        this.#sendSome(stream, stream.queue);
      }
    }
    this.#isPumping = false;
  }
  #fits(stream, length) {
    return stream.queue === void 0 && length <= FRAME_PAYLOAD_MAX && length <= stream.sendWindow && length <= this.#window && this.#hasBudget();
  }
  #wholeFrame(stream, length, start2, startBytes, rest2) {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES + length);
    const { block } = output;
    let at = writeFrameHeader(block, output.at, length, FrameType.data, 0, stream.id);
    if (startBytes <= BYTEWISE_MAX) {
      for (let i = 0; i < startBytes; i++) block[at++] = start2[i];
    } else {
      block.set(start2.subarray(0, startBytes), at);
      at += startBytes;
    }
    if (rest2.length > 0) block.set(rest2, at);
    output.at = at + rest2.length;
    stream.sendWindow -= length;
    this.#window -= length;
    this.answers++;
  }
  #enqueue(stream, prefix2, bytes) {
    const length = prefix2.length + bytes.length;
    if (length === 0) return true;
    if (this.#queuedBytes > limits.http2UnsentBytesMax || stream.queuedBytes > limits.http2StreamUnsentBytesMax) {
      return false;
    }
    stream.queue ??= {
      chunks: [],
      chunksSent: 0,
      offset: 0,
      sizeBytes: 0,
      trailers: void 0,
      isAwaited: false
    };
    if (prefix2.length > 0) stream.queue.chunks.push(prefix2);
    if (bytes.length > 0) stream.queue.chunks.push(bytes);
    stream.queue.sizeBytes += length;
    this.#queuedBytes += length;
    this.#noteReady(stream);
    this.pump();
    return true;
  }
  #noteReady(stream) {
    if (stream.queue !== void 0 && stream.sendWindow > 0) this.#ready.add(stream);
  }
  /** One frame, then it is the next stream's turn. */
  #sendSome(stream, queue) {
    const length = Math.min(
      queue.sizeBytes,
      FRAME_PAYLOAD_MAX,
      Math.max(0, stream.sendWindow),
      this.#window
    );
    this.#ready.delete(stream);
    this.answers++;
    if (length > 0) this.#dataFrame(stream.id, queue, length);
    stream.sendWindow -= length;
    this.#window -= length;
    queue.sizeBytes -= length;
    this.#queuedBytes -= length;
    if (queue.sizeBytes === 0) stream.queue = void 0;
    else this.#noteReady(stream);
    const hasRoom = queue.sizeBytes * 2 <= limits.http2StreamQueueBytes;
    if (queue.isAwaited && hasRoom) {
      queue.isAwaited = false;
      stream.reader.roomAgain();
    }
    if (queue.sizeBytes === 0 && queue.trailers !== void 0 && !stream.isClosed) {
      this.headers(stream, queue.trailers, true);
    }
  }
  #dataFrame(streamId, queue, length) {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES);
    output.at = writeFrameHeader(output.block, output.at, length, FrameType.data, 0, streamId);
    let left = length;
    while (left > 0) {
      const chunk = queue.chunks[queue.chunksSent];
      const taken = Math.min(chunk.length - queue.offset, left);
      const part = viewOf(chunk, queue.offset, taken);
      if (taken < COPIED_BYTES_MAX) output.append(part);
      else output.reference(part);
      left -= taken;
      queue.offset += taken;
      if (queue.offset < chunk.length) break;
      queue.offset = 0;
      queue.chunksSent++;
    }
    if (queue.chunksSent >= 64) {
      queue.chunks.splice(0, queue.chunksSent);
      queue.chunksSent = 0;
    }
  }
  #hasBudget() {
    return this.#output.unsentBytes < limits.http2SocketUnsentBytesMax;
  }
  #longHeaders(flags3, streamId, block) {
    this.#frame(FrameType.headers, flags3, streamId, block.subarray(0, FRAME_PAYLOAD_MAX));
    for (let at = FRAME_PAYLOAD_MAX; at < block.length; at += FRAME_PAYLOAD_MAX) {
      const part = block.subarray(at, at + FRAME_PAYLOAD_MAX);
      const isLast = at + FRAME_PAYLOAD_MAX >= block.length;
      this.#frame(FrameType.continuation, isLast ? Flag.endHeaders : 0, streamId, part);
    }
  }
  #number(type, streamId, value2) {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES + 4);
    const at = writeFrameHeader(output.block, output.at, 4, type, 0, streamId);
    output.at = writeUint32(output.block, at, value2);
  }
  #frame(type, flags3, streamId, payload) {
    const output = this.#output;
    output.room(FRAME_HEADER_BYTES + payload.length);
    const { block } = output;
    let at = writeFrameHeader(block, output.at, payload.length, type, flags3, streamId);
    if (payload.length > BYTEWISE_MAX) {
      block.set(payload, at);
      at += payload.length;
    } else {
      for (let i = 0; i < payload.length; i++) block[at++] = payload[i];
    }
    output.at = at;
  }
};
function viewOf(bytes, start2, length) {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start2, length);
}

// src/etcd/transport/http2/stream.ts
var Http2Stream = class {
  id;
  reader = nobody;
  isRemoteEnded = false;
  isClosed = false;
  /** Our END_STREAM is sent or queued. */
  isLocalEnded = false;
  hasAnswered = false;
  sendWindow;
  queue;
  /** Made when a first DATA frame does not end the stream. */
  receiveWindow;
  /** Body bytes still to come, when the request announced how many. */
  bodyBytesLeft;
  #owner;
  constructor(id, owner, sendWindow) {
    this.id = id;
    this.#owner = owner;
    this.sendWindow = sendWindow;
  }
  sendHeaders(list, endsStream) {
    if (!this.isLocalEnded) this.#owner.sendHeaders(this, list, endsStream);
  }
  /**
   * The first `prefixBytes` of the prefix are copied at once (it may be used again), `bytes` only
   * when windows allow: they must not change any more.
   */
  sendData(prefix2, prefixBytes, bytes) {
    if (!this.isLocalEnded) this.#owner.sendData(this, prefix2, prefixBytes, bytes);
  }
  /** Ends the answer, behind all data. */
  sendTrailers(list) {
    if (!this.isLocalEnded) this.#owner.sendTrailers(this, list);
  }
  /**
   * The usual answer in one go: headers, a body that is the first `startBytes` of `start` and then
   * `rest`, trailers. `start` is copied at once, `rest` must not change any more.
   */
  sendAnswer(head6, start2, startBytes, rest2, end2) {
    if (this.isLocalEnded) return;
    if (this.#owner.sendAnswer(this, head6, start2, startBytes, rest2, end2)) return;
    this.sendHeaders(head6, false);
    this.sendData(start2, startBytes, rest2);
    this.sendTrailers(end2);
  }
  /** Ends the stream at once, in both directions; its reader hears nothing any more. */
  reset(code) {
    if (!this.isClosed) this.#owner.reset(this, code);
  }
  get queuedBytes() {
    return this.queue?.sizeBytes ?? 0;
  }
  /** Makes the reader hear of `roomAgain` once. */
  awaitRoom() {
    if (this.queue !== void 0) this.queue.isAwaited = true;
  }
  /** The peer may send as many bytes more. */
  giveBack(bytes) {
    if (!this.isClosed && !this.isRemoteEnded) this.#owner.giveBack(this, bytes);
  }
  /**
   * Counts bytes of requests that are held (or, negative, no longer) against the connection's
   * bound. False: too much is held, nothing was counted.
   */
  retain(bytes) {
    return this.#owner.retain(bytes);
  }
  /**
   * Work that goes on for a stream that was aborted counts as a stream, so that opening and
   * resetting streams does not pile it up.
   */
  workGoesOn() {
    this.#owner.work(1);
  }
  workEnded() {
    this.#owner.work(-1);
  }
};
var nobody = { data: () => {
}, roomAgain: () => {
}, aborted: () => {
} };

// src/etcd/transport/http2/stream-table.ts
var STREAM_ID_MAX = 2147483647;
var StreamTable = class {
  sender;
  /** The monotonic time of this turn. */
  nowMs = 0;
  #parts;
  #open = new OpenStreams();
  #closed = new ClosedStreams();
  #resets = new TokenBucket(limits.http2Resets);
  #lastId = 0;
  /** Streams above are ignored: the peer was told. */
  #lastIdServed = STREAM_ID_MAX;
  /** Work that goes on for streams that were aborted. */
  #orphans = 0;
  #retainedBytes = 0;
  constructor(parts) {
    this.#parts = parts;
    this.sender = new Sender(parts.output, (stream) => this.#localEnded(stream));
  }
  get size() {
    return this.#open.size;
  }
  /** The highest identifier that the peer has used. */
  get lastId() {
    return this.#lastId;
  }
  get(id) {
    return this.#open.get(id);
  }
  all() {
    return this.#open.all();
  }
  wasClosed(id) {
    return this.#closed.has(id);
  }
  /** Its frames may still arrive and mean nothing. */
  isIgnored(id) {
    return id > this.#lastIdServed || this.#closed.isByUs(id);
  }
  /** A request; undefined when it is refused. */
  open(id, isRemoteEnded, block) {
    this.#lastId = id;
    if (id > this.#lastIdServed) return void 0;
    if (block.kind === "malformed") {
      this.fail(id, ErrorCode.protocolError);
      return void 0;
    }
    if (this.#open.size + this.#orphans >= this.#parts.concurrentStreamsMax) {
      this.fail(id, ErrorCode.refusedStream);
      return void 0;
    }
    const stream = new Http2Stream(id, this, this.sender.initialWindow);
    stream.bodyBytesLeft = block.contentLength;
    stream.isRemoteEnded = isRemoteEnded;
    this.#open.add(stream);
    stream.reader = this.#parts.application.open(stream, block.head);
    return stream;
  }
  /** A stream error. Counted like the peer's resets: provoking ours is the same attack. */
  fail(id, code) {
    this.#countReset();
    this.sender.resetStream(id, code);
    const stream = this.#open.get(id);
    if (stream === void 0) this.#closed.add(id, true);
    else this.#abort(stream, code, true);
  }
  /** Resetting what was not answered costs the peer nothing and us the work. */
  peerReset(id) {
    const stream = this.#open.get(id);
    if (stream === void 0) return;
    if (!stream.hasAnswered) this.#countReset();
    this.#abort(stream, ErrorCode.cancel, false);
  }
  /** From here on only streams that the peer has opened already are served. */
  serveNoMore() {
    this.#lastIdServed = this.#lastId;
  }
  abortAll() {
    for (const stream of this.#open.all()) this.#abort(stream, ErrorCode.cancel, true);
  }
  sendHeaders(stream, list, endsStream) {
    stream.isLocalEnded = endsStream;
    this.sender.headers(stream, list, endsStream);
    this.#parts.written();
  }
  sendData(stream, prefix2, prefixBytes, bytes) {
    if (!this.sender.data(stream, prefix2, prefixBytes, bytes)) {
      this.sender.resetStream(stream.id, ErrorCode.enhanceYourCalm);
      this.#abort(stream, ErrorCode.enhanceYourCalm, true);
    }
    this.#parts.written();
  }
  sendAnswer(stream, head6, start2, startBytes, rest2, end2) {
    if (!this.sender.answer(stream, head6, start2, startBytes, rest2, end2)) return false;
    this.#parts.written();
    return true;
  }
  sendTrailers(stream, list) {
    stream.isLocalEnded = true;
    this.sender.trailers(stream, list);
    this.#parts.written();
  }
  reset(stream, code) {
    this.sender.resetStream(stream.id, code);
    this.#remove(stream, true);
    this.#parts.written();
  }
  giveBack(stream, bytes) {
    const increment = stream.receiveWindow?.giveBack(bytes) ?? 0;
    if (increment === 0) return;
    this.sender.windowUpdate(stream.id, increment);
    this.#parts.written();
  }
  retain(bytes) {
    if (bytes > 0 && this.#retainedBytes + bytes > limits.http2UnreadBytesMax) return false;
    this.#retainedBytes += bytes;
    return true;
  }
  work(delta) {
    this.#orphans += delta;
  }
  /** Our END_STREAM is sent. A peer that still sends is told that it need not (section 8.1). */
  #localEnded(stream) {
    if (!stream.isRemoteEnded) this.sender.resetStream(stream.id, ErrorCode.noError);
    this.#remove(stream, !stream.isRemoteEnded);
  }
  #abort(stream, code, isByUs) {
    const { reader: reader6 } = stream;
    this.#remove(stream, isByUs);
    reader6.aborted(code);
  }
  #remove(stream, isByUs) {
    stream.isClosed = true;
    stream.isLocalEnded = true;
    this.sender.forget(stream);
    this.#open.delete(stream.id);
    this.#closed.add(stream.id, isByUs);
    this.#parts.closed();
  }
  #countReset() {
    if (this.#resets.take(this.nowMs)) return;
    throw new ConnectionError(ErrorCode.enhanceYourCalm, "too many streams are reset");
  }
};

// src/etcd/transport/http2/connection.ts
var drainPing = Buffer.from("draining", "latin1");
var keepalivePing = Buffer.from("anybody?", "latin1");
var STREAM_ID_MAX2 = 2147483647;
var PAUSE_BYTES = 2 * limits.http2SocketUnsentBytesMax;
var Http2Connection = class {
  #options;
  #socket;
  #frames = new FrameReader();
  #output;
  #streams;
  #receiver;
  #pings = new PingPolicy();
  #state = "open";
  #isDrainAnnounced = false;
  #isReading = false;
  #isFlushDue = false;
  #lastReadMs;
  #keepalivePingMs;
  /** Since when unread answers are more than a few. */
  #stalledSinceMs;
  #answersSeen = 0;
  #closingMs = 0;
  constructor(socket, options) {
    const { application, clock } = options;
    this.#options = options;
    this.#socket = socket;
    this.#lastReadMs = clock.monotonicMs();
    this.#output = new Output(socket, options.blocks);
    const concurrentStreamsMax = Math.min(options.concurrentStreamsMax, limits.http2StreamsMax);
    this.#streams = new StreamTable({
      application,
      output: this.#output,
      concurrentStreamsMax,
      written: () => this.#written(),
      closed: () => this.#streamClosed()
    });
    this.#receiver = new Receiver({
      streams: this.#streams,
      headOf: (request2) => application.head(request2),
      pinged: (payload) => this.#pinged(payload),
      pingAnswered: (payload) => this.#pingAnswered(payload),
      isReading: () => this.#isOpen
    });
    this.#greet(concurrentStreamsMax);
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("drain", () => this.#drained());
    socket.on("error", () => this.#lost());
    socket.on("end", () => this.#lost());
    socket.on("close", () => this.#lost());
  }
  get streamsOpen() {
    return this.#streams.size;
  }
  /** Lets open streams finish, and those that are on their way; then the connection closes. */
  drain() {
    if (this.#state !== "open") return;
    this.#state = "draining";
    this.#streams.sender.goAway(STREAM_ID_MAX2, ErrorCode.noError, "graceful_stop");
    this.#streams.sender.ping(0, drainPing);
    this.#written();
  }
  /** Aborts open streams. What was written still leaves. */
  close() {
    this.#goAway(ErrorCode.noError, "");
  }
  /** Cuts the connection. */
  destroy() {
    this.#lost();
  }
  /** Called every few seconds: what only time can tell. */
  supervise(nowMs) {
    this.#streams.nowMs = nowMs;
    if (this.#state === "lost") return;
    if (this.#state === "closing") {
      if (nowMs - this.#closingMs >= limits.http2LingerMs) this.#lost();
      return;
    }
    const silentMs = nowMs - this.#lastReadMs;
    if (!this.#receiver.hasSettings && silentMs >= limits.http2HandshakeMs) return this.#lost();
    this.#keepAlive(nowMs, silentMs);
    this.#watchForStall(nowMs);
  }
  /** One write of what the turn has gathered. */
  flush() {
    this.#isFlushDue = false;
    this.#output.flush();
    if (this.#output.unsentBytes > PAUSE_BYTES) this.#socket.pause();
  }
  get #isOpen() {
    return this.#state === "open" || this.#state === "draining";
  }
  #greet(concurrentStreamsMax) {
    const { sender } = this.#streams;
    sender.raw(
      settingsFrame({
        concurrentStreamsMax,
        streamWindowBytes: limits.http2StreamWindowBytes,
        headerListBytesMax: limits.http2HeaderListBytesMax
      })
    );
    sender.windowUpdate(0, limits.http2ConnectionWindowBytes - WINDOW_DEFAULT);
    this.flush();
  }
  #read(chunk) {
    if (!this.#isOpen) return;
    this.#lastReadMs = this.#options.clock.monotonicMs();
    this.#streams.nowMs = this.#lastReadMs;
    this.#keepalivePingMs = void 0;
    this.#isReading = true;
    try {
      this.#frames.read(chunk, this.#receiver);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#goAway(error.code, error.message);
    } finally {
      this.#isReading = false;
    }
    this.flush();
  }
  #written() {
    if (this.#isReading || this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#options.flushLater(this);
  }
  #drained() {
    if (!this.#isOpen) return;
    this.#stalledSinceMs = void 0;
    this.#streams.sender.pump();
    this.flush();
    if (this.#output.unsentBytes <= PAUSE_BYTES) this.#socket.resume();
  }
  #pinged(payload) {
    const { sender, nowMs, size } = this.#streams;
    sender.ping(Flag.ack, payload);
    if (this.#pings.accept(nowMs, size > 0, sender.answers)) return;
    throw new ConnectionError(ErrorCode.enhanceYourCalm, "too_many_pings");
  }
  /** The answer proves that the peer has read our GOAWAY: what it opened before is here. */
  #pingAnswered(payload) {
    if (this.#state !== "draining" || this.#isDrainAnnounced || !payload.equals(drainPing)) return;
    this.#isDrainAnnounced = true;
    this.#streams.serveNoMore();
    this.#streams.sender.goAway(this.#streams.lastId, ErrorCode.noError, "");
    this.#streamClosed();
  }
  #streamClosed() {
    if (this.#state !== "draining" || this.#streams.size > 0) return;
    if (this.#isDrainAnnounced) this.#endSocket();
    this.#options.becameIdle();
  }
  #keepAlive(nowMs, silentMs) {
    if (this.#keepalivePingMs === void 0) {
      if (silentMs < limits.grpcKeepaliveMs) return;
      this.#keepalivePingMs = nowMs;
      this.#streams.sender.ping(0, keepalivePing);
      this.flush();
    } else if (nowMs - this.#keepalivePingMs >= limits.grpcKeepaliveTimeoutMs) {
      this.#lost();
    }
  }
  /** A few bytes may wait for ever, as a watcher's do; memory full of answers may not. */
  #watchForStall(nowMs) {
    const waitingBytes = this.#output.unsentBytes + this.#streams.sender.queuedBytes;
    const progress = this.#streams.sender.answers;
    if (waitingBytes < limits.http2StalledBytes || progress !== this.#answersSeen) {
      this.#answersSeen = progress;
      this.#stalledSinceMs = void 0;
      return;
    }
    this.#stalledSinceMs ??= nowMs;
    if (nowMs - this.#stalledSinceMs < limits.http2StalledMs) return;
    this.#goAway(ErrorCode.enhanceYourCalm, "answers are not read");
  }
  #goAway(code, words) {
    if (!this.#isOpen) return;
    this.#streams.sender.goAway(this.#streams.lastId, code, words);
    this.#endSocket();
    this.#streams.abortAll();
  }
  #endSocket() {
    this.#state = "closing";
    this.#closingMs = this.#streams.nowMs;
    this.#output.flush();
    this.#socket.end();
    this.#socket.resume();
  }
  #lost() {
    if (this.#state === "lost") return;
    this.#state = "lost";
    this.#streams.abortAll();
    this.#socket.destroy();
    this.#options.lost(this);
  }
};

// src/etcd/transport/grpc/deadlines.ts
var SLOT_MS = 10;
var Deadlines = class {
  #clock;
  #slots = /* @__PURE__ */ new Map();
  #timer;
  constructor(clock) {
    this.#clock = clock;
  }
  add(call) {
    if (call.deadlineMs === Number.POSITIVE_INFINITY) return;
    const slot = slotOf(call);
    const known2 = this.#slots.get(slot);
    if (known2 !== void 0) {
      known2.add(call);
      return;
    }
    this.#slots.set(slot, /* @__PURE__ */ new Set([call]));
    if (this.#timer === void 0 || slot < this.#timer.slot) this.#waitFor(slot);
  }
  remove(call) {
    if (call.deadlineMs === Number.POSITIVE_INFINITY) return;
    const slot = slotOf(call);
    const calls = this.#slots.get(slot);
    if (calls?.delete(call) === true && calls.size === 0) this.#slots.delete(slot);
  }
  close() {
    this.#timer?.cancel.abort();
    this.#timer = void 0;
    this.#slots.clear();
  }
  #waitFor(slot) {
    this.#timer?.cancel.abort();
    const cancel = new AbortController();
    this.#timer = { slot, cancel };
    const waitMs = Math.min(Math.max(0, slot * SLOT_MS - this.#clock.wallMs()), 2 ** 31 - 1);
    this.#clock.after(waitMs, cancel.signal).then(
      () => this.#fire(),
      () => {
      }
    );
  }
  #fire() {
    this.#timer = void 0;
    const now = Math.floor((this.#clock.wallMs() + 1) / SLOT_MS);
    let next = Number.POSITIVE_INFINITY;
    for (const [slot, calls] of this.#slots) {
      if (slot > now) {
        next = Math.min(next, slot);
        continue;
      }
      this.#slots.delete(slot);
      for (const call of calls) call.expired();
    }
    if (this.#timer === void 0 && next !== Number.POSITIVE_INFINITY) this.#waitFor(next);
  }
};
function slotOf(call) {
  return Math.ceil(call.deadlineMs / SLOT_MS);
}

// src/etcd/transport/grpc/header-lists.ts
var contentType = ["content-type", "application/grpc"];
var answerHead = {
  fields: [":status", "200", ...contentType],
  isCommon: true
};
var okTrailers = { fields: ["grpc-status", "0"], isCommon: true };
function trailers(status2) {
  return status2.code === 0 ? okTrailers : { fields: statusFields(status2), isCommon: false };
}
function trailersOnly(status2, httpStatus = 200) {
  const fields = [":status", String(httpStatus), ...contentType, ...statusFields(status2)];
  return { fields, isCommon: false };
}
function statusFields({ code, message }) {
  const fields = ["grpc-status", String(code)];
  if (message !== "") fields.push("grpc-message", percentEncoded(message));
  return fields;
}
function percentEncoded(message) {
  if (/^[ -$&-~]*$/.test(message)) return message;
  let encoded = "";
  for (const byte of Buffer.from(message)) {
    const isPlain = byte >= 32 && byte <= 126 && byte !== 37;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

// src/etcd/transport/grpc/timeout.ts
var unitMs2 = {
  H: 36e5,
  M: 6e4,
  S: 1e3,
  m: 1,
  u: 1e-3,
  n: 1e-6
};
function parseTimeout(text) {
  if (text.length < 2) return { wrong: `transport: timeout string is too short: "${text}"` };
  if (text.length > 9) return { wrong: `transport: timeout string is too long: "${text}"` };
  const unit = unitMs2[text.charAt(text.length - 1)];
  if (unit === void 0) return { wrong: `transport: timeout unit is not recognized: "${text}"` };
  const digits = text.slice(0, -1);
  if (!/^\d+$/.test(digits)) {
    return { wrong: `strconv.ParseUint: parsing "${digits}": invalid syntax` };
  }
  return Number(digits) * unit;
}

// src/etcd/transport/grpc/request-head.ts
var RequestHeads = class {
  #rpcs;
  #services;
  constructor(rpcs) {
    this.#rpcs = new Map(Array.from(rpcs, (rpc) => [rpc.path, rpc]));
    this.#services = new Set(Array.from(this.#rpcs.keys(), serviceOf));
  }
  read(request2) {
    if (request2 === void 0) {
      return refused3(Code.resourceExhausted, "grpc: received header list larger than max", 431);
    }
    const { fields, method } = request2;
    const contentType2 = valueOf(fields, "content-type") ?? "";
    if (!isGrpc(contentType2)) {
      const message = `invalid gRPC request content-type "${contentType2}"`;
      return refused3(Code.invalidArgument, message, 415);
    }
    const timeout = valueOf(fields, "grpc-timeout");
    const timeoutMs = timeout === void 0 ? Number.POSITIVE_INFINITY : parseTimeout(timeout);
    if (typeof timeoutMs === "object") {
      return refused3(Code.internal, `malformed grpc-timeout: ${timeoutMs.wrong}`, 400);
    }
    if (method !== "POST") {
      const message = `Received a HEADERS frame with :method "${method}" which should be POST`;
      return refused3(Code.internal, message, 405);
    }
    const rpc = this.#rpcs.get(request2.path);
    if (rpc === void 0) return { kind: "refused", answer: this.#unknown(request2.path) };
    const encoding = valueOf(fields, "grpc-encoding") ?? "identity";
    if (encoding !== "identity" && encoding !== "gzip" && encoding !== "") {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`;
      return refused3(Code.unimplemented, message);
    }
    const messageEncoding = encoding === "gzip" ? "gzip" : "identity";
    return { kind: "call", rpc, fields, timeoutMs, encoding: messageEncoding };
  }
  #unknown(path) {
    const slash = path.lastIndexOf("/");
    if (!path.startsWith("/") || slash === 0) {
      return trailersOnly(status(Code.unimplemented, `malformed method name: "${path}"`));
    }
    const service10 = path.slice(1, slash);
    const message = this.#services.has(service10) ? `unknown method ${path.slice(slash + 1)} for service ${service10}` : `unknown service ${service10}`;
    return trailersOnly(status(Code.unimplemented, message));
  }
};
function valueOf(fields, name) {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return fields[i + 1];
  return void 0;
}
function serviceOf(path) {
  return path.slice(1, path.lastIndexOf("/"));
}
function isGrpc(contentType2) {
  return /^application\/grpc($|[+;])/i.test(contentType2);
}
function refused3(code, message, httpStatus = 200) {
  return { kind: "refused", answer: trailersOnly(status(code, message), httpStatus) };
}
function status(code, message) {
  return { code, message };
}

// src/etcd/transport/grpc/cardinality.ts
function noRequest() {
  const words = "cardinality violation: received no request message from non-client-streaming RPC";
  return new StatusError(Code.internal, words);
}
function manyRequests() {
  const words = "cardinality violation: received multiple request messages for non-client-streaming RPC";
  return new StatusError(Code.internal, words);
}

// src/etcd/transport/grpc/message-reader.ts
import { gunzipSync } from "node:zlib";
var MESSAGE_PREFIX_BYTES = 5;
var FIRST_CAPACITY_BYTES = 4096;
var MessageReader = class {
  #options;
  #prefix = new Uint8Array(MESSAGE_PREFIX_BYTES);
  #prefixBytes = 0;
  #isCompressed = false;
  #length = 0;
  #gathered = nothing;
  #have = 0;
  constructor(options) {
    this.#options = options;
  }
  /** A message has begun and is not complete. */
  get isWithinMessage() {
    return this.#prefixBytes > 0;
  }
  /** Delivers the messages that are complete with these bytes; throws what ends the call. */
  read(bytes, start2, end2, deliver2) {
    let at = start2;
    for (; ; ) {
      if (this.#prefixBytes === 0 && end2 - at >= MESSAGE_PREFIX_BYTES) {
        this.#prefixBytes = MESSAGE_PREFIX_BYTES;
        this.#begin(bytes, at);
        at += MESSAGE_PREFIX_BYTES;
      }
      while (this.#prefixBytes < MESSAGE_PREFIX_BYTES) {
        if (at >= end2) return;
        this.#prefix[this.#prefixBytes++] = bytes[at++];
        if (this.#prefixBytes === MESSAGE_PREFIX_BYTES) this.#begin(this.#prefix, 0);
      }
      if (this.#have === 0 && end2 - at >= this.#length) {
        const message2 = new Uint8Array(bytes.buffer, bytes.byteOffset + at, this.#length);
        at += this.#length;
        this.#prefixBytes = 0;
        deliver2(this.#decoded(message2));
        continue;
      }
      const taken = Math.min(end2 - at, this.#length - this.#have);
      this.#gather(bytes, at, taken);
      at += taken;
      if (this.#have < this.#length) return;
      const message = this.#gathered.subarray(0, this.#length);
      this.drop();
      deliver2(this.#decoded(message));
    }
  }
  /** Gives up what was gathered. */
  drop() {
    this.#options.retain(-this.#gathered.length);
    this.#gathered = nothing;
    this.#have = 0;
    this.#prefixBytes = 0;
  }
  #begin(prefix2, at) {
    const flag4 = prefix2[at];
    if (flag4 > 1) {
      throw new StatusError(Code.internal, `grpc: received unexpected payload format ${flag4}`);
    }
    this.#isCompressed = flag4 === 1;
    this.#length = uint32At2(prefix2, at + 1);
    if (this.#length > this.#options.bytesMax) {
      throw messageTooLarge(this.#length, this.#options.bytesMax);
    }
    if (this.#isCompressed && this.#options.encoding === "identity") {
      const message = "grpc: compressed flag set with identity or empty encoding";
      throw new StatusError(Code.internal, message);
    }
  }
  #gather(bytes, at, length) {
    if (length === 0) return;
    const needed = this.#have + length;
    if (needed > this.#gathered.length) {
      const wanted = Math.max(FIRST_CAPACITY_BYTES, this.#gathered.length * 2, needed);
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#length, wanted));
      if (!this.#options.retain(larger.length - this.#gathered.length)) throw tooMuchHeld();
      larger.set(this.#gathered.subarray(0, this.#have));
      this.#gathered = new Uint8Array(larger.buffer, larger.byteOffset, larger.length);
    }
    this.#gathered.set(bytes.subarray(at, at + length), this.#have);
    this.#have = needed;
  }
  /** A message may unpack to no more than it could be without compression. */
  #decoded(message) {
    if (!this.#isCompressed) return message;
    const { bytesMax } = this.#options;
    try {
      const unpacked = gunzipSync(message, { maxOutputLength: bytesMax });
      return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
    } catch (error) {
      if (error.code === "ERR_BUFFER_TOO_LARGE") {
        const words2 = `grpc: received message after decompression larger than max ${bytesMax}`;
        throw new StatusError(Code.resourceExhausted, words2);
      }
      const words = `grpc: failed to decompress the received message: ${error.message}`;
      throw new StatusError(Code.internal, words);
    }
  }
};
function messagePrefix(length) {
  prefix[1] = length >>> 24;
  prefix[2] = length >>> 16;
  prefix[3] = length >>> 8;
  prefix[4] = length;
  return prefix;
}
function messageStart(head6, headBytes2, restBytes) {
  const length = headBytes2 + restBytes;
  if (headBytes2 === 0) return messagePrefix(length);
  const bytes = MESSAGE_PREFIX_BYTES + headBytes2;
  if (bytes > start.length) start = new Uint8Array(2 * bytes);
  start[1] = length >>> 24;
  start[2] = length >>> 16;
  start[3] = length >>> 8;
  start[4] = length;
  for (let i = 0; i < headBytes2; i++) start[MESSAGE_PREFIX_BYTES + i] = head6[i];
  return start;
}
var prefix = new Uint8Array(MESSAGE_PREFIX_BYTES);
var start = new Uint8Array(128);
var nothing = new Uint8Array(0);
function uint32At2(bytes, at) {
  const high = bytes[at] << 8 | bytes[at + 1];
  const low = bytes[at + 2] << 8 | bytes[at + 3];
  return high * 65536 + low;
}
function tooMuchHeld() {
  const words = "grpc: too many bytes of unfinished requests on one connection";
  return new StatusError(Code.resourceExhausted, words);
}

// src/etcd/transport/grpc/open-call.ts
var OpenCall = class {
  viaGateway = false;
  deadlineMs;
  head;
  underWay;
  next;
  previous;
  #clock;
  // Made when first asked for: most calls are answered without anybody waiting on the signal.
  #controller;
  #aborted;
  constructor(head6, clock) {
    this.head = head6;
    this.#clock = clock;
    this.deadlineMs = head6.timeoutMs === Number.POSITIVE_INFINITY ? head6.timeoutMs : clock.wallMs() + head6.timeoutMs;
  }
  get signal() {
    if (this.#controller === void 0) {
      this.#controller = new AbortController();
      if (this.#aborted !== void 0) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }
  metadata(name) {
    const value2 = valueOf(this.head.fields, name);
    if (value2 === void 0) return void 0;
    if (name.endsWith("-bin")) return Buffer.from(value2, "base64").toString();
    return isAscii(value2) ? value2 : Buffer.from(value2, "latin1").toString();
  }
  /** The caller is gone, by its own will or because it waited long enough. */
  cancel() {
    const isLate = this.#clock.wallMs() + 1 >= this.deadlineMs;
    this.abort(isLate ? callDeadlineExceeded : callCanceled);
  }
  abort(reason) {
    if (this.#aborted !== void 0) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.underWay?.cancel();
  }
};
function isAscii(text) {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

// src/etcd/transport/grpc/stream-exchange.ts
var ok = { code: 0, message: "" };
var noHead = new Uint8Array(0);
var StreamExchange = class {
  onMessage = () => {
  };
  onHalfClose = () => {
  };
  next;
  previous;
  #stream;
  #rpc;
  #owner;
  #call;
  #reader;
  /** Arrived and not delivered: the call is paused, or its one request is not complete. */
  #undelivered = [];
  #messages = 0;
  #isHalfClosed = false;
  #isPaused = false;
  #isDelivering = false;
  /** Bytes received for undelivered messages: the peer gets its window back when they are. */
  #owedBytes = 0;
  #isOver = false;
  #waiting = [];
  constructor(stream, head6, rpc, owner) {
    this.#stream = stream;
    this.#rpc = rpc;
    this.#owner = owner;
    this.#call = new OpenCall(head6, owner.clock);
    this.#reader = new MessageReader({
      bytesMax: owner.receiveBytesMax,
      encoding: head6.encoding,
      retain: (bytes) => stream.retain(bytes)
    });
  }
  get deadlineMs() {
    return this.#call.deadlineMs;
  }
  /** Called once, before anything is delivered. */
  open() {
    this.#owner.enter(this);
    if (this.#owner.isStopping) return this.stop();
    try {
      this.#rpc.open(this, this.#call);
    } catch (error) {
      this.#break(error);
    }
  }
  data(bytes, start2, end2, isLast) {
    if (this.#isOver) return;
    try {
      this.#reader.read(bytes, start2, end2, this.#arrived);
      if (this.#isOver) return;
      if (isLast && this.#reader.isWithinMessage) {
        throw new StatusError(Code.internal, "unexpected EOF");
      }
    } catch (error) {
      return this.#break(error);
    }
    this.#isHalfClosed = isLast;
    this.#owedBytes += end2 - start2;
    this.#deliver();
  }
  roomAgain() {
    this.#wake();
  }
  aborted() {
    if (!this.#finish()) return;
    this.#call.cancel();
  }
  expired() {
    this.#break(callDeadlineExceeded);
  }
  stop() {
    this.#break(new EtcdError("Stopped"));
  }
  cut() {
    this.stop();
  }
  write(message) {
    return this.writeParts(noHead, 0, message);
  }
  writeParts(head6, headBytes2, rest2) {
    if (this.#isOver) return true;
    if (!this.#stream.hasAnswered) this.#stream.sendHeaders(answerHead, false);
    const start2 = messageStart(head6, headBytes2, rest2.length);
    this.#stream.sendData(start2, MESSAGE_PREFIX_BYTES + headBytes2, rest2);
    return this.#hasRoom();
  }
  drained() {
    if (this.#isOver || this.#hasRoom()) return Promise.resolve();
    this.#stream.awaitRoom();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  pause() {
    this.#isPaused = true;
  }
  resume() {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#deliver();
  }
  end() {
    this.#endWith(ok);
  }
  fail(error) {
    if (!this.#isOver) this.#endWith(this.#owner.answerTo(error, this.#rpc));
  }
  /** Copies what has to wait: a view would keep everything that arrived with it. */
  #arrived = (message) => {
    if (this.#isOver) return;
    if (this.#rpc.kind === "bidi-stream" && !this.#isPaused && this.#undelivered.length === 0) {
      return this.#hand(message);
    }
    if (this.#rpc.kind === "server-stream" && this.#undelivered.length > 0) throw manyRequests();
    if (!this.#stream.retain(message.length)) {
      const words = "grpc: too many bytes of undelivered messages on one connection";
      throw new StatusError(Code.resourceExhausted, words);
    }
    this.#undelivered.push(message.slice());
  };
  #deliver() {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    const isComplete = this.#rpc.kind === "bidi-stream" || this.#isHalfClosed;
    while (isComplete && !this.#isPaused && !this.#isOver && this.#undelivered.length > 0) {
      const message = this.#undelivered.shift();
      this.#stream.retain(-message.length);
      this.#hand(message);
    }
    this.#isDelivering = false;
    if (this.#isOver || this.#isPaused && this.#rpc.kind === "bidi-stream") return;
    this.#stream.giveBack(this.#owedBytes);
    this.#owedBytes = 0;
    if (this.#isHalfClosed && !this.#isPaused) this.#halfClose();
  }
  #hand(message) {
    this.#messages++;
    try {
      this.onMessage(message);
    } catch (error) {
      this.#break(error);
    }
  }
  #halfClose() {
    this.#isHalfClosed = false;
    try {
      if (this.#rpc.kind === "server-stream" && this.#messages === 0) throw noRequest();
      this.onHalfClose();
    } catch (error) {
      this.#break(error);
    }
  }
  #hasRoom() {
    return this.#stream.queuedBytes < limits.http2StreamQueueBytes;
  }
  /** Ends the call with this error, for the caller and for the handler. */
  #break(error) {
    this.#call.abort(error);
    this.fail(error);
  }
  #endWith(status2) {
    if (!this.#finish()) return;
    if (this.#stream.hasAnswered) this.#stream.sendTrailers(trailers(status2));
    else this.#stream.sendHeaders(trailersOnly(status2), true);
  }
  #finish() {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#reader.drop();
    for (const message of this.#undelivered) this.#stream.retain(-message.length);
    this.#undelivered = [];
    this.#wake();
    this.#owner.leave(this);
    return true;
  }
  #wake() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
};

// src/etcd/transport/grpc/unary-exchange.ts
var UnaryExchange = class extends OpenCall {
  #stream;
  #owner;
  #rpc;
  #reader;
  #request;
  #isOver = false;
  #isWaiting = false;
  constructor(stream, head6, rpc, owner) {
    super(head6, owner.clock);
    this.#stream = stream;
    this.#rpc = rpc;
    this.#owner = owner;
  }
  data(bytes, start2, end2, isLast) {
    if (this.#isOver) return;
    if (isLast && this.#reader === void 0 && isOneMessage(bytes, start2, end2)) {
      const length = end2 - start2 - MESSAGE_PREFIX_BYTES;
      if (length > this.#owner.receiveBytesMax) {
        return this.#refuse(messageTooLarge(length, this.#owner.receiveBytesMax));
      }
      const at = bytes.byteOffset + start2 + MESSAGE_PREFIX_BYTES;
      return this.#serve(new Uint8Array(bytes.buffer, at, length));
    }
    this.#gather(bytes, start2, end2, isLast);
  }
  roomAgain() {
  }
  aborted() {
    if (this.#isOver) return;
    this.#finish();
    this.cancel();
  }
  expired() {
    this.#refuse(callDeadlineExceeded);
    this.abort(callDeadlineExceeded);
  }
  stop() {
  }
  cut() {
    const stopped2 = new EtcdError("Stopped");
    this.#refuse(stopped2);
    this.abort(stopped2);
  }
  answer(head6, headEnd, body) {
    if (this.#settled()) this.#answer(head6, headEnd, body);
  }
  fail(error) {
    if (this.#settled()) this.#refuse(error);
  }
  #gather(bytes, start2, end2, isLast) {
    const { encoding } = this.head;
    this.#reader ??= new MessageReader({
      bytesMax: this.#owner.receiveBytesMax,
      encoding,
      retain: (held) => this.#stream.retain(held)
    });
    try {
      this.#reader.read(bytes, start2, end2, (message) => {
        if (this.#request !== void 0) throw manyRequests();
        this.#request = message;
      });
      if (isLast && this.#reader.isWithinMessage) {
        throw new StatusError(Code.internal, "unexpected EOF");
      }
      if (isLast && this.#request === void 0) throw noRequest();
    } catch (error) {
      return this.#refuse(error);
    }
    this.#stream.giveBack(end2 - start2);
    if (isLast) this.#serve(this.#request);
  }
  #serve(request2) {
    let result;
    try {
      result = this.#rpc.handle(request2, this, this);
    } catch (error) {
      return this.#refuse(error);
    }
    if (this.#isOver) return;
    if (result instanceof Uint8Array) return this.#answer(bareHead, REPLY_ROOM_BYTES, result);
    this.#isWaiting = true;
    this.#owner.enter(this);
    result?.then(
      (answer4) => this.answer(bareHead, REPLY_ROOM_BYTES, answer4),
      (error) => this.fail(error)
    );
  }
  #answer(head6, headEnd, body) {
    this.#finish();
    head6.set(messagePrefix(headEnd - REPLY_ROOM_BYTES + body.length));
    this.#stream.sendAnswer(answerHead, head6, headEnd, body, okTrailers);
  }
  #refuse(error) {
    if (this.#isOver) return;
    const status2 = this.#owner.answerTo(error, this.#rpc);
    this.#finish();
    this.#stream.sendHeaders(trailersOnly(status2), true);
  }
  /** False: nobody waits for the outcome any more. */
  #settled() {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      if (this.#isOver) this.#stream.workEnded();
      else this.#owner.leave(this);
    }
    return !this.#isOver;
  }
  #finish() {
    this.#isOver = true;
    this.#reader?.drop();
    if (!this.#isWaiting) return;
    this.#owner.leave(this);
    this.#stream.workGoesOn();
  }
};
var bareHead = new Uint8Array(REPLY_ROOM_BYTES);
function isOneMessage(bytes, start2, end2) {
  return end2 - start2 >= MESSAGE_PREFIX_BYTES && bytes[start2] === 0 && bytes.readUInt32BE(start2 + 1) === end2 - start2 - MESSAGE_PREFIX_BYTES;
}

// src/etcd/transport/grpc/waiting-calls.ts
var WaitingCalls = class {
  #first;
  #last;
  #size = 0;
  get size() {
    return this.#size;
  }
  add(call) {
    call.previous = this.#last;
    if (this.#last === void 0) this.#first = call;
    else this.#last.next = call;
    this.#last = call;
    this.#size += 1;
  }
  /** The call must be in the chain. */
  delete(call) {
    const { previous, next } = call;
    if (previous === void 0) this.#first = next;
    else previous.next = next;
    if (next === void 0) this.#last = previous;
    else next.previous = previous;
    call.previous = void 0;
    call.next = void 0;
    this.#size -= 1;
  }
  all() {
    const calls = [];
    for (let call = this.#first; call !== void 0; call = call.next) calls.push(call);
    return calls;
  }
};

// src/etcd/transport/grpc/http2-grpc-server.ts
var lastResortMs = 1e3;
var Http2GrpcServer = class {
  clock;
  receiveBytesMax;
  #log;
  #concurrentStreamsMax;
  #heads;
  #deadlines;
  #blocks = new OutputBlocks();
  #connections = /* @__PURE__ */ new Set();
  /** Calls that wait: those that are answered at once never come here. */
  #calls = new WaitingCalls();
  #flushing = [];
  #stopSupervising;
  #isStopping = false;
  /** Asked whenever something ended while the server stops. */
  #quieter;
  constructor(options) {
    this.clock = options.clock;
    this.receiveBytesMax = options.receiveBytesMax;
    this.#log = options.log;
    this.#concurrentStreamsMax = options.concurrentStreamsMax;
    this.#heads = new RequestHeads(options.rpcs);
    this.#deadlines = new Deadlines(options.clock);
  }
  accept(socket) {
    const connection = new Http2Connection(socket, {
      application: this,
      concurrentStreamsMax: this.#concurrentStreamsMax,
      clock: this.clock,
      blocks: this.#blocks,
      flushLater: (due) => this.#flushLater(due),
      becameIdle: () => this.#quieter?.(),
      lost: (lost) => this.#lost(lost)
    });
    this.#connections.add(connection);
    this.#stopSupervising ??= this.clock.every(limits.http2SuperviseMs, () => this.#supervise());
    if (this.#isStopping) connection.drain();
  }
  async stop(graceMs) {
    this.#isStopping = true;
    for (const connection of this.#connections) connection.drain();
    for (const call of this.#calls.all()) call.stop();
    await this.#until(graceMs, () => this.#isQuiet());
    for (const call of this.#calls.all()) call.cut();
    for (const connection of [...this.#connections]) connection.close();
    await this.#until(lastResortMs, () => this.#connections.size === 0);
    for (const connection of [...this.#connections]) connection.destroy();
    this.#deadlines.close();
    this.#stopSupervising?.();
  }
  // ---- the application on the connections
  head(request2) {
    return this.#heads.read(request2);
  }
  open(stream, head6) {
    if (head6.kind === "refused") {
      stream.sendHeaders(head6.answer, true);
      return deaf;
    }
    if (head6.rpc.kind === "unary") return new UnaryExchange(stream, head6, head6.rpc, this);
    const exchange2 = new StreamExchange(stream, head6, head6.rpc, this);
    exchange2.open();
    return exchange2;
  }
  // ---- the owner of the calls
  get isStopping() {
    return this.#isStopping;
  }
  enter(call) {
    this.#calls.add(call);
    this.#deadlines.add(call);
  }
  leave(call) {
    this.#calls.delete(call);
    this.#deadlines.remove(call);
    this.#quieter?.();
  }
  answerTo(error, rpc) {
    const status2 = statusOf(error);
    if (isUnforeseen(status2)) {
      this.#log.warn("a call failed unexpectedly", { path: rpc.path, error });
    }
    return status2;
  }
  // ---- turns, time and ends
  /** Answers that become ready in one turn leave together, with one write per connection. */
  #flushLater(connection) {
    if (this.#flushing.push(connection) > 1) return;
    setImmediate(() => {
      const due = this.#flushing;
      this.#flushing = [];
      for (const each of due) each.flush();
    });
  }
  #supervise() {
    const nowMs = this.clock.monotonicMs();
    for (const connection of [...this.#connections]) connection.supervise(nowMs);
  }
  #lost(connection) {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) {
      this.#stopSupervising?.();
      this.#stopSupervising = void 0;
    }
    this.#quieter?.();
  }
  #isQuiet() {
    if (this.#calls.size > 0) return false;
    for (const connection of this.#connections) if (connection.streamsOpen > 0) return false;
    return true;
  }
  async #until(timeoutMs, isSo) {
    if (isSo()) return;
    const timer = new AbortController();
    const happened = new Promise((resolve) => {
      this.#quieter = () => {
        if (isSo()) resolve();
      };
    });
    await Promise.race([happened, this.clock.after(timeoutMs, timer.signal).catch(() => {
    })]);
    timer.abort();
    this.#quieter = void 0;
  }
};
var deaf = { data: () => {
}, roomAgain: () => {
}, aborted: () => {
} };

// src/etcd/member-ports.ts
function openClientPorts(parts) {
  const { config, consensus, metrics, clock } = parts;
  const log = parts.log.child("api");
  const rpcs = meteredRpcs(
    rpcTable(
      implementedRpcs(parts.services, {
        consensus,
        clock,
        electionTimeoutMs: config.electionTimeoutMs,
        requestBytesMax: config.requestBytesMax,
        countRequest: requestCounter(metrics)
      })
    ),
    metrics.rpcs
  );
  const receiveBytesMax = config.requestBytesMax + limits.requestOverheadBytes;
  const common = {
    health: healthSource(consensus, parts.state),
    healthObserver: metrics,
    healthTimeoutMs: requestTimeoutMs(config),
    metrics,
    clock,
    log
  };
  return new ClientPorts({
    clientUrls: config.listenClientUrls,
    metricsUrls: config.listenMetricsUrls,
    tls: parts.security,
    log,
    grpc: new Http2GrpcServer({
      rpcs: rpcs.values(),
      receiveBytesMax,
      concurrentStreamsMax: config.concurrentStreamsMax,
      clock,
      log
    }),
    http: new HttpServer({
      ...common,
      client: { rpcs, receiveBytesMax, version: parts.version }
    }),
    metricsHttp: new HttpServer({ ...common, client: void 0 })
  });
}
function requestCounter(metrics) {
  const counts = { unary: 0, stream: 0 };
  let counted3 = "";
  const handOver2 = () => {
    for (const type of ["unary", "stream"]) {
      if (counts[type] === 0) continue;
      metrics.server.clientRequests.inc({ type, client_api_version: counted3 }, counts[type]);
      counts[type] = 0;
    }
  };
  metrics.beforeScrape(handOver2);
  return (type, version) => {
    if (version !== counted3) {
      handOver2();
      counted3 = version;
    }
    counts[type] += 1;
  };
}

// src/etcd/member-security.ts
import { join as join2 } from "node:path";

// src/etcd/transport/tls/issue-certificate.ts
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { isIP as isIP4 } from "node:net";
var oid = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  organizationName: "2.5.4.10",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2"
};
var derTrue = der(derTag.boolean, Buffer.of(255));
var sanDnsName = 2;
var sanIpAddress = 7;
function issueCertificate(options) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "sec1", format: "pem" }
  });
  const algorithm = der(derTag.sequence, derObjectId(oid.ecdsaWithSha256));
  const toBeSigned = der(
    derTag.sequence,
    der(contextTag(0, true), derInteger(Buffer.of(2))),
    derInteger(options.serial),
    algorithm,
    nameOf2(options.issuer?.name ?? options.subject),
    der(derTag.sequence, derTime(options.notBefore), derTime(options.notAfter)),
    nameOf2(options.subject),
    publicKey,
    der(contextTag(3, true), der(derTag.sequence, ...extensions(options)))
  );
  const signature = sign(
    "sha256",
    toBeSigned,
    createPrivateKey(options.issuer?.keyPem ?? privateKey)
  );
  const certificate = der(derTag.sequence, toBeSigned, algorithm, bitString(signature));
  return { certPem: pem("CERTIFICATE", certificate), keyPem: privateKey };
}
function extensions({ hosts, forClients, isAuthority }) {
  if (isAuthority === true) {
    const signsCertificates = Buffer.of(2, 4);
    return [
      extension(oid.keyUsage, true, der(derTag.bitString, signsCertificates)),
      extension(oid.basicConstraints, true, der(derTag.sequence, derTrue))
    ];
  }
  const names = hosts.length === 0 ? [] : [der(derTag.sequence, ...hosts.map(altName))];
  const usages = forClients ? [oid.serverAuth, oid.clientAuth] : [oid.serverAuth];
  const digitalSignatureAndKeyEncipherment = Buffer.of(5, 160);
  return [
    extension(oid.keyUsage, true, der(derTag.bitString, digitalSignatureAndKeyEncipherment)),
    extension(oid.extendedKeyUsage, false, der(derTag.sequence, ...usages.map(derObjectId))),
    extension(oid.basicConstraints, true, der(derTag.sequence)),
    ...names.map((content) => extension(oid.subjectAltName, false, content))
  ];
}
function extension(id, isCritical, content) {
  const critical = isCritical ? [derTrue] : [];
  return der(derTag.sequence, derObjectId(id), ...critical, der(derTag.octetString, content));
}
function altName(host) {
  const version = isIP4(host);
  if (version === 0) return der(contextTag(sanDnsName, false), Buffer.from(host, "latin1"));
  const bytes = version === 4 ? host.split(".").map(Number) : ipv6Bytes(host);
  return der(contextTag(sanIpAddress, false), Buffer.from(bytes));
}
function ipv6Bytes(host) {
  const text = new URL(`http://[${host}]`).hostname.slice(1, -1);
  const [head6 = "", tail] = text.split("::");
  const groups = (part) => part === void 0 || part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const front = groups(head6);
  const back = groups(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  return [...front, ...zeros, ...back].flatMap((group) => [group >>> 8, group & 255]);
}
function nameOf2({ organization, commonName }) {
  const attribute = (id, text) => {
    if (text === void 0) return [];
    const value2 = der(derTag.utf8String, Buffer.from(text, "utf8"));
    return [der(derTag.set, der(derTag.sequence, derObjectId(id), value2))];
  };
  return der(
    derTag.sequence,
    ...attribute(oid.organizationName, organization),
    ...attribute(oid.commonName, commonName)
  );
}
function bitString(bytes) {
  return der(derTag.bitString, Buffer.of(0), bytes);
}
function pem(label, content) {
  const lines = content.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----
${lines}
-----END ${label}-----
`;
}

// src/etcd/member-security.ts
async function openSecurity(config, log) {
  const { security } = config;
  const clients = security.clientAutoTls ? await withOwnCertificate(config, security.clients, "client", log) : security.clients;
  const peers = security.peerAutoTls ? await withOwnCertificate(config, security.peers, "peer", log) : security.peers;
  return { clients, peers, dialer: new PeerDialer(peers, log.child("peer")) };
}
function peerListenAddresses(config, { peers }) {
  return config.listenPeerUrls.map((url) => ({
    ...bindAddress(url),
    tls: url.scheme === "https" ? peers : void 0
  }));
}
var msPerYear = 365 * 24 * 36e5;
var serialBytes = 16;
async function withOwnCertificate(config, settings, kind, log) {
  const urls = kind === "client" ? config.listenClientUrls : config.listenPeerUrls;
  const dir = join2(config.dataDir, "fixtures", kind);
  const certFile = join2(dir, "cert.pem");
  const keyFile = join2(dir, "key.pem");
  const own = { ...settings, certFile, keyFile, isSelfSigned: true };
  if (await nodeDisk.exists(certFile) && await nodeDisk.exists(keyFile)) return own;
  await nodeDisk.makeDir(dir);
  const nowMs = systemClock.wallMs();
  const notAfter = new Date(nowMs + config.security.selfSignedValidityYears * msPerYear);
  const pair = issueCertificate({
    subject: { organization: "etcd" },
    hosts: [...new Set(urls.map(({ host }) => host))],
    notBefore: new Date(nowMs),
    notAfter,
    serial: Uint8Array.from({ length: serialBytes }, () => systemRandom.below(256)),
    forClients: kind === "peer"
  });
  await replaceFile(nodeDisk, dir, "key.pem", Buffer.from(pair.keyPem));
  await replaceFile(nodeDisk, dir, "cert.pem", Buffer.from(pair.certPem));
  log.warn("automatically generate certificates", {
    "certificate-validity-bound-not-after": notAfter.toISOString(),
    "cert-file": certFile
  });
  return own;
}

// src/etcd/service/at-leader.ts
var RETRY_MS = 50;
async function untilLeaderAnswers(options, attempt, signal) {
  const { clock, timeoutMs } = options;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (; ; ) {
    if (signal?.aborted === true) throw new EtcdError("Canceled");
    const answer4 = await attempt(signal);
    if (answer4 !== "try-again") return answer4.value;
    if (clock.monotonicMs() >= deadlineMs) throw new EtcdError("Timeout");
    await clock.after(RETRY_MS, signal).catch(() => void 0);
  }
}

// src/etcd/service/reconfig-check.ts
var ACTIVE_MS_MIN = 5e3;
function checkAdd(view, isLearner) {
  const voters = view.members.filter((member) => !member.isLearner);
  const votersAfter = voters.length + (isLearner ? 0 : 1);
  if (!isLearner) {
    const started = voters.filter(hasStarted).length;
    const grows = started === 1 && votersAfter === 2;
    if (!grows && started < quorum(votersAfter)) throw new EtcdError("MemberNotEnoughStarted");
    if (grows) return checkConnected(view, voters, voters.length);
  }
  checkConnected(view, voters, votersAfter);
}
function checkRemove(view, id) {
  if (view.members.find((member) => member.id === id)?.isLearner === true) return;
  const voters = view.members.filter((member) => !member.isLearner);
  const remaining = voters.filter((member) => member.id !== id);
  if (remaining.filter(hasStarted).length < quorum(remaining.length)) {
    throw new EtcdError("MemberNotEnoughStarted");
  }
  if (id !== view.selfId && view.connectedForMs(id) === void 0) return;
  if (countConnected(view, voters) - 1 < quorum(voters.length - 1))
    throw new EtcdError("Unhealthy");
}
function checkPromote(view) {
  const voters = view.members.filter((member) => !member.isLearner);
  const started = voters.filter(hasStarted).length + 1;
  if (started < quorum(voters.length + 1)) throw new EtcdError("MemberNotEnoughStarted");
}
function checkConnected(view, voters, size) {
  if (countConnected(view, voters) < quorum(size)) throw new EtcdError("Unhealthy");
}
function countConnected(view, voters) {
  return voters.filter(({ id }) => {
    if (id === view.selfId) return true;
    return (view.connectedForMs(id) ?? 0) >= ACTIVE_MS_MIN;
  }).length;
}
function hasStarted(member) {
  return member.name !== "";
}
function quorum(size) {
  return Math.floor(size / 2) + 1;
}

// src/etcd/service/cluster.ts
var READY_SHARE = 0.9;
var ClusterService = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  async list(request2, signal) {
    if (request2.linearizable) await this.#options.consensus.readBarrier(signal);
    return membersAnswer(this.#options.members());
  }
  async add(request2, signal) {
    const peerUrls = parsePeerUrls(request2.peerURLs);
    const { consensus, clock, strictReconfigCheck } = this.#options;
    const id = memberIdFor(peerUrls, "", Math.floor(clock.wallMs() / 1e3));
    if (strictReconfigCheck) checkAdd(this.#view(), request2.isLearner);
    const { isLearner } = request2;
    const added = { id, name: "", peerUrls, clientUrls: [], isLearner };
    const change = {
      type: isLearner ? ConfChangeType.ConfChangeAddLearnerNode : ConfChangeType.ConfChangeAddNode,
      nodeId: id,
      context: utf8Bytes(memberJson(added))
    };
    const members = await consensus.proposeConfChange(change, signal);
    const body = encodeMemberAddResponse({
      member: toProto(added),
      members: sortMembers(members).map(toProto)
    });
    return { body, revision: 0 };
  }
  async remove(request2, signal) {
    const { consensus, strictReconfigCheck } = this.#options;
    if (strictReconfigCheck) checkRemove(this.#view(), request2.ID);
    const change = { type: ConfChangeType.ConfChangeRemoveNode, nodeId: request2.ID };
    return membersAnswer(await consensus.proposeConfChange(change, signal));
  }
  async update(request2, signal) {
    parsePeerUrls(request2.peerURLs);
    const { ID: id, peerURLs: peerUrls } = request2;
    const updated = { id, name: "", peerUrls, clientUrls: [], isLearner: false };
    const change = {
      type: ConfChangeType.ConfChangeUpdateNode,
      nodeId: id,
      context: utf8Bytes(memberJson(updated))
    };
    return membersAnswer(await this.#options.consensus.proposeConfChange(change, signal));
  }
  async promote(request2, signal) {
    const { clock, requestTimeoutMs: timeoutMs } = this.#options;
    const attempt = () => this.#tryPromote(request2.ID, signal);
    return membersAnswer(await untilLeaderAnswers({ clock, timeoutMs }, attempt, signal));
  }
  /** What the leader does, for its own clients and for members that forward. Throws NotLeader. */
  async promoteHere(id, signal) {
    const { consensus, strictReconfigCheck } = this.#options;
    const leaderMatch = consensus.matchIndexOf(consensus.memberId);
    if (leaderMatch === void 0) throw new EtcdError("NotLeader");
    const match = consensus.matchIndexOf(id);
    if (match === void 0) throw new EtcdError("MemberNotFound");
    if (match < READY_SHARE * leaderMatch) throw new EtcdError("LearnerNotReady");
    if (strictReconfigCheck) checkPromote(this.#view());
    const change = {
      type: ConfChangeType.ConfChangeAddNode,
      nodeId: id,
      context: utf8Bytes(promotionJson(id))
    };
    return await consensus.proposeConfChange(change, signal);
  }
  async #tryPromote(id, signal) {
    try {
      return { kind: "answer", value: await this.promoteHere(id, signal) };
    } catch (error) {
      if (!isNotLeader(error)) throw error;
    }
    if (this.#options.consensus.status().leader === 0n) return "try-again";
    try {
      return { kind: "answer", value: await this.#options.promoteAtLeader(id, signal) };
    } catch (error) {
      if (isRefusal(error)) throw error;
      return "try-again";
    }
  }
  #view() {
    const { consensus, members, connectedForMs } = this.#options;
    return { selfId: consensus.memberId, members: members(), connectedForMs };
  }
};
function membersAnswer(members) {
  const body = encodeMemberListResponse({ members: sortMembers(members).map(toProto) });
  return { body, revision: 0 };
}
function toProto(member) {
  return {
    ID: member.id,
    name: member.name,
    peerURLs: member.peerUrls,
    clientURLs: member.clientUrls,
    isLearner: member.isLearner
  };
}
function parsePeerUrls(texts3) {
  const urls = parseUrlList(texts3);
  if (!urls.ok || urls.value.length === 0) throw new EtcdError("MemberBadURLs");
  return urls.value.map((url) => url.text);
}
function isRefusal(error) {
  if (!(error instanceof EtcdError)) return false;
  return !["NotLeader", "NoLeader", "Timeout"].includes(error.name);
}
function isNotLeader(error) {
  return error instanceof EtcdError && error.name === "NotLeader";
}

// src/etcd/service/failover.ts
var outcomes = {
  forgotten: ForgetLeaderResponse_Outcome.FORGOTTEN,
  "already-leaderless": ForgetLeaderResponse_Outcome.ALREADY_LEADERLESS,
  "no-longer-so": ForgetLeaderResponse_Outcome.NO_LONGER_SO,
  "is-leader": ForgetLeaderResponse_Outcome.IS_LEADER
};
var FailoverService = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Idempotent and safe at any moment: the request names the leader and term that the caller
   * believes dead, and a member that has moved on since does nothing.
   */
  forgetLeader(request2) {
    const { consensus, currentRevision } = this.#options;
    const outcome = consensus.forgetLeader(request2);
    const after = consensus.status();
    const body = encodeForgetLeaderResponse({
      outcome: outcomes[outcome.did],
      campaigning: outcome.campaigning,
      leaderId: after.leader,
      term: after.term
    });
    return { body, revision: currentRevision() };
  }
  /** Reports at once, on every change and every heartbeat, until the returned function is called. */
  observe(report) {
    const { consensus, currentRevision, clock, heartbeatMs } = this.#options;
    const send2 = () => {
      report({ body: observed(consensus.status()), revision: currentRevision() });
    };
    const stopListening = consensus.onChange(send2);
    const stopTicking = clock.every(heartbeatMs, send2);
    send2();
    return () => {
      stopListening();
      stopTicking();
    };
  }
};
function observed(status2) {
  return encodeObserveResponse({
    leaderId: status2.leader,
    term: status2.term,
    lastIndex: status2.lastIndex,
    lastTerm: status2.lastTerm,
    appliedIndex: status2.appliedIndex,
    millisSinceLeader: Math.floor(status2.millisSinceLeaderHeard),
    role: status2.role,
    isLearner: status2.isLearner,
    commitIndex: status2.commitIndex
  });
}

// src/etcd/watch/range-tree.ts
var RangeTree = class {
  #root;
  /** Balance only: a fixed seed keeps runs repeatable, the shape never shows. */
  #random = seededRandom(1);
  get isEmpty() {
    return this.#root === void 0;
  }
  add(range, value2) {
    this.#root = this.#insert(this.#root, range, value2);
  }
  remove(range, value2) {
    this.#root = remove(this.#root, range, value2);
  }
  /** Visits every value whose range contains the key. The tree must not change meanwhile. */
  visitContaining(key, visit) {
    stab(this.#root, key, visit);
  }
  /** Whether any range contains the key. */
  covers(key) {
    return anyContaining(this.#root, key);
  }
  #insert(node, range, value2) {
    if (node === void 0) {
      const priority = this.#random.below(4294967296);
      const values = /* @__PURE__ */ new Set([value2]);
      return { range, values, priority, left: void 0, right: void 0, maxTo: range.to };
    }
    const order = compareRanges(range, node.range);
    if (order === 0) {
      node.values.add(value2);
      return node;
    }
    if (order < 0) {
      node.left = this.#insert(node.left, range, value2);
      if (node.left.priority > node.priority) return rotateRight(node, node.left);
    } else {
      node.right = this.#insert(node.right, range, value2);
      if (node.right.priority > node.priority) return rotateLeft(node, node.right);
    }
    update3(node);
    return node;
  }
};
function stab(node, key, visit) {
  if (node === void 0 || !endsAfter(node.maxTo, key)) return;
  stab(node.left, key, visit);
  if (compareBytes(node.range.from, key) > 0) return;
  if (endsAfter(node.range.to, key)) for (const value2 of node.values) visit(value2);
  stab(node.right, key, visit);
}
function anyContaining(node, key) {
  if (node === void 0 || !endsAfter(node.maxTo, key)) return false;
  if (anyContaining(node.left, key)) return true;
  if (compareBytes(node.range.from, key) > 0) return false;
  return endsAfter(node.range.to, key) || anyContaining(node.right, key);
}
function remove(node, range, value2) {
  if (node === void 0) return void 0;
  const order = compareRanges(range, node.range);
  if (order === 0) {
    node.values.delete(value2);
    return node.values.size === 0 ? merge2(node.left, node.right) : node;
  }
  if (order < 0) node.left = remove(node.left, range, value2);
  else node.right = remove(node.right, range, value2);
  update3(node);
  return node;
}
function merge2(left, right) {
  if (left === void 0) return right;
  if (right === void 0) return left;
  if (left.priority > right.priority) {
    left.right = merge2(left.right, right);
    update3(left);
    return left;
  }
  right.left = merge2(left, right.left);
  update3(right);
  return right;
}
function rotateRight(node, left) {
  node.left = left.right;
  left.right = node;
  update3(node);
  update3(left);
  return left;
}
function rotateLeft(node, right) {
  node.right = right.left;
  right.left = node;
  update3(node);
  update3(right);
  return right;
}
function update3(node) {
  let maxTo = node.range.to;
  for (const child of [node.left, node.right]) {
    if (child === void 0 || maxTo === void 0) continue;
    if (child.maxTo === void 0 || compareBytes(child.maxTo, maxTo) > 0) maxTo = child.maxTo;
  }
  node.maxTo = maxTo;
}
function compareRanges(a, b) {
  const order = compareBytes(a.from, b.from);
  if (order !== 0) return order;
  if (a.to === void 0) return b.to === void 0 ? 0 : 1;
  return b.to === void 0 ? -1 : compareBytes(a.to, b.to);
}
function endsAfter(to, key) {
  return to === void 0 || compareBytes(to, key) > 0;
}

// src/etcd/service/txn-check.ts
var SORT_ORDER_MAX = 2;
var SORT_TARGET_MAX = 4;
function checkRange2(request2) {
  if (request2.key.length === 0) throw new EtcdError("EmptyKey");
  if (!isEnumValue(request2.sortOrder, SORT_ORDER_MAX)) throw new EtcdError("InvalidSortOption");
  if (!isEnumValue(request2.sortTarget, SORT_TARGET_MAX)) throw new EtcdError("InvalidSortOption");
}
function checkPut2(request2) {
  if (request2.key.length === 0) throw new EtcdError("EmptyKey");
  if (request2.ignoreValue && request2.value.length !== 0) throw new EtcdError("ValueProvided");
  if (request2.ignoreLease && request2.lease !== 0n) throw new EtcdError("LeaseProvided");
}
function checkDeleteRange(request2) {
  if (request2.key.length === 0) throw new EtcdError("EmptyKey");
}
function checkTxn(request2, opsMax) {
  checkTxnShape(request2, opsMax, 0);
  checkOverlaps(request2.success);
  checkOverlaps(request2.failure);
}
function checkTxnShape(request2, opsMax, depth) {
  const { compare, success, failure } = request2;
  const ops = Math.max(compare.length, success.length, failure.length);
  if (ops > opsMax || depth > limits.txnDepthMax) throw new EtcdError("TooManyOps");
  for (const { key } of compare) if (key.length === 0) throw new EtcdError("EmptyKey");
  for (const op of success) checkOp(op, opsMax - ops, depth);
  for (const op of failure) checkOp(op, opsMax - ops, depth);
}
function checkOp(op, opsMax, depth) {
  if (op.requestRange !== void 0) checkRange2(op.requestRange);
  else if (op.requestPut !== void 0) checkPut2(op.requestPut);
  else if (op.requestDeleteRange !== void 0) checkDeleteRange(op.requestDeleteRange);
  else if (op.requestTxn !== void 0) checkTxnShape(op.requestTxn, opsMax, depth + 1);
  else throw new EtcdError("KeyNotFound");
}
function checkOverlaps(ops) {
  const deletes = [];
  const tree = new RangeTree();
  const addDelete = (range) => {
    deletes.push(range);
    tree.add(range, true);
  };
  for (const { requestDeleteRange } of ops) {
    if (requestDeleteRange !== void 0) addDelete(deletedRange(requestDeleteRange));
  }
  const puts = /* @__PURE__ */ new Set();
  const addPut = (key, mayRepeat) => {
    if (puts.has(key) && mayRepeat?.has(key) !== true) throw new EtcdError("DuplicateKey");
    if (tree.covers(Buffer.from(key, "latin1"))) throw new EtcdError("DuplicateKey");
    puts.add(key);
  };
  for (const { requestTxn } of ops) {
    if (requestTxn === void 0) continue;
    const success = checkOverlaps(requestTxn.success);
    const failure = checkOverlaps(requestTxn.failure);
    for (const key of success.puts) addPut(key, void 0);
    for (const key of failure.puts) addPut(key, success.puts);
    for (const range of success.deletes) addDelete(range);
    for (const range of failure.deletes) addDelete(range);
  }
  for (const { requestPut } of ops) {
    if (requestPut !== void 0) addPut(keyText(requestPut.key), void 0);
  }
  return { puts, deletes };
}
function deletedRange(request2) {
  const { key, rangeEnd } = request2;
  if (rangeEnd.length !== 0) return { from: key, to: rangeEnd };
  const to = new Uint8Array(key.length + 1);
  to.set(key);
  return { from: key, to };
}
function isEnumValue(value2, max) {
  return value2 >= 0 && value2 <= max;
}
function keyText(key) {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

// src/etcd/service/txn-read.ts
function isReadOnly(request2) {
  return everyOp(request2, (op) => op.requestRange !== void 0);
}
function isSerializable(request2) {
  return everyOp(request2, (op) => op.requestRange?.serializable === true);
}
var RESPONSE_RANGE = 1;
var SUCCEEDED = 2;
var RESPONSES = 3;
var HEADER = 1;
var HEADER_REVISION = 3;
function readTxn(request2, store) {
  const revision = store.currentRevision;
  const succeeded = request2.compare.every((compare) => holds(compare, store));
  const header2 = bytesField(HEADER, varintField(HEADER_REVISION, revision));
  const parts = [varintField(SUCCEEDED, succeeded ? 1 : 0)];
  for (const op of succeeded ? request2.success : request2.failure) {
    if (op.requestRange === void 0) continue;
    const { revision: asked } = op.requestRange;
    if (asked < 0 && asked < store.compactRevision) throw new EtcdError("Compacted");
    const range = concatBytes([header2, ...rangeBody(store.range(op.requestRange))]);
    parts.push(bytesField(RESPONSES, bytesField(RESPONSE_RANGE, range)));
  }
  return { body: concatBytes(parts), revision };
}
function everyOp(request2, test) {
  return request2.success.every(test) && request2.failure.every(test);
}
var defaultRange = decodeRangeRequest(emptyBytes);
function holds(compare, store) {
  const { key, rangeEnd } = compare;
  const kvs = keyValuesOf(store.range({ ...defaultRange, key, rangeEnd }));
  if (kvs.length === 0) {
    return compare.target !== Compare_CompareTarget.VALUE && resultHolds(compare, void 0);
  }
  return kvs.every((kv) => resultHolds(compare, decodeKeyValue(kv)));
}
function resultHolds(compare, kv) {
  const order = compareTarget(compare, kv);
  switch (compare.result) {
    case Compare_CompareResult.EQUAL:
      return order === 0;
    case Compare_CompareResult.GREATER:
      return order > 0;
    case Compare_CompareResult.LESS:
      return order < 0;
    case Compare_CompareResult.NOT_EQUAL:
      return order !== 0;
    default:
      return true;
  }
}
function compareTarget(compare, kv) {
  switch (compare.target) {
    case Compare_CompareTarget.VERSION:
      return (kv?.version ?? 0) - (compare.version ?? 0);
    case Compare_CompareTarget.CREATE:
      return (kv?.createRevision ?? 0) - (compare.createRevision ?? 0);
    case Compare_CompareTarget.MOD:
      return (kv?.modRevision ?? 0) - (compare.modRevision ?? 0);
    case Compare_CompareTarget.VALUE:
      return compareBytes(kv?.value ?? emptyBytes, compare.value ?? emptyBytes);
    case Compare_CompareTarget.LEASE: {
      const lease = kv?.lease ?? 0n;
      const wanted = compare.lease ?? 0n;
      return lease < wanted ? -1 : lease > wanted ? 1 : 0;
    }
    default:
      return 0;
  }
}

// src/etcd/service/kv.ts
var SHORT_LIST_KEYS = 100;
var KvService = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /** What is short and needs no barrier is answered at once, without a turn of the event loop. */
  range(request2, caller) {
    checkRange2(request2);
    const { consensus } = this.#options;
    if (request2.serializable || consensus.canReadNow) return this.#readRange(request2, caller);
    const read = () => this.#readRange(request2, caller);
    consensus.readBarrierFor(new ReadAfterBarrier(caller, read));
  }
  put(request2, caller) {
    this.#options.space.ensureSpace(putCost(request2));
    checkPut2(request2);
    this.#options.consensus.proposeFor({ put: request2 }, caller);
  }
  deleteRange(request2, caller) {
    checkDeleteRange(request2);
    this.#options.consensus.proposeFor({ deleteRange: request2 }, caller);
  }
  txn(request2, caller) {
    this.#options.space.ensureSpace(txnCost(request2));
    checkTxn(request2, this.#options.txnOpsMax);
    if (!isReadOnly(request2)) return this.#options.consensus.proposeFor({ txn: request2 }, caller);
    const read = () => caller.answered(readTxn(request2, this.#options.store()));
    if (isSerializable(request2) || this.#options.consensus.canReadNow) return read();
    this.#options.consensus.readBarrierFor(new ReadAfterBarrier(caller, read));
  }
  /** With `physical` the answer waits until the old revisions are gone from this member's disk. */
  async compact(request2, signal) {
    const answer4 = await this.#options.consensus.propose({ compaction: request2 }, signal);
    if (request2.physical) await this.#options.compactionDone(request2.revision);
    return { body: answer4.body, revision: this.#options.store().currentRevision };
  }
  #readRange(request2, caller) {
    const store = this.#options.store();
    if (isShort(request2)) return caller.answered(store.range(request2));
    store.rangeInPieces(request2).then(
      (result) => caller.answered(result),
      (error) => caller.failed(error)
    );
  }
};
var ReadAfterBarrier = class {
  #caller;
  #read;
  constructor(caller, read) {
    this.#caller = caller;
    this.#read = read;
  }
  answered() {
    try {
      this.#read();
    } catch (error) {
      this.#caller.failed(error);
    }
  }
  failed(error) {
    this.#caller.failed(error);
  }
  waitsFor(work) {
    this.#caller.waitsFor(work);
  }
};
function isShort({ rangeEnd, limit }) {
  return rangeEnd.length === 0 || limit > 0 && limit <= SHORT_LIST_KEYS;
}

// src/etcd/service/lease.ts
var LeaseService = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  async grant(request2, signal) {
    this.#options.space.ensureSpace(leaseGrantCost);
    const ID = request2.ID === 0n ? this.#unusedId() : request2.ID;
    const leaseGrant = { ID, TTL: request2.TTL };
    return await this.#options.consensus.propose({ leaseGrant }, signal);
  }
  async revoke(request2, signal) {
    return await this.#options.consensus.propose({ leaseRevoke: request2 }, signal);
  }
  /**
   * The usual renewal, at a leader that has the lease: its granted TTL in seconds, without a
   * promise in between. undefined: nothing was done, `keepAlive` finds out.
   */
  keepAliveAtOnce(id) {
    const { consensus, lessor, clock } = this.#options;
    if (!consensus.leadsForCertain()) return void 0;
    const renewed = lessor().renew(id, clock.monotonicMs());
    return typeof renewed === "number" ? renewed : void 0;
  }
  /** For the header of `keepAliveAtOnce`. */
  get currentRevision() {
    return this.#options.currentRevision();
  }
  /** A lease that does not exist is answered with TTL 0, not with an error. */
  async keepAlive(id, signal) {
    const revision = this.#options.currentRevision();
    const TTL = await this.renew(id, signal).catch(zeroWhenNotFound);
    return { body: encodeLeaseKeepAliveResponse({ ID: id, TTL }), revision };
  }
  /** The granted TTL in seconds. Throws LeaseNotFound, NotPrimaryLessor, Timeout. Also for peers. */
  async renew(id, signal) {
    const { clock, requestTimeoutMs: timeoutMs } = this.#options;
    return await untilLeaderAnswers({ clock, timeoutMs }, () => this.#tryRenew(id, signal), signal);
  }
  /** Also for peers, who ask without a header. */
  async timeToLive(request2, signal) {
    const { clock, requestTimeoutMs: timeoutMs, currentRevision } = this.#options;
    const revision = currentRevision();
    const attempt = () => this.#tryTimeToLive(request2, signal);
    const response = await untilLeaderAnswers({ clock, timeoutMs }, attempt, signal).catch(
      (error) => {
        if (!isNotFound(error)) throw error;
        return { ID: request2.ID, TTL: -1 };
      }
    );
    return { body: encodeLeaseTimeToLiveResponse({ ...response, header: void 0 }), revision };
  }
  /** The leases this member knows, least remaining time first; not linearizable, as in etcd. */
  leases() {
    const { lessor, clock, currentRevision } = this.#options;
    const leases = lessor().list(clock.monotonicMs()).map(({ id }) => ({ ID: id }));
    return { body: encodeLeaseLeasesResponse({ leases }), revision: currentRevision() };
  }
  async #tryRenew(id, signal) {
    if (!this.#isLeader()) return await this.#tryRenewAtLeader(id, signal);
    if (!await this.#options.consensus.ensureLeadership(signal)) {
      throw new EtcdError("NotPrimaryLessor");
    }
    if (!this.#options.lessor().has(id)) await this.#options.consensus.readBarrier(signal);
    const renewed = this.#options.lessor().renew(id, this.#options.clock.monotonicMs());
    switch (renewed) {
      case "unknown":
        throw new EtcdError("LeaseNotFound");
      case "not-primary":
      // Its revocation is on the way through the log; the next attempt finds it gone.
      case "expired":
        return "try-again";
      default:
        return { kind: "answer", value: renewed };
    }
  }
  async #tryRenewAtLeader(id, signal) {
    if (this.#options.consensus.status().leader === 0n) return "try-again";
    try {
      return { kind: "answer", value: await this.#options.renewAtLeader(id, signal) };
    } catch (error) {
      if (isNotFound(error)) throw error;
      return "try-again";
    }
  }
  async #tryTimeToLive(request2, signal) {
    const { consensus, lessor, clock, attachedKeys: attachedKeys2, timeToLiveAtLeader } = this.#options;
    const { ID, keys } = request2;
    if (this.#isLeader()) {
      await consensus.readBarrier(signal);
      if (!this.#isLeader()) throw new EtcdError("LeaderChanged");
      const status2 = lessor().status(ID, clock.monotonicMs());
      if (status2 === void 0) throw new EtcdError("LeaseNotFound");
      const value2 = {
        ID,
        TTL: status2.remainingSeconds,
        grantedTTL: status2.ttlSeconds,
        keys: keys ? attachedKeys2(ID) : []
      };
      return { kind: "answer", value: value2 };
    }
    if (consensus.status().leader === 0n) return "try-again";
    try {
      return { kind: "answer", value: await timeToLiveAtLeader(ID, keys, signal) };
    } catch (error) {
      if (isNotFound(error)) throw error;
      return "try-again";
    }
  }
  #isLeader() {
    return this.#options.consensus.status().role === "leader";
  }
  /** A positive number of 63 bits that no lease known here has. */
  #unusedId() {
    const { random, lessor } = this.#options;
    for (; ; ) {
      const high = BigInt(random.below(2147483648));
      const id = high << 32n | BigInt(random.below(4294967296));
      if (id !== 0n && !lessor().has(id)) return id;
    }
  }
};
function isNotFound(error) {
  return error instanceof EtcdError && error.name === "LeaseNotFound";
}
function zeroWhenNotFound(error) {
  if (isNotFound(error)) return 0;
  throw error;
}

// src/etcd/service/maintenance.ts
import { createHash as createHash3 } from "node:crypto";
var SNAPSHOT_BLOB_BYTES = 32 * 1024;
var MaintenanceService = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /** Local: works without a leader and without a quorum. */
  status() {
    const { consensus, store, backend, version, storageVersion, quotaBytes } = this.#options;
    const status2 = consensus.status();
    const body = encodeStatusResponse({
      version,
      dbSize: backend().sizeBytes(),
      leader: status2.leader,
      raftIndex: status2.commitIndex,
      raftTerm: status2.term,
      raftAppliedIndex: status2.appliedIndex,
      errors: this.#errors(status2.leader),
      dbSizeInUse: backend().sizeInUseBytes(),
      isLearner: status2.isLearner,
      storageVersion: storageVersion(),
      dbSizeQuota: quotaBytes ?? 0,
      downgradeInfo: { enabled: false }
    });
    return { body, revision: store().currentRevision };
  }
  /** Reading the alarms goes through the log too, so the answer is linearizable. */
  async alarm(request2, signal) {
    if (request2.action < 0 || request2.action > AlarmRequest_AlarmAction.DEACTIVATE) {
      throw new StatusError(Code.invalidArgument, "etcdserver: unknown alarm action");
    }
    return await this.#options.consensus.propose({ alarm: request2 }, signal);
  }
  async hashKv(request2) {
    const store = this.#options.store();
    const result = await store.hashKv(request2.revision);
    return { body: encodeHashKVResponse(result), revision: store.currentRevision };
  }
  /** A response without a header. Goes on when its caller has gone away, as in etcd. */
  async defragment() {
    try {
      await this.#options.defragment();
    } catch (error) {
      throw new StatusError(Code.unknown, messageOf(error));
    }
    return { body: new Uint8Array(0), revision: 0 };
  }
  async hash() {
    const { hash, revision } = await this.#options.hash();
    return { body: encodeHashResponse({ hash }), revision };
  }
  /** Only the leader moves its leadership, and only to a voter. */
  async moveLeader(request2, signal) {
    const { consensus, members } = this.#options;
    if (consensus.status().leader !== consensus.memberId) throw new EtcdError("NotLeader");
    const target = members().find((member) => member.id === request2.targetID);
    if (target === void 0 || target.isLearner) throw new EtcdError("BadLeaderTransferee");
    await consensus.transferLeadership(request2.targetID, signal);
    return { body: new Uint8Array(0), revision: 0 };
  }
  /**
   * SnapshotResponses: blobs with what remains after each, then the SHA-256 of all of it, by which
   * etcdctl and etcdutl know that the file is whole.
   */
  async *snapshot() {
    const version = this.#options.storageVersion();
    const source = await this.#options.openSnapshot();
    try {
      const hash = createHash3("sha256");
      let remainingBytes = source.sizeBytes;
      for await (const blob of inBlobs(source.chunks, SNAPSHOT_BLOB_BYTES)) {
        hash.update(blob);
        remainingBytes -= blob.length;
        if (remainingBytes < 0) throw new Error("the snapshot is larger than it was planned");
        yield encodeSnapshotResponse({ remainingBytes, blob, version });
      }
      if (remainingBytes !== 0) throw new Error("the snapshot is smaller than it was planned");
      yield encodeSnapshotResponse({ remainingBytes: 0, blob: hash.digest(), version });
    } finally {
      source.close();
    }
  }
  #errors(leader2) {
    const errors = leader2 === 0n ? [new EtcdError("NoLeader").message] : [];
    for (const { memberID, alarm } of this.#options.alarms()) {
      errors.push(`memberID:${memberID} alarm:${alarmName(alarm)}`);
    }
    return errors;
  }
};
async function* inBlobs(chunks, blobBytes) {
  let blob = Buffer.allocUnsafe(blobBytes);
  let filled2 = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + blobBytes - filled2);
      blob.set(part, filled2);
      filled2 += part.length;
      at += part.length;
      if (filled2 < blobBytes) continue;
      yield blob;
      blob = Buffer.allocUnsafe(blobBytes);
      filled2 = 0;
    }
  }
  if (filled2 > 0) yield blob.subarray(0, filled2);
}
function alarmName(alarm) {
  const found = Object.entries(AlarmType).find(([, value2]) => value2 === alarm);
  return found?.[0] ?? String(alarm);
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

// src/etcd/service/space-guard.ts
var SpaceGuard = class {
  #options;
  #isRaising = false;
  constructor(options) {
    this.#options = options;
  }
  /** Throws NoSpace. */
  ensureSpace(cost) {
    const { quotaBytes, sizeBytes } = this.#options;
    if (quotaBytes === void 0 || hasSpace(sizeBytes(), cost, quotaBytes)) return;
    this.#raiseAlarm();
    throw new EtcdError("NoSpace");
  }
  /** One attempt at a time; a failed one is repeated by the next refused request. */
  #raiseAlarm() {
    const { consensus, hasAlarm } = this.#options;
    if (this.#isRaising || hasAlarm()) return;
    this.#isRaising = true;
    const alarm = {
      action: AlarmRequest_AlarmAction.ACTIVATE,
      memberID: consensus.memberId,
      alarm: AlarmType.NOSPACE
    };
    const done = () => {
      this.#isRaising = false;
    };
    consensus.propose({ alarm }).then(done, done);
  }
};

// src/etcd/service/watch.ts
var WatchService = class {
  #hub;
  constructor(hub) {
    this.#hub = hub;
  }
  open(sink) {
    return this.#hub.openStream(sink);
  }
};

// src/etcd/member-services.ts
function createServices(parts) {
  const { config, consensus, state, hub, clock } = parts;
  const { quotaBytes } = config;
  const currentRevision = () => state.current.store.currentRevision;
  const space = new SpaceGuard({
    consensus,
    sizeBytes: () => usedBytes(state, quotaBytes),
    quotaBytes,
    hasAlarm: () => hasOwnAlarm(state, consensus.memberId)
  });
  return {
    kv: new KvService({
      consensus,
      store: () => state.current.store,
      space,
      txnOpsMax: config.txnOpsMax,
      compactionDone: parts.compactionDone
    }),
    watch: new WatchService(hub),
    lease: createLeaseService(parts, space, currentRevision),
    cluster: createClusterService(parts),
    maintenance: new MaintenanceService({
      consensus,
      store: () => state.current.store,
      backend: () => state.current.backend,
      members: parts.members,
      alarms: () => state.current.alarms.list(),
      version: servedEtcdVersion,
      storageVersion: parts.storageVersion,
      quotaBytes,
      defragment: () => state.defragment(),
      hash: () => state.hash(),
      openSnapshot: () => state.openDatabase()
    }),
    failover: new FailoverService({
      consensus,
      currentRevision,
      clock,
      heartbeatMs: config.heartbeatIntervalMs
    }),
    currentRevision
  };
}
function createLeaseService(parts, space, currentRevision) {
  const { config, consensus, state, clock } = parts;
  return new LeaseService({
    consensus,
    lessor: () => state.current.lessor,
    attachedKeys: (id) => {
      const { backend, lessor } = state.current;
      return backend.read((txn) => lessor.attachedKeys(txn, id));
    },
    currentRevision,
    space,
    clock,
    random: systemRandom,
    requestTimeoutMs: requestTimeoutMs(config),
    renewAtLeader: (id, signal) => atLeader(parts, signal, (url, bounded) => renewLeaseOnLeader(url, id, bounded, parts.dialer)),
    timeToLiveAtLeader: (id, keys, signal) => atLeader(
      parts,
      signal,
      (url, bounded) => leaseTimeToLiveOnLeader(url, id, keys, bounded, parts.dialer)
    )
  });
}
function createClusterService(parts) {
  const { config, consensus, clock } = parts;
  return new ClusterService({
    consensus,
    members: parts.members,
    connectedForMs: (id) => {
      const sinceMs = parts.peers().activeSinceMs(id);
      return sinceMs === void 0 ? void 0 : clock.monotonicMs() - sinceMs;
    },
    clock,
    strictReconfigCheck: config.strictReconfigCheck,
    requestTimeoutMs: requestTimeoutMs(config),
    promoteAtLeader: (id, signal) => atLeader(parts, signal, (url, bounded) => promoteOnLeader(url, id, bounded, parts.dialer))
  });
}
async function atLeader(parts, signal, ask) {
  const { leader: leader2 } = parts.consensus.status();
  const urls = parts.members().find(({ id }) => id === leader2)?.peerUrls ?? [];
  let failure = new EtcdError("NoLeader");
  for (const url of urls) {
    const timeout = AbortSignal.timeout(requestTimeoutMs(parts.config));
    const bounded = signal === void 0 ? timeout : AbortSignal.any([signal, timeout]);
    try {
      return await ask(url, bounded);
    } catch (error) {
      if (error instanceof EtcdError) throw error;
      failure = error;
    }
  }
  throw failure;
}
function usedBytes(state, quotaBytes) {
  const { backend } = state.current;
  const sizeBytes = backend.sizeBytes();
  const isClose = quotaBytes !== void 0 && sizeBytes > quotaBytes / 2;
  return isClose ? backend.sizeInUseBytes() : sizeBytes;
}
function hasOwnAlarm(state, memberId) {
  const alarms = state.current.alarms.list(AlarmType.NOSPACE);
  return alarms.some(({ memberID }) => memberID === memberId);
}

// src/etcd/metrics/instruments.ts
var Instruments = class {
  families = [];
  counter(name, help, labelNames = []) {
    return this.#add(new Counter(name, help, "counter", labelNames));
  }
  gauge(name, help, labelNames = []) {
    return this.#add(new Gauge(name, help, "gauge", labelNames));
  }
  histogram(name, help, buckets2, labelNames = []) {
    return this.#add(new Histogram(name, help, labelNames, buckets2));
  }
  #add(family) {
    this.families.push(family);
    return family;
  }
};
var SeriesTable = class {
  name;
  help;
  type;
  #labelNames;
  #series = /* @__PURE__ */ new Map();
  /** The one without labels, which the busiest instruments have. */
  #plain;
  constructor(name, help, type, labelNames) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.#labelNames = labelNames;
  }
  reset() {
    this.#series.clear();
    this.#plain = void 0;
  }
  samples() {
    if (this.#labelNames.length === 0) this.at(void 0);
    return [...this.#series.values()].flatMap(({ labels, series }) => this.sample(labels, series));
  }
  at(labels) {
    if (labels === void 0) return this.#plain ??= this.#find("", {});
    let key = "";
    for (const name of this.#labelNames) {
      const value2 = labels[name];
      if (value2 !== void 0) key += `${name}=${JSON.stringify(String(value2))}`;
    }
    return this.#find(key, labels);
  }
  #find(key, labels) {
    const found = this.#series.get(key);
    if (found !== void 0) return found.series;
    const series = this.create();
    this.#series.set(key, { labels: { ...labels }, series });
    return series;
  }
};
var Amounts = class extends SeriesTable {
  inc(labels = 1, by = 1) {
    if (typeof labels === "number") this.at(void 0).value += labels;
    else this.at(labels).value += by;
  }
  create() {
    return { value: 0 };
  }
  sample(labels, { value: value2 }) {
    return [{ metricName: this.name, labels, value: value2 }];
  }
};
var Counter = class extends Amounts {
};
var Gauge = class extends Amounts {
  set(labels, value2 = 0) {
    if (typeof labels === "number") this.at(void 0).value = labels;
    else this.at(labels).value = value2;
  }
  dec(labels) {
    this.at(labels).value -= 1;
  }
};
var Histogram = class extends SeriesTable {
  #bounds;
  constructor(name, help, labelNames, bounds) {
    super(name, help, "histogram", labelNames);
    this.#bounds = bounds;
  }
  observe(labels, value2 = 0) {
    if (typeof labels === "number") this.#note(this.at(void 0), labels);
    else this.#note(this.at(labels), value2);
  }
  #note(series, value2) {
    const bucket = this.#bounds.findIndex((bound) => value2 <= bound);
    if (bucket !== -1) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count += 1;
    series.sum += value2;
  }
  create() {
    return { counts: this.#bounds.map(() => 0), count: 0, sum: 0 };
  }
  sample(labels, series) {
    const { counts, count, sum } = series;
    let below = 0;
    const bucket = `${this.name}_bucket`;
    const samples = this.#bounds.map((bound, i) => {
      below += counts[i] ?? 0;
      return { metricName: bucket, labels: { ...labels, le: bound }, value: below };
    });
    return [
      ...samples,
      { metricName: bucket, labels: { ...labels, le: "+Inf" }, value: count },
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count }
    ];
  }
};
function doubling(start2, count) {
  return Array.from({ length: count }, (_, i) => start2 * 2 ** i);
}

// src/etcd/metrics/network-metrics.ts
function networkMetrics(make) {
  const transfer = doubling(0.1, 10);
  return {
    streamFailures: make.counter(
      "etcd_network_server_stream_failures_total",
      "Client streams that broke while sending or receiving.",
      ["Type", "API"]
    ),
    knownPeers: make.gauge("etcd_network_known_peers", "Members this one knows.", [
      "Local",
      "Remote"
    ]),
    activePeers: make.gauge("etcd_network_active_peers", "Members this one is connected to.", [
      "Local",
      "Remote"
    ]),
    disconnectedPeers: make.counter(
      "etcd_network_disconnected_peers_total",
      "Lost connections to members.",
      ["Local", "Remote"]
    ),
    peerSentBytes: make.counter("etcd_network_peer_sent_bytes_total", "Bytes sent to a member.", [
      "To"
    ]),
    peerReceivedBytes: make.counter(
      "etcd_network_peer_received_bytes_total",
      "Bytes received from a member.",
      ["From"]
    ),
    peerSentFailures: make.counter(
      "etcd_network_peer_sent_failures_total",
      "Messages that could not be sent to a member.",
      ["To"]
    ),
    peerReceivedFailures: make.counter(
      "etcd_network_peer_received_failures_total",
      "Messages from a member that could not be used.",
      ["From"]
    ),
    peerRoundTripSeconds: make.histogram(
      "etcd_network_peer_round_trip_time_seconds",
      "Round trips between members.",
      doubling(1e-4, 16),
      ["To"]
    ),
    ...sent(make, transfer),
    ...received(make, transfer)
  };
}
function sent(make, buckets2) {
  const name = "etcd_network_snapshot_send";
  return {
    snapshotSendSuccesses: make.counter(`${name}_success`, "Snapshots sent.", ["To"]),
    snapshotSendFailures: make.counter(`${name}_failures`, "Snapshots not sent.", ["To"]),
    snapshotSendsInflight: make.gauge(`${name}_inflights_total`, "Snapshots being sent.", ["To"]),
    snapshotSendSeconds: make.histogram(
      `${name}_total_duration_seconds`,
      "How long sending a snapshot took.",
      buckets2,
      ["To"]
    )
  };
}
function received(make, buckets2) {
  const name = "etcd_network_snapshot_receive";
  return {
    snapshotReceiveSuccesses: make.counter(`${name}_success`, "Snapshots received.", ["From"]),
    snapshotReceiveFailures: make.counter(`${name}_failures`, "Snapshots not received.", ["From"]),
    snapshotReceivesInflight: make.gauge(`${name}_inflights_total`, "Snapshots being received.", [
      "From"
    ]),
    snapshotReceiveSeconds: make.histogram(
      `${name}_total_duration_seconds`,
      "How long receiving a snapshot took.",
      buckets2,
      ["From"]
    )
  };
}
var PeerMeter = class {
  #metrics;
  #local;
  constructor(metrics, local) {
    this.#metrics = metrics;
    this.#local = formatId(local);
  }
  sentBytes(id, bytes) {
    this.#metrics.peerSentBytes.inc({ To: formatId(id) }, bytes);
  }
  receivedBytes(id, bytes) {
    this.#metrics.peerReceivedBytes.inc({ From: formatId(id) }, bytes);
  }
  sendFailed(id) {
    this.#metrics.peerSentFailures.inc({ To: formatId(id) });
  }
  receiveFailed(id) {
    this.#metrics.peerReceivedFailures.inc({ From: formatId(id) });
  }
  active(id, isActive) {
    const labels = { Local: this.#local, Remote: formatId(id) };
    this.#metrics.activePeers.set(labels, isActive ? 1 : 0);
    if (!isActive) this.#metrics.disconnectedPeers.inc(labels);
  }
  roundTrip(id, seconds) {
    this.#metrics.peerRoundTripSeconds.observe({ To: formatId(id) }, seconds);
  }
  snapshotSend(id, event) {
    const m = this.#metrics;
    const labels = { To: formatId(id) };
    if (event.kind === "started") m.snapshotSendsInflight.inc(labels);
    else m.snapshotSendsInflight.dec(labels);
    if (event.kind === "failed") m.snapshotSendFailures.inc(labels);
    if (event.kind !== "succeeded") return;
    m.snapshotSendSuccesses.inc(labels);
    m.snapshotSendSeconds.observe(labels, event.seconds);
  }
  snapshotReceive(id, event) {
    const m = this.#metrics;
    const labels = { From: formatId(id) };
    if (event.kind === "started") m.snapshotReceivesInflight.inc(labels);
    else m.snapshotReceivesInflight.dec(labels);
    if (event.kind === "failed") m.snapshotReceiveFailures.inc(labels);
    if (event.kind !== "succeeded") return;
    m.snapshotReceiveSuccesses.inc(labels);
    m.snapshotReceiveSeconds.observe(labels, event.seconds);
  }
};

// src/etcd/metrics/rpc-metrics.ts
var codeNames = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated"
];
var grpcTypes = {
  unary: "unary",
  "server-stream": "server_stream",
  "bidi-stream": "bidi_stream"
};
var MethodMeter = class {
  started = 0;
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  handled = codeNames.map(() => 0);
  begin() {
    this.started++;
  }
  messageIn(bytes) {
    this.received++;
    this.receivedBytes += bytes;
  }
  messageOut(bytes) {
    this.sent++;
    this.sentBytes += bytes;
  }
  end(code) {
    const at = code < codeNames.length ? code : 2;
    this.handled[at] = (this.handled[at] ?? 0) + 1;
  }
};
function rpcMetrics(make) {
  const labels = ["grpc_type", "grpc_service", "grpc_method"];
  const started = make.counter("grpc_server_started_total", "RPCs started.", labels);
  const handled = make.counter("grpc_server_handled_total", "RPCs ended, by code.", [
    ...labels,
    "grpc_code"
  ]);
  const received2 = make.counter("grpc_server_msg_received_total", "Messages received.", labels);
  const sent2 = make.counter("grpc_server_msg_sent_total", "Messages sent.", labels);
  const bytesIn = make.counter(
    "etcd_network_client_grpc_received_bytes_total",
    "Bytes of messages received from clients."
  );
  const bytesOut = make.counter(
    "etcd_network_client_grpc_sent_bytes_total",
    "Bytes of messages sent to clients."
  );
  const meters = /* @__PURE__ */ new Map();
  const rows = services.flatMap(
    ({ name: service10, methods }) => methods.map((method) => {
      const meter = new MethodMeter();
      meters.set(method.path, meter);
      const row = {
        grpc_type: grpcTypes[method.kind],
        grpc_service: service10,
        grpc_method: method.name
      };
      return { row, meter };
    })
  );
  const sample = () => {
    for (const counter of [started, handled, received2, sent2, bytesIn, bytesOut]) counter.reset();
    for (const { row, meter } of rows) {
      started.inc(row, meter.started);
      received2.inc(row, meter.received);
      sent2.inc(row, meter.sent);
      bytesIn.inc(meter.receivedBytes);
      bytesOut.inc(meter.sentBytes);
      codeNames.forEach(
        (grpc_code, code) => handled.inc({ ...row, grpc_code }, meter.handled[code] ?? 0)
      );
    }
  };
  return { meters, sample };
}

// src/etcd/metrics/server-metrics.ts
function serverMetrics(make) {
  return {
    ...leadershipMetrics(make),
    ...requestMetrics(make),
    ...identityMetrics(make)
  };
}
function leadershipMetrics(make) {
  return {
    hasLeader: make.gauge("etcd_server_has_leader", "1 while this member knows a leader."),
    isLeader: make.gauge("etcd_server_is_leader", "1 while this member leads."),
    isLearner: make.gauge("etcd_server_is_learner", "1 while this member is a learner."),
    leaderChanges: make.counter(
      "etcd_server_leader_changes_seen_total",
      "Times this member saw another leader than before."
    ),
    learnerPromoteSuccesses: make.counter(
      "etcd_server_learner_promote_successes",
      "Learners promoted while this member led."
    ),
    learnerPromoteFailures: make.counter(
      "etcd_server_learner_promote_failures",
      "Learners not promoted while this member led.",
      ["Reason"]
    ),
    heartbeatSendFailures: make.counter(
      "etcd_server_heartbeat_send_failures_total",
      "Heartbeats the leader could not send in time."
    )
  };
}
function requestMetrics(make) {
  return {
    slowApplies: make.counter(
      "etcd_server_slow_apply_total",
      "Applied requests that took longer than the warning duration."
    ),
    applySeconds: make.histogram(
      "etcd_server_apply_duration_seconds",
      "How long applying a request took.",
      doubling(1e-4, 20),
      ["version", "op", "success"]
    ),
    rangeSeconds: make.histogram(
      "etcd_server_range_duration_seconds",
      "How long a range took in the store.",
      doubling(1e-4, 20),
      ["success"]
    ),
    requestSeconds: make.histogram(
      "etcd_server_request_duration_seconds",
      "How long a request took from its arrival in the server to its answer.",
      doubling(1e-3, 14),
      ["type", "success"]
    ),
    proposalsCommitted: make.gauge("etcd_server_proposals_committed_total", "The commit index."),
    proposalsApplied: make.gauge("etcd_server_proposals_applied_total", "The applied index."),
    proposalsPending: make.gauge(
      "etcd_server_proposals_pending",
      "Proposals that wait for their entry to be applied."
    ),
    proposalsFailed: make.counter(
      "etcd_server_proposals_failed_total",
      "Proposals that were given up."
    ),
    readIndexesFailed: make.counter(
      "etcd_server_read_indexes_failed_total",
      "Read barriers that failed."
    ),
    slowReadIndexes: make.counter(
      "etcd_server_slow_read_indexes_total",
      "Read barriers that were late or timed out."
    ),
    snapshotApplying: make.gauge(
      "etcd_server_snapshot_apply_in_progress_total",
      "1 while a received snapshot is being applied."
    ),
    quotaBytes: make.gauge(
      "etcd_server_quota_backend_bytes",
      "Size of the backend above which writes are refused."
    )
  };
}
function identityMetrics(make) {
  return {
    clientRequests: make.counter(
      "etcd_server_client_requests_total",
      "Requests by the API version their client names.",
      ["type", "client_api_version"]
    ),
    version: make.gauge("etcd_server_version", "The etcd version served.", ["server_version"]),
    id: make.gauge("etcd_server_id", "The id of this member in hexadecimal.", ["server_id"]),
    clusterVersion: make.gauge("etcd_cluster_version", "The version the cluster agreed on.", [
      "cluster_version"
    ]),
    alarms: make.gauge("etcd_debugging_server_alarms", "Alarms that are active.", [
      "server_id",
      "alarm_type"
    ]),
    leaseExpired: make.counter(
      "etcd_debugging_server_lease_expired_total",
      "Leases this member revoked because their time was up."
    ),
    healthSuccess: make.counter("etcd_server_health_success", "Times /health said healthy."),
    healthFailures: make.counter("etcd_server_health_failures", "Times /health said unhealthy."),
    healthcheck: make.gauge("etcd_server_healthcheck", "The last result of a probe check.", [
      "type",
      "name"
    ]),
    healthchecks: make.counter("etcd_server_healthchecks_total", "Probe checks by their result.", [
      "type",
      "name",
      "status"
    ])
  };
}

// src/etcd/metrics/storage-metrics.ts
function diskMetrics(make) {
  const fast = doubling(1e-3, 14);
  return {
    walFsyncSeconds: make.histogram(
      "etcd_disk_wal_fsync_duration_seconds",
      "How long syncing the write-ahead log took.",
      fast
    ),
    walWriteSeconds: make.histogram(
      "etcd_disk_wal_write_duration_seconds",
      "How long writing to the write-ahead log took.",
      fast
    ),
    walWriteBytes: make.gauge(
      "etcd_disk_wal_write_bytes_total",
      "Bytes written to the write-ahead log."
    ),
    backendCommitSeconds: make.histogram(
      "etcd_disk_backend_commit_duration_seconds",
      "How long committing a backend transaction took.",
      fast
    ),
    backendSnapshotSeconds: make.histogram(
      "etcd_disk_backend_snapshot_duration_seconds",
      "How long writing out the whole backend took.",
      doubling(0.01, 17)
    ),
    defragSeconds: make.histogram(
      "etcd_disk_backend_defrag_duration_seconds",
      "How long defragmenting took.",
      doubling(0.1, 13)
    ),
    defragInflight: make.gauge("etcd_disk_defrag_inflight", "1 while defragmenting."),
    snapDbFsyncSeconds: make.histogram(
      "etcd_snap_db_fsync_duration_seconds",
      "How long syncing a received database took.",
      fast
    ),
    snapDbSaveSeconds: make.histogram(
      "etcd_snap_db_save_total_duration_seconds",
      "How long saving a received database took.",
      doubling(0.1, 10)
    ),
    snapFsyncSeconds: make.histogram(
      "etcd_snap_fsync_duration_seconds",
      "How long syncing a snapshot file took.",
      fast
    )
  };
}
function storeMetrics(make) {
  return {
    dbSizeBytes: make.gauge("etcd_mvcc_db_total_size_in_bytes", "Size of the backend file."),
    dbSizeInUseBytes: make.gauge(
      "etcd_mvcc_db_total_size_in_use_in_bytes",
      "Size of the backend without its free pages."
    ),
    openReads: make.gauge(
      "etcd_mvcc_db_open_read_transactions",
      "Read transactions that are open."
    ),
    ranges: make.counter("etcd_mvcc_range_total", "Ranges, also those inside transactions."),
    puts: make.counter("etcd_mvcc_put_total", "Puts, also those inside transactions."),
    deletes: make.counter("etcd_mvcc_delete_total", "Deletes, also those inside transactions."),
    txns: make.counter("etcd_mvcc_txn_total", "Transactions."),
    hashSeconds: make.histogram(
      "etcd_mvcc_hash_duration_seconds",
      "How long hashing the backend took.",
      doubling(0.01, 15)
    ),
    hashRevisionSeconds: make.histogram(
      "etcd_mvcc_hash_rev_duration_seconds",
      "How long hashing the store at a revision took.",
      doubling(0.01, 15)
    ),
    keys: make.gauge("etcd_debugging_mvcc_keys_total", "Keys that are alive."),
    currentRevision: make.gauge("etcd_debugging_mvcc_current_revision", "The newest revision."),
    compactRevision: make.gauge(
      "etcd_debugging_mvcc_compact_revision",
      "The revision of the last compaction."
    ),
    putBytes: make.gauge("etcd_debugging_mvcc_total_put_size_in_bytes", "Bytes put."),
    authRevision: make.gauge("etcd_debugging_auth_revision", "Revision of users and roles."),
    ...compactionMetrics(make),
    ...watchMetrics(make),
    ...leaseMetrics(make)
  };
}
function compactionMetrics(make) {
  return {
    compactedKeys: make.counter(
      "etcd_debugging_mvcc_db_compaction_keys_total",
      "Versions of keys that compaction removed."
    ),
    lastCompaction: make.gauge(
      "etcd_debugging_mvcc_db_compaction_last",
      "Unix time of the last compaction; 0 since the start."
    ),
    compactionPauseMs: make.histogram(
      "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
      "How long one batch of a compaction held the store.",
      doubling(1, 13)
    ),
    compactionMs: make.histogram(
      "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
      "How long a compaction took.",
      doubling(100, 14)
    )
  };
}
function watchMetrics(make) {
  return {
    watchStreams: make.gauge("etcd_debugging_mvcc_watch_stream_total", "Watch streams open."),
    watchers: make.gauge("etcd_debugging_mvcc_watcher_total", "Watchers."),
    slowWatchers: make.gauge(
      "etcd_debugging_mvcc_slow_watcher_total",
      "Watchers that have not caught up."
    ),
    events: make.counter("etcd_debugging_mvcc_events_total", "Events sent to watchers."),
    pendingEvents: make.gauge(
      "etcd_debugging_mvcc_pending_events_total",
      "Events that wait to be sent."
    )
  };
}
function leaseMetrics(make) {
  return {
    leasesGranted: make.counter("etcd_debugging_lease_granted_total", "Leases granted."),
    leasesRevoked: make.counter("etcd_debugging_lease_revoked_total", "Leases revoked."),
    leasesRenewed: make.counter(
      "etcd_debugging_lease_renewed_total",
      "Renewals of leases while this member led."
    ),
    leaseTtlSeconds: make.histogram(
      "etcd_debugging_lease_ttl_total",
      "Leases by the time they were granted for.",
      doubling(1, 24)
    )
  };
}

// src/etcd/metrics/etcd-metrics.ts
var EtcdMetrics = class {
  server;
  disk;
  store;
  network;
  /** By method path; see api/metered-rpcs.ts. */
  rpcs;
  contentType = "text/plain; version=0.0.4; charset=utf-8";
  #make = new Instruments();
  #exposition;
  #samplers = [];
  constructor() {
    const make = this.#make;
    this.server = serverMetrics(make);
    this.disk = diskMetrics(make);
    this.store = storeMetrics(make);
    this.network = networkMetrics(make);
    const { meters, sample } = rpcMetrics(make);
    this.rpcs = meters;
    this.#samplers.push(sample);
  }
  /** `sample` sets gauges to what they are now; it runs before every scrape and must not throw. */
  beforeScrape(sample) {
    this.#samplers.push(sample);
  }
  async text() {
    this.#exposition ??= loadExposition(this.#make);
    const exposition = await this.#exposition;
    for (const sample of this.#samplers) sample();
    return await exposition.text();
  }
  /** Outcomes of /health. */
  health(ok2) {
    if (ok2) this.server.healthSuccess.inc();
    else this.server.healthFailures.inc();
  }
  /** Outcomes of one check of /livez or /readyz. */
  check(type, name, ok2) {
    this.server.healthcheck.set({ type, name }, ok2 ? 1 : 0);
    this.server.healthchecks.inc({ type, name, status: ok2 ? "success" : "error" });
  }
  peerMeter(localMember) {
    return new PeerMeter(this.network, localMember);
  }
};
async function loadExposition(make) {
  const { Exposition } = await import("./exposition-FDBPSCEB.js");
  return new Exposition(make.families);
}

// src/etcd/peer/http-transport.ts
import {
  createServer as createTcpServer
} from "node:net";

// src/etcd/peer/member-endpoints.ts
var uint64Max = 0xffffffffffffffffn;
function serveMembers(request2, response, context) {
  if (request2.method !== "GET") return answerMethodNotAllowed(response, "GET");
  setClusterId(response, context);
  answer(response, 200, "application/json", membersJson(context.handlers.members()));
}
async function servePromotion(idText3, request2, response, context) {
  if (request2.method !== "POST") return answerMethodNotAllowed(response, "POST");
  setClusterId(response, context);
  const id = /^[0-9]{1,20}$/.test(idText3) ? BigInt(idText3) : void 0;
  if (id === void 0 || id > uint64Max) {
    return answerError(response, 404, `member ${idText3} not found in cluster`);
  }
  try {
    const members = await context.handlers.promoteMember(id);
    answer(response, 200, "application/json", membersJson(members));
  } catch (error) {
    const refusal = promotionRefusal(error);
    if (refusal !== void 0) return answerError(response, refusal.status, refusal.text);
    context.log.warn("failed to promote a member", { id: formatId(id), error });
    const body = '{"message":"Internal Server Error"}';
    answer(response, 500, "application/json", body);
  }
}
async function serveHashKv(request2, response, context) {
  if (request2.method !== "GET") return answerMethodNotAllowed(response, "GET");
  const clusterId = header(request2.headers, "x-etcd-cluster-id");
  if (clusterId !== "" && clusterId !== formatId(context.identity.clusterId)) {
    return answerError(response, 412, "cluster ID mismatch");
  }
  let body;
  try {
    body = await readBody(request2, limits.peerSmallRequestBytesMax);
  } catch {
    return answerError(response, 400, "error reading body");
  }
  const revision = readRevision(body);
  if (revision === void 0) return answerError(response, 400, "error unmarshalling request");
  let hashed;
  try {
    hashed = await context.handlers.hashKv(revision);
  } catch (error) {
    return answerError(response, 400, bareWords(error));
  }
  setClusterId(response, context);
  answer(response, 200, "application/json", hashKvJson(hashed));
}
function membersJson(members) {
  const sorted2 = [...members].sort((a, b) => a.id < b.id ? -1 : 1);
  const plain3 = sorted2.map((member) => ({
    id: member.id,
    peerURLs: member.peerUrls,
    ...member.isLearner ? { isLearner: true } : {},
    ...member.name === "" ? {} : { name: member.name },
    ...member.clientUrls.length === 0 ? {} : { clientURLs: member.clientUrls }
  }));
  return `${stringifyBigJson(plain3)}
`;
}
function bareWords(error) {
  const words = error instanceof Error ? error.message : String(error);
  return words.replace(/^etcdserver: /, "");
}
function setClusterId(response, context) {
  response.setHeader("X-Etcd-Cluster-Id", formatId(context.identity.clusterId));
}
function readRevision(body) {
  try {
    const json = parseBigJson(utf8Text(body));
    if (typeof json !== "object" || json === null) return void 0;
    const revision = json.revision ?? 0n;
    return typeof revision === "bigint" ? Number(revision) : void 0;
  } catch {
    return void 0;
  }
}
function hashKvJson(hashed) {
  const fields = { header: present({ revision: hashed.revision }) };
  Object.assign(
    fields,
    present({
      hash: hashed.hash,
      compact_revision: hashed.compactRevision,
      hash_revision: hashed.hashRevision
    })
  );
  return JSON.stringify(fields);
}
function present(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value2]) => value2 !== 0));
}
var promotionRefusals = {
  MemberNotFound: { status: 404, text: "membership: ID not found" },
  MemberNotLearner: { status: 412, text: "membership: can only promote a learner member" },
  LearnerNotReady: {
    status: 412,
    text: "etcdserver: can only promote a learner member which is in sync with leader"
  }
};
function promotionRefusal(error) {
  return error instanceof EtcdError ? promotionRefusals[error.name] : void 0;
}

// src/etcd/peer/lease-endpoints.ts
var leaseNotFound = "lease not found";
var notPrimaryLessor = "not a primary lessor";
var applyTooSlow = "waiting for node to catch up its applied index has timed out";
async function serveLeaseRenewal(request2, response, context) {
  const body = await readLeaseRequest(request2, response);
  if (body === void 0) return;
  const id = parse(() => decodeLeaseKeepAliveRequest(body).ID);
  if (id === void 0) return answerError(response, 400, "error unmarshalling request");
  try {
    const ttl = await context.handlers.renewLease(id);
    const encoded = encodeLeaseKeepAliveResponse({ ID: id, TTL: ttl });
    answer(response, 200, "application/protobuf", encoded);
  } catch (error) {
    answerLeaseError(response, error, 400);
  }
}
async function serveLeaseLookUp(request2, response, context) {
  const body = await readLeaseRequest(request2, response);
  if (body === void 0) return;
  const asked = parse(() => decodeLeaseInternalRequest(body).LeaseTimeToLiveRequest);
  if (asked === void 0) return answerError(response, 400, "error unmarshalling request");
  try {
    const found = await context.handlers.leaseTimeToLive(asked.ID, asked.keys);
    const encoded = encodeLeaseInternalResponse({
      LeaseTimeToLiveResponse: { header: {}, ...found }
    });
    answer(response, 200, "application/protobuf", encoded);
  } catch (error) {
    answerLeaseError(response, error, 500);
  }
}
async function readLeaseRequest(request2, response) {
  if (request2.method !== "POST") {
    answerError(response, 405, "Method Not Allowed");
    return void 0;
  }
  try {
    return await readBody(request2, limits.peerSmallRequestBytesMax);
  } catch (error) {
    response.setHeader("Connection", "close");
    if (error instanceof BodyTooLarge) answerError(response, 413, "request body too large");
    else answerError(response, 400, "error reading body");
    return void 0;
  }
}
function answerLeaseError(response, error, otherwise) {
  const name = error instanceof EtcdError ? error.name : "";
  if (name === "LeaseNotFound") return answerError(response, 404, leaseNotFound);
  if (name === "NotPrimaryLessor") return answerError(response, otherwise, notPrimaryLessor);
  if (name === "TimeoutWaitAppliedIndex") return answerError(response, 408, applyTooSlow);
  answerError(response, otherwise, bareWords(error));
}
function parse(read) {
  try {
    return read();
  } catch {
    return void 0;
  }
}

// src/etcd/peer/message-stream.ts
var linkHeartbeatBytes = Uint8Array.of(8, MessageType.MsgHeartbeat);
var MessageStreamEncoder = class {
  encode(message, to) {
    const bytes = encodeMessage(message);
    to.uint64(bytes.length);
    to.bytes(bytes);
  }
  linkHeartbeat(to) {
    to.uint64(linkHeartbeatBytes.length);
    to.bytes(linkHeartbeatBytes);
  }
};
var MessageStreamDecoder = class {
  #queue = new ByteQueue();
  #length;
  push(chunk, onMessage) {
    this.#queue.push(chunk);
    for (; ; ) {
      if (this.#length === void 0) {
        if (this.#queue.length < 8) return;
        this.#length = takeLength(this.#queue, limits.peerMessageBytesMax);
      }
      if (this.#queue.length < this.#length) return;
      const message = decodeMessage(this.#queue.take(this.#length));
      this.#length = void 0;
      if (!isLinkHeartbeat(message)) onMessage(message);
    }
  }
};
function takeLength(queue, most) {
  const length = queue.takeUint64();
  if (length > most) throw new FrameError(`a message of ${length} bytes, at most ${most} allowed`);
  return length;
}
function isLinkHeartbeat(message) {
  return message.type === MessageType.MsgHeartbeat && message.from === 0n && message.to === 0n;
}

// src/etcd/peer/snapshot-transfer.ts
async function sendSnapshotTo(options, message, database) {
  const url = options.picker.pick();
  const deadline = new Deadline(options.clock);
  try {
    const post = options.dialer.single(new URL("/raft/snapshot", url), {
      method: "POST",
      signal: options.stop,
      headers: {
        ...identityHeaders(options.identity),
        "Content-Type": "application/octet-stream",
        "Transfer-Encoding": "chunked"
      }
    });
    post.setNoDelay(true);
    deadline.watch(post);
    const answered = statusOf2(post);
    const written = writeBody(post, message, database, deadline);
    const [status2] = await Promise.all([answered, written.catch(() => {
    })]);
    if (status2 === 204) return status2;
    options.picker.failed(url);
    return status2;
  } catch (error) {
    options.picker.failed(url);
    throw error;
  } finally {
    deadline.done();
    database.close();
  }
}
async function receiveSnapshotHead(body) {
  const chunks = body[Symbol.asyncIterator]();
  const queue = new ByteQueue();
  await fill(queue, chunks, 8);
  const length = takeLength(queue, limits.peerSnapshotMessageBytesMax);
  await fill(queue, chunks, length);
  const message = decodeMessage(queue.take(length));
  return { message, database: rest(queue, chunks) };
}
function isSnapshot(message) {
  return message.type === MessageType.MsgSnap && message.snapshot?.metadata !== void 0;
}
async function fill(queue, chunks, length) {
  while (queue.length < length) {
    const next = await chunks.next();
    if (next.done === true) throw new FrameError("unexpected EOF");
    queue.push(plain2(next.value));
  }
}
async function* rest(queue, chunks) {
  if (queue.length > 0) yield queue.take(queue.length);
  for (; ; ) {
    const next = await chunks.next();
    if (next.done === true) return;
    yield plain2(next.value);
  }
}
function plain2(chunk) {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}
async function writeBody(post, message, database, deadline) {
  const head6 = new FrameWriter();
  const bytes = encodeMessage(message);
  head6.uint64(bytes.length);
  head6.bytes(bytes);
  let written = 0;
  post.write(head6.take());
  try {
    for await (const chunk of database.chunks) {
      written += chunk.length;
      if (post.destroyed) return;
      if (!post.write(chunk)) await drained(post);
      deadline.extend(limits.peerSnapshotStallMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (written !== database.sizeBytes) {
      throw new Error(`snapshot of ${written} bytes, ${database.sizeBytes} were announced`);
    }
  } catch (error) {
    post.destroy(error);
    throw error;
  }
  deadline.extend(limits.peerSnapshotAnswerMs);
  post.end();
}
function drained(post) {
  return new Promise((resolve) => {
    const done = () => {
      post.off("drain", done);
      post.off("close", done);
      resolve();
    };
    post.on("drain", done);
    post.on("close", done);
  });
}
function statusOf2(post) {
  return new Promise((resolve, reject) => {
    post.on("error", reject);
    post.on("response", (response) => {
      const status2 = response.statusCode ?? 0;
      readBody(response, limits.peerSmallAnswerBytesMax).then(
        () => resolve(status2),
        () => resolve(status2)
      );
    });
  });
}
var Deadline = class {
  #clock;
  #post;
  #current = new AbortController();
  constructor(clock) {
    this.#clock = clock;
  }
  watch(post) {
    this.#post = post;
    this.extend(limits.peerSnapshotStallMs);
  }
  extend(ms) {
    this.#current.abort();
    const current = new AbortController();
    this.#current = current;
    this.#clock.after(ms, current.signal).then(() => this.#post?.destroy(new Error("snapshot transfer stalled"))).catch(() => {
    });
  }
  done() {
    this.#current.abort();
  }
};

// src/etcd/peer/raft-endpoints.ts
async function serveMessage(request2, response, context) {
  if (!admit(request2, response, context)) return;
  let body;
  try {
    body = await readBody(request2, limits.peerPostBytesMax);
  } catch {
    return answerError(response, 400, "error reading raft message");
  }
  let message;
  try {
    message = decodeMessage(body);
  } catch {
    return answerError(response, 400, "error unmarshalling raft message");
  }
  context.metrics.receivedBytes(message.from, body.length);
  const refused4 = message.type === MessageType.MsgSnap || context.handlers.step(message) !== "ok";
  if (refused4) {
    context.metrics.receiveFailed(message.from);
    response.setHeader("Connection", "close");
    return answerError(response, 500, "error processing raft message");
  }
  response.writeHead(204);
  response.end();
}
async function serveSnapshot2(request2, response, context) {
  if (!admit(request2, response, context)) return;
  const startedMs = context.clock.monotonicMs();
  response.setHeader("Connection", "close");
  let incoming;
  try {
    incoming = await receiveSnapshotHead(request2);
  } catch (error) {
    return answerError(response, 400, `failed to decode raft message (${wordsOf(error)})`);
  }
  const { message, database } = incoming;
  if (!isSnapshot(message)) return answerError(response, 400, "wrong raft message type");
  context.metrics.snapshotReceive(message.from, { kind: "started" });
  const fields = {
    "remote-snapshot-sender-id": formatId(message.from),
    index: message.snapshot?.metadata?.index
  };
  context.log.info("receiving database snapshot", fields);
  try {
    await context.handlers.receiveSnapshot(message, counted2(message.from, database, context));
  } catch (error) {
    context.metrics.snapshotReceive(message.from, { kind: "failed" });
    context.log.warn("failed to receive database snapshot", { ...fields, error });
    return answerError(response, 500, `failed to save KV snapshot (${wordsOf(error)})`);
  }
  const seconds = (context.clock.monotonicMs() - startedMs) / 1e3;
  context.metrics.snapshotReceive(message.from, { kind: "succeeded", seconds });
  response.writeHead(204);
  response.end();
}
function serveStream(path, request2, response, context) {
  if (request2.method !== "GET") return answerMethodNotAllowed(response, "GET");
  const { identity } = context;
  response.setHeader("X-Server-Version", identity.serverVersion);
  response.setHeader("X-Etcd-Cluster-Id", formatId(identity.clusterId));
  const incompatibility = findIncompatibility(request2.headers, identity);
  if (incompatibility !== void 0) return answerError(response, 412, incompatibility);
  const parts = /^\/raft\/stream\/(message|msgapp)\/([^/]*)$/.exec(path);
  if (parts === null) return answerError(response, 404, "invalid path");
  const from = maybeParseId(parts[2]);
  if (from === void 0) return answerError(response, 404, "invalid from");
  if (context.isRemoved(from)) return answerError(response, 410, "removed member");
  if (!context.isPeer(from)) return refuseUnknown(from, request2, response, context);
  if (header(request2.headers, "x-raft-to") !== formatId(identity.memberId)) {
    return answerError(response, 412, "to field mismatch");
  }
  response.writeHead(200);
  response.flushHeaders();
  const kind = parts[1] === "message" ? "message" : "msgapp";
  context.attach(from, kind, response);
}
function refuseUnknown(from, request2, response, context) {
  const urls = header(request2.headers, "x-peerurls");
  if (urls !== "") context.addRemote({ id: from, peerUrls: urls.split(",") });
  answerError(response, 404, "error sender not found");
}
function admit(request2, response, context) {
  if (request2.method !== "POST") {
    answerMethodNotAllowed(response, "POST");
    return false;
  }
  response.setHeader("X-Etcd-Cluster-Id", formatId(context.identity.clusterId));
  const incompatibility = findIncompatibility(request2.headers, context.identity);
  if (incompatibility !== void 0) {
    answerError(response, 412, incompatibility);
    return false;
  }
  const sender = readSender(request2.headers);
  if (sender !== void 0) context.addRemote(sender);
  return true;
}
async function* counted2(from, chunks, context) {
  for await (const chunk of chunks) {
    context.metrics.receivedBytes(from, chunk.length);
    yield chunk;
  }
}
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}

// src/etcd/peer/peer-handler.ts
var promotePrefix = "/members/promote/";
var streamPrefix = "/raft/stream/";
var endpoints = /* @__PURE__ */ new Map([
  ["/raft", serveMessage],
  ["/raft/snapshot", serveSnapshot2],
  ["/raft/probing", serveProbe],
  ["/members", serveMembers],
  ["/members/hashkv", serveHashKv],
  ["/version", serveVersion],
  ["/downgrade/enabled", serveDowngradeEnabled],
  ["/leases", serveLeaseRenewal],
  ["/leases/internal", serveLeaseLookUp]
]);
function handlePeerRequest(request2, response, context) {
  const path = (request2.url ?? "/").replace(/[?#].*$/, "");
  response.on("error", () => {
  });
  void serve2(path, request2, response, context).catch((error) => {
    context.log.warn("failed to serve peer request", { path, error });
    if (response.headersSent || response.destroyed) response.destroy();
    else answerError(response, 500, "Internal Server Error");
  });
}
async function serve2(path, request2, response, context) {
  const endpoint = endpoints.get(path);
  if (endpoint !== void 0) return endpoint(request2, response, context);
  if (path.startsWith(streamPrefix)) return serveStream(path, request2, response, context);
  if (path.startsWith(promotePrefix)) {
    return servePromotion(path.slice(promotePrefix.length), request2, response, context);
  }
  answerNotFound(response);
}
function serveVersion(request2, response, context) {
  if (request2.method !== "GET") return answerMethodNotAllowed(response, "GET");
  answer(response, 200, "application/json", context.handlers.versionJson());
}
function serveProbe(_request, response, context) {
  const now = new Date(context.clock.wallMs()).toISOString();
  answer(response, 200, "text/plain; charset=utf-8", `{"OK":true,"Now":"${now}"}
`);
}
async function serveDowngradeEnabled(request2, response, context) {
  if (request2.method !== "GET") return answerMethodNotAllowed(response, "GET");
  response.setHeader("X-Etcd-Cluster-Id", formatId(context.identity.clusterId));
  try {
    const enabled = await context.handlers.downgradeEnabled();
    answer(response, 200, "text/plain", String(enabled));
  } catch (error) {
    answerError(response, 500, `failed linearized read: ${error.message}`);
  }
}
var peerServerOptions = {
  noDelay: true,
  requestTimeout: 0,
  headersTimeout: limits.peerDeadlineMs,
  keepAliveTimeout: limits.peerDeadlineMs
};

// src/etcd/peer/append-stream.ts
var kindHeartbeat = 0;
var kindEntries = 1;
var kindMessage = 2;
var AppendStreamEncoder = class {
  #term = 0;
  #index = 0;
  encode(message, to) {
    const continues = message.index === this.#index && message.term === this.#term && message.logTerm === this.#term && isPlainAppend(message);
    if (continues) this.#encodeEntries(message, to);
    else this.#encodeMessage(message, to);
  }
  linkHeartbeat(to) {
    to.byte(kindHeartbeat);
  }
  #encodeEntries(message, to) {
    to.byte(kindEntries);
    to.uint64(message.entries.length);
    for (const entry of message.entries) {
      const bytes = encodeEntry(entry);
      to.uint64(bytes.length);
      to.bytes(bytes);
    }
    to.uint64(message.commit);
    this.#index += message.entries.length;
  }
  #encodeMessage(message, to) {
    const bytes = encodeMessage(message);
    to.byte(kindMessage);
    to.uint64(bytes.length);
    to.bytes(bytes);
    this.#term = message.term;
    this.#index = indexAfter(message);
  }
};
var AppendStreamDecoder = class {
  #queue = new ByteQueue();
  #from;
  #to;
  #reading = { kind: "start" };
  #entries = [];
  #entryBytes = 0;
  #term = 0;
  #index = 0;
  /** `from` and `to` complete the messages whose frames do not name them. */
  constructor(from, to) {
    this.#from = from;
    this.#to = to;
  }
  push(chunk, onMessage) {
    this.#queue.push(chunk);
    while (this.#queue.length >= bytesNeeded(this.#reading)) {
      const message = this.#advance(this.#reading);
      if (message !== void 0) onMessage(message);
    }
  }
  #advance(reading) {
    switch (reading.kind) {
      case "start":
        this.#reading = afterKind(this.#queue.take(1)[0]);
        return void 0;
      case "count": {
        const count = this.#queue.takeUint64();
        if (count > limits.peerFrameEntriesMax) {
          throw new FrameError(`${count} entries in one frame`);
        }
        this.#entries = [];
        this.#entryBytes = 0;
        this.#reading = afterEntry(count);
        return void 0;
      }
      case "entry-length": {
        const length = takeLength(this.#queue, limits.peerMessageBytesMax - this.#entryBytes);
        this.#reading = { kind: "entry", left: reading.left, length };
        return void 0;
      }
      case "entry":
        this.#entryBytes += reading.length;
        this.#entries.push(decodeEntry(this.#queue.take(reading.length)));
        this.#reading = afterEntry(reading.left - 1);
        return void 0;
      case "commit":
        this.#reading = { kind: "start" };
        return this.#append(this.#queue.takeUint64());
      case "message-length": {
        const length = takeLength(this.#queue, limits.peerMessageBytesMax);
        this.#reading = { kind: "message", length };
        return void 0;
      }
      default: {
        const message = decodeMessage(this.#queue.take(reading.length));
        this.#reading = { kind: "start" };
        this.#term = message.term;
        this.#index = indexAfter(message);
        return message;
      }
    }
  }
  #append(commit) {
    if (!Number.isSafeInteger(commit)) throw new FrameError(`commit index ${commit}`);
    const entries = this.#entries;
    this.#entries = [];
    const index = this.#index;
    this.#index += entries.length;
    return {
      type: MessageType.MsgApp,
      to: this.#to,
      from: this.#from,
      term: this.#term,
      logTerm: this.#term,
      index,
      entries,
      commit,
      snapshot: void 0,
      reject: false,
      rejectHint: 0,
      context: emptyBytes,
      vote: 0n,
      responses: []
    };
  }
};
function bytesNeeded(reading) {
  switch (reading.kind) {
    case "start":
      return 1;
    case "entry":
    case "message":
      return reading.length;
    default:
      return 8;
  }
}
function afterKind(kind) {
  if (kind === kindHeartbeat) return { kind: "start" };
  if (kind === kindEntries) return { kind: "count" };
  if (kind === kindMessage) return { kind: "message-length" };
  throw new FrameError(`unknown frame kind ${kind} on a msgapp stream`);
}
function afterEntry(left) {
  return left === 0 ? { kind: "commit" } : { kind: "entry-length", left };
}
function isPlainAppend(message) {
  return message.type === MessageType.MsgApp && message.context.length === 0 && message.snapshot === void 0 && !message.reject;
}
function indexAfter(message) {
  return message.entries.at(-1)?.index ?? message.index;
}

// src/etcd/peer/pipeline.ts
var Pipeline = class {
  #options;
  #events;
  #waiting = [];
  #busy = 0;
  constructor(options, events) {
    this.#options = options;
    this.#events = events;
  }
  /** False when the queue is full: the message is dropped. */
  send(message) {
    if (this.#waiting.length >= limits.peerPipelineQueueMax) return false;
    this.#waiting.push(message);
    if (this.#busy < limits.peerPipelineWorkers) void this.#work();
    return true;
  }
  async #work() {
    this.#busy += 1;
    for (; ; ) {
      const message = this.#waiting.shift();
      if (message === void 0 || this.#options.stop.aborted) break;
      const body = encodeMessage(message);
      try {
        const status2 = await postMessage(this.#options, body);
        if (status2 === 204) this.#events.delivered(body.length);
        else if (status2 === 403) this.#events.removed();
        else this.#events.failed(new Error(`unexpected status ${status2} for POST /raft`));
      } catch (error) {
        if (!this.#options.stop.aborted) this.#events.failed(error);
      }
    }
    this.#busy -= 1;
  }
};
async function postMessage(options, body) {
  const { identity, picker, dialer, clock, timeoutMs, stop } = options;
  const url = picker.pick();
  const settled = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      const post = dialer.pooled(new URL("/raft", url), {
        method: "POST",
        signal: stop,
        headers: {
          ...identityHeaders(identity),
          "Content-Type": "application/protobuf",
          "Content-Length": body.length
        }
      });
      post.on("error", reject);
      post.on("response", (response) => {
        readBody(response, limits.peerSmallAnswerBytesMax).then(
          () => resolve(response.statusCode ?? 0),
          reject
        );
      });
      post.end(body);
      clock.after(timeoutMs, settled.signal).then(() => post.destroy(new Error(`no answer from ${url} in time`))).catch(() => {
      });
    });
  } catch (error) {
    picker.failed(url);
    throw error;
  } finally {
    settled.abort();
  }
}

// src/etcd/peer/stream-reader.ts
var redialMs = [0, 10, 25, 50, limits.peerRedialMsMax];
var healthyMs = 1e3;
var StreamReader = class {
  #options;
  #events;
  #stop = new AbortController();
  #running;
  /** Ticks since the last byte; bytes that waited while our own loop was busy reset it in time. */
  #quietTicks = 0;
  #body;
  constructor(options, events) {
    this.#options = options;
    this.#events = events;
  }
  start() {
    this.#running ??= this.#run();
  }
  async stop() {
    this.#stop.abort();
    this.#body?.destroy();
    await this.#running;
  }
  /** Called three times per deadline. */
  tick() {
    this.#quietTicks += 1;
    if (this.#quietTicks > 3) this.#body?.destroy(new Error("nothing received, deadline passed"));
  }
  async #run() {
    const { clock } = this.#options;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      const startedMs = clock.monotonicMs();
      const lived = await this.#dialAndRead();
      if (this.#stop.signal.aborted) return;
      failures = lived && clock.monotonicMs() - startedMs >= healthyMs ? 0 : failures + 1;
      const waitMs = redialMs[Math.min(failures, redialMs.length - 1)];
      await clock.after(waitMs, this.#stop.signal).catch(() => {
      });
    }
  }
  /** True when there was a stream, however it ended. */
  async #dialAndRead() {
    const { picker } = this.#options;
    const url = picker.pick();
    let body;
    try {
      body = await this.#dial(url);
      await this.#accept(body);
    } catch (error) {
      picker.failed(url);
      if (!this.#stop.signal.aborted) this.#events.dialFailed(error);
      return false;
    }
    this.#body = body;
    this.#quietTicks = 0;
    this.#events.established();
    const reason = await this.#read(body);
    this.#body = void 0;
    if (!this.#stop.signal.aborted) this.#events.broken(reason);
    return true;
  }
  #dial(url) {
    const { identity, dialer, peerId, kind, dialTimeoutMs, clock } = this.#options;
    const settled = new AbortController();
    return new Promise((resolve, reject) => {
      const path = `/raft/stream/${kind}/${formatId(identity.memberId)}`;
      const dialed = dialer.single(new URL(path, url), {
        headers: { ...identityHeaders(identity), "X-Raft-To": formatId(peerId) },
        signal: this.#stop.signal
      });
      dialed.setNoDelay(true);
      dialed.on("response", resolve);
      dialed.on("error", reject);
      dialed.end();
      clock.after(dialTimeoutMs + limits.peerDeadlineMs, settled.signal).then(() => dialed.destroy(new Error(`no answer from ${url} in time`))).catch(() => {
      });
    }).finally(() => settled.abort());
  }
  async #accept(response) {
    if (response.statusCode === 200) return;
    const text = await readBody(response, limits.peerSmallRequestBytesMax).catch(() => "");
    const reason = typeof text === "string" ? text : Buffer.from(text).toString().trimEnd();
    if (response.statusCode === 410) this.#events.removed();
    throw new Error(`peer refused the stream: ${response.statusCode} ${reason}`);
  }
  /** Why the stream ended. Malformed bytes end it, errors of the message's receiver do not. */
  async #read(body) {
    const decoder = this.#options.newDecoder();
    const waiting = [];
    const collect = (message) => {
      waiting.push(message);
    };
    return new Promise((resolve) => {
      body.on("data", (chunk) => {
        this.#quietTicks = 0;
        this.#events.receivedBytes(chunk.length);
        try {
          decoder.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), collect);
        } catch (error) {
          waiting.length = 0;
          body.destroy(error);
          return;
        }
        for (const message of waiting) this.#events.message(message);
        waiting.length = 0;
      });
      body.on("error", (error) => resolve(error.message));
      body.on("close", () => resolve("closed by the peer"));
    });
  }
};

// src/etcd/peer/stream-writer.ts
var StreamWriter = class {
  #newEncoder;
  #events;
  #frames = new FrameWriter();
  #response;
  #encoder;
  #waiting = [];
  #flushScheduled = false;
  /** Heartbeats due while the socket still held bytes of an earlier write. */
  #stuckTicks = 0;
  constructor(newEncoder, events) {
    this.#newEncoder = newEncoder;
    this.#encoder = newEncoder();
    this.#events = events;
  }
  get isAttached() {
    return this.#response !== void 0;
  }
  /** Takes the connection over; an older one of the same kind is closed without complaint. */
  attach(response) {
    this.close();
    this.#response = response;
    this.#encoder = this.#newEncoder();
    this.#stuckTicks = 0;
    response.on("close", () => this.#onClose(response, "closed by the peer"));
    response.on("error", (error) => this.#onClose(response, error.message));
  }
  /** False when the peer takes messages slower than we make them: the message is dropped. */
  send(message) {
    const response = this.#response;
    if (response === void 0) return false;
    if (this.#waiting.length >= limits.peerStreamQueueMax) return false;
    if (response.writableLength > limits.peerStreamUnsentBytesMax) return false;
    this.#waiting.push(message);
    if (!this.#flushScheduled) {
      this.#flushScheduled = true;
      queueMicrotask(() => this.#flush());
    }
    return true;
  }
  /** Called three times per deadline: keeps the peer's read deadline away and watches our own. */
  tick() {
    const response = this.#response;
    if (response === void 0) return;
    this.#stuckTicks = response.writableNeedDrain ? this.#stuckTicks + 1 : 0;
    if (this.#stuckTicks > 3) {
      response.destroy();
      return;
    }
    this.#encoder.linkHeartbeat(this.#frames);
    this.#write(response);
  }
  close() {
    const response = this.#response;
    this.#response = void 0;
    this.#waiting = [];
    response?.destroy();
  }
  /**
   * Ends the stream behind everything sent so far. To a member that was removed the last message is
   * the one that says so: without it a request waiting there would never be answered.
   */
  finish() {
    const response = this.#response;
    if (response === void 0) return;
    this.#flush();
    this.#response = void 0;
    response.end();
    response.setTimeout(limits.peerDeadlineMs, () => response.destroy());
  }
  #flush() {
    this.#flushScheduled = false;
    const response = this.#response;
    if (response === void 0) return;
    for (const message of this.#waiting) this.#encoder.encode(message, this.#frames);
    this.#waiting = [];
    this.#write(response);
  }
  #write(response) {
    if (this.#frames.length === 0) return;
    this.#events.sentBytes(this.#frames.length);
    response.write(this.#frames.take());
  }
  #onClose(response, reason) {
    if (this.#response !== response) return;
    this.close();
    this.#events.broken(reason);
  }
};

// src/etcd/peer/url-picker.ts
var UrlPicker = class {
  #urls;
  #picked = 0;
  constructor(urls) {
    assert(urls.length > 0, "a peer without URLs");
    this.#urls = urls;
  }
  update(urls) {
    assert(urls.length > 0, "a peer without URLs");
    this.#urls = urls;
    this.#picked = 0;
  }
  pick() {
    return this.#urls[this.#picked];
  }
  /** Only the URL in use moves the choice on: two connections may see the same failure. */
  failed(url) {
    if (this.pick() === url) this.#picked = (this.#picked + 1) % this.#urls.length;
  }
};

// src/etcd/peer/peer-link.ts
var PeerLink = class {
  id;
  #options;
  #picker;
  #writers;
  #readers;
  #pipeline;
  #stop = new AbortController();
  #activeSinceMs;
  #told = "never-connected";
  constructor(address, options) {
    this.id = address.id;
    this.#options = options;
    this.#picker = new UrlPicker(address.peerUrls);
    const { identity, clock, dialTimeoutMs, dialer } = options;
    this.#writers = {
      message: new StreamWriter(() => new MessageStreamEncoder(), this.#writerEvents("message")),
      msgapp: new StreamWriter(() => new AppendStreamEncoder(), this.#writerEvents("msgapp"))
    };
    const base = { peerId: this.id, identity, picker: this.#picker, dialer, dialTimeoutMs, clock };
    this.#readers = [
      new StreamReader(
        { ...base, kind: "message", newDecoder: () => new MessageStreamDecoder() },
        this.#readerEvents("message")
      ),
      new StreamReader(
        {
          ...base,
          kind: "msgapp",
          newDecoder: () => new AppendStreamDecoder(this.id, identity.memberId)
        },
        this.#readerEvents("msgapp")
      )
    ];
    const stop = this.#stop.signal;
    const post = {
      identity,
      picker: this.#picker,
      dialer,
      clock,
      timeoutMs: dialTimeoutMs + 5e3,
      stop
    };
    this.#pipeline = new Pipeline(post, {
      delivered: (bytes) => {
        options.metrics.sentBytes(this.id, bytes);
        this.#activate();
      },
      failed: (error) => this.#sendFailed("pipeline", error),
      removed: () => options.handlers.removedByPeers()
    });
  }
  get activeSinceMs() {
    return this.#activeSinceMs;
  }
  get url() {
    return this.#picker.pick();
  }
  start() {
    for (const reader6 of this.#readers) reader6.start();
  }
  update(peerUrls) {
    this.#picker.update(peerUrls);
  }
  /** The peer opened a stream for us to send on. */
  attach(kind, response) {
    this.#writers[kind].attach(response);
    this.#connected(`${kind} stream`);
  }
  send(message) {
    if (this.#queue(message)) return;
    this.#options.log.debug("dropped raft message since the sending queue is full", {
      "remote-peer-id": formatId(this.id),
      "message-type": message.type
    });
    this.#options.metrics.sendFailed(this.id);
    this.#options.handlers.reportUnreachable(this.id);
  }
  async sendSnapshot(message, database) {
    const { identity, dialer, clock, handlers, metrics, log } = this.#options;
    const stop = this.#stop.signal;
    const startedMs = clock.monotonicMs();
    const fields = { "remote-peer-id": formatId(this.id), bytes: database.sizeBytes };
    metrics.snapshotSend(this.id, { kind: "started" });
    log.info("sending database snapshot", fields);
    try {
      const options = { identity, picker: this.#picker, dialer, clock, stop };
      const status2 = await sendSnapshotTo(options, message, database);
      if (status2 === 403) handlers.removedByPeers();
      if (status2 !== 204) throw new Error(`unexpected status ${status2} for POST /raft/snapshot`);
    } catch (error) {
      metrics.snapshotSend(this.id, { kind: "failed" });
      if (stop.aborted) return;
      log.warn("failed to send database snapshot", { ...fields, error });
      this.#sendFailed("snapshot", error);
      handlers.reportSnapshot(this.id, false);
      return;
    }
    const seconds = (clock.monotonicMs() - startedMs) / 1e3;
    metrics.snapshotSend(this.id, { kind: "succeeded", seconds });
    log.info("sent database snapshot", fields);
    this.#activate();
    handlers.reportSnapshot(this.id, true);
  }
  tick() {
    this.#writers.message.tick();
    this.#writers.msgapp.tick();
    for (const reader6 of this.#readers) reader6.tick();
  }
  async stop() {
    this.#stop.abort();
    this.#writers.message.finish();
    this.#writers.msgapp.finish();
    await Promise.all(this.#readers.map((reader6) => reader6.stop()));
    this.#deactivate();
  }
  #queue(message) {
    const { message: general, msgapp } = this.#writers;
    if (message.type === MessageType.MsgApp && msgapp.isAttached) return msgapp.send(message);
    if (general.isAttached) return general.send(message);
    return this.#pipeline.send(message);
  }
  #writerEvents(kind) {
    return {
      broken: (reason) => {
        this.#broken(`${kind} stream to peer`, reason);
        this.#options.handlers.reportUnreachable(this.id);
      },
      sentBytes: (bytes) => this.#options.metrics.sentBytes(this.id, bytes)
    };
  }
  #readerEvents(kind) {
    const { handlers, metrics } = this.#options;
    return {
      established: () => this.#connected(`${kind} stream from peer`),
      broken: (reason) => this.#broken(`${kind} stream from peer`, reason),
      dialFailed: (error) => this.#dialFailed(kind, error),
      removed: () => handlers.removedByPeers(),
      receivedBytes: (bytes) => metrics.receivedBytes(this.id, bytes),
      message: (message) => this.#step(message)
    };
  }
  /** MsgSnap without its database would leave us with a log that starts nowhere. */
  #step(message) {
    if (message.type === MessageType.MsgSnap) {
      this.#options.metrics.receiveFailed(this.id);
      return;
    }
    const outcome = this.#options.handlers.step(message);
    if (outcome !== "ok") this.#options.metrics.receiveFailed(this.id);
  }
  #connected(what) {
    this.#told = "connected";
    this.#activate();
    this.#options.log.info("established TCP streaming connection with remote peer", {
      "remote-peer-id": formatId(this.id),
      stream: what
    });
  }
  #broken(what, reason) {
    const fields = { "remote-peer-id": formatId(this.id), stream: what, reason };
    this.#options.log.warn("lost TCP streaming connection with remote peer", fields);
    this.#deactivate();
    if (this.#told !== "connected") return;
    this.#told = "stream-broken";
    this.#options.handlers.peerDisconnected(this.id, "stream-broken");
  }
  #dialFailed(kind, error) {
    if (this.#activeSinceMs !== void 0) {
      const fields = { "remote-peer-id": formatId(this.id), stream: kind, error };
      this.#options.log.warn("peer became inactive (message send to peer failed)", fields);
    }
    this.#deactivate();
    if (this.#told !== "stream-broken" || !isRefused(error)) return;
    this.#told = "refused";
    this.#options.handlers.peerDisconnected(this.id, "refused");
  }
  #sendFailed(what, error) {
    this.#options.metrics.sendFailed(this.id);
    if (this.#activeSinceMs !== void 0) {
      const fields = { "remote-peer-id": formatId(this.id), stream: what, error };
      this.#options.log.warn("peer became inactive (message send to peer failed)", fields);
    }
    this.#deactivate();
    this.#options.handlers.reportUnreachable(this.id);
  }
  #activate() {
    if (this.#activeSinceMs !== void 0) return;
    this.#activeSinceMs = this.#options.clock.monotonicMs();
    this.#options.metrics.active(this.id, true);
  }
  #deactivate() {
    if (this.#activeSinceMs === void 0) return;
    this.#activeSinceMs = void 0;
    this.#options.metrics.active(this.id, false);
  }
};
function isRefused(error) {
  return error.code === "ECONNREFUSED";
}

// src/etcd/peer/http-transport.ts
var HttpPeerTransport = class {
  #options;
  #servers = [];
  /** What listens: the servers themselves or, for TLS, what hands them secured connections. */
  #ports = [];
  #sockets = /* @__PURE__ */ new Set();
  #peers = /* @__PURE__ */ new Map();
  /** Senders that are not members, oldest first: answered by POST only. */
  #remotes = /* @__PURE__ */ new Map();
  #stop = new AbortController();
  #stopping = /* @__PURE__ */ new Set();
  #cancelTimers = [];
  #removed = () => false;
  #started = false;
  #snapshots = 0;
  constructor(options) {
    this.#options = options;
  }
  async start() {
    for (const address of this.#options.listen) await this.#listen(address);
    this.#started = true;
    for (const peer of this.#peers.values()) peer.start();
    const { clock } = this.#options;
    this.#cancelTimers = [
      clock.every(limits.peerDeadlineMs / 3, () => {
        for (const peer of this.#peers.values()) peer.tick();
      }),
      clock.every(limits.peerProbeMs, () => this.#probe())
    ];
  }
  /** The addresses in use, in the order of `listen`. */
  addresses() {
    return this.#ports.map((port) => port.address());
  }
  send(messages) {
    if (this.#stop.signal.aborted) return;
    const lastAnswer = messages.findLastIndex((m) => m.type === MessageType.MsgAppResp);
    for (const [at, message] of messages.entries()) {
      if (message.type === MessageType.MsgAppResp && at !== lastAnswer) continue;
      if (message.type === MessageType.MsgSnap || message.to === 0n) continue;
      const peer = this.#peers.get(message.to);
      if (peer !== void 0) peer.send(message);
      else this.#remotes.get(message.to)?.send(message);
    }
  }
  sendSnapshot(message, database) {
    const peer = this.#peers.get(message.to);
    const full = this.#snapshots >= limits.peerSnapshotsMax;
    if (peer === void 0 || full || this.#stop.signal.aborted) {
      database.close();
      this.#options.handlers.reportSnapshot(message.to, false);
      return;
    }
    this.#snapshots += 1;
    const sent2 = peer.sendSnapshot(message, database).finally(() => {
      this.#snapshots -= 1;
    });
    this.#supervise(sent2);
  }
  setPeers(members, removed) {
    if (this.#stop.signal.aborted) return;
    this.#removed = removed;
    const wanted = new Map(
      members.filter((m) => m.id !== this.#options.identity.memberId && m.peerUrls.length > 0).map((member) => [member.id, member])
    );
    for (const [id, peer] of this.#peers) {
      if (wanted.has(id)) continue;
      this.#peers.delete(id);
      this.#options.log.info("removed remote peer", { "removed-remote-peer-id": formatId(id) });
      this.#supervise(peer.stop());
    }
    for (const [id, member] of wanted) {
      const known2 = this.#peers.get(id);
      if (known2 === void 0) this.#addPeer(member);
      else known2.update(member.peerUrls);
    }
  }
  activeSinceMs(id) {
    return this.#peers.get(id)?.activeSinceMs;
  }
  async stop() {
    this.#stop.abort();
    for (const cancel of this.#cancelTimers) cancel();
    const closed = this.#ports.map(
      (port) => new Promise((resolve) => port.close(() => resolve()))
    );
    for (const peer of this.#peers.values()) this.#supervise(peer.stop());
    for (const server of this.#servers) server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    this.#options.dialer.close();
    await Promise.all([...closed, ...this.#stopping]);
    this.#peers.clear();
    this.#remotes.clear();
  }
  #addPeer(member) {
    const { identity, handlers, metrics, clock, log, dialer, dialTimeoutMs } = this.#options;
    const options = { identity, handlers, metrics, clock, log, dialer, dialTimeoutMs };
    const peer = new PeerLink(member, options);
    this.#peers.set(member.id, peer);
    this.#remotes.delete(member.id);
    if (this.#started) peer.start();
    log.info("added remote peer", {
      "remote-peer-id": formatId(member.id),
      "remote-peer-urls": member.peerUrls
    });
  }
  #addRemote(sender) {
    const { identity, handlers, metrics, clock, dialer, dialTimeoutMs } = this.#options;
    const known2 = this.#peers.has(sender.id) || this.#remotes.has(sender.id);
    if (known2 || sender.id === identity.memberId || this.#removed(sender.id)) return;
    if (!sender.peerUrls.every((url) => URL.canParse(url))) return;
    if (this.#remotes.size >= limits.peerRemotesMax) {
      const oldest = this.#remotes.keys().next().value;
      if (oldest !== void 0) this.#remotes.delete(oldest);
    }
    const options = {
      identity,
      picker: new UrlPicker(sender.peerUrls),
      dialer,
      clock,
      timeoutMs: dialTimeoutMs + limits.peerDeadlineMs,
      stop: this.#stop.signal
    };
    const remote = new Pipeline(options, {
      delivered: (bytes) => metrics.sentBytes(sender.id, bytes),
      failed: () => {
        metrics.sendFailed(sender.id);
        handlers.reportUnreachable(sender.id);
      },
      removed: () => handlers.removedByPeers()
    });
    this.#remotes.set(sender.id, remote);
  }
  async #listen({ host, port, tls }) {
    const context = this.#endpointContext();
    const server = createServer(
      peerServerOptions,
      (request2, response) => handlePeerRequest(request2, response, context)
    );
    const listener = tls === void 0 ? server : this.#secured(server, tls);
    await new Promise((resolve, reject) => {
      listener.once("error", (cause) => {
        reject(new Error(`listen tcp ${host}:${port}: ${cause.message}`, { cause }));
      });
      listener.listen({ host, port }, resolve);
    });
    this.#servers.push(server);
    this.#ports.push(listener);
  }
  /** A listener that hands the server what has passed its TLS handshake. */
  #secured(server, settings) {
    const acceptor = new TlsAcceptor({
      settings,
      protocols: ["http/1.1"],
      endpoint: "peer",
      log: this.#options.log,
      secured: (socket) => server.emit("connection", socket)
    });
    return createTcpServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      acceptor.accept(socket);
    });
  }
  #endpointContext() {
    const { identity, handlers, metrics, clock, log } = this.#options;
    return {
      identity,
      handlers,
      metrics,
      clock,
      log,
      isRemoved: (id) => this.#removed(id),
      isPeer: (id) => this.#peers.has(id),
      attach: (from, kind, response) => this.#peers.get(from)?.attach(kind, response),
      addRemote: (sender) => this.#addRemote(sender)
    };
  }
  #probe() {
    const { clock, dialer, metrics } = this.#options;
    for (const peer of this.#peers.values()) {
      const startedMs = clock.monotonicMs();
      const probed = get(new URL("/raft/probing", peer.url), dialer, this.#stop.signal).then(
        () => metrics.roundTrip(peer.id, (clock.monotonicMs() - startedMs) / 1e3),
        () => {
        }
      );
      this.#supervise(probed);
    }
  }
  /** Keeps what is under way until it has ended, so that `stop` can wait for it. */
  #supervise(work) {
    const supervised = work.catch((error) => this.#options.log.error("peer transport failed", { error })).finally(() => this.#stopping.delete(supervised));
    this.#stopping.add(supervised);
  }
};
async function get(url, dialer, signal) {
  await new Promise((resolve, reject) => {
    const probe = dialer.pooled(url, { signal });
    probe.on("error", reject);
    probe.on("timeout", () => probe.destroy(new Error(`no answer from ${url.host} in time`)));
    probe.on("response", (response) => {
      readBody(response, limits.peerSmallRequestBytesMax).then(() => resolve(), reject);
    });
    probe.end();
  });
}

// src/etcd/peer/lowest-version.ts
var VERSION_TIMEOUT_MS = 4e3;
async function lowestVersion(selfId, members, dialer) {
  const versions2 = await Promise.all(
    members.map((member) => member.id === selfId ? servedEtcdVersion : versionOf(member, dialer))
  );
  let lowest;
  for (const version of versions2) {
    const [major, minor] = (version ?? "").split(".").map(Number);
    if (major === void 0 || minor === void 0 || Number.isNaN(minor)) return void 0;
    const isLower = lowest === void 0 || major < lowest[0] || major === lowest[0] && minor < lowest[1];
    if (isLower) lowest = [major, minor];
  }
  return lowest === void 0 ? void 0 : `${lowest[0]}.${lowest[1]}.0`;
}
async function versionOf(member, dialer) {
  for (const url of member.peerUrls) {
    try {
      return (await fetchVersion(url, AbortSignal.timeout(VERSION_TIMEOUT_MS), dialer)).server;
    } catch {
    }
  }
  return void 0;
}

// src/etcd/peer-handlers.ts
var APPLY_WAIT_MS = 1e3;
var APPLY_WAIT_STEP_MS = 10;
var MemberPeerHandlers = class {
  #parts;
  constructor(parts) {
    this.#parts = parts;
  }
  step(message) {
    if (this.#parts.state.current.membership.isRemoved(message.from)) return "removed";
    if (message.to !== this.#parts.memberId) return "not-for-us";
    this.#parts.loop().step(message);
    return "ok";
  }
  reportUnreachable(id) {
    this.#parts.loop().reportUnreachable(id);
  }
  reportSnapshot(id, ok2) {
    this.#parts.snapshots().delivered(id, ok2);
  }
  peerDisconnected(id, evidence) {
    this.#parts.log.warn("lost the connection to a peer", { peer: formatId(id), evidence });
  }
  receiveSnapshot(message, database) {
    return this.#parts.snapshots().receive(message, database);
  }
  members() {
    const members = this.#parts.state.current.membership.members();
    return members.length > 0 ? members : this.#parts.knownMembers;
  }
  versionJson() {
    return versionJson(this.#parts.version);
  }
  async hashKv(revision) {
    const { store } = this.#parts.state.current;
    const result = await store.hashKv(revision);
    return { revision: store.currentRevision, ...result };
  }
  promoteMember(id) {
    return this.#parts.cluster().promoteHere(id);
  }
  async renewLease(id) {
    await this.#appliedWhatIsCommitted();
    this.#assertLeads();
    return await this.#parts.lease().renew(id);
  }
  async leaseTimeToLive(id, keys) {
    await this.#appliedWhatIsCommitted();
    this.#assertLeads();
    const answer4 = await this.#parts.lease().timeToLive({ ID: id, keys });
    const response = decodeLeaseTimeToLiveResponse(answer4.body);
    if (response.TTL === -1) throw new EtcdError("LeaseNotFound");
    return response;
  }
  async downgradeEnabled() {
    await this.#parts.loop().readBarrier();
    return this.#parts.state.current.membership.downgrade.enabled;
  }
  removedByPeers() {
    this.#parts.removedByPeers();
  }
  /** A forwarded request is answered here or refused, never forwarded again. */
  #assertLeads() {
    if (this.#parts.loop().status().role !== "leader") throw new EtcdError("NotPrimaryLessor");
  }
  async #appliedWhatIsCommitted() {
    const { clock } = this.#parts;
    const { commitIndex } = this.#parts.loop().status();
    const deadlineMs = clock.monotonicMs() + APPLY_WAIT_MS;
    while (this.#parts.state.current.applier.appliedIndex < commitIndex) {
      if (clock.monotonicMs() > deadlineMs) throw new EtcdError("TimeoutWaitAppliedIndex");
      await clock.after(APPLY_WAIT_STEP_MS);
    }
  }
};

// src/etcd/raft/progress/inflights.ts
var Inflights = class {
  #limit;
  #ring = [];
  #start = 0;
  #count = 0;
  constructor(limit) {
    this.#limit = limit;
  }
  get count() {
    return this.#count;
  }
  get isFull() {
    return this.#count >= this.#limit;
  }
  /** `lastIndex` must not be smaller than the one added before it. */
  add(lastIndex) {
    assert(!this.isFull, "the inflight window is full");
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#start + this.#count) % this.#ring.length] = lastIndex;
    this.#count += 1;
  }
  /** An answer for `index` answers every earlier message too. */
  freeUpTo(index) {
    const size = this.#ring.length;
    while (this.#count > 0 && this.#ring[this.#start] <= index) {
      this.#start = this.#start + 1 === size ? 0 : this.#start + 1;
      this.#count -= 1;
    }
  }
  clear() {
    this.#start = 0;
    this.#count = 0;
  }
  #grow() {
    const size = Math.min(this.#limit, Math.max(8, this.#ring.length * 2));
    const grown = Array.from({ length: size }, () => 0);
    for (let i = 0; i < this.#count; i += 1) {
      grown[i] = this.#ring[(this.#start + i) % this.#ring.length];
    }
    this.#ring = grown;
    this.#start = 0;
  }
};

// src/etcd/raft/progress/progress.ts
var Progress = class {
  isLearner;
  /** The log is known to agree up to here. */
  match;
  /** The next entry to send. */
  next;
  state = "probe";
  /** Index of the snapshot on its way, in state snapshot. */
  pendingSnapshot = 0;
  /** Heard within the current election timeout; starts true so that a new member has time to speak. */
  recentActive;
  /** Set after a probe and while the window is full; a heartbeat answer clears it. */
  isPaused = false;
  /** Highest commit index sent, as far as it can have had an effect. */
  sentCommit = 0;
  sendWish = "none";
  inflights;
  constructor(options) {
    this.match = options.match;
    this.next = options.next;
    this.isLearner = options.isLearner;
    this.recentActive = options.recentActive;
    this.inflights = new Inflights(options.maxInflight);
  }
  /** True when no MsgApp may be sent now. */
  get isThrottled() {
    return this.state === "snapshot" || this.isPaused;
  }
  becomeProbe() {
    const from = this.state === "snapshot" ? Math.max(this.match, this.pendingSnapshot) : this.match;
    this.#enter("probe");
    this.next = from + 1;
    this.sentCommit = Math.min(this.sentCommit, from);
  }
  becomeReplicate() {
    this.#enter("replicate");
    this.next = this.match + 1;
  }
  becomeSnapshot(index) {
    this.#enter("snapshot");
    this.pendingSnapshot = index;
    this.next = index + 1;
    this.sentCommit = index;
  }
  /** The snapshot did not arrive: probe from what is known, after the next heartbeat. */
  snapshotFailed() {
    this.pendingSnapshot = 0;
    this.becomeProbe();
    this.isPaused = true;
  }
  sentEntries(count) {
    switch (this.state) {
      case "replicate":
        if (count > 0) {
          this.next += count;
          this.inflights.add(this.next - 1);
        }
        this.isPaused = this.inflights.isFull;
        return;
      case "probe":
        if (count > 0) this.isPaused = true;
        return;
      case "snapshot":
        return assert(false, "no entries are sent while a snapshot is pending");
      default:
        unreachable(this.state);
    }
  }
  /** The follower has everything up to `index`. False when that was known. */
  maybeUpdate(index) {
    if (index <= this.match) return false;
    this.match = index;
    if (this.next <= index) this.next = index + 1;
    this.isPaused = false;
    return true;
  }
  /**
   * The follower refused a message anchored at `rejected` and agrees at most up to `hint`. False
   * when the refusal is stale (reordered or duplicated).
   */
  maybeDecrease(rejected, hint) {
    if (this.state === "replicate") {
      if (rejected <= this.match) return false;
      this.next = this.match + 1;
    } else {
      if (this.next - 1 !== rejected) return false;
      this.next = Math.max(Math.min(rejected, hint + 1), this.match + 1);
      this.isPaused = false;
    }
    this.sentCommit = Math.min(this.sentCommit, this.next - 1);
    return true;
  }
  /** True when sending `commit` now could let the follower commit more than it was told already. */
  canBumpCommit(commit) {
    return commit > this.sentCommit && this.sentCommit < this.next - 1;
  }
  /** A wish is never lowered before it was served. */
  wishToSend(wish) {
    if (this.sendWish !== "always") this.sendWish = wish;
  }
  #enter(state) {
    this.state = state;
    this.isPaused = false;
    this.pendingSnapshot = 0;
    this.inflights.clear();
  }
};

// src/etcd/raft/conf-state.ts
function confStateOf(tracker) {
  return {
    voters: [...tracker.voters],
    learners: [...tracker.learners],
    votersOutgoing: [],
    learnersNext: [],
    autoLeave: false
  };
}
function isJoint(state) {
  return state.votersOutgoing.length > 0 || state.learnersNext.length > 0;
}
function restoreConfState(tracker, state, lastIndex, maxInflight) {
  assert(!isJoint(state), "a joint configuration is not supported");
  tracker.voters = sortedIds(state.voters);
  tracker.learners = sortedIds(state.learners);
  tracker.progress = /* @__PURE__ */ new Map();
  for (const id of tracker.voters) {
    tracker.progress.set(id, newMember(lastIndex, false, maxInflight));
  }
  for (const id of tracker.learners) {
    assert(!tracker.progress.has(id), "a member is a voter or a learner, not both");
    tracker.progress.set(id, newMember(lastIndex, true, maxInflight));
  }
}
function newMember(lastIndex, isLearner, maxInflight) {
  return new Progress({
    match: 0,
    next: Math.max(lastIndex, 1),
    isLearner,
    recentActive: true,
    maxInflight
  });
}
function sortedIds(ids) {
  return [...new Set(ids)].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
}

// src/etcd/raft/message.ts
var campaignTransferContext = utf8Bytes("CampaignTransfer");
function isCampaignTransfer(context) {
  return equalBytes(context, campaignTransferContext);
}
function buildMessage(fields, from, term) {
  return {
    type: fields.type,
    to: fields.to,
    from: fields.from ?? from,
    term: fields.term ?? term,
    logTerm: fields.logTerm ?? 0,
    index: fields.index ?? 0,
    entries: fields.entries ?? [],
    commit: fields.commit ?? 0,
    vote: 0n,
    snapshot: fields.snapshot,
    reject: fields.reject ?? false,
    rejectHint: fields.rejectHint ?? 0,
    context: fields.context ?? emptyBytes,
    responses: []
  };
}
function isLocalType(type) {
  switch (type) {
    case MessageType.MsgHup:
    case MessageType.MsgBeat:
    case MessageType.MsgUnreachable:
    case MessageType.MsgSnapStatus:
    case MessageType.MsgCheckQuorum:
    case MessageType.MsgStorageAppend:
    case MessageType.MsgStorageAppendResp:
    case MessageType.MsgStorageApply:
    case MessageType.MsgStorageApplyResp:
    case MessageType.MsgForgetLeader:
      return true;
    default:
      return false;
  }
}
function isForwardedType(type) {
  return type === MessageType.MsgProp || type === MessageType.MsgReadIndex || type === MessageType.MsgTransferLeader;
}
function isResponseType(type) {
  return type === MessageType.MsgAppResp || type === MessageType.MsgVoteResp || type === MessageType.MsgHeartbeatResp || type === MessageType.MsgPreVoteResp;
}
function isFromLeader2(type) {
  return type === MessageType.MsgApp || type === MessageType.MsgHeartbeat || type === MessageType.MsgSnap;
}

// src/etcd/raft/quorum/majority.ts
function majoritySize(count) {
  return Math.floor(count / 2) + 1;
}
function majorityIndex(acked) {
  const count = acked.length;
  if (count === 0) return 0;
  for (let i = 1; i < count; i += 1) {
    const value2 = acked[i];
    let at = i - 1;
    while (at >= 0 && acked[at] > value2) {
      acked[at + 1] = acked[at];
      at -= 1;
    }
    acked[at + 1] = value2;
  }
  return acked[count - majoritySize(count)];
}
function voteResult(voters, granted, refused4) {
  if (voters === 0) return "won";
  const needed = majoritySize(voters);
  if (granted >= needed) return "won";
  return voters - refused4 < needed ? "lost" : "pending";
}

// src/etcd/raft/progress/tracker.ts
var Tracker = class {
  /** Ascending. */
  voters = [];
  /** Ascending, disjoint from the voters. */
  learners = [];
  /** Exactly the voters and learners. */
  progress = /* @__PURE__ */ new Map();
  #votes = /* @__PURE__ */ new Map();
  #scratch = [];
  isSingleVoter(id) {
    return this.voters.length === 1 && this.voters[0] === id;
  }
  isVoter(id) {
    const progress = this.progress.get(id);
    return progress !== void 0 && !progress.isLearner;
  }
  /** The highest index that a quorum of voters holds. */
  quorumMatch() {
    const acked = this.#emptyScratch();
    for (const id of this.voters) acked.push(this.progress.get(id)?.match ?? 0);
    return majorityIndex(acked);
  }
  /** The highest number that a quorum of voters has acknowledged in `acks`. */
  quorumAck(acks) {
    const acked = this.#emptyScratch();
    for (const id of this.voters) acked.push(acks.get(id) ?? 0);
    return majorityIndex(acked);
  }
  /** True when a quorum of voters was heard since `markInactive`. */
  isQuorumActive() {
    let active = 0;
    for (const id of this.voters) if (this.progress.get(id)?.recentActive === true) active += 1;
    return voteResult(this.voters.length, active, this.voters.length - active) === "won";
  }
  markInactive(except) {
    for (const [id, progress] of this.progress) if (id !== except) progress.recentActive = false;
  }
  resetVotes() {
    this.#votes.clear();
  }
  /** The first answer of a member counts. */
  recordVote(id, granted) {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }
  tallyVotes() {
    let granted = 0;
    let refused4 = 0;
    for (const id of this.voters) {
      const vote = this.#votes.get(id);
      if (vote === true) granted += 1;
      if (vote === false) refused4 += 1;
    }
    return { granted, refused: refused4, result: voteResult(this.voters.length, granted, refused4) };
  }
  #emptyScratch() {
    this.#scratch.length = 0;
    return this.#scratch;
  }
};

// src/etcd/raft/read-only.ts
var ReadOnly = class {
  #limit;
  #acks = /* @__PURE__ */ new Map();
  /** Accepted in this leadership, oldest first, numbered from `#confirmed + 1`. */
  #unconfirmed = [];
  #confirmed = 0;
  /** Came before the first commit of the term, when the commit index may still be too old. */
  #postponed = [];
  constructor(limit) {
    this.#limit = limit;
  }
  get isFull() {
    return this.#unconfirmed.length + this.#postponed.length >= this.#limit;
  }
  postpone(request2) {
    this.#postponed.push(request2);
  }
  takePostponed() {
    const taken = this.#postponed;
    if (taken.length > 0) this.#postponed = [];
    return taken;
  }
  /** The leader itself acknowledges at once. */
  add(request2, commitIndex, self) {
    this.#unconfirmed.push({ request: request2, index: commitIndex });
    this.#acks.set(self, this.#newest());
  }
  acknowledge(from, context) {
    const count = decodeReadCount(context);
    if (count === void 0 || count > this.#newest()) return;
    if (count > (this.#acks.get(from) ?? 0)) this.#acks.set(from, count);
  }
  /** The reads that a quorum has now confirmed, oldest first. */
  takeConfirmed(tracker) {
    const confirmed = Math.min(tracker.quorumAck(this.#acks), this.#newest());
    if (confirmed <= this.#confirmed) return [];
    const taken = this.#unconfirmed.splice(0, confirmed - this.#confirmed);
    this.#confirmed = confirmed;
    return taken;
  }
  /** What heartbeats carry: undefined when no read waits. */
  heartbeatContext() {
    return this.#unconfirmed.length === 0 ? void 0 : encodeReadCount(this.#newest());
  }
  #newest() {
    return this.#confirmed + this.#unconfirmed.length;
  }
};
function encodeReadCount(count) {
  const bytes = new Uint8Array(8);
  let rest2 = count;
  for (let i = 0; i < 8; i += 1) {
    bytes[i] = rest2 % 256;
    rest2 = Math.floor(rest2 / 256);
  }
  return bytes;
}
function decodeReadCount(bytes) {
  if (bytes.length !== 8) return void 0;
  let count = 0;
  for (let i = 7; i >= 0; i -= 1) count = count * 256 + bytes[i];
  return count;
}

// src/etcd/raft/core.ts
var NOTES_MAX = 64;
var Core = class {
  config;
  log;
  tracker = new Tracker();
  term = 0;
  /** Candidate that got this member's vote in this term; 0n: none. */
  vote = 0n;
  /** 0n: none known, or forgotten. */
  lead = 0n;
  role = "follower";
  /** Ticks since the leader was heard or a vote was given (leader: since the last quorum check). */
  electionElapsed = 0;
  heartbeatElapsed = 0;
  electionTimeout = 0;
  ticksSinceLeaderHeard = 0;
  /** Target of the leadership transfer under way; 0n: none. */
  transferee = 0n;
  /** No conf change may be proposed until this index is applied. */
  pendingConfIndex = 0;
  /** Bytes proposed in this leadership and not yet applied. */
  uncommittedBytes = 0;
  readOnly;
  /** A read was accepted: the next flush sends heartbeats with its number. */
  readsWaiting = false;
  /** May leave at once. */
  send = [];
  /** Leave when everything that is unstable now is on disk. */
  sendAfterAppend = [];
  reads = [];
  notes = [];
  constructor(config, log) {
    this.config = config;
    this.log = log;
    this.readOnly = new ReadOnly(config.maxPendingReads);
  }
  get id() {
    return this.config.id;
  }
  /** A learner, a removed member and one that is installing a snapshot do not campaign. */
  get isPromotable() {
    return this.tracker.isVoter(this.id) && !this.log.hasPendingSnapshot;
  }
  get hasCommittedInTerm() {
    return this.log.termAt(this.log.committed) === this.term;
  }
  /**
   * True while this member hears a leader: it then ignores candidates, so that a member that was
   * cut off cannot disturb the others (dissertation section 4.2.3).
   */
  get isInLease() {
    return this.config.checkQuorum && this.lead !== 0n && this.electionElapsed < this.config.electionTicks;
  }
  emit(fields) {
    const term = isForwardedType(fields.type) && fields.type !== TRANSFER ? 0 : this.term;
    this.send.push(buildMessage(fields, this.id, term));
  }
  /**
   * For promises: they must not leave before what they promise is on disk. Accepting answers to
   * several appends of one leader become one, the last: it says all that the others said.
   */
  emitAfterAppend(fields) {
    const m = buildMessage(fields, this.id, this.term);
    const queue = this.sendAfterAppend;
    const last = queue[queue.length - 1];
    if (last?.type === MessageType.MsgAppResp && m.type === MessageType.MsgAppResp && last.to === m.to && last.term === m.term && last.index <= m.index) {
      queue[queue.length - 1] = m;
    } else {
      queue.push(m);
    }
  }
  note(text) {
    if (this.notes.length < NOTES_MAX) this.notes.push(text);
  }
  /** What every change of role or term starts with. */
  reset(term) {
    if (this.term !== term) {
      this.term = term;
      this.vote = 0n;
    }
    this.lead = 0n;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.electionTimeout = this.config.electionTicks + this.config.random.below(this.config.electionTicks);
    this.transferee = 0n;
    this.pendingConfIndex = 0;
    this.uncommittedBytes = 0;
    this.readOnly = new ReadOnly(this.config.maxPendingReads);
    this.readsWaiting = false;
    this.tracker.resetVotes();
    for (const [id, progress] of this.tracker.progress) {
      this.tracker.progress.set(id, this.#freshProgress(id, progress.isLearner));
    }
  }
  /** The leader's own entries count from the moment they are on its own disk. */
  #freshProgress(id, isLearner) {
    return new Progress({
      match: id === this.id ? this.log.stableIndex : 0,
      next: this.log.lastIndex + 1,
      isLearner,
      recentActive: false,
      maxInflight: this.config.maxInflightMessages
    });
  }
};
var TRANSFER = MessageType.MsgTransferLeader;
function idText2(id) {
  return id.toString(16);
}

// src/etcd/raft/read-index.ts
function acceptRead(core, m) {
  if (m.entries.length !== 1) return "accepted";
  if (core.readOnly.isFull) return "dropped:uncommitted-limit";
  if (!core.hasCommittedInTerm) core.readOnly.postpone(m);
  else startRead(core, m);
  return "accepted";
}
function releasePostponedReads(core) {
  for (const request2 of core.readOnly.takePostponed()) startRead(core, request2);
}
function confirmReads(core, from, context) {
  core.readOnly.acknowledge(from, context);
  answerConfirmed(core);
}
function answerConfirmed(core) {
  for (const read of core.readOnly.takeConfirmed(core.tracker)) {
    answerRead(core, read.request, read.index);
  }
}
function startRead(core, m) {
  if (core.tracker.isSingleVoter(core.id)) {
    answerRead(core, m, core.log.committed);
    return;
  }
  core.readOnly.add(m, core.log.committed, core.id);
  core.readsWaiting = true;
}
function answerRead(core, request2, index) {
  const entry = request2.entries[0];
  assert(entry !== void 0, "a read carries its id");
  if (request2.from === core.id) {
    core.reads.push({ requestId: entry.data, index });
    return;
  }
  core.emit({
    type: MessageType.MsgReadIndexResp,
    to: request2.from,
    index,
    entries: request2.entries
  });
}

// src/etcd/raft/replication.ts
function appendAsLeader(core, proposals) {
  const entries = [];
  let index = core.log.lastIndex;
  for (const { type, data } of proposals) {
    index += 1;
    entries.push({ type, term: core.term, index, data });
  }
  core.log.append(entries);
}
function broadcastAppends(core, wish) {
  for (const [id, progress] of core.tracker.progress) {
    if (id !== core.id) progress.wishToSend(wish);
  }
}
function maybeCommit(core) {
  const index = core.tracker.quorumMatch();
  if (index <= core.log.committed || core.log.termAt(index) !== core.term) return false;
  core.log.commitTo(index);
  broadcastAppends(core, "news");
  releasePostponedReads(core);
  return true;
}
function flushAppends(core) {
  for (const [id, progress] of core.tracker.progress) {
    const wish = progress.sendWish;
    if (wish === "none") continue;
    progress.sendWish = "none";
    let evenIfEmpty = wish === "always";
    while (maybeSendAppend(core, id, progress, evenIfEmpty)) evenIfEmpty = false;
  }
}
function broadcastHeartbeats(core) {
  const context = core.readOnly.heartbeatContext();
  for (const [id, progress] of core.tracker.progress) {
    if (id === core.id) continue;
    const commit = Math.min(progress.match, core.log.committed);
    core.emit({
      type: MessageType.MsgHeartbeat,
      to: id,
      commit,
      ...context === void 0 ? {} : { context }
    });
    progress.sentCommit = commit;
  }
}
function maybeSendAppend(core, to, progress, evenIfEmpty) {
  if (progress.isThrottled) return false;
  const { log } = core;
  const prevIndex = progress.next - 1;
  const prevTerm = log.termAt(prevIndex);
  if (prevTerm === void 0) {
    maybeSendSnapshot(core, to, progress);
    return false;
  }
  const isFull = progress.state === "replicate" && progress.inflights.isFull;
  const entries = isFull || progress.next > log.lastIndex ? noEntries : log.entriesFrom(progress.next, log.lastIndex, core.config.maxMessageBytes, Infinity);
  const hasNews = entries.length > 0 || progress.canBumpCommit(log.committed);
  if (!hasNews && !evenIfEmpty) return false;
  core.emit({
    type: MessageType.MsgApp,
    to,
    index: prevIndex,
    logTerm: prevTerm,
    entries,
    commit: log.committed
  });
  progress.sentEntries(entries.length);
  progress.sentCommit = log.committed;
  return entries.length > 0;
}
var noEntries = [];
function maybeSendSnapshot(core, to, progress) {
  if (!progress.recentActive) return;
  const index = core.log.applied;
  const snapshot = {
    data: emptyBytes,
    metadata: {
      index,
      term: core.log.termAt(index) ?? 0,
      confState: confStateOf(core.tracker)
    }
  };
  core.note(
    `${idText2(core.id)} sends a snapshot at index ${index} to ${idText2(to)}, which needs index ${progress.next}; the log starts at ${core.log.firstIndex}`
  );
  progress.becomeSnapshot(index);
  core.emit({ type: MessageType.MsgSnap, to, snapshot });
}

// src/etcd/raft/conf-change.ts
function applyConfChange(core, change) {
  if (change.nodeId !== 0n) {
    changeTracker(core, change);
    const state = confStateOf(core.tracker);
    core.note(`${idText2(core.id)} switched to configuration ${configText(state)}`);
    if (core.role === "leader") afterChangeOnLeader(core);
  }
  return confStateOf(core.tracker);
}
function hasUnappliedConfChange(core) {
  for (let index = core.log.applied + 1; index <= core.log.committed; index += 1) {
    if (index < core.log.firstIndex) continue;
    if (core.log.entryAt(index).type !== EntryType.EntryNormal) return true;
  }
  return false;
}
function changeTracker(core, change) {
  const { tracker } = core;
  const id = change.nodeId;
  switch (change.type) {
    case ConfChangeType.ConfChangeAddNode:
      return addMember(core, id, false);
    case ConfChangeType.ConfChangeAddLearnerNode:
      return addMember(core, id, true);
    case ConfChangeType.ConfChangeRemoveNode:
      tracker.progress.delete(id);
      return resetMembers(tracker);
    case ConfChangeType.ConfChangeUpdateNode:
      return;
    default:
      assert(false, `unknown conf change type ${change.type}`);
  }
}
function addMember(core, id, isLearner) {
  const { tracker, config, log } = core;
  const known2 = tracker.progress.get(id);
  if (known2 !== void 0) known2.isLearner = isLearner;
  else tracker.progress.set(id, newMember(log.lastIndex, isLearner, config.maxInflightMessages));
  resetMembers(tracker);
}
function resetMembers(tracker) {
  const voters = [];
  const learners = [];
  for (const [id, progress] of tracker.progress) (progress.isLearner ? learners : voters).push(id);
  assert(voters.length > 0, "a conf change must leave a voter");
  tracker.voters = sortedIds(voters);
  tracker.learners = sortedIds(learners);
}
function afterChangeOnLeader(core) {
  if (!maybeCommit(core)) broadcastAppends(core, "news");
  answerConfirmed(core);
  if (core.transferee !== 0n && !core.tracker.isVoter(core.transferee)) core.transferee = 0n;
}
function configText(state) {
  const voters = `voters=(${state.voters.map(idText2).join(" ")})`;
  if (state.learners.length === 0) return voters;
  return `${voters} learners=(${state.learners.map(idText2).join(" ")})`;
}

// src/etcd/raft/config.ts
function assertConfig(config) {
  assert(config.id !== 0n, "a member id is not zero");
  assert(config.heartbeatTicks > 0, "heartbeatTicks must be positive");
  assert(
    config.electionTicks > config.heartbeatTicks,
    "electionTicks must be greater than heartbeatTicks"
  );
  assert(config.maxInflightMessages > 0, "maxInflightMessages must be positive");
  assert(config.maxApplyEntries > 0, "maxApplyEntries must be positive");
}

// src/etcd/raft/roles.ts
function becomeFollower(core, term, lead) {
  const wasLeader = core.role === "leader";
  core.reset(term);
  core.lead = lead;
  core.role = "follower";
  if (wasLeader || lead !== 0n) core.ticksSinceLeaderHeard = 0;
  core.note(`${idText2(core.id)} became follower at term ${core.term}`);
}
function becomePreCandidate(core) {
  assert(core.role !== "leader", "a leader does not campaign");
  core.tracker.resetVotes();
  core.lead = 0n;
  core.role = "pre-candidate";
  core.note(`${idText2(core.id)} became pre-candidate at term ${core.term}`);
}
function becomeCandidate(core) {
  assert(core.role !== "leader", "a leader does not campaign");
  core.reset(core.term + 1);
  core.vote = core.id;
  core.role = "candidate";
  core.note(`${idText2(core.id)} became candidate at term ${core.term}`);
}
function becomeLeader(core) {
  assert(core.role === "candidate", "only a candidate becomes leader");
  core.reset(core.term);
  core.lead = core.id;
  core.role = "leader";
  core.ticksSinceLeaderHeard = 0;
  const own = core.tracker.progress.get(core.id);
  assert(own !== void 0, "a leader is a voter when it is elected");
  own.state = "replicate";
  own.recentActive = true;
  core.pendingConfIndex = core.log.lastIndex;
  appendAsLeader(core, [{ type: EntryType.EntryNormal, data: emptyBytes }]);
  broadcastAppends(core, "always");
  core.note(`${idText2(core.id)} became leader at term ${core.term}`);
}

// src/etcd/raft/election.ts
function startElection(core, kind) {
  if (core.role === "leader") return;
  if (!core.isPromotable) {
    core.note(`${idText2(core.id)} is unpromotable and can not campaign`);
    return;
  }
  if (hasUnappliedConfChange(core)) {
    core.note(
      `${idText2(core.id)} cannot campaign at term ${core.term} since there are still pending configuration changes to apply`
    );
    return;
  }
  core.note(`${idText2(core.id)} is starting a new election at term ${core.term}`);
  campaign2(core, kind);
}
function countVote(core, from, granted) {
  core.tracker.recordVote(from, granted);
  const { result } = core.tracker.tallyVotes();
  switch (result) {
    case "won":
      if (core.role === "pre-candidate") campaign2(core, "election");
      else becomeLeader(core);
      return;
    case "lost":
      return becomeFollower(core, core.term, 0n);
    case "pending":
      return;
    default:
      unreachable(result);
  }
}
function answerVote(core, m) {
  const isPreVote = m.type === MessageType.MsgPreVote;
  const type = isPreVote ? MessageType.MsgPreVoteResp : MessageType.MsgVoteResp;
  const canVote = core.vote === m.from || core.vote === 0n && core.lead === 0n || isPreVote && m.term > core.term;
  const granted = canVote && core.log.isUpToDate(m.logTerm, m.index);
  core.note(voteText(core, m, granted ? "cast" : "rejected"));
  if (!granted) {
    core.emit({ type, to: m.from, reject: true });
    return;
  }
  if (isPreVote) {
    core.emit({ type, to: m.from, term: m.term });
    return;
  }
  core.electionElapsed = 0;
  core.vote = m.from;
  core.emitAfterAppend({ type, to: m.from, term: m.term });
}
function noteIgnoredVote(core, m) {
  const remaining = core.config.electionTicks - core.electionElapsed;
  const reason = `: lease is not expired (remaining ticks: ${remaining})`;
  core.note(voteText(core, m, "ignored") + reason);
}
function campaign2(core, kind) {
  if (kind === "pre-election") {
    becomePreCandidate(core);
    requestVotes(core, MessageType.MsgPreVote, core.term + 1, kind);
    countVote(core, core.id, true);
    return;
  }
  becomeCandidate(core);
  requestVotes(core, MessageType.MsgVote, core.term, kind);
}
function requestVotes(core, type, term, kind) {
  for (const to of core.tracker.voters) {
    if (to === core.id) continue;
    const request2 = {
      type,
      to,
      term,
      index: core.log.lastIndex,
      logTerm: core.log.lastTerm,
      ...kind === "transfer" ? { context: campaignTransferContext } : {}
    };
    if (type === MessageType.MsgPreVote) core.emit(request2);
    else core.emitAfterAppend(request2);
  }
}
function voteText(core, m, what) {
  const name = m.type === MessageType.MsgPreVote ? "MsgPreVote" : "MsgVote";
  const own = `logterm: ${core.log.lastTerm}, index: ${core.log.lastIndex}`;
  return `${idText2(core.id)} [${own}, vote: ${idText2(core.vote)}] ${what} ${name} from ${idText2(m.from)} [logterm: ${m.logTerm}, index: ${m.index}] at term ${core.term}`;
}

// src/etcd/raft/restore.ts
function restoreSnapshot(core, snapshot) {
  const metadata = snapshot.metadata;
  const state = metadata?.confState;
  if (metadata === void 0 || state === void 0) return false;
  const { index, term } = metadata;
  if (index <= core.log.committed || core.role !== "follower") return false;
  if (isJoint(state) || !isMemberOf(state, core.id)) {
    core.note(`${idText2(core.id)} ignores a snapshot whose configuration it cannot take part in`);
    return false;
  }
  const position = `[index: ${index}, term: ${term}]`;
  if (core.log.termAt(index) === term) {
    core.note(`${idText2(core.id)} fast-forwarded commit to snapshot ${position}`);
    core.log.commitTo(index);
    return false;
  }
  core.log.restore(snapshot);
  core.note(`${idText2(core.id)} restored snapshot ${position}`);
  return true;
}
function snapshotInstalled(core, snapshot) {
  const state = snapshot.metadata?.confState;
  assert(state !== void 0, "a snapshot without a configuration is not restored");
  restoreConfState(core.tracker, state, core.log.lastIndex, core.config.maxInflightMessages);
}
function isMemberOf(state, id) {
  return state.voters.includes(id) || state.learners.includes(id);
}

// src/etcd/raft/append-entries.ts
function receiveAppend(core, m) {
  const { log } = core;
  if (!isContiguous(m)) return;
  if (m.index < log.committed) {
    core.emitAfterAppend({ type: MessageType.MsgAppResp, to: m.from, index: log.committed });
    return;
  }
  if (log.maybeAppend(m.index, m.logTerm, m.entries)) {
    const index = m.index + m.entries.length;
    log.commitTo(Math.min(m.commit, index));
    core.emitAfterAppend({ type: MessageType.MsgAppResp, to: m.from, index });
    return;
  }
  const hint = log.findConflictByTerm(m.index, m.logTerm);
  core.emit({
    type: MessageType.MsgAppResp,
    to: m.from,
    index: m.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term
  });
}
function receiveHeartbeat(core, m) {
  core.log.commitTo(m.commit);
  core.emit({ type: MessageType.MsgHeartbeatResp, to: m.from, context: m.context });
}
function receiveSnapshot(core, m) {
  const restored = m.snapshot !== void 0 && restoreSnapshot(core, m.snapshot);
  const index = restored ? core.log.lastIndex : core.log.committed;
  core.emitAfterAppend({ type: MessageType.MsgAppResp, to: m.from, index });
}
function isContiguous(m) {
  const count = m.entries.length;
  if (count === 0) return true;
  return m.entries[0]?.index === m.index + 1 && m.entries[count - 1]?.index === m.index + count;
}

// src/etcd/raft/follower.ts
function stepFollower(core, m) {
  switch (m.type) {
    case MessageType.MsgApp:
      hearLeader(core, m.from);
      receiveAppend(core, m);
      return "accepted";
    case MessageType.MsgHeartbeat:
      hearLeader(core, m.from);
      receiveHeartbeat(core, m);
      return "accepted";
    case MessageType.MsgSnap:
      hearLeader(core, m.from);
      receiveSnapshot(core, m);
      return "accepted";
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
    case MessageType.MsgTransferLeader:
      return forward(core, m);
    case MessageType.MsgReadIndexResp:
      receiveReadIndex(core, m);
      return "accepted";
    case MessageType.MsgTimeoutNow:
      core.note(
        `${idText2(core.id)} [term ${core.term}] received MsgTimeoutNow from ${idText2(m.from)} and starts an election to get leadership.`
      );
      startElection(core, "transfer");
      return "accepted";
    default:
      return "accepted";
  }
}
function forgetLeader(core) {
  if (core.role !== "follower" || core.lead === 0n) return false;
  core.note(`${idText2(core.id)} forgetting leader ${idText2(core.lead)} at term ${core.term}`);
  core.lead = 0n;
  return true;
}
function tickElection(core) {
  core.electionElapsed += 1;
  core.ticksSinceLeaderHeard += 1;
  if (core.electionElapsed < core.electionTimeout || !core.isPromotable) return;
  core.electionElapsed = 0;
  startElection(core, core.config.preVote ? "pre-election" : "election");
}
function hearLeader(core, lead) {
  core.electionElapsed = 0;
  core.ticksSinceLeaderHeard = 0;
  core.lead = lead;
}
function forward(core, m) {
  if (core.lead === 0n) return "dropped:no-leader";
  core.emit({
    ...m,
    to: core.lead,
    term: m.type === MessageType.MsgTransferLeader ? core.term : 0
  });
  return "accepted";
}
function receiveReadIndex(core, m) {
  const request2 = m.entries[0];
  if (m.entries.length !== 1 || request2 === void 0) return;
  core.reads.push({ requestId: request2.data, index: m.index });
}

// src/etcd/raft/leader-transfer.ts
function acceptTransfer(core, to) {
  const progress = core.tracker.progress.get(to);
  if (progress === void 0 || progress.isLearner) return;
  if (core.transferee === to) return;
  core.transferee = 0n;
  if (to === core.id) return;
  core.note(
    `${idText2(core.id)} [term ${core.term}] starts to transfer leadership to ${idText2(to)}`
  );
  core.transferee = to;
  core.electionElapsed = 0;
  if (progress.match === core.log.lastIndex) sendTimeoutNow(core, to);
  else progress.wishToSend("always");
}
function continueTransfer(core, progress) {
  if (progress.match === core.log.lastIndex) sendTimeoutNow(core, core.transferee);
}
function sendTimeoutNow(core, to) {
  core.note(`${idText2(core.id)} sends MsgTimeoutNow to ${idText2(to)}, whose log is up to date`);
  core.emit({ type: MessageType.MsgTimeoutNow, to });
}

// src/etcd/raft/entry.ts
var ENTRY_OVERHEAD_BYTES = 24;
function entrySize(entry) {
  return ENTRY_OVERHEAD_BYTES + payloadSize(entry);
}
function payloadSize(entry) {
  return entry.data.length;
}

// src/etcd/raft/proposals.ts
function acceptProposals(core, entries) {
  if (entries.length === 0) return "accepted";
  if (!core.tracker.progress.has(core.id)) return "dropped:no-leader";
  if (core.transferee !== 0n) return "dropped:transferring";
  if (!reserveBytes(core, entries)) return "dropped:uncommitted-limit";
  let accepted = entries;
  for (let i = 0; i < entries.length; i += 1) {
    if (entries[i]?.type === EntryType.EntryNormal) continue;
    accepted = admitConfChange(core, accepted, i);
  }
  appendAsLeader(core, accepted);
  broadcastAppends(core, "news");
  return "accepted";
}
function admitConfChange(core, entries, at) {
  const isSingleStep = entries[at]?.type === EntryType.EntryConfChange;
  if (isSingleStep && core.pendingConfIndex <= core.log.applied) {
    core.pendingConfIndex = core.log.lastIndex + at + 1;
    return entries;
  }
  const reason = isSingleStep ? `possible unapplied conf change at index ${core.pendingConfIndex} (applied to ${core.log.applied})` : "only single-step changes are supported";
  core.note(`${idText2(core.id)} ignoring conf change: ${reason}`);
  return entries.with(at, { type: EntryType.EntryNormal, term: 0, index: 0, data: emptyBytes });
}
function reserveBytes(core, entries) {
  const limit = core.config.maxUncommittedBytes;
  if (limit === Infinity) return true;
  let bytes = 0;
  for (const entry of entries) bytes += payloadSize(entry);
  if (core.uncommittedBytes > 0 && bytes > 0 && core.uncommittedBytes + bytes > limit) return false;
  core.uncommittedBytes += bytes;
  return true;
}
function releaseBytes(core, index) {
  if (core.uncommittedBytes === 0) return;
  let bytes = 0;
  const from = Math.max(core.log.applied + 1, core.log.firstIndex);
  for (let at = from; at <= index; at += 1) bytes += payloadSize(core.log.entryAt(at));
  core.uncommittedBytes = Math.max(0, core.uncommittedBytes - bytes);
}

// src/etcd/raft/leader.ts
function stepLeader(core, m) {
  switch (m.type) {
    case MessageType.MsgProp:
      return acceptProposals(core, m.entries);
    case MessageType.MsgReadIndex:
      return acceptRead(core, m);
    case MessageType.MsgTransferLeader:
      acceptTransfer(core, m.from);
      return "accepted";
    case MessageType.MsgAppResp:
    case MessageType.MsgHeartbeatResp: {
      const progress = core.tracker.progress.get(m.from);
      if (progress === void 0) return "accepted";
      progress.recentActive = true;
      if (m.type === MessageType.MsgHeartbeatResp) heardHeartbeat(core, m, progress);
      else if (m.reject) appendRefused(core, m, progress);
      else appendAccepted(core, m, progress);
      return "accepted";
    }
    default:
      return "accepted";
  }
}
function tickLeader(core) {
  core.heartbeatElapsed += 1;
  core.electionElapsed += 1;
  if (core.electionElapsed >= core.config.electionTicks) {
    core.electionElapsed = 0;
    if (core.config.checkQuorum) checkQuorum(core);
    core.transferee = 0n;
  }
  if (core.role !== "leader" || core.heartbeatElapsed < core.config.heartbeatTicks) return;
  core.heartbeatElapsed = 0;
  core.readsWaiting = false;
  broadcastHeartbeats(core);
}
function ownEntriesStable(core) {
  const own = core.tracker.progress.get(core.id);
  if (own === void 0 || !own.maybeUpdate(core.log.stableIndex)) return;
  maybeCommit(core);
}
function reportUnreachable(core, id) {
  const progress = core.tracker.progress.get(id);
  if (core.role === "leader" && progress?.state === "replicate") progress.becomeProbe();
}
function reportSnapshot(core, id, ok2) {
  const progress = core.tracker.progress.get(id);
  if (core.role !== "leader" || progress?.state !== "snapshot") return;
  if (!ok2) return progress.snapshotFailed();
  progress.becomeProbe();
  progress.isPaused = true;
}
function checkQuorum(core) {
  if (!core.tracker.isQuorumActive()) {
    core.note(`${idText2(core.id)} stepped down to follower since quorum is not active`);
    becomeFollower(core, core.term, 0n);
    return;
  }
  core.tracker.markInactive(core.id);
}
function appendAccepted(core, m, progress) {
  if (m.index > core.log.lastIndex) return;
  const foundByProbe = progress.match === m.index && progress.state === "probe";
  if (!progress.maybeUpdate(m.index) && !foundByProbe) return;
  if (progress.state === "replicate") {
    progress.inflights.freeUpTo(m.index);
  } else if (progress.state === "probe") {
    progress.becomeReplicate();
  } else if (progress.match + 1 >= core.log.firstIndex) {
    progress.becomeProbe();
    progress.becomeReplicate();
  }
  maybeCommit(core);
  progress.wishToSend("news");
  if (m.from === core.transferee) continueTransfer(core, progress);
}
function appendRefused(core, m, progress) {
  const hint = m.logTerm > 0 ? core.log.findConflictByTerm(m.rejectHint, m.logTerm).index : m.rejectHint;
  if (!progress.maybeDecrease(m.index, hint)) return;
  if (progress.state === "replicate") progress.becomeProbe();
  progress.wishToSend("always");
}
function heardHeartbeat(core, m, progress) {
  progress.isPaused = false;
  if (progress.match < core.log.lastIndex || progress.state === "probe") {
    progress.wishToSend("always");
  }
  if (m.context.length > 0) confirmReads(core, m.from, m.context);
}

// src/etcd/raft/log/raft-log.ts
var RaftLog = class {
  /** `#entries[#head + i]` has index `#base + 1 + i`; slots before the head are released. */
  #entries;
  #head = 0;
  #base;
  #baseTerm;
  #stable;
  /** How far the write in progress reaches and still agrees with this log. */
  #writing;
  #committed;
  #applied;
  #applying;
  #pendingSnapshot;
  constructor(from) {
    this.#base = from.snapshotIndex;
    this.#baseTerm = from.snapshotTerm;
    this.#entries = continuation(from);
    this.#stable = this.lastIndex;
    this.#writing = this.#stable;
    assert(from.applied >= this.#base, "the state is older than the start of the log");
    assert(from.applied <= from.committed, "more entries applied than committed");
    assert(from.committed <= this.lastIndex, "the log ends before the commit index");
    this.#committed = from.committed;
    this.#applied = from.applied;
    this.#applying = from.applied;
  }
  /** Index of the first entry held; one more than last when there is none. */
  get firstIndex() {
    return this.#base + 1;
  }
  get lastIndex() {
    return this.#base + this.#entries.length - this.#head;
  }
  get lastTerm() {
    return this.#entries.length === this.#head ? this.#baseTerm : this.#entries[this.#entries.length - 1].term;
  }
  get stableIndex() {
    return this.#stable;
  }
  get committed() {
    return this.#committed;
  }
  get applied() {
    return this.#applied;
  }
  get hasPendingSnapshot() {
    return this.#pendingSnapshot !== void 0;
  }
  /** The term of the entry at `index`; undefined when it is compacted or not there yet. */
  termAt(index) {
    if (index === this.#base) return this.#baseTerm;
    if (index < this.#base || index > this.lastIndex) return void 0;
    return this.entryAt(index).term;
  }
  entryAt(index) {
    const entry = this.#entries[this.#head + index - this.#base - 1];
    assert(entry !== void 0 && index > this.#base, "no entry at this index");
    return entry;
  }
  /** True when a log that ends with this position has at least what this one has (paper, 5.4.1). */
  isUpToDate(lastTerm, lastIndex) {
    return lastTerm > this.lastTerm || lastTerm === this.lastTerm && lastIndex >= this.lastIndex;
  }
  /** Entries from `from` on: at most `maxEntries`, at most `maxBytes`, but one if there is one. */
  entriesFrom(from, to, maxBytes, maxEntries) {
    assert(from > this.#base, "these entries are compacted");
    const start2 = this.#head + from - this.#base - 1;
    const limit = Math.min(this.#head + to - this.#base, start2 + maxEntries);
    let end2 = start2;
    let bytes = 0;
    while (end2 < limit) {
      bytes += entrySize(this.#entries[end2]);
      if (bytes > maxBytes && end2 > start2) break;
      end2 += 1;
    }
    return this.#entries.slice(start2, end2);
  }
  /** For the leader: entries that continue this log. */
  append(entries) {
    for (const entry of entries) this.#entries.push(entry);
  }
  /**
   * For followers (paper, figure 2, AppendEntries 2 to 4): entries that follow `prevIndex`, whose
   * term is `prevTerm` at the leader. False when the logs differ there. What agrees stays, what
   * conflicts is replaced together with everything behind it.
   */
  maybeAppend(prevIndex, prevTerm, entries) {
    if (this.termAt(prevIndex) !== prevTerm) return false;
    let fresh = 0;
    while (fresh < entries.length && this.#holds(entries[fresh])) fresh += 1;
    if (fresh === entries.length) return true;
    const keep = prevIndex + fresh;
    assert(keep >= this.#committed, "a committed entry must not be replaced");
    if (keep < this.lastIndex) this.#truncateAfter(keep);
    this.append(fresh === 0 ? entries : entries.slice(fresh));
    return true;
  }
  /**
   * Moves the commit index forward; it never goes back. A leader only names what it knows this
   * member has, so an index beyond the log means that the disk lost acknowledged entries: going on
   * could elect leaders without them.
   */
  commitTo(index) {
    if (index <= this.#committed) return;
    assert(
      index <= this.lastIndex,
      `commit ${index} is beyond the last index ${this.lastIndex}: the log has lost entries`
    );
    this.#committed = index;
  }
  /**
   * The largest index ≤ `index` whose term is ≤ `term`, with its term (0 when it is compacted).
   * Both sides of a refused append use it to skip a whole term per round trip.
   */
  findConflictByTerm(index, term) {
    let at = Math.min(index, this.lastIndex);
    for (; at > this.#base; at -= 1) {
      const own = this.entryAt(at).term;
      if (own <= term) return { index: at, term: own };
    }
    if (at === this.#base && this.#baseTerm <= term) return { index: at, term: this.#baseTerm };
    return { index: Math.max(0, Math.min(at, this.#base - 1)), term: 0 };
  }
  // Stable storage. The caller allows one write at a time, so what the disk holds when a write ends
  // is what that write contained; `#writing` says how much of it is still this log.
  takeUnstable() {
    const entries = this.#stable === this.lastIndex ? [] : this.#entries.slice(this.#head + this.#stable - this.#base);
    this.#writing = this.lastIndex;
    return { entries, snapshot: this.#pendingSnapshot };
  }
  get hasUnstable() {
    return this.#stable < this.lastIndex || this.#pendingSnapshot !== void 0;
  }
  /** The write that `takeUnstable` began is on disk. */
  wroteUnstable(snapshot) {
    if (snapshot !== void 0) this.#installed(snapshot);
    if (this.#writing > this.#stable) this.#stable = this.#writing;
  }
  // Application.
  takeCommitted(maxBytes, maxEntries) {
    if (this.#applying > this.#applied || this.#pendingSnapshot !== void 0) return [];
    const to = Math.min(this.#committed, this.#stable);
    if (to <= this.#applied) return [];
    const entries = this.entriesFrom(this.#applied + 1, to, maxBytes, maxEntries);
    this.#applying = this.#applied + entries.length;
    return entries;
  }
  get hasCommitted() {
    return this.#applying <= this.#applied && this.#pendingSnapshot === void 0 && Math.min(this.#committed, this.#stable) > this.#applied;
  }
  /** A late acknowledgement of entries that a snapshot has overtaken is ignored. */
  appliedTo(index) {
    if (index <= this.#applied) return;
    assert(index <= this.#committed, `applied ${index} is beyond commit ${this.#committed}`);
    this.#applied = index;
    if (this.#applying < index) this.#applying = index;
  }
  /** Forgets entries up to `index`, which must be applied: nobody but slow followers needs them. */
  compact(index) {
    if (index <= this.#base) return;
    assert(index <= this.#applied, "entries that are not applied must stay in the log");
    const term = this.entryAt(index).term;
    const end2 = this.#head + index - this.#base;
    this.#entries.fill(released, this.#head, end2);
    this.#head = end2;
    this.#base = index;
    this.#baseTerm = term;
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
  /** Replaces the whole log by a snapshot that is ahead of it. */
  restore(snapshot) {
    const { index, term } = positionOf(snapshot);
    this.#entries = [];
    this.#head = 0;
    this.#base = index;
    this.#baseTerm = term;
    this.#stable = index;
    this.#writing = index;
    this.#committed = index;
    this.#pendingSnapshot = snapshot;
  }
  #installed(snapshot) {
    const { index } = positionOf(snapshot);
    if (this.#pendingSnapshot === snapshot) this.#pendingSnapshot = void 0;
    if (index <= this.#applied) return;
    this.#applied = index;
    this.#applying = index;
  }
  #holds(entry) {
    return this.termAt(entry.index) === entry.term;
  }
  #truncateAfter(index) {
    this.#entries.length = this.#head + index - this.#base;
    if (this.#stable > index) this.#stable = index;
    if (this.#writing > index) this.#writing = index;
  }
};
var released = {};
function continuation(from) {
  const kept = [];
  let term = from.snapshotTerm;
  for (const entry of from.entries) {
    if (entry.term < term) break;
    assert(entry.index === from.snapshotIndex + 1 + kept.length, "the restored log has a gap");
    term = entry.term;
    kept.push(entry);
  }
  return kept;
}
function positionOf(snapshot) {
  const metadata = snapshot.metadata;
  assert(metadata !== void 0, "a snapshot has a position");
  return metadata;
}

// src/etcd/raft/ready-builder.ts
var none2 = Object.freeze([]);
var ReadyBuilder = class {
  #core;
  #outstanding;
  /** What the disk holds once the outstanding work is done. */
  #hardState;
  #soft = { lead: 0n, role: "follower" };
  /**
   * A commit index that moved alone is written with the next entries, or once per tick: it is no
   * promise to anybody, and a write of its own would only delay the entries behind it.
   */
  #commitIsDue = false;
  constructor(core, hardState) {
    this.#core = core;
    this.#hardState = hardState;
  }
  ticked() {
    this.#commitIsDue = true;
  }
  take(mayApply) {
    const core = this.#core;
    if (core.role === "leader") {
      if (core.readsWaiting) broadcastHeartbeats(core);
      core.readsWaiting = false;
      flushAppends(core);
    }
    const soft = this.#takeSoft();
    const append = this.#outstanding === void 0 ? this.#takeAppend() : void 0;
    const apply = mayApply ? this.#takeApply() : void 0;
    const { send: send2, reads, notes } = core;
    const isEmpty2 = send2.length === 0 && reads.length === 0 && notes.length === 0;
    if (isEmpty2 && soft === void 0 && append === void 0 && apply === void 0) {
      return void 0;
    }
    if (send2.length > 0) core.send = [];
    if (reads.length > 0) core.reads = [];
    if (notes.length > 0) core.notes = [];
    return {
      ...append === void 0 ? {} : { append },
      send: send2.length > 0 ? send2 : none2,
      ...apply === void 0 ? {} : { apply },
      reads: reads.length > 0 ? reads : none2,
      ...soft === void 0 ? {} : { soft },
      notes: notes.length > 0 ? notes : none2
    };
  }
  /** The hard state that is now on disk. */
  appendDone(work) {
    assert(work === this.#outstanding, "this is not the write that is under way");
    this.#outstanding = void 0;
    return this.#hardState;
  }
  /**
   * Promises made while a write is under way wait for the next one, which holds what they are
   * about. If nothing is left to write they may go at once.
   */
  #takeAppend() {
    const core = this.#core;
    const { term, vote } = core;
    const commit = core.log.committed;
    const before = this.#hardState;
    const isNewVote = term !== before.term || vote !== before.vote;
    const isNewCommit = commit !== before.commit;
    const hasUnstable = core.log.hasUnstable;
    if (!hasUnstable && !isNewVote && !(isNewCommit && this.#commitIsDue)) {
      this.#releasePromises(core.sendAfterAppend);
      return void 0;
    }
    const { entries, snapshot } = core.log.takeUnstable();
    if (isNewVote || isNewCommit) this.#hardState = { term, vote, commit };
    this.#commitIsDue = false;
    this.#outstanding = {
      entries,
      ...isNewVote || isNewCommit ? { hardState: this.#hardState } : {},
      ...snapshot === void 0 ? {} : { snapshot },
      thenSend: core.sendAfterAppend,
      mustSync: hasUnstable || isNewVote
    };
    core.sendAfterAppend = [];
    return this.#outstanding;
  }
  #releasePromises(messages) {
    if (messages.length === 0) return;
    for (const m of messages) this.#core.send.push(m);
    this.#core.sendAfterAppend = [];
  }
  #takeApply() {
    const { log, config } = this.#core;
    if (!log.hasCommitted) return void 0;
    return { entries: log.takeCommitted(config.maxApplyBytes, config.maxApplyEntries) };
  }
  #takeSoft() {
    const { lead, role } = this.#core;
    const before = this.#soft;
    if (lead === before.lead && role === before.role) return void 0;
    if (lead !== before.lead) this.#core.note(this.#leaderText(before.lead));
    this.#soft = { lead, role };
    return this.#soft;
  }
  #leaderText(before) {
    const { id, lead, term } = this.#core;
    const node = `raft.node: ${idText2(id)}`;
    if (lead === 0n) return `${node} lost leader ${idText2(before)} at term ${term}`;
    if (before === 0n) return `${node} elected leader ${idText2(lead)} at term ${term}`;
    return `${node} changed leader from ${idText2(before)} to ${idText2(lead)} at term ${term}`;
  }
};

// src/etcd/raft/status.ts
function progressStatus(progress) {
  const { match, next, state, recentActive, isLearner } = progress;
  return { match, next, state, recentActive, isLearner };
}
function raftStatus(core) {
  const { log, tracker } = core;
  const progress = /* @__PURE__ */ new Map();
  if (core.role === "leader") {
    for (const [id, of] of tracker.progress) progress.set(id, progressStatus(of));
  }
  return {
    id: core.id,
    term: core.term,
    vote: core.vote,
    lead: core.lead,
    role: core.role,
    isLearner: tracker.progress.get(core.id)?.isLearner === true,
    commit: log.committed,
    applied: log.applied,
    firstIndex: log.firstIndex,
    lastIndex: log.lastIndex,
    lastTerm: log.lastTerm,
    stableIndex: log.stableIndex,
    progress,
    transferee: core.transferee,
    electionElapsed: core.electionElapsed,
    ticksSinceLeaderHeard: core.ticksSinceLeaderHeard,
    inLease: core.isInLease
  };
}

// src/etcd/raft/candidate.ts
function stepCandidate(core, m) {
  if (isFromLeader2(m.type)) {
    becomeFollower(core, m.term, m.from);
    return stepFollower(core, m);
  }
  switch (m.type) {
    case MessageType.MsgVoteResp:
      if (core.role === "candidate") countVote(core, m.from, !m.reject);
      return "accepted";
    case MessageType.MsgPreVoteResp:
      if (core.role === "pre-candidate") countVote(core, m.from, !m.reject);
      return "accepted";
    case MessageType.MsgProp:
    case MessageType.MsgReadIndex:
      return "dropped:no-leader";
    default:
      return "accepted";
  }
}

// src/etcd/raft/step.ts
function stepRemote(core, m) {
  return isAdmissible(core, m) ? step(core, m) : "accepted";
}
function step(core, m) {
  if (m.term > core.term) {
    if (!admitNewerTerm(core, m)) return "accepted";
  } else if (m.term < core.term && m.term !== 0) {
    answerOlderTerm(core, m);
    return "accepted";
  }
  if (m.type === MessageType.MsgVote || m.type === MessageType.MsgPreVote) {
    answerVote(core, m);
    return "accepted";
  }
  switch (core.role) {
    case "leader":
      return stepLeader(core, m);
    case "candidate":
    case "pre-candidate":
      return stepCandidate(core, m);
    case "follower":
      return stepFollower(core, m);
    default:
      return unreachable(core.role);
  }
}
function isAdmissible(core, m) {
  if (m.to !== core.id || isLocalType(m.type)) return false;
  if (isForwardedType(m.type)) return true;
  if (m.term === 0 || m.from === 0n || m.from === core.id) return false;
  return !isResponseType(m.type) || core.tracker.progress.has(m.from);
}
function admitNewerTerm(core, m) {
  const asksForVote = m.type === MessageType.MsgVote || m.type === MessageType.MsgPreVote;
  if (asksForVote && core.isInLease && !isCampaignTransfer(m.context)) {
    noteIgnoredVote(core, m);
    return false;
  }
  if (m.type === MessageType.MsgPreVote) return true;
  if (m.type === MessageType.MsgPreVoteResp && !m.reject) return true;
  core.note(
    `${idText2(core.id)} [term: ${core.term}] received a message with higher term from ${idText2(m.from)} [term: ${m.term}]`
  );
  becomeFollower(core, m.term, isFromLeader2(m.type) ? m.from : 0n);
  return true;
}
function answerOlderTerm(core, m) {
  const { checkQuorum: checkQuorum2, preVote } = core.config;
  const isPing = m.type === MessageType.MsgHeartbeat || m.type === MessageType.MsgApp;
  if (isPing && (checkQuorum2 || preVote)) {
    core.emit({ type: MessageType.MsgAppResp, to: m.from });
  } else if (m.type === MessageType.MsgPreVote) {
    core.emit({ type: MessageType.MsgPreVoteResp, to: m.from, reject: true });
  }
}

// src/etcd/raft/raft.ts
var Raft = class {
  #core;
  #ready;
  constructor(config, restored) {
    assertConfig(config);
    const { hardState, appliedIndex } = restored;
    const log = new RaftLog({
      snapshotIndex: restored.snapshotIndex,
      snapshotTerm: restored.snapshotTerm,
      entries: restored.entries,
      // What was applied was committed, even if the commit index did not reach the disk.
      committed: Math.max(hardState.commit, appliedIndex),
      applied: appliedIndex
    });
    this.#core = new Core(config, log);
    const { tracker } = this.#core;
    restoreConfState(tracker, restored.confState, log.lastIndex, config.maxInflightMessages);
    becomeFollower(this.#core, hardState.term, 0n);
    this.#core.vote = hardState.vote;
    this.#ready = new ReadyBuilder(this.#core, hardState);
  }
  tick() {
    this.#ready.ticked();
    if (this.#core.role === "leader") tickLeader(this.#core);
    else tickElection(this.#core);
  }
  /**
   * Lets `count` ticks pass at once. A member that starts skips the wait for a leader it has
   * no reason to expect (etcd's initial-election-tick-advance).
   */
  advanceTicks(count) {
    for (let i = 0; i < count; i += 1) this.tick();
  }
  /** A message from another member. Messages that are stale or make no sense are ignored. */
  step(m) {
    return stepRemote(this.#core, m);
  }
  /** On a follower the proposals travel to the leader: accepted does not mean that they commit. */
  propose(data) {
    const type = EntryType.EntryNormal;
    return this.#propose(data.map((bytes) => ({ type, term: 0, index: 0, data: bytes })));
  }
  /** A second change while one is unapplied becomes an empty entry: it is accepted and lost. */
  proposeConfChange(change) {
    const type = EntryType.EntryConfChange;
    return this.#propose([{ type, term: 0, index: 0, data: encodeConfChange(change) }]);
  }
  /**
   * Asks for an index that is safe to read at; it comes in `Ready.reads` under this id, or never:
   * the caller asks again with a new id. Ids must not be reused.
   */
  readIndex(requestId) {
    const request2 = { type: EntryType.EntryNormal, term: 0, index: 0, data: requestId };
    return this.#stepLocal(MessageType.MsgReadIndex, this.#core.id, [request2]);
  }
  /** Stands for election now, unless this member leads, does not vote or has conf changes to apply. */
  campaign() {
    startElection(this.#core, this.#core.config.preVote ? "pre-election" : "election");
  }
  /** Stops defending the leader; true when there was one to forget (see follower.ts). */
  forgetLeader() {
    return forgetLeader(this.#core);
  }
  /** On a follower the request goes to the leader. Learners and unknown members are ignored. */
  transferLeader(to) {
    this.#stepLocal(MessageType.MsgTransferLeader, to, []);
  }
  /**
   * Everything there is to do since the last call; undefined when there is nothing. Without
   * `mayApply` committed entries stay for a later call.
   */
  takeReady(mayApply = true) {
    return this.#ready.take(mayApply);
  }
  /** `work` is on disk, its snapshot installed. `work` must be the one handed out last. */
  appendDone(work) {
    const stable = this.#ready.appendDone(work);
    const core = this.#core;
    core.log.wroteUnstable(work.snapshot);
    if (work.snapshot !== void 0) snapshotInstalled(core, work.snapshot);
    if (core.role === "leader") {
      ownEntriesStable(core);
    } else if (core.role === "candidate" && stable.term === core.term && stable.vote === core.id) {
      countVote(core, core.id, true);
    }
  }
  /** Everything up to `index` is applied. */
  appliedTo(index) {
    releaseBytes(this.#core, index);
    this.#core.log.appliedTo(index);
  }
  /** For a committed conf change, in its place among the entries; node id 0 when it was refused. */
  applyConfChange(change) {
    return applyConfChange(this.#core, change);
  }
  /** Drops entries up to `index`, which must be applied; followers that need them get a snapshot. */
  compactLog(index) {
    this.#core.log.compact(index);
  }
  /** A message to `id` could not be delivered. */
  reportUnreachable(id) {
    reportUnreachable(this.#core, id);
  }
  /** The snapshot sent to `id` was delivered, or not. Must be called for each one sent. */
  reportSnapshot(id, ok2) {
    reportSnapshot(this.#core, id, ok2);
  }
  status() {
    return raftStatus(this.#core);
  }
  /** Leader, term and role without the cost of a whole status. */
  get term() {
    return this.#core.term;
  }
  get lead() {
    return this.#core.lead;
  }
  get role() {
    return this.#core.role;
  }
  /** Reads at what is applied here are linearizable, and nobody needs to be asked about it. */
  get canReadAlone() {
    const { role, log, tracker, id, hasCommittedInTerm } = this.#core;
    if (role !== "leader" || !tracker.isSingleVoter(id)) return false;
    return log.applied >= log.committed && hasCommittedInTerm;
  }
  get commitIndex() {
    return this.#core.log.committed;
  }
  /** The first entry still in memory. */
  get firstIndex() {
    return this.#core.log.firstIndex;
  }
  get lastIndex() {
    return this.#core.log.lastIndex;
  }
  get lastTerm() {
    return this.#core.log.lastTerm;
  }
  /** What a leader knows of a member. */
  progressOf(id) {
    const progress = this.#core.role === "leader" ? this.#core.tracker.progress.get(id) : void 0;
    return progress === void 0 ? void 0 : progressStatus(progress);
  }
  /** The configuration in force: as of the last conf change given to `applyConfChange`. */
  confState() {
    return confStateOf(this.#core.tracker);
  }
  /**
   * Term, vote and commit index now. A snapshot marker in the WAL is valid only with a hard state
   * whose commit has reached it, and a commit that moved alone may not be written yet.
   */
  hardState() {
    const { term, vote, log } = this.#core;
    return { term, vote, commit: log.committed };
  }
  /** The term of the entry at `index`, if it is still in the log. */
  termAt(index) {
    return this.#core.log.termAt(index);
  }
  #propose(entries) {
    assert(entries.length > 0, "a proposal has an entry");
    return this.#stepLocal(MessageType.MsgProp, this.#core.id, entries);
  }
  #stepLocal(type, from, entries) {
    const m = buildMessage({ type, to: this.#core.id, entries, context: emptyBytes }, from, 0);
    return step(this.#core, m);
  }
};

// src/etcd/snap/snapshot-file.ts
async function writePieces(disk, path, pieces) {
  const temporary = `${path}.part`;
  const file = await disk.open(temporary, "create");
  let size = 0;
  try {
    for await (const piece of pieces) {
      await file.write(piece, size);
      size += piece.length;
    }
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close();
    await disk.remove(temporary);
    throw error;
  }
  await disk.rename(temporary, path);
  await disk.syncDir(path.slice(0, path.lastIndexOf("/")) || ".");
  return size;
}

// src/etcd/watch/event-run.ts
var EventRun = class _EventRun {
  #before;
  #event;
  #continued;
  #plain;
  #withPrevious;
  constructor(before, event) {
    this.#before = before;
    this.#event = event;
  }
  /** The run that continues `run` (undefined: nothing yet) with the event. */
  static extend(run, event) {
    if (run === void 0) {
      event.alone ??= new _EventRun(void 0, event);
      return event.alone;
    }
    let next = run.#continued;
    if (next === void 0 || next.#event !== event) next = new _EventRun(run, event);
    run.#continued = next;
    return next;
  }
  /** Closed at a revision's end at or beyond `bytesSoftMax`, which is the same at every call. */
  parts(prevKv, bytesSoftMax) {
    if (prevKv) {
      this.#withPrevious ??= cut(this.#events(), true, bytesSoftMax);
      return this.#withPrevious;
    }
    this.#plain ??= cut(this.#events(), false, bytesSoftMax);
    return this.#plain;
  }
  #events() {
    const events = [this.#event];
    for (let run = this.#before; run !== void 0; run = run.#before) events.push(run.#event);
    return events.reverse();
  }
};
function cut(events, prevKv, bytesSoftMax) {
  const parts = [];
  let from = 0;
  let bytes = 0;
  for (const [at, event] of events.entries()) {
    const isNewRevision = event.change.main !== events[at - 1]?.change.main;
    if (at > from && isNewRevision && bytes >= bytesSoftMax) {
      parts.push(partOf(events.slice(from, at), prevKv));
      from = at;
      bytes = 0;
    }
    bytes += event.field(prevKv).length;
  }
  parts.push(partOf(from === 0 ? events : events.slice(from), prevKv));
  return parts;
}
function partOf(events, prevKv) {
  const [first] = events;
  const fields = events.map((event) => event.field(prevKv));
  return {
    events,
    firstRevision: first.change.main,
    lastRevision: events.at(-1).change.main,
    fields: events.length === 1 ? first.field(prevKv) : concatBytes(fields)
  };
}

// src/etcd/watch/shared-event.ts
var EVENTS_FIELD = 11;
var TYPE_FIELD = 1;
var KV_FIELD = 2;
var PREV_KV_FIELD = 3;
var SharedEvent = class {
  change;
  /** The run of this event only; belongs to EventRun. */
  alone;
  #store;
  #plain;
  #withPrevious;
  constructor(change, store) {
    this.change = change;
    this.#store = store;
  }
  /** The event as one `events` field of a WatchResponse: tag, length, message. */
  field(prevKv) {
    if (!prevKv) {
      this.#plain ??= encodeEventField(this.change, emptyBytes);
      return this.#plain;
    }
    if (this.#withPrevious === void 0) {
      const previous = this.#store.previousKeyValue(this.change);
      if (previous === void 0) this.#withPrevious = this.field(false);
      else {
        const field = bytesField(PREV_KV_FIELD, previous);
        this.#withPrevious = encodeEventField(this.change, field);
      }
    }
    return this.#withPrevious;
  }
};
function encodeEventField(change, previousField) {
  const typeSize = change.type === 0 ? 0 : 2;
  const length = typeSize + bytesFieldSize(KV_FIELD, change.keyValue.length) + previousField.length;
  const out = new Uint8Array(bytesFieldSize(EVENTS_FIELD, length));
  let at = writeVarint3(out, 0, EVENTS_FIELD * 8 + 2);
  at = writeVarint3(out, at, length);
  if (typeSize > 0) {
    at = writeVarint3(out, at, TYPE_FIELD * 8);
    at = writeVarint3(out, at, change.type);
  }
  at = writeBytesField(out, at, KV_FIELD, change.keyValue);
  out.set(previousField, at);
  return out;
}

// src/etcd/watch/watcher-group.ts
var WatcherGroup = class {
  #byKey = /* @__PURE__ */ new Map();
  #byRange = new RangeTree();
  #size = 0;
  get size() {
    return this.#size;
  }
  add(watcher) {
    this.#size += 1;
    if (watcher.target.kind === "range") {
      this.#byRange.add(watcher.target.range, watcher);
      return;
    }
    const key = keyText2(watcher.target.key);
    const watchers = this.#byKey.get(key);
    if (watchers === void 0) this.#byKey.set(key, /* @__PURE__ */ new Set([watcher]));
    else watchers.add(watcher);
  }
  remove(watcher) {
    this.#size -= 1;
    if (watcher.target.kind === "range") {
      this.#byRange.remove(watcher.target.range, watcher);
      return;
    }
    const key = keyText2(watcher.target.key);
    const watchers = this.#byKey.get(key);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byKey.delete(key);
  }
  /** Visits every watcher that covers the key. The group must not change meanwhile. */
  visitCovering(key, visit) {
    if (this.#byKey.size > 0) {
      const watchers = this.#byKey.get(keyText2(key));
      if (watchers !== void 0) for (const watcher of watchers) visit(watcher);
    }
    if (!this.#byRange.isEmpty) this.#byRange.visitContaining(key, visit);
  }
};
function keyText2(key) {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

// src/etcd/watch/catch-up.ts
var CatchUp = class {
  #host;
  #limits;
  /** In turn order. */
  #behind = /* @__PURE__ */ new Set();
  #isScheduled = false;
  /** How large the changes of the last read were: the next read is sized by it. */
  #bytesPerChange = 0;
  constructor(host, limits2) {
    this.#host = host;
    this.#limits = limits2;
  }
  get size() {
    return this.#behind.size;
  }
  add(watcher) {
    watcher.state = "catching-up";
    this.#behind.add(watcher);
    this.#wake();
  }
  remove(watcher) {
    this.#behind.delete(watcher);
  }
  #wake() {
    if (this.#isScheduled || this.#behind.size === 0) return;
    this.#isScheduled = true;
    this.#host.schedule(() => {
      this.#isScheduled = false;
      this.#step();
      this.#wake();
    });
  }
  #step() {
    const store = this.#host.store();
    const turn = this.#takeTurn(store.compactRevision);
    const head6 = turn[0];
    if (head6 === void 0) return;
    const from = head6.nextRevision;
    const read = store.changes(from, this.#readLimit());
    const end2 = Math.min(Math.max(read.nextRevision, from), this.#host.revision() + 1);
    const sharers = turn.filter(
      (watcher) => watcher.nextRevision >= from && watcher.nextRevision < end2
    );
    const group = new WatcherGroup();
    for (const watcher of sharers) group.add(watcher);
    let bytes = 0;
    let change;
    let event;
    const gather = (watcher) => {
      if (change.main < watcher.nextRevision || !watcher.wants(change)) return;
      event ??= new SharedEvent(change, store);
      watcher.gathered = EventRun.extend(watcher.gathered, event);
    };
    for (change of read.changes) {
      bytes += change.keyValue.length;
      if (change.main >= end2) continue;
      event = void 0;
      group.visitCovering(change.key, gather);
    }
    if (read.changes.length > 0) this.#bytesPerChange = bytes / read.changes.length;
    for (const watcher of sharers) this.#deliver(watcher, end2);
  }
  #readLimit() {
    const { changesMax, bytesTarget } = this.#limits;
    const fitting = Math.floor(bytesTarget / Math.max(1, this.#bytesPerChange));
    return Math.max(1, Math.min(changesMax, fitting));
  }
  /** The watchers of this step in turn order, without those whose history is gone or stream is full. */
  #takeTurn(compactRevision) {
    const turn = [];
    for (const watcher of this.#behind) {
      if (watcher.nextRevision > this.#host.revision()) {
        this.#leave(watcher);
        this.#host.synced(watcher);
      } else if (watcher.nextRevision < compactRevision) {
        this.#leave(watcher);
        watcher.stream.cancelCompacted(watcher, compactRevision);
      } else if (watcher.stream.isFull) {
        this.#leave(watcher);
        watcher.stream.wait(watcher);
      } else {
        turn.push(watcher);
        if (turn.length >= this.#limits.watchersMax) break;
      }
    }
    return turn;
  }
  #deliver(watcher, end2) {
    const run = watcher.gathered;
    watcher.gathered = void 0;
    if (watcher.state === "gone") return;
    this.#leave(watcher);
    const unsentFrom = run && watcher.stream.sendEvents(watcher, run, this.#host.revision());
    watcher.nextRevision = unsentFrom ?? end2;
    if (unsentFrom !== void 0) watcher.stream.wait(watcher);
    else if (end2 > this.#host.revision()) this.#host.synced(watcher);
    else this.#behind.add(watcher);
  }
  #leave(watcher) {
    this.#behind.delete(watcher);
  }
};

// src/etcd/watch/progress-notify.ts
var JITTER = 0.1;
function startProgressTicks(intervalMs, clock, random, tick) {
  const jitterMs = random.below(Math.max(1, Math.floor(intervalMs * JITTER)));
  return clock.every(intervalMs + jitterMs, tick);
}

// src/etcd/watch/watch-response.ts
var WATCH_ID = 2;
var FRAGMENT = 7;
function replyBody(reply) {
  return encodeWatchResponse(reply);
}
function watchIdField(watchId) {
  return varint64Field(WATCH_ID, watchId);
}
var fragmentMark = varintField(FRAGMENT, 1);
function splitIntoFragments(eventFields, bytesMax) {
  const fragments = [];
  let current = [];
  let bytes = HEADER_BYTES;
  for (const field of eventFields) {
    if (current.length > 0 && bytes + field.length >= bytesMax) {
      fragments.push(current);
      current = [];
      bytes = HEADER_BYTES;
    }
    current.push(field);
    bytes += field.length;
  }
  fragments.push(current);
  return fragments;
}
var HEADER_BYTES = 64;

// src/etcd/watch/watcher.ts
var Watcher = class {
  id;
  /** `watch_id` as every response of this watcher begins behind the header. */
  idField;
  stream;
  target;
  options;
  /** As the client asked, 0 for "from now on". Progress is not reported before it is reached. */
  startRevision;
  state = "gone";
  /**
   * No event below this revision is sent any more. For a watcher that is not synced it is also
   * the first revision it has not been checked against: the cursor that decides what it gets.
   */
  nextRevision;
  /** Events gathered for it in the batch that is being delivered. */
  gathered;
  /** Whether it got events since the last progress tick. */
  wasActive = false;
  constructor(id, stream, target, startRevision, nextRevision, options) {
    this.id = id;
    this.idField = watchIdField(id);
    this.stream = stream;
    this.target = target;
    this.startRevision = startRevision;
    this.nextRevision = nextRevision;
    this.options = options;
  }
  /** Whether its filters let the change through. */
  wants(change) {
    return change.type === 0 ? !this.options.noPut : !this.options.noDelete;
  }
};

// src/etcd/watch/watch-stream.ts
var NO_WATCH_ID = -1n;
var WatchStream = class {
  #hub;
  #sink;
  #limits;
  #watchers = /* @__PURE__ */ new Map();
  /** Watchers in state `waiting`. */
  #waiting = /* @__PURE__ */ new Set();
  /** Ids canceled by us: taken, and answered once more, until the client cancels them (as etcd). */
  #compacted = /* @__PURE__ */ new Set();
  #nextId = 0n;
  #isFull = false;
  #unreadReplies = 0;
  #isClosed = false;
  #stopProgress;
  constructor(hub, sink, limits2) {
    this.#hub = hub;
    this.#sink = sink;
    this.#limits = limits2;
  }
  get isFull() {
    return this.#isFull;
  }
  get watchers() {
    return this.#watchers.values();
  }
  /** Replies created, or created and canceled with the reason. The reply precedes every event. */
  create(request2) {
    if (this.#isClosed) return;
    if (request2.startRevision < 0) return this.#refuse(new EtcdError("Compacted").message);
    const target = watchTarget(request2.key, request2.rangeEnd);
    if (target === void 0) return this.#refuse("mvcc: watcher range is empty");
    if (request2.watchId !== 0n && this.#isTaken(request2.watchId)) {
      return this.#refuse("mvcc: duplicate watch ID provided on the WatchStream");
    }
    const id = request2.watchId === 0n ? this.#takeId() : request2.watchId;
    const current = this.#hub.revision;
    const start2 = request2.startRevision;
    const watcher = new Watcher(
      id,
      this,
      target,
      start2,
      start2 === 0 ? current + 1 : start2,
      request2
    );
    this.#watchers.set(id, watcher);
    this.#reply(current, { watchId: id, created: true });
    if (this.#isClosed) return;
    this.#hub.admit(watcher);
    if (request2.progressNotify) this.#stopProgress ??= this.#hub.startProgressTicks(this);
  }
  /** An unknown id is ignored, as etcd does. */
  cancel(watchId) {
    const watcher = this.#watchers.get(watchId);
    if (watcher !== void 0) this.#forget(watcher);
    else if (!this.#compacted.delete(watchId)) return;
    this.#reply(this.#hub.revision, { watchId, canceled: true });
  }
  /**
   * One report for the whole stream, only when all its watchers have been sent everything up to
   * the hub's revision; otherwise nothing, and the client asks again. Never ahead of undelivered
   * events (etcd issue 15220).
   */
  requestProgress() {
    if (this.#isFull || this.#watchers.size === 0) return;
    for (const watcher of this.#watchers.values()) if (!this.#hub.isUpToDate(watcher)) return;
    this.#send(this.#hub.revision, emptyBytes, replyBody({ watchId: NO_WATCH_ID }));
  }
  /** The periodic report, for each watcher that asked for it, is up to date and had no events since. */
  progressTick() {
    for (const watcher of this.#watchers.values()) {
      if (!watcher.options.progressNotify) continue;
      const wasActive = watcher.wasActive;
      watcher.wasActive = false;
      if (wasActive || this.#isFull || !this.#hub.isUpToDate(watcher)) continue;
      this.#send(this.#hub.revision, emptyBytes, replyBody({ watchId: watcher.id }));
    }
  }
  /** The history that the watcher still needs is gone. etcd answers revision 0 in this header. */
  cancelCompacted(watcher, compactRevision) {
    this.#forget(watcher);
    this.#compacted.add(watcher.id);
    this.#reply(0, { watchId: watcher.id, canceled: true, compactRevision });
  }
  /**
   * Sends events of one watcher, whole revisions together. Returns the revision of the first event
   * that found no room, undefined when all were sent. Without `headerRevision` it is the events'.
   */
  sendEvents(watcher, run, headerRevision) {
    const { prevKv, fragment } = watcher.options;
    for (const part of run.parts(prevKv, this.#limits.responseBytesSoftMax)) {
      if (this.#isFull || this.#isClosed) return part.firstRevision;
      watcher.wasActive = true;
      this.#hub.eventsSent += part.events.length;
      const revision = headerRevision ?? part.lastRevision;
      if (fragment) this.#sendFragments(watcher, part, revision);
      else this.#send(revision, watcher.idField, part.fields);
    }
    return void 0;
  }
  /** Puts a watcher aside until the sink drains. */
  wait(watcher) {
    watcher.state = "waiting";
    this.#waiting.add(watcher);
  }
  stopWaiting(watcher) {
    this.#waiting.delete(watcher);
  }
  /** Forgets everything; nothing is sent any more. */
  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopProgress?.();
    for (const watcher of this.#watchers.values()) this.#hub.dismiss(watcher);
    this.#watchers.clear();
    this.#waiting.clear();
    this.#hub.streamClosed(this);
  }
  fail(error) {
    if (this.#isClosed) return;
    this.close();
    this.#sink.fail(error);
  }
  #sendFragments(watcher, part, revision) {
    const { prevKv } = watcher.options;
    const fields = part.events.map((event) => event.field(prevKv));
    const fragments = splitIntoFragments(fields, this.#limits.fragmentBytesMax);
    for (const [index, fragment] of fragments.entries()) {
      const isLast = index === fragments.length - 1;
      const start2 = isLast ? watcher.idField : concatBytes([watcher.idField, fragmentMark]);
      this.#send(revision, start2, concatBytes(fragment));
    }
  }
  #takeId() {
    while (this.#isTaken(this.#nextId)) this.#nextId += 1n;
    this.#nextId += 1n;
    return this.#nextId - 1n;
  }
  #isTaken(id) {
    return this.#watchers.has(id) || this.#compacted.has(id);
  }
  #refuse(cancelReason) {
    const reply = { watchId: NO_WATCH_ID, created: true, canceled: true, cancelReason };
    this.#reply(this.#hub.revision, reply);
  }
  #forget(watcher) {
    this.#watchers.delete(watcher.id);
    this.#hub.dismiss(watcher);
  }
  /** Replies are sent even when the sink is full: their order is the protocol. Hence the bound. */
  #reply(revision, reply) {
    if (this.#isFull) {
      this.#unreadReplies += 1;
      if (this.#unreadReplies > this.#limits.unreadRepliesMax) {
        this.fail(new EtcdError("RequestTooManyRequests"));
        return;
      }
    }
    this.#send(revision, emptyBytes, replyBody(reply));
  }
  #send(revision, start2, rest2) {
    if (this.#isClosed) return;
    if (this.#sink.send(revision, start2, rest2) || this.#isFull) return;
    this.#isFull = true;
    this.#sink.drained().then(
      () => this.#drained(),
      () => this.close()
    );
  }
  #drained() {
    if (this.#isClosed) return;
    this.#isFull = false;
    this.#unreadReplies = 0;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const watcher of waiting) this.#hub.catchUp(watcher);
  }
};
function watchTarget(key, rangeEnd) {
  const from = key.length === 0 ? Uint8Array.of(0) : key;
  if (rangeEnd.length === 0) return { kind: "key", key: from };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) {
    return { kind: "range", range: { from, to: void 0 } };
  }
  if (compareBytes(from, rangeEnd) >= 0) return void 0;
  return { kind: "range", range: { from, to: rangeEnd } };
}

// src/etcd/watch/watch-hub.ts
var WatchHub = class {
  #store;
  #revision;
  #options;
  #synced = new WatcherGroup();
  #catchUp;
  #streams = /* @__PURE__ */ new Set();
  /** For metrics: events handed to streams. */
  eventsSent = 0;
  constructor(options) {
    this.#options = options;
    this.#store = options.store;
    this.#revision = options.store.currentRevision;
    const host = {
      store: () => this.#store,
      revision: () => this.#revision,
      synced: (watcher) => this.#sync(watcher),
      schedule: options.schedule
    };
    this.#catchUp = new CatchUp(host, options.catchUpLimits);
  }
  /** Everything up to this revision has been published. */
  get revision() {
    return this.#revision;
  }
  /** For metrics: watchers that wait for new events, and those that still read history. */
  get counts() {
    return {
      streams: this.#streams.size,
      synced: this.#synced.size,
      catchingUp: this.#catchUp.size
    };
  }
  openStream(sink) {
    const stream = new WatchStream(this, sink, this.#options.streamLimits);
    this.#streams.add(stream);
    return stream;
  }
  /**
   * The changes of the entries just applied, in (main, sub) order, and the revision after them. To
   * be called before anything else can read the store, so that no history read runs ahead of it.
   */
  publish(changes, revision) {
    assert(revision >= this.#revision, `published revision went back to ${revision}`);
    this.#revision = revision;
    if (this.#synced.size === 0) return;
    const touched = [];
    let change;
    let event;
    const gather = (watcher) => {
      if (change.main < watcher.nextRevision || !watcher.wants(change)) return;
      event ??= new SharedEvent(change, this.#store);
      if (watcher.gathered === void 0) touched.push(watcher);
      watcher.gathered = EventRun.extend(watcher.gathered, event);
    };
    for (change of changes) {
      event = void 0;
      this.#synced.visitCovering(change.key, gather);
    }
    for (const watcher of touched) this.#deliver(watcher);
  }
  /** A snapshot replaced the store: every watcher goes on from where it stands in the new history. */
  restored(store) {
    const publishedBefore = this.#revision;
    this.#store = store;
    this.#revision = store.currentRevision;
    for (const stream of this.#streams) {
      for (const watcher of stream.watchers) {
        if (watcher.state !== "synced") continue;
        watcher.nextRevision = Math.max(watcher.nextRevision, publishedBefore + 1);
        if (watcher.nextRevision > this.#revision) continue;
        this.#synced.remove(watcher);
        this.#catchUp.add(watcher);
      }
    }
  }
  /** Ends all streams with the error. */
  close(error) {
    for (const stream of [...this.#streams]) stream.fail(error);
  }
  // What follows is for WatchStream only.
  admit(watcher) {
    if (watcher.nextRevision > this.#revision) this.#sync(watcher);
    else this.catchUp(watcher);
  }
  catchUp(watcher) {
    this.#catchUp.add(watcher);
  }
  /** Synced, and not waiting for a revision that has yet to come (etcd issue 20221). */
  isUpToDate(watcher) {
    return watcher.state === "synced" && watcher.startRevision <= this.#revision;
  }
  dismiss(watcher) {
    if (watcher.state === "synced") this.#synced.remove(watcher);
    else if (watcher.state === "catching-up") this.#catchUp.remove(watcher);
    else if (watcher.state === "waiting") watcher.stream.stopWaiting(watcher);
    watcher.state = "gone";
  }
  startProgressTicks(stream) {
    const { progressIntervalMs, clock, random } = this.#options;
    return startProgressTicks(progressIntervalMs, clock, random, () => stream.progressTick());
  }
  streamClosed(stream) {
    this.#streams.delete(stream);
  }
  #deliver(watcher) {
    const run = watcher.gathered;
    watcher.gathered = void 0;
    if (run === void 0 || watcher.state === "gone") return;
    const unsentFrom = watcher.stream.sendEvents(watcher, run, void 0);
    if (unsentFrom === void 0 || watcher.state !== "synced") return;
    this.#synced.remove(watcher);
    watcher.nextRevision = unsentFrom;
    watcher.stream.wait(watcher);
  }
  #sync(watcher) {
    watcher.state = "synced";
    this.#synced.add(watcher);
  }
};

// src/etcd/member.ts
var REMOVED_STOP_MS = 1e3;
var Member = class _Member {
  #config;
  #log;
  #clock = systemClock;
  #metrics;
  #dir;
  #lock;
  #security;
  #boot;
  #state;
  #raft;
  #proposals;
  #peers;
  #loop;
  #hub;
  #pipeline;
  #policy;
  #snapshots;
  #duties;
  #services;
  #ports;
  #compaction;
  #stopping;
  /** The highest commit index that a snapshot marker was written with. */
  #markedCommit = 0;
  #end = () => {
  };
  /** Resolves when the member cannot go on by itself; whoever started it then stops it. */
  stopped;
  static async start(config, log) {
    const dir = new DataDir(config.dataDir, config.walDir);
    await nodeDisk.makeDir(join3(dir.root, "member"));
    const lock2 = await nodeDisk.lock(join3(dir.root, "member", "lock"));
    const metrics = new EtcdMetrics();
    const state = await LiveState.open({
      dir,
      disk: nodeDisk,
      clock: systemClock,
      log: log.child("state"),
      leaseTtlSecondsMin: Math.ceil(1.5 * config.electionTimeoutMs / 1e3),
      quotaBytes: config.quotaBytes,
      commitMeter: {
        clock: systemClock,
        committed: (seconds) => metrics.disk.backendCommitSeconds.observe(seconds)
      },
      defragmentStarted: defragmentMeter(metrics, systemClock)
    });
    const security = await openSecurity(config, log);
    const booted = await boot({
      config,
      dir,
      disk: nodeDisk,
      state: state.position(),
      dialer: security.dialer,
      log: log.child("boot"),
      walOptions: { segmentsKept: config.walFilesMax, metrics: walMetrics(metrics) }
    });
    state.identify(booted.memberId);
    const member = new _Member({ config, log, dir, lock: lock2, security, state, boot: booted, metrics });
    await member.#run();
    return member;
  }
  constructor(parts) {
    this.#config = parts.config;
    this.#log = parts.log;
    this.#dir = parts.dir;
    this.#lock = parts.lock;
    this.#security = parts.security;
    this.#state = parts.state;
    this.#boot = parts.boot;
    this.#metrics = parts.metrics;
    this.stopped = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#raft = this.#createRaft();
    this.#proposals = new Proposals({
      memberId: this.#boot.memberId,
      clock: this.#clock,
      timeoutMs: requestTimeoutMs(this.#config),
      pendingMax: limits.pendingProposalsMax,
      pendingBytesMax: limits.pendingProposalBytesMax
    });
    this.#peers = this.#createPeers();
    this.#hub = this.#createHub();
    this.#policy = this.#createPolicy();
    this.#snapshots = this.#createSnapshots();
    this.#pipeline = this.#createPipeline();
    this.#loop = this.#createLoop();
    this.#duties = this.#createDuties();
    this.#services = createServices({
      config: this.#config,
      consensus: this.#loop,
      state: this.#state,
      hub: this.#hub,
      peers: () => this.#peers,
      dialer: this.#security.dialer,
      members: () => this.#members(),
      storageVersion: () => this.#storageVersion() ?? "",
      compactionDone: (revision) => this.#compactionDone(revision),
      clock: this.#clock
    });
  }
  get id() {
    return this.#boot.memberId;
  }
  /** `hand-over`: a leader gives its leadership to somebody first, so that nobody notices. */
  stop(how) {
    this.#stopping ??= this.#stop(how);
    return this.#stopping;
  }
  async #stop(how) {
    if (how === "hand-over") await handOver(this.#joining());
    else this.#loop.refuseRequests();
    this.#duties.stop();
    await this.#ports?.stop();
    this.#hub.close(new EtcdError("Stopped"));
    await this.#loop.stop();
    await this.#peers.stop();
    await this.#policy.stop();
    await this.#state.close();
    await this.#boot.wal.close();
    await this.#lock.release();
    this.#log.info("stopped", { "member-id": formatId(this.id) });
  }
  async #run() {
    this.#setPeers();
    await this.#peers.start();
    this.#loop.start();
    this.#policy.start();
    this.#duties.start();
    this.#state.current.store.resumeCompaction()?.catch((error) => this.#fail(error));
    sampleBeforeScrapes({
      metrics: this.#metrics,
      loop: this.#loop,
      proposals: this.#proposals,
      state: this.#state,
      hub: this.#hub,
      quotaBytes: this.#config.quotaBytes
    });
    this.#ports = openClientPorts({
      config: this.#config,
      consensus: this.#loop,
      state: this.#state,
      services: this.#services,
      metrics: this.#metrics,
      security: this.#security.clients,
      version: this.#version(),
      clock: this.#clock,
      log: this.#log
    });
    await this.#ports.listenForProbes();
    if (this.#config.initialElectionTickAdvance) void advanceElection(this.#joining());
    void this.#join();
  }
  #createRaft() {
    const config = this.#config;
    const { memberId, hardState, snapshotIndex, snapshotTerm, entries } = this.#boot;
    const { index: appliedIndex, confState } = this.#state.position();
    return new Raft(
      {
        id: memberId,
        electionTicks: config.electionTimeoutTicks,
        heartbeatTicks: 1,
        preVote: config.preVote,
        checkQuorum: true,
        maxMessageBytes: limits.raftMessageBytesMax,
        maxInflightMessages: limits.raftInflightMessagesMax,
        maxApplyBytes: limits.raftApplyBytesMax,
        maxApplyEntries: limits.raftApplyEntriesMax,
        maxUncommittedBytes: Number.POSITIVE_INFINITY,
        maxPendingReads: limits.raftPendingReadsMax,
        random: systemRandom
      },
      { hardState, confState, snapshotIndex, snapshotTerm, entries, appliedIndex }
    );
  }
  #createPeers() {
    return new HttpPeerTransport({
      identity: {
        memberId: this.#boot.memberId,
        clusterId: this.#boot.clusterId,
        serverVersion: servedEtcdVersion,
        advertisePeerUrls: this.#config.initialAdvertisePeerUrls
      },
      handlers: new MemberPeerHandlers({
        memberId: this.#boot.memberId,
        state: this.#state,
        loop: () => this.#loop,
        snapshots: () => this.#snapshots,
        cluster: () => this.#services.cluster,
        lease: () => this.#services.lease,
        version: this.#version(),
        knownMembers: this.#boot.knownMembers,
        clock: this.#clock,
        log: this.#log.child("peer"),
        removedByPeers: () => this.#removed()
      }),
      metrics: this.#metrics.peerMeter(this.#boot.memberId),
      clock: this.#clock,
      log: this.#log.child("peer"),
      listen: peerListenAddresses(this.#config, this.#security),
      dialer: this.#security.dialer,
      dialTimeoutMs: peerDialTimeoutMs(this.#config)
    });
  }
  #createHub() {
    return new WatchHub({
      store: this.#state.current.store,
      clock: this.#clock,
      random: systemRandom,
      schedule: (run) => void setImmediate(run),
      progressIntervalMs: this.#config.watchProgressNotifyIntervalMs,
      streamLimits: {
        fragmentBytesMax: this.#config.requestBytesMax + limits.requestOverheadBytes,
        responseBytesSoftMax: limits.watchResponseBytesSoftMax,
        unreadRepliesMax: limits.watchUnreadRepliesMax
      },
      catchUpLimits: {
        changesMax: limits.watchCatchUpChangesMax,
        bytesTarget: limits.watchCatchUpBytesTarget,
        watchersMax: limits.watchCatchUpWatchersMax
      }
    });
  }
  #createPolicy() {
    return new SnapshotPolicy(
      {
        clock: this.#clock,
        log: this.#log.child("snapshot"),
        position: () => this.#state.position(),
        checkpoint: () => this.#state.current.backend.checkpoint(),
        growthSinceCheckpointBytes: () => this.#state.current.backend.growthSinceCheckpointBytes(),
        saveWalSnapshot: (position) => this.#saveWalSnapshot(position),
        releaseWalBefore: (index) => this.#boot.wal.releaseBefore(index),
        firstLogIndex: () => this.#raft.firstIndex,
        compactLog: (toIndex) => this.#raft.compactLog(toIndex),
        snapshotCount: this.#config.snapshotCount,
        catchUpEntries: this.#config.snapshotCatchUpEntries,
        onFatal: (error) => this.#fail(error)
      },
      this.#boot.snapshotIndex
    );
  }
  #createSnapshots() {
    return new SnapshotExchange({
      log: this.#log.child("snapshot"),
      peers: () => this.#peers,
      openDatabase: () => this.#state.openDatabase(),
      storeReceived: async (index, pieces) => {
        await writePieces(nodeDisk, this.#dir.receivedDatabase(index), pieces);
      },
      replaceState: async (index) => {
        const position = await this.#state.replace(index);
        this.#hub.restored(this.#state.current.store);
        this.#setPeers();
        return position;
      },
      saveWalSnapshot: (position) => this.#saveWalSnapshot(position),
      step: (message) => this.#loop.step(message),
      reportSnapshot: (member, ok2) => this.#loop.reportSnapshot(member, ok2),
      transferStarted: () => this.#policy.transferStarted(),
      transferEnded: () => this.#policy.transferEnded(),
      installed: (position) => this.#policy.installed(position.index)
    });
  }
  #createPipeline() {
    return new ApplyPipeline({
      applier: () => this.#state.current.applier,
      proposals: this.#proposals,
      clock: this.#clock,
      log: this.#log.child("apply"),
      onConfChange: (change) => {
        this.#raft.applyConfChange(change);
        this.#setPeers();
        if (this.#state.current.membership.isRemoved(this.id)) this.#removed();
      },
      onLeaderEntry: (term) => this.#leaderEntryApplied(term),
      publish: (changes) => this.#hub.publish(changes, this.#state.current.store.currentRevision),
      onCompaction: (compaction) => {
        this.#compaction = compaction;
        compaction.done.catch((error) => this.#fail(error));
      },
      onAlarmToRaise: (alarm) => {
        this.#loop.propose({ alarm }).catch((error) => {
          this.#log.warn("failed to raise an alarm", { error });
        });
      },
      warnAboveMs: this.#config.warningApplyDurationMs,
      observe: (entries, ms) => this.#observeApply(entries, ms)
    });
  }
  #createLoop() {
    return new ConsensusLoop({
      memberId: this.#boot.memberId,
      clusterId: this.#boot.clusterId,
      raft: this.#raft,
      wal: this.#boot.wal,
      peers: this.#peers,
      clock: this.#clock,
      log: this.#log.child("raft"),
      proposals: this.#proposals,
      apply: (entries) => {
        const index = this.#pipeline.apply(entries);
        this.#policy.applied(index, sumOfBytes(entries));
        return index;
      },
      room: () => this.#state.current.backend.room(),
      appliedIndex: () => this.#state.current.applier.appliedIndex,
      members: () => this.#members(),
      isLearner: () => this.#state.current.membership.member(this.id)?.isLearner ?? false,
      installSnapshot: (snapshot) => this.#snapshots.install(snapshot),
      sendSnapshot: (message) => this.#snapshots.send(message),
      onSoftState: (now, before) => {
        if (before?.role === "leader" && now.role !== "leader") this.#duties.leadershipEnded();
        if (now.lead !== 0n && now.lead !== before?.lead) this.#metrics.server.leaderChanges.inc();
      },
      onFatal: (error) => this.#fail(error),
      heartbeatMs: this.#config.heartbeatIntervalMs,
      electionTimeoutMs: this.#config.electionTimeoutMs,
      requestTimeoutMs: requestTimeoutMs(this.#config),
      requestBytesMax: this.#config.requestBytesMax
    });
  }
  #createDuties() {
    return new LeaderDuties({
      clock: this.#clock,
      log: this.#log.child("leader"),
      leases: () => this.#state.current.lessor,
      isLeader: () => this.#raft.role === "leader",
      ensureLeadership: () => this.#loop.ensureLeadership(),
      proposeAsLeader: (request2) => this.#loop.proposeAsLeader(request2),
      currentRevision: () => this.#state.current.store.currentRevision,
      lowestMemberVersion: () => lowestVersion(this.id, this.#members(), this.#security.dialer),
      clusterVersion: () => this.#state.current.membership.clusterVersion,
      electionTimeoutMs: this.#config.electionTimeoutMs,
      requestTimeoutMs: requestTimeoutMs(this.#config),
      autoCompaction: this.#config.autoCompaction,
      onLeaseExpired: (count) => this.#metrics.server.leaseExpired.inc(count)
    });
  }
  #version() {
    return {
      clusterVersion: () => this.#state.current.membership.clusterVersion,
      storageVersion: () => this.#storageVersion()
    };
  }
  /** etcd's storage version follows the cluster version from 3.6 on. */
  #storageVersion() {
    const version = this.#state.current.membership.clusterVersion;
    return version === void 0 || version < "3.6.0" ? void 0 : version;
  }
  /** Before the first log entry or snapshot came, a joining member knows the others from its peers. */
  #members() {
    const members = this.#state.current.membership.members();
    return members.length > 0 ? members : this.#boot.knownMembers;
  }
  #setPeers() {
    const { membership } = this.#state.current;
    this.#peers.setPeers(this.#members(), (id) => membership.isRemoved(id));
  }
  #leaderEntryApplied(term) {
    this.#loop.leaderEntryApplied(term);
    if (this.#raft.role === "leader" && this.#raft.term === term) this.#duties.leadershipStarted();
  }
  /** The commit of the last hard state must have reached the marker, or a restart ignores it. */
  async #saveWalSnapshot(position) {
    const { term, vote } = this.#raft.hardState();
    this.#markedCommit = Math.max(this.#markedCommit, position.index);
    await this.#boot.wal.append([], { term, vote, commit: this.#markedCommit }, false);
    await this.#boot.wal.saveSnapshot(position);
  }
  async #compactionDone(revision) {
    if (this.#compaction?.revision === revision) await this.#compaction.done;
  }
  #observeApply(entries, ms) {
    const { applySeconds, slowApplies } = this.#metrics.server;
    applySeconds.observe({ version: "v3", op: "Batch", success: "true" }, ms / 1e3);
    if (ms > this.#config.warningApplyDurationMs) slowApplies.inc(entries);
  }
  /** Serves clients as soon as the cluster knows where to find this member. */
  async #join() {
    try {
      await publish(this.#joining());
      if (this.#stopping !== void 0) return;
      await this.#ports?.listenForClients();
      this.#log.info("ready to serve client requests", {
        "member-id": formatId(this.id),
        "client-urls": this.#config.listenClientUrls.map(({ text }) => text)
      });
    } catch (error) {
      this.#fail(error);
    }
  }
  #joining() {
    return {
      config: this.#config,
      loop: this.#loop,
      peers: this.#peers,
      members: () => this.#members(),
      isStopping: () => this.#stopping !== void 0,
      clock: this.#clock,
      log: this.#log
    };
  }
  #removed() {
    queueMicrotask(() => this.#loop.refuseRequests());
    void this.#clock.after(REMOVED_STOP_MS).then(() => this.#end({ kind: "removed" }));
  }
  #fail(error) {
    this.#end({ kind: "failed", error: error instanceof Error ? error : new Error(String(error)) });
  }
};

// src/etcd/main.ts
var stopWithStdinVariable = "ETCDTS_STOP_WITH_STDIN";
var FAILED_STOP_MS = 5e3;
async function runServer(argv) {
  const fit = fitToContainer(readContainerLimits(readIfThere));
  applyContainerFit(fit, process.env);
  const command = parseServerCommand(argv, process.env, (path) => readFileSync3(path, "utf8"));
  switch (command.kind) {
    case "help":
      process.stdout.write(flagUsage());
      return 0;
    case "version":
      process.stdout.write(versionText(process.platform, process.arch, process.version));
      return 0;
    case "refused":
      process.stderr.write(`${command.message}
`);
      return command.exitCode;
    case "config":
      break;
  }
  let log;
  try {
    log = jsonLog(command.config.logLevel, logDestination(command.config));
  } catch (error) {
    process.stderr.write(`etcd-ts server: cannot open the log: ${String(error)}
`);
    return 1;
  }
  for (const warning of command.warnings) log.warn(warning);
  if (fit.complaint?.kind === "refuse") {
    log.error(fit.complaint.message);
    return 1;
  }
  if (fit.complaint !== void 0) log.warn(fit.complaint.message);
  return await serve3(command.config, log);
}
async function serve3(config, log) {
  log.info("starting an etcd server", {
    "etcd-version": servedEtcdVersion,
    "etcd-ts-version": etcdTsVersion,
    name: config.name,
    "data-dir": config.dataDir,
    pid: process.pid
  });
  endOnBrokenInvariant(log);
  const signal = nextSignal(log);
  const starting = Member.start(config, log).then(
    (member2) => ({ kind: "started", member: member2 }),
    (error) => ({ kind: "refused", error })
  );
  const start2 = await Promise.race([starting, signal]);
  if (start2.kind === "signal") {
    log.info("received signal while starting; ending", { signal: start2.name });
    return 0;
  }
  if (start2.kind === "refused") {
    log.error("failed to start etcd", { error: start2.error });
    return 1;
  }
  const { member } = start2;
  const ended = await Promise.race([signal, member.stopped]);
  switch (ended.kind) {
    case "signal":
      log.info("received signal; shutting down", { signal: ended.name });
      await member.stop("hand-over");
      return 0;
    case "removed":
      log.warn("this member was removed from the cluster; stopping");
      await member.stop("at-once");
      return 0;
    case "failed":
      log.error("the member has to stop", { error: ended.error });
      await stopInTime(member, log);
      return 1;
  }
}
async function stopInTime(member, log) {
  const late = systemClock.after(FAILED_STOP_MS).then(() => "took too long");
  const stopped2 = member.stop("at-once").catch((error2) => error2);
  const error = await Promise.race([stopped2, late]);
  if (error !== void 0) log.error("the member could not stop cleanly", { error });
}
function endOnBrokenInvariant(log) {
  process.on("uncaughtException", (error, origin) => {
    log.error("the member has to end at once", { error, origin, stack: error.stack });
    process.exit(1);
  });
}
function nextSignal(log) {
  return new Promise((resolve) => {
    let count = 0;
    for (const name of ["SIGINT", "SIGTERM"]) {
      process.on(name, () => {
        count += 1;
        if (count > 1) {
          log.warn("received another signal; ending at once", { signal: name });
          process.exit(1);
        }
        resolve({ kind: "signal", name });
      });
    }
    if (process.env[stopWithStdinVariable] === void 0) return;
    process.stdin.on("end", () => resolve({ kind: "signal", name: "the end of the input" }));
    process.stdin.on("error", () => resolve({ kind: "signal", name: "the end of the input" }));
    process.stdin.resume();
    process.stdin.unref();
  });
}
function logDestination(config) {
  const streams = config.logOutputs.map((output) => {
    const dest = output === "stdout" ? 1 : output === "stderr" ? 2 : output;
    return { stream: (0, import_pino.destination)({ dest, sync: true, append: true, mkdir: false }) };
  });
  const [only] = streams;
  if (streams.length === 1 && only !== void 0) return only.stream;
  return (0, import_pino.multistream)(streams.map(({ stream }) => ({ level: "debug", stream })));
}
function readIfThere(path) {
  try {
    return readFileSync3(path, "utf8");
  } catch {
    return void 0;
  }
}
export {
  runServer
};
