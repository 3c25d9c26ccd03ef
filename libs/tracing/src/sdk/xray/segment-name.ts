/** What X-Ray refuses in the name of a segment, with the whole segment. */
const refused = /[^ \d\p{L}\p{N}_.:/%&#=+\\\-@]/gu;
/** Bytes, as the exporter of the collector counts, which cuts between the bytes of a letter. */
const LONGEST = 200;

/** A name as X-Ray takes it; empty, where nothing of it is left. */
export function segmentName(name: string): string {
  let taken = name
    .slice(0, 10 * LONGEST)
    .replace(refused, '')
    .slice(0, LONGEST);
  while (Buffer.byteLength(taken) > LONGEST) taken = taken.slice(0, -1);
  return taken;
}
