import { element } from './element.ts'

export type Tone = 'good' | 'wait' | 'bad' | 'plain'

const keptLines = 100

export interface EventLog {
  /** Puts a line on top: what happened, and what there is to say about it. */
  add(tone: Tone, what: string, more?: string): void
  clear(): void
}

export function createEventLog(): EventLog {
  const list = element('log', HTMLOListElement)

  return {
    add(tone, what, more = '') {
      const time = document.createElement('time')
      const now = new Date()
      time.dateTime = now.toISOString()
      time.textContent = now.toLocaleTimeString('en-GB')
      const strong = document.createElement('b')
      strong.textContent = what
      const text = document.createElement('span')
      text.append(strong, more === '' ? '' : ` · ${more}`)
      const line = document.createElement('li')
      line.dataset['tone'] = tone
      line.append(time, text)
      list.querySelector('.quiet')?.remove()
      list.prepend(line)
      while (list.children.length > keptLines) list.lastElementChild?.remove()
    },
    clear() {
      const hint = document.createElement('li')
      hint.className = 'quiet'
      hint.textContent = 'Changes of state will be listed here.'
      list.replaceChildren(hint)
    },
  }
}
