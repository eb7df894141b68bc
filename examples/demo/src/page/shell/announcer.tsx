import { useNotice } from './notice.ts'

/** Over the page, so that nothing moves when it comes and goes. */
export function Announcer() {
  const text = useNotice()
  return (
    <p className="notice-line" role="alert" data-shown={text !== ''}>
      {text}
    </p>
  )
}
