import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const text = readFileSync(join(import.meta.dirname, '../../../../docs/operating.md'), 'utf8')

/** A configuration of docs/operating.md, by its name there, for these ports in place of its own. */
export function nginxSnippet(name: string, upstreams: readonly number[]): string {
  const [, snippet] = new RegExp(`^\`\`\`nginx ${name}\n([^]*?)^\`\`\`$`, 'm').exec(text) ?? []
  if (snippet === undefined) throw new Error(`docs/operating.md has no nginx configuration ${name}`)
  return (
    snippet
      .replace('listen 80;', 'listen 127.0.0.1:$PORT;')
      .replaceAll(
        /127\.0\.0\.1:300(\d)/g,
        (_, index: string) => `127.0.0.1:${upstreams[Number(index)] ?? upstreams[0]}`,
      )
      // Two servers on one port are one too many.
      .replace(upstreams.length === 1 ? /^ *server 127\.0\.0\.1:\d+;\n(?= *server)/m : /$^/, '')
  )
}
