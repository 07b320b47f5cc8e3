import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  etcdTsVersion,
  servedEtcdVersion
} from "./chunk-MHRK3JHV.js";
import {
  DecodeError,
  Reader,
  concatBytes,
  decodeAlarmResponse,
  decodeAuthDisableResponse,
  decodeAuthEnableResponse,
  decodeAuthRoleAddResponse,
  decodeAuthRoleDeleteResponse,
  decodeAuthRoleGetResponse,
  decodeAuthRoleGrantPermissionResponse,
  decodeAuthRoleListResponse,
  decodeAuthRoleRevokePermissionResponse,
  decodeAuthStatusResponse,
  decodeAuthUserAddResponse,
  decodeAuthUserChangePasswordResponse,
  decodeAuthUserDeleteResponse,
  decodeAuthUserGetResponse,
  decodeAuthUserGrantRoleResponse,
  decodeAuthUserListResponse,
  decodeAuthUserRevokeRoleResponse,
  decodeAuthenticateResponse,
  decodeCompactionResponse,
  decodeDefragmentResponse,
  decodeDeleteRangeResponse,
  decodeDowngradeResponse,
  decodeForgetLeaderResponse,
  decodeHashKVResponse,
  decodeHashResponse,
  decodeLeaseGrantResponse,
  decodeLeaseKeepAliveResponse,
  decodeLeaseLeasesResponse,
  decodeLeaseRevokeResponse,
  decodeLeaseTimeToLiveResponse,
  decodeMemberAddResponse,
  decodeMemberListResponse,
  decodeMemberPromoteResponse,
  decodeMemberRemoveResponse,
  decodeMemberUpdateResponse,
  decodeMoveLeaderResponse,
  decodeObserveResponse,
  decodePutResponse,
  decodeRangeResponse,
  decodeRangeStreamResponse,
  decodeSnapshotResponse,
  decodeStatusResponse,
  decodeTxnResponse,
  decodeWatchResponse,
  emptyBytes,
  encodeAlarmRequest,
  encodeAuthDisableRequest,
  encodeAuthEnableRequest,
  encodeAuthRoleAddRequest,
  encodeAuthRoleDeleteRequest,
  encodeAuthRoleGetRequest,
  encodeAuthRoleGrantPermissionRequest,
  encodeAuthRoleListRequest,
  encodeAuthRoleRevokePermissionRequest,
  encodeAuthStatusRequest,
  encodeAuthUserAddRequest,
  encodeAuthUserChangePasswordRequest,
  encodeAuthUserDeleteRequest,
  encodeAuthUserGetRequest,
  encodeAuthUserGrantRoleRequest,
  encodeAuthUserListRequest,
  encodeAuthUserRevokeRoleRequest,
  encodeAuthenticateRequest,
  encodeCompactionRequest,
  encodeDefragmentRequest,
  encodeDeleteRangeRequest,
  encodeDowngradeRequest,
  encodeForgetLeaderRequest,
  encodeHashKVRequest,
  encodeHashRequest,
  encodeLeaseGrantRequest,
  encodeLeaseKeepAliveRequest,
  encodeLeaseLeasesRequest,
  encodeLeaseRevokeRequest,
  encodeLeaseTimeToLiveRequest,
  encodeMemberAddRequest,
  encodeMemberListRequest,
  encodeMemberPromoteRequest,
  encodeMemberRemoveRequest,
  encodeMemberUpdateRequest,
  encodeMoveLeaderRequest,
  encodeObserveRequest,
  encodePutRequest,
  encodeRangeRequest,
  encodeSnapshotRequest,
  encodeStatusRequest,
  encodeTxnRequest,
  encodeWatchRequest,
  encodeWith,
  readKeyValue,
  readResponseHeader,
  writeKeyValue,
  writeResponseHeader
} from "./chunk-3SV2DTJL.js";

// src/etcd/config/limits.ts
var limits = Object.freeze({
  // requests
  /** etcd's `--max-request-bytes`. */
  requestBytesDefault: 1572864,
  /** gRPC framing and metadata on top of a request of the largest size (etcd adds the same). */
  requestOverheadBytes: 512 * 1024,
  /** etcd warns above this `--max-request-bytes`: one request then fills many raft messages. */
  requestBytesRecommended: 10 * 1024 * 1024,
  /** etcd's `--max-txn-ops`. */
  txnOpsDefault: 128,
  /**
   * Transactions within transactions, whatever `--max-txn-ops` allows: half of what the decoder of
   * log entries reads (proto/wire.ts), since each level is two messages there.
   */
  txnDepthMax: 400,
  /**
   * etcd's gap between committed and applied entries above which it answers "too many requests".
   */
  commitApplyGapMax: 5e3,
  /** Callers waiting for their entry at one member; beyond it "too many requests". */
  pendingProposalsMax: 2e4,
  /** Their sum: while there is no leader they all stay in memory until their deadline. */
  pendingProposalBytesMax: 128 * 1024 * 1024,
  /**
   * Callers waiting for a linearizable read barrier at one member; they share rounds, so this only
   * bounds memory.
   */
  pendingReadBarriersMax: 1e5,
  /** Proposals of other members held during a transfer of leadership; it takes milliseconds. */
  heldProposalsMax: 4096,
  // raft
  /** etcd's largest `--election-timeout`, milliseconds. */
  electionTimeoutMsMax: 5e4,
  /** etcd's MaxSizePerMsg. */
  raftMessageBytesMax: 1048576,
  /** etcd's MaxInflightMsgs. */
  raftInflightMessagesMax: 512,
  /** Committed entries applied in one transaction: about ten milliseconds of the event loop. */
  raftApplyEntriesMax: 1e3,
  raftApplyBytesMax: 4194304,
  /** Reads waiting for a quorum at the leader. Members batch theirs, so few are ever needed. */
  raftPendingReadsMax: 4096,
  /** etcd's `--snapshot-catchup-entries`. */
  snapshotCatchUpEntries: 5e3,
  /**
   * Entries kept in memory while a snapshot travels and shortly after: its receiver needs what came
   * since.
   */
  snapshotHoldEntriesMax: 2e5,
  /** Bytes of applied entries kept in memory for followers that lag; then they get a snapshot. */
  logBytesMax: 64 * 1024 * 1024,
  /** The same while a snapshot travels. */
  snapshotHoldBytesMax: 256 * 1024 * 1024,
  /** etcd holds the log for 30 s after a snapshot was delivered. */
  snapshotHoldMs: 3e4,
  /**
   * Growth of the database file that brings a checkpoint forward: freed pages are reused only after
   * one.
   */
  checkpointGrowthBytesMax: 64 * 1024 * 1024,
  // store
  /** Changed keys that are committed to the store together: the more, the fewer pages per change. */
  pendingWritesMax: 32e3,
  /** Their bytes; when twice as many wait, nothing more is applied before a commit has ended. */
  pendingWriteBytesMax: 8 * 1024 * 1024,
  /** The longest wait for a commit, milliseconds; what a killed process applies again is not more. */
  pendingWriteMs: 250,
  /** What was committed or read last and is found without asking the store on disk. */
  readCacheBytesMax: 12 * 1024 * 1024,
  /** etcd's quota when `--quota-backend-bytes` is 0. */
  quotaBytesDefault: 2 * 1024 * 1024 * 1024,
  /** Lists of more than a thousand keys read at the same time: each holds what it has read so far. */
  longListsMax: 4,
  /**
   * Lists kept ready for who asks again, at most as much as 100,000 objects of 300 bytes take, in
   * blocks of two frames. Who lists fewer than `keysMin` keys leaves nothing behind.
   */
  listCache: Object.freeze({
    bytesMax: 32 * 1024 * 1024,
    blockBytes: 32 * 1024,
    keysMin: 32,
    revisionsMax: 8
  }),
  // leases
  /** etcd's largest TTL, seconds. */
  leaseTtlSecondsMax: 9e9,
  /** Revokes proposed and not yet answered, as etcd bounds them. */
  leaseRevokesInFlightMax: 16,
  /** Keep-alives that wait on one stream before its client is slowed down. */
  keepAlivesQueuedMax: 1024,
  // watches
  /** A response without `fragment` is closed at a revision's end once it has this many bytes. */
  watchResponseBytesSoftMax: 1048576,
  /** Replies to requests on one stream that a client may leave unread before it is cut off. */
  watchUnreadRepliesMax: 16384,
  /** etcd's bound for one replay response, in revisions; what one read of history brings. */
  watchCatchUpChangesMax: 1e3,
  /** Bytes that one read of history should bring: a step of catch-up must stay short. */
  watchCatchUpBytesTarget: 4 * 1024 * 1024,
  /** Watchers that share one read of history (etcd's batch). */
  watchCatchUpWatchersMax: 512,
  // store
  /** Growth of the store file within a compaction that makes it wait for a checkpoint. */
  compactionGrowthBytesMax: 32 * 1024 * 1024,
  // membership
  /** etcd's `--max-learners`. */
  learnersMax: 1,
  // peers
  /**
   * Messages waiting for one stream to one peer; beyond it they are dropped and raft is told
   * (etcd's size).
   */
  peerStreamQueueMax: 4096,
  /** Messages waiting for POST /raft to one peer (etcd's pipeline queue). */
  peerPipelineQueueMax: 64,
  /** POST /raft requests under way to one peer (etcd's pipeline workers). */
  peerPipelineWorkers: 4,
  /**
   * Bytes a stream may hold unsent in the socket before the peer counts as stuck and messages are
   * dropped.
   */
  peerStreamUnsentBytesMax: 64 * 1024 * 1024,
  /** One raft message on a stream (etcd's limit). */
  peerMessageBytesMax: 512 * 1024 * 1024,
  /** Entries in one AppEntries frame: a sender cannot put more into its largest message. */
  peerFrameEntriesMax: 1048576,
  /** The message before the database in POST /raft/snapshot (etcd's limit since 3.7). */
  peerSnapshotMessageBytesMax: 64 * 1024 * 1024,
  /**
   * Body of POST /raft, one message: above raft's message size, because one entry may exceed it.
   */
  peerPostBytesMax: 64 * 1024 * 1024,
  /** Body of the small peer requests (leases, HashKV), as etcd bounds them. */
  peerSmallRequestBytesMax: 64 * 1024,
  /** Answers of other members to our small requests; a member list of thousands stays below. */
  peerSmallAnswerBytesMax: 16 * 1024 * 1024,
  /**
   * Senders that are not members yet and get answers by POST /raft; the oldest one is forgotten.
   */
  peerRemotesMax: 64,
  /** Snapshots under way to all peers together (etcd's bound); a further one counts as failed. */
  peerSnapshotsMax: 16,
  /** A snapshot transfer that moves no byte for this long has failed, milliseconds. */
  peerSnapshotStallMs: 3e4,
  /** Wait for a receiver to store a snapshot it has got all of, milliseconds. */
  peerSnapshotAnswerMs: 3e5,
  /** A probe of the round trip to each peer, milliseconds apart (etcd's interval). */
  peerProbeMs: 4e3,
  /** etcd's read and write deadline on a peer connection, milliseconds. */
  peerDeadlineMs: 5e3,
  /** Longest wait between two attempts to dial a stream, milliseconds (etcd's rate limit). */
  peerRedialMsMax: 100,
  // write-ahead log
  /** etcd's segment size. Also how long one file takes to read at a start. */
  walSegmentBytes: 64e6,
  /** etcd's `--max-wals`: segments kept for people who want to look, though no longer needed. */
  walSegmentsKeptDefault: 5,
  /**
   * Zeros written between two syncs while a segment is made ready; bounds how long an append queues
   * behind it.
   */
  walFillStepBytes: 512 * 1024,
  /** Appends waiting for the disk. Consensus awaits each, so more is a defect; they are refused. */
  walWaitingAppendsMax: 1e4,
  // snapshots
  /** etcd's `--max-snapshots`: `.snap` files kept. */
  snapFilesKeptDefault: 5,
  /** Pieces in which a database image is read, hashed and streamed (etcd's blob is 32 KiB). */
  bboltChunkBytes: 128 * 1024,
  /**
   * Entries measured between two turns of the event loop while a snapshot is planned: about a
   * millisecond.
   */
  bboltEntriesPerTurn: 500,
  // defragmentation
  /** Names of keys that may be written while the store is copied; beyond it the copy is given up. */
  defragmentJournalBytesMax: 64 * 1024 * 1024,
  /** Keys copied per turn of the event loop to follow the writes, besides twice what they wrote. */
  defragmentKeysPerTurn: 1e3,
  /** Stays free on the disk beside the copy, for the next segment of the log and for writes. */
  defragmentSpareBytes: 128 * 1024 * 1024,
  // client connections
  /** A connection that says nothing is cut; Go's HTTP server waits five minutes for headers. */
  firstBytesTimeoutMs: 3e5,
  /** From accepting a connection to the end of its TLS handshake; etcd's own bound. */
  tlsHandshakeTimeoutMs: 1e4,
  // HTTP/2 connections of clients
  /**
   * A header list after decoding, counted as in RFC 7541: a token of several KiB and all the rest
   * fit many times.
   */
  http2HeaderListBytesMax: 64 * 1024,
  /** A header block before decoding, with its CONTINUATION frames. */
  http2HeaderBlockBytesMax: 64 * 1024,
  /** Four full frames make the largest block; more of them are a flood of small or empty ones. */
  http2ContinuationFramesMax: 32,
  /**
   * Streams open at once on one connection, whatever `--max-concurrent-streams` allows (etcd's
   * default is no bound); about a kilobyte each.
   */
  http2StreamsMax: 65536,
  /** What a stream may send before we read it: a large Put must not wait for round trips. */
  http2StreamWindowBytes: 1024 * 1024,
  http2ConnectionWindowBytes: 16 * 1024 * 1024,
  /** Bytes of unfinished or undelivered requests held for one connection; beyond it streams are reset. */
  http2UnreadBytesMax: 64 * 1024 * 1024,
  /** Bytes that one connection's answers may wait for windows; a further answer is reset. */
  http2UnsentBytesMax: 256 * 1024 * 1024,
  /** The same for one stream: whoever writes without asking for room is cut off. */
  http2StreamUnsentBytesMax: 64 * 1024 * 1024,
  /** Bytes of one stream that wait before its writer is asked to wait too. */
  http2StreamQueueBytes: 128 * 1024,
  /** Bytes handed to one socket that the kernel has not taken; further data stays with its stream. */
  http2SocketUnsentBytesMax: 1024 * 1024,
  /** More waiting than this on a connection that takes nothing for `http2StalledMs` is hoarding. */
  http2StalledBytes: 1024 * 1024,
  http2StalledMs: 3e5,
  /**
   * Streams reset before they were answered, by the peer or for its mistakes: a client that cancels
   * all its calls at once passes, rapid reset does not.
   */
  http2Resets: { burst: 2e3, perSecond: 100 },
  /** SETTINGS frames: each is acknowledged. A client sends one, or a few to tune its windows. */
  http2Settings: { burst: 100, perSecond: 1 },
  /** DATA frames without content that end nothing. */
  http2EmptyFrames: { burst: 1e3, perSecond: 100 },
  /** Go's gRPC server gives a new connection as long to send its SETTINGS. */
  http2HandshakeMs: 12e4,
  /** A closed connection is cut when its peer has not closed its side by then. */
  http2LingerMs: 5e3,
  /** How often connections are looked after. */
  http2SuperviseMs: 2e3,
  /** etcd's `--grpc-keepalive-interval` and `--grpc-keepalive-timeout`. */
  grpcKeepaliveMs: 72e5,
  grpcKeepaliveTimeoutMs: 2e4,
  /** etcd's `--grpc-keepalive-min-time`: pings of a client with streams, milliseconds apart. */
  grpcPingMsMin: 5e3,
  /** Pings of a client without streams, and how many early ones are forgiven (Go's gRPC). */
  grpcIdlePingMsMin: 72e5,
  grpcPingStrikesMax: 2
});

