/** gRPC status codes that etcd uses. */
export const Code = {
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
  unauthenticated: 16,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

/**
 * etcd's error table: name → code and exact words. Client libraries recognise errors by their
 * words, so these strings are part of the protocol.
 */
const table = {
  EmptyKey: [Code.invalidArgument, 'etcdserver: key is not provided'],
  KeyNotFound: [Code.invalidArgument, 'etcdserver: key not found'],
  ValueProvided: [Code.invalidArgument, 'etcdserver: value is provided'],
  LeaseProvided: [Code.invalidArgument, 'etcdserver: lease is provided'],
  TooManyOps: [Code.invalidArgument, 'etcdserver: too many operations in txn request'],
  DuplicateKey: [Code.invalidArgument, 'etcdserver: duplicate key given in txn request'],
  InvalidClientAPIVersion: [Code.invalidArgument, 'etcdserver: invalid client api version'],
  InvalidSortOption: [Code.invalidArgument, 'etcdserver: invalid sort option'],
  Compacted: [Code.outOfRange, 'etcdserver: mvcc: required revision has been compacted'],
  FutureRev: [Code.outOfRange, 'etcdserver: mvcc: required revision is a future revision'],
  NoSpace: [Code.resourceExhausted, 'etcdserver: mvcc: database space exceeded'],
  LeaseNotFound: [Code.notFound, 'etcdserver: requested lease not found'],
  LeaseExist: [Code.failedPrecondition, 'etcdserver: lease already exists'],
  LeaseTTLTooLarge: [Code.outOfRange, 'etcdserver: too large lease TTL'],
  WatchCanceled: [Code.canceled, 'etcdserver: watch canceled'],
  MemberExist: [Code.failedPrecondition, 'etcdserver: member ID already exist'],
  PeerURLExist: [Code.failedPrecondition, 'etcdserver: Peer URLs already exists'],
  // etcd has a code for this one and for too many requests, and does not send it.
  MemberNotEnoughStarted: [
    Code.unknown,
    'etcdserver: re-configuration failed due to not enough started members',
  ],
  MemberBadURLs: [Code.invalidArgument, 'etcdserver: given member URLs are invalid'],
  MemberNotFound: [Code.notFound, 'etcdserver: member not found'],
  MemberNotLearner: [Code.failedPrecondition, 'etcdserver: can only promote a learner member'],
  LearnerNotReady: [
    Code.failedPrecondition,
    'etcdserver: can only promote a learner member which is in sync with leader',
  ],
  TooManyLearners: [Code.failedPrecondition, 'etcdserver: too many learner members in cluster'],
  ClusterIDMismatch: [Code.failedPrecondition, 'etcdserver: cluster ID mismatch'],
  RequestTooLarge: [Code.invalidArgument, 'etcdserver: request is too large'],
  RequestTooManyRequests: [Code.unknown, 'etcdserver: too many requests'],
  RootUserNotExist: [Code.failedPrecondition, 'etcdserver: root user does not exist'],
  RootRoleNotExist: [Code.failedPrecondition, 'etcdserver: root user does not have root role'],
  UserAlreadyExist: [Code.failedPrecondition, 'etcdserver: user name already exists'],
  UserEmpty: [Code.invalidArgument, 'etcdserver: user name is empty'],
  UserNotFound: [Code.failedPrecondition, 'etcdserver: user name not found'],
  RoleAlreadyExist: [Code.failedPrecondition, 'etcdserver: role name already exists'],
  RoleNotFound: [Code.failedPrecondition, 'etcdserver: role name not found'],
  RoleEmpty: [Code.invalidArgument, 'etcdserver: role name is empty'],
  AuthFailed: [
    Code.invalidArgument,
    'etcdserver: authentication failed, invalid user ID or password',
  ],
  PermissionNotGiven: [Code.invalidArgument, 'etcdserver: permission not given'],
  PermissionDenied: [Code.permissionDenied, 'etcdserver: permission denied'],
  RoleNotGranted: [Code.failedPrecondition, 'etcdserver: role is not granted to the user'],
  PermissionNotGranted: [
    Code.failedPrecondition,
    'etcdserver: permission is not granted to the role',
  ],
  AuthNotEnabled: [Code.failedPrecondition, 'etcdserver: authentication is not enabled'],
  InvalidAuthToken: [Code.unauthenticated, 'etcdserver: invalid auth token'],
  InvalidAuthMgmt: [Code.invalidArgument, 'etcdserver: invalid auth management'],
  AuthOldRevision: [Code.invalidArgument, 'etcdserver: revision of auth store is old'],
  NoLeader: [Code.unavailable, 'etcdserver: no leader'],
  NotLeader: [Code.failedPrecondition, 'etcdserver: not leader'],
  LeaderChanged: [Code.unavailable, 'etcdserver: leader changed'],
  NotCapable: [Code.failedPrecondition, 'etcdserver: not capable'],
  Stopped: [Code.unavailable, 'etcdserver: server stopped'],
  Timeout: [Code.unavailable, 'etcdserver: request timed out'],
  TimeoutDueToLeaderFail: [
    Code.unavailable,
    'etcdserver: request timed out, possibly due to previous leader failure',
  ],
  TimeoutDueToConnectionLost: [
    Code.unavailable,
    'etcdserver: request timed out, possibly due to connection lost',
  ],
  TimeoutWaitAppliedIndex: [
    Code.unavailable,
    'etcdserver: request timed out, waiting for the applied index took too long',
  ],
  TimeoutLeaderTransfer: [
    Code.unknown,
    'etcdserver: request timed out, leader transfer took too long',
  ],
  Unhealthy: [Code.unavailable, 'etcdserver: unhealthy cluster'],
  Corrupt: [Code.dataLoss, 'etcdserver: corrupt cluster'],
  NotSupportedForLearner: [Code.failedPrecondition, 'etcdserver: rpc not supported for learner'],
  BadLeaderTransferee: [Code.failedPrecondition, 'etcdserver: bad leader transferee'],
  NotPrimaryLessor: [Code.unknown, 'not a primary lessor'],
  NoPasswordUser: [
    Code.unknown,
    'auth: authentication failed, password was given for no password user',
  ],
  TokenVerifyOnly: [Code.unknown, 'auth: token signing attempted with verify-only key'],
  PasswordTooLong: [Code.unknown, 'bcrypt: password length exceeds 72 bytes'],
  WrongDowngradeVersionFormat: [
    Code.invalidArgument,
    'etcdserver: wrong downgrade target version format',
  ],
  InvalidDowngradeTargetVersion: [
    Code.invalidArgument,
    'etcdserver: invalid downgrade target version',
  ],
  ClusterVersionUnavailable: [
    Code.failedPrecondition,
    'etcdserver: cluster version not found during downgrade',
  ],
  DowngradeInProcess: [
    Code.failedPrecondition,
    'etcdserver: cluster has a downgrade job in progress',
  ],
  NoInflightDowngrade: [Code.failedPrecondition, 'etcdserver: no inflight downgrade job'],
  UnknownMethod: [Code.unknown, 'etcdserver: unknown method'],
  Canceled: [Code.canceled, 'etcdserver: request canceled'],
  DeadlineExceeded: [Code.deadlineExceeded, 'etcdserver: context deadline exceeded'],
} as const satisfies Record<string, readonly [Code, string]>;

export type EtcdErrorName = keyof typeof table;

/**
 * An expected refusal that a client sees. `new EtcdError('EmptyKey')` carries etcd's code and
 * words.
 */
export class EtcdError extends Error {
  override readonly name: string;
  readonly code: Code;

  constructor(name: EtcdErrorName) {
    const [code, message] = table[name];
    super(message);
    this.name = name;
    this.code = code;
  }
}

/** A refusal whose words are made at run time (`Unimplemented`, messages with values). */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

/** gRPC-Go's words; `bytes` may be what was collected so far. */
export function answerTooLarge(bytes: number, bytesMax: number): StatusError {
  const message = `grpc: trying to send message larger than max (${bytes} vs. ${bytesMax})`;
  return new StatusError(Code.resourceExhausted, message);
}
