import type { Agent as NodeAgent } from 'node:http';

/**
 * Node's HTTP without its detour: an `import` of `node:http` reads every export, one of which is
 * the global WebSocket, and that compiles Node's whole fetch: thirty milliseconds of every start.
 */
export const { Agent, createServer, request } = process.getBuiltinModule('node:http');
export type Agent = NodeAgent;

/** Twenty milliseconds each: only who speaks TLS loads them. */
export const nodeHttps = () => process.getBuiltinModule('node:https');
export const nodeTls = () => process.getBuiltinModule('node:tls');
