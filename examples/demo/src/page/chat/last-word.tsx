import { useChatStream } from '@steadystream/react/presets'

/** The last thing that was said since the page was opened, by the plain subscription. */
export function LastWord() {
  const { messages } = useChatStream()
  const last = messages.at(-1)
  return (
    <p className="fine last-word">
      Last word: <span data-fact="last-word">{last ? `${last.agentId}, ${last.content}` : 'none since you came'}</span>
    </p>
  )
}
