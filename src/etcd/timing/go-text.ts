/** A duration as Go prints it: `1.5s`, `102.3ms`, `17µs`, `2m3.5s`. */
export function durationText(ms: number): string {
  const ns = Math.round(ms * 1e6);
  if (ns === 0) return '0s';
  if (Math.abs(ns) < 1e3) return `${ns}ns`;
  if (Math.abs(ns) < 1e6) return `${ns / 1e3}µs`;
  if (Math.abs(ns) < 1e9) return `${ns / 1e6}ms`;
  const seconds = ns / 1e9;
  const whole = Math.trunc(seconds / 60);
  if (whole === 0) return `${seconds}s`;
  const rest = `${Number((seconds - whole * 60).toFixed(9))}s`;
  const hours = Math.trunc(whole / 60);
  return hours === 0 ? `${whole}m${rest}` : `${hours}h${whole - hours * 60}m${rest}`;
}

/** A moment as etcd's log writes it, with microseconds. */
export function timeText(wallMs: number): string {
  const text = new Date(wallMs).toISOString();
  const micros = Math.floor((wallMs % 1) * 1_000);
  return `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
