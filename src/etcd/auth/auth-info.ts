/** Who asks, and the auth revision that this was established at. */
export type AuthInfo = {
  readonly username: string;
  /** 0: nobody was named. */
  readonly revision: number;
};

export const anonymous: AuthInfo = { username: '', revision: 0 };

/** What the server itself does (revoking expired leases, its health check) it does as root. */
export const rootName = 'root';
