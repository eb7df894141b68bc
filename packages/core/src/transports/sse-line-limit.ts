/** A field name with its colon and space, and one more character, so that what is too long still shows as too long. */
const slack = 8

/**
 * Cuts lines short before the parser has to hold them: a `data` line where its block's data is over `maxSize`, any
 * other line at that length. Lines keep their ends and at least one character, so no block begins or ends elsewhere.
 * @returns a function that takes the text piece by piece and gives back what remains of it
 */
export function createLineLimit(maxSize: number): (text: string) => string {
  let head = ''
  let lineSize = 0
  /** Characters of data in the block so far, never more than there are. */
  let dataSize = 0
  let isAfterReturn = false

  /** Takes note of a line's end; its text stands in `text` from `start` on, or its first letters do. */
  function endLine(text: string, start: number, end: number): void {
    if (lineSize === 0) dataSize = 0
    // Counts a space after the colon, be there one or not, and the line feed that joins the lines.
    else if (isData(text, start, end)) dataSize += Math.max(lineSize - 6, 0) + 1
    lineSize = 0
  }
  const isData = (text: string, start: number, end: number) =>
    text.startsWith('data', start) && (end === start + 4 || text[start + 4] === ':')

  return (text) => {
    let kept = ''
    let from = 0
    // Searched for anew only once they are passed: most streams have no CR at all.
    let feed = -1
    let carriageReturn = -1
    const next = (lineEnd: string, start: number) => {
      const found = text.indexOf(lineEnd, start)
      return found < 0 ? text.length : found
    }
    // The second half of CR LF ends no line of its own.
    let at = isAfterReturn && text[0] === '\n' ? 1 : 0
    if (text) isAfterReturn = false
    while (at < text.length) {
      if (feed < at) feed = next('\n', at)
      if (carriageReturn < at) carriageReturn = next('\r', at)
      const end = Math.min(feed, carriageReturn)
      const isWhole = lineSize === 0 && end < text.length
      lineSize += end - at
      if (isWhole && lineSize + dataSize <= maxSize) endLine(text, at, end)
      else {
        if (head.length < 5) head += text.slice(at, Math.min(end, at + 5))
        const taken = isData(head, 0, head.length) ? dataSize : 0
        const room = Math.max(maxSize + slack - taken, 1) - (lineSize - (end - at))
        if (end - at > room) {
          // NUL makes the parser ignore an ID, which must not be taken by half.
          kept += text.slice(from, at + Math.max(room, 0)) + (room < 0 ? '' : '\0')
          from = end
        }
        if (end === text.length) break
        endLine(head, 0, head.length)
        head = ''
      }
      const isReturn = text[end] === '\r'
      at = end + (isReturn && text[end + 1] === '\n' ? 2 : 1)
      isAfterReturn = isReturn && at === text.length
    }
    return from ? kept + text.slice(from) : text
  }
}