// src/base/node-http.ts
var { Agent, createServer, request } = process.getBuiltinModule("node:http");
var nodeHttps = () => process.getBuiltinModule("node:https");
var nodeTls = () => process.getBuiltinModule("node:tls");

// src/etcd/api/http/plain-answer.ts
function send(reply, answer) {
  if (answer.nosniff) reply.header("x-content-type-options", "nosniff");
  return reply.code(answer.status).header("content-type", "text/plain; charset=utf-8").send(answer.body);
}
function refuse(reply) {
  reply.header("allow", "GET");
  return send(reply, { status: 405, body: "Method Not Allowed\n", nosniff: true });
}
function notFound(reply) {
  return send(reply, { status: 404, body: "404 page not found\n", nosniff: true });
}

// src/etcd/api/http/version.ts
function versionJson(source) {
  return JSON.stringify({
    etcdserver: servedEtcdVersion,
    etcdcluster: source.clusterVersion() ?? "not_decided",
    storage: source.storageVersion() ?? "unknown",
    server: `etcd-ts/${etcdTsVersion}`
  });
}
function registerVersion(app, source) {
  app.all("/version", (request2, reply) => {
    if (request2.method !== "GET") return refuse(reply);
    const body = Buffer.from(versionJson(source));
    return reply.header("content-type", "application/json").send(body);
  });
}

// src/etcd/errors.ts
var Code = {
  canceled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16
};
var table = {
  EmptyKey: [Code.invalidArgument, "etcdserver: key is not provided"],
  KeyNotFound: [Code.invalidArgument, "etcdserver: key not found"],
  ValueProvided: [Code.invalidArgument, "etcdserver: value is provided"],
  LeaseProvided: [Code.invalidArgument, "etcdserver: lease is provided"],
  TooManyOps: [Code.invalidArgument, "etcdserver: too many operations in txn request"],
  DuplicateKey: [Code.invalidArgument, "etcdserver: duplicate key given in txn request"],
  InvalidClientAPIVersion: [Code.invalidArgument, "etcdserver: invalid client api version"],
  InvalidSortOption: [Code.invalidArgument, "etcdserver: invalid sort option"],
  Compacted: [Code.outOfRange, "etcdserver: mvcc: required revision has been compacted"],
  FutureRev: [Code.outOfRange, "etcdserver: mvcc: required revision is a future revision"],
  NoSpace: [Code.resourceExhausted, "etcdserver: mvcc: database space exceeded"],
  LeaseNotFound: [Code.notFound, "etcdserver: requested lease not found"],
  LeaseExist: [Code.failedPrecondition, "etcdserver: lease already exists"],
  LeaseTTLTooLarge: [Code.outOfRange, "etcdserver: too large lease TTL"],
  WatchCanceled: [Code.canceled, "etcdserver: watch canceled"],
  MemberExist: [Code.failedPrecondition, "etcdserver: member ID already exist"],
  PeerURLExist: [Code.failedPrecondition, "etcdserver: Peer URLs already exists"],
  MemberNotEnoughStarted: [
    Code.failedPrecondition,
    "etcdserver: re-configuration failed due to not enough started members"
  ],
  MemberBadURLs: [Code.invalidArgument, "etcdserver: given member URLs are invalid"],
  MemberNotFound: [Code.notFound, "etcdserver: member not found"],
  MemberNotLearner: [Code.failedPrecondition, "etcdserver: can only promote a learner member"],
  LearnerNotReady: [
    Code.failedPrecondition,
    "etcdserver: can only promote a learner member which is in sync with leader"
  ],
  TooManyLearners: [Code.failedPrecondition, "etcdserver: too many learner members in cluster"],
  ClusterIDMismatch: [Code.failedPrecondition, "etcdserver: cluster ID mismatch"],
  RequestTooLarge: [Code.invalidArgument, "etcdserver: request is too large"],
  RequestTooManyRequests: [Code.resourceExhausted, "etcdserver: too many requests"],
  UserEmpty: [Code.invalidArgument, "etcdserver: user name is empty"],
  AuthNotEnabled: [Code.failedPrecondition, "etcdserver: authentication is not enabled"],
  PermissionDenied: [Code.permissionDenied, "etcdserver: permission denied"],
  InvalidAuthToken: [Code.unauthenticated, "etcdserver: invalid auth token"],
  AuthOldRevision: [Code.invalidArgument, "etcdserver: revision of auth store is old"],
  NoLeader: [Code.unavailable, "etcdserver: no leader"],
  NotLeader: [Code.failedPrecondition, "etcdserver: not leader"],
  LeaderChanged: [Code.unavailable, "etcdserver: leader changed"],
  NotCapable: [Code.failedPrecondition, "etcdserver: not capable"],
  Stopped: [Code.unavailable, "etcdserver: server stopped"],
  Timeout: [Code.unavailable, "etcdserver: request timed out"],
  TimeoutDueToLeaderFail: [
    Code.unavailable,
    "etcdserver: request timed out, possibly due to previous leader failure"
  ],
  TimeoutDueToConnectionLost: [
    Code.unavailable,
    "etcdserver: request timed out, possibly due to connection lost"
  ],
  TimeoutWaitAppliedIndex: [
    Code.unavailable,
    "etcdserver: request timed out, waiting for the applied index took too long"
  ],
  TimeoutLeaderTransfer: [
    Code.unknown,
    "etcdserver: request timed out, leader transfer took too long"
  ],
  Unhealthy: [Code.unavailable, "etcdserver: unhealthy cluster"],
  Corrupt: [Code.dataLoss, "etcdserver: corrupt cluster"],
  NotSupportedForLearner: [Code.failedPrecondition, "etcdserver: rpc not supported for learner"],
  BadLeaderTransferee: [Code.failedPrecondition, "etcdserver: bad leader transferee"],
  NotPrimaryLessor: [Code.unknown, "not a primary lessor"],
  Canceled: [Code.canceled, "etcdserver: request canceled"],
  DeadlineExceeded: [Code.deadlineExceeded, "etcdserver: context deadline exceeded"]
};
var EtcdError = class extends Error {
  name;
  code;
  constructor(name) {
    const [code, message] = table[name];
    super(message);
    this.name = name;
    this.code = code;
  }
};
var StatusError = class extends Error {
  name = "StatusError";
  code;
  constructor(code, message) {
    super(message);
    this.code = code;
  }
};

