// A file of its own, and one of the build's entries: the library is not marked as free of side effects, so that a
// bundler would keep it for everybody who imports anything from the file that imports it.
export { default as ReconnectingWebSocket } from 'reconnecting-websocket'
