const KIB = 1024;
const MIB = KIB * KIB;

/** Formats a size for people. */
export function inUnits(bytes: number): string {
  return bytes < MIB ? `${Math.round(bytes / KIB)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}