// src/etcd/proto/generated/healthpb.ts
var HealthCheckResponse_ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3
};
function encodeHealthCheckRequest(m) {
  return encodeWith(writeHealthCheckRequest, m);
}
function decodeHealthCheckRequest(bytes) {
  return readHealthCheckRequest(new Reader(bytes), void 0);
}
function newHealthCheckRequest() {
  return {
    service: ""
  };
}
function readHealthCheckRequest(r, into) {
  const m = into ?? newHealthCheckRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.service = r.string();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHealthCheckRequest(w, m) {
  if (m.service !== void 0 && m.service !== "") {
    w.string(m.service);
    w.byte(10);
  }
}
function encodeHealthCheckResponse(m) {
  return encodeWith(writeHealthCheckResponse, m);
}
function decodeHealthCheckResponse(bytes) {
  return readHealthCheckResponse(new Reader(bytes), void 0);
}
function newHealthCheckResponse() {
  return {
    status: 0
  };
}
function readHealthCheckResponse(r, into) {
  const m = into ?? newHealthCheckResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 8: {
        m.status = r.int32();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHealthCheckResponse(w, m) {
  if (m.status !== void 0 && m.status !== 0) {
    w.int(m.status);
    w.byte(8);
  }
}
function encodeHealthListRequest(m) {
  return encodeWith(writeHealthListRequest, m);
}
function decodeHealthListRequest(bytes) {
  return readHealthListRequest(new Reader(bytes), void 0);
}
function newHealthListRequest() {
  return {};
}
function readHealthListRequest(r, into) {
  const m = into ?? newHealthListRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHealthListRequest(_w, _m) {
}
function encodeHealthListResponse(m) {
  return encodeWith(writeHealthListResponse, m);
}
function decodeHealthListResponse(bytes) {
  return readHealthListResponse(new Reader(bytes), void 0);
}
function newHealthListResponse() {
  return {
    statuses: []
  };
}
function readHealthListResponse(r, into) {
  const m = into ?? newHealthListResponse();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.statuses.push(readHealthListResponse_Entry(r, void 0));
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHealthListResponse(w, m) {
  if (m.statuses !== void 0) {
    for (let i = m.statuses.length - 1; i >= 0; i--) {
      const item = m.statuses[i];
      const end = w.size();
      writeHealthListResponse_Entry(w, item);
      w.uint(w.size() - end);
      w.byte(10);
    }
  }
}
function newHealthListResponse_Entry() {
  return {
    key: "",
    value: void 0
  };
}
function readHealthListResponse_Entry(r, into) {
  const m = into ?? newHealthListResponse_Entry();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.string();
        break;
      }
      case 18: {
        const outer = r.enter();
        m.value = readHealthCheckResponse(r, m.value);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeHealthListResponse_Entry(w, m) {
  if (m.value !== void 0) {
    const end = w.size();
    writeHealthCheckResponse(w, m.value);
    w.uint(w.size() - end);
    w.byte(18);
  }
  if (m.key !== void 0 && m.key !== "") {
    w.string(m.key);
    w.byte(10);
  }
}

// src/etcd/proto/generated/v3electionpb.ts
function encodeCampaignRequest(m) {
  return encodeWith(writeCampaignRequest, m);
}
function decodeCampaignRequest(bytes) {
  return readCampaignRequest(new Reader(bytes), void 0);
}
function newCampaignRequest() {
  return {
    name: emptyBytes,
    lease: 0n,
    value: emptyBytes
  };
}
function readCampaignRequest(r, into) {
  const m = into ?? newCampaignRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 16: {
        m.lease = r.int64Big();
        break;
      }
      case 26: {
        m.value = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeCampaignRequest(w, m) {
  if (m.value !== void 0 && m.value.length !== 0) {
    w.bytes(m.value);
    w.byte(26);
  }
  if (m.lease !== void 0 && m.lease !== 0n) {
    w.big(m.lease);
    w.byte(16);
  }
  if (m.name !== void 0 && m.name.length !== 0) {
    w.bytes(m.name);
    w.byte(10);
  }
}
function encodeCampaignResponse(m) {
  return encodeWith(writeCampaignResponse, m);
}
function decodeCampaignResponse(bytes) {
  return readCampaignResponse(new Reader(bytes), void 0);
}
function newCampaignResponse() {
  return {
    header: void 0,
    leader: void 0
  };
}
function readCampaignResponse(r, into) {
  const m = into ?? newCampaignResponse();
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
        m.leader = readLeaderKey(r, m.leader);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeCampaignResponse(w, m) {
  if (m.leader !== void 0) {
    const end = w.size();
    writeLeaderKey(w, m.leader);
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
function newLeaderKey() {
  return {
    name: emptyBytes,
    key: emptyBytes,
    rev: 0,
    lease: 0n
  };
}
function readLeaderKey(r, into) {
  const m = into ?? newLeaderKey();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 18: {
        m.key = r.bytes();
        break;
      }
      case 24: {
        m.rev = r.int64Clamped();
        break;
      }
      case 32: {
        m.lease = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaderKey(w, m) {
  if (m.lease !== void 0 && m.lease !== 0n) {
    w.big(m.lease);
    w.byte(32);
  }
  if (m.rev !== void 0 && m.rev !== 0) {
    w.int(m.rev);
    w.byte(24);
  }
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(18);
  }
  if (m.name !== void 0 && m.name.length !== 0) {
    w.bytes(m.name);
    w.byte(10);
  }
}
function encodeLeaderRequest(m) {
  return encodeWith(writeLeaderRequest, m);
}
function decodeLeaderRequest(bytes) {
  return readLeaderRequest(new Reader(bytes), void 0);
}
function newLeaderRequest() {
  return {
    name: emptyBytes
  };
}
function readLeaderRequest(r, into) {
  const m = into ?? newLeaderRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaderRequest(w, m) {
  if (m.name !== void 0 && m.name.length !== 0) {
    w.bytes(m.name);
    w.byte(10);
  }
}
function encodeLeaderResponse(m) {
  return encodeWith(writeLeaderResponse, m);
}
function decodeLeaderResponse(bytes) {
  return readLeaderResponse(new Reader(bytes), void 0);
}
function newLeaderResponse() {
  return {
    header: void 0,
    kv: void 0
  };
}
function readLeaderResponse(r, into) {
  const m = into ?? newLeaderResponse();
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
        m.kv = readKeyValue(r, m.kv);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLeaderResponse(w, m) {
  if (m.kv !== void 0) {
    const end = w.size();
    writeKeyValue(w, m.kv);
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
function encodeResignRequest(m) {
  return encodeWith(writeResignRequest, m);
}
function decodeResignRequest(bytes) {
  return readResignRequest(new Reader(bytes), void 0);
}
function newResignRequest() {
  return {
    leader: void 0
  };
}
function readResignRequest(r, into) {
  const m = into ?? newResignRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.leader = readLeaderKey(r, m.leader);
        r.leave(outer);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeResignRequest(w, m) {
  if (m.leader !== void 0) {
    const end = w.size();
    writeLeaderKey(w, m.leader);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeResignResponse(m) {
  return encodeWith(writeResignResponse, m);
}
function decodeResignResponse(bytes) {
  return readResignResponse(new Reader(bytes), void 0);
}
function newResignResponse() {
  return {
    header: void 0
  };
}
function readResignResponse(r, into) {
  const m = into ?? newResignResponse();
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
function writeResignResponse(w, m) {
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeProclaimRequest(m) {
  return encodeWith(writeProclaimRequest, m);
}
function decodeProclaimRequest(bytes) {
  return readProclaimRequest(new Reader(bytes), void 0);
}
function newProclaimRequest() {
  return {
    leader: void 0,
    value: emptyBytes
  };
}
function readProclaimRequest(r, into) {
  const m = into ?? newProclaimRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const outer = r.enter();
        m.leader = readLeaderKey(r, m.leader);
        r.leave(outer);
        break;
      }
      case 18: {
        m.value = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeProclaimRequest(w, m) {
  if (m.value !== void 0 && m.value.length !== 0) {
    w.bytes(m.value);
    w.byte(18);
  }
  if (m.leader !== void 0) {
    const end = w.size();
    writeLeaderKey(w, m.leader);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeProclaimResponse(m) {
  return encodeWith(writeProclaimResponse, m);
}
function decodeProclaimResponse(bytes) {
  return readProclaimResponse(new Reader(bytes), void 0);
}
function newProclaimResponse() {
  return {
    header: void 0
  };
}
function readProclaimResponse(r, into) {
  const m = into ?? newProclaimResponse();
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
function writeProclaimResponse(w, m) {
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

// src/etcd/proto/generated/v3lockpb.ts
function encodeLockRequest(m) {
  return encodeWith(writeLockRequest, m);
}
function decodeLockRequest(bytes) {
  return readLockRequest(new Reader(bytes), void 0);
}
function newLockRequest() {
  return {
    name: emptyBytes,
    lease: 0n
  };
}
function readLockRequest(r, into) {
  const m = into ?? newLockRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.name = r.bytes();
        break;
      }
      case 16: {
        m.lease = r.int64Big();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLockRequest(w, m) {
  if (m.lease !== void 0 && m.lease !== 0n) {
    w.big(m.lease);
    w.byte(16);
  }
  if (m.name !== void 0 && m.name.length !== 0) {
    w.bytes(m.name);
    w.byte(10);
  }
}
function encodeLockResponse(m) {
  return encodeWith(writeLockResponse, m);
}
function decodeLockResponse(bytes) {
  return readLockResponse(new Reader(bytes), void 0);
}
function newLockResponse() {
  return {
    header: void 0,
    key: emptyBytes
  };
}
function readLockResponse(r, into) {
  const m = into ?? newLockResponse();
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
        m.key = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeLockResponse(w, m) {
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(18);
  }
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}
function encodeUnlockRequest(m) {
  return encodeWith(writeUnlockRequest, m);
}
function decodeUnlockRequest(bytes) {
  return readUnlockRequest(new Reader(bytes), void 0);
}
function newUnlockRequest() {
  return {
    key: emptyBytes
  };
}
function readUnlockRequest(r, into) {
  const m = into ?? newUnlockRequest();
  while (r.pos < r.end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        m.key = r.bytes();
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}
function writeUnlockRequest(w, m) {
  if (m.key !== void 0 && m.key.length !== 0) {
    w.bytes(m.key);
    w.byte(10);
  }
}
function encodeUnlockResponse(m) {
  return encodeWith(writeUnlockResponse, m);
}
function decodeUnlockResponse(bytes) {
  return readUnlockResponse(new Reader(bytes), void 0);
}
function newUnlockResponse() {
  return {
    header: void 0
  };
}
function readUnlockResponse(r, into) {
  const m = into ?? newUnlockResponse();
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
function writeUnlockResponse(w, m) {
  if (m.header !== void 0) {
    const end = w.size();
    writeResponseHeader(w, m.header);
    w.uint(w.size() - end);
    w.byte(10);
  }
}

// src/etcd/proto/generated/descriptors.ts
var messages = {
  "authpb.UserAddOptions": [
    { name: "no_password", jsonName: "noPassword", number: 1, type: "bool", repeated: false }
  ],
  "authpb.User": [
    { name: "name", jsonName: "name", number: 1, type: "bytes", repeated: false },
    { name: "password", jsonName: "password", number: 2, type: "bytes", repeated: false },
    { name: "roles", jsonName: "roles", number: 3, type: "string", repeated: true },
    { name: "options", jsonName: "options", number: 4, type: "message", repeated: false, typeName: "authpb.UserAddOptions" }
  ],
  "authpb.Permission": [
    { name: "permType", jsonName: "permType", number: 1, type: "enum", repeated: false, typeName: "authpb.Permission.Type" },
    { name: "key", jsonName: "key", number: 2, type: "bytes", repeated: false },
    { name: "range_end", jsonName: "rangeEnd", number: 3, type: "bytes", repeated: false }
  ],
  "authpb.Role": [
    { name: "name", jsonName: "name", number: 1, type: "bytes", repeated: false },
    { name: "keyPermission", jsonName: "keyPermission", number: 2, type: "message", repeated: true, typeName: "authpb.Permission" }
  ],
  "etcdserverpb.AuthEnableRequest": [],
  "etcdserverpb.AuthEnableResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthDisableRequest": [],
  "etcdserverpb.AuthDisableResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthStatusRequest": [],
  "etcdserverpb.AuthStatusResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "enabled", jsonName: "enabled", number: 2, type: "bool", repeated: false },
    { name: "authRevision", jsonName: "authRevision", number: 3, type: "uint64", repeated: false }
  ],
  "etcdserverpb.AuthenticateRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "password", jsonName: "password", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthenticateResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "token", jsonName: "token", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserAddRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "password", jsonName: "password", number: 2, type: "string", repeated: false },
    { name: "options", jsonName: "options", number: 3, type: "message", repeated: false, typeName: "authpb.UserAddOptions" },
    { name: "hashedPassword", jsonName: "hashedPassword", number: 4, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserAddResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthUserGetRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserGetResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "roles", jsonName: "roles", number: 2, type: "string", repeated: true }
  ],
  "etcdserverpb.AuthUserListRequest": [],
  "etcdserverpb.AuthUserListResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "users", jsonName: "users", number: 2, type: "string", repeated: true }
  ],
  "etcdserverpb.AuthUserDeleteRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserDeleteResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthUserChangePasswordRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "password", jsonName: "password", number: 2, type: "string", repeated: false },
    { name: "hashedPassword", jsonName: "hashedPassword", number: 3, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserChangePasswordResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthUserGrantRoleRequest": [
    { name: "user", jsonName: "user", number: 1, type: "string", repeated: false },
    { name: "role", jsonName: "role", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserGrantRoleResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthUserRevokeRoleRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "role", jsonName: "role", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthUserRevokeRoleResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthRoleAddRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthRoleAddResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthRoleGetRequest": [
    { name: "role", jsonName: "role", number: 1, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthRoleGetResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "perm", jsonName: "perm", number: 2, type: "message", repeated: true, typeName: "authpb.Permission" }
  ],
  "etcdserverpb.AuthRoleListRequest": [],
  "etcdserverpb.AuthRoleListResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "roles", jsonName: "roles", number: 2, type: "string", repeated: true }
  ],
  "etcdserverpb.AuthRoleDeleteRequest": [
    { name: "role", jsonName: "role", number: 1, type: "string", repeated: false }
  ],
  "etcdserverpb.AuthRoleDeleteResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthRoleGrantPermissionRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "perm", jsonName: "perm", number: 2, type: "message", repeated: false, typeName: "authpb.Permission" }
  ],
  "etcdserverpb.AuthRoleGrantPermissionResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.AuthRoleRevokePermissionRequest": [
    { name: "role", jsonName: "role", number: 1, type: "string", repeated: false },
    { name: "key", jsonName: "key", number: 2, type: "bytes", repeated: false },
    { name: "range_end", jsonName: "rangeEnd", number: 3, type: "bytes", repeated: false }
  ],
  "etcdserverpb.AuthRoleRevokePermissionResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.Member": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "name", jsonName: "name", number: 2, type: "string", repeated: false },
    { name: "peerURLs", jsonName: "peerURLs", number: 3, type: "string", repeated: true },
    { name: "clientURLs", jsonName: "clientURLs", number: 4, type: "string", repeated: true },
    { name: "isLearner", jsonName: "isLearner", number: 5, type: "bool", repeated: false }
  ],
  "etcdserverpb.MemberAddRequest": [
    { name: "peerURLs", jsonName: "peerURLs", number: 1, type: "string", repeated: true },
    { name: "isLearner", jsonName: "isLearner", number: 2, type: "bool", repeated: false }
  ],
  "etcdserverpb.MemberAddResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "member", jsonName: "member", number: 2, type: "message", repeated: false, typeName: "etcdserverpb.Member" },
    { name: "members", jsonName: "members", number: 3, type: "message", repeated: true, typeName: "etcdserverpb.Member" }
  ],
  "etcdserverpb.MemberRemoveRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true }
  ],
  "etcdserverpb.MemberRemoveResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "members", jsonName: "members", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.Member" }
  ],
  "etcdserverpb.MemberUpdateRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "peerURLs", jsonName: "peerURLs", number: 2, type: "string", repeated: true }
  ],
  "etcdserverpb.MemberUpdateResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "members", jsonName: "members", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.Member" }
  ],
  "etcdserverpb.MemberListRequest": [
    { name: "linearizable", jsonName: "linearizable", number: 1, type: "bool", repeated: false }
  ],
  "etcdserverpb.MemberListResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "members", jsonName: "members", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.Member" }
  ],
  "etcdserverpb.MemberPromoteRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true }
  ],
  "etcdserverpb.MemberPromoteResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "members", jsonName: "members", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.Member" }
  ],
  "etcdserverpb.ResponseHeader": [
    { name: "cluster_id", jsonName: "clusterId", number: 1, type: "uint64", repeated: false, big: true },
    { name: "member_id", jsonName: "memberId", number: 2, type: "uint64", repeated: false, big: true },
    { name: "revision", jsonName: "revision", number: 3, type: "int64", repeated: false },
    { name: "raft_term", jsonName: "raftTerm", number: 4, type: "uint64", repeated: false }
  ],
  "etcdserverpb.RangeRequest": [
    { name: "key", jsonName: "key", number: 1, type: "bytes", repeated: false },
    { name: "range_end", jsonName: "rangeEnd", number: 2, type: "bytes", repeated: false },
    { name: "limit", jsonName: "limit", number: 3, type: "int64", repeated: false },
    { name: "revision", jsonName: "revision", number: 4, type: "int64", repeated: false },
    { name: "sort_order", jsonName: "sortOrder", number: 5, type: "enum", repeated: false, typeName: "etcdserverpb.RangeRequest.SortOrder" },
    { name: "sort_target", jsonName: "sortTarget", number: 6, type: "enum", repeated: false, typeName: "etcdserverpb.RangeRequest.SortTarget" },
    { name: "serializable", jsonName: "serializable", number: 7, type: "bool", repeated: false },
    { name: "keys_only", jsonName: "keysOnly", number: 8, type: "bool", repeated: false },
    { name: "count_only", jsonName: "countOnly", number: 9, type: "bool", repeated: false },
    { name: "min_mod_revision", jsonName: "minModRevision", number: 10, type: "int64", repeated: false },
    { name: "max_mod_revision", jsonName: "maxModRevision", number: 11, type: "int64", repeated: false },
    { name: "min_create_revision", jsonName: "minCreateRevision", number: 12, type: "int64", repeated: false },
    { name: "max_create_revision", jsonName: "maxCreateRevision", number: 13, type: "int64", repeated: false }
  ],
  "etcdserverpb.RangeResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "kvs", jsonName: "kvs", number: 2, type: "message", repeated: true, typeName: "mvccpb.KeyValue" },
    { name: "more", jsonName: "more", number: 3, type: "bool", repeated: false },
    { name: "count", jsonName: "count", number: 4, type: "int64", repeated: false }
  ],
  "etcdserverpb.RangeStreamResponse": [
    { name: "range_response", jsonName: "rangeResponse", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.RangeResponse" }
  ],
  "etcdserverpb.PutRequest": [
    { name: "key", jsonName: "key", number: 1, type: "bytes", repeated: false },
    { name: "value", jsonName: "value", number: 2, type: "bytes", repeated: false },
    { name: "lease", jsonName: "lease", number: 3, type: "int64", repeated: false, big: true },
    { name: "prev_kv", jsonName: "prevKv", number: 4, type: "bool", repeated: false },
    { name: "ignore_value", jsonName: "ignoreValue", number: 5, type: "bool", repeated: false },
    { name: "ignore_lease", jsonName: "ignoreLease", number: 6, type: "bool", repeated: false }
  ],
  "etcdserverpb.PutResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "prev_kv", jsonName: "prevKv", number: 2, type: "message", repeated: false, typeName: "mvccpb.KeyValue" }
  ],
  "etcdserverpb.DeleteRangeRequest": [
    { name: "key", jsonName: "key", number: 1, type: "bytes", repeated: false },
    { name: "range_end", jsonName: "rangeEnd", number: 2, type: "bytes", repeated: false },
    { name: "prev_kv", jsonName: "prevKv", number: 3, type: "bool", repeated: false }
  ],
  "etcdserverpb.DeleteRangeResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "deleted", jsonName: "deleted", number: 2, type: "int64", repeated: false },
    { name: "prev_kvs", jsonName: "prevKvs", number: 3, type: "message", repeated: true, typeName: "mvccpb.KeyValue" }
  ],
  "etcdserverpb.RequestOp": [
    { name: "request_range", jsonName: "requestRange", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.RangeRequest", oneof: "request" },
    { name: "request_put", jsonName: "requestPut", number: 2, type: "message", repeated: false, typeName: "etcdserverpb.PutRequest", oneof: "request" },
    { name: "request_delete_range", jsonName: "requestDeleteRange", number: 3, type: "message", repeated: false, typeName: "etcdserverpb.DeleteRangeRequest", oneof: "request" },
    { name: "request_txn", jsonName: "requestTxn", number: 4, type: "message", repeated: false, typeName: "etcdserverpb.TxnRequest", oneof: "request" }
  ],
  "etcdserverpb.ResponseOp": [
    { name: "response_range", jsonName: "responseRange", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.RangeResponse", oneof: "response" },
    { name: "response_put", jsonName: "responsePut", number: 2, type: "message", repeated: false, typeName: "etcdserverpb.PutResponse", oneof: "response" },
    { name: "response_delete_range", jsonName: "responseDeleteRange", number: 3, type: "message", repeated: false, typeName: "etcdserverpb.DeleteRangeResponse", oneof: "response" },
    { name: "response_txn", jsonName: "responseTxn", number: 4, type: "message", repeated: false, typeName: "etcdserverpb.TxnResponse", oneof: "response" }
  ],
  "etcdserverpb.Compare": [
    { name: "result", jsonName: "result", number: 1, type: "enum", repeated: false, typeName: "etcdserverpb.Compare.CompareResult" },
    { name: "target", jsonName: "target", number: 2, type: "enum", repeated: false, typeName: "etcdserverpb.Compare.CompareTarget" },
    { name: "key", jsonName: "key", number: 3, type: "bytes", repeated: false },
    { name: "version", jsonName: "version", number: 4, type: "int64", repeated: false, oneof: "target_union" },
    { name: "create_revision", jsonName: "createRevision", number: 5, type: "int64", repeated: false, oneof: "target_union" },
    { name: "mod_revision", jsonName: "modRevision", number: 6, type: "int64", repeated: false, oneof: "target_union" },
    { name: "value", jsonName: "value", number: 7, type: "bytes", repeated: false, oneof: "target_union" },
    { name: "lease", jsonName: "lease", number: 8, type: "int64", repeated: false, big: true, oneof: "target_union" },
    { name: "range_end", jsonName: "rangeEnd", number: 64, type: "bytes", repeated: false }
  ],
  "etcdserverpb.TxnRequest": [
    { name: "compare", jsonName: "compare", number: 1, type: "message", repeated: true, typeName: "etcdserverpb.Compare" },
    { name: "success", jsonName: "success", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.RequestOp" },
    { name: "failure", jsonName: "failure", number: 3, type: "message", repeated: true, typeName: "etcdserverpb.RequestOp" }
  ],
  "etcdserverpb.TxnResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "succeeded", jsonName: "succeeded", number: 2, type: "bool", repeated: false },
    { name: "responses", jsonName: "responses", number: 3, type: "message", repeated: true, typeName: "etcdserverpb.ResponseOp" }
  ],
  "etcdserverpb.CompactionRequest": [
    { name: "revision", jsonName: "revision", number: 1, type: "int64", repeated: false },
    { name: "physical", jsonName: "physical", number: 2, type: "bool", repeated: false }
  ],
  "etcdserverpb.CompactionResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.LeaseGrantRequest": [
    { name: "TTL", jsonName: "TTL", number: 1, type: "int64", repeated: false },
    { name: "ID", jsonName: "ID", number: 2, type: "int64", repeated: false, big: true }
  ],
  "etcdserverpb.LeaseGrantResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "ID", jsonName: "ID", number: 2, type: "int64", repeated: false, big: true },
    { name: "TTL", jsonName: "TTL", number: 3, type: "int64", repeated: false },
    { name: "error", jsonName: "error", number: 4, type: "string", repeated: false }
  ],
  "etcdserverpb.LeaseRevokeRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "int64", repeated: false, big: true }
  ],
  "etcdserverpb.LeaseRevokeResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.LeaseCheckpoint": [
    { name: "ID", jsonName: "ID", number: 1, type: "int64", repeated: false, big: true },
    { name: "remaining_TTL", jsonName: "remainingTTL", number: 2, type: "int64", repeated: false }
  ],
  "etcdserverpb.LeaseCheckpointRequest": [
    { name: "checkpoints", jsonName: "checkpoints", number: 1, type: "message", repeated: true, typeName: "etcdserverpb.LeaseCheckpoint" }
  ],
  "etcdserverpb.LeaseCheckpointResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.LeaseKeepAliveRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "int64", repeated: false, big: true }
  ],
  "etcdserverpb.LeaseKeepAliveResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "ID", jsonName: "ID", number: 2, type: "int64", repeated: false, big: true },
    { name: "TTL", jsonName: "TTL", number: 3, type: "int64", repeated: false }
  ],
  "etcdserverpb.LeaseTimeToLiveRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "int64", repeated: false, big: true },
    { name: "keys", jsonName: "keys", number: 2, type: "bool", repeated: false }
  ],
  "etcdserverpb.LeaseTimeToLiveResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "ID", jsonName: "ID", number: 2, type: "int64", repeated: false, big: true },
    { name: "TTL", jsonName: "TTL", number: 3, type: "int64", repeated: false },
    { name: "grantedTTL", jsonName: "grantedTTL", number: 4, type: "int64", repeated: false },
    { name: "keys", jsonName: "keys", number: 5, type: "bytes", repeated: true }
  ],
  "etcdserverpb.LeaseLeasesRequest": [],
  "etcdserverpb.LeaseStatus": [
    { name: "ID", jsonName: "ID", number: 1, type: "int64", repeated: false, big: true }
  ],
  "etcdserverpb.LeaseLeasesResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "leases", jsonName: "leases", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.LeaseStatus" }
  ],
  "etcdserverpb.AlarmRequest": [
    { name: "action", jsonName: "action", number: 1, type: "enum", repeated: false, typeName: "etcdserverpb.AlarmRequest.AlarmAction" },
    { name: "memberID", jsonName: "memberID", number: 2, type: "uint64", repeated: false, big: true },
    { name: "alarm", jsonName: "alarm", number: 3, type: "enum", repeated: false, typeName: "etcdserverpb.AlarmType" }
  ],
  "etcdserverpb.AlarmMember": [
    { name: "memberID", jsonName: "memberID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "alarm", jsonName: "alarm", number: 2, type: "enum", repeated: false, typeName: "etcdserverpb.AlarmType" }
  ],
  "etcdserverpb.AlarmResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "alarms", jsonName: "alarms", number: 2, type: "message", repeated: true, typeName: "etcdserverpb.AlarmMember" }
  ],
  "etcdserverpb.StatusRequest": [],
  "etcdserverpb.StatusResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "version", jsonName: "version", number: 2, type: "string", repeated: false },
    { name: "dbSize", jsonName: "dbSize", number: 3, type: "int64", repeated: false },
    { name: "leader", jsonName: "leader", number: 4, type: "uint64", repeated: false, big: true },
    { name: "raftIndex", jsonName: "raftIndex", number: 5, type: "uint64", repeated: false },
    { name: "raftTerm", jsonName: "raftTerm", number: 6, type: "uint64", repeated: false },
    { name: "raftAppliedIndex", jsonName: "raftAppliedIndex", number: 7, type: "uint64", repeated: false },
    { name: "errors", jsonName: "errors", number: 8, type: "string", repeated: true },
    { name: "dbSizeInUse", jsonName: "dbSizeInUse", number: 9, type: "int64", repeated: false },
    { name: "isLearner", jsonName: "isLearner", number: 10, type: "bool", repeated: false },
    { name: "storageVersion", jsonName: "storageVersion", number: 11, type: "string", repeated: false },
    { name: "dbSizeQuota", jsonName: "dbSizeQuota", number: 12, type: "int64", repeated: false },
    { name: "downgradeInfo", jsonName: "downgradeInfo", number: 13, type: "message", repeated: false, typeName: "etcdserverpb.DowngradeInfo" }
  ],
  "etcdserverpb.DowngradeInfo": [
    { name: "enabled", jsonName: "enabled", number: 1, type: "bool", repeated: false },
    { name: "targetVersion", jsonName: "targetVersion", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.DefragmentRequest": [],
  "etcdserverpb.DefragmentResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.HashRequest": [],
  "etcdserverpb.HashResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "hash", jsonName: "hash", number: 2, type: "uint32", repeated: false }
  ],
  "etcdserverpb.HashKVRequest": [
    { name: "revision", jsonName: "revision", number: 1, type: "int64", repeated: false }
  ],
  "etcdserverpb.HashKVResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "hash", jsonName: "hash", number: 2, type: "uint32", repeated: false },
    { name: "compact_revision", jsonName: "compactRevision", number: 3, type: "int64", repeated: false },
    { name: "hash_revision", jsonName: "hashRevision", number: 4, type: "int64", repeated: false }
  ],
  "etcdserverpb.SnapshotRequest": [],
  "etcdserverpb.SnapshotResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "remaining_bytes", jsonName: "remainingBytes", number: 2, type: "uint64", repeated: false },
    { name: "blob", jsonName: "blob", number: 3, type: "bytes", repeated: false },
    { name: "version", jsonName: "version", number: 4, type: "string", repeated: false }
  ],
  "etcdserverpb.MoveLeaderRequest": [
    { name: "targetID", jsonName: "targetID", number: 1, type: "uint64", repeated: false, big: true }
  ],
  "etcdserverpb.MoveLeaderResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "etcdserverpb.DowngradeRequest": [
    { name: "action", jsonName: "action", number: 1, type: "enum", repeated: false, typeName: "etcdserverpb.DowngradeRequest.DowngradeAction" },
    { name: "version", jsonName: "version", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.DowngradeResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "version", jsonName: "version", number: 2, type: "string", repeated: false }
  ],
  "etcdserverpb.DowngradeVersionTestRequest": [
    { name: "ver", jsonName: "ver", number: 1, type: "string", repeated: false }
  ],
  "etcdserverpb.Metadata": [
    { name: "NodeID", jsonName: "NodeID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "ClusterID", jsonName: "ClusterID", number: 2, type: "uint64", repeated: false, big: true }
  ],
  "etcdserverpb.RequestHeader": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "username", jsonName: "username", number: 2, type: "string", repeated: false },
    { name: "auth_revision", jsonName: "authRevision", number: 3, type: "uint64", repeated: false }
  ],
  "etcdserverpb.InternalRaftRequest": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "range", jsonName: "range", number: 3, type: "message", repeated: false, typeName: "etcdserverpb.RangeRequest" },
    { name: "put", jsonName: "put", number: 4, type: "message", repeated: false, typeName: "etcdserverpb.PutRequest" },
    { name: "delete_range", jsonName: "deleteRange", number: 5, type: "message", repeated: false, typeName: "etcdserverpb.DeleteRangeRequest" },
    { name: "txn", jsonName: "txn", number: 6, type: "message", repeated: false, typeName: "etcdserverpb.TxnRequest" },
    { name: "compaction", jsonName: "compaction", number: 7, type: "message", repeated: false, typeName: "etcdserverpb.CompactionRequest" },
    { name: "lease_grant", jsonName: "leaseGrant", number: 8, type: "message", repeated: false, typeName: "etcdserverpb.LeaseGrantRequest" },
    { name: "lease_revoke", jsonName: "leaseRevoke", number: 9, type: "message", repeated: false, typeName: "etcdserverpb.LeaseRevokeRequest" },
    { name: "alarm", jsonName: "alarm", number: 10, type: "message", repeated: false, typeName: "etcdserverpb.AlarmRequest" },
    { name: "lease_checkpoint", jsonName: "leaseCheckpoint", number: 11, type: "message", repeated: false, typeName: "etcdserverpb.LeaseCheckpointRequest" },
    { name: "header", jsonName: "header", number: 100, type: "message", repeated: false, typeName: "etcdserverpb.RequestHeader" },
    { name: "auth_enable", jsonName: "authEnable", number: 1e3, type: "message", repeated: false, typeName: "etcdserverpb.AuthEnableRequest" },
    { name: "auth_disable", jsonName: "authDisable", number: 1011, type: "message", repeated: false, typeName: "etcdserverpb.AuthDisableRequest" },
    { name: "authenticate", jsonName: "authenticate", number: 1012, type: "message", repeated: false, typeName: "etcdserverpb.InternalAuthenticateRequest" },
    { name: "auth_status", jsonName: "authStatus", number: 1013, type: "message", repeated: false, typeName: "etcdserverpb.AuthStatusRequest" },
    { name: "auth_user_add", jsonName: "authUserAdd", number: 1100, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserAddRequest" },
    { name: "auth_user_delete", jsonName: "authUserDelete", number: 1101, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserDeleteRequest" },
    { name: "auth_user_get", jsonName: "authUserGet", number: 1102, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserGetRequest" },
    { name: "auth_user_change_password", jsonName: "authUserChangePassword", number: 1103, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserChangePasswordRequest" },
    { name: "auth_user_grant_role", jsonName: "authUserGrantRole", number: 1104, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserGrantRoleRequest" },
    { name: "auth_user_revoke_role", jsonName: "authUserRevokeRole", number: 1105, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserRevokeRoleRequest" },
    { name: "auth_user_list", jsonName: "authUserList", number: 1106, type: "message", repeated: false, typeName: "etcdserverpb.AuthUserListRequest" },
    { name: "auth_role_list", jsonName: "authRoleList", number: 1107, type: "message", repeated: false, typeName: "etcdserverpb.AuthRoleListRequest" },
    { name: "auth_role_add", jsonName: "authRoleAdd", number: 1200, type: "message", repeated: false, typeName: "etcdserverpb.AuthRoleAddRequest" },
    { name: "auth_role_delete", jsonName: "authRoleDelete", number: 1201, type: "message", repeated: false, typeName: "etcdserverpb.AuthRoleDeleteRequest" },
    { name: "auth_role_get", jsonName: "authRoleGet", number: 1202, type: "message", repeated: false, typeName: "etcdserverpb.AuthRoleGetRequest" },
    { name: "auth_role_grant_permission", jsonName: "authRoleGrantPermission", number: 1203, type: "message", repeated: false, typeName: "etcdserverpb.AuthRoleGrantPermissionRequest" },
    { name: "auth_role_revoke_permission", jsonName: "authRoleRevokePermission", number: 1204, type: "message", repeated: false, typeName: "etcdserverpb.AuthRoleRevokePermissionRequest" },
    { name: "cluster_version_set", jsonName: "clusterVersionSet", number: 1300, type: "message", repeated: false, typeName: "membershippb.ClusterVersionSetRequest" },
    { name: "cluster_member_attr_set", jsonName: "clusterMemberAttrSet", number: 1301, type: "message", repeated: false, typeName: "membershippb.ClusterMemberAttrSetRequest" },
    { name: "downgrade_info_set", jsonName: "downgradeInfoSet", number: 1302, type: "message", repeated: false, typeName: "membershippb.DowngradeInfoSetRequest" },
    { name: "downgrade_version_test", jsonName: "downgradeVersionTest", number: 9900, type: "message", repeated: false, typeName: "etcdserverpb.DowngradeVersionTestRequest" }
  ],
  "etcdserverpb.EmptyResponse": [],
  "etcdserverpb.InternalAuthenticateRequest": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "password", jsonName: "password", number: 2, type: "string", repeated: false },
    { name: "simple_token", jsonName: "simpleToken", number: 3, type: "string", repeated: false }
  ],
  "etcdserverpb.WatchRequest": [
    { name: "create_request", jsonName: "createRequest", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.WatchCreateRequest", oneof: "request_union" },
    { name: "cancel_request", jsonName: "cancelRequest", number: 2, type: "message", repeated: false, typeName: "etcdserverpb.WatchCancelRequest", oneof: "request_union" },
    { name: "progress_request", jsonName: "progressRequest", number: 3, type: "message", repeated: false, typeName: "etcdserverpb.WatchProgressRequest", oneof: "request_union" }
  ],
  "etcdserverpb.WatchCreateRequest": [
    { name: "key", jsonName: "key", number: 1, type: "bytes", repeated: false },
    { name: "range_end", jsonName: "rangeEnd", number: 2, type: "bytes", repeated: false },
    { name: "start_revision", jsonName: "startRevision", number: 3, type: "int64", repeated: false },
    { name: "progress_notify", jsonName: "progressNotify", number: 4, type: "bool", repeated: false },
    { name: "filters", jsonName: "filters", number: 5, type: "enum", repeated: true, typeName: "etcdserverpb.WatchCreateRequest.FilterType" },
    { name: "prev_kv", jsonName: "prevKv", number: 6, type: "bool", repeated: false },
    { name: "watch_id", jsonName: "watchId", number: 7, type: "int64", repeated: false, big: true },
    { name: "fragment", jsonName: "fragment", number: 8, type: "bool", repeated: false }
  ],
  "etcdserverpb.WatchCancelRequest": [
    { name: "watch_id", jsonName: "watchId", number: 1, type: "int64", repeated: false, big: true }
  ],
  "etcdserverpb.WatchProgressRequest": [],
  "etcdserverpb.WatchResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "watch_id", jsonName: "watchId", number: 2, type: "int64", repeated: false, big: true },
    { name: "created", jsonName: "created", number: 3, type: "bool", repeated: false },
    { name: "canceled", jsonName: "canceled", number: 4, type: "bool", repeated: false },
    { name: "compact_revision", jsonName: "compactRevision", number: 5, type: "int64", repeated: false },
    { name: "cancel_reason", jsonName: "cancelReason", number: 6, type: "string", repeated: false },
    { name: "fragment", jsonName: "fragment", number: 7, type: "bool", repeated: false },
    { name: "events", jsonName: "events", number: 11, type: "message", repeated: true, typeName: "mvccpb.Event" }
  ],
  "etcdts.v1.ObserveRequest": [],
  "etcdts.v1.ObserveResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "leader_id", jsonName: "leaderId", number: 2, type: "uint64", repeated: false, big: true },
    { name: "term", jsonName: "term", number: 3, type: "uint64", repeated: false },
    { name: "last_index", jsonName: "lastIndex", number: 4, type: "uint64", repeated: false },
    { name: "last_term", jsonName: "lastTerm", number: 5, type: "uint64", repeated: false },
    { name: "applied_index", jsonName: "appliedIndex", number: 6, type: "uint64", repeated: false },
    { name: "millis_since_leader", jsonName: "millisSinceLeader", number: 7, type: "uint64", repeated: false },
    { name: "role", jsonName: "role", number: 8, type: "string", repeated: false },
    { name: "is_learner", jsonName: "isLearner", number: 9, type: "bool", repeated: false },
    { name: "commit_index", jsonName: "commitIndex", number: 10, type: "uint64", repeated: false }
  ],
  "etcdts.v1.ForgetLeaderRequest": [
    { name: "leader_id", jsonName: "leaderId", number: 1, type: "uint64", repeated: false, big: true },
    { name: "term", jsonName: "term", number: 2, type: "uint64", repeated: false },
    { name: "campaign", jsonName: "campaign", number: 3, type: "bool", repeated: false }
  ],
  "etcdts.v1.ForgetLeaderResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "outcome", jsonName: "outcome", number: 2, type: "enum", repeated: false, typeName: "etcdts.v1.ForgetLeaderResponse.Outcome" },
    { name: "campaigning", jsonName: "campaigning", number: 3, type: "bool", repeated: false },
    { name: "leader_id", jsonName: "leaderId", number: 4, type: "uint64", repeated: false, big: true },
    { name: "term", jsonName: "term", number: 5, type: "uint64", repeated: false }
  ],
  "grpc.health.v1.HealthCheckRequest": [
    { name: "service", jsonName: "service", number: 1, type: "string", repeated: false }
  ],
  "grpc.health.v1.HealthCheckResponse": [
    { name: "status", jsonName: "status", number: 1, type: "enum", repeated: false, typeName: "grpc.health.v1.HealthCheckResponse.ServingStatus" }
  ],
  "grpc.health.v1.HealthListRequest": [],
  "grpc.health.v1.HealthListResponse": [
    { name: "statuses", jsonName: "statuses", number: 1, type: "message", repeated: true, typeName: "grpc.health.v1.HealthListResponse.Entry" }
  ],
  "grpc.health.v1.HealthListResponse.Entry": [
    { name: "key", jsonName: "key", number: 1, type: "string", repeated: false },
    { name: "value", jsonName: "value", number: 2, type: "message", repeated: false, typeName: "grpc.health.v1.HealthCheckResponse" }
  ],
  "leasepb.Lease": [
    { name: "ID", jsonName: "ID", number: 1, type: "int64", repeated: false, big: true },
    { name: "TTL", jsonName: "TTL", number: 2, type: "int64", repeated: false },
    { name: "RemainingTTL", jsonName: "RemainingTTL", number: 3, type: "int64", repeated: false }
  ],
  "leasepb.LeaseInternalRequest": [
    { name: "LeaseTimeToLiveRequest", jsonName: "LeaseTimeToLiveRequest", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.LeaseTimeToLiveRequest" }
  ],
  "leasepb.LeaseInternalResponse": [
    { name: "LeaseTimeToLiveResponse", jsonName: "LeaseTimeToLiveResponse", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.LeaseTimeToLiveResponse" }
  ],
  "membershippb.RaftAttributes": [
    { name: "peer_urls", jsonName: "peerUrls", number: 1, type: "string", repeated: true },
    { name: "is_learner", jsonName: "isLearner", number: 2, type: "bool", repeated: false }
  ],
  "membershippb.Attributes": [
    { name: "name", jsonName: "name", number: 1, type: "string", repeated: false },
    { name: "client_urls", jsonName: "clientUrls", number: 2, type: "string", repeated: true }
  ],
  "membershippb.Member": [
    { name: "ID", jsonName: "ID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "raft_attributes", jsonName: "raftAttributes", number: 2, type: "message", repeated: false, typeName: "membershippb.RaftAttributes" },
    { name: "member_attributes", jsonName: "memberAttributes", number: 3, type: "message", repeated: false, typeName: "membershippb.Attributes" }
  ],
  "membershippb.ClusterVersionSetRequest": [
    { name: "ver", jsonName: "ver", number: 1, type: "string", repeated: false }
  ],
  "membershippb.ClusterMemberAttrSetRequest": [
    { name: "member_ID", jsonName: "memberID", number: 1, type: "uint64", repeated: false, big: true },
    { name: "member_attributes", jsonName: "memberAttributes", number: 2, type: "message", repeated: false, typeName: "membershippb.Attributes" }
  ],
  "membershippb.DowngradeInfoSetRequest": [
    { name: "enabled", jsonName: "enabled", number: 1, type: "bool", repeated: false },
    { name: "ver", jsonName: "ver", number: 2, type: "string", repeated: false }
  ],
  "mvccpb.KeyValue": [
    { name: "key", jsonName: "key", number: 1, type: "bytes", repeated: false },
    { name: "create_revision", jsonName: "createRevision", number: 2, type: "int64", repeated: false },
    { name: "mod_revision", jsonName: "modRevision", number: 3, type: "int64", repeated: false },
    { name: "version", jsonName: "version", number: 4, type: "int64", repeated: false },
    { name: "value", jsonName: "value", number: 5, type: "bytes", repeated: false },
    { name: "lease", jsonName: "lease", number: 6, type: "int64", repeated: false, big: true }
  ],
  "mvccpb.Event": [
    { name: "type", jsonName: "type", number: 1, type: "enum", repeated: false, typeName: "mvccpb.Event.EventType" },
    { name: "kv", jsonName: "kv", number: 2, type: "message", repeated: false, typeName: "mvccpb.KeyValue" },
    { name: "prev_kv", jsonName: "prevKv", number: 3, type: "message", repeated: false, typeName: "mvccpb.KeyValue" }
  ],
  "raftpb.Entry": [
    { name: "type", jsonName: "type", number: 1, type: "enum", repeated: false, typeName: "raftpb.EntryType" },
    { name: "term", jsonName: "term", number: 2, type: "uint64", repeated: false },
    { name: "index", jsonName: "index", number: 3, type: "uint64", repeated: false },
    { name: "data", jsonName: "data", number: 4, type: "bytes", repeated: false }
  ],
  "raftpb.SnapshotMetadata": [
    { name: "conf_state", jsonName: "confState", number: 1, type: "message", repeated: false, typeName: "raftpb.ConfState" },
    { name: "index", jsonName: "index", number: 2, type: "uint64", repeated: false },
    { name: "term", jsonName: "term", number: 3, type: "uint64", repeated: false }
  ],
  "raftpb.Snapshot": [
    { name: "data", jsonName: "data", number: 1, type: "bytes", repeated: false },
    { name: "metadata", jsonName: "metadata", number: 2, type: "message", repeated: false, typeName: "raftpb.SnapshotMetadata" }
  ],
  "raftpb.Message": [
    { name: "type", jsonName: "type", number: 1, type: "enum", repeated: false, typeName: "raftpb.MessageType" },
    { name: "to", jsonName: "to", number: 2, type: "uint64", repeated: false, big: true },
    { name: "from", jsonName: "from", number: 3, type: "uint64", repeated: false, big: true },
    { name: "term", jsonName: "term", number: 4, type: "uint64", repeated: false },
    { name: "logTerm", jsonName: "logTerm", number: 5, type: "uint64", repeated: false },
    { name: "index", jsonName: "index", number: 6, type: "uint64", repeated: false },
    { name: "entries", jsonName: "entries", number: 7, type: "message", repeated: true, typeName: "raftpb.Entry" },
    { name: "commit", jsonName: "commit", number: 8, type: "uint64", repeated: false },
    { name: "snapshot", jsonName: "snapshot", number: 9, type: "message", repeated: false, typeName: "raftpb.Snapshot" },
    { name: "reject", jsonName: "reject", number: 10, type: "bool", repeated: false },
    { name: "rejectHint", jsonName: "rejectHint", number: 11, type: "uint64", repeated: false },
    { name: "context", jsonName: "context", number: 12, type: "bytes", repeated: false },
    { name: "vote", jsonName: "vote", number: 13, type: "uint64", repeated: false, big: true },
    { name: "responses", jsonName: "responses", number: 14, type: "message", repeated: true, typeName: "raftpb.Message" }
  ],
  "raftpb.HardState": [
    { name: "term", jsonName: "term", number: 1, type: "uint64", repeated: false },
    { name: "vote", jsonName: "vote", number: 2, type: "uint64", repeated: false, big: true },
    { name: "commit", jsonName: "commit", number: 3, type: "uint64", repeated: false }
  ],
  "raftpb.ConfState": [
    { name: "voters", jsonName: "voters", number: 1, type: "uint64", repeated: true, big: true },
    { name: "learners", jsonName: "learners", number: 2, type: "uint64", repeated: true, big: true },
    { name: "voters_outgoing", jsonName: "votersOutgoing", number: 3, type: "uint64", repeated: true, big: true },
    { name: "learners_next", jsonName: "learnersNext", number: 4, type: "uint64", repeated: true, big: true },
    { name: "auto_leave", jsonName: "autoLeave", number: 5, type: "bool", repeated: false }
  ],
  "raftpb.ConfChange": [
    { name: "id", jsonName: "id", number: 1, type: "uint64", repeated: false, big: true },
    { name: "type", jsonName: "type", number: 2, type: "enum", repeated: false, typeName: "raftpb.ConfChangeType" },
    { name: "node_id", jsonName: "nodeId", number: 3, type: "uint64", repeated: false, big: true },
    { name: "context", jsonName: "context", number: 4, type: "bytes", repeated: false }
  ],
  "raftpb.ConfChangeSingle": [
    { name: "type", jsonName: "type", number: 1, type: "enum", repeated: false, typeName: "raftpb.ConfChangeType" },
    { name: "node_id", jsonName: "nodeId", number: 2, type: "uint64", repeated: false, big: true }
  ],
  "raftpb.ConfChangeV2": [
    { name: "transition", jsonName: "transition", number: 1, type: "enum", repeated: false, typeName: "raftpb.ConfChangeTransition" },
    { name: "changes", jsonName: "changes", number: 2, type: "message", repeated: true, typeName: "raftpb.ConfChangeSingle" },
    { name: "context", jsonName: "context", number: 3, type: "bytes", repeated: false }
  ],
  "snappb.Snapshot": [
    { name: "crc", jsonName: "crc", number: 1, type: "uint32", repeated: false },
    { name: "data", jsonName: "data", number: 2, type: "bytes", repeated: false }
  ],
  "v3electionpb.CampaignRequest": [
    { name: "name", jsonName: "name", number: 1, type: "bytes", repeated: false },
    { name: "lease", jsonName: "lease", number: 2, type: "int64", repeated: false, big: true },
    { name: "value", jsonName: "value", number: 3, type: "bytes", repeated: false }
  ],
  "v3electionpb.CampaignResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "leader", jsonName: "leader", number: 2, type: "message", repeated: false, typeName: "v3electionpb.LeaderKey" }
  ],
  "v3electionpb.LeaderKey": [
    { name: "name", jsonName: "name", number: 1, type: "bytes", repeated: false },
    { name: "key", jsonName: "key", number: 2, type: "bytes", repeated: false },
    { name: "rev", jsonName: "rev", number: 3, type: "int64", repeated: false },
    { name: "lease", jsonName: "lease", number: 4, type: "int64", repeated: false, big: true }
  ],
  "v3electionpb.LeaderRequest": [
    { name: "name", jsonName: "name", number: 1, type: "bytes", repeated: false }
  ],
  "v3electionpb.LeaderResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "kv", jsonName: "kv", number: 2, type: "message", repeated: false, typeName: "mvccpb.KeyValue" }
  ],
  "v3electionpb.ResignRequest": [
    { name: "leader", jsonName: "leader", number: 1, type: "message", repeated: false, typeName: "v3electionpb.LeaderKey" }
  ],
  "v3electionpb.ResignResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "v3electionpb.ProclaimRequest": [
    { name: "leader", jsonName: "leader", number: 1, type: "message", repeated: false, typeName: "v3electionpb.LeaderKey" },
    { name: "value", jsonName: "value", number: 2, type: "bytes", repeated: false }
  ],
  "v3electionpb.ProclaimResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "v3lockpb.LockRequest": [
    { name: "name", jsonName: "name", number: 1, type: "bytes", repeated: false },
    { name: "lease", jsonName: "lease", number: 2, type: "int64", repeated: false, big: true }
  ],
  "v3lockpb.LockResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" },
    { name: "key", jsonName: "key", number: 2, type: "bytes", repeated: false }
  ],
  "v3lockpb.UnlockRequest": [
    { name: "key", jsonName: "key", number: 1, type: "bytes", repeated: false }
  ],
  "v3lockpb.UnlockResponse": [
    { name: "header", jsonName: "header", number: 1, type: "message", repeated: false, typeName: "etcdserverpb.ResponseHeader" }
  ],
  "walpb.Record": [
    { name: "type", jsonName: "type", number: 1, type: "int64", repeated: false },
    { name: "crc", jsonName: "crc", number: 2, type: "uint32", repeated: false },
    { name: "data", jsonName: "data", number: 3, type: "bytes", repeated: false }
  ],
  "walpb.Snapshot": [
    { name: "index", jsonName: "index", number: 1, type: "uint64", repeated: false },
    { name: "term", jsonName: "term", number: 2, type: "uint64", repeated: false },
    { name: "conf_state", jsonName: "confState", number: 3, type: "message", repeated: false, typeName: "raftpb.ConfState" }
  ]
};
var enums = {
  "authpb.Permission.Type": { READ: 0, WRITE: 1, READWRITE: 2 },
  "etcdserverpb.RangeRequest.SortOrder": { NONE: 0, ASCEND: 1, DESCEND: 2 },
  "etcdserverpb.RangeRequest.SortTarget": { KEY: 0, VERSION: 1, CREATE: 2, MOD: 3, VALUE: 4 },
  "etcdserverpb.Compare.CompareResult": { EQUAL: 0, GREATER: 1, LESS: 2, NOT_EQUAL: 3 },
  "etcdserverpb.Compare.CompareTarget": { VERSION: 0, CREATE: 1, MOD: 2, VALUE: 3, LEASE: 4 },
  "etcdserverpb.AlarmType": { NONE: 0, NOSPACE: 1, CORRUPT: 2 },
  "etcdserverpb.AlarmRequest.AlarmAction": { GET: 0, ACTIVATE: 1, DEACTIVATE: 2 },
  "etcdserverpb.DowngradeRequest.DowngradeAction": { VALIDATE: 0, ENABLE: 1, CANCEL: 2 },
  "etcdserverpb.WatchCreateRequest.FilterType": { NOPUT: 0, NODELETE: 1 },
  "etcdts.v1.ForgetLeaderResponse.Outcome": { FORGOTTEN: 0, ALREADY_LEADERLESS: 1, NO_LONGER_SO: 2, IS_LEADER: 3, IGNORED: 4 },
  "grpc.health.v1.HealthCheckResponse.ServingStatus": { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 },
  "mvccpb.Event.EventType": { PUT: 0, DELETE: 1 },
  "raftpb.EntryType": { EntryNormal: 0, EntryConfChange: 1, EntryConfChangeV2: 2 },
  "raftpb.MessageType": { MsgHup: 0, MsgBeat: 1, MsgProp: 2, MsgApp: 3, MsgAppResp: 4, MsgVote: 5, MsgVoteResp: 6, MsgSnap: 7, MsgHeartbeat: 8, MsgHeartbeatResp: 9, MsgUnreachable: 10, MsgSnapStatus: 11, MsgCheckQuorum: 12, MsgTransferLeader: 13, MsgTimeoutNow: 14, MsgReadIndex: 15, MsgReadIndexResp: 16, MsgPreVote: 17, MsgPreVoteResp: 18, MsgStorageAppend: 19, MsgStorageAppendResp: 20, MsgStorageApply: 21, MsgStorageApplyResp: 22, MsgForgetLeader: 23 },
  "raftpb.ConfChangeTransition": { ConfChangeTransitionAuto: 0, ConfChangeTransitionJointImplicit: 1, ConfChangeTransitionJointExplicit: 2 },
  "raftpb.ConfChangeType": { ConfChangeAddNode: 0, ConfChangeRemoveNode: 1, ConfChangeUpdateNode: 2, ConfChangeAddLearnerNode: 3 }
};
var services = [
  { name: "etcdserverpb.Auth", methods: [
    {
      name: "AuthEnable",
      path: "/etcdserverpb.Auth/AuthEnable",
      kind: "unary",
      request: "etcdserverpb.AuthEnableRequest",
      response: "etcdserverpb.AuthEnableResponse",
      routes: ["/v3/auth/enable"],
      encodeRequest: encodeAuthEnableRequest,
      decodeResponse: decodeAuthEnableResponse
    },
    {
      name: "AuthDisable",
      path: "/etcdserverpb.Auth/AuthDisable",
      kind: "unary",
      request: "etcdserverpb.AuthDisableRequest",
      response: "etcdserverpb.AuthDisableResponse",
      routes: ["/v3/auth/disable"],
      encodeRequest: encodeAuthDisableRequest,
      decodeResponse: decodeAuthDisableResponse
    },
    {
      name: "AuthStatus",
      path: "/etcdserverpb.Auth/AuthStatus",
      kind: "unary",
      request: "etcdserverpb.AuthStatusRequest",
      response: "etcdserverpb.AuthStatusResponse",
      routes: ["/v3/auth/status"],
      encodeRequest: encodeAuthStatusRequest,
      decodeResponse: decodeAuthStatusResponse
    },
    {
      name: "Authenticate",
      path: "/etcdserverpb.Auth/Authenticate",
      kind: "unary",
      request: "etcdserverpb.AuthenticateRequest",
      response: "etcdserverpb.AuthenticateResponse",
      routes: ["/v3/auth/authenticate"],
      encodeRequest: encodeAuthenticateRequest,
      decodeResponse: decodeAuthenticateResponse
    },
    {
      name: "UserAdd",
      path: "/etcdserverpb.Auth/UserAdd",
      kind: "unary",
      request: "etcdserverpb.AuthUserAddRequest",
      response: "etcdserverpb.AuthUserAddResponse",
      routes: ["/v3/auth/user/add"],
      encodeRequest: encodeAuthUserAddRequest,
      decodeResponse: decodeAuthUserAddResponse
    },
    {
      name: "UserGet",
      path: "/etcdserverpb.Auth/UserGet",
      kind: "unary",
      request: "etcdserverpb.AuthUserGetRequest",
      response: "etcdserverpb.AuthUserGetResponse",
      routes: ["/v3/auth/user/get"],
      encodeRequest: encodeAuthUserGetRequest,
      decodeResponse: decodeAuthUserGetResponse
    },
    {
      name: "UserList",
      path: "/etcdserverpb.Auth/UserList",
      kind: "unary",
      request: "etcdserverpb.AuthUserListRequest",
      response: "etcdserverpb.AuthUserListResponse",
      routes: ["/v3/auth/user/list"],
      encodeRequest: encodeAuthUserListRequest,
      decodeResponse: decodeAuthUserListResponse
    },
    {
      name: "UserDelete",
      path: "/etcdserverpb.Auth/UserDelete",
      kind: "unary",
      request: "etcdserverpb.AuthUserDeleteRequest",
      response: "etcdserverpb.AuthUserDeleteResponse",
      routes: ["/v3/auth/user/delete"],
      encodeRequest: encodeAuthUserDeleteRequest,
      decodeResponse: decodeAuthUserDeleteResponse
    },
    {
      name: "UserChangePassword",
      path: "/etcdserverpb.Auth/UserChangePassword",
      kind: "unary",
      request: "etcdserverpb.AuthUserChangePasswordRequest",
      response: "etcdserverpb.AuthUserChangePasswordResponse",
      routes: ["/v3/auth/user/changepw"],
      encodeRequest: encodeAuthUserChangePasswordRequest,
      decodeResponse: decodeAuthUserChangePasswordResponse
    },
    {
      name: "UserGrantRole",
      path: "/etcdserverpb.Auth/UserGrantRole",
      kind: "unary",
      request: "etcdserverpb.AuthUserGrantRoleRequest",
      response: "etcdserverpb.AuthUserGrantRoleResponse",
      routes: ["/v3/auth/user/grant"],
      encodeRequest: encodeAuthUserGrantRoleRequest,
      decodeResponse: decodeAuthUserGrantRoleResponse
    },
    {
      name: "UserRevokeRole",
      path: "/etcdserverpb.Auth/UserRevokeRole",
      kind: "unary",
      request: "etcdserverpb.AuthUserRevokeRoleRequest",
      response: "etcdserverpb.AuthUserRevokeRoleResponse",
      routes: ["/v3/auth/user/revoke"],
      encodeRequest: encodeAuthUserRevokeRoleRequest,
      decodeResponse: decodeAuthUserRevokeRoleResponse
    },
    {
      name: "RoleAdd",
      path: "/etcdserverpb.Auth/RoleAdd",
      kind: "unary",
      request: "etcdserverpb.AuthRoleAddRequest",
      response: "etcdserverpb.AuthRoleAddResponse",
      routes: ["/v3/auth/role/add"],
      encodeRequest: encodeAuthRoleAddRequest,
      decodeResponse: decodeAuthRoleAddResponse
    },
    {
      name: "RoleGet",
      path: "/etcdserverpb.Auth/RoleGet",
      kind: "unary",
      request: "etcdserverpb.AuthRoleGetRequest",
      response: "etcdserverpb.AuthRoleGetResponse",
      routes: ["/v3/auth/role/get"],
      encodeRequest: encodeAuthRoleGetRequest,
      decodeResponse: decodeAuthRoleGetResponse
    },
    {
      name: "RoleList",
      path: "/etcdserverpb.Auth/RoleList",
      kind: "unary",
      request: "etcdserverpb.AuthRoleListRequest",
      response: "etcdserverpb.AuthRoleListResponse",
      routes: ["/v3/auth/role/list"],
      encodeRequest: encodeAuthRoleListRequest,
      decodeResponse: decodeAuthRoleListResponse
    },
    {
      name: "RoleDelete",
      path: "/etcdserverpb.Auth/RoleDelete",
      kind: "unary",
      request: "etcdserverpb.AuthRoleDeleteRequest",
      response: "etcdserverpb.AuthRoleDeleteResponse",
      routes: ["/v3/auth/role/delete"],
      encodeRequest: encodeAuthRoleDeleteRequest,
      decodeResponse: decodeAuthRoleDeleteResponse
    },
    {
      name: "RoleGrantPermission",
      path: "/etcdserverpb.Auth/RoleGrantPermission",
      kind: "unary",
      request: "etcdserverpb.AuthRoleGrantPermissionRequest",
      response: "etcdserverpb.AuthRoleGrantPermissionResponse",
      routes: ["/v3/auth/role/grant"],
      encodeRequest: encodeAuthRoleGrantPermissionRequest,
      decodeResponse: decodeAuthRoleGrantPermissionResponse
    },
    {
      name: "RoleRevokePermission",
      path: "/etcdserverpb.Auth/RoleRevokePermission",
      kind: "unary",
      request: "etcdserverpb.AuthRoleRevokePermissionRequest",
      response: "etcdserverpb.AuthRoleRevokePermissionResponse",
      routes: ["/v3/auth/role/revoke"],
      encodeRequest: encodeAuthRoleRevokePermissionRequest,
      decodeResponse: decodeAuthRoleRevokePermissionResponse
    }
  ] },
  { name: "etcdserverpb.Cluster", methods: [
    {
      name: "MemberAdd",
      path: "/etcdserverpb.Cluster/MemberAdd",
      kind: "unary",
      request: "etcdserverpb.MemberAddRequest",
      response: "etcdserverpb.MemberAddResponse",
      routes: ["/v3/cluster/member/add"],
      encodeRequest: encodeMemberAddRequest,
      decodeResponse: decodeMemberAddResponse
    },
    {
      name: "MemberRemove",
      path: "/etcdserverpb.Cluster/MemberRemove",
      kind: "unary",
      request: "etcdserverpb.MemberRemoveRequest",
      response: "etcdserverpb.MemberRemoveResponse",
      routes: ["/v3/cluster/member/remove"],
      encodeRequest: encodeMemberRemoveRequest,
      decodeResponse: decodeMemberRemoveResponse
    },
    {
      name: "MemberUpdate",
      path: "/etcdserverpb.Cluster/MemberUpdate",
      kind: "unary",
      request: "etcdserverpb.MemberUpdateRequest",
      response: "etcdserverpb.MemberUpdateResponse",
      routes: ["/v3/cluster/member/update"],
      encodeRequest: encodeMemberUpdateRequest,
      decodeResponse: decodeMemberUpdateResponse
    },
    {
      name: "MemberList",
      path: "/etcdserverpb.Cluster/MemberList",
      kind: "unary",
      request: "etcdserverpb.MemberListRequest",
      response: "etcdserverpb.MemberListResponse",
      routes: ["/v3/cluster/member/list"],
      encodeRequest: encodeMemberListRequest,
      decodeResponse: decodeMemberListResponse
    },
    {
      name: "MemberPromote",
      path: "/etcdserverpb.Cluster/MemberPromote",
      kind: "unary",
      request: "etcdserverpb.MemberPromoteRequest",
      response: "etcdserverpb.MemberPromoteResponse",
      routes: ["/v3/cluster/member/promote"],
      encodeRequest: encodeMemberPromoteRequest,
      decodeResponse: decodeMemberPromoteResponse
    }
  ] },
  { name: "etcdserverpb.KV", methods: [
    {
      name: "Range",
      path: "/etcdserverpb.KV/Range",
      kind: "unary",
      request: "etcdserverpb.RangeRequest",
      response: "etcdserverpb.RangeResponse",
      routes: ["/v3/kv/range"],
      encodeRequest: encodeRangeRequest,
      decodeResponse: decodeRangeResponse
    },
    {
      name: "RangeStream",
      path: "/etcdserverpb.KV/RangeStream",
      kind: "server-stream",
      request: "etcdserverpb.RangeRequest",
      response: "etcdserverpb.RangeStreamResponse",
      routes: [],
      encodeRequest: encodeRangeRequest,
      decodeResponse: decodeRangeStreamResponse
    },
    {
      name: "Put",
      path: "/etcdserverpb.KV/Put",
      kind: "unary",
      request: "etcdserverpb.PutRequest",
      response: "etcdserverpb.PutResponse",
      routes: ["/v3/kv/put"],
      encodeRequest: encodePutRequest,
      decodeResponse: decodePutResponse
    },
    {
      name: "DeleteRange",
      path: "/etcdserverpb.KV/DeleteRange",
      kind: "unary",
      request: "etcdserverpb.DeleteRangeRequest",
      response: "etcdserverpb.DeleteRangeResponse",
      routes: ["/v3/kv/deleterange"],
      encodeRequest: encodeDeleteRangeRequest,
      decodeResponse: decodeDeleteRangeResponse
    },
    {
      name: "Txn",
      path: "/etcdserverpb.KV/Txn",
      kind: "unary",
      request: "etcdserverpb.TxnRequest",
      response: "etcdserverpb.TxnResponse",
      routes: ["/v3/kv/txn"],
      encodeRequest: encodeTxnRequest,
      decodeResponse: decodeTxnResponse
    },
    {
      name: "Compact",
      path: "/etcdserverpb.KV/Compact",
      kind: "unary",
      request: "etcdserverpb.CompactionRequest",
      response: "etcdserverpb.CompactionResponse",
      routes: ["/v3/kv/compaction"],
      encodeRequest: encodeCompactionRequest,
      decodeResponse: decodeCompactionResponse
    }
  ] },
  { name: "etcdserverpb.Lease", methods: [
    {
      name: "LeaseGrant",
      path: "/etcdserverpb.Lease/LeaseGrant",
      kind: "unary",
      request: "etcdserverpb.LeaseGrantRequest",
      response: "etcdserverpb.LeaseGrantResponse",
      routes: ["/v3/lease/grant"],
      encodeRequest: encodeLeaseGrantRequest,
      decodeResponse: decodeLeaseGrantResponse
    },
    {
      name: "LeaseRevoke",
      path: "/etcdserverpb.Lease/LeaseRevoke",
      kind: "unary",
      request: "etcdserverpb.LeaseRevokeRequest",
      response: "etcdserverpb.LeaseRevokeResponse",
      routes: ["/v3/lease/revoke", "/v3/kv/lease/revoke"],
      encodeRequest: encodeLeaseRevokeRequest,
      decodeResponse: decodeLeaseRevokeResponse
    },
    {
      name: "LeaseKeepAlive",
      path: "/etcdserverpb.Lease/LeaseKeepAlive",
      kind: "bidi-stream",
      request: "etcdserverpb.LeaseKeepAliveRequest",
      response: "etcdserverpb.LeaseKeepAliveResponse",
      routes: ["/v3/lease/keepalive"],
      encodeRequest: encodeLeaseKeepAliveRequest,
      decodeResponse: decodeLeaseKeepAliveResponse
    },
    {
      name: "LeaseTimeToLive",
      path: "/etcdserverpb.Lease/LeaseTimeToLive",
      kind: "unary",
      request: "etcdserverpb.LeaseTimeToLiveRequest",
      response: "etcdserverpb.LeaseTimeToLiveResponse",
      routes: ["/v3/lease/timetolive", "/v3/kv/lease/timetolive"],
      encodeRequest: encodeLeaseTimeToLiveRequest,
      decodeResponse: decodeLeaseTimeToLiveResponse
    },
    {
      name: "LeaseLeases",
      path: "/etcdserverpb.Lease/LeaseLeases",
      kind: "unary",
      request: "etcdserverpb.LeaseLeasesRequest",
      response: "etcdserverpb.LeaseLeasesResponse",
      routes: ["/v3/lease/leases", "/v3/kv/lease/leases"],
      encodeRequest: encodeLeaseLeasesRequest,
      decodeResponse: decodeLeaseLeasesResponse
    }
  ] },
  { name: "etcdserverpb.Maintenance", methods: [
    {
      name: "Alarm",
      path: "/etcdserverpb.Maintenance/Alarm",
      kind: "unary",
      request: "etcdserverpb.AlarmRequest",
      response: "etcdserverpb.AlarmResponse",
      routes: ["/v3/maintenance/alarm"],
      encodeRequest: encodeAlarmRequest,
      decodeResponse: decodeAlarmResponse
    },
    {
      name: "Status",
      path: "/etcdserverpb.Maintenance/Status",
      kind: "unary",
      request: "etcdserverpb.StatusRequest",
      response: "etcdserverpb.StatusResponse",
      routes: ["/v3/maintenance/status"],
      encodeRequest: encodeStatusRequest,
      decodeResponse: decodeStatusResponse
    },
    {
      name: "Defragment",
      path: "/etcdserverpb.Maintenance/Defragment",
      kind: "unary",
      request: "etcdserverpb.DefragmentRequest",
      response: "etcdserverpb.DefragmentResponse",
      routes: ["/v3/maintenance/defragment"],
      encodeRequest: encodeDefragmentRequest,
      decodeResponse: decodeDefragmentResponse
    },
    {
      name: "Hash",
      path: "/etcdserverpb.Maintenance/Hash",
      kind: "unary",
      request: "etcdserverpb.HashRequest",
      response: "etcdserverpb.HashResponse",
      routes: ["/v3/maintenance/hash"],
      encodeRequest: encodeHashRequest,
      decodeResponse: decodeHashResponse
    },
    {
      name: "HashKV",
      path: "/etcdserverpb.Maintenance/HashKV",
      kind: "unary",
      request: "etcdserverpb.HashKVRequest",
      response: "etcdserverpb.HashKVResponse",
      routes: ["/v3/maintenance/hashkv"],
      encodeRequest: encodeHashKVRequest,
      decodeResponse: decodeHashKVResponse
    },
    {
      name: "Snapshot",
      path: "/etcdserverpb.Maintenance/Snapshot",
      kind: "server-stream",
      request: "etcdserverpb.SnapshotRequest",
      response: "etcdserverpb.SnapshotResponse",
      routes: ["/v3/maintenance/snapshot"],
      encodeRequest: encodeSnapshotRequest,
      decodeResponse: decodeSnapshotResponse
    },
    {
      name: "MoveLeader",
      path: "/etcdserverpb.Maintenance/MoveLeader",
      kind: "unary",
      request: "etcdserverpb.MoveLeaderRequest",
      response: "etcdserverpb.MoveLeaderResponse",
      routes: ["/v3/maintenance/transfer-leadership"],
      encodeRequest: encodeMoveLeaderRequest,
      decodeResponse: decodeMoveLeaderResponse
    },
    {
      name: "Downgrade",
      path: "/etcdserverpb.Maintenance/Downgrade",
      kind: "unary",
      request: "etcdserverpb.DowngradeRequest",
      response: "etcdserverpb.DowngradeResponse",
      routes: ["/v3/maintenance/downgrade"],
      encodeRequest: encodeDowngradeRequest,
      decodeResponse: decodeDowngradeResponse
    }
  ] },
  { name: "etcdserverpb.Watch", methods: [
    {
      name: "Watch",
      path: "/etcdserverpb.Watch/Watch",
      kind: "bidi-stream",
      request: "etcdserverpb.WatchRequest",
      response: "etcdserverpb.WatchResponse",
      routes: ["/v3/watch"],
      encodeRequest: encodeWatchRequest,
      decodeResponse: decodeWatchResponse
    }
  ] },
  { name: "etcdts.v1.Failover", methods: [
    {
      name: "Observe",
      path: "/etcdts.v1.Failover/Observe",
      kind: "server-stream",
      request: "etcdts.v1.ObserveRequest",
      response: "etcdts.v1.ObserveResponse",
      routes: [],
      encodeRequest: encodeObserveRequest,
      decodeResponse: decodeObserveResponse
    },
    {
      name: "ForgetLeader",
      path: "/etcdts.v1.Failover/ForgetLeader",
      kind: "unary",
      request: "etcdts.v1.ForgetLeaderRequest",
      response: "etcdts.v1.ForgetLeaderResponse",
      routes: [],
      encodeRequest: encodeForgetLeaderRequest,
      decodeResponse: decodeForgetLeaderResponse
    }
  ] },
  { name: "grpc.health.v1.Health", methods: [
    {
      name: "Check",
      path: "/grpc.health.v1.Health/Check",
      kind: "unary",
      request: "grpc.health.v1.HealthCheckRequest",
      response: "grpc.health.v1.HealthCheckResponse",
      routes: [],
      encodeRequest: encodeHealthCheckRequest,
      decodeResponse: decodeHealthCheckResponse
    },
    {
      name: "List",
      path: "/grpc.health.v1.Health/List",
      kind: "unary",
      request: "grpc.health.v1.HealthListRequest",
      response: "grpc.health.v1.HealthListResponse",
      routes: [],
      encodeRequest: encodeHealthListRequest,
      decodeResponse: decodeHealthListResponse
    },
    {
      name: "Watch",
      path: "/grpc.health.v1.Health/Watch",
      kind: "server-stream",
      request: "grpc.health.v1.HealthCheckRequest",
      response: "grpc.health.v1.HealthCheckResponse",
      routes: [],
      encodeRequest: encodeHealthCheckRequest,
      decodeResponse: decodeHealthCheckResponse
    }
  ] },
  { name: "v3electionpb.Election", methods: [
    {
      name: "Campaign",
      path: "/v3electionpb.Election/Campaign",
      kind: "unary",
      request: "v3electionpb.CampaignRequest",
      response: "v3electionpb.CampaignResponse",
      routes: ["/v3/election/campaign"],
      encodeRequest: encodeCampaignRequest,
      decodeResponse: decodeCampaignResponse
    },
    {
      name: "Proclaim",
      path: "/v3electionpb.Election/Proclaim",
      kind: "unary",
      request: "v3electionpb.ProclaimRequest",
      response: "v3electionpb.ProclaimResponse",
      routes: ["/v3/election/proclaim"],
      encodeRequest: encodeProclaimRequest,
      decodeResponse: decodeProclaimResponse
    },
    {
      name: "Leader",
      path: "/v3electionpb.Election/Leader",
      kind: "unary",
      request: "v3electionpb.LeaderRequest",
      response: "v3electionpb.LeaderResponse",
      routes: ["/v3/election/leader"],
      encodeRequest: encodeLeaderRequest,
      decodeResponse: decodeLeaderResponse
    },
    {
      name: "Observe",
      path: "/v3electionpb.Election/Observe",
      kind: "server-stream",
      request: "v3electionpb.LeaderRequest",
      response: "v3electionpb.LeaderResponse",
      routes: ["/v3/election/observe"],
      encodeRequest: encodeLeaderRequest,
      decodeResponse: decodeLeaderResponse
    },
    {
      name: "Resign",
      path: "/v3electionpb.Election/Resign",
      kind: "unary",
      request: "v3electionpb.ResignRequest",
      response: "v3electionpb.ResignResponse",
      routes: ["/v3/election/resign"],
      encodeRequest: encodeResignRequest,
      decodeResponse: decodeResignResponse
    }
  ] },
  { name: "v3lockpb.Lock", methods: [
    {
      name: "Lock",
      path: "/v3lockpb.Lock/Lock",
      kind: "unary",
      request: "v3lockpb.LockRequest",
      response: "v3lockpb.LockResponse",
      routes: ["/v3/lock/lock"],
      encodeRequest: encodeLockRequest,
      decodeResponse: decodeLockResponse
    },
    {
      name: "Unlock",
      path: "/v3lockpb.Lock/Unlock",
      kind: "unary",
      request: "v3lockpb.UnlockRequest",
      response: "v3lockpb.UnlockResponse",
      routes: ["/v3/lock/unlock"],
      encodeRequest: encodeUnlockRequest,
      decodeResponse: decodeUnlockResponse
    }
  ] }
];

