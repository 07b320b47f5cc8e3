/*
 * grpc-timeout = one to eight digits │ unit: H M S m(illi) u(micro) n(ano)
 */

const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Milliseconds, or what is wrong in the words of Go's gRPC. */
export function parseTimeout(text: string): number | { readonly wrong: string } {
  if (text.length < 2) return { wrong: `transport: timeout string is too short: "${text}"` };
  if (text.length > 9) return { wrong: `transport: timeout string is too long: "${text}"` };
  const unit = unitMs[text.charAt(text.length - 1)];
  if (unit === undefined) return { wrong: `transport: timeout unit is not recognized: "${text}"` };
  const digits = text.slice(0, -1);
  if (!/^\d+$/.test(digits)) {
    return { wrong: `strconv.ParseUint: parsing "${digits}": invalid syntax` };
  }
  return Number(digits) * unit;
}
