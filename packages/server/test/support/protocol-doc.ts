import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const path = join(import.meta.dirname, '../../../../docs/protocol.md')

/** The text of docs/protocol.md. */
export const protocolText = readFileSync(path, 'utf8')

/** Its examples by name: fences that open with a language and a name. */
export const examples: ReadonlyMap<string, string> = new Map(
  Array.from(protocolText.matchAll(/^```(?:http|text) (\S+)\n([^]*?)^```$/gm), ([, name = '', text = '']) => [
    name,
    text,
  ]),
)

const errorsSource = readFileSync(join(import.meta.dirname, '../../src/errors.ts'), 'utf8')

/** The members of `RealtimeErrorCode`, which only its source can list. */
export const errorCodes: readonly string[] = Array.from(
  errorsSource.matchAll(/^ {2}\| '([A-Z_]+)'/gm),
  ([, code = '']) => code,
)

export interface HttpExample {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** As the document has it: status line, headers, an empty line, and the body. */
  readonly answer: string
}

/** Splits an example into the request, and the answer that belongs to it. */
export function readHttpExample(text: string): HttpExample {
  const end = text.indexOf('\n\nHTTP/1.1 ')
  const [head = '', body] = text.slice(0, end).split('\n\n')
  const [line = '', ...fields] = head.split('\n')
  const [method = '', target = ''] = line.split(' ')
  const headers = Object.fromEntries(fields.map((field) => field.split(/: (.*)/).slice(0, 2) as [string, string]))
  return { method, target, headers, body, answer: text.slice(end + 2) }
}
