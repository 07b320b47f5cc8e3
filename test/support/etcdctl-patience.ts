/** What etcdctl waits for unless it is told otherwise: its own five seconds are for faster machines. */
const patience = { 'command-timeout': '60s', 'dial-timeout': '30s' };

/** As variables of the environment, for the flags that are not given: both together are refused. */
export function etcdctlPatience(args: readonly string[]): Readonly<Record<string, string>> {
  const given = (flag: string): boolean => args.some((arg) => arg.startsWith(`--${flag}`));
  return Object.fromEntries(
    Object.entries(patience)
      .filter(([flag]) => !given(flag))
      .map(([flag, value]) => [`ETCDCTL_${flag.replace('-', '_').toUpperCase()}`, value]),
  );
}
