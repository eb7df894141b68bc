import { Chat } from './chat'

// Next.js finds a page by its default export.
// oxlint-disable-next-line import/no-default-export
export default Chat