// src/etcd/transport/rpc.ts
var REPLY_ROOM_BYTES = 5;
function callUnary(rpc, request2, call) {
  return new Promise((resolve, reject) => {
    const result = rpc.handle(request2, call, {
      answer: (head, headEnd, body) => {
        resolve(concatBytes([head.subarray(REPLY_ROOM_BYTES, headEnd), body]));
      },
      fail: reject
    });
    if (result !== void 0) resolve(result);
  });
}

// src/base/assert.ts
function assert(condition, message) {
  if (!condition) throw new InvariantError(message);
}
function broken(message) {
  return new InvariantError(message);
}
function unreachable(value) {
  throw new InvariantError(`unreachable value: ${String(value)}`);
}
var InvariantError = class extends Error {
  name = "InvariantError";
};

// src/etcd/api/rpc.ts
function rpcTable(implemented) {
  const table2 = /* @__PURE__ */ new Map();
  for (const { methods } of services) {
    for (const method of methods) table2.set(method.path, unimplemented(method));
  }
  for (const rpc of implemented) {
    const declared = table2.get(rpc.path);
    assert(declared !== void 0, `${rpc.path} is not declared in proto/`);
    assert(declared.kind === rpc.kind, `${rpc.path} is declared as ${declared.kind}`);
    table2.set(rpc.path, rpc);
  }
  return table2;
}
function unimplemented({ name, path, kind }) {
  const refusal = () => new StatusError(Code.unimplemented, `method ${name} not implemented`);
  if (kind === "unary") {
    return {
      kind,
      path,
      handle: () => {
        throw refusal();
      }
    };
  }
  return { kind, path, open: (stream) => stream.fail(refusal()) };
}

