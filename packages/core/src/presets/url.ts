/**
 * An ID as one segment of a path.
 * @throws {TypeError} if it is empty or a dot segment, which would lead to another path, encoded or not.
 */
export function segment(id: string): string {
  if (/^\.{0,2}$/.test(id)) throw new TypeError(`id must not be "${id}"`)
  return encodeURIComponent(id)
}
