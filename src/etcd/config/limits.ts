/**
 * Every bound of the server in one place, each with its reason. Flags override the ones etcd lets
 * users set.
 */
export const limits = Object.freeze({
  // requests
  /** etcd's `--max-request-bytes`. */
  requestBytesDefault: 1_572_864,
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
  commitApplyGapMax: 5_000,
  /** Callers waiting for their entry, or for the NOSPACE alarm; beyond it "too many requests". */
  pendingProposalsMax: 20_000,
  /** Their sum: while there is no leader they all stay in memory until their deadline. */
  pendingProposalBytesMax: 128 * 1024 * 1024,
  /** Larger proposals are decoded again when they are applied: their messages would be held twice. */
  decodedRequestBytesMax: 16 * 1024,
  /** Of one message in the log within a second: the first ones, then one of so many. As etcd. */
  sampledLog: { first: 100, thereafter: 100 },
  /** Lines that wait for systemd's journal; beyond it they go to stderr. */
  journalWaitingBytesMax: 1024 * 1024,
  /** A stopping member waits so long for its last spans to leave. */
  tracingStopMs: 1_000,
  /** Longer answers become JSON piece by piece, each of about so many characters. */
  jsonAnswerBytesAtOnce: 512 * 1024,
  jsonPieceLength: 256 * 1024,
  /** Larger answers are not decoded again for the line about a slow call. */
  timedResponseBytesMax: 4 * 1024 * 1024,
  /**
   * Callers waiting for a linearizable read barrier at one member; they share rounds, so this only
   * bounds memory.
   */
  pendingReadBarriersMax: 100_000,
  /** Proposals of other members held during a transfer of leadership; it takes milliseconds. */
  heldProposalsMax: 4_096,
  // raft
  /** etcd's largest `--election-timeout`, milliseconds. */
  electionTimeoutMsMax: 50_000,
  /** etcd's MaxSizePerMsg. */
  raftMessageBytesMax: 1_048_576,
  /** etcd's MaxInflightMsgs. */
  raftInflightMessagesMax: 512,
  /** A commit index waits so long for entries to travel with, milliseconds. */
  raftCommitNewsMs: 1,
  /** Committed entries applied in one transaction: about ten milliseconds of the event loop. */
  raftApplyEntriesMax: 1_000,
  raftApplyBytesMax: 4_194_304,
  /** Reads waiting for a quorum at the leader. Members batch theirs, so few are ever needed. */
  raftPendingReadsMax: 4_096,
  /** etcd's `--snapshot-catchup-entries`. */
  snapshotCatchUpEntries: 5_000,
  /**
   * Entries kept in memory while a snapshot travels and shortly after: its receiver needs what came
   * since.
   */
  snapshotHoldEntriesMax: 200_000,
  /** Bytes of applied entries kept in memory for followers that lag; then they get a snapshot. */
  logBytesMax: 64 * 1024 * 1024,
  /** The same while a snapshot travels. */
  snapshotHoldBytesMax: 256 * 1024 * 1024,
  /** etcd holds the log for 30 s after a snapshot was delivered. */
  snapshotHoldMs: 30_000,
  /**
   * Growth of the database file that brings a checkpoint forward: freed pages are reused only after
   * one.
   */
  checkpointGrowthBytesMax: 64 * 1024 * 1024,
  // store
  /** Changed keys that are committed to the store together: the more, the fewer pages per change. */
  pendingWritesMax: 32_000,
  /** Their bytes; when twice as many wait, nothing more is applied before a commit has ended. */
  pendingWriteBytesMax: 8 * 1024 * 1024,
  /** The longest wait for a commit, milliseconds; what a killed process applies again is not more. */
  pendingWriteMs: 250,
  /** What was committed or read last and is found without asking the store on disk. */
  readCacheBytesMax: 12 * 1024 * 1024,
  /**
   * Moments of the store that are held at once, by snapshots, hashes and long lists: lmdb has a
   * table of them, and who asks for one more is told "too many requests".
   */
  storePinsMax: 1_000,
  /** The table: checkpoints, copies and the newest state have their places besides. */
  storeReadersMax: 1_024,
  /** etcd's quota when `--quota-backend-bytes` is 0. */
  quotaBytesDefault: 2 * 1024 * 1024 * 1024,
  /** gRPC-Go's largest message: a longer answer is refused while it is being collected. */
  answerBytesMax: 2_147_483_647,
  /**
   * What reads take from the store between two turns of the event loop: a few milliseconds. With
   * values of a megabyte the bytes are what counts.
   */
  readPiece: Object.freeze({ keysMax: 1_000, bytesMax: 1024 * 1024 }),
  /** Reads of more than one such piece at the same time: each holds what it has read so far. */
  longListsMax: 4,
  /**
   * Lists kept ready for who asks again, at most as much as 100,000 objects of 300 bytes take, in
   * blocks of two frames. Who lists fewer than `keysMin` keys leaves nothing behind.
   */
  listCache: Object.freeze({
    bytesMax: 32 * 1024 * 1024,
    blockBytes: 32 * 1024,
    keysMin: 32,
    revisionsMax: 8,
  }),
  // leases
  /** etcd's largest TTL, seconds. */
  leaseTtlSecondsMax: 9_000_000_000,
  /** Revokes proposed and not yet answered, as etcd bounds them. */
  leaseRevokesInFlightMax: 16,
  /** etcd tells what is left of a long lease in this interval. */
  leaseCheckpointMs: 5 * 60_000,
  /** Leases in one log entry of those (etcd's batch), and such entries per half second. */
  leaseCheckpointsPerEntry: 1_000,
  leaseCheckpointEntriesPerStep: 500,
  /** Keep-alives that wait on one stream before its client is slowed down. */
  keepAlivesQueuedMax: 1_024,
  // authentication
  /** etcd's `--auth-token-ttl`, also when it is 0. */
  simpleTokenTtlSecondsDefault: 300,
  /** etcd's `--bcrypt-cost`, also when the given one is outside of what bcrypt allows. */
  bcryptCostDefault: 10,
  bcryptCostMin: 4,
  bcryptCostMax: 31,
  /**
   * Simple tokens in memory; beyond it the one used longest ago is forgotten. About 200 bytes each.
   */
  simpleTokensMax: 100_000,
  /**
   * Verified JWTs remembered, so that a client's token is not verified for each of its requests.
   */
  verifiedTokensMax: 10_000,
  /** A longer token is not remembered, only verified. */
  verifiedTokenBytesMax: 4_096,
  /** Calls whose token was made by an entry that is not applied here yet. */
  tokenWaitsMax: 1_000,
  /**
   * Passwords being hashed at once. Each holds a thread of Node's pool for tens of milliseconds;
   * the other threads are for the disk.
   */
  passwordHashesMax: 2,
  /** Passwords that wait for one of them; further ones are refused. */
  passwordHashesQueuedMax: 256,
  // watches
  /** A response without `fragment` is closed at a revision's end once it has this many bytes. */
  watchResponseBytesSoftMax: 1_048_576,
  /** Replies to requests on one stream that a client may leave unread before it is cut off. */
  watchUnreadRepliesMax: 16_384,
  /** Requests of one stream behind a watch whose permission is being looked up. */
  watchRequestsWaitingMax: 1_024,
  /** etcd's bound for one replay response, in revisions; what one read of history brings. */
  watchCatchUpChangesMax: 1_000,
  /** Bytes that one read of history should bring: a step of catch-up must stay short. */
  watchCatchUpBytesTarget: 4 * 1024 * 1024,
  /** Watchers that share one read of history (etcd's batch). */
  watchCatchUpWatchersMax: 512,
  // store
  /**
   * Growth of the store file within a compaction that makes it wait for a checkpoint. Little, since
   * the log's writes wait for the disk behind all of it.
   */
  compactionGrowthBytesMax: 4 * 1024 * 1024,
  /** Bytes of records that one step of a compaction reads; it reads few records anyway. */
  compactionStepBytesMax: 1024 * 1024,
  /** A compaction leaves two thirds of the time to clients that write. */
  compactionPace: Object.freeze({ restPerWork: 2, restMsMax: 50 }),
  // membership
  /** etcd's `--max-learners`. */
  learnersMax: 1,
  // peers
  /**
   * Messages waiting for one stream to one peer; beyond it they are dropped and raft is told
   * (etcd's size).
   */
  peerStreamQueueMax: 4_096,
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
  peerFrameEntriesMax: 1_048_576,
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
  peerSnapshotStallMs: 30_000,
  /** Wait for a receiver to store a snapshot it has got all of, milliseconds. */
  peerSnapshotAnswerMs: 300_000,
  /** A probe of the round trip to each peer, milliseconds apart (etcd's interval). */
  peerProbeMs: 4_000,
  /** etcd's read and write deadline on a peer connection, milliseconds. */
  peerDeadlineMs: 5_000,
  /** Longest wait between two attempts to dial a stream, milliseconds (etcd's rate limit). */
  peerRedialMsMax: 100,
  // write-ahead log
  /** etcd's segment size. Also how long one file takes to read at a start. */
  walSegmentBytes: 64_000_000,
  /** etcd's `--max-wals`: segments kept for people who want to look, though no longer needed. */
  walSegmentsKeptDefault: 5,
  /**
   * Zeros written between two syncs while a segment is made ready; bounds how long an append queues
   * behind it.
   */
  walFillStepBytes: 512 * 1024,
  /** Appends waiting for the disk. Consensus awaits each, so more is a defect; they are refused. */
  walWaitingAppendsMax: 10_000,
  /**
   * When a disk counts as slow: by the middle one of its last syncs, so that late ones do not
   * count. etcd asks for 99 of 100 below 10 ms. After a start a few such writes are measured.
   */
  slowDisk: Object.freeze({
    syncsKept: 64,
    syncsMin: 16,
    slowMs: 10,
    fineMs: 5,
    probeWrites: 16,
    probeBytes: 4_096,
    probeRestMs: 25,
    probeMsMax: 2_000,
  }),
  // snapshots
  /** etcd's `--max-snapshots`: `.snap` files kept. */
  snapFilesKeptDefault: 5,
  /** Pieces in which a database image is read, hashed and streamed (etcd's blob is 32 KiB). */
  bboltChunkBytes: 128 * 1024,
  /** What a member takes from a received database in one turn of the event loop. */
  importStep: Object.freeze({ records: 500, bytes: 16 * 1024 * 1024 }),
  /**
   * The same for a tool that nobody waits for. A page is copied the first time that a transaction
   * touches it, and no page is used again before a checkpoint: small steps make the file four
   * times as large.
   */
  importStepAlone: Object.freeze({ records: 20_000, bytes: 16 * 1024 * 1024 }),
  /** The largest value that bbolt takes, and its key: what claims more in a foreign file is damaged. */
  bboltPageBytesMax: 2 ** 31 + 64 * 1024,
  /** Of a log that a tool begins: its member fills it up at the first start. */
  walFirstSegmentBytes: 64 * 1024,
  /**
   * Entries measured between two turns of the event loop while a snapshot is planned: about a
   * millisecond.
   */
  bboltEntriesPerTurn: 500,
  /** Their bytes, of which large entries have many. */
  bboltBytesPerTurn: 512 * 1024,
  /** Half of the time is left to clients that write; a slow receiver is not slowed down much more. */
  snapshotPace: Object.freeze({ restPerWork: 1, restMsMax: 4 }),
  // defragmentation
  /** Names of keys that may be written while the store is copied; beyond it the copy is given up. */
  defragmentJournalBytesMax: 64 * 1024 * 1024,
  /** Keys copied per turn of the event loop to follow the writes, besides twice what they wrote. */
  defragmentKeysPerTurn: 1_000,
  /** Stays free on the disk beside the copy, for the next segment of the log and for writes. */
  defragmentSpareBytes: 128 * 1024 * 1024,
  // client connections
  /** A connection that says nothing is cut; Go's HTTP server waits five minutes for headers. */
  firstBytesTimeoutMs: 300_000,
  /** From accepting a connection to the end of its TLS handshake; etcd's own bound. */
  tlsHandshakeTimeoutMs: 10_000,
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
  http2StreamsMax: 65_536,
  /** What a stream may send before we read it: a large Put must not wait for round trips. */
  http2StreamWindowBytes: 1024 * 1024,
  http2ConnectionWindowBytes: 16 * 1024 * 1024,
  /**
   * Bytes of unfinished or undelivered requests held for one connection; beyond it streams are
   * reset.
   */
  http2UnreadBytesMax: 64 * 1024 * 1024,
  /** Bytes that one connection's answers may wait for windows; a further answer is reset. */
  http2UnsentBytesMax: 256 * 1024 * 1024,
  /** The same for one stream: whoever writes without asking for room is cut off. */
  http2StreamUnsentBytesMax: 64 * 1024 * 1024,
  /** Bytes of one stream that wait before its writer is asked to wait too. */
  http2StreamQueueBytes: 128 * 1024,
  /**
   * Bytes handed to one socket that the kernel has not taken; further data stays with its stream.
   */
  http2SocketUnsentBytesMax: 1024 * 1024,
  /**
   * Blocks of 64 KiB that answers were laid out in and that wait for their next use: while many are
   * used at once (a thousand watchers of a busy key), and when nothing is asked.
   */
  http2FreeBlocks: { max: 256, kept: 64 },
  /** More waiting than this on a connection that takes nothing for `http2StalledMs` is hoarding. */
  http2StalledBytes: 1024 * 1024,
  http2StalledMs: 300_000,
  /**
   * Streams reset before they were answered, by the peer or for its mistakes: a client that cancels
   * all its calls at once passes, rapid reset does not.
   */
  http2Resets: { burst: 2_000, perSecond: 100 },
  /** SETTINGS frames: each is acknowledged. A client sends one, or a few to tune its windows. */
  http2Settings: { burst: 100, perSecond: 1 },
  /** DATA frames without content that end nothing. */
  http2EmptyFrames: { burst: 1_000, perSecond: 100 },
  /** Go's gRPC server gives a new connection as long to send its SETTINGS. */
  http2HandshakeMs: 120_000,
  /** A closed connection is cut when its peer has not closed its side by then. */
  http2LingerMs: 5_000,
  /** How often connections are looked after. */
  http2SuperviseMs: 2_000,
  /** However often a discovery service could not be reached. */
  discoveryReconnectMsMax: 5_000,
  /** However short the times of the keepalive flags are. */
  http2SuperviseMsMin: 250,
  /** etcd's `--grpc-keepalive-interval` and `--grpc-keepalive-timeout`. */
  grpcKeepaliveMs: 7_200_000,
  grpcKeepaliveTimeoutMs: 20_000,
  /** etcd's `--grpc-keepalive-min-time`: pings of a client with streams, milliseconds apart. */
  grpcPingMsMin: 5_000,
  /** The shortest interval, and the time between pings where no flag sets one (Go's gRPC). */
  grpcKeepaliveMsMin: 1_000,
  grpcUnsetPingMsMin: 300_000,
  /** Pings of a client without streams, and how many early ones are forgiven (Go's gRPC). */
  grpcIdlePingMsMin: 7_200_000,
  grpcPingStrikesMax: 2,
});