// src/etcd/transport/status.ts
var callCanceled = new StatusError(Code.canceled, "context canceled");
var callDeadlineExceeded = new StatusError(
  Code.deadlineExceeded,
  "context deadline exceeded"
);
function statusOf(error) {
  if (error instanceof EtcdError || error instanceof StatusError) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof DecodeError) {
    const message = `grpc: error unmarshalling request: ${error.message}`;
    return { code: Code.internal, message };
  }
  if (error instanceof InvariantError) {
    queueMicrotask(() => {
      throw error;
    });
  }
  if (isNamed(error, "AbortError")) return statusOf(callCanceled);
  if (isNamed(error, "TimeoutError")) return statusOf(callDeadlineExceeded);
  return { code: Code.unknown, message: error instanceof Error ? error.message : String(error) };
}
function isUnforeseen(status) {
  return status.code === Code.unknown;
}
function messageTooLarge(bytes, bytesMax) {
  const message = `grpc: received message larger than max (${bytes} vs. ${bytesMax})`;
  return new StatusError(Code.resourceExhausted, message);
}
function isNamed(error, name) {
  return error instanceof Error && error.name === name;
}

export {
  limits,
  assert,
  broken,
  unreachable,
  Code,
  EtcdError,
  StatusError,
  Agent,
  createServer,
  request,
  nodeHttps,
  nodeTls,
  decodeCampaignRequest,
  encodeCampaignResponse,
  decodeLeaderRequest,
  encodeLeaderResponse,
  decodeResignRequest,
  encodeResignResponse,
  decodeProclaimRequest,
  encodeProclaimResponse,
  HealthCheckResponse_ServingStatus,
  decodeHealthCheckRequest,
  encodeHealthCheckResponse,
  decodeHealthListRequest,
  encodeHealthListResponse,
  decodeLockRequest,
  encodeLockResponse,
  decodeUnlockRequest,
  encodeUnlockResponse,
  messages,
  enums,
  services,
  REPLY_ROOM_BYTES,
  callUnary,
  rpcTable,
  callCanceled,
  callDeadlineExceeded,
  statusOf,
  isUnforeseen,
  messageTooLarge,
  send,
  refuse,
  notFound,
  versionJson,
  registerVersion
};
