/** A trace or span id as everybody writes it; '' where there is none. */
export function hexId(id: Uint8Array | undefined): string {
  return id ? Buffer.from(id).toString('hex') : '';
}
