/** A block of an event stream, or a comment in it. */
export interface Block {
  /** Milliseconds since the headers. */
  readonly atMs: number
  readonly id: string | undefined
  readonly event: string
  readonly data: string | undefined
  readonly comment: string | undefined
}

/**
 * Reads an event stream as the standard has it. Comments are blocks of their own here: when they come says how the
 * stream is served.
 */
export class SseReader {
  #rest = ''
  #id: string | undefined
  #event = 'message'
  #data: string[] = []

  /** Whether the last piece ended within a block. */
  get isInside(): boolean {
    return this.#rest.trim() !== '' || this.#data.length > 0 || this.#id !== undefined
  }

  feed(text: string, atMs: number): Block[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.#line(line, atMs))
  }

  #line(line: string, atMs: number): Block[] {
    if (line.startsWith(':'))
      return [{ atMs, id: undefined, event: '', data: undefined, comment: line.slice(1).trim() }]
    if (line === '') return this.#end(atMs)
    const [, name = line, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (name === 'data') this.#data.push(value)
    else if (name === 'event') this.#event = value
    else if (name === 'id') this.#id = value
    return []
  }

  #end(atMs: number): Block[] {
    const [id, event, data] = [this.#id, this.#event, this.#data]
    this.#id = undefined
    this.#event = 'message'
    this.#data = []
    if (id === undefined && data.length === 0) return []
    return [{ atMs, id, event, data: data.length > 0 ? data.join('\n') : undefined, comment: undefined }]
  }
}
